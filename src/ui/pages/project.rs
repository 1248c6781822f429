//! A project at a glance: its picture, its decisions, the last review, and who did what.

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use crate::{
    api::projects::{Overview, overview},
    domain::account::Role,
    ui::{
        components::{
            actions::{NewDecisionDialog, NewDiagramDialog, StartReviewButton},
            decision_table::{decision_table, entries, filtered},
            frame::{At, PageFrame, Part},
            icon::{icon, icon_of},
            identity::project_mark_large,
            import::ImportDialog,
            loading::load,
            project_parts::{activity, diagrams, last_review, members, system_card},
            workspace::shared,
        },
        paths,
        state::{
            palette::{Group, Item},
            words::decision_number,
        },
    },
};

/// How many decisions the overview lists.
const SHOWN: usize = 8;

/// `/p/{slug}`
#[component]
pub fn Project() -> impl IntoView {
    let params = use_params_map();
    let slug = Memo::new(move |_| params.with(|params| params.get("slug")).unwrap_or_default());
    let data = Resource::new_blocking(move || slug.get(), overview);
    load(data, false, move |overview| view! { <ProjectPage overview=overview reload=Callback::new(move |()| data.refetch())/> }.into_any())
}

#[component]
fn ProjectPage(overview: Overview, reload: Callback<()>) -> impl IntoView {
    let query = use_query_map();
    let Overview { now, project, members: people, diagrams: all, main_diagram, decisions, reviews, activity: events, sources } = overview;
    let slug = project.slug.clone();
    let editable = project.role >= Role::Editor;
    let here = paths::project(&slug);
    let log = entries(&decisions);
    offer(&slug, &log, &all);
    let total = log.len();
    let newest: Vec<_> = filtered(&log, None).into_iter().take(SHOWN).collect();
    let empty = all.is_empty() && total == 0;
    let imported = RwSignal::new(false);
    Effect::new(move || {
        if query.with(|query| query.get("new")).is_none() && imported.get() {
            imported.set(false);
            reload.run(());
        }
    });
    let dialogs = {
        let (slug, here) = (slug.clone(), here.clone());
        move || match query.with(|query| query.get("new")).as_deref() {
            Some("decision") => Some(view! { <NewDecisionDialog slug=slug.clone() close=here.clone()/> }.into_any()),
            Some("diagram") => Some(view! { <NewDiagramDialog slug=slug.clone() close=here.clone()/> }.into_any()),
            Some("import") => Some(view! { <ImportDialog slug=slug.clone() close=here.clone() imported=imported/> }.into_any()),
            _ => None,
        }
    };
    let menu = view! {
        <details class="pop" id="project-menu">
            <summary class="btn btn--icon" aria-label="More">{icon("more")}</summary>
            <div class="menu" role="group" aria-label="More">
                {editable
                    .then(|| {
                        view! {
                            <a class="menu__item" href=format!("{here}?new=diagram") data-noscroll>{icon("diagram")}"New diagram"</a>
                            <a class="menu__item" href=format!("{here}?new=import") data-noscroll>{icon("download")}"Import"</a>
                        }
                    })}
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
                                    <a class="btn" href=format!("{here}?new=decision") data-noscroll>{icon("decision")}"New decision"</a>
                                    {(!empty).then(|| view! { <StartReviewButton slug=slug.clone()/> })}
                                }
                            })}
                    </div>
                </div>
                {if empty {
                    view! {
                        <div class="card card--dashed empty">
                            {icon_of("icon icon--lg icon--quiet", "project")}
                            <h2 class="empty__title">"Nothing drawn yet"</h2>
                            <p class="empty__text">"A project holds diagrams and decisions. Begin with a diagram, or import a folder with a Structurizr workspace."</p>
                            {editable
                                .then(|| {
                                    view! {
                                        <div class="row">
                                            <a class="btn btn--primary" href=format!("{here}?new=diagram") data-noscroll>{icon("plus")}"New diagram"</a>
                                            <a class="btn" href=format!("{here}?new=import") data-noscroll>{icon("download")}"Import a folder"</a>
                                        </div>
                                    }
                                })}
                        </div>
                    }
                        .into_any()
                } else {
                    ().into_any()
                }}
                <div class="cols">
                    <div class="stack stack--wide">
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
                                            decision_table(&slug, &newest)
                                        }}
                                    </section>
                                }
                            })}
                    </div>
                    <div class="stack stack--wide">
                        {(!empty).then(|| last_review(&slug, &reviews))}
                        {members(&slug, &people)}
                        {activity(&events, now)}
                    </div>
                </div>
                {dialogs}
            </main>
        </PageFrame>
    }
}

/// Gives the palette the project's documents.
fn offer(slug: &str, log: &[crate::ui::components::decision_table::Entry], diagrams: &[crate::domain::project::Document]) {
    let shared = shared();
    let mut items: Vec<Item> = log
        .iter()
        .map(|entry| Item {
            group: Group::Decisions,
            icon: "decision",
            label: format!("{} {}", decision_number(entry.record.number).unwrap_or_default(), entry.record.title).trim().to_owned(),
            hint: entry.record.status.as_ref().map(|status| status.written.clone()).unwrap_or_default(),
            href: paths::decision(slug, entry.document),
        })
        .collect();
    items.extend(diagrams.iter().map(|diagram| Item {
        group: Group::Pages,
        icon: "diagram",
        label: diagram.title.clone(),
        hint: "Diagram".to_owned(),
        href: paths::diagram(slug, diagram.id),
    }));
    Effect::new(move || shared.items.set(items.clone()));
}
