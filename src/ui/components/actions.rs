//! Buttons and dialogs that several pages offer: start a review, make a decision or a diagram, delete a document.

use leptos::{form::ActionForm, prelude::*};

use crate::{
    api::{
        decisions::{Choice, NewDecision, beginnings},
        documents::{DeleteDocument, NewDiagram},
        reviews::StartReview,
    },
    domain::{
        decision::{status::Status, template::Template},
        id::DocumentId,
    },
    ui::components::{
        decision_dialogs::decision_select,
        dialogs::AddressDialog,
        forms::{Field, FormProblem, Submit, answer},
        icon::icon,
        loading::asked,
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

/// Asks for a title, a template, how far it is decided, and what it is going to supersede.
#[component]
pub fn NewDecisionDialog(slug: String, #[prop(into)] close: String) -> impl IntoView {
    let supersedes = asked("supersedes").and_then(|id| id.parse().ok());
    let action = ServerAction::<NewDecision>::new();
    let answer = answer(action);
    Suspend::new(async move {
        let offer = beginnings(slug.clone()).await.unwrap_or_default();
        let usual = offer.usual;
        let own = offer.own.map(|path| view! { <option value=Choice::OWN>{format!("The project's own ({path})")}</option> });
        let templates: Vec<AnyView> = Template::WRITTEN
            .into_iter()
            .map(|template| view! { <option value=template.slug() selected=usual == Some(template)>{template.name()}</option> }.into_any())
            .collect();
        let statuses: Vec<AnyView> = [Status::Proposed, Status::Draft, Status::Accepted]
            .into_iter()
            .map(|status| view! { <option value=status.slug()>{status.name()}</option> }.into_any())
            .collect();
        let superseded = supersedes.and_then(|id| offer.decisions.iter().find(|(known, _)| *known == id));
        let title = superseded.map_or("New decision", |_| "New decision that supersedes one");
        view! {
            <AddressDialog title=title id="new-decision" close=close.clone()>
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
                            <select class="select" id="template" name="template">{own}{templates}</select>
                            <p class="field__hint">"The record gets the next free number, and a name like the others have."</p>
                        </div>
                        <div class="field">
                            <label class="field__label" for="status">"Status"</label>
                            <select class="select" id="status" name="status">{statuses}</select>
                        </div>
                        {(!offer.decisions.is_empty())
                            .then(|| {
                                view! {
                                    {decision_select("supersedes", "Supersedes", Some("Nothing"), offer.decisions, supersedes)}
                                    <p class="field__hint">"The other record changes when this one is accepted."</p>
                                }
                            })}
                    </div>
                    <div class="dialog__foot">
                        <a class="btn" href=close>"Cancel"</a>
                        <Submit>"Create decision"</Submit>
                    </div>
                </ActionForm>
            </AddressDialog>
        }
        .into_any()
    })
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
