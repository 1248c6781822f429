//! People and projects as small marks.

use leptos::prelude::*;

use crate::{domain::account::initials, ui::state::tone};

/// A person's round mark; the name is its text alternative.
pub fn avatar(name: &str, size: &'static str) -> AnyView {
    let class = format!("avatar avatar--{}{size}", tone::person(name));
    view! { <span class=class role="img" aria-label=name.to_owned() title=name.to_owned()>{initials(name)}</span> }.into_any()
}

/// A person's mark beside their written name, so without a text alternative of its own.
pub fn avatar_beside(name: &str, size: &'static str) -> AnyView {
    let class = format!("avatar avatar--{}{size}", tone::person(name));
    view! { <span class=class aria-hidden="true">{initials(name)}</span> }.into_any()
}

/// Up to five people and a count of the rest.
pub fn avatars(names: &[String], size: &'static str) -> AnyView {
    let shown: Vec<AnyView> = names.iter().take(5).map(|name| avatar(name, size)).collect();
    let more = names.len().saturating_sub(5);
    view! {
        <span class="avatars">
            {shown}
            {(more > 0).then(|| view! { <span class=format!("avatar avatar--more{size}")>{format!("+{more}")}</span> })}
        </span>
    }
    .into_any()
}

/// A project's square mark.
pub fn project_mark(slug: &str, name: &str) -> AnyView {
    view! { <span class=tone::project(slug) aria-hidden="true">{initials(name)}</span> }.into_any()
}

/// The larger mark beside a page's title.
pub fn project_mark_large(slug: &str, name: &str) -> AnyView {
    view! { <span class=format!("{} proj-mark--lg hide-sm", tone::project(slug)) aria-hidden="true">{initials(name)}</span> }.into_any()
}
