//! LNT-R007: a caller that keeps calling what has failed.

use std::collections::BTreeMap;

use crate::domain::{
    model::{facts::State, kind::Kind},
    review::{
        check::{Check, Gap, Subject, capital, count, listed},
        graph::{Edge, kind},
        rule::declare_rule,
    },
};

declare_rule! {
    /// A service goes on calling dependencies that fail, with no circuit breaker.
    ///
    /// ## What it finds
    /// Synchronous calls that state `circuit_breaker no`, to an external system, or to another context where `criticality hard` is stated. All calls of
    /// one service are one finding.
    ///
    /// ## Why it matters
    /// While the other side hangs, every request waits out its timeout, and the caller's threads and connections run out on a call that can't succeed.
    /// The other side does not get the rest it needs.
    ///
    /// ## What to do
    /// Put a breaker around each dependency: open after a share of failures, let a few calls through to try again, answer at once in between. Errors of
    /// the caller and cancelled calls are no failures.
    ///
    /// ## False positives
    /// A breaker of the mesh counts: `circuit_breaker mesh`, on the relation or on the caller for all its calls. Where load shedding does the same, say
    /// so: `circuit_breaker "n/a (adaptive limit)"`. Stores are left out; their pool and timeout protect the caller.
    ///
    /// ## Source
    /// The smell of wobbly service interaction in the microservices literature. Most published designs lack breakers, so this is never high.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         properties {
    ///             stage live
    ///         }
    ///         psp = softwareSystem "Card processor" "Charges cards" "External"
    ///         shop = softwareSystem "Shop" {
    ///             payments = container "Payment service" "Charges customers" "Go"
    ///         }
    ///         payments -> psp "Charges" "HTTPS" {
    ///             properties {
    ///                 timeout 2s
    ///                 circuit_breaker no
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
    ///         psp = softwareSystem "Card processor" "Charges cards" "External"
    ///         shop = softwareSystem "Shop" {
    ///             payments = container "Payment service" "Charges customers" "Go"
    ///         }
    ///         payments -> psp "Charges" "HTTPS" {
    ///             properties {
    ///                 timeout 2s
    ///                 circuit_breaker yes
    ///             }
    ///         }
    ///     }
    /// }
    /// ```
    "LNT-R007" "missing-circuit-breaker" {
        severity: Medium up to Medium,
        set: Prod,
        category: Reliability,
        kind: Hygiene,
        reads: Diagrams,
        grouping: PerCaller,
        key: "the calling service" version 1,
        fix: Planned each ["circuit_breaker"],
        topics: ["GA4.1", "BA2.4", "GA5.2"],
    }
}

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        let graph = &subject.graph;
        let mut callers: BTreeMap<usize, Vec<(&Edge<'_>, Gap)>> = BTreeMap::new();
        for edge in graph.edges().iter().filter(|edge| edge.is_sync() && !edge.role_is(&["control-plane", "auth-discovery", "health"])) {
            let Some(caller) = graph.source(edge).filter(|caller| graph.is_compute(caller)) else { continue };
            if !leaves(check, subject, edge) {
                continue;
            }
            let facts =
                if edge.facts().state("circuit_breaker") == State::Unknown && caller.facts.state("circuit_breaker") != State::Unknown {
                    &caller.facts
                } else {
                    edge.facts()
                };
            if let Some(gap) = check.gap(subject.document, edge.relation.key.as_str(), facts, "circuit_breaker") {
                callers.entry(edge.source).or_default().push((edge, gap));
            }
        }
        for (caller, calls) in callers {
            report(check, subject, caller, &calls);
        }
    }
}

/// The call goes to somebody else's system, or the caller can't do without something of another context.
fn leaves<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, edge: &'a Edge<'a>) -> bool {
    let graph = &subject.graph;
    let (Some(caller), Some(target)) = (graph.source(edge), graph.target(edge)) else { return false };
    if kind(target) == Kind::External {
        return true;
    }
    if !graph.is_compute(target) && kind(target) != Kind::System {
        return false;
    }
    let contexts = (graph.context(caller), graph.context(target));
    let crosses = matches!(&contexts, (Some(from), Some(to)) if from.name != to.name);
    if crosses && edge.facts().state("criticality") == State::Unknown {
        check.unknown(subject.document, edge.relation.key.as_str(), "criticality");
    }
    crosses && edge.facts().is("criticality", "hard")
}

fn report<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, caller: usize, calls: &[(&'a Edge<'a>, Gap)]) {
    let Some(caller) = subject.graph.element(caller) else { return };
    let mut targets: Vec<&str> =
        calls.iter().filter_map(|(edge, _)| subject.graph.target(edge)).map(|target| target.name.as_str()).collect();
    targets.sort_unstable();
    targets.dedup();
    let title = match targets.as_slice() {
        [target] => format!("{} calls {target} without a circuit breaker", caller.name),
        _ => format!("{} calls {} dependencies without a circuit breaker", caller.name, count(targets.len())),
    };
    let message = match targets.as_slice() {
        [target] => format!("While {target} fails, each request of {} waits out its timeout, and the requests pile up.", caller.name),
        _ => format!(
            "{} dependencies can stall {}: {}. Each request waits out its timeout while one of them fails.",
            capital(&count(targets.len())),
            caller.name,
            listed(&targets)
        ),
    };
    let mut draft = check
        .draft(subject)
        .key_element(subject, caller)
        .title(title)
        .message(message)
        .planned(calls.iter().all(|(_, gap)| *gap == Gap::Planned))
        .element(subject, caller);
    for (edge, _) in calls {
        let Some(target) = subject.graph.target(edge) else { continue };
        draft = draft
            .mention(subject, target)
            .edge(
                subject,
                edge,
                &format!("{} calls {} without a circuit breaker", caller.name, target.name),
                &["circuit_breaker", "criticality"],
            )
            .rests_on_mode(edge);
    }
    if calls.iter().any(|(edge, _)| edge.facts().state("circuit_breaker") == State::Unknown) {
        draft = draft.quote_element(caller, &["circuit_breaker"], &format!("{} has no circuit breaker for its calls", caller.name));
    }
    check.report(draft);
}
