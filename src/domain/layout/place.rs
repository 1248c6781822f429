//! Positions across the layers: every centre line and every frame border, on a grid of 4 px.
//!
//! One network simplex over all layers at once: neighbours in a layer keep their distance, a frame's two borders enclose its
//! cells in every layer of its span, and edges pull their cells into line, long edges most.

use super::{
    layers::{CellKind, Layered},
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
    for strand in &layered.strands {
        for pair in strand.cells.windows(2) {
            if let &[low, high] = pair {
                let weight = match (is_node(low), is_node(high)) {
                    (true, true) => 1,
                    (false, false) => 8,
                    _ => 2,
                };
                arcs.push(Arc { tail: count, head: low, length: 0, weight });
                arcs.push(Arc { tail: count, head: high, length: 0, weight });
                count += 1;
            }
        }
    }
    let mut budget = BUDGET;
    let mut value = simplex::solve(count, &arcs, &mut budget)?;
    centre(layered, &arcs, cells, &mut value);
    let cell = value.iter().take(cells).map(|value| value * GRID).collect();
    let group = (0..groups).map(|group| (value.at(cells + 2 * group) * GRID, value.at(cells + 2 * group + 1) * GRID)).collect();
    Some(Places { cell, group })
}

/// Nodes that have the choice between places of the same cost, all within reach of their ports, take the middle one, so that
/// their lines part evenly.
fn centre(layered: &Layered, arcs: &[Arc], cells: usize, value: &mut [i32]) {
    let mut neighbours: Vec<Vec<usize>> = vec![Vec::new(); cells];
    for strand in &layered.strands {
        for pair in strand.cells.windows(2) {
            if let &[low, high] = pair {
                neighbours.add(low, high);
                neighbours.add(high, low);
            }
        }
    }
    // What a cell must keep to the variables before and after it.
    let mut limits: Vec<Vec<Arc>> = vec![Vec::new(); cells];
    for arc in arcs.iter().filter(|arc| arc.weight == 0) {
        limits.add(arc.tail, *arc);
        limits.add(arc.head, *arc);
    }
    for (cell, _) in layered.cells.iter().enumerate().filter(|(_, cell)| matches!(cell.kind, CellKind::Node(_))) {
        let mut around: Vec<i32> = neighbours.row(cell).iter().map(|&other| value.at(other)).collect();
        around.sort_unstable();
        // Weights of one node's lines are equal on each side, so the plain median serves.
        let half = around.len() / 2;
        if around.is_empty() || around.len() % 2 == 1 {
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
