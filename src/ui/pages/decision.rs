//! The decision page: the frame around the sheet.

use leptos::prelude::*;
use leptos_router::hooks::use_url;

use crate::{
    api::{
        ApiError,
        decisions::preview_number,
        documents::{DecisionPage, decision},
        history::{History, history},
        people::whoami,
        reading::{Reading, Views, reading},
    },
    domain::{
        account::{Person, Role},
        address,
        decision::{self as records, log::renumber::Renumbering},
        id::DocumentId,
        project::DocumentKind,
    },
    ui::{
        components::{
            actions::DeleteDocumentDialog,
            decision_dialogs::{NextStatus, asked_for, problems},
            frame::{At, PageFrame, Part},
            history::{HistoryDrawer, PART, opener},
            icon::icon,
            loading::{load, segment},
            reading::ExportMenu,
        },
        islands::{
            decision_sheet::DecisionSheet,
            status::{PresenceList, SaveStatus},
        },
        paths,
        state::words::decision_number,
    },
};

/// The page, how it is read, who reads it, what a renumbering that the address asks for would change, and the history.
type Data = (DecisionPage, Reading, Option<Person>, Option<Result<Renumbering, String>>, Option<History>);

async fn read(slug: String, id: Option<DocumentId>, query: String) -> Result<Data, ApiError> {
    let Some(id) = id else { return Err(ApiError::NotFound { what: "This decision".to_owned() }) };
    let asked = address::query(&query);
    let number = asked.get("to").filter(|_| asked.get("ask").map(String::as_str) == Some("number"));
    let renumbering = match number.and_then(|number| number.trim().parse().ok()) {
        Some(number) => Some(preview_number(id, number).await.map_err(|error| error.to_string())),
        None => None,
    };
    let history = match asked.get("history") {
        Some(version) => Some(history(id, version.parse().ok()).await?),
        None => None,
    };
    let views = Views::parse(asked.get("views").map(String::as_str));
    Ok((decision(slug.clone(), id).await?, reading(slug, id, views).await?, whoami().await?, renumbering, history))
}

/// `/p/{slug}/decisions/{document}?mode=…`, with `history` or `history=7` for its versions.
#[component]
pub fn Decision() -> impl IntoView {
    let query = use_url().with_untracked(|url| url.search().to_owned());
    load(read(segment("slug"), segment("document").parse().ok(), query), |data| view! { <DecisionView data=data/> }.into_any())
}

/// The frame around the sheet, which is what is alive.
#[component]
fn DecisionView(data: Data) -> impl IntoView {
    let query = use_url().with_untracked(|url| url.search().to_owned());
    let asked = address::query(&query);
    let (data, reading, person, renumbering, history) = data;
    let (project, document) = (data.project.clone(), data.decision.document.clone());
    let (slug, id, here) = (project.slug.clone(), document.id, paths::decision(&project.slug, document.id));
    let editable = project.role >= Role::Editor;
    let record = records::parse(&document.path, &data.decision.text);
    let label = decision_number(record.number).unwrap_or_else(|| document.title.clone());
    let deleting = (asked.get("confirm").map(String::as_str) == Some("delete"))
        .then(|| view! { <DeleteDocumentDialog slug=slug.clone() document=id name=label.clone() close=here.clone()/> });
    let asking = if editable || asked.get("ask").map(String::as_str) == Some("object") {
        asked_for(&asked, &data, &record, renumbering)
    } else {
        None
    };
    let standing = data.standing.clone();
    let drawer = history.map(|history| {
        let asked = asked.get("history").cloned().unwrap_or_default();
        view! { <HistoryDrawer history=history asked=asked/> }
    });
    let actions = view! {
        <PresenceList/>
        <a
            class="btn btn--ghost btn--icon show-md hide-sm"
            href="#meta"
            rel="external"
            aria-label="Details"
            title="Details"
            data-act="toggle"
            data-target="meta"
        >
            {icon("panel-right")}
        </a>
        {opener(DocumentKind::Decision, &slug, id)}
        <ExportMenu document=id views=reading.views/>
        {editable.then(|| view! { <NextStatus slug=slug.clone() document=id status=record.known_status() standing=standing/> })}
    }
    .into_any();
    view! {
        <PageFrame
            title=format!("{} · {}", document.title, project.name)
            crumbs=vec![
                (project.name.clone(), Some(paths::project(&slug))),
                ("Decisions".to_owned(), Some(paths::decisions(&slug))),
                (label.clone(), None),
            ]
            at=At::Project(slug.clone(), Part::Decisions)
            rail=true
            live="decision"
            status=view! { <SaveStatus/> }.into_any()
            actions=actions
        >
            <DecisionSheet data=data reading=reading person=person label=label query=query/>
            <div id=PART>{drawer}</div>
            {deleting}
            {asking}
            {problems()}
        </PageFrame>
    }
}
