//! What helps to read a decision: its table of contents, of what time its pictures are, the decisions before and after it, and
//! the files it can be taken away as.

use leptos::prelude::*;

use crate::{
    api::reading::{Reading, Views},
    domain::{decision, id::DocumentId, markdown::Heading, project::DocumentText},
    ui::{components::icon::icon, paths, state::words::decision_number},
};

/// Sections from which a table of contents is worth its place.
const WORTH_CONTENTS: usize = 3;

/// The sections of a record; the one that is read is marked by the script of the page, or by browsers that can do it alone.
#[component]
pub fn Contents(headings: Memo<Vec<Heading>>) -> impl IntoView {
    move || {
        // The title needs no link, and deep sections would hide the others.
        let sections: Vec<Heading> =
            headings.with(|headings| headings.iter().filter(|heading| (3..=4).contains(&heading.level)).cloned().collect());
        (sections.len() >= WORTH_CONTENTS).then(|| {
            let items: Vec<AnyView> = sections
                .into_iter()
                .map(|Heading { level, id, html }| {
                    view! { <li class=format!("contents__item contents__item--{level}")><a href=format!("#{id}") inner_html=html></a></li> }
                        .into_any()
                })
                .collect();
            view! {
                <details class="contents">
                    <summary>"Contents"</summary>
                    <nav aria-label="Contents" data-contents=""><ol>{items}</ol></nav>
                </details>
            }
        })
    }
}

/// Of what time the pictures of diagrams are, with the other choice.
#[component]
pub fn Times(here: String, reading: Reading) -> impl IntoView {
    let Reading { views, as_of, accepted, .. } = reading;
    let (Some(words), Some(_)) = (as_of, accepted) else { return ().into_any() };
    let choice = |choice: Views, word: Option<&str>, label: &'static str| {
        let href = paths::with_query(&here, &[("views", word)]);
        let current = (choice == views).then_some("true");
        view! { <a class="seg__item" href=href aria-current=current data-reload="">{label}</a> }.into_any()
    };
    let choices = vec![choice(Views::Current, None, "Current"), choice(Views::Accepted, Some("accepted"), "As accepted")];
    view! {
        <div class="adr__times">
            <span>{format!("Diagrams {words}")}</span>
            <nav class="seg seg--sm no-print" aria-label="Diagrams in this decision">{choices}</nav>
        </div>
    }
    .into_any()
}

/// Links to the decisions before and after one, in the order of the log. `[` and `]` press them, as do K and J.
#[component]
pub fn Pager(slug: String, log: Vec<DocumentText>, document: DocumentId) -> impl IntoView {
    let at = log.iter().position(|entry| entry.document.id == document);
    let beside = |step: isize| at.and_then(|at| at.checked_add_signed(step)).and_then(|at| log.get(at));
    let link = |entry: Option<&DocumentText>, id: &'static str, rel: &'static str, words: &'static str, keys: &'static str| {
        let Some(entry) = entry else { return view! { <span></span> }.into_any() };
        let record = decision::parse(&entry.document.path, &entry.text);
        let number = decision_number(record.number).map(|number| format!("{number} ")).unwrap_or_default();
        view! {
            <a id=id rel=rel href=paths::decision(&slug, entry.document.id) aria-keyshortcuts=keys>
                <span>{words}</span>
                {format!("{number}{}", record.title)}
            </a>
        }
        .into_any()
    };
    let links = vec![
        link(beside(-1), "previous-decision", "prev", "Previous, [", "[ K"),
        link(beside(1), "next-decision", "next", "Next, ]", "] J"),
    ];
    view! { <nav class="docs__pager adr__pager" aria-label="Next and previous decision">{links}</nav> }
}

/// What a decision can be taken away as.
#[component]
pub fn ExportMenu(document: DocumentId, views: Views) -> impl IntoView {
    let word = (views == Views::Accepted).then_some("accepted");
    view! {
        <details class="pop hide-sm" id="export-menu">
            <summary class="btn" aria-label="Export">{icon("export")}<span class="hide-md">"Export"</span></summary>
            <div class="menu" role="group" aria-label="Export">
                <a class="menu__item" href=paths::decision_markdown(document) download="">{icon("decision")}"Markdown file"</a>
                <a class="menu__item" href=paths::decision_html(document, word) download="">{icon("export")}"HTML file, with its pictures"</a>
                <button class="menu__item js-only" type="button" data-act="print">{icon("eye")}"Print, or save as PDF"</button>
            </div>
        </details>
    }
}
