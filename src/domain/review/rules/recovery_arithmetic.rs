//! LNT-R014: recovery goals that the stated means can't reach.

use crate::domain::{
    model::{
        Element,
        facts::{Fact, State},
    },
    review::{
        amount::{duration, spoken},
        check::{Check, Subject},
        finding::Severity,
        graph::Edge,
        protocol::mentions,
        rule::declare_rule,
    },
};

declare_rule! {
    /// A recovery goal can't be met by the backup or restore that is stated.
    ///
    /// ## What it finds
    /// A store whose `rpo` is shorter than the interval of its `backup` or its `replication_lag`; an element whose `rto` is shorter than its own
    /// `restore_time` or that of a hard dependency. A store of tier 0 or 1 that states `rpo no` or `rto no` is medium.
    ///
    /// ## Why it matters
    /// The goal was promised to somebody. A nightly backup loses up to a day, whatever the page with the goals says, and that comes out on the worst
    /// day.
    ///
    /// ## What to do
    /// Change one of the two numbers: copy continuously, keep a standby, restore in parallel, or promise what the means allow. Measure the restore.
    ///
    /// ## False positives
    /// Nothing is said unless both numbers are stated. A continuous backup meets any goal for lost data, and so does replication whose stated lag is
    /// short enough. Goals that are not stated are questions.
    ///
    /// ## Source
    /// The cloud providers' reliability frameworks on recovery goals; arithmetic on what the diagram states.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         bank = softwareSystem "Bank" {
    ///             ledger = container "Ledger DB" "Every booking" "PostgreSQL 16" {
    ///                 properties {
    ///                     rpo 5m
    ///                     backup nightly
    ///                 }
    ///             }
    ///         }
    ///     }
    /// }
    /// ```
    /// ```dsl,passes
    /// workspace {
    ///     model {
    ///         bank = softwareSystem "Bank" {
    ///             ledger = container "Ledger DB" "Every booking" "PostgreSQL 16" {
    ///                 properties {
    ///                     rpo 5m
    ///                     rto 1h
    ///                     backup "continuous, base copy nightly"
    ///                     restore_time 40m
    ///                 }
    ///             }
    ///         }
    ///     }
    /// }
    /// ```
    "LNT-R014" "recovery-arithmetic" {
        severity: High up to Critical,
        set: Math,
        category: Reliability,
        kind: Risk,
        reads: Diagrams,
        grouping: PerSubject,
        key: "the element" version 1,
        fix: None,
        topics: ["GA4.6", "GA11.1"],
    }
}

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        for (index, element) in subject.graph.elements() {
            if subject.graph.is_system_of_record(element) {
                judge_store(check, subject, element);
            } else if subject.graph.is_compute(element) {
                judge_service(check, subject, index, element);
            }
        }
    }
}

fn judge_store<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, store: &'a Element) {
    let mut conflicts: Vec<String> = Vec::new();
    if let Some(goal) = goal(subject, store, "rpo")
        && let Some((means, loses)) = loses(store).filter(|(_, loses)| *loses > goal)
    {
        conflicts.push(format!("the RPO is {}, and {means} can lose {}", spoken(goal), spoken(loses)));
    }
    if let Some((goal, takes)) = too_slow(subject, store) {
        conflicts.push(format!("the RTO is {}, and restoring takes {}", spoken(goal), spoken(takes)));
    }
    let unset: Vec<&str> = ["rpo", "rto"].into_iter().filter(|name| refused(subject, store, name)).collect();
    let important = subject.graph.tier(store).is_some_and(|tier| tier <= 1);
    let facts = ["rpo", "rto", "backup", "replication_lag", "restore_time", "tier"];
    let draft = check.draft(subject).key_element(subject, store).element(subject, store);
    if !conflicts.is_empty() {
        let draft = draft
            .title(format!("{} can't reach its recovery goals", store.name))
            .message(format!("For {}, {}.", store.name, conflicts.join("; ")))
            .quote_element(store, &facts, &format!("the goals and means of {}", store.name));
        check.report(draft);
    } else if important && !unset.is_empty() {
        let names = unset.join(" and ").to_uppercase().replace("AND", "and");
        let draft = draft
            .title(format!("{} has no {names}", store.name))
            .message(format!("{} is critical, and nobody has said how much of it may be lost or how long it may be away.", store.name))
            .severity(Severity::Medium, "the goal is missing, not missed")
            .quote_element(store, &facts, &format!("{} has no {names}", store.name));
        check.report(draft);
    }
}

/// A service is back when what it needs is back; the slowest of that counts, as restores can run side by side.
fn judge_service<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, index: usize, service: &'a Element) {
    let graph = &subject.graph;
    let needs = graph.outgoing(index).filter(|edge| edge.is_sync() && edge.facts().is("criticality", "hard"));
    let slowest = needs
        .filter_map(|edge| Some((edge, graph.target(edge)?)))
        .filter(|(_, target)| too_slow(subject, target).is_none())
        .filter_map(|(edge, target)| Some((Some((edge, target)), restore(target)?)))
        .chain(restore(service).map(|own| (None, own)))
        .reduce(|slowest, other| if other.1 > slowest.1 { other } else { slowest });
    let Some((goal, (need, takes))) = goal(subject, service, "rto").zip(slowest).filter(|(goal, (_, takes))| takes > goal) else { return };
    let what = need.map_or(service.name.as_str(), |(_, target): (&Edge<'_>, &Element)| target.name.as_str());
    let mut draft = check
        .draft(subject)
        .key_element(subject, service)
        .title(format!("{} can't reach its recovery goals", service.name))
        .message(format!("The RTO of {} is {}, and restoring {what} takes {}.", service.name, spoken(goal), spoken(takes)))
        .element(subject, service)
        .quote_element(service, &["rto", "restore_time"], &format!("{} must be back within {}", service.name, spoken(goal)));
    if let Some((edge, target)) = need {
        draft = draft
            .mention(subject, target)
            .edge(subject, edge, &format!("{} needs {}", service.name, target.name), &["criticality"])
            .quote_element(target, &["restore_time"], &format!("restoring {} takes {}", target.name, spoken(takes)));
    }
    check.report(draft);
}

/// A stated recovery goal in milliseconds.
fn goal<'a>(subject: &Subject<'a>, element: &'a Element, name: &str) -> Option<f64> {
    duration(&subject.graph.fact(element, name)?.value)
}

/// It is stated that there is no goal; zero is a goal.
fn refused<'a>(subject: &Subject<'a>, element: &'a Element, name: &str) -> bool {
    subject.graph.fact(element, name).is_some_and(|fact| fact.state() == State::No && fact.value.trim() != "0")
}

fn restore(element: &Element) -> Option<f64> {
    element.facts.get("restore_time").filter(|fact| fact.state() == State::Yes).and_then(|fact| duration(&fact.value))
}

/// The element's own goal and the longer time that restoring takes.
fn too_slow<'a>(subject: &Subject<'a>, element: &'a Element) -> Option<(f64, f64)> {
    goal(subject, element, "rto").zip(restore(element)).filter(|(goal, takes)| takes > goal)
}

/// What limits the loss of data, and the most that it loses.
fn loses(store: &Element) -> Option<(&'static str, f64)> {
    const CONTINUOUS: [&str; 7] = ["continuous", "continuously", "pitr", "wal", "point-in-time", "streaming", "synchronous"];
    let stated = |name| store.facts.get(name).filter(|fact: &&Fact| fact.state() != State::Planned);
    let backup = stated("backup").filter(|fact| fact.state() == State::Yes);
    if backup.is_some_and(|fact| mentions(&fact.value, &CONTINUOUS)) {
        return None;
    }
    let interval = backup.and_then(|fact| duration(&fact.value)).map(|interval| ("the backup", interval));
    let lag = stated("replication_lag").and_then(|fact| duration(&fact.value)).map(|lag| ("replication", lag));
    // Whichever loses less is what one falls back on first.
    interval.into_iter().chain(lag).reduce(|least, other| if other.1 < least.1 { other } else { least })
}
