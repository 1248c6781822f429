//! Full-text search: decisions, diagrams and findings that have the words, in one project or in all of the reader's.

use leptos::prelude::*;

use crate::{
    api::search::{ResultGroup, SearchPage, SearchResult, search},
    domain::{
        decision::status::Status,
        search::{Kind, Piece},
    },
    ui::{
        components::{
            frame::{At, PageFrame, Part},
            icon::icon,
            loading::{asked, load, segment},
            status::{noted_status, state_badge},
        },
        paths,
        state::words::{count, decision_number},
    },
};

/// `/p/{slug}/search?q=…`
#[component]
pub fn SearchInProject() -> impl IntoView {
    load(search(Some(segment("slug")), asked("q").unwrap_or_default()), screen)
}

/// `/search?q=…`
#[component]
pub fn SearchEverywhere() -> impl IntoView {
    load(search(None, asked("q").unwrap_or_default()), screen)
}

fn screen(data: SearchPage) -> AnyView {
    let SearchPage { project, typed, empty, groups } = data;
    let slug = project.as_ref().map(|project| project.slug.clone());
    let found: usize = groups.iter().map(|group| group.results.len()).sum();
    let more = groups.iter().any(|group| group.more);
    let title = if typed.trim().is_empty() { "Search".to_owned() } else { format!("Search: {typed}") };
    let mut crumbs = vec![("Projects".to_owned(), Some(paths::HOME.to_owned()))];
    crumbs.extend(project.as_ref().map(|project| (project.name.clone(), Some(paths::project(&project.slug)))));
    crumbs.push(("Search".to_owned(), None));
    let at = slug.clone().map_or(At::Elsewhere, |slug| At::Project(slug, Part::Search));
    let place = project.as_ref().map_or("all your projects", |project| project.name.as_str()).to_owned();
    let elsewhere = slug.is_some().then(|| {
        let href = paths::with_query(&paths::search(None), &[("q", Some(typed.as_str()))]);
        view! { <a class="btn" href=href>"Search all projects"</a> }
    });
    let outcome = match (empty, found) {
        (true, _) => "Type words that stand in a decision, a diagram or a finding. Quotes keep words together.".to_owned(),
        (false, 0) => format!("Nothing in {place} has all of these words. Try fewer, or the beginning of one."),
        (false, found) => format!("{}{} in {place}", count(found, "result"), if more { " and more" } else { "" }),
    };
    let sections: Vec<AnyView> = groups.iter().map(|one| group(one, slug.is_none())).collect();
    view! {
        <PageFrame title=title crumbs=crumbs at=at>
            <main class="page page--narrow" id="main">
                <div class="page__head"><h1>"Search"</h1></div>
                <form class="search__form" method="get" action=paths::search(slug.as_deref()) role="search">
                    <label class="sr-only" for="search-words">{format!("Words to look for in {place}")}</label>
                    <span class="input-wrap search__words">
                        {icon("search")}
                        <input class="input input--lg" id="search-words" type="search" name="q" value=typed autocomplete="off" autofocus=empty/>
                    </span>
                    <button class="btn btn--primary btn--lg" type="submit">"Search"</button>
                    {elsewhere}
                </form>
                <p class="muted search__outcome" role="status">{outcome}</p>
                {sections}
            </main>
        </PageFrame>
    }
    .into_any()
}

fn group(group: &ResultGroup, with_project: bool) -> AnyView {
    let id = format!("found-{}", group.kind.slug());
    let total = if group.more { format!("{}+", group.results.len()) } else { group.results.len().to_string() };
    let rows: Vec<AnyView> = group.results.iter().map(|one| result(group.kind, one, with_project)).collect();
    view! {
        <section class="card card--flush section" aria-labelledby=id.clone()>
            <div class="card__head"><h2 id=id.clone()>{group.kind.heading()}</h2><span class="count">{total}</span></div>
            <ol class="search__results">{rows}</ol>
        </section>
    }
    .into_any()
}

fn result(kind: Kind, result: &SearchResult, with_project: bool) -> AnyView {
    let sign = match kind {
        Kind::Decision => "decision",
        Kind::Diagram => "diagram",
        Kind::Finding => "rule",
    };
    let standing = match (kind, result.state) {
        (Kind::Decision, _) => Some(noted_status(result.status.map(Status::slug))),
        (_, Some(state)) => Some(state_badge(state)),
        _ => None,
    };
    let number = decision_number(result.number).map(|number| view! { <span class="declog__n">{number}" "</span> });
    let place = if with_project { format!("{} · {}", result.project_name, result.name) } else { result.name.clone() };
    let instead = (!result.instead.is_empty()).then(|| {
        let links: Vec<AnyView> = result
            .instead
            .iter()
            .map(|by| {
                let name = decision_number(by.number).map_or_else(|| by.title.clone(), |number| format!("{number} {}", by.title));
                view! { " "<a class="link" href=by.href.clone()>{name}</a> }.into_any()
            })
            .collect();
        view! { <p class="declog__next">{icon("st-superseded")}<span>"Superseded by"{links}</span></p> }
    });
    view! {
        <li class="search__result">
            {icon(sign)}
            <div class="stack search__text">
                <p class="row row--wrap"><a class="link search__title" href=result.href.clone()>{number}{marked(&result.title)}</a>{standing}</p>
                {instead}
                <p class="soft search__passage">{marked(&result.passage)}</p>
                <p class="muted mono search__place">{place}</p>
            </div>
        </li>
    }
    .into_any()
}

fn marked(pieces: &[Piece]) -> Vec<AnyView> {
    let piece = |piece: &Piece| {
        let text = piece.text.clone();
        if piece.found { view! { <mark>{text}</mark> }.into_any() } else { view! { {text} }.into_any() }
    };
    pieces.iter().map(piece).collect()
}
