//! Defects that show when load grows.

use crate::domain::{
    model::{
        Element,
        facts::Fact,
        kind::{Kind, Mode},
    },
    review::rules::tests::mutation::{
        Do::{Add, Beside, State},
        Operator,
        Who::{Call, One, Source, Target},
        call, element, op,
        statements::{consumes, database, program, publishes, safe_sql, topic},
    },
};

pub(super) fn operators() -> Vec<Operator> {
    let service = || {
        let many = |e: &Element| e.facts.get("replicas").and_then(Fact::amount).is_some_and(|replicas| replicas > 1);
        element(move |v, e| v.program(e) && v.is(e, Kind::Service) && many(e))
    };
    let entrance = || {
        element(|v, e| {
            v.program(e)
                && v.incoming(e)
                    .iter()
                    .any(|edge| matches!(v.source(edge).kind.value, Kind::Person | Kind::Frontend) && v.graph.is_outside(v.source(edge)))
                && e.facts.get("rate_limit").is_some()
        })
    };
    vec![
        op("S001", "a service keeps sessions", service(), vec![State(One, "local_state session")]),
        op("S001", "a service keeps files", service(), vec![State(One, "local_state local-disk")]),
        op("S001", "requests have to come back to one instance", service(), vec![State(One, "local_state sticky")]),
        op("S002", "the entrance limits nothing", entrance(), vec![State(One, "rate_limit no")]),
        op("S002", "the entrance takes bodies of any size", entrance(), vec![State(One, "body_limit no")]),
        op("S002", "nothing stands before the entrance", entrance(), vec![State(One, "waf no")]),
        op(
            "S003",
            "the pools come to more than the database takes",
            sql(),
            vec![
                State(Source, "replicas 3; autoscale 3..40; pool_size 25"),
                State(Target, "max_connections 200"),
                State(Call, "pool_size 25"),
            ],
        ),
        op(
            "S003",
            "the database takes fewer connections",
            sql(),
            vec![State(Source, "replicas 4; pool_size 20"), State(Target, "max_connections 50")],
        ),
        op(
            "S003",
            "a new client opens many connections",
            sql(),
            vec![
                Beside(
                    Source,
                    program("{+}zzsecond", "Second client", "Reads as well", "replicas 20; pool_size 50; max_class confidential"),
                ),
                State(Target, "max_connections 300"),
                Add(safe_sql("{+}zzsecond", "{target}", "Reads", "access r; role bi")),
            ],
        ),
        op(
            "S004",
            "more consumers than partitions",
            consumer(),
            vec![State(Target, "partitions 3; partition_key id"), State(Source, "replicas 6; zones 3")],
        ),
        op(
            "S004",
            "consumers scale beyond the partitions",
            consumer(),
            vec![State(Target, "partitions 4; partition_key id"), State(Source, "replicas 2; autoscale 2..12")],
        ),
        op(
            "S004",
            "a new group is larger than the topic",
            consumer(),
            vec![
                Beside(Source, program("{+}zzsecond", "Second reader", "Reads as well", "kind worker; replicas 9")),
                State(Target, "partitions 8; partition_key id"),
                Add(consumes("{+}zzsecond", "{target}", "Events", "effect query")),
            ],
        ),
        op(
            "S005",
            "a queue has no bound",
            filled(),
            vec![State(Target, "max_length no; retention unknown; ttl unknown; backpressure unknown")],
        ),
        op(
            "S005",
            "a queue keeps everything",
            filled(),
            vec![State(Target, "retention no; max_length unknown; ttl unknown; backpressure unknown")],
        ),
        op(
            "S005",
            "nothing tells who fills a queue to stop",
            filled(),
            vec![State(Target, "backpressure no; max_length unknown; retention unknown; ttl unknown")],
        ),
        op(
            "S005",
            "a new queue that the public fills has no bound",
            element(|v, e| v.program(e) && v.is(e, Kind::Service) && v.graph.exposed()[v.index(e)]),
            vec![
                Beside(One, topic("{+}zzpictures", "Picture jobs", "Pictures to shrink", "max_length no; -retention")),
                Beside(One, program("{+}zzshrink", "Shrink worker", "Shrinks pictures", "kind worker")),
                Add(publishes("{one}", "{+}zzpictures", "AMQP", "")),
                Add(consumes("{+}zzshrink", "{+}zzpictures", "AMQP", "")),
            ],
        ),
        op(
            "S006",
            "the load grows",
            loaded(),
            vec![State(Call, "peak_rps 9000"), State(Target, "capacity_rps 500; replicas 3; autoscale unknown")],
        ),
        op(
            "S006",
            "each request makes more calls",
            loaded(),
            vec![State(Call, "peak_rps 400; calls_per_request 12"), State(Target, "capacity_rps 500; replicas 3; autoscale unknown")],
        ),
        op(
            "S006",
            "an instance answers less",
            loaded(),
            vec![State(Call, "peak_rps 300"), State(Target, "capacity_rps 20; replicas 2; autoscale unknown")],
        ),
        op(
            "S007",
            "a database outgrows its server",
            relational(),
            vec![State(One, "size_gb 2400; growth yes; partitions no; retention unknown")],
        ),
        op(
            "S007",
            "a database is written more than one server takes",
            relational(),
            vec![State(One, "write_rps 9000; partitions no; retention unknown")],
        ),
        op(
            "S007",
            "a new database outgrows its server",
            element(|v, e| v.program(e) && v.is(e, Kind::Service)),
            vec![
                Beside(One, database("{+}zzclicks", "Clicks DB", "Every click", "size_gb 4000; write_rps 8000; partitions no")),
                Beside(One, program("{+}zzclicker", "Click service", "Counts clicks", "")),
                Add(safe_sql("{+}zzclicker", "{+}zzclicks", "Writes clicks", "")),
            ],
        ),
    ]
}

fn sql() -> super::At {
    call(|v, e| {
        v.is(v.target(e), Kind::Database)
            && v.program(v.source(e))
            && e.is_sync()
            && e.relation.facts.get("role").is_none()
            && !v.outgoing(v.source(e)).iter().any(|edge| edge.mode == Mode::AsyncSub)
            && v.incoming(v.target(e)).iter().all(|edge| edge.facts().get("via").is_none())
            && v.target(e).technology.as_deref().is_some_and(|technology| technology.contains("PostgreSQL"))
    })
}

fn consumer() -> super::At {
    call(|v, e| {
        e.mode == Mode::AsyncSub
            && v.is(v.target(e), Kind::Queue)
            && v.program(v.source(e))
            && v.source(e).facts.get("leader_election").is_none()
    })
}

/// What requests from outside may fill.
fn filled() -> super::At {
    call(|v, e| e.mode == Mode::AsyncPub && v.is(v.target(e), Kind::Queue) && v.program(v.source(e)) && v.graph.exposed()[e.source])
}

fn loaded() -> super::At {
    call(|v, e| v.sync_call(e) && v.program(v.target(e)))
}

fn relational() -> super::At {
    element(|v, e| v.is(e, Kind::Database) && e.technology.as_deref().is_some_and(|technology| technology.contains("PostgreSQL")))
}
