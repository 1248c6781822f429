//! The address of the page: reading it, changing it, and hearing of changes.

use js_sys::{Array, Function, Object, Reflect};
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

/// Calls back whenever a form was posted without leaving the page.
pub fn on_posted(act: impl Fn() + 'static) {
    let Some(window) = web_sys::window() else { return };
    let posted = Closure::<dyn Fn()>::new(act);
    let _ = window.add_event_listener_with_callback("lintel:posted", posted.as_ref().unchecked_ref());
    posted.forget();
}

/// Says something at the bottom of the page for a while.
pub fn tell(words: &str) {
    let Some(window) = web_sys::window() else { return };
    let detail = Object::new();
    let made = Reflect::set(&detail, &"detail".into(), &words.into())
        .and_then(|_| Reflect::get(&window, &"CustomEvent".into()))
        .and_then(JsCast::dyn_into::<Function>)
        .and_then(|maker| Reflect::construct(&maker, &Array::of2(&"lintel:tell".into(), &detail)));
    if let Some(event) = made.ok().and_then(|event| event.dyn_into::<web_sys::Event>().ok()) {
        let _ = window.dispatch_event(&event);
    }
}
