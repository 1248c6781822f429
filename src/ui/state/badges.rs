//! What a review says about each element of a diagram.

use std::collections::BTreeMap;

use crate::{
    api::notes::FindingNote,
    domain::{model::ElementKey, review::finding::Severity},
};

/// The worst severity and the number of findings that count, by element.
pub fn badges(findings: &[FindingNote]) -> BTreeMap<ElementKey, (Severity, u32)> {
    let mut badges: BTreeMap<ElementKey, (Severity, u32)> = BTreeMap::new();
    for finding in findings.iter().filter(|finding| finding.state.counts()) {
        for key in &finding.elements {
            let badge = badges.entry(key.clone()).or_insert((finding.severity, 0));
            badge.0 = badge.0.max(finding.severity);
            badge.1 += 1;
        }
    }
    badges
}
