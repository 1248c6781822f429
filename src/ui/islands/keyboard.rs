//! The island that every page has: shortcuts, the palette and the list of shortcuts.

use leptos::{ev, prelude::*};

use crate::ui::{
    browser::{address, dialog, document, keys},
    components::{
        palette::{HelpDialog, Palette},
        workspace::shared,
    },
    paths,
    state::shortcuts::{Command, Shortcuts},
};

/// Shortcuts and palette of every page.
#[island]
pub fn Keyboard(
    /// The project one is in.
    slug: Option<String>,
) -> impl IntoView {
    let command = shared().command;
    let shortcuts = StoredValue::new(Shortcuts::default());
    let project = slug.clone();
    Effect::new(move || {
        document::mark_alive();
        let project = project.clone();
        let handle = window_event_listener(ev::keydown, move |event: ev::KeyboardEvent| {
            let (press, typing) = keys::read(&event);
            let Some(pressed) = shortcuts.try_update_value(|shortcuts| shortcuts.press(&press, typing, document::has_canvas())).flatten()
            else {
                return;
            };
            match (pressed, &project) {
                (Command::Palette, _) => {
                    event.prevent_default();
                    dialog::open("palette");
                }
                (Command::Help, _) => dialog::open("shortcuts"),
                (Command::Home, _) => address::go(paths::HOME),
                (Command::Catalogue, _) => address::go(paths::CATALOGUE),
                (Command::Decisions, Some(slug)) => address::go(&paths::decisions(slug)),
                (Command::Reviews, Some(slug)) => address::go(&paths::reviews(slug)),
                (Command::StartReview, _) => {
                    document::press("start-review");
                }
                (Command::NextFinding, _) => {
                    document::press("next-finding");
                }
                (Command::PreviousFinding, _) => {
                    document::press("previous-finding");
                }
                (Command::Resolve, _) => {
                    document::press("resolve-finding");
                }
                (Command::AcceptEdit, _) => {
                    document::press_any("[data-press=accept-edit]");
                }
                (Command::RejectEdit, _) => {
                    document::press_any("[data-press=reject-edit]");
                }
                (Command::Reply, _) if document::focus("reply") => event.prevent_default(),
                (other, _) => command.update(|newest| *newest = Some((newest.map_or(0, |(number, _)| number) + 1, other))),
            }
        });
        on_cleanup(move || handle.remove());
    });
    view! {
        <Palette slug=slug/>
        <HelpDialog/>
    }
}
