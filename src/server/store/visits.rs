//! When people last looked at a project's decision log, and what has been said and done there since.

use sqlx::{Row, sqlite::SqliteRow};

use crate::{
    domain::{
        decision::log::news::Seen,
        id::{DocumentId, FindingId, ProjectId, UserId},
        moment::Moment,
        review::finding::Finding,
    },
    server::store::{
        Store, StoreError,
        reviews::{body, parse},
    },
};

/// A remark about a finding.
#[derive(Clone, Debug, PartialEq)]
pub struct NewRemark {
    pub finding: FindingId,
    /// The newest review that has the finding.
    pub review: u32,
    pub about: Finding,
    /// Who says it: a person or an agent.
    pub author: String,
    pub at: Moment,
    pub text: String,
}

/// Something that somebody else did to a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deed {
    pub who: String,
    pub at: Moment,
    /// The page of what it was done to.
    pub page: String,
}

impl Store {
    /// When somebody was last there and what the log said then.
    pub async fn log_visit(&self, project: ProjectId, user: UserId) -> Result<Option<(Moment, Seen)>, StoreError> {
        let row = sqlx::query("SELECT at, seen FROM log_visit WHERE project_id = ? AND user_id = ?")
            .bind(*project.as_uuid())
            .bind(*user.as_uuid())
            .fetch_optional(self.read())
            .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some((Moment(row.try_get("at")?), parse(row.try_get("seen")?, "visit")?)))
    }

    /// Remembers that somebody has seen what the log says; the first time only, unless it is to be renewed.
    pub async fn set_log_visit(&self, project: ProjectId, user: UserId, at: Moment, seen: &Seen, renew: bool) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        sqlx::query(
            "INSERT INTO log_visit (project_id, user_id, at, seen) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT DO UPDATE SET at = excluded.at, seen = excluded.seen WHERE ?5",
        )
        .bind(*project.as_uuid())
        .bind(*user.as_uuid())
        .bind(at.0)
        .bind(body(seen)?)
        .bind(renew)
        .execute(&mut *write)
        .await?;
        write.commit().await?;
        Ok(())
    }

    /// The documents of a project that a person changed last.
    pub async fn changed_last_by(&self, project: ProjectId, user: UserId) -> Result<Vec<DocumentId>, StoreError> {
        let ids: Vec<uuid::Uuid> = sqlx::query_scalar("SELECT id FROM document WHERE project_id = ? AND updated_by = ?")
            .bind(*project.as_uuid())
            .bind(*user.as_uuid())
            .fetch_all(self.read())
            .await?;
        Ok(ids.into_iter().map(DocumentId::from_uuid).collect())
    }

    /// What others did in a project since a time, the newest first.
    pub async fn deeds_since(&self, project: ProjectId, user: UserId, since: Moment) -> Result<Vec<Deed>, StoreError> {
        let rows = sqlx::query(
            "SELECT user.name, activity.at, activity.path FROM activity JOIN user ON user.id = activity.user_id
             WHERE activity.project_id = ? AND activity.user_id <> ? AND activity.at > ? AND activity.path IS NOT NULL
             ORDER BY activity.at DESC, activity.id DESC",
        )
        .bind(*project.as_uuid())
        .bind(*user.as_uuid())
        .bind(since.0)
        .fetch_all(self.read())
        .await?;
        let deed = |row: &SqliteRow| Ok(Deed { who: row.try_get("name")?, at: Moment(row.try_get("at")?), page: row.try_get("path")? });
        rows.iter().map(deed).collect()
    }

    /// What others said about a project's findings since a time, the newest first.
    pub async fn remarks_since(&self, project: ProjectId, user: UserId, since: Moment) -> Result<Vec<NewRemark>, StoreError> {
        let rows = sqlx::query(
            "SELECT finding.id, finding.last_seen, finding.body AS about, finding_comment.at, finding_comment.body AS said,
                    coalesce(finding_comment.agent, user.name) AS author
             FROM finding_comment JOIN finding ON finding.id = finding_comment.finding_id JOIN user ON user.id = finding_comment.author_id
             WHERE finding.project_id = ? AND (finding_comment.author_id <> ? OR finding_comment.agent IS NOT NULL) AND finding_comment.at > ?
             ORDER BY finding_comment.at DESC, finding_comment.id DESC",
        )
        .bind(*project.as_uuid())
        .bind(*user.as_uuid())
        .bind(since.0)
        .fetch_all(self.read())
        .await?;
        let remark = |row: &SqliteRow| {
            Ok(NewRemark {
                finding: FindingId::from_uuid(row.try_get("id")?),
                review: row.try_get("last_seen")?,
                about: parse(row.try_get("about")?, "finding")?,
                author: row.try_get("author")?,
                at: Moment(row.try_get("at")?),
                text: row.try_get("said")?,
            })
        };
        rows.iter().map(remark).collect()
    }
}
