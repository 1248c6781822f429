//! The decision page: the frame around the sheet.

use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_url;

use crate::{
    api::{
        ApiError,
        documents::{DecisionPage, SetStatus, decision},
        people::whoami,
        reading::{Reading, Views, reading},
    },
    domain::{
        account::{Person, Role},
        address,
        decision::{self as records, status::Status},
        id::DocumentId,
    },
    ui::{
        components::{
            actions::DeleteDocumentDialog,
            forms::Submit,
            frame::{At, PageFrame, Part},
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

type Data = (DecisionPage, Reading, Option<Person>);

async fn read(slug: String, id: Option<DocumentId>, views: Views) -> Result<Data, ApiError> {
    match id {
        Some(id) => Ok((decision(slug.clone(), id).await?, reading(slug, id, views).await?, whoami().await?)),
        None => Err(ApiError::NotFound { what: "This decision".to_owned() }),
    }
}

/// `/p/{slug}/decisions/{document}?mode=…`
#[component]
pub fn Decision() -> impl IntoView {
    let views = use_url().with_untracked(|url| address::query(url.search()).get("views").cloned());
    let views = Views::parse(views.as_deref());
    load(read(segment("slug"), segment("document").parse().ok(), views), |data| view! { <DecisionView data=data/> }.into_any())
}

/// The frame around the sheet, which is what is alive.
#[component]
fn DecisionView(data: Data) -> impl IntoView {
    let query = use_url().with_untracked(|url| url.search().to_owned());
    let asked = address::query(&query);
    let (data, reading, person) = data;
    let (project, document) = (data.project.clone(), data.decision.document.clone());
    let (slug, id, here) = (project.slug.clone(), document.id, paths::decision(&project.slug, document.id));
    let editable = project.role >= Role::Editor;
    let record = records::parse(&document.path, &data.decision.text);
    let label = decision_number(record.number).unwrap_or_else(|| document.title.clone());
    let deleting = (asked.get("confirm").map(String::as_str) == Some("delete"))
        .then(|| view! { <DeleteDocumentDialog slug=slug.clone() document=id name=label.clone() close=here.clone()/> });
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
        <ExportMenu document=id views=reading.views/>
        {editable.then(|| view! { <NextStatus slug=slug.clone() document=id status=record.known_status()/> })}
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
            {deleting}
        </PageFrame>
    }
}

/// The step that a status usually takes next, as the page's one primary action.
#[component]
fn NextStatus(slug: String, document: DocumentId, status: Option<Status>) -> impl IntoView {
    let (to, words) = match status {
        None | Some(Status::Draft) => (Status::Proposed, "Propose"),
        Some(Status::Proposed) => (Status::Accepted, "Accept"),
        _ => return ().into_any(),
    };
    view! {
        <form class="inline-form" method="post" action=SetStatus::url()>
            <input type="hidden" name="slug" value=slug/>
            <input type="hidden" name="document" value=document.to_string()/>
            <input type="hidden" name="status" value=to.slug()/>
            <Submit>{icon("check")}{words}</Submit>
        </form>
    }
    .into_any()
}
