//! Money that runs under way may still spend: set aside when they begin, so that two that begin together don't both count on it.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use crate::{
    domain::{agent::allowance::Allowance, id::ProjectId},
    server::{boot::AppState, error::ServiceError, service::agent_runs::cast},
};

/// What is set aside, by project.
#[derive(Debug, Default)]
pub struct Purse {
    held: Mutex<BTreeMap<ProjectId, u64>>,
    /// One at a time reads what was spent and sets aside.
    taking: tokio::sync::Mutex<()>,
}

/// An amount set aside until this is dropped. Keep it until what was spent of it is stored.
#[derive(Debug)]
pub struct Hold {
    purse: Arc<Purse>,
    project: ProjectId,
    /// Millionths of a dollar.
    pub amount: u64,
}

impl Drop for Hold {
    fn drop(&mut self) {
        if let Some(held) = self.purse.lock().get_mut(&self.project) {
            *held = held.saturating_sub(self.amount);
        }
    }
}

impl Purse {
    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<ProjectId, u64>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a project has set aside, in millionths of a dollar.
    pub fn held(&self, project: ProjectId) -> u64 {
        self.lock().get(&project).copied().unwrap_or_default()
    }
}

/// Sets aside what each of some agents that begin together may spend; no hold where there is no limit, or where nothing is left:
/// the allowance tells which.
pub async fn take(app: &AppState, project: ProjectId, agents: usize) -> Result<(Allowance, Vec<Hold>), ServiceError> {
    let purse = &app.purse;
    let _taking = purse.taking.lock().await;
    let allowance = cast::allowance(app, project).await?;
    let Some(share) = allowance.share(agents).filter(|share| *share > 0) else { return Ok((allowance, Vec::new())) };
    let hold = |_| Hold { purse: Arc::clone(purse), project, amount: share };
    let holds: Vec<Hold> = (0..agents).map(hold).collect();
    let total = holds.iter().fold(0_u64, |sum, hold| sum.saturating_add(hold.amount));
    let mut held = purse.lock();
    let slot = held.entry(project).or_default();
    *slot = slot.saturating_add(total);
    drop(held);
    Ok((allowance, holds))
}
