//! LNT-P001: nobody to call, nobody to decide.

use crate::domain::{
    agent::proposal::Thing,
    model::{Element, kind::Kind},
    review::{
        check::{Check, Gap, Subject, capital, counted, listed},
        fix::{
            Offer,
            broken::{Broken, there},
            patch::Patch,
            plan::{self, Pick},
        },
        graph::kind,
        rule::{FixClass, declare_rule},
    },
};

declare_rule! {
    /// Elements have no owner, or critical ones nobody on call and no runbook.
    ///
    /// ## What it finds
    /// Services, stores and queues that state `owner none`, and those of tier 0 or 1 that state `oncall none` or `runbook no`. All of a diagram are one
    /// finding, the most critical first.
    ///
    /// ## Why it matters
    /// When it fails at night there is nobody to call, and when it has to change there is nobody to decide.
    ///
    /// ## What to do
    /// Name a team for each element. For what is critical, say who is on call and link a runbook.
    ///
    /// ## False positives
    /// An owner that a group, a system or the workspace states counts for everything inside. Where nothing is stated, that is a question and no finding.
    ///
    /// ## Source
    /// Production readiness reviews, which begin with who answers for a service.
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
    ///                     owner none
    ///                 }
    ///             }
    ///             ordersdb = container "Orders DB" "Orders and order lines" "PostgreSQL 16" {
    ///                 properties {
    ///                     owner none
    ///                 }
    ///             }
    ///         }
    ///         orders -> ordersdb "Writes" "SQL"
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
    ///             properties {
    ///                 owner team-shop
    ///             }
    ///             orders = container "Order service" "Takes orders" "Go"
    ///             ordersdb = container "Orders DB" "Orders and order lines" "PostgreSQL 16"
    ///         }
    ///         orders -> ordersdb "Writes" "SQL"
    ///     }
    /// }
    /// ```
    "LNT-P001" "no-owner" {
        severity: Medium up to High,
        set: Prod,
        category: Operations,
        kind: Hygiene,
        reads: Diagrams,
        grouping: PerDiagram,
        key: "the diagram" version 1,
        fix: Safe by mend,
        topics: ["GA11.5", "BA2.1"],
    }
}

/// What an element lacks, and whether all of it is planned.
struct Lacking<'a> {
    element: &'a Element,
    tier: u8,
    what: Vec<&'static str>,
    planned: bool,
}

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        let graph = &subject.graph;
        let mut found: Vec<Lacking<'_>> = Vec::new();
        for (index, element) in graph.elements() {
            let concerned = graph.is_compute(element) || kind(element).is_store() || kind(element) == Kind::Queue;
            if concerned
                && graph.is_unit(index)
                && let Some(lacking) = lacking(check, subject, element)
            {
                found.push(lacking);
            }
        }
        if !found.is_empty() {
            found.sort_by_key(|lacking| lacking.tier);
            report(check, subject, &found);
        }
    }
}

fn lacking<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, element: &'a Element) -> Option<Lacking<'a>> {
    let tier = subject.graph.tier(element).unwrap_or(u8::MAX);
    let asked: &[(&'static str, &'static str)] = if tier <= 1 {
        &[("owner", "an owner"), ("oncall", "anybody on call"), ("runbook", "a runbook")]
    } else {
        &[("owner", "an owner")]
    };
    let (mut what, mut planned) = (Vec::new(), true);
    for (fact, name) in asked {
        if let Some(gap) = check.gap(subject.document, element.key.as_str(), &element.facts, fact) {
            what.push(*name);
            planned &= gap == Gap::Planned;
        }
    }
    (!what.is_empty()).then_some(Lacking { element, tier, what, planned })
}

fn report<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, found: &[Lacking<'a>]) {
    let names: Vec<&str> = found.iter().map(|lacking| lacking.element.name.as_str()).collect();
    let missing =
        ["an owner", "anybody on call", "a runbook"].into_iter().filter(|name| found.iter().any(|lacking| lacking.what.contains(name)));
    let missing = listed(&missing.collect::<Vec<_>>()).replace(" and ", " or ");
    let title = match found {
        [only] => format!("{} is without {missing}", only.element.name),
        _ => format!("{} are without {missing}", capital(&counted(found.len(), "element"))),
    };
    let mut draft = check
        .draft(subject)
        .key_word("ownership")
        .title(title)
        .message(format!("Nobody to call at night, and nobody to decide about a change: {}.", listed(&names)))
        .planned(found.iter().all(|lacking| lacking.planned));
    for lacking in found {
        let element = lacking.element;
        let claim = format!("{} is without {}", element.name, listed(&lacking.what).replace(" and ", " or "));
        draft = draft.element(subject, element).quote_element(element, &["owner", "oncall", "runbook", "tier"], &claim);
    }
    check.report(draft);
}

/// An owner that what is around names; else a plan to find one.
fn mend(broken: &Broken<'_>) -> Vec<Offer> {
    let Some(graph) = broken.graph() else { return Vec::new() };
    let mut patch = Patch::new();
    let elements = broken.elements();
    for element in elements.iter().filter(|element| element.facts.is_known_no("owner")) {
        if graph.around_states(element, "owner") && element.properties.contains_key("owner") {
            patch.forget(Thing::Element(there(&element.key)), "owner");
        }
    }
    let mut picks: Vec<Pick<'_>> = Vec::new();
    for fact in ["owner", "oncall", "runbook"] {
        picks.extend(plan::stated(broken, fact, plan::if_missing));
    }
    let inherited = patch.finish(broken, FixClass::Safe, "Leave the owner to what is around, which names one".to_owned());
    let owners: Vec<Pick<'_>> = picks.iter().filter(|pick| pick.fact == "owner").cloned().collect();
    let ways = [plan::planned(broken, &owners), plan::planned(broken, &picks)].into_iter().flatten().collect();
    inherited.map(Offer::from).into_iter().chain([Offer(ways)]).collect()
}
