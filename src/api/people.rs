//! Setup, signing in and out, members, invitations, tokens and sessions.

use leptos::prelude::*;

use crate::{
    api::ApiError,
    domain::{
        account::{Invite, InvitePreview, Member, Person, Role, SessionInfo, TokenInfo},
        id::{InviteId, SessionId, TokenId, UserId},
    },
};

/// Who is signed in, if anybody.
#[server(prefix = "/fn", endpoint = "whoami")]
pub async fn whoami() -> Result<Option<Person>, ApiError> {
    let caller = std::future::ready(crate::server::http::auth::caller()).await?;
    Ok(caller.map(|actor| actor.person))
}

/// Creates the administrator with the token of the one-time link, signs them in and leads on.
#[server(prefix = "/fn", endpoint = "setup")]
pub async fn setup(token: String, name: String, email: String, password: String) -> Result<(), ApiError> {
    use crate::server::{error::answer, http::auth, service};
    let app = auth::app()?;
    let session = answer(service::people::setup(&app, &token, &name, &email, &password, &auth::user_agent()).await)?;
    auth::start_session(&app, &session, "/?welcome=1");
    Ok(())
}

/// Whether the server still waits for its administrator.
#[server(prefix = "/fn", endpoint = "setup_open")]
pub async fn setup_open() -> Result<bool, ApiError> {
    use crate::server::{error::answer, http::auth, service};
    answer(service::people::setup_open(&auth::app()?).await)
}

/// Signs in and leads to `next`, a path on this server.
#[server(prefix = "/fn", endpoint = "sign_in")]
pub async fn sign_in(email: String, password: String, next: Option<String>) -> Result<(), ApiError> {
    use crate::server::{error::answer, http::auth, service};
    let app = auth::app()?;
    let session = answer(service::people::sign_in(&app, &email, &password, &auth::address(), &auth::user_agent()).await)?;
    auth::start_session(&app, &session, next.as_deref().unwrap_or("/"));
    Ok(())
}

/// Ends this session on the server and leads to the sign-in page.
#[server(prefix = "/fn", endpoint = "sign_out")]
pub async fn sign_out() -> Result<(), ApiError> {
    use crate::server::{error::answer, http::auth, service};
    let app = auth::app()?;
    if let Some(actor) = auth::caller()? {
        answer(service::people::sign_out(&app, &actor).await)?;
    }
    auth::end_session(&app, "/sign-in");
    Ok(())
}

/// Changes one's own password; ends all other sessions.
#[server(prefix = "/fn", endpoint = "change_password")]
pub async fn change_password(current: String, password: String) -> Result<(), ApiError> {
    use crate::server::{error::answer, http::auth, service};
    let (app, actor) = (auth::app()?, auth::signed_in()?);
    answer(service::people::change_password(&app, &actor, &current, &password).await)?;
    leptos_axum::redirect(&service::notices::leave(&app, &actor, "/settings#password", crate::api::notices::Notice::PasswordChanged));
    Ok(())
}

/// One's own sessions, newest first.
#[server(prefix = "/fn", endpoint = "sessions")]
pub async fn sessions() -> Result<Vec<SessionInfo>, ApiError> {
    use crate::server::{error::answer, http::auth, service};
    answer(service::people::sessions(&auth::app()?, &auth::signed_in()?).await)
}

/// Ends one of one's own sessions.
#[server(prefix = "/fn", endpoint = "end_session")]
pub async fn end_session(session: SessionId) -> Result<(), ApiError> {
    use crate::server::{error::answer, http::auth, service};
    answer(service::people::end_session(&auth::app()?, &auth::signed_in()?, session).await)
}

/// One's own API tokens.
#[server(prefix = "/fn", endpoint = "tokens")]
pub async fn tokens() -> Result<Vec<TokenInfo>, ApiError> {
    use crate::server::{error::answer, http::auth, service};
    answer(service::people::tokens(&auth::app()?, &auth::signed_in()?).await)
}

/// Makes an API token and leads to the page that shows its secret once.
#[server(prefix = "/fn", endpoint = "create_token")]
pub async fn create_token(name: String) -> Result<(), ApiError> {
    use crate::{
        api::notices::Notice,
        server::{error::answer, http::auth, service},
    };
    let (app, actor) = (auth::app()?, auth::signed_in()?);
    let secret = answer(service::people::create_token(&app, &actor, &name).await)?;
    leptos_axum::redirect(&service::notices::leave(&app, &actor, "/settings#tokens", Notice::Token(secret)));
    Ok(())
}

/// Revokes one of one's own API tokens.
#[server(prefix = "/fn", endpoint = "revoke_token")]
pub async fn revoke_token(token: TokenId) -> Result<(), ApiError> {
    use crate::server::{error::answer, http::auth, service};
    answer(service::people::revoke_token(&auth::app()?, &auth::signed_in()?, token).await)
}

/// A project's members, owners first.
#[server(prefix = "/fn", endpoint = "members")]
pub async fn members(slug: String) -> Result<Vec<Member>, ApiError> {
    use crate::server::{error::answer, http::auth, service};
    answer(service::members::members(&auth::app()?, &auth::signed_in()?, &slug).await)
}

/// A project's open invitations.
#[server(prefix = "/fn", endpoint = "invites")]
pub async fn invites(slug: String) -> Result<Vec<Invite>, ApiError> {
    use crate::server::{error::answer, http::auth, service};
    answer(service::members::invites(&auth::app()?, &auth::signed_in()?, &slug).await)
}

/// Makes an invitation and leads to the page that shows its link once.
#[server(name = MakeInvite, prefix = "/fn", endpoint = "invite")]
pub async fn invite(slug: String, role: Role) -> Result<(), ApiError> {
    use crate::{
        api::notices::Notice,
        server::{error::answer, http::auth, service},
    };
    let (app, actor) = (auth::app()?, auth::signed_in()?);
    let link = answer(service::members::invite(&app, &actor, &slug, role).await)?;
    let link = if link.starts_with('/') { format!("{}{link}", auth::origin(&app)) } else { link };
    leptos_axum::redirect(&service::notices::leave(&app, &actor, &format!("/p/{slug}/settings#invites"), Notice::Invitation(link)));
    Ok(())
}

/// Takes an invitation back.
#[server(prefix = "/fn", endpoint = "revoke_invite")]
pub async fn revoke_invite(slug: String, invite: InviteId) -> Result<(), ApiError> {
    use crate::server::{error::answer, http::auth, service};
    answer(service::members::revoke_invite(&auth::app()?, &auth::signed_in()?, &slug, invite).await)
}

/// What an invitation is for.
#[server(name = LoadInvitePreview, prefix = "/fn", endpoint = "invite_preview")]
pub async fn invite_preview(token: String) -> Result<InvitePreview, ApiError> {
    use crate::server::{error::answer, http::auth, service};
    answer(service::members::invite_preview(&auth::app()?, &token).await)
}

/// Accepts an invitation as the signed-in person.
#[server(prefix = "/fn", endpoint = "accept_invite")]
pub async fn accept_invite(token: String) -> Result<(), ApiError> {
    use crate::server::{error::answer, http::auth, service};
    let project = answer(service::members::accept_invite(&auth::app()?, &auth::signed_in()?, &token).await)?;
    leptos_axum::redirect(&format!("/p/{project}"));
    Ok(())
}

/// Creates an account with an invitation, signs in and leads to the project.
#[server(prefix = "/fn", endpoint = "join")]
pub async fn join(token: String, name: String, email: String, password: String) -> Result<(), ApiError> {
    use crate::server::{error::answer, http::auth, service};
    let app = auth::app()?;
    let (session, project) = answer(service::members::join(&app, &token, &name, &email, &password, &auth::user_agent()).await)?;
    auth::start_session(&app, &session, &format!("/p/{project}"));
    Ok(())
}

/// Changes a member's role. A project keeps at least one owner.
#[server(prefix = "/fn", endpoint = "set_role")]
pub async fn set_role(slug: String, user: UserId, role: Role) -> Result<(), ApiError> {
    use crate::server::{error::answer, http::auth, service};
    answer(service::members::set_role(&auth::app()?, &auth::signed_in()?, &slug, user, role).await)
}

/// Takes a person out of a project. A project keeps at least one owner.
#[server(prefix = "/fn", endpoint = "remove_member")]
pub async fn remove_member(slug: String, user: UserId) -> Result<(), ApiError> {
    use crate::server::{error::answer, http::auth, service};
    answer(service::members::remove_member(&auth::app()?, &auth::signed_in()?, &slug, user).await)
}
