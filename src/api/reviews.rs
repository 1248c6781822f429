//! Reviews: start one, read one, decide on its findings, discuss them.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    api::ApiError,
    domain::{
        id::FindingId,
        moment::Moment,
        project::{DocumentKind, Project},
        review::{FindingState, Review, ReviewFinding, ReviewedDocument},
    },
};

/// Everything the list of reviews shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReviewList {
    pub now: Moment,
    pub project: Project,
    /// Newest first.
    pub reviews: Vec<Review>,
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
    /// The texts as they were reviewed.
    pub texts: Vec<FrozenText>,
    pub sources: std::collections::BTreeMap<String, String>,
}

#[server(prefix = "/fn", endpoint = "reviews")]
pub async fn reviews(slug: String) -> Result<ReviewList, ApiError> {
    use crate::server::{error::answer, http::auth, service};
    answer(service::reviews::list(&auth::app()?, &auth::signed_in()?, &slug).await)
}

#[server(name = LoadReview, prefix = "/fn", endpoint = "review")]
pub async fn review(slug: String, number: u32) -> Result<ReviewPage, ApiError> {
    use crate::server::{error::answer, http::auth, service};
    answer(service::reviews::page(&auth::app()?, &auth::signed_in()?, &slug, number).await)
}

/// Starts a review of the whole project and leads to its page.
#[server(prefix = "/fn", endpoint = "start_review")]
pub async fn start_review(slug: String) -> Result<(), ApiError> {
    use crate::{
        domain::review::Profile,
        server::{error::answer, http::auth, service},
    };
    let review = answer(service::reviews::start(&auth::app()?, &auth::signed_in()?, &slug, None, Profile::Default).await)?;
    leptos_axum::redirect(&format!("/p/{slug}/reviews/{}", review.number));
    Ok(())
}

/// Decides on a finding; some states need a reason.
#[server(prefix = "/fn", endpoint = "set_finding_state")]
pub async fn set_finding_state(finding: FindingId, state: FindingState, reason: Option<String>) -> Result<(), ApiError> {
    use crate::server::{error::answer, http::auth, service};
    let reason = reason.unwrap_or_default();
    answer(service::reviews::set_state(&auth::app()?, &auth::signed_in()?, finding, state, &reason).await)
}

/// Adds a remark to a finding.
#[server(prefix = "/fn", endpoint = "comment_finding")]
pub async fn comment_finding(finding: FindingId, body: String) -> Result<(), ApiError> {
    use crate::server::{error::answer, http::auth, service};
    answer(service::reviews::comment(&auth::app()?, &auth::signed_in()?, finding, &body).await)
}

/// The review as markdown: the same bytes as `/api/v1/projects/{slug}/reviews/{number}.md`.
#[server(prefix = "/fn", endpoint = "review_markdown")]
pub async fn review_markdown(slug: String, number: u32) -> Result<String, ApiError> {
    use crate::server::{error::answer, http::auth, service};
    answer(service::reviews::markdown(&auth::app()?, &auth::signed_in()?, &slug, number).await)
}
