//! LNT-M001: an element that nothing calls and that calls nothing.

use std::collections::BTreeSet;

use crate::domain::{
    model::{ElementKey, Level, kind::Kind},
    review::{
        check::{Check, Subject, capital, counted},
        finding::Anchor,
        fix::{
            Offer,
            broken::Broken,
            patch::{Patch, short},
        },
        graph::kind,
        rule::{FixClass, declare_rule},
    },
};

declare_rule! {
    /// An element takes part in no relation.
    ///
    /// ## What it finds
    /// An element without parts, not a person, that has no relation in either direction, takes part in no step of a dynamic view and is named by
    /// no decision record. A diagram that has elements and no relation at all gives one finding, not one per element.
    ///
    /// ## Why it matters
    /// Either the diagram is incomplete, and then every other rule passes on this element without having looked, or the element is dead weight.
    ///
    /// ## What to do
    /// Draw the missing relation, or remove the element.
    ///
    /// ## False positives
    /// An element that is about to be connected: give it `lifecycle planned`, and the rule waits.
    ///
    /// ## Source
    /// Inspections of disconnected elements in architecture-as-code tools, and of unused assets in threat models.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         shop = softwareSystem "Shop" {
    ///             web = container "Web shop" "Sells things" "Go"
    ///             orders = container "Order service" "Takes orders" "Go"
    ///             coupons = container "Coupon service" "Checks coupons" "Go"
    ///         }
    ///         web -> orders "Places orders" "gRPC"
    ///     }
    /// }
    /// ```
    /// ```dsl,passes
    /// workspace {
    ///     model {
    ///         shop = softwareSystem "Shop" {
    ///             web = container "Web shop" "Sells things" "Go"
    ///             orders = container "Order service" "Takes orders" "Go"
    ///             coupons = container "Coupon service" "Checks coupons" "Go" {
    ///                 properties {
    ///                     lifecycle planned
    ///                 }
    ///             }
    ///         }
    ///         web -> orders "Places orders" "gRPC"
    ///     }
    /// }
    /// ```
    "LNT-M001" "orphan-element" {
        severity: Low up to Low,
        set: Core,
        category: Model,
        kind: Hygiene,
        reads: Diagrams,
        grouping: Individual,
        key: "the element" version 1,
        fix: Proposal by mend,
        topics: ["BA6.1"],
    }
}

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        let connected = connected(subject);
        let named = named(check, subject);
        let orphans: Vec<_> = subject
            .graph
            .elements()
            .filter(|(index, element)| {
                !subject.graph.has_parts(*index)
                    && !matches!(kind(element), Kind::Person | Kind::Node)
                    && element.level != Level::Custom
                    && !element.facts.is("lifecycle", "planned")
                    && !connected.contains(&element.key)
                    && !named.contains(&element.key)
            })
            .map(|(_, element)| element)
            .collect();
        if connected.is_empty() && orphans.len() > 1 {
            let draft = check
                .draft(subject)
                .key_word("no relations")
                .title(format!("{} and no relation between them", capital(&counted(orphans.len(), "element"))))
                .message("The diagram shows elements and no relation, so no rule about calls, data or security can look at anything.")
                .anchor(Anchor::Absence { document: subject.document, scope: None, expected: "relations between the elements".to_owned() });
            let draft = orphans.iter().take(3).fold(draft, |draft, element| {
                draft.mention(subject, element).quote_element(element, &[], &format!("{} has no relation", element.name))
            });
            check.report(draft);
            continue;
        }
        // A model of one element has just been begun.
        if connected.is_empty() {
            continue;
        }
        for element in orphans {
            let draft = check
                .draft(subject)
                .key_element(subject, element)
                .title(format!("{} has no relation", element.name))
                .message(format!("Nothing calls {} and it calls nothing.", element.name))
                .element(subject, element)
                .quote_element(element, &[], &format!("{} is declared and not connected", element.name));
            check.report(draft);
        }
    }
}

/// Both ends of every relation, implied ones left out, with the elements around them.
fn connected<'a>(subject: &Subject<'a>) -> BTreeSet<&'a ElementKey> {
    let model = subject.graph.model;
    let ends =
        model.relations.values().filter(|relation| relation.implied_by.is_none()).flat_map(|relation| [&relation.source, &relation.target]);
    let mut connected = BTreeSet::new();
    for end in ends {
        // What is around an end that is known is known as well.
        if connected.insert(end) {
            connected.extend(model.ancestors(end).map(|ancestor| &ancestor.key));
        }
    }
    connected
}

fn named(check: &Check<'_>, subject: &Subject<'_>) -> BTreeSet<ElementKey> {
    let links = check.decisions().iter().flat_map(|record| &record.record.element_links);
    links.filter_map(|link| subject.graph.model.find(&link.text)).map(|element| element.key.clone()).collect()
}

/// Takes it out; a diagram without relations is only begun.
fn mend(broken: &Broken<'_>) -> Vec<Offer> {
    let Some(Anchor::Element { element, .. }) = broken.finding.anchors.first() else { return Vec::new() };
    let mut patch = Patch::new();
    patch.remove(element);
    let name = broken.finding.subjects.first().map_or("", String::as_str);
    patch.finish(broken, FixClass::Proposal, format!("Take {} out of the diagram", short(name))).map(Offer::from).into_iter().collect()
}
