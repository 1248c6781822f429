//! LNT-B007: an external system that everybody talks to.

use std::collections::BTreeMap;

use crate::domain::{
    model::{Element, kind::Kind},
    review::{
        check::{Check, Subject, capital, counted, listed, shorten},
        fix::{
            Offer,
            broken::{Broken, there},
            patch::{New, Patch, ends, short},
        },
        graph::{Edge, kind},
        protocol::{mentions, words},
        rule::{FixClass, declare_rule},
    },
};

declare_rule! {
    /// Several contexts integrate with one external system directly.
    ///
    /// ## What it finds
    /// An external system that services of three or more bounded contexts call, each by itself.
    ///
    /// ## Why it matters
    /// The words, limits and outages of the other system leak into every context, and there is no one place for its mapping, its
    /// credentials, its quota and its circuit breaker. A new version of it is a change everywhere.
    ///
    /// ## What to do
    /// Put one adapter in front of it that speaks your own language, or give each context a translating layer and share credentials and
    /// quota.
    ///
    /// ## False positives
    /// Sign-in, monitoring, mail, payment pages for the browser and file storage are products that are made to be used from everywhere;
    /// they are told by `role`, technology or name. Callers that are adapters, and relations with `role acl` or `role adapter`, do not
    /// count.
    ///
    /// ## Source
    /// The anti-corruption layer in domain-driven design and in the pattern catalogues of the cloud providers.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         properties {
    ///             stage live
    ///         }
    ///         erp = softwareSystem "ERP" "Books and stock of the company" {
    ///             tags "External"
    ///         }
    ///         shop = softwareSystem "Shop" {
    ///             group "Sales" {
    ///                 offers = container "Offer service" "Makes offers" "Go"
    ///             }
    ///             group "Billing" {
    ///                 invoices = container "Invoice service" "Writes invoices" "Go"
    ///             }
    ///             group "Shipping" {
    ///                 parcels = container "Parcel service" "Sends parcels" "Go"
    ///             }
    ///             group "Integration" {
    ///                 adapter = container "ERP adapter" "Speaks the words of the ERP" "Go"
    ///             }
    ///         }
    ///         offers -> erp "Reads prices" "HTTPS"
    ///         invoices -> erp "Books invoices" "HTTPS"
    ///         parcels -> erp "Books stock" "HTTPS"
    ///     }
    /// }
    /// ```
    /// ```dsl,passes
    /// workspace {
    ///     model {
    ///         properties {
    ///             stage live
    ///         }
    ///         erp = softwareSystem "ERP" "Books and stock of the company" {
    ///             tags "External"
    ///         }
    ///         shop = softwareSystem "Shop" {
    ///             group "Sales" {
    ///                 offers = container "Offer service" "Makes offers" "Go"
    ///             }
    ///             group "Billing" {
    ///                 invoices = container "Invoice service" "Writes invoices" "Go"
    ///             }
    ///             group "Shipping" {
    ///                 parcels = container "Parcel service" "Sends parcels" "Go"
    ///             }
    ///             group "Integration" {
    ///                 adapter = container "ERP adapter" "Speaks the words of the ERP" "Go"
    ///             }
    ///         }
    ///         offers -> adapter "Reads prices" "gRPC"
    ///         invoices -> adapter "Books invoices" "gRPC"
    ///         parcels -> adapter "Books stock" "gRPC"
    ///         adapter -> erp "Books and reads" "HTTPS"
    ///     }
    /// }
    /// ```
    "LNT-B007" "missing-anti-corruption-layer" {
        severity: Medium up to Medium,
        set: Prod,
        category: Boundaries,
        kind: Risk,
        reads: Diagrams,
        grouping: PerSubject,
        key: "the external system" version 1,
        fix: Proposal by mend,
        topics: ["GA1.2", "GA1.6"],
    }
}

const MANY: usize = 3;

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        let graph = &subject.graph;
        let contexts = graph.contexts();
        for (index, system) in graph.elements().filter(|(_, element)| kind(element) == Kind::External && !is_commodity(element)) {
            let mut callers: BTreeMap<&str, Vec<&Edge<'_>>> = BTreeMap::new();
            for edge in graph.incoming(index).filter(|edge| is_direct(subject, edge)) {
                if let Some(context) = contexts.get(edge.source).and_then(Option::as_deref) {
                    callers.entry(context).or_default().push(edge);
                }
            }
            if callers.len() >= MANY {
                report(check, subject, system, &callers);
            }
        }
    }
}

/// Made to be used from everywhere, and each has a standard interface.
fn is_commodity(system: &Element) -> bool {
    const ROLES: [&str; 8] = ["idp", "identity", "telemetry", "monitoring", "observability", "email", "storage", "cdn"];
    const WORDS: [&str; 48] = [
        "idp",
        "identity",
        "oauth",
        "oauth2",
        "oidc",
        "saml",
        "sso",
        "auth0",
        "okta",
        "keycloak",
        "cognito",
        "login",
        "sign-in",
        "entra",
        "ldap",
        "directory",
        "telemetry",
        "monitoring",
        "observability",
        "metrics",
        "logging",
        "logs",
        "tracing",
        "datadog",
        "sentry",
        "newrelic",
        "grafana",
        "prometheus",
        "splunk",
        "opentelemetry",
        "email",
        "e-mail",
        "mail",
        "smtp",
        "sendgrid",
        "mailgun",
        "mailchimp",
        "ses",
        "sms",
        "twilio",
        "notification",
        "notifications",
        "s3",
        "storage",
        "cdn",
        "vault",
        "secrets",
        "dns",
    ];
    let said = [Some(system.name.as_str()), system.technology.as_deref(), system.description.as_deref()];
    system.facts.is_any("role", &ROLES)
        || said.into_iter().flatten().chain(system.tags.iter().map(String::as_str)).any(|text| mentions(text, &WORDS))
}

/// A call of business code, and not one of a translating layer.
fn is_direct(subject: &Subject<'_>, edge: &Edge<'_>) -> bool {
    const LAYERS: [&str; 4] = ["acl", "adapter", "anti-corruption", "anti-corruption-layer"];
    let Some(caller) = subject.graph.source(edge) else { return false };
    let layer = caller.facts.is_any("role", &LAYERS) || mentions(&caller.name, &["adapter", "acl", "anti-corruption"]);
    subject.graph.is_compute(caller) && kind(caller) != Kind::Gateway && !layer && !edge.role_is(&LAYERS)
}

fn report<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, system: &'a Element, callers: &BTreeMap<&str, Vec<&'a Edge<'a>>>) {
    let contexts: Vec<&str> = callers.keys().copied().collect();
    let number = counted(contexts.len(), "context");
    let mut draft = check
        .draft(subject)
        .key_element(subject, system)
        .title(format!("{} integrate with {} directly", capital(&number), shorten(&system.name, 40)))
        .message(format!("{} call {}, each by itself. Its model, quota and outages leak into all of them.", listed(&contexts), system.name))
        .element(subject, system)
        .quote_element(system, &["kind", "role"], &format!("{} is an external system", system.name));
    for (context, edges) in callers {
        for edge in edges {
            if let Some(caller) = subject.graph.source(edge) {
                let claim = format!("{} of {context} calls {}", caller.name, system.name);
                draft = draft.mention(subject, caller).edge(subject, edge, &claim, &["role"]);
            }
        }
    }
    check.report(draft);
}

/// All go through one adapter: one that is drawn already, else a new one.
fn mend(broken: &Broken<'_>) -> Vec<Offer> {
    let Some((graph, system)) = broken.graph().zip(broken.elements().first().copied()) else { return Vec::new() };
    let edges = broken.edges();
    let Some((first, caller)) = edges.first().and_then(|edge| Some((edge, graph.source(edge)?))) else { return Vec::new() };
    let protocol = first.relation.technology.as_deref();
    let is_adapter = |element: &Element| graph.is_compute(element) && mentions(&element.name, &["adapter", "acl", "anti-corruption"]);
    let system_words: Vec<String> = words(&system.name).collect();
    let drawn = graph.elements().find(|(_, element)| is_adapter(element) && words(&element.name).any(|word| system_words.contains(&word)));
    let mut patch = Patch::new();
    let (adapter, title) = if let Some((_, element)) = drawn {
        (there(&element.key), format!("Let all calls to {} go through {}", short(&system.name), element.name))
    } else {
        // Beside the caller, in none of the contexts.
        let around = caller.parent.as_ref().and_then(|parent| graph.model.children(parent).find(|child| child.group.is_none()));
        let beside = around.unwrap_or(caller);
        let description = format!("Translates between us and {}", short(&system.name));
        let name = format!("{} adapter", short(&system.name));
        let new = New { kind: Kind::Service, name, beside, technology: None, description };
        (patch.add(new), format!("Put an adapter before {}", short(&system.name)))
    };
    let mut calls: Vec<&Edge<'_>> = edges.clone();
    calls.sort_by_key(|edge| std::cmp::Reverse(edge.relation.span.start));
    for edge in calls {
        patch.reconnect(&edge.relation.key, &there(ends(graph, edge).0), &adapter);
    }
    let linked =
        drawn.is_some_and(|(index, _)| graph.outgoing(index).any(|edge| graph.target(edge).is_some_and(|to| to.key == system.key)));
    if !linked {
        patch.connect(&adapter, &there(&system.key), "Translates and passes on", protocol);
    }
    patch.finish(broken, FixClass::Proposal, title).map(Offer::from).into_iter().collect()
}
