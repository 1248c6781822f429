//! Reviews: start one, read one, decide on what agents suggest.

use std::collections::BTreeMap;

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    api::ApiError,
    domain::{
        account::Member,
        agent::proposal::wording::Wording,
        id::{DocumentId, FindingId, SuggestionId},
        moment::Moment,
        project::{DocumentKind, Project},
        review::{
            Review, ReviewFinding, ReviewedDocument,
            agents::AgentRun,
            cause::DocumentChange,
            finding::Category,
            suggestion::{ChangePicture, Suggested},
        },
        scene::ghosts::Ghosts,
        talk::Asked,
    },
};

/// Everything the list of reviews shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReviewList {
    pub now: Moment,
    pub project: Project,
    /// Newest first.
    pub reviews: Vec<Review>,
    /// Findings that counted when each of the newest reviews ended, by category, oldest first: review and number.
    pub trend: BTreeMap<Category, Vec<(u32, u32)>>,
    /// The number of the review whose open findings the gate knows.
    pub baseline: Option<u32>,
}

/// What there is to choose from for a review of a part of a project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewParts {
    /// With their paths.
    pub documents: Vec<(DocumentId, String)>,
    /// The diagram, the view's key, and both in words.
    pub views: Vec<(DocumentId, String, String)>,
    /// Numbers of finished reviews, newest first.
    pub reviews: Vec<u32>,
}

/// A frozen text of a review.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FrozenText {
    pub reviewed: ReviewedDocument,
    pub kind: DocumentKind,
    pub text: String,
}

/// Everything the review page shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReviewPage {
    pub now: Moment,
    pub project: Project,
    pub review: Review,
    pub base: Option<Review>,
    /// Score of each finished review up to this one, oldest first, with its number.
    pub scores: Vec<(u32, u32)>,
    /// In the review's order; fixed ones last.
    pub findings: Vec<ReviewFinding>,
    /// What is different from the review that this one is compared with; empty where there is none.
    pub changes: Vec<DocumentChange>,
    /// Why findings are new or gone, in words, where a change of the design explains it.
    pub causes: BTreeMap<FindingId, String>,
    /// The texts as they were reviewed.
    pub texts: Vec<FrozenText>,
    pub sources: BTreeMap<String, String>,
    /// What agents did, in the order they were asked.
    pub runs: Vec<AgentRun>,
    pub suggestions: Vec<Suggested>,
    /// Those that change diagrams, drawn.
    pub pictures: Vec<ChangePicture>,
    /// What agents were asked about its findings, oldest first.
    pub asked: Vec<Asked>,
    /// Agents that can be asked.
    pub agents: Vec<AgentChoice>,
    /// A provider of models is set up and may be used for this project.
    pub provider: bool,
    /// To whom findings can be given; empty for readers who may not.
    pub members: Vec<Member>,
    /// The number of the review whose open findings the gate knows.
    pub baseline: Option<u32>,
}

/// An agent to choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentChoice {
    pub handle: String,
    /// What it is for, one sentence.
    pub card: String,
    /// The project asks it with each review.
    pub always: bool,
}

#[server(prefix = "/fn", endpoint = "reviews")]
pub async fn reviews(slug: String) -> Result<ReviewList, ApiError> {
    use crate::server::{error::answer, http::auth, service};
    answer(service::reviews::list(&auth::app()?, &auth::signed_in()?, &slug).await)
}

/// A review; `open` is the finding that the page shows first.
#[server(name = LoadReview, prefix = "/fn", endpoint = "review")]
pub async fn review(slug: String, number: u32, open: Option<FindingId>) -> Result<ReviewPage, ApiError> {
    use crate::server::{error::answer, http::auth, service};
    answer(service::reviews::page(&auth::app()?, &auth::signed_in()?, &slug, number, open).await)
}

/// What there is to choose from for a review of a part.
#[server(name = LoadReviewParts, prefix = "/fn", endpoint = "review_parts")]
pub async fn review_parts(slug: String) -> Result<ReviewParts, ApiError> {
    use crate::server::{error::answer, http::auth, service};
    answer(service::reviews::scope::parts(&auth::app()?, &auth::signed_in()?, &slug).await)
}

/// Makes a review the baseline, or, without a number, lets there be none.
#[server(prefix = "/fn", endpoint = "mark_baseline")]
pub async fn mark_baseline(slug: String, #[server(default)] number: Option<u32>) -> Result<(), ApiError> {
    use crate::server::{error::answer, http::auth, service};
    answer(service::reviews::baseline::mark(&auth::app()?, &auth::signed_in()?, &slug, number).await)
}

/// Starts a review and leads to its page. Agents are named by the form that chooses them; without one, those that the project
/// always asks take part. `part` says what is judged: `documents`, `view` (`document/key`) or `changed`; without it everything.
#[server(prefix = "/fn", endpoint = "start_review")]
pub async fn start_review(
    slug: String,
    #[server(default)] agents: Option<Vec<String>>,
    #[server(default)] part: String,
    #[server(default)] documents: Vec<DocumentId>,
    #[server(default)] view: String,
    #[server(default)] since: Option<u32>,
) -> Result<(), ApiError> {
    use crate::server::{
        error::{ServiceError, answer},
        http::auth,
        service::{
            self,
            reviews::{Order, scope::Part},
        },
    };
    let viewed = view.split_once('/').and_then(|(document, key)| Some((document.parse().ok()?, key)));
    let part = match (part.as_str(), viewed, since) {
        ("documents", ..) if documents.is_empty() => {
            return answer(Err(ServiceError::invalid("documents", "Choose at least one document.")));
        }
        ("documents", ..) => Part::Documents(&documents),
        ("view", Some((document, key)), _) => Part::View(document, key),
        ("view", None, _) => return answer(Err(ServiceError::invalid("view", "Choose a view."))),
        ("changed", _, Some(since)) => Part::ChangedSince(since),
        ("changed", _, None) => return answer(Err(ServiceError::invalid("changed_since", "Choose a review."))),
        _ => Part::All,
    };
    let order = Order { agents: agents.as_deref(), part, ..Order::default() };
    let review = answer(service::reviews::start(&auth::app()?, &auth::signed_in()?, &slug, order).await)?;
    leptos_axum::redirect(&format!("/p/{slug}/reviews/{}", review.number));
    Ok(())
}

/// The review as markdown: the same bytes as `/api/v1/projects/{slug}/reviews/{number}.md`.
#[server(prefix = "/fn", endpoint = "review_markdown")]
pub async fn review_markdown(slug: String, number: u32) -> Result<String, ApiError> {
    use crate::server::{error::answer, http::auth, service};
    answer(service::reviews::markdown(&auth::app()?, &auth::signed_in()?, &slug, number).await)
}

/// Says something to the agents of a running review.
#[server(prefix = "/fn", endpoint = "steer_agents")]
pub async fn steer_agents(slug: String, number: u32, text: String) -> Result<(), ApiError> {
    use crate::server::{error::answer, http::auth, service};
    answer(service::reviews::steer(&auth::app()?, &auth::signed_in()?, &slug, number, &text).await)
}

/// Stops a running review; what was found by then is kept.
#[server(prefix = "/fn", endpoint = "stop_review")]
pub async fn stop_review(slug: String, number: u32) -> Result<(), ApiError> {
    use crate::server::{error::answer, http::auth, service};
    answer(service::reviews::cancel(&auth::app()?, &auth::signed_in()?, &slug, number).await).map(|_| ())
}

/// A suggestion over the diagram that it would change, as that is now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Over {
    pub suggested: Suggested,
    pub ghosts: Option<Ghosts>,
    /// What it does, such as `adds 2 elements`.
    pub words: String,
    /// Why there is nothing to see.
    pub problem: String,
    /// The page that it comes from.
    pub back: String,
}

#[server(name = LoadOver, prefix = "/fn", endpoint = "suggestion_over")]
pub async fn suggestion_over(document: DocumentId, suggestion: SuggestionId, view: Option<String>) -> Result<Over, ApiError> {
    use crate::server::{error::answer, http::auth, service::agent_runs::suggestions};
    answer(suggestions::over(&auth::app()?, &auth::signed_in()?, document, suggestion, view).await)
}

/// A suggestion with the words that can be changed.
#[server(name = LoadWording, prefix = "/fn", endpoint = "suggestion_wording")]
pub async fn suggestion_wording(suggestion: SuggestionId) -> Result<(Suggested, Vec<Wording>), ApiError> {
    use crate::server::{error::answer, http::auth, service::agent_runs::suggestions};
    answer(suggestions::wording(&auth::app()?, &auth::signed_in()?, suggestion).await)
}

/// Puts a suggestion in other words and leads back. What can't be applied is there again, with what is wrong with it.
#[server(prefix = "/fn", endpoint = "change_suggestion")]
pub async fn change_suggestion(suggestion: SuggestionId, here: String, #[server(default)] texts: Vec<String>) -> Result<(), ApiError> {
    use crate::{
        api::notices::Notice,
        server::{
            error::answer,
            http::auth::{self, local_path},
            service::{agent_runs::suggestions, notices},
        },
    };
    let (app, actor) = (auth::app()?, auth::signed_in()?);
    let here = local_path(&here);
    match answer(suggestions::change(&app, &actor, suggestion, &texts).await) {
        Ok(_) => leptos_axum::redirect(here),
        Err(error) => {
            let joint = if here.contains('?') { '&' } else { '?' };
            let text = serde_json::to_string(&texts).unwrap_or_default();
            let notice = Notice::Typed { form: suggestion.to_string(), text, error };
            leptos_axum::redirect(&notices::leave(&app, &actor, &format!("{here}{joint}change={suggestion}"), notice));
        }
    }
    Ok(())
}

/// Accepts or rejects a suggestion, or takes the decision back.
#[server(prefix = "/fn", endpoint = "decide_suggestion")]
pub async fn decide_suggestion(suggestion: SuggestionId, decision: String) -> Result<(), ApiError> {
    use crate::server::{
        error::answer,
        http::auth,
        service::agent_runs::suggestions::{accept, reject, take_back},
    };
    let (app, actor) = (auth::app()?, auth::signed_in()?);
    let decided = match decision.as_str() {
        "accept" => accept(&app, &actor, suggestion).await,
        "reject" => reject(&app, &actor, suggestion, "").await,
        _ => take_back(&app, &actor, suggestion).await,
    };
    answer(decided).map(|_| ())
}
