//! What a gesture should do to the model, computed on the model alone; and the comparison with what the edited text says.
//! Keys are left out: what counts is names, places, words and ends.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::domain::{
    diagnostic::Level as Severity,
    model::{Element, Group, Level, Model, Relation, view::ViewKind},
    syntax::{Parsed, parse},
};

/// How much of the text a gesture may touch.
pub(super) struct Bound {
    pub(super) edits: usize,
    /// Lines that differ, those that go and those that come.
    pub(super) lines: usize,
}

pub(super) fn path(model: &Model, key: &ElementKey) -> String {
    let mut names: Vec<String> =
        model.elements.get(key).into_iter().chain(model.ancestors(key)).map(|element| element.name.clone()).collect();
    names.reverse();
    names.join("/")
}

fn group_path(model: &Model, key: &GroupKey) -> String {
    let mut names = Vec::new();
    let mut next = Some(key.clone());
    while let Some(group) = next.and_then(|key| model.groups.get(&key)) {
        names.push(group.name.clone());
        next = group.parent.clone();
    }
    names.reverse();
    names.join(" > ")
}

fn element_line(model: &Model, element: &Element) -> String {
    format!(
        "element {} | {:?} | {:?} | {:?} | {:?} | {:?} | {:?} | in {:?} | of {:?}",
        path(model, &element.key),
        element.level,
        element.description,
        element.technology,
        element.tags,
        element.properties,
        element.url,
        element.group.as_ref().map(|group| group_path(model, group)),
        element.instance_of.as_ref().map(|of| path(model, of)),
    )
}

fn relation_line(model: &Model, relation: &Relation) -> String {
    format!(
        "relation {} -> {} | {:?} | {:?} | {:?} | {:?} | {:?}",
        path(model, &relation.source),
        path(model, &relation.target),
        relation.description,
        relation.technology,
        relation.tags,
        relation.properties,
        relation.url
    )
}

/// Everything the statements of a text say, one line each, in sorted order.
pub(super) fn facts(model: &Model, shown: bool) -> Vec<String> {
    let mut lines = vec![format!("workspace {:?} {:?} {:?}", model.name, model.description, model.properties)];
    lines.extend(model.elements.values().map(|element| element_line(model, element)));
    lines.extend(model.relations.values().filter(|relation| relation.implied_by.is_none()).map(|relation| relation_line(model, relation)));
    for group in model.groups.values() {
        let owner = group.owner.as_ref().map(|owner| path(model, owner));
        lines.push(format!("group {owner:?} {} | {:?}", group_path(model, &group.key), group.properties));
    }
    for view in model.views.iter().filter(|view| view.kind != ViewKind::Everything) {
        // Views without a key of their own are numbered, so those after one that goes are called otherwise.
        let numbered =
            view.key.len() > 4 && view.key.as_bytes()[view.key.len() - 4] == b'-' && view.key.ends_with(|next: char| next.is_ascii_digit());
        let name = if numbered { &view.key[..view.key.len() - 3] } else { &view.key };
        lines.push(format!(
            "view {} | {:?} | {:?} | {:?} | {:?} | {:?} | {} steps",
            name,
            view.kind,
            view.title,
            view.description,
            view.scope.as_ref().map(|scope| path(model, scope)),
            view.direction,
            view.steps.len()
        ));
        if shown {
            let mut paths: Vec<String> = view.elements.iter().map(|key| path(model, key)).collect();
            paths.sort();
            lines.push(format!("shows {name} {paths:?}"));
        }
    }
    lines.sort();
    lines
}

/// Lines that go and lines that come.
fn compare(before: &[String], after: &[String]) -> (Vec<String>, Vec<String>) {
    let mut counts: BTreeMap<&String, i32> = BTreeMap::new();
    for line in before {
        *counts.entry(line).or_default() -= 1;
    }
    for line in after {
        *counts.entry(line).or_default() += 1;
    }
    let pick = |sign: i32| counts.iter().filter(|(_, count)| **count * sign > 0).map(|(line, _)| (*line).clone()).collect();
    (pick(-1), pick(1))
}

fn errors(parsed: &Parsed) -> usize {
    parsed.diagnostics.iter().filter(|found| found.level == Severity::Error).count()
}

/// Does the gesture and judges it: whether it was done, or why it is wrong.
pub(super) fn judge(path: &str, text: &str, sources: &Sources, gesture: &Gesture) -> Result<Option<Refusal>, String> {
    let outcome = match edit(Language::Structurizr, path, text, sources, gesture) {
        Ok(outcome) => outcome,
        Err(refusal) => return Ok(Some(refusal)),
    };
    let after_text = apply(text, &outcome.edits);
    let report = |why: &str| Err(format!("{why}\n{gesture:?}\n{}\nin\n{text}", diff(text, &after_text)));
    if apply(&after_text, &inverse(text, &outcome.edits)) != text {
        return report("undoing gives another text");
    }
    let before = parse(Language::Structurizr, path, text, sources);
    let after = parse(Language::Structurizr, path, &after_text, sources);
    if errors(&after) > errors(&before) {
        return report("there are more errors");
    }
    if let Some(why) = wrong(&before.model, &after.model, gesture, &outcome) {
        return report(&why);
    }
    let bound = bound(&before.model, text, gesture);
    let changed = diff(text, &after_text).lines().count();
    if outcome.edits.len() > bound.edits || changed > bound.lines {
        return report(&format!("{} edits and {changed} lines are too many", outcome.edits.len()));
    }
    if text.contains("\r\n") && after_text.replace("\r\n", "").contains('\n') {
        return report("line ends are mixed");
    }
    if !after_text.ends_with('\n') && text.ends_with('\n') {
        return report("the last line end is lost");
    }
    let again = match &outcome.select {
        Some(Subject::Element(key)) => after.model.elements.contains_key(key),
        Some(Subject::Relation(key)) => after.model.relations.contains_key(key),
        Some(Subject::Group(key)) => after.model.groups.contains_key(key),
        Some(Subject::Workspace) | None => true,
    };
    if !again {
        return report("what is selected does not exist");
    }
    Ok(None)
}

/// The model as it should be; for new things, what they should be follows the comparison.
fn meant(model: &Model, gesture: &Gesture) -> Model {
    let mut meant = model.clone();
    match gesture {
        Gesture::Rename { subject: Subject::Element(key), name } | Gesture::Name { element: key, name } => {
            for element in meant.elements.values_mut() {
                if element.key == *key || element.instance_of.as_ref() == Some(key) {
                    element.name.clone_from(name);
                }
            }
        }
        Gesture::Rename { subject: Subject::Group(key), name } => meant.groups[key].name.clone_from(name),
        Gesture::Rename { subject: Subject::Relation(key), name } => meant.relations[key].description = Some(name.clone()),
        Gesture::Describe { subject: Subject::Element(key), description } => meant.elements[key].description.clone_from(description),
        Gesture::Describe { subject: Subject::Relation(key), description } => meant.relations[key].description.clone_from(description),
        Gesture::SetTechnology { subject: Subject::Element(key), technology } => meant.elements[key].technology.clone_from(technology),
        Gesture::SetTechnology { subject: Subject::Relation(key), technology } => meant.relations[key].technology.clone_from(technology),
        Gesture::SetProperty { subject, name, value } => {
            let properties = match subject {
                Subject::Element(key) => &mut meant.elements[key].properties,
                Subject::Relation(key) => &mut meant.relations[key].properties,
                Subject::Group(key) => &mut meant.groups[key].properties,
                Subject::Workspace => &mut meant.properties,
            };
            match value {
                Some(value) => properties.insert(name.clone(), value.clone()),
                None => properties.remove(name),
            };
        }
        Gesture::SetKind { element, kind } if meant.elements[element].kind.value != *kind => {
            meant.elements[element].properties.insert("kind".to_owned(), kind.slug().to_owned());
        }
        Gesture::Reconnect { relation, source, target } => {
            meant.relations[relation].source.clone_from(source);
            meant.relations[relation].target.clone_from(target);
        }
        Gesture::Delete { subjects } => forget(&mut meant, subjects),
        Gesture::Move { elements, home } => {
            let (parent, group) = match home {
                Home::Top => (None, None),
                Home::Element(key) => (Some(key.clone()), None),
                Home::Group(key) => (model.groups[key].owner.clone(), Some(key.clone())),
            };
            for key in elements {
                meant.elements[key].parent.clone_from(&parent);
                meant.elements[key].group.clone_from(&group);
            }
        }
        Gesture::Enclose { name, home, elements } => {
            let (owner, parent) = match home {
                Home::Top => (None, None),
                Home::Element(key) => (Some(key.clone()), None),
                Home::Group(key) => (model.groups[key].owner.clone(), Some(key.clone())),
            };
            let key = GroupKey::from("new");
            let group = Group {
                key: key.clone(),
                name: name.clone(),
                parent,
                owner,
                properties: BTreeMap::new(),
                facts: crate::domain::model::facts::Facts::default(),
                span: crate::domain::diagnostic::Span::default(),
                file: None,
            };
            meant.groups.insert(key.clone(), group);
            for element in elements {
                meant.elements[element].group = Some(key.clone());
            }
        }
        Gesture::RemoveView { view } => meant.views.retain(|own| own.key != *view),
        Gesture::RenameView { view, title } => {
            for own in meant.views.iter_mut().filter(|own| own.key == *view) {
                own.title = Some(title.clone()).filter(|title| !title.is_empty());
            }
        }
        Gesture::Direct { view, direction } => {
            for own in meant.views.iter_mut().filter(|own| own.key == *view) {
                own.direction = *direction;
            }
        }
        _ => {}
    }
    meant
}

/// Takes away what goes with the subjects.
fn forget(model: &mut Model, subjects: &[Subject]) {
    let mut gone: BTreeSet<ElementKey> = BTreeSet::new();
    let mut groups: BTreeSet<GroupKey> = BTreeSet::new();
    let mut relations: BTreeSet<RelationKey> = BTreeSet::new();
    for subject in subjects {
        match subject {
            Subject::Element(key) => drop(gone.insert(key.clone())),
            Subject::Relation(key) => drop(relations.insert(key.clone())),
            Subject::Group(key) => drop(groups.insert(key.clone())),
            Subject::Workspace => {}
        }
    }
    for _ in 0..8 {
        for group in model.groups.values() {
            if group.parent.as_ref().is_some_and(|key| groups.contains(key)) || group.owner.as_ref().is_some_and(|key| gone.contains(key)) {
                groups.insert(group.key.clone());
            }
        }
        for element in model.elements.values() {
            let goes = element.parent.as_ref().is_some_and(|key| gone.contains(key))
                || element.instance_of.as_ref().is_some_and(|key| gone.contains(key))
                || element.group.as_ref().is_some_and(|key| groups.contains(key));
            if goes {
                gone.insert(element.key.clone());
            }
        }
    }
    let steps_gone: BTreeSet<RelationKey> = model
        .relations
        .values()
        .filter(|relation| {
            let by = relation.implied_by.as_ref().unwrap_or(&relation.key);
            relations.contains(by) || gone.contains(&relation.source) || gone.contains(&relation.target)
        })
        .map(|relation| relation.key.clone())
        .collect();
    model
        .relations
        .retain(|key, relation| !(relations.contains(key) || gone.contains(&relation.source) || gone.contains(&relation.target)));
    model.views.retain(|view| !view.scope.as_ref().is_some_and(|scope| gone.contains(scope)));
    for view in &mut model.views {
        view.steps.retain(|step| !steps_gone.contains(&step.relation));
    }
    model.elements.retain(|key, _| !gone.contains(key));
    model.groups.retain(|key, _| !groups.contains(key));
}

/// Why the edited text does not say what the gesture means.
fn wrong(before: &Model, after: &Model, gesture: &Gesture, outcome: &Outcome) -> Option<String> {
    let structure = matches!(
        gesture,
        Gesture::Add { .. }
            | Gesture::Connect { .. }
            | Gesture::Reconnect { .. }
            | Gesture::Delete { .. }
            | Gesture::Move { .. }
            | Gesture::Enclose { .. }
            | Gesture::Duplicate { .. }
            | Gesture::AddView { .. }
            | Gesture::Include { .. }
            | Gesture::Exclude { .. }
            | Gesture::SetProperty { .. }
            | Gesture::SetKind { .. }
            | Gesture::Describe { .. }
            | Gesture::SetTechnology { .. }
    );
    let (gone, come) = compare(&facts(&meant(before, gesture), !structure), &facts(after, !structure));
    let told = || Some(format!("the model is not as meant: gone {gone:#?} come {come:#?}"));
    let nothing_gone = gone.is_empty();
    let fits = match gesture {
        Gesture::Add { kind, name, .. } => {
            let Some(Subject::Element(key)) = &outcome.select else { return told() };
            let new = &after.elements[key];
            nothing_gone && come.len() == 1 && new.name == *name && new.kind.value == *kind && come[0] == element_line(after, new)
        }
        Gesture::Connect { source, target, description, technology } => {
            let line = come.first().cloned().unwrap_or_default();
            let ends = format!("relation {} -> {} | ", path(before, source), path(before, target));
            let said = |text: &Option<String>| text.as_ref().is_none_or(|text| line.contains(&format!("{text:?}")));
            nothing_gone && come.len() == 1 && line.starts_with(&ends) && said(description) && said(technology)
        }
        Gesture::Duplicate { elements } => {
            nothing_gone && come.len() == elements.len() && come.iter().all(|line| line.starts_with("element "))
        }
        Gesture::AddView { view } => {
            nothing_gone
                && come.len() == 1
                && outcome
                    .view
                    .as_ref()
                    .is_some_and(|key| come[0].starts_with(&format!("view {key} |")) && come[0].contains(&format!("{:?}", view.title)))
        }
        Gesture::Include { view, elements } | Gesture::Exclude { view, elements } => {
            let shows = matches!(gesture, Gesture::Include { .. });
            let paths = |model: &Model, other: bool| -> BTreeSet<(String, String)> {
                let views = model.views.iter().filter(|own| (own.key == *view) != other && own.kind != ViewKind::Filtered);
                views.flat_map(|own| own.elements.iter().map(|key| (own.key.clone(), path(model, key)))).collect()
            };
            // Two instances of one thing in one place have the same path, so paths tell nothing of them.
            let twins = |path_of: &String| before.elements.keys().filter(|key| path(before, key) == *path_of).count() > 1;
            let wanted: BTreeSet<String> = elements.iter().map(|key| path(before, key)).filter(|path| !twins(path)).collect();
            let (old, new) = (paths(before, false), paths(after, false));
            let near = |other: &String| wanted.iter().any(|path| path.starts_with(other.as_str()) || other.starts_with(path.as_str()));
            nothing_gone
                && come.is_empty()
                && paths(before, true) == paths(after, true)
                && wanted.iter().all(|path| new.contains(&(view.clone(), path.clone())) == shows)
                && old.symmetric_difference(&new).all(|(_, path)| near(path))
        }
        Gesture::RenameIdentifier { element: _, identifier } => {
            let Some(Subject::Element(key)) = &outcome.select else { return told() };
            nothing_gone && come.is_empty() && after.elements[key].identifier.as_ref() == Some(identifier)
        }
        Gesture::Name { element, .. } => {
            // An element without identifier gets none.
            let at = before.elements.get_index_of(element).unwrap();
            nothing_gone && come.is_empty() && after.elements[at].identifier.is_some() == before.elements[at].identifier.is_some()
        }
        Gesture::SetKind { element, kind } => {
            let at = before.elements.get_index_of(element).unwrap();
            nothing_gone && come.is_empty() && after.elements[at].kind.value == *kind
        }
        // The views of a deployment environment go with it.
        Gesture::Delete { .. } => come.is_empty() && gone.iter().all(|line| line.starts_with("view ") && line.contains("| Deployment |")),
        // Filtered views run as the view they are made from.
        Gesture::Direct { .. } => gone.iter().chain(&come).all(|line| line.contains("| Filtered |")),
        _ => nothing_gone && come.is_empty(),
    };
    if fits { None } else { told() }
}

/// The spec's bounds: a token, a line, or the lines of what is meant.
fn bound(model: &Model, text: &str, gesture: &Gesture) -> Bound {
    let many = usize::MAX;
    let (edits, lines) = match gesture {
        Gesture::Rename { subject: Subject::Element(key), .. } => {
            // Views call environments by name.
            if model.elements[key].level == Level::DeploymentEnvironment {
                (many, many)
            } else {
                // A name may run over several lines.
                let written = model.elements[key].name_span.of(text);
                (1, 2 + written.matches('\n').count())
            }
        }
        Gesture::Rename { subject: Subject::Relation(_), .. } | Gesture::RenameView { .. } | Gesture::Direct { .. } => (2, 6),
        Gesture::Describe { .. } | Gesture::SetTechnology { .. } => (2, 5),
        Gesture::SetProperty { .. } | Gesture::SetKind { .. } => (2, 8),
        // One line, and identifiers for both ends; where names are paths, for what is around them too.
        Gesture::Connect { .. } => (8, 18),
        Gesture::Add { .. } => (3, 14),
        Gesture::AddView { .. } => (8, 26),
        Gesture::Include { elements, .. } | Gesture::Exclude { elements, .. } => (3 + 5 * elements.len(), 6 + 8 * elements.len()),
        _ => (many, many),
    };
    Bound { edits, lines }
}
