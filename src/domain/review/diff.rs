//! Compares what the rules say now with what is known from earlier reviews.
//!
//! A finding is the same when its fingerprint is, else when its names are (a re-import gives new keys), else, for cycles and
//! chains, when most of its elements are, else, for what agents say, when topic, subject and title are alike. What is not found again is only called fixed when its rule looked at its document
//! and could read it; silence is no proof.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{
    diagnostic::Level,
    id::{DocumentId, FindingId},
    review::{
        Change, FindingState,
        engine::{Design, Outcome},
        finding::{Anchor, Finding, Fingerprint},
        similarity::{self, jaccard},
    },
};

/// Cycles and chains that share at least this part of their elements are the same, in percent.
const SIMILAR: usize = 60;

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
}

/// What became of every finding: those of the outcome in its order, then the known ones that were not found again, in the
/// order given. What was fixed, deleted or judged a false positive before and is still not found is history and left out.
pub fn compare(known: &[Known], outcome: &Outcome, design: &Design<'_>) -> Vec<Compared> {
    let partners = partners(known, &outcome.findings);
    let mut compared: Vec<Compared> = outcome
        .findings
        .iter()
        .zip(&partners)
        .map(|(finding, partner)| found(finding, partner.and_then(|index| known.get(index))))
        .collect();
    let matched: BTreeSet<usize> = partners.into_iter().flatten().collect();
    let missed = known.iter().enumerate().filter(|(index, _)| !matched.contains(index)).map(|(_, known)| known);
    compared.extend(missed.filter_map(|known| not_found(known, outcome, design)));
    compared
}

/// For each finding the known one that is the same.
fn partners(known: &[Known], findings: &[Finding]) -> Vec<Option<usize>> {
    let mut partners: Vec<Option<usize>> = vec![None; findings.len()];
    let mut free: BTreeSet<usize> = (0..known.len()).collect();
    let exact: BTreeMap<&Fingerprint, usize> = known.iter().enumerate().map(|(index, known)| (&known.finding.fingerprint, index)).collect();
    for (finding, partner) in findings.iter().zip(&mut partners) {
        *partner = exact.get(&finding.fingerprint).copied().filter(|index| free.remove(index));
    }
    // By names, where they say it uniquely on both sides.
    let mut by_name: BTreeMap<&Fingerprint, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
    for index in &free {
        if let Some(known) = known.get(*index) {
            by_name.entry(&known.finding.names_fingerprint).or_default().0.push(*index);
        }
    }
    for (index, finding) in findings.iter().enumerate().filter(|(index, _)| partners.get(*index) == Some(&None)) {
        by_name.entry(&finding.names_fingerprint).or_default().1.push(index);
    }
    for (olds, news) in by_name.into_values() {
        if let ([old], [new]) = (olds.as_slice(), news.as_slice())
            && let Some(partner) = partners.get_mut(*new)
        {
            *partner = Some(*old);
            free.remove(old);
        }
    }
    for (finding, partner) in findings.iter().zip(&mut partners).filter(|(finding, partner)| partner.is_none() && is_path(finding)) {
        let elements = elements(finding);
        let best = free
            .iter()
            .filter_map(|index| known.get(*index).map(|known| (*index, &known.finding)))
            .filter(|(_, other)| other.code == finding.code && is_path(other))
            .map(|(index, other)| (jaccard(&elements, &self::elements(other)), index))
            .filter(|(similarity, _)| *similarity >= SIMILAR)
            .max_by_key(|(similarity, index)| (*similarity, std::cmp::Reverse(*index)));
        if let Some((_, index)) = best {
            *partner = Some(index);
            free.remove(&index);
        }
    }
    // An agent never says a thing twice in the same words.
    for (finding, partner) in findings.iter().zip(&mut partners).filter(|(finding, partner)| partner.is_none() && finding.agent().is_some())
    {
        let best = free
            .iter()
            .filter_map(|index| known.get(*index).map(|known| (*index, &known.finding)))
            .filter(|(_, other)| similarity::same_claim(finding, other))
            .map(|(index, other)| (similarity::titles(&finding.title, &other.title), std::cmp::Reverse(index)))
            .max();
        if let Some((_, std::cmp::Reverse(index))) = best {
            *partner = Some(index);
            free.remove(&index);
        }
    }
    partners
}

fn is_path(finding: &Finding) -> bool {
    finding.anchors.iter().any(|anchor| matches!(anchor, Anchor::Path { .. }))
}

fn elements(finding: &Finding) -> BTreeSet<String> {
    finding
        .anchors
        .iter()
        .filter_map(|anchor| match anchor {
            Anchor::Element { element, .. } => Some(element.to_string()),
            _ => None,
        })
        .collect()
}

fn found(finding: &Finding, known: Option<&Known>) -> Compared {
    let Some(known) = known else {
        return Compared { existing: None, finding: finding.clone(), state: FindingState::Open, change: Change::New, first_seen: None };
    };
    let (state, change) = match known.state {
        FindingState::Fixed | FindingState::Obsolete => (FindingState::Open, Change::Regressed),
        state if same_claim(finding, &known.finding) => (state, Change::Unchanged),
        state => (state, Change::Updated),
    };
    Compared { existing: Some(known.id), finding: finding.clone(), state, change, first_seen: Some(known.first_seen) }
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
    Some(Compared { existing: Some(known.id), finding: known.finding.clone(), state, change, first_seen: Some(known.first_seen) })
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
