//! One step over several documents: a decision that supersedes another one changes both, in one commit or not at all.
//!
//! Every room says whether its text is still the expected one and holds still; when all have said so they make their edits,
//! whose rows go to disk in one transaction. One step at a time in the whole server, so that two never wait for each other.

use tokio::{
    sync::{mpsc, oneshot, watch},
    time::{Duration, timeout},
};

use crate::{
    domain::syntax::TextEdit,
    server::{
        collab::log::Log,
        store::{decisions::Beside, updates::Append},
    },
};

/// How long rooms may take to come to the step; they hold still meanwhile.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a room does in the step.
#[derive(Clone, Debug)]
pub struct Part {
    pub edits: Vec<TextEdit>,
    /// The text that the edits count in.
    pub expected: String,
    told: mpsc::UnboundedSender<Told>,
    decided: watch::Receiver<Option<bool>>,
}

#[derive(Debug)]
enum Told {
    Ready(bool),
    Rows(Append, oneshot::Sender<bool>),
}

/// The one who counts.
#[derive(Debug)]
pub struct Gathering {
    told: mpsc::UnboundedReceiver<Told>,
    teller: mpsc::UnboundedSender<Told>,
    decide: watch::Sender<Option<bool>>,
}

impl Part {
    /// Says whether the text is the expected one, and waits for all others to say so; false when the step is off.
    pub async fn agree(&self, text: &str) -> bool {
        let fits = self.expected == text;
        let _ = self.told.send(Told::Ready(fits));
        let mut decided = self.decided.clone();
        fits && decided.wait_for(Option::is_some).await.is_ok_and(|go| *go == Some(true))
    }

    /// Gives the rows to what is committed together; the receiver tells what became of it.
    pub fn commit(&self, append: Append) -> oneshot::Receiver<bool> {
        let (reply, kept) = oneshot::channel();
        let _ = self.told.send(Told::Rows(append, reply));
        kept
    }

    /// Calls the step off: the room can't be had.
    pub fn give_up(&self) {
        let _ = self.told.send(Told::Ready(false));
    }
}

impl Gathering {
    pub fn new() -> Self {
        let (teller, told) = mpsc::unbounded_channel();
        Self { told, teller, decide: watch::Sender::new(None) }
    }

    pub fn part(&self, edits: Vec<TextEdit>, expected: String) -> Part {
        Part { edits, expected, told: self.teller.clone(), decided: self.decide.subscribe() }
    }

    /// Waits for so many rooms and brings what they do to disk. What comes of it they tell those who asked them.
    pub async fn run(mut self, rooms: usize, beside: Beside, log: &Log) {
        let all = timeout(PATIENCE, async {
            for _ in 0..rooms {
                if !matches!(self.told.recv().await, Some(Told::Ready(true))) {
                    return false;
                }
            }
            true
        });
        let go = all.await.unwrap_or(false);
        self.decide.send_replace(Some(go));
        if !go {
            return;
        }
        let (mut appends, mut replies) = (Vec::new(), Vec::new());
        while appends.len() < rooms {
            // A room that ends now has changed nothing yet; the others lose their ground and are opened anew.
            let Some(Told::Rows(append, reply)) = self.told.recv().await else { return };
            appends.push(append);
            replies.push(reply);
        }
        let kept = log.together(appends, beside).await.unwrap_or(false);
        for reply in replies {
            let _ = reply.send(kept);
        }
    }
}

impl Default for Gathering {
    fn default() -> Self {
        Self::new()
    }
}
