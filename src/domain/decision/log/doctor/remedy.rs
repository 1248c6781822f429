//! What can be done about a fault in one step.

use serde::{Deserialize, Serialize};

use crate::domain::{
    decision::{
        edit::link::{Relation, Wording},
        log::{
            Log,
            doctor::Fault,
            next_number,
            step::{Change, link, supersede},
        },
        status::Status,
    },
    moment::Day,
};

/// A step that mends a fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remedy {
    /// What it does, as a button says it.
    pub label: String,
    pub change: Change,
}

/// The step that mends a fault of a log; none where a person has to think, or where the workflow forbids the step.
pub fn remedy(log: &Log, fault: &Fault, date: Day, wording: Wording) -> Option<Remedy> {
    let index = |path: &str| log.texts.iter().position(|text| text.path == path);
    let (at, about) = (index(&fault.path)?, index(&fault.about));
    match fault.diagnostic.code.as_str() {
        "one-sided-link" => {
            let (text, to) = (log.texts.get(at)?, about?);
            let said = text.record.links.iter().find(|link| link.span == fault.diagnostic.span)?;
            // A mention in words of people's own has no words for the other end.
            said.kind.reverse()?;
            let change = link(log, at, &Relation::of(said.kind, wording), to, date).ok()?;
            let label = format!("Write the other end in {}", name(&fault.about));
            done(label, change)
        }
        "accepted-and-superseded" => {
            let change = supersede(log, at, about?, date, wording).ok()?;
            done(format!("Set {} to superseded", name(&fault.path)), change)
        }
        _ => None,
    }
}

/// A step that a person begins on the record's page, where it shows what it does before it is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Asked {
    /// Another number, the next that is free.
    Number(u32),
    /// A status for a record that says none.
    Status(Status),
}

impl Asked {
    /// What it does, as a link says it.
    pub fn label(self) -> String {
        match self {
            Self::Number(number) => format!("Renumber to {number}…"),
            Self::Status(status) => format!("Set to {}…", status.slug()),
        }
    }

    /// What the record's page is asked for.
    pub fn query(self) -> String {
        match self {
            Self::Number(number) => format!("ask=number&to={number}"),
            Self::Status(status) => format!("ask={}", status.slug()),
        }
    }
}

/// The step that mends a fault once a person has seen what it does; none where one has to think first.
pub fn asked(log: &Log, fault: &Fault) -> Option<Asked> {
    match fault.diagnostic.code.as_str() {
        "duplicate-number" => Some(Asked::Number(next_number(log.paths()))),
        "missing-status" => Some(Asked::Status(Status::Proposed)),
        _ => None,
    }
}

fn done(label: String, change: Change) -> Option<Remedy> {
    (!change.edits.is_empty()).then_some(Remedy { label, change })
}

fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::domain::{
        decision::{
            log::{doctor::examine, renumber::renumber, step::set_status},
            template::project::Roles,
        },
        syntax::apply,
    };

    fn log(files: &[(&str, &str)]) -> Log {
        Log::read(files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())), &Roles::default())
    }

    const DAY: Day = Day { year: 2026, month: 11, day: 19 };

    #[test]
    fn a_remedy_takes_its_fault_away_and_brings_no_other() {
        let logs = [
            log(&[
                ("adr/0001-a.md", "# 1. A\n\nDate: 2026-01-01\n\n## Status\n\nAccepted\n\n## Context\n\nx\n"),
                ("adr/0002-b.md", "# 2. B\n\nDate: 2026-01-02\n\n## Status\n\nAccepted\n\nAmends [1. A](0001-a.md)\n\n## Context\n\nx\n"),
            ]),
            log(&[
                ("adr/0001-a.md", "# 1. A\n\nDate: 2026-01-01\n\n## Status\n\nAccepted\n\n## Context\n\nx\n"),
                (
                    "adr/0002-b.md",
                    "# 2. B\n\nDate: 2026-01-02\n\n## Status\n\nAccepted\n\nSupersedes [1. A](0001-a.md)\n\n## Context\n\nx\n",
                ),
            ]),
            log(&[
                ("adr/0001-a.md", "# 1. A\n\nDate: 2026-01-01\n\n## Status\n\nSuperseded by [2. B](0002-b.md)\n\n## Context\n\nx\n"),
                ("adr/0002-b.md", "# 2. B\n\nDate: 2026-01-02\n\n## Status\n\nAccepted\n\n## Context\n\nx\n"),
            ]),
        ];
        for log in logs {
            let faults = examine(&log, &|_| false);
            let mut mended = 0;
            for fault in &faults {
                let Some(Remedy { change, .. }) = remedy(&log, fault, DAY, Wording::Plain) else { continue };
                mended += 1;
                let changed = log.texts.iter().map(|text| {
                    let edits = change.edits.get(&text.path).cloned().unwrap_or_default();
                    (text.path.clone(), apply(&text.text, &edits))
                });
                let after = examine(&Log::read(changed, &Roles::default()), &|_| false);
                let identities = |faults: &[Fault]| faults.iter().map(Fault::identity).collect::<Vec<_>>();
                assert!(!identities(&after).contains(&fault.identity()), "{after:?}");
                assert!(identities(&after).iter().all(|one| identities(&faults).contains(one)), "{after:?}");
            }
            assert!(mended > 0, "{faults:?}");
        }
    }

    #[test]
    fn what_is_looked_at_first_takes_its_fault_away() {
        let log = log(&[
            ("adr/0001-a.md", "# 1. A\n\n## Status\n\nAccepted\n"),
            ("adr/0001-b.md", "# 1. B\n\n## Status\n\nAccepted\n"),
            ("adr/0002-c.md", "# 2. C\n\n## Context\n\nx\n"),
        ]);
        let faults = examine(&log, &|_| false);
        let steps: Vec<_> = faults.iter().map(|fault| (fault.path.as_str(), asked(&log, fault))).collect();
        assert_eq!(steps, [("adr/0001-b.md", Some(Asked::Number(3))), ("adr/0002-c.md", Some(Asked::Status(Status::Proposed)))]);
        assert_eq!((Asked::Number(3).query(), Asked::Number(3).label()), ("ask=number&to=3".to_owned(), "Renumber to 3…".to_owned()));
        let renumbered = renumber(&log, &BTreeMap::new(), 1, 3).unwrap().change;
        let turned = set_status(&log, 2, Status::Proposed, None, DAY, Wording::Plain).unwrap();
        let after = log.texts.iter().map(|text| {
            let edits = renumbered.edits.get(&text.path).or_else(|| turned.edits.get(&text.path)).cloned().unwrap_or_default();
            (renumbered.moved.get(&text.path).unwrap_or(&text.path).clone(), apply(&text.text, &edits))
        });
        assert_eq!(examine(&Log::read(after, &Roles::default()), &|_| false), []);
    }

    #[test]
    fn what_needs_thought_has_none() {
        let log = log(&[("adr/0001-a.md", "# 1. A\n\n## Status\n\nSuperseded\n"), ("adr/0001-b.md", "# 1. B\n")]);
        for fault in examine(&log, &|_| false) {
            assert_eq!(remedy(&log, &fault, DAY, Wording::Plain), None, "{fault:?}");
        }
    }
}
