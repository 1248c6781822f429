//! LNT-K004: a topic with one side.

use crate::domain::{
    model::{
        Element,
        facts::State,
        kind::{Kind, Mode},
    },
    review::{
        check::{Check, Subject, listed, shorten},
        fix::{
            Offer,
            broken::Broken,
            patch::{Patch, short},
        },
        graph::{Edge, kind},
        protocol::mentions,
        rule::{FixClass, declare_rule},
    },
};

declare_rule! {
    /// A topic has publishers and no consumer, or consumers and no publisher.
    ///
    /// ## What it finds
    /// A queue or topic with relations on one side only. Where a relation does not say which side it is (`Uses`), nothing is concluded.
    ///
    /// ## Why it matters
    /// Either somebody pays for messages that nobody reads, or a dependency is missing in the diagram, and every rule about the consumers
    /// is silent for want of one.
    ///
    /// ## What to do
    /// Draw the missing side, or take the topic away.
    ///
    /// ## False positives
    /// Topics for partners and the outside: draw the external consumer, or state `exposure public` or `role outbound`, `inbound`. Planned
    /// topics (`lifecycle planned`), and dead-letter queues, which people read, are left out.
    ///
    /// ## Source
    /// Completeness checks of architecture models.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         shop = softwareSystem "Shop" {
    ///             orders = container "Order service" "Takes orders" "Go"
    ///             placed = container "orders.placed" "Orders that were placed" "Kafka"
    ///             mail = container "Mail worker" "Sends receipts" "Go"
    ///         }
    ///         orders -> placed "Publishes" "Kafka"
    ///         orders -> mail "Asks" "HTTPS"
    ///     }
    /// }
    /// ```
    /// ```dsl,passes
    /// workspace {
    ///     model {
    ///         shop = softwareSystem "Shop" {
    ///             orders = container "Order service" "Takes orders" "Go"
    ///             placed = container "orders.placed" "Orders that were placed" "Kafka"
    ///             mail = container "Mail worker" "Sends receipts" "Go"
    ///         }
    ///         orders -> placed "Publishes" "Kafka"
    ///         mail -> placed "Consumes" "Kafka"
    ///     }
    /// }
    /// ```
    "LNT-K004" "dead-topic" {
        severity: Medium up to Medium,
        set: Core,
        category: Simplicity,
        kind: Hygiene,
        reads: Diagrams,
        grouping: PerSubject,
        key: "the topic" version 1,
        fix: Proposal by mend,
        topics: ["GA1.3", "GA3.5"],
    }
}

/// Which side of a topic a relation is on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Publishes,
    Consumes,
    /// The text leaves it open.
    Either,
}

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        let topics = subject.graph.elements().filter(|(_, element)| kind(element) == Kind::Queue);
        for (index, topic) in topics.filter(|(index, element)| !subject.graph.has_parts(*index) && !is_apart(element)) {
            // People read what could not be delivered.
            if !subject.graph.is_dead_letter_queue(topic) {
                judge(check, subject, index, topic);
            }
        }
    }
}

/// Its other side is elsewhere, or not there yet.
fn is_apart(topic: &Element) -> bool {
    const ROLES: [&str; 8] = ["outbound", "inbound", "partner", "integration", "broker", "cluster", "telemetry", "audit"];
    topic.facts.is("exposure", "public") || topic.facts.is("lifecycle", "planned") || topic.facts.is_any("role", &ROLES)
}

fn judge<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, index: usize, topic: &'a Element) {
    let graph = &subject.graph;
    let sides: Vec<(&Edge<'_>, Side)> = graph
        .incoming(index)
        .map(|edge| (edge, side(edge)))
        // Drawn from the topic to something that is no program: a connector delivers it.
        .chain(graph.outgoing(index).map(|edge| (edge, Side::Consumes)))
        .collect();
    let has = |wanted: Side| sides.iter().any(|(_, side)| *side == wanted);
    let (missing, rest) = match (has(Side::Publishes), has(Side::Consumes)) {
        _ if has(Side::Either) => return,
        (true, false) => ("consumer", "publish to it, and nobody reads what they write"),
        (false, true) => ("publisher", "consume it, and nobody writes what they wait for"),
        _ => return,
    };
    let mut clients: Vec<&str> =
        sides.iter().map(|(edge, _)| graph.name(if edge.source == index { edge.target } else { edge.source })).collect();
    clients.sort_unstable();
    clients.dedup();
    let mut draft = check
        .draft(subject)
        .key_element(subject, topic)
        .title(format!("{} has no {missing}", shorten(&topic.name, 60)))
        .message(format!("Of {} it is drawn that they {rest}: {}.", topic.name, listed(&clients)))
        .element(subject, topic)
        .quote_element(topic, &["role", "exposure"], &format!("{} has no {missing}", topic.name));
    for (edge, _) in &sides {
        let (source, target) = (graph.name(edge.source), graph.name(edge.target));
        draft = draft.edge(subject, edge, &format!("{source} and {target}"), &["mode"]);
    }
    check.report(draft);
}

fn side(edge: &Edge<'_>) -> Side {
    const PUBLISHES: [&str; 28] = [
        "publishes",
        "publish",
        "sends",
        "send",
        "emits",
        "emit",
        "produces",
        "produce",
        "writes",
        "write",
        "enqueues",
        "enqueue",
        "pushes",
        "push",
        "posts",
        "post",
        "puts",
        "put",
        "raises",
        "announces",
        "fires",
        "appends",
        "submits",
        "schedules",
        "queues",
        "notifies",
        "reports",
        "tells",
    ];
    let both = edge.facts().value("access").is_some_and(|access| access.trim().eq_ignore_ascii_case("rw"));
    match edge.mode {
        _ if both => Side::Either,
        Mode::AsyncSub => Side::Consumes,
        Mode::AsyncPub if edge.relation.mode.stated || edge.facts().state("delivery") != State::Unknown => Side::Publishes,
        Mode::AsyncPub if mentions(edge.relation.description.as_deref().unwrap_or_default(), &PUBLISHES) => Side::Publishes,
        _ => Side::Either,
    }
}

fn mend(broken: &Broken<'_>) -> Vec<Offer> {
    let Some(topic) = broken.elements().first().copied() else { return Vec::new() };
    let mut patch = Patch::new();
    patch.remove(&topic.key);
    let title = format!("Take {} and its relations out", short(&topic.name));
    patch.finish(broken, FixClass::Proposal, title).map(Offer::from).into_iter().collect()
}
