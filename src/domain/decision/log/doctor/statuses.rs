//! Statuses: those that are missing, and those that others contradict.

use std::collections::BTreeMap;

use crate::domain::{
    decision::{
        LinkKind,
        log::{
            Text,
            doctor::{Ward, Words, status_span},
            parent, successors,
        },
        status::Status,
    },
    diagnostic::Level,
};

impl Ward<'_> {
    /// Where most records of a folder say none, that is its way, and worth a note.
    pub(super) fn missing_statuses(&mut self) {
        let mut folders: BTreeMap<&str, Vec<&Text>> = BTreeMap::new();
        for text in &self.log.texts {
            folders.entry(parent(&text.path)).or_default().push(text);
        }
        for texts in folders.values() {
            let without: Vec<&&Text> = texts.iter().filter(|text| text.record.status.is_none()).collect();
            let level = if without.len() * 2 > texts.len() { Level::Note } else { Level::Warning };
            for text in without {
                let words = Words {
                    what: "The record says no status".to_owned(),
                    why: "Nobody can tell whether the decision is in force.",
                    help: format!("Say draft, proposed or accepted; `lintel adr accept {}` writes it where it belongs.", shown(text)),
                };
                self.report(text, text.record.title_span, (level, "missing-status"), "", words);
            }
        }
    }

    /// Records of which it is not clear what took their place.
    pub(super) fn supersessions(&mut self) {
        for (index, text) in self.log.texts.iter().enumerate() {
            let after = successors(&self.edges, index);
            let status = text.record.known_status();
            let says_by = text.record.links.iter().any(|link| link.kind == LinkKind::SupersededBy);
            let by = || after.iter().filter_map(|by| self.log.texts.get(*by));
            if status == Some(Status::Superseded) {
                if after.is_empty() && !says_by {
                    let words = Words {
                        what: "The record is superseded, and nobody says by what".to_owned(),
                        why: "Whoever finds it can't find the decision that holds instead.",
                        help: format!("Name the successor: `lintel adr supersede {} --by NUMBER`.", shown(text)),
                    };
                    self.report(text, status_span(text), (Level::Warning, "dangling-supersession"), "", words);
                }
                let early = by().find(|by| matches!(by.record.known_status(), Some(Status::Draft | Status::Proposed | Status::Rejected)));
                let accepted =
                    by().any(|by| !matches!(by.record.known_status(), Some(Status::Draft | Status::Proposed | Status::Rejected)));
                if let Some(early) = early.filter(|_| !accepted) {
                    let state = early.record.known_status().map_or("not accepted", Status::slug);
                    let words = Words {
                        what: format!("The record is superseded by {}, which is {state}", early.path),
                        why: "Neither of them is in force, so nothing is decided.",
                        help: "Accept the successor, or set this record back to accepted until then.".to_owned(),
                    };
                    let about = early.path.clone();
                    self.report(text, status_span(text), (Level::Warning, "early-supersession"), &about, words);
                }
            } else if status == Some(Status::Accepted)
                && let Some(newer) = by().find(|by| by.record.known_status() == Some(Status::Accepted))
            {
                let words = Words {
                    what: format!("The record is accepted, and so is {}, which supersedes it", newer.path),
                    why: "Two decisions in force about one thing are none.",
                    help: format!("Set it to superseded: `lintel adr supersede {} --by {}`.", shown(text), shown(newer)),
                };
                let about = newer.path.clone();
                self.report(text, status_span(text), (Level::Warning, "accepted-and-superseded"), &about, words);
            }
        }
    }
}

/// What to call a record on the command line.
fn shown(text: &Text) -> String {
    let name = text.path.rsplit('/').next().unwrap_or(&text.path);
    text.record.number.map_or_else(|| name.to_owned(), |number| number.to_string())
}
