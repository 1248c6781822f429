//! The command palette and the list of shortcuts: one of each above all pages.

use leptos::{ev, html, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};

use crate::{
    domain::project::ProjectCard,
    ui::{
        browser::{dialog, document},
        components::{icon::icon, workspace::Shared},
        paths,
        state::{
            palette::{Group, Hit, Item, find, step},
            shortcuts::HELP,
        },
    },
};

fn item(group: Group, icon: &'static str, label: impl Into<String>, hint: impl Into<String>, href: impl Into<String>) -> Item {
    Item { group, icon, label: label.into(), hint: hint.into(), href: href.into() }
}

/// What can be opened from anywhere, then what the page adds.
fn everything(shared: Shared, projects: &[ProjectCard]) -> Vec<Item> {
    let mut items = shared.items.get();
    for card in projects {
        items.push(item(Group::Pages, "project", card.project.name.clone(), "Project", paths::project(&card.project.slug)));
    }
    items.push(item(Group::Pages, "home", "Home", "G H", paths::HOME));
    items.push(item(Group::Pages, "catalogue", "Catalogue", "G C", paths::CATALOGUE));
    items.push(item(Group::Pages, "settings", "Settings", "", paths::SETTINGS));
    if let Some(slug) = shared.project.get() {
        items.push(item(Group::Pages, "decision", "Decisions", "G D", paths::decisions(&slug)));
        items.push(item(Group::Pages, "review", "Reviews", "G R", paths::reviews(&slug)));
        items.push(item(Group::Commands, "plus", "New decision", "", format!("{}?new=decision", paths::decisions(&slug))));
        items.push(item(Group::Commands, "plus", "New diagram", "", format!("{}?new=diagram", paths::project(&slug))));
        items.push(item(Group::Commands, "review", "Start a review", "R", START_REVIEW));
    }
    items.push(item(Group::Commands, "plus", "New project", "", "/?new=project"));
    items.push(item(Group::Commands, "theme", "Switch theme", "", SWITCH_THEME));
    items
}

const START_REVIEW: &str = "command:start-review";
const SWITCH_THEME: &str = "command:switch-theme";

/// Finds and opens pages, elements and commands.
#[component]
pub fn PaletteDialog(shared: Shared) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    let input = NodeRef::<html::Input>::new();
    let query = RwSignal::new(String::new());
    let selected = RwSignal::new(0_usize);
    // Only alive in the browser: the list stays empty in the server's page.
    let opened = RwSignal::new(false);
    let projects = RwSignal::new(Vec::<ProjectCard>::new());
    Effect::new(move || {
        if let Some(Ok(navigation)) = shared.navigation.get() {
            projects.set(navigation.projects);
        }
    });
    let hits =
        Memo::new(
            move |_| {
                if opened.get() { projects.with(|projects| find(&everything(shared, projects), &query.get())) } else { Vec::new() }
            },
        );
    let navigate = use_navigate();
    let run = move |hit: &Hit| {
        dialog::close_by_id("palette");
        match hit.item.href.as_str() {
            START_REVIEW => {
                if !document::press("start-review")
                    && let Some(slug) = shared.project.get_untracked()
                {
                    navigate(&paths::reviews(&slug), NavigateOptions::default());
                }
            }
            SWITCH_THEME => document::toggle_theme(),
            href => navigate(href, NavigateOptions::default()),
        }
    };
    let by_key = run.clone();
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
                by_key(&hit);
            }
        }
        _ => {}
    };
    let list = move || {
        let hits = hits.get();
        if hits.is_empty() {
            return opened.get().then(|| view! { <p class="palette__none">"Nothing found. Try another word."</p> }.into_any());
        }
        let mut groups: Vec<(Group, Vec<(usize, Hit)>)> = Vec::new();
        for (at, hit) in hits.into_iter().enumerate() {
            match groups.last_mut() {
                Some((group, rows)) if *group == hit.item.group => rows.push((at, hit)),
                _ => groups.push((hit.item.group, vec![(at, hit)])),
            }
        }
        let groups: Vec<AnyView> = groups
            .into_iter()
            .map(|(group, rows)| {
                let rows: Vec<AnyView> = rows
                    .into_iter()
                    .map(|(at, hit)| {
                        let (before, found, after) = hit.parts();
                        let label = view! { <span>{before.to_owned()}<mark>{found.to_owned()}</mark>{after.to_owned()}</span> };
                        let run = run.clone();
                        let (sign, hint) = (hit.item.icon, hit.item.hint.clone());
                        view! {
                            <div
                                class="palette__item"
                                id=format!("palette-{at}")
                                role="option"
                                aria-selected=move || if selected.get() == at { "true" } else { "false" }
                                on:click=move |_| run(&hit)
                            >
                                {icon(sign)}
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
            .collect();
        Some(groups.into_any())
    };
    view! {
        <dialog
            class="palette"
            id="palette"
            aria-label="Command palette"
            node_ref=node
            on:close=move |_| opened.set(false)
            on:focusin=move |_| {
                if !opened.get_untracked() {
                    query.set(String::new());
                    selected.set(0);
                    opened.set(true);
                }
            }
        >
            <div class="palette__input">
                {icon("search")}
                <input
                    type="text"
                    role="combobox"
                    aria-expanded="true"
                    aria-controls="palette-list"
                    aria-activedescendant=move || format!("palette-{}", selected.get())
                    aria-label="Search or run a command"
                    placeholder="Search or run a command"
                    spellcheck="false"
                    autocomplete="off"
                    node_ref=input
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
                <button class="btn btn--ghost btn--icon push" type="button" aria-label="Close" on:click=|_| dialog::close_by_id("shortcuts")>
                    {icon("close")}
                </button>
            </div>
            <div class="dialog__body stack" tabindex="0" role="region" aria-label="Shortcuts by place">{groups}</div>
        </dialog>
    }
}
