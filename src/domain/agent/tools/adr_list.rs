//! The decision records, by status.

use serde_json::Value;

use crate::domain::{
    agent::{
        snapshot::render,
        tools::{Said, Tool, Workbench, input::Fields, page::hits, schema},
    },
    decision::status::Status,
};

pub(super) const TOOL: Tool = Tool {
    name: "adr_list",
    about: "Lists decision records with their names (A5), status, date and links, at most 50 a page.",
    schema,
    answer,
};

fn schema() -> Value {
    schema::object(&[schema::page(), ("status", schema::optional_choice("Only records in this status.", &Status::ALL.map(Status::slug)))])
}

fn answer(bench: &mut Workbench, input: &Value) -> Result<Said, String> {
    let fields = Fields::new(TOOL.name, input, &["page", "status"])?;
    let status = fields.optional_choice("status", &Status::ALL.map(|status| (status.slug(), status)))?;
    let snapshot = bench.snapshot();
    let found: Vec<Vec<String>> = snapshot
        .decisions
        .iter()
        .enumerate()
        .filter(|(_, decision)| status.is_none_or(|status| decision.record.known_status() == Some(status)))
        .map(|(at, decision)| vec![render::decision_line(&snapshot, at, decision)])
        .collect();
    Ok(Said::text(hits(&found, fields.page()?)?))
}
