//! LNT-X008: secrets where they can be read.

use std::collections::BTreeMap;

use crate::domain::{
    diagnostic::{LineIndex, Span},
    id::DocumentId,
    model::Element,
    review::{
        check::{Check, Draft, Gap, Subject, capital, counted, listed},
        finding::{Anchor, Severity},
        rule::declare_rule,
        secrets::Secret,
    },
};

declare_rule! {
    /// Secrets are kept where people and programs can read them.
    ///
    /// ## What it finds
    /// Elements whose `secrets_source` is code, an image, the repository, plain configuration or literal environment values: one finding per diagram
    /// and source. Also texts of diagrams and decision records that hold what looks like a password, key or token: one finding per document. Medium:
    /// elements that keep secrets well and state `secrets_rotation no`, all of a diagram in one finding.
    ///
    /// ## Why it matters
    /// A secret in configuration or text is in every copy, backup and log of it, and nobody knows who has read it. It can't be called back, only
    /// replaced.
    ///
    /// ## What to do
    /// Replace the secret now, then keep it in a vault or in the platform's secret store and hand it to the program when it starts. Remove it from the
    /// text; its history keeps it. Let secrets expire by themselves, database passwords within days.
    ///
    /// ## False positives
    /// Environment variables that a secret manager fills are fine: `secrets_source vault` or `platform`. Placeholders and references to a vault are left
    /// alone. No finding, quote or report repeats a secret.
    ///
    /// ## Source
    /// The smell of hard-coded secrets, and checks for a missing vault in threat modelling.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         shop = softwareSystem "Shop" {
    ///             orders = container "Order service" "Takes orders" "Go" {
    ///                 properties {
    ///                     secrets_source config-plain
    ///                 }
    ///             }
    ///         }
    ///     }
    /// }
    /// ```
    /// ```dsl,passes
    /// workspace {
    ///     model {
    ///         shop = softwareSystem "Shop" {
    ///             orders = container "Order service" "Takes orders, signs in with password ${DB_PASSWORD}" "Go" {
    ///                 properties {
    ///                     secrets_source vault
    ///                 }
    ///             }
    ///         }
    ///     }
    /// }
    /// ```
    /// ```adr,fails
    /// # 3. Use one database user
    ///
    /// ## Status
    ///
    /// Accepted
    ///
    /// ## Context
    ///
    /// The service signs in with postgres://app:Sommer2026kiel@db.internal/orders today.
    ///
    /// ## Decision
    ///
    /// We keep one user per service instead of one per person.
    ///
    /// ## Consequences
    ///
    /// Access is logged per service.
    /// ```
    /// ```adr,passes
    /// # 3. Use one database user
    ///
    /// ## Status
    ///
    /// Accepted
    ///
    /// ## Context
    ///
    /// The service signs in with a password from the vault, which rotates it every day.
    ///
    /// ## Decision
    ///
    /// We keep one user per service instead of one per person.
    ///
    /// ## Consequences
    ///
    /// Access is logged per service.
    /// ```
    "LNT-X008" "secrets-handling" {
        severity: High up to Critical,
        set: Core,
        category: Security,
        kind: Risk,
        reads: Both,
        grouping: PerDiagram,
        key: "the source, the document, or that nothing is replaced" version 1,
        fix: None,
        topics: ["GA9.1", "BA4.3"],
    }
}

/// Where a secret must not come from, and what to call it.
const READABLE: [(&str, &str); 8] = [
    ("code", "the code"),
    ("image", "the image"),
    ("repo", "the repository"),
    ("repository", "the repository"),
    ("config-plain", "plain configuration"),
    ("config", "plain configuration"),
    ("env-literal", "literal environment values"),
    ("configmap", "plain configuration"),
];

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        let mut sources: BTreeMap<&'static str, Vec<&Element>> = BTreeMap::new();
        let mut kept: Vec<(&Element, Gap)> = Vec::new();
        for (_, element) in subject.graph.elements() {
            let own = element.facts.get("secrets_source").filter(|fact| fact.inherited_from.is_none());
            let source = own.map(|fact| fact.value.trim().to_lowercase()).unwrap_or_default();
            if let Some((_, name)) = READABLE.iter().find(|(value, _)| *value == source) {
                sources.entry(name).or_default().push(element);
            } else if !subject.included
                && let Some(gap) = rotation(check, subject, element)
            {
                kept.push((element, gap));
            }
        }
        if !kept.is_empty() {
            report_rotation(check, subject, &kept);
        }
        for (source, elements) in sources.into_iter().filter(|_| !subject.included) {
            report_source(check, subject, source, &elements);
        }
        let draft = check.draft(subject);
        report_text(check, draft, (subject.document, subject.path), subject.path, subject.text);
    }
    for record in check.decisions() {
        let draft = check.draft_record(record).key_name(&crate::domain::project::slug(&record.record.title));
        report_text(check, draft, (record.document, record.path), &record.record.title, record.text);
    }
}

/// Whether secrets are stated never to be replaced; asked only where something is known about them.
fn rotation<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, element: &'a Element) -> Option<Gap> {
    let known = element.facts.is_yes("secrets_source") || element.facts.get("secrets_rotation").is_some();
    if known { check.gap(subject.document, element.key.as_str(), &element.facts, "secrets_rotation") } else { None }
}

fn report_rotation<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, kept: &[(&'a Element, Gap)]) {
    let names: Vec<&str> = kept.iter().map(|(element, _)| element.name.as_str()).collect();
    let title = match names.as_slice() {
        [only] => format!("{only} never replaces its secrets"),
        _ => format!("{} never replace their secrets", capital(&counted(names.len(), "element"))),
    };
    let mut draft = check
        .draft(subject)
        .key_word("rotation")
        .title(title)
        .message(format!("A secret that leaks once opens the door for ever: {}.", listed(&names)))
        .severity(Severity::Medium, "the secrets are kept well, but never replaced")
        .planned(kept.iter().all(|(_, gap)| *gap == Gap::Planned));
    for (element, _) in kept {
        draft = draft.element(subject, element).quote_element(
            element,
            &["secrets_source", "secrets_rotation"],
            &format!("{} never replaces its secrets", element.name),
        );
    }
    check.report(draft);
}

fn report_source<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, source: &'static str, elements: &[&'a Element]) {
    let names: Vec<&str> = elements.iter().map(|element| element.name.as_str()).collect();
    let title = match names.as_slice() {
        [only] => format!("{only} gets its secrets from {source}"),
        _ => format!("{} get their secrets from {source}", capital(&counted(names.len(), "element"))),
    };
    let verb = if names.len() == 1 { "reads" } else { "read" };
    let mut draft = check
        .draft(subject)
        .key_word(source)
        .title(title)
        .message(format!("{} {verb} passwords and keys from {source}, where they can be seen and stay.", listed(&names)));
    for element in elements {
        draft = draft.element(subject, element).quote_element(
            element,
            &["secrets_source"],
            &format!("{} gets its secrets from {source}", element.name),
        );
    }
    check.report(draft);
}

fn report_text<'a>(check: &mut Check<'a>, draft: Draft<'a>, (document, path): (DocumentId, &str), name: &str, text: &str) {
    let found = check.secrets(path);
    let Some(first) = found.first() else { return };
    let title = if found.len() == 1 {
        format!("{name} contains {}", first.what)
    } else {
        format!("{name} contains {}", counted(found.len(), "secret"))
    };
    let index = LineIndex::new(text);
    let line = |secret: &Secret| index.place(Span::new(secret.range.start, secret.range.end).start).line;
    let places: Vec<String> = found.iter().map(|secret| format!("{} in line {}", secret.what, line(secret))).collect();
    let draft = draft
        .key_word("text")
        .title(title)
        .message(format!("The text holds {}. Everyone who can read the project or its exports has it.", listed(&places)));
    let draft = found.iter().fold(draft, |draft, secret| {
        let span = Span::new(secret.range.start, secret.range.end);
        draft.anchor(Anchor::Text { document, span }).quote(None, &[span], secret.what)
    });
    check.report(draft.subject_name(name));
}
