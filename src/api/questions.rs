//! Questions: facts that no text states, answered in the text; and fixes that are worked out on demand.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    api::ApiError,
    domain::{
        id::{DocumentId, FindingId},
        moment::Moment,
        project::Project,
        review::questions::QuestionCard,
    },
};

/// Everything the page of questions shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct QuestionsPage {
    pub now: Moment,
    pub project: Project,
    /// What most depends on comes first.
    pub cards: Vec<QuestionCard>,
    /// Elements with questions that are not among the cards.
    pub more: usize,
    /// Questions in all.
    pub open: usize,
}

#[server(name = LoadQuestions, prefix = "/fn", endpoint = "questions")]
pub async fn questions(slug: String) -> Result<QuestionsPage, ApiError> {
    use crate::server::{error::answer, http::auth, service};
    answer(service::mends::questions(&auth::app()?, &auth::signed_in()?, &slug).await)
}

/// Writes an answer into a text. `about` is the subject as JSON; `choice` is `yes`, `planned`, `no`, `not-applicable` (with the
/// reason in `value`) or `value`.
#[server(prefix = "/fn", endpoint = "answer_question")]
pub async fn answer_question(
    document: DocumentId,
    about: String,
    fact: String,
    choice: String,
    value: Option<String>,
) -> Result<(), ApiError> {
    use crate::{
        domain::review::questions::answer::{Answer, Answered},
        server::{error::answer, http::auth, service},
    };
    let value = value.unwrap_or_default();
    let said = match choice.as_str() {
        "yes" => Answer::Yes,
        "planned" => Answer::Planned,
        "no" => Answer::No,
        "not-applicable" => Answer::NotApplicable { reason: value },
        "value" => Answer::Value { value },
        _ => return Err(ApiError::Invalid { field: "choice".to_owned(), problem: "Choose an answer.".to_owned() }),
    };
    let Ok(about) = serde_json::from_str(&about) else {
        return Err(ApiError::Invalid { field: "about".to_owned(), problem: "Reload the page and answer again.".to_owned() });
    };
    answer(service::mends::answer_question(&auth::app()?, &auth::signed_in()?, document, Answered { about, fact, answer: said }).await)
}

/// Works out what can be done about a finding; the suggestions stand with it then.
#[server(prefix = "/fn", endpoint = "suggest_fixes")]
pub async fn suggest_fixes(slug: String, number: u32, finding: FindingId) -> Result<(), ApiError> {
    use crate::server::{error::answer, http::auth, service};
    answer(service::mends::suggest_fixes(&auth::app()?, &auth::signed_in()?, &slug, number, finding).await).map(|_| ())
}
