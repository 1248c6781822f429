//! A pattern of the catalogue: what it solves, when to use it and when not, what it costs, and how it looks in Go.

use leptos::prelude::*;

use crate::{
    api::catalogue::pattern,
    domain::review::catalogue::{PatternEntry, PatternView},
    ui::{
        components::{
            frame::{At, PageFrame},
            loading::{load, segment},
            status::severity_mark,
        },
        pages::catalogue::prose,
        paths,
    },
};

/// `/catalogue/patterns/{id}`
#[component]
pub fn PatternPage() -> impl IntoView {
    load(pattern(segment("id")), |data| view! { <OnePattern data=data/> }.into_any())
}

#[component]
fn OnePattern(data: PatternView) -> impl IntoView {
    let PatternView { pattern, rules, see_also, patterns } = data;
    let at = patterns.iter().position(|other| other.id == pattern.id);
    let neighbour = |offset: isize| at.and_then(|at| at.checked_add_signed(offset)).and_then(|at| patterns.get(at));
    let pager = [("Previous", neighbour(-1)), ("Next", neighbour(1))].map(|(word, other)| {
        other.map(|other| view! { <a href=paths::pattern(&other.id)><span>{word}</span><b>{other.name.clone()}</b></a> })
    });
    let sections = [
        ("problem", "Problem", &pattern.problem),
        ("use", "Use it when", &pattern.use_when),
        ("leave", "Leave it when", &pattern.leave_when),
        ("how", "How it works", &pattern.how),
        ("trade-offs", "Trade-offs", &pattern.trade_offs),
        ("go", "In Go", &pattern.in_go),
    ];
    let there = || sections.iter().filter(|(_, _, text)| !text.is_empty());
    let contents: Vec<AnyView> =
        there().map(|(id, title, _)| view! { <li><a href=format!("#{id}") rel="external">{*title}</a></li> }.into_any()).collect();
    let body: Vec<AnyView> =
        there().map(|(id, title, text)| view! { <h2 id=*id>{*title}</h2><div inner_html=prose(text)></div> }.into_any()).collect();
    let example = (!pattern.example.is_empty()).then(|| {
        view! { <pre tabindex="0" role="region" aria-label="Example in Go"><code>{pattern.example.clone()}</code></pre> }
    });
    let answered: Vec<AnyView> = rules
        .iter()
        .map(|rule| {
            view! {
                <li class="setrow">
                    {severity_mark(rule.severity)}
                    <div class="grow">
                        <a class="link-quiet" href=paths::rule(&rule.code)><b>{rule.name.clone()}</b></a>
                        <p class="muted">{rule.summary.clone()}</p>
                    </div>
                    <span class="docs__id">{rule.code.clone()}</span>
                </li>
            }
            .into_any()
        })
        .collect();
    let answered = if answered.is_empty() {
        view! { <p>{pattern.without_rules.clone()}</p> }.into_any()
    } else {
        view! { <ul class="card card--flush">{answered}</ul> }.into_any()
    };
    let related: Vec<AnyView> = see_also
        .iter()
        .map(|other| {
            let summary = format!(": {}", other.summary);
            view! { <li><a class="link" href=paths::pattern(&other.id)>{other.name.clone()}</a>{summary}</li> }.into_any()
        })
        .collect();
    let related = (!related.is_empty()).then(|| view! { <h2 id="also">"See also"</h2><ul>{related}</ul> });
    let crumbs = vec![("Catalogue".to_owned(), Some(paths::CATALOGUE.to_owned())), (pattern.id.clone(), None)];
    view! {
        <PageFrame title=pattern.name.clone() crumbs=crumbs at=At::Catalogue>
            <div class="docs">
                <nav class="docs__nav" aria-label="Catalogue">
                    <div class="docs__groups">
                        <div class="docs__group"><h2 class="docs__gt">"Patterns"</h2><ul>{navigation(&patterns, &pattern.id)}</ul></div>
                    </div>
                </nav>
                <main class="docs__main" id="main">
                    <article class="prose docs__art">
                        <p class="docs__eyebrow"><span>{pattern.id.clone()}</span><span>"Pattern"</span></p>
                        <h1>{pattern.name.clone()}</h1>
                        <p class="docs__lede">{pattern.summary.clone()}</p>
                        {body}
                        {example}
                        <h2 id="rules">"Rules"</h2>
                        {answered}
                        {related}
                        <nav class="docs__pager" aria-label="Next and previous pattern">{pager}</nav>
                    </article>
                    <aside class="docs__toc" aria-label="On this page">
                        <h2 class="overline">"On this page"</h2>
                        <ul>{contents}<li><a href="#rules" rel="external">"Rules"</a></li></ul>
                    </aside>
                </main>
            </div>
        </PageFrame>
    }
}

fn navigation(patterns: &[PatternEntry], current: &str) -> Vec<AnyView> {
    patterns
        .iter()
        .map(|pattern| {
            let here = (pattern.id == current).then_some("page");
            view! {
                <li>
                    <a class="docs__link" href=paths::pattern(&pattern.id) aria-current=here>
                        <span>{pattern.name.clone()}</span>
                        <span class="docs__id">{pattern.id.clone()}</span>
                    </a>
                </li>
            }
            .into_any()
        })
        .collect()
}
