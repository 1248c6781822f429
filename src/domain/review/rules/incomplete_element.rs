//! LNT-M002: elements and relations that say too little for the other rules.

use crate::domain::{
    model::{Element, kind::Kind},
    review::{
        check::{Check, Subject, capital, counted, listed},
        fix::{Offer, broken::Broken, patch::Patch},
        graph::{Edge, kind},
        protocol::Product,
        rule::{FixClass, declare_rule},
    },
};

declare_rule! {
    /// Elements lack a technology or purpose, or relations a protocol.
    ///
    /// ## What it finds
    /// Services, stores and queues without a technology or with a description shorter than ten characters, and relations between running things
    /// whose technology is empty or `other`. Relations of people are left out.
    ///
    /// ## Why it matters
    /// Rules about protocols, encryption and timeouts can only look at what is written. An arrow without a protocol passes them all, and says nothing.
    ///
    /// ## What to do
    /// Fill in the technology, the protocol and one line of purpose.
    ///
    /// ## False positives
    /// All gaps of a diagram are one finding of low severity, so an early diagram is not buried in remarks.
    ///
    /// ## Source
    /// Completeness inspections of architecture-as-code tools. In threat models a link that carries nothing is never reported as unencrypted.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         shop = softwareSystem "Shop" {
    ///             orders = container "Order service" "Takes orders and keeps their state" "Go"
    ///             ordersdb = container "Orders DB" "Orders and order lines" "PostgreSQL 16"
    ///         }
    ///         orders -> ordersdb "Reads and writes orders"
    ///     }
    /// }
    /// ```
    /// ```dsl,passes
    /// workspace {
    ///     model {
    ///         shop = softwareSystem "Shop" {
    ///             orders = container "Order service" "Takes orders and keeps their state" "Go"
    ///             ordersdb = container "Orders DB" "Orders and order lines" "PostgreSQL 16"
    ///         }
    ///         orders -> ordersdb "Reads and writes orders" "SQL"
    ///     }
    /// }
    /// ```
    "LNT-M002" "incomplete-element" {
        severity: Low up to Low,
        set: Core,
        category: Model,
        kind: Hygiene,
        reads: Diagrams,
        grouping: PerDiagram,
        key: "the diagram" version 1,
        fix: Safe by mend,
        topics: ["BA6.1"],
    }
}

const SHORTEST_PURPOSE: usize = 10;

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        let graph = &subject.graph;
        let elements: Vec<&Element> = graph
            .elements()
            .filter(|(index, element)| !graph.has_parts(*index) && lacks(subject, element).is_some())
            .map(|(_, element)| element)
            .collect();
        let relations: Vec<&Edge<'_>> = graph.edges().iter().filter(|edge| silent(subject, edge)).collect();
        if elements.is_empty() && relations.is_empty() {
            continue;
        }
        let parts: Vec<String> = [(elements.len(), "element"), (relations.len(), "relation")]
            .into_iter()
            .filter(|(number, _)| *number > 0)
            .map(|(number, noun)| counted(number, noun))
            .collect();
        let names: Vec<String> =
            elements.iter().map(|element| element.name.clone()).chain(relations.iter().map(|edge| arrow(subject, edge))).collect();
        let verb = if elements.len() + relations.len() == 1 { "lacks" } else { "lack" };
        let mut draft = check
            .draft(subject)
            .key_word("incomplete")
            .title(format!("{} {verb} technology, protocol or purpose", capital(&parts.join(" and "))))
            .message(format!("Not filled in: {}.", listed(&names)));
        for element in elements {
            let what = lacks(subject, element).unwrap_or_default();
            draft = draft.mention(subject, element).quote_element(element, &[], &format!("{} has {what}", element.name));
        }
        for edge in relations {
            draft = draft.relation(subject, edge.relation, &format!("{} has no protocol", arrow(subject, edge)), &[]);
        }
        check.report(draft);
    }
}

fn lacks(subject: &Subject<'_>, element: &Element) -> Option<&'static str> {
    if !subject.graph.is_compute(element) && !kind(element).is_store() && kind(element) != Kind::Queue {
        return None;
    }
    let blank = |text: &Option<String>, least: usize| text.as_deref().is_none_or(|text| text.trim().chars().count() < least);
    match (blank(&element.technology, 1), blank(&element.description, SHORTEST_PURPOSE)) {
        (true, true) => Some("no technology and no purpose"),
        (true, false) => Some("no technology"),
        (false, true) => Some("no purpose that says more than a word"),
        (false, false) => None,
    }
}

fn silent(subject: &Subject<'_>, edge: &Edge<'_>) -> bool {
    let graph = &subject.graph;
    let plain = |index: usize| !graph.has_parts(index) && graph.element(index).is_some_and(|element| kind(element) != Kind::Person);
    let written = edge.relation.facts.value("proto").or(edge.relation.technology.as_deref()).unwrap_or_default().trim();
    // A component's own relations speak of code, not of a protocol.
    let inside = [&edge.relation.source, &edge.relation.target]
        .into_iter()
        .filter_map(|key| graph.model.element(key))
        .all(|element| element.level == crate::domain::model::Level::Component);
    (written.is_empty() || written.eq_ignore_ascii_case("other")) && plain(edge.source) && plain(edge.target) && !inside
}

fn arrow(subject: &Subject<'_>, edge: &Edge<'_>) -> String {
    format!("{} → {}", subject.graph.name(edge.source), subject.graph.name(edge.target))
}

/// Writes the protocol where the technology at the other end speaks no other.
fn mend(broken: &Broken<'_>) -> Vec<Offer> {
    let Some(graph) = broken.graph() else { return Vec::new() };
    let mut patch = Patch::new();
    let mut count = 0;
    for edge in broken.edges().into_iter().filter(|edge| edge.facts().get("proto").is_none()) {
        let technology = graph.target(edge).and_then(|target| target.technology.as_deref());
        if let Some(protocol) = technology.and_then(Product::of).and_then(Product::only_protocol) {
            patch.speak(&edge.relation.key, protocol);
            count += 1;
        }
    }
    let title = format!("Write the protocol of {}", counted(count, "relation"));
    patch.finish(broken, FixClass::Safe, title).map(Offer::from).into_iter().collect()
}
