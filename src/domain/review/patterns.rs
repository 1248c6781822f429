//! The registry of patterns. A pattern is one markdown file in `src/catalogue`, and its line here; the order is by number.

use std::{collections::BTreeMap, sync::LazyLock};

use crate::domain::review::pattern::{self, Pattern};

/// The files: name without the ending, and text.
const FILES: [(&str, &str); 49] = [
    ("p-01-api-gateway", include_str!("../../catalogue/p-01-api-gateway.md")),
    ("p-02-service-mesh", include_str!("../../catalogue/p-02-service-mesh.md")),
    ("p-03-service-discovery", include_str!("../../catalogue/p-03-service-discovery.md")),
    ("p-04-circuit-breaker", include_str!("../../catalogue/p-04-circuit-breaker.md")),
    ("p-05-retry", include_str!("../../catalogue/p-05-retry.md")),
    ("p-06-timeout", include_str!("../../catalogue/p-06-timeout.md")),
    ("p-07-bulkhead", include_str!("../../catalogue/p-07-bulkhead.md")),
    ("p-08-rate-limiting", include_str!("../../catalogue/p-08-rate-limiting.md")),
    ("p-09-fallback", include_str!("../../catalogue/p-09-fallback.md")),
    ("p-10-graceful-shutdown", include_str!("../../catalogue/p-10-graceful-shutdown.md")),
    ("p-11-health-checks", include_str!("../../catalogue/p-11-health-checks.md")),
    ("p-12-transactional-outbox", include_str!("../../catalogue/p-12-transactional-outbox.md")),
    ("p-13-idempotency-key", include_str!("../../catalogue/p-13-idempotency-key.md")),
    ("p-14-saga", include_str!("../../catalogue/p-14-saga.md")),
    ("p-15-competing-consumers", include_str!("../../catalogue/p-15-competing-consumers.md")),
    ("p-16-dead-letter-queue", include_str!("../../catalogue/p-16-dead-letter-queue.md")),
    ("p-17-cqrs", include_str!("../../catalogue/p-17-cqrs.md")),
    ("p-18-event-sourcing", include_str!("../../catalogue/p-18-event-sourcing.md")),
    ("p-19-database-per-service", include_str!("../../catalogue/p-19-database-per-service.md")),
    ("p-20-bounded-contexts", include_str!("../../catalogue/p-20-bounded-contexts.md")),
    ("p-21-anti-corruption-layer", include_str!("../../catalogue/p-21-anti-corruption-layer.md")),
    ("p-22-hexagonal-architecture", include_str!("../../catalogue/p-22-hexagonal-architecture.md")),
    ("p-23-repository", include_str!("../../catalogue/p-23-repository.md")),
    ("p-24-unit-of-work", include_str!("../../catalogue/p-24-unit-of-work.md")),
    ("p-25-cache-aside", include_str!("../../catalogue/p-25-cache-aside.md")),
    ("p-26-externalised-state", include_str!("../../catalogue/p-26-externalised-state.md")),
    ("p-27-sharding", include_str!("../../catalogue/p-27-sharding.md")),
    ("p-28-replication", include_str!("../../catalogue/p-28-replication.md")),
    ("p-29-leader-election", include_str!("../../catalogue/p-29-leader-election.md")),
    ("p-30-consensus-store", include_str!("../../catalogue/p-30-consensus-store.md")),
    ("p-31-contract-first", include_str!("../../catalogue/p-31-contract-first.md")),
    ("p-32-api-versioning", include_str!("../../catalogue/p-32-api-versioning.md")),
    ("p-33-error-contract", include_str!("../../catalogue/p-33-error-contract.md")),
    ("p-34-tracing", include_str!("../../catalogue/p-34-tracing.md")),
    ("p-35-structured-logging", include_str!("../../catalogue/p-35-structured-logging.md")),
    ("p-36-metrics", include_str!("../../catalogue/p-36-metrics.md")),
    ("p-37-access-control", include_str!("../../catalogue/p-37-access-control.md")),
    ("p-38-secret-management", include_str!("../../catalogue/p-38-secret-management.md")),
    ("p-39-configuration", include_str!("../../catalogue/p-39-configuration.md")),
    ("p-40-progressive-delivery", include_str!("../../catalogue/p-40-progressive-delivery.md")),
    ("p-41-expand-contract-migrations", include_str!("../../catalogue/p-41-expand-contract-migrations.md")),
    ("p-42-infrastructure-as-code", include_str!("../../catalogue/p-42-infrastructure-as-code.md")),
    ("p-43-chaos-engineering", include_str!("../../catalogue/p-43-chaos-engineering.md")),
    ("p-44-disaster-recovery", include_str!("../../catalogue/p-44-disaster-recovery.md")),
    ("p-45-connection-pooling", include_str!("../../catalogue/p-45-connection-pooling.md")),
    ("p-46-asynchronous-request-reply", include_str!("../../catalogue/p-46-asynchronous-request-reply.md")),
    ("p-47-modular-monolith", include_str!("../../catalogue/p-47-modular-monolith.md")),
    ("p-48-input-validation", include_str!("../../catalogue/p-48-input-validation.md")),
    ("p-49-relational-schema-design", include_str!("../../catalogue/p-49-relational-schema-design.md")),
];

static ALL: LazyLock<Vec<Pattern>> = LazyLock::new(|| FILES.iter().filter_map(|(file, text)| pattern::parse(file, text)).collect());

/// Every pattern, by number.
pub fn all() -> &'static [Pattern] {
    &ALL
}

/// The pattern with an id, compared without case: `P-04`.
pub fn by_id(id: &str) -> Option<&'static Pattern> {
    all().iter().find(|pattern| pattern.id.eq_ignore_ascii_case(id.trim()))
}

/// The markdown of the pattern with an id, as its file has it.
pub fn source(id: &str) -> Option<(&'static str, &'static str)> {
    let slug = by_id(id).map(|pattern| format!("{}-{}", pattern.id.to_ascii_lowercase(), pattern.slug))?;
    FILES.into_iter().find(|(file, _)| *file == slug)
}

/// Every pattern as text by id, its name first: for agents, who have no other source.
pub fn texts() -> BTreeMap<String, String> {
    let text = |pattern: &Pattern| {
        let (_, whole) = source(&pattern.id)?;
        let bare = whole.strip_prefix("# ").and_then(|rest| rest.strip_prefix(pattern.id.as_str())).unwrap_or(whole);
        Some((pattern.id.clone(), bare.trim().to_owned()))
    };
    all().iter().filter_map(text).collect()
}

/// The patterns that answer findings of a rule, compared without case; the `LNT-` may be left out.
pub fn for_rule(code: &str) -> impl Iterator<Item = &'static Pattern> {
    let wanted = code.trim().to_ascii_uppercase();
    let wanted = if wanted.starts_with("LNT-") { wanted } else { format!("LNT-{wanted}") };
    all().iter().filter(move |pattern| pattern.rules.contains(&wanted))
}

#[cfg(test)]
mod tests;
