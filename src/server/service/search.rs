//! Full-text search in one project, or in all projects of whoever looks.

use std::collections::BTreeMap;

use crate::{
    api::search::{ResultGroup, SearchPage, SearchResult, Successor},
    domain::{
        account::Role,
        decision::{
            log::{Log, current::instead, edges},
            status::Status,
            template::project::Roles,
        },
        id::{DocumentId, ProjectId},
        project::DocumentKind,
        search::{Kind, Query, passage},
        title::title,
    },
    server::{
        boot::AppState,
        error::ServiceError,
        service::{
            access::{self, Actor},
            documents,
        },
        store::search::{Match, Reach, Subject},
    },
};

/// Results of one kind on a page.
pub const SHOWN: u32 = 25;

/// Looks for what was typed; without a project, in all that the actor is a member of.
pub async fn search(app: &AppState, actor: &Actor, slug: Option<&str>, typed: &str, most: u32) -> Result<SearchPage, ServiceError> {
    let project = match slug {
        Some(slug) => Some(access::project(app, actor, slug, Role::Viewer).await?.project),
        None => None,
    };
    let query = Query::read(typed);
    let typed: String = typed.chars().take(crate::domain::search::LONGEST).collect();
    if query.is_empty() {
        return Ok(SearchPage { project, typed, empty: true, groups: Vec::new() });
    }
    let reach = Reach { user: actor.person.id, project: project.as_ref().map(|project| project.id) };
    catch_up(app, reach).await?;
    let mut groups = Vec::new();
    for kind in Kind::ALL {
        let mut found = app.store.search(reach, kind, &query, most.saturating_add(1)).await?;
        let more = found.len() > most as usize;
        found.truncate(most as usize);
        let standing = if kind == Kind::Decision { standing(app, &found).await? } else { BTreeMap::new() };
        let results: Vec<SearchResult> = found.iter().map(|one| result(one, &standing)).collect();
        if !results.is_empty() {
            groups.push(ResultGroup { kind, results, more });
        }
    }
    Ok(SearchPage { project, typed, empty: false, groups })
}

/// Brings the index up to what people are typing right now: rooms store their texts a moment later.
async fn catch_up(app: &AppState, reach: Reach) -> Result<(), ServiceError> {
    let mut texts = Vec::new();
    for document in app.store.stale_documents(reach).await? {
        // A document that can't be opened is not found by what it says; that must not cost the others.
        let (Ok((text, _)), Some((kind, path))) = (app.rooms.text(document).await, app.store.document_place(document).await?) else {
            continue;
        };
        texts.push((document, title(kind, &path, &text), text));
    }
    Ok(app.store.index_texts(&texts).await?)
}

/// What a decision is in its log.
#[derive(Clone, Debug, Default)]
struct Standing {
    number: Option<u32>,
    status: Option<Status>,
    instead: Vec<Successor>,
}

/// Where the found decisions stand: nobody gets a superseded one without what holds instead.
async fn standing(app: &AppState, found: &[Match]) -> Result<BTreeMap<DocumentId, Standing>, ServiceError> {
    let mut projects: BTreeMap<ProjectId, &str> = BTreeMap::new();
    for one in found {
        projects.insert(one.project, &one.slug);
    }
    let mut standing = BTreeMap::new();
    for (project, slug) in projects {
        let mut texts = documents::texts(app, project).await?;
        texts.retain(|text| text.document.kind == DocumentKind::Decision);
        let slug = slug.to_owned();
        let read = move || {
            let ids: BTreeMap<String, DocumentId> = texts.iter().map(|text| (text.document.path.clone(), text.document.id)).collect();
            let log = Log::read(texts.into_iter().map(|text| (text.document.path, text.text)), &Roles::default());
            let (entries, mut found) = (log.entries(), Vec::new());
            let edges = edges(&entries);
            for (index, text) in log.texts.iter().enumerate() {
                let successor = |by: usize| {
                    let by = log.texts.get(by)?;
                    let id = ids.get(&by.path)?;
                    Some(Successor {
                        id: id.to_string(),
                        href: DocumentKind::Decision.page(&slug, *id),
                        number: by.record.number,
                        title: by.record.title.clone(),
                        status: by.record.known_status(),
                    })
                };
                let after = instead(&entries, &edges, index).into_iter().filter_map(successor).collect();
                let one = Standing { number: text.record.number, status: text.record.known_status(), instead: after };
                found.extend(ids.get(&text.path).map(|id| (*id, one)));
            }
            found
        };
        standing.extend(app.jobs.heavy(read).await?);
    }
    Ok(standing)
}

fn result(found: &Match, standing: &BTreeMap<DocumentId, Standing>) -> SearchResult {
    let (id, href, state) = match found.subject {
        Subject::Decision(id) => (id.to_string(), DocumentKind::Decision.page(&found.slug, id), None),
        Subject::Diagram(id) => (id.to_string(), DocumentKind::Diagram.page(&found.slug, id), None),
        Subject::Finding(id, state, review) => (id.to_string(), format!("/p/{}/reviews/{review}?finding={id}", found.slug), Some(state)),
    };
    let standing = match found.subject {
        Subject::Decision(id) => standing.get(&id).cloned().unwrap_or_default(),
        Subject::Diagram(_) | Subject::Finding(..) => Standing::default(),
    };
    SearchResult {
        id,
        href,
        title: passage(&found.title),
        name: if state.is_some() { found.name.split(' ').next().unwrap_or_default().to_owned() } else { found.name.clone() },
        passage: passage(&found.passage),
        project: found.slug.clone(),
        project_name: found.project_name.clone(),
        number: standing.number,
        status: standing.status,
        state,
        instead: standing.instead,
    }
}
