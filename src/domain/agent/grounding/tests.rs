//! What was decided before, headings as identity, and that the same claim always fares the same.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::domain::{
    agent::{
        grounding::fold,
        snapshot::{
            Reported, Snapshot,
            scope::Scope,
            tests::{freeze, sampled},
        },
        tools::tests::{bench_on, report},
    },
    review::{FindingState, finding::Finding},
    sample,
};

fn found(snapshot: Snapshot, input: &Value) -> Result<Finding, String> {
    let mut bench = bench_on(snapshot);
    let answer = bench.answer("report_finding", input);
    bench.findings().first().map(|(_, finding)| finding.clone()).ok_or(answer.text)
}

fn changed(changes: &[(&str, Value)]) -> Value {
    let mut input = report();
    for (name, value) in changes {
        input[*name] = value.clone();
    }
    input
}

#[test]
fn what_people_decided_is_not_raised_again() {
    let decided = |state: FindingState| freeze(&sample::FILES, &Scope::Project, |known| known.state = state);
    let input = changed(&[("topic", json!("reliability.timeouts"))]);
    for state in [FindingState::WontFix, FindingState::FalsePositive] {
        let text = found(decided(state), &input).unwrap_err();
        assert!(text.contains("G6: F5 (LNT-R002) is the same and is "), "{text}");
    }
    let related = changed(&[("topic", json!("reliability.timeouts")), ("relates_to_rule", json!("F5"))]);
    assert!(found(decided(FindingState::WontFix), &related).is_err(), "a risk that is accepted is not disputed either");
    assert!(found(decided(FindingState::Accepted), &related).is_ok());
    assert!(found(decided(FindingState::Fixed), &input).is_ok());
}

#[test]
fn what_an_agent_said_and_people_accepted_stays_so_until_its_evidence_changes() {
    let old = found(sampled(), &report()).unwrap();
    let with = |finding: Finding| {
        let mut snapshot = sampled();
        snapshot.reported.push(Reported { finding, state: FindingState::WontFix, reason: String::new() });
        snapshot
    };
    let again = changed(&[("title", json!("Payments stop when the connector for cards does"))]);
    let text = found(with(old.clone()), &again).unwrap_err();
    assert!(text.contains("G6:") && text.contains("its evidence has not changed"), "{text}");
    let mut other = old.clone();
    other.evidence[0].quote = vec!["criticality soft".to_owned(); 3];
    assert!(found(with(other), &again).is_ok());
    let elsewhere = changed(&[("topic", json!("boundaries.granularity"))]);
    assert!(found(with(old), &elsewhere).is_ok());
}

#[test]
fn a_decision_is_told_by_the_heading_that_is_quoted() {
    let quote = |from: u32, text: &str| {
        changed(&[
            ("topic", json!("decisions.consequences")),
            ("primary", json!({"type": "decision", "id": "A5", "expected": null})),
            ("anchors", json!([])),
            ("claims", json!([])),
            ("quotes", json!([{"doc": "A5", "line_from": from, "line_to": from, "text": text}])),
            ("message", json!("It does not say what this costs.")),
        ])
    };
    let outcome = found(sampled(), &quote(30, "Chosen option: \"Kafka with seven days of retention and snapshots\"")).unwrap();
    let context = found(sampled(), &quote(14, "¦ and RabbitMQ   forgets what it has\n   14 ¦ delivered.")).unwrap();
    assert_ne!(outcome.fingerprint, context.fingerprint);
    assert_eq!(outcome.evidence[0].path, "docs/adr/0005-move-order-events-to-kafka.md");
    assert_eq!(outcome.subjects, ["Move order events to Kafka"]);
    let renamed = found(sampled(), &quote(31, "because two of three planned consumers")).unwrap();
    assert_eq!(outcome.fingerprint, renamed.fingerprint, "one heading, one identity");
}

#[test]
fn absence_is_something_to_point_at() {
    let input = changed(&[
        ("topic", json!("model.gap")),
        ("primary", json!({"type": "absence", "id": "E2", "expected": "A refund service"})),
        ("title", json!("Nothing pays money back")),
        ("anchors", json!([])),
        ("claims", json!([{"anchor": "E2", "attr": "kind", "op": "is", "value": "system"}])),
        ("message", json!("No part of E2 pays back.")),
    ]);
    assert!(found(sampled(), &input).is_ok());
    let mut nothing = input;
    nothing["primary"]["expected"] = json!(null);
    assert!(found(sampled(), &nothing).unwrap_err().contains("primary.expected: expected text"));
}

#[test]
fn folding_is_about_blanks_and_accents_only() {
    assert_eq!(fold("a\n  b\tc"), "a b c");
    assert_eq!(fold("e\u{301}"), fold("é"));
    assert_ne!(fold("A"), fold("a"));
}

proptest! {
    #[test]
    fn a_quote_holds_exactly_where_it_stands(line in 1_u32..45, from in 0_usize..60, length in 12_usize..60, off in 0_u32..9) {
        let snapshot = sampled();
        let text = snapshot.decisions[4].lines.get(line as usize - 1).map(|line| line.text.clone()).unwrap_or_default();
        let words: String = text.chars().skip(from).take(length).collect();
        prop_assume!(words.chars().filter(|c| c.is_alphanumeric()).count() >= 3);
        let said = line + off;
        let input = changed(&[("quotes", json!([{"doc": "A5", "line_from": said, "line_to": said, "text": words}]))]);
        let outcome = found(sampled(), &input);
        if off <= 2 {
            prop_assert!(outcome.is_ok() || said as usize > snapshot.decisions[4].lines.len(), "{:?}", outcome);
        }
        let mut broken: Vec<char> = words.chars().collect();
        let at = broken.iter().position(|c| c.is_alphanumeric()).unwrap_or(0);
        broken[at] = '\u{3a9}';
        let input = changed(&[("quotes", json!([{"doc": "A5", "line_from": line, "line_to": line, "text": broken.into_iter().collect::<String>()}]))]);
        prop_assert!(found(sampled(), &input).is_err());
    }
}
