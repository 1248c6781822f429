//! A finding as a row of a list.

use leptos::prelude::*;

use crate::{
    api::notes::FindingNote,
    domain::project::DocumentKind,
    ui::{components::status::severity_mark, paths, state::filter::settled},
};

/// A finding in an inspector: title, category, rule.
pub fn compact_row(slug: &str, review: u32, finding: &FindingNote) -> AnyView {
    let class =
        if settled(finding.state) { "finding-row finding-row--compact finding-row--resolved" } else { "finding-row finding-row--compact" };
    view! {
        <a class=class href=paths::finding(slug, review, finding.id)>
            {severity_mark(finding.severity)}
            <span class="finding-row__title">{finding.title.clone()}</span>
            <span class="finding-row__meta">
                <span>{finding.category.clone()}</span>
                <span>{finding.code.clone()}</span>
                <span>{finding.state.name()}</span>
            </span>
        </a>
    }
    .into_any()
}

/// The icon of a document's kind.
pub const fn document_icon(kind: DocumentKind) -> &'static str {
    match kind {
        DocumentKind::Diagram => "diagram",
        DocumentKind::Decision => "decision",
    }
}
