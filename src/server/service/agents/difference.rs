//! What a change of a file's text changes, line by line.

use similar::{Algorithm, DiffOp, capture_diff_slices, group_diff_ops};

use crate::api::agents::{DiffLine, DiffMark};

/// Lines shown around what changes.
const AROUND: usize = 3;

/// The lines that change, with a few around them; empty when none does.
pub(super) fn lines(old: &str, new: &str) -> Vec<DiffLine> {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let mut out = Vec::new();
    let mut shown = 0;
    for op in group_diff_ops(capture_diff_slices(Algorithm::Myers, &old, &new), AROUND).into_iter().flatten() {
        gap(&mut out, op.old_range().start.saturating_sub(shown));
        shown = op.old_range().end;
        if matches!(op, DiffOp::Equal { .. }) {
            push(&mut out, DiffMark::Same, &new, op.new_range());
        } else {
            push(&mut out, DiffMark::Removed, &old, op.old_range());
            push(&mut out, DiffMark::Added, &new, op.new_range());
        }
    }
    if !out.is_empty() {
        gap(&mut out, old.len().saturating_sub(shown));
    }
    out
}

fn push(out: &mut Vec<DiffLine>, mark: DiffMark, lines: &[&str], range: std::ops::Range<usize>) {
    let texts = lines.get(range.clone()).unwrap_or_default();
    out.extend(texts.iter().zip(range.start + 1..).map(|(text, number)| DiffLine { mark, number, text: (*text).to_owned() }));
}

fn gap(out: &mut Vec<DiffLine>, lines: usize) {
    if lines > 0 {
        out.push(DiffLine { mark: DiffMark::Gap, number: lines, text: String::new() });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_shown_with_what_is_around_them() {
        let old = (1..=20).map(|n| format!("line {n}")).collect::<Vec<_>>().join("\n");
        let new = old.replace("line 10\n", "line ten\nand more\n");
        let said: Vec<String> = lines(&old, &new)
            .iter()
            .map(|line| match line.mark {
                DiffMark::Same => format!(" {} {}", line.number, line.text),
                DiffMark::Added => format!("+{} {}", line.number, line.text),
                DiffMark::Removed => format!("-{} {}", line.number, line.text),
                DiffMark::Gap => format!("… {}", line.number),
            })
            .collect();
        assert_eq!(
            said,
            [
                "… 6",
                " 7 line 7",
                " 8 line 8",
                " 9 line 9",
                "-10 line 10",
                "+10 line ten",
                "+11 and more",
                " 12 line 11",
                " 13 line 12",
                " 14 line 13",
                "… 7"
            ]
        );
        assert!(lines(&old, &old).is_empty() && lines("", "").is_empty());
        assert_eq!(lines("", "a").len(), 1);
    }
}
