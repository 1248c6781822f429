//! Agent files that people brought, and which agents a project asks.

use std::collections::BTreeMap;

use sqlx::{Row, sqlite::SqliteRow};

use crate::{
    domain::{
        id::{AgentFileId, ProjectId, UserId},
        moment::Moment,
    },
    server::store::{Store, StoreError, audit::Event},
};

/// One version of an agent's file.
#[derive(Clone, Debug)]
pub struct AgentFile {
    pub id: AgentFileId,
    /// The collection it came with.
    pub source: String,
    pub path: String,
    /// Of the bytes, as the loader gives it.
    pub hash: String,
    pub bytes: Vec<u8>,
    /// Brought by an administrator.
    pub trusted: bool,
    pub added_by: String,
    pub added_at: Moment,
}

/// A file to keep.
#[derive(Clone, Debug)]
pub struct NewAgentFile<'a> {
    pub id: AgentFileId,
    pub source: &'a str,
    pub path: &'a str,
    pub hash: &'a str,
    pub bytes: &'a [u8],
    pub trusted: bool,
    pub user: UserId,
    pub at: Moment,
}

impl Store {
    /// The files in use, by source and path.
    pub async fn agent_files(&self) -> Result<Vec<AgentFile>, StoreError> {
        let rows = sqlx::query(
            "SELECT agent_file.*, user.name AS added_by_name FROM agent_file JOIN user ON user.id = agent_file.added_by
             WHERE retired_at IS NULL ORDER BY source, path",
        )
        .fetch_all(self.read())
        .await?;
        rows.iter().map(file).collect()
    }

    /// Any version that was ever kept, by the hash of its content.
    pub async fn agent_file(&self, hash: &str) -> Result<Option<AgentFile>, StoreError> {
        let row = sqlx::query(
            "SELECT agent_file.*, user.name AS added_by_name FROM agent_file JOIN user ON user.id = agent_file.added_by
             WHERE hash = ? ORDER BY retired_at IS NOT NULL, added_at DESC LIMIT 1",
        )
        .bind(hash)
        .fetch_optional(self.read())
        .await?;
        row.as_ref().map(file).transpose()
    }

    /// Keeps files in one step: each takes the place of the version in use; one whose bytes are the same changes nothing.
    /// Answers how many are new.
    pub async fn put_agent_files(&self, files: &[NewAgentFile<'_>]) -> Result<u64, StoreError> {
        let mut write = self.write().await?;
        let mut new = 0;
        for file in files {
            let same: Option<i64> = sqlx::query_scalar(
                "SELECT 1 FROM agent_file WHERE source = ? AND path = ? AND hash = ? AND trusted = ? AND retired_at IS NULL",
            )
            .bind(file.source)
            .bind(file.path)
            .bind(file.hash)
            .bind(file.trusted)
            .fetch_optional(&mut *write)
            .await?;
            if same.is_some() {
                continue;
            }
            sqlx::query("UPDATE agent_file SET retired_at = ? WHERE source = ? AND path = ? AND retired_at IS NULL")
                .bind(file.at.0)
                .bind(file.source)
                .bind(file.path)
                .execute(&mut *write)
                .await?;
            sqlx::query(
                "INSERT INTO agent_file (id, source, path, hash, bytes, trusted, added_by, added_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            )
            .bind(*file.id.as_uuid())
            .bind(file.source)
            .bind(file.path)
            .bind(file.hash)
            .bind(file.bytes)
            .bind(file.trusted)
            .bind(*file.user.as_uuid())
            .bind(file.at.0)
            .execute(&mut *write)
            .await?;
            Event { at: file.at, actor: Some(file.user), action: "agent.add", target: file.path, detail: file.hash }
                .write(&mut write)
                .await?;
            new += 1;
        }
        write.commit().await?;
        Ok(new)
    }

    /// Takes a file out of use; its bytes stay for the runs that name it. False when it was not in use.
    pub async fn retire_agent_file(&self, id: AgentFileId, by: UserId, at: Moment) -> Result<bool, StoreError> {
        let mut write = self.write().await?;
        let path: Option<String> =
            sqlx::query_scalar("UPDATE agent_file SET retired_at = ? WHERE id = ? AND retired_at IS NULL RETURNING path")
                .bind(at.0)
                .bind(*id.as_uuid())
                .fetch_optional(&mut *write)
                .await?;
        let Some(path) = path else { return Ok(false) };
        Event { at, actor: Some(by), action: "agent.remove", target: &path, detail: "" }.write(&mut write).await?;
        write.commit().await?;
        Ok(true)
    }

    /// The agents a project asks with each review, and whether a review needs their answer.
    pub async fn project_agents(&self, project: ProjectId) -> Result<BTreeMap<String, bool>, StoreError> {
        let rows: Vec<(String, bool)> = sqlx::query_as("SELECT agent, required FROM project_agent WHERE project_id = ? ORDER BY agent")
            .bind(*project.as_uuid())
            .fetch_all(self.read())
            .await?;
        Ok(rows.into_iter().collect())
    }

    /// Asks an agent with each review from now on, required or not, or no longer.
    pub async fn set_project_agent(
        &self,
        project: ProjectId,
        agent: &str,
        required: Option<bool>,
        by: UserId,
        at: Moment,
    ) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        match required {
            Some(required) => {
                sqlx::query(
                    "INSERT INTO project_agent (project_id, agent, required) VALUES (?, ?, ?)
                     ON CONFLICT (project_id, agent) DO UPDATE SET required = excluded.required",
                )
                .bind(*project.as_uuid())
                .bind(agent)
                .bind(required)
                .execute(&mut *write)
                .await?;
            }
            None => {
                sqlx::query("DELETE FROM project_agent WHERE project_id = ? AND agent = ?")
                    .bind(*project.as_uuid())
                    .bind(agent)
                    .execute(&mut *write)
                    .await?;
            }
        }
        let action = if required.is_some() { "project.agent.on" } else { "project.agent.off" };
        Event { at, actor: Some(by), action, target: &project.to_string(), detail: agent }.write(&mut write).await?;
        write.commit().await?;
        Ok(())
    }

    /// Whether a project's designs may be sent to a model outside this machine.
    pub async fn external_models(&self, project: ProjectId) -> Result<bool, StoreError> {
        let allowed: Option<bool> = sqlx::query_scalar("SELECT external_models FROM project WHERE id = ?")
            .bind(*project.as_uuid())
            .fetch_optional(self.read())
            .await?;
        Ok(allowed.unwrap_or(false))
    }

    pub async fn set_external_models(&self, project: ProjectId, allowed: bool, by: UserId, at: Moment) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        sqlx::query("UPDATE project SET external_models = ? WHERE id = ?")
            .bind(allowed)
            .bind(*project.as_uuid())
            .execute(&mut *write)
            .await?;
        let detail = if allowed { "allowed" } else { "forbidden" };
        Event { at, actor: Some(by), action: "project.external_models", target: &project.to_string(), detail }.write(&mut write).await?;
        write.commit().await?;
        Ok(())
    }
}

fn file(row: &SqliteRow) -> Result<AgentFile, StoreError> {
    Ok(AgentFile {
        id: AgentFileId::from_uuid(row.try_get("id")?),
        source: row.try_get("source")?,
        path: row.try_get("path")?,
        hash: row.try_get("hash")?,
        bytes: row.try_get("bytes")?,
        trusted: row.try_get("trusted")?,
        added_by: row.try_get("added_by_name")?,
        added_at: Moment(row.try_get("added_at")?),
    })
}
