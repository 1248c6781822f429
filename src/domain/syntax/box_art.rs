//! Box-drawing and ASCII art, both ways: boxes, arrows and words in a text become a model ([`read`]), and a view becomes such a
//! text ([`mod@print`]).
//!
//! Reading, one file each: `sheet` (the text as cells; fences, comments) → `strokes` (which way lines run on) → `boxes` (closed
//! and nearly closed rectangles) → `lines` (what the lines join) → `words` (names, technologies, labels) → `build` (the model).
//! A box that holds boxes becomes a group; where a line ends at its border, or its title ends in `[System]` or `[Container]`, it
//! becomes an element with parts. Every drawing of a text is one view.
//!
//! Writing: `print` and its folder. To know another character of lines or heads, see `glyph`.

use crate::domain::{
    model::{Model, view::View},
    syntax::format::{Exported, Imported},
};

mod boxes;
mod build;
mod glyph;
mod lines;
mod print;
mod sheet;
mod strokes;
mod words;

#[cfg(test)]
mod tests;

/// Bytes of a text.
pub const MAX_BYTES: usize = 2 * 1024 * 1024;
/// Rows and columns of one drawing; what lies beyond is not read.
pub const MAX_ROWS: usize = 2000;
pub const MAX_COLUMNS: usize = 400;
/// Boxes of one drawing.
pub const MAX_BOXES: usize = 4000;
/// Edges of one text.
pub const MAX_EDGES: usize = 4000;
/// Steps of the search for boxes.
const MAX_SCAN: usize = 12_000_000;
/// Diagnostics about one text.
pub const MAX_DIAGNOSTICS: usize = 200;

/// How a view is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextOptions {
    /// Columns to keep to, at least 40.
    pub width: usize,
    /// Only `+ - | < > ^ v =` and `.` for lines.
    pub ascii: bool,
}

impl Default for TextOptions {
    fn default() -> Self {
        Self { width: 100, ascii: false }
    }
}

/// Reads the drawings of a text: a drawing alone, Markdown with fences, or comments of program text. Never fails: what is not
/// understood is a diagnostic and a loss.
pub fn read(text: &str) -> Imported {
    build::read(text)
}

/// A view as a drawing of characters; ends with a line end. What does not fit stands in a numbered legend below.
pub fn print(model: &Model, view: &View, options: &TextOptions) -> Exported {
    print::print(model, view, options)
}
