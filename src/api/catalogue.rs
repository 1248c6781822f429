//! The catalogue: what the rules look for, as pages. Made on the server so that browsers need not carry every rule.

use leptos::prelude::*;

use crate::{
    api::ApiError,
    domain::review::catalogue::{RuleEntry, RuleView},
};

/// All rules in catalogue order.
#[server(prefix = "/fn", endpoint = "catalogue")]
pub async fn catalogue() -> Result<Vec<RuleEntry>, ApiError> {
    // Awaits nothing of its own: the catalogue is data of the program.
    std::future::ready(Ok(crate::domain::review::catalogue::entries())).await
}

/// One rule by its code.
#[server(prefix = "/fn", endpoint = "rule")]
pub async fn rule(code: String) -> Result<RuleView, ApiError> {
    let found = crate::domain::review::catalogue::rule(&code).ok_or_else(|| ApiError::NotFound { what: format!("The rule {code}") });
    std::future::ready(found).await
}
