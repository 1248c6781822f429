//! A decision: its markdown, its rendering that follows the typing, and its details.

use leptos::{form::ActionForm, prelude::*};
use leptos_router::hooks::{use_params_map, use_query_map};

use crate::{
    api::{
        ApiError,
        documents::{DecisionPage, SetStatus, decision},
    },
    domain::{
        account::Role,
        decision::{self as records, status::Status},
        diagnostic::Level,
        id::DocumentId,
        project::DocumentKind,
        syntax::{Language, language_of, parse},
    },
    ui::{
        browser::{document, editor::Mark},
        components::{
            actions::DeleteDocumentDialog,
            decision_details::{DecisionFacts, StatusMenu, date_of},
            forms::Submit,
            frame::{At, PageFrame, Part},
            icon::icon,
            loading::load,
            paneswitch::{Choice, PaneSwitch},
            source::{PresenceList, SaveStatus, Session, Source, SourceEditor},
            workspace::shared,
        },
        paths,
        state::{
            decision_view::Surroundings,
            offsets::span_to_utf16,
            palette::{Group, Item},
            words::decision_number,
        },
    },
};

async fn read((slug, id): (String, Option<DocumentId>)) -> Result<DecisionPage, ApiError> {
    match id {
        Some(id) => decision(slug, id).await,
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

#[component]
fn DecisionView(data: DecisionPage) -> impl IntoView {
    let query = use_query_map();
    let parameter = move |name: &'static str| query.with(|query| query.get(name));
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
    let session = Session::new();
    let label = decision_number(record.with_untracked(|record| record.number)).unwrap_or_else(|| decision.document.title.clone());
    offer(&slug, around);

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
                <a class="seg__item" href=address("mode", value) aria-current=move || (mode.get() == value).then_some("true") data-noscroll>
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
    };
    let plain = Memo::new(move |_| parameter("edit").is_some());
    let next = move || record.with(records::Record::known_status);
    let deleting = {
        let (slug, here, label) = (slug.clone(), here.clone(), label.clone());
        move || {
            (parameter("confirm").as_deref() == Some("delete"))
                .then(|| view! { <DeleteDocumentDialog slug=slug.clone() document=id name=label.clone() close=here.clone()/> })
        }
    };
    let file = file_name(&path);
    let actions = view! {
        <PresenceList session=session/>
        <a
            class="btn btn--ghost btn--icon show-md hide-sm"
            href="#meta"
            rel="external"
            aria-label="Details"
            title="Details"
            on:click=|event| {
                event.prevent_default();
                document::toggle_open("meta");
            }
        >
            {icon("panel-right")}
        </a>
        <button class="btn hide-sm js-only" type="button" on:click=move |_| text.with_untracked(|text| document::download(&file, text))>
            {icon("export")}
            <span class="hide-md">"Export"</span>
        </button>
        {
            let slug = slug.clone();
            move || editable.then(|| view! { <NextStatus slug=slug.clone() document=id status=next()/> })
        }
    }
    .into_any();
    view! {
        <PageFrame
            title=format!("{} · {}", decision.document.title, project.name)
            crumbs=vec![
                (project.name.clone(), Some(paths::project(&slug))),
                ("Decisions".to_owned(), Some(paths::decisions(&slug))),
                (label.clone(), None),
            ]
            at=At::Project(slug.clone(), Part::Decisions)
            rail=true
            status=view! { <SaveStatus session=session/> }.into_any()
            actions=actions
        >
            <main class="adr" id="main" data-pane=pane data-mode=mode>
                <h1 class="sr-only">{move || record.with(|record| format!("{label} {}", record.title))}</h1>
                <section class="pane adr__source" aria-label="Markdown source">
                    <div class="pane__head">
                        <h2 class="pane__title">"Markdown"</h2>
                        <span class="muted mono truncate pane__file">{path.clone()}</span>
                        {editable.then(|| view! { <a class="btn btn--sm push nojs-only" href=format!("{here}?edit=1&pane=source")>"Edit"</a> })}
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
                                        <a class="btn btn--sm btn--danger" href=format!("{here}?confirm=delete") data-noscroll>
                                            {icon("trash")}
                                            "Delete decision"
                                        </a>
                                    </div>
                                }
                            })}
                    </div>
                </aside>
                <PaneSwitch choices=switch current=pane/>
                {deleting}
            </main>
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
    let action = ServerAction::<SetStatus>::new();
    view! {
        <ActionForm action=action attr:class="inline-form">
            <input type="hidden" name="slug" value=slug/>
            <input type="hidden" name="document" value=document.to_string()/>
            <input type="hidden" name="status" value=to.slug()/>
            <Submit busy=action.pending()>{icon("check")}{words}</Submit>
        </ActionForm>
    }
    .into_any()
}

fn file_name(path: &str) -> String {
    path.rsplit('/').next().unwrap_or(path).to_owned()
}

/// Gives the palette the log's records.
fn offer(slug: &str, around: StoredValue<Surroundings>) {
    let (shared, slug) = (shared(), slug.to_owned());
    Effect::new(move || {
        let items = around.with_value(|around| {
            around
                .log
                .iter()
                .map(|(id, _, record)| Item {
                    group: Group::Decisions,
                    icon: "decision",
                    label: format!("{} {}", decision_number(record.number).unwrap_or_default(), record.title).trim().to_owned(),
                    hint: record.status.as_ref().map(|status| status.written.clone()).unwrap_or_default(),
                    href: paths::decision(&slug, *id),
                })
                .collect()
        });
        shared.items.set(items);
    });
}
