//! YAML with the place of every key and value: plain data only, of limited depth and size.

use saphyr_parser::{Event, Marker, Parser, ScalarStyle};

use crate::domain::diagnostic::Span;

/// Deeper than this is not read.
const MOST_DEPTH: usize = 16;
/// More values than this are not read.
const MOST_VALUES: usize = 10_000;

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    pub value: Value,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Nothing, `~` or `null`.
    Null,
    Text(String),
    List(Vec<Node>),
    /// In the order of the text; keys may repeat.
    Map(Vec<(Key, Node)>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    pub name: String,
    pub span: Span,
}

/// Why it could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    pub span: Span,
    pub message: String,
}

/// What is being put together.
enum Open {
    List(Vec<Node>),
    Map { pairs: Vec<(Key, Node)>, key: Option<Key> },
}

/// Where lines begin, to find the bytes of the parser's places.
struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl Lines<'_> {
    fn offset(&self, marker: Marker) -> usize {
        let start = self.starts.get(marker.line().saturating_sub(1)).copied().unwrap_or(self.text.len());
        let line = self.text.get(start..).unwrap_or_default();
        start + line.char_indices().nth(marker.col()).map_or(line.len(), |(at, _)| at)
    }

    /// Without the blanks that the parser counts in.
    fn span(&self, span: saphyr_parser::Span) -> Span {
        let (start, end) = (self.offset(span.start), self.offset(span.end));
        let inner = self.text.get(start..end).unwrap_or_default().trim_end();
        Span::new(start, start + inner.len())
    }
}

/// Reads a text; an empty one is null.
pub fn read(text: &str) -> Result<Node, Complaint> {
    let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
    let lines = Lines { text, starts };
    let mut root: Option<Node> = None;
    let mut stack: Vec<(usize, Open)> = Vec::new();
    let mut count = 0_usize;
    for event in Parser::new_from_str(text) {
        let (event, place) = event.map_err(|error| {
            let at = lines.offset(*error.marker());
            Complaint { span: Span::new(at, at), message: error.info().to_owned() }
        })?;
        let span = lines.span(place);
        let complain = |message: &str| Complaint { span, message: message.to_owned() };
        count += 1;
        if count > MOST_VALUES {
            return Err(complain("there are too many values"));
        }
        let done = match event {
            Event::Alias(_) => return Err(complain("aliases are not read")),
            Event::Scalar(_, _, anchor, ref tag) | Event::SequenceStart(anchor, ref tag) | Event::MappingStart(anchor, ref tag)
                if anchor != 0 || tag.is_some() =>
            {
                return Err(complain("anchors and tags are not read"));
            }
            Event::Scalar(text, style, ..) => {
                if let Some((_, Open::Map { key: key @ None, .. })) = stack.last_mut() {
                    *key = Some(Key { name: text.into_owned(), span });
                    continue;
                }
                let null = style == ScalarStyle::Plain && matches!(&*text, "" | "~" | "null" | "Null" | "NULL");
                Node { value: if null { Value::Null } else { Value::Text(text.into_owned()) }, span }
            }
            Event::SequenceStart(..) | Event::MappingStart(..) => {
                if matches!(stack.last(), Some((_, Open::Map { key: None, .. }))) {
                    return Err(complain("keys are texts"));
                }
                if stack.len() >= MOST_DEPTH {
                    return Err(complain("it is nested too deeply"));
                }
                let is_list = matches!(event, Event::SequenceStart(..));
                let open = if is_list { Open::List(Vec::new()) } else { Open::Map { pairs: Vec::new(), key: None } };
                stack.push((lines.offset(place.start), open));
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Some((start, open)) = stack.pop() else { continue };
                let end = (span.end as usize).max(start);
                let inner = text.get(start..end).unwrap_or_default().trim_end();
                let value = match open {
                    Open::List(nodes) => Value::List(nodes),
                    Open::Map { pairs, .. } => Value::Map(pairs),
                };
                Node { value, span: Span::new(start, start + inner.len()) }
            }
            Event::DocumentStart(_) if root.is_some() => return Err(complain("there is a second document")),
            _ => continue,
        };
        match stack.last_mut() {
            Some((_, Open::List(nodes))) => nodes.push(done),
            Some((_, Open::Map { pairs, key })) => pairs.extend(key.take().map(|key| (key, done))),
            None => root = Some(done),
        }
    }
    Ok(root.unwrap_or(Node { value: Value::Null, span: Span::default() }))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written<'a>(node: &Node, text: &'a str) -> Vec<&'a str> {
        let mut all = vec![node.span.of(text)];
        match &node.value {
            Value::Null | Value::Text(_) => {}
            Value::List(nodes) => all.extend(nodes.iter().flat_map(|node| written(node, text))),
            Value::Map(pairs) => {
                all.extend(pairs.iter().flat_map(|(key, node)| std::iter::once(key.span.of(text)).chain(written(node, text))));
            }
        }
        all
    }

    #[test]
    fn keys_and_values_know_their_places() {
        let text = "gäte: x # why\nlist:\n  - one\n  - 'two'\nflow: {a: [1, ~]}\n";
        let node = read(text).unwrap();
        assert_eq!(
            written(&node, text),
            [text.trim_end(), "gäte", "x", "list", "- one\n  - 'two'", "one", "'two'", "flow", "{a: [1, ~]}", "a", "[1, ~]", "1", "~"]
        );
        assert_eq!(read("").unwrap().value, Value::Null);
        assert_eq!(read("# only a remark\n").unwrap().value, Value::Null);
    }

    #[test]
    fn what_is_not_plain_data_is_a_complaint() {
        let deep = "[".repeat(5000);
        let many = "- x\n".repeat(20_000);
        for (text, at) in [
            ("a: b: c", "a: b"),
            ("a: &x y", "a: "),
            ("b: 1\na: *x", "b: 1\na: "),
            ("a: !t y", "a: "),
            ("a: 1\n---\nb: 2", "a: 1\n"),
            ("a: \"x", ""),
            ("? [a]\n: b", "? "),
            (&deep, ""),
            (&many, ""),
        ] {
            let complaint = read(text).unwrap_err();
            assert!(!complaint.message.is_empty());
            assert!(at.is_empty() || complaint.span.start as usize == at.len(), "{text:?}: {complaint:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "(\\PC|\n|\r|: |- |\\[|\\{|'){0,40}") {
            match read(&text) {
                Ok(node) => prop_assert!(node.span.end as usize <= text.len()),
                Err(complaint) => prop_assert!(complaint.span.end as usize <= text.len()),
            }
        }
    }
}
