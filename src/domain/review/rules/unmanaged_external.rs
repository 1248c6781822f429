//! LNT-P008: a promise of ours that someone else has to keep.

use crate::domain::{
    model::{Element, kind::Kind},
    review::{
        check::{Check, Gap, Subject, listed},
        graph::{Edge, kind, walk},
        rule::declare_rule,
    },
};

declare_rule! {
    /// A critical path needs an external system about which nothing is agreed.
    ///
    /// ## What it finds
    /// External systems that elements of tier 0 or 1 wait for, directly or through others, and that state `sla no`, `quota no`, `contact no` or
    /// `exit_plan no`. All of one system are one finding.
    ///
    /// ## Why it matters
    /// What you promise your customers silently includes what the other side never promised you. When it is down, nobody knows whom to call or how much
    /// they would have let through.
    ///
    /// ## What to do
    /// Write down its service level, its quota, its status page and a person; decide on a fallback; and know how you would leave.
    ///
    /// ## False positives
    /// Only what tier 0 and 1 wait for is looked at: messages, files and calls with `criticality soft` are left out. What is not stated is a question.
    ///
    /// ## Source
    /// The section on external dependencies in production readiness reviews, and failure mode analysis in cloud frameworks.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         properties {
    ///             stage live
    ///         }
    ///         psp = softwareSystem "Card processor" {
    ///             properties {
    ///                 kind external
    ///                 sla no
    ///                 contact no
    ///             }
    ///         }
    ///         shop = softwareSystem "Shop" {
    ///             payments = container "Payment service" "Charges cards" "Go" {
    ///                 properties {
    ///                     tier 1
    ///                 }
    ///             }
    ///         }
    ///         payments -> psp "Charges" "HTTPS" {
    ///             properties {
    ///                 timeout 2s
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
    ///         psp = softwareSystem "Card processor" {
    ///             properties {
    ///                 kind external
    ///                 sla 99.9
    ///                 quota "200 a second"
    ///                 contact yes
    ///                 exit_plan yes
    ///             }
    ///         }
    ///         shop = softwareSystem "Shop" {
    ///             payments = container "Payment service" "Charges cards" "Go" {
    ///                 properties {
    ///                     tier 1
    ///                 }
    ///             }
    ///         }
    ///         payments -> psp "Charges" "HTTPS" {
    ///             properties {
    ///                 timeout 2s
    ///             }
    ///         }
    ///     }
    /// }
    /// ```
    "LNT-P008" "unmanaged-external" {
        severity: Medium up to High,
        set: Prod,
        category: Operations,
        kind: Risk,
        reads: Diagrams,
        grouping: PerSubject,
        key: "the external system" version 1,
        fix: None,
        topics: ["GA4.4", "GA11.4"],
    }
}

const ASKED: [(&str, &str); 4] = [("sla", "service level"), ("quota", "quota"), ("contact", "contact"), ("exit_plan", "exit plan")];

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        let graph = &subject.graph;
        let critical = |element| graph.tier(element).is_some_and(|tier| tier <= 1);
        let waits = graph.adjacency(|edge| is_waited_for(edge) && graph.source(edge).is_some_and(|source| graph.is_compute(source)));
        let roots = graph.elements().filter(|(_, element)| graph.is_compute(element) && critical(element)).map(|(index, _)| index);
        let needed = walk::reachable(&waits, roots);
        for (index, external) in graph.elements().filter(|(_, element)| kind(element) == Kind::External) {
            let callers: Vec<&Edge<'_>> = graph
                .incoming(index)
                .filter(|edge| is_waited_for(edge) && needed.get(edge.source) == Some(&true))
                .filter(|edge| graph.source(edge).is_some_and(|source| graph.is_compute(source)))
                .collect();
            if !callers.is_empty() {
                judge(check, subject, external, &callers);
            }
        }
    }
}

fn is_waited_for(edge: &Edge<'_>) -> bool {
    edge.is_sync() && !edge.facts().is("criticality", "soft")
}

fn judge<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, external: &'a Element, callers: &[&'a Edge<'a>]) {
    let graph = &subject.graph;
    let (mut lacks, mut planned) = (Vec::new(), true);
    for (fact, name) in ASKED {
        if let Some(gap) = check.gap(subject.document, external.key.as_str(), &external.facts, fact) {
            lacks.push(name);
            planned &= gap == Gap::Planned;
        }
    }
    if lacks.is_empty() {
        return;
    }
    let lacks = listed(&lacks).replace(" and ", " or ");
    let names: Vec<&str> = callers.iter().filter_map(|edge| graph.source(edge)).map(|source| source.name.as_str()).collect();
    let verb = if names.len() == 1 { "waits" } else { "wait" };
    let mut draft = check
        .draft(subject)
        .key_element(subject, external)
        .title(format!("{} is on a critical path without {lacks}", external.name))
        .message(format!("{} {verb} for {} on a critical path, and no {lacks} is agreed with it.", listed(&names), external.name))
        .planned(planned)
        .element(subject, external)
        .quote_element(external, &["sla", "quota", "contact", "exit_plan"], &format!("what is agreed with {}", external.name));
    for edge in callers {
        if let Some(source) = graph.source(edge) {
            draft = draft.element(subject, source).edge(
                subject,
                edge,
                &format!("{} waits for {}", source.name, external.name),
                &["criticality"],
            );
        }
    }
    check.report(draft);
}
