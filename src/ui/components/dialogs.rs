//! Dialogs that live in the address: a link opens one, a link closes it, so that they work without JavaScript; with it they are
//! modal, keep the focus and close on Escape.

use leptos::{ev, html, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};

use crate::ui::{browser::dialog, components::icon::icon};

/// A dialog that is open because the address says so.
#[component]
pub fn AddressDialog(
    #[prop(into)] title: String,
    /// Unique on the page.
    id: &'static str,
    /// Where closing leads.
    #[prop(into)]
    close: String,
    children: Children,
) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    let navigate = use_navigate();
    let back = close.clone();
    Effect::new(move || {
        if let Some(node) = node.get() {
            dialog::show_modal(&node);
        }
    });
    let heading = format!("{id}-title");
    view! {
        <div class="dialog-scrim" aria-hidden="true"></div>
        <dialog
            class="dialog dialog--form"
            id=id
            open
            node_ref=node
            aria-labelledby=heading.clone()
            on:cancel=move |event: ev::Event| {
                event.prevent_default();
                navigate(&back, NavigateOptions { scroll: false, ..NavigateOptions::default() });
            }
        >
            <div class="dialog__head">
                <h2 id=heading.clone()>{title}</h2>
                <a class="btn btn--ghost btn--icon push" href=close aria-label="Close" data-noscroll>
                    {icon("close")}
                </a>
            </div>
            {children()}
        </dialog>
    }
}
