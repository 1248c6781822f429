//! The start page: projects with their verdicts, and ways to begin one.

use leptos::{form::ActionForm, prelude::*};
use leptos_router::hooks::use_query_map;

use crate::{
    api::projects::{CreateProject, Home as HomeData, OpenSample, RestoreProject, home},
    domain::{
        moment::Moment,
        project::{Project, ProjectCard},
    },
    ui::{
        components::{
            dialogs::AddressDialog,
            forms::{Field, FormProblem, Submit, answer},
            frame::{At, PageFrame},
            icon::icon,
            identity::project_mark,
            inbox::{inbox, waiting_words},
            loading::{around, load},
            status::{severity_counts, verdict_badge},
        },
        paths,
    },
};

/// `/`
#[component]
pub fn Home() -> impl IntoView {
    load(home(), |data| view! { <HomePage data=data/> }.into_any())
}

#[component]
fn HomePage(data: HomeData) -> impl IntoView {
    let query = use_query_map();
    let parameter = move |name: &'static str| query.with(|query| query.get(name));
    let filter = move || parameter("q").unwrap_or_default();
    let HomeData { now, projects, plates, deleted, waiting } = data;
    let lede = waiting_words(&waiting);
    let (waits, waiting) = (!waiting.is_empty(), inbox(&waiting, now));
    let count = projects.len();
    let empty = projects.is_empty();
    let cards = StoredValue::new(projects);
    let plates = StoredValue::new(plates);
    let list = move || {
        let wanted = filter().to_lowercase();
        let shown: Vec<AnyView> = cards.with_value(|cards| {
            cards
                .iter()
                .filter(|card| wanted.is_empty() || card.project.name.to_lowercase().contains(&wanted))
                .map(|card| project_card(card, plates.with_value(|plates| plates.get(&card.project.id).cloned()), now))
                .collect()
        });
        shown
    };
    let greeting = around().person.map_or_else(|| "Projects".to_owned(), |person| format!("Projects of {}", person.name));
    view! {
        <PageFrame title="Projects" crumbs=vec![("Home".to_owned(), None)] at=At::Home>
            <main class="page" id="main">
                <div class="page__head">
                    <div>
                        <h1>{greeting}</h1>
                        <p class="page__lede">
                            {match lede {
                                Some(lede) => lede,
                                None if empty => "Bring a system you know, or look at the sample first.".to_owned(),
                                None => "Every system under design that you are a member of.".to_owned(),
                            }}
                        </p>
                    </div>
                    <div class="page__actions">
                        <a class="btn" href="/?new=sample">{icon("template")}"Open sample"</a>
                        <a class="btn btn--primary" href="/?new=project">{icon("plus")}"New project"</a>
                    </div>
                </div>
                {move || (parameter("welcome").is_some() || empty).then(welcome)}
                {waiting}
                <section class=if waits { "section" } else { "section section--first" } aria-labelledby="projects-title">
                    <div class="section__head">
                        <h2 id="projects-title">"All projects"</h2>
                        <span class="count">{count}</span>
                        {(count > 3)
                            .then(|| {
                                view! {
                                    <form class="section__tools" method="get" action="/" role="search">
                                        <label class="input-wrap home-filter">
                                            <span class="sr-only">"Filter projects"</span>
                                            {icon("search")}
                                            <input class="input" type="search" name="q" placeholder="Filter projects" value=filter/>
                                        </label>
                                    </form>
                                }
                            })}
                    </div>
                    <ul class="grid grid--3">
                        {list}
                        <li class="card card--dashed empty proj-new">
                            <svg class="empty__art" viewBox="0 0 120 60" fill="none" stroke="currentColor" stroke-width="1.5" aria-hidden="true">
                                <path d="M14 14h92" stroke-width="5" stroke-linecap="square"></path>
                                <path d="M30 24v26M90 24v26" stroke-width="5" stroke-linecap="square"></path>
                                <path d="M42 50h36" stroke-dasharray="3 4"></path>
                            </svg>
                            <h3 class="empty__title">"Start a project"</h3>
                            <p class="empty__text">"Begin empty, then draw, write, or import a folder with a Structurizr workspace and its decisions."</p>
                            <a class="btn btn--sm" href="/?new=project">{icon("plus")}"New project"</a>
                        </li>
                    </ul>
                </section>
                {(!deleted.is_empty()).then(|| view! { <Deleted projects=deleted now=now/> })}
                {move || match parameter("new").as_deref() {
                    Some("project") => Some(view! { <NewProject/> }.into_any()),
                    Some("sample") => Some(view! { <Sample/> }.into_any()),
                    _ => None,
                }}
            </main>
        </PageFrame>
    }
}

fn project_card(card: &ProjectCard, plate: Option<String>, now: Moment) -> AnyView {
    let project = &card.project;
    let decisions = if card.decisions == 1 { "1 ADR".to_owned() } else { format!("{} ADRs", card.decisions) };
    let diagrams = if card.diagrams == 1 { "1 diagram".to_owned() } else { format!("{} diagrams", card.diagrams) };
    let members = if card.members == 1 { "Only you".to_owned() } else { format!("{} members", card.members) };
    view! {
        <li class="card card--link card--flush proj">
            {match plate {
                Some(picture) => view! { <div class="proj__plate" inner_html=picture></div> }.into_any(),
                None => view! { <div class="proj__plate proj__plate--bare"><p class="muted">"Nothing drawn yet"</p></div> }.into_any(),
            }}
            <div class="proj__body">
                <div class="row">
                    {project_mark(&project.slug, &project.name)}
                    <h3 class="truncate"><a class="card__cover" href=paths::project(&project.slug)>{project.name.clone()}</a></h3>
                </div>
                {(!project.description.is_empty()).then(|| view! { <p class="proj__desc">{project.description.clone()}</p> })}
                <div class="proj__stats">
                    {match card.verdict {
                        Some(verdict) => {
                            view! {
                                {verdict_badge(verdict)}
                                {severity_counts(card.counts, false)}
                            }
                                .into_any()
                        }
                        None => view! { <span class="muted">"Not reviewed yet"</span> }.into_any(),
                    }}
                    <span class="muted push nowrap">{diagrams}", "{decisions}</span>
                </div>
            </div>
            <div class="card__foot">
                <span>{members}</span>
                <span class="push">{format!("Changed {}", project.updated_at.ago(now))}</span>
            </div>
        </li>
    }
    .into_any()
}

fn welcome() -> AnyView {
    view! {
        <section class="welcome" aria-labelledby="welcome-title">
            <h2 class="sr-only" id="welcome-title">"Two ways to begin"</h2>
            <ul class="grid grid--2">
                <li class="card card__body stack">
                    <h3>"Open the sample project"</h3>
                    <p class="soft">"An order and payments platform with a decision log, seeded flaws and a finished review. Press Review and look around."</p>
                    <OpenSampleForm/>
                </li>
                <li class="card card__body stack">
                    <h3>"Import a folder"</h3>
                    <p class="soft">
                        "Bring a zip of a repository folder: workspace.dsl, docs/adr and what lies beside them. Name the project first, then choose the file on its page."
                    </p>
                    <p><a class="btn" href="/?new=project">{icon("download")}"Name the project"</a></p>
                </li>
            </ul>
        </section>
    }
    .into_any()
}

#[component]
fn OpenSampleForm() -> impl IntoView {
    let action = ServerAction::<OpenSample>::new();
    view! {
        <ActionForm action=action>
            <FormProblem answer=answer(action)/>
            <Submit class="btn">{icon("template")}"Open the sample project"</Submit>
        </ActionForm>
    }
}

#[component]
fn Sample() -> impl IntoView {
    let action = ServerAction::<OpenSample>::new();
    view! {
        <AddressDialog title="Open the sample project" id="sample" close=paths::HOME>
            <ActionForm action=action>
                <div class="dialog__body stack">
                    <FormProblem answer=answer(action)/>
                    <p>"Makes a project of your own with an order and payments platform, its decision log and a finished review. Change what you like."</p>
                </div>
                <div class="dialog__foot">
                    <a class="btn" href=paths::HOME>"Cancel"</a>
                    <Submit>"Open sample"</Submit>
                </div>
            </ActionForm>
        </AddressDialog>
    }
}

#[component]
fn NewProject() -> impl IntoView {
    let action = ServerAction::<CreateProject>::new();
    let answer = answer(action);
    view! {
        <AddressDialog title="New project" id="new-project" close=paths::HOME>
            <ActionForm action=action>
                <div class="dialog__body stack">
                    <FormProblem answer=answer fields=&["name", "description"]/>
                    <Field label="Name" name="name" class="input" placeholder="Order and payments platform" autofocus=true answer=answer/>
                    <Field
                        label="Description"
                        name="description"
                        class="input"
                        required=false
                        hint="One sentence: what the system does, for whom."
                        answer=answer
                    />
                </div>
                <div class="dialog__foot">
                    <a class="btn" href=paths::HOME>"Cancel"</a>
                    <Submit>"Create project"</Submit>
                </div>
            </ActionForm>
        </AddressDialog>
    }
}

#[component]
fn Deleted(projects: Vec<Project>, now: Moment) -> impl IntoView {
    let action = ServerAction::<RestoreProject>::new();
    let rows: Vec<AnyView> = projects
        .into_iter()
        .map(|project| {
            let when = project.deleted_at.map(|at| format!("Deleted {}", at.ago(now))).unwrap_or_default();
            view! {
                <li class="setrow">
                    {project_mark(&project.slug, &project.name)}
                    <div class="grow"><b>{project.name.clone()}</b><p class="muted">{when}". It can be recovered for 30 days."</p></div>
                    <ActionForm action=action>
                        <input type="hidden" name="slug" value=project.slug.clone()/>
                        <button class="btn btn--sm" type="submit">{icon("undo")}"Recover"</button>
                    </ActionForm>
                </li>
            }
            .into_any()
        })
        .collect();
    view! {
        <section class="section" aria-labelledby="deleted-title">
            <div class="section__head"><h2 id="deleted-title">"Deleted projects"</h2></div>
            <FormProblem answer=answer(action)/>
            <ul class="card card--flush">{rows}</ul>
        </section>
    }
}
