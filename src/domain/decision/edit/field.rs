//! Metadata and the title, changed where they stand: in the front matter, in a list or a line under the title.

use crate::domain::{
    decision::{
        Field, FieldOrigin, SectionRole,
        edit::{File, replace},
        front_matter, parse, reason,
        template::{Template, one_line, scalar},
    },
    moment::Day,
    syntax::TextEdit,
};

/// Sets the title; the number before it stays.
pub fn set_title(path: &str, text: &str, title: &str) -> Vec<TextEdit> {
    let record = parse(path, text);
    let title = one_line(title);
    let span = record.title_span;
    if record.title == title && !span.range().is_empty() {
        return Vec::new();
    }
    let in_front = record.fields.iter().any(|field| field.origin == FieldOrigin::FrontMatter && field.span == span);
    if in_front && !span.range().is_empty() {
        return vec![replace(span.range(), scalar(&title, false))];
    }
    if !span.range().is_empty() {
        // Markup at the edges belongs to the old words.
        let markup = ['*', '_', '`', '~'];
        let before = text.get(..span.start as usize).unwrap_or("").trim_end_matches(markup).len();
        let after = text.get(span.end as usize..).unwrap_or("");
        let end = span.end as usize + after.len() - after.trim_start_matches(markup).len();
        return vec![replace(before..end, title)];
    }
    let file = File::new(text, &record);
    let end = file.line_end;
    // A heading without words is there already.
    let headings = text.get(..span.start as usize).and_then(|before| before.rsplit('\n').next());
    let line = text.get(span.start as usize..).and_then(|rest| rest.split(['\n', '\r']).next()).unwrap_or("");
    if line.trim_start().starts_with('#') && headings.is_none_or(str::is_empty) {
        let marks = line.len() - line.trim_start_matches(['#', ' ']).len();
        let at = span.start as usize + marks;
        let stop = span.start as usize + line.len();
        let gap = if line.get(..marks).is_some_and(|marks| marks.ends_with(' ')) { "" } else { " " };
        return vec![replace(at..stop, format!("{gap}{title}"))];
    }
    let at = file.block.as_ref().map_or_else(|| text.len() - text.trim_start_matches('\u{feff}').len(), |block| block.whole.end);
    vec![replace(at..at, format!("# {title}{end}{end}"))]
}

/// Sets a field: the first of `keys` that the record has, or else the first one, in the record's own way. No values leave an
/// empty field where one is; they add none.
pub fn set_field(text: &str, keys: &[&str], values: &[String]) -> Vec<TextEdit> {
    let record = parse("", text);
    let file = File::new(text, &record);
    let values: Vec<String> = values.iter().map(|value| one_line(value)).filter(|value| !value.is_empty()).collect();
    if let Some(field) = keys.iter().find_map(|key| record.field(key)) {
        let old = field.span.of(text);
        let new = match field.origin {
            FieldOrigin::FrontMatter => in_front_matter(old, &values, file.line_end),
            FieldOrigin::Body => values.join(", "),
        };
        return if new == old { Vec::new() } else { vec![file.value(field, new)] };
    }
    let Some(key) = keys.first().filter(|_| !values.is_empty()) else { return Vec::new() };
    vec![file.new_field(key, &values)]
}

/// Sets the date that the record carries.
pub fn set_date(text: &str, day: Day) -> Vec<TextEdit> {
    set_field(text, &["date"], &[day.to_string()])
}

/// Says why the status is what it is, beside it; or says no more.
pub fn set_reason(text: &str, words: Option<&str>) -> Vec<TextEdit> {
    let record = parse("", text);
    let file = File::new(text, &record);
    let words = words.map(one_line).filter(|words| !words.is_empty());
    match (reason::of(&record, text), words) {
        (Some(old), Some(words)) if old.words == words => Vec::new(),
        (Some(old), Some(words)) => {
            let new = if old.origin == Some(FieldOrigin::FrontMatter) { scalar(&words, false) } else { words };
            vec![replace(old.span.range(), new)]
        }
        (Some(old), None) => vec![file.without_line(old.span.start as usize)],
        (None, Some(words)) => vec![file.new_reason(&words)],
        (None, None) => Vec::new(),
    }
}

/// Values as YAML, in the style of those they replace.
fn in_front_matter(old: &str, values: &[String], end: &str) -> String {
    let listed = |value: &String| scalar(value, true);
    if old.starts_with('[') {
        return format!("[{}]", values.iter().map(listed).collect::<Vec<_>>().join(", "));
    }
    let item = old.trim_start_matches(['\n', '\r']);
    if item.trim_start().starts_with("- ") && !values.is_empty() {
        let indent = item.get(..item.len() - item.trim_start().len()).unwrap_or("");
        return values.iter().flat_map(|value| [end.to_owned(), indent.to_owned(), "- ".to_owned(), scalar(value, false)]).collect();
    }
    match values {
        [] => String::new(),
        // A day is a value of its own in YAML.
        [day] if Day::parse(day).is_some() => day.clone(),
        values => scalar(&values.join(", "), false),
    }
}

impl File<'_> {
    /// Another value in the place of a field's; a blank parts it from the colon.
    fn value(&self, field: &Field, new: String) -> TextEdit {
        let range = field.span.range();
        let before = self.text.get(..range.start).is_some_and(|before| before.ends_with(':'));
        let gap = if before && !new.is_empty() && !new.starts_with(['\n', '\r']) { " " } else { "" };
        let after = self.text.get(range.end..).is_some_and(|after| range.is_empty() && after.starts_with(['#', '<']));
        replace(range, format!("{gap}{new}{}", if after { " " } else { "" }))
    }

    /// A field that the record does not have yet.
    fn new_field(&self, key: &str, values: &[String]) -> TextEdit {
        let end = self.line_end;
        let written = if let [one] = values { scalar(one, false) } else { in_front_matter("[", values, end) };
        if let Some(block) = &self.block {
            return replace(block.inner.end..block.inner.end, format!("{key}: {written}{end}"));
        }
        if self.record.template.has_front_matter() {
            let at = if self.text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
            return replace(at..at, format!("---{end}{key}: {written}{end}---{end}{end}"));
        }
        self.new_line(self.fields(FieldOrigin::Body).last(), key, &values.join(", "))
    }

    /// A line of metadata behind another one, in its style: an item of the list, or a paragraph.
    fn new_line(&self, behind: Option<&Field>, key: &str, value: &str) -> TextEdit {
        let end = self.line_end;
        let mut letters = key.chars();
        let label: String =
            letters.next().into_iter().flat_map(char::to_uppercase).chain(letters.map(|c| if c == '-' { ' ' } else { c })).collect();
        let Some(field) = behind else {
            let at = self.line_after(self.record.title_span.end as usize);
            let gap = if self.text.get(..at).is_some_and(|before| before.ends_with('\n')) { "" } else { end };
            return replace(at..at, format!("{gap}{end}{label}: {value}{end}"));
        };
        let start = field.span.start as usize;
        let line = self.text.get(..start).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
        let lead = self.text.get(line..start).unwrap_or("");
        let marker = lead.get(..lead.len() - lead.trim_start_matches([' ', '-', '+', '*']).len()).unwrap_or("");
        let item = marker.contains(' ') && marker.trim_start().starts_with(['-', '+', '*']);
        let at = self.line_after(field.span.end as usize);
        let gap = if self.text.get(..at).is_some_and(|before| before.ends_with('\n')) { "" } else { end };
        if item {
            // Emphasis of the key is no part of the marker.
            let marker = marker.trim_end_matches(|c| c == '*' && marker.trim_start().len() > 2);
            return replace(at..at, format!("{gap}{marker}{label}: {value}{end}"));
        }
        replace(at..at, format!("{gap}{end}{label}: {value}{end}"))
    }

    /// Where the line behind a place begins.
    fn line_after(&self, at: usize) -> usize {
        self.text.get(at..).and_then(|rest| rest.find('\n')).map_or(self.text.len(), |line| at + line + 1)
    }

    fn new_reason(&self, words: &str) -> TextEdit {
        let end = self.line_end;
        if let Some(block) = &self.block
            && let Some(status) =
                front_matter::entries(self.text, block).0.into_iter().find(|entry| entry.key.eq_ignore_ascii_case("status"))
        {
            return replace(status.lines.end..status.lines.end, format!("{}: {}{end}", reason::KEY, scalar(words, false)));
        }
        if let Some(status) = self.fields(FieldOrigin::Body).find(|field| field.key == "status") {
            return self.new_line(Some(status), reason::KEY, words);
        }
        let line = self.record.status.as_ref().map(|status| status.span.end as usize);
        match line.filter(|_| self.record.section(SectionRole::Status).is_some()) {
            Some(line) => {
                let at = self.text.get(line..).and_then(|rest| rest.find(['\n', '\r'])).map_or(self.text.len(), |at| line + at);
                replace(at..at, format!("{end}{end}{} {words}", reason::LABEL))
            }
            None => self.new_field(reason::KEY, &[words.to_owned()]),
        }
    }

    /// Takes a line away, with one blank line of two that are left.
    pub(super) fn without_line(&self, at: usize) -> TextEdit {
        let start = self.text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |line| line + 1);
        let mut stop = self.line_after(at);
        let blank = |line: Option<&str>| line.is_some_and(|line| line.trim().is_empty());
        let before =
            self.text.get(..start).and_then(|before| before.strip_suffix('\n')).map(|before| before.rsplit('\n').next().unwrap_or(""));
        let next = self.line_after(stop);
        if blank(before) && stop < self.text.len() && blank(self.text.get(stop..next)) {
            stop = next;
        }
        replace(start..stop, String::new())
    }
}

/// The keys under which records name those who decided, the newest first.
pub const MAKERS: [&str; 2] = ["decision-makers", "deciders"];

/// Names those who decide.
pub fn set_makers(text: &str, names: &[String]) -> Vec<TextEdit> {
    let template = parse("", text).template;
    let older = matches!(template, Template::Madr2 | Template::Madr3 | Template::Nygard);
    let keys = if older { ["deciders", "decision-makers"] } else { MAKERS };
    set_field(text, &keys, names)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::syntax::apply;

    const DAY: Day = Day { year: 2026, month: 11, day: 19 };

    #[test]
    fn titles_keep_their_numbers() {
        for (before, after) in [
            ("# 7. Old\n", "# 7. New: one\n"),
            ("# Old *name*\n\nx\n", "# New: one\n\nx\n"),
            ("---\ntitle: Old\n---\n## Context\n", "---\ntitle: \"New: one\"\n---\n## Context\n"),
            ("# <!-- short title -->\n\nx\n", "# New: one\n\nx\n"),
            ("Prose.\n", "# New: one\n\nProse.\n"),
            ("---\nstatus: draft\n---\nProse.\n", "---\nstatus: draft\n---\n# New: one\n\nProse.\n"),
            ("", "# New: one\n\n"),
        ] {
            assert_eq!(apply(before, &set_title("", before, " New:\n one ")), after, "{before}");
            assert!(set_title("", after, "New: one").is_empty(), "{after}");
        }
    }

    #[test]
    fn fields_keep_their_style() {
        let names = ["Ada".to_owned(), "O'Neil, Bob".to_owned()];
        let one = ["Ada".to_owned()];
        for (before, values, after) in [
            ("---\ndecision-makers: [x]\n---\n", &names[..], "---\ndecision-makers: [Ada, \"O'Neil, Bob\"]\n---\n"),
            (
                "---\ndecision-makers:\n  - x\n  - y\ndate: z\n---\n",
                &names,
                "---\ndecision-makers:\n  - Ada\n  - O'Neil, Bob\ndate: z\n---\n",
            ),
            ("---\ndecision-makers: {list everyone}\n---\n", &one, "---\ndecision-makers: Ada\n---\n"),
            ("---\ndecision-makers: # who\n---\n", &one, "---\ndecision-makers: Ada # who\n---\n"),
            ("---\ndecision-makers: x\n---\n", &[], "---\ndecision-makers: \n---\n"),
            ("---\nstatus: draft\n---\n# T\n", &names, "---\nstatus: draft\ndecision-makers: [Ada, \"O'Neil, Bob\"]\n---\n# T\n"),
            ("# T\n\n* Status: draft\n* Deciders: x <!-- who -->\n", &one, "# T\n\n* Status: draft\n* Deciders: Ada <!-- who -->\n"),
            (
                "# T\n\n- Status: draft\n\n## Considered Options\n\n* a\n",
                &one,
                "# T\n\n- Status: draft\n- Deciders: Ada\n\n## Considered Options\n\n* a\n",
            ),
            (
                "# 1. T\n\nDate: 2020-01-01\n\n## Status\n\nAccepted\n\n## Context\n\n## Decision\n",
                &one,
                "# 1. T\n\nDate: 2020-01-01\n\nDeciders: Ada\n\n## Status\n\nAccepted\n\n## Context\n\n## Decision\n",
            ),
            ("# T\n", &[], "# T\n"),
        ] {
            let changed = apply(before, &set_makers(before, values));
            assert_eq!(changed, after, "{before}");
            assert!(set_makers(&changed, values).is_empty(), "{before}");
        }
        assert_eq!(apply("---\ndate: \n---\n", &set_date("---\ndate: \n---\n", DAY)), "---\ndate: 2026-11-19\n---\n");
    }

    #[test]
    fn reasons_stand_beside_the_status_and_go_again() {
        for before in [
            "---\nstatus: deprecated\ndate: 2020-01-01\n---\n# T\n",
            "# T\n\n* Status: deprecated\n* Date: x\n\n## Considered Options\n",
            "# T\n\n* **Status**: deprecated\n\n## Considered Options\n",
            "# T\n\nStatus: deprecated\n\n## Context\n",
            "# 1. T\n\n## Status\n\nDeprecated\n\nAmends [x](x.md)\n\n## Context\n",
            "# 1. T\n\n## Status\n\nDeprecated\n\n## Context\n",
            "# 1. T\n\n## Status\n\nDeprecated",
            "# T\n\nprose\n",
        ] {
            let with = apply(before, &set_reason(before, Some("The vendor:\n gone. [x]")));
            let record = parse("", &with);
            assert_eq!(reason::of(&record, &with).unwrap().words, "The vendor: gone. [x]", "{with}");
            assert_eq!(record.status.map(|status| status.written), parse("", before).status.map(|status| status.written), "{with}");
            let other = apply(&with, &set_reason(&with, Some("Else")));
            assert_eq!(other, with.replace("The vendor: gone. [x]", "Else").replace("\"Else\"", "Else"));
            let without = apply(&with, &set_reason(&with, None));
            if parse("", before).status.is_some() {
                assert_eq!(without.trim_end(), before.trim_end(), "{with}");
            }
            assert!(set_reason(&without, None).is_empty());
        }
        let with = apply(
            "# 1. T\n\n## Status\n\nDeprecated\n\n## Context\n",
            &set_reason("# 1. T\n\n## Status\n\nDeprecated\n\n## Context\n", Some("Gone.")),
        );
        assert_eq!(with, "# 1. T\n\n## Status\n\nDeprecated\n\nReason: Gone.\n\n## Context\n");
    }
}
