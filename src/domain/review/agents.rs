//! What agents did in a review, as its page and its exports tell it: who was asked, how it went, what it cost, what it covered,
//! what it asked, and what it said that did not check out.

use serde::{Deserialize, Serialize};

use crate::domain::{
    agent::{
        conversation::Usage,
        turn::{Ending, Mode},
    },
    id::RunId,
    moment::Moment,
    review::check::capital,
};

/// One agent's part in a review.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentRun {
    pub id: RunId,
    /// The name it has in the library.
    pub agent: String,
    /// The hash of the agent's file.
    pub file: String,
    /// As people know it; empty when none is set up.
    pub provider: String,
    pub model: String,
    /// What people should know about the choice of the model.
    pub note: Option<String>,
    /// Without its answer the review is inconclusive.
    pub required: bool,
    pub status: RunStatus,
    /// Why it ended as it did and what to do about it, if it did not simply finish.
    pub reason: String,
    pub turns: u32,
    pub calls: u32,
    pub usage: Usage,
    /// Millionths of a US dollar; none when the price is not known.
    pub cost: Option<u64>,
    pub elapsed_ms: u64,
    /// The agent's own word, beside the computed verdict: approve, approve with changes, rework.
    pub recommendation: String,
    pub summary: String,
    /// Point of the agent's list, and how far it looked at it.
    pub coverage: Vec<(String, String)>,
    pub questions: Vec<AgentQuestion>,
    /// What it said that did not check out.
    pub unverified: Vec<Unverified>,
    pub started_at: Moment,
    pub finished_at: Option<Moment>,
}

/// Something an agent would need to know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentQuestion {
    pub question: String,
    /// Names of what it is about.
    pub subjects: Vec<String>,
    pub why: String,
}

/// A claim that is not shown as a finding, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unverified {
    pub title: String,
    pub message: String,
    /// One for each check that failed.
    pub reasons: Vec<String>,
}

/// How a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunStatus {
    /// Waits for its turn.
    Waiting,
    Running,
    Done,
    /// A budget was used up; what it had found by then is kept.
    Budget,
    Refused,
    Failed,
    Cancelled,
    /// The server stopped under it.
    Interrupted,
}

impl RunStatus {
    pub const ALL: [Self; 8] =
        [Self::Waiting, Self::Running, Self::Done, Self::Budget, Self::Refused, Self::Failed, Self::Cancelled, Self::Interrupted];

    pub const fn slug(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Done => "done",
            Self::Budget => "budget",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Interrupted => "interrupted",
        }
    }

    /// As the pages say it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "Waiting",
            Self::Running => "Reviewing",
            Self::Done => "Done",
            Self::Budget => "Out of budget",
            Self::Refused => "Refused",
            Self::Failed => "Failed",
            Self::Cancelled => "Stopped",
            Self::Interrupted => "Interrupted",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.slug() == text)
    }

    pub const fn is_over(self) -> bool {
        !matches!(self, Self::Waiting | Self::Running)
    }
}

impl AgentRun {
    /// A run that waits: no model chosen, nothing spent, nothing said.
    pub const fn new(id: RunId, agent: String, file: String, required: bool, at: Moment) -> Self {
        Self {
            id,
            agent,
            file,
            provider: String::new(),
            model: String::new(),
            note: None,
            required,
            status: RunStatus::Waiting,
            reason: String::new(),
            turns: 0,
            calls: 0,
            usage: Usage { input: 0, kept: 0, keeping: 0, output: 0 },
            cost: None,
            elapsed_ms: 0,
            recommendation: String::new(),
            summary: String::new(),
            coverage: Vec::new(),
            questions: Vec::new(),
            unverified: Vec::new(),
            started_at: at,
            finished_at: None,
        }
    }

    /// All tokens, however they were counted.
    pub const fn tokens(&self) -> u64 {
        self.usage.input.saturating_add(self.usage.kept).saturating_add(self.usage.keeping).saturating_add(self.usage.output)
    }

    /// Takes the end of the run on.
    pub fn end(&mut self, ending: &Ending, mode: Mode) {
        let review = mode == Mode::Review;
        (self.status, self.reason) = match ending {
            Ending::Done { finished: false } if review => (RunStatus::Done, "It ended without a summary of what it covered.".to_owned()),
            Ending::Done { .. } => (RunStatus::Done, String::new()),
            Ending::Budget { which } => {
                let help = if review { which.help() } else { "Ask something narrower, or choose a model with more room." };
                (RunStatus::Budget, format!("It used up its budget of {}. {help}", which.name()))
            }
            Ending::Cancelled if review => (RunStatus::Cancelled, "Somebody stopped it. What it had found by then is kept.".to_owned()),
            Ending::Cancelled => (RunStatus::Cancelled, "Somebody stopped it. The question is kept; ask again for an answer.".to_owned()),
            Ending::Refused { category } => {
                let about = category.as_ref().map_or_else(String::new, |category| format!(" ({category})"));
                (RunStatus::Refused, format!("The model refused{about}. Try another agent, or another model in the settings."))
            }
            Ending::Failed { error } => (RunStatus::Failed, format!("{}. {}", capital(&error.to_string()), error.help())),
        };
    }
}

/// What it cost, as pages say it; none when it is not known.
pub fn dollars(millionths: u64) -> String {
    let cents = millionths.div_ceil(10_000);
    if millionths == 0 {
        "$0.00".to_owned()
    } else if cents <= 1 {
        "under $0.01".to_owned()
    } else {
        format!("${}.{:02}", cents / 100, cents % 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::agent::{conversation::TurnError, turn::budget::Limit};

    #[test]
    fn every_end_says_what_to_do() {
        let id = RunId::from_uuid(uuid::Uuid::nil());
        let mut run = AgentRun::new(id, "go-architect".to_owned(), String::new(), false, Moment(0));
        assert_eq!((run.status, run.tokens()), (RunStatus::Waiting, 0));
        run.end(&Ending::Done { finished: true }, Mode::Review);
        assert_eq!((run.status, run.reason.as_str()), (RunStatus::Done, ""));
        run.end(&Ending::Failed { error: TurnError::Overloaded { provider: "Anthropic".to_owned() } }, Mode::Review);
        assert_eq!(run.status, RunStatus::Failed);
        assert!(run.reason.starts_with("Anthropic is overloaded. ") && run.reason.len() > 40, "{}", run.reason);
        run.end(&Ending::Budget { which: Limit::Turns }, Mode::Review);
        assert_eq!(run.status, RunStatus::Budget);
        assert!(run.status.is_over() && !RunStatus::Waiting.is_over());
        run.end(&Ending::Done { finished: false }, Mode::Conversation);
        assert_eq!((run.status, run.reason.as_str()), (RunStatus::Done, ""), "an answer needs no summary");
        run.end(&Ending::Cancelled, Mode::Conversation);
        assert!(run.reason.contains("ask again"), "{}", run.reason);
        for status in RunStatus::ALL {
            assert_eq!(RunStatus::parse(status.slug()), Some(status));
        }
    }

    #[test]
    fn money_is_never_rounded_down() {
        assert_eq!(dollars(0), "$0.00");
        assert_eq!(dollars(1), "under $0.01");
        assert_eq!(dollars(10_001), "$0.02");
        assert_eq!(dollars(1_234_567), "$1.24");
    }
}
