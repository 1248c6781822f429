//! The command palette and the list of shortcuts: one of each above all pages.

use leptos::{ev, prelude::*, task::spawn_local};

use crate::{
    api::palette::{Group, Item, palette},
    ui::{
        browser::{address, dialog, document},
        components::icon::icon,
        paths,
        state::{
            palette::{Hit, find, step},
            shortcuts::HELP,
        },
    },
};

fn item(group: Group, icon: &str, label: &str, hint: &str, href: impl Into<String>) -> Item {
    Item { group, icon: icon.to_owned(), label: label.to_owned(), hint: hint.to_owned(), href: href.into() }
}

/// What is there without asking the server.
fn fixed(slug: Option<&str>) -> Vec<Item> {
    let mut items = vec![
        item(Group::Pages, "home", "Home", "G H", paths::HOME),
        item(Group::Pages, "catalogue", "Catalogue", "G C", paths::CATALOGUE),
        item(Group::Pages, "settings", "Settings", "", paths::SETTINGS),
    ];
    if let Some(slug) = slug {
        items.push(item(Group::Pages, "decision", "Decisions", "G D", paths::decisions(slug)));
        items.push(item(Group::Pages, "review", "Reviews", "G R", paths::reviews(slug)));
        items.push(item(Group::Commands, "plus", "New decision", "", format!("{}?new=decision", paths::decisions(slug))));
        items.push(item(Group::Commands, "plus", "New diagram", "", format!("{}?new=diagram", paths::project(slug))));
        items.push(item(Group::Commands, "review", "Start a review", "R", START_REVIEW));
    }
    items.push(item(Group::Commands, "plus", "New project", "", "/?new=project"));
    items.push(item(Group::Commands, "theme", "Switch theme", "", SWITCH_THEME));
    items
}

const START_REVIEW: &str = "command:start-review";
const SWITCH_THEME: &str = "command:switch-theme";

/// What the palette knows of the server's part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    No,
    Waiting,
    Answered,
    Failed,
}

/// Finds and opens pages, elements and commands. What can be found is asked for when it is opened.
#[component]
pub fn Palette(slug: Option<String>) -> impl IntoView {
    let query = RwSignal::new(String::new());
    let selected = RwSignal::new(0_usize);
    let asked = RwSignal::new(Asked::No);
    let items = RwSignal::new(Vec::<Item>::new());
    let project = StoredValue::new(slug);
    let open = move || {
        query.set(String::new());
        selected.set(0);
        asked.set(Asked::Waiting);
        let slug = project.get_value();
        items.set(fixed(slug.as_deref()));
        spawn_local(async move {
            match palette(slug.clone()).await {
                Ok(mut found) => {
                    found.extend(fixed(slug.as_deref()));
                    items.set(found);
                    asked.set(Asked::Answered);
                }
                Err(_) => asked.set(Asked::Failed),
            }
        });
    };
    let hits = Memo::new(move |_| if asked.get() == Asked::No { Vec::new() } else { items.with(|items| find(items, &query.get())) });
    let run = move |hit: &Hit| {
        dialog::close("palette");
        match hit.item.href.as_str() {
            START_REVIEW => {
                if !document::press("start-review")
                    && let Some(slug) = project.get_value()
                {
                    address::go(&paths::reviews(&slug));
                }
            }
            SWITCH_THEME => document::press_any("[data-act=theme]"),
            href => address::go(href),
        }
    };
    let on_key = move |event: ev::KeyboardEvent| match event.key().as_str() {
        "ArrowDown" | "ArrowUp" => {
            event.prevent_default();
            let count = hits.with(Vec::len);
            selected.update(|row| *row = step(*row, count, event.key() == "ArrowDown"));
            document::reveal(&format!("palette-{}", selected.get_untracked()));
        }
        "Enter" => {
            event.prevent_default();
            if let Some(hit) = hits.with(|hits| hits.get(selected.get_untracked()).cloned()) {
                run(&hit);
            }
        }
        _ => {}
    };
    let nothing = move || {
        if hits.with(|hits| !hits.is_empty()) {
            return None;
        }
        match asked.get() {
            Asked::No => None,
            Asked::Waiting => Some("Looking"),
            Asked::Answered => Some("Nothing found. Try another word."),
            Asked::Failed => Some("The server could not be reached. Only commands can be found."),
        }
    };
    let list = move || {
        let hits = hits.get();
        let mut groups: Vec<(Group, Vec<(usize, Hit)>)> = Vec::new();
        for (at, hit) in hits.into_iter().enumerate() {
            match groups.last_mut() {
                Some((group, rows)) if *group == hit.item.group => rows.push((at, hit)),
                _ => groups.push((hit.item.group, vec![(at, hit)])),
            }
        }
        groups
            .into_iter()
            .map(|(group, rows)| {
                let rows: Vec<AnyView> = rows
                    .into_iter()
                    .map(|(at, hit)| {
                        let (before, found, after) = hit.parts();
                        let label = view! { <span>{before.to_owned()}<mark>{found.to_owned()}</mark>{after.to_owned()}</span> };
                        let (sign, hint) = (hit.item.icon.clone(), hit.item.hint.clone());
                        view! {
                            <div
                                class="palette__item"
                                id=format!("palette-{at}")
                                role="option"
                                aria-selected=move || if selected.get() == at { "true" } else { "false" }
                                on:click=move |_| run(&hit)
                            >
                                {icon(&sign)}
                                {label}
                                <span class="menu__hint">{hint}</span>
                            </div>
                        }
                        .into_any()
                    })
                    .collect();
                view! {
                    <div role="group" aria-label=group.name()>
                        <div class="palette__group" aria-hidden="true">{group.name()}</div>
                        {rows}
                    </div>
                }
                .into_any()
            })
            .collect::<Vec<AnyView>>()
    };
    view! {
        <dialog
            class="palette"
            id="palette"
            aria-label="Command palette"
            on:close=move |_| asked.set(Asked::No)
            on:focusin=move |_| {
                if asked.get_untracked() == Asked::No {
                    open();
                }
            }
        >
            <div class="palette__input">
                {icon("search")}
                <input
                    type="text"
                    role="combobox"
                    aria-expanded=move || if hits.with(Vec::is_empty) { "false" } else { "true" }
                    aria-controls="palette-list"
                    aria-activedescendant=move || hits.with(|hits| !hits.is_empty()).then(|| format!("palette-{}", selected.get()))
                    aria-label="Search or run a command"
                    placeholder="Search or run a command"
                    spellcheck="false"
                    autocomplete="off"
                    prop:value=move || query.get()
                    on:input=move |event| {
                        query.set(event_target_value(&event));
                        selected.set(0);
                    }
                    on:keydown=on_key
                />
                <kbd class="kbd">"esc"</kbd>
            </div>
            <div class="palette__list" id="palette-list" role="listbox" aria-label="Results" tabindex="-1">
                {list}
            </div>
            <p class="palette__none" role="status">{nothing}</p>
            <div class="palette__foot">
                <span><kbd class="kbd">"↑"</kbd><kbd class="kbd">"↓"</kbd>" move"</span>
                <span><kbd class="kbd">"↵"</kbd>" open"</span>
            </div>
        </dialog>
    }
}

/// All shortcuts, by where they work.
#[component]
pub fn HelpDialog() -> impl IntoView {
    let groups: Vec<AnyView> = HELP
        .iter()
        .map(|(name, rows)| {
            let rows: Vec<AnyView> = rows
                .iter()
                .map(|(keys, words)| view! { <div class="prop"><dt><kbd class="kbd">{*keys}</kbd></dt><dd>{*words}</dd></div> }.into_any())
                .collect();
            view! { <section><h3 class="overline">{*name}</h3><dl class="props shortcuts">{rows}</dl></section> }.into_any()
        })
        .collect();
    view! {
        <dialog class="dialog dialog--form" id="shortcuts" aria-labelledby="shortcuts-title">
            <div class="dialog__head">
                <h2 id="shortcuts-title">"Shortcuts"</h2>
                <button class="btn btn--ghost btn--icon push" type="button" aria-label="Close" data-act="close">
                    {icon("close")}
                </button>
            </div>
            <div class="dialog__body stack" tabindex="0" role="region" aria-label="Shortcuts by place">{groups}</div>
        </dialog>
    }
}
