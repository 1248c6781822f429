//! When a model is left in peace. Pure over the times it is given.
//!
//! Closed, it counts: half of at least five tries in a minute failed, and it opens for half a minute. Then one try may find
//! out; it closes or opens it again. What the provider asks for itself (`not before`) is kept beside that: it is no failure.

use std::{collections::VecDeque, time::Duration};

use tokio::time::Instant;

use crate::{
    domain::agent::conversation::{Turn, TurnError},
    server::llm::{fault::Fault, resilience::Standing},
};

/// How far back tries count.
const WINDOW: Duration = Duration::from_mins(1);
/// Tries below which nothing is concluded.
const SAMPLES: usize = 5;
/// How long a model that failed is left in peace.
const PEACE: Duration = Duration::from_secs(30);
/// When to come back while somebody else finds out.
const PROBE: Duration = Duration::from_secs(1);
/// The longest that a provider's wish for patience is kept. Beyond it, asking once is better than trusting a typing error.
const LONGEST_WISH: Duration = Duration::from_mins(5);

#[derive(Debug, Default)]
pub struct Breaker {
    /// When tries ended, and whether they failed.
    tries: VecDeque<(Instant, bool)>,
    state: State,
    not_before: Option<Instant>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Closed,
    Open(Instant),
    /// One try is under way that finds out.
    Probing,
}

/// Leave for one try, to be given back with its outcome.
#[derive(Debug, PartialEq, Eq)]
pub struct Ticket {
    probe: bool,
}

#[derive(Debug, PartialEq, Eq)]
pub enum Admission {
    Go(Ticket),
    /// The provider wants to be asked after that long.
    Wait(Duration),
    /// It failed too often; not before that long.
    Refuse(Duration),
}

/// What a try says about the provider's health.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Good,
    Bad,
    /// It works, and says no: a wrong key, a wrong request. Counts as nothing.
    No,
    /// It works, and wants to be asked later.
    Later(Option<Duration>),
    /// Nobody waited for the outcome.
    GivenUp,
}

impl Verdict {
    pub fn of(outcome: &Result<Turn, Fault>) -> Self {
        match outcome {
            Ok(_) => Self::Good,
            Err(fault) => match fault.error {
                TurnError::RateLimited { .. } => Self::Later(fault.after),
                TurnError::Unreachable { .. }
                | TurnError::TimedOut { .. }
                | TurnError::Overloaded { .. }
                | TurnError::Failed { .. }
                | TurnError::Broken { .. } => Self::Bad,
                TurnError::Denied { .. }
                | TurnError::Rejected { .. }
                | TurnError::Cancelled
                | TurnError::BreakerOpen { .. }
                | TurnError::Busy { .. }
                | TurnError::SwitchedOff
                | TurnError::NotConfigured => Self::No,
            },
        }
    }
}

impl Breaker {
    /// Asks for leave to try.
    pub fn admit(&mut self, now: Instant) -> Admission {
        match self.state {
            State::Open(until) if until > now => return Admission::Refuse(until - now),
            State::Probing => return Admission::Refuse(PROBE),
            State::Open(_) | State::Closed => {}
        }
        if let Some(wait) = self.not_before.map(|at| at.saturating_duration_since(now)).filter(|wait| !wait.is_zero()) {
            return Admission::Wait(wait);
        }
        let probe = matches!(self.state, State::Open(_));
        if probe {
            self.state = State::Probing;
        }
        Admission::Go(Ticket { probe })
    }

    /// Gives leave back with what came of it.
    pub fn record(&mut self, ticket: Ticket, verdict: Verdict, now: Instant) {
        if let Verdict::Later(Some(wait)) = verdict {
            let wish = now + wait.min(LONGEST_WISH);
            self.not_before = Some(self.not_before.map_or(wish, |earlier| earlier.max(wish)));
        }
        if ticket.probe {
            self.tries.clear();
            self.state = match verdict {
                Verdict::Good | Verdict::No | Verdict::Later(_) => State::Closed,
                Verdict::Bad => State::Open(now + PEACE),
                // The next one finds out.
                Verdict::GivenUp => State::Open(now),
            };
            return;
        }
        let failed = match verdict {
            Verdict::Good => false,
            Verdict::Bad => true,
            Verdict::No | Verdict::Later(_) | Verdict::GivenUp => return,
        };
        self.tries.push_back((now, failed));
        while self.tries.front().is_some_and(|(at, _)| now.saturating_duration_since(*at) > WINDOW) {
            self.tries.pop_front();
        }
        let failures = self.tries.iter().filter(|(_, failed)| *failed).count();
        // Tries that began before it opened end after it did; they change nothing.
        if self.state == State::Closed && self.tries.len() >= SAMPLES && failures * 2 >= self.tries.len() {
            self.state = State::Open(now + PEACE);
            self.tries.clear();
        }
    }

    pub fn standing(&self, now: Instant) -> Standing {
        let until = |at: Instant| u64::try_from(at.saturating_duration_since(now).as_millis()).unwrap_or(u64::MAX);
        match (self.state, self.not_before) {
            (State::Open(at), _) if at > now => Standing::Open { retry_in_ms: until(at) },
            (State::Open(_) | State::Probing, _) => Standing::Probing,
            (State::Closed, Some(at)) if at > now => Standing::Waiting { retry_in_ms: until(at) },
            (State::Closed, _) => Standing::Ready,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    struct Bench {
        breaker: Breaker,
        now: Instant,
    }

    impl Bench {
        fn new() -> Self {
            Self { breaker: Breaker::default(), now: Instant::now() }
        }

        fn admit(&mut self) -> Admission {
            self.breaker.admit(self.now)
        }

        fn tries(&mut self, verdicts: &[Verdict]) {
            for verdict in verdicts {
                let Admission::Go(ticket) = self.admit() else { panic!("no leave before {verdict:?}") };
                self.breaker.record(ticket, *verdict, self.now);
            }
        }
    }

    #[test]
    fn half_of_five_failures_open_it_and_one_try_closes_it() {
        let mut bench = Bench::new();
        bench.tries(&[Verdict::Good, Verdict::Good, Verdict::Bad, Verdict::Bad]);
        assert_eq!(bench.breaker.standing(bench.now), Standing::Ready);
        bench.tries(&[Verdict::Bad]);
        assert_eq!(bench.admit(), Admission::Refuse(PEACE));
        bench.now += PEACE;
        assert_eq!(bench.breaker.standing(bench.now), Standing::Probing);
        let Admission::Go(probe) = bench.admit() else { panic!("a try finds out") };
        assert_eq!(bench.admit(), Admission::Refuse(PROBE), "one at a time");
        bench.breaker.record(probe, Verdict::Good, bench.now);
        bench.tries(&[Verdict::Bad; 4]);
        assert_eq!(bench.breaker.standing(bench.now), Standing::Ready, "old failures are forgotten");
    }

    #[test]
    fn a_try_that_fails_opens_it_again_and_one_given_up_leaves_it_to_the_next() {
        let mut bench = Bench::new();
        bench.tries(&[Verdict::Bad; 5]);
        bench.now += PEACE;
        let Admission::Go(probe) = bench.admit() else { panic!("a try finds out") };
        bench.breaker.record(probe, Verdict::GivenUp, bench.now);
        let Admission::Go(probe) = bench.admit() else { panic!("the next one finds out") };
        bench.breaker.record(probe, Verdict::Bad, bench.now);
        assert_eq!(bench.admit(), Admission::Refuse(PEACE));
        bench.now += PEACE;
        bench.tries(&[Verdict::No]);
        assert_eq!(bench.breaker.standing(bench.now), Standing::Ready, "who says no is well");
    }

    #[test]
    fn few_failures_and_old_ones_and_noes_open_nothing() {
        let mut bench = Bench::new();
        bench.tries(&[Verdict::Bad; 4]);
        bench.now += WINDOW + SECOND;
        bench.tries(&[Verdict::Bad]);
        bench.tries(&[Verdict::No, Verdict::GivenUp, Verdict::Later(None), Verdict::No, Verdict::No]);
        assert_eq!(bench.breaker.standing(bench.now), Standing::Ready);
        bench.tries(&[Verdict::Good, Verdict::Good, Verdict::Good, Verdict::Bad, Verdict::Good]);
        assert_eq!(bench.breaker.standing(bench.now), Standing::Ready, "two of six");
    }

    #[test]
    fn tries_that_end_after_it_opened_change_nothing() {
        let mut bench = Bench::new();
        let late = bench.admit();
        bench.tries(&[Verdict::Bad; 5]);
        bench.now += SECOND;
        let Admission::Go(late) = late else { panic!("it was closed") };
        bench.breaker.record(late, Verdict::Good, bench.now);
        assert_eq!(bench.admit(), Admission::Refuse(29 * SECOND));
    }

    #[test]
    fn a_wish_for_patience_is_kept_and_is_no_failure() {
        let mut bench = Bench::new();
        let late = bench.admit();
        bench.tries(&[Verdict::Later(Some(20 * SECOND))]);
        assert_eq!(bench.admit(), Admission::Wait(20 * SECOND));
        assert_eq!(bench.breaker.standing(bench.now), Standing::Waiting { retry_in_ms: 20_000 });
        let Admission::Go(late) = late else { panic!("it was not asked for patience") };
        bench.breaker.record(late, Verdict::Later(Some(SECOND)), bench.now);
        assert_eq!(bench.admit(), Admission::Wait(20 * SECOND), "the longer wish counts");
        bench.now += 20 * SECOND;
        bench.tries(&[Verdict::Later(Some(Duration::from_hours(24)))]);
        assert_eq!(bench.admit(), Admission::Wait(LONGEST_WISH), "a typing error is no sentence");
    }
}
