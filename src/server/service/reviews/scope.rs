//! What of a project a review is to judge, as people ask for it.

use crate::{
    api::reviews::ReviewParts,
    domain::{
        account::Role,
        id::{DocumentId, ProjectId},
        model::view::{View, ViewKind},
        project::DocumentKind,
        review::{ReviewStatus, scope::Scope},
        syntax::Sources,
    },
    server::{
        boot::AppState,
        error::ServiceError,
        service::{
            access::{self, Actor},
            documents,
            reviews::frozen::{Read, frozen, frozen_sources},
        },
        store::reviews::Frozen,
    },
};

/// What somebody wants judged.
#[derive(Clone, Copy, Debug, Default)]
pub enum Part<'a> {
    /// Everything that the project's settings do not leave out.
    #[default]
    All,
    Documents(&'a [DocumentId]),
    /// A view of a diagram, by its key.
    View(DocumentId, &'a str),
    /// What came or changed since the review of this number.
    ChangedSince(u32),
}

impl<'a> Part<'a> {
    pub const fn documents(self) -> Option<&'a [DocumentId]> {
        match self {
            Self::Documents(documents) => Some(documents),
            Self::All | Self::View(..) | Self::ChangedSince(_) => None,
        }
    }
}

/// What is judged of frozen texts, and the number of the review to compare with where that is not the newest.
///
/// # Errors
/// `Invalid` for a view or review that is not there, and where nothing has changed.
pub(super) async fn of(
    app: &AppState,
    project: ProjectId,
    texts: &[Frozen],
    sources: &Sources,
    part: Part<'_>,
) -> Result<(Scope, Option<u32>), ServiceError> {
    match part {
        Part::All => Ok((Scope::Project, None)),
        Part::Documents(_) => Ok((Scope::Documents, None)),
        Part::View(document, key) => {
            let diagram = texts.iter().find(|text| text.reviewed.document == document && text.kind == DocumentKind::Diagram);
            let Some(diagram) = diagram.cloned() else {
                return Err(ServiceError::invalid("view", format!("The project has no diagram {document}.")));
            };
            let (path, sources) = (diagram.reviewed.path.clone(), sources.clone());
            let read = app.jobs.heavy(move || Read::of(vec![diagram], &sources)).await?;
            let mut views = read.diagrams.iter().flat_map(|(_, parsed)| &parsed.model.views);
            let Some(view) = views.find(|view| view.key == key) else {
                return Err(ServiceError::invalid("view", format!("{path} has no view `{key}`.")));
            };
            Ok((Scope::View { document, path, view: view.key.clone(), title: title(view) }, None))
        }
        Part::ChangedSince(since) => {
            let base = app.store.review(project, since).await?.filter(|base| base.status == ReviewStatus::Finished);
            let Some(base) = base else {
                return Err(ServiceError::invalid("changed_since", format!("The project has no finished review {since}.")));
            };
            let same = |text: &&Frozen| {
                base.documents.iter().any(|old| old.document == text.reviewed.document && old.sha256 == text.reviewed.sha256)
            };
            let documents: Vec<DocumentId> = texts.iter().filter(|text| !same(text)).map(|text| text.reviewed.document).collect();
            if documents.is_empty() {
                return Err(ServiceError::invalid("changed_since", format!("No document has changed since review {since}.")));
            }
            Ok((Scope::Changed { since, documents }, Some(since)))
        }
    }
}

fn title(view: &View) -> String {
    view.title.clone().filter(|title| !title.trim().is_empty()).unwrap_or_else(|| view.key.clone())
}

/// What there is to choose from for a review of a part.
pub async fn parts(app: &AppState, actor: &Actor, slug: &str) -> Result<ReviewParts, ServiceError> {
    let project = access::project(app, actor, slug, Role::Editor).await?.project;
    let texts = frozen(documents::texts(app, project.id).await?);
    let documents = texts.iter().map(|text| (text.reviewed.document, text.reviewed.path.clone())).collect();
    let sources = frozen_sources(app, &project, &texts).await?;
    let views = app
        .jobs
        .heavy(move || {
            let diagrams = texts.into_iter().filter(|text| text.kind == DocumentKind::Diagram).collect();
            let drawn = |view: &&View| view.kind != ViewKind::Image && !view.elements.is_empty();
            let read = Read::of(diagrams, &sources);
            let views = read.diagrams.iter().flat_map(|(text, parsed)| {
                let named = |view: &View| (text.reviewed.document, view.key.clone(), format!("{} of {}", title(view), text.reviewed.path));
                parsed.model.views.iter().filter(drawn).map(named).collect::<Vec<_>>()
            });
            views.collect()
        })
        .await?;
    let reviews = app.store.reviews(project.id).await?;
    let reviews = reviews.iter().filter(|review| review.status == ReviewStatus::Finished).map(|review| review.number).collect();
    Ok(ReviewParts { documents, views, reviews })
}
