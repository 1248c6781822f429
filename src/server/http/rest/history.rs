//! Versions of documents over the API: listing and reading them, naming one, bringing one back.

use std::cmp::Reverse;

use axum::{
    extract::State,
    http::StatusCode,
    routing::{get, post},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    domain::{account::Role, history::Version, id::DocumentId},
    server::{
        http::{
            auth::SignedIn,
            rest::{
                Answers, App, Needs, Outcome, PAGED, Route, Sends,
                request::{Ask, At, Body, Paging, json as answer, object, page_of, reference},
            },
        },
        service::history,
    },
};

pub const ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/documents/{id}/versions",
        endings: &[],
        needs: Needs::Membership(Role::Viewer),
        summary: "A document's versions, newest first",
        query: PAGED,
        sends: Sends::Nothing,
        status: 200,
        answers: Answers::Json(|| page_of("Version")),
        handler: || get(list),
    },
    Route {
        method: "POST",
        path: "/documents/{id}/versions",
        endings: &[],
        needs: Needs::Membership(Role::Editor),
        summary: "Keep the text as it is now as a version with a name",
        query: &[],
        sends: Sends::Json(|| object(&["name"], json!({"name": {"type": "string", "maxLength": 80}}))),
        status: 201,
        answers: Answers::Json(|| reference("Version")),
        handler: || post(keep),
    },
    Route {
        method: "GET",
        path: "/documents/{id}/versions/{version}",
        endings: &[],
        needs: Needs::Membership(Role::Viewer),
        summary: "A version with its text",
        query: &[],
        sends: Sends::Nothing,
        status: 200,
        answers: Answers::Json(|| reference("VersionText")),
        handler: || get(read),
    },
    Route {
        method: "POST",
        path: "/documents/{id}/versions/{version}/restore",
        endings: &[],
        needs: Needs::Membership(Role::Editor),
        summary: "Bring a version back as the smallest edit; what the document says now is kept as a version first",
        query: &[],
        sends: Sends::Nothing,
        status: 200,
        answers: Answers::Json(|| json!({"type": "object", "properties": {"revision": {"type": "integer"}}})),
        handler: || post(restore),
    },
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Name {
    name: String,
}

#[derive(Serialize)]
struct Told {
    #[serde(flatten)]
    version: Version,
    summary: String,
}

#[derive(Serialize)]
struct WithText {
    #[serde(flatten)]
    version: Told,
    text: String,
}

fn told(version: Version) -> Told {
    Told { summary: version.summary(), version }
}

async fn list(State(app): App, SignedIn(actor): SignedIn, At(id): At<DocumentId>, Ask(paging): Ask<Paging>) -> Outcome {
    let versions = history::list(&app, &actor, id).await?.into_iter().map(told).collect();
    // Newest first: a cursor is the number of the last one, and what follows has smaller ones.
    paging.page(versions, |told| Back(Reverse(told.version.number)), |text| text.parse().ok().map(|number| Back(Reverse(number))))
}

/// Numbers from the greatest down.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Back(Reverse<u32>);

impl std::fmt::Display for Back {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.0.fmt(f)
    }
}

async fn keep(State(app): App, SignedIn(actor): SignedIn, At(id): At<DocumentId>, Body(name): Body<Name>) -> Outcome {
    Ok(answer(StatusCode::CREATED, &told(history::keep(&app, &actor, id, &name.name).await?)))
}

async fn read(State(app): App, SignedIn(actor): SignedIn, At((id, number)): At<(DocumentId, u32)>) -> Outcome {
    let (version, text) = history::get(&app, &actor, id, number).await?;
    Ok(answer(StatusCode::OK, &WithText { version: told(version), text }))
}

async fn restore(State(app): App, SignedIn(actor): SignedIn, At((id, number)): At<(DocumentId, u32)>) -> Outcome {
    let revision = history::restore(&app, &actor, id, number).await?;
    Ok(answer(StatusCode::OK, &json!({"revision": revision})))
}

/// The schemas of these routes.
pub fn schemas() -> Value {
    let version = || {
        json!({
            "number": {"type": "integer", "minimum": 1},
            "at": {"type": "integer"},
            "who": {"type": "array", "items": {"type": "string"}, "description": "Whose changes it holds that the version before did not"},
            "made": {"enum": ["created", "template", "imported", "found", "edited", "restored", "suggested", "status"],
                "description": "`found` is what an older document said when its history began"},
            "status": {"type": ["string", "null"], "description": "The status that a decision began with or was given"},
            "version": {"type": "integer", "description": "The version that was restored"},
            "name": {"type": ["string", "null"]},
            "revision": {"type": "integer", "description": "The document's revision that it is the text of"},
            "added": {"type": "integer", "description": "Lines"},
            "removed": {"type": "integer"},
            "sections": {"type": "array", "items": {"type": "string"}},
            "summary": {"type": "string"},
        })
    };
    let mut with_text = version();
    if let Some(properties) = with_text.as_object_mut() {
        properties.insert("text".to_owned(), json!({"type": "string"}));
    }
    json!({
        "Version": {"type": "object", "properties": version()},
        "VersionText": {"type": "object", "properties": with_text},
    })
}
