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
    /// Keeps runs that are about to begin, in the order they are shown, after those that the review has.
    pub async fn begin_runs(
        &self,
        project: ProjectId,
        review: Option<ReviewId>,
        user: UserId,
        runs: &[AgentRun],
    ) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        for run in runs {
            sqlx::query(
                "INSERT INTO agent_run (id, project_id, review_id, position, status, body, started_by, started_at)
                 VALUES (?, ?, ?, (SELECT COALESCE(MAX(position) + 1, 0) FROM agent_run WHERE review_id = ?), ?, ?, ?, ?)",
            )
            .bind(*run.id.as_uuid())
            .bind(*project.as_uuid())
            .bind(review.map(|review| *review.as_uuid()))
            .bind(review.map(|review| *review.as_uuid()))
            .bind(run.status.slug())
            .bind(body(run)?)
            .bind(*user.as_uuid())
            .bind(run.started_at.0)
            .execute(&mut *write)
            .await?;
        }
        write.commit().await?;
        Ok(())
    }

    /// Keeps how a run stands, together with what it left behind since the last time.
    pub async fn save_run(&self, run: &AgentRun, records: &[Record]) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        write_run(&mut write, run).await?;
        for record in records {
            let number = i64::try_from(record.number).map_err(|_| StoreError::Unreadable { what: "record number" })?;
            sqlx::query("INSERT INTO agent_record (run_id, number, body) VALUES (?, ?, ?)")
                .bind(*run.id.as_uuid())
                .bind(number)
                .bind(body(record)?)
                .execute(&mut *write)
                .await?;
        }
        if let Some(newest) = records.last() {
            sqlx::query("UPDATE agent_run SET head = ? WHERE id = ?")
                .bind(&newest.seal)
                .bind(*run.id.as_uuid())
                .execute(&mut *write)
                .await?;
        }
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

    /// Runs that a server left unfinished when it stopped.
    pub async fn unfinished_runs(&self) -> Result<Vec<AgentRun>, StoreError> {
        let rows = sqlx::query("SELECT body FROM agent_run WHERE status IN ('waiting', 'running') ORDER BY started_at, position")
            .fetch_all(self.read())
            .await?;
        rows.iter().map(run).collect()
    }
}

async fn write_run(connection: &mut SqliteConnection, run: &AgentRun) -> Result<(), StoreError> {
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
