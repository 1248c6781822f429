//! How often somebody may try a password, and how many are hashed at once.
//!
//! Attempts are counted in memory, per account and per address, in a sliding window: a restart forgives, which is worth
//! less to an attacker than it costs them. Only failures count, so that a team behind one address is not locked out by
//! signing in.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use tokio::sync::Semaphore;

use crate::domain::moment::Moment;

/// Failures after which an account has to wait.
const PER_ACCOUNT: usize = 10;
/// Failures after which an address has to wait, whatever accounts it tried.
const PER_ADDRESS: usize = 50;
/// How long a failure counts, in milliseconds.
const WINDOW: i64 = 15 * 60 * 1000;
/// Names to remember before old ones are swept out.
const SWEEP_AT: usize = 10_000;
/// Passwords hashed at the same time; each takes 19 MiB.
const HASHES: usize = 2;

/// Counters that outlive a request.
#[derive(Debug)]
pub struct Limits {
    failures: Mutex<BTreeMap<String, Vec<Moment>>>,
    pub(in crate::server::service) hashing: Semaphore,
}

impl Limits {
    pub fn new() -> Self {
        Self { failures: Mutex::default(), hashing: Semaphore::new(HASHES) }
    }

    /// How long this account or address has to wait before its next attempt, in seconds; none when it may try.
    pub fn wait(&self, account: &str, address: &str, now: Moment) -> Option<u64> {
        let failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        [(account_key(account), PER_ACCOUNT), (address_key(address), PER_ADDRESS)]
            .into_iter()
            .filter_map(|(key, most)| {
                let recent: Vec<Moment> = failures.get(&key)?.iter().copied().filter(|at| at.plus(WINDOW) > now).collect();
                // The attempt that has to leave the window before there is room for another.
                let oldest = recent.iter().rev().nth(most - 1)?;
                u64::try_from((oldest.plus(WINDOW).0 - now.0 + 999) / 1000).ok()
            })
            .max()
    }

    /// Counts a failure for both.
    pub fn failed(&self, account: &str, address: &str, now: Moment) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        if failures.len() >= SWEEP_AT {
            failures.retain(|_, times| times.last().is_some_and(|at| at.plus(WINDOW) > now));
        }
        for (key, most) in [(account_key(account), PER_ACCOUNT), (address_key(address), PER_ADDRESS)] {
            let times = failures.entry(key).or_default();
            times.retain(|at| at.plus(WINDOW) > now);
            if times.len() < most {
                times.push(now);
            }
        }
    }

    /// Forgets an account's failures: its owner has signed in.
    pub fn succeeded(&self, account: &str) {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner).remove(&account_key(account));
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::new()
    }
}

fn account_key(account: &str) -> String {
    format!("account {}", account.to_lowercase())
}

fn address_key(address: &str) -> String {
    format!("address {address}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_waits_until_its_first_failure_is_old() {
        let limits = Limits::new();
        for second in 0..10 {
            assert_eq!(limits.wait("A@b.c", "1.1.1.1", Moment(second * 1000)), None);
            limits.failed("a@b.c", "1.1.1.1", Moment(second * 1000));
        }
        assert_eq!(limits.wait("a@b.c", "2.2.2.2", Moment(10_000)), Some(890));
        assert_eq!(limits.wait("other@b.c", "1.1.1.1", Moment(10_000)), None);
        assert_eq!(limits.wait("a@b.c", "2.2.2.2", Moment(WINDOW)), None);
        limits.succeeded("a@b.c");
        assert_eq!(limits.wait("a@b.c", "2.2.2.2", Moment(10_000)), None);
    }

    #[test]
    fn an_address_waits_however_many_accounts_it_tries() {
        let limits = Limits::new();
        for n in 0..50 {
            limits.failed(&format!("a{n}@b.c"), "1.1.1.1", Moment(0));
        }
        assert_eq!(limits.wait("new@b.c", "1.1.1.1", Moment(1)), Some(900));
        assert_eq!(limits.wait("new@b.c", "1.1.1.2", Moment(1)), None);
    }
}
