//! Index files: the list of decisions between two markers. The prose around it is never touched.

use std::{fmt::Write, ops::Range};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::domain::{
    decision::{
        log::{Log, edges, parent, relative, successors},
        status::Status,
    },
    diagnostic::Span,
    syntax::TextEdit,
};

/// Lines between which the list stands. The first pair is that of the tool adr-log, whose files are common.
pub const MARKERS: [(&str, &str); 2] = [("<!-- adrlog -->", "<!-- adrlogstop -->"), ("<!-- decisions -->", "<!-- /decisions -->")];

/// Why an index can't be written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Error)]
#[serde(rename_all = "kebab-case")]
pub enum Unmarked {
    #[error("No markers say where the list stands. Add the lines `{}` and `{}` where you want it.", MARKERS[0].0, MARKERS[0].1)]
    Nowhere,
    #[error("Line {line}: `{marker}` has no line `{missing}` after it. Add it where the list ends.")]
    Unclosed { line: usize, marker: &'static str, missing: &'static str },
}

/// The edits that bring the list up to date; none when it is.
///
/// # Errors
/// The text has no markers, or only the first.
pub fn update(path: &str, text: &str, log: &Log) -> Result<Vec<TextEdit>, Unmarked> {
    let place = place(text)?;
    let end = if text.get(..place.start).is_some_and(|before| before.ends_with("\r\n")) { "\r\n" } else { "\n" };
    let old = text.get(place.clone()).unwrap_or("");
    let marker = old.lines().find_map(|line| line.trim_start().chars().next().filter(|c| matches!(c, '-' | '*' | '+'))).unwrap_or('*');
    let listed = list(path, log, marker);
    let listed = if end == "\n" { listed } else { listed.replace('\n', end) };
    // Blank lines around the list belong to the markers.
    let blank = |line: Option<&str>| line.is_none_or(|line| line.trim().is_empty());
    let first = if blank(old.split_inclusive('\n').next()) { end } else { "" };
    let last = if blank(old.split_inclusive('\n').next_back()) { end } else { "" };
    let new = if listed.is_empty() { end.to_owned() } else { format!("{first}{listed}{last}") };
    if new == old {
        return Ok(Vec::new());
    }
    Ok(vec![TextEdit { span: Span::new(place.start, place.end), replacement: new }])
}

/// The bytes between the markers' lines. Markers that are shown in code count for nothing.
fn place(text: &str) -> Result<Range<usize>, Unmarked> {
    let mut start: Option<(usize, usize, (&'static str, &'static str))> = None;
    let mut fence: Option<&str> = None;
    let mut at = 0;
    for (number, line) in (1..).zip(text.split_inclusive('\n')) {
        let bare = line.trim();
        let run = ["```", "~~~"].into_iter().find(|run| bare.starts_with(run));
        match (fence, run) {
            (None, Some(run)) => fence = Some(run),
            (Some(open), Some(run)) if open == run && bare.trim_start_matches(['`', '~']).is_empty() => fence = None,
            _ => {}
        }
        if fence.is_none() {
            match start {
                None => start = MARKERS.into_iter().find(|(open, _)| bare == *open).map(|pair| (number, at + line.len(), pair)),
                Some((_, from, (_, close))) if bare == close => return Ok(from..at),
                Some(_) => {}
            }
        }
        at += line.len();
    }
    match start {
        Some((line, _, (marker, missing))) => Err(Unmarked::Unclosed { line, marker, missing }),
        None => Err(Unmarked::Nowhere),
    }
}

/// A new index file beside the records of a folder.
pub fn fresh(path: &str, log: &Log) -> String {
    let (open, close) = MARKERS.first().copied().unwrap_or_default();
    format!("# Decisions\n\n{open}\n\n{}\n{close}\n", list(path, log, '*'))
}

/// One line for each record, with links from a file at a path.
pub fn list(path: &str, log: &Log, marker: char) -> String {
    let entries = log.entries();
    let edges = edges(&entries);
    let mut order: Vec<usize> = (0..log.texts.len()).collect();
    order.sort_by_key(|index| log.texts.get(*index).map(|text| (parent(&text.path), text.record.number, text.path.as_str())));
    let mut out = String::new();
    for (index, text) in order.into_iter().filter_map(|index| log.texts.get(index).map(|text| (index, text))) {
        let address = relative(parent(path), &text.path);
        let title = text.record.title.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]");
        let number = text.record.number.map(|number| format!("ADR-{number:04}: ")).unwrap_or_default();
        let status = match (text.record.known_status(), &text.record.status) {
            (Some(Status::Superseded), _) => {
                let names: Vec<String> = successors(&edges, index)
                    .into_iter()
                    .filter_map(|index| log.texts.get(index))
                    .map(|by| by.record.number.map_or_else(|| by.record.title.clone(), |number| format!("ADR-{number:04}")))
                    .collect();
                if names.is_empty() { ", superseded".to_owned() } else { format!(", superseded by {}", names.join(" and ")) }
            }
            (Some(status), _) => format!(", {}", status.slug()),
            (None, Some(written)) if !written.written.trim_start_matches(['"', '\'']).starts_with(['{', '[']) => {
                format!(", {}", written.written.replace('\n', " "))
            }
            _ => String::new(),
        };
        let _ = writeln!(out, "{marker} [{number}{title}]({address}){status}");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{decision::template::project::Roles, syntax::apply};

    fn log() -> Log {
        let files = [
            ("docs/adr/0001-a.md", "# 1. A\n\n## Status\n\nSuperseded by [3](0003-c.md)\n"),
            ("docs/adr/0003-c.md", "---\nstatus: accepted\n---\n# [C] c\n"),
            ("docs/adr/0010-x y.md", "# X\n"),
            ("docs/adr/0002-b.md", "---\nstatus: on hold\n---\n# B\n"),
        ];
        Log::read(files.map(|(path, text)| (path.to_owned(), text.to_owned())), &Roles::default())
    }

    const LIST: &str = "* [ADR-0001: A](0001-a.md), superseded by ADR-0003\n* [ADR-0002: B](0002-b.md), on hold\n* [ADR-0003: \\[C\\] c](0003-c.md), accepted\n* [ADR-0010: X](0010-x%20y.md)\n";

    #[test]
    fn only_what_stands_between_the_markers_changes() {
        let before = "# Log\n\nProse.\n\n```\n<!-- adrlog -->\n```\n\n<!-- adrlog -->\n\n- old\n\n<!-- adrlogstop -->\n\nMore.";
        let after = apply(before, &update("docs/adr/index.md", before, &log()).unwrap());
        assert_eq!(after, before.replace("- old\n", &LIST.replace("* ", "- ")));
        assert_eq!(update("docs/adr/index.md", &after, &log()), Ok(vec![]));
        let tight = "<!-- decisions -->\n* old\n<!-- /decisions -->\n";
        assert_eq!(apply(tight, &update("docs/adr/README.md", tight, &log()).unwrap()), tight.replace("* old\n", LIST));
        let crlf = "<!-- adrlog -->\r\n<!-- adrlogstop -->\r\n";
        let written = apply(crlf, &update("README.md", crlf, &log()).unwrap());
        assert!(written.contains("(docs/adr/0001-a.md)") && !written.replace("\r\n", "").contains('\n'), "{written:?}");
        assert_eq!(update("README.md", &written, &log()), Ok(vec![]));
    }

    #[test]
    fn a_fresh_index_is_up_to_date() {
        let text = fresh("docs/adr/index.md", &log());
        assert!(text.contains(LIST), "{text}");
        assert_eq!(update("docs/adr/index.md", &text, &log()), Ok(vec![]));
        let empty = fresh("docs/adr/index.md", &Log::default());
        let filled = apply(&empty, &update("docs/adr/index.md", &empty, &log()).unwrap());
        assert_eq!(update("docs/adr/index.md", &filled, &log()), Ok(vec![]));
    }

    #[test]
    fn missing_markers_are_told() {
        let said = |text: &str| update("index.md", text, &log()).unwrap_err().to_string();
        assert_eq!(
            said("# Log\n"),
            "No markers say where the list stands. Add the lines `<!-- adrlog -->` and `<!-- adrlogstop -->` where you want it."
        );
        assert_eq!(
            said("# Log\n\n<!-- adrlog -->\nx"),
            "Line 3: `<!-- adrlog -->` has no line `<!-- adrlogstop -->` after it. Add it where the list ends."
        );
    }
}
