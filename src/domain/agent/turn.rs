//! A run of an agent as a state machine: events go in, steps come out, nothing else happens.
//!
//! The same events give the same steps, always, so a run can be replayed from its record. A run ends exactly once, and a
//! turn is asked for only while every budget has room. What an answer of a tool means (a finding, a proposal, the end) is
//! for the tools to say; the run only keeps the conversation valid and the budgets kept.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::domain::agent::{
    conversation::{Block, Capabilities, Stop, Turn, TurnError, TurnRequest, Usage},
    persona::FINISH,
    prompt::{assignment, boundary::Boundary, quote},
};

pub mod budget;
pub mod estimate;
mod transcript;
mod wording;

use budget::{Budget, Limit, Spent};
use estimate::TooLarge;
use transcript::{Answered, Asked, Transcript};

/// Whether the run has to end with the tool that finishes a review.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    Review,
    /// Ends when the model has nothing more to say.
    Conversation,
}

/// A model that is asked when the first one refuses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fallback {
    /// As the provider calls it.
    pub model: String,
    pub capabilities: Capabilities,
}

/// Everything a run begins with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Setup {
    /// The first request, as the prompt was composed.
    pub request: TurnRequest,
    /// The provider's name, for messages.
    pub provider: String,
    /// Tools the agent may call; calls of others that are offered are denied.
    pub permitted: BTreeSet<String>,
    pub boundary: Boundary,
    pub mode: Mode,
    pub budget: Budget,
    pub capabilities: Capabilities,
    pub fallback: Option<Fallback>,
}

/// What happens to a run. Events that don't fit where it is (an answer nobody waits for, a second turn) change nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// The turn that was asked for, complete.
    Turned(Turn),
    /// It could not be had; what can be tried again was tried.
    Failed(TurnError),
    /// A tool's answer. `finished`: the tool accepted that the agent is done.
    Answered { id: String, text: String, failed: bool, finished: bool },
    /// Milliseconds since the run began. Given now and then, and before every other event whose time matters.
    Elapsed(u64),
    /// Somebody stops the run.
    Stop,
    /// A person says something to the running agent.
    Steer { author: String, text: String },
}

/// What is to be done next.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// Ask the provider; answer with [`Event::Turned`] or [`Event::Failed`].
    Ask(TurnRequest),
    /// Run a tool; answer with [`Event::Answered`]. Calls of one turn may run in any order, and are answered in theirs.
    Call { id: String, tool: String, input: Value },
    /// What the model says besides its calls, for the page.
    Say(String),
    /// What happens to the run, one sentence for the page.
    Note(String),
    /// The run is over; nothing follows.
    Done(Outcome),
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Ending {
    /// The agent was done. `finished`: it said so with the tool, as a review has to.
    Done {
        finished: bool,
    },
    Budget {
        which: Limit,
    },
    Cancelled,
    /// The model refused, and so did its fallback if there is one. The category is the provider's word.
    Refused {
        category: Option<String>,
    },
    Failed {
        error: TurnError,
    },
}

/// The end of a run with what it took.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    pub ending: Ending,
    /// Turns that were asked for.
    pub turns: u32,
    /// Calls the model made, denied ones included.
    pub calls: u32,
    pub usage: Usage,
    /// Millionths of a US dollar; none when the price of a turn is not known.
    pub cost: Option<u64>,
    pub elapsed_ms: u64,
}

/// One run.
#[derive(Clone, Debug)]
pub struct Run {
    setup: Setup,
    transcript: Transcript,
    phase: Phase,
    spent: Spent,
    /// The most tokens of the next answer.
    answer_tokens: u32,
    /// Every turn so far had a known price.
    priced: bool,
    /// What people said and the model has not been told yet.
    said: Vec<(String, String)>,
    last: Last,
    done: BTreeSet<Once>,
}

/// How the last turn came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Last {
    Whole,
    /// It was cut, and the model has not been told.
    Cut,
    CutAndTold,
    Paused,
}

/// What is done once in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Once {
    Warn,
    Nudge,
    Narrow,
}

#[derive(Clone, Debug)]
enum Phase {
    Asking,
    Calling(Vec<Pending>),
    Over,
}

#[derive(Clone, Debug)]
struct Pending {
    id: String,
    answer: Option<(String, bool)>,
    finished: bool,
}

impl Run {
    /// Begins a run and gives its first steps.
    ///
    /// # Errors
    /// When the first request is too large for the model or the budgets; nothing has been sent then.
    pub fn begin(setup: Setup) -> Result<(Self, Vec<Step>), TooLarge> {
        estimate::fits(&setup.request, &setup.capabilities, &setup.budget)?;
        let mut run = Self {
            transcript: Transcript::new(setup.request.messages.clone()),
            phase: Phase::Asking,
            spent: Spent::default(),
            answer_tokens: setup.request.answer_tokens,
            priced: true,
            said: Vec::new(),
            last: Last::Whole,
            done: BTreeSet::new(),
            setup,
        };
        let mut steps = Vec::new();
        if run.setup.budget.money.is_some() && run.setup.capabilities.price.is_none() {
            steps.push(Step::Note(format!(
                "The price of {} is not known, so the cap on money cannot be kept; the other budgets are.",
                run.setup.request.model
            )));
        }
        run.ask(&mut steps);
        Ok((run, steps))
    }

    pub const fn is_over(&self) -> bool {
        matches!(self.phase, Phase::Over)
    }

    /// What was used so far.
    pub const fn spent(&self) -> Spent {
        self.spent
    }

    /// Milliseconds until time is up, for the timer that gives [`Event::Elapsed`].
    pub const fn time_left(&self) -> u64 {
        self.setup.budget.wall_ms.saturating_sub(self.spent.elapsed_ms)
    }

    /// Takes an event and says what to do.
    pub fn handle(&mut self, event: Event) -> Vec<Step> {
        let mut steps = Vec::new();
        if self.is_over() {
            return steps;
        }
        match event {
            Event::Turned(turn) => {
                if matches!(self.phase, Phase::Asking) {
                    self.turned(turn, &mut steps);
                }
            }
            Event::Failed(error) => {
                if matches!(self.phase, Phase::Asking) {
                    let ending = if error == TurnError::Cancelled { Ending::Cancelled } else { Ending::Failed { error } };
                    self.end(ending, &mut steps);
                }
            }
            Event::Answered { id, text, failed, finished } => self.answered(&id, text, failed, finished, &mut steps),
            Event::Elapsed(milliseconds) => {
                self.spent.elapsed_ms = self.spent.elapsed_ms.max(milliseconds);
                if self.spent.elapsed_ms >= self.setup.budget.wall_ms {
                    self.end(Ending::Budget { which: Limit::Wall }, &mut steps);
                }
            }
            Event::Stop => self.end(Ending::Cancelled, &mut steps),
            Event::Steer { author, text } => {
                if !text.trim().is_empty() {
                    self.said.push((author, text));
                }
            }
        }
        steps
    }

    fn turned(&mut self, turn: Turn, steps: &mut Vec<Step>) {
        self.count(turn.usage);
        match turn.stop {
            Stop::Refusal { category } => return self.refused(category, steps),
            Stop::ContextFull => return self.narrow(steps),
            Stop::Other { reason } => {
                let detail = format!("it stopped for a reason that is not known here: {}", quote::inline(&reason, 80));
                let error = TurnError::Broken { provider: self.setup.provider.clone(), detail };
                return self.end(Ending::Failed { error }, steps);
            }
            Stop::End | Stop::Tools | Stop::Length | Stop::Pause => {}
        }
        steps.extend(turn.blocks.iter().filter_map(|block| match block {
            Block::Text { text, .. } if !text.trim().is_empty() => Some(Step::Say(text.clone())),
            _ => None,
        }));
        // Some servers name another reason although there are calls: the calls are what counts.
        let calls = self.transcript.model_said(turn.blocks, &turn.stop);
        let before = std::mem::replace(
            &mut self.last,
            match turn.stop {
                Stop::Length => Last::Cut,
                Stop::Pause if calls.is_empty() => Last::Paused,
                _ => Last::Whole,
            },
        );
        if !calls.is_empty() {
            self.lengthen(steps);
            self.call(calls, steps);
        } else if self.last == Last::Cut && matches!(before, Last::Cut | Last::CutAndTold) {
            // More room was given already, and brought nothing that can be acted on.
            self.end(Ending::Budget { which: Limit::Answer }, steps);
        } else if self.last == Last::Whole {
            self.ended(steps);
        } else {
            self.lengthen(steps);
            self.ask(steps);
        }
    }

    /// After an answer was cut, the next may be twice as long, as far as the model goes.
    fn lengthen(&mut self, steps: &mut Vec<Step>) {
        let longer = self.answer_tokens.saturating_mul(2).min(self.setup.capabilities.answer);
        if self.last == Last::Cut && longer > self.answer_tokens {
            steps.push(Step::Note(format!("The answer was cut at {} tokens; the next may have {longer}.", self.answer_tokens)));
            self.answer_tokens = longer;
        }
    }

    fn refused(&mut self, category: Option<String>, steps: &mut Vec<Step>) {
        match self.setup.fallback.take() {
            Some(fallback) => {
                steps.push(Step::Note(format!("{} refuses to go on; {} is asked instead.", self.setup.request.model, fallback.model)));
                self.setup.request.model = fallback.model;
                self.setup.capabilities = fallback.capabilities;
                self.answer_tokens = self.answer_tokens.min(fallback.capabilities.answer);
                self.ask(steps);
            }
            None => self.end(Ending::Refused { category }, steps),
        }
    }

    /// Shortens what the model was told, once; the turn that did not fit is taken back.
    fn narrow(&mut self, steps: &mut Vec<Step>) {
        if !self.make_room(steps) {
            return self.end(Ending::Budget { which: Limit::Context }, steps);
        }
        self.ask(steps);
    }

    fn make_room(&mut self, steps: &mut Vec<Step>) -> bool {
        if self.done.contains(&Once::Narrow) || !self.transcript.make_room() {
            return false;
        }
        self.done.insert(Once::Narrow);
        steps.push(Step::Note("The conversation no longer fits the model; older answers of tools were left out.".to_owned()));
        if !self.transcript.model_is_last() {
            self.transcript.tell(&wording::narrowed(self.setup.mode, &self.setup.boundary));
        }
        true
    }

    /// Runs the calls that may run and denies the others.
    fn call(&mut self, calls: Vec<Asked>, steps: &mut Vec<Step>) {
        let mut pending = Vec::with_capacity(calls.len());
        for call in calls {
            let denied = if self.spent.calls >= self.setup.budget.calls {
                Some(wording::no_calls_left())
            } else if !self.offers(&call.tool) {
                Some(wording::unknown_tool(&quote::inline(&call.tool, 80)))
            } else if !self.setup.permitted.contains(&call.tool) {
                Some(wording::not_permitted(&call.tool))
            } else {
                None
            };
            self.spent.calls = self.spent.calls.saturating_add(1);
            if denied.is_none() {
                steps.push(Step::Call { id: call.id.clone(), tool: call.tool, input: call.input });
            }
            pending.push(Pending { id: call.id, answer: denied.map(|text| (text, true)), finished: false });
        }
        self.phase = Phase::Calling(pending);
        self.go_on_when_answered(steps);
    }

    fn answered(&mut self, id: &str, text: String, failed: bool, finished: bool, steps: &mut Vec<Step>) {
        let Phase::Calling(pending) = &mut self.phase else { return };
        let Some(call) = pending.iter_mut().find(|call| call.id == id && call.answer.is_none()) else { return };
        call.answer = Some((text, failed));
        call.finished = finished;
        self.go_on_when_answered(steps);
    }

    fn go_on_when_answered(&mut self, steps: &mut Vec<Step>) {
        let Phase::Calling(pending) = &mut self.phase else { return };
        if pending.iter().any(|call| call.answer.is_none()) {
            return;
        }
        let finished = pending.iter().any(|call| call.finished);
        let answers = std::mem::take(pending).into_iter();
        let answers = answers.filter_map(|call| call.answer.map(|(text, failed)| Answered { id: call.id, text, failed })).collect();
        self.transcript.answer(answers, &self.setup.boundary);
        if finished {
            return self.end(Ending::Done { finished: true }, steps);
        }
        self.ask(steps);
    }

    /// The model has nothing more to say.
    fn ended(&mut self, steps: &mut Vec<Step>) {
        let must_finish = self.setup.mode == Mode::Review && self.offers(FINISH) && self.setup.permitted.contains(FINISH);
        if must_finish && self.done.insert(Once::Nudge) {
            self.transcript.tell(&wording::nudge(&self.setup.boundary));
        } else if self.said.is_empty() {
            return self.end(Ending::Done { finished: false }, steps);
        }
        self.ask(steps);
    }

    /// Asks for the next turn, or ends the run when a budget is used up.
    fn ask(&mut self, steps: &mut Vec<Step>) {
        if let Some(which) = self.setup.budget.reached(&self.spent) {
            return self.end(Ending::Budget { which }, steps);
        }
        // While the model only paused, nobody may come between.
        if !(self.last == Last::Paused && self.transcript.model_is_last()) {
            self.tell(steps);
        }
        let mut request = self.request();
        if self.is_too_large(&request) {
            if !self.make_room(steps) {
                return self.end(Ending::Budget { which: Limit::Context }, steps);
            }
            request = self.request();
            if self.is_too_large(&request) {
                return self.end(Ending::Budget { which: Limit::Context }, steps);
            }
        }
        self.spent.turns = self.spent.turns.saturating_add(1);
        self.phase = Phase::Asking;
        steps.push(Step::Ask(request));
    }

    /// What people said, that the last answer was cut, and that the budget is nearly used.
    fn tell(&mut self, steps: &mut Vec<Step>) {
        if self.last == Last::Cut {
            self.last = Last::CutAndTold;
            self.transcript.tell(&wording::cut(self.setup.mode, &self.setup.boundary));
        }
        for (author, text) in std::mem::take(&mut self.said) {
            self.transcript.tell(&assignment::message(&author, &text, &self.setup.boundary));
        }
        let near = self.setup.budget.near(&self.spent).filter(|_| self.spent.turns > 0);
        if let Some(near) = near.filter(|_| self.done.insert(Once::Warn)) {
            let text = wording::finish_now(self.setup.mode, near, &self.setup.budget, &self.spent, &self.setup.boundary);
            self.transcript.tell(&text);
            steps.push(Step::Note(format!("Four fifths of the budget of {} are used; the agent was told to finish.", near.name())));
        }
    }

    fn request(&self) -> TurnRequest {
        let left = u32::try_from(self.setup.budget.answer_left(&self.spent)).unwrap_or(u32::MAX);
        let first = &self.setup.request;
        TurnRequest {
            model: first.model.clone(),
            system: first.system.clone(),
            tools: first.tools.clone(),
            messages: self.transcript.messages(),
            answer_tokens: self.answer_tokens.min(left),
        }
    }

    fn is_too_large(&self, request: &TurnRequest) -> bool {
        estimate::request_tokens(request).saturating_add(request.answer_tokens.into()) > self.setup.capabilities.context.into()
    }

    fn offers(&self, tool: &str) -> bool {
        self.setup.request.tools.iter().any(|offer| offer.name == tool)
    }

    fn count(&mut self, usage: Usage) {
        self.spent.usage = self.spent.usage.plus(usage);
        match self.setup.capabilities.price {
            Some(price) => self.spent.money = self.spent.money.saturating_add(price.of(usage)),
            None => self.priced = false,
        }
    }

    fn end(&mut self, ending: Ending, steps: &mut Vec<Step>) {
        for (author, text) in std::mem::take(&mut self.said) {
            steps.push(Step::Note(format!("The run ended before the agent could read what {author} said: {text}")));
        }
        self.phase = Phase::Over;
        steps.push(Step::Done(Outcome {
            ending,
            turns: self.spent.turns,
            calls: self.spent.calls,
            usage: self.spent.usage,
            cost: self.priced.then_some(self.spent.money),
            elapsed_ms: self.spent.elapsed_ms,
        }));
    }
}

#[cfg(test)]
pub(in crate::domain::agent) mod tests;
