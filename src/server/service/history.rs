//! Versions of documents: reading them, naming one, bringing one back.
//!
//! Bringing a version back is an edit like any other, made through the document's room as the smallest difference: what others
//! type meanwhile is merged, and what the document said before is in a version of its own.

use crate::{
    api::history::{Compared, History},
    domain::{
        account::Role,
        decision::workflow::lock,
        difference,
        history::{Amount, Version},
        id::DocumentId,
        project::{Document, DocumentKind},
    },
    server::{
        boot::AppState,
        collab::rooms::{RoomError, UpdateKind},
        error::ServiceError,
        service::{
            access::{self, Actor},
            documents,
        },
        store::versions::Kept,
    },
};

/// Characters of a version's name.
const LONGEST_NAME: usize = 80;

/// A document's versions, newest first.
pub async fn list(app: &AppState, actor: &Actor, id: DocumentId) -> Result<Vec<Version>, ServiceError> {
    access::document(app, actor, id, Role::Viewer).await?;
    Ok(app.store.versions(id).await?)
}

/// A version with its text.
///
/// # Errors
/// `NotFound`; `Conflict` when what is kept of it can't be trusted.
pub async fn get(app: &AppState, actor: &Actor, id: DocumentId, number: u32) -> Result<(Version, String), ServiceError> {
    let versions = list(app, actor, id).await?;
    let version = versions.into_iter().find(|version| version.number == number).ok_or_else(|| missing(number))?;
    Ok((version, text(app, id, number).await?))
}

/// What the history of a document shows, with one version compared with now. A version that is not there is not compared.
pub async fn history(app: &AppState, actor: &Actor, id: DocumentId, number: Option<u32>) -> Result<History, ServiceError> {
    let (access, mut document) = access::document(app, actor, id, Role::Viewer).await?;
    let (now, revision) = app.rooms.text(id).await?;
    document.revision = revision;
    let versions = app.store.versions(id).await?;
    let newest = match versions.first() {
        Some(version) => readable(app, id, version.number).await?,
        None => None,
    };
    let since = newest.filter(|newest| *newest != now).map(|newest| Amount::between(document.kind, &document.path, &newest, &now));
    let version = number.and_then(|number| versions.iter().find(|version| version.number == number).cloned());
    let compared = match version {
        Some(version) => {
            let then = readable(app, id, version.number).await?;
            let place = document.clone();
            Some(app.jobs.heavy(move || compare(version, then, &place, &now)).await?)
        }
        None => None,
    };
    Ok(History { now: app.clock.now(), project: access.project, document, versions, since, compared })
}

fn compare(version: Version, then: Option<String>, document: &Document, now: &str) -> Compared {
    let hunks = then.as_ref().map(|then| difference::hunks(then, now)).unwrap_or_default();
    let locked = then.as_ref().filter(|_| document.kind == DocumentKind::Decision).and_then(|then| {
        let barred = lock::barred(&document.path, now, then)?;
        Some(ServiceError::from(RoomError::Locked(barred)).to_string())
    });
    Compared { version, text: then, hunks, locked }
}

/// Keeps the text as it is now as a version with a name; one that is kept already gets the name, if it had none.
///
/// # Errors
/// `Invalid` for a name that can't be used.
pub async fn keep(app: &AppState, actor: &Actor, id: DocumentId, name: &str) -> Result<Version, ServiceError> {
    let (access, document) = access::document(app, actor, id, Role::Editor).await?;
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() {
        return Err(ServiceError::invalid("name", "Give the version a name, such as “Before the review”."));
    }
    if name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
        return Err(ServiceError::invalid("name", format!("Use at most {LONGEST_NAME} characters.")));
    }
    let revision = app.rooms.keep(id, actor.person.id, &name).await?;
    documents::changed(app, &actor.person, &access.project, &document, "named a version of").await?;
    let versions = app.store.versions(id).await?;
    let made = versions.into_iter().find(|version| version.revision == revision && version.name.as_ref() == Some(&name));
    // Somebody typed and took it back in the same moment.
    made.ok_or_else(|| ServiceError::conflict("The text changed at that very moment. Name it once more."))
}

/// Brings a version back; answers the document's revision. What the document said before is in a version, too.
///
/// # Errors
/// `Conflict` when the decision was made and the version differs in what it locks, or what is kept of the version can't be
/// trusted.
pub async fn restore(app: &AppState, actor: &Actor, id: DocumentId, number: u32) -> Result<i64, ServiceError> {
    let (access, document) = access::document(app, actor, id, Role::Editor).await?;
    let text = text(app, id, number).await?;
    let (now, revision) = app.rooms.text(id).await?;
    if now == text {
        return Ok(revision);
    }
    let revision = app.rooms.replace(id, actor.person.id, UpdateKind::Restore(number), &text, None).await?;
    documents::changed(app, &actor.person, &access.project, &document, &format!("restored version {number} of")).await?;
    Ok(revision)
}

/// The address of a document's history.
pub async fn page(app: &AppState, actor: &Actor, id: DocumentId) -> Result<String, ServiceError> {
    let (access, document) = access::document(app, actor, id, Role::Viewer).await?;
    Ok(document.kind.history(&access.project.slug, id))
}

async fn text(app: &AppState, id: DocumentId, number: u32) -> Result<String, ServiceError> {
    match app.store.version_text(id, number).await? {
        Kept::Text(text) => Ok(text),
        Kept::Missing => Err(missing(number)),
        Kept::Damaged => {
            tracing::error!(document = %id, number, "a version is damaged");
            Err(ServiceError::conflict(format!(
                "What is kept of version {number} is damaged, so it is not shown. Restore a backup, or take another version."
            )))
        }
    }
}

async fn readable(app: &AppState, id: DocumentId, number: u32) -> Result<Option<String>, ServiceError> {
    match text(app, id, number).await {
        Ok(text) => Ok(Some(text)),
        Err(ServiceError::Conflict { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

fn missing(number: u32) -> ServiceError {
    ServiceError::not_found(format!("Version {number}"))
}
