//! Importing a zip or a file into a project: what was understood, kept, and needs attention.

use leptos::{ev, html, prelude::*, task::spawn_local};

use crate::{
    domain::project::Imported,
    ui::{
        browser::upload,
        components::{dialogs::AddressDialog, icon::icon},
        paths,
        state::words::count,
    },
};

/// What the last attempt brought.
#[derive(Clone, Debug, PartialEq)]
enum Progress {
    Idle,
    Sending,
    Done(Imported),
    Refused(String),
}

/// Reads the server's answer: what was imported, or why not.
fn read(accepted: bool, body: &str) -> Progress {
    if accepted {
        return serde_json::from_str(body).map_or_else(|_| Progress::Refused("The answer could not be read.".to_owned()), Progress::Done);
    }
    let detail =
        serde_json::from_str::<serde_json::Value>(body).ok().and_then(|problem| problem.get("detail")?.as_str().map(str::to_owned));
    Progress::Refused(detail.unwrap_or_else(|| "The server did not take the file.".to_owned()))
}

/// Chooses a file and shows what became of it. `imported` tells the page to load itself anew when the dialog is closed.
#[component]
pub fn ImportDialog(slug: String, #[prop(into)] close: String, imported: RwSignal<bool>) -> impl IntoView {
    let form = NodeRef::<html::Form>::new();
    let progress = RwSignal::new(Progress::Idle);
    let send = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let Some(form) = form.get_untracked() else { return };
        progress.set(Progress::Sending);
        spawn_local(async move {
            let outcome = match upload::post(&form).await {
                Ok((accepted, body)) => read(accepted, &body),
                Err(reason) => Progress::Refused(reason),
            };
            if matches!(outcome, Progress::Done(_)) {
                imported.set(true);
            }
            progress.set(outcome);
        });
    };
    let busy = move || progress.with(|progress| matches!(progress, Progress::Sending));
    view! {
        <AddressDialog title="Import" id="import" close=close.clone()>
            <form method="post" action=paths::import_project(&slug) enctype="multipart/form-data" node_ref=form on:submit=send>
                <div class="dialog__body stack">
                    <div class="field">
                        <label class="field__label" for="file">"Zip of a folder, or one file"</label>
                        <input class="input input--file" type="file" id="file" name="file" accept=".zip,.dsl,.md,.markdown,.txt" required/>
                        <p class="field__hint">
                            "Structurizr workspaces become diagrams, decision records become decisions. Everything else is kept byte for byte and exported again."
                        </p>
                    </div>
                    <div role="status">{move || progress.with(outcome)}</div>
                </div>
                <div class="dialog__foot">
                    <a class="btn" href=close data-noscroll>{move || if progress.with(|p| matches!(p, Progress::Done(_))) { "Close" } else { "Cancel" }}</a>
                    <button class="btn btn--primary" type="submit" data-busy=move || busy().then_some("")>{icon("download")}"Import"</button>
                </div>
            </form>
        </AddressDialog>
    }
}

fn outcome(progress: &Progress) -> AnyView {
    match progress {
        Progress::Idle => ().into_any(),
        Progress::Sending => view! { <p class="muted">"Reading the files"</p> }.into_any(),
        Progress::Refused(reason) => {
            view! { <div class="callout callout--high">{icon("sev-high")}<p>{reason.clone()}</p></div> }.into_any()
        }
        Progress::Done(imported) => {
            let warnings: Vec<AnyView> = imported.warnings.iter().map(|warning| view! { <li>{warning.clone()}</li> }.into_any()).collect();
            let words = format!(
                "{} imported, {} kept as they are.",
                count(imported.documents.len(), "document"),
                count(imported.kept.len(), "other file")
            );
            view! {
                <div class="callout callout--pass">{icon("sev-pass")}<p>{words}</p></div>
                {(!warnings.is_empty()).then(|| view! { <ul class="warnings">{warnings}</ul> })}
            }
            .into_any()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_say_the_servers_reason() {
        assert_eq!(read(false, r#"{"detail":"The zip is too large."}"#), Progress::Refused("The zip is too large.".to_owned()));
        assert_eq!(read(false, "<html>"), Progress::Refused("The server did not take the file.".to_owned()));
        let done = read(true, r#"{"documents":[],"kept":["a.txt"],"warnings":[]}"#);
        assert!(matches!(done, Progress::Done(imported) if imported.kept == ["a.txt"]));
    }
}
