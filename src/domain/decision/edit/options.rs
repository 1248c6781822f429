//! Options and what speaks for and against them, changed wherever the record names them: in the list, in the heading under
//! which it compares, in the sentence about the choice.

use std::ops::Range;

use crate::domain::{
    decision::{
        Record, Section, SectionRole,
        argument::Side,
        edit::{File, form::lines, replace},
        front_matter, matrix,
        outline::{self, Leaf, Outline, Place},
        parse, read,
    },
    difference,
    syntax::{TextEdit, apply},
};

/// How the sentence about the choice begins.
const LEAD: &str = "Chosen option: \"";
const COMPARING: &str = "Pros and Cons of the Options";

fn one_line(value: &str) -> String {
    value.split_whitespace().collect::<Vec<_>>().join(" ")
}

struct Sheet<'a> {
    text: &'a str,
    record: &'a Record,
    file: File<'a>,
    outline: Outline,
}

impl<'a> Sheet<'a> {
    fn new(text: &'a str, record: &'a Record) -> Self {
        Self { text, record, file: File::new(text, record), outline: outline::read(text, front_matter::find(text).as_ref()) }
    }

    fn items(&self, section: &Section) -> impl Iterator<Item = &Leaf> {
        let span = section.own.range();
        self.outline
            .leaves
            .iter()
            .filter(move |leaf| !leaf.quoted && leaf.place == Place::Item { depth: 1, first: true } && span.contains(&leaf.span.start))
    }

    /// The words of a section's heading.
    fn heading(&self, section: &Section) -> Option<Range<usize>> {
        let start = section.span.start as usize;
        self.outline
            .leaves
            .iter()
            .find(|leaf| leaf.is_heading() && leaf.span.start >= start && leaf.span.start < section.body.start as usize)
            .map(Leaf::content)
    }

    /// Headings under which the record compares, in order.
    fn compared(&self) -> Vec<&'a Section> {
        let places: Vec<&Section> = self
            .record
            .sections
            .iter()
            .filter(|section| matches!(section.role, Some(SectionRole::ProsAndCons | SectionRole::Options)))
            .collect();
        let inside = |section: &&Section| places.iter().any(|place| place.level < section.level && place.body.contains(section.span.start));
        self.record.sections.iter().filter(inside).collect()
    }

    fn about(&self, option: &str) -> Option<&'a Section> {
        self.compared().into_iter().find(|section| matrix::alike(&section.title, option))
    }

    /// Behind the last line of a part of the text.
    fn behind(&self, part: Range<usize>) -> usize {
        let kept = self.text.get(part.clone()).unwrap_or("").trim_end();
        part.start + kept.len()
    }

    fn marker(&self, leaf: &Leaf) -> char {
        let line = self.text.get(..leaf.content().start).and_then(|before| before.rsplit('\n').next()).unwrap_or("");
        line.trim_start().chars().next().filter(|mark| matches!(mark, '*' | '-' | '+')).unwrap_or('*')
    }

    /// One more item at the end of a section's list.
    fn append(&self, section: &Section, words: &str) -> TextEdit {
        let end = self.file.line_end;
        let last = self.items(section).last();
        let at = self.behind(section.own.range());
        let close = if self.text.get(at..).is_none_or(str::is_empty) { end } else { "" };
        match last {
            Some(last) => {
                let start = last.content().start;
                let line = self.text.get(..start).and_then(|before| before.rfind('\n')).map_or(0, |found| found + 1);
                let indent = self.text.get(line..start).unwrap_or("");
                let indent = indent.get(..indent.len() - indent.trim_start().len()).unwrap_or("");
                // Behind the item, not behind what follows the list.
                let at = self.behind(last.span.clone()).min(at);
                let close = if self.text.get(at..).is_none_or(str::is_empty) { end } else { "" };
                replace(at..at, format!("{end}{indent}{} {words}{close}", self.marker(last)))
            }
            None => replace(at..at, format!("{end}{end}* {words}{close}")),
        }
    }

    /// The lines of an item, with their end.
    fn whole_lines(&self, span: Range<usize>) -> Range<usize> {
        let start = self.text.get(..span.start).and_then(|before| before.rfind('\n')).map_or(0, |found| found + 1);
        let last = self.behind(span.clone()).max(span.start);
        let stop = self.text.get(last..).and_then(|rest| rest.find('\n')).map_or(self.text.len(), |found| last + found + 1);
        start..stop
    }
}

/// In order and apart.
fn sorted(mut edits: Vec<TextEdit>) -> Vec<TextEdit> {
    edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
    edits.dedup();
    let mut end = 0;
    edits.retain(|edit| {
        let apart = edit.span.start >= end;
        end = end.max(edit.span.end);
        apart
    });
    edits
}

/// Gives an option another name, everywhere.
pub(super) fn rename(text: &str, record: &Record, at: usize, value: &str) -> Vec<TextEdit> {
    let sheet = Sheet::new(text, record);
    let value = one_line(value);
    let (Some(old), Some(span)) = (record.options.get(at), record.spans.options.get(at)) else { return Vec::new() };
    if value.is_empty() || *old == value {
        return Vec::new();
    }
    let mut edits = vec![replace(span.range(), value.clone())];
    if let Some(heading) = sheet.about(old).and_then(|section| sheet.heading(section)) {
        edits.push(replace(heading, value.clone()));
    }
    if let (Some(chosen), Some(span)) = (&record.chosen, record.spans.chosen)
        && matrix::alike(chosen, old)
    {
        edits.push(replace(span.range(), value));
    }
    sorted(edits)
}

/// Considers one more option.
pub(super) fn add(text: &str, record: &Record, value: &str) -> Vec<TextEdit> {
    let sheet = Sheet::new(text, record);
    let value = one_line(value);
    if value.is_empty() || record.options.iter().any(|option| matrix::alike(option, &value) && option.len() == value.len()) {
        return Vec::new();
    }
    let unfilled =
        sheet.compared().into_iter().find(|section| read::is_placeholder(&section.title)).and_then(|section| sheet.heading(section));
    let mut edits: Vec<TextEdit> = unfilled.map(|heading| replace(heading, value.clone())).into_iter().collect();
    if let Some(section) = record.section(SectionRole::Options) {
        let unfilled = sheet.items(section).find(|leaf| read::is_placeholder(&leaf.text()));
        edits.push(match unfilled {
            Some(leaf) => replace(leaf.content(), value),
            None => sheet.append(section, &value),
        });
    } else {
        let end = sheet.file.line_end;
        let decided = record.section(SectionRole::Decision).map_or(text.len(), |section| section.span.start as usize);
        let gap = if text.get(..decided).is_some_and(|before| before.is_empty() || before.ends_with('\n')) { "" } else { end };
        edits.push(replace(decided..decided, format!("{gap}## Considered Options{end}{end}* {value}{end}{end}")));
    }
    sorted(edits)
}

/// Considers an option no more; what is said about it goes with it.
pub(super) fn remove(text: &str, record: &Record, at: usize) -> Vec<TextEdit> {
    let sheet = Sheet::new(text, record);
    let (Some(option), Some(span)) = (record.options.get(at), record.spans.options.get(at)) else { return Vec::new() };
    let about = sheet.about(option);
    let mut edits: Vec<TextEdit> = about.map(|section| replace(section.span.range(), String::new())).into_iter().collect();
    if !about.is_some_and(|section| section.span.contains(span.start)) {
        let leaf = sheet.outline.leaves.iter().find(|leaf| leaf.content().start == span.start as usize);
        let lines = sheet.whole_lines(leaf.map_or_else(|| span.range(), |leaf| leaf.span.clone()));
        edits.push(replace(lines, String::new()));
    }
    sorted(edits)
}

/// Says which option it is.
pub(super) fn choose(text: &str, record: &Record, value: &str) -> Vec<TextEdit> {
    let sheet = Sheet::new(text, record);
    let value = one_line(value);
    if value.is_empty() || record.chosen.as_deref() == Some(value.as_str()) {
        return Vec::new();
    }
    if let Some(span) = record.spans.chosen {
        return vec![replace(span.range(), value)];
    }
    let Some(section) = record.section(SectionRole::Decision) else { return Vec::new() };
    let own = section.own.of(text);
    let start = section.own.start as usize;
    if let Some(at) = own.find(LEAD).map(|at| at + LEAD.len())
        && let Some(length) = own.get(at..).and_then(|rest| rest.find('"'))
    {
        return vec![replace(start + at..start + at + length, value)];
    }
    let end = sheet.file.line_end;
    let at = start + own.len() - own.trim_start_matches(['\n', '\r']).len();
    let gap = if text.get(..at).is_some_and(|before| before.ends_with('\n')) { "" } else { end };
    let above = if own.starts_with(['\n', '\r']) || own.is_empty() { "" } else { end };
    vec![replace(at..at, format!("{gap}{above}Chosen option: \"{value}\".{end}{end}"))]
}

/// One more argument: `good words`, `bad words`, `neutral words`. It speaks to a driver by sharing words with it, and names
/// it where it shares none.
pub(super) fn argue(path: &str, text: &str, record: &Record, (option, driver): (usize, Option<usize>), value: &str) -> Vec<TextEdit> {
    let value = one_line(value);
    let (side, words) = value.split_once(' ').unwrap_or((value.as_str(), ""));
    let (side, words) = match side {
        "good" => (Side::Good, words),
        "bad" => (Side::Bad, words),
        "neutral" => (Side::Neutral, words),
        _ => return Vec::new(),
    };
    if words.trim().is_empty() {
        return Vec::new();
    }
    let written = arguing(text, record, option, side, words);
    let Some(driver) = driver else { return written };
    let after = apply(text, &written);
    let read = parse(path, &after);
    let shown = matrix::of(&read, &after);
    let row = shown.as_ref().and_then(|matrix| matrix.drivers.get(driver));
    let cell = row.and_then(|row| row.cells.get(option)).map(Vec::as_slice).unwrap_or_default();
    match row {
        Some(row) if !cell.iter().any(|argument| argument.text == words.trim_end_matches('.')) => {
            arguing(text, record, option, side, &format!("{} ({})", words.trim_end_matches('.'), row.driver))
        }
        _ => written,
    }
}

const fn word(side: Side) -> &'static str {
    match side {
        Side::Good => "Good",
        Side::Neutral => "Neutral",
        Side::Bad => "Bad",
    }
}

fn arguing(text: &str, record: &Record, option: usize, side: Side, words: &str) -> Vec<TextEdit> {
    let sheet = Sheet::new(text, record);
    let Some(name) = record.options.get(option) else { return Vec::new() };
    let item = format!("{}, because {words}", word(side));
    let end = sheet.file.line_end;
    if let Some(section) = sheet.about(name) {
        let unfilled = sheet.items(section).find(|leaf| {
            let said = leaf.text();
            let rest = said.strip_prefix(word(side)).and_then(|rest| rest.strip_prefix(", because "));
            rest.is_some_and(read::is_placeholder)
        });
        return vec![unfilled.map_or_else(|| sheet.append(section, &item), |leaf| replace(leaf.content(), item.clone()))];
    }
    let compared = record.section(SectionRole::ProsAndCons);
    let (at, head) = if let Some(section) = compared {
        (sheet.behind(section.span.range()), String::new())
    } else {
        let before = record.section(SectionRole::MoreInformation).map_or(text.len(), |section| section.span.start as usize);
        (sheet.behind(0..before), format!("{end}{end}## {COMPARING}"))
    };
    let close = if text.get(at..).is_none_or(str::is_empty) { end } else { "" };
    let marks = "#".repeat(usize::from(compared.map_or(3, |section| section.level + 1)));
    vec![replace(at..at, format!("{head}{end}{end}{marks} {name}{end}{end}* {item}{close}"))]
}

/// Other words for an argument about an option; none take it away.
pub(super) fn reword(text: &str, record: &Record, (option, at): (usize, usize), value: &str) -> Vec<TextEdit> {
    let sheet = Sheet::new(text, record);
    let Some(name) = record.options.get(option) else { return Vec::new() };
    let Some(argument) = matrix::about(record, &sheet.outline, name).into_iter().nth(at) else { return Vec::new() };
    let at = argument.span.start as usize;
    let is_item = |leaf: &&Leaf| matches!(leaf.place, Place::Item { depth: 1, first: true }) && leaf.content().start == at;
    let Some(leaf) = sheet.outline.leaves.iter().find(is_item) else { return Vec::new() };
    let value = lines(&sheet.file, &one_line(value));
    if value.is_empty() {
        return vec![replace(sheet.whole_lines(leaf.span.clone()), String::new())];
    }
    let content = argument.written(text).range();
    let old = text.get(content.clone()).unwrap_or("");
    let lead = old.find("because ").map(|found| found + "because ".len()).filter(|lead| *lead <= 28).unwrap_or(0);
    let (kept, said) = old.split_at_checked(lead).unwrap_or(("", old));
    let edits = difference::edits(said, &value);
    let start = content.start + kept.len();
    edits.into_iter().map(|edit| replace(start + edit.span.start as usize..start + edit.span.end as usize, edit.replacement)).collect()
}
