//! Constraints that decision records put on the design, in words that a person can read aloud:
//!
//! ```text
//! forbid technology MongoDB
//! require encryption_at_rest on kind database in Payments
//! forbid calls from zone dmz to kind database
//! require protocol gRPC from Orders to Payments
//! ```
//!
//! They stand in the front matter under `constraints`, one per line. Reading never fails: a line that begins like a
//! constraint and makes no sense is kept as such, everything else is left alone.

use crate::domain::{
    diagnostic::Span,
    model::{
        facts::{self, catalogue},
        kind::Kind,
    },
};

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

/// One line of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    pub text: String,
    pub span: Span,
    /// None when the line begins like a constraint and can't be read.
    pub constraint: Option<Constraint>,
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
        .map(|(verb, rest, span)| Written {
            text: format!("{} {}", verb.name(), tokens(&rest).iter().map(|(word, _)| word.as_str()).collect::<Vec<_>>().join(" ")),
            span,
            constraint: parse(verb, &rest),
        })
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

/// Words, quoted ones as one; `true` for those in quotes.
fn tokens(text: &str) -> Vec<(String, bool)> {
    let mut tokens = Vec::new();
    let mut word = String::new();
    let mut quote: Option<char> = None;
    for c in text.chars() {
        match quote {
            Some(open) if c == open => {
                quote = None;
                tokens.push((std::mem::take(&mut word), true));
            }
            None if matches!(c, '"' | '\'') && word.is_empty() => quote = Some(c),
            None if c.is_whitespace() || matches!(c, ',' | '{' | '}') => {
                if !word.is_empty() {
                    tokens.push((std::mem::take(&mut word), false));
                }
            }
            _ => word.push(c),
        }
    }
    if !word.is_empty() {
        tokens.push((word, quote.is_some()));
    }
    for (word, quoted) in &mut tokens {
        if !*quoted && word.len() > 1 {
            word.truncate(word.trim_end_matches(':').len());
        }
    }
    tokens.retain(|(word, quoted)| *quoted || !word.is_empty());
    tokens
}

/// What a word means before its value.
enum Word {
    Ask(Ask),
    On,
    Side(Side),
    Relations,
    Filler,
}

fn word(token: &str) -> Option<Word> {
    let lower = token.to_ascii_lowercase().replace('-', "_");
    Some(match lower.as_str() {
        "kind" => Word::Ask(Ask::Kind),
        "technology" | "tech" => Word::Ask(Ask::Technology),
        "protocol" | "proto" => Word::Ask(Ask::Protocol),
        "context" => Word::Ask(Ask::Context),
        "in" | "inside" | "within" | "boundary" | "group" | "system" | "scope" | "element" | "name" => Word::Ask(Ask::Boundary),
        "on" | "for" | "of" | "where" => Word::On,
        "from" => Word::Side(Side::From),
        "to" => Word::Side(Side::To),
        "relation" | "relations" | "relationship" | "relationships" | "call" | "calls" => Word::Relations,
        "and" | "any" | "all" | "every" | "elements" => Word::Filler,
        _ => Word::Ask(Ask::Fact(catalogue::about(&lower).filter(|_| facts::is_known(&lower))?.name)),
    })
}

fn parse(verb: Verb, text: &str) -> Option<Constraint> {
    let mut constraint = Constraint { verb, what: Vec::new(), on: Vec::new(), relations: false };
    let (mut side, mut on) = (Side::Subject, false);
    let mut ask: Option<Ask> = None;
    let mut value: Vec<String> = Vec::new();
    let mut sound = true;
    for (token, quoted) in tokens(text) {
        let Some(word) = (!quoted).then(|| word(&token)).flatten() else {
            value.push(token);
            continue;
        };
        // A word after `kind` is its value, whatever else it may mean.
        if matches!((&ask, &word), (Some(Ask::Kind | Ask::Technology | Ask::Protocol), Word::Ask(Ask::Fact(_)))) && value.is_empty() {
            value.push(token);
            continue;
        }
        // "in zone pci" says more exactly what "in" asks.
        if let (Some(Ask::Boundary), Word::Ask(next), true) = (&ask, &word, value.is_empty()) {
            ask = Some(next.clone());
            continue;
        }
        sound &= close(&mut constraint, ask.take(), &mut value, (side, on));
        match word {
            Word::Ask(Ask::Boundary) if !on && side == Side::Subject => {
                on = true;
                ask = Some(Ask::Boundary);
            }
            Word::Ask(next) => ask = Some(next),
            Word::On => (on, side) = (true, Side::Subject),
            Word::Side(next) => side = next,
            Word::Relations => constraint.relations = true,
            Word::Filler => {}
        }
    }
    sound &= close(&mut constraint, ask.take(), &mut value, (side, on));
    let about_relation = |term: &Term| {
        term.side != Side::Subject
            || match term.ask {
                Ask::Protocol => true,
                Ask::Fact(name) => catalogue::about(name).is_some_and(|fact| fact.subjects == [catalogue::Subject::Relation]),
                _ => false,
            }
    };
    constraint.relations |= constraint.what.iter().chain(&constraint.on).any(about_relation);
    let says = !constraint.what.is_empty() || (verb == Verb::Forbid && constraint.relations && !constraint.on.is_empty());
    (sound && says).then_some(constraint)
}

/// Takes the term that ends here; false when it lacks its value.
fn close(constraint: &mut Constraint, ask: Option<Ask>, value: &mut Vec<String>, (side, on): (Side, bool)) -> bool {
    let value = std::mem::take(value).join(" ");
    let Some(ask) = ask.or_else(|| (!value.is_empty()).then(|| guess(&value, side))) else { return true };
    let complete = !value.is_empty() || matches!(ask, Ask::Fact(_));
    // An end of a relation says of whom, wherever it stands.
    let list = if on || side != Side::Subject { &mut constraint.on } else { &mut constraint.what };
    list.push(Term { side, ask, value });
    complete
}

/// What a value without a word before it is.
fn guess(value: &str, side: Side) -> Ask {
    if side != Side::Subject {
        return Ask::Boundary;
    }
    let slug = value.to_lowercase().replace(' ', "-");
    if Kind::ALL.iter().any(|kind| kind.slug() == slug) { Ask::Kind } else { Ask::Technology }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Option<Constraint> {
        let span = Span::new(0, text.len());
        read(text, span).pop().and_then(|written| written.constraint)
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
            assert!(read(text, Span::new(0, text.len())).iter().all(|written| written.constraint.is_some()), "{text}");
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
