//! LNT-A004: an interface that cannot change.

use std::collections::BTreeMap;

use crate::domain::{
    model::facts::State,
    review::{
        check::{Check, Gap, Subject, listed, shorten},
        graph::{Edge, ask::Together},
        protocol::{Protocol, mentions},
        rule::declare_rule,
    },
};

declare_rule! {
    /// A public interface has no versions.
    ///
    /// ## What it finds
    /// A service whose callers are outside, or of another owner, and whose REST or GraphQL interface states `api_version no`.
    ///
    /// ## Why it matters
    /// Clients that others run cannot be updated together with the service. Without versions every change either breaks somebody or is
    /// never made.
    ///
    /// ## What to do
    /// Change by adding, give a breaking change a new major version beside the old one, announce when the old one ends, and watch who still
    /// uses it.
    ///
    /// ## False positives
    /// gRPC carries the version in its package, and is left out. A GraphQL interface that marks fields as deprecated and says when they go
    /// can state `deprecation yes`. A browser app that is released with its service is no outside client.
    ///
    /// ## Source
    /// Catalogues of microservice smells on missing versions of interfaces.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         properties {
    ///             stage live
    ///         }
    ///         partner = softwareSystem "Partner" "Sells our goods" {
    ///             tags "External"
    ///         }
    ///         shop = softwareSystem "Shop" {
    ///             api = container "Partner API" "Takes orders of partners" "Go"
    ///         }
    ///         partner -> api "Places orders" "HTTPS" {
    ///             properties {
    ///                 auth oauth2
    ///                 api_version no
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
    ///         partner = softwareSystem "Partner" "Sells our goods" {
    ///             tags "External"
    ///         }
    ///         shop = softwareSystem "Shop" {
    ///             api = container "Partner API" "Takes orders of partners" "Go"
    ///         }
    ///         partner -> api "Places orders" "HTTPS" {
    ///             properties {
    ///                 auth oauth2
    ///                 api_version v2
    ///             }
    ///         }
    ///     }
    /// }
    /// ```
    "LNT-A004" "unversioned-public-api" {
        severity: Medium up to Medium,
        set: Prod,
        category: Communication,
        kind: Risk,
        reads: Diagrams,
        grouping: PerSubject,
        key: "the service" version 1,
        fix: None,
        topics: ["BA1.1", "BA1.3"],
    }
}

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        let graph = &subject.graph;
        let mut services: BTreeMap<usize, Vec<(&Edge<'_>, Gap)>> = BTreeMap::new();
        for edge in graph.edges().iter().filter(|edge| is_public(subject, edge)) {
            let Some(service) = graph.target(edge) else { continue };
            let facts = [edge.facts(), &service.facts];
            let announced = facts.iter().any(|facts| matches!(facts.state("deprecation"), State::Yes | State::NotApplicable));
            if !announced && let Some(gap) = check.gap_of(subject.document, edge.relation.key.as_str(), &facts, "api_version") {
                services.entry(edge.target).or_default().push((edge, gap));
            }
        }
        for (service, edges) in services {
            report(check, subject, service, &edges);
        }
    }
}

/// A REST or GraphQL call by somebody who is not released together with the service.
fn is_public(subject: &Subject<'_>, edge: &Edge<'_>) -> bool {
    let graph = &subject.graph;
    let (Some(caller), Some(service)) = (graph.source(edge), graph.target(edge)) else { return false };
    let contract = edge.facts().value("contract").or_else(|| service.facts.value("contract")).unwrap_or_default();
    let packaged = mentions(contract, &["protobuf", "proto", "grpc", "asyncapi"]);
    let program = graph.is_compute(caller) || graph.is_outside(caller);
    let web = matches!(edge.protocol(), Some(Protocol::Http) | None) && !packaged;
    edge.is_sync() && graph.is_compute(service) && program && web && graph.between_parties(edge) == Together::No
}

fn report<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, index: usize, edges: &[(&'a Edge<'a>, Gap)]) {
    let Some(service) = subject.graph.element(index) else { return };
    let mut callers: Vec<&str> = edges.iter().map(|(edge, _)| subject.graph.name(edge.source)).collect();
    callers.dedup();
    let mut draft = check
        .draft(subject)
        .key_element(subject, service)
        .title(format!("The interface of {} has no versions", shorten(&service.name, 50)))
        .message(format!("{} can't be updated together with {}, and its interface has no versions.", listed(&callers), service.name))
        .planned(edges.iter().all(|(_, gap)| *gap == Gap::Planned))
        .element(subject, service)
        .quote_element(service, &["api_version", "deprecation"], &format!("{} offers the interface", service.name));
    for (edge, _) in edges {
        if let Some(caller) = subject.graph.source(edge) {
            let claim = format!("{} calls {} without a version", caller.name, service.name);
            draft = draft.mention(subject, caller).edge(subject, edge, &claim, &["api_version", "contract"]);
        }
    }
    check.report(draft);
}
