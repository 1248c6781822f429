//! What the decision page derives from texts: the rendered record with its byline, where its links lead, and how it relates
//! to the rest of the log in both directions.

use std::collections::BTreeMap;

use crate::{
    api::notes::ElementNote,
    domain::{
        casing::lower,
        decision::{self, LinkKind, Record, links, log, status::Status},
        id::DocumentId,
        markdown::escaped,
        model::kind::Kind,
        project::DocumentText,
    },
    ui::{
        paths,
        state::words::{decision_number, long_day},
    },
};

/// The other documents of a project, read once.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    pub slug: String,
    /// Every decision of the log in path order, the open one included as it was when the page was loaded.
    pub log: Vec<(DocumentId, String, Record)>,
    /// Elements of the project's diagrams.
    pub elements: Vec<ElementNote>,
    /// Pages of documents by path.
    pub pages: BTreeMap<String, String>,
}

impl Surroundings {
    /// `diagrams` are their pages by path.
    pub fn new(slug: &str, decisions: &[DocumentText], elements: Vec<ElementNote>, diagrams: BTreeMap<String, String>) -> Self {
        let mut pages = diagrams;
        for decision in decisions {
            pages.insert(decision.document.path.clone(), paths::decision(slug, decision.document.id));
        }
        let log = decisions
            .iter()
            .map(|entry| (entry.document.id, entry.document.path.clone(), decision::parse(&entry.document.path, &entry.text)))
            .collect();
        Self { slug: slug.to_owned(), log, elements, pages }
    }

    /// The page and kind of an element that a record names.
    pub fn element(&self, name: &str) -> Option<(String, Kind)> {
        let wanted = lower(name.trim());
        let found = self.elements.iter().find(|note| note.names.contains(&wanted))?;
        Some((found.page.clone(), found.kind))
    }

    /// The page that a link in a document leads to, if the project has it.
    pub fn page(&self, from: &str, href: &str) -> Option<String> {
        let (target, fragment) = href.split_once('#').map_or((href, None), |(target, fragment)| (target, Some(fragment)));
        if target.is_empty() || target.contains("://") {
            return None;
        }
        let page = self.pages.get(&log::join(log::parent(from), target))?;
        Some(fragment.map_or_else(|| page.clone(), |fragment| format!("{page}#{fragment}")))
    }

    /// The name of an element that is most like one that there is not.
    pub fn nearest(&self, name: &str) -> Option<String> {
        links::nearest(name, self.elements.iter().map(|note| note.name.as_str()))
    }

    /// The beginning of a record as HTML, with the byline under the title.
    pub fn titled(html: &str, record: &Record) -> String {
        let byline = byline(record);
        match html.split_once("</h2>") {
            Some((title, rest)) if title.trim_start().starts_with("<h2") => format!("{title}</h2>{byline}{rest}"),
            _ => format!("<h2>{}</h2>{byline}{html}", escaped(&record.title)),
        }
    }

    /// The log's entries with the open record as it is typed, and where that is.
    fn entries<'a>(&'a self, open: DocumentId, record: &'a Record) -> Option<(usize, Vec<log::Entry<'a>>)> {
        let at = self.log.iter().position(|(id, _, _)| *id == open)?;
        let entry = |(index, (_, path, known)): (usize, &'a (DocumentId, String, Record))| log::Entry {
            path,
            record: if index == at { record } else { known },
        };
        Some((at, self.log.iter().enumerate().map(entry).collect()))
    }

    /// The statuses of the records that supersede the open one.
    pub fn successors(&self, open: DocumentId, record: &Record) -> Vec<Option<Status>> {
        let Some((at, entries)) = self.entries(open, record) else { return Vec::new() };
        let found = log::successors(&log::edges(&entries), at);
        found.into_iter().map(|index| entries.get(index).and_then(|entry| entry.record.known_status())).collect()
    }

    /// How the open record relates to others: words before each, then the other's index in the log, then the kind where the
    /// open record itself says it.
    pub fn relations(&self, open: DocumentId, record: &Record) -> Vec<(&'static str, usize, Option<LinkKind>)> {
        let Some((at, entries)) = self.entries(open, record) else { return Vec::new() };
        let edges = log::edges(&entries);
        let status = |index: usize| entries.get(index).and_then(|entry| entry.record.known_status());
        // Until the newer record is accepted, nothing has happened to the older one.
        let pending = |newer: usize| matches!(status(newer), Some(Status::Draft | Status::Proposed));
        let words = |kind: LinkKind, other: usize| match kind {
            LinkKind::Supersedes if pending(at) => "Will supersede",
            LinkKind::SupersededBy if pending(other) => "Will be superseded by",
            kind => kind.name(),
        };
        let own = edges.iter().filter(|edge| edge.from == at && edge.to != at);
        let mut found: Vec<(&'static str, usize, Option<LinkKind>)> =
            own.map(|edge| (words(edge.kind, edge.to), edge.to, Some(edge.kind))).collect();
        for edge in log::reverse(&edges, at) {
            let words = match edge.kind {
                LinkKind::DependsOn => "Needed by",
                LinkKind::Mentions => "Mentioned in",
                kind => words(kind.reverse().unwrap_or(kind), edge.from),
            };
            if !found.iter().any(|(_, to, _)| *to == edge.from) {
                found.push((words, edge.from, None));
            }
        }
        found.dedup();
        found.sort_by_key(|(words, index, _)| (order(words), *index));
        found
    }
}

fn order(words: &str) -> usize {
    const ORDER: [&str; 11] = [
        "Will supersede",
        "Supersedes",
        "Will be superseded by",
        "Superseded by",
        "Amends",
        "Amended by",
        "Depends on",
        "Needed by",
        "Relates to",
        "Mentions",
        "Mentioned in",
    ];
    ORDER.iter().position(|known| *known == words).unwrap_or(ORDER.len())
}

fn byline(record: &Record) -> String {
    let status = match record.status.as_ref() {
        Some(written) => match written.status {
            Some(status) => {
                let sign = format!("<svg class=\"icon\" aria-hidden=\"true\"><use href=\"/icons.svg#i-st-{}\"></use></svg>", status.slug());
                format!("<span class=\"badge badge--{}\">{sign}{}</span>", status.slug(), status.name())
            }
            None => format!("<span class=\"badge badge--plain badge--draft\">{}</span>", escaped(&written.written)),
        },
        None => "<span>No status</span>".to_owned(),
    };
    let number = decision_number(record.number).map(|number| format!("<span>{number}</span>")).unwrap_or_default();
    let date = record.date.as_ref().map(|date| format!("<span>{}</span>", date.day.map_or_else(|| escaped(&date.written), long_day)));
    format!("<p class=\"adr__byline\">{status}{number}{}</p>", date.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{
            decision::figure::Figures,
            moment::Moment,
            project::{Document, DocumentKind},
        },
        ui::state::preview::{Sheet, Work},
    };

    fn text(number: u128, path: &str, text: &str) -> DocumentText {
        let document = Document {
            id: DocumentId::from_uuid(uuid::Uuid::from_u128(number)),
            kind: DocumentKind::Decision,
            path: path.to_owned(),
            title: String::new(),
            revision: 1,
            created_at: Moment(0),
            updated_at: Moment(0),
            updated_by: String::new(),
        };
        DocumentText { document, text: text.to_owned() }
    }

    fn log() -> Vec<DocumentText> {
        vec![
            text(
                1,
                "docs/adr/0001-a.md",
                "# 1. Use A\n\nDate: 2026-11-19\n\n## Status\n\nAccepted\n\n## Context\n\nSee [the second](0002-b.md).\n",
            ),
            text(2, "docs/adr/0002-b.md", "# 2. Use B\n\n## Status\n\nAccepted\n\nSupersedes [1. Use A](0001-a.md)\n"),
        ]
    }

    #[test]
    fn the_byline_stands_under_the_title_and_links_lead_to_pages() {
        let log = log();
        let around = Surroundings::new("orders", &log, Vec::new(), BTreeMap::new());
        let first = log.first().unwrap();
        let record = decision::parse(&first.document.path, &first.text);
        let sheet = Sheet { around: &around, path: &first.document.path, figures: &Figures::new(), as_of: None };
        let parts = Work::new(first.text.clone(), Vec::new(), 0).finish(sheet);
        let html = Surroundings::titled(&parts.first().unwrap().html, &record);
        let title = html.find("</h2>").unwrap();
        let byline = html.find("adr__byline").unwrap();
        assert!(title < byline && byline < html.find("See").unwrap(), "{html}");
        assert!(html.contains("Accepted") && html.contains("19 Nov 2026") && html.contains("ADR-0001"), "{html}");
        assert!(html.contains("/p/orders/decisions/00000000-0000-0000-0000-000000000002"), "{html}");
        assert!(!html.contains("style="));
    }

    #[test]
    fn relations_show_both_directions_once() {
        let log = log();
        let around = Surroundings::new("orders", &log, Vec::new(), BTreeMap::new());
        let relations = |index: usize| {
            let entry = log.get(index).unwrap();
            around.relations(entry.document.id, &decision::parse(&entry.document.path, &entry.text))
        };
        assert!(relations(1).contains(&("Supersedes", 0, Some(LinkKind::Supersedes))), "{:?}", relations(1));
        assert_eq!(relations(0).len(), 1, "{:?}", relations(0));
    }
}
