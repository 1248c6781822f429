//! What a project has decided about rules: which run, how severe their findings are, and which findings it lives with.
//!
//! Unlike suppressions that stand in a text, these hold for the whole design and are written in its settings.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::domain::{
    diagnostic::{Diagnostic, Level, Span},
    id::DocumentId,
    moment::Day,
    review::{
        engine::Design,
        finding::{Anchor, Finding, Severity},
        rule::{Rule, Set},
        selector::Selector,
        settings::pattern::Pattern,
    },
};

/// Said in findings whose severity the settings state.
pub const STATED: &str = "the project's settings say so";

/// Decisions about rules. Without any, rules run and judge as they come along.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choices {
    /// The sets that run, whatever the profile says; none leaves it to the profile.
    pub sets: Option<BTreeSet<Set>>,
    pub severities: Vec<(Selector, Severity)>,
    /// Rules that do not run.
    pub off: Vec<Off>,
    /// Findings that are let be.
    pub waivers: Vec<Waiver>,
}

/// Rules that do not run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Off {
    pub rules: Vec<Selector>,
    pub reason: String,
    /// The last day it holds.
    pub until: Option<Day>,
    /// Where the settings say so.
    pub span: Span,
}

/// Findings that are not shown as open, for a reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiver {
    pub rules: Vec<Selector>,
    /// Only findings about these documents; empty for all.
    pub paths: Vec<Pattern>,
    /// Only findings about these elements, by name or key; empty for all.
    pub elements: Vec<String>,
    pub reason: String,
    /// The last day it holds.
    pub until: Option<Day>,
    /// Where the settings say so.
    pub span: Span,
}

impl Choices {
    /// The same for a design whose paths begin further up: `folder` is where the paths of the settings begin.
    #[must_use]
    pub fn below(mut self, folder: &str) -> Self {
        for waiver in &mut self.waivers {
            waiver.paths.iter_mut().for_each(|pattern| *pattern = pattern.below(folder));
        }
        self
    }

    /// The severity that findings of a rule have; none leaves it to the rule.
    pub fn severity(&self, code: &str) -> Option<Severity> {
        let fitting = self.severities.iter().filter(|(selector, _)| selector.selects(code));
        fitting.max_by_key(|(selector, _)| selector.exactness()).map(|(_, severity)| *severity)
    }

    /// Gives findings the severities that are stated.
    pub fn weigh(&self, finding: &mut Finding) {
        if let Some(severity) = self.severity(&finding.code).filter(|severity| *severity != finding.severity) {
            finding.severity = severity;
            finding.severity_reasons = vec![STATED.to_owned()];
        }
    }

    /// Why a rule does not run, if it does not.
    pub fn off(&self, rule: &Rule, today: Day) -> Option<&Off> {
        self.off.iter().find(|off| holds(off.until, today) && off.rules.iter().any(|selector| selector.selects(rule.code)))
    }

    /// Whether a rule's set runs; `by_profile` is what the profile says.
    pub fn runs(&self, set: Set, by_profile: bool) -> bool {
        self.sets.as_ref().map_or(by_profile, |sets| sets.contains(&set))
    }

    /// What the settings should say otherwise by now: entries whose last day has passed, and waivers that nothing fits although
    /// their rules ran.
    pub fn remarks(&self, used: &BTreeSet<usize>, evaluated: &BTreeSet<(String, DocumentId)>, today: Day) -> Vec<Diagnostic> {
        let ran = |code: &str| evaluated.iter().any(|(other, _)| other == code);
        let mut remarks = Vec::new();
        for Off { until, span, .. } in &self.off {
            remarks.extend(until.filter(|_| !holds(*until, today)).map(|until| past(*span, until, "the rules run again")));
        }
        for (index, waiver) in self.waivers.iter().enumerate() {
            if let Some(until) = waiver.until.filter(|_| !holds(waiver.until, today)) {
                remarks.push(past(waiver.span, until, "what it covered is open again"));
            } else if !used.contains(&index) && waiver.rules.iter().flat_map(Selector::rules).all(ran) {
                remarks.push(Diagnostic {
                    level: Level::Warning,
                    code: "unused-waiver".to_owned(),
                    span: waiver.span,
                    what: "Nothing is found any more that this would suppress".to_owned(),
                    why: "An entry that covers nothing hides the next finding of the kind.".to_owned(),
                    help: "Remove it.".to_owned(),
                    file: None,
                });
            }
        }
        remarks
    }
}

impl Waiver {
    /// Whether it covers a finding.
    pub fn covers(&self, finding: &Finding, design: &Design<'_>) -> bool {
        if !self.rules.iter().any(|selector| selector.selects(&finding.code)) {
            return false;
        }
        let path = finding.anchors.first().and_then(|anchor| path_of(anchor.document(), design));
        let here = self.paths.is_empty() || path.is_some_and(|path| self.paths.iter().any(|pattern| pattern.fits(path)));
        here && (self.elements.is_empty() || self.names_all(finding, design))
    }

    /// Whether every element of the finding is one of those named.
    fn names_all(&self, finding: &Finding, design: &Design<'_>) -> bool {
        let named = |text: &str| self.elements.iter().any(|element| element.to_lowercase() == text.to_lowercase());
        let mut any = false;
        for anchor in &finding.anchors {
            let (Anchor::Element { document, element } | Anchor::Absence { document, scope: Some(element), .. }) = anchor else { continue };
            let model = design.diagrams.iter().find(|diagram| diagram.document == *document).map(|diagram| &diagram.parsed.model);
            let name = model.and_then(|model| model.element(element)).map(|element| element.name.as_str());
            if !named(element.as_str()) && !name.is_some_and(named) {
                return false;
            }
            any = true;
        }
        any || (!finding.subjects.is_empty() && finding.subjects.iter().all(|name| named(name)))
    }
}

/// Whether something that ends on a day still holds.
pub fn holds(until: Option<Day>, today: Day) -> bool {
    until.is_none_or(|until| until >= today)
}

fn path_of<'a>(document: DocumentId, design: &Design<'a>) -> Option<&'a str> {
    let diagram = design.diagrams.iter().find(|diagram| diagram.document == document).map(|diagram| diagram.path);
    diagram.or_else(|| design.decisions.iter().find(|decision| decision.document == document).map(|decision| decision.path))
}

fn past(span: Span, until: Day, so: &str) -> Diagnostic {
    Diagnostic {
        level: Level::Warning,
        code: "past-date".to_owned(),
        span,
        what: format!("This held until {until}"),
        why: format!("The day has passed, so {so}."),
        help: "Solve what it was about and remove it, or give it another day.".to_owned(),
        file: None,
    }
}

#[cfg(test)]
mod tests;
