//! LNT-X010: sensitive data that ends up where nobody meant it to be.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{
    model::{
        Element,
        facts::State,
        kind::{Kind, Mode},
    },
    review::{
        check::{Check, Gap, Subject},
        classification::Class,
        finding::Anchor,
        graph::{Access, Edge, kind},
        rule::declare_rule,
    },
};

declare_rule! {
    /// Sensitive data flows to a place that is not meant to hold it.
    ///
    /// ## What it finds
    /// Relations whose `data` names an asset that is more sensitive than the target's `max_class` allows; that sends confidential data to an external
    /// system without a processing contract (`dpa no`); or that fills a cache, a topic, a search index or another copy that states `max_class none`. Reads
    /// carry data to the reader. One finding per asset and place.
    ///
    /// ## Why it matters
    /// Data is guarded where it was born and escapes through its copies: search, caches, topics, logs and analytics. Those are also the places that a
    /// request for deletion forgets.
    ///
    /// ## What to do
    /// Send fewer fields, or tokens in their place; or raise the class and the controls of the target; or sign the contract with the other side.
    ///
    /// ## False positives
    /// Only data that relations name is followed. A class that no one stated follows from the name of the asset and is listed as an assumption; state
    /// `max_class` on the relation where it is wrong. Tokens, hashes and ids stand in for data and are no data.
    ///
    /// ## Source
    /// Checks for unnecessary data transfer in threat modelling.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         properties {
    ///             stage live
    ///         }
    ///         insights = softwareSystem "Insights vendor" {
    ///             properties {
    ///                 kind external
    ///                 dpa no
    ///             }
    ///         }
    ///         shop = softwareSystem "Shop" {
    ///             orders = container "Order service" "Takes orders" "Go"
    ///         }
    ///         orders -> insights "Reports sales" "HTTPS" {
    ///             properties {
    ///                 data "customer_email, amount"
    ///                 timeout 2s
    ///             }
    ///         }
    ///     }
    /// }
    /// ```
    /// ```dsl,passes
    /// workspace {
    ///     model {
    ///         properties {
    ///             stage live
    ///         }
    ///         insights = softwareSystem "Insights vendor" {
    ///             properties {
    ///                 kind external
    ///                 dpa no
    ///             }
    ///         }
    ///         shop = softwareSystem "Shop" {
    ///             orders = container "Order service" "Takes orders" "Go"
    ///         }
    ///         orders -> insights "Reports sales" "HTTPS" {
    ///             properties {
    ///                 data "email_hash, amount"
    ///                 timeout 2s
    ///             }
    ///         }
    ///     }
    /// }
    /// ```
    "LNT-X010" "classification-flow" {
        severity: High up to Critical,
        set: Prod,
        category: Security,
        kind: Risk,
        reads: Diagrams,
        grouping: Individual,
        key: "the asset and the place it reaches" version 1,
        fix: None,
        topics: ["GA9.2"],
    }
}

/// One asset on one relation.
#[derive(Clone)]
struct Flow<'a> {
    from: usize,
    to: usize,
    edge: &'a Edge<'a>,
    class: Class,
    assumption: Option<String>,
}

/// A path is told back to here at most.
const LONGEST: usize = 6;

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        let mut assets: BTreeMap<String, Vec<Flow<'_>>> = BTreeMap::new();
        for edge in subject.graph.edges() {
            for (asset, flow) in carried(subject, edge) {
                assets.entry(asset).or_default().push(flow);
            }
        }
        for (asset, flows) in assets {
            let mut into: BTreeMap<usize, &Flow<'_>> = BTreeMap::new();
            for flow in &flows {
                into.entry(flow.to).or_insert(flow);
            }
            let mut told = BTreeSet::new();
            for flow in &flows {
                let Some(sink) = subject.graph.element(flow.to) else { continue };
                if let Some((allowed, gap)) = refused(check, subject, sink, flow.class)
                    && told.insert(flow.to)
                {
                    report(check, subject, &asset, flow, &into, &allowed, gap);
                }
            }
        }
    }
}

/// The assets that a relation names, with the way they take.
fn carried<'a>(subject: &'a Subject<'a>, edge: &'a Edge<'a>) -> Vec<(String, Flow<'a>)> {
    let stated = edge.facts().value("max_class").and_then(Class::parse);
    let assets: Vec<&str> = edge.facts().get("data").map(|data| data.list()).unwrap_or_default();
    let named = assets.iter().any(|asset| Class::suggested_by(asset).is_some());
    let (from, to) = if flows_back(subject, edge) { (edge.target, edge.source) } else { (edge.source, edge.target) };
    let flow = |asset: &str| {
        let suggested = Class::suggested_by(asset);
        let (class, assumption) = match (stated, suggested) {
            // One class for the whole list is that of its most sensitive member.
            (Some(_), None) if named => return None,
            (Some(class), _) => (class, None),
            (None, Some(class)) => (class, Some(format!("assumed {}: data {asset}", class.name()))),
            (None, None) => return None,
        };
        Some((asset.to_lowercase(), Flow { from, to, edge, class, assumption }))
    };
    assets.into_iter().filter_map(flow).collect()
}

/// The caller gets the data: it reads, or consumes.
fn flows_back(subject: &Subject<'_>, edge: &Edge<'_>) -> bool {
    let store = subject.graph.target(edge).is_some_and(|target| kind(target).is_store());
    let stated = edge.facts().is("effect", "query") || ["r", "read", "read-only"].iter().any(|access| edge.facts().is("access", access));
    edge.mode == Mode::AsyncSub || edge.reads || stated || (store && edge.access() == Access::Read)
}

/// Why data of a class does not belong into an element: what is allowed there, and whether that is about to change.
fn refused<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, sink: &'a Element, class: Class) -> Option<(String, Gap)> {
    if kind(sink) == Kind::Person {
        return None;
    }
    if kind(sink) == Kind::External
        && class >= Class::Confidential
        && let Some(gap) = check.gap(subject.document, sink.key.as_str(), &sink.facts, "dpa")
    {
        return Some(("no processing contract".to_owned(), gap));
    }
    let allowed = subject.graph.fact(sink, "max_class").filter(|fact| fact.state() != State::Unknown);
    let Some(fact) = allowed else {
        if is_copy(sink) && class >= Class::Confidential {
            check.unknown(subject.document, sink.key.as_str(), "max_class");
        }
        return None;
    };
    let (too_much, allowed) = Class::parse(&fact.value).map_or_else(
        || (fact.state() == State::No && class >= Class::Confidential, "nothing sensitive"),
        |allowed| (class > allowed, allowed.name()),
    );
    too_much.then(|| (format!("allowed: {allowed}"), Gap::Missing))
}

/// Holds data that lives elsewhere, or passes it on.
fn is_copy(sink: &Element) -> bool {
    let roles = ["derived", "replica", "read-model", "projection", "cache", "log", "logs", "analytics", "telemetry"];
    matches!(kind(sink), Kind::Cache | Kind::SearchIndex | Kind::Queue) || sink.facts.is_any("role", &roles)
}

fn report<'a>(
    check: &mut Check<'a>,
    subject: &'a Subject<'a>,
    asset: &str,
    flow: &Flow<'a>,
    into: &BTreeMap<usize, &Flow<'a>>,
    allowed: &str,
    gap: Gap,
) {
    let graph = &subject.graph;
    let Some(sink) = graph.element(flow.to) else { return };
    let mut path = vec![flow.clone()];
    let mut seen = BTreeSet::from([flow.to]);
    while path.len() < LONGEST
        && let Some(before) = path.last().and_then(|last| seen.insert(last.from).then_some(last.from)).and_then(|from| into.get(&from))
    {
        path.push((*before).clone());
    }
    path.reverse();
    let mut stations: Vec<&Element> = path.first().and_then(|first| graph.element(first.from)).into_iter().collect();
    stations.extend(path.iter().filter_map(|flow| graph.element(flow.to)));
    let names: Vec<&str> = stations.iter().map(|element| element.name.as_str()).collect();
    let mut draft = check
        .draft(subject)
        .key_element(subject, sink)
        .key_word(asset)
        .title(format!("{asset} reaches {}, which is not meant to hold it", sink.name))
        .message(format!("{asset} ({}) reaches {} ({allowed}) via {}.", flow.class.name(), sink.name, names.join(" → ")))
        .planned(gap == Gap::Planned)
        .element(subject, sink)
        .anchor(Anchor::Path { document: subject.document, relations: path.iter().map(|flow| flow.edge.relation.key.clone()).collect() });
    for element in stations {
        draft = draft.mention(subject, element);
    }
    for step in &path {
        draft = draft.edge(
            subject,
            step.edge,
            &format!("{asset} goes from {} to {}", graph.name(step.from), graph.name(step.to)),
            &["data", "max_class"],
        );
    }
    draft = draft.quote_element(sink, &["max_class", "dpa"], &format!("{}: {allowed}", sink.name));
    if let Some(assumption) = &flow.assumption {
        draft = draft.assumption(assumption);
    }
    check.report(draft);
}
