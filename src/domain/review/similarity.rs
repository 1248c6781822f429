//! How alike two claims are that were put into words twice: by their titles and by what they point at.

use std::collections::BTreeSet;

use crate::domain::review::finding::{Anchor, Finding};

/// Titles that share this part of their words say the same, in percent.
pub const TITLES: usize = 55;
/// Claims that share this part of their anchors are about the same, in percent.
pub const ANCHORS: usize = 50;

/// Words that say nothing about the subject.
const EMPTY: [&str; 22] = [
    "a", "an", "and", "are", "as", "at", "by", "for", "from", "has", "have", "in", "is", "it", "its", "no", "not", "of", "on", "the", "to",
    "with",
];

/// The part of two sets that they share, in percent of all; 0 where both are empty.
pub fn jaccard<T: Ord>(left: &BTreeSet<T>, right: &BTreeSet<T>) -> usize {
    let common = left.intersection(right).count();
    (common * 100).checked_div(left.len() + right.len() - common).unwrap_or(0)
}

/// How alike two titles are, in percent: twice the words they share, of all their words; order and repetition do not matter.
pub fn titles(left: &str, right: &str) -> usize {
    let (left, right) = (words(left), words(right));
    (left.intersection(&right).count() * 200).checked_div(left.len() + right.len()).unwrap_or(0)
}

/// The words of a title in lower case, those that say nothing left out.
pub fn words(title: &str) -> BTreeSet<String> {
    let lower = title.to_lowercase();
    let words: BTreeSet<String> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect();
    let telling: BTreeSet<String> = words.iter().filter(|word| !EMPTY.contains(&word.as_str())).cloned().collect();
    if telling.is_empty() { words } else { telling }
}

/// What a finding points at. Passages of a text count as the text: their place changes with every line above.
pub fn anchors(finding: &Finding) -> BTreeSet<Anchor> {
    finding
        .anchors
        .iter()
        .map(|anchor| match anchor {
            Anchor::Text { document, .. } => Anchor::Document { document: *document },
            other => other.clone(),
        })
        .collect()
}

/// Whether two claims of agents are the same: one topic, the same primary anchor or half of all anchors, and like titles.
pub fn same_claim(left: &Finding, right: &Finding) -> bool {
    let primary = |finding: &Finding| finding.anchors.first().cloned();
    left.agent().is_some()
        && right.agent().is_some()
        && left.code == right.code
        && (primary(left) == primary(right) || jaccard(&anchors(left), &anchors(right)) >= ANCHORS)
        && titles(&left.title, &right.title) >= TITLES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_alike_by_their_words() {
        assert_eq!(titles("Orders waits for Fraud", "for Fraud, orders waits!"), 100);
        assert_eq!(titles("Orders waits for Fraud", "Kafka has no dead letters"), 0);
        assert_eq!(titles("", ""), 0);
        assert_eq!(titles("the", "the"), 100, "words that say nothing are better than none");
        let close = titles("Checkout waits for the fraud check", "Checkout waits on the slow fraud check");
        assert!((TITLES..100).contains(&close), "{close}");
    }

    #[test]
    fn sets_are_alike_by_what_they_share() {
        assert_eq!(jaccard::<u8>(&BTreeSet::new(), &BTreeSet::new()), 0);
        assert_eq!(jaccard(&BTreeSet::from([1, 2]), &BTreeSet::from([2, 3])), 33);
        assert_eq!(jaccard(&BTreeSet::from([1]), &BTreeSet::from([1])), 100);
    }
}
