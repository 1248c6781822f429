//! LNT-D007: messages that must come in order and need not.

use crate::domain::{
    model::{
        Element,
        facts::{Fact, State},
        kind::{Kind, Mode},
    },
    review::{
        check::{Check, Gap, Subject, shorten},
        graph::{Edge, kind},
        protocol::{Product, mentions, words},
        rule::declare_rule,
    },
};

declare_rule! {
    /// A consumer needs messages in order, and the queue does not keep them so.
    ///
    /// ## What it finds
    /// A consumer or queue with `ordering required` where the topic has several partitions and `partition_key no`, where several replicas
    /// of the consumer take turns on a queue without partitions, or where failed messages come back by a retry topic.
    ///
    /// ## Why it matters
    /// The cancellation overtakes the order, the old address the new one. It happens rarely, under load, and leaves data that is wrong
    /// without an error.
    ///
    /// ## What to do
    /// Use the id of what the messages are about as the key, let one consumer at a time work on a key, or give messages a version and make
    /// handlers that ignore what is older than what they have.
    ///
    /// ## False positives
    /// The rule speaks only when order is stated to be required and the numbers are there. Queues that keep order by group, session or a
    /// single active consumer can say so in the technology or with `partition_key`.
    ///
    /// ## Source
    /// The ordering guarantees of message brokers.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         shop = softwareSystem "Shop" {
    ///             orders = container "Order service" "Takes orders" "Go"
    ///             changes = container "orders.changed" "Every change of an order" "Kafka" {
    ///                 properties {
    ///                     partitions 12
    ///                     partition_key no
    ///                 }
    ///             }
    ///             stock = container "Stock service" "Reserves items" "Go"
    ///         }
    ///         orders -> changes "Publishes" "Kafka"
    ///         stock -> changes "Consumes" "Kafka" {
    ///             properties {
    ///                 ordering required
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
    ///             changes = container "orders.changed" "Every change of an order" "Kafka" {
    ///                 properties {
    ///                     partitions 12
    ///                     partition_key order_id
    ///                 }
    ///             }
    ///             stock = container "Stock service" "Reserves items" "Go"
    ///         }
    ///         orders -> changes "Publishes" "Kafka"
    ///         stock -> changes "Consumes" "Kafka" {
    ///             properties {
    ///                 ordering required
    ///             }
    ///         }
    ///     }
    /// }
    /// ```
    "LNT-D007" "ordering-not-guaranteed" {
        severity: Medium up to High,
        set: Math,
        category: Data,
        kind: Risk,
        reads: Diagrams,
        grouping: Individual,
        key: "consumer and queue" version 1,
        fix: None,
        topics: ["GA3.5", "GA2.2"],
    }
}

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        for edge in subject.graph.edges().iter().filter(|edge| edge.mode == Mode::AsyncSub) {
            let (Some(consumer), Some(queue)) = (subject.graph.source(edge), subject.graph.target(edge)) else { continue };
            if kind(queue) == Kind::Queue
                && is_required(edge, queue)
                && let Some((gap, why)) = disorder(check, subject, edge, consumer, queue)
            {
                report(check, subject, edge, (consumer, queue), gap, &why);
            }
        }
    }
}

/// `ordering per-key` of a queue is what it keeps; of a consumer, what it needs.
fn is_required(edge: &Edge<'_>, queue: &Element) -> bool {
    let says = |value: Option<&str>, wanted: &[&str]| value.is_some_and(|value| mentions(value, wanted));
    says(edge.facts().value("ordering"), &["required", "yes", "strict", "global", "per-key"])
        || (edge.facts().state("ordering") == State::Unknown && says(queue.facts.value("ordering"), &["required", "strict"]))
}

fn disorder<'a>(
    check: &mut Check<'a>,
    subject: &'a Subject<'a>,
    edge: &Edge<'a>,
    consumer: &'a Element,
    queue: &'a Element,
) -> Option<(Gap, String)> {
    let amount = |element: &Element, name| element.facts.get(name).and_then(Fact::amount);
    let partitions = amount(queue, "partitions");
    if let Some(number) = partitions.filter(|number| *number > 1) {
        let publishers = subject.graph.incoming(edge.target).filter(|other| other.mode == Mode::AsyncPub).map(Edge::facts);
        let stating: Vec<_> = std::iter::once(&queue.facts).chain(publishers).collect();
        if let Some(gap) = check.gap_of(subject.document, queue.key.as_str(), &stating, "partition_key") {
            return Some((gap, format!("its {number} partitions are filled without a key")));
        }
    }
    let keyed = queue.facts.is_yes("partition_key") || edge.facts().is_yes("partition_key");
    if partitions.unwrap_or(1) == 1
        && !keyed
        && takes_turns(queue, edge)
        && let Some(replicas) = amount(consumer, "replicas").filter(|replicas| *replicas > 1)
    {
        return Some((Gap::Missing, format!("{replicas} replicas of {} take turns on it", consumer.name)));
    }
    let retries = |other: &&Edge<'_>| {
        let again = subject.graph.target(other).filter(|target| kind(target) == Kind::Queue && target.key != queue.key);
        other.mode == Mode::AsyncSub && again.is_some_and(is_retry)
    };
    let topic = subject.graph.outgoing(edge.source).find(retries)?;
    Some((Gap::Missing, format!("what fails comes back later by {}", subject.graph.name(topic.target))))
}

/// A queue that hands each message to whoever is free, and says nothing of groups or a single active consumer.
fn takes_turns(queue: &Element, edge: &Edge<'_>) -> bool {
    const KEEPS: [&str; 7] = ["fifo", "session", "sessions", "exclusive", "single", "single-active-consumer", "groups"];
    let technology = queue.technology.as_deref().unwrap_or_default();
    let known = Product::of(technology) == Some(Product::Amqp) || mentions(technology, &["sqs", "service-bus", "activemq", "amqp"]);
    let mut said = edge.wording().chain([technology]).chain(queue.description.as_deref());
    known && !said.any(|text| mentions(text, &KEEPS))
}

fn is_retry(queue: &Element) -> bool {
    queue.facts.is("role", "retry") || words(&queue.name).any(|word| matches!(word.as_str(), "retry" | "retries"))
}

fn report<'a>(
    check: &mut Check<'a>,
    subject: &'a Subject<'a>,
    edge: &'a Edge<'a>,
    (consumer, queue): (&'a Element, &'a Element),
    gap: Gap,
    why: &str,
) {
    let draft = check
        .draft(subject)
        .key_element(subject, consumer)
        .key_element(subject, queue)
        .title(format!("{} needs order that {} does not keep", shorten(&consumer.name, 34), shorten(&queue.name, 34)))
        .message(format!("{} needs the messages of {} in order, but {why}.", consumer.name, queue.name))
        .planned(gap == Gap::Planned)
        .element(subject, consumer)
        .mention(subject, queue)
        .edge(subject, edge, &format!("{} needs the order of {}", consumer.name, queue.name), &["ordering"])
        .quote_element(queue, &["partitions", "partition_key", "ordering"], &format!("{}: {why}", queue.name))
        .quote_element(consumer, &["replicas"], &format!("{} consumes {}", consumer.name, queue.name));
    check.report(draft);
}
