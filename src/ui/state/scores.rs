//! Scores by category, from the findings that count: the bars beside a review's score.

use std::collections::BTreeMap;

use crate::domain::review::{Counts, Review, ReviewFinding, finding::Category, policy};

/// Each category that at least one rule of the review looked at, in catalogue order, with its score from 0 to 100.
///
/// Model hygiene is left out: it says how complete the text is, not how good the design is.
pub fn by_category(review: &Review, findings: &[ReviewFinding]) -> Vec<(Category, u32)> {
    let mut counts: BTreeMap<Category, Counts> = BTreeMap::new();
    for category in Category::ALL {
        let prefix = format!("LNT-{}", category.letter());
        if category != Category::Model && review.completeness.rules_run.iter().any(|code| code.starts_with(&prefix)) {
            counts.insert(category, Counts::default());
        }
    }
    for item in findings.iter().filter(|item| item.state.counts()) {
        if let Some(counts) = counts.get_mut(&item.finding.category) {
            counts.add(item.finding.severity);
        }
    }
    counts.into_iter().map(|(category, counts)| (category, policy::score(counts))).collect()
}
