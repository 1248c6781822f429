//! Reads back what was written and compares: what the language concludes by itself is left unsaid, what it concludes otherwise
//! is stated, and what is gone is reported.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{
    model::{Element, ElementKey, Model, Relation, RelationKey},
    syntax::{
        fidelity::Fidelity,
        structurizr::print::{
            Choices, Draft,
            links::{Link, Separation},
            plan::Plan,
            views::Shown,
            write::deployed,
        },
    },
};

/// The written text, read again.
pub(super) struct Read<'r> {
    pub(super) model: &'r Model,
    /// Elements of the model that was read, by position in the plan; and back.
    elements: BTreeMap<usize, &'r ElementKey>,
    back: BTreeMap<&'r ElementKey, usize>,
    links: BTreeMap<usize, &'r RelationKey>,
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

    fn element(&self, at: usize) -> Option<&'r Element> {
        self.model.elements.get(self.key(at)?)
    }

    fn link(&self, at: usize) -> Option<&'r Relation> {
        self.model.relations.get(*self.links.get(&at)?)
    }

    fn ends(&self, relation: &Relation) -> Option<(usize, usize)> {
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
    if !shown.view.steps.is_empty() || shown.view.elements.is_empty() && view.elements.is_empty() {
        return;
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

/// Says what is not in the text as it was in the model.
pub(super) fn report(plan: &Plan<'_>, links: &[Link<'_>], shown: &[Option<Shown<'_>>], read: &Read<'_>, fidelity: &mut Fidelity) {
    let same = |one: Option<&String>, other: Option<&String>| {
        let plain = |text: Option<&String>| text.map(|text| flat(text)).filter(|text| !text.is_empty());
        plain(one) == plain(other)
    };
    let properties = |was: &BTreeMap<String, String>, is: &BTreeMap<String, String>| {
        was.iter().all(|(name, value)| {
            is.iter().any(|(other, own)| flat(name) == flat(other) && (flat(value) == flat(own) || name == "kind" || name == "mode"))
        })
    };
    let mut gone = |what: &str| fidelity.lose(what, None);
    for (at, placed) in plan.elements.iter().enumerate() {
        let (Some(was), Some(is)) = (placed.element, read.element(at)) else { continue };
        for (what, kept) in [
            ("Name of an element", flat(&was.name) == flat(&is.name) || was.name.trim().is_empty()),
            (
                "Description of an element",
                same(was.description.as_ref(), is.description.as_ref()) || is.identifier.is_none() && was.description.is_none(),
            ),
            ("Technology of an element", same(was.technology.as_ref(), is.technology.as_ref())),
            ("Address of an element", same(was.url.as_ref(), is.url.as_ref())),
            ("Tags of an element", tags(&was.tags) == tags(&is.tags)),
            ("Property of an element", properties(&was.properties, &is.properties)),
            ("Kind of an element", was.kind.value == is.kind.value),
        ] {
            if !kept {
                gone(what);
            }
        }
    }
    for (at, link) in links.iter().enumerate() {
        let (was, Some(is)) = (link.relation, read.link(at)) else { continue };
        for (what, kept) in [
            ("Description of a relation", same(link.description.as_ref(), is.description.as_ref())),
            ("Technology of a relation", same(was.technology.as_ref(), is.technology.as_ref())),
            ("Address of a relation", same(was.url.as_ref(), is.url.as_ref())),
            ("Tags of a relation", tags(&was.tags) == tags(&is.tags)),
            ("Property of a relation", properties(&was.properties, &is.properties)),
            ("Mode of a relation", was.mode.value == is.mode.value),
            ("Ends of a relation", read.ends(is) == Some((link.source, link.target))),
        ] {
            if !kept {
                gone(what);
            }
        }
    }
    let derived: BTreeMap<(usize, usize), &Relation> = read
        .model
        .relations
        .values()
        .filter(|relation| relation.implied_by.is_some())
        .filter_map(|relation| Some((read.ends(relation)?, relation)))
        .collect();
    let stated: BTreeSet<&RelationKey> = links.iter().map(|link| &link.relation.key).collect();
    let followed = plan.model.relations.values().filter(|relation| relation.implied_by.is_some());
    for was in followed.filter(|relation| !stated.contains(&relation.key)) {
        let ends = plan.index.get(&was.source).zip(plan.index.get(&was.target)).map(|(source, target)| (*source, *target));
        match ends.and_then(|ends| derived.get(&ends)) {
            None => gone("Relation that follows from others"),
            Some(is) if !properties(&was.properties, &is.properties) || !same(was.url.as_ref(), is.url.as_ref()) => {
                gone("Property of a relation that follows from others");
            }
            Some(_) => {}
        }
    }
    for shown in shown.iter().flatten() {
        let Some(view) = read.model.views.iter().find(|view| view.key == shown.key) else {
            gone("View");
            continue;
        };
        let is: BTreeSet<usize> = view.elements.iter().filter_map(|key| read.back.get(key)).copied().collect();
        if shown.left_out > 0 || shown.boxes.iter().any(|at| !is.contains(at)) {
            gone("Element of a view that such a view cannot show");
        }
        let ends: BTreeSet<(usize, usize)> =
            view.relations.iter().filter_map(|key| read.model.relations.get(key)).filter_map(|relation| read.ends(relation)).collect();
        let was = shown.view.relations.iter().filter_map(|key| plan.model.relations.get(key));
        let mut pairs = was.filter_map(|relation| Some((*plan.index.get(&relation.source)?, *plan.index.get(&relation.target)?)));
        if pairs.any(|pair| !ends.contains(&pair)) {
            gone("Relation of a view that such a view cannot show");
        }
        if view.steps.len() != shown.view.steps.len() {
            gone("Step of a dynamic view");
        }
    }
}

/// Line ends and outer space do not count.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn tags(tags: &[String]) -> Vec<String> {
    tags.iter().map(|tag| flat(tag)).filter(|tag| !tag.is_empty()).collect()
}
