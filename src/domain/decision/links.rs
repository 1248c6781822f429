//! Links in a record's text: to other records, by path or as `ADR-7`, and to elements of the model.

use std::ops::Range;

use crate::domain::{
    casing::lower,
    decision::{ElementLink, Link, LinkKind, outline::Leaf},
    diagnostic::Span,
    syntax::structurizr::suggest,
};

/// Phrases that say how the record before them relates to the one after them. Lower case, hyphens as blanks.
const PHRASES: &[(&str, LinkKind)] = &[
    ("superseded by", LinkKind::SupersededBy),
    ("superceded by", LinkKind::SupersededBy),
    ("superseeded by", LinkKind::SupersededBy),
    ("replaced by", LinkKind::SupersededBy),
    ("supersedes", LinkKind::Supersedes),
    ("supercedes", LinkKind::Supersedes),
    ("superseedes", LinkKind::Supersedes),
    ("replaces", LinkKind::Supersedes),
    ("amended by", LinkKind::AmendedBy),
    ("extended by", LinkKind::AmendedBy),
    ("amends", LinkKind::Amends),
    ("extends", LinkKind::Amends),
    ("depends on", LinkKind::DependsOn),
    ("requires", LinkKind::DependsOn),
    ("builds on", LinkKind::DependsOn),
    ("based on", LinkKind::DependsOn),
    ("relates to", LinkKind::RelatesTo),
    ("related to", LinkKind::RelatesTo),
    ("related", LinkKind::RelatesTo),
    ("refines", LinkKind::RelatesTo),
    ("refined by", LinkKind::RelatesTo),
    ("clarifies", LinkKind::RelatesTo),
    ("clarified by", LinkKind::RelatesTo),
    ("see also", LinkKind::RelatesTo),
];

/// The name that is most like one that nothing has: a slip away, else the shortest that has it as a part.
pub fn nearest<'a>(wanted: &str, names: impl Iterator<Item = &'a str> + Clone) -> Option<String> {
    let slip = suggest::nearest(wanted, names.clone());
    let plain = lower(wanted.trim());
    let part = |name: &&str| plain.chars().count() >= 4 && lower(name).contains(&plain);
    slip.or_else(|| names.filter(part).min_by_key(|name| name.len())).map(str::to_owned)
}

/// What a front matter key such as `superseded-by` links; none for other keys.
pub(in crate::domain::decision) fn kind_of_key(key: &str) -> Option<LinkKind> {
    let key = key.replace(['-', '_'], " ");
    let phrase = match key.as_str() {
        "supersededby" => "superseded by",
        "amendedby" => "amended by",
        "dependson" => "depends on",
        "relatesto" | "related decisions" | "relates" => "relates to",
        other => other,
    };
    PHRASES.iter().find(|(known, _)| *known == phrase).map(|(_, kind)| *kind)
}

/// The kind said by the words right before a link.
fn kind_after(before: &str) -> Option<LinkKind> {
    let words = before.to_lowercase().replace(['-', '_', '*', ':'], " ");
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    let (phrase, kind) = PHRASES.iter().find(|(phrase, _)| words.ends_with(phrase))?;
    let start = words.len() - phrase.len();
    let whole = words.get(..start).is_none_or(|rest| !rest.ends_with(char::is_alphanumeric));
    // In the negative it says nothing.
    let negated = words.get(..start).is_some_and(|rest| rest.trim_end().ends_with("not"));
    (whole && !negated).then_some(*kind)
}

/// The links to records in one leaf, in text order.
pub(super) fn of_leaf(text: &str, leaf: &Leaf) -> Vec<Link> {
    let mut found: Vec<(Range<usize>, String, String)> = leaf
        .links
        .iter()
        .filter(|link| is_record(&link.target))
        .map(|link| (link.span.clone(), link.target.clone(), link.label.trim().to_owned()))
        .collect();
    for line in &leaf.lines {
        found.extend(mentions(text, line.span.clone()).filter(|range| !leaf.is_masked(range)).map(|range| {
            let written = text.get(range.clone()).unwrap_or("").to_owned();
            (range, written.clone(), written)
        }));
    }
    found.sort_by_key(|(range, ..)| range.start);
    let mut links: Vec<Link> = Vec::new();
    let mut previous: Option<(usize, LinkKind)> = None;
    for (range, target, label) in found {
        let line = leaf.lines.partition_point(|line| line.span.start <= range.start);
        let from = line.checked_sub(1).and_then(|line| leaf.lines.get(line)).map_or(leaf.span.start, |line| line.span.start);
        // No phrase is longer; the line may well be.
        let near = (from.max(range.start.saturating_sub(60))..=range.start).find(|at| text.is_char_boundary(*at)).unwrap_or(range.start);
        let kind = match previous {
            // "Supersedes [a](a.md), [b](b.md) and ADR-7".
            Some((end, kind)) if text.get(end..range.start).is_some_and(is_separator) => kind,
            // "ADR-5, which supersedes [a](a.md)" tells of the other record.
            Some((end, _)) if text.get(end..range.start).is_some_and(has_subject) => LinkKind::Mentions,
            _ => text.get(near..range.start).and_then(kind_after).unwrap_or(LinkKind::Mentions),
        };
        previous = Some((range.end, kind));
        links.push(Link { kind, target, label, span: Span::new(range.start, range.end) });
    }
    links
}

fn is_separator(text: &str) -> bool {
    matches!(text.trim(), "," | "and" | "&" | ", and" | ";") && !text.contains('\n')
}

/// Whether what stands between two links makes the first one do something to the second.
fn has_subject(between: &str) -> bool {
    let told = between.trim_start_matches(',').split_whitespace().next().is_some_and(|word| matches!(word, "which" | "that"));
    let words = between.replace(['*', '_'], " ");
    let words = words.split_whitespace().filter(|word| !matches!(*word, "is" | "was" | "has" | "been" | "now" | "also" | "already"));
    let words = words.collect::<Vec<_>>().join(" ").to_lowercase();
    told || PHRASES.iter().any(|(phrase, _)| *phrase == words)
}

/// Whether a link's address is that of a markdown file of the same project.
pub(super) fn is_record(target: &str) -> bool {
    let path = target.split(['#', '?']).next().unwrap_or("");
    let file = path.rsplit('/').next().unwrap_or("");
    let foreign = path.starts_with("//") || path.split('/').next().is_some_and(|first| first.contains(':'));
    let markdown = [".md", ".markdown"].iter().any(|ending| file.len() > ending.len() && file.to_ascii_lowercase().ends_with(ending));
    !foreign && (markdown || (!file.contains('.') && super::log::number_of(file).is_some()))
}

/// `ADR-7`, `ADR 7`, `ADR0007` in the prose of a range.
fn mentions(text: &str, range: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let source = text.get(range.clone()).unwrap_or("");
    let base = range.start;
    source.match_indices("ADR").filter_map(move |(at, _)| {
        let rest = source.get(at + 3..)?;
        let gap = usize::from(rest.starts_with(['-', ' ', '_', '#']));
        let digits = rest.get(gap..)?;
        let digits = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
        let after = rest.get(gap + digits..)?.chars().next();
        let before = source.get(..at)?.chars().next_back();
        let alone = before.is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '/' | '-' | '_' | '.'))
            && after.is_none_or(|c| !c.is_alphanumeric());
        let range = base + at..base + at + 3 + gap + digits;
        ((1..=6).contains(&digits) && alone).then_some(range)
    })
}

/// The bytes of every `[[name]]` in a range of markdown, brackets included; names hold no brackets and no line end.
pub fn elements_in(source: &str) -> impl Iterator<Item = Range<usize>> {
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let start = from + source.get(from..)?.find("[[")?;
            from = start + 1;
            let escaped = source.get(..start).is_some_and(|before| (before.len() - before.trim_end_matches('\\').len()) % 2 == 1);
            let image = source.get(..start).is_some_and(|before| before.ends_with('!'));
            let rest = source.get(start + 2..)?;
            let length = rest.find(['[', ']', '\n', '\r'])?;
            let name = rest.get(..length).unwrap_or("");
            if !escaped && !image && !name.trim().is_empty() && rest.get(length..).is_some_and(|end| end.starts_with("]]")) {
                from = start + 2 + length + 2;
                return Some(start..from);
            }
        }
    })
}

/// The element links in one leaf.
pub(super) fn elements_of_leaf(text: &str, leaf: &Leaf) -> Vec<ElementLink> {
    let content = leaf.content();
    let mut found = Vec::new();
    for range in elements_in(text.get(content.clone()).unwrap_or("")) {
        let range = content.start + range.start..content.start + range.end;
        if leaf.is_masked(&range) {
            continue;
        }
        let name = text.get(range.start + 2..range.end - 2).unwrap_or("").trim();
        found.push(ElementLink { text: name.to_owned(), span: Span::new(range.start, range.end) });
    }
    found
}

/// A link in a metadata value: `[label](path)` if it holds one, else the value itself when it can name a record.
pub(super) fn in_value(kind: LinkKind, value: &str, at: usize) -> Vec<Link> {
    let mut links = Vec::new();
    let mut rest = 0;
    while let Some((label, target, range)) = value.get(rest..).and_then(markdown_link) {
        let range = rest + range.start..rest + range.end;
        rest = range.end;
        links.push(Link { kind, target, label, span: Span::new(at + range.start, at + range.end) });
    }
    if links.is_empty() {
        let all = 0..value.len();
        links.extend(mentions(value, all).map(|range| {
            let written = value.get(range.clone()).unwrap_or("").to_owned();
            Link { kind, target: written.clone(), label: written, span: Span::new(at + range.start, at + range.end) }
        }));
    }
    links
}

fn markdown_link(value: &str) -> Option<(String, String, Range<usize>)> {
    let middle = value.find("](")?;
    let start = value.get(..middle)?.rfind('[')?;
    let end = middle + 2 + value.get(middle + 2..)?.find(')')?;
    let target = value.get(middle + 2..end)?.trim();
    is_record(target).then(|| (value.get(start + 1..middle).unwrap_or("").to_owned(), target.to_owned(), start..end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_before_a_link_say_its_kind() {
        for (before, kind) in [
            ("Superceded by ", Some(LinkKind::SupersededBy)),
            ("accepted, but **superseded-by**: ", Some(LinkKind::SupersededBy)),
            ("It supersedes ", Some(LinkKind::Supersedes)),
            ("does not depends on ", None),
            ("unrelated ", None),
            ("see ", None),
        ] {
            assert_eq!(kind_after(before), kind, "{before}");
        }
        assert_eq!(kind_of_key("superseded_by"), Some(LinkKind::SupersededBy));
        assert_eq!(kind_of_key("status"), None);
    }

    #[test]
    fn other_records_may_do_something_to_others() {
        use crate::domain::decision::parse;
        for (line, kinds) in [
            ("[5](0005-e.md) supersedes [3](0003-c.md).", [LinkKind::Mentions, LinkKind::Mentions]),
            ("In [5](0005-e.md), which supersedes [3](0003-c.md),", [LinkKind::Mentions, LinkKind::Mentions]),
            ("ADR-5 is superseded by ADR-7.", [LinkKind::Mentions, LinkKind::Mentions]),
            ("Superseded by [5](0005-e.md), supersedes [3](0003-c.md)", [LinkKind::SupersededBy, LinkKind::Supersedes]),
            ("Amends [5](0005-e.md) and supersedes [3](0003-c.md)", [LinkKind::Amends, LinkKind::Supersedes]),
            ("Amends [5](0005-e.md), [3](0003-c.md)", [LinkKind::Amends, LinkKind::Amends]),
        ] {
            let found: Vec<LinkKind> = parse("x.md", line).links.iter().map(|link| link.kind).collect();
            assert_eq!(found, kinds, "{line}");
        }
    }

    #[test]
    fn element_names_stand_in_double_brackets() {
        let source = r"[[A]] \[[B]] \\[[C]] ![[D]] [[]] [[E [[F G]] [[H";
        let names: Vec<&str> = elements_in(source).map(|range| &source[range]).collect();
        assert_eq!(names, ["[[A]]", "[[C]]", "[[F G]]"]);
    }

    #[test]
    fn records_are_markdown_files_of_the_project() {
        for target in ["0001-a.md", "../x/b.markdown#top", "./0007-no-extension"] {
            assert!(is_record(target), "{target}");
        }
        for target in ["https://a.b/c.md", "//a/b.md", "mailto:a@b.md", "#x", "", "image.png", ".md", "LICENSE"] {
            assert!(!is_record(target), "{target}");
        }
    }
}
