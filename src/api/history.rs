//! The history of a document: its versions, one of them compared with now, and bringing one back.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    api::ApiError,
    domain::{
        difference::Hunk,
        history::{Amount, Version},
        id::DocumentId,
        moment::Moment,
        project::{Document, Project},
    },
};

/// What the history of a document shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    pub now: Moment,
    pub project: Project,
    pub document: Document,
    /// Newest first.
    pub versions: Vec<Version>,
    /// What changed since the newest version; none where that is what the document says.
    pub since: Option<Amount>,
    pub compared: Option<Compared>,
}

/// A version beside the text as it is now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compared {
    pub version: Version,
    /// None when what is kept of it can't be trusted.
    pub text: Option<String>,
    /// From the version to now.
    pub hunks: Vec<Hunk>,
    /// What stands in the way of bringing it back, for whoever may edit.
    pub locked: Option<String>,
}

/// A document's versions, one of them compared with now.
#[server(name = LoadHistory, prefix = "/fn", endpoint = "history")]
pub async fn history(document: DocumentId, version: Option<u32>) -> Result<History, ApiError> {
    use crate::server::{error::answer, http::auth, service};
    answer(service::history::history(&auth::app()?, &auth::signed_in()?, document, version).await)
}

/// Brings a version back and leads to the document's history.
#[server(prefix = "/fn", endpoint = "restore_version")]
pub async fn restore_version(document: DocumentId, version: u32) -> Result<(), ApiError> {
    use crate::server::{error::answer, http::auth, service};
    let (app, actor) = (auth::app()?, auth::signed_in()?);
    answer(service::history::restore(&app, &actor, document, version).await)?;
    leptos_axum::redirect(&answer(service::history::page(&app, &actor, document).await)?);
    Ok(())
}

/// Keeps the text as it is now as a version with a name and leads to the document's history.
#[server(prefix = "/fn", endpoint = "name_version")]
pub async fn name_version(document: DocumentId, name: String) -> Result<(), ApiError> {
    use crate::server::{error::answer, http::auth, service};
    let (app, actor) = (auth::app()?, auth::signed_in()?);
    answer(service::history::keep(&app, &actor, document, &name).await)?;
    leptos_axum::redirect(&answer(service::history::page(&app, &actor, document).await)?);
    Ok(())
}
