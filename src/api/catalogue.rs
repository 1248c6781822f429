//! The catalogue: what the rules look for and the patterns that answer it, as pages. Made on the server so that browsers need not
//! carry all of it.

use leptos::prelude::*;

use crate::{
    api::ApiError,
    domain::review::catalogue::{Found, PatternView, RuleView},
};

/// What answers a search; everything without one.
#[server(prefix = "/fn", endpoint = "catalogue")]
pub async fn catalogue(#[server(default)] query: String) -> Result<Found, ApiError> {
    // Awaits nothing of its own: the catalogue is data of the program.
    std::future::ready(Ok(crate::domain::review::catalogue::search(&query))).await
}

/// One pattern by its id.
#[server(prefix = "/fn", endpoint = "pattern")]
pub async fn pattern(id: String) -> Result<PatternView, ApiError> {
    let found = crate::domain::review::catalogue::pattern(&id).ok_or_else(|| ApiError::NotFound { what: format!("The pattern {id}") });
    std::future::ready(found).await
}

/// One rule by its code.
#[server(prefix = "/fn", endpoint = "rule")]
pub async fn rule(code: String) -> Result<RuleView, ApiError> {
    let found = crate::domain::review::catalogue::rule(&code).ok_or_else(|| ApiError::NotFound { what: format!("The rule {code}") });
    std::future::ready(found).await
}
