//! The gate: whether a review lets a change through.
//!
//! The verdict says how a design stands; it is computed by policy and is the same everywhere. The gate says what a project has
//! agreed to refuse, and is a result of its own beside the verdict, with each broken condition in words. What an agent says
//! breaks it only once a person has accepted it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::domain::{
    moment::Day,
    review::{
        Change, Completeness, FindingState, Verdict,
        check::{capital, count, counted, listed},
        finding::{Finding, Fingerprint, Severity},
        rule::Set,
        rules,
    },
};

/// What the gate does about something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Answer {
    Fail,
    /// Says so and lets it through.
    Warn,
    Pass,
}

impl Answer {
    pub const ALL: [Self; 3] = [Self::Fail, Self::Warn, Self::Pass];

    pub const fn slug(self) -> &'static str {
        match self {
            Self::Fail => "fail",
            Self::Warn => "warn",
            Self::Pass => "pass",
        }
    }
}

/// What a project refuses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct GatePolicy {
    /// No new finding may be of this severity or above. Without anything to compare with, every finding is new.
    pub new: Option<Severity>,
    /// No finding at all may be.
    pub open: Option<Severity>,
    /// So many findings of a severity may be open.
    pub most: BTreeMap<Severity, u32>,
    /// Findings in these states do not count.
    pub ignored_states: BTreeSet<FindingState>,
    /// Findings of rules in these sets do not count.
    pub ignored_sets: BTreeSet<Set>,
    /// Findings that the baseline knows do not count.
    pub ignore_baseline: bool,
    /// A risk was accepted until a day that has passed.
    pub overdue: Answer,
    /// Not everything could be looked at.
    pub inconclusive: Answer,
}

impl Default for GatePolicy {
    fn default() -> Self {
        Self {
            new: Some(Severity::High),
            open: None,
            most: BTreeMap::new(),
            ignored_states: BTreeSet::from([FindingState::WontFix, FindingState::FalsePositive]),
            ignored_sets: BTreeSet::new(),
            ignore_baseline: true,
            overdue: Answer::Warn,
            inconclusive: Answer::Fail,
        }
    }
}

/// A finding before the gate.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'a> {
    pub finding: &'a Finding,
    pub state: FindingState,
    pub change: Change,
    /// Known, but worse than before.
    pub worse: bool,
    /// The baseline knows it.
    pub known: bool,
    /// It was accepted until a day that has passed.
    pub overdue: Option<Day>,
}

/// How the gate stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GateOutcome {
    #[default]
    Passed,
    Failed,
    /// Not everything could be looked at, so nothing is promised.
    Inconclusive,
}

impl GateOutcome {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Passed => "Passed",
            Self::Failed => "Failed",
            Self::Inconclusive => "Inconclusive",
        }
    }

    /// What a command ends with.
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Passed => 0,
            Self::Failed => 1,
            Self::Inconclusive => 2,
        }
    }
}

/// The gate's answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateResult {
    pub outcome: GateOutcome,
    /// The conditions that do not hold, one sentence each, without a final period.
    pub broken: Vec<String>,
    /// What could not be looked at, where that stops the gate.
    pub inconclusive: Vec<String>,
    /// What is let through with a word.
    pub warnings: Vec<String>,
}

/// A gate as a review keeps it: what was agreed on, and what came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gate {
    pub policy: GatePolicy,
    /// What the settings should say otherwise, each with its place.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<String>,
    /// Findings that were let be until a day that has passed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub overdue: BTreeMap<Fingerprint, Day>,
    /// Findings that the project's baseline knows.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub known: BTreeSet<Fingerprint>,
    pub result: GateResult,
}

impl Gate {
    /// The gate as it stands with findings in these states.
    #[must_use]
    pub fn judged(self, findings: &[(&Finding, FindingState, Change)], incomplete: Vec<String>) -> Self {
        let candidates: Vec<Candidate<'_>> = findings
            .iter()
            .map(|(finding, state, change)| Candidate {
                finding,
                state: *state,
                change: *change,
                worse: false,
                known: self.known.contains(&finding.fingerprint),
                overdue: self.overdue.get(&finding.fingerprint).copied(),
            })
            .collect();
        let mut result = self.policy.judge(&candidates, incomplete);
        result.warnings.extend(self.remarks.iter().cloned());
        Self { result, ..self }
    }
}

impl GatePolicy {
    /// Judges findings, in the order in which they are to be named; `incomplete` is what could not be looked at.
    pub fn judge(&self, candidates: &[Candidate<'_>], incomplete: Vec<String>) -> GateResult {
        let counting: Vec<&Candidate<'_>> = candidates.iter().filter(|candidate| self.counts(candidate)).collect();
        let mut result = GateResult::default();
        if let Some(least) = self.new {
            let fresh = |candidate: &&&Candidate<'_>| candidate.is_fresh() && candidate.finding.severity >= least;
            result.broken.extend(too_severe("new", least, &counting.iter().filter(fresh).copied().collect::<Vec<_>>()));
        }
        if let Some(least) = self.open {
            let severe = |candidate: &&&Candidate<'_>| candidate.finding.severity >= least;
            result.broken.extend(too_severe("open", least, &counting.iter().filter(severe).copied().collect::<Vec<_>>()));
        }
        for (severity, most) in self.most.iter().rev() {
            let open = counting.iter().filter(|candidate| candidate.finding.severity == *severity).count();
            if open > *most as usize {
                let verb = if open == 1 { "is" } else { "are" };
                let most = if *most == 0 { "none".to_owned() } else { format!("at most {}", count(*most as usize)) };
                result.broken.push(format!(
                    "{} {verb} open, and {most} may be",
                    capital(&counted(open, &format!("{severity} finding", severity = severity.slug())))
                ));
            }
        }
        for candidate in &counting {
            let Some(until) = candidate.overdue else { continue };
            let said = format!("{} was accepted until {until} and is still there: {}", candidate.finding.code, candidate.finding.title);
            result.hear(self.overdue, said);
        }
        for reason in incomplete {
            match self.inconclusive {
                Answer::Fail => result.inconclusive.push(reason),
                Answer::Warn => result.warnings.push(reason),
                Answer::Pass => {}
            }
        }
        result.outcome = match (result.inconclusive.is_empty(), result.broken.is_empty()) {
            (false, _) => GateOutcome::Inconclusive,
            (true, false) => GateOutcome::Failed,
            (true, true) => GateOutcome::Passed,
        };
        result
    }

    fn counts(&self, candidate: &Candidate<'_>) -> bool {
        let Candidate { finding, state, .. } = candidate;
        let decides = finding.decides() || *state == FindingState::Accepted;
        let open = state.by_hand() && !self.ignored_states.contains(state);
        let set = rules::by_code(&finding.code).map(|rule| rule.set);
        decides && open && !(candidate.known && self.ignore_baseline) && !set.is_some_and(|set| self.ignored_sets.contains(&set))
    }
}

impl Candidate<'_> {
    fn is_fresh(&self) -> bool {
        !self.known && (self.worse || matches!(self.change, Change::New | Change::Regressed))
    }
}

impl GateResult {
    fn hear(&mut self, answer: Answer, said: String) {
        match answer {
            Answer::Fail => self.broken.push(said),
            Answer::Warn => self.warnings.push(said),
            Answer::Pass => {}
        }
    }

    /// `failed. Two new findings are high or above (LNT-B001 and LNT-X004), and none may be`.
    pub fn sentence(&self) -> String {
        let outcome = self.outcome.name().to_lowercase();
        std::iter::once(outcome.as_str())
            .chain(self.inconclusive.iter().chain(&self.broken).map(String::as_str))
            .collect::<Vec<_>>()
            .join(". ")
    }
}

/// What a review could not look at, one sentence each.
pub fn incomplete(completeness: &Completeness, verdict: Verdict, reason: &str) -> Vec<String> {
    // A problem begins with its line and column: editors and terminals know the place.
    let broken = completeness.broken.iter();
    let mut reasons: Vec<String> = broken.map(|(path, problem)| format!("{path}:{problem}; the file could not be read in full")).collect();
    // What could not be read at all is among the broken ones.
    if verdict == Verdict::Inconclusive && completeness.unreadable.is_empty() {
        reasons.push(reason.to_owned());
    }
    reasons
}

fn too_severe(which: &str, least: Severity, found: &[&Candidate<'_>]) -> Option<String> {
    if found.is_empty() {
        return None;
    }
    let codes: Vec<&str> = found.iter().fold(Vec::new(), |mut codes, candidate| {
        if !codes.contains(&candidate.finding.code.as_str()) {
            codes.push(&candidate.finding.code);
        }
        codes
    });
    let verb = if found.len() == 1 { "is" } else { "are" };
    let above = if least == Severity::Critical { "critical".to_owned() } else { format!("{} or above", least.slug()) };
    let number = capital(&counted(found.len(), &format!("{which} finding")));
    Some(format!("{number} {verb} {above} ({}), and none may be", listed(&codes)))
}

#[cfg(test)]
mod tests;
