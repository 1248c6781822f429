//! LNT-X002: an entrance without a check of who comes in.

use std::collections::{BTreeSet, VecDeque};

use crate::domain::{
    model::{
        Element,
        facts::{Facts, State},
    },
    review::{
        check::{Check, Draft, Subject},
        classification::{Class, Classified, classify},
        finding::Severity,
        graph::{Edge, kind},
        rule::declare_rule,
    },
};

declare_rule! {
    /// A service takes requests from outside and nothing checks who sends them.
    ///
    /// ## What it finds
    /// A path from people, browsers or external systems to a service that handles more than public data, on which `auth no` is stated and no element or
    /// relation authenticates. When the class of the data is not known, the finding is high.
    ///
    /// ## Why it matters
    /// Anyone who finds the address can use it as anyone.
    ///
    /// ## What to do
    /// Authenticate at the edge, and check the token again in the service that holds the data. State it with `auth` on the gateway, the service or the
    /// relation.
    ///
    /// ## False positives
    /// Entrances that are open by purpose, when they say so: `role login`, `health`, `public` or `catalogue`, or a webhook with a signature
    /// (`auth signature`). Services whose data is public are left out. What is not stated is unknown, not open.
    ///
    /// ## Source
    /// Checks for missing authentication in threat modelling, and the smell of unauthenticated traffic.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         user = person "User"
    ///         app = softwareSystem "App" {
    ///             users = container "User API" "Profiles" "Go" {
    ///                 properties {
    ///                     auth no
    ///                     max_class confidential
    ///                 }
    ///             }
    ///         }
    ///         user -> users "Reads profiles" "HTTPS"
    ///     }
    /// }
    /// ```
    /// ```dsl,passes
    /// workspace {
    ///     model {
    ///         user = person "User"
    ///         app = softwareSystem "App" {
    ///             gateway = container "API gateway" "The only entrance" "Envoy" {
    ///                 properties {
    ///                     kind gateway
    ///                     auth oidc
    ///                 }
    ///             }
    ///             users = container "User API" "Profiles" "Go" {
    ///                 properties {
    ///                     auth no
    ///                     max_class confidential
    ///                 }
    ///             }
    ///             catalogue = container "Catalogue" "What we sell" "Go" {
    ///                 properties {
    ///                     auth no
    ///                     role catalogue
    ///                 }
    ///             }
    ///         }
    ///         user -> gateway "Calls" "HTTPS"
    ///         user -> catalogue "Browses" "HTTPS"
    ///         gateway -> users "Passes on" "HTTPS"
    ///     }
    /// }
    /// ```
    "LNT-X002" "unauthenticated-entry" {
        severity: Critical up to Critical,
        set: Core,
        category: Security,
        kind: Risk,
        reads: Diagrams,
        grouping: PerSubject,
        key: "the service" version 1,
        fix: Planned each ["auth"],
        topics: ["GA9.2", "BA1.5", "BA4.3"],
    }
}

const OPEN: [&str; 8] = ["login", "health", "public", "catalogue", "catalog", "static", "landing", "status"];

/// A service that requests reach without having been authenticated.
struct Reached<'a> {
    path: Vec<&'a Edge<'a>>,
    service: usize,
}

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        let mut queue: VecDeque<Reached<'_>> = VecDeque::new();
        for edge in subject.graph.edges() {
            if subject.graph.source(edge).is_some_and(|source| subject.graph.is_outside(source)) && is_open(check, subject, edge, true) {
                queue.push_back(Reached { path: vec![edge], service: edge.target });
            }
        }
        let mut seen = BTreeSet::new();
        while let Some(reached) = queue.pop_front() {
            if !seen.insert(reached.service) {
                continue;
            }
            let Some(service) = subject.graph.element(reached.service) else { continue };
            // The caller stands in front of the data; only a gateway passes requests on as they came.
            let passes_on = kind(service) == crate::domain::model::kind::Kind::Gateway;
            let behind: Vec<&Edge<'_>> =
                subject.graph.outgoing(reached.service).filter(|edge| edge.is_sync() && is_open(check, subject, edge, false)).collect();
            let data = classify(&service.facts);
            if !passes_on || behind.is_empty() || data.is_some() {
                report(check, subject, service, &reached, data.as_ref());
            }
            if passes_on {
                queue.extend(behind.into_iter().map(|edge| {
                    let mut path = reached.path.clone();
                    path.push(edge);
                    Reached { path, service: edge.target }
                }));
            }
        }
    }
}

/// Neither the relation nor its target authenticates; on an entrance one of them must say so.
fn is_open<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, edge: &Edge<'_>, entrance: bool) -> bool {
    let Some(target) = subject.graph.target(edge).filter(|target| subject.graph.is_compute(target)) else { return false };
    let purpose = edge.role_is(&OPEN) || target.facts.is_any("role", &OPEN) || edge.says(&["login", "health"]);
    if purpose || !edge.is_sync() {
        return false;
    }
    let states = [auth(edge.facts()), auth(&target.facts)];
    if states.iter().any(|state| matches!(state, State::Yes | State::Planned | State::NotApplicable)) {
        return planned(&states);
    }
    if states.contains(&State::No) {
        return true;
    }
    if entrance {
        check.unknown(subject.document, target.key.as_str(), "auth");
    }
    false
}

fn auth(facts: &Facts) -> State {
    facts.state("auth")
}

/// Nothing authenticates yet, but something will.
fn planned(states: &[State]) -> bool {
    states.contains(&State::Planned) && !states.contains(&State::Yes) && !states.contains(&State::NotApplicable)
}

/// The relation or its target will authenticate.
fn will_check(subject: &Subject<'_>, edge: &Edge<'_>) -> bool {
    auth(edge.facts()) == State::Planned || subject.graph.target(edge).is_some_and(|target| auth(&target.facts) == State::Planned)
}

fn report<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, service: &'a Element, reached: &Reached<'a>, data: Option<&Classified>) {
    if data.is_some_and(|data| data.class == Class::Public) {
        return;
    }
    let Some(caller) = reached.path.first().and_then(|edge| subject.graph.source(edge)) else { return };
    let what = data.map_or_else(String::new, |data| format!(" for {} data", data.class.name()));
    let mut draft = check
        .draft(subject)
        .key_element(subject, service)
        .title(format!("{} takes requests from {} without authentication", service.name, caller.name))
        .message(format!("{} → {} takes unauthenticated requests{what}.", caller.name, service.name))
        .planned(reached.path.iter().any(|edge| will_check(subject, edge)))
        .element(subject, service)
        .mention(subject, caller);
    draft = reached.path.iter().fold(draft, |draft, edge| quote(draft, subject, edge));
    draft = draft.quote_element(service, &["auth", "max_class", "data"], &format!("{} authenticates nobody", service.name));
    match data {
        None => draft = draft.severity(Severity::High, "the class of the data is not stated"),
        Some(Classified { assumption: Some(assumption), .. }) => draft = draft.assumption(assumption),
        Some(_) => {}
    }
    check.report(draft);
}

fn quote<'a>(draft: Draft<'a>, subject: &'a Subject<'a>, edge: &'a Edge<'a>) -> Draft<'a> {
    draft.edge(subject, edge, &format!("{} calls {}", subject.graph.name(edge.source), subject.graph.name(edge.target)), &["auth"])
}
