//! The guard of every gesture: the edited text is read again, and the gesture is refused unless the model shows the change
//! that was meant and nothing else. What follows from statements by rule (implied relations, kinds, inherited facts) may
//! follow; what statements say may not change.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use crate::domain::{
    model::{Element, ElementKey, Group, GroupKey, Model, Relation, RelationKey, view::View},
    syntax::Parsed,
    syntax::structurizr::edit::site::{Site, count_errors},
};

/// What a gesture may change.
#[derive(Clone, Debug, Default)]
pub(super) struct Expect {
    pub(super) gone: BTreeSet<ElementKey>,
    pub(super) gone_relations: BTreeSet<RelationKey>,
    pub(super) gone_groups: BTreeSet<GroupKey>,
    pub(super) gone_views: BTreeSet<String>,
    /// Elements whose statements are taken elsewhere, with all inside.
    pub(super) moved: BTreeSet<ElementKey>,
    /// Elements that say something else afterwards.
    pub(super) changed: BTreeSet<ElementKey>,
    /// Elements that may lie in another element or group.
    pub(super) rehomed: BTreeSet<ElementKey>,
    pub(super) changed_relations: BTreeSet<RelationKey>,
    pub(super) changed_groups: BTreeSet<GroupKey>,
    pub(super) changed_views: BTreeSet<String>,
    /// The workspace's own properties.
    pub(super) changed_workspace: bool,
    pub(super) new_elements: usize,
    pub(super) new_relations: usize,
    pub(super) new_groups: usize,
    pub(super) new_views: usize,
    /// What views show may follow from the change.
    pub(super) views_follow: bool,
}

/// Old keys and the new ones.
#[derive(Debug, Default)]
pub(super) struct Aligned {
    pub(super) keys: BTreeMap<ElementKey, ElementKey>,
    /// In text order.
    pub(super) new: Vec<ElementKey>,
}

impl Aligned {
    pub(super) fn key(&self, old: &ElementKey) -> Option<&ElementKey> {
        self.keys.get(old)
    }
}

/// Old and new elements side by side; none where they do not match.
pub(super) fn align(before: &Model, after: &Model, fresh: &[Range<usize>], expect: &Expect) -> Option<Aligned> {
    let is_fresh = |element: &&Element| {
        let at = element.name_span.start as usize;
        element.file.is_none() && fresh.iter().any(|range| range.contains(&at))
    };
    let kept = || before.elements.values().filter(|element| !expect.gone.contains(&element.key));
    let own = |element: &&Element| element.file.is_none();
    let old =
        |moved: bool| kept().filter(own).filter(move |element| expect.moved.contains(&element.key) == moved).map(|element| &element.key);
    let new =
        |fresh: bool| after.elements.values().filter(own).filter(move |element| is_fresh(element) == fresh).map(|element| &element.key);
    let mut aligned = Aligned::default();
    if old(false).count() != new(false).count() || old(true).count() + expect.new_elements != new(true).count() {
        return None;
    }
    // Other files stay as they are, so their places tell.
    let mut places: BTreeMap<(&Option<String>, u32), Vec<&ElementKey>> = BTreeMap::new();
    for element in after.elements.values().rev().filter(|element| element.file.is_some()) {
        places.entry((&element.file, element.name_span.start)).or_default().push(&element.key);
    }
    for element in kept().filter(|element| element.file.is_some()) {
        let new = places.get_mut(&(&element.file, element.name_span.start)).and_then(Vec::pop)?;
        aligned.keys.insert(element.key.clone(), new.clone());
    }
    if places.values().any(|left| !left.is_empty()) {
        return None;
    }
    for (old, new) in old(false).zip(new(false)).chain(old(true).zip(new(true))) {
        aligned.keys.insert(old.clone(), new.clone());
    }
    aligned.new = new(true).skip(old(true).count()).cloned().collect();
    Some(aligned)
}

/// Why the edited text does not say what was meant; none where it does.
pub(super) fn difference(site: &Site<'_>, after: &Parsed, aligned: &Aligned, expect: &Expect) -> Option<String> {
    let (old, new) = (&site.model, &after.model);
    if count_errors(&after.diagnostics) > site.errors() {
        return Some("other lines would no longer be understood".to_owned());
    }
    let properties = expect.changed_workspace || old.properties == new.properties;
    if old.name != new.name || old.description != new.description || !properties {
        return Some("the workspace would change".to_owned());
    }
    if old.linked_folders.len() < new.linked_folders.len() {
        return Some("linked documents would change".to_owned());
    }
    elements(old, new, aligned, expect)
        .or_else(|| relations(old, new, aligned, expect))
        .or_else(|| groups(old, new, aligned, expect))
        .or_else(|| views(old, new, aligned, expect))
}

fn elements(old: &Model, new: &Model, aligned: &Aligned, expect: &Expect) -> Option<String> {
    let map = |key: &Option<ElementKey>| key.as_ref().map(|key| aligned.key(key).cloned());
    for element in old.elements.values().filter(|element| !expect.gone.contains(&element.key)) {
        let found = aligned.key(&element.key).and_then(|key| new.elements.get(key));
        let Some(found) = found else { return Some(format!("{} would be lost", element.name)) };
        let of = map(&element.instance_of) == found.instance_of.clone().map(Some);
        if element.level != found.level || !of {
            return Some(format!("{} would become something else", element.name));
        }
        let instance = element.instance_of.as_ref().is_some_and(|of| expect.changed.contains(of));
        let says = (&element.description, &element.technology, &element.tags, &element.properties, &element.url)
            == (&found.description, &found.technology, &found.tags, &found.properties, &found.url);
        if !expect.changed.contains(&element.key) && !(says && (instance || element.name == found.name)) {
            return Some(format!("{} would change", element.name));
        }
        let place = map(&element.parent) == found.parent.clone().map(Some)
            && element.group.as_ref().map(|group| group_path(old, group, expect))
                == found.group.as_ref().map(|group| group_path(new, group, expect));
        // A renamed group has another path; its count is checked with the groups.
        let same_parent = map(&element.parent) == found.parent.clone().map(Some);
        let renamed = same_parent && !expect.changed_groups.is_empty();
        if !(place || renamed || expect.rehomed.contains(&element.key)) {
            return Some(format!("{} would lie elsewhere", element.name));
        }
    }
    None
}

/// The names of a group and those around it within its owner, without those that go.
fn group_path<'m>(model: &'m Model, key: &'m GroupKey, expect: &Expect) -> Vec<&'m str> {
    let around = std::iter::successors(Some(key), |key| model.groups.get(*key).and_then(|group| group.parent.as_ref()));
    let mut names: Vec<&str> = around
        .take(model.groups.len() + 1)
        .filter(|key| !expect.gone_groups.contains(*key))
        .filter_map(|key| model.groups.get(key))
        .map(|group| group.name.as_str())
        .collect();
    names.reverse();
    names
}

/// What a relation says, its ends under their new keys.
type Said<'m> = (
    Option<&'m ElementKey>,
    Option<&'m ElementKey>,
    &'m Option<String>,
    &'m Option<String>,
    &'m Vec<String>,
    &'m BTreeMap<String, String>,
    &'m Option<String>,
);

fn relations(old: &Model, new: &Model, aligned: &Aligned, expect: &Expect) -> Option<String> {
    let stated = |relation: &&Relation| relation.implied_by.is_none();
    let mut counts: BTreeMap<Said<'_>, i64> = BTreeMap::new();
    let left_out = |relation: &&Relation| expect.gone_relations.contains(&relation.key) || expect.changed_relations.contains(&relation.key);
    for relation in old.relations.values().filter(stated).filter(|relation| !left_out(relation)) {
        let (source, target) = (aligned.key(&relation.source), aligned.key(&relation.target));
        *counts.entry(said(relation, source, target)).or_default() += 1;
    }
    for relation in new.relations.values().filter(stated) {
        *counts.entry(said(relation, Some(&relation.source), Some(&relation.target))).or_default() -= 1;
    }
    if counts.values().any(|count| *count > 0) {
        return Some("another relationship would be lost or change".to_owned());
    }
    let more: i64 = counts.values().map(|count| -count).sum();
    let expected = expect.new_relations + expect.changed_relations.len();
    (usize::try_from(more).ok() != Some(expected)).then(|| "the relationships would not be as meant".to_owned())
}

fn said<'m>(relation: &'m Relation, source: Option<&'m ElementKey>, target: Option<&'m ElementKey>) -> Said<'m> {
    (source, target, &relation.description, &relation.technology, &relation.tags, &relation.properties, &relation.url)
}

fn groups(old: &Model, new: &Model, aligned: &Aligned, expect: &Expect) -> Option<String> {
    let kept = |group: &&Group| !expect.gone_groups.contains(&group.key) && !expect.changed_groups.contains(&group.key);
    let mut places: BTreeMap<(Option<&ElementKey>, Vec<&str>), i64> = BTreeMap::new();
    for group in old.groups.values().filter(kept) {
        let owner = group.owner.as_ref().map(|owner| aligned.key(owner));
        let Some(owner) = owner.map_or(Some(None), |key| key.map(Some)) else { continue };
        *places.entry((owner, group_path(old, &group.key, expect))).or_default() += 1;
    }
    for group in new.groups.values() {
        *places.entry((group.owner.as_ref(), group_path(new, &group.key, &Expect::default()))).or_default() -= 1;
    }
    // Groups inside a renamed one have another path.
    let missing: i64 = places.values().filter(|count| **count > 0).sum();
    if missing > 0 && expect.changed_groups.is_empty() {
        return Some("another boundary would be lost".to_owned());
    }
    let more: i64 = -places.values().sum::<i64>();
    let expected = expect.new_groups + expect.changed_groups.len();
    (usize::try_from(more).ok() != Some(expected)).then(|| "the boundaries would not be as meant".to_owned())
}

fn views(old: &Model, new: &Model, aligned: &Aligned, expect: &Expect) -> Option<String> {
    use crate::domain::model::view::ViewKind;
    let written = |view: &&View| view.kind != ViewKind::Everything;
    let kept: Vec<&View> = old.views.iter().filter(written).filter(|view| !expect.gone_views.contains(&view.key)).collect();
    let found: Vec<&View> = new.views.iter().filter(written).collect();
    if kept.len() + expect.new_views != found.len() {
        return Some("views would be lost".to_owned());
    }
    let mut rest = found.iter();
    for view in kept {
        // Views that are made stand between the others.
        let same = rest.by_ref().find(|other| other.key == view.key || expect.new_views == 0);
        let Some(same) = same else { return Some(format!("the view {} would be lost", view.key)) };
        if let Some(why) = one_view(old, new, view, same, aligned, expect) {
            return Some(why);
        }
    }
    None
}

fn one_view(old: &Model, new: &Model, view: &View, same: &View, aligned: &Aligned, expect: &Expect) -> Option<String> {
    let scope = view.scope.as_ref().map(|key| aligned.key(key).cloned()) == same.scope.clone().map(Some);
    let changed = expect.changed_views.contains(&view.key);
    let looks = (&view.title, &view.description, view.direction) == (&same.title, &same.description, same.direction);
    if view.kind != same.kind || !scope || !(looks || changed) {
        return Some(format!("the view {} would change", view.key));
    }
    let steps = view.steps.iter().filter(|step| {
        let gone = |relation: &Relation| {
            let by = relation.implied_by.as_ref().unwrap_or(&relation.key);
            expect.gone_relations.contains(by) || expect.gone.contains(&relation.source) || expect.gone.contains(&relation.target)
        };
        !old.relations.get(&step.relation).is_some_and(gone)
    });
    if steps.count() != same.steps.len() {
        return Some(format!("steps of the view {} would be lost", view.key));
    }
    if expect.views_follow || changed {
        return None;
    }
    let elements: BTreeSet<Option<&ElementKey>> = view.elements.iter().map(|key| aligned.key(key)).collect();
    let others: BTreeSet<Option<&ElementKey>> = same.elements.iter().map(Some).collect();
    let count = |model: &Model, view: &View| {
        view.relations.iter().filter(|key| model.relations.get(*key).is_some_and(|relation| relation.implied_by.is_none())).count()
    };
    (elements != others || count(old, view) != count(new, same)).then(|| format!("the view {} would show something else", view.key))
}
