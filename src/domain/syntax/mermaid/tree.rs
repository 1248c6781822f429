//! The lossless syntax tree of a flowchart: blocks of statements, with everything between them. Printing it gives back every
//! byte, which is what lets a gesture on the canvas become the smallest edit of the text.
//!
//! Parts of statements are spans, not copies. To add a statement: one variant of [`Syntax`], one arm in `parse.rs`.

use crate::domain::{
    diagnostic::Span,
    model::view::Direction,
    syntax::mermaid::shape::{Brackets, Shape},
};

/// A block's place in its tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BlockId(pub usize);

/// A statement's place in its tree; statements are numbered in the order of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct StatementId(pub usize);

/// One file's text as blocks and statements.
#[derive(Clone, Debug)]
pub struct Tree {
    pub(super) source: String,
    pub(super) blocks: Vec<Block>,
    pub(super) statements: Vec<Statement>,
}

/// The inside of a subgraph, or the whole file.
#[derive(Clone, Debug, Default)]
pub struct Block {
    pub items: Vec<Item>,
    /// The word `end`; none for the whole file, or where it is missing.
    pub close: Option<Span>,
    /// The subgraph whose inside this is.
    pub owner: Option<StatementId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item {
    Between(Gap, Span),
    Statement(StatementId),
}

/// What stands between statements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gap {
    Space,
    Newline,
    /// `%% …` and `%%{ … }%%`.
    Comment,
    /// `;`
    Separator,
    /// An `end` that closes nothing, or another kind of diagram.
    Stray,
}

#[derive(Clone, Debug)]
pub struct Statement {
    /// Without the block.
    pub span: Span,
    pub syntax: Syntax,
    pub block: Option<BlockId>,
    /// The block it stands in.
    pub home: BlockId,
}

#[derive(Clone, Debug)]
pub enum Syntax {
    /// The part between `---`, with the value of `title`.
    FrontMatter {
        title: Option<Text>,
    },
    /// `flowchart LR`; the direction's word where there is one.
    Header {
        word: Span,
        direction: Option<(Span, Direction)>,
    },
    Chain(Chain),
    Subgraph(Subgraph),
    Direction {
        value: Span,
        direction: Direction,
    },
    /// `classDef names style`.
    ClassDef {
        names: Vec<Span>,
    },
    /// `class ids name`.
    Class {
        targets: Vec<Span>,
        class: Span,
    },
    /// `style id css`.
    Style {
        targets: Vec<Span>,
    },
    /// `linkStyle 0,1 css`; without numbers for `default`.
    LinkStyle {
        numbers: Vec<Span>,
    },
    /// `click id …`, with its address where it is one of the web.
    Click {
        targets: Vec<Span>,
        url: Option<Span>,
    },
    /// `accTitle: …`
    Title(Span),
    /// `accDescr: …` and `accDescr { … }`.
    Description(Span),
    /// `%% @fact subject name value`.
    Fact(FactLine),
    /// Not understood.
    Broken,
}

/// Nodes joined by links: `A & B --> C --> D`; one step alone where nothing is joined.
#[derive(Clone, Debug, Default)]
pub struct Chain {
    pub steps: Vec<Step>,
    /// One fewer than steps.
    pub links: Vec<Link>,
}

/// Nodes joined by `&`.
#[derive(Clone, Debug, Default)]
pub struct Step {
    pub nodes: Vec<NodeRef>,
}

impl Step {
    /// First node to last.
    pub fn span(&self) -> Span {
        match (self.nodes.first(), self.nodes.last()) {
            (Some(first), Some(last)) => Span { start: first.span.start, end: last.span.end },
            _ => Span::default(),
        }
    }
}

/// A mention of a node, with what it says about it.
#[derive(Clone, Debug)]
pub struct NodeRef {
    pub span: Span,
    pub id: Span,
    pub bracket: Option<Bracket>,
    /// The names after `:::`.
    pub classes: Vec<Span>,
    pub data: Option<Data>,
}

/// `["text"]` and its like.
#[derive(Clone, Copy, Debug)]
pub struct Bracket {
    pub span: Span,
    pub brackets: Brackets,
    pub text: Text,
}

/// How a text is delimited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quote {
    Bare,
    Double,
    /// A markdown string: a quote and a backtick.
    Markdown,
    /// As in YAML.
    Single,
}

/// A text and its delimiters.
#[derive(Clone, Copy, Debug)]
pub struct Text {
    /// Quotes included, spaces around them not.
    pub span: Span,
    pub inner: Span,
    pub quote: Quote,
}

/// `@{ shape: cyl, label: "Orders" }`
#[derive(Clone, Debug)]
pub struct Data {
    /// From `@` to `}`.
    pub span: Span,
    pub entries: Vec<Entry>,
}

#[derive(Clone, Copy, Debug)]
pub struct Entry {
    pub name: Span,
    pub value: Text,
}

impl Data {
    pub fn get(&self, name: &str, source: &str) -> Option<&Entry> {
        self.entries.iter().rev().find(|entry| entry.name.of(source) == name)
    }
}

/// How an edge is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    Solid,
    Dotted,
    Thick,
    Invisible,
}

/// What an edge ends in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Head {
    None,
    Arrow,
    Circle,
    Cross,
}

#[derive(Clone, Debug)]
pub struct Link {
    /// Edge id, arrow and label.
    pub span: Span,
    /// Without the `@`.
    pub id: Option<Span>,
    /// The arrow: two parts where the text stands between them.
    pub arrow: (Span, Option<Span>),
    pub line: Line,
    pub start: Head,
    pub end: Head,
    pub label: Option<LinkLabel>,
}

#[derive(Clone, Copy, Debug)]
pub struct LinkLabel {
    pub text: Text,
    /// `|text|` with its bars; none for text between the parts of the arrow.
    pub bars: Option<Span>,
}

#[derive(Clone, Debug)]
pub struct Subgraph {
    pub word: Span,
    /// What stands before the brackets; an identifier, or a title that is one at once.
    pub id: Option<Text>,
    pub title: Option<Bracket>,
}

#[derive(Clone, Debug)]
pub struct FactLine {
    pub source: Text,
    pub target: Option<Span>,
    pub name: Span,
    pub value: Span,
}

/// What a node's mention says about its shape.
pub(super) fn shape_of(node: &NodeRef, source: &str) -> Option<Shape> {
    let stated = node.data.as_ref().and_then(|data| data.get("shape", source)).and_then(|entry| Shape::named(entry.value.inner.of(source)));
    stated.or(node.bracket.map(|bracket| bracket.brackets.shape()))
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
                text.push_str(block.close.map_or("", |close| close.of(&self.source)));
                continue;
            };
            open.push((id, next + 1));
            match *item {
                Item::Between(_, span) => text.push_str(span.of(&self.source)),
                Item::Statement(statement) => {
                    let Some(statement) = self.statement(statement) else { continue };
                    text.push_str(statement.span.of(&self.source));
                    open.extend(statement.block.map(|block| (block, 0)));
                }
            }
        }
        text
    }

    pub fn source(&self) -> &str {
        &self.source
    }

    pub fn block(&self, id: BlockId) -> Option<&Block> {
        self.blocks.get(id.0)
    }

    pub fn statement(&self, id: StatementId) -> Option<&Statement> {
        self.statements.get(id.0)
    }

    /// All statements in the order of the text.
    pub fn statements(&self) -> impl Iterator<Item = (StatementId, &Statement)> {
        self.statements.iter().enumerate().map(|(index, statement)| (StatementId(index), statement))
    }

    /// The whole statement: its header, its block and the word `end`.
    pub fn whole(&self, id: StatementId) -> Span {
        let Some(statement) = self.statement(id) else { return Span::default() };
        let mut end = statement.span.end;
        let mut block = statement.block.and_then(|block| self.block(block));
        // A block whose end is missing reaches to its last item, which may be a block itself.
        while let Some(inner) = block.take() {
            end = end.max(inner.close.map_or(0, |close| close.end));
            if inner.close.is_some() {
                break;
            }
            match inner.items.iter().rev().find_map(|item| if let Item::Statement(id) = item { self.statement(*id) } else { None }) {
                Some(last) => {
                    end = end.max(last.span.end);
                    block = last.block.and_then(|block| self.block(block));
                }
                None => break,
            }
        }
        Span { start: statement.span.start, end }
    }
}
