//! The outline of a diagram: the text alternative of the canvas. Every row is a link, so that it works without scripts.

use std::collections::BTreeMap;

use leptos::prelude::*;

use crate::{
    domain::{
        model::{ElementKey, Model},
        review::finding::Severity,
    },
    ui::{
        components::{icon::icon_of, status::severity_mark},
        state::{
            outline::{Row, rows},
            tone,
        },
    },
};

/// What rows need to know.
struct Context<'a> {
    model: &'a Model,
    badges: &'a BTreeMap<ElementKey, (Severity, u32)>,
    selected: Memo<Option<ElementKey>>,
    href: &'a dyn Fn(&ElementKey) -> String,
}

/// All elements in model order, inside their parents and groups.
pub fn outline(
    model: &Model,
    badges: &BTreeMap<ElementKey, (Severity, u32)>,
    selected: Memo<Option<ElementKey>>,
    href: &dyn Fn(&ElementKey) -> String,
) -> AnyView {
    let context = Context { model, badges, selected, href };
    if model.elements.is_empty() {
        return view! { <p class="tree__none muted">"No elements yet."</p> }.into_any();
    }
    view! { <ul class="tree__root">{list(&context, &rows(model))}</ul> }.into_any()
}

fn list(context: &Context<'_>, rows: &[Row]) -> Vec<AnyView> {
    rows.iter().map(|row| item(context, row)).collect()
}

fn item(context: &Context<'_>, row: &Row) -> AnyView {
    match row {
        Row::Group { name, children, .. } => view! {
            <li>
                <span class="tree__row tree__row--group">{icon_of("icon", "boundary")}<span class="truncate">{name.clone()}</span></span>
                <ul>{list(context, children)}</ul>
            </li>
        }
        .into_any(),
        Row::Element { key, children } => {
            let Some(element) = context.model.element(key) else { return ().into_any() };
            let kind = element.kind.value;
            let class = if children.is_empty() { "tree__row" } else { "tree__row tree__row--group" };
            let sign =
                view! { <span class=format!("tree__kind k-{}", kind.family().slug())>{icon_of("icon", tone::kind_icon(kind))}</span> };
            let flag = context.badges.get(key).map(|(severity, count)| {
                view! { <span class="tree__flag">{severity_mark(*severity)}{*count}</span> }
            });
            let (selected, own) = (context.selected, key.clone());
            let current = move || (selected.get().as_ref() == Some(&own)).then_some("true");
            view! {
                <li>
                    <a class=class href=(context.href)(key) aria-current=current>
                        {sign}
                        <span class="truncate">{element.name.clone()}</span>
                        {flag}
                    </a>
                    {(!children.is_empty()).then(|| view! { <ul>{list(context, children)}</ul> })}
                </li>
            }
            .into_any()
        }
    }
}
