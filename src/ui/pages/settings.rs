//! One's own settings: password, signed-in browsers, tokens for the API.

use leptos::{form::ActionForm, prelude::*};

use crate::{
    api::{
        notices::{Notice, notice},
        people::{ChangePassword, CreateToken, EndSession, RevokeToken, sessions, tokens},
    },
    domain::{
        account::{MIN_PASSWORD, SessionInfo, TokenInfo},
        moment::Moment,
    },
    ui::{
        components::{
            forms::{Field, FormProblem, Submit, answer},
            frame::{At, PageFrame},
            icon::icon,
            loading::{asked, load},
            settings_nav::{Here, settings_nav},
        },
        paths,
    },
};

/// `/settings`
#[component]
pub fn Settings() -> impl IntoView {
    let end = ServerAction::<EndSession>::new();
    let create = ServerAction::<CreateToken>::new();
    let revoke = ServerAction::<RevokeToken>::new();
    let number = asked("notice");
    let data = async {
        let (sessions, tokens) = (sessions().await?, tokens().await?);
        Ok((sessions, tokens, notice(number).await?))
    };
    load(data, move |(sessions, tokens, notice)| {
        view! { <SettingsPage sessions=sessions tokens=tokens notice=notice end=end create=create revoke=revoke/> }.into_any()
    })
}

#[component]
fn SettingsPage(
    sessions: Vec<SessionInfo>,
    tokens: Vec<TokenInfo>,
    notice: Option<Notice>,
    end: ServerAction<EndSession>,
    create: ServerAction<CreateToken>,
    revoke: ServerAction<RevokeToken>,
) -> impl IntoView {
    let newest = sessions.iter().map(|session| session.last_seen_at).max().unwrap_or_default();
    let browsers: Vec<AnyView> = sessions.iter().map(|session| browser(session, newest, end)).collect();
    let keys: Vec<AnyView> = tokens.iter().map(|token| key(token, newest, revoke)).collect();
    let no_keys = keys.is_empty();
    let changed = notice == Some(Notice::PasswordChanged);
    let made = match notice {
        Some(Notice::Token(secret)) => Some(view! {
            <div class="callout callout--pass" role="status">
                {icon("key")}
                <p>"Copy the token now; it is not shown again: "<code class="token" id="token-secret">{secret}</code></p>
                <button class="btn btn--sm js-only push" type="button" data-act="copy" data-target="token-secret" data-says="token-said">
                    {icon("copy")}
                    "Copy"
                </button>
                <span class="muted" id="token-said"></span>
            </div>
        }),
        _ => None,
    };
    view! {
        <PageFrame title="Settings" crumbs=vec![("Settings".to_owned(), None)] at=At::Settings>
            <main class="page settings" id="main">
                {settings_nav(Here::Own)}
                <div class="settings__body">
                    <h1>"Settings"</h1>
                    <Password changed=changed/>
                    <section id="sessions" aria-labelledby="sessions-h" class="settings__sec">
                        <div class="settings__intro">
                            <h2 id="sessions-h">"Signed-in browsers"</h2>
                            <p>"Where your account is in use. End one that you do not know, and change your password."</p>
                        </div>
                        <FormProblem answer=answer(end)/>
                        <div class="card card--flush"><ul>{browsers}</ul></div>
                    </section>
                    <section id="tokens" aria-labelledby="tokens-h" class="settings__sec">
                        <div class="settings__intro">
                            <h2 id="tokens-h">"API tokens"</h2>
                            <p>"For scripts and CI. A token can do what you can do, and is shown once, when you create it."</p>
                        </div>
                        {made}
                        <div class="card card--flush">
                            {if no_keys {
                                view! { <p class="setrow muted">"No tokens yet."</p> }.into_any()
                            } else {
                                view! { <ul>{keys}</ul> }.into_any()
                            }}
                            <div class="card__foot">
                                <ActionForm action=create attr:class="row row--wrap grow">
                                    <Field label="Name" id="token-name" name="name" class="input" placeholder="ci-review-gate" answer=answer(create)/>
                                    <Submit class="btn push">{icon("plus")}"Create token"</Submit>
                                </ActionForm>
                            </div>
                        </div>
                    </section>
                    <p class="muted settings__sec">
                        "Members and invitations belong to a project: open "
                        <a class="link" href=paths::HOME>"your projects"</a>
                        " and choose its settings."
                    </p>
                </div>
            </main>
        </PageFrame>
    }
}

#[component]
fn Password(changed: bool) -> impl IntoView {
    let change = ServerAction::<ChangePassword>::new();
    let problem = answer(change);
    view! {
        <section id="password" aria-labelledby="password-h" class="settings__sec">
            <div class="settings__intro">
                <h2 id="password-h">"Password"</h2>
                <p>"Changing it ends every other session of yours."</p>
            </div>
            <div class="card">
                <ActionForm action=change attr:class="card__body stack">
                    <FormProblem answer=problem fields=&["current", "password"]/>
                    {changed
                        .then(|| view! { <div class="callout callout--pass" role="status">{icon("sev-pass")}<p>"The password was changed."</p></div> })}
                    <Field label="Current password" name="current" kind="password" class="input" autocomplete="current-password" answer=problem/>
                    <Field
                        label="New password"
                        name="password"
                        kind="password"
                        class="input"
                        autocomplete="new-password"
                        minlength=MIN_PASSWORD
                        hint="At least 12 characters. A few words in a row are easy to remember."
                        answer=problem
                    />
                    <div><Submit>"Change password"</Submit></div>
                </ActionForm>
            </div>
        </section>
    }
}

fn browser(session: &SessionInfo, now: Moment, end: ServerAction<EndSession>) -> AnyView {
    let seen = if session.current { "This browser".to_owned() } else { format!("Last seen {}", session.last_seen_at.ago(now)) };
    let agent = if session.user_agent.is_empty() { "Unknown browser".to_owned() } else { session.user_agent.clone() };
    let id = session.id.to_string();
    view! {
        <li class="setrow">
            <span class="inbox__mark">{icon("server")}</span>
            <div class="grow">
                <b>{seen}</b>
                <p class="muted truncate" title=agent.clone()>{agent.clone()}</p>
            </div>
            <span class="muted nowrap hide-sm">{format!("Since {}", session.created_at.long_date())}</span>
            {(!session.current)
                .then(|| {
                    view! {
                        <ActionForm action=end>
                            <input type="hidden" name="session" value=id/>
                            <button class="btn btn--sm btn--danger" type="submit">"End session"</button>
                        </ActionForm>
                    }
                })}
        </li>
    }
    .into_any()
}

fn key(token: &TokenInfo, now: Moment, revoke: ServerAction<RevokeToken>) -> AnyView {
    let id = token.id.to_string();
    let used = token.last_used_at.map_or_else(|| "Never used".to_owned(), |at| format!("Used {}", at.ago(now)));
    view! {
        <li class="setrow">
            <span class="inbox__mark">{icon("key")}</span>
            <div class="grow">
                <b>{token.name.clone()}</b>
                <p class="muted">{format!("Created {}", token.created_at.long_date())}</p>
            </div>
            <span class="muted nowrap hide-sm">{used}</span>
            <ActionForm action=revoke>
                <input type="hidden" name="token" value=id/>
                <button class="btn btn--sm btn--danger" type="submit">"Revoke token"</button>
            </ActionForm>
        </li>
    }
    .into_any()
}
