//! `lintel adr renumber`: another number, with everything that leads to the record, after a look at it.

use std::{
    fmt::Write,
    io::{BufRead, IsTerminal},
};

use clap::Args;

use crate::{
    cli::{
        Failure,
        adr::folder::{Extent, Place, tell},
        complain, on_terminal, say,
    },
    domain::decision::log::renumber::{Renumbering, renumber},
};

#[derive(Debug, Args)]
pub struct Renumber {
    /// The decision
    #[arg(value_name = "REF")]
    record: String,
    /// Its new number
    #[arg(value_name = "NUMBER")]
    number: u32,
    /// Write it without asking
    #[arg(short, long)]
    yes: bool,
}

impl Renumber {
    pub fn run(self, place: &Place) -> Result<(), Failure> {
        let opened = place.hold(Extent::All, false)?;
        let at = opened.find(&self.record)?;
        let found = renumber(&opened.log, &opened.others, at, self.number);
        let found = found.map_err(|refused| Failure::input(place.told(&refused.to_string())))?;
        say(&preview(place, &found));
        if !self.yes && !agreed()? {
            complain("Nothing was written. Add --yes to write it.");
            return Ok(());
        }
        opened.write(&found.change)?;
        tell(place, &found.change);
        Ok(())
    }
}

/// Every line that changes, and every file that moves.
fn preview(place: &Place, found: &Renumbering) -> String {
    let mut out = String::new();
    for (from, to) in &found.change.moved {
        let _ = writeln!(out, "{} → {}", place.shown(from), place.shown(to));
    }
    for line in &found.preview {
        let _ = writeln!(out, "{}:{}\n  - {}\n  + {}", place.shown(&line.path), line.line, line.before, line.after);
    }
    out
}

/// Whether the person at the terminal says yes; nobody else is asked.
fn agreed() -> Result<bool, Failure> {
    if !on_terminal() || !std::io::stdin().is_terminal() {
        return Ok(false);
    }
    say("Write this? [y/N]");
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer).map_err(Failure::fault)?;
    Ok(matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes"))
}
