//! Positions across the layers: every centre line and every frame border, on a grid of 4 px.
//!
//! One network simplex over all layers at once: neighbours in a layer keep their distance, a frame's two borders enclose its
//! cells in every layer of its span, and edges pull their cells into line, long edges most.

use std::collections::BTreeMap;

use super::{
    layers::{CellKind, Hold, Layered},
    order::{Mark, Order},
    problem::Problem,
    simplex::{self, Arc},
    table::{Column, Rows},
};

/// Results in px.
#[derive(Debug, Default)]
pub(super) struct Places {
    /// The centre line of each cell.
    pub(super) cell: Vec<i32>,
    /// The two borders of each group.
    pub(super) group: Vec<(i32, i32)>,
}

/// Coordinates are multiples of this, in px.
pub(super) const GRID: i32 = 4;
/// Between two lines, in px.
pub(super) const LINE_GAP: i32 = 16;
/// How far apart lines may be for the ports of one side to reach them, in px.
const REACH: i32 = 32;
/// Bounds the pivots, in arc visits.
const BUDGET: usize = 30_000_000;

pub(super) fn place(problem: &Problem, layered: &Layered, order: &Order) -> Option<Places> {
    let cells = layered.cells.len();
    let groups = problem.groups.len();
    let mut arcs = Vec::new();
    for layer in &order.layers {
        for pair in layer.windows(2) {
            if let &[first, second] = pair {
                let length = units(distance(problem, layered, first, second));
                arcs.push(Arc { tail: variable(cells, first), head: variable(cells, second), length, weight: 0 });
            }
        }
    }
    for (group, area) in problem.groups.iter().enumerate().skip(1) {
        let (low, high) = (cells + 2 * group, cells + 2 * group + 1);
        arcs.push(Arc { tail: low, head: high, length: units(area.least.1), weight: 1 });
    }
    // |a - b| costs `weight` a unit: a helper below both.
    let mut count = cells + 2 * groups;
    let is_node = |cell: usize| matches!(layered.cells.at(cell).kind, CellKind::Node(_));
    let pulls = pulls(problem, layered, order);
    for pull in &pulls {
        let weight = match (is_node(pull.low), is_node(pull.high)) {
            (true, true) => 1,
            (false, false) => 8,
            _ => 2,
        };
        arcs.push(Arc { tail: count, head: pull.low, length: 0, weight });
        arcs.push(Arc { tail: count, head: pull.high, length: pull.offset, weight });
        count += 1;
    }
    let mut budget = BUDGET;
    let mut value = simplex::solve(count, &arcs, &mut budget)?;
    centre(layered, &arcs, &pulls, &mut value);
    let cell = value.iter().take(cells).map(|value| value * GRID).collect();
    let group = (0..groups).map(|group| (value.at(cells + 2 * group) * GRID, value.at(cells + 2 * group + 1) * GRID)).collect();
    Some(Places { cell, group })
}

/// Two cells of a strand that want to stand in line, up to an offset in grid units: `high` at `low + offset`.
struct Pull {
    low: usize,
    high: usize,
    offset: i32,
}

/// One for each step of each strand. Strands that run side by side between the same two nodes part evenly around their centre
/// lines; all others aim at the centre.
fn pulls(problem: &Problem, layered: &Layered, order: &Order) -> Vec<Pull> {
    let mut position = vec![0_usize; layered.cells.len()];
    for layer in &order.layers {
        for (index, mark) in layer.iter().enumerate() {
            if let Mark::Cell(cell) = mark {
                position.put(*cell, index);
            }
        }
    }
    let mut parallel: BTreeMap<(usize, usize), Vec<usize>> = BTreeMap::new();
    for (index, strand) in layered.strands.iter().enumerate().filter(|(_, strand)| strand.cells.len() > 2) {
        if let (Some(&low), Some(&high), Hold::Node, Hold::Node) = (strand.cells.first(), strand.cells.last(), strand.low, strand.high) {
            parallel.entry((low, high)).or_default().push(index);
        }
    }
    let mut offsets = vec![0_i32; layered.strands.len()];
    for ((low, high), mut strands) in parallel.into_iter().filter(|(_, strands)| strands.len() > 1) {
        let second = |strand: usize| layered.strands.get(strand).and_then(|strand| strand.cells.get(1)).copied().unwrap_or_default();
        strands.sort_by_key(|&strand| position.at(second(strand)));
        // As far apart as their labels, or the lines themselves, need it.
        let mut at = 0;
        let mut places = Vec::new();
        for (index, &strand) in strands.iter().enumerate() {
            let cells = layered.strands.get(strand).map_or(&[][..], |strand| strand.cells.as_slice());
            let tallest =
                cells.iter().skip(1).rev().skip(1).map(|&cell| layered.cells.at(cell)).max_by_key(|cell| cell.before).unwrap_or_default();
            if index > 0 {
                at = units((at + tallest.before + problem.gaps.label).max(places.last().copied().unwrap_or(0) * GRID + LINE_GAP));
                at *= GRID;
            }
            places.push(at / GRID);
            at += tallest.after;
        }
        let middle = places.last().copied().unwrap_or(0) / 2;
        let room = [low, high].map(|cell| layered.cells.at(cell)).iter().map(|cell| cell.before.min(cell.after) - 7).min().unwrap_or(0);
        if places.iter().all(|place| ((place - middle) * GRID).abs() <= room) {
            for (&strand, place) in strands.iter().zip(&places) {
                offsets.put(strand, place - middle);
            }
        }
    }
    let mut pulls = Vec::new();
    for (strand, &offset) in layered.strands.iter().zip(&offsets) {
        let last = strand.cells.len().saturating_sub(2);
        for (step, pair) in strand.cells.windows(2).enumerate() {
            if let &[low, high] = pair {
                let offset = if step == 0 { offset } else { 0 } - if step == last { offset } else { 0 };
                pulls.push(Pull { low, high, offset });
            }
        }
    }
    pulls
}

/// Nodes that have the choice between places of the same cost, all within reach of their ports, take the middle one, so that
/// their lines part evenly.
fn centre(layered: &Layered, arcs: &[Arc], pulls: &[Pull], value: &mut [i32]) {
    let cells = layered.cells.len();
    let mut before: Vec<Vec<(usize, i32)>> = vec![Vec::new(); cells];
    let mut after = before.clone();
    for pull in pulls {
        after.add(pull.low, (pull.high, -pull.offset));
        before.add(pull.high, (pull.low, pull.offset));
    }
    // What a cell must keep to the variables before and after it.
    let mut limits: Vec<Vec<Arc>> = vec![Vec::new(); cells];
    for arc in arcs.iter().filter(|arc| arc.weight == 0) {
        limits.add(arc.tail, *arc);
        limits.add(arc.head, *arc);
    }
    for (cell, _) in layered.cells.iter().enumerate().filter(|(_, cell)| matches!(cell.kind, CellKind::Node(_))) {
        // A line that is alone on its side stays straight.
        if before.row(cell).len() % 2 == 1 || after.row(cell).len() % 2 == 1 {
            continue;
        }
        let mut around: Vec<i32> =
            before.row(cell).iter().chain(after.row(cell)).map(|&(other, offset)| value.at(other) + offset).collect();
        around.sort_unstable();
        let half = around.len() / 2;
        if half == 0 {
            continue;
        }
        let (low, high) = (around.at(half - 1), around.at(half));
        if (high - low) * GRID > REACH {
            continue;
        }
        let mut wanted = i32::midpoint(low, high);
        for arc in limits.row(cell) {
            if arc.head == cell {
                wanted = wanted.max(value.at(arc.tail) + arc.length);
            }
        }
        let fits = limits.row(cell).iter().all(|arc| arc.head == cell || value.at(arc.head) - wanted >= arc.length);
        if fits {
            value.put(cell, wanted);
        }
    }
}

/// In grid units, rounded up.
const fn units(length: i32) -> i32 {
    (length + GRID - 1).div_euclid(GRID)
}

const fn variable(cells: usize, mark: Mark) -> usize {
    match mark {
        Mark::Cell(cell) => cell,
        Mark::Open(group) => cells + 2 * group,
        Mark::Close(group) => cells + 2 * group + 1,
    }
}

/// The least distance in px between two neighbours of a layer.
fn distance(problem: &Problem, layered: &Layered, first: Mark, second: Mark) -> i32 {
    let gaps = problem.gaps;
    let kind = |cell: usize| layered.cells.at(cell).kind;
    let behind = |mark: Mark| match mark {
        Mark::Cell(cell) => {
            let cell = layered.cells.at(cell);
            cell.after + cell.margin
        }
        Mark::Close(group) => problem.area(group).margin,
        Mark::Open(_) => 0,
    };
    let ahead = |mark: Mark| if let Mark::Cell(cell) = mark { layered.cells.at(cell).before } else { 0 };
    let gap = match (first, second) {
        (Mark::Cell(a), Mark::Cell(b)) => match (kind(a), kind(b)) {
            (CellKind::Node(_), CellKind::Node(_)) => gaps.node,
            (CellKind::Node(_), _) | (_, CellKind::Node(_)) => gaps.line,
            (CellKind::Label, CellKind::Label) => gaps.label,
            (CellKind::Bend, CellKind::Bend) => LINE_GAP,
            _ => gaps.label + 8,
        },
        (Mark::Open(group), Mark::Cell(cell)) if kind(cell) == CellKind::Bend => (problem.area(group).pad_v.0 - 4).max(12),
        (Mark::Open(group), _) => problem.area(group).pad_v.0,
        (Mark::Cell(cell), Mark::Close(_)) if kind(cell) == CellKind::Bend => LINE_GAP,
        (_, Mark::Close(group)) => problem.area(group).pad_v.1,
        (Mark::Close(_), Mark::Open(_)) => gaps.frame,
        (Mark::Close(_), Mark::Cell(cell)) | (Mark::Cell(cell), Mark::Open(_)) => match kind(cell) {
            CellKind::Node(_) => gaps.frame,
            CellKind::Label => 12,
            CellKind::Bend => LINE_GAP,
        },
    };
    behind(first) + gap + ahead(second)
}
