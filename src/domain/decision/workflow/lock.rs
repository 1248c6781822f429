//! What an accepted record lets people edit: reason, date, links to other records, and errata that say they are; and the status,
//! but only by a step of the workflow: else whoever typed another one would unlock the text.
//!
//! A pure check of an edit. Two texts are compared without the lines that are free; what is left has to be the same. In a
//! locked line the numbers of links to records may change, because renumbering reaches into accepted records, too.

use std::{collections::BTreeSet, ops::Range};

use serde::{Deserialize, Serialize};

use crate::domain::{
    decision::{
        FieldOrigin, Record, Section, SectionRole,
        edit::number::{digits, is_number},
        front_matter, links,
        outline::{self, Leaf, Outline},
        parse, reason,
        status::Status,
        workflow::is_settled,
    },
    difference::{self, Fate},
};

/// A line that an edit changes and may not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Locked {
    /// From 1, in the text after the edit; where a line went, the one that now stands there.
    pub line: u32,
    /// The line as it was; none for one that was added.
    pub before: Option<String>,
    /// The line as it is; none for one that was removed.
    pub after: Option<String>,
}

/// Why, for whoever tried to change a record of a status that [`holds`] it.
pub const fn why(status: Option<Status>) -> &'static str {
    match status {
        Some(Status::Rejected) => "The decision was rejected, and the log keeps what was turned down.",
        _ => "The decision was accepted, and people rely on what it said then.",
    }
}

/// Whether a status keeps a record's text as it is: everything that was decided, either way.
pub const fn holds(status: Status) -> bool {
    is_settled(status) || matches!(status, Status::Rejected)
}

/// What to do instead.
const HELP: &str = "Write a new decision that supersedes it, or add a paragraph that begins with “Erratum:”.";

/// How a decision's status is changed.
const STATUS_HELP: &str =
    "Change the status by its menu on the decision's page, or over the API; that tells the records it touches and keeps who did it.";

/// What keeps an edit out that is no step of the workflow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Barred {
    /// From 1, in the text after the edit.
    pub line: u32,
    /// What the record said.
    pub status: Status,
    /// Whether the edit would have turned the status; else it changes what is locked.
    pub turns: bool,
}

impl Barred {
    pub const fn why(self) -> &'static str {
        why(Some(self.status))
    }

    pub const fn help(self) -> &'static str {
        if self.turns { STATUS_HELP } else { HELP }
    }
}

/// What keeps people and programs from an edit; none where all is well. What the workflow does itself is for [`check`].
pub fn barred(path: &str, before: &str, after: &str) -> Option<Barred> {
    let record = parse(path, before);
    let status = record.known_status().filter(|status| holds(*status))?;
    if before == after {
        return None;
    }
    // What is locked is said first: whoever changes that as well needs more than another status.
    if let Some(locked) = check(path, before, after).first() {
        return Some(Barred { line: locked.line, status, turns: false });
    }
    let now = parse(path, after);
    if now.known_status() == Some(status) {
        return None;
    }
    // Where it went, the line that now stands in its place.
    let (text, written) = if now.status.is_some() { (after, &now.status) } else { (before, &record.status) };
    let at = written.as_ref().map_or(0, |written| written.span.start as usize);
    let line = text.get(..at).unwrap_or("").matches('\n').count() + 1;
    let line = u32::try_from(line.min(after.lines().count().max(1))).unwrap_or(u32::MAX);
    Some(Barred { line, status, turns: true })
}

/// The lines of an edit that a record does not allow once it was decided; none where all is well, or where
/// the record was not settled before.
pub fn check(path: &str, before: &str, after: &str) -> Vec<Locked> {
    let record = parse(path, before);
    if !record.known_status().is_some_and(holds) || before == after {
        return Vec::new();
    }
    let (old, new) = (kept(before, &record), kept(after, &parse(path, after)));
    let joined = |lines: &[(u32, String)]| lines.iter().flat_map(|(_, line)| [line.as_str(), "\n"]).collect::<String>();
    let mut locked = Vec::new();
    for line in difference::hunks(&joined(&old), &joined(&new)).into_iter().flat_map(|hunk| hunk.lines) {
        let in_new = |number: Option<u32>| number.and_then(|number| new.get(number as usize - 1)).map(|(line, _)| *line);
        match line.fate {
            Fate::Same => {}
            Fate::Added => locked.push(Locked { line: in_new(line.new).unwrap_or(1), before: None, after: Some(line.text) }),
            Fate::Removed => {
                let number = line.old.and_then(|number| old.get(number as usize - 1)).map_or(1, |(line, _)| *line);
                locked.push(Locked { line: number, before: Some(line.text), after: None });
            }
        }
    }
    paired(locked)
}

/// A line that went and the one that came in its place are one change.
fn paired(locked: Vec<Locked>) -> Vec<Locked> {
    let mut changes: Vec<Locked> = Vec::new();
    for change in locked {
        let open = changes.iter_mut().find(|other| other.after.is_none() && change.before.is_none());
        match open {
            Some(other) => {
                other.line = change.line;
                other.after = change.after;
            }
            None => changes.push(change),
        }
    }
    changes
}

/// The lines that are locked, with their numbers; blank ones say nothing.
fn kept(text: &str, record: &Record) -> Vec<(u32, String)> {
    let block = front_matter::find(text);
    let outline = outline::read(text, block.as_ref());
    let mut free: Vec<Range<usize>> = Vec::new();
    if let Some(block) = &block {
        let entries = front_matter::entries(text, block).0;
        free.push(block.whole.start..block.inner.start);
        free.push(block.inner.end..block.whole.end);
        // Comments and whatever is no entry.
        let mut from = block.inner.start;
        for entry in &entries {
            free.push(from..entry.lines.start);
            if !is_locked(&entry.key.to_lowercase().replace([' ', '_'], "-")) {
                free.push(entry.lines.clone());
            }
            from = entry.lines.end;
        }
        free.push(from..block.inner.end);
    }
    let open = |key: &str| matches!(key, "status" | "date" | reason::KEY);
    let fields = record.fields.iter().filter(|field| field.origin == FieldOrigin::Body && open(&field.key));
    // An empty value has its key's line.
    free.extend(fields.map(|field| (field.span.start as usize).saturating_sub(1)..field.span.end as usize));
    for section in &record.sections {
        if is_errata(&section.title) || section.role == Some(SectionRole::Status) {
            free.push(section.span.range());
        } else if section.role == Some(SectionRole::MoreInformation) {
            free.push(section.span.start as usize..section.own.start as usize);
            free.extend(link_lines(text, record, &outline, section));
        }
    }
    free.extend(outline.leaves.iter().filter(|leaf| !leaf.is_heading() && is_erratum(&leaf.text())).map(|leaf| leaf.span.clone()));
    let numbers = link_numbers(text, record);
    let mut lines = Vec::new();
    let mut start = 0;
    for (number, line) in (1..).zip(text.split_inclusive('\n')) {
        let range = start..start + line.len();
        start = range.end;
        let bare = line.trim_end();
        let is_free = free.iter().any(|free| free.start < range.end && range.start < free.end);
        if !bare.is_empty() && !is_free {
            lines.push((number, without(bare, range.start, &numbers)));
        }
    }
    lines
}

/// Keys of the front matter that are part of the decision; the rest is for lists and tools.
fn is_locked(key: &str) -> bool {
    const KEYS: [&str; 11] = [
        "title",
        "decision-makers",
        "deciders",
        "decision-maker",
        "decider",
        "consulted",
        "informed",
        "constraints",
        "constraint",
        "scope",
        "topic",
    ];
    // Renumbering changes the number.
    KEYS.contains(&key) && !is_number(key) && links::kind_of_key(key).is_none()
}

fn is_errata(title: &str) -> bool {
    matches!(title.trim().trim_end_matches(':').to_lowercase().as_str(), "errata" | "erratum" | "corrections" | "correction")
}

fn is_erratum(text: &str) -> bool {
    let start: String = text.trim_start().chars().take_while(|c| c.is_alphabetic()).collect();
    is_errata(&start)
}

/// The lines of a section that say how the record relates to others, and nothing else.
fn link_lines(text: &str, record: &Record, outline: &Outline, section: &Section) -> Vec<Range<usize>> {
    let inside = |leaf: &&Leaf| !leaf.is_heading() && section.own.range().contains(&leaf.span.start);
    let lines = outline.leaves.iter().filter(inside).flat_map(|leaf| leaf.lines.iter().map(|line| line.span.clone()));
    let relates = |line: &Range<usize>| {
        let links: Vec<_> =
            record.links.iter().filter(|link| line.contains(&(link.span.start as usize))).map(|link| link.span.range()).collect();
        let mut rest = String::new();
        let mut from = line.start;
        for link in &links {
            rest.push_str(text.get(from..link.start).unwrap_or(""));
            from = link.end;
        }
        rest.push_str(text.get(from..line.end).unwrap_or(""));
        !links.is_empty() && rest.split_whitespace().count() <= 4
    };
    lines.filter(relates).collect()
}

/// Where numbers stand in links to records and before the title.
fn link_numbers(text: &str, record: &Record) -> BTreeSet<(usize, usize)> {
    let mut found = BTreeSet::new();
    let title = record.title_span.start as usize;
    let line = text.get(..title).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
    for span in record.links.iter().map(|link| link.span.range()).chain(std::iter::once(line..title)) {
        let source = text.get(span.clone()).unwrap_or("");
        found.extend(digits(source).map(|run| (span.start + run.start, span.start + run.end)));
    }
    found
}

/// A line with those numbers left out.
fn without(line: &str, start: usize, numbers: &BTreeSet<(usize, usize)>) -> String {
    let mut out = String::new();
    let mut from = 0;
    for (begin, end) in numbers.range((start, 0)..(start + line.len(), usize::MAX)) {
        out.push_str(line.get(from..begin - start).unwrap_or(""));
        out.push('#');
        from = end.saturating_sub(start);
    }
    out.push_str(line.get(from..).unwrap_or(""));
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        decision::{
            edit::{Source, field, link, set_status},
            status::Status,
            template::{Template, new_record},
        },
        moment::Day,
        syntax::apply,
    };

    const DAY: Day = Day { year: 2026, month: 11, day: 19 };

    fn accepted(template: Template) -> String {
        let text = new_record(template, 7, "Use NATS", Day { year: 2026, month: 1, day: 2 }, &["Ada".to_owned()]);
        apply(&text, &set_status(&text, Status::Accepted, DAY))
    }

    fn refused(before: &str, after: &str) -> Vec<u32> {
        check("docs/adr/0007-use-nats.md", before, after).into_iter().map(|locked| locked.line).collect()
    }

    #[test]
    fn what_the_workflow_writes_is_allowed_in_every_template() {
        for template in Template::ALL {
            let text = accepted(template);
            let other = Source { path: "docs/adr/0009-new.md", text: "# 9. New\n" };
            let mut steps = vec![
                apply(&text, &field::set_date(&text, Day { year: 2027, month: 1, day: 1 })),
                format!("{text}\n> **Erratum** (2027): it is 3, not 2.\n"),
                format!("{text}\n## Errata\n\nIt is 3.\n\n* And 4.\n"),
            ];
            let deprecated = apply(&text, &set_status(&text, Status::Deprecated, DAY));
            steps.push(apply(&deprecated, &field::set_reason(&deprecated, Some("Gone."))));
            steps.push(deprecated);
            for wording in [link::Wording::Plain, link::Wording::AdrTools] {
                for kind in [crate::domain::decision::LinkKind::Supersedes, crate::domain::decision::LinkKind::Amends] {
                    let at = Source { path: "docs/adr/0007-use-nats.md", text: &text };
                    let relation = link::Relation::of(kind, wording);
                    steps.push(apply(&text, &link::both_ends(at, &relation, other, DAY).from));
                    steps.push(apply(&text, &link::both_ends(other, &relation, at, DAY).to));
                }
            }
            for after in steps {
                assert_eq!(check("docs/adr/0007-use-nats.md", &text, &after), [], "{template:?}\n{text}\nbecame\n{after}");
                assert_eq!(check("docs/adr/0007-use-nats.md", &after, &text), [], "and back: {template:?}\n{after}");
            }
        }
    }

    #[test]
    fn the_rest_is_locked_and_named() {
        let text = "---\nstatus: accepted\ndate: 2020-01-01\ndecision-makers: Ada\n# note\ntags: [a]\n---\n\n# Use NATS\n\n## Context\n\nWe need 3 nodes.\n\n## More Information\n\nPrices are in [the list](prices.txt).\n\n* See [ADR-0003](0003-x.md)\n";
        for (from, to, lines) in [
            ("3 nodes", "4 nodes", vec![13]),
            ("Use NATS", "Use Kafka", vec![9]),
            ("Ada", "Bob", vec![4]),
            ("We need 3 nodes.\n", "", vec![13]),
            ("We need 3 nodes.\n", "We need 3 nodes.\n\nAnd a cat.\n", vec![15]),
            ("Prices", "Costs", vec![17]),
            ("# note\ntags: [a]\n", "tags: [b]\n", vec![]),
            ("* See [ADR-0003](0003-x.md)\n", "", vec![]),
            ("[ADR-0003](0003-x.md)", "[ADR-0012](0012-x.md)", vec![]),
            ("accepted", "superseded by [ADR-0009](0009-y.md)", vec![]),
            ("We need", "\n\nWe need", vec![]),
        ] {
            assert!(text.contains(from));
            assert_eq!(refused(text, &text.replace(from, to)), lines, "{from} → {to}");
        }
        let change = check("x.md", text, &text.replace("3 nodes", "4 nodes"));
        assert_eq!((change[0].before.as_deref(), change[0].after.as_deref()), (Some("We need 3 nodes."), Some("We need 4 nodes.")));
        for status in ["proposed", "draft", "on hold"] {
            let open = text.replace("accepted", status);
            assert_eq!(refused(&open, &open.replace("3 nodes", "4 nodes")), [0; 0], "{status}");
        }
    }

    #[test]
    fn a_status_is_turned_by_the_workflow_alone() {
        let madr = "---\nstatus: \"accepted\"\ndate: 2020-01-01\n---\n\n# Use NATS\n\n## Context and Problem Statement\n\nWe need nodes.\n";
        let nygard = "# 7. Use NATS\n\nDate: 2020-01-01\n\n## Status\n\nAccepted\n\n## Context\n\nWe need nodes.\n";
        let list = "# Use NATS\n\n* Status: accepted\n* Date: 2020-01-01\n\n## Context and Problem Statement\n\nWe need nodes.\n";
        let badge = "# Use NATS\n\n## Status\n\n![accepted](https://img.example/accepted.svg)\n\n## Context\n\nWe need nodes.\n";
        let turned =
            |before: &str, after: &str| barred("docs/adr/0007-use-nats.md", before, after).map(|barred| (barred.line, barred.turns));
        for (before, from, to, expected) in [
            (madr, "\"accepted\"", "proposed", Some((2, true))),
            (madr, "status: \"accepted\"\n", "", Some((2, true))),
            (madr, "\"accepted\"", "\"accepte\"", Some((2, true))),
            (madr, "\"accepted\"", "superseded by [ADR-9](0009-x.md)", Some((2, true))),
            (madr, "\"accepted\"", "accepted", None),
            (nygard, "Accepted", "Draft", Some((7, true))),
            (nygard, "Accepted", "Accepted on 2020-01-01\n\nAmends [1. X](0001-x.md)", None),
            (nygard, "Accepted\n\n", "", Some((7, true))),
            (nygard, "# 7.", "---\nstatus: proposed\n---\n# 7.", Some((2, true))),
            (nygard, "# 7.", "---\ntags: [a]\n---\n# 7.", None),
            (nygard, "nodes.\n", "nodes.\n\nErratum: three nodes. Status: proposed.\n", None),
            (nygard, "nodes.\n", "nodes.\n\n## Errata\n\nStatus: proposed\n", None),
            (nygard, "We need nodes", "We need cats", Some((11, false))),
            (nygard, "2020-01-01", "2021-01-01", None),
            (list, "accepted", "proposed", Some((3, true))),
            (list, "* Status: accepted\n", "", Some((3, true))),
            (badge, "![accepted]", "![proposed]", Some((5, true))),
            (badge, "accepted.svg", "green.svg", None),
        ] {
            assert!(before.contains(from));
            assert_eq!(turned(before, &before.replacen(from, to, 1)), expected, "{from} → {to}");
        }
        for status in [Status::Rejected, Status::Deprecated, Status::Superseded] {
            let decided = madr.replace("accepted", status.slug());
            let barred = barred("x.md", &decided, &decided.replace(status.slug(), "draft")).map(|barred| (barred.status, barred.turns));
            assert_eq!(barred, Some((status, true)));
        }
        for open in ["proposed", "draft", "on hold"] {
            let text = madr.replace("accepted", open);
            assert_eq!(turned(&text, madr), None, "{open}");
        }
    }

    #[test]
    fn numbers_of_links_may_change_and_their_words_may_not() {
        let text =
            "# 7. Use NATS\n\n## Status\n\nAccepted\n\n## Context\n\nSee [3. Use 2 zones](0003-use-2-zones.md) and ADR-3.\n\n## Decision\n";
        let after =
            text.replace("[3. Use 2 zones](0003-use-2-zones.md)", "[12. Use 2 zones](0012-use-2-zones.md)").replace("ADR-3", "ADR-12");
        assert_eq!(refused(text, &after), [0; 0]);
        assert_eq!(refused(text, &text.replace("# 7. Use", "# 8. Use")), [0; 0]);
        assert_eq!(refused(text, &text.replace("2 zones]", "2 regions]")), [9]);
    }
}
