//! What a form has to say once, on the page that it leads to: a token, an invitation's link, what an import brought.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    api::{ApiError, agents::ImportedAgents},
    domain::project::Imported,
};

/// Shown once, to the person whose form it answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Notice {
    /// A new token's secret.
    Token(String),
    /// A new invitation's address.
    Invitation(String),
    PasswordChanged,
    Imported(Imported),
    /// Why a file was not imported.
    NotImported(String),
    AgentsImported(ImportedAgents),
    /// What was done, as a sentence.
    Done(String),
    /// What was typed into a form and can't be accepted, so that it is there again beside what is wrong with it.
    Typed {
        form: String,
        text: String,
        error: ApiError,
    },
}

/// Takes the notice of a number; nothing when there is none, any more or for the caller.
#[server(name = TakeNotice, prefix = "/fn", endpoint = "notice")]
pub async fn notice(number: Option<String>) -> Result<Option<Notice>, ApiError> {
    use crate::server::{http::auth, service};
    let Some(number) = number else { return Ok(None) };
    let (app, actor) = std::future::ready(auth::app().and_then(|app| Ok((app, auth::signed_in()?)))).await?;
    Ok(service::notices::take(&app, &actor, &number))
}
