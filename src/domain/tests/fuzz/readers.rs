//! What reads the texts, and what has to hold of the outcome.

use crate::domain::{
    decision,
    diagnostic::Span,
    markdown::{self, Rendering},
    model::Model,
    syntax::{
        Language, Sources, apply, assist,
        structurizr::{
            self, MAX_DIAGNOSTICS,
            lex::{TokenKind, lex},
        },
    },
    tests::fuzz::mutate::{Dice, Kind},
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

pub(super) const READERS: [Reader; 6] = [
    Reader { name: "structurizr", kind: Kind::Structurizr, weight: 6, read: model },
    Reader { name: "structurizr index", kind: Kind::Structurizr, weight: 2, read: index },
    Reader { name: "assist", kind: Kind::Structurizr, weight: 2, read: help },
    Reader { name: "text layout", kind: Kind::Structurizr, weight: 2, read: lay_out },
    Reader { name: "decision", kind: Kind::Markdown, weight: 3, read: record },
    Reader { name: "markdown", kind: Kind::Markdown, weight: 3, read: page },
];

fn sources() -> Sources {
    Sources::from([
        ("a.dsl".to_owned(), "x1 = person \"X\"\n!include b/c.dsl\n!include a.dsl\n".to_owned()),
        ("b/c.dsl".to_owned(), "workspace {\n model {\n  z9 = softwareSystem \"Z\"\n }\n}\n".to_owned()),
    ])
}

fn inside(text: &str, span: Span, what: &str) {
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

fn record(text: &str, _: &mut Dice) {
    let record = decision::parse("docs/adr/0007-thing.md", text);
    let _ = record.excerpt(text);
    let written = format!("{record:?}");
    assert!(!written.is_empty());
    for block in [decision::front_matter::find(text)].into_iter().flatten() {
        let _ = decision::front_matter::entries(text, &block);
    }
}

fn page(text: &str, _: &mut Dice) {
    let rendering =
        Rendering { shift_headings: 1, element_url: &|name| Some(format!("/e/{name}")), link_url: &|link| Some(link.to_owned()) };
    for html in [markdown::render(text, &rendering), markdown::render_subset(text, &rendering)] {
        let lower = html.to_lowercase();
        assert!(!lower.contains("<script") && !lower.contains("javascript:\"") && !lower.contains("href=\"javascript"), "unsafe page");
    }
    assert!(!markdown::plain_text(text).contains('\n'));
}
