//! The library as a list, with what finds an agent in it.

use leptos::prelude::*;

use crate::{
    api::agents::{AgentCard, AgentList, PER_PAGE, Standing},
    ui::{
        components::{
            agents::{mark, outcome_badge, source_tag},
            icon::icon,
        },
        paths,
        state::words::count,
    },
};

/// The section with the list. `words` were searched for.
#[component]
pub fn Library(list: AgentList, words: String, page: usize) -> impl IntoView {
    let AgentList { agents, fitting, total, .. } = list;
    let rows: Vec<AnyView> = agents.iter().map(row).collect();
    let said = if words.is_empty() { count(total, "agent") } else { format!("{fitting} of {}", count(total, "agent")) };
    let pages = fitting.div_ceil(PER_PAGE).max(1);
    let to = |number: usize| {
        paths::with_query(
            paths::AGENTS,
            &[("q", Some(words.as_str()).filter(|words| !words.is_empty())), ("page", Some(number.to_string().as_str()))],
        )
    };
    let pager = (pages > 1).then(|| {
        view! {
            <nav class="row push" aria-label="Pages of the library">
                {(page > 1).then(|| view! { <a class="btn btn--sm" href=to(page - 1)>"Previous"</a> })}
                <span>{format!("Page {page} of {pages}")}</span>
                {(page < pages).then(|| view! { <a class="btn btn--sm" href=to(page + 1)>"Next"</a> })}
            </nav>
        }
    });
    view! {
        <section id="agents" aria-labelledby="agents-h" class="settings__sec">
            <div class="settings__intro">
                <h2 id="agents-h">"Agents"</h2>
                <p>"Reviewers, each written down in a markdown file. They read and propose; only people change anything."</p>
            </div>
            <div class="card card--flush">
                <form class="agents__find" method="get" action=paths::AGENTS role="search">
                    <label class="sr-only" for="agents-q">"Find agents"</label>
                    <input class="input" type="search" id="agents-q" name="q" value=words.clone() placeholder="Name, words or collection"/>
                    <button class="btn" type="submit">{icon("search")}"Find"</button>
                    {(!words.is_empty()).then(|| view! { <a class="btn btn--ghost" href=paths::AGENTS>"Show all"</a> })}
                </form>
                {if rows.is_empty() {
                    view! { <p class="setrow muted">"No agent fits these words."</p> }.into_any()
                } else {
                    view! { <ul>{rows}</ul> }.into_any()
                }}
                <div class="card__foot">
                    <span>{said}</span>
                    <a class="link" href=paths::AGENTS_ARCHIVE download="agents.zip">"Download all files"</a>
                    {pager}
                </div>
            </div>
        </section>
    }
}

fn row(agent: &AgentCard) -> AnyView {
    let supported = agent.tools.iter().filter(|tool| tool.standing == Standing::Supported).count();
    let left_out = agent.tools.len() - supported;
    let tools = if left_out == 0 { count(supported, "tool") } else { format!("{} of {}", supported, count(agent.tools.len(), "tool")) };
    let lens = if agent.lens.is_empty() { "Everything".to_owned() } else { agent.lens.join(", ") };
    let model = agent.model.clone().unwrap_or_else(|| "Any model".to_owned());
    let facts = [("Looks at", lens), ("Uses", tools), ("Model", model)];
    let facts: Vec<AnyView> =
        facts.into_iter().map(|(word, value)| view! { <div><dt>{word}</dt><dd>{value}</dd></div> }.into_any()).collect();
    let asked: Vec<AnyView> = agent
        .asked_in
        .iter()
        .map(|project| {
            let words = if project.required { format!("{}, required", project.name) } else { project.name.clone() };
            view! { <li><a class="tag" href=format!("{}#agents", paths::project_settings(&project.slug))>{icon("project")}{words}</a></li> }
                .into_any()
        })
        .collect();
    view! {
        <li class="setrow agent">
            {mark()}
            <div class="grow">
                <p class="agent__name">
                    <a class="link-quiet" href=paths::agent(&agent.address())><b>{agent.handle.clone()}</b></a>
                    {source_tag(&agent.source, agent.built_in)}
                    {outcome_badge(agent)}
                </p>
                <p class="muted">{agent.card.clone()}</p>
                <dl class="agent__facts">{facts}</dl>
                {(!asked.is_empty()).then(|| view! { <ul class="tags" aria-label="Asked with each review of">{asked}</ul> })}
            </div>
        </li>
    }
    .into_any()
}
