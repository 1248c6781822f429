//! The forgiving way to read front matter, for what YAML does not read.
//!
//! A known key at the left edge begins a value, and everything else goes on with it. Each value is then tried as YAML by
//! itself, so that one broken line costs nothing but itself; what is left is taken as the text that people meant.

use std::collections::BTreeSet;

use crate::domain::{
    agent::definition::{
        Entry, Remarks, Say, examples,
        head::{Line, ODD_HYPHENS},
        yaml::{self, Value},
    },
    diagnostic::Span,
};

/// Keys that public files use: folded, and as they are mostly written.
const KNOWN: [(&str, &str); 29] = [
    ("name", "name"),
    ("description", "description"),
    ("tools", "tools"),
    ("model", "model"),
    ("lintel", "lintel"),
    ("color", "color"),
    ("category", "category"),
    ("tags", "tags"),
    ("allowedtools", "allowedTools"),
    ("disallowedtools", "disallowedTools"),
    ("permissionmode", "permissionMode"),
    ("maxturns", "maxTurns"),
    ("skills", "skills"),
    ("mcpservers", "mcpServers"),
    ("hooks", "hooks"),
    ("memory", "memory"),
    ("version", "version"),
    ("author", "author"),
    ("license", "license"),
    ("argumenthint", "argument-hint"),
    ("target", "target"),
    ("handoffs", "handoffs"),
    ("mode", "mode"),
    ("temperature", "temperature"),
    ("metadata", "metadata"),
    ("background", "background"),
    ("isolation", "isolation"),
    ("effort", "effort"),
    ("emoji", "emoji"),
];

/// Words that begin lines of a told conversation.
const DIALOGUE: [&str; 9] = ["user", "assistant", "human", "context", "commentary", "example", "examples", "note", "system"];

/// A key in the form in which spellings are compared: `allowed-tools`, `AllowedTools` and `allowed_tools` are one.
pub(super) fn folded(key: &str) -> String {
    key.chars().filter(|c| !matches!(c, '-' | '_') && !ODD_HYPHENS.contains(c)).flat_map(char::to_lowercase).collect()
}

/// The key at the left edge of a line, quotes removed, and where its value begins.
fn key_of(line: &str) -> Option<(&str, usize)> {
    let colon = line.find(':')?;
    let written = line.get(..colon)?;
    let key = ['"', '\''].iter().find_map(|quote| written.strip_prefix(*quote)?.strip_suffix(*quote)).unwrap_or(written.trim_end());
    let rest = line.get(colon + 1..)?;
    let fits = !key.is_empty() && key.len() <= 40 && !key.starts_with(char::is_whitespace) && !rest.starts_with("//");
    fits.then_some((key, colon + 1))
}

/// The known key that a line begins with.
pub(super) fn known_key(line: &str) -> Option<&'static str> {
    let key = folded(key_of(line)?.0);
    KNOWN.iter().find(|(folded, _)| *folded == key).map(|(_, written)| *written)
}

/// The key that a line begins with, when it looks like one that programs read: one word and a colon with a blank after it.
pub(super) fn plain_key(line: &str) -> Option<&str> {
    let (key, value) = key_of(line)?;
    let word =
        key.starts_with(|c: char| c.is_ascii_alphabetic()) && key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    let rest = line.get(value..)?;
    (word && (rest.is_empty() || rest.starts_with(char::is_whitespace))).then_some(key)
}

/// Whether a key that YAML found is a line of a description: such files are valid YAML by accident.
pub(super) fn is_told(key: &str) -> bool {
    matches!(key, "user" | "assistant" | "human" | "commentary" | "User" | "Assistant" | "Human" | "Context" | "Commentary")
        || key.contains('<')
}

/// A key with the lines that belong to it.
struct Chunk<'a> {
    key: String,
    value: usize,
    lines: Vec<Line<'a>>,
    comments: Vec<String>,
    /// Lines after the first begin at the left edge.
    unindented: bool,
    /// `<example>` tags that were opened and not closed, kept as the lines come so that long texts cost no more.
    open_examples: usize,
}

impl<'a> Chunk<'a> {
    fn push(&mut self, line: Line<'a>) {
        self.unindented |= !self.lines.is_empty() && !line.text.trim().is_empty() && !line.text.starts_with([' ', '\t']);
        let opened = self.open_examples + line.text.matches("<example>").count();
        self.open_examples = opened.saturating_sub(line.text.matches("</example>").count());
        self.lines.push(line);
    }
}

/// Reads lines; `complaint` is what YAML had against them, and where.
pub(super) fn read(lines: &[Line<'_>], complaint: Option<(Span, String)>, remarks: &mut Remarks) -> Vec<Entry> {
    let chunks = chunks(lines, remarks);
    let before = remarks.found.len();
    let entries: Vec<Entry> = chunks.iter().map(|chunk| entry(chunk, remarks)).collect();
    if let Some((span, message)) = complaint
        && remarks.found.len() == before
    {
        remarks.repair(
            span,
            Say {
                code: "invalid-yaml",
                what: format!("The front matter is not valid YAML: {message}"),
                why: "Other programs leave the file out without a word; here its keys were read line by line.",
                help: "Let Lintel rewrite the front matter, or mend the line.",
            },
        );
    }
    entries
}

fn chunks<'a>(lines: &[Line<'a>], remarks: &mut Remarks) -> Vec<Chunk<'a>> {
    let mut chunks: Vec<Chunk<'a>> = Vec::new();
    let mut stray: Vec<String> = Vec::new();
    let mut seen: BTreeSet<&'static str> = BTreeSet::new();
    for line in lines {
        if let Some((key, value)) = begins(line.text, chunks.last(), &seen) {
            let comments = std::mem::take(&mut stray);
            seen.extend(KNOWN.iter().map(|(_, written)| *written).find(|known| *known == key));
            let mut chunk = Chunk { key, value, lines: Vec::new(), comments, unindented: false, open_examples: 0 };
            chunk.push(*line);
            chunks.push(chunk);
        } else if let Some(chunk) = chunks.last_mut() {
            chunk.push(*line);
        } else if let Some(comment) = line.text.trim().strip_prefix('#') {
            stray.push(comment.trim().to_owned());
        } else if !line.text.trim().is_empty() {
            remarks.repair(
                line.span(),
                Say {
                    code: "stray-line",
                    what: "This line of the front matter belongs to no key".to_owned(),
                    why: "It is kept as a comment, because nothing says what it is.",
                    help: "Put it after a key, or into the persona.",
                },
            );
            stray.push(line.text.trim().to_owned());
        }
    }
    for chunk in &mut chunks {
        while chunk.lines.len() > 1 && chunk.lines.last().is_some_and(|line| line.text.trim().is_empty()) {
            chunk.lines.pop();
        }
    }
    chunks
}

/// The key that a line begins, as the entry is called, and where its value is.
fn begins(line: &str, current: Option<&Chunk<'_>>, seen: &BTreeSet<&'static str>) -> Option<(String, usize)> {
    let line_key = if current.is_none() { line.trim_start() } else { line };
    let skipped = line.len() - line_key.len();
    let (written, value) = key_of(line_key)?;
    let value = value + skipped;
    let describing = current.filter(|chunk| chunk.key == "description");
    let (unindented, telling) = describing.map_or((false, false), |chunk| (chunk.unindented, chunk.open_examples > 0));
    if let Some(known) = known_key(line_key) {
        // Inside a description that has lines at the left edge, `Version: 2` is a line of it.
        let core = matches!(known, "name" | "description" | "tools" | "model" | "lintel");
        let exact = written == known || folded(written) == *written;
        let again = seen.contains(known);
        let a_line = (unindented && !exact) || (telling && (again || !exact));
        let name = if core { known.to_owned() } else { written.to_owned() };
        return (!a_line).then_some((name, value));
    }
    let key = plain_key(line_key)?;
    let spoken = DIALOGUE.contains(&key.to_ascii_lowercase().as_str()) || key.starts_with(|c: char| c.is_ascii_uppercase());
    (!spoken && !unindented && !telling && skipped == 0).then(|| (key.to_owned(), value))
}

fn entry(chunk: &Chunk<'_>, remarks: &mut Remarks) -> Entry {
    let whole = chunk.lines.iter().map(|line| line.text).collect::<Vec<_>>().join("\n");
    let span = match (chunk.lines.first(), chunk.lines.last()) {
        (Some(first), Some(last)) => Span::new(first.offset, last.offset + last.text.trim_end().len()),
        _ => Span::default(),
    };
    let described = chunk.key == "description";
    // The key as it is called here, so that a spelling of its own is no matter.
    let by_itself = whole.get(chunk.value..).map(|value| format!("k:{}{value}", if value.starts_with([' ', '\n']) { "" } else { " " }));
    let value = match by_itself.map(|text| yaml::read(&text)) {
        Some(Ok(pairs)) if matches!(pairs.as_slice(), [pair] if !described || matches!(pair.value, Value::Text { .. } | Value::Null)) => {
            pairs.into_iter().next().map_or(Value::Null, |pair| pair.value)
        }
        _ => {
            say(chunk, remarks);
            let text = meant(chunk);
            if described || matches!(chunk.key.as_str(), "name" | "model" | "tools") { Value::text(text) } else { loose(&text) }
        }
    };
    Entry { key: chunk.key.clone(), value, span, comments: chunk.comments.clone() }
}

/// The text of a value that YAML does not read, as it was meant.
fn meant(chunk: &Chunk<'_>) -> String {
    let first = chunk.lines.first().and_then(|line| line.text.get(chunk.value..)).unwrap_or_default().trim();
    let following: Vec<&str> = chunk.lines.iter().skip(1).map(|line| line.text.trim_end()).collect();
    let indent = |line: &&&str| line.len() - line.trim_start().len();
    let shared = following.iter().filter(|line| !line.is_empty()).map(|line| indent(&line)).min().unwrap_or(0);
    let mut parts: Vec<&str> = if is_block_header(first) { Vec::new() } else { vec![first] };
    parts.extend(following.iter().map(|line| line.get(shared.min(line.len())..).unwrap_or(line)));
    let text = parts.join("\n");
    unquoted(text.trim())
}

/// `|`, `>-` and the like, which announce that the text follows.
fn is_block_header(text: &str) -> bool {
    text.starts_with(['|', '>']) && text.len() <= 3 && text.chars().skip(1).all(|c| matches!(c, '+' | '-' | '1'..='9'))
}

/// Without the quotes around it, and with written line ends as line ends.
fn unquoted(text: &str) -> String {
    if let Some(inner) = text.strip_prefix('"') {
        let inner = match inner.strip_suffix('"') {
            Some(inner) => inner,
            // The closing quote was forgotten; with others in it, it is no quote around the whole.
            None if !inner.contains('"') => inner,
            None => return examples::unescaped(text),
        };
        return examples::unescaped(inner).replace("\\\"", "\"").replace("\\t", "\t").replace("\\\\", "\\").trim().to_owned();
    }
    if let Some(inner) = text.strip_prefix('\'') {
        let inner = match inner.strip_suffix('\'') {
            Some(inner) => inner,
            None if !inner.contains('\'') => inner,
            None => return examples::unescaped(text),
        };
        return examples::unescaped(&inner.replace("''", "'")).trim().to_owned();
    }
    examples::unescaped(text).trim().to_owned()
}

/// A list, where a text looks like one.
fn loose(text: &str) -> Value {
    let item = |item: &str| Value::text(item.trim().trim_matches(['"', '\'']));
    if let Some(inner) = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return Value::List(inner.split(',').filter(|part| !part.trim().is_empty()).map(item).collect());
    }
    let items: Option<Vec<&str>> = text.lines().filter(|line| !line.trim().is_empty()).map(|line| line.trim().strip_prefix("- ")).collect();
    match items {
        Some(items) if !items.is_empty() => Value::List(items.into_iter().map(item).collect()),
        _ => Value::text(text),
    }
}

/// Says why YAML does not read a value, at the place where it goes wrong.
fn say(chunk: &Chunk<'_>, remarks: &mut Remarks) {
    let Some(line) = chunk.lines.first() else { return };
    let key = &chunk.key;
    let value = line.text.get(chunk.value..).unwrap_or_default();
    let start = line.offset + chunk.value + (value.len() - value.trim_start().len());
    let value = value.trim();
    let at = |found: usize, length: usize| Span::new(start + found, start + found + length);
    let astray = chunk.lines.iter().skip(1).find(|line| !line.text.trim().is_empty() && !line.text.starts_with([' ', '\t']));
    let quoted = value.starts_with(['"', '\'']);
    let colon = value.find(": ").or_else(|| value.ends_with(':').then(|| value.len() - 1));
    let block = "Let Lintel rewrite the front matter, or write | after the colon and indent the text below it.";
    let (span, what, code, why, help) = if value.starts_with(['*', '[']) && value.contains('*') {
        let star = value.find('*').unwrap_or(0);
        let why = "In YAML a bare * refers to an anchor, so that other programs do not read the file.";
        (at(star, 1), format!("A bare * as the value of {key}"), "bare-star", why, "Write \"*\" in quotes, or leave the key out.")
    } else if let Some(line) = astray {
        let why = "At the left edge of the front matter YAML expects a key; this line is taken for more of the text before it.";
        (line.span(), format!("A line of {key} begins at the left edge"), "unindented-lines", why, block)
    } else if let Some(escape) = value.find("\\n") {
        let why = "Only in double quotes does YAML make line ends of \\n, and without them the quotes and colons are not allowed.";
        (at(escape, 2), format!("{key} has line ends written as \\n, and is not valid YAML"), "literal-line-ends", why, block)
    } else if let (Some(colon), false) = (colon, quoted) {
        let why = "YAML takes a colon with a blank after it for the end of a key, and does not read the file.";
        let help = "Let Lintel rewrite the front matter, or put the value in quotes.";
        (at(colon, 1), format!("{key} holds a colon and is not in quotes"), "unquoted-colon", why, help)
    } else if quoted {
        let why = "YAML finds no end of the quoted text, or more text after it.";
        let help = "Let Lintel rewrite the front matter, or put a backslash before the quotes inside.";
        (at(0, 1), format!("The quotes of {key} do not match"), "broken-quotes", why, help)
    } else {
        let why = "YAML does not read it; it was taken as the text that it looks like.";
        let help = "Let Lintel rewrite the front matter, or put the value in quotes.";
        (line.span(), format!("The value of {key} is not valid YAML"), "unreadable-value", why, help)
    };
    remarks.repair(span, Say { code, what, why, help });
}
