//! A server's life: logging, opening the data folder, listening, and stopping without losing anything.

use std::{io::IsTerminal, net::SocketAddr, path::Path, sync::Arc, time::Duration};

use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    sync::watch,
};
use tracing_subscriber::EnvFilter;

use crate::server::{
    boot::{AppState, Config, LogFormat},
    error::ServiceError,
    http::{
        assets::{Assets, AssetsError},
        listen,
        router::router,
    },
    llm::providers::{
        Providers,
        settings::{ModelSettings, SettingError},
    },
    service,
    store::{Store, StoreError, folder::Lock},
};

/// How long open requests may take to finish when the server stops.
const DRAIN: Duration = Duration::from_secs(10);

/// Why a server did not start or did not stop cleanly.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    #[error("{0}")]
    Store(#[from] StoreError),
    #[error("{0}")]
    Assets(#[from] AssetsError),
    #[error("{0}")]
    Model(#[from] SettingError),
    #[error("{0}")]
    Service(#[from] ServiceError),
    #[error("LINTEL_ADDR (or --addr) is {addr}, where this process can't listen: {source}. Choose another port, or stop what uses it")]
    Listen { addr: SocketAddr, source: std::io::Error },
    #[error("the server could not go on: {0}")]
    Io(#[from] std::io::Error),
}

/// What people should see when the server has begun: where it listens, and the setup link while nobody administers it.
#[derive(Clone, Debug)]
pub struct Begun {
    pub url: String,
    pub setup_link: Option<String>,
}

/// Starts logging to the standard error stream, in the format and at the levels of the settings.
pub fn log(config: &Config) {
    let filter = EnvFilter::new(&config.log_filter);
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // Somebody who embeds the server may have a subscriber already; theirs stays.
    let _ = match config.log {
        LogFormat::Json => lines.json().flatten_event(true).with_span_list(false).try_init(),
        LogFormat::Text => lines.compact().with_ansi(std::io::stderr().is_terminal()).with_target(false).try_init(),
    };
}

/// Runs a server until the process is told to end. `begun` is called once it takes connections.
///
/// # Errors
/// The data folder is in use, damaged or not writable; the address can't be listened on; the site's files are missing.
pub async fn serve(mut config: Config, models: &ModelSettings, site: Option<&Path>, begun: impl FnOnce(&Begun)) -> Result<(), RunError> {
    let assets = Assets::load(site)?;
    let mut lock = Lock::take(&config.data)?;
    let store = Store::open(&config.data).await?;
    store.check().await?;
    let listener = TcpListener::bind(config.addr).await.map_err(|source| RunError::Listen { addr: config.addr, source })?;
    config.addr = listener.local_addr()?;
    lock.sign(config.addr)?;
    if !config.addr.ip().is_loopback() && !config.https() {
        tracing::warn!(addr = %config.addr, "other machines can reach this server without encryption; passwords travel readable");
    }
    // From here on a signal stops the server in order, however early it comes.
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let app = AppState::new(config, store, assets);
    let models = Providers::open(models, Arc::clone(&app.clock), Arc::clone(&app.ids))?;
    let app = app.with_models(models);
    let (stop, stopped) = watch::channel(false);
    // Before anybody can begin anything new.
    service::upkeep::begin(&app).await?;
    let mut server = tokio::spawn(listen::serve(listener, router(app.clone()), stopped, listen::PATIENCE));
    let setup_link = service::people::setup_link(&app).await?;
    begun(&Begun { url: app.config.public_url(), setup_link });
    tracing::info!(addr = %app.config.addr, data = %app.config.data.display(), "listening");

    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    tracing::info!("stopping");
    app.health.stop();
    let _ = stop.send(true);
    app.rooms.shutdown().await;
    if tokio::time::timeout(DRAIN, &mut server).await.is_err() {
        tracing::warn!("some requests did not finish in ten seconds and were ended");
        server.abort();
    }
    app.store.close().await?;
    tracing::info!("stopped");
    Ok(())
}
