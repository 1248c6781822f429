//! One decision as a file of its own: markdown as it came, or a page that needs nothing else.

use axum::{
    body::Body as Bytes,
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
    routing::get,
};
use serde::Deserialize;

use crate::{
    api::reading::Views,
    domain::{account::Role, address::escape, id::DocumentId},
    server::{
        http::{
            auth::SignedIn,
            rest::{
                Answers, App, Needs, Outcome, Route, Sends,
                request::{Ask, At},
            },
        },
        service,
    },
};

pub const ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/decisions/{id}/markdown",
        endings: &[],
        needs: Needs::Membership(Role::Viewer),
        summary: "A decision's file, byte for byte as the export of the project has it",
        query: &[],
        sends: Sends::Nothing,
        status: 200,
        answers: Answers::Bytes("text/markdown"),
        handler: || get(markdown),
    },
    Route {
        method: "GET",
        path: "/decisions/{id}/html",
        endings: &[],
        needs: Needs::Membership(Role::Viewer),
        summary: "A decision as one HTML file: styles and drawn views inside, no scripts, nothing to load",
        query: &[("views", "`accepted` draws embedded views as they were when the decision was accepted; without it as they are now")],
        sends: Sends::Nothing,
        status: 200,
        answers: Answers::Bytes("text/html"),
        handler: || get(html),
    },
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wishes {
    views: Option<Views>,
}

async fn markdown(State(app): App, SignedIn(actor): SignedIn, At(id): At<DocumentId>) -> Outcome {
    let (name, bytes) = service::reading::file(&app, &actor, id).await?;
    Ok(download("text/markdown; charset=utf-8", &name, bytes))
}

async fn html(State(app): App, SignedIn(actor): SignedIn, At(id): At<DocumentId>, Ask(wishes): Ask<Wishes>) -> Outcome {
    let (name, html) = service::reading::page(&app, &actor, id, wishes.views.unwrap_or_default()).await?;
    Ok(download("text/html; charset=utf-8", &name, html))
}

/// A file to keep. A browser that shows it all the same shows it as nobody's page.
fn download(media: &'static str, name: &str, body: impl Into<Bytes>) -> Response {
    const INERT: HeaderValue = HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; sandbox");
    let disposition = HeaderValue::from_str(&format!("attachment; filename*=UTF-8''{}", escape(name)));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(media)),
        (header::CONTENT_DISPOSITION, disposition.unwrap_or(HeaderValue::from_static("attachment"))),
        (header::CONTENT_SECURITY_POLICY, INERT),
    ];
    (headers, body.into()).into_response()
}
