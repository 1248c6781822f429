//! More machinery than the work needs.

use crate::domain::{
    model::kind::{Kind, Mode},
    review::rules::tests::mutation::{
        Do::{Add, Beside, Delete, Design},
        Operator,
        Who::{Call, One},
        call, design, element, op,
        statements::{consumes, database, program, publishes, relation, safe_call, topic},
    },
};

fn any() -> super::At {
    element(|v, e| v.program(e) && v.is(e, Kind::Service))
}

/// So many new programs that do little.
fn many(number: usize, owner: impl Fn(usize) -> String) -> Vec<super::Do> {
    (0..number)
        .flat_map(|n| {
            let id = format!("{{+}}zzsmall{n}");
            [
                Beside(One, program(&id, &format!("Small {n}"), "Does a little thing", &format!("owner {}", owner(n)))),
                Add(safe_call(
                    &id,
                    &if n == 0 { "{one}".to_owned() } else { format!("{{+}}zzsmall{}", n - 1) },
                    "Asks",
                    "-timeout; role batch",
                )),
            ]
        })
        .collect()
}

/// A topic of a technology that is heavy, with both sides.
fn stream(technology: &str) -> Vec<super::Do> {
    vec![
        Design("peak_rps 12"),
        Beside(One, topic("{+}zzstream", "Happenings", "What happened", "").replace("RabbitMQ", technology)),
        Beside(One, program("{+}zzreader", "Reader", "Reads what happened", "kind worker")),
        Add(publishes("{one}", "{+}zzstream", technology, "")),
        Add(consumes("{+}zzreader", "{+}zzstream", technology, "effect query")),
    ]
}

/// Databases of several engines, each used.
fn engines(names: [&str; 3]) -> Vec<super::Do> {
    let mut all = vec![Design("team_size 5")];
    for (n, engine) in names.into_iter().enumerate() {
        let id = format!("{{+}}zzengine{n}");
        all.push(Beside(
            One,
            database(&id, &format!("Engine {n}"), "Keeps a part of it", "role derived; rebuild yes")
                .replace("PostgreSQL 16", engine)
                .replace("role \"derived\"\n", ""),
        ));
        all.push(Add(relation("{one}", &id, "Reads", "Files", "access r; tls yes; auth scram; timeout 5ms")));
    }
    all
}

fn languages() -> Vec<super::Do> {
    let mut all = vec![Design("team_size 9")];
    for (n, language) in ["Java", "Python", "Ruby", "PHP"].into_iter().enumerate() {
        let id = format!("{{+}}zztongue{n}");
        all.push(Beside(
            One,
            program(&id, &format!("Tongue {n}"), "Speaks another language", "owner team-new").replace("\"Go\"", &format!("\"{language}\"")),
        ));
        all.push(Add(safe_call(&id, "{one}", "Asks", "-timeout; role batch")));
    }
    all
}

fn brokers() -> Vec<super::Do> {
    let mut all = vec![Design("team_size 9; peak_rps 900")];
    for (n, broker) in ["RabbitMQ", "ActiveMQ", "Kafka"].into_iter().enumerate() {
        let (topic_id, reader) = (format!("{{+}}zzbroker{n}"), format!("{{+}}zzreader{n}"));
        all.push(Beside(One, topic(&topic_id, &format!("Broker {n}"), "What happened", "").replace("RabbitMQ", broker)));
        all.push(Beside(One, program(&reader, &format!("Reader {n}"), "Reads what happened", "owner team-new; kind worker")));
        all.push(Add(publishes("{one}", &topic_id, "Events", "")));
        all.push(Add(consumes(&reader, &topic_id, "Events", "effect query")));
    }
    all
}

pub(super) fn operators() -> Vec<Operator> {
    let sides = |v: &super::view::View<'_>, e: &crate::domain::review::graph::Edge<'_>, mode: Mode| {
        v.incoming(v.target(e)).iter().filter(|edge| edge.mode == mode).count()
    };
    vec![
        op("K001", "one team gets seven more services", any(), many(8, |_| "team-small".to_owned())),
        op(
            "K001",
            "the team shrinks to one",
            design(|v| {
                let ours = |index: usize| matches!(v.element(index).kind.value, Kind::Service | Kind::Worker | Kind::Scheduler);
                v.graph.running().filter(|(index, element)| ours(*index) && !element.facts.is_yes("managed")).count() > 2
            }),
            vec![Design("team_size 1")],
        ),
        op("K001", "sixteen services for a handful of requests", any(), {
            let mut all = many(16, |n| format!("team-{n}"));
            all.push(Design("peak_rps 2; team_size 40"));
            all
        }),
        op("K002", "an event stream for twelve requests a second", any(), stream("Redpanda")),
        op("K002", "another event stream for twelve requests a second", any(), stream("Kinesis")),
        op(
            "K002",
            "event sourcing for twelve requests a second",
            any(),
            vec![
                Design("peak_rps 12"),
                Beside(One, program("{+}zzsourced", "Sourced", "Event-sourced with CQRS", "")),
                Add(safe_call("{+}zzsourced", "{one}", "Asks", "-timeout; role batch")),
            ],
        ),
        op("K003", "three more kinds of database", any(), engines(["MongoDB 7", "MySQL 8", "MariaDB 11"])),
        op("K003", "four more languages", any(), languages()),
        op("K003", "three brokers", any(), brokers()),
        op(
            "K004",
            "the only consumer leaves",
            call(move |v, e| {
                e.mode == Mode::AsyncSub
                    && v.is(v.target(e), Kind::Queue)
                    && !v.target(e).name.contains("dead")
                    && sides(v, e, Mode::AsyncSub) == 1
                    && sides(v, e, Mode::AsyncPub) > 0
                    && v.outgoing(v.target(e)).is_empty()
            }),
            vec![Delete(Call)],
        ),
        op(
            "K004",
            "the only publisher leaves",
            call(move |v, e| {
                e.mode == Mode::AsyncPub
                    && v.is(v.target(e), Kind::Queue)
                    && sides(v, e, Mode::AsyncPub) == 1
                    && sides(v, e, Mode::AsyncSub) > 0
            }),
            vec![Delete(Call)],
        ),
        op(
            "K004",
            "a new topic has no consumer",
            any(),
            vec![Beside(One, topic("{+}zznews", "news", "What happened", "")), Add(publishes("{one}", "{+}zznews", "AMQP", ""))],
        ),
        op(
            "K004",
            "a new topic has no publisher",
            any(),
            vec![Beside(One, topic("{+}zznews", "news", "What happened", "")), Add(consumes("{one}", "{+}zznews", "AMQP", "effect query"))],
        ),
    ]
}
