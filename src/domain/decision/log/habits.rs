//! How a log writes its records: the names of its files, its template, its words. New records follow.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::{
    decision::{
        LinkKind,
        edit::link::Wording,
        log::{Log, date_prefix, next_number, number_of, parent, stem},
        status::Status,
        template::{self, Template, project},
    },
    moment::Day,
};

/// The habits of one folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Habits {
    pub folder: String,
    pub names: Names,
    pub template: Template,
    pub wording: Wording,
    /// The status that new records begin with.
    pub status: Status,
}

/// How files are named.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Names {
    /// `0007-use-nats.md`, `ADR-007-use-nats.md`.
    Numbered { prefix: String, width: usize },
    /// `20261119-use-nats.md`, or `2026-11-19-use-nats.md`.
    Dated { compact: bool },
    /// `use-nats.md`
    Plain,
}

/// Which tool a folder is set up for, as its files say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tool {
    /// `.adr-dir`
    AdrTools,
    /// `.log4brains.yml`
    Log4brains,
    #[default]
    None,
}

impl Names {
    /// How a file is named.
    pub fn of(path: &str) -> Self {
        let stem = stem(path);
        if let Some(length) = date_prefix(stem) {
            return Self::Dated { compact: length == 8 };
        }
        if number_of(path).is_none() {
            return Self::Plain;
        }
        let start = stem.find(|c: char| c.is_ascii_digit()).unwrap_or(0);
        let width = stem.get(start..).map_or(0, |rest| rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len());
        Self::Numbered { prefix: stem.get(..start).unwrap_or("").to_owned(), width }
    }

    /// The number that a name of this kind gets after those of a folder; none where names have no number.
    pub fn next<'a>(&self, paths: impl Iterator<Item = &'a str>) -> Option<u32> {
        match self {
            // Each area counts for itself.
            Self::Numbered { prefix, .. } => {
                let same =
                    |path: &&str| matches!(Self::of(path), Self::Numbered { prefix: other, .. } if other.eq_ignore_ascii_case(prefix));
                Some(next_number(paths.filter(same)))
            }
            Self::Dated { .. } | Self::Plain => None,
        }
    }
}

/// A kind of names as people see it.
impl std::fmt::Display for Names {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Numbered { prefix, width } => write!(f, "{prefix}{}-title.md", "N".repeat(*width)),
            Self::Dated { compact: true } => f.write_str("YYYYMMDD-title.md"),
            Self::Dated { compact: false } => f.write_str("YYYY-MM-DD-title.md"),
            Self::Plain => f.write_str("title.md"),
        }
    }
}

impl Habits {
    /// The habits of a folder of a log; those of a tool where it has none yet.
    pub fn of(log: &Log, folder: &str, tool: Tool) -> Self {
        let here = || log.texts.iter().filter(|text| parent(&text.path) == folder);
        let usual = project::usual(here().map(|text| text.record.template));
        let names = majority(here().map(|text| Names::of(&text.path)));
        let adr_tools =
            tool == Tool::AdrTools && usual.is_none_or(|template| template == Template::Nygard) || usual == Some(Template::Nygard);
        let template = usual.unwrap_or(match tool {
            Tool::AdrTools => Template::Nygard,
            Tool::Log4brains => Template::Madr2,
            Tool::None => Template::Madr4,
        });
        let names = names.unwrap_or(match tool {
            Tool::Log4brains => Names::Dated { compact: true },
            Tool::AdrTools | Tool::None => Names::Numbered { prefix: String::new(), width: 4 },
        });
        let texts: Vec<&str> = here().map(|text| text.text.as_str()).collect();
        Self {
            folder: folder.to_owned(),
            names,
            template,
            wording: wording(&texts, adr_tools),
            status: if adr_tools { Status::Accepted } else { Status::Proposed },
        }
    }

    /// The path of a new record.
    pub fn path(&self, number: Option<u32>, date: Day, title: &str) -> String {
        let slug = match self.wording {
            Wording::AdrTools => template::hyphened(title, 180),
            Wording::Plain => template::slug(title),
        };
        let name = match (&self.names, number) {
            (Names::Numbered { prefix, width }, Some(number)) => format!("{prefix}{number:0width$}-{slug}.md"),
            (Names::Dated { compact: true }, _) => format!("{}-{slug}.md", date.to_string().replace('-', "")),
            (Names::Dated { compact: false }, _) => format!("{date}-{slug}.md"),
            _ => format!("{slug}.md"),
        };
        if self.folder.is_empty() { name } else { format!("{}/{name}", self.folder) }
    }
}

/// What most say; the first in order where several are as common.
pub(super) fn majority<T: Ord + Clone>(items: impl Iterator<Item = T>) -> Option<T> {
    let mut counts: BTreeMap<T, usize> = BTreeMap::new();
    for item in items {
        *counts.entry(item).or_default() += 1;
    }
    let most = counts.values().copied().max()?;
    counts.into_iter().find(|(_, count)| *count == most).map(|(item, _)| item)
}

/// The spelling that the log uses already; else the one of the tool it is written with.
fn wording(texts: &[&str], adr_tools: bool) -> Wording {
    let count = |word: &str| texts.iter().map(|text| text.matches(word).count()).sum::<usize>();
    match (count("Superced"), count(LinkKind::Supersedes.name().get(..8).unwrap_or("Supersed"))) {
        (0, 0) if adr_tools => Wording::AdrTools,
        (0, _) => Wording::Plain,
        (theirs, ours) if theirs >= ours => Wording::AdrTools,
        _ => Wording::Plain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::decision::template::{new_record, project::Roles};

    const DAY: Day = Day { year: 2026, month: 11, day: 19 };

    fn log(files: &[(&str, &str)]) -> Log {
        Log::read(files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())), &Roles::default())
    }

    #[test]
    fn a_log_is_continued_as_it_is_written() {
        let nygard = new_record(Template::Nygard, 1, "A", DAY, &[]);
        for (files, tool, path, template, status, wording) in [
            (vec![], Tool::None, "adr/0001-dont-use-c.md", Template::Madr4, Status::Proposed, Wording::Plain),
            (vec![], Tool::AdrTools, "adr/0001-don-t-use-c.md", Template::Nygard, Status::Accepted, Wording::AdrTools),
            (vec![], Tool::Log4brains, "adr/20261119-dont-use-c.md", Template::Madr2, Status::Proposed, Wording::Plain),
            (
                vec![("adr/0007-a.md", nygard.as_str())],
                Tool::None,
                "adr/0008-don-t-use-c.md",
                Template::Nygard,
                Status::Accepted,
                Wording::AdrTools,
            ),
            (
                vec![("adr/7-a.md", "# A\n\n## Status\n\nSuperseded by ADR-8\n\n## Decision\n"), ("other/0100-b.md", "")],
                Tool::AdrTools,
                "adr/8-dont-use-c.md",
                Template::Nygard,
                Status::Accepted,
                Wording::Plain,
            ),
            (
                vec![
                    ("adr/ADR-007-a.md", "---\nstatus: draft\n---\n# A\n\n## Considered Options\n"),
                    ("adr/PAY-100-a.md", ""),
                    ("adr/ADR-003-b.md", ""),
                ],
                Tool::None,
                "adr/ADR-008-dont-use-c.md",
                Template::Madr4,
                Status::Proposed,
                Wording::Plain,
            ),
            (
                vec![("adr/2020-01-01-a.md", "")],
                Tool::None,
                "adr/2026-11-19-dont-use-c.md",
                Template::Madr4,
                Status::Proposed,
                Wording::Plain,
            ),
            (vec![("adr/a.md", "")], Tool::None, "adr/dont-use-c.md", Template::Madr4, Status::Proposed, Wording::Plain),
        ] {
            let log = log(&files);
            let habits = Habits::of(&log, "adr", tool);
            let number = habits.names.next(log.paths().filter(|path| parent(path) == "adr"));
            assert_eq!(habits.path(number, DAY, "Don't use C++!"), path, "{files:?}");
            assert_eq!((habits.template, habits.status, habits.wording), (template, status, wording), "{files:?}");
        }
        assert_eq!(Names::of("adr/ADR-007-a.md").to_string(), "ADR-NNN-title.md");
    }
}
