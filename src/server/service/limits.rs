//! How often somebody may try a password, and how many are hashed at once.
//!
//! Attempts are counted in memory in a sliding window: a restart forgives, which is worth less to an attacker than it
//! costs them. Three counts, so that guessing is slow from anywhere, and yet nobody can lock somebody else out from
//! afar: per account and address, per address, and a generous one per account. Whoever signs in takes their attempts back,
//! so that a team behind one address is not stopped by working.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use tokio::sync::Semaphore;

use crate::domain::moment::Moment;

/// Attempts at one account from one address.
const PER_PAIR: usize = 10;
/// Attempts from one address, at whatever accounts.
const PER_ADDRESS: usize = 50;
/// Attempts at one account, from wherever.
const PER_ACCOUNT: usize = 200;
/// How long an attempt counts, in milliseconds.
const WINDOW: i64 = 15 * 60 * 1000;
/// Names to remember before old ones are swept out.
const SWEEP_AT: usize = 10_000;
/// Passwords hashed at the same time; each takes 19 MiB.
const HASHES: usize = 2;

/// Counters that outlive a request.
#[derive(Debug)]
pub struct Limits {
    attempts: Mutex<BTreeMap<String, Vec<Moment>>>,
    pub(in crate::server::service) hashing: Semaphore,
}

impl Limits {
    pub fn new() -> Self {
        Self { attempts: Mutex::default(), hashing: Semaphore::new(HASHES) }
    }

    /// Counts an attempt before it is made, so that many at once count too.
    ///
    /// # Errors
    /// How long to wait, in seconds, when there were too many; then it is not counted.
    pub fn attempt(&self, account: &str, address: &str, now: Moment) -> Result<(), u64> {
        let mut attempts = self.attempts.lock().unwrap_or_else(PoisonError::into_inner);
        if attempts.len() >= SWEEP_AT {
            attempts.retain(|_, times| times.last().is_some_and(|at| at.plus(WINDOW) > now));
        }
        let keys = keys(account, address);
        let wait = keys.iter().filter_map(|(key, most)| {
            let recent: Vec<Moment> = attempts.get(key)?.iter().copied().filter(|at| at.plus(WINDOW) > now).collect();
            // The attempt that has to leave the window before there is room for another.
            let oldest = recent.iter().rev().nth(most - 1)?;
            u64::try_from((oldest.plus(WINDOW).0 - now.0 + 999) / 1000).ok()
        });
        if let Some(seconds) = wait.max() {
            return Err(seconds);
        }
        for (key, _) in keys {
            let times = attempts.entry(key).or_default();
            times.retain(|at| at.plus(WINDOW) > now);
            times.push(now);
        }
        Ok(())
    }

    /// Takes back the attempts at an account from an address: its owner has signed in from there.
    pub fn succeeded(&self, account: &str, address: &str) {
        let mut attempts = self.attempts.lock().unwrap_or_else(PoisonError::into_inner);
        let [(pair, _), (address, _), (account, _)] = keys(account, address);
        attempts.remove(&pair);
        for key in [address, account] {
            if let Some(times) = attempts.get_mut(&key) {
                times.pop();
            }
        }
    }
}

fn keys(account: &str, address: &str) -> [(String, usize); 3] {
    let account = account.to_lowercase();
    [
        (format!("account {account} address {address}"), PER_PAIR),
        (format!("address {address}"), PER_ADDRESS),
        (format!("account {account}"), PER_ACCOUNT),
    ]
}

impl Default for Limits {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guessing_at_an_account_waits_until_the_first_guess_is_old() {
        let limits = Limits::new();
        for second in 0..10 {
            assert_eq!(limits.attempt("A@b.c", "1.1.1.1", Moment(second * 1000)), Ok(()));
        }
        assert_eq!(limits.attempt("a@b.c", "1.1.1.1", Moment(10_000)), Err(890));
        assert_eq!(limits.attempt("a@b.c", "2.2.2.2", Moment(10_000)), Ok(()), "its owner elsewhere");
        assert_eq!(limits.attempt("other@b.c", "1.1.1.1", Moment(10_000)), Ok(()), "a colleague");
        assert_eq!(limits.attempt("a@b.c", "1.1.1.1", Moment(WINDOW)), Ok(()));
    }

    #[test]
    fn an_address_waits_however_many_accounts_it_tries() {
        let limits = Limits::new();
        for n in 0..50 {
            assert_eq!(limits.attempt(&format!("a{n}@b.c"), "1.1.1.1", Moment(0)), Ok(()));
        }
        assert_eq!(limits.attempt("new@b.c", "1.1.1.1", Moment(1)), Err(900));
        assert_eq!(limits.attempt("new@b.c", "1.1.1.2", Moment(1)), Ok(()));
    }

    #[test]
    fn an_account_waits_however_many_addresses_try_it() {
        let limits = Limits::new();
        for n in 0..200 {
            assert_eq!(limits.attempt("a@b.c", &format!("1.1.1.{n}"), Moment(0)), Ok(()));
        }
        assert_eq!(limits.attempt("a@b.c", "2.2.2.2", Moment(0)), Err(900));
    }

    #[test]
    fn signing_in_takes_attempts_back() {
        let limits = Limits::new();
        for n in 0..500 {
            assert_eq!(limits.attempt("a@b.c", "1.1.1.1", Moment(n)), Ok(()));
            limits.succeeded("a@b.c", "1.1.1.1");
        }
    }
}
