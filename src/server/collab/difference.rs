//! The smallest edit that turns one text into another, so that replacing a text leaves alone what others are typing.

use std::time::{Duration, Instant};

use similar::{Algorithm, DiffOp, capture_diff_slices_deadline};

use crate::domain::syntax::TextEdit;

/// Characters on either side up to which a changed passage is compared character by character.
const FINE: usize = 4000;
/// How long to look for a small difference before a larger one will do.
const PATIENCE: Duration = Duration::from_millis(200);

/// A part of a text and what comes in its place. Counts UTF-16 units of the text before all replacements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replacement {
    pub start: u32,
    pub length: u32,
    pub text: String,
}

/// Replacements, in order and apart, that turn `old` into `new`: whole lines first, then characters inside changed lines.
pub fn between(old: &str, new: &str) -> Vec<Replacement> {
    let deadline = Instant::now() + PATIENCE;
    let (old_lines, new_lines): (Vec<&str>, Vec<&str>) = (old.split_inclusive('\n').collect(), new.split_inclusive('\n').collect());
    let mut found = Vec::new();
    let mut at = 0;
    for op in capture_diff_slices_deadline(Algorithm::Myers, &old_lines, &new_lines, Some(deadline)) {
        let before = joined(&old_lines, op.old_range());
        if !matches!(op, DiffOp::Equal { .. }) {
            inside(&mut found, at, &before, &joined(&new_lines, op.new_range()), deadline);
        }
        at += units(&before);
    }
    found
}

/// The differences inside one passage that begins at `at`.
fn inside(found: &mut Vec<Replacement>, at: u32, old: &str, new: &str, deadline: Instant) {
    let (old_chars, new_chars): (Vec<char>, Vec<char>) = (old.chars().collect(), new.chars().collect());
    if old_chars.len() > FINE || new_chars.len() > FINE {
        found.push(Replacement { start: at, length: units(old), text: new.to_owned() });
        return;
    }
    let mut at = at;
    for op in capture_diff_slices_deadline(Algorithm::Myers, &old_chars, &new_chars, Some(deadline)) {
        let before: String = old_chars.get(op.old_range()).unwrap_or_default().iter().collect();
        let length = units(&before);
        if !matches!(op, DiffOp::Equal { .. }) {
            let text: String = new_chars.get(op.new_range()).unwrap_or_default().iter().collect();
            match found.last_mut() {
                Some(last) if last.start + last.length == at => {
                    last.length += length;
                    last.text.push_str(&text);
                }
                _ => found.push(Replacement { start: at, length, text }),
            }
        }
        at += length;
    }
}

/// Edits in bytes as replacements in UTF-16 units; none when one does not fit the text or they overlap.
pub fn of_edits(text: &str, edits: &[TextEdit]) -> Option<Vec<Replacement>> {
    let mut ordered: Vec<&TextEdit> = edits.iter().collect();
    ordered.sort_by_key(|edit| edit.span);
    let (mut found, mut done, mut at) = (Vec::new(), 0, 0);
    for edit in ordered {
        let range = edit.span.range();
        at += units(text.get(done..range.start)?);
        let length = units(text.get(range.clone())?);
        found.push(Replacement { start: at, length, text: edit.replacement.clone() });
        at += length;
        done = range.end;
    }
    Some(found)
}

fn joined(lines: &[&str], range: std::ops::Range<usize>) -> String {
    lines.get(range).unwrap_or_default().concat()
}

fn units(text: &str) -> u32 {
    u32::try_from(text.encode_utf16().count()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{domain::diagnostic::Span, server::collab::replica::Replica};

    fn replaced(text: &str, replacements: &[Replacement]) -> String {
        let replica = Replica::new(1);
        replica.edit(&[Replacement { start: 0, length: 0, text: text.to_owned() }]);
        replica.edit(replacements);
        replica.text()
    }

    #[test]
    fn a_changed_word_is_the_only_difference() {
        let edits = between("# Use NATS\n\nWe 😀 will.\nEnd\n", "# Use NATS\n\nWe 😀 shall.\nEnd\n");
        assert_eq!(edits.len(), 1);
        assert!(edits[0].length <= 2 && edits[0].start >= 18, "{edits:?}");
        assert_eq!(between("same\n", "same\n"), []);
    }

    #[test]
    fn edits_in_bytes_count_over() {
        let edits = [
            TextEdit { span: Span::new(5, 6), replacement: "z".to_owned() },
            TextEdit { span: Span::new(0, 4), replacement: String::new() },
        ];
        let found = of_edits("😀ab", &edits).unwrap();
        assert_eq!(replaced("😀ab", &found), "az");
        assert_eq!(of_edits("😀ab", &[TextEdit { span: Span::new(1, 4), replacement: String::new() }]), None);
        assert_eq!(of_edits("ab", &[TextEdit { span: Span::new(1, 9), replacement: String::new() }]), None);
    }

    proptest! {
        #[test]
        fn any_text_becomes_any_other(old in "[a-c😀\n]{0,60}", new in "[a-c😀\n]{0,60}") {
            prop_assert_eq!(replaced(&old, &between(&old, &new)), new);
        }
    }
}
