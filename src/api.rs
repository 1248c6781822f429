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
#[serde(tag = "code", rename_all = "kebab-case")]
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

impl FromServerFnError for ApiError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        Self::Transport { detail: error.to_string() }
    }
}
