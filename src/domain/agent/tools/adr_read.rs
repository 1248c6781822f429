//! Lines of one decision record.

use serde_json::Value;

use crate::domain::agent::{
    snapshot::{Item, render},
    tools::{
        Said, Tool, Workbench,
        input::{Fields, short},
        page::paged,
        schema,
    },
};

pub(super) const TOOL: Tool = Tool {
    name: "adr_read",
    about: "Reads a decision record (A5), whole or from one line to another. Lines are numbered; quote them with these numbers.",
    schema,
    answer,
};

fn schema() -> Value {
    schema::object(&[
        ("id", schema::text("A decision's name, such as A5.")),
        ("line_from", schema::optional_number("First line, from 1; null for the beginning.")),
        ("line_to", schema::optional_number("Last line; null for the end.")),
        schema::page(),
    ])
}

fn answer(bench: &mut Workbench, input: &Value) -> Result<Said, String> {
    let fields = Fields::new(TOOL.name, input, &["id", "line_from", "line_to", "page"])?;
    let id = fields.text("id", 12)?;
    let snapshot = bench.snapshot();
    let Some(Item::Decision(at, decision)) = snapshot.find(id) else {
        return Err(format!("adr_read.id: `{}` is no decision of this design; adr_list has them", short(id)));
    };
    let all = decision.lines.len() as u64;
    let from = fields.optional_number("line_from", 1, all)?.unwrap_or(1);
    let to = fields.optional_number("line_to", from, u64::from(u32::MAX))?.unwrap_or(all).min(all);
    let mut lines = vec![format!("revision {}", snapshot.revision), render::decision_line(&snapshot, at, decision)];
    let place = |line: u64| usize::try_from(line).unwrap_or(usize::MAX);
    lines.extend(render::record_lines(decision, place(from), place(to - from + 1)));
    Ok(Said::text(paged(&lines, fields.page()?)?))
}
