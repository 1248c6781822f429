//! Which provider is set up, and the models it hands out: one for each run, behind the provider's guard.
//!
//! No provider at all is a normal state. The settings are read in [`settings`]; what is known of models is in [`known`].

use std::{collections::BTreeMap, sync::Arc};

use serde::Serialize;

use crate::{
    domain::{
        agent::conversation::{CapabilityTable, Protocol, TurnError},
        id::ProjectId,
    },
    server::{
        llm::{
            client::Client,
            endpoint::Endpoint,
            providers::settings::{ModelSettings, SettingError, Setup},
            resilience::{
                Guard, Guarded, Line, Standing,
                bulkhead::{Bounds, Bulkhead},
            },
            scripted::Scripted,
        },
        ports::{ChatModel, Clock, IdSource, ModelInfo},
    },
};

pub mod known;
pub mod settings;

/// The provider that is set up, if one is.
pub struct Providers {
    backend: Backend,
    /// What a project may spend in a day where it does not say, in millionths of a dollar.
    daily: Option<u64>,
}

enum Backend {
    None,
    Remote(Remote),
    Scripted(Scripted),
}

struct Remote {
    /// As people know it.
    name: String,
    protocol: Protocol,
    endpoint: Endpoint,
    line: Arc<dyn Line>,
    guard: Arc<Guard>,
    /// What is asked when an agent does not say.
    default: String,
    /// Names that agents use, such as `opus`, to models.
    aliases: BTreeMap<String, String>,
    /// What is asked once when a model refuses.
    fallback: Option<String>,
    table: CapabilityTable,
    /// The variable the key came from.
    key: Option<&'static str>,
}

/// A model for one run.
pub struct Chosen {
    pub model: Arc<dyn ChatModel>,
    /// What is asked once if it refuses.
    pub fallback: Option<Arc<dyn ChatModel>>,
    /// What people should know about the choice: an agent asked for a model that can't be had.
    pub note: Option<String>,
}

/// How it stands, for the settings page. Holds no secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum ProviderStatus {
    NotConfigured,
    Configured {
        provider: String,
        protocol: Protocol,
        /// Host, with its port where it is not the usual one; nothing for recordings.
        host: Option<String>,
        /// What is asked when an agent does not say.
        model: String,
        aliases: BTreeMap<String, String>,
        /// What is asked once when a model refuses.
        fallback: Option<String>,
        /// Whether what it costs is known.
        priced: bool,
        /// The variable that holds the key; nothing when none is sent.
        key: Option<&'static str>,
        /// How it stands with each model that was asked since the server began.
        models: BTreeMap<String, Standing>,
        running: usize,
        waiting: usize,
    },
}

impl Providers {
    pub const fn none() -> Self {
        Self { backend: Backend::None, daily: None }
    }

    /// Plays a script in place of a provider; each run begins at its beginning.
    pub const fn playing(script: Scripted) -> Self {
        Self { backend: Backend::Scripted(script), daily: None }
    }

    /// Sets up what the settings say.
    ///
    /// # Errors
    /// The first setting that can't be used.
    pub fn open(settings: &ModelSettings, clock: Arc<dyn Clock>, ids: Arc<dyn IdSource>) -> Result<Self, SettingError> {
        let daily = settings.daily()?;
        let remote = match settings.setup()? {
            Setup::None => return Ok(Self { daily, ..Self::none() }),
            Setup::Scripted(script) => return Ok(Self { daily, ..Self::playing(script) }),
            Setup::Remote(remote) => remote,
        };
        let client = Client::new(remote.endpoint.clone(), remote.protocol, remote.timeouts, remote.proxy.as_deref(), clock);
        let line: Arc<dyn Line> = Arc::new(client.map_err(SettingError::no_client)?);
        let backend = Backend::Remote(Remote {
            name: remote.name,
            protocol: remote.protocol,
            endpoint: remote.endpoint,
            line,
            guard: Arc::new(Guard::new(Bulkhead::new(Bounds::default()), ids)),
            default: remote.default,
            aliases: remote.aliases,
            fallback: remote.fallback,
            table: remote.table,
            key: remote.key,
        });
        Ok(Self { backend, daily })
    }

    /// What a project may spend in a day where it does not say, in millionths of a dollar; none for no limit.
    pub const fn daily(&self) -> Option<u64> {
        self.daily
    }

    pub const fn configured(&self) -> bool {
        !matches!(self.backend, Backend::None)
    }

    /// Whether what is asked leaves this machine.
    pub fn external(&self) -> bool {
        matches!(&self.backend, Backend::Remote(remote) if remote.endpoint.external())
    }

    /// A model for one run of a project. `wanted` is what the agent's file says: an alias, a model's own name, `inherit` or
    /// nothing. `external` is whether the project lets its designs leave this machine.
    ///
    /// # Errors
    /// [`TurnError::NotConfigured`] and [`TurnError::SwitchedOff`].
    pub fn model(&self, project: ProjectId, wanted: Option<&str>, external: bool) -> Result<Chosen, TurnError> {
        match &self.backend {
            Backend::None => Err(TurnError::NotConfigured),
            Backend::Scripted(script) => Ok(Chosen { model: Arc::new(script.fresh()), fallback: None, note: None }),
            Backend::Remote(remote) if remote.endpoint.external() && !external => Err(TurnError::SwitchedOff),
            Backend::Remote(remote) => {
                let (model, note) = remote.choose(wanted);
                let guarded = |model: String| -> Arc<dyn ChatModel> {
                    Arc::new(Guarded::new(remote.info(model), Arc::clone(&remote.line), Arc::clone(&remote.guard), project))
                };
                // Asking the same model the same again is no second opinion.
                let fallback = remote.fallback.clone().filter(|other| *other != model).map(guarded);
                Ok(Chosen { model: guarded(model), fallback, note })
            }
        }
    }

    pub fn status(&self) -> ProviderStatus {
        match &self.backend {
            Backend::None => ProviderStatus::NotConfigured,
            Backend::Scripted(script) => {
                let info = script.info();
                ProviderStatus::Configured {
                    provider: info.provider.clone(),
                    protocol: info.protocol,
                    host: None,
                    model: info.model.clone(),
                    aliases: BTreeMap::new(),
                    fallback: None,
                    priced: false,
                    key: None,
                    models: BTreeMap::new(),
                    running: 0,
                    waiting: 0,
                }
            }
            Backend::Remote(remote) => {
                let (running, waiting) = remote.guard.load();
                let model = remote.default.clone();
                ProviderStatus::Configured {
                    provider: remote.name.clone(),
                    protocol: remote.protocol,
                    host: Some(remote.endpoint.host()),
                    priced: remote.info(model.clone()).capabilities.price.is_some(),
                    model,
                    aliases: remote.aliases.clone(),
                    fallback: remote.fallback.clone(),
                    key: remote.key,
                    models: remote.guard.standings(),
                    running,
                    waiting,
                }
            }
        }
    }
}

impl Remote {
    /// The model for what an agent asks for, and what to tell people when it is another one.
    fn choose(&self, wanted: Option<&str>) -> (String, Option<String>) {
        let default = self.default.as_str();
        let wanted = wanted.map(str::trim).unwrap_or_default();
        if wanted.is_empty() || wanted.eq_ignore_ascii_case("inherit") || wanted == default {
            return (default.to_owned(), None);
        }
        if let Some(model) = self.aliases.get(&wanted.to_ascii_lowercase()) {
            return (model.clone(), None);
        }
        let why = match known::retired(wanted) {
            Some(date) => format!(", which was retired on {date}"),
            None if known::find(&self.table, wanted).is_some() => return (wanted.to_owned(), None),
            None => format!(", which is not known at {}", self.name),
        };
        (default.to_owned(), Some(format!("The agent's file asks for the model {wanted}{why}. It runs with {default}.")))
    }

    fn info(&self, model: String) -> ModelInfo {
        let capabilities = known::find(&self.table, &model).unwrap_or_else(known::unknown);
        ModelInfo { provider: self.name.clone(), protocol: self.protocol, model, capabilities }
    }
}

#[cfg(test)]
mod tests;
