//! The tools that agents have, and the workbench that answers them. All are pure: they look at the frozen design, work
//! something out, or note what the agent says. Nothing they do changes the design.
//!
//! A tool is one file of `tools/` and its line in [`TOOLS`]. `granted` says which of them an agent has.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::domain::{
    agent::{
        claim::Claim,
        conversation::ToolOffer,
        grounding::{Author, Failure, Grounds},
        proposal::{DryRun, Proposal},
        snapshot::Snapshot,
    },
    brief::Section,
    moment::Day,
    review::finding::{Anchor, Finding},
};

mod adr_list;
mod adr_propose;
mod adr_propose_patch;
mod adr_read;
mod adr_search;
mod ask_question;
mod brief_write;
mod finish;
pub mod granted;
mod graph_query;
mod input;
mod model_get;
mod model_list;
mod model_propose;
mod model_propose_patch;
mod model_search;
mod page;
mod pattern_get;
mod report_finding;
mod retract_finding;
mod review_findings;
mod rule_explain;
mod schema;
mod view_get;

/// A tool with its file's parts.
struct Tool {
    name: &'static str,
    about: &'static str,
    schema: fn() -> Value,
    answer: fn(&mut Workbench, &Value) -> Result<Said, String>,
}

/// Every tool, sorted by name.
const TOOLS: [Tool; 20] = [
    adr_list::TOOL,
    adr_propose::TOOL,
    adr_propose_patch::TOOL,
    adr_read::TOOL,
    adr_search::TOOL,
    ask_question::TOOL,
    brief_write::TOOL,
    finish::TOOL,
    graph_query::TOOL,
    model_get::TOOL,
    model_list::TOOL,
    model_propose::TOOL,
    model_propose_patch::TOOL,
    model_search::TOOL,
    pattern_get::TOOL,
    report_finding::TOOL,
    retract_finding::TOOL,
    review_findings::TOOL,
    rule_explain::TOOL,
    view_get::TOOL,
];

/// The tools as they are offered to every agent, sorted by name; always the same bytes.
pub fn offers() -> Vec<ToolOffer> {
    TOOLS.iter().map(|tool| ToolOffer { name: tool.name.to_owned(), description: tool.about.to_owned(), schema: (tool.schema)() }).collect()
}

/// What a tool says to the model, and what it leaves behind.
#[derive(Clone, Debug, PartialEq)]
pub struct ToolAnswer {
    /// At most 16 kB.
    pub text: String,
    /// The model did something wrong; the text says what.
    pub failed: bool,
    /// The agent is done.
    pub finished: bool,
    pub effect: Option<Effect>,
}

/// What a call leaves behind. Names such as `N1` are of this run.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Checked and shown; how it fared is in the finding.
    Found {
        name: String,
        finding: Box<Finding>,
    },
    Rejected(Box<Rejection>),
    Retracted {
        name: String,
    },
    Asked(Box<Question>),
    Suggested {
        name: String,
        proposal: Box<Proposal>,
        dry_run: Box<DryRun>,
    },
    /// A section of the design brief.
    Wrote {
        section: Section,
        text: String,
    },
    Finished(Box<Conclusion>),
}

/// A claim that did not hold, kept for those who want to look.
#[derive(Clone, Debug, PartialEq)]
pub struct Rejection {
    pub claim: Claim,
    pub failures: Vec<Failure>,
    /// It was corrected and failed again; nobody waits for another try.
    pub again: bool,
}

/// Something that the design does not say and the agent has to know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// `Q1`.
    pub name: String,
    pub text: String,
    /// What depends on the answer.
    pub why: String,
    pub about: Option<Anchor>,
    /// The fact that would answer it.
    pub fact: Option<String>,
}

/// How an agent ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conclusion {
    pub recommendation: Recommendation,
    /// By topic.
    pub coverage: BTreeMap<String, Coverage>,
    /// At most 600 characters.
    pub summary: String,
}

/// Shown beside the verdict, which is computed from findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Recommendation {
    Approve,
    ApproveWithFindings,
    RequestChanges,
    Undecided,
}

impl Recommendation {
    pub const ALL: [Self; 4] = [Self::Approve, Self::ApproveWithFindings, Self::RequestChanges, Self::Undecided];

    pub const fn slug(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::ApproveWithFindings => "approve-with-findings",
            Self::RequestChanges => "request-changes",
            Self::Undecided => "undecided",
        }
    }
}

/// Whether a topic was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Coverage {
    Reviewed,
    NotApplicable,
    InsufficientData,
}

impl Coverage {
    pub const ALL: [Self; 3] = [Self::Reviewed, Self::NotApplicable, Self::InsufficientData];

    pub const fn slug(self) -> &'static str {
        match self {
            Self::Reviewed => "reviewed",
            Self::NotApplicable => "not-applicable",
            Self::InsufficientData => "insufficient-data",
        }
    }
}

/// What a tool's file gives back.
struct Said {
    text: String,
    effect: Option<Effect>,
    /// The call was understood and refused: a claim that does not hold, a step that can't be done.
    failed: bool,
}

impl Said {
    const fn text(text: String) -> Self {
        Self { text, effect: None, failed: false }
    }
}

/// What a workbench is set up with.
#[derive(Clone, Debug)]
pub struct Setup {
    pub snapshot: Arc<Snapshot>,
    pub author: Author,
    /// Tools the agent may call; see [`granted::granted`].
    pub allowed: BTreeSet<&'static str>,
    /// Beginnings of addresses that may be written out; usually none.
    pub addresses: Vec<String>,
    /// The pattern catalogue: text by id.
    pub patterns: BTreeMap<String, String>,
    pub today: Day,
}

/// One agent's desk during one run.
#[derive(Clone, Debug)]
pub struct Workbench {
    setup: Setup,
    pattern_ids: BTreeSet<String>,
    found: Vec<(String, Finding)>,
    /// How many findings were ever named, so that no name comes twice.
    named: usize,
    rejected: Vec<Rejection>,
    questions: Vec<Question>,
    suggested: Vec<(String, Proposal)>,
    conclusion: Option<Conclusion>,
    computed: BTreeSet<String>,
}

impl Workbench {
    pub fn new(setup: Setup) -> Self {
        Self {
            pattern_ids: setup.patterns.keys().cloned().collect(),
            setup,
            found: Vec::new(),
            named: 0,
            rejected: Vec::new(),
            questions: Vec::new(),
            suggested: Vec::new(),
            conclusion: None,
            computed: BTreeSet::new(),
        }
    }

    /// Answers one call. Never fails: what is wrong with a call is what the answer says.
    pub fn answer(&mut self, tool: &str, input: &Value) -> ToolAnswer {
        let said = self.call(tool, input);
        let (text, effect, failed) = match said {
            Ok(said) => (said.text, said.effect, said.failed),
            Err(problem) => (problem, None, true),
        };
        ToolAnswer { text: page::bounded(text), failed, finished: self.conclusion.is_some(), effect }
    }

    fn call(&mut self, name: &str, input: &Value) -> Result<Said, String> {
        let Some(tool) = TOOLS.iter().find(|tool| tool.name == name) else {
            let names: Vec<&str> = TOOLS.iter().map(|tool| tool.name).collect();
            return Err(format!("there is no tool `{}`; there are {}", input::short(name), names.join(", ")));
        };
        if !self.setup.allowed.contains(tool.name) {
            return Err(format!("{} is denied: this agent's file does not give it; say what you found with report_finding", tool.name));
        }
        if self.conclusion.is_some() {
            return Err("the review is finished; nothing more is taken".to_owned());
        }
        (tool.answer)(self, input)
    }

    fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.setup.snapshot)
    }

    fn grounds(&self) -> Grounds<'_> {
        Grounds {
            snapshot: &self.setup.snapshot,
            author: &self.setup.author,
            addresses: &self.setup.addresses,
            patterns: &self.pattern_ids,
            computed: &self.computed,
        }
    }

    /// From now on another model answers.
    pub fn answers_now(&mut self, model: &str) {
        model.clone_into(&mut self.setup.author.model);
    }

    /// The findings that hold, in the order they came, with their names.
    pub fn findings(&self) -> &[(String, Finding)] {
        &self.found
    }

    /// Claims that did not hold and were not put right.
    pub fn rejected(&self) -> &[Rejection] {
        &self.rejected
    }

    pub fn questions(&self) -> &[Question] {
        &self.questions
    }

    pub fn suggestions(&self) -> &[(String, Proposal)] {
        &self.suggested
    }

    /// None until the agent says that it is done.
    pub const fn conclusion(&self) -> Option<&Conclusion> {
        self.conclusion.as_ref()
    }
}

#[cfg(test)]
pub(super) mod tests;
