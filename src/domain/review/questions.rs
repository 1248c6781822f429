//! Questions: facts that rules ask for and no text states, as one card for each element, and answers as the smallest edits of
//! the text. Nothing is concluded from silence, so only people can answer.
//!
//! [`cards`] makes cards of a review's open facts, [`answer`] writes an answer. `format` says what an answer may look like.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::{
    id::DocumentId,
    model::{
        Element, ElementKey, RelationKey,
        facts::{Facts, State, WORKSPACE, catalogue},
    },
    review::{
        check::Subject as Diagram,
        engine::{self, Design, OpenFact, Outcome},
        fix::plan::called,
        graph::{Edge, kind, walk},
        rules,
    },
    syntax::gesture::Subject,
};

pub mod answer;
pub mod format;

use format::{Choice, Format};

/// What one element leaves open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuestionCard {
    pub document: DocumentId,
    pub path: String,
    /// The element, or the whole design.
    pub subject: Subject,
    /// The element's name; the design's for the whole.
    pub name: String,
    /// The element's kind, such as `database`; none for the whole design.
    pub kind: Option<String>,
    /// How many other elements use it, directly or through others.
    pub dependents: u32,
    /// The included file in which the element is written and to be answered; none where it is the document itself.
    pub elsewhere: Option<String>,
    /// What most rules ask for comes first.
    pub questions: Vec<Question>,
}

/// One fact that nobody has stated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// What the fact is said of: the card's element or one of its relations.
    pub about: Subject,
    /// A relation as `Order service → Orders DB`; none for the card's own subject.
    pub relation: Option<String>,
    pub fact: String,
    /// What people call it, such as `dead-letter queue`.
    pub label: String,
    /// What it means, one sentence.
    pub words: String,
    /// Who asks, in catalogue order.
    pub why: Vec<Why>,
    pub choices: Vec<Choice>,
    /// How a value is written, where the answer can be one.
    pub value: Option<Format>,
}

/// A rule that can say nothing before the question is answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Why {
    pub code: String,
    /// `Missing timeout`.
    pub name: String,
}

/// The questions of a review, an element each: what most depends on comes first. Sketches are not asked, nor what is only
/// planned, retired, least critical or there for development alone.
pub fn cards(outcome: &Outcome, design: &Design<'_>) -> Vec<QuestionCard> {
    let subjects = engine::subjects(design);
    let mut cards: Vec<(Rank, QuestionCard)> = Vec::new();
    for diagram in subjects.iter().filter(|diagram| !is_sketch(diagram)) {
        let mut asked: BTreeMap<usize, Vec<Question>> = BTreeMap::new();
        let mut whole: Vec<Question> = Vec::new();
        for open in outcome.open.iter().filter(|open| open.document == diagram.document) {
            for (place, question) in placed(diagram, open) {
                let list = place.map_or(&mut whole, |index| asked.entry(index).or_default());
                // Two rules may ask the same of a queue and of the relations at it.
                match list.iter_mut().find(|known| known.about == question.about && known.fact == question.fact) {
                    Some(known) => known.why.extend(question.why),
                    None => list.push(question),
                }
            }
        }
        let dependents = dependents(diagram);
        cards.extend(asked.into_iter().filter_map(|(index, questions)| card(diagram, index, questions, &dependents)));
        if !whole.is_empty() {
            let name = diagram.graph.model.name.clone();
            let card = QuestionCard {
                document: diagram.document,
                path: diagram.path.to_owned(),
                subject: Subject::Workspace,
                name: if name.is_empty() { diagram.path.to_owned() } else { name },
                kind: None,
                dependents: count(diagram.graph.len()),
                elsewhere: None,
                questions: ordered(whole),
            };
            cards.push(((std::cmp::Reverse(card.dependents), 0, 0), card));
        }
    }
    cards.sort_by(|(left, one), (right, other)| (left, &one.path, &one.name).cmp(&(right, &other.path, &other.name)));
    cards.into_iter().map(|(_, card)| card).collect()
}

/// What most depends on, then the more critical tier, then the order of the text.
type Rank = (std::cmp::Reverse<u32>, u8, usize);

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn is_sketch(diagram: &Diagram<'_>) -> bool {
    let facts = &diagram.graph.model.facts;
    facts.is("stage", "sketch") || facts.is("profile", "sketch")
}

/// Nobody has to answer for it.
fn is_spared<'a>(diagram: &Diagram<'a>, element: &'a Element) -> bool {
    let graph = &diagram.graph;
    element.facts.is_any("lifecycle", &["planned", "retired"])
        || graph.tier(element).is_some_and(|tier| tier > 2)
        || graph.is_dev_only(element)
}

/// How many units reach each one.
fn dependents(diagram: &Diagram<'_>) -> Vec<u32> {
    let graph = &diagram.graph;
    let mut callers: walk::Adjacency = vec![Vec::new(); graph.len()];
    for edge in graph.edges() {
        if let Some(list) = callers.get_mut(edge.target) {
            list.push(edge.source);
        }
    }
    let reach = |index: usize| walk::reachable(&callers, [index]).into_iter().filter(|reached| *reached).count();
    // The element itself does not count.
    (0..graph.len()).map(|index| count(reach(index).saturating_sub(1))).collect()
}

fn card(diagram: &Diagram<'_>, index: usize, questions: Vec<Question>, dependents: &[u32]) -> Option<(Rank, QuestionCard)> {
    let element = diagram.graph.element(index).filter(|element| !is_spared(diagram, element))?;
    let dependents = dependents.get(index).copied().unwrap_or(0);
    let card = QuestionCard {
        document: diagram.document,
        path: diagram.path.to_owned(),
        subject: Subject::Element(element.key.clone()),
        name: element.name.clone(),
        kind: Some(kind(element).slug().to_owned()),
        dependents,
        elsewhere: element.file.clone(),
        questions: ordered(questions),
    };
    Some(((std::cmp::Reverse(dependents), diagram.graph.tier(element).unwrap_or(2), index), card))
}

/// What most rules ask for first, then as the catalogue has the rules, then the element's own before its relations.
fn ordered(mut questions: Vec<Question>) -> Vec<Question> {
    let place = |question: &Question| rules::ALL.iter().position(|rule| question.why.first().is_some_and(|why| why.code == rule.code));
    for question in &mut questions {
        question.why.sort_by_key(|why| rules::ALL.iter().position(|rule| rule.code == why.code));
        question.why.dedup();
    }
    questions.sort_by(|left, right| {
        let key = |question: &Question| (std::cmp::Reverse(question.why.len()), place(question), question.relation.clone());
        key(left).cmp(&key(right)).then_with(|| left.fact.cmp(&right.fact))
    });
    questions
}

/// What nobody states is open; what is stated may still be more than a rule can read.
fn is_open(facts: &Facts, fact: &str) -> bool {
    facts.state(fact) == State::Unknown
}

/// The question of an open fact, with the number of the element whose card has it; none of that for the whole design.
fn placed(diagram: &Diagram<'_>, open: &OpenFact) -> Vec<(Option<usize>, Question)> {
    let graph = &diagram.graph;
    let Some(about) = catalogue::about(&open.fact) else { return Vec::new() };
    if open.subject == WORKSPACE {
        if !is_open(&graph.model.facts, &open.fact) {
            return Vec::new();
        }
        return question(open, about, Subject::Workspace, None).map(|question| (None, question)).into_iter().collect();
    }
    if let Some(element) = graph.model.element(&ElementKey(open.subject.clone())) {
        // A part of a container is not asked: the container speaks for it.
        let unit = graph.unit(&element.key).filter(|unit| graph.element(*unit).is_some_and(|unit| unit.key == element.key));
        let Some(index) = unit.filter(|_| is_open(&element.facts, &open.fact)) else { return Vec::new() };
        // What can only be said of relations is asked of those that lead to it and leave it open.
        if about.subjects == [catalogue::Subject::Relation] {
            let leads: Vec<&Edge<'_>> = graph.incoming(index).filter(|edge| is_open(edge.facts(), &open.fact)).collect();
            if !leads.is_empty() && !is_said_of_callers(&open.fact) {
                return leads.into_iter().filter_map(|edge| of_edge(diagram, open, about, edge)).collect();
            }
        }
        let subject = Subject::Element(element.key.clone());
        return question(open, about, subject, None).map(|question| (Some(index), question)).into_iter().collect();
    }
    let key = RelationKey(open.subject.clone());
    let edge = graph.edges().iter().find(|edge| edge.relation.key == key);
    edge.and_then(|edge| of_edge(diagram, open, about, edge)).into_iter().collect()
}

/// Facts of relations that a caller may state once for all its calls.
fn is_said_of_callers(fact: &str) -> bool {
    ["timeout", "retry", "circuit_breaker", "bulkhead"].contains(&fact)
}

/// A relation is asked about at whoever begins it, or at our end where that is outside.
fn of_edge(diagram: &Diagram<'_>, open: &OpenFact, about: &catalogue::FactDoc, edge: &Edge<'_>) -> Option<(Option<usize>, Question)> {
    let graph = &diagram.graph;
    let (source, target) = (graph.source(edge)?, graph.target(edge)?);
    if !is_open(edge.facts(), &open.fact) || [source, target].into_iter().any(|end| is_spared(diagram, end)) {
        return None;
    }
    let place = if graph.is_outside(source) { edge.target } else { edge.source };
    // As the text draws it: parts of a container have relations of their own.
    let name = |key: &ElementKey| graph.model.element(key).map_or_else(|| key.to_string(), |element| element.name.clone());
    let arrow = format!("{} → {}", name(&edge.relation.source), name(&edge.relation.target));
    let subject = Subject::Relation(edge.relation.key.clone());
    question(open, about, subject, Some(arrow)).map(|question| (Some(place), question))
}

fn question(open: &OpenFact, about: &catalogue::FactDoc, subject: Subject, relation: Option<String>) -> Option<Question> {
    let why: Vec<Why> = open
        .rules
        .iter()
        .filter_map(|code| rules::by_code(code))
        .map(|rule| Why { code: rule.code.to_owned(), name: rule.name() })
        .collect();
    let (choices, value) = (format::choices(about), format::format(about));
    (!choices.is_empty()).then(|| Question {
        about: subject,
        relation,
        fact: open.fact.clone(),
        label: called(&open.fact),
        words: about.about.to_owned(),
        why,
        choices,
        value,
    })
}

#[cfg(test)]
mod tests;
