//! The doctor for a log: what is wrong with numbers, names, statuses and links, each with its place, why it matters and what
//! to do. A baseline keeps what is known apart from what is new.
//!
//! To add a check: a function of [`Ward`] in one of the files beside this one, and its line in [`examine`].

use serde::{Deserialize, Serialize};

use crate::domain::{
    decision::{
        constraint::fence,
        log::{
            Edge, Entry, Log, Text, edges,
            graph::{Arrow, arrows},
        },
        status::Status,
    },
    diagnostic::{Diagnostic, Level, LineIndex, Place, Span},
};

mod links;
mod names;
pub mod remedy;
mod statuses;

/// Something wrong with a log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    pub path: String,
    pub place: Place,
    pub diagnostic: Diagnostic,
    /// What it is about besides the record, such as the other record; part of its identity.
    pub about: String,
}

impl Fault {
    /// What a baseline knows it by: lines above it don't matter.
    pub fn identity(&self) -> String {
        let words = [self.diagnostic.code.as_str(), self.path.as_str(), self.about.as_str()];
        words.iter().filter(|word| !word.is_empty()).copied().collect::<Vec<_>>().join(" ")
    }

    /// Whether it fails a gate; notes are worth knowing and no more.
    pub fn is_fault(&self) -> bool {
        self.diagnostic.level > Level::Note
    }
}

/// Faults that are known: a file to commit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    pub version: u32,
    /// The identities of faults, in order.
    pub known: Vec<String>,
}

/// The format of a baseline; grows when old versions could not read it.
pub const VERSION: u32 = 1;

impl Baseline {
    pub fn of(faults: &[Fault]) -> Self {
        let mut known: Vec<String> = faults.iter().map(Fault::identity).collect();
        known.sort();
        known.dedup();
        Self { version: VERSION, known }
    }

    pub fn holds(&self, fault: &Fault) -> bool {
        self.known.binary_search(&fault.identity()).is_ok()
    }
}

/// A log as checks see it.
struct Ward<'a> {
    log: &'a Log,
    entries: Vec<Entry<'a>>,
    edges: Vec<Edge>,
    arrows: Vec<Arrow>,
    /// Whether the folder has a file at a path, whatever it is.
    exists: &'a dyn Fn(&str) -> bool,
    found: Vec<Fault>,
}

/// Everything that is wrong, by path and line. `exists` tells whether there is a file at a path, records aside.
pub fn examine(log: &Log, exists: &dyn Fn(&str) -> bool) -> Vec<Fault> {
    let entries = log.entries();
    let edges = edges(&entries);
    let mut ward = Ward { log, arrows: arrows(&entries, &edges), entries, edges, exists, found: Vec::new() };
    ward.texts();
    ward.duplicates();
    ward.gaps();
    ward.names();
    ward.missing_statuses();
    ward.supersessions();
    ward.broken_links();
    ward.one_sided_links();
    ward.stale_links();
    ward.circles();
    let mut found = ward.found;
    found.sort_by(|left, right| {
        (&left.path, left.place, &left.diagnostic.code, &left.about).cmp(&(&right.path, right.place, &right.diagnostic.code, &right.about))
    });
    found
}

/// What is to be said about a fault.
struct Words {
    what: String,
    why: &'static str,
    help: String,
}

impl Ward<'_> {
    fn report(&mut self, text: &Text, span: Span, (level, code): (Level, &str), about: &str, words: Words) {
        let diagnostic =
            Diagnostic { level, code: code.to_owned(), span, what: words.what, why: words.why.to_owned(), help: words.help, file: None };
        let place = LineIndex::new(&text.text).place(span.start);
        self.found.push(Fault { path: text.path.clone(), place, diagnostic, about: about.to_owned() });
    }

    /// What reading the records and their rules had to say.
    fn texts(&mut self) {
        for text in &self.log.texts {
            let retired = matches!(text.record.known_status(), Some(Status::Rejected | Status::Deprecated | Status::Superseded));
            let rules = if retired { Vec::new() } else { fence::diagnostics(&text.text) };
            for diagnostic in text.record.diagnostics.iter().chain(&rules) {
                let level = match diagnostic.code.as_str() {
                    "unknown-status" | "no-title" => diagnostic.level,
                    // People will cite the record by either number.
                    "number-disagrees" => Level::Warning,
                    _ => diagnostic.level.max(Level::Warning),
                };
                let words = Words { what: diagnostic.what.clone(), why: "", help: diagnostic.help.clone() };
                let about = diagnostic.span.of(&text.text).trim().lines().next().unwrap_or("").to_owned();
                let about = if diagnostic.code == "invalid-front-matter" { String::new() } else { about };
                self.report(text, diagnostic.span, (level, &diagnostic.code), &about, words);
                if let Some(last) = self.found.last_mut() {
                    last.diagnostic.why.clone_from(&diagnostic.why);
                }
            }
        }
    }
}

/// Where a record says its status, or else its title.
fn status_span(text: &Text) -> Span {
    text.record.status.as_ref().map_or(text.record.title_span, |status| status.span)
}

#[cfg(test)]
mod tests;
