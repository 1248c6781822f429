//! Agents over the API: the library with its files, and which agents a project asks.

use std::collections::BTreeMap;

use axum::{
    extract::{Multipart, State, multipart::MultipartRejection},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{delete, get, post, put},
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    api::{agents::ImportedAgents, notices::Notice},
    domain::{account::Role, address::escape},
    server::{
        boot::AppState,
        error::ServiceError,
        http::{
            answer::Problem,
            auth::SignedIn,
            rest::{
                Answers, App, Needs, Outcome, PAGED, Route, Sends,
                request::{Ask, At, Body, Paging, json as answer, object, page_of, reference},
                upload,
            },
        },
        service::{self, access::Actor},
    },
};

/// The field of an upload that names its collection.
const COLLECTION: &str = "collection";

pub const ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/agents",
        endings: &[],
        needs: Needs::SignIn,
        summary: "The agents of the server's library, by handle",
        query: PAGED,
        sends: Sends::Nothing,
        status: 200,
        answers: Answers::Json(|| page_of("Agent")),
        handler: || get(list),
    },
    Route {
        method: "GET",
        path: "/agents.zip",
        endings: &[],
        needs: Needs::SignIn,
        summary: "Every agent's file byte for byte, in a folder for each collection",
        query: &[],
        sends: Sends::Nothing,
        status: 200,
        answers: Answers::Bytes("application/zip"),
        handler: || get(archive),
    },
    Route {
        method: "POST",
        path: "/agents/import",
        endings: &[],
        needs: Needs::Administrator,
        summary: "Bring agent files, or zip archives of them; a file that is there already becomes its next version",
        query: &[],
        sends: Sends::Files(&[(
            COLLECTION,
            "Goes before the names of agents that several collections have; an archive's own name without it",
        )]),
        status: 200,
        answers: Answers::Json(|| reference("ImportedAgents")),
        handler: || post(import),
    },
    Route {
        method: "GET",
        path: "/agents/{handle}",
        endings: &[],
        needs: Needs::SignIn,
        summary: "One agent with what there is to say about its file",
        query: &[],
        sends: Sends::Nothing,
        status: 200,
        answers: Answers::Json(|| reference("AgentView")),
        handler: || get(read),
    },
    Route {
        method: "DELETE",
        path: "/agents/{handle}",
        endings: &[],
        needs: Needs::Administrator,
        summary: "Take an agent out of use; its versions stay for the runs that name them",
        query: &[],
        sends: Sends::Nothing,
        status: 204,
        answers: Answers::Nothing,
        handler: || delete(remove),
    },
    Route {
        method: "GET",
        path: "/agents/{handle}/file",
        endings: &[],
        needs: Needs::SignIn,
        summary: "An agent's file, byte for byte as it came in",
        query: &[("version", "The hash of a version; the one in use without it")],
        sends: Sends::Nothing,
        status: 200,
        answers: Answers::Bytes("text/markdown"),
        handler: || get(file),
    },
    Route {
        method: "GET",
        path: "/projects/{slug}/agents",
        endings: &[],
        needs: Needs::Membership(Role::Viewer),
        summary: "Which agents a project asks with each review, and which others there are",
        query: &[],
        sends: Sends::Nothing,
        status: 200,
        answers: Answers::Json(|| reference("ProjectAgents")),
        handler: || get(chosen),
    },
    Route {
        method: "PUT",
        path: "/projects/{slug}/agents",
        endings: &[],
        needs: Needs::Membership(Role::Owner),
        summary: "Settle which agents a project asks with each review; those not named are not asked",
        query: &[],
        sends: Sends::Json(|| {
            let agent = object(&["agent"], json!({"agent": {"type": "string"}, "required": {"type": "boolean"}}));
            object(
                &["agents", "external_models"],
                json!({
                    "external_models": {"type": "boolean"},
                    "daily_dollars": {"type": "string", "description": "What agents may cost in a day, such as `2.50`; empty for the server's default; without it, as it was"},
                    "agents": {"type": "array", "items": agent},
                }),
            )
        }),
        status: 200,
        answers: Answers::Json(|| reference("ProjectAgents")),
        handler: || put(choose),
    },
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Choice {
    agents: Vec<Chosen>,
    external_models: bool,
    #[serde(default)]
    daily_dollars: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Chosen {
    agent: String,
    #[serde(default)]
    required: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Version {
    version: Option<String>,
}

async fn list(State(app): App, SignedIn(actor): SignedIn, Ask(paging): Ask<Paging>) -> Outcome {
    let agents = service::agents::list(&app, &actor).await?;
    paging.page(agents, |agent| agent.handle.clone(), |text| Some(text.to_owned()))
}

async fn read(State(app): App, SignedIn(actor): SignedIn, At(handle): At<String>) -> Outcome {
    Ok(answer(StatusCode::OK, &service::agents::view(&app, &actor, &handle).await?))
}

async fn remove(State(app): App, SignedIn(actor): SignedIn, At(handle): At<String>) -> Outcome {
    service::agents::edit::remove(&app, &actor, &handle, None).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn file(State(app): App, SignedIn(actor): SignedIn, At(handle): At<String>, Ask(asked): Ask<Version>) -> Outcome {
    let (name, bytes) = service::agents::file(&app, &actor, &handle, asked.version.as_deref()).await?;
    Ok(download("text/markdown; charset=utf-8", &name, bytes))
}

async fn archive(State(app): App, SignedIn(actor): SignedIn) -> Outcome {
    Ok(download("application/zip", "agents.zip", service::agents::archive(&app, &actor).await?))
}

/// Bytes to be saved under a name. A name of other letters is sent so that every browser reads it.
fn download(media: &'static str, name: &str, bytes: Vec<u8>) -> Response {
    let disposition = HeaderValue::from_str(&format!("attachment; filename*=UTF-8''{}", escape(name)));
    let disposition = disposition.unwrap_or(HeaderValue::from_static("attachment"));
    let headers = [(header::CONTENT_TYPE, HeaderValue::from_static(media)), (header::CONTENT_DISPOSITION, disposition)];
    (headers, bytes).into_response()
}

/// Also takes the form of the library's page: a browser that asks for a page is led back to it with what happened.
async fn import(State(app): App, SignedIn(actor): SignedIn, headers: HeaderMap, files: Result<Multipart, MultipartRejection>) -> Outcome {
    let mut collection = String::new();
    let outcome = bring(&app, &actor, files, &mut collection).await;
    let page = upload::wants_page(&headers);
    let back = |notice: Notice| {
        let location = HeaderValue::from_str(&service::notices::leave(&app, &actor, "/settings/agents#import", notice));
        (StatusCode::SEE_OTHER, [(header::LOCATION, location.unwrap_or(HeaderValue::from_static("/settings/agents")))]).into_response()
    };
    match outcome {
        Ok(imported) if page => Ok(back(Notice::AgentsImported(imported))),
        Ok(imported) => Ok(answer(StatusCode::OK, &imported)),
        Err(problem) if page => Ok(back(Notice::Typed { form: "import".to_owned(), text: collection, error: problem.error() })),
        Err(problem) => Err(problem),
    }
}

async fn bring(
    app: &AppState,
    actor: &Actor,
    files: Result<Multipart, MultipartRejection>,
    collection: &mut String,
) -> Result<ImportedAgents, Problem> {
    // The right comes before the upload: nobody makes the server read 64 MiB for nothing.
    service::access::administrator(actor)?;
    let mut upload = upload::read(files, &[COLLECTION]).await?;
    *collection = upload.words.remove(COLLECTION).unwrap_or_default();
    take(app.clone(), actor.clone(), collection.clone(), upload.files).await
}

async fn take(app: AppState, actor: Actor, collection: String, uploads: Vec<(String, Vec<u8>)>) -> Result<ImportedAgents, Problem> {
    // On its own, so that a client who hangs up does not leave half an import.
    let work = async move { service::agents::import::import(&app, &actor, &collection, uploads).await };
    let task = tokio::spawn(tracing::Instrument::in_current_span(work));
    Ok(task.await.map_err(|error| ServiceError::internal(format!("the import ended early: {error}")))??)
}

async fn chosen(State(app): App, SignedIn(actor): SignedIn, At(slug): At<String>) -> Outcome {
    Ok(answer(StatusCode::OK, &service::agents::project::get(&app, &actor, &slug).await?))
}

async fn choose(State(app): App, SignedIn(actor): SignedIn, At(slug): At<String>, Body(choice): Body<Choice>) -> Outcome {
    let agents: BTreeMap<String, bool> = choice.agents.into_iter().map(|chosen| (chosen.agent, chosen.required)).collect();
    let choice = service::agents::project::Choice { agents, external_models: choice.external_models, daily_dollars: choice.daily_dollars };
    let chosen = service::agents::project::set(&app, &actor, &slug, &choice).await?;
    Ok(answer(StatusCode::OK, &chosen))
}

/// The schemas of these routes.
pub fn schemas() -> Value {
    let text = || json!({"type": "string"});
    let texts = || json!({"type": "array", "items": {"type": "string"}});
    let moment = || json!({"type": ["integer", "null"], "description": "Milliseconds since 1970-01-01T00:00:00Z"});
    let outcome = || json!({"enum": ["loaded", "repaired", "refused"]});
    json!({
        "Agent": {"type": "object", "properties": {
            "handle": {"type": "string", "description": "What it is found by: its name, with the collection before it where several have the name"},
            "name": text(),
            "card": {"type": "string", "description": "The description's first sentence"},
            "source": {"type": "string", "description": "The collection it came with; `lintel` for those that come with Lintel"},
            "built_in": {"type": "boolean"},
            "path": text(),
            "hash": {"type": "string", "description": "BLAKE3 of the file's bytes"},
            "outcome": outcome(),
            "warnings": {"type": "integer"},
            "notes": {"type": "integer"},
            "lens": texts(),
            "severity_floor": {"type": ["string", "null"]},
            "max_findings": {"type": ["integer", "null"]},
            "applies_to": texts(),
            "tools": {"type": "array", "items": {"type": "object", "properties": {
                "written": text(),
                "standing": {"enum": ["supported", "denied", "ignored", "refused"]},
                "reason": text(),
            }}},
            "model": {"type": ["string", "null"], "description": "The model that the file would like"},
            "trusted": {"type": "boolean"},
            "added_by": {"type": ["string", "null"]},
            "added_at": moment(),
            "asked_in": {"type": "array", "description": "Your projects that ask it with each review", "items": {"type": "object", "properties": {
                "slug": text(), "name": text(), "required": {"type": "boolean"},
            }}},
        }},
        "AgentRemark": {"type": "object", "properties": {
            "severity": {"enum": ["note", "warning", "error"]},
            "line": {"type": "integer"},
            "column": {"type": "integer"},
            "code": text(), "what": text(), "why": text(), "help": text(),
        }},
        "Hunk": {"type": "object", "properties": {"lines": {"type": "array", "items": {"type": "object", "properties": {
            "fate": {"enum": ["same", "added", "removed"]},
            "old": {"type": ["integer", "null"]},
            "new": {"type": ["integer", "null"]},
            "text": text(),
        }}}}},
        "AgentView": {"type": "object", "properties": {
            "agent": reference("Agent"),
            "description": text(),
            "entries": {"type": "array", "items": {"type": "object", "properties": {
                "key": text(), "value": text(), "read": {"type": "boolean"},
            }}},
            "remarks": {"type": "array", "items": reference("AgentRemark")},
            "examples": {"type": "array", "items": {"type": "object"}},
            "errata": texts(),
            "model_note": {"type": ["string", "null"], "description": "Which model it gets, when that is another than the file names"},
            "body": {"type": "string", "description": "The persona, as markdown"},
            "text": {"type": "string", "description": "The whole file as text"},
            "versions": {"type": "array", "items": {"type": "object", "properties": {
                "hash": text(), "size": {"type": "integer"}, "added_by": text(), "added_at": moment(), "in_use": {"type": "boolean"},
            }}},
            "fix": {"type": "array", "description": "What mending the file would change, with the lines around", "items": reference("Hunk")},
            "projects": {"type": "integer", "description": "How many projects of the server ask it with each review"},
            "now": moment(),
            "can_change": {"type": "boolean"},
            "can_copy": {"type": "boolean"},
        }},
        "ImportedAgents": {"type": "object", "properties": {
            "summary": {"type": "string", "description": "`loaded 3, repaired 1, refused 0`"},
            "tally": {"type": "object", "properties": {
                "loaded": {"type": "integer"}, "repaired": {"type": "integer"}, "refused": {"type": "integer"},
            }},
            "files": {"type": "array", "items": {"type": "object", "properties": {
                "file": text(),
                "source": text(),
                "outcome": outcome(),
                "handle": {"type": ["string", "null"]},
                "unchanged": {"type": "boolean"},
                "remarks": {"type": "array", "items": reference("AgentRemark")},
            }}},
            "warnings": texts(),
        }},
        "ProjectAgents": {"type": "object", "properties": {
            "external_models": {"type": "boolean", "description": "Whether the project's designs may be sent to a model outside this machine"},
            "daily_cap": {"type": ["integer", "null"], "description": "What its agents may cost in a day (UTC), in millionths of a dollar; null where the server's default counts"},
            "daily_default": {"type": ["integer", "null"], "description": "The server's default; null for no limit"},
            "spent_today": {"type": "integer", "description": "What they have cost today, in millionths of a dollar"},
            "agents": {"type": "array", "items": {"type": "object", "properties": {
                "handle": text(),
                "card": text(),
                "source": text(),
                "asked": {"type": "boolean"},
                "required": {"type": "boolean", "description": "Without its answer a review is inconclusive"},
                "known": {"type": "boolean", "description": "False for one that is no longer in the library"},
            }}},
        }},
    })
}
