//! Accounts: the first administrator, signing in and out, sessions, passwords and API tokens.
//!
//! Secrets leave the server once, when they are made; it keeps their SHA-256. Passwords are hashed with Argon2id, a few at
//! a time and off the request threads.

use argon2::{
    Algorithm, Argon2, Params, PasswordHash, PasswordHasher, PasswordVerifier, Version,
    password_hash::{Salt, SaltString},
};
use sha2::{Digest, Sha256};

use crate::{
    domain::{
        account::{Person, SessionInfo, TokenInfo, email_problem, password_problem},
        id::{SessionId, TokenId, UserId},
        moment::DAY,
    },
    server::{
        boot::AppState,
        error::ServiceError,
        service::access::Actor,
        store::{
            audit::Event,
            people::{NewPerson, NewSession, SecretHash},
        },
    },
};

/// Days after which a session ends however much it is used.
pub const SESSION_DAYS: i64 = 14;
/// Milliseconds without a request after which a session ends.
const IDLE: i64 = 12 * 60 * 60 * 1000;
/// Milliseconds between two notes that a session or token is in use.
const TOUCH: i64 = 60 * 1000;
/// What API tokens begin with, so that scanners for leaked secrets know them.
const TOKEN_PREFIX: &str = "lintel_";
/// Tokens one person may have.
const MOST_TOKENS: usize = 50;
/// Verified in place of an unknown person's, so that the answer takes as long; nobody knows its password.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bGludGVsLW5vYm9keS0w$5nSgK2eS5hUC7SxZJ6c9AfmSwJxkCjpBvK2iJGVyZTA";

/// Whether the server still waits for its administrator.
pub async fn setup_open(app: &AppState) -> Result<bool, ServiceError> {
    Ok(!app.store.has_administrator().await?)
}

/// Makes a new setup link, good for 24 hours, if nobody administers the server yet. The one before stops working.
pub async fn setup_link(app: &AppState) -> Result<Option<String>, ServiceError> {
    if !setup_open(app).await? {
        return Ok(None);
    }
    let (secret, now) = (secret(app), app.clock.now());
    app.store.set_setup_token(hash(&secret), now, now.plus(DAY)).await?;
    Ok(Some(format!("{}/setup?token={secret}", app.config.public_url())))
}

/// Makes the administrator and gives the secret of their first session.
///
/// # Errors
/// `Forbidden` when the link is wrong or too old; `Invalid` names the field; `Conflict` when somebody else was faster.
pub async fn setup(app: &AppState, token: &str, name: &str, email: &str, password: &str, user_agent: &str) -> Result<String, ServiceError> {
    let over = || ServiceError::conflict("The setup is over: this server has its administrator. Sign in, or ask them for an invitation.");
    if !setup_open(app).await? {
        return Err(over());
    }
    if !app.store.is_setup_token(hash(token), app.clock.now()).await? {
        return Err(ServiceError::forbidden(
            "This setup link is not valid or is older than 24 hours. Restart the server; it prints a new link.",
        ));
    }
    let new = new_person(app, name, email, password, true).await?;
    let (secret, session) = new_session(app, user_agent);
    if !app.store.finish_setup(hash(token), &new, &session).await? {
        return Err(over());
    }
    Ok(secret)
}

/// Checks an address and a password and gives the secret of a new session.
///
/// # Errors
/// `Invalid` for a wrong pair, without saying which half is wrong; `TooMany` after too many of them.
pub async fn sign_in(app: &AppState, email: &str, password: &str, address: &str, user_agent: &str) -> Result<String, ServiceError> {
    let email = email.trim();
    let now = app.clock.now();
    app.limits.attempt(email, address, now).map_err(|seconds| ServiceError::TooMany { seconds })?;
    let known = app.store.credentials(email).await?;
    let stored = known.as_ref().map_or_else(|| NOBODY.to_owned(), |(_, stored)| stored.clone());
    let fits = verify(app, password, stored).await?;
    let Some((person, _)) = known.filter(|_| fits) else {
        let detail = format!("from {address}");
        app.store.record(Event { at: now, actor: None, action: "session.refuse", target: &shorten(email), detail: &detail }).await?;
        return Err(ServiceError::invalid("email", "The address or the password is wrong."));
    };
    app.limits.succeeded(email, address);
    let (secret, session) = new_session(app, user_agent);
    app.store.begin_session(person.id, &session, now.plus(-IDLE)).await?;
    Ok(secret)
}

/// Ends the session that asks. An API token has none and is left alone.
pub async fn sign_out(app: &AppState, actor: &Actor) -> Result<(), ServiceError> {
    if let Some(session) = actor.session {
        app.store.end_session(actor.person.id, session, app.clock.now()).await?;
    }
    app.rooms.access_changed();
    Ok(())
}

/// Who a session's secret belongs to.
pub async fn by_session(app: &AppState, secret: &str) -> Result<Option<Actor>, ServiceError> {
    let now = app.clock.now();
    let Some(found) = app.store.session(hash(secret), now, now.plus(-IDLE)).await? else { return Ok(None) };
    if found.last_seen_at.plus(TOUCH) <= now {
        app.store.touch_session(found.id, now).await?;
    }
    Ok(Some(Actor { person: found.person, session: Some(found.id), token: None }))
}

/// Who an API token belongs to.
pub async fn by_token(app: &AppState, token: &str) -> Result<Option<Actor>, ServiceError> {
    let now = app.clock.now();
    let Some((person, id, used)) = app.store.token(hash(token)).await? else { return Ok(None) };
    if used.is_none_or(|used| used.plus(TOUCH) <= now) {
        app.store.touch_token(id, now).await?;
    }
    Ok(Some(Actor { person, session: None, token: Some(id) }))
}

/// Changes one's own password and ends all other sessions.
///
/// # Errors
/// `Invalid` when the current password is wrong or the new one too weak; `TooMany` after too many tries.
pub async fn change_password(app: &AppState, actor: &Actor, current: &str, password: &str) -> Result<(), ServiceError> {
    let person = &actor.person;
    let now = app.clock.now();
    app.limits.attempt(&person.email, "", now).map_err(|seconds| ServiceError::TooMany { seconds })?;
    let stored = app.store.credentials(&person.email).await?.map(|(_, stored)| stored).ok_or(ServiceError::SignInNeeded)?;
    if !verify(app, current, stored).await? {
        return Err(ServiceError::invalid("current", "This is not the current password."));
    }
    if let Some(problem) = password_problem(password, &person.email, &person.name) {
        return Err(ServiceError::invalid("password", problem));
    }
    app.limits.succeeded(&person.email, "");
    let hashed = hash_password(app, password).await?;
    app.store.set_password(person.id, &hashed, actor.session, now).await?;
    app.rooms.access_changed();
    Ok(())
}

/// One's own sessions, newest first.
pub async fn sessions(app: &AppState, actor: &Actor) -> Result<Vec<SessionInfo>, ServiceError> {
    let now = app.clock.now();
    Ok(app.store.sessions(actor.person.id, actor.session, now, now.plus(-IDLE)).await?)
}

/// Ends one of one's own sessions.
pub async fn end_session(app: &AppState, actor: &Actor, session: SessionId) -> Result<(), ServiceError> {
    let ended = app.store.end_session(actor.person.id, session, app.clock.now()).await?;
    app.rooms.access_changed();
    if ended { Ok(()) } else { Err(ServiceError::not_found("The session")) }
}

/// One's own API tokens, newest first.
pub async fn tokens(app: &AppState, actor: &Actor) -> Result<Vec<TokenInfo>, ServiceError> {
    Ok(app.store.tokens(actor.person.id).await?)
}

/// Makes an API token and gives its secret, which is never shown again. A token can't make another.
pub async fn create_token(app: &AppState, actor: &Actor, name: &str) -> Result<String, ServiceError> {
    if actor.token.is_some() {
        return Err(ServiceError::forbidden("An API token can't make another one. Sign in with a browser."));
    }
    create_token_for(app, actor.person.id, name).await
}

/// The same for any person, for the operator at the command line.
pub async fn create_token_for(app: &AppState, user: UserId, name: &str) -> Result<String, ServiceError> {
    let name = checked_name(name, "Name the token after what will use it, in at most 80 characters.")?;
    if app.store.tokens(user).await?.len() >= MOST_TOKENS {
        return Err(ServiceError::conflict("Fifty tokens are the most one person can have. Revoke one that is not used."));
    }
    let secret = format!("{TOKEN_PREFIX}{}", secret(app));
    let token = TokenInfo { id: TokenId::from_uuid(app.ids.uuid()), name, created_at: app.clock.now(), last_used_at: None };
    app.store.add_token(user, &token, hash(&secret)).await?;
    Ok(secret)
}

/// Revokes one of one's own API tokens.
pub async fn revoke_token(app: &AppState, actor: &Actor, token: TokenId) -> Result<(), ServiceError> {
    let gone = app.store.revoke_token(actor.person.id, token, app.clock.now()).await?;
    app.rooms.access_changed();
    if gone { Ok(()) } else { Err(ServiceError::not_found("The token")) }
}

/// Makes an account without an invitation, for the operator at the command line.
pub async fn add(app: &AppState, name: &str, email: &str, password: &str, admin: bool) -> Result<Person, ServiceError> {
    let new = new_person(app, name, email, password, admin).await?;
    if app.store.add_person(&new).await? { Ok(new.person) } else { Err(email_taken(email)) }
}

/// The person with an address, for the operator at the command line.
pub async fn by_email(app: &AppState, email: &str) -> Result<Person, ServiceError> {
    let found = app.store.credentials(email.trim()).await?;
    found.map(|(person, _)| person).ok_or_else(|| ServiceError::not_found(format!("An account with the address {email}")))
}

pub(in crate::server::service) fn email_taken(email: &str) -> ServiceError {
    ServiceError::invalid("email", format!("{} has an account already. Sign in with it.", email.trim()))
}

/// Checks what a new person typed and hashes their password.
pub(in crate::server::service) async fn new_person(
    app: &AppState,
    name: &str,
    email: &str,
    password: &str,
    admin: bool,
) -> Result<NewPerson, ServiceError> {
    let name = checked_name(name, "Enter a name of at most 80 characters.")?;
    let email = email.trim().to_owned();
    if let Some(problem) = email_problem(&email) {
        return Err(ServiceError::invalid("email", problem));
    }
    if let Some(problem) = password_problem(password, &email, &name) {
        return Err(ServiceError::invalid("password", problem));
    }
    let password_hash = hash_password(app, password).await?;
    let person = Person { id: UserId::from_uuid(app.ids.uuid()), name, email, admin };
    Ok(NewPerson { person, password_hash, at: app.clock.now() })
}

/// A session's secret and what is kept of it.
pub(in crate::server::service) fn new_session(app: &AppState, user_agent: &str) -> (String, NewSession) {
    let (secret, at) = (secret(app), app.clock.now());
    let session = NewSession {
        id: SessionId::from_uuid(app.ids.uuid()),
        token_hash: hash(&secret),
        user_agent: user_agent.chars().filter(|c| !c.is_control()).take(200).collect(),
        at,
        expires_at: at.plus(SESSION_DAYS * DAY),
    };
    (secret, session)
}

/// A new secret as people and cookies carry it: 43 letters, digits, `-` and `_`.
pub(in crate::server::service) fn secret(app: &AppState) -> String {
    data_encoding::BASE64URL_NOPAD.encode(&app.ids.secret())
}

/// What the database keeps of a secret. The secret has 256 bits, so a plain hash is enough.
pub(in crate::server::service) fn hash(secret: &str) -> SecretHash {
    Sha256::digest(secret.as_bytes()).into()
}

/// A name people see: trimmed, 1 to 80 characters, no control characters.
fn checked_name(name: &str, problem: &str) -> Result<String, ServiceError> {
    let name = name.trim();
    let fine = (1..=80).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    if fine { Ok(name.to_owned()) } else { Err(ServiceError::invalid("name", problem)) }
}

fn shorten(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(254).collect()
}

/// Argon2id with 19 MiB, two passes and one lane.
fn argon() -> Result<Argon2<'static>, ServiceError> {
    let params = Params::new(19_456, 2, 1, None).map_err(|error| ServiceError::internal(format!("password parameters: {error}")))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

async fn hash_password(app: &AppState, password: &str) -> Result<String, ServiceError> {
    let password = password.to_owned();
    let random = app.ids.secret();
    let work = move || {
        let salt = random.first_chunk::<{ Salt::RECOMMENDED_LENGTH }>().copied().unwrap_or_default();
        let failed = |error: argon2::password_hash::Error| ServiceError::internal(format!("hashing a password: {error}"));
        let salt = SaltString::encode_b64(&salt).map_err(failed)?;
        Ok(argon()?.hash_password(password.as_bytes(), &salt).map_err(failed)?.to_string())
    };
    off_thread(app, work).await
}

async fn verify(app: &AppState, password: &str, stored: String) -> Result<bool, ServiceError> {
    // Longer ones can't have been accepted, and would only cost time.
    let password: String = password.chars().take(crate::domain::account::MAX_PASSWORD + 1).collect();
    let work = move || {
        let stored = PasswordHash::new(&stored).map_err(|error| ServiceError::internal(format!("a stored password hash: {error}")))?;
        Ok(argon()?.verify_password(password.as_bytes(), &stored).is_ok())
    };
    off_thread(app, work).await
}

/// Runs what takes long and much memory beside the request threads, a few at a time.
async fn off_thread<T: Send + 'static>(
    app: &AppState,
    work: impl FnOnce() -> Result<T, ServiceError> + Send + 'static,
) -> Result<T, ServiceError> {
    let _turn = app.limits.hashing.acquire().await.map_err(|error| ServiceError::internal(error.to_string()))?;
    tokio::task::spawn_blocking(work).await.map_err(|error| ServiceError::internal(error.to_string()))?
}
