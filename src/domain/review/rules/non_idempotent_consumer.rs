//! LNT-D003: a message that is delivered twice and works twice.

use crate::domain::{
    model::kind::{Kind, Mode},
    review::{
        check::{Check, Gap, Subject, shorten},
        finding::Severity,
        graph::{Edge, kind},
        protocol::mentions,
        rule::declare_rule,
    },
};

declare_rule! {
    /// A consumer acts on commands that may come twice and is not idempotent.
    ///
    /// ## What it finds
    /// A relation from a consumer to a queue with `effect command` and `idempotent no`, where the queue delivers at least once or does not
    /// say how it delivers. On a queue that delivers at most once it is low.
    ///
    /// ## Why it matters
    /// Delivering again is how brokers work: after a restart, a rebalance, or an acknowledgement that came too late. Each time the card is
    /// charged again, the mail sent again.
    ///
    /// ## What to do
    /// Give each message an id and keep the processed ones in the same transaction as the effect, for longer than a message can come again.
    /// Or make the effect one that may happen twice, such as setting a value instead of adding to it.
    ///
    /// ## False positives
    /// A consumer that says nothing about idempotence is asked and not blamed. Projections and other consumers that only keep what they
    /// read are left out by their `effect`, and so are queues that state `delivery exactly-once`.
    ///
    /// ## Source
    /// The idempotent consumer pattern, and the delivery semantics of message brokers.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         shop = softwareSystem "Shop" {
    ///             orders = container "Order service" "Takes orders" "Go"
    ///             jobs = container "Billing jobs" "Orders to charge" "RabbitMQ"
    ///             billing = container "Billing worker" "Charges cards" "Go"
    ///         }
    ///         orders -> jobs "Publishes" "AMQP"
    ///         billing -> jobs "Consumes" "AMQP" {
    ///             properties {
    ///                 mode async-sub
    ///                 effect command
    ///                 idempotent no
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
    ///             jobs = container "Billing jobs" "Orders to charge" "RabbitMQ"
    ///             billing = container "Billing worker" "Charges cards" "Go"
    ///         }
    ///         orders -> jobs "Publishes" "AMQP"
    ///         billing -> jobs "Consumes" "AMQP" {
    ///             properties {
    ///                 mode async-sub
    ///                 effect command
    ///                 idempotent message-id
    ///             }
    ///         }
    ///     }
    /// }
    /// ```
    "LNT-D003" "non-idempotent-consumer" {
        severity: High up to High,
        set: Core,
        category: Data,
        kind: Risk,
        reads: Diagrams,
        grouping: Individual,
        key: "consumer and queue" version 1,
        fix: Planned each ["idempotent"],
        topics: ["GA3.5", "BA3.5"],
    }
}

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        let consumes = |edge: &&Edge<'_>| edge.mode == Mode::AsyncSub && edge.facts().is("effect", "command");
        for edge in subject.graph.edges().iter().filter(consumes) {
            judge(check, subject, edge);
        }
    }
}

fn judge<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, edge: &'a Edge<'a>) {
    let graph = &subject.graph;
    let (Some(consumer), Some(queue)) = (graph.source(edge), graph.target(edge)) else { return };
    if kind(queue) != Kind::Queue {
        return;
    }
    let delivery = edge.facts().value("delivery").or_else(|| queue.facts.value("delivery")).unwrap_or_default();
    if mentions(delivery, &["exactly-once", "exactly", "effectively-once"]) {
        return;
    }
    let gap = check.gap_of(subject.document, edge.relation.key.as_str(), &[edge.facts(), &consumer.facts], "idempotent");
    let Some(gap) = gap else { return };
    let mut draft = check
        .draft(subject)
        .key_element(subject, consumer)
        .key_element(subject, queue)
        .title(format!("{} does twice what {} delivers twice", shorten(&consumer.name, 34), shorten(&queue.name, 34)))
        .message(format!(
            "{} acts on commands from {} and is not idempotent, so a message that is delivered again is carried out again.",
            consumer.name, queue.name
        ))
        .planned(gap == Gap::Planned)
        .element(subject, consumer)
        .mention(subject, queue)
        .edge(subject, edge, &format!("{} consumes {}", consumer.name, queue.name), &["effect", "idempotent", "delivery"])
        .quote_element(queue, &["delivery"], &format!("{} delivers", queue.name));
    if edge.facts().get("idempotent").is_none() {
        draft = draft.quote_element(consumer, &["idempotent"], &format!("{} is not idempotent", consumer.name));
    }
    if mentions(delivery, &["at-most-once", "most"]) {
        draft = draft.severity(Severity::Low, "the queue delivers at most once; only a publisher that sends again makes duplicates");
    } else if delivery.trim().is_empty() {
        draft = draft.assumption("assumed that messages can come twice: delivery is not stated");
    }
    check.report(draft);
}
