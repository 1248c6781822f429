//! LNT-B005: a service that everything is connected with.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{
    model::{Element, kind::Kind},
    review::{
        check::{Check, Subject, count, counted, listed, shorten},
        finding::Severity,
        graph::{Edge, kind, walk},
        rule::declare_rule,
    },
};

declare_rule! {
    /// One service is connected with most of the others.
    ///
    /// ## What it finds
    /// A service with eight or more neighbours, and at least three times as many as is usual among the other services that hang together
    /// with it. Neighbours are other services, topics and external systems. With fewer, but in four or more other contexts and three times
    /// the usual number of contexts, it is low.
    ///
    /// ## Why it matters
    /// A change of any neighbour can be a change here, every team queues for its deployment, and its outage reaches all of them.
    ///
    /// ## What to do
    /// Split it by capability, let others subscribe to what happened instead of being called, or move a long course of steps into a
    /// workflow of its own.
    ///
    /// ## False positives
    /// Gateways, backends for one frontend, adapters, brokers, identity providers and monitoring are made to have many neighbours: by kind, or by
    /// `role`. For a `role orchestrator` the finding is low. Stores and people are not counted, and the limit grows with the diagram.
    ///
    /// ## Source
    /// Studies of hub-like dependencies and of mega services among microservices.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         shop = softwareSystem "Shop" {
    ///             orders = container "Order service" "Runs the checkout" "Go"
    ///             stock = container "Stock" "Does the work of stock" "Go"
    ///             prices = container "Prices" "Does the work of prices" "Go"
    ///             coupons = container "Coupons" "Does the work of coupons" "Go"
    ///             payments = container "Payments" "Does the work of payments" "Go"
    ///             invoices = container "Invoices" "Does the work of invoices" "Go"
    ///             shipping = container "Shipping" "Does the work of shipping" "Go"
    ///             mail = container "Mail" "Does the work of mail" "Go"
    ///             loyalty = container "Loyalty" "Does the work of loyalty" "Go"
    ///         }
    ///         orders -> stock "Asks" "gRPC"
    ///         orders -> prices "Asks" "gRPC"
    ///         orders -> coupons "Asks" "gRPC"
    ///         orders -> payments "Asks" "gRPC"
    ///         orders -> invoices "Asks" "gRPC"
    ///         orders -> shipping "Asks" "gRPC"
    ///         orders -> mail "Asks" "gRPC"
    ///         orders -> loyalty "Asks" "gRPC"
    ///     }
    /// }
    /// ```
    /// ```dsl,passes
    /// workspace {
    ///     model {
    ///         shop = softwareSystem "Shop" {
    ///             orders = container "Order service" "Runs the checkout" "Go"
    ///             stock = container "Stock" "Does the work of stock" "Go"
    ///             prices = container "Prices" "Does the work of prices" "Go"
    ///             coupons = container "Coupons" "Does the work of coupons" "Go"
    ///             payments = container "Payments" "Does the work of payments" "Go"
    ///             invoices = container "Invoices" "Does the work of invoices" "Go"
    ///             shipping = container "Shipping" "Does the work of shipping" "Go"
    ///             mail = container "Mail" "Does the work of mail" "Go"
    ///             loyalty = container "Loyalty" "Does the work of loyalty" "Go"
    ///         }
    ///         orders -> stock "Asks" "gRPC"
    ///         orders -> prices "Asks" "gRPC"
    ///         orders -> coupons "Asks" "gRPC"
    ///         orders -> payments "Asks" "gRPC"
    ///         orders -> invoices "Asks" "gRPC"
    ///         invoices -> shipping "Asks" "gRPC"
    ///         shipping -> mail "Asks" "gRPC"
    ///         mail -> loyalty "Asks" "gRPC"
    ///     }
    /// }
    /// ```
    "LNT-B005" "hub-service" {
        severity: Medium up to Medium,
        set: Core,
        category: Boundaries,
        kind: Risk,
        reads: Diagrams,
        grouping: PerSubject,
        key: "the service" version 1,
        fix: None,
        topics: ["GA1.1"],
    }
}

/// Fewer neighbours are usual even in small designs.
const NEIGHBOURS: usize = 8;
const CONTEXTS: usize = 4;
/// So many times the median is out of line.
const OUT_OF_LINE: usize = 3;

/// A service and what it is connected with.
struct Hub<'a, 'c> {
    index: usize,
    element: &'a Element,
    neighbours: BTreeSet<usize>,
    /// Of the neighbours, its own left out.
    contexts: BTreeSet<&'c str>,
}

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        let contexts = subject.graph.contexts();
        let services: Vec<Hub<'_, '_>> = subject
            .graph
            .elements()
            .filter(|(index, element)| kind(element) == Kind::Service && subject.graph.is_unit(*index) && !made_for_it(element))
            .map(|(index, element)| {
                let neighbours = neighbours(subject, index);
                let of = |index: usize| contexts.get(index).and_then(Option::as_deref);
                let own = of(index);
                let others = neighbours.iter().filter_map(|neighbour| of(*neighbour)).filter(|context| Some(*context) != own).collect();
                Hub { index, element, neighbours, contexts: others }
            })
            .collect();
        // What is usual is told by what hangs together: a system beside it, or one that is only begun, says nothing.
        let parts = walk::islands(&subject.graph.adjacency(|_| true));
        let part = |hub: &Hub<'_, '_>| parts.get(hub.index).copied();
        let mut usual: BTreeMap<Option<usize>, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
        for hub in &services {
            let (neighbours, contexts) = usual.entry(part(hub)).or_default();
            neighbours.push(hub.neighbours.len());
            contexts.push(hub.contexts.len());
        }
        for (neighbours, contexts) in usual.values_mut() {
            neighbours.sort_unstable();
            contexts.sort_unstable();
        }
        for hub in &services {
            if hub.neighbours.len() < NEIGHBOURS && hub.contexts.len() < CONTEXTS {
                continue;
            }
            let Some((neighbours, contexts)) = usual.get(&part(hub)) else { continue };
            let many = NEIGHBOURS.max(OUT_OF_LINE * median_without(neighbours, hub.neighbours.len()));
            let far = CONTEXTS.max(OUT_OF_LINE * median_without(contexts, hub.contexts.len()));
            if hub.neighbours.len() >= many {
                report(check, subject, hub, false);
            } else if hub.contexts.len() >= far {
                report(check, subject, hub, true);
            }
        }
    }
}

fn made_for_it(element: &Element) -> bool {
    const ROLES: [&str; 14] = [
        "gateway",
        "bff",
        "adapter",
        "acl",
        "broker",
        "idp",
        "identity",
        "observability",
        "monitoring",
        "telemetry",
        "mesh",
        "proxy",
        "registry",
        "config",
    ];
    element.facts.is_any("role", &ROLES)
}

/// Distinct other ends that a change can come from.
fn neighbours(subject: &Subject<'_>, index: usize) -> BTreeSet<usize> {
    let graph = &subject.graph;
    let ends = graph.outgoing(index).map(|edge| (edge, edge.target)).chain(graph.incoming(index).map(|edge| (edge, edge.source)));
    ends.filter(|(edge, end)| !aside(edge) && graph.element(*end).is_some_and(|element| counts(subject, element)))
        .map(|(_, end)| end)
        .collect()
}

fn aside(edge: &Edge<'_>) -> bool {
    edge.role_is(&["health", "telemetry", "control-plane", "auth-discovery", "registration"])
}

fn counts(subject: &Subject<'_>, element: &Element) -> bool {
    let ours = subject.graph.is_compute(element) && kind(element) != Kind::Gateway;
    (ours || matches!(kind(element), Kind::Queue | Kind::External)) && !made_for_it(element)
}

/// The median of numbers in ascending order when one of them is taken out.
fn median_without(numbers: &[usize], own: usize) -> usize {
    let middle = numbers.len().saturating_sub(1) / 2;
    let behind = middle >= numbers.partition_point(|number| *number < own);
    numbers.get(middle + usize::from(behind)).copied().unwrap_or(0)
}

fn report<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, hub: &Hub<'a, '_>, only_contexts: bool) {
    let graph = &subject.graph;
    let name = &hub.element.name;
    let names: Vec<&str> = hub.neighbours.iter().map(|index| graph.name(*index)).collect();
    let connected = counted(hub.neighbours.len(), "neighbour");
    let title = if hub.contexts.len() > 1 {
        format!("{} has {connected} in {} other contexts", shorten(name, 50), count(hub.contexts.len()))
    } else {
        format!("{} has {connected}", shorten(name, 60))
    };
    let mut draft = check
        .draft(subject)
        .key_element(subject, hub.element)
        .title(title)
        .message(format!("{name} is connected with {}. A change or an outage here reaches all of them.", listed(&names)))
        .element(subject, hub.element)
        .quote_element(hub.element, &["role"], &format!("{name} has {connected}"));
    for neighbour in &hub.neighbours {
        let calls = graph.edge_between(hub.index, *neighbour, |edge| !aside(edge));
        let called = || graph.edge_between(*neighbour, hub.index, |edge| !aside(edge));
        if let Some(edge) = calls.or_else(called) {
            let (source, target) = (graph.name(edge.source), graph.name(edge.target));
            draft = draft.edge(subject, edge, &format!("{source} and {target} are connected"), &[]);
        }
    }
    if only_contexts {
        draft = draft.severity(Severity::Low, "its neighbours are not many, but in many contexts");
    } else if hub.element.facts.is("role", "orchestrator") {
        draft = draft.severity(Severity::Low, "an orchestrator is meant to know the others");
    }
    check.report(draft);
}
