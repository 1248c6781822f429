//! The decision log of a project as a list: what is new, filters, and the decisions. Everything is in the address.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::{
    api::decision_log::{LogPage, SeeLog, log},
    domain::decision::{
        log::view::{Choices, Filter, NO_STATUS, Sort},
        status::Status,
    },
    ui::{
        components::{
            decision_table::decision_table,
            icon::icon,
            loading::{load, segment},
            log_frame::{LogFrame, Tab},
            log_news::news_card,
        },
        paths,
        state::words::count,
    },
};

/// `/p/{slug}/decisions?status=…&template=…&decider=…&about=…&year=…&text=…&sort=…`
#[component]
pub fn Decisions() -> impl IntoView {
    let see = ServerAction::<SeeLog>::new();
    let (filter, making) = use_query_map().with_untracked(|query| {
        let word = |name: &str| query.get(name).unwrap_or_default();
        let filter = Filter {
            status: word("status"),
            template: word("template"),
            decider: word("decider"),
            about: word("about"),
            year: word("year"),
            text: word("text"),
            sort: word("sort"),
        };
        (filter, query.get("new").as_deref() == Some("decision"))
    });
    load(log(segment("slug"), filter), move |data| screen(data, making, see))
}

fn screen(data: LogPage, making: bool, see: ServerAction<SeeLog>) -> AnyView {
    let LogPage { head, filter, rows, choices, news } = data;
    let (slug, now, total) = (head.project.slug.clone(), head.now, head.total);
    view! {
        <LogFrame head=head tab=Tab::List making=making>
            {news_card(&slug, &news, now, see)}
            <section class="card card--flush section" aria-label="Decision log">
                {filters(&slug, &filter, &choices, total)}
                <p class="log__count muted" role="status">{shown(rows.len(), total, &filter)}</p>
                {if rows.is_empty() {
                    view! { <p class="card__body muted">"No decision is like that. Take a filter away."</p> }.into_any()
                } else {
                    decision_table(&slug, &rows, true)
                }}
            </section>
        </LogFrame>
    }
    .into_any()
}

/// All filters. Where there is little room they are folded away behind how many are set, so that the list comes first; the style
/// sheet opens them where there is more.
fn filters(slug: &str, filter: &Filter, choices: &Choices, total: usize) -> AnyView {
    let set = (!filter.is_any()).then(|| {
        let active = filter.active();
        view! { <span class="count" aria-hidden="true">{active}</span><span class="sr-only">{format!(", {active} set")}</span> }
    });
    view! {
        <details class="log__fold">
            <summary>{icon("filter")}<span>"Filter and order"</span>{set}</summary>
            <nav class="filterbar" aria-label="Filter by status">{statuses(slug, filter, choices, total)}</nav>
            {search(slug, filter, choices)}
        </details>
    }
    .into_any()
}

fn shown(shown: usize, total: usize, filter: &Filter) -> String {
    if filter.is_any() { count(total, "decision") } else { format!("{shown} of {}", count(total, "decision")) }
}

/// The log's address with a filter.
fn address(slug: &str, filter: &Filter) -> String {
    let word = |word: &str| Some(word.to_owned()).filter(|word| !word.is_empty());
    let words = [
        ("status", word(&filter.status)),
        ("template", word(&filter.template)),
        ("decider", word(&filter.decider)),
        ("about", word(&filter.about)),
        ("year", word(&filter.year)),
        ("text", word(&filter.text)),
        ("sort", word(&filter.sort)),
    ];
    let pairs: Vec<(&str, Option<&str>)> = words.iter().map(|(name, word)| (*name, word.as_deref())).collect();
    paths::with_query(&paths::decisions(slug), &pairs)
}

fn statuses(slug: &str, filter: &Filter, choices: &Choices, total: usize) -> Vec<AnyView> {
    let chosen = filter.status.as_str();
    let link = |status: &str| address(slug, &Filter { status: status.to_owned(), ..filter.clone() });
    let all = view! { <a class="filter filter--text" href=link("") aria-current=chosen.is_empty().then_some("true")>{format!("All {total}")}</a> };
    let each = choices.statuses.iter().map(|(status, count)| {
        let current = (chosen == status).then_some("true");
        let label = match Status::from_slug(status) {
            Some(known) => view! { {icon(&format!("st-{}", known.slug()))}{format!("{} {count}", known.name())} }.into_any(),
            None => view! { {format!("No known status {count}")} }.into_any(),
        };
        let class = if status == NO_STATUS { "filter filter--text" } else { "filter" };
        view! { <a class=class href=link(status) aria-current=current>{label}</a> }.into_any()
    });
    std::iter::once(all.into_any()).chain(each).collect()
}

/// A choice of the filter form.
fn choice(name: &'static str, label: &'static str, all: &'static str, chosen: &str, options: Vec<(String, String)>) -> AnyView {
    if options.is_empty() && chosen.is_empty() {
        return ().into_any();
    }
    let known = options.iter().any(|(value, _)| value == chosen);
    // What an address asks for stays chosen, even if nothing has it.
    let strange =
        (!known && !chosen.is_empty()).then(|| view! { <option value=chosen.to_owned() selected=true>{chosen.to_owned()}</option> });
    let options: Vec<AnyView> = options
        .into_iter()
        .map(|(value, words)| {
            let selected = value == chosen;
            view! { <option value=value selected=selected>{words}</option> }.into_any()
        })
        .collect();
    let id = format!("log-{name}");
    view! {
        <div class="field">
            <label class="field__label" for=id.clone()>{label}</label>
            <select class="select" id=id name=name>
                {(!all.is_empty()).then(|| view! { <option value="">{all}</option> })}
                {strange}
                {options}
            </select>
        </div>
    }
    .into_any()
}

fn search(slug: &str, filter: &Filter, choices: &Choices) -> AnyView {
    let counted = |words: &[(String, usize)]| words.iter().map(|(word, count)| (word.clone(), format!("{word} ({count})"))).collect();
    let templates = choices.templates.iter().map(|(one, count)| (one.slug().to_owned(), format!("{} ({count})", one.name()))).collect();
    let years = choices.years.iter().map(|(year, count)| (year.to_string(), format!("{year} ({count})"))).collect();
    let sorts = Sort::ALL.into_iter().map(|sort| (sort.slug().to_owned(), sort.name().to_owned())).collect();
    let clear = (!filter.is_any()).then(|| {
        let href = address(slug, &Filter { sort: filter.sort.clone(), ..Filter::default() });
        view! { <a class="btn btn--ghost" href=href>"Clear"</a> }
    });
    view! {
        <form class="log__filter" method="get" action=paths::decisions(slug) role="search" aria-label="Filter decisions">
            <input type="hidden" name="status" value=filter.status.clone()/>
            <div class="field log__text">
                <label class="field__label" for="log-text">"Words"</label>
                <input class="input" id="log-text" name="text" type="search" value=filter.text.clone() autocomplete="off"/>
            </div>
            {choice("about", "About", "Anything", &filter.about, counted(&choices.abouts))}
            {choice("decider", "Decided by", "Anybody", &filter.decider, counted(&choices.deciders))}
            {choice("template", "Template", "Any", &filter.template, templates)}
            {choice("year", "Year", "Any", &filter.year, years)}
            {choice("sort", "Order", "", Sort::read(&filter.sort).slug(), sorts)}
            <div class="log__go">
                <button class="btn" type="submit">{icon("filter")}"Apply"</button>
                {clear}
            </div>
        </form>
    }
    .into_any()
}
