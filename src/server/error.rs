//! What services answer when they can't do what they were asked, and the one way it becomes the wire's error.
//!
//! `StoreError` → [`ServiceError`] → [`ApiError`]. Services never log and never know a status code: [`answer`] (pages and
//! server functions) and `http::answer` (JSON) do both, once.

use axum::http::{HeaderValue, Method, StatusCode, header, request::Parts};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;

use crate::{
    api::ApiError,
    server::{
        http::answer::{FAULT, RequestId},
        store::StoreError,
    },
};

/// Why a service did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The name of the thing as a sentence begins, such as `The project`. Also for what exists but not for the asker.
    #[error("{what} was not found.")]
    NotFound { what: String },
    #[error("{reason}")]
    Forbidden { reason: String },
    #[error("Sign in to go on.")]
    SignInNeeded,
    /// What was typed can't be accepted: the form field, and how to fix it.
    #[error("{problem}")]
    Invalid { field: String, problem: String },
    /// Somebody else was faster, or the thing is in a state that does not allow it.
    #[error("{reason}")]
    Conflict { reason: String },
    #[error("Too many attempts. Wait {seconds} seconds and try again.")]
    TooMany { seconds: u64 },
    #[error("{reason}")]
    TooLarge { reason: String },
    #[error("storage failed: {0}")]
    Store(#[from] StoreError),
    /// A fault of the server itself, for the log; the asker gets a reference only.
    #[error("{detail}")]
    Internal { detail: String },
}

impl ServiceError {
    pub fn not_found(what: impl Into<String>) -> Self {
        Self::NotFound { what: what.into() }
    }

    pub fn forbidden(reason: impl Into<String>) -> Self {
        Self::Forbidden { reason: reason.into() }
    }

    pub fn invalid(field: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::Invalid { field: field.into(), problem: problem.into() }
    }

    pub fn conflict(reason: impl Into<String>) -> Self {
        Self::Conflict { reason: reason.into() }
    }

    pub fn too_large(reason: impl Into<String>) -> Self {
        Self::TooLarge { reason: reason.into() }
    }

    pub fn internal(detail: impl Into<String>) -> Self {
        Self::Internal { detail: detail.into() }
    }

    /// The HTTP status that says the same.
    pub const fn status(&self) -> StatusCode {
        match self {
            Self::NotFound { .. } => StatusCode::NOT_FOUND,
            Self::Forbidden { .. } => StatusCode::FORBIDDEN,
            Self::SignInNeeded => StatusCode::UNAUTHORIZED,
            Self::Invalid { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Conflict { .. } => StatusCode::CONFLICT,
            Self::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Store(_) | Self::Internal { .. } => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The wire's error. Faults are logged here, and only their reference leaves the server.
    pub fn into_api(self, reference: &str) -> ApiError {
        match self {
            Self::NotFound { what } => ApiError::NotFound { what },
            Self::Forbidden { reason } => ApiError::Forbidden { reason },
            Self::SignInNeeded => ApiError::SignInNeeded,
            Self::Invalid { field, problem } => ApiError::Invalid { field, problem },
            Self::Conflict { reason } => ApiError::Conflict { reason },
            Self::TooMany { seconds } => ApiError::TooMany { seconds },
            Self::TooLarge { reason } => ApiError::TooLarge { reason },
            fault @ (Self::Store(_) | Self::Internal { .. }) => {
                tracing::error!(error = %fault, request_id = reference, "request failed");
                ApiError::Internal { reference: reference.to_owned() }
            }
        }
    }
}

/// Turns a service's outcome into the wire's: logs once, sets the HTTP status once.
pub fn answer<T>(outcome: Result<T, ServiceError>) -> Result<T, ApiError> {
    outcome.map_err(|error| {
        let parts = use_context::<Parts>();
        let reference = parts.as_ref().and_then(|parts| parts.extensions.get::<RequestId>()).map(ToString::to_string);
        if let Some(response) = use_context::<ResponseOptions>() {
            if !parts.as_ref().is_some_and(posted_by_a_form) {
                response.set_status(error.status());
            }
            if error.status() == StatusCode::INTERNAL_SERVER_ERROR {
                response.insert_header(FAULT, HeaderValue::from_static("1"));
            }
            if let ServiceError::TooMany { seconds } = &error {
                response.insert_header(header::RETRY_AFTER, (*seconds).into());
            }
        }
        error.into_api(&reference.unwrap_or_default())
    })
}

/// A form sent without JavaScript is answered by leading back to its page with the error in the address; a status set
/// here would take the redirect away.
fn posted_by_a_form(parts: &Parts) -> bool {
    parts.method != Method::GET
        && parts.headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).is_some_and(|accept| accept.contains("text/html"))
}
