//! Conversion over the API: a text of any diagram format in, one that is edited here out. Nothing is stored.

use axum::{extract::State, http::StatusCode, routing::post};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::server::{
    error::ServiceError,
    http::{
        auth::SignedIn,
        rest::{
            Answers, App, Needs, Outcome, Route, Sends,
            request::{Body, json as answer, object, reference},
        },
    },
    service,
};

pub const ROUTES: &[Route] = &[Route {
    method: "POST",
    path: "/convert",
    endings: &[],
    needs: Needs::SignIn,
    summary: "Recognise a diagram text and convert it to Structurizr DSL; DSL and Mermaid flowcharts stay as they are",
    query: &[],
    sends: Sends::Json(|| {
        object(
            &["text"],
            json!({
                "text": {"type": "string"},
                "path": {"type": "string", "description": "The name of its file, if it has one: `shop.d2`"},
            }),
        )
    }),
    status: 200,
    answers: Answers::Json(|| reference("Recognised")),
    handler: || post(convert),
}];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pasted {
    text: String,
    path: Option<String>,
}

async fn convert(State(app): App, SignedIn(actor): SignedIn, Body(Pasted { text, path }): Body<Pasted>) -> Outcome {
    let found = service::conversion::convert(&app, &actor, path, text).await?;
    let found = found.ok_or_else(|| ServiceError::invalid("text", "The text is in no diagram format that is known here."))?;
    Ok(answer(StatusCode::OK, &found))
}

/// The schemas of these routes.
pub fn schemas() -> Value {
    json!({
        "Recognised": {"type": "object", "properties": {
            "format": {"type": "string", "description": "What the text was: `C4-PlantUML`"},
            "language": {"enum": ["structurizr", "mermaid"]},
            "extension": {"type": "string", "description": "The usual ending of a file with the new text"},
            "text": {"type": "string"},
            "pins": {"type": "object", "description": "Places that the text brought along, by `view/element`: x and y in px"},
            "remarks": {"type": "array", "items": {"type": "string"}, "description": "What was not carried over as it was"},
        }},
    })
}
