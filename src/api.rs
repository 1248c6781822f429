//! The wire boundary between pages and server: server functions of a few lines each, and the one error they return.
//!
//! One file per area. A function takes plain values, asks the service and answers with domain types; `crate::server` is
//! named inside function bodies only, so that the browser half compiles without it. The JSON API for programs is another
//! boundary and lives in `server::http::rest`.

use leptos::{
    prelude::{FromServerFnError, ServerFnErrorErr},
    server_fn::codec::JsonEncoding,
};
use serde::{Deserialize, Serialize};

pub mod catalogue;
pub mod documents;
pub mod notes;
pub mod notices;
pub mod palette;
pub mod people;
pub mod projects;
pub mod reviews;

/// What a page is told when the server cannot do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "code", rename_all = "kebab-case", from = "Said")]
pub enum ApiError {
    #[error("Sign in to go on.")]
    SignInNeeded,
    /// The name of the thing; also the answer for things that exist but not for the one who asks.
    #[error("{what} was not found.")]
    NotFound { what: String },
    #[error("{reason}")]
    Forbidden { reason: String },
    /// What was typed can't be accepted: the field and how to fix it.
    #[error("{problem}")]
    Invalid { field: String, problem: String },
    /// Somebody else was faster, or the thing is in a state that does not allow it.
    #[error("{reason}")]
    Conflict { reason: String },
    #[error("Too many attempts. Wait {seconds} seconds and try again.")]
    TooMany { seconds: u64 },
    #[error("{reason}")]
    TooLarge { reason: String },
    #[error("The server could not answer. The log has the reason under {reference}.")]
    Internal { reference: String },
    #[error("The server could not be reached. Check the connection and try again.")]
    Transport { detail: String },
}

/// Everything an error may say, to read it from: reading the enum itself would be 20 kB of the browser half.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Said {
    code: String,
    what: String,
    reason: String,
    field: String,
    problem: String,
    seconds: u64,
    reference: String,
    detail: String,
}

impl From<Said> for ApiError {
    fn from(said: Said) -> Self {
        let Said { code, what, reason, field, problem, seconds, reference, detail } = said;
        match code.as_str() {
            "sign-in-needed" => Self::SignInNeeded,
            "not-found" => Self::NotFound { what },
            "forbidden" => Self::Forbidden { reason },
            "invalid" => Self::Invalid { field, problem },
            "conflict" => Self::Conflict { reason },
            "too-many" => Self::TooMany { seconds },
            "too-large" => Self::TooLarge { reason },
            "internal" => Self::Internal { reference },
            _ => Self::Transport { detail },
        }
    }
}

impl FromServerFnError for ApiError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        Self::Transport { detail: error.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_read_as_they_were_written() {
        let text = |text: &str| text.to_owned();
        for error in [
            ApiError::SignInNeeded,
            ApiError::NotFound { what: text("The project") },
            ApiError::Forbidden { reason: text("a") },
            ApiError::Invalid { field: text("a"), problem: text("b") },
            ApiError::Conflict { reason: text("a") },
            ApiError::TooMany { seconds: 7 },
            ApiError::TooLarge { reason: text("a") },
            ApiError::Internal { reference: text("a") },
            ApiError::Transport { detail: text("a") },
        ] {
            let wire = serde_json::to_string(&error).unwrap();
            assert_eq!(serde_json::from_str::<ApiError>(&wire).unwrap(), error, "{wire}");
        }
    }
}
