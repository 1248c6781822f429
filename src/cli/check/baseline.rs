//! Findings that a team knows about: a file to commit, so that only new ones fail the gate.

use std::{collections::BTreeSet, fs, path::Path};

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
    fingerprints: BTreeSet<Fingerprint>,
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
    title: String,
}

impl Baseline {
    pub fn of(findings: &[Finding]) -> Self {
        let known = findings.iter().map(|finding| Known { fingerprint: finding.fingerprint.clone(), title: finding.title.clone() });
        Self::from_known(known.collect())
    }

    fn from_known(mut known: Vec<Known>) -> Self {
        known.sort_by(|left, right| left.fingerprint.cmp(&right.fingerprint));
        let fingerprints = known.iter().map(|known| known.fingerprint.clone()).collect();
        Self { known, fingerprints }
    }

    pub fn holds(&self, finding: &Finding) -> bool {
        self.fingerprints.contains(&finding.fingerprint)
    }

    pub fn read(file: &Path) -> Result<Self, Failure> {
        let text = fs::read_to_string(file).map_err(|error| Failure::input(format!("{} can't be read: {error}.", file.display())))?;
        let read: File = serde_json::from_str(&text)
            .map_err(|error| Failure::input(format!("{} is no baseline: {error}. Write one with --write-baseline.", file.display())))?;
        if read.version != VERSION {
            let found = read.version;
            return Err(Failure::input(format!("{} is a baseline of version {found}; this program reads {VERSION}.", file.display())));
        }
        Ok(Self::from_known(read.findings))
    }

    pub fn write(self, file: &Path) -> Result<(), Failure> {
        let text = serde_json::to_string_pretty(&File { version: VERSION, findings: self.known }).map_err(Failure::fault)?;
        fs::write(file, text + "\n").map_err(|error| Failure::fault(format!("{} can't be written: {error}.", file.display())))
    }
}
