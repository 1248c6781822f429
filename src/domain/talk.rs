//! Talks with agents: what people ask about a finding or about the design, and what agents answer.
//!
//! A talk reads one frozen design from its first question to its last, so that names and lines in an answer stay true. What
//! an agent answers decides nothing: it is a remark like any other, with the agent's name on it.

use serde::{Deserialize, Serialize};

use crate::domain::{
    id::{CommentId, FindingId, TalkId},
    moment::Moment,
    review::{ReviewedDocument, agents::AgentRun},
};

/// The most characters of a question.
pub const LONGEST_QUESTION: usize = 10_000;
/// Agents that one remark can ask.
const MOST_MENTIONS: usize = 3;

/// What a talk is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum About {
    /// A finding of a review; questions and answers are remarks of its discussion.
    Finding,
    /// The design of a project as it was when the talk began.
    Design,
    /// A design to be, from a page of requirements.
    Draft,
}

impl About {
    pub const ALL: [Self; 3] = [Self::Finding, Self::Design, Self::Draft];

    pub const fn slug(self) -> &'static str {
        match self {
            Self::Finding => "finding",
            Self::Design => "design",
            Self::Draft => "draft",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|about| about.slug() == text)
    }
}

/// One talk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Talk {
    pub id: TalkId,
    pub about: About,
    /// The first question in a few words.
    pub title: String,
    pub started_by: String,
    pub started_at: Moment,
    /// What the agents read, frozen; for a talk about a finding its review has them.
    pub documents: Vec<ReviewedDocument>,
    /// How many questions were asked.
    pub questions: u32,
}

/// One question with the run that answers it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    pub talk: TalkId,
    pub run: AgentRun,
    /// The finding, and the remark that asks, for a talk about one.
    pub finding: Option<FindingId>,
    pub comment: Option<CommentId>,
    pub asked_by: String,
    pub asked_at: Moment,
    pub question: String,
    /// Markdown, cleaned; empty until there is an answer.
    pub answer: String,
}

impl Asked {
    /// Whether an agent is at work on the answer.
    pub const fn is_on_its_way(&self) -> bool {
        !self.run.status.is_over()
    }
}

/// The agents, out of those that there are, that a remark names with `@`, as [`named`]; the first few.
pub fn mentioned(text: &str, handles: &[String]) -> Vec<String> {
    let mut found = named(text, handles);
    found.truncate(MOST_MENTIONS);
    found
}

/// Who, out of those that there are, is named with `@`, in order and each once; the longest name counts.
pub fn named(text: &str, handles: &[String]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for (at, _) in text.match_indices('@') {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        // The middle of an address of mail names nobody.
        if before.is_some_and(|c| c.is_alphanumeric() || c == '.' || c == '_') {
            continue;
        }
        let after = text.get(at + 1..).unwrap_or_default();
        let named = |handle: &&String| {
            let head = after.get(..handle.len());
            let ends =
                after.get(handle.len()..).is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '-' || c == '_'));
            ends && !handle.is_empty() && head.is_some_and(|head| head.eq_ignore_ascii_case(handle))
        };
        let longest = handles.iter().filter(named).max_by_key(|handle| handle.len());
        if let Some(handle) = longest.filter(|handle| !found.contains(handle)) {
            found.push(handle.clone());
        }
    }
    found
}

/// A question that names the agent it is for.
pub fn addressed(agent: &str, question: &str) -> String {
    let names = mentioned(question, &[agent.to_owned()]);
    if names.is_empty() { format!("@{agent} {question}") } else { question.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agents_are_named_with_a_sign() {
        let all: Vec<String> = ["go-architect", "go", "data-architect", "team:go"].map(str::to_owned).into();
        let named = |text: &str| mentioned(text, &all).join(" ");
        assert_eq!(named("@go-architect why? And @Data-Architect, @go-architect?"), "go-architect data-architect");
        assert_eq!(named("ask @go, or (@team:go)."), "go team:go");
        assert_eq!(named("mail me@go and a.b@go-architect or @go-architects"), "");
        assert_eq!(named("go-architect without a sign, @ alone, @é"), "");
        assert_eq!(addressed("go", "why?"), "@go why?");
        assert_eq!(addressed("go", "why, @go?"), "why, @go?");
    }
}
