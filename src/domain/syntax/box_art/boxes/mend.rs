//! Boxes that do not close: a corner was forgotten, or top and bottom are not of the same length. Two level lines above each
//! other with sides between them are taken for a box, and what is missing is told.

use super::{Flaw, Frame, MAX_SCAN, Sheet, Strokes};
use crate::domain::syntax::box_art::glyph::{self, EAST, LEVEL, NORTH, SOUTH, UPRIGHT, WEST};

/// A level line of at least three cells.
#[derive(Clone, Copy, Debug)]
struct Run {
    row: i32,
    from: i32,
    to: i32,
    /// Drawn with underscores: the sides begin below its ends.
    low: bool,
}

/// The boxes that were found, and those that can be mended from what they leave over.
pub(super) fn mend(sheet: &Sheet, strokes: &Strokes, mut frames: Vec<Frame>) -> Vec<Frame> {
    let width = usize::try_from(sheet.width()).unwrap_or(0);
    let mut used = vec![false; width * sheet.rows.len()];
    let index =
        |row: i32, column: i32| usize::try_from(row).ok().zip(usize::try_from(column).ok()).map(|(row, column)| row * width + column);
    let use_up = |used: &mut Vec<bool>, frame: &Frame| {
        for (row, column) in frame.border() {
            if let Some(place) = index(row, column).and_then(|index| used.get_mut(index)) {
                *place = true;
            }
        }
    };
    for frame in &frames {
        use_up(&mut used, frame);
    }
    let is_used = |used: &[bool], row: i32, column: i32| index(row, column).and_then(|index| used.get(index)).copied().unwrap_or(false);
    let free: Vec<Run> = runs(sheet, strokes)
        .into_iter()
        .filter(|run| !is_used(&used, run.row, run.from) && !is_used(&used, run.row, run.to) && !is_used(&used, run.row, run.from + 1))
        .collect();
    let mut work = 0;
    for top in &free {
        if is_used(&used, top.row, top.from) || is_used(&used, top.row, top.to) {
            continue;
        }
        let Some(frame) = close(sheet, strokes, top, &free, &mut work) else { continue };
        let holds = frames.iter().any(|inner| frame.encloses(inner));
        let corners = frame.flaws.iter().filter(|flaw| flaw.2 == Flaw::Corner).count();
        if if holds { corners > 1 } else { is_lined(strokes, &frame) } {
            continue;
        }
        use_up(&mut used, &frame);
        frames.push(frame);
    }
    frames
}

fn runs(sheet: &Sheet, strokes: &Strokes) -> Vec<Run> {
    let mut runs = Vec::new();
    for row in 0..sheet.height() {
        let mut column = 0;
        while column < sheet.width() {
            let low = sheet.at(row, column) == '_';
            let part = |column: i32| {
                if low {
                    sheet.at(row, column) == '_'
                } else {
                    strokes.arms(row, column) & LEVEL != 0 && strokes.head(row, column) & LEVEL == 0
                }
            };
            let from = column;
            while column < sheet.width() && part(column) {
                column += 1;
            }
            if column - from >= 3 {
                runs.push(Run { row, from, to: column - 1, low });
            }
            column = column.max(from + 1);
        }
    }
    runs
}

/// A line comes from above or below and leaves to the left or right. A side runs on where another line joins it, so a turn in
/// it belongs to a line that only passes by.
const fn turns(arms: u8) -> bool {
    (arms & UPRIGHT).is_power_of_two() && (arms & LEVEL).is_power_of_two()
}

/// The line that ends where a corner is missing goes on outside of the box: it joins a line above or below, or is an arrow. No
/// corner was forgotten there; a wrong character that nothing joins still may stand for one.
fn leads_away(strokes: &Strokes, (row, column): (i32, i32), upright: u8, level: u8) -> bool {
    let arms = strokes.arms(row, column);
    let (down, _) = glyph::step(upright);
    let (_, right) = glyph::step(level);
    let joined = arms & UPRIGHT == upright && strokes.arms(row + down, column) & glyph::opposite(upright) != 0;
    joined || strokes.head(row, column + right) & level != 0
}

fn close(sheet: &Sheet, strokes: &Strokes, top: &Run, runs: &[Run], work: &mut usize) -> Option<Frame> {
    let wall = |row: i32, column: i32, reach: i32| {
        (0..=reach).flat_map(|by| [column + by, column - by]).find(|&column| {
            let c = sheet.at(row, column);
            let arms = strokes.arms(row, column);
            arms & UPRIGHT != 0 && arms & LEVEL != LEVEL && !turns(arms) || (top.low && matches!(c, '/' | '\\' | '(' | ')' | '|'))
        })
    };
    let (left, right) = if top.low { (top.from - 1, top.to + 1) } else { (top.from, top.to) };
    let mut whole = 0;
    let mut shifted = std::collections::BTreeMap::new();
    let mut flaws = Vec::new();
    for (rows, row) in (top.row + 1..sheet.height()).enumerate() {
        *work += 1;
        if *work > MAX_SCAN / 8 {
            return None;
        }
        let below = runs.partition_point(|run| (run.row, run.to) < (row, left));
        let bottom = runs.get(below..).unwrap_or(&[]).iter().take_while(|run| run.row == row).find(|run| {
            if top.low {
                run.low && run.from == top.from && run.to == top.to
            } else {
                !run.low && (run.from - left).abs() <= 1 && (run.to - right).abs() <= 2
            }
        });
        if let Some(bottom) = bottom.filter(|_| rows > 0) {
            return finish(sheet, strokes, top, bottom, shifted, flaws).filter(|_| whole * 2 >= rows);
        }
        let (west, east) = (wall(row, left, 1), wall(row, right, 2));
        match (west, east) {
            (Some(_), Some(east)) => {
                whole += 1;
                if east != right {
                    shifted.insert(row, east);
                }
            }
            (Some(_), None) => flaws.push((row, right, Flaw::Gap)),
            (None, Some(_)) => flaws.push((row, left, Flaw::Gap)),
            (None, None) => return None,
        }
    }
    None
}

fn finish(
    sheet: &Sheet,
    strokes: &Strokes,
    top: &Run,
    bottom: &Run,
    mut shifted: std::collections::BTreeMap<i32, i32>,
    mut flaws: Vec<(i32, i32, Flaw)>,
) -> Option<Frame> {
    if top.low {
        let frame = Frame { top: top.row, left: top.from - 1, bottom: bottom.row, right: top.to + 1, shifted, flaws, ..Frame::default() };
        return Some(frame).filter(|frame| words(sheet, frame));
    }
    let corner = |row: i32, column: i32, arms: u8| strokes.arms(row, column) & arms == arms && strokes.arms(row, column).count_ones() <= 3;
    let corners = [
        corner(top.row, top.from, EAST | SOUTH),
        corner(top.row, top.to, SOUTH | WEST),
        corner(bottom.row, bottom.from, NORTH | EAST),
        corner(bottom.row, bottom.to, NORTH | WEST),
    ];
    let there = corners.iter().filter(|found| **found).count();
    let even = top.from == bottom.from && top.to == bottom.to;
    if there < 2 || (there == 2 && !even) {
        return None;
    }
    let [top_left, top_right, _, bottom_right] = corners;
    let left = if top_left { top.from } else { bottom.from };
    let right = if top_right {
        top.to
    } else if bottom_right {
        bottom.to
    } else {
        top.to.max(bottom.to)
    };
    // Each with the ways that lead out of the box.
    let places = [
        ((top.row, top.from), NORTH, WEST),
        ((top.row, top.to), NORTH, EAST),
        ((bottom.row, bottom.from), SOUTH, WEST),
        ((bottom.row, bottom.to), SOUTH, EAST),
    ];
    for ((place, upright, level), _) in places.into_iter().zip(corners).filter(|(_, found)| !found) {
        if leads_away(strokes, place, upright, level) {
            return None;
        }
        flaws.push((place.0, place.1, Flaw::Corner));
    }
    if flaws.is_empty() {
        flaws.push((bottom.row, bottom.to, Flaw::Shifted));
    }
    shifted.retain(|_, column| *column != right);
    let frame = Frame { top: top.row, left, bottom: bottom.row, right, shifted, flaws, ..Frame::default() };
    Some(frame).filter(|frame| words(sheet, frame))
}

/// Lines run inside of the box: it is one of the rooms between edges.
fn is_lined(strokes: &Strokes, frame: &Frame) -> bool {
    (frame.top + 1..frame.bottom)
        .any(|row| (frame.left + 1..frame.right_at(row).min(frame.right)).any(|column| strokes.arms(row, column) != 0))
}

fn words(sheet: &Sheet, frame: &Frame) -> bool {
    (frame.top + 1..=frame.bottom).any(|row| (frame.left + 1..frame.right_at(row)).any(|column| sheet.at(row, column).is_alphanumeric()))
}
