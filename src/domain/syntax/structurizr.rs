//! The Structurizr DSL: text → tokens ([`lex`]) → lossless tree ([`mod@parse`], [`tree`]) → model and diagnostics ([`lower`]),
//! with views resolved to lists of elements and relations ([`views`]). And back: any model as a text of this language
//! ([`mod@print`]).
//!
//! All of the language that is declarative is read. Scripts, plug-ins and component finders are kept in the tree and never
//! run; addresses on the web are never fetched; each is said in a note. Limits are data: what exceeds one is a diagnostic.

use crate::domain::{
    diagnostic::{Diagnostic, Level, Span},
    syntax::{Parsed, Sources, structurizr::occurrence::Index},
};

pub mod edit;
pub mod lex;
pub mod lower;
pub mod occurrence;
pub mod parse;
pub mod print;
pub mod spot;
pub mod suggest;
pub mod tree;
pub mod views;

/// Bytes of one file.
pub const MAX_BYTES: usize = 2 * 1024 * 1024;
/// Blocks within blocks, inclusions included.
pub const MAX_DEPTH: u32 = 64;
/// Elements of one model.
pub const MAX_ELEMENTS: usize = 20_000;
/// Relations of one model, implied ones included.
pub const MAX_RELATIONS: usize = 60_000;
/// Statements read, those of included files counted each time.
pub const MAX_STATEMENTS: usize = 200_000;
/// Steps spent on expressions and views.
pub const MAX_WORK: u64 = 12_000_000;
/// Bytes of a word after substitution, and sixteen times that for all such words together.
pub const MAX_SUBSTITUTED: usize = 64 * 1024;
/// Views of one workspace.
pub const MAX_VIEWS: usize = 1000;
/// Tags of one element or relation.
pub const MAX_TAGS: usize = 200;
/// Characters of an identifier, and of a name's part in a key.
pub const MAX_KEY_PART: usize = 128;
/// Diagnostics about one text; a last one says how many are left out.
pub const MAX_DIAGNOSTICS: usize = 1000;

/// Whether a text without a telling name begins as this language does.
pub fn looks_like(text: &str) -> bool {
    let (tree, _) = parse::parse(text.get(..text.floor_char_boundary(4096)).unwrap_or(""));
    tree.statements(tree::Tree::ROOT)
        .filter_map(|id| tree.statement(id))
        .filter_map(|statement| tree.words(statement).into_iter().next())
        .find(|word| !word.value.starts_with('!'))
        .is_some_and(|word| word.value.eq_ignore_ascii_case("workspace"))
}

/// Reads one file of the project together with those it includes.
pub fn parse(path: &str, text: &str, sources: &Sources) -> Parsed {
    read(path, text, sources, false).parsed
}

/// As [`parse`](fn@parse), with where each name stands: what an editor asks for.
pub fn index(path: &str, text: &str, sources: &Sources) -> Index {
    read(path, text, sources, true)
}

fn read(path: &str, text: &str, sources: &Sources, tracking: bool) -> Index {
    if text.len() > MAX_BYTES {
        let mut parsed = Parsed { model: lower::empty_model(), diagnostics: Vec::new() };
        parsed.diagnostics.push(Diagnostic {
            level: Level::Error,
            code: "too-many-bytes".to_owned(),
            span: Span::new(0, 0),
            what: format!("This file has {} bytes", text.len()),
            why: format!("A diagram text may have at most {MAX_BYTES} bytes."),
            help: "Split the text and join the parts with `!include`.".to_owned(),
            file: None,
        });
        return Index { parsed, ..Index::default() };
    }
    lower::lower(path, text, sources, tracking)
}

#[cfg(test)]
mod tests;
