//! What looks like a problem and is none: each rule's decoys, and what changes its severity.

use crate::domain::review::{
    finding::{Finding, Severity},
    rules::tests::{live::found_in, records, review_all, review_dsl},
};

/// A workspace around the body of its model.
pub(super) fn workspace(body: &str) -> String {
    format!("workspace \"Test\" {{\nmodel {{\nuser = person \"User\"\nsys = softwareSystem \"Sys\" {{\n{body}\n}}\n}}\n}}\n")
}

/// Findings of one rule on the body of a system.
pub(super) fn found(code: &str, body: &str) -> Vec<Finding> {
    found_in(code, &workspace(body))
}

pub(super) fn severities(code: &str, body: &str) -> Vec<Severity> {
    found(code, body).into_iter().map(|finding| finding.severity).collect()
}

pub(super) fn props(facts: &str) -> String {
    format!("{{\nproperties {{\n{}\n}}\n}}", facts.replace("; ", "\n"))
}

const LEDGER: &str = "db = container \"Ledger DB\" \"Every booking of the bank\" \"PostgreSQL 16\"";

pub(super) fn service(key: &str, facts: &str) -> String {
    format!("{key} = container \"{key} service\" \"Does the work of {key}\" \"Go\" {}\n", props(facts))
}

fn two_writers(left: &str, right: &str, link: &str) -> String {
    format!("{}{}{LEDGER}\na -> db \"Writes\" \"SQL\"\nb -> db \"Writes\" \"SQL\" {}", service("a", left), service("b", right), props(link))
}

#[test]
fn shared_database_knows_who_belongs_together() {
    use Severity::{High, Low, Medium};
    for (left, right, link, expected) in [
        ("context one", "context two", "tls yes", vec![High]),
        ("owner one", "owner two", "tls yes", vec![High]),
        ("context one", "context one", "tls yes", vec![Low]),
        ("owner one", "owner one", "tls yes", vec![Low]),
        ("tier 2", "tier 2", "tls yes", vec![Medium]),
        ("tier 2", "kind worker", "tls yes", vec![Low]),
        ("context one", "context two", "access r", vec![Medium]),
        ("context one", "context one", "access r", vec![]),
        ("context one", "context two", "role migration", vec![]),
        ("context one", "context two", "role bi", vec![]),
    ] {
        assert_eq!(severities("B001", &two_writers(left, right, link)), expected, "{left} / {right} / {link}");
    }
    let server = two_writers("context one", "context two", "tls yes")
        .replace("\"PostgreSQL 16\"", &format!("\"PostgreSQL 16\" {}", props("role server")));
    assert_eq!(severities("B001", &server), [], "a server is no logical database");
    let logs = two_writers("context one", "context two", "tls yes")
        .replace("\"PostgreSQL 16\"", &format!("\"ClickHouse\" {}", props("kind database; role logs; owner three")));
    assert_eq!((severities("B001", &logs), severities("B002", &logs)), (vec![], vec![]), "everyone writes logs");
    let finding = found("B001", &two_writers("context one", "context two", "tls yes")).remove(0);
    assert_eq!(finding.title, "Ledger DB is written by two contexts");
}

#[test]
fn a_cycle_is_told_once_and_only_if_requests_go_round() {
    let services: String = ["a", "b", "c"].iter().map(|key| service(key, "tier 2")).collect();
    let cycle = format!(
        "{services}a -> b \"Asks\" \"gRPC\"\nb -> c \"Asks\" \"gRPC\"\nc -> a \"Asks\" \"gRPC\"\nb -> a \"Tells\" \"HTTPS\" {}",
        props("role webhook")
    );
    let findings = found("B003", &cycle);
    assert_eq!(findings.len(), 1, "{findings:#?}");
    assert_eq!(findings.first().map(|finding| finding.subjects.len()), Some(3));
    assert_eq!(severities("B003", &format!("{services}a -> b \"Asks\" \"gRPC\"\nb -> a \"Fetches JWKS\" \"HTTPS\"")), []);
    assert_eq!(
        severities("B003", &format!("{services}a -> b \"Asks\" \"gRPC\"\nb -> a \"Tells\" \"Kafka\" {}", props("mode async-pub"))),
        []
    );
}

#[test]
fn dual_write_asks_when_delivery_is_unknown() {
    use Severity::{High, Low, Medium};
    let body = |write: &str, queue: &str, publish: &str| {
        format!(
            "{}{LEDGER}\nbus = container \"bus\" \"Events of the system\" \"NATS\" {}\na -> db \"Writes\" \"SQL\" {}\na -> bus \"Publishes\" \"NATS\" {}",
            service("a", "tier 2"),
            props(queue),
            props(write),
            props(publish)
        )
    };
    for (write, queue, publish, expected) in [
        ("tls yes", "kind queue", "delivery at-most-once", vec![High]),
        ("tls yes", "kind queue", "tls yes", vec![Medium]),
        ("tls yes", "kind queue", "delivery planned", vec![Low]),
        ("tls yes", "kind queue", "delivery outbox", vec![]),
        ("delivery cdc", "kind queue", "tls yes", vec![]),
        ("access r", "kind queue", "delivery at-most-once", vec![]),
        ("tls yes", "kind queue; loss_ok yes", "delivery at-most-once", vec![]),
        ("tls yes", "kind queue; delivery at-least-once", "tls yes", vec![Medium]),
        ("tls yes", "kind queue; role dead-letter", "tls yes", vec![]),
    ] {
        assert_eq!(severities("D001", &body(write, queue, publish)), expected, "{write} / {queue} / {publish}");
    }
    let beside = |publish: &str| body("tls yes", "kind queue", publish).replace("\"Writes\"", "\"Writes rows and the outbox\"");
    assert_eq!(severities("D001", &beside("tls yes")), []);
    assert_eq!(severities("D001", &beside("delivery at-least-once")), [High], "past the outbox");
    let logs = body("tls yes", "kind queue", "delivery at-least-once")
        .replace(LEDGER, "db = container \"Logs\" \"What was said\" \"PostgreSQL\" {\nproperties {\nrole logs\n}\n}");
    assert_eq!(severities("D001", &logs), [], "a log that is lost is no data");
}

#[test]
fn a_cache_is_only_reported_as_the_home_of_data() {
    use Severity::{High, Medium};
    let body = |cache: &str, more: &str| {
        format!(
            "{}cache = container \"Cache\" \"Keeps things near\" \"Redis 7\" {}\na -> cache \"Stores\" \"RESP\"\n{more}",
            service("a", "tier 2"),
            props(cache)
        )
    };
    assert_eq!(severities("D004", &body("persistence none", "")), [High]);
    assert_eq!(severities("D004", &body("persistence emptyDir", "")), [High]);
    assert_eq!(severities("D004", &body("tier 2", "")), [Medium]);
    assert_eq!(severities("D004", &body("persistence yes", "")), []);
    assert_eq!(severities("D004", &body("persistence none; loss_ok yes", "")), []);
    assert_eq!(severities("D004", &body("persistence none", &format!("{LEDGER}\na -> db \"Writes\" \"SQL\""))), []);
}

#[test]
fn one_instance_matters_only_on_important_paths() {
    use Severity::{Critical, High, Low, Medium};
    let body = |gate: &str, core: &str| {
        format!(
            "{}{}{}user -> gate \"Uses\" \"HTTPS\"\ngate -> core \"Asks\" \"gRPC\"\ngate -> side \"Asks\" \"gRPC\"",
            service("gate", gate),
            service("core", core),
            service("side", "replicas 1; tier 2")
        )
    };
    for (gate, core, expected) in [
        ("replicas 1", "replicas 3; tier 0", vec![High]),
        ("replicas 3", "replicas 1; tier 0", vec![High]),
        ("replicas 1", "replicas 1; tier 1", vec![High]),
        ("replicas 3", "replicas 1; tier 0; exposure public", vec![Critical]),
        ("replicas 1; env dev", "replicas 3; tier 0", vec![]),
        ("replicas 1; managed yes", "replicas 3; tier 0", vec![]),
        ("replicas 1; failover yes", "replicas 3; tier 0", vec![]),
        ("replicas 1; failover planned", "replicas 3; tier 0", vec![Low]),
        ("replicas 1", "replicas 3; tier 2", vec![]),
        ("tier 2", "replicas 3; tier 0", vec![]),
    ] {
        assert_eq!(severities("R001", &body(gate, core)), expected, "{gate} / {core}");
    }
    let store = format!(
        "{}db = container \"DB\" \"Keeps everything\" \"PostgreSQL\" {}\nuser -> a \"Uses\"\na -> db \"Writes\" \"SQL\"",
        service("a", "replicas 2"),
        props("replicas 1; tier 0")
    );
    assert_eq!(severities("R001", &store), [Medium], "a store may have a standby");
}

#[test]
fn timeouts_are_asked_of_calls_that_someone_waits_for() {
    use Severity::{High, Low};
    let body = |caller: &str, call: &str, entry: &str| {
        format!("{}{}{entry}\na -> b \"Asks\" \"gRPC\" {}", service("a", caller), service("b", "tier 2"), props(call))
    };
    let entry = "user -> a \"Uses\" \"HTTPS\"";
    assert_eq!(severities("R002", &body("tier 2", "timeout none", entry)), [High]);
    assert_eq!(severities("R002", &body("tier 2", "timeout planned", entry)), [Low]);
    assert_eq!(severities("R002", &body("timeout none", "tls yes", entry)), [High], "the caller says it for all its calls");
    assert_eq!(severities("R002", &body("timeout none", "timeout 1s", entry)), []);
    assert_eq!(severities("R002", &body("tier 2", "timeout none", "")), [], "nobody waits");
    assert_eq!(severities("R002", &body("tier 2", "timeout none; mode stream", entry)), []);
    let outcome = review_dsl(&workspace(&body("tier 2", "tls yes", entry)));
    assert!(outcome.completeness.unknown_facts > 0 && outcome.findings.iter().all(|finding| finding.code != "LNT-R002"));
}

#[test]
fn dead_letters_are_asked_of_commands() {
    use Severity::{High, Low, Medium};
    let body = |technology: &str, queue: &str, consume: &str| {
        format!(
            "{}q = container \"q\" \"Jobs to be done\" \"{technology}\" {}\nq -> a \"Jobs\" \"AMQP\" {}",
            service("a", "tier 2"),
            props(queue),
            props(consume)
        )
    };
    for (technology, queue, consume, expected) in [
        ("RabbitMQ", "dlq no", "effect command", vec![High]),
        ("RabbitMQ", "max_deliveries no; dlq yes", "effect command", vec![High]),
        ("RabbitMQ", "dlq planned", "effect command", vec![Low]),
        ("RabbitMQ", "dlq no", "tls yes", vec![Medium]),
        ("Kafka", "dlq no", "effect command", vec![Medium]),
        ("RabbitMQ", "dlq no", "effect event", vec![]),
        ("RabbitMQ", "dlq no; loss_ok yes", "effect command", vec![]),
        ("RabbitMQ", "tier 2", "effect command", vec![]),
    ] {
        assert_eq!(severities("R011", &body(technology, queue, consume)), expected, "{technology} / {queue} / {consume}");
    }
}

#[test]
fn stores_are_exposed_only_without_a_declared_way() {
    use Severity::{Critical, High};
    let body = |store: &str, call: &str| {
        format!(
            "bucket = container \"Bucket\" \"Files of everyone\" \"S3\" {}\nuser -> bucket \"Uses\" \"HTTPS\" {}",
            props(store),
            props(call)
        )
    };
    for (store, call, expected) in [
        ("tier 2", "tls yes", vec![Critical]),
        ("exposure public", "via presigned-url", vec![Critical]),
        ("tier 2", "via presigned-url", vec![]),
        ("tier 2", "via cdn", vec![]),
        ("tier 2", "via vpn+mfa", vec![]),
        ("tier 2", "via vpn", vec![High]),
        ("authz row-level", "tls yes", vec![]),
        ("max_class public", "tls yes", vec![]),
        ("tier 3", "tls yes", vec![High]),
    ] {
        assert_eq!(severities("X001", &body(store, call)), expected, "{store} / {call}");
    }
}

#[test]
fn entrances_are_open_only_when_nothing_on_the_way_checks() {
    use Severity::{Critical, High, Low};
    let body = |call: &str, gate: &str, api: &str| {
        format!(
            "gate = container \"Gateway\" \"The way in\" \"Envoy\" {}\n{}user -> gate \"Calls\" \"HTTPS\" {}\ngate -> api \"Passes on\" \"HTTPS\"",
            props(gate),
            service("api", api),
            props(call)
        )
    };
    for (call, gate, api, expected) in [
        ("auth no", "kind gateway", "auth no; max_class confidential", vec![Critical]),
        ("tls yes", "kind gateway; auth no", "auth no; data pan", vec![Critical]),
        ("tls yes", "kind gateway; auth no", "auth no", vec![High]),
        ("tls yes", "kind gateway; auth planned", "auth no; max_class restricted", vec![Low]),
        ("tls yes", "kind gateway; auth oidc", "auth no; max_class restricted", vec![]),
        ("auth signature", "kind gateway; auth no", "auth no; max_class restricted", vec![]),
        ("role health", "kind gateway; auth no", "auth no; max_class restricted", vec![]),
        ("tls yes", "kind gateway; auth no", "auth oidc; max_class restricted", vec![High]),
        ("tls yes", "kind gateway; auth no", "auth no; role catalogue", vec![High]),
        ("tls yes", "kind gateway; auth no; max_class public", "auth oidc", vec![]),
        ("tls yes", "kind gateway", "auth no; max_class restricted", vec![]),
    ] {
        assert_eq!(severities("X002", &body(call, gate, api)), expected, "{call} / {gate} / {api}");
    }
}

#[test]
fn plain_links_are_grouped_and_weighed_by_what_they_carry() {
    use Severity::{Critical, High, Low};
    let pair = |zones: (&str, &str), link: &str| {
        format!(
            "{}{}a -> b \"Asks\" \"HTTP\" {}",
            service("a", &format!("zone {}", zones.0)),
            service("b", &format!("zone {}", zones.1)),
            props(link)
        )
    };
    assert_eq!(severities("X004", &pair(("app", "pci"), "tls no")), [High]);
    assert_eq!(severities("X004", &pair(("app", "app"), "tls no")), [Low]);
    assert_eq!(severities("X004", &pair(("app", "app"), "tls no; max_class confidential")), [High]);
    assert_eq!(severities("X004", &pair(("app", "app"), "tls no; credentials yes")), [High]);
    assert_eq!(severities("X004", &pair(("app", "pci"), "tls planned")), [Low]);
    assert_eq!(severities("X004", &pair(("app", "pci"), "timeout 1s")), []);
    assert_eq!(severities("X004", &pair(("app", "pci"), "tls no; proto unix-socket")), []);
    assert_eq!(severities("X004", &pair(("app", "pci; tier 0; max_class restricted"), "tls no")), [Critical]);
    let services: Vec<String> = (0..8).map(|n| service(&format!("s{n}"), "zone app")).collect();
    let links: Vec<String> = (1..8).map(|n| format!("s0 -> s{n} \"Asks\" \"HTTP\" {}", props("tls no"))).collect();
    let many = format!("{}\n{}", services.join("\n"), links.join("\n"));
    let findings = found("X004", &many);
    assert_eq!(findings.len(), 1);
    assert_eq!(findings.first().map(|finding| finding.title.as_str()), Some("Seven links inside app are in plain text"));
}

#[test]
fn protocols_are_judged_only_when_both_sides_are_known() {
    let body = |technology: &str, protocol: &str| {
        format!(
            "{}x = container \"Thing\" \"Something to talk to\" \"{technology}\"\na -> x \"Uses\" \"{protocol}\"",
            service("a", "tier 2")
        )
    };
    for (technology, protocol, expected) in [
        ("Kafka", "SQL", 1),
        ("PostgreSQL 16", "AMQP", 1),
        ("Redis 7", "SQL", 1),
        ("MinIO", "RESP", 1),
        ("Elasticsearch", "HTTPS", 0),
        ("ClickHouse", "SQL", 0),
        ("DynamoDB", "HTTPS", 0),
        ("Supabase, PostgreSQL 15", "HTTPS", 0),
        ("Supabase", "SQL", 0),
        ("FoundationDB", "SQL", 0),
        ("Kafka", "Avro", 0),
        ("Go", "AMQP", 1),
        ("Go", "HTTPS", 0),
        ("PgBouncer", "SQL", 0),
    ] {
        assert_eq!(found("M004", &body(technology, protocol)).len(), expected, "{protocol} to {technology}");
    }
}

#[test]
fn dataflow_arrows_are_turned_and_declared_ones_are_not_reported() {
    let body = |link: &str| {
        format!(
            "{}{}{LEDGER}\ndb -> a \"Rows\" \"SQL\" {}\ndb -> b \"Rows\" \"SQL\"",
            service("a", "context one"),
            service("b", "context two"),
            props(link)
        )
    };
    assert_eq!(found("M005", &body("tls yes")).len(), 1, "one finding per store");
    assert_eq!(severities("B001", &body("tls yes")), [Severity::High], "turned before the other rules look");
    let declared = workspace(&body("tls yes")).replace("model {\n", "model {\nproperties {\ndirection dataflow\n}\n");
    let outcome = review_dsl(&declared);
    assert!(outcome.findings.iter().all(|finding| finding.code != "LNT-M005" && finding.code != "LNT-B001"), "{:#?}", outcome.findings);
}

#[test]
fn orphans_are_not_what_records_name_or_what_is_just_begun() {
    let body = format!("{}{}{}a -> b \"Asks\" \"gRPC\"", service("a", "tier 2"), service("b", "tier 2"), service("c", "tier 2"));
    assert_eq!(found("M001", &body).len(), 1);
    let record = "# 1. Keep c\n\n## Status\n\nAccepted\n\n## Context\n\nWe keep [[c service]].\n\n## Decision\n\nInstead of b.\n\n## Consequences\n\nNone.\n";
    let outcome = review_all(&workspace(&body), &records(record));
    assert!(outcome.findings.iter().all(|finding| finding.code != "LNT-M001"));
    let loose = format!("{}{}", service("a", "tier 2"), service("b", "tier 2"));
    let findings = found("M001", &loose);
    assert_eq!(findings.len(), 1, "one finding for a diagram without relations");
    assert_eq!(found("M001", &service("a", "tier 2")).len(), 0, "a model of one element has just been begun");
}

#[test]
fn a_sketch_gets_at_most_three_low_lines() {
    let boxes: Vec<String> = (0..8).map(|n| format!("b{n} = container \"Box {n}\"")).collect();
    let links = "b0 -> b1\nb1 -> b2\nb2 -> b0\nb3 -> b4\nb4 -> b5\nb6 -> b7\nb1 -> b3\nb5 -> b6\nuser -> b0";
    let text = workspace(&format!("{}\n{links}", boxes.join("\n"))).replace("model {\n", "model {\nproperties {\nstage sketch\n}\n");
    let outcome = review_dsl(&text);
    assert!(outcome.findings.len() <= 3, "{:#?}", outcome.findings);
    assert!(outcome.findings.iter().all(|finding| finding.severity == Severity::Low));
    assert!(outcome.completeness.rules_skipped.iter().any(|(code, reason)| code == "LNT-B003" && reason == "the design is a sketch"));
}

#[test]
fn a_secret_is_never_repeated() {
    let secret = "Sommer2026kiel";
    let body = format!(
        "{}{}db = container \"DB\" \"Signs in with password={secret} everywhere\" \"PostgreSQL\"\na -> db \"Writes with password={secret}\" \"SQL\" {}\nb -> db \"Writes\" \"SQL\"\nuser -> a \"Uses\"",
        service("a", "context one"),
        service("b", "context two"),
        props(&format!("db_password \"{secret}\"; timeout none; tls no; max_class restricted"))
    );
    let record = format!(
        "# 1. Sign in with password={secret}\n\n## Status\n\nAccepted\n\n## Context\n\npassword: {secret}\n\n## Decision\n\n## Consequences\n\nx\n"
    );
    let outcome = review_all(&workspace(&body), &records(&record));
    let codes: Vec<&str> = outcome.findings.iter().map(|finding| finding.code.as_str()).collect();
    for code in ["LNT-X008", "LNT-B001", "LNT-R002", "LNT-X004", "LNT-Q001"] {
        assert!(codes.contains(&code), "{code} is missing in {codes:?}");
    }
    assert_eq!(codes.iter().filter(|code| **code == "LNT-X008").count(), 2, "one per document");
    let everything = serde_json::to_string(&outcome.findings).unwrap();
    assert!(!everything.contains(secret), "{everything}");
}
