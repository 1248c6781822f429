//! LNT-A005: an address that is written into the caller.

use std::collections::BTreeMap;

use crate::domain::{
    model::{
        Element,
        facts::{Fact, State},
    },
    review::{
        check::{Check, Gap, Subject, count, listed, shorten},
        finding::Severity,
        fix::{
            Offer,
            broken::{Bearer, Broken},
            plan::{self, Pick},
        },
        graph::Edge,
        protocol::mentions,
        rule::declare_rule,
    },
};

declare_rule! {
    /// A service finds another one by a fixed address.
    ///
    /// ## What it finds
    /// Relations between services with `discovery static` (or `ip`, `host`, `none`), or with an IP address in their text, where one end has
    /// several replicas or the two belong to different environments. Where the number of replicas is not stated, it is low. All of one
    /// caller are one finding.
    ///
    /// ## Why it matters
    /// The address is right until the machine is replaced, the service moves, or a second instance is there. It is a different one in every
    /// environment, and the wrong one gets copied.
    ///
    /// ## What to do
    /// Use a name that the platform resolves, a registry or a mesh, and let configuration say which name.
    ///
    /// ## False positives
    /// Service names of the platform, managed DNS, virtual addresses and load balancers are no fixed addresses: `discovery dns`. A relation
    /// that says nothing about it is left alone, and so are two single instances in one environment.
    ///
    /// ## Source
    /// Catalogues of microservice smells on interactions by fixed endpoints.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         shop = softwareSystem "Shop" {
    ///             orders = container "Order service" "Takes orders" "Go" {
    ///                 properties {
    ///                     owner team-orders
    ///                 }
    ///             }
    ///             stock = container "Stock service" "Counts items" "Go" {
    ///                 properties {
    ///                     replicas 3
    ///                 }
    ///             }
    ///         }
    ///         orders -> stock "Reserves" "HTTPS" {
    ///             properties {
    ///                 discovery static
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
    ///                     owner team-orders
    ///                 }
    ///             }
    ///             stock = container "Stock service" "Counts items" "Go" {
    ///                 properties {
    ///                     replicas 3
    ///                 }
    ///             }
    ///         }
    ///         orders -> stock "Reserves" "HTTPS" {
    ///             properties {
    ///                 discovery dns
    ///             }
    ///         }
    ///     }
    /// }
    /// ```
    "LNT-A005" "hardcoded-endpoint" {
        severity: Medium up to High,
        set: Core,
        category: Communication,
        kind: Risk,
        reads: Diagrams,
        grouping: PerCaller,
        key: "the calling service" version 1,
        fix: Planned by mend,
        topics: ["BA2.3"],
    }
}

/// A call to a fixed address.
struct Fixed<'a> {
    edge: &'a Edge<'a>,
    gap: Gap,
    /// Why it hurts here; none where the number of replicas is not stated.
    reason: Option<String>,
    /// The address that the text shows, when that is how it is known.
    address: Option<String>,
}

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        let mut callers: BTreeMap<usize, Vec<Fixed<'_>>> = BTreeMap::new();
        for edge in subject.graph.edges() {
            if let Some(fixed) = fixed(check, subject, edge) {
                callers.entry(edge.source).or_default().push(fixed);
            }
        }
        for (caller, calls) in callers {
            report(check, subject, caller, &calls);
        }
    }
}

fn fixed<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, edge: &'a Edge<'a>) -> Option<Fixed<'a>> {
    const FIXED: [&str; 8] = ["static", "ip", "host", "fixed", "hardcoded", "hard-coded", "hosts", "literal"];
    let graph = &subject.graph;
    let (source, target) = (graph.source(edge)?, graph.target(edge)?);
    if !graph.is_compute(source) || !graph.is_compute(target) {
        return None;
    }
    let (gap, address) = match (edge.facts().state("discovery"), edge.facts().value("discovery")) {
        (State::No, _) => (Gap::Missing, None),
        (State::Planned, _) => (Gap::Planned, None),
        (State::Yes, Some(value)) if mentions(value, &FIXED) && !mentions(value, &["dns", "vip", "name", "names"]) => (Gap::Missing, None),
        (State::Unknown, _) => (Gap::Missing, Some(address(edge)?)),
        _ => return None,
    };
    let reason = if let Some(element) = [target, source].into_iter().find(|element| is_many(element)) {
        Some(format!("{} has several replicas", element.name))
    } else if let (Some(from), Some(to)) = (graph.value(source, "env"), graph.value(target, "env"))
        && from != to
    {
        Some(format!("it leads from {from} to {to}"))
    } else if target.facts.get("replicas").and_then(Fact::amount).is_some() {
        return None;
    } else {
        check.unknown(subject.document, target.key.as_str(), "replicas");
        None
    };
    Some(Fixed { edge, gap, reason, address })
}

fn is_many(element: &Element) -> bool {
    element.facts.get("replicas").and_then(Fact::amount).is_some_and(|replicas| replicas > 1) || element.facts.is_yes("autoscale")
}

/// An IPv4 address in the text of the relation; the loopback is no other machine.
fn address(edge: &Edge<'_>) -> Option<String> {
    let mut words = edge.wording().flat_map(|part| part.split(|c: char| !c.is_ascii_digit() && c != '.'));
    words
        .find_map(|word| word.parse::<core::net::Ipv4Addr>().ok())
        .filter(|address| !address.is_loopback())
        .map(|address| address.to_string())
}

fn report<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, caller: usize, calls: &[Fixed<'a>]) {
    let Some(caller) = subject.graph.element(caller) else { return };
    let targets: Vec<&str> = calls.iter().map(|call| subject.graph.name(call.edge.target)).collect();
    let title = match targets.as_slice() {
        [target] => format!("{} finds {} by a fixed address", shorten(&caller.name, 30), shorten(target, 30)),
        _ => format!("{} finds {} services by fixed addresses", shorten(&caller.name, 40), count(targets.len())),
    };
    let mut reasons: Vec<&str> = calls.iter().filter_map(|call| call.reason.as_deref()).collect();
    reasons.sort_unstable();
    reasons.dedup();
    let because = if reasons.is_empty() { String::new() } else { format!(", although {}", listed(&reasons)) };
    let mut draft = check
        .draft(subject)
        .key_element(subject, caller)
        .title(title)
        .message(format!("{} knows the address of {} by heart{because}.", caller.name, listed(&targets)))
        .planned(calls.iter().all(|call| call.gap == Gap::Planned))
        .element(subject, caller);
    for call in calls {
        let Some(target) = subject.graph.target(call.edge) else { continue };
        let claim = format!("{} finds {} by a fixed address", caller.name, target.name);
        draft = draft.mention(subject, target).edge(subject, call.edge, &claim, &["discovery"]).quote_element(
            target,
            &["replicas", "autoscale", "env"],
            &format!("{} can be elsewhere", target.name),
        );
        if let Some(address) = &call.address {
            draft = draft.assumption(&format!("assumed a fixed address: the text says {address}"));
        }
    }
    if reasons.is_empty() {
        draft = draft.severity(Severity::Low, "how many replicas there are is not stated");
    }
    check.report(draft);
}

fn mend(broken: &Broken<'_>) -> Vec<Offer> {
    let pick = |relation| Pick { bearer: Bearer::relation(relation), fact: "discovery", note: None };
    let picks: Vec<Pick<'_>> = broken.relations().into_iter().map(pick).collect();
    plan::planned(broken, &picks).map(Offer::from).into_iter().collect()
}
