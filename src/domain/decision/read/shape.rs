//! Tells templates and sections apart, and finds what nobody filled in.

use std::ops::Range;

use crate::domain::{
    decision::{
        Field, FieldOrigin, Section, SectionRole,
        front_matter::{Content, Entry},
        outline::{Outline, Place},
        template::Template,
    },
    diagnostic::Span,
};

/// Section titles and what they are for. Lower case.
const TITLES: &[(&str, SectionRole)] = &[
    ("context", SectionRole::Context),
    ("context and problem statement", SectionRole::Context),
    ("context & problem statement", SectionRole::Context),
    ("context and problem", SectionRole::Context),
    ("problem statement", SectionRole::Context),
    ("problem", SectionRole::Context),
    ("background", SectionRole::Context),
    ("issue", SectionRole::Context),
    ("motivation", SectionRole::Context),
    ("decision drivers", SectionRole::Drivers),
    ("drivers", SectionRole::Drivers),
    ("forces", SectionRole::Drivers),
    ("considered options", SectionRole::Options),
    ("options considered", SectionRole::Options),
    ("options", SectionRole::Options),
    ("alternatives", SectionRole::Options),
    ("alternatives considered", SectionRole::Options),
    ("considered alternatives", SectionRole::Options),
    ("positions", SectionRole::Options),
    ("decision", SectionRole::Decision),
    ("the decision", SectionRole::Decision),
    ("decision outcome", SectionRole::Decision),
    ("outcome", SectionRole::Decision),
    ("resolution", SectionRole::Decision),
    ("consequences", SectionRole::Consequences),
    ("consequence", SectionRole::Consequences),
    ("positive consequences", SectionRole::Consequences),
    ("negative consequences", SectionRole::Consequences),
    ("implications", SectionRole::Consequences),
    ("confirmation", SectionRole::Confirmation),
    ("validation", SectionRole::Confirmation),
    ("compliance", SectionRole::Confirmation),
    ("pros and cons of the options", SectionRole::ProsAndCons),
    ("pros and cons", SectionRole::ProsAndCons),
    ("evaluation of the options", SectionRole::ProsAndCons),
    ("more information", SectionRole::MoreInformation),
    ("links", SectionRole::MoreInformation),
    ("references", SectionRole::MoreInformation),
    ("related decisions", SectionRole::MoreInformation),
    ("notes", SectionRole::MoreInformation),
    ("see also", SectionRole::MoreInformation),
    ("further reading", SectionRole::MoreInformation),
    ("status", SectionRole::Status),
];

/// What a section with this title is for; numbers before and a colon behind the title are ignored.
pub(in crate::domain::decision) fn role(title: &str) -> Option<SectionRole> {
    let name = bare(title);
    TITLES.iter().find(|(known, _)| *known == name).map(|(_, role)| *role)
}

fn bare(title: &str) -> String {
    let title = title.trim().trim_end_matches(':').trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | ')' | ' '));
    title.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

pub(super) struct Evidence<'a> {
    pub text: &'a str,
    pub outline: &'a Outline,
    pub title: Option<usize>,
    pub sections: &'a [Section],
    pub fields: &'a [Field],
    pub numbered_title: bool,
}

pub(super) fn template(evidence: &Evidence<'_>) -> Template {
    let titled = |title: &str| evidence.sections.iter().any(|section| bare(&section.title) == title);
    let has = |role: SectionRole| evidence.sections.iter().any(|section| section.role == Some(role));
    let listed = |key: &str| evidence.fields.iter().any(|field| field.origin == FieldOrigin::Body && field.key == key);
    let front = |key: &str| evidence.fields.iter().any(|field| field.origin == FieldOrigin::FrontMatter && field.key == key);
    let madr = titled("context and problem statement") || titled("considered options") || titled("decision outcome");
    let split = titled("positive consequences") || titled("negative consequences");
    if !has(SectionRole::Options) && !has(SectionRole::Context) && y_statement(evidence.outline).is_some() {
        return Template::YStatement;
    }
    if (madr && (listed("status") || split)) || (listed("status") && titled("links")) {
        return Template::Madr2;
    }
    if madr {
        if front("deciders") || titled("validation") {
            return Template::Madr3;
        }
        return madr4(evidence);
    }
    let nygard = has(SectionRole::Decision) && (has(SectionRole::Context) || has(SectionRole::Status));
    if nygard || (evidence.numbered_title && has(SectionRole::Status)) {
        return Template::Nygard;
    }
    Template::Other
}

fn madr4(evidence: &Evidence<'_>) -> Template {
    let has = |role: SectionRole| evidence.sections.iter().any(|section| section.role == Some(role));
    let optional = [SectionRole::Drivers, SectionRole::Confirmation, SectionRole::ProsAndCons, SectionRole::MoreInformation];
    let full = optional.into_iter().any(has);
    // Unfilled: nothing but comments and list markers under every heading.
    let untitled = evidence.title.and_then(|index| evidence.outline.leaves.get(index)).is_some_and(|leaf| leaf.text().trim().is_empty());
    let bare = untitled && evidence.sections.iter().all(|section| is_blank(section.own.of(evidence.text)));
    match (full, bare) {
        (true, false) => Template::Madr4,
        (false, false) => Template::Madr4Minimal,
        (true, true) => Template::Madr4Bare,
        (false, true) => Template::Madr4BareMinimal,
    }
}

/// Whether markdown says nothing: blanks, list markers, comments, and the beginnings that a bare template offers.
fn is_blank(markdown: &str) -> bool {
    let rest = crate::domain::markdown::without_comments(markdown);
    rest.lines().all(|line| {
        let line = line.trim().trim_start_matches(['*', '-', '+']).trim();
        matches!(line, "" | "Good, because" | "Bad, because" | "Neutral, because") || line.starts_with("Chosen option: \"\"")
    })
}

/// The leaf that is a Y-statement.
pub(super) fn y_statement(outline: &Outline) -> Option<usize> {
    outline.leaves.iter().position(|leaf| {
        let text = leaf.text().to_lowercase();
        !leaf.is_heading()
            && text.contains("in the context of")
            && text.contains("facing")
            && (text.contains("decided for") || text.contains("decided to"))
    })
}

/// Every `{…}`, TODO and TBD outside code and links, in text order.
pub(super) fn placeholders(text: &str, outline: &Outline, entries: &[Entry]) -> Vec<Span> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for entry in entries {
        let written = text.get(entry.value.clone()).unwrap_or("");
        let template = match &entry.content {
            Content::Text(value) => value.starts_with('{') && value.ends_with('}') || matches!(value.as_str(), "TODO" | "TBD"),
            Content::Other => written.starts_with('{') && !written.contains(": "),
            Content::Empty | Content::List(_) => false,
        };
        if template || (written.starts_with("\"{") && written.contains(" | ")) {
            found.push(entry.value.clone());
        }
    }
    for leaf in &outline.leaves {
        if leaf.place == Place::Cell || leaf.lines.is_empty() {
            continue;
        }
        let content = leaf.content();
        let source = text.get(content.clone()).unwrap_or("");
        let shown = |range: &Range<usize>| !leaf.is_masked(range);
        found.extend(braces(source).chain(words(source)).map(|range| content.start + range.start..content.start + range.end).filter(shown));
    }
    found.sort_by_key(|range| (range.start, range.end));
    found.dedup();
    found.into_iter().map(|range| Span::new(range.start, range.end)).collect()
}

/// Balanced braces around at least three characters that begin with a letter; inner ones belong to the outer.
fn braces(source: &str) -> impl Iterator<Item = Range<usize>> {
    let mut depth = 0_usize;
    let mut start = 0;
    source.char_indices().filter_map(move |(at, c)| match c {
        '{' => {
            if depth == 0 {
                start = at;
            }
            depth += 1;
            None
        }
        '}' if depth > 0 => {
            depth -= 1;
            let inner = source.get(start + 1..at).unwrap_or("");
            (depth == 0 && inner.len() > 2 && inner.starts_with(char::is_alphabetic)).then_some(start..at + 1)
        }
        _ => None,
    })
}

fn words(source: &str) -> impl Iterator<Item = Range<usize>> {
    ["TODO", "TBD"].into_iter().flat_map(move |word| {
        source.match_indices(word).filter_map(move |(at, _)| {
            let before = source.get(..at)?.chars().next_back();
            let after = source.get(at + word.len()..)?.chars().next();
            let alone = [before, after].into_iter().flatten().all(|c| !c.is_alphanumeric() && c != '_' && c != '-');
            alone.then(|| at..at + word.len())
        })
    })
}
