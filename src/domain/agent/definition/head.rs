//! Where the front matter of a file is, however its fences were written.

use crate::domain::{
    agent::definition::{Remarks, Say, lines},
    diagnostic::Span,
};

/// One line without its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Line<'a> {
    /// Where its first byte is in the file's text.
    pub(super) offset: usize,
    pub(super) text: &'a str,
}

/// A file taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Head<'a> {
    /// Lines with text before the front matter: HTML comments.
    pub(super) preamble: Vec<&'a str>,
    /// What is between the fences, indentation that all lines share removed; none when the file has no front matter.
    pub(super) inner: Option<Vec<Line<'a>>>,
    /// The opening fence, or the file's first byte.
    pub(super) fence: Span,
    /// All that follows, from the line after the closing fence.
    pub(super) rest: String,
}

impl Line<'_> {
    /// Its bytes in the file's text.
    pub(super) fn span(self) -> Span {
        Span::new(self.offset, self.offset + self.text.len())
    }

    fn is_blank(self) -> bool {
        self.text.trim().is_empty()
    }
}

/// How a line stands for a fence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fence {
    Three,
    /// More dashes than three.
    Long,
    /// `...`
    Dots,
    /// Hyphens that are none, or a dash that an editor made of three.
    Odd,
}

/// Hyphens, dashes and the minus sign, but the one of ASCII.
pub(super) const ODD_HYPHENS: [char; 9] =
    ['\u{2010}', '\u{2011}', '\u{2012}', '\u{2013}', '\u{2014}', '\u{2015}', '\u{2212}', '\u{fe63}', '\u{ff0d}'];

fn fence(line: &str) -> Option<Fence> {
    let line = line.trim_end();
    if line == "..." {
        return Some(Fence::Dots);
    }
    let count = line.chars().count();
    if count == 0 || !line.chars().all(|c| c == '-' || ODD_HYPHENS.contains(&c)) {
        return None;
    }
    match (line.is_ascii(), count) {
        (true, 3) => Some(Fence::Three),
        (true, 4..) => Some(Fence::Long),
        // Editors make one dash of two or three hyphens.
        (false, 3..) => Some(Fence::Odd),
        (false, _) if line.contains(['\u{2014}', '\u{2015}']) => Some(Fence::Odd),
        _ => None,
    }
}

/// The lines of a text.
pub(super) fn split(text: &str) -> Vec<Line<'_>> {
    let mut offset = 0;
    text.split_inclusive('\n')
        .map(|line| {
            let found = Line { offset, text: line.strip_suffix('\n').unwrap_or(line) };
            offset += line.len();
            found
        })
        .collect()
}

/// Takes a file's text apart.
pub(super) fn find<'a>(text: &'a str, remarks: &mut Remarks) -> Head<'a> {
    let all = split(text);
    let first = first_line(&all);
    let Some(opening) = all.get(first).copied() else { return none(text) };
    let indent = opening.text.len() - opening.text.trim_start().len();
    let after = all.get(first + 1..).unwrap_or_default();
    let opened = fence(opening.text.trim()).filter(|kind| *kind != Fence::Dots);
    let head = match opened {
        Some(kind) => {
            let inside = closing(after, indent);
            match inside {
                Some(at) if holds_entries(after.get(..at).unwrap_or_default(), indent, kind) => Some((first + 1, first + 1 + at, true)),
                Some(_) => None,
                None => unclosed(after, indent).map(|at| (first + 1, first + 1 + at, false)),
            }
        }
        None => unopened(all.get(first..).unwrap_or_default()).map(|at| (first, first + at, true)),
    };
    let Some((from, to, closed)) = head else { return none(text) };

    let blank = all.get(..first).unwrap_or_default();
    let preamble: Vec<&str> = blank.iter().map(|line| line.text.trim()).filter(|line| !line.is_empty()).collect();
    say_before(blank, &preamble, remarks);
    match opened {
        None => say_unopened(opening.span(), remarks),
        Some(Fence::Three) => {}
        Some(_) => say_fence(opening, remarks),
    }
    if indent > 0 {
        say_indented(opening.span(), remarks);
    }
    if closed {
        if let Some(line) = all.get(to).filter(|line| fence(undented(**line, indent).text).is_some_and(|kind| kind != Fence::Three)) {
            if fence(undented(*line, indent).text) == Some(Fence::Dots) {
                say_dots(line.span(), remarks);
            } else {
                say_fence(*line, remarks);
            }
        }
    } else {
        say_unclosed(opening.span(), remarks);
    }
    let inner: Vec<Line<'a>> = all.get(from..to).unwrap_or_default().iter().map(|line| undented(*line, indent)).collect();
    if let Some(line) = inner.first().filter(|line| line.is_blank() && inner.iter().any(|other| !other.is_blank())) {
        say_blank(line.span(), remarks);
    }
    let rest_from = if closed { to + 1 } else { to };
    Head {
        preamble,
        inner: Some(dedented(inner)),
        fence: opening.span(),
        rest: rest(text, all.get(rest_from..).unwrap_or_default(), indent),
    }
}

fn none(text: &str) -> Head<'_> {
    Head { preamble: Vec::new(), inner: None, fence: Span::default(), rest: text.to_owned() }
}

/// The first line that is neither blank nor part of an HTML comment.
fn first_line(all: &[Line<'_>]) -> usize {
    let mut at = 0;
    while let Some(line) = all.get(at) {
        let text = line.text.trim();
        if text.is_empty() {
            at += 1;
        } else if text.starts_with("<!--") {
            let Some(end) = all.get(at..).and_then(|rest| rest.iter().position(|line| line.text.contains("-->"))) else { break };
            if !all.get(at + end).is_some_and(|line| line.text.trim_end().ends_with("-->")) {
                break;
            }
            at += end + 1;
        } else {
            break;
        }
    }
    at
}

fn closing(after: &[Line<'_>], indent: usize) -> Option<usize> {
    after.iter().position(|line| fence(undented(*line, indent).text).is_some())
}

/// Whether lines between two fences are front matter, and not text between two rules.
fn holds_entries(inner: &[Line<'_>], indent: usize, kind: Fence) -> bool {
    let lines = dedented(inner.iter().map(|line| undented(*line, indent)).collect());
    let known = lines.iter().any(|line| lines::known_key(line.text).is_some());
    let Some(first) = lines.iter().find(|line| !line.is_blank()) else { return kind == Fence::Three };
    known || (kind == Fence::Three && (first.text.starts_with(['{', '#']) || lines::plain_key(first.text).is_some()))
}

/// Where front matter without a closing fence ends: at the first blank line or heading after its keys.
fn unclosed(after: &[Line<'_>], indent: usize) -> Option<usize> {
    let first = after.iter().position(|line| !line.is_blank())?;
    lines::known_key(undented(*after.get(first)?, indent).text.trim_start())?;
    let ends = |line: &Line<'_>| line.is_blank() || undented(*line, indent).text.starts_with('#');
    Some(after.get(first..)?.iter().position(ends).map_or(after.len(), |at| first + at))
}

/// Where front matter without an opening fence ends.
fn unopened(lines: &[Line<'_>]) -> Option<usize> {
    let key = lines::known_key(lines.first()?.text)?;
    if !matches!(key, "name" | "description") {
        return None;
    }
    let end = lines.iter().position(|line| fence(line.text).is_some() || line.text.starts_with("# "))?;
    fence(lines.get(end)?.text).map(|_| end)
}

/// A line without up to so many bytes of blanks before it.
fn undented(line: Line<'_>, indent: usize) -> Line<'_> {
    let blanks = line.text.bytes().take(indent).take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    Line { offset: line.offset + blanks, text: line.text.get(blanks..).unwrap_or(line.text) }
}

/// Lines without the spaces that all of them begin with.
fn dedented(lines: Vec<Line<'_>>) -> Vec<Line<'_>> {
    let spaces = |line: &Line<'_>| line.text.len() - line.text.trim_start_matches(' ').len();
    let shared = lines.iter().filter(|line| !line.is_blank()).map(spaces).min().unwrap_or(0);
    lines.into_iter().map(|line| undented(line, shared)).collect()
}

/// The text after the front matter; where all of it is as indented as the fence was, without that.
fn rest(text: &str, lines: &[Line<'_>], indent: usize) -> String {
    let Some(first) = lines.first() else { return String::new() };
    let whole = text.get(first.offset..).unwrap_or("");
    let deep = |line: &Line<'_>| line.is_blank() || undented(*line, indent).offset == line.offset + indent;
    if indent == 0 || !lines.iter().all(deep) {
        return whole.to_owned();
    }
    let mut out: Vec<&str> = lines.iter().map(|line| undented(*line, indent).text).collect();
    if whole.ends_with('\n') {
        out.push("");
    }
    out.join("\n")
}

fn say_before(lines: &[Line<'_>], preamble: &[&str], remarks: &mut Remarks) {
    let Some(first) = lines.first() else { return };
    let what = if preamble.is_empty() { "Blank lines" } else { "A comment" };
    remarks.repair(
        first.span(),
        Say {
            code: "before-front-matter",
            what: format!("{what} before the front matter"),
            why: "Most programs expect the front matter at the very first byte, and read none otherwise.",
            help: "Begin the file with the line ---.",
        },
    );
}

fn say_unopened(span: Span, remarks: &mut Remarks) {
    remarks.repair(
        span,
        Say {
            code: "no-opening-fence",
            what: "The front matter has no line --- before it".to_owned(),
            why: "Without it, the keys are text of the persona.",
            help: "Begin the file with the line ---.",
        },
    );
}

fn say_unclosed(span: Span, remarks: &mut Remarks) {
    remarks.repair(
        span,
        Say {
            code: "no-closing-fence",
            what: "The front matter has no line --- after it".to_owned(),
            why: "Where the persona begins is a guess: after the first blank line.",
            help: "Put a line --- between the last key and the persona.",
        },
    );
}

fn say_fence(line: Line<'_>, remarks: &mut Remarks) {
    let written: String = line.text.trim().chars().take(12).collect();
    let more = if line.text.trim().chars().count() > 12 { "…" } else { "" };
    remarks.repair(
        line.span(),
        Say {
            code: "odd-fence",
            what: format!("{written}{more} stands for a fence of the front matter"),
            why: "Other programs look for exactly three hyphens.",
            help: "Write --- on a line of its own.",
        },
    );
}

fn say_dots(span: Span, remarks: &mut Remarks) {
    remarks.note(
        span,
        Say {
            code: "dots-for-fence",
            what: "... ends the front matter".to_owned(),
            why: "YAML allows it; many programs look for --- only.",
            help: "Write --- instead.",
        },
    );
}

fn say_indented(span: Span, remarks: &mut Remarks) {
    remarks.repair(
        span,
        Say {
            code: "indented",
            what: "The front matter's fence is indented".to_owned(),
            why: "Indented, --- is no fence: other programs take the front matter for text.",
            help: "Move the lines to the left edge.",
        },
    );
}

fn say_blank(span: Span, remarks: &mut Remarks) {
    remarks.repair(
        span,
        Say {
            code: "blank-after-fence",
            what: "A blank line after the opening fence".to_owned(),
            why: "Some programs then see no front matter.",
            help: "Remove the line.",
        },
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> (Option<Vec<&str>>, String) {
        let head = find(text, &mut Remarks::new());
        (head.inner.map(|lines| lines.iter().map(|line| line.text).collect()), head.rest)
    }

    #[test]
    fn fences_are_found_in_every_form() {
        let name = || Some(vec!["name: a"]);
        assert_eq!(parts("---\nname: a\n---\nx\n---\ny\n"), (name(), "x\n---\ny\n".to_owned()));
        assert_eq!(parts("---\nname: a\n..."), (name(), String::new()));
        assert_eq!(parts("---  \nname: a\n-----------\n\nx"), (name(), "\nx".to_owned()));
        assert_eq!(parts("\u{2014}-\nname: a\n\u{2013}\u{2013}\u{2013}\nx"), (name(), "x".to_owned()));
        assert_eq!(parts("  ---\n  name: a\n  ---\n  # T\n\n    code\n"), (name(), "# T\n\n  code\n".to_owned()));
        assert_eq!(parts("  ---\n  name: a\n  ---\nx\n  y\n"), (name(), "x\n  y\n".to_owned()));
        assert_eq!(parts("name: a\n---\nx"), (name(), "x".to_owned()));
        assert_eq!(parts("---\nname: a\n\n# T\n"), (name(), "\n# T\n".to_owned()));
        assert_eq!(parts("---\n---\nx"), (Some(vec![]), "x".to_owned()));
    }

    #[test]
    fn rules_and_prose_are_no_front_matter() {
        for text in [
            "",
            "x\n---\nname: a\n---\n",
            "---\n\nProse, and more.\n\n---\n",
            "-----\nProse\n-----\n",
            "<!-- open\n---\nname: a\n---\n",
            "---",
            "...",
        ] {
            assert_eq!(parts(text), (None, text.to_owned()), "{text:?}");
        }
    }
}
