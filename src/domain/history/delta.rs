//! A text as the difference from another one, by lines: what a version is kept as.
//!
//! Pieces of the older text and new words, one after the other, give the newer text byte for byte. Making one takes a bounded
//! time: where two texts differ in so many places that the shortest difference would be long to find, the whole part that
//! differs is kept as new words.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use similar::{Algorithm, DiffOp, capture_diff_slices};

/// Lines of one side times those of the other, up to which the shortest difference is looked for.
const FINE: usize = 4_000_000;

/// A part of a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Piece {
    /// Bytes of the older text: from and how many.
    Old(usize, usize),
    New(String),
}

/// A place where two texts differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Bytes of the older text.
    pub removed: Range<usize>,
    /// Bytes of the newer text.
    pub added: Range<usize>,
    pub lines_removed: u32,
    pub lines_added: u32,
}

/// Where two texts differ, in order.
pub fn changes(old: &str, new: &str) -> Vec<Change> {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.split_inclusive('\n').collect(), new.split_inclusive('\n').collect());
    let start = old.iter().zip(&new).take_while(|(left, right)| left == right).count();
    let rest = |lines: &[&str]| lines.len() - start;
    let end = old.iter().rev().zip(new.iter().rev()).take(rest(&old).min(rest(&new))).take_while(|(left, right)| left == right).count();
    let (old_middle, new_middle) = (start..old.len() - end, start..new.len() - end);
    let (before, after) = (old.get(old_middle.clone()).unwrap_or_default(), new.get(new_middle.clone()).unwrap_or_default());
    let ops = if before.len().saturating_mul(after.len()) <= FINE {
        capture_diff_slices(Algorithm::Myers, before, after)
    } else {
        vec![DiffOp::Replace { old_index: 0, old_len: before.len(), new_index: 0, new_len: after.len() }]
    };
    let bytes = |lines: &[&str]| lines.iter().map(|line| line.len()).sum::<usize>();
    let at = bytes(old.get(..start).unwrap_or_default());
    let (mut old_at, mut new_at) = (at, at);
    let mut found: Vec<Change> = Vec::new();
    for op in ops {
        let (from, to) = (before.get(op.old_range()).unwrap_or_default(), after.get(op.new_range()).unwrap_or_default());
        let (old_end, new_end) = (old_at + bytes(from), new_at + bytes(to));
        if !matches!(op, DiffOp::Equal { .. }) {
            let count = |lines: &[&str]| u32::try_from(lines.len()).unwrap_or(u32::MAX);
            let (lines_removed, lines_added) = (count(from), count(to));
            match found.last_mut().filter(|last| last.removed.end == old_at && last.added.end == new_at) {
                Some(last) => {
                    (last.removed.end, last.added.end) = (old_end, new_end);
                    last.lines_removed += lines_removed;
                    last.lines_added += lines_added;
                }
                None => found.push(Change { removed: old_at..old_end, added: new_at..new_end, lines_removed, lines_added }),
            }
        }
        (old_at, new_at) = (old_end, new_end);
    }
    found
}

/// What makes the newer text of the older one.
pub fn pieces(old: &str, new: &str) -> Vec<Piece> {
    let (mut pieces, mut at) = (Vec::new(), 0);
    for change in changes(old, new) {
        if change.removed.start > at {
            pieces.push(Piece::Old(at, change.removed.start - at));
        }
        if !change.added.is_empty() {
            pieces.push(Piece::New(new.get(change.added).unwrap_or_default().to_owned()));
        }
        at = change.removed.end;
    }
    if at < old.len() {
        pieces.push(Piece::Old(at, old.len() - at));
    }
    pieces
}

/// The newer text; none when the pieces are not those of this older one.
pub fn joined(old: &str, pieces: &[Piece]) -> Option<String> {
    let mut text = String::new();
    for piece in pieces {
        match piece {
            Piece::Old(from, length) => text.push_str(old.get(*from..from.checked_add(*length)?)?),
            Piece::New(words) => text.push_str(words),
        }
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn pieces_give_the_text_back_to_the_byte(old in "([ab]{0,2}\n|é😀|\r\n){0,14}", new in "([ab]{0,2}\n|é😀|\r\n){0,14}") {
            let pieces = pieces(&old, &new);
            prop_assert_eq!(joined(&old, &pieces), Some(new.clone()));
            let kept = serde_json::to_string(&pieces).unwrap();
            prop_assert_eq!(serde_json::from_str::<Vec<Piece>>(&kept).unwrap(), pieces);
            prop_assert_eq!(changes(&old, &new).is_empty(), old == new);
        }
    }

    #[test]
    fn a_changed_line_is_the_only_new_one() {
        let old: String = (0..2000).flat_map(|n| ["line ".to_owned(), n.to_string(), "\n".to_owned()]).collect();
        let new = old.replace("line 700\n", "line seven hundred\nand one more\n").replace("line 1500\n", "");
        let found = pieces(&old, &new);
        let words: Vec<&str> =
            found.iter().filter_map(|piece| if let Piece::New(words) = piece { Some(words.as_str()) } else { None }).collect();
        assert_eq!(words, ["line seven hundred\nand one more\n"]);
        let counted: Vec<(u32, u32)> = changes(&old, &new).iter().map(|change| (change.lines_added, change.lines_removed)).collect();
        assert_eq!(counted, [(2, 1), (0, 1)]);
    }

    #[test]
    fn texts_that_have_nothing_in_common_are_kept_whole_and_soon() {
        let text = |word: &str| (0..20_000).flat_map(|n| [word.to_owned(), format!(" {n}\n")]).collect::<String>();
        let (old, new) = (text("old"), text("new"));
        assert_eq!(pieces(&old, &new), [Piece::New(new.clone())]);
    }

    #[test]
    fn pieces_of_another_text_give_nothing() {
        assert_eq!(joined("é", &[Piece::Old(1, 1)]), None);
        assert_eq!(joined("ab", &[Piece::Old(1, usize::MAX)]), None);
    }
}
