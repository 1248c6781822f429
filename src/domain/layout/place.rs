//! Positions across the layers: every centre line and every frame border, on a grid of 4 px.
//!
//! Network simplex over all lists at once: neighbours in a list keep their distance, a frame's two borders enclose its
//! lists, and edges pull their cells into line, long edges most. The sheet wants to be narrow, too.

use std::collections::BTreeMap;

use super::{
    layers::{CellKind, Entry, Hold, Layered},
    order::Order,
    problem::Problem,
    simplex::{self, Arc},
    table::{Column, Rows},
};
use crate::domain::sort;

/// What a unit of the sheet's width costs, where a unit that two linked nodes are out of line costs 1.
const SHEET: i32 = 24;

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
/// Rounds of the quick solution.
const SETTLING: usize = 12;
/// Bounds the pivots, in arc visits: so many, plus so many for each variable.
const BUDGET: (usize, usize) = (200_000, 1000);
/// Bounds them however many variables there are.
const MOST: usize = 30_000_000;
/// How long straight stretches may be, in cells: the first that does not make the sheet more than `WIDER` times as wide as it must be.
const STRETCHES: [usize; 4] = [usize::MAX, 8, 4, 2];
const WIDER: i32 = 2;

pub(super) fn place(problem: &Problem, layered: &Layered, order: &Order) -> Option<Places> {
    let cells = layered.cells.len();
    let groups = problem.groups.len();
    let arcs = distances(problem, layered, order);
    let pulls = pulls(problem, layered, order);
    // First with straight stretches of lines as one each, which is quick; then every cell on its own, from there. Where long
    // stretches hold each other off over the whole sheet, shorter ones: the second step could hardly mend that.
    let count = cells + 2 * groups;
    let each: Vec<usize> = (0..cells).collect();
    let width = |block: &[usize]| {
        let (number, blocks) = numbered(count, block);
        let (value, _) = simplex::sorted(blocks, &merged(&arcs, &number))?;
        Some(value.at(number.at(cells + 1)) - value.at(number.at(cells)))
    };
    let widest = width(&each)?.saturating_mul(WIDER);
    let block = STRETCHES
        .into_iter()
        .map(|reach| straight(layered, order, reach))
        .find(|block| width(block).is_some_and(|width| width <= widest))
        .unwrap_or_else(|| each.clone());
    let rough = solve(count, &block, &arcs, layered, &pulls, None);
    let mut value = solve(count, &each, &arcs, layered, &pulls, rough)?;
    centre(layered, &arcs, &pulls, &mut value);
    let cell = value.iter().take(cells).map(|value| value * GRID).collect();
    let group = (0..groups).map(|group| (value.at(cells + 2 * group) * GRID, value.at(cells + 2 * group + 1) * GRID)).collect();
    Some(Places { cell, group })
}

/// What neighbours in a list keep between them, the least size of frames, and the two borders of the sheet.
fn distances(problem: &Problem, layered: &Layered, order: &Order) -> Vec<Arc> {
    let cells = layered.cells.len();
    let mut arcs = Vec::new();
    for (list, entries) in order.lists.iter().enumerate() {
        let group = layered.owner.at(list);
        let mut before = Some(Mark::Open(group));
        let mut keep = |before: Option<Mark>, next: Mark| {
            if let Some(before) = before {
                let length = units(distance(problem, layered, before, next));
                arcs.push(Arc { tail: variable(cells, before), head: variable(cells, next), length, weight: 0 });
            }
        };
        for entry in entries {
            let (open, close) = match *entry {
                Entry::Cell(cell) => (Mark::Cell(cell), Mark::Cell(cell)),
                Entry::Group(inner) => (Mark::Open(inner), Mark::Close(inner)),
            };
            keep(before, open);
            before = Some(close);
        }
        keep(before, Mark::Close(group));
    }
    arcs.push(Arc { tail: cells, head: cells + 1, length: 0, weight: SHEET });
    for (group, area) in problem.groups.iter().enumerate().skip(1) {
        let (low, high) = (cells + 2 * group, cells + 2 * group + 1);
        arcs.push(Arc { tail: low, head: high, length: units(area.least.1), weight: 1 });
    }
    arcs
}

/// For each cell the first cell of the straight stretch it belongs to: between at most `reach` bends of one line within one
/// frame, where no two such stretches cross.
fn straight(layered: &Layered, order: &Order, reach: usize) -> Vec<usize> {
    let is_node = |cell: usize| matches!(layered.cells.at(cell).kind, CellKind::Node(_));
    let mut channels: Vec<Vec<(usize, usize, usize, usize)>> = vec![Vec::new(); layered.lists()];
    for strand in &layered.strands {
        for (pair, &channel) in strand.cells.windows(2).zip(&strand.channels) {
            if let &[low, high] = pair
                && !is_node(low)
                && !is_node(high)
                && layered.owner.at(layered.cells.at(low).list) == layered.owner.at(layered.cells.at(high).list)
            {
                channels.add(channel, (order.bottom.at(low), order.top.at(high), low, high));
            }
        }
    }
    let mut first: Vec<usize> = (0..layered.cells.len()).collect();
    let mut joined = vec![false; layered.cells.len()];
    for steps in &mut channels {
        sort::by(steps, Ord::cmp);
        // The most steps that do not cross: a longest increasing subsequence.
        let mut tails: Vec<usize> = Vec::new();
        let mut before = vec![usize::MAX; steps.len()];
        for (index, step) in steps.iter().enumerate() {
            let place = tails.partition_point(|&tail| steps.get(tail).is_some_and(|tail| tail.1 < step.1));
            before.put(index, place.checked_sub(1).map_or(usize::MAX, |place| tails.at(place)));
            if place < tails.len() {
                tails.put(place, index);
            } else {
                tails.push(index);
            }
        }
        let mut next = tails.last().copied();
        while let Some(&(_, _, _, high)) = next.and_then(|index| steps.get(index)) {
            joined.put(high, true);
            next = next.map(|index| before.get(index).copied().unwrap_or(usize::MAX)).filter(|&index| index != usize::MAX);
        }
    }
    for strand in &layered.strands {
        let mut length = 1;
        for pair in strand.cells.windows(2) {
            if let &[low, high] = pair
                && joined.at(high)
                && length < reach
            {
                first.put(high, first.at(low));
                length += 1;
            } else {
                length = 1;
            }
        }
    }
    first
}

/// The number of the block each variable belongs to, and how many there are.
fn numbered(count: usize, block: &[usize]) -> (Vec<usize>, usize) {
    let mut number = vec![usize::MAX; count];
    let mut blocks = 0;
    for variable in 0..count {
        let first = block.get(variable).copied().unwrap_or(variable);
        if first == variable {
            number.put(variable, blocks);
            blocks += 1;
        } else {
            number.put(variable, number.at(first));
        }
    }
    (number, blocks)
}

/// The arcs between blocks, the longest of several.
fn merged(arcs: &[Arc], number: &[usize]) -> Vec<Arc> {
    let mut kept: Vec<Arc> = arcs.iter().map(|arc| Arc { tail: number.at(arc.tail), head: number.at(arc.head), ..*arc }).collect();
    sort::by_key(&mut kept, |arc| (arc.tail, arc.head, -arc.length, -arc.weight));
    kept.dedup_by_key(|arc| (arc.tail, arc.head));
    kept
}

/// Positions of all variables in grid units, where cells of one block have the same.
fn solve(count: usize, block: &[usize], arcs: &[Arc], layered: &Layered, pulls: &[Pull], start: Option<Vec<i32>>) -> Option<Vec<i32>> {
    let (number, blocks) = numbered(count, block);
    let of = |variable: usize| number.at(variable);
    let mut kept = merged(arcs, &number);
    let mut pulled: Vec<(Pull, i32)> = pulls
        .iter()
        .map(|pull| (Pull { low: of(pull.low), high: of(pull.high), offset: pull.offset }, weight(layered, pull)))
        .filter(|(pull, _)| pull.low != pull.high)
        .collect();
    sort::by_key(&mut pulled, |(pull, _)| (pull.low, pull.high, pull.offset));
    pulled.dedup_by(|next, kept| {
        let same = (next.0.low, next.0.high, next.0.offset) == (kept.0.low, kept.0.high, kept.0.offset);
        if same {
            kept.1 += next.1;
        }
        same
    });
    let mut value = match start {
        Some(start) => start,
        None => settle(blocks, &kept, &pulled)?,
    };
    // |a - b| costs `weight` a unit: a helper below both.
    for (helper, (pull, weight)) in (blocks..).zip(&pulled) {
        kept.push(Arc { tail: helper, head: pull.low, length: 0, weight: *weight });
        kept.push(Arc { tail: helper, head: pull.high, length: pull.offset, weight: *weight });
        value.push(value.at(pull.low).min(value.at(pull.high) - pull.offset));
    }
    let mut budget = (BUDGET.0 + BUDGET.1 * value.len()).min(MOST);
    let value = simplex::improve(value.len(), &kept, value, &mut budget);
    Some((0..count).map(|variable| value.at(of(variable))).collect())
}

/// What keeps a distance from its neighbours in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    Open(usize),
    Cell(usize),
    Close(usize),
}

/// Two cells of a strand that want to stand in line, up to an offset in grid units: `high` at `low + offset`.
#[derive(Clone, Copy)]
struct Pull {
    low: usize,
    high: usize,
    offset: i32,
}

/// Long lines want to be straight more than short ones.
fn weight(layered: &Layered, pull: &Pull) -> i32 {
    let is_node = |cell: usize| matches!(layered.cells.at(cell).kind, CellKind::Node(_));
    match (is_node(pull.low), is_node(pull.high)) {
        (true, true) => 1,
        (false, false) => 8,
        _ => 2,
    }
}

/// A quick solution: every variable in turn goes as near to the middle of its pulls as its neighbours allow.
fn settle(count: usize, arcs: &[Arc], pulls: &[(Pull, i32)]) -> Option<Vec<i32>> {
    let (mut value, order) = simplex::sorted(count, arcs)?;
    let mut around: Vec<Vec<(usize, i32, i32)>> = vec![Vec::new(); count];
    for &(Pull { low, high, offset }, weight) in pulls {
        around.add(low, (high, -offset, weight));
        around.add(high, (low, offset, weight));
    }
    let mut before: Vec<Vec<(usize, i32)>> = vec![Vec::new(); count];
    let mut after = before.clone();
    // Frames want to be narrow.
    let mut shrink = vec![0_i32; count];
    for arc in arcs {
        before.add(arc.head, (arc.tail, arc.length));
        after.add(arc.tail, (arc.head, arc.length));
        if arc.weight > 0 {
            shrink.put(arc.tail, 1);
            shrink.put(arc.head, -1);
        }
    }
    let mut wishes: Vec<(i32, i32)> = Vec::new();
    for round in 0..SETTLING {
        for step in 0..count {
            let variable = order.at(if round % 2 == 0 { count - 1 - step } else { step });
            let low = before.row(variable).iter().map(|&(other, length)| value.at(other) + length).max();
            let high = after.row(variable).iter().map(|&(other, length)| value.at(other) - length).min();
            let wish = match shrink.at(variable) {
                1 => high,
                -1 => low,
                _ => {
                    wishes.clear();
                    wishes.extend(around.row(variable).iter().map(|&(other, offset, weight)| (value.at(other) + offset, weight)));
                    sort::by(&mut wishes, Ord::cmp);
                    let half = wishes.iter().map(|wish| wish.1).sum::<i32>();
                    let mut sum = 0;
                    wishes.iter().find_map(|&(wish, weight)| {
                        sum += 2 * weight;
                        (sum >= half).then_some(wish)
                    })
                }
            };
            if let Some(wish) = wish {
                let high = high.unwrap_or(i32::MAX);
                value.put(variable, wish.min(high).max(low.unwrap_or(i32::MIN)));
            }
        }
    }
    Some(value)
}

/// One for each step of each strand. Strands that run side by side between the same two nodes part evenly around their centre
/// lines; all others aim at the centre.
fn pulls(problem: &Problem, layered: &Layered, order: &Order) -> Vec<Pull> {
    let mut parallel: BTreeMap<(usize, usize), Vec<usize>> = BTreeMap::new();
    for (index, strand) in layered.strands.iter().enumerate().filter(|(_, strand)| strand.cells.len() > 2) {
        if let (Some(&low), Some(&high), Hold::Node, Hold::Node) = (strand.cells.first(), strand.cells.last(), strand.low, strand.high) {
            parallel.entry((low, high)).or_default().push(index);
        }
    }
    let mut offsets = vec![0_i32; layered.strands.len()];
    for ((low, high), mut strands) in parallel.into_iter().filter(|(_, strands)| strands.len() > 1) {
        let second = |strand: usize| layered.strands.get(strand).and_then(|strand| strand.cells.get(1)).copied().unwrap_or_default();
        sort::by_key(&mut strands, |&strand| order.top.at(second(strand)));
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
        sort::by(&mut around, Ord::cmp);
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
        (Mark::Open(0), _) | (_, Mark::Close(0)) => 0,
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
