//! The forms that change an agent's file: its text, the mended text, a copy, its end.

use leptos::{form::ActionForm, prelude::*, server_fn::ServerFn};

use crate::{
    api::{
        ApiError,
        agents::{AgentCard, AgentView, CopyAgent, FixAgent, RemoveAgent, SaveAgent},
    },
    ui::{
        components::{
            dialogs::AddressDialog,
            difference::difference,
            forms::{Field, FormProblem, Submit, answer},
            icon::icon,
        },
        paths,
        state::highlight::escape,
    },
};

/// The file as text to change. `typed` is what could not be saved, and why.
pub fn edit_form(view: &AgentView, typed: Option<(String, ApiError)>) -> AnyView {
    let agent = &view.agent;
    let close = paths::agent(&agent.address());
    let (text, problem) = typed.map_or_else(|| (view.text.clone(), None), |(text, error)| (text, Some(error)));
    let invalid = problem.is_some().then_some("true");
    // The first line feed of a text area is not part of what is in it.
    let text = format!("\n{}", escape(&text));
    view! {
        <section class="settings__sec" id="edit" aria-labelledby="edit-h">
            <div class="settings__intro"><h2 id="edit-h">"Edit the file"</h2><p>"Saving makes a new version. The one before stays for the runs that name it."</p></div>
            <form class="card card--flush" method="post" action=SaveAgent::url()>
                <FormProblem answer=Signal::stored(problem)/>
                <input type="hidden" name="handle" value=agent.handle.clone()/>
                <input type="hidden" name="base" value=agent.hash.clone()/>
                <label class="sr-only" for="agent-text">{format!("Text of {}", agent.path)}</label>
                <textarea class="textarea mono agent__text" id="agent-text" name="text" rows="28" spellcheck="false" aria-invalid=invalid inner_html=text></textarea>
                <div class="card__foot">
                    <a class="btn btn--sm push" href=close>"Cancel"</a>
                    <Submit class="btn btn--primary btn--sm">"Save as a version"</Submit>
                </div>
            </form>
        </section>
    }
    .into_any()
}

/// What mending the file would change, and the button that does it.
#[component]
pub fn Fix(view: AgentView, action: ServerAction<FixAgent>) -> impl IntoView {
    let lines = difference(&view.fix);
    let can_change = view.can_change;
    let agent = view.agent;
    view! {
        <section class="settings__sec" id="fix" aria-labelledby="fix-h">
            <div class="settings__intro">
                <h2 id="fix-h">"Fix file"</h2>
                <p>"Lintel reads this file, other programs may not. Mended, it says the same and every program reads it."</p>
            </div>
            <FormProblem answer=answer(action)/>
            <div class="diff">
                <div class="diff__head">{icon("edit")}<span>{agent.path.clone()}</span></div>
                <div class="diff__body" tabindex="0" role="region" aria-label="What changes">{lines}</div>
                {can_change
                    .then(|| {
                        view! {
                            <ActionForm action=action attr:class="diff__foot">
                                <input type="hidden" name="handle" value=agent.handle.clone()/>
                                <input type="hidden" name="base" value=agent.hash.clone()/>
                                <span class="muted">"Applied as a new version."</span>
                                <Submit class="btn btn--accept btn--sm push">{icon("check")}"Fix file"</Submit>
                            </ActionForm>
                        }
                    })}
            </div>
        </section>
    }
}

/// Asks under which name to copy an agent. `typed` is a name that could not be used, and why.
#[component]
pub fn CopyDialog(agent: AgentCard, typed: Option<(String, ApiError)>) -> impl IntoView {
    let action = ServerAction::<CopyAgent>::new();
    let close = paths::agent(&agent.address());
    let AgentCard { handle, name, .. } = agent;
    let (name, problem) = typed.map_or_else(|| (format!("{name}-own"), None), |(name, error)| (name, Some(error)));
    let answer = Signal::stored(problem);
    view! {
        <AddressDialog title=format!("Copy {handle}") id="copy-agent" close=close.clone()>
            <ActionForm action=action>
                <div class="dialog__body stack">
                    <FormProblem answer=answer fields=&["name"]/>
                    <p>"The copy is a file of this server, to be changed as you like. The original stays."</p>
                    <input type="hidden" name="handle" value=handle/>
                    <Field label="Name of the copy" name="name" id="copy-name" class="input" value=name autofocus=true answer=answer/>
                </div>
                <div class="dialog__foot">
                    <a class="btn" href=close>"Cancel"</a>
                    <Submit>"Copy"</Submit>
                </div>
            </ActionForm>
        </AddressDialog>
    }
}

/// Asks whether to remove an agent.
#[component]
pub fn RemoveDialog(view: AgentView, action: ServerAction<RemoveAgent>) -> impl IntoView {
    let AgentView { agent, projects, .. } = view;
    let close = paths::agent(&agent.address());
    let asked = match projects {
        0 => "No project asks it with each review.".to_owned(),
        1 => "1 project asks it with each review and will no longer.".to_owned(),
        more => format!("{more} projects ask it with each review and will no longer."),
    };
    view! {
        <AddressDialog title=format!("Remove {}", agent.handle) id="remove-agent" close=close.clone()>
            <ActionForm action=action>
                <div class="dialog__body stack">
                    <FormProblem answer=answer(action)/>
                    <input type="hidden" name="handle" value=agent.handle.clone()/>
                    <input type="hidden" name="base" value=agent.hash.clone()/>
                    <p>{asked}" Past runs keep the text they were made with."</p>
                </div>
                <div class="dialog__foot">
                    <a class="btn" href=close>"Cancel"</a>
                    <Submit class="btn btn--danger">"Remove agent"</Submit>
                </div>
            </ActionForm>
        </AddressDialog>
    }
}
