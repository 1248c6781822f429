//! Export: a project as the folder it came from, byte for byte where nobody changed anything.

use std::collections::BTreeMap;

use crate::{
    domain::{account::Role, project::Project, text_file},
    server::{
        boot::AppState,
        error::ServiceError,
        service::{
            access::{self, Actor},
            archive, documents,
        },
    },
};

/// A project as a zip archive.
pub async fn export(app: &AppState, actor: &Actor, slug: &str) -> Result<Vec<u8>, ServiceError> {
    let project = access::project(app, actor, slug, Role::Viewer).await?.project;
    pack(app, &project).await
}

/// The archive of a project. The caller has checked who asks.
pub(in crate::server) async fn pack(app: &AppState, project: &Project) -> Result<Vec<u8>, ServiceError> {
    let texts = documents::texts(app, project.id).await?;
    let originals = app.store.originals(project.id).await?;
    let kept = app.store.kept_files(project.id).await?;
    let work = move || {
        let mut files: BTreeMap<String, Vec<u8>> = kept;
        for text in texts {
            let original = originals.get(&text.document.id).map(Vec::as_slice);
            files.insert(text.document.path, text_file::write(original, &text.text));
        }
        archive::pack(&files)
    };
    app.jobs.heavy(work).await?.map_err(|error| ServiceError::internal(error.to_string()))
}
