//! Takes a finding of this run back.

use serde_json::Value;

use crate::domain::agent::tools::{
    Effect, Said, Tool, Workbench,
    input::{Fields, short},
    schema,
};

pub(super) const TOOL: Tool = Tool {
    name: "retract_finding",
    about: "Takes back a finding that you reported in this run (N1), because it is wrong or another one says it better.",
    schema,
    answer,
};

fn schema() -> Value {
    schema::object(&[("id", schema::text("The finding's name, such as N1.")), ("reason", schema::text("Why, at most 300 characters."))])
}

fn answer(bench: &mut Workbench, input: &Value) -> Result<Said, String> {
    let fields = Fields::new(TOOL.name, input, &["id", "reason"])?;
    let id = fields.text("id", 12)?.trim().to_uppercase();
    fields.text("reason", 300)?;
    let Some(at) = bench.found.iter().position(|(name, _)| *name == id) else {
        let names: Vec<&str> = bench.found.iter().map(|(name, _)| name.as_str()).collect();
        let names = if names.is_empty() { "none is reported".to_owned() } else { format!("there are {}", names.join(", ")) };
        return Err(format!("retract_finding.id: `{}` is no finding of this run; {names}", short(&id)));
    };
    bench.found.remove(at);
    Ok(Said { text: format!("{id} is taken back."), effect: Some(Effect::Retracted { name: id }), failed: false })
}
