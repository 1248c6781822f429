//! Texts: in quotes, without, and in blocks between bars.

use crate::domain::{
    diagnostic::Span,
    syntax::d2::{
        MAX_TEXT,
        parse::{ESCAPED_DOLLAR, Parser, Words},
    },
};

impl Parser<'_> {
    pub(super) fn quoted(&mut self, quote: char) -> String {
        let start = self.at;
        self.bump();
        let mut text = String::new();
        loop {
            match self.peek() {
                None | Some('\n') => {
                    self.slip(
                        "unclosed-quote",
                        Span::new(start, self.at),
                        ["This text has no closing quote", "It is taken to end with the line.", "Add the closing quote."],
                    );
                    return text.trim_end().to_owned();
                }
                Some(next) if next == quote => {
                    self.bump();
                    if quote == '\'' && self.peek() == Some('\'') {
                        self.bump();
                        text.push('\'');
                        continue;
                    }
                    return text;
                }
                Some('\\') if quote == '"' => {
                    self.bump();
                    match self.bump() {
                        Some('n') => text.push('\n'),
                        Some('t') => text.push('\t'),
                        Some('\n') => self.spaces(),
                        Some('$') => text.push(ESCAPED_DOLLAR),
                        Some(escaped @ ('"' | '\\')) => text.push(escaped),
                        Some(other) => {
                            text.push('\\');
                            text.push(other);
                        }
                        None => {}
                    }
                }
                Some(next) => {
                    self.bump();
                    text.push(next);
                }
            }
        }
    }

    pub(super) fn plain_value(&mut self, in_list: bool) -> String {
        let mut text = String::new();
        let mut space_before = false;
        while let Some(next) = self.peek() {
            if self.starts("${") {
                let length = self
                    .rest()
                    .find(['}', '\n'])
                    .map_or(self.rest().len(), |at| if self.rest().get(at..).unwrap_or("").starts_with('}') { at + 1 } else { at });
                text.push_str(self.rest().get(..length).unwrap_or(""));
                self.at += length;
                continue;
            }
            if matches!(next, '\n' | ';' | '{' | '}') || (in_list && next == ']') || (next == '#' && space_before) {
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
        text.trim_end().to_owned()
    }

    /// A block of text between bars; the marks at the end mirror those at the start.
    pub(super) fn block(&mut self) -> Words {
        let start = self.at;
        let open: String =
            self.rest().chars().take_while(|next| !next.is_whitespace() && !next.is_alphanumeric() && *next != '_').take(16).collect();
        self.at += open.len();
        let tag: String = self.rest().chars().take_while(|next| !next.is_whitespace()).take(32).collect();
        // Without a space after it there is no tag: `|text|`.
        let close: String = open.chars().rev().collect();
        let tag = if tag.contains(close.as_str()) { String::new() } else { tag };
        self.at += tag.len();
        let (body, length) = match self.rest().find(close.as_str()) {
            Some(length) => (self.rest().get(..length).unwrap_or("").to_owned(), length + close.len()),
            None => (self.rest().to_owned(), self.rest().len()),
        };
        if length == body.len() {
            self.slip(
                "unclosed-quote",
                Span::new(start, start + open.len()),
                ["This block of text has no end", "Everything after it is read as text.", "Write the same marks where the block ends."],
            );
        }
        self.at += length;
        let block = if tag.is_empty() { "md".to_owned() } else { tag };
        Words {
            text: dedent(body.get(..body.floor_char_boundary(MAX_TEXT)).unwrap_or("")),
            raw: true,
            quoted: true,
            block: Some(block),
            span: Span::new(start, self.at),
        }
    }
}

/// Takes away the indent that all lines share, and blank lines at both ends.
fn dedent(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let indent = lines.iter().filter(|line| !line.trim().is_empty()).map(|line| line.len() - line.trim_start().len()).min().unwrap_or(0);
    let cut: Vec<&str> = lines.iter().map(|line| line.get(indent..).unwrap_or_else(|| line.trim_start()).trim_end()).collect();
    cut.join("\n").trim_matches('\n').trim_end().to_owned()
}
