//! LNT-O002: a request that can't be followed to its end.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::domain::{
    model::{
        Element,
        kind::{Kind, Mode},
    },
    review::{
        check::{Check, Gap, Subject, capital, counted, listed},
        graph::{Edge, kind},
        rule::declare_rule,
    },
};

declare_rule! {
    /// The trace of a user's request ends before the request does.
    ///
    /// ## What it finds
    /// On the ways that users' requests take, through calls, messages and outboxes (`role outbox`, `cdc`): a service with `tracing no` where the way
    /// passes three services or more, and a call, publication or subscription with `context_propagation no`. Only the first break of each way is
    /// told, all of a diagram in one finding.
    ///
    /// ## Why it matters
    /// During an incident the missing hop is the one that is needed. Behind it, each service tells its own story, and nobody can join them. Queues are
    /// the usual place.
    ///
    /// ## What to do
    /// Pass the standard trace header on through calls and in the headers of messages, continue the trace in the consumer, and write its id into every
    /// log line.
    ///
    /// ## False positives
    /// Only what is stated to break is told. What lies behind a break is left out until the break is mended.
    ///
    /// ## Source
    /// Conventions for tracing messages in open telemetry standards, and guidance on correlation ids.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         properties {
    ///             stage live
    ///         }
    ///         user = person "User"
    ///         shop = softwareSystem "Shop" {
    ///             orders = container "Order service" "Takes orders" "Go" {
    ///                 properties {
    ///                     tracing yes
    ///                 }
    ///             }
    ///             events = container "order.events" "What happened to orders" "Kafka"
    ///             mail = container "Mail worker" "Sends receipts" "Go" {
    ///                 properties {
    ///                     tracing yes
    ///                 }
    ///             }
    ///         }
    ///         user -> orders "Orders" "HTTPS"
    ///         orders -> events "Publishes" "Kafka" {
    ///             properties {
    ///                 context_propagation no
    ///             }
    ///         }
    ///         mail -> events "Consumes" "Kafka"
    ///     }
    /// }
    /// ```
    /// ```dsl,passes
    /// workspace {
    ///     model {
    ///         properties {
    ///             stage live
    ///         }
    ///         user = person "User"
    ///         shop = softwareSystem "Shop" {
    ///             orders = container "Order service" "Takes orders" "Go" {
    ///                 properties {
    ///                     tracing yes
    ///                 }
    ///             }
    ///             events = container "order.events" "What happened to orders" "Kafka"
    ///             mail = container "Mail worker" "Sends receipts" "Go" {
    ///                 properties {
    ///                     tracing yes
    ///                 }
    ///             }
    ///         }
    ///         user -> orders "Orders" "HTTPS"
    ///         orders -> events "Publishes" "Kafka" {
    ///             properties {
    ///                 context_propagation "message headers"
    ///             }
    ///         }
    ///         mail -> events "Consumes" "Kafka"
    ///     }
    /// }
    /// ```
    "LNT-O002" "broken-trace" {
        severity: Medium up to Medium,
        set: Prod,
        category: Observability,
        kind: Hygiene,
        reads: Diagrams,
        grouping: PerDiagram,
        key: "the diagram" version 1,
        fix: Planned,
        topics: ["GA6.2", "BA2.5", "BA1.4", "BA5.3"],
    }
}

/// Ways of fewer services need no trace to be followed.
const LONG: usize = 3;

/// A place where traces end, in the order of the text: services and queues, then relations.
#[derive(Clone, Copy)]
enum Break<'a> {
    At(&'a Element, Gap),
    On(&'a Edge<'a>, Gap),
}

impl Break<'_> {
    const fn gap(&self) -> Gap {
        match self {
            Self::At(_, gap) | Self::On(_, gap) => *gap,
        }
    }
}

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        let breaks = first_breaks(check, subject);
        if !breaks.is_empty() {
            report(check, subject, &breaks);
        }
    }
}

/// Where a request goes from an element: what it calls, the queue it publishes to, from a queue to its consumers, and through
/// an outbox to the relay that publishes what was stored.
fn onward<'a>(subject: &'a Subject<'a>, index: usize) -> impl Iterator<Item = (&'a Edge<'a>, usize)> {
    let graph = &subject.graph;
    let is_queue = move |index: usize| graph.element(index).is_some_and(|element| kind(element) == Kind::Queue);
    let sent = graph.outgoing(index).filter(move |edge| {
        graph.computes(edge.source)
            && ((edge.is_sync() && graph.computes(edge.target)) || (edge.mode == Mode::AsyncPub && is_queue(edge.target)))
    });
    let consumed =
        graph.incoming(index).filter(move |edge| is_queue(edge.target) && edge.mode == Mode::AsyncSub && graph.computes(edge.source));
    let is_store = move |index: usize| graph.element(index).is_some_and(|element| kind(element).is_store());
    let stored = graph.outgoing(index).filter(move |edge| {
        graph.computes(edge.source) && is_store(edge.target) && !relays(edge) && edge.access().writes() && has_relay(subject, edge.target)
    });
    let relayed = graph.incoming(index).filter(move |edge| is_store(edge.target) && relays(edge) && graph.computes(edge.source));
    let pushed = graph.outgoing(index).filter(move |edge| is_store(edge.source) && relays(edge) && !is_store(edge.target));
    sent.chain(stored).chain(pushed).map(|edge| (edge, edge.target)).chain(consumed.chain(relayed).map(|edge| (edge, edge.source)))
}

/// Takes what others stored and hands it on.
fn relays(edge: &Edge<'_>) -> bool {
    edge.role_is(&["outbox", "cdc", "change-stream"])
}

fn has_relay(subject: &Subject<'_>, store: usize) -> bool {
    subject.graph.incoming(store).chain(subject.graph.outgoing(store)).any(relays)
}

/// How many services a request can pass behind each element, up to what matters.
fn behind(subject: &Subject<'_>) -> Vec<usize> {
    let graph = &subject.graph;
    let weight = |index: usize| usize::from(graph.computes(index));
    let mut behind = vec![0; graph.len()];
    // Between two services lies at most one queue or store, so twice as many rounds see them all.
    for _ in 0..2 * LONG {
        behind = (0..graph.len())
            .map(|index| {
                let next = onward(subject, index).map(|(_, next)| weight(next) + behind.get(next).copied().unwrap_or(0));
                next.max().unwrap_or(0).min(LONG)
            })
            .collect();
    }
    behind
}

fn first_breaks<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>) -> Vec<Break<'a>> {
    let graph = &subject.graph;
    let behind = behind(subject);
    let (mut at, mut on) = (BTreeMap::new(), BTreeMap::new());
    let mut seen = BTreeSet::new();
    // Each element with the number of services before it.
    let mut queue: VecDeque<(usize, usize)> = graph.entries().into_iter().map(|entry| (entry, 0)).collect();
    while let Some((index, before)) = queue.pop_front() {
        let Some(element) = graph.element(index).filter(|_| seen.insert(index)) else { continue };
        let service = usize::from(graph.computes(index));
        let long = before + service + behind.get(index).copied().unwrap_or(0) >= LONG;
        let gap = match (service, long) {
            (0, _) => Gap::stated(&element.facts, "context_propagation"),
            (_, true) => check.gap(subject.document, element.key.as_str(), &element.facts, "tracing"),
            _ => None,
        };
        if let Some(gap) = gap {
            at.insert(index, Break::At(element, gap));
            continue;
        }
        for (edge, next) in onward(subject, index) {
            let gap = if edge.is_sync() || relays(edge) {
                // Calls carry the header, and rows their columns, unless it is stated that they do not.
                Gap::stated(edge.facts(), "context_propagation")
            } else {
                check.gap(subject.document, edge.relation.key.as_str(), edge.facts(), "context_propagation")
            };
            if let Some(gap) = gap {
                on.insert(edge.relation.key.as_str(), Break::On(edge, gap));
            } else {
                queue.push_back((next, before + service));
            }
        }
    }
    at.into_values().chain(on.into_values()).collect()
}

fn report<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, breaks: &[Break<'a>]) {
    let graph = &subject.graph;
    let places: Vec<String> = breaks
        .iter()
        .map(|place| match place {
            Break::At(element, _) => element.name.clone(),
            Break::On(edge, _) => format!("{} → {}", graph.name(edge.source), graph.name(edge.target)),
        })
        .collect();
    let title = match places.as_slice() {
        [only] => format!("Traces of requests end at {only}"),
        _ => format!("{} end the traces of requests", capital(&counted(places.len(), "place"))),
    };
    let mut draft = check
        .draft(subject)
        .key_word("broken trace")
        .title(title)
        .message(format!("The first place on each way where the trace is lost: {}. What follows can't be joined to it.", listed(&places)))
        .planned(breaks.iter().all(|place| place.gap() == Gap::Planned));
    for place in breaks {
        draft = match place {
            Break::At(element, _) => draft.element(subject, element).quote_element(
                element,
                &["tracing", "context_propagation"],
                &format!("traces end at {}", element.name),
            ),
            Break::On(edge, _) => {
                let (Some(source), Some(target)) = (graph.source(edge), graph.target(edge)) else { continue };
                let claim = format!("the trace is not passed on from {} to {}", source.name, target.name);
                draft.element(subject, source).mention(subject, target).edge(subject, edge, &claim, &["context_propagation"])
            }
        };
    }
    check.report(draft);
}
