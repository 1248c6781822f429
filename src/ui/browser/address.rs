//! The address of the page: reading it, changing it, and hearing of changes.

use wasm_bindgen::{JsCast, JsValue, closure::Closure};

/// The query of the address, `?` included; empty without one.
pub fn query() -> String {
    web_sys::window().and_then(|window| window.location().search().ok()).unwrap_or_default()
}

/// Calls back with the query whenever the address changes without a new page. For islands, which live as long as their page.
pub fn on_change(act: impl Fn(String) + 'static) {
    let Some(window) = web_sys::window() else { return };
    let changed = Closure::<dyn Fn()>::new(move || act(query()));
    for event in ["lintel:address", "popstate"] {
        let _ = window.add_event_listener_with_callback(event, changed.as_ref().unchecked_ref());
    }
    changed.forget();
}

/// Goes to another address of this page and tells its islands; `replace` leaves no step to go back to.
pub fn stay(address: &str, replace: bool) {
    let Some(window) = web_sys::window() else { return };
    let Ok(history) = window.history() else { return };
    let _ = if replace {
        history.replace_state_with_url(&JsValue::NULL, "", Some(address))
    } else {
        history.push_state_with_url(&JsValue::NULL, "", Some(address))
    };
    if let Ok(event) = web_sys::Event::new("lintel:address") {
        let _ = window.dispatch_event(&event);
    }
}

/// Goes anywhere: within the page when the path is this page's and it has live parts, else as a visit.
pub fn go(address: &str) {
    let Some(window) = web_sys::window() else { return };
    let here = window.location().pathname().unwrap_or_default();
    let live = window.document().and_then(|document| document.query_selector(".app[data-live]").ok().flatten()).is_some();
    if live && address.split(['?', '#']).next() == Some(here.as_str()) {
        stay(address, false);
    } else {
        let _ = window.location().set_href(address);
    }
}

/// Loads the page again.
pub fn reload() {
    if let Some(window) = web_sys::window() {
        let _ = window.location().reload();
    }
}
