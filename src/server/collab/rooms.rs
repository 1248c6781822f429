//! What the rest of the server calls: the texts of documents, changes to them, and connections to their rooms.

use std::{
    collections::BTreeSet,
    sync::{Arc, OnceLock},
};

use bytes::Bytes;
use futures::future::{join, join_all};
use tokio::{
    sync::{Mutex, Semaphore, mpsc, oneshot, watch},
    time::{Duration, timeout},
};

use crate::{
    domain::{
        decision::{self, status::Status, workflow::lock::Barred},
        history::Made,
        id::{DocumentId, UserId},
        project::DocumentKind,
        scene::pins::AllPins,
        syntax::TextEdit,
        title::title,
    },
    server::{
        collab::{
            difference,
            lib0::{Reader, put_buffer},
            log::Log,
            presence::Who,
            registry::Registry,
            replica::Replica,
            room::{self, Edit, Reply, Request},
            session::Session,
            together::Gathering,
        },
        error::ServiceError,
        ports::{Clock, IdSource},
        store::{
            Store, StoreError,
            decisions::{Beside, NewTurn},
            updates::{Append, Derived, Found, NewRow, StoredDocument},
            versions::NewVersion,
        },
    },
};

/// How long open rooms may take to keep what they heard when the server stops.
const STOP: Duration = Duration::from_secs(8);
/// How long connections may take to end after that.
const GOODBYE: Duration = Duration::from_secs(2);
/// Milliseconds over which clients spread their return after a restart.
const RETURN: u64 = 5000;
/// How often a request goes to a new room because the old one ended before it answered.
const TRIES: usize = 3;

/// What made a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UpdateKind {
    /// A person, typing or through a form.
    Edit,
    Import,
    /// An earlier version, of this number, brought back.
    Restore(u32),
    /// A suggestion that a person applied.
    Suggestion,
    /// A program, through the API.
    Api,
    /// A new record, written from a template.
    Template,
}

impl UpdateKind {
    /// Its number in the log.
    pub const fn code(self) -> i64 {
        match self {
            Self::Edit => 0,
            Self::Import => 1,
            Self::Restore(_) => 2,
            Self::Suggestion => 3,
            Self::Api => 4,
            Self::Template => 5,
        }
    }

    /// What makes a version of a document's first text.
    const fn first(self, status: Option<Status>) -> Made {
        match self {
            Self::Import => Made::Imported,
            Self::Template => Made::Template { status },
            _ => Made::Created { status },
        }
    }

    /// What makes a version of a text that changes much at once; none for changes that gather.
    pub(in crate::server::collab) const fn step(self) -> Option<Made> {
        match self {
            Self::Import => Some(Made::Imported),
            Self::Restore(version) => Some(Made::Restored { version }),
            Self::Suggestion => Some(Made::Suggested),
            Self::Edit | Self::Api | Self::Template => None,
        }
    }
}

/// Why a room did not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RoomError {
    #[error("the document was not found")]
    Missing,
    /// What is kept of the document can't be trusted. It is never shown in part.
    #[error("the document needs repair: {0}")]
    Damaged(String),
    /// The text is not the one the edit was made for.
    #[error("the text has changed")]
    Changed,
    /// The decision was made.
    #[error("line {} is locked", .0.line)]
    Locked(Barred),
    #[error("storage failed: {0}")]
    Store(String),
    #[error("the server stops")]
    Stopping,
}

impl From<StoreError> for RoomError {
    fn from(error: StoreError) -> Self {
        Self::Store(error.to_string())
    }
}

impl From<RoomError> for ServiceError {
    fn from(error: RoomError) -> Self {
        match error {
            RoomError::Missing => Self::NotFound { what: "The document".to_owned() },
            RoomError::Changed => Self::Conflict { reason: "Somebody changed the text in the meantime. Read it again.".to_owned() },
            RoomError::Locked(barred) => {
                let Barred { line, .. } = barred;
                Self::Conflict { reason: format!("Line {line} can't be changed like that. {} {}", barred.why(), barred.help()) }
            }
            RoomError::Stopping => Self::Conflict { reason: "The server restarts. Try again in a few seconds.".to_owned() },
            fault @ (RoomError::Damaged(_) | RoomError::Store(_)) => Self::Internal { detail: fault.to_string() },
        }
    }
}

/// What all rooms share.
pub struct Shared {
    pub(in crate::server::collab) store: Store,
    pub(in crate::server::collab) clock: Arc<dyn Clock>,
    pub(in crate::server::collab) registry: Arc<Registry>,
    /// One snapshot at a time in the whole server.
    pub(in crate::server::collab) snapshots: Arc<Semaphore>,
    /// One step over several documents at a time.
    together: Mutex<()>,
    ids: Arc<dyn IdSource>,
    log: OnceLock<Log>,
}

impl Shared {
    /// The way to disk, begun with the first change.
    pub(in crate::server::collab) fn log(&self) -> &Log {
        self.log.get_or_init(|| Log::start(self.store.clone()))
    }

    /// A client id for changes of the server's own, new with every room.
    pub(in crate::server::collab) fn fresh_client(&self) -> u32 {
        crc32c::crc32c(&self.ids.secret())
    }
}

/// All live documents. Cheap to clone.
#[derive(Clone)]
pub struct Rooms(Arc<Shared>);

impl Rooms {
    /// Rooms over a store; none is open yet.
    pub fn start(store: Store, clock: Arc<dyn Clock>, ids: Arc<dyn IdSource>) -> Self {
        let registry = Arc::new(Registry::default());
        Self(Arc::new(Shared {
            store,
            clock,
            registry,
            snapshots: Arc::new(Semaphore::new(1)),
            together: Mutex::new(()),
            ids,
            log: OnceLock::new(),
        }))
    }

    /// The open rooms and the connections.
    pub fn registry(&self) -> &Arc<Registry> {
        &self.0.registry
    }

    /// Gives a new document its first text and answers its first revision.
    ///
    /// # Errors
    /// `NotFound` when there is no such document; `Conflict` when it has a text already.
    pub async fn create(&self, document: DocumentId, author: UserId, kind: UpdateKind, text: &str) -> Result<i64, ServiceError> {
        self.create_placed(document, author, kind, text, &AllPins::new()).await
    }

    /// As [`Rooms::create`], with places of elements.
    ///
    /// # Errors
    /// As there.
    pub async fn create_placed(
        &self,
        document: DocumentId,
        author: UserId,
        kind: UpdateKind,
        text: &str,
        pins: &AllPins,
    ) -> Result<i64, ServiceError> {
        let (form, path) = self.0.store.document_place(document).await?.ok_or(RoomError::Missing)?;
        let replica = Replica::new(self.0.fresh_client());
        let mut update = replica.edit(&difference::between("", text));
        if !pins.is_empty() {
            replica.place(pins);
            update = replica.state();
        }
        let mut data = Vec::with_capacity(update.len() + 8);
        put_buffer(&mut data, &update);
        let row = NewRow { author, kind: kind.code(), data, clients: vec![replica.client()] };
        let at = self.0.clock.now();
        let status = (form == DocumentKind::Decision).then(|| decision::parse(&path, text).known_status()).flatten();
        let (made, authors) = (kind.first(status), vec![author]);
        let first = NewVersion { document, seq: 1, text: text.to_owned(), made, name: None, authors, at };
        let append = Append { document, head: 0, rows: vec![row], versions: vec![first], at };
        if !self.0.log().append(append).await.map_err(|_| RoomError::Stopping)? {
            return Err(ServiceError::Conflict { reason: "The document has a text already.".to_owned() });
        }
        let title = title(form, &path, text);
        let stored = self.0.log().text(Derived {
            document,
            text: text.to_owned(),
            title,
            pins: replica.pins(),
            seq: 1,
            authors: BTreeSet::new(),
            turn: self.first_turn(document, author, kind, status),
            at: self.0.clock.now(),
        });
        // A text that could not be stored is rebuilt when it is asked for.
        let _ = stored.await;
        Ok(1)
    }

    /// The status that a new record begins with; what is imported has a history elsewhere.
    fn first_turn(&self, document: DocumentId, user: UserId, kind: UpdateKind, status: Option<Status>) -> Option<NewTurn> {
        let after = status.filter(|_| kind != UpdateKind::Import)?;
        Some(NewTurn { document, user, at: self.0.clock.now(), before: None, after, reason: String::new(), seq: Some(1) })
    }

    /// Makes edits of several documents in one step, with what is to be kept beside: everything reaches the disk in one
    /// commit, or nothing does. Each text comes with the document and the edits that count in it.
    ///
    /// # Errors
    /// `Changed` when one of the texts is another one by now, or what else stands in the way of one.
    pub async fn edit_together(
        &self,
        author: UserId,
        kind: UpdateKind,
        parts: &[(DocumentId, String, Vec<TextEdit>)],
        beside: Beside,
    ) -> Result<(), RoomError> {
        let _one_at_a_time = self.0.together.lock().await;
        let gathering = Gathering::new();
        let asked = parts.iter().map(|(document, expected, edits)| {
            let part = gathering.part(edits.clone(), expected.clone());
            async move {
                let edit = Edit::Together(part.clone());
                let answer = self.ask(*document, |reply| Request::Edit { author, kind, edit: edit.clone(), reply }).await;
                if answer.is_err() {
                    part.give_up();
                }
                answer
            }
        });
        let asked = join_all(asked);
        let ((), answers) = join(gathering.run(parts.len(), beside, self.0.log()), asked).await;
        // Why one of them did not do it says more than that the others did not, either.
        let errors: Vec<RoomError> = answers.into_iter().filter_map(Result::err).collect();
        let told = errors.iter().find(|error| **error != RoomError::Changed).or(errors.first());
        told.map_or(Ok(()), |error| Err(error.clone()))
    }

    /// The text of a document and its revision: what is on disk, with every change that was acknowledged.
    ///
    /// # Errors
    /// `NotFound`; `Internal` when what is kept can't be trusted.
    pub async fn text(&self, document: DocumentId) -> Result<(String, i64), ServiceError> {
        let stored = self.0.store.stored_text(document).await?.ok_or(RoomError::Missing)?;
        if stored.text_seq == stored.head && !self.0.registry.rooms().contains_key(&document) {
            return Ok((stored.text, stored.head));
        }
        Ok(self.ask(document, |reply| Request::Text { reply }).await?)
    }

    /// The text and the places of a document as they were at a revision.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` when the revision is not kept any more, or not yet there.
    pub async fn past(&self, document: DocumentId, revision: i64) -> Result<(String, AllPins), ServiceError> {
        match replica_of(&self.0.store, document, Some(revision), self.0.fresh_client()).await {
            Ok(loaded) => Ok((loaded.replica.text(), loaded.replica.pins())),
            Err(RoomError::Damaged(_)) => {
                let reason = format!("Revision {revision} is no longer kept. Read the document again and make the change there.");
                Err(ServiceError::Conflict { reason })
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Replaces a document's text by the smallest difference; answers the revision. With an older revision as its base
    /// the difference is made against the text of that revision and merged with what was changed since.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` when the base is so old that it is no longer kept.
    pub async fn replace(
        &self,
        document: DocumentId,
        author: UserId,
        kind: UpdateKind,
        text: &str,
        base: Option<i64>,
    ) -> Result<i64, ServiceError> {
        if let Some(base) = base {
            let (now, head) = self.text(document).await?;
            if now == text {
                return Ok(head);
            }
            if base < head {
                let loaded = replica_of(&self.0.store, document, Some(base), self.0.fresh_client()).await;
                let replica = match loaded {
                    Ok(loaded) => loaded.replica,
                    Err(RoomError::Damaged(_)) => {
                        let reason =
                            format!("Revision {base} is too old to merge with. Read the document again and make the change there.");
                        return Err(ServiceError::Conflict { reason });
                    }
                    Err(error) => return Err(error.into()),
                };
                let replacements = difference::between(&replica.text(), text);
                if replacements.is_empty() {
                    return Ok(head);
                }
                let update = Bytes::from(replica.edit(&replacements));
                return Ok(self.ask(document, |reply| Request::Apply { author, kind, update: update.clone(), reply }).await?);
            }
        }
        let edit = Edit::Text(text.to_owned());
        Ok(self.ask(document, |reply| Request::Edit { author, kind, edit: edit.clone(), reply }).await?)
    }

    /// Makes some edits, whose spans count bytes of the expected text; answers the revision.
    ///
    /// # Errors
    /// `NotFound`; `Conflict` when the text is not the expected one, or an edit does not fit it.
    pub async fn edit(
        &self,
        document: DocumentId,
        author: UserId,
        kind: UpdateKind,
        edits: &[TextEdit],
        expected: &str,
    ) -> Result<i64, ServiceError> {
        let edit = Edit::Parts { edits: edits.to_vec(), expected: expected.to_owned() };
        Ok(self.ask(document, |reply| Request::Edit { author, kind, edit: edit.clone(), reply }).await?)
    }

    /// Keeps the text as it is now as a version with a name; answers the revision that it is of.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn keep(&self, document: DocumentId, author: UserId, name: &str) -> Result<i64, ServiceError> {
        let (kind, edit) = (UpdateKind::Edit, Edit::Keep(name.to_owned()));
        Ok(self.ask(document, |reply| Request::Edit { author, kind, edit: edit.clone(), reply }).await?)
    }

    /// Says that somebody's role or session changed: every open connection asks again what it may do.
    pub fn access_changed(&self) {
        self.0.registry.access_changed();
    }

    /// Hears when somebody's role or session changed.
    pub fn access(&self) -> watch::Receiver<u64> {
        self.0.registry.access()
    }

    /// Connects somebody to a document's room. Their role must have been looked at before.
    ///
    /// # Errors
    /// `Missing`, `Damaged`, `Store`, or `Stopping`.
    pub async fn join(&self, document: DocumentId, who: Who, write: bool) -> Result<Session, RoomError> {
        if self.0.registry.is_stopping() {
            return Err(RoomError::Stopping);
        }
        let connection = self.0.registry.connection();
        let join = |reply: Reply<_>| Request::Join { connection, who: who.clone(), write, reply };
        let (frames, outbox) = self.ask(document, join).await?;
        let requests = self.0.registry.rooms().get(&document).cloned().ok_or(RoomError::Stopping)?;
        Ok(Session::new(connection, who, write, frames, requests, outbox))
    }

    /// Ends a document's room, if it is open: it was deleted.
    pub async fn close(&self, document: DocumentId) {
        let (reply, done) = oneshot::channel();
        let sent = self.0.registry.rooms().get(&document).is_some_and(|room| room.send(Request::Close { reply }).is_ok());
        if sent {
            let _ = done.await;
        }
    }

    /// Stops: lets nobody in, keeps everything that was heard, and asks all connections to come back a little later.
    /// Answers when all is on disk, or after eight seconds.
    pub async fn shutdown(&self) {
        self.0.registry.stop();
        let mut stopping = Vec::new();
        for room in self.0.registry.rooms().values() {
            let (reply, done) = oneshot::channel();
            let delay = u64::from(self.0.fresh_client()) % RETURN;
            if room.send(Request::Stop { delay, reply }).is_ok() {
                stopping.push(done);
            }
        }
        if timeout(STOP, join_all(stopping)).await.is_err() {
            tracing::warn!("some documents could not be brought to disk in eight seconds; what was acknowledged is there");
        }
        // Clients that read hear when to come back; the others find out by themselves.
        let _ = timeout(GOODBYE, self.0.registry.emptied()).await;
    }

    /// Asks a document's room, opening it when it is not.
    async fn ask<T>(&self, document: DocumentId, request: impl Fn(Reply<T>) -> Request) -> Result<T, RoomError> {
        for _ in 0..TRIES {
            let (reply, answer) = oneshot::channel();
            {
                let mut rooms = self.0.registry.rooms();
                let open = || {
                    let (sender, requests) = mpsc::unbounded_channel();
                    tokio::spawn(room::open(Arc::clone(&self.0), document, requests));
                    sender
                };
                let room = rooms.entry(document).or_insert_with(open);
                if let Err(mpsc::error::SendError(request)) = room.send(request(reply)) {
                    *room = open();
                    let _ = room.send(request);
                }
            }
            if let Ok(answer) = answer.await {
                return answer;
            }
        }
        Err(RoomError::Store("the document's room ended again and again".to_owned()))
    }
}

/// A document built from its log.
pub(in crate::server::collab) struct Loaded {
    pub(in crate::server::collab) stored: StoredDocument,
    pub(in crate::server::collab) replica: Replica,
    /// Bytes of the snapshot it was built on.
    pub(in crate::server::collab) snapshot_size: u64,
}

/// Builds a document from its log, up to a revision or whole, with a client id for further changes.
pub(in crate::server::collab) async fn replica_of(
    store: &Store,
    document: DocumentId,
    until: Option<i64>,
    client: u32,
) -> Result<Loaded, RoomError> {
    let mut stored = match store.document_log(document, until).await? {
        Found::Missing => return Err(RoomError::Missing),
        Found::Damaged(problem) => return Err(RoomError::Damaged(problem)),
        Found::Whole(stored) => *stored,
    };
    let mut client = client;
    while stored.clients.contains_key(&client) {
        client = client.wrapping_add(1);
    }
    let (snapshot, rows) = (stored.snapshot.take(), std::mem::take(&mut stored.rows));
    let snapshot_size = snapshot.as_ref().map_or(0, |state| state.len() as u64);
    let built = tokio::task::spawn_blocking(move || build(client, snapshot.as_deref(), &rows));
    let replica = built.await.map_err(|error| RoomError::Damaged(error.to_string()))??;
    Ok(Loaded { stored, replica, snapshot_size })
}

fn build(client: u32, snapshot: Option<&[u8]>, rows: &[Vec<u8>]) -> Result<Replica, RoomError> {
    let mut updates: Vec<&[u8]> = snapshot.into_iter().collect();
    for row in rows {
        let mut reader = Reader::new(row);
        while !reader.is_empty() {
            updates.push(reader.buffer().ok_or_else(|| RoomError::Damaged("a change can't be read".to_owned()))?);
        }
    }
    let replica = Replica::new(client);
    replica.apply(updates).map_err(|fault| RoomError::Damaged(fault.to_string()))?;
    Ok(replica)
}
