//! The decision log as a table.

use leptos::prelude::*;

use crate::{
    domain::{
        decision::{self, Record, status::Status},
        id::DocumentId,
        project::DocumentText,
    },
    ui::{
        components::{identity::avatars, status::written_status},
        paths,
        state::words::long_day,
    },
};

/// A decision of a log, read.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub document: DocumentId,
    pub path: String,
    pub record: Record,
}

/// Reads a log's texts.
pub fn entries(decisions: &[DocumentText]) -> Vec<Entry> {
    decisions
        .iter()
        .map(|decision| Entry {
            document: decision.document.id,
            path: decision.document.path.clone(),
            record: decision::parse(&decision.document.path, &decision.text),
        })
        .collect()
}

/// Entries by status, newest number first; none shows all.
pub fn filtered(entries: &[Entry], status: Option<Status>) -> Vec<Entry> {
    let mut shown: Vec<Entry> =
        entries.iter().filter(|entry| status.is_none_or(|status| entry.record.known_status() == Some(status))).cloned().collect();
    shown.sort_by(|a, b| b.record.number.cmp(&a.record.number).then_with(|| b.path.cmp(&a.path)));
    shown
}

/// Number, title, status, what it affects, who decided, when.
pub fn decision_table(slug: &str, entries: &[Entry]) -> AnyView {
    let rows: Vec<AnyView> = entries.iter().map(|entry| row(slug, entry)).collect();
    view! {
        <div class="table-wrap" tabindex="0" role="region" aria-label="Decision log table">
            <table class="table table--hover declog">
                <thead>
                    <tr>
                        <th scope="col">"Decision"</th>
                        <th scope="col">"Status"</th>
                        <th scope="col" class="hide-sm">"Affects"</th>
                        <th scope="col" class="hide-sm">"Deciders"</th>
                        <th scope="col" class="col-num hide-sm">"Date"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(slug: &str, entry: &Entry) -> AnyView {
    let record = &entry.record;
    let number = record.number.map(|number| format!("{number:04}"));
    let affects = record.element_links.first().map(|link| link.text.clone()).unwrap_or_default();
    let date = record.date.as_ref().map(|date| date.day.map_or_else(|| date.written.clone(), long_day)).unwrap_or_default();
    view! {
        <tr>
            <td>
                <a class="declog__t" href=paths::decision(slug, entry.document)>
                    <span class="declog__n">{number}</span>
                    {record.title.clone()}
                </a>
            </td>
            <td>{written_status(record.status.as_ref())}</td>
            <td class="hide-sm soft nowrap">{affects}</td>
            <td class="hide-sm">{avatars(&record.deciders, " avatar--sm")}</td>
            <td class="col-num hide-sm muted nowrap">{date}</td>
        </tr>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(path: &str, text: &str) -> Entry {
        let id = DocumentId::from_uuid(uuid::Uuid::nil());
        Entry { document: id, path: path.to_owned(), record: decision::parse(path, text) }
    }

    #[test]
    fn the_newest_number_stands_first_and_filters_hold() {
        let log = [
            entry("docs/adr/0001-a.md", "# 1. A\n\n## Status\n\nAccepted\n"),
            entry("docs/adr/0002-b.md", "# 2. B\n\n## Status\n\nProposed\n"),
        ];
        let numbers = |entries: Vec<Entry>| entries.iter().filter_map(|entry| entry.record.number).collect::<Vec<_>>();
        assert_eq!(numbers(filtered(&log, None)), [2, 1]);
        assert_eq!(numbers(filtered(&log, Some(Status::Accepted))), [1]);
    }

    #[test]
    fn the_table_reads_as_text() {
        Owner::new().with(|| {
            let html =
                decision_table("orders", &[entry("docs/adr/0001-use-nats.md", "# 1. Use NATS\n\n## Status\n\nAccepted\n")]).to_html();
            for part in ["0001", "Use NATS", "Accepted", "/p/orders/decisions/", "scope=\"col\""] {
                assert!(html.contains(part), "{part} in {html}");
            }
        });
    }
}
