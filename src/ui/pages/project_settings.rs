//! A project's own settings: name, members, invitations, and the way out.

use leptos::{form::ActionForm, prelude::*};
use leptos_router::hooks::use_query_map;

use crate::{
    api::{
        ApiError,
        agents::{ProjectAgentsPage, SetProjectAgents, project_agents},
        notices::{Notice, notice},
        people::{MakeInvite, RemoveMember, RevokeInvite, SetRole, invites},
        projects::{DeleteProject, Overview, RenameProject, overview},
    },
    domain::{
        account::{Invite, Member, Role},
        moment::Moment,
        project::Project,
    },
    ui::{
        components::{
            agents::project::ProjectAgentsSection,
            dialogs::AddressDialog,
            forms::{Answer, Field, FormProblem, Submit, answer},
            frame::{At, PageFrame, Part},
            icon::icon,
            identity::avatar_beside,
            loading::{asked, load, segment},
        },
        paths,
        state::words,
    },
};

type Data = (Overview, Vec<Invite>, ProjectAgentsPage, Option<Notice>);

async fn read(slug: String, number: Option<String>) -> Result<Data, ApiError> {
    let overview = overview(slug.clone()).await?;
    let invites = if overview.project.role == Role::Owner { invites(slug.clone()).await? } else { Vec::new() };
    Ok((overview, invites, project_agents(slug).await?, notice(number).await?))
}

/// The changes this page makes.
#[derive(Clone, Copy)]
struct Changes {
    rename: ServerAction<RenameProject>,
    role: ServerAction<SetRole>,
    remove: ServerAction<RemoveMember>,
    invite: ServerAction<MakeInvite>,
    revoke: ServerAction<RevokeInvite>,
    agents: ServerAction<SetProjectAgents>,
}

/// `/p/{slug}/settings`
#[component]
pub fn ProjectSettings() -> impl IntoView {
    let changes = Changes {
        rename: ServerAction::new(),
        role: ServerAction::new(),
        remove: ServerAction::new(),
        invite: ServerAction::new(),
        revoke: ServerAction::new(),
        agents: ServerAction::new(),
    };
    load(read(segment("slug"), asked("notice")), move |(overview, invites, agents, notice)| {
        view! { <SettingsPage overview=overview invites=invites agents=agents notice=notice changes=changes/> }.into_any()
    })
}

#[component]
fn SettingsPage(
    overview: Overview,
    invites: Vec<Invite>,
    agents: ProjectAgentsPage,
    notice: Option<Notice>,
    changes: Changes,
) -> impl IntoView {
    let said = match &notice {
        Some(Notice::Done(said)) => Some(said.clone()),
        _ => None,
    };
    let query = use_query_map();
    let Overview { now, project, members, .. } = overview;
    let slug = project.slug.clone();
    let owner = project.role == Role::Owner;
    let here = paths::project_settings(&slug);
    let deleting = {
        let (project, here) = (project.clone(), here.clone());
        move || {
            (query.with(|query| query.get("confirm")).as_deref() == Some("delete"))
                .then(|| view! { <DeleteDialog project=project.clone() close=here.clone()/> })
        }
    };
    view! {
        <PageFrame
            title=format!("Settings · {}", project.name)
            crumbs=vec![
                ("Projects".to_owned(), Some(paths::HOME.to_owned())),
                (project.name.clone(), Some(paths::project(&slug))),
                ("Project settings".to_owned(), None),
            ]
            at=At::Project(slug.clone(), Part::Settings)
        >
            <main class="page page--narrow" id="main">
                <h1>"Project settings"</h1>
                {owner.then(|| view! { <Name project=project.clone() action=changes.rename/> })}
                <section class="settings__sec" aria-labelledby="members-title">
                    <div class="settings__intro">
                        <h2 id="members-title">"Members"</h2>
                        <p>"Viewers read. Commenters also discuss findings. Editors also change documents and run reviews. Owners also manage the project."</p>
                    </div>
                    <div class="card card--flush">
                        <Problems answers=vec![answer(changes.role), answer(changes.remove)]/>
                        {members_table(&slug, &members, owner, changes)}
                    </div>
                </section>
                <ProjectAgentsSection page=agents said=said action=changes.agents/>
                {owner.then(|| view! { <Invites slug=slug.clone() invites=invites notice=notice now=now changes=changes/> })}
                {owner
                    .then(|| {
                        view! {
                            <section class="settings__sec" aria-labelledby="delete-title">
                                <div class="settings__intro">
                                    <h2 id="delete-title">"Delete this project"</h2>
                                    <p>"It leaves the lists of all members at once and can be recovered by an owner for 30 days."</p>
                                </div>
                                <a class="btn btn--danger" href=format!("{here}?confirm=delete")>{icon("trash")}"Delete project"</a>
                            </section>
                        }
                    })}
                {deleting}
            </main>
        </PageFrame>
    }
}

#[component]
fn Problems(answers: Vec<Answer>) -> impl IntoView {
    answers.into_iter().map(|answer| view! { <FormProblem answer=answer/> }).collect_view()
}

#[component]
fn Name(project: Project, action: ServerAction<RenameProject>) -> impl IntoView {
    let answer = answer(action);
    view! {
        <section class="settings__sec" aria-labelledby="name-title">
            <div class="settings__intro"><h2 id="name-title">"Name, description, tickets"</h2><p>{format!("The address stays /p/{}.", project.slug)}</p></div>
            <ActionForm action=action attr:class="card">
                <div class="card__body stack">
                    <FormProblem answer=answer fields=&["name", "description", "ticket_url"]/>
                    <input type="hidden" name="slug" value=project.slug/>
                    <Field label="Name" name="name" class="input" value=project.name answer=answer/>
                    <Field label="Description" name="description" class="input" value=project.description required=false answer=answer/>
                    <Field
                        label="Where tickets are"
                        name="ticket_url"
                        class="input"
                        value=project.ticket_url
                        required=false
                        placeholder="https://tracker.example.com/browse/{ticket}"
                        hint="Findings with a ticket lead there; {ticket} stands for its name."
                        answer=answer
                    />
                </div>
                <div class="card__foot"><Submit class="btn btn--sm push">"Save"</Submit></div>
            </ActionForm>
        </section>
    }
}

fn members_table(slug: &str, members: &[Member], owner: bool, changes: Changes) -> AnyView {
    let rows: Vec<AnyView> = members.iter().cloned().map(|member| member_row(slug.to_owned(), member, owner, changes)).collect();
    view! {
        <div class="table-wrap" tabindex="0" role="region" aria-label="Members table">
            <table class="table">
                <thead>
                    <tr>
                        <th scope="col">"Member"</th>
                        <th scope="col">"Role"</th>
                        <th scope="col"><span class="sr-only">"Actions"</span></th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn member_row(slug: String, member: Member, owner: bool, changes: Changes) -> AnyView {
    let options: Vec<AnyView> = Role::ALL
        .into_iter()
        .map(|role| view! { <option value=role.slug() selected=role == member.role>{words::role(role)}</option> }.into_any())
        .collect();
    let role = if owner {
        let (slug, user, label) = (slug.clone(), member.user.to_string(), format!("Role of {}", member.name));
        view! {
            <ActionForm action=changes.role attr:class="row">
                <input type="hidden" name="slug" value=slug.clone()/>
                <input type="hidden" name="user" value=user.clone()/>
                <select class="select" name="role" aria-label=label>{options}</select>
                <button class="btn btn--sm" type="submit">"Save"</button>
            </ActionForm>
        }
        .into_any()
    } else {
        words::role(member.role).into_any()
    };
    view! {
        <tr>
            <td>
                <span class="person">
                    {avatar_beside(&member.name, "")}
                    <span><span class="person__name">{member.name.clone()}</span><br/><span class="muted">{member.email.clone()}</span></span>
                </span>
            </td>
            <td>{role}</td>
            <td class="col-num">
                {owner
                    .then(|| {
                        let (user, label) = (member.user.to_string(), format!("Remove {}", member.name));
                        view! {
                            <ActionForm action=changes.remove>
                                <input type="hidden" name="slug" value=slug.clone()/>
                                <input type="hidden" name="user" value=user/>
                                <button class="btn btn--sm btn--ghost" type="submit" aria-label=label>"Remove"</button>
                            </ActionForm>
                        }
                    })}
            </td>
        </tr>
    }
    .into_any()
}

#[component]
fn Invites(slug: String, invites: Vec<Invite>, notice: Option<Notice>, now: Moment, changes: Changes) -> impl IntoView {
    let open: Vec<AnyView> = invites
        .into_iter()
        .map(|invite| {
            let (slug, id) = (slug.clone(), invite.id.to_string());
            view! {
                <li class="setrow">
                    <span class="inbox__mark">{icon("link")}</span>
                    <div class="grow">
                        <b>{format!("{} invitation", words::role(invite.role))}</b>
                        <p class="muted">
                            {format!("By {}, made {}, works until {}", invite.invited_by, invite.created_at.ago(now), invite.expires_at.long_date())}
                        </p>
                    </div>
                    <ActionForm action=changes.revoke>
                        <input type="hidden" name="slug" value=slug/>
                        <input type="hidden" name="invite" value=id/>
                        <button class="btn btn--sm btn--danger" type="submit">"Take back"</button>
                    </ActionForm>
                </li>
            }
            .into_any()
        })
        .collect();
    let roles: Vec<AnyView> = Role::ALL
        .into_iter()
        .map(|role| {
            let words = format!("{}: {}", words::role(role), words::role_means(role));
            view! { <option value=role.slug() selected=role == Role::Editor>{words}</option> }.into_any()
        })
        .collect();
    view! {
        <section class="settings__sec" id="invites" aria-labelledby="invites-title">
            <div class="settings__intro">
                <h2 id="invites-title">"Invitations"</h2>
                <p>"A link works once. It is shown when it is made and never again."</p>
            </div>
            <div class="card card--flush">
                <ul>{open}</ul>
                <ActionForm action=changes.invite attr:class="card__body stack">
                    <FormProblem answer=answer(changes.invite)/>
                    <input type="hidden" name="slug" value=slug/>
                    <div class="field">
                        <label class="field__label" for="invite-role">"Role"</label>
                        <div class="row">
                            <select class="select" id="invite-role" name="role">{roles}</select>
                            <Submit class="btn">{icon("plus")}"Make invitation link"</Submit>
                        </div>
                    </div>
                    {match notice {
                        Some(Notice::Invitation(link)) => {
                            Some(
                                view! {
                                    <div class="callout callout--pass" role="status">
                                        {icon("link")}
                                        <p>"Send this link: " <code class="secret" id="invite-link">{link}</code></p>
                                        <button class="btn btn--sm js-only push" type="button" data-act="copy" data-target="invite-link" data-says="invite-said">
                                            {icon("copy")}
                                            "Copy"
                                        </button>
                                        <span class="muted" id="invite-said"></span>
                                    </div>
                                },
                            )
                        }
                        _ => None,
                    }}
                </ActionForm>
            </div>
        </section>
    }
}

#[component]
fn DeleteDialog(project: Project, close: String) -> impl IntoView {
    let action = ServerAction::<DeleteProject>::new();
    view! {
        <AddressDialog title=format!("Delete {}", project.name) id="delete-project" close=close.clone()>
            <ActionForm action=action>
                <div class="dialog__body stack">
                    <FormProblem answer=answer(action)/>
                    <input type="hidden" name="slug" value=project.slug/>
                    <p>"All members lose the project at once. An owner can recover it from the start page for 30 days."</p>
                </div>
                <div class="dialog__foot">
                    <a class="btn" href=close>"Cancel"</a>
                    <Submit class="btn btn--danger">"Delete project"</Submit>
                </div>
            </ActionForm>
        </AddressDialog>
    }
}
