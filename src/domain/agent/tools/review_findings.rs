//! What is known already, with evidence.

use serde_json::Value;

use crate::domain::{
    agent::{
        snapshot::{Item, Snapshot, render},
        tools::{
            Said, Tool, Workbench,
            input::{Fields, short},
            page::hits,
            schema,
        },
        untrusted::marked,
    },
    review::{FindingState, finding::Severity},
};

pub(super) const TOOL: Tool = Tool {
    name: "review_findings",
    about: "What rules and earlier reviews report already (F3), with remedy: by state, by severity, or about one element, relation or decision.",
    schema,
    answer,
};

fn schema() -> Value {
    schema::object(&[
        ("about", schema::optional_text("Only findings that point at this name, such as E17; null for all.")),
        schema::page(),
        ("severity", schema::optional_choice("Only this severity.", &Severity::ALL.map(Severity::slug))),
        ("state", schema::optional_choice("Only this state.", &FindingState::ALL.map(FindingState::slug))),
    ])
}

fn answer(bench: &mut Workbench, input: &Value) -> Result<Said, String> {
    let fields = Fields::new(TOOL.name, input, &["about", "page", "severity", "state"])?;
    let severity = fields.optional_choice("severity", &Severity::ALL.map(|severity| (severity.slug(), severity)))?;
    let state = fields.optional_choice("state", &FindingState::ALL.map(|state| (state.slug(), state)))?;
    let snapshot = bench.snapshot();
    let about = match fields.optional_text("about", 12)? {
        None => None,
        Some(id) => match snapshot.find(id) {
            Some(Item::View(..) | Item::Finding(_)) | None => {
                return Err(format!("review_findings.about: `{}` is no element, relation, boundary, diagram or decision here", short(id)));
            }
            Some(_) => Some(id.trim().to_uppercase()),
        },
    };
    let mut found = Vec::new();
    for (place, known) in snapshot.reported.iter().enumerate() {
        let on = |name: &String| known.finding.anchors.iter().flat_map(|anchor| snapshot.names_of(anchor)).any(|own| own == *name);
        let fits = severity.is_none_or(|severity| known.finding.severity == severity)
            && state.is_none_or(|state| known.state == state)
            && about.as_ref().is_none_or(on);
        if fits {
            found.push(whole(&snapshot, place));
        }
    }
    Ok(Said::text(hits(&found, fields.page()?)?))
}

fn whole(snapshot: &Snapshot, place: usize) -> Vec<String> {
    let Some(known) = snapshot.reported.get(place) else { return Vec::new() };
    let mut lines = render::finding(snapshot, place, known);
    lines.push("    remedy:".to_owned());
    lines.extend(marked("    ", &known.finding.remedy));
    lines
}
