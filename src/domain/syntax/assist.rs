//! What an editor helps with, as pure functions on a text and a place in it: completing, explaining, going to a definition,
//! finding uses, laying out. All work in broken, half-typed text, and none fails: where there is nothing to say they say
//! nothing.
//!
//! A language has one folder here and one arm in each function. A language without a folder of its own uses [`plain`], which
//! goes by the elements of the model and the words of the text.

use serde::{Deserialize, Serialize};

use crate::domain::{
    diagnostic::Span,
    model::ElementKey,
    syntax::{Language, Sources, TextEdit, mermaid},
};

pub mod plain;
pub mod questions;
pub mod structurizr;

/// Completions of one place; what fits worse is left out.
pub const MAX_COMPLETIONS: usize = 200;
/// Bytes of what is shown when hovering.
pub const MAX_HOVER: usize = 4000;

/// What a completion puts in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CompletionKind {
    Keyword,
    Directive,
    Element,
    Relation,
    Group,
    View,
    Archetype,
    Constant,
    Tag,
    Fact,
    /// One of the values that a word of the language, or a fact, takes.
    Value,
    Technology,
    /// The start of an expression that chooses elements or relations.
    Expression,
    /// A file or folder of the project.
    File,
}

/// One way to go on at a place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Completion {
    /// As listed.
    pub label: String,
    /// What it is, in a few words; may be empty.
    pub detail: String,
    /// What takes the place of `span`, quotes included where they are needed.
    pub insert: String,
    pub kind: CompletionKind,
    /// What is replaced: the word around the place, or nothing.
    pub span: Span,
}

/// What there is to say about a word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hover {
    /// The word.
    pub span: Span,
    pub markdown: String,
}

/// A place in the document or in another file of the project.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Target {
    /// The path of an included file; none for the document itself.
    pub file: Option<String>,
    pub span: Span,
}

/// How the text may go on at a byte offset, best first.
pub fn complete(language: Language, path: &str, text: &str, sources: &Sources, offset: usize) -> Vec<Completion> {
    match language {
        Language::Structurizr => structurizr::complete(path, text, sources, offset),
        Language::Mermaid => plain::complete(&mermaid::parse(path, text, sources).model, text, offset),
    }
}

/// What the word at a byte offset means.
pub fn hover(language: Language, path: &str, text: &str, sources: &Sources, offset: usize) -> Option<Hover> {
    match language {
        Language::Structurizr => structurizr::hover(path, text, sources, offset),
        Language::Mermaid => plain::hover(&mermaid::parse(path, text, sources).model, text, offset),
    }
}

/// Where the name at a byte offset is defined.
pub fn definition(language: Language, path: &str, text: &str, sources: &Sources, offset: usize) -> Option<Target> {
    match language {
        Language::Structurizr => structurizr::definition(path, text, sources, offset),
        Language::Mermaid => plain::definition(&mermaid::parse(path, text, sources).model, text, offset),
    }
}

/// Everywhere the name at a byte offset stands, its definition included, in the order of files and places.
pub fn references(language: Language, path: &str, text: &str, sources: &Sources, offset: usize) -> Vec<Target> {
    match language {
        Language::Structurizr => structurizr::references(path, text, sources, offset),
        Language::Mermaid => plain::references(&mermaid::parse(path, text, sources).model, text, offset),
    }
}

/// The element that the identifier, or the name, at a byte offset stands for: what renaming there is about.
pub fn identifier_at(language: Language, path: &str, text: &str, sources: &Sources, offset: usize) -> Option<ElementKey> {
    match language {
        Language::Structurizr => structurizr::identifier_at(path, text, sources, offset),
        Language::Mermaid => plain::identifier_at(&mermaid::parse(path, text, sources).model, text, offset),
    }
}

/// The smallest edits that lay out the lines that the span touches, or the whole text without one. The meaning, comments and
/// blank lines stay; laying out twice changes nothing more. A text that has unclosed quotes or braces is left alone where
/// that could change what it means.
pub fn format(language: Language, text: &str, span: Option<Span>) -> Vec<TextEdit> {
    match language {
        Language::Structurizr => structurizr::format(text, span),
        // Flowcharts have no layout that all agree on.
        Language::Mermaid => Vec::new(),
    }
}

#[cfg(test)]
mod tests;
