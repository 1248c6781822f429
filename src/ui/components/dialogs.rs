//! Dialogs that live in the address: a link opens one, a link closes it, so that they work without JavaScript; with it they are
//! modal, keep the focus and close on Escape.

use leptos::prelude::*;

use crate::ui::components::icon::icon;

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
    let back = close.clone();
    let heading = format!("{id}-title");
    view! {
        <div class="dialog-scrim" aria-hidden="true"></div>
        <dialog class="dialog dialog--form" id=id open data-close=back aria-labelledby=heading.clone()>
            <div class="dialog__head">
                <h2 id=heading.clone()>{title}</h2>
                <a class="btn btn--ghost btn--icon push" href=close aria-label="Close">{icon("close")}</a>
            </div>
            {children()}
        </dialog>
    }
}
