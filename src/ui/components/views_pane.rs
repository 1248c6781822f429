//! The views of a diagram: to open, to make, to rename, to delete.
#![expect(clippy::large_types_passed_by_value, reason = "a desk is a set of handles and is passed like a signal")]

use leptos::{ev, html, prelude::*};

use crate::{
    domain::{
        model::{ElementKey, Level, Model},
        syntax::gesture::{Gesture, NewView},
    },
    ui::{
        browser::document,
        components::{desk::Desk, icon::icon},
        state::views,
    },
};

/// Heading and list; with what makes and changes views for those who may edit.
pub fn views_pane(desk: Desk) -> AnyView {
    // Keys with titles; most edits leave them as they are.
    let list = Memo::new(move |_| {
        desk.live.with(|live| {
            let model = &live.shown.model;
            model.views.iter().map(|view| (view.key.clone(), views::title(model, view))).collect::<Vec<_>>()
        })
    });
    let rows = move || {
        let list = list.get();
        let rows = list.into_iter().map(|(key, title)| {
            let href = desk.href(&[("view", Some(&key)), ("element", None)]);
            let current = move || (desk.view.get() == key).then_some("true");
            view! {
                <li>
                    <a class="tree__row" href=href aria-current=current>
                        {icon("diagram")}
                        <span class="truncate">{title}</span>
                    </a>
                </li>
            }
            .into_any()
        });
        rows.collect::<Vec<AnyView>>()
    };
    view! {
        <div class="pane__head pane__head--inner">
            <h2 class="pane__title">"Views"</h2>
            {desk
                .editable
                .then(|| {
                    view! {
                        <span class="row push js-only">
                            {change(desk)}
                            {make(desk)}
                        </span>
                    }
                })}
        </div>
        <ul class="tree tree--views">{rows}</ul>
    }
    .into_any()
}

/// What a view can be about: the landscape, or a whole with parts.
fn scopes(model: &Model) -> Vec<(String, String)> {
    let wholes = model.elements.values().filter(|element| matches!(element.level, Level::System | Level::Container));
    let whole = |key: &ElementKey, name: &str| (key.as_str().to_owned(), name.to_owned());
    std::iter::once((String::new(), "Everything".to_owned())).chain(wholes.map(|element| whole(&element.key, &element.name))).collect()
}

/// A popover with a form; sending it closes the popover.
fn pop(id: &'static str, label: &'static str, sign: &'static str, content: AnyView) -> AnyView {
    view! {
        <details class="pop pop--left pop--up" id=id>
            <summary class="btn btn--ghost btn--icon btn--sm" aria-label=label title=label>{icon(sign)}</summary>
            <div class="menu menu--form" role="group" aria-label=label>{content}</div>
        </details>
    }
    .into_any()
}

fn make(desk: Desk) -> AnyView {
    let (title, scope) = (NodeRef::<html::Input>::new(), NodeRef::<html::Select>::new());
    let scopes = Memo::new(move |_| desk.live.with(|live| scopes(&live.shown.model)));
    let options =
        move || scopes.get().into_iter().map(|(value, name)| view! { <option value=value>{name}</option> }.into_any()).collect::<Vec<_>>();
    let send = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let (Some(title), Some(scope)) = (title.get_untracked(), scope.get_untracked()) else { return };
        let (words, about) = (title.value().trim().to_owned(), scope.value());
        document::close("new-view");
        title.set_value("");
        let scope = (!about.is_empty()).then_some(ElementKey(about));
        desk.ask(Gesture::AddView { view: NewView { key: String::new(), title: words, scope } });
    };
    let form = view! {
        <form class="stack" on:submit=send>
            <label class="field">
                <span class="label">"Title"</span>
                <input class="input" node_ref=title maxlength="200" required autocomplete="off" placeholder="Checkout"/>
            </label>
            <label class="field">
                <span class="label">"About"</span>
                <select class="select" node_ref=scope>{options}</select>
            </label>
            <button class="btn btn--primary btn--sm" type="submit">"Create view"</button>
        </form>
    };
    pop("new-view", "New view", "plus", form.into_any())
}

fn change(desk: Desk) -> AnyView {
    let title = NodeRef::<html::Input>::new();
    let now = move || {
        let open = desk.view.get();
        desk.live.with(|live| {
            let model = &live.shown.model;
            model.view(&open).map(|view| views::title(model, view)).unwrap_or_default()
        })
    };
    let rename = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let Some(title) = title.get_untracked() else { return };
        document::close("this-view");
        desk.ask(Gesture::RenameView { view: desk.view.get_untracked(), title: title.value().trim().to_owned() });
    };
    let remove = move |_| {
        document::close("this-view");
        desk.remove_view();
    };
    let form = view! {
        <form class="stack" on:submit=rename>
            <label class="field">
                <span class="label">"Title of this view"</span>
                <input class="input" node_ref=title maxlength="200" required autocomplete="off" prop:value=now/>
            </label>
            <div class="row">
                <button class="btn btn--sm" type="submit">"Rename"</button>
                <button class="btn btn--sm btn--danger push" type="button" on:click=remove>{icon("trash")}"Delete view"</button>
            </div>
        </form>
    };
    pop("this-view", "Change this view", "more", form.into_any())
}
