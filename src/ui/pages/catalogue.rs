//! The catalogue: every pattern, and every rule with what it finds, why that matters, what to do, and when it is wrong.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::{
    api::{
        catalogue::{catalogue, rule},
        triage::{RuleLife, rule_life},
    },
    domain::review::{
        catalogue::{Found, PatternEntry, RuleEntry, RuleView},
        finding::Category,
        rule::Example,
        triage::{Health, Seen},
    },
    ui::{
        components::{
            docs::{Docs, Section, Shelf, docs, group, neighbours, row, rule_row, shelves},
            frame::{At, PageFrame},
            icon::icon,
            loading::{load, segment},
            status::severity_badge,
        },
        pages::pattern::pattern_line,
        paths,
        state::words::count,
    },
};

/// `/catalogue`
#[component]
pub fn Catalogue() -> impl IntoView {
    let (query, shelf) = use_query_map().with_untracked(|query| (query.get("q").unwrap_or_default(), query.get("show")));
    let asked = query.clone();
    let shelf = match shelf.as_deref() {
        Some("rules") => Some(Shelf::Rules),
        Some("patterns") => Some(Shelf::Patterns),
        _ => None,
    };
    load(catalogue(query), move |found| view! { <Overview found=found query=asked shelf=shelf/> }.into_any())
}

#[component]
fn Overview(
    found: Found,
    query: String,
    /// Half of it; none for both.
    shelf: Option<Shelf>,
) -> impl IntoView {
    let Found { mut rules, mut patterns } = found;
    match shelf {
        Some(Shelf::Rules) => patterns.clear(),
        Some(Shelf::Patterns) => rules.clear(),
        None => {}
    }
    let groups: Vec<AnyView> = groups(&rules)
        .into_iter()
        .map(|(category, rules)| {
            let rows: Vec<AnyView> = rules.into_iter().map(rule_row).collect();
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
    let lede = if shelf == Some(Shelf::Patterns) {
        format!("{} say how to build what is missing, what that costs, and when to leave it.", count(patterns.len(), "pattern"))
    } else if shelf == Some(Shelf::Rules) {
        format!("{} read every design. Each says what it finds, why, what to do, and when it is wrong.", count(rules.len(), "rule"))
    } else if searched {
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
                            {shelves(shelf)}
                            <input class="input grow" type="search" name="q" value=query aria-label="Search rules and patterns" placeholder="Search rules and patterns" autocomplete="off" data-filter="catalogue-list"/>
                            <button class="btn nowrap" type="submit">{icon("search")}"Search"</button>
                        </div>
                    </form>
                </div>
                {nothing}
                <div id="catalogue-list">
                    {groups}
                    {patterns}
                </div>
            </main>
        </PageFrame>
    }
}

fn pattern_row(pattern: &PatternEntry) -> AnyView {
    row(icon("template"), paths::pattern(&pattern.id), &pattern.name, &pattern.summary, &pattern.id)
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
    let code = segment("code");
    let data = async move { Ok((rule(code.clone()).await?, rule_life(code).await?)) };
    load(data, |(rule, life)| one_rule(rule, life))
}

fn one_rule(data: RuleView, life: RuleLife) -> AnyView {
    let RuleLife { health, seen } = life;
    let RuleView { page, patterns, drawings, rules } = data;
    let mut sections: Vec<Section> = [
        ("finds", "What it finds", &page.detection),
        ("why", "Why it matters", &page.why),
        ("fix", "What to do", &page.remedy),
        ("wrong", "When it is wrong", &page.false_positives),
        ("source", "Where it comes from", &page.source),
    ]
    .into_iter()
    .filter_map(|(id, title, text)| Section::prose(id, title, text))
    .collect();
    if !patterns.is_empty() {
        let answers: Vec<AnyView> =
            patterns.iter().map(|pattern| pattern_line(pattern, &format!("{} {}", pattern.id, pattern.name))).collect();
        sections.push(Section { id: "patterns", title: "Patterns that answer it", body: view! { <ul>{answers}</ul> }.into_any() });
    }
    // Side by side, so that the difference is seen; the texts are at the end.
    let drawn = |fails: bool| page.examples.iter().zip(&drawings).find(|(example, drawing)| example.fails == fails && !drawing.is_empty());
    if let (Some((_, found)), Some((_, passes))) = (drawn(true), drawn(false))
        && let Some(first) = sections.iter_mut().find(|section| section.id == "finds")
    {
        let text = std::mem::replace(&mut first.body, ().into_any());
        first.body =
            view! { {text}<div class="docs__pair">{picture(true, found.clone())}{picture(false, passes.clone())}</div> }.into_any();
    }
    let examples: Vec<AnyView> = page.examples.iter().zip(1..).map(|(example, number)| figure(number, example)).collect();
    sections.push(Section { id: "examples", title: "Examples", body: examples.into_any() });
    if let Some(health) = &health {
        sections.push(Section { id: "health", title: "On this server", body: fared(health) });
    }
    docs(Docs {
        what: "rule",
        facts: view! {
            {severity_badge(page.severity)}
            <span>{page.code.clone()}</span>
            <span>{page.category.name()}</span>
            <span>{format!("Set {}", page.set.slug())}</span>
            {health.is_some_and(|health| health.is_noisy()).then(|| view! { <span class="badge badge--medium">"Noisy"</span> })}
        }
        .into_any(),
        navigation: navigation(&rules, &page.code),
        neighbours: neighbours(&rules, |rule| rule.code == page.code, |rule| (paths::rule(&rule.code), rule.name.clone())),
        code: page.code,
        name: page.name,
        summary: page.summary,
        sections,
        aside: hits(&seen),
    })
}

fn navigation(rules: &[RuleEntry], current: &str) -> AnyView {
    let link = |rule: &RuleEntry| {
        let short = rule.code.trim_start_matches("LNT-").to_owned();
        (paths::rule(&rule.code), rule.name.clone(), short, rule.code == current)
    };
    let groups = groups(rules).into_iter().map(|(category, rules)| group(category.name(), rules.into_iter().map(link)));
    groups.collect::<Vec<_>>().into_any()
}

/// What people made of all that a rule has said.
fn fared(health: &Health) -> AnyView {
    let words = format!(
        "Found {}: {} fixed, {} carried as a risk, {} false positives, {} of no use to a reader.",
        count(health.shown as usize, "time"),
        health.fixed,
        health.carried,
        health.false_positives,
        health.not_useful
    );
    let verdict = if health.is_noisy() {
        format!(" {} % of the answers say that it should not have spoken, which makes it noisy.", health.wrong())
    } else if health.answers() < Health::ENOUGH {
        format!(" {} say how good it is; fewer say little.", count(Health::ENOUGH as usize, "answer"))
    } else {
        format!(" {} % of the answers say that it should not have spoken.", health.wrong())
    };
    view! { <p>{words}{verdict}</p> }.into_any()
}

fn head(fails: bool) -> AnyView {
    let head = if fails {
        view! { <span class="sev sev--high">{icon("sev-high")}"Found"</span> }.into_any()
    } else {
        view! { <span class="sev sev--pass">{icon("sev-pass")}"Passes"</span> }.into_any()
    };
    view! { <figcaption class="evidence__head">{head}</figcaption> }.into_any()
}

fn picture(fails: bool, drawing: String) -> AnyView {
    view! { <figure class="evidence">{head(fails)}<div class="evidence__canvas" inner_html=drawing></div></figure> }.into_any()
}

/// Where the reader's projects have the problem.
fn hits(seen: &[Seen]) -> Option<AnyView> {
    let hits: Vec<AnyView> = seen
        .iter()
        .map(|one| {
            let href = paths::finding(&one.slug, one.review, one.finding);
            view! { <li><a href=href>{icon("rule")}{one.subject.clone()}<span>{one.project.clone()}</span></a></li> }.into_any()
        })
        .collect();
    (!hits.is_empty()).then(|| view! { <h2 class="overline">"In your projects"</h2><ul class="docs__hits">{hits}</ul> }.into_any())
}

fn figure(number: usize, example: &Example) -> AnyView {
    view! {
        <figure class="evidence">
            {head(example.fails)}
            <pre tabindex="0" role="region" aria-label=format!("Text of example {number}")><code>{example.text.clone()}</code></pre>
        </figure>
    }
    .into_any()
}
