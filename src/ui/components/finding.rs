//! A finding as a row of a list.

use leptos::prelude::*;

use crate::{
    domain::{project::DocumentKind, review::ReviewFinding},
    ui::{components::status::severity_mark, paths, state::filter::settled},
};

/// A finding in an inspector: title, category, rule.
pub fn compact_row(slug: &str, review: u32, finding: &ReviewFinding) -> AnyView {
    let class =
        if settled(finding.state) { "finding-row finding-row--compact finding-row--resolved" } else { "finding-row finding-row--compact" };
    view! {
        <a class=class href=paths::finding(slug, review, finding.id)>
            {severity_mark(finding.finding.severity)}
            <span class="finding-row__title">{finding.finding.title.clone()}</span>
            <span class="finding-row__meta">
                <span>{finding.finding.category.name()}</span>
                <span>{finding.finding.code.clone()}</span>
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
