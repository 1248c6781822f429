//! Drawings as people make them, and what a person reads in them.

mod drawings;
mod hostile;
mod more;
mod seeds;

use crate::domain::{
    model::ElementKey,
    syntax::{box_art, format::Imported},
};

/// Elements (with technology), groups and relations as lines.
pub(super) fn told(imported: &Imported) -> (Vec<String>, Vec<String>, Vec<String>) {
    let model = &imported.model;
    let name = |key: &ElementKey| model.elements[key].name.clone();
    let elements = model
        .elements
        .values()
        .map(|element| {
            let technology = element.technology.as_ref().map(|text| format!(" ({text})")).unwrap_or_default();
            let home = element
                .group
                .as_ref()
                .map(|key| format!(" in {}", model.groups[key].name))
                .or_else(|| element.parent.as_ref().map(|key| format!(" in {}", name(key))));
            format!("{}{technology}{}", element.name, home.unwrap_or_default())
        })
        .collect();
    let groups = model.groups.values().map(|group| group.name.clone()).collect();
    let relations = model
        .relations
        .values()
        .map(|relation| {
            let arrow = if relation.mode.value.is_sync() { "->" } else { "..>" };
            let label = relation.label().map(|label| format!(": {label}")).unwrap_or_default();
            format!("{} {arrow} {}{label}", name(&relation.source), name(&relation.target))
        })
        .collect();
    (elements, groups, relations)
}

/// A drawing gives exactly these elements, groups and relations, whatever their order.
#[track_caller]
pub(super) fn reads(text: &str, elements: &[&str], groups: &[&str], relations: &[&str]) -> Imported {
    let imported = box_art::read(text);
    let found = told(&imported);
    let sorted = |lines: &[String]| {
        let mut lines = lines.to_vec();
        lines.sort();
        lines
    };
    let wanted = |lines: &[&str]| sorted(&lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>());
    let got = (sorted(&found.0), sorted(&found.1), sorted(&found.2));
    assert_eq!(got, (wanted(elements), wanted(groups), wanted(relations)), "\n{text}\n{:#?}", imported.diagnostics);
    imported
}
