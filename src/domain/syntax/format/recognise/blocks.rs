//! Telling the two languages of blocks apart, whole texts and parts of them: Structurizr's, with double quotes and fixed
//! keywords, and `LikeC4`'s, with kinds of its own and views that are called so.

use crate::domain::syntax::{
    format::{
        Format,
        recognise::{Line, lines},
    },
    structurizr::{parse, tree::Tree},
};

/// Words that begin elements of Structurizr's model.
const ELEMENTS: [&str; 11] = [
    "person",
    "softwaresystem",
    "container",
    "component",
    "element",
    "group",
    "deploymentenvironment",
    "deploymentnode",
    "infrastructurenode",
    "softwaresysteminstance",
    "containerinstance",
];

const VIEWS: [&str; 9] =
    ["systemlandscape", "systemcontext", "container", "component", "dynamic", "deployment", "filtered", "custom", "styles"];

/// Statements and blocks that are looked at.
const MAX_LINES: usize = 200;

/// The format of the first statement that tells it.
pub(super) fn of(head: &str) -> Option<Format> {
    let (tree, _) = parse::parse(head);
    let all: Vec<Line<'_>> = lines(&tree, Tree::ROOT).take(MAX_LINES).collect();
    let begins = |line: &Line<'_>, word: &str| line.words.first().is_some_and(|first| first.value == word && !first.quoted);
    if all.iter().any(|line| !line.named && line.block.is_some() && line.words.len() == 1 && begins(line, "specification")) {
        return Some(Format::LikeC4);
    }
    // What cannot be told is passed over where it may be a statement, and ends the search where it may be prose.
    for line in &all {
        let first = line.words.first().filter(|word| !word.quoted)?;
        if first.value.starts_with('!') {
            continue;
        }
        return statement(line);
    }
    None
}

fn statement(line: &Line<'_>) -> Option<Format> {
    let keyword = line.words.first()?.value.to_lowercase();
    let second = line.words.get(1);
    let alone = line.words.len() == 1 && line.block.is_some() && !line.named;
    match keyword.as_str() {
        "workspace" => {
            let plain = second.is_none() && line.block.is_some();
            let titled = second.is_some_and(|word| word.quoted || word.value.eq_ignore_ascii_case("extends"));
            (plain || titled).then_some(Format::Structurizr)
        }
        "model" if alone => Some(inside(line, &model).unwrap_or(Format::Structurizr)),
        "views" if alone => Some(inside(line, &view).unwrap_or(Format::Structurizr)),
        "deployment" | "global" if alone => Some(Format::LikeC4),
        "import" if line.block.is_some() || second.is_some_and(|word| word.value.starts_with(['{', '\''])) => Some(Format::LikeC4),
        _ => model(line),
    }
}

/// What the statements in the block say, nested ones included.
fn inside(line: &Line<'_>, tell: &dyn Fn(&Line<'_>) -> Option<Format>) -> Option<Format> {
    let mut blocks = vec![line.block?];
    let mut left = MAX_LINES;
    while let Some(block) = blocks.pop() {
        for line in lines(line.tree, block) {
            left = left.checked_sub(1)?;
            if let Some(found) = tell(&line) {
                return Some(found);
            }
            blocks.extend(line.block);
        }
    }
    None
}

/// A statement about the model.
fn model(line: &Line<'_>) -> Option<Format> {
    let [first, rest @ ..] = line.words.as_slice() else { return None };
    let single = |at: usize| rest.get(at).is_some_and(|word| !word.quoted && word.value.starts_with('\''));
    let double = |at: usize| rest.get(at).is_some_and(|word| word.quoted);
    let keyword = ELEMENTS.contains(&first.value.to_lowercase().as_str());
    if line.named && single(0) {
        return Some(Format::LikeC4);
    }
    if keyword && (double(0) || (line.named && !rest.is_empty())) {
        return Some(Format::Structurizr);
    }
    if line.named {
        // A kind of its own, and nothing that Structurizr has: `shop = system`, `shop = system "Shop" {`.
        let is_relation = rest.first().is_some_and(|word| word.value == "->");
        let kind = first.value.chars().all(|next| next.is_ascii_alphanumeric() || matches!(next, '_' | '-')) && !first.quoted;
        return match (is_relation, kind) {
            (true, _) if double(2) => Some(Format::Structurizr),
            (false, true) if !keyword && (double(0) || line.block.is_some()) => Some(Format::LikeC4),
            _ => None,
        };
    }
    if rest.first().is_some_and(|word| word.value == "->" && !word.quoted) && rest.len() >= 3 {
        return if double(2) { Some(Format::Structurizr) } else { single(2).then_some(Format::LikeC4) };
    }
    if first.value == "extend" && line.block.is_some() && rest.len() == 1 {
        return Some(Format::LikeC4);
    }
    None
}

/// A statement in a block of views.
fn view(line: &Line<'_>) -> Option<Format> {
    let first = line.words.first()?;
    let second = line.words.get(1).map_or("", |word| word.value.as_str());
    if first.value == "view" || (matches!(first.value.as_str(), "dynamic" | "deployment") && second == "view") {
        return Some(Format::LikeC4);
    }
    VIEWS.contains(&first.value.to_lowercase().as_str()).then_some(Format::Structurizr)
}
