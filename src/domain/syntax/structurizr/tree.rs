//! The lossless syntax tree: blocks of statements, with everything between them. Printing it gives back every byte, which
//! is what lets a gesture on the canvas become the smallest edit of the text.

use std::ops::Range;

use crate::domain::{
    diagnostic::Span,
    syntax::structurizr::lex::{Token, TokenKind, value},
};

/// A block's place in its tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockId(pub usize);

/// A statement's place in its tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatementId(pub usize);

/// One file's text as blocks and statements.
#[derive(Clone, Debug)]
pub struct Tree {
    pub(super) source: String,
    pub(super) tokens: Vec<Token>,
    pub(super) blocks: Vec<Block>,
    pub(super) statements: Vec<Statement>,
}

/// What stands between two braces, or the whole file.
#[derive(Clone, Debug, Default)]
pub struct Block {
    /// Token numbers; none for the whole file, or where the brace is missing.
    pub open: Option<usize>,
    pub close: Option<usize>,
    pub items: Vec<Item>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item {
    /// Space, comment, or a stray closing brace: a token number.
    Between(usize),
    Statement(StatementId),
}

/// A line of words and the block it opens.
#[derive(Clone, Debug)]
pub struct Statement {
    /// The tokens from the first word to the last; empty for a block without words.
    pub header: Range<usize>,
    pub block: Option<BlockId>,
    /// First word to closing brace.
    pub span: Span,
}

/// One word of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// What it says, without quotes.
    pub value: String,
    /// The token, quotes included.
    pub span: Span,
    /// The token without the quotes it has; a closing one may be missing.
    pub inner: Span,
    pub quoted: bool,
}

impl Word {
    /// The place of what it says, quotes excluded.
    pub const fn inner_span(&self) -> Span {
        self.inner
    }
}

/// The place between the quotes of a token.
fn between_quotes(kind: TokenKind, span: Span, raw: &str) -> Span {
    let mark = match kind {
        TokenKind::Quoted => "\"",
        TokenKind::TextBlock => "\"\"\"",
        _ => return span,
    };
    let start = if raw.starts_with(mark) { mark.len() } else { 0 };
    let body = raw.get(start..).unwrap_or("");
    let escaped = kind == TokenKind::Quoted && body.ends_with("\\\"");
    let end = if body.ends_with(mark) && !escaped { raw.len() - mark.len() } else { raw.len() };
    let from = span.start as usize;
    Span::new(from + start, from + end.max(start))
}

impl Tree {
    /// The block that is the whole file.
    pub const ROOT: BlockId = BlockId(0);

    /// Every byte, put together from the tree's parts.
    pub fn text(&self) -> String {
        let mut text = String::with_capacity(self.source.len());
        let mut open: Vec<(BlockId, usize)> = vec![(Self::ROOT, 0)];
        while let Some((id, next)) = open.pop() {
            let Some(block) = self.blocks.get(id.0) else { continue };
            let Some(item) = block.items.get(next) else {
                if let Some(close) = block.close {
                    self.print(close..close + 1, &mut text);
                }
                continue;
            };
            open.push((id, next + 1));
            match *item {
                Item::Between(token) => self.print(token..token + 1, &mut text),
                Item::Statement(statement) => {
                    let Some(statement) = self.statement(statement) else { continue };
                    self.print(statement.header.clone(), &mut text);
                    if let Some(id) = statement.block {
                        let brace = self.blocks.get(id.0).and_then(|block| block.open);
                        self.print(statement.header.end..brace.map_or(statement.header.end, |at| at + 1), &mut text);
                        open.push((id, 0));
                    }
                }
            }
        }
        text
    }

    fn print(&self, tokens: Range<usize>, text: &mut String) {
        for token in self.tokens.get(tokens).unwrap_or_default() {
            text.push_str(token.span.of(&self.source));
        }
    }

    pub fn statement(&self, id: StatementId) -> Option<&Statement> {
        self.statements.get(id.0)
    }

    /// The statements of a block in order.
    pub fn statements(&self, id: BlockId) -> impl Iterator<Item = StatementId> {
        self.blocks.get(id.0).into_iter().flat_map(|block| &block.items).filter_map(|item| match item {
            Item::Statement(id) => Some(*id),
            Item::Between(_) => None,
        })
    }

    /// How many statements the file has.
    pub fn size(&self) -> usize {
        self.statements.len()
    }

    /// The words of a statement in order.
    pub fn words(&self, statement: &Statement) -> Vec<Word> {
        let tokens = self.tokens.get(statement.header.clone()).unwrap_or_default();
        // Between two words stands space.
        let mut words = Vec::with_capacity(tokens.len().div_ceil(2));
        words.extend(tokens.iter().filter(|token| token.kind.is_word()).map(|token| self.word(*token)));
        words
    }

    /// What a token says.
    pub fn word(&self, token: Token) -> Word {
        let raw = token.span.of(&self.source);
        Word {
            value: value(token.kind, raw),
            span: token.span,
            inner: between_quotes(token.kind, token.span, raw),
            quoted: token.kind != TokenKind::Word,
        }
    }

    /// The tokens of the whole text, in order and without gaps.
    pub fn tokens(&self) -> &[Token] {
        &self.tokens
    }
}
