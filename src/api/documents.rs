//! Documents: what the diagram and decision pages show, and making new ones.

use std::collections::BTreeMap;

use leptos::{prelude::*, server_fn::codec::Json};
use serde::{Deserialize, Serialize};

use crate::{
    api::{
        ApiError,
        decisions::Standing,
        notes::{DecisionNote, ElementNote, FindingNote},
    },
    domain::{
        id::DocumentId,
        moment::Moment,
        project::{Document, DocumentText, Project},
        review::live::Opening,
        scene::pins::AllPins,
        syntax::{
            Language,
            assist::questions::Question,
            gesture::{Gesture, Outcome, Refusal},
        },
    },
};

/// Everything the diagram page shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DiagramPage {
    pub now: Moment,
    pub project: Project,
    pub diagram: DocumentText,
    /// Other diagrams of the project.
    pub siblings: Vec<Document>,
    /// Decisions that link elements.
    pub decisions: Vec<DecisionNote>,
    /// Of the newest finished review, those that point into this diagram.
    pub findings: Vec<FindingNote>,
    /// The newest finished review's number.
    pub last_review: Option<u32>,
    /// Other files of the project that the text may include, by path.
    pub sources: BTreeMap<String, String>,
    /// Places that people gave to elements: `view/element`, then x and y in px.
    pub pins: AllPins,
}

/// Everything the decision page shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DecisionPage {
    pub now: Moment,
    pub project: Project,
    pub decision: DocumentText,
    /// The whole log, this one included, in path order.
    pub log: Vec<DocumentText>,
    /// The elements of the project's diagrams.
    pub elements: Vec<ElementNote>,
    /// The pages of the project's diagrams by path.
    pub diagrams: BTreeMap<String, String>,
    /// Of the newest finished review, those that point into this decision.
    pub findings: Vec<FindingNote>,
    pub last_review: Option<u32>,
    pub standing: Standing,
}

/// A pasted text of some diagram format, as a text that is edited here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recognised {
    /// What it was, in words: `C4-PlantUML`.
    pub format: String,
    /// What the new text is in.
    pub language: Language,
    /// The usual ending of a file with the new text, without the dot.
    pub extension: String,
    pub text: String,
    /// Places of elements that the text brought along: `view/element`, then x and y in px.
    pub pins: AllPins,
    /// What was not carried over as it was, one line each.
    pub remarks: Vec<String>,
}

/// Says what a pasted text is and gives it in a language that is edited here; none when it is in no known format.
#[server(prefix = "/fn", endpoint = "convert")]
pub async fn convert(text: String) -> Result<Option<Recognised>, ApiError> {
    use crate::server::{error::answer, http::auth, service};
    answer(service::conversion::convert(&auth::app()?, &auth::signed_in()?, None, text).await)
}

#[server(prefix = "/fn", endpoint = "diagram")]
pub async fn diagram(slug: String, document: DocumentId) -> Result<DiagramPage, ApiError> {
    use crate::server::{error::answer, http::auth, service};
    answer(service::documents::diagram_page(&auth::app()?, &auth::signed_in()?, &slug, document).await)
}

#[server(prefix = "/fn", endpoint = "decision")]
pub async fn decision(slug: String, document: DocumentId) -> Result<DecisionPage, ApiError> {
    use crate::server::{error::answer, http::auth, service};
    answer(service::documents::decision_page(&auth::app()?, &auth::signed_in()?, &slug, document).await)
}

/// Creates a diagram with a minimal workspace of the given name and leads to it.
#[server(prefix = "/fn", endpoint = "new_diagram")]
pub async fn new_diagram(slug: String, name: String) -> Result<(), ApiError> {
    use crate::server::{error::answer, http::auth, service};
    let made = answer(service::documents::new_diagram(&auth::app()?, &auth::signed_in()?, &slug, &name).await)?;
    leptos_axum::redirect(&format!("/p/{slug}/diagrams/{}", made.id));
    Ok(())
}

/// Deletes a document and leads to the project, or to the log for a decision.
#[server(prefix = "/fn", endpoint = "delete_document")]
pub async fn delete_document(slug: String, document: DocumentId) -> Result<(), ApiError> {
    use crate::{
        domain::project::DocumentKind,
        server::{error::answer, http::auth, service},
    };
    let kind = answer(service::documents::delete(&auth::app()?, &auth::signed_in()?, document).await)?;
    match kind {
        DocumentKind::Diagram => leptos_axum::redirect(&format!("/p/{slug}")),
        DocumentKind::Decision => leptos_axum::redirect(&format!("/p/{slug}/decisions")),
    }
    Ok(())
}

/// Replaces a document's text without JavaScript: merged as the smallest edit into what people are typing.
#[server(prefix = "/fn", endpoint = "save_text")]
pub async fn save_text(document: DocumentId, text: String, base_revision: i64) -> Result<i64, ApiError> {
    use crate::server::{error::answer, http::auth, service};
    answer(service::documents::put_text(&auth::app()?, &auth::signed_in()?, document, &text, base_revision).await)
}

/// The edits by which a diagram's text, as the caller's editor has it, says what a gesture means. Changes nothing: the editor
/// makes the edits, so that they are the person's own and can be undone.
#[server(name = AskGesture, prefix = "/fn", endpoint = "gesture", input = Json)]
pub async fn gesture(document: DocumentId, text: String, gesture: Gesture) -> Result<Result<Outcome, Refusal>, ApiError> {
    use crate::server::{error::answer, http::auth, service};
    answer(service::documents::gesture(&auth::app()?, &auth::signed_in()?, document, text, gesture).await)
}

/// What the source editor asks about a diagram's text as it has it: JSON as `domain::syntax::assist::questions` gives it, or
/// nothing where there is nothing to say.
#[server(name = AskAssist, prefix = "/fn", endpoint = "assist", input = Json)]
pub async fn assist(document: DocumentId, text: String, question: Question) -> Result<Option<String>, ApiError> {
    use crate::server::{error::answer, http::auth, service};
    answer(service::documents::assist(&auth::app()?, &auth::signed_in()?, document, text, question).await)
}

/// What the rules need to run in the browser while people type in a diagram.
#[server(name = AskOpening, prefix = "/fn", endpoint = "opening", input = Json)]
pub async fn opening(document: DocumentId) -> Result<Opening, ApiError> {
    use crate::server::{error::answer, http::auth, service};
    answer(service::reviews::opening::opening(&auth::app()?, &auth::signed_in()?, document).await)
}
