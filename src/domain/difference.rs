//! The difference of two texts: by lines for people, and as the edits that make one of the other.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use similar::{Algorithm, DiffOp, capture_diff_slices, group_diff_ops};

use crate::domain::{diagnostic::Span, syntax::TextEdit};

/// Unchanged lines that are shown around a change.
const CONTEXT: usize = 3;

/// Changed lines with those around them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hunk {
    pub lines: Vec<Line>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub fate: Fate,
    /// From 1; none for an added line.
    pub old: Option<u32>,
    /// From 1; none for a removed line.
    pub new: Option<u32>,
    /// Without the line end.
    pub text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fate {
    Same,
    Removed,
    Added,
}

/// The hunks, in the order of the text; none for equal texts.
pub fn hunks(old: &str, new: &str) -> Vec<Hunk> {
    let (old, new) = (split(old), split(new));
    let ops = capture_diff_slices(Algorithm::Myers, &old, &new);
    group_diff_ops(ops, CONTEXT)
        .into_iter()
        .map(|group| Hunk { lines: group.iter().flat_map(|op| lines_of(op, &old, &new)).collect() })
        .filter(|hunk| hunk.lines.iter().any(|line| line.fate != Fate::Same))
        .collect()
}

/// For each line of a hunk the bytes that differ from the line that took its place, or whose place it took; none where a line
/// has no such other, or hardly anything in common with it.
pub fn inside(lines: &[Line]) -> Vec<Option<Range<usize>>> {
    let mut parts = vec![None; lines.len()];
    let mut at = 0;
    while at < lines.len() {
        let run = |from: usize, fate: Fate| lines.iter().skip(from).take_while(|line| line.fate == fate).count();
        let removed = run(at, Fate::Removed);
        let added = run(at + removed, Fate::Added);
        for pair in 0..removed.min(added) {
            let (old, new) = (at + pair, at + removed + pair);
            if let (Some(before), Some(after)) = (lines.get(old), lines.get(new))
                && let Some((in_old, in_new)) = differing(&before.text, &after.text)
            {
                for (line, part) in [(old, in_old), (new, in_new)] {
                    if let Some(place) = parts.get_mut(line).filter(|_| !part.is_empty()) {
                        *place = Some(part);
                    }
                }
            }
        }
        at += (removed + added).max(1);
    }
    parts
}

/// The parts of two lines between what they begin and end with alike, widened to whole words.
fn differing(old: &str, new: &str) -> Option<(Range<usize>, Range<usize>)> {
    let is_word = |c: char| c.is_alphanumeric();
    let mut start: usize = old.chars().zip(new.chars()).take_while(|(left, right)| left == right).map(|(c, _)| c.len_utf8()).sum();
    let inside_word = |text: &str, at: usize| {
        let (before, after) = text.split_at_checked(at).unwrap_or_default();
        before.chars().next_back().is_some_and(is_word) && after.chars().next().is_some_and(is_word)
    };
    while start > 0 && (inside_word(old, start) || inside_word(new, start)) {
        start -= old.get(..start)?.chars().next_back()?.len_utf8();
    }
    let (old_rest, new_rest) = (old.get(start..)?, new.get(start..)?);
    let alike = old_rest.chars().rev().zip(new_rest.chars().rev()).take_while(|(left, right)| left == right);
    let mut end: usize = alike.map(|(c, _)| c.len_utf8()).sum();
    while end > 0 && (inside_word(old_rest, old_rest.len() - end) || inside_word(new_rest, new_rest.len() - end)) {
        end -= old_rest.get(old_rest.len() - end..)?.chars().next()?.len_utf8();
    }
    let common = (start + end) * 4 >= old.len().max(new.len());
    common.then(|| (start..old.len() - end, start..new.len() - end))
}

fn lines_of(op: &DiffOp, old: &[&str], new: &[&str]) -> Vec<Line> {
    let number = |at: usize| u32::try_from(at + 1).ok();
    let bare = |line: &str| line.trim_end_matches(['\n', '\r']).to_owned();
    let at = |lines: &[&str], at: usize| lines.get(at).map(|line| bare(line)).unwrap_or_default();
    if let DiffOp::Equal { old_index, new_index, len } = *op {
        return (0..len)
            .map(|by| Line { fate: Fate::Same, old: number(old_index + by), new: number(new_index + by), text: at(old, old_index + by) })
            .collect();
    }
    let removed = op.old_range().map(|index| Line { fate: Fate::Removed, old: number(index), new: None, text: at(old, index) });
    let added = op.new_range().map(|index| Line { fate: Fate::Added, old: None, new: number(index), text: at(new, index) });
    removed.chain(added).collect()
}

/// Two changes of one text as one text, line by line. Where both changed the same lines both are kept, theirs first: nothing
/// that somebody wrote is lost.
pub fn merged(base: &str, mine: &str, theirs: &str) -> String {
    let whole = |text: &str| if text.is_empty() || text.ends_with('\n') { text.to_owned() } else { format!("{text}\n") };
    let (base, mine, theirs) = (whole(base), whole(mine), whole(theirs));
    let lines = split(&base);
    let changes = |new: &str| {
        let new = split(new);
        let ops = capture_diff_slices(Algorithm::Myers, &lines, &new).into_iter().filter(|op| !matches!(op, DiffOp::Equal { .. }));
        ops.map(|op| (op.old_range(), new.get(op.new_range()).unwrap_or_default().concat())).collect::<Vec<_>>()
    };
    let (mut ours, mut others) = (changes(&mine).into_iter().peekable(), changes(&theirs).into_iter().peekable());
    let (mut out, mut at) = (String::new(), 0);
    while let Some(start) = ours.peek().into_iter().chain(others.peek()).map(|(range, _)| range.start).min() {
        out.push_str(&lines.get(at..start).unwrap_or_default().concat());
        let mut end = start;
        let (mut from_us, mut from_them) = (None::<String>, None::<String>);
        loop {
            // Those that begin where this one does, or inside of it.
            let inside = |(range, _): &(Range<usize>, String)| range.start == start || range.start < end;
            let (side, (range, new)) = match (ours.next_if(inside), others.peek().is_some_and(inside)) {
                (Some(change), _) => (&mut from_us, change),
                (None, true) => match others.next() {
                    Some(change) => (&mut from_them, change),
                    None => break,
                },
                (None, false) => break,
            };
            end = end.max(range.end);
            side.get_or_insert_default().push_str(&new);
        }
        let same = from_us == from_them;
        out.push_str(&from_them.unwrap_or_default());
        if !same {
            out.push_str(&from_us.unwrap_or_default());
        }
        at = end;
    }
    out.push_str(&lines.get(at..).unwrap_or_default().concat());
    out
}

/// The edits that make `new` of `old`, in order and apart; each as short as its ends allow.
pub fn edits(old: &str, new: &str) -> Vec<TextEdit> {
    let (old_lines, new_lines) = (split(old), split(new));
    let mut found: Vec<TextEdit> = Vec::new();
    let mut at = 0;
    for op in capture_diff_slices(Algorithm::Myers, &old_lines, &new_lines) {
        let before: String = old_lines.get(op.old_range()).unwrap_or_default().concat();
        if !matches!(op, DiffOp::Equal { .. }) {
            let after: String = new_lines.get(op.new_range()).unwrap_or_default().concat();
            found.push(shortest(at, &before, &after));
        }
        at += before.len();
    }
    found
}

fn shortest(at: usize, before: &str, after: &str) -> TextEdit {
    let start: usize = before.chars().zip(after.chars()).take_while(|(left, right)| left == right).map(|(c, _)| c.len_utf8()).sum();
    let (before, after) = (before.get(start..).unwrap_or_default(), after.get(start..).unwrap_or_default());
    let end: usize =
        before.chars().rev().zip(after.chars().rev()).take_while(|(left, right)| left == right).map(|(c, _)| c.len_utf8()).sum();
    TextEdit {
        span: Span::new(at + start, at + start + before.len() - end),
        replacement: after.get(..after.len() - end).unwrap_or_default().to_owned(),
    }
}

fn split(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::syntax::apply;

    proptest! {
        #[test]
        fn edits_make_the_new_text(old in "([ab]{0,2}\n|é|\r\n){0,12}", new in "([ab]{0,2}\n|é|\r\n){0,12}") {
            let edits = edits(&old, &new);
            prop_assert_eq!(apply(&old, &edits), new.clone());
            prop_assert!(edits.windows(2).all(|pair| pair[0].span.end <= pair[1].span.start));
            prop_assert_eq!(hunks(&old, &new).is_empty(), old == new);
        }
    }

    #[test]
    fn lines_are_numbered_on_both_sides() {
        let found = hunks("a\nb\nc\n", "a\nx\nc\nd\n");
        let lines: Vec<(Fate, Option<u32>, Option<u32>, &str)> =
            found.iter().flat_map(|hunk| &hunk.lines).map(|line| (line.fate, line.old, line.new, line.text.as_str())).collect();
        assert_eq!(
            lines,
            [
                (Fate::Same, Some(1), Some(1), "a"),
                (Fate::Removed, Some(2), None, "b"),
                (Fate::Added, None, Some(2), "x"),
                (Fate::Same, Some(3), Some(3), "c"),
                (Fate::Added, None, Some(4), "d"),
            ]
        );
    }

    #[test]
    fn what_differs_inside_of_lines_is_whole_words() {
        let marks = |old: &str, new: &str| {
            let lines: Vec<Line> = hunks(old, new).into_iter().flat_map(|hunk| hunk.lines).collect();
            let parts = inside(&lines);
            let marked = lines.iter().zip(parts).filter_map(|(line, part)| Some((line.fate, line.text.get(part?)?.to_owned())));
            marked.collect::<Vec<_>>()
        };
        let (removed, added) = (|text: &str| (Fate::Removed, text.to_owned()), |text: &str| (Fate::Added, text.to_owned()));
        assert_eq!(
            marks("- **Retention:** 7 years.\n", "- **Retention:** 13 months, matching.\n"),
            [removed("7 years"), added("13 months, matching")]
        );
        assert_eq!(marks("We keep it.\n", "We keep it forever.\n"), [added(" forever")]);
        assert_eq!(marks("voici un événement\nb\n", "voici un événements\nb\n"), [removed("événement"), added("événements")]);
        assert_eq!(marks("nothing\n", "in common at all\n"), []);
        assert_eq!(marks("gone\n", ""), []);
    }

    #[test]
    fn changes_of_two_people_are_merged() {
        for (base, mine, theirs, both) in [
            ("a\nb\nc", "A\nb\nc", "a\nb\nC", "A\nb\nC\n"),
            ("a\nb\nc", "a\nc", "a\nb\nc\nd", "a\nc\nd\n"),
            ("a", "a\nb", "a\nc", "a\nc\nb\n"),
            ("a", "b", "c", "c\nb\n"),
            ("a", "b", "b", "b\n"),
            ("", "b", "", "b\n"),
            ("a\nb\nc\nd\n", "x\n", "a\nB\nc\nD\n", "B\nD\nx\n"),
            ("a\nb\n", "A\nb\n", "a\nB\n", "A\nB\n"),
        ] {
            assert_eq!(merged(base, mine, theirs), both, "{base:?} {mine:?} {theirs:?}");
        }
    }
}
