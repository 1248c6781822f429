//! Chat completions as `OpenAI` and many others speak them: requests, and answers put together from events.
//!
//! Written against <https://platform.openai.com/docs/api-reference/chat-streaming> and what servers that are compatible with
//! it really send. Where they differ, the most that can be understood without guessing is understood.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{
    domain::agent::conversation::{Block, Capabilities, Message, Progress, Protocol, Speaker, Stop, ToolOffer, Turn, TurnRequest, Usage},
    server::{
        llm::{
            fault::{Complaint, Fault, shown},
            openai::calls::{Calls, Piece as CallPiece},
            sse::Event,
            text::{Piece, Spoken},
            wire::{Assembler, Heard, reconciled},
        },
        ports::ModelInfo,
    },
};

mod calls;

/// What servers differ in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dialect {
    /// Says `max_completion_tokens`; others only know `max_tokens`.
    pub completion_tokens: bool,
    /// Refuses `stream_options`, and counts tokens without being asked.
    pub counts_unasked: bool,
}

impl Dialect {
    /// The dialect of a host.
    pub fn of(host: &str) -> Self {
        Self {
            completion_tokens: host == "api.openai.com" || host.ends_with(".openai.azure.com"),
            counts_unasked: host == "api.mistral.ai",
        }
    }
}

/// The request's body. Marks for keeping are left out: these servers keep by themselves what begins the same.
pub fn body(request: &TurnRequest, capabilities: &Capabilities, dialect: Dialect) -> Value {
    let system = joined(&request.system);
    let mut messages = Vec::new();
    if !system.is_empty() {
        messages.push(json!({"role": "system", "content": system}));
    }
    for message in &request.messages {
        match message.speaker {
            Speaker::Model => messages.extend(answered(message)),
            Speaker::System if capabilities.late_system => messages.push(json!({"role": "system", "content": joined(&message.blocks)})),
            Speaker::User | Speaker::System => messages.extend(asked(message)),
        }
    }
    if request.messages.last().is_some_and(|message| message.speaker == Speaker::Model) {
        // Never the beginning of an answer: some servers continue it, others don't.
        messages.push(json!({"role": "user", "content": "Go on."}));
    }
    let mut body = json!({"model": request.model, "stream": true, "messages": messages});
    body[if dialect.completion_tokens { "max_completion_tokens" } else { "max_tokens" }] = request.answer_tokens.into();
    if !dialect.counts_unasked {
        body["stream_options"] = json!({"include_usage": true});
    }
    if !request.tools.is_empty() && capabilities.tools {
        let tool = |tool: &ToolOffer| {
            let mut function = json!({"name": tool.name, "description": tool.description, "parameters": tool.schema});
            if capabilities.strict_tools {
                function["strict"] = Value::Bool(true);
            }
            json!({"type": "function", "function": function})
        };
        body["tools"] = request.tools.iter().map(tool).collect();
    }
    body
}

/// The text of blocks, a paragraph each.
fn joined(blocks: &[Block]) -> String {
    let texts = blocks.iter().filter_map(|block| match block {
        Block::Text { text, .. } if !text.trim().is_empty() => Some(text.as_str()),
        _ => None,
    });
    texts.collect::<Vec<_>>().join("\n\n")
}

/// What Lintel says: the answers of tools first, a message each, as the protocol asks.
fn asked(message: &Message) -> Vec<Value> {
    let answers = message.blocks.iter().filter_map(|block| match block {
        // The protocol has no place for it, so the text says that a tool failed.
        Block::Answer { id, text, failed: true } => {
            Some(json!({"role": "tool", "tool_call_id": id, "content": format!("The tool failed: {text}")}))
        }
        Block::Answer { id, text, failed: false } => Some(json!({"role": "tool", "tool_call_id": id, "content": text})),
        _ => None,
    });
    let mut messages: Vec<Value> = answers.collect();
    let text = joined(&message.blocks);
    if !text.is_empty() {
        messages.push(json!({"role": "user", "content": text}));
    }
    messages
}

fn answered(message: &Message) -> Option<Value> {
    let text = joined(&message.blocks);
    let mut calls = Vec::new();
    let mut own = Map::new();
    let mut signed = Vec::new();
    for block in &message.blocks {
        match block {
            Block::Call { id, tool, input } => {
                calls.push(json!({"id": id, "type": "function", "function": {"name": tool, "arguments": input.to_string()}}));
            }
            Block::Opaque { protocol: Protocol::OpenAi, value: Value::Object(value) } => match value.get("call") {
                Some(call) => signed.push((call, value.get("extra_content"))),
                None => own.extend(value.clone()),
            },
            _ => {}
        }
    }
    for call in &mut calls {
        if let Some((_, Some(extra))) = signed.iter().find(|(id, _)| call.get("id") == Some(*id)) {
            call["extra_content"] = (*extra).clone();
        }
    }
    if text.is_empty() && calls.is_empty() {
        return None;
    }
    let mut message = own;
    message.insert("role".to_owned(), "assistant".into());
    message.insert("content".to_owned(), if text.is_empty() { Value::Null } else { text.into() });
    if !calls.is_empty() {
        message.insert("tool_calls".to_owned(), calls.into());
    }
    Some(Value::Object(message))
}

/// An answer in the making.
#[derive(Debug)]
pub struct Answer {
    info: ModelInfo,
    started: bool,
    served_by: String,
    text: Spoken,
    reasoning: Spoken,
    refusal: Spoken,
    calls: Calls,
    usage: Usage,
    stop: Option<String>,
    /// `[DONE]` came.
    done: bool,
}

#[derive(Deserialize)]
struct Chunk {
    model: Option<String>,
    #[serde(default, deserialize_with = "present")]
    choices: Vec<Choice>,
    usage: Option<Counted>,
    error: Option<Value>,
}

#[derive(Deserialize)]
struct Choice {
    delta: Option<Delta>,
    finish_reason: Option<String>,
    /// Groq and others put the counts here.
    usage: Option<Counted>,
}

#[derive(Deserialize)]
struct Delta {
    content: Option<Piece>,
    /// `DeepSeek`, vLLM, llama.cpp.
    reasoning_content: Option<Piece>,
    refusal: Option<Piece>,
    #[serde(default, deserialize_with = "present")]
    tool_calls: Vec<CallPiece>,
}

#[derive(Deserialize)]
struct Counted {
    prompt_tokens: Option<u64>,
    completion_tokens: Option<u64>,
    prompt_tokens_details: Option<Details>,
    /// `DeepSeek`.
    prompt_cache_hit_tokens: Option<u64>,
}

#[derive(Deserialize)]
struct Details {
    cached_tokens: Option<u64>,
    cache_write_tokens: Option<u64>,
}

/// A list; `null` is an empty one.
fn present<'de, D: serde::Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

impl Answer {
    pub fn new(info: &ModelInfo) -> Self {
        Self {
            info: info.clone(),
            started: false,
            served_by: String::new(),
            text: Spoken::default(),
            reasoning: Spoken::default(),
            refusal: Spoken::default(),
            calls: Calls::default(),
            usage: Usage::default(),
            stop: None,
            done: false,
        }
    }

    /// The whole prompt counts as input here, what was kept included; [`Usage`] has them apart.
    fn count(&mut self, counted: &Counted) {
        let kept = counted.prompt_tokens_details.as_ref().and_then(|details| details.cached_tokens).or(counted.prompt_cache_hit_tokens);
        let keeping = counted.prompt_tokens_details.as_ref().and_then(|details| details.cache_write_tokens);
        self.usage.kept = kept.unwrap_or(self.usage.kept);
        self.usage.keeping = keeping.unwrap_or(self.usage.keeping);
        if let Some(prompt) = counted.prompt_tokens {
            self.usage.input = prompt.saturating_sub(self.usage.kept).saturating_sub(self.usage.keeping);
        }
        self.usage.output = counted.completion_tokens.unwrap_or(self.usage.output);
    }

    fn add(&mut self, delta: Delta, heard: &mut Heard) -> Result<(), Fault> {
        if let Some(piece) = delta.content.filter(|piece| !piece.is_empty()) {
            heard.content = true;
            let text = self.text.push(&piece).to_owned();
            if !text.is_empty() {
                heard.progress.push(Progress::Text { text });
            }
        }
        if let Some(piece) = delta.reasoning_content.filter(|piece| !piece.is_empty()) {
            heard.content = true;
            self.reasoning.push(&piece);
        }
        if let Some(piece) = delta.refusal.filter(|piece| !piece.is_empty()) {
            heard.content = true;
            self.refusal.push(&piece);
        }
        for piece in delta.tool_calls {
            heard.content = true;
            let begun = self.calls.add(piece).map_err(|detail| Fault::broken(&self.info, detail))?;
            heard.progress.extend(begun.map(|tool| Progress::Calling { tool }));
        }
        Ok(())
    }
}

impl Assembler for Answer {
    fn hear(&mut self, event: &Event) -> Result<Heard, Fault> {
        let data = event.data.trim();
        let mut heard = Heard::default();
        if data == "[DONE]" {
            self.done = true;
            heard.last = true;
            return Ok(heard);
        }
        if data.is_empty() {
            return Ok(heard);
        }
        let chunk: Chunk = match serde_json::from_str(data) {
            Ok(chunk) => chunk,
            Err(_) if event.name == "error" => return Err(Fault::of_complaint(&self.info, &Complaint::default())),
            Err(error) => return Err(Fault::broken(&self.info, format!("an event is not what the protocol says: {error}"))),
        };
        if chunk.error.as_ref().is_some_and(|error| !error.is_null()) || event.name == "error" {
            let complaint = chunk.error.map(|error| json!({"error": error})).as_ref().and_then(Complaint::of).unwrap_or_default();
            return Err(Fault::of_complaint(&self.info, &complaint));
        }
        if !self.started && (chunk.model.is_some() || !chunk.choices.is_empty()) {
            self.started = true;
            self.served_by = shown(chunk.model.as_deref().unwrap_or_default());
            heard.progress.push(Progress::Started { served_by: self.served_by.clone() });
        }
        if let Some(counted) = &chunk.usage {
            self.count(counted);
        }
        // One answer was asked for; further choices are a server's own idea.
        if let Some(choice) = chunk.choices.into_iter().next() {
            if let Some(counted) = &choice.usage {
                self.count(counted);
            }
            if let Some(delta) = choice.delta {
                self.add(delta, &mut heard)?;
            }
            if let Some(reason) = choice.finish_reason.filter(|reason| !reason.is_empty()) {
                heard.content = true;
                self.stop = Some(reason);
            }
        }
        Ok(heard)
    }

    fn settled(&self) -> bool {
        self.stop.is_some() || self.done
    }

    fn finish(self: Box<Self>) -> Result<Turn, Fault> {
        let said_nothing = self.text.is_empty() && self.calls.is_empty() && self.refusal.is_empty();
        if self.stop.is_none() && (!self.done || said_nothing) {
            return Err(Fault::broken(&self.info, "it broke off before its end"));
        }
        let stop = match self.stop.as_deref() {
            Some("abort" | "error") => {
                let complaint = Complaint { message: "it gave up in the middle of the answer".to_owned(), ..Complaint::default() };
                return Err(Fault::of_complaint(&self.info, &complaint));
            }
            Some("stop") | None => Stop::End,
            Some("tool_calls" | "function_call") => Stop::Tools,
            Some("length") => Stop::Length,
            Some("content_filter") => Stop::Refusal { category: Some("content_filter".to_owned()) },
            Some(reason) => Stop::Other { reason: shown(reason) },
        };
        let refused = !self.refusal.is_empty();
        let mut blocks = Vec::new();
        let opaque = |value: Value| Block::Opaque { protocol: Protocol::OpenAi, value };
        if !self.reasoning.is_empty() {
            blocks.push(opaque(json!({"reasoning_content": self.reasoning.finish()})));
        }
        for spoken in [self.text, self.refusal] {
            if !spoken.is_empty() {
                blocks.push(Block::text(spoken.finish()));
            }
        }
        let calls = self.calls.finish(stop == Stop::Length).map_err(|detail| Fault::broken(&self.info, detail))?;
        for call in calls {
            if let Some(extra) = call.extra_content {
                blocks.push(opaque(json!({"call": call.id, "extra_content": extra})));
            }
            blocks.push(Block::Call { id: call.id, tool: call.tool, input: call.input });
        }
        let stop = if refused && stop == Stop::End { Stop::Refusal { category: None } } else { reconciled(stop, &blocks) };
        Ok(Turn { blocks, stop, usage: self.usage, served_by: self.served_by, request_id: String::new() })
    }
}

#[cfg(test)]
mod tests;
