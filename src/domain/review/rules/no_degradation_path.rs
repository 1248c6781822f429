//! LNT-R010: all or nothing.

use crate::domain::{
    model::{Element, facts::State},
    review::{
        check::{Check, Gap, Subject, count, listed},
        graph::{Edge, walk},
        rule::declare_rule,
    },
};

declare_rule! {
    /// A service fails as a whole where it could answer with less.
    ///
    /// ## What it finds
    /// A dependency that is marked optional (`criticality soft`) and states `fallback no`; or a service on the users' way with three or more hard
    /// dependencies that all state `fallback no`, while none of its calls has a fallback. All of one service is one finding.
    ///
    /// ## Why it matters
    /// Each dependency without a fallback adds its outages to the service's own. An optional part that fails the whole request is optional on paper
    /// only.
    ///
    /// ## What to do
    /// Decide for each dependency what an answer without it looks like: yesterday's copy, a default, a part left out, or a promise to finish later. Then
    /// try it.
    ///
    /// ## False positives
    /// What must decide, such as payments or permissions, has no fallback for good reason: `role authoritative` on the relation or on the target leaves
    /// it out.
    ///
    /// ## Source
    /// Guidance on graceful degradation in the cloud providers' reliability frameworks.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         properties {
    ///             stage live
    ///         }
    ///         user = person "User"
    ///         shop = softwareSystem "Shop" {
    ///             checkout = container "Checkout" "Runs the checkout" "Go"
    ///             tips = container "Recommendations" "Suggests more" "Go"
    ///         }
    ///         user -> checkout "Checks out" "HTTPS"
    ///         checkout -> tips "Asks" "gRPC" {
    ///             properties {
    ///                 criticality soft
    ///                 fallback no
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
    ///         user = person "User"
    ///         shop = softwareSystem "Shop" {
    ///             checkout = container "Checkout" "Runs the checkout" "Go"
    ///             tips = container "Recommendations" "Suggests more" "Go"
    ///         }
    ///         user -> checkout "Checks out" "HTTPS"
    ///         checkout -> tips "Asks" "gRPC" {
    ///             properties {
    ///                 criticality soft
    ///                 fallback "empty list"
    ///             }
    ///         }
    ///     }
    /// }
    /// ```
    "LNT-R010" "no-degradation-path" {
        severity: Medium up to High,
        set: Prod,
        category: Reliability,
        kind: Risk,
        reads: Diagrams,
        grouping: PerCaller,
        key: "the calling service" version 1,
        fix: Planned each ["fallback"],
        topics: ["GA4.4"],
    }
}

/// So many hard dependencies without any fallback are reported.
const MANY: usize = 3;

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        let graph = &subject.graph;
        let used = walk::reachable(&graph.adjacency(Edge::is_sync), graph.entries());
        for (index, caller) in graph.elements().filter(|(_, element)| graph.is_compute(element)) {
            judge(check, subject, (index, caller), used.get(index) == Some(&true));
        }
    }
}

fn judge<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, (index, caller): (usize, &'a Element), used: bool) {
    let graph = &subject.graph;
    let (mut soft, mut hard, mut helped) = (Vec::new(), Vec::new(), false);
    for edge in graph.outgoing(index).filter(|edge| edge.is_sync()) {
        helped |= edge.facts().is_yes("fallback");
        if decides(subject, edge) || edge.facts().state("criticality") == State::Unknown {
            continue;
        }
        let optional = edge.facts().is("criticality", "soft");
        if let Some(gap) = check.gap(subject.document, edge.relation.key.as_str(), edge.facts(), "fallback") {
            if optional { &mut soft } else { &mut hard }.push((edge, gap));
        }
    }
    if hard.len() < MANY || helped || !used {
        hard.clear();
    }
    let name = |edge: &Edge<'_>| graph.target(edge).map_or("", |target| target.name.as_str()).to_owned();
    let names = |calls: &[(&Edge<'_>, Gap)]| listed(&calls.iter().map(|(edge, _)| name(edge)).collect::<Vec<_>>());
    let (title, message) = match (soft.as_slice(), hard.as_slice()) {
        ([], []) => return,
        ([], hard) => (
            format!("{} has no degraded mode for {} dependencies", caller.name, count(hard.len())),
            format!("None has a fallback: {}. When one of them fails, the whole request at {} fails.", names(hard), caller.name),
        ),
        (soft, _) => (
            format!("{} has no fallback for {}, which is optional", caller.name, names(soft)),
            format!("{} is marked as something {} could do without, but its failure fails the whole request.", names(soft), caller.name),
        ),
    };
    let calls: Vec<&(&Edge<'_>, Gap)> = soft.iter().chain(&hard).collect();
    let mut draft = check
        .draft(subject)
        .key_element(subject, caller)
        .title(title)
        .message(message)
        .planned(calls.iter().all(|(_, gap)| *gap == Gap::Planned))
        .element(subject, caller);
    for (edge, _) in calls {
        let Some(target) = graph.target(edge) else { continue };
        let claim = format!("{} has no fallback for {}", caller.name, target.name);
        draft = draft.mention(subject, target).edge(subject, edge, &claim, &["criticality", "fallback"]).rests_on_mode(edge);
    }
    check.report(draft);
}

/// Its answer can't be guessed.
fn decides(subject: &Subject<'_>, edge: &Edge<'_>) -> bool {
    edge.role_is(&["authoritative"]) || subject.graph.target(edge).is_some_and(|target| target.facts.is("role", "authoritative"))
}
