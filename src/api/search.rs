//! Full-text search over decisions, diagrams and findings.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    api::ApiError,
    domain::{
        decision::status::Status,
        project::Project,
        review::FindingState,
        search::{Kind, Piece},
    },
};

/// Everything the search page shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SearchPage {
    /// Where was looked; none for all projects of the reader.
    pub project: Option<Project>,
    /// As it was typed.
    pub typed: String,
    /// Nothing in it can be looked for.
    pub empty: bool,
    /// Those with results, in fixed order.
    pub groups: Vec<ResultGroup>,
}

/// What was found of one kind, the best first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResultGroup {
    pub kind: Kind,
    pub results: Vec<SearchResult>,
    /// There are more than these.
    pub more: bool,
}

/// One thing that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchResult {
    pub id: String,
    /// Its page.
    pub href: String,
    pub title: Vec<Piece>,
    /// A document's path, or a finding's code.
    pub name: String,
    pub passage: Vec<Piece>,
    /// The project's address and name.
    pub project: String,
    pub project_name: String,
    /// Of a decision.
    pub number: Option<u32>,
    /// Of a decision; none where it says none that is known.
    pub status: Option<Status>,
    /// Of a finding.
    pub state: Option<FindingState>,
    /// What holds instead of a superseded decision.
    pub instead: Vec<Successor>,
}

/// A decision that holds instead of another one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Successor {
    pub id: String,
    pub href: String,
    pub number: Option<u32>,
    pub title: String,
    pub status: Option<Status>,
}

/// Looks in a project, or without one in all projects of the reader.
#[server(name = LoadSearch, prefix = "/fn", endpoint = "search")]
pub async fn search(slug: Option<String>, typed: String) -> Result<SearchPage, ApiError> {
    use crate::server::{error::answer, http::auth, service};
    answer(service::search::search(&auth::app()?, &auth::signed_in()?, slug.as_deref(), &typed, service::search::SHOWN).await)
}
