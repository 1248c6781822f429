//! LNT-A003: an interface between teams that nobody has written down.

use std::collections::BTreeMap;

use crate::domain::{
    model::{Element, kind::Kind},
    review::{
        check::{Check, Gap, Subject, capital, counted, listed, shorten},
        graph::{Edge, ask::Together, kind},
        rule::declare_rule,
    },
};

declare_rule! {
    /// Teams call each other with no written contract.
    ///
    /// ## What it finds
    /// Synchronous relations between services of different owners or contexts, or with an external system, that state `contract no`. All
    /// between the same two are one finding.
    ///
    /// ## Why it matters
    /// What the interface promises is what the other side happens to do today. A change that breaks it is found by the callers, in
    /// production.
    ///
    /// ## What to do
    /// Write the contract first (OpenAPI, Protobuf, GraphQL), link it in `contract`, and check in the build that a change breaks nobody.
    ///
    /// ## False positives
    /// Calls inside one team are left out, and so are those where nobody has said who belongs where. A relation that says nothing about a
    /// contract is asked and not blamed.
    ///
    /// ## Source
    /// Guidance on service contracts in the cloud providers' reliability frameworks.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         properties {
    ///             stage live
    ///         }
    ///         shop = softwareSystem "Shop" {
    ///             orders = container "Order service" "Takes orders" "Go" {
    ///                 properties {
    ///                     owner team-orders
    ///                 }
    ///             }
    ///             stock = container "Stock service" "Counts items" "Go" {
    ///                 properties {
    ///                     owner team-stock
    ///                 }
    ///             }
    ///         }
    ///         orders -> stock "Reserves" "HTTPS" {
    ///             properties {
    ///                 contract no
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
    ///             orders = container "Order service" "Takes orders" "Go" {
    ///                 properties {
    ///                     owner team-orders
    ///                 }
    ///             }
    ///             stock = container "Stock service" "Counts items" "Go" {
    ///                 properties {
    ///                     owner team-stock
    ///                 }
    ///             }
    ///         }
    ///         orders -> stock "Reserves" "HTTPS" {
    ///             properties {
    ///                 contract openapi
    ///             }
    ///         }
    ///     }
    /// }
    /// ```
    "LNT-A003" "missing-contract" {
        severity: Medium up to Medium,
        set: Prod,
        category: Communication,
        kind: Risk,
        reads: Diagrams,
        grouping: PerCaller,
        key: "the two owners or contexts" version 1,
        fix: Planned each ["contract"],
        topics: ["BA1.3", "BA5.2", "GA10.1", "BA1.2"],
    }
}

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        let graph = &subject.graph;
        let mut pairs: BTreeMap<(String, String), Vec<(&Edge<'_>, Gap)>> = BTreeMap::new();
        for edge in graph.edges().iter().filter(|edge| is_interface(subject, edge)) {
            let (Some(source), Some(target)) = (graph.source(edge), graph.target(edge)) else { continue };
            // The side that offers the interface may state the contract once.
            let Some(gap) = check.gap_of(subject.document, edge.relation.key.as_str(), &[edge.facts(), &target.facts], "contract") else {
                continue;
            };
            let mut pair = [party(subject, source), party(subject, target)];
            pair.sort_unstable();
            let [one, other] = pair;
            pairs.entry((one, other)).or_default().push((edge, gap));
        }
        for ((one, other), edges) in pairs {
            report(check, subject, (&one, &other), &edges);
        }
    }
}

/// Between two programs of different parties.
fn is_interface(subject: &Subject<'_>, edge: &Edge<'_>) -> bool {
    let graph = &subject.graph;
    let program = |index| {
        graph.element(index).is_some_and(|element| {
            graph.is_compute(element) || kind(element) == Kind::External || (kind(element) == Kind::Frontend && graph.is_browser(element))
        })
    };
    edge.is_sync() && program(edge.source) && program(edge.target) && graph.between_parties(edge) == Together::No
}

/// Who answers for one end: the owner, else the context, else the system itself.
fn party<'a>(subject: &'a Subject<'a>, element: &'a Element) -> String {
    let graph = &subject.graph;
    let context = || graph.context(element).map(|context| context.name);
    graph.owner(element).map(str::to_owned).or_else(context).unwrap_or_else(|| element.name.clone())
}

fn report<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, (one, other): (&str, &str), edges: &[(&'a Edge<'a>, Gap)]) {
    let graph = &subject.graph;
    let arrows: Vec<String> = edges.iter().map(|(edge, _)| format!("{} → {}", graph.name(edge.source), graph.name(edge.target))).collect();
    let verb = if edges.len() == 1 { "has" } else { "have" };
    let mut draft = check
        .draft(subject)
        .key_word(one)
        .key_word(other)
        .title(format!(
            "{} between {} and {} {verb} no contract",
            capital(&counted(edges.len(), "interface")),
            shorten(one, 22),
            shorten(other, 22)
        ))
        .message(format!(
            "Nothing is written down about {}, so a change that breaks the other side is found in production.",
            listed(&arrows)
        ))
        .planned(edges.iter().all(|(_, gap)| *gap == Gap::Planned));
    for (edge, _) in edges {
        if let (Some(source), Some(target)) = (graph.source(edge), graph.target(edge)) {
            let claim = format!("{} calls {} without a contract", source.name, target.name);
            draft = draft.element(subject, target).mention(subject, source).edge(subject, edge, &claim, &["contract"]);
            if edge.facts().get("contract").is_none() {
                draft = draft.quote_element(target, &["contract"], &format!("{} offers no contract", target.name));
            }
        }
    }
    check.report(draft);
}
