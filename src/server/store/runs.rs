//! Runs of agents: how each stands, and the sealed records it leaves behind.

use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};

use crate::{
    domain::{
        agent::audit::Record,
        id::{ProjectId, ReviewId, RunId, UserId},
        moment::Moment,
        review::agents::AgentRun,
    },
    server::store::{
        Store, StoreError,
        reviews::{body, parse},
    },
};

impl Store {
    /// Keeps runs of a review that are about to begin, in the order they are shown, after those that the review has.
    pub async fn begin_runs(&self, project: ProjectId, review: ReviewId, user: UserId, runs: &[AgentRun]) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        let first: i64 = sqlx::query_scalar("SELECT COALESCE(MAX(position) + 1, 0) FROM agent_run WHERE review_id = ?")
            .bind(*review.as_uuid())
            .fetch_one(&mut *write)
            .await?;
        for (position, run) in (first..).zip(runs) {
            insert_run(&mut write, project, Some(review), user, position, run).await?;
        }
        write.commit().await?;
        Ok(())
    }

    /// Keeps how a run stands, together with what it left behind since the last time.
    pub async fn save_run(&self, run: &AgentRun, records: &[Record]) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        write_run(&mut write, run).await?;
        write_records(&mut write, run.id, records).await?;
        write.commit().await?;
        Ok(())
    }

    /// A review's runs, in their order.
    pub async fn runs(&self, review: ReviewId) -> Result<Vec<AgentRun>, StoreError> {
        let rows = sqlx::query("SELECT body FROM agent_run WHERE review_id = ? ORDER BY position, id")
            .bind(*review.as_uuid())
            .fetch_all(self.read())
            .await?;
        rows.iter().map(run).collect()
    }

    /// The records of a run, oldest first, and the seal the newest must have; none when there is no such run in the project.
    pub async fn run_records(&self, project: ProjectId, id: RunId) -> Result<Option<(Vec<Record>, String)>, StoreError> {
        let head: Option<String> = sqlx::query_scalar("SELECT head FROM agent_run WHERE id = ? AND project_id = ?")
            .bind(*id.as_uuid())
            .bind(*project.as_uuid())
            .fetch_optional(self.read())
            .await?;
        let Some(head) = head else { return Ok(None) };
        let rows: Vec<String> = sqlx::query_scalar("SELECT body FROM agent_record WHERE run_id = ? ORDER BY number")
            .bind(*id.as_uuid())
            .fetch_all(self.read())
            .await?;
        let records = rows.iter().map(|row| parse(row, "run record")).collect::<Result<_, _>>()?;
        Ok(Some((records, head)))
    }

    /// What runs of a project that began since a moment have cost, in millionths of a dollar; of those whose price is known.
    pub async fn spent_since(&self, project: ProjectId, since: Moment) -> Result<u64, StoreError> {
        let spent: i64 = sqlx::query_scalar(
            "SELECT COALESCE(SUM(json_extract(body, '$.cost')), 0) FROM agent_run WHERE project_id = ? AND started_at >= ?",
        )
        .bind(*project.as_uuid())
        .bind(since.0)
        .fetch_one(self.read())
        .await?;
        Ok(spent.unsigned_abs())
    }

    /// Runs that a server left unfinished when it stopped, each with whether it is part of a review.
    pub async fn unfinished_runs(&self) -> Result<Vec<(AgentRun, bool)>, StoreError> {
        let rows = sqlx::query("SELECT body, review_id IS NOT NULL AS of_review FROM agent_run WHERE status IN ('waiting', 'running') ORDER BY started_at, position")
            .fetch_all(self.read())
            .await?;
        rows.iter().map(|row| Ok((run(row)?, row.try_get("of_review")?))).collect()
    }
}

pub(in crate::server::store) async fn insert_run(
    connection: &mut SqliteConnection,
    project: ProjectId,
    review: Option<ReviewId>,
    user: UserId,
    position: i64,
    run: &AgentRun,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO agent_run (id, project_id, review_id, position, status, body, started_by, started_at, finished_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(*run.id.as_uuid())
    .bind(*project.as_uuid())
    .bind(review.map(|review| *review.as_uuid()))
    .bind(position)
    .bind(run.status.slug())
    .bind(body(run)?)
    .bind(*user.as_uuid())
    .bind(run.started_at.0)
    .bind(run.finished_at.map(|at| at.0))
    .execute(connection)
    .await?;
    Ok(())
}

/// Adds records to those of a run, and keeps the newest seal.
pub(in crate::server::store) async fn write_records(
    connection: &mut SqliteConnection,
    run: RunId,
    records: &[Record],
) -> Result<(), StoreError> {
    for record in records {
        let number = i64::try_from(record.number).map_err(|_| StoreError::Unreadable { what: "record number" })?;
        sqlx::query("INSERT INTO agent_record (run_id, number, body) VALUES (?, ?, ?)")
            .bind(*run.as_uuid())
            .bind(number)
            .bind(body(record)?)
            .execute(&mut *connection)
            .await?;
    }
    if let Some(newest) = records.last() {
        sqlx::query("UPDATE agent_run SET head = ? WHERE id = ?").bind(&newest.seal).bind(*run.as_uuid()).execute(connection).await?;
    }
    Ok(())
}

pub(in crate::server::store) async fn write_run(connection: &mut SqliteConnection, run: &AgentRun) -> Result<(), StoreError> {
    sqlx::query("UPDATE agent_run SET status = ?, body = ?, finished_at = ? WHERE id = ?")
        .bind(run.status.slug())
        .bind(body(run)?)
        .bind(run.finished_at.map(|at| at.0))
        .bind(*run.id.as_uuid())
        .execute(connection)
        .await?;
    Ok(())
}

fn run(row: &SqliteRow) -> Result<AgentRun, StoreError> {
    parse(row.try_get("body")?, "agent run")
}
