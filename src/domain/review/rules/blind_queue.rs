//! LNT-O007: a backlog that nobody sees.

use crate::domain::{
    model::{
        Element,
        kind::{Kind, Mode},
    },
    review::{
        check::{Check, Gap, Subject, counted, listed},
        graph::{Edge, kind},
        rule::declare_rule,
    },
};

declare_rule! {
    /// Nobody is told when a queue backs up or its dead-letter queue fills.
    ///
    /// ## What it finds
    /// Queues with consumers that state `alerts no`, unless they are of tier 3 or may lose messages. All of a diagram are one finding.
    ///
    /// ## Why it matters
    /// What fails behind a queue fails in silence: the sender has its answer, no request breaks. The first sign is a customer who waited a day.
    ///
    /// ## What to do
    /// Alert on the age of the oldest message and on any message in the dead-letter queue, and scale consumers on what waits.
    ///
    /// ## False positives
    /// Queues of which nothing is stated are a question. Queues without a consumer have a rule of their own.
    ///
    /// ## Source
    /// Operators' accounts of queue backlogs and how to recover from them.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         properties {
    ///             stage live
    ///         }
    ///         shop = softwareSystem "Shop" {
    ///             orders = container "Order service" "Takes orders" "Go"
    ///             jobs = container "Dispatch jobs" "Parcels to send" "RabbitMQ" {
    ///                 properties {
    ///                     alerts no
    ///                 }
    ///             }
    ///             dispatch = container "Dispatch worker" "Books parcels" "Go"
    ///         }
    ///         orders -> jobs "Publishes" "AMQP"
    ///         dispatch -> jobs "Consumes" "AMQP"
    ///     }
    /// }
    /// ```
    /// ```dsl,passes
    /// workspace {
    ///     model {
    ///         properties {
    ///             stage live
    ///         }
    ///         shop = softwareSystem "Shop" {
    ///             orders = container "Order service" "Takes orders" "Go"
    ///             jobs = container "Dispatch jobs" "Parcels to send" "RabbitMQ" {
    ///                 properties {
    ///                     alerts "age of the oldest, dead letters"
    ///                 }
    ///             }
    ///             dispatch = container "Dispatch worker" "Books parcels" "Go"
    ///         }
    ///         orders -> jobs "Publishes" "AMQP"
    ///         dispatch -> jobs "Consumes" "AMQP"
    ///     }
    /// }
    /// ```
    "LNT-O007" "blind-queue" {
        severity: Medium up to Medium,
        set: Prod,
        category: Observability,
        kind: Hygiene,
        reads: Diagrams,
        grouping: PerDiagram,
        key: "the diagram" version 1,
        fix: Planned each ["alerts"],
        topics: ["GA3.5", "GA9.3"],
    }
}

struct Blind<'a> {
    queue: &'a Element,
    consumers: Vec<&'a Edge<'a>>,
    gap: Gap,
}

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        let graph = &subject.graph;
        let mut blind: Vec<Blind<'_>> = Vec::new();
        for (index, queue) in graph.elements().filter(|(_, element)| kind(element) == Kind::Queue) {
            let consumers: Vec<&Edge<'_>> = graph.incoming(index).filter(|edge| edge.mode == Mode::AsyncSub).collect();
            if consumers.is_empty() || graph.tier(queue).is_some_and(|tier| tier > 2) || queue.facts.is_yes("loss_ok") {
                continue;
            }
            if let Some(gap) = check.gap(subject.document, queue.key.as_str(), &queue.facts, "alerts") {
                blind.push(Blind { queue, consumers, gap });
            }
        }
        if !blind.is_empty() {
            report(check, subject, &blind);
        }
    }
}

fn report<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, blind: &[Blind<'a>]) {
    let names: Vec<&str> = blind.iter().map(|blind| blind.queue.name.as_str()).collect();
    let title = match names.as_slice() {
        [only] => format!("Nobody is told when {only} backs up"),
        _ => format!("Nobody is told when one of {} backs up", counted(names.len(), "queue")),
    };
    let mut draft = check
        .draft(subject)
        .key_word("blind queue")
        .title(title)
        .message(format!(
            "No alert on age, length or dead letters: {}. What fails behind a queue breaks no request that users see.",
            listed(&names)
        ))
        .planned(blind.iter().all(|blind| blind.gap == Gap::Planned));
    for blind in blind {
        let queue = blind.queue;
        draft = draft.element(subject, queue).quote_element(queue, &["alerts", "tier"], &format!("{} has no alert", queue.name));
        for edge in &blind.consumers {
            if let Some(consumer) = subject.graph.source(edge) {
                draft = draft.mention(subject, consumer);
            }
        }
    }
    check.report(draft);
}
