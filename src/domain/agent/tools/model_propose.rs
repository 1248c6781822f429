//! Suggests a new diagram.

use serde_json::Value;

use crate::domain::{
    agent::{
        proposal::Suggestion,
        tools::{Said, Tool, Workbench, adr_propose::suggest, input::Fields, page::paged, schema},
        untrusted::marked,
    },
    id::DocumentId,
    review::{
        Profile,
        engine::{self, Design, Diagram, Settings},
    },
    syntax::{Language, Sources, parse},
};

pub(super) const TOOL: Tool = Tool {
    name: "model_propose",
    about: "Suggests a new diagram as a Structurizr DSL workspace, tried at once: it has to parse, every view has to show something, and \
            the answer says what the rules would report. A person decides. No !include, links, images or themes; facts in properties \
            can only be `planned`.",
    schema,
    answer,
};

/// Findings of rules that the answer names.
const MOST: usize = 20;

fn schema() -> Value {
    schema::object(&[
        ("finding", schema::optional_text("Your finding that it answers, such as N1; null for none.")),
        ("reason", schema::text("Why it is drawn like this, at most 300 characters.")),
        ("text", schema::text("The whole workspace: model and views.")),
        ("title", schema::text("The diagram's name, at most 120 characters.")),
    ])
}

fn answer(bench: &mut Workbench, input: &Value) -> Result<Said, String> {
    let fields = Fields::new(TOOL.name, input, &["finding", "reason", "text", "title"])?;
    let (title, text) = (fields.text("title", 120)?.to_owned(), fields.text("text", 60_000)?.to_owned());
    let today = bench.setup.today;
    let said = suggest(bench, TOOL.name, &fields, ("proposed.dsl", ""), Suggestion::NewDiagram { title, text: text.clone() })?;
    let parsed = parse(Language::Structurizr, "proposed.dsl", &text, &Sources::new());
    let document = DocumentId::from_uuid(uuid::Uuid::nil());
    let diagram = Diagram { document, path: "proposed.dsl", text: &text, parsed: &parsed };
    let outcome =
        engine::review(&Design { diagrams: vec![diagram], decisions: Vec::new() }, &Settings { profile: Profile::Default, today });
    let first = said.text.lines().next().unwrap_or_default().split(" Its lines:").next().unwrap_or_default();
    let mut lines = vec![first.to_owned()];
    lines.push(match outcome.findings.len() {
        0 => "The rules would report nothing.".to_owned(),
        number => format!("The rules would report {number}:"),
    });
    for finding in outcome.findings.iter().take(MOST) {
        lines.extend(marked(&format!("{} {} ", finding.code, finding.severity.slug()), &finding.title));
    }
    Ok(Said { text: paged(&lines, 1)?, ..said })
}
