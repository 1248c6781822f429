//! Full-text search over the API.

use axum::{extract::State, http::StatusCode, routing::get};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    domain::account::Role,
    server::{
        error::ServiceError,
        http::{
            auth::SignedIn,
            rest::{
                Answers, App, Needs, Outcome, Route, Sends,
                request::{Ask, At, json as answer, reference},
            },
        },
        service,
    },
};

const QUERY: &[(&str, &str)] = &[
    ("q", "Words that all have to be there; words in quotes stand together; the last may be the beginning of one"),
    ("limit", "Results of one kind: 1 to 100, 25 without it"),
];

pub const ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/projects/{slug}/search",
        endings: &[],
        needs: Needs::Membership(Role::Viewer),
        summary: "Search a project's decisions, diagrams and findings, the best first; a superseded decision comes with what holds instead",
        query: QUERY,
        sends: Sends::Nothing,
        status: 200,
        answers: Answers::Json(|| reference("SearchResults")),
        handler: || get(in_project),
    },
    Route {
        method: "GET",
        path: "/search",
        endings: &[],
        needs: Needs::SignIn,
        summary: "The same in all projects that the caller is a member of",
        query: QUERY,
        sends: Sends::Nothing,
        status: 200,
        answers: Answers::Json(|| reference("SearchResults")),
        handler: || get(everywhere),
    },
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wish {
    #[serde(default)]
    q: String,
    limit: Option<u32>,
}

impl Wish {
    fn most(&self) -> Result<u32, ServiceError> {
        let most = self.limit.unwrap_or(service::search::SHOWN);
        if (1..=100).contains(&most) { Ok(most) } else { Err(ServiceError::invalid("limit", "Ask for 1 to 100 results.")) }
    }
}

async fn in_project(State(app): App, SignedIn(actor): SignedIn, At(slug): At<String>, Ask(wish): Ask<Wish>) -> Outcome {
    let found = service::search::search(&app, &actor, Some(&slug), &wish.q, wish.most()?).await?;
    Ok(answer(StatusCode::OK, &json!({"groups": found.groups})))
}

async fn everywhere(State(app): App, SignedIn(actor): SignedIn, Ask(wish): Ask<Wish>) -> Outcome {
    let found = service::search::search(&app, &actor, None, &wish.q, wish.most()?).await?;
    Ok(answer(StatusCode::OK, &json!({"groups": found.groups})))
}

/// The schemas of these routes.
pub fn schemas() -> Value {
    let pieces = json!({"type": "array", "items": {"type": "object", "properties": {
        "text": {"type": "string"},
        "found": {"type": "boolean", "description": "Was looked for"},
    }}});
    let status = json!({"enum": ["draft", "proposed", "accepted", "rejected", "deprecated", "superseded", null]});
    json!({
        "SearchResults": {"type": "object", "required": ["groups"], "properties": {
            "groups": {"type": "array", "description": "Those with results", "items": {"type": "object", "properties": {
                "kind": {"enum": ["decision", "diagram", "finding"]},
                "more": {"type": "boolean", "description": "There are more than these"},
                "results": {"type": "array", "items": {"type": "object", "properties": {
                    "id": {"type": "string", "format": "uuid"},
                    "href": {"type": "string", "description": "Its page"},
                    "title": pieces.clone(),
                    "name": {"type": "string", "description": "A document's path, or a finding's code"},
                    "passage": pieces,
                    "project": {"type": "string", "description": "The project's address"},
                    "project_name": {"type": "string"},
                    "number": {"type": ["integer", "null"]},
                    "status": status.clone(),
                    "state": {"type": ["string", "null"], "description": "Of a finding"},
                    "instead": {"type": "array", "description": "What holds instead of a superseded decision", "items": {"type": "object", "properties": {
                        "id": {"type": "string", "format": "uuid"},
                        "href": {"type": "string"},
                        "number": {"type": ["integer", "null"]},
                        "title": {"type": "string"},
                        "status": status,
                    }}},
                }}},
            }}},
        }},
    })
}
