//! Where names stand in an expression such as `->api->`, `element.parent==shop` or `a -> b`: the same splits as when it is
//! evaluated, with places instead of meanings.

use std::ops::Range;

/// How deep expressions may nest, as when they are evaluated.
const MAX_NESTING: u32 = 16;

/// The places of the names in a word, quotes included in the word or not.
pub(super) fn names(raw: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let inner = if raw.len() >= 2 && raw.starts_with('"') && raw.ends_with('"') { 1..raw.len() - 1 } else { 0..raw.len() };
    gather(raw, inner, 0, &mut found);
    found
}

fn gather(raw: &str, range: Range<usize>, depth: u32, found: &mut Vec<Range<usize>>) {
    let range = trimmed(raw, range);
    let text = raw.get(range.clone()).unwrap_or("");
    if text.is_empty() || depth > MAX_NESTING {
        return;
    }
    for (separator, both) in [(" && ", true), (" || ", true)] {
        if let Some(at) = text.find(separator).filter(|_| both) {
            gather(raw, range.start..range.start + at, depth + 1, found);
            gather(raw, range.start + at + separator.len()..range.end, depth + 1, found);
            return;
        }
    }
    for head in ["element==", "element!=", "relationship==", "relationship!="] {
        if starts(text, head) {
            gather(raw, range.start + head.len()..range.end, depth + 1, found);
            return;
        }
    }
    let into = text.starts_with("->");
    let out = text.ends_with("->") && text.len() > 2;
    if into || out {
        let from = range.start + if into { 2 } else { 0 };
        let to = range.end - if out { 2 } else { 0 };
        if from < to {
            gather(raw, from..to, depth + 1, found);
        }
        return;
    }
    if let Some(at) = text.find("->") {
        gather(raw, range.start..range.start + at, depth + 1, found);
        gather(raw, range.start + at + 2..range.end, depth + 1, found);
        return;
    }
    for head in ["element.", "relationship."] {
        if starts(text, head) {
            let names = ["parent==", "parent!=", "source==", "source!=", "destination==", "destination!="];
            let rest = text.get(head.len()..).unwrap_or("");
            if let Some(field) = names.into_iter().find(|field| starts(rest, field)) {
                gather(raw, range.start + head.len() + field.len()..range.end, depth + 1, found);
            }
            return;
        }
    }
    if text != "*" && text != "*?" {
        found.push(range);
    }
}

fn starts(text: &str, head: &str) -> bool {
    text.get(..head.len()).is_some_and(|start| start.eq_ignore_ascii_case(head))
}

fn trimmed(raw: &str, range: Range<usize>) -> Range<usize> {
    let text = raw.get(range.clone()).unwrap_or("");
    let start = range.start + (text.len() - text.trim_start().len());
    start..start + text.trim().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_where_they_are_meant() {
        let found = |raw: &str| names(raw).into_iter().map(|range| raw[range].to_owned()).collect::<Vec<_>>();
        assert_eq!(found("a"), ["a"]);
        assert_eq!(found("\"->a.b->\""), ["a.b"]);
        assert_eq!(found("\"element.tag==a && ->a\""), ["a"]);
        assert_eq!(found("a -> b"), ["a", "b"]);
        assert_eq!(found("\"* -> b\""), ["b"]);
        assert_eq!(found("element.parent==shop"), ["shop"]);
        assert_eq!(found("element!=a"), ["a"]);
        assert_eq!(found("relationship.source==a"), ["a"]);
        assert!(found("*").is_empty());
        assert!(found("element.tag==a").is_empty());
        assert!(found("").is_empty() && found("->").is_empty());
    }
}
