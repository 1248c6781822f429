//! The server's library of agents: those that come with Lintel, and the files that administrators brought.
//!
//! Everybody who is signed in reads it; administrators change it. Every version of a file is kept by the hash of its bytes,
//! because runs of the past name it.

use std::collections::BTreeMap;

use crate::{
    api::agents::{AgentList, AgentVersion, AgentView, PER_PAGE, ProviderCard},
    domain::{
        agent::{
            definition::{
                self, Definition,
                wish::{self, ModelTable},
            },
            errata,
            library::{Found, Member},
        },
        difference,
    },
    server::{
        boot::AppState,
        error::ServiceError,
        llm::{providers::ProviderStatus, resilience::Standing},
        service::{access::Actor, archive},
    },
};

mod cards;
pub mod edit;
pub mod import;
pub mod project;
pub mod shelf;

use shelf::{Entry, Shelf};

/// The agent that a handle stands for, or `collection:file`, which is always one.
///
/// # Errors
/// `NotFound` when there is none; `Conflict` when the name is that of several, with their handles.
fn find<'a>(shelf: &'a Shelf, handle: &str) -> Result<(Member<'a>, &'a Entry), ServiceError> {
    match shelf.library().find(handle) {
        Found::One(member) => match shelf.entry(member.source, &member.definition.file) {
            Some(entry) => Ok((member, entry)),
            None => Err(ServiceError::internal(format!("no entry for the agent {handle}"))),
        },
        Found::Several(handles) => Err(ServiceError::conflict(format!(
            "Several agents are called `{handle}`. Say which one: {}.",
            handles.iter().map(|handle| format!("`{handle}`")).collect::<Vec<_>>().join(", ")
        ))),
        Found::None => match shelf.by_file(handle) {
            Some(found) => Ok(found),
            None => Err(ServiceError::not_found(format!("The agent {handle}"))),
        },
    }
}

/// A page of the library, from 1: agents whose handle, first sentence or collection holds the words.
pub async fn page(app: &AppState, actor: &Actor, words: &str, page: usize) -> Result<AgentList, ServiceError> {
    let shelf = shelf::current(app).await?;
    let asked = app.store.agents_of_member(actor.person.id).await?;
    let words = words.trim().to_lowercase();
    let fits = |handle: &str, member: &Member<'_>| {
        words.is_empty() || [handle, &member.definition.card, member.source].iter().any(|text| text.to_lowercase().contains(&words))
    };
    let members = shelf.library().members();
    let total = members.len();
    let fitting: Vec<(String, Member<'_>)> = members.into_iter().filter(|(handle, member)| fits(handle, member)).collect();
    let shown = fitting.iter().skip(page.saturating_sub(1).saturating_mul(PER_PAGE)).take(PER_PAGE);
    let agents = shown.filter_map(|(handle, member)| cards::card(&shelf, handle, *member, &asked)).collect();
    let (now, admin) = (app.clock.now(), actor.person.admin);
    Ok(AgentList { now, admin, agents, fitting: fitting.len(), total, provider: provider_card(app) })
}

/// Every agent, by handle.
pub async fn list(app: &AppState, actor: &Actor) -> Result<Vec<crate::api::agents::AgentCard>, ServiceError> {
    let shelf = shelf::current(app).await?;
    let asked = app.store.agents_of_member(actor.person.id).await?;
    Ok(shelf.library().members().iter().filter_map(|(handle, member)| cards::card(&shelf, handle, *member, &asked)).collect())
}

/// Everything there is to say about one agent.
pub async fn view(app: &AppState, actor: &Actor, handle: &str) -> Result<AgentView, ServiceError> {
    let shelf = shelf::current(app).await?;
    let (member, entry) = find(&shelf, handle)?;
    let handle = shelf.handle(member).unwrap_or_default();
    let asked = app.store.agents_of_member(actor.person.id).await?;
    let card = cards::card(&shelf, &handle, member, &asked).ok_or_else(|| ServiceError::internal("an agent without a card"))?;
    let versions = app.store.agent_file_versions(member.source, &member.definition.file).await?;
    let versions = versions.into_iter().map(|version| AgentVersion {
        hash: version.hash,
        size: u64::try_from(version.size).unwrap_or_default(),
        added_by: version.added_by,
        added_at: version.added_at,
        in_use: version.in_use,
    });
    let own = entry.kept.is_some();
    let definition = member.definition;
    let fixed = if own { mended(app, definition).await? } else { None };
    Ok(AgentView {
        agent: card,
        description: definition.description.clone(),
        entries: cards::entries(definition),
        remarks: entry.remarks.clone(),
        examples: definition.examples.clone(),
        errata: errata::overlay(definition).into_iter().map(|erratum| format!("{}: {}", erratum.id, erratum.text)).collect(),
        model_note: wish::resolve(definition.model.as_ref().map(|model| model.text.as_str()), &models(app)).note,
        body: definition.body.clone(),
        text: definition.text.clone(),
        versions: versions.collect(),
        fix: fixed.map(|fixed| difference::hunks(&definition.text, &fixed)).unwrap_or_default(),
        projects: u64::try_from(app.store.projects_asking(&handle).await?).unwrap_or_default(),
        now: app.clock.now(),
        can_change: own && actor.person.admin,
        can_copy: !own && actor.person.admin,
    })
}

/// The file with its front matter mended, if there is something to mend.
async fn mended(app: &AppState, definition: &Definition) -> Result<Option<String>, ServiceError> {
    let definition = definition.clone();
    app.jobs.heavy(move || definition::fixed(&definition)).await
}

/// A file for downloading: its name without folders, and its bytes as they came in. With a hash that version, as long as
/// it is one of the agent's.
///
/// # Errors
/// `NotFound` when there is no such agent or version.
pub async fn file(app: &AppState, _actor: &Actor, handle: &str, version: Option<&str>) -> Result<(String, Vec<u8>), ServiceError> {
    let shelf = shelf::current(app).await?;
    let (member, _) = find(&shelf, handle)?;
    let definition = member.definition;
    let name = definition.file.rsplit('/').next().unwrap_or(&definition.file).to_owned();
    let Some(hash) = version.filter(|hash| *hash != definition.hash) else { return Ok((name, definition.export().to_vec())) };
    let versions = app.store.agent_file_versions(member.source, &definition.file).await?;
    let kept = if versions.iter().any(|version| version.hash == hash) { app.store.agent_file(hash).await? } else { None };
    kept.map(|file| (name, file.bytes)).ok_or_else(|| ServiceError::not_found("The version"))
}

/// Every file in use, byte for byte, as a zip archive of a folder for each collection.
pub async fn archive(app: &AppState, _actor: &Actor) -> Result<Vec<u8>, ServiceError> {
    let shelf = shelf::current(app).await?;
    let files: BTreeMap<String, Vec<u8>> = shelf
        .library()
        .members()
        .into_values()
        .map(|member| (format!("{}/{}", member.source, member.definition.file), member.definition.export().to_vec()))
        .collect();
    let packed = app.jobs.heavy(move || archive::pack(&files)).await?;
    packed.map_err(|error| ServiceError::internal(error.to_string()))
}

/// How the model provider is doing.
pub fn provider_card(app: &AppState) -> ProviderCard {
    let ProviderStatus::Configured { provider, host, model, aliases, fallback, priced, key, models, running, waiting, .. } =
        app.models.status()
    else {
        return ProviderCard {
            help: vec![
                "Without one, the rules run and agents do not: nothing of a design leaves this server.".to_owned(),
                "For Anthropic, set ANTHROPIC_API_KEY and restart the server.".to_owned(),
                "For any server that speaks the chat completions protocol, also one on this machine, set LINTEL_LLM_PROVIDER, \
                 LINTEL_LLM_BASE_URL, LINTEL_LLM_MODEL and, if it wants a key, LINTEL_LLM_API_KEY; then restart."
                    .to_owned(),
            ],
            ..ProviderCard::default()
        };
    };
    let mut standing: Vec<(String, String)> = models.into_iter().map(|(model, standing)| (model, standing_words(&standing))).collect();
    standing.push(("Asked now".to_owned(), format!("{running} running, {waiting} waiting")));
    standing.extend(aliases.into_iter().map(|(alias, model)| (format!("Agents that ask for {alias}"), format!("get {model}"))));
    standing.extend(fallback.map(|model| ("When a model refuses".to_owned(), format!("{model} is asked once"))));
    let help = if priced {
        Vec::new()
    } else {
        vec!["What this model costs is not known, so runs show no cost. LINTEL_LLM_MODELS can name a file with prices.".to_owned()]
    };
    ProviderCard {
        configured: true,
        provider,
        host: host.unwrap_or_default(),
        model,
        key_from: key.unwrap_or("none").to_owned(),
        standing,
        help,
    }
}

fn standing_words(standing: &Standing) -> String {
    match standing {
        Standing::Ready => "answers".to_owned(),
        Standing::Open { retry_in_ms } => format!("failed too often; tried again in {} s", retry_in_ms.div_ceil(1000)),
        Standing::Probing => "is being tried again".to_owned(),
        Standing::Waiting { retry_in_ms } => format!("asked for patience of {} s", retry_in_ms.div_ceil(1000)),
    }
}

/// The models that agents can get.
fn models(app: &AppState) -> ModelTable {
    match app.models.status() {
        ProviderStatus::NotConfigured => ModelTable::default(),
        ProviderStatus::Configured { model, aliases, .. } => {
            let mut models = vec![model.clone()];
            models.extend(aliases.values().filter(|known| **known != model).cloned());
            ModelTable { models, default: Some(model), aliases, retired: Vec::new() }
        }
    }
}
