//! Text to tree. Never fails: a statement that is not understood costs that statement, up to the end of its line. Where an
//! `end` is missing, the indent decides where, so that the rest of the file still means what it should.
//!
//! What stands in one statement is read by [`statement`] and, for nodes and links, [`chain`].

use crate::domain::{
    diagnostic::{Diagnostic, Level, Span},
    syntax::mermaid::{
        MAX_DEPTH, MAX_DIAGNOSTICS,
        scan::{blank_end, char_at, is_blank, line_end, space_end, starts},
        tree::{Block, BlockId, Gap, Item, Statement, StatementId, Syntax, Tree},
    },
};

mod chain;
mod statement;

pub(super) use statement::direction;

/// Why a statement is not understood.
#[derive(Debug)]
pub(super) struct Fault {
    span: Span,
    code: &'static str,
    what: String,
    why: &'static str,
    help: String,
}

impl Fault {
    fn new(span: Span, code: &'static str, what: impl Into<String>, why: &'static str, help: impl Into<String>) -> Self {
        Self { span, code, what: what.into(), why, help: help.into() }
    }
}

/// Other diagrams of Mermaid by the word they begin with.
const OTHERS: [(&str, &str); 28] = [
    ("sequenceDiagram", "a sequence diagram"),
    ("classDiagram", "a class diagram"),
    ("classDiagram-v2", "a class diagram"),
    ("stateDiagram", "a state diagram"),
    ("stateDiagram-v2", "a state diagram"),
    ("erDiagram", "an entity relationship diagram"),
    ("gantt", "a Gantt chart"),
    ("pie", "a pie chart"),
    ("journey", "a user journey"),
    ("gitGraph", "a Git graph"),
    ("mindmap", "a mind map"),
    ("timeline", "a timeline"),
    ("quadrantChart", "a quadrant chart"),
    ("requirementDiagram", "a requirement diagram"),
    ("C4Context", "a C4 diagram"),
    ("C4Container", "a C4 diagram"),
    ("C4Component", "a C4 diagram"),
    ("C4Dynamic", "a C4 diagram"),
    ("C4Deployment", "a C4 diagram"),
    ("sankey-beta", "a Sankey diagram"),
    ("xychart-beta", "an XY chart"),
    ("block-beta", "a block diagram"),
    ("packet-beta", "a packet diagram"),
    ("architecture-beta", "an architecture diagram"),
    ("architecture", "an architecture diagram"),
    ("kanban", "a kanban board"),
    ("zenuml", "a ZenUML diagram"),
    ("treemap-beta", "a treemap"),
];

/// Words that begin a flowchart.
pub(super) const HEADERS: [&str; 3] = ["flowchart", "graph", "flowchart-elk"];

/// Reads a text into a tree; linear in its length.
pub fn parse(text: &str) -> (Tree, Vec<Diagnostic>) {
    let mut parser = Parser {
        tree: Tree { source: text.to_owned(), blocks: vec![Block::default()], statements: Vec::new() },
        diagnostics: Vec::new(),
        open: vec![Frame { block: Tree::ROOT, indent: 0 }],
        missing: missing_ends(text),
        at: 0,
        indent: 0,
        begun: false,
        braces_end: text.len(),
        directives_end: text.len(),
        left_out: 0,
    };
    parser.run();
    (parser.tree, parser.diagnostics)
}

/// How many subgraphs have no `end`, by the first words of the lines.
fn missing_ends(text: &str) -> usize {
    let mut missing = 0_usize;
    for line in text.split(['\n', ';']) {
        let word = line.trim_start().split(|c: char| c.is_whitespace()).next().unwrap_or("");
        match word {
            "subgraph" => missing += 1,
            "end" => missing = missing.saturating_sub(1),
            _ => {}
        }
    }
    missing
}

struct Frame {
    block: BlockId,
    /// Of the line that opened it.
    indent: usize,
}

struct Parser {
    tree: Tree,
    diagnostics: Vec<Diagnostic>,
    open: Vec<Frame>,
    /// Subgraphs without an `end`, not yet found.
    missing: usize,
    at: usize,
    /// Of the current line.
    indent: usize,
    /// The header was read.
    begun: bool,
    /// From here on the text has no closing brace; spares looking again.
    braces_end: usize,
    /// The same for the end of a directive.
    directives_end: usize,
    left_out: usize,
}

impl Parser {
    fn text(&self) -> &str {
        &self.tree.source
    }

    fn run(&mut self) {
        self.front_matter();
        let mut fresh = true;
        while let Some(c) = char_at(self.text(), self.at) {
            if c == '\n' || c == '\r' {
                let end = if starts(self.text(), self.at, "\r\n") { self.at + 2 } else { self.at + 1 };
                self.between(Gap::Newline, end);
                fresh = true;
                self.indent = 0;
            } else if is_blank(c) {
                let end = blank_end(self.text(), self.at);
                if fresh {
                    self.indent = indent_of(self.text().get(self.at..end).unwrap_or(""));
                }
                self.between(Gap::Space, end);
            } else if c == ';' {
                self.between(Gap::Separator, self.at + 1);
            } else if starts(self.text(), self.at, "%%") {
                self.comment(fresh);
            } else {
                if fresh {
                    self.close_by_indent();
                }
                fresh = false;
                self.statement();
            }
        }
        while self.open.len() > 1 {
            self.report_unclosed();
            self.open.pop();
        }
        if !self.begun {
            self.say(
                Level::Error,
                Fault::new(
                    Span::new(0, 0),
                    "missing-header",
                    "This text does not begin as a flowchart",
                    "Mermaid tells the kinds of diagrams apart by their first word.",
                    "Begin with `flowchart LR` or `flowchart TB`.",
                ),
            );
        }
        if self.left_out > 0 {
            let end = self.text().len();
            self.diagnostics.push(Diagnostic {
                level: Level::Error,
                code: "too-many-diagnostics".to_owned(),
                span: Span::new(end, end),
                what: format!("{} more remarks are left out", self.left_out),
                why: format!("At most {MAX_DIAGNOSTICS} are listed for one text."),
                help: "Begin with the first ones; later ones often follow from them.".to_owned(),
                file: None,
            });
        }
    }

    fn block(&self) -> BlockId {
        self.open.last().map_or(Tree::ROOT, |frame| frame.block)
    }

    fn push(&mut self, item: Item) {
        let block = self.block();
        if let Some(block) = self.tree.blocks.get_mut(block.0) {
            block.items.push(item);
        }
    }

    fn between(&mut self, gap: Gap, end: usize) {
        self.push(Item::Between(gap, Span::new(self.at, end)));
        self.at = end;
    }

    /// Adds a statement that ends here.
    fn finish(&mut self, start: usize, syntax: Syntax) -> StatementId {
        let id = StatementId(self.tree.statements.len());
        let home = self.block();
        self.tree.statements.push(Statement { span: Span::new(start, self.at), syntax, block: None, home });
        self.push(Item::Statement(id));
        id
    }

    fn say(&mut self, level: Level, fault: Fault) {
        if self.diagnostics.len() >= MAX_DIAGNOSTICS {
            self.left_out += 1;
            return;
        }
        let Fault { span, code, what, why, help } = fault;
        self.diagnostics.push(Diagnostic { level, code: code.to_owned(), span, what, why: why.to_owned(), help, file: None });
    }

    /// Gives the statement up to the end of its line.
    fn broken(&mut self, start: usize, fault: Fault) {
        self.say(Level::Error, fault);
        // A chain over several lines is one statement.
        let end = line_end(self.text(), self.at.max(start));
        self.at = start + self.text().get(start..end).unwrap_or("").trim_end().len();
        self.at = self.at.max(start + char_at(self.text(), start).map_or(1, char::len_utf8));
        self.finish(start, Syntax::Broken);
    }

    /// A comment, a directive, or a fact.
    fn comment(&mut self, fresh: bool) {
        let (start, end) = (self.at, line_end(self.text(), self.at));
        if starts(self.text(), start, "%%{") {
            let close = if start < self.directives_end { self.text().get(start..).and_then(|rest| rest.find("}%%")) } else { None };
            if close.is_none() {
                self.directives_end = self.directives_end.min(start);
            }
            match close {
                Some(close) => self.between(Gap::Comment, start + close + 3),
                None => self.broken(
                    start,
                    Fault::new(
                        Span::new(start, end),
                        "unclosed-directive",
                        "This directive is never closed",
                        "A directive begins with `%%{` and ends with `}%%`.",
                        "Add `}%%`.",
                    ),
                ),
            }
            return;
        }
        if !fresh && !self.after_separator() {
            self.say(
                Level::Warning,
                Fault::new(
                    Span::new(start, end),
                    "misplaced-comment",
                    "This comment stands after a statement",
                    "It is read as a comment here, but Mermaid takes comments only on lines of their own.",
                    "Move it to a line of its own.",
                ),
            );
        }
        match self.fact(start, end) {
            Some(Ok(fact)) => {
                self.at = start + self.text().get(start..end).unwrap_or("").trim_end().len();
                self.finish(start, Syntax::Fact(fact));
            }
            Some(Err(fault)) => self.broken(start, fault),
            None => self.between(Gap::Comment, end),
        }
    }

    fn after_separator(&self) -> bool {
        let items = self.tree.block(self.block()).map(|block| block.items.as_slice()).unwrap_or_default();
        items
            .iter()
            .rev()
            .find(|item| !matches!(item, Item::Between(Gap::Space, _)))
            .is_none_or(|item| matches!(item, Item::Between(Gap::Newline | Gap::Comment | Gap::Separator, _)))
    }

    /// Opens the block of the subgraph that was just read.
    fn open_block(&mut self, statement: StatementId) {
        let block = BlockId(self.tree.blocks.len());
        self.tree.blocks.push(Block { items: Vec::new(), close: None, owner: Some(statement) });
        if let Some(statement) = self.tree.statements.get_mut(statement.0) {
            statement.block = Some(block);
        }
        self.open.push(Frame { block, indent: self.indent });
    }

    /// Whether another subgraph may begin inside this block.
    fn is_too_deep(&self) -> bool {
        self.open.len() > MAX_DEPTH
    }

    /// Reads the word `end`.
    fn end(&mut self) {
        let span = Span::new(self.at, self.at + 3);
        if self.open.len() == 1 {
            self.between(Gap::Stray, self.at + 3);
            self.say(
                Level::Error,
                Fault::new(
                    span,
                    "unexpected-end",
                    "This `end` closes nothing",
                    "Every subgraph that was opened before it is already closed.",
                    "Remove it, or add the `subgraph` it belongs to.",
                ),
            );
            return;
        }
        let block = self.block();
        if let Some(block) = self.tree.blocks.get_mut(block.0) {
            block.close = Some(span);
        }
        self.open.pop();
        self.at += 3;
    }

    /// Closes subgraphs whose `end` is missing when a line stands further left than what is in them.
    fn close_by_indent(&mut self) {
        while self.missing > 0 && self.open.len() > 1 {
            let Some(frame) = self.open.last() else { return };
            let is_end = starts(self.text(), self.at, "end") && super::scan::id_end(self.text(), self.at) == self.at + 3;
            let outside = if is_end { self.indent < frame.indent } else { self.indent <= frame.indent && self.is_indented(frame.block) };
            if !outside {
                return;
            }
            self.report_unclosed();
            self.open.pop();
        }
    }

    /// Whether the first line of a block stands further right than the line that opens it.
    fn is_indented(&self, block: BlockId) -> bool {
        let Some(block) = self.tree.block(block) else { return false };
        let outer = block.owner.and_then(|owner| self.tree.statement(owner)).map_or(0, |owner| self.column(owner.span.range().start));
        let first = block.items.iter().find_map(|item| if let Item::Statement(id) = item { self.tree.statement(*id) } else { None });
        first.is_some_and(|first| self.column(first.span.range().start) > outer)
    }

    fn column(&self, at: usize) -> usize {
        let before = self.text().get(..at).unwrap_or("");
        let start = before.rfind(['\n', '\r']).map_or(0, |found| found + 1);
        indent_of(before.get(start..).unwrap_or(""))
    }

    fn report_unclosed(&mut self) {
        self.missing = self.missing.saturating_sub(1);
        let owner = self.tree.block(self.block()).and_then(|block| block.owner).and_then(|owner| self.tree.statement(owner));
        let Some(span) = owner.map(|owner| owner.span) else { return };
        self.say(
            Level::Error,
            Fault::new(
                span,
                "unclosed-subgraph",
                "This subgraph is never closed",
                "Every `subgraph` needs an `end`; without it, all that follows would lie inside.",
                "Add `end` on a line of its own after its last statement.",
            ),
        );
    }

    /// What is not a flowchart is left alone.
    fn other_diagram(&mut self, start: usize) -> bool {
        let word = self.text().get(start..).and_then(|rest| rest.split(|c: char| c.is_whitespace() || c == ';' || c == ':').next());
        let Some((name, what)) = OTHERS.iter().find(|(name, _)| Some(*name) == word) else { return false };
        self.begun = true;
        self.say(
            Level::Error,
            Fault::new(
                Span::new(start, start + name.len()),
                "other-diagram",
                format!("This is {what}"),
                "Of Mermaid's diagrams, only flowcharts are edited here; the text is kept as it is.",
                "Import it, or begin with `flowchart LR`.",
            ),
        );
        self.between(Gap::Stray, self.text().len());
        true
    }

    /// The end of what may be a continuation: the next line begins with an arrow.
    fn continuation(&self, from: usize) -> Option<usize> {
        let next = space_end(self.text(), from);
        let arrow = super::scan::arrow(self.text(), next).filter(|_| !starts(self.text(), next, "x") && !starts(self.text(), next, "o"));
        arrow.map(|_| next)
    }
}

/// How far a line is indented, by what stands before its first word.
fn indent_of(space: &str) -> usize {
    let space = space.get(..space.find(|c: char| !is_blank(c)).unwrap_or(space.len())).unwrap_or("");
    space.chars().map(|c| if c == '\t' { 4 } else { 1 }).sum()
}
