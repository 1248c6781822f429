//! LNT-R011: a message that can't be processed, and no place for it.

use crate::domain::{
    model::{
        facts::State,
        kind::{Kind, Mode},
    },
    review::{
        check::{Check, Gap, Subject, listed},
        finding::Severity,
        fix::{
            Offer, Repair,
            broken::{Broken, there},
            patch::{New, Patch, is_taken, short},
            plan,
        },
        graph::{Edge, kind},
        protocol::Product,
        rule::{FixClass, declare_rule},
    },
};

declare_rule! {
    /// A queue of commands has no dead-letter queue or delivery limit.
    ///
    /// ## What it finds
    /// A queue whose consumers act on commands and that states `dlq no` or `max_deliveries no`, itself or on the relation to a consumer. On a stream, and
    /// when it is not stated what the consumers do, the finding is medium.
    ///
    /// ## Why it matters
    /// One message that always fails is either dropped, and then its work is lost without a trace, or delivered for ever, and then it blocks what is
    /// behind it.
    ///
    /// ## What to do
    /// Limit deliveries, move what fails to a dead-letter queue, alert on its length, and have a tool that plays it back.
    ///
    /// ## False positives
    /// Notifications that may be lost: `loss_ok yes`. On Kafka a retry or parking topic, or a written policy to skip, is a dead-letter queue: name it
    /// in `dlq`.
    ///
    /// ## Source
    /// Messaging guidance of the cloud providers.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         shop = softwareSystem "Shop" {
    ///             orders = container "Order service" "Takes orders" "Go"
    ///             jobs = container "Dispatch jobs" "Parcels to send" "RabbitMQ" {
    ///                 properties {
    ///                     kind queue
    ///                     dlq no
    ///                 }
    ///             }
    ///             dispatch = container "Dispatch worker" "Books parcels" "Go"
    ///         }
    ///         orders -> jobs "Publishes" "AMQP"
    ///         dispatch -> jobs "Consumes" "AMQP" {
    ///             properties {
    ///                 mode async-sub
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
    ///             jobs = container "Dispatch jobs" "Parcels to send" "RabbitMQ" {
    ///                 properties {
    ///                     kind queue
    ///                     dlq dispatch.dead
    ///                     max_deliveries 5
    ///                 }
    ///             }
    ///             dispatch = container "Dispatch worker" "Books parcels" "Go"
    ///         }
    ///         orders -> jobs "Publishes" "AMQP"
    ///         dispatch -> jobs "Consumes" "AMQP" {
    ///             properties {
    ///                 mode async-sub
    ///                 effect command
    ///             }
    ///         }
    ///     }
    /// }
    /// ```
    "LNT-R011" "no-dead-letter" {
        severity: High up to High,
        set: Core,
        category: Reliability,
        kind: Risk,
        reads: Diagrams,
        grouping: PerSubject,
        key: "the queue" version 1,
        fix: Proposal by mend,
        topics: ["GA3.5", "GA5.3"],
    }
}

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        for (index, queue) in subject.graph.elements().filter(|(_, element)| kind(element) == Kind::Queue) {
            let lossy = queue.facts.is_yes("loss_ok") || queue.facts.is("role", "telemetry");
            if !lossy {
                judge(check, subject, index);
            }
        }
    }
}

fn judge<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, index: usize) {
    let graph = &subject.graph;
    let Some(queue) = graph.element(index) else { return };
    let consumers: Vec<&Edge<'_>> = graph
        .incoming(index)
        .filter(|edge| edge.mode == Mode::AsyncSub && !edge.facts().is_yes("loss_ok"))
        .filter(|edge| matches!(edge.facts().state("effect"), State::Unknown) || edge.facts().is("effect", "command"))
        .collect();
    if consumers.is_empty() {
        return;
    }
    let mut worst: Option<(Gap, &'static str)> = None;
    for name in ["dlq", "max_deliveries"] {
        let stated = consumers.iter().map(|edge| edge.facts()).chain([&queue.facts]).find(|facts| facts.state(name) != State::Unknown);
        if let Some(gap) = check.gap(subject.document, queue.key.as_str(), stated.unwrap_or(&queue.facts), name)
            && worst.is_none_or(|(known, _)| gap > known)
        {
            worst = Some((gap, name));
        }
    }
    let Some((gap, missing)) = worst else { return };
    let stream = queue.technology.as_deref().is_some_and(Product::is_stream);
    let commands = consumers.iter().any(|edge| edge.facts().is("effect", "command"));
    let (control, fate) = if missing == "dlq" && queue.facts.state("max_deliveries") != State::No {
        ("dead-letter queue", if stream { "blocks its partition or is skipped" } else { "is dropped, or returns for ever" })
    } else {
        ("delivery limit", "is delivered for ever")
    };
    let names: Vec<&str> = consumers.iter().filter_map(|edge| graph.source(edge)).map(|consumer| consumer.name.as_str()).collect();
    let mut draft = check
        .draft(subject)
        .key_element(subject, queue)
        .title(format!("{} has no {control}", queue.name))
        .message(format!("A message on {} that {} can't process {fate}.", queue.name, listed(&names)))
        .planned(gap == Gap::Planned)
        .element(subject, queue)
        .quote_element(queue, &["dlq", "max_deliveries"], &format!("{} has no {control}", queue.name));
    for edge in consumers {
        if let Some(consumer) = graph.source(edge) {
            draft = draft.mention(subject, consumer).edge(
                subject,
                edge,
                &format!("{} consumes {}", consumer.name, queue.name),
                &["effect", "dlq", "max_deliveries"],
            );
        }
    }
    if stream {
        draft = draft.severity(Severity::Medium, "a stream keeps its messages");
    } else if !commands {
        draft = draft.severity(Severity::Medium, "what the consumers do is not stated");
    }
    check.report(draft);
}

/// A queue for what fails, or the plan to have one.
fn mend(broken: &Broken<'_>) -> Vec<Offer> {
    let mut offers: Vec<Offer> = parked(broken).map(Offer::from).into_iter().collect();
    offers.extend(plan::each(broken, &["dlq", "max_deliveries"]));
    offers
}

fn parked(broken: &Broken<'_>) -> Option<Repair> {
    let graph = broken.graph()?;
    let queue = *broken.elements().first()?;
    let name = format!("{} dead letters", short(&queue.name));
    if is_taken(broken, &name) {
        return None;
    }
    let mut patch = Patch::new();
    let description = "Messages that could not be processed, for people to look at".to_owned();
    let parked = patch.add(New { kind: Kind::Queue, name, beside: queue, technology: queue.technology.as_deref(), description });
    let protocol = graph.unit(&queue.key).and_then(|queue| graph.incoming(queue).find_map(|edge| edge.relation.technology.as_deref()));
    patch.connect(&there(&queue.key), &parked, "Hands over what failed", protocol);
    for pick in ["dlq", "max_deliveries"].into_iter().flat_map(|fact| plan::stated(broken, fact, plan::if_missing)) {
        patch.plan(&pick);
    }
    patch.finish(broken, FixClass::Proposal, format!("Draw a dead-letter queue for {} and plan it", short(&queue.name)))
}
