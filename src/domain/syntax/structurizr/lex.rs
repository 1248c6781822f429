//! Bytes to tokens. The language is one of lines and words: a statement is a line, a word ends at white space, and a brace
//! counts only where it is a word of its own. Every byte of the text lies in exactly one token.

use crate::domain::{
    diagnostic::{Diagnostic, Level, Span},
    syntax::structurizr::MAX_DIAGNOSTICS,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// The byte order mark at the start of a file.
    Mark,
    Space,
    Newline,
    /// A backslash and the end of its line: the statement goes on.
    Continuation,
    Comment,
    Word,
    /// Text in double quotes, quotes included; it may hold continuations.
    Quoted,
    /// Text between two `"""`, marks included.
    TextBlock,
    Open,
    Close,
    /// The body of an inline script, kept as it is.
    Script,
}

impl TokenKind {
    /// Carries meaning for a statement.
    pub const fn is_word(self) -> bool {
        matches!(self, Self::Word | Self::Quoted | Self::TextBlock)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    pub kind: TokenKind,
    pub span: Span,
}

/// All tokens of a text, in order and without gaps.
pub fn lex(text: &str) -> (Vec<Token>, Vec<Diagnostic>) {
    let mut lexer =
        Lexer { text, at: 0, tokens: Vec::new(), diagnostics: Vec::new(), line_first: true, script: false, words: 0, open_until: 0 };
    lexer.run();
    (lexer.tokens, lexer.diagnostics)
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    tokens: Vec<Token>,
    diagnostics: Vec<Diagnostic>,
    /// Nothing but space, or a brace, stands before this place on its line.
    line_first: bool,
    /// The line's first word is `!script`.
    script: bool,
    words: u32,
    /// Up to here no comment ends.
    open_until: usize,
}

impl Lexer<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or("")
    }

    /// The rest of the current line, without its end.
    fn line_rest(&self) -> &str {
        let rest = self.rest();
        let line = rest.split('\n').next().unwrap_or("");
        if line.len() < rest.len() { line.strip_suffix('\r').unwrap_or(line) } else { line }
    }

    fn push(&mut self, kind: TokenKind, length: usize) {
        if length == 0 {
            return;
        }
        self.tokens.push(Token { kind, span: Span::new(self.at, self.at + length) });
        self.at += length;
        match kind {
            TokenKind::Newline => {
                self.line_first = true;
                self.script = false;
                self.words = 0;
            }
            TokenKind::Open | TokenKind::Close => {
                self.line_first = true;
                self.words = 0;
            }
            TokenKind::Word | TokenKind::Quoted | TokenKind::TextBlock | TokenKind::Continuation => self.line_first = false,
            _ => {}
        }
    }

    fn run(&mut self) {
        if self.rest().starts_with('\u{feff}') {
            self.push(TokenKind::Mark, '\u{feff}'.len_utf8());
        }
        while let Some(next) = self.rest().chars().next() {
            if let Some(length) = newline_length(self.rest()) {
                self.push(TokenKind::Newline, length);
            } else if next.is_whitespace() {
                let length = blank_length(self.rest());
                self.push(TokenKind::Space, length);
            } else if let Some(length) = continuation_length(self.rest()) {
                self.push(TokenKind::Continuation, length);
            } else if let Some(length) = self.comment_length() {
                self.push(TokenKind::Comment, length);
            } else if next == '"' {
                self.quoted();
            } else {
                self.word();
            }
        }
    }

    /// A comment starts a line (`#`, `//`, `/*`) or, as `//` or a closed `/* */`, ends one.
    fn comment_length(&mut self) -> Option<usize> {
        let rest = self.rest();
        if rest.starts_with("//") || (self.line_first && rest.starts_with('#')) {
            return Some(self.line_rest().len());
        }
        if !rest.starts_with("/*") {
            return None;
        }
        if !self.line_first {
            // Searched once per line, so that a line full of openings stays linear.
            if self.at < self.open_until {
                return None;
            }
            let line = self.line_rest().len();
            let closed = self.line_rest().get(2..).and_then(|line| line.find("*/")).map(|at| at + 4);
            if closed.is_none() {
                self.open_until = self.at + line;
            }
            return closed;
        }
        if let Some(at) = rest.get(2..).and_then(|body| body.find("*/")) {
            return Some(at + 4);
        }
        let length = rest.len();
        self.report(
            "unclosed-comment",
            Span::new(self.at, self.at + 2),
            "This comment has no end",
            "Everything after it is read as comment.",
            "Write `*/` where the comment ends.",
        );
        Some(length)
    }

    fn quoted(&mut self) {
        if self.rest().strip_prefix("\"\"\"").is_some_and(ends_line) {
            self.text_block();
            return;
        }
        let rest = self.rest();
        let mut escaped = false;
        let mut at = 1;
        while let Some(next) = rest.get(at..).and_then(|rest| rest.chars().next()) {
            let here = rest.get(at..).unwrap_or("");
            if next == '"' && !escaped {
                self.push(TokenKind::Quoted, at + 1);
                return;
            }
            if let Some(length) = continuation_length(here) {
                at += length;
                escaped = false;
                continue;
            }
            if newline_length(here).is_some() {
                break;
            }
            escaped = next == '\\';
            at += next.len_utf8();
        }
        let written = rest.get(..at).unwrap_or("").trim_end();
        // The brace that opens a block was most likely not meant as text.
        let length = written.strip_suffix('{').filter(|head| !head.ends_with('$')).map(str::trim_end).filter(|head| head.len() > 1);
        let length = length.unwrap_or(written).len();
        self.report(
            "unclosed-quote",
            Span::new(self.at, self.at + length),
            "This text has no closing quote",
            "A text in quotes ends on its own line, so it is taken to end with the line.",
            "Add the closing quote.",
        );
        self.push(TokenKind::Quoted, length);
    }

    fn text_block(&mut self) {
        let rest = self.rest();
        let mut from = 3;
        let mut length = None;
        while let Some(line_end) = rest.get(from..).and_then(|rest| rest.find('\n')).map(|at| from + at + 1) {
            let line = rest.get(line_end..).unwrap_or("").split('\n').next().unwrap_or("");
            if line.trim_end().ends_with("\"\"\"") {
                length = Some(line_end + line.trim_end().len());
                break;
            }
            from = line_end;
        }
        let end = length.unwrap_or(rest.len());
        if length.is_none() {
            self.report(
                "unclosed-quote",
                Span::new(self.at, self.at + 3),
                "This text block has no end",
                "Everything after it is read as text.",
                "Write `\"\"\"` at the end of the block's last line.",
            );
        }
        self.push(TokenKind::TextBlock, end);
    }

    fn word(&mut self) {
        let rest = self.rest();
        if self.line_first && rest.starts_with('}') {
            self.push(TokenKind::Close, 1);
            return;
        }
        let mut length = 0;
        for (at, next) in rest.char_indices() {
            if next.is_whitespace() || (next == '\\' && continuation_length(rest.get(at..).unwrap_or("")).is_some()) {
                break;
            }
            length = at + next.len_utf8();
        }
        let word = rest.get(..length).unwrap_or("");
        if word == "{" {
            self.open();
            return;
        }
        if word == "}" {
            self.push(TokenKind::Close, 1);
            return;
        }
        let glued = word.len() > 1 && word.ends_with('{') && !word.ends_with("${") && ends_line(rest.get(length..).unwrap_or(""));
        let length = if glued { length - 1 } else { length };
        if self.words == 0 {
            self.script = word.eq_ignore_ascii_case("!script");
        }
        self.words += 1;
        self.push(TokenKind::Word, length);
        if glued {
            self.open();
        }
    }

    fn open(&mut self) {
        let script = self.script;
        self.push(TokenKind::Open, 1);
        if script {
            self.script = false;
            let mut length = 0;
            for line in self.rest().split_inclusive('\n') {
                if length > 0 && line.trim() == "}" {
                    break;
                }
                length += line.len();
            }
            self.push(TokenKind::Script, length);
            self.line_first = true;
        }
    }

    fn report(&mut self, code: &str, span: Span, what: &str, why: &str, help: &str) {
        if self.diagnostics.len() >= MAX_DIAGNOSTICS {
            return;
        }
        self.diagnostics.push(Diagnostic {
            level: Level::Error,
            code: code.to_owned(),
            span,
            what: what.to_owned(),
            why: why.to_owned(),
            help: help.to_owned(),
            file: None,
        });
    }
}

fn newline_length(text: &str) -> Option<usize> {
    if text.starts_with('\n') {
        Some(1)
    } else if text.starts_with("\r\n") {
        Some(2)
    } else {
        None
    }
}

fn continuation_length(text: &str) -> Option<usize> {
    text.strip_prefix('\\').and_then(newline_length).map(|length| length + 1)
}

/// Nothing but space, or a comment, follows on the line.
fn ends_line(text: &str) -> bool {
    let after = text.get(blank_length(text)..).unwrap_or("");
    after.is_empty() || after.starts_with("//") || newline_length(after).is_some()
}

fn blank_length(text: &str) -> usize {
    let mut length = 0;
    for (at, next) in text.char_indices() {
        if !next.is_whitespace() || newline_length(text.get(at..).unwrap_or("")).is_some() {
            break;
        }
        length = at + next.len_utf8();
    }
    length
}

/// What a word says: quotes, escapes, continuations and the indent of text blocks are taken away.
pub fn value(kind: TokenKind, raw: &str) -> String {
    match kind {
        TokenKind::Quoted => {
            let inner = raw.strip_prefix('"').unwrap_or(raw);
            let inner = if inner.ends_with('"') && !inner.ends_with("\\\"") { inner.strip_suffix('"').unwrap_or(inner) } else { inner };
            unescape(inner)
        }
        TokenKind::TextBlock => {
            let body = raw.strip_prefix("\"\"\"").unwrap_or(raw);
            let body = body.strip_suffix("\"\"\"").unwrap_or(body);
            let mut lines = body.lines().skip(1).peekable();
            let indent = lines.peek().map_or(0, |line| line.len() - line.trim_start().len());
            let cut: Vec<&str> = lines.map(|line| line.get(indent..).unwrap_or_else(|| line.trim_start())).collect();
            cut.join("\n").trim_end().to_owned()
        }
        _ => raw.to_owned(),
    }
}

fn unescape(inner: &str) -> String {
    if !inner.contains('\\') {
        return inner.to_owned();
    }
    let mut result = String::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(at) = rest.find('\\') {
        result.push_str(rest.get(..at).unwrap_or(""));
        let here = rest.get(at..).unwrap_or("");
        if let Some(length) = continuation_length(here) {
            rest = here.get(length..).unwrap_or("").trim_start_matches([' ', '\t']);
        } else if here.starts_with("\\\"") {
            result.push('"');
            rest = here.get(2..).unwrap_or("");
        } else {
            result.push('\\');
            rest = here.get(1..).unwrap_or("");
        }
    }
    result.push_str(rest);
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<(TokenKind, &str)> {
        let (tokens, _) = lex(text);
        assert_eq!(tokens.iter().map(|token| token.span.of(text)).collect::<String>(), text);
        tokens.into_iter().filter(|token| token.kind != TokenKind::Space).map(|token| (token.kind, token.span.of(text))).collect()
    }

    #[test]
    fn words_quotes_and_braces() {
        use TokenKind::{Close, Newline, Open, Quoted, Word};
        assert_eq!(
            kinds("a = person \"A \\\"B\\\"\"{\r\n}"),
            [(Word, "a"), (Word, "="), (Word, "person"), (Quoted, "\"A \\\"B\\\"\""), (Open, "{"), (Newline, "\r\n"), (Close, "}")]
        );
        assert_eq!(kinds("workspace{"), [(Word, "workspace"), (Open, "{")]);
        assert_eq!(kinds("x ${Y}"), [(Word, "x"), (Word, "${Y}")]);
    }

    #[test]
    fn comments_are_told_from_colours_and_addresses() {
        use TokenKind::{Comment, Newline, Word};
        assert_eq!(kinds("# a\n"), [(Comment, "# a"), (Newline, "\n")]);
        assert_eq!(kinds("color #fff // c"), [(Word, "color"), (Word, "#fff"), (Comment, "// c")]);
        assert_eq!(kinds("url https://a/b"), [(Word, "url"), (Word, "https://a/b")]);
        assert_eq!(kinds("/* a\n} */x"), [(Comment, "/* a\n} */"), (Word, "x")]);
    }

    #[test]
    fn lines_can_go_on_even_inside_quotes() {
        use TokenKind::{Continuation, Quoted, Word};
        let text = "a = \\\n \"x \\\r\n   y\"";
        assert_eq!(kinds(text), [(Word, "a"), (Word, "="), (Continuation, "\\\n"), (Quoted, "\"x \\\r\n   y\"")]);
        assert_eq!(value(Quoted, "\"x \\\r\n   y\""), "x y");
    }

    #[test]
    fn an_unclosed_quote_ends_with_its_line_and_keeps_the_brace() {
        use TokenKind::{Close, Newline, Open, Quoted, Word};
        let text = "person \"A {\n}";
        assert_eq!(kinds(text), [(Word, "person"), (Quoted, "\"A"), (Open, "{"), (Newline, "\n"), (Close, "}")]);
        assert_eq!(lex(text).1.len(), 1);
    }

    #[test]
    fn text_blocks_lose_their_indent() {
        let text = "plantuml \"\"\"\n    a \"b\"\n      c\n    \"\"\"\n}";
        let (tokens, diagnostics) = lex(text);
        let block = tokens.iter().find(|token| token.kind == TokenKind::TextBlock).unwrap();
        assert_eq!(value(TokenKind::TextBlock, block.span.of(text)), "a \"b\"\n  c");
        assert!(diagnostics.is_empty());
    }

    #[test]
    fn scripts_are_kept_whole() {
        let text = "!script groovy {\n  if (x) { y() }\n}\n";
        assert!(kinds(text).contains(&(TokenKind::Script, "\n  if (x) { y() }\n")));
    }
}
