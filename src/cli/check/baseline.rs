//! Findings that a team knows about: a file to commit, so that only new ones fail the gate.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use serde::{Deserialize, Serialize};

use crate::{
    cli::Failure,
    domain::review::finding::{Finding, Fingerprint},
};

/// The format of the file; grows when old versions could not read it.
const VERSION: u32 = 1;

/// Known findings.
#[derive(Debug, Default)]
pub struct Baseline {
    known: Vec<Known>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: u32,
    findings: Vec<Known>,
}

/// The title is for people who read the file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Known {
    fingerprint: Fingerprint,
    /// Finds it again when keys and paths have changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    names: Option<Fingerprint>,
    title: String,
}

impl Baseline {
    pub fn of(findings: &[Finding]) -> Self {
        let known = findings.iter().map(|finding| Known {
            fingerprint: finding.fingerprint.clone(),
            names: Some(finding.names_fingerprint.clone()),
            title: finding.title.clone(),
        });
        let mut known: Vec<Known> = known.collect();
        known.sort_by(|left, right| left.fingerprint.cmp(&right.fingerprint));
        Self { known }
    }

    /// Which of the findings are known: by their identity, else by their names where only one of each side has them.
    pub fn known_among(&self, findings: &[Finding]) -> BTreeSet<Fingerprint> {
        let exact: BTreeSet<&Fingerprint> = self.known.iter().map(|known| &known.fingerprint).collect();
        let found: BTreeSet<&Fingerprint> = findings.iter().map(|finding| &finding.fingerprint).collect();
        let mut by_name: BTreeMap<&Fingerprint, (usize, Vec<&Fingerprint>)> = BTreeMap::new();
        for known in self.known.iter().filter(|known| !found.contains(&known.fingerprint)) {
            if let Some(names) = &known.names {
                by_name.entry(names).or_default().0 += 1;
            }
        }
        for finding in findings.iter().filter(|finding| !exact.contains(&finding.fingerprint)) {
            by_name.entry(&finding.names_fingerprint).or_default().1.push(&finding.fingerprint);
        }
        let renamed = by_name.into_values().filter_map(|(known, found)| match found.as_slice() {
            [only] if known == 1 => Some((*only).clone()),
            _ => None,
        });
        found.into_iter().filter(|fingerprint| exact.contains(fingerprint)).cloned().chain(renamed).collect()
    }

    pub fn read(file: &Path) -> Result<Self, Failure> {
        let help = "Write one with --write-baseline.";
        let text =
            fs::read_to_string(file).map_err(|error| Failure::input(format!("{} can't be read: {error}. {help}", file.display())))?;
        let read: File =
            serde_json::from_str(&text).map_err(|error| Failure::input(format!("{} is no baseline: {error}. {help}", file.display())))?;
        if read.version != VERSION {
            let found = read.version;
            return Err(Failure::input(format!("{} is a baseline of version {found}; this program reads {VERSION}.", file.display())));
        }
        Ok(Self { known: read.findings })
    }

    pub fn write(self, file: &Path) -> Result<(), Failure> {
        let text = serde_json::to_string_pretty(&File { version: VERSION, findings: self.known }).map_err(Failure::fault)?;
        fs::write(file, text + "\n").map_err(|error| Failure::fault(format!("{} can't be written: {error}.", file.display())))
    }
}
