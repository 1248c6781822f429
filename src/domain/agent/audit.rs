//! What a run leaves behind: records that can only be added to, each sealed to the one before, enough to replay the run
//! without a network.
//!
//! A record is sealed over the bytes of its entry as they were written, not over what today's program reads in them, so old
//! records stay verifiable when entries learn new fields. The chain shows a change, a gap or another order; that records
//! are missing at the end shows only against a head that is kept elsewhere.

use serde::{Deserialize, Serialize};
use serde_json::{Value, value::RawValue};

use crate::domain::{
    agent::{
        conversation::{TurnError, TurnRequest},
        turn::{Event, Outcome, Setup},
    },
    moment::Moment,
};

pub mod replay;

/// The seal before the first record.
pub const BEGINNING: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// One thing that is known about a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Entry {
    /// Always the first.
    Began(Box<Began>),
    /// A turn was asked for.
    Asked {
        /// As it was asked for; what served it is in the turn.
        model: String,
        /// Of the whole request.
        hash: String,
    },
    /// Something happened to the run, recorded before it was handled. Answers of tools are [`Entry::Answered`], as their
    /// texts are not always kept.
    Happened { event: Event },
    /// A tool was called.
    Called { id: String, tool: String, input: Value },
    /// A tool answered.
    Answered {
        id: String,
        /// Of the text.
        hash: String,
        /// None when answers are not kept; the run can't be replayed then.
        text: Option<String>,
        failed: bool,
        finished: bool,
        took_ms: u64,
    },
    /// How long a turn took and which tries it needed, as the client tells.
    Took { ms: u64, first_content_ms: Option<u64>, tries: Vec<TurnError> },
    /// A finding as the agent gave it, and what became of it.
    Finding { raw: Value, grounding: Grounding, reasons: Vec<String> },
    /// Two agents' findings were made one, or kept apart.
    Merged { findings: Vec<String>, into: Option<String>, reason: String },
    /// A person decided something about a finding or a proposal.
    Decided { person: String, about: String, decision: String, reason: String },
    /// Always the last of the run itself; merges and decisions may follow.
    Ended { outcome: Outcome },
}

/// What was believed of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Grounding {
    Verified,
    Partial,
    Rejected,
}

/// What a run began with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Began {
    /// The account that started it.
    pub initiator: String,
    /// The reviewed documents with their revisions, one line each.
    pub revisions: Vec<String>,
    pub agent: String,
    /// SHA-256 of the agent's file, hexadecimal.
    pub agent_sha256: String,
    pub provider: String,
    /// The model that was asked for.
    pub model: String,
    /// Of the first request without its tools.
    pub prompt_hash: String,
    /// Of the list of tools.
    pub tools_hash: String,
    /// Of the whole setup, by which a replay knows that it has the right one.
    pub setup_hash: String,
    /// Everything, the prompt included; none when prompts are not kept.
    pub setup: Option<Setup>,
}

impl Began {
    /// Tells of a setup; `keep` says whether the texts may be kept.
    pub fn of(setup: &Setup, keep: bool) -> Self {
        let prompt = TurnRequest { tools: Vec::new(), ..setup.request.clone() };
        Self {
            initiator: String::new(),
            revisions: Vec::new(),
            agent: String::new(),
            agent_sha256: String::new(),
            provider: setup.provider.clone(),
            model: setup.request.model.clone(),
            prompt_hash: hash_of(&prompt),
            tools_hash: hash_of(&setup.request.tools),
            setup_hash: hash_of(setup),
            setup: keep.then(|| setup.clone()),
        }
    }
}

/// One sealed record.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Record {
    /// The run's id.
    pub run: String,
    /// From 1, without gaps.
    pub number: u64,
    pub at: Moment,
    /// The seal of the record before; [`BEGINNING`] for the first.
    pub previous: String,
    /// Over all other fields; hexadecimal BLAKE3.
    pub seal: String,
    /// The entry as JSON, byte for byte as it was written.
    pub entry: Box<RawValue>,
}

impl Record {
    /// What it tells.
    ///
    /// # Errors
    /// When it was written by a version of Lintel that knows other entries.
    pub fn read(&self) -> Result<Entry, serde_json::Error> {
        serde_json::from_str(self.entry.get())
    }

    fn sealed(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        let number = self.number.to_be_bytes();
        let at = self.at.0.to_be_bytes();
        for part in [self.previous.as_bytes(), self.run.as_bytes(), &number, &at, self.entry.get().as_bytes()] {
            // With its length in front, so that nothing can move from one field to the next.
            hasher.update(&(part.len() as u64).to_be_bytes());
            hasher.update(part);
        }
        hasher.finalize().to_hex().to_string()
    }
}

/// The end of a run's records, to which the next is added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trail {
    run: String,
    number: u64,
    head: String,
}

impl Trail {
    pub fn new(run: impl Into<String>) -> Self {
        Self { run: run.into(), number: 0, head: BEGINNING.to_owned() }
    }

    /// The seal of the last record: keep it elsewhere to notice when records go missing at the end.
    pub fn head(&self) -> &str {
        &self.head
    }

    /// Seals the next record.
    ///
    /// # Errors
    /// When the entry cannot be written as JSON; nothing is added then.
    pub fn add(&mut self, at: Moment, entry: &Entry) -> Result<Record, serde_json::Error> {
        let entry = serde_json::value::to_raw_value(entry)?;
        let number = self.number.saturating_add(1);
        let mut record = Record { run: self.run.clone(), number, at, previous: self.head.clone(), seal: String::new(), entry };
        record.seal = record.sealed();
        self.number = number;
        self.head.clone_from(&record.seal);
        Ok(record)
    }
}

/// The first place at which records are not what was written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[error("record {number} {reason}")]
pub struct BrokenLink {
    /// The number that should stand there, from 1.
    pub number: u64,
    /// Completes the sentence `record 3 …`.
    pub reason: String,
}

/// Checks the chain of one run's records from the first on. With `head`, also that none are missing at the end.
pub fn verify(records: &[Record], head: Option<&str>) -> Result<(), BrokenLink> {
    let mut previous = BEGINNING;
    let run = records.first().map_or("", |record| record.run.as_str());
    for (number, record) in (1..).zip(records) {
        let reason = if record.number != number {
            format!("is missing: number {} stands in its place", record.number)
        } else if record.run != run {
            format!("belongs to another run, {}", record.run)
        } else if record.previous != previous {
            "does not follow the one before: that one was changed or replaced".to_owned()
        } else if record.seal != record.sealed() {
            "was changed after it was written".to_owned()
        } else {
            previous = &record.seal;
            continue;
        };
        return Err(BrokenLink { number, reason });
    }
    match head {
        Some(head) if head != previous => {
            Err(BrokenLink { number: records.len() as u64 + 1, reason: "is missing, or the ones before were written anew".to_owned() })
        }
        _ => Ok(()),
    }
}

/// The records as JSON, one a line.
///
/// # Errors
/// Never for records that were made or read here.
pub fn to_jsonl(records: &[Record]) -> Result<String, serde_json::Error> {
    let mut text = String::new();
    for record in records {
        text.push_str(&serde_json::to_string(record)?);
        text.push('\n');
    }
    Ok(text)
}

/// A line of an export that is not a record.
#[derive(Debug, thiserror::Error)]
#[error("line {line} is not a record: {source}")]
pub struct NotARecord {
    /// From 1.
    pub line: usize,
    pub source: serde_json::Error,
}

/// Reads an export; blank lines are skipped. Says nothing about whether the records are true: [`verify`] does.
pub fn from_jsonl(text: &str) -> Result<Vec<Record>, NotARecord> {
    let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    lines.map(|(line, text)| serde_json::from_str(text).map_err(|source| NotARecord { line, source })).collect()
}

/// The hash of anything that can be written as JSON, hexadecimal BLAKE3; empty when it cannot.
pub fn hash_of(value: &impl Serialize) -> String {
    serde_json::to_vec(value).map_or_else(|_| String::new(), |bytes| blake3::hash(&bytes).to_hex().to_string())
}

/// The hash of a text, hexadecimal BLAKE3.
pub fn hash_of_text(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex().to_string()
}

#[cfg(test)]
mod tests;
