//! Ways to look at a view without changing it: lenses, the surroundings of one element, steps to play, and the preview of a tidied
//! picture. What is on stands in the address, so that a look can be sent to somebody and works without scripts.
#![expect(clippy::large_types_passed_by_value, reason = "a desk is a set of handles and is passed like a signal")]

use std::time::Duration;

use leptos::prelude::*;

use crate::{
    domain::{
        model::{ElementKey, Model, view::View},
        scene::lens::{Lens, lenses, step_words, steps},
    },
    ui::{
        components::{
            desk::{Desk, Tidying},
            icon::icon,
            inspector::Ways,
        },
        state::{views, words::count},
    },
};

/// How long a step stays while the view is played.
const PACE: Duration = Duration::from_millis(1600);

/// Reads from the open view.
fn open_view<T: Default>(desk: Desk, read: impl FnOnce(&Model, &View) -> T) -> T {
    let open = desk.view.get();
    desk.live.with(|live| {
        let model = &live.shown.model;
        model.view(&open).map(|view| read(model, view)).unwrap_or_default()
    })
}

/// The menu of lenses in the outline's head.
pub fn lens_menu(desk: Desk) -> AnyView {
    let found = Memo::new(move |_| open_view(desk, lenses));
    let item = move |lens: Option<Lens>, name: String, number: Option<usize>| {
        let slug = lens.as_ref().map(Lens::slug);
        let on = move || desk.lens.get() == lens;
        view! {
            <a class="menu__item" href=move || desk.href(&[("lens", slug.as_deref()), ("step", None)]) aria-current=move || on().then_some("true")>
                {name}
                <span class="menu__hint">{number}</span>
            </a>
        }
        .into_any()
    };
    let section = move |perspectives: bool, label: &'static str| {
        let of_kind = |(lens, _): &(Lens, usize)| matches!(lens, Lens::Perspective(_)) == perspectives;
        let rows: Vec<AnyView> = found
            .get()
            .into_iter()
            .filter(of_kind)
            .map(|(lens, number)| {
                let name = lens.name().to_owned();
                item(Some(lens), name, Some(number))
            })
            .collect();
        (!rows.is_empty()).then(|| view! { <div class="menu__label">{label}</div> {rows} }.into_any())
    };
    view! {
        <details class="pop pop--left push" id="lens-menu">
            <summary class="btn btn--ghost btn--icon btn--sm" aria-label="Bring out a part of the view" title="Bring out a part of the view">
                {icon("filter")}
            </summary>
            <div class="menu menu--long" role="group" aria-label="Bring out">
                {item(None, "Everything".to_owned(), None)}
                {move || section(true, "Perspectives")}
                {move || section(false, "Tags")}
                {move || found.with(Vec::is_empty).then(|| view! { <p class="menu__label">"No tags or perspectives in this view."</p> })}
            </div>
        </details>
    }
    .into_any()
}

/// What is on, over the canvas, with the way back.
pub fn look_note(desk: Desk) -> AnyView {
    let focused = move || {
        let key = desk.focus.get()?;
        let name = desk.live.with(|live| live.shown.model.element(&key).map(|element| element.name.clone()))?;
        let around = desk.scene.with(|scene| scene.shapes.iter().filter(|shape| shape.key != key).count());
        Some((format!("{name} and {} around it.", count(around, "element")), desk.href(&[("focus", None)]), "Show the whole view"))
    };
    let lens = move || {
        let lens = desk.lens.get()?;
        let kind = if matches!(lens, Lens::Tag(_)) { "Tag" } else { "Perspective" };
        let lit = desk.scene.with(|scene| scene.shapes.iter().filter(|shape| shape.lit).count());
        Some((format!("{kind} {}: {}.", lens.name(), count(lit, "element")), desk.href(&[("lens", None)]), "Show everything"))
    };
    let note = move |(words, back, label): (String, String, &'static str)| {
        view! {
            <p class="canvas-note canvas-note--plain">
                <span>{words}</span>
                <a class="btn btn--sm" href=back>{label}</a>
            </p>
        }
        .into_any()
    };
    let tidied = move || {
        (desk.tidying.get() == Tidying::Shown).then(|| {
            view! {
                <p class="canvas-note canvas-note--plain">
                    <span>"This is how the view looks tidied."</span>
                    <button class="btn btn--sm btn--primary" type="button" on:click=move |_| desk.keep_tidy()>"Keep"</button>
                    <button class="btn btn--sm" type="button" on:click=move |_| desk.tidying.set(Tidying::Off)>"Go back"</button>
                </p>
            }
            .into_any()
        })
    };
    view! { <div class="canvas-look" role="status">{move || tidied().or_else(|| focused().map(note)).or_else(|| lens().map(note))}</div> }
        .into_any()
}

/// Plays the steps of a dynamic view or an animation; nothing where there are none.
pub fn player(desk: Desk) -> AnyView {
    let playing = RwSignal::new(false);
    let total = Memo::new(move |_| open_view(desk, |_, view| steps(view)));
    let step = move || desk.step.get().filter(|step| *step <= total.get());
    let words = move || step().map(|step| open_view(desk, |model, view| step_words(model, view, step)));
    let link = move |to: Option<usize>| desk.href(&[("step", to.map(|step| step.to_string()).as_deref())]);
    Effect::new(move |before: Option<Option<IntervalHandle>>| {
        if let Some(Some(handle)) = before {
            handle.clear();
        }
        let tick = move || {
            let next = step().map_or(1, |step| step + 1);
            if next > total.get_untracked() {
                playing.set(false);
            } else {
                desk.go(&[("step", Some(&next.to_string()))]);
            }
        };
        let handle = playing.get().then(|| set_interval_with_handle(move || untrack(tick), PACE).ok()).flatten();
        on_cleanup(move || {
            if let Some(handle) = handle {
                handle.clear();
            }
        });
        handle
    });
    let toggle = move |_| {
        let begins = !playing.get_untracked();
        if begins && untrack(step).is_none_or(|step| step >= total.get_untracked()) {
            desk.go(&[("step", Some("1"))]);
        }
        playing.set(begins);
    };
    let bar = move || {
        let now = step();
        let back = now.map(|step| link((step > 1).then(|| step - 1)));
        let on = now.map_or(1, |step| step + 1);
        let forward = (on <= total.get()).then(|| link(Some(on)));
        let said = words().map(|(number, words)| view! { <b>{number}</b> {words} });
        view! {
            <div class="player" role="group" aria-label="Steps">
                <button
                    class="tool js-only"
                    type="button"
                    aria-label=move || if playing.get() { "Stop" } else { "Play the steps" }
                    title=move || if playing.get() { "Stop" } else { "Play the steps" }
                    on:click=toggle
                >
                    {move || icon(if playing.get() { "stop" } else { "play" })}
                </button>
                <a class="tool" role="button" aria-label="Previous step" title="Previous step" aria-disabled=back.is_none().then_some("true") href=back>
                    {icon("chevron-left")}
                </a>
                <a class="tool" role="button" aria-label="Next step" title="Next step" aria-disabled=forward.is_none().then_some("true") href=forward>
                    {icon("chevron-right")}
                </a>
                <span class="player__words" role="status">
                    {match said {
                        Some(said) => said.into_any(),
                        None => view! { {count(total.get(), "step")} }.into_any(),
                    }}
                </span>
                {now.map(|_| view! { <a class="btn btn--ghost btn--sm" href=link(None)>"All"</a> })}
            </div>
        }
        .into_any()
    };
    view! { {move || (total.get() > 0).then(bar)} }.into_any()
}

/// Where one can go from an element.
pub fn ways(desk: Desk, model: &Model, key: &ElementKey) -> Ways {
    let inside = desk.view.with(|open| views::inside(model, open, key));
    let focused = desk.focus.get().as_ref() == Some(key);
    Ways {
        inside: inside.map(|view| (desk.href(&[("view", Some(&view.key)), ("element", None)]), views::title(model, view))),
        undrawn: inside.is_none()
            && model.children(key).next().is_some()
            && !model
                .views
                .iter()
                .any(|view| view.scope.as_ref() == Some(key) && view.elements.iter().any(|part| model.is_inside(part, key))),
        focus: desk.href(&[("focus", (!focused).then_some(key.as_str()))]),
        focused,
    }
}
