//! What floats over the canvas: the small map, the box in which a name is typed, what was said about the last gesture, and hints.

use std::{sync::Arc, time::Duration};

use leptos::{ev, html, prelude::*};

use crate::{
    domain::scene::{Scene, svg::thumbnail},
    ui::{
        browser::canvas,
        components::{
            desk::{Desk, Tool},
            icon::icon_of,
        },
        state::{
            shortcuts::Command,
            viewport::{Area, Window, whole},
        },
    },
};

/// Does what a shortcut asks of the canvas.
pub fn shortcut(desk: Desk, command: Command) {
    match command {
        Command::SelectTool => desk.tool.set(Tool::Select),
        Command::PanTool => desk.tool.set(Tool::Pan),
        Command::ConnectTool if desk.editable => desk.tool.set(Tool::Connect),
        Command::Place(kind) if desk.editable => desk.place(kind, None),
        Command::Boundary if desk.editable => desk.enclose(),
        Command::Tidy if desk.editable => desk.tidy(),
        Command::Inside => desk.go_inside(),
        Command::Outside => desk.go_outside(),
        Command::Focus => desk.toggle_focus(),
        _ => {}
    }
}

/// Ends the pan with the space bar when the key is let go anywhere, even when the focus has moved on.
pub fn let_go_anywhere(space: RwSignal<bool>) {
    Effect::new(move || {
        let handle = window_event_listener(ev::keyup, move |event: ev::KeyboardEvent| {
            if event.key() == " " {
                // After the click that ends the press.
                set_timeout(
                    move || {
                        space.try_set(false);
                    },
                    Duration::ZERO,
                );
            }
        });
        on_cleanup(move || handle.remove());
    });
}

/// What to do next with a tool.
pub fn hint(tool: Tool, selected: bool) -> Option<&'static str> {
    match tool {
        Tool::Connect if selected => Some("Choose the element to connect to. Esc ends."),
        Tool::Connect => Some("Choose the element that calls. Esc ends."),
        Tool::Place(_) => Some("Click where it goes. Esc ends."),
        Tool::Boundary => Some("Click to draw a boundary around the selection. Esc ends."),
        Tool::Select | Tool::Pan => None,
    }
}

/// What an empty picture says.
pub fn empty_words(editable: bool) -> &'static str {
    if editable { "No elements yet. Press S to place a service, or type in the source pane." } else { "No elements yet." }
}

/// How long the window onto the picture rests before it is painted anew.
pub const STILL: Duration = Duration::from_millis(140);

/// The painted picture and what of it, and the timer that paints again.
#[derive(Default)]
pub struct Settling {
    pub painted: Option<(u64, Area)>,
    pub timer: Option<TimeoutHandle>,
}

impl Settling {
    /// From where the painted picture can be moved to show `to`; none where it has to be painted.
    pub fn begin(&mut self, picture: u64, to: Area, window: Option<Window>) -> Option<(Area, Window)> {
        if let Some(timer) = self.timer.take() {
            timer.clear();
        }
        let window = window?;
        let moved = self.painted.filter(|(painted, from)| *painted == picture && from.has_shape_of(to)).map(|(_, from)| (from, window));
        if moved.is_none() {
            self.painted = Some((picture, to));
        }
        moved
    }
}

/// The whole picture small, with what of it is seen.
#[component]
pub fn Minimap(
    scene: Memo<Arc<Scene>>,
    /// The key of what is shown.
    view: Memo<String>,
    seen: Signal<Area>,
    /// Where it was pressed, in parts of the picture's size.
    go_to: Callback<(f64, f64)>,
) -> impl IntoView {
    let map = NodeRef::<html::Div>::new();
    // It follows when the changes pause, so that a key costs the picture only; another view is shown at once.
    let settled = RwSignal::new(scene.get_untracked());
    let timer = StoredValue::new(None::<TimeoutHandle>);
    Effect::new(move |before: Option<String>| {
        let (newest, shown) = (scene.get(), view.get());
        if let Some(timer) = timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
        match before {
            None => {}
            Some(before) if before != shown => settled.set(newest),
            Some(_) => {
                let later = set_timeout_with_handle(
                    move || {
                        settled.try_set(newest);
                    },
                    STILL,
                );
                timer.set_value(later.ok());
            }
        }
        shown
    });
    let small = Memo::new(move |_| settled.with(|scene| thumbnail(scene)));
    let frame = move || settled.with(|scene| format!("{} {} {} {}", scene.frame.x, scene.frame.y, scene.frame.width, scene.frame.height));
    let press = move |event: ev::MouseEvent| {
        let Some(element) = map.get_untracked() else { return };
        let (x, y) = canvas::place(&element, &event);
        if let Some(size) = canvas::window(&element) {
            go_to.run((x / size.width, y / size.height));
        }
    };
    view! {
        <div class="minimap js-only" node_ref=map on:click=press>
            <div inner_html=small></div>
            <svg class="minimap__over" viewBox=frame aria-hidden="true">
                <rect
                    class="minimap__view"
                    x=move || whole(seen.get().x)
                    y=move || whole(seen.get().y)
                    width=move || whole(seen.get().width)
                    height=move || whole(seen.get().height)
                ></rect>
            </svg>
        </div>
    }
}

/// Types a new name right on the element.
#[component]
pub fn RenameBox(desk: Desk, seen: Signal<(Area, Option<Window>)>) -> impl IntoView {
    let input = NodeRef::<html::Input>::new();
    // The place follows the picture; a style attribute is not allowed, so the property is set.
    Effect::new(move || {
        let (Some(input), Some(key)) = (input.get(), desk.renaming.get()) else { return };
        let (area, Some(window)) = seen.get() else { return };
        let scene = desk.scene.get();
        let shape = scene.shapes.iter().find(|shape| shape.key == key).map(|shape| shape.rect);
        let frame = || scene.boundaries.iter().find(|boundary| boundary.element.as_ref() == Some(&key)).map(|boundary| boundary.rect);
        let Some(rect) = shape.or_else(frame) else { return };
        let scale = window.width / area.width;
        let (x, y) = ((f64::from(rect.x) - area.x) * scale, (f64::from(rect.y) - area.y) * scale);
        canvas::put_at(&input, x, y + 6.0 * scale, f64::from(rect.width) * scale);
    });
    Effect::new(move || {
        if let Some(input) = input.get() {
            let _ = input.focus();
            input.select();
        }
    });
    let done = move |keep: bool| {
        let Some(key) = desk.renaming.get_untracked() else { return };
        match input.get_untracked().filter(|_| keep) {
            Some(input) => desk.rename(&key, &input.value()),
            None => desk.renaming.set(None),
        }
    };
    move || {
        let key = desk.renaming.get()?;
        let name = desk.model(|model| model.element(&key).map(|element| element.name.clone()))?;
        Some(view! {
            <input
                class="input canvas__rename"
                type="text"
                aria-label=format!("New name of {name}")
                value=name.clone()
                maxlength="200"
                node_ref=input
                on:blur=move |_| done(true)
                on:pointerdown=|event: ev::PointerEvent| event.stop_propagation()
                on:keydown=move |event: ev::KeyboardEvent| {
                    event.stop_propagation();
                    match event.key().as_str() {
                        "Enter" => done(true),
                        "Escape" => done(false),
                        _ => {}
                    }
                }
            />
        })
    }
}

/// What was said about the last gesture, with the way to take it back.
#[component]
pub fn SaidNote(desk: Desk) -> impl IntoView {
    view! {
        <div class="canvas-said" role="status">
            {move || {
                desk.said
                    .get()
                    .map(|said| {
                        let class = if said.refused { "canvas-note canvas-note--refused" } else { "canvas-note canvas-note--plain" };
                        view! {
                            <p class=class>
                                {said.refused.then(|| icon_of("icon icon--sm sev--medium", "sev-medium"))}
                                <span>{said.words}</span>
                                {said
                                    .undo
                                    .then(|| view! { <button class="btn btn--sm" type="button" on:click=move |_| desk.undo()>"Undo"</button> })}
                                <button class="btn btn--ghost btn--sm" type="button" on:click=move |_| desk.said.set(None)>"Dismiss"</button>
                            </p>
                        }
                    })
            }}
        </div>
    }
}
