//! Whether a review is the baseline, and the button that makes it one.

use leptos::{form::ActionForm, prelude::*};

use crate::{
    api::reviews::MarkBaseline,
    domain::account::Role,
    ui::{
        components::{
            forms::{FormProblem, Submit, answer},
            icon::icon,
        },
        paths,
    },
};

/// The section of the pane on the right.
pub fn baseline(slug: &str, number: u32, marked: Option<u32>, role: Role, action: ServerAction<MarkBaseline>) -> AnyView {
    let own = marked == Some(number);
    let words = match marked {
        Some(_) if own => view! { "The gate knows what was open in this review and lets it be; what is new or back counts." }.into_any(),
        Some(other) => {
            view! { "The gate lets be what was open in "<a class="link" href=paths::review(slug, other)>{format!("review {other}")}</a>"." }
                .into_any()
        }
        None => view! { "There is none: the gate of lintel.yaml counts every finding." }.into_any(),
    };
    let slug = slug.to_owned();
    view! {
        <div class="insp" id="baseline">
            <div class="insp__head"><h3>"Baseline"</h3></div>
            <p class="muted">{words}</p>
            {(role >= Role::Editor)
                .then(|| {
                    view! {
                        <FormProblem answer=answer(action)/>
                        <ActionForm action=action attr:class="rev__mend">
                            <input type="hidden" name="slug" value=slug/>
                            {(!own).then(|| view! { <input type="hidden" name="number" value=number/> })}
                            <Submit class="btn btn--sm">
                                {icon(if own { "undo" } else { "check" })}
                                {if own { "No longer the baseline" } else { "Make this the baseline" }}
                            </Submit>
                        </ActionForm>
                    }
                })}
        </div>
    }
    .into_any()
}
