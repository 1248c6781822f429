//! Which agents a project asks with each review, and whether its designs may go to a model elsewhere.

use std::collections::BTreeMap;

use crate::{
    api::agents::{ProjectAgent, ProjectAgents, ProjectAgentsPage},
    domain::{account::Role, project::Project},
    server::{
        boot::AppState,
        error::ServiceError,
        service::{
            access::{self, Actor},
            agents::{find, shelf},
        },
    },
};

/// The agents of a project and all others there are, for its members.
pub async fn get(app: &AppState, actor: &Actor, slug: &str) -> Result<ProjectAgents, ServiceError> {
    let project = access::project(app, actor, slug, Role::Viewer).await?.project;
    of(app, &project).await
}

/// The same with the project.
pub async fn page(app: &AppState, actor: &Actor, slug: &str) -> Result<ProjectAgentsPage, ServiceError> {
    let project = access::project(app, actor, slug, Role::Viewer).await?.project;
    Ok(ProjectAgentsPage { chosen: of(app, &project).await?, project })
}

async fn of(app: &AppState, project: &Project) -> Result<ProjectAgents, ServiceError> {
    let shelf = shelf::current(app).await?;
    let mut asked = app.store.project_agents(project.id).await?;
    let external_models = app.store.external_models(project.id).await?;
    let known = shelf.library().members().into_iter().map(|(handle, member)| {
        let required = asked.remove(&handle);
        ProjectAgent {
            card: member.definition.card.clone(),
            source: member.source.to_owned(),
            asked: required.is_some(),
            required: required == Some(true),
            known: true,
            handle,
        }
    });
    let mut agents: Vec<ProjectAgent> = known.collect();
    // Those that are asked and no longer there come first: they need a decision.
    let gone = asked.into_iter().map(|(handle, required)| ProjectAgent {
        handle,
        card: String::new(),
        source: String::new(),
        asked: true,
        required,
        known: false,
    });
    agents.splice(0..0, gone);
    Ok(ProjectAgents { external_models, agents })
}

/// Settles which agents the project asks with each review, each required or not.
///
/// # Errors
/// `Forbidden` for members who do not own the project; `Invalid` (field `agents`) for a name that no agent or more than one
/// has.
pub async fn set(
    app: &AppState,
    actor: &Actor,
    slug: &str,
    agents: &BTreeMap<String, bool>,
    external_models: bool,
) -> Result<ProjectAgents, ServiceError> {
    let project = access::project(app, actor, slug, Role::Owner).await?.project;
    // Handles do not change between here and the write.
    let _turn = app.agents.changing.lock().await;
    let shelf = shelf::current(app).await?;
    let mut chosen: BTreeMap<String, bool> = BTreeMap::new();
    for (handle, required) in agents {
        let (member, _) = find(&shelf, handle).map_err(|error| ServiceError::invalid("agents", error.to_string()))?;
        let handle = shelf.handle(member).unwrap_or_else(|| handle.clone());
        *chosen.entry(handle).or_default() |= *required;
    }
    app.store.set_project_agents(project.id, &chosen, external_models, actor.person.id, app.clock.now()).await?;
    of(app, &project).await
}
