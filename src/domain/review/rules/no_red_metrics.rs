//! LNT-O001: services that nobody can see at work.

use std::collections::BTreeSet;

use crate::domain::{
    model::Element,
    review::{
        check::{Check, Gap, Subject, capital, counted, listed},
        rule::declare_rule,
    },
};

declare_rule! {
    /// Services emit no metrics of requests, errors and durations.
    ///
    /// ## What it finds
    /// Services that state `metrics no` and that users or other systems enter, or that are of tier 0 to 2. All of a diagram are one finding.
    ///
    /// ## Why it matters
    /// What is not counted raises no alarm. Users report the outage, and nobody can say when it began or how many it concerns.
    ///
    /// ## What to do
    /// Count requests and errors and measure durations, by route template and status class. For pools and queues, measure use and what waits. Export it,
    /// and look whether it arrives.
    ///
    /// ## False positives
    /// Metrics that a mesh or a gateway takes of the requests count: `metrics mesh`. Services of tier 3 that nobody enters are left out.
    ///
    /// ## Source
    /// Guidance on instrumentation before production in the cloud providers' reliability frameworks, and inspections of microservice designs.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         properties {
    ///             stage live
    ///         }
    ///         user = person "User"
    ///         shop = softwareSystem "Shop" {
    ///             orders = container "Order service" "Takes orders" "Go" {
    ///                 properties {
    ///                     metrics no
    ///                 }
    ///             }
    ///         }
    ///         user -> orders "Orders" "HTTPS"
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
    ///             orders = container "Order service" "Takes orders" "Go" {
    ///                 properties {
    ///                     metrics "requests, errors, durations"
    ///                 }
    ///             }
    ///         }
    ///         user -> orders "Orders" "HTTPS"
    ///     }
    /// }
    /// ```
    "LNT-O001" "no-red-metrics" {
        severity: Medium up to Medium,
        set: Prod,
        category: Observability,
        kind: Hygiene,
        reads: Diagrams,
        grouping: PerDiagram,
        key: "the diagram" version 1,
        fix: Planned each ["metrics"],
        topics: ["GA6.3", "GA9.3", "BA4.1", "BA1.5"],
    }
}

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        let graph = &subject.graph;
        let entries: BTreeSet<usize> = graph.entries().into_iter().collect();
        let mut dark: Vec<(&Element, Gap)> = Vec::new();
        for (index, service) in graph.elements().filter(|(_, element)| graph.is_compute(element)) {
            if !entries.contains(&index) && graph.tier(service).is_none_or(|tier| tier > 2) {
                continue;
            }
            if let Some(gap) = check.gap(subject.document, service.key.as_str(), &service.facts, "metrics") {
                dark.push((service, gap));
            }
        }
        if !dark.is_empty() {
            report(check, subject, &dark);
        }
    }
}

fn report<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, dark: &[(&'a Element, Gap)]) {
    let names: Vec<&str> = dark.iter().map(|(service, _)| service.name.as_str()).collect();
    let title = match names.as_slice() {
        [only] => format!("{only} emits no metrics"),
        _ => format!("{} emit no metrics", capital(&counted(names.len(), "service"))),
    };
    let mut draft = check
        .draft(subject)
        .key_word("no metrics")
        .title(title)
        .message(format!("No rate, errors or durations are known of {}, so nothing can raise an alarm.", listed(&names)))
        .planned(dark.iter().all(|(_, gap)| *gap == Gap::Planned));
    for (service, _) in dark {
        draft = draft.element(subject, service).quote_element(service, &["metrics", "tier"], &format!("{} emits no metrics", service.name));
    }
    check.report(draft);
}
