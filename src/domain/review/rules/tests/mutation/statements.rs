//! Statements that mutants add. Everything is stated of them, so that nothing is found about them but what an operator means.

use std::collections::BTreeMap;

/// A service of which everything is stated, so that nothing is found about it; with further facts, the last of which count.
pub(super) fn program(id: &str, name: &str, purpose: &str, facts: &str) -> String {
    let known = "kind service; owner {owner}; oncall team-new; runbook yes; tier 2; zone app; auth mtls; authz rbac; rate_limit yes; \
        body_limit 1MB; waf yes; replicas 3; zones 3; healthcheck yes; liveness /livez; readiness /readyz; live_checks process; \
        startup_probe yes; resources yes; pdb yes; image_pin digest; iac yes; config_validation yes; \
        graceful_shutdown drain 15s, grace 30s; deploy rolling; rollback yes; metrics yes; metrics_labels route, status_class; \
        logs central; tracing yes; telemetry_fields trace_id, route; secrets_source vault; secrets_rotation 30d; local_state no; \
        slo 99.9; alerts yes; max_class internal";
    container(id, name, purpose, "Go", known, facts)
}

/// A database of which everything is stated.
pub(super) fn database(id: &str, name: &str, purpose: &str, facts: &str) -> String {
    let known = "kind database; owner {owner}; oncall team-new; runbook yes; tier 2; zone data; role system-of-record; replicas 3; \
        zones 3; failover automatic; failover_tested 2026-09-15; consistency strong; backup continuous; restore_tested 2026-09-15; \
        restore_time 20m; rto 4h; rpo 1h; encryption_at_rest yes; max_class internal; alerts yes; migrations job; \
        expand_contract yes; iac yes; persistence yes";
    container(id, name, purpose, "PostgreSQL 16", known, facts)
}

/// A cache of which everything is stated.
pub(super) fn cache(id: &str, name: &str, purpose: &str, facts: &str) -> String {
    let known = "kind cache; owner {owner}; tier 2; zone data; ttl 5m; invalidation on-write; stampede_protection yes; replicas 3; \
        zones 3; persistence none; loss_ok yes; encryption_at_rest yes; max_class internal; alerts yes";
    container(id, name, purpose, "Redis 7", known, facts)
}

/// A topic of which everything is stated.
pub(super) fn topic(id: &str, name: &str, purpose: &str, facts: &str) -> String {
    let known = "kind queue; owner {owner}; tier 2; zone app; delivery at-least-once; retention 7d; max_length 100000; \
        max_deliveries 5; dlq new.dead; schema registry; compatibility backward; persistence yes; encryption_at_rest yes; \
        max_class internal; alerts yes";
    container(id, name, purpose, "RabbitMQ", known, facts)
}

/// Somebody else's system of which everything is stated.
pub(super) fn external(id: &str, name: &str, purpose: &str, facts: &str) -> String {
    let known = "kind external; sla 99.9; quota yes; contact yes; exit_plan yes; dpa yes; max_class confidential";
    format!("{id} = softwareSystem \"{name}\" \"{purpose}\" {{\ntags \"External\"\n{}\n}}", properties(known, facts))
}

fn container(id: &str, name: &str, purpose: &str, technology: &str, known: &str, facts: &str) -> String {
    let local = id.strip_prefix("{+}").unwrap_or(id);
    format!("{local} = container \"{name}\" \"{purpose}\" \"{technology}\" {{\n{}\n}}", properties(known, facts))
}

/// A relation with facts.
pub(super) fn relation(from: &str, to: &str, verb: &str, technology: &str, facts: &str) -> String {
    format!("{from} -> {to} \"{verb}\" \"{technology}\" {{\n{}\n}}", properties(facts, ""))
}

/// A call of which everything is stated.
pub(super) fn safe_call(from: &str, to: &str, verb: &str, facts: &str) -> String {
    let known = "tls mutual; auth mtls; identity end-user; timeout 40ms; circuit_breaker yes; discovery dns; lb client-side; \
        contract protobuf; api_version v1; error_model problem+json; context_propagation yes; idempotent yes; fallback yes; criticality soft";
    format!("{from} -> {to} \"{verb}\" \"gRPC\" {{\n{}\n}}", properties(known, facts))
}

/// A publication of which everything is stated.
pub(super) fn publishes(from: &str, to: &str, technology: &str, facts: &str) -> String {
    let known = "mode async-pub; effect event; delivery outbox; tls mutual; auth mtls; context_propagation yes";
    format!("{from} -> {to} \"Publishes\" \"{technology}\" {{\n{}\n}}", properties(known, facts))
}

/// A subscription of which everything is stated.
pub(super) fn consumes(from: &str, to: &str, technology: &str, facts: &str) -> String {
    let known = "mode async-sub; effect command; idempotent yes; tls mutual; auth mtls; context_propagation yes";
    format!("{from} -> {to} \"Consumes\" \"{technology}\" {{\n{}\n}}", properties(known, facts))
}

/// A call of somebody else's system of which everything is stated.
pub(super) fn outside_call(from: &str, to: &str, verb: &str, technology: &str, facts: &str) -> String {
    let known = "tls 1.3; auth api-key; timeout 20ms; circuit_breaker yes; fallback yes; criticality soft; contract openapi; \
        api_version v1; error_model problem+json";
    format!("{from} -> {to} \"{verb}\" \"{technology}\" {{\n{}\n}}", properties(known, facts))
}

/// A use of a database of which everything is stated.
pub(super) fn safe_sql(from: &str, to: &str, verb: &str, facts: &str) -> String {
    let known = "access rw; tls yes; auth scram; timeout 5ms; credentials short-lived";
    format!("{from} -> {to} \"{verb}\" \"SQL\" {{\n{}\n}}", properties(known, facts))
}

/// A `properties` block; later facts replace earlier ones, and `-name` takes one away.
fn properties(known: &str, facts: &str) -> String {
    let mut all: BTreeMap<&str, &str> = BTreeMap::new();
    for fact in known.split(';').chain(facts.split(';')).map(str::trim).filter(|fact| !fact.is_empty()) {
        match fact.strip_prefix('-') {
            Some(name) => all.remove(name),
            None => fact.split_once(' ').and_then(|(name, value)| all.insert(name, value.trim())),
        };
    }
    let lines: Vec<String> = all.into_iter().map(|(name, value)| format!("{name} \"{value}\"")).collect();
    format!("properties {{\n{}\n}}", lines.join("\n"))
}
