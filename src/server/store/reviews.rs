//! Reviews with the texts they froze. What they found is in `findings`.

use serde::{Serialize, de::DeserializeOwned};
use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};

use crate::{
    domain::{
        id::{DocumentId, FindingId, ProjectId, ReviewId, UserId},
        moment::Moment,
        project::DocumentKind,
        review::{Review, ReviewStatus, ReviewedDocument},
    },
    server::store::{Store, StoreError},
};

/// A text as a review froze it.
#[derive(Clone, Debug)]
pub struct Frozen {
    pub reviewed: ReviewedDocument,
    pub kind: DocumentKind,
    pub text: String,
}

impl Store {
    /// Keeps a running review with its frozen texts under the project's next review number, and answers the number.
    /// The review's own number and the frozen documents of its body are set here.
    pub async fn begin_review(&self, project: ProjectId, user: UserId, review: &Review, texts: &[Frozen]) -> Result<Review, StoreError> {
        let mut write = self.write().await?;
        let number =
            sqlx::query_scalar("UPDATE project SET last_review = last_review + 1, updated_at = ? WHERE id = ? RETURNING last_review")
                .bind(review.started_at.0)
                .bind(*project.as_uuid())
                .fetch_one(&mut *write)
                .await?;
        let review = Review { number, documents: texts.iter().map(|text| text.reviewed.clone()).collect(), ..review.clone() };
        sqlx::query(
            "INSERT INTO review (id, project_id, number, status, profile, verdict, body, started_by, started_at)
             VALUES (?, ?, ?, ?, ?, NULL, ?, ?, ?)",
        )
        .bind(*review.id.as_uuid())
        .bind(*project.as_uuid())
        .bind(review.number)
        .bind(word(&review.status))
        .bind(review.profile.slug())
        .bind(body(&review)?)
        .bind(*user.as_uuid())
        .bind(review.started_at.0)
        .execute(&mut *write)
        .await?;
        for (position, frozen) in (0_i64..).zip(texts) {
            sqlx::query(
                "INSERT INTO review_document (review_id, doc_id, position, kind, path, title, revision, sha256, text)
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            )
            .bind(*review.id.as_uuid())
            .bind(*frozen.reviewed.document.as_uuid())
            .bind(position)
            .bind(frozen.kind.slug())
            .bind(&frozen.reviewed.path)
            .bind(&frozen.reviewed.title)
            .bind(frozen.reviewed.revision)
            .bind(&frozen.reviewed.sha256)
            .bind(&frozen.text)
            .execute(&mut *write)
            .await?;
        }
        write.commit().await?;
        Ok(review)
    }

    /// A project's reviews, newest first.
    pub async fn reviews(&self, project: ProjectId) -> Result<Vec<Review>, StoreError> {
        let rows = sqlx::query("SELECT body, status FROM review WHERE project_id = ? ORDER BY number DESC")
            .bind(*project.as_uuid())
            .fetch_all(self.read())
            .await?;
        rows.iter().map(review).collect()
    }

    /// One review of a project.
    pub async fn review(&self, project: ProjectId, number: u32) -> Result<Option<Review>, StoreError> {
        let row = sqlx::query("SELECT body, status FROM review WHERE project_id = ? AND number = ?")
            .bind(*project.as_uuid())
            .bind(number)
            .fetch_optional(self.read())
            .await?;
        row.as_ref().map(review).transpose()
    }

    /// The newest finished review of a project.
    pub async fn newest_review(&self, project: ProjectId) -> Result<Option<Review>, StoreError> {
        let row = sqlx::query("SELECT body, status FROM review WHERE project_id = ? AND status = 'finished' ORDER BY number DESC LIMIT 1")
            .bind(*project.as_uuid())
            .fetch_optional(self.read())
            .await?;
        row.as_ref().map(review).transpose()
    }

    /// The newest review that shows a finding.
    pub async fn newest_review_of(&self, finding: FindingId) -> Result<Option<Review>, StoreError> {
        let row = sqlx::query(
            "SELECT review.body, review.status FROM review JOIN review_finding ON review_finding.review_id = review.id
             WHERE review_finding.finding_id = ? ORDER BY review.number DESC LIMIT 1",
        )
        .bind(*finding.as_uuid())
        .fetch_optional(self.read())
        .await?;
        row.as_ref().map(review).transpose()
    }

    /// The texts a review froze, in its order.
    pub async fn frozen_texts(&self, review: ReviewId) -> Result<Vec<Frozen>, StoreError> {
        let rows = sqlx::query("SELECT * FROM review_document WHERE review_id = ? ORDER BY position")
            .bind(*review.as_uuid())
            .fetch_all(self.read())
            .await?;
        rows.iter().map(frozen).collect()
    }

    /// Ends a running review without a result; false when it was not running any more.
    pub async fn end_review(&self, id: ReviewId, status: ReviewStatus, reason: &str, at: Moment) -> Result<bool, StoreError> {
        let mut write = self.write().await?;
        let row = sqlx::query("SELECT body, status FROM review WHERE id = ? AND status = 'running'")
            .bind(*id.as_uuid())
            .fetch_optional(&mut *write)
            .await?;
        let Some(row) = row else { return Ok(false) };
        let ended = Review { status, verdict_reason: reason.to_owned(), finished_at: Some(at), ..review(&row)? };
        save_review(&mut write, &ended).await?;
        write.commit().await?;
        Ok(true)
    }

    /// All reviews that are marked as running, with their projects.
    pub async fn running_reviews(&self) -> Result<Vec<(ProjectId, Review)>, StoreError> {
        let rows = sqlx::query("SELECT project_id, body, status FROM review WHERE status = 'running' ORDER BY started_at, number")
            .fetch_all(self.read())
            .await?;
        rows.iter().map(|row| Ok((ProjectId::from_uuid(row.try_get("project_id")?), review(row)?))).collect()
    }

    /// Keeps a running review as given; false when it was not running any more.
    pub async fn replace_review(&self, project: ProjectId, review: &Review) -> Result<bool, StoreError> {
        let mut write = self.write().await?;
        let running: Option<i64> = sqlx::query_scalar("SELECT 1 FROM review WHERE id = ? AND project_id = ? AND status = 'running'")
            .bind(*review.id.as_uuid())
            .bind(*project.as_uuid())
            .fetch_optional(&mut *write)
            .await?;
        if running.is_none() {
            return Ok(false);
        }
        save_review(&mut write, review).await?;
        write.commit().await?;
        Ok(true)
    }
}

pub(in crate::server::store) async fn save_review(connection: &mut SqliteConnection, review: &Review) -> Result<(), StoreError> {
    sqlx::query("UPDATE review SET status = ?, verdict = ?, body = ?, finished_at = ? WHERE id = ?")
        .bind(word(&review.status))
        .bind(review.verdict.map(crate::domain::review::Verdict::slug))
        .bind(body(review)?)
        .bind(review.finished_at.map(|at| at.0))
        .bind(*review.id.as_uuid())
        .execute(connection)
        .await?;
    Ok(())
}

/// A review from a row with `body` and `status`.
pub(in crate::server::store) fn review(row: &SqliteRow) -> Result<Review, StoreError> {
    let read: Review = parse(row.try_get("body")?, "review")?;
    Ok(Review { status: from_word(row.try_get("status")?, "review status")?, ..read })
}

pub(in crate::server::store) fn frozen(row: &SqliteRow) -> Result<Frozen, StoreError> {
    Ok(Frozen {
        reviewed: ReviewedDocument {
            document: DocumentId::from_uuid(row.try_get("doc_id")?),
            path: row.try_get("path")?,
            title: row.try_get("title")?,
            revision: row.try_get("revision")?,
            sha256: row.try_get("sha256")?,
        },
        kind: DocumentKind::parse(row.try_get("kind")?).ok_or(StoreError::Unreadable { what: "document kind" })?,
        text: row.try_get("text")?,
    })
}

/// Plain data as the JSON a column holds.
pub(in crate::server::store) fn body<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|_| StoreError::Unreadable { what: "value" })
}

pub(in crate::server::store) fn parse<T: DeserializeOwned>(json: &str, what: &'static str) -> Result<T, StoreError> {
    serde_json::from_str(json).map_err(|_| StoreError::Unreadable { what })
}

/// A unit variant as the word it is on the wire.
pub(in crate::server::store) fn word<T: Serialize>(value: &T) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

pub(in crate::server::store) fn from_word<T: DeserializeOwned>(word: &str, what: &'static str) -> Result<T, StoreError> {
    serde_json::from_value(serde_json::Value::String(word.to_owned())).map_err(|_| StoreError::Unreadable { what })
}
