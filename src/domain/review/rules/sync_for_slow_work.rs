//! LNT-A006: a user who waits for slow work.

use crate::domain::{
    model::{facts::Fact, kind::Kind},
    review::{
        check::{Check, Subject, shorten},
        fix::{Offer, broken::Broken, reroute::jobs},
        graph::{Edge, kind},
        rule::declare_rule,
    },
};

declare_rule! {
    /// A user waits for work that takes long.
    ///
    /// ## What it finds
    /// Synchronous relations on the way of a user's request that state a `timeout` above ten seconds or a `latency_p99` above two, and
    /// commands (`effect command`) that wait for a worker or scheduler.
    ///
    /// ## Why it matters
    /// The connection is held all the time, breaks when a phone changes networks or a proxy loses patience, and is tried again by people
    /// who see nothing happen, so the work is done twice.
    ///
    /// ## What to do
    /// Accept the work, answer at once with where its state can be asked for, and do it behind a queue. Tell the user when it is done.
    ///
    /// ## False positives
    /// Uploads, downloads and streams take as long as they take, and are left out by their mode or description. A call whose duration is
    /// not stated is not guessed at, and work that no user waits for may be slow.
    ///
    /// ## Source
    /// The asynchronous request-reply pattern of the cloud providers.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         properties {
    ///             stage live
    ///         }
    ///         user = person "User"
    ///         shop = softwareSystem "Shop" {
    ///             web = container "Shop service" "Runs the shop" "Go"
    ///             reports = container "Report service" "Draws up reports" "Go"
    ///         }
    ///         user -> web "Asks for a report" "HTTPS"
    ///         web -> reports "Asks for the report" "HTTPS" {
    ///             properties {
    ///                 timeout 60s
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
    ///             web = container "Shop service" "Runs the shop" "Go"
    ///             reports = container "Report service" "Draws up reports" "Go"
    ///         }
    ///         user -> web "Asks for a report" "HTTPS"
    ///         web -> reports "Asks for the report" "HTTPS" {
    ///             properties {
    ///                 timeout 3s
    ///             }
    ///         }
    ///     }
    /// }
    /// ```
    "LNT-A006" "sync-for-slow-work" {
        severity: Medium up to High,
        set: Prod,
        category: Communication,
        kind: Risk,
        reads: Diagrams,
        grouping: Individual,
        key: "source and target" version 1,
        fix: Proposal by mend,
        topics: ["BA2.2", "BA6.3"],
    }
}

const LONG_TIMEOUT: u64 = 10_000;
const LONG_ANSWER: u64 = 2_000;

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        let awaited = subject.graph.awaited();
        for edge in subject.graph.edges().iter().filter(|edge| edge.is_sync()) {
            let outside = subject.graph.source(edge).is_some_and(|source| subject.graph.is_outside(source));
            let waited_for = awaited.get(edge.source) == Some(&true) || outside;
            if waited_for
                && !is_transfer(edge)
                && let Some(why) = slow(subject, edge)
            {
                report(check, subject, edge, &why);
            }
        }
    }
}

fn is_transfer(edge: &Edge<'_>) -> bool {
    const WORDS: [&str; 10] =
        ["upload", "uploads", "uploading", "download", "downloads", "stream", "streams", "streaming", "long-poll", "subscribes"];
    edge.role_is(&["upload", "download", "stream", "long-poll"]) || edge.says(&WORDS)
}

/// What says that the answer takes long.
fn slow(subject: &Subject<'_>, edge: &Edge<'_>) -> Option<String> {
    let time = |name, limit| {
        let fact: &Fact = edge.facts().get(name)?;
        fact.milliseconds().filter(|milliseconds| *milliseconds > limit).map(|_| fact.value.trim().to_owned())
    };
    if let Some(latency) = time("latency_p99", LONG_ANSWER) {
        return Some(format!("one answer of a hundred takes {} or longer", shorten(&latency, 12)));
    }
    if let Some(timeout) = time("timeout", LONG_TIMEOUT) {
        return Some(format!("the call may take {}", shorten(&timeout, 12)));
    }
    let background = subject.graph.target(edge).is_some_and(|target| matches!(kind(target), Kind::Worker | Kind::Scheduler));
    (background && edge.facts().is("effect", "command")).then(|| "it does its work in the background".to_owned())
}

fn report<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, edge: &'a Edge<'a>, why: &str) {
    let (Some(source), Some(target)) = (subject.graph.source(edge), subject.graph.target(edge)) else { return };
    let draft = check
        .draft(subject)
        .key_element(subject, source)
        .key_element(subject, target)
        .title(format!("A user waits while {} works for {}", shorten(&target.name, 30), shorten(&source.name, 30)))
        .message(format!("{} waits for {} during a user's request, and {why}.", source.name, target.name))
        .element(subject, target)
        .mention(subject, source)
        .edge(subject, edge, &format!("{} waits for {}", source.name, target.name), &["timeout", "latency_p99", "effect"])
        .rests_on_mode(edge);
    check.report(draft);
}

fn mend(broken: &Broken<'_>) -> Vec<Offer> {
    let Some(graph) = broken.graph() else { return Vec::new() };
    // Nobody from outside may write to a queue of ours.
    let edges = broken.edges().into_iter().filter(|edge| graph.computes(edge.source));
    edges.filter_map(|edge| jobs(broken, edge)).map(Offer::from).collect()
}
