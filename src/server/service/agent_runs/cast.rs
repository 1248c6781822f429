//! Who takes part in a review: agents by name, with the model each is given.

use std::{collections::BTreeSet, sync::Arc};

use crate::{
    api::reviews::AgentChoice,
    domain::{
        account::Role,
        agent::{
            allowance::{self, Allowance},
            definition::{
                Definition,
                tools::{Capability, effective},
            },
            errata,
            library::{self, Found},
            persona::{Lens, Persona, Source},
            tools::granted::granted,
            turn::{Ending, Mode},
        },
        id::{ProjectId, RunId},
        project::Project,
        review::agents::{AgentRun, RunStatus},
    },
    server::{
        boot::AppState,
        error::ServiceError,
        ports::ChatModel,
        service::{
            agent_runs::purse::{self, Hold},
            agents::shelf,
        },
    },
};

/// An agent that takes part.
pub struct Member {
    pub persona: Persona,
    pub run: AgentRun,
    /// Tools the file gives it.
    pub allowed: BTreeSet<&'static str>,
    /// None when no model could be had; the run says why.
    pub model: Option<Arc<dyn ChatModel>>,
    /// What is asked once if the model refuses.
    pub fallback: Option<Arc<dyn ChatModel>>,
    /// Its share of what the project may still spend today; none for no limit.
    pub money: Option<Hold>,
}

/// Puts a review's agents together. `asked` are names people chose for this review; without them, those that the project
/// always asks.
///
/// # Errors
/// `Invalid` for a name that no agent has, or several.
pub async fn assemble(app: &AppState, project: &Project, asked: Option<&[String]>) -> Result<Vec<Member>, ServiceError> {
    let always = app.store.project_agents(project.id).await?;
    let wanted: Vec<(String, bool)> = match asked {
        Some(names) => names.iter().map(|name| (name.clone(), always.get(name).copied().unwrap_or(false))).collect(),
        None => always.into_iter().collect(),
    };
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let shelf = shelf::current(app).await?;
    let all = shelf.library();
    let external = app.store.external_models(project.id).await?;
    let mut cast: Vec<Member> = Vec::new();
    for (name, required) in wanted {
        let member = match all.find(&name) {
            Found::One(member) => member,
            Found::Several(handles) => {
                let problem = format!("Several agents are called {name}. Say which: {}.", handles.join(", "));
                return Err(ServiceError::invalid("agents", problem));
            }
            Found::None if asked.is_none() => continue,
            Found::None => {
                let known: Vec<String> = all.members().into_keys().collect();
                return Err(ServiceError::invalid("agents", format!("There is no agent {name}. There are {}.", known.join(", "))));
            }
        };
        if cast.iter().any(|known| known.run.file == member.definition.hash) {
            continue;
        }
        let kept = shelf.entry(member.source, &member.definition.file).and_then(|entry| entry.kept.as_ref());
        // What comes with Lintel, or was brought by an administrator, speaks with the system's weight.
        let source = if kept.is_none_or(|kept| kept.trusted) { Source::Administrator } else { Source::User };
        cast.push(one(app, project, &name, member.definition, source, required, external));
    }
    ration(app, project.id, &mut cast).await?;
    Ok(cast)
}

/// What the project may spend on agents today, and what it has spent.
pub async fn allowance(app: &AppState, project: ProjectId) -> Result<Allowance, ServiceError> {
    let own = app.store.daily_cap(project).await?;
    let spent = app.store.spent_since(project, allowance::begins(app.clock.now())).await?;
    Ok(Allowance { cap: own.or(app.models.daily()), spent, held: app.purse.held(project) })
}

/// Shares what is left of today's money among the agents; when nothing is, none of those that cost any begins.
async fn ration(app: &AppState, project: ProjectId, cast: &mut [Member]) -> Result<(), ServiceError> {
    let priced = |member: &&mut Member| member.model.as_ref().is_some_and(|model| model.info().capabilities.price.is_some());
    let mut paid: Vec<&mut Member> = cast.iter_mut().filter(priced).collect();
    if paid.is_empty() {
        return Ok(());
    }
    let (allowance, holds) = purse::take(app, project, paid.len()).await?;
    if allowance.cap.is_none() {
        return Ok(());
    }
    let mut holds = holds.into_iter();
    for member in &mut paid {
        member.money = holds.next();
        if member.money.is_none() {
            member.model = None;
            member.run.status = RunStatus::Budget;
            member.run.reason = allowance.used_up();
            member.run.finished_at = Some(app.clock.now());
        }
    }
    Ok(())
}

/// The agents that people can choose from, by name.
pub async fn choices(app: &AppState, project: ProjectId) -> Result<Vec<AgentChoice>, ServiceError> {
    let shelf = shelf::current(app).await?;
    let always = app.store.project_agents(project).await?;
    let choice = |(handle, member): (String, library::Member<'_>)| AgentChoice {
        card: member.definition.card.clone(),
        always: always.contains_key(&handle),
        handle,
    };
    Ok(shelf.library().members().into_iter().map(choice).collect())
}

/// The names of the agents that may propose documents, and so can draft a design.
pub async fn able_to_draft(app: &AppState) -> Result<BTreeSet<String>, ServiceError> {
    let shelf = shelf::current(app).await?;
    let able =
        |definition: &Definition| effective(definition, &Capability::ALL.into(), Role::Editor).contains(&Capability::ProposeDocument);
    Ok(shelf.library().members().into_iter().filter(|(_, member)| able(member.definition)).map(|(handle, _)| handle).collect())
}

/// One agent from its file.
fn one(app: &AppState, project: &Project, name: &str, definition: &Definition, source: Source, required: bool, external: bool) -> Member {
    // A person lets an agent do no more than they may do themselves, and a file only narrows that.
    let allowed = granted(&effective(definition, &Capability::ALL.into(), project.role));
    let persona = Persona {
        name: definition.name.clone(),
        source,
        sha256: definition.hash.clone(),
        body: definition.body.clone(),
        errata: errata::overlay(definition).into_iter().map(|erratum| erratum.text.to_owned()).collect(),
        lens: Lens(definition.extension.lens.clone()),
        severity_floor: definition.extension.severity_floor,
        most_findings: definition.extension.max_findings,
        tools: allowed.iter().map(|tool| (*tool).to_owned()).collect(),
    };
    let id = RunId::from_uuid(app.ids.uuid());
    let mut run = AgentRun::new(id, name.to_owned(), definition.hash.clone(), required, app.clock.now());
    let (model, fallback) = match app.models.model(project.id, definition.model.as_ref().map(|wish| wish.text.as_str()), external) {
        Ok(chosen) => {
            run.provider.clone_from(&chosen.model.info().provider);
            run.model.clone_from(&chosen.model.info().model);
            run.note = chosen.note;
            (Some(chosen.model), chosen.fallback)
        }
        Err(error) => {
            run.end(&Ending::Failed { error }, Mode::Review);
            run.finished_at = Some(app.clock.now());
            (None, None)
        }
    };
    Member { persona, run, allowed, model, fallback, money: None }
}
