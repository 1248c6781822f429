//! Flowcharts from text to model, random damage, the corpus, and edits.

use crate::domain::{
    diagnostic::{Diagnostic, Level as Severity, LineIndex},
    model::{ElementKey, Model},
    syntax::{Parsed, Sources, mermaid},
};

mod corpus;
mod damage;
mod edits;
mod gestures;
mod model;

/// Reads a text that has to be free of errors and warnings.
fn read(text: &str) -> Model {
    let parsed = parse(text);
    let bad: Vec<String> = parsed.diagnostics.iter().filter(|found| found.level > Severity::Note).map(|found| show(text, found)).collect();
    assert!(bad.is_empty(), "{bad:#?}\n{text}");
    parsed.model
}

fn parse(text: &str) -> Parsed {
    mermaid::parse("chart.mmd", text, &Sources::new())
}

/// Line, column, level and code of every diagnostic.
fn complaints(text: &str) -> Vec<String> {
    parse(text).diagnostics.iter().map(|found| show(text, found)).collect()
}

fn show(text: &str, found: &Diagnostic) -> String {
    let place = LineIndex::new(text).place(found.span.start);
    format!("{}:{} {:?} {}", place.line, place.column, found.level, found.code)
}

fn key(text: &str) -> ElementKey {
    ElementKey::from(text)
}

fn relations(model: &Model) -> Vec<String> {
    model.relations.values().map(|relation| relation.key.0.clone()).collect()
}
