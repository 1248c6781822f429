//! Which documents are open, and how many connections there are. A document has one room or none.

use std::{
    collections::BTreeMap,
    net::IpAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use tokio::sync::{Notify, mpsc, watch};

use crate::{
    domain::id::{DocumentId, UserId},
    server::collab::room::Request,
};

/// Connections of one person.
const PER_USER: usize = 20;
/// Connections from one address.
const PER_ADDRESS: usize = 100;

/// Why a connection is not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turned {
    /// The server stops.
    Stopping,
    /// Too many connections of this person or from this address.
    Crowded,
}

/// The open rooms and the connections.
#[derive(Debug)]
pub struct Registry {
    pub(in crate::server::collab) rooms: Mutex<BTreeMap<DocumentId, mpsc::UnboundedSender<Request>>>,
    sockets: Mutex<Sockets>,
    stopping: AtomicBool,
    next: AtomicU64,
    access: watch::Sender<u64>,
    left: Notify,
}

#[derive(Debug, Default)]
struct Sockets {
    users: BTreeMap<UserId, usize>,
    addresses: BTreeMap<IpAddr, usize>,
}

impl Default for Registry {
    fn default() -> Self {
        Self {
            rooms: Mutex::default(),
            sockets: Mutex::default(),
            stopping: AtomicBool::default(),
            next: AtomicU64::default(),
            access: watch::Sender::new(0),
            left: Notify::new(),
        }
    }
}

impl Registry {
    /// The open rooms. What is done under this lock, sending a request or leaving, is one step.
    pub(in crate::server::collab) fn rooms(&self) -> MutexGuard<'_, BTreeMap<DocumentId, mpsc::UnboundedSender<Request>>> {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn sockets(&self) -> MutexGuard<'_, Sockets> {
        self.sockets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A number for a connection, never used before.
    pub fn connection(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    /// Turns new connections away from now on.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::SeqCst);
    }

    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::SeqCst)
    }

    /// Waits until no connection is left.
    pub async fn emptied(&self) {
        loop {
            let left = self.left.notified();
            if self.sockets().users.is_empty() {
                return;
            }
            left.await;
        }
    }

    /// Says that somebody's role or session changed.
    pub fn access_changed(&self) {
        self.access.send_modify(|count| *count += 1);
    }

    /// Hears when somebody's role or session changed.
    pub fn access(&self) -> watch::Receiver<u64> {
        self.access.subscribe()
    }

    /// Lets a connection in, until the answer is dropped.
    ///
    /// # Errors
    /// The server stops, or there are too many already.
    pub fn admit(self: &Arc<Self>, user: UserId, address: IpAddr) -> Result<Admission, Turned> {
        if self.is_stopping() {
            return Err(Turned::Stopping);
        }
        let mut sockets = self.sockets();
        let count = |held: Option<&usize>| held.copied().unwrap_or_default();
        if count(sockets.users.get(&user)) >= PER_USER || count(sockets.addresses.get(&address)) >= PER_ADDRESS {
            return Err(Turned::Crowded);
        }
        *sockets.users.entry(user).or_default() += 1;
        *sockets.addresses.entry(address).or_default() += 1;
        Ok(Admission { registry: Arc::clone(self), user, address })
    }
}

/// A connection's place among those that are counted.
#[derive(Debug)]
pub struct Admission {
    registry: Arc<Registry>,
    user: UserId,
    address: IpAddr,
}

impl Drop for Admission {
    fn drop(&mut self) {
        let mut sockets = self.registry.sockets();
        release(&mut sockets.users, &self.user);
        release(&mut sockets.addresses, &self.address);
        drop(sockets);
        self.registry.left.notify_one();
    }
}

fn release<K: Ord>(counts: &mut BTreeMap<K, usize>, key: &K) {
    if let Some(count) = counts.get_mut(key) {
        *count -= 1;
        if *count == 0 {
            counts.remove(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn places_are_limited_and_given_back() {
        let registry = Arc::new(Registry::default());
        let user = |n| UserId::from_uuid(Uuid::from_u128(n));
        let here = IpAddr::from([127, 0, 0, 1]);
        let held: Vec<_> = (0..20).map(|_| registry.admit(user(1), here).unwrap()).collect();
        assert_eq!(registry.admit(user(1), IpAddr::from([127, 0, 0, 2])).unwrap_err(), Turned::Crowded);
        let others: Vec<_> = (2..6).flat_map(|n| (0..20).map(move |_| n)).map(|n| registry.admit(user(n), here).unwrap()).collect();
        assert_eq!(registry.admit(user(9), here).unwrap_err(), Turned::Crowded);
        drop(held);
        assert!(registry.admit(user(1), here).is_ok());
        registry.stop();
        assert_eq!(registry.admit(user(7), here).unwrap_err(), Turned::Stopping);
        drop(others);
        assert!(registry.sockets().users.is_empty() && registry.sockets().addresses.is_empty());
    }
}
