//! The form that puts a suggestion in other words before it is accepted.

use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    api::{
        ApiError,
        notices::Notice,
        reviews::{ChangeSuggestion, suggestion_wording},
    },
    domain::{
        agent::proposal::wording::Wording,
        id::SuggestionId,
        review::suggestion::{Suggested, SuggestionState},
    },
    ui::{
        components::{
            dialogs::AddressDialog,
            forms::{FormProblem, Submit},
        },
        state::highlight::escape,
    },
};

/// A suggestion that the address asks to change, with its words; none for one that was decided on meanwhile.
pub async fn wanted(id: Option<String>) -> Option<(Suggested, Vec<Wording>)> {
    let id: SuggestionId = id?.parse().ok()?;
    suggestion_wording(id).await.ok().filter(|(suggested, _)| suggested.state == SuggestionState::Open)
}

/// The form. `notice` may hold what was typed and could not be applied.
#[component]
pub fn ChangeDialog(
    /// The page below it, which is where it leads back to.
    #[prop(into)]
    here: String,
    suggested: Suggested,
    words: Vec<Wording>,
    notice: Option<Notice>,
) -> impl IntoView {
    let id = suggested.id.to_string();
    let typed: Option<(Vec<String>, ApiError)> = match notice {
        Some(Notice::Typed { form, text, error }) if form == id => Some((serde_json::from_str(&text).unwrap_or_default(), error)),
        _ => None,
    };
    let (texts, problem) = typed.map_or((Vec::new(), None), |(texts, error)| (texts, Some(error)));
    let fields: Vec<AnyView> = words
        .into_iter()
        .enumerate()
        .map(|(at, word)| {
            let text = texts.get(at).cloned().unwrap_or(word.text);
            field(format!("change-{at}"), word.label, text, word.line)
        })
        .collect();
    let close = here.clone();
    view! {
        <AddressDialog title=format!("Change first: {}", suggested.title) id="change-suggestion" close=close.clone()>
            <form method="post" action=ChangeSuggestion::url()>
                <div class="dialog__body stack">
                    <FormProblem answer=Signal::stored(problem)/>
                    <input type="hidden" name="suggestion" value=id/>
                    <input type="hidden" name="here" value=here/>
                    <p class="muted">{format!("What {} suggests, in your words. It is tried again and shown with its changes; you accept it then.", suggested.agent)}</p>
                    {fields}
                </div>
                <div class="dialog__foot">
                    <a class="btn" href=close>"Cancel"</a>
                    <Submit>"Save change"</Submit>
                </div>
            </form>
        </AddressDialog>
    }
}

fn field(id: String, label: String, text: String, line: bool) -> AnyView {
    let input = if line {
        view! { <input class="input" id=id.clone() name="texts[]" value=text autocomplete="off"/> }.into_any()
    } else {
        // The first line feed of a text area is not part of what is in it.
        let rows = text.lines().count().clamp(4, 18);
        let text = format!("\n{}", escape(&text));
        view! { <textarea class="textarea mono" id=id.clone() name="texts[]" rows=rows spellcheck="false" inner_html=text></textarea> }
            .into_any()
    };
    view! { <div class="field"><label class="field__label" for=id>{label}</label>{input}</div> }.into_any()
}
