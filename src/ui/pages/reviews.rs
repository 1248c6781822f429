//! A project's reviews, newest first.

use leptos::{form::ActionForm, prelude::*};

use crate::{
    api::reviews::{ReviewList, ReviewParts, StartReview, review_parts, reviews},
    domain::{
        account::Role,
        moment::Moment,
        review::{Review, ReviewStatus},
    },
    ui::{
        components::{
            forms::{FormProblem, Submit, answer},
            frame::{At, PageFrame, Part},
            icon::icon,
            loading::{asked, load, segment},
            review::{part::PartDialog, trend::trend},
            status::{severity_counts, verdict_badge},
        },
        paths,
    },
};

/// `/p/{slug}/reviews?part=1`
#[component]
pub fn Reviews() -> impl IntoView {
    let (slug, choosing) = (segment("slug"), asked("part").is_some());
    let data = async move {
        let data = reviews(slug.clone()).await?;
        let parts = if choosing && data.project.role >= Role::Editor { Some(review_parts(slug).await?) } else { None };
        Ok((data, parts))
    };
    load(data, |(data, parts)| view! { <ReviewsPage data=data parts=parts/> }.into_any())
}

#[component]
fn ReviewsPage(
    data: ReviewList,
    /// What there is to choose from, where that is asked for.
    parts: Option<ReviewParts>,
) -> impl IntoView {
    let ReviewList { now, project, reviews, trend: counts, baseline } = data;
    let mut finished: Vec<u32> =
        reviews.iter().filter(|review| review.status == ReviewStatus::Finished).take(24).map(|review| review.number).collect();
    finished.reverse();
    let course = trend(&counts, &finished);
    let start = ServerAction::<StartReview>::new();
    let answer = answer(start);
    let may_start = project.role >= Role::Editor;
    let count = reviews.len();
    let slug = project.slug.clone();
    let rows: Vec<AnyView> = reviews.iter().map(|review| row(&slug, review, baseline == Some(review.number), now)).collect();
    let part_href = paths::with_query(&paths::reviews(&slug), &[("part", Some("1"))]);
    let dialog = parts.map(|parts| view! { <PartDialog slug=slug.clone() close=paths::reviews(&slug) parts=parts action=start/> });
    let crumbs = vec![
        ("Projects".to_owned(), Some(paths::HOME.to_owned())),
        (project.name.clone(), Some(paths::project(&slug))),
        ("Reviews".to_owned(), None),
    ];
    view! {
        <PageFrame title=format!("Reviews · {}", project.name) crumbs=crumbs at=At::Project(slug.clone(), Part::Reviews)>
            <main class="page" id="main">
                <div class="page__head">
                    <div>
                        <h1>"Reviews"</h1>
                        <p class="page__lede">"Each review freezes the documents, runs the rules over them and compares with the review before."</p>
                    </div>
                    {may_start
                        .then(|| {
                            view! {
                                <div class="page__actions">
                                    <a class="btn" href=part_href>"Review a part"</a>
                                    <ActionForm action=start>
                                        <input type="hidden" name="slug" value=slug.clone()/>
                                        <Submit id="start-review">{icon("review")}"Start review"</Submit>
                                    </ActionForm>
                                </div>
                            }
                        })}
                </div>
                <FormProblem answer=answer/>
                {if count == 0 {
                    view! {
                        <div class="card card--dashed empty">
                            <h2 class="empty__title">"No reviews yet"</h2>
                            <p class="empty__text">"Start one when there is a diagram or a decision to look at. It takes a moment and needs no network."</p>
                        </div>
                    }
                        .into_any()
                } else {
                    view! {
                        <div class="card card--flush">
                            <div class="table-wrap" tabindex="0" role="region" aria-label="Reviews table">
                                <table class="table">
                                    <thead>
                                        <tr>
                                            <th scope="col">"Review"</th>
                                            <th scope="col">"Verdict"</th>
                                            <th scope="col" class="col-num">"Score"</th>
                                            <th scope="col" class="hide-sm">"Findings"</th>
                                            <th scope="col" class="hide-sm">"Started by"</th>
                                            <th scope="col">"When"</th>
                                        </tr>
                                    </thead>
                                    <tbody>{rows}</tbody>
                                </table>
                            </div>
                        </div>
                    }
                        .into_any()
                }}
                {course}
            </main>
            {dialog}
        </PageFrame>
    }
}

fn row(slug: &str, review: &Review, baseline: bool, now: Moment) -> AnyView {
    let verdict = review.verdict.map_or_else(|| view! { <span class="muted">{status_words(review)}</span> }.into_any(), verdict_badge);
    let score = review.verdict.map(|_| review.score);
    view! {
        <tr>
            <td>
                <a class="link" href=paths::review(slug, review.number)>{format!("Review {}", review.number)}</a>
                {baseline.then(|| view! { " "<span class="tag" title="The gate lets be what was open in it">"Baseline"</span> })}
                {review.scope.words().map(|scope| view! { <span class="step__note">{scope}</span> })}
            </td>
            <td>{verdict}</td>
            <td class="col-num num">{score}</td>
            <td class="hide-sm">{severity_counts(review.counts, false)}</td>
            <td class="hide-sm">{review.started_by.clone()}</td>
            <td class="nowrap muted">
                <time datetime=review.started_at.rfc3339()>{review.started_at.ago(now)}</time>
            </td>
        </tr>
    }
    .into_any()
}

/// What stands in for the verdict of a review that has none.
pub fn status_words(review: &Review) -> &'static str {
    use ReviewStatus::{Cancelled, Failed, Finished, Running};
    match review.status {
        Running => "Running",
        Cancelled => "Cancelled",
        Failed => "Interrupted",
        Finished => "Finished",
    }
}
