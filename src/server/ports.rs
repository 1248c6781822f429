//! What the server takes from outside and tests replace: the time, unguessable bytes, and models to talk to.

use std::{sync::Arc, time::UNIX_EPOCH};

use futures::future::BoxFuture;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::domain::{
    agent::conversation::{Capabilities, Progress, Protocol, Turn, TurnError, TurnRequest},
    moment::Moment,
};

/// Tells the time.
pub trait Clock: Send + Sync {
    fn now(&self) -> Moment;
}

/// Makes identifiers and secrets.
pub trait IdSource: Send + Sync {
    /// A version 7 UUID: sorts by creation.
    fn uuid(&self) -> Uuid;

    /// 256 bits that nobody can guess, for sessions, tokens and links.
    fn secret(&self) -> [u8; 32];
}

/// What a run has to know about the model it talks to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelInfo {
    /// The provider's name as people know it, for messages.
    pub provider: String,
    pub protocol: Protocol,
    /// The model as the provider calls it; what [`TurnRequest::model`] is to be.
    pub model: String,
    pub capabilities: Capabilities,
}

/// A model that answers whole turns. One is handed out for each run, since it counts the run's repeated tries.
pub trait ChatModel: Send + Sync {
    fn info(&self) -> &ModelInfo;

    /// Asks for one turn and waits until it is complete; repeated tries are inside. What comes meanwhile is told to
    /// `progress` and is for showing only. When `stop` is cancelled, the connection is closed at once and the answer is
    /// [`TurnError::Cancelled`]; dropping the future does the same without an answer.
    ///
    /// # Errors
    /// Why the turn could not be had. An incomplete turn is never given.
    fn turn<'a>(
        &'a self,
        request: &'a TurnRequest,
        stop: &'a CancellationToken,
        progress: &'a (dyn Fn(Progress) + Send + Sync),
    ) -> BoxFuture<'a, Result<Turn, TurnError>>;
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Moment {
        #[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
        let now = std::time::SystemTime::now();
        let milliseconds = now.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis());
        Moment(i64::try_from(milliseconds).unwrap_or(i64::MAX))
    }
}

/// Identifiers and secrets from the operating system's random source.
pub struct RandomIds {
    clock: Arc<dyn Clock>,
}

impl RandomIds {
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock }
    }
}

impl IdSource for RandomIds {
    fn uuid(&self) -> Uuid {
        let milliseconds = u64::try_from(self.clock.now().0).unwrap_or_default();
        uuid::Builder::from_unix_timestamp_millis(milliseconds, &random()).into_uuid()
    }

    fn secret(&self) -> [u8; 32] {
        random()
    }
}

/// Bytes from the operating system. A machine without a random source can't keep a secret, so the process ends rather
/// than hand out one that can be guessed; Linux only fails this way before its pool is filled at boot.
fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    if let Err(error) = getrandom::fill(&mut bytes) {
        tracing::error!(%error, "the operating system gives no random bytes");
        std::process::abort();
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_version_seven_and_carry_the_time() {
        let ids = RandomIds::new(Arc::new(SystemClock));
        let (first, second) = (ids.uuid(), ids.uuid());
        assert_eq!(first.get_version_num(), 7);
        assert_ne!(first, second);
        assert!(first.as_u128() >> 80 <= second.as_u128() >> 80);
        assert_ne!(ids.secret(), ids.secret());
    }
}
