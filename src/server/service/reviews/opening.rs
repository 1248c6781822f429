//! What the rules need to run in the browser while people type in a diagram: the texts of the project, and what is settled.

use crate::{
    domain::{
        account::Role,
        id::DocumentId,
        project::DocumentKind,
        review::{
            FindingState, Profile,
            live::{Given, Opening},
        },
    },
    server::{
        boot::AppState,
        error::ServiceError,
        service::{
            access::{self, Actor},
            documents,
            reviews::agreed,
        },
    },
};

/// A project as a viewer may see it, with one of its diagrams to type in.
pub async fn opening(app: &AppState, actor: &Actor, id: DocumentId) -> Result<Opening, ServiceError> {
    let (access, document) = access::document(app, actor, id, Role::Viewer).await?;
    if document.kind != DocumentKind::Diagram {
        return Err(ServiceError::not_found("The diagram"));
    }
    let project = access.project.id;
    let mut texts = documents::texts(app, project).await?;
    let agreed = agreed::of(app, project).await?;
    if let Some(agreed) = &agreed {
        agreed.retain(&mut texts);
    }
    let mut sources = documents::sources(app, project, &texts).await?;
    // The diagrams come with the documents.
    for text in texts.iter().filter(|text| text.document.kind == DocumentKind::Diagram) {
        if sources.get(&text.document.path) == Some(&text.text) {
            sources.remove(&text.document.path);
        }
    }
    let put_aside = [FindingState::FalsePositive, FindingState::WontFix];
    let settled = match app.store.newest_review(project).await? {
        Some(review) => app.store.review_findings(review.id).await?,
        None => Vec::new(),
    };
    Ok(Opening {
        document: id,
        documents: texts
            .into_iter()
            .map(|text| Given { id: text.document.id, kind: text.document.kind, path: text.document.path, text: text.text })
            .collect(),
        sources,
        profile: agreed.as_ref().map_or(Profile::Default, |agreed| agreed.profile(Profile::Default)),
        today: app.clock.now().day(),
        choices: agreed.map(|agreed| agreed.settings.choices).unwrap_or_default(),
        settled: settled.into_iter().filter(|known| put_aside.contains(&known.state)).map(|known| known.finding.fingerprint).collect(),
    })
}
