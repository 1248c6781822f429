//! A project's own template: any markdown, with what its sections are for said once, and new records made from it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::{
    decision::{
        SectionRole,
        edit::{self, field},
        log, parse, read,
        status::Status,
        template::{Template, one_line},
    },
    diagnostic::Span,
    moment::Day,
    syntax::apply,
};

/// What sections are for, by their titles; case and surrounding blanks don't matter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Roles(BTreeMap<String, SectionRole>);

impl Roles {
    pub fn new(roles: impl IntoIterator<Item = (String, SectionRole)>) -> Self {
        Self(roles.into_iter().map(|(title, role)| (plain(&title), role)).collect())
    }

    /// The role that the project gave a title.
    pub fn of(&self, title: &str) -> Option<SectionRole> {
        // Most projects have none.
        if self.0.is_empty() { None } else { self.0.get(&plain(title)).copied() }
    }
}

fn plain(title: &str) -> String {
    one_line(title).to_lowercase()
}

/// A template as a project keeps it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectTemplate {
    pub name: String,
    pub text: String,
    #[serde(default)]
    pub roles: Roles,
}

/// A heading of a template, for the settings in which people say what it is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heading {
    pub title: String,
    /// As the project says or, where it says nothing, as the title is known.
    pub role: Option<SectionRole>,
    pub span: Span,
}

/// What a record is made with.
#[derive(Clone, Copy, Debug)]
pub struct Beginning<'a> {
    pub number: Option<u32>,
    pub title: &'a str,
    pub status: Status,
    pub date: Day,
    pub makers: &'a [String],
}

impl ProjectTemplate {
    /// Its headings, title aside.
    pub fn headings(&self) -> Vec<Heading> {
        let record = read::read("", &self.text, &self.roles);
        record.sections.into_iter().map(|section| Heading { title: section.title, role: section.role, span: section.span }).collect()
    }

    /// A new record. The words NUMBER, TITLE, DATE and STATUS are replaced as adr-tools does it; what they do not say is set
    /// in the place that the template has for it.
    pub fn fill(&self, beginning: &Beginning<'_>) -> String {
        let title = one_line(beginning.title);
        let (text, said) = replaced(&self.text, beginning, &title);
        let mut text = text;
        if !said.contains(&"TITLE") {
            text = apply(&text, &field::set_title("", &text, &title));
            if let Some(number) = beginning.number.filter(|_| !said.contains(&"NUMBER")) {
                text = apply(&text, &edit::number::set_number("", &text, number));
            }
        }
        if !said.contains(&"STATUS") {
            text = apply(&text, &edit::set_status(&text, beginning.status, beginning.date));
        }
        if !said.contains(&"DATE") && parse("", &text).field("date").is_some() {
            text = apply(&text, &field::set_date(&text, beginning.date));
        }
        if !beginning.makers.is_empty() {
            text = apply(&text, &field::set_makers(&text, beginning.makers));
        }
        text
    }
}

/// The text with the words in capitals replaced, and which of them were there.
fn replaced(text: &str, beginning: &Beginning<'_>, title: &str) -> (String, Vec<&'static str>) {
    let number = beginning.number.map(|number| number.to_string()).unwrap_or_default();
    let date = beginning.date.to_string();
    let words = [("NUMBER", number.as_str()), ("TITLE", title), ("DATE", date.as_str()), ("STATUS", beginning.status.name())];
    let mut said = Vec::new();
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_uppercase()) {
        let (before, word) = rest.split_at(start);
        let end = word.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '-').unwrap_or(word.len());
        let (word, after) = word.split_at(end);
        let whole = !before.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '-'));
        out.push_str(before);
        match words.iter().find(|(known, _)| whole && *known == word) {
            Some((known, new)) => {
                out.push_str(new);
                said.push(*known);
            }
            None => out.push_str(word),
        }
        rest = after;
    }
    out.push_str(rest);
    (out, said)
}

/// The template of its own that a log keeps beside its records: adr-tools' place first, then what MADR and log4brains call it.
pub fn find<'a>(folder: &str, paths: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    const NAMES: [&str; 6] =
        ["templates/template.md", "template.md", "adr-template.md", "templates/adr-template.md", "0000-template.md", "_template.md"];
    let paths: Vec<&str> = paths.collect();
    NAMES.iter().find_map(|name| paths.iter().find(|path| **path == log::join(folder, name)).copied())
}

/// The template that most records of a log are written in; none without records of a known one.
pub fn usual(templates: impl Iterator<Item = Template>) -> Option<Template> {
    let mut counts: BTreeMap<Template, usize> = BTreeMap::new();
    for template in templates.filter(|template| *template != Template::Other) {
        // The halves of MADR 4 are one way of writing.
        let template = match template {
            Template::Madr4Bare | Template::Madr4BareMinimal | Template::Madr4Minimal => Template::Madr4,
            other => other,
        };
        *counts.entry(template).or_default() += 1;
    }
    let most = counts.values().copied().max()?;
    counts.into_iter().find(|(_, count)| *count == most).map(|(template, _)| template)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::decision::parse_with;

    fn beginning(title: &str) -> Beginning<'_> {
        Beginning { number: Some(7), title, status: Status::Proposed, date: Day { year: 2026, month: 11, day: 19 }, makers: &[] }
    }

    fn filled(text: &str) -> String {
        ProjectTemplate { text: text.to_owned(), ..ProjectTemplate::default() }.fill(&beginning("Use NATS"))
    }

    #[test]
    fn words_in_capitals_are_replaced_where_they_stand_alone() {
        assert_eq!(
            filled("# NUMBER. TITLE\n\nDate: DATE\n\n## Status\n\nSTATUS\n\nUPDATE the SUBTITLE, NO-NUMBER and NUMBERS.\n"),
            "# 7. Use NATS\n\nDate: 2026-11-19\n\n## Status\n\nProposed\n\nUPDATE the SUBTITLE, NO-NUMBER and NUMBERS.\n"
        );
        assert_eq!(filled("# TITLE\n\n## Status\n\nSTATUS\n"), "# Use NATS\n\n## Status\n\nProposed\n");
    }

    #[test]
    fn templates_of_the_field_are_filled_in_their_places() {
        assert_eq!(
            filled(
                "---\nstatus: \"{proposed | accepted}\"\ndate: {YYYY-MM-DD}\n---\n\n# {short title}\n\n## Context and Problem Statement\n\n{x}\n"
            ),
            "---\nstatus: \"proposed\"\ndate: 2026-11-19\n---\n\n# Use NATS\n\n## Context and Problem Statement\n\n{x}\n"
        );
        assert_eq!(
            filled(
                "# [short title]\n\n- Status: [draft | proposed] <!-- optional -->\n- Date: [YYYY-MM-DD] <!-- optional -->\n\n## Considered Options\n"
            ),
            "# Use NATS\n\n- Status: proposed <!-- optional -->\n- Date: 2026-11-19 <!-- optional -->\n\n## Considered Options\n"
        );
        assert_eq!(filled("# 0. Template\n\n## Status\n\n## Context\n"), "# 7. Use NATS\n\n## Status\n\nProposed\n\n## Context\n");
    }

    #[test]
    fn sections_have_the_roles_that_the_project_gave_them() {
        let roles = Roles::new([("What  we do".to_owned(), SectionRole::Decision), ("Price".to_owned(), SectionRole::Consequences)]);
        let text = "# T\n\n## Why\n\nx\n\n## What we do\n\nChosen option: \"A\", because b.\n\n## Price\n\n## Context\n";
        let record = parse_with("t.md", text, &roles);
        let found: Vec<_> = record.sections.iter().map(|section| section.role).collect();
        assert_eq!(found, [None, Some(SectionRole::Decision), Some(SectionRole::Consequences), Some(SectionRole::Context)]);
        assert_eq!(record.chosen.as_deref(), Some("A"));
        let template = ProjectTemplate { name: "Ours".into(), text: text.into(), roles };
        assert_eq!(template.headings()[1].role, Some(SectionRole::Decision));
        let json = serde_json::to_string(&template).unwrap();
        assert_eq!(serde_json::from_str::<ProjectTemplate>(&json).unwrap(), template);
    }

    #[test]
    fn logs_say_what_they_are_written_in() {
        let paths = ["docs/adr/0001-a.md", "docs/adr/template.md", "docs/adr/templates/template.md"];
        assert_eq!(find("docs/adr", paths.into_iter()), Some("docs/adr/templates/template.md"));
        assert_eq!(find("docs", paths.into_iter()), None);
        assert_eq!(usual([Template::Nygard, Template::Madr4Minimal, Template::Madr4, Template::Other].into_iter()), Some(Template::Madr4));
        assert_eq!(usual([Template::Other].into_iter()), None);
    }
}
