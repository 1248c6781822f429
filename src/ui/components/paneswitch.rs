//! Switching between panes on small screens, through the address, so that it works without scripts.

use leptos::prelude::*;

use crate::ui::components::icon::icon_of;

/// One choice: its value, its icon, its words, its address.
pub struct Choice {
    pub value: &'static str,
    pub icon: &'static str,
    pub label: &'static str,
    pub href: Signal<String>,
}

/// The bar at the bottom of an editor on a small screen.
#[component]
pub fn PaneSwitch(choices: Vec<Choice>, #[prop(into)] current: Signal<String>) -> impl IntoView {
    let links: Vec<AnyView> = choices
        .into_iter()
        .map(|choice| {
            let value = choice.value;
            view! {
                <a href=choice.href aria-current=move || (current.get() == value).then_some("true")>
                    {icon_of("icon icon--lg", choice.icon)}
                    {choice.label}
                </a>
            }
            .into_any()
        })
        .collect();
    view! { <nav class="paneswitch" aria-label="Panes">{links}</nav> }
}
