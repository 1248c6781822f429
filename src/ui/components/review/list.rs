//! The findings of a review, filtered by severity through the address.

use std::collections::BTreeMap;

use leptos::prelude::*;

use crate::{
    domain::{
        id::FindingId,
        review::{ReviewFinding, finding::Severity},
    },
    ui::{
        components::{
            icon::{icon, icon_of},
            status::severity_mark,
        },
        paths,
        state::{
            filter::{FindingFilter, settled, tally},
            tone,
        },
    },
};

/// The address of a review with this filter and this finding.
pub fn address(slug: &str, number: u32, filter: FindingFilter, finding: Option<FindingId>) -> String {
    let severity = match filter {
        FindingFilter::All => None,
        FindingFilter::Severity(severity) => Some(severity.slug()),
    };
    let finding = finding.map(|finding| finding.to_string());
    paths::with_query(&paths::review(slug, number), &[("severity", severity), ("finding", finding.as_deref())])
}

/// The filters with their counts and the rows below.
#[component]
pub fn FindingList(
    slug: String,
    number: u32,
    findings: StoredValue<Vec<ReviewFinding>>,
    #[prop(into)] filter: Signal<FindingFilter>,
    #[prop(into)] open: Signal<Option<FindingId>>,
    /// Which change of the design explains what is new or gone.
    causes: StoredValue<BTreeMap<FindingId, String>>,
    /// Rules that ran, for the words of an empty list.
    rules: usize,
) -> impl IntoView {
    let counts = findings.with_value(|findings| tally(findings));
    let filters = {
        let slug = slug.clone();
        move || {
            let current = filter.get();
            let all = chip(&slug, number, FindingFilter::All, current, view! { {format!("All {}", counts.total())} }.into_any(), None);
            let others = Severity::ALL.into_iter().filter(|severity| counts.of(*severity) > 0).map(|severity| {
                let count = counts.of(severity);
                let mark = icon_named(severity);
                let label = format!("{}, {count}", severity.name());
                chip(&slug, number, FindingFilter::Severity(severity), current, view! { {mark}{count} }.into_any(), Some(label))
            });
            std::iter::once(all).chain(others).collect::<Vec<_>>()
        }
    };
    let rows = move || {
        let (filter, open) = (filter.get(), open.get());
        findings.with_value(|findings| {
            let shown: Vec<AnyView> = findings
                .iter()
                .filter(|finding| filter.admits(finding))
                .map(|finding| {
                    let because = causes.with_value(|causes| causes.get(&finding.id).cloned());
                    row(address(&slug, number, filter, Some(finding.id)), finding, because, open == Some(finding.id))
                })
                .collect();
            if shown.is_empty() {
                let words = format!("No findings. {rules} rules passed.");
                view! { <div class="empty"><p class="empty__text">{words}</p></div> }.into_any()
            } else {
                view! { <ul class="finding-list">{shown}</ul> }.into_any()
            }
        })
    };
    view! {
        <section class="pane rev__list" aria-label="Findings">
            <div class="filterbar" role="group" aria-label="Filter by severity">{filters}</div>
            <div class="pane__body" tabindex="0" role="region" aria-label="Findings, scrollable">{rows}</div>
        </section>
    }
}

fn icon_named(severity: Severity) -> AnyView {
    match severity {
        Severity::Critical => icon_of("icon sev--critical", tone::severity_icon(severity)),
        Severity::High => icon_of("icon sev--high", tone::severity_icon(severity)),
        Severity::Medium => icon_of("icon sev--medium", tone::severity_icon(severity)),
        Severity::Low => icon_of("icon sev--low", tone::severity_icon(severity)),
    }
}

fn chip(slug: &str, number: u32, own: FindingFilter, current: FindingFilter, content: AnyView, label: Option<String>) -> AnyView {
    let class = if own == FindingFilter::All { "filter filter--text" } else { "filter" };
    let on = own == current;
    view! {
        <a class=class href=address(slug, number, own, None) aria-current=on.then_some("true") aria-label=label>
            {content}
        </a>
    }
    .into_any()
}

/// One row: severity, title, category, rule, subject, and what is notable about it; `because` is the change that explains it.
pub fn row(href: String, item: &ReviewFinding, because: Option<String>, open: bool) -> AnyView {
    let finding = &item.finding;
    let done = settled(item.state);
    let class = if done { "finding-row finding-row--resolved" } else { "finding-row" };
    let comments = item.comments.len();
    let side = if done {
        view! { <span class="sev sev--pass">{icon("sev-pass")}{item.state.name()}</span> }.into_any()
    } else if comments > 0 {
        view! {
            {icon_of("icon icon--sm", "comment")}
            <span>{comments}<span class="sr-only">" comments"</span></span>
        }
        .into_any()
    } else {
        ().into_any()
    };
    view! {
        <li>
            <a class=class href=href aria-current=open.then_some("true")>
                {severity_mark(finding.severity)}
                <span class="finding-row__title">{finding.title.clone()}</span>
                <span class="finding-row__side">{side}</span>
                <span class="finding-row__meta">
                    <span>{finding.category.name()}</span>
                    <span>{finding.code.trim_start_matches("LNT-").to_owned()}</span>
                    {finding.subjects.first().map(|subject| view! { <span>{subject.clone()}</span> })}
                    {because.is_none().then(|| view! { <span>{item.change.name()}</span> })}
                </span>
                {because
                    .map(|because| {
                        let words = format!("{} because {because}", item.change.name());
                        view! { <span class="finding-row__why" title=words.clone()>{words.clone()}</span> }
                    })}
            </a>
        </li>
    }
    .into_any()
}
