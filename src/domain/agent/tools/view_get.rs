//! What one view shows.

use serde_json::Value;

use crate::domain::agent::{
    snapshot::{Item, render},
    tools::{
        Said, Tool, Workbench,
        input::{Fields, short},
        page::paged,
        schema,
    },
    untrusted::{marked, quoted},
};

pub(super) const TOOL: Tool = Tool {
    name: "view_get",
    about: "What one view (V1) of a diagram shows: its elements, relations and, for a dynamic view, its steps.",
    schema,
    answer,
};

fn schema() -> Value {
    schema::object(&[("id", schema::text("A view's name, such as V1.")), schema::page()])
}

fn answer(bench: &mut Workbench, input: &Value) -> Result<Said, String> {
    let fields = Fields::new(TOOL.name, input, &["id", "page"])?;
    let id = fields.text("id", 12)?;
    let snapshot = bench.snapshot();
    let Some(Item::View(at, view)) = snapshot.find(id) else {
        return Err(format!("view_get.id: `{}` is no view of this design; model_list has them", short(id)));
    };
    let mut lines = vec![render::view_line(&snapshot, at, view)];
    lines.extend(marked("    ", view.description.as_deref().unwrap_or_default()));
    let model = snapshot.diagrams.get(at).map(|diagram| &diagram.parsed.model);
    let name = |key| model.and_then(|model| model.element(key)).map(|element| quoted(&element.name)).unwrap_or_default();
    lines.extend(view.elements.iter().filter_map(|key| Some(format!("  {} {}", snapshot.element(at, key)?, name(key)))));
    for key in &view.relations {
        if let Some(relation) = model.and_then(|model| model.relations.get(key)).filter(|relation| relation.implied_by.is_none()) {
            lines.extend(render::one_relation(&snapshot, at, relation).into_iter().take(1).map(|line| format!("  {line}")));
        }
    }
    for step in &view.steps {
        let relation = snapshot.relation(at, &step.relation).unwrap_or_else(|| "?".to_owned());
        let back = if step.response { " back" } else { "" };
        lines.push(format!("  step {} {relation}{back} {}", quoted(&step.order), quoted(step.description.as_deref().unwrap_or_default())));
    }
    Ok(Said::text(paged(&lines, fields.page()?)?))
}
