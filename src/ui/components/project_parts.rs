//! Cards of the project's overview: the picture, the last review, activity, members, diagrams.

use leptos::prelude::*;

use crate::{
    domain::{
        account::Member,
        model::view::choose,
        moment::Moment,
        project::{Activity, Document, DocumentText},
        review::{Review, ReviewStatus},
        syntax::{Language, Sources, language_of, parse},
    },
    ui::{
        components::{
            diagram_parts::{scene_of, still},
            icon::icon,
            identity::{avatar, avatar_beside},
            status::{score_delta, severity_counts, spark, verdict_mark},
        },
        paths,
        state::{
            views,
            words::{self, count, scores},
        },
    },
};

/// The main diagram's picture with links to its other views.
pub fn system_card(slug: &str, diagram: &DocumentText, sources: &Sources, now: Moment) -> AnyView {
    let document = &diagram.document;
    let language = language_of(&document.path, &diagram.text).unwrap_or(Language::Structurizr);
    let model = parse(language, &document.path, &diagram.text, sources).model;
    let page = paths::diagram(slug, document.id);
    let edited = format!("Edited {} by {}", document.updated_at.ago(now), document.updated_by);
    let Some(view) = choose(&model, None) else { return ().into_any() };
    let scene = scene_of(&model, view);
    let title = views::title(&model, view);
    let size = format!("{}, {}", count(scene.shapes.len(), "element"), count(scene.connectors.len(), "connection"));
    let others: Vec<AnyView> = model
        .views
        .iter()
        .filter(|other| other.key != view.key)
        .take(4)
        .map(|other| {
            let href = paths::diagram_at(slug, document.id, Some(&other.key), None);
            view! { <a class="tag" href=href>{icon("diagram")}<span class="truncate">{views::title(&model, other)}</span></a> }.into_any()
        })
        .collect();
    let picture = still(&scene, "o-", std::collections::BTreeMap::new());
    view! {
        <section class="card card--flush card--link" aria-labelledby="system-title">
            <div class="card__head">
                <h2 id="system-title" class="truncate">{title}</h2>
                <span class="muted hide-sm nowrap">{size}</span>
                <a class="btn btn--sm push card__cover" href=page>"Open diagram"</a>
            </div>
            <div class="sysmap" inner_html=picture></div>
            <div class="card__foot card__foot--above">{others}<span class="push">{edited}</span></div>
        </section>
    }
    .into_any()
}

/// The newest finished review, or the way to the first.
pub fn last_review(slug: &str, reviews: &[Review]) -> AnyView {
    let running = reviews.iter().find(|review| review.status == ReviewStatus::Running);
    let Some(review) = reviews.iter().find(|review| review.status == ReviewStatus::Finished) else {
        return view! {
            <section class="card" aria-labelledby="review-title">
                <div class="card__head"><h2 id="review-title">"Last review"</h2></div>
                <div class="card__body">
                    <p class="muted">{if running.is_some() { "The first review is running." } else { "Not reviewed yet. A review runs every rule over the diagrams and decisions and takes about a second." }}</p>
                </div>
            </section>
        }
        .into_any();
    };
    let base = review.base.and_then(|number| reviews.iter().find(|other| other.number == number)).map(|base| (base.number, base.score));
    let when = review.finished_at.unwrap_or(review.started_at).long_date();
    view! {
        <section class="card" aria-labelledby="review-title">
            <div class="card__head">
                <h2 id="review-title">"Last review"</h2>
                <a class="btn btn--sm push" href=paths::review(slug, review.number)>"Open"</a>
            </div>
            <div class="card__body stack stack--wide">
                <div class="verdict">
                    {review.verdict.map(verdict_mark)}
                    <div>
                        <p class="verdict__word">{review.verdict.map_or("No verdict", crate::domain::review::Verdict::name)}</p>
                        <p class="verdict__sub">{format!("Review {}, {when}", review.number)}</p>
                    </div>
                </div>
                <div class="row row--between row--end">
                    <div>
                        <p class="score">{review.score}<small>" / 100"</small></p>
                        {score_delta(review.score, base)}
                    </div>
                    {spark(&scores(reviews))}
                </div>
                {severity_counts(review.counts, true)}
                {(!review.verdict_reason.is_empty()).then(|| view! { <p class="soft">{review.verdict_reason.clone()}</p> })}
            </div>
        </section>
    }
    .into_any()
}

/// What happened, newest first.
pub fn activity(activity: &[Activity], now: Moment) -> AnyView {
    let rows: Vec<AnyView> = activity
        .iter()
        .take(12)
        .map(|event| {
            let subject = event.subject.clone().map(|(name, page)| view! { " " <a href=page>{name}</a> });
            view! {
                <li class="feed__item">
                    {avatar_beside(&event.who, "")}
                    <div><b>{event.who.clone()}</b>" "{event.what.clone()}{subject}<time datetime=event.at.rfc3339()>{event.at.ago(now)}</time></div>
                </li>
            }
            .into_any()
        })
        .collect();
    view! {
        <section class="card" aria-labelledby="activity-title">
            <div class="card__head"><h2 id="activity-title">"Activity"</h2></div>
            <div class="card__body">
                {if rows.is_empty() {
                    view! { <p class="muted">"Nothing has happened yet."</p> }.into_any()
                } else {
                    view! { <ol class="feed">{rows}</ol> }.into_any()
                }}
            </div>
        </section>
    }
    .into_any()
}

/// Who works on it, and the way to all of them; owners manage them there.
pub fn members(slug: &str, members: &[Member], owner: bool) -> AnyView {
    let rows: Vec<AnyView> = members
        .iter()
        .take(8)
        .map(|member| {
            view! { <li>{avatar(&member.name, " avatar--sm")}<span class="grow truncate">{member.name.clone()}</span><span class="muted">{words::role(member.role)}</span></li> }
                .into_any()
        })
        .collect();
    view! {
        <section class="card" aria-labelledby="members-title">
            <div class="card__head">
                <h2 id="members-title">"Members"</h2>
                <span class="count">{members.len()}</span>
                <a class="btn btn--sm push" href=paths::project_settings(slug)>{if owner { "Manage" } else { "All members" }}</a>
            </div>
            <div class="card__body"><ul class="votes">{rows}</ul></div>
        </section>
    }
    .into_any()
}

/// All diagrams of the project.
pub fn diagrams(slug: &str, diagrams: &[Document], now: Moment, editable: bool) -> AnyView {
    let rows: Vec<AnyView> = diagrams
        .iter()
        .map(|diagram| {
            view! {
                <li>
                    <a class="inbox__row" href=paths::diagram(slug, diagram.id)>
                        <span class="inbox__mark">{icon("diagram")}</span>
                        <span class="grow"><b>{diagram.title.clone()}</b><span class="inbox__ctx mono">{diagram.path.clone()}</span></span>
                        <span class="inbox__by"><span>{diagram.updated_at.ago(now)}</span></span>
                    </a>
                </li>
            }
            .into_any()
        })
        .collect();
    view! {
        <section class="card card--flush" id="diagrams" aria-labelledby="diagrams-title">
            <div class="card__head">
                <h2 id="diagrams-title">"Diagrams"</h2>
                <span class="count">{diagrams.len()}</span>
                {editable
                    .then(|| {
                        view! {
                            <a class="btn btn--sm push" href=format!("{}?new=diagram", paths::project(slug))>{icon("plus")}"New diagram"</a>
                        }
                    })}
            </div>
            <ul class="inbox">{rows}</ul>
        </section>
    }
    .into_any()
}
