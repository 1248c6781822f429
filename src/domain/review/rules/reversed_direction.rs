//! LNT-M005: an arrow that runs from a store to its client.

use std::collections::BTreeMap;

use crate::domain::{
    model::{Relation, kind::Kind},
    review::{
        check::{Check, Subject, counted, listed},
        fix::{
            Offer,
            broken::{Broken, there},
            patch::{Patch, short},
        },
        graph::{exempt_from_turning, kind},
        rule::{FixClass, declare_rule},
    },
};

declare_rule! {
    /// A relation points from a data store to its client.
    ///
    /// ## What it finds
    /// A relation from a database, cache, object store or search index to a service that uses it, and a relation from a queue to a service that is
    /// declared synchronous. Arrows of one store are one finding.
    ///
    /// ## Why it matters
    /// Relations run from the one who begins to the one who answers. Rules turn such an arrow round before they look, but readers and other tools do not.
    ///
    /// ## What to do
    /// Turn the arrow round. If all arrows of the text follow the data, say so once: `direction dataflow` in the workspace's properties.
    ///
    /// ## False positives
    /// A store that begins by itself: change data capture, triggers, notifications, replication. Give the relation `role cdc` (or `trigger`,
    /// `listen-notify`, `replication`). A queue that delivers to its consumer is a common way to draw and is not reported.
    ///
    /// ## Source
    /// Public data flow diagrams draw database arrows towards the service throughout; read as calls, no shared database would ever be found in them.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         shop = softwareSystem "Shop" {
    ///             orders = container "Order service" "Takes orders" "Go"
    ///             ordersdb = container "Orders DB" "Orders" "PostgreSQL 16"
    ///         }
    ///         ordersdb -> orders "Order rows" "SQL"
    ///     }
    /// }
    /// ```
    /// ```dsl,passes
    /// workspace {
    ///     model {
    ///         shop = softwareSystem "Shop" {
    ///             relay = container "Outbox relay" "Publishes committed events" "Go"
    ///             ordersdb = container "Orders DB" "Orders" "PostgreSQL 16"
    ///         }
    ///         ordersdb -> relay "Row changes" "Logical replication" {
    ///             properties {
    ///                 role cdc
    ///             }
    ///         }
    ///     }
    /// }
    /// ```
    "LNT-M005" "reversed-direction" {
        severity: Low up to Low,
        set: Core,
        category: Model,
        kind: Hygiene,
        reads: Diagrams,
        grouping: PerSubject,
        key: "the store or queue" version 1,
        fix: Safe by mend,
        topics: ["BA6.1"],
    }
}

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        if subject.graph.model.facts.is("direction", "dataflow") {
            continue;
        }
        let mut reversed: BTreeMap<usize, Vec<&Relation>> = BTreeMap::new();
        for relation in subject.graph.model.relations.values().filter(|relation| relation.implied_by.is_none()) {
            if let Some(store) = store_of(subject, relation) {
                reversed.entry(store).or_default().push(relation);
            }
        }
        for (index, relations) in reversed {
            let Some(store) = subject.graph.element(index) else { continue };
            let clients: Vec<&str> = relations
                .iter()
                .filter_map(|relation| subject.graph.model.element(&relation.target))
                .map(|client| client.name.as_str())
                .collect();
            let mut draft = check
                .draft(subject)
                .key_element(subject, store)
                .title(format!("{} points at its client {}", store.name, listed(&clients)))
                .message(format!(
                    "{} → {} runs from a store to what uses it; relations run from the one who begins.",
                    store.name,
                    listed(&clients)
                ))
                .element(subject, store);
            for relation in relations {
                draft = draft.relation(subject, relation, &format!("{} does not call", store.name), &[]);
            }
            check.report(draft);
        }
    }
}

/// The store or queue whose arrow is the wrong way round.
fn store_of(subject: &Subject<'_>, relation: &Relation) -> Option<usize> {
    let graph = &subject.graph;
    let (source, target) = (graph.unit(&relation.source)?, graph.unit(&relation.target)?);
    let (from, to) = (graph.element(source)?, graph.element(target)?);
    let pushes = || kind(from) == Kind::Queue && relation.mode.stated && relation.mode.value.is_sync();
    // What most relations are not is asked first: what they say is read word by word.
    let reversed = graph.is_compute(to) && (kind(from).is_store() || pushes());
    (reversed && !relation.facts.is("direction", "dataflow") && !exempt_from_turning(relation)).then_some(source)
}

/// Turns the arrows round.
fn mend(broken: &Broken<'_>) -> Vec<Offer> {
    let mut relations = broken.relations();
    // Names of relations between the same two ends are counted in the order of the text.
    relations.sort_by_key(|relation| std::cmp::Reverse(relation.span.start));
    let mut patch = Patch::new();
    for relation in &relations {
        patch.reconnect(&relation.key, &there(&relation.target), &there(&relation.source));
    }
    let store = broken.finding.subjects.first().map_or("", String::as_str);
    let what = if relations.len() == 1 { "the arrow".to_owned() } else { counted(relations.len(), "arrow") };
    let title = format!("Turn {what} between {} and its clients round", short(store));
    patch.finish(broken, FixClass::Safe, title).map(Offer::from).into_iter().collect()
}
