//! Documents over the API: their texts, what the texts mean, and pictures of it.

use axum::{
    body::Body as Bytes,
    extract::State,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{delete, get, post, put},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    domain::{
        account::Role,
        diagnostic::{Diagnostic, LineIndex, Place},
        id::DocumentId,
        model::Model,
        project::{Document, DocumentKind, DocumentText},
        scene::svg::{Theme, embed::Embedded},
        syntax::{self, Language, Parsed, format::target::Target},
    },
    server::{
        boot::AppState,
        error::ServiceError,
        http::{
            auth::SignedIn,
            rest::{
                Answers, App, Needs, Outcome, PAGED, Route, Sends,
                request::{Ask, At, Body, Paging, json as answer, object, page_of, reference},
            },
        },
        service::{
            self,
            access::Actor,
            drawing::{self, Drawn, Look, Output},
        },
    },
};

const READ: Needs = Needs::Membership(Role::Viewer);
const EDIT: Needs = Needs::Membership(Role::Editor);
const TEXT: &str = "text/plain; charset=utf-8";
/// Carries what a text of another tool could not say, as JSON.
const FIDELITY: HeaderName = HeaderName::from_static("x-lintel-fidelity");

pub const ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/projects/{slug}/documents",
        endings: &[],
        needs: READ,
        summary: "A project's documents, in path order",
        query: PAGED,
        sends: Sends::Nothing,
        status: 200,
        answers: Answers::Json(|| page_of("Document")),
        handler: || get(list),
    },
    Route {
        method: "POST",
        path: "/projects/{slug}/documents",
        endings: &[],
        needs: EDIT,
        summary: "Create a document",
        query: &[],
        sends: Sends::Json(|| {
            object(
                &["kind", "path", "text"],
                json!({
                    "kind": {"enum": ["diagram", "decision"]},
                    "path": {"type": "string", "description": "In the project's folder: `docs/adr/0007-use-nats.md`"},
                    "text": {"type": "string"},
                    "syntax": {"enum": ["structurizr", "mermaid"], "description": "Of a diagram; known from the path without it"},
                }),
            )
        }),
        status: 201,
        answers: Answers::Json(|| reference("DocumentText")),
        handler: || post(create),
    },
    Route {
        method: "GET",
        path: "/documents/{id}",
        endings: &[],
        needs: READ,
        summary: "A document with its text as people see it now",
        query: &[],
        sends: Sends::Nothing,
        status: 200,
        answers: Answers::Json(|| reference("DocumentText")),
        handler: || get(read),
    },
    Route {
        method: "DELETE",
        path: "/documents/{id}",
        endings: &[],
        needs: EDIT,
        summary: "Delete a document; reviews keep the text they saw",
        query: &[],
        sends: Sends::Nothing,
        status: 204,
        answers: Answers::Nothing,
        handler: || delete(remove),
    },
    Route {
        method: "GET",
        path: "/documents/{id}/text",
        endings: &[],
        needs: READ,
        summary: "The text alone, as people see it now",
        query: &[],
        sends: Sends::Nothing,
        status: 200,
        answers: Answers::Bytes("text/plain"),
        handler: || get(text),
    },
    Route {
        method: "PUT",
        path: "/documents/{id}/text",
        endings: &[],
        needs: EDIT,
        summary: "Replace the text, merged as the smallest edit into what people are typing",
        query: &[],
        sends: Sends::Json(|| {
            object(
                &["text", "base_revision"],
                json!({
                    "text": {"type": "string"},
                    "base_revision": {"type": "integer", "description": "The revision the text was made from"},
                }),
            )
        }),
        status: 200,
        answers: Answers::Json(|| json!({"type": "object", "properties": {"revision": {"type": "integer"}}})),
        handler: || put(write),
    },
    Route {
        method: "GET",
        path: "/documents/{id}/model",
        endings: &[],
        needs: READ,
        summary: "What a diagram's text means: elements, relations, views, and what is to say about the text",
        query: &[],
        sends: Sends::Nothing,
        status: 200,
        answers: Answers::Json(|| reference("ParsedModel")),
        handler: || get(model),
    },
    Route {
        method: "GET",
        path: "/documents/{id}/views/{key}",
        endings: &[(".svg", "image/svg+xml"), (".png", "image/png"), (".txt", TEXT), (".mmd", TEXT), (".d2", TEXT), (".puml", TEXT)],
        needs: READ,
        summary: "One view of a diagram: as a picture, in box-drawing characters, or as Mermaid, D2 or C4-PlantUML",
        query: &[
            ("theme", "`light` (without it) or `dark`, for a picture"),
            ("legend", "`1` says below a picture what its shapes and lines mean"),
            ("source", "`0` leaves the diagram's text out of an SVG, which carries it otherwise"),
            ("width", "Columns of a drawing in characters, 40 to 1000; 100 without it"),
            ("ascii", "`1` draws with ASCII characters only"),
        ],
        sends: Sends::Nothing,
        status: 200,
        answers: Answers::Bytes("image/svg+xml"),
        handler: || get(view),
    },
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct New {
    kind: DocumentKind,
    path: String,
    text: String,
    syntax: Option<Language>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    text: String,
    base_revision: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wishes {
    theme: Option<LookTheme>,
    legend: Option<Switch>,
    source: Option<Switch>,
    width: Option<usize>,
    ascii: Option<Switch>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
enum Switch {
    #[serde(rename = "1", alias = "true")]
    On,
    #[serde(rename = "0", alias = "false")]
    Off,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum LookTheme {
    #[default]
    Light,
    Dark,
}

#[derive(Serialize)]
struct WithText {
    #[serde(flatten)]
    document: Document,
    text: String,
}

#[derive(Serialize)]
struct Meaning {
    language: Language,
    revision: i64,
    model: Model,
    diagnostics: Vec<Placed>,
}

#[derive(Serialize)]
struct Placed {
    #[serde(flatten)]
    diagnostic: Diagnostic,
    /// None when the span lies in another file.
    place: Option<Place>,
}

async fn list(State(app): App, SignedIn(actor): SignedIn, At(slug): At<String>, Ask(paging): Ask<Paging>) -> Outcome {
    let documents = service::documents::list(&app, &actor, &slug).await?;
    paging.page(documents, |document| document.path.clone(), |text| Some(text.to_owned()))
}

async fn create(State(app): App, SignedIn(actor): SignedIn, At(slug): At<String>, Body(new): Body<New>) -> Outcome {
    if new.syntax.is_some() && new.kind == DocumentKind::Decision {
        return Err(ServiceError::invalid("syntax", "Only diagrams have a syntax.").into());
    }
    let made = service::documents::create(&app, &actor, &slug, new.kind, &new.path, &new.text).await?;
    Ok(answer(StatusCode::CREATED, &WithText { document: made.document, text: made.text }))
}

async fn read(State(app): App, SignedIn(actor): SignedIn, At(id): At<DocumentId>) -> Outcome {
    let DocumentText { document, text } = service::documents::get(&app, &actor, id).await?;
    Ok(answer(StatusCode::OK, &WithText { document, text }))
}

async fn text(State(app): App, SignedIn(actor): SignedIn, At(id): At<DocumentId>) -> Outcome {
    let text = service::documents::get(&app, &actor, id).await?.text;
    Ok(file_answer("text/plain; charset=utf-8", text))
}

async fn remove(State(app): App, SignedIn(actor): SignedIn, At(id): At<DocumentId>) -> Outcome {
    service::documents::delete(&app, &actor, id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn write(State(app): App, SignedIn(actor): SignedIn, At(id): At<DocumentId>, Body(body): Body<Text>) -> Outcome {
    let revision = service::documents::put_text(&app, &actor, id, &body.text, body.base_revision).await?;
    Ok(answer(StatusCode::OK, &json!({"revision": revision})))
}

async fn model(State(app): App, SignedIn(actor): SignedIn, At(id): At<DocumentId>) -> Outcome {
    let (document, language, parsed) = parsed(&app, &actor, id).await?;
    let lines = LineIndex::new(&document.text);
    let place = |diagnostic: &Diagnostic| diagnostic.file.is_none().then(|| lines.place(diagnostic.span.start));
    let diagnostics = parsed.diagnostics.into_iter().map(|diagnostic| Placed { place: place(&diagnostic), diagnostic }).collect();
    Ok(answer(StatusCode::OK, &Meaning { language, revision: document.document.revision, model: parsed.model, diagnostics }))
}

async fn view(State(app): App, SignedIn(actor): SignedIn, At((id, file)): At<(DocumentId, String)>, Ask(wishes): Ask<Wishes>) -> Outcome {
    let (document, _, parsed) = parsed(&app, &actor, id).await?;
    let (key, ending) = file.rsplit_once('.').unwrap_or((&file, ""));
    let Some(view) = parsed.model.views.iter().find(|view| view.key == key).cloned() else {
        return Err(ServiceError::not_found("The view").into());
    };
    let output = Output::from_extension(ending).filter(|output| is_offered(*output));
    let output = output.ok_or_else(|| ServiceError::not_found("The format"))?;
    let usual = Look::default();
    let width = wishes.width.unwrap_or(usual.width);
    if !(40..=1000).contains(&width) {
        return Err(ServiceError::invalid("width", "Ask for 40 to 1000 columns.").into());
    }
    let embedded = Embedded { path: document.document.path, view: view.key.clone(), text: document.text };
    let look = Look {
        theme: match wishes.theme.unwrap_or_default() {
            LookTheme::Light => Theme::Light,
            LookTheme::Dark => Theme::Dark,
        },
        legend: wishes.legend == Some(Switch::On),
        width,
        ascii: wishes.ascii == Some(Switch::On),
        source: Some(embedded).filter(|_| wishes.source != Some(Switch::Off)),
        pins: app.store.pins(id).await.map_err(ServiceError::from)?,
    };
    let drawn = app.jobs.heavy(move || drawing::draw(output, &parsed.model, &view, &look)).await?;
    let Drawn { bytes, fidelity } = drawn.map_err(ServiceError::from)?;
    let mut response = file_answer(output.media_type(), bytes);
    if let Output::Source(_) | Output::Text = output
        && let Some(value) = serde_json::to_string(&fidelity).ok().and_then(|text| HeaderValue::from_str(&text).ok())
    {
        response.headers_mut().insert(FIDELITY, value);
    }
    Ok(response)
}

/// Whether a view is given in this form; models have an address of their own.
const fn is_offered(output: Output) -> bool {
    matches!(output, Output::Svg | Output::Png | Output::Text | Output::Source(Target::Mermaid | Target::D2 | Target::C4PlantUml))
}

/// A file that a browser may show, but not as a page of ours.
fn file_answer(media: &'static str, body: impl Into<Bytes>) -> Response {
    const INERT: HeaderValue = HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; sandbox");
    let headers = [(header::CONTENT_TYPE, HeaderValue::from_static(media)), (header::CONTENT_SECURITY_POLICY, INERT)];
    (headers, body.into()).into_response()
}

async fn parsed(app: &AppState, actor: &Actor, id: DocumentId) -> Result<(DocumentText, Language, Parsed), ServiceError> {
    let (document, sources) = service::documents::with_sources(app, actor, id).await?;
    if document.document.kind != DocumentKind::Diagram {
        return Err(ServiceError::not_found("The diagram"));
    }
    let path = document.document.path.clone();
    let language = syntax::language_of(&path, &document.text).unwrap_or(Language::Structurizr);
    let text = document.text.clone();
    let parsed = app.jobs.heavy(move || syntax::parse(language, &path, &text, &sources)).await?;
    Ok((document, language, parsed))
}

/// The schemas of these routes.
pub fn schemas() -> Value {
    let document = || {
        json!({
            "id": {"type": "string", "format": "uuid"},
            "kind": {"enum": ["diagram", "decision"]},
            "path": {"type": "string"},
            "title": {"type": "string"},
            "revision": {"type": "integer", "description": "Grows with every durable change"},
            "created_at": {"type": "integer"},
            "updated_at": {"type": "integer"},
            "updated_by": {"type": "string"},
        })
    };
    let mut with_text = document();
    if let Some(properties) = with_text.as_object_mut() {
        properties.insert("text".to_owned(), json!({"type": "string"}));
    }
    json!({
        "Document": {"type": "object", "properties": document()},
        "DocumentText": {"type": "object", "properties": with_text},
        "ParsedModel": {"type": "object", "properties": {
            "language": {"enum": ["structurizr", "mermaid"]},
            "revision": {"type": "integer"},
            "model": {"type": "object", "description": "Elements, relations and groups by key, and views; spans are byte ranges"},
            "diagnostics": {"type": "array", "items": {"type": "object", "properties": {
                "level": {"enum": ["note", "warning", "error"]},
                "code": {"type": "string"},
                "what": {"type": "string"},
                "why": {"type": "string"},
                "help": {"type": "string"},
                "file": {"type": ["string", "null"], "description": "The included file, when it is not this one"},
                "place": {"type": ["object", "null"], "properties": {"line": {"type": "integer"}, "column": {"type": "integer"}}},
            }}},
        }},
    })
}
