//! LNT-R001: one instance on every path.

use std::collections::BTreeMap;

use crate::domain::{
    model::{Element, facts::State},
    review::{
        check::{Check, Gap, Subject, capital, counted, listed},
        finding::Severity,
        fix::{
            Offer,
            broken::{Bearer, Broken},
            plan::{self, Pick},
        },
        graph::{kind, walk},
        rule::declare_rule,
    },
};

declare_rule! {
    /// Everything important passes through an element that has one instance.
    ///
    /// ## What it finds
    /// Services and stores with `replicas 1` that lie on every synchronous path from the users to an element of tier 0 or 1 (or are such an element),
    /// are not managed by a provider and have no failover. All of one tier are one finding. For a store whose failover is not stated, it is medium.
    ///
    /// ## Why it matters
    /// Its restart is your outage: a deployment, a lost node or a full disk there stops everything behind it.
    ///
    /// ## What to do
    /// Run several instances in different zones, use a managed service that promises availability, or lower the tier by decision.
    ///
    /// ## False positives
    /// One instance alone is no finding; it must carry something of tier 0 or 1. `managed yes` and `failover yes` silence the rule, environments
    /// for development are left out, and an unknown number of replicas is never taken as one.
    ///
    /// ## Source
    /// The cloud providers' reliability frameworks on redundancy. Dominators after Cooper, Harvey and Kennedy (2001).
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         user = person "User"
    ///         shop = softwareSystem "Shop" {
    ///             web = container "Web shop" "Serves pages" "Go" {
    ///                 properties {
    ///                     replicas 3
    ///                 }
    ///             }
    ///             auth = container "Auth service" "Knows who may do what" "Go" {
    ///                 properties {
    ///                     replicas 1
    ///                 }
    ///             }
    ///             orders = container "Order service" "Takes orders" "Go" {
    ///                 properties {
    ///                     replicas 3
    ///                     tier 0
    ///                 }
    ///             }
    ///         }
    ///         user -> web "Shops" "HTTPS"
    ///         web -> auth "Checks" "gRPC"
    ///         auth -> orders "Passes on" "gRPC"
    ///     }
    /// }
    /// ```
    /// ```dsl,passes
    /// workspace {
    ///     model {
    ///         user = person "User"
    ///         shop = softwareSystem "Shop" {
    ///             web = container "Web shop" "Serves pages" "Go" {
    ///                 properties {
    ///                     replicas 3
    ///                     tier 0
    ///                 }
    ///             }
    ///             mail = container "Mail service" "Sends receipts" "Go" {
    ///                 properties {
    ///                     replicas 1
    ///                     tier 2
    ///                 }
    ///             }
    ///         }
    ///         user -> web "Shops" "HTTPS"
    ///         web -> mail "Sends" "gRPC"
    ///     }
    /// }
    /// ```
    "LNT-R001" "single-point-of-failure" {
        severity: High up to Critical,
        set: Core,
        category: Reliability,
        kind: Risk,
        reads: Diagrams,
        grouping: PerTier,
        key: "the tier" version 1,
        fix: Planned by mend,
        topics: ["GA3.1", "GA4.6"],
    }
}

/// A single instance and what depends on it.
struct Single<'a> {
    element: &'a Element,
    gap: Gap,
    failover_unknown: bool,
    carries: Vec<&'a Element>,
}

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        for (tier, singles) in singles(check, subject) {
            report(check, subject, tier, &singles);
        }
    }
}

/// By the most critical tier that depends on them.
fn singles<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>) -> BTreeMap<u8, Vec<Single<'a>>> {
    let graph = &subject.graph;
    let mut adjacency = graph.adjacency(|edge| edge.is_sync() && graph.source(edge).is_some_and(|source| graph.is_compute(source)));
    let root = adjacency.len();
    adjacency.push(graph.entries());
    let dominators = walk::dominators(&adjacency, root);
    let mut carried: BTreeMap<usize, Vec<(u8, &Element)>> = BTreeMap::new();
    for (index, element) in graph.elements() {
        let Some(tier) = graph.tier(element).filter(|tier| *tier <= 1) else { continue };
        let mut current = index;
        while let Some(Some(above)) = dominators.get(current).copied()
            && current != root
        {
            carried.entry(current).or_default().push((tier, element));
            current = above;
        }
    }
    let mut singles: BTreeMap<u8, Vec<Single<'a>>> = BTreeMap::new();
    for (index, carries) in carried {
        let Some(element) = graph.element(index) else { continue };
        let Some(tier) = carries.iter().map(|(tier, _)| *tier).min() else { continue };
        if let Some((gap, failover_unknown)) = single(check, subject, element) {
            let carries = carries.into_iter().map(|(_, element)| element).filter(|other| other.key != element.key).collect();
            singles.entry(tier).or_default().push(Single { element, gap, failover_unknown, carries });
        }
    }
    singles
}

fn single<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, element: &'a Element) -> Option<(Gap, bool)> {
    let facts = &element.facts;
    if subject.graph.is_dev_only(element) || facts.is_yes("managed") {
        return None;
    }
    let Some(replicas) = facts.get("replicas").filter(|fact| fact.state() != State::Unknown) else {
        check.unknown(subject.document, element.key.as_str(), "replicas");
        return None;
    };
    let planned = replicas.state() == State::Planned;
    if !planned && !replicas.number().is_some_and(|number| (number - 1.0).abs() < 0.01) {
        return None;
    }
    match facts.state("failover") {
        State::Yes | State::NotApplicable => None,
        _ if planned => Some((Gap::Planned, false)),
        State::Planned => Some((Gap::Planned, false)),
        State::No => Some((Gap::Missing, false)),
        // One instance of a service has no failover; a store may have a standby that is no replica.
        State::Unknown if !kind(element).is_store() => Some((Gap::Missing, false)),
        State::Unknown => {
            check.unknown(subject.document, element.key.as_str(), "failover");
            Some((Gap::Missing, true))
        }
    }
}

fn report<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, tier: u8, singles: &[Single<'a>]) {
    let names: Vec<&str> = singles.iter().map(|single| single.element.name.as_str()).collect();
    let (title, message) = match singles {
        [only] if only.carries.is_empty() => (
            format!("{} is tier {tier} and has one instance", only.element.name),
            format!("When {} restarts or its node is lost, a tier {tier} part of the system is down.", only.element.name),
        ),
        [only] => {
            let carried: Vec<&str> = only.carries.iter().map(|element| element.name.as_str()).collect();
            (
                format!("Every tier {tier} request needs {}, which has one instance", only.element.name),
                format!("Everything from the users to {} passes through {}, which has one instance.", listed(&carried), only.element.name),
            )
        }
        _ => (
            format!("{} on tier {tier} paths have one instance each", capital(&counted(singles.len(), "element"))),
            format!("{} have one instance each, and tier {tier} requests can't go round them.", listed(&names)),
        ),
    };
    let mut draft = check.draft(subject).key_word(&format!("tier {tier}")).title(title).message(message);
    draft = draft.planned(singles.iter().all(|single| single.gap == Gap::Planned));
    for single in singles {
        draft = draft.element(subject, single.element).quote_element(
            single.element,
            &["replicas", "failover", "tier"],
            &format!("{} has one instance", single.element.name),
        );
    }
    if singles.iter().all(|single| single.failover_unknown) {
        draft = draft.severity(Severity::Medium, "failover is not stated");
    }
    check.report(draft);
}

/// A second instance, or something that takes over.
fn mend(broken: &Broken<'_>) -> Vec<Offer> {
    let singles: Vec<Bearer<'_>> = broken.elements().into_iter().map(Bearer::element).collect();
    let (mut more, mut other): (Vec<Pick<'_>>, Vec<Pick<'_>>) = (Vec::new(), Vec::new());
    for bearer in singles {
        if let Some(stated) = bearer.fact("replicas").filter(|fact| fact.state() != State::Planned) {
            more.push(Pick { bearer, fact: "replicas", note: Some(format!("2 instead of {}", stated.value)) });
        }
        if matches!(bearer.facts.state("failover"), State::No | State::Unknown) {
            other.push(Pick { bearer, fact: "failover", note: None });
        }
    }
    [more, other].iter().filter_map(|picks| plan::planned(broken, picks)).map(Offer::from).collect()
}
