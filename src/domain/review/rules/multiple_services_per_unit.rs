//! LNT-P007: services that only pretend to be apart.

use std::collections::BTreeMap;

use crate::domain::{
    model::{Element, ElementKey, Level, facts::State, kind::Kind},
    review::{
        check::{Check, listed},
        graph::kind,
        rule::declare_rule,
    },
};

declare_rule! {
    /// Several services ship in one container or process.
    ///
    /// ## What it finds
    /// Two or more services, workers or schedulers of one system with the same `deploy_unit`.
    ///
    /// ## Why it matters
    /// They are released, scaled and restarted together, and one that runs out of memory takes the others along. The cost of a network between them buys
    /// nothing.
    ///
    /// ## What to do
    /// One service per unit, or call it what it is: a monolith with modules, which may be the better design.
    ///
    /// ## False positives
    /// Sidecars, proxies and init containers belong beside a service: `role sidecar`, `proxy`, `mesh` or `init`. Modules that are drawn as components, or
    /// say `role module`, are no services.
    ///
    /// ## Source
    /// The smell of multiple services in one container, from work on architectural smells of microservices.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         shop = softwareSystem "Shop" {
    ///             orders = container "Order service" "Takes orders" "Go" {
    ///                 properties {
    ///                     deploy_unit backend
    ///                 }
    ///             }
    ///             stock = container "Stock service" "Counts items" "Go" {
    ///                 properties {
    ///                     deploy_unit backend
    ///                 }
    ///             }
    ///         }
    ///         orders -> stock "Reserves" "gRPC"
    ///     }
    /// }
    /// ```
    /// ```dsl,passes
    /// workspace {
    ///     model {
    ///         shop = softwareSystem "Shop" {
    ///             orders = container "Order service" "Takes orders" "Go" {
    ///                 properties {
    ///                     deploy_unit orders
    ///                 }
    ///             }
    ///             proxy = container "Mesh proxy" "Encrypts and retries" "Go" {
    ///                 properties {
    ///                     deploy_unit orders
    ///                     role sidecar
    ///                 }
    ///             }
    ///         }
    ///         proxy -> orders "Passes on" "HTTP"
    ///     }
    /// }
    /// ```
    "LNT-P007" "multiple-services-per-unit" {
        severity: Medium up to Medium,
        set: Core,
        category: Operations,
        kind: Risk,
        reads: Diagrams,
        grouping: Individual,
        key: "the unit" version 1,
        fix: None,
        topics: ["GA1.1", "BA4.5"],
    }
}

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        let mut units: BTreeMap<(Option<&ElementKey>, String), Vec<&Element>> = BTreeMap::new();
        for (_, element) in subject.graph.running().filter(|(_, element)| is_service(element)) {
            let unit = element
                .facts
                .get("deploy_unit")
                .filter(|fact| fact.state() == State::Yes && !fact.value.trim().eq_ignore_ascii_case("yes"));
            if let Some(unit) = unit {
                units.entry((element.parent.as_ref(), unit.value.trim().to_lowercase())).or_default().push(element);
            }
        }
        for ((parent, unit), services) in units.into_iter().filter(|(_, services)| services.len() > 1) {
            let names: Vec<&str> = services.iter().map(|service| service.name.as_str()).collect();
            let mut draft = check
                .draft(subject)
                .key_word(&unit)
                .title(format!("{} ship in one unit", listed(&names)))
                .message(format!("{} are all in {unit}: none of them can be released, scaled or restarted alone.", listed(&names)));
            if let Some(around) = parent.and_then(|parent| subject.graph.model.element(parent)) {
                draft = draft.key_element(subject, around);
            }
            for service in services {
                draft =
                    draft.element(subject, service).quote_element(service, &["deploy_unit"], &format!("{} ships in {unit}", service.name));
            }
            check.report(draft);
        }
    }
}

/// Meant to stand alone.
fn is_service(element: &Element) -> bool {
    let beside = element.facts.is_any("role", &["sidecar", "proxy", "mesh", "init", "agent", "module", "library"]);
    matches!(kind(element), Kind::Service | Kind::Worker | Kind::Scheduler) && element.level != Level::Component && !beside
}
