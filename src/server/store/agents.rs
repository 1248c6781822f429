//! Agent files that people brought, and which agents a project asks.

use std::collections::BTreeMap;

use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};
use uuid::Uuid;

use crate::{
    domain::{
        id::{AgentFileId, ProjectId, UserId},
        moment::Moment,
        review::agents::dollars,
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

/// A file to keep, in the place of the version in use, if there is one.
#[derive(Clone, Debug)]
pub struct NewAgentFile<'a> {
    pub id: AgentFileId,
    pub source: &'a str,
    pub path: &'a str,
    pub hash: &'a str,
    pub bytes: &'a [u8],
    pub trusted: bool,
}

/// One version of a file, without its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentFileVersion {
    pub hash: String,
    /// In bytes.
    pub size: i64,
    pub added_by: String,
    pub added_at: Moment,
    pub in_use: bool,
}

/// A change of the files in use.
#[derive(Clone, Debug)]
pub struct AgentFileChange<'a> {
    pub files: &'a [NewAgentFile<'a>],
    /// Taken out of use, with their paths; their bytes stay for the runs that name them.
    pub retire: &'a [(AgentFileId, &'a str)],
    /// Handles that change with the files: the new one, or none for an agent that is no longer there.
    pub handles: &'a BTreeMap<String, Option<String>>,
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

    /// Which versions are in use, oldest first: what tells whether anything has changed since.
    pub async fn agent_files_in_use(&self) -> Result<Vec<AgentFileId>, StoreError> {
        let ids: Vec<Uuid> =
            sqlx::query_scalar("SELECT id FROM agent_file WHERE retired_at IS NULL ORDER BY id").fetch_all(self.read()).await?;
        Ok(ids.into_iter().map(AgentFileId::from_uuid).collect())
    }

    /// Every version of a file that was ever kept, newest first.
    pub async fn agent_file_versions(&self, source: &str, path: &str) -> Result<Vec<AgentFileVersion>, StoreError> {
        let rows = sqlx::query(
            "SELECT agent_file.hash, agent_file.added_at, agent_file.retired_at, length(agent_file.bytes) AS size, user.name AS added_by_name
             FROM agent_file JOIN user ON user.id = agent_file.added_by WHERE source = ? AND path = ? ORDER BY agent_file.id DESC",
        )
        .bind(source)
        .bind(path)
        .fetch_all(self.read())
        .await?;
        let version = |row: &SqliteRow| {
            Ok(AgentFileVersion {
                hash: row.try_get("hash")?,
                size: row.try_get("size")?,
                added_by: row.try_get("added_by_name")?,
                added_at: Moment(row.try_get("added_at")?),
                in_use: row.try_get::<Option<i64>, _>("retired_at")?.is_none(),
            })
        };
        rows.iter().map(version).collect()
    }

    /// Changes the files in use and the handles that projects know agents by, all of it or nothing.
    pub async fn change_agent_files(&self, change: &AgentFileChange<'_>) -> Result<(), StoreError> {
        let AgentFileChange { files, retire, handles, user, at } = *change;
        let mut write = self.write().await?;
        for (id, path) in retire {
            let retired = sqlx::query("UPDATE agent_file SET retired_at = ? WHERE id = ? AND retired_at IS NULL")
                .bind(at.0)
                .bind(*id.as_uuid())
                .execute(&mut *write)
                .await?;
            if retired.rows_affected() > 0 {
                Event { at, actor: Some(user), action: "agent.remove", target: path, detail: "" }.write(&mut write).await?;
            }
        }
        for file in files {
            sqlx::query("UPDATE agent_file SET retired_at = ? WHERE source = ? AND path = ? AND retired_at IS NULL")
                .bind(at.0)
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
            .bind(*user.as_uuid())
            .bind(at.0)
            .execute(&mut *write)
            .await?;
            Event { at, actor: Some(user), action: "agent.add", target: file.path, detail: file.hash }.write(&mut write).await?;
        }
        rename(&mut write, handles).await?;
        write.commit().await?;
        Ok(())
    }

    /// The projects that ask agents with each review, of those that a person is a member of: by agent, each project's address
    /// and name, and whether a review needs the answer.
    pub async fn agents_of_member(&self, user: UserId) -> Result<BTreeMap<String, Vec<(String, String, bool)>>, StoreError> {
        let rows: Vec<(String, String, String, bool)> = sqlx::query_as(
            "SELECT project_agent.agent, project.slug, project.name, project_agent.required
             FROM project_agent JOIN project ON project.id = project_agent.project_id
             JOIN member ON member.project_id = project.id AND member.user_id = ?
             WHERE project.deleted_at IS NULL ORDER BY project_agent.agent, project.name, project.slug",
        )
        .bind(*user.as_uuid())
        .fetch_all(self.read())
        .await?;
        let mut projects: BTreeMap<String, Vec<(String, String, bool)>> = BTreeMap::new();
        for (agent, slug, name, required) in rows {
            projects.entry(agent).or_default().push((slug, name, required));
        }
        Ok(projects)
    }

    /// How many projects of the server ask an agent with each review.
    pub async fn projects_asking(&self, agent: &str) -> Result<i64, StoreError> {
        let count = sqlx::query_scalar(
            "SELECT COUNT(*) FROM project_agent JOIN project ON project.id = project_agent.project_id WHERE agent = ? AND project.deleted_at IS NULL",
        );
        Ok(count.bind(agent).fetch_one(self.read()).await?)
    }

    /// The agents a project asks with each review, and whether a review needs their answer.
    pub async fn project_agents(&self, project: ProjectId) -> Result<BTreeMap<String, bool>, StoreError> {
        let rows: Vec<(String, bool)> = sqlx::query_as("SELECT agent, required FROM project_agent WHERE project_id = ? ORDER BY agent")
            .bind(*project.as_uuid())
            .fetch_all(self.read())
            .await?;
        Ok(rows.into_iter().collect())
    }

    /// Settles which agents a project asks with each review, each required or not, and whether its designs may be sent to a
    /// model outside this machine. What stays as it was leaves no trace.
    pub async fn set_project_agents(
        &self,
        project: ProjectId,
        agents: &BTreeMap<String, bool>,
        external_models: bool,
        by: UserId,
        at: Moment,
    ) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        let before: Vec<(String, bool)> = sqlx::query_as("SELECT agent, required FROM project_agent WHERE project_id = ? ORDER BY agent")
            .bind(*project.as_uuid())
            .fetch_all(&mut *write)
            .await?;
        let before: BTreeMap<String, bool> = before.into_iter().collect();
        let target = project.to_string();
        for agent in before.keys().filter(|agent| !agents.contains_key(*agent)) {
            sqlx::query("DELETE FROM project_agent WHERE project_id = ? AND agent = ?")
                .bind(*project.as_uuid())
                .bind(agent)
                .execute(&mut *write)
                .await?;
            Event { at, actor: Some(by), action: "project.agent.off", target: &target, detail: agent }.write(&mut write).await?;
        }
        for (agent, required) in agents.iter().filter(|(agent, required)| before.get(*agent) != Some(required)) {
            sqlx::query(
                "INSERT INTO project_agent (project_id, agent, required) VALUES (?, ?, ?)
                 ON CONFLICT (project_id, agent) DO UPDATE SET required = excluded.required",
            )
            .bind(*project.as_uuid())
            .bind(agent)
            .bind(*required)
            .execute(&mut *write)
            .await?;
            let action = if *required { "project.agent.require" } else { "project.agent.on" };
            Event { at, actor: Some(by), action, target: &target, detail: agent }.write(&mut write).await?;
        }
        let changed = sqlx::query("UPDATE project SET external_models = ? WHERE id = ? AND external_models <> ?")
            .bind(external_models)
            .bind(*project.as_uuid())
            .bind(external_models)
            .execute(&mut *write)
            .await?;
        if changed.rows_affected() > 0 {
            let detail = if external_models { "allowed" } else { "forbidden" };
            Event { at, actor: Some(by), action: "project.external_models", target: &target, detail }.write(&mut write).await?;
        }
        write.commit().await?;
        Ok(())
    }

    /// What a project's agents may cost in a day, in millionths of a dollar; none where the server's default counts.
    pub async fn daily_cap(&self, project: ProjectId) -> Result<Option<u64>, StoreError> {
        let cap: Option<Option<i64>> =
            sqlx::query_scalar("SELECT daily_cap FROM project WHERE id = ?").bind(*project.as_uuid()).fetch_optional(self.read()).await?;
        Ok(cap.flatten().map(i64::unsigned_abs))
    }

    /// Settles it; what stays as it was leaves no trace.
    pub async fn set_daily_cap(&self, project: ProjectId, cap: Option<u64>, by: UserId, at: Moment) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        let kept = cap.map(i64::try_from).transpose().map_err(|_| StoreError::Unreadable { what: "daily cap" })?;
        let changed = sqlx::query("UPDATE project SET daily_cap = ? WHERE id = ? AND daily_cap IS NOT ?")
            .bind(kept)
            .bind(*project.as_uuid())
            .bind(kept)
            .execute(&mut *write)
            .await?;
        if changed.rows_affected() > 0 {
            let detail = cap.map_or_else(|| "default".to_owned(), dollars);
            Event { at, actor: Some(by), action: "project.daily_cap", target: &project.to_string(), detail: &detail }
                .write(&mut write)
                .await?;
        }
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
}

/// Gives projects' agents their new handles at once, so that two may change places; those with none are asked no longer.
async fn rename(connection: &mut SqliteConnection, handles: &BTreeMap<String, Option<String>>) -> Result<(), StoreError> {
    let mut moved: Vec<(Uuid, String, bool)> = Vec::new();
    for (old, new) in handles {
        let rows: Vec<(Uuid, bool)> = sqlx::query_as("DELETE FROM project_agent WHERE agent = ? RETURNING project_id, required")
            .bind(old)
            .fetch_all(&mut *connection)
            .await?;
        if let Some(new) = new {
            moved.extend(rows.into_iter().map(|(project, required)| (project, new.clone(), required)));
        }
    }
    for (project, agent, required) in moved {
        sqlx::query(
            "INSERT INTO project_agent (project_id, agent, required) VALUES (?, ?, ?)
             ON CONFLICT (project_id, agent) DO UPDATE SET required = max(required, excluded.required)",
        )
        .bind(project)
        .bind(agent)
        .bind(required)
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
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
