//! Talks with agents: ask about the design, read what was answered, stop.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    api::{ApiError, reviews::AgentChoice},
    domain::{
        brief::Brief,
        id::{SuggestionId, TalkId},
        moment::Moment,
        project::{Document, Project},
        review::{
            finding::Severity,
            suggestion::{ChangePicture, Suggested},
        },
        talk::{Asked, Talk},
    },
};

/// Everything the list of talks shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TalkList {
    pub now: Moment,
    pub project: Project,
    /// Newest first.
    pub talks: Vec<Talk>,
    /// Agents that can be asked.
    pub agents: Vec<AgentChoice>,
    /// A provider of models is set up and may be used for this project.
    pub provider: bool,
}

/// Everything a talk's page shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TalkPage {
    pub now: Moment,
    pub project: Project,
    pub talk: Talk,
    /// Oldest first.
    pub asked: Vec<Asked>,
    pub suggestions: Vec<Suggested>,
    /// What a draft hands over; empty for other talks.
    pub brief: Brief,
    pub previews: Vec<Preview>,
    /// Suggested changes of diagrams, drawn.
    pub pictures: Vec<ChangePicture>,
    pub agents: Vec<AgentChoice>,
    pub provider: bool,
}

/// A suggested diagram, drawn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Preview {
    pub suggestion: SuggestionId,
    /// SVG of our own making.
    pub picture: String,
    /// What the rules say of it, worst first: code, severity, title.
    pub findings: Vec<(String, Severity, String)>,
}

/// Everything the page shows that begins a draft.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DraftPage {
    pub project: Project,
    /// Agents that may propose documents.
    pub agents: Vec<AgentChoice>,
    /// Documents that can hold the requirements.
    pub documents: Vec<Document>,
    pub provider: bool,
}

#[server(name = LoadTalks, prefix = "/fn", endpoint = "talks")]
pub async fn talks(slug: String) -> Result<TalkList, ApiError> {
    use crate::server::{error::answer, http::auth, service};
    answer(service::talks::list(&auth::app()?, &auth::signed_in()?, &slug).await)
}

#[server(name = LoadTalk, prefix = "/fn", endpoint = "talk")]
pub async fn talk(slug: String, id: TalkId) -> Result<TalkPage, ApiError> {
    use crate::server::{error::answer, http::auth, service};
    answer(service::talks::page(&auth::app()?, &auth::signed_in()?, &slug, id).await)
}

/// Asks an agent about the design and leads to the talk. With `talk`, asks once more in that one. What can't be asked is there
/// again, with what is wrong with it.
#[server(prefix = "/fn", endpoint = "ask_design")]
pub async fn ask_design(slug: String, agent: String, text: String, talk: Option<TalkId>) -> Result<(), ApiError> {
    use crate::{
        api::notices::Notice,
        domain::address::escape,
        server::{
            error::answer,
            http::auth,
            service::{self, talks},
        },
    };
    let (app, actor) = (auth::app()?, auth::signed_in()?);
    let asked = match talk {
        Some(talk) => talks::ask_again(&app, &actor, &slug, talk, &agent, &text).await,
        None => talks::ask_about_design(&app, &actor, &slug, &agent, &text).await,
    };
    let list = format!("/p/{}/talks", escape(&slug));
    match answer(asked) {
        Ok(asked) => leptos_axum::redirect(&format!("{list}/{}", asked.talk)),
        Err(error @ (ApiError::SignInNeeded | ApiError::NotFound { .. } | ApiError::Forbidden { .. })) => return Err(error),
        Err(error) => {
            let page = talk.map_or_else(|| list.clone(), |talk| format!("{list}/{talk}"));
            let notice = Notice::Typed { form: "ask".to_owned(), text, error };
            leptos_axum::redirect(&service::notices::leave(&app, &actor, &page, notice));
        }
    }
    Ok(())
}

#[server(name = LoadDraft, prefix = "/fn", endpoint = "draft")]
pub async fn draft(slug: String) -> Result<DraftPage, ApiError> {
    use crate::server::{error::answer, http::auth, service};
    answer(service::talks::draft_page(&auth::app()?, &auth::signed_in()?, &slug).await)
}

/// Has an agent draft a design and leads to the draft. Requirements that can't be used are there again, with what is wrong.
#[server(prefix = "/fn", endpoint = "start_draft")]
pub async fn start_draft(slug: String, agent: String, text: String, document: Option<String>) -> Result<(), ApiError> {
    use crate::{
        api::notices::Notice,
        domain::address::escape,
        server::{error::answer, http::auth, service},
    };
    let (app, actor) = (auth::app()?, auth::signed_in()?);
    let document = document.and_then(|id| id.parse().ok());
    match answer(service::talks::draft(&app, &actor, &slug, &agent, &text, document).await) {
        Ok(asked) => leptos_axum::redirect(&format!("/p/{}/talks/{}", escape(&slug), asked.talk)),
        Err(error @ (ApiError::SignInNeeded | ApiError::NotFound { .. } | ApiError::Forbidden { .. })) => return Err(error),
        Err(error) => {
            let notice = Notice::Typed { form: "draft".to_owned(), text, error };
            leptos_axum::redirect(&service::notices::leave(&app, &actor, &format!("/p/{}/draft", escape(&slug)), notice));
        }
    }
    Ok(())
}

/// Stops the agents that are at work on a talk.
#[server(prefix = "/fn", endpoint = "stop_answer")]
pub async fn stop_answer(slug: String, talk: TalkId) -> Result<(), ApiError> {
    use crate::server::{error::answer, http::auth, service};
    answer(service::talks::stop(&auth::app()?, &auth::signed_in()?, &slug, talk).await)
}
