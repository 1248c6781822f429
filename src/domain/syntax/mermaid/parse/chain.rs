//! Nodes and links.

use super::{Fault, Parser};
use crate::domain::{
    diagnostic::{Level, Span},
    syntax::{
        mermaid::{
            MAX_ID,
            scan::{arrow, bare, blank_end, bracketed, char_at, closing_arrow, id_end, is_blank, line_end, space_end, starts, string},
            shape::{NAMES, Shape},
            tree::{Bracket, Chain, Data, Entry, Head, Line, Link, LinkLabel, NodeRef, Quote, Step, Text},
        },
        structurizr::suggest::nearest,
    },
};

/// Words that Mermaid reads as something else than an identifier.
pub(in crate::domain::syntax::mermaid) const RESERVED: [&str; 10] =
    ["end", "subgraph", "graph", "flowchart", "style", "linkStyle", "classDef", "class", "click", "call"];

impl Parser {
    /// `A --> B & C -- text --> D`
    pub(super) fn chain(&mut self) -> Result<Chain, Fault> {
        let mut chain = Chain { steps: vec![self.step()?], links: Vec::new() };
        loop {
            let end = self.at;
            self.at = blank_end(self.text(), self.at);
            let over = match char_at(self.text(), self.at) {
                None | Some(';') => true,
                Some('\n' | '\r') => match self.continuation(self.at) {
                    Some(next) => {
                        self.at = next;
                        false
                    }
                    None => true,
                },
                _ => starts(self.text(), self.at, "%%"),
            };
            if over {
                self.at = end;
                return Ok(chain);
            }
            let link = self.link()?;
            chain.links.push(link);
            let next = space_end(self.text(), self.at);
            // A keyword on the next line is the next statement, not what the arrow leads to.
            let word = self.text().get(next..id_end(self.text(), next)).unwrap_or("");
            let below = || self.text().get(self.at..next).is_some_and(|gap| gap.contains(['\n', '\r']));
            if RESERVED.contains(&word) && below() {
                return Err(self.no_node(line_end(self.text(), self.at)));
            }
            self.at = next;
            chain.steps.push(self.step()?);
        }
    }

    fn step(&mut self) -> Result<Step, Fault> {
        let mut nodes = vec![self.node()?];
        loop {
            let end = self.at;
            self.at = blank_end(self.text(), self.at);
            if !starts(self.text(), self.at, "&") {
                self.at = end;
                return Ok(Step { nodes });
            }
            self.at = blank_end(self.text(), self.at + 1);
            nodes.push(self.node()?);
        }
    }

    fn node(&mut self) -> Result<NodeRef, Fault> {
        let start = self.at;
        let end = id_end(self.text(), start);
        if end == start {
            return Err(self.no_node(start));
        }
        let id = Span::new(start, end);
        if end - start > MAX_ID {
            return Err(Fault::new(
                id,
                "too-long",
                format!("This identifier has {} bytes", end - start),
                "An identifier may have at most 256 bytes; the statement is left out of the model.",
                "Choose a short identifier, and write the text in the label: `id[\"label\"]`.",
            ));
        }
        self.check_reserved(id);
        self.at = end;
        let mut node = NodeRef { span: id, id, bracket: None, classes: Vec::new(), data: None };
        loop {
            let at = self.at;
            if starts(self.text(), at, "@{") {
                node.data = Some(self.data()?);
            } else if starts(self.text(), at, ":::") {
                let end = id_end(self.text(), at + 3);
                if end == at + 3 {
                    return Err(Fault::new(
                        Span::new(at, at + 3),
                        "missing-word",
                        "`:::` names no class",
                        "It has to be followed by the name of a class.",
                        "Write `:::name`, or remove it.",
                    ));
                }
                node.classes.push(Span::new(at + 3, end));
                self.at = end;
            } else if node.bracket.is_none() && matches!(char_at(self.text(), at), Some('[' | '(' | '{' | '>')) {
                node.bracket = Some(self.bracket()?);
            } else if node.bracket.is_none() && at == end && self.spaced_bracket(at) {
                self.at = blank_end(self.text(), at);
                let span = Span::new(at, self.at);
                node.bracket = Some(self.bracket()?);
                self.say(
                    Level::Warning,
                    Fault::new(
                        span,
                        "space-before-bracket",
                        "There is a space between this node and its bracket",
                        "It is read as the node's label here, but Mermaid refuses it.",
                        "Remove the space.",
                    ),
                );
            } else {
                node.span = Span::new(start, at);
                return Ok(node);
            }
        }
    }

    fn spaced_bracket(&self, at: usize) -> bool {
        let next = blank_end(self.text(), at);
        next > at && matches!(char_at(self.text(), next), Some('[' | '(' | '{')) && bracketed(self.text(), next).is_some()
    }

    pub(super) fn bracket(&mut self) -> Result<Bracket, Fault> {
        let start = self.at;
        let Some(found) = bracketed(self.text(), start) else {
            let end = line_end(self.text(), start);
            let quoted = self.text().get(start..end).is_some_and(|line| line.contains('"'));
            let help = if starts(self.text(), start, ">") {
                "Write `-->` for an arrow, or close the label with `]`."
            } else if quoted {
                "Close the quotes and then the bracket; write a quote inside a label as `#quot;`."
            } else {
                "Close it; put a label with brackets or quotes in it in double quotes."
            };
            return Err(Fault::new(
                Span::new(start, end),
                "unclosed-bracket",
                format!("This `{}` is never closed properly", char_at(self.text(), start).unwrap_or('[')),
                "The label has to end with the bracket that belongs to it; the statement is left out of the model.",
                help,
            ));
        };
        self.at = found.end;
        if found.loose {
            self.say_unquoted(found.text, "label", ("\"", "\""));
        }
        Ok(Bracket { span: Span::new(start, found.end), brackets: found.brackets, text: found.text })
    }

    fn say_unquoted(&mut self, text: Text, what: &str, around: (&str, &str)) {
        let words: String = text.inner.of(self.text()).replace('"', "#quot;").chars().take(80).collect();
        self.say(
            Level::Warning,
            Fault::new(
                text.span,
                "unquoted-label",
                format!("This {what} has signs in it that Mermaid takes only in quotes"),
                "It is read as it is meant here, but Mermaid refuses the text.",
                format!("Write {}{words}{}, with the quotes.", around.0, around.1),
            ),
        );
    }

    fn no_node(&self, at: usize) -> Fault {
        let next = char_at(self.text(), at);
        if next.is_none_or(|next| matches!(next, '\n' | '\r' | ';')) || starts(self.text(), at, "%%") {
            // A byte-order mark is space to Mermaid, and so swallowed by the arrow.
            let space = |c: char| is_blank(c) || matches!(c, '\n' | '\r');
            let before = self.text().get(..at).unwrap_or("").trim_end_matches(space);
            let start = before.char_indices().next_back().map_or(0, |(start, _)| start);
            return Fault::new(
                Span::new(start, before.len()),
                "missing-node",
                "This arrow leads nowhere",
                "It has to be followed by a node; the statement is left out of the model.",
                "Write the identifier of a node after it.",
            );
        }
        self.unexpected(at)
    }

    /// Neither a node nor an arrow.
    fn unexpected(&self, at: usize) -> Fault {
        let end = line_end(self.text(), at);
        let rest = self.text().get(at..end).unwrap_or("");
        let word = rest.split(char::is_whitespace).next().unwrap_or("");
        let word: String = word.chars().take(40).collect();
        let before = self.text().get(at.saturating_sub(1)..at).unwrap_or("");
        let spaced = self.text().get(..at).unwrap_or("").trim_end_matches([' ', '\t']);
        let help = if word.starts_with("->") || word.starts_with("=>") || (before == "-" && word.starts_with('>')) {
            "Write `-->` for an arrow."
        } else if word.starts_with("<-") {
            "Write the arrow from its source to its target: `A --> B`."
        } else if word.starts_with('"') {
            "Write `id[\"text\"]` for a node, and `-->|text|` for the text of an arrow."
        } else if spaced.ends_with(':') {
            "Write the text of an arrow between bars: `A -->|text| B`."
        } else if spaced.ends_with(',') {
            "Join several nodes with ` & `."
        } else {
            "Write one statement on each line; an identifier has no spaces in it."
        };
        Fault::new(
            Span::new(at, at + rest.trim_end().len()),
            "unexpected-text",
            format!("`{word}` cannot stand here"),
            "Nodes are joined by arrows such as `-->`; the statement is left out of the model.",
            help,
        )
    }

    fn check_reserved(&mut self, id: Span) {
        let word = id.of(self.text());
        // A keyword ends at a sign that is no letter: `end-user` is `end` to Mermaid.
        let head = word.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or("");
        if !RESERVED.contains(&head) {
            return;
        }
        let what = format!("`{head}` is a word of Mermaid's own");
        self.say(
            Level::Warning,
            Fault::new(
                id,
                "reserved-word",
                what,
                "It is read as a node here, but Mermaid reads it as a keyword.",
                "Choose another identifier, and write the word in the label: `id[\"label\"]`.",
            ),
        );
    }

    /// An arrow with its id and label.
    fn link(&mut self) -> Result<Link, Fault> {
        let start = self.at;
        let id = self.edge_id();
        let from = self.at;
        let Some(found) = arrow(self.text(), from) else { return Err(self.unexpected(start)) };
        let first = Span::new(from, found.end);
        self.at = found.end;
        let (line, head) = (found.line, found.head);
        let mut link = Link { span: first, id, arrow: (first, None), line, start: found.start, end: head, label: None };
        if found.open {
            self.inline_label(&mut link)?;
        } else {
            let bar = blank_end(self.text(), self.at);
            if starts(self.text(), bar, "|") {
                link.label = Some(self.barred_label(bar)?);
            }
        }
        if link.start == Head::Arrow && link.end == Head::None {
            self.say(
                Level::Warning,
                Fault::new(
                    first,
                    "backward-arrow",
                    "This arrow points backwards",
                    "Mermaid draws no head at the beginning alone; the relation is read against the arrow.",
                    "Write it from its source to its target: `A --> B`.",
                ),
            );
        }
        link.span = Span::new(start, self.at);
        Ok(link)
    }

    /// `e1@` before an arrow.
    fn edge_id(&mut self) -> Option<Span> {
        let end = id_end(self.text(), self.at);
        if end == self.at || !starts(self.text(), end, "@") || arrow(self.text(), end + 1).is_none() {
            return None;
        }
        let id = Span::new(self.at, end);
        self.at = end + 1;
        Some(id)
    }

    /// The text and the second part of an arrow.
    fn inline_label(&mut self, link: &mut Link) -> Result<(), Fault> {
        let start = blank_end(self.text(), self.at);
        let quoted = string(self.text(), start).filter(|quoted| {
            let end = space_end(self.text(), quoted.span.range().end);
            closing_arrow(self.text(), end, link.line).is_some_and(|(span, _)| span.range().start == end)
        });
        let from = quoted.map_or(self.at, |quoted| space_end(self.text(), quoted.span.range().end));
        let Some((close, head)) = closing_arrow(self.text(), from, link.line) else {
            let end = line_end(self.text(), self.at);
            let (open, close) = match link.line {
                Line::Dotted => ("-.", ".->"),
                Line::Thick => ("==", "==>"),
                _ => ("--", "-->"),
            };
            let help = if link.start == Head::Arrow {
                "Write the arrow from its source to its target: `A --> B`.".to_owned()
            } else {
                format!("Write `A {open} text {close} B`, or put the text between bars: `A -->|text| B`.")
            };
            return Err(Fault::new(
                Span::new(link.arrow.0.range().start, end),
                "unclosed-arrow",
                format!("This `{}` is not finished", link.arrow.0.of(self.text())),
                "The text of an arrow has to be followed by the rest of the arrow; the statement is left out of the model.",
                help,
            ));
        };
        let text = quoted.unwrap_or_else(|| bare(self.text(), self.at, close.range().start));
        link.label = Some(LinkLabel { text, bars: None });
        link.arrow.1 = Some(close);
        link.end = head;
        self.at = close.range().end;
        Ok(())
    }

    /// `|text|`
    fn barred_label(&mut self, bar: usize) -> Result<LinkLabel, Fault> {
        let start = space_end(self.text(), bar + 1);
        let quoted = string(self.text(), start).map(|quoted| (quoted, space_end(self.text(), quoted.span.range().end)));
        if let Some((text, end)) = quoted.filter(|(_, end)| starts(self.text(), *end, "|")) {
            self.at = end + 1;
            return Ok(LinkLabel { text, bars: Some(Span::new(bar, end + 1)) });
        }
        let closing = self.text().get(bar + 1..).and_then(|rest| rest.find(['|', '\n', '\r']));
        let Some(length) = closing.filter(|length| starts(self.text(), bar + 1 + length, "|")) else {
            let line = line_end(self.text(), bar);
            return Err(Fault::new(
                Span::new(bar, line),
                "unclosed-label",
                "The text of this arrow is never closed",
                "It stands between two bars; the statement is left out of the model.",
                "Add `|` after the text.",
            ));
        };
        let end = bar + 1 + length;
        let text = bare(self.text(), bar + 1, end);
        self.at = end + 1;
        if text.inner.of(self.text()).contains(['[', ']', '(', ')', '{', '}', '"']) {
            self.say_unquoted(text, "text", ("|\"", "\"|"));
        }
        Ok(LinkLabel { text, bars: Some(Span::new(bar, end + 1)) })
    }

    /// `@{ name: value, … }`
    fn data(&mut self) -> Result<Data, Fault> {
        let start = self.at;
        let Some(close) = self.data_end(start + 2) else {
            return Err(Fault::new(
                Span::new(start, line_end(self.text(), start)),
                "unclosed-brace",
                "This `@{` is never closed",
                "It has to end with `}`; the statement is left out of the model.",
                "Add `}` after the last value.",
            ));
        };
        let entries = self.entries(start + 2, close);
        self.at = close + 1;
        if let Some(shape) = entries.iter().rev().find(|entry| entry.name.of(self.text()) == "shape").copied() {
            self.check_shape(shape.value);
        }
        Ok(Data { span: Span::new(start, close + 1), entries })
    }

    fn check_shape(&mut self, value: Text) {
        let name: String = value.inner.of(self.text()).chars().take(40).collect();
        if Shape::named(&name).is_some() {
            return;
        }
        let all = NAMES.iter().flat_map(|(short, others)| std::iter::once(*short).chain(others.iter().copied()));
        let help = nearest(&name, all).map(|known| format!("Did you mean `{known}`?"));
        self.say(
            Level::Warning,
            Fault::new(
                value.span,
                "unknown-shape",
                format!("`{name}` is no shape of Mermaid"),
                "The node is kept, but Mermaid refuses the text.",
                help.unwrap_or_else(|| "Write a shape such as `rect`, `rounded`, `cyl`, `diamond` or `hex`.".to_owned()),
            ),
        );
    }

    /// The brace that ends the data; none where another `@{` comes first.
    fn data_end(&mut self, from: usize) -> Option<usize> {
        if from >= self.braces_end {
            return None;
        }
        let (mut quoted, mut before, mut seen) = (false, ' ', false);
        for (offset, c) in self.text().get(from..)?.char_indices() {
            match c {
                '"' => quoted = !quoted,
                '}' if !quoted => return Some(from + offset),
                '}' => seen = true,
                '{' if !quoted && before == '@' => return None,
                _ => {}
            }
            before = c;
        }
        if !seen {
            self.braces_end = from;
        }
        None
    }

    fn entries(&self, from: usize, to: usize) -> Vec<Entry> {
        let text = self.text();
        let mut entries = Vec::new();
        let mut at = from;
        while at < to {
            // Names end at a colon; values at a comma, a line end or the brace.
            let rest = text.get(at..to).unwrap_or("");
            at += rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r', ',']).len();
            let Some(colon) = text.get(at..to).and_then(|rest| rest.find(':')) else { break };
            let name = bare(text, at, at + colon).inner;
            let start = blank_end(text, at + colon + 1).min(to);
            let delimited = |sign: char, quote: Quote| {
                let end = text.get(start + 1..to).and_then(|rest| rest.find(sign)).map_or(to, |found| start + 1 + found);
                Text { span: Span::new(start, (end + 1).min(to)), inner: Span::new((start + 1).min(end), end), quote }
            };
            let value = match char_at(text, start).filter(|_| start < to) {
                Some('"') => delimited('"', Quote::Double),
                Some('\'') => delimited('\'', Quote::Single),
                _ => {
                    let end = text.get(start..to).and_then(|rest| rest.find([',', '\n', '\r'])).map_or(to, |found| start + found);
                    bare(text, start, end)
                }
            };
            entries.push(Entry { name, value });
            // Whatever follows a quoted value up to the next comma or line is not understood and left alone.
            at = value.span.range().end.max(start);
            at = text.get(at..to).and_then(|rest| rest.find([',', '\n', '\r'])).map_or(to, |found| at + found);
        }
        entries
    }
}
