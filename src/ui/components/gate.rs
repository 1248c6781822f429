//! The frame of pages for people who are not signed in: the form on the left, what the product does on the right.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::ui::{
    browser::document,
    components::{icon::icon, workspace::shared},
    paths,
};

/// Brand, content and picture.
#[component]
pub fn Gate(#[prop(into)] title: String, children: Children) -> impl IntoView {
    let navigation = shared().navigation;
    view! {
        <Title text=title/>
        <a class="skip-link" href="#main" rel="external">"Skip to content"</a>
        <div class="gate">
            <div class="gate__left">
                <header class="gate__top">
                    <a class="brand" href=paths::HOME aria-label="Lintel, home">
                        <span class="brand__mark">{icon("logo")}</span>
                        <span class="brand__name">"Lintel"</span>
                    </a>
                    <button
                        class="btn btn--ghost btn--icon js-only"
                        type="button"
                        aria-label="Switch theme"
                        title="Switch theme"
                        on:click=|_| document::toggle_theme()
                    >
                        {icon("theme")}
                    </button>
                </header>
                <main class="gate__main" id="main">
                    <section class="gate__form">{children()}</section>
                </main>
                <footer class="gate__foot">
                    <Transition fallback=|| ()>
                        {move || Suspend::new(async move {
                            navigation.await.ok().map(|navigation| view! { <span>{format!("Lintel {}", navigation.version)}</span> })
                        })}
                    </Transition>
                    <span>"Your diagrams and decisions stay on this server."</span>
                </footer>
            </div>
            <aside class="gate__art" aria-label="What Lintel does">
                <p class="gate__claim">"Draw the system, write down why, and have both reviewed before the first incident does it for you."</p>
            </aside>
        </div>
    }
}
