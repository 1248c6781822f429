//! The flaws of the sample are found, no others are, and repairing them silences the rules.

use uuid::Uuid;

use super::*;
use crate::domain::{
    bundle::{Part, sort},
    decision::{self, Record, status::Status},
    diagnostic::Level,
    id::DocumentId,
    moment::Day,
    review::{
        Profile,
        engine::{DecisionRecord, Design, Diagram, Outcome, Settings, review},
        finding::{Anchor, Severity},
    },
    syntax::{self, Language, Parsed, Sources},
};

fn text(path: &str) -> &'static str {
    FILES.iter().find(|(name, _)| *name == path).unwrap().1
}

fn parse(text: &str) -> Parsed {
    syntax::parse(Language::Structurizr, "workspace.dsl", text, &Sources::new())
}

fn records() -> Vec<(&'static str, &'static str, Record)> {
    FILES.iter().filter(|(path, _)| path.starts_with("docs/")).map(|(path, text)| (*path, *text, decision::parse(path, text))).collect()
}

fn document(number: usize) -> DocumentId {
    DocumentId::from_uuid(Uuid::from_u128(number as u128))
}

fn reviewed(workspace: &str) -> Outcome {
    let parsed = parse(workspace);
    let records = records();
    let decisions = records
        .iter()
        .enumerate()
        .map(|(index, (path, text, record))| DecisionRecord { document: document(index + 1), path, text, record })
        .collect();
    let diagrams = vec![Diagram { document: document(0), path: "workspace.dsl", text: workspace, parsed: &parsed }];
    review(&Design { diagrams, decisions }, &Settings { profile: Profile::Default, today: Day { year: 2026, month: 11, day: 21 } })
}

/// Code, first element or document, severity.
fn listed(outcome: &Outcome, least: Severity) -> Vec<(String, String, Severity)> {
    let anchor = |anchor: &Anchor| match anchor {
        Anchor::Element { element, .. } => Some(element.to_string()),
        _ => None,
    };
    outcome
        .findings
        .iter()
        .filter(|finding| finding.severity >= least)
        .map(|finding| {
            let element = finding.anchors.iter().find_map(anchor).unwrap_or_else(|| finding.subjects.join(","));
            (finding.code.clone(), element, finding.severity)
        })
        .collect()
}

#[test]
fn the_sample_reads_without_a_remark_and_has_its_views_and_decisions() {
    let parsed = parse(text("workspace.dsl"));
    let problems: Vec<_> = parsed.diagnostics.iter().filter(|diagnostic| diagnostic.level != Level::Note).collect();
    assert!(problems.is_empty(), "{problems:#?}");
    assert_eq!(parsed.model.name, NAME);
    let titles: Vec<_> = parsed.model.views.iter().filter_map(|view| view.title.as_deref()).collect();
    assert_eq!(titles, ["System context", "Container view", "Payments components"]);
    let records = records();
    let statuses: Vec<_> = records.iter().map(|(_, _, record)| record.known_status().unwrap()).collect();
    assert_eq!(statuses.iter().filter(|status| **status == Status::Accepted).count(), 6);
    assert!(statuses.contains(&Status::Superseded) && statuses.contains(&Status::Proposed));
    for (path, _, record) in &records {
        assert!(record.diagnostics.is_empty(), "{path}: {:#?}", record.diagnostics);
        for link in &record.element_links {
            assert!(parsed.model.find(&link.text).is_some(), "{path}: {} is not in the model", link.text);
        }
    }
    let sorted = sort(&FILES.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect());
    assert!(sorted.warnings.is_empty(), "{:?}", sorted.warnings);
    assert_eq!(sorted.parts.values().filter(|part| **part == Part::Decision).count(), 8);
}

#[test]
fn exactly_the_seeded_flaws_are_found() {
    use Severity::{Critical, High, Low, Medium};
    let expected = [
        ("LNT-R001", "platform.ledger", Critical),
        ("LNT-B001", "platform.ledger", High),
        // The Order service writes two stores before it publishes.
        ("LNT-D001", "platform.orders", High),
        ("LNT-D001", "platform.orders", High),
        ("LNT-R002", "platform.payments", High),
        ("LNT-X004", "warehouse", High),
        ("LNT-Q002", "Settle with the acquirer by nightly file", Medium),
        ("LNT-R004", "platform.dispatch", Medium),
        ("LNT-R011", "platform.events", Medium),
        ("LNT-R013", "platform.ledger", Medium),
        ("LNT-M002", "", Low),
        ("LNT-M003", "platform.gateway", Low),
        ("LNT-R016", "platform.ledger", Low),
    ];
    let found = listed(&reviewed(text("workspace.dsl")), Low);
    let found: Vec<_> = found.iter().map(|(code, element, severity)| (code.as_str(), element.as_str(), *severity)).collect();
    assert_eq!(found, expected, "{found:#?}");
}

#[test]
fn the_repaired_twin_is_silent_at_high_and_above() {
    let edits = [
        ("replicas 1\n                        failover no", "replicas 2\n                        failover yes"),
        ("orders -> ledger \"Books refunds\" \"SQL\"", "payments -> orders \"Asks which refunds are due\" \"gRPC\""),
        ("delivery at-most-once", "delivery outbox"),
        ("timeout none", "timeout 2500ms"),
        (
            "\"Books parcels\" \"HTTP\" {\n            properties {\n                tls no",
            "\"Books parcels\" \"HTTPS\" {\n            properties {\n                tls 1.3",
        ),
    ];
    let mut workspace = text("workspace.dsl").to_owned();
    for (before, after) in edits {
        assert_eq!(workspace.matches(before).count(), 1, "{before}");
        workspace = workspace.replace(before, after);
    }
    let found = listed(&reviewed(&workspace), Severity::High);
    assert!(found.is_empty(), "{found:#?}");
    // Each repair silences its own findings and no other.
    let all = listed(&reviewed(text("workspace.dsl")), Severity::High);
    let silenced = [vec!["LNT-R001"], vec!["LNT-B001", "LNT-D001"], vec!["LNT-D001", "LNT-D001"], vec!["LNT-R002"], vec!["LNT-X004"]];
    for ((before, after), expected) in edits.into_iter().zip(silenced) {
        let mut left = listed(&reviewed(&text("workspace.dsl").replace(before, after)), Severity::High);
        let gone: Vec<&str> = all
            .iter()
            .filter(|finding| match left.iter().position(|other| other == *finding) {
                Some(index) => {
                    left.remove(index);
                    false
                }
                None => true,
            })
            .map(|(code, _, _)| code.as_str())
            .collect();
        assert_eq!((gone, left.is_empty()), (expected, true), "{before}");
    }
}
