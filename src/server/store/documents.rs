//! Documents and kept files: rows, derived columns, numbers. Their texts' history is in `updates`.

use std::collections::BTreeMap;

use sqlx::{Row, sqlite::SqliteRow};

use crate::{
    domain::{
        id::{DocumentId, ProjectId, UserId},
        moment::Moment,
        project::{Document, DocumentKind, DocumentText},
    },
    server::store::{Store, StoreError, activity::Happening},
};

/// A document to be. Its text comes with the first update.
#[derive(Clone, Debug)]
pub struct NewDocument<'a> {
    pub id: DocumentId,
    pub project: ProjectId,
    pub kind: DocumentKind,
    pub path: &'a str,
    pub title: &'a str,
    /// The imported file, if it was one.
    pub original: Option<&'a [u8]>,
    pub author: UserId,
    pub at: Moment,
}

/// A document as the table has it.
#[derive(Clone, Debug)]
pub struct StoredDocument {
    pub document: DocumentText,
    /// The text is that of the document's last durable change.
    pub current: bool,
}

impl Store {
    /// Creates the row of a document; false when the path is taken.
    pub async fn create_document(&self, new: &NewDocument<'_>) -> Result<bool, StoreError> {
        let mut write = self.write().await?;
        let inserted = sqlx::query(
            "INSERT INTO document (id, project_id, kind, path, title, text, original, created_at, updated_at, updated_by)
             VALUES (?, ?, ?, ?, ?, '', ?, ?, ?, ?)",
        )
        .bind(*new.id.as_uuid())
        .bind(*new.project.as_uuid())
        .bind(new.kind.slug())
        .bind(new.path)
        .bind(new.title)
        .bind(new.original)
        .bind(new.at.0)
        .bind(new.at.0)
        .bind(*new.author.as_uuid())
        .execute(&mut *write)
        .await
        .map_err(StoreError::from);
        match inserted {
            Err(error) if error.is_taken() => return Ok(false),
            other => other?,
        };
        touch(&mut write, new.project, new.at).await?;
        write.commit().await?;
        Ok(true)
    }

    /// A document that is not deleted.
    pub async fn document(&self, id: DocumentId) -> Result<Option<Document>, StoreError> {
        let row = sqlx::query(
            "SELECT document.*, user.name AS updated_by_name FROM document JOIN user ON user.id = document.updated_by
             WHERE document.id = ? AND document.deleted_at IS NULL",
        )
        .bind(*id.as_uuid())
        .fetch_optional(self.read())
        .await?;
        row.as_ref().map(document).transpose()
    }

    /// A project's documents, in path order.
    pub async fn documents(&self, project: ProjectId) -> Result<Vec<Document>, StoreError> {
        let rows = sqlx::query(
            "SELECT document.id, kind, path, title, head_seq, document.created_at, document.updated_at, user.name AS updated_by_name
             FROM document JOIN user ON user.id = document.updated_by
             WHERE project_id = ? AND deleted_at IS NULL ORDER BY path",
        )
        .bind(*project.as_uuid())
        .fetch_all(self.read())
        .await?;
        rows.iter().map(document).collect()
    }

    /// The diagrams of all projects that a person is a member of, with their projects.
    pub async fn diagrams_of_member(&self, user: UserId) -> Result<Vec<(ProjectId, Document)>, StoreError> {
        let rows = sqlx::query(
            "SELECT document.project_id, document.id, document.kind, document.path, document.title, document.head_seq,
                    document.created_at, document.updated_at, user.name AS updated_by_name
             FROM document
             JOIN user ON user.id = document.updated_by
             JOIN project ON project.id = document.project_id AND project.deleted_at IS NULL
             JOIN member ON member.project_id = project.id
             WHERE member.user_id = ? AND document.kind = 'diagram' AND document.deleted_at IS NULL
             ORDER BY document.project_id, document.path",
        )
        .bind(*user.as_uuid())
        .fetch_all(self.read())
        .await?;
        rows.iter().map(|row| Ok((ProjectId::from_uuid(row.try_get("project_id")?), document(row)?))).collect()
    }

    /// A project's documents with the texts the table has, in path order.
    pub async fn document_texts(&self, project: ProjectId) -> Result<Vec<StoredDocument>, StoreError> {
        let rows = sqlx::query(
            "SELECT document.*, user.name AS updated_by_name FROM document JOIN user ON user.id = document.updated_by
             WHERE project_id = ? AND deleted_at IS NULL ORDER BY path",
        )
        .bind(*project.as_uuid())
        .fetch_all(self.read())
        .await?;
        let stored = |row: &SqliteRow| {
            let (head, text): (i64, i64) = (row.try_get("head_seq")?, row.try_get("text_seq")?);
            let text_column: String = row.try_get("text")?;
            Ok(StoredDocument { document: DocumentText { document: document(row)?, text: text_column }, current: head == text && head > 0 })
        };
        rows.iter().map(stored).collect()
    }

    /// The imported files that a project's documents came from, by document.
    pub async fn originals(&self, project: ProjectId) -> Result<BTreeMap<DocumentId, Vec<u8>>, StoreError> {
        let rows: Vec<(uuid::Uuid, Vec<u8>)> =
            sqlx::query_as("SELECT id, original FROM document WHERE project_id = ? AND deleted_at IS NULL AND original IS NOT NULL")
                .bind(*project.as_uuid())
                .fetch_all(self.read())
                .await?;
        Ok(rows.into_iter().map(|(id, bytes)| (DocumentId::from_uuid(id), bytes)).collect())
    }

    /// Remembers the file that a document's text was imported from last.
    pub async fn set_original(&self, id: DocumentId, original: &[u8]) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        sqlx::query("UPDATE document SET original = ? WHERE id = ?").bind(original).bind(*id.as_uuid()).execute(&mut *write).await?;
        write.commit().await?;
        Ok(())
    }

    /// Sets the title that lists show.
    pub async fn set_title(&self, id: DocumentId, title: &str) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        sqlx::query("UPDATE document SET title = ? WHERE id = ? AND title <> ?")
            .bind(title)
            .bind(*id.as_uuid())
            .bind(title)
            .execute(&mut *write)
            .await?;
        write.commit().await?;
        Ok(())
    }

    /// Deletes a document; it stays in the reviews that saw it.
    pub async fn delete_document(&self, id: DocumentId, happening: &Happening<'_>) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        sqlx::query("UPDATE document SET deleted_at = ? WHERE id = ? AND deleted_at IS NULL")
            .bind(happening.at.0)
            .bind(*id.as_uuid())
            .execute(&mut *write)
            .await?;
        happening.write(&mut write).await?;
        touch(&mut write, happening.project, happening.at).await?;
        write.commit().await?;
        Ok(())
    }

    /// Takes back a document that could not be finished.
    pub async fn forget_document(&self, id: DocumentId) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        sqlx::query("DELETE FROM document WHERE id = ? AND head_seq = 0").bind(*id.as_uuid()).execute(&mut *write).await?;
        write.commit().await?;
        Ok(())
    }

    /// Takes the next decision number of a project: greater than `highest`, the greatest in its files' names, and than
    /// any number taken before.
    pub async fn take_decision_number(&self, project: ProjectId, highest: u32) -> Result<u32, StoreError> {
        let mut write = self.write().await?;
        let number =
            sqlx::query_scalar("UPDATE project SET last_decision = max(last_decision, ?) + 1 WHERE id = ? RETURNING last_decision")
                .bind(highest)
                .bind(*project.as_uuid())
                .fetch_one(&mut *write)
                .await?;
        write.commit().await?;
        Ok(number)
    }

    /// Keeps a decision number from being given to another decision.
    pub async fn reserve_decision_number(&self, project: ProjectId, number: u32) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        sqlx::query("UPDATE project SET last_decision = max(last_decision, ?) WHERE id = ?")
            .bind(number)
            .bind(*project.as_uuid())
            .execute(&mut *write)
            .await?;
        write.commit().await?;
        Ok(())
    }

    /// Keeps files byte for byte, in one step; those that are there already are replaced.
    pub async fn keep_files(&self, project: ProjectId, files: &BTreeMap<&str, &[u8]>, at: Moment) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        for (path, data) in files {
            sqlx::query(
                "INSERT INTO kept_file (project_id, path, data, created_at) VALUES (?, ?, ?, ?)
                 ON CONFLICT DO UPDATE SET data = excluded.data, created_at = excluded.created_at",
            )
            .bind(*project.as_uuid())
            .bind(*path)
            .bind(*data)
            .bind(at.0)
            .execute(&mut *write)
            .await?;
        }
        touch(&mut write, project, at).await?;
        write.commit().await?;
        Ok(())
    }

    /// Forgets kept files whose paths documents have taken.
    pub async fn drop_kept_files(&self, project: ProjectId, paths: &[&str]) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        for path in paths {
            sqlx::query("DELETE FROM kept_file WHERE project_id = ? AND path = ?")
                .bind(*project.as_uuid())
                .bind(*path)
                .execute(&mut *write)
                .await?;
        }
        write.commit().await?;
        Ok(())
    }

    /// The kept files of a project, by path.
    pub async fn kept_files(&self, project: ProjectId) -> Result<BTreeMap<String, Vec<u8>>, StoreError> {
        let rows: Vec<(String, Vec<u8>)> = sqlx::query_as("SELECT path, data FROM kept_file WHERE project_id = ? ORDER BY path")
            .bind(*project.as_uuid())
            .fetch_all(self.read())
            .await?;
        Ok(rows.into_iter().collect())
    }

    /// One kept file of a project.
    pub async fn kept_file(&self, project: ProjectId, path: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let data = sqlx::query_scalar("SELECT data FROM kept_file WHERE project_id = ? AND path = ?")
            .bind(*project.as_uuid())
            .bind(path)
            .fetch_optional(self.read())
            .await?;
        Ok(data)
    }

    /// The paths of a project's kept files, in order.
    pub async fn kept_paths(&self, project: ProjectId) -> Result<Vec<String>, StoreError> {
        let paths = sqlx::query_scalar("SELECT path FROM kept_file WHERE project_id = ? ORDER BY path");
        Ok(paths.bind(*project.as_uuid()).fetch_all(self.read()).await?)
    }

    /// The kept markdown files of at most `largest` bytes each, by path.
    pub async fn kept_markdown(&self, project: ProjectId, largest: u32) -> Result<BTreeMap<String, Vec<u8>>, StoreError> {
        let rows: Vec<(String, Vec<u8>)> = sqlx::query_as(
            "SELECT path, data FROM kept_file WHERE project_id = ? AND length(data) <= ? AND (path LIKE '%.md' OR path LIKE '%.markdown')
             ORDER BY path",
        )
        .bind(*project.as_uuid())
        .bind(largest)
        .fetch_all(self.read())
        .await?;
        Ok(rows.into_iter().collect())
    }

    /// Puts other bytes into a kept file, if it still is as it was (none for a file that is not there yet); false when it is not.
    pub async fn replace_kept_file(
        &self,
        project: ProjectId,
        (path, before, after): (&str, Option<&[u8]>, &[u8]),
        happening: &Happening<'_>,
    ) -> Result<bool, StoreError> {
        let mut write = self.write().await?;
        let there: Option<Vec<u8>> = sqlx::query_scalar("SELECT data FROM kept_file WHERE project_id = ? AND path = ?")
            .bind(*project.as_uuid())
            .bind(path)
            .fetch_optional(&mut *write)
            .await?;
        if there.as_deref() != before {
            return Ok(false);
        }
        sqlx::query(
            "INSERT INTO kept_file (project_id, path, data, created_at) VALUES (?, ?, ?, ?)
             ON CONFLICT DO UPDATE SET data = excluded.data, created_at = excluded.created_at",
        )
        .bind(*project.as_uuid())
        .bind(path)
        .bind(after)
        .bind(happening.at.0)
        .execute(&mut *write)
        .await?;
        happening.write(&mut write).await?;
        touch(&mut write, project, happening.at).await?;
        write.commit().await?;
        Ok(true)
    }

    /// The kept files of at most `largest` bytes each: those that a diagram may include.
    pub async fn small_kept_files(&self, project: ProjectId, largest: u32) -> Result<BTreeMap<String, Vec<u8>>, StoreError> {
        let rows: Vec<(String, Vec<u8>)> = sqlx::query_as("SELECT path, data FROM kept_file WHERE project_id = ? AND length(data) <= ?")
            .bind(*project.as_uuid())
            .bind(largest)
            .fetch_all(self.read())
            .await?;
        Ok(rows.into_iter().collect())
    }
}

async fn touch(connection: &mut sqlx::SqliteConnection, project: ProjectId, at: Moment) -> Result<(), StoreError> {
    sqlx::query("UPDATE project SET updated_at = ? WHERE id = ?").bind(at.0).bind(*project.as_uuid()).execute(connection).await?;
    Ok(())
}

fn document(row: &SqliteRow) -> Result<Document, StoreError> {
    Ok(Document {
        id: DocumentId::from_uuid(row.try_get("id")?),
        kind: DocumentKind::parse(row.try_get("kind")?).ok_or(StoreError::Unreadable { what: "document kind" })?,
        path: row.try_get("path")?,
        title: row.try_get("title")?,
        revision: row.try_get("head_seq")?,
        created_at: Moment(row.try_get("created_at")?),
        updated_at: Moment(row.try_get("updated_at")?),
        updated_by: row.try_get("updated_by_name")?,
    })
}
