//! Finds lines of decision records by a regular expression, in time that grows with the text alone.

use regex::RegexBuilder;
use serde_json::Value;

use crate::domain::agent::{
    tools::{Said, Tool, Workbench, input::Fields, page::hits, schema},
    untrusted::quoted,
};

pub(super) const TOOL: Tool = Tool {
    name: "adr_search",
    about: "Finds lines of decision records by a regular expression, any case, at most 50 a page.",
    schema,
    answer,
};

/// A compiled expression is no larger, in bytes.
const SIZE: usize = 256 * 1024;

fn schema() -> Value {
    schema::object(&[
        schema::page(),
        ("regex", schema::text("A regular expression of at most 200 characters; no look-around, no back-references.")),
    ])
}

fn answer(bench: &mut Workbench, input: &Value) -> Result<Said, String> {
    let fields = Fields::new(TOOL.name, input, &["page", "regex"])?;
    let written = fields.text("regex", 200)?;
    let regex = RegexBuilder::new(written)
        .case_insensitive(true)
        .size_limit(SIZE)
        .dfa_size_limit(4 * SIZE)
        .build()
        .map_err(|error| format!("adr_search.regex: {}", explained(&error)))?;
    let snapshot = bench.snapshot();
    let mut found = Vec::new();
    for (at, decision) in snapshot.decisions.iter().enumerate() {
        for (line, number) in decision.lines.iter().zip(1..) {
            if regex.is_match(&line.text) {
                found.push(vec![format!("A{}:{number} {}", at + 1, line.marked())]);
            }
        }
    }
    Ok(Said::text(hits(&found, fields.page()?)?))
}

fn explained(error: &regex::Error) -> String {
    match error {
        regex::Error::CompiledTooBig(_) => "the expression is too large; use fewer repetitions".to_owned(),
        other => {
            let text = other.to_string();
            let last = text.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
            format!("not a regular expression: {}", quoted(&last))
        }
    }
}
