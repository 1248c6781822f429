//! `lintel serve`: settings from flags and environment, then the server until the process is told to end.

use std::{io::IsTerminal, path::PathBuf};

use clap::{Args, Parser};

use crate::{
    cli::{Failure, say},
    server::{
        boot::{Config, Settings},
        llm::providers::settings::{HELP, ModelSettings},
        run,
    },
};

/// Serve the app. Every setting is a flag or an environment variable; the flag wins.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub struct Serve {
    /// IP address and port to listen on [default: 127.0.0.1:3000]
    #[arg(long, value_name = "IP:PORT", env = "LINTEL_ADDR")]
    addr: Option<String>,
    /// Folder of the database, made on first start [default: lintel-data]
    #[arg(long, value_name = "DIR", env = "LINTEL_DATA")]
    data: Option<PathBuf>,
    /// Address under which people reach the server, such as `https://lintel.example.com`
    #[arg(long, value_name = "URL", env = "LINTEL_BASE_URL")]
    base_url: Option<String>,
    /// Format of log lines: json or text [default: text on a terminal, json otherwise]
    #[arg(long, value_name = "FORMAT", env = "LINTEL_LOG")]
    log: Option<String>,
    /// Levels of log lines, such as info or info,lintel=debug [default: info,sqlx=warn]
    #[arg(long, value_name = "LEVELS", env = "LINTEL_LOG_FILTER")]
    log_filter: Option<String>,
    /// Proxies whose X-Forwarded-For is believed: addresses or ranges with commas between
    #[arg(long, value_name = "LIST", env = "LINTEL_TRUSTED_PROXIES")]
    trusted_proxies: Option<String>,
    /// Let other machines read /metrics
    #[arg(long, value_name = "YES_NO", env = "LINTEL_METRICS_PUBLIC", num_args = 0..=1, default_missing_value = "true")]
    metrics_public: Option<String>,
    /// Listen on a public address without encryption
    #[arg(long, value_name = "YES_NO", env = "LINTEL_INSECURE_HTTP", num_args = 0..=1, default_missing_value = "true")]
    insecure_http: Option<String>,
    /// Folder of the site's files, for builds that do not carry them [default: site beside the program]
    #[arg(long, value_name = "DIR", env = "LINTEL_SITE")]
    site: Option<PathBuf>,
}

#[derive(Debug, Parser)]
struct FromEnvironment {
    #[command(flatten)]
    serve: Serve,
}

impl Serve {
    /// The settings of `lintel` alone: all from the environment.
    pub fn from_environment() -> Result<Self, Failure> {
        FromEnvironment::try_parse_from(["lintel"]).map(|parsed| parsed.serve).map_err(Failure::fault)
    }

    /// Serves until the process is told to end.
    pub fn run(self) -> Result<(), Failure> {
        let settings = Settings {
            addr: self.addr,
            data: self.data,
            base_url: self.base_url,
            log: self.log,
            log_filter: self.log_filter,
            trusted_proxies: self.trusted_proxies,
            metrics_public: self.metrics_public,
            insecure_http: self.insecure_http,
        };
        let config = Config::read(settings, std::io::stderr().is_terminal()).map_err(Failure::fault)?;
        run::log(&config);
        let models = ModelSettings::from_variables(|name| std::env::var(name).ok());
        let site = self.site.filter(|site| !site.as_os_str().is_empty());
        let begun = |begun: &run::Begun| {
            say(&format!("Lintel is at {}", begun.url));
            if let Some(link) = &begun.setup_link {
                say(&format!("Nobody administers this server yet. Open this link within 24 hours to begin:\n\n  {link}\n"));
            }
        };
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Failure::fault)?;
        runtime.block_on(run::serve(config, &models, site.as_deref(), begun)).map_err(Failure::fault)
    }
}
