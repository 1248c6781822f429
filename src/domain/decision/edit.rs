//! Edits of records: the smallest change, in the place and the style the record already has.
//!
//! A status stands in the front matter, in a line under the title or in a section of its own; links stand in the status,
//! in its section or in a list at the end. Whatever an edit does not name keeps its bytes.

use std::ops::Range;

use crate::domain::{
    decision::{
        Field, FieldOrigin, Record, Section, SectionRole, date as dates,
        front_matter::{self, Block},
        outline, parse, read,
        status::{self, Status},
        template::{Template, scalar},
    },
    diagnostic::Span,
    moment::Day,
    syntax::{TextEdit, apply},
};

pub mod erratum;
pub mod field;
pub mod form;
pub mod link;
pub mod number;
mod options;
pub mod slots;
pub mod unlink;

/// A record's file.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    pub path: &'a str,
    pub text: &'a str,
}

/// Sets the status. The record's date follows where the template means it as the date of the last change (front matter and
/// lists under the title, not Nygard's). No edits when the record has that status already, in whatever words.
pub fn set_status(text: &str, status: Status, date: Day) -> Vec<TextEdit> {
    let record = parse("", text);
    if record.known_status() == Some(status) {
        return Vec::new();
    }
    let file = File::new(text, &record);
    let edits = file.status(&Words { status, word: status.slug(), tail: None, appended: false, date });
    if parse("", &apply(text, &edits)).known_status() == Some(status) {
        return edits;
    }
    // Something in the text outvotes the place it has; front matter outvotes everything.
    vec![file.new_front_matter(status.slug())]
}

/// What a status is to say.
struct Words<'a> {
    status: Status,
    /// The status as it is spelt, in lower case.
    word: &'a str,
    /// A link behind `superseded by`.
    tail: Option<&'a str>,
    /// Behind the other lines of a Status section, as adr-tools does it.
    appended: bool,
    date: Day,
}

/// Where a status stands or belongs.
enum Place {
    FrontMatter(Range<usize>),
    Line(Range<usize>),
    /// A line of the section.
    Section(Range<usize>),
    /// The section is there and says no status; where its text begins.
    EmptySection(usize),
    Nowhere,
}

struct File<'a> {
    text: &'a str,
    record: &'a Record,
    block: Option<Block>,
    line_end: &'static str,
}

impl<'a> File<'a> {
    fn new(text: &'a str, record: &'a Record) -> Self {
        let crlf = text.find('\n').is_some_and(|at| text.get(..at).is_some_and(|line| line.ends_with('\r')));
        Self { text, record, block: front_matter::find(text), line_end: if crlf { "\r\n" } else { "\n" } }
    }

    fn fields(&self, origin: FieldOrigin) -> impl Iterator<Item = &'a Field> {
        self.record.fields.iter().filter(move |field| field.origin == origin)
    }

    fn place(&self) -> Place {
        let written = self.record.status.as_ref().map(|status| status.span);
        let named =
            |origin: FieldOrigin| self.fields(origin).find(|field| field.key == "status" && written.is_none_or(|span| span == field.span));
        if let Some(field) = named(FieldOrigin::FrontMatter) {
            return Place::FrontMatter(field.span.range());
        }
        if let Some(field) = named(FieldOrigin::Body) {
            return Place::Line(field.span.range());
        }
        match (written, self.record.section(SectionRole::Status)) {
            (Some(span), _) => Place::Section(span.range()),
            (None, Some(section)) => Place::EmptySection(section.own.start as usize),
            (None, None) => Place::Nowhere,
        }
    }

    fn status(&self, words: &Words<'_>) -> Vec<TextEdit> {
        let bare = words.bare();
        let mut edits = match self.place() {
            Place::FrontMatter(value) => vec![self.front_matter_value(value, words, &bare)],
            Place::Line(value) => self.prose(value, words),
            Place::Section(line) if words.appended && self.is_alone(&line) => return self.appended(&line, &capital(&bare)),
            Place::Section(line) => {
                let mut edits = self.prose(line.clone(), words);
                if words.status != Status::Superseded {
                    edits.extend(self.other_successors(&line));
                }
                return edits;
            }
            Place::EmptySection(at) => return vec![self.first_in_section(at, &capital(&bare))],
            Place::Nowhere => vec![self.missing(&bare)],
        };
        edits.extend(self.date(words.date));
        edits
    }

    fn front_matter_value(&self, value: Range<usize>, words: &Words<'_>, bare: &str) -> TextEdit {
        let old = self.text.get(value.clone()).unwrap_or("");
        let new = words.in_style_of(old.trim_start_matches(['"', '\'', '\r', '\n', ' ', '-', '[', '>', '|']), bare);
        for quote in ['"', '\''] {
            let inner = old.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
            if let Some(inner) = inner.filter(|inner| !inner.contains('\n') && !new.contains(quote) && !new.contains('\\')) {
                return replace(value.start + 1..value.start + 1 + inner.len(), new);
            }
        }
        let new = scalar(&new, false);
        let before = self.text.get(..value.start).is_some_and(|before| before.ends_with(':'));
        let after = self.text.get(value.end..).is_some_and(|after| after.starts_with('#'));
        replace(value, format!("{}{new}{}", if before { " " } else { "" }, if after { " " } else { "" }))
    }

    /// Replaces a status in running markdown; when it is a word and a date, only these.
    fn prose(&self, range: Range<usize>, words: &Words<'_>) -> Vec<TextEdit> {
        let old = self.text.get(range.clone()).unwrap_or("");
        let new = words.in_style_of(old, &words.bare());
        if let (Some((_, word)), Some(date)) = (status::word(old), dates::iso(old)) {
            let rest: String =
                [0..word.start.min(date.start), word.end.min(date.end)..word.start.max(date.start), word.end.max(date.end)..old.len()]
                    .into_iter()
                    .filter_map(|part| old.get(part))
                    .collect();
            if !rest.contains(char::is_alphanumeric) {
                let at = |part: Range<usize>| range.start + part.start..range.start + part.end;
                return vec![replace(at(word), new), replace(at(date), words.date.to_string())];
            }
        }
        let before = self.text.get(..range.start).is_some_and(|before| before.ends_with(':'));
        let after = self
            .text
            .get(range.end..)
            .is_some_and(|after| range.is_empty() && !after.is_empty() && !after.starts_with(char::is_whitespace));
        vec![replace(range, format!("{}{new}{}", if before { " " } else { "" }, if after { " " } else { "" }))]
    }

    /// Whether a line of the Status section says a status and nothing else, and other lines follow.
    fn is_alone(&self, line: &Range<usize>) -> bool {
        let old = self.text.get(line.clone()).unwrap_or("");
        let section = self.record.section(SectionRole::Status);
        // Without markup around it: nothing would be left to hold that.
        let bare = self.text.get(..line.start).is_some_and(|before| before.ends_with('\n'))
            && self.text.get(line.end..).is_some_and(|after| after.starts_with(['\n', '\r']));
        let plain = status::word(old).is_some_and(|(_, word)| word.len() == old.trim().len());
        bare && plain && section.is_some_and(|section| self.lines_of(section).last().is_some_and(|last| last.start > line.start))
    }

    /// Takes the line of the status away and says the new one behind the others.
    fn appended(&self, line: &Range<usize>, words: &str) -> Vec<TextEdit> {
        let rest = self.text.get(line.end..).unwrap_or("");
        let gap = rest.len() - rest.trim_start_matches(['\n', '\r', ' ', '\t']).len();
        vec![replace(line.start..line.end + gap, String::new()), self.link(words)]
    }

    /// Empties the further lines of a Status section that say `superseded by`.
    fn other_successors(&self, line: &Range<usize>) -> Vec<TextEdit> {
        let Some(section) = self.record.section(SectionRole::Status) else { return Vec::new() };
        let lines = self.lines_of(section).into_iter().filter(|other| other != line);
        lines
            .filter(|other| status::normalise(self.text.get(other.clone()).unwrap_or("")) == Some(Status::Superseded))
            .map(|other| replace(other, String::new()))
            .collect()
    }

    fn lines_of(&self, section: &Section) -> Vec<Range<usize>> {
        let outline = outline::read(self.text, self.block.as_ref());
        read::lines_of(&outline, section)
    }

    fn first_in_section(&self, at: usize, words: &str) -> TextEdit {
        let end = self.line_end;
        let before = self.text.get(..at).is_some_and(|before| before.ends_with('\n'));
        let after = self.text.get(at..).unwrap_or("");
        let gap = if after.is_empty() || after.starts_with(['\n', '\r']) { "" } else { end };
        replace(at..at, format!("{}{end}{words}{end}{gap}", if before { "" } else { end }))
    }

    /// Adds a status to a record that has none, where its template keeps it.
    fn missing(&self, bare: &str) -> TextEdit {
        let end = self.line_end;
        if let Some(block) = &self.block {
            let date = front_matter::entries(self.text, block).0.into_iter().find(|entry| entry.key == "date");
            let at = date.map_or(block.inner.end, |entry| entry.lines.start);
            return replace(at..at, format!("status: {}{end}", scalar(bare, false)));
        }
        match self.record.template {
            Template::Madr2 => self.new_item(bare),
            Template::Nygard => {
                let first = self.record.sections.first().map_or(self.text.len(), |section| section.span.start as usize);
                let gap = if self.text.get(..first).is_some_and(|before| before.is_empty() || before.ends_with('\n')) { "" } else { end };
                replace(first..first, format!("{gap}## Status{end}{end}{}{end}{end}", capital(bare)))
            }
            _ => self.new_front_matter(bare),
        }
    }

    /// A list item under the title, before the others.
    fn new_item(&self, bare: &str) -> TextEdit {
        let end = self.line_end;
        if let Some(field) = self.fields(FieldOrigin::Body).next() {
            let value = field.span.start as usize;
            let line = self.text.get(..value).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
            let start = self.text.get(line..value).unwrap_or("");
            let marker =
                start.get(..start.len() - start.trim_start_matches([' ', '-', '*', '+']).len()).unwrap_or("").trim_end_matches('*');
            if marker.trim_start().starts_with(['-', '+', '*']) || start.trim_start().starts_with("* ") {
                let marker = if marker.trim().is_empty() { "* " } else { marker };
                return replace(line..line, format!("{marker}Status: {bare}{end}"));
            }
        }
        let at = self.record.title_span.end as usize;
        let at = self.text.get(at..).and_then(|rest| rest.find('\n')).map_or(self.text.len(), |line| at + line + 1);
        let gap = if self.text.get(..at).is_some_and(|before| before.ends_with('\n')) { "" } else { end };
        replace(at..at, format!("{gap}{end}* Status: {bare}{end}"))
    }

    /// Front matter with a status, or a status at the end of the front matter there is.
    fn new_front_matter(&self, bare: &str) -> TextEdit {
        let end = self.line_end;
        let status = format!("status: {}{end}", scalar(bare, false));
        if let Some(block) = &self.block {
            return replace(block.inner.end..block.inner.end, status);
        }
        // After one mark, as it is looked for; further ones are text.
        let at = if self.text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        replace(at..at, format!("---{end}{status}---{end}{end}"))
    }

    /// The date of the last change, where the template has one.
    fn date(&self, day: Day) -> Option<TextEdit> {
        if self.record.template == Template::Nygard {
            return None;
        }
        let field = self.record.field("date")?;
        let old = field.span.of(self.text);
        let start = field.span.start as usize;
        if field.origin == FieldOrigin::Body && old.is_empty() {
            return None;
        }
        if let Some(iso) = dates::iso(old) {
            return (old.get(iso.clone()) != Some(day.to_string().as_str()))
                .then(|| replace(start + iso.start..start + iso.end, day.to_string()));
        }
        let before = self.text.get(..start).is_some_and(|before| before.ends_with(':'));
        let after = old.is_empty() && self.text.get(start..).is_some_and(|after| after.starts_with('#'));
        Some(replace(field.span.range(), format!("{}{day}{}", if before { " " } else { "" }, if after { " " } else { "" })))
    }

    /// A further successor of a record that has one.
    fn successor(&self, label: &str) -> TextEdit {
        match self.place() {
            Place::FrontMatter(value) => {
                let old = self.text.get(value.clone()).unwrap_or("");
                let quoted = old.len() > 1 && old.ends_with(['"', '\'']);
                let at = value.end - usize::from(quoted);
                replace(at..at, further(old, label))
            }
            Place::Line(value) => replace(value.end..value.end, further(self.text.get(value.clone()).unwrap_or(""), label)),
            _ => self.link(&format!("Superseded by {label}")),
        }
    }

    /// A link in words: a paragraph of the Status section where that is the template's way, else an item of the list at the
    /// end.
    fn link(&self, words: &str) -> TextEdit {
        let end = self.line_end;
        if let Some(section) = self.record.section(SectionRole::Status) {
            return match self.lines_of(section).last() {
                Some(line) => {
                    // Behind trailing markup, at the end of the line.
                    let at = self.text.get(line.end..).and_then(|rest| rest.find(['\n', '\r'])).map_or(self.text.len(), |at| line.end + at);
                    replace(at..at, format!("{end}{end}{words}"))
                }
                None => self.first_in_section(section.own.start as usize, words),
            };
        }
        let marker = if self.text.lines().filter(|line| line.starts_with("- ")).count()
            > self.text.lines().filter(|line| line.starts_with("* ")).count()
        {
            '-'
        } else {
            '*'
        };
        let known = ["links", "more information", "related decisions"];
        let section = self.record.sections.iter().find(|section| known.contains(&section.title.trim().to_lowercase().as_str()));
        let (at, heading) = match section {
            Some(section) => (section.own.end as usize, None),
            None => (self.text.len(), Some(if self.record.template == Template::Madr2 { "## Links" } else { "## More Information" })),
        };
        let before = self.text.get(..at).unwrap_or("");
        let kept = before.trim_end();
        let last = kept.rsplit('\n').next().unwrap_or("").trim_start();
        let in_list = heading.is_none() && (last.starts_with("* ") || last.starts_with("- ") || last.starts_with("+ "));
        let marker = if in_list { last.chars().next().unwrap_or(marker) } else { marker };
        let gap = if in_list || kept.is_empty() { "" } else { end };
        let heading = heading.map(|heading| format!("{heading}{end}{end}")).unwrap_or_default();
        let first = if kept.is_empty() || before.get(kept.len()..).is_some_and(|tail| tail.starts_with(['\n', '\r'])) { "" } else { end };
        // Behind the line end of the last line, so that trailing blank lines stay behind the new item.
        let line = before.get(kept.len()..).and_then(|tail| tail.find('\n')).map_or(kept.len(), |at| kept.len() + at + 1);
        let line = if first.is_empty() { line } else { kept.len() };
        let closing = if self.text.get(line..).is_none_or(|rest| rest.is_empty() || rest.starts_with(['\n', '\r'])) { "" } else { end };
        replace(line..line, format!("{first}{gap}{heading}{marker} {words}{end}{closing}"))
    }
}

impl Words<'_> {
    fn bare(&self) -> String {
        format!("{}{}", self.word, self.tail.map(|tail| format!(" by {tail}")).unwrap_or_default())
    }

    /// The words in lower case, capitalised or in capitals like those they replace.
    fn in_style_of(&self, old: &str, bare: &str) -> String {
        let mut letters = old.chars().filter(|c| c.is_alphabetic()).take(3);
        let (first, second) = (letters.next(), letters.next());
        if first.is_some_and(char::is_uppercase) && second.is_some_and(char::is_uppercase) && self.tail.is_none() {
            bare.to_uppercase()
        } else if first.is_some_and(char::is_uppercase) {
            capital(bare)
        } else {
            bare.to_owned()
        }
    }
}

fn replace(range: Range<usize>, replacement: String) -> TextEdit {
    TextEdit { span: Span::new(range.start, range.end), replacement }
}

fn further(old: &str, label: &str) -> String {
    if old.to_lowercase().contains(" by ") { format!(", {label}") } else { format!(" by {label}") }
}

fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

#[cfg(test)]
mod tests;
