//! What both wire protocols have in common: an answer is put together from events, and used only once it is whole.

use crate::{
    domain::agent::conversation::{Block, Progress, Stop, Turn},
    server::llm::{fault::Fault, sse::Event},
};

/// Puts one answer together. Pure: events in, a turn out.
pub trait Assembler: Send {
    /// Takes the next event.
    ///
    /// # Errors
    /// The provider reports an error, or the event makes no sense; the answer can't be had any more.
    fn hear(&mut self, event: &Event) -> Result<Heard, Fault>;

    /// Whether the provider has said how the turn ends, so that nothing is missing should the connection break now.
    fn settled(&self) -> bool;

    /// The stream has ended.
    ///
    /// # Errors
    /// The answer is incomplete, or a part of it can't be read.
    fn finish(self: Box<Self>) -> Result<Turn, Fault>;
}

/// What came of an event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heard {
    pub progress: Vec<Progress>,
    /// The model itself went on: signs of life of the connection alone are not content.
    pub content: bool,
    /// Nothing more comes.
    pub last: bool,
}

/// Providers say `stop` with calls in the answer, and call without any: the blocks are what counts.
pub fn reconciled(stop: Stop, blocks: &[Block]) -> Stop {
    let calls = blocks.iter().any(|block| matches!(block, Block::Call { .. }));
    match stop {
        Stop::End if calls => Stop::Tools,
        Stop::Tools if !calls => Stop::End,
        stop => stop,
    }
}
