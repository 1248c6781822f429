//! LNT-A009: errors that callers have to guess.

use std::collections::BTreeMap;

use crate::domain::review::{
    check::{Check, Gap, Subject, listed, shorten},
    graph::{Edge, ask::Together},
    rule::declare_rule,
};

declare_rule! {
    /// An interface for others says nothing about its errors.
    ///
    /// ## What it finds
    /// Synchronous interfaces that outside clients or other teams call and that state `error_model no`. All callers of one service are one
    /// finding. It runs with profile `regulated` only.
    ///
    /// ## Why it matters
    /// Callers compare texts, retry what can never succeed, and show people the inside of the system. Every reworded message is a breaking
    /// change that nobody meant to make.
    ///
    /// ## What to do
    /// Publish problem details, or a gRPC status with details: stable codes, whether trying again helps, and an id to find the request by.
    /// Never hand out the text of an internal error.
    ///
    /// ## False positives
    /// Only interfaces between different parties, and only when it is stated that there is no model. It is of low severity and asked for by
    /// profile.
    ///
    /// ## Source
    /// The standard on problem details for HTTP interfaces, and the error model of gRPC.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         properties {
    ///             stage live
    ///             profile regulated
    ///         }
    ///         shop = softwareSystem "Shop" {
    ///             orders = container "Order service" "Takes orders" "Go" {
    ///                 properties {
    ///                     owner team-orders
    ///                 }
    ///             }
    ///             stock = container "Stock service" "Counts items" "Go" {
    ///                 properties {
    ///                     owner team-stock
    ///                 }
    ///             }
    ///         }
    ///         orders -> stock "Reserves" "HTTPS" {
    ///             properties {
    ///                 error_model no
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
    ///             profile regulated
    ///         }
    ///         shop = softwareSystem "Shop" {
    ///             orders = container "Order service" "Takes orders" "Go" {
    ///                 properties {
    ///                     owner team-orders
    ///                 }
    ///             }
    ///             stock = container "Stock service" "Counts items" "Go" {
    ///                 properties {
    ///                     owner team-stock
    ///                 }
    ///             }
    ///         }
    ///         orders -> stock "Reserves" "HTTPS" {
    ///             properties {
    ///                 error_model problem+json
    ///             }
    ///         }
    ///     }
    /// }
    /// ```
    "LNT-A009" "no-error-contract" {
        severity: Low up to Low,
        set: Strict,
        category: Communication,
        kind: Hygiene,
        reads: Diagrams,
        grouping: PerSubject,
        key: "the service" version 1,
        fix: None,
        topics: ["BA1.4", "BA1.1"],
    }
}

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        let graph = &subject.graph;
        let mut services: BTreeMap<usize, Vec<(&Edge<'_>, Gap)>> = BTreeMap::new();
        for edge in graph.edges().iter().filter(|edge| is_for_others(subject, edge)) {
            let Some(service) = graph.target(edge) else { continue };
            if let Some(gap) = check.gap_of(subject.document, edge.relation.key.as_str(), &[edge.facts(), &service.facts], "error_model") {
                services.entry(edge.target).or_default().push((edge, gap));
            }
        }
        for (service, edges) in services {
            report(check, subject, service, &edges);
        }
    }
}

fn is_for_others(subject: &Subject<'_>, edge: &Edge<'_>) -> bool {
    let graph = &subject.graph;
    let serves = graph.target(edge).is_some_and(|service| graph.is_compute(service));
    let public = graph.target(edge).is_some_and(|service| service.facts.is("exposure", "public"));
    edge.is_sync() && serves && (public || graph.between_parties(edge) == Together::No)
}

fn report<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, index: usize, edges: &[(&'a Edge<'a>, Gap)]) {
    let Some(service) = subject.graph.element(index) else { return };
    let mut callers: Vec<&str> = edges.iter().map(|(edge, _)| subject.graph.name(edge.source)).collect();
    callers.dedup();
    let mut draft = check
        .draft(subject)
        .key_element(subject, service)
        .title(format!("{} publishes no error model", shorten(&service.name, 50)))
        .message(format!(
            "{} can't tell from an error of {} what went wrong and whether trying again helps.",
            listed(&callers),
            service.name
        ))
        .planned(edges.iter().all(|(_, gap)| *gap == Gap::Planned))
        .element(subject, service)
        .quote_element(service, &["error_model"], &format!("{} offers the interface", service.name));
    for (edge, _) in edges {
        if let Some(caller) = subject.graph.source(edge) {
            let claim = format!("{} calls {}", caller.name, service.name);
            draft = draft.mention(subject, caller).edge(subject, edge, &claim, &["error_model"]);
        }
    }
    check.report(draft);
}
