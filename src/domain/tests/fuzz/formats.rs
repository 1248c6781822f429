//! In from one format and out in others: nothing panics, and what is written is read again.

use super::{
    mutate::Dice,
    readers::{inside, sources},
};
use crate::domain::{
    diagnostic::Level as Severity,
    model::{Model, view::View},
    scene::{
        self,
        svg::{SvgOptions, svg},
    },
    syntax::{
        Sources,
        box_art::{self, TextOptions},
        format::{
            Format,
            convert::to_structurizr,
            import,
            target::{Target, export},
        },
        structurizr,
    },
};

/// Elements and relations of a model that is written out.
const MOST: usize = 600;
/// Elements of a view that is drawn.
const MOST_DRAWN: usize = 150;

const fn read_as(target: Target) -> Format {
    match target {
        Target::Structurizr => Format::Structurizr,
        Target::Mermaid => Format::Mermaid,
        Target::MermaidC4 => Format::MermaidC4,
        Target::D2 => Format::D2,
        Target::C4PlantUml => Format::C4PlantUml,
        Target::ModelJson => Format::ModelJson,
        Target::StructurizrJson => Format::StructurizrJson,
    }
}

pub(super) fn there_and_back(format: Format, text: &str, dice: &mut Dice) {
    let read = import(format, "diagram", text, &sources());
    for found in read.diagnostics.iter().filter(|found| found.file.is_none()) {
        inside(text, found.span, &found.code);
        assert!(!found.what.is_empty() && !found.why.is_empty() && !found.help.is_empty(), "{} says too little", found.code);
    }
    for span in read.fidelity.lost.iter().chain(&read.fidelity.kept).filter_map(|remark| remark.span) {
        inside(text, span, "a remark");
    }
    let model = &read.model;
    together(model);
    if model.elements.len() + model.relations.len() > MOST || model.views.len() > 50 {
        return;
    }
    let view = if dice.chance(4) { None } else { model.views.get(dice.below(model.views.len())) };
    for target in [Target::ALL[dice.below(Target::ALL.len())], Target::ALL[dice.below(Target::ALL.len())]] {
        goes_out(target, model, view);
    }
    if format != Format::Structurizr {
        let converted = to_structurizr(format, "diagram", text, &sources());
        reads_as_written(&converted.text, converted.fidelity.elements);
    }
    if let Some(view) = view.filter(|view| view.elements.len() <= MOST_DRAWN) {
        let _ = box_art::print(model, view, &TextOptions { width: dice.below(200), ascii: dice.chance(2) });
        let picture = svg(&scene::compose(model, view, None), &SvgOptions::default());
        assert!(picture.starts_with("<svg") && picture.trim_end().ends_with("</svg>"), "the picture is not whole");
    }
}

fn goes_out(target: Target, model: &Model, view: Option<&View>) {
    let written = export(target, model, view);
    if target == Target::Structurizr {
        reads_as_written(&written.text, written.fidelity.elements);
        return;
    }
    let again = import(read_as(target), "diagram", &written.text, &Sources::new());
    let error = again.diagnostics.iter().find(|found| found.level == Severity::Error);
    let words = error.map(|error| error.span.of(&written.text).chars().take(300).collect::<String>());
    assert!(error.is_none(), "{target:?} is not read again: {error:?} {words:?}");
}

fn reads_as_written(text: &str, elements: usize) {
    if text.len() > structurizr::MAX_BYTES {
        return;
    }
    let parsed = structurizr::parse("workspace.dsl", text, &Sources::new());
    let error = parsed.diagnostics.iter().find(|found| found.level == Severity::Error);
    let words = error.map(|error| error.span.of(text).chars().take(300).collect::<String>());
    assert!(error.is_none(), "a workspace is not read again: {error:?} {words:?}");
    assert!(parsed.model.elements.len() == elements, "{elements} elements are written, {} read", parsed.model.elements.len());
}

/// Whatever refers to something refers to something that is there.
fn together(model: &Model) {
    for (key, element) in &model.elements {
        assert!(*key == element.key && element.parent.as_ref().is_none_or(|parent| model.elements.contains_key(parent)), "{key}");
        assert!(element.group.as_ref().is_none_or(|group| model.groups.contains_key(group)), "{key}");
        assert!(!model.is_inside(key, key), "{key} lies in itself");
    }
    for (key, relation) in &model.relations {
        assert!(model.elements.contains_key(&relation.source) && model.elements.contains_key(&relation.target), "{key}");
    }
    for view in &model.views {
        let there = view.elements.iter().all(|key| model.elements.contains_key(key));
        assert!(there && view.relations.iter().all(|key| model.relations.contains_key(key)), "{} shows what is not there", view.key);
        let steps = view.steps.iter().all(|step| model.relations.contains_key(&step.relation));
        assert!(steps, "a step of {} is not there", view.key);
    }
}
