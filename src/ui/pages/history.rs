//! The history of a diagram: its versions beside one of them compared with now.

use leptos::prelude::*;

use crate::{
    api::{
        ApiError,
        history::{History, history},
    },
    domain::{id::DocumentId, project::DocumentKind},
    ui::{
        components::{
            frame::{At, PageFrame, Part},
            history::{foot, parts, since_words},
            icon::icon,
            loading::{asked, load, segment},
        },
        paths,
    },
};

async fn read(slug: String, id: Option<DocumentId>, version: Option<u32>) -> Result<History, ApiError> {
    let missing = || ApiError::NotFound { what: "This diagram".to_owned() };
    let found = history(id.ok_or_else(missing)?, version).await?;
    if found.project.slug != slug || found.document.kind != DocumentKind::Diagram {
        return Err(missing());
    }
    Ok(found)
}

/// `/p/{slug}/diagrams/{document}/history?version=7`
#[component]
pub fn DiagramHistory() -> impl IntoView {
    let version = asked("version").unwrap_or_default();
    let number = version.parse().ok();
    load(read(segment("slug"), segment("document").parse().ok(), number), move |history| screen(&history, &version))
}

fn screen(history: &History, asked: &str) -> AnyView {
    let (slug, name, title) = (history.project.slug.clone(), history.project.name.clone(), history.document.title.clone());
    let diagram = paths::diagram(&slug, history.document.id);
    let heading = format!("History of {title}");
    let since = since_words(history.since.as_ref());
    let (body, foot) = (parts(history, asked), foot(history));
    view! {
        <PageFrame
            title=format!("{heading} · {name}")
            crumbs=vec![
                (name, Some(paths::project(&slug))),
                (title, Some(diagram.clone())),
                ("History".to_owned(), None),
            ]
            at=At::Project(slug, Part::Diagrams)
        >
            <main class="page" id="main">
                <div class="page__head">
                    <div>
                        <h1>{heading}</h1>
                        <p class="page__lede">{since}</p>
                    </div>
                    <div class="page__actions"><a class="btn" href=diagram>{icon("diagram")}"Open diagram"</a></div>
                </div>
                {body.problem}
                <div class="history__page">
                    <section class="card card--flush" aria-labelledby="versions-title">
                        <div class="card__head"><h2 id="versions-title">"Versions"</h2></div>
                        <div class="history__side">{body.list}</div>
                    </section>
                    <section class="card history__beside" aria-label="Comparison">
                        {body.comparison}
                        {foot.map(|foot| view! { <div class="history__foot">{foot}</div> })}
                    </section>
                </div>
            </main>
        </PageFrame>
    }
    .into_any()
}
