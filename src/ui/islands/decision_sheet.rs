//! A decision's sheet: its markdown, its rendering and its details, all following the typing.

use leptos::prelude::*;

use crate::{
    api::documents::DecisionPage,
    domain::{
        account::{Person, Role},
        decision as records,
        diagnostic::Level,
        offsets::span_to_utf16,
        project::DocumentKind,
    },
    ui::{
        browser::editor::Mark,
        components::{
            decision_details::{DecisionFacts, StatusMenu, date_of},
            icon::icon,
            paneswitch::{Choice, PaneSwitch},
            source::{Source, SourceEditor},
            workspace::{address_query, shared},
        },
        paths,
        state::decision_view::Surroundings,
    },
};

/// The source, its rendering and its details, all following the typing.
#[island]
pub fn DecisionSheet(data: DecisionPage, person: Option<Person>, label: String, query: String) -> impl IntoView {
    let query = address_query(query);
    let parameter = move |name: &'static str| query.with(|query| query.get(name).cloned());
    let DecisionPage { project, decision, log, elements, diagrams, findings, last_review, .. } = data;
    let (slug, id) = (project.slug.clone(), decision.document.id);
    let path = decision.document.path.clone();
    let editable = project.role >= Role::Editor;
    let here = paths::decision(&slug, id);

    let around = StoredValue::new(Surroundings::new(&slug, &log, elements, diagrams));
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
    let source_words = if editable { "Write" } else { "Source" };
    let modes: Vec<AnyView> = [("write", source_words), ("split", "Split"), ("read", "Read")]
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
        Choice { value: "source", icon: if editable { "edit" } else { "code" }, label: source_words, href: address("pane", "source") },
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
