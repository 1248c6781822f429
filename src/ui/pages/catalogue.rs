//! The catalogue: every pattern, and every rule with what it finds, why that matters, what to do, and when it is wrong.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::{
    api::catalogue::{catalogue, rule},
    domain::{
        markdown::{Rendering, render},
        review::{
            catalogue::{Found, PatternEntry, RuleEntry, RuleView},
            finding::Category,
            rule::Example,
        },
    },
    ui::{
        components::{
            frame::{At, PageFrame},
            icon::icon,
            loading::{load, segment},
            status::{severity_badge, severity_mark},
        },
        paths,
        state::words::count,
    },
};

/// `/catalogue`
#[component]
pub fn Catalogue() -> impl IntoView {
    let query = use_query_map().with_untracked(|query| query.get("q")).unwrap_or_default();
    let asked = query.clone();
    load(catalogue(query), move |found| view! { <Overview found=found query=asked/> }.into_any())
}

#[component]
fn Overview(found: Found, query: String) -> impl IntoView {
    let Found { rules, patterns } = found;
    let groups: Vec<AnyView> = groups(&rules)
        .into_iter()
        .map(|(category, rules)| {
            let rows: Vec<AnyView> = rules
                .into_iter()
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
            view! {
                <section class="section">
                    <div class="section__head"><h2>{category.name()}</h2><span class="count">{rows.len()}</span></div>
                    <div class="card card--flush"><ul>{rows}</ul></div>
                </section>
            }
            .into_any()
        })
        .collect();
    let searched = !query.trim().is_empty();
    let lede = if searched {
        format!("{} and {} answer the search.", count(rules.len(), "rule"), count(patterns.len(), "pattern"))
    } else {
        format!(
            "{} rules read every design. Each says what it finds, why, what to do, and when it is wrong. {} patterns say how to build what is missing.",
            rules.len(),
            patterns.len()
        )
    };
    let nothing = (rules.is_empty() && patterns.is_empty()).then(|| {
        view! { <p class="muted">"Nothing in the catalogue has all of these words. Try fewer, or "<a class="link" href=paths::CATALOGUE>"see everything"</a>"."</p> }
    });
    let rows: Vec<AnyView> = patterns.iter().map(pattern_row).collect();
    let patterns = (!rows.is_empty()).then(|| {
        view! {
            <section class="section" id="patterns">
                <div class="section__head"><h2>"Patterns"</h2><span class="count">{rows.len()}</span></div>
                <div class="card card--flush"><ul>{rows}</ul></div>
            </section>
        }
    });
    view! {
        <PageFrame title="Catalogue" crumbs=vec![("Catalogue".to_owned(), None)] at=At::Catalogue>
            <main class="page" id="main">
                <div class="page__head">
                    <div>
                        <h1>"Catalogue"</h1>
                        <p class="page__lede">{lede}</p>
                    </div>
                    <form class="page__actions" method="get" action=paths::CATALOGUE role="search">
                        <div class="row">
                            <input class="input grow" type="search" name="q" value=query aria-label="Search rules and patterns" placeholder="Search rules and patterns" autocomplete="off"/>
                            <button class="btn nowrap" type="submit">{icon("search")}"Search"</button>
                        </div>
                    </form>
                </div>
                {nothing}
                {groups}
                {patterns}
            </main>
        </PageFrame>
    }
}

fn pattern_row(pattern: &PatternEntry) -> AnyView {
    view! {
        <li class="setrow">
            {icon("template")}
            <div class="grow">
                <a class="link-quiet" href=paths::pattern(&pattern.id)><b>{pattern.name.clone()}</b></a>
                <p class="muted">{pattern.summary.clone()}</p>
            </div>
            <span class="docs__id">{pattern.id.clone()}</span>
        </li>
    }
    .into_any()
}

/// Rules by category, in catalogue order.
fn groups(rules: &[RuleEntry]) -> Vec<(Category, Vec<&RuleEntry>)> {
    Category::ALL
        .into_iter()
        .map(|category| (category, rules.iter().filter(|rule| rule.category == category).collect::<Vec<_>>()))
        .filter(|(_, rules)| !rules.is_empty())
        .collect()
}

/// `/catalogue/rules/{code}`
#[component]
pub fn RulePage() -> impl IntoView {
    load(rule(segment("code")), |data| view! { <OneRule data=data/> }.into_any())
}

#[component]
fn OneRule(data: RuleView) -> impl IntoView {
    let RuleView { page, patterns, drawings, rules } = data;
    let answers: Vec<AnyView> = patterns
        .iter()
        .map(|pattern| {
            let summary = format!(": {}", pattern.summary);
            view! { <li><a class="link" href=paths::pattern(&pattern.id)>{format!("{} {}", pattern.id, pattern.name)}</a>{summary}</li> }
                .into_any()
        })
        .collect();
    let answers = (!answers.is_empty()).then(|| view! { <h2 id="patterns">"Patterns that answer it"</h2><ul>{answers}</ul> });
    let has_answers = answers.is_some();
    let at = rules.iter().position(|rule| rule.code == page.code);
    let neighbour = |offset: isize| at.and_then(|at| at.checked_add_signed(offset)).and_then(|at| rules.get(at));
    let pager = [("Previous", neighbour(-1)), ("Next", neighbour(1))]
        .map(|(word, rule)| rule.map(|rule| view! { <a href=paths::rule(&rule.code)><span>{word}</span><b>{rule.name.clone()}</b></a> }));
    let sections = [
        ("finds", "What it finds", &page.detection),
        ("why", "Why it matters", &page.why),
        ("fix", "What to do", &page.remedy),
        ("wrong", "When it is wrong", &page.false_positives),
        ("source", "Where it comes from", &page.source),
    ];
    let contents: Vec<AnyView> = sections
        .iter()
        .filter(|(_, _, text)| !text.is_empty())
        .map(|(id, title, _)| view! { <li><a href=format!("#{id}") rel="external">{*title}</a></li> }.into_any())
        .collect();
    let body: Vec<AnyView> = sections
        .iter()
        .filter(|(_, _, text)| !text.is_empty())
        .map(|(id, title, text)| view! { <h2 id=*id>{*title}</h2><div inner_html=prose(text)></div> }.into_any())
        .collect();
    let examples: Vec<AnyView> =
        page.examples.iter().zip(drawings).zip(1..).map(|((example, drawing), number)| figure(number, example, drawing)).collect();
    let crumbs = vec![("Catalogue".to_owned(), Some(paths::CATALOGUE.to_owned())), (page.code.clone(), None)];
    view! {
        <PageFrame title=page.name.clone() crumbs=crumbs at=At::Catalogue>
            <div class="docs">
                <nav class="docs__nav" aria-label="Catalogue">
                    <div class="docs__groups">{navigation(&rules, &page.code)}</div>
                </nav>
                <main class="docs__main" id="main">
                    <article class="prose docs__art">
                        <p class="docs__eyebrow">
                            {severity_badge(page.severity)}
                            <span>{page.code.clone()}</span>
                            <span>{page.category.name()}</span>
                            <span>{format!("Set {}", page.set.slug())}</span>
                            <span>{format!("Fix: {}", page.fix.name().to_lowercase())}</span>
                        </p>
                        <h1>{page.name.clone()}</h1>
                        <p class="docs__lede">{page.summary.clone()}</p>
                        {body}
                        {answers}
                        <h2 id="examples">"Examples"</h2>
                        {examples}
                        <nav class="docs__pager" aria-label="Next and previous rule">{pager}</nav>
                    </article>
                    <aside class="docs__toc" aria-label="On this page">
                        <h2 class="overline">"On this page"</h2>
                        <ul>{contents}{has_answers.then(|| view! { <li><a href="#patterns" rel="external">"Patterns that answer it"</a></li> })}<li><a href="#examples" rel="external">"Examples"</a></li></ul>
                    </aside>
                </main>
            </div>
        </PageFrame>
    }
}

fn navigation(rules: &[RuleEntry], current: &str) -> Vec<AnyView> {
    groups(rules)
        .into_iter()
        .map(|(category, rules)| {
            let links: Vec<AnyView> = rules
                .into_iter()
                .map(|rule| {
                    let here = (rule.code == current).then_some("page");
                    let short = rule.code.trim_start_matches("LNT-").to_owned();
                    view! {
                        <li>
                            <a class="docs__link" href=paths::rule(&rule.code) aria-current=here>
                                <span>{rule.name.clone()}</span>
                                <span class="docs__id">{short}</span>
                            </a>
                        </li>
                    }
                    .into_any()
                })
                .collect();
            view! { <div class="docs__group"><h2 class="docs__gt">{category.name()}</h2><ul>{links}</ul></div> }.into_any()
        })
        .collect()
}

fn figure(number: usize, example: &Example, drawing: String) -> AnyView {
    let head = if example.fails {
        view! { <span class="sev sev--high">{icon("sev-high")}"Found"</span> }.into_any()
    } else {
        view! { <span class="sev sev--pass">{icon("sev-pass")}"Passes"</span> }.into_any()
    };
    view! {
        <figure class="evidence">
            <figcaption class="evidence__head">{head}</figcaption>
            {(!drawing.is_empty()).then(|| view! { <div class="evidence__canvas" inner_html=drawing></div> })}
            <pre tabindex="0" role="region" aria-label=format!("Text of example {number}")><code>{example.text.clone()}</code></pre>
        </figure>
    }
    .into_any()
}

pub(super) fn prose(text: &str) -> String {
    render(text, &Rendering { shift_headings: 2, element_url: &|_| None, link_url: &|address| Some(address.to_owned()) })
}
