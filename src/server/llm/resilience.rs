//! When to ask a provider, ask again, wait, or give up.
//!
//! A turn is asked for again as a whole, and only as a whole: nothing of it was acted on, so a second try can't do anything
//! twice, and there is no way to go on with half an answer. One [`Guard`] stands before each provider and is shared by all
//! runs: it counts failures, keeps what a provider asked for, and lets in only so many at once. The decisions are plain
//! values over given times ([`breaker`], [`retry`]); this file waits.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use futures::future::BoxFuture;
use serde::Serialize;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use crate::{
    domain::{
        agent::conversation::{Progress, Turn, TurnError, TurnRequest},
        id::ProjectId,
    },
    server::{
        llm::{
            fault::{Fault, milliseconds},
            resilience::{
                breaker::{Admission, Breaker, Ticket, Verdict},
                bulkhead::Bulkhead,
                retry::{Budget, LONGEST_WAIT},
            },
        },
        ports::{ChatModel, IdSource, ModelInfo},
    },
};

pub mod breaker;
pub mod bulkhead;
pub mod retry;

/// Something that tries once to have a turn.
pub trait Line: Send + Sync {
    fn attempt<'a>(
        &'a self,
        info: &'a ModelInfo,
        request: &'a TurnRequest,
        progress: &'a (dyn Fn(Progress) + Send + Sync),
    ) -> BoxFuture<'a, Result<Turn, Fault>>;
}

/// What all runs that talk to one provider share.
pub struct Guard {
    bulkhead: Bulkhead,
    breakers: Mutex<BTreeMap<String, Breaker>>,
    budget: Mutex<Budget>,
    ids: Arc<dyn IdSource>,
}

/// How it stands with a model, for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum Standing {
    /// It is asked whenever somebody wants to.
    Ready,
    /// It asked for patience.
    Waiting { retry_in_ms: u64 },
    /// It failed too often and is left in peace.
    Open { retry_in_ms: u64 },
    /// It failed too often; the next turn finds out whether it is well again.
    Probing,
}

impl Guard {
    pub fn new(bulkhead: Bulkhead, ids: Arc<dyn IdSource>) -> Self {
        Self { bulkhead, breakers: Mutex::default(), budget: Mutex::new(Budget::new(Instant::now())), ids }
    }

    /// How it stands with a model now.
    pub fn standing(&self, model: &str) -> Standing {
        self.breakers().get(model).map_or(Standing::Ready, |breaker| breaker.standing(Instant::now()))
    }

    /// Models that were asked, with how it stands with them now.
    pub fn standings(&self) -> BTreeMap<String, Standing> {
        let now = Instant::now();
        self.breakers().iter().map(|(model, breaker)| (model.clone(), breaker.standing(now))).collect()
    }

    /// Turns under way, and runs that wait for a place.
    pub fn load(&self) -> (usize, usize) {
        self.bulkhead.load()
    }

    fn breakers(&self) -> MutexGuard<'_, BTreeMap<String, Breaker>> {
        self.breakers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits as long as the provider asked for, and asks the breaker.
    async fn admit(&self, info: &ModelInfo, model: &str, progress: &(dyn Fn(Progress) + Send + Sync)) -> Result<Permit<'_>, TurnError> {
        loop {
            let admission = self.breakers().entry(model.to_owned()).or_default().admit(Instant::now());
            match admission {
                Admission::Go(ticket) => return Ok(Permit { guard: self, model: model.to_owned(), ticket: Some(ticket) }),
                Admission::Wait(wait) if wait > LONGEST_WAIT => {
                    let provider = info.provider.clone();
                    return Err(TurnError::RateLimited { provider, retry_after_ms: Some(milliseconds(wait)) });
                }
                Admission::Wait(wait) => {
                    progress(Progress::Waiting { because: format!("{} asked for patience", info.provider), wait_ms: milliseconds(wait) });
                    sleep(wait).await;
                }
                Admission::Refuse(wait) => {
                    return Err(TurnError::BreakerOpen { provider: info.provider.clone(), retry_in_ms: milliseconds(wait) });
                }
            }
        }
    }

    /// A number from 0 to 1 that nobody can guess, so that many that failed together don't come back together.
    fn jitter(&self) -> f64 {
        let [first, second, third, fourth, ..] = self.ids.secret();
        f64::from(u32::from_be_bytes([first, second, third, fourth])) / f64::from(u32::MAX)
    }
}

/// Leave for one try. When it is dropped without a verdict, the try was given up by the caller and says nothing.
struct Permit<'a> {
    guard: &'a Guard,
    model: String,
    ticket: Option<Ticket>,
}

impl Permit<'_> {
    fn settle(mut self, verdict: Verdict) {
        self.give_back(verdict);
    }

    fn give_back(&mut self, verdict: Verdict) {
        if let Some(ticket) = self.ticket.take()
            && let Some(breaker) = self.guard.breakers().get_mut(&self.model)
        {
            breaker.record(ticket, verdict, Instant::now());
        }
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        self.give_back(Verdict::GivenUp);
    }
}

/// A model behind its provider's guard, for one run.
pub struct Guarded {
    info: ModelInfo,
    line: Arc<dyn Line>,
    guard: Arc<Guard>,
    project: ProjectId,
    /// Turns of this run that were asked for again.
    retried: AtomicU32,
}

impl Guarded {
    pub const fn new(info: ModelInfo, line: Arc<dyn Line>, guard: Arc<Guard>, project: ProjectId) -> Self {
        Self { info, line, guard, project, retried: AtomicU32::new(0) }
    }

    async fn ask(&self, request: &TurnRequest, progress: &(dyn Fn(Progress) + Send + Sync)) -> Result<Turn, TurnError> {
        let _place = self.guard.bulkhead.enter(&self.info.provider, self.project, progress).await?;
        self.budget().deposit();
        let mut retries = 0;
        let mut failed: Option<TurnError> = None;
        loop {
            let permit = match self.guard.admit(&self.info, &request.model, progress).await {
                Ok(permit) => permit,
                // That nothing more is sent is the consequence; what failed is the reason.
                Err(error) => return Err(failed.unwrap_or(error)),
            };
            let outcome = self.line.attempt(&self.info, request, progress).await;
            permit.settle(Verdict::of(&outcome));
            let fault = match outcome {
                Ok(turn) => return Ok(turn),
                Err(fault) => fault,
            };
            tracing::info!(provider = self.info.provider, model = request.model, error = %fault.error, retries, "a turn failed");
            let Some(wait) = self.again(&fault, retries) else { return Err(fault.error) };
            retries += 1;
            progress(Progress::Restarted { because: fault.error.to_string(), wait_ms: milliseconds(wait) });
            failed = Some(fault.error);
            sleep(wait).await;
        }
    }

    /// How long to wait before the next try; nothing when there is to be none.
    fn again(&self, fault: &Fault, retries: u32) -> Option<Duration> {
        let wait = retry::wait(fault, retries, self.retried.load(Ordering::Relaxed), self.guard.jitter())?;
        if !self.budget().withdraw(Instant::now()) {
            return None;
        }
        self.retried.fetch_add(1, Ordering::Relaxed);
        Some(wait)
    }

    fn budget(&self) -> MutexGuard<'_, Budget> {
        self.guard.budget.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A turn that is dropped when somebody stops it.
pub(in crate::server::llm) async fn until_stopped(
    stop: &CancellationToken,
    turn: impl Future<Output = Result<Turn, TurnError>>,
) -> Result<Turn, TurnError> {
    tokio::select! {
        biased;
        () = stop.cancelled() => Err(TurnError::Cancelled),
        outcome = turn => outcome,
    }
}

impl ChatModel for Guarded {
    fn info(&self) -> &ModelInfo {
        &self.info
    }

    fn turn<'a>(
        &'a self,
        request: &'a TurnRequest,
        stop: &'a CancellationToken,
        progress: &'a (dyn Fn(Progress) + Send + Sync),
    ) -> BoxFuture<'a, Result<Turn, TurnError>> {
        // Dropping what is under way closes its connection and gives back its place and its leave.
        Box::pin(until_stopped(stop, self.ask(request, progress)))
    }
}

#[cfg(test)]
mod tests;
