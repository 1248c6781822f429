//! What follows for a decision from what the log and the diagrams say already: a status spelt as everybody spells it, the other
//! end of a link, a section of the template that nobody filled in. Nothing here decides anything.

use crate::domain::{
    agent::{
        change::ModelChange,
        proposal::{Base, DryRun, MOST_IN_ALL, RecordStep, Refused},
    },
    decision::{
        LinkKind, Record, Section, SectionRole,
        edit::{self, Source},
        log, parse,
        status::Status,
    },
    diagnostic::{Level, Span},
    difference,
    review::hidden,
    syntax::{TextEdit, apply},
};

pub(super) fn dry_run(steps: &[RecordStep], base: &Base<'_>) -> Result<DryRun, Refused> {
    if !(1..=MOST_IN_ALL).contains(&steps.len()) {
        return Err(Refused::new(format!("it has {} steps", steps.len()), format!("Give 1 to {MOST_IN_ALL}.")));
    }
    let mut text = base.text.to_owned();
    for (at, step) in steps.iter().enumerate() {
        text = after(step, &text, base).map_err(|refused| refused.at(at))?;
    }
    if text == base.text {
        return Err(Refused::new("the text says all of it already", "Leave the suggestion out."));
    }
    let errors = |text: &str| parse(base.path, text).diagnostics.iter().filter(|found| found.level == Level::Error).count();
    if errors(&text) > errors(base.text) {
        return Err(Refused::new("the record could not be read in full any more", "Change it by hand."));
    }
    Ok(DryRun {
        edits: difference::edits(base.text, &text),
        lines: difference::hunks(base.text, &text),
        change: ModelChange::default(),
        text,
    })
}

/// Refuses where people have written about the same since.
pub(super) fn conflict(steps: &[RecordStep], old: &str, newer: &Base<'_>) -> Result<(), Refused> {
    let written = |text: &str| parse(newer.path, text).status.map(|status| status.written);
    let about_status = |step: &RecordStep| matches!(step, RecordStep::Spell { .. } | RecordStep::Link { .. });
    match steps.iter().position(about_status).filter(|_| written(old) != written(newer.text)) {
        Some(at) => Err(Refused::new("the status has changed since", "Look at it again, or ask for a new review.").at(at)),
        None => Ok(()),
    }
}

fn after(step: &RecordStep, text: &str, base: &Base<'_>) -> Result<String, Refused> {
    let record = parse(base.path, text);
    match step {
        RecordStep::Spell { status } => spell(&record, *status, text, base),
        RecordStep::Link { kind, path, title } => link(&record, *kind, (path, title), text, base),
        RecordStep::Cut { heading } => {
            let section = record.sections.iter().find(|section| section.title == *heading);
            let Some(section) = section.filter(|section| is_template(&record, section, text)) else {
                return Err(Refused::new(format!("there is no empty section “{heading}” any more"), "Leave the suggestion out."));
            };
            Ok(apply(text, &[TextEdit { span: whole_lines(text, section.span), replacement: String::new() }]))
        }
        RecordStep::Relink { from, to } => {
            if to.contains(['[', ']', '\n']) {
                return Err(Refused::new("the name can't stand in a link", "Write the link by hand."));
            }
            let links = record.element_links.iter().filter(|link| link.text == *from);
            let edits: Vec<TextEdit> = links.map(|link| TextEdit { span: link.span, replacement: format!("[[{to}]]") }).collect();
            if edits.is_empty() {
                return Err(Refused::new(format!("nothing is linked as “{from}” any more"), "Leave the suggestion out."));
            }
            Ok(apply(text, &edits))
        }
        RecordStep::Reveal => Ok(hidden::reveal(text)),
    }
}

/// Only a status that nobody can read is spelt anew: all others are people's to change.
fn spell(record: &Record, status: Status, text: &str, base: &Base<'_>) -> Result<String, Refused> {
    let Some(written) = record.status.as_ref().filter(|written| written.status.is_none()) else {
        return Err(Refused::new("the record has a status that can be read", "Change the status yourself."));
    };
    if nearest(&written.written) != Some(status) {
        return Err(Refused::new(format!("“{}” may mean anything", written.written.trim()), "Write the status yourself."));
    }
    // The date is that of the decision, which stays as it is.
    let day = record.date.as_ref().and_then(|date| date.day).unwrap_or(base.today);
    let edits = edit::set_status(text, status, day);
    let dated = |text: &str| parse(base.path, text).date.map(|date| date.written);
    let after = apply(text, &edits);
    if dated(&after) != dated(text) || parse(base.path, &after).known_status() != Some(status) {
        return Err(Refused::new("the status can't be written here without changing more", "Write the status yourself."));
    }
    Ok(after)
}

/// The status that a misspelt word means; none where two are as near, or none is.
pub fn nearest(written: &str) -> Option<Status> {
    let word: String = written.trim().chars().skip_while(|c| !c.is_alphabetic()).take_while(|c| c.is_alphabetic()).collect();
    let word = word.to_lowercase();
    let near: Vec<Status> = Status::ALL.into_iter().filter(|status| is_near(&word, status.slug())).collect();
    match near.as_slice() {
        [only] if word.chars().count() > 3 => Some(*only),
        _ => None,
    }
}

/// One or two letters are missing, too many, other ones or exchanged.
pub fn is_near(left: &str, right: &str) -> bool {
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    if left.len().abs_diff(right.len()) > 2 {
        return false;
    }
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (at, letter) in left.iter().enumerate() {
        let mut next = vec![at + 1];
        for (column, other) in right.iter().enumerate() {
            let same = row.get(column).copied().unwrap_or(usize::MAX).saturating_add(usize::from(letter != other));
            let above = row.get(column + 1).copied().unwrap_or(usize::MAX).saturating_add(1);
            let beside = next.last().copied().unwrap_or(usize::MAX).saturating_add(1);
            next.push(same.min(above).min(beside));
        }
        row = next;
    }
    row.last().is_some_and(|distance| *distance <= 2)
}

/// The end of a link whose other end stands in another record. A record that is superseded by one in force says so.
fn link(record: &Record, kind: LinkKind, (path, title): (&str, &str), text: &str, base: &Base<'_>) -> Result<String, Refused> {
    let number = log::number_of(path).map_or_else(String::new, |number| format!("{number}. "));
    let other = format!("# {number}{}\n", title.split_whitespace().collect::<Vec<_>>().join(" "));
    let (from, to) = (Source { path: base.path, text }, Source { path, text: &other });
    let day = record.date.as_ref().and_then(|date| date.day).unwrap_or(base.today);
    let relation = edit::link::Relation::of(kind, edit::link::Wording::default());
    let after = apply(text, &edit::link::both_ends(from, &relation, to, day).from);
    let is_there = parse(base.path, &after).links.iter().any(|link| link.kind == kind);
    if after == text || !is_there {
        return Err(Refused::new("the link can't be written here, or is there already", "Write the link by hand."));
    }
    Ok(after)
}

/// Words of a template around the places to fill in.
const WORDS: [&str; 6] = ["good", "bad", "neutral", "because", "and", "so"];

/// Whether a section may be missing and holds nothing but headings and words of the template.
pub fn is_template(record: &Record, section: &Section, text: &str) -> bool {
    let optional = matches!(
        section.role,
        Some(
            SectionRole::Drivers
                | SectionRole::Consequences
                | SectionRole::Confirmation
                | SectionRole::ProsAndCons
                | SectionRole::MoreInformation
        )
    );
    let mut left = section.body.of(text).to_owned();
    for place in record.placeholders.iter().rev().filter(|place| section.body.start <= place.start && place.end <= section.body.end) {
        let (start, end) = ((place.start - section.body.start) as usize, (place.end - section.body.start) as usize);
        if left.get(start..end).is_some() {
            left.replace_range(start..end, "");
        }
    }
    let said = |line: &str| {
        line.split(|c: char| !c.is_alphanumeric()).any(|word| !word.is_empty() && !WORDS.contains(&word.to_lowercase().as_str()))
    };
    optional && left.lines().map(str::trim).filter(|line| !line.starts_with('#')).all(|line| !said(line))
}

/// With the line ends before what follows, so that no gap stays.
fn whole_lines(text: &str, span: Span) -> Span {
    let rest = text.get(span.range().end..).unwrap_or_default();
    let before = text.get(..span.range().start).unwrap_or_default();
    let end = text.len() - rest.trim_start_matches(['\n', '\r']).len();
    // The last section leaves the file with one line end.
    let start = if rest.trim().is_empty() { before.trim_end().len() + usize::from(!before.trim().is_empty()) } else { before.len() };
    Span::new(start.min(before.len()), end)
}
