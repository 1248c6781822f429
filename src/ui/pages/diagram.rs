//! The diagram page: the frame around the workbench.

use leptos::prelude::*;
use leptos_router::hooks::use_url;

use crate::{
    api::{
        ApiError,
        documents::{DiagramPage, diagram},
        people::whoami,
    },
    domain::{
        account::{Person, Role},
        address,
        id::DocumentId,
        syntax::{Language, language_of},
    },
    ui::{
        components::{
            actions::{DeleteDocumentDialog, StartReviewButton},
            frame::{At, PageFrame, Part},
            loading::{load, segment},
        },
        islands::{
            status::{PresenceList, SaveStatus},
            workbench::{Opened, Workbench},
        },
        paths,
    },
};

type Data = (DiagramPage, Option<Person>);

async fn read(slug: String, id: Option<DocumentId>) -> Result<Data, ApiError> {
    match id {
        Some(id) => Ok((diagram(slug, id).await?, whoami().await?)),
        None => Err(ApiError::NotFound { what: "This diagram".to_owned() }),
    }
}

/// `/p/{slug}/diagrams/{document}?view=…&element=…`
#[component]
pub fn Diagram() -> impl IntoView {
    load(read(segment("slug"), segment("document").parse().ok()), |data| view! { <DiagramFrame data=data/> }.into_any())
}

#[component]
fn DiagramFrame(data: Data) -> impl IntoView {
    let query = use_url().with_untracked(|url| url.search().to_owned());
    let (data, person) = data;
    let (project, document) = (data.project.clone(), data.diagram.document.clone());
    let (slug, id, title) = (project.slug.clone(), document.id, document.title.clone());
    let editable = project.role >= Role::Editor;
    let here = paths::diagram(&slug, id);
    let live = match language_of(&document.path, &data.diagram.text) {
        Some(Language::Mermaid) => "flowchart",
        _ => "diagram",
    };
    let deleting = (address::query(&query).get("confirm").map(String::as_str) == Some("delete"))
        .then(|| view! { <DeleteDocumentDialog slug=slug.clone() document=id name=title.clone() close=here/> });
    let actions = view! {
        <PresenceList/>
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
            <Workbench data=Opened::new(data, &address::query(&query)) person=person query=query/>
            {deleting}
        </PageFrame>
    }
}
