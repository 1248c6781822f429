//! LNT-O006: personal data where everybody looks.

use crate::domain::{
    model::{
        Element,
        facts::{Fact, State},
    },
    review::{
        check::{Check, Subject, listed},
        classification::{Class, classify},
        graph::Edge,
        protocol::words,
        rule::declare_rule,
    },
};

declare_rule! {
    /// Logs, traces or metrics carry personal data.
    ///
    /// ## What it finds
    /// `telemetry_fields` and `metrics_labels` that name personal data (mail addresses, names, telephone numbers, cards, passwords), and relations to a
    /// log, trace or metrics store that carry confidential data. All of one element is one finding.
    ///
    /// ## Why it matters
    /// Whoever may read logs may now read it, and it stays as long as logs stay. Requests to see or delete it reach the log store too, and nobody has
    /// planned for that.
    ///
    /// ## What to do
    /// Log an id that means nothing outside. Where a value must be recognised, hash it or blank it out where it is written, with a filter in the
    /// collector as a second line.
    ///
    /// ## False positives
    /// Stand-ins are fine: ids, tokens, hashes, counts, masked values. A field with a data-protection assessment says so: `"email (DPIA-7)"`. Addresses
    /// of machines are no personal data here.
    ///
    /// ## Source
    /// Guidance on what not to log in application security, and inspections of microservice designs that ask for cleaned logs.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         shop = softwareSystem "Shop" {
    ///             users = container "User service" "Knows users" "Go" {
    ///                 properties {
    ///                     telemetry_fields "trace_id, user.email"
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
    ///             users = container "User service" "Knows users" "Go" {
    ///                 properties {
    ///                     telemetry_fields "trace_id, user.id, email_hash"
    ///                 }
    ///             }
    ///         }
    ///     }
    /// }
    /// ```
    "LNT-O006" "pii-in-telemetry" {
        severity: High up to High,
        set: Core,
        category: Observability,
        kind: Risk,
        reads: Diagrams,
        grouping: PerSubject,
        key: "the element" version 1,
        fix: None,
        topics: ["GA6.1", "GA6.2", "GA9.2"],
    }
}

const LISTS: [&str; 2] = ["telemetry_fields", "metrics_labels"];

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        for (index, element) in subject.graph.elements() {
            let fields: Vec<&str> = LISTS.iter().filter_map(|name| element.facts.get(name)).flat_map(personal).collect();
            let links: Vec<(&Edge<'_>, Class)> = if subject.graph.is_compute(element) && !subject.graph.is_telemetry_sink(element) {
                subject.graph.outgoing(index).filter_map(|edge| Some((edge, sent(subject, edge)?))).collect()
            } else {
                Vec::new()
            };
            if !fields.is_empty() || !links.is_empty() {
                report(check, subject, element, &fields, &links);
            }
        }
    }
}

fn report<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, element: &'a Element, fields: &[&'a str], links: &[(&'a Edge<'a>, Class)]) {
    let class = links.iter().map(|(_, class)| class.name()).next().unwrap_or_default();
    let what = if fields.is_empty() { format!("{class} data") } else { listed(fields) };
    let mut draft = check
        .draft(subject)
        .key_element(subject, element)
        .title(format!("{} puts {what} into its telemetry", element.name))
        .message(format!("Whoever reads logs and traces of {} reads {what}, for as long as they are kept.", element.name))
        .element(subject, element);
    if !fields.is_empty() {
        draft = draft.quote_element(element, &LISTS, &format!("{} records {}", element.name, listed(fields)));
    }
    for (edge, class) in links {
        let Some(sink) = subject.graph.target(edge) else { continue };
        let claim = format!("{} sends {} data to {}", element.name, class.name(), sink.name);
        draft = draft.mention(subject, sink).edge(subject, edge, &claim, &["data", "max_class"]);
        if let Some(assumption) = classify(edge.facts()).and_then(|data| data.assumption) {
            draft = draft.assumption(&assumption);
        }
    }
    check.report(draft);
}

/// The class of confidential data that a relation takes to a log, trace or metrics store.
fn sent(subject: &Subject<'_>, edge: &Edge<'_>) -> Option<Class> {
    let sink = subject.graph.target(edge).is_some_and(|target| subject.graph.is_telemetry_sink(target));
    let telemetry = sink || edge.role_is(&["telemetry", "logs", "traces", "metrics"]);
    let data = classify(edge.facts()).filter(|data| telemetry && data.class >= Class::Confidential)?;
    Some(data.class)
}

/// Fields that name personal data as such.
fn personal(fact: &Fact) -> Vec<&str> {
    if fact.state() == State::Yes { fact.list().into_iter().filter(|field| is_personal(field)).collect() } else { Vec::new() }
}

fn is_personal(field: &str) -> bool {
    const ALONE: [&str; 27] = [
        "email",
        "emails",
        "mail",
        "phone",
        "telephone",
        "msisdn",
        "ssn",
        "iban",
        "pan",
        "cvv",
        "cvc",
        "birthdate",
        "birthday",
        "dob",
        "passport",
        "password",
        "passwords",
        "firstname",
        "lastname",
        "fullname",
        "surname",
        "username",
        "cardholder",
        "salary",
        "diagnosis",
        "street",
        "postcode",
    ];
    // A name or an address says whose it is.
    const WHOSE: [&str; 14] = [
        "user", "customer", "person", "client", "patient", "first", "last", "full", "home", "postal", "shipping", "billing", "delivery",
        "given",
    ];
    const STAND_INS: [&str; 18] = [
        "id",
        "ids",
        "token",
        "hash",
        "hashed",
        "sha256",
        "masked",
        "redacted",
        "encrypted",
        "pseudonym",
        "count",
        "domain",
        "length",
        "dpia",
        "verified",
        "template",
        "status",
        "type",
    ];
    let said: Vec<String> = words(&field.replace('-', " ")).collect();
    let has = |wanted: &[&str]| said.iter().any(|word| wanted.contains(&word.as_str()));
    let machine = has(&["ip", "server", "host", "peer", "network", "net", "socket", "service"]);
    let whose = has(&["name", "address", "addresses"]) && has(&WHOSE) && !machine;
    let card = has(&["card"]) && has(&["number", "no", "pan"]);
    (has(&ALONE) || whose || card) && !has(&STAND_INS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_personal_by_what_they_name() {
        for field in ["email", "user.email", "customer_name", "shipping-address", "card_number", "phone"] {
            assert!(is_personal(field), "{field}");
        }
        for field in
            ["user.id", "email_hash", "server.address", "client.address.ip", "service.name", "card_type", "email (DPIA-7)", "health"]
        {
            assert!(!is_personal(field), "{field}");
        }
    }
}
