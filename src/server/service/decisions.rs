//! Decisions as a log: changing statuses, linking, signing off, correcting, renumbering.
//!
//! What may be done and how it is written is the domain's; here it is read from the live documents, asked of whoever may, and
//! made in one step in all documents that it touches.

use std::collections::BTreeMap;

use crate::{
    api::decisions::{Standing, Wish},
    domain::{
        account::Role,
        decision::{
            self, LinkKind,
            edit::{
                erratum,
                link::{Relation, Wording},
            },
            log::{
                self, Log,
                habits::{Habits, Tool},
                parent,
                renumber::{self, Renumbering},
                step::{self, Change, Refused},
            },
            sign_off::{self, is_named, voices},
            status::Status,
            template::project::Roles,
        },
        id::DocumentId,
        project::{Document, DocumentKind, DocumentText, Project},
        syntax::{TextEdit, apply},
        text_file,
    },
    server::{
        boot::AppState,
        collab::rooms::{RoomError, UpdateKind},
        error::ServiceError,
        service::{
            access::{self, Actor},
            documents,
        },
        store::decisions::{Beside, NewTurn},
    },
};

pub mod create;
pub mod parts;

/// How often a step is tried again because somebody typed meanwhile.
const TRIES: usize = 5;
/// Characters of a reason, a note or an erratum.
const LONGEST: usize = 2000;
/// The largest kept file in which links are renumbered, in bytes.
const MAX_OTHER: u32 = 256 * 1024;

/// A project's log, read from the live documents.
pub(in crate::server::service) struct Desk {
    pub project: Project,
    pub log: Log,
    /// Documents of decisions by path.
    pub documents: BTreeMap<String, Document>,
    /// Diagrams may name decisions.
    diagrams: Vec<DocumentText>,
}

impl Desk {
    pub(in crate::server::service) async fn open(app: &AppState, project: Project) -> Result<Self, ServiceError> {
        let texts = documents::texts(app, project.id).await?;
        let (decisions, diagrams): (Vec<_>, Vec<_>) = texts.into_iter().partition(|text| text.document.kind == DocumentKind::Decision);
        let files: Vec<_> = decisions.iter().map(|text| (text.document.path.clone(), text.text.clone())).collect();
        let documents = decisions.into_iter().map(|text| (text.document.path.clone(), text.document)).collect();
        Ok(Self { project, log: Log::read(files, &Roles::default()), documents, diagrams })
    }

    /// A document with its text and the status that it says.
    fn text(&self, path: &str) -> Option<(&Document, &str, Option<Status>)> {
        let decision = self.log.texts.iter().find(|text| text.path == path);
        if let (Some(text), Some(document)) = (decision, self.documents.get(path)) {
            return Some((document, &text.text, text.record.known_status()));
        }
        self.diagrams.iter().find(|text| text.document.path == path).map(|text| (&text.document, text.text.as_str(), None))
    }

    /// Where a document is in the log.
    fn at(&self, id: DocumentId) -> Result<usize, ServiceError> {
        let found = self.log.texts.iter().position(|text| self.documents.get(&text.path).is_some_and(|document| document.id == id));
        found.ok_or_else(|| ServiceError::not_found("The decision"))
    }

    pub(in crate::server::service) fn habits(&self, folder: &str) -> Habits {
        let habits = Habits::of(&self.log, folder, Tool::None);
        // Theirs is a spelling to keep, not one to begin with.
        let theirs = self.log.texts.iter().any(|text| text.text.contains("Superced") || text.text.contains("superced"));
        let wording = if theirs { habits.wording } else { Wording::Plain };
        Habits { wording, ..habits }
    }

    fn habits_at(&self, at: usize) -> Habits {
        self.habits(self.log.texts.get(at).map_or("", |text| parent(&text.path)))
    }

    /// Makes a change in all documents at once; false when somebody typed meanwhile.
    async fn make(&self, app: &AppState, actor: &Actor, change: &Change, reason: &str, beside: Beside) -> Result<bool, ServiceError> {
        let mut parts = Vec::new();
        let mut beside = beside;
        for (path, edits) in &change.edits {
            let Some((document, text, before)) = self.text(path) else { continue };
            if let Some(after) = turned(document, text, edits).filter(|after| before != Some(*after)) {
                // What follows from the change was not the one that a reason was given for.
                let reason = if change.edits.len() == 1 || after != Status::Superseded { reason.to_owned() } else { String::new() };
                let turn = NewTurn { document: document.id, user: actor.person.id, at: app.clock.now(), before, after, reason, seq: None };
                beside.turns.push(turn);
            }
            parts.push((document.id, text.to_owned(), edits.clone()));
        }
        match app.rooms.edit_together(actor.person.id, UpdateKind::Edit, &parts, beside).await {
            Ok(()) => Ok(true),
            Err(RoomError::Changed) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Keeps in the project's activity what happened to the documents of a change.
    async fn tell(&self, app: &AppState, actor: &Actor, change: &Change) -> Result<(), ServiceError> {
        for (path, edits) in &change.edits {
            let Some((document, text, before)) = self.text(path) else { continue };
            let turned = turned(document, text, edits).filter(|after| before != Some(*after));
            let what = turned.map_or_else(|| "edited".to_owned(), |status| format!("set to {}", status.slug()));
            documents::changed(app, &actor.person, &self.project, document, &what).await?;
        }
        Ok(())
    }
}

/// The status that a decision says after some edits.
fn turned(document: &Document, text: &str, edits: &[TextEdit]) -> Option<Status> {
    let is_decision = document.kind == DocumentKind::Decision;
    is_decision.then(|| decision::parse(&document.path, &apply(text, edits)).known_status()).flatten()
}

fn refused(refused: Refused) -> ServiceError {
    ServiceError::conflict(refused.why)
}

fn busy() -> ServiceError {
    ServiceError::conflict("One of the decisions is being typed in right now. Try again.")
}

fn words(field: &str, text: &str) -> Result<String, ServiceError> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() > LONGEST {
        return Err(ServiceError::invalid(field, format!("Use at most {LONGEST} characters.")));
    }
    Ok(text)
}

async fn decision_of(app: &AppState, actor: &Actor, id: DocumentId, role: Role) -> Result<(Project, Document), ServiceError> {
    let (access, document) = access::document(app, actor, id, role).await?;
    if document.kind != DocumentKind::Decision {
        return Err(ServiceError::not_found("The decision"));
    }
    Ok((access.project, document))
}

/// Does something to a decision, and to whatever else that touches, until nobody typed in between.
async fn step(
    app: &AppState,
    actor: &Actor,
    id: DocumentId,
    reason: &str,
    work: impl Fn(&Desk, usize) -> Result<Change, ServiceError>,
) -> Result<Change, ServiceError> {
    let (project, _) = decision_of(app, actor, id, Role::Editor).await?;
    make(app, actor, &project, reason, |desk| work(desk, desk.at(id)?)).await
}

/// Makes a change of any decisions of a project, worked out from the log as it is now; an empty one where there is nothing to do
/// any more. Whether somebody may do that is the caller's to ask.
///
/// # Errors
/// `Conflict` when somebody types all the time, or a record that was decided does not allow it.
pub(in crate::server::service) async fn change(
    app: &AppState,
    actor: &Actor,
    project: &Project,
    work: impl Fn(&Log) -> Option<Change>,
) -> Result<Change, ServiceError> {
    make(app, actor, project, "", |desk| Ok(work(&desk.log).unwrap_or_default())).await
}

async fn make(
    app: &AppState,
    actor: &Actor,
    project: &Project,
    reason: &str,
    work: impl Fn(&Desk) -> Result<Change, ServiceError>,
) -> Result<Change, ServiceError> {
    for _ in 0..TRIES {
        let desk = Desk::open(app, project.clone()).await?;
        let change = work(&desk)?;
        if change.edits.is_empty() {
            return Ok(change);
        }
        if desk.make(app, actor, &change, reason, Beside::default()).await? {
            desk.tell(app, actor, &change).await?;
            return Ok(change);
        }
    }
    Err(busy())
}

/// Changes a decision's status; accepting one puts the supersessions into effect that waited for it.
///
/// # Errors
/// `Conflict` with the reason when the workflow knows no such way, or somebody objects and nobody said to go on all the same;
/// `Invalid` when a reason is wanting.
pub async fn set_status(app: &AppState, actor: &Actor, id: DocumentId, wish: &Wish) -> Result<Change, ServiceError> {
    let reason = words("reason", wish.reason.as_deref().unwrap_or_default())?;
    let to = wish.status;
    if to == Status::Deprecated && reason.is_empty() {
        return Err(ServiceError::invalid("reason", decision::workflow::Refusal::NoReason.to_string()));
    }
    if to == Status::Accepted && !wish.despite_objections {
        let standing = standing(app, actor, id).await?;
        let objecting: Vec<&str> = sign_off::objectors(&standing.voices).into_iter().map(|voice| voice.name.as_str()).collect();
        if !objecting.is_empty() {
            let who = objecting.join(" and ");
            return Err(ServiceError::conflict(format!("{who} objected. Talk about it, or accept it all the same.")));
        }
    }
    let day = app.clock.now().day();
    let given = Some(reason.as_str()).filter(|reason| !reason.is_empty());
    step(app, actor, id, &reason, |desk, at| step::set_status(&desk.log, at, to, given, day, desk.habits_at(at).wording).map_err(refused))
        .await
}

/// Links two decisions, both ends. Superseding is a link, too; it takes effect when the newer decision is accepted.
///
/// # Errors
/// `Conflict` with the reason, such as a circle.
pub async fn link(app: &AppState, actor: &Actor, id: DocumentId, kind: LinkKind, other: DocumentId) -> Result<Change, ServiceError> {
    if kind == LinkKind::Mentions {
        return Err(ServiceError::invalid("kind", "Say how they relate; a mention stands in the text."));
    }
    let day = app.clock.now().day();
    step(app, actor, id, "", |desk, at| {
        let relation = Relation::of(kind, desk.habits_at(at).wording);
        step::link(&desk.log, at, &relation, desk.at(other)?, day).map_err(refused)
    })
    .await
}

/// Takes a link between two decisions away, both ends.
///
/// # Errors
/// `Conflict` when a supersession is in effect, or the link stands in running text.
pub async fn unlink(app: &AppState, actor: &Actor, id: DocumentId, kind: LinkKind, other: DocumentId) -> Result<Change, ServiceError> {
    step(app, actor, id, "", |desk, at| step::unlink(&desk.log, at, kind, desk.at(other)?).map_err(refused)).await
}

/// Says something about a decision that was made, marked as such.
///
/// # Errors
/// `Invalid` without words.
pub async fn add_erratum(app: &AppState, actor: &Actor, id: DocumentId, text: &str) -> Result<Change, ServiceError> {
    let text = words("text", text)?;
    if text.is_empty() {
        return Err(ServiceError::invalid("text", "Say what is wrong in the decision, and what is right."));
    }
    let day = app.clock.now().day();
    step(app, actor, id, "", |desk, at| {
        let mut change = Change::default();
        if let Some(record) = desk.log.texts.get(at) {
            change.edits.insert(record.path.clone(), erratum::add(&record.path, &record.text, &text, day));
        }
        Ok(change)
    })
    .await
}

/// What those say who decide, and how the status came about.
pub async fn standing(app: &AppState, actor: &Actor, id: DocumentId) -> Result<Standing, ServiceError> {
    let (_, document) = decision_of(app, actor, id, Role::Viewer).await?;
    let (text, _) = app.rooms.text(id).await?;
    let record = decision::parse(&document.path, &text);
    let (answers, turns) = (app.store.answers(id).await?, app.store.turns(id).await?);
    let own = |maker: &str| is_named(maker, &actor.person.name, &actor.person.email);
    Ok(Standing { voices: voices(&record.deciders, &answers, &turns, own), turns })
}

/// A decision's status, and those of the records that supersede it.
pub async fn place(app: &AppState, actor: &Actor, id: DocumentId) -> Result<(Option<Status>, Vec<Option<Status>>), ServiceError> {
    let (project, _) = decision_of(app, actor, id, Role::Viewer).await?;
    let desk = Desk::open(app, project).await?;
    let at = desk.at(id)?;
    let status = |index: usize| desk.log.texts.get(index).and_then(|text| text.record.known_status());
    let edges = log::edges(&desk.log.entries());
    Ok((status(at), log::successors(&edges, at).into_iter().map(status).collect()))
}

/// Signs a decision off, or objects to it, in one's own name.
///
/// # Errors
/// `Forbidden` to whoever is not named as deciding; `Invalid` for an objection without a word why.
pub async fn sign_off(app: &AppState, actor: &Actor, id: DocumentId, agrees: bool, note: &str) -> Result<(), ServiceError> {
    let (project, document) = decision_of(app, actor, id, Role::Commenter).await?;
    let note = words("note", note)?;
    if !agrees && note.is_empty() {
        return Err(ServiceError::invalid("note", "Say what speaks against it, so that the others can answer."));
    }
    let standing = standing(app, actor, id).await?;
    if !standing.voices.iter().any(|voice| voice.own) {
        return Err(ServiceError::forbidden(format!(
            "The decision does not name {} among those who decide. Add the name to its decision makers first.",
            actor.person.name
        )));
    }
    app.store.set_answer(id, actor.person.id, agrees, &note, app.clock.now()).await?;
    let what = if agrees { "agreed to" } else { "objected to" };
    documents::changed(app, &actor.person, &project, &document, what).await
}

/// Takes one's own word on a decision back.
pub async fn withdraw(app: &AppState, actor: &Actor, id: DocumentId) -> Result<(), ServiceError> {
    decision_of(app, actor, id, Role::Commenter).await?;
    Ok(app.store.forget_answer(id, actor.person.id).await?)
}

/// What renumbering a decision would change, in all decisions and kept texts.
pub async fn renumbering(app: &AppState, actor: &Actor, id: DocumentId, number: u32) -> Result<Renumbering, ServiceError> {
    let (project, _) = decision_of(app, actor, id, Role::Editor).await?;
    let desk = Desk::open(app, project).await?;
    Ok(plan(app, &desk, id, number).await?.0)
}

/// Gives a decision another number, and changes whatever leads to it.
///
/// # Errors
/// `Conflict` when the number is taken or the decision has none.
pub async fn renumber(app: &AppState, actor: &Actor, id: DocumentId, number: u32) -> Result<Renumbering, ServiceError> {
    let (project, _) = decision_of(app, actor, id, Role::Editor).await?;
    for _ in 0..TRIES {
        let desk = Desk::open(app, project.clone()).await?;
        let (found, files) = plan(app, &desk, id, number).await?;
        let moved = |(from, to): (&String, &String)| desk.documents.get(from).map(|document| (document.id, to.clone()));
        let beside = Beside {
            turns: Vec::new(),
            moves: found.change.moved.iter().filter_map(moved).collect(),
            files: files.into_iter().map(|(path, bytes)| (project.id, path, bytes)).collect(),
        };
        if desk.make(app, actor, &found.change, "", beside).await? {
            app.store.reserve_decision_number(project.id, number).await?;
            desk.tell(app, actor, &found.change).await?;
            return Ok(found);
        }
    }
    Err(busy())
}

/// What renumbering does, and the kept files that it changes with their new bytes.
async fn plan(app: &AppState, desk: &Desk, id: DocumentId, number: u32) -> Result<(Renumbering, BTreeMap<String, Vec<u8>>), ServiceError> {
    let at = desk.at(id)?;
    let kept = app.store.small_kept_files(desk.project.id, MAX_OTHER).await?;
    let is_text = |path: &str| [".md", ".markdown", ".dsl", ".txt", ".yml", ".yaml", ".json", ".mmd"].iter().any(|end| path.ends_with(end));
    let texts = kept.iter().filter(|(path, _)| is_text(path)).filter_map(|(path, bytes)| Some((path.clone(), text_file::read(bytes)?)));
    let diagrams = desk.diagrams.iter().map(|diagram| (diagram.document.path.clone(), diagram.text.clone()));
    let others: BTreeMap<String, String> = texts.chain(diagrams).collect();
    let found = renumber::renumber(&desk.log, &others, at, number).map_err(refused)?;
    let changed = |(path, text): (&String, &String)| {
        let edits = found.change.edits.get(path).filter(|_| kept.contains_key(path))?;
        Some((path.clone(), text_file::write(kept.get(path).map(Vec::as_slice), &apply(text, edits))))
    };
    let files = others.iter().filter_map(changed).collect();
    Ok((found, files))
}
