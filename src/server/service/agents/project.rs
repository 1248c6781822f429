//! Which agents a project asks with each review, and whether its designs may go to a model elsewhere.

use std::collections::BTreeMap;

use crate::{
    api::agents::{ProjectAgent, ProjectAgents, ProjectAgentsPage},
    domain::{account::Role, agent::allowance, project::Project},
    server::{
        boot::AppState,
        error::ServiceError,
        service::{
            access::{self, Actor},
            agent_runs::cast,
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

/// What an owner chooses.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// By handle, each required or not.
    pub agents: BTreeMap<String, bool>,
    pub external_models: bool,
    /// Dollars as people write them; empty for the server's default, none to leave it as it is.
    pub daily_dollars: Option<String>,
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
    let daily_cap = app.store.daily_cap(project.id).await?;
    let spent_today = cast::allowance(app, project.id).await?.spent;
    Ok(ProjectAgents { external_models, daily_cap, daily_default: app.models.daily(), spent_today, agents })
}

/// Settles which agents the project asks with each review, where its designs may go, and what that may cost.
///
/// # Errors
/// `Forbidden` for members who do not own the project; `Invalid` (field `agents`) for a name that no agent or more than one
/// has, or (field `daily_dollars`) for what is no amount.
pub async fn set(app: &AppState, actor: &Actor, slug: &str, choice: &Choice) -> Result<ProjectAgents, ServiceError> {
    let project = access::project(app, actor, slug, Role::Owner).await?.project;
    let Choice { agents, external_models, daily_dollars } = choice;
    let cap = match daily_dollars.as_deref().map(str::trim) {
        None => None,
        Some("") => Some(None),
        Some(written) => {
            let wrong = |problem: String| ServiceError::invalid("daily_dollars", format!("`{written}` {problem}. {}", allowance::HELP));
            Some(Some(allowance::read(written).map_err(wrong)?))
        }
    };
    // Handles do not change between here and the write.
    let _turn = app.agents.changing.lock().await;
    let shelf = shelf::current(app).await?;
    let mut chosen: BTreeMap<String, bool> = BTreeMap::new();
    for (handle, required) in agents {
        let (member, _) = find(&shelf, handle).map_err(|error| ServiceError::invalid("agents", error.to_string()))?;
        let handle = shelf.handle(member).unwrap_or_else(|| handle.clone());
        *chosen.entry(handle).or_default() |= *required;
    }
    let (by, now) = (actor.person.id, app.clock.now());
    app.store.set_project_agents(project.id, &chosen, *external_models, by, now).await?;
    if let Some(cap) = cap {
        app.store.set_daily_cap(project.id, cap, by, now).await?;
    }
    of(app, &project).await
}
