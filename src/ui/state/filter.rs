//! What a list shows: findings by severity and state, decisions by status. Kept in the address, read from it.

use crate::domain::review::{Counts, FindingState, ReviewFinding, finding::Severity};

/// Which findings a review lists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FindingFilter {
    #[default]
    All,
    Severity(Severity),
}

impl FindingFilter {
    /// Reads the `severity` parameter; anything unknown shows all.
    pub fn parse(text: Option<&str>) -> Self {
        text.and_then(Severity::parse).map_or(Self::All, Self::Severity)
    }

    pub fn admits(self, finding: &ReviewFinding) -> bool {
        match self {
            Self::All => true,
            Self::Severity(severity) => finding.finding.severity == severity,
        }
    }
}

/// Whether a finding is settled, so that the list strikes it out.
pub const fn settled(state: FindingState) -> bool {
    matches!(state, FindingState::Fixed | FindingState::Obsolete | FindingState::FalsePositive)
}

/// How many findings of each severity the list holds, settled ones included: the numbers on the filters.
pub fn tally<'a>(findings: impl IntoIterator<Item = &'a ReviewFinding>) -> Counts {
    let mut counts = Counts::default();
    for finding in findings {
        counts.add(finding.finding.severity);
    }
    counts
}

/// The neighbour of the open finding in the visible order; from nothing, the first.
pub fn neighbour<T: Copy + PartialEq>(order: &[T], open: Option<T>, forward: bool) -> Option<T> {
    let Some(open) = open else { return order.first().copied() };
    let Some(at) = order.iter().position(|id| *id == open) else { return order.first().copied() };
    let next = if forward { at.saturating_add(1).min(order.len().saturating_sub(1)) } else { at.saturating_sub(1) };
    order.get(next).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_read_the_address() {
        assert_eq!(FindingFilter::parse(Some("high")), FindingFilter::Severity(Severity::High));
        assert_eq!(FindingFilter::parse(Some("loud")), FindingFilter::All);
        assert_eq!(FindingFilter::parse(None), FindingFilter::All);
    }

    #[test]
    fn neighbours_stop_at_both_ends() {
        assert_eq!(neighbour(&[1, 2, 3], None, true), Some(1));
        assert_eq!(neighbour(&[1, 2, 3], Some(1), true), Some(2));
        assert_eq!(neighbour(&[1, 2, 3], Some(3), true), Some(3));
        assert_eq!(neighbour(&[1, 2, 3], Some(1), false), Some(1));
        assert_eq!(neighbour(&[1, 2, 3], Some(9), false), Some(1));
        assert_eq!(neighbour::<u8>(&[], Some(9), false), None);
    }
}
