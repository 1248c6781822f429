//! LNT-P004: a test that is one step away from customers.

use std::collections::BTreeMap;

use crate::domain::{
    model::{Element, kind::Kind},
    review::{
        check::{Check, Subject, listed},
        graph::{Edge, kind},
        protocol::mentions,
        rule::declare_rule,
    },
};

declare_rule! {
    /// One element serves production and another environment.
    ///
    /// ## What it finds
    /// Elements whose `env` names production and another environment; elements of production that something of another environment uses, or the other
    /// way round; elements that callers of both use; and stores outside production that state production data.
    ///
    /// ## Why it matters
    /// A load test, a migration that is being tried or a script with the wrong address becomes an incident for customers, and their data lies where
    /// access is easy.
    ///
    /// ## What to do
    /// Give each environment its own accounts and instances. Where tests need real data, mask it on the way.
    ///
    /// ## False positives
    /// Registries of artefacts, build systems and observability serve all environments by their nature and are left out, by `role` or by name. External
    /// systems count only when they state an `env` themselves.
    ///
    /// ## Source
    /// The twelve-factor guidance on parity and separation of environments.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         properties {
    ///             stage live
    ///         }
    ///         shop = softwareSystem "Shop" {
    ///             trial = container "Order service, staging" "What is released next" "Go" {
    ///                 properties {
    ///                     env staging
    ///                 }
    ///             }
    ///             orders = container "Order service" "Takes orders" "Go" {
    ///                 properties {
    ///                     env production
    ///                 }
    ///             }
    ///             carts = container "Carts" "What customers want to buy" "Redis 7" {
    ///                 properties {
    ///                     env production
    ///                     persistence yes
    ///                 }
    ///             }
    ///         }
    ///         orders -> carts "Keeps carts" "RESP"
    ///         trial -> carts "Keeps carts" "RESP"
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
    ///             trial = container "Order service, staging" "What is released next" "Go" {
    ///                 properties {
    ///                     env staging
    ///                 }
    ///             }
    ///             orders = container "Order service" "Takes orders" "Go" {
    ///                 properties {
    ///                     env production
    ///                 }
    ///             }
    ///             metrics = container "Metrics" "Numbers of all environments" "Prometheus" {
    ///                 properties {
    ///                     role observability
    ///                 }
    ///             }
    ///         }
    ///         orders -> metrics "Sends numbers" "HTTPS"
    ///         trial -> metrics "Sends numbers" "HTTPS"
    ///     }
    /// }
    /// ```
    "LNT-P004" "shared-environment" {
        severity: High up to Critical,
        set: Prod,
        category: Operations,
        kind: Risk,
        reads: Diagrams,
        grouping: PerSubject,
        key: "the element" version 1,
        fix: None,
        topics: ["GA9.1"],
    }
}

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        let graph = &subject.graph;
        for (index, element) in graph.elements() {
            if by_nature(element) || kind(element) == Kind::Person {
                continue;
            }
            let own = environments(subject, element);
            // From each environment the first call, besides what the element says of itself.
            let mut used: BTreeMap<String, Option<&Edge<'_>>> = own.iter().map(|env| (env.clone(), None)).collect();
            if kind(element) != Kind::External || !own.is_empty() {
                for edge in graph.incoming(index) {
                    let Some(source) = graph.source(edge).filter(|source| !by_nature(source)) else { continue };
                    for env in environments(subject, source) {
                        used.entry(env).or_insert(Some(edge));
                    }
                }
            }
            if used.contains_key(PRODUCTION) && used.len() > 1 {
                report(check, subject, element, &used);
            } else if kind(element).is_store() && !own.is_empty() && !own.iter().any(|env| env == PRODUCTION) && real_data(element) {
                report_data(check, subject, element, &own);
            }
        }
    }
}

const PRODUCTION: &str = "production";

/// The environments that an element states, in one spelling.
fn environments<'a>(subject: &Subject<'a>, element: &'a Element) -> Vec<String> {
    let stated = subject.graph.value(element, "env").unwrap_or_default();
    let mut names: Vec<String> = Vec::new();
    for part in stated.split([',', '/', '+']).map(|part| part.trim().to_lowercase()).filter(|part| !part.is_empty()) {
        let name = match part.as_str() {
            "all" | "any" | "no" | "none" | "planned" => continue,
            "prod" | "prd" | "live" => PRODUCTION.to_owned(),
            "dev" => "development".to_owned(),
            "stage" | "stg" => "staging".to_owned(),
            _ => part,
        };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// Made to serve every environment.
fn by_nature(element: &Element) -> bool {
    const ROLES: [&str; 12] = [
        "observability",
        "monitoring",
        "logging",
        "metrics",
        "tracing",
        "registry",
        "artifact-registry",
        "artefact-registry",
        "ci",
        "cd",
        "build",
        "secrets",
    ];
    const NAMES: [&str; 16] = [
        "registry",
        "artifacts",
        "artefacts",
        "ci",
        "build",
        "jenkins",
        "monitoring",
        "observability",
        "prometheus",
        "grafana",
        "loki",
        "jaeger",
        "sentry",
        "datadog",
        "logs",
        "vault",
    ];
    element.facts.is_any("role", &ROLES) || mentions(&element.name, &NAMES)
}

fn real_data(element: &Element) -> bool {
    let data = element.facts.get("data").map(|data| data.list()).unwrap_or_default();
    data.iter().any(|part| {
        let words = part.replace(['_', '-'], " ");
        mentions(&words, &["production", "prod", "live"])
            && !mentions(&words, &["masked", "anonymised", "anonymized", "synthetic", "no", "not"])
    })
}

fn report<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, element: &'a Element, used: &BTreeMap<String, Option<&'a Edge<'a>>>) {
    let graph = &subject.graph;
    let others: Vec<&str> = used.keys().map(String::as_str).filter(|env| *env != PRODUCTION).collect();
    let callers: Vec<&str> = used.values().flatten().filter_map(|edge| graph.source(edge)).map(|source| source.name.as_str()).collect();
    let by = if callers.is_empty() { String::new() } else { format!(", used by {}", listed(&callers)) };
    let mut draft = check
        .draft(subject)
        .key_element(subject, element)
        .title(format!("{} serves production and {}", element.name, listed(&others)))
        .message(format!("{} is shared by production and {}{by}. What is tried there happens to customers.", element.name, listed(&others)))
        .element(subject, element)
        .quote_element(element, &["env"], &format!("{} is one for several environments", element.name));
    for (env, edge) in used {
        if let Some(edge) = edge
            && let Some(source) = graph.source(edge)
        {
            let claim = format!("{} of {env} uses {}", source.name, element.name);
            draft = draft.mention(subject, source).edge(subject, edge, &claim, &[]).quote_element(
                source,
                &["env"],
                &format!("{} is {env}", source.name),
            );
        }
    }
    check.report(draft);
}

fn report_data<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, element: &'a Element, own: &[String]) {
    let draft = check
        .draft(subject)
        .key_element(subject, element)
        .title(format!("{} holds production data outside production", element.name))
        .message(format!(
            "{} belongs to {} and holds production data, where access is easier and nobody watches.",
            element.name,
            listed(own)
        ))
        // Only pointed at: that it is for development is what is wrong, and makes it no milder.
        .mention(subject, element)
        .quote_element(element, &["env", "data"], &format!("{} holds production data", element.name));
    check.report(draft);
}
