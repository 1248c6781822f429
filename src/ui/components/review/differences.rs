//! What changed in the design since the review that this one is compared with, beside the findings.

use leptos::prelude::*;

use crate::{
    domain::review::cause::{Cause, DocumentChange, Happened},
    ui::{
        components::icon::{icon, icon_of},
        paths,
        state::words::count,
    },
};

/// The section of the pane on the right.
pub fn differences(slug: &str, base: u32, changes: &[DocumentChange]) -> AnyView {
    let documents: Vec<AnyView> = changes.iter().map(document).collect();
    let href = paths::review(slug, base);
    view! {
        <div class="insp" id="changes">
            <div class="insp__head">
                <h3>"Changed since "<a class="link" href=href>{format!("review {base}")}</a></h3>
                <span class="count">{documents.len()}</span>
            </div>
            {if documents.is_empty() {
                view! { <p class="muted">"No document has changed."</p> }.into_any()
            } else {
                documents.into_any()
            }}
        </div>
    }
    .into_any()
}

/// One document: folded, where there is much to tell.
fn document(change: &DocumentChange) -> AnyView {
    const SHORT: usize = 8;
    let parts: Vec<AnyView> = change.parts.iter().map(part).collect();
    let number = change.parts.len() + change.more;
    let what = match (&change.happened, number) {
        (Happened::Added, _) => "was added".to_owned(),
        (Happened::Removed, _) => "was removed".to_owned(),
        (Happened::Changed { .. }, 0) => "changed".to_owned(),
        (Happened::Changed { .. }, number) => count(number, "change"),
    };
    let more = (change.more > 0).then(|| view! { <li class="muted">{format!("and {} more", change.more)}</li> });
    let head = view! { <span class="mono">{change.path.clone()}</span> <span class="muted">" "{what}</span> };
    if parts.is_empty() {
        return view! { <p class="changed__doc">{head}</p> }.into_any();
    }
    view! {
        <details class="run__more" open=number <= SHORT>
            <summary>{head}</summary>
            <ul class="changed">{parts}{more}</ul>
        </details>
    }
    .into_any()
}

fn part(cause: &Cause) -> AnyView {
    let (sign, class) = match cause.happened {
        Happened::Added => (icon("plus"), "changed__part changed__part--added"),
        Happened::Removed => (icon("minus"), "changed__part changed__part--removed"),
        Happened::Changed { .. } => (icon_of("icon", "edit"), "changed__part"),
    };
    view! { <li class=class>{sign}<span>{cause.to_string()}</span></li> }.into_any()
}
