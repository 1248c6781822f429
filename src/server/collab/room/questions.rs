//! Answering: what somebody lacks, what the server lacks, and the text. Always with what is on disk.

use bytes::Bytes;

use crate::server::collab::{
    closing::Closing,
    frame,
    outbox::Kind,
    room::{Question, Room, Work},
};

impl Room {
    /// Puts a question behind what was heard before it; answers from disk while nothing can be written.
    pub(super) fn ask(&mut self, question: Question) {
        if self.frozen && self.step.is_some() {
            self.answer_from_disk(vec![question]);
        } else {
            self.queue.push_back(Work::Question(question));
        }
    }

    /// Answers with what is in the room, all of which is on disk.
    pub(super) fn answer(&mut self, question: Question) {
        match question {
            Question::Greet(connection) => {
                if self.connections.get(&connection).is_some_and(|connection| connection.write) {
                    self.send(connection, Kind::Other, || frame::have(&self.replica.state_vector()));
                }
            }
            Question::Have(connection, state_vector) => {
                let nothing = state_vector.as_ref() == [0];
                let some = |room: &Self| room.replica.missing(&state_vector).map(|update| frame::answer(&update));
                let answer = if nothing { Some(self.whole()) } else { some(self) };
                match answer {
                    Some(answer) => self.send(connection, Kind::Other, || answer),
                    None => self.drop_connection(connection, Some(Closing::Malformed("a state vector that can't be read"))),
                }
            }
            Question::Text(reply) => {
                let _ = reply.send(Ok((self.replica.text(), self.head)));
                if self.text_seq < self.head {
                    drop(self.refresh_text());
                }
            }
        }
    }

    /// The answer to those who have nothing yet, made once for all who come between two changes.
    fn whole(&mut self) -> Bytes {
        match &self.state {
            Some((head, state)) if *head == self.head => state.clone(),
            _ => {
                let state = frame::answer(&self.replica.state());
                self.state = Some((self.head, state.clone()));
                state
            }
        }
    }
}
