//! LNT-R003: a caller that gives up before the called one does.

use crate::domain::{
    model::facts::{Fact, Facts, State},
    review::{
        amount::{Retry, plain, spoken, timeout},
        check::{Check, Subject},
        fix::{
            Offer,
            broken::{Bearer, Broken},
            plan::{self, Pick},
        },
        graph::Edge,
        rule::declare_rule,
    },
};

declare_rule! {
    /// A caller gives up while the service it called still works on the request.
    ///
    /// ## What it finds
    /// A synchronous call with a stated timeout to a service that itself makes a call which may take longer: its timeout times its attempts, with the
    /// pauses between them.
    ///
    /// ## Why it matters
    /// The user already has an error, and the work goes on for nobody. If the caller tries again, the new request meets the old one, and a slow
    /// dependency is loaded twice.
    ///
    /// ## What to do
    /// Give one deadline to the whole request and pass it on, so that every hop has less time than the one before. Where that can't be done, make the
    /// inner timeouts and attempts fit into the outer one.
    ///
    /// ## False positives
    /// Nothing is said unless both timeouts are stated. Messages and streams begin a new budget and are left out. A retry without a stated number counts
    /// as one attempt. A call back to the caller, such as a webhook, is no part of the answer to it.
    ///
    /// ## Source
    /// How deadlines shrink from hop to hop in remote calls, and accounts of cascading failures; arithmetic on what the diagram states.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         shop = softwareSystem "Shop" {
    ///             web = container "Web shop" "Serves pages" "Go"
    ///             orders = container "Order service" "Takes orders" "Go"
    ///             stock = container "Stock service" "Counts items" "Go"
    ///         }
    ///         web -> orders "Orders" "gRPC" {
    ///             properties {
    ///                 timeout 1s
    ///             }
    ///         }
    ///         orders -> stock "Reserves" "gRPC" {
    ///             properties {
    ///                 timeout 800ms
    ///                 retry "3, 100ms, exponential, jitter"
    ///             }
    ///         }
    ///     }
    /// }
    /// ```
    /// ```dsl,passes
    /// workspace {
    ///     model {
    ///         shop = softwareSystem "Shop" {
    ///             web = container "Web shop" "Serves pages" "Go"
    ///             orders = container "Order service" "Takes orders" "Go"
    ///             stock = container "Stock service" "Counts items" "Go"
    ///         }
    ///         web -> orders "Orders" "gRPC" {
    ///             properties {
    ///                 timeout 2s
    ///             }
    ///         }
    ///         orders -> stock "Reserves" "gRPC" {
    ///             properties {
    ///                 timeout 500ms
    ///                 retry "3, 100ms, exponential, jitter"
    ///             }
    ///         }
    ///     }
    /// }
    /// ```
    "LNT-R003" "timeout-inversion" {
        severity: High up to High,
        set: Math,
        category: Reliability,
        kind: Risk,
        reads: Diagrams,
        grouping: Individual,
        key: "source and target" version 1,
        fix: Planned by mend,
        topics: ["BA4.2", "BA5.3"],
    }
}

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        let graph = &subject.graph;
        let mut calls: Vec<Vec<(f64, &Edge<'_>)>> = vec![Vec::new(); graph.len()];
        for edge in graph.edges().iter().filter(|edge| is_call(edge)) {
            if let (Some(takes), Some(own)) = (takes(subject, edge), calls.get_mut(edge.source)) {
                own.push((takes, edge));
            }
        }
        // The longest first; of equals the one that the text says first.
        for own in &mut calls {
            own.sort_by(|left, right| right.0.total_cmp(&left.0));
        }
        for edge in graph.edges().iter().filter(|edge| is_call(edge)) {
            // What it asks of its caller is another request, or a cycle.
            let inner = calls.get(edge.target).and_then(|own| own.iter().find(|(_, inner)| inner.target != edge.source));
            if let (Some(patience), Some((takes, inner))) = (patience(subject, edge), inner)
                && patience < *takes
            {
                report(check, subject, (edge, patience), (inner, *takes));
            }
        }
    }
}

fn is_call(edge: &Edge<'_>) -> bool {
    edge.is_sync() && !edge.role_is(&["control-plane", "auth-discovery", "health"])
}

/// How long the source of a call waits for one answer.
fn patience(subject: &Subject<'_>, edge: &Edge<'_>) -> Option<f64> {
    timeout(edge.facts(), &subject.graph.source(edge)?.facts)
}

/// How long the source may be busy with a call, all attempts together.
fn takes(subject: &Subject<'_>, edge: &Edge<'_>) -> Option<f64> {
    let caller = subject.graph.source(edge).filter(|caller| subject.graph.is_compute(caller))?;
    let retry = Retry::between(edge.facts(), &caller.facts);
    let pauses = retry.filter(|retry| retry.attempts.is_some()).map_or(0.0, |retry| retry.pauses);
    Some(patience(subject, edge)? * f64::from(Retry::tries(retry)) + pauses)
}

fn report<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, outer: (&'a Edge<'a>, f64), inner: (&'a Edge<'a>, f64)) {
    let graph = &subject.graph;
    let ((outer, patience), (inner, takes)) = (outer, inner);
    let (Some(caller), Some(called), Some(last)) = (graph.source(outer), graph.target(outer), graph.target(inner)) else { return };
    let draft = check
        .draft(subject)
        .key_element(subject, caller)
        .key_element(subject, called)
        .title(format!("{} gives up after {}, {} may work for {}", caller.name, spoken(patience), called.name, spoken(takes)))
        .message(format!(
            "{} waits {} for {}, which may spend {} on {} alone. What it still does then is done for nobody.",
            caller.name,
            spoken(patience),
            called.name,
            spoken(takes),
            last.name
        ))
        .planned(plans(outer, &["timeout"]) || plans(inner, &["timeout", "retry"]))
        .element(subject, caller)
        .mention(subject, called)
        .mention(subject, last)
        .edge(subject, outer, &format!("{} waits {} for {}", caller.name, spoken(patience), called.name), &["timeout"])
        .rests_on_mode(outer)
        .edge(subject, inner, &format!("{} may spend {} on {}", called.name, spoken(takes), last.name), &["timeout", "retry"])
        .rests_on_mode(inner);
    check.report(draft);
}

/// The call is to be made another way than its caller makes all of them today.
fn plans(edge: &Edge<'_>, facts: &[&str]) -> bool {
    facts.iter().any(|fact| edge.facts().state(fact) == State::Planned)
}

/// Fewer attempts inside, if that is enough; or more patience outside.
fn mend(broken: &Broken<'_>) -> Vec<Offer> {
    let (Some(subject), [outer, inner]) = (broken.subject, &broken.edges()[..]) else { return Vec::new() };
    let (Some(patience), Some(takes)) = (patience(subject, outer), takes(subject, inner)) else { return Vec::new() };
    let bearer = |edge: &Edge<'_>, fact: &str| {
        let caller = subject.graph.source(edge).map(Bearer::element);
        match edge.facts().state(fact) {
            State::Unknown => caller,
            State::Planned => None,
            _ => subject.graph.model.relations.get(&edge.relation.key).map(Bearer::relation),
        }
    };
    let fewer = bearer(inner, "retry").and_then(|bearer| {
        let fact = bearer.fact("retry")?;
        let (attempts, rest) = fact.value.split_once(',').unwrap_or((fact.value.as_str(), ""));
        let attempts: u32 = attempts.trim().parse().ok()?;
        let timeout = timeout(inner.facts(), &subject.graph.source(inner)?.facts)?;
        let with = |attempts: u32| {
            let value = format!("{attempts},{rest}");
            let facts = Facts([("retry".to_owned(), Fact { value: value.clone(), ..fact.clone() })].into());
            let pauses = Retry::of(&facts).map_or(0.0, |retry| retry.pauses);
            (timeout * f64::from(attempts) + pauses <= patience).then_some(value)
        };
        let value = (1..attempts.min(10)).rev().find_map(with)?;
        let fewer = if value.starts_with("1,") { "no retry" } else { value.trim_end_matches(',') };
        plan::planned(broken, &[Pick { bearer, fact: "retry", note: Some(plan::instead(fewer, fact)) }])
    });
    let longer = bearer(outer, "timeout").and_then(|bearer| {
        let stated = bearer.fact("timeout")?;
        let written = if takes % 1000.0 == 0.0 { format!("{}s", plain(takes / 1000.0)) } else { format!("{takes:.0}ms") };
        plan::planned(broken, &[Pick { bearer, fact: "timeout", note: Some(plan::instead(&written, stated)) }])
    });
    [fewer, longer].into_iter().flatten().map(Offer::from).collect()
}
