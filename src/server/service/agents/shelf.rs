//! The files of the library, read once and kept in memory until one of them changes.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use crate::{
    api::agents::AgentRemark,
    domain::{
        agent::{
            definition::{self, Definition, Load, Outcome},
            library::{Library, Member, built_in},
        },
        id::AgentFileId,
        moment::Moment,
    },
    server::{boot::AppState, error::ServiceError, store::agents::AgentFile},
};

/// Where a file is from and its path there, which together name it.
pub type Key = (String, String);

/// What the library itself does not know about a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// `loaded` or `repaired`.
    pub outcome: &'static str,
    pub remarks: Vec<AgentRemark>,
    /// None for a file that comes with Lintel.
    pub kept: Option<Kept>,
}

/// How a file that was brought is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    pub id: AgentFileId,
    pub trusted: bool,
    pub added_by: String,
    pub added_at: Moment,
}

/// The library as it is at one time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shelf {
    library: Library,
    entries: BTreeMap<Key, Entry>,
    handles: BTreeMap<Key, String>,
    /// The files it was made of.
    versions: Vec<AgentFileId>,
}

/// The newest shelf, and whose turn it is to change it.
#[derive(Debug, Default)]
pub struct Shelves {
    newest: Mutex<Option<Arc<Shelf>>>,
    /// Held while the files change, so that the handles that go with a change are those of the files before it.
    pub(super) changing: tokio::sync::Mutex<()>,
}

/// The library as it is now.
pub async fn current(app: &AppState) -> Result<Arc<Shelf>, ServiceError> {
    let versions = app.store.agent_files_in_use().await?;
    let newest = app.agents.newest.lock().unwrap_or_else(PoisonError::into_inner).clone();
    if let Some(shelf) = newest.filter(|shelf| shelf.versions == versions) {
        return Ok(shelf);
    }
    let files = app.store.agent_files().await?;
    let shelf = Arc::new(app.jobs.heavy(move || Shelf::read(&files)).await?);
    *app.agents.newest.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&shelf));
    Ok(shelf)
}

impl Shelf {
    fn read(files: &[AgentFile]) -> Self {
        let mut shelf = Self::default();
        for (path, text) in built_in::FILES {
            shelf.put(built_in::SOURCE, definition::load(path, text.as_bytes()), None);
        }
        for file in files {
            let kept = Kept { id: file.id, trusted: file.trusted, added_by: file.added_by.clone(), added_at: file.added_at };
            shelf.put(&file.source, definition::load(&file.path, &file.bytes), Some(kept));
        }
        shelf.versions = files.iter().map(|file| file.id).collect();
        shelf.versions.sort();
        shelf.handles = handles(&shelf.library);
        shelf
    }

    /// A file that is refused today was read when it came: a later Lintel may be stricter, and then it is not an agent.
    fn put(&mut self, source: &str, load: Load, kept: Option<Kept>) {
        let outcome = load.outcome.word();
        if let Outcome::Loaded(definition) | Outcome::Repaired(definition) = load.outcome {
            let remarks = load.remarks.iter().map(AgentRemark::from).collect();
            self.entries.insert((source.to_owned(), load.file), Entry { outcome, remarks, kept });
            self.library.add(source, *definition);
        }
    }

    pub const fn library(&self) -> &Library {
        &self.library
    }

    pub fn entry(&self, source: &str, file: &str) -> Option<&Entry> {
        self.entries.get(&(source.to_owned(), file.to_owned()))
    }

    /// What an agent is found by.
    pub fn handle(&self, member: Member<'_>) -> Option<String> {
        self.handle_of(member.source, &member.definition.file).map(str::to_owned)
    }

    pub fn handle_of(&self, source: &str, file: &str) -> Option<&str> {
        self.handles.get(&(source.to_owned(), file.to_owned())).map(String::as_str)
    }

    /// The file of a collection that is in use.
    pub fn member(&self, source: &str, file: &str) -> Option<&Definition> {
        let handle = self.handle_of(source, file)?;
        self.library.members().get(handle).map(|member| member.definition)
    }

    /// The agent of a file, addressed as `collection:path`.
    pub fn by_file(&self, address: &str) -> Option<(Member<'_>, &Entry)> {
        let (source, file) = address.split_once(':')?;
        let handle = self.handle_of(source, file)?;
        Some((self.library.members().get(handle).copied()?, self.entry(source, file)?))
    }

    /// How many files were brought.
    pub fn brought(&self) -> usize {
        self.versions.len()
    }

    /// What each handle becomes that a change of files would change: those of `new` come in the place of files of the same
    /// name, and `gone` go.
    pub fn changed_handles(&self, new: &[(String, Definition)], gone: &[Key]) -> BTreeMap<String, Option<String>> {
        let mut next: BTreeMap<Key, &Definition> =
            self.library.members().into_values().map(|member| (key(member.source, member.definition), member.definition)).collect();
        for key in gone {
            next.remove(key);
        }
        next.extend(new.iter().map(|(source, definition)| (key(source, definition), definition)));
        let mut library = Library::default();
        for ((source, _), definition) in next {
            library.add(&source, definition.clone());
        }
        let after = handles(&library);
        let before = self.handles.iter().map(|(key, handle)| (handle.clone(), after.get(key).cloned()));
        before.filter(|(old, new)| new.as_ref() != Some(old)).collect()
    }
}

fn key(source: &str, definition: &Definition) -> Key {
    (source.to_owned(), definition.file.clone())
}

fn handles(library: &Library) -> BTreeMap<Key, String> {
    library.members().into_iter().map(|(handle, member)| (key(member.source, member.definition), handle)).collect()
}
