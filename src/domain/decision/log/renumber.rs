//! Another number for a record: its file's name, its heading, its front matter, and whatever in the folder leads to it.
//!
//! Records are followed by their paths and by what links resolve to, never by their numbers alone: where two records have
//! the same number, a bare `ADR-7` may mean either, so it is left as it is and told.

use std::{collections::BTreeMap, ops::Range};

use serde::{Deserialize, Serialize};

use crate::domain::{
    decision::{
        Link, Record,
        edit::number::{counted, digits, set_number},
        log::{
            Entry, Log, Text, decoded,
            habits::Names,
            join, number_of, parent, resolve, slug_of, stem, stem_path,
            step::{Change, Refused},
        },
        parse,
    },
    diagnostic::LineIndex,
    difference::{self, Fate},
    syntax::{TextEdit, apply},
};

/// What renumbering does, and what it looks like.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Renumbering {
    pub change: Change,
    /// Every line that changes, by path and line.
    pub preview: Vec<Line>,
}

/// One line before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub path: String,
    /// From 1.
    pub line: u32,
    pub before: String,
    pub after: String,
}

/// Gives a record another number. `others` are the folder's other texts by path, such as its index and its diagrams.
///
/// # Errors
/// The record has no number, or the new one is taken.
pub fn renumber(log: &Log, others: &BTreeMap<String, String>, at: usize, number: u32) -> Result<Renumbering, Refused> {
    let Some(text) = log.texts.get(at) else { return Ok(Renumbering::default()) };
    let refused = |why: String| Err(Refused { path: text.path.clone(), why });
    let Some(old) = text.record.number else {
        return refused("It has no number to change. Rename the file to give it one.".to_owned());
    };
    if old == number {
        return refused(format!("Its number is {number} already."));
    }
    let to = path_with(log, &text.path, number);
    let area = |path: &str| (parent(path).to_owned(), prefix(path));
    let other = log
        .texts
        .iter()
        .enumerate()
        .find(|(index, other)| *index != at && other.record.number == Some(number) && area(&other.path) == area(&text.path));
    if let Some((_, other)) = other {
        return refused(format!(
            "{} has number {number} already. Choose a free one, such as {}.",
            other.path,
            super::next_number(log.paths())
        ));
    }
    if to != text.path && (log.paths().any(|path| path == to) || others.contains_key(&to)) {
        return refused(format!("{to} is there already."));
    }
    let mut found = Renumbering::default();
    let search = Search { log, at, text, old, number, unique: is_unique(log, others, &text.path) };
    for (index, other) in log.texts.iter().enumerate() {
        let links = search.links(index, &other.record, &other.text, &mut found.change.warnings, &other.path);
        let own = if index == at { set_number(&other.path, &other.text, number) } else { Vec::new() };
        Search::note(&mut found, &other.path, &other.text, [own, links, search.paths(&other.path, &other.text)].concat());
    }
    for (path, source) in others {
        let links = if is_markdown(path) { search.links_of_another(path, source, &mut found.change.warnings) } else { Vec::new() };
        Search::note(&mut found, path, source, [links, search.paths(path, source)].concat());
    }
    if to != text.path {
        found.change.moved.insert(text.path.clone(), to.clone());
    }
    found.change.done.push(format!("{} is now {to}.", text.path));
    Ok(found)
}

/// The path with another number, as wide as the names beside it.
fn path_with(log: &Log, path: &str, number: u32) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    let Some(run) = number_of(path).and_then(|_| digits(name).next()) else { return path.to_owned() };
    let padded = log.paths().any(|other| prefix(other) == prefix(path) && number_of(other).is_some() && first_digit(other) == Some('0'));
    let width = if padded { run.len() } else { 0 };
    let start = path.len() - name.len();
    format!("{}{number:0width$}{}", path.get(..start + run.start).unwrap_or(""), path.get(start + run.end..).unwrap_or(""))
}

fn first_digit(path: &str) -> Option<char> {
    stem(path).chars().find(char::is_ascii_digit)
}

fn prefix(path: &str) -> String {
    match Names::of(path) {
        Names::Numbered { prefix, .. } => prefix.to_lowercase(),
        Names::Dated { .. } | Names::Plain => String::new(),
    }
}

fn is_markdown(path: &str) -> bool {
    let name = path.to_ascii_lowercase();
    name.rsplit_once('.').is_some_and(|(_, ending)| matches!(ending, "md" | "markdown"))
}

/// Whether no other file of the folder is called the same, so that its bare name means it.
fn is_unique(log: &Log, others: &BTreeMap<String, String>, path: &str) -> bool {
    log.paths().chain(others.keys().map(String::as_str)).filter(|other| stem(other) == stem(path)).count() == 1
}

struct Search<'a> {
    log: &'a Log,
    at: usize,
    text: &'a Text,
    old: u32,
    number: u32,
    unique: bool,
}

impl Search<'_> {
    /// Puts the edits of a text down, each once, with the lines that they change.
    fn note(found: &mut Renumbering, path: &str, text: &str, mut edits: Vec<TextEdit>) {
        edits.sort_by(|left, right| left.span.cmp(&right.span).then_with(|| left.replacement.cmp(&right.replacement)));
        edits.dedup_by(|next, kept| next.span == kept.span);
        if edits.is_empty() {
            return;
        }
        let changed = apply(text, &edits);
        let lines = difference::hunks(text, &changed).into_iter().flat_map(|hunk| hunk.lines);
        let (removed, added): (Vec<_>, Vec<_>) = lines.filter(|line| line.fate != Fate::Same).partition(|line| line.fate == Fate::Removed);
        found.preview.extend(removed.into_iter().zip(added).map(|(before, after)| Line {
            path: path.to_owned(),
            line: before.old.unwrap_or(1),
            before: before.text,
            after: after.text,
        }));
        found.change.edits.insert(path.to_owned(), edits);
    }

    /// Numbers in the links of a record that lead here.
    fn links(&self, from: usize, record: &Record, text: &str, warnings: &mut Vec<String>, path: &str) -> Vec<TextEdit> {
        let entries = self.log.entries();
        self.in_links(&entries, from, record, text, warnings, path)
    }

    /// The same for markdown that is no record of the log.
    fn links_of_another(&self, path: &str, text: &str, warnings: &mut Vec<String>) -> Vec<TextEdit> {
        let record = parse(path, text);
        let mut entries = self.log.entries();
        entries.push(Entry { path, record: &record });
        self.in_links(&entries, entries.len() - 1, &record, text, warnings, path)
    }

    fn in_links(
        &self,
        entries: &[Entry<'_>],
        from: usize,
        record: &Record,
        text: &str,
        warnings: &mut Vec<String>,
        path: &str,
    ) -> Vec<TextEdit> {
        let mut edits = Vec::new();
        for link in &record.links {
            let bare = is_bare(link);
            let same = bare && number_of(&link.target) == Some(self.old);
            match resolve(entries, from, link) {
                Some(found) if found == self.at => {}
                // Its own number, which nobody else has.
                None if same && from == self.at => {}
                None if same => {
                    let line = LineIndex::new(text).place(link.span.start).line;
                    warnings.push(format!("{path}:{line}: {} can mean several records, so it is left as it is.", link.target));
                    continue;
                }
                _ => continue,
            }
            edits.extend(self.number_in(text, link, bare));
        }
        edits
    }

    /// The number that a link's words begin with: `[7. Use NATS](…)`, `[ADR-0007](…)`, `ADR-7`.
    fn number_in(&self, text: &str, link: &Link, bare: bool) -> Option<TextEdit> {
        let start = link.span.start as usize;
        let source = link.span.of(text);
        let words = if bare { source } else { source.split("](").next().unwrap_or("") };
        let run = digits(words).next()?;
        let before = words.get(..run.start)?.trim_start_matches('[').trim_end_matches(['-', ' ', '_', '#']);
        let leads = before.is_empty() || before.eq_ignore_ascii_case("adr");
        let same = words.get(run.clone())?.parse() == Ok(self.old);
        (leads && same).then(|| counted(text, start + run.start..start + run.end, self.number))
    }

    /// The file's name wherever it is written as a path that leads here.
    fn paths(&self, path: &str, text: &str) -> Vec<TextEdit> {
        let name = stem(&self.text.path);
        let Some(run) = number_of(&self.text.path).and_then(|_| digits(name).next()) else { return Vec::new() };
        let to = path_with(self.log, &self.text.path, self.number);
        let new = stem(&to)
            .get(run.start..)
            .map(|rest| rest.get(..rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len()).unwrap_or(""));
        let edit = |at: usize| TextEdit {
            span: crate::domain::diagnostic::Span::new(at + run.start, at + run.end),
            replacement: new.unwrap_or_default().to_owned(),
        };
        text.match_indices(name).filter(|(at, _)| self.leads_here(path, text, *at..*at + name.len())).map(|(at, _)| edit(at)).collect()
    }

    fn leads_here(&self, path: &str, text: &str, name: Range<usize>) -> bool {
        let before = text.get(..name.start).unwrap_or("");
        let after = text.get(name.end..).unwrap_or("");
        let folder = before.len()
            - before.trim_end_matches(|c: char| c.is_alphanumeric() || matches!(c, '/' | '.' | '-' | '_' | '%' | '~' | ':')).len();
        let folder = before.get(before.len() - folder..).unwrap_or("");
        let whole = !folder.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '%'));
        let ending = self.text.path.get(stem_path(&self.text.path).len()..).unwrap_or("");
        let rest = if ending.is_empty() { after } else { after.strip_prefix(ending).unwrap_or(after) };
        let mut next = rest.chars();
        let ends = match next.next() {
            None => true,
            // Another file beside it, such as a picture.
            Some('.') => !next.next().is_some_and(char::is_alphanumeric),
            Some(c) => !c.is_alphanumeric() && !matches!(c, '-' | '_' | '/'),
        };
        if !whole || !ends || folder.contains("://") {
            return false;
        }
        let folder = folder.rsplit_once(':').map_or(folder, |(_, folder)| folder);
        let wanted = stem_path(&self.text.path);
        let written = decoded(&format!("{folder}{}", stem(&self.text.path)));
        join(parent(path), &written) == wanted || written.trim_start_matches('/') == wanted || (folder.is_empty() && self.unique)
    }
}

/// Whether a link names a number and no file.
fn is_bare(link: &Link) -> bool {
    !link.target.contains(['/', '.']) && number_of(&link.target).is_some() && slug_of(&link.target).is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::decision::{log::edges, template::project::Roles};

    fn log(files: &[(&str, &str)]) -> Log {
        Log::read(files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())), &Roles::default())
    }

    fn others(files: &[(&str, &str)]) -> BTreeMap<String, String> {
        files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
    }

    const FILES: [(&str, &str); 3] = [
        (
            "docs/adr/0002-a.md",
            "# 2. A\n\n## Status\n\nSuperseded by [7. Use 7 nodes](0007-use-7-nodes.md)\n\n## Context\n\nSee ADR-7, [0007-use-7-nodes](./0007-use-7-nodes.md#x) and `0007-use-7-nodes.png`.\n",
        ),
        (
            "docs/adr/0007-use-7-nodes.md",
            "---\nid: ADR-0007\n---\n# 7. Use 7 nodes\n\n## Status\n\nAccepted\n\nSupersedes [2. A](0002-a.md)\n\n## Context\n\nThis is ADR-0007. [Top](0007-use-7-nodes.md#top)\n",
        ),
        ("docs/adr/0009-b.md", "---\nsupersedes: 0007-use-7-nodes.md\namends: 7\n---\n# B\n\nSee ADR-2.\n"),
    ];

    #[test]
    fn everything_that_leads_there_follows() {
        let log = log(&FILES);
        let others = others(&[
            (
                "README.md",
                "See [the seventh](docs/adr/0007-use-7-nodes.md), docs/adr/0007-use-7-nodes.md and ADR-7.\n\n[ref]: /docs/adr/0007-use-7-nodes.md\n",
            ),
            ("docs/adr/index.md", "* [ADR-0007](0007-use-7-nodes.md) - Use 7 nodes\n"),
            ("workspace.dsl", "url \"docs/adr/0007-use-7-nodes.md\" // not other/0007-use-7-nodes.md\n"),
            ("docs/x.md", "https://host/docs/adr/0007-use-7-nodes.md and 0007-use-7-nodes.\n"),
        ]);
        let found = renumber(&log, &others, 1, 12).unwrap();
        let after = |path: &str| {
            let text = log
                .texts
                .iter()
                .find(|text| text.path == path)
                .map(|text| text.text.as_str())
                .or_else(|| others.get(path).map(String::as_str))
                .unwrap();
            apply(text, found.change.edits.get(path).map(Vec::as_slice).unwrap_or_default())
        };
        assert_eq!(
            after("docs/adr/0002-a.md"),
            "# 2. A\n\n## Status\n\nSuperseded by [12. Use 7 nodes](0012-use-7-nodes.md)\n\n## Context\n\nSee ADR-12, [0012-use-7-nodes](./0012-use-7-nodes.md#x) and `0007-use-7-nodes.png`.\n"
        );
        assert_eq!(
            after("docs/adr/0007-use-7-nodes.md"),
            "---\nid: ADR-0012\n---\n# 12. Use 7 nodes\n\n## Status\n\nAccepted\n\nSupersedes [2. A](0002-a.md)\n\n## Context\n\nThis is ADR-0012. [Top](0012-use-7-nodes.md#top)\n"
        );
        assert_eq!(after("docs/adr/0009-b.md"), "---\nsupersedes: 0012-use-7-nodes.md\namends: 12\n---\n# B\n\nSee ADR-2.\n");
        assert_eq!(
            after("README.md"),
            "See [the seventh](docs/adr/0012-use-7-nodes.md), docs/adr/0012-use-7-nodes.md and ADR-12.\n\n[ref]: /docs/adr/0012-use-7-nodes.md\n"
        );
        assert_eq!(after("docs/adr/index.md"), "* [ADR-0012](0012-use-7-nodes.md) - Use 7 nodes\n");
        assert_eq!(after("workspace.dsl"), "url \"docs/adr/0012-use-7-nodes.md\" // not other/0007-use-7-nodes.md\n");
        assert_eq!(after("docs/x.md"), "https://host/docs/adr/0007-use-7-nodes.md and 0012-use-7-nodes.\n");
        assert_eq!(
            found.change.moved,
            BTreeMap::from([("docs/adr/0007-use-7-nodes.md".to_owned(), "docs/adr/0012-use-7-nodes.md".to_owned())])
        );
        assert!(found.preview.contains(&Line {
            path: "docs/adr/index.md".into(),
            line: 1,
            before: "* [ADR-0007](0007-use-7-nodes.md) - Use 7 nodes".into(),
            after: "* [ADR-0012](0012-use-7-nodes.md) - Use 7 nodes".into()
        }));
        assert_eq!(found.preview.iter().filter(|line| line.path == "docs/adr/0009-b.md").count(), 2);

        // Every link that led there still does.
        let files: Vec<(String, String)> =
            log.texts.iter().map(|text| (found.change.moved.get(&text.path).unwrap_or(&text.path).clone(), after(&text.path))).collect();
        let renumbered = Log::read(files, &Roles::default());
        let ends = |log: &Log| {
            edges(&log.entries())
                .iter()
                .map(|edge| (edge.from.min(1), edge.kind, log.texts[edge.to].record.title.clone()))
                .collect::<Vec<_>>()
        };
        assert_eq!(ends(&log).len(), ends(&renumbered).len());
        assert!(renumbered.texts.iter().all(|text| text.record.diagnostics.is_empty()));
    }

    #[test]
    fn duplicates_are_told_apart_by_their_paths() {
        let log = log(&[
            ("adr/0003-a.md", "# 3. A\n"),
            ("adr/0003-b.md", "# 3. B\n"),
            ("adr/0004-c.md", "# 4. C\n\n[a](0003-a.md) [b](0003-b.md) ADR-3\n"),
        ]);
        let found = renumber(&log, &BTreeMap::new(), 1, 5).unwrap();
        assert_eq!(apply(&log.texts[2].text, &found.change.edits["adr/0004-c.md"]), "# 4. C\n\n[a](0003-a.md) [b](0005-b.md) ADR-3\n");
        assert_eq!(found.change.warnings, ["adr/0004-c.md:3: ADR-3 can mean several records, so it is left as it is."]);
        assert!(!found.change.edits.contains_key("adr/0003-a.md"));
    }

    #[test]
    fn taken_numbers_are_refused() {
        let log =
            log(&[("adr/0003-a.md", "# 3. A\n"), ("adr/0004-b.md", "# 4. B\n"), ("adr/plain.md", "# C\n"), ("other/0009-d.md", "# D\n")]);
        let why = |at: usize, number: u32| renumber(&log, &BTreeMap::new(), at, number).unwrap_err().to_string();
        assert_eq!(why(0, 4), "adr/0003-a.md: adr/0004-b.md has number 4 already. Choose a free one, such as 10.");
        assert_eq!(why(0, 3), "adr/0003-a.md: Its number is 3 already.");
        assert!(why(2, 3).contains("has no number"));
        assert!(renumber(&log, &BTreeMap::new(), 0, 9).is_ok(), "another folder counts for itself");
        assert!(
            renumber(&log, &BTreeMap::from([("adr/0007-a.md".to_owned(), String::new())]), 0, 7)
                .unwrap_err()
                .to_string()
                .ends_with("is there already.")
        );
    }
}
