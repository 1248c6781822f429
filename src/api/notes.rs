//! Findings and decisions as the pages of documents show them: no more than they need, because pages send them to browsers.

use serde::{Deserialize, Serialize};

use crate::domain::{
    id::{DocumentId, FindingId},
    model::{ElementKey, kind::Kind},
    review::{FindingState, finding::Severity},
};

/// A finding of the newest finished review that points into a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindingNote {
    pub id: FindingId,
    pub code: String,
    pub title: String,
    /// The category's name.
    pub category: String,
    pub severity: Severity,
    pub state: FindingState,
    /// Elements of the open diagram it points at; ends of relations count for their source.
    pub elements: Vec<ElementKey>,
}

/// A decision that links elements.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionNote {
    pub id: DocumentId,
    pub number: Option<u32>,
    pub title: String,
    /// A known status by its slug, any other in the words it was written in.
    pub status: Option<String>,
    /// The names it links, as written.
    pub elements: Vec<String>,
}

/// An element that decisions can link, by its lower-case name, identifier or key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ElementNote {
    pub name: String,
    pub names: Vec<String>,
    pub page: String,
    pub kind: Kind,
}
