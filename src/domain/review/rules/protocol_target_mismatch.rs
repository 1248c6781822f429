//! LNT-M004: an arrow with a protocol that its target does not speak.

use crate::domain::{
    agent::proposal::Thing,
    review::{
        check::{Check, Subject},
        fix::{
            Offer,
            broken::Broken,
            patch::{Patch, short},
        },
        graph::Edge,
        protocol::{Product, Protocol, mentions, words},
        rule::{FixClass, declare_rule},
    },
};

declare_rule! {
    /// A relation uses a protocol that its target does not speak.
    ///
    /// ## What it finds
    /// A relation whose protocol and whose target's technology are both known and do not fit: SQL to Kafka, AMQP to PostgreSQL, Redis commands to an
    /// object store. Also a broker's or database's protocol drawn straight to a service, where the broker or database is missing in between.
    ///
    /// ## Why it matters
    /// Usually the kind or the protocol is wrong, or an element is missing between the two. Other rules then look at the wrong thing.
    ///
    /// ## What to do
    /// Correct the protocol or the technology, or draw the element in between.
    ///
    /// ## False positives
    /// A technology or protocol that is not in the table is never reported. Stores with several protocols are known as such: Elasticsearch and
    /// ClickHouse speak HTTP and SQL, RabbitMQ speaks AMQP, MQTT and HTTP, PostgreSQL may be a queue.
    ///
    /// ## Source
    /// Checks of link content in threat modelling tools.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         shop = softwareSystem "Shop" {
    ///             orders = container "Order service" "Takes orders" "Go"
    ///             events = container "Order events" "What happened to orders" "Kafka" {
    ///                 properties {
    ///                     kind queue
    ///                 }
    ///             }
    ///         }
    ///         orders -> events "Publishes" "SQL"
    ///     }
    /// }
    /// ```
    /// ```dsl,passes
    /// workspace {
    ///     model {
    ///         shop = softwareSystem "Shop" {
    ///             orders = container "Order service" "Takes orders" "Go"
    ///             search = container "Order search" "Finds orders" "Elasticsearch 8" {
    ///                 properties {
    ///                     kind search-index
    ///                 }
    ///             }
    ///         }
    ///         orders -> search "Indexes" "HTTPS"
    ///     }
    /// }
    /// ```
    "LNT-M004" "protocol-target-mismatch" {
        severity: Medium up to Medium,
        set: Core,
        category: Model,
        kind: Hygiene,
        reads: Diagrams,
        grouping: Individual,
        key: "source and target" version 1,
        fix: Safe by mend,
        topics: ["BA2.2"],
    }
}

/// Languages and frameworks that services are written in.
const RUNTIMES: [&str; 26] = [
    "go",
    "golang",
    "rust",
    "java",
    "kotlin",
    "scala",
    "spring",
    "quarkus",
    "ktor",
    "axum",
    "node",
    "nodejs",
    "javascript",
    "typescript",
    "express",
    "nestjs",
    "python",
    "django",
    "flask",
    "fastapi",
    "ruby",
    "rails",
    "php",
    "laravel",
    "elixir",
    "asp",
];

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        for edge in subject.graph.edges() {
            let (Some(source), Some(target)) = (subject.graph.source(edge), subject.graph.target(edge)) else { continue };
            let Some((protocol, technology, missing)) = mismatch(subject, edge) else { continue };
            let remedy = match missing {
                Some(thing) => format!("Draw the {thing} between {} and {}, or correct the protocol.", source.name, target.name),
                None => format!("Correct the protocol, or the technology of {}, or draw the element in between.", target.name),
            };
            let draft = check
                .draft(subject)
                .key_element(subject, source)
                .key_element(subject, target)
                .title(format!("{} is called with {}, which {technology} does not speak", target.name, protocol.name()))
                .message(format!("{} → {} uses {}; {} is {technology}.", source.name, target.name, protocol.name(), target.name))
                .remedy(remedy)
                .element(subject, target)
                .mention(subject, source)
                .edge(subject, edge, &format!("{} calls {} with {}", source.name, target.name, protocol.name()), &["proto"])
                .quote_element(target, &[], &format!("{} is {technology}", target.name));
            check.report(draft);
        }
    }
}

/// The protocol, the technology that does not speak it, and what seems to be missing in between.
fn mismatch<'a>(subject: &Subject<'a>, edge: &Edge<'a>) -> Option<(Protocol, &'a str, Option<&'static str>)> {
    let protocol = edge.protocol()?;
    let target = subject.graph.target(edge)?;
    let technology = target.technology.as_deref().filter(|technology| !technology.trim().is_empty())?;
    if let Some(product) = Product::of(technology) {
        return (!product.speaks(protocol) && !subject.graph.is_compute(target)).then_some((protocol, technology, None));
    }
    if !subject.graph.is_compute(target) {
        return None;
    }
    let missing = match protocol {
        Protocol::Amqp | Protocol::Kafka => "broker",
        Protocol::Sql => "database",
        Protocol::Redis => "cache",
        _ => return None,
    };
    // Only what is certainly a program of ours; an unknown product may speak anything.
    let program = mentions(technology, &RUNTIMES) && Protocol::parse(technology) != Some(protocol);
    program.then_some((protocol, technology, Some(missing)))
}

/// Writes the one protocol that the technology speaks, where the text names a single word.
fn mend(broken: &Broken<'_>) -> Vec<Offer> {
    let Some(graph) = broken.graph() else { return Vec::new() };
    let offer = |edge: &Edge<'_>| {
        let target = graph.target(edge)?;
        let protocol = Product::of(target.technology.as_deref()?)?.only_protocol()?;
        let written = edge.relation.technology.as_deref().unwrap_or_default();
        if words(written).count() > 1 {
            return None;
        }
        let mut patch = Patch::new();
        if edge.facts().get("proto").is_some() {
            patch.forget(Thing::Relation(edge.relation.key.clone()), "proto");
        }
        if !written.eq_ignore_ascii_case(protocol) {
            patch.speak(&edge.relation.key, protocol);
        }
        let title = format!("Write {protocol} on the way to {}", short(&target.name));
        patch.finish(broken, FixClass::Safe, title).map(Offer::from)
    };
    broken.edges().into_iter().filter_map(offer).collect()
}
