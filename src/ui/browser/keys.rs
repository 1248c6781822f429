//! Key events as the shortcuts understand them.

use wasm_bindgen::JsCast;

use crate::ui::state::shortcuts::Press;

/// Reads a key press and whether a text field or an open dialog has the keyboard.
pub fn read(event: &web_sys::KeyboardEvent) -> (Press, bool) {
    let press = Press {
        key: event.key(),
        code: event.code(),
        command: event.meta_key() || event.ctrl_key(),
        shift: event.shift_key(),
        alt: event.alt_key(),
    };
    (press, event.default_prevented() || event.target().is_some_and(|target| takes_text(&target)) || dialog_open())
}

fn takes_text(target: &web_sys::EventTarget) -> bool {
    let Some(element) = target.dyn_ref::<web_sys::HtmlElement>() else { return false };
    match element.tag_name().as_str() {
        "TEXTAREA" | "SELECT" => true,
        "INPUT" => !matches!(element.get_attribute("type").as_deref(), Some("checkbox" | "radio" | "button" | "submit")),
        _ => element.is_content_editable() || element.closest(".cm-editor").is_ok_and(|editor| editor.is_some()),
    }
}

fn dialog_open() -> bool {
    web_sys::window()
        .and_then(|window| window.document())
        .and_then(|document| document.query_selector("dialog[open]").ok().flatten())
        .is_some()
}
