//! The room of one document: an actor that owns the live CRDT.
//!
//! What arrives together is applied as one step, given to the log, and shown when it is on disk: acknowledged to its
//! authors, sent to everybody else. While a step is on its way to disk the next one gathers; questions wait with it, so
//! that no answer holds what a crash could take back. A room is filled from the log before it hears anybody, and one that
//! can't be filled never writes.
//!
//! Here are its life and its connections; [`steps`] takes changes to disk, [`questions`] answers, [`upkeep`] keeps the
//! stored text and snapshots current and gets through bad times.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    fmt,
    sync::Arc,
};

use bytes::Bytes;
use tokio::{
    sync::{mpsc, oneshot},
    time::{Duration, Instant, sleep_until},
};

use crate::{
    domain::{
        decision::status::Status,
        id::{DocumentId, UserId},
        project::DocumentKind,
        syntax::TextEdit,
    },
    server::collab::{
        closing::Closing,
        frame::{self, Control, State},
        outbox::{Kind, Outbox},
        outline::Outline,
        presence::{Presence, Who},
        replica::Replica,
        rooms::{RoomError, Shared, UpdateKind, replica_of},
        session::Waiting,
        together::Part,
    },
};

mod locked;
mod questions;
mod steps;
mod upkeep;
mod versions;

use versions::Unkept;

/// Messages of all connections that wait to be heard.
pub const HEARING: usize = 256;
/// How long presence gathers before it is told.
const PRESENCE: Duration = Duration::from_millis(75);
/// How long an empty room stays, for those who come back at once.
const LINGER: Duration = Duration::from_secs(20);
/// Connections beyond which steps are held back to be larger, by this much each and at most this long.
const SMALL: usize = 8;
const HOLD: Duration = Duration::from_micros(20);
const HOLD_MOST: Duration = Duration::from_millis(10);

/// An answer that somebody waits for.
pub type Reply<T> = oneshot::Sender<Result<T, RoomError>>;

/// What the rest of the server asks of a room.
pub enum Request {
    Join {
        connection: u64,
        who: Who,
        write: bool,
        reply: Reply<(mpsc::Sender<Frame>, Arc<Outbox>)>,
    },
    Leave {
        connection: u64,
    },
    Access {
        connection: u64,
        write: bool,
    },
    Text {
        reply: Reply<(String, i64)>,
    },
    Edit {
        author: UserId,
        kind: UpdateKind,
        edit: Edit,
        reply: Reply<i64>,
    },
    Apply {
        author: UserId,
        kind: UpdateKind,
        update: Bytes,
        reply: Reply<i64>,
    },
    /// Sends everybody away for good and ends.
    Close {
        reply: Reply<()>,
    },
    /// Keeps what was heard, asks everybody to come back, and ends.
    Stop {
        delay: u64,
        reply: Reply<()>,
    },
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Request")
    }
}

/// A change that the server makes itself, against the text as it is when the room gets to it.
#[derive(Clone, Debug)]
pub enum Edit {
    /// The whole text, put in as the smallest difference.
    Text(String),
    /// Some edits, if the text still is the expected one.
    Parts { edits: Vec<TextEdit>, expected: String },
    /// Some edits, if the text still is the expected one and other documents change in the same step.
    Together(Part),
    /// None: the text as it is becomes a version with a name.
    Keep(String),
}

/// A message of a connection, checked.
pub struct Frame {
    pub connection: u64,
    pub who: Who,
    pub incoming: Incoming,
    pub waiting: Waiting,
}

pub enum Incoming {
    Have(Bytes),
    Update(Bytes, Outline),
    Presence(Vec<State>),
    AskPresence,
}

struct Connection {
    who: Who,
    write: bool,
    outbox: Arc<Outbox>,
    /// Updates of it that are on disk.
    kept: u64,
}

struct Change {
    /// None for the server's own.
    connection: Option<u64>,
    author: UserId,
    kind: UpdateKind,
    update: Bytes,
    outline: Outline,
    /// Client ids that the author uses for the first time.
    clients: Vec<u32>,
    reply: Option<Reply<i64>>,
    _waiting: Option<Waiting>,
}

/// A question that is answered with what is on disk.
enum Question {
    /// The server's own question to somebody who may write.
    Greet(u64),
    Have(u64, Bytes),
    Text(Reply<(String, i64)>),
}

enum Work {
    Change(Change),
    Edit { author: UserId, kind: UpdateKind, edit: Edit, reply: Reply<i64> },
    Question(Question),
}

/// A step on its way to disk.
struct Step {
    kept: oneshot::Receiver<bool>,
    rows: i64,
    bytes: u64,
    merged: Vec<u8>,
    changes: Vec<Change>,
    questions: Vec<Question>,
    /// Who wrote what no version holds yet.
    unkept: Vec<UserId>,
}

/// The actor. [`open`] makes one.
struct Room {
    shared: Arc<Shared>,
    document: DocumentId,
    requests: mpsc::UnboundedReceiver<Request>,
    frames: mpsc::Receiver<Frame>,
    hearing: mpsc::Sender<Frame>,
    kind: DocumentKind,
    path: String,
    replica: Replica,
    head: i64,
    /// Who first used a client id.
    clients: BTreeMap<u32, UserId>,
    connections: BTreeMap<u64, Connection>,
    /// Connections that were closed for what they sent, while anything of theirs may still be in the queue.
    expelled: BTreeSet<u64>,
    presence: Presence,
    presence_at: Option<Instant>,
    queue: VecDeque<Work>,
    step: Option<Step>,
    last_step: Instant,
    /// Bytes heard that wait for something that has not come.
    pending: usize,
    frozen: bool,
    text_seq: i64,
    text_at: Option<Instant>,
    /// The status of a decision when its text was last refreshed, and whether that locks it; none where that is to be seen.
    status: Option<Status>,
    locked: Option<bool>,
    /// Whose change was the last.
    writer: Option<UserId>,
    /// Who changed the text over a live connection since it was last refreshed.
    authors: BTreeSet<UserId>,
    unkept: Unkept,
    /// Rows and bytes since the last snapshot, and the snapshot being made with what it covers.
    log: (u64, u64),
    /// Bytes of the last snapshot.
    snapshot_size: u64,
    snapshot: Option<(oneshot::Receiver<bool>, (u64, u64))>,
    /// The whole state for those who come, of the head it belongs to.
    state: Option<(i64, Bytes)>,
    empty_since: Option<Instant>,
    stopping: Option<(u64, Reply<()>)>,
    ended: bool,
}

/// Runs the room of a document until nobody needs it.
pub async fn open(shared: Arc<Shared>, document: DocumentId, requests: mpsc::UnboundedReceiver<Request>) {
    let (hearing, frames) = mpsc::channel(HEARING);
    let client = shared.fresh_client();
    match replica_of(&shared.store, document, None, client).await {
        Ok(loaded) => {
            let stored = loaded.stored;
            let mut room = Room {
                document,
                requests,
                frames,
                hearing,
                kind: stored.kind,
                path: stored.path,
                head: stored.head,
                clients: stored.clients,
                connections: BTreeMap::new(),
                expelled: BTreeSet::new(),
                presence: Presence::default(),
                presence_at: None,
                queue: VecDeque::new(),
                step: None,
                last_step: Instant::now(),
                pending: 0,
                replica: loaded.replica,
                frozen: false,
                text_seq: stored.text_seq,
                text_at: (stored.text_seq < stored.head).then(Instant::now),
                authors: BTreeSet::new(),
                unkept: Unkept::default(),
                status: None,
                locked: None,
                writer: None,
                log: stored.log,
                snapshot_size: loaded.snapshot_size,
                snapshot: None,
                state: None,
                empty_since: Some(Instant::now()),
                stopping: None,
                ended: false,
                shared,
            };
            room.status = room.status_of(&room.replica.text());
            room.catch_up(stored.version);
            room.run().await;
        }
        Err(error) => {
            if !matches!(error, RoomError::Missing) {
                tracing::error!(%document, %error, "a document can't be opened");
            }
            refuse(&shared, document, requests, &error);
        }
    }
}

/// Leaves the registry and gives everybody who asked the same answer.
fn refuse(shared: &Shared, document: DocumentId, mut requests: mpsc::UnboundedReceiver<Request>, error: &RoomError) {
    {
        let mut rooms = shared.registry.rooms();
        rooms.remove(&document);
        requests.close();
    }
    while let Ok(request) = requests.try_recv() {
        match request {
            Request::Join { reply, .. } => drop(reply.send(Err(error.clone()))),
            Request::Text { reply } => drop(reply.send(Err(error.clone()))),
            Request::Edit { reply, .. } | Request::Apply { reply, .. } => drop(reply.send(Err(error.clone()))),
            Request::Close { reply } | Request::Stop { reply, .. } => drop(reply.send(Ok(()))),
            Request::Leave { .. } | Request::Access { .. } => {}
        }
    }
}

impl Room {
    async fn run(mut self) {
        let mut storage = self.shared.log().storage();
        self.frozen = !*storage.borrow_and_update();
        while !self.ended {
            if self.step.is_none() {
                if self.queue.is_empty() && self.stopping.is_some() {
                    self.stop().await;
                    break;
                }
                if !self.queue.is_empty() && self.step_at() <= Instant::now() {
                    self.begin().await;
                    continue;
                }
            }
            let timer = self.timer();
            tokio::select! {
                kept = kept(&mut self.step) => self.finish(kept),
                Some(frame) = self.frames.recv() => self.hear(frame),
                request = self.requests.recv() => match request {
                    Some(request) => self.serve(request),
                    None => break,
                },
                made = made(&mut self.snapshot) => self.snapshot_made(made),
                Ok(()) = storage.changed() => {
                    let works = *storage.borrow_and_update();
                    self.freeze(!works);
                }
                () = sleep_until(timer.unwrap_or_else(Instant::now)), if timer.is_some() => self.tick().await,
            }
        }
    }

    /// When the next step may begin: at once in small rooms, a little later in large ones.
    fn step_at(&self) -> Instant {
        let beyond = u32::try_from(self.connections.len().saturating_sub(SMALL)).unwrap_or(u32::MAX);
        self.last_step + (HOLD.saturating_mul(beyond)).min(HOLD_MOST)
    }

    fn timer(&self) -> Option<Instant> {
        let step = (self.step.is_none() && !self.queue.is_empty()).then(|| self.step_at());
        let idle = self.empty_since.filter(|_| self.step.is_none() && self.queue.is_empty()).map(|since| since + LINGER);
        let text = self.text_at.filter(|_| self.step.is_none());
        let version = self.unkept.due().filter(|_| self.step.is_none());
        [step, idle, text, version, self.presence_at].into_iter().flatten().min()
    }

    async fn tick(&mut self) {
        let now = Instant::now();
        if self.presence_at.is_some_and(|at| at <= now) {
            self.tell_presence();
        }
        if self.step.is_some() {
            return;
        }
        if self.text_at.is_some_and(|at| at <= now) {
            drop(self.refresh_text());
        }
        if self.unkept.due().is_some_and(|at| at <= now) {
            drop(self.keep_version());
        }
        if self.queue.is_empty() && self.empty_since.is_some_and(|since| since + LINGER <= now) {
            self.retire().await;
        }
    }

    fn serve(&mut self, request: Request) {
        match request {
            Request::Join { connection, who, write, reply } => self.join(connection, who, write, reply),
            Request::Leave { connection } => self.leave(connection),
            Request::Access { connection, write } => {
                let Some(known) = self.connections.get_mut(&connection) else { return };
                known.write = write;
                known.outbox.push(Kind::Other, frame::control(Control::Access { write }));
                if write {
                    self.queue.push_back(Work::Question(Question::Greet(connection)));
                } else {
                    known.outbox.push(Kind::Other, frame::denied("You can read this document but no longer change it."));
                }
            }
            Request::Text { reply } => self.ask(Question::Text(reply)),
            Request::Edit { author, kind, edit, reply } => self.queue.push_back(Work::Edit { author, kind, edit, reply }),
            Request::Apply { author, kind, update, reply } => match Outline::read(&update) {
                Ok(outline) => {
                    let reply = Some(reply);
                    self.queue.push_back(Work::Change(Change {
                        connection: None,
                        author,
                        kind,
                        update,
                        outline,
                        clients: Vec::new(),
                        reply,
                        _waiting: None,
                    }));
                }
                Err(closing) => drop(reply.send(Err(RoomError::Damaged(closing.to_string())))),
            },
            Request::Close { reply } => {
                self.send_away(Closing::Gone);
                self.leave_registry();
                let _ = reply.send(Ok(()));
            }
            Request::Stop { delay, reply } => {
                while let Ok(frame) = self.frames.try_recv() {
                    self.hear(frame);
                }
                self.stopping = Some((delay, reply));
            }
        }
    }

    fn join(&mut self, connection: u64, who: Who, write: bool, reply: Reply<(mpsc::Sender<Frame>, Arc<Outbox>)>) {
        let outbox = Arc::new(Outbox::default());
        if reply.send(Ok((self.hearing.clone(), Arc::clone(&outbox)))).is_err() {
            return;
        }
        let everybody = self.presence.everybody();
        if !everybody.is_empty() {
            outbox.push(Kind::Presence, frame::presence(everybody.iter()));
        }
        if self.frozen {
            outbox.push(Kind::Other, frame::control(Control::StorageUnavailable));
        }
        self.connections.insert(connection, Connection { who, write, outbox, kept: 0 });
        self.empty_since = None;
        if write {
            self.unkept.writer_came();
            self.queue.push_back(Work::Question(Question::Greet(connection)));
        }
    }

    fn leave(&mut self, connection: u64) {
        // What it sent before it left counts.
        while let Ok(frame) = self.frames.try_recv() {
            self.hear(frame);
        }
        self.drop_connection(connection, None);
    }

    fn drop_connection(&mut self, connection: u64, closing: Option<Closing>) {
        let Some(gone) = self.connections.remove(&connection) else { return };
        if let Some(closing) = closing {
            tracing::info!(document = %self.document, user = %gone.who.user, code = closing.code(), reason = %closing, "connection closed");
            gone.outbox.close(closing);
            self.expelled.insert(connection);
        }
        self.presence.leave(connection, Instant::now());
        // A goodbye does not wait for the next gathering.
        self.tell_presence();
        if self.connections.is_empty() {
            self.empty_since = Some(Instant::now());
        }
        if gone.write && !self.connections.values().any(|connection| connection.write) {
            self.unkept.writers_left();
        }
    }

    fn hear(&mut self, frame: Frame) {
        let Frame { connection, who, incoming, waiting } = frame;
        if !self.connections.contains_key(&connection) {
            return;
        }
        match incoming {
            Incoming::Have(state_vector) => self.ask(Question::Have(connection, state_vector)),
            Incoming::Update(update, outline) => {
                if self.stopping.is_none() {
                    self.queue.push_back(Work::Change(Change {
                        connection: Some(connection),
                        author: who.user,
                        kind: UpdateKind::Edit,
                        update,
                        outline,
                        clients: Vec::new(),
                        reply: None,
                        _waiting: Some(waiting),
                    }));
                }
            }
            Incoming::Presence(states) => match self.presence.hear(connection, &who, &states, Instant::now()) {
                Ok(()) if self.presence.has_news() => {
                    self.presence_at.get_or_insert_with(|| Instant::now() + PRESENCE);
                }
                Ok(()) => {}
                Err(closing) => self.drop_connection(connection, Some(closing)),
            },
            Incoming::AskPresence => {
                let everybody = self.presence.everybody();
                self.send(connection, Kind::Presence, || frame::presence(everybody.iter()));
            }
        }
    }

    fn send(&self, connection: u64, kind: Kind, frame: impl FnOnce() -> Bytes) {
        if let Some(connection) = self.connections.get(&connection) {
            connection.outbox.push(kind, frame());
        }
    }

    fn tell_presence(&mut self) {
        self.presence_at = None;
        let news = self.presence.news();
        if news.is_empty() {
            return;
        }
        let frame = frame::presence(news.iter());
        for connection in self.connections.values() {
            connection.outbox.push(Kind::Presence, frame.clone());
        }
    }
}

impl Drop for Room {
    /// Whatever ends the room, nobody is left sitting in front of a dead one.
    fn drop(&mut self) {
        self.send_away(Closing::Reloaded);
    }
}

/// Waits for the disk's word on a step; for ever without one.
async fn kept(step: &mut Option<Step>) -> bool {
    match step {
        Some(step) => (&mut step.kept).await.unwrap_or(false),
        None => std::future::pending().await,
    }
}

/// Waits for a snapshot; for ever without one.
async fn made(snapshot: &mut Option<(oneshot::Receiver<bool>, (u64, u64))>) -> bool {
    match snapshot {
        Some((receiver, _)) => receiver.await.unwrap_or(false),
        None => std::future::pending().await,
    }
}
