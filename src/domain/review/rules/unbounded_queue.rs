//! LNT-S005: a queue that may grow for ever.

use crate::domain::{
    model::{
        Element,
        kind::{Kind, Mode},
    },
    review::{
        check::{Check, Gap, Subject, listed},
        graph::{Edge, kind},
        rule::declare_rule,
    },
};

declare_rule! {
    /// A queue has no bound, and the public or a batch can fill it.
    ///
    /// ## What it finds
    /// Queues that state `max_length no`, `retention no` or `backpressure no` and state no other bound, when what fills them is reached by people or
    /// other systems, directly or through a gateway, or is a batch.
    ///
    /// ## Why it matters
    /// When consumers fall behind, the queue grows until the disk is full, and fresh work waits behind hours of stale work that nobody wants any more.
    ///
    /// ## What to do
    /// Bound the length or the age of messages, refuse or shed work at the bound so that the producer notices, and scale consumers on the age of the
    /// oldest message.
    ///
    /// ## False positives
    /// A bound of any kind is enough: `max_length`, `retention`, `ttl` or `backpressure`. A log with stated retention is bounded by it.
    ///
    /// ## Source
    /// Guidance on failing fast and limiting queues in the cloud providers' reliability frameworks.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         properties {
    ///             stage live
    ///         }
    ///         user = person "User"
    ///         shop = softwareSystem "Shop" {
    ///             upload = container "Upload API" "Takes pictures" "Go"
    ///             jobs = container "Picture jobs" "Pictures to shrink" "RabbitMQ" {
    ///                 properties {
    ///                     max_length no
    ///                 }
    ///             }
    ///         }
    ///         user -> upload "Sends pictures" "HTTPS"
    ///         upload -> jobs "Publishes" "AMQP"
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
    ///             upload = container "Upload API" "Takes pictures" "Go"
    ///             jobs = container "Picture jobs" "Pictures to shrink" "RabbitMQ" {
    ///                 properties {
    ///                     max_length 100000
    ///                     backpressure "publisher confirms"
    ///                 }
    ///             }
    ///         }
    ///         user -> upload "Sends pictures" "HTTPS"
    ///         upload -> jobs "Publishes" "AMQP"
    ///     }
    /// }
    /// ```
    "LNT-S005" "unbounded-queue" {
        severity: Medium up to High,
        set: Prod,
        category: Scalability,
        kind: Risk,
        reads: Diagrams,
        grouping: PerSubject,
        key: "the queue" version 1,
        fix: Planned one ["max_length", "retention", "backpressure", "ttl"],
        topics: ["GA3.5", "GA3.6"],
    }
}

const BOUNDS: [&str; 4] = ["max_length", "retention", "backpressure", "ttl"];

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        let exposed = subject.graph.exposed();
        for (index, queue) in subject.graph.elements().filter(|(_, element)| kind(element) == Kind::Queue) {
            if BOUNDS.iter().any(|name| queue.facts.is_yes(name)) {
                continue;
            }
            let producers: Vec<&Edge<'_>> =
                subject.graph.incoming(index).filter(|edge| edge.mode == Mode::AsyncPub && surges(subject, &exposed, edge)).collect();
            if !producers.is_empty() {
                judge(check, subject, queue, &producers);
            }
        }
    }
}

fn judge<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, queue: &'a Element, producers: &[&'a Edge<'a>]) {
    // One question is enough where nothing is stated: how long the queue may get.
    let stated: Vec<Gap> = BOUNDS
        .iter()
        .skip(1)
        .filter(|name| queue.facts.0.contains_key(**name))
        .filter_map(|name| check.gap(subject.document, queue.key.as_str(), &queue.facts, name))
        .collect();
    let length = if stated.is_empty() || queue.facts.0.contains_key("max_length") {
        check.gap(subject.document, queue.key.as_str(), &queue.facts, "max_length")
    } else {
        None
    };
    // A planned bound is a bound to come, whatever else is missing.
    let Some(gap) = stated.into_iter().chain(length).min() else { return };
    let names: Vec<&str> = producers.iter().filter_map(|edge| subject.graph.source(edge)).map(|producer| producer.name.as_str()).collect();
    let mut draft = check
        .draft(subject)
        .key_element(subject, queue)
        .title(format!("{} can grow without limit", queue.name))
        .message(format!("Nothing tells {} to stop when the consumers of {} fall behind.", listed(&names), queue.name))
        .planned(gap == Gap::Planned)
        .element(subject, queue)
        .quote_element(queue, &BOUNDS, &format!("{} has no bound", queue.name));
    for edge in producers {
        if let Some(producer) = subject.graph.source(edge) {
            draft = draft
                .mention(subject, producer)
                .edge(subject, edge, &format!("{} fills {}", producer.name, queue.name), &[])
                .rests_on_mode(edge);
        }
    }
    check.report(draft);
}

/// How much it sends is decided outside, or comes all at once.
fn surges(subject: &Subject<'_>, exposed: &[bool], edge: &Edge<'_>) -> bool {
    let Some(producer) = subject.graph.source(edge) else { return false };
    let batch = kind(producer) == Kind::Scheduler || producer.facts.is("role", "batch") || edge.role_is(&["batch"]);
    batch || exposed.get(edge.source) == Some(&true) || subject.graph.is_outside(producer)
}
