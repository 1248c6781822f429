//! Which format a text is in: by the end of its file's name where that says it, else by how it begins. Nothing is guessed
//! that could as well be prose.

use serde::{Deserialize, de::IgnoredAny};

use crate::domain::syntax::{
    c4::catalogue,
    format::{Format, fence},
    mermaid, structurizr, structurizr_json,
};

mod blocks;
mod d2;

/// Bytes at the beginning that are looked at.
const MAX_HEAD: usize = 16 * 1024;

/// The format of a text; `path` is its file's name, if it has one. A text that is nothing but a fence of Markdown is what
/// stands in the fence.
pub fn recognise(path: Option<&str>, text: &str) -> Option<Format> {
    let name = path.map(|path| path.rsplit(['/', '\\']).next().unwrap_or("").to_lowercase());
    let extension = name.as_deref().and_then(|name| name.rsplit_once('.')).map(|(_, extension)| extension);
    let fence = fence::around(text);
    let body = match &fence {
        Some(fence) => text.get(fence.body.clone()).unwrap_or(""),
        None => text,
    };
    match extension {
        Some("json") => json(body),
        None | Some("" | "txt" | "text") => match &fence {
            Some(fence) => fenced(&fence.tag, body),
            None => by_text(body),
        },
        Some(extension) => {
            let found = Format::ALL.into_iter().find(|format| format.extensions().contains(&extension));
            let in_fence = || fence.as_ref().and_then(|fence| fenced(&fence.tag, body));
            found.map(|format| which_mermaid(format, body)).or_else(in_fence)
        }
    }
}

/// What stands in a fence whose first word is known, or else looks like it.
fn fenced(tag: &str, body: &str) -> Option<Format> {
    let found = Format::ALL.into_iter().find(|format| format.row().fences.contains(&tag));
    match found {
        Some(format) => Some(which_mermaid(format, body)),
        None => by_text(body),
    }
}

/// The three kinds of Mermaid text have one name.
fn which_mermaid(format: Format, body: &str) -> Format {
    if format == Format::Mermaid { mermaid_of(body).unwrap_or(format) } else { format }
}

fn head(text: &str) -> &str {
    text.get(..text.floor_char_boundary(MAX_HEAD)).unwrap_or("")
}

fn by_text(text: &str) -> Option<Format> {
    let head = head(text).trim_start_matches('\u{feff}');
    if head.trim_start().starts_with('{') {
        return json(text);
    }
    mermaid_of(head)
        .or_else(|| is_plantuml(head).then_some(Format::C4PlantUml))
        .or_else(|| blocks::of(head))
        .or_else(|| d2::looks_like(head).then_some(Format::D2))
}

fn mermaid_of(text: &str) -> Option<Format> {
    let head = head(text);
    if mermaid::c4::looks_like(head) {
        return Some(Format::MermaidC4);
    }
    if mermaid::architecture::looks_like(head) {
        // Prose may begin with that word as well; a diagram has it on a line of its own.
        let alone = head.lines().map(str::trim).any(|line| matches!(line, "architecture-beta" | "architecture"));
        return alone.then_some(Format::MermaidArchitecture);
    }
    mermaid::looks_like(head).then_some(Format::Mermaid)
}

/// Begins with `@startuml`, or with what only a text with the macros of C4 begins with.
fn is_plantuml(head: &str) -> bool {
    let mut lines = head.lines().map(str::trim).filter(|line| !line.is_empty());
    let mut comment = false;
    let first = lines.find(|line| {
        let inside = comment || line.starts_with("/'");
        comment = inside && !line.contains("'/");
        !inside && !line.starts_with('\'')
    });
    let Some(first) = first else { return false };
    let is_macro = |line: &str| {
        let Some((name, arguments)) = line.split_once('(') else { return false };
        catalogue::classify(name.trim()).is_some() && arguments.contains([',', ')'])
    };
    let mut all = std::iter::once(first).chain(lines);
    first.starts_with("@startuml")
        || is_macro(first)
        // Inclusions, definitions and settings come before the macros.
        || (first.starts_with('!') || first.starts_with("LAYOUT_") || first.starts_with("title "))
            && all.any(|line| is_macro(line) || (line.starts_with("!include") && line.contains("C4_")))
}

/// The fields at the top of a JSON text.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Top {
    elements: Option<IgnoredAny>,
    relations: Option<IgnoredAny>,
    model: Option<IgnoredAny>,
    views: Option<IgnoredAny>,
    documentation: Option<IgnoredAny>,
    configuration: Option<IgnoredAny>,
}

fn json(text: &str) -> Option<Format> {
    let plain = text.trim_start_matches('\u{feff}');
    if !plain.trim_start().starts_with('{') {
        return None;
    }
    match serde_json::from_str::<Top>(plain) {
        Ok(top) if top.elements.is_some() && top.relations.is_some() => Some(Format::ModelJson),
        Ok(top) if top.model.is_some() && (top.views.is_some() || top.documentation.is_some() || top.configuration.is_some()) => {
            Some(Format::StructurizrJson)
        }
        Ok(top) if top.model.is_some() && structurizr_json::looks_like(plain) => Some(Format::StructurizrJson),
        Ok(_) => None,
        // Broken, or cut off: what it was meant to be.
        Err(_) => structurizr_json::looks_like(plain).then_some(Format::StructurizrJson).or_else(|| {
            let has = |field: &str| plain.contains(&format!("\"{field}\""));
            (has("elements") && has("facts") && has("level")).then_some(Format::ModelJson)
        }),
    }
}

/// The statements of a block as words, an identifier before `=` apart.
struct Line<'t> {
    named: bool,
    words: Vec<structurizr::tree::Word>,
    block: Option<structurizr::tree::BlockId>,
    tree: &'t structurizr::tree::Tree,
}

fn lines(tree: &structurizr::tree::Tree, block: structurizr::tree::BlockId) -> impl Iterator<Item = Line<'_>> {
    tree.statements(block).filter_map(|id| tree.statement(id)).map(move |statement| {
        let mut words = tree.words(statement);
        let named = words.get(1).is_some_and(|word| word.value == "=" && !word.quoted);
        if named {
            words.drain(..2);
        }
        Line { named, words, block: statement.block, tree }
    })
}
