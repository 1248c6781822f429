//! Versions of documents: kept as differences, read whole, never changed but for their names.

use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};

use crate::{
    domain::{
        history::{
            Amount, Made, Version,
            delta::{self, Piece},
        },
        id::{DocumentId, UserId},
        moment::Moment,
        project::DocumentKind,
    },
    server::store::{Store, StoreError, updates::checksum},
};

/// Differences after which a version is kept whole, so that reading one stays quick and a damaged row costs few others.
const LONGEST_CHAIN: usize = 50;

/// A version to keep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewVersion {
    pub document: DocumentId,
    /// The change after which the document says this text.
    pub seq: i64,
    pub text: String,
    pub made: Made,
    pub name: Option<String>,
    /// Whose changes it holds.
    pub authors: Vec<UserId>,
    pub at: Moment,
}

/// What became of a search for a version's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    Missing,
    /// It, or one that it builds on, is not what was written.
    Damaged,
    Text(String),
}

/// A text with the differences that lead to it.
struct Chain {
    text: String,
    /// Differences since the last version that is whole, and their bytes.
    links: usize,
    bytes: usize,
}

impl NewVersion {
    /// Keeps it, unless there is nothing new about it: a text that a version has already only gets a name, if it had none.
    pub(in crate::server::store) async fn write(&self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        let id = *self.document.as_uuid();
        let place = sqlx::query("SELECT kind, path FROM document WHERE id = ?").bind(id).fetch_optional(&mut *connection).await?;
        let Some(place) = place else { return Ok(()) };
        let (kind, path): (String, String) = (place.try_get("kind")?, place.try_get("path")?);
        let kind = DocumentKind::parse(&kind).ok_or(StoreError::Unreadable { what: "document kind" })?;
        let newest: Option<(i64, i64, i64, Option<String>)> =
            sqlx::query_as("SELECT id, number, seq, name FROM doc_version WHERE doc_id = ? ORDER BY number DESC LIMIT 1")
                .bind(id)
                .fetch_optional(&mut *connection)
                .await?;
        let mut base = None;
        if let Some((row, number, seq, name)) = &newest {
            // The text of a change is what it is, but a version before the newest would be out of order.
            if *seq > self.seq {
                return Ok(());
            }
            base = chain(connection, self.document, *number).await?;
            let same = base.as_ref().is_some_and(|base| base.text == self.text);
            if same && (self.name.is_none() || name.is_none()) && (*seq == self.seq || self.made == Made::Edited) {
                sqlx::query("UPDATE doc_version SET seq = ?, name = coalesce(name, ?) WHERE id = ?")
                    .bind(self.seq)
                    .bind(&self.name)
                    .bind(row)
                    .execute(connection)
                    .await?;
                return Ok(());
            }
            if *seq == self.seq && self.name.is_none() && base.is_some() {
                return Ok(());
            }
        }
        let before = base.as_ref().map_or("", |base| base.text.as_str());
        let amount = Amount::between(kind, &path, before, &self.text);
        let pieces = serde_json::to_string(&delta::pieces(before, &self.text)).unwrap_or_default();
        let fits = |base: &Chain| base.links < LONGEST_CHAIN && base.bytes + pieces.len() < self.text.len();
        let whole = pieces.is_empty() || base.as_ref().is_none_or(|base| !fits(base));
        let (made, beside) = self.made.words();
        let row = sqlx::query(
            "INSERT INTO doc_version (doc_id, number, seq, at, made, beside, name, added, removed, sections, whole, data, crc)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(id)
        .bind(newest.map_or(0, |(_, number, ..)| number) + 1)
        .bind(self.seq)
        .bind(self.at.0)
        .bind(made)
        .bind(beside)
        .bind(&self.name)
        .bind(amount.added)
        .bind(amount.removed)
        .bind(serde_json::to_string(&amount.sections).unwrap_or_else(|_| "[]".to_owned()))
        .bind(whole)
        .bind(if whole { &self.text } else { &pieces })
        .bind(checksum(self.text.as_bytes()))
        .execute(&mut *connection)
        .await?
        .last_insert_rowid();
        for (position, author) in (0_i64..).zip(&self.authors) {
            sqlx::query("INSERT INTO doc_version_author (version_id, position, user_id) VALUES (?, ?, ?)")
                .bind(row)
                .bind(position)
                .bind(*author.as_uuid())
                .execute(&mut *connection)
                .await?;
        }
        Ok(())
    }
}

/// The text of a version, from the last one that is whole on; none when a row is missing or not what was written.
async fn chain(connection: &mut SqliteConnection, document: DocumentId, number: i64) -> Result<Option<Chain>, StoreError> {
    let id = *document.as_uuid();
    let rows: Vec<(i64, bool, String, i64)> = sqlx::query_as(
        "SELECT number, whole, data, crc FROM doc_version WHERE doc_id = ? AND number <= ? AND number >=
             (SELECT max(number) FROM doc_version WHERE doc_id = ? AND number <= ? AND whole = 1) ORDER BY number",
    )
    .bind(id)
    .bind(number)
    .bind(id)
    .bind(number)
    .fetch_all(&mut *connection)
    .await?;
    Ok(link(&rows, number))
}

fn link(rows: &[(i64, bool, String, i64)], number: i64) -> Option<Chain> {
    let mut found: Option<(i64, Chain)> = None;
    for (at, whole, data, crc) in rows {
        let chain = match (whole, found) {
            (true, _) => Chain { text: data.clone(), links: 0, bytes: 0 },
            (false, Some((before, chain))) if before + 1 == *at => {
                let pieces: Vec<Piece> = serde_json::from_str(data).ok()?;
                let text = delta::joined(&chain.text, &pieces)?;
                Chain { text, links: chain.links + 1, bytes: chain.bytes + data.len() }
            }
            _ => return None,
        };
        if checksum(chain.text.as_bytes()) != *crc {
            return None;
        }
        found = Some((*at, chain));
    }
    found.filter(|(at, _)| *at == number).map(|(_, chain)| chain)
}

impl Store {
    /// Keeps a version, unless there is nothing new about it.
    pub async fn add_version(&self, version: &NewVersion) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        version.write(&mut write).await?;
        write.commit().await?;
        Ok(())
    }

    /// A document's versions, newest first.
    pub async fn versions(&self, document: DocumentId) -> Result<Vec<Version>, StoreError> {
        let rows = sqlx::query(
            "SELECT number, seq, at, made, beside, name, added, removed, sections,
                 (SELECT json_group_array(user.name ORDER BY position) FROM doc_version_author
                  JOIN user ON user.id = doc_version_author.user_id WHERE version_id = doc_version.id) AS who
             FROM doc_version WHERE doc_id = ? ORDER BY number DESC",
        )
        .bind(*document.as_uuid())
        .fetch_all(self.read())
        .await?;
        rows.iter().map(version).collect()
    }

    /// The text of a version.
    pub async fn version_text(&self, document: DocumentId, number: u32) -> Result<Kept, StoreError> {
        let mut read = self.read().acquire().await?;
        let there: Option<i64> = sqlx::query_scalar("SELECT number FROM doc_version WHERE doc_id = ? AND number = ?")
            .bind(*document.as_uuid())
            .bind(number)
            .fetch_optional(&mut *read)
            .await?;
        let Some(number) = there else { return Ok(Kept::Missing) };
        Ok(chain(&mut read, document, number).await?.map_or(Kept::Damaged, |chain| Kept::Text(chain.text)))
    }
}

fn version(row: &SqliteRow) -> Result<Version, StoreError> {
    let (made, beside): (String, String) = (row.try_get("made")?, row.try_get("beside")?);
    let (who, sections): (String, String) = (row.try_get("who")?, row.try_get("sections")?);
    let list = |text: &str| serde_json::from_str(text).map_err(|_| StoreError::Unreadable { what: "list of a version" });
    Ok(Version {
        number: row.try_get("number")?,
        at: Moment(row.try_get("at")?),
        who: list(&who)?,
        made: Made::parse(&made, &beside).ok_or(StoreError::Unreadable { what: "kind of version" })?,
        name: row.try_get("name")?,
        revision: row.try_get("seq")?,
        amount: Amount { added: row.try_get("added")?, removed: row.try_get("removed")?, sections: list(&sections)? },
    })
}

#[cfg(test)]
impl Store {
    /// Turns a byte of what is kept of a version.
    pub(crate) async fn damage_version(&self, document: DocumentId, number: u32) {
        let mut write = self.write().await.unwrap();
        sqlx::query("UPDATE doc_version SET data = replace(data, 'e', 'f') WHERE doc_id = ? AND number = ?")
            .bind(*document.as_uuid())
            .bind(number)
            .execute(&mut *write)
            .await
            .unwrap();
        write.commit().await.unwrap();
    }

    /// Bytes that the versions of a document take, and how many of them are whole.
    pub(crate) async fn version_bytes(&self, document: DocumentId) -> (i64, i64) {
        sqlx::query_as("SELECT sum(length(data)), sum(whole) FROM doc_version WHERE doc_id = ?")
            .bind(*document.as_uuid())
            .fetch_one(self.read())
            .await
            .unwrap()
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const DOCUMENT: DocumentId = DocumentId::from_uuid(Uuid::from_u128(1));
    const AUTHOR: UserId = UserId::from_uuid(Uuid::from_u128(2));
    const OTHER: UserId = UserId::from_uuid(Uuid::from_u128(3));

    async fn store() -> Store {
        let store = Store::memory().await.unwrap();
        store.sample_document(DOCUMENT, &[AUTHOR, OTHER]).await;
        store
    }

    fn at(seq: i64, text: &str) -> NewVersion {
        let authors = vec![OTHER, AUTHOR];
        NewVersion { document: DOCUMENT, seq, text: text.to_owned(), made: Made::Edited, name: None, authors, at: Moment(seq) }
    }

    async fn text(store: &Store, number: u32) -> String {
        match store.version_text(DOCUMENT, number).await.unwrap() {
            Kept::Text(text) => text,
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn hundreds_of_versions_cost_what_was_typed_and_come_back_to_the_byte() {
        let store = store().await;
        let mut now: String = (0..400).flat_map(|n| ["line ".to_owned(), n.to_string(), " 😀\n".to_owned()]).collect();
        let mut texts = Vec::new();
        for seq in 1..=200 {
            let line = format!("line {} 😀\n", seq * 2 - 1);
            now = now.replace(&line, &format!("changed {seq}\r\n"));
            store.add_version(&at(seq, &now)).await.unwrap();
            texts.push(now.clone());
        }
        for (number, text) in (1..).zip(&texts) {
            assert_eq!(self::text(&store, number).await, *text, "{number}");
        }
        let (bytes, whole) = store.version_bytes(DOCUMENT).await;
        let all: usize = texts.iter().map(String::len).sum();
        assert!(bytes < i64::try_from(all).unwrap() / 20 && whole > 1, "{bytes} of {all}, {whole} whole");
        let versions = store.versions(DOCUMENT).await.unwrap();
        assert_eq!((versions.len(), versions[0].number, versions[0].revision), (200, 200, 200));
        assert_eq!((versions[0].amount.words().as_str(), versions[0].who.len()), ("+1 −1 lines", 2));
        assert_eq!(versions[0].who[0], OTHER.to_string());
        assert_eq!(store.version_text(DOCUMENT, 201).await.unwrap(), Kept::Missing);
    }

    #[tokio::test]
    async fn a_text_that_has_a_version_only_gets_a_name() {
        let store = store().await;
        store.add_version(&at(1, "one\n")).await.unwrap();
        // Typed and taken back: no other text.
        store.add_version(&at(3, "one\n")).await.unwrap();
        let named = |name: &str| NewVersion { name: Some(name.to_owned()), ..at(3, "one\n") };
        store.add_version(&named("Before the review")).await.unwrap();
        store.add_version(&at(3, "one\n")).await.unwrap();
        let names = |versions: Vec<Version>| versions.into_iter().map(|one| (one.number, one.revision, one.name)).collect::<Vec<_>>();
        assert_eq!(names(store.versions(DOCUMENT).await.unwrap()), [(1, 3, Some("Before the review".to_owned()))]);
        // A second name is another version, and a step that changes no line is one, too.
        store.add_version(&named("Sent out")).await.unwrap();
        store.add_version(&NewVersion { made: Made::Suggested, ..at(4, "one\n") }).await.unwrap();
        store.add_version(&at(2, "late\n")).await.unwrap();
        assert_eq!(store.versions(DOCUMENT).await.unwrap().len(), 3);
        assert_eq!(text(&store, 3).await, "one\n");
    }

    #[tokio::test]
    async fn a_damaged_version_is_said_and_never_guessed_and_the_next_one_stands_by_itself() {
        let store = store().await;
        let long = |n: i64| format!("{}the end {n}\n", "the same line\n".repeat(50));
        for seq in 1..=3 {
            store.add_version(&at(seq, &long(seq))).await.unwrap();
        }
        store.damage_version(DOCUMENT, 2).await;
        assert_eq!(text(&store, 1).await, long(1));
        for number in [2, 3] {
            assert_eq!(store.version_text(DOCUMENT, number).await.unwrap(), Kept::Damaged);
        }
        store.add_version(&at(4, &long(4))).await.unwrap();
        assert_eq!(text(&store, 4).await, long(4));
    }
}
