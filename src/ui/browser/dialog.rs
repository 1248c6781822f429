//! Native dialogs and menus: modal opening with focus kept inside, menus that close when attention goes elsewhere.

use wasm_bindgen::{JsCast, closure::Closure};

/// Turns a dialog that the server rendered open into a modal one, or opens it.
pub fn show_modal(dialog: &web_sys::HtmlDialogElement) {
    if dialog.has_attribute("open") {
        let _ = dialog.remove_attribute("open");
    }
    let _ = dialog.show_modal();
}

/// Closes a dialog; the browser gives the focus back to its opener.
pub fn close(dialog: &web_sys::HtmlDialogElement) {
    dialog.close();
}

/// Opens a dialog of the page by its id.
pub fn open(id: &str) {
    if let Some(dialog) = find(id) {
        show_modal(&dialog);
    }
}

/// Closes a dialog of the page by its id.
pub fn close_by_id(id: &str) {
    if let Some(dialog) = find(id) {
        dialog.close();
    }
}

fn find(id: &str) -> Option<web_sys::HtmlDialogElement> {
    web_sys::window()?.document()?.get_element_by_id(id)?.dyn_into().ok()
}

/// From now on open menus close on a press elsewhere and on Escape, which gives the focus back to the menu's button. Call once.
pub fn close_menus_on_their_own() {
    let Some(document) = web_sys::window().and_then(|window| window.document()) else { return };
    let pressed = Closure::<dyn Fn(web_sys::Event)>::new(|event: web_sys::Event| {
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Node>().ok());
        for menu in open_menus() {
            if !menu.contains(target.as_ref()) {
                let _ = menu.remove_attribute("open");
            }
        }
    });
    let escaped = Closure::<dyn Fn(web_sys::KeyboardEvent)>::new(|event: web_sys::KeyboardEvent| {
        if event.key() != "Escape" {
            return;
        }
        for menu in open_menus() {
            let _ = menu.remove_attribute("open");
            if let Some(button) = menu.first_element_child().and_then(|child| child.dyn_into::<web_sys::HtmlElement>().ok()) {
                let _ = button.focus();
            }
        }
    });
    let _ = document.add_event_listener_with_callback("pointerdown", pressed.as_ref().unchecked_ref());
    let _ = document.add_event_listener_with_callback("keydown", escaped.as_ref().unchecked_ref());
    pressed.forget();
    escaped.forget();
}

fn open_menus() -> Vec<web_sys::Element> {
    let Some(found) =
        web_sys::window().and_then(|window| window.document()).and_then(|document| document.query_selector_all("details.pop[open]").ok())
    else {
        return Vec::new();
    };
    (0..found.length()).filter_map(|at| found.get(at)?.dyn_into().ok()).collect()
}
