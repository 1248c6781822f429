//! Decoys of the rules about failure and recovery.

use crate::domain::review::{
    finding::Severity::{Critical, High, Low, Medium},
    rules::tests::review_dsl,
    rules::tests::running::{ENTRY, asks, call, consume, element, found, publish, service, severities, sql, workspace},
};

fn chain(first: &str, second: &str) -> String {
    format!(
        "{}{}{}{ENTRY}{}{}",
        service("a", "tier 2"),
        service("b", "tier 2"),
        service("c", "tier 2"),
        call("a", "b", first),
        call("b", "c", second)
    )
}

#[test]
fn timeouts_shrink_on_the_way() {
    for (first, second, expected) in [
        ("timeout 1s", "timeout 2s", vec![High]),
        ("timeout 1s", "timeout 400ms; retry \"3, 100ms, fixed\"", vec![High]),
        ("timeout 1s", "timeout 400ms; retry yes", vec![]),
        ("timeout 2s", "timeout 2s", vec![]),
        ("timeout 1s", "timeout 2s; mode async-pub", vec![]),
        ("timeout 1s; mode stream", "timeout 2s", vec![]),
        ("timeout 1s", "timeout 2s; role health", vec![]),
        ("timeout 1s", "timeout none", vec![]),
        ("timeout planned", "timeout 2s", vec![]),
        ("tls yes", "timeout 2s", vec![]),
    ] {
        assert_eq!(severities("R003", &chain(first, second)), expected, "{first} / {second}");
    }
    let finding = found("R003", &chain("timeout 1s", "timeout 2s")).remove(0);
    assert_eq!(finding.title, "a gives up after 1 s, b may work for 2 s");
    for (back, more, expected) in [
        ("timeout 2s; role webhook", "timeout 500ms", vec![]),
        ("timeout 2s", "timeout 500ms", vec![]),
        ("timeout 2s; role webhook", "timeout 1500ms", vec![High]),
    ] {
        let body = format!("{}{}", chain("timeout 1s", more), call("b", "a", back));
        assert_eq!(severities("R003", &body), expected, "b calls back: {back} / {more}");
    }
}

#[test]
fn only_commands_that_are_not_idempotent_must_not_be_repeated() {
    let body = |caller: &str, link: &str| format!("{}{}{}", service("a", caller), service("b", "tier 2"), call("a", "b", link));
    for (caller, link, expected) in [
        ("tier 2", "retry 3; effect command; idempotent no", vec![High]),
        ("tier 2", "retry yes; effect command; idempotent no", vec![High]),
        ("retry 3", "effect command; idempotent no", vec![High]),
        ("tier 2", "retry 3; idempotent no", vec![Medium]),
        ("tier 2", "retry 3; effect command; idempotent planned", vec![Low]),
        ("tier 0; exposure public", "retry 3; effect command; idempotent no", vec![Critical]),
        ("tier 2", "retry 1; effect command; idempotent no", vec![]),
        ("tier 2", "retry no; effect command; idempotent no", vec![]),
        ("retry 3", "retry no; effect command; idempotent no", vec![]),
        ("tier 2", "retry 3; effect query; idempotent no", vec![]),
        ("tier 2", "retry 3; effect command; idempotent key", vec![]),
        ("tier 2", "effect command; idempotent no", vec![]),
    ] {
        assert_eq!(severities("R005", &body(caller, link)), expected, "{caller} / {link}");
    }
    asks("R005", &body("tier 2", "retry 3; effect command"));
}

#[test]
fn retries_multiply_along_a_path_and_not_beside_it() {
    for (first, second, expected) in [
        ("retry 3", "retry 3", vec![High]),
        ("retry 2", "retry 3", vec![]),
        ("retry 3", "retry yes", vec![]),
        ("retry 9", "tls yes", vec![]),
        ("retry 3; mode async-pub", "retry 3", vec![]),
        ("retry 3; role health", "retry 3", vec![]),
    ] {
        assert_eq!(severities("R006", &chain(first, second)), expected, "{first} / {second}");
    }
    let beside = format!(
        "{}{}{}{ENTRY}{}{}",
        service("a", "tier 2"),
        service("b", "tier 2"),
        service("c", "tier 2"),
        call("a", "b", "retry 3"),
        call("a", "c", "retry 3")
    );
    assert_eq!(severities("R006", &beside), [], "one after the other, not one inside the other");
    let round = format!("{}{}", chain("retry 3", "retry 3"), call("c", "a", "retry 3"));
    assert_eq!(severities("R006", &round), [], "what goes round is another rule's");
    let unreached = chain("retry 3", "retry 3").replace(ENTRY, "");
    assert_eq!(severities("R006", &unreached), []);
    let long = format!("{}{}{}", chain("retry 3", "retry 3"), service("d", "tier 2"), call("c", "d", "retry 3"));
    assert_eq!(found("R006", &long).remove(0).title, "One request can become 27 calls to d");
}

#[test]
fn breakers_are_asked_of_calls_that_leave() {
    let body = |caller: &str, target: &str, link: &str| format!("{}{}{}", service("a", caller), service("b", target), call("a", "b", link));
    for (caller, target, link, expected) in [
        ("context one", "context two", "circuit_breaker no; criticality hard", vec![Medium]),
        ("context one", "kind external", "circuit_breaker no", vec![Medium]),
        ("context one; circuit_breaker no", "kind external", "tls yes", vec![Medium]),
        ("context one", "kind external", "circuit_breaker planned", vec![Low]),
        ("context one; tier 3", "kind external", "circuit_breaker no", vec![Low]),
        ("context one; circuit_breaker mesh", "kind external", "tls yes", vec![]),
        ("context one", "kind external", "circuit_breaker \"n/a (adaptive limit)\"", vec![]),
        ("context one", "kind external", "circuit_breaker no; mode async-pub", vec![]),
        ("context one", "context one", "circuit_breaker no; criticality hard", vec![]),
        ("context one", "context two", "circuit_breaker no; criticality soft", vec![]),
        ("context one", "context two; kind database", "circuit_breaker no; criticality hard", vec![]),
    ] {
        assert_eq!(severities("R007", &body(caller, target, link)), expected, "{caller} / {target} / {link}");
    }
    asks("R007", &body("context one", "kind external", "tls yes"));
    asks("R007", &body("context one", "context two", "circuit_breaker no"));
}

#[test]
fn a_shared_pool_needs_something_optional_in_it() {
    let body = |caller: &str, links: [&str; 3]| {
        let [b, c, d] = links;
        let others: String = ["b", "c", "d"].map(|key| service(key, "tier 2")).concat();
        format!("{}{others}{}{}{}", service("a", caller), call("a", "b", b), call("a", "c", c), call("a", "d", d))
    };
    let mixed = ["criticality hard", "criticality hard", "criticality soft"];
    for (caller, links, expected) in [
        ("bulkhead no", mixed, vec![Low]),
        ("tier 2", ["criticality hard", "criticality hard", "criticality soft; bulkhead no"], vec![Low]),
        ("bulkhead planned", mixed, vec![Low]),
        ("bulkhead no", ["criticality hard", "criticality hard", "criticality soft; bulkhead yes"], vec![]),
        ("bulkhead no", ["criticality hard", "criticality hard", "criticality hard"], vec![]),
        ("bulkhead no", ["criticality hard", "criticality soft; mode async-pub", "criticality soft; mode async-pub"], vec![]),
        ("tier 2", mixed, vec![]),
    ] {
        assert_eq!(severities("R008", &body(caller, links)), expected, "{caller} / {links:?}");
    }
}

#[test]
fn a_weaker_dependency_matters_only_when_it_is_needed() {
    let body = |caller: &str, target: &str, link: &str| format!("{}{}{}", service("a", caller), service("b", target), call("a", "b", link));
    for (caller, target, link, expected) in [
        ("tier 0", "tier 2", "criticality hard", vec![High]),
        ("tier 0", "tier 2", "fallback no", vec![High]),
        ("slo 99.95", "slo 99.5", "criticality hard", vec![High]),
        ("tier 0", "tier 2", "criticality hard; fallback planned", vec![Low]),
        ("tier 0", "tier 2", "criticality hard; fallback cache", vec![]),
        ("tier 0", "tier 2", "criticality soft; fallback no", vec![]),
        ("tier 0", "tier 2", "criticality hard; mode async-pub", vec![]),
        ("tier 1", "tier 1", "criticality hard", vec![]),
        ("tier 2", "tier 0", "criticality hard", vec![]),
        ("tier 0", "owner one", "criticality hard", vec![]),
        ("slo 99.5", "slo 99.95", "criticality hard", vec![]),
        ("tier 0", "tier 2", "criticality hard; role health", vec![]),
    ] {
        assert_eq!(severities("R009", &body(caller, target, link)), expected, "{caller} / {target} / {link}");
    }
    asks("R009", &body("tier 0", "tier 2", "tls yes"));
}

#[test]
fn what_decides_has_no_fallback_for_good_reason() {
    let body = |links: [&str; 3]| {
        let [b, c, d] = links;
        let others: String = ["a", "b", "c", "d"].map(|key| service(key, "tier 2")).concat();
        format!("{others}{ENTRY}{}{}{}", call("a", "b", b), call("a", "c", c), call("a", "d", d))
    };
    let hard = "criticality hard; fallback no";
    for (links, expected) in [
        ([hard, hard, hard], vec![Medium]),
        (["criticality soft; fallback no", "tls yes", "tls yes"], vec![Medium]),
        (["criticality soft; fallback planned", "tls yes", "tls yes"], vec![Low]),
        ([hard, hard, "criticality hard; fallback cache"], vec![]),
        ([hard, hard, "criticality hard; fallback no; role authoritative"], vec![]),
        ([hard, hard, "criticality hard"], vec![]),
        (["criticality soft; fallback default", "tls yes", "tls yes"], vec![]),
        (["fallback no", "fallback no", "fallback no"], vec![]),
    ] {
        assert_eq!(severities("R010", &body(links)), expected, "{links:?}");
    }
    assert_eq!(severities("R010", &body([hard, hard, hard]).replace(ENTRY, "")), [], "no user waits");
    asks("R010", &body(["criticality soft", "tls yes", "tls yes"]));
}

#[test]
fn brokers_forget_by_statement_or_technology() {
    let body = |technology: &str, queue: &str, publication: &str, subscription: &str| {
        format!(
            "{}{}{}{}{}",
            element("q", technology, &format!("kind queue; {queue}")),
            service("a", "owner one"),
            service("b", "owner one"),
            publish("a", "q", publication),
            consume("b", "q", subscription)
        )
    };
    for (technology, queue, publication, subscription, expected) in [
        ("NATS, core", "owner one", "tls yes", "effect command", vec![High]),
        ("Redis Pub/Sub", "owner one", "tls yes", "effect command", vec![High]),
        ("RabbitMQ", "delivery at-most-once", "tls yes", "effect command", vec![High]),
        ("RabbitMQ", "owner one", "tls yes", "effect command; delivery auto-ack", vec![High]),
        ("RabbitMQ", "tier 1", "effect event; delivery at-most-once", "tls yes", vec![High]),
        ("NATS", "owner one", "tls yes", "effect command", vec![Medium]),
        ("NATS, core", "delivery planned", "tls yes", "effect command", vec![Low]),
        ("NATS, core", "tier 2", "effect event", "tls yes", vec![High]),
        ("NATS, core", "tier 3", "effect event", "tls yes", vec![]),
        ("NATS, core", "loss_ok yes", "tls yes", "effect command", vec![]),
        ("NATS, core", "role presence", "tls yes", "effect command", vec![]),
        ("NATS JetStream", "owner one", "tls yes", "effect command", vec![]),
        ("NATS", "delivery at-least-once", "tls yes", "effect command", vec![]),
        ("NATS", "retention 7d", "tls yes", "effect command", vec![]),
        ("RabbitMQ", "owner one", "tls yes", "effect command", vec![]),
        ("NATS, core", "owner one", "effect query", "effect query", vec![]),
    ] {
        let said = format!("{technology} / {queue} / {publication} / {subscription}");
        assert_eq!(severities("R012", &body(technology, queue, publication, subscription)), expected, "{said}");
    }
    let committed = format!(
        "{}{}{}",
        body("Kafka", "tier 1", "effect event; delivery at-most-once", "tls yes"),
        element("db", "PostgreSQL", "owner one"),
        sql("a", "db", "access rw")
    );
    assert_eq!(severities("R012", &committed), [], "the dual write tells it");
    asks("R012", &body("NATS, core", "owner one", "tls yes", "tls yes"));
    asks("R012", &body("NATS, core", "owner one", "effect event", "tls yes"));
}

#[test]
fn backups_are_asked_of_data_that_exists_once() {
    let body = |technology: &str, facts: &str| {
        format!("{}{}{}", service("a", "tier 2"), element("db", technology, facts), sql("a", "db", "tls yes"))
    };
    for (technology, facts, expected) in [
        ("PostgreSQL 16", "backup no", vec![Critical]),
        ("S3", "backup no", vec![Critical]),
        ("PostgreSQL 16", "backup no; tier 3", vec![High]),
        ("PostgreSQL 16", "backup no; env dev", vec![High]),
        ("PostgreSQL 16", "backup planned", vec![Low]),
        ("PostgreSQL 16", "backup daily; restore_tested no; tier 1", vec![Medium]),
        ("PostgreSQL 16", "backup daily; restore_tested planned; tier 1", vec![Low]),
        ("PostgreSQL 16", "backup daily; restore_tested no; tier 2", vec![]),
        ("PostgreSQL 16", "backup daily; restore_tested 2026-06-01; tier 0", vec![]),
        ("PostgreSQL 16", "backup no; role derived", vec![]),
        ("PostgreSQL 16", "backup no; rebuild yes", vec![]),
        ("PostgreSQL 16", "backup no; loss_ok yes", vec![]),
        ("S3", "backup no; role backup", vec![]),
        ("PostgreSQL 16", "backup \"n/a (rebuilt from events)\"", vec![]),
        ("OpenSearch 2", "backup no", vec![]),
        ("Redis 7", "backup no", vec![]),
    ] {
        assert_eq!(severities("R013", &body(technology, facts)), expected, "{technology} / {facts}");
    }
    asks("R013", &body("PostgreSQL 16", "tier 1"));
    asks("R013", &body("PostgreSQL 16", "tier 1; backup daily"));
}

#[test]
fn goals_and_means_are_compared_in_numbers() {
    for (facts, expected) in [
        ("rpo 5m; backup nightly", vec![High]),
        ("rpo 5m; backup 24h", vec![High]),
        ("rto 30m; restore_time 2h", vec![High]),
        ("rpo 5m; replication_lag 10m", vec![High]),
        ("rpo 0; backup 1h", vec![High]),
        ("rpo no; tier 1", vec![Medium]),
        ("rpo 5m; backup nightly; tier 3", vec![Medium]),
        ("rpo 0; backup continuous", vec![]),
        ("rpo 24h; backup nightly", vec![]),
        ("rpo 5m; backup nightly; replication_lag 1s", vec![]),
        ("rpo 5m; backup planned", vec![]),
        ("rpo 5m; backup yes", vec![]),
        ("rto 4h; restore_time 2h", vec![]),
        ("rpo no; tier 2", vec![]),
        ("tier 0", vec![]),
        ("rpo 5m; backup nightly; role derived", vec![]),
    ] {
        assert_eq!(severities("R014", &element("db", "PostgreSQL 16", facts)), expected, "{facts}");
    }
    let needs = |service_facts: &str, store: &str, link: &str| {
        format!("{}{}{}", service("a", service_facts), element("db", "PostgreSQL 16", store), sql("a", "db", link))
    };
    assert_eq!(severities("R014", &needs("rto 30m", "restore_time 2h", "criticality hard")), [High]);
    assert_eq!(severities("R014", &needs("rto 30m", "restore_time 2h", "criticality soft")), []);
    assert_eq!(severities("R014", &needs("rto 30m", "restore_time 2h; rto 30m", "criticality hard")), [High], "told once, of the store");
}

#[test]
fn one_zone_is_told_of_those_who_promise_much() {
    for (facts, expected) in [
        ("tier 1; slo 99.95; zones 1", vec![High]),
        ("tier 0; rto 30m; zones 1", vec![High]),
        ("tier 1; slo 99.9; zones eu-central-1a", vec![High]),
        ("tier 1; replicas 3; zones no", vec![High]),
        ("tier 1; slo 99.95; zones planned", vec![Low]),
        ("tier 1; slo 99.95; zones 1; env dev", vec![]),
        ("tier 1; slo 99.95; zones 3", vec![]),
        ("tier 1; slo 99.95; zones \"eu-1a, eu-1b\"", vec![]),
        ("tier 1; slo 99.95; zones \"n/a (ADR-0007)\"", vec![]),
        ("tier 1; slo 99.95; regions 1", vec![]),
        ("tier 1; slo 99.5; zones 1", vec![]),
        ("tier 2; slo 99.95; zones 1", vec![]),
        ("slo 99.95; zones 1", vec![]),
    ] {
        assert_eq!(severities("R015", &service("a", facts)), expected, "{facts}");
    }
    let store =
        format!("{}{}{}", service("a", "tier 0; slo 99.95; zones 3"), element("db", "PostgreSQL", "zones 1"), sql("a", "db", "tls yes"));
    assert_eq!(found("R015", &store).remove(0).title, "db serves tier 0 from one zone");
    asks("R015", &service("a", "tier 1; slo 99.95"));
}

#[test]
fn recovery_is_untried_when_it_is_said_or_long_ago() {
    for (facts, expected) in [
        ("tier 0; failover_tested no", 1),
        ("tier 1; game_day no", 1),
        ("tier 1; failover_tested 2026-01-10", 1),
        ("tier 1; failover_tested planned", 1),
        ("tier 1; failover_tested 2026-09-10", 0),
        ("tier 1; failover_tested yes", 0),
        ("tier 2; failover_tested no", 0),
        ("tier 1; failover_tested no; env dev", 0),
        ("tier 1", 0),
        ("tier 1; restore_tested no", 0),
    ] {
        assert_eq!(found("R016", &service("a", facts)).len(), expected, "{facts}");
    }
    let two = format!("{}{}", service("a", "tier 1; failover_tested no"), element("db", "PostgreSQL", "tier 0; restore_tested no"));
    assert_eq!(severities("R016", &two), [Low], "one finding for the design");
    let general = review_dsl(&workspace("game_day 2025-01-31", &service("a", "tier 1")));
    assert_eq!(general.findings.iter().filter(|finding| finding.code == "LNT-R016").count(), 1);
    let general = review_dsl(&workspace("game_day 2026-10-31", &service("a", "tier 1")));
    assert_eq!(general.findings.iter().filter(|finding| finding.code == "LNT-R016").count(), 0);
}

#[test]
fn shutdowns_are_abrupt_by_statement_or_arithmetic() {
    for (facts, expected) in [
        ("graceful_shutdown no", vec![Medium]),
        ("graceful_shutdown \"drain 30s, grace 30s\"", vec![Medium]),
        ("graceful_shutdown \"prestop 10s, drain 25s, grace 30s\"", vec![Medium]),
        ("graceful_shutdown \"requests only, no consumers\"", vec![Medium]),
        ("graceful_shutdown planned", vec![Low]),
        ("graceful_shutdown no; tier 3", vec![Low]),
        ("graceful_shutdown \"prestop 5s, drain 20s, grace 30s\"", vec![]),
        ("graceful_shutdown \"drain 30s\"", vec![]),
        ("graceful_shutdown yes", vec![]),
        ("graceful_shutdown no; platform lambda", vec![]),
        ("graceful_shutdown \"n/a (stateless function)\"", vec![]),
    ] {
        assert_eq!(severities("R017", &service("a", facts)), expected, "{facts}");
    }
    asks("R017", &service("a", "tier 1"));
    let two = format!("{}{}", service("a", "graceful_shutdown no"), service("b", "graceful_shutdown no"));
    assert_eq!(severities("R017", &two), [Medium]);
}
