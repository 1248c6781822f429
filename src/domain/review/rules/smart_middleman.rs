//! LNT-B006: business logic in the pipe.

use crate::domain::{
    model::{
        Element,
        kind::{Kind, Mode},
    },
    review::{
        check::{Check, Subject, listed, shorten},
        fix::{
            Offer,
            broken::Broken,
            patch::{New, Patch, is_taken, short, stem, usual_protocol},
            reroute::{Middle, put_before},
        },
        graph::{Access, Edge, kind},
        protocol::mentions,
        rule::{FixClass, declare_rule},
    },
};

declare_rule! {
    /// Routing infrastructure holds business state or decides about the business.
    ///
    /// ## What it finds
    /// A gateway, bus or mesh that uses a database of its own, publishes domain events, or is tagged `esb`, `orchestration` or
    /// `business-rules`.
    ///
    /// ## Why it matters
    /// What a gateway decides belongs to no team, is tested by nobody, and sits where every request passes. Its changes are releases of the
    /// whole system.
    ///
    /// ## What to do
    /// Move rules and state into a service, and let the gateway do what all requests need: sign-in, limits, routing, TLS.
    ///
    /// ## False positives
    /// Stores for sessions, limits, certificates and routing are part of a gateway's work: a cache, `role config`, or a description that
    /// says so. A proxy in front of a database that passes the same protocol on, files behind a content network, and topics for logs or
    /// incoming webhooks are left out, too.
    ///
    /// ## Source
    /// Catalogues of microservice smells on service buses that are misused.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         shop = softwareSystem "Shop" {
    ///             gate = container "API gateway" "The way in" "Kong"
    ///             pricing = container "Price service" "Knows what things cost" "Go"
    ///             rules = container "Rules DB" "Discounts and who gets them" "PostgreSQL 16"
    ///         }
    ///         gate -> pricing "Routes" "HTTPS"
    ///         gate -> rules "Looks up discounts" "SQL"
    ///     }
    /// }
    /// ```
    /// ```dsl,passes
    /// workspace {
    ///     model {
    ///         shop = softwareSystem "Shop" {
    ///             gate = container "API gateway" "The way in" "Kong"
    ///             pricing = container "Price service" "Knows what things cost" "Go"
    ///             rules = container "Rules DB" "Discounts and who gets them" "PostgreSQL 16"
    ///         }
    ///         gate -> pricing "Routes" "HTTPS"
    ///         pricing -> rules "Looks up discounts" "SQL"
    ///     }
    /// }
    /// ```
    "LNT-B006" "smart-middleman" {
        severity: Medium up to High,
        set: Core,
        category: Boundaries,
        kind: Risk,
        reads: Diagrams,
        grouping: PerSubject,
        key: "the gateway or bus" version 1,
        fix: Proposal by mend,
        topics: ["GA1.5"],
    }
}

/// What makes it more than a pipe.
enum Smart<'a> {
    Store(&'a Edge<'a>, &'a Element),
    Event(&'a Edge<'a>, &'a Element),
    Tag(&'a str),
}

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        for (index, pipe) in subject.graph.elements().filter(|(index, element)| subject.graph.is_unit(*index) && is_pipe(element)) {
            let signs = signs(subject, index, pipe);
            if !signs.is_empty() {
                report(check, subject, pipe, &signs);
            }
        }
    }
}

fn is_pipe(element: &Element) -> bool {
    matches!(kind(element), Kind::Gateway | Kind::Queue) || element.facts.is_any("role", &["mesh", "esb", "bus", "gateway", "proxy"])
}

fn signs<'a>(subject: &'a Subject<'a>, index: usize, pipe: &'a Element) -> Vec<Smart<'a>> {
    const LOGIC: [&str; 3] = ["esb", "orchestration", "business-rules"];
    let graph = &subject.graph;
    let mut signs: Vec<Smart<'_>> =
        pipe.tags.iter().filter(|tag| LOGIC.iter().any(|logic| tag.eq_ignore_ascii_case(logic))).map(|tag| Smart::Tag(tag)).collect();
    signs.extend(LOGIC.into_iter().filter(|logic| pipe.facts.is("role", logic)).map(Smart::Tag));
    // A broker's own storage and the connectors that drain it are how brokers work.
    if kind(pipe) == Kind::Queue {
        return signs;
    }
    for edge in graph.outgoing(index) {
        let Some(target) = graph.target(edge) else { continue };
        if kind(target).is_store() && graph.is_system_of_record(target) && keeps_state(subject, index, edge, target) {
            signs.push(Smart::Store(edge, target));
        } else if kind(target) == Kind::Queue && tells_events(edge, target) {
            signs.push(Smart::Event(edge, target));
        }
    }
    signs
}

fn keeps_state(subject: &Subject<'_>, pipe: usize, edge: &Edge<'_>, store: &Element) -> bool {
    const ROLES: [&str; 7] = ["config", "session", "sessions", "rate-limit", "routing", "certificates", "telemetry"];
    const WORDS: [&str; 18] = [
        "session",
        "sessions",
        "limit",
        "limits",
        "rate",
        "route",
        "routes",
        "routing",
        "config",
        "configuration",
        "certificate",
        "certificates",
        "plugins",
        "keys",
        "balances",
        "forwards",
        "proxies",
        "passes",
    ];
    // Stock limits and credit limits are no limits of requests.
    const BUSINESS: [&str; 11] =
        ["discount", "discounts", "price", "prices", "pricing", "orders", "stock", "credit", "payments", "bookings", "invoices"];
    let own = store.facts.is_any("role", &ROLES) || edge.role_is(&ROLES);
    let said: Vec<&str> = edge.wording().chain([store.name.as_str()]).chain(store.description.as_deref()).collect();
    // The files behind a content network are only handed out.
    let files = kind(store) == Kind::ObjectStore && edge.access() != Access::Write;
    let protocol = edge.protocol();
    let passes_on = protocol.is_some() && subject.graph.incoming(pipe).any(|other| other.protocol() == protocol);
    let usual = own || files || (said.iter().any(|text| mentions(text, &WORDS)) && !said.iter().any(|text| mentions(text, &BUSINESS)));
    let through = passes_on && kind(store) == Kind::Database;
    !usual && !through
}

fn tells_events(edge: &Edge<'_>, topic: &Element) -> bool {
    const ASIDE: [&str; 8] = ["telemetry", "logs", "audit", "metrics", "ingest", "webhook", "inbound", "analytics"];
    const NOISE: [&str; 14] = [
        "log",
        "logs",
        "audit",
        "metrics",
        "traces",
        "telemetry",
        "webhook",
        "webhooks",
        "clicks",
        "clickstream",
        "analytics",
        "sensor",
        "device",
        "access",
    ];
    let said: Vec<&str> = edge.wording().chain([topic.name.as_str()]).collect();
    let aside = edge.role_is(&ASIDE) || topic.facts.is_any("role", &ASIDE);
    let event = edge.facts().is("effect", "event") || said.iter().any(|text| mentions(text, &["event", "events"]));
    let tells = edge.mode == Mode::AsyncPub && event && !edge.facts().is("effect", "command");
    tells && !aside && !said.iter().any(|text| mentions(text, &NOISE))
}

fn report<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, pipe: &'a Element, signs: &[Smart<'a>]) {
    let name = &pipe.name;
    let does: Vec<String> = signs
        .iter()
        .map(|sign| match sign {
            Smart::Store(_, store) => format!("uses {}", shorten(&store.name, 30)),
            Smart::Event(_, topic) => format!("publishes to {}", shorten(&topic.name, 30)),
            Smart::Tag(tag) => format!("is marked {tag}"),
        })
        .collect();
    let mut draft = check
        .draft(subject)
        .key_element(subject, pipe)
        .title(format!("{} {}", shorten(name, 30), listed(&does)))
        .message(format!("{name} is there to pass requests on, and {}. Business logic in the pipe belongs to nobody.", listed(&does)))
        .element(subject, pipe)
        .quote_element(pipe, &["kind", "role"], &format!("{name} is routing infrastructure"));
    for sign in signs {
        draft = match sign {
            Smart::Store(edge, store) => {
                draft.mention(subject, store).edge(subject, edge, &format!("{name} uses {}", store.name), &["access"])
            }
            Smart::Event(edge, topic) => {
                draft.mention(subject, topic).edge(subject, edge, &format!("{name} publishes to {}", topic.name), &["effect"])
            }
            Smart::Tag(_) => draft,
        };
    }
    check.report(draft);
}

/// A service takes over what the pipe does besides passing on; a mark on the pipe itself is people's to judge.
fn mend(broken: &Broken<'_>) -> Vec<Offer> {
    let Some((graph, pipe)) = broken.graph().zip(broken.elements().first().copied()) else { return Vec::new() };
    let edges = broken.edges();
    let Some(about) = edges.first().and_then(|edge| graph.target(edge)) else { return Vec::new() };
    let name = format!("{} service", stem(&about.name));
    if is_taken(broken, &name) {
        return Vec::new();
    }
    let title = format!("Put a {} behind {}", name, short(&pipe.name));
    let mut patch = Patch::new();
    let description = format!("What {} did besides passing requests on", short(&pipe.name));
    let element = patch.add(New { kind: Kind::Service, name, beside: pipe, technology: None, description });
    let protocol = graph.unit(&pipe.key).and_then(|pipe| usual_protocol(graph, pipe));
    let done = put_before(&mut patch, broken, &Middle { element, edges }, "Routes", protocol);
    done.and_then(|()| patch.finish(broken, FixClass::Proposal, title)).map(Offer::from).into_iter().collect()
}
