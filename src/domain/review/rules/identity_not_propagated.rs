//! LNT-X007: behind this service nobody knows any more for whom something is done.

use std::collections::VecDeque;

use crate::domain::{
    model::kind::Kind,
    review::{
        check::{Check, Subject, listed},
        classification::{Class, Classified, classify},
        graph::{Edge, kind},
        rule::declare_rule,
    },
};

declare_rule! {
    /// On the way to confidential data the user's identity is lost.
    ///
    /// ## What it finds
    /// A service that requests of people reach with their identity, and that calls on with `identity technical` or `identity none`, where the call
    /// carries confidential data or leads to a service that handles it. All such calls of one caller are one finding.
    ///
    /// ## Why it matters
    /// The service behind trusts every caller equally. Whoever can make the caller ask for something gets it, whoever they are, and the audit log names
    /// a machine.
    ///
    /// ## What to do
    /// Exchange the user's token for one that is meant for the next service, or send a signed statement of who the user is, and authorise against it.
    ///
    /// ## False positives
    /// Batch jobs and other work that no person waits for have no user: `role batch` or `role system`, or a caller that is a scheduler or worker. Databases
    /// are used with technical users and are not meant.
    ///
    /// ## Source
    /// Checks for missing identity propagation in threat modelling.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         properties {
    ///             stage live
    ///         }
    ///         user = person "Customer"
    ///         app = softwareSystem "Bank" {
    ///             bff = container "Web backend" "Serves the web pages" "Go" {
    ///                 properties {
    ///                     auth oidc
    ///                 }
    ///             }
    ///             accounts = container "Account service" "Balances and movements" "Go" {
    ///                 properties {
    ///                     max_class confidential
    ///                 }
    ///             }
    ///         }
    ///         user -> bff "Banks" "HTTPS"
    ///         bff -> accounts "Reads accounts" "gRPC" {
    ///             properties {
    ///                 identity technical
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
    ///         user = person "Customer"
    ///         app = softwareSystem "Bank" {
    ///             bff = container "Web backend" "Serves the web pages" "Go" {
    ///                 properties {
    ///                     auth oidc
    ///                 }
    ///             }
    ///             accounts = container "Account service" "Balances and movements" "Go" {
    ///                 properties {
    ///                     max_class confidential
    ///                 }
    ///             }
    ///             nightly = container "Interest job" "Books interest at night" "Go" {
    ///                 properties {
    ///                     kind scheduler
    ///                 }
    ///             }
    ///         }
    ///         user -> bff "Banks" "HTTPS"
    ///         bff -> accounts "Reads accounts" "gRPC" {
    ///             properties {
    ///                 identity end-user
    ///             }
    ///         }
    ///         nightly -> accounts "Books interest" "gRPC" {
    ///             properties {
    ///                 identity technical
    ///             }
    ///         }
    ///     }
    /// }
    /// ```
    "LNT-X007" "identity-not-propagated" {
        severity: Medium up to High,
        set: Prod,
        category: Security,
        kind: Risk,
        reads: Diagrams,
        grouping: PerCaller,
        key: "the caller" version 1,
        fix: None,
        topics: ["GA9.2", "BA5.3"],
    }
}

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        let graph = &subject.graph;
        let starts = |element| kind(element) == Kind::Person || graph.is_browser(element);
        let with_user = graph.on_requests(starts, |edge| !loses(edge) && goes_on(subject, edge));
        // Each service behind a loss is told once, with the first caller that loses the identity before it.
        let mut told = vec![false; graph.len()];
        for (index, _) in graph.elements().filter(|(index, _)| with_user.get(*index) == Some(&true)) {
            let lost: Vec<&Edge<'_>> =
                behind(subject, index, &mut told).into_iter().filter(|edge| sensitive(subject, edge).is_some()).collect();
            if !lost.is_empty() {
                report(check, subject, index, &lost);
            }
        }
    }
}

/// A call that someone waits for, between services, by a caller that works for users.
fn goes_on(subject: &Subject<'_>, edge: &Edge<'_>) -> bool {
    let graph = &subject.graph;
    let system = edge.role_is(&["batch", "system", "health", "control-plane", "auth-discovery", "webhook"]);
    let serves = |element| kind(element) != Kind::Scheduler && kind(element) != Kind::Worker;
    edge.is_sync() && !system && graph.source(edge).is_some_and(serves) && graph.target(edge).is_some_and(|target| graph.is_compute(target))
}

fn loses(edge: &Edge<'_>) -> bool {
    ["technical", "none", "no", "service", "system"].iter().any(|identity| edge.facts().is("identity", identity))
}

/// The calls that lose the identity at a service, and those after them that do not get it back.
fn behind<'a>(subject: &'a Subject<'a>, caller: usize, told: &mut [bool]) -> Vec<&'a Edge<'a>> {
    let graph = &subject.graph;
    let next = |index| graph.outgoing(index).filter(|edge| loses(edge) && goes_on(subject, edge));
    let mut queue: VecDeque<&Edge<'_>> = next(caller).collect();
    let mut lost = Vec::new();
    while let Some(edge) = queue.pop_front() {
        lost.push(edge);
        if let Some(mark) = told.get_mut(edge.target).filter(|mark| !**mark) {
            *mark = true;
            queue.extend(next(edge.target));
        }
    }
    lost
}

/// What confidential data the call carries, or the service behind it handles.
fn sensitive(subject: &Subject<'_>, edge: &Edge<'_>) -> Option<Classified> {
    let target = subject.graph.target(edge)?;
    [classify(edge.facts()), classify(&target.facts)].into_iter().flatten().find(|data| data.class >= Class::Confidential)
}

fn report<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, caller: usize, lost: &[&'a Edge<'a>]) {
    let graph = &subject.graph;
    let Some(caller) = graph.element(caller) else { return };
    // One call for each service behind is enough to see it.
    let mut seen = vec![false; graph.len()];
    let mut lost: Vec<&Edge<'_>> = lost.to_vec();
    lost.retain(|edge| seen.get_mut(edge.target).is_some_and(|mark| !std::mem::replace(mark, true)));
    let names: Vec<&str> = lost.iter().filter_map(|edge| graph.target(edge)).map(|target| target.name.as_str()).collect();
    let trusts = if names.len() == 1 { "trusts" } else { "trust" };
    let mut draft = check
        .draft(subject)
        .key_element(subject, caller)
        .title(format!("From {} on, nobody knows for which user a call is made", caller.name))
        .message(format!("{} {trusts} every caller equally, because {} does not pass the user's identity on.", listed(&names), caller.name))
        .element(subject, caller);
    for edge in lost {
        let (Some(source), Some(target)) = (graph.source(edge), graph.target(edge)) else { continue };
        let claim = format!("{} calls {} without the user", source.name, target.name);
        draft = draft.element(subject, target).edge(subject, edge, &claim, &["identity", "data"]);
        if let Some(assumption) = sensitive(subject, edge).and_then(|data| data.assumption) {
            draft = draft.assumption(&assumption);
        }
    }
    check.report(draft);
}
