//! LNT-O004: critical, and nobody would know.

use crate::domain::{
    model::{
        Element,
        facts::{Fact, State},
    },
    review::{
        check::{Check, Gap, Subject, capital, counted, listed},
        graph::kind,
        rule::declare_rule,
    },
};

declare_rule! {
    /// Critical elements have no objective, no alert, or alerts that reach nobody.
    ///
    /// ## What it finds
    /// Services of tier 0 or 1 that state `slo no`, services and stores of these tiers that state `alerts no`, and those with alerts that state `oncall
    /// no`. All of a diagram are one finding.
    ///
    /// ## Why it matters
    /// Without an objective, nobody can say what is bad enough to wake someone. Without an alert the users are the alert, and an alert that reaches
    /// nobody is noise.
    ///
    /// ## What to do
    /// Agree on an objective that users would notice, alert on how fast its budget burns over a long and a short time, name who is called, and link what
    /// to do.
    ///
    /// ## False positives
    /// The tier must be stated, and so must the absence: what is not stated is a question. An objective of the system around counts for its parts.
    ///
    /// ## Source
    /// Site reliability engineering on service objectives and burn-rate alerts.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         properties {
    ///             stage live
    ///         }
    ///         shop = softwareSystem "Shop" {
    ///             orders = container "Order service" "Takes orders" "Go" {
    ///                 properties {
    ///                     tier 1
    ///                     slo 99.9
    ///                     alerts no
    ///                 }
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
    ///         shop = softwareSystem "Shop" {
    ///             orders = container "Order service" "Takes orders" "Go" {
    ///                 properties {
    ///                     tier 1
    ///                     slo 99.9
    ///                     alerts "burn rate"
    ///                     oncall team-ordering
    ///                 }
    ///             }
    ///         }
    ///     }
    /// }
    /// ```
    "LNT-O004" "no-slo-alert" {
        severity: Medium up to High,
        set: Prod,
        category: Observability,
        kind: Hygiene,
        reads: Diagrams,
        grouping: PerDiagram,
        key: "the diagram" version 1,
        fix: Planned each ["slo", "alerts", "oncall"],
        topics: ["GA9.3", "GA11.5", "BA6.3"],
    }
}

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        let graph = &subject.graph;
        let mut silent: Vec<(&Element, Vec<&'static str>, Gap)> = Vec::new();
        for (_, element) in graph.elements().filter(|(_, element)| graph.is_compute(element) || kind(element).is_store()) {
            if graph.tier(element).is_none_or(|tier| tier > 1) {
                continue;
            }
            let lacks = lacks(check, subject, element);
            if let Some(gap) = lacks.iter().map(|(_, gap)| *gap).max() {
                silent.push((element, lacks.into_iter().map(|(what, _)| what).collect(), gap));
            }
        }
        if !silent.is_empty() {
            report(check, subject, &silent);
        }
    }
}

fn lacks<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, element: &'a Element) -> Vec<(&'static str, Gap)> {
    let graph = &subject.graph;
    let mut lacks = Vec::new();
    if graph.is_compute(element) {
        match graph.fact(element, "slo").map_or(State::Unknown, Fact::state) {
            State::No => lacks.push(("no objective", Gap::Missing)),
            State::Planned => lacks.push(("no objective", Gap::Planned)),
            State::Unknown => check.unknown(subject.document, element.key.as_str(), "slo"),
            State::Yes | State::NotApplicable => {}
        }
    }
    if let Some(gap) = check.gap(subject.document, element.key.as_str(), &element.facts, "alerts") {
        lacks.push(("no alert", gap));
    } else if element.facts.is_yes("alerts")
        && let Some(gap) = check.gap(subject.document, element.key.as_str(), &element.facts, "oncall")
    {
        lacks.push(("alerts that reach nobody", gap));
    }
    lacks
}

fn report<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, silent: &[(&'a Element, Vec<&'static str>, Gap)]) {
    let said: Vec<String> = silent.iter().map(|(element, what, _)| format!("{} has {}", element.name, listed(what))).collect();
    let title = match silent {
        [(element, what, _)] => format!("{} is critical and has {}", element.name, listed(what)),
        _ => format!("{} fail without anybody being told", capital(&counted(silent.len(), "critical element"))),
    };
    let mut draft = check
        .draft(subject)
        .key_word("no alert")
        .title(title)
        .message(format!("{}. An outage there is noticed by users first.", said.join("; ")))
        .planned(silent.iter().all(|(_, _, gap)| *gap == Gap::Planned));
    for (element, what, _) in silent {
        draft = draft.element(subject, element).quote_element(
            element,
            &["tier", "slo", "alerts", "oncall"],
            &format!("{} has {}", element.name, listed(what)),
        );
    }
    check.report(draft);
}
