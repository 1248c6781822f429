//! Form parts: fields that show what is wrong with them, and buttons that show that work is under way.

use leptos::{prelude::*, server_fn::ServerFn};

use crate::{api::ApiError, ui::components::icon::icon_of};

/// What a form's last attempt was answered with.
pub type Answer = Signal<Option<ApiError>>;

/// The error of an action's last attempt; also after a plain form post, when the server sends people back with it.
pub fn answer<S>(action: ServerAction<S>) -> Answer
where
    S: ServerFn<Error = ApiError> + Clone + Send + Sync + 'static,
    S::Output: Send + Sync + 'static,
{
    Signal::derive(move || action.value().with(|value| value.as_ref().and_then(|value| value.as_ref().err().cloned())))
}

fn problem_of(answer: Answer, name: &str) -> Option<String> {
    match answer.get() {
        Some(ApiError::Invalid { field, problem }) if field == name => Some(problem),
        _ => None,
    }
}

/// A labelled line of input with its hint, and its problem below when the server found one.
#[component]
pub fn Field(
    #[prop(into)] label: String,
    name: &'static str,
    /// The input's id where several forms of a page use one name.
    #[prop(optional, into)]
    id: Option<String>,
    #[prop(default = "text")] kind: &'static str,
    #[prop(optional, into)] value: String,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(optional)] placeholder: Option<&'static str>,
    #[prop(default = "off")] autocomplete: &'static str,
    #[prop(default = "input input--lg")] class: &'static str,
    #[prop(default = true)] required: bool,
    /// The fewest characters, for passwords.
    #[prop(optional)]
    minlength: Option<usize>,
    #[prop(optional)] autofocus: bool,
    answer: Answer,
) -> impl IntoView {
    let id = id.unwrap_or_else(|| name.to_owned());
    let hint_id = hint.is_some().then(|| format!("{id}-hint"));
    let error_id = format!("{id}-error");
    let invalid = move || problem_of(answer, name).is_some();
    let described = {
        let (hint_id, error_id) = (hint_id.clone(), error_id.clone());
        move || if invalid() { Some(error_id.clone()) } else { hint_id.clone() }
    };
    view! {
        <div class="field">
            <label class="field__label" for=id.clone()>{label}</label>
            <input
                class=class
                id=id
                name=name
                type=kind
                value=value
                placeholder=placeholder
                autocomplete=autocomplete
                required=required
                minlength=minlength
                autofocus=autofocus
                aria-invalid=move || invalid().then_some("true")
                aria-describedby=described
            />
            {hint.map(|hint| view! { <p class="field__hint" id=hint_id>{hint}</p> })}
            {move || {
                problem_of(answer, name)
                    .map(|problem| {
                        view! {
                            <p class="field__error" id=error_id.clone()>
                                {icon_of("icon icon--sm", "sev-high")}
                                <span>{problem}</span>
                            </p>
                        }
                    })
            }}
        </div>
    }
}

/// What is wrong with the whole form: everything but the problems that its own fields show.
#[component]
pub fn FormProblem(answer: Answer, #[prop(default = &[])] fields: &'static [&'static str]) -> impl IntoView {
    move || {
        answer.get().filter(|error| !matches!(error, ApiError::Invalid { field, .. } if fields.contains(&field.as_str()))).map(
            |error| view! { <div class="callout callout--high" role="alert">{icon_of("icon", "sev-high")}<p>{error.to_string()}</p></div> },
        )
    }
}

/// A form's button; shows that the form is being sent.
#[component]
pub fn Submit(
    #[prop(default = "btn btn--primary")] class: &'static str,
    /// The id, for buttons that a shortcut presses.
    #[prop(optional)]
    id: Option<&'static str>,
    children: Children,
) -> impl IntoView {
    view! {
        <button class=class type="submit" id=id data-wait="">
            {children()}
        </button>
    }
}
