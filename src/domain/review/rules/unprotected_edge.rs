//! LNT-S002: a public entrance that takes whatever comes.

use crate::domain::{
    model::{Element, kind::Kind},
    review::{
        amount::most_replicas,
        check::{Check, Gap, Subject, listed},
        finding::Severity,
        graph::kind,
        protocol::mentions,
        rule::declare_rule,
    },
};

declare_rule! {
    /// A public entrance does not limit how much one caller may ask.
    ///
    /// ## What it finds
    /// Gateways and services that people, browsers or the public reach and that state `rate_limit no`, unless what stands before or behind them limits
    /// rates. When only `body_limit no` or `waf no` is stated, it is medium.
    ///
    /// ## Why it matters
    /// One careless or hostile client can use up the threads, the connections and the budget of everyone. What scales by itself then scales the bill.
    ///
    /// ## What to do
    /// Limit rates by caller at the entrance, with counters in a shared store when there are several instances. Limit the size and the time of requests
    /// as well, and shed load behind it.
    ///
    /// ## False positives
    /// A limit on any element of the way counts: a content network before the gateway, or all services behind it. Entrances for colleagues are left out
    /// with `exposure internal`. Partners' systems alone make no public entrance.
    ///
    /// ## Source
    /// Guidance on throttling in the cloud providers' reliability frameworks, and checks for missing web protection in threat modelling.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         properties {
    ///             stage live
    ///         }
    ///         user = person "User"
    ///         shop = softwareSystem "Shop" {
    ///             gate = container "API gateway" "The way in" "Envoy" {
    ///                 properties {
    ///                     exposure public
    ///                     rate_limit no
    ///                 }
    ///             }
    ///             orders = container "Order service" "Takes orders" "Go"
    ///         }
    ///         user -> gate "Shops" "HTTPS"
    ///         gate -> orders "Passes on" "gRPC"
    ///     }
    /// }
    /// ```
    /// ```dsl,passes
    /// workspace {
    ///     model {
    ///         properties {
    ///             stage live
    ///         }
    ///         user = person "User"
    ///         shop = softwareSystem "Shop" {
    ///             gate = container "API gateway" "The way in" "Envoy" {
    ///                 properties {
    ///                     exposure public
    ///                     rate_limit "per client, shared counters"
    ///                     body_limit 1MB
    ///                     waf yes
    ///                 }
    ///             }
    ///             orders = container "Order service" "Takes orders" "Go"
    ///         }
    ///         user -> gate "Shops" "HTTPS"
    ///         gate -> orders "Passes on" "gRPC"
    ///     }
    /// }
    /// ```
    "LNT-S002" "unprotected-edge" {
        severity: High up to High,
        set: Prod,
        category: Scalability,
        kind: Risk,
        reads: Diagrams,
        grouping: PerSubject,
        key: "the entrance" version 1,
        fix: Planned each ["rate_limit", "body_limit", "waf"],
        topics: ["GA3.6", "GA9.2", "BA1.5", "BA6.3"],
    }
}

/// What protects an entrance, as facts and in words; the first is the one that counts most.
const PROTECTIONS: [(&str, &str); 3] = [("rate_limit", "rate limit"), ("body_limit", "body limit"), ("waf", "protection from floods")];

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        for index in subject.graph.entries() {
            if let Some(entrance) = subject.graph.element(index).filter(|element| is_public(subject, index, element)) {
                judge(check, subject, index, entrance);
            }
        }
    }
}

fn judge<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, index: usize, entrance: &'a Element) {
    let mut lacks: Vec<(&str, &str, Gap)> = Vec::new();
    for (name, words) in PROTECTIONS {
        if let Some(gap) = check.gap(subject.document, entrance.key.as_str(), &entrance.facts, name)
            && !on_the_way(subject, index, name)
        {
            lacks.push((name, words, gap));
        }
    }
    // What is missing counts; what is planned is only told when nothing else is.
    let missing: Vec<&(&str, &str, Gap)> = lacks.iter().filter(|(_, _, gap)| *gap == Gap::Missing).collect();
    let told: Vec<&str> = if missing.is_empty() {
        lacks.iter().map(|(_, words, _)| *words).collect()
    } else {
        missing.iter().map(|(_, words, _)| *words).collect()
    };
    let draft = check.draft(subject).key_element(subject, entrance).element(subject, entrance);
    if told.is_empty() {
        if counts_alone(entrance) {
            check.report(
                draft
                    .title(format!("Each instance of {} counts requests for itself", entrance.name))
                    .message(format!("{} promises a quota, but every instance lets the whole quota through.", entrance.name))
                    .quote_element(entrance, &["rate_limit", "replicas"], &format!("{} limits rates in each instance", entrance.name))
                    .severity(Severity::Low, "rates are limited, only less exactly than promised"),
            );
        }
        return;
    }
    let what = listed(&told).replace(" and ", " or ");
    let mut draft = draft
        .title(format!("{} has no {what}", entrance.name))
        .message(format!("Anyone can reach {}, and no {what} stands between one client and what all others need.", entrance.name))
        .planned(missing.is_empty())
        .quote_element(entrance, &["exposure", "rate_limit", "body_limit", "waf"], &format!("{} has no {what}", entrance.name));
    for edge in
        subject.graph.incoming(index).filter(|edge| subject.graph.source(edge).is_some_and(|source| subject.graph.is_outside(source)))
    {
        if let Some(caller) = subject.graph.source(edge) {
            draft = draft.mention(subject, caller).edge(subject, edge, &format!("{} calls {}", caller.name, entrance.name), &[]);
        }
    }
    if !missing.is_empty() && !missing.iter().any(|(name, _, _)| *name == "rate_limit") {
        draft = draft.severity(Severity::Medium, "rates are not said to be unlimited");
    }
    check.report(draft);
}

/// Reached by people, their devices, or by declaration everyone.
fn is_public(subject: &Subject<'_>, index: usize, element: &Element) -> bool {
    let graph = &subject.graph;
    let people = |source: &Element| graph.is_outside(source) && kind(source) != Kind::External;
    element.facts.is("exposure", "public")
        || (!element.facts.is("exposure", "internal") && graph.incoming(index).any(|edge| graph.source(edge).is_some_and(people)))
}

/// All that stands before the entrance protects it, or all that it passes requests on to.
fn on_the_way(subject: &Subject<'_>, index: usize, name: &str) -> bool {
    let graph = &subject.graph;
    let protects = |element: Option<&Element>| element.is_some_and(|element| element.facts.is_yes(name));
    let mut before = graph.incoming(index).map(|edge| graph.source(edge)).peekable();
    let mut behind = graph
        .outgoing(index)
        .filter(|edge| edge.is_sync())
        .map(|edge| graph.target(edge))
        .filter(|target| target.is_some_and(|target| graph.is_compute(target)))
        .peekable();
    (before.peek().is_some() && before.all(protects)) || (behind.peek().is_some() && behind.all(protects))
}

/// Every instance has counters of its own although a quota for all is promised.
fn counts_alone(entrance: &Element) -> bool {
    let Some(limit) = entrance.facts.value("rate_limit") else { return false };
    mentions(limit, &["local", "per-instance", "per-replica"])
        && mentions(limit, &["quota", "quotas", "global"])
        && most_replicas(entrance).is_some_and(|number| number > 1.0)
}
