//! People, and what proves who they are: passwords, sessions, tokens and the one-time setup link.

use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};

use crate::{
    domain::{
        account::{Person, SessionInfo, TokenInfo},
        id::{SessionId, TokenId, UserId},
        moment::Moment,
    },
    server::store::{Store, StoreError, audit::Event},
};

/// SHA-256 of a secret.
pub type SecretHash = [u8; 32];

/// An account to be made.
#[derive(Clone, Debug)]
pub struct NewPerson {
    pub person: Person,
    /// In PHC format.
    pub password_hash: String,
    pub at: Moment,
}

/// A session to be begun.
#[derive(Clone, Debug)]
pub struct NewSession {
    pub id: SessionId,
    pub token_hash: SecretHash,
    pub user_agent: String,
    pub at: Moment,
    /// When it ends however much it is used.
    pub expires_at: Moment,
}

/// A session as a request finds it.
#[derive(Clone, Debug)]
pub struct FoundSession {
    pub id: SessionId,
    pub person: Person,
    pub last_seen_at: Moment,
}

impl Store {
    /// Whether anybody administers the server.
    pub async fn has_administrator(&self) -> Result<bool, StoreError> {
        let query = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM user WHERE admin = 1 AND disabled_at IS NULL)");
        Ok(query.fetch_one(self.read()).await?)
    }

    /// Replaces the setup link by a new one.
    pub async fn set_setup_token(&self, token_hash: SecretHash, at: Moment, expires_at: Moment) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        sqlx::query("DELETE FROM setup_token").execute(&mut *write).await?;
        sqlx::query("INSERT INTO setup_token (token_hash, created_at, expires_at) VALUES (?, ?, ?)")
            .bind(token_hash.as_slice())
            .bind(at.0)
            .bind(expires_at.0)
            .execute(&mut *write)
            .await?;
        write.commit().await?;
        Ok(())
    }

    /// Whether the setup link is the current one and not too old.
    pub async fn is_setup_token(&self, token_hash: SecretHash, now: Moment) -> Result<bool, StoreError> {
        let query = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM setup_token WHERE token_hash = ? AND expires_at > ?)");
        Ok(query.bind(token_hash.as_slice()).bind(now.0).fetch_one(self.read()).await?)
    }

    /// Makes the administrator and their first session, and uses the link up. False when somebody else was faster.
    pub async fn finish_setup(&self, token_hash: SecretHash, new: &NewPerson, session: &NewSession) -> Result<bool, StoreError> {
        let mut write = self.write().await?;
        let used = sqlx::query("DELETE FROM setup_token WHERE token_hash = ? AND expires_at > ?")
            .bind(token_hash.as_slice())
            .bind(new.at.0)
            .execute(&mut *write)
            .await?;
        let taken: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM user WHERE admin = 1)").fetch_one(&mut *write).await?;
        if used.rows_affected() == 0 || taken {
            return Ok(false);
        }
        insert_person(&mut write, new).await?;
        insert_session(&mut write, new.person.id, session).await?;
        let who = Some(new.person.id);
        Event { at: new.at, actor: who, action: "setup.finish", target: &new.person.email, detail: "" }.write(&mut write).await?;
        write.commit().await?;
        Ok(true)
    }

    /// Makes an account. False when the address has one. The setup link goes with the first administrator.
    pub async fn add_person(&self, new: &NewPerson) -> Result<bool, StoreError> {
        let mut write = self.write().await?;
        match insert_person(&mut write, new).await {
            Err(error) if error.is_taken() => return Ok(false),
            outcome => outcome?,
        }
        if new.person.admin {
            sqlx::query("DELETE FROM setup_token").execute(&mut *write).await?;
        }
        let detail = if new.person.admin { "administrator" } else { "" };
        Event { at: new.at, actor: None, action: "person.add", target: &new.person.email, detail }.write(&mut write).await?;
        write.commit().await?;
        Ok(true)
    }

    /// The person with an address and their password's hash, unless the account is closed.
    pub async fn credentials(&self, email: &str) -> Result<Option<(Person, String)>, StoreError> {
        let row = sqlx::query("SELECT * FROM user WHERE email = ? AND disabled_at IS NULL").bind(email).fetch_optional(self.read()).await?;
        row.map(|row| Ok((person(&row)?, row.try_get("password_hash")?))).transpose()
    }

    /// Sets a password and ends all sessions of the person but one.
    pub async fn set_password(&self, user: UserId, hash: &str, keep: Option<SessionId>, at: Moment) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        sqlx::query("UPDATE user SET password_hash = ? WHERE id = ?").bind(hash).bind(*user.as_uuid()).execute(&mut *write).await?;
        sqlx::query("DELETE FROM session WHERE user_id = ? AND id IS NOT ?")
            .bind(*user.as_uuid())
            .bind(keep.map(|session| *session.as_uuid()))
            .execute(&mut *write)
            .await?;
        Event { at, actor: Some(user), action: "password.change", target: "", detail: "" }.write(&mut write).await?;
        write.commit().await?;
        Ok(())
    }

    /// Begins a session, and forgets the ones of everybody that are over.
    pub async fn begin_session(&self, user: UserId, session: &NewSession, idle_since: Moment) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        sqlx::query("DELETE FROM session WHERE expires_at <= ? OR last_seen_at <= ?")
            .bind(session.at.0)
            .bind(idle_since.0)
            .execute(&mut *write)
            .await?;
        insert_session(&mut write, user, session).await?;
        let id = session.id.to_string();
        Event { at: session.at, actor: Some(user), action: "session.start", target: &id, detail: "" }.write(&mut write).await?;
        write.commit().await?;
        Ok(())
    }

    /// The session of a secret, unless it is over: past its end, or unused since `idle_since`.
    pub async fn session(&self, token_hash: SecretHash, now: Moment, idle_since: Moment) -> Result<Option<FoundSession>, StoreError> {
        let row = sqlx::query(
            "SELECT user.*, session.id AS session_id, session.last_seen_at FROM session JOIN user ON user.id = session.user_id
             WHERE session.token_hash = ? AND session.expires_at > ? AND session.last_seen_at > ? AND user.disabled_at IS NULL",
        )
        .bind(token_hash.as_slice())
        .bind(now.0)
        .bind(idle_since.0)
        .fetch_optional(self.read())
        .await?;
        let found = |row: SqliteRow| {
            let id = SessionId::from_uuid(row.try_get("session_id")?);
            Ok(FoundSession { id, person: person(&row)?, last_seen_at: Moment(row.try_get("last_seen_at")?) })
        };
        row.map(found).transpose()
    }

    /// Notes that a session is in use.
    pub async fn touch_session(&self, session: SessionId, now: Moment) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        sqlx::query("UPDATE session SET last_seen_at = ? WHERE id = ?").bind(now.0).bind(*session.as_uuid()).execute(&mut *write).await?;
        write.commit().await?;
        Ok(())
    }

    /// A person's sessions that are not over, newest first.
    pub async fn sessions(
        &self,
        user: UserId,
        current: Option<SessionId>,
        now: Moment,
        idle_since: Moment,
    ) -> Result<Vec<SessionInfo>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, user_agent, created_at, last_seen_at FROM session
             WHERE user_id = ? AND expires_at > ? AND last_seen_at > ? ORDER BY created_at DESC, id DESC",
        )
        .bind(*user.as_uuid())
        .bind(now.0)
        .bind(idle_since.0)
        .fetch_all(self.read())
        .await?;
        let info = |row: SqliteRow| {
            let id = SessionId::from_uuid(row.try_get("id")?);
            Ok(SessionInfo {
                id,
                user_agent: row.try_get("user_agent")?,
                created_at: Moment(row.try_get("created_at")?),
                last_seen_at: Moment(row.try_get("last_seen_at")?),
                current: current == Some(id),
            })
        };
        rows.into_iter().map(info).collect()
    }

    /// Ends a session of a person. False when they have no such session.
    pub async fn end_session(&self, user: UserId, session: SessionId, at: Moment) -> Result<bool, StoreError> {
        let mut write = self.write().await?;
        let ended = sqlx::query("DELETE FROM session WHERE id = ? AND user_id = ?")
            .bind(*session.as_uuid())
            .bind(*user.as_uuid())
            .execute(&mut *write)
            .await?;
        if ended.rows_affected() == 0 {
            return Ok(false);
        }
        Event { at, actor: Some(user), action: "session.end", target: &session.to_string(), detail: "" }.write(&mut write).await?;
        write.commit().await?;
        Ok(true)
    }

    /// Keeps a new API token.
    pub async fn add_token(&self, user: UserId, token: &TokenInfo, token_hash: SecretHash) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        sqlx::query("INSERT INTO api_token (id, token_hash, user_id, name, created_at) VALUES (?, ?, ?, ?, ?)")
            .bind(*token.id.as_uuid())
            .bind(token_hash.as_slice())
            .bind(*user.as_uuid())
            .bind(&token.name)
            .bind(token.created_at.0)
            .execute(&mut *write)
            .await?;
        let id = token.id.to_string();
        Event { at: token.created_at, actor: Some(user), action: "token.create", target: &id, detail: &token.name }
            .write(&mut write)
            .await?;
        write.commit().await?;
        Ok(())
    }

    /// Whose token this is, which it is, and when it was last used.
    pub async fn token(&self, token_hash: SecretHash) -> Result<Option<(Person, TokenId, Option<Moment>)>, StoreError> {
        let row = sqlx::query(
            "SELECT user.*, api_token.id AS token_id, api_token.last_used_at FROM api_token JOIN user ON user.id = api_token.user_id
             WHERE api_token.token_hash = ? AND user.disabled_at IS NULL",
        )
        .bind(token_hash.as_slice())
        .fetch_optional(self.read())
        .await?;
        let found = |row: SqliteRow| {
            let used: Option<i64> = row.try_get("last_used_at")?;
            Ok((person(&row)?, TokenId::from_uuid(row.try_get("token_id")?), used.map(Moment)))
        };
        row.map(found).transpose()
    }

    /// Notes that a token is in use.
    pub async fn touch_token(&self, token: TokenId, now: Moment) -> Result<(), StoreError> {
        let mut write = self.write().await?;
        sqlx::query("UPDATE api_token SET last_used_at = ? WHERE id = ?").bind(now.0).bind(*token.as_uuid()).execute(&mut *write).await?;
        write.commit().await?;
        Ok(())
    }

    /// A person's tokens, newest first.
    pub async fn tokens(&self, user: UserId) -> Result<Vec<TokenInfo>, StoreError> {
        let rows =
            sqlx::query("SELECT id, name, created_at, last_used_at FROM api_token WHERE user_id = ? ORDER BY created_at DESC, id DESC")
                .bind(*user.as_uuid())
                .fetch_all(self.read())
                .await?;
        let info = |row: SqliteRow| {
            let used: Option<i64> = row.try_get("last_used_at")?;
            Ok(TokenInfo {
                id: TokenId::from_uuid(row.try_get("id")?),
                name: row.try_get("name")?,
                created_at: Moment(row.try_get("created_at")?),
                last_used_at: used.map(Moment),
            })
        };
        rows.into_iter().map(info).collect()
    }

    /// Revokes a token of a person. False when they have no such token.
    pub async fn revoke_token(&self, user: UserId, token: TokenId, at: Moment) -> Result<bool, StoreError> {
        let mut write = self.write().await?;
        let gone = sqlx::query("DELETE FROM api_token WHERE id = ? AND user_id = ?")
            .bind(*token.as_uuid())
            .bind(*user.as_uuid())
            .execute(&mut *write)
            .await?;
        if gone.rows_affected() == 0 {
            return Ok(false);
        }
        Event { at, actor: Some(user), action: "token.revoke", target: &token.to_string(), detail: "" }.write(&mut write).await?;
        write.commit().await?;
        Ok(true)
    }
}

pub(in crate::server::store) async fn insert_person(connection: &mut SqliteConnection, new: &NewPerson) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO user (id, email, name, password_hash, admin, created_at) VALUES (?, ?, ?, ?, ?, ?)")
        .bind(*new.person.id.as_uuid())
        .bind(&new.person.email)
        .bind(&new.person.name)
        .bind(&new.password_hash)
        .bind(new.person.admin)
        .bind(new.at.0)
        .execute(connection)
        .await?;
    Ok(())
}

pub(in crate::server::store) async fn insert_session(
    connection: &mut SqliteConnection,
    user: UserId,
    session: &NewSession,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO session (id, token_hash, user_id, user_agent, created_at, last_seen_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(*session.id.as_uuid())
    .bind(session.token_hash.as_slice())
    .bind(*user.as_uuid())
    .bind(&session.user_agent)
    .bind(session.at.0)
    .bind(session.at.0)
    .bind(session.expires_at.0)
    .execute(connection)
    .await?;
    Ok(())
}

fn person(row: &SqliteRow) -> Result<Person, StoreError> {
    Ok(Person {
        id: UserId::from_uuid(row.try_get("id")?),
        name: row.try_get("name")?,
        email: row.try_get("email")?,
        admin: row.try_get("admin")?,
    })
}
