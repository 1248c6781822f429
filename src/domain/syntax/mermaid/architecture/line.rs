//! One line of an architecture diagram: `group id(icon)[Title] in parent`, `service …`, `junction …`, `align row a b`, or an
//! edge such as `a{group}:R <-[label]-> L:b`.

use crate::domain::diagnostic::Span;

/// A line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    Group(Node),
    Service(Node),
    Junction(Node),
    Edge(Edge),
    /// `align row a b`: a hint for the layout.
    Align,
}

/// A group, service or junction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Node {
    pub id: String,
    pub id_span: Span,
    /// Without parentheses.
    pub icon: Option<(String, Span)>,
    /// Text in place of the icon.
    pub icon_text: Option<(String, Span)>,
    /// Without brackets and quotes.
    pub title: Option<(String, Span)>,
    pub parent: Option<(String, Span)>,
    pub span: Span,
}

/// One end of an edge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Port {
    pub id: String,
    pub span: Span,
    /// `L`, `R`, `T` or `B`.
    pub side: char,
    /// The edge is drawn from the group around.
    pub group: bool,
    /// There is an arrow's head here.
    pub head: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    pub left: Port,
    pub right: Port,
    pub label: String,
    pub span: Span,
}

impl Line {
    /// Reads a trimmed line that stands at `offset` in the text; none where it is none of these.
    pub fn read(line: &str, offset: usize) -> Option<Self> {
        let mut scan = Scan { text: line, at: 0, offset };
        if let Some(edge) = scan.edge() {
            return Some(Self::Edge(edge));
        }
        let word = line.split(char::is_whitespace).next().unwrap_or("");
        let rest = line.get(word.len()..)?;
        match word {
            "align" => Some(Self::Align),
            "group" | "service" | "junction" => {
                let mut scan = Scan { text: line, at: word.len() + rest.len() - rest.trim_start().len(), offset };
                let node = scan.node()?;
                Some(match word {
                    "group" => Self::Group(node),
                    "service" => Self::Service(node),
                    _ => Self::Junction(node),
                })
            }
            _ => None,
        }
    }
}

struct Scan<'t> {
    text: &'t str,
    at: usize,
    offset: usize,
}

impl<'t> Scan<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn blank(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    fn take(&mut self, sign: &str) -> bool {
        let found = self.rest().starts_with(sign);
        if found {
            self.at += sign.len();
        }
        found
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.offset + start, self.offset + end)
    }

    /// Letters, digits, `_` and `-`; never a `-` at the end.
    fn id(&mut self) -> Option<(String, Span)> {
        let rest = self.rest();
        let end = rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-'))).unwrap_or(rest.len());
        let id = rest.get(..end)?.trim_end_matches('-');
        if id.is_empty() || id.starts_with('-') {
            return None;
        }
        let span = self.span(self.at, self.at + id.len());
        self.at += id.len();
        Some((id.to_owned(), span))
    }

    /// The inside of brackets that open here, without quotes; a quoted inside may hold the closing bracket.
    fn inside(&mut self, open: char, close: char) -> Option<(String, Span)> {
        let inside = self.rest().strip_prefix(open)?;
        let start = self.at + open.len_utf8();
        let blank = inside.len() - inside.trim_start().len();
        let text = inside.get(blank..)?;
        let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''));
        if let Some(quote) = quote {
            let mut escaped = false;
            for (at, c) in text.char_indices().skip(1) {
                let ends = c == quote && !escaped && text.get(at + 1..)?.trim_start().starts_with(close);
                escaped = c == '\\' && !escaped;
                if ends {
                    let value = text.get(1..at)?.replace("\\\"", "\"").replace("\\'", "'");
                    let span = self.span(start + blank + 1, start + blank + at);
                    let after = text.get(at + 1..)?;
                    self.at = start + blank + at + 1 + (after.len() - after.trim_start().len()) + close.len_utf8();
                    return Some((value, span));
                }
            }
        }
        let end = inside.find(close)?;
        let value = inside.get(..end)?;
        let begin = start + (value.len() - value.trim_start().len());
        self.at = start + end + close.len_utf8();
        Some((value.trim().to_owned(), self.span(begin, begin + value.trim().len())))
    }

    fn node(&mut self) -> Option<Node> {
        let (id, id_span) = self.id()?;
        let mut node = Node { id, id_span, span: self.span(0, self.text.len()), ..Node::default() };
        loop {
            self.blank();
            match self.rest().chars().next() {
                None => return Some(node),
                Some('(') => node.icon = Some(self.inside('(', ')')?),
                Some('[') => node.title = Some(self.inside('[', ']')?),
                Some('"') => {
                    let rest = self.rest().get(1..)?;
                    let end = rest.find('"')?;
                    node.icon_text = Some((rest.get(..end)?.to_owned(), self.span(self.at + 1, self.at + 1 + end)));
                    self.at += end + 2;
                }
                Some(_) => {
                    let after = self.rest().strip_prefix("in").filter(|after| after.starts_with(char::is_whitespace))?;
                    self.at += 2 + (after.len() - after.trim_start().len());
                    node.parent = Some(self.id()?);
                }
            }
        }
    }

    fn edge(&mut self) -> Option<Edge> {
        let (id, span) = self.id()?;
        self.blank();
        let group = self.take("{group}");
        self.blank();
        if !self.take(":") {
            return None;
        }
        let side = self.side()?;
        self.blank();
        let head = self.take("<");
        let left = Port { id, span, side, group, head };
        self.blank();
        if !self.take("-") {
            return None;
        }
        self.blank();
        let label = if self.rest().starts_with('[') { self.inside('[', ']')?.0 } else { String::new() };
        self.blank();
        // One dash is enough for what people write; Mermaid wants two.
        while self.take("-") {}
        let head = self.take(">");
        self.blank();
        let side = self.side()?;
        self.blank();
        if !self.take(":") {
            return None;
        }
        self.blank();
        let (id, span) = self.id()?;
        self.blank();
        let group = self.take("{group}");
        let right = Port { id, span, side, group, head };
        self.blank();
        self.rest().is_empty().then(|| Edge { left, right, label, span: self.span(0, self.text.len()) })
    }

    fn side(&mut self) -> Option<char> {
        self.blank();
        let side = self.rest().chars().next().map(|c| c.to_ascii_uppercase()).filter(|c| matches!(c, 'L' | 'R' | 'T' | 'B'))?;
        self.at += 1;
        Some(side)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edge(text: &str) -> Option<(String, bool, bool, String, String)> {
        match Line::read(text, 0)? {
            Line::Edge(edge) => Some((edge.left.id, edge.left.head, edge.right.head, edge.right.id, edge.label)),
            _ => None,
        }
    }

    #[test]
    fn lines_are_taken_apart() {
        let own = |a: &str, left, right, b: &str, label: &str| Some((a.to_owned(), left, right, b.to_owned(), label.to_owned()));
        assert_eq!(edge("a:R -- L:b"), own("a", false, false, "b", ""));
        assert_eq!(edge("a{group}:R-->L:b-1{group}"), own("a", false, true, "b-1", ""));
        assert_eq!(edge("a:T <-[\"calls (x)\"]-> B:b"), own("a", true, true, "b", "calls (x)"));
        assert_eq!(edge("a:R -> L:b"), own("a", false, true, "b", ""));
        assert_eq!(edge("a:X --> L:b"), None);
        assert_eq!(edge("a --> b"), None);
        let text = "service db(logos:aws-s3)[\"My [own] db\"] in api";
        let Some(Line::Service(node)) = Line::read(text, 0) else { panic!("no service") };
        assert_eq!(node.icon.unwrap().0, "logos:aws-s3");
        let (title, span) = node.title.unwrap();
        assert_eq!((title.as_str(), span.of(text)), ("My [own] db", "My [own] db"));
        assert_eq!(node.parent.unwrap().0, "api");
        let Some(Line::Service(node)) = Line::read("service x \"A\"[T]", 0) else { panic!("no service") };
        assert_eq!(node.icon_text.unwrap().0, "A");
        assert!(Line::read("service", 0).is_none() && Line::read("service x(y", 0).is_none() && Line::read("group g what", 0).is_none());
        assert_eq!(Line::read("align row a b", 0), Some(Line::Align));
    }
}
