//! The registry of rules. A rule is one file named for the problem, and its line here; the order is the catalogue's.

use crate::domain::review::rule::{Page, Rule};

mod bad_quorum;
mod broken_supersession;
mod cache_as_system_of_record;
mod cache_without_policy;
mod context_cycle;
mod dead_topic;
mod deep_sync_chain;
mod distributed_write_without_saga;
mod dual_write;
mod event_without_contract;
mod exposed_datastore;
mod foreign_datastore_access;
mod grpc_behind_l4;
mod hardcoded_endpoint;
mod hub_service;
mod incomplete_element;
mod layer_violation;
mod missing_anti_corruption_layer;
mod missing_contract;
mod missing_section;
mod missing_timeout;
mod naive_retry;
mod no_api_gateway;
mod no_dead_letter;
mod no_error_contract;
mod non_idempotent_consumer;
mod open_questions;
mod ordering_not_guaranteed;
mod orphan_element;
mod plaintext_transport;
mod premature_infrastructure;
mod protocol_target_mismatch;
mod reversed_direction;
mod secrets_handling;
mod service_sprawl;
mod shared_database;
mod single_option;
mod single_point_of_failure;
mod stale_suppression;
mod smart_middleman;
mod sync_cycle;
mod sync_fanout;
mod sync_for_slow_work;
mod technology_sprawl;
mod unauthenticated_entry;
mod uncoordinated_singleton;
mod undeclared_consistency;
mod unversioned_public_api;

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
    &single_point_of_failure::RULE,
    &missing_timeout::RULE,
    &naive_retry::RULE,
    &no_dead_letter::RULE,
    &exposed_datastore::RULE,
    &unauthenticated_entry::RULE,
    &plaintext_transport::RULE,
    &secrets_handling::RULE,
    &missing_section::RULE,
    &single_option::RULE,
    &broken_supersession::RULE,
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
