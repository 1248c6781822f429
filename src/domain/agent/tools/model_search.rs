//! Finds things by words, or by what they state.

use serde_json::Value;

use crate::domain::agent::{
    claim::{Operator, Predicate},
    predicate::{Truth, evaluate},
    snapshot::{Item, Snapshot, render},
    tools::{Said, Tool, Workbench, input::Fields, page::hits, schema},
    untrusted::visible,
};

pub(super) const TOOL: Tool = Tool {
    name: "model_search",
    about: "Finds elements, relations and boundaries, at most 50 a page: by words in name, technology, description, tags or facts, or by a \
            condition such as attr replicas, op less, value 2. What nobody states fulfils only the condition not-stated.",
    schema,
    answer,
};

fn schema() -> Value {
    schema::object(&[
        ("attr", schema::optional_text("A fact or attribute: timeout, tls, replicas, kind, technology …; null to search by words.")),
        ("op", schema::optional_choice("How attr and value compare.", &Operator::ALL.map(Operator::slug))),
        schema::page(),
        ("text", schema::optional_text("Words to find, any case; null to search by condition.")),
        ("value", schema::optional_text("What attr is compared with; null for stated and not-stated.")),
    ])
}

fn answer(bench: &mut Workbench, input: &Value) -> Result<Said, String> {
    let fields = Fields::new(TOOL.name, input, &["attr", "op", "page", "text", "value"])?;
    let text = fields.optional_text("text", 200)?.map(|text| text.trim().to_lowercase());
    let condition = match fields.optional_text("attr", 40)? {
        None => None,
        Some(attr) => {
            let op = fields.choice("op", &Operator::ALL.map(|op| (op.slug(), op)))?;
            let value = fields.optional_text("value", 200)?.unwrap_or_default().to_owned();
            if value.is_empty() && !matches!(op, Operator::Stated | Operator::NotStated) {
                return Err(format!("model_search.value: expected what {attr} is compared with, got nothing"));
            }
            Some(Predicate { anchor: String::new(), attr: attr.to_owned(), op, value })
        }
    };
    if text.is_none() && condition.is_none() {
        return Err("model_search: give text, or attr with op; both are null".to_owned());
    }
    let snapshot = bench.snapshot();
    let fits = |item: &Item<'_>| {
        let said = text.as_ref().is_none_or(|wanted| words(item).to_lowercase().contains(wanted));
        said && condition.as_ref().is_none_or(|condition| evaluate(&snapshot, item, condition) == Truth::True)
    };
    let found: Vec<Vec<String>> = things(&snapshot).filter(fits).map(|item| render::item(&snapshot, item)).collect();
    Ok(Said::text(hits(&found, fields.page()?)?))
}

fn things(snapshot: &Snapshot) -> impl Iterator<Item = Item<'_>> {
    let elements = snapshot.elements().map(|(_, at, element)| Item::Element(at, element));
    let relations = snapshot.relations().map(|(_, at, relation)| Item::Relation(at, relation));
    let boundaries = snapshot.boundaries().map(|(_, at, group)| Item::Boundary(at, group));
    elements.chain(relations).chain(boundaries)
}

/// Everything written about a thing, masked as it is shown.
fn words(item: &Item<'_>) -> String {
    let mut words: Vec<&str> = Vec::new();
    match item {
        Item::Element(_, element) => {
            words.extend([element.name.as_str(), element.kind.value.slug()]);
            words.extend(element.technology.iter().chain(&element.description).chain(&element.tags).map(String::as_str));
        }
        Item::Relation(_, relation) => {
            words.push(relation.mode.value.slug());
            words.extend(relation.technology.iter().chain(&relation.description).chain(&relation.tags).map(String::as_str));
        }
        Item::Boundary(_, group) => words.push(&group.name),
        _ => {}
    }
    let mut text = words.join("\n");
    for (name, fact) in item.facts().into_iter().flat_map(|facts| &facts.0) {
        text.push('\n');
        text.push_str(name);
        text.push(' ');
        text.push_str(&fact.value);
    }
    visible(&crate::domain::review::secrets::redact(&text))
}
