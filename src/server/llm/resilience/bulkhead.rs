//! How many turns of a provider are under way at once, and how many may wait for a place.
//!
//! A few for each provider and fewer for each project, so that one project with many agents does not keep the others out.
//! Who waits too long is told so instead of hanging; rules and pages never pass through here.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError},
    time::timeout,
};

use crate::{
    domain::{
        agent::conversation::{Progress, TurnError},
        id::ProjectId,
    },
    server::llm::fault::milliseconds,
};

/// The bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Turns at once.
    pub provider: usize,
    /// Turns at once for one project.
    pub project: usize,
    /// Turns that may wait.
    pub queue: usize,
    /// How long one waits at most.
    pub patience: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { provider: 4, project: 2, queue: 8, patience: Duration::from_mins(1) }
    }
}

pub struct Bulkhead {
    bounds: Bounds,
    places: Arc<Semaphore>,
    queue: Arc<Semaphore>,
    projects: Mutex<BTreeMap<ProjectId, Arc<Semaphore>>>,
}

/// A place; dropping it makes room for the next.
#[derive(Debug)]
pub struct Place {
    #[expect(dead_code, reason = "held until it is dropped")]
    permits: [OwnedSemaphorePermit; 2],
}

impl Bulkhead {
    pub fn new(bounds: Bounds) -> Self {
        Self {
            bounds,
            places: Arc::new(Semaphore::new(bounds.provider)),
            queue: Arc::new(Semaphore::new(bounds.queue)),
            projects: Mutex::default(),
        }
    }

    /// Takes a place, waiting for one if need be.
    ///
    /// # Errors
    /// [`TurnError::Busy`] when too many wait already, or when none came free in time.
    pub async fn enter(&self, provider: &str, project: ProjectId, progress: &(dyn Fn(Progress) + Send + Sync)) -> Result<Place, TurnError> {
        let of_project = self.of_project(project);
        // The project's place first: who waits for it must not hold one of the provider's.
        if let Ok(project) = Arc::clone(&of_project).try_acquire_owned()
            && let Ok(provider) = Arc::clone(&self.places).try_acquire_owned()
        {
            return Ok(Place { permits: [provider, project] });
        }
        let busy = || TurnError::Busy { provider: provider.to_owned() };
        let _waiting = match Arc::clone(&self.queue).try_acquire_owned() {
            Ok(waiting) => waiting,
            Err(TryAcquireError::NoPermits | TryAcquireError::Closed) => return Err(busy()),
        };
        let because = format!("other reviews are talking to {provider}");
        progress(Progress::Waiting { because, wait_ms: milliseconds(self.bounds.patience) });
        let places = async {
            let project = of_project.acquire_owned().await.ok()?;
            let provider = Arc::clone(&self.places).acquire_owned().await.ok()?;
            Some(Place { permits: [provider, project] })
        };
        timeout(self.bounds.patience, places).await.ok().flatten().ok_or_else(busy)
    }

    /// Places taken, and how many wait for one.
    pub fn load(&self) -> (usize, usize) {
        let taken = |bound: usize, semaphore: &Semaphore| bound.saturating_sub(semaphore.available_permits());
        (taken(self.bounds.provider, &self.places), taken(self.bounds.queue, &self.queue))
    }

    fn of_project(&self, project: ProjectId) -> Arc<Semaphore> {
        let mut projects = self.projects.lock().unwrap_or_else(PoisonError::into_inner);
        // Those that nobody holds are as good as new ones.
        projects.retain(|other, semaphore| *other == project || Arc::strong_count(semaphore) > 1);
        Arc::clone(projects.entry(project).or_insert_with(|| Arc::new(Semaphore::new(self.bounds.project))))
    }
}
