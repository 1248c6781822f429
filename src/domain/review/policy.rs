//! The verdict and the score: computed from what counts, by rules anyone can do by hand.

use serde::{Deserialize, Serialize};

use crate::domain::review::{Completeness, Counts, FindingState, Verdict, check::counted, finding::Severity};

/// More medium findings than this ask for changes.
pub const MEDIUM_LIMIT: u32 = 5;

/// What one counting finding of a severity costs of the 100 points.
pub const fn points(severity: Severity) -> u32 {
    match severity {
        Severity::Critical => 20,
        Severity::High => 7,
        Severity::Medium => 2,
        Severity::Low => 1,
    }
}

/// A verdict with its grounds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    pub verdict: Verdict,
    /// One sentence without a final period.
    pub reason: String,
    /// Of the findings that count.
    pub counts: Counts,
    /// 100 less the points of each finding that counts, at least 0.
    pub score: u32,
}

/// Judges a review by its findings and by how much of the design was looked at.
///
/// Inconclusive when nothing was reviewed, a document could not be read at all or an agent whose answer is needed did not finish;
/// blocked by a critical finding; changes
/// requested for a high one or more than five medium ones; approved with findings for any other; else approved. Only open
/// and accepted findings count.
pub fn judge(findings: &[(Severity, FindingState)], completeness: &Completeness) -> Judgement {
    let mut counts = Counts::default();
    for (severity, _) in findings.iter().filter(|(_, state)| state.counts()) {
        counts.add(*severity);
    }
    let (verdict, reason) = decide(counts, completeness);
    Judgement { verdict, reason, counts, score: score(counts) }
}

/// 100 less 20 for each critical finding, 7 for each high, 2 for each medium and 1 for each low one; at least 0.
pub fn score(counts: Counts) -> u32 {
    let cost =
        Severity::ALL.into_iter().fold(0_u32, |sum, severity| sum.saturating_add(points(severity).saturating_mul(counts.of(severity))));
    100_u32.saturating_sub(cost)
}

fn decide(counts: Counts, completeness: &Completeness) -> (Verdict, String) {
    if let Some(path) = completeness.unreadable.first() {
        let others = completeness.unreadable.len() - 1;
        let more = if others == 0 { String::new() } else { format!(" and {}", counted(others, "other document")) };
        return (Verdict::Inconclusive, format!("{path}{more} could not be read"));
    }
    if let Some((agent, _)) = completeness.agents_missing.first() {
        let others = completeness.agents_missing.len() - 1;
        let more = if others == 0 { String::new() } else { format!(" and {}", counted(others, "other agent")) };
        return (Verdict::Inconclusive, format!("{agent}{more} did not finish, and the review needs the answer"));
    }
    if completeness.rules_run.is_empty() {
        return (Verdict::Inconclusive, "Nothing was reviewed".to_owned());
    }
    let open = |number: u32, severity: Severity| {
        let (noun, verb) = if number == 1 { ("finding", "is") } else { ("findings", "are") };
        format!("{number} {} {noun} {verb} open", severity.slug())
    };
    match counts {
        Counts { critical: 1.., .. } => (Verdict::Blocked, open(counts.critical, Severity::Critical)),
        Counts { high: 1.., .. } => (Verdict::NeedsWork, open(counts.high, Severity::High)),
        Counts { medium, .. } if medium > MEDIUM_LIMIT => (Verdict::NeedsWork, open(medium, Severity::Medium)),
        Counts { medium: 1.., .. } => (Verdict::PassWithFindings, format!("No high finding; {}", open(counts.medium, Severity::Medium))),
        Counts { low: 1.., .. } => (Verdict::PassWithFindings, format!("Nothing above low; {}", open(counts.low, Severity::Low))),
        _ => (Verdict::Pass, "No finding is open".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complete() -> Completeness {
        Completeness { rules_run: vec!["LNT-B001".to_owned()], ..Completeness::default() }
    }

    fn judged(findings: &[(Severity, u32)], state: FindingState) -> Judgement {
        let list: Vec<_> = findings.iter().flat_map(|(severity, number)| (0..*number).map(|_| (*severity, state))).collect();
        judge(&list, &complete())
    }

    #[test]
    fn the_policy_table() {
        use Severity::{Critical, High, Low, Medium};
        for (findings, verdict, reason, score) in [
            (vec![], Verdict::Pass, "No finding is open", 100),
            (vec![(Low, 2)], Verdict::PassWithFindings, "Nothing above low; 2 low findings are open", 98),
            (vec![(Medium, 5), (Low, 1)], Verdict::PassWithFindings, "No high finding; 5 medium findings are open", 89),
            (vec![(Medium, 6)], Verdict::NeedsWork, "6 medium findings are open", 88),
            (vec![(High, 1)], Verdict::NeedsWork, "1 high finding is open", 93),
            (vec![(High, 2), (Medium, 9)], Verdict::NeedsWork, "2 high findings are open", 68),
            (vec![(Critical, 1), (High, 3)], Verdict::Blocked, "1 critical finding is open", 59),
            (vec![(Critical, 9)], Verdict::Blocked, "9 critical findings are open", 0),
        ] {
            let judgement = judged(&findings, FindingState::Open);
            assert_eq!((judgement.verdict, judgement.reason.as_str(), judgement.score), (verdict, reason, score), "{findings:?}");
            assert_eq!(judged(&findings, FindingState::Accepted), judgement, "what will be fixed still counts");
            for state in [FindingState::Fixed, FindingState::WontFix, FindingState::FalsePositive, FindingState::Obsolete] {
                assert_eq!(judged(&findings, state).verdict, Verdict::Pass, "{state:?}");
            }
        }
    }

    #[test]
    fn what_was_not_looked_at_is_not_approved() {
        assert_eq!(judge(&[], &Completeness::default()).verdict, Verdict::Inconclusive);
        let unreadable = Completeness { unreadable: vec!["workspace.dsl".to_owned(), "b.dsl".to_owned()], ..complete() };
        let judgement = judge(&[(Severity::Critical, FindingState::Open)], &unreadable);
        assert_eq!(judgement.verdict, Verdict::Inconclusive);
        assert_eq!(judgement.reason, "workspace.dsl and one other document could not be read");
        assert_eq!(judgement.counts.critical, 1);
        let partly = Completeness { broken: vec![("a.dsl".to_owned(), "3:1: x".to_owned())], ..complete() };
        assert_eq!(judge(&[], &partly).verdict, Verdict::Pass, "one broken statement costs that statement");
    }
}
