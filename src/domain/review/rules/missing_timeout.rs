//! LNT-R002: calls that may wait for ever.

use std::collections::BTreeMap;

use crate::domain::{
    model::{facts::State, kind::Kind},
    review::{
        amount::in_force,
        check::{Check, Gap, Subject, capital, count, listed},
        graph::{Edge, kind, walk},
        rule::declare_rule,
    },
};

declare_rule! {
    /// Synchronous calls have no timeout.
    ///
    /// ## What it finds
    /// Synchronous calls of a service that are stated to have no timeout (`timeout none`, on the relation or on the calling service), when they lie on
    /// a path that users or other systems begin, or lead to an external system. All calls of one service are one finding.
    ///
    /// ## Why it matters
    /// When the other side hangs, the caller hangs with it: requests pile up, threads and connections run out, and a slow dependency becomes an
    /// outage of everything before it. Many client libraries wait for ever unless told otherwise.
    ///
    /// ## What to do
    /// Give every call a deadline that fits into the caller's own, with a shorter one for connecting. State it on the relation: `timeout 800ms`.
    ///
    /// ## False positives
    /// A call without a stated timeout is unknown, not wrong. For a store, the driver's statement timeout is the timeout. Streams need an idle
    /// timeout instead and are left out.
    ///
    /// ## Source
    /// Guidance on client timeouts in the cloud providers' reliability frameworks, and the smell of wobbly service interaction.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         user = person "User"
    ///         psp = softwareSystem "Card processor" "Charges cards" "External"
    ///         shop = softwareSystem "Shop" {
    ///             payments = container "Payment service" "Charges customers" "Go"
    ///         }
    ///         user -> payments "Pays" "HTTPS"
    ///         payments -> psp "Charges" "HTTPS" {
    ///             properties {
    ///                 timeout none
    ///             }
    ///         }
    ///     }
    /// }
    /// ```
    /// ```dsl,passes
    /// workspace {
    ///     model {
    ///         user = person "User"
    ///         psp = softwareSystem "Card processor" "Charges cards" "External"
    ///         shop = softwareSystem "Shop" {
    ///             payments = container "Payment service" "Charges customers" "Go"
    ///         }
    ///         user -> payments "Pays" "HTTPS"
    ///         payments -> psp "Charges" "HTTPS" {
    ///             properties {
    ///                 timeout 2s
    ///             }
    ///         }
    ///     }
    /// }
    /// ```
    "LNT-R002" "missing-timeout" {
        severity: High up to High,
        set: Core,
        category: Reliability,
        kind: Risk,
        reads: Diagrams,
        grouping: PerCaller,
        key: "the calling service" version 1,
        fix: Planned each ["timeout"],
        topics: ["BA4.2", "BA5.3", "GA4.2"],
    }
}

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        let graph = &subject.graph;
        let adjacency = graph.adjacency(Edge::is_sync);
        let used = walk::reachable(&adjacency, graph.entries());
        let mut callers: BTreeMap<usize, Vec<(&Edge<'_>, Gap)>> = BTreeMap::new();
        for edge in graph.edges().iter().filter(|edge| edge.is_sync()) {
            let Some(caller) = graph.source(edge).filter(|caller| graph.is_compute(caller)) else { continue };
            let outward = graph.target(edge).is_some_and(|target| kind(target) == Kind::External);
            if used.get(edge.source) != Some(&true) && !outward {
                continue;
            }
            // What the relation leaves open, the calling service may say for all its calls.
            let facts = in_force(edge.facts(), &caller.facts, "timeout");
            if let Some(gap) = check.gap(subject.document, edge.relation.key.as_str(), facts, "timeout") {
                let gap = if edge.facts().state("timeout") == State::Planned { Gap::Planned } else { gap };
                callers.entry(edge.source).or_default().push((edge, gap));
            }
        }
        for (caller, calls) in callers {
            report(check, subject, caller, &calls);
        }
    }
}

fn report<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, caller: usize, calls: &[(&'a Edge<'a>, Gap)]) {
    let Some(caller) = subject.graph.element(caller) else { return };
    let mut targets: Vec<&str> =
        calls.iter().filter_map(|(edge, _)| subject.graph.target(edge)).map(|target| target.name.as_str()).collect();
    targets.dedup();
    let title = match targets.as_slice() {
        [target] => format!("{} calls {target} without a timeout", caller.name),
        _ => format!("{} makes {} calls without a timeout", caller.name, count(calls.len())),
    };
    let message = match targets.as_slice() {
        [target] if calls.len() == 1 => {
            format!("The synchronous call to {target} has no timeout. If {target} hangs, {} hangs with it.", caller.name)
        }
        _ => format!(
            "{} synchronous calls have no timeout: to {}. If one of them hangs, {} hangs with it.",
            capital(&count(calls.len())),
            listed(&targets),
            caller.name
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
            .edge(subject, edge, &format!("{} calls {} without a timeout", caller.name, target.name), &["timeout"])
            .rests_on_mode(edge);
    }
    if calls.iter().any(|(edge, _)| edge.facts().state("timeout") == State::Unknown) {
        draft = draft.quote_element(caller, &["timeout"], &format!("{} sets no timeout on its calls", caller.name));
    }
    check.report(draft);
}
