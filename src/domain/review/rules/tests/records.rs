//! Rules about decision records, on the templates as people fill them in.

use crate::domain::review::{
    finding::{Finding, Severity},
    rules::tests::{records, review_all},
};

fn found(code: &str, text: &str) -> Vec<Finding> {
    review_all("", &records(text)).findings.into_iter().filter(|finding| finding.code.ends_with(code)).collect()
}

fn nygard(number: u32, title: &str, status: &str, decision: &str) -> String {
    format!(
        "# {number}. {title}\n\nDate: 2026-01-02\n\n## Status\n\n{status}\n\n## Context\n\nSomething happened.\n\n## Decision\n\n{decision}\n\n## Consequences\n\nWe live with it.\n"
    )
}

fn madr(status: &str, options: &str) -> String {
    format!(
        "---\nstatus: {status}\n---\n\n# Use one thing\n\n## Context and Problem Statement\n\nWhich thing?\n\n## Considered Options\n\n{options}\n\n## Decision Outcome\n\nChosen option: \"One\", because it fits.\n"
    )
}

#[test]
fn optional_sections_are_not_asked_for() {
    assert!(found("Q001", &madr("accepted", "* One\n* Two")).is_empty(), "consequences are optional in MADR");
    assert!(found("Q001", &nygard(1, "Use it", "Accepted", "We use it instead of nothing.")).is_empty());
    assert!(found("Q001", "# Notes\n\nSome prose of nobody's template.\n").is_empty());
    let code = nygard(1, "Use it", "Accepted", "We use it instead.\n\n```\n{placeholder} TODO\n```");
    assert!(found("Q001", &code).is_empty(), "code is no placeholder");
}

#[test]
fn what_is_missing_is_one_finding_per_record() {
    let text = nygard(1, "Use it", "Accepted", "").replace("Something happened.", "TODO");
    let findings = found("Q001", &text);
    assert_eq!(findings.len(), 1, "{findings:#?}");
    let draft = found("Q001", &nygard(1, "Use it", "Draft", ""));
    assert_eq!(draft.first().map(|finding| finding.severity), Some(Severity::Low), "{draft:#?}");
    let gone = found("Q001", &nygard(1, "Use it", "Deprecated", ""));
    assert_eq!(gone.first().map(|finding| finding.severity), Some(Severity::Low));
}

#[test]
fn one_option_is_a_question_unless_it_was_imposed() {
    let severity = |text: &str| found("Q002", text).first().map(|finding| finding.severity);
    assert_eq!(severity(&madr("accepted", "* One")), Some(Severity::Medium));
    assert_eq!(severity(&madr("proposed", "* One")), Some(Severity::Medium));
    assert_eq!(severity(&madr("draft", "* One")), None);
    assert_eq!(severity(&madr("accepted", "* One\n* Two")), None);
    assert_eq!(severity(&madr("accepted\nimposed-by: the regulator", "* One")), None);
    assert_eq!(severity(&nygard(1, "Use it", "Accepted", "We use it.")), Some(Severity::Low));
    assert_eq!(severity(&nygard(1, "Use it", "Proposed", "We use it.")), None);
    assert_eq!(severity(&nygard(1, "Use it", "Accepted", "We use it rather than the other.")), None);
}

fn log(parts: &[(&str, String)]) -> String {
    let parts: Vec<String> = parts.iter().map(|(path, text)| format!("=== {path}\n{text}")).collect();
    parts.concat()
}

#[test]
fn supersession_must_add_up() {
    let one = |status: &str| ("docs/adr/0001-one.md", nygard(1, "One", status, "We do one instead."));
    let two = |status: &str| ("docs/adr/0002-two.md", nygard(2, "Two", status, "We do two instead."));
    let supersedes = "Supersedes [1. One](0001-one.md)";
    let count = |parts: &[(&str, String)]| found("Q006", &log(parts)).len();
    assert_eq!(count(&[one("Accepted"), two(&format!("Accepted\n\n{supersedes}"))]), 1, "both in force");
    assert_eq!(count(&[one("Accepted"), two(&format!("Proposed\n\n{supersedes}"))]), 0, "pending");
    assert_eq!(count(&[one("Superseded by [2. Two](0002-two.md)"), two(&format!("Accepted\n\n{supersedes}"))]), 0);
    assert_eq!(count(&[one("Superseded by [9. Nine](0009-nine.md)"), two("Accepted")]), 1, "leads nowhere");
    let circle = [one("Superseded by [2. Two](0002-two.md)"), two("Superseded by [1. One](0001-one.md)")];
    let findings = found("Q006", &log(&circle));
    assert_eq!(findings.len(), 1, "{findings:#?}");
    assert_eq!(findings.first().map(|finding| finding.subjects.len()), Some(2));
}

#[test]
fn two_accepted_records_on_one_topic_are_one_too_many() {
    let record = |scope: &str| madr(&format!("accepted\ntopic: broker\nscope: {scope}"), "* One\n* Two");
    let log = |left: &str, right: &str| log(&[("docs/adr/0001-a.md", record(left)), ("docs/adr/0002-b.md", record(right))]);
    assert_eq!(found("Q006", &log("orders", "orders")).len(), 1);
    assert_eq!(found("Q006", &log("orders", "payments")).len(), 0, "another scope");
}
