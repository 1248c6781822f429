//! Boxes that share borders: a title above what it is the title of, members of a class, layers on top of each other, tables.

use std::collections::{BTreeMap, BTreeSet};

use super::{Frame, Sheet};
use crate::domain::syntax::box_art::{boxes, words};

/// Boxes that are cells of a table: rows with the same columns.
pub(super) fn tables(sheet: &Sheet, frames: &[Frame]) -> BTreeSet<usize> {
    // Boxes side by side with the same top and bottom.
    let mut bands: BTreeMap<(i32, i32), Vec<usize>> = BTreeMap::new();
    for (index, frame) in frames.iter().enumerate() {
        bands.entry((frame.top, frame.bottom)).or_default().push(index);
    }
    let mut rows: Vec<(i32, i32, Vec<i32>, Vec<usize>)> = Vec::new();
    for ((top, bottom), mut band) in bands {
        band.sort_by_key(|&index| frames.get(index).map_or(0, |frame| frame.left));
        let mut cells: Vec<usize> = Vec::new();
        let mut bounds: Vec<i32> = Vec::new();
        for index in band {
            let Some(frame) = frames.get(index) else { continue };
            if bounds.last() != Some(&frame.left) {
                if cells.len() > 1 {
                    rows.push((top, bottom, std::mem::take(&mut bounds), std::mem::take(&mut cells)));
                }
                cells.clear();
                bounds = vec![frame.left];
            }
            bounds.push(frame.right);
            cells.push(index);
        }
        if cells.len() > 1 {
            rows.push((top, bottom, bounds, cells));
        }
    }
    let mut found = BTreeSet::new();
    let tall = |row: &(i32, i32, Vec<i32>, Vec<usize>)| {
        row.3.iter().filter_map(|&index| frames.get(index)).all(|frame| lines_of(sheet, frame).len() > 1)
    };
    let mut stacks: BTreeMap<(Vec<i32>, i32), Vec<usize>> = BTreeMap::new();
    for (index, row) in rows.iter().enumerate() {
        let above = stacks.remove(&(row.2.clone(), row.0));
        let mut stack = above.unwrap_or_default();
        stack.push(index);
        stacks.insert((row.2.clone(), row.1), stack);
    }
    for stack in stacks.into_values() {
        let listing = stack.len() == 2 && stack.last().and_then(|&row| rows.get(row)).is_some_and(tall);
        if stack.len() >= 3 || listing {
            found.extend(stack.into_iter().filter_map(|row| rows.get(row)).flat_map(|row| row.3.iter().copied()));
        }
    }
    found
}

/// The lines in a box.
fn lines_of(sheet: &Sheet, frame: &Frame) -> Vec<String> {
    (frame.top + 1..frame.bottom).map(|row| sheet.text(row, frame.left + 1, frame.right_at(row))).filter(|line| !line.is_empty()).collect()
}

/// Joins the compartments of one box: a title and what stands below it.
pub(super) fn join(sheet: &Sheet, frames: Vec<Frame>) -> Vec<Frame> {
    let mut by_top: BTreeMap<(i32, i32, i32), usize> = BTreeMap::new();
    let mut holds: BTreeSet<usize> = BTreeSet::new();
    for (index, frame) in frames.iter().enumerate() {
        by_top.insert((frame.top, frame.left, frame.right), index);
        holds.extend(frame.parent);
    }
    let mut below: BTreeMap<usize, usize> = BTreeMap::new();
    for (index, frame) in frames.iter().enumerate() {
        if let Some(&next) = by_top.get(&(frame.bottom, frame.left, frame.right)) {
            below.insert(index, next);
        }
    }
    let not_first: BTreeSet<usize> = below.values().copied().collect();
    let mut gone: BTreeSet<usize> = BTreeSet::new();
    let mut joined: Vec<Frame> = Vec::new();
    for first in below.keys().copied().filter(|first| !not_first.contains(first)) {
        let mut stack = vec![first];
        while let Some(&next) = stack.last().and_then(|last| below.get(last)) {
            stack.push(next);
        }
        let parts: Vec<&Frame> = stack.iter().filter_map(|&index| frames.get(index)).collect();
        if !is_one(sheet, &parts, &stack, &holds) {
            continue;
        }
        let (Some(top), Some(bottom)) = (parts.first(), parts.last()) else { continue };
        let mut whole = (*top).clone();
        whole.bottom = bottom.bottom;
        for part in parts.iter().skip(1) {
            whole.dividers.push(part.top);
            whole.shifted.extend(&part.shifted);
            whole.flaws.extend(part.flaws.iter().copied());
        }
        joined.push(whole);
        gone.extend(stack);
    }
    if joined.is_empty() {
        return frames;
    }
    let kept = frames.into_iter().enumerate().filter(|(index, _)| !gone.contains(index)).map(|(_, frame)| frame);
    boxes::nest(kept.chain(joined).collect())
}

/// Whether compartments on top of each other are one box.
fn is_one(sheet: &Sheet, parts: &[&Frame], stack: &[usize], holds: &BTreeSet<usize>) -> bool {
    let lines: Vec<Vec<String>> = parts.iter().map(|part| lines_of(sheet, part)).collect();
    let holding: Vec<bool> = stack.iter().map(|index| holds.contains(index)).collect();
    let (Some((title, bodies)), Some((false, rest))) = (lines.split_first(), holding.split_first().map(|(first, rest)| (*first, rest)))
    else {
        return false;
    };
    if title.len() > 3 || title.is_empty() {
        return false;
    }
    if rest.contains(&true) {
        // A title, boxes, and perhaps a line below them.
        return parts.len() == 2;
    }
    let member = |line: &String| {
        line.starts_with(['+', '-', '•', '*', '·', '#', '~', '–'])
            || line.contains("()")
            || line.contains(": ")
            || line.contains(" : ")
            || line.ends_with(')') && line.contains('(') && !line.contains(' ')
    };
    let listed = bodies.iter().flatten().filter(|line| member(line)).count();
    let all = bodies.iter().flatten().count();
    if listed * 2 > all {
        return true;
    }
    match bodies {
        [body] => body.len() > 1 || body.iter().all(|line| words::is_technology(line) || line.starts_with(['(', '[', ':'])),
        _ => false,
    }
}
