//! How much a run may use, and what it has used.

use serde::{Deserialize, Serialize};

use crate::domain::agent::conversation::Usage;

/// What a run may use at most. Checked between turns: the turn that reaches a limit is the last one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Budget {
    pub turns: u32,
    pub calls: u32,
    /// Tokens of all answers together.
    pub output: u64,
    /// Tokens of all requests together; what the provider had kept counts a tenth.
    pub input: u64,
    pub wall_ms: u64,
    /// Millionths of a US dollar; none for no limit.
    pub money: Option<u64>,
}

impl Default for Budget {
    fn default() -> Self {
        Self { turns: 12, calls: 40, output: 16_000, input: 150_000, wall_ms: 240_000, money: None }
    }
}

impl Budget {
    /// For a draft: a whole design takes more words than a review.
    pub fn drafting() -> Self {
        Self { turns: 20, output: 40_000, wall_ms: 600_000, ..Self::default() }
    }
}

/// A limit that can end a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Limit {
    Turns,
    Calls,
    Output,
    Input,
    Wall,
    Money,
    /// One answer was longer than the model may give at once.
    Answer,
    /// The conversation no longer fits the model.
    Context,
}

impl Limit {
    /// As the pages say it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Turns => "turns",
            Self::Calls => "tool calls",
            Self::Output => "tokens of answers",
            Self::Input => "tokens of requests",
            Self::Wall => "time",
            Self::Money => "money",
            Self::Answer => "length of one answer",
            Self::Context => "room in the model",
        }
    }

    /// What a person can do so that it does not happen again.
    pub const fn help(self) -> &'static str {
        match self {
            Self::Turns | Self::Calls | Self::Output | Self::Input | Self::Wall => {
                "What was found and shown to be true is kept. Review a smaller part, or raise the agent's budget in the settings."
            }
            Self::Money => "What was found and shown to be true is kept. The cap on money is set in the project's settings.",
            Self::Answer => "Choose a model that gives longer answers, or review a smaller part.",
            Self::Context => "Choose a model with more room, or review one diagram with what is up to two steps from it.",
        }
    }
}

/// What a run has used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spent {
    pub turns: u32,
    pub calls: u32,
    pub usage: Usage,
    /// Millionths of a US dollar; of turns whose price is known.
    pub money: u64,
    /// Since the run began.
    pub elapsed_ms: u64,
}

/// An answer with fewer tokens than this is not worth asking for.
pub(super) const LEAST_ANSWER: u64 = 256;

impl Budget {
    /// In words, as the agent is told: `12 turns, 40 tool calls, …`.
    pub fn words(&self) -> String {
        format!(
            "{} turns, {} tool calls, {} tokens of answers and {} seconds in all",
            self.turns,
            self.calls,
            self.output,
            self.wall_ms.div_ceil(1000)
        )
    }

    /// The first limit that is reached.
    pub fn reached(&self, spent: &Spent) -> Option<Limit> {
        // Near its end an answer would be cut, so the last few tokens count as used.
        self.shares(spent)
            .into_iter()
            .find(|(limit, used, most)| if *limit == Limit::Output { used.saturating_add(LEAST_ANSWER) > *most } else { used >= most })
            .map(|(limit, _, _)| limit)
    }

    /// The first limit of which four fifths are used.
    pub fn near(&self, spent: &Spent) -> Option<Limit> {
        let near = |used: u64, most: u64| u128::from(used) * 5 >= u128::from(most) * 4;
        self.shares(spent).into_iter().find(|(_, used, most)| near(*used, *most)).map(|(limit, _, _)| limit)
    }

    fn shares(&self, spent: &Spent) -> Vec<(Limit, u64, u64)> {
        let mut shares = vec![
            (Limit::Turns, spent.turns.into(), self.turns.into()),
            (Limit::Calls, spent.calls.into(), self.calls.into()),
            (Limit::Output, spent.usage.output, self.output),
            (Limit::Input, spent.usage.fresh_input(), self.input),
            (Limit::Wall, spent.elapsed_ms, self.wall_ms),
        ];
        shares.extend(self.money.map(|most| (Limit::Money, spent.money, most)));
        shares
    }

    /// What is left for one more answer.
    pub(super) const fn answer_left(&self, spent: &Spent) -> u64 {
        self.output.saturating_sub(spent.usage.output)
    }

    /// What is left in words, for an agent that should finish.
    pub(super) fn left(&self, spent: &Spent) -> String {
        format!(
            "{} turns, {} tool calls, {} tokens of answers and {} seconds are left",
            self.turns.saturating_sub(spent.turns),
            self.calls.saturating_sub(spent.calls),
            self.answer_left(spent),
            self.wall_ms.saturating_sub(spent.elapsed_ms) / 1000
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_fifths_are_near_and_all_is_reached() {
        let budget = Budget { money: Some(1000), ..Budget::default() };
        let spent = |change: fn(&mut Spent)| {
            let mut spent = Spent::default();
            change(&mut spent);
            spent
        };
        assert_eq!(budget.near(&Spent::default()), None);
        assert_eq!(budget.reached(&Spent::default()), None);
        assert_eq!(budget.near(&spent(|s| s.turns = 9)), None);
        assert_eq!(budget.near(&spent(|s| s.turns = 10)), Some(Limit::Turns));
        assert_eq!(budget.reached(&spent(|s| s.turns = 12)), Some(Limit::Turns));
        assert_eq!(budget.near(&spent(|s| s.calls = 32)), Some(Limit::Calls));
        assert_eq!(budget.reached(&spent(|s| s.calls = 40)), Some(Limit::Calls));
        assert_eq!(budget.near(&spent(|s| s.usage.output = 12_800)), Some(Limit::Output));
        assert_eq!(budget.reached(&spent(|s| s.usage.output = 15_744)), None);
        assert_eq!(budget.reached(&spent(|s| s.usage.output = 15_745)), Some(Limit::Output), "too little is left for an answer");
        assert_eq!(budget.reached(&spent(|s| s.usage.input = 150_000)), Some(Limit::Input));
        assert_eq!(budget.reached(&spent(|s| s.usage.kept = 1_400_000)), None, "what was kept counts a tenth");
        assert_eq!(budget.reached(&spent(|s| s.elapsed_ms = 240_000)), Some(Limit::Wall));
        assert_eq!(budget.near(&spent(|s| s.money = 800)), Some(Limit::Money));
        assert_eq!(budget.reached(&spent(|s| s.money = 1000)), Some(Limit::Money));
        assert_eq!(Budget::default().reached(&spent(|s| s.money = u64::MAX)), None, "no cap on money");
    }

    #[test]
    fn an_empty_budget_is_reached_at_once() {
        let nothing = Budget { turns: 0, calls: 0, output: 0, input: 0, wall_ms: 0, money: Some(0) };
        assert_eq!(nothing.reached(&Spent::default()), Some(Limit::Turns));
    }
}
