//! Puts the program together: settings in, [`AppState`] out. The server, the command line and the tests all begin here.

use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
    sync::Arc,
};

use axum::extract::FromRef;
use leptos::config::LeptosOptions;

use crate::server::{
    collab::rooms::Rooms,
    http::{assets::Assets, health::Health},
    llm::providers::Providers,
    ports::{Clock, IdSource, RandomIds, SystemClock},
    service::{
        agent_runs::purse::Purse, agents::shelf::Shelves, jobs::Jobs, limits::Limits, notices::Notices, plates::Plates,
        reading::pictures::Pictures,
    },
    store::Store,
};

/// What every request can reach. Cheap to clone.
#[derive(Clone, FromRef)]
pub struct AppState {
    pub config: Arc<Config>,
    pub store: Store,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn IdSource>,
    pub rooms: Rooms,
    pub limits: Arc<Limits>,
    pub jobs: Jobs,
    pub notices: Arc<Notices>,
    pub plates: Arc<Plates>,
    pub pictures: Arc<Pictures>,
    /// What running agents may still spend.
    pub purse: Arc<Purse>,
    /// The provider of models, if one is set up.
    pub models: Arc<Providers>,
    pub agents: Arc<Shelves>,
    pub assets: Arc<Assets>,
    pub health: Arc<Health>,
    pub leptos: LeptosOptions,
}

impl AppState {
    /// The parts over an opened store, with the machine's clock and random source.
    pub fn new(config: Config, store: Store, assets: Assets) -> Self {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let ids = Arc::new(RandomIds::new(Arc::clone(&clock)));
        Self::assemble(config, store, assets, clock, ids)
    }

    /// The same with time and identifiers of the caller's choice.
    pub fn assemble(config: Config, store: Store, assets: Assets, clock: Arc<dyn Clock>, ids: Arc<dyn IdSource>) -> Self {
        Self {
            rooms: Rooms::start(store.clone(), Arc::clone(&clock), Arc::clone(&ids)),
            limits: Arc::new(Limits::new()),
            jobs: Jobs::default(),
            notices: Arc::new(Notices::default()),
            plates: Arc::new(Plates::default()),
            pictures: Arc::new(Pictures::default()),
            purse: Arc::new(Purse::default()),
            models: Arc::new(Providers::none()),
            agents: Arc::new(Shelves::default()),
            health: Arc::new(Health::new()),
            assets: Arc::new(assets),
            leptos: LeptosOptions::builder().output_name("lintel").site_addr(config.addr).build(),
            config: Arc::new(config),
            store,
            clock,
            ids,
        }
    }
}

impl AppState {
    /// The same with a provider of models.
    #[must_use]
    pub fn with_models(self, models: Providers) -> Self {
        Self { models: Arc::new(models), ..self }
    }
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// One object a line, for collectors.
    Json,
    /// For people at a terminal.
    Text,
}

/// The server's settings, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Where to listen.
    pub addr: SocketAddr,
    /// The folder of the database.
    pub data: PathBuf,
    /// Scheme, host and port under which people reach the server, without a slash at the end.
    pub base_url: Option<String>,
    pub log: LogFormat,
    /// Directives such as `info,lintel=debug`.
    pub log_filter: String,
    /// Whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<Network>,
    /// Whether `/metrics` answers other machines.
    pub metrics_public: bool,
    /// Whether passwords may travel unencrypted to a public address.
    pub insecure_http: bool,
}

/// Settings as they were written, each from its flag or its environment variable.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    pub addr: Option<String>,
    pub data: Option<PathBuf>,
    pub base_url: Option<String>,
    pub log: Option<String>,
    pub log_filter: Option<String>,
    pub trusted_proxies: Option<String>,
    pub metrics_public: Option<String>,
    pub insecure_http: Option<String>,
}

/// A setting that can't be used: which, what is wrong with it, and what to write.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{variable} (or {flag}) {problem} {help}")]
pub struct ConfigError {
    pub variable: &'static str,
    pub flag: &'static str,
    pub problem: String,
    pub help: &'static str,
}

impl Config {
    /// Checks settings; empty ones count as not set.
    pub fn read(settings: Settings, terminal: bool) -> Result<Self, ConfigError> {
        let addr = match written(settings.addr.as_deref()) {
            None => SocketAddr::from(([127, 0, 0, 1], 3000)),
            Some(text) => text.parse().map_err(|_| ConfigError {
                variable: "LINTEL_ADDR",
                flag: "--addr",
                problem: format!("is `{text}`, which is not an address with a port."),
                help: "Write an IP address and a port, such as 127.0.0.1:3000 or 0.0.0.0:3000.",
            })?,
        };
        let base_url = written(settings.base_url.as_deref()).map(base_url).transpose()?;
        let insecure_http = switch("LINTEL_INSECURE_HTTP", "--insecure-http", settings.insecure_http.as_deref())?;
        let config = Self {
            addr,
            data: settings.data.filter(|data| !data.as_os_str().is_empty()).unwrap_or_else(|| PathBuf::from("lintel-data")),
            log: log_format(written(settings.log.as_deref()), terminal)?,
            log_filter: log_filter(written(settings.log_filter.as_deref()))?,
            trusted_proxies: trusted_proxies(written(settings.trusted_proxies.as_deref()))?,
            metrics_public: switch("LINTEL_METRICS_PUBLIC", "--metrics-public", settings.metrics_public.as_deref())?,
            base_url,
            insecure_http,
        };
        if !addr.ip().is_loopback() && !config.https() && !insecure_http {
            return Err(ConfigError {
                variable: "LINTEL_ADDR",
                flag: "--addr",
                problem: format!("is {addr}, which other machines can reach, and passwords would travel unencrypted."),
                help: "Put a proxy with TLS in front and set LINTEL_BASE_URL to its https address, or set LINTEL_INSECURE_HTTP=true \
                       (--insecure-http) if the network is yours alone.",
            });
        }
        Ok(config)
    }

    /// Whether people reach the server encrypted. Decides about secure cookies and strict transport.
    pub fn https(&self) -> bool {
        self.base_url.as_deref().is_some_and(|url| url.starts_with("https://"))
    }

    /// Where people reach the server, without a slash at the end.
    pub fn public_url(&self) -> String {
        self.base_url.clone().unwrap_or_else(|| format!("http://{}", self.addr))
    }

    /// Whether an address belongs to a proxy whose word about its clients counts.
    pub fn trusts(&self, address: IpAddr) -> bool {
        self.trusted_proxies.iter().any(|network| network.contains(address))
    }
}

/// A range of addresses: `10.0.0.0/8`, or one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    /// Leading bits that count.
    prefix: u32,
}

impl Network {
    pub fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = text.split_once('/').map_or((text, None), |(address, prefix)| (address, Some(prefix)));
        let address = address.parse::<IpAddr>().ok()?.to_canonical();
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.map_or(Some(longest), |prefix| prefix.parse().ok())?;
        (prefix <= longest).then_some(Self { address, prefix })
    }

    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(network), IpAddr::V4(other)) => {
                (network.to_bits() ^ other.to_bits()).checked_shr(32 - self.prefix).unwrap_or(0) == 0
            }
            (IpAddr::V6(network), IpAddr::V6(other)) => {
                (network.to_bits() ^ other.to_bits()).checked_shr(128 - self.prefix).unwrap_or(0) == 0
            }
            _ => false,
        }
    }
}

fn written(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

fn base_url(text: &str) -> Result<String, ConfigError> {
    let problem = |problem: &str| ConfigError {
        variable: "LINTEL_BASE_URL",
        flag: "--base-url",
        problem: format!("is `{text}`, {problem}."),
        help: "Write scheme and host as people see them, such as https://lintel.example.com.",
    };
    let uri: axum::http::Uri = text.parse().map_err(|_| problem("which is not a web address"))?;
    let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
        return Err(problem("which has no scheme or no host"));
    };
    if !matches!(scheme, "http" | "https") {
        return Err(problem("which is neither http nor https"));
    }
    if !uri.path().trim_matches('/').is_empty() || uri.query().is_some() || authority.as_str().contains('@') {
        return Err(problem("which has more than scheme, host and port"));
    }
    let standard = if scheme == "https" { 443 } else { 80 };
    let host = authority.host().to_ascii_lowercase();
    Ok(match authority.port_u16() {
        Some(port) if port != standard => format!("{scheme}://{host}:{port}"),
        _ => format!("{scheme}://{host}"),
    })
}

fn log_format(text: Option<&str>, terminal: bool) -> Result<LogFormat, ConfigError> {
    match text {
        Some("text") => Ok(LogFormat::Text),
        None if terminal => Ok(LogFormat::Text),
        Some("json") | None => Ok(LogFormat::Json),
        Some(other) => Err(ConfigError {
            variable: "LINTEL_LOG",
            flag: "--log",
            problem: format!("is `{other}`, which is not a log format."),
            help: "Write json or text.",
        }),
    }
}

fn log_filter(text: Option<&str>) -> Result<String, ConfigError> {
    let text = text.unwrap_or("info,sqlx=warn");
    tracing_subscriber::EnvFilter::try_new(text).map_err(|error| ConfigError {
        variable: "LINTEL_LOG_FILTER",
        flag: "--log-filter",
        problem: format!("is `{text}`, which can't be read: {error}."),
        help: "Write a level, or levels by module, such as info or info,lintel=debug.",
    })?;
    Ok(text.to_owned())
}

fn trusted_proxies(text: Option<&str>) -> Result<Vec<Network>, ConfigError> {
    let entries = text.unwrap_or_default().split(',').map(str::trim).filter(|entry| !entry.is_empty());
    let read = |entry: &str| {
        Network::parse(entry).ok_or_else(|| ConfigError {
            variable: "LINTEL_TRUSTED_PROXIES",
            flag: "--trusted-proxies",
            problem: format!("has the entry `{entry}`, which is not an address or a range."),
            help: "Write addresses or ranges with commas between, such as 127.0.0.1,10.0.0.0/8.",
        })
    };
    entries.map(read).collect()
}

fn switch(variable: &'static str, flag: &'static str, text: Option<&str>) -> Result<bool, ConfigError> {
    match written(text) {
        None | Some("false" | "0" | "no" | "off") => Ok(false),
        Some("true" | "1" | "yes" | "on") => Ok(true),
        Some(other) => {
            let problem = format!("is `{other}`, which is neither yes nor no.");
            Err(ConfigError { variable, flag, problem, help: "Write true or false." })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(settings: Settings) -> String {
        Config::read(settings, true).unwrap_err().to_string()
    }

    #[test]
    fn nothing_set_gives_a_private_server() {
        let config = Config::read(Settings::default(), false).unwrap();
        assert_eq!(config.addr.to_string(), "127.0.0.1:3000");
        assert_eq!(config.data, PathBuf::from("lintel-data"));
        assert_eq!(config.log, LogFormat::Json);
        assert_eq!(config.public_url(), "http://127.0.0.1:3000");
        assert!(!config.https() && !config.metrics_public && !config.insecure_http);
        assert_eq!(Config::read(Settings { addr: Some(" ".to_owned()), ..Settings::default() }, true).unwrap().log, LogFormat::Text);
    }

    #[test]
    fn wrong_settings_name_the_variable_and_the_way_out() {
        let set = |text: &str| Some(text.to_owned());
        let cases = [
            (Settings { addr: set("3000"), ..Settings::default() }, "LINTEL_ADDR", "127.0.0.1:3000"),
            (Settings { base_url: set("lintel.example.com"), ..Settings::default() }, "LINTEL_BASE_URL", "https://lintel.example.com"),
            (Settings { base_url: set("ftp://a.b"), ..Settings::default() }, "LINTEL_BASE_URL", "neither http nor https"),
            (Settings { base_url: set("https://a.b/lintel"), ..Settings::default() }, "LINTEL_BASE_URL", "more than scheme"),
            (Settings { log: set("xml"), ..Settings::default() }, "LINTEL_LOG", "json or text"),
            (Settings { log_filter: set("lintel=loud"), ..Settings::default() }, "LINTEL_LOG_FILTER", "info"),
            (Settings { trusted_proxies: set("10.0.0.0/40"), ..Settings::default() }, "LINTEL_TRUSTED_PROXIES", "10.0.0.0/40"),
            (Settings { metrics_public: set("maybe"), ..Settings::default() }, "LINTEL_METRICS_PUBLIC", "true or false"),
            (Settings { insecure_http: set("maybe"), ..Settings::default() }, "LINTEL_INSECURE_HTTP", "true or false"),
        ];
        for (settings, variable, help) in cases {
            let message = refused(settings);
            assert!(message.starts_with(variable) && message.contains("--") && message.contains(help), "{message}");
        }
    }

    #[test]
    fn a_public_address_needs_https_or_a_clear_word() {
        let public = || Settings { addr: Some("0.0.0.0:3000".to_owned()), ..Settings::default() };
        assert!(refused(public()).contains("LINTEL_INSECURE_HTTP=true"));
        assert!(refused(Settings { base_url: Some("http://a.b".to_owned()), ..public() }).contains("unencrypted"));
        assert!(Config::read(Settings { insecure_http: Some("true".to_owned()), ..public() }, true).is_ok());
        assert!(Config::read(Settings { base_url: Some("https://a.b".to_owned()), ..public() }, true).unwrap().https());
    }

    #[test]
    fn base_urls_lose_what_does_not_matter() {
        assert_eq!(base_url("https://Lintel.Example.com/").unwrap(), "https://lintel.example.com");
        assert_eq!(base_url("https://a.b:443").unwrap(), "https://a.b");
        assert_eq!(base_url("http://a.b:8080").unwrap(), "http://a.b:8080");
    }

    #[test]
    fn networks_contain_by_prefix() {
        let network = Network::parse("10.1.0.0/16").unwrap();
        assert!(network.contains("10.1.200.3".parse().unwrap()));
        assert!(network.contains("::ffff:10.1.0.1".parse().unwrap()));
        assert!(!network.contains("10.2.0.1".parse().unwrap()));
        assert!(Network::parse("0.0.0.0/0").unwrap().contains("8.8.8.8".parse().unwrap()));
        assert!(Network::parse("::1").unwrap().contains("::1".parse().unwrap()));
        assert!(!Network::parse("::1").unwrap().contains("127.0.0.1".parse().unwrap()));
        assert_eq!(Network::parse("10.0.0"), None);
    }
}
