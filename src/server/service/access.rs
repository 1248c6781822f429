//! The one place of authorisation: every service asks here before it reads or changes anything of a project.
//!
//! What a person may not see does not exist for them: the answer is `NotFound`, the same as for a wrong address. A server
//! administrator is not by that a member of any project.

use crate::{
    domain::{
        account::{Person, Role},
        id::{DocumentId, FindingId, SessionId, SuggestionId, TokenId},
        project::{Document, Project},
    },
    server::{boot::AppState, error::ServiceError},
};

/// Who asks, and how they proved it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    pub person: Person,
    /// Set when a browser's session proved it.
    pub session: Option<SessionId>,
    /// Set when an API token proved it.
    pub token: Option<TokenId>,
}

/// A project and what the one who asked may do in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    pub project: Project,
    pub role: Role,
}

/// Lets those through who administer the server.
///
/// # Errors
/// `Forbidden` for everybody else.
pub fn administrator(actor: &Actor) -> Result<(), ServiceError> {
    if actor.person.admin {
        return Ok(());
    }
    Err(ServiceError::forbidden("Only administrators of this server may do this. Ask one of them."))
}

/// The project at an address, for a member of at least the given role.
///
/// # Errors
/// `NotFound` when there is none, it is deleted, or the actor is no member; `Forbidden` when their role is too weak.
pub async fn project(app: &AppState, actor: &Actor, slug: &str, needed: Role) -> Result<Access, ServiceError> {
    let found = app.store.membership(actor.person.id, slug).await?.filter(|project| project.deleted_at.is_none());
    grant(found.ok_or_else(|| ServiceError::not_found("The project"))?, needed)
}

/// A deleted project that can still be recovered, for its owners.
///
/// # Errors
/// `NotFound` when there is none or it is not deleted; `Forbidden` for other members.
pub async fn deleted_project(app: &AppState, actor: &Actor, slug: &str) -> Result<Access, ServiceError> {
    let found = app.store.membership(actor.person.id, slug).await?.filter(|project| project.deleted_at.is_some());
    grant(found.ok_or_else(|| ServiceError::not_found("The project"))?, Role::Owner)
}

/// A document and its project, for a member of at least the given role.
///
/// # Errors
/// As [`project`].
pub async fn document(app: &AppState, actor: &Actor, id: DocumentId, needed: Role) -> Result<(Access, Document), ServiceError> {
    let found = app.store.document_membership(actor.person.id, id).await?;
    let (project, document) = found.ok_or_else(|| ServiceError::not_found("The document"))?;
    Ok((grant(project, needed)?, document))
}

/// The project a finding belongs to, for a member of at least the given role.
///
/// # Errors
/// As [`project`].
pub async fn finding(app: &AppState, actor: &Actor, id: FindingId, needed: Role) -> Result<Access, ServiceError> {
    let found = app.store.finding_membership(actor.person.id, id).await?;
    grant(found.ok_or_else(|| ServiceError::not_found("The finding"))?, needed)
}

/// The project a suggestion belongs to, for a member of at least the given role.
///
/// # Errors
/// As [`project`].
pub async fn suggestion(app: &AppState, actor: &Actor, id: SuggestionId, needed: Role) -> Result<Access, ServiceError> {
    let found = app.store.suggestion_membership(actor.person.id, id).await?;
    grant(found.ok_or_else(|| ServiceError::not_found("The suggestion"))?, needed)
}

fn grant(project: Project, needed: Role) -> Result<Access, ServiceError> {
    let role = project.role;
    if role < needed {
        let reason =
            format!("This needs the role {} in {}; yours is {}. An owner can change it.", needed.slug(), project.name, role.slug());
        return Err(ServiceError::Forbidden { reason });
    }
    Ok(Access { project, role })
}
