//! The diagrams as they were when a decision was accepted, from the logs of changes and what reviews have frozen.
//!
//! When it was accepted is recorded with the change that did it. Of records that were accepted by typing or came from elsewhere
//! it is found in their own log: the change after which the status says so. Logs are shortened as they grow; what they no longer
//! have is said, never guessed.

use std::collections::BTreeMap;

use crate::{
    domain::{
        decision::{self, status::Status},
        id::DocumentId,
        moment::Moment,
        project::{DocumentKind, DocumentText, Project},
        scene::pins::AllPins,
    },
    server::{boot::AppState, error::ServiceError, store::history::Step},
};

/// When a record was accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Acceptance {
    pub at: Moment,
    /// It was accepted already in the oldest text that is kept.
    pub before: bool,
}

/// The text and places of one diagram at that time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Past {
    Kept(String, AllPins),
    /// As a review froze it, of this number, the last one before.
    Reviewed(String, u32),
    /// There was no such diagram.
    NotYet,
    Lost,
}

/// When a record was accepted the last time, if it is or was.
pub(super) async fn acceptance(app: &AppState, record: &DocumentText) -> Result<Option<Acceptance>, ServiceError> {
    let known = |text: &str| decision::parse(&record.document.path, text).known_status();
    let retired = |status: Option<Status>| matches!(status, Some(Status::Deprecated | Status::Superseded));
    let now = known(&record.text);
    if now != Some(Status::Accepted) && !retired(now) {
        return Ok(None);
    }
    if let Some(accepted) = app.store.accepted(record.document.id).await? {
        // A record that began so may have been accepted elsewhere before.
        return Ok(Some(Acceptance { at: accepted.at, before: accepted.seq == 1 }));
    }
    let steps = app.store.document_steps(record.document.id).await?;
    let mut read = Statuses { app, id: record.document.id, path: &record.document.path, steps: &steps, seen: BTreeMap::new() };
    let Some(mut last) = steps.len().checked_sub(1) else { return Ok(None) };
    if retired(read.at(last).await?) {
        if retired(read.at(0).await?) {
            return Ok(None);
        }
        last = read.first(0, last, retired).await?.saturating_sub(1);
    }
    let accepted = |status: Option<Status>| status == Some(Status::Accepted);
    if !accepted(read.at(last).await?) {
        return Ok(None);
    }
    let first = if accepted(read.at(0).await?) { 0 } else { read.first(0, last, accepted).await? };
    Ok(steps.get(first).map(|step| Acceptance { at: step.at, before: first == 0 }))
}

/// Statuses of one record at the steps of its log.
struct Statuses<'a> {
    app: &'a AppState,
    id: DocumentId,
    path: &'a str,
    steps: &'a [Step],
    seen: BTreeMap<usize, Option<Status>>,
}

impl Statuses<'_> {
    async fn at(&mut self, index: usize) -> Result<Option<Status>, ServiceError> {
        if let Some(known) = self.seen.get(&index) {
            return Ok(*known);
        }
        let Some(step) = self.steps.get(index) else { return Ok(None) };
        let (text, _) = self.app.rooms.past(self.id, step.seq).await?;
        let status = decision::parse(self.path, &text).known_status();
        self.seen.insert(index, status);
        Ok(status)
    }

    /// A step from which on something holds that does not hold at `from` and holds at `to`.
    async fn first(&mut self, from: usize, to: usize, holds: impl Fn(Option<Status>) -> bool) -> Result<usize, ServiceError> {
        let (mut not, mut yes) = (from, to);
        while yes - not > 1 {
            let middle = usize::midpoint(not, yes);
            if holds(self.at(middle).await?) {
                yes = middle;
            } else {
                not = middle;
            }
        }
        Ok(yes)
    }
}

/// A project's diagrams at a time, by document.
pub(super) async fn diagrams(
    app: &AppState,
    project: &Project,
    texts: &[DocumentText],
    at: Moment,
) -> Result<BTreeMap<DocumentId, Past>, ServiceError> {
    let mut found = BTreeMap::new();
    let mut reviewed: Option<(u32, BTreeMap<DocumentId, String>)> = None;
    for diagram in texts.iter().filter(|text| text.document.kind == DocumentKind::Diagram) {
        let id = diagram.document.id;
        let steps = app.store.document_steps(id).await?;
        let past = match steps.iter().rev().find(|step| step.at <= at) {
            Some(step) => {
                let (text, pins) = app.rooms.past(id, step.seq).await?;
                Past::Kept(text, pins)
            }
            None if diagram.document.created_at > at => Past::NotYet,
            None => {
                if reviewed.is_none() {
                    reviewed = Some(last_review(app, project, at).await?);
                }
                let text = reviewed.as_ref().and_then(|(number, texts)| Some((texts.get(&id)?.clone(), *number)));
                text.map_or(Past::Lost, |(text, number)| Past::Reviewed(text, number))
            }
        };
        found.insert(id, past);
    }
    Ok(found)
}

/// What the newest review before a time has frozen.
async fn last_review(app: &AppState, project: &Project, at: Moment) -> Result<(u32, BTreeMap<DocumentId, String>), ServiceError> {
    let reviews = app.store.reviews(project.id).await?;
    let newest = reviews.into_iter().filter(|review| review.started_at <= at).max_by_key(|review| review.number);
    let Some(review) = newest else { return Ok((0, BTreeMap::new())) };
    let frozen = app.store.frozen_texts(review.id).await?;
    Ok((review.number, frozen.into_iter().map(|frozen| (frozen.reviewed.document, frozen.text)).collect()))
}
