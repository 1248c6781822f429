//! What reads the texts, and what has to hold of the outcome.

use super::{
    formats, gestures,
    mutate::{Dice, Kind},
};
use crate::domain::{
    agent::definition::{self, Outcome},
    decision::{self, status::Status},
    diagnostic::Span,
    markdown::{self, Rendering},
    model::Model,
    moment::Day,
    syntax::{
        Language, Sources, apply, assist,
        format::Format,
        inverse, mermaid,
        structurizr::{
            self, MAX_DIAGNOSTICS,
            lex::{TokenKind, lex},
        },
    },
};

/// One reader under test.
pub(super) struct Reader {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    /// How often, against the others.
    pub(super) weight: usize,
    /// Reads the text and panics where something does not hold.
    pub(super) read: fn(&str, &mut Dice),
}

const DSL: Kind = Kind::Diagram(Format::Structurizr);
const FLOWCHART: Kind = Kind::Diagram(Format::Mermaid);

/// A reader of a format: what it reads goes out again in some formats.
macro_rules! there_and_back {
    ($name:literal, $format:ident) => {
        Reader {
            name: $name,
            kind: Kind::Diagram(Format::$format),
            weight: 2,
            read: |text, dice| formats::there_and_back(Format::$format, text, dice),
        }
    };
}

pub(super) const READERS: [Reader; 20] = [
    Reader { name: "structurizr", kind: DSL, weight: 4, read: model },
    Reader { name: "structurizr index", kind: DSL, weight: 1, read: index },
    Reader { name: "structurizr gestures", kind: DSL, weight: 4, read: |text, dice| gestures::several(Language::Structurizr, text, dice) },
    Reader { name: "mermaid", kind: FLOWCHART, weight: 3, read: flowchart },
    Reader { name: "mermaid gestures", kind: FLOWCHART, weight: 4, read: |text, dice| gestures::several(Language::Mermaid, text, dice) },
    Reader { name: "assist", kind: DSL, weight: 2, read: help },
    Reader { name: "text layout", kind: DSL, weight: 1, read: lay_out },
    there_and_back!("structurizr out", Structurizr),
    there_and_back!("mermaid out", Mermaid),
    there_and_back!("mermaid c4", MermaidC4),
    there_and_back!("mermaid architecture", MermaidArchitecture),
    there_and_back!("c4-plantuml", C4PlantUml),
    there_and_back!("d2", D2),
    there_and_back!("likec4", LikeC4),
    there_and_back!("structurizr json", StructurizrJson),
    there_and_back!("model json", ModelJson),
    there_and_back!("box art", BoxArt),
    Reader { name: "decision", kind: Kind::Markdown, weight: 3, read: record },
    Reader { name: "markdown", kind: Kind::Markdown, weight: 3, read: page },
    Reader { name: "agent", kind: Kind::Agent, weight: 3, read: agent },
];

pub(super) fn sources() -> Sources {
    Sources::from([
        ("a.dsl".to_owned(), "x1 = person \"X\"\n!include b/c.dsl\n!include a.dsl\n".to_owned()),
        ("b/c.dsl".to_owned(), "workspace {\n model {\n  z9 = softwareSystem \"Z\"\n }\n}\n".to_owned()),
    ])
}

pub(super) fn inside(text: &str, span: Span, what: &str) {
    assert!(span.start <= span.end && text.get(span.range()).is_some(), "{what} lies off the text: {span:?}");
}

fn model(text: &str, _: &mut Dice) {
    let (tree, _) = structurizr::parse::parse(text);
    assert!(tree.text() == text, "the tree loses bytes");
    let parsed = structurizr::parse("workspace.dsl", text, &sources());
    assert!(parsed.diagnostics.len() <= MAX_DIAGNOSTICS + 8, "{} diagnostics", parsed.diagnostics.len());
    for found in parsed.diagnostics.iter().filter(|found| found.file.is_none()) {
        inside(text, found.span, &found.code);
        assert!(!found.what.is_empty() && !found.why.is_empty() && !found.help.is_empty(), "{} says too little", found.code);
    }
    sound(text, &parsed.model);
}

fn flowchart(text: &str, _: &mut Dice) {
    let (tree, _) = mermaid::parse::parse(text);
    assert!(tree.text() == text, "the tree loses bytes");
    let parsed = mermaid::parse("chart.mmd", text, &Sources::new());
    for found in &parsed.diagnostics {
        inside(text, found.span, &found.code);
        assert!(!found.what.is_empty() && !found.why.is_empty() && !found.help.is_empty(), "{} says too little", found.code);
    }
    sound(text, &parsed.model);
}

/// Whatever refers to something refers to something that is there.
fn sound(text: &str, model: &Model) {
    for (key, element) in &model.elements {
        assert!(*key == element.key && element.parent.as_ref().is_none_or(|parent| model.elements.contains_key(parent)), "{key}");
        assert!(element.group.as_ref().is_none_or(|group| model.groups.contains_key(group)), "{key}");
        assert!(element.instance_of.as_ref().is_none_or(|of| model.elements.contains_key(of)), "{key}");
        if element.file.is_none() {
            inside(text, element.span, "an element");
            inside(text, element.name_span, "a name");
        }
    }
    for (key, relation) in &model.relations {
        assert!(model.elements.contains_key(&relation.source) && model.elements.contains_key(&relation.target), "{key}");
        assert!(relation.implied_by.as_ref().is_none_or(|by| model.relations.contains_key(by)), "{key} follows from nothing");
    }
    for group in model.groups.values() {
        assert!(group.parent.as_ref().is_none_or(|parent| model.groups.contains_key(parent)));
        assert!(group.owner.as_ref().is_none_or(|owner| model.elements.contains_key(owner)));
    }
    assert!(!model.views.is_empty());
    let keys: std::collections::BTreeSet<&str> = model.views.iter().map(|view| view.key.as_str()).collect();
    assert!(keys.len() == model.views.len(), "two views have one key");
    assert!(model.views.iter().filter(|view| view.is_default).count() <= 1);
    for view in &model.views {
        let shown: std::collections::BTreeSet<_> = view.elements.iter().collect();
        assert!(shown.len() == view.elements.len() && shown.iter().all(|key| model.elements.contains_key(*key)), "{}", view.key);
        for key in &view.relations {
            let relation = model.relations.get(key).unwrap_or_else(|| panic!("{key} is not there"));
            assert!(shown.contains(&relation.source) && shown.contains(&relation.target), "{key} hangs in {}", view.key);
        }
        for step in &view.steps {
            assert!(view.relations.contains(&step.relation), "a step of {} is not shown", view.key);
        }
        for step in &view.animation {
            assert!(!step.elements.is_empty() && step.elements.iter().all(|key| shown.contains(key)), "{}", view.key);
            assert!(step.relations.iter().all(|key| view.relations.contains(key)), "{}", view.key);
        }
        assert!(view.base.as_ref().is_none_or(|base| keys.contains(base.view.as_str())), "{} filters nothing", view.key);
    }
}

fn index(text: &str, _: &mut Dice) {
    let index = structurizr::index("workspace.dsl", text, &sources());
    let plain = structurizr::parse("workspace.dsl", text, &sources());
    assert!(index.parsed == plain, "noting names changes the model");
    for one in index.occurrences.iter().filter(|one| one.file.is_none()) {
        inside(text, one.span, "an occurrence");
        assert!(one.span.start < one.span.end, "an empty occurrence");
    }
}

fn help(text: &str, dice: &mut Dice) {
    let (language, path, sources) = (Language::Structurizr, "workspace.dsl", sources());
    for _ in 0..3 {
        let offset = dice.below(text.len() + 2);
        for one in assist::complete(language, path, text, &sources, offset) {
            inside(text, one.span, &one.label);
        }
        if let Some(found) = assist::hover(language, path, text, &sources, offset) {
            inside(text, found.span, &found.markdown);
        }
        let uses = assist::references(language, path, text, &sources, offset);
        if let Some(found) = assist::definition(language, path, text, &sources, offset)
            && !found.span.range().is_empty()
        {
            assert!(uses.contains(&found), "a definition is no use of itself");
        }
    }
}

fn lay_out(text: &str, _: &mut Dice) {
    let edits = assist::format(Language::Structurizr, text, None);
    let changed = apply(text, &edits);
    let words = |text: &str| -> Vec<String> {
        lex(text).0.iter().filter(|token| token.kind != TokenKind::Space).map(|token| token.span.of(text).to_owned()).collect()
    };
    assert!(words(text) == words(&changed), "layout changes more than space");
    let again = assist::format(Language::Structurizr, &changed, None);
    assert!(again.is_empty(), "layout is not done after once: {:?}", again.iter().take(3).collect::<Vec<_>>());
}

fn record(text: &str, dice: &mut Dice) {
    let record = decision::parse("docs/adr/0007-thing.md", text);
    let _ = record.excerpt(text);
    let written = format!("{record:?}");
    assert!(!written.is_empty());
    for block in [decision::front_matter::find(text)].into_iter().flatten() {
        let _ = decision::front_matter::entries(text, &block);
    }
    let day = Day { year: 2026, month: 11, day: 27 };
    let status = Status::ALL[dice.below(Status::ALL.len())];
    let edits = decision::edit::set_status(text, status, day);
    let after = apply(text, &edits);
    assert!(apply(&after, &inverse(text, &edits)) == text, "a change of the status cannot be undone");
    let found = decision::parse("docs/adr/0007-thing.md", &after).known_status();
    assert!(found == Some(status), "the status is {found:?} and not {status:?}");
}

/// Files of agents come out as they came in; a repaired one reads as it should from then on.
fn agent(text: &str, _: &mut Dice) {
    let load = definition::load("agents/x.md", text.as_bytes());
    for remark in &load.remarks {
        assert!(!remark.diagnostic.what.is_empty() && !remark.diagnostic.help.is_empty(), "{remark:?}");
    }
    let Some(read) = load.definition() else { return };
    assert!(read.export() == text.as_bytes(), "an agent's file loses bytes");
    if let Some(fixed) = definition::fixed(read) {
        let again = definition::load("agents/x.md", fixed.as_bytes());
        assert!(matches!(again.outcome, Outcome::Loaded(_)), "a repaired file is read as {}", again.outcome.word());
    }
}

fn page(text: &str, _: &mut Dice) {
    let rendering = Rendering {
        shift_headings: 1,
        element_url: &|name| Some(format!("/e/{name}")),
        link_url: &|link| Some(link.to_owned()),
        shown: None,
    };
    for html in [markdown::render(text, &rendering), markdown::render_subset(text, &rendering)] {
        let lower = html.to_lowercase();
        assert!(!lower.contains("<script") && !lower.contains("javascript:\"") && !lower.contains("href=\"javascript"), "unsafe page");
    }
    assert!(!markdown::plain_text(text).contains('\n'));
}
