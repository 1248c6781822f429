//! Text as words of the language. Whatever a text holds, it comes out as one word that reads back as the same text, or as
//! the nearest text that can be written, with a remark.

use std::collections::BTreeSet;

use crate::domain::syntax::{fidelity::Fidelity, structurizr::MAX_KEY_PART};

/// Identifiers that mean something else where references stand.
const RESERVED: [&str; 12] = [
    "this",
    "element",
    "relationship",
    "include",
    "exclude",
    "title",
    "description",
    "default",
    "properties",
    "animation",
    "autolayout",
    "animationstep",
];

/// A text in quotes on one line. Line breaks become spaces.
pub(super) fn quoted(text: &str, what: &str, fidelity: &mut Fidelity) -> String {
    let line = one_line(text);
    if text.contains('\n') {
        fidelity.keep(format!("Line break in {what}, as a space"), None);
    }
    if text.ends_with('\\') {
        fidelity.keep(format!("Backslash at the end of {what}, with a space after it"), None);
    }
    plain(&line)
}

/// The text as it reads back from quotes: two texts that differ in no more than this are one.
pub(super) fn one_line(text: &str) -> String {
    let mut line = if text.contains('\n') {
        text.split('\n').map(|line| line.trim_end_matches('\r')).collect::<Vec<_>>().join(" ")
    } else {
        text.to_owned()
    };
    // The quote after it would belong to the text.
    if line.ends_with('\\') {
        line.push(' ');
    }
    line
}

/// A text of one line in quotes.
fn plain(line: &str) -> String {
    format!("\"{}\"", line.replace('"', "\\\""))
}

/// Whether the text reads the same without quotes, wherever a word stands.
pub(super) fn is_plain(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphanumeric())
        && text.chars().all(|next| next.is_ascii_alphanumeric() || matches!(next, '_' | '-' | '.'))
}

/// Whether the text cannot stand in quotes, and a block of lines gives it back unchanged.
pub(super) fn wants_block(text: &str) -> bool {
    let breaks = text.contains('\n') || text.ends_with('\\');
    let starts_plain = text.lines().next().is_some_and(|first| !first.starts_with(char::is_whitespace));
    breaks && starts_plain && text.trim_end() == text && !text.lines().any(|line| line.trim_end().ends_with("\"\"\""))
}

/// The lines of a text block after the word that it belongs to: the opening marks, the indented lines, the closing marks.
pub(super) fn block(text: &str, indent: &str) -> String {
    let mut result = String::from("\"\"\"\n");
    for line in text.lines() {
        if !line.is_empty() {
            result.push_str(indent);
            result.push_str(line);
        }
        result.push('\n');
    }
    result.push_str(indent);
    result.push_str("\"\"\"");
    result
}

/// Letters from a to z, digits, `_` and `-`, as the language allows.
pub(super) fn is_identifier(text: &str) -> bool {
    !text.starts_with('-')
        && !text.is_empty()
        && text.len() <= MAX_KEY_PART
        && text.chars().all(|next| next.is_ascii_alphanumeric() || matches!(next, '_' | '-'))
}

pub(super) fn is_reserved(text: &str) -> bool {
    RESERVED.contains(&text.to_lowercase().as_str())
}

/// A name as an identifier in camel case: `Order service` gives `orderService`. Empty where the name has no such letters.
pub(super) fn identifier_of(name: &str) -> String {
    let mut result = String::new();
    let mut upper = false;
    for next in name.chars() {
        if result.len() >= 40 {
            break;
        }
        if next.is_ascii_alphanumeric() {
            if upper && !result.is_empty() {
                result.push(next.to_ascii_uppercase());
            } else if result.is_empty() {
                result.push(next.to_ascii_lowercase());
            } else {
                result.push(next);
            }
            upper = false;
        } else if matches!(next, '\'' | '’') {
            // `Customer's computer` is `customersComputer`.
        } else if let Some(letter) = without_accent(next) {
            result.push_str(letter);
            upper = false;
        } else {
            upper = true;
        }
    }
    // `API gateway` is `apiGateway`, not `aPIGateway`.
    let capitals = name.trim_start().chars().take_while(char::is_ascii_uppercase).count();
    let acronym = if name.trim_start().chars().nth(capitals).is_none_or(|next| !next.is_ascii_lowercase()) { capitals } else { 1 };
    result.chars().enumerate().map(|(at, next)| if at < acronym { next.to_ascii_lowercase() } else { next }).collect()
}

const fn without_accent(next: char) -> Option<&'static str> {
    Some(match next {
        'à' | 'á' | 'â' | 'ã' | 'å' | 'À' | 'Á' | 'Â' | 'Ã' | 'Å' => "a",
        'ä' | 'Ä' | 'æ' | 'Æ' => "ae",
        'ç' | 'Ç' => "c",
        'è' | 'é' | 'ê' | 'ë' | 'È' | 'É' | 'Ê' | 'Ë' => "e",
        'ì' | 'í' | 'î' | 'ï' | 'Ì' | 'Í' | 'Î' | 'Ï' => "i",
        'ñ' | 'Ñ' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ø' | 'Ò' | 'Ó' | 'Ô' | 'Õ' | 'Ø' => "o",
        'ö' | 'Ö' => "oe",
        'ù' | 'ú' | 'û' | 'Ù' | 'Ú' | 'Û' => "u",
        'ü' | 'Ü' => "ue",
        'ß' => "ss",
        _ => return None,
    })
}

/// The wanted identifier, or the first one like it that is free; compared without case.
pub(super) fn free(taken: &mut BTreeSet<String>, prefix: &str, wanted: &str) -> String {
    let path = |own: &str| format!("{prefix}{own}").to_lowercase();
    if taken.insert(path(wanted)) {
        return wanted.to_owned();
    }
    let base: String = wanted.chars().take(MAX_KEY_PART - 8).collect();
    let mut number = 2_u32;
    loop {
        let dash = if base.ends_with(|last: char| last.is_ascii_digit()) { "-" } else { "" };
        let own = format!("{base}{dash}{number}");
        if taken.insert(path(&own)) {
            return own;
        }
        number += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_readable_identifiers() {
        for (name, identifier) in [
            ("Order service", "orderService"),
            ("API gateway", "apiGateway"),
            ("PostgreSQL", "postgreSQL"),
            ("Größe & Café", "groesseCafe"),
            ("OrderDB", "orderDB"),
            ("URL", "url"),
            ("Customer's computer", "customersComputer"),
            ("2nd stage", "2ndStage"),
            ("注文", ""),
        ] {
            assert_eq!(identifier_of(name), identifier, "{name}");
        }
    }

    #[test]
    fn quotes_are_escaped_and_line_breaks_said() {
        let mut fidelity = Fidelity::default();
        assert_eq!(quoted("a \"b\" {c} \\d # e", "a name", &mut fidelity), "\"a \\\"b\\\" {c} \\d # e\"");
        assert!(fidelity.kept.is_empty());
        assert_eq!(quoted("a\r\nb", "a name", &mut fidelity), "\"a b\"");
        assert_eq!(fidelity.kept.len(), 1);
        assert!(wants_block("a\n  b") && !wants_block(" a\nb") && !wants_block("a\nb\"\"\"") && !wants_block("a"));
    }
}
