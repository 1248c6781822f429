//! Fixes: what can be mended for people about a finding, as suggestions that they look at and apply.
//!
//! A rule offers ways; [`fixes`] tries each on a copy and reviews the copy. Only what works is offered: the text reads as before,
//! the finding is gone, milder or planned, and nothing as bad comes instead. A fix states no fact: what is missing it calls
//! planned, and what it draws anew is planned too.
//!
//! `broken` is what a way is worked out from, `plan` are controls that are planned, `patch` are changes of the drawing,
//! `reroute` are the changes that several rules share. A rule says in its declaration which of them it uses.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::domain::{
    agent::proposal::{self, Base, DryRun, Proposal, Suggestion},
    decision::{self, Record, log, template::file_name},
    diagnostic::Diagnostic,
    id::{DocumentId, SuggestionId},
    moment::Moment,
    review::{
        Counts,
        check::{MAX_TITLE, shorten},
        engine::{self, DecisionRecord, Design, Diagram, Outcome, Settings, review},
        finding::{Finding, Fingerprint, Severity, Source},
        fix::broken::Broken,
        policy,
        rule::{FixClass, Mend},
        rules,
        suggestion::{Suggested, SuggestionState},
    },
    syntax::{self, Language, Parsed, Sources},
};

pub mod broken;
pub mod patch;
pub mod plan;
pub mod reroute;

/// The most fixes of one finding.
pub const MOST: usize = 3;
/// The most ways that are tried; each costs a review of a copy.
const MOST_TRIED: usize = 12;

/// Something that can be done about a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fix {
    pub class: FixClass,
    /// At most 90 characters, what it does.
    pub title: String,
    /// The document that it changes; for a new decision the path it would get.
    pub path: String,
    pub proposal: Proposal,
    /// What it makes of the text that was reviewed.
    pub dry_run: DryRun,
    pub outlook: Outlook,
}

/// What a review of the design with the fix says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outlook {
    pub finding: Fate,
    /// Findings of medium severity and above that come with it, worst first.
    pub brings: Vec<Brought>,
    /// Scores by the rules alone, before and after.
    pub score_before: u32,
    pub score_after: u32,
}

/// What becomes of the finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fate", rename_all = "kebab-case")]
pub enum Fate {
    Gone,
    /// It stays, as low as all that is planned.
    Planned,
    Milder {
        severity: Severity,
    },
}

/// A finding that the fix brings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brought {
    pub code: String,
    pub severity: Severity,
    pub title: String,
}

/// What fixes are worked out on.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// The texts that the finding was found in.
    pub design: &'a Design<'a>,
    pub settings: &'a Settings,
    /// All files that the diagrams may include, themselves among them.
    pub sources: &'a Sources,
    /// How the design's state is called in suggestions.
    pub revision: &'a str,
}

impl Fix {
    /// As a suggestion that people decide on; the rule stands where an agent's name stands.
    pub fn into_suggested(self, id: SuggestionId, finding: &Finding, at: Moment) -> Suggested {
        Suggested {
            id,
            agent: finding.code.clone(),
            run: None,
            finding: Some(finding.fingerprint.clone()),
            state: SuggestionState::Open,
            title: self.title,
            path: self.path,
            proposal: self.proposal,
            original: None,
            changed_by: None,
            lines: self.dry_run.lines,
            change: self.dry_run.change,
            outlook: Some(self.outlook),
            applied: None,
            created_at: at,
            decided_by: None,
            decided_at: None,
            reason: String::new(),
        }
    }
}

/// One way to mend a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repair {
    pub class: FixClass,
    pub title: String,
    pub suggestion: Suggestion,
}

/// Ways to the same end, the smallest first: the first that works is the fix.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Offer(pub Vec<Repair>);

impl From<Repair> for Offer {
    fn from(repair: Repair) -> Self {
        Self(vec![repair])
    }
}

/// What can be mended of a finding, at most [`MOST`] fixes: safe ones first, then changes of the design, then plans. None where
/// the finding is an agent's, is not found in these texts any more, or is people's to mend.
pub fn fixes(finding: &Finding, case: &Case<'_>) -> Vec<Fix> {
    let Some(rule) = rules::by_code(&finding.code).filter(|_| finding.source == Source::Rule) else { return Vec::new() };
    if matches!(rule.mend, Mend::Nothing) {
        return Vec::new();
    }
    let before = review(case.design, case.settings);
    let Some(now) = before.findings.iter().find(|now| now.fingerprint == finding.fingerprint) else { return Vec::new() };
    let (subjects, decisions) = (engine::subjects(case.design), engine::recorded(case.design));
    let broken = Broken::new(now, &subjects, &decisions, case.settings.today);
    let offers = match rule.mend {
        Mend::Nothing => Vec::new(),
        Mend::Each(facts) => plan::each(&broken, facts),
        Mend::One(facts) => plan::one(&broken, facts),
        Mend::By(mend) => mend(&broken),
    };
    let mut fixes: Vec<Fix> = Vec::new();
    let mut left = MOST_TRIED;
    for Offer(ways) in offers {
        for way in ways {
            if fixes.len() == MOST || left == 0 {
                break;
            }
            left -= 1;
            if let Some(fix) = tried(&way, now, &before, case)
                && fixes.iter().all(|other| other.dry_run.text != fix.dry_run.text)
            {
                fixes.push(fix);
                break;
            }
        }
    }
    fixes.sort_by_key(|fix| fix.class);
    fixes
}

/// The way as a fix, if it works.
fn tried(way: &Repair, finding: &Finding, before: &Outcome, case: &Case<'_>) -> Option<Fix> {
    let place = place(&way.suggestion, case)?;
    let base = Base { path: &place.path, text: &place.text, sources: case.sources, addresses: &[], today: case.settings.today };
    let dry_run = proposal::dry_run(&way.suggestion, &base).ok()?;
    let after = reviewed_with(&place, &dry_run.text, case)?;
    let fate = fate(finding, &after)?;
    let brings = brought(before, &after);
    // What a safe fix brings was there all along, and could not be read. Any other brings less than it mends.
    let is_less = |brought: &Brought| brought.severity == Severity::Medium && finding.severity > Severity::Medium;
    if way.class != FixClass::Safe && !brings.iter().all(is_less) {
        return None;
    }
    let proposal = Proposal {
        reason: format!("{}. {}", finding.title, explained(way.class)),
        revision: case.revision.to_owned(),
        finding: None,
        suggestion: way.suggestion.clone(),
    };
    let outlook = Outlook { finding: fate, brings, score_before: score(before), score_after: score(&after) };
    Some(Fix { class: way.class, title: shorten(&way.title, MAX_TITLE), path: place.path, proposal, dry_run, outlook })
}

const fn explained(class: FixClass) -> &'static str {
    match class {
        FixClass::Safe => "The text gains only what it implies already.",
        FixClass::Proposal => "What is drawn anew is marked as planned.",
        FixClass::Planned | FixClass::None => "Planned says that it is to come; nothing is claimed to be there.",
    }
}

/// The document that a suggestion changes.
struct Place {
    document: Option<DocumentId>,
    path: String,
    text: String,
}

fn place(suggestion: &Suggestion, case: &Case<'_>) -> Option<Place> {
    let document = suggestion.document();
    let Some(id) = document else {
        let Suggestion::NewDecision { title, .. } = suggestion else { return None };
        let paths = || case.design.decisions.iter().map(|decision| decision.path);
        let name = file_name(log::next_number(paths()), title);
        return Some(Place { document, path: format!("{}/{name}", log::folder(paths())), text: String::new() });
    };
    let diagrams = case.design.diagrams.iter().map(|diagram| (diagram.document, diagram.path, diagram.text));
    let decisions = case.design.decisions.iter().map(|decision| (decision.document, decision.path, decision.text));
    let (_, path, text) = diagrams.chain(decisions).find(|(known, ..)| *known == id)?;
    Some(Place { document, path: path.to_owned(), text: text.to_owned() })
}

/// What the rules say of the design with another text in its place; nothing where the text says something that can't be read.
fn reviewed_with(place: &Place, text: &str, case: &Case<'_>) -> Option<Outcome> {
    let mut sources = case.sources.clone();
    if let Some(source) = sources.get_mut(&place.path) {
        text.clone_into(source);
    }
    let is_changed = |document: DocumentId| place.document == Some(document);
    // Another diagram may include the changed one.
    let read_again =
        |diagram: &Diagram<'_>| is_changed(diagram.document) || diagram.text.contains("!include") || diagram.text.contains("extends");
    let parsed: BTreeMap<DocumentId, Parsed> = case
        .design
        .diagrams
        .iter()
        .filter(|diagram| read_again(diagram))
        .map(|diagram| {
            let text = if is_changed(diagram.document) { text } else { diagram.text };
            let language = syntax::language_of(diagram.path, text).unwrap_or(Language::Structurizr);
            (diagram.document, syntax::parse(language, diagram.path, text, &sources))
        })
        .collect();
    let record: Record = decision::parse(&place.path, text);
    let mut design = Design { diagrams: Vec::new(), decisions: Vec::new() };
    for diagram in &case.design.diagrams {
        let now = parsed.get(&diagram.document).unwrap_or(diagram.parsed);
        if has_more(&diagram.parsed.diagnostics, &now.diagnostics) {
            return None;
        }
        let text = if is_changed(diagram.document) { text } else { diagram.text };
        design.diagrams.push(Diagram { document: diagram.document, path: diagram.path, text, parsed: now });
    }
    for decision in &case.design.decisions {
        if !is_changed(decision.document) {
            design.decisions.push(*decision);
        } else if has_more(&decision.record.diagnostics, &record.diagnostics) {
            return None;
        } else {
            design.decisions.push(DecisionRecord { text, record: &record, ..*decision });
        }
    }
    if place.document.is_none() {
        design.decisions.push(DecisionRecord { document: new_document(case.design), path: &place.path, text, record: &record });
    }
    Some(review(&design, case.settings))
}

/// An id that no document of the design has.
fn new_document(design: &Design<'_>) -> DocumentId {
    let known = design.diagrams.iter().map(|diagram| diagram.document).chain(design.decisions.iter().map(|decision| decision.document));
    let known: BTreeSet<DocumentId> = known.collect();
    let ids = (0..=known.len()).map(|number| DocumentId::from_uuid(uuid::Uuid::from_u128(number as u128)));
    ids.into_iter().find(|id| !known.contains(id)).unwrap_or(DocumentId::from_uuid(uuid::Uuid::max()))
}

/// Whether something is remarked that was not before; places move and don't count.
fn has_more(before: &[Diagnostic], after: &[Diagnostic]) -> bool {
    let counted = |diagnostics: &[Diagnostic]| {
        let mut counts: BTreeMap<(String, String), usize> = BTreeMap::new();
        for found in diagnostics {
            *counts.entry((found.code.clone(), found.what.clone())).or_default() += 1;
        }
        counts
    };
    let known = counted(before);
    counted(after).iter().any(|(what, count)| known.get(what).is_none_or(|before| count > before))
}

/// What became of the finding; nothing where it is as it was.
fn fate(finding: &Finding, after: &Outcome) -> Option<Fate> {
    match after.findings.iter().find(|found| found.fingerprint == finding.fingerprint) {
        None => Some(Fate::Gone),
        Some(found) if found.is_planned() && !finding.is_planned() => Some(Fate::Planned),
        Some(found) if found.severity < finding.severity => Some(Fate::Milder { severity: found.severity }),
        Some(_) => None,
    }
}

/// Findings of medium severity and above that are new or have become worse.
fn brought(before: &Outcome, after: &Outcome) -> Vec<Brought> {
    let known: BTreeMap<&Fingerprint, Severity> = before.findings.iter().map(|finding| (&finding.fingerprint, finding.severity)).collect();
    let is_new = |finding: &&Finding| known.get(&finding.fingerprint).is_none_or(|severity| finding.severity > *severity);
    let found = after.findings.iter().filter(|finding| finding.severity >= Severity::Medium).filter(is_new);
    found.map(|finding| Brought { code: finding.code.clone(), severity: finding.severity, title: finding.title.clone() }).collect()
}

fn score(outcome: &Outcome) -> u32 {
    let mut counts = Counts::default();
    for finding in &outcome.findings {
        counts.add(finding.severity);
    }
    policy::score(counts)
}

#[cfg(test)]
mod tests;
