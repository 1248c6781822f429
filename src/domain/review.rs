//! Reviews: rules over a frozen design, findings with evidence, a verdict by policy.
//!
//! `finding` is what rules and agents say, `engine` runs the `rules`, `fingerprint` gives a finding its identity
//! across reviews, `diff` compares a review with the one before, `policy` computes the verdict, `report` prints it all as
//! markdown. `graph` is the normalised model the rules reason about, `check` what a rule sees and how it reports, `secrets`
//! keeps secrets out of everything that is quoted, `suppression` what the text asks not to show, `settings` what the project has
//! agreed on: `choices` about rules and the `gate`. `cause` names the change that made a finding, `sarif` prints for code
//! scanning, `scope` is how much of a project is judged, `patterns` are the remedies of the catalogue, `fix` is what can be mended for people and `questions` what only they
//! can answer, `triage` is what a team arranges about a finding, `live` runs the rules while people type, `benchmark` measures
//! them on designs whose flaws are known. To add a rule: one file in `rules/` and its line in the registry. To add a pattern: one
//! file in `src/catalogue` and its line in `patterns`.

use serde::{Deserialize, Serialize};

use crate::domain::{
    id::{CommentId, DocumentId, FindingId, ReviewId, RunId},
    model::{ElementKey, Model},
    moment::Moment,
};

pub mod agents;
pub mod amount;
pub mod benchmark;
pub mod catalogue;
pub mod cause;
pub mod check;
pub mod choices;
pub mod classification;
pub mod diff;
pub mod engine;
pub mod finding;
pub mod fingerprint;
pub mod fit;
pub mod fix;
pub mod gate;
pub mod graph;
pub mod hidden;
pub mod live;
pub mod pattern;
pub mod patterns;
pub mod policy;
pub mod protocol;
pub mod questions;
pub mod report;
pub mod rule;
pub mod rules;
pub mod sarif;
pub mod scope;
pub mod secrets;
pub mod selector;
pub mod settings;
pub mod similarity;
pub mod standing;
pub mod suggestion;
pub mod suppression;
pub mod triage;

use finding::{Finding, Fingerprint, Severity};
use gate::Gate;
use scope::Scope;
use triage::Triage;

/// The outcome of a review; always computed, never written by a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    Pass,
    PassWithFindings,
    NeedsWork,
    Blocked,
    /// A required evaluator did not finish.
    Inconclusive,
}

impl Verdict {
    /// As the pages say it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pass => "Approved",
            Self::PassWithFindings => "Approved with findings",
            Self::NeedsWork => "Changes requested",
            Self::Blocked => "Blocked",
            Self::Inconclusive => "Inconclusive",
        }
    }

    pub const fn slug(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::PassWithFindings => "pass-with-findings",
            Self::NeedsWork => "needs-work",
            Self::Blocked => "blocked",
            Self::Inconclusive => "inconclusive",
        }
    }
}

/// How many findings count, by severity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    pub critical: u32,
    pub high: u32,
    pub medium: u32,
    pub low: u32,
}

impl Counts {
    pub const fn total(self) -> u32 {
        self.critical + self.high + self.medium + self.low
    }

    pub const fn of(self, severity: Severity) -> u32 {
        match severity {
            Severity::Critical => self.critical,
            Severity::High => self.high,
            Severity::Medium => self.medium,
            Severity::Low => self.low,
        }
    }

    pub fn add(&mut self, severity: Severity) {
        match severity {
            Severity::Critical => self.critical += 1,
            Severity::High => self.high += 1,
            Severity::Medium => self.medium += 1,
            Severity::Low => self.low += 1,
        }
    }
}

/// How strict a review is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    Sketch,
    #[default]
    Default,
    Production,
    Regulated,
}

impl Profile {
    pub const ALL: [Self; 4] = [Self::Sketch, Self::Default, Self::Production, Self::Regulated];

    pub const fn slug(self) -> &'static str {
        match self {
            Self::Sketch => "sketch",
            Self::Default => "default",
            Self::Production => "production",
            Self::Regulated => "regulated",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|profile| profile.slug() == text)
    }
}

/// Where a review is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReviewStatus {
    Running,
    Finished,
    Cancelled,
    Failed,
}

/// One reviewed document, frozen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewedDocument {
    pub document: DocumentId,
    pub path: String,
    pub title: String,
    pub revision: i64,
    /// SHA-256 of the reviewed text, hexadecimal.
    pub sha256: String,
}

/// What a review did and did not look at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Completeness {
    /// Codes of the rules that ran, in catalogue order.
    pub rules_run: Vec<String>,
    /// Code and reason of each rule that did not.
    pub rules_skipped: Vec<(String, String)>,
    /// Facts that rules asked for and the text does not state.
    pub unknown_facts: u32,
    /// Documents that could not be read in full, with the first error.
    pub broken: Vec<(String, String)>,
    /// Documents of which nothing could be read at all.
    #[serde(default)]
    pub unreadable: Vec<String>,
    /// Agents whose answer the review needs and does not have, with the reason.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub agents_missing: Vec<(String, String)>,
    /// What the texts ask not to show, in the order of findings.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suppressed: Vec<Withheld>,
}

/// A finding that a text or the project's settings suppress with a reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withheld {
    pub code: String,
    pub severity: Severity,
    pub title: String,
    pub reason: String,
    /// The last day it holds, as `2027-05-01`; none for always.
    pub until: Option<String>,
    /// Where it would be, and what identifies it; reviews of earlier versions did not keep that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<WithheldAt>,
}

/// The place of a finding that is not shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WithheldAt {
    pub path: String,
    pub line: u32,
    pub fingerprint: Fingerprint,
    /// Said by the text itself, not by the project's settings.
    pub in_text: bool,
}

/// One numbered review session of a project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    pub id: ReviewId,
    pub number: u32,
    pub status: ReviewStatus,
    pub profile: Profile,
    /// What of the project is judged.
    #[serde(default, skip_serializing_if = "Scope::is_project")]
    pub scope: Scope,
    pub verdict: Option<Verdict>,
    /// Why the verdict is what it is, one sentence.
    pub verdict_reason: String,
    /// Of the findings that count.
    pub counts: Counts,
    /// 0 to 100, from the counts (see `policy`).
    pub score: u32,
    /// The review it is compared with.
    pub base: Option<u32>,
    pub documents: Vec<ReviewedDocument>,
    pub completeness: Completeness,
    /// Identifies rules and their versions, hexadecimal.
    pub ruleset: String,
    /// What the project's settings refuse, and what came of it; none without settings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gate: Option<Gate>,
    pub started_by: String,
    pub started_at: Moment,
    pub finished_at: Option<Moment>,
}

/// What people decided about a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FindingState {
    Open,
    /// Will be fixed.
    Accepted,
    /// The rule ran, its subject was in scope, and it was not found again.
    Fixed,
    /// The risk is carried, with a reason.
    WontFix,
    FalsePositive,
    /// Its subject was deleted.
    Obsolete,
}

impl FindingState {
    pub const ALL: [Self; 6] = [Self::Open, Self::Accepted, Self::Fixed, Self::WontFix, Self::FalsePositive, Self::Obsolete];

    pub const fn slug(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Accepted => "accepted",
            Self::Fixed => "fixed",
            Self::WontFix => "wont-fix",
            Self::FalsePositive => "false-positive",
            Self::Obsolete => "obsolete",
        }
    }

    /// As the pages say it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "Open",
            Self::Accepted => "Accepted",
            Self::Fixed => "Fixed",
            Self::WontFix => "Risk accepted",
            Self::FalsePositive => "False positive",
            Self::Obsolete => "Obsolete",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.slug() == text)
    }

    /// Counts towards the verdict.
    pub const fn counts(self) -> bool {
        matches!(self, Self::Open | Self::Accepted)
    }

    /// People may choose it; the others are concluded.
    pub const fn by_hand(self) -> bool {
        matches!(self, Self::Open | Self::Accepted | Self::WontFix | Self::FalsePositive)
    }

    /// Must come with a reason.
    pub const fn needs_reason(self) -> bool {
        matches!(self, Self::WontFix | Self::FalsePositive)
    }
}

/// How a finding compares with the review before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    New,
    /// Still there.
    Unchanged,
    /// Still there, with another severity or other evidence.
    Updated,
    /// Was fixed and is back.
    Regressed,
    Fixed,
    Obsolete,
    /// Its rule did not run, so nothing is concluded.
    NotEvaluated,
}

impl Change {
    /// As the pages say it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::New => "New",
            Self::Unchanged => "Still open",
            Self::Updated => "Changed",
            Self::Regressed => "Regressed",
            Self::Fixed => "Fixed",
            Self::Obsolete => "Obsolete",
            Self::NotEvaluated => "Not evaluated",
        }
    }
}

/// A finding as one review shows it: what was found, what people made of it, and what changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReviewFinding {
    /// The identity that lives across reviews.
    pub id: FindingId,
    pub finding: Finding,
    pub state: FindingState,
    /// The reason given with the state, if any.
    pub state_reason: String,
    pub state_by: Option<String>,
    pub state_at: Option<Moment>,
    pub change: Change,
    /// The number of the review that found it first.
    pub first_seen: u32,
    pub comments: Vec<Comment>,
    #[serde(default)]
    pub triage: Triage,
}

impl ReviewFinding {
    /// Decides verdict and gates: what a rule says, or what an agent says and a person has accepted.
    pub const fn decides(&self) -> bool {
        self.state.counts() && (self.finding.decides() || matches!(self.state, FindingState::Accepted))
    }

    /// The elements of one diagram that a finding points at: ends of relations count for their source.
    pub fn elements_in(&self, document: DocumentId, model: &Model) -> Vec<ElementKey> {
        self.finding.elements_in(document, model)
    }
}

/// A remark on a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comment {
    pub id: CommentId,
    /// The person's name, or the agent's.
    pub author: String,
    pub at: Moment,
    /// Markdown; rendered sanitised.
    pub body: String,
    /// Set when an agent says it.
    pub answer: Option<AnswerSource>,
}

/// Where an agent's remark comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerSource {
    pub asked_by: String,
    /// None when its record is gone.
    pub run: Option<RunId>,
}
