//! Small pieces of runs, and what every provider demands of a conversation.

use std::collections::BTreeSet;

use serde_json::json;

use crate::domain::agent::{
    conversation::{Block, Capabilities, Message, Price, Speaker, Stop, ToolOffer, Turn, TurnRequest, Usage},
    prompt::boundary::Boundary,
    turn::{Event, Mode, Setup, Step, budget::Budget},
};

pub(in crate::domain::agent) fn offer(name: &str) -> ToolOffer {
    ToolOffer { name: name.to_owned(), description: String::new(), schema: json!({"type": "object"}) }
}

/// A run with four tools, one of which is not permitted.
pub(in crate::domain::agent) fn setup(mode: Mode) -> Setup {
    let price = Price { input: 1_000_000, kept: 100_000, keeping: 1_250_000, output: 8_000_000 };
    Setup {
        request: TurnRequest {
            model: "first".to_owned(),
            system: vec![Block::text("Review.")],
            tools: ["adr_search", "finish", "model_get", "report_finding"].map(offer).to_vec(),
            messages: vec![Message { speaker: Speaker::User, blocks: vec![Block::text("E1 orders")] }],
            answer_tokens: 1000,
        },
        provider: "Test".to_owned(),
        permitted: ["finish", "model_get", "report_finding"].map(str::to_owned).into(),
        boundary: Boundary::new([5; 8]),
        mode,
        budget: Budget::default(),
        capabilities: Capabilities {
            tools: true,
            strict_tools: true,
            keeps: true,
            late_system: false,
            context: 200_000,
            answer: 8000,
            price: Some(price),
        },
        fallback: None,
    }
}

pub(in crate::domain::agent) fn turn(blocks: Vec<Block>, stop: Stop) -> Turn {
    turn_of(blocks, stop, Usage { input: 100, kept: 0, keeping: 0, output: 10 })
}

pub(in crate::domain::agent) fn turn_of(blocks: Vec<Block>, stop: Stop, usage: Usage) -> Turn {
    Turn { blocks, stop, usage, served_by: "first-1".to_owned(), request_id: "r".to_owned() }
}

pub(in crate::domain::agent) fn said(text: &str, stop: Stop) -> Turn {
    turn(vec![Block::text(text)], stop)
}

pub(in crate::domain::agent) fn answered(id: &str, text: &str) -> Event {
    Event::Answered { id: id.to_owned(), text: text.to_owned(), failed: false, finished: false }
}

/// Ids of the calls among the steps.
pub(in crate::domain::agent) fn calls(steps: &[Step]) -> Vec<String> {
    steps.iter().filter_map(|step| if let Step::Call { id, .. } = step { Some(id.clone()) } else { None }).collect()
}

/// What providers refuse a request for.
pub(in crate::domain::agent) fn valid(request: &TurnRequest) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    let mut open: Vec<String> = Vec::new();
    let mut before = None;
    for (index, message) in request.messages.iter().enumerate() {
        if before == Some(message.speaker) {
            return Err(format!("message {index}: the same speaker twice"));
        }
        before = Some(message.speaker);
        if message.blocks.is_empty() {
            return Err(format!("message {index} is empty"));
        }
        let answers: Vec<String> =
            message.blocks.iter().filter_map(|block| if let Block::Answer { id, .. } = block { Some(id.clone()) } else { None }).collect();
        if answers != open {
            return Err(format!("message {index}: calls {open:?} are answered by {answers:?}"));
        }
        open.clear();
        for block in &message.blocks {
            match (message.speaker, block) {
                (Speaker::User | Speaker::Model | Speaker::System, Block::Text { text, .. }) if !text.trim().is_empty() => {}
                (Speaker::Model, Block::Opaque { .. }) => {}
                (Speaker::User, Block::Answer { text, .. }) if !text.is_empty() => {}
                (Speaker::Model, Block::Call { id, .. }) if !id.is_empty() && seen.insert(id.clone()) => open.push(id.clone()),
                (speaker, block) => return Err(format!("message {index}: {speaker:?} may not say {block:?}")),
            }
        }
    }
    if open.is_empty() { Ok(()) } else { Err(format!("{open:?} are never answered")) }
}
