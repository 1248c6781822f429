//! Diagrams of a system that is live, so that the rules for production run: short to write, for tables of decoys.

use crate::domain::review::{
    engine::Outcome,
    finding::{Finding, Severity},
    rules::{
        by_code,
        tests::{decoys::props, review_dsl, run_alone},
    },
};

/// A workspace at stage `live` around the body of a system; further facts of the workspace come first.
pub(super) fn workspace(facts: &str, body: &str) -> String {
    let facts = facts.replace("; ", "\n");
    format!(
        "workspace \"Test\" {{\nmodel {{\nproperties {{\nstage live\n{facts}\n}}\nuser = person \"User\"\npartner = softwareSystem \"Partner\" \"Somebody else's\" \"External\" {{\nproperties {{\nkind external\n}}\n}}\nsys = softwareSystem \"Sys\" {{\n{body}\n}}\n}}\n}}\n"
    )
}

pub(super) fn review(body: &str) -> Outcome {
    let outcome = review_dsl(&workspace("", body));
    assert!(outcome.completeness.broken.is_empty(), "{:?}\n{body}", outcome.completeness.broken);
    outcome
}

/// Findings of one rule, also of those that are chosen by hand.
pub(super) fn found(code: &str, body: &str) -> Vec<Finding> {
    let rule = by_code(code).unwrap();
    let outcome = review(body);
    if outcome.completeness.rules_run.iter().any(|run| run == rule.code) {
        outcome.findings.into_iter().filter(|finding| finding.code == rule.code).collect()
    } else {
        run_alone(rule, &workspace("", body)).0
    }
}

pub(super) fn severities(code: &str, body: &str) -> Vec<Severity> {
    found(code, body).into_iter().map(|finding| finding.severity).collect()
}

/// Nothing is found, and the question is counted.
pub(super) fn asks(code: &str, body: &str) {
    assert_eq!(severities(code, body), [], "{code} says nothing\n{body}");
    let (_, unknown) = run_alone(by_code(code).unwrap(), &workspace("", body));
    assert!(!unknown.is_empty(), "{code} asks\n{body}");
}

pub(super) fn element(key: &str, technology: &str, facts: &str) -> String {
    format!("{key} = container \"{key}\" \"Does the work of {key}\" \"{technology}\" {}\n", props(facts))
}

pub(super) fn service(key: &str, facts: &str) -> String {
    element(key, "Go", facts)
}

pub(super) fn call(from: &str, to: &str, facts: &str) -> String {
    format!("{from} -> {to} \"Asks\" \"gRPC\" {}\n", props(facts))
}

pub(super) fn sql(from: &str, to: &str, facts: &str) -> String {
    format!("{from} -> {to} \"Writes\" \"SQL\" {}\n", props(facts))
}

pub(super) fn publish(from: &str, to: &str, facts: &str) -> String {
    format!("{from} -> {to} \"Publishes\" \"AMQP\" {}\n", props(facts))
}

pub(super) fn consume(from: &str, to: &str, facts: &str) -> String {
    format!("{from} -> {to} \"Consumes\" \"AMQP\" {}\n", props(facts))
}

pub(super) const ENTRY: &str = "user -> a \"Uses\" \"HTTPS\"\n";
