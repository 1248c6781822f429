//! Edits that agents propose, and what people made of them.

use sqlx::{Row, sqlite::SqliteRow};

use crate::{
    domain::{
        id::{ProjectId, ReviewId, SuggestionId, TalkId, UserId},
        review::suggestion::Suggested,
    },
    server::store::{
        Store, StoreError,
        activity::Happening,
        reviews::{body, parse},
        talks::TextsOf,
    },
};

impl Store {
    /// Keeps an edit that an agent proposes in a review or a talk; one from a talk about a finding belongs to its review.
    pub async fn add_suggestion(&self, project: ProjectId, origin: TextsOf, suggested: &Suggested) -> Result<(), StoreError> {
        let (review, talk) = match origin {
            TextsOf::Review(review) => (Some(*review.as_uuid()), None),
            TextsOf::Talk(talk) => (None, Some(*talk.as_uuid())),
        };
        let mut write = self.write().await?;
        sqlx::query(
            "INSERT INTO suggestion (id, project_id, review_id, talk_id, run_id, agent, state, body, created_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(*suggested.id.as_uuid())
        .bind(*project.as_uuid())
        .bind(review)
        .bind(talk)
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

    /// The suggestions of a review or a talk, oldest first.
    pub async fn suggestions(&self, origin: TextsOf) -> Result<Vec<Suggested>, StoreError> {
        let (review, talk) = match origin {
            TextsOf::Review(review) => (Some(*review.as_uuid()), None),
            TextsOf::Talk(talk) => (None, Some(*talk.as_uuid())),
        };
        let rows = sqlx::query("SELECT body FROM suggestion WHERE review_id = ? OR talk_id = ? ORDER BY created_at, id")
            .bind(review)
            .bind(talk)
            .fetch_all(self.read())
            .await?;
        rows.iter().map(suggested).collect()
    }

    /// One suggestion with where it was made.
    pub async fn suggestion(&self, id: SuggestionId) -> Result<Option<(TextsOf, Suggested)>, StoreError> {
        let row = sqlx::query("SELECT review_id, talk_id, body FROM suggestion WHERE id = ?")
            .bind(*id.as_uuid())
            .fetch_optional(self.read())
            .await?;
        let Some(row) = row else { return Ok(None) };
        let review = row.try_get::<Option<_>, _>("review_id")?.map(|id| TextsOf::Review(ReviewId::from_uuid(id)));
        let talk = row.try_get::<Option<_>, _>("talk_id")?.map(|id| TextsOf::Talk(TalkId::from_uuid(id)));
        let origin = review.or(talk).ok_or(StoreError::Unreadable { what: "suggestion" })?;
        Ok(Some((origin, suggested(&row)?)))
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
