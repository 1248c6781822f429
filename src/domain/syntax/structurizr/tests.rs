//! The language from text to model: every construct, the corpus, and random damage.

use std::path::{Path, PathBuf};

use crate::domain::{
    diagnostic::{Diagnostic, Level as Severity, LineIndex},
    model::{ElementKey, Level, Model, kind::Kind, view::ViewKind},
    syntax::{Parsed, Sources, structurizr},
};

mod constructs;
mod corpus;
mod damage;
mod looks;
mod model;
mod realistic;
mod views;

/// Reads a text that has to be free of errors and warnings.
fn read(text: &str) -> Model {
    let parsed = structurizr::parse("workspace.dsl", text, &Sources::new());
    let bad: Vec<String> = parsed.diagnostics.iter().filter(|found| found.level > Severity::Note).map(|found| show(text, found)).collect();
    assert!(bad.is_empty(), "{bad:#?}");
    parsed.model
}

/// Line, code and level of every diagnostic.
fn complaints(text: &str) -> Vec<String> {
    structurizr::parse("workspace.dsl", text, &Sources::new()).diagnostics.iter().map(|found| show(text, found)).collect()
}

fn show(text: &str, found: &Diagnostic) -> String {
    let place = LineIndex::new(text).place(found.span.start);
    format!("{}:{} {:?} {}", place.line, place.column, found.level, found.code)
}

fn in_model(text: &str) -> String {
    format!("workspace {{\nmodel {{\n{text}\n}}\n}}\n")
}

fn key(text: &str) -> ElementKey {
    ElementKey::from(text)
}

fn names(model: &Model, keys: &[ElementKey]) -> Vec<String> {
    keys.iter().map(|key| model.elements.get(key).unwrap().name.clone()).collect()
}

fn relations(model: &Model) -> Vec<String> {
    model.relations.values().map(|relation| relation.key.0.clone()).collect()
}
