//! How large a request may be and how long its answer may take.

use std::{panic::AssertUnwindSafe, time::Duration};

use axum::{
    body::Body,
    extract::Request,
    http::{StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures::FutureExt;
use http_body_util::Limited;

use crate::{
    api::ApiError,
    server::{error::ServiceError, http::answer::Problem},
};

/// Bytes of an ordinary request's body.
const BODY: usize = 2 * 1024 * 1024;
/// Routes that take more, by the end of their path. Their handlers count what is inside the body themselves.
const LARGE: &[(&str, usize)] = &[("/import", 64 * 1024 * 1024)];
/// How long a handler may take until its answer begins.
const PATIENCE: Duration = Duration::from_mins(1);

/// Refuses bodies that are too large, by their announced length at once, and by their real length while they are read.
pub async fn body(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let most = LARGE.iter().find(|(end, _)| path.ends_with(end)).map_or(BODY, |(_, most)| *most);
    let announced = request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > most) {
        return Problem::from(ServiceError::too_large(format!("The request is larger than {} MiB.", most / 1024 / 1024))).into_response();
    }
    next.run(request.map(|body| Body::new(Limited::new(body, most)))).await
}

/// Ends what takes too long, and keeps a fault in one request from being anybody else's.
pub async fn contain(request: Request, next: Next) -> Response {
    match tokio::time::timeout(PATIENCE, AssertUnwindSafe(next.run(request)).catch_unwind()).await {
        Ok(Ok(response)) => response,
        Ok(Err(panic)) => {
            let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned()).or_else(|| panic.downcast_ref::<String>().cloned());
            Problem::from(ServiceError::internal(format!("panic: {}", text.unwrap_or_default()))).into_response()
        }
        Err(_) => {
            let detail = "the answer took longer than 60 seconds".to_owned();
            tracing::error!(detail, "request ended");
            Problem::new(StatusCode::GATEWAY_TIMEOUT, ApiError::Internal { reference: String::new() }).into_response()
        }
    }
}
