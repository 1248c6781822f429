//! Searching texts: what people type becomes a query that no index can misread, and what was found becomes passages in which
//! the found words are told apart.
//!
//! Every word has to be there. Words in quotes have to stand together. The last word may be the beginning of one, unless a
//! space or a quote follows it. Nothing that can be typed is wrong.

use serde::{Deserialize, Serialize};

/// Characters of a query that count.
pub const LONGEST: usize = 200;
/// Words and quotes of a query that count.
pub const MOST: usize = 12;
/// Stands before and after found words in what an index gives back.
pub const MARKS: (char, char) = ('\u{2}', '\u{3}');

/// What can be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Decision,
    Diagram,
    Finding,
}

impl Kind {
    /// In the order that results are shown.
    pub const ALL: [Self; 3] = [Self::Decision, Self::Diagram, Self::Finding];

    pub const fn slug(self) -> &'static str {
        match self {
            Self::Decision => "decision",
            Self::Diagram => "diagram",
            Self::Finding => "finding",
        }
    }

    /// Over a group of results.
    pub const fn heading(self) -> &'static str {
        match self {
            Self::Decision => "Decisions",
            Self::Diagram => "Diagrams",
            Self::Finding => "Findings",
        }
    }
}

/// A word or some words that have to stand together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Term {
    pub words: String,
    /// The last word may go on.
    pub beginning: bool,
}

/// What somebody looks for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Query {
    pub terms: Vec<Term>,
}

impl Query {
    /// Reads what was typed.
    pub fn read(typed: &str) -> Self {
        let typed: String = typed.chars().take(LONGEST).map(|c| if c.is_control() { ' ' } else { c }).collect();
        let mut terms: Vec<Term> = Vec::new();
        let says = |words: &str| words.chars().any(char::is_alphanumeric);
        for (at, part) in typed.split(['"', '“', '”', '„']).enumerate() {
            if at % 2 == 1 {
                terms.extend(Some(part.trim()).filter(|part| says(part)).map(Term::new));
            } else {
                terms.extend(part.split_whitespace().filter(|word| says(word)).map(Term::new));
            }
        }
        terms.truncate(MOST);
        let goes_on = typed.ends_with(|c: char| !c.is_whitespace() && !matches!(c, '"' | '”' | '“' | '„'));
        if let Some(last) = terms.last_mut() {
            last.beginning = goes_on;
        }
        Self { terms }
    }

    pub const fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// In the language of `SQLite`'s FTS5: only quoted strings, `AND` and a final `*`, so that nothing typed is an operator.
    pub fn fts5(&self) -> String {
        let term = |term: &Term| format!("\"{}\"{}", term.words.replace('"', " "), if term.beginning { " *" } else { "" });
        self.terms.iter().map(term).collect::<Vec<_>>().join(" AND ")
    }
}

impl Term {
    fn new(words: &str) -> Self {
        Self { words: words.to_owned(), beginning: false }
    }
}

/// A part of a passage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    pub text: String,
    /// Was looked for.
    pub found: bool,
}

/// Reads a passage with marks around what was found. White space becomes one space; control characters, and marks that the
/// text itself had, are left out.
pub fn passage(marked: &str) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let (mut found, mut space) = (false, true);
    for c in marked.chars() {
        if c == MARKS.0 || c == MARKS.1 {
            found = c == MARKS.0;
            continue;
        }
        let c = if c.is_whitespace() { ' ' } else { c };
        if c.is_control() || is_hidden(c) || (c == ' ' && space) {
            continue;
        }
        space = c == ' ';
        match pieces.last_mut() {
            Some(last) if last.found == found => last.text.push(c),
            _ => pieces.push(Piece { text: c.to_string(), found }),
        }
    }
    if let Some(last) = pieces.last_mut().filter(|last| last.text.ends_with(' ')) {
        last.text.pop();
    }
    pieces.retain(|piece| !piece.text.is_empty());
    pieces
}

/// Turns the direction of what follows, or says nothing.
const fn is_hidden(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_quotes_and_beginnings_are_read() {
        for (typed, query) in [
            ("use nats", "\"use\" AND \"nats\" *"),
            ("use nats ", "\"use\" AND \"nats\""),
            ("\"order events\" nats", "\"order events\" AND \"nats\" *"),
            ("“order events”", "\"order events\""),
            ("\"order ev", "\"order ev\" *"),
            ("LNT-B001", "\"LNT-B001\" *"),
            ("a OR b NOT c", "\"a\" AND \"OR\" AND \"b\" AND \"NOT\" AND \"c\" *"),
            ("-> * ( ) : ^ \" \"", ""),
            ("title: x^2", "\"title:\" AND \"x^2\" *"),
            ("", ""),
            ("a\0b", "\"a\" AND \"b\" *"),
        ] {
            assert_eq!(Query::read(typed).fts5(), query, "{typed}");
        }
        assert_eq!(Query::read(&"x ".repeat(500)).terms.len(), MOST);
    }

    #[test]
    fn passages_tell_what_was_found() {
        let pieces = passage("  We \u{2}use\u{3}\n\n \u{2}NATS\u{3} <script>\u{202e}\u{7}. ");
        let shown: Vec<(&str, bool)> = pieces.iter().map(|piece| (piece.text.as_str(), piece.found)).collect();
        assert_eq!(shown, [("We ", false), ("use", true), (" ", false), ("NATS", true), (" <script>.", false)]);
        assert_eq!(passage(""), []);
    }

    proptest! {
        #[test]
        fn no_query_has_an_operator_of_its_own(typed in "\\PC{0,60}") {
            let query = Query::read(&typed).fts5();
            prop_assert_eq!(query.matches('"').count() % 2, 0);
            // Outside the quotes there is nothing but what joins them.
            let outside: String = query.split('"').step_by(2).collect();
            prop_assert_eq!(outside.replace(" AND ", "").replace(" *", ""), "");
        }

        #[test]
        fn passages_lose_no_letter(text in "[a-z \u{2}\u{3}]{0,60}") {
            let letters = |text: &str| text.chars().filter(char::is_ascii_lowercase).collect::<String>();
            let shown: String = passage(&text).iter().map(|piece| piece.text.as_str()).collect();
            prop_assert_eq!(letters(&shown), letters(&text));
        }
    }
}
