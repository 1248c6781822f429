//! Decoys of the rules about simplicity.

use crate::domain::review::{
    finding::Severity,
    rules::tests::{
        boundaries::severities,
        decoys::{props, service, workspace},
        records, review_all,
    },
};

/// Severities of one rule on a live workspace with facts of its own, and with one decision record.
fn stated(code: &str, facts: &str, body: &str, record: &str) -> Vec<Severity> {
    let facts = facts.replace("; ", "\n");
    let text = workspace(body).replace("model {\n", &format!("model {{\nproperties {{\nstage live\n{facts}\n}}\n"));
    let read = if record.is_empty() { Vec::new() } else { records(record) };
    let outcome = review_all(&text, &read);
    assert!(outcome.completeness.broken.is_empty(), "{:?}\n{text}", outcome.completeness.broken);
    outcome.findings.into_iter().filter(|finding| finding.code.ends_with(code)).map(|finding| finding.severity).collect()
}

fn accepted(decision: &str) -> String {
    format!(
        "# 1. Choose\n\nDate: 2026-01-02\n\n## Status\n\nAccepted\n\n## Context\n\nSomething happened.\n\n## Decision\n\n{decision}\n\n## Consequences\n\nWe live with it.\n"
    )
}

#[test]
fn many_services_are_many_only_for_the_people_there_are() {
    use Severity::Medium;
    let services = |number: usize, facts: &str| (0..number).map(|n| service(&format!("s{n}"), facts)).collect::<String>();
    let quiet = |rps: &str| format!("{}user -> s0 \"Uses\" \"HTTPS\" {}", services(10, "tier 2"), props(&format!("peak_rps {rps}")));
    for (facts, body, expected) in [
        ("team_size 3", services(7, "tier 2"), vec![Medium]),
        ("team_size 3", services(6, "tier 2"), vec![]),
        ("profile default", services(20, "tier 2"), vec![]),
        ("profile default", services(7, "owner one"), vec![Medium]),
        ("profile default", services(6, "owner one"), vec![]),
        ("team_size 3", services(9, "managed yes"), vec![]),
        ("team_size 3", services(9, "kind gateway"), vec![]),
        ("profile default", quiet("2"), vec![Medium]),
        ("profile default", quiet("200"), vec![]),
        ("profile default", quiet("unknown"), vec![]),
    ] {
        assert_eq!(stated("K001", facts, &body, ""), expected, "{facts} / {body}");
    }
}

#[test]
fn heavy_machinery_is_a_question_when_the_load_is_known() {
    use Severity::Low;
    let body = |technology: &str, facts: &str, rps: &str| {
        format!(
            "{}x = container \"Thing\" \"Carries everything\" \"{technology}\" {}\nuser -> a \"Uses\" \"HTTPS\" {}\na -> x \"Publishes\" \"Kafka\"",
            service("a", "tier 2"),
            props(facts),
            props(rps)
        )
    };
    let kafka = accepted("We use Kafka because events must be read again, instead of a table.");
    let other = accepted("Something and anything are Kafkaesque, instead of plain.");
    for (technology, facts, rps, record, expected) in [
        ("Kafka", "tier 2", "peak_rps 30", "", vec![Low]),
        ("Istio", "tier 2", "peak_rps 30", "", vec![Low]),
        ("PostgreSQL", "regions 2", "peak_rps 30", "", vec![Low]),
        ("PostgreSQL", "regions 2; tier 0", "peak_rps 30", "", vec![]),
        ("Kafka", "tier 2", "peak_rps 300", "", vec![]),
        ("Kafka", "tier 2", "tls yes", "", vec![]),
        ("Kafka", "managed yes", "peak_rps 30", "", vec![]),
        ("Kafka", "peak_rps 4000", "peak_rps 30", "", vec![]),
        ("Kafka", "tier 2", "peak_rps 30", kafka.as_str(), vec![]),
        ("RabbitMQ", "tier 2", "peak_rps 30", "", vec![]),
        ("Kafka", "tier 2", "peak_rps 30", other.as_str(), vec![Low]),
    ] {
        assert_eq!(stated("K002", "profile default", &body(technology, facts, rps), record), expected, "{technology} / {facts} / {rps}");
    }
    let second = "y = container \"Other\" \"Carries the rest\" \"Redpanda\"\na -> y \"Publishes\" \"Kafka\"\n";
    let both = format!("{}\n{second}", body("Kafka", "tier 2", "peak_rps 30"));
    assert_eq!(stated("K002", "profile default", &both, &kafka), [Low], "a record on the first says nothing of the second");
}

#[test]
fn technologies_are_counted_by_purpose() {
    use Severity::Low;
    let stores = |technologies: &[(&str, &str)]| {
        technologies
            .iter()
            .enumerate()
            .map(|(n, (technology, facts))| {
                format!("x{n} = container \"Store {n}\" \"Keeps the data of {n}\" \"{technology}\" {}\n", props(facts))
            })
            .collect::<Vec<_>>()
            .concat()
    };
    let three = stores(&[("PostgreSQL 16", "tier 2"), ("MongoDB", "tier 2"), ("MySQL 8", "tier 2")]);
    let both = accepted("MongoDB for articles and MySQL for the shop we bought, instead of moving them.");
    let one = accepted("MongoDB for articles, instead of tables.");
    for (facts, body, record, expected) in [
        ("team_size 5", three.clone(), "", vec![Low]),
        ("team_size 40", three.clone(), "", vec![]),
        ("profile default", three.clone(), "", vec![]),
        ("team_size 5", three.clone(), both.as_str(), vec![]),
        ("team_size 5", three.clone(), one.as_str(), vec![Low]),
        ("team_size 5", stores(&[("PostgreSQL", "tier 2"), ("Redis", "tier 2"), ("OpenSearch", "tier 2"), ("S3", "tier 2")]), "", vec![]),
        ("team_size 5", stores(&[("PostgreSQL", "tier 2"), ("postgres 15", "tier 2"), ("MySQL", "tier 2")]), "", vec![]),
        ("team_size 5", stores(&[("PostgreSQL", "tier 2"), ("MongoDB", "tier 2"), ("ClickHouse", "role derived")]), "", vec![]),
        ("team_size 5", stores(&[("Kafka", "tier 2"), ("RabbitMQ", "tier 2")]), "", vec![Low]),
        ("team_size 5", stores(&[("Go", "tier 2"), ("Java", "tier 2"), ("Python", "tier 2"), ("Rust", "tier 2")]), "", vec![Low]),
        ("team_size 5", stores(&[("Go", "tier 2"), ("Java", "tier 2"), ("Python", "tier 2")]), "", vec![]),
    ] {
        assert_eq!(stated("K003", facts, &body, record), expected, "{facts} / {body} / {record}");
    }
}

#[test]
fn a_topic_is_dead_only_when_both_sides_are_told() {
    use Severity::Medium;
    let body = |name: &str, facts: &str, rest: &str| {
        format!(
            "{}{}q = container \"{name}\" \"What happened\" \"Kafka\" {}\n{rest}",
            service("a", "tier 2"),
            service("b", "tier 2"),
            props(facts)
        )
    };
    let publish = "a -> q \"Publishes\" \"Kafka\"";
    for (name, facts, rest, expected) in [
        ("orders", "tier 2", publish, vec![Medium]),
        ("orders", "tier 2", "b -> q \"Consumes\" \"Kafka\"", vec![Medium]),
        ("orders", "tier 2", "q -> b \"orders\" \"Kafka\"", vec![Medium]),
        ("orders", "tier 2", "a -> q \"Publishes\" \"Kafka\"\nb -> q \"Consumes\" \"Kafka\"", vec![]),
        ("orders", "tier 2", "a -> q \"Publishes\" \"Kafka\"\nq -> ext \"orders\" \"Kafka\"", vec![]),
        ("orders", "tier 2", "a -> q \"Uses\" \"Kafka\"", vec![]),
        ("orders", "tier 2", "a -> q \"Publishes\" \"Kafka\"\nb -> q \"Uses\" \"Kafka\"", vec![]),
        ("orders", "exposure public", publish, vec![]),
        ("orders", "role outbound", publish, vec![]),
        ("orders", "lifecycle planned", publish, vec![]),
        ("orders.dlq", "tier 2", publish, vec![]),
        ("orders", "tier 2", "", vec![]),
    ] {
        assert_eq!(severities("K004", &body(name, facts, rest)), expected, "{name} / {facts} / {rest}");
    }
}
