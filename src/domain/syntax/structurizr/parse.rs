//! Tokens to tree. A broken statement costs that statement. Where the braces of a file do not match, the indent decides
//! where one is missing, so that the report stands at the right line and the rest of the file still means what it should.

use crate::domain::{
    diagnostic::{Diagnostic, Level, Span},
    syntax::structurizr::{
        MAX_DIAGNOSTICS,
        lex::{Token, TokenKind, lex},
        tree::{Block, BlockId, Item, Statement, StatementId, Tree},
    },
};

/// Reads a text into a tree; linear in its length.
pub fn parse(text: &str) -> (Tree, Vec<Diagnostic>) {
    let (tokens, diagnostics) = lex(text);
    let opened = tokens.iter().filter(|token| token.kind == TokenKind::Open).count();
    let (mut depth, mut stray) = (0_usize, 0_usize);
    for token in &tokens {
        match token.kind {
            TokenKind::Open => depth += 1,
            TokenKind::Close if depth == 0 => stray += 1,
            TokenKind::Close => depth -= 1,
            _ => {}
        }
    }
    let closed = tokens.iter().filter(|token| token.kind == TokenKind::Close).count();
    let mut parser = Parser {
        tree: Tree { source: text.to_owned(), tokens, blocks: vec![Block::default()], statements: Vec::new() },
        diagnostics,
        open: vec![Frame { block: Tree::ROOT, statement: None, indent: 0, dynamic: false }],
        unclosed: opened.saturating_sub(closed),
        surplus: closed.saturating_sub(opened).max(stray),
        line: Vec::new(),
    };
    parser.run();
    (parser.tree, parser.diagnostics)
}

struct Frame {
    block: BlockId,
    statement: Option<StatementId>,
    /// Of the line that opened the block.
    indent: usize,
    /// Inside a dynamic view, where a block without words is a sequence of its own.
    dynamic: bool,
}

struct Parser {
    tree: Tree,
    diagnostics: Vec<Diagnostic>,
    open: Vec<Frame>,
    /// Opening braces without a closing one, not yet found.
    unclosed: usize,
    /// Closing braces without an opening one, not yet found.
    surplus: usize,
    /// The tokens of the current statement.
    line: Vec<usize>,
}

impl Parser {
    fn run(&mut self) {
        let mut indent = 0;
        let mut fresh = true;
        for at in 0..self.tree.tokens.len() {
            let Some(token) = self.tree.tokens.get(at).copied() else { break };
            if fresh && token.kind == TokenKind::Space {
                indent = width(token.span.of(&self.tree.source));
            } else if fresh && token.kind != TokenKind::Newline && token.kind != TokenKind::Mark && token.kind != TokenKind::Comment {
                self.close_by_indent(indent, token);
                fresh = false;
            }
            match token.kind {
                TokenKind::Newline => {
                    self.end_statement();
                    self.between(at);
                    indent = 0;
                    fresh = true;
                }
                TokenKind::Open => self.open_block(at, indent),
                TokenKind::Close => {
                    self.end_statement();
                    self.close_block(at, indent, token);
                }
                kind if kind.is_word() => self.line.push(at),
                _ if self.line.is_empty() => self.between(at),
                _ => self.line.push(at),
            }
        }
        self.end_statement();
        while self.open.len() > 1 {
            self.report_unclosed();
            self.open.pop();
        }
    }

    fn items(&mut self) -> Option<&mut Vec<Item>> {
        let id = self.open.last()?.block;
        self.tree.blocks.get_mut(id.0).map(|block| &mut block.items)
    }

    fn between(&mut self, token: usize) {
        if let Some(items) = self.items() {
            items.push(Item::Between(token));
        }
    }

    fn span_of(&self, token: usize) -> Span {
        self.tree.tokens.get(token).map(|token| token.span).unwrap_or_default()
    }

    /// Turns the gathered tokens into a statement; space and comments at its end stay outside.
    fn end_statement(&mut self) -> Option<StatementId> {
        let line = std::mem::take(&mut self.line);
        let first = *line.first()?;
        let is_word = |token: &&usize| self.tree.tokens.get(**token).is_some_and(|token| token.kind.is_word());
        let last = *line.iter().rev().find(is_word)?;
        let span = Span { start: self.span_of(first).start, end: self.span_of(last).end };
        let id = StatementId(self.tree.statements.len());
        self.tree.statements.push(Statement { header: first..last + 1, block: None, span });
        let items = self.items()?;
        items.push(Item::Statement(id));
        items.extend(line.iter().filter(|token| **token > last).map(|token| Item::Between(*token)));
        Some(id)
    }

    fn open_block(&mut self, at: usize, indent: usize) {
        let dynamic = self.open.last().is_some_and(|frame| frame.dynamic);
        let statement = self.end_statement().or_else(|| if dynamic { None } else { self.statement_above() });
        let statement = statement.unwrap_or_else(|| {
            let id = StatementId(self.tree.statements.len());
            self.tree.statements.push(Statement { header: at..at, block: None, span: self.span_of(at) });
            if let Some(items) = self.items() {
                items.push(Item::Statement(id));
            }
            id
        });
        // Whatever lies between the words and the brace belongs to the statement.
        if let Some(items) = self.items()
            && let Some(place) = items.iter().rposition(|item| *item == Item::Statement(statement))
        {
            items.truncate(place + 1);
        }
        let block = BlockId(self.tree.blocks.len());
        self.tree.blocks.push(Block { open: Some(at), close: None, items: Vec::new() });
        let mut starts_dynamic = false;
        if let Some(header) = self.tree.statement(statement).cloned() {
            starts_dynamic = self.tree.words(&header).first().is_some_and(|word| word.value.eq_ignore_ascii_case("dynamic"));
        }
        let end = self.span_of(at).end;
        if let Some(statement) = self.tree.statements.get_mut(statement.0) {
            statement.block = Some(block);
            statement.span.end = end;
        }
        self.open.push(Frame { block, statement: Some(statement), indent, dynamic: dynamic || starts_dynamic });
    }

    /// The statement a brace on a line of its own belongs to.
    fn statement_above(&self) -> Option<StatementId> {
        let items = &self.tree.blocks.get(self.open.last()?.block.0)?.items;
        let id = items.iter().rev().find_map(|item| match item {
            Item::Statement(id) => Some(*id),
            Item::Between(_) => None,
        })?;
        self.tree.statement(id).filter(|statement| statement.block.is_none()).map(|_| id)
    }

    fn close_block(&mut self, at: usize, indent: usize, token: Token) {
        let inner = self.open.last().map_or(0, |frame| frame.indent);
        let stray = self.open.len() == 1 || (self.surplus > 0 && indent > inner);
        if stray {
            self.surplus = self.surplus.saturating_sub(1);
            self.between(at);
            self.report(
                "unexpected-closing-brace",
                token.span,
                "This closing brace closes nothing",
                "Every block that was opened before it is already closed.",
                "Remove the brace, or add the line that should open the block.",
            );
            return;
        }
        let Some(frame) = self.open.pop() else { return };
        if let Some(block) = self.tree.blocks.get_mut(frame.block.0) {
            block.close = Some(at);
        }
        self.stretch(frame.statement, token.span.end);
    }

    fn stretch(&mut self, statement: Option<StatementId>, end: u32) {
        if let Some(statement) = statement.and_then(|id| self.tree.statements.get_mut(id.0)) {
            statement.span.end = end.max(statement.span.end);
        }
    }

    /// Where braces are missing in the file, a line that stands no deeper than the line that opened the block ends it.
    fn close_by_indent(&mut self, indent: usize, token: Token) {
        while self.unclosed > 0 && self.open.len() > 1 {
            let Some(frame) = self.open.last() else { return };
            let ends =
                if matches!(token.kind, TokenKind::Close | TokenKind::Open) { indent < frame.indent } else { indent <= frame.indent };
            if !ends {
                return;
            }
            self.unclosed -= 1;
            self.report_unclosed();
            self.open.pop();
        }
    }

    fn report_unclosed(&mut self) {
        let span =
            self.open.last().and_then(|frame| self.tree.blocks.get(frame.block.0)?.open).map(|open| self.span_of(open)).unwrap_or_default();
        self.report(
            "unclosed-block",
            span,
            "This block has no closing brace",
            "The block is taken to end where the indent goes back.",
            "Write `}` on a line of its own where the block ends.",
        );
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

/// Columns of leading space; a tab counts as four.
fn width(space: &str) -> usize {
    space.chars().map(|next| if next == '\t' { 4 } else { 1 }).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<(usize, String)> {
        let (tree, diagnostics) = parse(text);
        assert_eq!(tree.text(), text);
        let line = |at: u32| text.get(..at as usize).unwrap_or("").matches('\n').count() + 1;
        diagnostics.iter().map(|diagnostic| (line(diagnostic.span.start), diagnostic.code.clone())).collect()
    }

    #[test]
    fn balanced_files_are_never_blamed_for_their_indent() {
        assert!(lines("workspace {\nmodel {\n      a = person \"A\"\n   }\n }\n").is_empty());
        assert!(lines("workspace\n{\n  model\n  {\n  }\n}\n").is_empty());
    }

    #[test]
    fn a_missing_brace_is_reported_where_the_block_opens() {
        let text = "workspace {\n  model {\n    s = softwareSystem \"S\" {\n      a = container \"A\"\n    p = person \"P\"\n  }\n}\n";
        assert_eq!(lines(text), [(3, "unclosed-block".to_owned())]);
        let (tree, _) = parse(text);
        let workspace = tree.statements(Tree::ROOT).next().unwrap();
        let model = tree.statements(tree.statement(workspace).unwrap().block.unwrap()).next().unwrap();
        assert_eq!(tree.statements(tree.statement(model).unwrap().block.unwrap()).count(), 2);
    }

    #[test]
    fn a_brace_too_many_is_reported_at_itself() {
        assert_eq!(lines("workspace {\n  model {\n    }\n  }\n}\n"), [(3, "unexpected-closing-brace".to_owned())]);
        assert_eq!(lines("workspace {\n}\n}\n"), [(3, "unexpected-closing-brace".to_owned())]);
    }

    #[test]
    fn a_brace_on_its_own_line_belongs_to_the_line_above() {
        let (tree, _) = parse("workspace\n// c\n{\n}\n");
        let statement = tree.statement(tree.statements(Tree::ROOT).next().unwrap()).unwrap();
        assert!(statement.block.is_some());
        let (tree, _) = parse("dynamic * {\n  a -> b\n  {\n    b -> c\n  }\n}");
        let statement = tree.statement(tree.statements(Tree::ROOT).next().unwrap()).unwrap();
        assert_eq!(tree.statements(statement.block.unwrap()).count(), 2);
    }
}
