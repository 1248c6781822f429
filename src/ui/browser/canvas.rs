//! The drawing surface: which element an event means, how large the window is, and where the picture's frame stands.

use wasm_bindgen::JsCast;

use crate::ui::state::{
    patch,
    viewport::{Area, Window, whole},
};

/// The element key under an event, from the picture's `data-element`.
pub fn element_at(event: &web_sys::Event) -> Option<String> {
    let target = event.target()?.dyn_into::<web_sys::Element>().ok()?;
    target.closest("[data-element]").ok()??.get_attribute("data-element")
}

/// The relation key under an event, from the picture's `data-relation`.
pub fn relation_at(event: &web_sys::Event) -> Option<String> {
    let target = event.target()?.dyn_into::<web_sys::Element>().ok()?;
    target.closest("[data-relation]").ok()??.get_attribute("data-relation")
}

/// The element from whose port an event comes.
pub fn port_at(event: &web_sys::Event) -> Option<String> {
    let target = event.target()?.dyn_into::<web_sys::Element>().ok()?;
    target.get_attribute("data-port")
}

/// Puts an element at a place of its parent, in CSS pixels, with a width of at least 120.
pub fn put_at(element: &web_sys::HtmlElement, x: f64, y: f64, width: f64) {
    let style = element.style();
    for (name, value) in [("left", x), ("top", y), ("width", width.max(120.0))] {
        let _ = style.set_property(name, &format!("{}px", whole(value)));
    }
}

/// The surface's size in CSS pixels; none while it is not laid out.
pub fn window(surface: &web_sys::Element) -> Option<Window> {
    let bounds = surface.get_bounding_client_rect();
    (bounds.width() >= 1.0 && bounds.height() >= 1.0).then(|| Window { width: bounds.width(), height: bounds.height() })
}

/// The event's place from the surface's corner, in CSS pixels.
pub fn place(surface: &web_sys::Element, event: &web_sys::MouseEvent) -> (f64, f64) {
    let bounds = surface.get_bounding_client_rect();
    (f64::from(event.client_x()) - bounds.left(), f64::from(event.client_y()) - bounds.top())
}

/// Shows a part of the picture. The picture is the surface's `svg`.
pub fn show(surface: &web_sys::Element, area: Area) {
    let view_box = area.view_box();
    // The same written again would be laid out again, all of it.
    if let Ok(Some(picture)) = surface.query_selector("svg")
        && picture.get_attribute("viewBox").as_ref() != Some(&view_box)
    {
        let _ = picture.set_attribute("viewBox", &view_box);
    }
    if let Some(sheet) = sheet(surface) {
        let _ = sheet.style().remove_property("transform");
    }
}

/// Draws what changed since the last drawing; all of it where little stays.
pub fn redraw(surface: &web_sys::Element, before: &str, now: &str) {
    let Some(sheet) = sheet(surface) else { return };
    let picture = sheet.first_element_child();
    match (picture, patch::between(before, now)) {
        (Some(picture), Some((count, changes))) if picture.child_element_count() as usize == count => change(&picture, changes),
        _ => sheet.set_inner_html(now),
    }
}

fn change(picture: &web_sys::Element, changes: Vec<patch::Change<'_>>) {
    let children = picture.children();
    let at = |index: usize| u32::try_from(index).ok().and_then(|index| children.item(index));
    // Everything new is read at once, away from the page.
    let text: String = changes.iter().flat_map(|change| &change.new).copied().collect();
    let Some(Ok(workshop)) = picture.clone_node().ok().map(wasm_bindgen::JsCast::dyn_into::<web_sys::Element>) else { return };
    workshop.set_inner_html(&text);
    for patch::Change { gone, new } in changes {
        let old: Vec<_> = gone.clone().filter_map(at).collect();
        let place = at(gone.start);
        for _ in new {
            let Some(made) = workshop.first_element_child() else { return };
            let _ = picture.insert_before(&made, place.as_deref());
        }
        old.iter().for_each(web_sys::Element::remove);
    }
}

/// Moves what was painted for one part so that another shows; nothing is painted.
pub fn shift(surface: &web_sys::Element, painted: Area, area: Area, window: Window) {
    if let Some(sheet) = sheet(surface) {
        let _ = sheet.style().set_property("transform", &painted.transform_to(area, window));
    }
}

/// The element that holds the picture.
fn sheet(surface: &web_sys::Element) -> Option<web_sys::HtmlElement> {
    surface.query_selector(".canvas__picture").ok()??.dyn_into().ok()
}

/// Gives the focus back to an element after the picture was drawn anew.
pub fn focus_element(surface: &web_sys::Element, key: &str) {
    let Ok(found) = surface.query_selector_all("[data-element]") else { return };
    for at in 0..found.length() {
        let Some(element) = found.get(at).and_then(|node| node.dyn_into::<web_sys::SvgElement>().ok()) else { continue };
        if element.get_attribute("data-element").as_deref() == Some(key) {
            let _ = element.focus();
            return;
        }
    }
}

/// The key of the picture's element that has the focus.
pub fn focused_element(surface: &web_sys::Element) -> Option<String> {
    let focused = web_sys::window()?.document()?.active_element()?;
    surface.contains(Some(&focused)).then(|| focused.get_attribute("data-element")).flatten()
}

/// Keeps a drag's events on the surface until the pointer is released.
pub fn capture(surface: &web_sys::Element, event: &web_sys::PointerEvent) {
    let _ = surface.set_pointer_capture(event.pointer_id());
}

/// How far a wheel turned in CSS pixels, whatever unit the device reports.
pub fn wheel(event: &web_sys::WheelEvent) -> (f64, f64) {
    let unit = match event.delta_mode() {
        1 => 16.0,
        2 => 400.0,
        _ => 1.0,
    };
    (event.delta_x() * unit, event.delta_y() * unit)
}
