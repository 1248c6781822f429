//! Where lines go and come from.

use super::Editor;
use crate::domain::{
    diagnostic::Span,
    syntax::mermaid::{
        scan::{blank_end, line_end, starts},
        tree::{BlockId, StatementId, Syntax, Tree},
    },
};

impl Editor<'_> {
    fn tree(&self) -> &Tree {
        &self.reading.tree
    }

    fn line_start(&self, at: usize) -> usize {
        self.text.get(..at).and_then(|before| before.rfind(['\n', '\r'])).map_or(0, |found| found + 1)
    }

    /// After the line end of the line.
    fn next_line(&self, at: usize) -> usize {
        let end = line_end(self.text, at);
        if starts(self.text, end, "\r\n") { end + 2 } else { (end + 1).min(self.text.len()) }
    }

    /// What stands before the first word of the line.
    pub(super) fn indent_at(&self, at: usize) -> String {
        let start = self.line_start(at);
        self.text.get(start..blank_end(self.text, start)).unwrap_or("").trim_start_matches('\u{feff}').to_owned()
    }

    pub(super) fn begins_line(&self, at: usize) -> bool {
        self.text.get(self.line_start(at)..at).is_some_and(|before| before.trim_start_matches('\u{feff}').trim().is_empty())
    }

    /// The block inside a subgraph, or the file.
    pub(super) fn block_of(&self, sub: Option<usize>) -> BlockId {
        let statement = sub.and_then(|sub| self.reading.chart.subgraphs.get(sub)).and_then(|sub| self.tree().statement(sub.statement));
        statement.and_then(|statement| statement.block).unwrap_or(Tree::ROOT)
    }

    /// The indent of the statements in a block.
    pub(super) fn indent(&self, block: BlockId) -> String {
        let items = self.tree().block(block).map(|block| block.items.as_slice()).unwrap_or_default();
        let inside = items.iter().find_map(|item| {
            let crate::domain::syntax::mermaid::tree::Item::Statement(id) = item else { return None };
            let statement = self.tree().statement(*id)?;
            let counts = matches!(statement.syntax, Syntax::Chain(_) | Syntax::Subgraph(_) | Syntax::Direction { .. });
            let start = statement.span.range().start;
            (counts && self.begins_line(start)).then(|| self.indent_at(start))
        });
        inside.unwrap_or_else(|| {
            let owner = self.tree().block(block).and_then(|block| block.owner).and_then(|owner| self.tree().statement(owner));
            owner.map_or_else(|| "    ".to_owned(), |owner| self.indent_at(owner.span.range().start) + "    ")
        })
    }

    /// The statement of a block that a new one follows: the last that is not taken out; for the file the last that draws.
    fn last(&self, block: BlockId) -> Option<StatementId> {
        let statements = |draws: bool| {
            let items = self.tree().block(block).map(|block| block.items.as_slice()).unwrap_or_default();
            items.iter().rev().find_map(|item| {
                let crate::domain::syntax::mermaid::tree::Item::Statement(id) = item else { return None };
                let statement = self.tree().statement(*id)?;
                let fits = !draws || matches!(statement.syntax, Syntax::Chain(_) | Syntax::Subgraph(_));
                (fits && !self.is_removed(statement.span)).then_some(*id)
            })
        };
        let header = || {
            let mut found = self.tree().statements();
            found.find(|(_, statement)| matches!(statement.syntax, Syntax::Header { .. })).map(|(id, _)| id)
        };
        if block == Tree::ROOT { statements(true).or_else(header).or_else(|| statements(false)) } else { statements(false) }
    }

    /// Puts lines at the end of a block. Lines that begin with a space go deeper.
    pub(super) fn append(&mut self, block: BlockId, lines: &[String]) -> usize {
        let indent = self.indent(block);
        let after = self.last(block).map(|id| self.tree().whole(id));
        let owner =
            self.tree().block(block).and_then(|block| block.owner).and_then(|owner| self.tree().statement(owner)).map(|owner| owner.span);
        let Some(after) = after.or(owner) else {
            // A text with nothing in it yet.
            let newline = self.newline();
            let at = self.text.len();
            let begin = if self.text.is_empty() || self.text.ends_with('\n') { "" } else { newline };
            let header = if self.text.trim().is_empty() { format!("flowchart LR{newline}") } else { String::new() };
            let body = [lines.iter().map(|line| format!("{indent}{line}")).collect::<Vec<_>>().join(newline), newline.to_owned()].concat();
            self.insert(at, format!("{begin}{header}{body}"));
            return at;
        };
        self.after(after, &indent, lines)
    }

    /// Puts lines after a statement: on lines of their own, unless others share its line.
    pub(super) fn after(&mut self, statement: Span, indent: &str, lines: &[String]) -> usize {
        let end = statement.range().end;
        let line = line_end(self.text, end);
        let rest = self.text.get(end..line).unwrap_or("");
        let own = rest.trim_start_matches([' ', '\t', ';']);
        let comment = lines.iter().any(|line| line.starts_with("%%"));
        let newline = self.newline();
        let below = |lines: &[String]| lines.iter().map(|line| format!("{newline}{indent}{line}")).collect::<Vec<_>>().concat();
        if own.is_empty() || own.starts_with("%%") {
            let text = below(lines);
            self.insert(line, text);
            return line;
        }
        // Comments need a line of their own.
        let text: String = if comment {
            let body = below(lines);
            format!("{body}{newline}{indent}")
        } else {
            lines.iter().map(|line| format!("; {}", line.trim_start())).collect::<Vec<_>>().concat()
        };
        if comment {
            let skip = rest.len() - own.len();
            self.replace(Span::new(end, end + skip), text);
        } else {
            self.insert(end, text);
        }
        end
    }

    /// The statement with its line, or with its semicolon where others share the line.
    pub(super) fn lines_of(&self, span: Span) -> Span {
        let (start, end) = (span.range().start, span.range().end);
        let line = line_end(self.text, end);
        let rest = self.text.get(end..line).unwrap_or("");
        let own = rest.trim_start_matches([' ', '\t', ';']);
        let alone = own.is_empty() || (own.starts_with("%%") && !own.starts_with("%%{"));
        if self.begins_line(start) && alone {
            let from = self.line_start(start);
            // The last line has no line end: the one before it goes instead.
            if line == self.text.len() && from > 0 {
                let before = self.text.get(..from).unwrap_or("");
                return Span::new(from - if before.ends_with("\r\n") { 2 } else { 1 }, line);
            }
            return Span::new(from, self.next_line(end));
        }
        if alone {
            // Last on its line: what separates it from the one before goes, the rest of the line stays.
            let before = self.text.get(..start).unwrap_or("");
            return Span::new(before.trim_end_matches([' ', '\t', ';']).len(), end);
        }
        Span::new(start, end + rest.len() - own.len())
    }

    /// Takes out a statement.
    pub(super) fn cut(&mut self, span: Span) {
        let whole = self.lines_of(span);
        self.remove(whole);
    }

    /// The line ends at which a comment may be put after the statement: not inside another one.
    pub(super) fn free_line_end(&self, statement: Span) -> usize {
        let mut at = line_end(self.text, statement.range().end);
        for (_, other) in self.tree().statements() {
            let span = other.span.range();
            if span.start < at && at < span.end {
                at = line_end(self.text, span.end);
            }
        }
        at
    }
}
