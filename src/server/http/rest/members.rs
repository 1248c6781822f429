//! Members and invitations over the API.

use axum::{
    extract::State,
    http::StatusCode,
    response::IntoResponse,
    routing::{delete, get, patch, post},
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    domain::{
        account::Role,
        id::{InviteId, UserId},
    },
    server::{
        http::{
            auth::SignedIn,
            rest::{
                Answers, App, Needs, Outcome, PAGED, Route, Sends,
                request::{Ask, At, Body, Paging, json as answer, object, page_of},
            },
        },
        service,
    },
};

const OWNER: Needs = Needs::Membership(Role::Owner);

pub const ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/projects/{slug}/members",
        endings: &[],
        needs: Needs::Membership(Role::Viewer),
        summary: "A project's members",
        query: PAGED,
        sends: Sends::Nothing,
        status: 200,
        answers: Answers::Json(|| page_of("Member")),
        handler: || get(list),
    },
    Route {
        method: "PATCH",
        path: "/projects/{slug}/members/{user}",
        endings: &[],
        needs: OWNER,
        summary: "Change a member's role; a project keeps at least one owner",
        query: &[],
        sends: Sends::Json(|| object(&["role"], json!({"role": {"enum": ["viewer", "commenter", "editor", "owner"]}}))),
        status: 204,
        answers: Answers::Nothing,
        handler: || patch(change),
    },
    Route {
        method: "DELETE",
        path: "/projects/{slug}/members/{user}",
        endings: &[],
        needs: OWNER,
        summary: "Take somebody out of a project; a project keeps at least one owner",
        query: &[],
        sends: Sends::Nothing,
        status: 204,
        answers: Answers::Nothing,
        handler: || delete(remove),
    },
    Route {
        method: "GET",
        path: "/projects/{slug}/invites",
        endings: &[],
        needs: OWNER,
        summary: "A project's open invitations",
        query: PAGED,
        sends: Sends::Nothing,
        status: 200,
        answers: Answers::Json(|| page_of("Invite")),
        handler: || get(invites),
    },
    Route {
        method: "POST",
        path: "/projects/{slug}/invites",
        endings: &[],
        needs: OWNER,
        summary: "Invite somebody; the link is shown this once",
        query: &[],
        sends: Sends::Json(|| object(&["role"], json!({"role": {"enum": ["viewer", "commenter", "editor"]}}))),
        status: 201,
        answers: Answers::Json(|| json!({"type": "object", "properties": {"link": {"type": "string"}}})),
        handler: || post(invite),
    },
    Route {
        method: "DELETE",
        path: "/projects/{slug}/invites/{invite}",
        endings: &[],
        needs: OWNER,
        summary: "Take an invitation back",
        query: &[],
        sends: Sends::Nothing,
        status: 204,
        answers: Answers::Nothing,
        handler: || delete(revoke),
    },
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    role: Role,
}

async fn list(State(app): App, SignedIn(actor): SignedIn, At(slug): At<String>, Ask(paging): Ask<Paging>) -> Outcome {
    let mut members = service::members::members(&app, &actor, &slug).await?;
    members.sort_by_key(|member| member.user);
    paging.page(members, |member| member.user, |text| text.parse().ok())
}

async fn change(State(app): App, SignedIn(actor): SignedIn, At((slug, user)): At<(String, UserId)>, Body(wanted): Body<Wanted>) -> Outcome {
    service::members::set_role(&app, &actor, &slug, user, wanted.role).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn remove(State(app): App, SignedIn(actor): SignedIn, At((slug, user)): At<(String, UserId)>) -> Outcome {
    service::members::remove_member(&app, &actor, &slug, user).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn invites(State(app): App, SignedIn(actor): SignedIn, At(slug): At<String>, Ask(paging): Ask<Paging>) -> Outcome {
    let mut invites = service::members::invites(&app, &actor, &slug).await?;
    invites.sort_by_key(|invite| invite.id);
    paging.page(invites, |invite| invite.id, |text| text.parse().ok())
}

async fn invite(State(app): App, SignedIn(actor): SignedIn, At(slug): At<String>, Body(wanted): Body<Wanted>) -> Outcome {
    let link = service::members::invite(&app, &actor, &slug, wanted.role).await?;
    Ok(answer(StatusCode::CREATED, &json!({"link": link})))
}

async fn revoke(State(app): App, SignedIn(actor): SignedIn, At((slug, invite)): At<(String, InviteId)>) -> Outcome {
    service::members::revoke_invite(&app, &actor, &slug, invite).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// The schemas of these routes.
pub fn schemas() -> Value {
    let role = || json!({"enum": ["viewer", "commenter", "editor", "owner"]});
    json!({
        "Member": {"type": "object", "properties": {
            "user": {"type": "string", "format": "uuid"},
            "name": {"type": "string"},
            "email": {"type": "string"},
            "role": role(),
        }},
        "Invite": {"type": "object", "properties": {
            "id": {"type": "string", "format": "uuid"},
            "role": role(),
            "invited_by": {"type": "string"},
            "created_at": {"type": "integer"},
            "expires_at": {"type": "integer"},
        }},
    })
}
