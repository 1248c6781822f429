//! One connection's end of a room, without a socket: bytes in through [`Session::receive`], bytes out of its
//! [`Outbox`]. What a client may send, how fast and how much at once, is decided here, before the room hears of it.

use std::{fmt, sync::Arc};

use bytes::Bytes;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, mpsc},
    time::Instant,
};

use crate::server::collab::{
    closing::Closing,
    frame::{self, Message},
    outbox::{Kind, Outbox},
    outline::Outline,
    presence::Who,
    room::{Frame, Incoming, Request},
};

/// Messages a second for as long as one likes, and how many at once after a pause.
const MESSAGES: Bucket = Bucket::new(60.0, 600.0);
/// Bytes likewise. The burst is what an answer after days offline may be.
const BYTES: Bucket = Bucket::new(256.0 * 1024.0, 8.0 * 1024.0 * 1024.0);
/// What a connection may have waiting in the room, in steps of 4 KiB: 1 MiB, or one larger message.
const WAITING: u32 = 256;
const STEP: usize = 4096;

/// A connection to a room. Dropping it leaves the room.
pub struct Session {
    connection: u64,
    who: Who,
    write: bool,
    /// An update was not taken, so the client's count and the room's no longer agree.
    refused: bool,
    messages: Bucket,
    bytes: Bucket,
    waiting: Arc<Semaphore>,
    frames: mpsc::Sender<Frame>,
    requests: mpsc::UnboundedSender<Request>,
    outbox: Arc<Outbox>,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("connection", &self.connection).field("write", &self.write).finish_non_exhaustive()
    }
}

impl Session {
    pub(in crate::server::collab) fn new(
        connection: u64,
        who: Who,
        write: bool,
        frames: mpsc::Sender<Frame>,
        requests: mpsc::UnboundedSender<Request>,
        outbox: Arc<Outbox>,
    ) -> Self {
        let waiting = Arc::new(Semaphore::new(WAITING as usize));
        Self { connection, who, write, refused: false, messages: MESSAGES, bytes: BYTES, waiting, frames, requests, outbox }
    }

    /// What waits to be sent to the client.
    pub fn outbox(&self) -> Arc<Outbox> {
        Arc::clone(&self.outbox)
    }

    /// Whether the client may change the document.
    pub const fn writes(&self) -> bool {
        self.write
    }

    /// Takes one frame from the client. Waits while the room has enough of this connection's waiting; whoever reads the
    /// socket then does not read on, and the client feels it.
    ///
    /// # Errors
    /// The way to close the connection.
    pub async fn receive(&mut self, bytes: Bytes) -> Result<(), Closing> {
        let now = Instant::now();
        if bytes.len() > frame::MAX_FRAME {
            return Err(Closing::TooLarge);
        }
        #[expect(clippy::cast_precision_loss, reason = "a frame's length is far below 2^52")]
        let length = bytes.len() as f64;
        if !self.messages.take(1.0, now) || !self.bytes.take(length, now) {
            return Err(Closing::TooFast);
        }
        for message in frame::read(&bytes)? {
            match message {
                Message::Have(state_vector) => self.send(Incoming::Have(state_vector), bytes.len()).await?,
                Message::Answer(update) | Message::Update(update) => self.update(update).await?,
                Message::Presence(states) => self.send(Incoming::Presence(states), bytes.len()).await?,
                Message::AskPresence => self.send(Incoming::AskPresence, 0).await?,
            }
        }
        Ok(())
    }

    async fn update(&mut self, update: Bytes) -> Result<(), Closing> {
        let outline = Outline::read(&update)?;
        // Nothing to keep and nothing to acknowledge: what a client answers that has nothing the server lacks.
        if outline.is_empty() {
            return Ok(());
        }
        if !self.write {
            self.refused = true;
            self.outbox.push(Kind::Other, frame::denied("You can read this document but not change it."));
            return Ok(());
        }
        let length = update.len();
        self.send(Incoming::Update(update, outline), length).await
    }

    async fn send(&self, incoming: Incoming, length: usize) -> Result<(), Closing> {
        let steps = u32::try_from(length / STEP + 1).unwrap_or(WAITING).min(WAITING);
        let waiting = Arc::clone(&self.waiting).acquire_many_owned(steps).await.map_err(|_| Closing::Reloaded)?;
        let frame = Frame { connection: self.connection, who: self.who.clone(), incoming, waiting };
        self.frames.send(frame).await.map_err(|_| Closing::Reloaded)
    }

    /// Gives or takes the right to write.
    pub fn set_write(&mut self, write: bool) {
        if self.write == write {
            return;
        }
        self.write = write;
        if write && self.refused {
            // The client has changes that were not taken; a new connection asks for them.
            self.outbox.close(Closing::Reloaded);
        }
        let _ = self.requests.send(Request::Access { connection: self.connection, write });
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let _ = self.requests.send(Request::Leave { connection: self.connection });
    }
}

/// What a connection has left of something that refills with time.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    rate: f64,
    burst: f64,
    left: f64,
    at: Option<Instant>,
}

impl Bucket {
    const fn new(rate: f64, burst: f64) -> Self {
        Self { rate, burst, left: burst, at: None }
    }

    fn take(&mut self, amount: f64, now: Instant) -> bool {
        let since = self.at.map_or(0.0, |at| now.duration_since(at).as_secs_f64());
        self.at = Some(now);
        self.left = (self.left + since * self.rate).min(self.burst) - amount;
        self.left >= 0.0
    }
}

/// A place in the room's queue for one message, given back when the room has dealt with it.
pub type Waiting = OwnedSemaphorePermit;

#[cfg(test)]
mod tests {
    use tokio::time::Duration;

    use super::*;

    #[test]
    fn a_bucket_empties_and_refills() {
        let (mut bucket, now) = (MESSAGES, Instant::now());
        assert!((0..600).all(|_| bucket.take(1.0, now)));
        assert!(!bucket.take(1.0, now));
        let mut bucket = MESSAGES;
        assert!((0..600).all(|_| bucket.take(1.0, now)));
        assert!((0..60).all(|_| bucket.take(1.0, now + Duration::from_secs(1))));
        assert!(!bucket.take(1.0, now + Duration::from_secs(1)));
    }
}
