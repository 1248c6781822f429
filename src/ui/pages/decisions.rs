//! The decision log of a project, by status.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::{
    api::documents::{DecisionLog, decision_log},
    domain::{account::Role, decision::status::Status},
    ui::{
        components::{
            actions::NewDecisionDialog,
            decision_table::{Entry, decision_table, entries, filtered},
            frame::{At, PageFrame, Part},
            icon::icon,
            loading::{load, segment},
        },
        paths,
    },
};

/// `/p/{slug}/decisions?status=…`
#[component]
pub fn Decisions() -> impl IntoView {
    load(decision_log(segment("slug")), |data| view! { <DecisionsPage data=data/> }.into_any())
}

#[component]
fn DecisionsPage(data: DecisionLog) -> impl IntoView {
    let query = use_query_map();
    let status = Memo::new(move |_| query.with(|query| query.get("status")).and_then(|status| Status::from_slug(&status)));
    let DecisionLog { project, decisions, .. } = data;
    let slug = project.slug.clone();
    let log = StoredValue::new(entries(&decisions));
    let total = decisions.len();
    let editor = project.role >= Role::Editor;
    let home = paths::decisions(&slug);
    let new = format!("{home}?new=decision");
    let filters = {
        let home = home.clone();
        move || filters(&log.get_value(), status.get(), &home)
    };
    let table = {
        let slug = slug.clone();
        move || {
            let shown = filtered(&log.get_value(), status.get());
            if shown.is_empty() {
                view! { <p class="card__body muted">"No decision has this status."</p> }.into_any()
            } else {
                decision_table(&slug, &shown)
            }
        }
    };
    let dialog = {
        let (slug, home) = (slug.clone(), home.clone());
        move || {
            (query.with(|query| query.get("new")).as_deref() == Some("decision"))
                .then(|| view! { <NewDecisionDialog slug=slug.clone() close=home.clone()/> })
        }
    };
    view! {
        <PageFrame
            title=format!("Decisions · {}", project.name)
            crumbs=vec![
                ("Projects".to_owned(), Some(paths::HOME.to_owned())),
                (project.name.clone(), Some(paths::project(&slug))),
                ("Decisions".to_owned(), None),
            ]
            at=At::Project(slug.clone(), Part::Decisions)
        >
            <main class="page" id="main">
                <div class="page__head">
                    <div>
                        <h1>"Decisions"</h1>
                        <p class="page__lede">{format!("What was decided about {}, why, and what came of it.", project.name)}</p>
                    </div>
                    {editor
                        .then(|| {
                            view! {
                                <div class="page__actions">
                                    <a class="btn btn--primary" href=new.clone()>{icon("plus")}"New decision"</a>
                                </div>
                            }
                        })}
                </div>
                {if total == 0 {
                    view! {
                        <div class="card card--dashed empty">
                            <p class="empty__title">"No decisions yet"</p>
                            <p class="empty__text">"No decisions yet. Start with the choice you argued about last."</p>
                            {editor.then(|| view! { <a class="btn" href=new>{icon("plus")}"New decision"</a> })}
                        </div>
                    }
                        .into_any()
                } else {
                    view! {
                        <section class="card card--flush" aria-label="Decision log">
                            <nav class="filterbar" aria-label="Filter by status">{filters}</nav>
                            {table}
                        </section>
                    }
                        .into_any()
                }}
                {dialog}
            </main>
        </PageFrame>
    }
}

fn filters(log: &[Entry], chosen: Option<Status>, home: &str) -> Vec<AnyView> {
    let all = view! {
        <a class="filter filter--text" href=home.to_owned() aria-current=chosen.is_none().then_some("true")>{format!("All {}", log.len())}</a>
    };
    let each = Status::ALL.into_iter().filter_map(|status| {
        let count = log.iter().filter(|entry| entry.record.known_status() == Some(status)).count();
        let href = format!("{home}?status={}", status.slug());
        (count > 0 || chosen == Some(status)).then(|| {
            view! {
                <a class="filter" href=href aria-current=(chosen == Some(status)).then_some("true")>
                    {icon(&format!("st-{}", status.slug()))}
                    {format!("{} {count}", status.name())}
                </a>
            }
            .into_any()
        })
    });
    std::iter::once(all.into_any()).chain(each).collect()
}
