//! What changed in a log since somebody was there: what it said then beside what it says now.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::id::DocumentId;

/// What a log said at one time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    pub decisions: BTreeMap<DocumentId, SeenDecision>,
}

/// One decision at that time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenDecision {
    pub revision: i64,
    pub number: Option<u32>,
    pub title: String,
    /// In one word where it is known, else in the record's own words; empty for none.
    pub status: String,
}

/// One thing that changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    pub document: DocumentId,
    pub number: Option<u32>,
    pub title: String,
    pub what: What,
}

/// How it changed; the more telling where several are true.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum What {
    New,
    Status { from: String, to: String },
    Edited,
    Removed,
}

/// What changed: new ones, changed statuses, edited ones, removed ones; each in the order of the log's ids, which is that of
/// their making.
pub fn changes(before: &Seen, now: &Seen) -> Vec<Item> {
    let item = |document: &DocumentId, decision: &SeenDecision, what: What| Item {
        document: *document,
        number: decision.number,
        title: decision.title.clone(),
        what,
    };
    let mut items: Vec<Item> = Vec::new();
    for (document, decision) in &now.decisions {
        let what = match before.decisions.get(document) {
            None => What::New,
            Some(old) if old.status != decision.status => What::Status { from: old.status.clone(), to: decision.status.clone() },
            Some(old) if old.revision != decision.revision => What::Edited,
            Some(_) => continue,
        };
        items.push(item(document, decision, what));
    }
    let gone = before.decisions.iter().filter(|(document, _)| !now.decisions.contains_key(document));
    items.extend(gone.map(|(document, decision)| item(document, decision, What::Removed)));
    items.sort_by_key(|item| match item.what {
        What::New => 0,
        What::Status { .. } => 1,
        What::Edited => 2,
        What::Removed => 3,
    });
    items
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn what_changed_is_told_once() {
        let id = |n| DocumentId::from_uuid(Uuid::from_u128(n));
        let seen = |all: &[(u128, i64, &str)]| Seen {
            decisions: all
                .iter()
                .map(|(n, revision, status)| {
                    (id(*n), SeenDecision { revision: *revision, number: None, title: n.to_string(), status: (*status).to_owned() })
                })
                .collect(),
        };
        let before = seen(&[(1, 1, "proposed"), (2, 1, "proposed"), (3, 1, "proposed"), (4, 1, "proposed")]);
        let now = seen(&[(1, 1, "proposed"), (2, 2, "accepted"), (3, 2, "proposed"), (5, 1, "draft")]);
        let told: Vec<(String, What)> = changes(&before, &now).into_iter().map(|item| (item.title, item.what)).collect();
        let status = What::Status { from: "proposed".to_owned(), to: "accepted".to_owned() };
        assert_eq!(
            told,
            [("5".to_owned(), What::New), ("2".to_owned(), status), ("3".to_owned(), What::Edited), ("4".to_owned(), What::Removed)]
        );
        assert_eq!(changes(&now, &now), []);
        let wire = serde_json::to_string(&now).unwrap();
        assert_eq!(serde_json::from_str::<Seen>(&wire).unwrap(), now);
    }
}
