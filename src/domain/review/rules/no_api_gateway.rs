//! LNT-A001: clients that know every service.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{
    model::{Element, Model, kind::Kind},
    review::{
        check::{Check, Subject, count, listed, shorten},
        finding::Anchor,
        fix::{
            Offer,
            broken::{Broken, there},
            patch::{New, Patch, short},
        },
        graph::{Edge, kind},
        protocol::mentions,
        rule::{FixClass, declare_rule},
    },
};

declare_rule! {
    /// Clients talk to several services directly, with no gateway in between.
    ///
    /// ## What it finds
    /// A browser, person or other system with synchronous relations to two or more services, none of which is a gateway, a backend for that
    /// client or an ingress. All services of the diagram that are reached like this are one finding.
    ///
    /// ## Why it matters
    /// Sign-in, limits, versions, TLS and CORS are built again in each service, and are a little different in each. The client knows how
    /// the system is cut, so it cannot be cut anew.
    ///
    /// ## What to do
    /// Put a gateway in front, or a backend for each kind of client, and let it do what all requests need.
    ///
    /// ## False positives
    /// One public service needs no gateway. Receivers of webhooks, identity providers, content networks, file storage, pages that are made
    /// on a server, and what a provider runs are separate by nature and do not count. A mesh ingress is a gateway; a relation can say that
    /// it goes through one in its technology.
    ///
    /// ## Source
    /// Catalogues of microservice smells, and the gateway patterns of the cloud providers.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         user = person "User"
    ///         shop = softwareSystem "Shop" {
    ///             app = container "Web app" "The shop in the browser" "React"
    ///             gate = container "API gateway" "The way in" "Envoy"
    ///             orders = container "Order service" "Takes orders" "Go"
    ///             prices = container "Price service" "Knows what things cost" "Go"
    ///         }
    ///         user -> app "Shops"
    ///         app -> orders "Places orders" "HTTPS"
    ///         app -> prices "Reads prices" "HTTPS"
    ///     }
    /// }
    /// ```
    /// ```dsl,passes
    /// workspace {
    ///     model {
    ///         user = person "User"
    ///         shop = softwareSystem "Shop" {
    ///             app = container "Web app" "The shop in the browser" "React"
    ///             gate = container "API gateway" "The way in" "Envoy"
    ///             orders = container "Order service" "Takes orders" "Go"
    ///             prices = container "Price service" "Knows what things cost" "Go"
    ///         }
    ///         user -> app "Shops"
    ///         app -> gate "Calls" "HTTPS"
    ///         gate -> orders "Passes on" "HTTPS"
    ///         gate -> prices "Passes on" "HTTPS"
    ///     }
    /// }
    /// ```
    "LNT-A001" "no-api-gateway" {
        severity: Medium up to Medium,
        set: Core,
        category: Communication,
        kind: Risk,
        reads: Diagrams,
        grouping: PerDiagram,
        key: "the diagram" version 1,
        fix: Proposal by mend,
        topics: ["GA1.5", "BA1.5", "BA6.1"],
    }
}

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        let mut clients: BTreeMap<usize, Vec<&Edge<'_>>> = BTreeMap::new();
        for edge in subject.graph.edges().iter().filter(|edge| is_direct(subject, edge)) {
            clients.entry(edge.source).or_default().push(edge);
        }
        clients.retain(|_, edges| edges.iter().map(|edge| edge.target).collect::<BTreeSet<_>>().len() > 1);
        if !clients.is_empty() {
            report(check, subject, &clients);
        }
    }
}

/// A client's own call of a business service.
fn is_direct(subject: &Subject<'_>, edge: &Edge<'_>) -> bool {
    const ROLES: [&str; 9] = ["webhook", "callback", "auth", "idp", "cdn", "control-plane", "auth-discovery", "health", "admin"];
    const WORDS: [&str; 12] =
        ["gateway", "ingress", "bff", "webhook", "webhooks", "callback", "callbacks", "oidc", "oauth", "sign-in", "login", "redirect"];
    let graph = &subject.graph;
    let (Some(client), Some(service)) = (graph.source(edge), graph.target(edge)) else { return false };
    graph.is_outside(client)
        && edge.is_sync()
        && !edge.role_is(&ROLES)
        && !edge.says(&WORDS)
        && matches!(kind(service), Kind::Service | Kind::Worker)
        && !stands_alone(service)
}

/// Public by nature, or there to be the one way in.
fn stands_alone(service: &Element) -> bool {
    const ROLES: [&str; 13] = [
        "gateway",
        "bff",
        "ingress",
        "mesh",
        "proxy",
        "webhook",
        "idp",
        "identity",
        "auth",
        "cdn",
        "orchestrator",
        "realtime",
        "telemetry",
    ];
    const WORDS: [&str; 20] = [
        "gateway",
        "bff",
        "ingress",
        "proxy",
        "router",
        "webhook",
        "webhooks",
        "idp",
        "identity",
        "auth",
        "oauth",
        "keycloak",
        "auth0",
        "login",
        "sso",
        "cdn",
        "signaling",
        "websocket",
        "backend-for-frontend",
        "edge",
    ];
    service.facts.is_yes("managed")
        || service.facts.is_any("role", &ROLES)
        || mentions(&service.name, &WORDS)
        || service.technology.as_deref().is_some_and(|technology| mentions(technology, &WORDS))
}

fn report<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, clients: &BTreeMap<usize, Vec<&'a Edge<'a>>>) {
    let graph = &subject.graph;
    let services: BTreeSet<usize> = clients.values().flatten().map(|edge| edge.target).collect();
    let names: Vec<&str> = services.iter().map(|index| graph.name(*index)).collect();
    let callers: Vec<&str> = clients.keys().map(|index| graph.name(*index)).collect();
    let number = count(services.len());
    let verb = if callers.len() == 1 { "talks" } else { "talk" };
    let title = match callers.as_slice() {
        [only] => format!("{} talks to {number} services directly", shorten(only, 44)),
        _ => format!("Clients talk to {number} services directly"),
    };
    let mut draft = check
        .draft(subject)
        .key_word("no gateway")
        .title(title)
        .message(format!(
            "{} {verb} to {} with no gateway in between. Sign-in, limits, versions and TLS are built {number} times.",
            listed(&callers),
            listed(&names)
        ))
        .anchor(Anchor::Absence { document: subject.document, scope: None, expected: "a gateway between clients and services".to_owned() });
    for edge in clients.values().flatten() {
        if let (Some(client), Some(service)) = (graph.source(edge), graph.target(edge)) {
            let claim = format!("{} calls {} directly", client.name, service.name);
            draft = draft.element(subject, service).mention(subject, client).edge(subject, edge, &claim, &["role"]).rests_on_mode(edge);
        }
    }
    check.report(draft);
}

/// Clients go through a gateway: one that is drawn already, else a new one.
fn mend(broken: &Broken<'_>) -> Vec<Offer> {
    let Some(graph) = broken.graph() else { return Vec::new() };
    let edges = broken.edges();
    let Some((first, service)) = edges.first().and_then(|edge| Some((edge, graph.target(edge)?))) else { return Vec::new() };
    let protocol = first.relation.technology.as_deref();
    let drawn = graph.elements().find(|(index, element)| kind(element) == Kind::Gateway && graph.is_unit(*index));
    let mut patch = Patch::new();
    let (gateway, title) = if let Some((_, element)) = drawn {
        (there(&element.key), format!("Let clients go through {}", short(&element.name)))
    } else {
        let description = "The one way in: sign-in, limits, versions and TLS".to_owned();
        let beside = beside(graph.model, service);
        let new = New { kind: Kind::Gateway, name: "API gateway".to_owned(), beside, technology: None, description };
        (patch.add(new), "Put an API gateway between clients and services".to_owned())
    };
    let leads = |source: usize, target: usize| graph.outgoing(source).any(|edge| edge.target == target);
    let mut reached: Vec<usize> = Vec::new();
    let mut clients: Vec<usize> = Vec::new();
    let mut ordered = edges.clone();
    ordered.sort_by_key(|edge| std::cmp::Reverse(edge.relation.span.start));
    for edge in ordered {
        if reached.contains(&edge.target) || drawn.is_some_and(|(gateway, _)| leads(gateway, edge.target)) {
            patch.disconnect(&edge.relation.key);
        } else {
            patch.reconnect(&edge.relation.key, &gateway, &there(&edge.relation.target));
            reached.push(edge.target);
        }
        if !clients.contains(&edge.source) && !drawn.is_some_and(|(gateway, _)| leads(edge.source, gateway)) {
            clients.push(edge.source);
        }
    }
    for client in clients.into_iter().rev().filter_map(|client| graph.element(client)) {
        patch.connect(&there(&client.key), &gateway, "Calls", protocol);
    }
    patch.finish(broken, FixClass::Proposal, title).map(Offer::from).into_iter().collect()
}

/// Something of the service's system that stands in none of its groups.
fn beside<'a>(model: &'a Model, service: &'a Element) -> &'a Element {
    let around = service.parent.as_ref().and_then(|parent| model.children(parent).find(|child| child.group.is_none()));
    around.unwrap_or(service)
}
