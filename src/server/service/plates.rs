//! The small pictures of projects on the home page, drawn once for each revision of a diagram.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use crate::{
    domain::{
        id::{DocumentId, ProjectId},
        model::view::choose,
        project::Document,
        scene::{self, pins, svg::plate::plate},
        syntax::{self, Language},
    },
    server::{
        boot::AppState,
        error::ServiceError,
        service::{access::Actor, documents},
    },
};

/// Pictures to remember; the oldest documents go first.
const MOST: usize = 500;
/// Diagrams with longer texts take too long to draw for a list of projects.
const LONGEST: usize = 200_000;

/// Pictures by document, with the revision they show.
#[derive(Debug, Default)]
pub struct Plates(Mutex<BTreeMap<DocumentId, (i64, String)>>);

impl Plates {
    fn get(&self, document: &Document) -> Option<String> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&document.id).filter(|(revision, _)| *revision == document.revision).map(|(_, picture)| picture.clone())
    }

    fn keep(&self, document: &Document, picture: &str) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(document.id, (document.revision, picture.to_owned()));
        while known.len() > MOST {
            known.pop_first();
        }
    }
}

/// The pictures of a person's projects that have something to draw.
pub(in crate::server::service) async fn of_projects(app: &AppState, actor: &Actor) -> Result<BTreeMap<ProjectId, String>, ServiceError> {
    let mut nearest: BTreeMap<ProjectId, Document> = BTreeMap::new();
    for (project, document) in app.store.diagrams_of_member(actor.person.id).await? {
        if nearest.get(&project).is_none_or(|known| documents::nearness(&document) < documents::nearness(known)) {
            nearest.insert(project, document);
        }
    }
    let mut pictures = BTreeMap::new();
    for (project, document) in nearest {
        let picture = match app.plates.get(&document) {
            Some(picture) => picture,
            None => draw(app, actor, &document).await?,
        };
        if !picture.is_empty() {
            pictures.insert(project, picture);
        }
    }
    Ok(pictures)
}

/// Draws a diagram's first view; nothing of one that has none or is too long.
async fn draw(app: &AppState, actor: &Actor, document: &Document) -> Result<String, ServiceError> {
    let (diagram, sources) = documents::with_sources(app, actor, document.id).await?;
    let placed = app.store.pins(document.id).await?;
    let now = diagram.document.clone();
    let picture = app
        .jobs
        .heavy(move || {
            if diagram.text.len() > LONGEST {
                return String::new();
            }
            let path = &diagram.document.path;
            let language = syntax::language_of(path, &diagram.text).unwrap_or(Language::Structurizr);
            let model = syntax::parse(language, path, &diagram.text, &sources).model;
            let Some(view) = choose(&model, None) else { return String::new() };
            let scene = scene::compose_pinned(&model, view, None, &pins::of_view(&placed, &view.key));
            if scene.shapes.is_empty() { String::new() } else { plate(&scene) }
        })
        .await?;
    app.plates.keep(&now, &picture);
    Ok(picture)
}
