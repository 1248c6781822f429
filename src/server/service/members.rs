//! Who belongs to a project: invitations, roles, leaving.

use crate::{
    domain::{
        account::{Invite, InvitePreview, Member, Role},
        id::{InviteId, UserId},
        moment::DAY,
    },
    server::{
        boot::AppState,
        error::ServiceError,
        service::{
            access::{self, Actor},
            people::{email_taken, hash, new_person, new_session, secret},
        },
        store::members::{Entry, MemberChange},
    },
};

/// How long an invitation can be used, in milliseconds.
const INVITE_LIFE: i64 = 7 * DAY;
/// Invitations that may be open in one project at a time.
const MOST_INVITES: usize = 100;

/// A project's members, owners first.
pub async fn members(app: &AppState, actor: &Actor, slug: &str) -> Result<Vec<Member>, ServiceError> {
    let access = access::project(app, actor, slug, Role::Viewer).await?;
    Ok(app.store.members(access.project.id).await?)
}

/// A project's open invitations, for its owners.
pub async fn invites(app: &AppState, actor: &Actor, slug: &str) -> Result<Vec<Invite>, ServiceError> {
    let access = access::project(app, actor, slug, Role::Owner).await?;
    Ok(app.store.invites(access.project.id, app.clock.now()).await?)
}

/// Makes an invitation and gives its link, which is never shown again.
///
/// # Errors
/// `Invalid` for owners: whoever may give a project away is chosen among its members, not by a link.
pub async fn invite(app: &AppState, actor: &Actor, slug: &str, role: Role) -> Result<String, ServiceError> {
    let access = access::project(app, actor, slug, Role::Owner).await?;
    if role == Role::Owner {
        return Err(ServiceError::invalid(
            "role",
            "Invite as editor, commenter or viewer. An owner can make a member an owner afterwards.",
        ));
    }
    let now = app.clock.now();
    if app.store.invites(access.project.id, now).await?.len() >= MOST_INVITES {
        return Err(ServiceError::conflict("A hundred invitations are open already. Take some back first."));
    }
    let secret = secret(app);
    let id = InviteId::from_uuid(app.ids.uuid());
    let invite = Invite { id, role, invited_by: actor.person.name.clone(), created_at: now, expires_at: now.plus(INVITE_LIFE) };
    app.store.add_invite(access.project.id, &invite, hash(&secret), actor.person.id).await?;
    Ok(format!("{}/invite/{secret}", app.config.public_url()))
}

/// Takes back an invitation that was not used.
pub async fn revoke_invite(app: &AppState, actor: &Actor, slug: &str, invite: InviteId) -> Result<(), ServiceError> {
    let access = access::project(app, actor, slug, Role::Owner).await?;
    let gone = app.store.revoke_invite(access.project.id, invite, actor.person.id, app.clock.now()).await?;
    if gone { Ok(()) } else { Err(ServiceError::not_found("The invitation")) }
}

/// What an invitation is for. Looking does not use it up.
pub async fn invite_preview(app: &AppState, token: &str) -> Result<InvitePreview, ServiceError> {
    app.store.invite_preview(hash(token), app.clock.now()).await?.ok_or_else(gone)
}

/// Accepts an invitation as the person who asks and gives the project's address.
pub async fn accept_invite(app: &AppState, actor: &Actor, token: &str) -> Result<String, ServiceError> {
    match app.store.accept_invite(hash(token), actor.person.id, app.clock.now()).await? {
        Entry::Done(slug) => Ok(slug),
        Entry::Gone | Entry::EmailTaken => Err(gone()),
    }
}

/// Makes an account with an invitation; gives the secret of its first session and the project's address.
///
/// # Errors
/// `NotFound` when the invitation can't be used (any more); `Invalid` names the field.
pub async fn join(
    app: &AppState,
    token: &str,
    name: &str,
    email: &str,
    password: &str,
    user_agent: &str,
) -> Result<(String, String), ServiceError> {
    // Before anything that costs time.
    invite_preview(app, token).await?;
    let new = new_person(app, name, email, password, false).await?;
    let (secret, session) = new_session(app, user_agent);
    match app.store.join(hash(token), &new, &session).await? {
        Entry::Done(slug) => Ok((secret, slug)),
        Entry::EmailTaken => Err(email_taken(email)),
        Entry::Gone => Err(gone()),
    }
}

/// Changes a member's role. A project keeps at least one owner.
pub async fn set_role(app: &AppState, actor: &Actor, slug: &str, user: UserId, role: Role) -> Result<(), ServiceError> {
    let access = access::project(app, actor, slug, Role::Owner).await?;
    changed(app.store.set_role(access.project.id, user, role, actor.person.id, app.clock.now()).await?)?;
    app.rooms.access_changed();
    Ok(())
}

/// Takes a person out of a project; people may also leave by themselves. A project keeps at least one owner.
pub async fn remove_member(app: &AppState, actor: &Actor, slug: &str, user: UserId) -> Result<(), ServiceError> {
    let needed = if user == actor.person.id { Role::Viewer } else { Role::Owner };
    let access = access::project(app, actor, slug, needed).await?;
    changed(app.store.remove_member(access.project.id, user, actor.person.id, app.clock.now()).await?)?;
    app.rooms.access_changed();
    Ok(())
}

fn changed(change: MemberChange) -> Result<(), ServiceError> {
    match change {
        MemberChange::Done => Ok(()),
        MemberChange::Missing => Err(ServiceError::not_found("The member")),
        MemberChange::LastOwner => Err(ServiceError::conflict("A project keeps at least one owner. Make somebody else an owner first.")),
    }
}

fn gone() -> ServiceError {
    ServiceError::not_found("An invitation that can still be used")
}
