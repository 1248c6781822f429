//! LNT-D005: a cache that nobody empties.

use crate::domain::{
    model::{
        Element,
        facts::{Fact, Facts, State},
        kind::Kind,
    },
    review::{
        check::{Check, Gap, Subject, listed, shorten},
        finding::Severity,
        graph::{Edge, kind},
        protocol::mentions,
        rule::declare_rule,
    },
};

declare_rule! {
    /// A cache has no expiry or no invalidation.
    ///
    /// ## What it finds
    /// A cache, or a service's relation to one, that states `ttl no` or `invalidation no`; or, above 100 requests a second,
    /// `stampede_protection no`. If the other one of expiry and invalidation is stated to be there, it is low.
    ///
    /// ## Why it matters
    /// An entry without an end shows what was true once, to some users and not to others. And when a popular entry runs out, all callers
    /// ask the database for it at the same moment.
    ///
    /// ## What to do
    /// Let entries expire, with some jitter; remove or version them when what they copy changes; let one caller refill an entry while the
    /// others wait or take the old one. Agree with the business how old an answer may be, and state it as `staleness`.
    ///
    /// ## False positives
    /// Files that never change under their name: `role cdn`, or a description that says static or immutable. A cache that is filled on
    /// every write (`pattern write-through`), and one whose `staleness` is agreed, need no invalidation. What is not stated is asked and
    /// not blamed.
    ///
    /// ## Source
    /// Caching guidance of the cloud providers, and the usual slips in hand-written service layers.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         properties {
    ///             stage live
    ///         }
    ///         shop = softwareSystem "Shop" {
    ///             profiles = container "Profile service" "Knows customers" "Go"
    ///             cache = container "Profile cache" "Profiles that were read lately" "Redis 7" {
    ///                 properties {
    ///                     ttl no
    ///                     invalidation no
    ///                 }
    ///             }
    ///         }
    ///         profiles -> cache "Caches profiles" "RESP"
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
    ///             profiles = container "Profile service" "Knows customers" "Go"
    ///             cache = container "Profile cache" "Profiles that were read lately" "Redis 7" {
    ///                 properties {
    ///                     ttl 5m
    ///                     invalidation on-write
    ///                 }
    ///             }
    ///         }
    ///         profiles -> cache "Caches profiles" "RESP"
    ///     }
    /// }
    /// ```
    "LNT-D005" "cache-without-policy" {
        severity: Medium up to Medium,
        set: Prod,
        category: Data,
        kind: Risk,
        reads: Diagrams,
        grouping: PerSubject,
        key: "the cache" version 1,
        fix: Planned each ["ttl", "invalidation", "stampede_protection"],
        topics: ["GA2.6", "GA3.3", "BA3.4"],
    }
}

/// From so many requests a second on, an entry that runs out is felt.
const BUSY: f64 = 100.0;

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        let caches = subject.graph.elements().filter(|(_, element)| kind(element) == Kind::Cache && !is_static(element));
        for (index, cache) in caches {
            judge(check, subject, index, cache);
        }
    }
}

/// What never changes under its name needs no policy.
fn is_static(cache: &Element) -> bool {
    let said = [Some(cache.name.as_str()), cache.technology.as_deref(), cache.description.as_deref()];
    cache.facts.is_any("role", &["cdn", "static", "lock"])
        || said.into_iter().flatten().any(|text| mentions(text, &["cdn", "static", "immutable", "assets"]))
}

/// A control that is missing, with the relations that say so or rely on it.
struct Lack<'a> {
    what: &'static str,
    gap: Gap,
    edges: Vec<&'a Edge<'a>>,
}

fn judge<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, index: usize, cache: &'a Element) {
    let graph = &subject.graph;
    let clients: Vec<&Edge<'_>> = graph
        .incoming(index)
        .filter(|edge| edge.is_sync() && graph.source(edge).is_some_and(|client| graph.is_compute(client)))
        .filter(|edge| !edge.role_is(&["lock", "lease", "rate-limit"]) && !filled_on_write(edge, cache))
        .collect();
    let stated = |name: &str| {
        let facts = clients.iter().map(|edge| edge.facts()).chain([&cache.facts]);
        facts.map(|facts| facts.state(name)).any(|state| matches!(state, State::Yes | State::NotApplicable))
    };
    let agreed = stated("staleness") || stated("consistency");
    let mut lacks: Vec<Lack<'_>> = Vec::new();
    for (what, name) in [("expiry", "ttl"), ("invalidation", "invalidation"), ("protection against a stampede", "stampede_protection")] {
        let asked = clients.iter().copied().filter(|edge| match name {
            "invalidation" => !agreed,
            "stampede_protection" => is_busy(edge, cache),
            _ => true,
        });
        let missing: Vec<(&Edge<'_>, Gap)> = asked
            .filter_map(|edge| {
                let facts: [&Facts; 2] = [edge.facts(), &cache.facts];
                check.gap_of(subject.document, cache.key.as_str(), &facts, name).map(|gap| (edge, gap))
            })
            .collect();
        if let Some(gap) = missing.iter().map(|(_, gap)| *gap).max() {
            lacks.push(Lack { what, gap, edges: missing.into_iter().map(|(edge, _)| edge).collect() });
        }
    }
    if !lacks.is_empty() {
        report(check, subject, cache, &lacks, stated("ttl"), stated("invalidation"));
    }
}

fn filled_on_write(edge: &Edge<'_>, cache: &Element) -> bool {
    let pattern = edge.facts().value("pattern").or_else(|| cache.facts.value("pattern"));
    pattern.is_some_and(|pattern| mentions(pattern, &["write-through", "write-behind", "session-store"]))
}

fn is_busy(edge: &Edge<'_>, cache: &Element) -> bool {
    let rate = edge.facts().get("peak_rps").or_else(|| cache.facts.get("peak_rps")).and_then(Fact::number);
    rate.is_some_and(|rate| rate > BUSY)
}

fn report<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, cache: &'a Element, lacks: &[Lack<'a>], expires: bool, invalidates: bool) {
    let names: Vec<&str> = lacks.iter().map(|lack| lack.what).collect();
    let edges: Vec<&Edge<'_>> = lacks.iter().flat_map(|lack| lack.edges.iter().copied()).collect();
    let mut clients: Vec<&str> = edges.iter().map(|edge| subject.graph.name(edge.source)).collect();
    clients.sort_unstable();
    clients.dedup();
    let (title, fate) = match names.as_slice() {
        [only] if *only != "expiry" && *only != "invalidation" => {
            (format!("{} has no {only}", shorten(&cache.name, 40)), "ask for the same entry all at once when it runs out")
        }
        _ => (format!("{} has no {}", shorten(&cache.name, 30), names.join(" and no ")), "may go on showing what has long changed"),
    };
    let mut draft = check
        .draft(subject)
        .key_element(subject, cache)
        .title(title)
        .message(format!("{} use {} and {fate}: it has no {}.", listed(&clients), cache.name, listed(&names)))
        .planned(lacks.iter().all(|lack| lack.gap == Gap::Planned))
        .element(subject, cache)
        .quote_element(cache, &["ttl", "invalidation", "stampede_protection"], &format!("{} has no {}", cache.name, listed(&names)));
    for edge in edges {
        if let Some(client) = subject.graph.source(edge) {
            let facts = ["ttl", "invalidation", "stampede_protection", "peak_rps"];
            draft = draft.mention(subject, client).edge(subject, edge, &format!("{} uses {}", client.name, cache.name), &facts);
        }
    }
    match names.as_slice() {
        ["invalidation"] if expires => draft = draft.severity(Severity::Low, "its entries expire"),
        ["expiry"] if invalidates => draft = draft.severity(Severity::Low, "its entries are invalidated"),
        _ => {}
    }
    check.report(draft);
}
