//! D2 text to statements: keys with dots, connections, values, maps. Nothing is looked up here; see `compile.rs`.

use crate::domain::{
    diagnostic::Span,
    syntax::d2::{MAX_DEPTH, MAX_STATEMENTS},
};

mod words;

/// Stands for a `$` that was escaped, until values are put in for variables.
pub(super) const ESCAPED_DOLLAR: char = '\u{1}';

/// One name in a dotted key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) text: String,
    pub(super) quoted: bool,
    pub(super) span: Span,
}

impl Part {
    /// A pattern for several names.
    pub(super) fn is_glob(&self) -> bool {
        !self.quoted && self.text.contains('*')
    }

    pub(super) fn is(&self, word: &str) -> bool {
        !self.quoted && self.text.eq_ignore_ascii_case(word)
    }
}

/// The arrowheads of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Arrow {
    pub(super) to_left: bool,
    pub(super) to_right: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Index {
    At(usize),
    All,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Text(Words),
    List(Vec<String>),
    /// The path of a file, and the keys in it.
    Import(Vec<String>),
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Words {
    pub(super) text: String,
    /// In single quotes or a block: nothing is put in for `${…}`.
    pub(super) raw: bool,
    pub(super) quoted: bool,
    /// The language of a block of text, such as `md`.
    pub(super) block: Option<String>,
    pub(super) span: Span,
}

/// A statement: a key or connections, with a value, a map, or both.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) key: Vec<Part>,
    /// The ends of connections, one more than arrows; empty for a plain key.
    pub(super) ends: Vec<Vec<Part>>,
    pub(super) arrows: Vec<Arrow>,
    pub(super) index: Option<Index>,
    /// What follows a connection in brackets: `(a -> b)[0].style.stroke`.
    pub(super) after: Vec<Part>,
    /// A condition of a pattern: `&shape: circle`.
    pub(super) filter: bool,
    pub(super) value: Option<Value>,
    pub(super) map: Option<Vec<Statement>>,
    pub(super) span: Span,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Statement {
    Entry(Entry),
    /// `...@file`
    Spread(Vec<String>, Span),
    /// `...${name}`
    SpreadVariable(String, Span),
}

/// What is wrong, where, and what to do.
pub(super) struct Slip {
    pub(super) code: &'static str,
    pub(super) span: Span,
    pub(super) words: [&'static str; 3],
}

pub(super) struct Parser<'t> {
    text: &'t str,
    at: usize,
    count: usize,
    pub(super) slips: Vec<Slip>,
}

/// All statements of a file.
pub(super) fn parse(text: &str) -> (Vec<Statement>, Vec<Slip>) {
    let mut parser = Parser { text, at: 0, count: 0, slips: Vec::new() };
    if text.starts_with('\u{feff}') {
        parser.at = '\u{feff}'.len_utf8();
    }
    let statements = parser.map(0);
    (statements, parser.slips)
}

impl Parser<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn starts(&self, text: &str) -> bool {
        self.rest().starts_with(text)
    }

    fn eat(&mut self, text: &str) -> bool {
        let found = self.starts(text);
        if found {
            self.at += text.len();
        }
        found
    }

    fn bump(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    fn slip(&mut self, code: &'static str, span: Span, words: [&'static str; 3]) {
        if self.slips.len() < 200 {
            self.slips.push(Slip { code, span, words });
        }
    }

    /// Spaces without line ends.
    fn spaces(&mut self) {
        while self.peek().is_some_and(|next| next.is_whitespace() && next != '\n') {
            self.bump();
        }
    }

    /// Everything between statements.
    fn between(&mut self) {
        loop {
            while self.peek().is_some_and(|next| next.is_whitespace() || next == ';') {
                self.bump();
            }
            if self.starts("\"\"\"") {
                let start = self.at;
                self.at += 3;
                if let Some(length) = self.rest().find("\"\"\"") {
                    self.at += length + 3;
                } else {
                    {
                        self.at = self.text.len();
                        self.slip(
                            "unclosed-comment",
                            Span::new(start, start + 3),
                            ["This comment has no end", "Everything after it is read as comment.", "Write `\"\"\"` where it ends."],
                        );
                    }
                }
            } else if self.starts("#") {
                self.line_end();
            } else {
                return;
            }
        }
    }

    fn line_end(&mut self) {
        self.at += self.rest().find('\n').unwrap_or(self.rest().len());
    }

    /// The statements up to the closing brace, which is taken too.
    fn map(&mut self, depth: usize) -> Vec<Statement> {
        let mut statements = Vec::new();
        loop {
            self.between();
            let before = self.at;
            match self.peek() {
                None => {
                    if depth > 0 {
                        self.slip(
                            "unclosed-map",
                            Span::new(self.at, self.at),
                            ["A map has no closing brace", "It is taken to end with the text.", "Write `}` where the map ends."],
                        );
                    }
                    return statements;
                }
                Some('}') => {
                    self.bump();
                    if depth > 0 {
                        return statements;
                    }
                    self.slip(
                        "unexpected-closing-brace",
                        Span::new(before, before + 1),
                        ["There is no map that this brace could close", "It is ignored.", "Remove it, or open a map above."],
                    );
                    continue;
                }
                Some(_) => {}
            }
            self.count += 1;
            if self.count > MAX_STATEMENTS {
                if self.count == MAX_STATEMENTS + 1 {
                    self.slip(
                        "too-many-statements",
                        Span::new(before, before),
                        ["The text has too many statements", "What follows is left out.", "Split the text."],
                    );
                }
                self.at = self.text.len();
                continue;
            }
            if let Some(statement) = self.statement(depth) {
                statements.push(statement);
            }
            if self.at == before {
                self.bump();
            }
        }
    }

    fn statement(&mut self, depth: usize) -> Option<Statement> {
        let start = self.at;
        if self.eat("...") {
            if self.eat("@") {
                let path = self.import_path();
                return Some(Statement::Spread(path, Span::new(start, self.at)));
            }
            if self.eat("${") {
                let length = self.rest().find(['}', '\n']).unwrap_or(self.rest().len());
                let name = self.rest().get(..length).unwrap_or("").trim().to_owned();
                self.at += length;
                self.eat("}");
                return Some(Statement::SpreadVariable(name, Span::new(start, self.at)));
            }
            self.at = start;
        }
        let mut entry = Entry { filter: self.eat("!&") || self.eat("&"), ..Entry::default() };
        entry.key = self.path(false);
        self.spaces();
        if self.starts("(") {
            // Either alone, or after a dotted key: `x.(a -> b)[0]`.
            self.bump();
            self.connections(&mut entry, true);
            self.spaces();
            self.eat(")");
            self.spaces();
            if self.eat("[") {
                let length = self.rest().find([']', '\n']).unwrap_or(self.rest().len());
                let inside = self.rest().get(..length).unwrap_or("").trim().to_owned();
                self.at += length;
                self.eat("]");
                entry.index = Some(inside.parse().map_or(Index::All, Index::At));
            }
            if self.eat(".") {
                entry.after = self.path(false);
            }
        } else if self.arrow_ahead() {
            let first = std::mem::take(&mut entry.key);
            entry.ends.push(first);
            self.hops(&mut entry, false);
        }
        self.spaces();
        let colon = self.eat(":");
        if colon {
            self.spaces();
            entry.value = self.value(depth, false);
        }
        self.spaces();
        if self.starts("{") {
            let open = self.at;
            self.bump();
            if depth >= MAX_DEPTH {
                self.skip_map();
                self.slip(
                    "too-deep",
                    Span::new(open, open + 1),
                    ["Maps are nested too deeply", "What lies deeper is left out.", "Flatten the text."],
                );
            } else {
                entry.map = Some(self.map(depth + 1));
            }
        }
        let written = self.text.get(start..self.at).map_or(0, |written| written.trim_end().len());
        entry.span = Span::new(start, start + written);
        let end = self.at;
        self.spaces();
        let ended = self.peek().is_none_or(|next| matches!(next, '\n' | ';' | '}' | '#'));
        if !ended {
            let span = Span::new(end, self.text.len().min(end + self.rest().find(['\n', ';', '}']).unwrap_or(self.rest().len())));
            let span = Span::new(span.start as usize, self.text.floor_char_boundary(span.end as usize));
            self.slip(
                "unexpected-text",
                span,
                [
                    "This text means nothing here",
                    "It is ignored up to the end of the line.",
                    "Begin a new line, or put the text in quotes.",
                ],
            );
            while self.peek().is_some_and(|next| !matches!(next, '\n' | ';' | '}')) {
                self.bump();
            }
        }
        let empty = entry.key.is_empty() && entry.ends.is_empty();
        (!empty).then_some(Statement::Entry(entry))
    }

    /// Leaves out a map, however deep, without reading it.
    fn skip_map(&mut self) {
        let mut open = 1_usize;
        for (at, next) in self.rest().char_indices() {
            match next {
                '{' => open += 1,
                '}' => open -= 1,
                _ => {}
            }
            if open == 0 {
                self.at += at + 1;
                return;
            }
        }
        self.at = self.text.len();
    }

    /// The ends and arrows of a connection inside brackets.
    fn connections(&mut self, entry: &mut Entry, bracketed: bool) {
        self.spaces();
        let first = self.path(bracketed);
        entry.ends.push(first);
        self.hops(entry, bracketed);
    }

    fn hops(&mut self, entry: &mut Entry, bracketed: bool) {
        loop {
            self.spaces();
            let Some(arrow) = self.arrow() else { return };
            self.spaces();
            let end = self.path(bracketed);
            entry.arrows.push(arrow);
            entry.ends.push(end);
        }
    }

    fn arrow_ahead(&self) -> bool {
        ["->", "--", "<-"].iter().any(|arrow| self.starts(arrow))
    }

    fn arrow(&mut self) -> Option<Arrow> {
        if !self.arrow_ahead() {
            return None;
        }
        let to_left = self.eat("<");
        while self.eat("-") {}
        // A line goes on in the next one.
        if self.starts("\\\n") {
            self.at += 2;
            self.spaces();
            while self.eat("-") {}
        }
        let to_right = self.eat(">");
        Some(Arrow { to_left, to_right })
    }

    /// A dotted key.
    fn path(&mut self, bracketed: bool) -> Vec<Part> {
        let mut parts = Vec::new();
        loop {
            self.spaces();
            if self.starts("(") && !bracketed {
                return parts;
            }
            let start = self.at;
            let part = if let Some(quote @ ('"' | '\'')) = self.peek() {
                let text = self.quoted(quote);
                Part { text, quoted: true, span: Span::new(start, self.at) }
            } else {
                let (text, length) = self.plain_key(bracketed);
                Part { span: Span::new(start, start + length), text, quoted: false }
            };
            if !part.text.is_empty() || part.quoted {
                parts.push(part);
            }
            let end = self.at;
            self.spaces();
            if !self.eat(".") {
                self.at = end;
                return parts;
            }
        }
    }

    /// A name without quotes, and how long it is in the text.
    fn plain_key(&mut self, bracketed: bool) -> (String, usize) {
        let start = self.at;
        let mut text = String::new();
        let mut space_before = true;
        while let Some(next) = self.peek() {
            let arrow = matches!(next, '-' | '<') && self.arrow_ahead();
            if arrow || matches!(next, '\n' | ';' | ':' | '{' | '}' | '.') || (next == ')' && bracketed) || (next == '#' && space_before) {
                break;
            }
            self.bump();
            if next == '\\' {
                match self.bump() {
                    Some('\n') | None => self.spaces(),
                    Some('n') => text.push('\n'),
                    Some('$') => text.push(ESCAPED_DOLLAR),
                    Some(escaped) => text.push(escaped),
                }
            } else {
                text.push(next);
            }
            space_before = next.is_whitespace();
        }
        let length = self.text.get(start..self.at).map_or(0, |written| written.trim_end().len());
        (text.trim_end().to_owned(), length)
    }

    fn value(&mut self, depth: usize, in_list: bool) -> Option<Value> {
        let start = self.at;
        match self.peek()? {
            '{' | '\n' | ';' | '}' => None,
            '[' => {
                self.bump();
                let mut list = Vec::new();
                loop {
                    self.between();
                    if self.eat("]") || self.peek().is_none() || depth >= MAX_DEPTH {
                        return Some(Value::List(list));
                    }
                    let before = self.at;
                    if let Some(Value::Text(text)) = self.value(depth + 1, true) {
                        list.push(text.text);
                    }
                    if self.at == before {
                        self.bump();
                    }
                }
            }
            '|' => Some(Value::Text(self.block())),
            '@' => {
                self.bump();
                Some(Value::Import(self.import_path()))
            }
            quote @ ('"' | '\'') => {
                let text = self.quoted(quote);
                Some(Value::Text(Words { text, raw: quote == '\'', quoted: true, block: None, span: Span::new(start, self.at) }))
            }
            _ => {
                let text = self.plain_value(in_list);
                let length = self.text.get(start..self.at).map_or(0, |written| written.trim_end().len());
                Some(Value::Text(Words { text, raw: false, quoted: false, block: None, span: Span::new(start, start + length) }))
            }
        }
    }

    /// The file and the keys in it, after `@`.
    fn import_path(&mut self) -> Vec<String> {
        let mut up = String::new();
        while self.starts("../") || self.starts("./") {
            let step = if self.eat("../") { "../" } else { "" };
            if step.is_empty() {
                self.eat("./");
            }
            up.push_str(step);
        }
        let mut parts: Vec<String> = self.path(false).into_iter().map(|part| part.text).collect();
        match parts.first_mut() {
            Some(first) => first.insert_str(0, &up),
            None => parts.push(up),
        }
        parts
    }
}

#[cfg(test)]
mod tests;
