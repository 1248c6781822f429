//! What every page shares: who is signed in and their projects, shortcuts, the palette, and the project one is in.

use leptos::{ev, prelude::*};
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};

use crate::{
    api::{
        ApiError,
        projects::{Navigation, navigation},
    },
    ui::{
        browser::{dialog, document, keys},
        components::palette::{HelpDialog, PaletteDialog},
        paths,
        state::{
            palette::Item,
            shortcuts::{Command, Shortcuts},
        },
    },
};

/// Shared by every page through context.
#[derive(Clone, Copy)]
pub struct Shared {
    /// Loaded again whenever the page changes.
    pub navigation: Resource<Result<Navigation, ApiError>>,
    /// The slug of the project the address lies in.
    pub project: Memo<Option<String>>,
    /// What the page adds to the palette.
    pub items: RwSignal<Vec<Item>>,
    /// The newest shortcut that the page itself has to answer, with a running number.
    pub command: RwSignal<Option<(u64, Command)>>,
}

/// The context of the whole app; panics never, because the app provides it above every page.
pub fn shared() -> Shared {
    use_context::<Shared>().unwrap_or_else(provide)
}

fn provide() -> Shared {
    let location = use_location();
    let shared = Shared {
        navigation: Resource::new_blocking(move || location.pathname.get(), |_| navigation()),
        project: Memo::new(move |_| slug_of(&location.pathname.get())),
        items: RwSignal::new(Vec::new()),
        command: RwSignal::new(None),
    };
    provide_context(shared);
    shared
}

/// The project of a path such as `/p/orders/decisions`.
fn slug_of(path: &str) -> Option<String> {
    let mut parts = path.trim_start_matches('/').split('/');
    (parts.next() == Some("p")).then(|| parts.next().unwrap_or_default().to_owned()).filter(|slug| !slug.is_empty())
}

/// Runs when the page asks for a shortcut's work.
pub fn on_command(act: impl Fn(Command) + 'static) {
    let shared = shared();
    let begun = shared.command.with_untracked(|command| command.map_or(0, |(number, _)| number));
    Effect::new(move || {
        if let Some((number, command)) = shared.command.get()
            && number > begun
        {
            untrack(|| act(command));
        }
    });
}

/// The element around all pages.
#[component]
pub fn Workspace(children: Children) -> impl IntoView {
    let shared = provide();
    let navigate = use_navigate();
    let shortcuts = StoredValue::new(Shortcuts::default());
    Effect::new(move || {
        document::mark_alive();
        dialog::close_menus_on_their_own();
        let navigate = navigate.clone();
        let handle = window_event_listener(ev::keydown, move |event: ev::KeyboardEvent| {
            let (press, typing) = keys::read(&event);
            let Some(command) = shortcuts.try_update_value(|shortcuts| shortcuts.press(&press, typing)).flatten() else { return };
            let project = shared.project.get_untracked();
            let go = |path: String| navigate(&path, NavigateOptions::default());
            match (command, project) {
                (Command::Palette, _) => {
                    event.prevent_default();
                    dialog::open("palette");
                }
                (Command::Help, _) => dialog::open("shortcuts"),
                (Command::Home, _) => go(paths::HOME.to_owned()),
                (Command::Catalogue, _) => go(paths::CATALOGUE.to_owned()),
                (Command::Decisions, Some(slug)) => go(paths::decisions(&slug)),
                (Command::Reviews, Some(slug)) => go(paths::reviews(&slug)),
                (Command::StartReview, _) => {
                    document::press("start-review");
                }
                (other, _) => shared.command.update(|newest| *newest = Some((newest.map_or(0, |(number, _)| number) + 1, other))),
            }
        });
        on_cleanup(move || handle.remove());
    });
    view! {
        {children()}
        <PaletteDialog shared=shared/>
        <HelpDialog/>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_project_is_read_from_the_path() {
        assert_eq!(slug_of("/p/orders/decisions/1").as_deref(), Some("orders"));
        assert_eq!(slug_of("/p/"), None);
        assert_eq!(slug_of("/settings"), None);
    }
}
