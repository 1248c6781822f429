//! Mermaid's architecture diagrams, in: groups, services, junctions and edges between their sides.
//!
//! Lines are read one by one ([`mod@line`]), then groups and services become elements ([`icon`] says what an icon stands for), and
//! edges that meet in junctions are joined where their heads say how ([`junction`]).

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{
    diagnostic::{Level as Severity, Span},
    model::{
        Level,
        kind::{
            Kind,
            infer::{self, Evidence},
        },
        view::{Direction, ViewKind},
    },
    syntax::{
        c4::{
            Dialect, MAX_BYTES, MAX_DEPTH,
            catalogue::Enclosure,
            draft::{Book, Draft, End, Link, Note, Property, Role, add_tag, clip},
            reader::BIDIRECTIONAL,
            settle, text,
        },
        format::Imported,
        mermaid::c4::frame::{self, Frame},
    },
};

pub mod icon;
pub mod junction;
pub mod line;

#[cfg(test)]
mod tests;

use icon::Meaning;
use line::{Edge, Line, Node};

/// Whether a text is an architecture diagram.
pub fn looks_like(text: &str) -> bool {
    let near = text.get(..text.floor_char_boundary(text.len().min(8192))).unwrap_or("");
    is_header(&frame::first_word(near))
}

fn is_header(word: &str) -> bool {
    matches!(word, "architecture-beta" | "architecture")
}

/// Reads a text. Never fails: what is not understood is a diagnostic and a loss.
pub fn import(text: &str) -> Imported {
    let mut source = Source::default();
    source.book.begin(Span::new(0, 0));
    if text.len() > MAX_BYTES {
        frame::too_long(&mut source.book.report, text.len());
        return settle::settle(source.book, true);
    }
    let frame = Frame::read(text, &mut source.book.report);
    source.lines(&frame.text);
    source.groups();
    source.services();
    source.edges();
    let sheet = source.book.sheet();
    sheet.title = sheet.title.take().or(frame.title);
    sheet.hint = Some(ViewKind::Everything);
    settle::settle(source.book, false)
}

#[derive(Default)]
struct Source {
    book: Book,
    begun: bool,
    groups: Vec<Node>,
    services: Vec<Node>,
    junctions: Vec<Node>,
    edges: Vec<Edge>,
}

impl Source {
    fn lines(&mut self, text: &str) {
        let mut at = 0;
        let mut skipped = 0;
        for line in text.split_inclusive('\n') {
            let start = at;
            at += line.len();
            if start >= skipped {
                skipped = self.line(text, start, line);
            }
        }
    }

    /// Reads a line that begins at `start`; gives the place up to which it reaches when that lies lines below.
    fn line(&mut self, text: &str, start: usize, line: &str) -> usize {
        let indent = line.len() - line.trim_start().len();
        let (mut line, mut start) = (line.trim(), start + indent);
        if line.is_empty() {
            return 0;
        }
        let span = Span::new(start, start + line.len());
        let word = line.split(char::is_whitespace).next().unwrap_or("");
        if is_header(word) && !self.begun {
            self.begun = true;
            self.book.sheet().span = Span::new(start, start + word.len());
            let rest = line.get(word.len()..).unwrap_or("");
            start += word.len() + (rest.len() - rest.trim_start().len());
            line = rest.trim();
            if line.is_empty() {
                return 0;
            }
        }
        let said = |text: &str| Some(text::plain(text, Dialect::Mermaid).line()).filter(|text| !text.is_empty());
        if let Some(rest) = line.strip_prefix("accDescr")
            && let Some(open) = rest.trim_start().strip_prefix('{')
        {
            let begin = start + line.len() - open.len();
            let inside = text.get(begin..).unwrap_or("");
            let close = inside.find('}').unwrap_or(inside.len());
            self.book.sheet().description = said(inside.get(..close).unwrap_or(""));
            return begin + close;
        }
        if let Some(description) = line.strip_prefix("accDescr").and_then(|rest| rest.trim_start().strip_prefix(':')) {
            self.book.sheet().description = said(description);
            return 0;
        }
        if let Some(title) = line.strip_prefix("accTitle").and_then(|rest| rest.trim_start().strip_prefix(':')) {
            let sheet = self.book.sheet();
            sheet.title = sheet.title.take().or_else(|| said(title));
            return 0;
        }
        if let Some(title) = line.strip_prefix("title").filter(|rest| rest.is_empty() || rest.starts_with([' ', '\t'])) {
            self.book.sheet().title = said(title);
            return 0;
        }
        match Line::read(line, start) {
            Some(Line::Group(node)) => self.groups.push(node),
            Some(Line::Service(node)) => self.services.push(node),
            Some(Line::Junction(node)) => self.junctions.push(node),
            Some(Line::Edge(edge)) => self.edges.push(edge),
            Some(Line::Align) => self.book.report.fidelity.lose("Hint where to draw an element", Some(span)),
            None => self.not_understood(line, span),
        }
        0
    }

    fn not_understood(&mut self, line: &str, span: Span) {
        self.book.report.fidelity.lose("Statement that is not understood", Some(span));
        let (why, help) = if self.begun {
            (
                "It is no group, service, junction or edge; it is left out of the model.",
                "Write `service id(icon)[Title]`, or an edge such as `a:R --> L:b`.",
            )
        } else {
            ("A diagram begins with `architecture-beta`; this line is left out.", "Begin with the line `architecture-beta`.")
        };
        let what = format!("`{}` is not understood", clip(line));
        self.book.report.say(Note::new(Severity::Warning, "unexpected-statement", span, what, why, help));
    }

    /// Adds the groups, those around others first, whatever their order in the text.
    fn groups(&mut self) {
        let mut left = std::mem::take(&mut self.groups);
        let names: BTreeSet<String> = left.iter().map(|node| node.id.clone()).collect();
        for _ in 0..=MAX_DEPTH {
            let before = left.len();
            let mut waiting = Vec::new();
            for node in left {
                let waits = node.parent.as_ref().is_some_and(|(parent, _)| names.contains(parent) && self.book.named(parent).is_none());
                if waits {
                    waiting.push(node);
                } else {
                    self.group(&node);
                }
            }
            left = waiting;
            if left.is_empty() || left.len() == before {
                break;
            }
        }
        for node in left {
            self.book.report.say(Note::new(
                Severity::Warning,
                "circular-group",
                node.span,
                format!("The group `{}` lies in itself", clip(&node.id)),
                "It is read as a group at the top.",
                "Correct what stands after `in`.",
            ));
            self.group(&Node { parent: None, ..node });
        }
    }

    fn group(&mut self, node: &Node) {
        let mut draft = self.draft(node, Role::Frame(Enclosure::Free));
        if let Some((icon, span)) = &node.icon {
            self.book.report.fidelity.keep("Icon of a group, as a property", Some(*span));
            draft.properties.push(Property { name: "icon".to_owned(), value: icon.clone(), span: *span });
        }
        self.book.add(draft);
    }

    /// What a group, service or junction says, whatever it is.
    fn draft(&mut self, node: &Node, role: Role) -> Draft {
        let title = node.title.as_ref().map(|(title, _)| text::plain(title, Dialect::Mermaid).line()).filter(|title| !title.is_empty());
        let mut draft = Draft::new(&node.id, title.as_deref().unwrap_or(&node.id), role, node.span);
        draft.name_span = node.title.as_ref().map_or(node.id_span, |(_, span)| *span);
        if let Some((parent, span)) = &node.parent {
            let found = self.book.named(parent);
            let is_group = |index: &usize| self.book.drafts.get(*index).is_some_and(|draft| matches!(draft.role, Role::Frame(_)));
            draft.parent = found.filter(is_group);
            if draft.parent.is_none() {
                self.book.report.say(Note::new(
                    Severity::Warning,
                    "unknown-group",
                    *span,
                    format!("No group is named `{}`", clip(parent)),
                    "What stands in it is read as standing at the top.",
                    "Define the group, or correct its name.",
                ));
            }
        }
        draft
    }

    fn services(&mut self) {
        for node in std::mem::take(&mut self.services) {
            let mut draft = self.draft(&node, Role::Container);
            if let Some((_, span)) = &node.icon_text {
                self.book.report.fidelity.lose("Text in place of an icon", Some(*span));
            }
            if let Some((icon, span)) = &node.icon {
                draft.stated_by = format!("icon {}", clip(icon));
                match icon::meaning(icon) {
                    Meaning::Kind(kind) => draft.kind = Some(kind),
                    Meaning::Person => draft.role = Role::Person,
                    Meaning::Technology(technology) => draft.technology = Some(technology),
                    Meaning::Plain => {}
                    Meaning::Outside => draft.external = !says_more(&draft.name),
                    Meaning::Unknown => self.book.report.fidelity.lose("Icon", Some(*span)),
                }
            }
            self.book.add(draft);
        }
    }

    fn edges(&mut self) {
        let edges = std::mem::take(&mut self.edges);
        let (across, along): (Vec<&Edge>, Vec<&Edge>) = edges.iter().partition(|edge| matches!(edge.left.side, 'T' | 'B'));
        if !edges.is_empty() {
            let direction = if along.len() >= across.len() { Direction::LeftRight } else { Direction::TopBottom };
            self.book.sheet().direction = Some(direction);
        }
        for edge in &edges {
            if edge.left.group || edge.right.group {
                self.book.report.fidelity.keep("Edge at a group, as one of its service", Some(edge.span));
            }
            self.book.report.fidelity.lose("Sides at which an edge is drawn", Some(edge.span));
        }
        let junctions: BTreeMap<String, Node> =
            std::mem::take(&mut self.junctions).into_iter().map(|node| (node.id.clone(), node)).collect();
        let joined = junction::join(&edges, &junctions.keys().map(String::as_str).collect());
        for (id, node) in &junctions {
            if joined.kept.contains(id.as_str()) {
                self.book.report.fidelity.keep("Junction, as an element of its own", Some(node.span));
                let mut draft = self.draft(node, Role::Custom);
                draft.stated_by.push_str("a junction");
                self.book.add(draft);
            } else if joined.used.contains(id.as_str()) {
                self.book.report.fidelity.keep("Junction, as relations between what it joins", Some(node.span));
            } else {
                self.book.report.fidelity.lose("Junction that joins nothing", Some(node.span));
            }
        }
        for wire in joined.wires {
            if wire.headless {
                self.book.report.fidelity.keep("Edge without a head, as a relation from left to right", Some(wire.span));
            }
            let mut tags = Vec::new();
            if wire.both {
                self.book.report.fidelity.keep("Edge with two heads, as one relation with a tag", Some(wire.span));
                add_tag(&mut tags, BIDIRECTIONAL.to_owned());
            }
            let label = text::plain(&wire.label, Dialect::Mermaid).line();
            self.book.link(Link {
                source: End { alias: wire.source.0.to_owned(), span: wire.source.1 },
                target: End { alias: wire.target.0.to_owned(), span: wire.target.1 },
                description: Some(label).filter(|label| !label.is_empty()),
                technology: None,
                tags,
                properties: Vec::new(),
                url: None,
                span: wire.span,
                frame: None,
                order: String::new(),
                response: false,
                makes_ends: false,
            });
        }
    }
}

/// Whether a name says what a service does, so that an icon of the world outside is only decoration.
fn says_more(name: &str) -> bool {
    let properties = BTreeMap::new();
    let evidence = Evidence {
        level: Level::Container,
        name,
        technology: None,
        description: None,
        tags: &[],
        properties: &properties,
        archetype: None,
        shape: None,
        outside: None,
    };
    infer::kind(&evidence).value != Kind::Service || name.to_lowercase().contains("service")
}
