//! Reviews over the API.

use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{delete, get, post, put},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    domain::{
        account::Role,
        id::DocumentId,
        review::{Profile, Review, ReviewFinding, agents::AgentRun, suggestion::Suggested},
    },
    server::{
        error::ServiceError,
        http::{
            auth::SignedIn,
            rest::{
                Answers, App, Needs, Outcome, PAGED, Route, Sends, events,
                request::{Ask, At, Body, Paging, json as answer, object, page_of, reference},
            },
        },
        service::{
            self,
            reviews::{Order, baseline, scope::Part},
        },
    },
};

const READ: Needs = Needs::Membership(Role::Viewer);
/// The media type that the standard registers.
const SARIF: &str = "application/sarif+json";
const EDIT: Needs = Needs::Membership(Role::Editor);

pub const ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/projects/{slug}/reviews",
        endings: &[],
        needs: READ,
        summary: "A project's reviews, newest first",
        query: PAGED,
        sends: Sends::Nothing,
        status: 200,
        answers: Answers::Json(|| page_of("Review")),
        handler: || get(list),
    },
    Route {
        method: "POST",
        path: "/projects/{slug}/reviews",
        endings: &[],
        needs: EDIT,
        summary: "Start a review of all documents, of some, of what a view shows, or of what changed since a review",
        query: &[],
        sends: Sends::Json(|| {
            object(
                &[],
                json!({
                    "documents": {"type": "array", "items": {"type": "string", "format": "uuid"}},
                    "view": {"type": "object", "required": ["document", "key"], "properties": {
                        "document": {"type": "string", "format": "uuid"},
                        "key": {"type": "string"},
                    }},
                    "changed_since": {"type": "integer", "description": "The number of a finished review"},
                    "profile": {"enum": ["sketch", "default", "production", "regulated"]},
                    "agents": {"type": "array", "items": {"type": "string"}},
                }),
            )
        }),
        status: 202,
        answers: Answers::Json(|| json!({"type": "object", "properties": {"number": {"type": "integer"}, "status": status()}})),
        handler: || post(start),
    },
    Route {
        method: "GET",
        path: "/projects/{slug}/reviews/{number}",
        endings: &[(".json", "application/json"), (".md", "text/markdown; charset=utf-8"), (".sarif", SARIF)],
        needs: READ,
        summary: "A review with its findings, as JSON, as markdown, or as SARIF 2.1.0",
        query: &[],
        sends: Sends::Nothing,
        status: 200,
        answers: Answers::Json(|| reference("ReviewWithFindings")),
        handler: || get(read),
    },
    Route {
        method: "GET",
        path: "/projects/{slug}/reviews/{number}/events",
        endings: &[],
        needs: READ,
        summary: "What a review does, as server-sent events `status`, `step` and `finished`; resumes after `Last-Event-ID`",
        query: &[],
        sends: Sends::Nothing,
        status: 200,
        answers: Answers::Bytes("text/event-stream"),
        handler: || get(events::events),
    },
    Route {
        method: "POST",
        path: "/projects/{slug}/reviews/{number}/cancel",
        endings: &[],
        needs: EDIT,
        summary: "Stop a running review; one that has ended stays as it is",
        query: &[],
        sends: Sends::Nothing,
        status: 200,
        answers: Answers::Json(|| json!({"type": "object", "properties": {"number": {"type": "integer"}, "status": status()}})),
        handler: || post(cancel),
    },
    Route {
        method: "GET",
        path: "/projects/{slug}/baseline",
        endings: &[],
        needs: READ,
        summary: "Which review is the baseline, whose open findings the gate knows and lets be",
        query: &[],
        sends: Sends::Nothing,
        status: 200,
        answers: Answers::Json(|| json!({"type": "object", "properties": {"review": {"type": ["integer", "null"]}}})),
        handler: || get(known),
    },
    Route {
        method: "PUT",
        path: "/projects/{slug}/baseline",
        endings: &[],
        needs: EDIT,
        summary: "Make a finished review the baseline",
        query: &[],
        sends: Sends::Json(|| object(&["review"], json!({"review": {"type": "integer"}}))),
        status: 200,
        answers: Answers::Json(|| json!({"type": "object", "properties": {"review": {"type": "integer"}}})),
        handler: || put(mark),
    },
    Route {
        method: "DELETE",
        path: "/projects/{slug}/baseline",
        endings: &[],
        needs: EDIT,
        summary: "Let there be no baseline",
        query: &[],
        sends: Sends::Nothing,
        status: 204,
        answers: Answers::Nothing,
        handler: || delete(unmark),
    },
];

fn status() -> Value {
    json!({"enum": ["running", "finished", "cancelled", "failed"]})
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Start {
    documents: Option<Vec<DocumentId>>,
    view: Option<Shown>,
    changed_since: Option<u32>,
    #[serde(default)]
    profile: Profile,
    /// Names of agents; without them those that the project always asks.
    agents: Option<Vec<String>>,
}

/// A view of a diagram.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Shown {
    document: DocumentId,
    key: String,
}

impl Start {
    fn part(&self) -> Result<Part<'_>, ServiceError> {
        match (&self.documents, &self.view, self.changed_since) {
            (None, None, None) => Ok(Part::All),
            (Some(documents), None, None) => Ok(Part::Documents(documents)),
            (None, Some(view), None) => Ok(Part::View(view.document, &view.key)),
            (None, None, Some(since)) => Ok(Part::ChangedSince(since)),
            _ => Err(ServiceError::invalid("documents", "Say one of `documents`, `view` and `changed_since`.")),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Marked {
    review: u32,
}

#[derive(Serialize)]
struct WithFindings {
    #[serde(flatten)]
    review: Review,
    findings: Vec<ReviewFinding>,
    runs: Vec<AgentRun>,
    suggestions: Vec<Suggested>,
}

async fn list(State(app): App, SignedIn(actor): SignedIn, At(slug): At<String>, Ask(paging): Ask<Paging>) -> Outcome {
    let list = service::reviews::list(&app, &actor, &slug).await?;
    paging.page(list.reviews, |review| Newest(review.number), |text| text.parse().ok().map(Newest))
}

/// Orders greater numbers first.
#[derive(PartialEq, Eq)]
struct Newest(u32);

impl Ord for Newest {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        other.0.cmp(&self.0)
    }
}

impl PartialOrd for Newest {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl std::fmt::Display for Newest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

async fn start(State(app): App, SignedIn(actor): SignedIn, At(slug): At<String>, start: Option<Body<Start>>) -> Outcome {
    let Body(start) = start.unwrap_or_else(|| Body(Start::default()));
    let review = {
        let order = Order { part: start.part()?, profile: start.profile, agents: start.agents.as_deref() };
        service::reviews::begin(&app, &actor, &slug, order).await?
    };
    Ok(answer(StatusCode::ACCEPTED, &json!({"number": review.number, "status": review.status})))
}

async fn read(State(app): App, SignedIn(actor): SignedIn, At((slug, name)): At<(String, String)>) -> Outcome {
    let (number, ending) = name.split_once('.').unwrap_or((&name, "json"));
    let number: u32 = number.parse().map_err(|_| ServiceError::not_found("The review"))?;
    match ending {
        "json" => {
            let (review, _, findings) = service::reviews::get(&app, &actor, &slug, number).await?;
            let (runs, suggestions) = service::reviews::agents_of(&app, review.id).await?;
            Ok(answer(StatusCode::OK, &WithFindings { review, findings, runs, suggestions }))
        }
        "md" => {
            let markdown = service::reviews::markdown(&app, &actor, &slug, number).await?;
            Ok(file(&slug, number, ("md", "text/markdown; charset=utf-8"), markdown))
        }
        "sarif" => {
            let sarif = service::reviews::sarif(&app, &actor, &slug, number).await?;
            Ok(file(&slug, number, ("sarif", SARIF), sarif))
        }
        _ => Err(ServiceError::not_found("The format").into()),
    }
}

fn file(slug: &str, number: u32, (ending, media): (&str, &'static str), text: String) -> Response {
    let name = HeaderValue::from_str(&format!("inline; filename=\"{slug}-review-{number}.{ending}\""));
    let name = name.unwrap_or(HeaderValue::from_static("inline"));
    ([(header::CONTENT_TYPE, HeaderValue::from_static(media)), (header::CONTENT_DISPOSITION, name)], text).into_response()
}

async fn cancel(State(app): App, SignedIn(actor): SignedIn, At((slug, number)): At<(String, u32)>) -> Outcome {
    let review = service::reviews::cancel(&app, &actor, &slug, number).await?;
    Ok(answer(StatusCode::OK, &json!({"number": review.number, "status": review.status})))
}

async fn known(State(app): App, SignedIn(actor): SignedIn, At(slug): At<String>) -> Outcome {
    let review = baseline::get(&app, &actor, &slug).await?;
    Ok(answer(StatusCode::OK, &json!({"review": review})))
}

async fn mark(State(app): App, SignedIn(actor): SignedIn, At(slug): At<String>, Body(marked): Body<Marked>) -> Outcome {
    baseline::mark(&app, &actor, &slug, Some(marked.review)).await?;
    Ok(answer(StatusCode::OK, &json!({"review": marked.review})))
}

async fn unmark(State(app): App, SignedIn(actor): SignedIn, At(slug): At<String>) -> Outcome {
    baseline::mark(&app, &actor, &slug, None).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// The schemas of these routes.
pub fn schemas() -> Value {
    let number = || json!({"type": "integer"});
    let review = || {
        json!({
            "id": {"type": "string", "format": "uuid"},
            "number": number(),
            "status": status(),
            "profile": {"enum": ["sketch", "default", "production", "regulated"]},
            "scope": {"type": "object", "description": "What of the project is judged; not there for all of it", "properties": {
                "of": {"enum": ["project", "documents", "view", "changed"]},
            }},
            "verdict": {"enum": ["pass", "pass-with-findings", "needs-work", "blocked", "inconclusive", null]},
            "verdict_reason": {"type": "string"},
            "counts": reference("Counts"),
            "score": {"type": "integer", "minimum": 0, "maximum": 100},
            "base": {"type": ["integer", "null"], "description": "The number of the review it is compared with"},
            "documents": {"type": "array", "items": {"type": "object", "properties": {
                "document": {"type": "string", "format": "uuid"},
                "path": {"type": "string"},
                "title": {"type": "string"},
                "revision": number(),
                "sha256": {"type": "string"},
            }}},
            "completeness": {"type": "object", "description": "Rules that ran and were skipped, and documents that could not be read"},
            "ruleset": {"type": "string"},
            "gate": {"type": "object", "description": "What the project's lintel.yaml refuses, and what came of it; not there without settings", "properties": {
                "policy": {"type": "object"},
                "result": {"type": "object", "properties": {
                    "outcome": {"enum": ["passed", "failed", "inconclusive"]},
                    "broken": {"type": "array", "items": {"type": "string"}},
                    "inconclusive": {"type": "array", "items": {"type": "string"}},
                    "warnings": {"type": "array", "items": {"type": "string"}},
                }},
            }},
            "started_by": {"type": "string"},
            "started_at": number(),
            "finished_at": {"type": ["integer", "null"]},
        })
    };
    let mut with_findings = review();
    if let Some(properties) = with_findings.as_object_mut() {
        properties.insert("findings".to_owned(), json!({"type": "array", "items": reference("ReviewFinding")}));
        properties.insert("runs".to_owned(), json!({"type": "array", "items": reference("AgentRun")}));
        properties.insert("suggestions".to_owned(), json!({"type": "array", "items": reference("Suggestion")}));
    }
    json!({
        "Counts": {"type": "object", "properties": {"critical": number(), "high": number(), "medium": number(), "low": number()}},
        "Review": {"type": "object", "properties": review()},
        "ReviewWithFindings": {"type": "object", "properties": with_findings},
        "AgentRun": {"type": "object", "description": "One agent's part in the review: how it stands and why, model, usage, cost, coverage, questions, and what did not check out"},
        "Suggestion": {"type": "object", "properties": {
            "id": {"type": "string", "format": "uuid"},
            "agent": {"type": "string"},
            "state": {"enum": ["open", "accepted", "rejected"]},
            "title": {"type": "string"},
            "path": {"type": "string"},
            "lines": {"type": "array", "items": reference("Hunk"), "description": "The change by lines"},
            "changed_by": {"type": ["string", "null"], "description": "Who put it in other words before it was decided on"},
        }},
        "ReviewFinding": {"type": "object", "properties": {
            "id": {"type": "string", "format": "uuid"},
            "finding": {"type": "object", "description": "Code, severity, title, message, why, remedy, anchors and evidence"},
            "state": {"enum": ["open", "accepted", "fixed", "wont-fix", "false-positive", "obsolete"]},
            "state_reason": {"type": "string"},
            "state_by": {"type": ["string", "null"]},
            "state_at": {"type": ["integer", "null"]},
            "triage": {"type": "object", "description": "Assignee, due day, ticket, waiver, what was mistaken, and for whom it was of no use"},
            "change": {"enum": ["new", "unchanged", "updated", "regressed", "fixed", "obsolete", "not-evaluated"]},
            "first_seen": number(),
            "comments": {"type": "array", "items": {"type": "object", "properties": {
                "id": {"type": "string", "format": "uuid"},
                "author": {"type": "string"},
                "at": number(),
                "body": {"type": "string"},
                "answer": {"type": ["object", "null"], "description": "For what an agent says: who asked, and the run"},
            }}},
        }},
    })
}
