//! What is said between Lintel and a model, in words of our own: both wire protocols are translated to and from these.
//!
//! A *turn* is one request and the whole answer to it. Answers are only ever used whole: text that streams in is shown, but
//! nothing is acted on before the provider said that the turn is complete.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Who a message is from, as the model sees it. Lintel speaks as the user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Speaker {
    User,
    Model,
    /// The system, in the middle of the conversation; only for models with [`Capabilities::late_system`]. Holds text only.
    System,
}

/// One piece of a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Block {
    Text {
        text: String,
        /// The prompt up to the end of this block is worth keeping at the provider for the next request.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        keep: Option<Keep>,
    },
    /// The model asks for a tool. `input` is what it sent, parsed; an empty input is `{}`.
    Call { id: String, tool: String, input: Value },
    /// What the tool with that call's id answered.
    Answer { id: String, text: String, failed: bool },
    /// Something of the provider's own (reasoning, signatures) that has to be sent back unchanged in the next turn of the
    /// same run, and means nothing to us. `protocol` says whose it is; other protocols leave it out.
    Opaque { protocol: Protocol, value: Value },
}

impl Block {
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text { text: text.into(), keep: None }
    }
}

/// How long a provider is asked to keep a prompt's beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Keep {
    Hour,
    FiveMinutes,
}

/// A wire protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Protocol {
    /// The Anthropic Messages API.
    Anthropic,
    /// Chat completions as `OpenAI` and many others speak them.
    OpenAi,
    /// A recorded conversation, played back from a file.
    Scripted,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Message {
    pub speaker: Speaker,
    pub blocks: Vec<Block>,
}

/// A tool as it is offered to the model. Lists of tools are sorted by name, so that the same list is the same bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ToolOffer {
    pub name: String,
    pub description: String,
    /// A JSON schema; `additionalProperties: false` and everything required, so that strict modes take it.
    pub schema: Value,
}

/// Everything a provider needs for one turn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TurnRequest {
    /// As the provider calls it.
    pub model: String,
    /// Blocks of text, in order; they come after the tools and before the messages in what providers keep.
    pub system: Vec<Block>,
    pub tools: Vec<ToolOffer>,
    pub messages: Vec<Message>,
    /// The most tokens the answer may have.
    pub answer_tokens: u32,
}

/// A complete answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Turn {
    /// In the order the model said them.
    pub blocks: Vec<Block>,
    pub stop: Stop,
    pub usage: Usage,
    /// The model that answered, as the provider names it; empty when it did not say.
    pub served_by: String,
    /// The provider's name for the request, for support tickets; empty when it gave none.
    pub request_id: String,
}

/// Why the model stopped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Stop {
    /// It had nothing more to say.
    End,
    /// It waits for the answers of the tools it called.
    Tools,
    /// The answer was cut at the most tokens it may have.
    Length,
    /// It wants the same conversation again to go on.
    Pause,
    /// It refused; the category is the provider's word, if it gave one.
    Refusal { category: Option<String> },
    /// The conversation no longer fits the model.
    ContextFull,
    /// A reason we don't know.
    Other { reason: String },
}

/// Tokens of one turn as the provider counted them, or of many turns added up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Read in full.
    pub input: u64,
    /// Read from what the provider had kept.
    pub kept: u64,
    /// Written to what the provider keeps.
    pub keeping: u64,
    pub output: u64,
}

impl Usage {
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self {
            input: self.input.saturating_add(other.input),
            kept: self.kept.saturating_add(other.kept),
            keeping: self.keeping.saturating_add(other.keeping),
            output: self.output.saturating_add(other.output),
        }
    }

    /// Input as a budget counts it: what was kept costs a tenth.
    pub const fn fresh_input(self) -> u64 {
        self.input.saturating_add(self.keeping).saturating_add(self.kept / 10)
    }
}

/// What a model costs, in millionths of a US dollar per million tokens (that is: dollars per million tokens × 1,000,000).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Price {
    pub input: u64,
    pub kept: u64,
    pub keeping: u64,
    pub output: u64,
}

impl Price {
    /// The cost of `usage` in millionths of a dollar, rounded up.
    pub const fn of(self, usage: Usage) -> u64 {
        let parts = [
            self.input as u128 * usage.input as u128,
            self.kept as u128 * usage.kept as u128,
            self.keeping as u128 * usage.keeping as u128,
            self.output as u128 * usage.output as u128,
        ];
        let [input, kept, keeping, output] = parts;
        let sum = input.saturating_add(kept).saturating_add(keeping).saturating_add(output).div_ceil(1_000_000);
        #[expect(clippy::cast_possible_truncation, reason = "it was just compared")]
        let cost = if sum > u64::MAX as u128 { u64::MAX } else { sum as u64 };
        cost
    }
}

/// What can be shown while a turn is under way. None of it may be acted on: a turn that breaks off is taken back
/// ([`Progress::Restarted`]) and asked for again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Progress {
    /// The provider answers.
    Started { served_by: String },
    /// More of the text the model says to the reader.
    Text { text: String },
    /// It begins to call a tool.
    Calling { tool: String },
    /// Waiting before the next try of the same turn: forget what was shown of it.
    Restarted { because: String, wait_ms: u64 },
    /// Waiting for a free place or for a provider that asked for patience.
    Waiting { because: String, wait_ms: u64 },
}

/// Why a turn could not be had. Every variant says what to do about it in [`TurnError::help`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum TurnError {
    #[error("the run was stopped")]
    Cancelled,
    /// Nothing listens, the name is unknown, the certificate is wrong, the connection broke.
    #[error("{provider} can't be reached: {detail}")]
    Unreachable { provider: String, detail: String },
    /// `what` is the limit that was hit: connecting, headers, first content, silence, stall.
    #[error("{provider} did not answer in time: {what} took more than {seconds} s")]
    TimedOut { provider: String, what: String, seconds: u64 },
    #[error("{provider} limits how often it is asked{}", wait_words(.retry_after_ms))]
    RateLimited { provider: String, retry_after_ms: Option<u64> },
    #[error("{provider} is overloaded")]
    Overloaded { provider: String },
    /// The key is missing, wrong or may not use this model.
    #[error("{provider} does not accept the key: {detail}")]
    Denied { provider: String, detail: String },
    /// The provider understood and said no: a wrong model, too long a prompt, a wrong parameter.
    #[error("{provider} refuses the request ({status}): {detail}")]
    Rejected { provider: String, status: u16, detail: String },
    #[error("{provider} failed ({status}): {detail}")]
    Failed { provider: String, status: u16, detail: String },
    /// The answer broke off or was not what the protocol says.
    #[error("the answer of {provider} is not usable: {detail}")]
    Broken { provider: String, detail: String },
    /// Too many failures lately: nothing is sent until then.
    #[error("{provider} failed too often; it is tried again in {} s", .retry_in_ms.div_ceil(1000))]
    BreakerOpen { provider: String, retry_in_ms: u64 },
    /// Too many runs wait already.
    #[error("{provider} has too many runs waiting")]
    Busy { provider: String },
    #[error("external models are switched off for this project")]
    SwitchedOff,
    #[error("no model provider is configured")]
    NotConfigured,
}

#[expect(clippy::ref_option, reason = "as the error's derive passes its fields")]
fn wait_words(wait: &Option<u64>) -> String {
    wait.map_or_else(String::new, |wait| format!("; it asks for {} s of patience", wait.div_ceil(1000)))
}

impl TurnError {
    /// What a person can do about it.
    pub const fn help(&self) -> &'static str {
        match self {
            Self::Cancelled => "What the agent had found and shown to be true is kept. Start again to go on.",
            Self::Unreachable { .. } => "Check the provider's address in the settings and that this server may reach it, then try again.",
            Self::TimedOut { .. } | Self::Overloaded { .. } | Self::Failed { .. } | Self::Broken { .. } => {
                "Try again in a few minutes; the rules' findings stand without it."
            }
            Self::RateLimited { .. } | Self::Busy { .. } => "Wait a little, or ask fewer agents at once, then try again.",
            Self::Denied { .. } => "An administrator has to check the provider's key in the server's environment.",
            Self::Rejected { .. } => "Check the model's name in the settings; if the design is too large, review one diagram of it.",
            Self::BreakerOpen { .. } => "Nothing is sent until then, so that a failing provider is left in peace. Rules run as ever.",
            Self::SwitchedOff => "An owner can allow external models in the project's settings.",
            Self::NotConfigured => {
                "Set ANTHROPIC_API_KEY, or LINTEL_LLM_PROVIDER with LINTEL_LLM_BASE_URL and LINTEL_LLM_MODEL, and start Lintel again."
            }
        }
    }
}

/// What a model is known to take. Asking for what it does not take fails the whole turn, so when in doubt: no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a thing of its own that a model takes or not")]
pub struct Capabilities {
    pub tools: bool,
    /// Schemas of tools are enforced by the provider.
    pub strict_tools: bool,
    /// Takes marks for what is worth keeping.
    pub keeps: bool,
    /// A message from the system in the middle of the conversation.
    pub late_system: bool,
    /// Tokens that fit, input and answer together.
    pub context: u32,
    pub answer: u32,
    pub price: Option<Price>,
}

/// What is known of models, by name (or beginning of a name) as the provider calls them.
pub type CapabilityTable = BTreeMap<String, Capabilities>;
