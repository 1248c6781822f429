//! The way to disk: one task that commits the changes of all rooms together.
//!
//! While a commit is under way everything else piles up and goes with the next one, so the cost of the disk's promise is
//! shared by whoever types at the same time. When the disk fails the task tries again until it works, and the rooms wait:
//! nothing is acknowledged, nothing is lost, and nobody has to do anything when there is room again.

use tokio::{
    sync::{mpsc, oneshot, watch},
    time::{Duration, sleep},
};

use crate::server::store::{
    Store,
    decisions::Beside,
    updates::{Append, Derived, NewSnapshot},
};

/// Entries taken into one commit.
const MOST: usize = 1024;
/// The first wait after the disk failed; each further one is twice as long.
const FIRST_WAIT: Duration = Duration::from_millis(100);
const LAST_WAIT: Duration = Duration::from_secs(5);

#[derive(Debug)]
enum Entry {
    Append(Append, oneshot::Sender<bool>),
    Together(Vec<Append>, Beside, oneshot::Sender<bool>),
    Text(Derived, oneshot::Sender<bool>),
    Snapshot(NewSnapshot, oneshot::Sender<bool>),
}

/// The rooms' end of the log. Every call gives a receiver for what became of it; true is kept. A receiver that fails
/// means that the server stopped before it was.
#[derive(Clone, Debug)]
pub struct Log {
    entries: mpsc::UnboundedSender<Entry>,
    storage: watch::Receiver<bool>,
}

impl Log {
    /// Begins the task. It ends with the last room's end.
    pub fn start(store: Store) -> Self {
        let (entries, arriving) = mpsc::unbounded_channel();
        let (works, storage) = watch::channel(true);
        tokio::spawn(write(store, arriving, works));
        Self { entries, storage }
    }

    /// Whether changes can be kept right now.
    pub fn storage(&self) -> watch::Receiver<bool> {
        self.storage.clone()
    }

    /// Keeps changes; false when the log's head is not where the writer thinks, or the document is gone.
    pub fn append(&self, append: Append) -> oneshot::Receiver<bool> {
        self.enter(|reply| Entry::Append(append, reply))
    }

    /// Keeps changes of several documents and what belongs to them: all or, with false, nothing.
    pub fn together(&self, appends: Vec<Append>, beside: Beside) -> oneshot::Receiver<bool> {
        self.enter(|reply| Entry::Together(appends, beside, reply))
    }

    /// Refreshes a stored text; false when that failed, and nothing is lost by it.
    pub fn text(&self, derived: Derived) -> oneshot::Receiver<bool> {
        self.enter(|reply| Entry::Text(derived, reply))
    }

    /// Keeps a snapshot; false when that failed, and nothing is lost by it.
    pub fn snapshot(&self, snapshot: NewSnapshot) -> oneshot::Receiver<bool> {
        self.enter(|reply| Entry::Snapshot(snapshot, reply))
    }

    fn enter(&self, entry: impl FnOnce(oneshot::Sender<bool>) -> Entry) -> oneshot::Receiver<bool> {
        let (reply, receiver) = oneshot::channel();
        // A log that has ended drops the entry, and the receiver tells.
        let _ = self.entries.send(entry(reply));
        receiver
    }
}

async fn write(store: Store, mut arriving: mpsc::UnboundedReceiver<Entry>, works: watch::Sender<bool>) {
    let mut entries = Vec::new();
    while arriving.recv_many(&mut entries, MOST).await > 0 {
        let (mut appends, mut joint, mut texts, mut snapshots) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for entry in entries.drain(..) {
            match entry {
                Entry::Append(append, reply) => appends.push((append, reply)),
                Entry::Together(appends, beside, reply) => joint.push((appends, beside, reply)),
                Entry::Text(derived, reply) => texts.push((derived, reply)),
                Entry::Snapshot(snapshot, reply) => snapshots.push((snapshot, reply)),
            }
        }
        append(&store, appends, &works).await;
        for (appends, beside, reply) in joint {
            let _ = reply.send(together(&store, &appends, &beside, &works).await);
        }
        refresh(&store, texts).await;
        for (snapshot, reply) in snapshots {
            let kept = store.add_snapshot(&snapshot).await;
            if let Err(error) = &kept {
                tracing::warn!(document = %snapshot.document, %error, "a snapshot could not be kept; the log stays as it is");
            }
            let _ = reply.send(kept.is_ok());
        }
    }
}

/// Commits until it works. Only what can never be kept, such as a change in a deleted account's name, is given back.
async fn append(store: &Store, appends: Vec<(Append, oneshot::Sender<bool>)>, works: &watch::Sender<bool>) {
    let (mut batch, mut replies): (Vec<_>, Vec<_>) = appends.into_iter().unzip();
    let mut wait = FIRST_WAIT;
    while !batch.is_empty() {
        match store.append_updates(&batch).await {
            Ok(kept) => {
                works.send_if_modified(|works| !std::mem::replace(works, true));
                for (reply, kept) in replies.drain(..).zip(kept) {
                    let _ = reply.send(kept);
                }
                return;
            }
            Err(error) if error.is_final() => {
                // One of them is at fault; the others must not suffer for it.
                for (append, reply) in batch.drain(..).zip(replies.drain(..)) {
                    match store.append_updates(std::slice::from_ref(&append)).await {
                        Ok(kept) => drop(reply.send(kept.first() == Some(&true))),
                        Err(error) => {
                            tracing::error!(document = %append.document, %error, "changes can't be kept");
                            let _ = reply.send(false);
                        }
                    }
                }
                return;
            }
            Err(error) => {
                if works.send_if_modified(|works| std::mem::replace(works, false)) {
                    tracing::error!(%error, "changes can't be stored; documents are frozen until they can");
                }
                sleep(wait).await;
                wait = (wait * 2).min(LAST_WAIT);
            }
        }
    }
}

/// Commits changes of several documents, until it works or can never work.
async fn together(store: &Store, appends: &[Append], beside: &Beside, works: &watch::Sender<bool>) -> bool {
    let mut wait = FIRST_WAIT;
    loop {
        match store.append_together(appends, beside).await {
            Ok(kept) => {
                works.send_if_modified(|works| !std::mem::replace(works, true));
                return kept;
            }
            Err(error) if error.is_final() => {
                tracing::error!(%error, "changes of several documents can't be kept");
                return false;
            }
            Err(error) => {
                if works.send_if_modified(|works| std::mem::replace(works, false)) {
                    tracing::error!(%error, "changes can't be stored; documents are frozen until they can");
                }
                sleep(wait).await;
                wait = (wait * 2).min(LAST_WAIT);
            }
        }
    }
}

async fn refresh(store: &Store, texts: Vec<(Derived, oneshot::Sender<bool>)>) {
    if texts.is_empty() {
        return;
    }
    let (texts, replies): (Vec<_>, Vec<_>) = texts.into_iter().unzip();
    let kept = store.set_texts(&texts).await;
    if let Err(error) = &kept {
        tracing::warn!(%error, "stored texts could not be refreshed; they are rebuilt from the log when asked for");
    }
    for reply in replies {
        let _ = reply.send(kept.is_ok());
    }
}
