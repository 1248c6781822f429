//! A design frozen for one review, as every agent of it sees it: the same short names for the same things, the same bytes for
//! the same design.
//!
//! `E17` is an element, `R41` a relation, `B1` a boundary, `D1` a diagram, `V1` a view, `A5` a decision record and `F3` a
//! finding that is known already. [`Snapshot::find`] leads from a name to the thing, [`render`] writes the whole down,
//! [`scope`] says what part of it a review is about.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{
    agent::untrusted::{ShownLine, lines_of_markdown, lines_of_text, quoted},
    decision::Record,
    diagnostic::LineIndex,
    id::DocumentId,
    model::{Element, ElementKey, Group, GroupKey, Relation, RelationKey, facts::Facts, view::View},
    review::{
        FindingState,
        engine::Design,
        finding::{Anchor, Finding},
        fingerprint,
    },
    syntax::{Language, Parsed, Sources, language_of},
};

pub mod render;
pub mod scope;

use scope::{Focus, Scope};

/// A finding that is known when the agents start: of the rules in this review, or of agents before.
#[derive(Clone, Debug, PartialEq)]
pub struct Reported {
    pub finding: Finding,
    pub state: FindingState,
    /// Why people left it in this state; empty if they did not say.
    pub reason: String,
}

/// A diagram of the design.
#[derive(Clone, Debug)]
pub struct DiagramPart {
    pub document: DocumentId,
    pub path: String,
    pub text: String,
    pub parsed: Parsed,
    pub language: Option<Language>,
    /// Another diagram includes it; its elements are named there.
    pub included: bool,
    /// The text as agents see it.
    pub lines: Vec<ShownLine>,
}

/// A decision record of the design.
#[derive(Clone, Debug)]
pub struct DecisionPart {
    pub document: DocumentId,
    pub path: String,
    pub text: String,
    pub record: Record,
    /// The text as agents see it.
    pub lines: Vec<ShownLine>,
}

/// The frozen design.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// By path.
    pub diagrams: Vec<DiagramPart>,
    /// By path.
    pub decisions: Vec<DecisionPart>,
    /// Worst first, then by code and identity.
    pub reported: Vec<Reported>,
    /// Other files that diagrams include, by path.
    pub sources: Sources,
    /// Twelve hexadecimal digits that name the texts together.
    pub revision: String,
    focus: Focus,
    elements: Numbered<ElementKey>,
    relations: Numbered<RelationKey>,
    boundaries: Numbered<GroupKey>,
    views: Numbered<String>,
}

/// Things of diagrams with their numbers: the place in the list, from 1.
#[derive(Clone, Debug)]
struct Numbered<K> {
    order: Vec<(usize, K)>,
    number: BTreeMap<(usize, K), usize>,
}

impl<K: Ord + Clone> Numbered<K> {
    fn new(order: Vec<(usize, K)>) -> Self {
        let number = order.iter().cloned().zip(1..).collect();
        Self { order, number }
    }

    fn get(&self, number: usize) -> Option<&(usize, K)> {
        self.order.get(number.checked_sub(1)?)
    }

    fn number(&self, diagram: usize, key: &K) -> Option<usize> {
        self.number.get(&(diagram, key.clone())).copied()
    }
}

/// What a short name means.
#[derive(Clone, Copy, Debug)]
pub enum Item<'a> {
    /// The number is that of the diagram in [`Snapshot::diagrams`], here and below.
    Element(usize, &'a Element),
    Relation(usize, &'a Relation),
    Boundary(usize, &'a Group),
    View(usize, &'a View),
    Diagram(usize, &'a DiagramPart),
    Decision(usize, &'a DecisionPart),
    Finding(&'a Reported),
}

impl Snapshot {
    /// Freezes a design. `sources` are the project's files that diagrams include and that are no diagrams themselves.
    pub fn new(design: &Design<'_>, sources: &Sources, reported: &[Reported], scope: &Scope) -> Self {
        let mut diagrams: Vec<DiagramPart> = design
            .diagrams
            .iter()
            .map(|diagram| DiagramPart {
                document: diagram.document,
                path: diagram.path.to_owned(),
                text: diagram.text.to_owned(),
                parsed: diagram.parsed.clone(),
                language: language_of(diagram.path, diagram.text),
                included: false,
                lines: lines_of_text(diagram.text),
            })
            .collect();
        diagrams.sort_by(|left, right| (&left.path, left.document).cmp(&(&right.path, right.document)));
        let files: BTreeSet<String> = diagrams.iter().flat_map(included_by).collect();
        for diagram in &mut diagrams {
            diagram.included = files.contains(&diagram.path);
        }
        let mut decisions: Vec<DecisionPart> = design
            .decisions
            .iter()
            .map(|decision| DecisionPart {
                document: decision.document,
                path: decision.path.to_owned(),
                text: decision.text.to_owned(),
                record: decision.record.clone(),
                lines: lines_of_markdown(decision.text),
            })
            .collect();
        decisions.sort_by(|left, right| (&left.path, left.document).cmp(&(&right.path, right.document)));
        let mut reported = reported.to_vec();
        reported.sort_by(|left, right| {
            let key = |known: &Reported| {
                (std::cmp::Reverse(known.finding.severity), known.finding.code.clone(), known.finding.fingerprint.clone())
            };
            key(left).cmp(&key(right))
        });
        let mut all = sources.clone();
        all.extend(diagrams.iter().map(|diagram| (diagram.path.clone(), diagram.text.clone())));
        let focus = scope::focus(scope, &diagrams, &decisions, &all);
        Self {
            elements: numbered(&diagrams, |diagram| diagram.parsed.model.elements.keys().cloned().collect()),
            relations: numbered_relations(&diagrams),
            boundaries: numbered(&diagrams, |diagram| diagram.parsed.model.groups.keys().cloned().collect()),
            views: numbered(&diagrams, |diagram| diagram.parsed.model.views.iter().map(|view| view.key.clone()).collect()),
            revision: revision(&diagrams, &decisions),
            sources: all,
            diagrams,
            decisions,
            reported,
            focus,
        }
    }

    /// What a short name means; case does not matter.
    pub fn find(&self, name: &str) -> Option<Item<'_>> {
        let (letter, number) = parts(name)?;
        let model = |diagram: usize| self.diagrams.get(diagram).map(|diagram| &diagram.parsed.model);
        match letter {
            'E' => self.elements.get(number).and_then(|(at, key)| Some(Item::Element(*at, model(*at)?.elements.get(key)?))),
            'R' => self.relations.get(number).and_then(|(at, key)| Some(Item::Relation(*at, model(*at)?.relations.get(key)?))),
            'B' => self.boundaries.get(number).and_then(|(at, key)| Some(Item::Boundary(*at, model(*at)?.groups.get(key)?))),
            'V' => self.views.get(number).and_then(|(at, key)| Some(Item::View(*at, model(*at)?.view(key)?))),
            'D' => number.checked_sub(1).and_then(|at| Some(Item::Diagram(at, self.diagrams.get(at)?))),
            'A' => number.checked_sub(1).and_then(|at| Some(Item::Decision(at, self.decisions.get(at)?))),
            'F' => number.checked_sub(1).and_then(|at| self.reported.get(at)).map(Item::Finding),
            _ => None,
        }
    }

    /// `E17`; none for what has no name, such as an element of a file that another diagram includes.
    pub fn element(&self, diagram: usize, key: &ElementKey) -> Option<String> {
        self.elements.number(diagram, key).map(|number| format!("E{number}"))
    }

    pub fn relation(&self, diagram: usize, key: &RelationKey) -> Option<String> {
        self.relations.number(diagram, key).map(|number| format!("R{number}"))
    }

    pub fn boundary(&self, diagram: usize, key: &GroupKey) -> Option<String> {
        self.boundaries.number(diagram, key).map(|number| format!("B{number}"))
    }

    pub fn view(&self, diagram: usize, key: &str) -> Option<String> {
        self.views.number(diagram, &key.to_owned()).map(|number| format!("V{number}"))
    }

    /// `F3`, by a finding's place in [`Snapshot::reported`].
    pub fn finding(place: usize) -> String {
        format!("F{}", place + 1)
    }

    /// Every element with its name, in the order of the names.
    pub fn elements(&self) -> impl Iterator<Item = (String, usize, &Element)> {
        let found = |(at, key): &(usize, ElementKey)| self.diagrams.get(*at)?.parsed.model.elements.get(key).map(|element| (*at, element));
        self.elements
            .order
            .iter()
            .zip(1..)
            .filter_map(move |(key, number)| found(key).map(|(at, element)| (format!("E{number}"), at, element)))
    }

    /// Every stated relation with its name, in the order of the names.
    pub fn relations(&self) -> impl Iterator<Item = (String, usize, &Relation)> {
        let found =
            |(at, key): &(usize, RelationKey)| self.diagrams.get(*at)?.parsed.model.relations.get(key).map(|relation| (*at, relation));
        self.relations
            .order
            .iter()
            .zip(1..)
            .filter_map(move |(key, number)| found(key).map(|(at, relation)| (format!("R{number}"), at, relation)))
    }

    /// Every boundary with its name, in the order of the names.
    pub fn boundaries(&self) -> impl Iterator<Item = (String, usize, &Group)> {
        let found = |(at, key): &(usize, GroupKey)| self.diagrams.get(*at)?.parsed.model.groups.get(key).map(|group| (*at, group));
        self.boundaries
            .order
            .iter()
            .zip(1..)
            .filter_map(move |(key, number)| found(key).map(|(at, group)| (format!("B{number}"), at, group)))
    }

    /// The diagram or decision of a document.
    pub fn document(&self, document: DocumentId) -> Option<Item<'_>> {
        let diagram = self.diagrams.iter().position(|part| part.document == document);
        let decision = self.decisions.iter().position(|part| part.document == document);
        diagram
            .and_then(|at| Some(Item::Diagram(at, self.diagrams.get(at)?)))
            .or_else(|| decision.and_then(|at| Some(Item::Decision(at, self.decisions.get(at)?))))
    }

    /// The short names of what an anchor points at; one that points at nothing here gives none.
    pub fn names_of(&self, anchor: &Anchor) -> Vec<String> {
        let at = self.diagrams.iter().position(|part| part.document == anchor.document());
        let named = |found: Option<String>| found.into_iter().collect::<Vec<_>>();
        let whole = || match self.document(anchor.document()) {
            Some(Item::Diagram(at, _)) => vec![format!("D{}", at + 1)],
            Some(Item::Decision(at, _)) => vec![format!("A{}", at + 1)],
            _ => Vec::new(),
        };
        match (anchor, at) {
            (Anchor::Element { element, .. } | Anchor::Absence { scope: Some(element), .. }, Some(at)) => named(self.element(at, element)),
            (Anchor::Relation { relation, .. }, Some(at)) => named(self.relation(at, relation)),
            (Anchor::Path { relations, .. }, Some(at)) => relations.iter().filter_map(|relation| self.relation(at, relation)).collect(),
            (Anchor::Group { group, .. }, Some(at)) => named(self.boundary(at, group)),
            _ => whole(),
        }
    }

    /// The whole as text, for the prompt; ends in a line end.
    pub fn render(&self) -> String {
        render::snapshot(self)
    }

    /// What part of the design the review is about.
    pub const fn focus(&self) -> &Focus {
        &self.focus
    }
}

impl Item<'_> {
    /// What a claim about it can ask for; none for views and findings.
    pub const fn facts(&self) -> Option<&Facts> {
        match self {
            Self::Element(_, element) => Some(&element.facts),
            Self::Relation(_, relation) => Some(&relation.facts),
            Self::Boundary(_, group) => Some(&group.facts),
            Self::Diagram(_, diagram) => Some(&diagram.parsed.model.facts),
            Self::View(..) | Self::Decision(..) | Self::Finding(_) => None,
        }
    }

    /// In words, for people: a name as it is written in the design, not masked.
    pub fn name(&self, snapshot: &Snapshot) -> String {
        match self {
            Self::Element(_, element) => element.name.clone(),
            Self::Relation(at, relation) => {
                let name = |key: &ElementKey| {
                    let model = snapshot.diagrams.get(*at).map(|diagram| &diagram.parsed.model);
                    model.and_then(|model| model.element(key)).map_or_else(|| key.to_string(), |element| element.name.clone())
                };
                format!("{} → {}", name(&relation.source), name(&relation.target))
            }
            Self::Boundary(_, group) => group.name.clone(),
            Self::View(_, view) => view.display_title(None),
            Self::Diagram(_, diagram) => diagram.path.clone(),
            Self::Decision(_, decision) => decision.record.title.clone(),
            Self::Finding(known) => known.finding.code.clone(),
        }
    }
}

/// The letter and the number of a short name.
pub fn parts(name: &str) -> Option<(char, usize)> {
    let name = name.trim();
    let letter = name.chars().next().map(|letter| letter.to_ascii_uppercase())?;
    let digits = name.get(letter.len_utf8()..)?;
    let fine = (1..=6).contains(&digits.len()) && digits.chars().all(|c| c.is_ascii_digit()) && !digits.starts_with('0');
    (fine && "ERBDVAF".contains(letter)).then(|| digits.parse().ok().map(|number| (letter, number))).flatten()
}

/// Where a span lies, as `D1:34`, or as a quoted path and a line for a file that is no diagram.
pub(super) fn place(snapshot: &Snapshot, diagram: usize, file: Option<&str>, offset: u32) -> String {
    let Some(own) = snapshot.diagrams.get(diagram) else { return String::new() };
    let Some(file) = file.filter(|file| *file != own.path) else {
        return format!("D{}:{}", diagram + 1, LineIndex::new(&own.text).place(offset).line);
    };
    let line = snapshot.sources.get(file).map_or(1, |text| LineIndex::new(text).place(offset).line);
    snapshot
        .diagrams
        .iter()
        .position(|part| part.path == file)
        .map_or_else(|| format!("{}:{line}", quoted(file)), |at| format!("D{}:{line}", at + 1))
}

fn included_by(diagram: &DiagramPart) -> Vec<String> {
    let model = &diagram.parsed.model;
    let elements = model.elements.values().filter_map(|element| element.file.as_deref());
    let relations = model.relations.values().filter_map(|relation| relation.file.as_deref());
    elements.chain(relations).filter(|file| *file != diagram.path).map(str::to_owned).collect()
}

fn numbered<K: Ord + Clone>(diagrams: &[DiagramPart], keys: impl Fn(&DiagramPart) -> BTreeSet<K>) -> Numbered<K> {
    let own = |(at, diagram): (usize, &DiagramPart)| keys(diagram).into_iter().map(move |key| (at, key)).collect::<Vec<_>>();
    Numbered::new(diagrams.iter().enumerate().filter(|(_, diagram)| !diagram.included).flat_map(own).collect())
}

/// By source, then target, so that a caller's relations stand together.
fn numbered_relations(diagrams: &[DiagramPart]) -> Numbered<RelationKey> {
    let mut order = Vec::new();
    for (at, diagram) in diagrams.iter().enumerate().filter(|(_, diagram)| !diagram.included) {
        let mut stated: Vec<&Relation> = diagram.parsed.model.relations.values().filter(|relation| relation.implied_by.is_none()).collect();
        stated.sort_by(|left, right| (&left.source, &left.target, &left.key).cmp(&(&right.source, &right.target, &right.key)));
        order.extend(stated.into_iter().map(|relation| (at, relation.key.clone())));
    }
    Numbered::new(order)
}

fn revision(diagrams: &[DiagramPart], decisions: &[DecisionPart]) -> String {
    let texts = diagrams.iter().map(|part| (&part.path, &part.text)).chain(decisions.iter().map(|part| (&part.path, &part.text)));
    let hash = fingerprint::hash(texts.flat_map(|(path, text)| [path.clone(), text.clone()]));
    hash.chars().take(12).collect()
}

#[cfg(test)]
pub(super) mod tests;
