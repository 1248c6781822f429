//! Native dialogs of a page, by their ids.

use wasm_bindgen::JsCast;

/// Opens a dialog as a modal one.
pub fn open(id: &str) {
    if let Some(dialog) = find(id) {
        let _ = dialog.remove_attribute("open");
        let _ = dialog.show_modal();
    }
}

/// Closes a dialog; the browser gives the focus back to its opener.
pub fn close(id: &str) {
    if let Some(dialog) = find(id) {
        dialog.close();
    }
}

fn find(id: &str) -> Option<web_sys::HtmlDialogElement> {
    web_sys::window()?.document()?.get_element_by_id(id)?.dyn_into().ok()
}
