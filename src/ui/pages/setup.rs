//! The first visit: the one-time link makes the administrator; without it, the page says where the link is.

use leptos::{form::ActionForm, prelude::*};

use crate::{
    api::people::{Setup as SetupAction, setup_open},
    domain::account::MIN_PASSWORD,
    ui::{
        components::{
            forms::{Field, FormProblem, Submit, answer},
            gate::Gate,
            icon::icon,
            loading::{asked, load},
        },
        paths,
    },
};

/// `/setup?token=…`
#[component]
pub fn Setup() -> impl IntoView {
    let token = asked("token").unwrap_or_default();
    load(setup_open(), |open| match open {
        true if !token.is_empty() => view! { <SetupForm token=token/> }.into_any(),
        true => waiting(),
        false => done(),
    })
}

#[component]
fn SetupForm(token: String) -> impl IntoView {
    let action = ServerAction::<SetupAction>::new();
    let answer = answer(action);
    view! {
        <Gate title="Set up this server">
            <h1>"Create the first account"</h1>
            <p class="page__lede">"This account administers the server. Everyone else joins with a link you send them."</p>
            <ActionForm action=action attr:class="stack gate__fields">
                <FormProblem answer=answer fields=&["name", "email", "password"]/>
                <input type="hidden" name="token" value=token/>
                <Field label="Name" name="name" autocomplete="name" answer=answer/>
                <Field label="E-mail" name="email" kind="email" autocomplete="username" answer=answer/>
                <Field
                    label="Password"
                    name="password"
                    kind="password"
                    autocomplete="new-password"
                    minlength=MIN_PASSWORD
                    hint="At least 12 characters. A few words in a row are easy to remember."
                    answer=answer
                />
                <Submit class="btn btn--primary btn--lg btn--block">
                    "Create account"
                    {icon("arrow-right")}
                </Submit>
            </ActionForm>
        </Gate>
    }
}

/// What people see on every address while there is no administrator.
#[component]
pub fn Waiting() -> impl IntoView {
    load(async { Ok(()) }, |()| waiting())
}

fn waiting() -> AnyView {
    view! {
        <Gate title="Waiting for setup">
            <h1>"This server waits for its first account"</h1>
            <p class="page__lede">
                "Whoever started the server finds a one-time setup link in its output. Open that link to create the administrator."
            </p>
            <div class="callout gate__fields">
                {icon("key")}
                <p>"The link looks like " <code>"/setup?token=…"</code> ". A restart prints a new one while there is no account."</p>
            </div>
        </Gate>
    }
    .into_any()
}

fn done() -> AnyView {
    view! {
        <Gate title="Already set up">
            <h1>"This server is already set up"</h1>
            <p class="page__lede">"The setup link has been used. Sign in, or ask a project's owner for an invitation."</p>
            <p class="gate__fields"><a class="btn btn--primary btn--lg btn--block" href=paths::SIGN_IN>"Sign in"</a></p>
        </Gate>
    }
    .into_any()
}
