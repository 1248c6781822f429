//! What agents suggest: changes that a person can look at, and take over with one click or not at all.
//!
//! A suggestion is a list of small steps, not a text. [`dry_run`] applies it to a copy and says what would become of text and
//! model; [`rebase`] does so on a text that people have edited since. Nothing an agent suggests may state a fact: at most it
//! plans one. The fixes of rules are suggestions too, with a few steps of their own that no agent is given.

use serde::{Deserialize, Serialize};

use crate::domain::{
    agent::change::ModelChange,
    decision::{LinkKind, status::Status},
    difference::Hunk,
    id::DocumentId,
    model::{ElementKey, GroupKey, RelationKey, kind::Kind},
    moment::Day,
    syntax::{Sources, TextEdit},
};

mod decision;
mod diagram;
mod new_diagram;
pub mod record;
pub mod wording;

/// The most steps that an agent puts into one suggestion.
pub const MOST_STEPS: usize = 20;
/// The most steps of any suggestion: a fix may plan a control on as many relations as one finding has.
pub const MOST_IN_ALL: usize = 40;
/// The only value that a suggestion gives to a fact.
pub const PLANNED: &str = "planned";

/// One suggestion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// Why, in one or two sentences.
    pub reason: String,
    /// The revision of the design it was made on.
    pub revision: String,
    /// The agent's finding that it answers, as that run calls it.
    pub finding: Option<String>,
    pub suggestion: Suggestion,
}

/// What is suggested.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Suggestion {
    Diagram {
        document: DocumentId,
        steps: Vec<Step>,
    },
    NewDecision {
        title: String,
        body: String,
    },
    Decision {
        document: DocumentId,
        edits: Vec<Replacement>,
    },
    /// What follows for a decision from the log and the diagrams; only fixes suggest it.
    Record {
        document: DocumentId,
        steps: Vec<RecordStep>,
    },
    /// A new diagram, as Structurizr DSL.
    NewDiagram {
        title: String,
        text: String,
    },
    /// A diagram's whole text: what a person made of a suggested change.
    Whole {
        document: DocumentId,
        text: String,
    },
}

impl Suggestion {
    /// The document that it changes; none for one that it makes.
    pub const fn document(&self) -> Option<DocumentId> {
        match self {
            Self::Diagram { document, .. }
            | Self::Decision { document, .. }
            | Self::Record { document, .. }
            | Self::Whole { document, .. } => Some(*document),
            Self::NewDecision { .. } | Self::NewDiagram { .. } => None,
        }
    }

    /// It is about a diagram, not a decision.
    pub const fn draws(&self) -> bool {
        matches!(self, Self::Diagram { .. } | Self::NewDiagram { .. } | Self::Whole { .. })
    }
}

/// An element that is there, or one that an earlier step adds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ElementRef {
    There(ElementKey),
    /// The step's place in the list, from 0.
    Added(usize),
}

/// Where an element stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    Top,
    Element(ElementRef),
    Boundary(GroupKey),
}

/// What a step is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Thing {
    Element(ElementRef),
    Relation(RelationKey),
    Boundary(GroupKey),
    /// All of the diagram; it has facts and nothing else.
    Workspace,
}

/// One step of a change to a diagram.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "kebab-case")]
pub enum Step {
    AddElement {
        kind: Kind,
        name: String,
        place: Place,
        technology: Option<String>,
        description: Option<String>,
    },
    /// With everything inside, and every relation from or to it.
    RemoveElement {
        element: ElementRef,
    },
    Rename {
        thing: Thing,
        name: String,
    },
    AddRelation {
        source: ElementRef,
        target: ElementRef,
        description: Option<String>,
        technology: Option<String>,
    },
    RemoveRelation {
        relation: RelationKey,
    },
    Describe {
        thing: Thing,
        description: String,
    },
    SetTechnology {
        thing: Thing,
        technology: String,
    },
    /// Says `planned` of a fact.
    Plan {
        thing: Thing,
        fact: String,
    },
    Move {
        element: ElementRef,
        place: Place,
    },
    /// Lets a relation begin or end elsewhere; what is said of it goes with it. Only fixes do.
    Reconnect {
        relation: RelationKey,
        source: ElementRef,
        target: ElementRef,
    },
    /// Says `planned` of a fact that is stated and should not stay so; the note says what comes instead. Only fixes do.
    Replan {
        thing: Thing,
        fact: String,
        note: Option<String>,
    },
    /// Takes a property away that says nothing: a suppression of nothing, an owner that the boundary names. Only fixes do.
    Forget {
        thing: Thing,
        property: String,
    },
    /// Takes out what no screen shows. Only fixes do.
    Reveal,
}

/// One step of a change to a decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "kebab-case")]
pub enum RecordStep {
    /// Writes a status that is misspelt as everybody writes it.
    Spell { status: Status },
    /// Writes the end of a link that the other record has already.
    Link { kind: LinkKind, path: String, title: String },
    /// Takes out an optional section that holds nothing but words of the template.
    Cut { heading: String },
    /// Calls a linked element by its name.
    Relink { from: String, to: String },
    /// Takes out what no screen shows.
    Reveal,
}

/// Words of a decision, and what comes in their place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replacement {
    pub quote: String,
    pub replacement: String,
}

/// A text that a suggestion is tried on.
#[derive(Clone, Copy, Debug)]
pub struct Base<'a> {
    pub path: &'a str,
    pub text: &'a str,
    /// Other files that it includes.
    pub sources: &'a Sources,
    /// Beginnings of addresses that may be written out.
    pub addresses: &'a [String],
    /// Dates a new decision.
    pub today: Day,
}

/// What would become of the text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DryRun {
    /// In the order of the text, without overlaps; counted in the text as it was.
    pub edits: Vec<TextEdit>,
    pub text: String,
    /// The same by lines, for people.
    pub lines: Vec<Hunk>,
    /// For the canvas; empty for decisions.
    pub change: ModelChange,
}

/// A value that says of a fact that it is planned, and no more than that: `planned`, or `planned (what)`.
pub fn is_plan(value: &str) -> bool {
    let value = value.trim();
    value == PLANNED || (value.starts_with("planned (") && value.ends_with(')'))
}

/// Why a suggestion can't be applied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{}{what}. {help}", step.map_or_else(String::new, |step| format!("step {step}: ")))]
pub struct Refused {
    /// From 1; none where it is not about one step.
    pub step: Option<usize>,
    /// One sentence without a final period.
    pub what: String,
    pub help: String,
}

impl Refused {
    pub(super) fn new(what: impl Into<String>, help: impl Into<String>) -> Self {
        Self { step: None, what: what.into(), help: help.into() }
    }

    const fn at(mut self, step: usize) -> Self {
        self.step = Some(step + 1);
        self
    }
}

/// Applies a suggestion to a copy of the text.
///
/// # Errors
///
/// Where a step means nothing in this text, would state a fact, or brings in what can't be shown.
pub fn dry_run(suggestion: &Suggestion, base: &Base<'_>) -> Result<DryRun, Refused> {
    match suggestion {
        Suggestion::Diagram { steps, .. } => diagram::dry_run(steps, base),
        Suggestion::NewDecision { title, body } => decision::write(title, body, base),
        Suggestion::Decision { edits, .. } => decision::edit(edits, base),
        Suggestion::Record { steps, .. } => record::dry_run(steps, base),
        Suggestion::NewDiagram { title, text } => new_diagram::write(title, text, base),
        Suggestion::Whole { text, .. } => diagram::whole(text, base),
    }
}

/// Applies a suggestion that was made on `old` to a newer text, when what it touches is as it was.
///
/// # Errors
///
/// What is in the way, one reason each.
pub fn rebase(suggestion: &Suggestion, old: &str, newer: &Base<'_>) -> Result<DryRun, Vec<Refused>> {
    if let Suggestion::Diagram { steps, .. } = suggestion {
        let conflicts = diagram::conflicts(steps, old, newer);
        if !conflicts.is_empty() {
            return Err(conflicts);
        }
    }
    if let Suggestion::Record { steps, .. } = suggestion {
        record::conflict(steps, old, newer).map_err(|refused| vec![refused])?;
    }
    dry_run(suggestion, newer).map_err(|refused| vec![refused])
}

#[cfg(test)]
mod tests;
