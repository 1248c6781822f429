//! Suggestions about decisions: a new record, always proposed and never accepted, and words of a record replaced.

use std::{collections::BTreeSet, ops::Range};

use pulldown_cmark::{Event, Tag};

use crate::domain::{
    agent::{
        change::ModelChange,
        proposal::{Base, DryRun, MOST_STEPS, Refused, Replacement},
        untrusted::plain::{Form, addresses, problems},
    },
    decision::{
        parse,
        status::Status,
        template::{Template, new_record},
    },
    diagnostic::{Level, Span},
    difference, markdown,
    syntax::{TextEdit, apply},
};

const MAX_TITLE: usize = 120;

/// The text of a new record.
pub(super) fn write(title: &str, body: &str, base: &Base<'_>) -> Result<DryRun, Refused> {
    let title = title.trim();
    if title.is_empty() || title.chars().count() > MAX_TITLE {
        return Err(Refused::new(format!("the title has to have 1 to {MAX_TITLE} characters"), "Say the decision in one line."));
    }
    refuse("the title", &problems(title, Form::Line, base.addresses))?;
    refuse("the body", &problems(body, Form::Document, base.addresses))?;
    if body.trim().is_empty() {
        return Err(Refused::new("the body is empty", "Write context, options, the decision and its consequences."));
    }
    // The template's front matter and title; its hints are replaced by the body.
    let begun = new_record(Template::Madr4, 0, title, base.today, &[]);
    let head = begun.split("\n## ").next().unwrap_or_default().trim_end();
    let text = format!("{head}\n\n{}\n", body.trim());
    let record = parse(base.path, &text);
    if record.known_status() != Some(Status::Proposed) {
        return Err(Refused::new("the body gives the record another status", "A suggestion is proposed; leave the status out."));
    }
    if record.title != title.split_whitespace().collect::<Vec<_>>().join(" ") {
        return Err(Refused::new("the body or title begins another record", "Write sections of the second level and below."));
    }
    Ok(done(base.text, text))
}

fn done(old: &str, text: String) -> DryRun {
    DryRun { edits: difference::edits(old, &text), lines: difference::hunks(old, &text), text, change: ModelChange::default() }
}

fn refuse(what: &str, problems: &[String]) -> Result<(), Refused> {
    if problems.is_empty() {
        return Ok(());
    }
    Err(Refused::new(format!("{what} can't be shown: {}", problems.join("; ")), "Write plain markdown without links, images and HTML."))
}

/// A record with words replaced.
pub(super) fn edit(replacements: &[Replacement], base: &Base<'_>) -> Result<DryRun, Refused> {
    if !(1..=MOST_STEPS).contains(&replacements.len()) {
        return Err(Refused::new(format!("it has {} replacements", replacements.len()), format!("Give 1 to {MOST_STEPS}.")));
    }
    let mut edits: Vec<TextEdit> = Vec::new();
    for (at, replacement) in replacements.iter().enumerate() {
        let range = find(base.text, &replacement.quote).map_err(|refused| refused.at(at))?;
        let old = base.text.get(range.clone()).unwrap_or_default();
        shows_what_it_showed(old, &replacement.replacement, base).map_err(|refused| refused.at(at))?;
        let span = Span::new(range.start, range.end);
        if edits.iter().any(|other| other.span.start < span.end && span.start < other.span.end) {
            return Err(Refused::new("it replaces words that another step replaces", "Make one step of both.").at(at));
        }
        edits.push(TextEdit { span, replacement: replacement.replacement.clone() });
    }
    let text = apply(base.text, &edits);
    let (before, after) = (parse(base.path, base.text), parse(base.path, &text));
    let status = |record: &crate::domain::decision::Record| record.status.as_ref().map(|status| (status.status, status.written.clone()));
    if status(&before) != status(&after) || before.deciders != after.deciders {
        return Err(Refused::new("it would change who decided, or the record's status", "Only people decide; change the other text."));
    }
    let errors =
        |record: &crate::domain::decision::Record| record.diagnostics.iter().filter(|diagnostic| diagnostic.level == Level::Error).count();
    if errors(&after) > errors(&before) {
        return Err(Refused::new("the record could not be read in full any more", "Keep headings and front matter whole."));
    }
    if text == base.text {
        return Err(Refused::new("it changes nothing", "Leave the suggestion out."));
    }
    Ok(done(base.text, text))
}

/// New words bring in no link, picture, address or HTML that the old ones had not.
fn shows_what_it_showed(old: &str, new: &str, base: &Base<'_>) -> Result<(), Refused> {
    let known: Vec<String> = base.addresses.iter().cloned().chain(addresses(old)).collect();
    let (led, leads) = (destinations(old), destinations(new));
    let same_html = !new.contains('<') || html(new).is_subset(&html(old));
    let mut found = problems(new, Form::Document, &known);
    found.retain(|problem| {
        let links = problem.contains("a link") || problem.contains("an image");
        let kept = links && leads.is_subset(&led) || problem.contains("HTML") && same_html;
        !kept
    });
    refuse("the replacement", &found)
}

fn destinations(text: &str) -> BTreeSet<String> {
    let to = |event: Event<'_>| match event {
        Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => Some(dest_url.to_string()),
        _ => None,
    };
    let defined = text.lines().filter(|line| line.trim_start().starts_with('[') && line.contains("]:")).map(str::to_owned);
    markdown::parser(text).filter_map(to).chain(defined).collect()
}

fn html(text: &str) -> BTreeSet<String> {
    let piece = |event: Event<'_>| match event {
        Event::Html(html) | Event::InlineHtml(html) => Some(html.to_string()),
        _ => None,
    };
    markdown::parser(text).filter_map(piece).collect()
}

/// Where a quote stands: exactly, or with other blanks between the words.
fn find(text: &str, quote: &str) -> Result<Range<usize>, Refused> {
    let quote = quote.trim();
    if quote.is_empty() {
        return Err(Refused::new("the quote is empty", "Quote the words to replace."));
    }
    let mut places: Vec<Range<usize>> = text.match_indices(quote).map(|(at, _)| at..at + quote.len()).collect();
    if places.is_empty() {
        places = loosely(text, quote);
    }
    match places.as_slice() {
        [place] => Ok(place.clone()),
        [] => Err(Refused::new("the document does not hold the quote", "Quote exactly; masked secrets can't be quoted.")),
        many => Err(Refused::new(format!("the quote stands in {} places", many.len()), "Quote more, so that only one place fits.")),
    }
}

fn loosely(text: &str, quote: &str) -> Vec<Range<usize>> {
    let words: Vec<&str> = quote.split_whitespace().collect();
    let (Some(first), Some(_)) = (words.first(), words.last()) else { return Vec::new() };
    let fits = |start: usize| {
        let mut at = start;
        for (number, word) in words.iter().enumerate() {
            let rest = text.get(at..)?;
            let skipped = rest.trim_start();
            if number > 0 && skipped.len() == rest.len() {
                return None;
            }
            let skipped = if number == 0 { rest } else { skipped };
            at = text.len() - skipped.strip_prefix(word)?.len();
        }
        Some(start..at)
    };
    text.match_indices(first).filter_map(|(at, _)| fits(at)).collect()
}
