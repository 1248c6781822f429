//! Projects: list, create, open the sample, rename, delete, recover.

use std::collections::BTreeMap;

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    api::{ApiError, decision_log::ListedDecision},
    domain::{
        account::Member,
        id::ProjectId,
        inbox::Waiting,
        moment::Moment,
        project::{Activity, Document, DocumentText, Project, ProjectCard},
        review::Review,
    },
};

/// Everything the home page shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Home {
    pub now: Moment,
    pub projects: Vec<ProjectCard>,
    /// Small pictures of those that have something to draw, as SVG of our own making.
    pub plates: BTreeMap<ProjectId, String>,
    /// Deleted ones that can still be recovered, for their owners.
    pub deleted: Vec<Project>,
    /// What waits for the reader, newest first.
    pub waiting: Vec<Waiting>,
}

/// Everything the project page shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Overview {
    pub now: Moment,
    pub project: Project,
    pub members: Vec<Member>,
    pub diagrams: Vec<Document>,
    /// The first diagram with its text, to draw.
    pub main_diagram: Option<DocumentText>,
    /// The decisions with the highest numbers, those first; without findings.
    pub decisions: Vec<ListedDecision>,
    /// All decisions.
    pub total: usize,
    /// Newest first.
    pub reviews: Vec<Review>,
    pub activity: Vec<Activity>,
    /// Other files of the project that texts may include, by path.
    pub sources: std::collections::BTreeMap<String, String>,
}

/// What every page's frame shows beside its content: who is signed in, and their projects.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Navigation {
    pub person: Option<crate::domain::account::Person>,
    pub projects: Vec<ProjectCard>,
    pub version: String,
}

#[server(name = LoadNavigation, prefix = "/fn", endpoint = "navigation")]
pub async fn navigation() -> Result<Navigation, ApiError> {
    use crate::server::{error::answer, http::auth, service};
    answer(service::projects::navigation(&auth::app()?, auth::caller()?.as_ref()).await)
}

#[server(name = LoadHome, prefix = "/fn", endpoint = "home")]
pub async fn home() -> Result<Home, ApiError> {
    use crate::server::{error::answer, http::auth, service};
    answer(service::projects::home(&auth::app()?, &auth::signed_in()?).await)
}

#[server(name = LoadOverview, prefix = "/fn", endpoint = "overview")]
pub async fn overview(slug: String) -> Result<Overview, ApiError> {
    use crate::server::{error::answer, http::auth, service};
    answer(service::projects::overview(&auth::app()?, &auth::signed_in()?, &slug).await)
}

/// Creates an empty project with the caller as its owner and leads to it.
#[server(prefix = "/fn", endpoint = "create_project")]
pub async fn create_project(name: String, description: String) -> Result<(), ApiError> {
    use crate::server::{error::answer, http::auth, service};
    let project = answer(service::projects::create(&auth::app()?, &auth::signed_in()?, &name, None, &description).await)?;
    leptos_axum::redirect(&format!("/p/{}", project.slug));
    Ok(())
}

/// Creates the sample project, with its finished review, and leads to it.
#[server(prefix = "/fn", endpoint = "open_sample")]
pub async fn open_sample() -> Result<(), ApiError> {
    use crate::server::{error::answer, http::auth, service};
    let project = answer(service::projects::create_sample(&auth::app()?, &auth::signed_in()?).await)?;
    leptos_axum::redirect(&format!("/p/{}", project.slug));
    Ok(())
}

/// Changes name and description; the address stays.
#[server(prefix = "/fn", endpoint = "rename_project")]
pub async fn rename_project(slug: String, name: String, description: String, ticket_url: Option<String>) -> Result<(), ApiError> {
    use crate::server::{
        error::answer,
        http::auth,
        service::projects::{ProjectChange, rename},
    };
    let change = ProjectChange { name: Some(&name), description: Some(&description), ticket_url: ticket_url.as_deref() };
    answer(rename(&auth::app()?, &auth::signed_in()?, &slug, change).await.map(|_| ()))
}

/// Deletes a project; it can be recovered for 30 days.
#[server(prefix = "/fn", endpoint = "delete_project")]
pub async fn delete_project(slug: String) -> Result<(), ApiError> {
    use crate::server::{error::answer, http::auth, service};
    answer(service::projects::delete(&auth::app()?, &auth::signed_in()?, &slug).await)?;
    leptos_axum::redirect("/");
    Ok(())
}

/// Recovers a deleted project.
#[server(prefix = "/fn", endpoint = "restore_project")]
pub async fn restore_project(slug: String) -> Result<(), ApiError> {
    use crate::server::{error::answer, http::auth, service};
    answer(service::projects::restore(&auth::app()?, &auth::signed_in()?, &slug).await)?;
    leptos_axum::redirect(&format!("/p/{slug}"));
    Ok(())
}
