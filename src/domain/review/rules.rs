//! The registry of rules. A rule is one file named for the problem, and its line here; the order is the catalogue's.

use crate::domain::review::rule::{Page, Rule};

mod abrupt_shutdown;
mod at_most_once_for_commands;
mod blind_queue;
mod broken_supersession;
mod broken_trace;
mod cache_as_system_of_record;
mod capacity_shortfall;
mod connection_pool_overcommit;
mod deep_sync_chain;
mod dual_write;
mod exposed_datastore;
mod idle_consumers;
mod incomplete_element;
mod label_cardinality;
mod missing_circuit_breaker;
mod missing_section;
mod missing_timeout;
mod naive_retry;
mod no_backup;
mod no_bulkhead;
mod no_central_logs;
mod no_dead_letter;
mod no_degradation_path;
mod no_red_metrics;
mod no_slo_alert;
mod orphan_element;
mod pii_in_telemetry;
mod plaintext_transport;
mod protocol_target_mismatch;
mod recovery_arithmetic;
mod retry_amplification;
mod retry_of_unsafe_operation;
mod reversed_direction;
mod secrets_handling;
mod shared_database;
mod single_node_growth;
mod single_option;
mod single_point_of_failure;
mod stateful_replicas;
mod sync_cycle;
mod tier_inversion;
mod timeout_inversion;
mod unauthenticated_entry;
mod unbounded_queue;
mod unprotected_edge;
mod untested_recovery;
mod zone_concentration;

/// Every rule, in catalogue order.
pub static ALL: &[&Rule] = &[
    &orphan_element::RULE,
    &incomplete_element::RULE,
    &protocol_target_mismatch::RULE,
    &reversed_direction::RULE,
    &shared_database::RULE,
    &sync_cycle::RULE,
    &dual_write::RULE,
    &cache_as_system_of_record::RULE,
    &deep_sync_chain::RULE,
    &stateful_replicas::RULE,
    &unprotected_edge::RULE,
    &connection_pool_overcommit::RULE,
    &idle_consumers::RULE,
    &unbounded_queue::RULE,
    &capacity_shortfall::RULE,
    &single_node_growth::RULE,
    &single_point_of_failure::RULE,
    &missing_timeout::RULE,
    &timeout_inversion::RULE,
    &naive_retry::RULE,
    &retry_of_unsafe_operation::RULE,
    &retry_amplification::RULE,
    &missing_circuit_breaker::RULE,
    &no_bulkhead::RULE,
    &tier_inversion::RULE,
    &no_degradation_path::RULE,
    &no_dead_letter::RULE,
    &at_most_once_for_commands::RULE,
    &no_backup::RULE,
    &recovery_arithmetic::RULE,
    &zone_concentration::RULE,
    &untested_recovery::RULE,
    &abrupt_shutdown::RULE,
    &no_red_metrics::RULE,
    &broken_trace::RULE,
    &no_central_logs::RULE,
    &no_slo_alert::RULE,
    &label_cardinality::RULE,
    &pii_in_telemetry::RULE,
    &blind_queue::RULE,
    &exposed_datastore::RULE,
    &unauthenticated_entry::RULE,
    &plaintext_transport::RULE,
    &secrets_handling::RULE,
    &missing_section::RULE,
    &single_option::RULE,
    &broken_supersession::RULE,
];

/// The catalogue: every rule's page, in catalogue order.
pub fn pages() -> Vec<Page> {
    ALL.iter().map(|rule| rule.page()).collect()
}

/// The rule with a code, compared without case; the `LNT-` may be left out.
pub fn by_code(code: &str) -> Option<&'static Rule> {
    let wanted = code.trim().to_ascii_uppercase();
    let wanted = wanted.strip_prefix("LNT-").unwrap_or(&wanted);
    ALL.iter().copied().find(|rule| rule.code.strip_prefix("LNT-") == Some(wanted))
}

#[cfg(test)]
mod tests;
