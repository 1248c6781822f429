//! Which model the picture shows while people type: the newest one that reads, or the last good one while the text is broken.

use std::sync::Arc;

use crate::domain::{
    diagnostic::{Diagnostic, Level, LineIndex},
    sort,
    syntax::Parsed,
};

/// The picture's model and the newest reading of the text.
#[derive(Clone, Debug)]
pub struct Live {
    /// What the picture, outline and inspector show.
    pub shown: Arc<Parsed>,
    /// What the text says now; its diagnostics are the ones to list.
    pub newest: Arc<Parsed>,
    /// The picture is older than the text because the text has errors.
    pub stale: bool,
    /// The text became one of a language that this page can't read; the picture is older than it.
    pub foreign: bool,
}

impl Live {
    pub fn new(parsed: Parsed) -> Self {
        let parsed = Arc::new(parsed);
        Self { shown: Arc::clone(&parsed), newest: parsed, stale: false, foreign: false }
    }

    /// Takes a new reading: a broken one only replaces the picture if it lost no element of it.
    #[must_use]
    pub fn next(&self, parsed: Parsed) -> Self {
        let broken = parsed.diagnostics.iter().any(|diagnostic| diagnostic.level == Level::Error);
        let lost = || self.shown.model.elements.keys().any(|key| !parsed.model.elements.contains_key(key));
        let stale = broken && lost();
        let newest = Arc::new(parsed);
        Self { shown: if stale { Arc::clone(&self.shown) } else { Arc::clone(&newest) }, newest, stale, foreign: false }
    }

    /// Keeps the picture of a text that this page can't read any more.
    #[must_use]
    pub fn foreign(&self) -> Self {
        Self { foreign: true, stale: true, ..self.clone() }
    }
}

/// One problem of a text, with its place in words people use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub diagnostic: Diagnostic,
    pub line: u32,
    pub column: u32,
}

/// The problems of a text in its own order; notes are left out.
pub fn problems(text: &str, diagnostics: &[Diagnostic]) -> Vec<Problem> {
    let index = LineIndex::new(text);
    let mut problems: Vec<Problem> = diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.level != Level::Note)
        .map(|diagnostic| {
            let place = index.place(diagnostic.span.start);
            Problem { diagnostic: diagnostic.clone(), line: place.line, column: place.column }
        })
        .collect();
    sort::by_key(&mut problems, |problem| problem.diagnostic.span);
    problems
}

/// `1 error, 2 warnings`, or nothing.
pub fn summary(diagnostics: &[Diagnostic]) -> Option<String> {
    let count = |level: Level| diagnostics.iter().filter(|diagnostic| diagnostic.level == level).count();
    let words = |count: usize, noun: &str| match count {
        0 => None,
        1 => Some(format!("1 {noun}")),
        _ => Some(format!("{count} {noun}s")),
    };
    let parts: Vec<String> = [words(count(Level::Error), "error"), words(count(Level::Warning), "warning")].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        diagnostic::Span,
        syntax::{Language, Sources, parse},
    };

    fn read(text: &str) -> Parsed {
        parse(Language::Structurizr, "workspace.dsl", text, &Sources::new())
    }

    const GOOD: &str = "workspace {\n  model {\n    a = softwareSystem \"A\"\n    b = softwareSystem \"B\"\n    a -> b\n  }\n}\n";

    #[test]
    fn a_broken_text_keeps_the_last_good_picture() {
        let live = Live::new(read(GOOD));
        let broken = live.next(Parsed { model: crate::domain::model::Model::default(), diagnostics: vec![diagnostic(Level::Error, 4, 5)] });
        assert!(broken.stale);
        assert_eq!(broken.shown.model.elements.len(), 2);
        assert!(!broken.newest.diagnostics.is_empty());
        let mended = broken.next(read(GOOD));
        assert!(!mended.stale);
    }

    #[test]
    fn a_text_of_a_foreign_language_keeps_the_picture_until_it_is_read_again() {
        let foreign = Live::new(read(GOOD)).foreign();
        assert!(foreign.foreign && foreign.stale);
        assert_eq!(foreign.shown.model.elements.len(), 2);
        let back = foreign.next(read(GOOD));
        assert!(!back.foreign && !back.stale);
    }

    #[test]
    fn a_deleted_element_leaves_the_picture_when_the_text_is_fine() {
        let live = Live::new(read(GOOD));
        let next = live.next(read("workspace {\n  model {\n    a = softwareSystem \"A\"\n  }\n}\n"));
        assert_eq!(next.shown.model.elements.len(), 1);
    }

    fn diagnostic(level: Level, start: usize, end: usize) -> Diagnostic {
        Diagnostic {
            level,
            code: "x".to_owned(),
            span: Span::new(start, end),
            what: String::new(),
            why: String::new(),
            help: String::new(),
            file: None,
        }
    }

    #[test]
    fn problems_have_places_and_a_summary() {
        let all = [diagnostic(Level::Warning, 3, 4), diagnostic(Level::Error, 0, 1), diagnostic(Level::Note, 0, 1)];
        let problems = problems("a\nbc", &all);
        assert_eq!(problems.iter().map(|p| (p.line, p.column)).collect::<Vec<_>>(), [(1, 1), (2, 2)]);
        assert_eq!(summary(&all).as_deref(), Some("1 error, 1 warning"));
        assert_eq!(summary(&[]), None);
    }
}
