//! The drawing surface: the picture inline, moved and zoomed by its `viewBox`, so that the server's picture is the browser's;
//! over it what is selected, dragged and pointed at.

use std::collections::BTreeMap;

use leptos::{ev, html, prelude::*};

use crate::{
    domain::{
        model::{ElementKey, RelationKey},
        review::finding::Severity,
        scene::{
            Scene,
            svg::{SvgOptions, Theme, inline},
        },
    },
    ui::{
        browser::canvas,
        components::{
            canvas_parts::{Minimap, RenameBox, STILL, SaidNote, Settling, empty_words, hint, let_go_anywhere, shortcut},
            desk::{Desk, Tool},
            icon::icon,
            workspace::on_command,
        },
        state::{
            drag::{self, Drag, Snapped, Spot},
            overlay::{Overlay, overlay},
            shortcuts::Command,
            viewport::{Area, Viewport, Window},
        },
    },
};

/// A drag or pinch under way: pointers with their last places, and whether it has moved far enough to count.
#[derive(Clone, Debug, Default)]
struct Gesture {
    pointers: Vec<(i32, f64, f64)>,
    moved: bool,
    travelled: f64,
    /// What a drag from here would do, and whether this is a pan.
    start: Option<Drag>,
    pans: bool,
}

/// A press that moves less than this is a press.
const SLACK: f64 = 4.0;

fn area(scene: &Scene) -> Area {
    let frame = scene.frame;
    Area::new(frame.x.into(), frame.y.into(), frame.width.into(), frame.height.into())
}

fn area_of(scene: &Scene, key: &ElementKey) -> Option<Area> {
    let shape = scene.shapes.iter().find(|shape| shape.key == *key).map(|shape| shape.rect);
    let rect =
        shape.or_else(|| scene.boundaries.iter().find(|boundary| boundary.element.as_ref() == Some(key)).map(|boundary| boundary.rect))?;
    Some(Area::new(rect.x.into(), rect.y.into(), rect.width.into(), rect.height.into()))
}

/// How many frames to wait for a layout before leaving it to the first gesture.
const FRAMES: u32 = 120;

/// Calls back with the surface's size as soon as it has one: after a change of page the element is made before it is placed.
fn when_laid_out(surface: NodeRef<html::Div>, frames: u32, then: impl Fn(Window) + 'static) {
    let Some(Some(element)) = surface.try_get_untracked() else { return };
    match canvas::window(&element) {
        Some(size) => then(size),
        None if frames > 0 => request_animation_frame(move || when_laid_out(surface, frames - 1, then)),
        None => {}
    }
}

/// The picture with zoom bar and minimap.
#[component]
pub fn Canvas(
    desk: Desk,
    badges: Memo<BTreeMap<ElementKey, (Severity, u32)>>,
    /// The text has errors, so the picture is older than it.
    #[prop(into)]
    stale: Signal<bool>,
) -> impl IntoView {
    let Desk { scene, view, selected, tool, .. } = desk;
    let surface = NodeRef::<html::Div>::new();
    // None shows everything, whatever the window's size: what the server draws.
    let viewport = RwSignal::new(None::<Viewport>);
    let window = RwSignal::new(None::<Window>);
    let gesture = StoredValue::new(Gesture::default());
    let drag = RwSignal::new(None::<Drag>);
    let snapped = Memo::new(move |_| {
        drag.with(|drag| match drag {
            Some(Drag::Move { keys, from, to }) => scene.with(|scene| drag::snap(scene, keys, *from, *to, false)),
            _ => Snapped::default(),
        })
    });
    let space = RwSignal::new(false);

    // How often the picture was drawn: the same number is the same picture.
    let drawn = StoredValue::new(0_u64);
    let picture = Memo::new(move |_| {
        drawn.update_value(|drawn| *drawn += 1);
        let options = SvgOptions {
            theme: Theme::Page,
            badges: badges.get(),
            selected: selected.get(),
            interactive: true,
            title: String::new(),
            id_prefix: "c-".to_owned(),
            ..SvgOptions::default()
        };
        let picture = inline(&scene.get(), &options);
        desk.ghosts.with(|ghosts| ghosts.iter().fold(picture, |picture, ghosts| ghosts.over(&picture)))
    });
    let current = move || viewport.get().or_else(|| window.get().map(|window| Viewport::fit(area(&scene.get()), window)));
    let seen_now = move || match (current(), window.get()) {
        (Some(view), Some(window)) => view.visible(window),
        _ => area(&scene.get()),
    };
    let now = move || untrack(current);
    let percent = move || current().map(Viewport::percent);
    let change = move |step: &dyn Fn(Viewport, Window) -> Viewport| {
        if window.get_untracked().is_none() {
            window.set(surface.get_untracked().and_then(|element| canvas::window(&element)));
        }
        if let (Some(view), Some(window)) = (now(), window.get_untracked()) {
            viewport.set(Some(step(view, window)));
        }
    };
    let fit = move || viewport.set(None);
    let fit_selection = move || {
        let (Some(key), Some(window)) = (selected.get_untracked(), window.get_untracked()) else { return };
        let around = scene.with_untracked(|scene| area_of(scene, &key));
        if let Some(around) = around {
            let room = Area::new(around.x - 80.0, around.y - 60.0, around.width + 160.0, around.height + 120.0);
            viewport.set(Some(Viewport::fit(room, window)));
        }
    };

    // Another view begins anew. On a small screen that is a part of the picture that can be read, not all of it.
    let begin = move || {
        viewport.set(window.get_untracked().and_then(|window| {
            let whole = scene.with_untracked(|scene| area(scene));
            let focus = selected.get_untracked().and_then(|key| scene.with_untracked(|scene| area_of(scene, &key)));
            Viewport::readable(whole, focus, window)
        }));
    };
    Effect::new(move |before: Option<String>| {
        let open = format!("{} {}", view.get(), desk.focus.get().map(|key| key.0).unwrap_or_default());
        if before.is_some_and(|before| before != open) {
            begin();
        }
        open
    });
    // The surface's size, at first and whenever the window changes.
    Effect::new(move || {
        if surface.get().is_none() {
            return;
        }
        when_laid_out(surface, FRAMES, move |size| {
            window.set(Some(size));
            begin();
        });
        let handle = window_event_listener(ev::resize, move |_| {
            if let Some(size) = surface.get_untracked().and_then(|element| canvas::window(&element)) {
                window.set(Some(size));
            }
        });
        on_cleanup(move || handle.remove());
    });
    // What changed in the picture is drawn; the viewport is put back before the next paint, and so is the focus.
    let had_focus = StoredValue::new(None::<String>);
    let first = picture.get_untracked();
    let on_screen = StoredValue::new(first.clone());
    let settling = StoredValue::new(Settling::default());
    // How much is written in the shapes changes with what is painted: in the midst of a move it would cost the move its frames.
    let painted_percent = RwSignal::new(None);
    Effect::new(move || {
        let now = picture.get();
        let Some(element) = surface.get() else { return };
        on_screen.update_value(|before| {
            if *before != now {
                canvas::redraw(&element, before, &now);
                *before = now;
            }
        });
        let shown = seen_now();
        // While the window onto the same picture moves, the browser moves what it painted; it paints again when all is still.
        let moves = settling.try_update_value(|settling| settling.begin(drawn.get_value(), shown, window.get_untracked())).flatten();
        if let Some((from, window)) = moves {
            canvas::shift(&element, from, shown, window);
            let later = set_timeout_with_handle(
                move || {
                    settling.update_value(|settling| settling.painted = Some((drawn.get_value(), shown)));
                    if let Some(Some(element)) = surface.try_get_untracked() {
                        canvas::show(&element, shown);
                        painted_percent.set(untrack(percent));
                    }
                },
                STILL,
            );
            settling.update_value(|settling| settling.timer = later.ok());
            return;
        }
        canvas::show(&element, shown);
        painted_percent.set(untrack(percent));
        let focus = had_focus.try_update_value(Option::take).flatten();
        if let Some(key) = focus {
            canvas::focus_element(&element, &key);
        }
    });
    // A selection from elsewhere comes into view.
    Effect::new(move || {
        let Some(key) = selected.get() else { return };
        let (Some(view), Some(window)) = (viewport.get_untracked(), window.get_untracked()) else { return };
        if let Some(around) = scene.with_untracked(|scene| area_of(scene, &key)) {
            let moved = view.revealing(around, window);
            if moved != view {
                viewport.set(Some(moved));
            }
        }
    });
    on_command(move |command| match command {
        Command::Fit => fit(),
        Command::FitSelection => fit_selection(),
        Command::ZoomIn => change(&|view, _| view.zoomed_in()),
        Command::ZoomOut => change(&|view, _| view.zoomed_out()),
        other => shortcut(desk, other),
    });

    let keep_focus = move || {
        if let Some(element) = surface.get_untracked() {
            had_focus.set_value(canvas::focused_element(&element));
        }
    };
    let choose = move |key: Option<ElementKey>| {
        keep_focus();
        desk.also.set(Vec::new());
        desk.link.set(None);
        desk.on_select.run(key);
    };
    // What people see stays where it is while they work, even when the picture grows.
    let hold = move || {
        if viewport.get_untracked().is_none() {
            viewport.set(now());
        }
    };
    // Where a pointer is in the picture.
    let spot = move |event: &ev::MouseEvent| {
        let (element, window) = (surface.get_untracked()?, window.get_untracked()?);
        let seen = now()?.visible(window);
        let (px, py) = canvas::place(&element, event);
        Some(Spot { x: seen.x + px / window.width * seen.width, y: seen.y + py / window.height * seen.height })
    };
    // What a drag that begins here would do.
    let begin_drag = move |event: &ev::PointerEvent| -> Option<Drag> {
        let from = spot(event)?;
        if !desk.editable || event.button() != 0 || event.pointer_type() == "touch" || space.get_untracked() {
            return None;
        }
        if let Some(source) = canvas::port_at(event) {
            return Some(Drag::Connect { source: ElementKey(source), to: from });
        }
        let under = scene.with_untracked(|scene| drag::element_at(scene, from));
        match (tool.get_untracked(), under) {
            (Tool::Connect, Some(source)) => Some(Drag::Connect { source, to: from }),
            (Tool::Select, Some(key)) => {
                let all = untrack(|| desk.all_selected());
                let keys = if all.contains(&key) { all } else { vec![key] };
                Some(Drag::Move { keys, from, to: from })
            }
            (Tool::Select, None) => Some(Drag::Marquee { from, to: from, adds: event.shift_key() }),
            _ => None,
        }
    };
    let on_pointer_down = move |event: ev::PointerEvent| {
        if event.button() > 1 {
            return;
        }
        let start = begin_drag(&event);
        gesture.update_value(|gesture| {
            gesture.pointers.retain(|(id, _, _)| *id != event.pointer_id());
            gesture.pointers.push((event.pointer_id(), f64::from(event.client_x()), f64::from(event.client_y())));
            if gesture.pointers.len() == 1 {
                gesture.moved = false;
                gesture.travelled = 0.0;
                gesture.pans = start.is_none();
                gesture.start = start;
            } else {
                gesture.pans = true;
                gesture.start = None;
            }
        });
    };
    let on_pointer_move = move |event: ev::PointerEvent| {
        let Some(element) = surface.get_untracked() else { return };
        let at = spot(&event);
        desk.point(at);
        let (x, y) = (f64::from(event.client_x()), f64::from(event.client_y()));
        let step = gesture.try_update_value(|gesture| {
            let before = gesture.pointers.clone();
            let own = gesture.pointers.iter_mut().find(|(id, _, _)| *id == event.pointer_id())?;
            let (dx, dy) = (x - own.1, y - own.2);
            (own.1, own.2) = (x, y);
            gesture.travelled += dx.hypot(dy);
            if gesture.travelled < SLACK {
                return None;
            }
            let starts = !std::mem::replace(&mut gesture.moved, true);
            let pinch = match (before.as_slice(), gesture.pointers.as_slice()) {
                ([old_one, old_two], [one, two]) => {
                    let old = (old_one.1 - old_two.1).hypot(old_one.2 - old_two.2);
                    let new = (one.1 - two.1).hypot(one.2 - two.2);
                    (old > 1.0).then(|| (new / old, f64::midpoint(one.1, two.1), f64::midpoint(one.2, two.2)))
                }
                _ => None,
            };
            let begun = gesture.start.take();
            Some((dx, dy, starts, pinch, gesture.pointers.len(), begun, gesture.pans))
        });
        let Some(Some((dx, dy, starts, pinch, fingers, begun, pans))) = step else { return };
        if starts {
            canvas::capture(&element, &event);
        }
        if let Some(begun) = begun {
            hold();
            drag.set(Some(begun));
        }
        if !pans {
            let Some(at) = at else { return };
            drag.update(|drag| match drag {
                Some(Drag::Move { to, .. } | Drag::Marquee { to, .. } | Drag::Connect { to, .. }) => *to = at,
                None => {}
            });
            return;
        }
        let corner = element.get_bounding_client_rect();
        change(&|view, window| match pinch {
            Some((factor, px, py)) => view.zoomed_at(factor, px - corner.left(), py - corner.top(), window),
            None if fingers == 1 => view.dragged(dx, dy),
            None => view,
        });
    };
    let release = move |event: &ev::PointerEvent| {
        gesture.update_value(|gesture| {
            gesture.pointers.retain(|(id, _, _)| *id != event.pointer_id());
            gesture.start = None;
        });
    };
    let on_pointer_up = move |event: ev::PointerEvent| {
        release(&event);
        let way = snapped.get_untracked();
        let Some(done) = drag.try_update(Option::take).flatten() else { return };
        keep_focus();
        match done {
            Drag::Move { keys, to, .. } => desk.drop(&keys, &way, to),
            Drag::Marquee { from, to, adds } => {
                let mut keys = if adds { untrack(|| desk.all_selected()) } else { Vec::new() };
                let found = scene.with_untracked(|scene| drag::inside(scene, from, to));
                keys.extend(found.into_iter().filter(|key| !keys.contains(key)).collect::<Vec<_>>());
                desk.select_all(keys);
            }
            Drag::Connect { source, to } => {
                if let Some(target) = scene.with_untracked(|scene| drag::magnet(scene, to, &source)) {
                    desk.connect(source, target);
                }
            }
        }
    };
    let on_pointer_cancel = move |event: ev::PointerEvent| {
        release(&event);
        drag.set(None);
    };
    let on_click = move |event: ev::MouseEvent| {
        let dragged = gesture.with_value(|gesture| gesture.moved);
        if dragged || space.get_untracked() {
            return;
        }
        let under = canvas::element_at(&event).map(ElementKey);
        match (tool.get_untracked(), under) {
            (Tool::Pan, _) => {}
            (Tool::Place(kind), _) => {
                tool.set(Tool::Select);
                hold();
                desk.place(kind, spot(&event));
            }
            (Tool::Boundary, _) => {
                tool.set(Tool::Select);
                desk.enclose();
            }
            (Tool::Connect, Some(key)) => match selected.get_untracked() {
                Some(source) if source != key => desk.connect(source, key),
                _ => choose(Some(key)),
            },
            (_, Some(key)) if event.shift_key() && desk.editable => {
                keep_focus();
                desk.toggle(key);
            }
            (Tool::Select, None) if canvas::relation_at(&event).is_some() => {
                keep_focus();
                if let Some(relation) = canvas::relation_at(&event) {
                    desk.look_at(RelationKey(relation));
                }
            }
            (_, under) => choose(under),
        }
    };
    let on_double = move |event: ev::MouseEvent| {
        if let Some(key) = canvas::element_at(&event).filter(|_| desk.editable) {
            desk.renaming.set(Some(ElementKey(key)));
        }
    };
    let on_key = move |event: ev::KeyboardEvent| {
        let step = if event.shift_key() { 20 } else { 4 };
        let command = event.ctrl_key() || event.meta_key();
        match event.key().as_str() {
            "Enter" => {
                let Some(key) = canvas::element_at(&event).map(ElementKey) else { return };
                event.prevent_default();
                match (tool.get_untracked(), selected.get_untracked()) {
                    (Tool::Connect, Some(source)) if source != key => {
                        keep_focus();
                        desk.connect(source, key);
                    }
                    (_, Some(own)) if own == key && desk.editable => desk.renaming.set(Some(key)),
                    _ => choose(Some(key)),
                }
            }
            "F2" if desk.editable => desk.renaming.set(selected.get_untracked()),
            " " => {
                event.prevent_default();
                space.set(true);
            }
            "Escape" => {
                drag.set(None);
                if tool.get_untracked() == Tool::Select { choose(None) } else { tool.set(Tool::Select) }
            }
            "Delete" | "Backspace" if desk.editable => {
                event.prevent_default();
                desk.delete_selected();
            }
            "z" | "Z" if command => {
                event.prevent_default();
                if event.shift_key() { desk.redo() } else { desk.undo() }
            }
            "y" if command => {
                event.prevent_default();
                desk.redo();
            }
            "d" if command && desk.editable => {
                event.prevent_default();
                desk.duplicate_selected();
            }
            "a" if command => {
                event.prevent_default();
                desk.select_all(scene.with_untracked(|scene| scene.shapes.iter().map(|shape| shape.key.clone()).collect()));
            }
            arrow @ ("ArrowLeft" | "ArrowRight" | "ArrowUp" | "ArrowDown") => {
                event.prevent_default();
                let (dx, dy) = match arrow {
                    "ArrowLeft" => (-step, 0),
                    "ArrowRight" => (step, 0),
                    "ArrowUp" => (0, -step),
                    _ => (0, step),
                };
                if selected.get_untracked().is_some() && desk.editable {
                    keep_focus();
                    desk.nudge(dx, dy);
                } else {
                    change(&|view, _| view.dragged(f64::from(-dx * 4), f64::from(-dy * 4)));
                }
            }
            _ => {}
        }
    };
    let over = Memo::new(move |_| {
        let peers: Vec<_> = {
            let open = view.get();
            desk.session.peers.get().into_iter().filter(|peer| peer.view == open).collect()
        };
        let all = desk.all_selected();
        let way = snapped.get();
        let linked = desk.linked();
        scene.with(|scene| {
            drag.with(|drag| {
                let into = match drag {
                    Some(Drag::Move { keys, to, .. }) => desk.live.with(|live| {
                        let model = &live.shown.model;
                        let home = drag::home_at(scene, model, *to, keys);
                        let leaves = keys.iter().any(|key| drag::home_of(model, key) != home);
                        drag::boundary_at(scene, model, *to, keys).filter(|_| leaves).map(|boundary| boundary.rect)
                    }),
                    _ => None,
                };
                let ports = desk.editable && matches!(tool.get(), Tool::Select | Tool::Connect);
                overlay(&Overlay {
                    scene,
                    selected: &all,
                    relation: linked.as_ref(),
                    ports,
                    drag: drag.as_ref(),
                    snapped: &way,
                    into,
                    peers: &peers,
                })
            })
        })
    });
    let leave = move |_| desk.point(None);

    let on_wheel = move |event: ev::WheelEvent| {
        event.prevent_default();
        let Some(element) = surface.get_untracked() else { return };
        let (dx, dy) = canvas::wheel(&event);
        if event.ctrl_key() || event.meta_key() {
            let (px, py) = canvas::place(&element, &event);
            change(&|view, window| view.zoomed_at((-dy * 0.0025).exp(), px, py, window));
        } else if event.shift_key() && dx == 0.0 {
            change(&|view, _| view.dragged(-dy, 0.0));
        } else {
            change(&|view, _| view.dragged(-dx, -dy));
        }
    };
    // To a place of the picture, in parts of its size.
    let go_to = Callback::new(move |(across, down): (f64, f64)| {
        let whole = scene.with_untracked(|scene| area(scene));
        change(&|view, _| Viewport { x: whole.x + across * whole.width, y: whole.y + down * whole.height, ..view });
    });
    let detail = move || match painted_percent.get() {
        Some(..30) => "blocks",
        Some(30..50) => "names",
        _ => "full",
    };
    let nothing_drawn = Memo::new(move |_| scene.with(|scene| scene.shapes.is_empty() && scene.boundaries.is_empty()));
    let_go_anywhere(space);
    view! {
        <div
            class="canvas"
            data-detail=detail
            data-tool=move || match tool.get() {
                _ if space.get() => "pan",
                Tool::Pan => "pan",
                Tool::Select => "select",
                Tool::Connect => "connect",
                Tool::Place(_) | Tool::Boundary => "place",
            }
            data-dragging=move || drag.with(Option::is_some).then_some("")
            data-stale=move || stale.get().then_some("")
        >
            <div
                class="canvas__scroll"
                tabindex="0"
                role="region"
                aria-label="Diagram"
                node_ref=surface
                on:pointerdown=on_pointer_down
                on:pointermove=on_pointer_move
                on:pointerup=on_pointer_up
                on:pointercancel=on_pointer_cancel
                on:pointerleave=leave
                on:click=on_click
                on:dblclick=on_double
                on:keydown=on_key
                on:wheel=on_wheel
            >
                <div class="canvas__picture" inner_html=first></div>
                <svg class="canvas__over dg js-only" aria-hidden="true" viewBox=move || seen_now().view_box() inner_html=over></svg>
            </div>
            <RenameBox desk=desk seen=Signal::derive(move || (seen_now(), window.get()))/>
            {move || hint(tool.get(), selected.get().is_some()).map(|words| view! { <p class="canvas-hint" role="status">{words}</p> })}
            {move || nothing_drawn.get().then(|| view! { <p class="canvas-empty">{empty_words(desk.editable)}</p> })}
            <SaidNote desk=desk/>
            <Minimap scene=scene view=view seen=Signal::derive(seen_now) go_to=go_to/>
            {move || {
                stale
                    .get()
                    .then(|| view! { <p class="canvas-note" role="status">"The text has errors. The picture shows the last version that reads."</p> })
            }}
            <div class="zoombar js-only" role="group" aria-label="Zoom">
                <button class="tool" type="button" aria-label="Zoom out" title="Zoom out  -" on:click=move |_| change(&|view, _| view.zoomed_out())>
                    {icon("minus")}
                </button>
                <button
                    class="zoombar__val"
                    type="button"
                    aria-label=move || percent().map_or_else(|| "Zoom, reset to 100 percent".to_owned(), |percent| format!("Zoom {percent} percent, reset to 100"))
                    on:click=move |_| change(&|view, _| view.life_size())
                >
                    {move || percent().map_or_else(|| "Fit".to_owned(), |percent| format!("{percent}%"))}
                </button>
                <button class="tool" type="button" aria-label="Zoom in" title="Zoom in  +" on:click=move |_| change(&|view, _| view.zoomed_in())>
                    {icon("plus")}
                </button>
                <button class="tool" type="button" aria-label="Fit diagram to view" title="Fit  ⇧1" on:click=move |_| fit()>
                    {icon("fit")}
                </button>
            </div>
        </div>
    }
}
