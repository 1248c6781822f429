//! A decision log: numbers and folders from file names, and what links between records mean.
//!
//! Duplicate numbers are normal in imported folders, so nothing here is keyed by number alone.
//!
//! What people do with a log is in [`step`] and [`renumber`]: a log in, edits out.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::domain::decision::{Link, LinkKind, Record, edit::Source, parse_with, template::project::Roles};

pub mod chart;
pub mod current;
pub mod doctor;
pub mod gaps;
pub mod graph;
pub mod habits;
pub mod index;
pub mod news;
pub mod picture;
pub mod renumber;
pub mod step;
pub mod timeline;
pub mod view;

/// Where logs are kept, most common first.
pub const FOLDERS: [&str; 10] = [
    "docs/adr",
    "doc/adr",
    "docs/decisions",
    "docs/architecture/decisions",
    "docs/adrs",
    "architecture/decisions",
    "adr",
    "adrs",
    "decisions",
    "src/adr",
];

/// One record of a log.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    pub path: &'a str,
    pub record: &'a Record,
}

/// A record with its text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    pub path: String,
    pub text: String,
    pub record: Record,
}

impl Text {
    pub fn source(&self) -> Source<'_> {
        Source { path: &self.path, text: &self.text }
    }
}

/// A log with its texts, read once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Log {
    /// In path order.
    pub texts: Vec<Text>,
}

/// Why no record is found by what somebody calls it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Unfound {
    #[error("No record is called “{0}”. Say its number, its file, or a part of its file's name.")]
    Nobody(String),
    #[error("“{wanted}” can be any of {}. Say the file.", .found.join(", "))]
    Several { wanted: String, found: Vec<String> },
}

impl Log {
    /// Reads records, given by path and text.
    pub fn read(files: impl IntoIterator<Item = (String, String)>, roles: &Roles) -> Self {
        let read = |(path, text): (String, String)| Text { record: parse_with(&path, &text, roles), path, text };
        let mut texts: Vec<Text> = files.into_iter().map(read).collect();
        texts.sort_by(|left, right| left.path.cmp(&right.path));
        Self { texts }
    }

    pub fn entries(&self) -> Vec<Entry<'_>> {
        self.texts.iter().map(|text| Entry { path: &text.path, record: &text.record }).collect()
    }

    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.texts.iter().map(|text| text.path.as_str())
    }

    /// The record that somebody means by a number, a path, a file's name or a part of it.
    ///
    /// # Errors
    /// None fits, or several do.
    pub fn find(&self, wanted: &str) -> Result<usize, Unfound> {
        let wanted = wanted.trim();
        let lower = wanted.to_lowercase();
        let number = number_of(wanted).filter(|_| !wanted.contains('/') && slug_of(wanted).is_empty());
        let by_path = |text: &Text| text.path == wanted || stem_path(&text.path) == wanted;
        let by_name = |text: &Text| stem(&text.path) == stem(wanted) && (!wanted.contains('/') || text.path.ends_with(wanted));
        let by_number = |text: &Text| number.is_some() && text.record.number == number;
        let by_part = |text: &Text| number.is_none() && !lower.is_empty() && text.path.to_lowercase().contains(&lower);
        let ways: [&dyn Fn(&Text) -> bool; 4] = [&by_path, &by_name, &by_number, &by_part];
        for way in ways {
            let found: Vec<usize> = self.texts.iter().enumerate().filter(|(_, text)| way(text)).map(|(index, _)| index).collect();
            match found.as_slice() {
                [] => {}
                [one] => return Ok(*one),
                several => {
                    let found = several.iter().filter_map(|index| self.texts.get(*index)).map(|text| text.path.clone()).collect();
                    return Err(Unfound::Several { wanted: wanted.to_owned(), found });
                }
            }
        }
        Err(Unfound::Nobody(wanted.to_owned()))
    }
}

/// The folder for a new record: the one that most records are in, the first of them when several have as many; else the
/// most common one.
pub fn folder<'a>(paths: impl Iterator<Item = &'a str>) -> String {
    let mut counts: indexmap::IndexMap<&str, usize> = indexmap::IndexMap::new();
    for path in paths {
        *counts.entry(parent(path)).or_default() += 1;
    }
    let most = counts.values().copied().max().unwrap_or(0);
    counts.iter().find(|(_, count)| **count == most).map_or_else(|| "docs/adr".to_owned(), |(folder, _)| (*folder).to_owned())
}

/// How common a folder is as the place of a log: the index in [`FOLDERS`] of the entry the path ends with.
pub fn folder_rank(folder: &str) -> Option<usize> {
    let folder = folder.trim_matches('/');
    FOLDERS.iter().position(|known| folder == *known || folder.strip_suffix(known).is_some_and(|before| before.ends_with('/')))
}

/// The number in a file name: `0007-x.md`, `007-x`, `7. x`, `adr7-x`, `ADR-0007-x`, `PAY-0035-x`. Dates are no numbers.
pub fn number_of(path: &str) -> Option<u32> {
    let stem = stem(path);
    if date_prefix(stem).is_some() {
        return None;
    }
    let prefix = stem.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(stem.len());
    let (letters, rest) = stem.split_at_checked(prefix)?;
    let digits = match letters {
        "" => rest.strip_prefix('#').unwrap_or(rest),
        _ if letters.eq_ignore_ascii_case("adr") => rest.strip_prefix(['-', '_', ' ', '#']).unwrap_or(rest),
        // An area's name in capitals.
        _ if letters.len() <= 8 && letters.bytes().all(|letter| letter.is_ascii_uppercase()) => rest.strip_prefix(['-', '_'])?,
        _ => return None,
    };
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    let after = digits.get(end..)?.chars().next();
    let ends = after.is_none_or(|c| matches!(c, '-' | '_' | ' ' | '.' | ':' | '#'));
    ((1..=6).contains(&end) && ends).then(|| digits.get(..end).and_then(|digits| digits.parse().ok()))?
}

/// The bytes of a date at the beginning of a name: `20200924` or `2020-09-24`.
pub fn date_prefix(stem: &str) -> Option<usize> {
    let compact = stem.get(..8).filter(|date| date.bytes().all(|byte| byte.is_ascii_digit()));
    let (written, length) = match compact {
        Some(date) => (format!("{}-{}-{}", date.get(..4)?, date.get(4..6)?, date.get(6..)?), 8),
        None => (stem.get(..10)?.to_owned(), 10),
    };
    let ends = stem.get(length..)?.chars().next().is_none_or(|c| !c.is_ascii_alphanumeric());
    (ends && crate::domain::moment::Day::parse(&written).is_some()).then_some(length)
}

/// A file's name without its folder and its markdown ending.
pub fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    [".md", ".markdown", ".MD"].iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(name)
}

/// The folder a path lies in; empty at the top.
pub fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// What is left of a name without number or date: `use-nats`.
pub fn slug_of(path: &str) -> &str {
    let stem = stem(path);
    let rest = match date_prefix(stem) {
        Some(length) => stem.get(length..).unwrap_or(""),
        None if number_of(path).is_some() => {
            let start = stem.find(|c: char| c.is_ascii_digit()).unwrap_or(0);
            stem.get(start..).unwrap_or("").trim_start_matches(|c: char| c.is_ascii_digit())
        }
        None => stem,
    };
    rest.trim_start_matches(|c: char| !c.is_alphanumeric())
}

/// The number after the highest one in use; 1 for an empty log. Gaps are never filled: their numbers were given once.
pub fn next_number<'a>(paths: impl Iterator<Item = &'a str>) -> u32 {
    paths.filter_map(number_of).max().map_or(1, |highest| highest.saturating_add(1))
}

/// The record that a link of `entries[from]` leads to; none when it is missing or when a bare number fits several and none
/// of them is in the same folder.
pub fn resolve(entries: &[Entry<'_>], from: usize, link: &Link) -> Option<usize> {
    let from_path = entries.get(from)?.path;
    let target = link.target.split(['#', '?']).next().unwrap_or("").trim();
    let target = decoded(target);
    let others = || entries.iter().enumerate().filter(move |(index, _)| *index != from);
    let path = join(parent(from_path), &target);
    let by_path = |wanted: &str| entries.iter().position(|entry| entry.path == wanted || stem_path(entry.path) == wanted);
    if let Some(found) = by_path(&path).or_else(|| by_path(target.trim_start_matches('/'))) {
        return Some(found);
    }
    let name = stem(&target);
    if let Some((found, _)) = others().find(|(_, entry)| stem(entry.path) == name) {
        return Some(found);
    }
    if let Some(number) = number_of(name) {
        let slug = slug_of(name);
        let fitting: Vec<usize> = others()
            .filter(|(_, entry)| entry.record.number == Some(number) && (slug.is_empty() || slug_of(entry.path) == slug))
            .map(|(index, _)| index)
            .collect();
        return match fitting.as_slice() {
            [one] => Some(*one),
            several => {
                let mut near =
                    several.iter().filter(|index| entries.get(**index).is_some_and(|entry| parent(entry.path) == parent(from_path)));
                near.next().filter(|_| near.next().is_none()).copied()
            }
        };
    }
    let mut fitting = others().filter(|(_, entry)| !name.is_empty() && (slug_of(entry.path) == name || entry.record.title == name));
    let found = fitting.next()?.0;
    fitting.next().is_none().then_some(found)
}

/// One link between two records of a log, by their indices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    pub from: usize,
    pub to: usize,
    pub kind: LinkKind,
    /// Index in the links of `from`'s record.
    pub link: usize,
}

/// All links between the records that lead somewhere, in order of the records and of their texts.
pub fn edges(entries: &[Entry<'_>]) -> Vec<Edge> {
    let mut edges = Vec::new();
    for (from, entry) in entries.iter().enumerate() {
        for (index, link) in entry.record.links.iter().enumerate() {
            if let Some(to) = resolve(entries, from, link) {
                edges.push(Edge { from, to, kind: link.kind, link: index });
            }
        }
    }
    edges
}

/// The links that lead to a record, mentions included.
pub fn reverse(edges: &[Edge], to: usize) -> Vec<Edge> {
    edges.iter().filter(|edge| edge.to == to && edge.from != to).copied().collect()
}

/// The records that replace one: what it says it is superseded by, and what says it supersedes it.
pub fn successors(edges: &[Edge], of: usize) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    for edge in edges {
        match edge.kind {
            LinkKind::SupersededBy if edge.from == of => found.insert(edge.to),
            LinkKind::Supersedes if edge.to == of => found.insert(edge.from),
            _ => false,
        };
    }
    found.remove(&of);
    found
}

/// A path from a folder to a file, as a link is written.
pub fn relative(from_folder: &str, to: &str) -> String {
    let from: Vec<&str> = from_folder.split('/').filter(|part| !part.is_empty()).collect();
    let to: Vec<&str> = to.split('/').collect();
    let common = from.iter().zip(to.iter().take(to.len().saturating_sub(1))).take_while(|(a, b)| a == b).count();
    let ups = std::iter::repeat_n("..", from.len() - common);
    ups.chain(to.iter().skip(common).copied()).collect::<Vec<_>>().join("/").replace(' ', "%20").replace('(', "%28").replace(')', "%29")
}

fn stem_path(path: &str) -> &str {
    path.strip_suffix(".md").or_else(|| path.strip_suffix(".markdown")).unwrap_or(path)
}

/// A folder and a relative path as one path; `..` above the top is dropped.
pub fn join(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = if path.starts_with('/') { Vec::new() } else { folder.split('/').filter(|part| !part.is_empty()).collect() };
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

fn decoded(target: &str) -> String {
    let mut bytes = Vec::with_capacity(target.len());
    let mut rest = target.bytes();
    while let Some(byte) = rest.next() {
        let mut ahead = rest.clone();
        let code = (byte == b'%').then(|| Some((hex(ahead.next()?)?, hex(ahead.next()?)?))).flatten();
        match code {
            Some((high, low)) => {
                bytes.push(high * 16 + low);
                rest = ahead;
            }
            None => bytes.push(byte),
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| target.to_owned())
}

fn hex(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::decision::parse;

    #[test]
    fn numbers_are_read_from_every_kind_of_name() {
        for (name, number) in [
            ("docs/adr/0007-use-nats.md", Some(7)),
            ("0000-x.md", Some(0)),
            ("007-x.md", Some(7)),
            ("7. Use NATS.md", Some(7)),
            ("adr7-x.md", Some(7)),
            ("adr-007.md", Some(7)),
            ("ADR-0007-x", Some(7)),
            ("ADR 7", Some(7)),
            ("PAY-0035-x.md", Some(35)),
            ("#12-x.md", Some(12)),
            ("20200924-x.md", None),
            ("2020-09-24-x.md", None),
            ("2020-09-24.md", None),
            ("use-nats.md", None),
            ("utf-8-everywhere.md", None),
            ("99999999-x.md", None),
            ("3d-rendering.md", None),
            ("", None),
            ("é.md", None),
        ] {
            assert_eq!(number_of(name), number, "{name}");
        }
    }

    #[test]
    fn slugs_leave_numbers_and_dates_out() {
        for (name, slug) in [
            ("a/0007-use-nats.md", "use-nats"),
            ("20200924-x-y.md", "x-y"),
            ("2020-09-24 X.md", "X"),
            ("ADR-0007", ""),
            ("PAY-0035_x", "x"),
            ("plain.md", "plain"),
        ] {
            assert_eq!(slug_of(name), slug, "{name}");
        }
    }

    #[test]
    fn numbers_are_never_reused() {
        assert_eq!(next_number([].into_iter()), 1);
        assert_eq!(next_number(["a/0001-a.md", "a/0009-b.md", "a/0009-c.md", "a/20200101-d.md"].into_iter()), 10);
    }

    #[test]
    fn records_are_found_by_what_people_call_them() {
        let files = ["adr/0001-use-nats.md", "adr/0003-a.md", "adr/0003-b.md", "adr/0013-use-kafka.md", "adr/20200101-plain.md"];
        let log = Log::read(files.map(|path| (path.to_owned(), "# T\n".to_owned())), &Roles::default());
        for (wanted, found) in [
            ("1", Ok(0)),
            ("0013", Ok(3)),
            ("ADR-13", Ok(3)),
            ("adr/0003-a.md", Ok(1)),
            ("0003-b", Ok(2)),
            ("kafka", Ok(3)),
            ("20200101-plain.md", Ok(4)),
            ("plain", Ok(4)),
            ("3", Err("“3” can be any of adr/0003-a.md, adr/0003-b.md. Say the file.")),
            ("use-", Err("“use-” can be any of adr/0001-use-nats.md, adr/0013-use-kafka.md. Say the file.")),
            ("7", Err("No record is called “7”. Say its number, its file, or a part of its file's name.")),
            ("", Err("No record is called “”. Say its number, its file, or a part of its file's name.")),
        ] {
            assert_eq!(log.find(wanted).map_err(|error| error.to_string()), found.map_err(str::to_owned), "{wanted}");
        }
    }

    #[test]
    fn folders_rank_by_their_end() {
        assert_eq!(folder_rank("docs/adr"), Some(0));
        assert_eq!(folder_rank("services/pay/docs/adr/"), Some(0));
        assert_eq!(folder_rank("x/adr"), Some(6));
        assert_eq!(folder_rank("x/madr"), None);
        assert_eq!(folder(["a/1.md", "b/2.md", "b/3.md"].into_iter()), "b");
        assert_eq!(folder([].into_iter()), "docs/adr");
    }

    #[test]
    fn links_resolve_by_path_number_and_slug() {
        let files = [
            ("docs/adr/0001-a.md", "# A\n\n[x](0002-b.md) [y](../../other/0001-c.md#z) [z](./0002-b.md?x) ADR-2 ADR-9 ADR-0001\n"),
            ("docs/adr/0002-b.md", "# B\n\n[self](0002-b.md) [gone](0003-gone.md) [slug](b%20c.md)\n"),
            ("other/0001-c.md", "# C\n\nADR-1 ADR-2\n"),
            ("docs/adr/b c.md", "# D\n"),
        ];
        let records: Vec<Record> = files.iter().map(|(path, text)| parse(path, text)).collect();
        let entries: Vec<Entry<'_>> = files.iter().zip(&records).map(|((path, _), record)| Entry { path, record }).collect();
        let found = |from: usize| -> Vec<Option<usize>> { records[from].links.iter().map(|link| resolve(&entries, from, link)).collect() };
        // From a record numbered 1, `ADR-0001` can only be the other one.
        assert_eq!(found(0), [Some(1), Some(2), Some(1), Some(1), None, Some(2)]);
        assert_eq!(found(1), [Some(1), None, Some(3)]);
        assert_eq!(found(2), [Some(0), Some(1)]);
        let edges = edges(&entries);
        assert_eq!(reverse(&edges, 0).iter().map(|edge| edge.from).collect::<Vec<_>>(), [2]);
    }

    #[test]
    fn successors_are_found_from_either_end() {
        let old = parse("adr/1-a.md", "# A\n\n## Status\n\nSuperseded by [b](2-b.md)\n");
        let one = parse("adr/2-b.md", "# B\n");
        let two = parse("adr/3-c.md", "# C\n\n## Status\n\nAccepted\n\nSupersedes ADR-1\n");
        let entries = [
            Entry { path: "adr/1-a.md", record: &old },
            Entry { path: "adr/2-b.md", record: &one },
            Entry { path: "adr/3-c.md", record: &two },
        ];
        assert_eq!(successors(&edges(&entries), 0), BTreeSet::from([1, 2]));
    }

    #[test]
    fn relative_paths_lead_back() {
        for (folder, to) in [("docs/adr", "docs/adr/a.md"), ("docs/adr", "other/b.md"), ("", "a/b.md"), ("a/b", "c.md"), ("a", "a/b c.md")]
        {
            assert_eq!(join(folder, &decoded(&relative(folder, to))), to);
        }
    }
}
