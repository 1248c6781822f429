//! LNT-D006: events whose shape nobody has promised.

use crate::domain::{
    model::{
        Element,
        facts::Facts,
        kind::{Kind, Mode},
    },
    review::{
        check::{Check, Gap, Subject, listed, shorten},
        finding::Severity,
        graph::{Edge, ask::Together, kind},
        rule::declare_rule,
    },
};

declare_rule! {
    /// Events cross from team to team without a versioned schema.
    ///
    /// ## What it finds
    /// A topic that states `schema no` or `compatibility no`, and has a publisher and a consumer of different owners or contexts. Inside
    /// one team, and where it is not stated who belongs to whom, it is low.
    ///
    /// ## Why it matters
    /// The publisher renames a field, its tests are green, and consumers it does not know stop or read nonsense. Nobody was asked, because
    /// nobody had promised anything.
    ///
    /// ## What to do
    /// Describe the events (AsyncAPI, Protobuf, Avro), check in the build that a change is compatible, and give every event an envelope
    /// with id, type, version and time.
    ///
    /// ## False positives
    /// A topic that says nothing about its schema is asked and not blamed. Topics that nobody consumes or nobody fills are another matter.
    ///
    /// ## Source
    /// Guidance on service contracts in the cloud providers' reliability frameworks.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         properties {
    ///             stage live
    ///         }
    ///         shop = softwareSystem "Shop" {
    ///             orders = container "Order service" "Takes orders" "Go" {
    ///                 properties {
    ///                     owner team-orders
    ///                 }
    ///             }
    ///             placed = container "orders.placed" "Orders that were placed" "Kafka" {
    ///                 properties {
    ///                     schema none
    ///                 }
    ///             }
    ///             invoices = container "Invoice service" "Writes invoices" "Go" {
    ///                 properties {
    ///                     owner team-billing
    ///                 }
    ///             }
    ///         }
    ///         orders -> placed "Publishes" "Kafka"
    ///         invoices -> placed "Consumes" "Kafka"
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
    ///             orders = container "Order service" "Takes orders" "Go" {
    ///                 properties {
    ///                     owner team-orders
    ///                 }
    ///             }
    ///             placed = container "orders.placed" "Orders that were placed" "Kafka" {
    ///                 properties {
    ///                     schema registry
    ///                 }
    ///             }
    ///             invoices = container "Invoice service" "Writes invoices" "Go" {
    ///                 properties {
    ///                     owner team-billing
    ///                 }
    ///             }
    ///         }
    ///         orders -> placed "Publishes" "Kafka"
    ///         invoices -> placed "Consumes" "Kafka"
    ///     }
    /// }
    /// ```
    "LNT-D006" "event-without-contract" {
        severity: Medium up to Medium,
        set: Prod,
        category: Data,
        kind: Risk,
        reads: Diagrams,
        grouping: PerSubject,
        key: "the topic" version 1,
        fix: Planned each ["schema", "compatibility"],
        topics: ["GA1.3", "BA1.3"],
    }
}

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        for (index, topic) in subject.graph.elements().filter(|(_, element)| kind(element) == Kind::Queue) {
            judge(check, subject, index, topic);
        }
    }
}

fn judge<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, index: usize, topic: &'a Element) {
    let graph = &subject.graph;
    let publishers: Vec<&Edge<'_>> = graph.incoming(index).filter(|edge| edge.mode == Mode::AsyncPub).collect();
    let consumers: Vec<&Edge<'_>> = graph.incoming(index).filter(|edge| edge.mode == Mode::AsyncSub).collect();
    if publishers.is_empty() || consumers.is_empty() {
        return;
    }
    let facts: Vec<&Facts> = std::iter::once(&topic.facts).chain(publishers.iter().map(|edge| edge.facts())).collect();
    let schema = check.gap_of(subject.document, topic.key.as_str(), &facts, "schema");
    let lack = match schema {
        Some(gap) => Some(("no schema", gap)),
        // Only a schema can be compatible with the one before.
        None => check
            .gap_of(subject.document, topic.key.as_str(), &facts, "compatibility")
            .map(|gap| ("no rule for changes of its schema", gap)),
    };
    let Some((lack, gap)) = lack else { return };
    let ends = |edges: &[&Edge<'a>]| -> Vec<&'a Element> { edges.iter().filter_map(|edge| graph.source(edge)).collect() };
    let (from, to) = (ends(&publishers), ends(&consumers));
    let together = crossing(subject, &from, &to);
    let names = |elements: &[&Element]| listed(&elements.iter().map(|element| element.name.as_str()).collect::<Vec<_>>());
    let mut draft = check
        .draft(subject)
        .key_element(subject, topic)
        .title(format!("Events on {} have {lack}", shorten(&topic.name, 40)))
        .message(format!("{} publish to {} and {} consume it, with {lack} between them.", names(&from), topic.name, names(&to)))
        .planned(gap == Gap::Planned)
        .element(subject, topic)
        .quote_element(topic, &["schema", "compatibility"], &format!("{} has {lack}", topic.name));
    for (edges, verb) in [(&publishers, "publishes to"), (&consumers, "consumes")] {
        for edge in edges {
            if let Some(end) = graph.source(edge) {
                let claim = format!("{} {verb} {}", end.name, topic.name);
                draft = draft.mention(subject, end).edge(subject, edge, &claim, &["schema", "compatibility"]);
            }
        }
    }
    match together {
        Together::No => {}
        Together::Yes => draft = draft.severity(Severity::Low, "publishers and consumers belong together"),
        Together::Unknown => draft = draft.severity(Severity::Low, "whether the events cross from team to team is not stated"),
    }
    check.report(draft);
}

/// Whether any consumer belongs elsewhere than the publishers; one publisher stands for those of its team.
fn crossing<'a>(subject: &'a Subject<'a>, publishers: &[&'a Element], consumers: &[&'a Element]) -> Together {
    let graph = &subject.graph;
    let outside = |element: &&Element| kind(element) == Kind::External;
    if publishers.iter().chain(consumers).any(outside) || graph.apart(publishers) {
        return Together::No;
    }
    let Some(publisher) = publishers.first() else { return Together::Unknown };
    let all = || consumers.iter().map(|consumer| graph.together(publisher, consumer));
    if all().any(|one| one == Together::No) {
        Together::No
    } else if all().all(|one| one == Together::Yes) {
        Together::Yes
    } else {
        Together::Unknown
    }
}
