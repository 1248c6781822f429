//! LNT-R012: a broker that forgets, with something to remember.

use crate::domain::{
    model::{
        Element,
        facts::{Facts, State},
        kind::{Kind, Mode},
    },
    review::{
        check::{Check, Subject},
        finding::Severity,
        fix::{
            Offer,
            broken::{Bearer, Broken},
            plan::{self, Pick},
        },
        graph::{Edge, kind},
        protocol::mentions,
        rule::declare_rule,
    },
};

declare_rule! {
    /// Commands or important events go through a broker that forgets what nobody picks up.
    ///
    /// ## What it finds
    /// A queue that carries commands, or events of tier 0 to 2, and delivers at most once: by its own `delivery`, by that of a relation to it, or
    /// because it is core NATS or Redis Pub/Sub. For NATS without a word on JetStream it is medium.
    ///
    /// ## Why it matters
    /// A consumer that restarts misses what is published meanwhile. Nobody notices: there is no error, no backlog and nothing to repeat.
    ///
    /// ## What to do
    /// Use a broker that keeps messages until they are acknowledged (a stream, a log, a durable queue), acknowledge after the work is committed, and let
    /// consumers finish before they stop.
    ///
    /// ## False positives
    /// Presence, metrics and notices that a cache is stale may be lost: `loss_ok yes`. A statement that messages are kept (`delivery at-least-once`,
    /// `persistence yes`, `retention`, `max_deliveries`) ends it. A publisher that also writes a database is told about the gap between the two by
    /// another rule.
    ///
    /// ## Source
    /// How core NATS and publish-subscribe in Redis deliver, as their documentation and client libraries say.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         shop = softwareSystem "Shop" {
    ///             orders = container "Order service" "Takes orders" "Go"
    ///             events = container "orders.created" "Orders to bill" "NATS, core" {
    ///                 properties {
    ///                     kind queue
    ///                 }
    ///             }
    ///             billing = container "Billing worker" "Bills orders" "Go"
    ///         }
    ///         orders -> events "Publishes" "NATS"
    ///         billing -> events "Consumes" "NATS" {
    ///             properties {
    ///                 effect command
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
    ///             events = container "orders.created" "Orders to bill" "NATS JetStream" {
    ///                 properties {
    ///                     kind queue
    ///                     delivery at-least-once
    ///                 }
    ///             }
    ///             billing = container "Billing worker" "Bills orders" "Go"
    ///         }
    ///         orders -> events "Publishes" "NATS"
    ///         billing -> events "Consumes" "NATS" {
    ///             properties {
    ///                 effect command
    ///                 idempotent yes
    ///             }
    ///         }
    ///     }
    /// }
    /// ```
    "LNT-R012" "at-most-once-for-commands" {
        severity: High up to High,
        set: Core,
        category: Reliability,
        kind: Risk,
        reads: Diagrams,
        grouping: PerSubject,
        key: "the queue" version 1,
        fix: Planned by mend,
        topics: ["GA5.3", "GA3.5"],
    }
}

/// Why messages get lost.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Loss {
    /// The queue or a relation says so.
    Stated,
    /// The technology forgets.
    Technology,
    /// The technology forgets unless it is run in another way, of which nothing is said.
    Likely,
    /// A better delivery is planned.
    Planned,
}

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        for (index, queue) in subject.graph.elements().filter(|(_, element)| kind(element) == Kind::Queue) {
            if !may_lose(&queue.facts) {
                judge(check, subject, index, queue);
            }
        }
    }
}

fn judge<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, index: usize, queue: &'a Element) {
    let graph = &subject.graph;
    let links: Vec<&Edge<'_>> =
        graph.incoming(index).filter(|edge| matches!(edge.mode, Mode::AsyncPub | Mode::AsyncSub) && !may_lose(edge.facts())).collect();
    let of_queue = loss_of(queue);
    // What the queue keeps, a single relation may still lose.
    let lossy: Vec<&Edge<'_>> =
        links.iter().copied().filter(|edge| of_queue.is_some() || (at_most_once(edge.facts()) && !commits(subject, edge))).collect();
    let Some(loss) = of_queue.or(Some(Loss::Stated)).filter(|_| !lossy.is_empty()) else { return };
    let Some(what) = carries(check, subject, queue, &lossy) else { return };
    let technology = queue.technology.as_deref().filter(|_| loss != Loss::Stated).map_or_else(String::new, |name| format!(" ({name})"));
    let mut draft = check
        .draft(subject)
        .key_element(subject, queue)
        .title(format!("{} delivers {what} at most once", queue.name))
        .message(format!(
            "{}{technology} forgets what is published while a consumer is away, and it carries {what}. Nothing shows that they are gone.",
            queue.name
        ))
        .planned(loss == Loss::Planned)
        .element(subject, queue)
        .quote_element(queue, &["delivery"], &format!("{} keeps no messages", queue.name));
    for edge in lossy {
        let Some(other) = graph.source(edge) else { continue };
        let verb = if edge.mode == Mode::AsyncPub { "publishes to" } else { "consumes" };
        draft = draft
            .mention(subject, other)
            .edge(subject, edge, &format!("{} {verb} {}", other.name, queue.name), &["effect", "delivery"])
            .rests_on_mode(edge);
    }
    if loss == Loss::Likely {
        draft = draft.severity(Severity::Medium, "JetStream is not mentioned").assumption("assumed core NATS: nothing says JetStream");
    }
    check.report(draft);
}

fn may_lose(facts: &Facts) -> bool {
    facts.is_yes("loss_ok") || facts.is_any("role", &["telemetry", "presence", "metrics", "logs"])
}

fn at_most_once(facts: &Facts) -> bool {
    facts.value("delivery").is_some_and(|value| mentions(value, &["at-most-once", "auto-ack", "autoack", "fire-and-forget"]))
}

/// The publisher also writes a database: what gets lost between the two is the dual write's to tell.
fn commits(subject: &Subject<'_>, edge: &Edge<'_>) -> bool {
    let graph = &subject.graph;
    edge.mode == Mode::AsyncPub
        && graph
            .outgoing(edge.source)
            .any(|other| other.access().writes() && graph.target(other).is_some_and(|store| graph.is_system_of_record(store)))
}

/// Why the queue itself loses messages; none when it keeps them or when that is not known.
fn loss_of(queue: &Element) -> Option<Loss> {
    let facts = &queue.facts;
    if at_most_once(facts) {
        return Some(Loss::Stated);
    }
    let technology = queue.technology.as_deref().unwrap_or_default();
    let nats = mentions(technology, &["nats"]) && !mentions(technology, &["jetstream"]);
    let pubsub = mentions(technology, &["redis", "valkey"])
        && (mentions(technology, &["pubsub", "pub-sub"]) || (mentions(technology, &["pub"]) && mentions(technology, &["sub"])));
    if !nats && !pubsub {
        return None;
    }
    if facts.state("delivery") == State::Planned {
        return Some(Loss::Planned);
    }
    let keeps = ["delivery", "persistence", "retention", "max_deliveries", "max_length", "dlq"].iter().any(|name| facts.is_yes(name));
    if keeps {
        return None;
    }
    Some(if nats && !mentions(technology, &["core"]) { Loss::Likely } else { Loss::Technology })
}

/// `commands`, or `events` that are important enough.
fn carries<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, queue: &'a Element, links: &[&'a Edge<'a>]) -> Option<&'static str> {
    let graph = &subject.graph;
    if links.iter().any(|edge| edge.facts().is("effect", "command")) {
        return Some("commands");
    }
    if !links.iter().any(|edge| edge.facts().is("effect", "event")) {
        check.unknown(subject.document, queue.key.as_str(), "effect");
        return None;
    }
    let ends = links.iter().filter_map(|edge| graph.source(edge)).chain([queue]);
    let tier = ends.filter_map(|element| graph.tier(element)).min();
    if tier.is_none() {
        check.unknown(subject.document, queue.key.as_str(), "tier");
    }
    tier.filter(|tier| *tier <= 2).map(|_| "events")
}

/// A delivery that waits for consumers, of the queue or of the relations that say otherwise.
fn mend(broken: &Broken<'_>) -> Vec<Offer> {
    let note = || Some("at-least-once".to_owned());
    let queue = broken.elements().into_iter().take(1).map(|queue| Pick { bearer: Bearer::element(queue), fact: "delivery", note: note() });
    let lossy = broken.relations().into_iter().filter(|relation| at_most_once(&relation.facts));
    let relations: Vec<Pick<'_>> =
        lossy.map(|relation| Pick { bearer: Bearer::relation(relation), fact: "delivery", note: note() }).collect();
    let queue: Vec<Pick<'_>> = queue.collect();
    let both: Vec<Pick<'_>> = queue.iter().chain(&relations).cloned().collect();
    vec![Offer([queue, relations, both].iter().filter_map(|picks| plan::planned(broken, picks)).collect())]
}
