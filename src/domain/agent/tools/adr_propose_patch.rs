//! Suggests other words in a decision record.

use serde_json::Value;

use crate::domain::agent::{
    proposal::{MOST_STEPS, Replacement, Suggestion},
    snapshot::Item,
    tools::{
        Said, Tool, Workbench,
        adr_propose::suggest,
        input::{Fields, short},
        schema,
    },
};

pub(super) const TOOL: Tool = Tool {
    name: "adr_propose_patch",
    about: "Suggests other words in a decision record (A5): quotes, each of which stands there once, and what replaces them. Status and \
            deciders can't be changed; links stay as they are.",
    schema,
    answer,
};

fn schema() -> Value {
    let edit = schema::object(&[
        ("quote", schema::text("The exact words to replace, at most 2000 characters, without line numbers and marks.")),
        ("replacement", schema::text("What comes in their place, at most 4000 characters; empty to leave them out.")),
    ]);
    schema::object(&[
        ("edits", schema::list("1 to 20 replacements.", &edit)),
        ("finding", schema::optional_text("Your finding that it answers, such as N1; null for none.")),
        ("id", schema::text("The decision's name, such as A5.")),
        ("reason", schema::text("Why, at most 300 characters.")),
    ])
}

fn answer(bench: &mut Workbench, input: &Value) -> Result<Said, String> {
    let fields = Fields::new(TOOL.name, input, &["edits", "finding", "id", "reason"])?;
    let id = fields.text("id", 12)?;
    let snapshot = bench.snapshot();
    let Some(Item::Decision(_, decision)) = snapshot.find(id) else {
        return Err(format!("adr_propose_patch.id: `{}` is no decision of this design; adr_list has them", short(id)));
    };
    let mut edits = Vec::new();
    for (place, value) in fields.list("edits", 1, MOST_STEPS)? {
        let edit = Fields::new(place, value, &["quote", "replacement"])?;
        edits.push(Replacement {
            quote: edit.text("quote", 2000)?.to_owned(),
            replacement: edit.optional_text("replacement", 4000)?.unwrap_or_default().to_owned(),
        });
    }
    let suggestion = Suggestion::Decision { document: decision.document, edits };
    suggest(bench, TOOL.name, &fields, (&decision.path, &decision.text), suggestion)
}
