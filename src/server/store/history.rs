//! When documents changed, as far back as they can be rebuilt.

use crate::{
    domain::{id::DocumentId, moment::Moment},
    server::store::{Store, StoreError},
};

/// A revision that a document can be rebuilt at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    pub seq: i64,
    pub at: Moment,
}

impl Store {
    /// The revisions that a document can be rebuilt at, oldest first.
    pub async fn document_steps(&self, document: DocumentId) -> Result<Vec<Step>, StoreError> {
        let id = *document.as_uuid();
        let rows: Vec<(i64, i64)> = sqlx::query_as(
            "SELECT seq, min(at) FROM (
                 SELECT seq, at FROM doc_snapshot WHERE doc_id = ? UNION ALL SELECT seq, at FROM doc_update WHERE doc_id = ?
             ) GROUP BY seq ORDER BY seq",
        )
        .bind(id)
        .bind(id)
        .fetch_all(self.read())
        .await?;
        Ok(rows.into_iter().map(|(seq, at)| Step { seq, at: Moment(at) }).collect())
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{
        domain::id::UserId,
        server::store::updates::{Append, NewRow, NewSnapshot},
    };

    #[tokio::test]
    async fn steps_go_as_far_back_as_the_log() {
        let (document, author) = (DocumentId::from_uuid(Uuid::from_u128(1)), UserId::from_uuid(Uuid::from_u128(2)));
        let store = Store::memory().await.unwrap();
        store.sample_document(document, &[author]).await;
        assert_eq!(store.document_steps(document).await.unwrap(), []);
        for step in 0..3 {
            let row = |n: u8| NewRow { author, kind: 0, data: vec![n], clients: Vec::new() };
            let append = Append { document, head: step * 2, rows: vec![row(1), row(2)], versions: Vec::new(), at: Moment(10 + step) };
            store.append_updates(&[append]).await.unwrap();
            store.add_snapshot(&NewSnapshot { document, seq: step * 2 + 2, state: vec![9], at: Moment(90) }).await.unwrap();
        }
        let found: Vec<(i64, i64)> = store.document_steps(document).await.unwrap().iter().map(|step| (step.seq, step.at.0)).collect();
        assert_eq!(found, [(4, 90), (5, 12), (6, 12)]);
    }
}
