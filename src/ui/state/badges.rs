//! What a review says about each element of a diagram.

use std::collections::BTreeMap;

use crate::domain::{
    id::DocumentId,
    model::{ElementKey, Model},
    review::{
        ReviewFinding,
        finding::{Anchor, Severity},
    },
};

/// The elements of one diagram that a finding points at: ends of relations count for their source.
pub fn elements(finding: &ReviewFinding, document: DocumentId, model: &Model) -> Vec<ElementKey> {
    let source = |key| model.relations.get(key).map(|relation| relation.source.clone());
    let mut found: Vec<ElementKey> = finding
        .finding
        .anchors
        .iter()
        .filter(|anchor| anchor.document() == document)
        .flat_map(|anchor| match anchor {
            Anchor::Element { element, .. } => vec![element.clone()],
            Anchor::Relation { relation, .. } => source(relation).into_iter().collect(),
            Anchor::Path { relations, .. } => relations.iter().filter_map(source).collect(),
            Anchor::Absence { scope, .. } => scope.iter().cloned().collect(),
            Anchor::Group { .. } | Anchor::Text { .. } | Anchor::Document { .. } => Vec::new(),
        })
        .collect();
    found.sort();
    found.dedup();
    found
}

/// The worst severity and the number of findings that count, by element.
pub fn badges(findings: &[ReviewFinding], document: DocumentId, model: &Model) -> BTreeMap<ElementKey, (Severity, u32)> {
    let mut badges: BTreeMap<ElementKey, (Severity, u32)> = BTreeMap::new();
    for finding in findings.iter().filter(|finding| finding.state.counts()) {
        for key in elements(finding, document, model) {
            let badge = badges.entry(key).or_insert((finding.finding.severity, 0));
            badge.0 = badge.0.max(finding.finding.severity);
            badge.1 += 1;
        }
    }
    badges
}
