//! The decision log: the list, its pictures, what is new in it, its index files and its faults.

use std::collections::BTreeMap;

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    api::ApiError,
    domain::{
        decision::{
            log::{
                news::Item,
                view::{Choices, Filter, Other, Row},
            },
            status::Status,
        },
        diagnostic::Level,
        difference::Hunk,
        id::{DocumentId, FindingId},
        moment::{Day, Moment},
        project::Project,
        review::finding::Severity,
    },
};

/// What every tab of the log shows above itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LogHead {
    pub now: Moment,
    pub project: Project,
    /// All decisions.
    pub total: usize,
    /// Faults that are not known, notes aside.
    pub faults: usize,
    /// Index files whose list is out of date.
    pub stale_indexes: usize,
}

/// The list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LogPage {
    pub head: LogHead,
    pub filter: Filter,
    /// The chosen ones, in the chosen order.
    pub rows: Vec<ListedDecision>,
    pub choices: Choices,
    pub news: News,
}

/// A row with what only the project knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedDecision {
    pub document: DocumentId,
    #[serde(flatten)]
    pub row: Row,
    /// The open findings of the newest review that point at it.
    pub findings: Vec<Cited>,
    /// The pages of the other decisions that the row names, by path.
    #[serde(skip)]
    pub pages: BTreeMap<String, String>,
}

impl ListedDecision {
    /// The page of a decision that the row names.
    pub fn page(&self, other: &Other) -> Option<&str> {
        self.pages.get(&other.path).map(String::as_str)
    }
}

/// A finding that points at a decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cited {
    pub id: FindingId,
    pub review: u32,
    pub code: String,
    pub title: String,
    pub severity: Severity,
}

/// What changed since somebody was there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct News {
    /// When that was; none for the first time.
    pub since: Option<Moment>,
    pub items: Vec<NewsItem>,
    pub remarks: Vec<NewsRemark>,
}

/// One thing that somebody else changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewsItem {
    #[serde(flatten)]
    pub item: Item,
    /// None for what was removed.
    pub page: Option<String>,
    pub by: Option<String>,
    pub at: Option<Moment>,
}

/// A remark about a finding that points at a decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewsRemark {
    pub finding: FindingId,
    pub page: String,
    pub title: String,
    pub author: String,
    pub at: Moment,
    /// Its beginning.
    pub text: String,
}

/// The decisions by their days.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TimelinePage {
    pub head: LogHead,
    /// SVG of our own making; empty where no decision has a day.
    pub picture: String,
    /// The newest month first.
    pub months: Vec<Month>,
    pub undated: Vec<Dated>,
}

/// The decisions of one month, the newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Month {
    pub year: i32,
    /// 1 to 12.
    pub month: u8,
    pub decisions: Vec<Dated>,
}

/// A decision on the timeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dated {
    pub page: String,
    pub number: Option<u32>,
    pub title: String,
    pub status: Option<Status>,
    pub day: Option<Day>,
    /// When a superseded one stopped to hold.
    pub until: Option<Day>,
    pub instead: Vec<(String, String)>,
}

/// The decisions and how they relate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GraphPage {
    pub head: LogHead,
    /// SVG of our own making; empty where no two of the chosen ones are linked.
    pub picture: String,
    /// Chosen, but linked to none of the others.
    pub alone: Vec<GraphNode>,
    /// All of the log, to choose one from.
    pub all: Vec<GraphNode>,
    pub wish: GraphWish,
}

/// A decision of the graph.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GraphNode {
    pub document: DocumentId,
    pub page: String,
    pub number: Option<u32>,
    pub title: String,
    pub status: Option<Status>,
}

/// What of the graph is wanted, in the words of an address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct GraphWish {
    /// A status, or `none`.
    pub status: String,
    /// A decision's id: only what is near it.
    pub around: String,
    /// How near, in links: 1 to 9.
    pub steps: String,
    /// `1` draws what only mentions another one, too.
    pub mentions: String,
}

/// The index files of the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IndexPage {
    pub head: LogHead,
    pub files: Vec<IndexFile>,
}

/// One index file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexFile {
    pub path: String,
    pub state: IndexState,
    /// What bringing it up to date changes.
    pub hunks: Vec<Hunk>,
}

/// Where an index file is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum IndexState {
    UpToDate,
    OutOfDate,
    /// It is not there yet and would be made.
    Missing,
    /// Nobody can tell where its list stands.
    Unmarked {
        problem: String,
    },
}

/// What is wrong with the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DoctorPage {
    pub head: LogHead,
    pub faults: Vec<LogFault>,
    /// How many are known and not shown.
    pub known: usize,
    /// The file that says which.
    pub baseline: String,
}

/// One fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogFault {
    pub identity: String,
    pub path: String,
    pub document: DocumentId,
    /// The line in the source on the decision's page.
    pub page: String,
    pub line: u32,
    pub column: u32,
    pub level: Level,
    pub code: String,
    pub what: String,
    pub why: String,
    pub help: String,
    /// The line it is about.
    pub quote: String,
    /// What one step can do about it.
    pub fix: Option<String>,
    /// What a step can do about it that shows first what it does: its name, and the page where it begins.
    pub ask: Option<(String, String)>,
    /// Accepted as known.
    pub known: bool,
}

#[server(name = LoadLog, prefix = "/fn", endpoint = "log")]
pub async fn log(slug: String, filter: Filter) -> Result<LogPage, ApiError> {
    use crate::server::{error::answer, http::auth, service::decision_log};
    answer(decision_log::list(&auth::app()?, &auth::signed_in()?, &slug, filter).await)
}

#[server(name = LoadTimeline, prefix = "/fn", endpoint = "log_timeline")]
pub async fn timeline(slug: String) -> Result<TimelinePage, ApiError> {
    use crate::server::{error::answer, http::auth, service::decision_log};
    answer(decision_log::pictures::timeline(&auth::app()?, &auth::signed_in()?, &slug).await)
}

#[server(name = LoadGraph, prefix = "/fn", endpoint = "log_graph")]
pub async fn graph(slug: String, wish: GraphWish) -> Result<GraphPage, ApiError> {
    use crate::server::{error::answer, http::auth, service::decision_log};
    answer(decision_log::pictures::graph(&auth::app()?, &auth::signed_in()?, &slug, wish).await)
}

#[server(name = LoadIndexes, prefix = "/fn", endpoint = "log_indexes")]
pub async fn indexes(slug: String) -> Result<IndexPage, ApiError> {
    use crate::server::{error::answer, http::auth, service::decision_log};
    answer(decision_log::index::page(&auth::app()?, &auth::signed_in()?, &slug).await)
}

#[server(name = LoadDoctor, prefix = "/fn", endpoint = "log_doctor")]
pub async fn doctor(slug: String, known: bool) -> Result<DoctorPage, ApiError> {
    use crate::server::{error::answer, http::auth, service::decision_log};
    answer(decision_log::doctor::page(&auth::app()?, &auth::signed_in()?, &slug, known).await)
}

/// Remembers that the caller has seen what the log says now.
#[server(prefix = "/fn", endpoint = "see_log")]
pub async fn see_log(slug: String) -> Result<(), ApiError> {
    use crate::server::{error::answer, http::auth, service::decision_log};
    answer(decision_log::news::see(&auth::app()?, &auth::signed_in()?, &slug).await)
}

/// Brings the list in an index file up to date, or makes the file.
#[server(prefix = "/fn", endpoint = "update_index")]
pub async fn update_index(slug: String, path: String) -> Result<(), ApiError> {
    use crate::server::{error::answer, http::auth, service::decision_log};
    answer(decision_log::index::update(&auth::app()?, &auth::signed_in()?, &slug, &path).await).map(|_| ())
}

/// Mends a fault of the log by the one step that does it.
#[server(prefix = "/fn", endpoint = "mend_fault")]
pub async fn mend_fault(slug: String, identity: String) -> Result<(), ApiError> {
    use crate::server::{error::answer, http::auth, service::decision_log};
    answer(decision_log::doctor::mend(&auth::app()?, &auth::signed_in()?, &slug, &identity).await).map(|_| ())
}

/// Accepts all faults that there are, or one, as known.
#[server(prefix = "/fn", endpoint = "accept_faults")]
pub async fn accept_faults(slug: String, identity: Option<String>) -> Result<(), ApiError> {
    use crate::server::{error::answer, http::auth, service::decision_log};
    answer(decision_log::doctor::accept(&auth::app()?, &auth::signed_in()?, &slug, identity.as_deref()).await).map(|_| ())
}

/// Takes a fault out of those that are known.
#[server(prefix = "/fn", endpoint = "recall_fault")]
pub async fn recall_fault(slug: String, identity: String) -> Result<(), ApiError> {
    use crate::server::{error::answer, http::auth, service::decision_log};
    answer(decision_log::doctor::recall(&auth::app()?, &auth::signed_in()?, &slug, &identity).await).map(|_| ())
}
