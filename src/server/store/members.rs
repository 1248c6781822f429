//! Who belongs to a project, and the invitations that let people in.

use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};

use crate::{
    domain::{
        account::{Invite, InvitePreview, Member, Role},
        id::{InviteId, ProjectId, UserId},
        moment::Moment,
    },
    server::store::{
        Store, StoreError,
        access::role,
        audit::Event,
        people::{NewPerson, NewSession, SecretHash, insert_person, insert_session},
    },
};

/// What became of a change to a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberChange {
    Done,
    /// The person is not in the project.
    Missing,
    /// The project would be left without an owner.
    LastOwner,
}

/// What became of somebody holding an invitation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// The project's address.
    Done(String),
    /// Used, revoked, too old, or never made.
    Gone,
    /// The address has an account, which has to sign in first.
    EmailTaken,
}

impl Store {
    /// A project's members, owners first, then by name.
    pub async fn members(&self, project: ProjectId) -> Result<Vec<Member>, StoreError> {
        let rows = sqlx::query(
            "SELECT user.id, user.name, user.email, member.role FROM member JOIN user ON user.id = member.user_id
             WHERE member.project_id = ? AND user.disabled_at IS NULL
             ORDER BY CASE member.role WHEN 'owner' THEN 0 WHEN 'editor' THEN 1 WHEN 'commenter' THEN 2 ELSE 3 END,
                      user.name COLLATE NOCASE, user.id",
        )
        .bind(*project.as_uuid())
        .fetch_all(self.read())
        .await?;
        let member = |row: SqliteRow| {
            let user = UserId::from_uuid(row.try_get("id")?);
            Ok(Member { user, name: row.try_get("name")?, email: row.try_get("email")?, role: role(&row)? })
        };
        rows.into_iter().map(member).collect()
    }

    /// Gives a member another role.
    pub async fn set_role(&self, project: ProjectId, user: UserId, to: Role, by: UserId, at: Moment) -> Result<MemberChange, StoreError> {
        let mut write = self.write().await?;
        let now = match current_role(&mut write, project, user).await? {
            None => return Ok(MemberChange::Missing),
            Some(Role::Owner) if to != Role::Owner && owners(&mut write, project).await? < 2 => return Ok(MemberChange::LastOwner),
            Some(now) => now,
        };
        sqlx::query("UPDATE member SET role = ? WHERE project_id = ? AND user_id = ?")
            .bind(to.slug())
            .bind(*project.as_uuid())
            .bind(*user.as_uuid())
            .execute(&mut *write)
            .await?;
        let (target, detail) = (format!("project {project} user {user}"), format!("{} to {}", now.slug(), to.slug()));
        Event { at, actor: Some(by), action: "member.role", target: &target, detail: &detail }.write(&mut write).await?;
        write.commit().await?;
        Ok(MemberChange::Done)
    }

    /// Takes a member out of a project.
    pub async fn remove_member(&self, project: ProjectId, user: UserId, by: UserId, at: Moment) -> Result<MemberChange, StoreError> {
        let mut write = self.write().await?;
        match current_role(&mut write, project, user).await? {
            None => return Ok(MemberChange::Missing),
            Some(Role::Owner) if owners(&mut write, project).await? < 2 => return Ok(MemberChange::LastOwner),
            Some(_) => {}
        }
        sqlx::query("DELETE FROM member WHERE project_id = ? AND user_id = ?")
            .bind(*project.as_uuid())
            .bind(*user.as_uuid())
            .execute(&mut *write)
            .await?;
        let target = format!("project {project} user {user}");
        Event { at, actor: Some(by), action: "member.remove", target: &target, detail: "" }.write(&mut write).await?;
        write.commit().await?;
        Ok(MemberChange::Done)
    }

    /// A project's invitations that can still be used, newest first.
    pub async fn invites(&self, project: ProjectId, now: Moment) -> Result<Vec<Invite>, StoreError> {
        let rows = sqlx::query(
            "SELECT invite.id, invite.role, invite.created_at, invite.expires_at, user.name
             FROM invite JOIN user ON user.id = invite.invited_by
             WHERE invite.project_id = ? AND invite.used_at IS NULL AND invite.expires_at > ?
             ORDER BY invite.created_at DESC, invite.id DESC",
        )
        .bind(*project.as_uuid())
        .bind(now.0)
        .fetch_all(self.read())
        .await?;
        let invite = |row: SqliteRow| {
            Ok(Invite {
                id: InviteId::from_uuid(row.try_get("id")?),
                role: role(&row)?,
                invited_by: row.try_get("name")?,
                created_at: Moment(row.try_get("created_at")?),
                expires_at: Moment(row.try_get("expires_at")?),
            })
        };
        rows.into_iter().map(invite).collect()
    }

    /// Keeps a new invitation.
    pub async fn add_invite(&self, project: ProjectId, invite: &Invite, token_hash: SecretHash, by: UserId) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        sqlx::query(
            "INSERT INTO invite (id, token_hash, project_id, role, invited_by, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(*invite.id.as_uuid())
        .bind(token_hash.as_slice())
        .bind(*project.as_uuid())
        .bind(invite.role.slug())
        .bind(*by.as_uuid())
        .bind(invite.created_at.0)
        .bind(invite.expires_at.0)
        .execute(&mut *write)
        .await?;
        let target = format!("project {project} invite {}", invite.id);
        let event = Event { at: invite.created_at, actor: Some(by), action: "invite.create", target: &target, detail: invite.role.slug() };
        event.write(&mut write).await?;
        write.commit().await?;
        Ok(())
    }

    /// Takes back an invitation that was not used. False when there is none.
    pub async fn revoke_invite(&self, project: ProjectId, invite: InviteId, by: UserId, at: Moment) -> Result<bool, StoreError> {
        let mut write = self.write().await?;
        let gone = sqlx::query("DELETE FROM invite WHERE id = ? AND project_id = ? AND used_at IS NULL")
            .bind(*invite.as_uuid())
            .bind(*project.as_uuid())
            .execute(&mut *write)
            .await?;
        if gone.rows_affected() == 0 {
            return Ok(false);
        }
        let target = format!("project {project} invite {invite}");
        Event { at, actor: Some(by), action: "invite.revoke", target: &target, detail: "" }.write(&mut write).await?;
        write.commit().await?;
        Ok(true)
    }

    /// What an invitation that can be used is for. Looking does not use it up.
    pub async fn invite_preview(&self, token_hash: SecretHash, now: Moment) -> Result<Option<InvitePreview>, StoreError> {
        let row = sqlx::query(
            "SELECT project.name AS project_name, project.slug, invite.role, user.name
             FROM invite JOIN project ON project.id = invite.project_id JOIN user ON user.id = invite.invited_by
             WHERE invite.token_hash = ? AND invite.used_at IS NULL AND invite.expires_at > ? AND project.deleted_at IS NULL",
        )
        .bind(token_hash.as_slice())
        .bind(now.0)
        .fetch_optional(self.read())
        .await?;
        let preview = |row: SqliteRow| {
            Ok(InvitePreview {
                project_name: row.try_get("project_name")?,
                project_slug: row.try_get("slug")?,
                role: role(&row)?,
                invited_by: row.try_get("name")?,
            })
        };
        row.map(preview).transpose()
    }

    /// Uses an invitation up for a person. Who is a member already keeps the stronger of both roles.
    pub async fn accept_invite(&self, token_hash: SecretHash, user: UserId, at: Moment) -> Result<Entry, StoreError> {
        let mut write = self.write().await?;
        let Some(slug) = enter(&mut write, token_hash, user, at).await? else { return Ok(Entry::Gone) };
        write.commit().await?;
        Ok(Entry::Done(slug))
    }

    /// Makes an account with an invitation, uses that up, and begins a session.
    pub async fn join(&self, token_hash: SecretHash, new: &NewPerson, session: &NewSession) -> Result<Entry, StoreError> {
        let mut write = self.write().await?;
        match insert_person(&mut write, new).await {
            Err(error) if error.is_taken() => return Ok(Entry::EmailTaken),
            outcome => outcome?,
        }
        let Some(slug) = enter(&mut write, token_hash, new.person.id, new.at).await? else { return Ok(Entry::Gone) };
        insert_session(&mut write, new.person.id, session).await?;
        write.commit().await?;
        Ok(Entry::Done(slug))
    }
}

async fn enter(write: &mut SqliteConnection, token_hash: SecretHash, user: UserId, at: Moment) -> Result<Option<String>, StoreError> {
    let row = sqlx::query(
        "UPDATE invite SET used_at = ?1, used_by = ?2
         WHERE token_hash = ?3 AND used_at IS NULL AND expires_at > ?1
           AND EXISTS (SELECT 1 FROM project WHERE project.id = invite.project_id AND project.deleted_at IS NULL)
         RETURNING id, project_id, role",
    )
    .bind(at.0)
    .bind(*user.as_uuid())
    .bind(token_hash.as_slice())
    .fetch_optional(&mut *write)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let project = ProjectId::from_uuid(row.try_get("project_id")?);
    let offered = role(&row)?;
    let given = current_role(write, project, user).await?.map_or(offered, |now| now.max(offered));
    sqlx::query(
        "INSERT INTO member (project_id, user_id, role, created_at) VALUES (?, ?, ?, ?)
         ON CONFLICT (project_id, user_id) DO UPDATE SET role = excluded.role",
    )
    .bind(*project.as_uuid())
    .bind(*user.as_uuid())
    .bind(given.slug())
    .bind(at.0)
    .execute(&mut *write)
    .await?;
    let target = format!("project {project} invite {}", InviteId::from_uuid(row.try_get("id")?));
    Event { at, actor: Some(user), action: "invite.accept", target: &target, detail: given.slug() }.write(write).await?;
    let slug = sqlx::query_scalar("SELECT slug FROM project WHERE id = ?").bind(*project.as_uuid()).fetch_one(write).await?;
    Ok(Some(slug))
}

async fn current_role(connection: &mut SqliteConnection, project: ProjectId, user: UserId) -> Result<Option<Role>, StoreError> {
    let row = sqlx::query("SELECT role FROM member WHERE project_id = ? AND user_id = ?")
        .bind(*project.as_uuid())
        .bind(*user.as_uuid())
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(role).transpose()
}

async fn owners(connection: &mut SqliteConnection, project: ProjectId) -> Result<i64, StoreError> {
    let count = sqlx::query_scalar("SELECT count(*) FROM member WHERE project_id = ? AND role = 'owner'");
    Ok(count.bind(*project.as_uuid()).fetch_one(connection).await?)
}
