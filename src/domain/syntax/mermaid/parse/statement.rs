//! The statements of a flowchart by their first word.

use super::{Fault, HEADERS, Parser};
use crate::domain::{
    diagnostic::{Level, Span},
    model::view::Direction,
    syntax::mermaid::{
        MAX_DEPTH,
        scan::{arrow, bare, blank_end, bracketed, char_at, id_end, line_end, list, space_end, starts, string, words},
        tree::{FactLine, Gap, Quote, Subgraph, Syntax, Text},
    },
};

/// Bytes of a tooltip after its first line.
const MAX_TOOLTIP: usize = 1024;

impl Parser {
    /// The part between two lines of dashes at the beginning.
    pub(super) fn front_matter(&mut self) {
        let start = space_end(self.text(), 0);
        let first = line_end(self.text(), start);
        if self.text().get(start..first).is_none_or(|line| line.trim_end() != "---") {
            return;
        }
        if start > 0 {
            self.between(Gap::Space, start);
        }
        let mut at = first;
        let mut title = None;
        while at < self.text().len() {
            let from = at + if starts(self.text(), at, "\r\n") { 2 } else { 1 };
            let end = line_end(self.text(), from);
            let line = self.text().get(from..end).unwrap_or("");
            if line.trim() == "---" {
                self.at = from + line.trim_end().len();
                self.finish(start, Syntax::FrontMatter { title });
                return;
            }
            if title.is_none() && line.starts_with("title:") {
                title = Some(yaml_value(self.text(), from + "title:".len(), end));
            }
            at = end.max(from);
        }
        self.broken(
            start,
            Fault::new(
                Span::new(start, first),
                "unclosed-front-matter",
                "This front matter is never closed",
                "It begins and ends with a line of three dashes.",
                "Add a line with `---` before the diagram.",
            ),
        );
    }

    /// Reads one statement; always moves on.
    pub(super) fn statement(&mut self) {
        let start = self.at;
        let end = id_end(self.text(), start);
        let word = self.text().get(start..end).unwrap_or("").to_owned();
        if !self.begun && self.other_diagram(start) {
            return;
        }
        if HEADERS.contains(&word.as_str()) && !self.is_node(end) {
            self.header(start, end);
            return;
        }
        if !self.begun {
            self.begun = true;
            self.say(
                Level::Error,
                Fault::new(
                    Span::new(start, line_end(self.text(), start)),
                    "missing-header",
                    "This text does not begin as a flowchart",
                    "Mermaid tells the kinds of diagrams apart by their first word; the statements are read all the same.",
                    "Begin with `flowchart LR` or `flowchart TB`.",
                ),
            );
        }
        match word.as_str() {
            "end" => return self.end(),
            "subgraph" if !self.is_node(end) => return self.subgraph(start, end),
            "direction" if self.turn(start, end) => return,
            "style" | "class" | "classDef" | "linkStyle" | "click" if !self.is_node(end) => return self.keyword(start, end, &word),
            _ => {}
        }
        if let Some(from) = self.labelled(start, "accTitle", ":") {
            return self.accessible(start, from, Syntax::Title);
        }
        if let Some(from) = self.labelled(start, "accDescr", ":") {
            return self.accessible(start, from, Syntax::Description);
        }
        if let Some(from) = self.labelled(start, "accDescr", "{") {
            return self.description(start, from);
        }
        match self.chain() {
            Ok(chain) => {
                self.finish(start, Syntax::Chain(chain));
            }
            Err(fault) => self.broken(start, fault),
        }
    }

    /// Whether a keyword is a node's name after all: an arrow or a bracket follows.
    fn is_node(&self, end: usize) -> bool {
        let next = blank_end(self.text(), end);
        arrow(self.text(), next).is_some_and(|_| !starts(self.text(), next, "x") && !starts(self.text(), next, "o"))
            || (next == end && matches!(char_at(self.text(), end), Some('[' | '(' | '{' | '@')))
    }

    /// After the sign that follows the word.
    fn labelled(&self, start: usize, word: &str, sign: &str) -> Option<usize> {
        let at = blank_end(self.text(), start + word.len());
        (starts(self.text(), start, word) && starts(self.text(), at, sign)).then_some(at + 1)
    }

    /// A text up to the end of the line.
    fn accessible(&mut self, start: usize, from: usize, syntax: fn(Span) -> Syntax) {
        let value = bare(self.text(), from, line_end(self.text(), from)).inner;
        self.at = value.range().end.max(from);
        self.finish(start, syntax(value));
    }

    fn description(&mut self, start: usize, from: usize) {
        let close = if from < self.braces_end { self.text().get(from..).and_then(|rest| rest.find('}')) } else { None };
        let Some(close) = close else {
            self.braces_end = self.braces_end.min(from);
            self.broken(
                start,
                Fault::new(
                    Span::new(start, line_end(self.text(), start)),
                    "unclosed-brace",
                    "This description is never closed",
                    "`accDescr {` has to end with `}`.",
                    "Add `}` after the description.",
                ),
            );
            return;
        };
        let value = bare(self.text(), from, from + close).inner;
        self.at = from + close + 1;
        self.finish(start, Syntax::Description(value));
    }

    fn header(&mut self, start: usize, end: usize) {
        if self.begun {
            self.broken(
                start,
                Fault::new(
                    Span::new(start, line_end(self.text(), start)),
                    "second-header",
                    "The diagram begins a second time here",
                    "A text holds one flowchart; what follows is read as part of it.",
                    "Remove the line, or move what follows to a file of its own.",
                ),
            );
            return;
        }
        self.begun = true;
        let found = direction(self.text(), blank_end(self.text(), end));
        self.at = found.map_or(end, |(span, _)| span.range().end);
        self.finish(start, Syntax::Header { word: Span::new(start, end), direction: found });
        let rest = blank_end(self.text(), self.at);
        let next = char_at(self.text(), rest);
        if found.is_none() && next.is_some_and(|next| !matches!(next, '\n' | '\r' | ';')) && !starts(self.text(), rest, "%%") {
            self.between(Gap::Space, rest);
            let length = char_at(self.text(), rest).map_or(1, char::len_utf8);
            let span = Span::new(rest, id_end(self.text(), rest).max(rest + length));
            let what = format!("`{}` is no direction", span.of(self.text()).chars().take(40).collect::<String>());
            self.broken(
                rest,
                Fault::new(
                    span,
                    "unknown-direction",
                    what,
                    "After the first word stands the direction of the diagram, and after it a new line.",
                    "Write `TB`, `BT`, `LR` or `RL`.",
                ),
            );
        }
    }

    /// `direction LR` in a subgraph; false if it is something else.
    fn turn(&mut self, start: usize, end: usize) -> bool {
        let at = blank_end(self.text(), end);
        let Some((value, direction)) = direction(self.text(), at).filter(|_| at > end) else { return false };
        self.at = value.range().end;
        self.finish(start, Syntax::Direction { value, direction });
        true
    }

    fn subgraph(&mut self, start: usize, word_end: usize) {
        let word = Span::new(start, word_end);
        let at = blank_end(self.text(), word_end);
        let limit = line_end(self.text(), at);
        if self.is_too_deep() {
            self.broken(
                start,
                Fault::new(
                    Span::new(start, limit),
                    "too-deep",
                    format!("Subgraphs lie more than {MAX_DEPTH} deep in each other here"),
                    "This one is left out; what is in it counts to the one around it.",
                    "Flatten the diagram.",
                ),
            );
            return;
        }
        let mut header = Subgraph { word, id: None, title: None };
        self.at = word_end;
        if let Some(title) = string(self.text(), at) {
            header.id = Some(title);
            self.at = title.span.range().end;
        } else {
            // Up to a bracket, a semicolon or the end of the line.
            let rest = self.text().get(at..limit).unwrap_or("");
            let length = rest.find(['[', ';']).or_else(|| rest.find(" %%")).unwrap_or(rest.len());
            let id = bare(self.text(), at, at + length);
            if !id.inner.of(self.text()).is_empty() {
                header.id = Some(id);
                self.at = id.span.range().end;
            }
        }
        let next = blank_end(self.text(), self.at);
        if starts(self.text(), next, "[") && bracketed(self.text(), next).is_some() {
            self.at = next;
            header.title = self.bracket().ok();
        }
        let stop = self.at;
        let rest = blank_end(self.text(), stop);
        let limit = line_end(self.text(), rest);
        if char_at(self.text(), rest).is_some_and(|c| !matches!(c, '\n' | '\r' | ';')) && !starts(self.text(), rest, "%%") {
            let span = Span::new(rest, limit);
            self.at = rest + span.of(self.text()).trim_end().len();
            self.say(
                Level::Error,
                Fault::new(
                    span,
                    "unexpected-text",
                    "This cannot stand after the title of a subgraph",
                    "The subgraph is read without it.",
                    "Write `subgraph id[\"Title\"]`, and what is inside on lines of its own.",
                ),
            );
        }
        let id = self.finish(start, Syntax::Subgraph(header));
        self.open_block(id);
    }

    /// `style`, `class`, `classDef`, `linkStyle` and `click`.
    fn keyword(&mut self, start: usize, word_end: usize, word: &str) {
        let end = if word == "click" { self.click_end(word_end) } else { self.statement_end(word_end) };
        let parts = words(self.text(), word_end, end);
        let stop = parts.last().map_or(word_end, |last| last.range().end.max(word_end)).min(end);
        let Some(first) = parts.first().copied().filter(|_| parts.len() > 1) else {
            let form = match word {
                "style" => "style id fill:#fff",
                "class" => "class id name",
                "classDef" => "classDef name fill:#fff",
                "linkStyle" => "linkStyle 0 stroke:#333",
                _ => "click id \"https://…\"",
            };
            let fault = Fault::new(
                Span::new(start, end.max(word_end)),
                "missing-word",
                format!("`{word}` is not complete"),
                "It needs a name and what holds for it.",
                format!("Write `{form}`."),
            );
            self.broken(start, fault);
            return;
        };
        // A list may have spaces after its commas.
        let mut names = first;
        let mut taken = 1;
        for part in parts.iter().skip(1) {
            if !names.of(self.text()).ends_with(',') && !part.of(self.text()).starts_with(',') {
                break;
            }
            names.end = part.end;
            taken += 1;
        }
        let rest: Vec<Span> = parts.iter().skip(taken).copied().collect();
        let targets = list(self.text(), names);
        let syntax = match word {
            "style" => Syntax::Style { targets },
            "classDef" => Syntax::ClassDef { names: targets },
            "class" => {
                let Some(class) = rest.first().copied() else {
                    self.broken(
                        start,
                        Fault::new(
                            names,
                            "missing-word",
                            "`class` names no class",
                            "It needs the nodes and, after a space, the name of a class.",
                            "Write `class A,B name`.",
                        ),
                    );
                    return;
                };
                Syntax::Class { targets, class }
            }
            "linkStyle" => {
                let numbers: Vec<Span> = targets.into_iter().filter(|span| span.of(self.text()) != "default").collect();
                if let Some(wrong) = numbers.iter().find(|span| span.of(self.text()).parse::<u32>().is_err()).copied() {
                    let what = format!("`{}` is no number of an arrow", wrong.of(self.text()).chars().take(40).collect::<String>());
                    self.broken(
                        start,
                        Fault::new(
                            wrong,
                            "unexpected-value",
                            what,
                            "Arrows are counted from 0 in the order of the text.",
                            "Write their numbers with commas between, or `default`.",
                        ),
                    );
                    return;
                }
                Syntax::LinkStyle { numbers }
            }
            _ => Syntax::Click { targets, url: self.address(&rest) },
        };
        self.at = stop;
        self.finish(start, syntax);
    }

    /// The address of a `click`, if it is one of the web.
    fn address(&self, words: &[Span]) -> Option<Span> {
        let at = usize::from(words.first().is_some_and(|word| word.of(self.text()) == "href"));
        let word = words.get(at)?;
        let inner = word.of(self.text()).strip_prefix('"')?.strip_suffix('"')?.to_ascii_lowercase();
        let web = inner.starts_with("http://") || inner.starts_with("https://");
        web.then_some(Span { start: word.start + 1, end: word.end.saturating_sub(1) })
    }

    /// As [`Self::statement_end`], where a tooltip may go on over the next lines.
    fn click_end(&self, from: usize) -> usize {
        let line = line_end(self.text(), from);
        let open = self.text().get(from..line).is_some_and(|line| line.matches('"').count() % 2 == 1);
        let limit = self.text().floor_char_boundary((line + MAX_TOOLTIP).min(self.text().len()));
        let close = self.text().get(line..limit).and_then(|rest| rest.find('"')).filter(|_| open);
        close.map_or_else(|| self.statement_end(from), |close| self.statement_end(line + close + 1))
    }

    /// The end of a statement without nodes: a semicolon outside quotes, or the end of the line.
    fn statement_end(&self, from: usize) -> usize {
        let end = line_end(self.text(), from);
        let mut quoted = false;
        for (offset, c) in self.text().get(from..end).unwrap_or("").char_indices() {
            match c {
                '"' => quoted = !quoted,
                ';' if !quoted => return from + offset,
                _ => {}
            }
        }
        end
    }

    /// A comment that states a fact; none for other comments.
    pub(super) fn fact(&self, start: usize, end: usize) -> Option<Result<FactLine, Fault>> {
        let at = blank_end(self.text(), start + 2);
        let rest = self.text().get(at..end)?.strip_prefix("@fact")?;
        if !rest.is_empty() && !rest.starts_with(char::is_whitespace) {
            return None;
        }
        let mut parts = words(self.text(), at + "@fact".len(), end).into_iter();
        let (Some(subject), Some(name), Some(first)) = (parts.next(), parts.next(), parts.next()) else {
            return Some(Err(Fault::new(
                Span::new(start, end),
                "incomplete-fact",
                "This fact is not complete",
                "It needs a node or an arrow, a name, and a value.",
                "Write `%% @fact node name value`, or `%% @fact source->target name value`.",
            )));
        };
        let value = bare(self.text(), first.range().start, end).inner;
        if subject.of(self.text()).starts_with('"') {
            let inner = Span { start: subject.start + 1, end: subject.end.saturating_sub(1).max(subject.start + 1) };
            let source = Text { span: subject, inner, quote: Quote::Double };
            return Some(Ok(FactLine { source, target: None, name, value }));
        }
        let arrow = subject.of(self.text()).find("->").map(|found| subject.range().start + found);
        let inner = Span::new(subject.range().start, arrow.unwrap_or(subject.range().end));
        let source = Text { span: inner, inner, quote: Quote::Bare };
        let target = arrow.map(|at| Span::new(at + 2, subject.range().end));
        Some(Ok(FactLine { source, target, name, value }))
    }
}

/// A plain or quoted value on one line of YAML.
fn yaml_value(text: &str, from: usize, to: usize) -> Text {
    let plain = bare(text, from, to);
    let value = plain.inner.of(text);
    for (sign, quote) in [('"', Quote::Double), ('\'', Quote::Single)] {
        if value.len() >= 2 && value.starts_with(sign) && value.ends_with(sign) {
            let inner = Span { start: plain.span.start + 1, end: plain.span.end - 1 };
            return Text { span: plain.span, inner, quote };
        }
    }
    // A comment may follow the value.
    value.find(" #").map_or(plain, |at| bare(text, from, plain.span.range().start + at))
}

/// The word of a direction, in any of its spellings.
pub(in crate::domain::syntax::mermaid) fn direction(text: &str, at: usize) -> Option<(Span, Direction)> {
    let names = [
        ("TB", Direction::TopBottom),
        ("TD", Direction::TopBottom),
        ("BT", Direction::BottomTop),
        ("LR", Direction::LeftRight),
        ("BR", Direction::LeftRight),
        ("RL", Direction::RightLeft),
        ("v", Direction::TopBottom),
        ("^", Direction::BottomTop),
        (">", Direction::LeftRight),
        ("<", Direction::RightLeft),
    ];
    let (name, direction) = names.into_iter().find(|(name, _)| starts(text, at, name))?;
    let end = at + name.len();
    let over = char_at(text, end).is_none_or(|next| next.is_whitespace() || next == ';');
    over.then(|| (Span::new(at, end), direction))
}
