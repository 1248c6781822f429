//! One agent: its file in every respect, and the forms that change it.

use leptos::prelude::*;

use crate::{
    api::{
        ApiError,
        agents::{AgentView, FixAgent, RemoveAgent, agent},
        notices::{Notice, notice},
    },
    ui::{
        components::{
            agents::{
                change::{CopyDialog, Fix, RemoveDialog, edit_form},
                detail::{body, head, sections},
                done,
            },
            frame::{At, PageFrame},
            icon::icon,
            loading::{asked, load, segment},
        },
        paths,
    },
};

/// What the address asks to have open.
#[derive(Clone, Copy, Default)]
struct Open {
    edit: bool,
    copy: bool,
    remove: bool,
}

/// `/settings/agents/{handle}`
#[component]
pub fn Agent() -> impl IntoView {
    let (fix, remove) = (ServerAction::<FixAgent>::new(), ServerAction::<RemoveAgent>::new());
    let on = |name: &str| asked(name).is_some();
    let open = Open { edit: on("edit"), copy: on("copy"), remove: on("remove") };
    let (handle, number) = (segment("handle"), asked("notice"));
    let data = async move { Ok((agent(handle).await?, notice(number).await?)) };
    load(data, move |(view, notice)| view! { <AgentPage view=view notice=notice open=open fix=fix remove=remove/> }.into_any())
}

#[component]
fn AgentPage(
    view: AgentView,
    notice: Option<Notice>,
    open: Open,
    fix: ServerAction<FixAgent>,
    remove: ServerAction<RemoveAgent>,
) -> impl IntoView {
    let handle = view.agent.handle.clone();
    let typed = |wanted: &str| -> Option<(String, ApiError)> {
        match &notice {
            Some(Notice::Typed { form, text, error }) if form == wanted => Some((text.clone(), error.clone())),
            _ => None,
        }
    };
    let said = match &notice {
        Some(Notice::Done(said)) => Some(said.clone()),
        _ => None,
    };
    let nav: Vec<AnyView> = sections(&view)
        .into_iter()
        .map(|(id, name, words)| {
            view! { <a class="nav__item" href=format!("#{id}") rel="external">{icon(name)}<span class="nav__label">{words}</span></a> }
                .into_any()
        })
        .collect();
    let editing = (open.edit && view.can_change).then(|| edit_form(&view, typed("text")));
    let copying = (open.copy && view.can_copy).then(|| view! { <CopyDialog agent=view.agent.clone() typed=typed("copy")/> });
    let removing = (open.remove && view.can_change).then(|| view! { <RemoveDialog view=view.clone() action=remove/> });
    view! {
        <PageFrame
            title=handle.clone()
            crumbs=vec![
                ("Settings".to_owned(), Some(paths::SETTINGS.to_owned())),
                ("Agents".to_owned(), Some(paths::AGENTS.to_owned())),
                (handle.clone(), None),
            ]
            at=At::Settings
        >
            <main class="page settings" id="main">
                <nav class="settings__nav" aria-label="Sections of this agent">{nav}</nav>
                <div class="settings__body">
                    {head(&view)}
                    {said.map(done)}
                    {editing}
                    {(!view.fix.is_empty()).then(|| view! { <Fix view=view.clone() action=fix/> })}
                    {body(&view)}
                </div>
                {copying}
                {removing}
            </main>
        </PageFrame>
    }
}
