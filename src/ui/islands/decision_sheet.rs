//! A decision's sheet: its markdown, its rendering and its details, all following the typing.

use leptos::prelude::*;

use crate::{
    api::{
        decisions::{Standing, part_edits, standing as load_standing},
        documents::DecisionPage,
    },
    domain::{
        account::{Person, Role},
        decision::{self as records, workflow::lock},
        diagnostic::Level,
        id::DocumentId,
        offsets::span_to_utf16,
        project::DocumentKind,
    },
    ui::{
        browser::{
            address,
            editor::{Change, Mark},
        },
        components::{
            decision_details::{DecisionFacts, StatusMenu, Turns, Voices, date_of},
            decision_form::{DecisionForm, Desk, Wanted},
            decision_lock::LockNote,
            icon::icon,
            paneswitch::{Choice, PaneSwitch},
            source::{Session, Source, SourceEditor},
            workspace::{address_query, shared},
        },
        paths,
        state::decision_view::Surroundings,
    },
};

/// How often a change is tried again because somebody types.
const TRIES: usize = 5;

/// The source, its rendering and its details, all following the typing.
#[island]
pub fn DecisionSheet(data: DecisionPage, person: Option<Person>, label: String, query: String) -> impl IntoView {
    let query = address_query(query);
    let parameter = move |name: &'static str| query.with(|query| query.get(name).cloned());
    let DecisionPage { now, project, decision, log, elements, diagrams, findings, last_review, standing } = data;
    let (slug, id) = (project.slug.clone(), decision.document.id);
    let path = decision.document.path.clone();
    let editable = project.role >= Role::Editor;
    let may_answer = project.role >= Role::Commenter;
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
    let standing = RwSignal::new(standing);
    follow_standing(id, record, standing);
    let locked = Memo::new(move |_| record.with(|record| record.known_status().is_some_and(lock::holds)));
    Effect::new(move || {
        let locked = locked.get();
        if session.ready.get() {
            session.with(|editor| editor.lock(locked));
        }
    });
    let desk = Desk {
        document: id,
        base_revision: decision.document.revision,
        editable,
        change: Callback::new(move |change| change_part(id, text, session, change)),
        ready: session.ready,
    };

    let mode = Memo::new(move |_| match parameter("mode").as_deref() {
        Some("write") => "write",
        Some("read") => "read",
        Some("form") => "form",
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
    let modes: Vec<AnyView> = [("write", source_words), ("split", "Split"), ("read", "Read"), ("form", "Form")]
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
    let form_path = path.clone();
    let plain = Memo::new(move |_| parameter("edit").is_some());
    view! {
            <main class="adr" id="main" data-pane=pane data-mode=mode>
                <h1 class="sr-only">{move || record.with(|record| format!("{label} {}", record.title))}</h1>
                <section class="pane adr__source" aria-label="Markdown source">
                    <div class="pane__head">
                        <h2 class="pane__title">"Markdown"</h2>
                        <span class="muted mono truncate pane__file">{path.clone()}</span>
                        {(editable && !locked.get_untracked()).then(|| view! { <a class="btn btn--sm push nojs-only" href=format!("{here}?edit=1&pane=source") data-reload="">"Edit"</a> })}
                    </div>
                    <LockNote slug=slug.clone() document=id record=record editable=editable/>
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
                            {move || {
                                if mode.get() == "form" {
                                    view! { <DecisionForm desk=desk text=text record=record path=form_path.clone()/> }.into_any()
                                } else {
                                    view! { <article class="prose prose--doc" inner_html=html></article> }.into_any()
                                }
                            }}
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
                                    <dd><StatusMenu document=id record=record around=around standing=standing editable=editable/></dd>
                                </div>
                                <div class="prop"><dt>"Date"</dt><dd>{move || record.with(date_of)}</dd></div>
                                <div class="prop"><dt>"Template"</dt><dd>{move || record.with(|record| record.template.name())}</dd></div>
                            </dl>
                        </div>
                        <Voices document=id slug=slug.clone() record=record standing=standing may_answer=may_answer/>
                        <DecisionFacts document=id record=record around=around findings=findings last_review=last_review editable=editable/>
                        <Turns standing=standing now=now/>
                        {editable
                            .then(|| {
                                view! {
                                    <div class="insp row">
                                        <a class="btn btn--sm" href=format!("{here}?ask=number") data-reload="">"Renumber"</a>
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

/// Asks again what those say who decide, whenever the record says something else about it or something was posted.
fn follow_standing(document: DocumentId, record: Memo<records::Record>, standing: RwSignal<Standing>) {
    let load = move || {
        leptos::task::spawn_local(async move {
            if let Ok(now) = load_standing(document).await {
                standing.try_set(now);
            }
        });
    };
    let asked = Memo::new(move |_| record.with(|record| (record.known_status(), record.deciders.clone())));
    Effect::new(move |before: Option<_>| {
        let now = asked.get();
        if before.is_some_and(|before| before != now) {
            load();
        }
        now
    });
    Effect::new(move || address::on_posted(load));
}

/// Gives a part of the record another value in the editor's text. While others type, the edits are asked for again.
fn change_part(document: DocumentId, text: RwSignal<String>, session: Session, wanted: Wanted) {
    let Wanted { part, value, base } = wanted;
    leptos::task::spawn_local(async move {
        for _ in 0..TRIES {
            let now = text.get_untracked();
            match part_edits(document, now.clone(), part.clone(), value.clone(), base.clone()).await {
                Ok(edits) if text.get_untracked() == now => {
                    let changes: Vec<Change> = edits
                        .iter()
                        .map(|edit| {
                            let (from, to) = span_to_utf16(&now, edit.span);
                            Change { from, to, insert: edit.replacement.clone() }
                        })
                        .collect();
                    session.with(|editor| editor.apply(&changes));
                    return;
                }
                Ok(_) => {}
                Err(error) => {
                    address::tell(&error.to_string());
                    return;
                }
            }
        }
        address::tell("The text changes too quickly. Change it once more in a moment.");
    });
}
