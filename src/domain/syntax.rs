//! The languages that diagrams are written in, and text edits. A language lives in one folder here, is one line of
//! [`Language`], and lowers to the one model of [`crate::domain::model`].
//!
//! Reading never fails: text gives a model and diagnostics. Nothing is fetched, run or read from disk; other files of the
//! project arrive as [`Sources`].

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::{
    diagnostic::{Diagnostic, Span},
    model::Model,
    syntax::gesture::{Gesture, Outcome, Refusal},
};

pub mod assist;
pub mod box_art;
pub mod c4;
pub mod c4_plantuml;
pub mod d2;
mod draft;
pub mod fidelity;
pub mod format;
pub mod gesture;
pub mod likec4;
pub mod mermaid;
pub mod model_json;
mod naming;
pub mod structurizr;
pub mod structurizr_json;

/// A language that a diagram can be written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Language {
    Structurizr,
    Mermaid,
}

/// What a text means, and what is to say about it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Parsed {
    pub model: Model,
    /// In the order of the text; those of included files where the inclusion stands.
    pub diagnostics: Vec<Diagnostic>,
}

/// Other files of the project by path, relative to the project's root, with `/` between the parts.
pub type Sources = BTreeMap<String, String>;

/// The language of a file, by its name or, where the name says nothing, by how the text begins.
pub fn language_of(path: &str, text: &str) -> Option<Language> {
    let lower = path.to_ascii_lowercase();
    let name = lower.rsplit('/').next().unwrap_or("");
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        // A flowchart is one in any file: people paste them over what a new diagram begins with.
        Some("dsl") if mermaid::looks_like(text) => Some(Language::Mermaid),
        Some("dsl") => Some(Language::Structurizr),
        Some("mmd" | "mermaid") => Some(Language::Mermaid),
        Some("txt") | None => {
            let structurizr = structurizr::looks_like(text).then_some(Language::Structurizr);
            structurizr.or_else(|| mermaid::looks_like(text).then_some(Language::Mermaid))
        }
        Some(_) => None,
    }
}

/// Reads a text. Never fails and never panics: what is not understood is a diagnostic.
pub fn parse(language: Language, path: &str, text: &str, sources: &Sources) -> Parsed {
    match language {
        Language::Structurizr => structurizr::parse(path, text, sources),
        Language::Mermaid => mermaid::parse(path, text, sources),
    }
}

/// The smallest edits by which a text says what the gesture means; none where it says so already.
///
/// # Errors
///
/// Where the gesture means nothing here, or cannot be done without changing something else.
pub fn edit(language: Language, path: &str, text: &str, sources: &Sources, gesture: &Gesture) -> Result<Outcome, Refusal> {
    if let Gesture::Name { element, name } = gesture {
        return naming::name(language, path, text, sources, element, name);
    }
    match language {
        Language::Structurizr => structurizr::edit::edit(path, text, sources, gesture),
        Language::Mermaid => mermaid::edit::edit(path, text, sources, gesture),
    }
}

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

/// The edits that give back the text as it was, for the text after `edits`.
pub fn inverse(text: &str, edits: &[TextEdit]) -> Vec<TextEdit> {
    let mut ordered: Vec<&TextEdit> = edits.iter().collect();
    ordered.sort_by_key(|edit| edit.span);
    let mut result = Vec::with_capacity(ordered.len());
    let (mut done, mut grown, mut shrunk) = (0, 0_usize, 0_usize);
    for edit in ordered {
        let range = edit.span.range();
        let Some(old) = text.get(range.clone()).filter(|_| range.start >= done) else { continue };
        let start = range.start + grown - shrunk;
        result.push(TextEdit { span: Span::new(start, start + edit.replacement.len()), replacement: old.to_owned() });
        grown += edit.replacement.len();
        shrunk += range.len();
        done = range.end;
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(start: usize, end: usize, replacement: &str) -> TextEdit {
        TextEdit { span: Span::new(start, end), replacement: replacement.to_owned() }
    }

    #[test]
    fn edits_apply_in_text_order_and_overlaps_are_left_out() {
        assert_eq!(apply("abcdef", &[edit(4, 5, "E"), edit(0, 1, "A"), edit(2, 2, "-")]), "Ab-cdEf");
        assert_eq!(apply("abcdef", &[edit(0, 3, "x"), edit(2, 4, "y")]), "xdef");
        assert_eq!(apply("é", &[edit(1, 2, "x")]), "é");
        assert_eq!(apply("ab", &[edit(1, 9, "x")]), "ab");
    }

    #[test]
    fn languages_are_known_by_name_and_by_text() {
        assert_eq!(language_of("docs/Workspace.DSL", ""), Some(Language::Structurizr));
        assert_eq!(language_of("workspace", "// c\nworkspace {\n}"), Some(Language::Structurizr));
        assert_eq!(language_of("shop.MMD", ""), Some(Language::Mermaid));
        assert_eq!(language_of("shop.mermaid", ""), Some(Language::Mermaid));
        assert_eq!(language_of("shop", "---\ntitle: Shop\n---\n%% c\ngraph TD;a-->b"), Some(Language::Mermaid));
        assert_eq!(language_of("shop", "flowchart\n  a"), Some(Language::Mermaid));
        assert_eq!(language_of("notes.txt", "graph theory is nice"), None);
        assert_eq!(language_of("readme.md", "workspace {\n}"), None);
        assert_eq!(language_of("notes.txt", "the workspace is fine"), None);
    }
}
