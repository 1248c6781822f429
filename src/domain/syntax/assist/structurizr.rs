//! Help with the Structurizr DSL: [`complete`](mod@complete), [`hover`](mod@hover), definitions and uses, and layout of the
//! text ([`layout`]). What the blocks and keywords mean: [`block`], [`keyword`].

use crate::domain::{
    diagnostic::Span,
    model::ElementKey,
    syntax::{
        Sources, TextEdit,
        assist::{Completion, Hover, Target},
        structurizr::{
            MAX_BYTES, index,
            occurrence::{Index, Occurrence, Symbol},
            parse::parse,
        },
    },
};

mod block;
mod complete;
mod hover;
mod keyword;
mod layout;
mod offer;
mod technology;

pub(super) fn complete(path: &str, text: &str, sources: &Sources, offset: usize) -> Vec<Completion> {
    if text.len() > MAX_BYTES {
        return Vec::new();
    }
    complete::complete(path, text, sources, offset)
}

pub(super) fn hover(path: &str, text: &str, sources: &Sources, offset: usize) -> Option<Hover> {
    if text.len() > MAX_BYTES { None } else { hover::hover(path, text, sources, offset) }
}

pub(super) fn definition(path: &str, text: &str, sources: &Sources, offset: usize) -> Option<Target> {
    let index = index(path, text, sources);
    if let Some(file) = file_at(path, text, sources, offset) {
        return Some(Target { file: Some(file), span: Span::default() });
    }
    let symbol = symbol_at(&index, offset)?;
    defined(&index, &symbol)
}

pub(super) fn references(path: &str, text: &str, sources: &Sources, offset: usize) -> Vec<Target> {
    let index = index(path, text, sources);
    let Some(symbol) = symbol_at(&index, offset) else { return Vec::new() };
    let mut found: Vec<Target> = index.all(&symbol).map(target).collect();
    if !index.all(&symbol).any(|one| one.defines) {
        found.extend(defined(&index, &symbol));
        found.sort();
    }
    found
}

pub(super) fn identifier_at(path: &str, text: &str, sources: &Sources, offset: usize) -> Option<ElementKey> {
    match symbol_at(&index(path, text, sources), offset)? {
        Symbol::Element(key) => Some(key),
        _ => None,
    }
}

pub(super) fn format(text: &str, span: Option<Span>) -> Vec<TextEdit> {
    if text.len() > MAX_BYTES { Vec::new() } else { layout::layout(text, span) }
}

fn target(occurrence: &Occurrence) -> Target {
    Target { file: occurrence.file.clone(), span: occurrence.span }
}

/// What the name at a place stands for: an identifier's use or definition, or an element's name.
fn symbol_at(index: &Index, offset: usize) -> Option<Symbol> {
    let offset = u32::try_from(offset).ok()?;
    if let Some(found) = index.at(offset) {
        return Some(found.symbol.clone());
    }
    let model = &index.parsed.model;
    let holds = |span: Span| span.start <= offset && offset <= span.end && span.end > span.start;
    let mut named = model.elements.values().filter(|element| element.file.is_none() && holds(element.name_span));
    named.next().map(|element| Symbol::Element(element.key.clone()))
}

/// Where a symbol is defined: at its identifier, else at its name or statement.
fn defined(index: &Index, symbol: &Symbol) -> Option<Target> {
    if let Some(found) = index.all(symbol).find(|one| one.defines) {
        return Some(target(found));
    }
    let model = &index.parsed.model;
    let (file, span) = match symbol {
        Symbol::Element(key) => model.elements.get(key).map(|element| (element.file.clone(), element.name_span))?,
        Symbol::Relation(key) => model.relations.get(key).map(|relation| (relation.file.clone(), relation.span))?,
        Symbol::Group(key) => model.groups.get(key).map(|group| (group.file.clone(), group.span))?,
        _ => return None,
    };
    Some(Target { file, span })
}

/// The file of the project that the word at a place names: after `!include`, `extends` or `theme`.
fn file_at(path: &str, text: &str, sources: &Sources, offset: usize) -> Option<String> {
    let (tree, _) = parse(text);
    let spot = crate::domain::syntax::structurizr::spot::spot(&tree, offset);
    let keyword = spot.before.last().or(spot.before.first())?;
    if !["!include", "extends", "!docs", "!adrs", "!decisions", "theme", "themes"]
        .iter()
        .any(|word| keyword.value.eq_ignore_ascii_case(word))
    {
        return None;
    }
    let written = spot.span.of(text);
    let full = relative(path, written)?;
    if sources.contains_key(&full) {
        return Some(full);
    }
    let folder = format!("{full}/");
    sources.range(folder.clone()..).next().filter(|(path, _)| path.starts_with(&folder)).map(|(path, _)| path.clone())
}

/// A path as seen from the folder of a file; none where it leaves the project.
fn relative(from: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    (!path.is_empty()).then(|| parts.join("/"))
}
