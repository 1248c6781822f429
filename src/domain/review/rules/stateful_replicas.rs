//! LNT-S001: state that only one of many instances has.

use crate::domain::{
    model::{Element, facts::State, kind::Kind},
    review::{
        amount::{most_replicas, plain},
        check::{Check, Subject, listed},
        fix::{
            Offer,
            broken::{Bearer, Broken, there},
            patch::{New, Patch, is_taken, short},
            plan::{self, Pick},
        },
        protocol::words,
        rule::{FixClass, declare_rule},
    },
};

declare_rule! {
    /// A service with several instances keeps state inside one of them.
    ///
    /// ## What it finds
    /// Services with more than one replica, or that scale by themselves, whose `local_state` names sessions, sticky requests, files on the local disk or
    /// a cache that is the only home of its data.
    ///
    /// ## Why it matters
    /// The next request lands on another instance, which knows nothing of it. Every deployment and every step of scaling in signs people out or loses
    /// what they uploaded.
    ///
    /// ## What to do
    /// Move the state out: sessions into a shared store or a signed token, files into an object store. Sticky requests are a stopgap that a decision
    /// should name, with the day it ends.
    ///
    /// ## False positives
    /// Instances that own their share of the data on purpose: state `partitions` on the service, or `local_state sharded`. A cache that can be filled
    /// again is no state.
    ///
    /// ## Source
    /// Guidance on stateless services in the cloud providers' reliability frameworks.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         user = person "User"
    ///         shop = softwareSystem "Shop" {
    ///             web = container "Web shop" "Serves pages and keeps baskets" "Go" {
    ///                 properties {
    ///                     replicas 4
    ///                     local_state session
    ///                 }
    ///             }
    ///         }
    ///         user -> web "Shops" "HTTPS"
    ///     }
    /// }
    /// ```
    /// ```dsl,passes
    /// workspace {
    ///     model {
    ///         user = person "User"
    ///         shop = softwareSystem "Shop" {
    ///             web = container "Web shop" "Serves pages" "Go" {
    ///                 properties {
    ///                     replicas 4
    ///                     local_state no
    ///                 }
    ///             }
    ///             sessions = container "Sessions" "Who is signed in" "Redis 7" {
    ///                 properties {
    ///                     loss_ok yes
    ///                 }
    ///             }
    ///         }
    ///         user -> web "Shops" "HTTPS"
    ///         web -> sessions "Keeps sessions" "RESP"
    ///     }
    /// }
    /// ```
    "LNT-S001" "stateful-replicas" {
        severity: High up to High,
        set: Core,
        category: Scalability,
        kind: Risk,
        reads: Diagrams,
        grouping: PerSubject,
        key: "the service" version 1,
        fix: Proposal by mend,
        topics: ["GA3.1", "BA5.5", "BA6.3"],
    }
}

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        for (_, service) in subject.graph.elements().filter(|(_, element)| subject.graph.is_compute(element)) {
            let kept = kept(service);
            if !kept.is_empty() {
                judge(check, subject, service, &listed(&kept));
            }
        }
    }
}

fn judge<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, service: &'a Element, kept: &str) {
    let replicas = most_replicas(service);
    let scales = service.facts.is_yes("autoscale");
    let many = match replicas {
        Some(number) if number > 1.0 => format!("{} instances", plain(number)),
        _ if scales => "as many instances as the load asks for".to_owned(),
        Some(_) => return,
        None => {
            if service.facts.state("replicas") == State::Unknown {
                check.unknown(subject.document, service.key.as_str(), "replicas");
            }
            return;
        }
    };
    let draft = check
        .draft(subject)
        .key_element(subject, service)
        .title(format!("{} keeps {kept} in one of its instances", service.name))
        .message(format!(
            "{} runs {many} and keeps {kept} in each. A request that lands on another instance misses it, and a restart loses it.",
            service.name
        ))
        .element(subject, service)
        .quote_element(service, &["local_state", "replicas", "autoscale"], &format!("{} keeps {kept} in the process", service.name));
    check.report(draft);
}

/// What is kept in the process and nowhere else, in words; empty when that is nothing or not stated.
fn kept(service: &Element) -> Vec<&'static str> {
    let Some(fact) = service.facts.get("local_state").filter(|fact| fact.state() == State::Yes) else { return Vec::new() };
    let said: Vec<Vec<String>> = fact.list().into_iter().map(|part| words(&part.replace(['-', '_'], " ")).collect()).collect();
    let has = |part: &[String], wanted: &[&str]| part.iter().any(|word| wanted.contains(&word.as_str()));
    let owned = said.iter().any(|part| has(part, &["sharded", "partitioned", "partition", "partitions"]));
    if owned || service.facts.is_yes("partitions") || service.facts.is("role", "sharded") {
        return Vec::new();
    }
    let mut kept: Vec<&'static str> = said
        .iter()
        .filter_map(|part| {
            if has(part, &["session", "sessions", "sticky"]) {
                Some("sessions")
            } else if has(part, &["disk", "file", "files", "upload", "uploads"]) {
                Some("files")
            } else if has(part, &["authoritative"]) {
                Some("the only copy of data")
            } else {
                has(part, &["yes", "true", "on"]).then_some("state")
            }
        })
        .collect();
    kept.dedup();
    kept
}

/// What is kept in the process goes to a store of its own.
fn mend(broken: &Broken<'_>) -> Vec<Offer> {
    let Some(service) = broken.elements().first().copied() else { return Vec::new() };
    let mut patch = Patch::new();
    let kept = kept(service);
    for what in &kept {
        let (kind, noun) = match *what {
            "sessions" => (Kind::Cache, "sessions"),
            "files" => (Kind::ObjectStore, "files"),
            // What else there is to keep needs a store that only people can choose.
            _ => return Vec::new(),
        };
        let name = format!("{} {noun}", short(&service.name));
        if is_taken(broken, &name) {
            return Vec::new();
        }
        let description = format!("The {noun} of {}, for all its instances", short(&service.name));
        let store = patch.add(New { kind, name, beside: service, technology: None, description });
        patch.connect(&there(&service.key), &store, &format!("Keeps {noun}"), None);
        if kind == Kind::Cache {
            patch.plan_of(&store, "persistence");
        }
    }
    let note = service.facts.get("local_state").map(|state| plan::instead("none", state));
    patch.plan(&Pick { bearer: Bearer::element(service), fact: "local_state", note });
    let title = format!("Keep the {} of {} in a store of their own", listed(&kept), short(&service.name));
    patch.finish(broken, FixClass::Proposal, title).map(Offer::from).into_iter().collect()
}
