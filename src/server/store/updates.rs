//! The documents' update logs and snapshots: what "saved" means.
//!
//! A row holds what one author wrote in one step, as updates with their lengths in front, and a checksum. Rows of a
//! document count up without gaps; a snapshot holds everything up to its number. The last two snapshots are kept, with all
//! rows after the older one, so that one bad snapshot costs nothing. A bad row is never passed over: half a document would
//! look whole.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::{Row, Sqlite, SqliteConnection, Transaction, sqlite::SqliteRow};
use uuid::Uuid;

use crate::{
    domain::{
        id::{DocumentId, ProjectId, UserId},
        moment::Moment,
        project::DocumentKind,
        scene::pins::AllPins,
    },
    server::store::{
        Store, StoreError,
        activity::Happening,
        decisions::{Beside, NewTurn},
        versions::NewVersion,
    },
};

/// What one author wrote in one step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRow {
    pub author: UserId,
    /// The code of what made it: typing, an import, and so on.
    pub kind: i64,
    /// Updates, each with its length in front; at most 8 MiB.
    pub data: Vec<u8>,
    /// Client ids of the CRDT that the author uses for the first time in this document.
    pub clients: Vec<u32>,
}

/// Rows to put at the end of one document's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Append {
    pub document: DocumentId,
    /// The last row's number as the writer knows it; another one means that somebody else writes, and nothing is kept.
    pub head: i64,
    pub rows: Vec<NewRow>,
    /// Versions that are kept in the same step: of the text before, of the text after.
    pub versions: Vec<NewVersion>,
    pub at: Moment,
}

impl Append {
    /// The number of its last row.
    pub fn last(&self) -> i64 {
        self.head + i64::try_from(self.rows.len()).unwrap_or_default()
    }
}

/// A text as it was after a row, for lists, searches and reviews.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Derived {
    pub document: DocumentId,
    pub text: String,
    pub title: String,
    /// Places of elements by `view/element`, in px.
    pub pins: AllPins,
    pub seq: i64,
    /// Who changed it since it was last refreshed, over live connections, and when that was noticed.
    pub authors: BTreeSet<UserId>,
    /// A change of a decision's status that somebody typed.
    pub turn: Option<NewTurn>,
    pub at: Moment,
}

/// A document's state up to a row, to load without reading the rows before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSnapshot {
    pub document: DocumentId,
    pub seq: i64,
    pub state: Vec<u8>,
    pub at: Moment,
}

/// A document as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredDocument {
    pub kind: DocumentKind,
    pub path: String,
    /// The last row's number; 0 for a document that has none yet.
    pub head: i64,
    /// The row that the stored text reflects.
    pub text_seq: i64,
    pub snapshot: Option<Vec<u8>>,
    /// Rows after the snapshot, in order.
    pub rows: Vec<Vec<u8>>,
    /// Rows and their bytes that the next snapshot would save to read.
    pub log: (u64, u64),
    /// Who first used a client id.
    pub clients: BTreeMap<u32, UserId>,
    /// The row that the newest version reflects; 0 without one. And who wrote the rows after it, as far as they are kept.
    pub version: (i64, Vec<UserId>),
}

/// What became of a search for a document's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// There is none, or it was deleted.
    Missing,
    /// Something of it can't be trusted: which and why.
    Damaged(String),
    Whole(Box<StoredDocument>),
}

/// A stored text and how current it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredText {
    pub text: String,
    pub text_seq: i64,
    pub head: i64,
}

impl Store {
    /// A document's newest sound snapshot and the rows after it, up to and including the row `until`, or all.
    pub async fn document_log(&self, document: DocumentId, until: Option<i64>) -> Result<Found, StoreError> {
        let mut read = self.read().begin().await?;
        let id = *document.as_uuid();
        let row = sqlx::query("SELECT kind, path, head_seq, text_seq, snapshot_seq FROM document WHERE id = ? AND deleted_at IS NULL");
        let Some(row) = row.bind(id).fetch_optional(&mut *read).await? else { return Ok(Found::Missing) };
        let kind: String = row.try_get("kind")?;
        let kind = DocumentKind::parse(&kind).ok_or(StoreError::Unreadable { what: "document kind" })?;
        let (head, snapshot_seq): (i64, i64) = (row.try_get("head_seq")?, row.try_get("snapshot_seq")?);
        let until = until.unwrap_or(head);

        let snapshots = sqlx::query("SELECT seq, state, crc FROM doc_snapshot WHERE doc_id = ? AND seq <= ? ORDER BY seq DESC");
        let snapshots = snapshots.bind(id).bind(until).fetch_all(&mut *read).await?;
        let mut sound = None;
        for row in &snapshots {
            let (seq, state, crc): (i64, Vec<u8>, i64) = (row.try_get("seq")?, row.try_get("state")?, row.try_get("crc")?);
            if checksum(&state) == crc {
                sound = Some((seq, state));
                break;
            }
            tracing::error!(%document, seq, "a snapshot is damaged; the one before it is used");
        }
        let after = sound.as_ref().map_or(0, |(seq, _)| *seq);
        let rows = sqlx::query("SELECT seq, data, crc FROM doc_update WHERE doc_id = ? AND seq > ? AND seq <= ? ORDER BY seq");
        let rows = rows.bind(id).bind(after).bind(until).fetch_all(&mut *read).await?;
        let clients = sqlx::query("SELECT client_id, user_id FROM doc_client WHERE doc_id = ?").bind(id).fetch_all(&mut *read).await?;
        let version: i64 =
            sqlx::query_scalar("SELECT coalesce(max(seq), 0) FROM doc_version WHERE doc_id = ?").bind(id).fetch_one(&mut *read).await?;
        let since = "SELECT author_id FROM doc_update WHERE doc_id = ? AND seq > ? GROUP BY author_id ORDER BY min(seq)";
        let since: Vec<Uuid> = sqlx::query_scalar(since).bind(id).bind(version).fetch_all(&mut *read).await?;
        read.commit().await?;

        let mut next = after;
        let mut data = Vec::with_capacity(rows.len());
        let mut log = (0, 0);
        for row in rows {
            next += 1;
            let (seq, bytes, crc): (i64, Vec<u8>, i64) = (row.try_get("seq")?, row.try_get("data")?, row.try_get("crc")?);
            if seq != next {
                return Ok(Found::Damaged(format!("change {next} is missing")));
            }
            if checksum(&bytes) != crc {
                return Ok(Found::Damaged(format!("change {seq} does not match its checksum")));
            }
            if seq > snapshot_seq {
                log = (log.0 + 1, log.1 + bytes.len() as u64);
            }
            data.push(bytes);
        }
        if next != until {
            return Ok(Found::Damaged(format!("change {} is missing", next + 1)));
        }
        Ok(Found::Whole(Box::new(StoredDocument {
            kind,
            path: row.try_get("path")?,
            head,
            text_seq: row.try_get("text_seq")?,
            snapshot: sound.map(|(_, state)| state),
            rows: data,
            log,
            clients: clients.iter().map(client).collect::<Result<_, StoreError>>()?,
            version: (version, since.into_iter().map(UserId::from_uuid).collect()),
        })))
    }

    /// The stored text of a document; none when there is no such document.
    pub async fn stored_text(&self, document: DocumentId) -> Result<Option<StoredText>, StoreError> {
        let row = sqlx::query("SELECT text, text_seq, head_seq FROM document WHERE id = ? AND deleted_at IS NULL");
        let Some(row) = row.bind(*document.as_uuid()).fetch_optional(self.read()).await? else { return Ok(None) };
        let found = StoredText { text: row.try_get("text")?, text_seq: row.try_get("text_seq")?, head: row.try_get("head_seq")? };
        Ok(Some(found))
    }

    /// What a document is and where, deleted or not.
    pub async fn document_place(&self, document: DocumentId) -> Result<Option<(DocumentKind, String)>, StoreError> {
        let row = sqlx::query("SELECT kind, path FROM document WHERE id = ?").bind(*document.as_uuid()).fetch_optional(self.read()).await?;
        let Some(row) = row else { return Ok(None) };
        let kind: String = row.try_get("kind")?;
        let kind = DocumentKind::parse(&kind).ok_or(StoreError::Unreadable { what: "document kind" })?;
        Ok(Some((kind, row.try_get("path")?)))
    }

    /// Puts the rows of several documents at the end of their logs, all in one commit that is on disk when this returns.
    /// Tells for each document whether it was there and as expected; nothing is kept of one that was not.
    pub async fn append_updates(&self, batch: &[Append]) -> Result<Vec<bool>, StoreError> {
        let mut write = self.write().await?;
        let mut kept = Vec::with_capacity(batch.len());
        for append in batch {
            kept.push(put(&mut write, append).await?);
        }
        write.commit().await?;
        Ok(kept)
    }

    /// Puts rows at the end of several documents' logs, and what belongs to them beside; all of it in one commit, or nothing
    /// when one of the documents is gone or not as expected.
    pub async fn append_together(&self, appends: &[Append], beside: &Beside) -> Result<bool, StoreError> {
        let mut write = self.write().await?;
        for append in appends {
            if !put(&mut write, append).await? {
                return Ok(false);
            }
        }
        beside.write(&mut write, appends).await?;
        write.commit().await?;
        Ok(true)
    }

    /// Refreshes stored texts and titles, where they are older.
    pub async fn set_texts(&self, texts: &[Derived]) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        for derived in texts {
            sqlx::query("UPDATE document SET text = ?, title = ?, pins = ?, text_seq = ? WHERE id = ? AND text_seq < ? AND head_seq >= ?")
                .bind(&derived.text)
                .bind(&derived.title)
                .bind(serde_json::to_string(&derived.pins).unwrap_or_else(|_| "{}".to_owned()))
                .bind(derived.seq)
                .bind(*derived.document.as_uuid())
                .bind(derived.seq)
                .bind(derived.seq)
                .execute(&mut *write)
                .await?;
            record_edits(&mut write, derived).await?;
            if let Some(turn) = &derived.turn {
                turn.write(&mut write).await?;
            }
        }
        write.commit().await?;
        Ok(())
    }

    /// The places of a diagram's elements as they were when its text was last refreshed; none of a document that is gone.
    pub async fn pins(&self, document: DocumentId) -> Result<AllPins, StoreError> {
        let pins: Option<String> =
            sqlx::query_scalar("SELECT pins FROM document WHERE id = ?").bind(*document.as_uuid()).fetch_optional(self.read()).await?;
        pins.map_or(Ok(AllPins::new()), |pins| {
            serde_json::from_str(&pins).map_err(|_| StoreError::Unreadable { what: "places of elements" })
        })
    }

    /// Keeps a snapshot, and lets go of what the one before it makes needless: rows up to it, and snapshots before it.
    pub async fn add_snapshot(&self, snapshot: &NewSnapshot) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        let id = *snapshot.document.as_uuid();
        let before = sqlx::query_scalar("SELECT snapshot_seq FROM document WHERE id = ? AND head_seq >= ? AND snapshot_seq < ?");
        let before: Option<i64> = before.bind(id).bind(snapshot.seq).bind(snapshot.seq).fetch_optional(&mut *write).await?;
        let Some(before) = before else { return Ok(()) };
        sqlx::query("INSERT INTO doc_snapshot (doc_id, seq, state, crc, at) VALUES (?, ?, ?, ?, ?)")
            .bind(id)
            .bind(snapshot.seq)
            .bind(&snapshot.state)
            .bind(checksum(&snapshot.state))
            .bind(snapshot.at.0)
            .execute(&mut *write)
            .await?;
        sqlx::query("DELETE FROM doc_update WHERE doc_id = ? AND seq <= ?").bind(id).bind(before).execute(&mut *write).await?;
        sqlx::query("DELETE FROM doc_snapshot WHERE doc_id = ? AND seq < ?").bind(id).bind(before).execute(&mut *write).await?;
        sqlx::query(
            "UPDATE document SET snapshot_seq = ?,
                 log_bytes = (SELECT coalesce(sum(length(data)), 0) FROM doc_update WHERE doc_id = document.id) WHERE id = ?",
        )
        .bind(snapshot.seq)
        .bind(id)
        .execute(&mut *write)
        .await?;
        write.commit().await?;
        Ok(())
    }
}

impl StoreError {
    /// Whether trying the same again can't help: the data itself is refused.
    pub fn is_final(&self) -> bool {
        match self {
            Self::Database(sqlx::Error::Database(error)) => {
                error.is_unique_violation() || error.is_foreign_key_violation() || error.is_check_violation()
            }
            Self::Database(sqlx::Error::PoolClosed) => true,
            _ => false,
        }
    }
}

async fn put(write: &mut Transaction<'static, Sqlite>, append: &Append) -> Result<bool, StoreError> {
    let id = *append.document.as_uuid();
    let Some(last) = append.rows.last() else {
        let head = sqlx::query_scalar("SELECT head_seq FROM document WHERE id = ? AND deleted_at IS NULL");
        let head: Option<i64> = head.bind(id).fetch_optional(&mut **write).await?;
        if !append.versions.is_empty() && head != Some(append.head) {
            return Ok(false);
        }
        return keep(write, append).await.map(|()| true);
    };
    let count = i64::try_from(append.rows.len()).unwrap_or_default();
    let bytes: usize = append.rows.iter().map(|row| row.data.len()).sum();
    let moved = sqlx::query(
        "UPDATE document SET head_seq = head_seq + ?, updated_at = ?, updated_by = ?, log_bytes = log_bytes + ?
         WHERE id = ? AND head_seq = ? AND deleted_at IS NULL",
    )
    .bind(count)
    .bind(append.at.0)
    .bind(*last.author.as_uuid())
    .bind(i64::try_from(bytes).unwrap_or_default())
    .bind(id)
    .bind(append.head)
    .execute(&mut **write)
    .await?;
    if moved.rows_affected() == 0 {
        return Ok(false);
    }
    for (seq, row) in (append.head + 1..).zip(&append.rows) {
        sqlx::query("INSERT INTO doc_update (doc_id, seq, author_id, at, kind, data, crc) VALUES (?, ?, ?, ?, ?, ?, ?)")
            .bind(id)
            .bind(seq)
            .bind(*row.author.as_uuid())
            .bind(append.at.0)
            .bind(row.kind)
            .bind(&row.data)
            .bind(checksum(&row.data))
            .execute(&mut **write)
            .await?;
        for client in &row.clients {
            sqlx::query("INSERT OR IGNORE INTO doc_client (doc_id, client_id, user_id, first_seq) VALUES (?, ?, ?, ?)")
                .bind(id)
                .bind(i64::from(*client))
                .bind(*row.author.as_uuid())
                .bind(seq)
                .execute(&mut **write)
                .await?;
        }
    }
    keep(write, append).await.map(|()| true)
}

async fn keep(write: &mut Transaction<'static, Sqlite>, append: &Append) -> Result<(), StoreError> {
    for version in &append.versions {
        version.write(write).await?;
    }
    Ok(())
}

fn client(row: &SqliteRow) -> Result<(u32, UserId), StoreError> {
    let client: i64 = row.try_get("client_id")?;
    let client = u32::try_from(client).map_err(|_| StoreError::Unreadable { what: "client id" })?;
    Ok((client, UserId::from_uuid(row.try_get("user_id")?)))
}

pub(in crate::server::store) fn checksum(bytes: &[u8]) -> i64 {
    i64::from(crc32c::crc32c(bytes))
}

#[cfg(test)]
impl Store {
    /// Takes no change any more, or again.
    pub(crate) async fn refuse_writes(&self, refuse: bool) {
        let mut write = self.writer.acquire().await.unwrap();
        let pragma = if refuse { "PRAGMA query_only = ON" } else { "PRAGMA query_only = OFF" };
        sqlx::query(pragma).execute(&mut *write).await.unwrap();
    }

    /// Lets the connection that writes grow the file by no page more, as on a full disk.
    async fn fill_disk(&self) {
        let mut write = self.writer.acquire().await.unwrap();
        sqlx::query("PRAGMA max_page_count = 1").execute(&mut *write).await.unwrap();
    }

    /// Turns a bit of a document's newest snapshot, or of one of its rows.
    pub(crate) async fn damage(&self, document: DocumentId, seq: Option<i64>) {
        let mut write = self.write().await.unwrap();
        let id = *document.as_uuid();
        let changed = match seq {
            Some(seq) => sqlx::query("UPDATE doc_update SET crc = crc + 1 WHERE doc_id = ? AND seq = ?").bind(id).bind(seq),
            None => {
                sqlx::query("UPDATE doc_snapshot SET crc = crc + 1 WHERE doc_id = ? AND seq = (SELECT max(seq) FROM doc_snapshot)").bind(id)
            }
        };
        assert_eq!(changed.execute(&mut *write).await.unwrap().rows_affected(), 1);
        write.commit().await.unwrap();
    }

    /// Accounts, a project and an empty document in it.
    pub(crate) async fn sample_document(&self, document: DocumentId, authors: &[UserId]) {
        let mut write = self.write().await.unwrap();
        for author in authors {
            let name = author.to_string();
            sqlx::query("INSERT OR IGNORE INTO user (id, email, name, password_hash, created_at) VALUES (?, ?, ?, '', 0)")
                .bind(*author.as_uuid())
                .bind(&name)
                .bind(&name)
                .execute(&mut *write)
                .await
                .unwrap();
        }
        sqlx::query("INSERT OR IGNORE INTO project (id, slug, name, created_at, updated_at) VALUES (zeroblob(16), 'shop', 'Shop', 0, 0)")
            .execute(&mut *write)
            .await
            .unwrap();
        sqlx::query(
            "INSERT INTO document (id, project_id, kind, path, title, text, created_at, updated_at, updated_by)
             VALUES (?, zeroblob(16), 'diagram', ?, '', '', 0, 0, ?)",
        )
        .bind(*document.as_uuid())
        .bind(format!("{document}.dsl"))
        .bind(*authors[0].as_uuid())
        .execute(&mut *write)
        .await
        .unwrap();
        write.commit().await.unwrap();
    }

    /// A document's numbers: head, text, snapshot, rows kept, snapshots kept.
    pub(crate) async fn log_numbers(&self, document: DocumentId) -> (i64, i64, i64, i64, i64) {
        sqlx::query_as(
            "SELECT head_seq, text_seq, snapshot_seq, (SELECT count(*) FROM doc_update WHERE doc_id = document.id),
                 (SELECT count(*) FROM doc_snapshot WHERE doc_id = document.id) FROM document WHERE id = ?",
        )
        .bind(*document.as_uuid())
        .fetch_one(self.read())
        .await
        .unwrap()
    }
}

/// Keeps in the project's activity that people edited a document.
async fn record_edits(connection: &mut SqliteConnection, derived: &Derived) -> Result<(), StoreError> {
    if derived.authors.is_empty() {
        return Ok(());
    }
    let place = sqlx::query(
        "SELECT project.id AS project, project.slug AS slug, document.kind AS kind FROM document
         JOIN project ON project.id = document.project_id WHERE document.id = ?",
    );
    let Some(row) = place.bind(*derived.document.as_uuid()).fetch_optional(&mut *connection).await? else { return Ok(()) };
    let (slug, kind): (String, String) = (row.try_get("slug")?, row.try_get("kind")?);
    let kind = DocumentKind::parse(&kind).ok_or(StoreError::Unreadable { what: "document kind" })?;
    let page = kind.page(&slug, derived.document);
    for author in &derived.authors {
        let happening = Happening {
            project: ProjectId::from_uuid(row.try_get("project")?),
            user: *author,
            at: derived.at,
            what: "edited",
            subject: Some((&derived.title, &page)),
        };
        happening.write_unless_recent(connection).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: DocumentId = DocumentId::from_uuid(Uuid::from_u128(1));
    const AUTHOR: UserId = UserId::from_uuid(Uuid::from_u128(2));

    async fn store() -> Store {
        let store = Store::memory().await.unwrap();
        store.sample_document(DOCUMENT, &[AUTHOR]).await;
        store
    }

    fn rows(head: i64, count: u8) -> Append {
        let row = |n: u8| NewRow { author: AUTHOR, kind: 0, data: vec![n; 10], clients: vec![u32::from(n)] };
        Append { document: DOCUMENT, head, rows: (0..count).map(row).collect(), versions: Vec::new(), at: Moment(5) }
    }

    async fn whole(store: &Store, until: Option<i64>) -> StoredDocument {
        match store.document_log(DOCUMENT, until).await.unwrap() {
            Found::Whole(found) => *found,
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn rows_come_back_in_order_and_strangers_are_kept_out() {
        let store = store().await;
        let stale = Append { document: DocumentId::from_uuid(Uuid::from_u128(9)), ..rows(0, 1) };
        assert_eq!(store.append_updates(&[rows(0, 2), stale, rows(2, 1)]).await.unwrap(), [true, false, true]);
        assert_eq!(store.append_updates(&[rows(2, 1)]).await.unwrap(), [false]);
        let found = whole(&store, None).await;
        assert_eq!((found.head, found.rows.len(), found.log), (3, 3, (3, 30)));
        assert_eq!(found.rows[1], [1; 10]);
        assert_eq!(found.clients.get(&1), Some(&AUTHOR));
        assert_eq!(whole(&store, Some(1)).await.rows.len(), 1);
        let nobody =
            Append { rows: vec![NewRow { author: UserId::from_uuid(Uuid::from_u128(77)), ..rows(3, 1).rows.remove(0) }], ..rows(3, 1) };
        assert!(store.append_updates(&[nobody]).await.unwrap_err().is_final());
    }

    #[tokio::test]
    async fn two_snapshots_are_kept_and_a_bad_one_costs_nothing() {
        let store = store().await;
        for step in 0..3 {
            store.append_updates(&[rows(step * 4, 4)]).await.unwrap();
            let snapshot = NewSnapshot { document: DOCUMENT, seq: step * 4 + 4, state: vec![9; 3], at: Moment(6) };
            store.add_snapshot(&snapshot).await.unwrap();
            store.add_snapshot(&snapshot).await.unwrap();
        }
        assert_eq!(store.log_numbers(DOCUMENT).await, (12, 0, 12, 4, 2));
        assert_eq!(whole(&store, None).await.rows.len(), 0);
        store.damage(DOCUMENT, None).await;
        let found = whole(&store, None).await;
        assert_eq!((found.snapshot.is_some(), found.rows.len()), (true, 4));
        store.damage(DOCUMENT, Some(10)).await;
        assert_eq!(store.document_log(DOCUMENT, None).await.unwrap(), Found::Damaged("change 10 does not match its checksum".to_owned()));
        assert!(matches!(store.document_log(DOCUMENT, Some(3)).await.unwrap(), Found::Damaged(_)));
    }

    #[tokio::test]
    async fn a_disk_that_was_full_is_used_again() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).await.unwrap();
        store.sample_document(DOCUMENT, &[AUTHOR]).await;
        store.fill_disk().await;
        let large = Append { rows: vec![NewRow { data: vec![1; 1_000_000], ..rows(0, 1).rows.remove(0) }], ..rows(0, 1) };
        let full = store.append_updates(std::slice::from_ref(&large)).await.unwrap_err();
        assert!(!full.is_final() && full.to_string().contains("full"), "{full}");
        assert_eq!(store.append_updates(&[large]).await.unwrap(), [true]);
        assert_eq!(whole(&store, None).await.head, 1);
    }

    #[tokio::test]
    async fn texts_only_move_forward() {
        let store = store().await;
        store.append_updates(&[rows(0, 3)]).await.unwrap();
        let text = |text: &str, seq| Derived {
            document: DOCUMENT,
            text: text.to_owned(),
            title: "T".to_owned(),
            pins: AllPins::from([("main/shop".to_owned(), (4, -8))]),
            seq,
            authors: BTreeSet::new(),
            turn: None,
            at: Moment(0),
        };
        store.set_texts(&[text("two", 2), text("one", 1), text("nine", 9)]).await.unwrap();
        let found = store.stored_text(DOCUMENT).await.unwrap().unwrap();
        assert_eq!((found.text.as_str(), found.text_seq, found.head), ("two", 2, 3));
        assert_eq!(store.pins(DOCUMENT).await.unwrap().into_iter().collect::<Vec<_>>(), [("main/shop".to_owned(), (4, -8))]);
    }
}
