//! Versions of a document: what made each, who, what it changed, and how that is said.
//!
//! A version is a text that stays as it was. Most are made by themselves: after ten minutes of changes, when the last writer
//! has left, and around every step that changes much at once. People make others by naming them.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::domain::{
    decision::{self, status::Status},
    moment::Moment,
    project::DocumentKind,
};

pub mod delta;

/// Sections that a summary names; of more it says how many.
const NAMED_SECTIONS: usize = 2;

/// What made a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "made", rename_all = "kebab-case")]
pub enum Made {
    /// The first text, with the status that a decision began with.
    Created {
        status: Option<Status>,
    },
    /// The same, written from a template.
    Template {
        status: Option<Status>,
    },
    Imported,
    /// What a document said when its history began: it is older than that.
    Found,
    /// Changes of people and programs.
    Edited,
    /// An earlier version was brought back.
    Restored {
        version: u32,
    },
    /// A suggestion was applied.
    Suggested,
    /// A decision got another status.
    Status {
        status: Status,
    },
}

impl Made {
    /// Its word and the one beside it, as they are kept.
    pub fn words(self) -> (&'static str, String) {
        let status = |status: Option<Status>| status.map_or("", Status::slug).to_owned();
        match self {
            Self::Created { status: first } => ("created", status(first)),
            Self::Template { status: first } => ("template", status(first)),
            Self::Imported => ("imported", String::new()),
            Self::Found => ("found", String::new()),
            Self::Edited => ("edited", String::new()),
            Self::Restored { version } => ("restored", version.to_string()),
            Self::Suggested => ("suggested", String::new()),
            Self::Status { status } => ("status", status.slug().to_owned()),
        }
    }

    /// Reads [`words`](Self::words).
    pub fn parse(word: &str, beside: &str) -> Option<Self> {
        let status = Status::from_slug(beside);
        Some(match word {
            "created" => Self::Created { status },
            "template" => Self::Template { status },
            "imported" => Self::Imported,
            "found" => Self::Found,
            "edited" => Self::Edited,
            "restored" => Self::Restored { version: beside.parse().ok()? },
            "suggested" => Self::Suggested,
            "status" => Self::Status { status: status? },
            _ => return None,
        })
    }

    /// The status that a decision has since.
    pub const fn status(self) -> Option<Status> {
        match self {
            Self::Created { status } | Self::Template { status } => status,
            Self::Status { status } => Some(status),
            _ => None,
        }
    }
}

/// What a text changed in the one before it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amount {
    /// Lines.
    pub added: u32,
    pub removed: u32,
    /// Titles of the sections of a decision that changed, in the order of the text.
    pub sections: Vec<String>,
}

impl Amount {
    /// From one text to another.
    pub fn between(kind: DocumentKind, path: &str, before: &str, after: &str) -> Self {
        let changes = delta::changes(before, after);
        let mut sections: Vec<String> = Vec::new();
        if kind == DocumentKind::Decision {
            let (old, new) = (parts(path, before), parts(path, after));
            for change in &changes {
                // What only went is looked for where it stood.
                let gone = change.added.is_empty();
                let (parts, range) = if gone { (&old, worded(before, &change.removed)) } else { (&new, worded(after, &change.added)) };
                for (title, part) in parts {
                    if range.start < part.end && part.start < range.end && !sections.contains(title) {
                        sections.push(title.clone());
                    }
                }
            }
        }
        let sum = |lines: fn(&delta::Change) -> u32| changes.iter().map(lines).sum();
        Self { added: sum(|change| change.lines_added), removed: sum(|change| change.lines_removed), sections }
    }

    /// `+4 −2 in Decision`; empty where nothing changed.
    pub fn words(&self) -> String {
        let mut words = String::new();
        if self.added > 0 {
            words = format!("+{}", self.added);
        }
        if self.removed > 0 {
            let space = if words.is_empty() { "" } else { " " };
            words = format!("{words}{space}−{}", self.removed);
        }
        if words.is_empty() {
            return words;
        }
        match self.sections.as_slice() {
            [] if self.added + self.removed == 1 => words + " line",
            [] => words + " lines",
            [one] => format!("{words} in {one}"),
            [one, two] => format!("{words} in {one} and {two}"),
            [one, .., _] => format!("{words} in {one} and {} more sections", self.sections.len() + 1 - NAMED_SECTIONS),
        }
    }
}

/// A part of a text without the blank lines around it, which belong to no section in particular.
fn worded(text: &str, part: &Range<usize>) -> Range<usize> {
    let words = text.get(part.clone()).unwrap_or_default();
    let begun = words.trim_start();
    if begun.is_empty() {
        return part.clone();
    }
    part.end - begun.len()..part.end - (words.len() - words.trim_end().len())
}

/// The sections of a record that a summary names, with their bytes: those of the two highest levels, and what comes before them.
fn parts(path: &str, text: &str) -> Vec<(String, Range<usize>)> {
    let record = decision::parse(path, text);
    let named: Vec<&decision::Section> = record.sections.iter().filter(|section| section.level <= 2).collect();
    let starts = named.iter().map(|section| section.span.start as usize);
    let ends = starts.clone().skip(1).chain([text.len()]);
    let head = ("the head".to_owned(), 0..starts.clone().next().unwrap_or(text.len()));
    let titles = named.iter().map(|section| section.title.clone());
    std::iter::once(head).chain(titles.zip(starts.zip(ends).map(|(start, end)| start..end))).collect()
}

/// One version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// From 1, without gaps in a document.
    pub number: u32,
    pub at: Moment,
    /// Whose changes it holds that the version before did not.
    pub who: Vec<String>,
    #[serde(flatten)]
    pub made: Made,
    /// What people call it.
    pub name: Option<String>,
    /// The document's revision that it is the text of.
    pub revision: i64,
    #[serde(flatten)]
    pub amount: Amount,
}

impl Version {
    /// What happened, in a few words.
    pub fn summary(&self) -> String {
        let amount = self.amount.words();
        match self.made {
            Made::Created { .. } => "Created".to_owned(),
            Made::Template { .. } => "Created from template".to_owned(),
            Made::Imported if self.number == 1 => "Imported".to_owned(),
            Made::Imported => "Imported again".to_owned(),
            Made::Found => "As it was when its history began".to_owned(),
            Made::Edited if amount.is_empty() => "No line changed".to_owned(),
            Made::Edited => amount,
            Made::Restored { version } => format!("v{version} restored"),
            Made::Suggested => "Suggested edit accepted".to_owned(),
            Made::Status { status } => format!("Status set to {}", status.slug()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORD: &str = "# Use NATS\n\nDate: 2026-11-19\n\n## Status\n\nProposed\n\n## Context\n\nOne.\n\n## Decision\n\nTwo.\nThree.\n\n\
                          ## Consequences\n\nFour.\n";

    fn between(after: &str) -> String {
        Amount::between(DocumentKind::Decision, "docs/adr/0001-use-nats.md", RECORD, after).words()
    }

    #[test]
    fn a_change_is_said_with_its_section() {
        assert_eq!(between(RECORD), "");
        assert_eq!(between(&RECORD.replace("Two.\n", "2.\n2½.\n")), "+2 −1 in Decision");
        assert_eq!(between(&RECORD.replace("Two.\n", "")), "−1 in Decision");
        assert_eq!(between(&RECORD.replace("One.", "1.").replace("Four.", "4.")), "+2 −2 in Context and Consequences");
        assert_eq!(between(&RECORD.replace("2026-11-19", "2026-11-20")), "+1 −1 in the head");
        assert_eq!(between(&RECORD.replace("Three.\n\n## Consequences\n\nFour.\n", "Three.\n")), "−4 in Consequences");
        let many = RECORD.replace("One.", "1.").replace("Two.", "2.").replace("Four.", "4.");
        assert_eq!(between(&many), "+3 −3 in Context and 2 more sections");
        let diagram = |after: &str| Amount::between(DocumentKind::Diagram, "workspace.dsl", "a\nb\n", after).words();
        assert_eq!((diagram("a\n"), diagram("a\nb\nc\nd\n")), ("−1 line".to_owned(), "+2 lines".to_owned()));
    }

    #[test]
    fn what_made_a_version_is_read_as_it_was_written() {
        for made in [
            Made::Created { status: None },
            Made::Template { status: Some(Status::Draft) },
            Made::Imported,
            Made::Found,
            Made::Edited,
            Made::Restored { version: 7 },
            Made::Suggested,
            Made::Status { status: Status::Accepted },
        ] {
            let (word, beside) = made.words();
            assert_eq!(Made::parse(word, &beside), Some(made));
        }
        assert_eq!(Made::parse("status", "nonsense"), None);
        assert_eq!(Made::parse("restored", "x"), None);
    }
}
