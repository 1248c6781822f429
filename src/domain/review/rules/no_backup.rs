//! LNT-R013: data with one copy and no way back.

use crate::domain::{
    model::Element,
    review::{
        check::{Check, Gap, Subject},
        finding::Severity,
        rule::declare_rule,
    },
};

declare_rule! {
    /// Data that exists nowhere else has no backup, or none that was ever restored.
    ///
    /// ## What it finds
    /// Databases and object stores that are a system of record and state `backup no`. Where there is a backup, but a store of tier 0 or 1 states
    /// `restore_tested no`, the finding is medium.
    ///
    /// ## Why it matters
    /// Replicas copy a mistaken deletion within a second. Without a backup, a wrong migration, an intruder or a full disk ends with the data gone. A
    /// backup that was never restored is a hope.
    ///
    /// ## What to do
    /// Copy the data continuously so that any moment can be restored, keep a copy out of reach of whoever can delete the original, and restore it on a
    /// schedule with a clock running.
    ///
    /// ## False positives
    /// What can be made again needs no backup: `role derived` or `rebuild yes`. `loss_ok yes` says that losing the data is accepted. A provider's own
    /// backups count once they are stated.
    ///
    /// ## Source
    /// The cloud providers' reliability frameworks on backup and restore.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         shop = softwareSystem "Shop" {
    ///             orders = container "Order service" "Takes orders" "Go"
    ///             ordersdb = container "Orders DB" "Orders" "PostgreSQL 16" {
    ///                 properties {
    ///                     backup no
    ///                 }
    ///             }
    ///         }
    ///         orders -> ordersdb "Writes orders" "SQL"
    ///     }
    /// }
    /// ```
    /// ```dsl,passes
    /// workspace {
    ///     model {
    ///         shop = softwareSystem "Shop" {
    ///             orders = container "Order service" "Takes orders" "Go"
    ///             ordersdb = container "Orders DB" "Orders" "PostgreSQL 16" {
    ///                 properties {
    ///                     tier 1
    ///                     backup continuous
    ///                     restore_tested 2026-10-01
    ///                 }
    ///             }
    ///         }
    ///         orders -> ordersdb "Writes orders" "SQL"
    ///     }
    /// }
    /// ```
    "LNT-R013" "no-backup" {
        severity: Critical up to Critical,
        set: Core,
        category: Reliability,
        kind: Risk,
        reads: Diagrams,
        grouping: PerSubject,
        key: "the store" version 1,
        fix: Planned each ["backup", "restore_tested"],
        topics: ["GA4.6"],
    }
}

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        for (_, store) in subject.graph.elements() {
            if subject.graph.is_system_of_record(store) && !replaceable(store) {
                judge(check, subject, store);
            }
        }
    }
}

fn judge<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, store: &'a Element) {
    let important = subject.graph.tier(store).is_some_and(|tier| tier <= 1);
    let draft = check.draft(subject).key_element(subject, store).element(subject, store);
    let copied = check.gap(subject.document, store.key.as_str(), &store.facts, "backup");
    if let Some(gap) = copied {
        let draft = draft
            .title(format!("{} has no backup", store.name))
            .message(format!(
                "No copy of what {} holds survives a mistaken deletion, a bad migration or the loss of the store.",
                store.name
            ))
            .planned(gap == Gap::Planned)
            .quote_element(store, &["backup", "data", "max_class"], &format!("{} has no backup", store.name));
        check.report(draft);
    } else if important
        && store.facts.is_yes("backup")
        && let Some(gap) = check.gap(subject.document, store.key.as_str(), &store.facts, "restore_tested")
    {
        let draft = draft
            .title(format!("The backup of {} was never restored", store.name))
            .message(format!(
                "{} is copied, but nobody has tried to get it back, so whether and how fast that works is not known.",
                store.name
            ))
            .planned(gap == Gap::Planned)
            .severity(Severity::Medium, "there is a backup, only not a tried one")
            .quote_element(store, &["backup", "restore_tested"], &format!("restoring {} was never tried", store.name));
        check.report(draft);
    }
}

/// Losing it costs time at most.
fn replaceable(store: &Element) -> bool {
    let facts = &store.facts;
    facts.is_yes("rebuild")
        || facts.is_yes("loss_ok")
        || facts.is_any("role", &["backup", "logs", "telemetry", "staging", "cache", "temporary"])
}
