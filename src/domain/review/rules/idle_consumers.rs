//! LNT-S004: consumers that can never get a message.

use crate::domain::{
    model::kind::{Kind, Mode},
    review::{
        amount::{most_replicas, number, plain},
        check::{Check, Subject},
        fix::{
            Offer,
            broken::{Bearer, Broken},
            plan::{self, Pick},
        },
        graph::{Edge, kind},
        rule::declare_rule,
    },
};

declare_rule! {
    /// A group of consumers has more instances than its topic has partitions.
    ///
    /// ## What it finds
    /// A queue with stated `partitions` and a consumer whose replicas, or the most that it scales to, are more than that.
    ///
    /// ## Why it matters
    /// A partition is read by one instance of a group. The others wait for ever: they cost money, and whoever scales out to catch up gains nothing.
    ///
    /// ## What to do
    /// Let the consumer scale up to the number of partitions and no further, or add partitions, which changes where keys go. Within one instance, work
    /// in parallel by key.
    ///
    /// ## False positives
    /// Queues without partitions are left out, and so are consumers with `leader_election`, whose other instances stand by on purpose.
    ///
    /// ## Source
    /// How groups of consumers share partitions in log-based brokers; arithmetic on what the diagram states.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         shop = softwareSystem "Shop" {
    ///             events = container "order.events" "What happened to orders" "Kafka" {
    ///                 properties {
    ///                     partitions 12
    ///                 }
    ///             }
    ///             mail = container "Mail worker" "Sends receipts" "Go" {
    ///                 properties {
    ///                     replicas 24
    ///                 }
    ///             }
    ///         }
    ///         mail -> events "Consumes" "Kafka"
    ///     }
    /// }
    /// ```
    /// ```dsl,passes
    /// workspace {
    ///     model {
    ///         shop = softwareSystem "Shop" {
    ///             events = container "order.events" "What happened to orders" "Kafka" {
    ///                 properties {
    ///                     partitions 24
    ///                 }
    ///             }
    ///             mail = container "Mail worker" "Sends receipts" "Go" {
    ///                 properties {
    ///                     replicas "4..24"
    ///                 }
    ///             }
    ///         }
    ///         mail -> events "Consumes" "Kafka"
    ///     }
    /// }
    /// ```
    "LNT-S004" "idle-consumers" {
        severity: Medium up to Medium,
        set: Math,
        category: Scalability,
        kind: Hygiene,
        reads: Diagrams,
        grouping: Individual,
        key: "queue and consumer" version 1,
        fix: Planned by mend,
        topics: ["GA3.5", "GA5.4"],
    }
}

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        for edge in subject.graph.edges().iter().filter(|edge| edge.mode == Mode::AsyncSub) {
            judge(check, subject, edge);
        }
    }
}

fn judge<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, edge: &'a Edge<'a>) {
    let (Some(consumer), Some(queue)) = (subject.graph.source(edge), subject.graph.target(edge)) else { return };
    if kind(queue) != Kind::Queue || consumer.facts.is_yes("leader_election") {
        return;
    }
    let (Some(partitions), Some(replicas)) = (number(&queue.facts, "partitions"), most_replicas(consumer)) else { return };
    if replicas <= partitions {
        return;
    }
    let idle = plain(replicas - partitions);
    let draft = check
        .draft(subject)
        .key_element(subject, queue)
        .key_element(subject, consumer)
        .title(format!("{} can have {} instances for {} partitions", consumer.name, plain(replicas), plain(partitions)))
        .message(format!(
            "{} has {} partitions. {idle} of the instances of {} never get a message.",
            queue.name,
            plain(partitions),
            consumer.name
        ))
        .element(subject, consumer)
        .mention(subject, queue)
        .quote_element(consumer, &["replicas", "autoscale"], &format!("{} has {} instances", consumer.name, plain(replicas)))
        .quote_element(queue, &["partitions"], &format!("{} has {} partitions", queue.name, plain(partitions)))
        .edge(subject, edge, &format!("{} consumes {}", consumer.name, queue.name), &[]);
    check.report(draft);
}

/// Fewer instances, or more partitions.
fn mend(broken: &Broken<'_>) -> Vec<Offer> {
    let [consumer, queue, ..] = broken.elements()[..] else { return Vec::new() };
    let (Some(partitions), Some(replicas)) = (number(&queue.facts, "partitions"), most_replicas(consumer)) else { return Vec::new() };
    let (few, many) = (plain(partitions), plain(replicas));
    let too_many = |fact: &&'static str| {
        let stated = consumer.facts.get(fact).map(|fact| fact.value.contains(&many));
        stated == Some(true)
    };
    let bearer = Bearer::element(consumer);
    let fewer = ["replicas", "autoscale"].into_iter().filter(|fact| too_many(fact));
    let fewer = fewer.filter_map(|fact| Some((fact, consumer.facts.get(fact)?)));
    let fewer: Vec<Pick<'_>> =
        fewer.map(|(fact, stated)| Pick { bearer, fact, note: Some(plan::instead(&format!("at most {few}"), stated)) }).collect();
    let more = Pick { bearer: Bearer::element(queue), fact: "partitions", note: Some(format!("{many} instead of {few}")) };
    [plan::planned(broken, &fewer), plan::planned(broken, &[more])].into_iter().flatten().map(Offer::from).collect()
}
