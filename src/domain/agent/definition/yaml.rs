//! The strict way to read front matter: YAML without anchors, aliases and tags, of limited depth and size.
//!
//! The parser hands out events, so nothing is ever expanded; values keep whether they were written plain, because a plain
//! `true` is no text to other programs.

use saphyr_parser::{Event, Parser, ScalarStyle};
use serde::{Deserialize, Serialize};

/// Deeper than this is not read.
const MOST_DEPTH: usize = 16;
/// More values than this are not read.
const MOST_VALUES: usize = 10_000;

/// A value of the front matter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Value {
    /// Nothing, `~` or `null`.
    Null,
    Text {
        text: String,
        /// Written without quotes and not as a block, so that other programs may take it for a number or a boolean.
        plain: bool,
    },
    List(Vec<Value>),
    /// In the order of the text; keys may repeat.
    Map(Vec<(String, Value)>),
}

impl Value {
    /// A text that is not to be taken for anything else.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text { text: text.into(), plain: false }
    }

    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text { text, .. } => Some(text),
            Self::Null | Self::List(_) | Self::Map(_) => None,
        }
    }

    /// The texts of a list, or a text by itself.
    pub fn texts(&self) -> Vec<&str> {
        match self {
            Self::Null | Self::Map(_) => Vec::new(),
            Self::Text { text, .. } => vec![text],
            Self::List(values) => values.iter().filter_map(Self::as_text).collect(),
        }
    }
}

/// A place in what was read: the line from 0, the column in characters from 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Spot {
    pub(super) line: usize,
    pub(super) column: usize,
}

impl From<saphyr_parser::Marker> for Spot {
    fn from(marker: saphyr_parser::Marker) -> Self {
        Self { line: marker.line().saturating_sub(1), column: marker.col() }
    }
}

/// A top-level key with its value.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) key: String,
    pub(super) value: Value,
    pub(super) start: Spot,
    pub(super) end: Spot,
}

/// Why it could not be read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Complaint {
    pub(super) at: Spot,
    pub(super) message: String,
}

/// What is being put together.
enum Open {
    List(Vec<Value>),
    Map { pairs: Vec<(String, Value)>, key: Option<String> },
}

/// Reads a mapping; a key that repeats is there as often as it is written.
pub(super) fn read(text: &str) -> Result<Vec<Pair>, Complaint> {
    parse(text).or_else(|complaint| match closed_deeper(text) {
        Some(deeper) => parse(&deeper).map_err(|_| complaint),
        None => Err(complaint),
    })
}

/// The text with closing brackets moved right that stand as far left as the key they belong to: the letter of YAML wants them
/// deeper, and nearly every program reads them where people put them. None when there are none.
fn closed_deeper(text: &str) -> Option<String> {
    let mut open: Vec<(usize, char)> = Vec::new();
    let mut moved = false;
    let mut out = String::with_capacity(text.len() + 16);
    for line in text.split_inclusive('\n') {
        let inner = line.trim();
        let indent = line.len() - line.trim_start().len();
        if open.last().is_some_and(|(left, close)| *left == indent && inner.starts_with(*close)) {
            open.pop();
            out.push_str("  ");
            moved = true;
        } else if inner.ends_with(": [") {
            open.push((indent, ']'));
        } else if inner.ends_with(": {") {
            open.push((indent, '}'));
        }
        out.push_str(line);
    }
    moved.then_some(out)
}

fn parse(text: &str) -> Result<Vec<Pair>, Complaint> {
    let mut pairs: Vec<Pair> = Vec::new();
    let mut key: Option<(String, Spot)> = None;
    let mut stack: Vec<Open> = Vec::new();
    let (mut inside, mut ended, mut count) = (false, false, 0_usize);
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| Complaint { at: (*error.marker()).into(), message: error.info().to_owned() })?;
        let complain = |message: &str| Complaint { at: span.start.into(), message: message.to_owned() };
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
                let plain = style == ScalarStyle::Plain;
                if !inside {
                    if ended || !(plain && text.is_empty()) {
                        return Err(complain("there are no keys"));
                    }
                    continue;
                }
                if stack.is_empty() && key.is_none() {
                    key = Some((text.into_owned(), span.start.into()));
                    continue;
                }
                if let Some(Open::Map { key: key @ None, .. }) = stack.last_mut() {
                    *key = Some(text.into_owned());
                    continue;
                }
                if plain && matches!(&*text, "" | "~" | "null" | "Null" | "NULL") {
                    Value::Null
                } else {
                    Value::Text { text: text.into_owned(), plain }
                }
            }
            Event::MappingStart(..) if !inside && !ended => {
                inside = true;
                continue;
            }
            Event::SequenceStart(..) | Event::MappingStart(..) => {
                let as_key = stack.last().map_or(key.is_none(), |open| matches!(open, Open::Map { key: None, .. }));
                if !inside || as_key {
                    return Err(complain("keys are texts"));
                }
                if stack.len() + 1 >= MOST_DEPTH {
                    return Err(complain("it is nested too deeply"));
                }
                stack.push(if matches!(event, Event::SequenceStart(..)) {
                    Open::List(Vec::new())
                } else {
                    Open::Map { pairs: Vec::new(), key: None }
                });
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => match stack.pop() {
                Some(Open::List(values)) => Value::List(values),
                Some(Open::Map { pairs, .. }) => Value::Map(pairs),
                None => {
                    (inside, ended) = (false, true);
                    continue;
                }
            },
            Event::DocumentStart(_) if ended => return Err(complain("there is a second document")),
            _ => continue,
        };
        match stack.last_mut() {
            Some(Open::List(values)) => values.push(done),
            Some(Open::Map { pairs, key }) => pairs.push((key.take().unwrap_or_default(), done)),
            None => {
                if let Some((key, start)) = key.take() {
                    pairs.push(Pair { key, value: done, start, end: span.end.into() });
                }
            }
        }
    }
    Ok(pairs)
}

/// Whether other programs take a plain text for a boolean or a number.
pub(super) fn is_typed(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let number = lower.replace('_', "");
    let digits = |rest: &str, radix: u32| !rest.is_empty() && rest.chars().all(|c| c.is_digit(radix));
    matches!(lower.as_str(), "true" | "false" | "yes" | "no" | "on" | "off" | "y" | "n" | ".nan" | ".inf" | "-.inf" | "+.inf")
        || (number.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.')) && number.parse::<f64>().is_ok())
        || number.strip_prefix("0x").is_some_and(|rest| digits(rest, 16))
        || number.strip_prefix("0o").is_some_and(|rest| digits(rest, 8))
        || is_date(text)
}

fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let digits = |part: &str, most: usize| !part.is_empty() && part.len() <= most && part.bytes().all(|byte| byte.is_ascii_digit());
    matches!(parts.as_slice(), [year, month, day] if year.len() == 4 && digits(year, 4) && digits(month, 2) && digits(day, 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> Value {
        Value::Text { text: text.to_owned(), plain: true }
    }

    #[test]
    fn values_of_every_form_are_read() {
        let pairs = read("a: x\nb: \"y\"\nc: [1, [2]]\nd:\n  e: ~\n  f:\n  - g: h\ni:\nj: |\n  k\n  l\n").unwrap();
        let read: Vec<(&str, Value)> = pairs.iter().map(|pair| (pair.key.as_str(), pair.value.clone())).collect();
        assert_eq!(
            read,
            [
                ("a", plain("x")),
                ("b", Value::text("y")),
                ("c", Value::List(vec![plain("1"), Value::List(vec![plain("2")])])),
                (
                    "d",
                    Value::Map(vec![
                        ("e".to_owned(), Value::Null),
                        ("f".to_owned(), Value::List(vec![Value::Map(vec![("g".to_owned(), plain("h"))])])),
                    ])
                ),
                ("i", Value::Null),
                ("j", Value::text("k\nl\n")),
            ]
        );
        assert_eq!(pairs[2].start, Spot { line: 2, column: 0 });
        assert_eq!(
            read_keys("tools: [\n  'a',\n  'b'\n]\nmcp:\n  x:\n    args: [\n      'c'\n    ]\nz: 1"),
            Some(["tools", "mcp", "z"].map(str::to_owned).into())
        );
        assert_eq!(read_keys(""), Some(vec![]));
        assert_eq!(read_keys("a: 1\na: 2"), Some(vec!["a".to_owned(), "a".to_owned()]));
    }

    fn read_keys(text: &str) -> Option<Vec<String>> {
        read(text).ok().map(|pairs| pairs.into_iter().map(|pair| pair.key).collect())
    }

    #[test]
    fn what_is_not_plain_data_is_a_complaint() {
        let deep = format!("a: {}", "[".repeat(5000));
        let many = "- x\n".repeat(20_000);
        let bomb = "a: &a [x]\nb: *a";
        for text in [
            "text",
            "- a",
            "a: b: c",
            "tools: *",
            "a: &x y",
            "a: !t y",
            "[a]: b",
            "a: 1\n--- \nb: 2",
            &deep,
            &format!("a:\n{many}"),
            bomb,
            "a: \"x",
        ] {
            assert!(read(text).is_err(), "{:?}", text.get(..20.min(text.len())));
        }
        assert_eq!(read("a: x\nb: c: d").unwrap_err().at.line, 1);
    }

    #[test]
    fn typed_words_are_known() {
        for text in ["true", "No", "12", "1.5", "-3", "1e5", "0x1F", "1_000", "2024-01-02", ".5"] {
            assert!(is_typed(text), "{text}");
        }
        for text in ["4.1-Beast", "nan", "infinity", "v1", "1.2.3", "truth", "", "-", "a-b-c", "e5"] {
            assert!(!is_typed(text), "{text}");
        }
    }
}
