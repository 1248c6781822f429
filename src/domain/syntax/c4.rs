//! The C4 macros that `C4-PlantUML` and Mermaid share: calls such as `Container(api, "API", $techn="Go")` ([`call`]), what each
//! macro means ([`catalogue`]), texts with their escapes ([`text`]), a diagram while it is read ([`draft`], [`reader`]), the
//! model it becomes ([`settle`]), and for exports the nesting of a view ([`outline`]). The two languages, each with its own
//! statements, stand in `c4_plantuml.rs` and `mermaid/c4.rs`; a third would add a [`Dialect`].

pub mod call;
pub mod catalogue;
pub mod draft;
pub mod outline;
pub mod reader;
pub mod settle;
pub mod text;

#[cfg(test)]
pub(crate) mod tests;

/// Bytes of one text.
pub const MAX_BYTES: usize = 2 * 1024 * 1024;
/// Boundaries within boundaries.
pub const MAX_DEPTH: usize = 64;
/// Elements and boundaries of one text.
pub const MAX_ELEMENTS: usize = 20_000;
/// Relations of one text.
pub const MAX_RELATIONS: usize = 60_000;
/// Arguments of one call.
pub const MAX_ARGUMENTS: usize = 64;
/// Bytes of one call.
pub const MAX_CALL_BYTES: usize = 64 * 1024;
/// Lines of one call.
pub const MAX_CALL_LINES: usize = 80;
/// Bytes looked at for the quote that ends a text.
pub const MAX_QUOTE_SEARCH: usize = 4096;
/// Bytes that substituted names may add to one text, and to all together sixteen times as many.
pub const MAX_SUBSTITUTED: usize = 64 * 1024;
/// Names that can be substituted.
pub const MAX_VARIABLES: usize = 500;
/// Characters of an identifier in a key.
pub const MAX_KEY_PART: usize = 128;
/// Tags and properties of one element or relation.
pub const MAX_TAGS: usize = 200;
/// Diagrams in one text.
pub const MAX_SHEETS: usize = 200;
/// Diagnostics about one text; a last one says how many are left out.
pub const MAX_DIAGNOSTICS: usize = 1000;

/// The language that the macros are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// `C4-PlantUML`: named arguments take no place among the others, texts end on their line.
    PlantUml,
    /// Mermaid: a named argument takes a place, texts may span lines.
    Mermaid,
}
