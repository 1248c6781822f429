//! The difference of two texts by lines, as every page shows it.

use leptos::prelude::*;

use crate::{
    domain::difference::{Fate, Hunk, Line},
    ui::state::words::count,
};

/// The lines of the hunks; between them, how many are left out.
pub fn difference(hunks: &[Hunk]) -> Vec<AnyView> {
    let mut shown = 0;
    let mut out = Vec::new();
    for hunk in hunks {
        let first = hunk.lines.iter().find_map(|line| line.old).unwrap_or(shown + 1);
        out.extend(gap(first.saturating_sub(shown + 1)));
        out.extend(hunk.lines.iter().map(line));
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

fn line(line: &Line) -> AnyView {
    let (class, sign, word) = match line.fate {
        Fate::Same => ("diff__line", "", ""),
        Fate::Added => ("diff__line diff__line--add", "+", "added"),
        Fate::Removed => ("diff__line diff__line--del", "−", "removed"),
    };
    view! {
        <div class=class>
            <span>{line.new.or(line.old)}</span>
            <span>{(!sign.is_empty()).then(|| view! { <span aria-hidden="true">{sign}</span><span class="sr-only">{word}</span> })}</span>
            <code>{line.text.clone()}</code>
        </div>
    }
    .into_any()
}
