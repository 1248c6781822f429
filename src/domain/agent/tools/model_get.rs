//! Everything about things by their names: elements with their parts, relations and findings.

use serde_json::Value;

use crate::domain::{
    agent::{
        snapshot::{Item, Snapshot, render},
        tools::{Said, Tool, Workbench, input::Fields, page::paged, schema},
        untrusted::{marked, quoted, value},
    },
    model::Element,
};

pub(super) const TOOL: Tool = Tool {
    name: "model_get",
    about: "Everything the design says about things by their names: elements (E17) with parts, relations and findings, relations (R4), \
            boundaries (B1), diagrams (D1), decisions (A5), known findings (F3).",
    schema,
    answer,
};

const MOST: usize = 20;

fn schema() -> Value {
    schema::object(&[("ids", schema::list("1 to 20 names such as E17, R4, B1.", &schema::text("A name."))), schema::page()])
}

fn answer(bench: &mut Workbench, input: &Value) -> Result<Said, String> {
    let fields = Fields::new(TOOL.name, input, &["ids", "page"])?;
    let ids = fields.texts("ids", 1, MOST, 12)?;
    let snapshot = bench.snapshot();
    let mut lines = vec![format!("revision {}", snapshot.revision)];
    let mut unknown = Vec::new();
    for id in ids {
        match snapshot.find(id) {
            Some(item) => lines.extend(whole(&snapshot, &item)),
            None => unknown.push(format!("`{}`", crate::domain::agent::tools::input::short(id))),
        }
    }
    if lines.len() == 1 {
        return Err(format!("model_get.ids: {} not in this design; model_list has the names", unknown.join(", ")));
    }
    if !unknown.is_empty() {
        lines.push(format!("not in this design: {}", unknown.join(", ")));
    }
    Ok(Said::text(paged(&lines, fields.page()?)?))
}

fn whole(snapshot: &Snapshot, item: &Item<'_>) -> Vec<String> {
    let mut lines = render::item(snapshot, *item);
    match item {
        Item::Element(at, element) => lines.extend(around(snapshot, *at, element)),
        Item::Relation(at, relation) => {
            for key in [&relation.source, &relation.target] {
                let model = snapshot.diagrams.get(*at).map(|diagram| &diagram.parsed.model);
                if let Some(element) = model.and_then(|model| model.element(key)) {
                    lines.extend(render::one_element(snapshot, *at, element).into_iter().take(1).map(|line| format!("  end {line}")));
                }
            }
            lines.extend(others(&relation.properties, &relation.facts));
        }
        Item::Boundary(at, group) => {
            let inside = snapshot.elements().filter(|(_, own, element)| own == at && element.group.as_ref() == Some(&group.key));
            lines.extend(inside.map(|(id, _, element)| format!("  holds {id} {}", quoted(&element.name))));
        }
        Item::Finding(known) => {
            lines.push("  remedy".to_owned());
            lines.extend(marked("    ", &known.finding.remedy));
            for evidence in &known.finding.evidence {
                lines.push(format!("  evidence {}:{}", quoted(&evidence.path), evidence.line));
                lines.extend(evidence.quote.iter().flat_map(|line| marked("    ", line)));
            }
        }
        Item::View(..) | Item::Diagram(..) | Item::Decision(..) => {}
    }
    let names = names(snapshot, item);
    for (place, known) in snapshot.reported.iter().enumerate() {
        let on = known.finding.anchors.iter().flat_map(|anchor| snapshot.names_of(anchor)).any(|name| Some(&name) == names.as_ref());
        if on {
            lines.extend(render::finding(snapshot, place, known).into_iter().take(1).map(|line| format!("  known {line}")));
        }
    }
    lines
}

fn names(snapshot: &Snapshot, item: &Item<'_>) -> Option<String> {
    match item {
        Item::Element(at, element) => snapshot.element(*at, &element.key),
        Item::Relation(at, relation) => snapshot.relation(*at, &relation.key),
        Item::Boundary(at, group) => snapshot.boundary(*at, &group.key),
        Item::Decision(at, _) => Some(format!("A{}", at + 1)),
        Item::Diagram(at, _) => Some(format!("D{}", at + 1)),
        Item::View(..) | Item::Finding(_) => None,
    }
}

fn around(snapshot: &Snapshot, at: usize, element: &Element) -> Vec<String> {
    let mut lines = others(&element.properties, &element.facts);
    if !element.tags.is_empty() {
        lines.push(format!("  tags {}", element.tags.iter().map(|tag| quoted(tag)).collect::<Vec<_>>().join(" ")));
    }
    for perspective in &element.perspectives {
        let said = perspective.value.as_deref().map(value).unwrap_or_default();
        lines.push(format!("  perspective {} {said}", quoted(&perspective.name)));
        lines.extend(marked("    ", perspective.description.as_deref().unwrap_or_default()));
    }
    let parts = snapshot.elements().filter(|(_, own, part)| *own == at && part.parent.as_ref() == Some(&element.key));
    lines.extend(parts.map(|(id, _, part)| format!("  part {id} {} {}", part.kind.value.slug(), quoted(&part.name))));
    for (_, own, relation) in snapshot.relations().filter(|(_, own, _)| *own == at) {
        if relation.source == element.key || relation.target == element.key {
            lines.extend(render::one_relation(snapshot, own, relation).into_iter().map(|line| format!("  {line}")));
        }
    }
    for (number, decision) in snapshot.decisions.iter().enumerate() {
        let model = snapshot.diagrams.get(at).map(|diagram| &diagram.parsed.model);
        let links = decision
            .record
            .element_links
            .iter()
            .any(|link| model.and_then(|model| model.find(&link.text)).is_some_and(|found| found.key == element.key));
        if links {
            lines.push(format!("  named in {}", render::decision_line(snapshot, number, decision)));
        }
    }
    lines
}

/// Properties that are no facts.
fn others(properties: &std::collections::BTreeMap<String, String>, facts: &crate::domain::model::facts::Facts) -> Vec<String> {
    let more = properties.iter().filter(|(name, _)| facts.get(name).is_none());
    more.map(|(name, text)| format!("  property {} {}", quoted(name), quoted(text))).collect()
}
