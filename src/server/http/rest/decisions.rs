//! Decisions over the API: statuses, links, sign-off, errata and numbers. Their texts are documents.

use axum::{
    extract::State,
    http::StatusCode,
    response::IntoResponse,
    routing::{delete, get, post, put},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    api::decisions::{Choice, Standing, Wish},
    domain::{
        account::Role,
        decision::{
            LinkKind,
            log::{renumber::Renumbering, step::Change},
            status::Status,
            workflow::{Circumstances, Origin, change},
        },
        id::DocumentId,
    },
    server::{
        http::{
            auth::SignedIn,
            rest::{
                Answers, App, Needs, Outcome, Route, Sends,
                request::{Ask, At, Body, json as answer, object, reference},
            },
        },
        service::decisions::{self, create},
    },
};

const EDIT: Needs = Needs::Membership(Role::Editor);

pub const ROUTES: &[Route] = &[
    Route {
        method: "POST",
        path: "/projects/{slug}/decisions",
        endings: &[],
        needs: EDIT,
        summary: "Create a decision from a template, under the next number",
        query: &[],
        sends: Sends::Json(|| {
            object(
                &["title"],
                json!({
                    "title": {"type": "string"},
                    "template": {"enum": ["own", "madr-4", "madr-4-minimal", "madr-4-bare", "madr-4-bare-minimal", "nygard", "y-statement"],
                        "description": "What most of the log is written in without it"},
                    "status": {"enum": ["draft", "proposed", "accepted"]},
                    "supersedes": {"type": "string", "format": "uuid", "description": "Takes effect when the new one is accepted"},
                }),
            )
        }),
        status: 201,
        answers: Answers::Json(|| reference("Document")),
        handler: || post(begin),
    },
    Route {
        method: "GET",
        path: "/documents/{id}/decision",
        endings: &[],
        needs: Needs::Membership(Role::Viewer),
        summary: "Where a decision stands: its status and ways on from it, who decides and what they say, and how it came about",
        query: &[],
        sends: Sends::Nothing,
        status: 200,
        answers: Answers::Json(|| reference("Decision")),
        handler: || get(standing),
    },
    Route {
        method: "POST",
        path: "/documents/{id}/status",
        endings: &[],
        needs: EDIT,
        summary: "Change a decision's status; accepting it puts supersessions into effect that waited for it",
        query: &[],
        sends: Sends::Json(|| {
            object(
                &["status"],
                json!({
                    "status": status_schema(),
                    "reason": {"type": "string", "description": "Needed to deprecate"},
                    "despite_objections": {"type": "boolean", "description": "Accepts although somebody who decides objects"},
                }),
            )
        }),
        status: 200,
        answers: Answers::Json(|| reference("DecisionStep")),
        handler: || post(set_status),
    },
    Route {
        method: "POST",
        path: "/documents/{id}/links",
        endings: &[],
        needs: EDIT,
        summary: "Link a decision to another one; both say it",
        query: &[],
        sends: Sends::Json(|| object(&["kind", "other"], json!({"kind": kind_schema(), "other": {"type": "string", "format": "uuid"}}))),
        status: 200,
        answers: Answers::Json(|| reference("DecisionStep")),
        handler: || post(link),
    },
    Route {
        method: "DELETE",
        path: "/documents/{id}/links",
        endings: &[],
        needs: EDIT,
        summary: "Take a link to another decision away, at both ends",
        query: &[
            ("kind", "How they are linked: `amends`, `amended-by`, `depends-on`, `relates-to`, `supersedes`"),
            ("other", "The other decision's id"),
        ],
        sends: Sends::Nothing,
        status: 200,
        answers: Answers::Json(|| reference("DecisionStep")),
        handler: || delete(unlink),
    },
    Route {
        method: "PUT",
        path: "/documents/{id}/sign-off",
        endings: &[],
        needs: Needs::Membership(Role::Commenter),
        summary: "Agree or object to a decision, for whoever it names as deciding",
        query: &[],
        sends: Sends::Json(|| {
            object(&["agrees"], json!({"agrees": {"type": "boolean"}, "note": {"type": "string", "description": "Needed to object"}}))
        }),
        status: 204,
        answers: Answers::Nothing,
        handler: || put(sign_off),
    },
    Route {
        method: "DELETE",
        path: "/documents/{id}/sign-off",
        endings: &[],
        needs: Needs::Membership(Role::Commenter),
        summary: "Take one's word on a decision back",
        query: &[],
        sends: Sends::Nothing,
        status: 204,
        answers: Answers::Nothing,
        handler: || delete(withdraw),
    },
    Route {
        method: "POST",
        path: "/documents/{id}/errata",
        endings: &[],
        needs: EDIT,
        summary: "Say what is wrong in a decision that was made; the rest of it stays locked",
        query: &[],
        sends: Sends::Json(|| object(&["text"], json!({"text": {"type": "string"}}))),
        status: 200,
        answers: Answers::Json(|| reference("DecisionStep")),
        handler: || post(erratum),
    },
    Route {
        method: "POST",
        path: "/documents/{id}/number",
        endings: &[],
        needs: EDIT,
        summary: "Give a decision another number, and change whatever leads to it; or only say what would change",
        query: &[],
        sends: Sends::Json(|| object(&["number"], json!({"number": {"type": "integer", "minimum": 0}, "preview": {"type": "boolean"}}))),
        status: 200,
        answers: Answers::Json(|| reference("Renumbering")),
        handler: || post(renumber),
    },
];

fn status_schema() -> Value {
    json!({"enum": Status::ALL.map(Status::slug)})
}

fn kind_schema() -> Value {
    json!({"enum": ["supersedes", "superseded-by", "amends", "amended-by", "depends-on", "relates-to"]})
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Beginning {
    title: String,
    template: Option<Choice>,
    status: Option<Status>,
    supersedes: Option<DocumentId>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Linked {
    kind: LinkKind,
    other: DocumentId,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Word {
    agrees: bool,
    #[serde(default)]
    note: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Erratum {
    text: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Number {
    number: u32,
    #[serde(default)]
    preview: bool,
}

#[derive(Serialize)]
struct Place {
    status: Option<Status>,
    ways: Vec<Way>,
    #[serde(flatten)]
    standing: Standing,
}

/// A status and whether it can be had now.
#[derive(Serialize)]
struct Way {
    to: Status,
    why_not: Option<String>,
}

#[derive(Serialize)]
struct Step {
    /// Paths of the documents that changed.
    changed: Vec<String>,
    done: Vec<String>,
    warnings: Vec<String>,
}

fn step(change: Change) -> Step {
    Step { changed: change.edits.into_keys().collect(), done: change.done, warnings: change.warnings }
}

async fn begin(State(app): App, SignedIn(actor): SignedIn, At(slug): At<String>, Body(new): Body<Beginning>) -> Outcome {
    let status = new.status.unwrap_or(Status::Proposed);
    let beginning = create::Beginning { title: new.title, choice: new.template, status, supersedes: new.supersedes };
    Ok(answer(StatusCode::CREATED, &create::create(&app, &actor, &slug, &beginning).await?))
}

async fn standing(State(app): App, SignedIn(actor): SignedIn, At(id): At<DocumentId>) -> Outcome {
    let (status, successors) = decisions::place(&app, &actor, id).await?;
    let circumstances = Circumstances { reason: Some("any"), successors: &successors };
    let way = |to: Status| Way { to, why_not: change(Origin::of(status), to, &circumstances).err().map(|refusal| refusal.to_string()) };
    let standing = decisions::standing(&app, &actor, id).await?;
    Ok(answer(StatusCode::OK, &Place { status, ways: Status::ALL.into_iter().map(way).collect(), standing }))
}

async fn set_status(State(app): App, SignedIn(actor): SignedIn, At(id): At<DocumentId>, Body(wish): Body<Wish>) -> Outcome {
    Ok(answer(StatusCode::OK, &step(decisions::set_status(&app, &actor, id, &wish).await?)))
}

async fn link(State(app): App, SignedIn(actor): SignedIn, At(id): At<DocumentId>, Body(linked): Body<Linked>) -> Outcome {
    Ok(answer(StatusCode::OK, &step(decisions::link(&app, &actor, id, linked.kind, linked.other).await?)))
}

async fn unlink(State(app): App, SignedIn(actor): SignedIn, At(id): At<DocumentId>, Ask(linked): Ask<Linked>) -> Outcome {
    Ok(answer(StatusCode::OK, &step(decisions::unlink(&app, &actor, id, linked.kind, linked.other).await?)))
}

async fn sign_off(State(app): App, SignedIn(actor): SignedIn, At(id): At<DocumentId>, Body(word): Body<Word>) -> Outcome {
    decisions::sign_off(&app, &actor, id, word.agrees, &word.note).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn withdraw(State(app): App, SignedIn(actor): SignedIn, At(id): At<DocumentId>) -> Outcome {
    decisions::withdraw(&app, &actor, id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn erratum(State(app): App, SignedIn(actor): SignedIn, At(id): At<DocumentId>, Body(erratum): Body<Erratum>) -> Outcome {
    Ok(answer(StatusCode::OK, &step(decisions::add_erratum(&app, &actor, id, &erratum.text).await?)))
}

async fn renumber(State(app): App, SignedIn(actor): SignedIn, At(id): At<DocumentId>, Body(wanted): Body<Number>) -> Outcome {
    let Renumbering { change, preview } = if wanted.preview {
        decisions::renumbering(&app, &actor, id, wanted.number).await?
    } else {
        decisions::renumber(&app, &actor, id, wanted.number).await?
    };
    Ok(answer(StatusCode::OK, &json!({"moved": change.moved, "lines": preview, "warnings": change.warnings})))
}

/// The schemas of these routes.
pub fn schemas() -> Value {
    let texts = || json!({"type": "array", "items": {"type": "string"}});
    json!({
        "Decision": {"type": "object", "properties": {
            "status": {"anyOf": [status_schema(), {"type": "null"}]},
            "ways": {"type": "array", "items": {"type": "object", "properties": {
                "to": status_schema(),
                "why_not": {"type": ["string", "null"], "description": "Null where the way is open"},
            }}},
            "voices": {"type": "array", "items": {"type": "object", "properties": {
                "name": {"type": "string"},
                "said": {"type": ["object", "null"], "properties": {
                    "agrees": {"type": "boolean"}, "note": {"type": "string"}, "at": {"type": "integer"},
                }},
                "own": {"type": "boolean", "description": "Whether it is the one who asks"},
            }}},
            "turns": {"type": "array", "items": {"type": "object", "properties": {
                "at": {"type": "integer"},
                "who": {"type": "string"},
                "before": {"anyOf": [status_schema(), {"type": "null"}]},
                "after": status_schema(),
                "reason": {"type": "string"},
            }}},
        }},
        "DecisionStep": {"type": "object", "properties": {"changed": texts(), "done": texts(), "warnings": texts()}},
        "Renumbering": {"type": "object", "properties": {
            "moved": {"type": "object", "additionalProperties": {"type": "string"}},
            "lines": {"type": "array", "items": {"type": "object", "properties": {
                "path": {"type": "string"}, "line": {"type": "integer"}, "before": {"type": "string"}, "after": {"type": "string"},
            }}},
            "warnings": texts(),
        }},
    })
}
