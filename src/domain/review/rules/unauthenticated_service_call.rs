//! LNT-X003: services that believe whoever calls them.

use std::collections::BTreeMap;

use crate::domain::{
    model::{
        Element,
        facts::{Facts, State},
        kind::Kind,
    },
    review::{
        check::{Check, Gap, Subject, capital, counted, listed},
        finding::Severity,
        graph::{Edge, kind},
        protocol::{Protocol, mentions},
        rule::declare_rule,
    },
};

declare_rule! {
    /// Services take calls and messages from other services without knowing who sends them.
    ///
    /// ## What it finds
    /// Calls between services, and between services and brokers, for which `auth no` is stated: on the relation, or on the target for all its callers.
    /// High where one of them leaves a trust zone or a bounded context, medium inside one. All such calls between two zones are one finding.
    ///
    /// ## Why it matters
    /// The network is taken for a proof of identity. Whoever gets into one service, or into the network, can call every other one in anybody's name.
    ///
    /// ## What to do
    /// Give each workload an identity: mutual TLS through a mesh, or signed tokens that the target checks. On brokers, one user per service and access
    /// lists per topic.
    ///
    /// ## False positives
    /// A mesh that authenticates both ends counts: `tls mutual` or `tls mesh` on the relation, or once on the system around both. Calls inside a process,
    /// health checks and the fetching of public keys are left out. What is not stated is unknown, not open.
    ///
    /// ## Source
    /// The smell of non-secured communication between services, and the rules on it in a labelled set of microservice designs.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         properties {
    ///             stage live
    ///         }
    ///         shop = softwareSystem "Shop" {
    ///             orders = container "Order service" "Takes orders" "Go" {
    ///                 properties {
    ///                     zone app
    ///                 }
    ///             }
    ///             payments = container "Payment service" "Charges cards" "Go" {
    ///                 properties {
    ///                     zone pci
    ///                 }
    ///             }
    ///         }
    ///         orders -> payments "Charges" "gRPC" {
    ///             properties {
    ///                 auth none
    ///                 timeout 2s
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
    ///             orders = container "Order service" "Takes orders" "Go" {
    ///                 properties {
    ///                     zone app
    ///                 }
    ///             }
    ///             payments = container "Payment service" "Charges cards" "Go" {
    ///                 properties {
    ///                     zone pci
    ///                 }
    ///             }
    ///         }
    ///         orders -> payments "Charges" "gRPC" {
    ///             properties {
    ///                 tls mutual
    ///                 auth mtls
    ///                 timeout 2s
    ///             }
    ///         }
    ///     }
    /// }
    /// ```
    "LNT-X003" "unauthenticated-service-call" {
        severity: High up to Critical,
        set: Prod,
        category: Security,
        kind: Risk,
        reads: Diagrams,
        grouping: PerZones,
        key: "the two zones" version 1,
        fix: Planned each ["auth"],
        topics: ["GA9.2", "GA1.5"],
    }
}

const UNSTATED: &str = "no stated zone";

struct Call<'a> {
    edge: &'a Edge<'a>,
    gap: Gap,
    crosses: bool,
}

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        let mut groups: BTreeMap<(&str, &str), Vec<Call<'_>>> = BTreeMap::new();
        for edge in subject.graph.edges() {
            let crosses = crosses(subject, edge);
            if let Some(gap) = gap(check, subject, edge, crosses) {
                let (from, to) = (zone(subject, edge.source), zone(subject, edge.target));
                groups.entry((from.min(to), from.max(to))).or_default().push(Call { edge, gap, crosses });
            }
        }
        for (zones, calls) in groups {
            report(check, subject, zones, &calls);
        }
    }
}

fn gap<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, edge: &Edge<'_>, crosses: bool) -> Option<Gap> {
    let graph = &subject.graph;
    let (source, target) = (graph.source(edge)?, graph.target(edge)?);
    let addressed = graph.is_compute(target) || kind(target) == Kind::Queue;
    let exempt =
        edge.role_is(&["health", "control-plane", "auth-discovery", "login", "public"]) || edge.protocol() == Some(Protocol::Local);
    if !graph.is_compute(source) || !addressed || exempt || authenticated_by_transport(subject, edge, source, target) {
        return None;
    }
    let known = |facts: &Facts| facts.state("auth") != State::Unknown;
    match if known(edge.facts()) { edge.facts().state("auth") } else { target.facts.state("auth") } {
        State::No => Some(Gap::Missing),
        State::Planned => Some(Gap::Planned),
        State::Unknown => {
            if crosses {
                check.unknown(subject.document, edge.relation.key.as_str(), "auth");
            }
            None
        }
        State::Yes | State::NotApplicable => None,
    }
}

/// Both ends prove who they are before a byte of the call passes.
fn authenticated_by_transport<'a>(subject: &Subject<'a>, edge: &Edge<'_>, source: &'a Element, target: &'a Element) -> bool {
    let mutual = |value: &str| mentions(value, &["mutual", "mtls", "mesh", "strict", "spiffe"]);
    let meshed = |element| subject.graph.nearest(element, "tls").is_some_and(|fact| mutual(&fact.value));
    match edge.facts().value("tls") {
        Some(tls) => mutual(tls),
        None => meshed(source) && meshed(target),
    }
}

fn zone<'a>(subject: &Subject<'a>, index: usize) -> &'a str {
    subject.graph.element(index).and_then(|element| subject.graph.zone(element)).unwrap_or(UNSTATED)
}

/// Leaves a trust zone or a bounded context, as far as both are stated.
fn crosses(subject: &Subject<'_>, edge: &Edge<'_>) -> bool {
    let (from, to) = (zone(subject, edge.source), zone(subject, edge.target));
    let context = |index| subject.graph.element(index).and_then(|element| subject.graph.context(element));
    let contexts = match (context(edge.source), context(edge.target)) {
        (Some(left), Some(right)) => left.stated == right.stated && left.name != right.name,
        _ => false,
    };
    contexts || (from != to && from != UNSTATED && to != UNSTATED)
}

fn report<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, zones: (&str, &str), calls: &[Call<'a>]) {
    let graph = &subject.graph;
    let arrows: Vec<String> =
        calls.iter().filter_map(|call| Some(format!("{} → {}", graph.source(call.edge)?.name, graph.target(call.edge)?.name))).collect();
    let place = match zones {
        (UNSTATED, UNSTATED) => "between services".to_owned(),
        (first, second) if first == second => format!("inside {first}"),
        (first, second) => format!("between {first} and {second}"),
    };
    let title = match calls {
        [call] => {
            format!("{} does not check that {} calls it", graph.name(call.edge.target), graph.name(call.edge.source))
        }
        _ => format!("{} {place} are unauthenticated", capital(&counted(calls.len(), "call"))),
    };
    let mut draft = check
        .draft(subject)
        .key_word(zones.0)
        .key_word(zones.1)
        .title(title)
        .message(format!("Nobody checks who calls: {}. To be in the network is taken for a proof of identity.", listed(&arrows)))
        .planned(calls.iter().all(|call| call.gap == Gap::Planned));
    for call in calls {
        let (Some(source), Some(target)) = (graph.source(call.edge), graph.target(call.edge)) else { continue };
        let claim = format!("{} → {} without authentication", source.name, target.name);
        draft = draft.element(subject, target).mention(subject, source).edge(subject, call.edge, &claim, &["auth", "tls"]);
        if call.edge.facts().state("auth") == State::Unknown {
            draft = draft.quote_element(target, &["auth"], &format!("{} authenticates nobody", target.name));
        }
    }
    if !calls.iter().any(|call| call.crosses) {
        draft = draft.severity(Severity::Medium, "inside one zone and context");
    }
    check.report(draft);
}
