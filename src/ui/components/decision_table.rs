//! Decisions of a log as a table: the project's newest, and what the log's filters choose.

use leptos::prelude::*;

use crate::{
    api::decision_log::ListedDecision,
    domain::decision::{log::view::Other, status::Status},
    ui::{
        components::{
            icon::icon,
            identity::avatars,
            status::{noted_status, severity_mark},
        },
        paths,
        state::words::{count, decision_number, long_day},
    },
};

/// Number, title, status, what it affects, who decided, when; and, where they are known, the findings about it.
pub fn decision_table(slug: &str, rows: &[ListedDecision], with_findings: bool) -> AnyView {
    let rows: Vec<AnyView> = rows.iter().map(|one| row(slug, one, with_findings)).collect();
    view! {
        <div class="table-wrap" tabindex="0" role="region" aria-label="Decision log table">
            <table class="table table--hover declog">
                <thead>
                    <tr>
                        <th scope="col">"Decision"</th>
                        <th scope="col">"Status"</th>
                        <th scope="col" class="hide-sm">"Affects"</th>
                        <th scope="col" class="hide-sm">"Deciders"</th>
                        {with_findings.then(|| view! { <th scope="col" class="hide-sm">"Findings"</th> })}
                        <th scope="col" class="col-num hide-sm">"Date"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(slug: &str, listed: &ListedDecision, with_findings: bool) -> AnyView {
    let row = &listed.row;
    let number = row.number.map(|number| format!("{number:04}"));
    let date = row.day.map_or_else(|| row.written_date.clone(), long_day);
    let status = noted_status(row.status.map(Status::slug).or_else(|| Some(row.written_status.as_str()).filter(|words| !words.is_empty())));
    let affects: Vec<AnyView> = row
        .elements
        .iter()
        .chain(&row.tags)
        .take(2)
        .enumerate()
        .map(|(index, about)| {
            let href = paths::with_query(&paths::decisions(slug), &[("about", Some(about.as_str()))]);
            view! { {(index > 0).then_some(", ")} <a class="link-quiet" href=href>{about.clone()}</a> }.into_any()
        })
        .collect();
    view! {
        <tr>
            <td>
                <a class="declog__t" href=paths::decision(slug, listed.document)>
                    <span class="declog__n">{number}</span>
                    {row.title.clone()}
                </a>
                {named("Superseded by", &row.instead, listed)}
                {named("Will supersede", &row.will_supersede, listed)}
                {named("Will be superseded by", &row.will_be_superseded, listed)}
            </td>
            <td>{status}</td>
            <td class="hide-sm soft">{affects}</td>
            <td class="hide-sm">{avatars(&row.deciders, " avatar--sm")}</td>
            {with_findings.then(|| view! { <td class="hide-sm">{findings(slug, listed)}</td> })}
            <td class="col-num hide-sm muted nowrap">{date}</td>
        </tr>
    }
    .into_any()
}

/// Other decisions that a row names, with links.
fn named(words: &'static str, others: &[Other], listed: &ListedDecision) -> Option<AnyView> {
    if others.is_empty() {
        return None;
    }
    let links: Vec<AnyView> = others
        .iter()
        .map(|other| {
            let name = decision_number(other.number).map_or_else(|| other.title.clone(), |number| format!("{number} {}", other.title));
            match listed.page(other) {
                Some(page) => view! { " "<a class="link" href=page.to_owned()>{name}</a> }.into_any(),
                None => view! { " "{name} }.into_any(),
            }
        })
        .collect();
    Some(view! { <p class="declog__next">{icon("st-superseded")}<span>{words}{links}</span></p> }.into_any())
}

fn findings(slug: &str, listed: &ListedDecision) -> Option<AnyView> {
    let worst = listed.findings.iter().max_by_key(|cited| cited.severity)?;
    let more = listed.findings.len();
    let label = format!("{}, the worst: {}", count(more, "finding"), worst.title);
    let href = paths::finding(slug, worst.review, worst.id);
    Some(view! { <a class="link-quiet nowrap log__cited" href=href aria-label=label title=worst.title.clone()>{severity_mark(worst.severity)}{more}</a> }.into_any())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        decision::{
            log::{Log, view},
            template::project::Roles,
        },
        id::DocumentId,
    };

    fn listed(files: &[(&str, &str)]) -> Vec<ListedDecision> {
        let log = Log::read(files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())), &Roles::default());
        let document = DocumentId::from_uuid(uuid::Uuid::nil());
        let page = |path: &str| (path.to_owned(), format!("/p/orders/decisions/{path}"));
        let pages = files.iter().map(|(path, _)| page(path)).collect();
        let listed = |row| ListedDecision { document, row, findings: Vec::new(), pages: Clone::clone(&pages) };
        view::rows(&log).into_iter().map(listed).collect()
    }

    #[test]
    fn the_table_reads_as_text() {
        let rows = listed(&[
            ("0001-use-nats.md", "# 1. Use NATS\n\nDate: 2026-01-05\n\n## Status\n\nSuperseded by [2. Use Kafka](0002-use-kafka.md)\n"),
            ("0002-use-kafka.md", "# 2. Use Kafka\n\n## Status\n\nAccepted\n\n## Context\n\nThe [[Queue]] is slow.\n"),
        ]);
        Owner::new().with(|| {
            let html = decision_table("orders", &rows, true).to_html();
            for part in ["0001", "Use NATS", "Accepted", "/p/orders/decisions/", "scope=\"col\"", "Queue", "Findings"] {
                assert!(html.contains(part), "{part} in {html}");
            }
            assert!(html.contains("Superseded by") && html.contains("href=\"/p/orders/decisions/0002-use-kafka.md\""), "{html}");
            let html = decision_table("orders", &rows, false).to_html();
            assert_eq!((html.contains("Findings"), html.matches("<th ").count(), html.matches("<td").count()), (false, 5, 10), "{html}");
        });
    }
}
