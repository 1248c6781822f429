//! Writes a section of the design brief, while a design is drafted.

use serde_json::Value;

use crate::domain::{
    agent::{
        mention::for_people,
        tools::{Effect, Said, Tool, Workbench, input::Fields, schema},
        untrusted::plain::{Form, problems},
    },
    brief::{LONGEST_SECTION, Section},
    review::secrets::redact,
};

pub(super) const TOOL: Tool = Tool {
    name: "brief_write",
    about: "Writes one section of the design brief, when you are asked to draft a design; writing it again replaces it. Markdown with \
            tables and code; no links, images or HTML.",
    schema,
    answer,
};

fn schema() -> Value {
    let sections: Vec<&str> = Section::ALL.iter().map(|section| section.slug()).collect();
    schema::object(&[
        (
            "section",
            schema::choice(
                "overview: what is built and what is open. api: an outline of the contracts. data: entities, ownership, access. \
                 technology: a table of choices with the reason for each. scaling: load, limits, what breaks first.",
                &sections,
            ),
        ),
        ("text", schema::text("The section, at most 8000 characters.")),
    ])
}

fn answer(bench: &mut Workbench, input: &Value) -> Result<Said, String> {
    let fields = Fields::new(TOOL.name, input, &["section", "text"])?;
    let section = fields.choice("section", &Section::ALL.map(|known| (known.slug(), known)))?;
    let text = fields.text("text", LONGEST_SECTION)?.trim();
    if text.is_empty() {
        return Err("brief_write.text: the section is empty".to_owned());
    }
    let found = problems(text, Form::Document, &bench.setup.addresses);
    if let Some(problem) = found.first() {
        return Err(format!("brief_write.text: {problem}"));
    }
    let text = redact(&for_people(&bench.setup.snapshot, text));
    Ok(Said { text: format!("{} is written.", section.name()), effect: Some(Effect::Wrote { section, text }), failed: false })
}
