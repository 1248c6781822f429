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
    server::store::{Store, StoreError, updates::Append},
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
    /// The first revision that says so; none where people typed and nobody knows exactly.
    pub seq: Option<i64>,
}

/// The change that made a decision an accepted one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accepted {
    pub at: Moment,
    /// The first revision that says so.
    pub seq: i64,
}

/// What is kept in the same transaction as texts that change together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Beside {
    /// Their revisions and times are those of the documents' rows.
    pub turns: Vec<NewTurn>,
    /// Documents that get another path.
    pub moves: Vec<(DocumentId, String)>,
    /// New bytes of files that are kept as they are, by project and path.
    pub files: Vec<(ProjectId, String, Vec<u8>)>,
}

impl Beside {
    pub(in crate::server::store) async fn write(&self, connection: &mut SqliteConnection, appends: &[Append]) -> Result<(), StoreError> {
        for turn in &self.turns {
            let mut turn = turn.clone();
            if let Some(append) = appends.iter().find(|append| append.document == turn.document) {
                (turn.at, turn.seq) = (append.at, Some(append.last()));
            }
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
        sqlx::query("INSERT INTO decision_turn (doc_id, user_id, at, before, after, reason, seq) VALUES (?, ?, ?, ?, ?, ?, ?)")
            .bind(*self.document.as_uuid())
            .bind(*self.user.as_uuid())
            .bind(self.at.0)
            .bind(self.before.map(Status::slug))
            .bind(self.after.slug())
            .bind(&self.reason)
            .bind(self.seq)
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

    /// When and at which revision a decision was accepted the last time; none where that is not known exactly.
    pub async fn accepted(&self, document: DocumentId) -> Result<Option<Accepted>, StoreError> {
        let row: Option<(i64, Option<i64>)> =
            sqlx::query_as("SELECT at, seq FROM decision_turn WHERE doc_id = ? AND after = ? ORDER BY id DESC LIMIT 1")
                .bind(*document.as_uuid())
                .bind(Status::Accepted.slug())
                .fetch_optional(self.read())
                .await?;
        Ok(row.and_then(|(at, seq)| Some(Accepted { at: Moment(at), seq: seq? })))
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

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::server::store::updates::NewRow;

    const RECORD: DocumentId = DocumentId::from_uuid(Uuid::from_u128(1));
    const OTHER: DocumentId = DocumentId::from_uuid(Uuid::from_u128(3));
    const ADA: UserId = UserId::from_uuid(Uuid::from_u128(2));

    fn turn(after: Status) -> NewTurn {
        NewTurn { document: RECORD, user: ADA, at: Moment(1), before: None, after, reason: String::new(), seq: None }
    }

    fn append(document: DocumentId, head: i64, rows: u8, at: i64) -> Append {
        let row = |n: u8| NewRow { author: ADA, kind: 0, data: vec![n], clients: Vec::new() };
        Append { document, head, rows: (0..rows).map(row).collect(), versions: Vec::new(), at: Moment(at) }
    }

    #[tokio::test]
    async fn a_turn_has_the_revision_and_the_time_of_the_text_that_says_it() {
        let store = Store::memory().await.unwrap();
        store.sample_document(RECORD, &[ADA]).await;
        store.sample_document(OTHER, &[ADA]).await;
        store.append_updates(&[append(RECORD, 0, 3, 5)]).await.unwrap();
        assert_eq!(store.accepted(RECORD).await.unwrap(), None);
        let step = async |head, status, at| {
            let beside = Beside { turns: vec![turn(status)], ..Beside::default() };
            assert!(store.append_together(&[append(OTHER, head, 1, at), append(RECORD, head + 3, 1, at)], &beside).await.unwrap());
        };
        step(0, Status::Accepted, 20).await;
        let first = Some(Accepted { at: Moment(20), seq: 4 });
        assert_eq!(store.accepted(RECORD).await.unwrap(), first);
        step(1, Status::Deprecated, 30).await;
        assert_eq!(store.accepted(RECORD).await.unwrap(), first, "what came after does not count");
        step(2, Status::Accepted, 40).await;
        assert_eq!(store.accepted(RECORD).await.unwrap(), Some(Accepted { at: Moment(40), seq: 6 }), "revived");
        assert_eq!(store.accepted(OTHER).await.unwrap(), None);
        // Whatever was typed later stands for itself: an earlier turn says nothing of it.
        let mut write = store.write().await.unwrap();
        turn(Status::Accepted).write(&mut write).await.unwrap();
        write.commit().await.unwrap();
        assert_eq!(store.accepted(RECORD).await.unwrap(), None);
        assert_eq!(store.turns(RECORD).await.unwrap().len(), 4);
    }
}
