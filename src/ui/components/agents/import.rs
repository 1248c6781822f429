//! Bringing agent files, and what became of the ones before.

use leptos::prelude::*;

use crate::{
    api::{
        ApiError,
        agents::{ImportedAgent, ImportedAgents},
        notices::Notice,
    },
    ui::{
        components::{
            agents::remark_list,
            forms::{Field, FormProblem, Submit},
            icon::icon,
        },
        paths,
    },
};

/// The section with the form, for administrators; what was typed is there again when it could not be taken.
#[component]
pub fn ImportAgents(notice: Option<Notice>) -> impl IntoView {
    let (collection, error) = match &notice {
        Some(Notice::Typed { form, text, error }) if form == "import" => (text.clone(), Some(error.clone())),
        _ => (String::new(), None),
    };
    let file_problem = match &error {
        Some(ApiError::Invalid { field, problem }) if field == "file" => Some(problem.clone()),
        _ => None,
    };
    let refused = matches!(&error, Some(ApiError::Invalid { field, .. }) if field == "collection");
    let described = if file_problem.is_some() { "agents-file-error" } else { "agents-file-hint" };
    let invalid = file_problem.is_some().then_some("true");
    let answer = Signal::stored(error);
    let imported = match notice {
        Some(Notice::AgentsImported(imported)) => Some(outcome(&imported)),
        _ => None,
    };
    view! {
        <section id="import" aria-labelledby="import-h" class="settings__sec">
            <div class="settings__intro">
                <h2 id="import-h">"Bring agents"</h2>
                <p>"Files in the format of Claude Code subagents, as they are. One that is there already becomes its next version."</p>
            </div>
            {imported}
            <form class="card" method="post" action=paths::IMPORT_AGENTS enctype="multipart/form-data">
                <div class="card__body stack">
                    <FormProblem answer=answer fields=&["file", "collection"]/>
                    <div class="field">
                        <label class="field__label" for="agents-file">"Markdown files, or a zip of a folder"</label>
                        <input
                            class="input input--file"
                            type="file"
                            id="agents-file"
                            name="file"
                            accept=".md,.markdown,.txt,.zip"
                            multiple
                            required
                            aria-invalid=invalid
                            autofocus=invalid.is_some()
                            aria-describedby=described
                        />
                        <p class="field__hint" id="agents-file-hint">"Nothing in them is run: no hooks, no servers, no commands."</p>
                        {file_problem
                            .map(|problem| {
                                view! { <p class="field__error" id="agents-file-error">{icon("sev-high")}<span>{problem}</span></p> }
                            })}
                    </div>
                    <Field
                        label="Collection"
                        name="collection"
                        id="agents-collection"
                        class="input"
                        value=collection
                        required=false
                        hint="Goes before an agent's name where several have the same. Empty: the zip's name, or workspace for single files."
                        autofocus=refused
                        answer=answer
                    />
                </div>
                <div class="card__foot"><Submit class="btn btn--sm push">{icon("plus")}"Bring agents"</Submit></div>
            </form>
        </section>
    }
}

fn outcome(imported: &ImportedAgents) -> AnyView {
    let (class, name) =
        if imported.tally.refused > 0 { ("callout callout--high", "sev-high") } else { ("callout callout--pass", "sev-pass") };
    let files: Vec<AnyView> = imported.files.iter().map(file).collect();
    let warnings: Vec<AnyView> = imported.warnings.iter().map(|warning| view! { <li>{warning.clone()}</li> }.into_any()).collect();
    let mut words = imported.summary.clone();
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    view! {
        <div class="stack imported">
            <div class=class role="status" tabindex="-1" autofocus>{icon(name)}<p>{format!("{words}.")}</p></div>
            {(!warnings.is_empty()).then(|| view! { <ul class="warnings">{warnings}</ul> })}
            <div class="card card--flush"><ul>{files}</ul></div>
        </div>
    }
    .into_any()
}

fn file(file: &ImportedAgent) -> AnyView {
    let (class, word) = match file.outcome.as_str() {
        "loaded" => ("badge badge--plain badge--pass", "Loaded"),
        "repaired" => ("badge badge--plain badge--medium", "Repaired"),
        _ => ("badge badge--plain badge--critical", "Refused"),
    };
    let name = match &file.handle {
        Some(handle) => view! { <a class="link" href=paths::agent(handle)><b>{handle.clone()}</b></a> }.into_any(),
        None => view! { <b>{file.file.clone()}</b> }.into_any(),
    };
    view! {
        <li class="setrow agent">
            <div class="grow">
                <p class="agent__name">
                    {name}
                    <span class=class>{word}</span>
                    {file.unchanged.then(|| view! { <span class="muted">"In use already"</span> })}
                </p>
                <p class="muted">{format!("{} in {}", file.file, file.source)}</p>
                {(!file.remarks.is_empty()).then(|| remark_list(&file.file, &file.remarks))}
            </div>
        </li>
    }
    .into_any()
}
