//! LNT-B008: a dependency that points outwards.

use crate::domain::{
    diagnostic::Span,
    model::{
        Element, Level, Relation,
        facts::{Fact, State},
    },
    review::{
        check::{Check, Subject, shorten},
        protocol::mentions,
        rule::declare_rule,
    },
};

declare_rule! {
    /// An inner layer of the code depends on an outer one.
    ///
    /// ## What it finds
    /// A relation from a component with `layer domain` or `layer usecase` to one with `layer adapter` or `layer infrastructure`. The layer
    /// is stated on the component, or on the group around it.
    ///
    /// ## Why it matters
    /// The rules of the business can then not be tested or changed without the database, the framework or the partner, and what should be a
    /// detail decides what they look like.
    ///
    /// ## What to do
    /// Declare the interface where it is used, in the inner layer, and let the outer layer implement it. Draw the arrow from the
    /// implementation to the interface.
    ///
    /// ## False positives
    /// Only layers that are stated count. An arrow that shows the course of a call through an interface and no dependency of the code can
    /// say so: `role port`, or a description that names the port or interface.
    ///
    /// ## Source
    /// The dependency rule of clean and hexagonal architecture, and tools that check the dependencies of packages.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         shop = softwareSystem "Shop" {
    ///             orders = container "Order service" "Takes orders" "Go" {
    ///                 order = component "Order" "An order and its rules" "Go" {
    ///                     properties {
    ///                         layer domain
    ///                     }
    ///                 }
    ///                 place = component "Place order" "Takes an order" "Go" {
    ///                     properties {
    ///                         layer usecase
    ///                     }
    ///                 }
    ///                 store = component "Order repository" "Keeps orders" "pgx" {
    ///                     properties {
    ///                         layer infrastructure
    ///                     }
    ///                 }
    ///             }
    ///         }
    ///         place -> order "Changes"
    ///         order -> store "Saves itself"
    ///     }
    /// }
    /// ```
    /// ```dsl,passes
    /// workspace {
    ///     model {
    ///         shop = softwareSystem "Shop" {
    ///             orders = container "Order service" "Takes orders" "Go" {
    ///                 order = component "Order" "An order and its rules" "Go" {
    ///                     properties {
    ///                         layer domain
    ///                     }
    ///                 }
    ///                 place = component "Place order" "Takes an order" "Go" {
    ///                     properties {
    ///                         layer usecase
    ///                     }
    ///                 }
    ///                 store = component "Order repository" "Keeps orders" "pgx" {
    ///                     properties {
    ///                         layer infrastructure
    ///                     }
    ///                 }
    ///             }
    ///         }
    ///         place -> order "Changes"
    ///         store -> order "Implements the repository of"
    ///     }
    /// }
    /// ```
    "LNT-B008" "layer-violation" {
        severity: High up to High,
        set: Core,
        category: Boundaries,
        kind: Risk,
        reads: Diagrams,
        grouping: Individual,
        key: "the two components" version 1,
        fix: None,
        topics: ["GA1.6", "GA5.1", "GA7.1", "BA3.2"],
    }
}

/// Where a layer stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ring {
    Inner,
    Outer,
}

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        let model = subject.graph.model;
        for relation in model.relations.values().filter(|relation| relation.implied_by.is_none() && !is_port(relation)) {
            let (Some(source), Some(target)) = (model.element(&relation.source), model.element(&relation.target)) else { continue };
            if let (Some((from, Ring::Inner)), Some((to, Ring::Outer))) = (layer(subject, source), layer(subject, target)) {
                report(check, subject, relation, (source, from), (target, to));
            }
        }
    }
}

/// The course of a call through an interface that the inner layer owns.
fn is_port(relation: &Relation) -> bool {
    const WORDS: [&str; 5] = ["port", "interface", "implements", "inverted", "abstraction"];
    let said = relation.description.iter().chain(&relation.technology).chain(&relation.tags);
    relation.facts.is_any("role", &["port", "interface", "implements"]) || said.into_iter().any(|text| mentions(text, &WORDS))
}

/// As the component states it, or the group around it.
fn layer<'a>(subject: &'a Subject<'a>, element: &'a Element) -> Option<(&'a Fact, Ring)> {
    if element.level != Level::Component {
        return None;
    }
    let group =
        || element.group.as_ref().and_then(|group| subject.graph.model.groups.get(group)).and_then(|group| group.facts.get("layer"));
    let fact = element.facts.get("layer").or_else(group).filter(|fact| fact.state() == State::Yes)?;
    let ring = match fact.value.trim().to_ascii_lowercase().as_str() {
        "domain" | "entity" | "entities" | "usecase" | "usecases" | "use-case" | "application" | "interactor" => Ring::Inner,
        "adapter" | "adapters" | "infrastructure" | "infra" | "framework" | "persistence" | "repository" | "driver" | "handler" => {
            Ring::Outer
        }
        _ => return None,
    };
    Some((fact, ring))
}

fn report<'a>(
    check: &mut Check<'a>,
    subject: &'a Subject<'a>,
    relation: &'a Relation,
    (source, from): (&'a Element, &Fact),
    (target, to): (&'a Element, &Fact),
) {
    let (from, to) = (shorten(from.value.trim(), 16), shorten(to.value.trim(), 16));
    let draft = check
        .draft(subject)
        .key_element(subject, source)
        .key_element(subject, target)
        .title(format!("{} ({from}) depends on {} ({to})", shorten(&source.name, 24), shorten(&target.name, 24)))
        .message(format!(
            "{} is {from} and depends on {}, which is {to}. Dependencies must point inwards: let {} implement an interface of {}.",
            source.name, target.name, target.name, source.name
        ))
        .element(subject, source)
        .mention(subject, target)
        .relation(subject, relation, &format!("{} depends on {}", source.name, target.name), &role(relation))
        .quote_element(source, &["layer"], &format!("{} is {from}", source.name))
        .quote_element(target, &["layer"], &format!("{} is {to}", target.name));
    check.report(draft);
}

fn role(relation: &Relation) -> Vec<Span> {
    relation.facts.get("role").into_iter().map(|fact| fact.span).collect()
}
