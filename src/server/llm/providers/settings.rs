//! The settings of the model provider: read from the environment, checked, and each error naming its variable.
//!
//! | variable | meaning |
//! | --- | --- |
//! | `LINTEL_LLM_PROVIDER` | `anthropic`, `openai` (anything that speaks its chat completions) or `scripted`; `anthropic` if only `ANTHROPIC_API_KEY` is set |
//! | `ANTHROPIC_API_KEY` | the key for Anthropic's own address; it is never sent anywhere else |
//! | `LINTEL_LLM_BASE_URL` | the provider's address, up to and with its version (`https://api.openai.com/v1`) |
//! | `LINTEL_LLM_API_KEY` | the key for that address |
//! | `LINTEL_LLM_MODEL` | the model that is asked when an agent does not say which |
//! | `LINTEL_LLM_ALIASES` | names that agents' files use: `opus=big-model,haiku=small-model` |
//! | `LINTEL_LLM_FALLBACK` | the model that is asked once when another refuses; a name or one of the aliases |
//! | `LINTEL_LLM_DAILY_DOLLARS` | what agents of one project may cost in a day (UTC), where the project does not say; no limit without it |
//! | `LINTEL_LLM_MODELS` | a JSON file that says what models take and cost, over what Lintel knows |
//! | `LINTEL_LLM_ALLOWED_HOSTS` | hosts besides the well-known providers: `llm.internal, 127.0.0.1:11434, http://gpu.internal:8080` |
//! | `LINTEL_LLM_PROXY` | a proxy to go through; those of the environment are not used |
//! | `LINTEL_LLM_TIMEOUTS` | seconds, such as `first=300,idle=90`; names: connect, headers, first, idle, stall |
//! | `LINTEL_LLM_SCRIPT` | the file that `scripted` plays |
//!
//! The file of `LINTEL_LLM_MODELS` is an object from names (or beginnings of names) to `{"tools", "strict_tools", "keeps",
//! "late_system", "context", "answer", "price": {"input", "kept", "keeping", "output"}}`, prices in dollars for a million tokens. What is
//! left out stays as it is known.

use std::{collections::BTreeMap, path::Path, time::Duration};

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use crate::{
    domain::agent::{
        allowance,
        conversation::{Capabilities, CapabilityTable, Price, Protocol},
    },
    server::llm::{
        client::Timeouts,
        endpoint::{AllowList, Endpoint, Key, Refused},
        providers::known::{self, Trust},
        scripted::{Script, Scripted},
    },
};

const PROVIDER: &str = "LINTEL_LLM_PROVIDER";
const ANTHROPIC_KEY: &str = "ANTHROPIC_API_KEY";
const BASE_URL: &str = "LINTEL_LLM_BASE_URL";
const API_KEY: &str = "LINTEL_LLM_API_KEY";
const MODEL: &str = "LINTEL_LLM_MODEL";
const ALIASES: &str = "LINTEL_LLM_ALIASES";
const FALLBACK: &str = "LINTEL_LLM_FALLBACK";
const DAILY: &str = "LINTEL_LLM_DAILY_DOLLARS";
const MODELS: &str = "LINTEL_LLM_MODELS";
const ALLOWED_HOSTS: &str = "LINTEL_LLM_ALLOWED_HOSTS";
const PROXY: &str = "LINTEL_LLM_PROXY";
const TIMEOUTS: &str = "LINTEL_LLM_TIMEOUTS";
const SCRIPT: &str = "LINTEL_LLM_SCRIPT";

/// The variables for people at a terminal; the module's documentation says more of each.
pub const HELP: &str = "\
Model provider, from the environment alone, so that no key stands in a list of processes:
  ANTHROPIC_API_KEY         the key for Anthropic; enough on its own
  LINTEL_LLM_PROVIDER       anthropic, openai (anything that speaks chat completions) or scripted
  LINTEL_LLM_BASE_URL       its address, up to and with its version
  LINTEL_LLM_ALLOWED_HOSTS  hosts besides the well-known providers that designs may go to
  LINTEL_LLM_API_KEY        the key for that address
  LINTEL_LLM_MODEL          the model that is asked when an agent does not say
  LINTEL_LLM_ALIASES        names that agents use: opus=big-model,haiku=small-model
  LINTEL_LLM_FALLBACK       the model that is asked once when another refuses
  LINTEL_LLM_DAILY_DOLLARS  what agents of one project may cost in a day, where the project does not say
  LINTEL_LLM_MODELS         a JSON file that says what models take and cost
  LINTEL_LLM_TIMEOUTS       seconds: connect, headers, first, idle, stall, such as first=300
  LINTEL_LLM_PROXY          a proxy to go through
  LINTEL_LLM_SCRIPT         the file that scripted plays";

/// Settings as they were written. Empty ones count as not set; keys are not shown by `Debug`.
#[derive(Clone, Debug, Default)]
pub struct ModelSettings {
    pub provider: Option<String>,
    pub anthropic_key: Option<SecretString>,
    pub base_url: Option<String>,
    pub api_key: Option<SecretString>,
    pub model: Option<String>,
    pub aliases: Option<String>,
    pub fallback: Option<String>,
    /// Dollars.
    pub daily: Option<String>,
    /// A file.
    pub models: Option<String>,
    pub allowed_hosts: Option<String>,
    pub proxy: Option<String>,
    pub timeouts: Option<String>,
    /// A file.
    pub script: Option<String>,
}

/// A setting that can't be used: which, what is wrong with it, and what to write.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{variable} {problem} {help}")]
pub struct SettingError {
    pub variable: &'static str,
    pub problem: String,
    pub help: String,
}

impl SettingError {
    fn new(variable: &'static str, problem: impl Into<String>, help: impl Into<String>) -> Self {
        Self { variable, problem: problem.into(), help: help.into() }
    }

    pub(in crate::server::llm::providers) fn no_client(detail: String) -> Self {
        Self::new(BASE_URL, format!("can't be used: {detail}."), "Check that this machine has a list of certificate authorities.")
    }
}

/// Settings that were checked.
pub(in crate::server::llm::providers) enum Setup {
    None,
    Remote(Box<RemoteSetup>),
    Scripted(Scripted),
}

pub(in crate::server::llm::providers) struct RemoteSetup {
    pub(in crate::server::llm::providers) name: String,
    pub(in crate::server::llm::providers) protocol: Protocol,
    pub(in crate::server::llm::providers) endpoint: Endpoint,
    pub(in crate::server::llm::providers) default: String,
    pub(in crate::server::llm::providers) aliases: BTreeMap<String, String>,
    pub(in crate::server::llm::providers) fallback: Option<String>,
    pub(in crate::server::llm::providers) table: CapabilityTable,
    pub(in crate::server::llm::providers) timeouts: Timeouts,
    pub(in crate::server::llm::providers) proxy: Option<String>,
    pub(in crate::server::llm::providers) key: Option<&'static str>,
}

impl ModelSettings {
    /// Takes the settings from variables, such as those of the environment.
    pub fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Self {
        let text = |name: &str| variable(name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        let secret = |name: &str| text(name).map(SecretString::from);
        Self {
            provider: text(PROVIDER),
            anthropic_key: secret(ANTHROPIC_KEY),
            base_url: text(BASE_URL),
            api_key: secret(API_KEY),
            model: text(MODEL),
            aliases: text(ALIASES),
            fallback: text(FALLBACK),
            daily: text(DAILY),
            models: text(MODELS),
            allowed_hosts: text(ALLOWED_HOSTS),
            proxy: text(PROXY),
            timeouts: text(TIMEOUTS),
            script: text(SCRIPT),
        }
    }

    /// What a project may spend in a day where it does not say, in millionths of a dollar.
    pub(in crate::server::llm::providers) fn daily(&self) -> Result<Option<u64>, SettingError> {
        let Some(written) = self.daily.as_deref() else { return Ok(None) };
        allowance::read(written)
            .map(Some)
            .map_err(|problem| SettingError::new(DAILY, format!("is `{written}`, which {problem}."), allowance::HELP))
    }

    pub(in crate::server::llm::providers) fn setup(&self) -> Result<Setup, SettingError> {
        let protocol = match self.provider.as_deref() {
            Some("anthropic") => Protocol::Anthropic,
            Some("openai") => Protocol::OpenAi,
            Some("scripted") => return self.scripted(),
            Some(other) => {
                let problem = format!("is `{other}`, which is no provider.");
                return Err(SettingError::new(
                    PROVIDER,
                    problem,
                    "Write anthropic, openai (for anything that speaks its protocol) or scripted.",
                ));
            }
            None if self.anthropic_key.is_some() && self.base_url.is_none() && self.api_key.is_none() => Protocol::Anthropic,
            None => {
                let set = [
                    (BASE_URL, self.base_url.is_some()),
                    (API_KEY, self.api_key.is_some()),
                    (MODEL, self.model.is_some()),
                    (SCRIPT, self.script.is_some()),
                ];
                return match set.into_iter().find(|(_, set)| *set) {
                    None => Ok(Setup::None),
                    Some((name, _)) => {
                        let problem = format!("is not set, but {name} is.");
                        Err(SettingError::new(
                            PROVIDER,
                            problem,
                            "Write anthropic, openai or scripted, so that it is clear how to talk to it.",
                        ))
                    }
                };
            }
        };
        self.remote(protocol).map(Box::new).map(Setup::Remote)
    }

    fn scripted(&self) -> Result<Setup, SettingError> {
        let Some(path) = self.script.as_deref() else {
            let problem = format!("is not set, but {PROVIDER} is scripted.");
            return Err(SettingError::new(SCRIPT, problem, "Write the path of a recorded conversation."));
        };
        let script = Script::load(Path::new(path)).map_err(|error| {
            SettingError::new(SCRIPT, format!("is `{path}`, which {error}."), "Write the path of a recorded conversation, one turn a line.")
        })?;
        Ok(Setup::Scripted(Scripted::new(script)))
    }

    fn remote(&self, protocol: Protocol) -> Result<RemoteSetup, SettingError> {
        let own = if protocol == Protocol::Anthropic { "https://api.anthropic.com" } else { "https://api.openai.com/v1" };
        let allowed = AllowList::read(self.allowed_hosts.as_deref().unwrap_or_default()).map_err(|entry| {
            let problem = format!("has the entry `{entry}`, which is no host.");
            SettingError::new(
                ALLOWED_HOSTS,
                problem,
                "Write hosts with commas between, each with its port if it is not the usual one: llm.internal, 127.0.0.1:11434.",
            )
        })?;
        let written = self.base_url.as_deref().unwrap_or(own);
        let url = allowed.check(written).map_err(|refused| {
            let help = match &refused {
                Refused::NotListed { host } => format!("Add {host} to {ALLOWED_HOSTS} if you trust it with your designs."),
                Refused::Plain { entry } => format!("Use https, or add {entry} to {ALLOWED_HOSTS} if that network is yours alone."),
                _ => "Write scheme, host and path, such as https://api.openai.com/v1.".to_owned(),
            };
            SettingError::new(BASE_URL, format!("is `{}`, {refused}.", without_password(written)), help)
        })?;
        let (key, variable) = match (&self.api_key, &self.anthropic_key) {
            (Some(key), _) => (Key::new(key.expose_secret(), &url), Some(API_KEY)),
            // Bound to Anthropic: another address does not get it.
            (None, Some(key)) if url.host_str() == Some("api.anthropic.com") => (Key::new(key.expose_secret(), &url), Some(ANTHROPIC_KEY)),
            (None, _) => (None, None),
        };
        if let (Some(key), Some(variable)) = (&key, variable)
            && !key.usable()
        {
            return Err(SettingError::new(variable, "has characters in it that no key has.", "Write the key on one line, without quotes."));
        }
        let endpoint = Endpoint::new(url, key);
        let trust = Trust::of(protocol, &endpoint);
        if trust == Trust::Maker && variable.is_none() {
            let name = if protocol == Protocol::Anthropic { ANTHROPIC_KEY } else { API_KEY };
            return Err(SettingError::new(
                name,
                format!("is not set, but {} asks for one.", endpoint.host()),
                "Write the key that the provider gave you.",
            ));
        }
        let default = match (&self.model, protocol) {
            (Some(model), _) => model.clone(),
            (None, Protocol::Anthropic) => known::CLAUDE_DEFAULT.to_owned(),
            (None, _) => {
                let problem = format!("is not set, and {} has no model that is always right.", endpoint.host());
                return Err(SettingError::new(MODEL, problem, "Write the model's name as the provider calls it."));
            }
        };
        in_service(MODEL, &default, trust)?;
        let mut table = known::table(trust);
        if let Some(path) = &self.models {
            overlay(&mut table, path)?;
        }
        let mut aliases: BTreeMap<String, String> = match protocol {
            Protocol::Anthropic => known::CLAUDE_ALIASES.iter().map(|(alias, model)| ((*alias).to_owned(), (*model).to_owned())).collect(),
            // Agents' files are written for Claude; elsewhere its names mean: whatever is set up here.
            _ => known::CLAUDE_ALIASES.iter().map(|(alias, _)| ((*alias).to_owned(), default.clone())).collect(),
        };
        aliases.extend(self.aliases()?);
        let fallback = self.fallback.as_ref().map(|wanted| aliases.get(&wanted.to_ascii_lowercase()).unwrap_or(wanted).clone());
        if let Some(fallback) = &fallback {
            in_service(FALLBACK, fallback, trust)?;
        }
        let proxy = self.proxy()?;
        Ok(RemoteSetup {
            name: name(&endpoint),
            protocol,
            endpoint,
            default,
            aliases,
            fallback,
            table,
            timeouts: self.timeouts()?,
            proxy,
            key: variable,
        })
    }

    fn aliases(&self) -> Result<BTreeMap<String, String>, SettingError> {
        let entries = self.aliases.as_deref().unwrap_or_default().split(',').map(str::trim).filter(|entry| !entry.is_empty());
        let read = |entry: &str| {
            let pair = entry.split_once('=').map(|(alias, model)| (alias.trim().to_ascii_lowercase(), model.trim().to_owned()));
            pair.filter(|(alias, model)| !alias.is_empty() && !model.is_empty()).ok_or_else(|| {
                let problem = format!("has the entry `{entry}`, which is not a name, an equals sign and a model.");
                SettingError::new(ALIASES, problem, "Write pairs with commas between, such as opus=big-model,haiku=small-model.")
            })
        };
        entries.map(read).collect()
    }

    fn timeouts(&self) -> Result<Timeouts, SettingError> {
        let mut timeouts = Timeouts::default();
        let entries = self.timeouts.as_deref().unwrap_or_default().split(',').map(str::trim).filter(|entry| !entry.is_empty());
        for entry in entries {
            let wrong = || {
                let problem = format!("has the entry `{entry}`, which is not one of the waits and 1 to 3600 seconds.");
                SettingError::new(
                    TIMEOUTS,
                    problem,
                    "Write pairs with commas between, such as first=300,idle=90; the names are connect, headers, first, idle, stall.",
                )
            };
            let (name, seconds) = entry.split_once('=').ok_or_else(wrong)?;
            let seconds = seconds.trim().parse().ok().filter(|seconds| (1..=3600).contains(seconds)).ok_or_else(wrong)?;
            let which = match name.trim() {
                "connect" => &mut timeouts.connect,
                "headers" => &mut timeouts.headers,
                "first" => &mut timeouts.first,
                "idle" => &mut timeouts.idle,
                "stall" => &mut timeouts.stall,
                _ => return Err(wrong()),
            };
            *which = Duration::from_secs(seconds);
        }
        Ok(timeouts)
    }

    fn proxy(&self) -> Result<Option<String>, SettingError> {
        let Some(proxy) = &self.proxy else { return Ok(None) };
        let fits = reqwest::Url::parse(proxy).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        if fits {
            return Ok(Some(proxy.clone()));
        }
        let problem = format!("is `{}`, which is not the address of a proxy.", without_password(proxy));
        Err(SettingError::new(PROXY, problem, "Write scheme, host and port, such as http://proxy.internal:3128."))
    }
}

/// A model that its maker has not switched off.
fn in_service(variable: &'static str, model: &str, trust: Trust) -> Result<(), SettingError> {
    let Some(date) = known::retired(model).filter(|_| trust == Trust::Maker) else { return Ok(()) };
    let problem = format!("is `{model}`, which was retired on {date}.");
    Err(SettingError::new(variable, problem, format!("Write a model that is in service, such as {}.", known::CLAUDE_DEFAULT)))
}

/// An address as it was written, without what may be a password in it.
fn without_password(text: &str) -> String {
    let (before, rest) = text.split_once("://").map_or(("", text), |(scheme, rest)| (scheme, rest));
    let Some((_, rest)) = rest.rsplit_once('@') else { return text.to_owned() };
    format!("{before}://…@{rest}")
}

/// A provider as people know it.
fn name(endpoint: &Endpoint) -> String {
    let host = endpoint.host();
    let known = match host.as_str() {
        "api.anthropic.com" => "Anthropic",
        "api.openai.com" => "OpenAI",
        "api.deepseek.com" => "DeepSeek",
        "api.groq.com" => "Groq",
        "api.mistral.ai" => "Mistral",
        "api.together.xyz" => "Together",
        "api.x.ai" => "xAI",
        "generativelanguage.googleapis.com" => "Gemini",
        "openrouter.ai" => "OpenRouter",
        host => host,
    };
    known.to_owned()
}

/// What the operator's file says of a model.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Told {
    tools: Option<bool>,
    strict_tools: Option<bool>,
    keeps: Option<bool>,
    late_system: Option<bool>,
    context: Option<u32>,
    answer: Option<u32>,
    price: Option<Dollars>,
}

/// For a million tokens.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Dollars {
    input: f64,
    output: f64,
    /// As input, when nothing is said.
    kept: Option<f64>,
    keeping: Option<f64>,
}

impl Dollars {
    fn price(&self) -> Option<Price> {
        let millionths = |dollars: f64| {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a price between 0 and 100,000 dollars")]
            (0.0..=100_000.0).contains(&dollars).then(|| (dollars * 1_000_000.0).round() as u64)
        };
        Some(Price {
            input: millionths(self.input)?,
            kept: millionths(self.kept.unwrap_or(self.input))?,
            keeping: millionths(self.keeping.unwrap_or(self.input))?,
            output: millionths(self.output)?,
        })
    }
}

fn overlay(table: &mut CapabilityTable, path: &str) -> Result<(), SettingError> {
    let wrong = |problem: String| {
        SettingError::new(
            MODELS,
            format!("is `{path}`, which {problem}."),
            "Write a JSON object from models to what they take, such as {\"my-model\": {\"context\": 32000}}.",
        )
    };
    let text = std::fs::read_to_string(path).map_err(|error| wrong(format!("can't be read: {error}")))?;
    let told: BTreeMap<String, Told> =
        serde_json::from_str(&text).map_err(|error| wrong(format!("says something else than models and what they take: {error}")))?;
    let before = table.clone();
    for (model, told) in told {
        let known = known::find(&before, &model).unwrap_or_else(known::unknown);
        let price = match &told.price {
            None => known.price,
            Some(dollars) => Some(dollars.price().ok_or_else(|| wrong(format!("has a price of {model} that is no price")))?),
        };
        let capabilities = Capabilities {
            tools: told.tools.unwrap_or(known.tools),
            strict_tools: told.strict_tools.unwrap_or(known.strict_tools),
            keeps: told.keeps.unwrap_or(known.keeps),
            late_system: told.late_system.unwrap_or(known.late_system),
            context: told.context.unwrap_or(known.context),
            answer: told.answer.unwrap_or(known.answer),
            price,
        };
        table.insert(model, capabilities);
    }
    Ok(())
}
