//! What happened in a project, for its page. Rows are written in the transaction of what they record.

use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};

use crate::{
    domain::{
        id::{ProjectId, UserId},
        moment::Moment,
        project::Activity,
    },
    server::store::{Store, StoreError},
};

/// How long one person's edits of one document count as one.
const ONE_EDIT: i64 = 10 * 60 * 1000;

/// Something that happened.
#[derive(Clone, Debug)]
pub struct Happening<'a> {
    pub project: ProjectId,
    pub user: UserId,
    pub at: Moment,
    /// What they did, such as `edited`.
    pub what: &'a str,
    /// The thing's name and page.
    pub subject: Option<(&'a str, &'a str)>,
}

impl Happening<'_> {
    pub(in crate::server::store) async fn write(&self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO activity (project_id, user_id, at, what, subject, path) VALUES (?, ?, ?, ?, ?, ?)")
            .bind(*self.project.as_uuid())
            .bind(*self.user.as_uuid())
            .bind(self.at.0)
            .bind(self.what)
            .bind(self.subject.map(|(name, _)| name))
            .bind(self.subject.map(|(_, path)| path))
            .execute(connection)
            .await?;
        Ok(())
    }

    pub(in crate::server::store) async fn write_unless_recent(&self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        let recent: Option<i64> = sqlx::query_scalar(
            "SELECT id FROM activity WHERE project_id = ? AND user_id = ? AND what = ? AND path IS ? AND at > ? LIMIT 1",
        )
        .bind(*self.project.as_uuid())
        .bind(*self.user.as_uuid())
        .bind(self.what)
        .bind(self.subject.map(|(_, path)| path))
        .bind(self.at.plus(-ONE_EDIT).0)
        .fetch_optional(&mut *connection)
        .await?;
        if recent.is_none() {
            self.write(connection).await?;
        }
        Ok(())
    }
}

impl Store {
    /// Keeps something that changes nothing else.
    pub async fn record_activity(&self, happening: &Happening<'_>) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        happening.write(&mut write).await?;
        write.commit().await?;
        Ok(())
    }

    /// Keeps an edit, unless the same person's last edit of the same page was less than ten minutes ago.
    pub async fn record_edit(&self, happening: &Happening<'_>) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        happening.write_unless_recent(&mut write).await?;
        write.commit().await?;
        Ok(())
    }

    /// The newest of what happened in a project, newest first.
    pub async fn activity(&self, project: ProjectId, most: u32) -> Result<Vec<Activity>, StoreError> {
        let rows = sqlx::query(
            "SELECT activity.at, user.name, activity.what, activity.subject, activity.path FROM activity
             JOIN user ON user.id = activity.user_id WHERE project_id = ? ORDER BY activity.at DESC, activity.id DESC LIMIT ?",
        )
        .bind(*project.as_uuid())
        .bind(most)
        .fetch_all(self.read())
        .await?;
        let activity = |row: &SqliteRow| {
            let (subject, path): (Option<String>, Option<String>) = (row.try_get("subject")?, row.try_get("path")?);
            Ok(Activity {
                at: Moment(row.try_get("at")?),
                who: row.try_get("name")?,
                what: row.try_get("what")?,
                subject: subject.zip(path),
            })
        };
        rows.iter().map(activity).collect()
    }
}
