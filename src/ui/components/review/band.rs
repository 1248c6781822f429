//! The verdict, the score and the bars by category across the top of a review.

use leptos::prelude::*;

use crate::{
    api::reviews::ReviewPage,
    domain::review::{Review, ReviewStatus},
    ui::{
        components::{
            icon::icon,
            status::{meter, score_delta, spark, verdict_mark},
        },
        state::scores::by_category,
    },
};

/// The band across the top.
pub fn band(page: &ReviewPage) -> AnyView {
    let review = &page.review;
    let (mark, word) = match (review.status, review.verdict) {
        (ReviewStatus::Running, _) => (
            view! { <span class="verdict__mark verdict__mark--busy"><span class="step__ring" aria-hidden="true"></span></span> }.into_any(),
            "Review in progress",
        ),
        (_, Some(verdict)) => (verdict_mark(verdict), verdict.name()),
        (ReviewStatus::Cancelled, None) => (plain_mark("stop"), "Review cancelled"),
        (_, None) => (plain_mark("sev-high"), "Review interrupted"),
    };
    let finished = review.verdict.is_some();
    view! {
        <header class="rev__band">
            <div class="verdict" role="status">
                {mark}
                <div>
                    <h2 class="verdict__word">{word}</h2>
                    <p class="verdict__sub">{summary(review)}</p>
                    {gate(review)}
                </div>
            </div>
            {finished.then(|| score(page))}
            {finished.then(|| categories(page))}
        </header>
    }
    .into_any()
}

fn plain_mark(name: &'static str) -> AnyView {
    view! { <span class="verdict__mark">{icon(name)}</span> }.into_any()
}

/// Why the verdict is what it is, and what was looked at.
fn summary(review: &Review) -> String {
    let documents = match review.documents.len() {
        1 => "1 document".to_owned(),
        count => format!("{count} documents"),
    };
    let rules = review.completeness.rules_run.len();
    match review.status {
        ReviewStatus::Running => format!("Review {} reads {documents}.", review.number),
        ReviewStatus::Failed => format!("Review {} did not finish. The documents are untouched; run it again.", review.number),
        _ if !review.scope.is_project() => {
            let scope = review.scope.words().unwrap_or_default();
            let reason = review.verdict_reason.trim_end_matches('.');
            let before = if reason.is_empty() { String::new() } else { format!("{reason}. ") };
            format!("{before}Review {} of {scope} by {rules} rules; what lies outside is as it was.", review.number)
        }
        _ if review.verdict_reason.is_empty() => format!("Review {} of {documents} by {rules} rules", review.number),
        _ => format!("{}. Review {} of {documents} by {rules} rules.", review.verdict_reason.trim_end_matches('.'), review.number),
    }
}

/// Whether what the project has agreed on holds; nothing where nothing is agreed on.
fn gate(review: &Review) -> Option<AnyView> {
    let said = review.gate.as_ref().filter(|_| review.verdict.is_some())?.result.sentence();
    Some(view! { <p class="verdict__sub">{format!("Gate: {said}.")}</p> }.into_any())
}

fn score(page: &ReviewPage) -> AnyView {
    let base = page.base.as_ref().filter(|base| base.verdict.is_some()).map(|base| (base.number, base.score));
    view! {
        <div class="rev__score">
            <div>
                <p class="score">{page.review.score}<small>" / 100"</small></p>
                {score_delta(page.review.score, base)}
            </div>
            {spark(&page.scores)}
        </div>
    }
    .into_any()
}

fn categories(page: &ReviewPage) -> AnyView {
    let bars: Vec<AnyView> = by_category(&page.review, &page.findings)
        .into_iter()
        .map(|(category, score)| view! { <li class="meter">{meter(category.name().to_owned(), score, None)}</li> }.into_any())
        .collect();
    view! { <ul class="rev__cats" aria-label="Scores by category">{bars}</ul> }.into_any()
}
