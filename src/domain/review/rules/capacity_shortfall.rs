//! LNT-S006: more load than there is capacity for.

use crate::domain::{
    model::{Element, facts::State, kind::Kind},
    review::{
        amount::{Retry, most_replicas, number, plain},
        check::{Check, Subject, listed},
        graph::{Edge, kind},
        rule::declare_rule,
    },
};

declare_rule! {
    /// The stated peak load of an element is more than its stated capacity.
    ///
    /// ## What it finds
    /// An element with `capacity_rps` and replicas whose callers state a `peak_rps`. The calls, times `calls_per_request` where that is stated, are more
    /// than the capacity of all replicas.
    ///
    /// ## Why it matters
    /// At the peak the work that is not done piles up, answers take longer, callers repeat their calls, and the load grows further.
    ///
    /// ## What to do
    /// Add replicas, keep answers in a cache, ask for several things in one call, or shed load before it arrives. Then measure again and state the
    /// numbers.
    ///
    /// ## False positives
    /// Nothing is said unless the numbers are stated. A caller without a stated load adds nothing. Retries come on top and are not counted. The capacity
    /// of an external system is its quota and is taken as it is.
    ///
    /// ## Source
    /// Capacity planning by arithmetic on what the diagram states.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         shop = softwareSystem "Shop" {
    ///             web = container "Web shop" "Serves pages" "Go"
    ///             prices = container "Price service" "Knows prices" "Go" {
    ///                 properties {
    ///                     capacity_rps 500
    ///                     replicas 3
    ///                 }
    ///             }
    ///         }
    ///         web -> prices "Asks" "gRPC" {
    ///             properties {
    ///                 peak_rps 900
    ///                 calls_per_request 3
    ///             }
    ///         }
    ///     }
    /// }
    /// ```
    /// ```dsl,passes
    /// workspace {
    ///     model {
    ///         shop = softwareSystem "Shop" {
    ///             web = container "Web shop" "Serves pages" "Go"
    ///             prices = container "Price service" "Knows prices" "Go" {
    ///                 properties {
    ///                     capacity_rps 500
    ///                     replicas 3
    ///                 }
    ///             }
    ///         }
    ///         web -> prices "Asks for all prices at once" "gRPC" {
    ///             properties {
    ///                 peak_rps 900
    ///                 calls_per_request 1
    ///             }
    ///         }
    ///     }
    /// }
    /// ```
    "LNT-S006" "capacity-shortfall" {
        severity: High up to High,
        set: Math,
        category: Scalability,
        kind: Risk,
        reads: Diagrams,
        grouping: PerSubject,
        key: "the element" version 1,
        fix: None,
        topics: ["GA3.1", "GA10.2"],
    }
}

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        for (index, element) in subject.graph.elements() {
            let Some(capacity) = number(&element.facts, "capacity_rps") else { continue };
            let loads: Vec<(&Edge<'_>, f64)> =
                subject.graph.incoming(index).filter(|edge| edge.is_sync()).filter_map(|edge| Some((edge, load(edge)?))).collect();
            if !loads.is_empty() {
                judge(check, subject, element, capacity, &loads);
            }
        }
    }
}

fn judge<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, element: &'a Element, each: f64, loads: &[(&'a Edge<'a>, f64)]) {
    // A quota is granted as a whole.
    let replicas = if kind(element) == Kind::External { Some(1.0) } else { most_replicas(element) };
    let Some(replicas) = replicas else {
        if element.facts.state("replicas") == State::Unknown {
            check.unknown(subject.document, element.key.as_str(), "replicas");
        }
        return;
    };
    let (load, capacity) = (loads.iter().map(|(_, load)| load).sum::<f64>(), each * replicas);
    if load <= capacity {
        return;
    }
    let name = |edge: &Edge<'_>| subject.graph.source(edge).map_or("", |source| source.name.as_str()).to_owned();
    let parts: Vec<String> = loads.iter().map(|(edge, load)| format!("{} {}", name(edge), plain(*load))).collect();
    let retried = loads.iter().any(|(edge, _)| Retry::of(edge.facts()).is_some());
    let more = if retried { " Retries come on top." } else { "" };
    let mut draft = check
        .draft(subject)
        .key_element(subject, element)
        .title(format!("{} gets {} requests a second at peak and can take {}", element.name, plain(load), plain(capacity)))
        .message(format!(
            "Calls a second: {}. {} × {} a second is what {} can take.{more}",
            listed(&parts),
            plain(replicas),
            plain(each),
            element.name
        ))
        .element(subject, element)
        .quote_element(
            element,
            &["capacity_rps", "replicas", "autoscale"],
            &format!("{} can take {} a second", element.name, plain(capacity)),
        );
    for (edge, load) in loads {
        if let Some(source) = subject.graph.source(edge) {
            let claim = format!("{} sends {} a second", source.name, plain(*load));
            draft = draft.mention(subject, source).edge(subject, edge, &claim, &["peak_rps", "calls_per_request"]);
        }
    }
    check.report(draft);
}

/// Calls a second at the busiest time; one call for each request unless another number is stated.
fn load(edge: &Edge<'_>) -> Option<f64> {
    let each = number(edge.facts(), "calls_per_request").unwrap_or(1.0);
    Some(number(edge.facts(), "peak_rps")? * each)
}
