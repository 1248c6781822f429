//! LNT-A002: a request that passes many services, one after the other.

use crate::domain::{
    model::{Element, facts::Fact, kind::Kind},
    review::{
        check::{Check, Subject, count, shorten},
        finding::Anchor,
        graph::{Edge, kind, walk},
        rule::declare_rule,
    },
};

declare_rule! {
    /// A user request crosses four or more services in sequence.
    ///
    /// ## What it finds
    /// The longest chain of synchronous calls that begins where users or other systems enter, from four services on. Services are counted; gateways,
    /// proxies and stores are not. A workspace that accepts longer chains says how long: `max_sync_chain 5`.
    ///
    /// ## Why it matters
    /// The request is up only while every service on the way is, and each hop adds its slowest answers to the total. Four services at 99.9 % are
    /// together down almost three hours a month.
    ///
    /// ## What to do
    /// Shorten the chain: keep a copy of the data by events, merge hops that always go together, answer first and finish later, or ask in parallel.
    ///
    /// ## False positives
    /// Mesh proxies and sidecars that are drawn as elements: `role mesh` or `role sidecar`. Availability is only computed when each service on the
    /// way states an `slo`, the time to an answer only when each states its `latency`.
    ///
    /// ## Source
    /// Guidance on loosely coupled dependencies in the cloud providers' reliability frameworks.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         user = person "User"
    ///         shop = softwareSystem "Shop" {
    ///             a = container "Checkout" "Runs the checkout" "Go"
    ///             b = container "Orders" "Takes orders" "Go"
    ///             c = container "Stock" "Reserves items" "Go"
    ///             d = container "Suppliers" "Asks suppliers" "Go"
    ///         }
    ///         user -> a "Checks out" "HTTPS"
    ///         a -> b "Places" "gRPC"
    ///         b -> c "Reserves" "gRPC"
    ///         c -> d "Asks" "gRPC"
    ///     }
    /// }
    /// ```
    /// ```dsl,passes
    /// workspace {
    ///     model {
    ///         user = person "User"
    ///         shop = softwareSystem "Shop" {
    ///             a = container "Checkout" "Runs the checkout" "Go"
    ///             b = container "Orders" "Takes orders" "Go"
    ///             c = container "Stock" "Reserves items" "Go"
    ///             d = container "Suppliers" "Asks suppliers" "Go"
    ///         }
    ///         user -> a "Checks out" "HTTPS"
    ///         a -> b "Places" "gRPC"
    ///         a -> c "Reserves" "gRPC"
    ///         c -> d "Asks" "gRPC"
    ///     }
    /// }
    /// ```
    "LNT-A002" "deep-sync-chain" {
        severity: Medium up to High,
        set: Core,
        category: Communication,
        kind: Risk,
        reads: Diagrams,
        grouping: Individual,
        key: "the services of the chain" version 1,
        fix: None,
        topics: ["GA1.1", "BA2.2", "GA10.2"],
    }
}

/// Chains of this many services are reported, unless the workspace accepts longer ones.
const LONG: usize = 4;

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        let graph = &subject.graph;
        let adjacency = graph.adjacency(|edge| is_call(subject, edge));
        let weights: Vec<usize> = graph.elements().map(|(_, element)| usize::from(counts(subject, element))).collect();
        let path = walk::heaviest_walk(&adjacency, &graph.entries(), &weights);
        let services: Vec<&Element> =
            path.iter().filter_map(|index| graph.element(*index)).filter(|element| counts(subject, element)).collect();
        if services.len() < long(subject) {
            continue;
        }
        let edges: Vec<&Edge<'_>> = path
            .iter()
            .zip(path.iter().skip(1))
            .filter_map(|(source, target)| graph.edge_between(*source, *target, |edge| is_call(subject, edge)))
            .collect();
        let names: Vec<&str> = path.iter().filter_map(|index| graph.element(*index)).map(|element| element.name.as_str()).collect();
        let available =
            availability(subject, &services).map(|percent| format!(" Together they are available at most {percent:.2} % of the time."));
        let time = latency(&services).map(|time| format!(" An answer takes {time} ms at least."));
        let first = names.first().copied().unwrap_or_default();
        let mut draft = check
            .draft(subject)
            .title(format!("A request at {} waits for {} services in sequence", shorten(first, 40), count(services.len())))
            .message(format!("{}.{}{}", names.join(" → "), available.unwrap_or_default(), time.unwrap_or_default()))
            .anchor(Anchor::Path { document: subject.document, relations: edges.iter().map(|edge| edge.relation.key.clone()).collect() });
        for element in services {
            draft = draft.key_element(subject, element).element(subject, element);
        }
        for edge in edges {
            draft = draft
                .edge(subject, edge, &format!("{} waits for {}", graph.name(edge.source), graph.name(edge.target)), &["mode"])
                .rests_on_mode(edge);
        }
        check.report(draft);
    }
}

/// The shortest chain that is reported.
fn long(subject: &Subject<'_>) -> usize {
    let accepted = subject.parsed.model.facts.get("max_sync_chain").and_then(Fact::number).filter(|number| *number >= 1.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small number of services")]
    accepted.map_or(LONG, |number| number.min(1000.0) as usize + 1)
}

fn is_call(subject: &Subject<'_>, edge: &Edge<'_>) -> bool {
    edge.is_sync()
        && subject.graph.computes(edge.source)
        && subject.graph.computes(edge.target)
        && !edge.role_is(&["control-plane", "auth-discovery", "health"])
}

fn counts(subject: &Subject<'_>, element: &Element) -> bool {
    let passes_on = element.facts.is_any("role", &["mesh", "sidecar", "proxy", "gateway"]);
    subject.graph.is_compute(element) && kind(element) != Kind::Gateway && !passes_on
}

/// The product of the stated objectives in percent; none unless every service states one.
fn availability<'a>(subject: &Subject<'a>, services: &[&'a Element]) -> Option<f64> {
    let stated: Option<Vec<f64>> = services
        .iter()
        .map(|element| subject.graph.fact(element, "slo").and_then(Fact::number).filter(|slo| *slo > 0.0 && *slo <= 100.0))
        .collect();
    Some(stated?.into_iter().fold(100.0, |product, slo| product * slo / 100.0))
}

/// The sum of what each service needs for its own part, in milliseconds; none unless every one states it.
fn latency(services: &[&Element]) -> Option<u64> {
    let stated: Option<Vec<u64>> = services.iter().map(|element| element.facts.get("latency").and_then(Fact::milliseconds)).collect();
    Some(stated?.into_iter().fold(0, u64::saturating_add))
}
