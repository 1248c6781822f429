//! The decision graph: how decisions relate, drawn by our own layout, by status or around one of them.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::{
    api::decision_log::{GraphNode, GraphPage, GraphWish, graph},
    domain::decision::{log::view::NO_STATUS, status::Status},
    ui::{
        components::{
            icon::icon,
            loading::{load, segment},
            log_frame::{LogFrame, Tab},
            status::{noted_status, status_badge},
        },
        paths,
        state::words::{count, decision_number},
    },
};

/// `/p/{slug}/decisions/graph?status=…&around=…&steps=…&mentions=1`
#[component]
pub fn LogGraph() -> impl IntoView {
    let wish = use_query_map().with_untracked(|query| {
        let word = |name: &str| query.get(name).unwrap_or_default();
        GraphWish { status: word("status"), around: word("around"), steps: word("steps"), mentions: word("mentions") }
    });
    load(graph(segment("slug"), wish), screen)
}

fn screen(data: GraphPage) -> AnyView {
    let GraphPage { head, picture, alone, all, wish } = data;
    let slug = head.project.slug.clone();
    let drawn = if picture.is_empty() {
        view! { <p class="card__body muted">"No two of these decisions are linked. Links such as “Supersedes” or “Amends” draw the graph."</p> }.into_any()
    } else {
        view! { <div class="log__picture log__picture--graph" tabindex="0" role="region" aria-label="Decision graph, scrolls" inner_html=picture></div> }
            .into_any()
    };
    view! {
        <LogFrame head=head tab=Tab::Graph>
            <section class="card card--flush section" aria-labelledby="graph-title">
                <h2 class="sr-only" id="graph-title">"How decisions relate"</h2>
                {form(&slug, &wish, &all)}
                {drawn}
                <div class="card__foot">{legend(&all)}</div>
            </section>
            {unlinked(&alone)}
        </LogFrame>
    }
    .into_any()
}

/// The statuses that occur.
fn legend(all: &[GraphNode]) -> Vec<AnyView> {
    let occurs = |status: &Status| all.iter().any(|node| node.status == Some(*status));
    Status::ALL.into_iter().filter(occurs).map(status_badge).collect()
}

fn unlinked(alone: &[GraphNode]) -> Option<AnyView> {
    if alone.is_empty() {
        return None;
    }
    let rows: Vec<AnyView> = alone
        .iter()
        .map(|node| {
            view! { <li class="log__event"><a class="link" href=node.page.clone()>{name(node)}</a>{noted_status(node.status.map(Status::slug))}</li> }
                .into_any()
        })
        .collect();
    Some(
        view! {
            <section class="section" aria-labelledby="alone-title">
                <h2 id="alone-title" class="log__year">"Not linked to these "<span class="muted">{count(alone.len(), "decision")}</span></h2>
                <ol class="log__events">{rows}</ol>
            </section>
        }
        .into_any(),
    )
}

fn name(node: &GraphNode) -> String {
    decision_number(node.number).map_or_else(|| node.title.clone(), |number| format!("{number} {}", node.title))
}

fn form(slug: &str, wish: &GraphWish, all: &[GraphNode]) -> AnyView {
    let option = |value: String, words: String, chosen: &str| {
        let selected = value == chosen;
        view! { <option value=value selected=selected>{words}</option> }.into_any()
    };
    let statuses = Status::ALL.into_iter().map(|status| (status.slug(), status.name())).chain([(NO_STATUS, "No known status")]);
    let statuses: Vec<AnyView> = statuses.map(|(value, words)| option(value.to_owned(), words.to_owned(), &wish.status)).collect();
    let nodes: Vec<AnyView> = all.iter().map(|node| option(node.document.to_string(), name(node), &wish.around)).collect();
    let steps: Vec<AnyView> = [(1, "1 link"), (2, "2 links"), (3, "3 links"), (9, "9 links")]
        .into_iter()
        .map(|(steps, words)| option(steps.to_string(), words.to_owned(), &wish.steps))
        .collect();
    let clear = (*wish != GraphWish::default()).then(|| view! { <a class="btn btn--ghost" href=paths::log_graph(slug)>"Clear"</a> });
    view! {
        <form class="log__filter" method="get" action=paths::log_graph(slug) aria-label="Choose what the graph shows">
            <div class="field">
                <label class="field__label" for="graph-status">"Status"</label>
                <select class="select" id="graph-status" name="status"><option value="">"Any"</option>{statuses}</select>
            </div>
            <div class="field log__text">
                <label class="field__label" for="graph-around">"Around"</label>
                <select class="select" id="graph-around" name="around"><option value="">"The whole log"</option>{nodes}</select>
            </div>
            <div class="field">
                <label class="field__label" for="graph-steps">"As far as"</label>
                <select class="select" id="graph-steps" name="steps">{steps}</select>
            </div>
            <label class="check log__check">
                <input type="checkbox" name="mentions" value="1" checked=wish.mentions == "1"/>
                <span>"Mentions, too"</span>
            </label>
            <div class="log__go"><button class="btn" type="submit">{icon("filter")}"Apply"</button>{clear}</div>
        </form>
    }
    .into_any()
}
