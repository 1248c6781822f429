//! Text compared without case, letter by letter.
//!
//! The standard library's own lower case of a whole text knows one rule more (a sigma at a word's end) and brings tables for it
//! that browsers would have to fetch. Keywords and identifiers are ASCII and need none of this.

/// The text in lower case.
pub fn lower(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}
