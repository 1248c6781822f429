//! LNT-X009: the back door that stands in the same street as the front door.

use crate::domain::{
    model::{
        Element,
        facts::{Facts, State},
        kind::Kind,
    },
    review::{
        check::{Check, Draft, Gap, Subject},
        finding::Severity,
        fix::{
            Offer,
            broken::{Bearer, Broken},
            patch::{Patch, short},
            plan::{self, Pick},
        },
        graph::{Edge, around::is_staff, kind, walk},
        protocol::mentions,
        rule::{FixClass, declare_rule},
    },
};

declare_rule! {
    /// An administrative surface can be reached from the internet.
    ///
    /// ## What it finds
    /// Elements, components and relations whose `role` is admin, console, metrics, debug, pprof, actuator or management, and that are declared public, are
    /// called by the public, or are routed by a gateway that the public calls.
    ///
    /// ## Why it matters
    /// Profilers, metrics and consoles tell an attacker how the system works, and some of them change it. Nobody watches them as they watch the front
    /// door.
    ///
    /// ## What to do
    /// Serve it on a listener of its own, in a zone that has no public route, and let people in over a VPN with a second factor.
    ///
    /// ## False positives
    /// Calls over a guarded way (`via vpn`, `via bastion`, `mfa yes`) and by people whose name says that they are staff are left out. A page that customers
    /// administer their own things on says `purpose product`; it is only asked for a second factor.
    ///
    /// ## Source
    /// Lists of debug endpoints in production readiness reviews, and checks for a missing second factor in threat modelling.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         shop = softwareSystem "Shop" {
    ///             orders = container "Order service" "Takes orders" "Go"
    ///             profiler = container "Profiler" "Heap and CPU profiles of the Order service" "Go, pprof" {
    ///                 properties {
    ///                     role pprof
    ///                     exposure public
    ///                 }
    ///             }
    ///         }
    ///         profiler -> orders "Samples" "HTTP"
    ///     }
    /// }
    /// ```
    /// ```dsl,passes
    /// workspace {
    ///     model {
    ///         operator = person "Operator"
    ///         shop = softwareSystem "Shop" {
    ///             orders = container "Order service" "Takes orders" "Go"
    ///             profiler = container "Profiler" "Heap and CPU profiles of the Order service" "Go, pprof" {
    ///                 properties {
    ///                     role pprof
    ///                     exposure internal
    ///                     auth oidc
    ///                 }
    ///             }
    ///         }
    ///         operator -> profiler "Looks for leaks" "HTTPS" {
    ///             properties {
    ///                 via vpn
    ///             }
    ///         }
    ///         profiler -> orders "Samples" "HTTP"
    ///     }
    /// }
    /// ```
    "LNT-X009" "exposed-admin" {
        severity: High up to Critical,
        set: Core,
        category: Security,
        kind: Risk,
        reads: Diagrams,
        grouping: PerSubject,
        key: "the surface" version 1,
        fix: Proposal by mend,
        topics: ["GA9.2"],
    }
}

const SURFACES: [&str; 9] = ["admin", "administration", "console", "metrics", "debug", "pprof", "profiling", "actuator", "management"];

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        let graph = &subject.graph;
        let public = public(subject);
        let open = |edge: &Edge<'_>| public.get(edge.source) == Some(&true) && !guarded(edge.facts()) && !partner(subject, edge);
        for (index, element) in graph.elements().filter(|(index, _)| graph.is_unit(*index)) {
            let own = surface(&element.facts);
            let declared = element.facts.is("exposure", "public");
            if own.is_some() && element.facts.is("exposure", "internal") {
                continue;
            }
            let calls: Vec<&Edge<'_>> =
                graph.incoming(index).filter(|edge| (own.is_some() || routed(subject, edge).is_some()) && open(edge)).collect();
            let draft = match (own, calls.first().and_then(|edge| routed(subject, edge))) {
                (Some(_), _) if declared || !calls.is_empty() => check
                    .draft(subject)
                    .key_element(subject, element)
                    .title(format!("{} is an administrative surface that the internet reaches", element.name)),
                (None, Some(role)) => check
                    .draft(subject)
                    .key_element(subject, element)
                    .key_word(role)
                    .title(format!("The {role} surface of {} can be reached from the internet", element.name)),
                _ => continue,
            };
            report(check, subject, draft, element, &calls);
        }
    }
}

fn report<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, draft: Draft<'a>, element: &'a Element, calls: &[&'a Edge<'a>]) {
    let graph = &subject.graph;
    let product = element.facts.is("purpose", "product") || calls.iter().any(|edge| edge.facts().is("purpose", "product"));
    let mut draft = draft.element(subject, element);
    if product {
        // Meant for customers: the question is only how well they prove who they are.
        let Some(gap) = check.gap(subject.document, element.key.as_str(), &element.facts, "mfa") else { return };
        draft = draft
            .title(format!("{} lets customers administer without a second factor", element.name))
            .message(format!("A password is all that stands between the internet and what {} can change.", element.name))
            .remedy("Ask for a second factor, at least before what can't be undone.")
            .severity(Severity::Medium, "it is made for customers")
            .planned(gap == Gap::Planned);
    } else {
        let from = calls.first().and_then(|edge| graph.source(edge));
        draft = draft.message(from.map_or_else(
            || format!("{} is declared public. What it shows and does is meant for those who run the system.", element.name),
            |source| format!("{} reaches it. What it shows and does is meant for those who run the system.", source.name),
        ));
    }
    if element.facts.is("exposure", "public") || calls.is_empty() || product {
        draft = draft.quote_element(
            element,
            &["role", "exposure", "purpose", "mfa"],
            &format!("what {} is for, and who reaches it", element.name),
        );
    }
    for edge in calls {
        if let Some(source) = graph.source(edge) {
            draft =
                draft.mention(subject, source).edge(subject, edge, &format!("{} reaches {}", source.name, element.name), &["role", "via"]);
        }
    }
    check.report(draft);
}

fn surface(facts: &Facts) -> Option<&'static str> {
    SURFACES.into_iter().find(|role| facts.is("role", role))
}

/// The surface that a relation leads to, by its own role or that of the component at its end.
fn routed(subject: &Subject<'_>, edge: &Edge<'_>) -> Option<&'static str> {
    surface(edge.facts()).or_else(|| subject.graph.model.element(&edge.relation.target).and_then(|target| surface(&target.facts)))
}

/// A way in that only some people have.
fn guarded(facts: &Facts) -> bool {
    let ways = ["vpn", "bastion", "mfa", "ztna", "zero-trust", "tunnel", "private-link", "ip-allow-list"];
    facts.state("mfa") == State::Yes || facts.value("via").is_some_and(|via| mentions(via, &ways))
}

/// Someone else's system that proves who it is.
fn partner(subject: &Subject<'_>, edge: &Edge<'_>) -> bool {
    subject.graph.source(edge).is_some_and(|source| kind(source) == Kind::External) && edge.facts().state("auth") == State::Yes
}

/// The public, and the gateways that it calls.
fn public(subject: &Subject<'_>) -> Vec<bool> {
    let graph = &subject.graph;
    let gateway = |index: usize| graph.element(index).is_some_and(|element| kind(element) == Kind::Gateway);
    let roots = graph.elements().filter(|(index, element)| match graph.value(element, "zone") {
        _ if element.facts.is("exposure", "internal") => false,
        _ if gateway(*index) => element.facts.is("exposure", "public"),
        Some(zone) if graph.is_outside(element) => ["internet", "public"].iter().any(|name| zone.eq_ignore_ascii_case(name)),
        _ => graph.is_outside(element) && !is_staff(element),
    });
    let onward = graph.adjacency(|edge| gateway(edge.target) && !guarded(edge.facts()));
    walk::reachable(&onward, roots.map(|(index, _)| index))
}

/// The public ways to it go; that it is declared public is planned to end. What customers administer gets a second factor.
fn mend(broken: &Broken<'_>) -> Vec<Offer> {
    let Some(element) = broken.elements().first().copied() else { return Vec::new() };
    if element.facts.is_known_no("mfa") && broken.finding.severity <= Severity::Medium {
        return plan::each(broken, &["mfa"]);
    }
    let mut relations = broken.relations();
    relations.sort_by_key(|relation| std::cmp::Reverse(relation.span.start));
    let mut patch = Patch::new();
    for relation in &relations {
        patch.disconnect(&relation.key);
    }
    let inner = element.facts.get("exposure").map_or_else(|| "internal".to_owned(), |exposure| plan::instead("internal", exposure));
    let inner = Pick { bearer: Bearer::element(element), fact: "exposure", note: Some(inner) };
    let public = element.facts.is("exposure", "public");
    if relations.is_empty() {
        return plan::planned(broken, &[inner]).filter(|_| public).map(Offer::from).into_iter().collect();
    }
    if public {
        patch.plan(&inner);
    }
    let title = format!("Take the public ways to {} out", short(&element.name));
    patch.finish(broken, FixClass::Proposal, title).map(Offer::from).into_iter().collect()
}
