//! A record's number where its own text says it: before the title, and in the front matter.

use std::ops::Range;

use crate::domain::{
    decision::{FieldOrigin, edit::replace, log, parse},
    syntax::TextEdit,
};

/// Writes another number wherever the text says one. The file's name is its folder's affair.
pub fn set_number(path: &str, text: &str, number: u32) -> Vec<TextEdit> {
    let record = parse(path, text);
    let title = record.title_span.start as usize;
    let line = text.get(..title).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
    let before = text.get(line..title).unwrap_or("");
    let mut edits: Vec<TextEdit> =
        digits(before).next_back().map(|run| line + run.start..line + run.end).map(|run| counted(text, run, number)).into_iter().collect();
    for field in record.fields.iter().filter(|field| field.origin == FieldOrigin::FrontMatter && is_number(&field.key)) {
        let known = field.values.first().is_some_and(|value| log::number_of(value).is_some());
        let start = field.span.start as usize;
        if known && let Some(run) = digits(field.span.of(text)).next() {
            edits.push(counted(text, start + run.start..start + run.end, number));
        }
    }
    edits.sort_by_key(|edit| edit.span);
    edits.dedup();
    edits
}

/// Keys of the front matter that give a record's number.
pub(in crate::domain::decision) fn is_number(key: &str) -> bool {
    matches!(key, "id" | "number" | "adr" | "adr-id")
}

/// Another number in the place of digits, as wide as they were.
pub(in crate::domain::decision) fn counted(text: &str, run: Range<usize>, number: u32) -> TextEdit {
    let old = text.get(run.clone()).unwrap_or("");
    let width = if old.starts_with('0') { old.len() } else { 0 };
    replace(run, format!("{number:0width$}"))
}

/// The runs of digits in a text.
pub(in crate::domain::decision) fn digits(text: &str) -> impl DoubleEndedIterator<Item = Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for (at, _) in text.char_indices().filter(|(_, c)| c.is_ascii_digit()) {
        match runs.last_mut() {
            Some(run) if run.end == at => run.end = at + 1,
            _ => runs.push(at..at + 1),
        }
    }
    runs.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::syntax::apply;

    #[test]
    fn numbers_change_where_they_stand() {
        for (before, after) in [
            ("# 7. Use 7 nodes\n", "# 12. Use 7 nodes\n"),
            ("# ADR-0007: Use NATS\n", "# ADR-0012: Use NATS\n"),
            ("---\nid: ADR-0007\nnav_order: 7\n---\n# Use NATS\n", "---\nid: ADR-0012\nnav_order: 7\n---\n# Use NATS\n"),
            ("# Use 7 nodes\n", "# Use 7 nodes\n"),
            ("ADR 7 - Use NATS\n================\n", "ADR 12 - Use NATS\n================\n"),
            ("", ""),
        ] {
            assert_eq!(apply(before, &set_number("adr/0007-x.md", before, 12)), after, "{before}");
        }
    }
}
