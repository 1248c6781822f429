//! Versions that are made by themselves: after ten minutes of changes, when the last writer has left, and around every step
//! that changes much at once.
//!
//! Who wrote what no version holds yet is counted here; the text is the room's. A version goes to disk the way changes do, in
//! their order, and one that belongs to a step in its very commit: a step that is there has the text before it in a version, too.

use tokio::{
    sync::oneshot,
    time::{Duration, Instant},
};

use crate::{
    domain::{history::Made, id::UserId},
    server::{
        collab::room::{LINGER, Room},
        store::{updates::Append, versions::NewVersion},
    },
};

/// How long changes gather in one version.
const ACTIVITY: Duration = Duration::from_mins(10);

/// What was written since the newest version.
#[derive(Debug, Default)]
pub(super) struct Unkept {
    /// In the order in which they began.
    authors: Vec<UserId>,
    since: Option<Instant>,
    left: Option<Instant>,
}

impl Unkept {
    /// Somebody wrote.
    pub(super) fn wrote(&mut self, author: UserId) {
        if !self.authors.contains(&author) {
            self.authors.push(author);
        }
        self.since.get_or_insert_with(Instant::now);
    }

    pub(super) const fn writer_came(&mut self) {
        self.left = None;
    }

    pub(super) fn writers_left(&mut self) {
        self.left = Some(Instant::now());
    }

    /// When it becomes a version; none while there is nothing. Those who only load their page again have not left.
    pub(super) fn due(&self) -> Option<Instant> {
        let since = self.since?;
        let left = self.left.map(|left| left.max(since) + LINGER);
        Some((since + ACTIVITY).min(left.unwrap_or(since + ACTIVITY)))
    }
}

impl Room {
    /// Begins where the versions on disk end. A document that has none gets its first.
    pub(super) fn catch_up(&mut self, (kept, authors): (i64, Vec<UserId>)) {
        if kept >= self.head {
            return;
        }
        self.unkept = Unkept { authors, since: Some(Instant::now()), left: Some(Instant::now()) };
        if kept == 0 {
            drop(self.keep(Made::Found));
        }
    }

    /// The text as it is on disk, as a version of what was written since the newest one; none where nothing was. Nothing may be
    /// on its way to disk.
    pub(super) fn unkept_version(&mut self, made: Made) -> Option<NewVersion> {
        self.unkept.since?;
        let authors = std::mem::take(&mut self.unkept.authors);
        self.unkept.since = None;
        Some(self.version(self.head, self.replica.text(), made, authors))
    }

    pub(super) fn version(&self, seq: i64, text: String, made: Made, authors: Vec<UserId>) -> NewVersion {
        NewVersion { document: self.document, seq, text, made, name: None, authors, at: self.shared.clock.now() }
    }

    /// Makes a version of what was written since the newest one.
    pub(super) fn keep_version(&mut self) -> Option<oneshot::Receiver<bool>> {
        self.keep(Made::Edited)
    }

    /// The same, of something in particular that was written.
    pub(super) fn keep(&mut self, made: Made) -> Option<oneshot::Receiver<bool>> {
        let version = self.unkept_version(made)?;
        let append = Append { document: self.document, head: self.head, rows: Vec::new(), at: version.at, versions: vec![version] };
        Some(self.shared.log().append(append))
    }
}
