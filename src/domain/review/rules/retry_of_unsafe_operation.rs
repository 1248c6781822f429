//! LNT-R005: a command that may be carried out twice.

use crate::domain::{
    model::facts::State,
    review::{
        amount::Retry,
        check::{Check, Gap, Subject},
        finding::Severity,
        graph::Edge,
        rule::declare_rule,
    },
};

declare_rule! {
    /// A call is repeated although doing it twice does more than doing it once.
    ///
    /// ## What it finds
    /// A relation whose `retry` makes more than one attempt, with `effect command` and `idempotent no`. When the effect is not stated, it is medium.
    ///
    /// ## Why it matters
    /// A timeout does not say that nothing happened. The second attempt charges the card again, books a second parcel or sends the mail twice.
    ///
    /// ## What to do
    /// Let the caller send a key with the command and the other side remember which keys it has seen. Until that is there, do not repeat the call:
    /// report that the outcome is unknown and find out.
    ///
    /// ## False positives
    /// Queries and events are left out. Whether a command is idempotent is asked, not assumed: without `idempotent no` nothing is said.
    ///
    /// ## Source
    /// Guidance on idempotency in the cloud providers' reliability frameworks.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         psp = softwareSystem "Card processor" "Charges cards" "External"
    ///         shop = softwareSystem "Shop" {
    ///             payments = container "Payment service" "Charges customers" "Go"
    ///         }
    ///         payments -> psp "Charges" "HTTPS" {
    ///             properties {
    ///                 effect command
    ///                 idempotent no
    ///                 retry "3, 100ms, exponential, jitter"
    ///             }
    ///         }
    ///     }
    /// }
    /// ```
    /// ```dsl,passes
    /// workspace {
    ///     model {
    ///         psp = softwareSystem "Card processor" "Charges cards" "External"
    ///         shop = softwareSystem "Shop" {
    ///             payments = container "Payment service" "Charges customers" "Go"
    ///         }
    ///         payments -> psp "Charges" "HTTPS" {
    ///             properties {
    ///                 effect command
    ///                 idempotent "key per payment"
    ///                 retry "3, 100ms, exponential, jitter"
    ///             }
    ///         }
    ///     }
    /// }
    /// ```
    "LNT-R005" "retry-of-unsafe-operation" {
        severity: High up to Critical,
        set: Core,
        category: Reliability,
        kind: Risk,
        reads: Diagrams,
        grouping: Individual,
        key: "source and target" version 1,
        fix: None,
        topics: ["GA4.2", "BA2.4", "BA3.5"],
    }
}

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        for edge in subject.graph.edges() {
            judge(check, subject, edge);
        }
    }
}

fn judge<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, edge: &'a Edge<'a>) {
    let (Some(source), Some(target)) = (subject.graph.source(edge), subject.graph.target(edge)) else { return };
    let facts = edge.facts();
    let Some(retry) = Retry::between(facts, &source.facts) else { return };
    let effect = facts.state("effect");
    let command = facts.is("effect", "command");
    if effect == State::Unknown {
        check.unknown(subject.document, edge.relation.key.as_str(), "effect");
    } else if !command {
        return;
    }
    let Some(gap) = check.gap(subject.document, edge.relation.key.as_str(), facts, "idempotent") else { return };
    let tries = retry.attempts.map_or_else(|| "again".to_owned(), |attempts| format!("up to {attempts} times"));
    let what = if command { "a command that is not idempotent" } else { "a call that is not idempotent" };
    let mut draft = check
        .draft(subject)
        .key_element(subject, source)
        .key_element(subject, target)
        .title(format!("{} repeats {what} to {}", source.name, target.name))
        .message(format!(
            "{} sends it {tries}. When only the answer is lost, {} has done it already and does it again.",
            source.name, target.name
        ))
        .planned(gap == Gap::Planned || facts.state("retry") == State::Planned)
        .element(subject, source)
        .mention(subject, target)
        .edge(subject, edge, &format!("{} repeats calls to {}", source.name, target.name), &["retry", "effect", "idempotent"]);
    if facts.state("retry") != State::Yes {
        draft = draft.quote_element(source, &["retry"], &format!("{} repeats its calls", source.name));
    }
    if !command {
        draft = draft.severity(Severity::Medium, "what the call does is not stated");
    }
    check.report(draft);
}
