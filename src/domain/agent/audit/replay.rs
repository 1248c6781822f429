//! Runs a run again from its records, without a network, and shows where it would go another way today.

use crate::domain::agent::{
    audit::{BrokenLink, Entry, Record, hash_of, hash_of_text, verify},
    conversation::TurnRequest,
    turn::{Event, Run, Setup, Step, estimate::TooLarge},
};

/// What a step leaves in the records; none for what is only shown.
pub fn entry_of_step(step: &Step) -> Option<Entry> {
    match step {
        Step::Ask(request) => Some(asked(request)),
        Step::Call { id, tool, input } => Some(Entry::Called { id: id.clone(), tool: tool.clone(), input: input.clone() }),
        Step::Done(outcome) => Some(Entry::Ended { outcome: outcome.clone() }),
        Step::Say(_) | Step::Note(_) => None,
    }
}

/// What an event leaves in the records, before it is handled. `keep`: whether answers of tools may be kept as text.
/// `took_ms`: how long a tool took; not used for other events.
pub fn entry_of_event(event: &Event, keep: bool, took_ms: u64) -> Entry {
    match event {
        Event::Answered { id, text, failed, finished } => Entry::Answered {
            id: id.clone(),
            hash: hash_of_text(text),
            text: keep.then(|| text.clone()),
            failed: *failed,
            finished: *finished,
            took_ms,
        },
        event => Entry::Happened { event: event.clone() },
    }
}

fn asked(request: &TurnRequest) -> Entry {
    Entry::Asked { model: request.model.clone(), hash: hash_of(request) }
}

/// Why a run can't be replayed, or went another way.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    #[error("the records were changed: {0}")]
    Broken(#[from] BrokenLink),
    #[error("record {number} can't be read: {source}")]
    Unreadable { number: u64, source: serde_json::Error },
    #[error("the records do not begin with the beginning of a run")]
    NoBeginning,
    /// The setting for keeping prompts and answers was off.
    #[error("record {number} holds only a hash: {what} was not kept, so the run can't be replayed")]
    NotKept { number: u64, what: &'static str },
    #[error("record {number}: the text kept is not the one that was hashed")]
    WrongText { number: u64 },
    #[error("the run would not begin today: {0}")]
    TooLarge(#[from] TooLarge),
    /// The program would do something else now.
    #[error("record {number}: the run went another way then (recorded {recorded}; now {now})")]
    Differs { number: u64, recorded: String, now: String },
}

/// A run as its records tell it.
#[derive(Clone, Debug, PartialEq)]
pub struct Recording {
    pub setup: Setup,
    /// In the order they were handled.
    pub events: Vec<Event>,
}

/// Reads back what a run began with and what happened to it.
pub fn recording(records: &[Record]) -> Result<Recording, ReplayError> {
    verify(records, None)?;
    let mut entries = read(records)?.into_iter();
    let setup = match entries.next() {
        Some((number, Entry::Began(began))) => {
            let setup = began.setup.ok_or(ReplayError::NotKept { number, what: "the prompt" })?;
            if hash_of(&setup) != began.setup_hash {
                return Err(ReplayError::WrongText { number });
            }
            setup
        }
        _ => return Err(ReplayError::NoBeginning),
    };
    let mut events = Vec::new();
    for (number, entry) in entries {
        events.extend(event(number, entry)?);
    }
    Ok(Recording { setup, events })
}

/// Runs the records again and gives the steps, the same as then.
///
/// # Errors
/// When the records are broken, hold too little, or a step comes out otherwise than it was recorded.
pub fn replay(records: &[Record]) -> Result<Vec<Step>, ReplayError> {
    let Recording { setup, .. } = recording(records)?;
    let (mut run, mut steps) = Run::begin(setup)?;
    let mut expected: Vec<Entry> = steps.iter().filter_map(entry_of_step).collect();
    expected.reverse();
    for (number, entry) in read(records)?.into_iter().skip(1) {
        if matches!(entry, Entry::Asked { .. } | Entry::Called { .. } | Entry::Ended { .. }) {
            let now = expected.pop();
            if now.as_ref() != Some(&entry) {
                return Err(ReplayError::Differs { number, recorded: words(Some(&entry)), now: words(now.as_ref()) });
            }
        } else if let Some(event) = event(number, entry)? {
            // Whatever has not been recorded before the next event is not in the records at all.
            if let Some(now) = expected.pop() {
                return Err(ReplayError::Differs { number, recorded: words(None), now: words(Some(&now)) });
            }
            let next = run.handle(event);
            expected = next.iter().filter_map(entry_of_step).collect();
            expected.reverse();
            steps.extend(next);
        }
    }
    match expected.pop() {
        Some(now) => Err(ReplayError::Differs { number: records.len() as u64 + 1, recorded: words(None), now: words(Some(&now)) }),
        None => Ok(steps),
    }
}

fn read(records: &[Record]) -> Result<Vec<(u64, Entry)>, ReplayError> {
    let entry = |record: &Record| match record.read() {
        Ok(entry) => Ok((record.number, entry)),
        Err(source) => Err(ReplayError::Unreadable { number: record.number, source }),
    };
    records.iter().map(entry).collect()
}

/// The event an entry tells of; none for the entries that follow from events or are not the run's own.
fn event(number: u64, entry: Entry) -> Result<Option<Event>, ReplayError> {
    match entry {
        Entry::Happened { event } => Ok(Some(event)),
        Entry::Answered { id, hash, text, failed, finished, .. } => {
            let text = text.ok_or(ReplayError::NotKept { number, what: "a tool's answer" })?;
            if hash_of_text(&text) != hash {
                return Err(ReplayError::WrongText { number });
            }
            Ok(Some(Event::Answered { id, text, failed, finished }))
        }
        Entry::Began(_)
        | Entry::Asked { .. }
        | Entry::Called { .. }
        | Entry::Took { .. }
        | Entry::Finding { .. }
        | Entry::Merged { .. }
        | Entry::Decided { .. }
        | Entry::Ended { .. } => Ok(None),
    }
}

fn words(entry: Option<&Entry>) -> String {
    match entry {
        Some(Entry::Asked { model, hash }) => format!("a turn of {model}, request {}", hash.get(..12).unwrap_or(hash)),
        Some(Entry::Called { id, tool, .. }) => format!("a call of {tool} ({id})"),
        Some(Entry::Ended { outcome }) => format!("the end: {:?}", outcome.ending),
        _ => "nothing".to_owned(),
    }
}
