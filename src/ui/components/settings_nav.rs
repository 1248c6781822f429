//! The way through the settings: one's own, and the server's.

use leptos::prelude::*;

use crate::ui::{components::icon::icon, paths};

/// The page that shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Here {
    Own,
    Agents,
}

/// A page's sections lead to their place on it; those of the other page to that page.
pub fn settings_nav(here: Here) -> AnyView {
    let item = |of: Here, page: &str, place: &str, name: &'static str, words: &'static str| {
        let (href, rel) = if here == of { (format!("#{place}"), Some("external")) } else { (format!("{page}#{place}"), None) };
        view! { <a class="nav__item" href=href rel=rel>{icon(name)}<span class="nav__label">{words}</span></a> }.into_any()
    };
    view! {
        <nav class="settings__nav" aria-label="Settings sections">
            {item(Here::Own, paths::SETTINGS, "password", "lock", "Password")}
            {item(Here::Own, paths::SETTINGS, "sessions", "server", "Signed-in browsers")}
            {item(Here::Own, paths::SETTINGS, "tokens", "key", "API tokens")}
            {item(Here::Agents, paths::AGENTS, "provider", "external", "Model provider")}
            {item(Here::Agents, paths::AGENTS, "agents", "agent", "Agents")}
        </nav>
    }
    .into_any()
}
