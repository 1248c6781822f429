//! Runs rules on texts: the examples of the documentation, decoys, and changes that must not matter.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use crate::domain::{
    decision::{self, Record},
    id::DocumentId,
    moment::Day,
    review::{
        Profile,
        check::{Check, Subject, Unknown, text::Text},
        engine::{DecisionRecord, Design, Diagram, Outcome, Settings, review},
        finding::Finding,
        graph::Graph,
        rule::Rule,
    },
    syntax::{self, Language, Parsed, Sources},
};

pub(in crate::domain) mod bases;
mod boundaries;
mod changes;
mod communication;
mod data;
mod decision_log;
mod decoys;
mod examples;
mod hostile;
mod hygiene;
mod identity;
mod live;
mod metamorphic;
mod mutation;
mod observability;
mod operations;
mod records;
mod reliability;
mod running;
mod scalability;
mod security;
mod simplicity;

/// Settings that leave strictness to the text.
pub(super) const SETTINGS: Settings = Settings { profile: Profile::Default, today: Day { year: 2026, month: 11, day: 21 } };

/// A document's id, from its place in the test.
pub(super) fn document(number: usize) -> DocumentId {
    DocumentId::from_uuid(Uuid::from_u128(number as u128 + 1))
}

pub(super) fn parse(text: &str) -> Parsed {
    syntax::parse(Language::Structurizr, "workspace.dsl", text, &Sources::new())
}

/// Reviews one diagram.
pub(super) fn review_dsl(text: &str) -> Outcome {
    review_all(text, &[])
}

/// Reviews a diagram, unless its text is empty, and decision records.
pub(super) fn review_all(text: &str, records: &[(String, String)]) -> Outcome {
    let parsed = parse(text);
    let read: Vec<Record> = records.iter().map(|(path, text)| decision::parse(path, text)).collect();
    let diagrams =
        if text.is_empty() { Vec::new() } else { vec![Diagram { document: document(0), path: "workspace.dsl", text, parsed: &parsed }] };
    let decisions = records
        .iter()
        .zip(&read)
        .enumerate()
        .map(|(index, ((path, text), record))| DecisionRecord { document: document(index + 1), path, text, record })
        .collect();
    review(&Design { diagrams, decisions }, &SETTINGS)
}

/// Reviews an example of records; `workspace.dsl` among them is the diagram they speak of.
pub(super) fn review_records(text: &str) -> Outcome {
    let (diagrams, records): (Vec<_>, Vec<_>) = records(text).into_iter().partition(|(path, _)| path == "workspace.dsl");
    review_all(diagrams.first().map_or("", |(_, text)| text.as_str()), &records)
}

/// Runs one rule on one diagram whatever the settings, as for rules that are chosen by hand: what it finds, and which facts it
/// asks for.
pub(super) fn run_alone(rule: &'static Rule, text: &str) -> (Vec<Finding>, BTreeSet<Unknown>) {
    let parsed = parse(text);
    let graph = Graph::new(&parsed.model);
    let subject = Subject { document: document(0), path: "workspace.dsl", text, parsed: &parsed, graph, included: false };
    let (diagrams, texts) = ([&subject], BTreeMap::from([(subject.path, Text::new(subject.document, subject.path, text))]));
    let mut check = Check::new(rule, &diagrams, &[], &texts, SETTINGS.today);
    (rule.check)(&mut check);
    let (found, unknown) = check.finish();
    (found.into_iter().map(|(_, finding)| finding).collect(), unknown)
}

/// The records of an example: one, or several that begin with `=== path`.
pub(super) fn records(text: &str) -> Vec<(String, String)> {
    if !text.starts_with("=== ") {
        return vec![("docs/adr/0001-example.md".to_owned(), text.to_owned())];
    }
    text.split("=== ").skip(1).map(|part| part.split_once('\n').unwrap()).map(|(path, text)| (path.to_owned(), text.to_owned())).collect()
}
