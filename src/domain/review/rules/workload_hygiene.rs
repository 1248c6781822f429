//! LNT-P003: workloads that run by luck.

use crate::domain::{
    model::{
        Element,
        facts::{Fact, State},
    },
    review::{
        check::{Check, Gap, Subject, capital, counted, listed},
        fix::{Offer, broken::Broken, plan},
        rule::declare_rule,
    },
};

declare_rule! {
    /// Workloads lack resource requests, a disruption budget or a pinned image.
    ///
    /// ## What it finds
    /// Services on Kubernetes that state `resources no`, `pdb no` with two replicas or more, or an image that is not pinned (`image_pin no` or
    /// `latest`). With profile regulated also `iac no` and `config_validation no`. All of a diagram are one finding.
    ///
    /// ## Why it matters
    /// Without requests one noisy neighbour pushes others out; without a budget an upgrade of the nodes takes all replicas at once; and a tag that moves
    /// runs something else after the next restart.
    ///
    /// ## What to do
    /// Set requests and a memory limit, keep a minimum of replicas available, deploy images by digest from files under version control, and refuse to
    /// start with a configuration that is wrong.
    ///
    /// ## False positives
    /// Only what is stated counts. The finding is low whatever the number of workloads.
    ///
    /// ## Source
    /// Readiness checklists for Kubernetes, and checks for unguarded deployment in threat modelling.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         properties {
    ///             stage live
    ///             platform kubernetes
    ///         }
    ///         shop = softwareSystem "Shop" {
    ///             orders = container "Order service" "Takes orders" "Go" {
    ///                 properties {
    ///                     replicas 3
    ///                     resources no
    ///                     image_pin latest
    ///                 }
    ///             }
    ///             stock = container "Stock service" "Counts items" "Go"
    ///         }
    ///         orders -> stock "Reserves" "gRPC"
    ///     }
    /// }
    /// ```
    /// ```dsl,passes
    /// workspace {
    ///     model {
    ///         properties {
    ///             stage live
    ///             platform kubernetes
    ///         }
    ///         shop = softwareSystem "Shop" {
    ///             orders = container "Order service" "Takes orders" "Go" {
    ///                 properties {
    ///                     replicas 3
    ///                     resources yes
    ///                     pdb yes
    ///                     image_pin digest
    ///                 }
    ///             }
    ///             stock = container "Stock service" "Counts items" "Go"
    ///         }
    ///         orders -> stock "Reserves" "gRPC"
    ///     }
    /// }
    /// ```
    "LNT-P003" "workload-hygiene" {
        severity: Low up to Low,
        set: Prod,
        category: Operations,
        kind: Hygiene,
        reads: Diagrams,
        grouping: PerDiagram,
        key: "the diagram" version 1,
        fix: Planned by mend,
        topics: ["BA4.5", "GA10.4", "GA9.1"],
    }
}

const CONTROLS: [(&str, &str); 5] = [
    ("resources", "resource requests"),
    ("pdb", "a disruption budget"),
    ("image_pin", "a pinned image"),
    ("iac", "files to build it from"),
    ("config_validation", "a check of its configuration"),
];

struct Workload<'a> {
    element: &'a Element,
    lacks: Vec<&'static str>,
    planned: bool,
}

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        let graph = &subject.graph;
        let mut found = Vec::new();
        for (_, element) in graph.running().filter(|(_, element)| graph.on_kubernetes(element)) {
            let workload = workload(check, subject, element);
            if !workload.lacks.is_empty() {
                found.push(workload);
            }
        }
        if !found.is_empty() {
            report(check, subject, &found);
        }
    }
}

fn workload<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, element: &'a Element) -> Workload<'a> {
    let regulated = subject.parsed.model.facts.is("profile", "regulated");
    let several = element.facts.get("replicas").and_then(Fact::number).is_some_and(|replicas| replicas >= 2.0);
    let (mut lacks, mut planned) = (Vec::new(), true);
    for (fact, name) in CONTROLS {
        let asked = match fact {
            "pdb" => several,
            "iac" | "config_validation" => regulated,
            _ => true,
        };
        let gap = match fact {
            _ if !asked => None,
            "image_pin" if mutable(element) => Some(Gap::Missing),
            _ => check.gap(subject.document, element.key.as_str(), &element.facts, fact),
        };
        if let Some(gap) = gap {
            lacks.push(name);
            planned &= gap == Gap::Planned;
        }
    }
    Workload { element, lacks, planned }
}

/// The tag that runs today may be another image tomorrow.
fn mutable(element: &Element) -> bool {
    element.facts.get("image_pin").is_some_and(is_mutable)
}

fn is_mutable(pin: &Fact) -> bool {
    pin.state() == State::Yes
        && ["latest", "tag", "mutable", "main", "stable"].iter().any(|word| pin.value.trim().eq_ignore_ascii_case(word))
}

fn report<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, found: &[Workload<'a>]) {
    let names: Vec<&str> = found.iter().map(|workload| workload.element.name.as_str()).collect();
    let lacks: Vec<&str> =
        CONTROLS.into_iter().map(|(_, name)| name).filter(|name| found.iter().any(|workload| workload.lacks.contains(name))).collect();
    let title = match found {
        [only] => format!("{} runs without {}", only.element.name, listed(&only.lacks).replace(" and ", " or ")),
        _ => format!("{} run without some of what keeps them steady", capital(&counted(found.len(), "workload"))),
    };
    let mut draft = check
        .draft(subject)
        .key_word("workloads")
        .title(title)
        .message(format!("Missing on {}: {}.", listed(&names), listed(&lacks)))
        .planned(found.iter().all(|workload| workload.planned));
    for workload in found {
        let facts: Vec<&str> = CONTROLS.iter().map(|(fact, _)| *fact).collect();
        draft = draft.element(subject, workload.element).quote_element(
            workload.element,
            &facts,
            &format!("{} is without {}", workload.element.name, listed(&workload.lacks).replace(" and ", " or ")),
        );
    }
    check.report(draft);
}

/// What is stated to be missing; what only some are asked for comes last.
fn mend(broken: &Broken<'_>) -> Vec<Offer> {
    let pinned = |fact: &Fact| match fact.state() {
        State::No => Some(None),
        _ if is_mutable(fact) => Some(Some("digest".to_owned())),
        _ => None,
    };
    let of = |facts: &[&'static str]| {
        let mut picks = plan::stated(broken, "image_pin", pinned);
        picks.extend(facts.iter().flat_map(|fact| plan::stated(broken, fact, plan::if_missing)));
        plan::planned(broken, &picks)
    };
    let ways = [of(&["resources"]), of(&["resources", "pdb"]), of(&["resources", "pdb", "iac", "config_validation"])];
    vec![Offer(ways.into_iter().flatten().collect())]
}
