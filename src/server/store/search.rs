//! The index of the full-text search. Triggers of the schema keep it; here it is asked, and made anew where it is missing.

use sqlx::{Row, SqlitePool, sqlite::SqliteRow};
use uuid::Uuid;

use crate::{
    domain::{
        id::{DocumentId, FindingId, ProjectId, UserId},
        review::FindingState,
        search::{Kind, Query},
    },
    server::store::{Store, StoreError},
};

/// The index as the migration makes it.
pub(in crate::server::store) const TABLE: &str =
    "CREATE VIRTUAL TABLE search USING fts5 (title, name, body, tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3');";

/// Everything that can be found, put into an empty index.
const FILL: [&str; 3] = [
    "INSERT INTO search_entry (project_id, kind, subject)
         SELECT project_id, kind, id FROM document WHERE deleted_at IS NULL
         UNION ALL SELECT project_id, 'finding', id FROM finding WHERE json_valid(body)",
    "INSERT INTO search (rowid, title, name, body)
         SELECT search_entry.id, title, path, text FROM search_entry JOIN document ON document.id = subject",
    "INSERT INTO search (rowid, title, name, body)
         SELECT search_entry.id, body ->> '$.title', code || ' ' || coalesce(body ->> '$.rule', ''),
                coalesce(body ->> '$.message', '') || char(10) || coalesce(body ->> '$.remedy', '')
         FROM search_entry JOIN finding ON finding.id = subject",
];

/// One thing that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    pub subject: Subject,
    pub project: ProjectId,
    /// The project's address and name.
    pub slug: String,
    pub project_name: String,
    /// With marks around what was found.
    pub title: String,
    /// A document's path, or a finding's code and rule.
    pub name: String,
    /// A part of the text, with marks.
    pub passage: String,
}

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    Decision(DocumentId),
    Diagram(DocumentId),
    /// With the newest review that has it.
    Finding(FindingId, FindingState, u32),
}

/// Where to look.
#[derive(Clone, Copy, Debug)]
pub struct Reach {
    pub user: UserId,
    /// None for all projects of the person.
    pub project: Option<ProjectId>,
}

/// Makes the index anew if it is missing or has not as many rows as there are things to find.
pub(in crate::server::store) async fn mend(writer: &SqlitePool) -> Result<(), StoreError> {
    let whole = "SELECT (SELECT count(*) FROM search_docsize) = count(*) AND
                     count(*) = (SELECT count(*) FROM document WHERE deleted_at IS NULL) + (SELECT count(*) FROM finding WHERE json_valid(body))
                 FROM search_entry";
    if sqlx::query_scalar::<_, bool>(whole).fetch_one(writer).await.unwrap_or(false) {
        return Ok(());
    }
    tracing::warn!("the search index is missing or short of rows; it is made anew");
    let mut write = writer.begin_with("BEGIN IMMEDIATE").await?;
    sqlx::query("DROP TABLE IF EXISTS search").execute(&mut *write).await?;
    sqlx::query(TABLE).execute(&mut *write).await?;
    sqlx::query("DELETE FROM search_entry").execute(&mut *write).await?;
    for statement in FILL {
        sqlx::query(statement).execute(&mut *write).await?;
    }
    write.commit().await?;
    Ok(())
}

impl Store {
    /// What a person may read and a query finds, the best first, at most so many of a kind.
    pub async fn search(&self, reach: Reach, kind: Kind, query: &Query, most: u32) -> Result<Vec<Match>, StoreError> {
        let rows = sqlx::query(
            "WITH best AS MATERIALIZED (
                 SELECT search.rowid AS id, bm25(search, 8.0, 4.0, 1.0) AS rank FROM search
                 JOIN search_entry ON search_entry.id = search.rowid
                 JOIN project ON project.id = search_entry.project_id AND project.deleted_at IS NULL
                 JOIN member ON member.project_id = project.id AND member.user_id = ?1
                 WHERE search MATCH ?2 AND search_entry.kind = ?3 AND (?4 IS NULL OR project.id = ?4)
                 ORDER BY 2, 1 LIMIT ?5)
             SELECT search_entry.subject, project.id AS project_id, project.slug, project.name AS project_name,
                    highlight(search, 0, char(2), char(3)) AS title, search.name, snippet(search, 2, char(2), char(3), '…', 28) AS passage,
                    finding.state, finding.last_seen
             FROM best JOIN search ON search.rowid = best.id
             JOIN search_entry ON search_entry.id = best.id
             JOIN project ON project.id = search_entry.project_id
             LEFT JOIN finding ON finding.id = search_entry.subject
             WHERE search MATCH ?2 ORDER BY best.rank, best.id",
        )
        .bind(*reach.user.as_uuid())
        .bind(query.fts5())
        .bind(kind.slug())
        .bind(reach.project.map(|project| *project.as_uuid()))
        .bind(most)
        .fetch_all(self.read())
        .await?;
        rows.iter().map(|row| found(row, kind)).collect()
    }

    /// Documents within reach whose stored texts are behind what people have typed.
    pub async fn stale_documents(&self, reach: Reach) -> Result<Vec<DocumentId>, StoreError> {
        let ids: Vec<Uuid> = sqlx::query_scalar(
            "SELECT document.id FROM document
             JOIN project ON project.id = document.project_id AND project.deleted_at IS NULL
             JOIN member ON member.project_id = project.id AND member.user_id = ?1
             WHERE document.text_seq < document.head_seq AND document.deleted_at IS NULL AND (?2 IS NULL OR project.id = ?2)",
        )
        .bind(*reach.user.as_uuid())
        .bind(reach.project.map(|project| *project.as_uuid()))
        .fetch_all(self.read())
        .await?;
        Ok(ids.into_iter().map(DocumentId::from_uuid).collect())
    }

    /// Puts newer texts into the index than the documents' rows have. The rows follow by themselves, and the index with them.
    pub async fn index_texts(&self, texts: &[(DocumentId, String, String)]) -> Result<(), StoreError> {
        if texts.is_empty() {
            return Ok(());
        }
        let mut write = self.write().await?;
        for (document, title, text) in texts {
            sqlx::query("UPDATE search SET title = ?, body = ? WHERE rowid = (SELECT id FROM search_entry WHERE subject = ?)")
                .bind(title)
                .bind(text)
                .bind(*document.as_uuid())
                .execute(&mut *write)
                .await?;
        }
        write.commit().await?;
        Ok(())
    }
}

fn found(row: &SqliteRow, kind: Kind) -> Result<Match, StoreError> {
    let id: Uuid = row.try_get("subject")?;
    let subject = match kind {
        Kind::Decision => Subject::Decision(DocumentId::from_uuid(id)),
        Kind::Diagram => Subject::Diagram(DocumentId::from_uuid(id)),
        Kind::Finding => {
            let state = FindingState::parse(row.try_get("state")?).ok_or(StoreError::Unreadable { what: "finding state" })?;
            Subject::Finding(FindingId::from_uuid(id), state, row.try_get("last_seen")?)
        }
    };
    Ok(Match {
        subject,
        project: ProjectId::from_uuid(row.try_get("project_id")?),
        slug: row.try_get("slug")?,
        project_name: row.try_get("project_name")?,
        title: row.try_get("title")?,
        name: row.try_get("name")?,
        passage: row.try_get("passage")?,
    })
}

#[cfg(test)]
mod tests {
    use proptest::{
        strategy::{Strategy, ValueTree},
        test_runner::TestRunner,
    };

    use super::*;

    const DOCUMENT: DocumentId = DocumentId::from_uuid(Uuid::from_u128(1));
    const AUTHOR: UserId = UserId::from_uuid(Uuid::from_u128(2));
    const REACH: Reach = Reach { user: AUTHOR, project: None };

    async fn store(data: &std::path::Path) -> Store {
        let store = Store::open(data).await.unwrap();
        store.sample_document(DOCUMENT, &[AUTHOR]).await;
        let mut write = store.write().await.unwrap();
        sqlx::query("INSERT INTO member (project_id, user_id, role, created_at) VALUES (zeroblob(16), ?, 'viewer', 0)")
            .bind(*AUTHOR.as_uuid())
            .execute(&mut *write)
            .await
            .unwrap();
        sqlx::query("UPDATE document SET title = 'Ledger', text = 'Orders write the ledger. Größe. <script>' WHERE id = ?")
            .bind(*DOCUMENT.as_uuid())
            .execute(&mut *write)
            .await
            .unwrap();
        write.commit().await.unwrap();
        store
    }

    async fn count(store: &Store, typed: &str) -> usize {
        store.search(REACH, Kind::Diagram, &Query::read(typed), 10).await.unwrap().len()
    }

    #[tokio::test]
    async fn no_words_that_people_type_are_an_error() {
        let data = tempfile::tempdir().unwrap();
        let store = store(data.path()).await;
        let mut runner = TestRunner::deterministic();
        let hostile = [
            "\"",
            "\"\"",
            "a\"b",
            "NEAR(a b)",
            "a* b*",
            "title:x",
            "{a b}",
            "^a",
            "-a",
            "a AND",
            "(",
            "'; DROP TABLE search",
            "\0",
            "Ⓐ ",
            "*",
        ];
        let typed = proptest::prop_oneof![
            proptest::sample::select(hostile.to_vec()).prop_map(str::to_owned),
            "\\PC{0,24}",
            "[a-z\"*:^(){}+\\- ]{0,24}"
        ];
        for _ in 0..400 {
            let typed = typed.new_tree(&mut runner).unwrap().current();
            let query = Query::read(&typed);
            if !query.is_empty() {
                store.search(REACH, Kind::Diagram, &query, 10).await.unwrap_or_else(|error| panic!("{typed:?}: {error}"));
            }
        }
    }

    #[tokio::test]
    async fn the_index_is_made_anew_where_it_is_missing() {
        let data = tempfile::tempdir().unwrap();
        let kept = store(data.path()).await;
        assert_eq!((count(&kept, "ledg").await, count(&kept, "grosse").await, count(&kept, "groß").await), (1, 0, 1));
        let mut write = kept.write().await.unwrap();
        sqlx::query("DROP TABLE search").execute(&mut *write).await.unwrap();
        write.commit().await.unwrap();
        kept.close().await.unwrap();
        let again = Store::open(data.path()).await.unwrap();
        assert_eq!(count(&again, "orders ledger").await, 1);
        let mut write = again.write().await.unwrap();
        sqlx::query("DELETE FROM search").execute(&mut *write).await.unwrap();
        write.commit().await.unwrap();
        again.close().await.unwrap();
        let third = Store::open(data.path()).await.unwrap();
        assert_eq!(count(&third, "orders ledger").await, 1);
        // And what changes afterwards is followed.
        let mut write = third.write().await.unwrap();
        sqlx::query("UPDATE document SET text = 'Nothing' WHERE id = ?").bind(*DOCUMENT.as_uuid()).execute(&mut *write).await.unwrap();
        write.commit().await.unwrap();
        assert_eq!((count(&third, "orders").await, count(&third, "nothing").await), (0, 1));
    }

    #[test]
    fn the_index_is_made_as_the_migration_makes_it() {
        assert!(include_str!("../../../migrations/0007_log.sql").contains(TABLE));
    }
}
