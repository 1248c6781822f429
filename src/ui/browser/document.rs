//! The document as a whole: theme, focus, scrolling, the clipboard, and the sign that the page is alive.

use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;

fn root() -> Option<web_sys::Element> {
    web_sys::window()?.document()?.document_element()
}

/// Says that events are handled from now on.
pub fn mark_alive() {
    if let Some(root) = root() {
        let _ = root.set_attribute("data-alive", "");
    }
}

/// Switches between light and dark and remembers it on this device.
pub fn toggle_theme() {
    let (Some(root), Some(window)) = (root(), web_sys::window()) else { return };
    let dark = root.get_attribute("data-theme").map_or_else(
        || window.match_media("(prefers-color-scheme: dark)").ok().flatten().is_some_and(|query| query.matches()),
        |theme| theme == "dark",
    );
    set_theme(if dark { "light" } else { "dark" });
}

/// Sets the theme to `light` or `dark`; anything else follows the system.
pub fn set_theme(theme: &str) {
    let Some(root) = root() else { return };
    let storage = web_sys::window().and_then(|window| window.local_storage().ok().flatten());
    if matches!(theme, "light" | "dark") {
        let _ = root.set_attribute("data-theme", theme);
        if let Some(storage) = storage {
            let _ = storage.set_item("theme", theme);
        }
    } else {
        let _ = root.remove_attribute("data-theme");
        if let Some(storage) = storage {
            let _ = storage.remove_item("theme");
        }
    }
}

/// The theme chosen on this device: `light`, `dark` or nothing.
pub fn theme() -> Option<String> {
    root()?.get_attribute("data-theme")
}

fn element(id: &str) -> Option<web_sys::HtmlElement> {
    web_sys::window()?.document()?.get_element_by_id(id)?.dyn_into().ok()
}

/// Moves the focus to an element, if it is there.
pub fn focus(id: &str) {
    if let Some(element) = element(id) {
        let _ = element.focus();
    }
}

/// Scrolls an element into view with the least movement.
pub fn reveal(id: &str) {
    if let Some(element) = element(id) {
        element.scroll_into_view_with_bool(false);
    }
}

/// Opens or closes a pane that small screens show as an overlay.
pub fn toggle_open(id: &str) {
    if let Some(element) = element(id) {
        let _ = element.toggle_attribute("data-open");
    }
}

/// Presses a button or follows a link by its id; gives whether there was one.
pub fn press(id: &str) -> bool {
    let found = element(id);
    if let Some(element) = &found {
        element.click();
    }
    found.is_some()
}

/// Puts text on the clipboard; gives whether the browser allowed it.
pub async fn copy(text: String) -> bool {
    let Some(window) = web_sys::window() else { return false };
    JsFuture::from(window.navigator().clipboard().write_text(&text)).await.is_ok()
}

/// Offers a text as a file.
pub fn download(name: &str, text: &str) {
    let Some(document) = web_sys::window().and_then(|window| window.document()) else { return };
    let parts = js_sys::Array::of1(&text.into());
    let options = web_sys::BlobPropertyBag::new();
    options.set_type("text/plain;charset=utf-8");
    let blob = web_sys::Blob::new_with_str_sequence_and_options(&parts, &options);
    let Ok(address) = blob.and_then(|blob| web_sys::Url::create_object_url_with_blob(&blob)) else { return };
    if let Some(link) = document.create_element("a").ok().and_then(|link| link.dyn_into::<web_sys::HtmlAnchorElement>().ok()) {
        link.set_href(&address);
        link.set_download(name);
        link.click();
    }
    let _ = web_sys::Url::revoke_object_url(&address);
}

/// The origin of this page, such as `https://lintel.example.com`.
pub fn origin() -> String {
    web_sys::window().and_then(|window| window.location().origin().ok()).unwrap_or_default()
}

/// Loads an address anew, for what must not survive a change of person.
pub fn load(address: &str) {
    if let Some(window) = web_sys::window() {
        let _ = window.location().set_href(address);
    }
}
