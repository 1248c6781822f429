//! The options considered and the one chosen.

use std::ops::Range;

use crate::domain::{
    decision::{
        Section, SectionRole,
        outline::{Leaf, Outline, Place},
        read::{is_placeholder, shape},
        template::Template,
    },
    diagnostic::Span,
};

pub(super) struct Choice {
    pub options: Vec<String>,
    pub option_spans: Vec<Span>,
    pub chosen: Option<(String, Span)>,
}

pub(super) fn read(text: &str, outline: &Outline, sections: &[Section], template: Template) -> Choice {
    if template == Template::YStatement
        && let Some(leaf) = shape::y_statement(outline).and_then(|index| outline.leaves.get(index))
    {
        return y_statement(text, leaf);
    }
    let (options, option_spans) = options(outline, sections).into_iter().unzip();
    Choice { options, option_spans, chosen: chosen(text, outline, sections) }
}

fn within(outline: &Outline, span: Span) -> impl Iterator<Item = &Leaf> {
    outline.leaves.iter().filter(move |leaf| span.contains(Span::new(leaf.span.start, leaf.span.start).start))
}

fn options(outline: &Outline, sections: &[Section]) -> Vec<(String, Span)> {
    let real = |(option, span): (String, Span)| (!option.is_empty() && !is_placeholder(&option)).then_some((option, span));
    let Some(section) = sections.iter().find(|section| section.role == Some(SectionRole::Options)) else {
        // Some logs only compare: each heading is an option.
        let compared = sections.iter().find(|section| section.role == Some(SectionRole::ProsAndCons));
        return compared.map_or_else(Vec::new, |section| subheadings(outline, sections, section).into_iter().filter_map(real).collect());
    };
    let headings: Vec<_> = subheadings(outline, sections, section).into_iter().filter_map(real).collect();
    if !headings.is_empty() {
        return headings;
    }
    let items = within(outline, section.own).filter(|leaf| !leaf.quoted && leaf.place == Place::Item { depth: 1, first: true });
    items.map(|leaf| (unquoted(leaf.text().trim()).to_owned(), span_of(leaf.content()))).filter_map(real).collect()
}

/// Quotation marks around all of a text add nothing.
fn unquoted(text: &str) -> &str {
    let inner = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    inner.filter(|inner| !inner.contains('"')).unwrap_or(text)
}

fn subheadings(outline: &Outline, sections: &[Section], of: &Section) -> Vec<(String, Span)> {
    let inside = sections.iter().filter(|section| section.level == of.level + 1 && of.body.contains(section.span.start));
    let with_span = inside.map(|section| {
        let leaf = within(outline, section.span).next();
        (section.title.trim().to_owned(), leaf.map_or(section.span, |leaf| span_of(leaf.content())))
    });
    with_span.collect()
}

fn span_of(range: Range<usize>) -> Span {
    Span::new(range.start, range.end)
}

/// `Chosen option: "X", because …`, in the decision's section or, in records without sections, anywhere.
fn chosen(text: &str, outline: &Outline, sections: &[Section]) -> Option<(String, Span)> {
    let section = sections.iter().find(|section| section.role == Some(SectionRole::Decision));
    let range = section.map_or(Span::new(0, text.len()), |section| section.body);
    within(outline, range).filter(|leaf| !leaf.is_heading()).find_map(|leaf| chosen_in(text, leaf))
}

fn chosen_in(text: &str, leaf: &Leaf) -> Option<(String, Span)> {
    let plain = leaf.text();
    let lower = plain.to_ascii_lowercase();
    let at = ["chosen option", "chosen alternative", "selected option", "chosen solution"]
        .iter()
        .find_map(|phrase| lower.find(phrase).map(|at| at + phrase.len()))?;
    let rest = plain.get(at..)?;
    let rest = rest.trim_start_matches(['s', ':', ' ', '*', '_']);
    let named = quoted(rest).unwrap_or_else(|| {
        let lower = rest.to_ascii_lowercase();
        let end = [", because", " because", ". ", ";"].iter().filter_map(|stop| lower.find(stop)).min().unwrap_or(rest.len());
        rest.get(..end).unwrap_or(rest)
    });
    let named = named.trim().trim_end_matches(['.', ',']);
    (!named.is_empty() && !is_placeholder(named)).then(|| (named.to_owned(), locate(text, leaf.content(), named)))
}

/// What stands in the quotation marks that a text begins with.
fn quoted(text: &str) -> Option<&str> {
    let pairs = [('"', '"'), ('“', '”'), ('„', '“'), ('\'', '\''), ('«', '»'), ('‘', '’')];
    let open = text.chars().next()?;
    let (_, close) = pairs.iter().find(|(known, _)| *known == open)?;
    let inner = text.get(open.len_utf8()..)?;
    // The closing mark before "because", so that quotation marks within the name stay; else the first that ends a word.
    let tail = |at: usize| inner.get(at + close.len_utf8()..).unwrap_or("");
    let ends: Vec<usize> = inner.match_indices(*close).map(|(at, _)| at).collect();
    let reasoned = ends.iter().find(|at| tail(**at).trim_start_matches([',', ' ']).starts_with("because"));
    let plain = || ends.iter().find(|at| tail(**at).chars().next().is_none_or(|next| !next.is_alphanumeric()));
    reasoned.or_else(plain).and_then(|end| inner.get(..*end))
}

/// Where plain text stands in marked-up bytes; all of them when markup hides it.
fn locate(text: &str, range: Range<usize>, plain: &str) -> Span {
    let source = text.get(range.clone()).unwrap_or("");
    match source.find(plain) {
        Some(at) => Span::new(range.start + at, range.start + at + plain.len()),
        None => span_of(range),
    }
}

/// "… we decided for X and against Y and Z, to achieve …".
fn y_statement(text: &str, leaf: &Leaf) -> Choice {
    let plain = leaf.text();
    let lower = plain.to_ascii_lowercase();
    let between = |starts: &[&str], stops: &[&str], from: usize| -> Option<(String, usize)> {
        let tail = lower.get(from..)?;
        let (at, length) = starts.iter().filter_map(|start| tail.find(start).map(|at| (at, start.len()))).min()?;
        let begin = from + at + length;
        let end = stops.iter().filter_map(|stop| lower.get(begin..)?.find(stop)).min().map_or(plain.len(), |at| begin + at);
        Some((plain.get(begin..end)?.trim().trim_end_matches([',', '.']).to_owned(), end))
    };
    let stops =
        [" and against ", " and neglected ", ", and against ", " and not ", " to achieve ", ", accepting", " rather than ", " over "];
    let chosen = between(&["decided for ", "decided to "], &stops, 0);
    let against = chosen.as_ref().and_then(|(_, end)| {
        between(&["against ", "neglected ", "rather than ", "and not ", "over "], &[" to achieve ", ", accepting", ". "], *end)
    });
    let others = against.map_or_else(Vec::new, |(others, _)| {
        others.replace(", and ", ", ").replace(" and ", ", ").split(", ").map(|option| option.trim().to_owned()).collect()
    });
    let real = |option: &String| !option.is_empty() && !is_placeholder(option);
    let chosen = chosen.map(|(chosen, _)| chosen).filter(real);
    let options: Vec<String> = chosen.iter().cloned().chain(others.into_iter().filter(real)).collect();
    let option_spans = options.iter().map(|option| locate(text, leaf.content(), option)).collect();
    Choice { options, option_spans, chosen: chosen.map(|chosen| (chosen.clone(), locate(text, leaf.content(), &chosen))) }
}
