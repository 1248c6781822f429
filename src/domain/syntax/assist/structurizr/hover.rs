//! Explaining the word under the pointer: what a name stands for, what a keyword does, what a fact means.

use std::fmt::Write as _;

use crate::domain::{
    diagnostic::Span,
    model::{
        Relation,
        facts::catalogue,
        kind::infer::{Evidence, kind},
        view::View,
    },
    syntax::{
        Sources,
        assist::{
            Hover,
            plain::{describe, plain, shorten},
            structurizr::{
                block::{Block, innermost, split_identifier},
                keyword,
            },
        },
        structurizr::{
            index,
            lex::TokenKind,
            looks_like,
            occurrence::{Index, Symbol},
            parse::parse,
            spot::{Spot, spot},
            tree::Tree,
        },
    },
};

pub(super) fn hover(path: &str, text: &str, sources: &Sources, offset: usize) -> Option<Hover> {
    let (tree, _) = parse(text);
    let (span, spot) = word_at(&tree, offset)?;
    let index = index(path, text, sources);
    let at = u32::try_from(offset).ok()?;
    if let Some(found) = index.at(at) {
        return Some(Hover { span: found.span, markdown: shorten(symbol(&index, &found.symbol)?) });
    }
    let model = &index.parsed.model;
    if let Some(element) = model.elements.values().find(|element| element.file.is_none() && element.name_span == span) {
        return Some(Hover { span, markdown: shorten(describe(model, element)) });
    }
    let has_workspace =
        looks_like(text) || spot.around.iter().flatten().next().is_some_and(|word| word.value.eq_ignore_ascii_case("workspace"));
    let block = innermost(&spot.around, &index, has_workspace);
    let markdown = of_word(&index, &spot, block, span.of(text), at)?;
    Some(Hover { span, markdown: shorten(markdown) })
}

/// The word that holds the place, or ends there: its span without quotes, and the spot at its end.
fn word_at(tree: &Tree, offset: usize) -> Option<(Span, Spot)> {
    let at = u32::try_from(offset).ok()?;
    let tokens = tree.tokens();
    let holds = tokens.partition_point(|token| token.span.end <= at);
    let here = tokens.get(holds).filter(|token| token.kind.is_word() && token.span.start <= at);
    let ends = holds.checked_sub(1).and_then(|before| tokens.get(before)).filter(|token| token.kind.is_word() && token.span.end == at);
    let token = here.or(ends)?;
    let span = tree.word(*token).inner_span();
    let end = if token.kind == TokenKind::Word { token.span.end } else { span.end };
    Some((span, spot(tree, end as usize)))
}

fn symbol(index: &Index, symbol: &Symbol) -> Option<String> {
    let model = &index.parsed.model;
    Some(match symbol {
        Symbol::Element(key) => describe(model, model.elements.get(key)?),
        Symbol::Relation(key) => relation(index, model.relations.get(key)?),
        Symbol::Group(key) => {
            let group = model.groups.get(key)?;
            let count = model.elements.values().filter(|element| element.group.as_ref() == Some(key)).count();
            format!("**{}**  \nGroup of {}", plain(&group.name), counted(count, "element"))
        }
        Symbol::DeploymentGroup(name) => {
            format!(
                "**{}**  \nDeployment group: only instances in the same one talk to each other.",
                plain(name.rsplit('/').next().unwrap_or(""))
            )
        }
        Symbol::View(key) => view(index, model.views.iter().find(|view| view.key == *key)?),
        Symbol::Archetype(name) => {
            let archetype = index.archetypes.iter().find(|archetype| archetype.name.eq_ignore_ascii_case(name))?;
            format!("**{}**  \nArchetype of `{}`", plain(&archetype.name), archetype.makes)
        }
        Symbol::Constant(name) => {
            let value = index.constants.get(name)?;
            format!("**{}**  \n{}", plain(name), plain(value))
        }
    })
}

fn relation(index: &Index, relation: &Relation) -> String {
    let model = &index.parsed.model;
    let name = |key| model.elements.get(key).map_or_else(String::new, |element| plain(&element.name));
    let mut text = format!("**{} → {}**", name(&relation.source), name(&relation.target));
    for part in [&relation.description, &relation.technology].into_iter().flatten().filter(|part| !part.trim().is_empty()) {
        let _ = write!(text, "  \n{}", plain(part));
    }
    let mode = &relation.mode;
    let assumed = if mode.stated || mode.reason.is_empty() { String::new() } else { format!(" (assumed: {})", plain(&mode.reason)) };
    let _ = write!(text, "\n\nMode {}{assumed}", mode.value.slug());
    if !relation.tags.is_empty() {
        let _ = write!(text, "\n\nTags: {}", plain(&relation.tags.join(", ")));
    }
    let facts: Vec<String> = relation.facts.0.iter().map(|(name, fact)| format!("{name} {}", plain(&fact.value))).collect();
    if !facts.is_empty() {
        let _ = write!(text, "\n\nFacts: {}", facts.join(" · "));
    }
    text
}

fn view(index: &Index, view: &View) -> String {
    let model = &index.parsed.model;
    let scope = view.scope.as_ref().and_then(|key| model.elements.get(key)).map(|element| element.name.as_str());
    let mut text = format!("**{}**  \n{}", plain(&view.display_title(scope)), view.kind.name());
    if let Some(description) = view.description.as_deref().filter(|text| !text.trim().is_empty()) {
        let _ = write!(text, "\n\n{}", plain(description));
    }
    if let Some(base) = &view.base {
        let how = if base.include { "with" } else { "without" };
        let _ = write!(text, "\n\nShows {} {how} {}.", plain(&base.view), plain(&base.tags.join(", ")));
    }
    let _ = write!(text, "\n\n{}, {}", counted(view.elements.len(), "element"), counted(view.relations.len(), "relationship"));
    if !view.steps.is_empty() {
        let _ = write!(text, ", {}", counted(view.steps.len(), "step"));
    }
    text
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// A word that is no name: a keyword, a fact, a value, a tag or a technology.
fn of_word(index: &Index, spot: &Spot, block: Block, word: &str, at: u32) -> Option<String> {
    let (_, before) = split_identifier(&spot.before);
    let quoted = spot.touched.as_ref().is_some_and(|touched| touched.quoted);
    if let Block::Properties(_) = block {
        let name = before.first().map_or(word, |first| first.value.as_str());
        let fact = catalogue::about(name)?;
        let subjects: Vec<&str> = fact.subjects.iter().map(|subject| subject.name()).collect();
        let mut text = format!("**{}**  \n{}\n\nSaid of {}.", fact.name, fact.about, subjects.join(", "));
        if !fact.values.is_empty() {
            let values: Vec<String> = fact.values.iter().map(|value| format!("`{value}`")).collect();
            let _ = write!(text, " Usual values: {}.", values.join(", "));
        }
        return Some(text);
    }
    if !quoted
        && word.ends_with("->")
        && let Some(text) = stated_at(index, at)
    {
        return Some(text);
    }
    let first = before.first().map(|first| first.value.to_lowercase());
    let is_keyword = first.is_none() || word == "extends" || word == "->" || word == "-/>";
    if is_keyword && !quoted {
        return explained(block, word);
    }
    match first.as_deref() {
        Some("tags" | "tag" | "element" | "relationship") => tag(index, word),
        Some(first) if block.is_of_style() => explained(block, first),
        _ => technology(word),
    }
}

fn explained(block: Block, word: &str) -> Option<String> {
    keyword::about(block, word).map(|doc| format!("`{}`\n\n{}", doc.usage, doc.about))
}

/// The relation whose statement holds the place.
fn stated_at(index: &Index, at: u32) -> Option<String> {
    let stated = index.parsed.model.relations.values();
    let found = stated.filter(|one| one.file.is_none() && one.implied_by.is_none() && one.span.contains(at));
    found.min_by_key(|one| one.span.end - one.span.start).map(|one| relation(index, one))
}

fn tag(index: &Index, word: &str) -> Option<String> {
    let model = &index.parsed.model;
    let mut lines = Vec::new();
    for tag in word.split(',').map(str::trim).filter(|tag| !tag.is_empty()).take(20) {
        let elements = model.elements.values().filter(|element| element.tags.iter().any(|own| own == tag)).count();
        let relations = model.relations.values().filter(|relation| relation.tags.iter().any(|own| own == tag)).count();
        lines.push(format!("**{}**  \nTag of {}, {}", plain(tag), counted(elements, "element"), counted(relations, "relationship")));
    }
    (!lines.is_empty()).then(|| lines.join("\n\n"))
}

/// What a technology says about the kind of an element.
fn technology(word: &str) -> Option<String> {
    let evidence = Evidence {
        level: crate::domain::model::Level::Container,
        name: "",
        technology: Some(word),
        description: None,
        tags: &[],
        properties: &std::collections::BTreeMap::new(),
        archetype: None,
        shape: None,
        outside: None,
    };
    let found = kind(&evidence);
    found.reason.starts_with("technology").then(|| format!("**{}**  \nTechnology of a {}", plain(word), found.value.name().to_lowercase()))
}
