//! LNT-D010: a job that runs as often as there are replicas.

use crate::domain::{
    model::{
        Element,
        facts::{Fact, State},
        kind::Kind,
    },
    review::{
        check::{Check, Gap, Subject, shorten},
        finding::Severity,
        graph::{Edge, kind},
        protocol::mentions,
        rule::declare_rule,
    },
};

declare_rule! {
    /// A job that must run once has several replicas and nothing to choose one.
    ///
    /// ## What it finds
    /// A scheduler, or a worker with `run_once yes`, that has several replicas or scales by itself and states `leader_election no` or `lock
    /// no`, while neither of them nor `idempotent` says that it is safe. Also a lock in a cache that states `fencing no`.
    ///
    /// ## Why it matters
    /// Every replica wakes up at two o'clock and charges every customer. And a lock that runs out while its holder pauses lets a second one
    /// in, without the first knowing.
    ///
    /// ## What to do
    /// Let the platform start one job, elect a leader by a lease, take a lock in the database, or make a job queue with unique keys. Where
    /// a lock guards something outside, pass its fencing number along and check it there.
    ///
    /// ## False positives
    /// Workers that share a queue are meant to be many; they count only with `run_once yes`. Cron jobs of the platform run once by
    /// themselves. What is not stated is not taken as missing, and makes the finding medium.
    ///
    /// ## Source
    /// Leader election in container platforms, and the discussion of locks and fencing in the literature on data-intensive systems.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         shop = softwareSystem "Shop" {
    ///             billing = container "Nightly billing" "Charges all subscriptions at 02:00" "Go" {
    ///                 properties {
    ///                     kind scheduler
    ///                     replicas 3
    ///                     leader_election no
    ///                     lock no
    ///                 }
    ///             }
    ///         }
    ///     }
    /// }
    /// ```
    /// ```dsl,passes
    /// workspace {
    ///     model {
    ///         shop = softwareSystem "Shop" {
    ///             billing = container "Nightly billing" "Charges all subscriptions at 02:00" "Go" {
    ///                 properties {
    ///                     kind scheduler
    ///                     replicas 3
    ///                     leader_election lease
    ///                 }
    ///             }
    ///         }
    ///     }
    /// }
    /// ```
    "LNT-D010" "uncoordinated-singleton" {
        severity: High up to High,
        set: Core,
        category: Data,
        kind: Risk,
        reads: Diagrams,
        grouping: PerSubject,
        key: "the job, or the job and its lock" version 1,
        fix: Planned one ["leader_election", "lock", "fencing"],
        topics: ["GA2.5", "GA5.4"],
    }
}

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        for (_, job) in subject.graph.elements().filter(|(_, element)| must_run_once(element)) {
            if let Some(many) = many(job) {
                judge(check, subject, job, &many);
            }
        }
        for edge in subject.graph.edges().iter().filter(|edge| is_lock(subject, edge)) {
            guard(check, subject, edge);
        }
    }
}

fn must_run_once(job: &Element) -> bool {
    let by_platform = job.technology.as_deref().is_some_and(|technology| mentions(technology, &["cronjob", "cronjobs"]));
    let runs = match kind(job) {
        Kind::Scheduler => job.facts.state("run_once") != State::No,
        Kind::Worker | Kind::Service => job.facts.is_yes("run_once"),
        _ => false,
    };
    runs && !by_platform
}

/// How many of it run, in words, when it is more than one.
fn many(job: &Element) -> Option<String> {
    match job.facts.get("replicas").and_then(Fact::amount) {
        Some(replicas) if replicas > 1 => Some(format!("has {replicas} replicas")),
        _ => job.facts.is_yes("autoscale").then(|| "scales by itself".to_owned()),
    }
}

fn judge<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, job: &'a Element, many: &str) {
    const WAYS: [&str; 2] = ["leader_election", "lock"];
    let safe = |name| matches!(job.facts.state(name), State::Yes | State::NotApplicable);
    if WAYS.into_iter().any(safe) || safe("idempotent") {
        return;
    }
    let gaps: Vec<Option<Gap>> = WAYS.into_iter().map(|name| check.gap(subject.document, job.key.as_str(), &job.facts, name)).collect();
    let stated: Vec<Gap> = gaps.iter().copied().flatten().collect();
    if stated.is_empty() {
        return;
    }
    let mut draft = check
        .draft(subject)
        .key_element(subject, job)
        .title(format!("{} {many} and nothing chooses one", shorten(&job.name, 44)))
        .message(format!(
            "{} must run once and {many}. Nothing elects one of them, so the job runs as often as there are replicas.",
            job.name
        ))
        // One way that is planned is enough.
        .planned(stated.contains(&Gap::Planned))
        .element(subject, job)
        .quote_element(
            job,
            &["kind", "run_once", "replicas", "autoscale", "leader_election", "lock", "idempotent"],
            &format!("{} {many}", job.name),
        );
    if gaps.contains(&None) {
        draft = draft.severity(Severity::Medium, "whether something else keeps it from running twice is not stated");
    }
    check.report(draft);
}

/// A relation to a cache that is used as a lock.
fn is_lock(subject: &Subject<'_>, edge: &Edge<'_>) -> bool {
    let cache = subject.graph.target(edge).is_some_and(|target| kind(target) == Kind::Cache);
    let client = subject.graph.source(edge).is_some_and(|source| subject.graph.is_compute(source));
    let lock = edge.role_is(&["lock", "lease"]) || edge.says(&["lock", "locks", "lease", "leases", "redlock", "mutex"]);
    cache && client && lock
}

fn guard<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, edge: &'a Edge<'a>) {
    let (Some(holder), Some(cache)) = (subject.graph.source(edge), subject.graph.target(edge)) else { return };
    let facts = [edge.facts(), &cache.facts, &holder.facts];
    let Some(gap) = check.gap_of(subject.document, edge.relation.key.as_str(), &facts, "fencing") else { return };
    let single = cache.facts.get("replicas").and_then(Fact::amount) == Some(1);
    let mut draft = check
        .draft(subject)
        .key_element(subject, holder)
        .key_element(subject, cache)
        .title(format!("{} locks in {} without fencing", shorten(&holder.name, 32), shorten(&cache.name, 32)))
        .message(format!(
            "The lock of {} in {} can run out while its holder pauses; a second holder then works beside the first, and nothing stops it.",
            holder.name, cache.name
        ))
        .planned(gap == Gap::Planned)
        .element(subject, holder)
        .mention(subject, cache)
        .edge(subject, edge, &format!("{} takes locks in {}", holder.name, cache.name), &["role", "fencing"])
        .quote_element(cache, &["replicas", "fencing"], &format!("{} keeps the locks", cache.name));
    if !single {
        draft = draft.severity(Severity::Medium, "that the lock lives on one node is not stated");
    }
    check.report(draft);
}
