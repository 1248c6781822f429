//! The wire boundary between pages and server: server functions of a few lines each, and the one error they return.
//!
//! One file per area. A function takes plain values, asks the service and answers with domain types; `crate::server` is
//! named inside function bodies only, so that the browser half compiles without it. The JSON API for programs is another
//! boundary and lives in `server::http::rest`.

use std::collections::BTreeMap;

use leptos::{
    prelude::{FromServerFnError, ServerFnErrorErr},
    server_fn::codec::JsonEncoding,
};
use serde::{Deserialize, Serialize, Serializer};

pub mod agents;
pub mod catalogue;
pub mod decision_log;
pub mod decisions;
pub mod documents;
pub mod history;
pub mod notes;
pub mod notices;
pub mod palette;
pub mod people;
pub mod projects;
pub mod questions;
pub mod reading;
pub mod reviews;
pub mod search;
pub mod talks;
pub mod triage;

/// What a page is told when the server cannot do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "code", rename_all = "kebab-case", from = "BTreeMap<String, String>")]
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
    TooMany {
        #[serde(serialize_with = "in_words")]
        seconds: u64,
    },
    #[error("{reason}")]
    TooLarge { reason: String },
    #[error("The server could not answer. The log has the reason under {reference}.")]
    Internal { reference: String },
    #[error("The server could not be reached. Check the connection and try again.")]
    Transport { detail: String },
}

/// All parts of an error are texts on the wire: read from a map of them, because reading the enum itself would be 20 kB of the
/// browser half.
impl From<BTreeMap<String, String>> for ApiError {
    fn from(mut said: BTreeMap<String, String>) -> Self {
        let mut part = |name: &str| said.remove(name).unwrap_or_default();
        match part("code").as_str() {
            "sign-in-needed" => Self::SignInNeeded,
            "not-found" => Self::NotFound { what: part("what") },
            "forbidden" => Self::Forbidden { reason: part("reason") },
            "invalid" => Self::Invalid { field: part("field"), problem: part("problem") },
            "conflict" => Self::Conflict { reason: part("reason") },
            "too-many" => Self::TooMany { seconds: part("seconds").parse().unwrap_or_default() },
            "too-large" => Self::TooLarge { reason: part("reason") },
            "internal" => Self::Internal { reference: part("reference") },
            _ => Self::Transport { detail: part("detail") },
        }
    }
}

fn in_words<T: std::fmt::Display, S: Serializer>(number: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(number)
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
