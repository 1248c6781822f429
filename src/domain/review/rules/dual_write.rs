//! LNT-D001: a commit and a publication that can come apart.

use crate::domain::{
    model::{
        Element,
        facts::{Facts, State},
        kind::{Kind, Mode},
    },
    review::{
        check::{Check, Subject, shorten},
        finding::Severity,
        fix::{
            Offer, Repair,
            broken::{Bearer, Broken, there},
            patch::{New, Patch, is_taken, short},
            plan::{self, Pick},
        },
        graph::{Access, Edge, kind},
        protocol::mentions,
        rule::{FixClass, declare_rule},
    },
};

declare_rule! {
    /// A service writes a database and publishes an event in two steps.
    ///
    /// ## What it finds
    /// A service that writes a system of record and publishes to a queue, where neither relation says how the two are tied together
    /// (`delivery outbox`, `cdc`, `transactional` or `event-sourced`). When delivery is not stated at all, the finding is medium.
    ///
    /// ## Why it matters
    /// A crash between the two steps leaves a change that nobody hears of, or an event about a change that never happened. It shows late, as data
    /// that disagrees between services, and cannot be repaired from logs.
    ///
    /// ## What to do
    /// Write the event into an outbox table in the same transaction and let a relay publish it, capture changes from the database's log, or make
    /// the event log the source of truth. Say which with `delivery`, and record the delivery semantics.
    ///
    /// ## False positives
    /// Links that only read, topics that may lose messages (`loss_ok yes` or `role telemetry`), dead-letter queues, and services that publish first
    /// and write what they then consume are left out.
    ///
    /// ## Source
    /// The transactional outbox pattern in the microservices literature.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         shop = softwareSystem "Shop" {
    ///             orders = container "Order service" "Takes orders" "Go"
    ///             ordersdb = container "Orders DB" "Orders" "PostgreSQL 16"
    ///             events = container "order.events" "What happened to orders" "NATS" {
    ///                 properties {
    ///                     kind queue
    ///                 }
    ///             }
    ///         }
    ///         orders -> ordersdb "Writes orders" "SQL"
    ///         orders -> events "Publishes order.created" "NATS" {
    ///             properties {
    ///                 delivery at-most-once
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
    ///             ordersdb = container "Orders DB" "Orders" "PostgreSQL 16"
    ///             events = container "order.events" "What happened to orders" "NATS" {
    ///                 properties {
    ///                     kind queue
    ///                 }
    ///             }
    ///         }
    ///         orders -> ordersdb "Writes orders" "SQL"
    ///         orders -> events "Publishes order.created" "NATS" {
    ///             properties {
    ///                 delivery outbox
    ///             }
    ///         }
    ///     }
    /// }
    /// ```
    "LNT-D001" "dual-write" {
        severity: High up to High,
        set: Core,
        category: Data,
        kind: Risk,
        reads: Diagrams,
        grouping: Individual,
        key: "service, store and queue" version 1,
        fix: Proposal by mend,
        topics: ["GA2.1", "GA2.2", "BA3.5", "GA5.3"],
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Tie {
    Tied,
    Planned,
    Loose,
    Unknown,
}

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        let graph = &subject.graph;
        for (index, service) in graph.elements().filter(|(_, element)| graph.is_compute(element)) {
            let writes = graph.outgoing(index).filter(|edge| {
                graph.target(edge).is_some_and(|store| graph.is_system_of_record(store))
                    && edge.access().writes()
                    && !edge.role_is(&["migration", "backup"])
            });
            for write in writes {
                for publish in graph.outgoing(index).filter(|edge| publishes(subject, index, edge)) {
                    judge(check, subject, service, write, publish);
                }
            }
        }
    }
}

fn judge<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, service: &'a Element, write: &'a Edge<'a>, publish: &'a Edge<'a>) {
    let graph = &subject.graph;
    let (Some(store), Some(queue)) = (graph.target(write), graph.target(publish)) else { return };
    let tie = tie(service, queue, write, publish);
    if tie == Tie::Tied {
        return;
    }
    let (service_name, store_name, queue_name) = (shorten(&service.name, 24), shorten(&store.name, 24), shorten(&queue.name, 24));
    let mut draft = check
        .draft(subject)
        .key_element(subject, service)
        .key_element(subject, store)
        .key_element(subject, queue)
        .title(format!("{service_name} writes {store_name}, then publishes to {queue_name}"))
        .message(format!(
            "{} commits to {} and publishes to {} in two steps. A crash between them loses an event or invents one.",
            service.name, store.name, queue.name
        ))
        .planned(tie == Tie::Planned)
        .element(subject, service)
        .mention(subject, store)
        .mention(subject, queue)
        .edge(subject, write, &format!("{} writes {}", service.name, store.name), &["access", "delivery"])
        .edge(subject, publish, &format!("{} publishes to {}", service.name, queue.name), &["delivery"])
        .rests_on_mode(publish);
    if write.access() == Access::Assumed {
        draft = draft.assumption(&format!("assumed that {} writes: access is not stated", service.name));
    }
    if tie == Tie::Unknown {
        check.unknown(subject.document, publish.relation.key.as_str(), "delivery");
        draft = draft.severity(Severity::Medium, "how the two steps are tied together is not stated");
    }
    check.report(draft);
}

/// Publishes something that must not get lost, and does not read it back.
fn publishes(subject: &Subject<'_>, service: usize, edge: &Edge<'_>) -> bool {
    let graph = &subject.graph;
    let published = |queue: &&Element| edge.mode == Mode::AsyncPub && kind(queue) == Kind::Queue;
    let Some(queue) = graph.target(edge).filter(published) else { return false };
    let lossy = |facts: &Facts| facts.is_yes("loss_ok") || facts.is("role", "telemetry") || facts.is("role", "logs");
    let reads_back = graph.outgoing(service).any(|other| other.target == edge.target && other.mode == Mode::AsyncSub);
    // A consumer that parks a message has it delivered again when it stops before that.
    let parks = || graph.is_dead_letter_queue(queue);
    !lossy(&queue.facts) && !lossy(edge.facts()) && !reads_back && !parks()
}

fn tie(service: &Element, queue: &Element, write: &Edge<'_>, publish: &Edge<'_>) -> Tie {
    const SAFE: [&str; 6] = ["outbox", "cdc", "transactional", "event-sourced", "event-sourcing", "transaction-log"];
    const WORDS: [&str; 3] = ["outbox", "cdc", "debezium"];
    let stated = [publish.facts(), write.facts(), &service.facts, &queue.facts];
    let safe = |facts: &&Facts| facts.value("delivery").is_some_and(|delivery| mentions(delivery, &SAFE));
    let planned = |facts: &&Facts| {
        facts.state("delivery") == State::Planned || facts.value("delivery").is_some_and(|delivery| mentions(delivery, &["planned"]))
    };
    let says = |edge: &Edge<'_>| edge.role_is(&["outbox", "cdc"]) || edge.says(&WORDS);
    if stated.iter().any(planned) {
        Tie::Planned
    } else if stated.iter().any(safe)
        || says(publish)
        // An outbox beside a publication that states another delivery is not what that one goes through.
        || (says(write) && publish.facts().state("delivery") == State::Unknown)
    {
        Tie::Tied
    } else if stated.iter().take(3).any(|facts| facts.state("delivery") != State::Unknown) {
        // What the broker promises says nothing about the database, so the queue's own fact does not count here.
        Tie::Loose
    } else {
        Tie::Unknown
    }
}

/// A relay publishes what the service commits; or that is planned.
fn mend(broken: &Broken<'_>) -> Vec<Offer> {
    let [write, publish] = broken.edges()[..] else { return Vec::new() };
    let tied = Pick { bearer: Bearer::relation(publish.relation), fact: "delivery", note: Some("outbox".to_owned()) };
    let relayed = relayed(broken, write, publish).map(Offer::from);
    relayed.into_iter().chain(plan::planned(broken, &[tied]).map(Offer::from)).collect()
}

fn relayed(broken: &Broken<'_>, write: &Edge<'_>, publish: &Edge<'_>) -> Option<Repair> {
    let graph = broken.graph()?;
    let (service, store, queue) = (graph.source(publish)?, graph.target(write)?, graph.target(publish)?);
    let name = format!("{} outbox relay", short(&service.name));
    if is_taken(broken, &name) {
        return None;
    }
    let mut patch = Patch::new();
    let description = "Publishes what the outbox holds, in the order of commits".to_owned();
    let relay = patch.add(New { kind: Kind::Worker, name, beside: service, technology: None, description });
    patch.connect(&relay, &there(&store.key), "Reads the outbox", write.relation.technology.as_deref());
    patch.reconnect(&publish.relation.key, &relay, &there(&queue.key));
    if publish.facts().state("delivery") != State::Unknown {
        patch.plan(&Pick { bearer: Bearer::relation(publish.relation), fact: "delivery", note: Some("outbox".to_owned()) });
    }
    let title = format!("Put an outbox and a relay between {} and {}", short(&service.name), short(&queue.name));
    patch.finish(broken, FixClass::Proposal, title)
}
