//! What part of a design a review is about. Everything has its name and can be looked up; the scope says what is written down
//! from the beginning, and what changed.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{
    agent::{
        change::{self, ModelChange},
        snapshot::{DecisionPart, DiagramPart},
    },
    id::DocumentId,
    model::{ElementKey, Model},
    syntax::{Sources, parse},
};

/// So many relations lead from what changed to what is still shown.
const STEPS: usize = 2;

/// What a review is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    #[default]
    Project,
    Document(DocumentId),
    /// What differs from these texts, by path, and what lies around it.
    ChangedSince(BTreeMap<String, String>),
}

/// The scope, worked out. Elements and decisions are by their place in the snapshot's lists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Focus {
    /// None for all.
    pub elements: Option<BTreeSet<(usize, ElementKey)>>,
    /// None for all.
    pub decisions: Option<BTreeSet<usize>>,
    /// Per diagram what changed; only with [`Scope::ChangedSince`].
    pub changes: Option<BTreeMap<usize, ModelChange>>,
    /// Decisions that are new or have another text.
    pub changed_decisions: BTreeSet<usize>,
    /// Paths of documents that are gone.
    pub gone: Vec<String>,
}

impl Focus {
    pub fn shows_element(&self, diagram: usize, key: &ElementKey) -> bool {
        self.elements.as_ref().is_none_or(|shown| shown.contains(&(diagram, key.clone())))
    }

    pub fn shows_decision(&self, decision: usize) -> bool {
        self.decisions.as_ref().is_none_or(|shown| shown.contains(&decision))
    }
}

/// Works a scope out.
pub(super) fn focus(scope: &Scope, diagrams: &[DiagramPart], decisions: &[DecisionPart], sources: &Sources) -> Focus {
    match scope {
        Scope::Project => Focus::default(),
        Scope::Document(document) => one(*document, diagrams, decisions),
        Scope::ChangedSince(base) => changed(base, diagrams, decisions, sources),
    }
}

/// A diagram with the decisions that name its elements, or a decision with the elements that it names.
fn one(document: DocumentId, diagrams: &[DiagramPart], decisions: &[DecisionPart]) -> Focus {
    let mut elements = BTreeSet::new();
    let mut shown = BTreeSet::new();
    for (at, diagram) in diagrams.iter().enumerate() {
        let model = &diagram.parsed.model;
        if diagram.document == document {
            elements.extend(model.elements.keys().map(|key| (at, key.clone())));
        }
        for (number, decision) in decisions.iter().enumerate() {
            let linked: Vec<ElementKey> =
                decision.record.element_links.iter().filter_map(|link| model.find(&link.text)).map(|element| element.key.clone()).collect();
            if decision.document == document {
                elements.extend(linked.iter().flat_map(|key| with_parents(model, key)).map(|key| (at, key)));
            } else if diagram.document == document && !linked.is_empty() {
                shown.insert(number);
            }
        }
    }
    shown.extend(decisions.iter().enumerate().filter(|(_, decision)| decision.document == document).map(|(number, _)| number));
    Focus { elements: Some(elements), decisions: Some(shown), ..Focus::default() }
}

fn changed(base: &BTreeMap<String, String>, diagrams: &[DiagramPart], decisions: &[DecisionPart], sources: &Sources) -> Focus {
    let mut changes = BTreeMap::new();
    let mut elements = BTreeSet::new();
    // Files that are no diagrams are taken as they are now.
    let mut before = sources.clone();
    before.extend(base.clone());
    for (at, diagram) in diagrams.iter().enumerate() {
        let old = match (base.get(&diagram.path), diagram.language) {
            (Some(text), Some(language)) => parse(language, &diagram.path, text, &before).model,
            _ => Model::default(),
        };
        let change = change::between(&old, &diagram.parsed.model);
        elements.extend(around(&diagram.parsed.model, &change, &old).into_iter().map(|key| (at, key)));
        if !change.is_empty() {
            changes.insert(at, change);
        }
    }
    let changed_decisions: BTreeSet<usize> = decisions
        .iter()
        .enumerate()
        .filter(|(_, decision)| base.get(&decision.path).is_none_or(|text| *text != decision.text))
        .map(|(number, _)| number)
        .collect();
    let known: BTreeSet<&str> =
        diagrams.iter().map(|part| part.path.as_str()).chain(decisions.iter().map(|part| part.path.as_str())).collect();
    Focus {
        elements: Some(elements),
        decisions: Some(changed_decisions.clone()),
        changes: Some(changes),
        changed_decisions,
        gone: base.keys().filter(|path| !known.contains(path.as_str()) && !sources.contains_key(*path)).cloned().collect(),
    }
}

/// What changed, what lies within two relations of it, and what is around that.
fn around(model: &Model, change: &ModelChange, old: &Model) -> BTreeSet<ElementKey> {
    let mut seen: BTreeSet<ElementKey> =
        change.elements_added.iter().chain(change.elements_changed.iter().map(|altered| &altered.key)).cloned().collect();
    let touched = change.relations_added.iter().chain(change.relations_changed.iter().map(|altered| &altered.key));
    let ends = touched.filter_map(|key| model.relations.get(key)).flat_map(|relation| [relation.source.clone(), relation.target.clone()]);
    seen.extend(ends.collect::<Vec<_>>());
    let lost = change.relations_removed.iter().filter_map(|key| old.relations.get(key));
    seen.extend(
        lost.flat_map(|relation| [relation.source.clone(), relation.target.clone()]).filter(|key| model.elements.contains_key(key)),
    );
    for _ in 0..STEPS {
        let next: Vec<ElementKey> = model
            .relations
            .values()
            .filter(|relation| relation.implied_by.is_none())
            .filter(|relation| seen.contains(&relation.source) || seen.contains(&relation.target))
            .flat_map(|relation| [relation.source.clone(), relation.target.clone()])
            .collect();
        seen.extend(next);
    }
    seen.iter().flat_map(|key| with_parents(model, key)).collect()
}

fn with_parents(model: &Model, key: &ElementKey) -> Vec<ElementKey> {
    std::iter::once(key.clone()).chain(model.ancestors(key).map(|element| element.key.clone())).collect()
}
