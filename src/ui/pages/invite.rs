//! An invitation into a project: accept it with one's account, or make an account with it.

use leptos::{form::ActionForm, prelude::*};

use crate::{
    api::people::{AcceptInvite, Join, invite_preview},
    domain::{
        account::{InvitePreview, MIN_PASSWORD, Person},
        address::escape,
    },
    ui::{
        components::{
            forms::{Field, FormProblem, Submit, answer},
            gate::Gate,
            loading::{around, load, segment},
        },
        paths,
    },
};

/// `/invite/{token}`
#[component]
pub fn Invite() -> impl IntoView {
    let token = segment("token");
    let preview = invite_preview(token.clone());
    load(async { Ok(preview.await) }, |preview| match (preview, around().person) {
        (Ok(invite), Some(person)) => view! { <Accept token=token invite=invite person=person/> }.into_any(),
        (Ok(invite), None) => view! { <Joining token=token invite=invite/> }.into_any(),
        (Err(error), _) => view! {
            <Gate title="Invitation">
                <h1>"This invitation does not work"</h1>
                <p class="page__lede">
                    {error.to_string()} " It may have been used, taken back, or have expired. Ask for a new one."
                </p>
                <p class="gate__fields"><a class="btn btn--lg btn--block" href=paths::HOME>"Go to Lintel"</a></p>
            </Gate>
        }
        .into_any(),
    })
}

fn words(invite: &InvitePreview) -> String {
    format!("{} invites you to {} as {}.", invite.invited_by, invite.project_name, invite.role.slug())
}

#[component]
fn Accept(token: String, invite: InvitePreview, person: Person) -> impl IntoView {
    let action = ServerAction::<AcceptInvite>::new();
    view! {
        <Gate title="Invitation">
            <h1>{format!("Join {}", invite.project_name)}</h1>
            <p class="page__lede">{words(&invite)}</p>
            <ActionForm action=action attr:class="stack gate__fields">
                <FormProblem answer=answer(action)/>
                <input type="hidden" name="token" value=token/>
                <Submit class="btn btn--primary btn--lg btn--block">{format!("Accept as {}", person.name)}</Submit>
            </ActionForm>
        </Gate>
    }
}

#[component]
fn Joining(token: String, invite: InvitePreview) -> impl IntoView {
    let action = ServerAction::<Join>::new();
    let answer = answer(action);
    let sign_in = paths::with_query(paths::SIGN_IN, &[("next", Some(&format!("/invite/{}", escape(&token))))]);
    view! {
        <Gate title="Invitation">
            <h1>{format!("Join {}", invite.project_name)}</h1>
            <p class="page__lede">{words(&invite)} " Create your account to begin."</p>
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
                <Submit class="btn btn--primary btn--lg btn--block">"Create account and join"</Submit>
            </ActionForm>
            <p class="gate__alt">"You have an account? " <a class="link" href=sign_in>"Sign in"</a> " and come back."</p>
        </Gate>
    }
}
