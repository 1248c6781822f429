//! A decision: its markdown, its rendering that follows the typing, and its details.

use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::{use_params_map, use_url};

use crate::{
    api::{
        ApiError,
        documents::{DecisionPage, SetStatus, decision},
        people::whoami,
    },
    domain::{
        account::{Person, Role},
        decision::{self as records, status::Status},
        diagnostic::Level,
        id::DocumentId,
        project::DocumentKind,
        syntax::{Language, language_of, parse},
    },
    ui::{
        browser::editor::Mark,
        components::{
            actions::DeleteDocumentDialog,
            decision_details::{DecisionFacts, StatusMenu, date_of},
            forms::Submit,
            frame::{At, PageFrame, Part},
            icon::icon,
            loading::load,
            paneswitch::{Choice, PaneSwitch},
            source::{PresenceList, SaveStatus, Source, SourceEditor},
            workspace::{address_query, shared},
        },
        paths,
        state::{address, decision_view::Surroundings, offsets::span_to_utf16, words::decision_number},
    },
};

type Data = (DecisionPage, Option<Person>);

async fn read((slug, id): (String, Option<DocumentId>)) -> Result<Data, ApiError> {
    match id {
        Some(id) => Ok((decision(slug, id).await?, whoami().await?)),
        None => Err(ApiError::NotFound { what: "This decision".to_owned() }),
    }
}

/// `/p/{slug}/decisions/{document}?mode=…`
#[component]
pub fn Decision() -> impl IntoView {
    let params = use_params_map();
    let address = Memo::new(move |_| {
        params.with(|params| (params.get("slug").unwrap_or_default(), params.get("document").and_then(|id| id.parse::<DocumentId>().ok())))
    });
    let data = Resource::new_blocking(move || address.get(), read);
    load(data, true, |data| view! { <DecisionView data=data/> }.into_any())
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
        <a class="btn hide-sm" href=paths::document_text(id) download=file>
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
            live=true
            status=view! { <SaveStatus/> }.into_any()
            actions=actions
        >
            <DecisionSheet data=data person=person label=label query=query/>
            {deleting}
        </PageFrame>
    }
}

/// The source, its rendering and its details, all following the typing.
#[island]
fn DecisionSheet(data: DecisionPage, person: Option<Person>, label: String, query: String) -> impl IntoView {
    let query = address_query(query);
    let parameter = move |name: &'static str| query.with(|query| query.get(name).cloned());
    let DecisionPage { project, decision, log, diagrams, findings, last_review, sources, .. } = data;
    let (slug, id) = (project.slug.clone(), decision.document.id);
    let path = decision.document.path.clone();
    let editable = project.role >= Role::Editor;
    let here = paths::decision(&slug, id);

    let models = diagrams
        .iter()
        .map(|diagram| {
            let language = language_of(&diagram.document.path, &diagram.text).unwrap_or(Language::Structurizr);
            (diagram.document.id, diagram.document.path.clone(), parse(language, &diagram.document.path, &diagram.text, &sources).model)
        })
        .collect();
    let around = StoredValue::new(Surroundings::new(&slug, &log, models));
    let text = RwSignal::new(decision.text.clone());
    let record = {
        let path = path.clone();
        Memo::new(move |_| text.with(|text| records::parse(&path, text)))
    };
    let html = {
        let path = path.clone();
        Memo::new(move |_| text.with(|text| record.with(|record| around.with_value(|around| around.rendered(&path, text, record)))))
    };
    let marks = Signal::derive(move || {
        text.with(|text| {
            record.with(|record| {
                let marks = record.diagnostics.iter().filter(|diagnostic| diagnostic.level != Level::Note).map(|diagnostic| {
                    let (from, to) = span_to_utf16(text, diagnostic.span);
                    let level = if diagnostic.level == Level::Error { "error" } else { "warning" };
                    Mark { from, to, level, message: format!("{}. {} {}", diagnostic.what, diagnostic.why, diagnostic.help) }
                });
                marks.collect::<Vec<_>>()
            })
        })
    });
    let session = shared().session;

    let mode = Memo::new(move |_| match parameter("mode").as_deref() {
        Some("write") => "write",
        Some("read") => "read",
        _ => "split",
    });
    let pane = Memo::new(move |_| match parameter("pane").as_deref() {
        Some("source") => "source".to_owned(),
        Some("meta") => "meta".to_owned(),
        _ => "preview".to_owned(),
    });
    let address = {
        let here = here.clone();
        move |name: &'static str, value: &'static str| {
            let here = here.clone();
            Signal::derive(move || {
                let (mode, pane) = (parameter("mode"), parameter("pane"));
                let mode = if name == "mode" { Some(value.to_owned()) } else { mode };
                let pane = if name == "pane" { Some(value.to_owned()) } else { pane };
                paths::with_query(&here, &[("mode", mode.as_deref()), ("pane", pane.as_deref())])
            })
        }
    };
    let modes: Vec<AnyView> = [("write", "Write"), ("split", "Split"), ("read", "Read")]
        .into_iter()
        .map(|(value, words)| {
            view! {
                <a class="seg__item" href=address("mode", value) aria-current=move || (mode.get() == value).then_some("true")>
                    {words}
                </a>
            }
            .into_any()
        })
        .collect();
    let switch = vec![
        Choice { value: "preview", icon: "eye", label: "Read", href: address("pane", "preview") },
        Choice { value: "source", icon: "edit", label: "Write", href: address("pane", "source") },
        Choice { value: "meta", icon: "panel-right", label: "Details", href: address("pane", "meta") },
    ];
    let source = Source {
        document: id,
        kind: DocumentKind::Decision,
        path: path.clone(),
        text: decision.text,
        revision: decision.document.revision,
        read_only: !editable,
        person,
    };
    let plain = Memo::new(move |_| parameter("edit").is_some());
    view! {
            <main class="adr" id="main" data-pane=pane data-mode=mode>
                <h1 class="sr-only">{move || record.with(|record| format!("{label} {}", record.title))}</h1>
                <section class="pane adr__source" aria-label="Markdown source">
                    <div class="pane__head">
                        <h2 class="pane__title">"Markdown"</h2>
                        <span class="muted mono truncate pane__file">{path.clone()}</span>
                        {editable.then(|| view! { <a class="btn btn--sm push nojs-only" href=format!("{here}?edit=1&pane=source") data-reload="">"Edit"</a> })}
                    </div>
                    <SourceEditor source=source session=session on_text=Callback::new(move |new: String| text.set(new)) marks=marks plain=plain/>
                </section>
                <div class="adr__split splitter splitter--v" aria-hidden="true"></div>
                <section class="pane adr__preview" aria-label="Preview">
                    <div class="pane__head">
                        <h2 class="pane__title">"Preview"</h2>
                        <span class="push"></span>
                        <nav class="seg seg--sm" aria-label="Editor layout">{modes}</nav>
                    </div>
                    <div class="pane__body" tabindex="0" role="region" aria-label="Rendered decision">
                        <div class="adr__sheet adr__sheet--plain">
                            <article class="prose prose--doc" inner_html=html></article>
                        </div>
                    </div>
                </section>
                <aside class="pane adr__meta" id="meta" aria-label="Decision details">
                    <div class="pane__head"><h2 class="pane__title">"Details"</h2></div>
                    <div class="pane__body" tabindex="0" role="region" aria-label="Decision details, scrollable">
                        <div class="insp">
                            <dl class="props">
                                <div class="prop">
                                    <dt>"Status"</dt>
                                    <dd><StatusMenu slug=slug.clone() document=id record=record editable=editable/></dd>
                                </div>
                                <div class="prop"><dt>"Date"</dt><dd>{move || record.with(date_of)}</dd></div>
                                <div class="prop"><dt>"Template"</dt><dd>{move || record.with(|record| record.template.name())}</dd></div>
                            </dl>
                        </div>
                        <DecisionFacts document=id record=record around=around findings=findings last_review=last_review/>
                        {editable
                            .then(|| {
                                view! {
                                    <div class="insp">
                                        <a class="btn btn--sm btn--danger" href=format!("{here}?confirm=delete") data-reload="">
                                            {icon("trash")}
                                            "Delete decision"
                                        </a>
                                    </div>
                                }
                            })}
                    </div>
                </aside>
                <PaneSwitch choices=switch current=pane/>
            </main>
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
