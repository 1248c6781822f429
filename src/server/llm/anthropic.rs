//! The Anthropic Messages API: requests, and answers put together from events.
//!
//! Written against <https://platform.claude.com/docs/en/build-with-claude/streaming> and the pages on tool use and prompt
//! caching, as of November 2026. Neither a temperature nor the beginning of an answer is ever sent: newer models refuse both.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{
    domain::agent::conversation::{
        Block, Capabilities, Keep, Message, Progress, Protocol, Speaker, Stop, ToolOffer, Turn, TurnRequest, Usage,
    },
    server::{
        llm::{
            fault::{Complaint, Fault, shown},
            sse::Event,
            text::{Piece, Spoken, values},
            wire::{Assembler, Heard, reconciled},
        },
        ports::ModelInfo,
    },
};

/// The API's version, sent with every request.
pub const VERSION: &str = "2023-06-01";

/// Marks for keeping that one request may have.
const MARKS: usize = 4;

/// The request's body.
pub fn body(request: &TurnRequest, capabilities: &Capabilities) -> Value {
    let mut marks = Marks::of(request, capabilities.keeps);
    let system: Vec<Value> = request.system.iter().filter_map(|block| text(block, &mut marks)).collect();
    let mut messages: Vec<Value> =
        request.messages.iter().filter_map(|message| spoken(message, &mut marks, capabilities.late_system)).collect();
    if request.messages.last().is_some_and(|message| message.speaker == Speaker::Model) {
        // An answer's beginning would be continued, and newer models refuse that: ask for the rest instead.
        messages.push(json!({"role": "user", "content": [{"type": "text", "text": "Go on."}]}));
    }
    let mut body = json!({"model": request.model, "max_tokens": request.answer_tokens, "stream": true, "messages": messages});
    if !system.is_empty() {
        body["system"] = Value::Array(system);
    }
    if !request.tools.is_empty() && capabilities.tools {
        let strict = capabilities.strict_tools && enforceable(&request.tools);
        let tool = |tool: &ToolOffer| {
            let mut offer = json!({"name": tool.name, "description": tool.description, "input_schema": tool.schema});
            if strict {
                offer["strict"] = Value::Bool(true);
            }
            offer
        };
        body["tools"] = request.tools.iter().map(tool).collect();
    }
    body
}

/// Whether schemas are within what the API enforces at once: 20 tools, 24 parameters that may be left out and 16 that may
/// be of several types. Beyond it, it refuses the whole request; tools check their input themselves all the same.
fn enforceable(tools: &[ToolOffer]) -> bool {
    fn count(schema: &Value, optional: &mut usize, several: &mut usize) {
        match schema {
            Value::Object(object) => {
                if let Some(Value::Object(properties)) = object.get("properties") {
                    let required = object.get("required").and_then(Value::as_array).map_or(0, Vec::len);
                    *optional += properties.len().saturating_sub(required);
                }
                let types = object.get("type").is_some_and(Value::is_array);
                *several += usize::from(types || object.contains_key("anyOf") || object.contains_key("oneOf"));
                object.values().for_each(|value| count(value, optional, several));
            }
            Value::Array(values) => values.iter().for_each(|value| count(value, optional, several)),
            _ => {}
        }
    }
    let (mut optional, mut several) = (0, 0);
    for tool in tools {
        count(&tool.schema, &mut optional, &mut several);
    }
    tools.len() <= 20 && optional <= 24 && several <= 16
}

/// Which of the marks in a request are sent: at most [`MARKS`], and longer ones before shorter ones, as the API asks.
struct Marks {
    /// One for each marked block, in order.
    plan: std::vec::IntoIter<Option<Keep>>,
}

impl Marks {
    fn of(request: &TurnRequest, wanted: bool) -> Self {
        let blocks = request.system.iter().chain(request.messages.iter().flat_map(|message| &message.blocks));
        let mut plan: Vec<Option<Keep>> = blocks.filter_map(|block| kept(block).map(|keep| wanted.then_some(keep))).collect();
        let mut short = false;
        for keep in plan.iter_mut().flatten() {
            short |= *keep == Keep::FiveMinutes;
            if short {
                *keep = Keep::FiveMinutes;
            }
        }
        // Of too many, the latest short ones are worth the most: each covers all that comes before it.
        while plan.iter().flatten().count() > MARKS {
            let at = plan.iter().position(|keep| *keep == Some(Keep::FiveMinutes)).or_else(|| plan.iter().position(Option::is_some));
            if let Some(keep) = at.and_then(|at| plan.get_mut(at)) {
                *keep = None;
            }
        }
        Self { plan: plan.into_iter() }
    }

    fn set(&mut self, keep: Option<Keep>, block: &mut Value) {
        if keep.is_none() {
            return;
        }
        match self.plan.next().flatten() {
            Some(Keep::Hour) => block["cache_control"] = json!({"type": "ephemeral", "ttl": "1h"}),
            Some(Keep::FiveMinutes) => block["cache_control"] = json!({"type": "ephemeral", "ttl": "5m"}),
            None => {}
        }
    }
}

/// A block's mark. Text without words is not sent, so its mark does not count.
fn kept(block: &Block) -> Option<Keep> {
    match block {
        Block::Text { text, keep } if !text.trim().is_empty() => *keep,
        _ => None,
    }
}

fn text(block: &Block, marks: &mut Marks) -> Option<Value> {
    let Block::Text { text, keep } = block else { return None };
    // The API refuses text without words.
    (!text.trim().is_empty()).then(|| {
        let mut block = json!({"type": "text", "text": text});
        marks.set(*keep, &mut block);
        block
    })
}

fn spoken(message: &Message, marks: &mut Marks, late_system: bool) -> Option<Value> {
    let mut answers = Vec::new();
    let mut others = Vec::new();
    for block in &message.blocks {
        match block {
            Block::Text { .. } => others.extend(text(block, marks)),
            Block::Call { id, tool, input } => {
                // The API takes objects only; a tool was asked with something else and has answered so.
                let input = if input.is_object() { input.clone() } else { json!({"input": input}) };
                others.push(json!({"type": "tool_use", "id": id, "name": tool, "input": input}));
            }
            Block::Answer { id, text, failed } => {
                let mut answer = json!({"type": "tool_result", "tool_use_id": id, "content": text});
                if *failed {
                    answer["is_error"] = Value::Bool(true);
                }
                answers.push(answer);
            }
            Block::Opaque { protocol: Protocol::Anthropic, value } => others.push(value.clone()),
            Block::Opaque { .. } => {}
        }
    }
    // Answers have to come before anything else that is said.
    answers.append(&mut others);
    let role = match message.speaker {
        Speaker::Model => "assistant",
        Speaker::System if late_system => "system",
        Speaker::User | Speaker::System => "user",
    };
    (!answers.is_empty()).then(|| json!({"role": role, "content": answers}))
}

/// An answer in the making.
#[derive(Debug)]
pub struct Answer {
    info: ModelInfo,
    served_by: String,
    blocks: Vec<Part>,
    usage: Usage,
    stop: Option<String>,
    category: Option<String>,
    stopped: bool,
}

#[derive(Debug)]
struct Part {
    /// The API counts from 0; some servers call every block 0, or none anything.
    index: Option<u64>,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Text(Spoken),
    Call {
        id: String,
        tool: String,
        /// What came with the block's start, which is empty for servers that keep to the protocol.
        begun: Value,
        input: Spoken,
    },
    /// Reasoning: the block as it began, and what was added to it.
    Thinking {
        block: Map<String, Value>,
        thinking: Spoken,
        signature: String,
    },
    /// Sent back as it is.
    Redacted(Map<String, Value>),
    /// Blocks of tools that run at the provider, which we never ask for.
    Unknown,
}

#[derive(Default, Deserialize)]
struct Said {
    #[serde(rename = "type", default)]
    kind: String,
    index: Option<u64>,
    message: Option<Begun>,
    content_block: Option<Map<String, Value>>,
    delta: Option<Delta>,
    usage: Option<Counted>,
    error: Option<Value>,
}

#[derive(Deserialize)]
struct Begun {
    #[serde(default)]
    model: String,
    usage: Option<Counted>,
}

#[derive(Deserialize)]
struct Delta {
    text: Option<Piece>,
    partial_json: Option<Piece>,
    thinking: Option<Piece>,
    signature: Option<String>,
    stop_reason: Option<String>,
    stop_details: Option<Details>,
}

#[derive(Deserialize)]
struct Details {
    category: Option<String>,
}

#[derive(Deserialize)]
struct Counted {
    #[serde(rename = "input_tokens")]
    input: Option<u64>,
    #[serde(rename = "cache_read_input_tokens")]
    kept: Option<u64>,
    #[serde(rename = "cache_creation_input_tokens")]
    keeping: Option<u64>,
    #[serde(rename = "output_tokens")]
    output: Option<u64>,
}

impl Answer {
    pub fn new(info: &ModelInfo) -> Self {
        Self {
            info: info.clone(),
            served_by: String::new(),
            blocks: Vec::new(),
            usage: Usage::default(),
            stop: None,
            category: None,
            stopped: false,
        }
    }

    /// Counts are of the whole turn so far: what is there replaces what was, what is not there stays.
    fn count(&mut self, counted: &Counted) {
        let usage = &mut self.usage;
        for (kept, now) in [
            (&mut usage.input, counted.input),
            (&mut usage.kept, counted.kept),
            (&mut usage.keeping, counted.keeping),
            (&mut usage.output, counted.output),
        ] {
            *kept = now.unwrap_or(*kept);
        }
    }

    /// The block an event is about: the last one with its index, so that servers that use an index again are understood.
    fn block(&mut self, index: Option<u64>) -> Option<&mut Part> {
        self.blocks.iter_mut().rev().find(|part| index.is_none() || part.index.is_none() || part.index == index)
    }

    fn begin(&mut self, index: Option<u64>, block: Map<String, Value>) -> Option<Progress> {
        let word = |name: &str| block.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let spoken = |name: &str| {
            let mut spoken = Spoken::default();
            if let Some(piece) = block.get(name).and_then(|value| serde_json::from_value(value.clone()).ok()) {
                spoken.push(&piece);
            }
            spoken
        };
        let (kind, progress) = match word("type").as_str() {
            "text" => {
                let spoken = spoken("text");
                let progress = (!spoken.is_empty()).then(|| Progress::Text { text: spoken.as_str().to_owned() });
                (Kind::Text(spoken), progress)
            }
            "tool_use" => {
                let (id, tool) = (word("id"), word("name"));
                let begun = block.get("input").cloned().unwrap_or_default();
                let progress = Progress::Calling { tool: tool.clone() };
                (Kind::Call { id, tool, begun, input: Spoken::default() }, Some(progress))
            }
            "thinking" => {
                let (thinking, signature) = (spoken("thinking"), word("signature"));
                (Kind::Thinking { block, thinking, signature }, None)
            }
            "redacted_thinking" => (Kind::Redacted(block), None),
            _ => (Kind::Unknown, None),
        };
        self.blocks.push(Part { index, kind });
        progress
    }

    fn add(&mut self, index: Option<u64>, delta: &Delta) -> Result<Option<Progress>, Fault> {
        let Some(part) = self.block(index) else {
            return Err(Fault::broken(&self.info, "a piece of the answer came before its beginning"));
        };
        match (&mut part.kind, delta) {
            (Kind::Text(spoken), Delta { text: Some(piece), .. }) => {
                let new = spoken.push(piece);
                return Ok((!new.is_empty()).then(|| Progress::Text { text: new.to_owned() }));
            }
            (Kind::Call { input, .. }, Delta { partial_json: Some(piece), .. }) => drop(input.push(piece)),
            (Kind::Thinking { thinking, .. }, Delta { thinking: Some(piece), .. }) => drop(thinking.push(piece)),
            (Kind::Thinking { signature, .. }, Delta { signature: Some(more), .. }) => signature.push_str(more),
            // Deltas we don't know, such as citations.
            _ => {}
        }
        Ok(None)
    }

    fn stop(&self) -> Stop {
        match self.stop.as_deref() {
            Some("end_turn" | "stop_sequence") => Stop::End,
            Some("tool_use") => Stop::Tools,
            Some("max_tokens") => Stop::Length,
            Some("pause_turn") => Stop::Pause,
            Some("refusal") => Stop::Refusal { category: self.category.as_deref().map(shown) },
            Some("model_context_window_exceeded") => Stop::ContextFull,
            Some(reason) => Stop::Other { reason: shown(reason) },
            None => Stop::Other { reason: "none given".to_owned() },
        }
    }
}

impl Kind {
    /// The finished block; nothing for those that say nothing.
    fn block(self, number: usize) -> Result<Option<Block>, String> {
        Ok(match self {
            Self::Text(spoken) => {
                Some(Block::text(spoken.finish())).filter(|block| !matches!(block, Block::Text { text, .. } if text.is_empty()))
            }
            Self::Call { id, tool, begun, input } => {
                let input = input.finish();
                let input = match begun {
                    Value::Object(begun) if !begun.is_empty() && input.trim().is_empty() => Value::Object(begun),
                    _ => {
                        let mut inputs = values(&input).map_err(|error| format!("the input of the tool {tool} is not JSON: {error}"))?;
                        match (inputs.pop(), inputs.is_empty()) {
                            (Some(input), true) => input,
                            _ => return Err(format!("the tool {tool} was given several inputs at once")),
                        }
                    }
                };
                if tool.is_empty() {
                    return Err("a tool was called without its name".to_owned());
                }
                let id = if id.is_empty() { format!("call_{number}") } else { id };
                Some(Block::Call { id, tool, input })
            }
            Self::Thinking { mut block, thinking, signature } => {
                block.insert("thinking".to_owned(), Value::String(thinking.finish()));
                block.insert("signature".to_owned(), Value::String(signature));
                Some(Block::Opaque { protocol: Protocol::Anthropic, value: Value::Object(block) })
            }
            Self::Redacted(block) => Some(Block::Opaque { protocol: Protocol::Anthropic, value: Value::Object(block) }),
            Self::Unknown => None,
        })
    }
}

/// Whether a block is reasoning without its signature.
fn unsigned(block: &Block) -> bool {
    let Block::Opaque { value, .. } = block else { return false };
    value.get("signature").and_then(Value::as_str).is_some_and(str::is_empty)
}

impl Assembler for Answer {
    fn hear(&mut self, event: &Event) -> Result<Heard, Fault> {
        if event.name == "ping" || (event.data.is_empty() && event.name != "error") {
            return Ok(Heard::default());
        }
        let said: Said = match serde_json::from_str(&event.data) {
            Ok(said) => said,
            Err(_) if event.name == "error" => Said { kind: "error".to_owned(), ..Said::default() },
            Err(error) => return Err(Fault::broken(&self.info, format!("an event is not what the protocol says: {error}"))),
        };
        let kind = if said.kind.is_empty() { event.name.as_str() } else { said.kind.as_str() };
        let mut heard = Heard::default();
        match kind {
            "error" => {
                let complaint = said.error.map(|error| json!({"error": error})).as_ref().and_then(Complaint::of).unwrap_or_default();
                return Err(Fault::of_complaint(&self.info, &complaint));
            }
            "message_start" => {
                if let Some(begun) = said.message {
                    self.served_by = shown(&begun.model);
                    if let Some(counted) = &begun.usage {
                        self.count(counted);
                    }
                }
                heard.progress.push(Progress::Started { served_by: self.served_by.clone() });
            }
            "content_block_start" => {
                heard.content = true;
                heard.progress.extend(self.begin(said.index, said.content_block.unwrap_or_default()));
            }
            "content_block_delta" => {
                heard.content = true;
                if let Some(delta) = &said.delta {
                    heard.progress.extend(self.add(said.index, delta)?);
                }
            }
            "message_delta" => {
                heard.content = true;
                if let Some(delta) = said.delta {
                    self.stop = delta.stop_reason.or(self.stop.take());
                    self.category = delta.stop_details.and_then(|details| details.category).or(self.category.take());
                }
                if let Some(counted) = &said.usage {
                    self.count(counted);
                }
            }
            "message_stop" => {
                self.stopped = true;
                heard.last = true;
            }
            // `content_block_stop`, `ping`, and what the API may grow.
            _ => {}
        }
        Ok(heard)
    }

    fn settled(&self) -> bool {
        self.stopped
    }

    fn finish(self: Box<Self>) -> Result<Turn, Fault> {
        if !self.stopped {
            return Err(Fault::broken(&self.info, "it broke off before its end"));
        }
        let stop = self.stop();
        let info = self.info;
        let mut parts = self.blocks;
        if stop == Stop::Length && matches!(parts.last(), Some(Part { kind: Kind::Call { .. }, .. })) {
            // Even if its input can be read, nobody knows what would have followed.
            parts.pop();
        }
        let mut blocks = Vec::with_capacity(parts.len());
        for (number, part) in (1..).zip(parts) {
            blocks.extend(part.kind.block(number).map_err(|detail| Fault::broken(&info, detail))?);
        }
        if stop == Stop::Length && blocks.last().is_some_and(unsigned) {
            // Reasoning that was cut before its signature is refused when it comes back.
            blocks.pop();
        }
        let stop = reconciled(stop, &blocks);
        Ok(Turn { blocks, stop, usage: self.usage, served_by: self.served_by, request_id: String::new() })
    }
}

#[cfg(test)]
mod tests;
