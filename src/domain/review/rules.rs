//! The registry of rules. A rule is one file named for the problem, and its line here; the order is the catalogue's.

use crate::domain::review::rule::{Page, Rule};

mod abrupt_shutdown;
mod at_most_once_for_commands;
mod bad_quorum;
mod blind_queue;
mod broken_supersession;
mod broken_trace;
mod cache_as_system_of_record;
mod cache_without_policy;
mod capacity_shortfall;
mod classification_flow;
mod connection_pool_overcommit;
mod constraint_violated;
mod context_cycle;
mod dead_topic;
mod deep_sync_chain;
mod distributed_write_without_saga;
mod dual_write;
mod event_without_contract;
mod exposed_admin;
mod exposed_datastore;
mod flat_network;
mod foreign_datastore_access;
mod grpc_behind_l4;
mod hardcoded_endpoint;
mod hidden_instructions;
mod hub_service;
mod identity_not_propagated;
mod idle_consumers;
mod incomplete_element;
mod label_cardinality;
mod layer_violation;
mod missing_anti_corruption_layer;
mod missing_authorization;
mod missing_circuit_breaker;
mod missing_contract;
mod missing_section;
mod missing_timeout;
mod multiple_services_per_unit;
mod naive_retry;
mod no_api_gateway;
mod no_backup;
mod no_bulkhead;
mod no_central_logs;
mod no_dead_letter;
mod no_degradation_path;
mod no_error_contract;
mod no_owner;
mod no_red_metrics;
mod no_rollback_path;
mod no_slo_alert;
mod non_idempotent_consumer;
mod one_sided_consequences;
mod open_questions;
mod ordering_not_guaranteed;
mod orphan_element;
mod permissive_cors;
mod pii_in_telemetry;
mod plaintext_transport;
mod premature_infrastructure;
mod probe_design;
mod protocol_target_mismatch;
mod recovery_arithmetic;
mod retry_amplification;
mod retry_of_unsafe_operation;
mod reversed_direction;
mod secrets_handling;
mod service_sprawl;
mod shared_database;
mod shared_environment;
mod single_node_growth;
mod single_option;
mod single_point_of_failure;
mod smart_middleman;
mod spoofable_client_identity;
mod stale_or_invalid_status;
mod stale_suppression;
mod stateful_replicas;
mod sync_cycle;
mod sync_fanout;
mod sync_for_slow_work;
mod technology_sprawl;
mod tier_inversion;
mod timeout_inversion;
mod unauthenticated_entry;
mod unauthenticated_service_call;
mod unbounded_queue;
mod uncoordinated_singleton;
mod undeclared_consistency;
mod undocumented_decision;
mod unencrypted_at_rest;
mod unjustified_choice;
mod unmanaged_external;
mod unprotected_edge;
mod unsafe_migration;
mod untested_recovery;
mod untraceable_adr;
mod untrusted_ingest;
mod unversioned_public_api;
mod workload_hygiene;
mod zone_concentration;

/// Every rule, in catalogue order.
pub static ALL: &[&Rule] = &[
    &orphan_element::RULE,
    &incomplete_element::RULE,
    &open_questions::RULE,
    &protocol_target_mismatch::RULE,
    &reversed_direction::RULE,
    &stale_suppression::RULE,
    &shared_database::RULE,
    &foreign_datastore_access::RULE,
    &sync_cycle::RULE,
    &context_cycle::RULE,
    &hub_service::RULE,
    &smart_middleman::RULE,
    &missing_anti_corruption_layer::RULE,
    &layer_violation::RULE,
    &dual_write::RULE,
    &distributed_write_without_saga::RULE,
    &non_idempotent_consumer::RULE,
    &cache_as_system_of_record::RULE,
    &cache_without_policy::RULE,
    &event_without_contract::RULE,
    &ordering_not_guaranteed::RULE,
    &undeclared_consistency::RULE,
    &bad_quorum::RULE,
    &uncoordinated_singleton::RULE,
    &no_api_gateway::RULE,
    &deep_sync_chain::RULE,
    &missing_contract::RULE,
    &unversioned_public_api::RULE,
    &hardcoded_endpoint::RULE,
    &sync_for_slow_work::RULE,
    &grpc_behind_l4::RULE,
    &sync_fanout::RULE,
    &no_error_contract::RULE,
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
    &unauthenticated_service_call::RULE,
    &plaintext_transport::RULE,
    &unencrypted_at_rest::RULE,
    &missing_authorization::RULE,
    &identity_not_propagated::RULE,
    &secrets_handling::RULE,
    &exposed_admin::RULE,
    &classification_flow::RULE,
    &spoofable_client_identity::RULE,
    &permissive_cors::RULE,
    &untrusted_ingest::RULE,
    &flat_network::RULE,
    &no_owner::RULE,
    &probe_design::RULE,
    &workload_hygiene::RULE,
    &shared_environment::RULE,
    &no_rollback_path::RULE,
    &unsafe_migration::RULE,
    &multiple_services_per_unit::RULE,
    &unmanaged_external::RULE,
    &missing_section::RULE,
    &single_option::RULE,
    &unjustified_choice::RULE,
    &one_sided_consequences::RULE,
    &stale_or_invalid_status::RULE,
    &broken_supersession::RULE,
    &constraint_violated::RULE,
    &undocumented_decision::RULE,
    &untraceable_adr::RULE,
    &hidden_instructions::RULE,
    &service_sprawl::RULE,
    &premature_infrastructure::RULE,
    &technology_sprawl::RULE,
    &dead_topic::RULE,
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
