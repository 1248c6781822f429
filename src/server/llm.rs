//! Talking to models: turns out, answers in, over two wire protocols or from a recording.
//!
//! Reading order: [`providers`] reads the settings and hands out a [`ChatModel`] for each run; [`resilience`] decides when to
//! ask, ask again, wait or give up; [`client`] makes one try over HTTP; [`sse`] turns bytes into events, and [`anthropic`] and
//! [`openai`] turn requests into bodies and events into turns, both on [`wire`], [`text`] and [`fault`]. [`endpoint`] holds
//! addresses and keys. [`scripted`] needs no network: it plays recordings, and makes them.
//!
//! Everything but [`client`] works without a connection and is tested so; `tests/llm` tests the whole against a server that
//! sends bytes as it is told. To add a wire protocol: a file with a body and an [`Assembler`], and its lines in [`client`].
//!
//! [`ChatModel`]: crate::server::ports::ChatModel
//! [`Assembler`]: wire::Assembler

pub mod anthropic;
pub mod client;
pub mod endpoint;
pub mod fault;
pub mod openai;
pub mod providers;
pub mod resilience;
pub mod scripted;
pub mod sse;
pub mod text;
pub mod wire;
