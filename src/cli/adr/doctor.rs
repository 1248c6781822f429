//! `lintel adr doctor`: what is wrong with a log, as a compiler says it, and a baseline of what is known.

use std::{
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

use clap::{Args, ValueEnum};
use serde_json::json;

use crate::{
    cli::{
        Failure,
        adr::folder::{Extent, Place},
        check::print::{Style, explain, quote},
        complain, say,
    },
    domain::{
        decision::log::{
            Log,
            doctor::{Baseline, Fault, VERSION, examine},
        },
        diagnostic::{Level, LineIndex},
        review::check::counted,
    },
};

#[derive(Debug, Args)]
pub struct Doctor {
    /// How to say what was found
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Faults that are known: not shown, and not counted
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Write all faults down as known, and exit with 0
    #[arg(long, value_name = "FILE")]
    write_baseline: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

impl Doctor {
    pub fn run(self, place: &Place) -> Result<(), Failure> {
        let opened = place.open(Extent::Log)?;
        let known = self.baseline.as_deref().map(read).transpose()?.unwrap_or_default();
        let all = examine(&opened.log, &|path| place.root.join(path).exists());
        if let Some(file) = &self.write_baseline {
            write(file, &Baseline::of(&all))?;
            complain(&format!("{} are written down as known in {}.", counted(all.len(), "fault"), file.display()));
            return Ok(());
        }
        let fresh: Vec<&Fault> = all.iter().filter(|fault| !known.holds(fault)).collect();
        say(&match self.format {
            Format::Text => text(place, &opened.log, &fresh, all.len() - fresh.len(), Style::of_output()),
            Format::Json => json(place, &opened.log, &fresh, all.len() - fresh.len()),
        });
        if fresh.iter().any(|fault| fault.is_fault()) { Err(Failure::gate()) } else { Ok(()) }
    }
}

fn read(file: &Path) -> Result<Baseline, Failure> {
    let text = fs::read_to_string(file).map_err(|error| Failure::input(format!("{} can't be read: {error}.", file.display())))?;
    let mut baseline: Baseline = serde_json::from_str(&text)
        .map_err(|error| Failure::input(format!("{} is no baseline: {error}. Write one with --write-baseline.", file.display())))?;
    if baseline.version != VERSION {
        let found = baseline.version;
        return Err(Failure::input(format!("{} is a baseline of version {found}; this program reads {VERSION}.", file.display())));
    }
    // People may have edited it.
    baseline.known.sort();
    Ok(baseline)
}

fn write(file: &Path, baseline: &Baseline) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(baseline).map_err(Failure::fault)?;
    fs::write(file, text + "\n").map_err(|error| Failure::fault(format!("{} can't be written: {error}.", file.display())))
}

/// Where, what, the line, why, and what to do; why and what to do once for each kind of note.
fn text(place: &Place, log: &Log, faults: &[&Fault], known: usize, style: Style) -> String {
    let mut out = String::new();
    let mut told: Vec<&str> = Vec::new();
    for fault in faults {
        let said = &fault.diagnostic;
        let (word, colour) = match said.level {
            Level::Error => ("error", "1;31"),
            Level::Warning => ("warning", "1;33"),
            Level::Note => ("note", "1;36"),
        };
        let label = style.paint(colour, &format!("{word}[{}]", said.code));
        let _ = writeln!(
            out,
            "{}:{}:{}: {label}: {}",
            place.shown(&fault.path),
            fault.place.line,
            fault.place.column,
            style.paint("1", &said.what)
        );
        if said.level == Level::Note && told.contains(&said.code.as_str()) {
            continue;
        }
        told.push(&said.code);
        if let Some(text) = log.texts.iter().find(|text| text.path == fault.path) {
            let line = LineIndex::new(&text.text).line(fault.place.line);
            let under = said.span.of(&text.text).lines().next().map_or(0, |text| text.chars().count()).max(1);
            if !line.trim().is_empty() {
                quote(&mut out, fault.place.line, line, Some((fault.place.column, under)), style);
            }
        }
        explain(&mut out, "why", &said.why);
        explain(&mut out, "help", &said.help);
        out.push('\n');
    }
    let count = |fails: bool| faults.iter().filter(|fault| fault.is_fault() == fails).count();
    let (wrong, notes) = (count(true), count(false));
    let wrong = if wrong == 0 { "no faults".to_owned() } else { counted(wrong, "fault") };
    let notes = if notes == 0 { String::new() } else { format!(", {}", counted(notes, "note")) };
    let known = if known == 0 { String::new() } else { format!("; {known} known from the baseline") };
    let _ = writeln!(out, "{} examined: {wrong}{notes}{known}", counted(log.texts.len(), "decision"));
    out
}

fn json(place: &Place, log: &Log, faults: &[&Fault], known: usize) -> String {
    let all: Vec<_> = faults
        .iter()
        .map(|fault| {
            json!({
                "path": place.shown(&fault.path),
                "line": fault.place.line,
                "column": fault.place.column,
                "level": fault.diagnostic.level,
                "code": fault.diagnostic.code,
                "what": fault.diagnostic.what,
                "why": fault.diagnostic.why,
                "help": fault.diagnostic.help,
                "identity": fault.identity(),
            })
        })
        .collect();
    let report = json!({"version": 1, "decisions": log.texts.len(), "known": known, "faults": all});
    serde_json::to_string_pretty(&report).unwrap_or_default()
}
