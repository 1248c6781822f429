//! What a person may reach: the questions behind every authorisation.

use sqlx::{Row, sqlite::SqliteRow};

use crate::{
    domain::{
        account::Role,
        id::{DocumentId, FindingId, ProjectId, SuggestionId, UserId},
        moment::Moment,
        project::{Document, DocumentKind, Project},
    },
    server::store::{Store, StoreError},
};

impl Store {
    /// The project at an address, if the person is a member; a deleted one too, with `deleted_at` set.
    pub async fn membership(&self, user: UserId, slug: &str) -> Result<Option<Project>, StoreError> {
        let row = sqlx::query(
            "SELECT project.*, member.role FROM project JOIN member ON member.project_id = project.id
             WHERE project.slug = ? AND member.user_id = ?",
        )
        .bind(slug)
        .bind(*user.as_uuid())
        .fetch_optional(self.read())
        .await?;
        row.as_ref().map(project).transpose()
    }

    /// The document, with its project as the person sees it, if they are a member and neither is deleted.
    pub async fn document_membership(&self, user: UserId, document: DocumentId) -> Result<Option<(Project, Document)>, StoreError> {
        let row = sqlx::query(
            "SELECT project.*, member.role, document.id AS document_id, document.kind, document.path, document.title,
                    document.head_seq, document.created_at AS document_created_at, document.updated_at AS document_updated_at,
                    user.name AS updated_by_name
             FROM document
             JOIN project ON project.id = document.project_id
             JOIN member ON member.project_id = project.id
             JOIN user ON user.id = document.updated_by
             WHERE document.id = ? AND member.user_id = ? AND document.deleted_at IS NULL AND project.deleted_at IS NULL",
        )
        .bind(*document.as_uuid())
        .bind(*user.as_uuid())
        .fetch_optional(self.read())
        .await?;
        let Some(row) = row else { return Ok(None) };
        let kind: String = row.try_get("kind")?;
        let found = Document {
            id: DocumentId::from_uuid(row.try_get("document_id")?),
            kind: DocumentKind::parse(&kind).ok_or(StoreError::Unreadable { what: "document kind" })?,
            path: row.try_get("path")?,
            title: row.try_get("title")?,
            revision: row.try_get("head_seq")?,
            created_at: Moment(row.try_get("document_created_at")?),
            updated_at: Moment(row.try_get("document_updated_at")?),
            updated_by: row.try_get("updated_by_name")?,
        };
        Ok(Some((project(&row)?, found)))
    }

    /// The project a finding belongs to, if the person is a member and it is not deleted.
    pub async fn finding_membership(&self, user: UserId, finding: FindingId) -> Result<Option<Project>, StoreError> {
        let row = sqlx::query(
            "SELECT project.*, member.role FROM finding
             JOIN project ON project.id = finding.project_id
             JOIN member ON member.project_id = project.id
             WHERE finding.id = ? AND member.user_id = ? AND project.deleted_at IS NULL",
        )
        .bind(*finding.as_uuid())
        .bind(*user.as_uuid())
        .fetch_optional(self.read())
        .await?;
        row.as_ref().map(project).transpose()
    }
}

impl Store {
    /// The project of a suggestion as a member sees it.
    pub async fn suggestion_membership(&self, user: UserId, suggestion: SuggestionId) -> Result<Option<Project>, StoreError> {
        let row = sqlx::query(
            "SELECT project.*, member.role FROM suggestion
             JOIN project ON project.id = suggestion.project_id
             JOIN member ON member.project_id = project.id
             WHERE suggestion.id = ? AND member.user_id = ? AND project.deleted_at IS NULL",
        )
        .bind(*suggestion.as_uuid())
        .bind(*user.as_uuid())
        .fetch_optional(self.read())
        .await?;
        row.as_ref().map(project).transpose()
    }
}

/// A project from a row of `project.*` with `member.role`.
pub(in crate::server::store) fn project(row: &SqliteRow) -> Result<Project, StoreError> {
    Ok(Project {
        id: ProjectId::from_uuid(row.try_get("id")?),
        slug: row.try_get("slug")?,
        name: row.try_get("name")?,
        description: row.try_get("description")?,
        role: role(row)?,
        created_at: Moment(row.try_get("created_at")?),
        updated_at: Moment(row.try_get("updated_at")?),
        deleted_at: row.try_get::<Option<i64>, _>("deleted_at")?.map(Moment),
        ticket_url: row.try_get("ticket_url")?,
    })
}

/// The role in a row's `role`.
pub(in crate::server::store) fn role(row: &SqliteRow) -> Result<Role, StoreError> {
    Role::parse(row.try_get("role")?).ok_or(StoreError::Unreadable { what: "role" })
}
