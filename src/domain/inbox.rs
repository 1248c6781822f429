//! What waits for a person: in which project, why, and where it leads.

use serde::{Deserialize, Serialize};

use crate::domain::{
    id::FindingId,
    moment::{Day, Moment},
    review::finding::Severity,
};

/// Why something waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Errand {
    /// A remark names the reader.
    Mention,
    /// Somebody wants a risk carried, which takes a second person.
    Waiver,
    /// The reader is to mend it.
    Assigned,
    /// The newest review of a project asks for changes.
    Review,
}

/// One thing that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    pub errand: Errand,
    pub slug: String,
    pub project: String,
    /// The project's newest review.
    pub review: Option<u32>,
    pub finding: Option<FindingId>,
    /// The finding's; empty for a review.
    pub title: String,
    pub severity: Option<Severity>,
    /// Who wants it.
    pub who: Option<String>,
    /// What they say.
    pub words: String,
    pub at: Moment,
    pub due: Option<Day>,
}
