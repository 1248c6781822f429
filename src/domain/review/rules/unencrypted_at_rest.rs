//! LNT-X005: data that whoever gets the disk can read.

use crate::domain::review::{
    check::{Check, Gap},
    classification::{Class, classify},
    graph::kind,
    rule::declare_rule,
};

declare_rule! {
    /// A store keeps confidential data unencrypted.
    ///
    /// ## What it finds
    /// Databases, caches, object stores and search indexes that hold confidential or restricted data and state `encryption_at_rest no`.
    ///
    /// ## Why it matters
    /// A stolen disk, a snapshot in the wrong account or a backup tape is then a breach, and nobody notices that it was read.
    ///
    /// ## What to do
    /// Encrypt with keys of the provider's key service, rotate them, and encrypt fields such as card numbers once more in the application. Do not forget
    /// backups and replicas.
    ///
    /// ## False positives
    /// Encryption that a provider switches on by default counts when it is stated. A store that keeps nothing on disk (`persistence no`) is left out.
    /// Where nothing is stated, the answer is unknown and nothing is reported.
    ///
    /// ## Source
    /// Checks for unencrypted assets in threat modelling, and the smell of non-encrypted data exposure.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         properties {
    ///             stage live
    ///         }
    ///         clinic = softwareSystem "Clinic" {
    ///             records = container "Record service" "Keeps patient records" "Go"
    ///             documents = container "Documents" "Findings and letters of patients" "PostgreSQL 16" {
    ///                 properties {
    ///                     max_class confidential
    ///                     encryption_at_rest no
    ///                 }
    ///             }
    ///         }
    ///         records -> documents "Writes" "SQL"
    ///     }
    /// }
    /// ```
    /// ```dsl,passes
    /// workspace {
    ///     model {
    ///         properties {
    ///             stage live
    ///         }
    ///         clinic = softwareSystem "Clinic" {
    ///             records = container "Record service" "Keeps patient records" "Go"
    ///             documents = container "Documents" "Findings and letters of patients" "PostgreSQL 16" {
    ///                 properties {
    ///                     max_class confidential
    ///                     encryption_at_rest kms
    ///                 }
    ///             }
    ///             leaflets = container "Leaflets" "What patients may take home" "S3" {
    ///                 properties {
    ///                     max_class public
    ///                     encryption_at_rest no
    ///                 }
    ///             }
    ///         }
    ///         records -> documents "Writes" "SQL"
    ///         records -> leaflets "Writes" "HTTPS"
    ///     }
    /// }
    /// ```
    "LNT-X005" "unencrypted-at-rest" {
        severity: High up to Critical,
        set: Prod,
        category: Security,
        kind: Risk,
        reads: Diagrams,
        grouping: PerSubject,
        key: "the store" version 1,
        fix: Planned each ["encryption_at_rest"],
        topics: ["GA9.2"],
    }
}

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        for (_, store) in subject.graph.elements().filter(|(_, element)| kind(element).is_store()) {
            let Some(data) = classify(&store.facts).filter(|data| data.class >= Class::Confidential) else { continue };
            if store.facts.is_known_no("persistence") {
                continue;
            }
            let Some(gap) = check.gap(subject.document, store.key.as_str(), &store.facts, "encryption_at_rest") else { continue };
            let class = data.class.name();
            let mut draft = check
                .draft(subject)
                .key_element(subject, store)
                .title(format!("{} keeps {class} data unencrypted", store.name))
                .message(format!("Whoever gets a disk, a snapshot or a backup of {} can read its {class} data.", store.name))
                .planned(gap == Gap::Planned)
                .element(subject, store)
                .quote_element(
                    store,
                    &["encryption_at_rest", "max_class", "data"],
                    &format!("{} holds {class} data and is not encrypted", store.name),
                );
            if let Some(assumption) = &data.assumption {
                draft = draft.assumption(assumption);
            }
            check.report(draft);
        }
    }
}
