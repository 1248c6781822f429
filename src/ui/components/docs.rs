//! The shape of a page of the catalogue: where one is on the left, the text in the middle, its headings on the right.

use leptos::prelude::*;

use crate::{
    domain::{
        markdown::{Rendering, render},
        review::catalogue::RuleEntry,
    },
    ui::{
        components::{
            frame::{At, PageFrame},
            icon::icon,
            status::severity_mark,
        },
        paths,
    },
};

/// A heading with what stands below it.
pub struct Section {
    /// Its place in the address.
    pub id: &'static str,
    pub title: &'static str,
    pub body: AnyView,
}

impl Section {
    /// Markdown below a heading; none where nothing is said.
    pub fn prose(id: &'static str, title: &'static str, text: &str) -> Option<Self> {
        let body = prose(text);
        (!text.is_empty()).then(|| Self { id, title, body: view! { <div inner_html=body></div> }.into_any() })
    }
}

/// A rule or a pattern.
pub struct Docs {
    /// `rule` or `pattern`.
    pub what: &'static str,
    pub code: String,
    pub name: String,
    pub summary: String,
    /// The short facts above the name.
    pub facts: AnyView,
    /// All of them, to choose another.
    pub navigation: AnyView,
    pub sections: Vec<Section>,
    /// What stands below the headings on the right.
    pub aside: Option<AnyView>,
    /// Address and name of those before and after it.
    pub neighbours: [Option<(String, String)>; 2],
}

/// The page.
pub fn docs(page: Docs) -> AnyView {
    let Docs { what, code, name, summary, facts, navigation, sections, aside, neighbours } = page;
    let contents: Vec<AnyView> = sections
        .iter()
        .map(|section| view! { <li><a href=format!("#{}", section.id) rel="external">{section.title}</a></li> }.into_any())
        .collect();
    let body: Vec<AnyView> =
        sections.into_iter().map(|Section { id, title, body }| view! { <h2 id=id>{title}</h2>{body} }.into_any()).collect();
    let [before, after] = neighbours;
    let pager = [("Previous", before), ("Next", after)]
        .map(|(word, other)| other.map(|(href, name)| view! { <a href=href><span>{word}</span><b>{name}</b></a> }));
    let crumbs = vec![("Catalogue".to_owned(), Some(paths::CATALOGUE.to_owned())), (code, None)];
    view! {
        <PageFrame title=name.clone() crumbs=crumbs at=At::Catalogue>
            <div class="docs">
                <nav class="docs__nav" aria-label="Catalogue">
                    <form method="get" action=paths::CATALOGUE role="search">
                        <label class="input-wrap">
                            <span class="sr-only">"Find a rule or pattern"</span>
                            {icon("search")}
                            <input class="input" type="search" name="q" placeholder="Find a rule or pattern" autocomplete="off" data-filter="docs-groups"/>
                        </label>
                    </form>
                    {shelves(Some(if what == "rule" { Shelf::Rules } else { Shelf::Patterns }))}
                    <div class="docs__groups" id="docs-groups">{navigation}</div>
                </nav>
                <main class="docs__main" id="main">
                    <article class="prose docs__art">
                        <p class="docs__eyebrow">{facts}</p>
                        <h1>{name.clone()}</h1>
                        <p class="docs__lede">{summary}</p>
                        {body}
                        <nav class="docs__pager" aria-label=format!("Next and previous {what}")>{pager}</nav>
                    </article>
                    <aside class="docs__toc" aria-label="On this page">
                        <h2 class="overline">"On this page"</h2>
                        <ul>{contents}</ul>
                        {aside}
                    </aside>
                </main>
            </div>
        </PageFrame>
    }
    .into_any()
}

/// One half of the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shelf {
    Rules,
    Patterns,
}

/// The two halves, to choose one; `here` is the one that is shown.
pub fn shelves(here: Option<Shelf>) -> AnyView {
    let item = |shelf: Shelf, word: &'static str, show: &'static str| {
        let href = paths::with_query(paths::CATALOGUE, &[("show", Some(show))]);
        view! { <a class="seg__item grow" href=href aria-current=(here == Some(shelf)).then_some("true")>{word}</a> }.into_any()
    };
    view! {
        <div class="seg seg--sm docs__seg" role="group" aria-label="Show">
            {item(Shelf::Rules, "Rules", "rules")}
            {item(Shelf::Patterns, "Patterns", "patterns")}
        </div>
    }
    .into_any()
}

/// Those before and after the one for which `is_it` says so.
pub fn neighbours<T>(all: &[T], is_it: impl Fn(&T) -> bool, link: impl Fn(&T) -> (String, String)) -> [Option<(String, String)>; 2] {
    let at = all.iter().position(is_it);
    [-1, 1].map(|offset| at.and_then(|at| at.checked_add_signed(offset)).and_then(|at| all.get(at)).map(&link))
}

/// A group of links to choose another from: address, name, code and whether it is this page.
pub fn group(title: &str, links: impl Iterator<Item = (String, String, String, bool)>) -> AnyView {
    let links: Vec<AnyView> = links
        .map(|(href, name, code, here)| {
            view! {
                <li>
                    <a class="docs__link" href=href aria-current=here.then_some("page")>
                        <span>{name}</span>
                        <span class="docs__id">{code}</span>
                    </a>
                </li>
            }
            .into_any()
        })
        .collect();
    view! { <div class="docs__group"><h2 class="docs__gt">{title.to_owned()}</h2><ul>{links}</ul></div> }.into_any()
}

/// One rule in a list of them.
pub fn rule_row(rule: &RuleEntry) -> AnyView {
    row(severity_mark(rule.severity), paths::rule(&rule.code), &rule.name, &rule.summary, &rule.code)
}

/// One entry of a list: a mark, a name that leads to its page, a sentence, a code.
pub fn row(mark: AnyView, href: String, name: &str, summary: &str, code: &str) -> AnyView {
    view! {
        <li class="setrow">
            {mark}
            <div class="grow">
                <a class="link-quiet" href=href><b>{name.to_owned()}</b></a>
                <p class="muted">{summary.to_owned()}</p>
            </div>
            <span class="docs__id">{code.to_owned()}</span>
        </li>
    }
    .into_any()
}

fn prose(text: &str) -> String {
    render(text, &Rendering { shift_headings: 2, element_url: &|_| None, link_url: &|address| Some(address.to_owned()), shown: None })
}
