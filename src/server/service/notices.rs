//! Notices: what a form's answer leaves for the page it leads to. Each is given once, to its own person, and forgotten after
//! a few minutes; secrets among them are never written to disk.

use std::{collections::BTreeMap, sync::Mutex};

use crate::{
    api::notices::Notice,
    domain::{id::UserId, moment::Moment},
    server::{boot::AppState, service::access::Actor},
};

/// How long a notice waits, in milliseconds.
const PATIENCE: i64 = 10 * 60 * 1000;
/// Notices that wait at once; the oldest go first.
const MOST: usize = 1000;

/// Notices that wait for their page, by number.
#[derive(Debug, Default)]
pub struct Notices(Mutex<BTreeMap<String, (Moment, UserId, Notice)>>);

/// Leaves a notice for a page of ours and gives the address that shows it there. The page's address may have parameters and a
/// place of its own.
pub fn leave(app: &AppState, actor: &Actor, page: &str, notice: Notice) -> String {
    let (now, number) = (app.clock.now(), data_encoding::HEXLOWER.encode(app.ids.secret().get(..16).unwrap_or_default()));
    let mut waiting = app.notices.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    waiting.retain(|_, (at, _, _)| at.0.saturating_add(PATIENCE) > now.0);
    while waiting.len() >= MOST {
        let Some(oldest) = waiting.iter().min_by_key(|(_, (at, _, _))| *at).map(|(number, _)| number.clone()) else { break };
        waiting.remove(&oldest);
    }
    waiting.insert(number.clone(), (now, actor.person.id, notice));
    let (page, place) = page.split_once('#').map_or((page, String::new()), |(page, place)| (page, format!("#{place}")));
    let joint = if page.contains('?') { '&' } else { '?' };
    format!("{page}{joint}notice={number}{place}")
}

/// Takes a notice; only its own person gets it.
pub fn take(app: &AppState, actor: &Actor, number: &str) -> Option<Notice> {
    let mut waiting = app.notices.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let own =
        waiting.get(number).is_some_and(|(at, user, _)| *user == actor.person.id && at.0.saturating_add(PATIENCE) > app.clock.now().0);
    if own { waiting.remove(number).map(|(_, _, notice)| notice) } else { None }
}
