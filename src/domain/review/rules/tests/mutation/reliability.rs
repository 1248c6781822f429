//! Defects that show when something fails.

use crate::domain::{
    model::{
        facts::Fact,
        kind::{Kind, Mode},
    },
    review::{
        graph::ask::Together,
        rules::tests::mutation::{
            Do::{Add, Beside, State},
            Operator,
            Who::{Call, One, Source, Target},
            call, element, op,
            statements::{consumes, database, external, outside_call, program, publishes, safe_call, safe_sql, topic},
        },
    },
};

/// A call that somebody waits for.
fn waited() -> super::At {
    call(|v, e| v.sync_call(e) && v.awaited(v.source(e)))
}

fn any_call() -> super::At {
    call(|v, e| v.sync_call(e) && e.is_sync())
}

fn outward() -> super::At {
    call(|v, e| v.program(v.source(e)) && v.is(v.target(e), Kind::External) && e.is_sync() && v.on(e, "role").is_none())
}

fn critical_program() -> super::At {
    element(|v, e| v.program(e) && v.critical(e) && !e.facts.is_yes("managed"))
}

fn record_store() -> super::At {
    element(|v, e| v.record_store(e) && v.plain(e) && !e.facts.is_yes("rebuild"))
}

fn commands() -> super::At {
    call(|v, e| e.mode == Mode::AsyncSub && v.is(v.target(e), Kind::Queue) && v.program(v.source(e)))
}

/// Three new services that one depends on.
fn dependencies(facts: [&str; 3]) -> Vec<super::Do> {
    let mut all = Vec::new();
    for (n, facts) in facts.into_iter().enumerate() {
        let id = format!("{{+}}zzleaf{n}");
        all.push(Beside(One, program(&id, &format!("Leaf {n}"), "Answers a question", "owner team-new; slo 99.999; tier 0; context here")));
        all.push(Add(safe_call("{one}", &id, "Asks", facts)));
    }
    all
}

pub(super) fn operators() -> Vec<Operator> {
    let service = || element(|v, e| v.program(e) && v.is(e, Kind::Service));
    vec![
        op(
            "R001",
            "a critical program has one instance",
            element(|v, e| v.program(e) && v.critical(e) && v.awaited(e) && !e.facts.is_yes("managed")),
            vec![State(One, "replicas 1; autoscale unknown; failover unknown")],
        )
        .follows("S006", "one instance cannot take the load"),
        op(
            "R001",
            "a critical database has one instance",
            element(|v, e| v.is(e, Kind::Database) && v.critical(e) && v.awaited(e) && !e.facts.is_yes("managed")),
            vec![State(One, "replicas 1; failover no")],
        ),
        op(
            "R001",
            "everything passes through a new single",
            element(|v, e| v.program(e) && v.awaited(e)),
            vec![
                Beside(
                    One,
                    program(
                        "{+}zzsingle",
                        "Single",
                        "All that is important goes through it",
                        "replicas 1; autoscale unknown; zones 1; -slo; tier 2",
                    ),
                ),
                Beside(One, program("{+}zzvital", "Vital", "Must always answer", "tier 1; slo 99.5")),
                Add(safe_call("{one}", "{+}zzsingle", "Asks", "")),
                Add(safe_call("{+}zzsingle", "{+}zzvital", "Asks", "timeout 20ms")),
            ],
        )
        .follows("A002", "the way has become that long"),
        op("R002", "a call has no timeout", waited(), vec![State(Call, "timeout none")]),
        op("R002", "an external system is called without a timeout", outward(), vec![State(Call, "timeout no")]),
        op(
            "R002",
            "a store is used without a timeout",
            call(|v, e| v.store(v.target(e)) && v.awaited(v.source(e)) && v.compute(v.source(e)) && e.is_sync()),
            vec![State(Call, "timeout none")],
        ),
        op("R003", "a caller gives up too soon", two_calls(), vec![State(Call, "timeout 1s")]),
        op(
            "R003",
            "a new call behind it takes too long",
            timed(),
            vec![
                Beside(Target, program("zzslow", "Slow service", "Takes its time", "")),
                Add(safe_call("{target}", "zzslow", "Asks", "timeout 9s; mode sync")),
            ],
        )
        .follows("A002", "the way has become that long"),
        op(
            "R003",
            "it is tried again behind the caller's back",
            timed(),
            vec![
                Beside(Target, program("zzagain", "Service behind", "Answers at the third time", "")),
                Add(safe_call("{target}", "zzagain", "Asks", "timeout 4s; retry 3, 1s, exponential, jitter, cap 5s")),
            ],
        )
        .follows("A002", "the way has become that long"),
        op("R004", "a call is repeated at a fixed pace", any_call(), vec![State(Call, "retry 2, 1ms, fixed, no jitter; idempotent yes")])
            .follows("R003", "a second attempt takes longer than the caller waits"),
        op("R004", "a call is repeated at once", any_call(), vec![State(Call, "retry 2, none; idempotent yes")])
            .follows("R003", "a second attempt takes longer than the caller waits"),
        op("R004", "a call is repeated without a cap", any_call(), vec![State(Call, "retry 2, 1ms, exponential, no cap; idempotent yes")])
            .follows("R003", "a second attempt takes longer than the caller waits"),
        op(
            "R005",
            "a command that counts twice is repeated",
            any_call(),
            vec![State(Call, "effect command; idempotent no; retry 2, 1ms, exponential, jitter, cap 10ms")],
        )
        .follows("D002", "the caller now commands at two stores")
        .follows("R003", "a second attempt takes longer than the caller waits"),
        op(
            "R005",
            "what may count twice is repeated",
            any_call(),
            vec![State(Call, "effect unknown; idempotent no; retry 2, 1ms, exponential, jitter, cap 10ms")],
        )
        .follows("R003", "a second attempt takes longer than the caller waits"),
        op(
            "R005",
            "an external command that counts twice is repeated",
            outward(),
            vec![State(Call, "effect command; idempotent no; retry 2, 1ms, exponential, jitter, cap 10ms")],
        )
        .follows("R003", "a second attempt takes longer than the caller waits"),
        op("R006", "three hops repeat", service(), chain_of_retries(["3", "3", "1"])),
        op("R006", "two hops repeat more often", service(), chain_of_retries(["5", "1", "2"])),
        op("R006", "every hop repeats once or twice", service(), chain_of_retries(["3", "2", "2"])),
        op("R007", "an external system is called without a breaker", outward(), vec![State(Call, "circuit_breaker no")]),
        op(
            "R007",
            "another context is needed without a breaker",
            call(|v, e| v.sync_call(e) && v.graph.between_parties(e) == Together::No && v.on(e, "criticality") == Some("hard")),
            vec![State(Call, "circuit_breaker no")],
        ),
        op(
            "R007",
            "a new external system is called without a breaker",
            service(),
            vec![
                Add(external("zzrates", "Rates", "Knows what money is worth", "")),
                Add(outside_call("{one}", "zzrates", "Asks", "HTTPS", "circuit_breaker none")),
            ],
        ),
        op("R008", "a service has no bulkheads", service(), {
            let mut all = dependencies(["criticality hard", "criticality hard", "criticality soft"]);
            all.push(State(One, "bulkhead no"));
            all
        })
        .follows("A002", "the way has become that long"),
        op("R008", "an optional call shares the pool", service(), {
            dependencies(["criticality hard", "criticality hard; bulkhead yes", "criticality soft; bulkhead no"])
        })
        .follows("A002", "the way has become that long"),
        op("R008", "two optional calls share the pool", service(), {
            dependencies(["criticality soft; bulkhead no", "criticality hard", "criticality soft; bulkhead no"])
        })
        .follows("A002", "the way has become that long"),
        op(
            "R009",
            "a service needs one of a lower tier",
            sync_pair(),
            vec![State(Call, "criticality hard; fallback no"), State(Source, "tier 1"), State(Target, "tier 3")],
        ),
        op(
            "R009",
            "a service needs one that promises less",
            sync_pair(),
            vec![State(Call, "criticality hard; fallback no"), State(Source, "slo 99.9"), State(Target, "slo 99")],
        ),
        op(
            "R009",
            "a new dependency promises less",
            element(|v, e| v.program(e) && v.is(e, Kind::Service)),
            vec![
                Beside(One, program("{+}zzweak", "Weak service", "Answers mostly", "slo 95; tier 2")),
                State(One, "slo 99.95"),
                Add(safe_call("{one}", "{+}zzweak", "Asks", "criticality hard; fallback no")),
            ],
        )
        .follows("A002", "the way has become that long"),
        op(
            "R010",
            "what is optional has no fallback",
            call(|v, e| v.sync_call(e) && v.on(e, "role").is_none() && v.target(e).facts.get("role").is_none()),
            vec![State(Call, "criticality soft; fallback no")],
        ),
        op(
            "R010",
            "a new optional dependency has no fallback",
            service(),
            dependencies(["criticality soft; fallback no", "criticality hard", "criticality hard"]),
        )
        .follows("A002", "the way has become that long"),
        op("R010", "a new service that users wait for has no fallback at all", element(|v, e| v.program(e) && v.awaited(e)), {
            let mut all = vec![Beside(One, program("{+}zzroot", "Root", "Needs all three", "slo 99.5; tier 2"))];
            all.push(Add(safe_call("{one}", "{+}zzroot", "Asks", "")));
            for n in 0..3 {
                let id = format!("{{+}}zzneed{n}");
                all.push(Beside(One, program(&id, &format!("Need {n}"), "Answers a question", "owner team-new; slo 99.99; tier 2")));
                all.push(Add(safe_call("{+}zzroot", &id, "Asks", "criticality hard; fallback no; timeout 10ms")));
            }
            all
        })
        .follows("A002", "the way has become that long"),
        op(
            "R011",
            "a topic has nowhere for what fails",
            commands(),
            vec![State(Call, "effect command; idempotent yes"), State(Target, "dlq no; loss_ok unknown")],
        ),
        op(
            "R011",
            "a topic delivers for ever",
            commands(),
            vec![State(Call, "effect command; idempotent yes"), State(Target, "max_deliveries no; loss_ok unknown")],
        ),
        op(
            "R011",
            "a new queue has nowhere for what fails",
            element(|v, e| v.program(e) && !v.is(e, Kind::Gateway)),
            vec![
                Beside(One, topic("{+}zzjobs", "Jobs", "What is to be done", "dlq none")),
                Beside(One, program("{+}zzdoer", "Doer", "Does it", "kind worker")),
                Add(publishes("{one}", "{+}zzjobs", "AMQP", "")),
                Add(consumes("{+}zzdoer", "{+}zzjobs", "AMQP", "")),
            ],
        ),
        op(
            "R012",
            "commands are forgotten",
            commands(),
            vec![
                State(Call, "effect command; idempotent yes; delivery at-most-once"),
                State(Target, "delivery at-most-once; loss_ok unknown; persistence unknown; retention unknown; max_deliveries unknown"),
            ],
        ),
        op("R012", "a new queue forgets", no_writer(), forgetful("NATS, core", "NATS")),
        op("R012", "a new channel forgets", no_writer(), forgetful("Redis Pub/Sub", "Redis Pub/Sub")),
        op("R013", "data has no backup", record_store(), vec![State(One, "backup no; loss_ok unknown")]),
        op(
            "R013",
            "a restore was never tried",
            element(|v, e| v.record_store(e) && v.plain(e) && v.critical(e) && e.facts.is_yes("backup")),
            vec![State(One, "restore_tested no")],
        ),
        op(
            "R013",
            "a new database has no backup",
            service(),
            vec![
                Beside(
                    One,
                    database("{+}zznotes", "Notes DB", "What people wrote down", "backup none; -restore_tested; -rpo; -rto; -restore_time"),
                ),
                Add(safe_sql("{one}", "{+}zznotes", "Writes", "")),
            ],
        )
        .follows("D002", "who orders changes here now changes two stores"),
        op(
            "R014",
            "backups are rarer than the goal allows",
            record_store(),
            vec![State(One, "rpo 5m; backup nightly; replication_lag unknown")],
        ),
        op("R014", "a restore takes longer than the goal allows", record_store(), vec![State(One, "rto 30m; restore_time 2h")]),
        op("R014", "a critical database has no goal", element(|v, e| v.is(e, Kind::Database) && v.critical(e)), vec![State(One, "rpo no")]),
        op("R015", "a critical program runs in one zone", critical_program(), vec![State(One, "zones 1; slo 99.95")])
            .follows("R009", "it promises more than what it needs"),
        op(
            "R015",
            "a critical store lies in one zone",
            element(|v, e| v.is(e, Kind::Database) && v.critical(e)),
            vec![State(One, "zones eu-1a; rto 1h")],
        ),
        op("R015", "instances are not spread", critical_program(), vec![State(One, "zones no")]),
        op("R016", "a failover was never tried", critical_store_or_program(), vec![State(One, "failover_tested no")]),
        op("R016", "a game day is long ago", critical_store_or_program(), vec![State(One, "failover_tested 2025-01-10")]),
        op("R016", "there was no game day", critical_store_or_program(), vec![State(One, "game_day no")]),
        op(
            "R017",
            "a program drops what it does",
            element(|v, e| v.program(e) && !e.facts.is_yes("managed")),
            vec![State(One, "graceful_shutdown no")],
        ),
        op(
            "R017",
            "a program drains as long as it is granted",
            element(|v, e| v.program(e) && !e.facts.is_yes("managed")),
            vec![State(One, "graceful_shutdown drain 30s, grace 30s")],
        ),
        op(
            "R017",
            "a consumer is not drained",
            element(|v, e| v.program(e) && v.is(e, Kind::Worker) && !e.facts.is_yes("managed")),
            vec![State(One, "graceful_shutdown drain 5s, grace 30s, no consumers")],
        ),
    ]
}

/// A program that writes no system of record.
fn no_writer() -> super::At {
    element(|v, e| {
        let writes = v.outgoing(e).iter().any(|edge| v.record_store(v.element(edge.target)) && edge.access().writes());
        v.program(e) && !v.is(e, Kind::Gateway) && !writes
    })
}

fn critical_store_or_program() -> super::At {
    element(|v, e| v.critical(e) && v.plain(e) && (v.is(e, Kind::Database) || v.program(e)))
}

/// A call and another one behind it, both with a stated timeout.
fn two_calls() -> super::At {
    call(|v, e| {
        let long = |edge: &&crate::domain::review::graph::Edge<'_>| {
            edge.is_sync() && edge.facts().get("timeout").and_then(Fact::milliseconds).is_some_and(|time| time > 1000)
        };
        v.sync_call(e) && v.graph.outgoing(e.target).any(|edge| long(&edge))
    })
}

fn timed() -> super::At {
    call(|v, e| {
        v.sync_call(e) && v.program(v.target(e)) && e.facts().get("timeout").and_then(Fact::milliseconds).is_some_and(|time| time < 8000)
    })
}

fn sync_pair() -> super::At {
    call(|v, e| {
        v.sync_call(e)
            && v.program(v.source(e))
            && v.program(v.target(e))
            && v.outgoing(v.source(e)).iter().filter(|edge| v.sync_call(edge)).count() == 1
    })
}

/// A partner's request that passes three new hops, each of which repeats so often.
fn chain_of_retries(attempts: [&str; 3]) -> Vec<super::Do> {
    let retry = |n: &str| if n == "1" { "retry no".to_owned() } else { format!("retry {n}, 1ms, exponential, jitter, cap 5ms") };
    vec![
        Add(external("zzpartner", "Partner", "Sells our goods", "")),
        Beside(One, program("{+}zzfirst", "First hop", "Passes on", "")),
        Beside(One, program("{+}zzsecond", "Second hop", "Passes on", "")),
        Beside(One, program("{+}zzthird", "Last hop", "Answers", "")),
        Add(safe_call("zzpartner", "{+}zzfirst", "Asks", &format!("auth oauth2; timeout 9s; {}", retry(attempts[0])))),
        Add(safe_call("{+}zzfirst", "{+}zzsecond", "Asks", &format!("timeout 500ms; {}", retry(attempts[1])))),
        Add(safe_call("{+}zzsecond", "{+}zzthird", "Asks", &format!("timeout 10ms; {}", retry(attempts[2])))),
    ]
}

fn forgetful(technology: &str, protocol: &str) -> Vec<super::Do> {
    let queue = topic("{+}zzjobs", "Jobs", "What is to be done", "-delivery; -retention; -persistence; -max_deliveries; -max_length; -dlq")
        .replace("RabbitMQ", technology);
    vec![
        Beside(One, queue),
        Beside(One, program("{+}zzdoer", "Doer", "Does it", "kind worker")),
        Add(publishes("{one}", "{+}zzjobs", protocol, "role command; -delivery")),
        Add(consumes("{+}zzdoer", "{+}zzjobs", protocol, "")),
    ]
}
