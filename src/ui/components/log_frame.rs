//! What the tabs of a decision log have in common: the page's head, the search, and the tabs with their counts.

use leptos::prelude::*;

use crate::{
    api::decision_log::LogHead,
    domain::account::Role,
    ui::{
        components::{
            actions::NewDecisionDialog,
            frame::{At, PageFrame, Part},
            icon::icon,
        },
        paths,
    },
};

/// A tab of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tab {
    List,
    Timeline,
    Graph,
    Index,
    Doctor,
}

impl Tab {
    const ALL: [Self; 5] = [Self::List, Self::Timeline, Self::Graph, Self::Index, Self::Doctor];

    const fn name(self) -> &'static str {
        match self {
            Self::List => "List",
            Self::Timeline => "Timeline",
            Self::Graph => "Graph",
            Self::Index => "Index files",
            Self::Doctor => "Doctor",
        }
    }

    fn page(self, slug: &str) -> String {
        match self {
            Self::List => paths::decisions(slug),
            Self::Timeline => paths::log_timeline(slug),
            Self::Graph => paths::log_graph(slug),
            Self::Index => paths::log_index(slug),
            Self::Doctor => paths::log_doctor(slug),
        }
    }
}

/// A page of the log around one tab's content.
#[component]
pub fn LogFrame(
    head: LogHead,
    tab: Tab,
    /// Asks for a new decision above the list.
    #[prop(optional)]
    making: bool,
    children: Children,
) -> impl IntoView {
    let LogHead { project, total, faults, stale_indexes, .. } = head;
    let slug = project.slug.clone();
    let editor = project.role >= Role::Editor;
    let home = paths::decisions(&slug);
    let new = format!("{home}?new=decision");
    let title = if tab == Tab::List {
        format!("Decisions · {}", project.name)
    } else {
        format!("{} · Decisions · {}", tab.name(), project.name)
    };
    let here = if tab == Tab::List { ("Decisions".to_owned(), None) } else { ("Decisions".to_owned(), Some(home.clone())) };
    let mut crumbs = vec![("Projects".to_owned(), Some(paths::HOME.to_owned())), (project.name.clone(), Some(paths::project(&slug))), here];
    if tab != Tab::List {
        crumbs.push((tab.name().to_owned(), None));
    }
    let tabs: Vec<AnyView> = Tab::ALL
        .into_iter()
        .map(|one| {
            let (count, what) = match one {
                Tab::Index => (stale_indexes, " out of date"),
                Tab::Doctor => (faults, " faults"),
                _ => (0, ""),
            };
            let badge = (count > 0).then(|| view! { <span class="count">{count}<span class="sr-only">{what}</span></span> });
            view! { <a class="tab" href=one.page(&slug) aria-current=(one == tab).then_some("page")>{one.name()}{badge}</a> }.into_any()
        })
        .collect();
    let dialog = (making && editor).then(|| view! { <NewDecisionDialog slug=slug.clone() close=home.clone()/> });
    view! {
        <PageFrame title=title crumbs=crumbs at=At::Project(slug.clone(), Part::Decisions)>
            <main class="page" id="main">
                <div class="page__head">
                    <div>
                        <h1>"Decisions"</h1>
                        <p class="page__lede">{format!("What was decided about {}, why, and what came of it.", project.name)}</p>
                    </div>
                    <div class="page__actions">
                        <a class="btn" href=paths::search(Some(&slug))>{icon("search")}"Search"</a>
                        {editor.then(|| view! { <a class="btn btn--primary" href=new.clone()>{icon("plus")}"New decision"</a> })}
                    </div>
                </div>
                <nav class="tabs log__tabs" aria-label="Decision log">{tabs}</nav>
                {if total == 0 {
                    view! {
                        <div class="card card--dashed empty">
                            <p class="empty__title">"No decisions yet"</p>
                            <p class="empty__text">"Start with the choice you argued about last."</p>
                            {editor.then(|| view! { <a class="btn" href=new>{icon("plus")}"New decision"</a> })}
                        </div>
                    }
                        .into_any()
                } else {
                    children().into_any()
                }}
                {dialog}
            </main>
        </PageFrame>
    }
}
