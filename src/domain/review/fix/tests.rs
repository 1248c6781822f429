//! Fixes of every rule's examples, of the same as flowcharts, of the sample and of single cases: each is applied and reviewed
//! again, with no trust in what the fix says of itself.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::*;
use crate::domain::{
    agent::change::ModelChange,
    difference,
    model::{
        Model,
        facts::{Fact, State},
    },
    moment::Day,
    review::{
        Profile,
        rule::{ExampleLanguage, Rule, Set},
    },
};

mod cases;
mod examples;
mod generated;
mod sample;

const TODAY: Day = Day { year: 2026, month: 11, day: 21 };

/// Texts that are reviewed together.
#[derive(Clone)]
struct Project {
    diagrams: Vec<(String, String)>,
    records: Vec<(String, String)>,
    settings: Settings,
}

fn document(number: usize) -> DocumentId {
    DocumentId::from_uuid(Uuid::from_u128(number as u128 + 1))
}

impl Project {
    fn new(diagrams: &[(&str, &str)], records: &[(&str, &str)]) -> Self {
        let owned = |texts: &[(&str, &str)]| texts.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
        Self { diagrams: owned(diagrams), records: owned(records), settings: Settings { profile: Profile::Default, today: TODAY } }
    }

    fn dsl(text: &str) -> Self {
        Self::new(&[("workspace.dsl", text)], &[])
    }

    fn sources(&self) -> Sources {
        self.diagrams.iter().cloned().collect()
    }

    /// Does something with the texts as they are read.
    fn read<T>(&self, work: impl FnOnce(&Case<'_>) -> T) -> T {
        let sources = self.sources();
        let language = |path: &str, text: &str| syntax::language_of(path, text).unwrap_or(Language::Structurizr);
        let parsed: Vec<Parsed> =
            self.diagrams.iter().map(|(path, text)| syntax::parse(language(path, text), path, text, &sources)).collect();
        let read: Vec<Record> = self.records.iter().map(|(path, text)| decision::parse(path, text)).collect();
        let diagrams = self.diagrams.iter().zip(&parsed).enumerate();
        let diagrams = diagrams.map(|(at, ((path, text), parsed))| Diagram { document: document(at), path, text, parsed }).collect();
        let first = self.diagrams.len();
        let decisions = self.records.iter().zip(&read).enumerate();
        let decisions =
            decisions.map(|(at, ((path, text), record))| DecisionRecord { document: document(first + at), path, text, record }).collect();
        let design = Design { diagrams, decisions };
        work(&Case { design: &design, settings: &self.settings, sources: &sources, revision: "r1" })
    }

    fn outcome(&self) -> Outcome {
        self.read(|case| review(case.design, case.settings))
    }

    fn fixes(&self, finding: &Finding) -> Vec<Fix> {
        self.read(|case| fixes(finding, case))
    }

    /// The project with a fix applied.
    fn with(&self, fix: &Fix) -> Self {
        let mut after = self.clone();
        let text = &fix.dry_run.text;
        match after.diagrams.iter_mut().chain(&mut after.records).find(|(path, _)| *path == fix.path) {
            Some((_, old)) => text.clone_into(old),
            None => after.records.push((fix.path.clone(), text.clone())),
        }
        after
    }

    fn models(&self) -> Vec<Model> {
        self.read(|case| case.design.diagrams.iter().map(|diagram| diagram.parsed.model.clone()).collect())
    }

    /// What is remarked about the texts.
    fn remarks(&self) -> Vec<String> {
        self.read(|case| {
            let diagrams = case.design.diagrams.iter().flat_map(|diagram| &diagram.parsed.diagnostics);
            let records = case.design.decisions.iter().flat_map(|decision| &decision.record.diagnostics);
            diagrams.chain(records).map(|found| found.what.clone()).collect()
        })
    }
}

/// Findings that a fix may bring, with the reason: the rule of the fix, the rule that it wakes, why that is honest.
const MAY_BRING: [(&str, &str, &str); 1] = [("Q005", "Q002", "a record is judged once its status can be read")];

/// The first finding of a rule, and its fixes; all of them hold.
fn mended(project: &Project, code: &str) -> (Finding, Vec<Fix>) {
    let outcome = project.outcome();
    let listed: Vec<_> = outcome.findings.iter().map(|finding| (&finding.code, &finding.title)).collect();
    let finding = outcome.findings.iter().find(|finding| finding.code.ends_with(code)).unwrap_or_else(|| panic!("no {code}: {listed:#?}"));
    let fixes = project.fixes(finding);
    let faults: Vec<String> =
        fixes.iter().flat_map(|fix| [faults(project, &outcome, finding, fix), burdens(finding, fix)].concat()).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    (finding.clone(), fixes)
}

/// The changed lines, bare.
fn lines(fix: &Fix) -> Vec<String> {
    let changed = fix.dry_run.lines.iter().flat_map(|hunk| &hunk.lines).filter(|line| line.fate != difference::Fate::Same);
    let sign = |fate| if fate == difference::Fate::Added { '+' } else { '-' };
    changed.map(|line| format!("{}{}", sign(line.fate), line.text.trim())).collect()
}

fn titles(fixes: &[Fix]) -> Vec<&str> {
    fixes.iter().map(|fix| fix.title.as_str()).collect()
}

/// What a fix brings that it may not.
fn burdens(finding: &Finding, fix: &Fix) -> Vec<String> {
    let allowed = |code: &str| MAY_BRING.iter().any(|(by, brings, _)| finding.code.ends_with(by) && code.ends_with(brings));
    let brings = fix.outlook.brings.iter().filter(|brought| !allowed(&brought.code));
    brings.map(|brought| format!("{} “{}” brings {} {}", finding.code, fix.title, brought.code, brought.title)).collect()
}

/// Everything that holds of any fix; the reasons why it does not.
fn faults(project: &Project, before: &Outcome, finding: &Finding, fix: &Fix) -> Vec<String> {
    let mut faults = Vec::new();
    let mut note = |what: String| faults.push(format!("{} “{}”: {what}", finding.code, fix.title));
    let after = project.with(fix);
    let after_review = after.outcome();
    let mut known = project.remarks();
    for remark in after.remarks() {
        match known.iter().position(|old| *old == remark) {
            Some(at) => drop(known.remove(at)),
            None => note(format!("it makes the reader remark: {remark}")),
        }
    }
    let left = after_review.findings.iter().find(|found| found.fingerprint == finding.fingerprint);
    let planned = |found: &Finding| found.severity_reasons.iter().any(|reason| reason == "the control is planned");
    if fix.class == FixClass::Planned && left.is_none() {
        note("it only plans, and the finding is gone".to_owned());
    }
    let fate = match left {
        None => Some(Fate::Gone),
        Some(found) if planned(found) && !planned(finding) => Some(Fate::Planned),
        Some(found) if found.severity < finding.severity => Some(Fate::Milder { severity: found.severity }),
        Some(_) => None,
    };
    if fate != Some(fix.outlook.finding) {
        note(format!("promised {:?}, and became {fate:?}", fix.outlook.finding));
    }
    let old: BTreeMap<&Fingerprint, Severity> = before.findings.iter().map(|found| (&found.fingerprint, found.severity)).collect();
    let worse = |found: &&Finding| {
        let known = old.get(&found.fingerprint);
        found.severity >= Severity::Medium && known.is_none_or(|severity| *severity < found.severity)
    };
    let brought: BTreeSet<&str> = after_review.findings.iter().filter(worse).map(|found| found.title.as_str()).collect();
    let told: BTreeSet<&str> = fix.outlook.brings.iter().map(|brought| brought.title.as_str()).collect();
    if brought != told {
        note(format!("it brings {brought:?} and tells of {told:?}"));
    }
    for (old, new) in project.models().iter().zip(&after.models()) {
        for what in asserted(old, new) {
            note(format!("it asserts {what}"));
        }
        let change = crate::domain::agent::change::between(old, new);
        for what in oversteps(fix.class, &change) {
            note(what);
        }
    }
    let untouched = project.diagrams.iter().chain(&project.records).zip(after.diagrams.iter().chain(&after.records));
    for ((path, old), (_, new)) in untouched {
        let lost = old.lines().filter(|line| !new.lines().any(|kept| kept == *line)).count();
        let steps = match &fix.proposal.suggestion {
            Suggestion::Diagram { steps, .. } => steps.len(),
            Suggestion::Record { steps, .. } => steps.len(),
            _ => 0,
        };
        // What is taken out goes with its block.
        if lost > 3 * steps && !fix.title.starts_with("Take ") {
            note(format!("it rewrites {lost} lines of {path}"));
        }
    }
    if fix.title.chars().count() > 90 || fix.title.is_empty() || fix.proposal.reason.is_empty() {
        note("its words do not fit".to_owned());
    }
    faults
}

/// Facts that are stated afterwards and are no plans, and that nobody stated before.
fn asserted(old: &Model, new: &Model) -> Vec<String> {
    let own = |model: &Model| {
        let elements = model.elements.values().map(|element| &element.facts);
        let relations = model.relations.values().filter(|relation| relation.implied_by.is_none()).map(|relation| &relation.facts);
        let groups = model.groups.values().map(|group| &group.facts);
        let mut counted: BTreeMap<(String, String), usize> = BTreeMap::new();
        for facts in elements.chain(relations).chain(groups).chain([&model.facts]) {
            for (name, fact) in facts.0.iter().filter(|(_, fact): &(&String, &Fact)| fact.inherited_from.is_none()) {
                if fact.state() != State::Planned && name != "kind" {
                    // What no screen shows is no part of what is stated.
                    let value = fact.value.replace('\u{200b}', "");
                    *counted.entry((name.clone(), value)).or_default() += 1;
                }
            }
        }
        counted
    };
    let known = own(old);
    let more = own(new).into_iter().filter(|(fact, count)| known.get(fact).is_none_or(|before| count > before));
    more.map(|((name, value), _)| format!("{name} {value}")).collect()
}

/// A plan changes facts, a safe fix words and directions; only a proposal draws.
fn oversteps(class: FixClass, change: &ModelChange) -> Vec<String> {
    let mut found = Vec::new();
    let drawn = [change.elements_added.len(), change.elements_removed.len(), change.groups_added.len(), change.groups_removed.len()];
    if class != FixClass::Proposal && drawn != [0; 4] {
        found.push(format!("it draws: {change:?}"));
    }
    if class == FixClass::Planned && (change.relations_added.len(), change.relations_removed.len()) != (0, 0) {
        found.push(format!("it changes relations: {change:?}"));
    }
    let said: BTreeSet<&str> = change
        .elements_changed
        .iter()
        .flat_map(|altered| &altered.what)
        .chain(change.relations_changed.iter().flat_map(|altered| &altered.what))
        .map(String::as_str)
        .collect();
    let words = ["name", "description", "level", "place", "tags", "ends"];
    if class == FixClass::Planned && said.iter().any(|what| words.contains(what) || *what == "technology") {
        found.push(format!("it changes more than facts: {said:?}"));
    }
    found
}
