//! The catalogue: what the rules look for, as pages. Made on the server so that browsers need not carry every rule.

use leptos::prelude::*;

use crate::{
    api::ApiError,
    domain::review::catalogue::{RuleEntry, RuleView},
};

/// All rules in catalogue order.
#[server(prefix = "/fn", endpoint = "catalogue")]
pub async fn catalogue() -> Result<Vec<RuleEntry>, ApiError> {
    Ok(crate::domain::review::catalogue::entries())
}

/// One rule by its code.
#[server(prefix = "/fn", endpoint = "rule")]
pub async fn rule(code: String) -> Result<RuleView, ApiError> {
    crate::domain::review::catalogue::rule(&code).ok_or_else(|| ApiError::NotFound { what: format!("The rule {code}") })
}
