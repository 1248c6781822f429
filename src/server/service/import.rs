//! Import: uploaded files become documents, or are kept byte for byte.
//!
//! Diagrams of other tools stay as they are, and get a diagram of their own beside them (`foreign`).
//!
//! Importing over what is there replaces texts as an edit people can see and undo; what has not changed is not touched.

use std::collections::BTreeMap;

use crate::{
    domain::{
        account::{Person, Role},
        bundle::{self, Part},
        project::{DocumentKind, Imported, Project},
        text_file,
    },
    server::{
        boot::AppState,
        collab::rooms::UpdateKind,
        error::ServiceError,
        service::{
            access::{self, Actor},
            archive::{ArchiveError, BOUNDS, Files},
            documents,
        },
        store::activity::Happening,
    },
};

mod foreign;

/// Imports uploads, each an archive or a file under its name.
///
/// # Errors
/// `Invalid` (field `file`) for an upload that can't be read or is hostile, `TooLarge` for one past the bounds. Nothing of
/// it is imported then.
pub async fn import(app: &AppState, actor: &Actor, slug: &str, uploads: Vec<(String, Vec<u8>)>) -> Result<Imported, ServiceError> {
    let project = access::project(app, actor, slug, Role::Editor).await?.project;
    if uploads.is_empty() {
        return Err(ServiceError::invalid("file", "Choose a zip archive or a file to import."));
    }
    let unpack = move || {
        let mut files = Files::default();
        uploads.into_iter().try_for_each(|(name, bytes)| files.add(&name, bytes, &BOUNDS)).map(|()| files)
    };
    let files = app.jobs.heavy(unpack).await?.map_err(|error| match error {
        ArchiveError::Refused(problem) => ServiceError::invalid("file", problem),
        ArchiveError::TooLarge(reason) => ServiceError::too_large(reason),
    })?;
    if files.files.is_empty() {
        return Err(ServiceError::invalid("file", "The upload holds no files."));
    }
    let mut imported = put(app, &actor.person, &project, files.files).await?;
    imported.warnings.splice(0..0, files.warnings);
    Ok(imported)
}

/// One file, understood.
struct Understood {
    kind: DocumentKind,
    text: String,
    bytes: Vec<u8>,
}

struct Sorted {
    documents: BTreeMap<String, Understood>,
    kept: BTreeMap<String, Vec<u8>>,
    warnings: Vec<String>,
}

/// Puts files into a project in somebody's name. The caller has checked that they may.
pub(in crate::server) async fn put(
    app: &AppState,
    author: &Person,
    project: &Project,
    files: BTreeMap<String, Vec<u8>>,
) -> Result<Imported, ServiceError> {
    let existing = documents::by_path(documents::texts(app, project.id).await?);
    let kinds: BTreeMap<String, DocumentKind> = existing.iter().map(|(path, text)| (path.clone(), text.document.kind)).collect();
    let mut sorted = app.jobs.heavy(move || sort(files, &kinds)).await?;
    let originals = app.store.originals(project.id).await?;

    let foreign =
        foreign::new(app, project, &sorted.kept, |path| existing.contains_key(path), |path| sorted.documents.contains_key(path)).await?;
    sorted.warnings.extend(foreign.warnings);

    let taken: Vec<&str> = sorted.documents.keys().map(String::as_str).collect();
    app.store.drop_kept_files(project.id, &taken).await?;
    let mut documents = Vec::new();
    for (path, file) in &sorted.documents {
        let Some(there) = existing.get(path) else {
            let made = documents::add(app, author, project, file.kind, path, &file.text, Some(&file.bytes), UpdateKind::Import).await?;
            match made {
                Some(made) => documents.push(made.document),
                None => sorted.warnings.push(format!("`{path}` was skipped: somebody created it during the import.")),
            }
            continue;
        };
        let mut document = there.document.clone();
        if there.text != file.text {
            document.revision = app.rooms.replace(document.id, author.id, UpdateKind::Import, &file.text, None).await?;
        }
        if originals.get(&document.id) != Some(&file.bytes) {
            app.store.set_original(document.id, &file.bytes).await?;
        }
        if there.text != file.text {
            documents::changed(app, author, project, &document, "imported").await?;
            document = app.store.document(document.id).await?.unwrap_or(document);
        }
        documents.push(document);
    }
    for (path, conversion) in &foreign.diagrams {
        let (text, pins, kind) = (&conversion.text, &conversion.pins, DocumentKind::Diagram);
        let update = UpdateKind::Import;
        let made = documents::add_placed(app, author, project, kind, path, text, pins, Some(text.as_bytes()), update).await?;
        documents.extend(made.map(|made| made.document));
    }
    let kept: BTreeMap<&str, &[u8]> = sorted.kept.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())).collect();
    if !kept.is_empty() {
        app.store.keep_files(project.id, &kept, app.clock.now()).await?;
    }
    let page = format!("/p/{}", project.slug);
    let what = format!("imported {} into", files_count(documents.len() + kept.len()));
    let happening =
        Happening { project: project.id, user: author.id, at: app.clock.now(), what: &what, subject: Some((&project.name, &page)) };
    app.store.record_activity(&happening).await?;
    let kept = sorted.kept.into_keys().collect();
    Ok(Imported { documents, kept, warnings: sorted.warnings })
}

fn files_count(count: usize) -> String {
    if count == 1 { "1 file".to_owned() } else { format!("{count} files") }
}

/// Says what each file is. A path that is a document stays one, whatever its new text looks like.
fn sort(files: BTreeMap<String, Vec<u8>>, existing: &BTreeMap<String, DocumentKind>) -> Sorted {
    let bundle::Sorted { parts, mut warnings } = bundle::sort(&files);
    let (mut documents, mut kept) = (BTreeMap::new(), BTreeMap::new());
    for (path, bytes) in files {
        let kind = existing.get(&path).copied().or(match parts.get(&path) {
            Some(Part::Diagram) => Some(DocumentKind::Diagram),
            Some(Part::Decision) => Some(DocumentKind::Decision),
            Some(Part::Kept) | None => None,
        });
        let Some(kind) = kind else {
            kept.insert(path, bytes);
            continue;
        };
        match text_file::read(&bytes).filter(|text| text.len() <= documents::MAX_TEXT) {
            Some(text) => {
                documents.insert(path, Understood { kind, text, bytes });
            }
            None if existing.contains_key(&path) => {
                warnings
                    .push(format!("`{path}` was skipped: the project edits it as a text, and the new file is no text of at most 1 MiB."));
            }
            None => {
                warnings.push(format!("`{path}` is kept as it is: it is no text of at most 1 MiB."));
                kept.insert(path, bytes);
            }
        }
    }
    Sorted { documents, kept, warnings }
}
