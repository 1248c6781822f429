//! One talk with agents about the design: what was asked and answered, what is suggested, and a form to ask on.

use leptos::prelude::*;

use crate::{
    api::{
        notices::{Notice, notice},
        reviews::DecideSuggestion,
        talks::{StopAnswer, TalkPage as TalkData, talk},
    },
    domain::{
        account::Role,
        agent::proposal::wording::Wording,
        id::TalkId,
        review::suggestion::Suggested,
        talk::{About, Asked},
    },
    ui::{
        components::{
            brief,
            forms::{FormProblem, answer},
            frame::{At, PageFrame, Part},
            icon::icon,
            loading::{asked, load, segment, trouble},
            review::{
                agents::Cards,
                change::{ChangeDialog, wanted},
            },
            talk::{AskForm, TalkActions, exchange, stop_problem},
        },
        paths,
        state::words::count,
    },
};

/// `/p/{slug}/talks/{talk}`
#[component]
pub fn Talk() -> impl IntoView {
    let (stop, decide) = (ServerAction::<StopAnswer>::new(), ServerAction::<DecideSuggestion>::new());
    let (slug, number) = (segment("slug"), asked("notice"));
    let Ok(id) = segment("talk").parse::<TalkId>() else {
        return trouble(&crate::api::ApiError::NotFound { what: "The talk".to_owned() });
    };
    let changing = asked("change");
    let data = async move { Ok((talk(slug, id).await?, notice(number).await?, wanted(changing).await)) };
    load(data, move |(data, notice, change)| {
        view! { <TalkScreen data=data notice=notice change=change stop=stop decide=decide/> }.into_any()
    })
}

#[component]
fn TalkScreen(
    data: TalkData,
    notice: Option<Notice>,
    /// A suggestion that is to be changed, with its words.
    change: Option<(Suggested, Vec<Wording>)>,
    stop: ServerAction<StopAnswer>,
    decide: ServerAction<DecideSuggestion>,
) -> impl IntoView {
    let TalkData { now, project, talk, asked, suggestions, brief: written, previews, pictures, agents, provider } = data;
    let slug = project.slug.clone();
    let may_ask = project.role >= Role::Commenter;
    let actions = TalkActions { stop, may_ask, now };
    let events = asked.iter().any(Asked::is_on_its_way).then(|| paths::talk_events(&slug, talk.id));
    let typed = match &notice {
        Some(Notice::Typed { form, text, error }) if form == "ask" => Some((text.clone(), error.clone())),
        _ => None,
    };
    let exchanges: Vec<AnyView> = asked.iter().map(|asked| exchange(&slug, asked, actions)).collect();
    let here = paths::talk(&slug, talk.id);
    let change = change.filter(|_| project.role >= Role::Editor).map(|(suggested, words)| {
        view! { <ChangeDialog here=here.clone() suggested=suggested words=words notice=notice.clone()/> }
    });
    let cards = Cards { slug: &slug, here: &here, pictures: &pictures, editable: project.role >= Role::Editor, now, decide };
    let suggested: Vec<AnyView> = suggestions
        .iter()
        .map(|one| {
            let drawn = previews.iter().find(|preview| preview.suggestion == one.id).map(brief::preview);
            view! { {drawn} {cards.card(one)} }.into_any()
        })
        .collect();
    let chosen = asked.last().map(|asked| asked.run.agent.clone());
    let form = (provider && may_ask && talk.about == About::Design)
        .then(|| view! { <AskForm slug=slug.clone() talk=Some(talk.id) agents=agents chosen=chosen typed=typed/> });
    let documents = count(talk.documents.len(), "document");
    let frozen = match talk.about {
        About::Draft => format!("A design brief, drafted over what the project had on {}: {documents}.", talk.started_at.long_date()),
        About::Finding | About::Design => format!("About the design as it was on {}, with {documents}.", talk.started_at.long_date()),
    };
    let crumbs = vec![
        (project.name.clone(), Some(paths::project(&slug))),
        ("Talks".to_owned(), Some(paths::talks(&slug))),
        (talk.title.clone(), None),
    ];
    view! {
        <PageFrame title=talk.title.clone() crumbs=crumbs at=At::Project(slug.clone(), Part::Talks)>
            <main class="page page--narrow" id="main" data-events=events>
                <div class="page__head">
                    <div>
                        <h1>{talk.title.clone()}</h1>
                        <p class="page__lede">{frozen}</p>
                    </div>
                    <div class="page__actions">
                        <a class="btn" href=paths::talk_markdown(&slug, talk.id) download="">{icon("export")}"Export as markdown"</a>
                    </div>
                </div>
                <div class="stack stack--wide">
                    {stop_problem(actions)}
                    <div class="thread">{exchanges}</div>
                    <FormProblem answer=answer(decide)/>
                    {brief::sections(&written)}
                    {(!suggested.is_empty()).then(|| view! { <h2>"Suggested edits"</h2>{suggested} })}
                    {form}
                </div>
            </main>
            {change}
        </PageFrame>
    }
}
