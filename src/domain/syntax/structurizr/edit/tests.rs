//! Gestures: what each makes of a text, byte for byte; then, over generated workspaces and real files, that the model shows
//! the change and nothing else, that edits stay small, and that undoing them gives back every byte.

use crate::domain::{
    model::{ElementKey, GroupKey, RelationKey, kind::Kind, view::Direction},
    syntax::{
        Language, Sources, apply, edit,
        gesture::{Gesture, Home, NewView, Outcome, Refusal, Subject},
        inverse,
    },
};

mod examples;
pub(in crate::domain::syntax) mod generate;
mod oracle;
mod properties;
mod special;

fn key(text: &str) -> ElementKey {
    ElementKey::from(text)
}

fn run(text: &str, gesture: &Gesture) -> Result<(String, Outcome), Refusal> {
    let outcome = edit(Language::Structurizr, "workspace.dsl", text, &Sources::new(), gesture)?;
    let after = apply(text, &outcome.edits);
    assert_eq!(apply(&after, &inverse(text, &outcome.edits)), text, "undo of {gesture:?}");
    Ok((after, outcome))
}

/// The lines that differ: what goes with `-`, what comes with `+`.
fn diff(before: &str, after: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (before.split('\n').collect(), after.split('\n').collect());
    let mut table = vec![vec![0_usize; new.len() + 1]; old.len() + 1];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            table[i][j] = if old[i] == new[j] { table[i + 1][j + 1] + 1 } else { table[i + 1][j].max(table[i][j + 1]) };
        }
    }
    let (mut i, mut j, mut lines) = (0, 0, Vec::new());
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            i += 1;
            j += 1;
        } else if i < old.len() && (j == new.len() || table[i + 1][j] >= table[i][j + 1]) {
            lines.push(format!("-{}", old[i]));
            i += 1;
        } else {
            lines.push(format!("+{}", new[j]));
            j += 1;
        }
    }
    lines.join("\n")
}

/// The changed lines of a gesture that can be done.
fn done(text: &str, gesture: &Gesture) -> String {
    match run(text, gesture) {
        Ok((after, _)) => diff(text, &after),
        Err(refusal) => panic!("{gesture:?} is refused: {refusal}"),
    }
}

fn refused(text: &str, gesture: &Gesture) -> String {
    match run(text, gesture) {
        Ok((after, _)) => panic!("{gesture:?} is not refused: {}", diff(text, &after)),
        Err(refusal) => refusal.to_string(),
    }
}
