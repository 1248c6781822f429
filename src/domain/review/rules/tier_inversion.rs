//! LNT-R009: a promise that leans on a weaker one.

use crate::domain::{
    model::{
        Element,
        facts::{Fact, State},
    },
    review::{
        amount::plain,
        check::{Check, Gap, Subject},
        graph::Edge,
        rule::declare_rule,
    },
};

declare_rule! {
    /// An element needs something that is less important or less available than itself.
    ///
    /// ## What it finds
    /// A synchronous call that the caller can't do without (`criticality hard`, or `fallback no` with nothing said of criticality), to an element with a
    /// less critical `tier` or a lower `slo`. Both sides must state the fact.
    ///
    /// ## Why it matters
    /// What fails when a dependency fails is never better than the dependency. The night it breaks, the team behind it is not on call, because its tier
    /// says that it can wait.
    ///
    /// ## What to do
    /// Raise the dependency, make it one that the caller can do without (a copy, a default, a queue), or promise less.
    ///
    /// ## False positives
    /// `criticality soft` or any `fallback` ends it. A call whose criticality is not stated is a question, not a finding.
    ///
    /// ## Source
    /// Reviews before production that ask whether the objectives of dependencies are enough; the cloud providers' reliability frameworks.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         shop = softwareSystem "Shop" {
    ///             checkout = container "Checkout" "Runs the checkout" "Go" {
    ///                 properties {
    ///                     slo 99.95
    ///                 }
    ///             }
    ///             tax = container "Tax service" "Knows rates" "Go" {
    ///                 properties {
    ///                     slo 99.5
    ///                 }
    ///             }
    ///         }
    ///         checkout -> tax "Asks" "gRPC" {
    ///             properties {
    ///                 criticality hard
    ///             }
    ///         }
    ///     }
    /// }
    /// ```
    /// ```dsl,passes
    /// workspace {
    ///     model {
    ///         shop = softwareSystem "Shop" {
    ///             checkout = container "Checkout" "Runs the checkout" "Go" {
    ///                 properties {
    ///                     slo 99.95
    ///                 }
    ///             }
    ///             tax = container "Tax service" "Knows rates" "Go" {
    ///                 properties {
    ///                     slo 99.5
    ///                 }
    ///             }
    ///         }
    ///         checkout -> tax "Asks" "gRPC" {
    ///             properties {
    ///                 criticality hard
    ///                 fallback "rates of yesterday"
    ///             }
    ///         }
    ///     }
    /// }
    /// ```
    "LNT-R009" "tier-inversion" {
        severity: High up to High,
        set: Core,
        category: Reliability,
        kind: Risk,
        reads: Diagrams,
        grouping: Individual,
        key: "source and target" version 1,
        fix: None,
        topics: ["GA11.4", "GA4.4"],
    }
}

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        for edge in subject.graph.edges().iter().filter(|edge| edge.is_sync()) {
            judge(check, subject, edge);
        }
    }
}

fn judge<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, edge: &'a Edge<'a>) {
    let graph = &subject.graph;
    let (Some(caller), Some(target)) = (graph.source(edge), graph.target(edge)) else { return };
    if !graph.is_compute(caller) || edge.role_is(&["control-plane", "auth-discovery", "health"]) {
        return;
    }
    let tiers = graph.tier(caller).zip(graph.tier(target)).filter(|(own, other)| other > own);
    let objectives = objective(subject, caller).zip(objective(subject, target)).filter(|(own, other)| other < own);
    if tiers.is_none() && objectives.is_none() {
        return;
    }
    let Some(gap) = necessary(check, subject, edge) else { return };
    let (title, mut reasons) = match (tiers, objectives) {
        (Some((own, other)), _) => (
            format!("Tier {own} {} needs tier {other} {}", caller.name, target.name),
            vec![format!("{} is tier {own} and can't do without {}, which is tier {other}.", caller.name, target.name)],
        ),
        (None, Some((own, other))) => {
            (format!("{} promises {own} % and needs {}, which promises {other} %", caller.name, target.name), Vec::new())
        }
        (None, None) => return,
    };
    if let Some((own, other)) = objectives {
        reasons.push(format!("{other} % of {} is all that {} can reach, and it promises {own} %.", target.name, caller.name));
    }
    let draft = check
        .draft(subject)
        .key_element(subject, caller)
        .key_element(subject, target)
        .title(title)
        .message(reasons.join(" "))
        .planned(gap == Gap::Planned)
        .element(subject, caller)
        .mention(subject, target)
        .edge(subject, edge, &format!("{} can't do without {}", caller.name, target.name), &["criticality", "fallback"])
        .quote_element(caller, &["tier", "slo"], &format!("{} promises more", caller.name))
        .quote_element(target, &["tier", "slo"], &format!("{} promises less", target.name))
        .rests_on_mode(edge);
    check.report(draft);
}

/// The stated availability in percent.
fn objective<'a>(subject: &Subject<'a>, element: &'a Element) -> Option<Objective> {
    subject.graph.fact(element, "slo").and_then(Fact::number).filter(|slo| *slo > 0.0 && *slo <= 100.0).map(Objective)
}

#[derive(Clone, Copy, PartialEq, PartialOrd)]
struct Objective(f64);

impl std::fmt::Display for Objective {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The shortest form keeps 99.95 apart from 100.
        f.write_str(&if self.0.fract() == 0.0 { plain(self.0) } else { self.0.to_string() })
    }
}

/// The caller fails without the target; planned when a fallback is to come.
fn necessary<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, edge: &'a Edge<'a>) -> Option<Gap> {
    let facts = edge.facts();
    let fallback = facts.state("fallback");
    let gap = if fallback == State::Planned { Gap::Planned } else { Gap::Missing };
    match (facts.state("criticality"), fallback) {
        (_, State::Yes | State::NotApplicable) => None,
        (State::Unknown, State::Unknown) => {
            check.unknown(subject.document, edge.relation.key.as_str(), "criticality");
            None
        }
        (State::Unknown, _) => Some(gap),
        _ => facts.is("criticality", "hard").then_some(gap),
    }
}
