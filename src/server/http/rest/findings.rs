//! Findings over the API: what a project has, and what people make of it.

use axum::{
    extract::State,
    http::StatusCode,
    response::IntoResponse,
    routing::{get, post, put},
};
use serde::Deserialize;
use serde_json::json;

use crate::{
    api::triage::Arrangement,
    domain::{
        account::Role,
        id::FindingId,
        review::{FindingState, triage::Mistake},
    },
    server::{
        http::{
            auth::SignedIn,
            rest::{
                Answers, App, Needs, Outcome, Route, Sends,
                request::{Ask, At, Body, Paging, json as answer, object, page_of},
            },
        },
        service::{self, triage},
    },
};

const READ: Needs = Needs::Membership(Role::Viewer);
const COMMENT: Needs = Needs::Membership(Role::Commenter);
const EDIT: Needs = Needs::Membership(Role::Editor);

pub const ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/projects/{slug}/findings",
        endings: &[],
        needs: READ,
        summary: "All findings a project ever had, oldest first, with what people made of them",
        query: &[
            ("cursor", "The `next_cursor` of the page before; the first page without it"),
            ("limit", "Items on a page: 1 to 200, 50 without it"),
            ("state", "Only findings in this state"),
        ],
        sends: Sends::Nothing,
        status: 200,
        answers: Answers::Json(|| page_of("ReviewFinding")),
        handler: || get(findings),
    },
    Route {
        method: "POST",
        path: "/findings/{id}/state",
        endings: &[],
        needs: EDIT,
        summary: "Decide on a finding; wont-fix and false-positive need a reason, and a risk of high or critical severity a second person",
        query: &[],
        sends: Sends::Json(|| {
            object(
                &["state"],
                json!({
                    "state": {"enum": ["open", "accepted", "wont-fix", "false-positive"]},
                    "reason": {"type": "string"},
                    "until": {"type": "string", "format": "date", "description": "The last day that a risk is carried, 180 days ahead at most; 90 without it"},
                    "mistake": {"enum": ["model", "rule", "context", "not-applicable"], "description": "What is wrong with a false positive"},
                }),
            )
        }),
        status: 204,
        answers: Answers::Nothing,
        handler: || post(decide),
    },
    Route {
        method: "POST",
        path: "/findings/{id}/waiver",
        endings: &[],
        needs: EDIT,
        summary: "Agree that the risk of a finding is carried, or not; whoever asked can only take the question back",
        query: &[],
        sends: Sends::Json(|| object(&["agree"], json!({"agree": {"type": "boolean"}}))),
        status: 204,
        answers: Answers::Nothing,
        handler: || post(agree),
    },
    Route {
        method: "PUT",
        path: "/findings/{id}/triage",
        endings: &[],
        needs: EDIT,
        summary: "Say who mends a finding, until when, under which ticket; what is left out is nobody, no day, no ticket",
        query: &[],
        sends: Sends::Json(|| {
            object(
                &[],
                json!({
                    "assignee": {"type": "string", "description": "A member's e-mail address, name or id"},
                    "due": {"type": "string", "format": "date"},
                    "ticket": {"type": "string", "maxLength": 80},
                }),
            )
        }),
        status: 204,
        answers: Answers::Nothing,
        handler: || put(arrange),
    },
    Route {
        method: "PUT",
        path: "/findings/{id}/feedback",
        endings: &[],
        needs: COMMENT,
        summary: "Say whether a finding was of use; the health of its rule counts it",
        query: &[],
        sends: Sends::Json(|| object(&["useful"], json!({"useful": {"type": "boolean"}, "reason": {"type": "string"}}))),
        status: 204,
        answers: Answers::Nothing,
        handler: || put(rate),
    },
    Route {
        method: "POST",
        path: "/findings/{id}/comments",
        endings: &[],
        needs: COMMENT,
        summary: "Add a remark to a finding; members that it names with `@` are told, agents answer in the discussion",
        query: &[],
        sends: Sends::Json(|| object(&["body"], json!({"body": {"type": "string", "description": "Markdown"}}))),
        status: 201,
        answers: Answers::Nothing,
        handler: || post(comment),
    },
    Route {
        method: "GET",
        path: "/rules/health",
        endings: &[],
        needs: Needs::SignIn,
        summary: "What became of everything that each rule has said on this server",
        query: &[],
        sends: Sends::Nothing,
        status: 200,
        answers: Answers::Json(|| {
            let number = || json!({"type": "integer"});
            json!({"type": "array", "items": {"type": "object", "properties": {
                "code": {"type": "string"},
                "shown": number(),
                "fixed": number(),
                "carried": number(),
                "false_positives": number(),
                "not_useful": number(),
            }}})
        }),
        handler: || get(health),
    },
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Decision {
    state: FindingState,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    until: String,
    mistake: Option<Mistake>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Agreement {
    agree: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rating {
    useful: bool,
    #[serde(default)]
    reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Remark {
    body: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    cursor: Option<String>,
    limit: Option<u32>,
    state: Option<FindingState>,
}

async fn findings(State(app): App, SignedIn(actor): SignedIn, At(slug): At<String>, Ask(wanted): Ask<Wanted>) -> Outcome {
    let mut findings = service::reviews::findings(&app, &actor, &slug).await?;
    findings.retain(|known| wanted.state.is_none_or(|state| known.state == state));
    let paging = Paging::new(wanted.cursor, wanted.limit);
    paging.page(findings, |known| known.id, |text| text.parse::<FindingId>().ok())
}

async fn decide(State(app): App, SignedIn(actor): SignedIn, At(id): At<FindingId>, Body(decision): Body<Decision>) -> Outcome {
    let Decision { state, reason, until, mistake } = &decision;
    let verdict = triage::Verdict { state: *state, reason, until, mistake: *mistake };
    triage::set_state(&app, &actor, id, verdict).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn agree(State(app): App, SignedIn(actor): SignedIn, At(id): At<FindingId>, Body(agreement): Body<Agreement>) -> Outcome {
    triage::answer_waiver(&app, &actor, id, agreement.agree).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn arrange(State(app): App, SignedIn(actor): SignedIn, At(id): At<FindingId>, Body(wanted): Body<Arrangement>) -> Outcome {
    triage::arrange(&app, &actor, id, &wanted).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn rate(State(app): App, SignedIn(actor): SignedIn, At(id): At<FindingId>, Body(rating): Body<Rating>) -> Outcome {
    triage::rate(&app, &actor, id, (!rating.useful).then_some(rating.reason.as_str())).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn comment(State(app): App, SignedIn(actor): SignedIn, At(id): At<FindingId>, Body(remark): Body<Remark>) -> Outcome {
    triage::comment(&app, &actor, id, &remark.body, None).await?;
    Ok(StatusCode::CREATED.into_response())
}

async fn health(State(app): App, SignedIn(actor): SignedIn) -> Outcome {
    Ok(answer(StatusCode::OK, &triage::rule_health(&app, &actor).await?))
}
