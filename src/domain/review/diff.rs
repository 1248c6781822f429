//! Compares what the rules say now with what is known from earlier reviews.
//!
//! What makes two findings the same is in [`pairing`]. What is not found again is only called fixed when its rule looked at its
//! document and could read it; silence is no proof.

use std::collections::BTreeSet;

use crate::domain::{
    diagnostic::Level,
    id::{DocumentId, FindingId},
    review::{
        Change, FindingState,
        diff::pairing::{Match, pairs},
        engine::{Design, Outcome},
        finding::{Anchor, Finding},
    },
};

pub mod pairing;

/// A finding of earlier reviews.
#[derive(Clone, Debug, PartialEq)]
pub struct Known {
    pub id: FindingId,
    pub finding: Finding,
    pub state: FindingState,
    /// The number of the review that found it first.
    pub first_seen: u32,
}

/// A finding of this review, compared.
#[derive(Clone, Debug, PartialEq)]
pub struct Compared {
    /// None for a new finding, which needs an id.
    pub existing: Option<FindingId>,
    pub finding: Finding,
    pub state: FindingState,
    pub change: Change,
    /// None for a new finding.
    pub first_seen: Option<u32>,
    /// By what the known finding was recognised; none where it was not.
    pub matched_by: Option<Match>,
}

/// What became of every finding: those of the outcome in its order, then the known ones that were not found again, in the
/// order given. What was fixed, deleted or judged a false positive before and is still not found is history and left out.
pub fn compare(known: &[Known], outcome: &Outcome, design: &Design<'_>) -> Vec<Compared> {
    let pairs = pairs(known, &outcome.findings, |anchor| exists(anchor, design));
    let mut compared: Vec<Compared> = outcome
        .findings
        .iter()
        .zip(&pairs)
        .map(|(finding, pair)| found(finding, pair.and_then(|(index, by)| Some((known.get(index)?, by)))))
        .collect();
    let matched: BTreeSet<usize> = pairs.into_iter().flatten().map(|(index, _)| index).collect();
    let missed = known.iter().enumerate().filter(|(index, _)| !matched.contains(index)).map(|(_, known)| known);
    compared.extend(missed.filter_map(|known| not_found(known, outcome, design)));
    compared
}

fn found(finding: &Finding, known: Option<(&Known, Match)>) -> Compared {
    let finding = finding.clone();
    let Some((known, by)) = known else {
        return Compared { existing: None, finding, state: FindingState::Open, change: Change::New, first_seen: None, matched_by: None };
    };
    let (state, change) = match known.state {
        FindingState::Fixed | FindingState::Obsolete => (FindingState::Open, Change::Regressed),
        state if same_claim(&finding, &known.finding) => (state, Change::Unchanged),
        state => (state, Change::Updated),
    };
    Compared { existing: Some(known.id), finding, state, change, first_seen: Some(known.first_seen), matched_by: Some(by) }
}

/// Same severity, same anchors, same marked lines; where the lines stand does not matter.
fn same_claim(left: &Finding, right: &Finding) -> bool {
    let anchors = |finding: &Finding| -> BTreeSet<Anchor> {
        // The place of a passage changes with every line above it; its text is compared below.
        finding.anchors.iter().filter(|anchor| !matches!(anchor, Anchor::Text { .. })).cloned().collect()
    };
    left.severity == right.severity && anchors(left) == anchors(right) && marked_lines(left) == marked_lines(right)
}

/// The lines that carry a finding, with their document; blanks do not matter.
pub fn marked_lines(finding: &Finding) -> BTreeSet<(&str, String)> {
    finding
        .evidence
        .iter()
        .flat_map(|evidence| {
            (evidence.line..)
                .zip(&evidence.quote)
                .filter(|(line, _)| evidence.marked.contains(line))
                .map(|(_, text)| (evidence.path.as_str(), text.split_whitespace().collect::<Vec<_>>().join(" ")))
        })
        .collect()
}

fn not_found(known: &Known, outcome: &Outcome, design: &Design<'_>) -> Option<Compared> {
    let (state, change) = match known.state {
        FindingState::Fixed | FindingState::Obsolete | FindingState::FalsePositive => return None,
        state => match fate(&known.finding, outcome, design) {
            Change::NotEvaluated => (state, Change::NotEvaluated),
            Change::Obsolete => (FindingState::Obsolete, Change::Obsolete),
            change => (FindingState::Fixed, change),
        },
    };
    let first_seen = Some(known.first_seen);
    Some(Compared { existing: Some(known.id), finding: known.finding.clone(), state, change, first_seen, matched_by: None })
}

fn fate(finding: &Finding, outcome: &Outcome, design: &Design<'_>) -> Change {
    let Some(primary) = finding.anchors.iter().find(|anchor| matches!(anchor, Anchor::Element { .. })).or(finding.anchors.first()) else {
        return Change::NotEvaluated;
    };
    let documents: BTreeSet<DocumentId> = finding.anchors.iter().map(Anchor::document).collect();
    if finding.agent().is_some() {
        // An agent's silence says nothing; only the end of its subject does.
        let gone = !exists(primary, design) && !documents.iter().any(|document| is_broken(*document, design));
        return if gone { Change::Obsolete } else { Change::NotEvaluated };
    }
    // It is there, and somebody asked not to see it.
    let is_it = |other: &Finding| other.fingerprint == finding.fingerprint || other.names_fingerprint == finding.names_fingerprint;
    if outcome.suppressed.iter().any(|suppressed| is_it(&suppressed.finding)) {
        return Change::NotEvaluated;
    }
    if documents.iter().any(|document| !outcome.evaluated.contains(&(finding.code.clone(), *document))) {
        return Change::NotEvaluated;
    }
    let gone = !exists(primary, design);
    // In a text with errors the subject may only be hidden behind one.
    let hidden =
        finding.anchors.iter().any(|anchor| !exists(anchor, design)) && documents.iter().any(|document| is_broken(*document, design));
    match (hidden, gone) {
        (true, _) => Change::NotEvaluated,
        (false, true) => Change::Obsolete,
        (false, false) => Change::Fixed,
    }
}

fn exists(anchor: &Anchor, design: &Design<'_>) -> bool {
    let Some(diagram) = design.diagrams.iter().find(|diagram| diagram.document == anchor.document()) else {
        return design.decisions.iter().any(|decision| decision.document == anchor.document());
    };
    let model = &diagram.parsed.model;
    match anchor {
        Anchor::Element { element, .. } => model.elements.contains_key(element),
        Anchor::Relation { relation, .. } => model.relations.contains_key(relation),
        Anchor::Path { relations, .. } => relations.iter().all(|relation| model.relations.contains_key(relation)),
        Anchor::Group { group, .. } => model.groups.contains_key(group),
        Anchor::Absence { scope, .. } => scope.as_ref().is_none_or(|scope| model.elements.contains_key(scope)),
        Anchor::Text { .. } | Anchor::Document { .. } => true,
    }
}

fn is_broken(document: DocumentId, design: &Design<'_>) -> bool {
    design
        .diagrams
        .iter()
        .any(|diagram| diagram.document == document && diagram.parsed.diagnostics.iter().any(|diagnostic| diagnostic.level == Level::Error))
}

#[cfg(test)]
mod tests;
