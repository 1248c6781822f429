//! LNT-R004: retries that arrive as a wave.

use crate::domain::{
    model::facts::{Fact, State},
    review::{
        amount::{duration, plain},
        check::{Check, listed},
        fix::{Offer, broken::Broken, plan},
        protocol::words,
        rule::declare_rule,
    },
};

declare_rule! {
    /// A call is retried without backoff, jitter or a cap.
    ///
    /// ## What it finds
    /// A relation whose `retry` makes more than one attempt and names no jitter, or names a fixed delay or none, or says that there is no cap.
    ///
    /// ## Why it matters
    /// When a dependency stumbles, all its callers retry at the same moments, and the wave keeps it down. Without a cap the wave grows.
    ///
    /// ## What to do
    /// Back off exponentially with full jitter and a cap on delay and attempts, retry only what can succeed later, and heed what the other side asks
    /// for. State it: `retry "3, 100ms, exponential, jitter"`.
    ///
    /// ## False positives
    /// A relation that says nothing about retries is left alone, and so is a single attempt.
    ///
    /// ## Source
    /// Guidance on timeouts, retries and jitter from operators of large cloud services.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         properties {
    ///             stage live
    ///         }
    ///         shop = softwareSystem "Shop" {
    ///             orders = container "Order service" "Takes orders" "Go"
    ///             stock = container "Stock service" "Counts items" "Go"
    ///         }
    ///         orders -> stock "Reserves" "gRPC" {
    ///             properties {
    ///                 retry "5, 200ms, fixed, no jitter"
    ///             }
    ///         }
    ///     }
    /// }
    /// ```
    /// ```dsl,passes
    /// workspace {
    ///     model {
    ///         properties {
    ///             stage live
    ///         }
    ///         shop = softwareSystem "Shop" {
    ///             orders = container "Order service" "Takes orders" "Go"
    ///             stock = container "Stock service" "Counts items" "Go"
    ///         }
    ///         orders -> stock "Reserves" "gRPC" {
    ///             properties {
    ///                 retry "3, 100ms, exponential, jitter"
    ///             }
    ///         }
    ///     }
    /// }
    /// ```
    "LNT-R004" "naive-retry" {
        severity: Medium up to High,
        set: Prod,
        category: Reliability,
        kind: Risk,
        reads: Diagrams,
        grouping: Individual,
        key: "source and target" version 1,
        fix: Planned by mend,
        topics: ["GA4.2", "BA2.4"],
    }
}

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        for edge in subject.graph.edges() {
            let (Some(source), Some(target)) = (subject.graph.source(edge), subject.graph.target(edge)) else { continue };
            let Some(retry) = edge.facts().get("retry") else { continue };
            let lacks = lacks(retry);
            if lacks.is_empty() {
                continue;
            }
            let draft = check
                .draft(subject)
                .key_element(subject, source)
                .key_element(subject, target)
                .title(format!("{} retries {} without {}", source.name, target.name, listed(&lacks)))
                .message(format!(
                    "Retries of {} → {} lack {}, so all callers come back at the same moment.",
                    source.name,
                    target.name,
                    listed(&lacks)
                ))
                .element(subject, source)
                .mention(subject, target)
                .edge(subject, edge, &format!("retry {}", retry.value), &["retry"]);
            check.report(draft);
        }
    }
}

/// What a written retry policy lacks: `3, 100ms, jitter`.
fn lacks(retry: &Fact) -> Vec<&'static str> {
    let parts: Vec<String> = retry.list().into_iter().map(str::to_lowercase).collect();
    let word = |part: &String, wanted: &[&str]| words(part).any(|word| wanted.contains(&word.as_str()));
    let denied = |part: &String| word(part, &["no", "without", "none"]);
    let endless = parts.iter().any(|part| word(part, &["forever", "infinite", "unlimited", "endless"]));
    let attempts = retry.number().unwrap_or(0.0);
    if retry.state() != State::Yes || (attempts <= 1.0 && !endless) {
        return Vec::new();
    }
    let mut lacks = Vec::new();
    if parts.iter().any(|part| word(part, &["fixed", "constant", "immediate"]) || (word(part, &["backoff"]) && denied(part))) {
        lacks.push("backoff");
    }
    if !parts.iter().any(|part| word(part, &["jitter", "full-jitter", "decorrelated"]) && !denied(part)) {
        lacks.push("jitter");
    }
    if endless
        || parts.iter().any(|part| word(part, &["cap", "capped", "limit"]) && denied(part))
        || parts.iter().any(|part| part == "uncapped")
    {
        lacks.push("a cap");
    }
    lacks
}

/// As many attempts, with longer and longer pauses that differ.
fn mend(broken: &Broken<'_>) -> Vec<Offer> {
    let better = |fact: &Fact| {
        let lacks = lacks(fact);
        if lacks.is_empty() {
            return None;
        }
        let endless = lacks.contains(&"a cap");
        let attempts = fact.number().filter(|attempts| *attempts > 1.0 && !endless).map_or_else(|| "5".to_owned(), plain);
        let pause =
            fact.list().into_iter().skip(1).find(|part| duration(part).is_some()).map_or_else(String::new, |pause| format!(", {pause}"));
        Some(Some(plan::instead(&format!("{attempts}{pause}, exponential, jitter"), fact)))
    };
    plan::planned(broken, &plan::stated(broken, "retry", better)).map(Offer::from).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_policies_are_read_as_people_write_them() {
        for (value, expected) in [
            ("3, 100ms, jitter", vec![]),
            ("3, 100ms, exponential, jitter, cap 2s", vec![]),
            ("1", vec![]),
            ("no", vec![]),
            ("planned", vec![]),
            ("3", vec!["jitter"]),
            ("5, 200ms, fixed, no jitter", vec!["backoff", "jitter"]),
            ("forever, 1s, jitter", vec!["a cap"]),
            ("4, exponential, jitter, no cap", vec!["a cap"]),
        ] {
            let fact = Fact { value: value.to_owned(), span: crate::domain::diagnostic::Span::default(), inherited_from: None };
            assert_eq!(lacks(&fact), expected, "{value}");
        }
    }
}
