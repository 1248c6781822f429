//! The decision page: the frame around the sheet.

use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_url;

use crate::{
    api::{
        ApiError,
        documents::{DecisionPage, SetStatus, decision},
        people::whoami,
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
        },
        islands::{
            decision_sheet::DecisionSheet,
            status::{PresenceList, SaveStatus},
        },
        paths,
        state::words::decision_number,
    },
};

type Data = (DecisionPage, Option<Person>);

async fn read(slug: String, id: Option<DocumentId>) -> Result<Data, ApiError> {
    match id {
        Some(id) => Ok((decision(slug, id).await?, whoami().await?)),
        None => Err(ApiError::NotFound { what: "This decision".to_owned() }),
    }
}

/// `/p/{slug}/decisions/{document}?mode=…`
#[component]
pub fn Decision() -> impl IntoView {
    load(read(segment("slug"), segment("document").parse().ok()), |data| view! { <DecisionView data=data/> }.into_any())
}

/// The frame around the sheet, which is what is alive.
#[component]
fn DecisionView(data: Data) -> impl IntoView {
    let query = use_url().with_untracked(|url| url.search().to_owned());
    let asked = address::query(&query);
    let (data, person) = data;
    let (project, document) = (data.project.clone(), data.decision.document.clone());
    let (slug, id, here) = (project.slug.clone(), document.id, paths::decision(&project.slug, document.id));
    let editable = project.role >= Role::Editor;
    let record = records::parse(&document.path, &data.decision.text);
    let label = decision_number(record.number).unwrap_or_else(|| document.title.clone());
    let file = document.path.rsplit('/').next().unwrap_or(&document.path).to_owned();
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
        <a class="btn hide-sm" href=paths::document_text(id) download=file aria-label="Export">
            {icon("export")}
            <span class="hide-md">"Export"</span>
        </a>
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
            <DecisionSheet data=data person=person label=label query=query/>
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
