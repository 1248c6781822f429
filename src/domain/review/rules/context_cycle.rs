//! LNT-B004: contexts that depend on each other in a circle.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{
    model::kind::{Kind, Mode},
    review::{
        check::{Check, Subject, listed, shorten},
        finding::{Anchor, Severity},
        graph::{Edge, kind, walk},
        rule::declare_rule,
    },
};

declare_rule! {
    /// Bounded contexts depend on each other in a circle.
    ///
    /// ## What it finds
    /// Contexts that reach each other and back by synchronous calls of their services, or by events: who consumes a topic depends on the
    /// context that publishes it. A circle of events alone is low. The context is the fact `context`, else the nearest group, else the
    /// software system.
    ///
    /// ## Why it matters
    /// None of the contexts can be changed, tested, extracted or handed to a team alone, and each has to follow the words of the other.
    ///
    /// ## What to do
    /// Decide who is upstream and who is downstream, let the upstream publish a language of its own, or merge what always changes together.
    /// Draw it in a context map.
    ///
    /// ## False positives
    /// Topics that are a published language (`exposure public` or `role published-language`) and topics with publishers in several contexts
    /// tell nothing about direction and are left out, as are callbacks, webhooks and control-plane calls.
    ///
    /// ## Source
    /// Context mapping in domain-driven design, and studies of wrong cuts between microservices.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         properties {
    ///             stage live
    ///         }
    ///         shop = softwareSystem "Shop" {
    ///             group "Sales" {
    ///                 offers = container "Offer service" "Makes offers" "Go"
    ///                 orders = container "Order service" "Takes orders" "Go"
    ///             }
    ///             group "Billing" {
    ///                 invoices = container "Invoice service" "Writes invoices" "Go"
    ///                 dunning = container "Dunning service" "Reminds debtors" "Go"
    ///             }
    ///         }
    ///         orders -> invoices "Asks for an invoice" "gRPC"
    ///         dunning -> offers "Asks for the terms" "gRPC"
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
    ///             group "Sales" {
    ///                 offers = container "Offer service" "Makes offers" "Go"
    ///                 orders = container "Order service" "Takes orders" "Go"
    ///             }
    ///             group "Billing" {
    ///                 invoices = container "Invoice service" "Writes invoices" "Go"
    ///                 dunning = container "Dunning service" "Reminds debtors" "Go"
    ///             }
    ///         }
    ///         orders -> invoices "Asks for an invoice" "gRPC"
    ///         offers -> dunning "Asks for the state" "gRPC"
    ///     }
    /// }
    /// ```
    "LNT-B004" "context-cycle" {
        severity: Medium up to Medium,
        set: Prod,
        category: Boundaries,
        kind: Risk,
        reads: Diagrams,
        grouping: Individual,
        key: "the contexts of the circle" version 1,
        fix: None,
        topics: ["GA1.2", "BA5.1"],
    }
}

/// One context's dependence on another: the relation that shows it, and for events the relation at the other end of the topic.
struct Step<'a> {
    edge: &'a Edge<'a>,
    publishes: Option<&'a Edge<'a>>,
}

/// Paths through this many synchronous steps are compared before the shortest is told.
const STARTS: usize = 64;

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        let contexts = subject.graph.contexts();
        let names: Vec<&String> = contexts.iter().flatten().collect::<BTreeSet<_>>().into_iter().collect();
        let number: BTreeMap<&String, usize> = names.iter().enumerate().map(|(index, name)| (*name, index)).collect();
        let of = |element: usize| contexts.get(element).and_then(Option::as_ref).and_then(|name| number.get(name)).copied();
        let steps = steps(subject, of);
        let mut adjacency = vec![Vec::new(); names.len()];
        for (from, to) in steps.keys() {
            if let Some(list) = adjacency.get_mut(*from) {
                list.push(*to);
            }
        }
        for members in walk::components(&adjacency).into_iter().filter(|members| members.len() > 1) {
            let cycle = told(&adjacency, &members, &steps);
            report(check, subject, &names, &cycle, &steps);
        }
    }
}

/// Between different contexts; a synchronous step stands for the pair where there is one.
fn steps<'a>(subject: &'a Subject<'a>, of: impl Fn(usize) -> Option<usize>) -> BTreeMap<(usize, usize), Step<'a>> {
    let graph = &subject.graph;
    let mut steps = BTreeMap::new();
    let calls = graph.edges().iter().filter(|edge| graph.computes(edge.source) && graph.computes(edge.target) && waits(edge));
    for edge in calls {
        if let (Some(from), Some(to)) = (of(edge.source), of(edge.target))
            && from != to
        {
            steps.entry((from, to)).or_insert(Step { edge, publishes: None });
        }
    }
    for (index, topic) in graph.elements().filter(|(_, element)| kind(element) == Kind::Queue) {
        if topic.facts.is("exposure", "public") || topic.facts.is("role", "published-language") {
            continue;
        }
        let publishers: Vec<(usize, &Edge<'_>)> = graph
            .incoming(index)
            .filter(|edge| edge.mode == Mode::AsyncPub && graph.computes(edge.source))
            .filter_map(|edge| Some((of(edge.source)?, edge)))
            .collect();
        // A broker that everybody shares says nothing about who depends on whom.
        let Some((publisher, publishes)) =
            publishers.first().copied().filter(|(first, _)| publishers.iter().all(|(other, _)| other == first))
        else {
            continue;
        };
        for edge in graph.incoming(index).filter(|edge| edge.mode == Mode::AsyncSub && graph.computes(edge.source)) {
            if let Some(consumer) = of(edge.source).filter(|consumer| *consumer != publisher) {
                steps.entry((consumer, publisher)).or_insert(Step { edge, publishes: Some(publishes) });
            }
        }
    }
    steps
}

fn waits(edge: &Edge<'_>) -> bool {
    const ROLES: [&str; 6] = ["callback", "webhook", "control-plane", "auth-discovery", "registration", "health"];
    edge.is_sync() && !edge.role_is(&ROLES) && !edge.says(&["webhook", "webhooks", "callback", "callbacks", "jwks", "oidc"])
}

/// The circle to tell: a shortest one, preferably with a synchronous step, because that one hurts.
fn told(adjacency: &[Vec<usize>], members: &[usize], steps: &BTreeMap<(usize, usize), Step<'_>>) -> Vec<usize> {
    let shortest = walk::shortest_cycle(adjacency, members);
    let is_call = |from: usize, to: usize| steps.get(&(from, to)).is_some_and(|step| step.publishes.is_none());
    if ring(&shortest).any(|(from, to)| is_call(from, to)) {
        return shortest;
    }
    let inside: Vec<bool> = (0..adjacency.len()).map(|node| members.binary_search(&node).is_ok()).collect();
    let within = |node: &usize| inside.get(*node) == Some(&true);
    let calls = steps.keys().filter(|(from, to)| within(from) && within(to) && is_call(*from, *to)).take(STARTS);
    calls.filter_map(|(from, to)| walk::path(adjacency, *to, *from, &inside)).min_by_key(Vec::len).unwrap_or(shortest)
}

fn ring(cycle: &[usize]) -> impl Iterator<Item = (usize, usize)> + '_ {
    cycle.iter().copied().zip(cycle.iter().copied().cycle().skip(1))
}

fn report<'a>(
    check: &mut Check<'a>,
    subject: &'a Subject<'a>,
    contexts: &[&String],
    cycle: &[usize],
    steps: &BTreeMap<(usize, usize), Step<'a>>,
) {
    let graph = &subject.graph;
    let names: Vec<String> = cycle.iter().filter_map(|index| contexts.get(*index)).map(|name| shorten(name, 24)).collect();
    let taken: Vec<&Step<'_>> = ring(cycle).filter_map(|pair| steps.get(&pair)).collect();
    let why: Vec<String> = taken
        .iter()
        .map(|step| {
            let (source, target) = (graph.name(step.edge.source), graph.name(step.edge.target));
            if step.publishes.is_some() { format!("{source} consumes {target}") } else { format!("{source} calls {target}") }
        })
        .collect();
    let mut draft = check
        .draft(subject)
        .title(format!("{} depend on each other in a circle", listed(&names)))
        .message(format!("None of them can change alone: {}.", listed(&why)))
        .anchor(Anchor::Path { document: subject.document, relations: taken.iter().map(|step| step.edge.relation.key.clone()).collect() });
    for name in cycle.iter().filter_map(|index| contexts.get(*index)) {
        draft = draft.key_word(name);
    }
    for (step, why) in taken.iter().zip(&why) {
        if let Some(source) = graph.source(step.edge) {
            draft = draft.element(subject, source);
        }
        draft = draft.edge(subject, step.edge, why, &["mode"]).rests_on_mode(step.edge);
        if let Some(publishes) = step.publishes {
            let claim = format!("{} publishes to {}", graph.name(publishes.source), graph.name(publishes.target));
            draft = draft.edge(subject, publishes, &claim, &["mode"]);
        }
    }
    if taken.iter().all(|step| step.publishes.is_some()) {
        draft = draft.severity(Severity::Low, "they only exchange events");
    }
    check.report(draft);
}
