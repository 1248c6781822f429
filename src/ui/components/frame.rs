//! The frame of a signed-in page: sidebar, top bar and what belongs to the person. Works as a drawer on small screens, without
//! JavaScript through the address's fragment.

use leptos::{form::ActionForm, prelude::*};
use leptos_meta::Title;

use crate::{
    api::{people::SignOut, projects::Navigation},
    domain::project::ProjectCard,
    ui::{
        components::{
            icon::{icon, icon_of},
            identity::{avatar, project_mark},
            loading::around,
        },
        paths,
    },
};

/// Where a page is, for the sidebar's marks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum At {
    Home,
    Catalogue,
    Settings,
    Project(String, Part),
    #[default]
    Elsewhere,
}

/// The part of a project a page shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Overview,
    Diagrams,
    Decisions,
    Reviews,
    Talks,
    Settings,
    Search,
}

/// A step of the way to the page: its words, and its address unless it is the page itself.
pub type Crumb = (String, Option<String>);

/// Sidebar and top bar around a page's content.
#[component]
pub fn PageFrame(
    /// The document's title.
    #[prop(into)]
    title: String,
    crumbs: Vec<Crumb>,
    #[prop(optional)] at: At,
    /// The narrow sidebar of the editors; such pages never scroll as a whole.
    #[prop(optional)]
    rail: bool,
    /// The bundle of the page's live parts, if it has any; links on its own path keep them.
    #[prop(optional)]
    live: Option<&'static str>,
    /// Beside the crumbs: the save state.
    #[prop(optional)]
    status: Option<AnyView>,
    #[prop(optional)] actions: Option<AnyView>,
    children: Children,
) -> impl IntoView {
    let around = around();
    let crumbs: Vec<AnyView> = crumbs
        .into_iter()
        .map(|(words, href)| match href {
            Some(href) => view! { <li class="crumbs__far"><a href=href>{words}</a></li> }.into_any(),
            None => view! { <li><span aria-current="page">{words}</span></li> }.into_any(),
        })
        .collect();
    view! {
        <Title text=title/>
        <div class=if rail { "app app--rail app--fixed" } else { "app" } data-nav="closed" data-live=live>
            <a class="skip-link" href="#main" rel="external">"Skip to content"</a>
            <nav class="sidebar" id="nav" aria-label="Workspace">
                <div class="sidebar__in">
                    <a class="brand" href=paths::HOME aria-label="Lintel, home">
                        <span class="brand__mark">{icon("logo")}</span>
                        <span class="brand__name">"Lintel"</span>
                    </a>
                    <button class="search-trigger js-only" type="button" aria-label="Search or jump to" data-act="dialog" data-target="palette">
                        {icon("search")}
                        <span>"Search or jump to"</span>
                        <kbd class="kbd">"⌘K"</kbd>
                    </button>
                    <div class="nav">
                        {item(paths::HOME, "home", "Home", at == At::Home)}
                        {item(paths::CATALOGUE, "catalogue", "Catalogue", at == At::Catalogue)}
                        {item(paths::SETTINGS, "settings", "Settings", at == At::Settings)}
                    </div>
                    {projects(&around, &at)}
                    <a class="btn btn--sm nav-close" href="#main" rel="external">"Close navigation"</a>
                </div>
            </nav>
            <button class="app__scrim" type="button" aria-label="Close navigation" tabindex="-1" data-act="drawer"></button>
            <div class="app__main">
                <header class="topbar">
                    <a
                        class="btn btn--ghost btn--icon topbar__menu"
                        href="#nav"
                        rel="external"
                        role="button"
                        aria-label="Open navigation"
                        data-act="drawer"
                    >
                        {icon_of("icon icon--lg", "menu")}
                    </a>
                    <nav class="crumbs" aria-label="Breadcrumb">
                        <ol>{crumbs}</ol>
                    </nav>
                    {status}
                    <div class="topbar__actions">
                        {actions}
                        <button
                            class="btn btn--ghost btn--icon topbar__theme js-only"
                            type="button"
                            aria-label="Switch theme"
                            title="Switch theme"
                            data-act="theme"
                        >
                            {icon("theme")}
                        </button>
                        {account(&around)}
                    </div>
                </header>
                {children()}
            </div>
        </div>
    }
}

fn item(href: &'static str, name: &'static str, label: &'static str, current: bool) -> AnyView {
    view! {
        <a class="nav__item" href=href title=label aria-current=current.then_some("page")>
            {icon(name)}
            <span class="nav__label">{label}</span>
        </a>
    }
    .into_any()
}

fn projects(navigation: &Navigation, at: &At) -> AnyView {
    let rows: Vec<AnyView> = navigation.projects.iter().map(|card| project(card, at)).collect();
    let version = format!("Lintel {}", navigation.version);
    view! {
        <div class="nav nav--projects">
            {(!rows.is_empty()).then(|| view! { <div class="nav__title"><span>"Projects"</span></div> })}
            {rows}
        </div>
        <div class="sidebar__foot">
            <div class="sidebar__server" title=version.clone()>
                <span class="dot" aria-hidden="true"></span>
                <span>{version.clone()}</span>
            </div>
        </div>
    }
    .into_any()
}

fn project(card: &ProjectCard, at: &At) -> AnyView {
    let project = &card.project;
    let part = match at {
        At::Project(slug, part) if *slug == project.slug => Some(*part),
        _ => None,
    };
    let sub = |href: String, label: &'static str, count: Option<u32>, own: Part| {
        view! {
            <a class="nav__item" href=href aria-current=(part == Some(own)).then_some("page")>
                <span class="nav__label">{label}</span>
                {count.map(|count| view! { <span class="nav__count">{count}</span> })}
            </a>
        }
    };
    view! {
        <a
            class="nav__item"
            href=paths::project(&project.slug)
            title=project.name.clone()
            aria-current=(part == Some(Part::Overview)).then_some("page")
        >
            {project_mark(&project.slug, &project.name)}
            <span class="nav__label">{project.name.clone()}</span>
        </a>
        {part
            .is_some()
            .then(|| {
                view! {
                    <div class="nav nav--sub">
                        {sub(format!("{}#diagrams", paths::project(&project.slug)), "Diagrams", Some(card.diagrams), Part::Diagrams)}
                        {sub(paths::decisions(&project.slug), "Decisions", Some(card.decisions), Part::Decisions)}
                        {sub(paths::reviews(&project.slug), "Reviews", Some(card.reviews), Part::Reviews)}
                        {sub(paths::talks(&project.slug), "Talks", None, Part::Talks)}
                        {sub(paths::project_settings(&project.slug), "Project settings", None, Part::Settings)}
                    </div>
                }
            })}
    }
    .into_any()
}

fn account(navigation: &Navigation) -> Option<AnyView> {
    let person = navigation.person.as_ref()?;
    let sign_out = ServerAction::<SignOut>::new();
    Some(
        view! {
            <details class="pop" id="account">
                <summary class="account" aria-label=format!("Account of {}", person.name)>
                    {avatar(&person.name, "")}
                </summary>
                <div class="menu" role="group" aria-label="Account">
                    <div class="menu__label">{person.name.clone()}<br/>{person.email.clone()}</div>
                    <a class="menu__item" href=paths::SETTINGS>{icon("settings")}"Settings"</a>
                    <button class="menu__item js-only" type="button" data-act="dialog" data-target="shortcuts">
                        {icon("template")}
                        "Shortcuts"
                        <kbd class="kbd">"?"</kbd>
                    </button>
                    <button class="menu__item js-only" type="button" data-act="theme">
                        {icon("theme")}
                        "Switch theme"
                    </button>
                    <div class="menu__sep"></div>
                    <ActionForm action=sign_out>
                        <button class="menu__item" type="submit" data-act="forget">
                            {icon("sign-out")}
                            "Sign out"
                        </button>
                    </ActionForm>
                </div>
            </details>
        }
        .into_any(),
    )
}
