//! Who takes part in a review: agents by name, with the model each is given.

use std::sync::Arc;

use crate::{
    api::reviews::AgentChoice,
    domain::{
        agent::{
            conversation::Usage,
            definition::{Definition, tools::Asked},
            errata,
            library::{self, Found, Library},
            persona::{Lens, Persona, Source},
            tools::standing,
        },
        id::{ProjectId, RunId},
        review::agents::{AgentRun, RunStatus},
    },
    server::{boot::AppState, error::ServiceError, ports::ChatModel},
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
    let (all, trusted) = brought(app).await?;
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
        let source = if trusted(member.source, &member.definition.hash) { Source::Administrator } else { Source::User };
        cast.push(one(app, project, &name, member.definition, source, required, external));
    }
    Ok(cast)
}

/// The agents that people can choose from, by name.
pub async fn choices(app: &AppState, project: ProjectId) -> Result<Vec<AgentChoice>, ServiceError> {
    let (all, _) = brought(app).await?;
    let always = app.store.project_agents(project).await?;
    let choice = |(handle, member): (String, library::Member<'_>)| AgentChoice {
        card: member.definition.card.clone(),
        always: always.contains_key(&handle),
        handle,
    };
    Ok(all.members().into_iter().map(choice).collect())
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

/// The server's agents, and which files have the weight of the system's own words.
async fn brought(app: &AppState) -> Result<(Library, impl Fn(&str, &str) -> bool + use<>), ServiceError> {
    let mut all = Library::built_in();
    let files = app.store.agent_files().await?;
    let mut trusted: Vec<String> = Vec::new();
    for file in &files {
        let import = library::import([(file.path.as_str(), file.bytes.as_slice())]);
        all.add_all(&file.source, import);
        if file.trusted {
            trusted.push(file.hash.clone());
        }
    }
    let trusts = move |source: &str, hash: &str| source == library::built_in::SOURCE || trusted.iter().any(|known| known == hash);
    Ok((all, trusts))
}
