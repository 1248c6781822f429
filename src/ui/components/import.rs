//! Importing a zip or a file into a project: what was understood, kept, and needs attention.

use leptos::prelude::*;

use crate::{
    api::notices::Notice,
    ui::{
        components::{dialogs::AddressDialog, forms::Submit, icon::icon},
        paths,
        state::words::count,
    },
};

/// Chooses a file, and shows what became of the one before.
#[component]
pub fn ImportDialog(slug: String, #[prop(into)] close: String, notice: Option<Notice>) -> impl IntoView {
    let done = matches!(notice, Some(Notice::Imported(_)));
    view! {
        <AddressDialog title="Import" id="import" close=close.clone()>
            <form method="post" action=paths::import_project(&slug) enctype="multipart/form-data">
                <div class="dialog__body stack">
                    <div class="field">
                        <label class="field__label" for="file">"Zip of a folder, or one file"</label>
                        <input class="input input--file" type="file" id="file" name="file" accept=".zip,.dsl,.mmd,.mermaid,.md,.markdown,.txt" required autofocus/>
                        <p class="field__hint">
                            "Structurizr workspaces become diagrams, decision records become decisions. Everything else is kept byte for byte and exported again."
                        </p>
                    </div>
                    <div role="status">{notice.as_ref().and_then(outcome)}</div>
                </div>
                <div class="dialog__foot">
                    <a class="btn" href=close>{if done { "Close" } else { "Cancel" }}</a>
                    <Submit>{icon("download")}"Import"</Submit>
                </div>
            </form>
        </AddressDialog>
    }
}

fn outcome(notice: &Notice) -> Option<AnyView> {
    match notice {
        Notice::NotImported(reason) => {
            Some(view! { <div class="callout callout--high">{icon("sev-high")}<p>{reason.clone()}</p></div> }.into_any())
        }
        Notice::Imported(imported) => {
            let warnings: Vec<AnyView> = imported.warnings.iter().map(|warning| view! { <li>{warning.clone()}</li> }.into_any()).collect();
            let words = format!(
                "{} imported, {} kept as they are.",
                count(imported.documents.len(), "document"),
                count(imported.kept.len(), "other file")
            );
            Some(
                view! {
                    <div class="callout callout--pass">{icon("sev-pass")}<p>{words}</p></div>
                    {(!warnings.is_empty()).then(|| view! { <ul class="warnings">{warnings}</ul> })}
                }
                .into_any(),
            )
        }
        _ => None,
    }
}
