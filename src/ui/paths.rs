//! Every address of the app, typed. Pages and components never write one by hand.

use crate::domain::{
    address::escape,
    id::{DocumentId, FindingId, RunId, TalkId},
    project::DocumentKind,
};

/// The start page.
pub const HOME: &str = "/";
pub const CATALOGUE: &str = "/catalogue";
pub const SETTINGS: &str = "/settings";
/// The library of agents, with the model provider.
pub const AGENTS: &str = "/settings/agents";
/// Every agent's file as a zip archive.
pub const AGENTS_ARCHIVE: &str = "/api/v1/agents.zip";
/// Takes agent files as a multipart form.
pub const IMPORT_AGENTS: &str = "/api/v1/agents/import";
pub const SIGN_IN: &str = "/sign-in";

/// A path with the query parameters that have a value.
pub fn with_query(path: &str, parameters: &[(&str, Option<&str>)]) -> String {
    let pairs: Vec<String> = parameters.iter().filter_map(|(name, value)| value.map(|value| format!("{name}={}", escape(value)))).collect();
    if pairs.is_empty() { path.to_owned() } else { format!("{path}?{}", pairs.join("&")) }
}

pub fn project(slug: &str) -> String {
    format!("/p/{}", escape(slug))
}

pub fn project_settings(slug: &str) -> String {
    format!("/p/{}/settings", escape(slug))
}

pub fn diagram(slug: &str, document: DocumentId) -> String {
    DocumentKind::Diagram.page(slug, document)
}

/// A diagram with a view and an element selected.
pub fn diagram_at(slug: &str, document: DocumentId, view: Option<&str>, element: Option<&str>) -> String {
    with_query(&diagram(slug, document), &[("view", view), ("element", element)])
}

pub fn decisions(slug: &str) -> String {
    format!("/p/{}/decisions", escape(slug))
}

/// The log's tabs beside its list.
pub fn log_timeline(slug: &str) -> String {
    format!("{}/timeline", decisions(slug))
}

pub fn log_graph(slug: &str) -> String {
    format!("{}/graph", decisions(slug))
}

pub fn log_index(slug: &str) -> String {
    format!("{}/index", decisions(slug))
}

pub fn log_doctor(slug: &str) -> String {
    format!("{}/doctor", decisions(slug))
}

/// Full-text search in a project, or without one in all of the reader's.
pub fn search(slug: Option<&str>) -> String {
    slug.map_or_else(|| "/search".to_owned(), |slug| format!("{}/search", project(slug)))
}

pub fn decision(slug: &str, document: DocumentId) -> String {
    DocumentKind::Decision.page(slug, document)
}

pub fn reviews(slug: &str) -> String {
    format!("/p/{}/reviews", escape(slug))
}

pub fn review(slug: &str, number: u32) -> String {
    format!("/p/{}/reviews/{number}", escape(slug))
}

/// A review with one finding open.
pub fn finding(slug: &str, number: u32, finding: FindingId) -> String {
    format!("{}?finding={finding}", review(slug, number))
}

pub fn questions(slug: &str) -> String {
    format!("{}/questions", project(slug))
}

pub fn rule(code: &str) -> String {
    format!("/catalogue/rules/{}", escape(code))
}

/// One pattern of the catalogue.
pub fn pattern(id: &str) -> String {
    format!("/catalogue/patterns/{}", escape(id))
}

/// One agent of the library.
pub fn agent(handle: &str) -> String {
    format!("{AGENTS}/{}", escape(handle))
}

/// An agent's file as it came in; with a hash that version.
pub fn agent_file(handle: &str, version: Option<&str>) -> String {
    with_query(&format!("/api/v1/agents/{}/file", escape(handle)), &[("version", version)])
}

/// The zip with everything in a project.
pub fn export_project(slug: &str) -> String {
    format!("/api/v1/projects/{}/export", escape(slug))
}

/// Takes a zip or a single file as a multipart form.
pub fn import_project(slug: &str) -> String {
    format!("/api/v1/projects/{}/import", escape(slug))
}

/// A project's talks with agents.
pub fn talks(slug: &str) -> String {
    format!("/p/{}/talks", escape(slug))
}

pub fn talk(slug: &str, talk: TalkId) -> String {
    format!("/p/{}/talks/{talk}", escape(slug))
}

/// Where a design is drafted from requirements.
pub fn draft(slug: &str) -> String {
    format!("/p/{}/draft", escape(slug))
}

/// Tells what happens in a talk.
pub fn talk_events(slug: &str, talk: TalkId) -> String {
    format!("/api/v1/projects/{}/talks/{talk}/events", escape(slug))
}

/// The talk as a markdown file.
pub fn talk_markdown(slug: &str, talk: TalkId) -> String {
    format!("/api/v1/projects/{}/talks/{talk}.md", escape(slug))
}

/// What an agent's run left behind, sealed, as a file.
pub fn run_record(slug: &str, run: RunId) -> String {
    format!("/api/v1/projects/{}/runs/{run}.jsonl", escape(slug))
}

/// The review as a file: `md`, `json` or `sarif`.
pub fn review_file(slug: &str, number: u32, format: &str) -> String {
    format!("/api/v1/projects/{}/reviews/{number}.{format}", escape(slug))
}

/// One view of a diagram as a file: `svg` or `mmd`.
pub fn view_file(document: DocumentId, view: &str, format: &str) -> String {
    format!("/api/v1/documents/{document}/views/{}.{format}", escape(view))
}

/// A decision's file as it came.
pub fn decision_markdown(document: DocumentId) -> String {
    format!("/api/v1/decisions/{document}/markdown")
}

/// A decision as a page that needs nothing else; `views` says of what time its pictures are.
pub fn decision_html(document: DocumentId, views: Option<&str>) -> String {
    with_query(&format!("/api/v1/decisions/{document}/html"), &[("views", views)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_escaped() {
        assert_eq!(escape("a b/c?é"), "a%20b%2Fc%3F%C3%A9");
        assert_eq!(rule("LNT-B001"), "/catalogue/rules/LNT-B001");
        assert_eq!(with_query("/x", &[("view", Some("a&b")), ("element", None)]), "/x?view=a%26b");
        assert_eq!(with_query("/x", &[("view", None)]), "/x");
    }
}
