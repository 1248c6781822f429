//! What keeps a room and its document in order: the stored text, snapshots, a disk that fails, and the end.

use std::sync::Arc;

use tokio::{sync::oneshot, time::Instant};

use crate::{
    domain::{history::Made, title::title},
    server::{
        collab::{
            closing::Closing,
            frame,
            frame::Control,
            outbox::Kind,
            replica::Replica,
            room::{Question, Room, Work, made},
            rooms::replica_of,
        },
        store::updates::{Derived, NewSnapshot},
    },
};

/// Rows and bytes of log from which a snapshot is worth it.
pub(super) const SNAPSHOT: (u64, u64) = (500, 256 * 1024);
/// Rows from which it is when everybody has left.
const SNAPSHOT_IDLE: u64 = 20;

impl Room {
    pub(super) fn freeze(&mut self, frozen: bool) {
        if self.frozen == frozen {
            return;
        }
        self.frozen = frozen;
        let control = frame::control(if frozen { Control::StorageUnavailable } else { Control::StorageAvailable });
        for connection in self.connections.values() {
            connection.outbox.push(Kind::Other, control.clone());
        }
        if frozen && let Some(step) = &mut self.step {
            let mut questions = std::mem::take(&mut step.questions);
            let queue = std::mem::take(&mut self.queue);
            for work in queue {
                match work {
                    Work::Question(question @ (Question::Have(..) | Question::Text(_))) => questions.push(question),
                    other => self.queue.push_back(other),
                }
            }
            self.answer_from_disk(questions);
        }
    }

    /// Answers questions while changes wait for the disk: from what is on it.
    pub(super) fn answer_from_disk(&mut self, questions: Vec<Question>) {
        let (shared, document) = (Arc::clone(&self.shared), self.document);
        let client = shared.fresh_client();
        let mut asked = Vec::new();
        for question in questions {
            match question {
                Question::Greet(_) => self.queue.push_back(Work::Question(question)),
                Question::Text(reply) => asked.push((None, Some(reply))),
                Question::Have(connection, state_vector) => {
                    let outbox = self.connections.get(&connection).map(|connection| Arc::clone(&connection.outbox));
                    asked.push((outbox.map(|outbox| (outbox, state_vector)), None));
                }
            }
        }
        if asked.is_empty() {
            return;
        }
        tokio::spawn(async move {
            let loaded = replica_of(&shared.store, document, None, client).await;
            for (have, text) in asked {
                if let Some(reply) = text {
                    let answer = loaded.as_ref().map(|loaded| (loaded.replica.text(), loaded.stored.head)).map_err(Clone::clone);
                    let _ = reply.send(answer);
                }
                if let (Some((outbox, state_vector)), Ok(loaded)) = (have, &loaded) {
                    match loaded.replica.missing(&state_vector) {
                        Some(update) => outbox.push(Kind::Other, frame::answer(&update)),
                        None => outbox.close(Closing::Malformed("a state vector that can't be read")),
                    }
                }
            }
        });
    }

    /// Stores the text as it is now; nothing may be on its way to disk.
    pub(super) fn refresh_text(&mut self) -> Option<oneshot::Receiver<bool>> {
        self.text_at = None;
        if self.text_seq >= self.head {
            return None;
        }
        self.text_seq = self.head;
        let text = self.replica.text();
        let title = title(self.kind, &self.path, &text);
        let turn = self.typed_turn(&text);
        if let Some(turn) = &turn {
            drop(self.keep(Made::Status { status: turn.after }));
        }
        let (authors, at) = (std::mem::take(&mut self.authors), self.shared.clock.now());
        Some(self.shared.log().text(Derived {
            document: self.document,
            text,
            title,
            pins: self.replica.pins(),
            seq: self.head,
            authors,
            turn,
            at,
        }))
    }

    /// Makes a snapshot when there is enough for one, and no other is being made anywhere.
    pub(super) fn make_snapshot(&mut self, enough: (u64, u64)) {
        let (rows, bytes) = self.log;
        // Writing a large document anew for every bit of log would cost more than reading the log ever does.
        let worth = rows >= enough.0 || (bytes >= enough.1 && bytes >= self.snapshot_size / 2);
        if self.snapshot.is_some() || !worth || self.replica.waits() {
            return;
        }
        let Ok(place) = Arc::clone(&self.shared.snapshots).try_acquire_owned() else { return };
        let state = self.replica.state();
        self.snapshot_size = state.len() as u64;
        let (seq, at, document) = (self.head, self.shared.clock.now(), self.document);
        let (shared, covers) = (Arc::clone(&self.shared), self.log);
        let expected = self.replica.likeness();
        let (reply, receiver) = oneshot::channel();
        tokio::spawn(async move {
            let checked = tokio::task::spawn_blocking(move || {
                let copy = Replica::new(0);
                let whole = copy.apply([state.as_slice()]).is_ok() && !copy.waits() && copy.likeness() == expected;
                whole.then_some(state)
            });
            let made = if let Ok(Some(state)) = checked.await {
                shared.log().snapshot(NewSnapshot { document, seq, state, at }).await.unwrap_or(false)
            } else {
                tracing::error!(%document, seq, "a snapshot would not say the same as the document and was not kept");
                false
            };
            drop(place);
            let _ = reply.send(made);
        });
        self.snapshot = Some((receiver, covers));
    }

    pub(super) fn snapshot_made(&mut self, made: bool) {
        if let Some((_, covers)) = self.snapshot.take()
            && made
        {
            self.log = (self.log.0.saturating_sub(covers.0), self.log.1.saturating_sub(covers.1));
        }
    }

    /// Ends an empty room: text, version and snapshot are brought up to date first.
    pub(super) async fn retire(&mut self) {
        if self.frozen {
            self.empty_since = Some(Instant::now());
            return;
        }
        self.bring_up_to_date().await;
        self.make_snapshot((SNAPSHOT_IDLE, u64::MAX));
        if self.snapshot.is_some() {
            let made = made(&mut self.snapshot).await;
            self.snapshot_made(made);
        }
        let shared = Arc::clone(&self.shared);
        let mut rooms = shared.registry.rooms();
        if self.requests.is_empty() {
            rooms.remove(&self.document);
            self.requests.close();
            self.ended = true;
        } else {
            self.empty_since = Some(Instant::now());
        }
    }

    async fn bring_up_to_date(&mut self) {
        if let Some(kept) = self.refresh_text() {
            let _ = kept.await;
        }
        if let Some(kept) = self.keep_version() {
            let _ = kept.await;
        }
    }

    /// Everything heard is on disk: says goodbye.
    pub(super) async fn stop(&mut self) {
        let Some((delay, reply)) = self.stopping.take() else { return };
        let restart = frame::control(Control::Restart { delay });
        for connection in self.connections.values() {
            connection.outbox.push(Kind::Other, restart.clone());
        }
        self.send_away(Closing::Restarting);
        self.bring_up_to_date().await;
        self.leave_registry();
        let _ = reply.send(Ok(()));
    }

    pub(super) fn send_away(&mut self, closing: Closing) {
        for connection in self.connections.values() {
            connection.outbox.close(closing);
        }
        self.connections.clear();
    }

    /// Ends the room at once. Requests that are still unanswered fail, and whoever asked opens a new room.
    pub(super) fn leave_registry(&mut self) {
        let shared = Arc::clone(&self.shared);
        let mut rooms = shared.registry.rooms();
        rooms.remove(&self.document);
        self.requests.close();
        self.ended = true;
    }
}
