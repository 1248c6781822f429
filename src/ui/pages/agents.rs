//! The server's agents: the model provider, the library, and bringing more.

use leptos::prelude::*;

use crate::{
    api::{
        agents::{AgentList, agents},
        notices::{Notice, notice},
    },
    ui::{
        components::{
            agents::{done, import::ImportAgents, list::Library, provider::Provider},
            frame::{At, PageFrame},
            loading::{asked, load},
            settings_nav::{Here, settings_nav},
        },
        paths,
    },
};

/// `/settings/agents`
#[component]
pub fn Agents() -> impl IntoView {
    let words = asked("q").unwrap_or_default();
    let page = asked("page").and_then(|page| page.parse().ok()).unwrap_or(1).max(1);
    let (wanted, number) = (words.clone(), asked("notice"));
    let data = async move { Ok((agents(Some(wanted), Some(page)).await?, notice(number).await?)) };
    load(data, move |(list, notice)| view! { <AgentsPage list=list words=words page=page notice=notice/> }.into_any())
}

#[component]
fn AgentsPage(list: AgentList, words: String, page: usize, notice: Option<Notice>) -> impl IntoView {
    let admin = list.admin;
    let provider = list.provider.clone();
    let said = match &notice {
        Some(Notice::Done(said)) => Some(said.clone()),
        _ => None,
    };
    // What became of an import is what its reader looks for.
    let (before, after) = if admin && matches!(notice, Some(Notice::AgentsImported(_) | Notice::Typed { .. })) {
        (Some(view! { <ImportAgents notice=notice/> }), None)
    } else {
        (None, admin.then(|| view! { <ImportAgents notice=None/> }))
    };
    view! {
        <PageFrame
            title="Agents"
            crumbs=vec![("Settings".to_owned(), Some(paths::SETTINGS.to_owned())), ("Agents".to_owned(), None)]
            at=At::Settings
        >
            <main class="page settings" id="main">
                {settings_nav(Here::Agents)}
                <div class="settings__body">
                    <h1>"Agents and model provider"</h1>
                    {said.map(done)}
                    {before}
                    <Provider card=provider/>
                    <Library list=list words=words page=page/>
                    {after}
                    {(!admin)
                        .then(|| view! { <p class="muted settings__sec">"Administrators of this server bring, change and remove agents."</p> })}
                </div>
            </main>
        </PageFrame>
    }
}
