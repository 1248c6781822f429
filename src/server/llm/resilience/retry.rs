//! Whether and when a turn is asked for again. Pure over what it is given.

use std::time::Duration;

use tokio::time::Instant;

use crate::{domain::agent::conversation::TurnError, server::llm::fault::Fault};

/// Times one turn is asked for again.
const PER_TURN: u32 = 2;
/// Times the turns of one run are asked for again.
const PER_RUN: u32 = 4;
/// The first wait is at most that long, the next ones twice as long each.
const BASE: Duration = Duration::from_millis(500);
/// The same for a provider that has more to do than it can.
const BASE_OVERLOADED: Duration = Duration::from_secs(2);
/// No wait of our own choice is longer.
const CAP: Duration = Duration::from_secs(8);
/// The longest wait a provider may ask of a run; for longer ones people are told instead.
pub const LONGEST_WAIT: Duration = Duration::from_mins(1);

/// How long to wait before asking again; nothing when it is not to be asked again. `retries` were made for this turn before
/// and `of_run` for its run. `jitter` is a random number from 0 to 1: without it, all who failed together come back together.
pub fn wait(fault: &Fault, retries: u32, of_run: u32, jitter: f64) -> Option<Duration> {
    if !fault.again || retries >= PER_TURN || of_run >= PER_RUN {
        return None;
    }
    if let Some(after) = fault.after {
        return (after <= LONGEST_WAIT).then_some(after);
    }
    let base = if matches!(fault.error, TurnError::Overloaded { .. }) { BASE_OVERLOADED } else { BASE };
    let longest = base.saturating_mul(1 << retries).min(CAP);
    Some(longest.mul_f64(jitter.clamp(0.0, 1.0)))
}

/// How many tries may be repeated, over all runs: one for ten turns, so that repeating never becomes the load that keeps a
/// provider down. A few are there from the beginning, and one comes back each minute, for servers with little to do.
#[derive(Debug)]
pub struct Budget {
    /// In tenths of a repeated try.
    tenths: u32,
    /// Up to when time has been credited.
    at: Instant,
}

const FULL: u32 = 100;
const START: u32 = 50;
const PRICE: u32 = 10;
const EACH: Duration = Duration::from_mins(1);

impl Budget {
    pub const fn new(now: Instant) -> Self {
        Self { tenths: START, at: now }
    }

    /// A turn is asked for the first time.
    pub const fn deposit(&mut self) {
        if self.tenths < FULL {
            self.tenths += 1;
        }
    }

    /// Whether a turn may be asked for again; if so, it is paid for.
    pub fn withdraw(&mut self, now: Instant) -> bool {
        while now.saturating_duration_since(self.at) >= EACH {
            if self.tenths >= START {
                self.at = now;
                break;
            }
            self.at += EACH;
            self.tenths += PRICE;
        }
        let pays = self.tenths >= PRICE;
        if pays {
            self.tenths -= PRICE;
        }
        pays
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passing(error: TurnError, after: Option<u64>) -> Fault {
        Fault { after: after.map(Duration::from_millis), ..Fault::passing(error) }
    }

    fn failed() -> TurnError {
        TurnError::Failed { provider: "P".to_owned(), status: 500, detail: String::new() }
    }

    #[test]
    fn waits_grow_and_are_anywhere_below_their_most() {
        let ms = |fault: &Fault, retries, jitter| wait(fault, retries, 0, jitter).map(|wait| wait.as_millis());
        let fault = passing(failed(), None);
        assert_eq!(ms(&fault, 0, 1.0), Some(500));
        assert_eq!(ms(&fault, 1, 1.0), Some(1000));
        assert_eq!(ms(&fault, 1, 0.25), Some(250));
        assert_eq!(ms(&fault, 0, 0.0), Some(0));
        assert_eq!(ms(&fault, 2, 1.0), None, "two for a turn");
        let overloaded = passing(TurnError::Overloaded { provider: "P".to_owned() }, None);
        assert_eq!(ms(&overloaded, 0, 1.0), Some(2000));
        assert_eq!(ms(&overloaded, 1, 1.0), Some(4000));
    }

    #[test]
    fn a_provider_s_own_wish_counts_up_to_a_minute() {
        assert_eq!(wait(&passing(failed(), Some(60_000)), 0, 0, 0.0), Some(LONGEST_WAIT));
        assert_eq!(wait(&passing(failed(), Some(60_001)), 0, 0, 0.0), None);
        assert_eq!(wait(&passing(failed(), Some(0)), 0, 0, 1.0), Some(Duration::ZERO));
    }

    #[test]
    fn what_would_fail_again_and_runs_that_repeated_enough_are_not_asked_again() {
        assert_eq!(wait(&Fault::lasting(failed()), 0, 0, 0.5), None);
        assert!(wait(&passing(failed(), None), 0, 3, 0.5).is_some());
        assert_eq!(wait(&passing(failed(), None), 0, 4, 0.5), None);
    }

    #[test]
    fn repeated_tries_are_paid_by_turns_and_by_time() {
        let mut now = Instant::now();
        let mut budget = Budget::new(now);
        assert_eq!((0..9).filter(|_| budget.withdraw(now)).count(), 5);
        for _ in 0..9 {
            budget.deposit();
        }
        assert!(!budget.withdraw(now));
        budget.deposit();
        assert!(budget.withdraw(now));
        now += EACH;
        assert!(budget.withdraw(now));
        assert!(!budget.withdraw(now));
        now += EACH * 1000;
        assert_eq!((0..9).filter(|_| budget.withdraw(now)).count(), 5, "time saves up no more than there was");
        for _ in 0..1000 {
            budget.deposit();
        }
        assert_eq!((0..20).filter(|_| budget.withdraw(now)).count(), 10);
    }
}
