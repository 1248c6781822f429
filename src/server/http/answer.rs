//! Errors as programs read them: `application/problem+json`, with the request's reference.

use std::fmt;

use axum::{
    extract::Request,
    http::{HeaderName, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use uuid::Uuid;

use crate::{api::ApiError, server::error::ServiceError};

/// Names one request in its answer's `x-request-id`, in its log lines and in its errors. Made here, never taken from
/// outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestId(pub Uuid);

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl RequestId {
    /// The id the outermost layer gave this request.
    pub fn of(request: &Request) -> String {
        request.extensions().get::<Self>().map(ToString::to_string).unwrap_or_default()
    }
}

/// An error as a JSON answer. Handlers return `Result<_, Problem>`, and `?` turns a [`ServiceError`] into it.
#[derive(Debug)]
pub struct Problem {
    status: StatusCode,
    error: ApiError,
    /// The fault behind an internal error, logged when the answer is made.
    fault: Option<String>,
}

#[derive(Serialize)]
struct Body<'a> {
    r#type: &'a str,
    title: &'a str,
    status: u16,
    code: String,
    detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'a str>,
    request_id: String,
}

/// Set on a [`Problem`]'s response so that the outermost layer can write the body, which names the request.
#[derive(Clone, Debug)]
struct Pending {
    error: ApiError,
    fault: Option<String>,
}

impl Problem {
    /// A problem of the HTTP layer itself.
    pub fn new(status: StatusCode, error: ApiError) -> Self {
        Self { status, error, fault: None }
    }

    pub fn forbidden(reason: impl Into<String>) -> Self {
        ServiceError::forbidden(reason).into()
    }

    /// What happened, for people.
    pub fn detail(&self) -> String {
        self.error.to_string()
    }

    /// The same for a page that goes on from here.
    pub fn error(self) -> ApiError {
        self.error
    }

    pub fn not_found(what: impl Into<String>) -> Self {
        ServiceError::not_found(what).into()
    }
}

impl From<ServiceError> for Problem {
    fn from(error: ServiceError) -> Self {
        let status = error.status();
        let fault = matches!(error, ServiceError::Store(_) | ServiceError::Internal { .. }).then(|| error.to_string());
        let error = match fault {
            Some(_) => ApiError::Internal { reference: String::new() },
            None => error.into_api(""),
        };
        Self { status, error, fault }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        if let ApiError::TooMany { seconds } = &self.error {
            response.headers_mut().insert(header::RETRY_AFTER, (*seconds).into());
        }
        response.extensions_mut().insert(Pending { error: self.error, fault: self.fault });
        response
    }
}

/// Marks a server function's answer whose fault is the server's own, until [`blame`] has read it.
pub const FAULT: HeaderName = HeaderName::from_static("x-lintel-fault");

/// Says 400 where a server function could not read its arguments. Leptos says 500 for every error that did not come from
/// the function itself, as if it were a fault.
pub async fn blame(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let fault = response.headers_mut().remove(FAULT).is_some();
    if response.status() == StatusCode::INTERNAL_SERVER_ERROR && response.headers().contains_key("serverfnerror") && !fault {
        *response.status_mut() = StatusCode::BAD_REQUEST;
    }
    response
}

/// Writes the body of a problem, now that the request's id is known, and logs the fault behind it.
pub fn finish(mut response: Response, request_id: &str) -> Response {
    let Some(Pending { error, fault }) = response.extensions_mut().remove::<Pending>() else { return response };
    if let Some(fault) = fault {
        tracing::error!(error = %fault, "request failed");
    }
    let error = if let ApiError::Internal { .. } = error { ApiError::Internal { reference: request_id.to_owned() } } else { error };
    let status = response.status();
    let code = serde_json::to_value(&error).ok().and_then(|value| value.get("code")?.as_str().map(str::to_owned));
    let body = Body {
        r#type: "about:blank",
        title: status.canonical_reason().unwrap_or("Error"),
        status: status.as_u16(),
        code: code.unwrap_or_default(),
        detail: error.to_string(),
        field: if let ApiError::Invalid { field, .. } = &error { Some(field) } else { None },
        request_id: request_id.to_owned(),
    };
    let (parts, _) = response.into_parts();
    let mut written = Response::from_parts(parts, axum::body::Body::from(serde_json::to_vec(&body).unwrap_or_default()));
    written.headers_mut().remove(header::CONTENT_LENGTH);
    written.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/problem+json"));
    written
}
