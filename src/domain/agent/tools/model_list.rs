//! Names of things by kind, place and fact.

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
    },
    model::{Element, ElementKey, Group, kind::Kind},
};

pub(super) const TOOL: Tool = Tool {
    name: "model_list",
    about: "Lists things with their names, at most 50 a page: elements of a kind, of a boundary, element or diagram, or with a stated fact; \
            relations, boundaries, views, diagrams.",
    schema,
    answer,
};

#[derive(Clone, Copy)]
enum What {
    Elements,
    Relations,
    Boundaries,
    Views,
    Diagrams,
}

const WHAT: [(&str, What); 5] = [
    ("elements", What::Elements),
    ("relations", What::Relations),
    ("boundaries", What::Boundaries),
    ("views", What::Views),
    ("diagrams", What::Diagrams),
];

fn schema() -> Value {
    let kinds: Vec<&str> = Kind::ALL.iter().map(|kind| kind.slug()).collect();
    schema::object(&[
        ("attr", schema::optional_text("Only what states this fact, such as timeout; null for any.")),
        ("in", schema::optional_text("Only what lies in this boundary (B1), element (E3) or diagram (D1); null for anywhere.")),
        ("kind", schema::optional_choice("Only elements of this kind.", &kinds)),
        schema::page(),
        ("what", schema::choice("What to list.", &WHAT.map(|(word, _)| word))),
    ])
}

fn answer(bench: &mut Workbench, input: &Value) -> Result<Said, String> {
    let fields = Fields::new(TOOL.name, input, &["attr", "in", "kind", "page", "what"])?;
    let what = fields.choice("what", &WHAT)?;
    let kind = fields.optional_choice("kind", &Kind::ALL.map(|kind| (kind.slug(), kind)))?;
    let attr = fields.optional_text("attr", 40)?;
    let snapshot = bench.snapshot();
    let place = match fields.optional_text("in", 12)? {
        None => None,
        Some(id) => match snapshot.find(id) {
            Some(item @ (Item::Boundary(..) | Item::Element(..) | Item::Diagram(..))) => Some(item),
            _ => return Err(format!("model_list.in: `{}` is no boundary, element or diagram of this design", short(id))),
        },
    };
    let shows = |at: usize, element: &Element| place.as_ref().is_none_or(|place| lies_in(&snapshot, place, at, element));
    let states = |facts: &crate::domain::model::facts::Facts| attr.is_none_or(|attr| facts.get(attr).is_some());
    let found: Vec<Vec<String>> = match what {
        What::Elements => snapshot
            .elements()
            .filter(|(_, at, element)| kind.is_none_or(|kind| element.kind.value == kind) && shows(*at, element) && states(&element.facts))
            .map(|(_, at, element)| first(render::one_element(&snapshot, at, element)))
            .collect(),
        What::Relations => {
            let end = |at: usize, key: &ElementKey| {
                let element = snapshot.diagrams.get(at).and_then(|diagram| diagram.parsed.model.element(key));
                element.is_some_and(|element| shows(at, element) && kind.is_none_or(|kind| element.kind.value == kind))
            };
            snapshot
                .relations()
                .filter(|(_, at, relation)| (end(*at, &relation.source) || end(*at, &relation.target)) && states(&relation.facts))
                .map(|(_, at, relation)| first(render::one_relation(&snapshot, at, relation)))
                .collect()
        }
        What::Boundaries => snapshot
            .boundaries()
            .filter(|(_, at, group)| states(&group.facts) && place.as_ref().is_none_or(|place| holds(place, *at, group)))
            .map(|(_, at, group)| vec![render::boundary(&snapshot, at, group)])
            .collect(),
        What::Views => snapshot
            .diagrams
            .iter()
            .enumerate()
            .filter(|(at, diagram)| !diagram.included && place.as_ref().is_none_or(|place| diagram_of(place) == Some(*at)))
            .flat_map(|(at, diagram)| {
                diagram.parsed.model.views.iter().map(|view| vec![render::view_line(&snapshot, at, view)]).collect::<Vec<_>>()
            })
            .collect(),
        What::Diagrams => snapshot.diagrams.iter().enumerate().map(|(at, diagram)| vec![render::diagram_line(at, diagram)]).collect(),
    };
    Ok(Said::text(hits(&found, fields.page()?)?))
}

fn first(lines: Vec<String>) -> Vec<String> {
    lines.into_iter().take(1).collect()
}

fn diagram_of(place: &Item<'_>) -> Option<usize> {
    match place {
        Item::Boundary(at, _) | Item::Element(at, _) | Item::Diagram(at, _) => Some(*at),
        _ => None,
    }
}

fn holds(place: &Item<'_>, at: usize, group: &Group) -> bool {
    diagram_of(place) == Some(at)
        && match place {
            Item::Boundary(_, outer) => group.parent.as_ref() == Some(&outer.key),
            Item::Element(_, owner) => group.owner.as_ref() == Some(&owner.key),
            _ => true,
        }
}

/// Directly or deeper.
fn lies_in(snapshot: &Snapshot, place: &Item<'_>, at: usize, element: &Element) -> bool {
    let Some(model) = snapshot.diagrams.get(at).map(|diagram| &diagram.parsed.model) else { return false };
    if diagram_of(place) != Some(at) {
        return false;
    }
    match place {
        Item::Element(_, outer) => model.is_inside(&element.key, &outer.key),
        Item::Boundary(_, group) => std::iter::once(element).chain(model.ancestors(&element.key)).any(|own| {
            let mut next = own.group.as_ref();
            let mut left = model.groups.len();
            while let Some(key) = next.filter(|_| left > 0) {
                if *key == group.key {
                    return true;
                }
                left -= 1;
                next = model.groups.get(key).and_then(|group| group.parent.as_ref());
            }
            false
        }),
        _ => true,
    }
}
