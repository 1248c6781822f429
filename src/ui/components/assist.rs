//! Answers the questions of the source editor from the open diagram; renaming is a gesture like any other.

use leptos::prelude::*;

use crate::ui::{
    browser::editor::Assist,
    components::desk::Desk,
    state::assist::{Reading, json},
};

/// The help of the source editor of a desk.
pub fn assist(desk: Desk) -> Assist {
    Assist {
        complete: Callback::new(move |at| read(desk, |reading| json(&reading.complete(at)))),
        hover: Callback::new(move |at| read(desk, |reading| reading.hover(at).map(|found| json(&found)))),
        definition: Callback::new(move |at| read(desk, |reading| reading.definition(at).map(|found| json(&found)))),
        renamable: Callback::new(move |at| read(desk, |reading| reading.renamable(at).map(|found| json(&found)))),
        rename: Callback::new(move |(at, name): (u32, String)| rename(desk, at, &name)),
        format: Callback::new(move |(from, to)| read(desk, |reading| json(&reading.format(from, to)))),
    }
}

/// An answer about the text as it is; nothing after the page was left.
fn read<T: Into<Option<String>>>(desk: Desk, ask: impl FnOnce(&Reading<'_>) -> T) -> String {
    let answer = desk.text.try_with_untracked(|text| {
        desk.reading.try_with_value(|(path, sources)| ask(&Reading { language: desk.language, path, text, sources }).into())
    });
    answer.flatten().flatten().unwrap_or_default()
}

fn rename(desk: Desk, at: u32, name: &str) -> String {
    let name = name.trim();
    if name.is_empty() {
        return "Type a name.".to_owned();
    }
    let text = desk.text.get_untracked();
    let found = desk.reading.with_value(|(path, sources)| Reading { language: desk.language, path, text: &text, sources }.renamable(at));
    let Some(found) = found else { return "What was to be renamed is no longer here.".to_owned() };
    if found.current == name || desk.perform(&found.gesture(name)).is_some() {
        return String::new();
    }
    // Said where it was asked; the picture need not say it as well.
    let said = desk.said.get_untracked().map(|said| said.words);
    desk.said.set(None);
    said.unwrap_or_else(|| "This document is read-only.".to_owned())
}
