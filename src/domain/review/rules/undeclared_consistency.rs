//! LNT-D008: a copy, and no word about how old it may be.

use crate::domain::{
    model::{
        Element,
        facts::{Fact, Facts, State},
        kind::Kind,
    },
    review::{
        check::{Check, Subject, listed, shorten},
        finding::Severity,
        graph::{Edge, kind},
        protocol::{mentions, words},
        rule::declare_rule,
    },
};

declare_rule! {
    /// A copy of data is read by users, and nobody has said how old it may be.
    ///
    /// ## What it finds
    /// A store that is a replica or derived from another one, is fed by events, or lives in several regions, that services read, and that
    /// states neither `consistency` nor `staleness`. Where no user waits for the reader, and for several replicas in one region, it is low.
    ///
    /// ## Why it matters
    /// The copy lags, sometimes for seconds and on a bad day for hours. Users do not see what they have just saved, and two services decide
    /// on different states. If nobody has said what is allowed, nobody notices when it gets worse.
    ///
    /// ## What to do
    /// State what a reader may see: the same as was written, one's own writes, or everything up to some seconds old. Say what happens with
    /// conflicts and how the copy is built anew, and keep it in a decision record.
    ///
    /// ## False positives
    /// It is a question. Caches have a rule of their own, a standby that only takes over (`failover yes`) is not read, and stores that
    /// agree by majority are consistent without being asked.
    ///
    /// ## Source
    /// The trade-offs between consistency, availability and latency in the literature on data-intensive systems.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         properties {
    ///             stage live
    ///         }
    ///         user = person "User"
    ///         shop = softwareSystem "Shop" {
    ///             orders = container "Order service" "Takes and shows orders" "Go"
    ///             history = container "Order history" "Orders as customers see them" "PostgreSQL 16" {
    ///                 properties {
    ///                     role replica
    ///                 }
    ///             }
    ///         }
    ///         user -> orders "Looks up orders" "HTTPS"
    ///         orders -> history "Reads" "SQL"
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
    ///             orders = container "Order service" "Takes and shows orders" "Go"
    ///             history = container "Order history" "Orders as customers see them" "PostgreSQL 16" {
    ///                 properties {
    ///                     role replica
    ///                     staleness 5s
    ///                 }
    ///             }
    ///         }
    ///         user -> orders "Looks up orders" "HTTPS"
    ///         orders -> history "Reads" "SQL"
    ///     }
    /// }
    /// ```
    "LNT-D008" "undeclared-consistency" {
        severity: Medium up to Medium,
        set: Prod,
        category: Data,
        kind: Question,
        reads: Diagrams,
        grouping: PerSubject,
        key: "the store" version 1,
        fix: Planned each ["consistency"],
        topics: ["GA2.2", "GA2.3", "GA1.4", "BA3.5"],
    }
}

/// How a store comes to hold what something else knows better.
struct Copied {
    how: String,
    /// It lags by nature; replicas in one place may be read all at the first.
    lags: bool,
}

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        let graph = &subject.graph;
        let awaited = graph.awaited();
        for (index, store) in graph.elements().filter(|(index, element)| is_asked(element) && !graph.has_parts(*index)) {
            let Some(copied) = copied(subject, index, store) else { continue };
            let readers: Vec<&Edge<'_>> = graph.incoming(index).filter(|edge| reads(subject, edge)).collect();
            if !readers.is_empty() {
                judge(check, subject, store, &copied, &readers, &awaited);
            }
        }
    }
}

fn is_asked(store: &Element) -> bool {
    const AGREES: [&str; 8] = ["etcd", "consul", "zookeeper", "cockroachdb", "spanner", "yugabytedb", "tidb", "foundationdb"];
    matches!(kind(store), Kind::Database | Kind::SearchIndex | Kind::ObjectStore)
        && !store.technology.as_deref().is_some_and(|technology| mentions(technology, &AGREES))
}

fn copied(subject: &Subject<'_>, index: usize, store: &Element) -> Option<Copied> {
    const ROLES: [&str; 6] = ["replica", "derived", "read-model", "projection", "warehouse", "copy"];
    let graph = &subject.graph;
    if let Some(role) = ROLES.into_iter().find(|role| store.facts.is("role", role)) {
        return Some(Copied { how: format!("is a {}", if role == "derived" { "derived store" } else { role }), lags: true });
    }
    let feeds = |edge: &&Edge<'_>| {
        graph.source(edge).is_some_and(|source| kind(source) == Kind::Queue)
            || edge.role_is(&["cdc", "replication", "change-stream"])
            || (kind(store) == Kind::SearchIndex && !edge.is_sync())
    };
    if let Some(edge) = graph.incoming(index).find(feeds) {
        return Some(Copied { how: format!("is fed from {}", graph.name(edge.source)), lags: true });
    }
    let several = |name| store.facts.get(name).and_then(Fact::amount).filter(|number| *number > 1);
    if let Some(regions) = several("regions") {
        return Some(Copied { how: format!("lives in {regions} regions"), lags: true });
    }
    // A standby is there to take over, and nobody reads it.
    let standby = matches!(store.facts.state("failover"), State::Yes | State::Planned);
    several("replicas").filter(|_| !standby).map(|replicas| Copied { how: format!("has {replicas} replicas"), lags: false })
}

fn reads(subject: &Subject<'_>, edge: &Edge<'_>) -> bool {
    let client = subject.graph.source(edge).is_some_and(|client| subject.graph.is_compute(client));
    let only_writes = edge.facts().value("access").is_some_and(|access| matches!(access.trim(), "w" | "write" | "admin"))
        || edge.role_is(&["migration", "backup", "replication", "cdc"])
        || words(edge.relation.description.as_deref().unwrap_or_default()).next().is_some_and(|verb| {
            matches!(verb.as_str(), "writes" | "indexes" | "feeds" | "updates" | "projects" | "replicates" | "appends")
        });
    client && edge.is_sync() && !only_writes
}

fn judge<'a>(
    check: &mut Check<'a>,
    subject: &'a Subject<'a>,
    store: &'a Element,
    copied: &Copied,
    readers: &[&'a Edge<'a>],
    awaited: &[bool],
) {
    let stated: Vec<&Facts> = std::iter::once(&store.facts).chain(readers.iter().map(|edge| edge.facts())).collect();
    let state = |name: &str| stated.iter().map(|facts| facts.state(name)).find(|state| *state != State::Unknown).unwrap_or(State::Unknown);
    let planned = match (state("consistency"), state("staleness")) {
        (State::Unknown, State::Unknown) => false,
        (State::Planned, State::Unknown | State::Planned) | (State::Unknown, State::Planned) => true,
        _ => return,
    };
    check.unknown(subject.document, store.key.as_str(), "consistency");
    let names: Vec<&str> = readers.iter().map(|edge| subject.graph.name(edge.source)).collect();
    let mut draft = check
        .draft(subject)
        .key_element(subject, store)
        .title(format!("{} {}, and how old it may be is not stated", shorten(&store.name, 30), shorten(&copied.how, 24)))
        .message(format!(
            "{} {}. What may {} see there while it lags or is cut off: what was written last, or how old a state at most?",
            store.name,
            copied.how,
            listed(&names)
        ))
        .planned(planned)
        .element(subject, store)
        .quote_element(store, &["role", "replicas", "regions", "consistency", "staleness"], &format!("{} {}", store.name, copied.how));
    for edge in readers {
        if let Some(reader) = subject.graph.source(edge) {
            draft = draft.mention(subject, reader).edge(subject, edge, &format!("{} reads {}", reader.name, store.name), &["access"]);
        }
    }
    let waited_for = readers.iter().any(|edge| awaited.get(edge.source) == Some(&true));
    if !waited_for {
        draft = draft.severity(Severity::Low, "no user waits for what is read");
    } else if !copied.lags {
        draft = draft.severity(Severity::Low, "all replicas may be written at once");
    }
    check.report(draft);
}
