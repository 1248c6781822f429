//! One id, one span and one access line per request, and the counters behind `/metrics`.

use std::time::Instant;

use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};
use tracing::Instrument;

use crate::server::{
    boot::AppState,
    http::answer::{self, RequestId},
};

/// The outermost layer: names the request, watches it, and finishes errors that have to name it.
pub async fn observe(State(app): State<AppState>, mut request: Request, next: Next) -> Response {
    let id = RequestId(app.ids.uuid());
    let text = id.to_string();
    request.extensions_mut().insert(id);
    let method = request.method().clone();
    // Queries hold setup tokens and search terms, and some paths hold the secret of a link: neither is logged.
    let path = without_secrets(request.uri().path());
    let span = tracing::info_span!("request", request_id = %text);
    let began = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    let _inside = span.enter();
    response = answer::finish(response, &text);
    if let Ok(value) = HeaderValue::from_str(&text) {
        response.headers_mut().insert(HeaderName::from_static("x-request-id"), value);
    }
    let took = began.elapsed();
    app.health.answered(response.status(), took);
    let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    tracing::info!(%method, path, status = response.status().as_u16(), ms = milliseconds, "answered");
    response
}

fn without_secrets(path: &str) -> String {
    for prefix in ["/invite/", "/s/"] {
        if path.starts_with(prefix) {
            return format!("{prefix}…");
        }
    }
    path.to_owned()
}
