//! Projects over the API, with import and export.

use axum::{
    extract::{Multipart, State, multipart::MultipartRejection},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::IntoResponse,
    routing::{delete, get, patch, post},
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    api::notices::Notice,
    domain::{account::Role, address::escape, project::Imported},
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
        service::{self, access::Actor, projects::ProjectChange},
    },
};

pub const ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/projects",
        endings: &[],
        needs: Needs::SignIn,
        summary: "Your projects, with counts and the newest verdict",
        query: PAGED,
        sends: Sends::Nothing,
        status: 200,
        answers: Answers::Json(|| page_of("ProjectCard")),
        handler: || get(list),
    },
    Route {
        method: "POST",
        path: "/projects",
        endings: &[],
        needs: Needs::SignIn,
        summary: "Create a project with you as its owner",
        query: &[],
        sends: Sends::Json(|| {
            object(&["name"], json!({"name": {"type": "string"}, "slug": {"type": "string"}, "description": {"type": "string"}}))
        }),
        status: 201,
        answers: Answers::Json(|| reference("Project")),
        handler: || post(create),
    },
    Route {
        method: "GET",
        path: "/projects/{slug}",
        endings: &[],
        needs: Needs::Membership(Role::Viewer),
        summary: "A project",
        query: &[],
        sends: Sends::Nothing,
        status: 200,
        answers: Answers::Json(|| reference("Project")),
        handler: || get(read),
    },
    Route {
        method: "PATCH",
        path: "/projects/{slug}",
        endings: &[],
        needs: Needs::Membership(Role::Owner),
        summary: "Change a project's name, description or where its tickets are; its address stays",
        query: &[],
        sends: Sends::Json(|| {
            object(
                &[],
                json!({
                    "name": {"type": "string"},
                    "description": {"type": "string"},
                    "ticket_url": {"type": "string", "description": "Where tickets of findings are: an address with {ticket} in it"},
                }),
            )
        }),
        status: 200,
        answers: Answers::Json(|| reference("Project")),
        handler: || patch(change),
    },
    Route {
        method: "DELETE",
        path: "/projects/{slug}",
        endings: &[],
        needs: Needs::Membership(Role::Owner),
        summary: "Delete a project; an owner can recover it for 30 days",
        query: &[],
        sends: Sends::Nothing,
        status: 204,
        answers: Answers::Nothing,
        handler: || delete(remove),
    },
    Route {
        method: "POST",
        path: "/projects/{slug}/restore",
        endings: &[],
        needs: Needs::Membership(Role::Owner),
        summary: "Recover a deleted project",
        query: &[],
        sends: Sends::Nothing,
        status: 200,
        answers: Answers::Json(|| reference("Project")),
        handler: || post(restore),
    },
    Route {
        method: "POST",
        path: "/projects/{slug}/import",
        endings: &[],
        needs: Needs::Membership(Role::Editor),
        summary: "Import a zip archive or single files; texts that are there already are replaced as an edit",
        query: &[],
        sends: Sends::Files(&[]),
        status: 200,
        answers: Answers::Json(|| reference("Imported")),
        handler: || post(import),
    },
    Route {
        method: "GET",
        path: "/projects/{slug}/export",
        endings: &[],
        needs: Needs::Membership(Role::Viewer),
        summary: "The project as a zip archive; files nobody changed come back byte for byte",
        query: &[],
        sends: Sends::Nothing,
        status: 200,
        answers: Answers::Bytes("application/zip"),
        handler: || get(export),
    },
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct New {
    name: String,
    slug: Option<String>,
    #[serde(default)]
    description: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    name: Option<String>,
    description: Option<String>,
    ticket_url: Option<String>,
}

impl Change {
    fn wanted(&self) -> ProjectChange<'_> {
        ProjectChange { name: self.name.as_deref(), description: self.description.as_deref(), ticket_url: self.ticket_url.as_deref() }
    }
}

async fn list(State(app): App, SignedIn(actor): SignedIn, Ask(paging): Ask<Paging>) -> Outcome {
    let mut projects = service::projects::list(&app, &actor).await?;
    projects.sort_by(|left, right| left.project.slug.cmp(&right.project.slug));
    paging.page(projects, |card| card.project.slug.clone(), |text| Some(text.to_owned()))
}

async fn create(State(app): App, SignedIn(actor): SignedIn, Body(new): Body<New>) -> Outcome {
    let project = service::projects::create(&app, &actor, &new.name, new.slug.as_deref(), &new.description).await?;
    Ok(answer(StatusCode::CREATED, &project))
}

async fn read(State(app): App, SignedIn(actor): SignedIn, At(slug): At<String>) -> Outcome {
    Ok(answer(StatusCode::OK, &service::projects::get(&app, &actor, &slug).await?))
}

async fn change(State(app): App, SignedIn(actor): SignedIn, At(slug): At<String>, Body(change): Body<Change>) -> Outcome {
    let project = service::projects::rename(&app, &actor, &slug, change.wanted()).await?;
    Ok(answer(StatusCode::OK, &project))
}

async fn remove(State(app): App, SignedIn(actor): SignedIn, At(slug): At<String>) -> Outcome {
    service::projects::delete(&app, &actor, &slug).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn restore(State(app): App, SignedIn(actor): SignedIn, At(slug): At<String>) -> Outcome {
    service::projects::restore(&app, &actor, &slug).await?;
    Ok(answer(StatusCode::OK, &service::projects::get(&app, &actor, &slug).await?))
}

async fn export(State(app): App, SignedIn(actor): SignedIn, At(slug): At<String>) -> Outcome {
    let archive = service::export::export(&app, &actor, &slug).await?;
    let name = HeaderValue::from_str(&format!("attachment; filename=\"{slug}.zip\""));
    let name = name.unwrap_or(HeaderValue::from_static("attachment; filename=\"project.zip\""));
    Ok(([(header::CONTENT_TYPE, HeaderValue::from_static("application/zip")), (header::CONTENT_DISPOSITION, name)], archive)
        .into_response())
}

/// Also takes the form of the project's page: a browser that asks for a page is led back to it with what happened.
async fn import(
    State(app): App,
    SignedIn(actor): SignedIn,
    At(slug): At<String>,
    headers: HeaderMap,
    files: Result<Multipart, MultipartRejection>,
) -> Outcome {
    // The right comes before the upload: nobody makes the server read 64 MiB for nothing.
    service::access::project(&app, &actor, &slug, Role::Editor).await?;
    let outcome = match upload::read(files, &[]).await {
        Ok(upload) => take(app.clone(), actor.clone(), &slug, upload.files).await,
        Err(problem) => Err(problem),
    };
    let back = |notice: Notice| {
        let page = format!("/p/{}?new=import", escape(&slug));
        let location = HeaderValue::from_str(&service::notices::leave(&app, &actor, &page, notice));
        (StatusCode::SEE_OTHER, [(header::LOCATION, location.unwrap_or(HeaderValue::from_static("/")))]).into_response()
    };
    let page = upload::wants_page(&headers);
    match outcome {
        Ok(imported) if page => Ok(back(Notice::Imported(imported))),
        Ok(imported) => Ok(answer(StatusCode::OK, &imported)),
        Err(problem) if page => Ok(back(Notice::NotImported(problem.detail()))),
        Err(problem) => Err(problem),
    }
}

async fn take(app: AppState, actor: Actor, slug: &str, uploads: Vec<(String, Vec<u8>)>) -> Result<Imported, Problem> {
    let slug = slug.to_owned();
    // On its own, so that a client who hangs up does not leave half an import.
    let task =
        tokio::spawn(tracing::Instrument::in_current_span(async move { service::import::import(&app, &actor, &slug, uploads).await }));
    Ok(task.await.map_err(|error| ServiceError::internal(format!("the import ended early: {error}")))??)
}

/// The schemas of these routes.
pub fn schemas() -> Value {
    let moment = || json!({"type": "integer", "description": "Milliseconds since 1970-01-01T00:00:00Z"});
    let project = json!({
        "id": {"type": "string", "format": "uuid"},
        "slug": {"type": "string", "description": "Its address: lower-case letters, digits and hyphens"},
        "name": {"type": "string"},
        "description": {"type": "string"},
        "role": {"enum": ["viewer", "commenter", "editor", "owner"], "description": "What you may do in it"},
        "created_at": moment(),
        "updated_at": moment(),
        "deleted_at": {"type": ["integer", "null"]},
    });
    json!({
        "Project": {"type": "object", "properties": project},
        "ProjectCard": {"type": "object", "properties": {
            "project": reference("Project"),
            "diagrams": {"type": "integer"},
            "decisions": {"type": "integer"},
            "reviews": {"type": "integer"},
            "members": {"type": "integer"},
            "verdict": {"type": ["string", "null"], "description": "Of the newest finished review"},
            "counts": reference("Counts"),
        }},
        "Imported": {"type": "object", "properties": {
            "documents": {"type": "array", "items": reference("Document")},
            "kept": {"type": "array", "items": {"type": "string"}, "description": "Paths of files kept byte for byte"},
            "warnings": {"type": "array", "items": {"type": "string"}},
        }},
    })
}
