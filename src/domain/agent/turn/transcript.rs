//! The messages of a run, kept valid for every provider: speakers alternate, no block is empty, every call is answered once
//! and in order, right after the message that made it.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::agent::{
    conversation::{Block, Message, Speaker, Stop},
    prompt::{boundary::Boundary, quote},
};

/// Answers shorter than this stay when room is made.
const SHORT: usize = 200;

const LEFT_OUT: &str = "(left out to make room; call the tool again if you still need it)";

#[derive(Clone, Debug)]
pub(super) struct Transcript {
    messages: Vec<Message>,
    /// Ids of all calls so far: providers want them unique over the conversation.
    ids: BTreeSet<String>,
    /// By call, how many bytes of its answer are the tool's. What follows was said by Lintel or by people, and stays when
    /// room is made.
    lengths: BTreeMap<String, usize>,
}

/// A call as it stands in the transcript.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Asked {
    pub(super) id: String,
    pub(super) tool: String,
    pub(super) input: serde_json::Value,
}

/// What a call was answered.
#[derive(Clone, Debug)]
pub(super) struct Answered {
    pub(super) id: String,
    pub(super) text: String,
    pub(super) failed: bool,
}

impl Transcript {
    pub(super) fn new(messages: Vec<Message>) -> Self {
        let calls = messages.iter().flat_map(|message| &message.blocks);
        let ids = calls.filter_map(|block| if let Block::Call { id, .. } = block { Some(id.clone()) } else { None }).collect();
        Self { messages, ids, lengths: BTreeMap::new() }
    }

    pub(super) fn messages(&self) -> Vec<Message> {
        self.messages.clone()
    }

    /// Takes what the model said into the conversation and gives the calls that now wait for answers, in order.
    ///
    /// An answer that was cut loses the call it was cut in. What is empty is left out, and a message of which nothing is
    /// left is not taken at all, except that a model that paused gets back what it had.
    pub(super) fn model_said(&mut self, blocks: Vec<Block>, stop: &Stop) -> Vec<Asked> {
        let mut blocks: Vec<Block> = blocks.into_iter().filter_map(said_by_model).collect();
        if *stop == Stop::Length && matches!(blocks.last(), Some(Block::Call { .. })) {
            blocks.pop();
        }
        let says_something = blocks.iter().any(|block| !matches!(block, Block::Opaque { .. }));
        if !(says_something || *stop == Stop::Pause && !blocks.is_empty()) {
            return Vec::new();
        }
        let mut asked = Vec::new();
        for block in &mut blocks {
            if let Block::Call { id, tool, input } = block {
                *id = self.own_id(id);
                asked.push(Asked { id: id.clone(), tool: tool.clone(), input: input.clone() });
            }
        }
        match self.messages.last_mut() {
            // After a pause, or when an empty turn was left out.
            Some(last) if last.speaker == Speaker::Model => last.blocks.append(&mut blocks),
            _ => self.messages.push(Message { speaker: Speaker::Model, blocks }),
        }
        asked
    }

    /// An id that no other call of the conversation has; some servers repeat or omit them.
    fn own_id(&mut self, id: &str) -> String {
        let stem = if id.is_empty() { "call" } else { id };
        let numbered = (2..).map(|number: u64| format!("{stem}-{number}"));
        let free = std::iter::once(stem.to_owned()).chain(numbered).find(|id| !self.ids.contains(id)).unwrap_or_default();
        self.ids.insert(free.clone());
        free
    }

    /// Answers the calls of the last message, in their order.
    pub(super) fn answer(&mut self, answers: Vec<Answered>, boundary: &Boundary) {
        let mut blocks = Vec::with_capacity(answers.len());
        for answer in answers {
            let text = boundary.without(&quote::outgoing(&answer.text));
            let text = if text.trim().is_empty() { "(empty)".to_owned() } else { text };
            self.lengths.insert(answer.id.clone(), text.len());
            blocks.push(Block::Answer { id: answer.id, text, failed: answer.failed });
        }
        if !blocks.is_empty() {
            self.messages.push(Message { speaker: Speaker::User, blocks });
        }
    }

    /// Tells the model something. After answers of tools it goes into the last of them: models that are told something
    /// beside an answer tend to end their turn there.
    pub(super) fn tell(&mut self, text: &str) {
        match self.messages.last_mut() {
            Some(last) if last.speaker == Speaker::User => match last.blocks.last_mut() {
                Some(Block::Answer { text: answer, .. }) => {
                    answer.push_str("\n\n");
                    answer.push_str(text);
                }
                _ => last.blocks.push(Block::text(text)),
            },
            _ => self.messages.push(Message { speaker: Speaker::User, blocks: vec![Block::text(text)] }),
        }
    }

    /// Whether the model's message is the last, as after a pause: then nothing may be added before it goes on.
    pub(super) fn model_is_last(&self) -> bool {
        self.messages.last().is_some_and(|message| message.speaker == Speaker::Model)
    }

    /// Shortens answers of tools, older ones first; false when there was nothing to shorten.
    pub(super) fn make_room(&mut self) -> bool {
        let last = self.messages.len().saturating_sub(1);
        shorten(self.messages.iter_mut().take(last), &mut self.lengths) || shorten(self.messages.iter_mut(), &mut self.lengths)
    }
}

fn shorten<'a>(messages: impl Iterator<Item = &'a mut Message>, lengths: &mut BTreeMap<String, usize>) -> bool {
    let mut shortened = false;
    for block in messages.flat_map(|message| &mut message.blocks) {
        if let Block::Answer { id, text, .. } = block
            && let Some(length) = lengths.get_mut(id).filter(|length| **length > SHORT)
        {
            let said = text.get(*length..).unwrap_or_default();
            *text = format!("{LEFT_OUT}{said}");
            *length = LEFT_OUT.len();
            shortened = true;
        }
    }
    shortened
}

/// A block as the model may say it: not empty, without marks for keeping, and no answers, which are not its own to give.
fn said_by_model(block: Block) -> Option<Block> {
    match block {
        Block::Text { text, .. } => (!text.trim().is_empty()).then(|| Block::text(text)),
        Block::Answer { .. } => None,
        block @ (Block::Call { .. } | Block::Opaque { .. }) => Some(block),
    }
}
