//! The document as a whole: focus, scrolling, presses, files, and the sign that the page is alive.

use wasm_bindgen::JsCast;

fn root() -> Option<web_sys::Element> {
    web_sys::window()?.document()?.document_element()
}

/// Says that events are handled from now on.
pub fn mark_alive() {
    if let Some(root) = root() {
        let _ = root.set_attribute("data-alive", "");
    }
}

fn element(id: &str) -> Option<web_sys::HtmlElement> {
    web_sys::window()?.document()?.get_element_by_id(id)?.dyn_into().ok()
}

/// Moves the focus to an element; gives whether it is there.
pub fn focus(id: &str) -> bool {
    element(id).is_some_and(|element| element.focus().is_ok())
}

/// Whether the page has a canvas to work on.
pub fn has_canvas() -> bool {
    element("main").is_some_and(|main| {
        main.class_list().contains("workbench") && main.has_attribute("data-editable") && !main.has_attribute("data-busy")
    })
}

/// Whether the disclosure that an event comes from is open.
pub fn opened(event: &web_sys::Event) -> bool {
    event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok()).is_some_and(|details| details.has_attribute("open"))
}

/// Scrolls an element into view with the least movement.
pub fn reveal(id: &str) {
    if let Some(element) = element(id) {
        element.scroll_into_view_with_bool(false);
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

/// Presses the first button that a selector finds.
pub fn press_any(selector: &str) {
    let found =
        web_sys::window().and_then(|window| window.document()).and_then(|document| document.query_selector(selector).ok().flatten());
    if let Some(element) = found.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
        element.click();
    }
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

/// Closes a popover (`details`), giving the focus back to what opened it when it lay inside.
pub fn close(id: &str) {
    let Some(pop) = web_sys::window().and_then(|window| window.document()).and_then(|document| document.get_element_by_id(id)) else {
        return;
    };
    let _ = pop.remove_attribute("open");
    let summary = pop.query_selector("summary").ok().flatten().and_then(|summary| summary.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(summary) = summary {
        let _ = summary.focus();
    }
}
