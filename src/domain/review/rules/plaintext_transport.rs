//! LNT-X004: data that anyone on the way can read.

use std::collections::BTreeMap;

use crate::domain::{
    model::facts::State,
    review::{
        check::{Check, Gap, Subject, capital, count, counted, listed},
        classification::{Class, classify},
        finding::Severity,
        graph::Edge,
        protocol::Protocol,
        rule::declare_rule,
    },
};

declare_rule! {
    /// Links carry data in plain text.
    ///
    /// ## What it finds
    /// Relations that state `tls no`. High where one of them crosses from one trust zone into another, or carries confidential data or credentials;
    /// low otherwise. All links between two zones with one protocol are one finding.
    ///
    /// ## Why it matters
    /// Whoever can listen on the way can read and change what passes, and take the credentials along.
    ///
    /// ## What to do
    /// Encrypt with TLS 1.2 or later, inside as well: a service mesh, verified certificates for databases, TLS for brokers and caches.
    ///
    /// ## False positives
    /// Calls inside a process or over the loopback are left out by their protocol. A mesh or an encrypted overlay that covers a zone can be stated once on
    /// both ends: `tls mesh`. A relation that says nothing about encryption is unknown, not plain.
    ///
    /// ## Source
    /// Checks for unencrypted communication in threat modelling. Reported link by link, this one rule drowns all others; hence the groups.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
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
    ///         orders -> payments "Charges" "HTTP" {
    ///             properties {
    ///                 tls no
    ///             }
    ///         }
    ///     }
    /// }
    /// ```
    /// ```dsl,passes
    /// workspace {
    ///     model {
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
    ///         orders -> payments "Charges" "HTTPS" {
    ///             properties {
    ///                 tls 1.3
    ///             }
    ///         }
    ///     }
    /// }
    /// ```
    "LNT-X004" "plaintext-transport" {
        severity: High up to Critical,
        set: Core,
        category: Security,
        kind: Risk,
        reads: Diagrams,
        grouping: PerZonePair,
        key: "the two zones and the protocol" version 1,
        fix: Planned each ["tls"],
        topics: ["GA9.2"],
    }
}

struct Link<'a> {
    edge: &'a Edge<'a>,
    gap: Gap,
    /// Why it matters here: `crosses from app to pci`, `carries confidential data`; none for a link inside a zone.
    reason: Option<String>,
    assumption: Option<String>,
}

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        let mut groups: BTreeMap<(String, String, &'static str), Vec<Link<'_>>> = BTreeMap::new();
        for edge in subject.graph.edges() {
            let protocol = edge.protocol();
            if protocol == Some(Protocol::Local) || covered(subject, edge) {
                continue;
            }
            let crosses = crossing(subject, edge);
            let gap = match edge.facts().state("tls") {
                State::No => Gap::Missing,
                State::Planned => Gap::Planned,
                State::Unknown if crosses.is_some() => {
                    check.unknown(subject.document, edge.relation.key.as_str(), "tls");
                    continue;
                }
                _ => continue,
            };
            let data = classify(edge.facts()).filter(|data| data.class >= Class::Confidential);
            let credentials = edge.facts().is_yes("credentials");
            let reason = if let Some(data) = &data {
                Some(format!("carries {} data", data.class.name()))
            } else if credentials {
                Some("carries credentials".to_owned())
            } else {
                crosses.map(|(from, to)| format!("crosses from {from} to {to}"))
            };
            let mut zones = [zone(subject, edge.source), zone(subject, edge.target)];
            zones.sort_unstable();
            let [first, second] = zones.map(str::to_owned);
            let link = Link { edge, gap, reason, assumption: data.and_then(|data| data.assumption) };
            groups.entry((first, second, protocol.map_or("unknown protocol", Protocol::name))).or_default().push(link);
        }
        for ((first, second, protocol), links) in groups {
            report(check, subject, (&first, &second), protocol, &links);
        }
    }
}

const UNSTATED: &str = "no stated zone";

fn zone<'a>(subject: &Subject<'a>, index: usize) -> &'a str {
    subject.graph.element(index).and_then(|element| subject.graph.zone(element)).unwrap_or(UNSTATED)
}

/// The two zones when the link leaves one for another. Whoever comes from outside crosses, wherever the inside is.
fn crossing<'a>(subject: &Subject<'a>, edge: &Edge<'_>) -> Option<(&'a str, &'a str)> {
    let (from, to) = (zone(subject, edge.source), zone(subject, edge.target));
    let outside = |index| subject.graph.element(index).is_some_and(|element| subject.graph.is_outside(element));
    let inward = outside(edge.source) != outside(edge.target);
    (from != to && (inward || (from != UNSTATED && to != UNSTATED))).then_some((from, to))
}

/// Both ends lie in a mesh or overlay that encrypts, and the relation does not contradict.
fn covered(subject: &Subject<'_>, edge: &Edge<'_>) -> bool {
    let meshed = |index| subject.graph.element(index).is_some_and(|element| element.facts.is_yes("tls"));
    edge.facts().state("tls") == State::Unknown && meshed(edge.source) && meshed(edge.target)
}

fn report<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, zones: (&str, &str), protocol: &str, links: &[Link<'a>]) {
    let graph = &subject.graph;
    let arrows: Vec<String> =
        links.iter().filter_map(|link| Some(format!("{} → {}", graph.source(link.edge)?.name, graph.target(link.edge)?.name))).collect();
    let place = if zones.0 == zones.1 { format!("inside {}", zones.0) } else { format!("between {} and {}", zones.0, zones.1) };
    let title = match links {
        [link] => {
            format!("{} talks to {} in plain text", graph.name(link.edge.source), graph.name(link.edge.target))
        }
        _ => format!("{} {place} are in plain text", capital(&counted(links.len(), "link"))),
    };
    let mut reasons: Vec<&str> = links.iter().filter_map(|link| link.reason.as_deref()).collect();
    reasons.sort_unstable();
    reasons.dedup();
    let grave = links.iter().filter(|link| link.reason.is_some()).count();
    let because = match (reasons.as_slice(), links.len()) {
        ([], _) => String::new(),
        (reasons, 1) => format!(" It {}.", listed(reasons)),
        (reasons, _) => format!(" {} of them: {}.", capital(&count(grave)), listed(reasons)),
    };
    let mut draft = check
        .draft(subject)
        .key_word(zones.0)
        .key_word(zones.1)
        .key_word(protocol)
        .title(title)
        .message(format!("Without encryption: {}.{because}", listed(&arrows)))
        .planned(links.iter().all(|link| link.gap == Gap::Planned));
    for link in links {
        let (Some(source), Some(target)) = (graph.source(link.edge), graph.target(link.edge)) else { continue };
        draft = if link.reason.is_some() { draft.element(subject, target) } else { draft.mention(subject, target) };
        draft = draft.mention(subject, source).edge(
            subject,
            link.edge,
            &format!("{} → {} without encryption", source.name, target.name),
            &["tls", "data"],
        );
        if let Some(assumption) = &link.assumption {
            draft = draft.assumption(assumption);
        }
    }
    if grave == 0 {
        draft = draft.severity(Severity::Low, "inside one zone, with no sensitive data stated");
    }
    check.report(draft);
}
