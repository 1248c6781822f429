//! Constraints that decision records put on the design, in words that a person can read aloud:
//!
//! ```text
//! forbid technology MongoDB
//! require encryption_at_rest on kind database in Payments
//! forbid calls from zone dmz to kind database
//! require protocol gRPC from Orders to Payments
//! no element of kind database reachable from outside
//! every service has replicas >= 2
//! service.* uses technology Go
//! ```
//!
//! They stand in the front matter under `constraints`, one per line, and in fences called `lintel-rule`, where a section
//! says how the decision is confirmed. Reading never fails: what can't be read says why. In the front matter only lines that
//! begin with forbid or require are constraints; everything else is left alone.

use serde::{Deserialize, Serialize};

use crate::domain::diagnostic::Span;

pub mod fence;
pub mod sentence;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    Forbid,
    Require,
}

impl Verb {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Forbid => "forbid",
            Self::Require => "require",
        }
    }
}

/// Which end of a relation a term speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The element, or the relation itself.
    Subject,
    From,
    To,
}

/// What a term asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    Kind,
    Technology,
    Protocol,
    Context,
    /// The name of an element or of anything around it.
    Boundary,
    /// A fact by its known name.
    Fact(&'static str),
    /// Identifiers or names of a shape, with `*` for any letters.
    Pattern,
    /// Called from there, directly or through gateways alone; from outside if no term says whence.
    Reachable(Option<Box<Term>>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    pub side: Side,
    pub ask: Ask,
    /// Empty for a fact that only has to be there.
    pub value: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Constraint {
    pub verb: Verb,
    /// What is forbidden or required.
    pub what: Vec<Term>,
    /// Of whom.
    pub on: Vec<Term>,
    /// About relations, not elements.
    pub relations: bool,
}

/// Why a line can't be read as a constraint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// What is wrong, in one sentence without a final period.
    pub what: String,
    /// What to write instead.
    pub help: String,
}

/// One line of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    pub text: String,
    pub span: Span,
    pub constraint: Result<Constraint, Problem>,
}

/// Whether a word names a kind by its slug: `Object stores` are `object-store`.
pub fn is_kind_name(word: &str, slug: &str) -> bool {
    let word = word.trim().to_lowercase().replace(' ', "-");
    let single = word.strip_suffix("ies").is_some_and(|stem| slug.strip_suffix('y') == Some(stem));
    word == slug || single || [word.strip_suffix('s'), word.strip_suffix("es")].into_iter().flatten().any(|stem| stem == slug)
}

/// Reads the value of `constraints`, as written in the bytes of a span.
pub fn read(text: &str, span: Span) -> Vec<Written> {
    let source = span.of(text);
    let mut found: Vec<(Verb, String, Span)> = Vec::new();
    let mut pending: Option<Verb> = None;
    for (line, at) in pieces(source) {
        let bare = line.trim();
        let item = bare.starts_with("- ");
        let content = unquoted(bare.trim_start_matches("- ").trim());
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        let start = span.start + u32::try_from(at + line.find(content).unwrap_or(0)).unwrap_or(0);
        let here = Span { start, end: start + u32::try_from(content.len()).unwrap_or(0) };
        match verb(content) {
            Some((verb, "")) => pending = Some(verb),
            Some((verb, rest)) => {
                pending = None;
                found.push((verb, rest.to_owned(), here));
            }
            None if item => found.extend(pending.map(|verb| (verb, content.to_owned(), here))),
            None => match (pending.take(), found.last_mut()) {
                (Some(verb), _) => found.push((verb, content.to_owned(), here)),
                (None, Some((_, rest, _))) => {
                    rest.push(' ');
                    rest.push_str(content);
                }
                (None, None) => {}
            },
        }
    }
    found
        .into_iter()
        .map(|(verb, rest, span)| Written { text: sentence::plain(verb, &rest), span, constraint: sentence::after_verb(verb, &rest) })
        .collect()
}

/// Lines, and the members of a list on one line; with their offsets.
fn pieces(source: &str) -> Vec<(&str, usize)> {
    let inline = source.trim_start().starts_with('[');
    let mut pieces = Vec::new();
    let mut start = 0;
    for (at, c) in source.char_indices() {
        if c == '\n' || c == ';' || (inline && matches!(c, ',' | '[' | ']')) {
            pieces.push((source.get(start..at).unwrap_or_default(), start));
            start = at + c.len_utf8();
        }
    }
    pieces.push((source.get(start..).unwrap_or_default(), start));
    pieces
}

fn unquoted(text: &str) -> &str {
    for quote in ['"', '\''] {
        if let Some(inner) = text.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)).filter(|inner| !inner.contains(quote)) {
            return inner;
        }
    }
    text
}

/// The verb a line begins with, and the rest.
fn verb(line: &str) -> Option<(Verb, &str)> {
    let line = line.trim_start_matches(['{', ' ', '"', '\'']);
    let end = line.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(line.len());
    let (word, rest) = line.split_at_checked(end)?;
    let verb = match word.to_ascii_lowercase().as_str() {
        "forbid" | "forbids" => Verb::Forbid,
        "require" | "requires" => Verb::Require,
        _ => return None,
    };
    Some((verb, rest.trim_start_matches(['"', '\'', ':', ' ']).trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Option<Constraint> {
        let span = Span::new(0, text.len());
        read(text, span).pop().and_then(|written| written.constraint.ok())
    }

    fn term(side: Side, ask: Ask, value: &str) -> Term {
        Term { side, ask, value: value.to_owned() }
    }

    #[test]
    fn sentences_are_understood() {
        let constraint = one("forbid technology MongoDB").unwrap();
        assert_eq!((constraint.verb, constraint.relations), (Verb::Forbid, false));
        assert_eq!(constraint.what, [term(Side::Subject, Ask::Technology, "MongoDB")]);
        assert_eq!(one("forbid MongoDB"), one("forbid technology MongoDB"));
        let constraint = one("require encryption_at_rest on kind database in Payments").unwrap();
        assert_eq!(constraint.what, [term(Side::Subject, Ask::Fact("encryption_at_rest"), "")]);
        assert_eq!(constraint.on, [term(Side::Subject, Ask::Kind, "database"), term(Side::Subject, Ask::Boundary, "Payments")]);
        let constraint = one("forbid calls from zone dmz to kind database").unwrap();
        assert!(constraint.relations && constraint.what.is_empty());
        assert_eq!(constraint.on, [term(Side::From, Ask::Fact("zone"), "dmz"), term(Side::To, Ask::Kind, "database")]);
        let constraint = one("require protocol gRPC from \"Order service\" to Payments").unwrap();
        assert_eq!(constraint.on, [term(Side::From, Ask::Boundary, "Order service"), term(Side::To, Ask::Boundary, "Payments")]);
        assert_eq!(one("forbid kind cache in zone pci").unwrap().on, [term(Side::Subject, Ask::Fact("zone"), "pci")]);
        assert_eq!(one("require backup encryption_at_rest on kind database").unwrap().what.len(), 2);
        assert!(one("require tls mutual in Payments").unwrap().relations, "only relations have it");
        assert_eq!(one("require replicas >= 2 on kind gateway").unwrap().what, [term(Side::Subject, Ask::Fact("replicas"), ">= 2")]);
    }

    #[test]
    fn yaml_of_every_shape_gives_the_same_lines() {
        let expected = ["forbid technology MongoDB", "require tls"];
        for text in [
            "\n  - forbid technology MongoDB\n  - require tls",
            "\n  - \"forbid technology MongoDB\"\n  - 'require tls'",
            "\n  - forbid: technology MongoDB\n  - require: tls",
            "\n  - forbid: { technology: MongoDB }\n  - require: {tls}",
            "\n  - forbid:\n      technology: MongoDB\n  - require: tls",
            "\n  forbid:\n    - technology MongoDB\n  require:\n    - tls",
            "[forbid technology MongoDB, require tls]",
            "forbid technology MongoDB; require tls",
        ] {
            let found: Vec<String> = read(text, Span::new(0, text.len())).into_iter().map(|written| written.text).collect();
            assert_eq!(found, expected, "{text}");
            assert!(read(text, Span::new(0, text.len())).iter().all(|written| written.constraint.is_ok()), "{text}");
        }
    }

    #[test]
    fn prose_is_left_alone_and_nonsense_is_kept_as_such() {
        for text in ["[budget, time]", "two people, three months", "\n  - The budget is small.\n  - It has to run in our own hall.", ""] {
            assert_eq!(read(text, Span::new(0, text.len())), [], "{text}");
        }
        for text in ["forbid", "require kind", "forbid on kind database", "require from Orders to Payments"] {
            assert_eq!(one(text), None, "{text}");
        }
        assert_eq!(read("require kind", Span::new(0, 12)).len(), 1);
    }
}
