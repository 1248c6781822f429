//! `lintel adr index`: the list of decisions in an index file, between its markers.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use clap::Args;

use crate::{
    cli::{
        Failure,
        adr::folder::{Extent, Place},
        say,
    },
    domain::{
        decision::log::{
            index::{MARKERS, fresh, list, update},
            step::Change,
        },
        review::check::counted,
    },
};

#[derive(Debug, Args)]
pub struct Index {
    /// The file; the README.md or index.md of the folder that has the markers, or else a new index.md
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// Write nothing; exit with 1 if the list is out of date
    #[arg(long, conflicts_with = "print")]
    check: bool,
    /// Print the list, and write nothing
    #[arg(long)]
    print: bool,
}

impl Index {
    pub fn run(self, place: &Place) -> Result<(), Failure> {
        let opened = if self.check || self.print { place.open(Extent::Log)? } else { place.hold(Extent::Log, false)? };
        let path = match &self.file {
            Some(file) => named(place, file)?,
            None => usual(place, &opened.others),
        };
        if self.print {
            say(&list(&path, &opened.log, '*'));
            return Ok(());
        }
        let mut change = Change::default();
        let file = place.root.join(&path);
        let elsewhere = !opened.others.contains_key(&path) && file.exists();
        let opened = if elsewhere { place.hold(Extent::All, false)? } else { opened };
        match opened.others.get(&path) {
            Some(text) => {
                let edits =
                    update(&path, text, &opened.log).map_err(|unmarked| Failure::input(format!("{}: {unmarked}", place.shown(&path))))?;
                if !edits.is_empty() {
                    change.edits = BTreeMap::from([(path.clone(), edits)]);
                }
            }
            None => change.created = BTreeMap::from([(path.clone(), fresh(&path, &opened.log))]),
        }
        let stale = !change.edits.is_empty() || !change.created.is_empty();
        if self.check {
            let state = if stale { "is out of date. Run `lintel adr index`." } else { "is up to date." };
            say(&format!("{} {state}", place.shown(&path)));
            return if stale { Err(Failure::gate()) } else { Ok(()) };
        }
        opened.write(&change)?;
        let count = opened.log.texts.len();
        let did = if stale { format!("lists {}.", counted(count, "decision")) } else { "is up to date.".to_owned() };
        say(&format!("{} {did}", place.shown(&path)));
        Ok(())
    }
}

/// The path of a file that is named, from the root.
fn named(place: &Place, file: &Path) -> Result<String, Failure> {
    let whole = std::path::absolute(file).map_err(Failure::fault)?;
    let path = whole
        .strip_prefix(&place.root)
        .map_err(|_| Failure::input(format!("{} is not below {}.", file.display(), place.root.display())))?;
    Ok(path.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/"))
}

/// The index of the folder: the first with markers, or else a new file.
fn usual(place: &Place, others: &BTreeMap<String, String>) -> String {
    let home = place.home();
    let path = |name: &str| if home.is_empty() { name.to_owned() } else { format!("{home}/{name}") };
    let names = ["index.md", "README.md", "readme.md", "INDEX.md"];
    let marked = |text: &String| MARKERS.iter().any(|(open, _)| text.contains(open));
    let found = names.iter().map(|name| path(name)).find(|path| others.get(path).is_some_and(marked));
    found.unwrap_or_else(|| path("index.md"))
}
