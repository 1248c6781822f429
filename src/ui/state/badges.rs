//! What a review says about each element of a diagram.

use std::collections::BTreeMap;

use crate::{
    api::notes::FindingNote,
    domain::{model::ElementKey, review::finding::Severity},
};

/// The worst severity and the number of findings that count, by element: of a review, with what the rules say now in place of what
/// they said then.
pub fn badges(review: &[FindingNote], now: Option<&[FindingNote]>) -> BTreeMap<ElementKey, (Severity, u32)> {
    let mut badges: BTreeMap<ElementKey, (Severity, u32)> = BTreeMap::new();
    let then = review.iter().filter(|finding| now.is_none() || !finding.code.starts_with("LNT-"));
    for finding in now.unwrap_or_default().iter().chain(then).filter(|finding| finding.state.counts()) {
        for key in &finding.elements {
            let badge = badges.entry(key.clone()).or_insert((finding.severity, 0));
            badge.0 = badge.0.max(finding.severity);
            badge.1 += 1;
        }
    }
    badges
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::{id::FindingId, review::FindingState};

    fn note(code: &str, severity: Severity, state: FindingState, element: &str) -> FindingNote {
        FindingNote {
            id: FindingId::from_uuid(Uuid::nil()),
            code: code.to_owned(),
            title: String::new(),
            category: String::new(),
            severity,
            state,
            elements: vec![element.into()],
        }
    }

    #[test]
    fn what_rules_say_now_stands_in_for_what_they_said() {
        let review = [
            note("LNT-R001", Severity::High, FindingState::Open, "a"),
            note("LNT-R002", Severity::Low, FindingState::WontFix, "a"),
            note("AGT-reliability", Severity::Low, FindingState::Accepted, "a"),
        ];
        let key = ElementKey::from("a");
        assert_eq!(badges(&review, None).get(&key), Some(&(Severity::High, 2)));
        assert_eq!(badges(&review, Some(&[])).get(&key), Some(&(Severity::Low, 1)));
        let now = [note("LNT-D001", Severity::Medium, FindingState::Open, "a"), note("LNT-D001", Severity::Low, FindingState::Open, "b")];
        let badges = badges(&review, Some(&now));
        assert_eq!((badges.get(&key), badges.len()), (Some(&(Severity::Medium, 2)), 2));
    }
}
