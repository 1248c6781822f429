//! A finding with the texts it was found in: what a way to mend it is worked out from.

use std::collections::BTreeSet;

use crate::domain::{
    agent::proposal::{ElementRef, Step, Suggestion, Thing},
    id::DocumentId,
    model::{
        Element, ElementKey, Model, Relation, RelationKey,
        facts::{Fact, Facts, State},
    },
    moment::Day,
    review::{
        check::{Recorded, Subject},
        finding::{Anchor, Finding},
        graph::{Edge, Graph},
    },
};

/// What the rule found, and where.
pub struct Broken<'a> {
    pub finding: &'a Finding,
    /// The diagram that the finding is about; none where it is about decisions alone.
    pub subject: Option<&'a Subject<'a>>,
    /// All diagrams.
    subjects: &'a [Subject<'a>],
    pub decisions: &'a [Recorded<'a>],
    pub today: Day,
}

/// Something that has facts: an element or relation that a finding points at, or the whole diagram.
#[derive(Clone, Copy)]
pub struct Bearer<'a> {
    pub what: Bears<'a>,
    pub facts: &'a Facts,
}

/// What bears facts.
#[derive(Clone, Copy)]
pub enum Bears<'a> {
    Element(&'a Element),
    Relation(&'a Relation),
    Workspace,
}

impl<'a> Bearer<'a> {
    pub const fn element(element: &'a Element) -> Self {
        Self { what: Bears::Element(element), facts: &element.facts }
    }

    pub const fn relation(relation: &'a Relation) -> Self {
        Self { what: Bears::Relation(relation), facts: &relation.facts }
    }

    pub fn thing(&self) -> Thing {
        match self.what {
            Bears::Element(element) => Thing::Element(there(&element.key)),
            Bears::Relation(relation) => Thing::Relation(relation.key.clone()),
            Bears::Workspace => Thing::Workspace,
        }
    }

    /// What is stated, if anything is.
    pub fn fact(&self, name: &str) -> Option<&'a Fact> {
        self.facts.get(name).filter(|fact| fact.state() != State::Unknown)
    }

    /// For titles.
    pub fn name(&self, model: &Model) -> String {
        let name = |key: &ElementKey| model.element(key).map_or_else(|| key.to_string(), |element| element.name.clone());
        match self.what {
            Bears::Element(element) => element.name.clone(),
            Bears::Relation(relation) => format!("{} → {}", name(&relation.source), name(&relation.target)),
            Bears::Workspace => "the whole design".to_owned(),
        }
    }
}

/// An element that the text has.
pub fn there(key: &ElementKey) -> ElementRef {
    ElementRef::There(key.clone())
}

impl<'a> Broken<'a> {
    pub fn new(finding: &'a Finding, subjects: &'a [Subject<'a>], decisions: &'a [Recorded<'a>], today: Day) -> Self {
        let of = |document: DocumentId| subjects.iter().find(|subject| subject.document == document);
        let subject = finding.anchors.iter().find_map(|anchor| of(anchor.document()));
        Self { finding, subject, subjects, decisions, today }
    }

    pub fn graph(&self) -> Option<&'a Graph<'a>> {
        self.subject.map(|subject| &subject.graph)
    }

    pub fn model(&self) -> Option<&'a Model> {
        self.subject.map(|subject| subject.graph.model)
    }

    /// The anchors in the diagram that the finding is about.
    fn anchors(&self) -> impl Iterator<Item = &'a Anchor> {
        let document = self.subject.map(|subject| subject.document);
        self.finding.anchors.iter().filter(move |anchor| Some(anchor.document()) == document)
    }

    /// The elements that the finding points at, in its order.
    pub fn elements(&self) -> Vec<&'a Element> {
        let Some(model) = self.model() else { return Vec::new() };
        let keys = self.anchors().filter_map(|anchor| if let Anchor::Element { element, .. } = anchor { Some(element) } else { None });
        keys.filter_map(|key| model.element(key)).collect()
    }

    /// The relations that the finding points at, in its order.
    pub fn relations(&self) -> Vec<&'a Relation> {
        let Some(model) = self.model() else { return Vec::new() };
        let mut found: Vec<&RelationKey> = Vec::new();
        for anchor in self.anchors() {
            let keys: &[RelationKey] = match anchor {
                Anchor::Relation { relation, .. } => std::slice::from_ref(relation),
                Anchor::Path { relations, .. } => relations,
                _ => &[],
            };
            for key in keys {
                if !found.contains(&key) {
                    found.push(key);
                }
            }
        }
        found.into_iter().filter_map(|key| model.relations.get(key)).collect()
    }

    /// The same as edges, from the initiator to the target.
    pub fn edges(&self) -> Vec<&'a Edge<'a>> {
        let Some(graph) = self.graph() else { return Vec::new() };
        let edge = |relation: &Relation| graph.edges().iter().find(|edge| edge.relation.key == relation.key);
        self.relations().into_iter().filter_map(edge).collect()
    }

    pub fn workspace(&self) -> Option<Bearer<'a>> {
        Some(Bearer { what: Bears::Workspace, facts: &self.model()?.facts })
    }

    /// The names of the elements of all diagrams, each once.
    pub fn names(&self) -> BTreeSet<&'a str> {
        let elements = self.subjects.iter().flat_map(|subject| subject.graph.model.elements.values());
        elements.map(|element| element.name.as_str()).collect()
    }

    /// Whether any diagram has an element of this name, identifier or key.
    pub fn is_drawn(&self, name: &str) -> bool {
        self.subjects.iter().any(|subject| subject.graph.model.find(name).is_some())
    }

    pub fn record(&self, document: DocumentId) -> Option<&'a Recorded<'a>> {
        self.decisions.iter().find(|recorded| recorded.document == document)
    }

    /// The first record that the finding points at.
    pub fn first_record(&self) -> Option<&'a Recorded<'a>> {
        self.finding.anchors.iter().find_map(|anchor| self.record(anchor.document()))
    }

    /// Steps of a change to the diagram.
    pub fn diagram(&self, steps: Vec<Step>) -> Option<Suggestion> {
        let document = self.subject?.document;
        (!steps.is_empty()).then_some(Suggestion::Diagram { document, steps })
    }
}
