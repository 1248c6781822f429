//! Who changed a decision's status, when and why, and what those who decide say of it.

use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};

use crate::{
    domain::{
        decision::{
            sign_off::{Answer, Turn},
            status::Status,
        },
        id::{DocumentId, ProjectId, UserId},
        moment::Moment,
    },
    server::store::{Store, StoreError},
};

/// A change of status to keep. It is written in the transaction of the text that says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTurn {
    pub document: DocumentId,
    pub user: UserId,
    pub at: Moment,
    pub before: Option<Status>,
    pub after: Status,
    pub reason: String,
}

/// What is kept in the same transaction as texts that change together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Beside {
    pub turns: Vec<NewTurn>,
    /// Documents that get another path.
    pub moves: Vec<(DocumentId, String)>,
    /// New bytes of files that are kept as they are, by project and path.
    pub files: Vec<(ProjectId, String, Vec<u8>)>,
}

impl Beside {
    pub(in crate::server::store) async fn write(&self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        for turn in &self.turns {
            turn.write(connection).await?;
        }
        for (document, path) in &self.moves {
            let moved = sqlx::query("UPDATE document SET path = ? WHERE id = ?").bind(path).bind(*document.as_uuid());
            moved.execute(&mut *connection).await?;
        }
        for (project, path, data) in &self.files {
            let changed = sqlx::query("UPDATE kept_file SET data = ? WHERE project_id = ? AND path = ?");
            changed.bind(data).bind(*project.as_uuid()).bind(path).execute(&mut *connection).await?;
        }
        Ok(())
    }
}

impl NewTurn {
    pub(in crate::server::store) async fn write(&self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO decision_turn (doc_id, user_id, at, before, after, reason) VALUES (?, ?, ?, ?, ?, ?)")
            .bind(*self.document.as_uuid())
            .bind(*self.user.as_uuid())
            .bind(self.at.0)
            .bind(self.before.map(Status::slug))
            .bind(self.after.slug())
            .bind(&self.reason)
            .execute(connection)
            .await?;
        Ok(())
    }
}

impl Store {
    /// How a decision's status came about, oldest first.
    pub async fn turns(&self, document: DocumentId) -> Result<Vec<Turn>, StoreError> {
        let rows = sqlx::query(
            "SELECT decision_turn.at, user.name, decision_turn.before, decision_turn.after, decision_turn.reason
             FROM decision_turn JOIN user ON user.id = decision_turn.user_id WHERE doc_id = ? ORDER BY decision_turn.id",
        )
        .bind(*document.as_uuid())
        .fetch_all(self.read())
        .await?;
        rows.iter().map(turn).collect()
    }

    /// What people say of a decision, whether they are named in it or not.
    pub async fn answers(&self, document: DocumentId) -> Result<Vec<Answer>, StoreError> {
        let rows = sqlx::query(
            "SELECT user.id, user.name, user.email, agrees, note, at FROM decision_answer
             JOIN user ON user.id = decision_answer.user_id WHERE doc_id = ? ORDER BY user.id",
        )
        .bind(*document.as_uuid())
        .fetch_all(self.read())
        .await?;
        let answer = |row: &SqliteRow| {
            Ok(Answer {
                user: UserId::from_uuid(row.try_get("id")?),
                name: row.try_get("name")?,
                email: row.try_get("email")?,
                agrees: row.try_get("agrees")?,
                note: row.try_get("note")?,
                at: Moment(row.try_get("at")?),
            })
        };
        rows.iter().map(answer).collect()
    }

    /// Keeps somebody's word on a decision in the place of an earlier one.
    pub async fn set_answer(&self, document: DocumentId, user: UserId, agrees: bool, note: &str, at: Moment) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        sqlx::query(
            "INSERT INTO decision_answer (doc_id, user_id, agrees, note, at) VALUES (?, ?, ?, ?, ?)
             ON CONFLICT DO UPDATE SET agrees = excluded.agrees, note = excluded.note, at = excluded.at",
        )
        .bind(*document.as_uuid())
        .bind(*user.as_uuid())
        .bind(agrees)
        .bind(note)
        .bind(at.0)
        .execute(&mut *write)
        .await?;
        write.commit().await?;
        Ok(())
    }

    /// Takes somebody's word on a decision back.
    pub async fn forget_answer(&self, document: DocumentId, user: UserId) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        sqlx::query("DELETE FROM decision_answer WHERE doc_id = ? AND user_id = ?")
            .bind(*document.as_uuid())
            .bind(*user.as_uuid())
            .execute(&mut *write)
            .await?;
        write.commit().await?;
        Ok(())
    }
}

fn turn(row: &SqliteRow) -> Result<Turn, StoreError> {
    let known = |slug: &str| Status::from_slug(slug).ok_or(StoreError::Unreadable { what: "decision status" });
    let (before, after): (Option<String>, String) = (row.try_get("before")?, row.try_get("after")?);
    Ok(Turn {
        at: Moment(row.try_get("at")?),
        who: row.try_get("name")?,
        before: before.as_deref().map(known).transpose()?,
        after: known(&after)?,
        reason: row.try_get("reason")?,
    })
}
