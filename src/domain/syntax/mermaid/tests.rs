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

#[test]
fn a_flowchart_is_known_by_how_it_begins() {
    for text in [
        "flowchart LR\na-->b",
        "graph\na-->b",
        "graph TD; a-->b",
        "flowchart-elk >",
        "flowchart",
        "\n\n  %% by hand\n%%{init: {\n}}%% flowchart TB",
        "---\ntitle: Orders\n---\nflowchart RL",
        "---\r\ntitle: Orders\r\n---\r\n%% @fact a b c\r\nflowchart v\r\n",
    ] {
        assert!(mermaid::looks_like(text), "{text:?}");
    }
    for text in [
        "",
        "graph database",
        "graph --> b",
        "flowchart[Name]",
        "flowcharts LR",
        "sequenceDiagram",
        "workspace {}",
        "---\ntitle: never closed\nflowchart LR",
        "%%{ never closed\nflowchart LR",
        "a é",
    ] {
        assert!(!mermaid::looks_like(text), "{text:?}");
    }
}
