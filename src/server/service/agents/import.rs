//! Bringing agent files: one, many, or archives of them, within the bounds of every upload.

use std::collections::BTreeMap;

use crate::{
    api::agents::{AgentRemark, ImportedAgent, ImportedAgents},
    domain::{
        agent::{
            definition::{self, Definition, Load},
            library::{Tally, built_in, is_agent_file},
        },
        id::AgentFileId,
        project::slug,
        repository_path,
    },
    server::{
        boot::AppState,
        error::ServiceError,
        service::{
            access::{self, Actor},
            agents::{
                edit::WORKSPACE,
                shelf::{self, Key, Shelf},
            },
            archive::{ArchiveError, BOUNDS, Bounds, Files},
        },
        store::agents::{AgentFileChange, NewAgentFile},
    },
};

/// Agents that a library may hold besides those that come with Lintel.
const MOST: usize = 2000;
/// Files that are named one by one when they are left out.
const MOST_LEFT_OUT: usize = 20;

/// Files by collection and path, and what was left out.
#[derive(Debug, Default)]
struct Unpacked {
    files: BTreeMap<Key, Vec<u8>>,
    warnings: Vec<String>,
    left_out: Vec<String>,
}

/// Reads uploads, each an archive or a file under its name, and keeps the agents that can be read. A collection's name goes
/// before an agent's where several have the same; without one an archive gives its own.
///
/// # Errors
/// `Forbidden` for those who do not administer the server; `Invalid` (fields `file` and `collection`) for uploads that can't be
/// read or are hostile, `TooLarge` for those past the bounds. Nothing is kept then.
pub async fn import(
    app: &AppState,
    actor: &Actor,
    collection: &str,
    uploads: Vec<(String, Vec<u8>)>,
) -> Result<ImportedAgents, ServiceError> {
    access::administrator(actor)?;
    let collection = checked(collection)?;
    if uploads.is_empty() {
        return Err(ServiceError::invalid("file", "Choose a markdown file, or a zip archive of some."));
    }
    let unpack = move || unpack(uploads, collection.as_deref());
    let Unpacked { files, mut warnings, left_out } = app.jobs.heavy(unpack).await?.map_err(|error| match error {
        ArchiveError::Refused(problem) => ServiceError::invalid("file", problem),
        ArchiveError::TooLarge(reason) => ServiceError::too_large(reason),
    })?;
    warnings.extend(said(&left_out));
    if files.is_empty() {
        let why = if left_out.is_empty() { "" } else { " What is in it is no markdown, or a page about its folder." };
        return Err(ServiceError::invalid("file", format!("The upload holds no agent's file.{why}")));
    }
    let read = |files: BTreeMap<Key, Vec<u8>>| -> Vec<(String, Load)> {
        files.into_iter().map(|((source, path), bytes)| (source, definition::load(&path, &bytes))).collect()
    };
    let loads = app.jobs.heavy(move || read(files)).await?;

    let _turn = app.agents.changing.lock().await;
    let shelf = shelf::current(app).await?;
    let (loads, same): (Vec<_>, Vec<_>) = loads.into_iter().partition(|(_, load)| built_in_of(&shelf, load).is_none());
    for (_, load) in &same {
        let name = built_in_of(&shelf, load).unwrap_or_default();
        warnings.push(format!("`{}` was left out: it is {name}, which comes with Lintel.", load.file));
    }
    keep(app, actor, &shelf, &loads).await?;
    let after = shelf::current(app).await?;
    Ok(outcome(&shelf, &after, loads, warnings))
}

/// Puts what could be read and is new into use.
async fn keep(app: &AppState, actor: &Actor, shelf: &Shelf, loads: &[(String, Load)]) -> Result<(), ServiceError> {
    let new: Vec<(String, Definition)> = loads
        .iter()
        .filter_map(|(source, load)| load.definition().map(|definition| (source.clone(), definition.clone())))
        .filter(|(source, definition)| !in_use(shelf, source, definition))
        .collect();
    if new.is_empty() {
        return Ok(());
    }
    let added = new.iter().filter(|(source, definition)| shelf.member(source, &definition.file).is_none()).count();
    if shelf.brought() + added > MOST {
        return Err(ServiceError::too_large(format!(
            "With these the library would hold {} agents; {MOST} are the most. Remove some, or bring a part of them.",
            shelf.brought() + added
        )));
    }
    let handles = shelf.changed_handles(&new, &[]);
    let files: Vec<NewAgentFile<'_>> = new
        .iter()
        .map(|(source, definition)| NewAgentFile {
            id: AgentFileId::from_uuid(app.ids.uuid()),
            source,
            path: &definition.file,
            hash: &definition.hash,
            bytes: definition.export(),
            trusted: true,
        })
        .collect();
    let change = AgentFileChange { files: &files, retire: &[], handles: &handles, user: actor.person.id, at: app.clock.now() };
    Ok(app.store.change_agent_files(&change).await?)
}

fn in_use(shelf: &Shelf, source: &str, definition: &Definition) -> bool {
    shelf.member(source, &definition.file).is_some_and(|before| before.hash == definition.hash)
}

/// The name of the agent that comes with Lintel and is this very file.
fn built_in_of(shelf: &Shelf, load: &Load) -> Option<String> {
    let hash = &load.definition()?.hash;
    let members = shelf.library().members();
    let same = members.values().find(|member| member.source == built_in::SOURCE && member.definition.hash == *hash);
    same.map(|member| member.definition.name.clone())
}

fn outcome(before: &Shelf, after: &Shelf, loads: Vec<(String, Load)>, warnings: Vec<String>) -> ImportedAgents {
    let mut tally = Tally::default();
    let mut files = Vec::new();
    for (source, load) in loads {
        tally.count(&load.outcome);
        files.push(ImportedAgent {
            outcome: load.outcome.word().to_owned(),
            handle: load.definition().and_then(|_| after.handle_of(&source, &load.file)).map(str::to_owned),
            unchanged: load.definition().is_some_and(|definition| in_use(before, &source, definition)),
            remarks: load.remarks.iter().map(AgentRemark::from).collect(),
            file: load.file,
            source,
        });
    }
    ImportedAgents { summary: tally.to_string(), tally, files, warnings }
}

/// The name of a collection; none for an empty one.
fn checked(collection: &str) -> Result<Option<String>, ServiceError> {
    let name = collection.trim();
    if name.is_empty() {
        return Ok(None);
    }
    let plain = slug(name);
    if plain == built_in::SOURCE {
        let problem = format!("`{plain}` is the collection of the agents that come with Lintel. Choose another name.");
        return Err(ServiceError::invalid("collection", problem));
    }
    if plain != name {
        let hint = if plain.is_empty() { String::new() } else { format!(" `{plain}` would do.") };
        let problem = format!("Use lower-case letters, digits and single hyphens, at most 60 of them.{hint}");
        return Err(ServiceError::invalid("collection", problem));
    }
    Ok(Some(plain))
}

fn unpack(uploads: Vec<(String, Vec<u8>)>, collection: Option<&str>) -> Result<Unpacked, ArchiveError> {
    let mut unpacked = Unpacked::default();
    let (mut count, mut total) = (0_usize, 0_u64);
    for (name, bytes) in uploads {
        // The bounds are those of all uploads together.
        let bounds = Bounds { files: BOUNDS.files.saturating_sub(count), total: BOUNDS.total.saturating_sub(total), ..BOUNDS };
        let mut files = Files::default();
        let added = files.add(&name, bytes, &bounds);
        if count > 0 && matches!(added, Err(ArchiveError::TooLarge(_))) {
            let (most, megabytes) = (BOUNDS.files, BOUNDS.total / 1_000_000);
            let reason = format!("The uploads hold more than {most} files or {megabytes} MB together. Bring a part of them.");
            return Err(ArchiveError::TooLarge(reason));
        }
        added?;
        count += files.files.len();
        total = files.files.values().fold(total, |sum, bytes| sum.saturating_add(bytes.len() as u64));
        unpacked.warnings.append(&mut files.warnings);
        for (path, bytes) in files.files {
            if files.archive && !is_agent_file(&path, &bytes) {
                unpacked.left_out.push(path);
                continue;
            }
            let key = match collection {
                Some(collection) => (collection.to_owned(), path),
                None if files.archive => collected(&name, files.own, &path),
                None => (WORKSPACE.to_owned(), path),
            };
            if unpacked.files.contains_key(&key) {
                let (source, path) = key;
                return Err(ArchiveError::Refused(format!(
                    "Two uploads hold a file `{path}` for the collection {source}. Keep one of them."
                )));
            }
            unpacked.files.insert(key, bytes);
        }
    }
    Ok(unpacked)
}

/// The collection and path of an archive's file: an archive that a library wrote has a folder for each collection; any
/// other is a collection under its own name.
fn collected(archive: &str, own: bool, path: &str) -> Key {
    if let Some((folder, rest)) = path.split_once('/').filter(|(folder, _)| own && slug(folder) == *folder && *folder != built_in::SOURCE) {
        return (folder.to_owned(), rest.to_owned());
    }
    let file = repository_path::file_name(archive);
    let name = slug(file.rsplit_once('.').map_or(file, |(stem, _)| stem));
    let name = if name.is_empty() || name == built_in::SOURCE { WORKSPACE.to_owned() } else { name };
    (name, path.to_owned())
}

fn said(left_out: &[String]) -> Vec<String> {
    let mut said: Vec<String> =
        left_out.iter().take(MOST_LEFT_OUT).map(|path| format!("`{path}` was left out: it is no agent's file.")).collect();
    if left_out.len() > MOST_LEFT_OUT {
        said.push(format!("{} more files were left out: they are no agents' files.", left_out.len() - MOST_LEFT_OUT));
    }
    said
}
