//! Text to tokens. A name with its dots is one token, since space tells `cloud .uses x` from `cloud.uses`.

use crate::domain::diagnostic::Span;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// `a`, `a.b`, `a.*`, `a.**`, `a._`, `*`
    Name,
    /// `.uses`
    DotName,
    Text(String),
    /// `#tag`
    Tag,
    /// `->`
    Arrow,
    /// `<-`
    Back,
    /// `<->`
    Both,
    /// `-[name]->` with the name
    Kinded(String),
    /// `<-[name]-`
    KindedBack(String),
    Sign(char),
    /// The address after `link` or `icon`.
    Address,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) span: Span,
    /// Nothing stands before it on its line.
    pub(super) first: bool,
}

pub(super) struct Slip {
    pub(super) span: Span,
    pub(super) words: [&'static str; 3],
}

pub(super) fn lex(text: &str) -> (Vec<Token>, Vec<Slip>) {
    let mut lexer = Lexer { text, at: 0, tokens: Vec::new(), slips: Vec::new(), first: true };
    if text.starts_with('\u{feff}') {
        lexer.at = '\u{feff}'.len_utf8();
    }
    while lexer.step() {}
    (lexer.tokens, lexer.slips)
}

struct Lexer<'t> {
    text: &'t str,
    at: usize,
    tokens: Vec<Token>,
    slips: Vec<Slip>,
    first: bool,
}

const fn is_name(next: char) -> bool {
    next.is_ascii_alphanumeric() || matches!(next, '_' | '$' | '@')
}

impl Lexer<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn push(&mut self, kind: Kind, length: usize) {
        self.tokens.push(Token { kind, span: Span::new(self.at, self.at + length), first: self.first });
        self.first = false;
        self.at += length;
    }

    fn step(&mut self) -> bool {
        let Some(next) = self.rest().chars().next() else { return false };
        if next == '\n' {
            self.first = true;
            self.at += 1;
        } else if next.is_whitespace() {
            self.at += next.len_utf8();
        } else if self.rest().starts_with("//") {
            self.at += self.rest().find('\n').unwrap_or(self.rest().len());
        } else if self.rest().starts_with("/*") {
            let length = self.rest().find("*/").map_or(self.rest().len(), |at| at + 2);
            self.at += length;
        } else if matches!(next, '\'' | '"') {
            self.text_token(next);
        } else if self.after_link() && !matches!(next, ':' | '{' | '}') {
            let length = self.rest().find(char::is_whitespace).unwrap_or(self.rest().len());
            let length = self.rest().get(..length).map_or(length, |word| word.trim_end_matches(';').len()).max(next.len_utf8());
            self.push(Kind::Address, length);
        } else if let Some((kind, length)) = self.arrow() {
            self.push(kind, length);
        } else if next == '#' {
            let length =
                1 + self.rest().get(1..).map_or(0, |rest| rest.find(|next: char| !is_name(next) && next != '-').unwrap_or(rest.len()));
            self.push(Kind::Tag, length);
        } else if next == '.' && self.rest().get(1..).is_some_and(|rest| rest.starts_with(is_name)) {
            let length = 1 + self.name_length(1);
            self.push(Kind::DotName, length);
        } else if is_name(next) || next == '*' {
            let length = if next == '*' { self.rest().len() - self.rest().trim_start_matches('*').len() } else { self.name_length(0) };
            self.push(Kind::Name, length);
        } else {
            self.push(Kind::Sign(next), next.len_utf8());
        }
        true
    }

    /// How long a dotted name is that begins so many bytes further on.
    fn name_length(&self, skip: usize) -> usize {
        let rest = self.rest().get(skip..).unwrap_or("");
        let mut length = 0;
        for (at, next) in rest.char_indices() {
            let after = rest.get(at + next.len_utf8()..).unwrap_or("");
            let part = is_name(next)
                || (next == '-' && !after.starts_with(['>', '[']))
                || (next == '.' && after.starts_with(|next: char| is_name(next) || next == '*'))
                || (next == '*' && (rest.get(..at).is_some_and(|before| before.ends_with('.') || before.ends_with(".*"))));
            if !part {
                break;
            }
            length = at + next.len_utf8();
        }
        length
    }

    fn arrow(&self) -> Option<(Kind, usize)> {
        let rest = self.rest();
        if rest.starts_with("<->") {
            return Some((Kind::Both, 3));
        }
        if rest.starts_with("->") {
            return Some((Kind::Arrow, 2));
        }
        let named = |open: &str, close: &str| -> Option<(String, usize)> {
            let inner = rest.strip_prefix(open)?;
            let line = inner.get(..inner.find('\n').unwrap_or(inner.len()))?;
            let length = line.find(close)?;
            Some((line.get(..length)?.trim().to_owned(), open.len() + length + close.len()))
        };
        if let Some((name, length)) = named("-[", "]->") {
            return Some((Kind::Kinded(name), length));
        }
        if let Some((name, length)) = named("<-[", "]-") {
            return Some((Kind::KindedBack(name), length));
        }
        rest.starts_with("<-").then_some((Kind::Back, 2))
    }

    /// Whether an address comes next: after `link` or `icon`, perhaps with a colon, on the same line.
    fn after_link(&self) -> bool {
        if self.first {
            return false;
        }
        let word = |token: &Token| matches!(token.span.of(self.text), "link" | "icon") && token.kind == Kind::Name;
        match self.tokens.as_slice() {
            [.., before, last] if last.kind == Kind::Sign(':') => word(before) && before.first_or_block(&self.tokens),
            [.., last] => word(last) && last.first_or_block(&self.tokens),
            [] => false,
        }
    }

    fn text_token(&mut self, quote: char) {
        let start = self.at;
        let triple: String = std::iter::repeat_n(quote, 3).collect();
        let (open, close) = if self.rest().starts_with(&triple) { (3, triple.as_str()) } else { (1, "") };
        let body = self.rest().get(open..).unwrap_or("");
        let mut value = String::new();
        let mut letters = body.char_indices();
        let mut end = None;
        while let Some((at, next)) = letters.next() {
            if open == 3 && body.get(at..).is_some_and(|rest| rest.starts_with(close)) {
                end = Some(at + 3);
                break;
            }
            if open == 1 && next == quote {
                end = Some(at + 1);
                break;
            }
            if next == '\\' {
                match letters.next() {
                    Some((_, escaped)) if escaped == quote || escaped == '\\' => value.push(escaped),
                    Some((_, escaped)) => {
                        value.push('\\');
                        value.push(escaped);
                    }
                    None => {}
                }
            } else {
                value.push(next);
            }
        }
        let length = open + end.unwrap_or(body.len());
        if end.is_none() {
            self.slips.push(Slip {
                span: Span::new(start, start + open),
                words: ["This text has no closing quote", "Everything after it is read as text.", "Add the closing quote."],
            });
        }
        self.push(Kind::Text(dedent(&value)), length);
    }
}

impl Token {
    /// Begins a statement as far as one can see.
    fn first_or_block(&self, tokens: &[Self]) -> bool {
        let before = tokens.iter().rev().find(|token| token.span.end <= self.span.start);
        self.first || before.is_none_or(|before| matches!(before.kind, Kind::Sign('{' | '}' | ';') | Kind::Text(_)))
    }
}

/// Takes away the indent that all lines but the first share, and blank lines at both ends.
fn dedent(text: &str) -> String {
    if !text.contains('\n') {
        return text.to_owned();
    }
    let lines: Vec<&str> = text.lines().collect();
    let shared =
        lines.iter().skip(1).filter(|line| !line.trim().is_empty()).map(|line| line.len() - line.trim_start().len()).min().unwrap_or(0);
    let mut cut = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let line = if at == 0 { line.trim_start() } else { line.get(shared..).unwrap_or_else(|| line.trim_start()) };
        cut.push(line.trim_end());
    }
    cut.join("\n").trim_matches('\n').trim_end().to_owned()
}
