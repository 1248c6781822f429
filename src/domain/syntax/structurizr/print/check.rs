//! Reads back what was written and compares: what the language concludes by itself is left unsaid, what it concludes otherwise
//! is stated.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{
    model::{Element, ElementKey, Model, Relation, RelationKey},
    syntax::structurizr::print::{
        Choices, Draft,
        links::{Link, Separation},
        plan::Plan,
        views::Shown,
        write::deployed,
    },
};

/// The written text, read again.
pub(super) struct Read<'r> {
    pub(super) model: &'r Model,
    /// Elements of the model that was read, by position in the plan; and back.
    elements: BTreeMap<usize, &'r ElementKey>,
    pub(super) back: BTreeMap<&'r ElementKey, usize>,
    pub(super) links: BTreeMap<usize, &'r RelationKey>,
}

impl<'r> Read<'r> {
    /// None where not all that was written was read; then nothing can be compared.
    pub(super) fn new(model: &'r Model, draft: &Draft) -> Option<Self> {
        let stated: Vec<&RelationKey> =
            model.relations.values().filter(|relation| relation.implied_by.is_none()).map(|relation| &relation.key).collect();
        if model.elements.len() != draft.elements.len() || stated.len() != draft.links.len() {
            return None;
        }
        let elements: BTreeMap<usize, &ElementKey> = draft.elements.iter().copied().zip(model.elements.keys()).collect();
        let back = elements.iter().map(|(at, key)| (*key, *at)).collect();
        let links = draft.links.iter().copied().zip(stated).collect();
        Some(Self { model, elements, back, links })
    }

    pub(super) fn key(&self, element: usize) -> Option<&'r ElementKey> {
        self.elements.get(&element).copied()
    }

    pub(super) fn element(&self, at: usize) -> Option<&'r Element> {
        self.model.elements.get(self.key(at)?)
    }

    pub(super) fn link(&self, at: usize) -> Option<&'r Relation> {
        self.model.relations.get(*self.links.get(&at)?)
    }

    pub(super) fn ends(&self, relation: &Relation) -> Option<(usize, usize)> {
        Some((*self.back.get(&relation.source)?, *self.back.get(&relation.target)?))
    }
}

/// States what would be concluded otherwise. True if anything changed, so that the text has to be written again.
pub(super) fn improve(plan: &Plan<'_>, links: &[Link<'_>], shown: &[Option<Shown<'_>>], read: &Read<'_>, choices: &mut Choices) -> bool {
    let before = choices.clone();
    for (at, placed) in plan.elements.iter().enumerate() {
        let (Some(was), Some(is)) = (placed.element, read.element(at)) else { continue };
        // An instance is always of the kind of what runs there.
        if was.kind.value != is.kind.value && is.instance_of.is_none() {
            choices.kinds.insert(at);
        }
    }
    for (at, link) in links.iter().enumerate() {
        if read.link(at).is_some_and(|is| is.mode.value != link.relation.mode.value) {
            choices.modes.insert(at);
        }
    }
    let derived = |model: &Model| model.relations.values().any(|relation| relation.implied_by.is_some());
    let fixed = |at: &usize| !deployed(plan, *at);
    let between_parts = read
        .model
        .relations
        .values()
        .filter(|relation| relation.implied_by.is_some())
        .filter_map(|relation| read.ends(relation))
        .any(|(source, target)| fixed(&source) && fixed(&target));
    if between_parts && !derived(plan.model) {
        choices.implied_off = true;
    }
    separate(plan, read, choices);
    // Views are looked at once all else is as it will be.
    if before != *choices {
        return true;
    }
    for (at, shown) in shown.iter().enumerate() {
        if let Some(shown) = shown {
            improve_view(plan, links, at, shown, read, choices);
        }
    }
    // A filter can be judged once what it filters is as it will be.
    if before == *choices {
        for (at, shown) in shown.iter().enumerate() {
            if let (Some(shown), Some(choice)) = (shown, choices.views.get_mut(at))
                && shown.base.is_some()
                && !same_picture(plan, shown, read)
            {
                choice.alone = true;
            }
        }
    }
    before != *choices
}

/// Pairs of instances that are related by what they are instances of.
fn instance_pairs<'m>(model: &'m Model, at: impl Fn(&ElementKey) -> Option<usize> + 'm) -> impl Iterator<Item = (usize, usize)> + 'm {
    let is_instance = |key: &ElementKey| model.elements.get(key).is_some_and(|element| element.instance_of.is_some());
    let derived = model.relations.values().filter(|relation| relation.implied_by.is_some());
    derived
        .filter(move |relation| is_instance(&relation.source) && is_instance(&relation.target))
        .filter_map(move |relation| Some((at(&relation.source)?, at(&relation.target)?)))
}

fn separate(plan: &Plan<'_>, read: &Read<'_>, choices: &mut Choices) {
    if !choices.groups.is_empty() || !choices.apart.is_empty() {
        return;
    }
    let wanted: BTreeSet<(usize, usize)> = instance_pairs(plan.model, |key| plan.index.get(key).copied()).collect();
    let found: BTreeSet<(usize, usize)> = instance_pairs(read.model, |key| read.back.get(key).copied()).collect();
    if found.is_subset(&wanted) {
        return;
    }
    let mut by_environment: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (at, placed) in plan.elements.iter().enumerate() {
        if placed.element.is_some_and(|element| element.instance_of.is_some())
            && let Some(environment) = plan.around(at).last()
        {
            by_environment.entry(environment).or_default().push(at);
        }
    }
    for instances in by_environment.values() {
        let separation = Separation::new(instances, &wanted, &found);
        choices.groups.extend(separation.groups);
        choices.apart.extend(separation.apart);
    }
}

fn improve_view(plan: &Plan<'_>, links: &[Link<'_>], at: usize, shown: &Shown<'_>, read: &Read<'_>, choices: &mut Choices) {
    let Some(view) = read.model.views.iter().find(|view| view.key == shown.key) else { return };
    let Some(choice) = choices.views.get_mut(at) else { return };
    if shown.base.is_some() || shown.view.elements.is_empty() && view.elements.is_empty() {
        return;
    }
    for (was, is) in shown.view.steps.iter().zip(&view.steps) {
        if let Some((at, _)) = links.iter().enumerate().find(|(_, link)| link.relation.key == was.relation)
            && read.links.get(&at).is_some_and(|key| **key != is.relation)
        {
            choice.named_links.insert(at);
        }
    }
    let is: BTreeSet<usize> = view.elements.iter().filter_map(|key| read.back.get(key)).copied().collect();
    let frames: BTreeSet<usize> = is.iter().flat_map(|at| plan.around(*at)).collect();
    let is: BTreeSet<usize> = is.difference(&frames).copied().collect();
    let was: BTreeSet<usize> = shown.boxes.iter().copied().collect();
    if is != was {
        choice.explicit = true;
        return;
    }
    let ends = |relation: &Relation| Some((*plan.index.get(&relation.source)?, *plan.index.get(&relation.target)?));
    let model = plan.model;
    let wanted: BTreeSet<(usize, usize)> =
        shown.view.relations.iter().filter_map(|key| model.relations.get(key)).filter_map(ends).collect();
    let found: BTreeSet<(usize, usize)> =
        view.relations.iter().filter_map(|key| read.model.relations.get(key)).filter_map(|relation| read.ends(relation)).collect();
    for pair in found.difference(&wanted) {
        if !choice.hidden.contains(pair) {
            choice.hidden.push(*pair);
        }
    }
    // What a hidden relation took with it. Those of frames such a view cannot show anyway.
    for pair in wanted.difference(&found).filter(|(source, target)| was.contains(source) && was.contains(target)) {
        if !choice.hidden.is_empty() && !choice.extra.contains(pair) {
            choice.extra.push(*pair);
        }
    }
    // One of several relations between the same two.
    let here: BTreeSet<&RelationKey> = view.relations.iter().collect();
    let shown_keys: BTreeSet<&RelationKey> = shown.view.relations.iter().collect();
    for (at, link) in links.iter().enumerate() {
        let here = read.links.get(&at).is_some_and(|key| here.contains(key));
        if here && !shown_keys.contains(&link.relation.key) && wanted.contains(&(link.source, link.target)) {
            choice.hidden_links.insert(at);
        }
    }
}

/// Whether a filtered view shows what it shows in the model.
fn same_picture(plan: &Plan<'_>, shown: &Shown<'_>, read: &Read<'_>) -> bool {
    let Some(view) = read.model.views.iter().find(|view| view.key == shown.key) else { return false };
    let was: BTreeSet<usize> = shown.view.elements.iter().filter_map(|key| plan.index.get(key)).copied().collect();
    let is: BTreeSet<usize> = view.elements.iter().filter_map(|key| read.back.get(key)).copied().collect();
    let ends = |relation: &Relation| Some((*plan.index.get(&relation.source)?, *plan.index.get(&relation.target)?));
    let wanted: BTreeSet<(usize, usize)> =
        shown.view.relations.iter().filter_map(|key| plan.model.relations.get(key)).filter_map(ends).collect();
    let found: BTreeSet<(usize, usize)> =
        view.relations.iter().filter_map(|key| read.model.relations.get(key)).filter_map(|relation| read.ends(relation)).collect();
    was == is && wanted == found && shown.view.relations.len() == view.relations.len()
}
