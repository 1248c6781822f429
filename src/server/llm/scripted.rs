//! Conversations from a file instead of a provider: for tests, for a demonstration without a network, and for going through a
//! run again.
//!
//! # The format
//!
//! A file holds the turns a model is to say: a JSON list of them, an object with the list under `turns`, or one turn a line
//! (JSONL, as [`Recorder`](recorder::Recorder) writes it). A turn is an object:
//!
//! | name | value | without it |
//! | --- | --- | --- |
//! | `when` | which request it answers, see below | any |
//! | `delay_ms` | wait before anything is said | 0 |
//! | `say` | what is said, in order, see below | nothing |
//! | `stop` | a [`Stop`], such as `{"type": "length"}` | `tools` if a tool is called, else `end` |
//! | `usage` | `{"input", "kept", "keeping", "output"}` in tokens | zeros |
//! | `served_by`, `request_id` | texts | the model's name; empty |
//! | `error` | a [`TurnError`] that ends the turn after what was said, such as `{"type": "overloaded", "provider": "P"}` | none |
//! | `repeat` | `true`: it may answer any number of requests | once |
//!
//! In `say`, a text is a piece of text as it streams in (pieces that follow each other are one block); `{"text": "…"}` begins a
//! block of its own; `{"wait_ms": 20}` waits; `{"call": "tool", "id": "c1", "input": {…}}` calls a tool (`input` is `{}` and
//! `id` is counted up when left out); `{"opaque": …, "protocol": "anthropic"}` is a provider's own.
//!
//! In `when`, all that is there must hold: `last` are texts in the last message (what tools answered included), `lacks` texts
//! that are not in it, `said` texts anywhere in the system's blocks or the messages, `request` the request's [`digest`]. A
//! request is answered by the first turn that fits and was not yet used; each run begins at the beginning. That lets one file
//! hold the conversations of several agents that run at the same time.

use std::{
    collections::VecDeque,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::{
    domain::agent::conversation::{Block, Capabilities, Progress, Protocol, Stop, Turn, TurnError, TurnRequest, Usage},
    server::{
        llm::{fault::shown, resilience::until_stopped},
        ports::{ChatModel, ModelInfo},
    },
};

pub mod recorder;

/// Requests that are kept for looking at.
const KEPT: usize = 200;

/// The turns of a file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Script {
    pub turns: Vec<ScriptedTurn>,
}

/// One turn of a file; the module's documentation has the format.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ScriptedTurn {
    #[serde(skip_serializing_if = "is_default")]
    pub when: When,
    #[serde(skip_serializing_if = "is_default")]
    pub delay_ms: u64,
    #[serde(skip_serializing_if = "is_default")]
    pub say: Vec<Said>,
    #[serde(skip_serializing_if = "is_default")]
    pub stop: Option<Stop>,
    #[serde(skip_serializing_if = "is_default")]
    pub usage: Usage,
    #[serde(skip_serializing_if = "is_default")]
    pub served_by: String,
    #[serde(skip_serializing_if = "is_default")]
    pub request_id: String,
    #[serde(skip_serializing_if = "is_default")]
    pub error: Option<TurnError>,
    #[serde(skip_serializing_if = "is_default")]
    pub repeat: bool,
}

/// Which requests a turn answers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct When {
    #[serde(skip_serializing_if = "is_default")]
    pub last: Vec<String>,
    #[serde(skip_serializing_if = "is_default")]
    pub lacks: Vec<String>,
    #[serde(skip_serializing_if = "is_default")]
    pub said: Vec<String>,
    #[serde(skip_serializing_if = "is_default")]
    pub request: Option<String>,
}

/// A piece of what is said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Said {
    Piece(String),
    Text(TextBlock),
    Wait(Wait),
    Call(Call),
    Opaque(Opaque),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextBlock {
    pub text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wait {
    pub wait_ms: u64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Call {
    pub call: String,
    #[serde(default)]
    pub id: Option<String>,
    #[serde(default = "nothing")]
    pub input: Value,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opaque {
    pub opaque: Value,
    pub protocol: Protocol,
}

fn nothing() -> Value {
    Value::Object(serde_json::Map::new())
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Why a file can't be played.
#[derive(Debug, thiserror::Error)]
pub enum ScriptError {
    #[error("can't be read: {0}")]
    Read(#[from] std::io::Error),
    #[error("has no turn in it")]
    Empty,
    /// `line` counts from 1.
    #[error("is no recorded conversation: line {line}: {detail}")]
    Format { line: usize, detail: String },
}

impl Script {
    pub fn load(path: &Path) -> Result<Self, ScriptError> {
        Self::read(&std::fs::read_to_string(path)?)
    }

    pub fn read(text: &str) -> Result<Self, ScriptError> {
        let wrong = |error: &serde_json::Error, line: usize| ScriptError::Format { line, detail: error.to_string() };
        let turns = if text.trim_start().starts_with('[') {
            serde_json::from_str(text).map_err(|error| wrong(&error, error.line()))?
        } else if let Ok(Value::Object(object)) = serde_json::from_str(text)
            && object.contains_key("turns")
        {
            serde_json::from_str::<Self>(text).map_err(|error| wrong(&error, error.line()))?.turns
        } else {
            let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
            lines.map(|(number, line)| serde_json::from_str(line).map_err(|error| wrong(&error, number))).collect::<Result<Vec<_>, _>>()?
        };
        if turns.is_empty() { Err(ScriptError::Empty) } else { Ok(Self { turns }) }
    }
}

impl When {
    fn fits(&self, request: &TurnRequest) -> bool {
        let last = request.messages.last().map_or_else(String::new, |message| words(&message.blocks));
        let said = || {
            let messages = request.messages.iter().map(|message| words(&message.blocks));
            std::iter::once(words(&request.system)).chain(messages).collect::<Vec<_>>().join("\n")
        };
        self.last.iter().all(|text| last.contains(text))
            && !self.lacks.iter().any(|text| last.contains(text))
            && (self.said.is_empty() || {
                let said = said();
                self.said.iter().all(|text| said.contains(text))
            })
            && self.request.as_ref().is_none_or(|wanted| *wanted == digest(request))
    }
}

/// Texts and tools' answers of blocks, a line each.
fn words(blocks: &[Block]) -> String {
    let words = blocks.iter().filter_map(|block| match block {
        Block::Text { text, .. } | Block::Answer { text, .. } => Some(text.as_str()),
        Block::Call { .. } | Block::Opaque { .. } => None,
    });
    words.collect::<Vec<_>>().join("\n")
}

/// The name of a request's content: the same request has the same one everywhere. The model is left out of it, so that what
/// was recorded with one is played in place of another.
pub fn digest(request: &TurnRequest) -> String {
    let content = serde_json::json!([request.system, request.tools, request.messages]);
    blake3::hash(content.to_string().as_bytes()).to_hex().chars().take(32).collect()
}

/// Plays a script.
#[derive(Debug)]
pub struct Scripted {
    info: ModelInfo,
    script: Arc<Script>,
    used: Mutex<Vec<bool>>,
    /// Shared with all runs that play the script.
    requests: Arc<Mutex<VecDeque<TurnRequest>>>,
}

impl Scripted {
    pub fn new(script: Script) -> Self {
        let capabilities = Capabilities {
            tools: true,
            strict_tools: true,
            keeps: true,
            late_system: false,
            context: 200_000,
            answer: 32_000,
            price: None,
        };
        let info =
            ModelInfo { provider: "the script".to_owned(), protocol: Protocol::Scripted, model: "scripted".to_owned(), capabilities };
        Self::named(info, script)
    }

    /// Plays a script as if it were another model.
    pub fn named(info: ModelInfo, script: Script) -> Self {
        let used = Mutex::new(vec![false; script.turns.len()]);
        Self { info, script: Arc::new(script), used, requests: Arc::default() }
    }

    /// The same script from its beginning, for another run.
    #[must_use]
    pub fn fresh(&self) -> Self {
        let used = Mutex::new(vec![false; self.script.turns.len()]);
        Self { info: self.info.clone(), script: Arc::clone(&self.script), used, requests: Arc::clone(&self.requests) }
    }

    /// What was asked so far, by all runs that play this script; of many, the latest.
    pub fn requests(&self) -> Vec<TurnRequest> {
        self.seen().iter().cloned().collect()
    }

    /// Turns that were not used yet in this run, as numbers from 1: what a test expected and did not get.
    pub fn unused(&self) -> Vec<usize> {
        let used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        (1..).zip(used.iter()).filter(|(_, used)| !**used).map(|(number, _)| number).collect()
    }

    fn seen(&self) -> MutexGuard<'_, VecDeque<TurnRequest>> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The turn that answers a request, which is used up with it.
    fn pick(&self, request: &TurnRequest) -> Option<&ScriptedTurn> {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        let free = self.script.turns.iter().zip(used.iter_mut()).find(|(turn, used)| (turn.repeat || !**used) && turn.when.fits(request));
        let (turn, used) = free?;
        *used = true;
        Some(turn)
    }

    async fn play(&self, request: &TurnRequest, progress: &(dyn Fn(Progress) + Send + Sync)) -> Result<Turn, TurnError> {
        {
            let mut seen = self.seen();
            if seen.len() == KEPT {
                seen.pop_front();
            }
            seen.push_back(request.clone());
        }
        let Some(turn) = self.pick(request) else {
            let last = request.messages.last().map_or_else(String::new, |message| words(&message.blocks));
            let detail = format!("it has no turn left that answers `{}` (request {})", shown(&last), digest(request));
            return Err(TurnError::Broken { provider: self.info.provider.clone(), detail });
        };
        let pause = async |milliseconds| {
            if milliseconds > 0 {
                sleep(Duration::from_millis(milliseconds)).await;
            }
        };
        pause(turn.delay_ms).await;
        let served_by = if turn.served_by.is_empty() { self.info.model.clone() } else { turn.served_by.clone() };
        if !turn.say.is_empty() || turn.error.is_none() {
            progress(Progress::Started { served_by: served_by.clone() });
        }
        let mut blocks: Vec<Block> = Vec::new();
        for said in &turn.say {
            match said {
                Said::Wait(wait) => pause(wait.wait_ms).await,
                Said::Piece(piece) => {
                    progress(Progress::Text { text: piece.clone() });
                    match blocks.last_mut() {
                        Some(Block::Text { text, .. }) => text.push_str(piece),
                        _ => blocks.push(Block::text(piece.as_str())),
                    }
                }
                Said::Text(block) => {
                    if !block.text.is_empty() {
                        progress(Progress::Text { text: block.text.clone() });
                    }
                    blocks.push(Block::text(block.text.as_str()));
                }
                Said::Call(Call { call, id, input }) => {
                    progress(Progress::Calling { tool: call.clone() });
                    let id = id.clone().unwrap_or_else(|| format!("call_{}", blocks.len() + 1));
                    blocks.push(Block::Call { id, tool: call.clone(), input: input.clone() });
                }
                Said::Opaque(Opaque { opaque, protocol }) => blocks.push(Block::Opaque { protocol: *protocol, value: opaque.clone() }),
            }
        }
        if let Some(error) = &turn.error {
            return Err(error.clone());
        }
        let calls = blocks.iter().any(|block| matches!(block, Block::Call { .. }));
        let stop = turn.stop.clone().unwrap_or(if calls { Stop::Tools } else { Stop::End });
        Ok(Turn { blocks, stop, usage: turn.usage, served_by, request_id: turn.request_id.clone() })
    }
}

impl ChatModel for Scripted {
    fn info(&self) -> &ModelInfo {
        &self.info
    }

    fn turn<'a>(
        &'a self,
        request: &'a TurnRequest,
        stop: &'a CancellationToken,
        progress: &'a (dyn Fn(Progress) + Send + Sync),
    ) -> BoxFuture<'a, Result<Turn, TurnError>> {
        Box::pin(until_stopped(stop, self.play(request, progress)))
    }
}

#[cfg(test)]
mod tests;
