//! LNT-O003: logs that die with the instance.

use crate::domain::{
    model::{
        Element,
        facts::{Fact, State},
    },
    review::{
        check::{Check, Gap, Subject, capital, counted, listed},
        fix::{
            Offer,
            broken::Broken,
            plan::{self, Pick},
        },
        protocol::mentions,
        rule::declare_rule,
    },
};

declare_rule! {
    /// Logs stay where they are written, or critical services write them as plain text.
    ///
    /// ## What it finds
    /// In a diagram of three services or more: services that state `logs local` or `logs no` and send nothing to a log store that is drawn. And services
    /// of tier 0 or 1 that state `logs unstructured`. All of a diagram are one finding, the most critical first.
    ///
    /// ## Why it matters
    /// What an instance wrote is gone with the instance, and that is the moment when it is wanted. To follow one request through ten files on ten
    /// machines takes the time that an incident does not leave.
    ///
    /// ## What to do
    /// Write structured lines to the standard output, collect them in one place with the trace's id in each, and decide how long they are kept and who
    /// may read them.
    ///
    /// ## False positives
    /// What the platform collects is stated once for the workspace: `logs central`. A relation to a log collector covers the service that it starts
    /// from.
    ///
    /// ## Source
    /// Studies of bad smells in microservices, and the inspections of microservice designs that look for central logging.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         properties {
    ///             stage live
    ///         }
    ///         shop = softwareSystem "Shop" {
    ///             web = container "Web shop" "Serves pages" "Go" {
    ///                 properties {
    ///                     logs local
    ///                 }
    ///             }
    ///             orders = container "Order service" "Takes orders" "Go" {
    ///                 properties {
    ///                     logs local
    ///                 }
    ///             }
    ///             mail = container "Mail service" "Sends receipts" "Go" {
    ///                 properties {
    ///                     logs central
    ///                 }
    ///             }
    ///         }
    ///         web -> orders "Orders" "gRPC"
    ///         orders -> mail "Tells" "gRPC"
    ///     }
    /// }
    /// ```
    /// ```dsl,passes
    /// workspace {
    ///     model {
    ///         properties {
    ///             stage live
    ///             logs central
    ///         }
    ///         shop = softwareSystem "Shop" {
    ///             web = container "Web shop" "Serves pages" "Go"
    ///             orders = container "Order service" "Takes orders" "Go"
    ///             mail = container "Mail service" "Sends receipts" "Go"
    ///         }
    ///         web -> orders "Orders" "gRPC"
    ///         orders -> mail "Tells" "gRPC"
    ///     }
    /// }
    /// ```
    "LNT-O003" "no-central-logs" {
        severity: Medium up to Medium,
        set: Prod,
        category: Observability,
        kind: Hygiene,
        reads: Diagrams,
        grouping: PerDiagram,
        key: "the diagram" version 1,
        fix: Planned by mend,
        topics: ["GA6.1", "GA9.3", "BA4.1"],
    }
}

/// One or two services can be read where they are.
const SEVERAL: usize = 3;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Flaw {
    Local(Gap),
    Unstructured,
}

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        let graph = &subject.graph;
        let services: Vec<(usize, &Element)> = graph.elements().filter(|(_, element)| graph.is_compute(element)).collect();
        let several = services.len() >= SEVERAL;
        let mut flawed: Vec<(&Element, Flaw)> = Vec::new();
        for (index, service) in services {
            // What the service leaves open, the workspace may say for all.
            let fact = service.facts.get("logs").or_else(|| graph.model.facts.get("logs"));
            let Some(fact) = fact else {
                check.unknown(subject.document, service.key.as_str(), "logs");
                continue;
            };
            let critical = graph.tier(service).is_some_and(|tier| tier <= 1);
            let collected = || graph.outgoing(index).filter_map(|edge| graph.target(edge)).any(|target| graph.is_telemetry_sink(target));
            match flaw(fact) {
                Some(Flaw::Local(gap)) if several && !collected() => flawed.push((service, Flaw::Local(gap))),
                Some(Flaw::Unstructured) if critical => flawed.push((service, Flaw::Unstructured)),
                _ => {}
            }
        }
        flawed.sort_by_key(|(service, _)| graph.tier(service).unwrap_or(u8::MAX));
        if !flawed.is_empty() {
            report(check, subject, &flawed);
        }
    }
}

fn flaw(fact: &Fact) -> Option<Flaw> {
    let says = |wanted: &[&str]| mentions(&fact.value, wanted);
    match fact.state() {
        State::No => Some(Flaw::Local(Gap::Missing)),
        State::Planned => Some(Flaw::Local(Gap::Planned)),
        State::Yes if says(&["local", "file", "files", "disk"]) && !says(&["central", "collected", "shipped"]) => {
            Some(Flaw::Local(Gap::Missing))
        }
        State::Yes if says(&["unstructured", "plain-text", "plaintext"]) => Some(Flaw::Unstructured),
        State::Yes | State::NotApplicable | State::Unknown => None,
    }
}

fn report<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, flawed: &[(&'a Element, Flaw)]) {
    let names: Vec<&str> = flawed.iter().map(|(service, _)| service.name.as_str()).collect();
    let all_plain = flawed.iter().all(|(_, flaw)| *flaw == Flaw::Unstructured);
    let (manner, consequence) = if all_plain {
        ("as plain text", "Nothing can search or join them by their fields")
    } else {
        ("where nobody collects them", "Local logs are gone with the instance that wrote them")
    };
    let title = match names.as_slice() {
        [only] => format!("{only} logs {manner}"),
        _ => format!("{} log {manner}", capital(&counted(names.len(), "service"))),
    };
    let mut draft = check
        .draft(subject)
        .key_word("no central logs")
        .title(title)
        .message(format!("{consequence}: {}.", listed(&names)))
        .planned(flawed.iter().all(|(_, flaw)| *flaw == Flaw::Local(Gap::Planned)));
    let general = subject.graph.model.facts.get("logs").filter(|_| flawed.iter().any(|(service, _)| service.facts.get("logs").is_none()));
    if let Some(fact) = general {
        draft = draft.quote(None, &[fact.span], "what is said of all services");
    }
    for (service, flaw) in flawed {
        let claim = if *flaw == Flaw::Unstructured { "logs plain text" } else { "keeps its logs to itself" };
        draft = draft.element(subject, service).quote_element(service, &["logs", "tier"], &format!("{} {claim}", service.name));
    }
    check.report(draft);
}

/// Of the services that keep their logs to themselves, or of the whole design where that says it for all.
fn mend(broken: &Broken<'_>) -> Vec<Offer> {
    let elsewhere = |fact: &Fact| {
        flaw(fact).map(|flaw| (flaw != Flaw::Local(Gap::Missing) || fact.state() == State::Yes).then(|| "central".to_owned()))
    };
    let own = plan::stated(broken, "logs", elsewhere);
    let general = broken.workspace().and_then(|bearer| Some(Pick { bearer, fact: "logs", note: elsewhere(bearer.fact("logs")?)? }));
    let both: Vec<Pick<'_>> = own.iter().cloned().chain(general).collect();
    vec![Offer([own, both].iter().filter_map(|picks| plan::planned(broken, picks)).collect())]
}
