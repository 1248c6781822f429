//! Front matter as every program reads it: the description as a block, everything that could be mistaken in quotes.

use std::fmt::Write;

use crate::domain::agent::definition::{
    Definition, Entry, Load, Outcome, Remarks, head, load,
    tools::{self, Asked},
    yaml::{self, Value},
};

/// The file with its front matter rewritten; none when it needs none, or none would help.
pub(super) fn fixed(definition: &Definition) -> Option<String> {
    let read = load(&definition.file, definition.export());
    if !matches!(read.outcome, Outcome::Repaired(_)) {
        return None;
    }
    let rest = head::find(&definition.text, &mut Remarks::new()).rest;
    let fixed = format!("---\n{}---\n{}", front_matter(definition), separated(&rest));
    // A fix that does not fix is not offered.
    says_the_same(definition, &load(&definition.file, fixed.as_bytes())).then_some(fixed)
}

/// Whether a file reads as it stands, and as another did.
fn says_the_same(definition: &Definition, load: &Load) -> bool {
    let Outcome::Loaded(other) = &load.outcome else { return false };
    other.name == definition.name
        && other.description == definition.description
        && other.tools.written() == definition.tools.written()
        && other.tools.capabilities() == definition.tools.capabilities()
        && other.model.as_ref().map(|model| &model.text) == definition.model.as_ref().map(|model| &model.text)
        && other.body == definition.body
}

fn separated(rest: &str) -> String {
    if rest.is_empty() || rest.starts_with('\n') { rest.to_owned() } else { format!("\n{rest}") }
}

fn front_matter(definition: &Definition) -> String {
    let mut out = String::new();
    comments(&mut out, &definition.preamble);
    let has = |key: &str| definition.entries.iter().any(|entry| entry.key == key);
    let name = Value::Text { text: definition.name.clone(), plain: !yaml::is_typed(&definition.name) };
    let description = Value::text(&*definition.description);
    if !has("name") {
        pair(&mut out, "name", &name, 0);
    }
    if !has("description") {
        pair(&mut out, "description", &description, 0);
    }
    for Entry { key, value, comments: before, .. } in &definition.entries {
        comments(&mut out, before);
        match key.as_str() {
            "name" => pair(&mut out, key, &name, 0),
            "description" => pair(&mut out, key, &description, 0),
            "tools" => pair(&mut out, key, &tools_value(&definition.tools), 0),
            _ => pair(&mut out, key, value, 0),
        }
    }
    out
}

fn comments(out: &mut String, lines: &[String]) {
    for line in lines {
        let line: String = line.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let _ = writeln!(out, "{}", format!("# {line}").trim_end());
    }
}

fn tools_value(asked: &Asked) -> Value {
    match asked {
        Asked::Absent => Value::Null,
        Asked::All => Value::text("*"),
        Asked::Listed(requests) => {
            let written: Vec<&str> = requests.iter().map(|request| request.written.as_str()).collect();
            if !written.is_empty() && tools::split(&written.join(", ")) == written {
                Value::Text { text: written.join(", "), plain: true }
            } else {
                Value::List(written.into_iter().map(Value::text).collect())
            }
        }
    }
}

fn pair(out: &mut String, key: &str, value: &Value, depth: usize) {
    let key = if reads_as(&format!("{key}: x"), key, "x") { key.to_owned() } else { quoted(key) };
    let _ = write!(out, "{:depth$}{key}:", "");
    after_key(out, key == "description", value, depth);
}

/// A value on the line of its key, or below it.
fn after_key(out: &mut String, described: bool, value: &Value, depth: usize) {
    match value {
        Value::Null => out.push('\n'),
        Value::List(values) if values.is_empty() => out.push_str(" []\n"),
        Value::Map(pairs) if pairs.is_empty() => out.push_str(" {}\n"),
        Value::List(values) => {
            out.push('\n');
            for value in values {
                let _ = write!(out, "{:1$}-", "", depth + 2);
                after_key(out, false, value, depth + 2);
            }
        }
        Value::Map(pairs) => {
            out.push('\n');
            for (key, value) in pairs {
                pair(out, key, value, depth + 2);
            }
        }
        Value::Text { text, plain } => {
            if (described || text.contains('\n')) && is_block(text) {
                block(out, text, depth + 2);
            } else if *plain && reads_as(&format!("k: {text}"), "k", text) {
                let _ = writeln!(out, " {text}");
            } else {
                let _ = writeln!(out, " {}", quoted(text));
            }
        }
    }
}

/// Whether a text comes back from a block as it went in.
fn is_block(text: &str) -> bool {
    let odd =
        |c: char| (c.is_control() && c != '\n' && c != '\t') || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}');
    let blank = |line: &str| !line.is_empty() && line.trim().is_empty();
    !text.is_empty() && !text.starts_with(char::is_whitespace) && !text.contains(odd) && !text.lines().any(blank) && !text.ends_with("\n\n")
}

fn block(out: &mut String, text: &str, indent: usize) {
    out.push_str(if text.ends_with('\n') { " |\n" } else { " |-\n" });
    for line in text.lines() {
        if line.is_empty() {
            out.push('\n');
        } else {
            let _ = writeln!(out, "{:indent$}{line}", "");
        }
    }
}

/// Whether a line of YAML gives this key and this text.
fn reads_as(line: &str, key: &str, text: &str) -> bool {
    let pairs = yaml::read(line);
    matches!(pairs.as_deref(), Ok([pair]) if pair.key == key && pair.value.as_text() == Some(text))
}

/// In double quotes, everything escaped that needs it.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}') => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn value() -> impl Strategy<Value = Value> {
        let text = prop_oneof!["[ -~\n\t]{0,20}", "\\PC{0,12}", "(a: |# |- |'|\"|\\\\|\n|\u{85}|\u{7}|\u{2028}|é){0,6}"];
        let leaf = prop_oneof![Just(Value::Null), text.prop_map(Value::text)];
        leaf.prop_recursive(3, 20, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::List),
                prop::collection::vec(("[a-z:# \"é-]{1,8}", inner), 0..4).prop_map(Value::Map),
            ]
        })
    }

    /// Without how texts were written.
    fn bare(value: Value) -> Value {
        match value {
            Value::Text { text, .. } => Value::text(text),
            Value::List(values) => Value::List(values.into_iter().map(bare).collect()),
            Value::Map(pairs) => Value::Map(pairs.into_iter().map(|(key, value)| (key, bare(value))).collect()),
            Value::Null => Value::Null,
        }
    }

    proptest! {
        #[test]
        fn values_come_back_as_they_were_written(value in value()) {
            let mut out = String::new();
            pair(&mut out, "key", &value, 0);
            let pairs = yaml::read(&out).map_err(|complaint| TestCaseError::fail(format!("{complaint:?}\n{out}")))?;
            prop_assert_eq!(pairs.len(), 1, "{}", out);
            prop_assert_eq!(bare(pairs.into_iter().next().unwrap().value), value, "{}", out);
        }
    }
}
