//! The dialog that starts a review of a part of a project.

use leptos::{form::ActionForm, prelude::*};

use crate::{
    api::reviews::{ReviewParts, StartReview},
    ui::components::{
        dialogs::AddressDialog,
        forms::{FormProblem, Submit, answer},
    },
};

/// Chooses documents, a view, or what changed since a review.
#[component]
pub fn PartDialog(slug: String, #[prop(into)] close: String, parts: ReviewParts, action: ServerAction<StartReview>) -> impl IntoView {
    let ReviewParts { documents, views, reviews } = parts;
    let documents: Vec<AnyView> = documents
        .into_iter()
        .map(|(id, path)| {
            view! {
                <label class="check">
                    <input type="checkbox" name="documents[]" value=id.to_string()/>
                    <span class="mono">{path}</span>
                </label>
            }
            .into_any()
        })
        .collect();
    let (no_views, no_reviews) = (views.is_empty(), reviews.is_empty());
    let views: Vec<AnyView> = views
        .into_iter()
        .map(|(document, key, name)| view! { <option value=format!("{document}/{key}")>{name}</option> }.into_any())
        .collect();
    let reviews: Vec<AnyView> =
        reviews.into_iter().map(|number| view! { <option value=number>{format!("Review {number}")}</option> }.into_any()).collect();
    view! {
        <AddressDialog title="Review a part" id="review-part" close=close.clone()>
            <ActionForm action=action>
                <div class="dialog__body stack">
                    <FormProblem answer=answer(action)/>
                    <input type="hidden" name="slug" value=slug/>
                    <p class="muted">"Findings outside the part keep the state they have."</p>
                    {(!no_reviews)
                        .then(|| {
                            view! {
                                <fieldset class="stack part">
                                    <label class="check">
                                        <input type="radio" name="part" value="changed" checked=true/>
                                        <span><b>"What has changed"</b></span>
                                    </label>
                                    <label class="field__label" for="part-since">"Since"</label>
                                    <select class="select" id="part-since" name="since">{reviews}</select>
                                </fieldset>
                            }
                        })}
                    {(!no_views)
                        .then(|| {
                            view! {
                                <fieldset class="stack part">
                                    <label class="check">
                                        <input type="radio" name="part" value="view" checked=no_reviews/>
                                        <span><b>"What a view shows"</b></span>
                                    </label>
                                    <label class="field__label" for="part-view">"View"</label>
                                    <select class="select" id="part-view" name="view">{views}</select>
                                </fieldset>
                            }
                        })}
                    <fieldset class="stack part">
                        <label class="check">
                            <input type="radio" name="part" value="documents" checked=no_reviews && no_views/>
                            <span><b>"Some documents"</b><span class="step__note">"Only these are read."</span></span>
                        </label>
                        {documents}
                    </fieldset>
                </div>
                <div class="dialog__foot">
                    <a class="btn" href=close>"Cancel"</a>
                    <Submit class="btn btn--primary">"Start review"</Submit>
                </div>
            </ActionForm>
        </AddressDialog>
    }
}
