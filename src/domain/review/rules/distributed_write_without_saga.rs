//! LNT-D002: one change in several stores, and no way back.

use std::collections::BTreeSet;

use crate::domain::{
    model::{
        Element,
        facts::{Facts, State},
    },
    review::{
        check::{Check, Gap, Subject, count, listed, shorten},
        finding::Severity,
        graph::Edge,
        rule::declare_rule,
    },
};

declare_rule! {
    /// A service changes several systems of record with nothing to undo half of it.
    ///
    /// ## What it finds
    /// A service with synchronous commands (`effect command`) to two or more services that write different systems of record, where
    /// `compensation no` is stated for the service or its calls. When nothing is said about compensation, the finding is medium.
    ///
    /// ## Why it matters
    /// When the second step fails after the first has been done, the result is neither the old state nor the new one, and no transaction
    /// over HTTP or gRPC puts it right. Partial bookings stay until somebody complains.
    ///
    /// ## What to do
    /// Design a saga: for each step the step that undoes it, kept by one service that survives a restart, or reservations that are
    /// confirmed at the end. Or draw the boundary so that one transaction is enough. Say which with `compensation`.
    ///
    /// ## False positives
    /// A call counts only when it states `effect command`; what a call does is never guessed. Targets that share one store, or whose store
    /// is not drawn, do not count as different. `compensation saga`, `reservation` or `n/a (reason)` silences the rule.
    ///
    /// ## Source
    /// The saga pattern in the microservices literature.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         properties {
    ///             stage live
    ///         }
    ///         shop = softwareSystem "Travel" {
    ///             booking = container "Booking service" "Books whole trips" "Go" {
    ///                 properties {
    ///                     compensation no
    ///                 }
    ///             }
    ///             flights = container "Flight service" "Books flights" "Go"
    ///             hotels = container "Hotel service" "Books rooms" "Go"
    ///             flightsdb = container "Flights DB" "Booked flights" "PostgreSQL 16"
    ///             hotelsdb = container "Hotels DB" "Booked rooms" "PostgreSQL 16"
    ///         }
    ///         booking -> flights "Books" "gRPC" {
    ///             properties {
    ///                 effect command
    ///             }
    ///         }
    ///         booking -> hotels "Books" "gRPC" {
    ///             properties {
    ///                 effect command
    ///             }
    ///         }
    ///         flights -> flightsdb "Writes" "SQL"
    ///         hotels -> hotelsdb "Writes" "SQL"
    ///     }
    /// }
    /// ```
    /// ```dsl,passes
    /// workspace {
    ///     model {
    ///         properties {
    ///             stage live
    ///         }
    ///         shop = softwareSystem "Travel" {
    ///             booking = container "Booking service" "Books whole trips" "Go" {
    ///                 properties {
    ///                     compensation saga
    ///                 }
    ///             }
    ///             flights = container "Flight service" "Books flights" "Go"
    ///             hotels = container "Hotel service" "Books rooms" "Go"
    ///             flightsdb = container "Flights DB" "Booked flights" "PostgreSQL 16"
    ///             hotelsdb = container "Hotels DB" "Booked rooms" "PostgreSQL 16"
    ///         }
    ///         booking -> flights "Books" "gRPC" {
    ///             properties {
    ///                 effect command
    ///             }
    ///         }
    ///         booking -> hotels "Books" "gRPC" {
    ///             properties {
    ///                 effect command
    ///             }
    ///         }
    ///         flights -> flightsdb "Writes" "SQL"
    ///         hotels -> hotelsdb "Writes" "SQL"
    ///     }
    /// }
    /// ```
    "LNT-D002" "distributed-write-without-saga" {
        severity: High up to High,
        set: Prod,
        category: Data,
        kind: Risk,
        reads: Diagrams,
        grouping: PerCaller,
        key: "the calling service" version 1,
        fix: Planned each ["compensation"],
        topics: ["GA2.1", "BA3.5", "GA7.2"],
    }
}

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        let graph = &subject.graph;
        let records: Vec<BTreeSet<usize>> = (0..graph.len()).map(|index| records(subject, index)).collect();
        for (index, service) in graph.elements().filter(|(_, element)| graph.is_compute(element)) {
            let mut commands: Vec<&Edge<'_>> = Vec::new();
            let mut changed: BTreeSet<usize> = BTreeSet::new();
            for edge in
                graph.outgoing(index).filter(|edge| edge.is_sync() && graph.target(edge).is_some_and(|target| graph.is_compute(target)))
            {
                let Some(own) = records.get(edge.target).filter(|own| !own.is_empty()) else { continue };
                if edge.facts().state("effect") == State::Unknown {
                    check.unknown(subject.document, edge.relation.key.as_str(), "effect");
                } else if edge.facts().is("effect", "command") && own.difference(&changed).next().is_some() {
                    changed.extend(own);
                    commands.push(edge);
                }
            }
            if commands.len() > 1 {
                judge(check, subject, service, &commands);
            }
        }
    }
}

/// The systems of record that a service writes itself.
fn records(subject: &Subject<'_>, index: usize) -> BTreeSet<usize> {
    let graph = &subject.graph;
    let writes = graph.outgoing(index).filter(|edge| edge.access().writes() && !edge.role_is(&["migration", "backup", "cache"]));
    writes.map(|edge| edge.target).filter(|target| graph.element(*target).is_some_and(|store| graph.is_system_of_record(store))).collect()
}

fn judge<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, service: &'a Element, commands: &[&'a Edge<'a>]) {
    let stated: Vec<&Facts> = std::iter::once(&service.facts).chain(commands.iter().map(|edge| edge.facts())).collect();
    // Undoing is designed for the whole course, wherever that is written down.
    if stated.iter().any(|facts| matches!(facts.state("compensation"), State::Yes | State::NotApplicable)) {
        return;
    }
    let gap = check.gap_of(subject.document, service.key.as_str(), &stated, "compensation");
    let names: Vec<&str> = commands.iter().map(|edge| subject.graph.name(edge.target)).collect();
    let last = names.last().copied().unwrap_or_default();
    let mut draft = check
        .draft(subject)
        .key_element(subject, service)
        .title(format!("{} changes {} systems of record in one course", shorten(&service.name, 40), count(commands.len())))
        .message(format!(
            "{} orders changes at {}, each with its own store. If the step at {last} fails, the ones before it stay done.",
            service.name,
            listed(&names)
        ))
        .planned(gap == Some(Gap::Planned))
        .element(subject, service)
        .quote_element(service, &["compensation"], &format!("{} runs the course", service.name));
    for edge in commands {
        if let Some(target) = subject.graph.target(edge) {
            let claim = format!("{} orders a change at {}", service.name, target.name);
            draft = draft.mention(subject, target).edge(subject, edge, &claim, &["effect", "compensation"]).rests_on_mode(edge);
        }
    }
    if gap.is_none() {
        draft = draft.severity(Severity::Medium, "how a half-done course is undone is not stated");
    }
    check.report(draft);
}
