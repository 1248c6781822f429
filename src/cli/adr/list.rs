//! `lintel adr list`: the decisions of a log.

use std::fmt::Write;

use clap::{Args, ValueEnum};
use serde_json::json;

use crate::{
    cli::{
        Failure,
        adr::folder::{Extent, Place},
        say,
    },
    domain::decision::{
        log::{Log, edges, graph::pending, successors, timeline::day_of},
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
        match self.format {
            Format::Text => say(&text(place, &opened.log, &all)),
            Format::Json => say(&json(place, &opened.log, &all)),
            Format::Paths => {
                let paths = all.iter().filter_map(|index| opened.log.texts.get(*index)).map(|text| place.shown(&text.path));
                say(&paths.collect::<Vec<_>>().join("\n"));
            }
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

/// A table: number, status, day, title and path, and what takes or will take a record's place.
fn text(place: &Place, log: &Log, chosen: &[usize]) -> String {
    let entries = log.entries();
    let (edges, pending) = (edges(&entries), pending(&entries));
    let number = |index: usize| {
        log.texts
            .get(index)
            .map(|text| text.record.number.map_or_else(|| place.shown(&text.path), |number| number.to_string()))
            .unwrap_or_default()
    };
    let rows = chosen
        .iter()
        .filter_map(|index| {
            log.texts.get(*index).zip(entries.get(*index)).map(|(text, entry)| {
                let status = match (&text.record.status, text.record.known_status()) {
                    (_, Some(Status::Superseded)) => {
                        let by: Vec<String> = successors(&edges, *index).into_iter().map(number).collect();
                        if by.is_empty() { "superseded".to_owned() } else { format!("superseded by {}", by.join(", ")) }
                    }
                    (_, Some(status)) => {
                        let by: Vec<String> = pending.iter().filter(|(_, old)| old == index).map(|(newer, _)| number(*newer)).collect();
                        if by.is_empty() { status.slug().to_owned() } else { format!("{}, {} pending", status.slug(), by.join(", ")) }
                    }
                    (Some(written), None) => format!(
                        "“{}”",
                        written.written.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(20).collect::<String>()
                    ),
                    (None, None) => "no status".to_owned(),
                };
                let day = day_of(entry).map_or_else(|| "-".to_owned(), |day| day.to_string());
                [
                    text.record.number.map_or_else(|| "-".to_owned(), |number| format!("{number:04}")),
                    status,
                    day,
                    text.record.title.clone(),
                    place.shown(&text.path),
                ]
            })
        })
        .collect::<Vec<_>>();
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0);
    let widths = [width(0), width(1), width(2), width(3).min(60)];
    let mut out = String::new();
    for row in &rows {
        let [number, status, day, title, path] = row;
        let [first, second, third, fourth] = widths;
        let title = if title.chars().count() > fourth {
            title.chars().take(fourth.saturating_sub(1)).chain(['…']).collect()
        } else {
            title.clone()
        };
        let _ = writeln!(out, "{number:<first$}  {status:<second$}  {day:<third$}  {title:<fourth$}  {path}");
    }
    if rows.is_empty() { "No decisions.".to_owned() } else { out }
}

fn json(place: &Place, log: &Log, chosen: &[usize]) -> String {
    let entries = log.entries();
    let (edges, pending) = (edges(&entries), pending(&entries));
    let path = |index: usize| log.texts.get(index).map(|text| place.shown(&text.path));
    let all: Vec<_> = chosen
        .iter()
        .filter_map(|index| log.texts.get(*index).zip(entries.get(*index)).map(|(text, entry)| json!({
            "path": place.shown(&text.path),
            "number": text.record.number,
            "title": text.record.title,
            "status": text.record.known_status(),
            "status_written": text.record.status.as_ref().map(|status| &status.written),
            "date": day_of(entry).map(|day| day.to_string()),
            "deciders": text.record.deciders,
            "template": text.record.template,
            "superseded_by": successors(&edges, *index).into_iter().filter_map(path).collect::<Vec<_>>(),
            "will_be_superseded_by": pending.iter().filter(|(_, old)| old == index).filter_map(|(newer, _)| path(*newer)).collect::<Vec<_>>(),
        })))
        .collect();
    serde_json::to_string_pretty(&all).unwrap_or_default()
}
