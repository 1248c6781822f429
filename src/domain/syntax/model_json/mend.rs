//! A model that was written by a program may refer to what is not there. Everything else here relies on models that hold
//! together, so references that lead nowhere, or in a circle, are cut, and counted.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{
    diagnostic::{Diagnostic, Level as Severity, Span},
    model::{Model, view},
    syntax::{
        fidelity::Fidelity,
        format::{Imported, count},
    },
};

/// Elements or groups within each other.
const MAX_DEPTH: usize = 64;

pub(super) fn mend(mut model: Model) -> Imported {
    let mut fidelity = Fidelity::default();
    let mut lose = |what: &str| fidelity.lose(what, None);
    for (key, element) in &mut model.elements {
        element.key = key.clone();
    }
    for (key, relation) in &mut model.relations {
        relation.key = key.clone();
    }
    for (key, group) in &mut model.groups {
        group.key = key.clone();
    }
    let parents = model.elements.values().map(|element| (&element.key, element.parent.as_ref())).collect();
    let cut: BTreeSet<_> = adrift(&parents).into_iter().cloned().collect();
    let nested = model.groups.values().map(|group| (&group.key, group.parent.as_ref())).collect();
    let loose: BTreeSet<_> = adrift(&nested).into_iter().cloned().collect();
    let there: BTreeSet<_> = model.elements.keys().cloned().collect();
    for element in model.elements.values_mut() {
        if cut.contains(&element.key) {
            element.parent = None;
            lose("Parent that is not there, or in a circle");
        }
        if element.group.as_ref().is_some_and(|group| !model.groups.contains_key(group)) {
            element.group = None;
            lose("Group that is not there");
        }
        if element.instance_of.as_ref().is_some_and(|of| !there.contains(of)) {
            element.instance_of = None;
            lose("Instance of something that is not there");
        }
    }
    for group in model.groups.values_mut() {
        if loose.contains(&group.key) {
            group.parent = None;
            lose("Parent that is not there, or in a circle");
        }
        if group.owner.as_ref().is_some_and(|owner| !there.contains(owner)) {
            group.owner = None;
            lose("Owner of a group that is not there");
        }
    }
    model.relations.retain(|_, relation| {
        let whole = there.contains(&relation.source) && there.contains(&relation.target);
        if !whole {
            lose("Relation to something that is not in the model");
        }
        whole
    });
    let stated: BTreeSet<_> =
        model.relations.values().filter(|relation| relation.implied_by.is_none()).map(|relation| relation.key.clone()).collect();
    for relation in model.relations.values_mut() {
        relation.implied_by = relation.implied_by.take().filter(|by| stated.contains(by));
    }
    model.linked_folders.retain(|folder| folder.owner.as_ref().is_none_or(|owner| there.contains(owner)));
    views(&mut model, &mut lose);
    let lost: usize = fidelity.lost.iter().map(|remark| remark.count).sum();
    let mut diagnostics = Vec::new();
    if lost > 0 {
        diagnostics.push(Diagnostic {
            level: Severity::Warning,
            code: "loose-references".to_owned(),
            span: Span::new(0, 0),
            what: format!("{lost} references of this model lead nowhere"),
            why: "They name elements, relations or groups that the text does not have; they are left out.".to_owned(),
            help: "Export the model again, or add what is missing.".to_owned(),
            file: None,
        });
    }
    let fidelity = Fidelity { kept: fidelity.kept, lost: fidelity.lost, ..count(&model) };
    Imported { model, positions: BTreeMap::new(), diagnostics, fidelity }
}

fn views(model: &mut Model, lose: &mut dyn FnMut(&str)) {
    let mut keys = BTreeSet::new();
    let mut views = std::mem::take(&mut model.views);
    for view in &mut views {
        let before = view.elements.len() + view.relations.len() + view.steps.len();
        let mut once = BTreeSet::new();
        view.elements.retain(|key| model.elements.contains_key(key) && once.insert(key.clone()));
        let mut once = BTreeSet::new();
        view.relations.retain(|key| {
            let ends = model.relations.get(key).map(|relation| (&relation.source, &relation.target));
            ends.is_some_and(|(source, target)| view.elements.contains(source) && view.elements.contains(target))
                && once.insert(key.clone())
        });
        view.steps.retain(|step| model.relations.contains_key(&step.relation));
        for _ in view.elements.len() + view.relations.len() + view.steps.len()..before {
            lose("Element, relation or step of a view that is not there");
        }
        view.scope = view.scope.take().filter(|key| model.elements.contains_key(key));
        for step in &mut view.animation {
            step.elements.retain(|key| model.elements.contains_key(key));
            step.relations.retain(|key| model.relations.contains_key(key));
        }
        view.animation.retain(|step| !step.elements.is_empty());
        let base = view.key.clone();
        let mut number = 1;
        while !keys.insert(view.key.clone()) {
            number += 1;
            view.key = format!("{base}-{number}");
            lose("Second view of one key, which gets another");
        }
    }
    for view in &mut views {
        view.base = view.base.take().filter(|base| keys.contains(&base.view));
    }
    if views.is_empty() {
        views.push(view::everything(model));
    }
    model.views = views;
}

/// The items whose parent is not there, or above which there are too many, or themselves.
fn adrift<'k, K: Ord>(parents: &BTreeMap<&'k K, Option<&'k K>>) -> BTreeSet<&'k K> {
    let mut depth: BTreeMap<&K, usize> = BTreeMap::new();
    let mut cut = BTreeSet::new();
    for &key in parents.keys() {
        let mut path = Vec::new();
        let mut on_path = BTreeSet::new();
        let mut next = Some(key);
        while let Some(key) = next.filter(|key| parents.contains_key(key) && !depth.contains_key(key) && on_path.insert(*key)) {
            path.push(key);
            next = parents.get(key).copied().flatten();
        }
        while let Some(key) = path.pop() {
            let own = match parents.get(key).copied().flatten() {
                None => 0,
                Some(parent) => match depth.get(parent) {
                    Some(around) if *around < MAX_DEPTH => around + 1,
                    _ => {
                        cut.insert(key);
                        0
                    }
                },
            };
            depth.insert(key, own);
        }
    }
    cut
}
