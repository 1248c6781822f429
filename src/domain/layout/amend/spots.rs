//! Where boxes stand: pinned nodes where they were put, everything else where it was or as near to it as there is room.

use std::collections::{BTreeMap, BTreeSet};

use super::super::layers::LEAST_PORT_GAP;
use super::{Boxes, Column, ElementKey, End, Graph, Point, Rect, Rows};
use crate::domain::{model::view::Direction, sort};

/// The least room between two nodes, and between frames or a frame and a node, in px.
const NODE_GAP: i32 = 32;
const FRAME_GAP: i32 = 28;
/// At most so many boxes around a place are looked at for a free spot.
const NEAREST: usize = 48;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Node(usize),
    Frame(usize),
}

/// Moves all boxes to their places. Gives the pinned nodes that overlap another pinned node or a frame held by pins.
pub(super) fn settle(graph: &Graph, boxes: &mut Boxes, pins: &BTreeMap<ElementKey, Point>) -> Vec<ElementKey> {
    let frames = graph.frames.len();
    boxes.frame = boxes.frame_before.iter().map(|before| before.unwrap_or_default()).collect();
    let mut waiting = vec![false; graph.nodes.len()];
    let mut degree = vec![0_usize; graph.nodes.len()];
    for end in graph.edges.values().flat_map(|edge| [&edge.source, &edge.target]) {
        if let Some(node) = if let End::Node(key) = end { graph.nodes.get_index_of(key) } else { None } {
            degree.put(node, degree.at(node) + 1);
        }
    }
    for (index, (key, node)) in graph.nodes.iter().enumerate() {
        let before = boxes.node_before.at(index);
        // The previous picture may have made a node larger for its ports.
        let (width, height) = match before {
            Some(before)
                if boxes.node_room.at(index) != (0, 0) && before.width >= node.width && before.height >= node.height
                    || is_grown(graph, (before.width, before.height), (node.width, node.height), degree.at(index)) =>
            {
                (before.width, before.height)
            }
            _ => (node.width, node.height),
        };
        let rect = match (pins.get(key), before) {
            (Some(pin), _) => Rect { x: pin.x, y: pin.y, width, height },
            (None, Some(before)) => {
                let centre = before.centre();
                let same = (before.width, before.height) == (width, height);
                waiting.put(index, !same);
                if same { before } else { Rect { x: centre.x - width / 2, y: centre.y - height / 2, width, height } }
            }
            (None, None) => {
                waiting.put(index, true);
                Rect { width, height, ..Rect::default() }
            }
        };
        boxes.node.put(index, rect);
    }
    for index in 0..graph.nodes.len() {
        if boxes.node_before.at(index).is_none() && !boxes.pinned.at(index) {
            let at = wanted(graph, boxes, index);
            let Rect { width, height, .. } = boxes.node.at(index);
            boxes.node.put(index, Rect { x: at.x - width / 2, y: at.y - height / 2, width, height });
        }
    }
    let mut held = vec![false; frames];
    for index in 0..graph.nodes.len() {
        let mut up = boxes.node_frame.at(index).filter(|_| boxes.pinned.at(index));
        while let Some(frame) = up {
            held.put(frame, true);
            up = boxes.frame_parent.at(frame);
        }
    }
    let mut members: Vec<Vec<Unit>> = vec![Vec::new(); frames + 1];
    for index in 0..graph.nodes.len() {
        members.add(boxes.node_frame.at(index).unwrap_or(frames), Unit::Node(index));
    }
    for index in 0..frames {
        members.add(boxes.frame_parent.at(index).unwrap_or(frames), Unit::Frame(index));
    }
    let mut inside_out: Vec<usize> = (0..frames).collect();
    let depth = |frame: usize| {
        let (mut depth, mut up) = (0, boxes.frame_parent.at(frame));
        while let Some(next) = up {
            (depth, up) = (depth + 1, boxes.frame_parent.at(next));
        }
        depth
    };
    sort::by_key(&mut inside_out, |&frame| (std::cmp::Reverse(depth(frame)), frame));
    inside_out.push(frames);
    for frame in inside_out {
        let units = members.row(frame).to_vec();
        let own = (frame < frames).then_some(frame);
        apart(graph, boxes, &units, &members, &held);
        arrange(boxes, &units, &members, &waiting, &held, own);
        if frame < frames {
            fit(graph, boxes, frame, &units, held.at(frame));
        }
    }
    // Only now: frames may have been drawn in once more for the sake of one around them.
    let mut conflicts: Vec<usize> = Vec::new();
    for units in &members {
        for &unit in units.iter().filter(|&&unit| clashes(boxes, &held, units, unit)) {
            pinned_in(boxes, &members, unit, &mut conflicts);
        }
    }
    sort::by(&mut conflicts, Ord::cmp);
    conflicts.dedup();
    conflicts.into_iter().filter_map(|node| graph.nodes.get_index(node).map(|(key, _)| key.clone())).collect()
}

/// A fixed unit overlaps another.
fn clashes(boxes: &Boxes, held: &[bool], units: &[Unit], unit: Unit) -> bool {
    is_fixed(boxes, held, unit)
        && units.iter().any(|&other| other != unit && is_fixed(boxes, held, other) && rect(boxes, unit).overlaps(&rect(boxes, other)))
}

fn pinned_in(boxes: &Boxes, members: &[Vec<Unit>], unit: Unit, found: &mut Vec<usize>) {
    let mut stack = vec![unit];
    while let Some(unit) = stack.pop() {
        match unit {
            Unit::Node(node) => found.extend(boxes.pinned.at(node).then_some(node)),
            Unit::Frame(frame) => stack.extend_from_slice(members.row(frame)),
        }
    }
}

/// Frames that pins stretch across each other, or across a pinned node, draw their other members in around the pinned ones.
fn apart(graph: &Graph, boxes: &mut Boxes, units: &[Unit], members: &[Vec<Unit>], held: &[bool]) {
    let clashing: Vec<usize> = units
        .iter()
        .filter(|&&unit| clashes(boxes, held, units, unit))
        .filter_map(|&unit| if let Unit::Frame(frame) = unit { Some(frame) } else { None })
        .collect();
    let mut others: Vec<(Unit, Rect)> = units
        .iter()
        .filter(|&&unit| is_fixed(boxes, held, unit))
        .map(|&unit| match unit {
            Unit::Frame(frame) if clashing.contains(&frame) => (unit, core(boxes, members, held, frame)),
            _ => (unit, rect(boxes, unit)),
        })
        .collect();
    for &frame in &clashing {
        let own = Unit::Frame(frame);
        let foreign: Vec<Rect> = others.iter().filter(|(unit, _)| *unit != own).map(|(_, rect)| *rect).collect();
        // Inner frames first, each around what pins hold in it.
        let mut inside = Vec::new();
        let mut stack = vec![frame];
        while let Some(next) = stack.pop() {
            inside.push(next);
            stack.extend(members.row(next).iter().filter_map(|&unit| match unit {
                Unit::Frame(inner) if held.at(inner) => Some(inner),
                _ => None,
            }));
        }
        let mut gathered: BTreeSet<usize> = BTreeSet::new();
        for &inner in inside.iter().rev() {
            // A frame that is drawn in already keeps the room it took; one still to come needs what pins make of it.
            let room = |unit: Unit| match unit {
                Unit::Frame(other) if !gathered.contains(&other) => core(boxes, members, held, other),
                _ => rect(boxes, unit),
            };
            // The frame grows, and with it those around it: none of them may reach what stands beside it.
            let mut walls = Vec::new();
            let mut child = inner;
            while child != frame
                && let Some(parent) = boxes.frame_parent.at(child)
            {
                let siblings = || members.row(parent).iter().filter(|&&unit| unit != Unit::Frame(child) && is_fixed(boxes, held, unit));
                let beside = siblings().map(|&unit| room(unit)).collect();
                walls.push(Walls { beside, hull: siblings().map(|&unit| room(unit)).reduce(|a, b| a.union(&b)) });
                child = parent;
            }
            walls.push(Walls { beside: foreign.clone(), hull: None });
            gather(graph, boxes, inner, members, held, &walls);
            gathered.insert(inner);
        }
        for (unit, rect) in &mut others {
            if *unit == own {
                *rect = boxes.frame.at(frame);
            }
        }
    }
}

/// What a frame that is drawn in must not reach, and what the frame around it holds besides.
struct Walls {
    beside: Vec<Rect>,
    hull: Option<Rect>,
}

/// What pins alone make of a frame.
fn core(boxes: &Boxes, members: &[Vec<Unit>], held: &[bool], frame: usize) -> Rect {
    let mut hull: Option<Rect> = None;
    let mut stack = vec![(Unit::Frame(frame), 0)];
    while let Some((unit, depth)) = stack.pop() {
        match unit {
            Unit::Node(node) if boxes.pinned.at(node) => {
                let at = boxes.node.at(node);
                let at = Rect {
                    x: at.x - depth * SIDE,
                    y: at.y - depth * HEADER,
                    width: at.width + 2 * depth * SIDE,
                    height: at.height + depth * (HEADER + SIDE),
                };
                hull = Some(hull.map_or(at, |hull| hull.union(&at)));
            }
            Unit::Frame(inner) if held.at(inner) => stack.extend(members.row(inner).iter().map(|&unit| (unit, depth + 1))),
            _ => {}
        }
    }
    hull.unwrap_or_default()
}

/// Places the members of a frame that no pin holds around those that one does, clear of foreign boxes.
fn gather(graph: &Graph, boxes: &mut Boxes, frame: usize, members: &[Vec<Unit>], held: &[bool], walls: &[Walls]) {
    let units = members.row(frame);
    let mut placed: Vec<Unit> = units.iter().copied().filter(|&unit| is_fixed(boxes, held, unit)).collect();
    let Some(mut hull) = placed.iter().map(|&unit| rect(boxes, unit)).reduce(|a, b| a.union(&b)) else { return };
    let loose: Vec<Unit> = units.iter().copied().filter(|&unit| !is_fixed(boxes, held, unit)).collect();
    for unit in loose {
        let from = rect(boxes, unit);
        let middle = hull.centre();
        let near = Rect { x: middle.x - from.width / 2, y: middle.y - from.height / 2, ..from };
        let fits = |at: &Rect, gap: i32| {
            let mut all = around(hull.union(at));
            walls.iter().all(|level| {
                let reach = all.grown(gap);
                all = around(level.hull.map_or(all, |hull| hull.union(&all)));
                !level.beside.iter().any(|other| reach.overlaps(other))
            })
        };
        // Pins may stand nearer to each other than frames usually do.
        let found = [FRAME_GAP, FRAME_GAP / 3, 0]
            .into_iter()
            .find_map(|gap| nearest(boxes, unit, near, (&placed, 1), Some(hull), &|at| fits(at, gap)));
        let to = found.unwrap_or_else(|| below(boxes, near, &placed));
        shift(boxes, unit, members, to.x - from.x, to.y - from.y);
        placed.push(unit);
        hull = hull.union(&to);
    }
    fit(graph, boxes, frame, units, true);
}

fn around(hull: Rect) -> Rect {
    Rect { x: hull.x - SIDE, y: hull.y - HEADER, width: hull.width + 2 * SIDE, height: hull.height + HEADER + SIDE }
}

/// The size is the stated one, made larger across the ranks for this many ports at most.
fn is_grown(graph: &Graph, had: (i32, i32), stated: (i32, i32), degree: usize) -> bool {
    let horizontal = matches!(graph.direction, Direction::LeftRight | Direction::RightLeft);
    let (had, stated) = if horizontal { ((had.1, had.0), (stated.1, stated.0)) } else { (had, stated) };
    let needed = i32::try_from(degree).unwrap_or(0).saturating_sub(1) * LEAST_PORT_GAP + 20;
    had.1 == stated.1 && had.0 >= stated.0 && had.0 - stated.0 <= ((needed - stated.0).max(0) + 7) / 8 * 8
}

/// The box and the room for its loops.
fn rect(boxes: &Boxes, unit: Unit) -> Rect {
    let (rect, (right, below)) = match unit {
        Unit::Node(node) => (boxes.node.at(node), boxes.node_room.at(node)),
        Unit::Frame(frame) => (boxes.frame.at(frame), boxes.frame_room.at(frame)),
    };
    Rect { width: rect.width + right, height: rect.height + below, ..rect }
}

fn is_fixed(boxes: &Boxes, held: &[bool], unit: Unit) -> bool {
    match unit {
        Unit::Node(node) => boxes.pinned.at(node),
        Unit::Frame(frame) => held.at(frame),
    }
}

fn gap(a: Unit, b: Unit) -> i32 {
    if matches!((a, b), (Unit::Node(_), Unit::Node(_))) { NODE_GAP } else { FRAME_GAP }
}

/// The centre a new node would like: beside its neighbours along the ranks, else in its frame.
fn wanted(graph: &Graph, boxes: &Boxes, node: usize) -> Point {
    let own = graph.nodes.get_index(node).map(|(key, _)| End::Node(key.clone()));
    let size = boxes.node.at(node);
    let (mut sum, mut count) = ((0_i64, 0_i64), 0_i64);
    for edge in graph.edges.values() {
        for (end, other, sign) in [(&edge.source, &edge.target, -1), (&edge.target, &edge.source, 1)] {
            let known =
                matches!(other, End::Node(key) if graph.nodes.get_index_of(key).is_some_and(|index| boxes.node_before.at(index).is_some()));
            if Some(end) == own.as_ref()
                && known
                && let Some(rect) = boxes.end(graph, other)
            {
                let (along_x, along_y) = match graph.direction {
                    Direction::LeftRight => (1, 0),
                    Direction::RightLeft => (-1, 0),
                    Direction::TopBottom => (0, 1),
                    Direction::BottomTop => (0, -1),
                };
                let step =
                    if along_x == 0 { i32::midpoint(rect.height, size.height) + 56 } else { i32::midpoint(rect.width, size.width) + 72 };
                let centre = rect.centre();
                sum.0 += i64::from(centre.x + along_x * sign * step);
                sum.1 += i64::from(centre.y + along_y * sign * step);
                count += 1;
            }
        }
    }
    if count > 0 {
        let narrow = |value: i64| i32::try_from(value / count).unwrap_or(0);
        return Point { x: narrow(sum.0), y: narrow(sum.1) };
    }
    if let Some(frame) = boxes.node_frame.at(node) {
        return boxes.frame.at(frame).centre();
    }
    let all = boxes.node.iter().zip(&boxes.node_before).filter(|(_, before)| before.is_some()).map(|(rect, _)| *rect);
    let all = all.chain(boxes.frame.iter().copied()).reduce(|a, b| a.union(&b));
    all.map_or(Point::default(), |all| Point { x: all.centre().x, y: all.bottom() + size.height })
}

/// Sets the units of one frame apart: fixed ones stay, then as many nodes as can, then the rest.
fn arrange(boxes: &mut Boxes, units: &[Unit], members: &[Vec<Unit>], waiting: &[bool], held: &[bool], frame: Option<usize>) {
    let mut placed: Vec<Unit> = units.iter().copied().filter(|&unit| is_fixed(boxes, held, unit)).collect();
    let waits = |unit: Unit| matches!(unit, Unit::Node(node) if waiting.at(node));
    let mut later: Vec<Unit> = units.iter().copied().filter(|&unit| !is_fixed(boxes, held, unit) && waits(unit)).collect();
    let mut free: Vec<Unit> = units.iter().copied().filter(|&unit| !is_fixed(boxes, held, unit) && !waits(unit)).collect();
    let meets = |unit: Unit, other: Unit| rect(boxes, unit).grown(gap(unit, other) / 2).overlaps(&rect(boxes, other));
    let mut clashes: Vec<(usize, usize)> = Vec::new();
    for (index, &unit) in free.iter().enumerate() {
        clashes.extend(free.iter().enumerate().skip(index + 1).filter(|(_, other)| meets(unit, **other)).map(|(other, _)| (index, other)));
    }
    if !clashes.is_empty() {
        // What is heavier than all that it is in the way of stays where it is.
        let weights: Vec<i64> = free.iter().map(|&unit| weight(members, unit)).collect();
        let mut worth: Vec<(bool, i64)> = weights.iter().map(|&weight| (false, -weight)).collect();
        for &(one, other) in &clashes {
            for (unit, against) in [(one, other), (other, one)] {
                worth.put(unit, (true, worth.at(unit).1 + weights.at(against)));
            }
        }
        let mut order: Vec<usize> = (0..free.len()).collect();
        sort::by_key(&mut order, |&index| worth.at(index));
        free = order.into_iter().filter_map(|index| free.get(index).copied()).collect();
    }
    for unit in free {
        // Only what is in somebody's way need be looked at once more.
        let stays = if clashes.is_empty() {
            !placed.iter().take_while(|&&other| is_fixed(boxes, held, other)).any(|&other| meets(unit, other))
        } else {
            !placed.iter().any(|&other| meets(unit, other))
        };
        (if stays { &mut placed } else { &mut later }).push(unit);
    }
    // Larger things move less willingly.
    sort::by_key(&mut later, |&unit| {
        let rect = rect(boxes, unit);
        (waits(unit), std::cmp::Reverse(i64::from(rect.width) * i64::from(rect.height)))
    });
    if later.is_empty() {
        return;
    }
    let area = frame.filter(|&frame| !held.at(frame)).map(|frame| inner(boxes.frame.at(frame)));
    let walls = frame.map(|frame| (boxes.frame.at(frame), walls(boxes, members, waiting, frame)));
    // Where the frame need not grow into others, even if it is a little narrow there, else anywhere.
    let grows_freely = |at: &Rect| walls.as_ref().is_none_or(|(own, walls)| grows_freely(*own, walls, at));
    for unit in later {
        let from = rect(boxes, unit);
        let to = [1, 2]
            .into_iter()
            .find_map(|part| nearest(boxes, unit, from, (&placed, part), area, &grows_freely))
            .or_else(|| nearest(boxes, unit, from, (&placed, 1), area, &|_| true))
            .unwrap_or_else(|| below(boxes, from, &placed));
        if (to.x, to.y) != (from.x, from.y) {
            shift(boxes, unit, members, to.x - from.x, to.y - from.y);
        }
        placed.push(unit);
    }
}

/// How many nodes move with a unit.
fn weight(members: &[Vec<Unit>], unit: Unit) -> i64 {
    let (mut count, mut stack) = (0, vec![unit]);
    while let Some(unit) = stack.pop() {
        match unit {
            Unit::Node(_) => count += 1,
            Unit::Frame(frame) => stack.extend_from_slice(members.row(frame)),
        }
    }
    count
}

/// What stands beside a frame, beside the one around it, and so on outwards.
fn walls(boxes: &Boxes, members: &[Vec<Unit>], waiting: &[bool], frame: usize) -> Vec<Walls> {
    let mut walls = Vec::new();
    let mut child = Some(frame);
    while let Some(inner) = child {
        let outer = boxes.frame_parent.at(inner);
        let siblings = members.row(outer.unwrap_or(boxes.frame.len())).iter();
        let beside = siblings
            .filter(|&&unit| unit != Unit::Frame(inner) && !matches!(unit, Unit::Node(node) if waiting.at(node)))
            .map(|&unit| rect(boxes, unit))
            .collect();
        walls.push(Walls { beside, hull: outer.map(|outer| boxes.frame.at(outer)) });
        child = outer;
    }
    walls
}

/// A frame that takes in what stands `at` a place, and those around it, come near nothing that they were not near before.
fn grows_freely(own: Rect, walls: &[Walls], at: &Rect) -> bool {
    let (mut before, mut all) = (own, own.union(&around(*at)));
    walls.iter().all(|level| {
        let (was, reach) = (before.grown(FRAME_GAP / 2), all.grown(FRAME_GAP / 2));
        let free = all == before || !level.beside.iter().any(|other| reach.overlaps(other) && !was.overlaps(other));
        if let Some(hull) = level.hull {
            (before, all) = (hull, hull.union(&around(all)));
        }
        free
    })
}

/// Below everything there is always room.
fn below(boxes: &Boxes, from: Rect, placed: &[Unit]) -> Rect {
    let bottom = placed.iter().map(|&other| rect(boxes, other).bottom()).max().unwrap_or(from.y);
    Rect { y: bottom + FRAME_GAP.max(NODE_GAP), ..from }
}

/// The nearest place to `from` that fits and keeps its distance, or the given part of it, from all others; leaving the frame's area
/// costs extra.
fn nearest(
    boxes: &Boxes,
    unit: Unit,
    from: Rect,
    (placed, part): (&[Unit], i32),
    area: Option<Rect>,
    fits: &dyn Fn(&Rect) -> bool,
) -> Option<Rect> {
    let gap = |unit, other| gap(unit, other) / part;
    let clear = |at: &Rect| placed.iter().all(|&other| !at.grown(gap(unit, other)).overlaps(&rect(boxes, other)));
    let beyond = |at: &Rect| {
        area.map_or(0, |area| {
            (area.x - at.x).max(0) + (area.y - at.y).max(0) + (at.right() - area.right()).max(0) + (at.bottom() - area.bottom()).max(0)
        })
    };
    let cost = |at: &Rect| i64::from((at.x - from.x).abs()) + i64::from((at.y - from.y).abs()) + 6 * i64::from(beyond(at));
    if clear(&from) && beyond(&from) == 0 && fits(&from) {
        return Some(from);
    }
    let mut near: Vec<(i64, Unit)> = placed
        .iter()
        .map(|&other| {
            let at = rect(boxes, other).grown(gap(unit, other));
            let away = (at.x - from.right()).max(from.x - at.right()).max(0) + (at.y - from.bottom()).max(from.y - at.bottom()).max(0);
            (i64::from(away), other)
        })
        .collect();
    sort::by_key(&mut near, |&(away, _)| away);
    near.truncate(NEAREST);
    let (mut xs, mut ys) = (vec![from.x], vec![from.y]);
    if let Some(area) = area {
        xs.extend([area.x, area.right() - from.width]);
        ys.extend([area.y, area.bottom() - from.height]);
    }
    for &(_, other) in &near {
        let at = rect(boxes, other).grown(gap(unit, other));
        xs.extend([at.x - from.width, at.right()]);
        ys.extend([at.y - from.height, at.bottom()]);
    }
    sort::by_key(&mut xs, |x| (x - from.x).abs());
    xs.dedup();
    sort::by_key(&mut ys, |y| (y - from.y).abs());
    ys.dedup();
    let mut best: Option<(i64, Rect)> = None;
    for &x in &xs {
        for &y in &ys {
            let at = Rect { x, y, ..from };
            let cost = cost(&at);
            if best.is_none_or(|(least, _)| cost < least) && clear(&at) && fits(&at) {
                best = Some((cost, at));
            }
        }
    }
    best.map(|(_, at)| at)
}

fn shift(boxes: &mut Boxes, unit: Unit, members: &[Vec<Unit>], dx: i32, dy: i32) {
    let mut stack = vec![unit];
    while let Some(unit) = stack.pop() {
        let moved = |rect: Rect| Rect { x: rect.x + dx, y: rect.y + dy, ..rect };
        match unit {
            Unit::Node(node) => boxes.node.put(node, moved(boxes.node.at(node))),
            Unit::Frame(frame) => {
                boxes.frame.put(frame, moved(boxes.frame.at(frame)));
                stack.extend_from_slice(members.row(frame));
            }
        }
    }
}

const SIDE: i32 = 16;
const HEADER: i32 = 36;

fn inner(frame: Rect) -> Rect {
    Rect { x: frame.x + SIDE, y: frame.y + HEADER, width: (frame.width - 2 * SIDE).max(0), height: (frame.height - HEADER - SIDE).max(0) }
}

/// A frame around its members: never smaller than it was, unless pins hold it, and as it was while they stay.
fn fit(graph: &Graph, boxes: &mut Boxes, frame: usize, units: &[Unit], held: bool) {
    let hull = units.iter().map(|&unit| rect(boxes, unit)).reduce(|a, b| a.union(&b));
    let around = hull.map(around);
    let own = boxes.frame.at(frame);
    let stays = units.iter().all(|&unit| match unit {
        Unit::Node(node) => boxes.node_before.at(node) == Some(boxes.node.at(node)),
        Unit::Frame(inner) => boxes.frame_before.at(inner) == Some(boxes.frame.at(inner)),
    });
    let mut next = match around {
        Some(around) if held => around,
        _ if stays => own,
        Some(around) => own.union(&around),
        None => own,
    };
    let least = graph.frames.get_index(frame).map_or(0, |(_, frame)| frame.width);
    next.width = next.width.max(least);
    boxes.frame.put(frame, next);
}
