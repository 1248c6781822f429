//! Whether the server lives, whether it can work, and how it is doing: `/health`, `/ready` and `/metrics`.

use std::{
    fmt::Write,
    net::SocketAddr,
    sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering},
    time::Duration,
};

use axum::{
    extract::{ConnectInfo, Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use tokio::sync::Mutex;

use crate::{
    domain::moment::Moment,
    server::{boot::AppState, http::answer::Problem},
};

/// How long `/ready` stands by what it found, in milliseconds: anybody may ask, and finding out writes to the disk.
const FRESH: i64 = 5_000;
/// Upper bounds of the duration histogram, in milliseconds.
const BUCKETS: [u64; 6] = [5, 25, 100, 500, 2_500, 10_000];

/// What the server knows about itself.
#[derive(Debug, Default)]
pub struct Health {
    stopping: AtomicBool,
    /// When the database and its folder were last tried, and what was wrong.
    tried: Mutex<Option<(Moment, Option<&'static str>)>>,
    /// Open live connections; `http::socket` counts them.
    pub sockets: AtomicI64,
    /// Answers by the first digit of their status, 1 to 5.
    answers: [AtomicU64; 5],
    buckets: [AtomicU64; BUCKETS.len()],
    microseconds: AtomicU64,
}

impl Health {
    pub fn new() -> Self {
        Self::default()
    }

    /// From now on `/ready` says no, so that nobody sends new requests here.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    /// Counts an answer.
    pub fn answered(&self, status: StatusCode, took: Duration) {
        if let Some(counter) = self.answers.get(usize::from(status.as_u16() / 100).wrapping_sub(1)) {
            counter.fetch_add(1, Ordering::Relaxed);
        }
        let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        if let Some((_, bucket)) = BUCKETS.iter().zip(&self.buckets).find(|(bound, _)| milliseconds <= **bound) {
            bucket.fetch_add(1, Ordering::Relaxed);
        }
        self.microseconds.fetch_add(u64::try_from(took.as_micros()).unwrap_or_default(), Ordering::Relaxed);
    }

    fn print(&self, database_bytes: i64) -> String {
        let mut text = String::new();
        let mut total = 0;
        text.push_str("# HELP lintel_requests_total Answers by status class.\n# TYPE lintel_requests_total counter\n");
        for (class, counter) in (1..).zip(&self.answers) {
            let count = counter.load(Ordering::Relaxed);
            total += count;
            let _ = writeln!(text, "lintel_requests_total{{status=\"{class}xx\"}} {count}");
        }
        text.push_str("# HELP lintel_request_seconds Time until an answer began.\n# TYPE lintel_request_seconds histogram\n");
        let mut below = 0;
        for (bound, bucket) in BUCKETS.iter().zip(&self.buckets) {
            below += bucket.load(Ordering::Relaxed);
            let _ = writeln!(text, "lintel_request_seconds_bucket{{le=\"{}.{:03}\"}} {below}", bound / 1000, bound % 1000);
        }
        let microseconds = self.microseconds.load(Ordering::Relaxed);
        let _ = writeln!(text, "lintel_request_seconds_bucket{{le=\"+Inf\"}} {total}");
        let _ = writeln!(text, "lintel_request_seconds_sum {}.{:06}", microseconds / 1_000_000, microseconds % 1_000_000);
        let _ = writeln!(text, "lintel_request_seconds_count {total}");
        text.push_str("# HELP lintel_open_sockets Live editing connections.\n# TYPE lintel_open_sockets gauge\n");
        let _ = writeln!(text, "lintel_open_sockets {}", self.sockets.load(Ordering::Relaxed));
        text.push_str("# HELP lintel_database_bytes Size of the database.\n# TYPE lintel_database_bytes gauge\n");
        let _ = writeln!(text, "lintel_database_bytes {database_bytes}");
        text
    }
}

/// The process answers.
pub async fn health() -> &'static str {
    "ok\n"
}

/// The database takes writes and its folder has room.
pub async fn ready(State(app): State<AppState>) -> Response {
    let problem = if app.health.stopping.load(Ordering::Relaxed) { Some("stopping") } else { trouble(&app).await };
    problem.map_or_else(|| "ready\n".into_response(), |problem| (StatusCode::SERVICE_UNAVAILABLE, format!("{problem}\n")).into_response())
}

async fn trouble(app: &AppState) -> Option<&'static str> {
    let now = app.clock.now();
    let mut tried = app.health.tried.lock().await;
    if let Some((at, found)) = *tried
        && at.plus(FRESH) > now
    {
        return found;
    }
    let found = match app.store.probe().await {
        Ok(()) => None,
        Err(error) => {
            tracing::error!(%error, "not ready");
            Some("the database takes no writes")
        }
    };
    *tried = Some((now, found));
    found
}

/// Prometheus' text format, for this machine only unless `LINTEL_METRICS_PUBLIC` says otherwise.
pub async fn metrics(State(app): State<AppState>, request: Request) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().is_some_and(|peer| peer.0.ip().to_canonical().is_loopback());
    // A proxy on this machine brings everybody's requests from the loopback address.
    let passed_on = ["x-forwarded-for", "x-forwarded-host", "x-real-ip", "forwarded", "via"];
    let direct = peer && !passed_on.iter().any(|name| request.headers().contains_key(*name));
    if !direct && !app.config.metrics_public {
        return Problem::not_found("The page").into_response();
    }
    let size = app.store.size().await.unwrap_or_default();
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], app.health.print(size)).into_response()
}
