//! LNT-R015: high promises in one zone.

use std::collections::BTreeMap;

use crate::domain::{
    model::{
        Element,
        facts::{Fact, State},
        kind::Kind,
    },
    review::{
        amount::{duration, most_replicas},
        check::{Check, Gap, Subject, capital, counted, listed},
        fix::{Offer, broken::Broken, plan},
        graph::kind,
        rule::declare_rule,
    },
};

declare_rule! {
    /// Critical elements that promise much run in one availability zone.
    ///
    /// ## What it finds
    /// Elements of tier 0 or 1, and the stores and queues that such services use, that state `zones 1`, while an `slo` of 99.9 or more or an `rto` of an
    /// hour or less is promised; or that state `zones no` with several replicas. All of one tier are one finding.
    ///
    /// ## Why it matters
    /// Zones fail as a whole. One such failure takes hours, and 99.9 % allows 43 minutes a month. Replicas that all stand in the same zone fall
    /// together.
    ///
    /// ## What to do
    /// Spread replicas over two zones or more, three where a majority has to decide, and look for what still lies in one zone on the way: a database, a
    /// gateway, a disk.
    ///
    /// ## False positives
    /// Tier and promise must be stated. Where one zone is a decision, say so: `zones "n/a (ADR-0007)"`. One region with several zones is not reported.
    ///
    /// ## Source
    /// The cloud providers' reliability frameworks on availability zones.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         properties {
    ///             stage live
    ///         }
    ///         bank = softwareSystem "Bank" {
    ///             ledger = container "Ledger service" "Books" "Go" {
    ///                 properties {
    ///                     tier 1
    ///                     slo 99.95
    ///                     replicas 3
    ///                     zones 1
    ///                 }
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
    ///         bank = softwareSystem "Bank" {
    ///             ledger = container "Ledger service" "Books" "Go" {
    ///                 properties {
    ///                     tier 1
    ///                     slo 99.95
    ///                     replicas 3
    ///                     zones 3
    ///                 }
    ///             }
    ///         }
    ///     }
    /// }
    /// ```
    "LNT-R015" "zone-concentration" {
        severity: High up to High,
        set: Prod,
        category: Reliability,
        kind: Risk,
        reads: Diagrams,
        grouping: PerTier,
        key: "the tier" version 1,
        fix: Planned by mend,
        topics: ["GA4.6", "GA3.4"],
    }
}

/// Percent of availability from which on a zone must be allowed to fail.
const HIGH: f64 = 99.9;
/// An hour in milliseconds.
const SOON: f64 = 3_600_000.0;

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        let mut tiers: BTreeMap<u8, Vec<(&Element, Gap)>> = BTreeMap::new();
        for (index, element) in subject.graph.elements() {
            let runs = subject.graph.is_compute(element) || kind(element).is_store() || kind(element) == Kind::Queue;
            let users = users(subject, index, element);
            let own = subject.graph.tier(element);
            let tier = own.or_else(|| users.iter().filter_map(|user| subject.graph.tier(user)).min());
            let Some(tier) = tier.filter(|tier| *tier <= 1 && runs && !subject.graph.is_dev_only(element)) else { continue };
            let promised = std::iter::once(&element).chain(&users).any(|user| promises(subject, user));
            if let Some(gap) = concentrated(check, subject, element, promised) {
                tiers.entry(tier).or_default().push((element, gap));
            }
        }
        for (tier, members) in tiers {
            report(check, subject, tier, &members);
        }
    }
}

/// The critical services that use a store or queue: what they promise rests on it.
fn users<'a>(subject: &'a Subject<'a>, index: usize, element: &'a Element) -> Vec<&'a Element> {
    let graph = &subject.graph;
    let clients = graph.incoming(index).filter_map(|edge| graph.source(edge)).filter(|client| graph.is_compute(client));
    clients.filter(|client| !graph.is_compute(element) && graph.tier(client).is_some_and(|tier| tier <= 1)).collect()
}

fn promises<'a>(subject: &Subject<'a>, element: &'a Element) -> bool {
    let fact = |name| subject.graph.fact(element, name);
    fact("slo").and_then(Fact::number).is_some_and(|slo| (HIGH..=100.0).contains(&slo))
        || fact("rto").and_then(|fact| duration(&fact.value)).is_some_and(|rto| rto <= SOON)
}

/// It stands in one zone; unknown zones are asked for where a promise depends on them.
fn concentrated<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, element: &'a Element, promised: bool) -> Option<Gap> {
    let facts = &element.facts;
    match facts.get("zones").map_or(State::Unknown, Fact::state) {
        State::Unknown => {
            if promised {
                check.unknown(subject.document, element.key.as_str(), "zones");
            }
            None
        }
        State::No => (promised || most_replicas(element).is_some_and(|number| number > 1.0)).then_some(Gap::Missing),
        State::Planned => promised.then_some(Gap::Planned),
        State::Yes => (promised && facts.get("zones").is_some_and(is_one)).then_some(Gap::Missing),
        State::NotApplicable => None,
    }
}

/// `1`, or the name of a single zone such as `eu-central-1a`.
fn is_one(zones: &Fact) -> bool {
    match (zones.number(), zones.list().as_slice()) {
        (Some(number), [_]) => (0.5..1.5).contains(&number),
        (None, [name]) => name.chars().any(|c| c.is_ascii_digit()),
        _ => false,
    }
}

fn report<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, tier: u8, members: &[(&'a Element, Gap)]) {
    let names: Vec<&str> = members.iter().map(|(element, _)| element.name.as_str()).collect();
    let title = match names.as_slice() {
        [only] => format!("{only} serves tier {tier} from one zone"),
        _ => format!("{} of tier {tier} run in one zone", capital(&counted(names.len(), "element"))),
    };
    let mut draft = check
        .draft(subject)
        .key_word(&format!("tier {tier}"))
        .title(title)
        .message(format!("When that zone fails, so does all of it: {}. What is promised leaves no room for that.", listed(&names)))
        .planned(members.iter().all(|(_, gap)| *gap == Gap::Planned));
    for (element, _) in members {
        draft = draft.element(subject, element).quote_element(
            element,
            &["tier", "slo", "rto", "zones", "replicas"],
            &format!("{} runs in one zone", element.name),
        );
    }
    check.report(draft);
}

fn mend(broken: &Broken<'_>) -> Vec<Offer> {
    let wider = |fact: &Fact| match fact.state() {
        State::No => Some(None),
        State::Yes if is_one(fact) => Some(Some(format!("2 instead of {}", fact.value))),
        _ => None,
    };
    plan::planned(broken, &plan::stated(broken, "zones", wider)).map(Offer::from).into_iter().collect()
}
