//! One pass over a record's markdown: headings, lines of text with their bytes, links, and what is code.
//!
//! Offsets count from the start of the whole text, front matter and byte order mark included.

use std::ops::Range;

use pulldown_cmark::{Event, Tag, TagEnd};

use crate::domain::{decision::front_matter::Block, markdown};

pub(super) struct Outline {
    pub leaves: Vec<Leaf>,
}

/// A block of text: a heading, a paragraph, the text of a list item or of a table cell.
pub(super) struct Leaf {
    pub place: Place,
    /// Inside a block quote or a footnote.
    pub quoted: bool,
    pub span: Range<usize>,
    pub lines: Vec<Line>,
    pub links: Vec<Found>,
    /// Bytes that are no prose: code, links, raw HTML. In order and apart.
    pub masked: Vec<Range<usize>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Level 1 to 6.
    Heading(u8),
    Paragraph,
    /// In a list; the depth counts from 1.
    Item {
        depth: usize,
        first: bool,
    },
    Cell,
}

/// One line of a leaf.
pub(super) struct Line {
    /// Plain text.
    pub text: String,
    /// From the first to the last piece of text; markup at the edges excluded.
    pub span: Range<usize>,
}

/// A markdown link.
pub(super) struct Found {
    pub target: String,
    pub label: String,
    pub span: Range<usize>,
}

impl Leaf {
    /// All lines as one.
    pub(super) fn text(&self) -> String {
        self.lines.iter().map(|line| line.text.trim()).collect::<Vec<_>>().join(" ")
    }

    /// From the first to the last piece of text.
    pub(super) fn content(&self) -> Range<usize> {
        match (self.lines.first(), self.lines.last()) {
            (Some(first), Some(last)) => first.span.start..last.span.end,
            _ => self.span.end..self.span.end,
        }
    }

    /// Whether any of these bytes is no prose.
    pub(super) fn is_masked(&self, range: &Range<usize>) -> bool {
        let next = self.masked.partition_point(|mask| mask.end <= range.start);
        self.masked.get(next).is_some_and(|mask| mask.start < range.end)
    }

    pub(super) fn is_heading(&self) -> bool {
        matches!(self.place, Place::Heading(_)) && !self.quoted
    }
}

struct Open {
    item: bool,
    fresh: bool,
}

pub(super) fn read(text: &str, front_matter: Option<&Block>) -> Outline {
    let base = front_matter.map_or_else(|| text.len() - text.trim_start_matches('\u{feff}').len(), |block| block.whole.end);
    let body = text.get(base..).unwrap_or("");
    let mut reader = Reader { leaves: Vec::new(), leaf: None, items: Vec::new(), quotes: 0, code: false, link: None, line_done: false };
    for (event, range) in markdown::parser(body).into_offset_iter() {
        reader.event(event, range.start + base..range.end + base);
    }
    reader.close();
    Outline { leaves: reader.leaves }
}

struct Reader {
    leaves: Vec<Leaf>,
    leaf: Option<Leaf>,
    items: Vec<Open>,
    quotes: usize,
    code: bool,
    link: Option<Found>,
    line_done: bool,
}

impl Reader {
    fn event(&mut self, event: Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(tag, range),
            Event::End(end) => self.end(end),
            Event::Text(text) if !self.code => self.text(&text, range),
            Event::Code(text) => {
                self.text(&text, range.clone());
                self.mask(range);
            }
            Event::InlineHtml(_) => self.mask(range),
            Event::SoftBreak | Event::HardBreak => {
                self.line_done = true;
                if let Some(link) = &mut self.link {
                    link.label.push(' ');
                }
            }
            Event::Rule => self.close(),
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>, range: Range<usize>) {
        match tag {
            Tag::Heading { level, .. } => self.open(Place::Heading(level as u8), range),
            Tag::Paragraph => {
                let place = self.place();
                self.open(place, range);
            }
            Tag::TableCell => self.open(Place::Cell, range),
            Tag::BlockQuote(_) | Tag::FootnoteDefinition(_) => {
                self.close();
                self.quotes += 1;
            }
            Tag::List(_) => {
                self.close();
                self.items.push(Open { item: false, fresh: false });
            }
            Tag::Item => {
                self.close();
                self.items.push(Open { item: true, fresh: true });
            }
            Tag::CodeBlock(_) | Tag::HtmlBlock | Tag::MetadataBlock(_) => {
                self.close();
                self.code = true;
            }
            Tag::Link { dest_url, .. } => {
                self.mask(range.clone());
                self.link = Some(Found { target: dest_url.into_string(), label: String::new(), span: range });
            }
            Tag::Image { .. } => self.mask(range),
            _ => {}
        }
    }

    fn end(&mut self, end: TagEnd) {
        match end {
            TagEnd::Heading(_) | TagEnd::Paragraph | TagEnd::TableCell => self.close(),
            TagEnd::BlockQuote(_) | TagEnd::FootnoteDefinition => {
                self.close();
                self.quotes = self.quotes.saturating_sub(1);
            }
            TagEnd::List(_) | TagEnd::Item => {
                self.close();
                self.items.pop();
            }
            TagEnd::CodeBlock | TagEnd::HtmlBlock | TagEnd::MetadataBlock(_) => self.code = false,
            TagEnd::Link => {
                if let (Some(link), Some(leaf)) = (self.link.take(), &mut self.leaf) {
                    // The brackets and the address belong to the line.
                    let broken = leaf.lines.iter().rev().nth(1).is_some_and(|line| line.span.end > link.span.start);
                    if let Some(line) = leaf.lines.last_mut() {
                        line.span.end = line.span.end.max(link.span.end);
                        if !broken {
                            line.span.start = line.span.start.min(link.span.start);
                        }
                    }
                    leaf.links.push(link);
                }
            }
            _ => {}
        }
    }

    fn place(&mut self) -> Place {
        let depth = self.items.iter().filter(|open| open.item).count();
        match self.items.last_mut() {
            Some(open) if open.item => Place::Item { depth, first: std::mem::replace(&mut open.fresh, false) },
            _ => Place::Paragraph,
        }
    }

    fn open(&mut self, place: Place, span: Range<usize>) {
        self.close();
        let quoted = self.quotes > 0 || (!self.items.is_empty() && matches!(place, Place::Heading(_)));
        self.leaf = Some(Leaf { place, quoted, span, lines: Vec::new(), links: Vec::new(), masked: Vec::new() });
    }

    fn close(&mut self) {
        self.line_done = false;
        if let Some(leaf) = self.leaf.take() {
            self.leaves.push(leaf);
        }
    }

    /// The leaf that inline content goes to; the text of a tight list item has no paragraph around it.
    fn inline(&mut self, range: &Range<usize>) -> &mut Leaf {
        if self.leaf.is_none() {
            let place = self.place();
            self.open(place, range.clone());
        }
        let quoted = self.quotes > 0;
        let leaf = self.leaf.get_or_insert_with(|| Leaf {
            place: Place::Paragraph,
            quoted,
            span: range.clone(),
            lines: Vec::new(),
            links: Vec::new(),
            masked: Vec::new(),
        });
        leaf.span.end = leaf.span.end.max(range.end);
        leaf
    }

    fn mask(&mut self, range: Range<usize>) {
        let masked = &mut self.inline(&range).masked;
        // What lies in a link comes after it and adds nothing.
        match masked.last_mut() {
            Some(last) if range.start < last.end => last.end = last.end.max(range.end),
            _ => masked.push(range),
        }
    }

    fn text(&mut self, text: &str, range: Range<usize>) {
        if let Some(link) = &mut self.link {
            link.label.push_str(text);
        }
        let fresh = std::mem::replace(&mut self.line_done, false);
        let leaf = self.inline(&range);
        match leaf.lines.last_mut() {
            Some(line) if !fresh => {
                line.text.push_str(text);
                line.span.end = line.span.end.max(range.end);
            }
            _ => leaf.lines.push(Line { text: text.to_owned(), span: range }),
        }
    }
}
