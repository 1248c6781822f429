//! The audit log: who did what that matters for security. Append only, which the schema's triggers enforce.
//!
//! Rows hold ids and addresses, never contents or secrets. Each is written in the transaction of what it records.

use sqlx::SqliteConnection;

use crate::{
    domain::{id::UserId, moment::Moment},
    server::store::{Store, StoreError},
};

/// An event worth keeping.
#[derive(Clone, Debug)]
pub struct Event<'a> {
    pub at: Moment,
    /// Nobody for those who are not signed in, and for the operator at the command line.
    pub actor: Option<UserId>,
    /// Dotted, such as `session.start`.
    pub action: &'static str,
    /// What it was done to: an id, an address or a name.
    pub target: &'a str,
    pub detail: &'a str,
}

impl Event<'_> {
    pub(in crate::server::store) async fn write(&self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO audit_log (at, actor_id, action, target, detail) VALUES (?, ?, ?, ?, ?)")
            .bind(self.at.0)
            .bind(self.actor.map(|actor| *actor.as_uuid()))
            .bind(self.action)
            .bind(self.target)
            .bind(self.detail)
            .execute(connection)
            .await?;
        Ok(())
    }
}

impl Store {
    /// Keeps an event that changes nothing else, such as a refused sign-in.
    pub async fn record(&self, event: Event<'_>) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        event.write(&mut write).await?;
        write.commit().await?;
        Ok(())
    }

    /// Actions and targets of all events, oldest first.
    pub async fn audit_trail(&self) -> Result<Vec<(String, String)>, StoreError> {
        Ok(sqlx::query_as("SELECT action, target FROM audit_log ORDER BY id").fetch_all(self.read()).await?)
    }
}
