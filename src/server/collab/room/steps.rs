//! A step: the changes that arrived together, checked, applied as one, and sent on their way to disk.

use std::collections::BTreeMap;

use bytes::Bytes;
use tokio::{
    sync::oneshot,
    time::{Duration, Instant},
};

use crate::{
    domain::{
        history::Made,
        id::UserId,
        syntax::{TextEdit, apply},
    },
    server::{
        collab::{
            closing::Closing,
            difference, frame,
            lib0::put_buffer,
            outbox::Kind,
            outline::Outline,
            replica::Known,
            room::{Change, Edit, Question, Reply, Room, Step, Work, upkeep::SNAPSHOT},
            rooms::{RoomError, UpdateKind, replica_of},
            together::Part,
        },
        store::{
            updates::{Append, NewRow},
            versions::NewVersion,
        },
    },
};

/// Changes in one step.
const STEP: usize = 256;
/// Bytes of one row of the log, unless a single update is larger.
const ROW: usize = 4 * 1024 * 1024;
/// Bytes of updates that wait for something that has not come.
const PENDING: usize = 1024 * 1024;
/// How long after a change the stored text is refreshed.
const TEXT: Duration = Duration::from_millis(500);

impl Room {
    /// Takes the next changes as one step, or makes one edit of the server's own, and sends it on its way to disk.
    pub(super) async fn begin(&mut self) {
        if self.queue.is_empty() {
            self.expelled.clear();
        }
        while self.queue.len() < STEP
            && let Ok(frame) = self.frames.try_recv()
        {
            self.hear(frame);
        }
        let (mut changes, mut questions) = (Vec::new(), Vec::new());
        let mut edit = None;
        while changes.len() < STEP {
            match self.queue.pop_front() {
                Some(Work::Change(change)) if change.kind.step().is_some() => {
                    // A step of its own, with versions of the text before and after.
                    if changes.is_empty() {
                        changes.push(change);
                    } else {
                        self.queue.push_front(Work::Change(change));
                    }
                    break;
                }
                Some(Work::Change(change)) => changes.push(change),
                Some(Work::Question(question)) => questions.push(question),
                Some(Work::Edit { author, kind, edit: wanted, reply }) if changes.is_empty() => {
                    edit = Some((author, kind, wanted, reply));
                    break;
                }
                Some(later @ Work::Edit { .. }) => {
                    self.queue.push_front(later);
                    break;
                }
                None => break,
            }
        }
        if let Some((author, kind, wanted, reply)) = edit {
            self.make(author, kind, wanted, reply, questions).await;
            return;
        }
        let mut known = self.replica.known();
        let changes: Vec<Change> = changes.into_iter().filter_map(|change| self.check(change, &mut known)).collect();
        let changes = self.allowed(changes);
        let alone = changes.first().and_then(|change| Some((change.kind.step()?, change.author)));
        let before = alone.and_then(|_| self.unkept_version(Made::Edited));
        match self.replica.apply(changes.iter().map(|change| change.update.as_ref())) {
            Ok(applied) => {
                if !self.replica.waits() {
                    self.pending = 0;
                }
                let new = changes.iter().zip(&applied.new).filter(|(_, new)| **new).map(|(change, _)| change);
                let rows = rows(new, &mut self.clients);
                let mut versions: Vec<NewVersion> = before.into_iter().collect();
                if let Some((made, author)) = alone.filter(|_| !rows.is_empty()) {
                    versions.push(self.version(self.head_after(&rows), self.replica.text(), made, vec![author]));
                }
                self.commit((rows, versions), applied.merged, changes, questions, None);
            }
            Err(fault) => {
                before.into_iter().flat_map(|version| version.authors).for_each(|author| self.unkept.wrote(author));
                self.recover(fault.at, changes, questions).await;
            }
        }
    }

    /// Keeps out what is written in another person's name, and what would pile up waiting.
    fn check(&mut self, mut change: Change, known: &mut Known) -> Option<Change> {
        let authors = change.outline.authors(|client| known.next(client));
        let owner = |client: &u32| self.clients.get(client).copied();
        change.clients = authors.iter().copied().filter(|client| owner(client).is_none()).collect();
        let Some(connection) = change.connection else { return Some(change) };
        if self.expelled.contains(&connection) {
            return None;
        }
        let another = |client: &&u32| **client == self.replica.client() || owner(client).is_some_and(|owner| owner != change.author);
        if let Some(client) = authors.iter().find(another) {
            tracing::warn!(document = %self.document, user = %change.author, client, "an update was written under another's client id");
            self.drop_connection(connection, Some(Closing::Forged));
            return None;
        }
        if change.outline.lacks(|client| known.next(client)) {
            if self.pending + change.update.len() > PENDING {
                self.drop_connection(connection, Some(Closing::Slow));
                return None;
            }
            self.pending += change.update.len();
        } else {
            known.expect(&change.outline);
        }
        Some(change)
    }

    /// Makes an edit of the server's own.
    async fn make(&mut self, author: UserId, kind: UpdateKind, wanted: Edit, reply: Reply<i64>, questions: Vec<Question>) {
        let text = self.replica.text();
        let (part, after) = match wanted {
            Edit::Keep(name) => {
                let made = self.unkept_version(Made::Edited);
                let version = made.unwrap_or_else(|| self.version(self.head, text, Made::Edited, vec![author]));
                let change = own(author, kind, reply);
                self.commit((Vec::new(), vec![NewVersion { name: Some(name), ..version }]), vec![0, 0], vec![change], questions, None);
                return;
            }
            Edit::Text(new) => (None, Some(new)),
            Edit::Parts { edits, expected } => (None, applied(&text, &edits).filter(|_| expected == text)),
            Edit::Together(part) => {
                let after = applied(&text, &part.edits);
                (Some(part), after)
            }
        };
        let mut error = RoomError::Changed;
        let mut replacements = after.as_deref().map(|after| difference::between(&text, after));
        if let Some(refusal) = after.as_deref().and_then(|after| self.refusal((kind, part.is_some()), &text, after)) {
            (error, replacements) = (refusal, None);
        }
        match &part {
            Some(part) if replacements.is_none() => part.give_up(),
            Some(part) if !part.agree(&text).await => replacements = None,
            _ => {}
        }
        let Some(replacements) = replacements else {
            let _ = reply.send(Err(error));
            self.queue.extend(questions.into_iter().map(Work::Question));
            return;
        };
        let status = after.as_deref().and_then(|after| self.status_of(after));
        let turned = status.filter(|status| self.status_of(&text) != Some(*status)).map(|status| Made::Status { status });
        let made = kind.step().or(turned).filter(|_| !replacements.is_empty());
        let mut versions: Vec<NewVersion> = made.and_then(|_| self.unkept_version(Made::Edited)).into_iter().collect();
        let update = self.replica.edit(&replacements);
        self.locked = None;
        if part.is_some() {
            // Who turned it is kept with the rows.
            self.status = status.or(self.status);
        }
        let mut rows = Vec::new();
        if !replacements.is_empty() {
            let mut data = Vec::with_capacity(update.len() + 8);
            put_buffer(&mut data, &update);
            let client = self.replica.client();
            let first = !self.clients.contains_key(&client);
            self.clients.entry(client).or_insert(author);
            rows.push(NewRow { author, kind: kind.code(), data, clients: if first { vec![client] } else { Vec::new() } });
        }
        if let Some(made) = made {
            versions.push(self.version(self.head_after(&rows), self.replica.text(), made, vec![author]));
        }
        self.commit((rows, versions), update, vec![own(author, kind, reply)], questions, part);
    }

    /// The number of the last row when some more are on disk.
    fn head_after(&self, rows: &[NewRow]) -> i64 {
        self.head + i64::try_from(rows.len()).unwrap_or_default()
    }

    fn commit(
        &mut self,
        (rows, versions): (Vec<NewRow>, Vec<NewVersion>),
        merged: Vec<u8>,
        changes: Vec<Change>,
        questions: Vec<Question>,
        part: Option<Part>,
    ) {
        self.last_step = Instant::now();
        let bytes = rows.iter().map(|row| row.data.len() as u64).sum();
        let head = self.head_after(&rows);
        let count = head - self.head;
        let is_kept = versions.iter().any(|version| version.seq == head);
        let unkept = if is_kept { Vec::new() } else { rows.iter().map(|row| row.author).collect() };
        let nothing = rows.is_empty() && versions.is_empty();
        let append = |rows, at| Append { document: self.document, head: self.head, rows, versions, at };
        let kept = if let Some(part) = part {
            part.commit(append(rows, self.shared.clock.now()))
        } else if nothing {
            let (reply, kept) = oneshot::channel();
            let _ = reply.send(true);
            kept
        } else {
            let at = self.shared.clock.now();
            self.shared.log().append(append(rows, at))
        };
        self.step = Some(Step { kept, rows: count, bytes, merged, changes, questions, unkept });
    }

    /// A step is on disk, or never will be.
    pub(super) fn finish(&mut self, kept: bool) {
        let Some(step) = self.step.take() else { return };
        if !kept {
            // Deleted, or another process writes to it: what is here is not what is kept.
            tracing::warn!(document = %self.document, "changes were not kept; the room is given up");
            for reply in step.changes.into_iter().filter_map(|change| change.reply) {
                let _ = reply.send(Err(RoomError::Missing));
            }
            self.send_away(Closing::Reloaded);
            self.leave_registry();
            return;
        }
        self.head += step.rows;
        for author in step.unkept {
            self.unkept.wrote(author);
        }
        self.log = (self.log.0 + step.rows.unsigned_abs(), self.log.1 + step.bytes);
        let mut acknowledged = BTreeMap::new();
        let mut only = step.changes.first().and_then(|change| change.connection);
        for change in step.changes {
            if change.connection != only {
                only = None;
            }
            if step.rows > 0 {
                self.writer = Some(change.author);
            }
            if let Some(connection) = change.connection {
                if step.rows > 0 {
                    self.authors.insert(change.author);
                }
                *acknowledged.entry(connection).or_insert(0_u64) += 1;
            }
            if let Some(reply) = change.reply {
                let _ = reply.send(Ok(self.head));
            }
        }
        for (connection, count) in acknowledged {
            if let Some(connection) = self.connections.get_mut(&connection) {
                connection.kept += count;
                connection.outbox.push(Kind::Other, frame::acknowledged(connection.kept));
            }
        }
        if step.rows > 0 {
            self.locked = None;
            if step.merged != [0, 0] {
                let update = frame::update(&step.merged);
                for (connection, known) in &self.connections {
                    if Some(*connection) != only {
                        known.outbox.push(Kind::Update, update.clone());
                    }
                }
            }
            self.text_at.get_or_insert_with(|| Instant::now() + TEXT);
        }
        for question in step.questions {
            self.answer(question);
        }
        self.make_snapshot(SNAPSHOT);
    }

    /// The CRDT failed on an update: closes its connection, builds the replica anew from the log, and takes the rest again.
    async fn recover(&mut self, at: usize, mut changes: Vec<Change>, questions: Vec<Question>) {
        if at < changes.len() {
            let offender = changes.remove(at);
            let start: Vec<u8> = offender.update.iter().copied().take(64).collect();
            tracing::error!(
                document = %self.document, user = %offender.author, bytes = offender.update.len(), start = ?start,
                "an update can't be applied; it is left out and the document is loaded again"
            );
            if let Some(reply) = offender.reply {
                let _ = reply.send(Err(RoomError::Damaged("the change can't be applied".to_owned())));
            }
            if let Some(connection) = offender.connection {
                self.drop_connection(connection, Some(Closing::Malformed("an update that can't be applied")));
            }
        }
        let client = self.shared.fresh_client();
        match replica_of(&self.shared.store, self.document, None, client).await {
            Ok(loaded) if loaded.stored.head == self.head => {
                self.replica = loaded.replica;
                self.clients = loaded.stored.clients;
                self.pending = 0;
                let again = changes.into_iter().map(Work::Change).chain(questions.into_iter().map(Work::Question));
                let later = std::mem::take(&mut self.queue);
                self.queue = again.chain(later).collect();
            }
            _ => {
                self.send_away(Closing::Reloaded);
                self.leave_registry();
            }
        }
    }
}

/// A change of the server's own that is made already, for whoever waits for it.
fn own(author: UserId, kind: UpdateKind, reply: Reply<i64>) -> Change {
    let (update, outline, reply) = (Bytes::new(), Outline::default(), Some(reply));
    Change { connection: None, author, kind, update, outline, clients: Vec::new(), reply, _waiting: None }
}

/// A text with edits made, if they fit it.
fn applied(text: &str, edits: &[TextEdit]) -> Option<String> {
    difference::of_edits(text, edits).map(|_| apply(text, edits))
}

/// The log's rows of a step: one for each author and kind, unless it grows too large.
fn rows<'a>(changes: impl Iterator<Item = &'a Change>, clients: &mut BTreeMap<u32, UserId>) -> Vec<NewRow> {
    let mut rows: Vec<NewRow> = Vec::new();
    for change in changes {
        let (author, kind) = (change.author, change.kind.code());
        let fits = |row: &NewRow| row.author == author && row.kind == kind && row.data.len() + change.update.len() <= ROW;
        let at = rows.iter().position(fits).unwrap_or_else(|| {
            rows.push(NewRow { author, kind, data: Vec::with_capacity(change.update.len() + 8), clients: Vec::new() });
            rows.len() - 1
        });
        let Some(row) = rows.get_mut(at) else { continue };
        put_buffer(&mut row.data, &change.update);
        for client in &change.clients {
            if clients.insert(*client, author).is_none() {
                row.clients.push(*client);
            }
        }
    }
    rows
}
