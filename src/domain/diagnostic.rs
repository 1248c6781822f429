//! What a reader of text reports: where, what, why, and what to do. Text from people never fails to load; it loads with
//! diagnostics.

use serde::{Deserialize, Serialize};

/// A range of bytes in one text; `start <= end`, both on character boundaries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    pub start: u32,
    pub end: u32,
}

impl Span {
    pub fn new(start: usize, end: usize) -> Self {
        Self { start: u32::try_from(start).unwrap_or(u32::MAX), end: u32::try_from(end).unwrap_or(u32::MAX) }
    }

    pub const fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }

    /// The bytes of `text` this span covers; empty if the span lies outside.
    pub fn of(self, text: &str) -> &str {
        text.get(self.range()).unwrap_or("")
    }

    pub const fn contains(self, offset: u32) -> bool {
        self.start <= offset && offset < self.end
    }
}

/// How bad a diagnostic is for the reader, not for the design.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Understood and kept; worth knowing.
    Note,
    /// Kept, but probably not what was meant.
    Warning,
    /// Not understood; the statement is left out of the model.
    Error,
}

/// One remark about a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    pub level: Level,
    /// Stable kebab-case name of the kind of problem, such as `unknown-identifier`.
    pub code: String,
    pub span: Span,
    /// What is there, in one sentence without a final period.
    pub what: String,
    /// Why it is a problem.
    pub why: String,
    /// What to do about it.
    pub help: String,
    /// The file the span lies in when it is not the text that was read (an included file).
    pub file: Option<String>,
}

/// A place as people count: lines and columns from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    pub line: u32,
    pub column: u32,
}

/// Finds lines and columns in a text; build once per text.
#[derive(Clone, Debug)]
pub struct LineIndex<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> LineIndex<'a> {
    pub fn new(text: &'a str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { text, starts }
    }

    /// The place of a byte offset; offsets past the end count as the end.
    pub fn place(&self, offset: u32) -> Place {
        let offset = (offset as usize).min(self.text.len());
        let line = self.starts.partition_point(|start| *start <= offset).max(1);
        let start = self.starts.get(line - 1).copied().unwrap_or(0);
        let column = self.text.get(start..offset).map_or(0, |before| before.chars().count()) + 1;
        Place { line: u32::try_from(line).unwrap_or(u32::MAX), column: u32::try_from(column).unwrap_or(u32::MAX) }
    }

    /// A line's text without its line end; lines count from 1.
    pub fn line(&self, number: u32) -> &'a str {
        let index = (number.max(1) - 1) as usize;
        let start = self.starts.get(index).copied().unwrap_or(self.text.len());
        let end = self.starts.get(index + 1).copied().unwrap_or(self.text.len());
        self.text.get(start..end).unwrap_or("").trim_end_matches(['\n', '\r'])
    }

    pub fn line_count(&self) -> u32 {
        u32::try_from(self.starts.len()).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_lines_and_characters_from_one() {
        let index = LineIndex::new("aé\r\nb\n");
        assert_eq!(index.place(0), Place { line: 1, column: 1 });
        assert_eq!(index.place(3), Place { line: 1, column: 3 });
        assert_eq!(index.place(5), Place { line: 2, column: 1 });
        assert_eq!(index.place(99), Place { line: 3, column: 1 });
        assert_eq!(index.line(1), "aé");
        assert_eq!(index.line(2), "b");
        assert_eq!(index.line(9), "");
    }
}
