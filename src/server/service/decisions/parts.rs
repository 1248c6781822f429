//! A record as a form: a part gets another value by the smallest edit of the text.

use crate::{
    domain::{
        account::Role,
        decision::{
            edit::form::{self, Part},
            workflow::lock,
        },
        id::DocumentId,
        syntax::{TextEdit, apply},
    },
    server::{
        boot::AppState,
        collab::rooms::UpdateKind,
        error::ServiceError,
        service::{
            access::Actor,
            decisions::decision_of,
            documents::{self, MAX_TEXT},
        },
    },
};

/// The edits by which a text, as somebody's editor has it, gives a part another value; the editor makes them. With the value
/// may come what the part said when the person began.
///
/// # Errors
/// `Conflict` when the record was decided and the part is locked.
pub async fn edits(
    app: &AppState,
    actor: &Actor,
    id: DocumentId,
    text: &str,
    part: &Part,
    (value, base): (&str, Option<&str>),
) -> Result<Vec<TextEdit>, ServiceError> {
    let (_, document) = decision_of(app, actor, id, Role::Editor).await?;
    if text.len() > MAX_TEXT || value.len() > MAX_TEXT {
        return Err(ServiceError::too_large(format!("A document may have at most {} KiB.", MAX_TEXT / 1024)));
    }
    allowed(&document.path, text, part, (value, base))
}

/// Gives a part of a record another value, as it was when the form was made, and merges that with what was changed since.
///
/// # Errors
/// As [`edits`]; `Conflict` when the revision is not kept any more.
pub async fn edit(app: &AppState, actor: &Actor, id: DocumentId, base_revision: i64, part: &Part, value: &str) -> Result<(), ServiceError> {
    let (project, document) = decision_of(app, actor, id, Role::Editor).await?;
    let (now, revision) = app.rooms.text(id).await?;
    if !(1..=revision).contains(&base_revision) {
        return Err(ServiceError::conflict("The form is not of this document as it is. Load the page again."));
    }
    let base = if base_revision == revision { now } else { app.rooms.past(id, base_revision).await?.0 };
    let edits = allowed(&document.path, &base, part, (value, None))?;
    if edits.is_empty() {
        return Ok(());
    }
    app.rooms.replace(id, actor.person.id, UpdateKind::Edit, &apply(&base, &edits), Some(base_revision)).await?;
    documents::changed(app, &actor.person, &project, &document, "edited").await
}

fn allowed(path: &str, text: &str, part: &Part, (value, base): (&str, Option<&str>)) -> Result<Vec<TextEdit>, ServiceError> {
    if *part == Part::Title && value.trim().is_empty() {
        return Err(ServiceError::invalid("value", "Give the decision a title."));
    }
    let edits = base.map_or_else(|| form::set(path, text, part, value), |base| form::set_on(path, text, part, value, base));
    match lock::barred(path, text, &apply(text, &edits)) {
        Some(barred) => Err(ServiceError::conflict(format!("{} {}", barred.why(), barred.help()))),
        None => Ok(edits),
    }
}
