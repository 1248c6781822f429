//! Icons from the one sheet of symbols.

use leptos::prelude::*;

/// A decorative icon by its name in `/icons.svg`; the text beside it carries the meaning.
pub fn icon(name: &str) -> AnyView {
    icon_of("icon", name)
}

/// An icon with classes of its own.
pub fn icon_of(class: &'static str, name: &str) -> AnyView {
    view! { <svg class=class aria-hidden="true" focusable="false"><use_ href=symbol(name)></use_></svg> }.into_any()
}

/// An icon that carries meaning by itself and therefore has a name.
pub fn named_icon(class: String, name: &str, label: String) -> AnyView {
    view! { <svg class=class role="img" aria-label=label><use_ href=symbol(name)></use_></svg> }.into_any()
}

fn symbol(name: &str) -> String {
    format!("/icons.svg#i-{name}")
}
