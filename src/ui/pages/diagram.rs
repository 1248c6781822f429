//! The diagram page: the frame around the workbench.

use leptos::prelude::*;
use leptos_router::hooks::use_url;

use crate::{
    api::{
        ApiError,
        documents::{DiagramPage, diagram},
        people::whoami,
        reviews::{DecideSuggestion, Over, suggestion_over},
    },
    domain::{
        account::{Person, Role},
        address,
        id::DocumentId,
        project::DocumentKind,
        review::suggestion::SuggestionState,
        syntax::{Language, language_of},
    },
    ui::{
        components::{
            actions::{DeleteDocumentDialog, StartReviewButton},
            forms::{FormProblem, answer},
            frame::{At, PageFrame, Part},
            history::opener,
            icon::icon,
            loading::{load, segment},
            review::agents::decision_button,
        },
        islands::{
            status::{PresenceList, SaveStatus},
            workbench::{Opened, Workbench},
        },
        paths,
    },
};

type Data = (DiagramPage, Option<Person>, Option<Over>);

async fn read(slug: String, id: Option<DocumentId>, query: String) -> Result<Data, ApiError> {
    let Some(id) = id else { return Err(ApiError::NotFound { what: "This diagram".to_owned() }) };
    let query = address::query(&query);
    let over = match query.get("suggestion").and_then(|id| id.parse().ok()) {
        // One that is gone leaves the diagram as it is.
        Some(suggestion) => suggestion_over(id, suggestion, query.get("view").cloned()).await.ok(),
        None => None,
    };
    Ok((diagram(slug, id).await?, whoami().await?, over))
}

/// `/p/{slug}/diagrams/{document}?view=…&element=…`, with `suggestion=…` to see what it would change.
#[component]
pub fn Diagram() -> impl IntoView {
    let query = use_url().with_untracked(|url| url.search().to_owned());
    load(read(segment("slug"), segment("document").parse().ok(), query), |data| view! { <DiagramFrame data=data/> }.into_any())
}

#[component]
fn DiagramFrame(data: Data) -> impl IntoView {
    let query = use_url().with_untracked(|url| url.search().to_owned());
    let (data, person, over) = data;
    let (project, document) = (data.project.clone(), data.diagram.document.clone());
    let (slug, id, title) = (project.slug.clone(), document.id, document.title.clone());
    let editable = project.role >= Role::Editor;
    let here = paths::diagram(&slug, id);
    let live = match language_of(&document.path, &data.diagram.text) {
        Some(Language::Mermaid) => "flowchart",
        _ => "diagram",
    };
    let decide = ServerAction::<DecideSuggestion>::new();
    let bar = over.as_ref().map(|over| suggestion_bar(&here, over, editable, &query, decide));
    let ghosts = over.and_then(|over| over.ghosts);
    let deleting = (address::query(&query).get("confirm").map(String::as_str) == Some("delete"))
        .then(|| view! { <DeleteDocumentDialog slug=slug.clone() document=id name=title.clone() close=here/> });
    let actions = view! {
        <PresenceList/>
        {opener(DocumentKind::Diagram, &slug, id)}
        {editable.then(|| view! { <StartReviewButton slug=slug.clone() label="Review"/> })}
    }
    .into_any();
    view! {
        <PageFrame
            title=format!("{title} · {}", project.name)
            crumbs=vec![(project.name.clone(), Some(paths::project(&slug))), (title.clone(), None)]
            at=At::Project(slug.clone(), Part::Diagrams)
            rail=true
            live=live
            status=view! { <SaveStatus/> }.into_any()
            actions=actions
        >
            {bar}
            <Workbench data=Opened::new(data, ghosts, &address::query(&query)) person=person query=query/>
            {deleting}
        </PageFrame>
    }
}

/// Above the workbench: whose change is drawn over the picture, what it does, and what can be done with it.
fn suggestion_bar(here: &str, over: &Over, editable: bool, query: &str, decide: ServerAction<DecideSuggestion>) -> AnyView {
    let id = over.suggested.id.to_string();
    let query = address::query(query);
    let reason = over.suggested.proposal.reason.clone();
    let open = over.suggested.state == SuggestionState::Open;
    let button = |decision, label, class, sign| decision_button(decide, over.suggested.id, decision, label, class, sign);
    let elsewhere = over.ghosts.as_ref().filter(|ghosts| query.get("view") != Some(&ghosts.view)).map(|ghosts| {
        let href = paths::with_query(here, &[("view", Some(&ghosts.view)), ("suggestion", Some(&id))]);
        view! { <a class="btn btn--sm" href=href>"Show"</a> }
    });
    let plain = paths::with_query(here, &[("view", query.get("view").map(String::as_str))]);
    let (words, problem) = (over.words.clone(), over.problem.clone());
    let state = over.suggested.attribution();
    view! {
        <section class="suggest-bar" aria-label="Suggested change">
            {icon("agent")}
            <div class="suggest-bar__text">
                <p>
                    <b>{over.suggested.agent.clone()}</b>
                    {if words.is_empty() { " suggests a change".to_owned() } else { format!(" {words}") }}
                    {state.map(|state| format!(" ({state})"))}
                </p>
                {(!reason.is_empty()).then(|| view! { <p class="muted truncate" title=reason.clone()>{reason.clone()}</p> })}
                {(!problem.is_empty()).then(|| view! { <p class="suggest-bar__problem">{problem}</p> })}
                <FormProblem answer=answer(decide)/>
            </div>
            <div class="row push">
                {elsewhere}
                {(editable && open)
                    .then(|| view! { {button("accept", "Accept edit", "btn btn--primary btn--sm", "check")} {button("reject", "Reject", "btn btn--sm", "close")} })}
                <a class="btn btn--sm" href=over.back.clone()>"Back"</a>
                <a class="btn btn--ghost btn--icon btn--sm" href=plain aria-label="Hide the suggestion" title="Hide the suggestion">{icon("close")}</a>
            </div>
        </section>
    }
    .into_any()
}
