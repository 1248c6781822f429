//! The decision log over the API: the list, what is new, index files, faults.

use axum::{
    extract::State,
    http::StatusCode,
    response::IntoResponse,
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    domain::{account::Role, decision::log::view::Filter},
    server::{
        http::{
            auth::SignedIn,
            rest::{
                Answers, App, Needs, Outcome, Route, Sends,
                request::{Ask, At, Body, json as answer, object, reference},
            },
        },
        service::decision_log,
    },
};

const READ: Needs = Needs::Membership(Role::Viewer);
const EDIT: Needs = Needs::Membership(Role::Editor);

pub const ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/projects/{slug}/decisions",
        endings: &[],
        needs: READ,
        summary: "The decision log, chosen and ordered; a superseded decision comes with what holds instead",
        query: &[
            ("status", "`draft`, `proposed`, `accepted`, `rejected`, `deprecated`, `superseded`, or `none`"),
            ("template", "Such as `madr-4` or `nygard`"),
            ("decider", "Who decided, by name"),
            ("about", "An element that is linked, or a tag"),
            ("year", "Of the decision's date"),
            ("text", "Words that have to stand in it"),
            ("sort", "`number` (without it), `oldest`, `date` or `title`"),
        ],
        sends: Sends::Nothing,
        status: 200,
        answers: Answers::Json(
            || json!({"type": "object", "required": ["items"], "properties": {"items": {"type": "array", "items": reference("ListedDecision")}}}),
        ),
        handler: || get(list),
    },
    Route {
        method: "GET",
        path: "/projects/{slug}/decisions/news",
        endings: &[],
        needs: READ,
        summary: "What others changed and said since the caller last marked the log as seen; the first call begins the count",
        query: &[],
        sends: Sends::Nothing,
        status: 200,
        answers: Answers::Json(|| reference("LogNews")),
        handler: || get(news),
    },
    Route {
        method: "POST",
        path: "/projects/{slug}/decisions/seen",
        endings: &[],
        needs: READ,
        summary: "Mark the log as seen as it is now",
        query: &[],
        sends: Sends::Nothing,
        status: 204,
        answers: Answers::Nothing,
        handler: || post(see),
    },
    Route {
        method: "GET",
        path: "/projects/{slug}/decisions/indexes",
        endings: &[],
        needs: READ,
        summary: "The index files of the log, and what bringing them up to date changes",
        query: &[],
        sends: Sends::Nothing,
        status: 200,
        answers: Answers::Json(
            || json!({"type": "object", "required": ["files"], "properties": {"files": {"type": "array", "items": reference("IndexFile")}}}),
        ),
        handler: || get(indexes),
    },
    Route {
        method: "POST",
        path: "/projects/{slug}/decisions/indexes",
        endings: &[],
        needs: EDIT,
        summary: "Bring the list in an index file up to date, or make the file",
        query: &[],
        sends: Sends::Json(|| object(&["path"], json!({"path": {"type": "string", "description": "As the list of index files names it"}}))),
        status: 200,
        answers: Answers::Json(|| json!({"type": "object", "properties": {"changed": {"type": "boolean"}}})),
        handler: || post(update_index),
    },
    Route {
        method: "GET",
        path: "/projects/{slug}/decisions/doctor",
        endings: &[],
        needs: READ,
        summary: "What is wrong with the log, with file, line, reason and way out",
        query: &[("known", "`1` lists the faults that are accepted as known, too")],
        sends: Sends::Nothing,
        status: 200,
        answers: Answers::Json(|| reference("LogDoctor")),
        handler: || get(doctor),
    },
    Route {
        method: "POST",
        path: "/projects/{slug}/decisions/doctor/mend",
        endings: &[],
        needs: EDIT,
        summary: "Mend a fault by the one step that does it, where its `fix` names one",
        query: &[],
        sends: Sends::Json(|| object(&["identity"], json!({"identity": {"type": "string", "description": "Of the fault"}}))),
        status: 200,
        answers: Answers::Json(|| json!({"type": "object", "properties": {"changed": {"type": "array", "items": {"type": "string"}}}})),
        handler: || post(mend),
    },
    Route {
        method: "POST",
        path: "/projects/{slug}/decisions/doctor/accept",
        endings: &[],
        needs: EDIT,
        summary: "Accept a fault as known, or all that there are; the project's file lintel-doctor.json keeps them",
        query: &[],
        sends: Sends::Json(|| object(&[], json!({"identity": {"type": "string", "description": "Of one fault; all without it"}}))),
        status: 200,
        answers: Answers::Json(|| json!({"type": "object", "properties": {"known": {"type": "integer"}}})),
        handler: || post(accept),
    },
];

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Wish {
    status: String,
    template: String,
    decider: String,
    about: String,
    year: String,
    text: String,
    sort: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WithKnown {
    known: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Index {
    path: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Mend {
    identity: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Accept {
    identity: Option<String>,
}

async fn list(State(app): App, SignedIn(actor): SignedIn, At(slug): At<String>, Ask(wish): Ask<Wish>) -> Outcome {
    let Wish { status, template, decider, about, year, text, sort } = wish;
    let filter = Filter { status, template, decider, about, year, text, sort };
    let items = decision_log::rows(&app, &actor, &slug, filter).await?;
    Ok(answer(StatusCode::OK, &json!({"items": items})))
}

async fn news(State(app): App, SignedIn(actor): SignedIn, At(slug): At<String>) -> Outcome {
    Ok(answer(StatusCode::OK, &decision_log::news::read(&app, &actor, &slug).await?))
}

async fn see(State(app): App, SignedIn(actor): SignedIn, At(slug): At<String>) -> Outcome {
    decision_log::news::see(&app, &actor, &slug).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn indexes(State(app): App, SignedIn(actor): SignedIn, At(slug): At<String>) -> Outcome {
    let page = decision_log::index::page(&app, &actor, &slug).await?;
    Ok(answer(StatusCode::OK, &json!({"files": page.files})))
}

async fn update_index(State(app): App, SignedIn(actor): SignedIn, At(slug): At<String>, Body(index): Body<Index>) -> Outcome {
    let changed = decision_log::index::update(&app, &actor, &slug, &index.path).await?;
    Ok(answer(StatusCode::OK, &json!({"changed": changed})))
}

async fn doctor(State(app): App, SignedIn(actor): SignedIn, At(slug): At<String>, Ask(wish): Ask<WithKnown>) -> Outcome {
    let page = decision_log::doctor::page(&app, &actor, &slug, wish.known.as_deref() == Some("1")).await?;
    Ok(answer(StatusCode::OK, &json!({"faults": page.faults, "known": page.known, "baseline": page.baseline})))
}

async fn mend(State(app): App, SignedIn(actor): SignedIn, At(slug): At<String>, Body(mend): Body<Mend>) -> Outcome {
    let changed = decision_log::doctor::mend(&app, &actor, &slug, &mend.identity).await?;
    Ok(answer(StatusCode::OK, &json!({"changed": changed})))
}

async fn accept(State(app): App, SignedIn(actor): SignedIn, At(slug): At<String>, Body(accept): Body<Accept>) -> Outcome {
    let known = decision_log::doctor::accept(&app, &actor, &slug, accept.identity.as_deref()).await?;
    Ok(answer(StatusCode::OK, &json!({"known": known})))
}

/// The schemas of these routes.
pub fn schemas() -> Value {
    let status = json!({"enum": ["draft", "proposed", "accepted", "rejected", "deprecated", "superseded", null]});
    let others = |what: &str| {
        json!({"type": "array", "description": what, "items": {"type": "object", "properties": {
            "path": {"type": "string"},
            "number": {"type": ["integer", "null"]},
            "title": {"type": "string"},
            "status": status.clone(),
        }}})
    };
    let words = json!({"type": "array", "items": {"type": "string"}});
    json!({
        "ListedDecision": {"type": "object", "properties": {
            "document": {"type": "string", "format": "uuid"},
            "path": {"type": "string"},
            "number": {"type": ["integer", "null"]},
            "title": {"type": "string"},
            "status": status.clone(),
            "written_status": {"type": "string", "description": "In the record's own words"},
            "template": {"type": "string"},
            "day": {"type": ["object", "null"], "properties": {"year": {"type": "integer"}, "month": {"type": "integer"}, "day": {"type": "integer"}}},
            "written_date": {"type": "string"},
            "deciders": words.clone(),
            "elements": words.clone(),
            "tags": words,
            "instead": others("What holds instead of a superseded one"),
            "will_supersede": others("What it supersedes once it is accepted"),
            "will_be_superseded": others("What supersedes it once that is accepted"),
            "findings": {"type": "array", "description": "Of the newest review, those that point at it", "items": {"type": "object", "properties": {
                "id": {"type": "string", "format": "uuid"},
                "review": {"type": "integer"},
                "code": {"type": "string"},
                "title": {"type": "string"},
                "severity": {"enum": ["critical", "high", "medium", "low"]},
            }}},
        }},
        "LogNews": {"type": "object", "properties": {
            "since": {"type": ["integer", "null"], "description": "Milliseconds since 1970; null the first time"},
            "items": {"type": "array", "items": {"type": "object", "properties": {
                "document": {"type": "string", "format": "uuid"},
                "number": {"type": ["integer", "null"]},
                "title": {"type": "string"},
                "what": {"type": "object", "properties": {
                    "type": {"enum": ["new", "status", "edited", "removed"]},
                    "from": {"type": "string"},
                    "to": {"type": "string"},
                }},
                "page": {"type": ["string", "null"]},
                "by": {"type": ["string", "null"]},
                "at": {"type": ["integer", "null"]},
            }}},
            "remarks": {"type": "array", "items": {"type": "object", "properties": {
                "finding": {"type": "string", "format": "uuid"},
                "page": {"type": "string"},
                "title": {"type": "string"},
                "author": {"type": "string"},
                "at": {"type": "integer"},
                "text": {"type": "string"},
            }}},
        }},
        "IndexFile": {"type": "object", "properties": {
            "path": {"type": "string"},
            "state": {"type": "object", "properties": {
                "type": {"enum": ["up-to-date", "out-of-date", "missing", "unmarked"]},
                "problem": {"type": "string"},
            }},
            "hunks": {"type": "array", "items": {"type": "object", "properties": {
                "lines": {"type": "array", "items": {"type": "object"}},
            }}},
        }},
        "LogDoctor": {"type": "object", "properties": {
            "faults": {"type": "array", "items": {"type": "object", "properties": {
                "identity": {"type": "string"},
                "path": {"type": "string"},
                "document": {"type": "string", "format": "uuid"},
                "page": {"type": "string"},
                "line": {"type": "integer"},
                "column": {"type": "integer"},
                "level": {"enum": ["note", "warning", "error"]},
                "code": {"type": "string"},
                "what": {"type": "string"},
                "why": {"type": "string"},
                "help": {"type": "string"},
                "quote": {"type": "string", "description": "The line it is about"},
                "fix": {"type": ["string", "null"], "description": "What one step can do about it"},
                "ask": {"type": ["array", "null"], "items": {"type": "string"}, "minItems": 2, "maxItems": 2,
                    "description": "A step that shows first what it does: its name, and the page where it begins"},
                "known": {"type": "boolean"},
            }}},
            "known": {"type": "integer", "description": "Accepted as known"},
            "baseline": {"type": "string", "description": "The file that says which"},
        }},
    })
}
