//! The baseline of a project: a review whose open findings its gate knows and lets be.

use std::collections::BTreeSet;

use crate::{
    domain::{
        account::Role,
        id::FindingId,
        review::{Review, ReviewStatus, finding::Finding, gate::Gate},
    },
    server::{
        boot::AppState,
        error::ServiceError,
        service::{
            access::{self, Actor},
            reviews::{happening, judged},
        },
    },
};

/// The number of the review that is the baseline.
pub async fn get(app: &AppState, actor: &Actor, slug: &str) -> Result<Option<u32>, ServiceError> {
    let project = access::project(app, actor, slug, Role::Viewer).await?.project;
    Ok(app.store.baseline(project.id).await?)
}

/// Makes a finished review the baseline, or, without a number, lets there be none. The newest review is judged again at once.
///
/// # Errors
/// `Conflict` for a review that has not finished.
pub async fn mark(app: &AppState, actor: &Actor, slug: &str, number: Option<u32>) -> Result<(), ServiceError> {
    let project = access::project(app, actor, slug, Role::Editor).await?.project;
    let review = match number {
        None => None,
        Some(number) => {
            let review = app.store.review(project.id, number).await?.ok_or_else(|| ServiceError::not_found("The review"))?;
            if review.status != ReviewStatus::Finished {
                return Err(ServiceError::conflict(format!("Review {number} has not finished. Only one that has can be the baseline.")));
            }
            Some(review.id)
        }
    };
    let known = match review {
        Some(review) => app.store.open_in(review).await?,
        None => BTreeSet::new(),
    };
    let newest = match app.store.newest_review(project.id).await?.filter(|newest| newest.gate.is_some()) {
        None => None,
        Some(newest) => {
            let findings = app.store.review_findings(newest.id).await?;
            let states: Vec<_> = findings.iter().map(|one| (&one.finding, one.state, one.change)).collect();
            let newest = knowing(newest, &known, findings.iter().map(|one| (one.id, &one.finding)));
            Some(judged(newest, &states))
        }
    };
    let what = match number {
        Some(number) => format!("made review {number} the baseline of"),
        None => "took back the baseline of".to_owned(),
    };
    let page = format!("/p/{slug}/reviews");
    let happening = happening(app, actor, &project, &what, (&project.name, &page));
    Ok(app.store.mark_baseline(review, newest.as_ref(), &happening).await?)
}

/// The review with what its gate knows of its findings.
pub(super) fn knowing<'a>(review: Review, known: &BTreeSet<FindingId>, findings: impl Iterator<Item = (FindingId, &'a Finding)>) -> Review {
    let known = findings.filter(|(id, _)| known.contains(id)).map(|(_, finding)| finding.fingerprint.clone()).collect();
    let gate = review.gate.map(|gate| Gate { known, ..gate });
    Review { gate, ..review }
}
