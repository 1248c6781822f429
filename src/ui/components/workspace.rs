//! What every page shares: who is signed in and their projects, the shortcuts, and the signals that islands share.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::{
    domain::address::{Query, query as parse_query},
    ui::{browser::address, components::source::Session, islands::keyboard::Keyboard, state::shortcuts::Command},
};

/// What the islands of a page share.
#[derive(Clone, Copy)]
pub struct Shared {
    /// The newest shortcut that the page itself has to answer, with a running number.
    pub command: RwSignal<Option<(u64, Command)>>,
    /// The editor of the page.
    pub session: Session,
}

/// Gives the islands what they share: on the server for one answer, in the browser for as long as the page lives.
pub fn share() {
    provide_context(Shared { command: RwSignal::new(None), session: Session::new() });
}

/// What the islands of this page share.
pub fn shared() -> Shared {
    use_context::<Shared>().unwrap_or_else(|| {
        share();
        expect_context::<Shared>()
    })
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

/// The query of the page's address, for an island that got the first one with its data; follows the address in the browser.
pub fn address_query(first: String) -> RwSignal<Query> {
    let query = RwSignal::new(parse_query(&first));
    Effect::new(move || {
        address::on_change(move |text| {
            query.try_set(parse_query(&text));
        });
    });
    query
}

/// The element around all pages.
#[component]
pub fn Workspace(children: Children) -> impl IntoView {
    share();
    let slug = slug_of(&use_location().pathname.get_untracked());
    view! {
        {children()}
        <Keyboard slug=slug/>
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
