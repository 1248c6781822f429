//! Reads a record from its text: front matter, lines under the title, sections, then what they say.

use std::ops::Range;

use crate::domain::{
    decision::{
        Field, FieldOrigin, Link, LinkKind, Record, Section, SectionRole, ValueSpans, WrittenDate, WrittenStatus, date,
        edit::number::is_number,
        front_matter::{self, Block, Content, Entry},
        links, log,
        outline::{self, Leaf, Line, Outline, Place},
        status,
        template::project::Roles,
    },
    diagnostic::{Diagnostic, Level, Span},
};

mod choice;
mod shape;

pub(super) fn read(path: &str, text: &str, roles: &Roles) -> Record {
    let block = front_matter::find(text);
    let outline = outline::read(text, block.as_ref());
    let mut reader = Reader { text, roles, outline: &outline, block: block.as_ref(), entries: Vec::new(), diagnostics: Vec::new() };
    reader.front_matter();
    let title = reader.title(path);
    let sections = reader.sections(title.leaf);
    let metadata = reader.metadata(title.leaf, &sections);
    let fields = reader.fields(&metadata);
    let (status, dates) = (reader.status(&metadata, &sections), reader.date(&metadata));
    let template = shape::template(&shape::Evidence {
        text,
        outline: &outline,
        title: title.leaf,
        sections: &sections,
        fields: &fields,
        numbered_title: title.number.is_some(),
    });
    let choice = choice::read(text, &outline, &sections, template);
    let number = reader.number(path, &title, &fields);
    let (deciders, decider_spans) = deciders(text, &fields);
    if let Some(written) = &status
        && written.status.is_none()
        && !is_placeholder(&written.written)
    {
        reader.note(
            "unknown-status",
            written.span,
            format!("`{}` is no status Lintel knows", written.written),
            "The record counts as having no status in lists and in reviews.",
            "Use draft, proposed, accepted, rejected, deprecated or superseded; details can follow the word.",
        );
    }
    let links = reader.links(&fields, title.leaf);
    let element_links = outline.leaves.iter().flat_map(|leaf| links::elements_of_leaf(text, leaf)).collect();
    let placeholders = shape::placeholders(text, &outline, &reader.entries);
    Record {
        template,
        number,
        title: title.text,
        title_span: title.span,
        status,
        date: dates,
        deciders,
        sections,
        options: choice.options,
        chosen: choice.chosen.as_ref().map(|(chosen, _)| chosen.clone()),
        links,
        element_links,
        fields,
        spans: ValueSpans { deciders: decider_spans, options: choice.option_spans, chosen: choice.chosen.map(|(_, span)| span) },
        placeholders,
        diagnostics: reader.diagnostics,
    }
}

struct Title {
    /// Index of the leaf.
    leaf: Option<usize>,
    text: String,
    span: Span,
    number: Option<u32>,
}

/// `Status: accepted` under the title.
struct Metadata {
    key: String,
    /// Without trailing comments and blanks.
    value: Range<usize>,
    plain: String,
}

struct Reader<'a> {
    text: &'a str,
    roles: &'a Roles,
    outline: &'a Outline,
    block: Option<&'a Block>,
    entries: Vec<Entry>,
    diagnostics: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn note(&mut self, code: &str, span: Span, what: String, why: &str, help: &str) {
        self.report(Level::Note, code, span, what, why, help);
    }

    fn report(&mut self, level: Level, code: &str, span: Span, what: String, why: &str, help: &str) {
        let (why, help) = (why.to_owned(), help.to_owned());
        self.diagnostics.push(Diagnostic { level, code: code.to_owned(), span, what, why, help, file: None });
    }

    fn front_matter(&mut self) {
        let Some(block) = self.block else { return };
        let (entries, complaint) = front_matter::entries(self.text, block);
        self.entries = entries;
        if let Some(complaint) = complaint {
            self.report(
                Level::Warning,
                "invalid-front-matter",
                Span::new(block.inner.start, block.inner.end),
                format!("The front matter is not valid YAML: {complaint}"),
                "Other tools will refuse the file or lose its metadata; Lintel read it line by line.",
                "Quote values that hold a colon, a brace or a quotation mark.",
            );
        }
    }

    fn title(&mut self, path: &str) -> Title {
        let headings = || self.outline.leaves.iter().enumerate().filter(|(_, leaf)| leaf.is_heading());
        let first = headings().find(|(_, leaf)| leaf.place == Place::Heading(1));
        // Without a heading of the first level, the first one will do unless it is a section's.
        let found = first.or_else(|| headings().next().filter(|(_, leaf)| self.role(&leaf.text()).is_none()));
        let named = self.entries.iter().find(|entry| entry.key.eq_ignore_ascii_case("title"));
        if let Some((index, leaf)) = found {
            let content = leaf.content();
            let plain = leaf.text();
            let (number, skip) = numbered(&plain);
            let source = self.text.get(content.clone()).unwrap_or("");
            // The same prefix stands in the source unless it is marked up.
            let offset = if source.get(..skip) == plain.get(..skip) { skip } else { 0 };
            let title = plain.get(skip..).unwrap_or("").trim().to_owned();
            if !title.is_empty() {
                return Title { leaf: Some(index), text: title, span: Span::new(content.start + offset, content.end), number };
            }
        }
        let leaf = found.map(|(index, _)| index);
        let place = found.map_or(0, |(_, leaf)| leaf.span.start);
        if let Some(entry) = named
            && let Content::Text(title) = &entry.content
        {
            let (number, skip) = numbered(title);
            let title = title.get(skip..).unwrap_or("").to_owned();
            return Title { leaf, text: title, span: Span::new(entry.value.start, entry.value.end), number };
        }
        self.note(
            "no-title",
            Span::new(place, place),
            "The record has no title".to_owned(),
            "Lists show its file name instead.",
            "Begin the text with a heading such as `# Use NATS for events`.",
        );
        Title { leaf, text: title_from(path), span: Span::new(place, place), number: None }
    }

    /// What a section is for: as the project has it, or else as its title says.
    fn role(&self, title: &str) -> Option<SectionRole> {
        self.roles.of(title).or_else(|| shape::role(title))
    }

    fn sections(&self, title: Option<usize>) -> Vec<Section> {
        let headings: Vec<&Leaf> = self
            .outline
            .leaves
            .iter()
            .enumerate()
            .filter(|(index, leaf)| leaf.is_heading() && Some(*index) != title)
            .map(|(_, leaf)| leaf)
            .collect();
        let level = |leaf: &Leaf| if let Place::Heading(level) = leaf.place { level } else { 0 };
        let sections = headings.iter().enumerate().map(|(index, leaf)| {
            let following = headings.get(index + 1..).unwrap_or_default();
            let end = following.iter().find(|next| level(next) <= level(leaf)).map_or(self.text.len(), |next| next.span.start);
            let own = following.first().map_or(self.text.len(), |next| next.span.start);
            let text = leaf.text();
            Section {
                level: level(leaf),
                role: self.role(&text),
                title: text,
                span: Span::new(leaf.span.start, end),
                body: Span::new(leaf.span.end, end),
                own: Span::new(leaf.span.end, own),
            }
        });
        sections.collect()
    }

    /// The leaves between the title and the first section.
    fn preamble(&self, title: Option<usize>, sections: &[Section]) -> impl Iterator<Item = &Leaf> {
        let start = title.and_then(|index| self.outline.leaves.get(index)).map_or(0, |leaf| leaf.span.end);
        let end = sections.iter().map(|section| section.span.start as usize).find(|at| *at >= start).unwrap_or(self.text.len());
        self.outline.leaves.iter().filter(move |leaf| !leaf.quoted && leaf.span.start >= start && leaf.span.start < end)
    }

    fn metadata(&self, title: Option<usize>, sections: &[Section]) -> Vec<Metadata> {
        let leaves = self.preamble(title, sections).filter(|leaf| matches!(leaf.place, Place::Paragraph | Place::Item { depth: 1, .. }));
        leaves.flat_map(|leaf| leaf.lines.iter().enumerate().filter_map(|(index, line)| self.metadata_of(leaf, index, line))).collect()
    }

    fn metadata_of(&self, leaf: &Leaf, index: usize, line: &Line) -> Option<Metadata> {
        let (key, plain) = line.text.split_once(':')?;
        let key = key_name(key);
        let bare = plain.is_empty() || plain.starts_with(char::is_whitespace);
        if !bare || key.is_empty() || key.len() > 24 || !key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-') {
            return None;
        }
        let next = leaf.lines.get(index + 1).map(|line| line.span.start);
        let source = self.text.get(line.span.clone())?;
        let colon = line.span.start + source.find(':')? + 1;
        // An empty value may be followed by a comment only; a value ends with its line.
        let line_end = self.text.get(colon..)?.find(['\n', '\r']).map_or(self.text.len(), |at| colon + at);
        let end = line_end.min(next.unwrap_or(usize::MAX));
        let raw = self.text.get(colon..end)?;
        let raw = raw.find("<!--").and_then(|at| raw.get(..at)).unwrap_or(raw);
        // `**Status:** accepted` closes its emphasis behind the colon.
        let lead = raw.len() - raw.trim_start_matches(['*', '_', ' ', '\t']).len();
        let kept = raw.trim_end().trim_end_matches('\\').trim_end();
        // `**Status: accepted**` closes it behind the value.
        let unbalanced = kept.get(lead..).is_some_and(|value| value.matches("**").count() % 2 == 1);
        let kept = if unbalanced { kept.trim_end_matches('*').trim_end().len() } else { kept.len() };
        let value = if lead >= kept {
            let blank = usize::from(raw.starts_with(' '));
            colon + blank..colon + blank
        } else {
            colon + lead..colon + kept
        };
        Some(Metadata { key, value, plain: plain.trim().to_owned() })
    }

    fn fields(&self, metadata: &[Metadata]) -> Vec<Field> {
        let front = self.entries.iter().map(|entry| Field {
            key: key_name(&entry.key),
            values: entry.content.texts(),
            span: Span::new(entry.value.start, entry.value.end),
            origin: FieldOrigin::FrontMatter,
        });
        let body = metadata.iter().map(|line| Field {
            key: line.key.clone(),
            values: if line.value.is_empty() { Vec::new() } else { vec![line.plain.clone()] },
            span: Span::new(line.value.start, line.value.end),
            origin: FieldOrigin::Body,
        });
        front.chain(body).collect()
    }

    fn status(&self, metadata: &[Metadata], sections: &[Section]) -> Option<WrittenStatus> {
        let written = |text: &str, range: Range<usize>| WrittenStatus {
            status: status::normalise(text),
            written: text.to_owned(),
            span: Span::new(range.start, range.end),
        };
        let front = self.entries.iter().find(|entry| entry.key.eq_ignore_ascii_case("status"));
        if let Some(entry) = front.filter(|entry| !entry.value.is_empty()) {
            match &entry.content {
                Content::Text(text) if !text.is_empty() => return Some(written(text, entry.value.clone())),
                Content::List(texts) if !texts.is_empty() => return Some(written(&texts.join(", "), entry.value.clone())),
                Content::Other => {
                    let raw = self.text.get(entry.value.clone()).unwrap_or("");
                    return Some(WrittenStatus {
                        status: None,
                        written: raw.to_owned(),
                        span: Span::new(entry.value.start, entry.value.end),
                    });
                }
                _ => {}
            }
        }
        if let Some(line) = metadata.iter().find(|line| line.key == "status" && !line.value.is_empty()) {
            return Some(written(self.text.get(line.value.clone()).unwrap_or(""), line.value.clone()));
        }
        let section = sections.iter().find(|section| section.role == Some(SectionRole::Status))?;
        status_line(self.text, self.outline, section).map(|range| written(self.text.get(range.clone()).unwrap_or(""), range))
    }

    fn date(&self, metadata: &[Metadata]) -> Option<WrittenDate> {
        let front = self.entries.iter().find(|entry| entry.key.eq_ignore_ascii_case("date") && !entry.value.is_empty());
        let range = match front {
            Some(entry) => entry.value.clone(),
            None => metadata.iter().find(|line| line.key == "date" && !line.value.is_empty())?.value.clone(),
        };
        let text = match front.map(|entry| &entry.content) {
            Some(Content::Text(text)) => text.as_str(),
            _ => self.text.get(range.clone())?,
        };
        Some(WrittenDate { day: date::read(text), written: text.to_owned(), span: Span::new(range.start, range.end) })
    }

    fn number(&mut self, path: &str, title: &Title, fields: &[Field]) -> Option<u32> {
        let file = log::number_of(path);
        let front = fields
            .iter()
            .filter(|field| field.origin == FieldOrigin::FrontMatter && is_number(&field.key))
            .find_map(|field| number_in(field.values.first()?).map(|number| (number, field.span)));
        let number = file.or(title.number).or(front.map(|(number, _)| number));
        let named = [title.number.map(|number| ("title", number, title.span)), front.map(|(number, span)| ("front matter", number, span))];
        for (place, other, span) in named.into_iter().flatten() {
            if let Some(number) = number.filter(|number| *number != other) {
                self.note(
                    "number-disagrees",
                    span,
                    format!("The {place} says number {other}, the file name or title {number}"),
                    "People will cite the record by either number.",
                    "Decide which number is right and change the other place.",
                );
            }
        }
        number
    }

    fn links(&self, fields: &[Field], title: Option<usize>) -> Vec<Link> {
        let mut found: Vec<Link> = Vec::new();
        for field in fields.iter().filter(|field| field.origin == FieldOrigin::FrontMatter) {
            let raw = field.span.of(self.text);
            let at = field.span.start as usize;
            if field.key == "status" {
                let kind = raw.to_lowercase().find("by").and_then(|_| status::normalise(raw.trim_start_matches(['"', '\''])));
                if kind == Some(crate::domain::decision::status::Status::Superseded) {
                    found.extend(links::in_value(LinkKind::SupersededBy, raw, at));
                }
            } else if let Some(kind) = links::kind_of_key(&field.key) {
                found.extend(linked(kind, field, raw, at));
            }
        }
        for (index, leaf) in self.outline.leaves.iter().enumerate() {
            if Some(index) != title {
                found.extend(links::of_leaf(self.text, leaf));
            }
        }
        found
    }
}

/// The links in a field whose key says their kind: markdown links, `ADR-7`, or bare numbers, paths and slugs.
fn linked(kind: LinkKind, field: &Field, raw: &str, at: usize) -> Vec<Link> {
    let links = links::in_value(kind, raw, at);
    if !links.is_empty() {
        return links;
    }
    let values = field.values.iter().flat_map(|value| value.split(',')).map(str::trim).filter(|value| !value.is_empty());
    let bare = values.filter(|value| !is_placeholder(value) && !value.contains(' ')).map(|value| {
        let start = raw.find(value).map_or(at, |found| at + found);
        let end = if raw.contains(value) { start + value.len() } else { at + raw.len() };
        Link { kind, target: value.to_owned(), label: value.to_owned(), span: Span::new(start, end) }
    });
    bare.collect()
}

/// The bytes of the line in a Status section that says the status; the first line when none does, and none when the section
/// holds links or comments only. A line of supersession wins over the others, then the latest dated one.
pub(super) fn status_line(text: &str, outline: &Outline, section: &Section) -> Option<Range<usize>> {
    let lines = lines_of(outline, section);
    let of = |line: &Range<usize>| text.get(line.clone()).unwrap_or("");
    let known: Vec<_> = lines.iter().filter_map(|line| status::normalise(of(line)).map(|status| (line, status))).collect();
    let superseded = known.iter().find(|(_, status)| *status == crate::domain::decision::status::Status::Superseded);
    let dated = || {
        let days: Option<Vec<_>> = known.iter().map(|(line, _)| date::read(of(line)).map(|day| (day.number(), *line))).collect();
        days.filter(|days| days.len() > 1)?.into_iter().max_by_key(|(day, _)| *day).map(|(_, line)| line)
    };
    let found = superseded.map(|(line, _)| *line).or_else(dated).or_else(|| known.first().map(|(line, _)| *line));
    let found = found.or_else(|| lines.first().filter(|line| !says_link(of(line))));
    found.cloned()
}

/// The lines of text that stand in a section itself.
pub(super) fn lines_of(outline: &Outline, section: &Section) -> Vec<Range<usize>> {
    let range = section.own.range();
    let leaves = outline.leaves.iter().filter(|leaf| !leaf.is_heading() && range.start <= leaf.span.start && leaf.span.start < range.end);
    leaves.flat_map(|leaf| leaf.lines.iter().map(|line| line.span.clone())).filter(|line| !line.is_empty()).collect()
}

fn says_link(line: &str) -> bool {
    let words = line.to_lowercase();
    ["amend", "supersed", "superced", "clarif", "relate", "replaces", "depends"].iter().any(|verb| words.trim_start().starts_with(verb))
}

/// The Y-statement in a record, as plain text.
pub(super) fn y_statement(outline: &Outline) -> Option<String> {
    shape::y_statement(outline).and_then(|index| outline.leaves.get(index)).map(Leaf::text)
}

/// Where the text of a Y-statement stands.
pub(super) fn y_statement_at(outline: &Outline) -> Option<Range<usize>> {
    shape::y_statement(outline).and_then(|index| outline.leaves.get(index)).map(Leaf::content)
}

/// Keys as fields carry them.
fn key_name(key: &str) -> String {
    key.trim_matches(|c: char| c.is_whitespace() || matches!(c, '*' | '_' | '-')).to_lowercase().replace([' ', '_'], "-")
}

/// Text of a template: all of it stands in braces, brackets without an address, or angle brackets.
pub(super) fn is_placeholder(text: &str) -> bool {
    let text = text.trim().trim_matches(['"', '\'', '“', '”']).trim();
    let offers = text.starts_with(['{', '[']) && text.contains(" | ");
    offers
        || [('{', '}'), ('[', ']'), ('<', '>')]
            .iter()
            .any(|(open, close)| text.starts_with(*open) && text.ends_with(*close) && !text.contains("]("))
        || text == "…"
        || text == "..."
}

/// The number that a title begins with and the length of what to skip: `1. `, `ADR-0007: `, `[ADR 7] – `.
fn numbered(title: &str) -> (Option<u32>, usize) {
    let none = (None, 0);
    let bracket = usize::from(title.starts_with('['));
    let rest = title.get(bracket..).unwrap_or("");
    let letters = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
    let prefix = rest.get(..letters).unwrap_or("");
    let named = prefix.eq_ignore_ascii_case("adr");
    let gap = if named {
        letters + usize::from(rest.get(letters..).is_some_and(|rest| rest.starts_with(['-', ' ', '_', '#'])))
    } else if prefix.is_empty() {
        0
    } else {
        return none;
    };
    let digits = rest.get(gap..).unwrap_or("");
    let length = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    let Some(number) = digits.get(..length).filter(|_| (1..=6).contains(&length)).and_then(|digits| digits.parse().ok()) else {
        return none;
    };
    let after = digits.get(length..).unwrap_or("");
    let after_bracket = if bracket == 1 { after.strip_prefix(']').unwrap_or(after) } else { after };
    let punctuation = |c: char| matches!(c, '.' | ':' | '-' | '–' | '—' | ')');
    // What follows the blanks is the title's own, `-Bar-` too.
    let tail = after_bracket.trim_start().trim_start_matches(punctuation).trim_start();
    // "3 services" and "2.5 GB" are titles; "3. Services" and "3 - Services" carry a number.
    let separator = after_bracket.get(..after_bracket.len() - tail.len()).unwrap_or("");
    let separated = named || separator.trim() != "" && separator.ends_with(char::is_whitespace);
    if !separated || (!tail.is_empty() && separator.is_empty()) {
        return none;
    }
    (Some(number), title.len() - tail.len())
}

fn number_in(value: &str) -> Option<u32> {
    log::number_of(value)
}

fn title_from(path: &str) -> String {
    let slug = log::slug_of(path);
    let slug = if slug.is_empty() { log::stem(path) } else { slug };
    let words = slug.replace(['-', '_'], " ");
    let mut characters = words.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

fn deciders(text: &str, fields: &[Field]) -> (Vec<String>, Vec<Span>) {
    const KEYS: [&str; 6] = ["decision-makers", "deciders", "decision-maker", "decider", "decided-by", "approvers"];
    let Some(field) = KEYS.iter().find_map(|key| fields.iter().find(|field| field.key == *key && !field.values.is_empty())) else {
        return (Vec::new(), Vec::new());
    };
    let raw = field.span.of(text);
    if is_placeholder(raw) && field.origin == FieldOrigin::Body {
        return (Vec::new(), Vec::new());
    }
    let mut from = 0;
    // In a YAML list a comma belongs to the name.
    let listed = field.origin == FieldOrigin::FrontMatter && (raw.starts_with('[') || raw.trim_start().starts_with("- "));
    let commas: &[char] = if listed { &[] } else { &[',', ';'] };
    let names = field.values.iter().flat_map(|value| value.split(commas)).map(str::trim);
    let names = names.filter(|name| !name.is_empty() && !is_placeholder(name));
    let found = names.map(|name| {
        let at = raw.get(from..).and_then(|rest| rest.find(name)).map(|at| from + at);
        let span = at.map_or(field.span, |at| {
            from = at + name.len();
            Span::new(field.span.start as usize + at, field.span.start as usize + from)
        });
        (name.to_owned(), span)
    });
    found.unzip()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_before_titles_are_told_from_titles_with_numbers() {
        for (title, number, rest) in [
            ("1. Record decisions", Some(1), "Record decisions"),
            ("ADR-0007: Use NATS", Some(7), "Use NATS"),
            ("ADR 7 – Use NATS", Some(7), "Use NATS"),
            ("[ADR-7] Use NATS", Some(7), "Use NATS"),
            ("0007 - Use NATS", Some(7), "Use NATS"),
            ("3 services", None, "3 services"),
            ("2.5 GB of memory", None, "2.5 GB of memory"),
            ("2024", None, "2024"),
            ("ADR-12", Some(12), ""),
            ("4. -Bar-", Some(4), "-Bar-"),
            ("Adrenaline 5", None, "Adrenaline 5"),
            ("", None, ""),
        ] {
            let (found, skip) = numbered(title);
            assert_eq!((found, &title[skip..]), (number, rest), "{title}");
        }
    }
}
