//! The decision log of a project: the list here; its pictures, what is new, index files and faults in the files beside this one.
//!
//! Everything is read from the texts as they are now. Changes of decisions go through their rooms.

use std::collections::BTreeMap;

use crate::{
    api::decision_log::{Cited, ListedDecision, LogHead, LogPage},
    domain::{
        account::Role,
        decision::{
            log::{
                Log,
                view::{self, Filter},
            },
            template::project::Roles,
        },
        id::{DocumentId, ProjectId},
        project::{Document, DocumentKind, DocumentText, Project},
        review::{FindingState, finding::Anchor},
        syntax::TextEdit,
    },
    server::{
        boot::AppState,
        collab::rooms::UpdateKind,
        error::ServiceError,
        service::{
            access::{self, Actor},
            documents,
        },
    },
};

pub mod doctor;
pub mod index;
pub mod news;
pub mod pictures;

/// A project's log as it is now, with its documents.
struct Opened {
    project: Project,
    log: Log,
    /// By path.
    documents: BTreeMap<String, Document>,
}

impl Opened {
    /// Reads the log for a member of at least the given role.
    ///
    /// # Errors
    /// As [`access::project`].
    async fn read(app: &AppState, actor: &Actor, slug: &str, needed: Role) -> Result<Self, ServiceError> {
        let project = access::project(app, actor, slug, needed).await?.project;
        Self::of(app, project).await
    }

    async fn of(app: &AppState, project: Project) -> Result<Self, ServiceError> {
        let mut texts = documents::texts(app, project.id).await?;
        texts.retain(|text| text.document.kind == DocumentKind::Decision);
        Self::with(app, project, texts).await
    }

    /// Reads the texts of all decisions.
    async fn with(app: &AppState, project: Project, texts: Vec<DocumentText>) -> Result<Self, ServiceError> {
        let documents = texts.iter().map(|text| (text.document.path.clone(), text.document.clone())).collect();
        let files = texts.into_iter().map(|text| (text.document.path, text.text));
        let log = app.jobs.heavy(move || Log::read(files, &Roles::default())).await?;
        Ok(Self { project, log, documents })
    }

    /// The page of the record at an index.
    fn page(&self, index: usize) -> String {
        let document = self.log.texts.get(index).and_then(|text| self.documents.get(&text.path));
        document.map(|document| DocumentKind::Decision.page(&self.project.slug, document.id)).unwrap_or_default()
    }

    /// The pages of all records, by path.
    fn pages(&self) -> BTreeMap<String, String> {
        let page = |document: &Document| DocumentKind::Decision.page(&self.project.slug, document.id);
        self.documents.iter().map(|(path, document)| (path.clone(), page(document))).collect()
    }

    /// Rows with what only the project knows.
    fn listed(&self, rows: Vec<view::Row>, mut cited: BTreeMap<DocumentId, Vec<Cited>>) -> Vec<ListedDecision> {
        let pages = self.pages();
        let listed = |row: view::Row| {
            let document = self.documents.get(&row.path)?.id;
            let others = row.instead.iter().chain(&row.will_supersede).chain(&row.will_be_superseded);
            let named =
                others.filter_map(|other| pages.get_key_value(&other.path)).map(|(path, page)| (path.clone(), page.clone())).collect();
            Some(ListedDecision { document, row, findings: cited.remove(&document).unwrap_or_default(), pages: named })
        };
        rows.into_iter().filter_map(listed).collect()
    }

    /// What stands above every tab.
    async fn head(&self, app: &AppState) -> Result<LogHead, ServiceError> {
        let faults = doctor::examined(app, self).await?;
        let faults = faults.iter().filter(|(fault, known)| fault.is_fault() && !known).count();
        let stale_indexes = index::stale(app, self).await?;
        Ok(LogHead { now: app.clock.now(), project: self.project.clone(), total: self.log.texts.len(), faults, stale_indexes })
    }
}

/// The list, chosen and ordered; the first visit is remembered.
pub async fn list(app: &AppState, actor: &Actor, slug: &str, filter: Filter) -> Result<LogPage, ServiceError> {
    let opened = Opened::read(app, actor, slug, Role::Viewer).await?;
    let head = opened.head(app).await?;
    let news = news::since(app, actor, &opened).await?;
    let (rows, choices) = choose(app, &opened, filter.clone()).await?;
    Ok(LogPage { head, filter, rows, choices, news })
}

/// The chosen rows of a log alone, for programs.
pub async fn rows(app: &AppState, actor: &Actor, slug: &str, filter: Filter) -> Result<Vec<ListedDecision>, ServiceError> {
    let opened = Opened::read(app, actor, slug, Role::Viewer).await?;
    Ok(choose(app, &opened, filter).await?.0)
}

/// The decisions with the highest numbers, of the texts of all of them; without findings.
pub async fn newest(
    app: &AppState,
    project: &Project,
    decisions: Vec<DocumentText>,
    count: usize,
) -> Result<Vec<ListedDecision>, ServiceError> {
    let opened = Opened::with(app, project.clone(), decisions).await?;
    let log = opened.log.clone();
    let mut rows = app.jobs.heavy(move || Filter::default().choose(&log, &view::rows(&log))).await?;
    rows.truncate(count);
    Ok(opened.listed(rows, BTreeMap::new()))
}

async fn choose(app: &AppState, opened: &Opened, filter: Filter) -> Result<(Vec<ListedDecision>, view::Choices), ServiceError> {
    let log = opened.log.clone();
    let work = move || {
        let rows = view::rows(&log);
        (filter.choose(&log, &rows), view::choices(&rows))
    };
    let (chosen, choices) = app.jobs.heavy(work).await?;
    Ok((opened.listed(chosen, cited(app, opened.project.id).await?), choices))
}

/// The standing findings of the newest review, by the documents they point at or quote.
async fn cited(app: &AppState, project: ProjectId) -> Result<BTreeMap<DocumentId, Vec<Cited>>, ServiceError> {
    let Some(review) = app.store.newest_review(project).await? else { return Ok(BTreeMap::new()) };
    let gone = [FindingState::Fixed, FindingState::Obsolete];
    let mut cited: BTreeMap<DocumentId, Vec<Cited>> = BTreeMap::new();
    for known in app.store.review_findings(review.id).await?.into_iter().filter(|known| !gone.contains(&known.state)) {
        let finding = &known.finding;
        let mut about: Vec<DocumentId> = finding.anchors.iter().map(Anchor::document).collect();
        about.extend(finding.evidence.iter().map(|evidence| evidence.document));
        about.sort();
        about.dedup();
        for document in about {
            cited.entry(document).or_default().push(Cited {
                id: known.id,
                review: review.number,
                code: finding.code.clone(),
                title: finding.title.clone(),
                severity: finding.severity,
            });
        }
    }
    Ok(cited)
}

async fn edit(
    app: &AppState,
    actor: &Actor,
    project: &Project,
    document: &Document,
    expected: &str,
    edits: &[TextEdit],
) -> Result<(), ServiceError> {
    app.rooms.edit(document.id, actor.person.id, UpdateKind::Edit, edits, expected).await?;
    documents::changed(app, &actor.person, project, document, "edited").await
}
