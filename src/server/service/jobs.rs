//! Work that outlives the request that asked for it, and the bound on work that keeps a processor busy.
//!
//! A running review, and a talk in which an agent answers, tell their progress here, as numbered events that a reader can join
//! late and go on from. What came of it is in the store; when the process ends, nothing of value is lost with this.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use serde::Serialize;
use tokio::sync::{Semaphore, broadcast, watch};
use tokio_util::sync::CancellationToken;

use crate::{
    domain::{
        id::{FindingId, ReviewId, TalkId},
        review::{ReviewStatus, agents::RunStatus, finding::Severity},
    },
    server::error::ServiceError,
};

/// Archives, exports and reviews worked on at the same time; the next ones wait.
const AT_ONCE: usize = 2;
/// Messages to an agent that it may be behind.
const MESSAGES: usize = 32;
/// The number of a review's last event, whatever came before it, so that late readers can be told the end alone.
pub const LAST_EVENT: u32 = 1_000_000;

/// What is under way: a review, or agents that answer in a talk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Job {
    Review(ReviewId),
    Talk(TalkId),
}

impl From<ReviewId> for Job {
    fn from(id: ReviewId) -> Self {
        Self::Review(id)
    }
}

impl From<TalkId> for Job {
    fn from(id: TalkId) -> Self {
        Self::Talk(id)
    }
}

/// One thing a job tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Event {
    /// Grows; the last one of a job is [`LAST_EVENT`].
    #[serde(skip)]
    pub id: u32,
    #[serde(flatten)]
    pub news: News,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "lowercase")]
pub enum News {
    Status {
        number: u32,
        status: ReviewStatus,
    },
    /// What the review is doing, in words.
    Step {
        doing: String,
    },
    /// An agent's run stands otherwise than before.
    Agent {
        agent: String,
        status: RunStatus,
        /// What happened, one sentence; empty when the status says it all.
        note: String,
        turns: u32,
        tokens: u64,
        /// Millionths of a US dollar; none when the price is not known.
        cost: Option<u64>,
    },
    /// More of what an agent says while it works. Shown as it comes; nothing of it is checked.
    Said {
        agent: String,
        text: String,
    },
    /// What was said since the agent's last status is taken back: the turn broke off and is asked for again.
    Restarted {
        agent: String,
        because: String,
    },
    /// The review has another finding, checked and kept.
    Finding {
        agent: String,
        id: FindingId,
        severity: Severity,
        title: String,
    },
    Finished {
        number: u32,
        status: ReviewStatus,
    },
    /// Nobody works on an answer any more.
    #[serde(rename = "finished")]
    Answered {},
}

impl News {
    /// The name of the server-sent event.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Status { .. } => "status",
            Self::Step { .. } => "step",
            Self::Agent { .. } => "agent",
            Self::Said { .. } => "said",
            Self::Restarted { .. } => "restarted",
            Self::Finding { .. } => "finding",
            Self::Finished { .. } | Self::Answered {} => "finished",
        }
    }
}

/// Everything under way. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Jobs(Arc<Inner>);

/// A job under way.
#[derive(Debug)]
struct Running {
    events: watch::Sender<Vec<Event>>,
    stop: CancellationToken,
    /// What people say to the agents: who and what.
    steering: broadcast::Sender<(String, String)>,
    /// Questions of a talk that have no answer yet, the one being answered included.
    waiting: usize,
    /// Held while one is answered.
    turn: Arc<tokio::sync::Mutex<()>>,
}

impl Running {
    fn new(events: Vec<Event>) -> Self {
        Self {
            events: watch::Sender::new(events),
            stop: CancellationToken::new(),
            steering: broadcast::Sender::new(MESSAGES),
            waiting: 0,
            turn: Arc::default(),
        }
    }
}

/// A question's place in its talk.
#[derive(Debug)]
pub struct Place {
    /// Questions of a talk are answered one after the other, in the order in which they wait here.
    pub turn: Arc<tokio::sync::Mutex<()>>,
    pub stop: CancellationToken,
}

#[derive(Debug)]
struct Inner {
    running: Mutex<BTreeMap<Job, Running>>,
    heavy: Semaphore,
}

impl Default for Jobs {
    fn default() -> Self {
        Self(Arc::new(Inner { running: Mutex::default(), heavy: Semaphore::new(AT_ONCE) }))
    }
}

impl Jobs {
    /// Does heavy work beside the async threads, a few at a time.
    pub async fn heavy<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, ServiceError> {
        let _turn = self.0.heavy.acquire().await.map_err(|error| ServiceError::internal(error.to_string()))?;
        let span = tracing::Span::current();
        let done = tokio::task::spawn_blocking(move || span.in_scope(work)).await;
        done.map_err(|error| ServiceError::internal(format!("work ended early: {error}")))
    }

    /// Begins telling about a review.
    pub fn begin(&self, review: ReviewId, number: u32) {
        let first = Event { id: 1, news: News::Status { number, status: ReviewStatus::Running } };
        self.running(|all| all.insert(review.into(), Running::new(vec![first])));
    }

    /// Takes a place for a question of a talk; [`Jobs::leave`] gives it back.
    pub fn join(&self, talk: TalkId) -> Place {
        self.running(|all| {
            let running = all.entry(talk.into()).or_insert_with(|| Running::new(Vec::new()));
            running.waiting += 1;
            Place { turn: Arc::clone(&running.turn), stop: running.stop.clone() }
        })
    }

    /// Gives a question's place back. With the last one nothing more is told. The store must know the answer already.
    pub fn leave(&self, talk: TalkId) {
        self.running(|all| {
            let Some(running) = all.get_mut(&talk.into()) else { return };
            running.waiting = running.waiting.saturating_sub(1);
            if running.waiting == 0 {
                running.events.send_modify(|events| events.push(Event { id: LAST_EVENT, news: News::Answered {} }));
                all.remove(&talk.into());
            }
        });
    }

    /// Stops what waits for an answer in a talk; a question that is asked later is answered.
    pub fn stop_answers(&self, talk: TalkId) {
        self.running(|all| {
            if let Some(running) = all.get_mut(&talk.into()) {
                std::mem::take(&mut running.stop).cancel();
            }
        });
    }

    /// What stops a running review's agents.
    pub fn stop_of(&self, review: ReviewId) -> CancellationToken {
        self.running(|all| all.get(&review.into()).map(|running| running.stop.clone())).unwrap_or_default()
    }

    /// What people say to a job's agents from now on; none when it is not running.
    pub fn steering_of(&self, job: Job) -> Option<broadcast::Receiver<(String, String)>> {
        self.running(|all| all.get(&job).map(|running| running.steering.subscribe()))
    }

    /// Says something to a running review's agents; false when none listens.
    pub fn steer(&self, review: ReviewId, author: &str, text: &str) -> bool {
        let sender = self.running(|all| all.get(&review.into()).map(|running| running.steering.clone()));
        sender.is_some_and(|sender| sender.send((author.to_owned(), text.to_owned())).is_ok())
    }

    /// Tells something of a job.
    pub fn news(&self, job: impl Into<Job>, news: News) {
        self.tell(job.into(), |events| {
            let id = events.last().map_or(1, |event| event.id + 1);
            if id < LAST_EVENT {
                events.push(Event { id, news });
            }
        });
    }

    /// Tells what a review does now.
    pub fn step(&self, review: ReviewId, doing: impl Into<String>) {
        self.news(review, News::Step { doing: doing.into() });
    }

    /// Tells that a review has ended, and stops telling about it. The store must know already.
    pub fn end(&self, review: ReviewId, number: u32, status: ReviewStatus) {
        self.tell(review.into(), |events| events.push(Event { id: LAST_EVENT, news: News::Finished { number, status } }));
        self.running(|all| all.remove(&review.into()));
    }

    /// The events of a job so far, and those to come; none when it is not running in this process.
    pub fn follow(&self, job: impl Into<Job>) -> Option<watch::Receiver<Vec<Event>>> {
        self.running(|all| all.get(&job.into()).map(|running| running.events.subscribe()))
    }

    fn tell(&self, job: Job, change: impl FnOnce(&mut Vec<Event>)) {
        let sender = self.running(|all| all.get(&job).map(|running| running.events.clone()));
        if let Some(sender) = sender {
            sender.send_modify(change);
        }
    }

    fn running<T>(&self, look: impl FnOnce(&mut BTreeMap<Job, Running>) -> T) -> T {
        look(&mut self.0.running.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn readers_join_late_and_see_the_end() {
        let jobs = Jobs::default();
        let review = ReviewId::from_uuid(uuid::Uuid::from_u128(1));
        jobs.begin(review, 7);
        jobs.step(review, "reading");
        let mut reader = jobs.follow(review).unwrap();
        assert_eq!(reader.borrow_and_update().iter().map(|event| event.id).collect::<Vec<_>>(), [1, 2]);
        jobs.end(review, 7, ReviewStatus::Finished);
        reader.changed().await.unwrap();
        assert_eq!(reader.borrow_and_update().last().unwrap().id, LAST_EVENT);
        assert!(reader.changed().await.is_err(), "nothing comes after the end");
        assert!(jobs.follow(review).is_none());
    }

    #[tokio::test]
    async fn a_talk_is_told_about_until_its_last_question_has_an_answer() {
        let jobs = Jobs::default();
        let talk = TalkId::from_uuid(uuid::Uuid::from_u128(1));
        let (first, _second) = (jobs.join(talk), jobs.join(talk));
        let mut reader = jobs.follow(talk).unwrap();
        jobs.stop_answers(talk);
        let later = jobs.join(talk);
        assert!(first.stop.is_cancelled() && !later.stop.is_cancelled());
        jobs.leave(talk);
        jobs.leave(talk);
        assert!(reader.borrow_and_update().is_empty() && jobs.follow(talk).is_some());
        jobs.leave(talk);
        assert_eq!(reader.borrow_and_update().last().unwrap().id, LAST_EVENT);
        assert!(jobs.follow(talk).is_none());
    }

    #[tokio::test]
    async fn a_fault_in_the_work_is_an_error() {
        let jobs = Jobs::default();
        assert_eq!(jobs.heavy(|| 2 + 2).await.unwrap(), 4);
        let fault = jobs.heavy(|| assert!(std::env::args().count() > 1_000_000, "on purpose")).await;
        assert!(matches!(fault, Err(ServiceError::Internal { .. })));
        assert_eq!(jobs.heavy(|| 1).await.unwrap(), 1, "its turn was given back");
    }
}
