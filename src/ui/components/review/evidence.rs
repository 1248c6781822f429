//! Evidence beside the claim: the part of the diagram a finding is about, and the quoted lines.

use std::collections::BTreeMap;

use leptos::prelude::*;

use crate::{
    api::reviews::FrozenText,
    domain::{
        id::DocumentId,
        model::{ElementKey, Model, RelationKey, view::View},
        project::DocumentKind,
        review::finding::{Anchor, Evidence, Finding},
        scene::{
            self,
            svg::{SvgOptions, Theme, svg},
        },
        syntax::{self, Parsed},
    },
    ui::{components::icon::icon, paths},
};

/// A reviewed diagram, read once for all findings of the page.
pub struct ReadDiagram {
    pub document: DocumentId,
    pub parsed: Parsed,
}

/// Reads the diagrams among the frozen texts.
pub fn read_diagrams(texts: &[FrozenText], sources: &BTreeMap<String, String>) -> Vec<ReadDiagram> {
    texts
        .iter()
        .filter(|text| text.kind == DocumentKind::Diagram)
        .filter_map(|text| {
            let path = &text.reviewed.path;
            let language = syntax::language_of(path, &text.text)?;
            Some(ReadDiagram { document: text.reviewed.document, parsed: syntax::parse(language, path, &text.text, sources) })
        })
        .collect()
}

/// The elements and relations that a finding points at in one diagram.
fn subjects(finding: &Finding, document: DocumentId, model: &Model) -> (Vec<ElementKey>, Vec<RelationKey>) {
    let (mut elements, mut relations) = (Vec::new(), Vec::new());
    for anchor in finding.anchors.iter().filter(|anchor| anchor.document() == document) {
        match anchor {
            Anchor::Element { element, .. } => elements.push(element.clone()),
            Anchor::Relation { relation, .. } => relations.push(relation.clone()),
            Anchor::Path { relations: path, .. } => relations.extend(path.iter().cloned()),
            Anchor::Absence { scope: Some(scope), .. } => elements.push(scope.clone()),
            Anchor::Group { .. } | Anchor::Absence { .. } | Anchor::Text { .. } | Anchor::Document { .. } => {}
        }
    }
    for relation in relations.iter().filter_map(|key| model.relations.get(key)) {
        for end in [&relation.source, &relation.target] {
            if !elements.contains(end) {
                elements.push(end.clone());
            }
        }
    }
    (elements, relations)
}

/// The view that shows most of the elements; the first of equals.
fn best_view<'a>(model: &'a Model, elements: &[ElementKey]) -> Option<&'a View> {
    let shown = |view: &View| elements.iter().filter(|key| view.elements.contains(key)).count();
    let mut best: Option<(&View, usize)> = None;
    for view in model.views.iter().filter(|view| view.kind.is_static()) {
        let count = shown(view);
        if count > best.map_or(0, |(_, most)| most) {
            best = Some((view, count));
        }
    }
    best.map(|(view, _)| view)
}

/// The figures of one finding: at most one picture, then the quotes.
pub fn evidence(slug: &str, finding: &Finding, diagrams: &[ReadDiagram], texts: &[FrozenText]) -> AnyView {
    let picture = diagrams.iter().find_map(|diagram| picture(slug, finding, diagram));
    let quotes: Vec<AnyView> = finding.evidence.iter().map(|evidence| quote(slug, evidence, texts)).collect();
    if picture.is_none() && quotes.is_empty() {
        return ().into_any();
    }
    view! { <div class="rev__evid">{picture}{quotes}</div> }.into_any()
}

fn picture(slug: &str, finding: &Finding, diagram: &ReadDiagram) -> Option<AnyView> {
    let model = &diagram.parsed.model;
    let (elements, relations) = subjects(finding, diagram.document, model);
    let view = best_view(model, &elements)?;
    let whole = scene::compose(model, view, None);
    let part = scene::crop(&whole, &elements, &relations);
    let title = view.display_title(view.scope.as_ref().and_then(|scope| model.element(scope)).map(|scope| scope.name.as_str()));
    let options = SvgOptions {
        theme: Theme::Page,
        badges: BTreeMap::new(),
        selected: None,
        interactive: false,
        title: format!("Part of {title} around {}", finding.subjects.join(", ")),
        id_prefix: "evidence".to_owned(),
        ..SvgOptions::default()
    };
    let drawing = svg(&part, &options);
    let href = paths::diagram_at(slug, diagram.document, Some(&view.key), elements.first().map(ElementKey::as_str));
    Some(
        view! {
            <figure class="evidence">
                <figcaption class="evidence__head">
                    {icon("diagram")}
                    <span class="truncate">{title}</span>
                    <a class="link push nowrap" href=href>"Show on diagram"</a>
                </figcaption>
                <div class="evidence__canvas" inner_html=drawing></div>
            </figure>
        }
        .into_any(),
    )
}

fn quote(slug: &str, evidence: &Evidence, texts: &[FrozenText]) -> AnyView {
    let kind = texts.iter().find(|text| text.reviewed.document == evidence.document).map(|text| text.kind);
    let (name, href, words) = match kind {
        Some(DocumentKind::Decision) => ("decision", paths::decision(slug, evidence.document), "Open decision"),
        _ => ("code", paths::diagram(slug, evidence.document), "Open source"),
    };
    // What all lines are indented by says nothing here, and the room is narrow.
    let indent = common_indent(&evidence.quote);
    let lines: Vec<AnyView> = evidence
        .quote
        .iter()
        .zip(evidence.line..)
        .map(|(text, number)| {
            let class = if evidence.marked.contains(&number) { "is-hit" } else { "" };
            view! { <li class=class><span>{number}</span><span>{text.get(indent..).unwrap_or_default().to_owned()}</span></li> }.into_any()
        })
        .collect();
    view! {
        <figure class="evidence">
            <figcaption class="evidence__head">
                {icon(name)}
                <span class="truncate" title=evidence.path.clone()>{evidence.path.clone()}</span>
                <a class="link push nowrap" href=href>{words}</a>
            </figcaption>
            {(!evidence.claim.is_empty()).then(|| view! { <p class="evidence__claim">{evidence.claim.clone()}</p> })}
            <ol class="quote-lines" start=evidence.line>{lines}</ol>
        </figure>
    }
    .into_any()
}

/// The white space, in bytes, with which every line begins that is not blank.
fn common_indent(lines: &[String]) -> usize {
    let indents = lines.iter().filter(|line| !line.trim().is_empty()).map(|line| line.len() - line.trim_start_matches([' ', '\t']).len());
    indents.min().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_moved_together_and_blank_ones_do_not_count() {
        let lines = ["        tier 0 {".to_owned(), String::new(), "            owner é".to_owned(), "        }".to_owned()];
        assert_eq!(common_indent(&lines), 8);
        assert_eq!(common_indent(&["a".to_owned(), "  b".to_owned()]), 0);
        assert_eq!(common_indent(&["  ".to_owned()]), 0);
    }
}
