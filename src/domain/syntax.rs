//! Texts that people edit, and edits of them.

use serde::{Deserialize, Serialize};

use crate::domain::diagnostic::Span;

/// One replacement in a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextEdit {
    pub span: Span,
    pub replacement: String,
}

/// The text after all edits. Spans count in the text as it was; an edit that overlaps an earlier one in the text, or lies
/// off a character boundary, is left out.
pub fn apply(text: &str, edits: &[TextEdit]) -> String {
    let mut ordered: Vec<&TextEdit> = edits.iter().collect();
    ordered.sort_by_key(|edit| edit.span);
    let mut result = String::with_capacity(text.len());
    let mut done = 0;
    for edit in ordered {
        let range = edit.span.range();
        if range.start < done || text.get(range.clone()).is_none() {
            continue;
        }
        result.push_str(text.get(done..range.start).unwrap_or(""));
        result.push_str(&edit.replacement);
        done = range.end;
    }
    result.push_str(text.get(done..).unwrap_or(""));
    result
}
