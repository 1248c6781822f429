//! A record as a form: each part of it as a value, and each new value as the smallest edit.
//!
//! What a form offers follows from the text: its metadata, every section under its own title, the slots of a Y-statement,
//! the options. A section that the template has and the record has not is offered empty.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::domain::{
    decision::{
        Record, Section, SectionRole,
        edit::{
            File, field, options, replace,
            slots::{self, Slot},
        },
        parse, read,
        template::Template,
    },
    difference,
    moment::Day,
    syntax::TextEdit,
};

/// One control.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Control {
    pub part: Part,
    pub label: String,
    pub value: String,
    /// What the template says in its place.
    pub hint: String,
    pub shape: Shape,
}

/// How a value is put in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    Line,
    Day,
    /// Names with commas between.
    Names,
    Markdown,
}

/// Which part of a record. In forms it is a text: `section/Context`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Part {
    Title,
    Date,
    Makers,
    Consulted,
    Informed,
    /// The text of a section, by its title.
    Section(String),
    /// A section that is not there yet.
    Missing(SectionRole),
    /// A part of a Y-statement.
    Slot(Slot),
    /// The name of an option, by its place.
    Option(usize),
    /// One more option.
    AddOption,
    /// One option less, with what is said about it.
    RemoveOption(usize),
    /// Which option it is.
    Chosen,
    /// One more argument about an option, for a driver or none: `good`, `bad` or `neutral` stands before the words.
    Argue {
        option: usize,
        driver: Option<usize>,
    },
    /// The words of an argument, by its place among those about an option.
    Argument {
        option: usize,
        at: usize,
    },
}

/// A text that names no part.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is no part of a decision.")]
pub struct NoPart(pub String);

const MISSING: [(SectionRole, &str); 4] = [
    (SectionRole::Drivers, "Decision Drivers"),
    (SectionRole::Consequences, "Consequences"),
    (SectionRole::Confirmation, "Confirmation"),
    (SectionRole::MoreInformation, "More Information"),
];

impl From<Part> for String {
    fn from(part: Part) -> Self {
        match part {
            Part::Title => "title".to_owned(),
            Part::Date => "date".to_owned(),
            Part::Makers => "makers".to_owned(),
            Part::Consulted => "consulted".to_owned(),
            Part::Informed => "informed".to_owned(),
            Part::Section(title) => format!("section/{title}"),
            Part::Missing(role) => {
                let title = MISSING.iter().find(|(known, _)| *known == role).map_or("", |(_, title)| title);
                format!("missing/{title}")
            }
            Part::Slot(slot) => format!("slot/{}", slot.slug()),
            Part::Option(at) => format!("option/{at}"),
            Part::AddOption => "add-option".to_owned(),
            Part::RemoveOption(at) => format!("remove-option/{at}"),
            Part::Chosen => "chosen".to_owned(),
            Part::Argue { option, driver: Some(driver) } => format!("argue/{option}/{driver}"),
            Part::Argue { option, driver: None } => format!("argue/{option}"),
            Part::Argument { option, at } => format!("argument/{option}/{at}"),
        }
    }
}

impl TryFrom<String> for Part {
    type Error = NoPart;

    fn try_from(text: String) -> Result<Self, NoPart> {
        let (kind, rest) = text.split_once('/').unwrap_or((text.as_str(), ""));
        let place = |text: &str| text.parse::<usize>().ok();
        let found = match (kind, rest) {
            ("title", "") => Some(Self::Title),
            ("date", "") => Some(Self::Date),
            ("makers", "") => Some(Self::Makers),
            ("consulted", "") => Some(Self::Consulted),
            ("informed", "") => Some(Self::Informed),
            ("section", title) if !title.is_empty() => Some(Self::Section(title.to_owned())),
            ("missing", title) => MISSING.iter().find(|(_, known)| *known == title).map(|(role, _)| Self::Missing(*role)),
            ("slot", slug) => Slot::from_slug(slug).map(Self::Slot),
            ("option", at) => place(at).map(Self::Option),
            ("add-option", "") => Some(Self::AddOption),
            ("remove-option", at) => place(at).map(Self::RemoveOption),
            ("chosen", "") => Some(Self::Chosen),
            ("argue", rest) => match rest.split_once('/') {
                Some((option, driver)) => {
                    place(option).zip(place(driver)).map(|(option, driver)| Self::Argue { option, driver: Some(driver) })
                }
                None => place(rest).map(|option| Self::Argue { option, driver: None }),
            },
            ("argument", rest) => {
                let (option, at) = rest.split_once('/').unwrap_or_default();
                place(option).zip(place(at)).map(|(option, at)| Self::Argument { option, at })
            }
            _ => None,
        };
        found.ok_or(NoPart(text))
    }
}

/// All controls of a record, in the order of its text.
pub fn controls(path: &str, text: &str) -> Vec<Control> {
    let record = parse(path, text);
    let line =
        |part: Part, label: &str, value: String, shape: Shape| Control { part, label: label.to_owned(), value, hint: String::new(), shape };
    let date = record.date.as_ref().map_or_else(String::new, |date| date.day.map_or_else(|| date.written.clone(), |day| day.to_string()));
    let names = |key: &str| record.field(key).map(|field| field.values.join(", ")).unwrap_or_default();
    let mut all = vec![
        line(Part::Title, "Title", record.title.clone(), Shape::Line),
        line(Part::Date, "Date", date, Shape::Day),
        line(Part::Makers, "Decision makers", record.deciders.join(", "), Shape::Names),
    ];
    for (part, key, label) in [(Part::Consulted, "consulted", "Consulted"), (Part::Informed, "informed", "Informed")] {
        if record.template.has_front_matter() || record.field(key).is_some() {
            all.push(line(part, label, names(key), Shape::Names));
        }
    }
    for slot in slots::find(text, &record) {
        all.push(line(Part::Slot(slot.0), slot.0.label(), text.get(slot.1).map(shown).unwrap_or_default(), Shape::Line));
    }
    for section in record.sections.iter().filter(|section| is_offered(section)) {
        let own = section.own.of(text);
        let (value, hint) = if is_template(own) { (String::new(), shown(own)) } else { (own.trim().to_owned(), String::new()) };
        all.push(Control { part: Part::Section(section.title.clone()), label: section.title.clone(), value, hint, shape: Shape::Markdown });
    }
    let madr = matches!(record.template, Template::Madr4 | Template::Madr4Minimal | Template::Madr4Bare | Template::Madr4BareMinimal);
    if madr {
        for (role, title) in MISSING.into_iter().filter(|(role, _)| record.section(*role).is_none()) {
            all.push(line(Part::Missing(role), title, String::new(), Shape::Markdown));
        }
    }
    all
}

/// The status has a workflow of its own.
fn is_offered(section: &Section) -> bool {
    section.role != Some(SectionRole::Status) && !section.title.trim().is_empty()
}

/// Text of a template that nobody has replaced.
fn is_template(own: &str) -> bool {
    let lines = || own.lines().map(|line| line.trim().trim_start_matches(['*', '-', '+', ' '])).filter(|line| !line.is_empty());
    let argument = |line: &str| {
        let rest =
            ["Good, because ", "Bad, because ", "Neutral, because "].iter().find_map(|start| line.strip_prefix(start)).unwrap_or(line);
        read::is_placeholder(rest)
    };
    lines().next().is_some() && lines().all(argument)
}

fn shown(text: &str) -> String {
    text.trim().trim_start_matches(['{', '[', '<']).trim_end_matches(['}', ']', '>']).to_owned()
}

/// The edits that give a part another value; none when it has that value already, or there is no such part.
pub fn set(path: &str, text: &str, part: &Part, value: &str) -> Vec<TextEdit> {
    let record = parse(path, text);
    let names = || value.split([',', ';', '\n']).map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect::<Vec<_>>();
    match part {
        Part::Title if value.trim().is_empty() => Vec::new(),
        Part::Title => field::set_title(path, text, value),
        Part::Date => Day::parse(value.trim()).map(|day| field::set_date(text, day)).unwrap_or_default(),
        Part::Makers => field::set_makers(text, &names()),
        Part::Consulted => field::set_field(text, &["consulted"], &names()),
        Part::Informed => field::set_field(text, &["informed"], &names()),
        Part::Slot(slot) => slots::set(text, &record, *slot, value),
        Part::Section(title) => {
            let section = record.sections.iter().find(|section| section.title == *title && is_offered(section));
            section.map(|section| set_body(text, &record, section, value)).unwrap_or_default()
        }
        Part::Missing(role) if record.section(*role).is_none() => add_section(text, &record, *role, value),
        Part::Missing(_) => Vec::new(),
        Part::Option(at) => options::rename(text, &record, *at, value),
        Part::AddOption => options::add(text, &record, value),
        Part::RemoveOption(at) => options::remove(text, &record, *at),
        Part::Chosen => options::choose(text, &record, value),
        Part::Argue { option, driver } => options::argue(path, text, &record, (*option, *driver), value),
        Part::Argument { option, at } => options::reword(text, &record, (*option, *at), value),
    }
}

/// As [`set`], for a value that somebody began to write when the part said `base`: what others made of the part since is kept.
pub fn set_on(path: &str, text: &str, part: &Part, value: &str, base: &str) -> Vec<TextEdit> {
    let now = controls(path, text).into_iter().find(|control| control.part == *part && control.shape == Shape::Markdown);
    match now.filter(|control| control.value != base.trim()) {
        Some(control) => set(path, text, part, difference::merged(base, value, &control.value).trim_end()),
        None => set(path, text, part, value),
    }
}

/// A value with the line ends of the text and without blank ones around it.
pub(super) fn lines(file: &File<'_>, value: &str) -> String {
    let value = value.replace("\r\n", "\n").replace('\r', "\n");
    let value = value.trim_matches('\n').trim_end();
    if file.line_end == "\r\n" { value.replace('\n', "\r\n") } else { value.to_owned() }
}

fn set_body(text: &str, record: &Record, section: &Section, value: &str) -> Vec<TextEdit> {
    let file = File::new(text, record);
    let new = lines(&file, value);
    let own = section.own.of(text);
    let start = section.own.start as usize;
    if own.trim().is_empty() {
        return if new.trim().is_empty() { Vec::new() } else { vec![fill(&file, text, section, &new)] };
    }
    let kept = start + own.len() - own.trim_start().len()..start + own.trim_end().len();
    // What is indented at its beginning stays so.
    difference::edits(text.get(kept.clone()).unwrap_or(""), new.trim_start_matches('\n'))
        .into_iter()
        .map(|edit| moved(edit, kept.start))
        .collect()
}

fn moved(edit: TextEdit, by: usize) -> TextEdit {
    replace(by + edit.span.start as usize..by + edit.span.end as usize, edit.replacement)
}

/// Text under a heading that has none.
fn fill(file: &File<'_>, text: &str, section: &Section, new: &str) -> TextEdit {
    let end = file.line_end;
    let at = section.own.start as usize;
    let before = text.get(..at).is_some_and(|before| before.ends_with('\n'));
    let gap = if before { end.to_owned() } else { format!("{end}{end}") };
    let rest = text.get(at..).unwrap_or("");
    let after = if rest.is_empty() || rest.starts_with(['\n', '\r']) { end.to_owned() } else { format!("{end}{end}") };
    replace(at..at, format!("{gap}{new}{after}"))
}

/// A section of the template, put where the template has it.
fn add_section(text: &str, record: &Record, role: SectionRole, value: &str) -> Vec<TextEdit> {
    let file = File::new(text, record);
    let new = lines(&file, value);
    let Some((_, title)) = MISSING.iter().find(|(known, _)| *known == role) else { return Vec::new() };
    if new.trim().is_empty() {
        return Vec::new();
    }
    let inner = matches!(role, SectionRole::Consequences | SectionRole::Confirmation);
    let before = |roles: &[SectionRole]| record.sections.iter().find(|section| section.role.is_some_and(|role| roles.contains(&role)));
    let at: Range<usize> = match role {
        SectionRole::Drivers => before(&[SectionRole::Options, SectionRole::Decision]).map(|section| section.span.start as usize),
        SectionRole::Consequences => record
            .section(SectionRole::Confirmation)
            .map(|section| section.span.start as usize)
            .or_else(|| record.section(SectionRole::Decision).map(|section| section.body.end as usize)),
        SectionRole::Confirmation => record.section(SectionRole::Decision).map(|section| section.body.end as usize),
        _ => None,
    }
    .map_or(text.len()..text.len(), |at| at..at);
    let end = file.line_end;
    let marks = if inner { "###" } else { "##" };
    let head = text.get(..at.start).unwrap_or("");
    let gap = if head.is_empty() || head.ends_with("\n\n") || head.ends_with("\n\r\n") {
        ""
    } else if head.ends_with('\n') {
        end
    } else if end == "\n" {
        "\n\n"
    } else {
        "\r\n\r\n"
    };
    let close = if text.get(at.end..).is_none_or(str::is_empty) { "" } else { end };
    vec![replace(at, format!("{gap}{marks} {title}{end}{end}{new}{end}{close}"))]
}

#[cfg(test)]
mod tests;
