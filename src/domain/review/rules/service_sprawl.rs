//! LNT-K001: more services than people can run.

use std::collections::BTreeMap;

use crate::domain::{
    model::{Element, facts::Fact, kind::Kind},
    review::{
        check::{Check, MAX_EVIDENCE, Subject, capital, count, counted, listed, shorten},
        graph::kind,
        rule::declare_rule,
    },
};

declare_rule! {
    /// There are more services than the people who run them can look after.
    ///
    /// ## What it finds
    /// More than two services for each member of the team (`team_size` of the workspace), more than six services of one owner, or ten and
    /// more services for fewer than five requests a second at peak. All of it is one finding per diagram.
    ///
    /// ## Why it matters
    /// Each service needs a build, a deployment, dashboards, upgrades and somebody who knows it at night. That work grows with the number
    /// of services and not with what they do.
    ///
    /// ## What to do
    /// Put services that change together and belong to one context into one deployable with clear modules, and keep the seams so that one
    /// can leave later.
    ///
    /// ## False positives
    /// Without `team_size`, owners or stated loads the rule is silent. Gateways, stores and what a provider runs are not counted. Merging
    /// is only ever worth it within one context.
    ///
    /// ## Source
    /// Catalogues of microservice smells on greed for services, and guidance on simplicity in reliability frameworks.
    ///
    /// ```dsl,fails
    /// workspace {
    ///     model {
    ///         properties {
    ///             stage live
    ///             team_size 2
    ///         }
    ///         shop = softwareSystem "Shop" {
    ///             orders = container "Orders service" "Does the work of orders" "Go"
    ///             stock = container "Stock service" "Does the work of stock" "Go"
    ///             prices = container "Prices service" "Does the work of prices" "Go"
    ///             coupons = container "Coupons service" "Does the work of coupons" "Go"
    ///             mail = container "Mail service" "Does the work of mail" "Go"
    ///         }
    ///         orders -> stock "Asks" "gRPC"
    ///         orders -> prices "Asks" "gRPC"
    ///         orders -> coupons "Asks" "gRPC"
    ///         stock -> mail "Asks" "gRPC"
    ///     }
    /// }
    /// ```
    /// ```dsl,passes
    /// workspace {
    ///     model {
    ///         properties {
    ///             stage live
    ///             team_size 6
    ///         }
    ///         shop = softwareSystem "Shop" {
    ///             orders = container "Orders service" "Does the work of orders" "Go"
    ///             stock = container "Stock service" "Does the work of stock" "Go"
    ///             prices = container "Prices service" "Does the work of prices" "Go"
    ///             coupons = container "Coupons service" "Does the work of coupons" "Go"
    ///             mail = container "Mail service" "Does the work of mail" "Go"
    ///         }
    ///         orders -> stock "Asks" "gRPC"
    ///         orders -> prices "Asks" "gRPC"
    ///         orders -> coupons "Asks" "gRPC"
    ///         stock -> mail "Asks" "gRPC"
    ///     }
    /// }
    /// ```
    "LNT-K001" "service-sprawl" {
        severity: Medium up to Medium,
        set: Prod,
        category: Simplicity,
        kind: TradeOff,
        reads: Diagrams,
        grouping: PerDiagram,
        key: "the diagram" version 1,
        fix: None,
        topics: ["GA11.3", "BA5.6"],
    }
}

/// So many services one person can look after.
const PER_PERSON: u32 = 2;
const PER_OWNER: usize = 6;
/// So many services for so little load are many.
const QUIET: (usize, f64) = (10, 5.0);

fn check(check: &mut Check<'_>) {
    for subject in check.diagrams() {
        let services: Vec<&Element> =
            subject.graph.elements().filter(|(index, element)| is_service(subject, *index, element)).map(|(_, element)| element).collect();
        if let Some((title, message, counted)) = too_many(check, subject, &services) {
            report(check, subject, title, message, &counted);
        }
    }
}

fn is_service(subject: &Subject<'_>, index: usize, element: &Element) -> bool {
    matches!(kind(element), Kind::Service | Kind::Worker | Kind::Scheduler)
        && subject.graph.is_unit(index)
        && !element.facts.is_yes("managed")
        && !element.facts.is("lifecycle", "planned")
        && !element.facts.is_any("role", &["sidecar", "proxy", "mesh"])
}

/// Title, message and the services they are about.
fn too_many<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, services: &[&'a Element]) -> Option<(String, String, Vec<&'a Element>)> {
    let graph = &subject.graph;
    let team = graph.model.facts.get("team_size").and_then(Fact::amount);
    if team.is_none() {
        check.unknown(subject.document, "workspace", "team_size");
    }
    let number = services.len();
    if let Some(team) = team.filter(|team| number > (*team as usize).saturating_mul(PER_PERSON as usize)) {
        let people = match team {
            1 => "one person".to_owned(),
            more => format!("{} people", count(more as usize)),
        };
        let title = format!("{} for {people}", capital(&counted(number, "service")));
        let message = format!("{people} build and run {number} services: {}. Running them takes the time to build.", names(services));
        return Some((title, capital(&message), services.to_vec()));
    }
    let mut owners: BTreeMap<&str, Vec<&Element>> = BTreeMap::new();
    for element in services {
        if let Some(owner) = graph.owner(element) {
            owners.entry(owner).or_default().push(element);
        }
    }
    owners.retain(|_, owned| owned.len() > PER_OWNER);
    if let Some((owner, owned)) = owners.iter().max_by_key(|(_, owned)| owned.len()) {
        let teams: Vec<String> = owners.iter().map(|(owner, owned)| format!("{owner} has {}", count(owned.len()))).collect();
        let title = format!("{} runs {}", shorten(owner, 40), counted(owned.len(), "service"));
        let message = format!("{} services to build, watch and upgrade: the most of any team are {}.", listed(&teams), names(owned));
        return Some((title, message, owners.into_values().flatten().collect()));
    }
    let load = graph.peak_load().filter(|load| number >= QUIET.0 && *load < QUIET.1)?;
    let title = format!("{} for {load} requests a second", capital(&counted(number, "service")));
    let message = format!("At its peak the system answers {load} requests a second, with {number} services: {}.", names(services));
    Some((title, message, services.to_vec()))
}

fn names(services: &[&Element]) -> String {
    listed(&services.iter().map(|service| service.name.as_str()).collect::<Vec<_>>())
}

fn report<'a>(check: &mut Check<'a>, subject: &'a Subject<'a>, title: String, message: String, services: &[&'a Element]) {
    let mut draft = check.draft(subject).key_word("service sprawl").title(title).message(message);
    if let Some(team) = subject.graph.model.facts.get("team_size") {
        draft = draft.quote(None, &[team.span], "how many people there are");
    }
    for service in services {
        draft = draft.mention(subject, service);
    }
    for service in services.iter().take(MAX_EVIDENCE) {
        draft = draft.quote_element(service, &["owner"], &format!("{} is one of the services", service.name));
    }
    check.report(draft);
}
