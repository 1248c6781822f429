//! Work that waits: for a pause, and for the browser to have nothing else to do.

use std::time::Duration;

use leptos::leptos_dom::helpers::{request_idle_callback_with_handle, set_timeout};

/// Does something after a while.
pub fn later(milliseconds: u64, act: impl FnOnce() + 'static) {
    set_timeout(act, Duration::from_millis(milliseconds));
}

/// Does something when the browser is idle; soon, where a browser can't tell.
pub fn idle(act: impl FnOnce() + 'static) {
    let once = std::rc::Rc::new(std::cell::Cell::new(Some(act)));
    let again = std::rc::Rc::clone(&once);
    let run = move || {
        if let Some(act) = once.take() {
            act();
        }
    };
    if request_idle_callback_with_handle(run).is_err() {
        later(1, move || {
            if let Some(act) = again.take() {
                act();
            }
        });
    }
}
