//! What people do to a diagram on its canvas, in its outline or inspector, as values. A language that can be edited turns a
//! gesture into the smallest edits of its text.
//!
//! Each language that people edit has `edit(path, text, sources, gesture)` in its folder; the registry in `syntax.rs` asks the right one. To add
//! a gesture: one variant here, one arm in each language's `edit`.

use serde::{Deserialize, Serialize};

use crate::domain::{
    model::{ElementKey, GroupKey, RelationKey, kind::Kind, view::Direction},
    syntax::TextEdit,
};

/// Where an element or a group stands: at the top of the model, in an element, or in a group.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Home {
    #[default]
    Top,
    Element(ElementKey),
    Group(GroupKey),
}

/// What an edit is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Subject {
    Element(ElementKey),
    Relation(RelationKey),
    Group(GroupKey),
    /// All of the text: it has properties and nothing else that a gesture changes.
    Workspace,
}

/// One gesture. Text arrives as people typed it: of any length, with quotes and line ends in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "gesture")]
pub enum Gesture {
    /// Places a new element. In the view named, if it lists its elements one by one.
    Add {
        kind: Kind,
        name: String,
        home: Home,
        view: Option<String>,
    },
    /// Draws a boundary (a group) around elements that stand in the same place; empty without any.
    Enclose {
        name: String,
        home: Home,
        elements: Vec<ElementKey>,
    },
    Connect {
        source: ElementKey,
        target: ElementKey,
        description: Option<String>,
        technology: Option<String>,
    },
    /// Lets a relation begin or end elsewhere.
    Reconnect {
        relation: RelationKey,
        source: ElementKey,
        target: ElementKey,
    },
    /// Changes what is shown; references go by identifier and stay.
    Rename {
        subject: Subject,
        name: String,
    },
    /// The first name of an element that was just made: its identifier follows.
    Name {
        element: ElementKey,
        name: String,
    },
    /// Changes an identifier and every reference to it.
    RenameIdentifier {
        element: ElementKey,
        identifier: String,
    },
    Describe {
        subject: Subject,
        description: Option<String>,
    },
    SetTechnology {
        subject: Subject,
        technology: Option<String>,
    },
    SetKind {
        element: ElementKey,
        kind: Kind,
    },
    /// Sets, changes or (without a value) removes one property.
    SetProperty {
        subject: Subject,
        name: String,
        value: Option<String>,
    },
    Move {
        elements: Vec<ElementKey>,
        home: Home,
    },
    /// Deletes with everything inside and every relation from, to or between what goes.
    Delete {
        subjects: Vec<Subject>,
    },
    /// Another of the same kind, with the same properties and without relations, beside the first.
    Duplicate {
        elements: Vec<ElementKey>,
    },
    AddView {
        view: NewView,
    },
    RemoveView {
        view: String,
    },
    /// Shows elements in a view, or hides them there.
    Include {
        view: String,
        elements: Vec<ElementKey>,
    },
    Exclude {
        view: String,
        elements: Vec<ElementKey>,
    },
    RenameView {
        view: String,
        title: String,
    },
    /// The main direction of a view's picture.
    Direct {
        view: String,
        direction: Direction,
    },
}

/// A static view to make.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewView {
    /// Empty for one made from the title.
    pub key: String,
    pub title: String,
    /// The element the view is about; none for the landscape.
    pub scope: Option<ElementKey>,
}

/// What a gesture does to the text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// In text order, without overlaps. Empty when the text already says it.
    pub edits: Vec<TextEdit>,
    /// What to select afterwards: the new element, the moved one under its new key.
    pub select: Option<Subject>,
    /// The key of a view that was made.
    pub view: Option<String>,
}

/// Why a gesture cannot be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{what}. {help}")]
pub struct Refusal {
    /// What is in the way, one sentence without a final period: `Payments is defined in shared/model.dsl`.
    pub what: String,
    /// What to do instead.
    pub help: String,
}

impl Refusal {
    /// For gestures that mean nothing of the whole text.
    pub(in crate::domain::syntax) fn whole() -> Self {
        Self::new("This is about the whole text, which has properties only", "Select an element, a relation or a boundary.")
    }

    pub fn new(what: impl Into<String>, help: impl Into<String>) -> Self {
        Self { what: what.into(), help: help.into() }
    }
}
