//! A project at a glance: its picture, its decisions, the last review, and who did what.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::{
    api::{
        notices::{Notice, notice},
        projects::{Overview, overview},
    },
    domain::account::Role,
    ui::{
        components::{
            actions::{NewDecisionDialog, NewDiagramDialog, StartReviewButton},
            decision_table::decision_table,
            frame::{At, PageFrame, Part},
            icon::{icon, icon_of},
            identity::project_mark_large,
            import::ImportDialog,
            loading::{asked, load, segment},
            project_parts::{activity, diagrams, last_review, members, system_card},
        },
        paths,
    },
};

/// `/p/{slug}`
#[component]
pub fn Project() -> impl IntoView {
    let (slug, number) = (segment("slug"), asked("notice"));
    load(async { Ok((overview(slug).await?, notice(number).await?)) }, |(overview, notice)| {
        view! { <ProjectPage overview=overview notice=notice/> }.into_any()
    })
}

#[component]
fn ProjectPage(overview: Overview, notice: Option<Notice>) -> impl IntoView {
    let query = use_query_map();
    let Overview { now, project, members: people, diagrams: all, main_diagram, decisions, total, reviews, activity: events, sources } =
        overview;
    let slug = project.slug.clone();
    let editable = project.role >= Role::Editor;
    let here = paths::project(&slug);
    let empty = all.is_empty() && total == 0;
    let dialog = match query.with(|query| query.get("new")).as_deref() {
        Some("decision") => Some(view! { <NewDecisionDialog slug=slug.clone() close=here.clone()/> }.into_any()),
        Some("diagram") => Some(view! { <NewDiagramDialog slug=slug.clone() close=here.clone()/> }.into_any()),
        Some("import") => Some(view! { <ImportDialog slug=slug.clone() close=here.clone() notice=notice/> }.into_any()),
        _ => None,
    };
    let menu = view! {
        <details class="pop" id="project-menu">
            <summary class="btn btn--icon" aria-label="More">{icon("more")}</summary>
            <div class="menu" role="group" aria-label="More">
                {editable
                    .then(|| {
                        view! {
                            <a class="menu__item" href=format!("{here}?new=diagram")>{icon("diagram")}"New diagram"</a>
                            <a class="menu__item" href=format!("{here}?new=import")>{icon("download")}"Import"</a>
                            <a class="menu__item" href=paths::draft(&slug)>{icon("edit")}"Draft with the architect"</a>
                        }
                    })}
                <a class="menu__item" href=paths::talks(&slug)>{icon("agent")}"Ask an agent"</a>
                <a class="menu__item" href=paths::export_project(&slug) download="">{icon("export")}"Export as zip"</a>
                <div class="menu__sep"></div>
                <a class="menu__item" href=paths::project_settings(&slug)>{icon("settings")}"Project settings"</a>
            </div>
        </details>
    };
    view! {
        <PageFrame
            title=project.name.clone()
            crumbs=vec![("Projects".to_owned(), Some(paths::HOME.to_owned())), (project.name.clone(), None)]
            at=At::Project(slug.clone(), Part::Overview)
        >
            <main class="page" id="main">
                <div class="page__head">
                    <div>
                        <div class="page__title">{project_mark_large(&slug, &project.name)}<h1>{project.name.clone()}</h1></div>
                        {(!project.description.is_empty()).then(|| view! { <p class="page__lede">{project.description.clone()}</p> })}
                    </div>
                    <div class="page__actions">
                        {menu}
                        {editable
                            .then(|| {
                                view! {
                                    <a class="btn" href=format!("{here}?new=decision")>{icon("decision")}"New decision"</a>
                                    {(!empty).then(|| view! { <StartReviewButton slug=slug.clone()/> })}
                                }
                            })}
                    </div>
                </div>
                <div class="cols">
                    <div class="stack stack--wide">
                        {empty
                            .then(|| {
                                view! {
                                    <div class="card card--dashed empty">
                                        {icon_of("icon icon--lg icon--quiet", "project")}
                                        <h2 class="empty__title">"Nothing drawn yet"</h2>
                                        <p class="empty__text">"A project holds diagrams and decisions. Begin with a diagram, or import a folder with a Structurizr workspace."</p>
                                        {editable
                                            .then(|| {
                                                view! {
                                                    <div class="row">
                                                        <a class="btn btn--primary" href=format!("{here}?new=diagram")>{icon("plus")}"New diagram"</a>
                                                        <a class="btn" href=format!("{here}?new=import")>{icon("download")}"Import a folder"</a>
                                                        <a class="btn" href=paths::draft(&slug)>{icon("agent")}"Draft with the architect"</a>
                                                    </div>
                                                }
                                            })}
                                    </div>
                                }
                            })}
                        {main_diagram.map(|diagram| system_card(&slug, &diagram, &sources, now))}
                        {(!all.is_empty()).then(|| diagrams(&slug, &all, now, editable))}
                        {(!empty)
                            .then(|| {
                                view! {
                                    <section class="card card--flush" aria-labelledby="log-title">
                                        <div class="card__head">
                                            <h2 id="log-title">"Decision log"</h2>
                                            <span class="count">{total}</span>
                                            <a class="btn btn--sm push" href=paths::decisions(&slug)>"All decisions"</a>
                                        </div>
                                        {if total == 0 {
                                            view! { <p class="card__body muted">"No decisions yet. Start with the choice you argued about last."</p> }.into_any()
                                        } else {
                                            decision_table(&slug, &decisions, false)
                                        }}
                                    </section>
                                }
                            })}
                    </div>
                    <div class="stack stack--wide">
                        {(!empty).then(|| last_review(&slug, &reviews))}
                        {members(&slug, &people, project.role == Role::Owner)}
                        {activity(&events, now)}
                    </div>
                </div>
                {dialog}
            </main>
        </PageFrame>
    }
}
