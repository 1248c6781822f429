//! `lintel adr list`: the decisions of a log.

use std::fmt::Write;

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use crate::{
    cli::{
        Failure,
        adr::folder::{Extent, Place},
        say,
    },
    domain::decision::{
        Record,
        log::{Edge, Entry, Log, edges, graph::pending, successors, timeline::day_of},
        status::Status,
    },
};

#[derive(Debug, Args)]
pub struct List {
    /// Only those of a status; may be given several times
    #[arg(long, value_enum, value_name = "STATUS")]
    status: Vec<StatusName>,
    /// How to print them; paths are what adr-tools prints
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Paths,
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum StatusName {
    Draft,
    Proposed,
    Accepted,
    Rejected,
    Deprecated,
    Superseded,
    None,
}

impl List {
    pub fn run(self, place: &Place) -> Result<(), Failure> {
        let opened = place.open(Extent::Log)?;
        let chosen = |status: Option<Status>| self.status.is_empty() || self.status.iter().any(|wanted| wanted.status() == status);
        let all = (0..opened.log.texts.len())
            .filter(|index| opened.log.texts.get(*index).is_some_and(|text| chosen(text.record.known_status())))
            .collect::<Vec<_>>();
        let printed = Printed::new(place, &opened.log);
        match self.format {
            Format::Text => say(&text(&printed, &all)),
            Format::Json => {
                let all: Vec<Value> = all.iter().filter_map(|index| printed.value(*index)).collect();
                say(&serde_json::to_string_pretty(&all).map_err(Failure::fault)?);
            }
            Format::Paths => say(&all.iter().filter_map(|index| printed.path(*index)).collect::<Vec<_>>().join("\n")),
        }
        Ok(())
    }
}

impl StatusName {
    const fn status(self) -> Option<Status> {
        Some(match self {
            Self::Draft => Status::Draft,
            Self::Proposed => Status::Proposed,
            Self::Accepted => Status::Accepted,
            Self::Rejected => Status::Rejected,
            Self::Deprecated => Status::Deprecated,
            Self::Superseded => Status::Superseded,
            Self::None => return None,
        })
    }
}

/// What is printed of a log, with what its links mean.
struct Printed<'a> {
    place: &'a Place,
    log: &'a Log,
    edges: Vec<Edge>,
    /// Newer and older records of supersessions that wait.
    pending: Vec<(usize, usize)>,
}

impl<'a> Printed<'a> {
    fn new(place: &'a Place, log: &'a Log) -> Self {
        let entries = log.entries();
        Self { place, log, edges: edges(&entries), pending: pending(&entries) }
    }

    fn path(&self, index: usize) -> Option<String> {
        self.log.texts.get(index).map(|text| self.place.shown(&text.path))
    }

    /// The records that took its place, and those that will.
    fn successors(&self, index: usize) -> (Vec<usize>, Vec<usize>) {
        let waiting = self.pending.iter().filter(|(_, old)| *old == index).map(|(newer, _)| *newer).collect();
        let took = successors(&self.edges, index).into_iter().filter(|by| !self.pending.contains(&(*by, index))).collect();
        (took, waiting)
    }

    /// Numbers, or paths where there are none.
    fn names(&self, indexes: &[usize]) -> String {
        let name = |index: &usize| {
            let number = self.log.texts.get(*index).and_then(|text| text.record.number);
            number.map_or_else(|| self.path(*index).unwrap_or_default(), |number| number.to_string())
        };
        indexes.iter().map(name).collect::<Vec<_>>().join(", ")
    }

    fn status(&self, index: usize, record: &Record) -> String {
        let (took, waiting) = self.successors(index);
        match (&record.status, record.known_status()) {
            (_, Some(Status::Superseded)) if !took.is_empty() => format!("superseded by {}", self.names(&took)),
            (_, Some(status)) if !waiting.is_empty() => format!("{}, {} pending", status.slug(), self.names(&waiting)),
            (_, Some(status)) => status.slug().to_owned(),
            (Some(written), None) => {
                let words: Vec<&str> = written.written.split_whitespace().collect();
                format!("“{}”", words.join(" ").chars().take(20).collect::<String>())
            }
            (None, None) => "no status".to_owned(),
        }
    }

    /// Number, status, day, title and path.
    fn row(&self, index: usize) -> Option<[String; 5]> {
        let text = self.log.texts.get(index)?;
        let number = text.record.number.map_or_else(|| "-".to_owned(), |number| format!("{number:04}"));
        let day = day_of(&Entry { path: &text.path, record: &text.record }).map_or_else(|| "-".to_owned(), |day| day.to_string());
        Some([number, self.status(index, &text.record), day, text.record.title.clone(), self.place.shown(&text.path)])
    }

    fn value(&self, index: usize) -> Option<Value> {
        let text = self.log.texts.get(index)?;
        let (took, waiting) = self.successors(index);
        let paths = |indexes: Vec<usize>| indexes.into_iter().filter_map(|index| self.path(index)).collect::<Vec<_>>();
        Some(json!({
            "path": self.place.shown(&text.path),
            "number": text.record.number,
            "title": text.record.title,
            "status": text.record.known_status(),
            "status_written": text.record.status.as_ref().map(|status| &status.written),
            "date": day_of(&Entry { path: &text.path, record: &text.record }).map(|day| day.to_string()),
            "deciders": text.record.deciders,
            "template": text.record.template,
            "superseded_by": paths(took),
            "will_be_superseded_by": paths(waiting),
        }))
    }
}

/// A table: what takes or will take a record's place stands beside its status.
fn text(printed: &Printed<'_>, chosen: &[usize]) -> String {
    let rows: Vec<[String; 5]> = chosen.iter().filter_map(|index| printed.row(*index)).collect();
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0);
    let (first, second, third, fourth) = (width(0), width(1), width(2), width(3).min(60));
    let mut out = String::new();
    for [number, status, day, title, path] in &rows {
        let long = title.chars().count() > fourth;
        let title = if long { title.chars().take(fourth.saturating_sub(1)).chain(['…']).collect() } else { title.clone() };
        let _ = writeln!(out, "{number:<first$}  {status:<second$}  {day:<third$}  {title:<fourth$}  {path}");
    }
    if rows.is_empty() { "No decisions.".to_owned() } else { out }
}
