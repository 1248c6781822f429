//! Talks with agents over the API: ask about a finding or about the design, follow, read, stop.

use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::IntoResponse,
    routing::{get, post},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    domain::{
        account::Role,
        brief::Brief,
        id::{DocumentId, FindingId, TalkId},
        review::suggestion::Suggested,
        talk::{Asked, Talk},
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
        service::talks,
    },
};

const READ: Needs = Needs::Membership(Role::Viewer);
const ASK: Needs = Needs::Membership(Role::Commenter);

pub const ROUTES: &[Route] = &[
    Route {
        method: "POST",
        path: "/findings/{id}/questions",
        endings: &[],
        needs: ASK,
        summary: "Ask an agent about a finding; question and answer are remarks of its discussion",
        query: &[],
        sends: Sends::Json(|| {
            object(
                &["agent", "text"],
                json!({
                    "agent": {"type": "string"},
                    "text": {"type": "string"},
                    "review": {"type": "integer", "description": "The number of the review whose texts are read; the newest that shows the finding without it"},
                }),
            )
        }),
        status: 202,
        answers: Answers::Json(|| reference("Question")),
        handler: || post(ask_about_finding),
    },
    Route {
        method: "GET",
        path: "/projects/{slug}/talks",
        endings: &[],
        needs: READ,
        summary: "A project's talks with agents about its design, newest first",
        query: PAGED,
        sends: Sends::Nothing,
        status: 200,
        answers: Answers::Json(|| page_of("Talk")),
        handler: || get(list),
    },
    Route {
        method: "POST",
        path: "/projects/{slug}/talks",
        endings: &[],
        needs: ASK,
        summary: "Ask an agent about the design as it is now; begins a talk",
        query: &[],
        sends: Sends::Json(question),
        status: 202,
        answers: Answers::Json(|| reference("Question")),
        handler: || post(begin),
    },
    Route {
        method: "GET",
        path: "/projects/{slug}/talks/{id}",
        endings: &[(".json", "application/json"), (".md", "text/markdown; charset=utf-8")],
        needs: READ,
        summary: "A talk with its questions, answers and suggestions, as JSON or as markdown",
        query: &[],
        sends: Sends::Nothing,
        status: 200,
        answers: Answers::Json(|| reference("TalkWithQuestions")),
        handler: || get(read),
    },
    Route {
        method: "POST",
        path: "/projects/{slug}/drafts",
        endings: &[],
        needs: Needs::Membership(Role::Editor),
        summary: "Have an agent draft a design for a page of requirements; the talk has its brief and suggestions",
        query: &[],
        sends: Sends::Json(|| {
            object(
                &["agent"],
                json!({
                    "agent": {"type": "string"},
                    "requirements": {"type": "string"},
                    "document": {"type": "string", "format": "uuid", "description": "The document with the requirements, where none are sent"},
                }),
            )
        }),
        status: 202,
        answers: Answers::Json(|| reference("Question")),
        handler: || post(draft),
    },
    Route {
        method: "GET",
        path: "/projects/{slug}/talks/{id}/events",
        endings: &[],
        needs: READ,
        summary: "What happens in a talk, as server-sent events `agent`, `step`, `said` and `finished`; resumes after `Last-Event-ID`",
        query: &[],
        sends: Sends::Nothing,
        status: 200,
        answers: Answers::Bytes("text/event-stream"),
        handler: || get(events::talk_events),
    },
    Route {
        method: "POST",
        path: "/projects/{slug}/talks/{id}/questions",
        endings: &[],
        needs: ASK,
        summary: "Ask once more in a talk about the design; the same texts are read",
        query: &[],
        sends: Sends::Json(question),
        status: 202,
        answers: Answers::Json(|| reference("Question")),
        handler: || post(ask_again),
    },
    Route {
        method: "POST",
        path: "/projects/{slug}/talks/{id}/stop",
        endings: &[],
        needs: ASK,
        summary: "Stop the agents that are at work on a talk; its questions stay",
        query: &[],
        sends: Sends::Nothing,
        status: 204,
        answers: Answers::Nothing,
        handler: || post(stop),
    },
];

fn question() -> Value {
    object(&["agent", "text"], json!({"agent": {"type": "string"}, "text": {"type": "string"}}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AboutFinding {
    agent: String,
    text: String,
    review: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    agent: String,
    text: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Draft {
    agent: String,
    #[serde(default)]
    requirements: String,
    document: Option<DocumentId>,
}

#[derive(Serialize)]
struct WithQuestions {
    #[serde(flatten)]
    talk: Talk,
    asked: Vec<Asked>,
    suggestions: Vec<Suggested>,
    brief: Brief,
}

/// Orders newer talks first.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Newest(std::cmp::Reverse<TalkId>);

impl std::fmt::Display for Newest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.0.fmt(f)
    }
}

async fn ask_about_finding(
    State(app): App,
    SignedIn(actor): SignedIn,
    At(id): At<FindingId>,
    Body(question): Body<AboutFinding>,
) -> Outcome {
    let asked = talks::ask_about_finding(&app, &actor, id, &question.agent, &question.text, question.review).await?;
    Ok(answer(StatusCode::ACCEPTED, &asked))
}

async fn list(State(app): App, SignedIn(actor): SignedIn, At(slug): At<String>, Ask(paging): Ask<Paging>) -> Outcome {
    let list = talks::list(&app, &actor, &slug).await?;
    let key = |talk: &Talk| Newest(std::cmp::Reverse(talk.id));
    paging.page(list.talks, key, |text| text.parse().ok().map(|id| Newest(std::cmp::Reverse(id))))
}

async fn begin(State(app): App, SignedIn(actor): SignedIn, At(slug): At<String>, Body(question): Body<Question>) -> Outcome {
    let asked = talks::ask_about_design(&app, &actor, &slug, &question.agent, &question.text).await?;
    Ok(answer(StatusCode::ACCEPTED, &asked))
}

async fn draft(State(app): App, SignedIn(actor): SignedIn, At(slug): At<String>, Body(draft): Body<Draft>) -> Outcome {
    let asked = talks::draft(&app, &actor, &slug, &draft.agent, &draft.requirements, draft.document).await?;
    Ok(answer(StatusCode::ACCEPTED, &asked))
}

async fn read(State(app): App, SignedIn(actor): SignedIn, At((slug, name)): At<(String, String)>) -> Outcome {
    let markdown = name.strip_suffix(".md");
    let id = markdown.or_else(|| name.strip_suffix(".json")).unwrap_or(&name);
    let id: TalkId = id.parse().map_err(|_| ServiceError::not_found("The talk"))?;
    if markdown.is_some() {
        let text = talks::markdown(&app, &actor, &slug, id).await?;
        let media = HeaderValue::from_static("text/markdown; charset=utf-8");
        let name = HeaderValue::from_str(&format!("attachment; filename=\"talk-{id}.md\""));
        let name = name.unwrap_or(HeaderValue::from_static("attachment"));
        return Ok(([(header::CONTENT_TYPE, media), (header::CONTENT_DISPOSITION, name)], text).into_response());
    }
    let page = talks::page(&app, &actor, &slug, id).await?;
    Ok(answer(StatusCode::OK, &WithQuestions { talk: page.talk, asked: page.asked, suggestions: page.suggestions, brief: page.brief }))
}

async fn ask_again(
    State(app): App,
    SignedIn(actor): SignedIn,
    At((slug, id)): At<(String, TalkId)>,
    Body(question): Body<Question>,
) -> Outcome {
    let asked = talks::ask_again(&app, &actor, &slug, id, &question.agent, &question.text).await?;
    Ok(answer(StatusCode::ACCEPTED, &asked))
}

async fn stop(State(app): App, SignedIn(actor): SignedIn, At((slug, id)): At<(String, TalkId)>) -> Outcome {
    talks::stop(&app, &actor, &slug, id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// The schemas of these routes.
pub fn schemas() -> Value {
    let id = || json!({"type": "string", "format": "uuid"});
    let talk = || {
        json!({
            "id": id(),
            "about": {"enum": ["finding", "design", "draft"]},
            "title": {"type": "string"},
            "started_by": {"type": "string"},
            "started_at": {"type": "integer"},
            "documents": {"type": "array", "items": {"type": "object"}, "description": "What is read, as it was frozen; empty in lists"},
            "questions": {"type": "integer"},
        })
    };
    let mut whole = talk();
    if let Some(properties) = whole.as_object_mut() {
        properties.insert("asked".to_owned(), json!({"type": "array", "items": reference("Question")}));
        properties.insert("suggestions".to_owned(), json!({"type": "array", "items": reference("Suggestion")}));
        let brief = json!({"type": "object", "additionalProperties": {"type": "string"}, "description": "Sections of a draft's brief, markdown: overview, api, data, technology, scaling"});
        properties.insert("brief".to_owned(), brief);
    }
    json!({
        "Talk": {"type": "object", "properties": talk()},
        "TalkWithQuestions": {"type": "object", "properties": whole},
        "Question": {"type": "object", "properties": {
            "talk": id(),
            "run": reference("AgentRun"),
            "finding": {"type": ["string", "null"], "format": "uuid"},
            "comment": {"type": ["string", "null"], "format": "uuid", "description": "The remark that asks"},
            "asked_by": {"type": "string"},
            "asked_at": {"type": "integer"},
            "question": {"type": "string"},
            "answer": {"type": "string", "description": "Markdown; empty until there is an answer. The run says how it stands"},
        }},
    })
}
