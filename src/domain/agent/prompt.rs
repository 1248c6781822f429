//! Composes what a model is sent first, to the byte the same for the same input.
//!
//! The order is the order in which providers keep prompts: tools, system, messages; from what every run shares to what only
//! this one has. Agents of one review share everything up to the design. Two places are marked as worth keeping: after the
//! preamble, which changes with Lintel's version only, and after the design.

use crate::domain::agent::{
    conversation::{Block, Keep, Message, Speaker, ToolOffer, TurnRequest},
    persona::{Persona, Source},
    turn::budget::Budget,
};

pub mod assignment;
pub mod boundary;
mod examples;
mod preamble;
pub mod quote;
mod role;
pub mod subject;

use assignment::Assignment;
use boundary::Boundary;

/// Where the role of a trusted agent stands. The role of a user's agent is always a part of the user's message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RolePlace {
    /// In the system prompt, before the design: for an agent that reviews alone.
    System,
    /// In a system message after the design: for panels, with models that take one.
    LateSystem,
    /// In the user's message after the design: for panels, with other models.
    User,
}

impl RolePlace {
    /// The place with the most weight that still lets the agents of a panel share the design. `late_system`: whether the
    /// model takes system messages in the middle.
    pub const fn best(panel: bool, late_system: bool) -> Self {
        match (panel, late_system) {
            (false, _) => Self::System,
            (true, true) => Self::LateSystem,
            (true, false) => Self::User,
        }
    }
}

/// Everything a prompt is made of.
#[derive(Clone, Copy, Debug)]
pub struct Composition<'a> {
    /// As the provider calls it.
    pub model: &'a str,
    /// The same list for every agent, whatever it may use. The order does not matter.
    pub tools: &'a [ToolOffer],
    /// The design as text, free text in it marked with [`quote`].
    pub snapshot: &'a str,
    /// The same for all agents of a review.
    pub boundary: &'a Boundary,
    pub persona: &'a Persona,
    pub place: RolePlace,
    /// Leave out long code examples of the agent's file.
    pub fold_code: bool,
    pub assignment: &'a Assignment,
    pub budget: &'a Budget,
    /// The most tokens of one answer.
    pub answer_tokens: u32,
}

/// The first request of a run.
pub fn compose(parts: &Composition<'_>) -> TurnRequest {
    let mut tools = parts.tools.to_vec();
    tools.sort_by(|one, other| one.name.cmp(&other.name));
    let place = match parts.persona.source {
        Source::Administrator => parts.place,
        Source::User => RolePlace::User,
    };
    let role = Block::text(role::text(parts.persona, parts.boundary, parts.fold_code));
    let mut system = vec![Block::Text { text: preamble::text(), keep: Some(Keep::Hour) }];
    let mut messages = vec![Message { speaker: Speaker::User, blocks: vec![design(parts.snapshot, parts.boundary)] }];
    match place {
        RolePlace::System => system.push(role),
        RolePlace::LateSystem => messages.push(Message { speaker: Speaker::System, blocks: vec![role] }),
        RolePlace::User => say(&mut messages, role),
    }
    match parts.assignment {
        Assignment::Review(task) => say(&mut messages, Block::text(assignment::review(task, parts.budget, parts.boundary))),
        Assignment::Draft(task) => say(&mut messages, Block::text(assignment::draft(task, parts.budget, parts.boundary))),
        Assignment::Conversation(task) => {
            say(&mut messages, Block::text(assignment::opening(task, parts.budget, parts.boundary)));
            for exchange in &task.earlier {
                say(&mut messages, Block::text(assignment::message(&exchange.author, &exchange.question, parts.boundary)));
                let answer = quote::outgoing(exchange.answer.trim());
                // Providers refuse an empty answer; a question that got none is simply asked before the next.
                if !answer.is_empty() {
                    messages.push(Message { speaker: Speaker::Model, blocks: vec![Block::text(answer)] });
                }
            }
            say(&mut messages, Block::text(assignment::message(&task.author, &task.question, parts.boundary)));
        }
    }
    TurnRequest { model: parts.model.to_owned(), system, tools, messages, answer_tokens: parts.answer_tokens }
}

fn design(snapshot: &str, boundary: &Boundary) -> Block {
    let text = format!(
        "The mark of this review is {}.\n\n{}",
        boundary.word(),
        // The renderer has marked free text already, and what it cites must be quotable to the letter.
        boundary.fence("design", &quote::outgoing(snapshot))
    );
    Block::Text { text, keep: Some(Keep::FiveMinutes) }
}

/// Adds to the user's message, or begins one.
fn say(messages: &mut Vec<Message>, block: Block) {
    match messages.last_mut() {
        Some(message) if message.speaker == Speaker::User => message.blocks.push(block),
        _ => messages.push(Message { speaker: Speaker::User, blocks: vec![block] }),
    }
}

#[cfg(test)]
mod tests;
