//! Edits that agents propose, and what people made of them.

use sqlx::{Row, sqlite::SqliteRow};

use crate::{
    domain::{
        id::{ProjectId, ReviewId, SuggestionId, UserId},
        review::suggestion::Suggested,
    },
    server::store::{
        Store, StoreError,
        activity::Happening,
        reviews::{body, parse},
    },
};

impl Store {
    pub async fn add_suggestion(&self, project: ProjectId, review: ReviewId, suggested: &Suggested) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        sqlx::query(
            "INSERT INTO suggestion (id, project_id, review_id, run_id, agent, state, body, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(*suggested.id.as_uuid())
        .bind(*project.as_uuid())
        .bind(*review.as_uuid())
        .bind(suggested.run.map(|run| *run.as_uuid()))
        .bind(&suggested.agent)
        .bind(suggested.state.slug())
        .bind(body(suggested)?)
        .bind(suggested.created_at.0)
        .execute(&mut *write)
        .await?;
        write.commit().await?;
        Ok(())
    }

    /// A review's suggestions, oldest first.
    pub async fn suggestions(&self, review: ReviewId) -> Result<Vec<Suggested>, StoreError> {
        let rows = sqlx::query("SELECT body FROM suggestion WHERE review_id = ? ORDER BY created_at, id")
            .bind(*review.as_uuid())
            .fetch_all(self.read())
            .await?;
        rows.iter().map(suggested).collect()
    }

    /// One suggestion with its review.
    pub async fn suggestion(&self, id: SuggestionId) -> Result<Option<(ReviewId, Suggested)>, StoreError> {
        let row =
            sqlx::query("SELECT review_id, body FROM suggestion WHERE id = ?").bind(*id.as_uuid()).fetch_optional(self.read()).await?;
        row.map(|row| Ok((ReviewId::from_uuid(row.try_get("review_id")?), suggested(&row)?))).transpose()
    }

    /// Keeps a person's decision; false (and nothing changed) when the suggestion was not in the state `before` any more.
    pub async fn decide_suggestion(
        &self,
        before: &Suggested,
        after: &Suggested,
        by: UserId,
        happening: &Happening<'_>,
    ) -> Result<bool, StoreError> {
        let mut write = self.write().await?;
        let changed =
            sqlx::query("UPDATE suggestion SET state = ?, body = ?, decided_by = ?, decided_at = ?, reason = ? WHERE id = ? AND state = ?")
                .bind(after.state.slug())
                .bind(body(after)?)
                .bind(*by.as_uuid())
                .bind(after.decided_at.map(|at| at.0))
                .bind(&after.reason)
                .bind(*after.id.as_uuid())
                .bind(before.state.slug())
                .execute(&mut *write)
                .await?;
        if changed.rows_affected() == 0 {
            return Ok(false);
        }
        happening.write(&mut write).await?;
        write.commit().await?;
        Ok(true)
    }
}

fn suggested(row: &SqliteRow) -> Result<Suggested, StoreError> {
    parse(row.try_get("body")?, "suggestion")
}
