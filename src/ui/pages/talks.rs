//! A project's talks with agents about its design, and the form that begins one.

use leptos::prelude::*;

use crate::{
    api::{
        notices::{Notice, notice},
        talks::{TalkList, talks},
    },
    domain::{
        account::Role,
        moment::Moment,
        talk::{About, Talk},
    },
    ui::{
        components::{
            frame::{At, PageFrame, Part},
            icon::icon,
            loading::{asked, load, segment},
            talk::{AskForm, no_model},
        },
        paths,
        state::words::count,
    },
};

/// `/p/{slug}/talks`
#[component]
pub fn Talks() -> impl IntoView {
    let (slug, number) = (segment("slug"), asked("notice"));
    load(async { Ok((talks(slug).await?, notice(number).await?)) }, |(data, notice)| {
        view! { <TalksPage data=data notice=notice/> }.into_any()
    })
}

#[component]
fn TalksPage(data: TalkList, notice: Option<Notice>) -> impl IntoView {
    let TalkList { now, project, talks, agents, provider } = data;
    let slug = project.slug.clone();
    let typed = match notice {
        Some(Notice::Typed { form, text, error }) if form == "ask" => Some((text, error)),
        _ => None,
    };
    let rows: Vec<AnyView> = talks.iter().map(|talk| row(&slug, talk, now)).collect();
    let may_ask = project.role >= Role::Commenter;
    let crumbs = vec![(project.name.clone(), Some(paths::project(&slug))), ("Talks".to_owned(), None)];
    view! {
        <PageFrame title=format!("Talks · {}", project.name) crumbs=crumbs at=At::Project(slug.clone(), Part::Talks)>
            <main class="page page--narrow" id="main">
                <div class="page__head">
                    <div>
                        <h1>"Talks with agents"</h1>
                        <p class="page__lede">"Ask an agent about the design. It reads the documents as they are at that moment, answers, and may suggest edits; nothing is changed."</p>
                    </div>
                    {(project.role >= Role::Editor)
                        .then(|| {
                            view! { <div class="page__actions"><a class="btn" href=paths::draft(&slug)>{icon("edit")}"Draft with the architect"</a></div> }
                        })}
                </div>
                <div class="stack stack--wide">
                    {if !provider {
                        no_model()
                    } else if may_ask {
                        view! { <AskForm slug=slug.clone() talk=None agents=agents chosen=None typed=typed/> }.into_any()
                    } else {
                        ().into_any()
                    }}
                    {if rows.is_empty() {
                        view! {
                            <div class="empty">
                                <h2 class="empty__title">"No talks yet"</h2>
                                <p class="empty__text">"What is asked and answered here can be read again by everybody in the project."</p>
                            </div>
                        }
                            .into_any()
                    } else {
                        view! { <div class="card card--flush"><ul>{rows}</ul></div> }.into_any()
                    }}
                </div>
            </main>
        </PageFrame>
    }
}

fn row(slug: &str, talk: &Talk, now: Moment) -> AnyView {
    let what = match talk.about {
        About::Draft => "Draft".to_owned(),
        About::Finding | About::Design => count(talk.questions as usize, "question"),
    };
    view! {
        <li>
            <a class="inbox__row" href=paths::talk(slug, talk.id)>
                <span class="inbox__mark">{icon("agent")}</span>
                <span class="grow"><b>{talk.title.clone()}</b><span class="inbox__ctx">{what}</span></span>
                <span class="inbox__by"><span>{format!("{}, {}", talk.started_by, talk.started_at.ago(now))}</span></span>
            </a>
        </li>
    }
    .into_any()
}
