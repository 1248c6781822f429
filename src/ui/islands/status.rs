//! Islands in the top bar of an editor's page: whether everything is saved, and who else is here.

use leptos::prelude::*;

use crate::{
    domain::account,
    ui::{
        browser::editor::{Editor, Present},
        components::{icon::icon, workspace::shared},
        state::save::SaveState,
    },
};

/// The save state beside the crumbs.
#[island]
pub fn SaveStatus() -> impl IntoView {
    let session = shared().session;
    view! {
        <span class="savestate" role="status" data-state=move || session.save.get().slug()>
            {icon("cloud-check")}
            <span>{move || session.save.get().words()}</span>
        </span>
        {move || {
            (session.save.get() == SaveState::Failed)
                .then(|| view! { <button class="btn btn--sm" type="button" on:click=move |_| session.with(Editor::retry)>"Retry"</button> })
        }}
    }
}

/// Who else is here, at most five and a count.
#[island]
pub fn PresenceList() -> impl IntoView {
    let session = shared().session;
    move || {
        let people: Vec<Present> = session.people.get().into_iter().filter(|person| !person.me).collect();
        let more = people.len().saturating_sub(5);
        (!people.is_empty()).then(|| {
            let shown: Vec<AnyView> = people
                .iter()
                .take(5)
                .map(|person| {
                    let label = format!("{}, here now", person.name);
                    let class = format!("avatar avatar--{}", person.colour);
                    let initials = account::initials(&person.name);
                    view! { <span class=class data-live="" role="img" aria-label=label title=person.name.clone()>{initials}</span> }
                        .into_any()
                })
                .collect();
            view! {
                <span class="avatars presence" role="group" aria-label="Here now">
                    {shown}
                    {(more > 0).then(|| view! { <span class="avatar avatar--more">{format!("+{more}")}</span> })}
                </span>
                <span class="vr hide-sm" aria-hidden="true"></span>
            }
        })
    }
}
