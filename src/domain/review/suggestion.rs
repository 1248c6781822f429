//! Edits that agents propose, as a review keeps and shows them. Only a person applies one.

use serde::{Deserialize, Serialize};

use crate::domain::{
    agent::{change::ModelChange, proposal::Proposal},
    difference::Hunk,
    id::{DocumentId, RunId, SuggestionId},
    moment::Moment,
    review::{finding::Fingerprint, fix::Outlook},
};

/// One proposed edit and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggested {
    pub id: SuggestionId,
    /// The agent's name in the library.
    pub agent: String,
    pub run: Option<RunId>,
    /// The finding that it answers.
    pub finding: Option<Fingerprint>,
    pub state: SuggestionState,
    /// What would be done, in a few words.
    pub title: String,
    /// The document's path; for a new decision the folder's.
    pub path: String,
    pub proposal: Proposal,
    /// The agent's own words, where a person changed them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original: Option<Box<Proposal>>,
    #[serde(default)]
    pub changed_by: Option<String>,
    /// The change by lines, on the reviewed text.
    pub lines: Vec<Hunk>,
    /// The change of the model; empty for decisions.
    pub change: ModelChange,
    /// What a review with it would say, for a fix that was worked out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outlook: Option<Outlook>,
    /// Where it was applied, so that it can be taken back.
    pub applied: Option<Applied>,
    pub created_at: Moment,
    pub decided_by: Option<String>,
    pub decided_at: Option<Moment>,
    pub reason: String,
}

impl Suggested {
    /// Who is behind it, for the line below it: `go-architect, changed and accepted by Ada`.
    pub fn attribution(&self) -> Option<String> {
        let agent = &self.agent;
        let (changed, decided) = (self.changed_by.as_deref(), self.decided_by.as_deref());
        match (self.state, changed, decided) {
            (SuggestionState::Open, Some(changed), _) => Some(format!("{agent}, changed by {changed}")),
            (SuggestionState::Accepted, Some(changed), Some(by)) if changed == by => Some(format!("{agent}, changed and accepted by {by}")),
            (SuggestionState::Accepted, Some(changed), Some(by)) => Some(format!("{agent}, changed by {changed}, accepted by {by}")),
            (SuggestionState::Accepted, None, Some(by)) => Some(format!("{agent}, accepted by {by}")),
            (SuggestionState::Rejected, _, Some(by)) => Some(format!("Rejected by {by}")),
            (SuggestionState::Open, None, _) | (_, _, None) => None,
        }
    }
}

/// A suggested change of a diagram, drawn on the text that it was made on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangePicture {
    pub suggestion: SuggestionId,
    pub document: DocumentId,
    /// The key of the view that it is a part of.
    pub view: String,
    /// SVG of our own making.
    pub picture: String,
    /// Such as `adds 2 elements and 3 relations`.
    pub words: String,
}

/// Where a suggestion went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applied {
    pub document: DocumentId,
    /// The text before; none for a document that it made.
    pub before: Option<String>,
    /// The document's revision right after.
    pub revision: i64,
}

/// What a person made of a suggestion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SuggestionState {
    Open,
    Accepted,
    Rejected,
}

impl SuggestionState {
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
        }
    }

    /// As the pages say it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "Suggested",
            Self::Accepted => "Accepted",
            Self::Rejected => "Rejected",
        }
    }
}
