//! Signing in, with the way back to the page people wanted.

use leptos::{form::ActionForm, prelude::*};
use leptos_router::hooks::use_query_map;

use crate::{
    api::people::SignIn as SignInAction,
    ui::components::{
        forms::{Field, FormProblem, Submit, answer},
        gate::Gate,
    },
};

/// `/sign-in?next=…`
#[component]
pub fn SignIn() -> impl IntoView {
    let query = use_query_map();
    let action = ServerAction::<SignInAction>::new();
    let answer = answer(action);
    let next = move || query.with(|query| query.get("next")).unwrap_or_else(|| "/".to_owned());
    view! {
        <Gate title="Sign in">
            <h1>"Sign in"</h1>
            <p class="page__lede">"With the address and password of your account on this server."</p>
            <ActionForm action=action attr:class="stack gate__fields">
                <FormProblem answer=answer fields=&["email", "password"]/>
                <input type="hidden" name="next" value=next/>
                <Field label="E-mail" name="email" kind="email" autocomplete="username" answer=answer/>
                <Field label="Password" name="password" kind="password" autocomplete="current-password" answer=answer/>
                <Submit class="btn btn--primary btn--lg btn--block">"Sign in"</Submit>
            </ActionForm>
            <p class="gate__alt">"No account yet? Ask a project's owner for an invitation."</p>
        </Gate>
    }
}
