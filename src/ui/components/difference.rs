//! The difference of two texts by lines, as every page shows it.

use std::ops::Range;

use leptos::prelude::*;

use crate::{
    domain::difference::{Fate, Hunk, Line, inside},
    ui::state::words::count,
};

/// The lines of the hunks; between them, how many are left out.
pub fn difference(hunks: &[Hunk]) -> Vec<AnyView> {
    let mut shown = 0;
    let mut out = Vec::new();
    for hunk in hunks {
        let first = hunk.lines.iter().find_map(|line| line.old).unwrap_or(shown + 1);
        out.extend(gap(first.saturating_sub(shown + 1)));
        out.extend(hunk.lines.iter().map(|one| line(one, None)));
        shown = hunk.lines.iter().rev().find_map(|line| line.old).unwrap_or(shown);
    }
    out
}

/// The same, with what differs inside of lines that took each other's places.
pub fn marked(hunks: &[Hunk]) -> Vec<AnyView> {
    let mut shown = 0;
    let mut out = Vec::new();
    for hunk in hunks {
        let first = hunk.lines.iter().find_map(|line| line.old).unwrap_or(shown + 1);
        out.extend(gap(first.saturating_sub(shown + 1)));
        let parts = inside(&hunk.lines);
        out.extend(hunk.lines.iter().zip(parts).map(|(one, part)| line(one, part)));
        shown = hunk.lines.iter().rev().find_map(|line| line.old).unwrap_or(shown);
    }
    out
}

/// How many lines have a fate.
pub fn counted(hunks: &[Hunk], fate: Fate) -> usize {
    hunks.iter().flat_map(|hunk| &hunk.lines).filter(|line| line.fate == fate).count()
}

fn gap(lines: u32) -> Option<AnyView> {
    let words = format!("{} without a change", count(lines as usize, "line"));
    (lines > 0).then(|| view! { <p class="diff__gap">{words}</p> }.into_any())
}

fn line(line: &Line, part: Option<Range<usize>>) -> AnyView {
    let (class, sign, word) = match line.fate {
        Fate::Same => ("diff__line", "", ""),
        Fate::Added => ("diff__line diff__line--add", "+", "added"),
        Fate::Removed => ("diff__line diff__line--del", "−", "removed"),
    };
    view! {
        <div class=class>
            <span>{line.new.or(line.old)}</span>
            <span>{(!sign.is_empty()).then(|| view! { <span aria-hidden="true">{sign}</span><span class="sr-only">{word}</span> })}</span>
            <code>{code(line, part)}</code>
        </div>
    }
    .into_any()
}

fn code(line: &Line, part: Option<Range<usize>>) -> AnyView {
    let whole = || line.text.clone().into_any();
    let Some(part) = part else { return whole() };
    let (Some(before), Some(differs), Some(after)) = (line.text.get(..part.start), line.text.get(part.clone()), line.text.get(part.end..))
    else {
        return whole();
    };
    let (before, differs, after) = (before.to_owned(), differs.to_owned(), after.to_owned());
    match line.fate {
        Fate::Removed => view! { {before}<del>{differs}</del>{after} }.into_any(),
        Fate::Added => view! { {before}<ins>{differs}</ins>{after} }.into_any(),
        Fate::Same => whole(),
    }
}
