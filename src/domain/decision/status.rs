//! Statuses as people write them: misspelt, dated, with links, in other words.

use serde::{Deserialize, Serialize};

/// Where a decision is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    Draft,
    Proposed,
    Accepted,
    Rejected,
    Deprecated,
    Superseded,
}

impl Status {
    pub const ALL: [Self; 6] = [Self::Draft, Self::Proposed, Self::Accepted, Self::Rejected, Self::Deprecated, Self::Superseded];

    pub const fn slug(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Proposed => "proposed",
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
            Self::Deprecated => "deprecated",
            Self::Superseded => "superseded",
        }
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::Draft => "Draft",
            Self::Proposed => "Proposed",
            Self::Accepted => "Accepted",
            Self::Rejected => "Rejected",
            Self::Deprecated => "Deprecated",
            Self::Superseded => "Superseded",
        }
    }

    /// Reads a [`slug`](Self::slug).
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.slug() == slug)
    }
}

/// Words that begin a status, longest first where one begins another. Lower case.
const WORDS: &[(&str, Status)] = &[
    ("work in progress", Status::Draft),
    ("draft", Status::Draft),
    ("wip", Status::Draft),
    ("request for comments", Status::Proposed),
    ("under discussion", Status::Proposed),
    ("for discussion", Status::Proposed),
    ("under review", Status::Proposed),
    ("in review", Status::Proposed),
    ("proposed", Status::Proposed),
    ("proposal", Status::Proposed),
    ("pending", Status::Proposed),
    ("open", Status::Proposed),
    ("rfc", Status::Proposed),
    ("accepted", Status::Accepted),
    ("accept", Status::Accepted),
    ("adopted", Status::Accepted),
    ("approved", Status::Accepted),
    ("agreed", Status::Accepted),
    ("decided", Status::Accepted),
    ("implemented", Status::Accepted),
    ("active", Status::Accepted),
    ("in force", Status::Accepted),
    ("final", Status::Accepted),
    ("not accepted", Status::Rejected),
    ("rejected", Status::Rejected),
    ("declined", Status::Rejected),
    ("denied", Status::Rejected),
    ("withdrawn", Status::Rejected),
    ("abandoned", Status::Rejected),
    ("cancelled", Status::Rejected),
    ("canceled", Status::Rejected),
    ("deprecated", Status::Deprecated),
    ("obsolete", Status::Deprecated),
    ("retired", Status::Deprecated),
    ("superseded", Status::Superseded),
    ("superceded", Status::Superseded),
    ("supersceded", Status::Superseded),
    ("superseeded", Status::Superseded),
    ("replaced", Status::Superseded),
];

/// The status that a line begins with, past emphasis, list markers and dates; none for template text and unknown words.
pub fn normalise(written: &str) -> Option<Status> {
    word(written).map(|(status, _)| status)
}

/// The status that a line begins with and the bytes of the word that says so.
pub(super) fn word(written: &str) -> Option<(Status, std::ops::Range<usize>)> {
    // `{proposed | rejected | …}` offers statuses and has none.
    if written.contains('|') || written.trim_start_matches(['"', '\'', ' ']).starts_with(['{', '<']) {
        return None;
    }
    let start = written.find(|c: char| c.is_alphabetic())?;
    let rest = written.get(start..)?;
    WORDS.iter().find_map(|(word, status)| {
        let found = rest.get(..word.len())?;
        let ends = rest.get(word.len()..)?.chars().next().is_none_or(|next| !next.is_alphanumeric());
        (ends && found.eq_ignore_ascii_case(word)).then(|| (*status, start..start + word.len()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_forms_are_understood() {
        for (written, status) in [
            ("Accepted", Some(Status::Accepted)),
            ("**Accepted**", Some(Status::Accepted)),
            ("accepted, 2020-01-01", Some(Status::Accepted)),
            ("2020-01-01 proposed", Some(Status::Proposed)),
            ("Adopted", Some(Status::Accepted)),
            ("Superceded by [5. X](0005-x.md)", Some(Status::Superseded)),
            ("superseded by ADR-0123", Some(Status::Superseded)),
            ("Not accepted", Some(Status::Rejected)),
            ("✅ Accepted", Some(Status::Accepted)),
            ("Openly discussed", None),
            ("on hold", None),
            ("Supersedes [1. Y](0001-y.md)", None),
            ("{proposed | rejected | accepted}", None),
            ("[draft | proposed]", None),
            ("", None),
            ("é", None),
        ] {
            assert_eq!(normalise(written), status, "{written}");
        }
    }

    #[test]
    fn every_slug_reads_back() {
        for status in Status::ALL {
            assert_eq!(normalise(status.slug()), Some(status));
            assert_eq!(Status::from_slug(status.slug()), Some(status));
        }
    }
}
