//! LNT-A008: a request that needs many answers.

use std::collections::BTreeSet;

use crate::domain::{
    model::{
        Element, ElementKey,
        facts::{Fact, State},
        kind::Kind,
    },
    review::{
        check::{Check, Gap, Subject, count, listed, shorten},
        finding::Severity,
        graph::{Edge, kind},
        rule::declare_rule,
    },
};

declare_rule! {
    /// One request waits for the answers of five or more services.
    ///
    /// ## What it finds
    /// A service with synchronous relations to five or more services and external systems that states neither `partial_result` nor
    /// `parallel`. It is low unless the calls are known to be made for one request: five of them state `calls_per_request`, or a dynamic
    /// view shows them.
    ///
    /// ## Why it matters
    /// The request is as slow as the slowest answer and fails when any of them does. If each is fast 99 times of a hundred, six of them are
    /// so only 94 times.
    ///
    /// ## What to do
    /// Ask in parallel with one deadline for all, answer without what is missing, keep a copy of what changes seldom, or join the data
    /// beforehand by events.
    ///
    /// ## False positives
    /// The number of relations says more than one request does, hence low. Gateways and backends for one client pass on, and are left out.
    /// Targets with a `fallback` are not needed and not counted.
    ///
    /// ## Source
    /// The literature on tail latency at scale.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         properties {
    ///             stage live
    ///         }
    ///         shop = softwareSystem "Shop" {
    ///             checkout = container "Checkout service" "Runs the checkout" "Go" {
    ///                 properties {
    ///                     tier 1
    ///                 }
    ///             }
    ///             stock = container "Stock service" "Does the work of stock" "Go"
    ///             prices = container "Prices service" "Does the work of prices" "Go"
    ///             coupons = container "Coupons service" "Does the work of coupons" "Go"
    ///             payments = container "Payments service" "Does the work of payments" "Go"
    ///             shipping = container "Shipping service" "Does the work of shipping" "Go"
    ///         }
    ///         checkout -> stock "Asks" "gRPC" {
    ///             properties {
    ///                 calls_per_request 1
    ///             }
    ///         }
    ///         checkout -> prices "Asks" "gRPC" {
    ///             properties {
    ///                 calls_per_request 1
    ///             }
    ///         }
    ///         checkout -> coupons "Asks" "gRPC" {
    ///             properties {
    ///                 calls_per_request 1
    ///             }
    ///         }
    ///         checkout -> payments "Asks" "gRPC" {
    ///             properties {
    ///                 calls_per_request 1
    ///             }
    ///         }
    ///         checkout -> shipping "Asks" "gRPC" {
    ///             properties {
    ///                 calls_per_request 1
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
    ///         shop = softwareSystem "Shop" {
    ///             checkout = container "Checkout service" "Runs the checkout" "Go" {
    ///                 properties {
    ///                     tier 1
    ///                     partial_result yes
    ///                 }
    ///             }
    ///             stock = container "Stock service" "Does the work of stock" "Go"
    ///             prices = container "Prices service" "Does the work of prices" "Go"
    ///             coupons = container "Coupons service" "Does the work of coupons" "Go"
    ///             payments = container "Payments service" "Does the work of payments" "Go"
    ///             shipping = container "Shipping service" "Does the work of shipping" "Go"
    ///         }
    ///         checkout -> stock "Asks" "gRPC" {
    ///             properties {
    ///                 calls_per_request 1
    ///             }
    ///         }
    ///         checkout -> prices "Asks" "gRPC" {
    ///             properties {
    ///                 calls_per_request 1
    ///             }
    ///         }
    ///         checkout -> coupons "Asks" "gRPC" {
    ///             properties {
    ///                 calls_per_request 1
    ///             }
    ///         }
    ///         checkout -> payments "Asks" "gRPC" {
    ///             properties {
    ///                 calls_per_request 1
    ///             }
    ///         }
    ///         checkout -> shipping "Asks" "gRPC" {
    ///             properties {
    ///                 calls_per_request 1
    ///             }
    ///         }
    ///     }
    /// }
    /// ```
    "LNT-A008" "sync-fanout" {
        severity: Medium up to Medium,
        set: Prod,
        category: Communication,
        kind: Risk,
        reads: Diagrams,
        grouping: PerCaller,
        key: "the calling service" version 1,
        fix: None,
        topics: ["GA10.2", "BA4.4"],
    }
}

const MANY: usize = 5;

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        let graph = &subject.graph;
        let shown = shown_together(subject);
        for (index, service) in graph.elements().filter(|(_, element)| answers(subject, element)) {
            let mut targets = BTreeSet::new();
            let mut calls: Vec<&Edge<'_>> = graph.outgoing(index).filter(|edge| is_needed(subject, edge)).collect();
            calls.retain(|edge| targets.insert(edge.target));
            if calls.len() >= MANY {
                judge(check, subject, service, &calls, shown.contains(&service.key));
            }
        }
    }
}

/// Answers requests itself and does not only pass them on.
fn answers(subject: &Subject<'_>, element: &Element) -> bool {
    let passes_on = element.facts.is_any("role", &["gateway", "bff", "mesh", "proxy", "sidecar", "monitoring"]);
    matches!(kind(element), Kind::Service | Kind::Frontend) && subject.graph.is_compute(element) && !passes_on
}

fn is_needed(subject: &Subject<'_>, edge: &Edge<'_>) -> bool {
    let aside = edge.role_is(&["health", "telemetry", "control-plane", "auth-discovery", "registration", "webhook", "callback"]);
    let target = subject.graph.target(edge).is_some_and(|target| subject.graph.is_compute(target) || kind(target) == Kind::External);
    edge.is_sync() && target && !aside && !edge.facts().is_yes("fallback")
}

/// The services that one dynamic view shows calling so many others.
fn shown_together(subject: &Subject<'_>) -> BTreeSet<ElementKey> {
    let model = subject.graph.model;
    let mut shown = BTreeSet::new();
    for view in &model.views {
        let mut pairs: BTreeSet<(&ElementKey, &ElementKey)> = BTreeSet::new();
        for step in view.steps.iter().filter(|step| !step.response) {
            if let Some(relation) = model.relations.get(&step.relation).filter(|relation| relation.mode.value.is_sync()) {
                pairs.insert((&relation.source, &relation.target));
            }
        }
        let mut callers: Vec<&ElementKey> = pairs.iter().map(|(source, _)| *source).collect();
        callers.dedup();
        let many = callers.into_iter().filter(|caller| pairs.iter().filter(|(source, _)| source == caller).take(MANY).count() == MANY);
        shown.extend(many.cloned());
    }
    shown
}

fn judge<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, service: &'a Element, calls: &[&'a Edge<'a>], shown: bool) {
    let state = |name| service.facts.state(name);
    let helped = ["partial_result", "parallel"].into_iter().map(state).any(|state| matches!(state, State::Yes | State::NotApplicable));
    if helped {
        return;
    }
    let gaps = ["partial_result", "parallel"].map(|name| check.gap(subject.document, service.key.as_str(), &service.facts, name));
    let names: Vec<&str> = calls.iter().map(|edge| subject.graph.name(edge.target)).collect();
    let per_request = |edge: &&&Edge<'_>| edge.facts().get("calls_per_request").and_then(Fact::number).is_some_and(|number| number >= 1.0);
    let stated = calls.iter().filter(per_request).count() >= MANY;
    let mut draft = check
        .draft(subject)
        .key_element(subject, service)
        .title(format!("{} waits for {} other services", shorten(&service.name, 50), count(calls.len())))
        .message(format!("{} needs the answers of {}. One that is slow or down makes the whole request so.", service.name, listed(&names)))
        .planned(gaps.contains(&Some(Gap::Planned)))
        .element(subject, service)
        .quote_element(service, &["partial_result", "parallel"], &format!("{} asks {} others", service.name, count(calls.len())));
    for edge in calls {
        if let Some(target) = subject.graph.target(edge) {
            let claim = format!("{} waits for {}", service.name, target.name);
            draft = draft.mention(subject, target).edge(subject, edge, &claim, &["calls_per_request"]).rests_on_mode(edge);
        }
    }
    if !shown && !stated {
        draft = draft.severity(Severity::Low, "whether one request makes all the calls is not stated");
    }
    check.report(draft);
}
