//! A pattern of the catalogue: what it solves, when to use it and when not, what it costs, and how it looks in Go.

use leptos::prelude::*;

use crate::{
    api::catalogue::pattern,
    domain::review::catalogue::{PatternEntry, PatternView},
    ui::{
        components::{
            docs::{Docs, Section, docs, group, neighbours, rule_row},
            loading::{load, segment},
        },
        paths,
    },
};

/// `/catalogue/patterns/{id}`
#[component]
pub fn PatternPage() -> impl IntoView {
    load(pattern(segment("id")), one_pattern)
}

fn one_pattern(data: PatternView) -> AnyView {
    let PatternView { pattern, rules, see_also, patterns } = data;
    let mut sections: Vec<Section> = [
        ("problem", "Problem", &pattern.problem),
        ("use", "Use it when", &pattern.use_when),
        ("leave", "Leave it when", &pattern.leave_when),
        ("how", "How it works", &pattern.how),
        ("trade-offs", "Trade-offs", &pattern.trade_offs),
        ("go", "In Go", &pattern.in_go),
    ]
    .into_iter()
    .filter_map(|(id, title, text)| Section::prose(id, title, text))
    .collect();
    if let Some(last) = sections.pop() {
        let example = (!pattern.example.is_empty()).then(|| {
            view! { <pre tabindex="0" role="region" aria-label="Example in Go"><code>{pattern.example.clone()}</code></pre> }
        });
        sections.push(Section { body: view! { {last.body}{example} }.into_any(), ..last });
    }
    let answered: Vec<AnyView> = rules.iter().map(rule_row).collect();
    let answered = if answered.is_empty() {
        view! { <p>{pattern.without_rules.clone()}</p> }.into_any()
    } else {
        view! { <ul class="card card--flush">{answered}</ul> }.into_any()
    };
    sections.push(Section { id: "rules", title: "Rules", body: answered });
    if !see_also.is_empty() {
        let related: Vec<AnyView> = see_also.iter().map(|other| pattern_line(other, &other.name)).collect();
        sections.push(Section { id: "also", title: "See also", body: view! { <ul>{related}</ul> }.into_any() });
    }
    let links = patterns.iter().map(|other| (paths::pattern(&other.id), other.name.clone(), other.id.clone(), other.id == pattern.id));
    docs(Docs {
        what: "pattern",
        facts: view! { <span>{pattern.id.clone()}</span><span>"Pattern"</span> }.into_any(),
        navigation: group("Patterns", links),
        neighbours: neighbours(&patterns, |other| other.id == pattern.id, |other| (paths::pattern(&other.id), other.name.clone())),
        code: pattern.id,
        name: pattern.name,
        summary: pattern.summary,
        sections,
        aside: None,
    })
}

/// A pattern in a list within a text, under a name.
pub(super) fn pattern_line(pattern: &PatternEntry, name: &str) -> AnyView {
    let summary = format!(": {}", pattern.summary);
    view! { <li><a class="link" href=paths::pattern(&pattern.id)>{name.to_owned()}</a>{summary}</li> }.into_any()
}
