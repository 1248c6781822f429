//! The frame of pages for people who are not signed in: the form on the left, what the product does on the right.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    domain::{decision::status::Status, review::finding::Severity},
    ui::{
        components::{
            diagram_parts::sample_picture,
            icon::icon,
            loading::around,
            status::{severity_mark, status_badge},
        },
        paths,
    },
};

/// Brand, content and picture.
#[component]
pub fn Gate(#[prop(into)] title: String, children: Children) -> impl IntoView {
    let version = format!("Lintel {}", around().version);
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
                        data-act="theme"
                    >
                        {icon("theme")}
                    </button>
                </header>
                <main class="gate__main" id="main">
                    <section class="gate__form">{children()}</section>
                </main>
                <footer class="gate__foot">
                    <span>{version}</span>
                    <span>"Your diagrams and decisions stay on this server."</span>
                </footer>
            </div>
            <aside class="gate__art" aria-label="What Lintel does">
                <div class="gate__frame">
                    <div class="gate__shot" inner_html=sample_picture()></div>
                    <div class="gate__note gate__note--a card">
                        {severity_mark(Severity::High)}
                        <div>
                            <b>"Ledger DB has no tested restore"</b>
                            <p class="muted">"Reliability"</p>
                        </div>
                    </div>
                    <div class="gate__note gate__note--b card">
                        {status_badge(Status::Accepted)}
                        <b>"ADR-0009 Isolate cardholder data"</b>
                    </div>
                </div>
                <p class="gate__claim">"Draw the system, write down why, and have both reviewed before the first incident does it for you."</p>
            </aside>
        </div>
    }
}
