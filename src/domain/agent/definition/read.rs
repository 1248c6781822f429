//! From the front matter's entries to what they mean, with something in the place of whatever is missing.

use std::collections::BTreeMap;

use crate::domain::{
    agent::definition::{
        Definition, Entry, Extension, Load, Outcome, Remarks, Say, Written, examples, extension,
        head::{self, Line, ODD_HYPHENS},
        lines, text,
        tools::{self, Asked, Support, ToolRequest},
        yaml::{self, Pair, Spot, Value},
    },
    diagnostic::Span,
    markdown,
};

/// Names of files that say nothing about what is in them.
const NAMELESS: [&str; 8] = ["", "readme", "agent", "agents", "index", "skill", "claude", "untitled"];

/// Whether a key has a meaning here.
pub(super) fn is_read(key: &str) -> bool {
    matches!(key, "name" | "description" | "tools" | "model" | "lintel")
        || matches!(lines::folded(key).as_str(), "allowedtools" | "disallowedtools")
}

pub(super) fn read(file: &str, bytes: &[u8]) -> Load {
    let mut remarks = Remarks::new();
    let Some(text) = text::read(bytes, &mut remarks) else {
        return Load { file: file.to_owned(), outcome: Outcome::Refused, remarks: remarks.finish(file, "") };
    };
    let head = head::find(&text, &mut remarks);
    let entries = head.inner.as_deref().map(|inner| called(last(entries(inner, &mut remarks), &mut remarks), &mut remarks));
    let body = body(&head.rest).to_owned();
    let stem = stem(file);
    let place = head.fence;
    let has_front_matter = entries.is_some();
    let entries = entries.unwrap_or_default();
    let preamble = head.preamble.iter().map(|line| (*line).to_owned()).collect();

    let name = name(entries.iter().find(|entry| entry.key == "name"), &body, &stem, has_front_matter, place, &mut remarks);
    let described = entries.iter().find(|entry| entry.key == "description");
    let description = description(described, &body, &text, has_front_matter.then_some(place), &mut remarks);
    if !has_front_matter {
        let why = "Nothing says what the agent is called, when to use it and what it may use; other programs leave the file out.";
        let what = if text.trim().is_empty() { "The file is empty" } else { "The file has no front matter" };
        let help = "Put name and description between two lines --- at the top.";
        remarks.repair(Span::default(), Say { code: "no-front-matter", what: what.to_owned(), why, help });
    }
    if body.is_empty() && !text.trim().is_empty() {
        let at = text.trim_end().len();
        let why = "The persona is what makes the agent a reviewer of its own.";
        let help = "Write below the front matter who the agent is and what it looks for.";
        remarks.warn(Span::new(at, at), Say { code: "no-persona", what: "There is no text after the front matter".to_owned(), why, help });
    }
    let definition = Definition {
        card: examples::card(&description),
        examples: examples::examples(&description),
        tools: requested(&entries, &text, &mut remarks),
        refused_tools: refused(&entries, &text),
        model: entries.iter().find(|entry| entry.key == "model").and_then(|entry| model(entry, &text)),
        extension: entries
            .iter()
            .find(|entry| entry.key == "lintel")
            .map_or_else(Extension::default, |entry| extension::read(entry, &mut remarks)),
        hash: blake3::hash(bytes).to_hex().to_string(),
        file: file.to_owned(),
        bytes: bytes.to_vec(),
        stem,
        name,
        description,
        entries,
        body,
        preamble,
        text,
    };
    say_not_run(&definition, &mut remarks);
    let repaired = remarks.repaired;
    let remarks = remarks.finish(file, &definition.text);
    let definition = Box::new(definition);
    let outcome = if repaired { Outcome::Repaired(definition) } else { Outcome::Loaded(definition) };
    Load { file: file.to_owned(), outcome, remarks }
}

/// The strict way, and where that fails the other.
fn entries(inner: &[Line<'_>], remarks: &mut Remarks) -> Vec<Entry> {
    let whole = inner.iter().map(|line| line.text).collect::<Vec<_>>().join("\n");
    match yaml::read(&whole) {
        Ok(pairs) => {
            // Quotes or a block end the description themselves; only a plain one can have lost lines to keys.
            let open = |value: &Value| matches!(value, Value::Null | Value::Text { plain: true, .. });
            let described = pairs.iter().position(|pair| lines::folded(&pair.key) == "description" && open(&pair.value));
            let told = |at: usize| pairs.iter().skip(at).any(|pair| lines::is_told(&pair.key));
            if described.is_some_and(told) { lines::read(inner, None, remarks) } else { placed(inner, pairs) }
        }
        Err(complaint) => {
            let at = offset(inner, complaint.at);
            lines::read(inner, Some((Span::new(at, at), complaint.message)), remarks)
        }
    }
}

/// Where a spot of the front matter is in the file.
fn offset(inner: &[Line<'_>], spot: Spot) -> usize {
    let Some(line) = inner.get(spot.line) else { return inner.last().map_or(0, |line| line.offset + line.text.len()) };
    let within = line.text.char_indices().nth(spot.column).map_or(line.text.len(), |(at, _)| at);
    line.offset + within
}

/// Entries of valid YAML, with the comment lines before each.
fn placed(inner: &[Line<'_>], pairs: Vec<Pair>) -> Vec<Entry> {
    let mut from = 0;
    let mut entries: Vec<Entry> = Vec::new();
    for pair in pairs {
        let between = inner.get(from..pair.start.line).unwrap_or_default();
        let comments = between.iter().filter_map(|line| line.text.strip_prefix('#')).map(|text| text.trim().to_owned()).collect();
        from = pair.start.line + 1;
        let start = offset(inner, pair.start);
        let mut end = offset(inner, pair.end).max(start);
        // A block ends where the next key begins.
        if pair.end.column == 0
            && let Some(line) = pair.end.line.checked_sub(1).filter(|line| *line >= pair.start.line).and_then(|line| inner.get(line))
        {
            end = line.offset + line.text.trim_end().len();
        }
        entries.push(Entry { key: pair.key, value: pair.value, span: Span::new(start, end), comments });
    }
    entries
}

/// Of keys that repeat, the last, with the comments of all.
fn last(entries: Vec<Entry>, remarks: &mut Remarks) -> Vec<Entry> {
    let mut kept: BTreeMap<String, (usize, Entry)> = BTreeMap::new();
    for (at, mut entry) in entries.into_iter().enumerate() {
        if let Some((_, earlier)) = kept.remove(&entry.key) {
            remarks.repair(
                entry.span,
                Say {
                    code: "duplicate-key",
                    what: format!("{} is there twice; this one counts", entry.key),
                    why: "YAML allows a key once; other programs take the first, the last, or none of the file.",
                    help: "Remove the one that is not meant.",
                },
            );
            let mut comments = earlier.comments;
            comments.append(&mut entry.comments);
            entry.comments = comments;
        }
        kept.insert(entry.key.clone(), (at, entry));
    }
    let mut kept: Vec<(usize, Entry)> = kept.into_values().collect();
    kept.sort_by_key(|(at, _)| *at);
    kept.into_iter().map(|(_, entry)| entry).collect()
}

/// Keys in a spelling of their own, such as `Name`, called as they are meant.
fn called(mut entries: Vec<Entry>, remarks: &mut Remarks) -> Vec<Entry> {
    for key in ["name", "description", "tools", "model", "lintel"] {
        if entries.iter().any(|entry| entry.key == key) {
            continue;
        }
        if let Some(entry) = entries.iter_mut().find(|entry| lines::folded(&entry.key) == key) {
            remarks.repair(
                entry.span,
                Say {
                    code: "key-spelling",
                    what: format!("{} is taken for {key}", entry.key),
                    why: "Keys are in lower case; other programs do not find this one.",
                    help: "Write the key in lower case.",
                },
            );
            key.clone_into(&mut entry.key);
        }
    }
    entries
}

/// What follows the front matter, without blank lines around it.
fn body(rest: &str) -> &str {
    let mut start = 0;
    for line in rest.split_inclusive('\n') {
        if !line.trim().is_empty() {
            break;
        }
        start += line.len();
    }
    rest.get(start..).unwrap_or_default().trim_end()
}

/// A file's name without folders and endings: `go-architect` of `team/go-architect.agent.md`.
pub(super) fn stem(file: &str) -> String {
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    let endings = [".md", ".markdown", ".mdc", ".txt"];
    let without = endings.iter().find_map(|ending| strip_ending(name, ending)).unwrap_or(name);
    [".agent", ".chatmode", ".prompt"].iter().find_map(|ending| strip_ending(without, ending)).unwrap_or(without).to_owned()
}

fn strip_ending<'a>(name: &'a str, ending: &str) -> Option<&'a str> {
    let at = name.len().checked_sub(ending.len()).filter(|at| *at > 0)?;
    name.get(at..).filter(|end| end.eq_ignore_ascii_case(ending)).and_then(|_| name.get(..at))
}

fn name(entry: Option<&Entry>, body: &str, stem: &str, has_front_matter: bool, place: Span, remarks: &mut Remarks) -> String {
    let written = entry.and_then(|entry| Some((entry, one_line(entry.value.as_text()?)))).filter(|(_, name)| !name.is_empty());
    if let Some((entry, name)) = written {
        if matches!(&entry.value, Value::Text { text, plain: true } if yaml::is_typed(text)) {
            remarks.repair(
                entry.span,
                Say {
                    code: "name-not-text",
                    what: format!("The name {name} is a boolean, a number or a date to other programs"),
                    why: "They then refuse the file, or call the agent something else.",
                    help: "Put the name in quotes.",
                },
            );
        }
        let hyphens = with_hyphens(&name);
        if hyphens != name {
            remarks.repair(
                entry.span,
                Say {
                    code: "odd-hyphens",
                    what: "The name holds hyphens that only look like hyphens, or characters that nobody sees".to_owned(),
                    why: "Nobody can type the name so that it is found.",
                    help: "Write the name with plain hyphens.",
                },
            );
        }
        return hyphens;
    }
    let heading = heading(body).map(|heading| with_hyphens(&one_line(&heading))).filter(|name| !name.is_empty());
    let stem = with_hyphens(&one_line(stem));
    let telling = !NAMELESS.contains(&stem.to_lowercase().as_str());
    // Without front matter the file is prose, and prose says in its heading what it is.
    let (name, source) = match heading {
        Some(heading) if !has_front_matter || !telling => (heading, "its first heading"),
        _ if stem.is_empty() => ("agent".to_owned(), "nothing"),
        _ => (stem, "the file's name"),
    };
    if has_front_matter {
        let (code, what) = if entry.is_some_and(|entry| entry.value.as_text().is_none() && entry.value != Value::Null) {
            ("name-not-text", format!("The name is no text; {name} is taken from {source}"))
        } else {
            ("no-name", format!("There is no name; {name} is taken from {source}"))
        };
        let why = "Other programs leave a file without a name out.";
        remarks
            .repair(entry.map_or(place, |entry| entry.span), Say { code, what, why, help: "Write a line `name:` into the front matter." });
    }
    name
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Plain hyphens between letters, and nothing that has no width.
fn with_hyphens(name: &str) -> String {
    let visible: Vec<char> = name
        .chars()
        .filter(|c| {
            !matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
                && !c.is_control()
        })
        .collect();
    let joins = |at: Option<usize>| at.and_then(|at| visible.get(at)).is_some_and(|c| !c.is_whitespace());
    let plain = |(at, c): (usize, &char)| {
        if ODD_HYPHENS.contains(c) && joins(at.checked_sub(1)) && joins(at.checked_add(1)) { '-' } else { *c }
    };
    one_line(&visible.iter().enumerate().map(plain).collect::<String>())
}

/// The text of the first heading.
fn heading(body: &str) -> Option<String> {
    use pulldown_cmark::{Event, Tag, TagEnd};
    let mut found: Option<String> = None;
    for event in pulldown_cmark::Parser::new(body) {
        match (event, &mut found) {
            (Event::Start(Tag::Heading { .. }), None) => found = Some(String::new()),
            (Event::Text(text) | Event::Code(text), Some(found)) => found.push_str(&text),
            (Event::End(TagEnd::Heading(_)), Some(_)) => return found,
            _ => {}
        }
    }
    None
}

/// `fence` is where the front matter begins, if there is some.
fn description(entry: Option<&Entry>, body: &str, text: &str, fence: Option<Span>, remarks: &mut Remarks) -> String {
    if let Some(entry) = entry {
        match &entry.value {
            Value::Text { text, .. } if !text.trim().is_empty() => return text.trim().to_owned(),
            Value::Text { .. } | Value::Null => {}
            Value::List(_) | Value::Map(_) => {
                let written = entry.span.of(text);
                let value = written.split_once(':').map_or(written, |(_, value)| value).trim();
                remarks.repair(
                    entry.span,
                    Say {
                        code: "description-not-text",
                        what: "The description is a list or a group of keys".to_owned(),
                        why: "Other programs expect a text and leave the file out; it is taken as it is written.",
                        help: "Let Lintel rewrite the front matter, or put the description in quotes.",
                    },
                );
                return value.lines().map(str::trim).collect::<Vec<_>>().join("\n");
            }
        }
    }
    let paragraph = markdown::plain_text(body);
    if let Some(fence) = fence {
        let why = "The description tells people and programs when to use the agent; other programs leave a file without one out.";
        let help = "Write a line `description:` into the front matter.";
        let span = entry.map_or(fence, |entry| entry.span);
        if paragraph.is_empty() {
            remarks.warn(span, Say { code: "no-description", what: "There is no description".to_owned(), why, help });
        } else {
            let what = "There is no description; the first paragraph is taken for it".to_owned();
            remarks.repair(span, Say { code: "no-description", what, why, help });
        }
    }
    paragraph
}

fn requested(entries: &[Entry], text: &str, remarks: &mut Remarks) -> Asked {
    let by_key = |key: &str| entries.iter().find(|entry| entry.key == key);
    let allowed = || entries.iter().find(|entry| lines::folded(&entry.key) == "allowedtools");
    let Some(entry) = by_key("tools").or_else(allowed) else { return Asked::Absent };
    let asked = tools::read(&entry.value, entry.span, text);
    let (unknown, known): (Vec<&ToolRequest>, Vec<&ToolRequest>) =
        asked.unsupported().partition(|request| request.support == Support::Unknown);
    let names = |requests: &[&ToolRequest]| requests.iter().map(|request| request.written.as_str()).collect::<Vec<_>>().join(", ");
    if let Some(first) = known.first() {
        remarks.note(
            first.span,
            Say {
                code: "unsupported-tool",
                what: format!("Not offered here: {}", names(&known)),
                why: "Agents read the project and propose; they start no programs, reach no network and call no other agents.",
                help: "Nothing to do: the agent runs without, and the file keeps the words.",
            },
        );
    }
    if let Some(first) = unknown.first() {
        remarks.note(
            first.span,
            Say {
                code: "unknown-tool",
                what: format!("Not known here: {}", names(&unknown)),
                why: "Lintel has no tool of that name; it may be another program's, or misspelled.",
                help: "Check the spelling; otherwise nothing to do: the agent runs without, and the file keeps the words.",
            },
        );
    }
    asked
}

fn refused(entries: &[Entry], text: &str) -> Vec<ToolRequest> {
    let entry = entries.iter().find(|entry| lines::folded(&entry.key) == "disallowedtools");
    match entry.map(|entry| tools::read(&entry.value, entry.span, text)) {
        Some(Asked::Listed(requests)) => requests,
        _ => Vec::new(),
    }
}

fn model(entry: &Entry, text: &str) -> Option<Written> {
    let wish = entry.value.texts().into_iter().map(one_line).find(|wish| !wish.is_empty())?;
    let at = entry.span.of(text).find(&wish).map(|at| entry.span.range().start + at);
    let span = at.map_or(entry.span, |at| Span::new(at, at + wish.len()));
    Some(Written { text: wish, span })
}

/// Keys that would run something.
fn say_not_run(definition: &Definition, remarks: &mut Remarks) {
    for entry in &definition.entries {
        if matches!(lines::folded(&entry.key).as_str(), "hooks" | "mcpservers" | "skills") && entry.value != Value::Null {
            remarks.note(
                entry.span,
                Say {
                    code: "not-run",
                    what: format!("{} is kept and not run", entry.key),
                    why: "Agents run nothing but the review.",
                    help: "Nothing to do: the file keeps the key for programs that use it.",
                },
            );
        }
    }
}
