//! What waits to be sent to one client, bounded in bytes. A room never waits for a client, and a client never gets an
//! update less than the others: when it can't keep up, presence is dropped, updates are merged, and in the end the
//! connection is; it comes back with its state vector and misses nothing.

use std::{
    collections::VecDeque,
    panic::catch_unwind,
    sync::{Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use tokio::{
    sync::Notify,
    time::{Duration, Instant, sleep_until},
};

use crate::server::collab::{closing::Closing, frame};

/// Bytes from which the client counts as slow.
const FULL: usize = 2 * 1024 * 1024;
/// Bytes at which it is given up at once.
const OVERFLOW: usize = 2 * FULL;
/// How long it may stay slow.
const PATIENCE: Duration = Duration::from_secs(5);
/// Bytes handed to the socket at once.
const PORTION: usize = 256 * 1024;
/// Updates in a row from which merging is worth it.
const MERGE: usize = 16;

/// What a frame in the queue is, for when there are too many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Update,
    Presence,
    /// Answers, acknowledgements, controls: kept as they are.
    Other,
}

/// The next thing to do for the one who writes to the socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// Frames to send, one message each, in order.
    Send(Vec<Bytes>),
    /// Nothing comes after this.
    Close(Closing),
}

#[derive(Debug, Default)]
struct Queue {
    frames: VecDeque<(Kind, Bytes)>,
    bytes: usize,
    full_since: Option<Instant>,
    closing: Option<Closing>,
}

/// A queue of frames for one connection.
#[derive(Debug, Default)]
pub struct Outbox {
    queue: Mutex<Queue>,
    filled: Notify,
    pressed: Notify,
}

impl Outbox {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a frame at the end; nothing after the connection is being closed.
    pub fn push(&self, kind: Kind, frame: Bytes) {
        let mut queue = self.queue();
        if queue.closing.is_some() {
            return;
        }
        // A document larger than the bound still fits an empty queue.
        let alone = queue.frames.is_empty();
        queue.bytes += frame.len();
        queue.frames.push_back((kind, frame));
        if queue.bytes > FULL && !alone {
            queue.relieve();
            if queue.bytes > OVERFLOW {
                queue.give_up();
            } else if queue.bytes > FULL && queue.full_since.is_none() {
                queue.full_since = Some(Instant::now());
            }
            self.pressed.notify_one();
        }
        drop(queue);
        self.filled.notify_one();
    }

    /// Ends the connection after what is queued has been sent.
    pub fn close(&self, closing: Closing) {
        self.queue().closing.get_or_insert(closing);
        self.filled.notify_one();
    }

    /// Waits for something to do.
    pub async fn next(&self) -> Next {
        loop {
            if let Some(next) = self.try_next() {
                return next;
            }
            self.filled.notified().await;
        }
    }

    /// What there is to do right now.
    pub fn try_next(&self) -> Option<Next> {
        let mut queue = self.queue();
        if queue.frames.is_empty() {
            return queue.closing.map(Next::Close);
        }
        let (mut portion, mut bytes) = (Vec::new(), 0);
        while bytes < PORTION
            && let Some((_, frame)) = queue.frames.pop_front()
        {
            bytes += frame.len();
            portion.push(frame);
        }
        queue.bytes -= bytes;
        if queue.bytes <= FULL {
            queue.full_since = None;
        }
        Some(Next::Send(portion))
    }

    /// Comes back when the client is given up because it does not read.
    pub async fn given_up(&self) {
        loop {
            let since = {
                let queue = self.queue();
                if queue.closing == Some(Closing::Slow) {
                    return;
                }
                queue.full_since
            };
            match since {
                None => self.pressed.notified().await,
                Some(since) => {
                    tokio::select! {
                        () = sleep_until(since + PATIENCE) => {}
                        () = self.pressed.notified() => continue,
                    }
                    let mut queue = self.queue();
                    if queue.full_since == Some(since) {
                        queue.give_up();
                    }
                }
            }
        }
    }
}

impl Queue {
    /// Drops presence, then merges updates that follow each other.
    fn relieve(&mut self) {
        self.frames.retain(|(kind, _)| *kind != Kind::Presence);
        self.count();
        if self.bytes <= FULL || self.frames.iter().filter(|(kind, _)| *kind == Kind::Update).count() < MERGE {
            return;
        }
        let mut merged: VecDeque<(Kind, Bytes)> = VecDeque::new();
        let mut run: Vec<Bytes> = Vec::new();
        for (kind, frame) in std::mem::take(&mut self.frames) {
            if kind == Kind::Update {
                run.push(frame);
            } else {
                merged.extend(one(std::mem::take(&mut run)));
                merged.push_back((kind, frame));
            }
        }
        merged.extend(one(run));
        self.frames = merged;
        self.count();
    }

    fn count(&mut self) {
        self.bytes = self.frames.iter().map(|(_, frame)| frame.len()).sum();
    }

    fn give_up(&mut self) {
        self.closing = Some(Closing::Slow);
        self.frames.clear();
        self.bytes = 0;
        self.full_since = None;
    }
}

/// Updates as one, or as they were when the library can't merge them.
fn one(updates: Vec<Bytes>) -> Vec<(Kind, Bytes)> {
    let merged = catch_unwind(|| {
        let bodies: Option<Vec<&[u8]>> = updates.iter().map(|update| frame::updated(update)).collect();
        yrs::merge_updates_v1(bodies?).ok()
    });
    match merged {
        Ok(Some(merged)) if updates.len() > 1 => vec![(Kind::Update, frame::update(&merged))],
        _ => updates.into_iter().map(|update| (Kind::Update, update)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::collab::{difference::Replacement, replica::Replica};

    fn sent(outbox: &Outbox) -> Vec<Bytes> {
        let mut sent = Vec::new();
        while let Some(Next::Send(frames)) = outbox.try_next() {
            sent.extend(frames);
        }
        sent
    }

    #[test]
    fn presence_goes_first_and_updates_merge_without_loss() {
        let outbox = Outbox::default();
        let author = Replica::new(1);
        outbox.push(Kind::Presence, Bytes::from(vec![1; 1000]));
        for _ in 0..40 {
            let text = "x".repeat(60_000);
            let update = author.edit(&[Replacement { start: 0, length: 0, text }]);
            // Deleted again, a merged queue has little to say.
            let undone = author.edit(&[Replacement { start: 0, length: 60_000, text: String::new() }]);
            outbox.push(Kind::Update, frame::update(&update));
            outbox.push(Kind::Update, frame::update(&undone));
        }
        outbox.push(Kind::Other, frame::acknowledged(1));
        let frames = sent(&outbox);
        assert!(frames.len() < 80 && frames.first().unwrap().starts_with(&[0, 2]));
        let reader = Replica::new(2);
        let updates: Vec<&[u8]> = frames.iter().filter_map(|frame| frame::updated(frame)).collect();
        reader.apply(updates).unwrap();
        assert_eq!(reader.likeness(), author.likeness());
        assert_eq!(outbox.try_next(), None);
    }

    #[test]
    fn a_queue_that_overflows_is_given_up_whole() {
        let outbox = Outbox::default();
        for _ in 0..8 {
            outbox.push(Kind::Other, Bytes::from(vec![0; FULL / 4]));
        }
        assert!(matches!(outbox.try_next(), Some(Next::Send(_))));
        for _ in 0..9 {
            outbox.push(Kind::Other, Bytes::from(vec![0; FULL / 4]));
        }
        assert_eq!(outbox.try_next(), Some(Next::Close(Closing::Slow)));
        outbox.push(Kind::Other, Bytes::from_static(b"late"));
        assert_eq!(outbox.try_next(), Some(Next::Close(Closing::Slow)));
    }

    #[test]
    fn one_large_answer_is_no_overflow_and_a_close_waits_for_what_is_queued() {
        let outbox = Outbox::default();
        outbox.push(Kind::Other, Bytes::from(vec![0; 3 * OVERFLOW]));
        outbox.close(Closing::Restarting);
        assert!(matches!(outbox.try_next(), Some(Next::Send(frames)) if frames.len() == 1));
        assert_eq!(outbox.try_next(), Some(Next::Close(Closing::Restarting)));
    }
}
