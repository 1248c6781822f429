//! LNT-D004: data that lives only in a cache.

use std::collections::BTreeSet;

use crate::domain::{
    model::{Element, facts::State, kind::Kind},
    review::{
        check::{Check, Subject, listed},
        finding::Severity,
        graph::{Edge, kind},
        rule::declare_rule,
    },
};

declare_rule! {
    /// A cache is the only home of some data.
    ///
    /// ## What it finds
    /// A cache without persistence that a service writes while neither the service nor its context has a durable store, or whose `data` no durable
    /// store holds. When persistence is not stated, the finding is medium.
    ///
    /// ## Why it matters
    /// A cache may drop anything at any time: on restart, on eviction, when it is resized. For data that lives nowhere else, that is data loss.
    ///
    /// ## What to do
    /// Keep the data in a durable store behind the cache, or decide that it may be lost and say so: `loss_ok yes`, with an owner.
    ///
    /// ## False positives
    /// Sessions and carts that may be lost by decision: `loss_ok yes` silences the rule. So does `persistence yes`.
    ///
    /// ## Source
    /// Caching guidance of the cloud providers. A well-known demo shop keeps its carts in a cache on a volume that vanishes with the pod.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         shop = softwareSystem "Shop" {
    ///             carts = container "Cart service" "Keeps carts" "Go"
    ///             cartcache = container "Cart store" "Carts of all customers" "Redis 7" {
    ///                 properties {
    ///                     kind cache
    ///                     persistence none
    ///                 }
    ///             }
    ///         }
    ///         carts -> cartcache "Stores carts" "RESP"
    ///     }
    /// }
    /// ```
    /// ```dsl,passes
    /// workspace {
    ///     model {
    ///         shop = softwareSystem "Shop" {
    ///             web = container "Web shop" "Serves pages" "Go"
    ///             sessions = container "Session cache" "Who is signed in" "Redis 7" {
    ///                 properties {
    ///                     kind cache
    ///                     persistence none
    ///                     loss_ok yes
    ///                 }
    ///             }
    ///         }
    ///         web -> sessions "Stores sessions" "RESP"
    ///     }
    /// }
    /// ```
    "LNT-D004" "cache-as-system-of-record" {
        severity: High up to Critical,
        set: Core,
        category: Data,
        kind: Risk,
        reads: Diagrams,
        grouping: Individual,
        key: "the cache" version 1,
        fix: None,
        topics: ["GA2.6", "GA3.3", "BA3.4"],
    }
}

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        for (index, cache) in subject.graph.elements().filter(|(_, element)| kind(element) == Kind::Cache) {
            if !cache.facts.is_yes("loss_ok") && !subject.graph.is_system_of_record(cache) {
                judge(check, subject, index, cache);
            }
        }
    }
}

fn judge<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, index: usize, cache: &'a Element) {
    let graph = &subject.graph;
    let persistence = cache.facts.value("persistence").map(|value| value.trim().to_lowercase());
    let volatile = matches!(persistence.as_deref(), Some("emptydir" | "memory" | "in-memory" | "ephemeral"));
    let state = cache.facts.state("persistence");
    if !volatile && matches!(state, State::Yes | State::NotApplicable) {
        return;
    }
    let writers: Vec<&Edge<'_>> = graph
        .incoming(index)
        .filter(|edge| edge.access().writes() && graph.source(edge).is_some_and(|writer| graph.is_compute(writer)))
        .collect();
    let homeless = homeless_data(subject, cache, &writers);
    let alone: Vec<&&Edge<'_>> = writers.iter().filter(|edge| !has_durable_store(subject, edge)).collect();
    // A gateway or worker beside nothing says little; a service that keeps its data here says it all.
    let services =
        alone.iter().any(|edge| graph.source(edge).is_some_and(|writer| !matches!(kind(writer), Kind::Gateway | Kind::Frontend)));
    if homeless.is_empty() && !services {
        return;
    }
    let what = if homeless.is_empty() {
        let names: Vec<&str> = alone.iter().filter_map(|edge| graph.source(edge)).map(|writer| writer.name.as_str()).collect();
        format!("what {} keeps", listed(&names))
    } else {
        listed(&homeless)
    };
    let mut draft = check
        .draft(subject)
        .key_element(subject, cache)
        .title(format!("{} is the only home of {what}", cache.name))
        .message(format!("No durable store holds {what}. A restart or an eviction of {} is data loss.", cache.name))
        .planned(state == State::Planned)
        .element(subject, cache)
        .quote_element(cache, &["persistence", "data"], &format!("{} keeps nothing through a restart", cache.name));
    for edge in alone {
        if let Some(writer) = graph.source(edge) {
            draft = draft.mention(subject, writer).edge(subject, edge, &format!("{} writes {}", writer.name, cache.name), &["access"]);
        }
    }
    if state == State::Unknown {
        check.unknown(subject.document, cache.key.as_str(), "persistence");
        draft = draft.severity(Severity::Medium, "persistence is not stated");
    }
    check.report(draft);
}

/// Data assets of the cache that no durable store names; none while no durable store names any.
fn homeless_data<'a>(subject: &Subject<'a>, cache: &'a Element, writers: &[&Edge<'_>]) -> Vec<&'a str> {
    let graph = &subject.graph;
    let durable: BTreeSet<&str> = graph
        .elements()
        .filter(|(_, element)| graph.is_system_of_record(element))
        .filter_map(|(_, element)| element.facts.get("data"))
        .flat_map(|data| data.list())
        .collect();
    if durable.is_empty() || writers.is_empty() {
        return Vec::new();
    }
    let own = cache.facts.get("data").map(crate::domain::model::facts::Fact::list).unwrap_or_default();
    own.into_iter().filter(|asset| !durable.contains(asset)).collect()
}

/// The writer uses a system of record, or another service of its stated context does.
fn has_durable_store(subject: &Subject<'_>, edge: &Edge<'_>) -> bool {
    let graph = &subject.graph;
    let Some(writer) = graph.source(edge) else { return true };
    let context = graph.context(writer).filter(|context| context.stated);
    graph.edges().iter().any(|other| {
        graph.target(other).is_some_and(|store| graph.is_system_of_record(store))
            && (other.source == edge.source
                || (context.is_some()
                    && graph.source(other).and_then(|client| graph.context(client)).filter(|context| context.stated) == context))
    })
}
