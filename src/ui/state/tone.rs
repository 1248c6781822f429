//! Stable colours for people and projects, from their names; and the words for severities, statuses and verdicts that the
//! style sheet knows.

use crate::domain::{
    model::kind::Kind,
    review::{Verdict, finding::Severity},
};

fn spread(text: &str, choices: u32) -> u32 {
    text.bytes().fold(7_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte))) % choices
}

/// 1 to 6: the presence colour of a person.
pub fn person(name: &str) -> u32 {
    spread(name, 6) + 1
}

/// The class that colours a project's mark.
pub fn project(slug: &str) -> &'static str {
    match spread(slug, 6) {
        0 => "proj-mark proj-mark--people",
        1 => "proj-mark proj-mark--data",
        2 => "proj-mark proj-mark--entry",
        3 => "proj-mark proj-mark--message",
        4 => "proj-mark proj-mark--external",
        _ => "proj-mark",
    }
}

/// The icon of a severity: each has its own silhouette.
pub const fn severity_icon(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "sev-critical",
        Severity::High => "sev-high",
        Severity::Medium => "sev-medium",
        Severity::Low => "sev-low",
    }
}

/// The severity class and icon that stand for a verdict: `pass`, `medium`, `high` or `critical`.
pub const fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "pass",
        Verdict::PassWithFindings => "medium",
        Verdict::NeedsWork | Verdict::Inconclusive => "high",
        Verdict::Blocked => "critical",
    }
}

/// The icon of an element's kind.
pub const fn kind_icon(kind: Kind) -> &'static str {
    match kind {
        Kind::System => "boundary",
        Kind::Node => "server",
        other => other.slug(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_stay_with_the_name() {
        for name in ["Ada", "Grace Hopper", "", "Ünal"] {
            assert!((1..=6).contains(&person(name)));
            assert_eq!(person(name), person(name));
        }
        assert!(project("order-and-payments").starts_with("proj-mark"));
    }

    #[test]
    fn every_kind_has_an_icon_of_the_set() {
        let icons = include_str!("../../../public/icons.svg");
        for kind in Kind::ALL {
            assert!(icons.contains(&format!("id=\"i-{}\"", kind_icon(kind))), "{kind:?}");
        }
    }
}
