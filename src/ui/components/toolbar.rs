//! The workbench's toolbar: pointer tools, kinds to place, undo and redo, direction, and the ways out.
#![expect(clippy::large_types_passed_by_value, reason = "a desk is a set of handles and is passed like a signal")]

use leptos::{ev, prelude::*};

use crate::{
    domain::{id::DocumentId, model::view::Direction, syntax::gesture::Gesture},
    ui::{
        browser::document,
        components::{
            desk::{Desk, Tool},
            icon::{icon, icon_of},
        },
        paths,
        state::{shortcuts::KIND_KEYS, tone},
    },
};

/// Pointer, pan and connect.
pub fn pointers(desk: Desk) -> AnyView {
    view! {
        <div class="toolgroup hide-sm js-only" role="group" aria-label="Pointer">
            {tool_button(desk, Tool::Select, "pointer", "Select", "V")}
            {tool_button(desk, Tool::Pan, "hand", "Pan", "H")}
            {desk.editable.then(|| tool_button(desk, Tool::Connect, "edge", "Connect", "C"))}
        </div>
    }
    .into_any()
}

fn tool_button(desk: Desk, own: Tool, sign: &'static str, name: &'static str, key: &'static str) -> AnyView {
    let pressed = move || if desk.tool.get() == own { "true" } else { "false" };
    view! {
        <button
            class="tool"
            type="button"
            aria-pressed=pressed
            aria-label=format!("{name} ({key})")
            title=format!("{name}  {key}")
            on:click=move |_| desk.tool.set(own)
        >
            {icon(sign)}
        </button>
    }
    .into_any()
}

/// A button for each kind: a press with the pointer arms it, one with the keyboard places at once.
pub fn kinds(desk: Desk) -> AnyView {
    let buttons: Vec<AnyView> = KIND_KEYS
        .into_iter()
        .map(|(kind, key)| {
            let class = format!("tool tool--{}{}", kind.family().slug(), if key.is_empty() { " hide-lg" } else { "" });
            let name = kind.name().to_ascii_lowercase();
            let (label, title) = if key.is_empty() {
                (format!("Add {name}"), kind.name().to_owned())
            } else {
                (format!("Add {name} ({key})"), format!("{}  {key}", kind.name()))
            };
            let pressed = move || if desk.tool.get() == Tool::Place(kind) { "true" } else { "false" };
            view! {
                <button
                    class=class
                    type="button"
                    aria-label=label
                    title=title
                    aria-pressed=pressed
                    on:click=move |event: ev::MouseEvent| {
                        if event.detail() == 0 { desk.place(kind, None) } else { desk.tool.set(Tool::Place(kind)) }
                    }
                >
                    {icon(tone::kind_icon(kind))}
                </button>
            }
            .into_any()
        })
        .collect();
    view! {
        <span class="vr hide-sm js-only" aria-hidden="true"></span>
        <div class="toolgroup palette-kinds js-only" role="group" aria-label="Add element">
            {buttons}
            <button class="tool tool--external" type="button" aria-label="Add boundary (B)" title="Boundary  B" on:click=move |_| desk.enclose()>
                {icon("boundary")}
            </button>
        </div>
        <span class="vr hide-sm js-only" aria-hidden="true"></span>
        <div class="toolgroup hide-sm js-only" role="group" aria-label="History">
            <button class="tool" type="button" aria-label="Undo" title="Undo  ⌘Z" disabled=move || !desk.session.history.get().0 on:click=move |_| desk.undo()>
                {icon("undo")}
            </button>
            <button class="tool" type="button" aria-label="Redo" title="Redo  ⇧⌘Z" disabled=move || !desk.session.history.get().1 on:click=move |_| desk.redo()>
                {icon("redo")}
            </button>
        </div>
    }
    .into_any()
}

const DIRECTIONS: [(Direction, &str); 4] = [
    (Direction::LeftRight, "Left to right"),
    (Direction::TopBottom, "Top to bottom"),
    (Direction::RightLeft, "Right to left"),
    (Direction::BottomTop, "Bottom to top"),
];

/// The direction of the view, and tidying.
pub fn arrangement(desk: Desk) -> AnyView {
    let current = Memo::new(move |_| {
        let open = desk.view.get();
        desk.live.with(|live| live.shown.model.view(&open).map(|view| view.direction)).unwrap_or_default()
    });
    let name = move || DIRECTIONS.iter().find(|(direction, _)| *direction == current.get()).map_or("", |(_, name)| name);
    let choices: Vec<AnyView> = DIRECTIONS
        .into_iter()
        .map(|(direction, name)| {
            let on = move || current.get() == direction;
            view! {
                <button
                    class="menu__item"
                    type="button"
                    aria-pressed=move || if on() { "true" } else { "false" }
                    on:click=move |_| {
                        desk.ask(Gesture::Direct { view: desk.view.get_untracked(), direction });
                    }
                >
                    {name}
                    {move || on().then(|| view! { <span class="menu__hint">{icon("check")}</span> })}
                </button>
            }
            .into_any()
        })
        .collect();
    view! {
        <details class="pop js-only hide-sm" id="layout-menu">
            <summary class="btn btn--sm btn--ghost" aria-label=move || format!("Layout: {}", name())>
                {icon("layout")}
                <span class="hide-md">{name}</span>
                {icon_of("icon icon--sm", "chevron-down")}
            </summary>
            <div class="menu" role="group" aria-label="Layout direction">
                <div class="menu__label">"Direction"</div>
                {choices}
                <div class="menu__sep"></div>
                <button class="menu__item" type="button" on:click=move |_| desk.tidy()>"Tidy the view"<kbd class="kbd">"⇧L"</kbd></button>
            </div>
        </details>
    }
    .into_any()
}

/// Ways a view leaves as a file: ending, name, hint.
const FILES: [(&str, &str, &str); 6] = [
    ("svg", "SVG", "Vector"),
    ("png", "PNG", "2×"),
    ("mmd", "Mermaid", "Flowchart"),
    ("d2", "D2", ""),
    ("puml", "C4-PlantUML", ""),
    ("txt", "Text", "Box drawing"),
];

/// Files of the view and of the source.
pub fn exports(desk: Desk, id: DocumentId, file: String, here: &str) -> AnyView {
    let view = desk.view;
    let items: Vec<AnyView> = FILES
        .into_iter()
        .map(|(ending, name, hint)| {
            view! {
                <a class="menu__item" href=move || paths::view_file(id, &view.get(), ending) download="">
                    {name}
                    <span class="menu__hint">{hint}</span>
                </a>
            }
            .into_any()
        })
        .collect();
    view! {
        <details class="pop" id="export-menu">
            <summary class="btn btn--sm">{icon("export")}"Export"{icon_of("icon icon--sm", "chevron-down")}</summary>
            <div class="menu" role="group" aria-label="Export">
                <div class="menu__label">"This view"</div>
                {items}
                <div class="menu__sep"></div>
                <button
                    class="menu__item js-only"
                    type="button"
                    on:click=move |_| desk.text.with_untracked(|text| document::download(&file, text))
                >
                    "Source"
                    <span class="menu__hint">"The whole model"</span>
                </button>
                {desk
                    .editable
                    .then(|| {
                        view! {
                            <div class="menu__sep"></div>
                            <a class="menu__item" href=format!("{here}?confirm=delete") data-reload="">{icon("trash")}"Delete diagram"</a>
                        }
                    })}
            </div>
        </details>
    }
    .into_any()
}
