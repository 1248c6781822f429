//! Who takes part in a review: agents by name, with the model each is given.

use std::sync::Arc;

use crate::{
    api::reviews::AgentChoice,
    domain::{
        agent::{
            conversation::Usage,
            definition::{Definition, tools::Asked},
            errata,
            library::{self, Found},
            persona::{Lens, Persona, Source},
            tools::standing,
        },
        id::{ProjectId, RunId},
        review::agents::{AgentRun, RunStatus},
    },
    server::{boot::AppState, error::ServiceError, ports::ChatModel, service::agents::shelf},
};

/// An agent that takes part.
pub struct Member {
    pub persona: Persona,
    pub run: AgentRun,
    /// Tools the file gives it.
    pub allowed: std::collections::BTreeSet<&'static str>,
    /// None when no model could be had; the run says why.
    pub model: Option<Arc<dyn ChatModel>>,
}

/// Puts a review's agents together. `asked` are names people chose for this review; without them, those that the project
/// always asks.
///
/// # Errors
/// `Invalid` for a name that no agent has, or several.
pub async fn assemble(app: &AppState, project: ProjectId, asked: Option<&[String]>, required: bool) -> Result<Vec<Member>, ServiceError> {
    let always = app.store.project_agents(project).await?;
    let wanted: Vec<(String, bool)> = match asked {
        Some(names) => names.iter().map(|name| (name.clone(), required || always.get(name).copied().unwrap_or(false))).collect(),
        None => always.into_iter().collect(),
    };
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let shelf = shelf::current(app).await?;
    let all = shelf.library();
    let external = app.store.external_models(project).await?;
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
    Ok(cast)
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

/// One agent from its file.
pub fn one(
    app: &AppState,
    project: ProjectId,
    name: &str,
    definition: &Definition,
    source: Source,
    required: bool,
    external: bool,
) -> Member {
    let asked = match &definition.tools {
        Asked::Absent => None,
        Asked::All | Asked::Listed(_) => Some(definition.tools.written().into_iter().map(str::to_owned).collect::<Vec<_>>()),
    };
    let refused: Vec<String> = definition.refused_tools.iter().map(|tool| tool.written.clone()).collect();
    let access = standing::access(asked.as_deref(), &refused);
    let persona = Persona {
        name: definition.name.clone(),
        source,
        sha256: definition.hash.clone(),
        body: definition.body.clone(),
        errata: errata::overlay(definition).into_iter().map(|erratum| erratum.text.to_owned()).collect(),
        lens: Lens(definition.extension.lens.clone()),
        severity_floor: definition.extension.severity_floor,
        most_findings: definition.extension.max_findings,
        tools: access.allowed.iter().map(|tool| (*tool).to_owned()).collect(),
    };
    let mut run = AgentRun {
        id: RunId::from_uuid(app.ids.uuid()),
        agent: name.to_owned(),
        file: definition.hash.clone(),
        provider: String::new(),
        model: String::new(),
        note: None,
        required,
        status: RunStatus::Waiting,
        reason: String::new(),
        turns: 0,
        calls: 0,
        usage: Usage::default(),
        cost: None,
        elapsed_ms: 0,
        recommendation: String::new(),
        summary: String::new(),
        coverage: Vec::new(),
        questions: Vec::new(),
        unverified: Vec::new(),
        started_at: app.clock.now(),
        finished_at: None,
    };
    let model = match app.models.model(project, definition.model.as_ref().map(|wish| wish.text.as_str()), external) {
        Ok(chosen) => {
            run.provider.clone_from(&chosen.model.info().provider);
            run.model.clone_from(&chosen.model.info().model);
            run.note = chosen.note;
            Some(chosen.model)
        }
        Err(error) => {
            run.end(&crate::domain::agent::turn::Ending::Failed { error });
            run.finished_at = Some(app.clock.now());
            None
        }
    };
    Member { persona, run, allowed: access.allowed, model }
}
