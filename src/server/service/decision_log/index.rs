//! Index files of the log: lists of decisions between markers, brought up to date on demand.
//!
//! Most are files that the project keeps as they are; where one is a document, its room makes the edit.

use std::collections::BTreeMap;

use crate::{
    api::decision_log::{IndexFile, IndexPage, IndexState},
    domain::{
        account::Role,
        decision::log::{
            self, Log,
            index::{self, MARKERS, Unmarked, fresh},
        },
        difference::hunks,
        syntax::{TextEdit, apply},
        text_file,
    },
    server::{
        boot::AppState,
        error::ServiceError,
        service::{
            access::Actor,
            decision_log::{Opened, edit},
        },
        store::activity::Happening,
    },
};

/// The largest index file, in bytes.
const LARGEST: u32 = 512 * 1024;
/// What an index file is called that has no markers yet.
const USUAL: [&str; 4] = ["index.md", "README.md", "readme.md", "INDEX.md"];

/// An index file with what it should say.
struct Found {
    path: String,
    /// None where the file is not there yet.
    before: Option<String>,
    outcome: Result<Vec<TextEdit>, Unmarked>,
    /// Which bytes it has, where it is no document.
    bytes: Option<Vec<u8>>,
}

impl Found {
    fn state(&self) -> IndexState {
        match &self.outcome {
            Err(unmarked) => IndexState::Unmarked { problem: unmarked.to_string() },
            Ok(_) if self.before.is_none() => IndexState::Missing,
            Ok(edits) if edits.is_empty() => IndexState::UpToDate,
            Ok(_) => IndexState::OutOfDate,
        }
    }

    fn after(&self, log: &Log) -> String {
        match (&self.before, &self.outcome) {
            (Some(before), Ok(edits)) => apply(before, edits),
            (Some(before), Err(_)) => before.clone(),
            (None, _) => fresh(&self.path, &part(&self.path, log)),
        }
    }
}

/// The records that an index lists: those below its own folder, or all where there are none.
fn part(path: &str, log: &Log) -> Log {
    let folder = log::parent(path);
    let below = |text: &&log::Text| folder.is_empty() || text.path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
    let texts: Vec<log::Text> = log.texts.iter().filter(below).cloned().collect();
    if texts.is_empty() { log.clone() } else { Log { texts } }
}

/// The index files of a log: those with markers; else the one beside the records that could have them.
fn find(log: &Log, kept: BTreeMap<String, Vec<u8>>) -> Vec<Found> {
    let marked = |text: &str| MARKERS.iter().any(|(open, _)| text.lines().any(|line| line.trim() == *open));
    let outcome = |path: &str, text: &str| index::update(path, text, &part(path, log));
    let files = kept.into_iter().filter_map(|(path, bytes)| text_file::read(&bytes).map(|text| (path, text, bytes)));
    let (with, without): (Vec<_>, Vec<_>) = files.partition(|(_, text, _)| marked(text));
    let of = |(path, text, bytes): (String, String, Vec<u8>)| Found {
        outcome: outcome(&path, &text),
        path,
        before: Some(text),
        bytes: Some(bytes),
    };
    let mut found: Vec<Found> = with.into_iter().map(of).collect();
    for text in log.texts.iter().filter(|text| marked(&text.text)) {
        let outcome = outcome(&text.path, &text.text);
        found.push(Found { path: text.path.clone(), before: Some(text.text.clone()), outcome, bytes: None });
    }
    if found.is_empty() && !log.texts.is_empty() {
        let folder = log::folder(log.paths());
        let beside = |name: &str| if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
        let there = without.into_iter().find(|(path, _, _)| USUAL.iter().any(|name| *path == beside(name)));
        found.push(match there {
            Some(there) => of(there),
            None => Found { path: beside("index.md"), before: None, outcome: Ok(Vec::new()), bytes: None },
        });
    }
    // A decision may be an index as well; a list that speaks of itself is of no use.
    found.retain(|one| !matches!(one.outcome, Err(Unmarked::Nowhere)) || one.bytes.is_some());
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

async fn found(app: &AppState, opened: &Opened) -> Result<Vec<Found>, ServiceError> {
    let kept = app.store.kept_markdown(opened.project.id, LARGEST).await?;
    let log = opened.log.clone();
    app.jobs.heavy(move || find(&log, kept)).await
}

/// How many index files are out of date.
pub(super) async fn stale(app: &AppState, opened: &Opened) -> Result<usize, ServiceError> {
    let found = found(app, opened).await?;
    Ok(found.iter().filter(|one| one.state() == IndexState::OutOfDate).count())
}

/// The index files with what bringing them up to date changes.
pub async fn page(app: &AppState, actor: &Actor, slug: &str) -> Result<IndexPage, ServiceError> {
    let opened = Opened::read(app, actor, slug, Role::Viewer).await?;
    let head = opened.head(app).await?;
    let files = found(app, &opened).await?;
    let shown = |one: Found| IndexFile {
        state: one.state(),
        hunks: hunks(one.before.as_deref().unwrap_or_default(), &one.after(&opened.log)),
        path: one.path,
    };
    Ok(IndexPage { head, files: files.into_iter().map(shown).collect() })
}

/// Brings the list of an index file up to date, or makes the file where there is none; false when nothing had to be done.
///
/// # Errors
/// `NotFound` for a path that is no index file, `Conflict` where the file has no markers or was changed meanwhile.
pub async fn update(app: &AppState, actor: &Actor, slug: &str, path: &str) -> Result<bool, ServiceError> {
    let opened = Opened::read(app, actor, slug, Role::Editor).await?;
    let found = found(app, &opened).await?.into_iter().find(|one| one.path == path);
    let found = found.ok_or_else(|| ServiceError::not_found("The index file"))?;
    let edits = match &found.outcome {
        Err(unmarked) => return Err(ServiceError::conflict(format!("{path}: {unmarked}"))),
        Ok(edits) if edits.is_empty() && found.before.is_some() => return Ok(false),
        Ok(edits) => edits,
    };
    if let (Some(document), Some(before), None) = (opened.documents.get(path), &found.before, &found.bytes) {
        edit(app, actor, &opened.project, document, before, edits).await?;
        return Ok(true);
    }
    let bytes = text_file::write(found.bytes.as_deref(), &found.after(&opened.log));
    let page = format!("/p/{}/decisions/index", opened.project.slug);
    let happening = Happening {
        project: opened.project.id,
        user: actor.person.id,
        at: app.clock.now(),
        what: "brought up to date",
        subject: Some((path, &page)),
    };
    let replaced = app.store.replace_kept_file(opened.project.id, (path, found.bytes.as_deref(), &bytes), &happening).await?;
    if replaced { Ok(true) } else { Err(ServiceError::conflict("The file was changed meanwhile. Look at the change again.")) }
}
