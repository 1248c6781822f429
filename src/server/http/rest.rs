//! The JSON API under `/api/v1`: one table of routes, from which the router, the description and the tests are made.
//!
//! To add a route: a handler in a file of `rest/`, and its entry in that file's table.

use axum::{Router, extract::State, response::Response, routing::MethodRouter};
use serde_json::Value;

use crate::{
    domain::account::Role,
    server::{boot::AppState, http::answer::Problem},
};

pub mod agents;
pub mod conversion;
pub mod decision_log;
pub mod decisions;
pub mod documents;
pub mod events;
pub mod findings;
pub mod history;
pub mod members;
pub mod openapi;
pub mod projects;
pub mod reading;
pub mod request;
pub mod reviews;
pub mod runs;
pub mod search;
pub mod talks;
pub mod upload;

/// Where the API lives.
pub const PREFIX: &str = "/api/v1";

/// Who may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Anybody, signed in or not.
    Nothing,
    /// Somebody; the route shows them their own things.
    SignIn,
    /// A member of the thing's project with this role or a stronger one. To others the thing does not exist.
    Membership(Role),
    /// An administrator of the server.
    Administrator,
}

/// What a request sends.
#[derive(Clone, Copy, Debug)]
pub enum Sends {
    Nothing,
    /// JSON of a schema, made by a function because it is a value.
    Json(fn() -> Value),
    /// `multipart/form-data` with `file` fields, and fields for words with their meaning.
    Files(&'static [(&'static str, &'static str)]),
}

/// What an answer carries.
#[derive(Clone, Copy, Debug)]
pub enum Answers {
    Nothing,
    Json(fn() -> Value),
    /// Other bytes, by media type.
    Bytes(&'static str),
}

/// One route of the API.
#[derive(Clone, Copy, Debug)]
pub struct Route {
    pub method: &'static str,
    /// Below [`PREFIX`], as the router reads it.
    pub path: &'static str,
    /// Endings that the last parameter may carry, each of which is an address of its own: `.md`.
    pub endings: &'static [(&'static str, &'static str)],
    pub needs: Needs,
    pub summary: &'static str,
    /// Query parameters with their meaning.
    pub query: &'static [(&'static str, &'static str)],
    pub sends: Sends,
    /// The status of success.
    pub status: u16,
    pub answers: Answers,
    pub handler: fn() -> MethodRouter<AppState>,
}

/// The query parameters of every list.
pub const PAGED: &[(&str, &str)] =
    &[("cursor", "The `next_cursor` of the page before; the first page without it"), ("limit", "Items on a page: 1 to 200, 50 without it")];

/// Every route of the API.
pub fn routes() -> impl Iterator<Item = &'static Route> {
    let areas = [
        openapi::ROUTES,
        projects::ROUTES,
        members::ROUTES,
        documents::ROUTES,
        history::ROUTES,
        reading::ROUTES,
        decisions::ROUTES,
        conversion::ROUTES,
        decision_log::ROUTES,
        search::ROUTES,
        reviews::ROUTES,
        findings::ROUTES,
        runs::ROUTES,
        talks::ROUTES,
        agents::ROUTES,
    ];
    areas.into_iter().flatten()
}

/// The API's part of the router.
pub fn router() -> Router<AppState> {
    routes().fold(Router::new(), |router, route| router.route(&format!("{PREFIX}{}", route.path), (route.handler)()))
}

/// What handlers take first and give back.
pub type App = State<AppState>;
pub type Outcome = Result<Response, Problem>;
