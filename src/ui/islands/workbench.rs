//! The diagram workbench: outline, picture, source and inspector of one diagram, all showing the same selection.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    api::{
        documents::DiagramPage,
        notes::{DecisionNote, FindingNote},
    },
    domain::{
        account::{Person, Role},
        diagnostic::Level,
        id::DocumentId,
        model::ElementKey,
        offsets::{span_to_utf16, to_byte},
        project::{DocumentKind, DocumentText},
        scene::{
            Scene, compose_pinned, compose_placed,
            ghosts::Ghosts,
            lens::{self, Lens},
            pins::{self, AllPins},
            places,
        },
        syntax::{Language, Sources, language_of},
    },
    ui::{
        browser::{self, editor::Mark},
        components::{
            canvas::Canvas,
            desk::{Desk, Tidying, Tool},
            icon::icon,
            inspector::{Surroundings, inspector, tile},
            looking::{lens_menu, look_note, player, ways},
            outline::outline,
            paneswitch::{Choice, PaneSwitch},
            problems::ProblemList,
            source::{Source, SourceEditor},
            toolbar::{arrangement, exports, kinds, pointers},
            views_pane::views_pane,
            workspace::{address_query, shared},
        },
        islands::read_diagram,
        paths,
        state::{
            badges::badges,
            live::{Live, problems},
            outline::place,
            save::SaveState,
            tone, views,
        },
    },
};

/// What the workbench needs of a diagram's page, and no more: its types are read by the browser.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Opened {
    slug: String,
    editable: bool,
    document: DocumentId,
    path: String,
    title: String,
    revision: i64,
    text: String,
    /// Other diagrams of the project with their titles.
    siblings: Vec<(DocumentId, String)>,
    decisions: Vec<DecisionNote>,
    findings: Vec<FindingNote>,
    last_review: Option<u32>,
    sources: Sources,
    pins: AllPins,
    /// Where everything stands in the picture that the page comes with.
    places: Vec<i32>,
    /// A suggested change, drawn over the picture while the text is as it was.
    ghosts: Option<Ghosts>,
}

impl Opened {
    /// For the view that the address asks for.
    pub fn new(page: DiagramPage, ghosts: Option<Ghosts>, query: &BTreeMap<String, String>) -> Self {
        let DiagramPage { project, diagram, siblings, decisions, findings, last_review, sources, pins, .. } = page;
        let DocumentText { document, text, .. } = diagram;
        let language = language_of(&document.path, &text).unwrap_or(Language::Structurizr);
        let model = read_diagram(language, &document.path, &text, &sources).map(|parsed| parsed.model).unwrap_or_default();
        let asked = |name| query.get(name).cloned();
        let view = views::opened(&model, asked("view").as_deref(), asked("element").map(ElementKey).as_ref());
        let shown = model.view(&view).filter(|_| !query.contains_key("focus"));
        let places = shown.map(|shown| places(&model, shown, &pins::of_view(&pins, &view))).unwrap_or_default();
        let others = siblings.into_iter().filter(|sibling| sibling.id != document.id).map(|sibling| (sibling.id, sibling.title));
        Self {
            slug: project.slug,
            editable: project.role >= Role::Editor,
            document: document.id,
            path: document.path,
            title: document.title,
            revision: document.revision,
            text,
            siblings: others.collect(),
            decisions,
            findings,
            last_review,
            sources,
            pins,
            places,
            ghosts,
        }
    }
}

/// How long the typing pauses before what stands beside the picture follows.
const PAUSE: Duration = Duration::from_millis(120);

/// Outline, picture, source and inspector of one diagram, all following the typing and each other.
#[island]
pub fn Workbench(data: Opened, person: Option<Person>, query: String) -> impl IntoView {
    let query = address_query(query);
    let parameter = move |name: &'static str| query.with(|query| query.get(name).cloned());
    let Opened { slug, editable, document: id, path, title, revision, text: first_text, siblings, decisions, .. } = data;
    let Opened { findings, last_review, sources, pins: diagram_pins, places, ghosts, .. } = data;
    let here = paths::diagram(&slug, id);

    // The text, what it means, and what the picture shows of it.
    let session = shared().session;
    session.pins.set(diagram_pins);
    let text = RwSignal::new(first_text.clone());
    let reading = StoredValue::new((path.clone(), sources));
    let live = Memo::new_with_compare(
        move |before: Option<&Live>| {
            let parsed = text.with(|text| {
                reading.with_value(|(path, sources)| {
                    let language = language_of(path, text).unwrap_or(Language::Structurizr);
                    read_diagram(language, path, text, sources)
                })
            });
            match (before, parsed) {
                (Some(before), Some(parsed)) => before.next(parsed),
                (Some(before), None) => before.foreign(),
                (None, parsed) => Live::new(parsed.unwrap_or_default()),
            }
        },
        |_, _| true,
    );
    // A text that became one of the other language is shown by the page's other bundle.
    Effect::new(move || {
        if live.with(|live| live.foreign) && session.save.get() == SaveState::Saved {
            browser::address::reload();
        }
    });
    let shown = move || live.with(|live| Arc::clone(&live.shown));
    let selected = Memo::new(move |_| {
        let key = ElementKey(parameter("element")?);
        live.with(|live| live.shown.model.element(&key).map(|element| element.key.clone()))
    });
    let view_key = Memo::new(move |_| {
        let (wanted, element) = (parameter("view"), parameter("element"));
        live.with(|live| views::opened(&live.shown.model, wanted.as_deref(), element.map(ElementKey).as_ref()))
    });
    // Ways to look at the view.
    let lens = Memo::new(move |_| parameter("lens").as_deref().and_then(Lens::parse));
    let step = Memo::new(move |_| parameter("step").and_then(|step| step.parse::<usize>().ok()));
    let focus = Memo::new(move |_| parameter("focus").map(ElementKey));
    let tidying = RwSignal::new(Tidying::Off);
    let places = StoredValue::new(places);
    Effect::new(move || {
        view_key.track();
        focus.track();
        tidying.set(Tidying::Off);
    });
    let drawn = Memo::new_with_compare(
        move |before: Option<&Drawn>| {
            let (key, around, tidying) = (view_key.get(), focus.get(), tidying.get());
            let shown = shown();
            let view = shown.model.view(&key);
            let part = around.as_ref().and_then(|element| lens::focus(&shown.model, view?, element));
            let before = before.filter(|before| before.view == key && before.focus == around);
            let mut pins = session.pins.with(|all| pins::of_view(all, &key));
            let (previous, before_tidying) = match (before, tidying) {
                (None, _) => (None, None),
                (Some(before), Tidying::Shown) => (None, Some(before.before_tidying.clone().unwrap_or_else(|| Arc::clone(&before.scene)))),
                (Some(before), Tidying::Off) => (Some(before.before_tidying.as_ref().unwrap_or(&before.scene)), None),
                (Some(before), Tidying::Kept) => (Some(&before.scene), None),
            };
            // The surroundings of one element have places of their own, and so has a tidied view.
            if part.is_some() || tidying == Tidying::Shown {
                pins.clear();
            }
            let scene = part.as_ref().or(view).map(|view| match previous {
                None if part.is_none() => places.with_value(|places| compose_placed(&shown.model, view, places, &pins)),
                _ => compose_pinned(&shown.model, view, previous.map(|scene| &scene.layout), &pins),
            });
            Drawn { view: key, focus: around, scene: Arc::new(scene.unwrap_or_default()), before_tidying }
        },
        |_, _| true,
    );
    let ghosts = ghosts.map(|ghosts| (Arc::new(ghosts), first_text.clone()));
    let ghosts = Memo::new_with_compare(
        move |_| {
            let (ghosts, made_on) = ghosts.as_ref()?;
            let whole = focus.get().is_none() && lens.get().is_none() && step.get().is_none() && tidying.get() == Tidying::Off;
            let seen = whole && parameter("suggestion").is_some() && view_key.with(|key| *key == ghosts.view);
            (seen && text.with(|text| text == made_on)).then(|| Arc::clone(ghosts))
        },
        |before, now| before.map(Option::is_some) != Some(now.is_some()),
    );
    let scene = Memo::new_with_compare(
        move |_| {
            let scene = drawn.with(|drawn| Arc::clone(&drawn.scene));
            let (lens, step) = (lens.get(), step.get());
            if lens.is_none() && step.is_none() {
                return match ghosts.get() {
                    Some(ghosts) => Arc::new(Scene { frame: scene.frame.union(&ghosts.frame), ..Scene::clone(&scene) }),
                    None => scene,
                };
            }
            let shown = shown();
            let view = view_key.with(|key| shown.model.view(key));
            Arc::new(match (step, view, lens) {
                (Some(step), Some(view), _) => Scene::clone(&scene).at_step(&shown.model, view, step),
                (_, _, Some(lens)) => Scene::clone(&scene).through(&shown.model, &lens),
                _ => return scene,
            })
        },
        |_, _| true,
    );
    let findings = StoredValue::new(findings);
    let marks_of_review = Memo::new(move |_| session.rules.with(|now| findings.with_value(|findings| badges(findings, now.as_deref()))));
    let view_title = move || {
        let shown = shown();
        view_key.with(|key| shown.model.view(key).map(|view| views::title(&shown.model, view))).unwrap_or_default()
    };

    // The source: marks from the newest reading, the caret selects, a selection is revealed.
    let marks = Signal::derive(move || {
        let newest = live.with(|live| Arc::clone(&live.newest));
        text.with(|text| {
            let own = newest.diagnostics.iter().filter(|diagnostic| diagnostic.file.is_none());
            own.map(|diagnostic| {
                let (from, to) = span_to_utf16(text, diagnostic.span);
                let level = match diagnostic.level {
                    Level::Error => "error",
                    Level::Warning => "warning",
                    Level::Note => "note",
                };
                Mark { from, to, level, message: format!("{}. {} {}", diagnostic.what, diagnostic.why, diagnostic.help) }
            })
            .collect::<Vec<_>>()
        })
    });
    let problem_list = Signal::derive(move || live.with(|live| text.with(|text| problems(text, &live.newest.diagnostics))));

    let address = {
        let here = here.clone();
        move |changes: &[(&'static str, Option<&str>)]| {
            let value = |name: &'static str| match changes.iter().find(|(changed, _)| *changed == name) {
                Some((_, value)) => value.map(str::to_owned),
                None => untrack(|| parameter(name)),
            };
            let changed = |name: &'static str| changes.iter().any(|(changed, _)| *changed == name);
            // Steps and surroundings are those of a view.
            let of_view = |name: &'static str| if changed("view") && !changed(name) { None } else { value(name) };
            let values = [
                ("view", value("view")),
                ("element", value("element")),
                ("pane", value("pane")),
                ("lens", value("lens")),
                ("step", of_view("step")),
                ("focus", of_view("focus")),
                ("suggestion", value("suggestion")),
            ];
            paths::with_query(&here, &values.each_ref().map(|(name, value)| (*name, value.as_deref())))
        }
    };
    let go = {
        let address = address.clone();
        move |key: Option<ElementKey>| {
            if selected.get_untracked() == key {
                return;
            }
            let view = key.as_ref().map(|key| {
                let shown = untrack(shown);
                views::showing(&shown.model, &view_key.get_untracked(), key).to_owned()
            });
            let target = match view {
                Some(view) => address(&[("view", Some(&view)), ("element", key.as_ref().map(ElementKey::as_str))]),
                None => address(&[("element", None)]),
            };
            browser::address::stay(&target, true);
        }
    };
    // Where a selection came from the caret, the caret stays where it is.
    let by_caret = StoredValue::new(None::<ElementKey>);
    {
        let go = go.clone();
        // The element under the caret, once there is a caret: the first report only says where it begins, and edits elsewhere push
        // it along.
        Effect::new(move |before: Option<Option<Option<ElementKey>>>| {
            let (_, _, offset) = session.caret.get()?;
            let at = text.with_untracked(|text| to_byte(text, offset));
            let key = live.with_untracked(|live| {
                (!live.stale).then(|| live.newest.model.element_at(at).map(|element| element.key.clone())).flatten()
            });
            if let (Some(Some(was)), Some(key)) = (before, &key)
                && was.as_ref() != Some(key)
            {
                by_caret.set_value(Some(key.clone()));
                go(Some(key.clone()));
            }
            Some(key)
        });
    }
    Effect::new(move || {
        let Some(key) = selected.get() else { return };
        if !session.ready.get() || by_caret.with_value(|own| own.as_ref() == Some(&key)) {
            return;
        }
        by_caret.set_value(None);
        let span = live.with_untracked(|live| {
            live.newest.model.element(&key).filter(|element| element.file.is_none()).map(|element| element.name_span)
        });
        if let Some(span) = span {
            let (from, to) = text.with_untracked(|text| span_to_utf16(text, span));
            session.with(|editor| editor.reveal(from, to));
        }
    });

    let around =
        StoredValue::new(Surroundings { slug: slug.clone(), document: id, findings: findings.get_value(), last_review, decisions });

    let desk = Desk {
        session,
        text,
        live,
        view: view_key,
        scene,
        ghosts,
        selected,
        also: RwSignal::new(Vec::new()),
        link: RwSignal::new(None),
        tool: RwSignal::new(Tool::Select),
        renaming: RwSignal::new(None),
        fresh: RwSignal::new(None),
        said: RwSignal::new(None),
        busy: RwSignal::new(false),
        editable,
        document: id,
        language: language_of(&path, &first_text).unwrap_or(Language::Structurizr),
        lens,
        focus,
        step,
        tidying,
        on_select: {
            let go = go.clone();
            Callback::new(move |key: Option<ElementKey>| {
                by_caret.set_value(None);
                go(key);
            })
        },
        address: {
            let address = address.clone();
            Callback::new(move |changes: Vec<(&'static str, Option<String>)>| {
                query.track();
                address(&changes.iter().map(|(name, value)| (*name, value.as_deref())).collect::<Vec<_>>())
            })
        },
    };

    let link = {
        let address = address.clone();
        move |key: &ElementKey| {
            let shown = untrack(shown);
            let view = views::showing(&shown.model, &view_key.get(), key).to_owned();
            address(&[("view", Some(&view)), ("element", Some(key.as_str()))])
        }
    };
    // What stands beside the picture follows when the typing pauses, so that a key costs the picture only.
    let settled = RwSignal::new(untrack(shown));
    let timer = StoredValue::new(None::<TimeoutHandle>);
    Effect::new(move |before: Option<()>| {
        let newest = shown();
        if before.is_none() {
            return;
        }
        if let Some(timer) = timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
        let later = set_timeout_with_handle(
            move || {
                settled.try_set(newest);
            },
            PAUSE,
        );
        timer.set_value(later.ok());
    });
    // What was just made and selected is shown at once.
    let beside = move || {
        let settled = settled.get();
        let known = selected.with(|key| key.as_ref().is_none_or(|key| settled.model.element(key).is_some()));
        if known { settled } else { shown() }
    };
    let tree = {
        let link = link.clone();
        move || {
            let shown = beside();
            outline(&shown.model, &marks_of_review.get(), selected, &link)
        }
    };
    let details = {
        let link = link.clone();
        move || {
            let shown = beside();
            let key = selected.get();
            let ways = key.as_ref().map(|key| ways(desk, &shown.model, key));
            around.with_value(|around| inspector(&shown.model, key.as_ref(), around, &link, ways, editable.then_some(desk)))
        }
    };
    let up = move || {
        let shown = shown();
        let outer = view_key.with(|key| views::outside(&shown.model, key).map(|view| (view.key.clone(), views::title(&shown.model, view))));
        let (key, title) = outer?;
        let label = format!("Up to {title}");
        let href = desk.href(&[("view", Some(&key)), ("element", None)]);
        Some(view! { <a class="tool" href=href aria-label=label.clone() title=format!("{label}  [")>{icon("arrow-up")}</a> })
    };
    let peek = {
        let address = address.clone();
        move || {
            let shown = shown();
            let element = selected.get().and_then(|key| shown.model.element(&key).cloned())?;
            let kind = element.kind.value;
            Some(view! {
                <a class="peek" href=address(&[("pane", Some("inspector"))])>
                    <span class=tile(kind.family())>{icon(tone::kind_icon(kind))}</span>
                    <span class="grow"><b>{element.name.clone()}</b><span class="muted peek__sub">{place(&shown.model, &element)}</span></span>
                    {icon("chevron-right")}
                </a>
            })
        }
    };
    let pane = Memo::new(move |_| match parameter("pane").as_deref() {
        Some(pane @ ("outline" | "source" | "inspector")) => pane.to_owned(),
        _ => "canvas".to_owned(),
    });
    let pane_link = |value: &'static str| {
        let address = address.clone();
        Signal::derive(move || {
            query.track();
            address(&[("pane", Some(value))])
        })
    };
    let switch = vec![
        Choice { value: "canvas", icon: "diagram", label: "Canvas", href: pane_link("canvas") },
        Choice { value: "outline", icon: "tree", label: "Outline", href: pane_link("outline") },
        Choice { value: "source", icon: "code", label: "Source", href: pane_link("source") },
        Choice { value: "inspector", icon: "panel-right", label: "Inspector", href: pane_link("inspector") },
    ];
    let source =
        Source { document: id, kind: DocumentKind::Diagram, path: path.clone(), text: first_text, revision, read_only: !editable, person };
    let plain = Memo::new(move |_| parameter("edit").is_some());
    let file = path.rsplit('/').next().unwrap_or(&path).to_owned();
    view! {
                <main class="workbench" id="main" data-pane=pane data-editable=editable.then_some("") data-busy=move || desk.busy.get().then_some("")>
                    <h1 class="sr-only">{move || format!("{} of {title}", view_title())}</h1>
                    <div class="toolbar" role="toolbar" aria-label="Diagram tools">
                        <a
                            class="tool wb-toggle"
                            href="#outline"
                            rel="external"
                            aria-label="Outline"
                            title="Outline"
                            data-act="toggle"
                            data-target="outline"
                        >
                            {icon("tree")}
                        </a>
    {pointers(desk)}
                        {editable.then(|| kinds(desk))}
                        {up}
                        <span class="toolbar__view truncate">{view_title}</span>
                        <div class="toolbar__right">
                            {editable.then(|| arrangement(desk))}
                            {exports(desk, id, file, &here)}
                        </div>
                    </div>
                    <section class="pane wb-outline" id="outline" aria-label="Outline">
                        <div class="pane__head">
                            <h2 class="pane__title">"Model"</h2>
                            <span class="count">{move || live.with(|live| live.shown.model.elements.len())}</span>
                            {lens_menu(desk)}
                        </div>
                        <div class="pane__body tree" tabindex="0" role="region" aria-label="Elements">{tree}</div>
                        {views_pane(desk)}
                        {sibling_list(&slug, &siblings)}
                    </section>
                    <section class="wb-canvas" aria-label="Diagram canvas">
                        <Canvas desk=desk badges=marks_of_review stale=Signal::derive(move || live.with(|live| live.stale))/>
                        {look_note(desk)}
                        {player(desk)}
                        {peek}
                    </section>
                    <div class="wb-split splitter splitter--h" aria-hidden="true"></div>
                    <section class="pane wb-source" aria-label="Model source">
                        <div class="pane__head">
                            <h2 class="pane__title">"Source"</h2>
                            <span class="muted mono truncate pane__file">{path.clone()}</span>
                            <span class="row push">
                                <ProblemList problems=problem_list session=session text=text/>
                                <span class="savestate hide-md">
                                    {move || session.caret.get().map(|(line, column, _)| format!("Ln {line}, Col {column}"))}
                                </span>
                                {editable.then(|| view! { <a class="btn btn--sm nojs-only" href=format!("{here}?edit=1&pane=source") data-reload="">"Edit"</a> })}
                            </span>
                        </div>
                        <SourceEditor
                            source=source
                            session=session
                            on_text=Callback::new(move |new: String| text.set(new))
                            marks=marks
                            plain=plain
                        />
                    </section>
                    <aside class="pane wb-inspector" id="inspector" aria-label="Inspector">{details}</aside>
                    <PaneSwitch choices=switch current=pane/>
                </main>
        }
}

/// The last picture, to lay the next one out like it.
struct Drawn {
    view: String,
    focus: Option<ElementKey>,
    scene: Arc<Scene>,
    /// While a tidied picture is previewed: the one to go back to.
    before_tidying: Option<Arc<Scene>>,
}

fn sibling_list(slug: &str, siblings: &[(DocumentId, String)]) -> Option<AnyView> {
    let others: Vec<AnyView> = siblings
        .iter()
        .map(|(id, title)| {
            view! {
                <li>
                    <a class="tree__row" href=paths::diagram(slug, *id)>
                        {icon("diagram")}
                        <span class="truncate">{title.clone()}</span>
                    </a>
                </li>
            }
            .into_any()
        })
        .collect();
    (!others.is_empty()).then(|| {
        view! {
            <div class="pane__head pane__head--inner"><h2 class="pane__title">"Other diagrams"</h2></div>
            <ul class="tree tree--views">{others}</ul>
        }
        .into_any()
    })
}
