//! A decision's sheet: its markdown, its rendering and its details, all following the typing.
//!
//! A short text is previewed with every key. A long one waits for a pause and is then rendered in parts, each when the browser has
//! nothing else to do, so that no key waits for the preview.

use leptos::{prelude::*, task::spawn_local};

use crate::{
    api::{
        decisions::{Standing, part_edits, standing as load_standing},
        documents::DecisionPage,
        reading::{Reading, Views, figures as draw},
    },
    domain::{
        account::{Person, Role},
        decision::{
            self as records,
            constraint::fence,
            figure::{Figure, Figures},
            workflow::lock,
        },
        diagnostic::Level,
        id::DocumentId,
        markdown::contents,
        offsets::span_to_utf16,
        project::DocumentKind,
    },
    ui::{
        browser::{
            address,
            editor::{Change, Mark},
            idle::{idle, later},
        },
        components::{
            decision_details::{DecisionFacts, StatusMenu, Turns, Voices, date_of},
            decision_form::{DecisionForm, Desk, Wanted},
            decision_lock::LockNote,
            icon::icon,
            paneswitch::{Choice, PaneSwitch},
            reading::{Contents, Pager, Times},
            source::{Session, Source, SourceEditor},
            workspace::{address_query, shared},
        },
        paths,
        state::{
            decision_view::Surroundings,
            preview::{PAUSE, Part, QUICK, Sheet, Work, unknown},
        },
    },
};

/// How often a change is tried again because somebody types.
const TRIES: usize = 5;

/// How long to wait after the last key before new pictures are asked for, in ms.
const ASK: u64 = 600;
/// Names without an element that are marked in the text.
const MOST_MARKS: usize = 200;

/// The preview as it is made. Cheap to copy.
#[derive(Clone, Copy)]
struct Preview {
    document: DocumentId,
    views: Views,
    path: StoredValue<String>,
    as_of: StoredValue<Option<String>>,
    around: StoredValue<Surroundings>,
    /// The text that is shown.
    text: RwSignal<String>,
    /// The text in the editor: that of a long record is shown after a pause.
    typed: StoredValue<String>,
    parts: RwSignal<Vec<Part>>,
    figures: StoredValue<Figures>,
    /// Changes with the figures.
    stamp: StoredValue<u32>,
    /// Changes with the text in the editor: what was begun before is left.
    turn: StoredValue<u32>,
}

impl Preview {
    fn with_sheet<T>(self, act: impl FnOnce(Sheet<'_>) -> T) -> T {
        self.around.with_value(|around| {
            self.path.with_value(|path| {
                self.figures
                    .with_value(|figures| self.as_of.with_value(|as_of| act(Sheet { around, path, figures, as_of: as_of.as_deref() })))
            })
        })
    }

    fn work(self, text: String) -> Work {
        Work::new(text, self.parts.get_untracked(), self.stamp.get_value())
    }

    /// Shows the text that the editor has now.
    fn take(self, text: String) {
        self.typed.set_value(text.clone());
        // What was begun before is left.
        let turn = self.turn.try_update_value(|turn| {
            *turn = turn.wrapping_add(1);
            *turn
        });
        if let Some(turn) = turn
            && self.text.with_untracked(|shown| *shown != text)
        {
            self.start(text, turn);
        }
    }

    fn start(self, text: String, turn: u32) {
        if text.len() <= QUICK {
            let parts = self.with_sheet(|sheet| self.work(text.clone()).finish(sheet));
            self.show(text, parts);
            return;
        }
        later(PAUSE, move || {
            if self.is_on(turn) {
                idle(move || self.begin(text, turn));
            }
        });
    }

    /// Whether nothing was typed since. Not, too, when the page was left.
    fn is_on(self, turn: u32) -> bool {
        self.turn.try_get_value() == Some(turn)
    }

    fn begin(self, text: String, turn: u32) {
        if self.is_on(turn) {
            let work = self.work(text);
            idle(move || self.advance(work, turn));
        }
    }

    fn advance(self, mut work: Work, turn: u32) {
        if !self.is_on(turn) {
            return;
        }
        if self.with_sheet(|sheet| work.step(sheet)) {
            idle(move || self.advance(work, turn));
        } else {
            let (text, parts) = work.into_parts();
            self.show(text, parts);
        }
    }

    fn show(self, text: String, parts: Vec<Part>) {
        self.parts.set(parts);
        self.text.set(text);
        let turn = self.turn.get_value();
        later(ASK, move || {
            if self.is_on(turn) {
                self.ask(turn);
            }
        });
    }

    /// Asks for pictures that the text names and nobody has drawn yet.
    fn ask(self, turn: u32) {
        let asked = self.text.with_untracked(|text| self.figures.with_value(|figures| unknown(text, figures)));
        if asked.is_empty() {
            // Pictures came while somebody typed.
            let stamp = self.stamp.get_value();
            if self.parts.with_untracked(|parts| parts.iter().any(|part| part.stamp != stamp)) {
                self.start(self.text.get_untracked(), turn);
            }
            return;
        }
        spawn_local(async move {
            let drawn = draw(self.document, asked.clone(), self.views).await.unwrap_or_default();
            let known = self.figures.try_update_value(|figures| {
                figures.extend(drawn);
                // What was not answered is not asked for again.
                for embed in asked {
                    figures.entry(embed).or_insert_with(unanswered);
                }
            });
            if known.is_none() {
                return;
            }
            self.stamp.update_value(|stamp| *stamp = stamp.wrapping_add(1));
            if self.is_on(turn) {
                self.start(self.text.get_untracked(), turn);
            }
        });
    }
}

fn unanswered() -> Figure {
    let help = "Check the connection and load the page again.".to_owned();
    Figure::Undrawn { what: "The server did not answer, so this is not drawn".to_owned(), help, problems: Vec::new() }
}

/// The source, its rendering and its details, all following the typing.
#[island]
pub fn DecisionSheet(data: DecisionPage, reading: Reading, person: Option<Person>, label: String, query: String) -> impl IntoView {
    let query = address_query(query);
    let parameter = move |name: &'static str| query.with(|query| query.get(name).cloned());
    let DecisionPage { now, project, decision, log, elements, diagrams, findings, last_review, standing } = data;
    let (slug, id) = (project.slug.clone(), decision.document.id);
    let path = decision.document.path.clone();
    let editable = project.role >= Role::Editor;
    let may_answer = project.role >= Role::Commenter;
    let here = paths::decision(&slug, id);

    let pager = view! { <Pager slug=slug.clone() log=log.clone() document=id/> };
    let around = StoredValue::new(Surroundings::new(&slug, &log, elements, diagrams));
    let text = RwSignal::new(decision.text.clone());
    let preview = Preview {
        document: id,
        views: reading.views,
        path: StoredValue::new(path.clone()),
        as_of: StoredValue::new(reading.as_of.clone()),
        around,
        text,
        typed: StoredValue::new(decision.text.clone()),
        parts: RwSignal::new(Vec::new()),
        figures: StoredValue::new(reading.figures.iter().cloned().collect()),
        stamp: StoredValue::new(0),
        turn: StoredValue::new(0),
    };
    preview.parts.set(preview.with_sheet(|sheet| preview.work(decision.text.clone()).finish(sheet)));
    let record = {
        let path = path.clone();
        Memo::new(move |_| text.with(|text| records::parse(&path, text)))
    };
    // A part is put into the page again only when it has changed.
    let part = move |index: usize| {
        Memo::new(move |_| {
            let html = preview.parts.with(|parts| parts.get(index).map(|part| part.html.to_string()).unwrap_or_default());
            if index == 0 { record.with(|record| Surroundings::titled(&html, record)) } else { html }
        })
    };
    let count = Memo::new(move |_| preview.parts.with(Vec::len));
    let headings = Memo::new(move |_| preview.parts.with(|parts| parts.iter().flat_map(|part| contents(&part.html)).collect::<Vec<_>>()));
    let marks = Signal::derive(move || {
        text.with(|text| {
            record.with(|record| {
                let rules = fence::diagnostics(text);
                let told = record.diagnostics.iter().chain(&rules).filter(|diagnostic| diagnostic.level != Level::Note);
                let marks = told.map(|diagnostic| {
                    let (from, to) = span_to_utf16(text, diagnostic.span);
                    let level = if diagnostic.level == Level::Error { "error" } else { "warning" };
                    Mark { from, to, level, message: format!("{}. {} {}", diagnostic.what, diagnostic.why, diagnostic.help) }
                });
                let missing = |around: &Surroundings| {
                    let links = record.element_links.iter().filter(|link| around.element(&link.text).is_none());
                    let marks = links.take(MOST_MARKS).map(|link| {
                        let (from, to) = span_to_utf16(text, link.span);
                        let near = around.nearest(&link.text).map(|near| format!(" Did you mean {near}?")).unwrap_or_default();
                        Mark { from, to, level: "warning", message: format!("No diagram has an element called {}.{near}", link.text) }
                    });
                    marks.collect::<Vec<_>>()
                };
                marks.chain(around.with_value(missing)).collect::<Vec<_>>()
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
        change: Callback::new(move |change| change_part(id, preview.typed, session, change)),
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
                let (mode, pane, views) = (parameter("mode"), parameter("pane"), parameter("views"));
                let mode = if name == "mode" { Some(value.to_owned()) } else { mode };
                let pane = if name == "pane" { Some(value.to_owned()) } else { pane };
                paths::with_query(&here, &[("mode", mode.as_deref()), ("pane", pane.as_deref()), ("views", views.as_deref())])
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
                    <SourceEditor source=source session=session on_text=Callback::new(move |new: String| preview.take(new)) marks=marks plain=plain/>
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
                            <div class="adr__reading" hidden=move || mode.get() == "form">
                                <Times here=here.clone() reading=reading/>
                                <Contents headings=headings/>
                                <article class="prose prose--doc">
                                    <For each=move || 0..count.get() key=|index| *index let:index>
                                        <div class="prose__part" inner_html=part(index)></div>
                                    </For>
                                </article>
                                {pager}
                            </div>
                            {move || {
                                (mode.get() == "form")
                                    .then(|| view! { <DecisionForm desk=desk text=text record=record path=form_path.clone()/> })
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
fn change_part(document: DocumentId, typed: StoredValue<String>, session: Session, wanted: Wanted) {
    let Wanted { part, value, base } = wanted;
    leptos::task::spawn_local(async move {
        for _ in 0..TRIES {
            let Some(now) = typed.try_get_value() else { return };
            match part_edits(document, now.clone(), part.clone(), value.clone(), base.clone()).await {
                Ok(edits) if typed.try_get_value().as_ref() == Some(&now) => {
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
