//! A design that is live, and what single rules say about it.

use crate::domain::review::{
    finding::{Finding, Severity},
    rules::tests::{decoys::props, review_dsl},
};

/// A workspace around the body of its model, at stage live; the system `sys` has a user.
pub(super) fn workspace(facts: &str, outside: &str, body: &str) -> String {
    let facts = format!("stage live\n{}", facts.replace("; ", "\n"));
    format!(
        "workspace \"Test\" {{\nmodel {{\nproperties {{\n{facts}\n}}\nuser = person \"Customer\"\n{outside}\nsys = softwareSystem \"Sys\" {{\n{body}\n}}\n}}\n}}\n"
    )
}

/// Findings of one rule on a text.
pub(super) fn found_in(code: &str, text: &str) -> Vec<Finding> {
    let outcome = review_dsl(text);
    assert!(outcome.completeness.broken.is_empty(), "{:?}\n{text}", outcome.completeness.broken);
    outcome.findings.into_iter().filter(|finding| finding.code.ends_with(code)).collect()
}

pub(super) fn found(code: &str, body: &str) -> Vec<Finding> {
    found_in(code, &workspace("", "", body))
}

pub(super) fn severities(code: &str, body: &str) -> Vec<Severity> {
    found(code, body).into_iter().map(|finding| finding.severity).collect()
}

/// How many facts the review would have to ask for.
pub(super) fn unknown(body: &str) -> u32 {
    review_dsl(&workspace("", "", body)).completeness.unknown_facts
}

pub(super) fn container(key: &str, technology: &str, facts: &str) -> String {
    format!("{key} = container \"{key}\" \"What {key} is there for\" \"{technology}\" {}\n", props(facts))
}

pub(super) fn external(key: &str, facts: &str) -> String {
    format!("{key} = softwareSystem \"{key} vendor\" \"Belongs to others\" {}\n", props(&format!("kind external; {facts}")))
}
