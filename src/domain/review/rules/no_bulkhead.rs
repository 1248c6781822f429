//! LNT-R008: what is optional can sink what is not.

use crate::domain::{
    model::{Element, facts::State, kind::Kind},
    review::{
        check::{Check, Gap, Subject, listed},
        graph::{Edge, kind},
        rule::declare_rule,
    },
};

declare_rule! {
    /// Optional and necessary dependencies of a service share one pool.
    ///
    /// ## What it finds
    /// A service with three or more synchronous dependencies, of which some are `criticality hard` and some `criticality soft`, that states `bulkhead
    /// no` itself or on the relation to a soft one.
    ///
    /// ## Why it matters
    /// When the optional dependency is slow, its calls take all threads or connections, and the necessary calls find none. The feature that nobody would
    /// miss brings down the one that earns the money.
    ///
    /// ## What to do
    /// Give each dependency a limit of its own: a number of calls at once, or a pool. Let calls above the limit fail at once instead of waiting.
    ///
    /// ## False positives
    /// A service that says nothing about bulkheads is left alone. Stores are not counted; they have pools of their own.
    ///
    /// ## Source
    /// The bulkhead pattern in the literature on releasing software that survives production.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         properties {
    ///             stage live
    ///         }
    ///         shop = softwareSystem "Shop" {
    ///             checkout = container "Checkout" "Runs the checkout" "Go" {
    ///                 properties {
    ///                     bulkhead no
    ///                 }
    ///             }
    ///             orders = container "Order service" "Takes orders" "Go"
    ///             payments = container "Payment service" "Charges cards" "Go"
    ///             tips = container "Recommendations" "Suggests more" "Go"
    ///         }
    ///         checkout -> orders "Orders" "gRPC" {
    ///             properties {
    ///                 criticality hard
    ///             }
    ///         }
    ///         checkout -> payments "Pays" "gRPC" {
    ///             properties {
    ///                 criticality hard
    ///             }
    ///         }
    ///         checkout -> tips "Asks" "gRPC" {
    ///             properties {
    ///                 criticality soft
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
    ///             checkout = container "Checkout" "Runs the checkout" "Go"
    ///             orders = container "Order service" "Takes orders" "Go"
    ///             payments = container "Payment service" "Charges cards" "Go"
    ///             tips = container "Recommendations" "Suggests more" "Go"
    ///         }
    ///         checkout -> orders "Orders" "gRPC" {
    ///             properties {
    ///                 criticality hard
    ///             }
    ///         }
    ///         checkout -> payments "Pays" "gRPC" {
    ///             properties {
    ///                 criticality hard
    ///             }
    ///         }
    ///         checkout -> tips "Asks" "gRPC" {
    ///             properties {
    ///                 criticality soft
    ///                 bulkhead "10 at once"
    ///             }
    ///         }
    ///     }
    /// }
    /// ```
    "LNT-R008" "no-bulkhead" {
        severity: Low up to Low,
        set: Strict,
        category: Reliability,
        kind: Risk,
        reads: Diagrams,
        grouping: PerCaller,
        key: "the calling service" version 1,
        fix: Planned each ["bulkhead"],
        topics: ["GA4.3"],
    }
}

/// With fewer dependencies there is little to divide.
const SEVERAL: usize = 3;

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        for (index, caller) in subject.graph.elements().filter(|(_, element)| subject.graph.is_compute(element)) {
            judge(check, subject, index, caller);
        }
    }
}

fn judge<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, index: usize, caller: &'a Element) {
    let graph = &subject.graph;
    let calls: Vec<&Edge<'_>> = graph
        .outgoing(index)
        .filter(|edge| edge.is_sync() && graph.target(edge).is_some_and(|target| !kind(target).is_store() && kind(target) != Kind::Queue))
        .collect();
    let mut targets: Vec<usize> = calls.iter().map(|edge| edge.target).collect();
    targets.sort_unstable();
    targets.dedup();
    let hard: Vec<&&Edge<'_>> = calls.iter().filter(|edge| edge.facts().is("criticality", "hard")).collect();
    if targets.len() < SEVERAL || hard.is_empty() {
        return;
    }
    let mut shared: Vec<(&Edge<'_>, Gap)> = Vec::new();
    for edge in calls.iter().filter(|edge| edge.facts().is("criticality", "soft")) {
        let facts = if edge.facts().state("bulkhead") == State::Unknown { &caller.facts } else { edge.facts() };
        if let Some(gap) = check.gap(subject.document, caller.key.as_str(), facts, "bulkhead") {
            shared.push((edge, gap));
        }
    }
    let name = |edge: &Edge<'_>| graph.target(edge).map_or("", |target| target.name.as_str()).to_owned();
    let soft: Vec<String> = shared.iter().map(|(edge, _)| name(edge)).collect();
    let Some((first, necessary)) = soft.first().zip(hard.first().map(|edge| name(edge))) else { return };
    let mut draft = check
        .draft(subject)
        .key_element(subject, caller)
        .title(format!("A slow {first} can take what {necessary} needs inside {}", caller.name))
        .message(format!(
            "{} could do without {}, but they share a pool with what it can't do without: {}.",
            caller.name,
            listed(&soft),
            listed(&hard.iter().map(|edge| name(edge)).collect::<Vec<_>>())
        ))
        .planned(shared.iter().all(|(_, gap)| *gap == Gap::Planned))
        .element(subject, caller)
        .quote_element(caller, &["bulkhead"], &format!("the calls of {} share a pool", caller.name));
    for edge in shared.iter().map(|(edge, _)| *edge).chain(hard.into_iter().copied()) {
        let need = if edge.facts().is("criticality", "soft") { "could do without" } else { "needs" };
        draft = draft.edge(subject, edge, &format!("{} {need} {}", caller.name, name(edge)), &["criticality", "bulkhead"]);
    }
    check.report(draft);
}
