//! LNT-R006: retries that multiply from hop to hop.

use std::cmp::Reverse;

use crate::domain::{
    model::facts::State,
    review::{
        amount::Retry,
        check::{Check, Subject, listed},
        finding::Anchor,
        graph::{Edge, walk},
        rule::declare_rule,
    },
};

declare_rule! {
    /// Retries at several hops turn one request into nine or more calls.
    ///
    /// ## What it finds
    /// The synchronous path from users or other systems on which the stated attempts, multiplied hop by hop, come to the most, from nine on.
    ///
    /// ## Why it matters
    /// When the last service fails, every hop before it repeats what the hop behind has repeated already. A service that is down for a moment is kept
    /// down by many times its usual load.
    ///
    /// ## What to do
    /// Repeat in one place, the one nearest to the failure that can still succeed, or nearest to the user. Give the retries a budget, such as a tenth of
    /// the requests, and stop with a circuit breaker.
    ///
    /// ## False positives
    /// Only stated attempts multiply; a hop that states none counts once. Attempts that a gateway or a mesh makes belong on the relation, or on the
    /// caller for all its calls.
    ///
    /// ## Source
    /// Operators' guidance on repeating at a single point and on retry budgets; arithmetic on what the diagram states.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         user = person "User"
    ///         shop = softwareSystem "Shop" {
    ///             gate = container "API gateway" "The way in" "Envoy"
    ///             orders = container "Order service" "Takes orders" "Go"
    ///             stock = container "Stock service" "Counts items" "Go"
    ///         }
    ///         user -> gate "Shops" "HTTPS"
    ///         gate -> orders "Orders" "gRPC" {
    ///             properties {
    ///                 retry "3, 50ms, exponential, jitter"
    ///             }
    ///         }
    ///         orders -> stock "Counts" "gRPC" {
    ///             properties {
    ///                 retry "3, 50ms, exponential, jitter"
    ///             }
    ///         }
    ///     }
    /// }
    /// ```
    /// ```dsl,passes
    /// workspace {
    ///     model {
    ///         user = person "User"
    ///         shop = softwareSystem "Shop" {
    ///             gate = container "API gateway" "The way in" "Envoy"
    ///             orders = container "Order service" "Takes orders" "Go"
    ///             stock = container "Stock service" "Counts items" "Go"
    ///         }
    ///         user -> gate "Shops" "HTTPS"
    ///         gate -> orders "Orders" "gRPC" {
    ///             properties {
    ///                 retry no
    ///             }
    ///         }
    ///         orders -> stock "Counts" "gRPC" {
    ///             properties {
    ///                 retry "3, 50ms, exponential, jitter"
    ///             }
    ///         }
    ///     }
    /// }
    /// ```
    "LNT-R006" "retry-amplification" {
        severity: High up to High,
        set: Math,
        category: Reliability,
        kind: Risk,
        reads: Diagrams,
        grouping: Individual,
        key: "the repeating callers and the last service" version 1,
        fix: None,
        topics: ["GA4.2", "BA2.4"],
    }
}

/// So many calls from one request are reported.
const MANY: u64 = 9;

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        let path = worst_path(subject);
        let calls = path.iter().fold(1_u64, |product, edge| product.saturating_mul(tries(subject, edge)));
        let layers = path.iter().filter(|edge| tries(subject, edge) > 1).count();
        if calls >= MANY && layers > 1 {
            report(check, subject, &path, calls);
        }
    }
}

fn report<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, path: &[&'a Edge<'a>], calls: u64) {
    let graph = &subject.graph;
    let Some(last) = path.last().and_then(|edge| graph.target(edge)) else { return };
    let hops: Vec<String> = path
        .iter()
        .filter(|edge| tries(subject, edge) > 1)
        .map(|edge| format!("{} → {} ({} attempts)", graph.name(edge.source), graph.name(edge.target), tries(subject, edge)))
        .collect();
    let mut draft = check
        .draft(subject)
        .key_element(subject, last)
        .title(format!("One request can become {calls} calls to {}", last.name))
        .message(format!("Each hop repeats what the next one has repeated: {}.", listed(&hops)))
        .anchor(Anchor::Path { document: subject.document, relations: path.iter().map(|edge| edge.relation.key.clone()).collect() })
        .planned(path.iter().any(|edge| edge.facts().state("retry") == State::Planned))
        .element(subject, last);
    for edge in path {
        let Some(source) = graph.source(edge) else { continue };
        if tries(subject, edge) > 1 {
            let claim = format!("{} tries {} up to {} times", source.name, graph.name(edge.target), tries(subject, edge));
            draft = draft.key_element(subject, source).edge(subject, edge, &claim, &["retry"]).rests_on_mode(edge);
        }
        draft = draft.mention(subject, source);
    }
    check.report(draft);
}

fn tries(subject: &Subject<'_>, edge: &Edge<'_>) -> u64 {
    subject.graph.source(edge).map_or(1, |source| u64::from(Retry::tries(Retry::between(edge.facts(), &source.facts))))
}

fn is_call(subject: &Subject<'_>, edge: &Edge<'_>) -> bool {
    let begins = subject.graph.source(edge).is_some_and(|source| subject.graph.is_compute(source) || subject.graph.is_outside(source));
    edge.is_sync() && begins && !edge.role_is(&["control-plane", "auth-discovery", "health"])
}

/// The path from outside on which the attempts multiply to the most, from the first hop that repeats to the last. What goes
/// round in a cycle counts once.
fn worst_path<'a>(subject: &'a Subject<'a>) -> Vec<&'a Edge<'a>> {
    let graph = &subject.graph;
    let components = walk::components(&graph.adjacency(|edge| is_call(subject, edge)));
    let mut component_of = vec![0; graph.len()];
    for (number, members) in components.iter().enumerate() {
        for member in members {
            if let Some(slot) = component_of.get_mut(*member) {
                *slot = number;
            }
        }
    }
    let component = |index: usize| component_of.get(index).copied().unwrap_or(0);
    // How many calls one request becomes on the way to a component, and the edge it comes by; nothing where no request comes.
    let mut reached: Vec<Option<(u64, Option<&Edge<'_>>)>> = vec![None; components.len()];
    let outside = graph.elements().filter(|(_, element)| graph.is_outside(element)).map(|(index, _)| index);
    for root in outside.chain(graph.entries()) {
        if let Some(slot) = reached.get_mut(component(root)) {
            *slot = Some((1, None));
        }
    }
    // Components come in reverse topological order, so callers are complete before those they call.
    for (number, members) in components.iter().enumerate().rev() {
        let Some((calls, _)) = reached.get(number).copied().flatten() else { continue };
        for edge in members.iter().flat_map(|member| graph.outgoing(*member)).filter(|edge| is_call(subject, edge)) {
            let target = component(edge.target);
            let value = calls.saturating_mul(tries(subject, edge));
            let rank = |edge: Option<&Edge<'_>>| Reverse(edge.map_or(0, |edge| edge.source + 1));
            if let Some(slot) = reached.get_mut(target).filter(|_| target != number)
                && slot.is_none_or(|(known, by)| (value, rank(Some(edge))) > (known, rank(by)))
            {
                *slot = Some((value, Some(edge)));
            }
        }
    }
    let end = reached
        .iter()
        .flatten()
        .filter_map(|(calls, by)| by.map(|edge| (*calls, edge)))
        .max_by_key(|(calls, edge)| (*calls, Reverse(edge.target), Reverse(edge.source)));
    let mut path = Vec::new();
    let mut next = end.map(|(_, edge)| edge);
    while let Some(edge) = next {
        path.push(edge);
        next = reached.get(component(edge.source)).copied().flatten().and_then(|(_, by)| by);
    }
    path.reverse();
    let repeats = |edge: &&Edge<'_>| tries(subject, edge) > 1;
    let first = path.iter().position(repeats).unwrap_or(path.len());
    let end = path.iter().rposition(repeats).map_or(first, |last| last + 1);
    path.into_iter().take(end).skip(first).collect()
}
