//! Defects of how data is kept, copied and sent.

use crate::domain::{
    model::{
        facts::Fact,
        kind::{Kind, Mode},
    },
    review::rules::tests::mutation::{
        Do::{Add, Beside, State, Twin},
        Operator,
        Who::{self, Call, One, Source, Target},
        call, call_and, element, op,
        statements::{cache, consumes, database, program, publishes, relation, safe_call, safe_sql, topic},
    },
};

/// A service that writes a system of record, and a topic with a publisher.
fn writer_and_topic(outbox: bool) -> super::At {
    call_and(move |v, e, other| {
        e.mode == Mode::AsyncPub
            && v.is(v.target(e), Kind::Queue)
            // Parking a message is no event.
            && !v.graph.is_dead_letter_queue(v.target(e))
            && v.compute(v.source(e))
            && v.is(other, Kind::Service)
            && v.outgoing(other).iter().any(|edge| v.record_store(v.element(edge.target)) && edge.access().writes())
            && !v.outgoing(other).iter().any(|edge| edge.target == e.target)
            // Without a word about delivery, what the description says of an outbox is believed.
            && (outbox || !v.outgoing(other).iter().any(|edge| edge.wording().any(|part| part.contains("outbox"))))
    })
}

fn queue_consumer(needs: fn(&str) -> bool) -> super::At {
    call(move |v, e| {
        e.mode == Mode::AsyncSub
            && v.is(v.target(e), Kind::Queue)
            && v.program(v.source(e))
            && needs(v.target(e).technology.as_deref().unwrap_or_default())
    })
}

/// Two new services with a database each, and something that orders changes at both.
fn trip(facts: &str) -> Vec<super::Do> {
    let mut all = vec![Beside(One, program("{+}zztrips", "Trip service", "Books whole trips", facts))];
    for n in ["flights", "hotels"] {
        all.push(Beside(One, program(&format!("{{+}}zz{n}"), &format!("Service of {n}"), "Books its part", "")));
        all.push(Beside(One, database(&format!("{{+}}zz{n}db"), &format!("Bookings of {n}"), "What was booked there", "")));
        all.push(Add(safe_call("{+}zztrips", &format!("{{+}}zz{n}"), "Books", "effect command")));
        all.push(Add(safe_sql(&format!("{{+}}zz{n}"), &format!("{{+}}zz{n}db"), "Writes bookings", "")));
    }

    all
}

/// A new service of a context of its own that keeps its data in a cache.
fn baskets(facts: &str) -> Vec<super::Do> {
    vec![
        Beside(One, program("{+}zzbaskets", "Basket service", "Keeps baskets", "context baskets")),
        Beside(One, cache("{+}zzbasketcache", "Basket store", "Baskets of all customers", &format!("context baskets; {facts}"))),
        Add(relation("{+}zzbaskets", "{+}zzbasketcache", "Stores baskets", "RESP", "access rw; tls yes; auth acl; timeout 5ms")),
    ]
}

/// A new cache beside a service that has a database.
fn with_cache(facts: &str, on_relation: &str) -> Vec<super::Do> {
    vec![
        Beside(Source, cache("{+}zzlately", "Rows read lately", "What was read lately", facts)),
        Add(relation(
            "{source}",
            "{+}zzlately",
            "Caches rows",
            "RESP",
            &format!("access rw; tls yes; auth acl; timeout 5ms; {on_relation}"),
        )),
    ]
}

fn with_database() -> super::At {
    call(|v, e| v.program(v.source(e)) && v.is(v.target(e), Kind::Database) && v.is(v.source(e), Kind::Service))
}

pub(super) fn operators() -> Vec<Operator> {
    let anywhere = || element(|v, e| v.program(e) && v.is(e, Kind::Service));
    vec![
        op(
            "D001",
            "a service writes and then publishes",
            writer_and_topic(true),
            vec![Add(publishes("{other}", "{target}", "Events", "delivery at-least-once"))],
        ),
        op(
            "D001",
            "a service writes and publishes, and nobody says how",
            writer_and_topic(false),
            vec![Add(publishes("{other}", "{target}", "Events", "-delivery"))],
        ),
        op(
            "D001",
            "the outbox is taken out",
            call(|v, e| {
                e.mode == Mode::AsyncPub
                    && matches!(v.on(e, "delivery"), Some("outbox" | "cdc" | "transactional"))
                    && v.outgoing(v.source(e)).iter().any(|edge| v.record_store(v.element(edge.target)) && edge.access().writes())
            }),
            vec![State(Call, "delivery at-least-once")],
        ),
        op(
            "D001",
            "a new service writes its database and publishes",
            call(|v, e| {
                let forgets = v.target(e).technology.as_deref() == Some("NATS");
                e.mode == Mode::AsyncPub
                    && v.is(v.target(e), Kind::Queue)
                    && v.program(v.source(e))
                    && !forgets
                    && !v.graph.is_dead_letter_queue(v.target(e))
            }),
            vec![
                Beside(Source, program("{+}zzsecond", "Second publisher", "Publishes as well", "")),
                Beside(Source, database("{+}zzseconddb", "Second DB", "What the second publisher keeps", "")),
                Add(safe_sql("{+}zzsecond", "{+}zzseconddb", "Writes", "")),
                Add(safe_call("{source}", "{+}zzsecond", "Asks", "role batch")),
                Add(publishes("{+}zzsecond", "{target}", "Events", "delivery at-least-once")),
            ],
        ),
        op("D002", "two stores are changed and nothing undoes half of it", anywhere(), trip("compensation no")),
        op("D002", "two stores are changed and nobody says how half of it is undone", anywhere(), trip("")),
        op("D002", "the saga is taken out", element(|_, e| e.facts.get("compensation").is_some()), vec![State(One, "compensation no")]),
        op(
            "D003",
            "a consumer does twice what comes twice",
            queue_consumer(|_| true),
            vec![State(Call, "effect command; idempotent no"), State(Target, "delivery at-least-once")],
        ),
        op(
            "D003",
            "a consumer says of itself that it is not idempotent",
            queue_consumer(|_| true),
            vec![
                State(Source, "idempotent no"),
                State(Call, "effect command; idempotent unknown"),
                State(Target, "delivery at-least-once"),
            ],
        ),
        op(
            "D003",
            "a second consumer comes that is not idempotent",
            queue_consumer(|_| true),
            vec![Twin(Source), State(Target, "delivery at-least-once"), Add(consumes("{twin}", "{target}", "Events", "idempotent no"))],
        ),
        op("D004", "a cache is the only home of baskets", anywhere(), baskets("persistence none; loss_ok no")),
        op("D004", "a cache may be the only home of baskets", anywhere(), baskets("-persistence; -loss_ok")),
        op(
            "D004",
            "losing what a cache holds is no longer accepted",
            element(|v, e| v.is(e, Kind::Cache) && e.facts.is_yes("loss_ok") && e.facts.is_known_no("persistence")),
            vec![State(One, "loss_ok no; data drafts")],
        ),
        op(
            "D004",
            "what a cache holds is in no store",
            with_database(),
            with_cache("persistence none; loss_ok no; data drafts", "data drafts"),
        ),
        op("D005", "a cache never forgets and is never told", with_database(), with_cache("ttl no; invalidation no", "")),
        op("D005", "a cache never forgets", with_database(), with_cache("ttl no", "")),
        op("D005", "a busy cache has nothing against a stampede", with_database(), with_cache("stampede_protection no", "peak_rps 500")),
        op("D005", "a relation says that nobody tells the cache", with_database(), with_cache("-invalidation", "invalidation no")),
        op(
            "D005",
            "the policy of a cache is taken out",
            element(|v, e| {
                v.is(e, Kind::Cache) && e.facts.is_yes("ttl") && e.facts.get("role").is_none() && e.facts.get("staleness").is_none()
            }),
            vec![State(One, "ttl no; invalidation no")],
        ),
        op("D006", "the schema of a topic is gone", topic_used(), vec![State(Who::One, "schema none")]),
        op("D006", "nobody checks whether a schema stays compatible", topic_used(), vec![State(Who::One, "compatibility no")]),
        op(
            "D006",
            "a team without a schema listens in",
            queue_consumer(|_| true),
            vec![
                Beside(Source, program("{+}zzlistener", "Listener", "Listens in", "kind worker; context elsewhere")),
                State(Target, "schema no"),
                Add(consumes("{+}zzlistener", "{target}", "Events", "effect query")),
            ],
        ),
        op(
            "D007",
            "a consumer needs an order that partitions break",
            queue_consumer(|_| true),
            vec![State(Call, "ordering required"), State(Target, "partitions 12; partition_key no")],
        ),
        op(
            "D007",
            "a topic promises an order that its partitions break",
            queue_consumer(|_| true),
            vec![State(Target, "ordering required; partitions 6; partition_key no")],
        ),
        op(
            "D007",
            "a failed message comes back later",
            queue_consumer(|_| true),
            vec![
                State(Call, "ordering required"),
                State(Target, "partition_key id"),
                Beside(Source, topic("{+}zzagain", "Once more", "What failed and is tried again", "role retry")),
                Add(publishes("{source}", "{+}zzagain", "AMQP", "delivery transactional")),
                Add(consumes("{source}", "{+}zzagain", "AMQP", "effect query")),
            ],
        ),
        op(
            "D007",
            "several instances take turns",
            element(|v, e| v.program(e) && e.facts.get("replicas").and_then(Fact::amount).is_some_and(|replicas| replicas > 1)),
            vec![
                Beside(One, topic("{+}zzchanges", "Changes", "What has changed", "")),
                Beside(One, program("{+}zzfeeder", "Feeder", "Tells what has changed", "")),
                Add(publishes("{+}zzfeeder", "{+}zzchanges", "AMQP", "delivery transactional")),
                Add(consumes("{one}", "{+}zzchanges", "AMQP", "effect query; ordering required")),
            ],
        ),
        op(
            "D008",
            "a database becomes a copy",
            read_database(),
            vec![State(Target, "role replica; consistency unknown; staleness unknown")],
        ),
        op(
            "D008",
            "a database lives in two regions",
            read_database(),
            vec![State(Target, "regions 2; consistency unknown; staleness unknown")],
        ),
        op(
            "D008",
            "how old a copy may be is not stated",
            element(|v, e| {
                v.store(e)
                    && !v.is(e, Kind::Cache)
                    && !v.record_store(e)
                    && (e.facts.get("staleness").is_some() || e.facts.get("consistency").is_some())
            }),
            vec![State(One, "staleness unknown; consistency unknown")],
        ),
        op(
            "D008",
            "a new copy is read",
            with_database(),
            vec![
                Beside(Source, database("{+}zzhistory", "History", "As users see it", "role derived; consistency unknown; rebuild yes")),
                Add(safe_sql("{source}", "{+}zzhistory", "Reads", "access r")),
            ],
        ),
        op("D009", "two voters", quorum(), vec![State(One, "voters 2")]),
        op("D009", "four voters", quorum(), vec![State(One, "voters 4; zones 3")]),
        op("D009", "three voters in two zones", quorum(), vec![State(One, "voters 3; zones 2")]),
        op(
            "D010",
            "nothing chooses one of a job's instances",
            job(),
            vec![State(One, "run_once yes; replicas 3; leader_election no; lock no; idempotent no")],
        ),
        op(
            "D010",
            "nobody says what else chooses one",
            job(),
            vec![State(One, "run_once yes; replicas 2; leader_election no; lock unknown; idempotent unknown")],
        ),
        op(
            "D010",
            "a nightly job comes twice",
            anywhere(),
            vec![
                Beside(
                    One,
                    program(
                        "{+}zznightly",
                        "Nightly job",
                        "Sends bills at 02:00",
                        "kind scheduler; replicas 2; leader_election no; lock no",
                    ),
                ),
                Add(safe_call("{+}zznightly", "{one}", "Asks for bills", "role batch; timeout 5s")),
            ],
        )
        .follows("R003", "what it asks may work for longer"),
        op(
            "D010",
            "a lock has no fencing",
            with_database(),
            with_cache("replicas 1; role lock; fencing no; invalidation yes", "role lock; fencing no"),
        ),
    ]
}

/// A topic that somebody fills and somebody reads.
fn topic_used() -> super::At {
    element(|v, e| {
        let sides = v.incoming(e);
        v.is(e, Kind::Queue) && sides.iter().any(|edge| edge.mode == Mode::AsyncPub) && sides.iter().any(|edge| edge.mode == Mode::AsyncSub)
    })
}

/// A service that users wait for reads a database.
fn read_database() -> super::At {
    call(|v, e| {
        v.is(v.target(e), Kind::Database)
            && v.program(v.source(e))
            && v.awaited(v.source(e))
            && v.on(e, "consistency").is_none()
            && e.relation.facts.get("role").is_none()
            && e.relation.description.as_deref().is_some_and(|description| description.starts_with("Reads"))
    })
}

fn quorum() -> super::At {
    element(|v, e| {
        let known = e.technology.as_deref().is_some_and(|technology| technology.contains("etcd") || technology.contains("JetStream"));
        known && !e.facts.is_yes("managed") && v.graph.tier(e).is_none_or(|tier| tier < 2)
    })
}

fn job() -> super::At {
    element(|v, e| {
        let by_platform = e.technology.as_deref().is_some_and(|technology| technology.contains("ronJob"));
        v.program(e) && matches!(e.kind.value, Kind::Worker | Kind::Scheduler) && !by_platform
    })
}
