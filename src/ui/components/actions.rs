//! Buttons and dialogs that several pages offer: start a review, make a decision or a diagram, delete a document.

use leptos::{form::ActionForm, prelude::*};

use crate::{
    api::{
        documents::{DeleteDocument, NewDecision, NewDiagram},
        reviews::StartReview,
    },
    domain::{decision::template::Template, id::DocumentId},
    ui::components::{
        dialogs::AddressDialog,
        forms::{Field, FormProblem, Submit, answer},
        icon::icon,
    },
};

/// Starts a review of the whole project.
#[component]
pub fn StartReviewButton(
    slug: String,
    #[prop(default = "Start review")] label: &'static str,
    #[prop(default = "btn btn--primary")] class: &'static str,
) -> impl IntoView {
    let action = ServerAction::<StartReview>::new();
    let failed = answer(action);
    view! {
        <ActionForm action=action attr:class="inline-form">
            <input type="hidden" name="slug" value=slug/>
            <Submit class=class id="start-review">{icon("review")}<span>{label}</span></Submit>
            {move || failed.get().map(|error| view! { <p class="inline-problem" role="alert">{error.to_string()}</p> })}
        </ActionForm>
    }
}

/// A choice as a form sends it.
fn wire(template: Template) -> Option<String> {
    serde_json::to_value(template).ok().and_then(|value| value.as_str().map(str::to_owned))
}

/// Asks for a title and a template.
#[component]
pub fn NewDecisionDialog(slug: String, #[prop(into)] close: String) -> impl IntoView {
    let action = ServerAction::<NewDecision>::new();
    let answer = answer(action);
    let templates: Vec<AnyView> = Template::WRITTEN
        .into_iter()
        .map(|template| view! { <option value=wire(template)>{template.name()}</option> }.into_any())
        .collect();
    view! {
        <AddressDialog title="New decision" id="new-decision" close=close.clone()>
            <ActionForm action=action>
                <div class="dialog__body stack">
                    <FormProblem answer=answer fields=&["title"]/>
                    <input type="hidden" name="slug" value=slug/>
                    <Field
                        label="Title"
                        name="title"
                        class="input"
                        placeholder="Publish payment events with tokens only"
                        hint="A short sentence that says what was decided."
                        autofocus=true
                        answer=answer
                    />
                    <div class="field">
                        <label class="field__label" for="template">"Template"</label>
                        <select class="select" id="template" name="template">{templates}</select>
                        <p class="field__hint">"The record gets the next free number."</p>
                    </div>
                </div>
                <div class="dialog__foot">
                    <a class="btn" href=close>"Cancel"</a>
                    <Submit>"Create decision"</Submit>
                </div>
            </ActionForm>
        </AddressDialog>
    }
}

/// Asks for a diagram's name.
#[component]
pub fn NewDiagramDialog(slug: String, #[prop(into)] close: String) -> impl IntoView {
    let action = ServerAction::<NewDiagram>::new();
    let answer = answer(action);
    view! {
        <AddressDialog title="New diagram" id="new-diagram" close=close.clone()>
            <ActionForm action=action>
                <div class="dialog__body stack">
                    <FormProblem answer=answer fields=&["name"]/>
                    <input type="hidden" name="slug" value=slug/>
                    <Field
                        label="Name"
                        name="name"
                        class="input"
                        placeholder="Order platform"
                        hint="The name of the workspace, in the Structurizr language."
                        autofocus=true
                        answer=answer
                    />
                </div>
                <div class="dialog__foot">
                    <a class="btn" href=close>"Cancel"</a>
                    <Submit>"Create diagram"</Submit>
                </div>
            </ActionForm>
        </AddressDialog>
    }
}

/// Asks before a document is deleted.
#[component]
pub fn DeleteDocumentDialog(slug: String, document: DocumentId, name: String, #[prop(into)] close: String) -> impl IntoView {
    let action = ServerAction::<DeleteDocument>::new();
    view! {
        <AddressDialog title=format!("Delete {name}") id="delete-document" close=close.clone()>
            <ActionForm action=action>
                <div class="dialog__body stack">
                    <FormProblem answer=answer(action)/>
                    <input type="hidden" name="slug" value=slug/>
                    <input type="hidden" name="document" value=document.to_string()/>
                    <p>"The document leaves the project for everybody. Reviews keep the text they looked at."</p>
                </div>
                <div class="dialog__foot">
                    <a class="btn" href=close>"Cancel"</a>
                    <Submit class="btn btn--danger">"Delete document"</Submit>
                </div>
            </ActionForm>
        </AddressDialog>
    }
}
