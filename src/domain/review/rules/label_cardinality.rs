//! LNT-O005: a time series for every user.

use crate::domain::{
    model::facts::{Fact, State},
    review::{
        check::{Check, listed},
        fix::{Offer, broken::Broken, plan},
        rule::declare_rule,
    },
};

declare_rule! {
    /// Metrics carry labels that have a value for every user, address or request.
    ///
    /// ## What it finds
    /// `metrics_labels` that name raw paths and addresses, users, clients, sessions, orders, queries, traces or requests.
    ///
    /// ## Why it matters
    /// Each new value is a new time series. The metrics store fills its memory with series that nobody looks at, and anyone who can send requests can
    /// make it happen on purpose.
    ///
    /// ## What to do
    /// Label by route template (`/users/{id}`), method, status class and names from a fixed list. What differs from request to request belongs on traces
    /// and in logs.
    ///
    /// ## False positives
    /// Templates and classes have few values and are fine: `route`, `http.route`, `status_class`, `tenant_tier`. Only labels that are listed are looked
    /// at.
    ///
    /// ## Source
    /// Naming conventions for HTTP metrics in open telemetry standards, and the manuals of time-series databases.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         shop = softwareSystem "Shop" {
    ///             orders = container "Order service" "Takes orders" "Go" {
    ///                 properties {
    ///                     metrics yes
    ///                     metrics_labels "path, status, user_id"
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
    ///             orders = container "Order service" "Takes orders" "Go" {
    ///                 properties {
    ///                     metrics yes
    ///                     metrics_labels "route, method, status_class"
    ///                 }
    ///             }
    ///         }
    ///     }
    /// }
    /// ```
    "LNT-O005" "label-cardinality" {
        severity: Medium up to Medium,
        set: Core,
        category: Observability,
        kind: Risk,
        reads: Diagrams,
        grouping: PerSubject,
        key: "the element" version 1,
        fix: Planned by mend,
        topics: ["GA6.3", "BA4.1"],
    }
}

/// Labels without a bound on their values, in snake case.
const UNBOUNDED: [&str; 43] = [
    "account_id",
    "client_ip",
    "correlation_id",
    "customer",
    "customer_id",
    "device_id",
    "email",
    "enduser_id",
    "full_path",
    "guid",
    "http_target",
    "http_url",
    "ip",
    "ip_address",
    "message_id",
    "order_id",
    "path",
    "query",
    "query_string",
    "r_url_path",
    "raw_path",
    "raw_query",
    "remote_addr",
    "remote_ip",
    "request_id",
    "request_path",
    "request_uri",
    "session",
    "session_id",
    "span_id",
    "timestamp",
    "trace_id",
    "transaction_id",
    "uri",
    "url",
    "url_full",
    "url_path",
    "url_query",
    "user",
    "user_email",
    "user_id",
    "userid",
    "uuid",
];

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        for (_, element) in subject.graph.elements() {
            let Some(fact) = element.facts.get("metrics_labels") else { continue };
            let labels = unbounded(fact);
            if labels.is_empty() {
                continue;
            }
            let draft = check
                .draft(subject)
                .key_element(subject, element)
                .title(format!("Metrics of {} are labelled by {}", element.name, listed(&labels)))
                .message(format!(
                    "Each new value of {} makes a new time series, without a limit on how many there can be.",
                    listed(&labels)
                ))
                .element(subject, element)
                .quote_element(element, &["metrics_labels"], &format!("labels without a bound: {}", labels.join(", ")));
            check.report(draft);
        }
    }
}

fn unbounded(fact: &Fact) -> Vec<&str> {
    if fact.state() != State::Yes {
        return Vec::new();
    }
    let snake = |label: &str| -> String {
        let spaced = label.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        spaced.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect()
    };
    fact.list().into_iter().filter(|label| UNBOUNDED.contains(&snake(label).as_str())).collect()
}

/// The labels that are bounded, and the route instead of paths.
fn mend(broken: &Broken<'_>) -> Vec<Offer> {
    let bounded = |fact: &Fact| {
        let unbounded = unbounded(fact);
        if unbounded.is_empty() {
            return None;
        }
        let mut labels: Vec<&str> = fact.list().into_iter().filter(|label| !unbounded.contains(label)).collect();
        let a_path = unbounded.iter().any(|label| ["path", "url", "uri", "target"].iter().any(|word| label.to_lowercase().contains(word)));
        if (a_path || labels.is_empty()) && !labels.contains(&"route") {
            labels.insert(0, "route");
        }
        Some(Some(plan::instead(&labels.join(", "), fact)))
    };
    plan::planned(broken, &plan::stated(broken, "metrics_labels", bounded)).map(Offer::from).into_iter().collect()
}
