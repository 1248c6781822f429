//! LNT-A007: replicas that get no requests.

use std::collections::BTreeMap;

use crate::domain::{
    model::{
        Element,
        facts::{Fact, State},
        kind::Kind,
    },
    review::{
        check::{Check, Subject, listed, shorten},
        finding::Severity,
        fix::{
            Offer,
            broken::{Bearer, Broken},
            plan::{self, Pick},
        },
        graph::{Edge, kind},
        protocol::{Protocol, mentions},
        rule::declare_rule,
    },
};

declare_rule! {
    /// gRPC goes through a balancer that only balances connections.
    ///
    /// ## What it finds
    /// gRPC relations to a service with several replicas that state a balancer of connections (`lb l4`, `clusterip`, `nlb`) or none at all.
    /// On Kubernetes, where nothing is stated, it is low. All callers of one service are one finding.
    ///
    /// ## Why it matters
    /// HTTP/2 sends all requests over one long-lived connection. A balancer of connections hands each caller to one replica and leaves it
    /// there: some replicas are overloaded, others idle, and adding more changes nothing.
    ///
    /// ## What to do
    /// Resolve all addresses and balance in the client (`round_robin` over a headless service), use a proxy or mesh that balances requests,
    /// and limit the age of connections on the server.
    ///
    /// ## False positives
    /// A mesh, a proxy that speaks HTTP/2, and balancing in the client can be stated: `lb mesh`, `l7`, `client-side`. One replica needs no
    /// balancing, and a number of replicas that is not stated is not taken as several.
    ///
    /// ## Source
    /// The load balancing documentation of gRPC.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         shop = softwareSystem "Shop" {
    ///             orders = container "Order service" "Takes orders" "Go"
    ///             stock = container "Stock service" "Counts items" "Go" {
    ///                 properties {
    ///                     replicas 6
    ///                 }
    ///             }
    ///         }
    ///         orders -> stock "Reserves" "gRPC" {
    ///             properties {
    ///                 lb clusterip
    ///             }
    ///         }
    ///     }
    /// }
    /// ```
    /// ```dsl,passes
    /// workspace {
    ///     model {
    ///         shop = softwareSystem "Shop" {
    ///             orders = container "Order service" "Takes orders" "Go"
    ///             stock = container "Stock service" "Counts items" "Go" {
    ///                 properties {
    ///                     replicas 6
    ///                 }
    ///             }
    ///         }
    ///         orders -> stock "Reserves" "gRPC" {
    ///             properties {
    ///                 lb client-side
    ///             }
    ///         }
    ///     }
    /// }
    /// ```
    "LNT-A007" "grpc-behind-l4" {
        severity: Medium up to High,
        set: Core,
        category: Communication,
        kind: Risk,
        reads: Diagrams,
        grouping: PerSubject,
        key: "the called service" version 1,
        fix: Planned by mend,
        topics: ["BA1.2", "BA2.3", "GA3.2"],
    }
}

/// How sure it is that requests are not balanced.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Pinned {
    Planned,
    /// Kubernetes balances connections unless somebody does more.
    Perhaps,
    Stated,
}

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        let graph = &subject.graph;
        let mut targets: BTreeMap<usize, Vec<(&Edge<'_>, Pinned)>> = BTreeMap::new();
        for edge in graph.edges().iter().filter(|edge| edge.protocol() == Some(Protocol::Grpc)) {
            let Some(target) = graph.target(edge).filter(|target| graph.is_compute(target)) else { continue };
            if is_many(target)
                && let Some(pinned) = pinned(check, subject, edge, target)
            {
                targets.entry(edge.target).or_default().push((edge, pinned));
            }
        }
        for (target, edges) in targets {
            report(check, subject, target, &edges);
        }
    }
}

fn is_many(element: &Element) -> bool {
    element.facts.get("replicas").and_then(Fact::amount).is_some_and(|replicas| replicas > 1) || element.facts.is_yes("autoscale")
}

fn pinned<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, edge: &'a Edge<'a>, target: &'a Element) -> Option<Pinned> {
    const CONNECTIONS: [&str; 8] = ["l4", "clusterip", "k8s-clusterip", "cluster-ip", "nlb", "tcp", "kube-proxy", "iptables"];
    const REQUESTS: [&str; 10] = ["l7", "mesh", "client-side", "client", "xds", "envoy", "linkerd", "istio", "headless", "round-robin"];
    let graph = &subject.graph;
    let stating =
        [edge.facts(), &target.facts].into_iter().find(|facts| facts.state("lb") != State::Unknown).unwrap_or_else(|| edge.facts());
    let value = stating.value("lb").unwrap_or_default().replace('_', "-");
    let meshed = ["tls", "discovery"].iter().any(|name| edge.facts().value(name).is_some_and(|value| mentions(value, &["mesh", "xds"])));
    if meshed || mentions(&value, &REQUESTS) {
        return None;
    }
    match stating.state("lb") {
        State::No => Some(Pinned::Stated),
        State::Planned => Some(Pinned::Planned),
        State::Yes => mentions(&value, &CONNECTIONS).then_some(Pinned::Stated),
        State::NotApplicable => None,
        State::Unknown => {
            check.unknown(subject.document, edge.relation.key.as_str(), "lb");
            let platform = graph.value(target, "platform").unwrap_or_default();
            // A gateway usually is the proxy that balances.
            let proxied = graph.source(edge).is_some_and(|source| kind(source) == Kind::Gateway || source.facts.is("role", "mesh"));
            (!proxied && mentions(platform, &["kubernetes", "k8s", "eks", "gke", "aks", "openshift"])).then_some(Pinned::Perhaps)
        }
    }
}

fn report<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, target: usize, edges: &[(&'a Edge<'a>, Pinned)]) {
    let Some(target) = subject.graph.element(target) else { return };
    let mut callers: Vec<&str> = edges.iter().map(|(edge, _)| subject.graph.name(edge.source)).collect();
    callers.dedup();
    let worst = edges.iter().map(|(_, pinned)| *pinned).max();
    let each = if callers.len() == 1 { "stays" } else { "stay each" };
    let mut draft = check
        .draft(subject)
        .key_element(subject, target)
        .title(format!("gRPC to {} is balanced by connection", shorten(&target.name, 50)))
        .message(format!(
            "{} {each} with one replica of {}, because all requests share one connection. More replicas get no requests.",
            listed(&callers),
            target.name
        ))
        .planned(worst == Some(Pinned::Planned))
        .element(subject, target)
        .quote_element(target, &["replicas", "autoscale", "lb", "platform"], &format!("{} has several replicas", target.name));
    for (edge, _) in edges {
        if let Some(caller) = subject.graph.source(edge) {
            draft = draft.mention(subject, caller).edge(subject, edge, &format!("{} calls {}", caller.name, target.name), &["lb", "proto"]);
        }
    }
    if worst == Some(Pinned::Perhaps) {
        draft = draft.severity(Severity::Low, "how requests are balanced is not stated");
    }
    check.report(draft);
}

/// Where it is said how requests are spread: on the relation, else of its target.
fn mend(broken: &Broken<'_>) -> Vec<Offer> {
    let Some(graph) = broken.graph() else { return Vec::new() };
    let mut picks: Vec<Pick<'_>> = Vec::new();
    for edge in broken.edges() {
        let relation = Bearer::relation(edge.relation);
        let of_target =
            graph.target(edge).map(Bearer::element).filter(|target| relation.fact("lb").is_none() && target.fact("lb").is_some());
        picks.push(Pick { bearer: of_target.unwrap_or(relation), fact: "lb", note: None });
    }
    plan::planned(broken, &picks).map(Offer::from).into_iter().collect()
}
