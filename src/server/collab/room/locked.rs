//! Decisions that were made: what a change may not touch is kept out of the log, and whoever typed it gets it back.

use crate::{
    domain::{
        decision::{self, status::Status, workflow::lock},
        project::DocumentKind,
    },
    server::{
        collab::{
            closing::Closing,
            replica::Replica,
            room::{Change, Room},
            rooms::{RoomError, UpdateKind},
        },
        store::decisions::NewTurn,
    },
};

impl Room {
    /// The status that the text says; none for a diagram.
    pub(super) fn status_of(&self, text: &str) -> Option<Status> {
        (self.kind == DocumentKind::Decision).then(|| decision::parse(&self.path, text).known_status()).flatten()
    }

    /// Whether the decision has been made, as the text says now.
    fn is_locked(&mut self) -> bool {
        if self.kind != DocumentKind::Decision {
            return false;
        }
        let (path, replica) = (&self.path, &self.replica);
        *self.locked.get_or_insert_with(|| decision::parse(path, &replica.text()).known_status().is_some_and(lock::holds))
    }

    /// What stands in the way of a text that the server itself is asked to write; steps of the workflow may turn the status.
    pub(super) fn refusal(&mut self, (kind, is_step): (UpdateKind, bool), before: &str, after: &str) -> Option<RoomError> {
        // What comes from the repository was decided there.
        if kind == UpdateKind::Import || !self.is_locked() {
            return None;
        }
        lock::barred(&self.path, before, after).filter(|barred| !(is_step && barred.turns)).map(RoomError::Locked)
    }

    /// Leaves out changes that a decision does not allow. The words are not lost: their author's browser keeps them.
    pub(super) fn allowed(&mut self, changes: Vec<Change>) -> Vec<Change> {
        let bound = |change: &Change| change.kind != UpdateKind::Import;
        if !changes.iter().any(bound) || !self.is_locked() {
            return changes;
        }
        let (before, state) = (self.replica.text(), self.replica.state());
        // A change that can't be applied at all is dealt with where changes are.
        let outcome = |updates: &[&[u8]]| {
            let trial = Replica::new(0);
            let all = std::iter::once(state.as_slice()).chain(updates.iter().copied());
            trial.apply(all).map_or_else(|_| before.clone(), |_| trial.text())
        };
        let all: Vec<&[u8]> = changes.iter().map(|change| change.update.as_ref()).collect();
        let path = self.path.clone();
        let barred = |after: &str| lock::barred(&path, &before, after);
        if barred(&outcome(&all)).is_none() {
            return changes;
        }
        let mut kept: Vec<&[u8]> = Vec::new();
        let fits: Vec<bool> = changes
            .iter()
            .map(|change| {
                kept.push(change.update.as_ref());
                let fits = !bound(change) || barred(&outcome(&kept)).is_none();
                if !fits {
                    kept.pop();
                }
                fits
            })
            .collect();
        let mut allowed = Vec::new();
        for (change, fits) in changes.into_iter().zip(fits) {
            if fits && !change.connection.is_some_and(|connection| self.expelled.contains(&connection)) {
                allowed.push(change);
                continue;
            }
            if let Some(reply) = change.reply {
                // By itself it may be allowed, and not together with what came with it.
                let refused = barred(&outcome(&[change.update.as_ref()])).map_or(RoomError::Changed, RoomError::Locked);
                let _ = reply.send(Err(refused));
            }
            if let Some(connection) = change.connection {
                self.drop_connection(connection, Some(Closing::Locked));
            }
        }
        allowed
    }

    /// The change of status that people typed since the text was last refreshed.
    pub(super) fn typed_turn(&mut self, text: &str) -> Option<NewTurn> {
        let after = self.status_of(text)?;
        let before = self.status.replace(after);
        let user = self.writer.filter(|_| before != Some(after))?;
        Some(NewTurn { document: self.document, user, at: self.shared.clock.now(), before, after, reason: String::new(), seq: None })
    }
}
