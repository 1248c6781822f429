//! Changing files of the library, each change a version of its own.

use crate::{
    domain::{
        agent::{
            definition::{self, Definition, Load, Outcome},
            library::{Member, built_in},
        },
        id::AgentFileId,
        project::slug,
        text_file,
    },
    server::{
        boot::AppState,
        error::ServiceError,
        service::{
            access::{self, Actor},
            agents::{
                find, mended,
                shelf::{self, Kept, Shelf},
            },
        },
        store::agents::{AgentFileChange, NewAgentFile},
    },
};

/// The collection of files that belong to none.
pub const WORKSPACE: &str = "workspace";

/// Saves a file's new text as a version and gives the agent's handle, which follows its name. What the text does not change
/// keeps its bytes. With a base, only when that version is still in use.
///
/// # Errors
/// `Forbidden` for those who do not administer the server, and for agents that come with Lintel; `Invalid` (field `text`)
/// for a text that is no agent's file; `Conflict` when somebody else was faster.
pub async fn save(app: &AppState, actor: &Actor, handle: &str, base: Option<&str>, text: &str) -> Result<String, ServiceError> {
    access::administrator(actor)?;
    let _turn = app.agents.changing.lock().await;
    let shelf = shelf::current(app).await?;
    let (member, _) = own(&shelf, handle, base)?;
    let text = text_file::normal(text);
    let bytes = text_file::write(Some(member.definition.export()), &text);
    put(app, actor, &shelf, member.source, &member.definition.file, bytes).await
}

/// Saves the mended file as a version and gives the agent's handle.
///
/// # Errors
/// As [`save`]; `Conflict` too when there is nothing to mend.
pub async fn fix(app: &AppState, actor: &Actor, handle: &str, base: Option<&str>) -> Result<String, ServiceError> {
    access::administrator(actor)?;
    let _turn = app.agents.changing.lock().await;
    let shelf = shelf::current(app).await?;
    let (member, _) = own(&shelf, handle, base)?;
    let fixed = mended(app, member.definition).await?;
    let fixed = fixed.ok_or_else(|| ServiceError::conflict("There is nothing to mend: every program reads this file as it is."))?;
    let bytes = text_file::write(Some(member.definition.export()), &fixed);
    put(app, actor, &shelf, member.source, &member.definition.file, bytes).await
}

/// Copies an agent that comes with Lintel to a file of one's own under another name, and gives its handle.
///
/// # Errors
/// `Forbidden` for those who do not administer the server; `Invalid` (field `name`) for a name that can't be used.
pub async fn copy(app: &AppState, actor: &Actor, handle: &str, name: &str) -> Result<String, ServiceError> {
    access::administrator(actor)?;
    let name = name.trim();
    let plain = slug(name);
    if plain != name || plain.is_empty() {
        let hint = if plain.is_empty() { String::new() } else { format!(" `{plain}` would do.") };
        let problem = format!("Use lower-case letters, digits and single hyphens, at most 60 of them.{hint}");
        return Err(ServiceError::invalid("name", problem));
    }
    let _turn = app.agents.changing.lock().await;
    let shelf = shelf::current(app).await?;
    let (member, _) = find(&shelf, handle)?;
    let path = format!("{plain}.md");
    let taken = shelf.library().members().values().any(|other| other.definition.name.eq_ignore_ascii_case(&plain));
    if taken || shelf.member(WORKSPACE, &path).is_some() {
        return Err(ServiceError::invalid("name", format!("There is an agent `{plain}` already. Choose another name.")));
    }
    let text = renamed(member.definition, &plain);
    let named = |load: &Load| load.definition().is_some_and(|definition| definition.name == plain);
    if !named(&definition::load(&path, text.as_bytes())) {
        return Err(ServiceError::invalid("name", "A file with this name would not read as it is meant. Choose another name."));
    }
    put(app, actor, &shelf, WORKSPACE, &path, text.into_bytes()).await
}

/// A file's text with another name in its front matter.
fn renamed(definition: &Definition, name: &str) -> String {
    let Some(entry) = definition.entry("name") else { return definition.text.clone() };
    let range = entry.span.range();
    let (before, after) = (definition.text.get(..range.start).unwrap_or_default(), definition.text.get(range.end..).unwrap_or_default());
    let end = if entry.span.of(&definition.text).ends_with('\n') { "\n" } else { "" };
    format!("{before}name: {name}{end}{after}")
}

/// Takes an agent's file out of use. Its versions stay for the runs that name them; projects no longer ask it.
///
/// # Errors
/// As [`save`].
pub async fn remove(app: &AppState, actor: &Actor, handle: &str, base: Option<&str>) -> Result<(), ServiceError> {
    access::administrator(actor)?;
    let _turn = app.agents.changing.lock().await;
    let shelf = shelf::current(app).await?;
    let (member, kept) = own(&shelf, handle, base)?;
    let file = member.definition.file.as_str();
    let handles = shelf.changed_handles(&[], &[(member.source.to_owned(), file.to_owned())]);
    let retire = [(kept.id, file)];
    let change = AgentFileChange { files: &[], retire: &retire, handles: &handles, user: actor.person.id, at: app.clock.now() };
    Ok(app.store.change_agent_files(&change).await?)
}

/// A file that may be changed.
fn own<'a>(shelf: &'a Shelf, handle: &str, base: Option<&str>) -> Result<(Member<'a>, &'a Kept), ServiceError> {
    let (member, entry) = find(shelf, handle)?;
    let Some(kept) = &entry.kept else {
        return Err(ServiceError::forbidden(format!(
            "{} comes with Lintel and can't be changed. Copy it to a file of your own, and change that.",
            member.definition.name
        )));
    };
    if base.is_some_and(|base| base != member.definition.hash) {
        return Err(ServiceError::conflict(
            "Somebody changed this file meanwhile. Look at the version in use, then make your change again.",
        ));
    }
    Ok((member, kept))
}

/// Puts a file of one collection in the place of the one there. The caller holds the turn.
async fn put(app: &AppState, actor: &Actor, shelf: &Shelf, source: &str, path: &str, bytes: Vec<u8>) -> Result<String, ServiceError> {
    debug_assert!(source != built_in::SOURCE, "those come with Lintel");
    let file = path.to_owned();
    let load = app.jobs.heavy(move || definition::load(&file, &bytes)).await?;
    let (Outcome::Loaded(definition) | Outcome::Repaired(definition)) = load.outcome else {
        let said = load.remarks.first().map(|remark| format!("{}. {}", remark.diagnostic.what, remark.diagnostic.help));
        return Err(ServiceError::invalid("text", said.unwrap_or_else(|| "This is no agent's file.".to_owned())));
    };
    if shelf.member(source, path).is_none_or(|before| before.hash != definition.hash) {
        let new = (source.to_owned(), *definition.clone());
        let handles = shelf.changed_handles(std::slice::from_ref(&new), &[]);
        let id = AgentFileId::from_uuid(app.ids.uuid());
        let files = [NewAgentFile { id, source, path, hash: &definition.hash, bytes: definition.export(), trusted: true }];
        let change = AgentFileChange { files: &files, retire: &[], handles: &handles, user: actor.person.id, at: app.clock.now() };
        app.store.change_agent_files(&change).await?;
    }
    let shelf = shelf::current(app).await?;
    shelf.handle_of(source, path).map(str::to_owned).ok_or_else(|| ServiceError::internal("an agent is not there after it was saved"))
}
