//! LNT-D009: a majority that is lost too easily.

use crate::domain::{
    model::{Element, facts::Fact},
    review::{
        check::{Check, Subject, count, counted, shorten},
        finding::Severity,
        fix::{
            Offer,
            broken::{Bearer, Broken},
            plan::{self, Pick},
        },
        protocol::mentions,
        rule::declare_rule,
    },
};

declare_rule! {
    /// A cluster that decides by majority has a number of voters that buys nothing.
    ///
    /// ## What it finds
    /// Stores and brokers that decide by majority (etcd, Consul, ZooKeeper, JetStream, KRaft, quorum queues and others) with two voters, or
    /// with three and more voters in fewer than three zones; an even number of four or more is medium. Voters are `voters`, else
    /// `replicas`.
    ///
    /// ## Why it matters
    /// Two voters tolerate no failure, and are twice as likely to have one. An even number tolerates no more than the odd one below it. And
    /// where one zone holds the majority, losing that zone stops everything.
    ///
    /// ## What to do
    /// Run three or five voters over three zones, with an arbiter in the third if there are only two. Or use a service that a provider
    /// runs.
    ///
    /// ## False positives
    /// Only known technologies are judged, or whatever states `voters`. `managed yes`, an `arbiter`, and tier 2 and 3 are left out. One
    /// voter is a single point of failure, which is told elsewhere. Databases that vote per range may have an even number of nodes.
    ///
    /// ## Source
    /// The arithmetic of majorities, as the documentation of consensus systems explains it.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         platform = softwareSystem "Platform" {
    ///             config = container "Cluster state" "Who is in the cluster" "etcd 3.5" {
    ///                 properties {
    ///                     replicas 2
    ///                     zones 2
    ///                     tier 1
    ///                 }
    ///             }
    ///         }
    ///     }
    /// }
    /// ```
    /// ```dsl,passes
    /// workspace {
    ///     model {
    ///         platform = softwareSystem "Platform" {
    ///             config = container "Cluster state" "Who is in the cluster" "etcd 3.5" {
    ///                 properties {
    ///                     replicas 3
    ///                     zones 3
    ///                     tier 1
    ///                 }
    ///             }
    ///         }
    ///     }
    /// }
    /// ```
    "LNT-D009" "bad-quorum" {
        severity: High up to High,
        set: Math,
        category: Data,
        kind: Risk,
        reads: Diagrams,
        grouping: PerSubject,
        key: "the cluster" version 1,
        fix: Planned by mend,
        topics: ["GA2.4"],
    }
}

/// Whose votes are counted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Votes {
    /// Every member votes on everything.
    Members,
    /// Each range of the data has voters of its own, so that the number of nodes is free.
    Ranges,
}

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        for (_, cluster) in subject.graph.elements() {
            let important = subject.graph.tier(cluster).is_none_or(|tier| tier < 2);
            let helped = ["managed", "arbiter"].iter().any(|name| cluster.facts.is_yes(name));
            if important && !helped && !subject.graph.is_dev_only(cluster) {
                judge(check, subject, cluster);
            }
        }
    }
}

fn votes(cluster: &Element) -> Option<Votes> {
    const MEMBERS: [&str; 12] =
        ["etcd", "consul", "zookeeper", "raft", "kraft", "jetstream", "nomad", "rqlite", "dqlite", "quorum", "chubby", "clickhouse-keeper"];
    const RANGES: [&str; 6] = ["cockroachdb", "cockroach", "yugabytedb", "tikv", "tidb", "spanner"];
    let says = |wanted: &[&str]| cluster.technology.iter().chain(&cluster.tags).any(|text| mentions(text, wanted));
    if cluster.facts.get("voters").is_some() || says(&MEMBERS) { Some(Votes::Members) } else { says(&RANGES).then_some(Votes::Ranges) }
}

fn judge<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, cluster: &'a Element) {
    let Some(votes) = votes(cluster) else { return };
    let amount = |name| cluster.facts.get(name).and_then(Fact::amount);
    let Some(voters) = amount("voters").or_else(|| amount("replicas")) else {
        check.unknown(subject.document, cluster.key.as_str(), "replicas");
        return;
    };
    let zones = amount("zones");
    let tolerates = voters.saturating_sub(1) / 2;
    let (problem, severity) = if voters == 2 {
        ("they tolerate no failure, and either one stops both".to_owned(), Severity::High)
    } else if let Some(zones) = zones.filter(|zones| *zones < 3 && voters >= 3) {
        let place = if zones == 1 { "the zone" } else { "the zone with the majority" };
        (format!("losing {place} stops them all"), Severity::High)
    } else if voters >= 4 && voters % 2 == 0 && votes == Votes::Members {
        (format!("they tolerate {}, as {} would", counted(tolerates as usize, "failure"), count(voters as usize - 1)), Severity::Medium)
    } else {
        return;
    };
    let place = zones.map_or_else(String::new, |zones| format!(" in {}", counted(zones as usize, "zone")));
    let number = counted(voters as usize, "voter");
    let mut draft = check
        .draft(subject)
        .key_element(subject, cluster)
        .title(format!("{} has {number}{place}", shorten(&cluster.name, 50)))
        .message(format!("{} decides by majority with {number}{place}: {problem}.", cluster.name))
        .element(subject, cluster)
        .quote_element(cluster, &["voters", "replicas", "zones"], &format!("{} has {number}{place}", cluster.name));
    if severity != Severity::High {
        draft = draft.severity(severity, "an even number buys nothing, and costs little");
    }
    check.report(draft);
}

/// An odd number of voters, and a zone for each of the first three.
fn mend(broken: &Broken<'_>) -> Vec<Offer> {
    let Some(cluster) = broken.elements().first().copied() else { return Vec::new() };
    let amount = |name| cluster.facts.get(name).and_then(Fact::amount);
    let fact = if amount("voters").is_some() { "voters" } else { "replicas" };
    let Some(voters) = amount(fact) else { return Vec::new() };
    let instead = |fact: &'static str, wanted: u32| {
        let stated = cluster.facts.get(fact)?;
        Some(Pick { bearer: Bearer::element(cluster), fact, note: Some(plan::instead(&wanted.to_string(), stated)) })
    };
    let wanted = match voters {
        2 => 3,
        even if even % 2 == 0 && votes(cluster) == Some(Votes::Members) => even - 1,
        odd => odd,
    };
    let number = if wanted == voters { None } else { instead(fact, wanted) };
    let zones = amount("zones").filter(|zones| *zones < 3 && wanted >= 3).and_then(|_| instead("zones", 3));
    let picks: Vec<Pick<'_>> = number.into_iter().chain(zones).collect();
    plan::planned(broken, &picks).map(Offer::from).into_iter().collect()
}
