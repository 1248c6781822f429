//! Which change a new finding names.

use super::*;
use crate::domain::{
    decision::{self, Record},
    moment::Day,
    review::{
        Profile,
        engine::{DecisionRecord, Diagram, Settings, review},
    },
    syntax::{Language, Parsed, Sources, parse},
};

const BASE: &str = r#"workspace "Shop" {
    model {
        user = person "User"
        shop = softwareSystem "Shop" {
            orders = container "Orders" "Takes orders" "Go"
            billing = container "Billing" "Writes bills" "Go"
            ledger = container "Ledger" "Keeps both" "PostgreSQL" "Database"
        }
        user -> orders "Orders" "HTTPS"
        orders -> ledger "Reads and writes" "SQL"
        orders -> billing "Asks for a bill" "HTTPS"
    }
}
"#;

/// One state of a design, read.
struct State {
    text: String,
    parsed: Parsed,
    records: Vec<(String, String, Record)>,
}

impl State {
    fn new(text: &str, records: &[(&str, &str)]) -> Self {
        let parsed = parse(Language::Structurizr, "workspace.dsl", text, &Sources::new());
        assert_eq!(parsed.diagnostics, [], "{text}");
        let records = records.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned(), decision::parse(path, text))).collect();
        Self { text: text.to_owned(), parsed, records }
    }

    fn design(&self) -> Design<'_> {
        let diagram = Diagram { document: document(0), path: "workspace.dsl", text: &self.text, parsed: &self.parsed };
        let decisions = self.records.iter().map(|(path, text, record)| {
            let number = path.bytes().map(u128::from).sum();
            DecisionRecord { document: document(number), path, text, record }
        });
        Design { diagrams: vec![diagram], decisions: decisions.collect() }
    }
}

fn document(number: u128) -> DocumentId {
    DocumentId::from_uuid(uuid::Uuid::from_u128(number))
}

fn found(design: &Design<'_>) -> Vec<Finding> {
    review(design, &Settings { profile: Profile::Production, today: Day { year: 2026, month: 11, day: 21 } }).findings
}

/// What explains the findings of a code that one state has and the other has not.
fn explained(code: &str, with: &State, without: &State, base: &State, now: &State) -> Vec<String> {
    let (with, without) = (found(&with.design()), found(&without.design()));
    let others: BTreeSet<_> = without.iter().map(|finding| &finding.fingerprint).collect();
    let (base, now) = (base.design(), now.design());
    let change = DesignChange::between(&base, &now);
    let explained: Vec<String> = with
        .iter()
        .filter(|finding| finding.code == code && !others.contains(&finding.fingerprint))
        .map(|finding| phrase(&causes(finding, &change, &base, &now)))
        .collect();
    assert!(!explained.is_empty(), "{code} is in {:?}", with.iter().map(|finding| &finding.code).collect::<Vec<_>>());
    explained
}

fn new(code: &str, now: &str) -> Vec<String> {
    let (base, now) = (State::new(BASE, &[]), State::new(now, &[]));
    explained(code, &now, &base, &base, &now)
}

#[test]
fn a_relation_that_was_added_is_the_cause() {
    let now = BASE.replace("        orders -> billing", "        billing -> ledger \"Writes\" \"SQL\"\n        orders -> billing");
    assert_eq!(new("LNT-B001", &now), ["relation Billing -> Ledger was added"]);
    let (base, now) = (State::new(BASE, &[]), State::new(&now, &[]));
    assert_eq!(explained("LNT-B001", &now, &base, &now, &base), ["relation Billing -> Ledger was removed"], "and what ends it");
}

#[test]
fn an_element_comes_with_its_relations() {
    let now = BASE
        .replace("            ledger =", "            audit = container \"Audit\" \"Reads along\" \"Go\"\n            ledger =")
        .replace("        orders -> billing", "        audit -> ledger \"Writes\" \"SQL\"\n        orders -> billing");
    assert_eq!(new("LNT-B001", &now), ["relation Audit -> Ledger was added; element Audit was added"]);
}

#[test]
fn a_fact_that_was_stated_is_the_cause() {
    let now = BASE.replace("\"Asks for a bill\" \"HTTPS\"", "\"Asks for a bill\" \"HTTPS\" {\n properties {\n timeout no\n }\n }");
    let causes = new("LNT-R002", &now);
    assert_eq!(causes, ["timeout of relation Orders -> Billing changed"]);
}

#[test]
fn what_touches_the_subject_is_named_where_the_subject_itself_did_not_change() {
    let now = BASE.replace("        orders -> ledger \"Reads and writes\" \"SQL\"\n", "");
    assert_eq!(new("LNT-M001", &now), ["relation Orders -> Ledger was removed"]);
}

#[test]
fn records_are_named_by_their_path() {
    let record = "# 1. Use NATS\n\n## Status\n\nAccepted\n\n## Context\n\nOrders are slow.\n\n## Decision\n\nWe use NATS.\n";
    let (base, now) = (State::new(BASE, &[]), State::new(BASE, &[("docs/adr/0001-use-nats.md", record)]));
    for cause in explained("LNT-Q001", &now, &base, &base, &now) {
        assert_eq!(cause, "docs/adr/0001-use-nats.md was added");
    }
    let whole = State::new(BASE, &[("docs/adr/0001-use-nats.md", &format!("{record}\n## Consequences\n\nOne more thing to run.\n"))]);
    for cause in explained("LNT-Q001", &now, &whole, &whole, &now) {
        assert_eq!(cause, "docs/adr/0001-use-nats.md changed");
    }
}

#[test]
fn places_and_remarks_explain_nothing() {
    let moved = BASE.replace("    model {", "    // a remark\n\n    model {");
    let (base, now) = (State::new(BASE, &[]), State::new(&moved, &[]));
    let change = DesignChange::between(&base.design(), &now.design());
    assert!(change.diagrams.is_empty() && change.documents.len() == 1);
    for finding in found(&now.design()) {
        assert_eq!(causes(&finding, &change, &base.design(), &now.design()), []);
    }
}

#[test]
fn causes_read_back() {
    for happened in [Happened::Added, Happened::Removed, Happened::Changed { what: vec!["timeout".to_owned()] }] {
        let cause = Cause { subject: "element Ledger".to_owned(), happened };
        let text = serde_json::to_string(&cause).unwrap();
        assert_eq!(serde_json::from_str::<Cause>(&text).unwrap(), cause, "{text}");
    }
}

#[test]
fn everything_that_changed_is_told_by_document() {
    let now = BASE
        .replace("        orders -> billing \"Asks for a bill\" \"HTTPS\"\n", "        billing -> ledger \"Writes\" \"SQL\"\n")
        .replace("\"Billing\" \"Writes bills\" \"Go\"", "\"Billing\" \"Writes bills\" \"Rust\"")
        .replace("            ledger =", "            audit = container \"Audit\" \"Reads along\" \"Go\"\n            ledger =");
    let record = "# 1. Use NATS\n";
    let (base, now) = (State::new(BASE, &[("docs/adr/0001-use-nats.md", record)]), State::new(&now, &[]));
    let told = |base: &State, now: &State| {
        let (base, now) = (base.design(), now.design());
        let told = DesignChange::between(&base, &now).told(&base, &now);
        told.into_iter()
            .map(|one| (one.path, one.happened, one.parts.iter().map(Cause::to_string).collect::<Vec<_>>(), one.more))
            .collect::<Vec<_>>()
    };
    let changed = Happened::Changed { what: Vec::new() };
    let parts = [
        "element Audit was added",
        "relation Billing -> Ledger was added",
        "relation Orders -> Billing was removed",
        "technology of element Billing changed",
    ];
    let parts: Vec<String> = parts.iter().map(|part| (*part).to_owned()).collect();
    let record = ("docs/adr/0001-use-nats.md".to_owned(), Happened::Removed, Vec::new(), 0);
    assert_eq!(told(&base, &now), [record, ("workspace.dsl".to_owned(), changed.clone(), parts, 0)]);
    assert_eq!(told(&base, &base), []);
    let many: Vec<String> = (0..=MOST_TOLD).map(|number| format!("            part{number} = container \"Part {number}\"\n")).collect();
    let many = many.concat();
    let more = State::new(&BASE.replace("            ledger =", &format!("{many}            ledger =")), &[]);
    let [(_, _, parts, left)] = &told(&State::new(BASE, &[]), &more)[..] else { panic!("one document changed") };
    assert_eq!((parts.len(), *left), (MOST_TOLD, 1));
    let moved = State::new(&BASE.replace("    model {", "    // a remark\n    model {"), &[]);
    assert_eq!(told(&State::new(BASE, &[]), &moved), [("workspace.dsl".to_owned(), changed, Vec::new(), 0)], "nothing it means");
}
