//! Facts that rules need, as the text states them. The world is open: what is not stated is unknown, not absent.
//!
//! What each name means and which values it takes: [`catalogue`].

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::sort::Gather;
use crate::domain::{
    diagnostic::Span,
    model::{ElementKey, GroupKey, Model},
};

pub mod catalogue;

/// What is known about one control or property.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    Yes,
    Planned,
    No,
    NotApplicable,
    Unknown,
}

/// Between what a plan puts in place and what is there today.
pub const INSTEAD: &str = " instead of ";

/// One stated fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// As written, trimmed, such as `800ms`, `yes`, `n/a (stateless)`.
    pub value: String,
    /// The property's line in the text.
    pub span: Span,
    /// The element, group or workspace it comes from when it is not the subject's own.
    pub inherited_from: Option<ElementKey>,
}

impl Fact {
    /// `yes`/`true`/`on` and every other value say yes; `no`/`none`/`false`/`off`/`0` say no; `n/a …` itself. A value of which it
    /// is said that it is planned, such as `planned: 2s` or `2s (planned)`, is not there yet.
    pub fn state(&self) -> State {
        let value = self.value.trim();
        let is = |wanted: &[&str]| wanted.iter().any(|wanted| value.eq_ignore_ascii_case(wanted));
        if value.is_empty() || is(&["unknown", "?"]) {
            return State::Unknown;
        }
        if is(&["no", "none", "false", "off", "0", "not planned"]) {
            return State::No;
        }
        let behind = value.split_at_checked(3).filter(|(start, _)| start.eq_ignore_ascii_case("n/a")).map(|(_, behind)| behind);
        if behind.is_some_and(|behind| behind.is_empty() || behind.starts_with([' ', '('])) {
            return State::NotApplicable;
        }
        if place_of_plan(value).is_some() { State::Planned } else { State::Yes }
    }

    /// A plan that replaces what is there: `planned (3 instead of 2)` has `3` and `2`, and so have `planned: 3 instead of 2` and
    /// `3 (planned instead of 2)`.
    pub fn instead(&self) -> Option<(&str, &str)> {
        if !self.value.contains(INSTEAD) || self.state() != State::Planned {
            return None;
        }
        let (plan, today) = self.value.trim().split_once(INSTEAD)?;
        let (before, behind) = plan.split_at_checked(place_of_plan(plan)?)?;
        let behind = behind.get(PLANNED.len()..)?.trim_start_matches(BETWEEN);
        let (before, opened) = before.trim_end().strip_suffix('(').map_or((before, false), |before| (before, true));
        let (behind, opens) = match behind.strip_prefix('(') {
            Some(inner) if inner.matches(')').count() <= inner.matches('(').count() => (inner, true),
            Some(inner) => (inner.strip_suffix(')').unwrap_or(inner), false),
            None => (behind, false),
        };
        let wanted = if behind.trim().is_empty() { before.trim().trim_end_matches(BETWEEN) } else { behind.trim() };
        let today = if opened || opens { today.trim().strip_suffix(')')? } else { today };
        Some((wanted, today.trim()))
    }

    /// The leading number, such as `3` of `3, 100ms` or `99.95` of `99.95`.
    pub fn number(&self) -> Option<f64> {
        let value = self.value.trim();
        let end = value.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(value.len());
        value.get(..end)?.parse().ok()
    }

    /// How many: the leading number, or how many entries a list of names has.
    pub fn amount(&self) -> Option<u32> {
        let digits = self.value.trim().find(|c: char| !c.is_ascii_digit()).unwrap_or(self.value.trim().len());
        match (self.state(), self.value.trim().get(..digits).and_then(|text| text.parse().ok())) {
            (State::Yes, Some(number)) => Some(number),
            (State::Yes, None) if !self.value.trim().eq_ignore_ascii_case("yes") => u32::try_from(self.list().len()).ok(),
            _ => None,
        }
    }

    /// A duration in milliseconds: `800ms`, `2s`, `5m` or `5min`, `24h`, `7d`; none without a unit.
    pub fn milliseconds(&self) -> Option<u64> {
        let value = self.value.trim();
        let digits = value.find(|c: char| !c.is_ascii_digit()).unwrap_or(value.len());
        let amount: u64 = value.get(..digits)?.parse().ok()?;
        let unit = value.get(digits..)?.trim().split([',', ' ']).next()?.to_ascii_lowercase();
        let factor = match unit.as_str() {
            "ms" => 1,
            "s" | "sec" => 1000,
            "m" | "min" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            _ => return None,
        };
        amount.checked_mul(factor)
    }

    /// The value as a comma list, trimmed, empty parts left out.
    pub fn list(&self) -> Vec<&str> {
        self.value.split(',').map(str::trim).filter(|part| !part.is_empty()).collect()
    }
}

const PLANNED: &str = "planned";
/// What stands between the word and a value.
const BETWEEN: [char; 6] = [' ', ':', ',', ';', '-', '–'];

/// Where a value says that it is planned, if it begins or ends with that, or with a remark in parentheses that begins so.
fn place_of_plan(value: &str) -> Option<usize> {
    let is_here = |at: usize| value.get(at..at + PLANNED.len()).is_some_and(|word| word.eq_ignore_ascii_case(PLANNED));
    let apart = |next: Option<char>| next.is_none_or(|next| !next.is_alphanumeric() && !matches!(next, '_' | '-'));
    let ends_word = |at: usize| value.get(at + PLANNED.len()..).is_some_and(|rest| apart(rest.chars().next()));
    let last = value.len().checked_sub(PLANNED.len()).filter(|at| *at == 0 || value.get(..*at).is_some_and(|text| text.ends_with(BETWEEN)));
    let remark = value.rfind('(').map(|at| at + 1);
    [Some(0), last, remark].into_iter().flatten().find(|at| is_here(*at) && ends_word(*at))
}

/// The facts of one subject by lower-case snake-case name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Facts(pub BTreeMap<String, Fact>);

impl Facts {
    pub fn get(&self, name: &str) -> Option<&Fact> {
        self.0.get(name)
    }

    /// The written value, if stated.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|fact| fact.value.as_str())
    }

    /// What is known; [`State::Unknown`] for what is not stated.
    pub fn state(&self, name: &str) -> State {
        self.0.get(name).map_or(State::Unknown, Fact::state)
    }

    pub fn is_yes(&self, name: &str) -> bool {
        self.state(name) == State::Yes
    }

    /// Stated and `no`: the only state on which a rule about absence may fire.
    pub fn is_known_no(&self, name: &str) -> bool {
        self.state(name) == State::No
    }

    /// The value equals `expected`, compared without case.
    pub fn is(&self, name: &str, expected: &str) -> bool {
        self.value(name).is_some_and(|value| value.trim().eq_ignore_ascii_case(expected))
    }

    /// The value equals one of several, compared without case.
    pub fn is_any(&self, name: &str, expected: &[&str]) -> bool {
        self.value(name).is_some_and(|value| expected.iter().any(|expected| value.trim().eq_ignore_ascii_case(expected)))
    }
}

/// The names that rules and inference know.
pub const NAMES: [&str; 150] = [
    "accepts",
    "access",
    "alerts",
    "api_version",
    "arbiter",
    "audit",
    "auth",
    "authz",
    "autoscale",
    "backpressure",
    "backup",
    "baseline",
    "body_limit",
    "boot_time",
    "bulkhead",
    "calls_per_request",
    "capacity_rps",
    "circuit_breaker",
    "client_ip_source",
    "compatibility",
    "compensation",
    "config_validation",
    "consistency",
    "contact",
    "context",
    "context_propagation",
    "contract",
    "cors",
    "credentials",
    "criticality",
    "data",
    "delivery",
    "deploy",
    "deploy_unit",
    "deprecation",
    "direction",
    "discovery",
    "dlq",
    "dpa",
    "effect",
    "egress",
    "encryption_at_rest",
    "env",
    "error_model",
    "exit_plan",
    "expand_contract",
    "exposure",
    "failover",
    "failover_tested",
    "fallback",
    "fencing",
    "game_day",
    "graceful_shutdown",
    "growth",
    "healthcheck",
    "iac",
    "idempotent",
    "identity",
    "image_pin",
    "instances",
    "invalidation",
    "kind",
    "latency",
    "latency_p99",
    "layer",
    "lb",
    "leader_election",
    "lifecycle",
    "live_checks",
    "liveness",
    "local_state",
    "location",
    "lock",
    "logs",
    "loss_ok",
    "managed",
    "max_class",
    "max_connections",
    "max_deliveries",
    "max_length",
    "max_sync_chain",
    "metrics",
    "metrics_labels",
    "mfa",
    "migrations",
    "mode",
    "multi_tenant",
    "oncall",
    "ordering",
    "owner",
    "parallel",
    "partial_result",
    "partition_key",
    "partitions",
    "pattern",
    "pdb",
    "peak_rps",
    "persistence",
    "platform",
    "pool_size",
    "profile",
    "proto",
    "purpose",
    "quota",
    "rate_limit",
    "readiness",
    "rebuild",
    "regions",
    "replicas",
    "replication_lag",
    "resources",
    "restore_tested",
    "restore_time",
    "retention",
    "retry",
    "role",
    "rollback",
    "rpo",
    "rto",
    "run_once",
    "runbook",
    "runtime",
    "scanning",
    "schema",
    "secrets_rotation",
    "secrets_source",
    "signature",
    "since",
    "size_gb",
    "sla",
    "slo",
    "stage",
    "staleness",
    "stampede_protection",
    "startup_probe",
    "team_size",
    "telemetry_fields",
    "tier",
    "timeout",
    "tls",
    "tracing",
    "trust_all_proxies",
    "ttl",
    "validation",
    "via",
    "voters",
    "waf",
    "write_rps",
    "zone",
    "zones",
];

/// Facts that hold for what lies inside, unless it says otherwise.
pub const INHERITED: [&str; 9] = ["context", "zone", "owner", "tier", "slo", "rto", "rpo", "env", "max_class"];

/// Whether a property's name has the shape of a fact: lower-case letters, digits and `_`.
pub fn is_fact_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.chars().all(|next| next.is_ascii_lowercase() || next.is_ascii_digit() || next == '_')
}

pub fn is_known(name: &str) -> bool {
    NAMES.contains(&name)
}

/// The model with the values that `how` gives facts; nothing where it gives none.
pub fn restated(model: &Model, how: impl Fn(&Fact) -> Option<&str>) -> Option<Model> {
    let elements = model.elements.values().map(|element| &element.facts);
    let relations = model.relations.values().map(|relation| &relation.facts);
    let groups = model.groups.values().map(|group| &group.facts);
    let mut all = elements.chain(relations).chain(groups).chain([&model.facts]).flat_map(|facts| facts.0.values());
    if !all.any(|fact| how(fact).is_some()) {
        return None;
    }
    let mut other = model.clone();
    let elements = other.elements.values_mut().map(|element| &mut element.facts);
    let relations = other.relations.values_mut().map(|relation| &mut relation.facts);
    let groups = other.groups.values_mut().map(|group| &mut group.facts);
    for fact in elements.chain(relations).chain(groups).chain([&mut other.facts]).flat_map(|facts| facts.0.values_mut()) {
        if let Some(value) = how(fact).map(str::to_owned) {
            fact.value = value;
        }
    }
    Some(other)
}

/// The key under which a fact of the workspace is inherited.
pub const WORKSPACE: &str = "workspace";

/// Hands inherited facts down: from the workspace, the element around, and the groups around, the nearest of which wins.
/// Linear in the number of elements: an element stands after the one around it.
pub fn inherit(model: &mut Model) {
    let from_workspace = handed_down(&model.facts, &ElementKey::from(WORKSPACE));
    let mut groups: BTreeMap<GroupKey, Facts> = BTreeMap::new();
    let mut elements: BTreeMap<ElementKey, Facts> = BTreeMap::new();
    let group_parents: BTreeMap<GroupKey, Option<GroupKey>> =
        model.groups.values().map(|group| (group.key.clone(), group.parent.clone())).gathered();
    for group in model.groups.values_mut() {
        let outer = group.parent.as_ref().and_then(|parent| groups.get(parent));
        fill(&mut group.facts, outer);
        groups.insert(group.key.clone(), handed_down(&group.facts, &ElementKey(group.key.0.clone())));
    }
    for element in model.elements.values_mut() {
        let mut group = element.group.as_ref();
        let mut left = group_parents.len() + 1;
        while let Some(key) = group.filter(|_| left > 0) {
            fill(&mut element.facts, groups.get(key));
            group = group_parents.get(key).and_then(Option::as_ref);
            left -= 1;
        }
        fill(&mut element.facts, element.parent.as_ref().and_then(|parent| elements.get(parent)));
        fill(&mut element.facts, Some(&from_workspace));
        elements.insert(element.key.clone(), handed_down(&element.facts, &element.key));
    }
}

/// Those of the facts that are inherited, marked with where they come from.
fn handed_down(facts: &Facts, holder: &ElementKey) -> Facts {
    let mark = |fact: &Fact| Fact { inherited_from: fact.inherited_from.clone().or_else(|| Some(holder.clone())), ..fact.clone() };
    let inherited = facts.0.iter().filter(|(name, _)| INHERITED.contains(&name.as_str()));
    Facts(inherited.map(|(name, fact)| (name.clone(), mark(fact))).gathered())
}

fn fill(facts: &mut Facts, from: Option<&Facts>) {
    for (name, fact) in from.into_iter().flat_map(|from| &from.0) {
        facts.0.entry(name.clone()).or_insert_with(|| fact.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_from_other_properties() {
        assert!(is_fact_name("circuit_breaker") && is_known("circuit_breaker"));
        assert!(!is_fact_name("structurizr.groups") && !is_fact_name("Name") && !is_fact_name(""));
        assert!(NAMES.is_sorted());
        assert!(INHERITED.iter().all(|name| is_known(name)));
    }

    fn fact(value: &str) -> Fact {
        Fact { value: value.to_owned(), span: Span::default(), inherited_from: None }
    }

    #[test]
    fn values_have_states() {
        for (value, state) in [
            ("yes", State::Yes),
            ("800ms", State::Yes),
            ("None", State::No),
            ("planned", State::Planned),
            ("planned (2027)", State::Planned),
            ("planned 800ms", State::Planned),
            ("Planned: 800ms", State::Planned),
            ("planned, 3 attempts", State::Planned),
            ("800ms (planned)", State::Planned),
            ("3, 100ms, jitter (planned for May)", State::Planned),
            ("outbox, planned", State::Planned),
            ("no (planned)", State::Planned),
            ("not planned", State::No),
            ("unplanned", State::Yes),
            ("planned-maintenance", State::Yes),
            ("a planner", State::Yes),
            ("after planned outages", State::Yes),
            ("n/a (stateless)", State::NotApplicable),
            ("N/A", State::NotApplicable),
            ("n/a (planned for the next system)", State::NotApplicable),
            ("n/another", State::Yes),
            ("", State::Unknown),
        ] {
            assert_eq!(fact(value).state(), state, "{value}");
        }
        assert_eq!(Facts::default().state("timeout"), State::Unknown);
    }

    #[test]
    fn a_plan_may_say_what_it_replaces() {
        for (value, instead) in [
            ("planned (3 instead of 2)", Some(("3", "2"))),
            (" Planned (allow-list instead of *) ", Some(("allow-list", "*"))),
            ("planned: 3 instead of 2", Some(("3", "2"))),
            ("planned 300ms instead of 800ms", Some(("300ms", "800ms"))),
            ("planned (3) instead of 2", Some(("3", "2"))),
            ("3 (planned instead of 2)", Some(("3", "2"))),
            ("planned (a (b) instead of c)", Some(("a (b)", "c"))),
            ("route, status (planned, instead of path, status)", Some(("route, status", "path, status"))),
            ("planned (a queue instead of calls (REST))", Some(("a queue", "calls (REST)"))),
            ("planned (2027)", None),
            ("planned", None),
            ("3 instead of 2", None),
            ("n/a (one instead of two)", None),
        ] {
            assert_eq!(fact(value).instead(), instead, "{value}");
        }
        let mut model = Model { facts: Facts([("zone".to_owned(), fact("dmz"))].into()), ..Model::default() };
        assert_eq!(restated(&model, |fact| Some(fact.instead()?.1)), None, "nothing is planned");
        model.facts.0.insert("tier".to_owned(), fact("planned (0 instead of 1)"));
        let today = restated(&model, |fact| Some(fact.instead()?.1)).unwrap();
        assert_eq!((today.facts.value("tier"), today.facts.value("zone")), (Some("1"), Some("dmz")));
    }

    #[test]
    fn values_have_numbers_and_durations() {
        assert_eq!(fact("3, 100ms, jitter").number(), Some(3.0));
        assert_eq!(fact("99.95").number(), Some(99.95));
        assert_eq!(fact("many").number(), None);
        assert_eq!(fact("800ms").milliseconds(), Some(800));
        assert_eq!(fact("2s, 3s").milliseconds(), Some(2000));
        assert_eq!(fact("24 h").milliseconds(), Some(86_400_000));
        assert_eq!(fact("3").milliseconds(), None);
        assert_eq!(fact("pan, , cvv").list(), ["pan", "cvv"]);
    }
}
