//! The review that is a project's baseline.

use std::collections::BTreeSet;

use sqlx::Row;

use crate::{
    domain::{
        id::{FindingId, ProjectId, ReviewId},
        review::Review,
    },
    server::store::{Store, StoreError, activity::Happening, reviews::save_review},
};

impl Store {
    /// The number of the review that is the baseline.
    pub async fn baseline(&self, project: ProjectId) -> Result<Option<u32>, StoreError> {
        let number = sqlx::query_scalar(
            "SELECT review.number FROM baseline JOIN review ON review.id = baseline.review_id WHERE baseline.project_id = ?",
        )
        .bind(*project.as_uuid())
        .fetch_optional(self.read())
        .await?;
        Ok(number)
    }

    /// What was open in a review and was not mended since: what is back after that is no longer known.
    pub async fn open_in(&self, review: ReviewId) -> Result<BTreeSet<FindingId>, StoreError> {
        let rows = sqlx::query(
            "SELECT own.finding_id FROM review_finding AS own JOIN review ON review.id = own.review_id
             WHERE own.review_id = ? AND own.state IN ('open', 'accepted') AND NOT EXISTS (
                 SELECT 1 FROM review_finding AS other JOIN review AS later ON later.id = other.review_id
                 WHERE other.finding_id = own.finding_id AND later.number > review.number AND other.change IN ('fixed', 'obsolete'))",
        )
        .bind(*review.as_uuid())
        .fetch_all(self.read())
        .await?;
        rows.iter().map(|row| Ok(FindingId::from_uuid(row.try_get("finding_id")?))).collect()
    }

    /// What was open in the baseline; nothing where there is none.
    pub async fn known_by_baseline(&self, project: ProjectId) -> Result<BTreeSet<FindingId>, StoreError> {
        let review: Option<uuid::Uuid> = sqlx::query_scalar("SELECT review_id FROM baseline WHERE project_id = ?")
            .bind(*project.as_uuid())
            .fetch_optional(self.read())
            .await?;
        match review {
            Some(review) => self.open_in(ReviewId::from_uuid(review)).await,
            None => Ok(BTreeSet::new()),
        }
    }

    /// Makes a review the baseline, or, with none, lets there be none; the newest review is kept as it is judged then.
    pub async fn mark_baseline(
        &self,
        review: Option<ReviewId>,
        newest: Option<&Review>,
        happening: &Happening<'_>,
    ) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        let query = match review {
            Some(review) => sqlx::query(
                "INSERT INTO baseline (project_id, review_id, marked_by, marked_at) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (project_id) DO UPDATE SET review_id = ?2, marked_by = ?3, marked_at = ?4",
            )
            .bind(*happening.project.as_uuid())
            .bind(*review.as_uuid())
            .bind(*happening.user.as_uuid())
            .bind(happening.at.0),
            None => sqlx::query("DELETE FROM baseline WHERE project_id = ?").bind(*happening.project.as_uuid()),
        };
        query.execute(&mut *write).await?;
        if let Some(newest) = newest {
            save_review(&mut write, newest).await?;
        }
        happening.write(&mut write).await?;
        write.commit().await?;
        Ok(())
    }
}
