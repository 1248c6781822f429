//! What providers say, as bytes, in both protocols.

use serde_json::{Value, json};

use crate::domain::agent::conversation::{Block, Protocol, Stop, Turn, Usage};

pub(crate) const BOTH: [Protocol; 2] = [Protocol::Anthropic, Protocol::OpenAi];

/// Events of one answer.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    protocol: Protocol,
    /// Names (empty for none) and data.
    pub(crate) events: Vec<(String, String)>,
    blocks: u64,
    calls: u64,
}

impl Answer {
    pub(crate) fn begin(protocol: Protocol) -> Self {
        let mut answer = Self { protocol, events: Vec::new(), blocks: 0, calls: 0 };
        match protocol {
            Protocol::OpenAi => answer.chunk(&json!({"role": "assistant", "content": null}), None),
            _ => answer.push(&json!({"type": "message_start", "message": {"id": "msg_1", "model": "model-1", "usage": {"input_tokens": 10, "output_tokens": 1}}})),
        }
        answer
    }

    /// The same with other events.
    pub(crate) fn with(self, events: Vec<(String, String)>) -> Self {
        Self { events, ..self }
    }

    /// Any event of the protocol.
    pub(crate) fn push(&mut self, data: &Value) {
        let name = data.get("type").and_then(Value::as_str).unwrap_or_default().to_owned();
        self.events.push((name, data.to_string()));
    }

    /// Any event, with data as it is written.
    pub(crate) fn raw(mut self, name: &str, data: &str) -> Self {
        self.events.push((name.to_owned(), data.to_owned()));
        self
    }

    fn chunk(&mut self, delta: &Value, finish: Option<&str>) {
        self.push(&json!({"id": "c", "object": "chat.completion.chunk", "model": "model-1", "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}));
    }

    /// Text in pieces. `escaped` pieces are put between quotation marks as they are.
    pub(crate) fn text(self, pieces: &[&str]) -> Self {
        let escaped: Vec<String> = pieces.iter().map(|piece| json!(piece).to_string().trim_matches('"').to_owned()).collect();
        self.escaped(&escaped.iter().map(String::as_str).collect::<Vec<_>>())
    }

    pub(crate) fn escaped(mut self, pieces: &[&str]) -> Self {
        match self.protocol {
            Protocol::OpenAi => {
                for piece in pieces {
                    self = self.raw("", &format!("{{\"model\":\"model-1\",\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{piece}\"}},\"finish_reason\":null}}]}}"));
                }
            }
            Protocol::Anthropic | Protocol::Scripted => {
                let index = self.block(&json!({"type": "text", "text": ""}));
                for piece in pieces {
                    self = self.raw(
                        "content_block_delta",
                        &format!("{{\"type\":\"content_block_delta\",\"index\":{index},\"delta\":{{\"type\":\"text_delta\",\"text\":\"{piece}\"}}}}"),
                    );
                }
                self.push(&json!({"type": "content_block_stop", "index": index}));
            }
        }
        self
    }

    pub(crate) fn block(&mut self, block: &Value) -> u64 {
        let index = self.blocks;
        self.blocks += 1;
        self.push(&json!({"type": "content_block_start", "index": index, "content_block": block}));
        index
    }

    /// A tool's call, its input in pieces.
    pub(crate) fn call(self, id: &str, tool: &str, input: &[&str]) -> Self {
        let mut answer = self.open_call(id, tool, input);
        if answer.protocol != Protocol::OpenAi {
            let index = answer.blocks - 1;
            answer.push(&json!({"type": "content_block_stop", "index": index}));
        }
        answer
    }

    /// The same, not ended.
    pub(crate) fn open_call(mut self, id: &str, tool: &str, input: &[&str]) -> Self {
        match self.protocol {
            Protocol::OpenAi => {
                let index = self.calls;
                self.calls += 1;
                self.chunk(
                    &json!({"tool_calls": [{"index": index, "id": id, "type": "function", "function": {"name": tool, "arguments": ""}}]}),
                    None,
                );
                for piece in input {
                    self.chunk(&json!({"tool_calls": [{"index": index, "function": {"arguments": piece}}]}), None);
                }
            }
            Protocol::Anthropic | Protocol::Scripted => {
                let index = self.block(&json!({"type": "tool_use", "id": id, "name": tool, "input": {}}));
                for piece in input {
                    self.push(&json!({"type": "content_block_delta", "index": index, "delta": {"type": "input_json_delta", "partial_json": piece}}));
                }
            }
        }
        self
    }

    /// An end, with the reason as the protocol calls it (`anthropic` or `openai`).
    pub(crate) fn end(mut self, anthropic: &str, openai: &str) -> Self {
        match self.protocol {
            Protocol::OpenAi => {
                self.chunk(&json!({}), Some(openai));
                self.push(&json!({"choices": [], "usage": {"prompt_tokens": 10, "completion_tokens": 7}}));
                self.raw("", "[DONE]")
            }
            Protocol::Anthropic | Protocol::Scripted => {
                self.push(&json!({"type": "message_delta", "delta": {"stop_reason": anthropic}, "usage": {"output_tokens": 7}}));
                self.push(&json!({"type": "message_stop"}));
                self
            }
        }
    }

    /// An error in the middle of the stream.
    pub(crate) fn error(mut self, kind: &str) -> Self {
        match self.protocol {
            Protocol::OpenAi => self.push(&json!({"error": {"type": kind, "message": "it hurts", "code": null}})),
            _ => self.push(&json!({"type": "error", "error": {"type": kind, "message": "it hurts"}})),
        }
        self
    }

    /// The bytes of the stream.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.lines("\n").into_bytes()
    }

    /// The same with another end of line.
    pub(crate) fn lines(&self, end: &str) -> String {
        let event = |(name, data): &(String, String)| {
            let name = if name.is_empty() || self.protocol == Protocol::OpenAi { String::new() } else { format!("event: {name}{end}") };
            format!("{name}data: {data}{end}{end}")
        };
        self.events.iter().map(event).collect()
    }
}

/// An answer with all that an answer may have, and what it means.
pub(crate) fn golden(protocol: Protocol) -> (Answer, Turn) {
    let answer = Answer::begin(protocol)
        .text(&["Grüße aus ", "Zürich 😀", ": \"ja\"\n"])
        .call("call_a", "model_get", &["", "{\"ids\":", "[\"E1\",\"Ü\"]}"])
        .call("call_b", "graph_query", &[])
        .end("tool_use", "tool_calls");
    let turn = Turn {
        blocks: vec![
            Block::text("Grüße aus Zürich 😀: \"ja\"\n"),
            Block::Call { id: "call_a".to_owned(), tool: "model_get".to_owned(), input: json!({"ids": ["E1", "Ü"]}) },
            Block::Call { id: "call_b".to_owned(), tool: "graph_query".to_owned(), input: json!({}) },
        ],
        stop: Stop::Tools,
        usage: Usage { input: 10, kept: 0, keeping: 0, output: 7 },
        served_by: "model-1".to_owned(),
        request_id: "req_1".to_owned(),
    };
    (answer, turn)
}

/// The shortest good answer, and its text.
pub(crate) fn well(protocol: Protocol) -> Answer {
    Answer::begin(protocol).text(&["well"]).end("end_turn", "stop")
}
