//! Front matter: the YAML between two `---` lines at the top of a markdown file.
//!
//! Two readers work together. A line scanner finds the top-level keys and the bytes of each value, whatever the YAML is
//! worth; edits rely on it. A YAML parser reads the values. It hands out events, so aliases are never expanded; size and
//! depth are limited. When the YAML is invalid, values are read line by line.

use std::{collections::BTreeMap, ops::Range};

use saphyr_parser::{Event, Parser};

/// More than this is read line by line.
const MOST_BYTES: usize = 64 * 1024;
/// Deeper than this is read line by line.
const MOST_DEPTH: usize = 16;

/// The block at the top of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Fences included, up to and with the line end of the closing one. A byte order mark before it is not part of it.
    pub whole: Range<usize>,
    /// Between the fences, last line end included.
    pub inner: Range<usize>,
}

/// Finds the front matter: a first line `---`, then anything up to a line `---` or `...`.
pub fn find(text: &str) -> Option<Block> {
    let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut lines = lines(text, start);
    let first = lines.next()?;
    if text.get(first.clone())?.trim_end() != "---" {
        return None;
    }
    lines.find_map(|line| {
        let closes = matches!(text.get(line.clone())?.trim_end(), "---" | "...");
        closes.then_some(Block { whole: start..line.end, inner: first.end..line.start })
    })
}

/// One top-level entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// As written, quotes removed.
    pub key: String,
    /// From the key to the end of the value's last line, line end included.
    pub lines: Range<usize>,
    /// The value as written, without surrounding blanks and without a comment after it; may span lines.
    pub value: Range<usize>,
    pub content: Content,
}

/// What a value is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Nothing, or null.
    Empty,
    Text(String),
    /// A list of texts; other members are left out.
    List(Vec<String>),
    /// Of a type that no field of a record has: text of a template that nobody replaced, or a structure.
    Other,
}

impl Content {
    /// The texts in it.
    pub fn texts(&self) -> Vec<String> {
        match self {
            Self::Empty | Self::Other => Vec::new(),
            Self::Text(text) => vec![text.clone()],
            Self::List(texts) => texts.clone(),
        }
    }
}

/// The entries in text order, and the parser's complaint when the YAML is invalid.
pub fn entries(text: &str, block: &Block) -> (Vec<Entry>, Option<String>) {
    let mut entries = scan(text, block);
    let inner = text.get(block.inner.clone()).unwrap_or("");
    let (values, complaint) = match read(inner) {
        Ok(values) => (values, None),
        Err(complaint) => (Vec::new(), Some(complaint)),
    };
    // Keys are matched by their line as well, so that a nested key of the same name is not taken for this one.
    let values: BTreeMap<usize, Value> = values.into_iter().map(|value| (value.line, value)).collect();
    let (mut line, mut counted) = (1, block.inner.start);
    for entry in &mut entries {
        line += text.get(counted..entry.lines.start).map_or(0, |between| between.matches('\n').count());
        counted = entry.lines.start;
        entry.content = match values.get(&line).filter(|value| value.key == entry.key) {
            Some(value) => value.content.clone(),
            None => by_line(text.get(entry.value.clone()).unwrap_or("")),
        };
    }
    (entries, complaint)
}

/// The lines of a text from an offset, line ends included.
fn lines(text: &str, from: usize) -> impl Iterator<Item = Range<usize>> {
    let mut start = from;
    text.get(from..).unwrap_or("").split_inclusive('\n').map(move |line| {
        let range = start..start + line.len();
        start = range.end;
        range
    })
}

fn scan(text: &str, block: &Block) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    let inner = text.get(..block.inner.end).unwrap_or("");
    for line in lines(inner, block.inner.start) {
        let content = inner.get(line.clone()).unwrap_or("");
        match key_of(content) {
            Some((key, colon)) => {
                entries.push(Entry { key, lines: line.clone(), value: line.start + colon + 1..line.end, content: Content::Empty });
            }
            // Indented lines, blank lines and unindented list items go on with the value before; comments between don't.
            None if content.trim_start().starts_with('#') || content.trim().is_empty() => {}
            None => {
                if let Some(last) = entries.last_mut() {
                    last.lines.end = line.end;
                    last.value.end = line.end;
                }
            }
        }
    }
    for entry in &mut entries {
        entry.value = trimmed(inner, entry.value.clone());
    }
    entries
}

/// The key an unindented line begins with and where its colon is.
fn key_of(line: &str) -> Option<(String, usize)> {
    if line.starts_with([' ', '\t', '#', '-', '{', '[', '}', ']', '|', '>']) {
        return None;
    }
    let colon = line
        .match_indices(':')
        .find(|(at, _)| line.get(at + 1..).is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace)))?
        .0;
    let key = unquoted(line.get(..colon)?.trim());
    (!key.is_empty()).then(|| (key.to_owned(), colon))
}

/// A value's bytes without blanks around it and, on one line, without the comment after it.
fn trimmed(text: &str, value: Range<usize>) -> Range<usize> {
    let Some(written) = text.get(value.clone()) else { return value };
    let start = value.start + (written.len() - written.trim_start_matches([' ', '\t']).len());
    let body = text.get(start..value.end).unwrap_or("");
    let end = if body.trim_end().contains('\n') {
        body.trim_end().len()
    } else if let Some(quote) = body.chars().next().filter(|c| matches!(c, '"' | '\'')) {
        closing_quote(body, quote).unwrap_or_else(|| body.trim_end().len())
    } else if body.starts_with('#') {
        0
    } else {
        body.find(" #").map_or(body, |at| body.get(..at).unwrap_or(body)).trim_end().len()
    };
    start..start + end
}

/// Where the closing quote of a quoted text ends.
fn closing_quote(body: &str, quote: char) -> Option<usize> {
    let mut characters = body.char_indices().skip(1).peekable();
    while let Some((at, c)) = characters.next() {
        if c == '\\' && quote == '"' {
            characters.next();
        } else if c == quote {
            if quote == '\'' && characters.peek().is_some_and(|(_, next)| *next == '\'') {
                characters.next();
            } else {
                return Some(at + 1);
            }
        }
    }
    None
}

fn unquoted(text: &str) -> &str {
    for quote in ['"', '\''] {
        if let Some(inner) = text.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)) {
            return inner;
        }
    }
    text
}

/// Reads one value without YAML: quotes, `[a, b]` and `- a` lines.
fn by_line(value: &str) -> Content {
    let value = value.trim();
    let items = |items: Vec<&str>| {
        Content::List(items.into_iter().map(|item| unquoted(item.trim()).to_owned()).filter(|item| !item.is_empty()).collect())
    };
    if value.is_empty() || value == "~" || value == "null" {
        Content::Empty
    } else if value.starts_with('{') {
        Content::Other
    } else if let Some(inner) = value.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        items(inner.split(',').collect())
    } else if value.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with("- ")) {
        items(value.lines().filter_map(|line| line.trim_start().strip_prefix("- ")).collect())
    } else if let Some(quote) = value.chars().next().filter(|c| matches!(c, '"' | '\'')) {
        // An unclosed quote is the most common way for front matter to be invalid.
        Content::Text(value.trim_matches(quote).to_owned())
    } else {
        Content::Text(value.split_whitespace().collect::<Vec<_>>().join(" "))
    }
}

struct Value {
    key: String,
    /// From 1, within the block.
    line: usize,
    content: Content,
}

/// Reads the top-level mapping by YAML's rules.
fn read(inner: &str) -> Result<Vec<Value>, String> {
    if inner.len() > MOST_BYTES {
        return Err(format!("it is larger than {} KiB", MOST_BYTES / 1024));
    }
    let mut values = Vec::new();
    let mut depth = 0_usize;
    let mut key: Option<(String, usize)> = None;
    let mut list: Option<Vec<String>> = None;
    for event in Parser::new_from_str(inner) {
        let (event, span) =
            event.map_err(|error| format!("{} (line {}, column {})", error.info(), error.marker().line() + 1, error.marker().col() + 1))?;
        // Comes to none for a nested structure.
        let content = match event {
            Event::MappingStart(..) | Event::SequenceStart(..) => {
                depth += 1;
                if depth > MOST_DEPTH {
                    return Err("it is nested too deeply".to_owned());
                }
                if depth == 2 && matches!(event, Event::SequenceStart(..)) {
                    list = Some(Vec::new());
                }
                continue;
            }
            Event::MappingEnd | Event::SequenceEnd => {
                depth = depth.saturating_sub(1);
                if depth != 1 {
                    continue;
                }
                list.take().map_or(Content::Other, Content::List)
            }
            Event::Scalar(text, style, ..) => {
                if depth == 2
                    && let Some(list) = &mut list
                {
                    list.push(text.into_owned());
                    continue;
                }
                if depth != 1 {
                    continue;
                }
                if key.is_none() {
                    key = Some((text.into_owned(), span.start.line()));
                    continue;
                }
                let plain = matches!(style, saphyr_parser::ScalarStyle::Plain);
                if plain && matches!(&*text, "" | "~" | "null") { Content::Empty } else { Content::Text(text.trim().to_owned()) }
            }
            Event::Alias(_) if depth == 1 => Content::Other,
            _ => continue,
        };
        // A structure as a key has no name to be found by.
        if let Some((key, line)) = key.take() {
            values.push(Value { key, line, content });
        }
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(text: &str) -> Vec<(String, String, Content)> {
        let block = find(text).unwrap();
        entries(text, &block).0.into_iter().map(|entry| (entry.key, text[entry.value].to_owned(), entry.content)).collect()
    }

    fn text(text: &str) -> Content {
        Content::Text(text.to_owned())
    }

    #[test]
    fn values_of_every_style_are_read() {
        let read = of(
            "---\n# note\nstatus: \"accepted\" # now\ndate: 2020-01-01\nempty:\nnull: ~\ndecision-makers:\n- Ada\n- 'Bob'\nflow: [a, \"b, c\"]\nfold: >\n  one\n  two\nmap:\n  status: x\n---\n",
        );
        assert_eq!(
            read,
            [
                ("status".into(), "\"accepted\"".into(), text("accepted")),
                ("date".into(), "2020-01-01".into(), text("2020-01-01")),
                ("empty".into(), String::new(), Content::Empty),
                ("null".into(), "~".into(), Content::Empty),
                ("decision-makers".into(), "\n- Ada\n- 'Bob'".into(), Content::List(vec!["Ada".into(), "Bob".into()])),
                ("flow".into(), "[a, \"b, c\"]".into(), Content::List(vec!["a".into(), "b, c".into()])),
                ("fold".into(), ">\n  one\n  two".into(), text("one two")),
                ("map".into(), "\n  status: x".into(), Content::Other),
            ]
        );
    }

    #[test]
    fn template_text_is_of_the_wrong_type() {
        let read = of("---\nstatus: \"{proposed | accepted}\"\ndate: {YYYY-MM-DD when}\n---\n");
        assert_eq!(read[0].2, text("{proposed | accepted}"));
        assert_eq!(read[1].2, Content::Other);
    }

    #[test]
    fn invalid_yaml_is_read_line_by_line() {
        let source = "---\nstatus: \"accepted\ntitle: a: b\nlist: [x, y]\n---\n";
        let (entries, complaint) = entries(source, &find(source).unwrap());
        assert!(complaint.is_some());
        assert_eq!(
            entries.iter().map(|entry| entry.content.clone()).collect::<Vec<_>>(),
            [text("accepted"), text("a: b"), Content::List(vec!["x".into(), "y".into()])]
        );
    }

    #[test]
    fn blocks_are_found_at_the_top_only() {
        assert_eq!(find("\u{feff}---\r\na: 1\r\n...\r\nx").map(|block| block.whole), Some(3..19));
        assert_eq!(find("---\n---\n").map(|block| block.inner), Some(4..4));
        for text in ["", "---", "---\na: 1\n", "\n---\na: 1\n---\n", "----\na\n---\n", "x\n---\n"] {
            assert_eq!(find(text), None, "{text:?}");
        }
    }

    #[test]
    fn aliases_and_depth_cost_nothing() {
        let bomb = format!("---\na: &a [x, x]\nb: &b [*a, *a]\nstatus: *b\n{}: 1\n---\n", "[".repeat(5000));
        assert!(entries(&bomb, &find(&bomb).unwrap()).1.is_some());
        let source = "---\na: &a [x, x]\nb: [*a, *a]\nstatus: *a\n---\n";
        assert_eq!(of(source)[2].2, Content::Other);
    }

    proptest! {
        #[test]
        fn nothing_panics_and_values_lie_in_their_lines(inner in "([a-z\"'#:{}\\[\\]&*!|>,.é -]{0,12}\r?\n){0,8}") {
            let source = format!("---\n{inner}---\n");
            let Some(block) = find(&source) else { return Ok(()) };
            for entry in entries(&source, &block).0 {
                prop_assert!(source.get(entry.value.clone()).is_some());
                prop_assert!(entry.lines.start <= entry.value.start && entry.value.end <= entry.lines.end);
            }
        }
    }
}
