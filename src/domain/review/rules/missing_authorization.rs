//! LNT-X006: everyone who is signed in may do everything.

use crate::domain::{
    model::{
        Element,
        facts::{Facts, State},
        kind::Kind,
    },
    review::{
        check::{Check, Gap, Subject},
        classification::{Class, classify},
        graph::{Edge, Graph, kind, walk},
        rule::declare_rule,
    },
};

declare_rule! {
    /// A service knows who calls, but not what they may do.
    ///
    /// ## What it finds
    /// Services that requests of users reach after somebody has authenticated them, that hold confidential data or serve several customers
    /// (`multi_tenant yes`), and for which `authz no` is stated.
    ///
    /// ## Why it matters
    /// Whoever is signed in and counts a number up in an address reads the next person's record. A check in the gateway alone is passed by every call
    /// from inside.
    ///
    /// ## What to do
    /// Decide per record and per action in the service that holds the data, with roles, attributes or a policy engine. Take the customer's identity from
    /// the token and never from the request.
    ///
    /// ## False positives
    /// Authorisation that is not stated is a question, not a finding. Gateways are only looked at when they hold confidential data themselves.
    ///
    /// ## Source
    /// The smell of insufficient access control, and the broken access control that leads the lists of web risks.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         properties {
    ///             stage live
    ///         }
    ///         user = person "Customer"
    ///         app = softwareSystem "Invoices" {
    ///             invoices = container "Invoice API" "Shows and changes invoices" "Go" {
    ///                 properties {
    ///                     auth oidc
    ///                     authz no
    ///                     max_class confidential
    ///                 }
    ///             }
    ///         }
    ///         user -> invoices "Looks at invoices" "HTTPS"
    ///     }
    /// }
    /// ```
    /// ```dsl,passes
    /// workspace {
    ///     model {
    ///         properties {
    ///             stage live
    ///         }
    ///         user = person "Customer"
    ///         app = softwareSystem "Invoices" {
    ///             invoices = container "Invoice API" "Shows and changes invoices" "Go" {
    ///                 properties {
    ///                     auth oidc
    ///                     authz "owner of the invoice"
    ///                     max_class confidential
    ///                 }
    ///             }
    ///         }
    ///         user -> invoices "Looks at invoices" "HTTPS"
    ///     }
    /// }
    /// ```
    "LNT-X006" "missing-authorization" {
        severity: High up to Critical,
        set: Prod,
        category: Security,
        kind: Risk,
        reads: Diagrams,
        grouping: PerSubject,
        key: "the service" version 1,
        fix: Planned each ["authz"],
        topics: ["GA9.2", "BA4.3"],
    }
}

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        let graph = &subject.graph;
        let known = authenticated(graph);
        for (index, service) in graph.running().filter(|(index, _)| known.get(*index) == Some(&true)) {
            let Some(why) = worth_guarding(subject, service) else { continue };
            let stated = stated(graph, index, service);
            let Some(gap) = check.gap(subject.document, service.key.as_str(), stated.map_or(&service.facts, Edge::facts), "authz") else {
                continue;
            };
            let mut draft = check
                .draft(subject)
                .key_element(subject, service)
                .title(format!("{} knows who calls but not what they may do", service.name))
                .message(format!("{} {why}, and every user who is signed in may read and change all of it.", service.name))
                .planned(gap == Gap::Planned)
                .element(subject, service)
                .quote_element(
                    service,
                    &["auth", "authz", "max_class", "data", "multi_tenant"],
                    &format!("{} authorises nobody", service.name),
                );
            if let Some(edge) = stated {
                draft = draft.edge(subject, edge, &format!("calls to {} are not authorised", service.name), &["authz", "auth"]);
            }
            if let Some(assumption) = classify(&service.facts).and_then(|data| data.assumption) {
                draft = draft.assumption(&assumption);
            }
            check.report(draft);
        }
    }
}

/// What requests of people reach once something on the way has authenticated them.
fn authenticated(graph: &Graph<'_>) -> Vec<bool> {
    let starts = |element: &Element| kind(element) == Kind::Person || graph.is_browser(element) || element.facts.is("exposure", "public");
    let reached = graph.on_requests(starts, |edge| graph.computes(edge.target));
    let yes = |facts: &Facts| matches!(facts.state("auth"), State::Yes);
    let checks = graph.elements().filter(|(index, element)| {
        graph.is_compute(element)
            && reached.get(*index) == Some(&true)
            && (yes(&element.facts) || graph.incoming(*index).any(|edge| edge.is_sync() && yes(edge.facts())))
    });
    let onward = graph.adjacency(|edge| edge.is_sync() && reached.get(edge.source) == Some(&true) && graph.computes(edge.target));
    walk::reachable(&onward, checks.map(|(index, _)| index))
}

fn worth_guarding<'a>(subject: &Subject<'a>, service: &'a Element) -> Option<String> {
    let data = classify(&service.facts).filter(|data| data.class >= Class::Confidential);
    if let Some(data) = data
        && (kind(service) != Kind::Gateway || service.facts.get("data").is_some())
    {
        return Some(format!("handles {} data", data.class.name()));
    }
    let shared = kind(service) != Kind::Gateway && subject.graph.nearest_state(service, "multi_tenant") == State::Yes;
    shared.then(|| "serves several customers".to_owned())
}

/// The call that states how it is authorised, when the service itself does not; one that denies it only if none affirms it.
fn stated<'a>(graph: &'a Graph<'a>, index: usize, service: &Element) -> Option<&'a Edge<'a>> {
    if service.facts.state("authz") != State::Unknown {
        return None;
    }
    let stated = || graph.incoming(index).filter(|edge| edge.facts().state("authz") != State::Unknown);
    stated().find(|edge| !matches!(edge.facts().state("authz"), State::No)).or_else(|| stated().next())
}
