//! LNT-B003: services that wait for each other.

use crate::domain::{
    model::Element,
    review::{
        check::{Check, Subject, capital, listed},
        finding::Anchor,
        fix::{Offer, broken::Broken, reroute::through_queue},
        graph::{Edge, walk},
        rule::declare_rule,
    },
};

declare_rule! {
    /// Services call each other synchronously in a cycle.
    ///
    /// ## What it finds
    /// Services that can reach themselves over synchronous calls. Each group of services that call each other gives one finding, which shows its
    /// shortest cycle.
    ///
    /// ## Why it matters
    /// A slow member stalls all of them: each holds threads and connections while it waits for the next, and in the end for itself. There is no
    /// order in which they can be deployed or started, and a retry goes round in circles.
    ///
    /// ## What to do
    /// Turn one of the calls into an event, move what both need into a third place, or merge the members.
    ///
    /// ## False positives
    /// A webhook, a callback, service discovery and the key lookup of an identity provider are no calls of a request: `role webhook`, `callback`,
    /// `control-plane` or `auth-discovery` on the relation, or a description that says so.
    ///
    /// ## Source
    /// Cyclic dependency in the catalogues of microservice smells.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         shop = softwareSystem "Shop" {
    ///             catalog = container "Catalog" "What we sell" "Go"
    ///             pricing = container "Pricing" "What it costs" "Go"
    ///             promotion = container "Promotion" "What is reduced" "Go"
    ///         }
    ///         catalog -> pricing "Asks for prices" "gRPC"
    ///         pricing -> promotion "Asks for reductions" "gRPC"
    ///         promotion -> catalog "Asks for categories" "gRPC"
    ///     }
    /// }
    /// ```
    /// ```dsl,passes
    /// workspace {
    ///     model {
    ///         shop = softwareSystem "Shop" {
    ///             orders = container "Order service" "Takes orders" "Go"
    ///             payments = container "Payment service" "Charges cards" "Go"
    ///         }
    ///         orders -> payments "Asks for payment" "gRPC"
    ///         payments -> orders "Reports the result" "HTTPS" {
    ///             properties {
    ///                 role webhook
    ///             }
    ///         }
    ///     }
    /// }
    /// ```
    "LNT-B003" "sync-cycle" {
        severity: High up to High,
        set: Core,
        category: Boundaries,
        kind: Risk,
        reads: Diagrams,
        grouping: Individual,
        key: "the elements of the shortest cycle" version 1,
        fix: Proposal by mend,
        topics: ["GA1.1", "BA2.1"],
    }
}

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        let graph = &subject.graph;
        let adjacency = graph.adjacency(|edge| waits(subject, edge));
        for members in walk::components(&adjacency).into_iter().filter(|members| members.len() > 1) {
            let cycle = walk::shortest_cycle(&adjacency, &members);
            let elements: Vec<&Element> = cycle.iter().filter_map(|index| graph.element(*index)).collect();
            let Some(first) = elements.first() else { continue };
            let edges: Vec<&Edge<'_>> = cycle
                .iter()
                .zip(cycle.iter().cycle().skip(1))
                .filter_map(|(source, target)| graph.edge_between(*source, *target, |edge| waits(subject, edge)))
                .collect();
            let names: Vec<&str> = elements.iter().map(|element| element.name.as_str()).collect();
            let ring = format!("{} → {}", names.join(" → "), first.name);
            let more = match members.len() - cycle.len() {
                0 => String::new(),
                more => format!(" {} more can be reached from it and back.", capital(&crate::domain::review::check::count(more))),
            };
            let relations = edges.iter().map(|edge| edge.relation.key.clone()).collect();
            let mut draft = check
                .draft(subject)
                .title(format!("{} wait for each other in a cycle", listed(&names)))
                .message(format!("{ring}. A slow member stalls all of them.{more}"))
                .anchor(Anchor::Path { document: subject.document, relations });
            for element in &elements {
                draft = draft.key_element(subject, element).element(subject, element);
            }
            for edge in edges {
                draft = draft
                    .edge(subject, edge, &format!("{} waits for {}", graph.name(edge.source), graph.name(edge.target)), &["mode"])
                    .rests_on_mode(edge);
            }
            check.report(draft);
        }
    }
}

/// A call during a request, between two services.
fn waits(subject: &Subject<'_>, edge: &Edge<'_>) -> bool {
    const ROLES: [&str; 6] = ["callback", "webhook", "control-plane", "auth-discovery", "registration", "health"];
    const WORDS: [&str; 9] = ["webhook", "webhooks", "callback", "callbacks", "jwks", "oidc", "discovery", "registers", "registration"];
    edge.is_sync()
        && subject.graph.computes(edge.source)
        && subject.graph.computes(edge.target)
        && !edge.role_is(&ROLES)
        && !edge.says(&WORDS)
}

/// One of the calls becomes messages; what its caller can do without comes first.
fn mend(broken: &Broken<'_>) -> Vec<Offer> {
    let mut edges = broken.edges();
    edges.sort_by_key(|edge| !edge.facts().is("criticality", "soft"));
    edges.into_iter().filter_map(|edge| through_queue(broken, edge)).map(Offer::from).collect()
}
