//! What agents do in reviews, over the API: talking to them while they work, what they leave behind, and their suggestions.

use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::json;

use crate::{
    domain::{
        account::Role,
        id::{RunId, SuggestionId},
        review::suggestion::Suggested,
    },
    server::{
        error::ServiceError,
        http::{
            auth::SignedIn,
            rest::{
                Answers, App, Needs, Outcome, Route, Sends,
                request::{At, Body, json as answer, object, reference},
            },
        },
        service::{self, agent_runs::suggestions},
    },
};

const READ: Needs = Needs::Membership(Role::Viewer);
const EDIT: Needs = Needs::Membership(Role::Editor);

pub const ROUTES: &[Route] = &[
    Route {
        method: "POST",
        path: "/projects/{slug}/reviews/{number}/messages",
        endings: &[],
        needs: EDIT,
        summary: "Say something to the agents of a running review; they read it with their next turn",
        query: &[],
        sends: Sends::Json(|| object(&["text"], json!({"text": {"type": "string"}}))),
        status: 202,
        answers: Answers::Nothing,
        handler: || post(steer),
    },
    Route {
        method: "GET",
        path: "/projects/{slug}/runs/{id}",
        endings: &[(".jsonl", "application/x-ndjson")],
        needs: READ,
        summary: "Everything an agent's run left behind, as sealed records, one a line",
        query: &[],
        sends: Sends::Nothing,
        status: 200,
        answers: Answers::Bytes("application/x-ndjson"),
        handler: || get(records),
    },
    Route {
        method: "GET",
        path: "/suggestions/{id}",
        endings: &[],
        needs: READ,
        summary: "A suggestion with the texts of it that can be changed before it is accepted",
        query: &[],
        sends: Sends::Nothing,
        status: 200,
        answers: Answers::Json(|| {
            let wording = json!({"type": "object", "properties": {
                "label": {"type": "string"}, "text": {"type": "string"}, "line": {"type": "boolean"},
            }});
            json!({"type": "object", "properties": {"suggestion": reference("Suggestion"), "texts": {"type": "array", "items": wording}}})
        }),
        handler: || get(one),
    },
    Route {
        method: "POST",
        path: "/suggestions/{id}/change",
        endings: &[],
        needs: EDIT,
        summary: "Put a suggestion in other words before it is decided on; it is tried as the agent's were",
        query: &[],
        sends: Sends::Json(|| object(&["texts"], json!({"texts": {"type": "array", "items": {"type": "string"}}}))),
        status: 200,
        answers: Answers::Json(|| reference("Suggestion")),
        handler: || post(change),
    },
    Route {
        method: "POST",
        path: "/suggestions/{id}/accept",
        endings: &[],
        needs: EDIT,
        summary: "Apply a suggestion to the text as it is now; 409 says what is in the way",
        query: &[],
        sends: Sends::Nothing,
        status: 200,
        answers: Answers::Json(|| reference("Suggestion")),
        handler: || post(accept),
    },
    Route {
        method: "POST",
        path: "/suggestions/{id}/reject",
        endings: &[],
        needs: EDIT,
        summary: "Decline a suggestion",
        query: &[],
        sends: Sends::Json(|| object(&[], json!({"reason": {"type": "string"}}))),
        status: 200,
        answers: Answers::Json(|| reference("Suggestion")),
        handler: || post(reject),
    },
    Route {
        method: "POST",
        path: "/suggestions/{id}/take-back",
        endings: &[],
        needs: EDIT,
        summary: "Open a suggestion again; what it changed is taken out, what others wrote since stays",
        query: &[],
        sends: Sends::Nothing,
        status: 200,
        answers: Answers::Json(|| reference("Suggestion")),
        handler: || post(take_back),
    },
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Message {
    text: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reason {
    #[serde(default)]
    reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Texts {
    texts: Vec<String>,
}

async fn one(State(app): App, SignedIn(actor): SignedIn, At(id): At<SuggestionId>) -> Outcome {
    let (suggestion, texts) = suggestions::wording(&app, &actor, id).await?;
    Ok(answer(StatusCode::OK, &json!({"suggestion": suggestion, "texts": texts})))
}

async fn change(State(app): App, SignedIn(actor): SignedIn, At(id): At<SuggestionId>, Body(texts): Body<Texts>) -> Outcome {
    Ok(answer(StatusCode::OK, &suggestions::change(&app, &actor, id, &texts.texts).await?))
}

async fn steer(State(app): App, SignedIn(actor): SignedIn, At((slug, number)): At<(String, u32)>, Body(message): Body<Message>) -> Outcome {
    service::reviews::steer(&app, &actor, &slug, number, &message.text).await?;
    Ok(StatusCode::ACCEPTED.into_response())
}

async fn records(State(app): App, SignedIn(actor): SignedIn, At((slug, name)): At<(String, String)>) -> Outcome {
    let id: RunId = name.strip_suffix(".jsonl").unwrap_or(&name).parse().map_err(|_| ServiceError::not_found("The run"))?;
    let text = service::reviews::records(&app, &actor, &slug, id).await?;
    let media = HeaderValue::from_static("application/x-ndjson");
    let name = HeaderValue::from_str(&format!("attachment; filename=\"run-{id}.jsonl\""));
    let name = name.unwrap_or(HeaderValue::from_static("attachment"));
    let answer: Response = ([(header::CONTENT_TYPE, media), (header::CONTENT_DISPOSITION, name)], text).into_response();
    Ok(answer)
}

async fn accept(State(app): App, SignedIn(actor): SignedIn, At(id): At<SuggestionId>) -> Outcome {
    let suggested: Suggested = suggestions::accept(&app, &actor, id).await?;
    Ok(answer(StatusCode::OK, &suggested))
}

async fn reject(State(app): App, SignedIn(actor): SignedIn, At(id): At<SuggestionId>, Body(reason): Body<Reason>) -> Outcome {
    Ok(answer(StatusCode::OK, &suggestions::reject(&app, &actor, id, &reason.reason).await?))
}

async fn take_back(State(app): App, SignedIn(actor): SignedIn, At(id): At<SuggestionId>) -> Outcome {
    Ok(answer(StatusCode::OK, &suggestions::take_back(&app, &actor, id).await?))
}
