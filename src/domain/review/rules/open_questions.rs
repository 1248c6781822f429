//! LNT-M003: facts that nobody has stated yet.

use crate::domain::{
    model::{Element, facts::State, kind::Kind},
    review::{
        check::{Check, Subject, capital, counted, listed, shorten},
        graph::kind,
        rule::declare_rule,
    },
};

declare_rule! {
    /// Elements leave facts open that production depends on.
    ///
    /// ## What it finds
    /// Services, stores and queues of a design from stage `proposed` on of which three or more facts are not stated: who owns it, how many
    /// run, how it is watched, and for a store how its data is kept. For tier 0 and 1 more is asked: objectives, alerts, runbooks,
    /// recovery. All of a diagram are one finding.
    ///
    /// ## Why it matters
    /// A rule about something that is missing speaks only when the text says that it is missing. What nobody has stated passes all of them,
    /// so a review without findings can be a review without answers.
    ///
    /// ## What to do
    /// Answer each question with `yes`, `planned`, `no`, a value, or `n/a` and the reason. The answers are looked at in the next review.
    ///
    /// ## False positives
    /// It is a list of questions and never a defect: nothing is concluded from silence. Sketches, tier 3, development environments and what
    /// a provider runs are asked less or not at all, and `n/a (reason)` is an answer.
    ///
    /// ## Source
    /// Questionnaires of production readiness reviews, and the open questions of threat models. Tools that take silence for absence bury a
    /// small design in findings.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         properties {
    ///             stage live
    ///         }
    ///         shop = softwareSystem "Shop" {
    ///             orders = container "Order service" "Takes orders" "Go"
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
    ///                     owner team-orders
    ///                     replicas 3
    ///                     healthcheck yes
    ///                     metrics yes
    ///                     logs central
    ///                 }
    ///             }
    ///         }
    ///     }
    /// }
    /// ```
    "LNT-M003" "open-questions" {
        severity: Low up to Low,
        set: Prod,
        category: Model,
        kind: Question,
        reads: Diagrams,
        grouping: PerDiagram,
        key: "the diagram" version 1,
        fix: None,
        topics: ["BA5.4", "GA11.1"],
    }
}

/// Fewer open facts of one element are no reason to ask.
const MANY: usize = 3;

struct Open<'a> {
    element: &'a Element,
    tier: u8,
    facts: Vec<&'static str>,
}

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        let stated = &subject.parsed.model.facts;
        if stated.is("stage", "sketch") || stated.is("profile", "sketch") {
            continue;
        }
        let mut open: Vec<Open<'_>> = subject
            .graph
            .elements()
            .filter(|(index, _)| subject.graph.is_unit(*index))
            .filter_map(|(_, element)| {
                let facts: Vec<&str> = asked(subject, element).into_iter().filter(|name| is_open(subject, element, name)).collect();
                // Without a tier an element stands between the important and the others.
                (facts.len() >= MANY).then(|| Open { element, tier: subject.graph.tier(element).unwrap_or(2), facts })
            })
            .collect();
        open.sort_by_key(|open| open.tier);
        report(check, subject, &open);
    }
}

fn report<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, open: &[Open<'a>]) {
    let title = match open {
        [] => return,
        [only] => format!("{} leaves {} open", shorten(&only.element.name, 50), counted(only.facts.len(), "fact")),
        _ => format!("{} leave facts open that production depends on", capital(&counted(open.len(), "element"))),
    };
    let questions: Vec<String> = open.iter().map(|open| format!("{}: {}", open.element.name, listed(&open.facts))).collect();
    let mut draft =
        check.draft(subject).key_word("open questions").title(title).message(format!("Not stated of {}.", questions.join("; of ")));
    for Open { element, facts, .. } in open {
        for name in facts {
            check.unknown(subject.document, element.key.as_str(), name);
        }
        draft = draft.mention(subject, element).quote_element(element, &[], &format!("{}: {}?", element.name, facts.join(", ")));
    }
    check.report(draft);
}

fn is_open<'a>(subject: &'a Subject<'a>, element: &'a Element, name: &str) -> bool {
    subject.graph.fact(element, name).is_none_or(|fact| fact.state() == State::Unknown)
}

/// What somebody who is called at night would want to know of an element.
fn asked<'a>(subject: &'a Subject<'a>, element: &'a Element) -> Vec<&'static str> {
    let graph = &subject.graph;
    let tier = graph.tier(element);
    if tier.is_some_and(|tier| tier > 2) || graph.is_dev_only(element) || element.facts.is("lifecycle", "planned") {
        return Vec::new();
    }
    let critical = tier.is_some_and(|tier| tier < 2);
    let managed = element.facts.is_yes("managed");
    let (own, run_by_us, when_critical): (&[_], &[_], &[_]) = match kind(element) {
        _ if graph.is_compute(element) => {
            (&["owner", "metrics", "logs"], &["replicas", "healthcheck"], &["slo", "alerts", "runbook", "graceful_shutdown"])
        }
        Kind::Database => (&["owner", "backup", "encryption_at_rest"], &["replicas"], &["rto", "rpo", "restore_tested", "failover"]),
        Kind::ObjectStore => (&["owner", "backup", "encryption_at_rest"], &[], &["rto", "rpo"]),
        Kind::Cache => (&["owner", "ttl"], &["replicas", "persistence"], &[]),
        Kind::SearchIndex => (&["owner", "encryption_at_rest"], &["replicas"], &["alerts"]),
        Kind::Queue => (&["owner", "delivery", "retention", "schema", "dlq"], &[], &["alerts"]),
        _ => return Vec::new(),
    };
    let parts = [own, if managed { &[] } else { run_by_us }, if critical { when_critical } else { &[] }];
    parts.into_iter().flatten().copied().collect()
}
