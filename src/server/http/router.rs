//! Every route of the server and every layer around them.

use std::sync::Arc;

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    http::StatusCode,
    middleware::{from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::get,
};
use leptos::prelude::{AnyView, IntoAny, provide_context};
use leptos_axum::{LeptosRoutes, generate_route_list, render_app_async_with_context};
use tower_http::compression::CompressionLayer;

use crate::{
    api::ApiError,
    server::{
        boot::AppState,
        http::{
            answer::{self, Problem},
            auth, headers, health, limits, observe, rest, socket,
        },
    },
    ui,
};

/// The whole server.
pub fn router(app: AppState) -> Router {
    Router::new()
        .route("/collab/{document}", get(socket::collab))
        .route("/health", get(health::health))
        .route("/ready", get(health::ready))
        .route("/metrics", get(health::metrics))
        .merge(rest::router())
        .leptos_routes_with_context(&app, generate_route_list(ui::app::App), || {}, shell(&app))
        .fallback(anything_else)
        .method_not_allowed_fallback(wrong_method)
        // From the inside out: the last one sees a request first.
        .layer(from_fn(answer::blame))
        .layer(from_fn_with_state(app.clone(), auth::gate))
        .layer(from_fn_with_state(app.clone(), headers::same_site))
        .layer(from_fn_with_state(app.clone(), auth::resolve))
        .layer(from_fn(limits::body))
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn(limits::contain))
        .layer(CompressionLayer::new())
        .layer(from_fn_with_state(app.clone(), headers::protect))
        .layer(from_fn_with_state(app.clone(), observe::observe))
        .with_state(app)
}

/// The document around every page.
fn shell(app: &AppState) -> impl Fn() -> AnyView + Clone + Send + Sync + 'static {
    let assets = Arc::clone(&app.assets);
    move || {
        headers::start_page();
        ui::app::shell(assets.frame()).into_any()
    }
}

/// Files of the site; nothing else is left.
async fn anything_else(State(app): State<AppState>, request: Request) -> Response {
    let path = request.uri().path();
    if let Some(file) = app.assets.answer(request.method(), path, request.headers()).await {
        return file;
    }
    let reads = matches!(request.method().as_str(), "GET" | "HEAD");
    if !reads || ["/api/", "/fn/", "/pkg/", "/collab/"].iter().any(|prefix| path.starts_with(prefix)) {
        return Problem::not_found("The address").into_response();
    }
    missing(app, request).await
}

/// The page that says there is nothing here.
pub async fn missing(app: AppState, request: Request) -> Response {
    let context = {
        let app = app.clone();
        move || provide_context(app.clone())
    };
    let mut page = render_app_async_with_context(context, shell(&app))(request).await;
    *page.status_mut() = StatusCode::NOT_FOUND;
    page
}

async fn wrong_method() -> Problem {
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, ApiError::Forbidden { reason: "This address does not take that method.".to_owned() })
}
