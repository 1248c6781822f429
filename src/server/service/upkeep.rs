//! What a server does by itself: once when it starts, and every day.

use std::time::Duration;

use crate::server::{
    boot::AppState,
    error::ServiceError,
    service::{projects, reviews},
};

const DAY: Duration = Duration::from_hours(24);

/// Puts right what the last server left behind, then purges now and every day for as long as the process lives.
pub async fn begin(app: &AppState) -> Result<(), ServiceError> {
    let left = reviews::run::end_left_running(app).await?;
    if left > 0 {
        tracing::warn!(reviews = left, "reviews did not finish before the server stopped");
    }
    purge(app).await?;
    let app = app.clone();
    tokio::spawn(async move {
        let mut days = tokio::time::interval(DAY);
        days.tick().await;
        loop {
            days.tick().await;
            if let Err(error) = purge(&app).await {
                tracing::error!(%error, "deleted projects could not be purged");
            }
        }
    });
    Ok(())
}

async fn purge(app: &AppState) -> Result<(), ServiceError> {
    let purged = projects::purge(app).await?;
    if purged > 0 {
        tracing::info!(projects = purged, "purged what was deleted more than {} days ago", projects::RECOVERY_DAYS);
    }
    Ok(())
}
