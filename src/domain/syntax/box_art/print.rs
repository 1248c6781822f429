//! A view as a drawing of characters: the same ranks and orders as in the picture, on a grid of cells.
//!
//! `plan` says what is drawn and how large it is in cells, [`crate::domain::layout`] gives the places, `place` turns them into
//! cells, `paint` into characters. Several shapes are tried, from roomy names in the view's direction to narrow ones across it;
//! the first that fits the width is taken. Frames are double lines, boxes light ones; every edge has cells of its own except
//! where two cross.

use std::collections::BTreeMap;

use crate::domain::{
    layout::{self, Edge, EdgeKey, End, Frame, FrameKey, Graph, Node},
    model::{Model, view::Direction, view::View, view::ViewKind},
    scene::{self, Scene, text::clean},
    syntax::{box_art::TextOptions, fidelity::Fidelity, format::Exported},
};

mod paint;
mod place;
mod plan;

#[cfg(test)]
mod tests;

use paint::Canvas;
use place::Places;
use plan::{Plan, Room};

/// Elements beyond which a view is listed instead of drawn.
const MAX_BLOCKS: usize = 400;
/// A cell in px, for the layout.
const CELL: (i32, i32) = (8, 16);
/// Blank columns and rows between parts that no edge joins.
const APART: (i32, i32) = (4, 1);
/// The least width that is kept to.
const LEAST_WIDTH: usize = 40;

/// One way to draw the view.
struct Attempt {
    plan: Plan,
    parts: Vec<(Places, i32, i32)>,
    width: i32,
    height: i32,
}

pub(super) fn print(model: &Model, view: &View, options: &TextOptions) -> Exported {
    let scene = scene::compose(model, view, None);
    let limit = options.width.max(LEAST_WIDTH);
    let mut fidelity = Fidelity {
        elements: scene.shapes.len(),
        relations: scene.connectors.len(),
        boundaries: scene.boundaries.len(),
        views: 1,
        ..Fidelity::default()
    };
    let undrawn = undrawn(model, view, &scene);
    if !undrawn.is_empty() {
        fidelity.keep("Edges without a place in the picture, listed in the legend", None);
    }
    let mut best: Option<Attempt> = None;
    if scene.shapes.len() <= MAX_BLOCKS {
        for (turned, room) in rooms(options.ascii) {
            let direction = if turned { across(view.direction) } else { view.direction };
            let Some(attempt) = attempt(model, &scene, direction, room, limit) else { continue };
            let fits = usize::try_from(attempt.width).is_ok_and(|width| width <= limit);
            if best.as_ref().is_none_or(|best| attempt.width < best.width) {
                if turned {
                    fidelity.kept.retain(|kept| kept.what != TURNED);
                    fidelity.keep(TURNED, None);
                } else {
                    fidelity.kept.retain(|kept| kept.what != TURNED);
                }
                best = Some(attempt);
            }
            if fits {
                break;
            }
        }
    }
    let Some(attempt) = best.filter(|_| view.kind != ViewKind::Image) else {
        if view.kind == ViewKind::Image {
            fidelity.lose("A view that refers to a picture made elsewhere", None);
        }
        return listing(model, &scene, &undrawn, fidelity);
    };
    if usize::try_from(attempt.width).is_ok_and(|width| width > limit) {
        fidelity.keep(format!("Drawing of {} columns, wider than {limit}", attempt.width), None);
    }
    let mut canvas = Canvas::new(usize::try_from(attempt.width).unwrap_or(0), usize::try_from(attempt.height).unwrap_or(0), options.ascii);
    for (places, row, column) in &attempt.parts {
        paint::paint(&mut canvas, &attempt.plan, places, *row, *column);
    }
    debug_assert_eq!(canvas.clashes, 0, "two edges run along each other");
    let mut plan = attempt.plan;
    let unplaced = |key: &EdgeKey| attempt.parts.iter().all(|(places, ..)| !places.labels.contains_key(key));
    let listed: Vec<String> = plan
        .wires
        .iter()
        .filter(|(key, wire)| !wire.words.is_empty() && unplaced(key))
        .map(|(_, wire)| format!("{} -> {}: {}", wire.names.0, wire.names.1, wire.words))
        .collect();
    plan.legend.unplaced.extend(listed);
    plan.legend.unplaced.extend(undrawn);
    if plan.legend.len() > 0 {
        fidelity.keep(format!("{} texts in the legend", plan.legend.len()), None);
    }
    said_otherwise(model, &scene, &mut fidelity);
    let mut lines = Vec::new();
    let title = clean(&scene.title);
    if plan::is_plain(&title) && view.title.is_some() && !title.is_empty() {
        lines.extend([title, String::new()]);
    }
    lines.extend(canvas.lines());
    if plan.legend.len() > 0 {
        lines.extend([String::new(), "Legend".to_owned()]);
        lines.extend(plan.legend.lines());
    }
    Exported { text: lines.join("\n") + "\n", fidelity }
}

const TURNED: &str = "Direction, turned to fit the width";

/// The shapes to try, in order: whether turned, and the room for words.
fn rooms(ascii: bool) -> impl Iterator<Item = (bool, Room)> {
    [(22, Some(28), 40), (16, Some(20), 30), (12, Some(12), 20), (10, Some(0), 10), (7, Some(0), 4), (7, None, 4), (5, None, 4)]
        .into_iter()
        .flat_map(move |(name, label, title)| [false, true].map(|turned| (turned, Room { name, label, title, tight: name <= 10, ascii })))
}

const fn across(direction: Direction) -> Direction {
    match direction {
        Direction::LeftRight | Direction::RightLeft => Direction::TopBottom,
        Direction::TopBottom | Direction::BottomTop => Direction::LeftRight,
    }
}

fn attempt(model: &Model, scene: &Scene, direction: Direction, room: Room, limit: usize) -> Option<Attempt> {
    let plan = Plan::new(model, scene, room);
    let mut parts = Vec::new();
    for graph in graphs(&plan, direction) {
        let layout = layout::layout(&graph, None);
        parts.push(place::place(&plan, &layout, room)?);
    }
    // Parts side by side while they fit, then below.
    let limit = i32::try_from(limit).unwrap_or(i32::MAX);
    let (mut row, mut column, mut tallest, mut width) = (0, 0, 0, 0);
    let mut placed = Vec::new();
    for places in parts {
        if column > 0 && column + places.width > limit {
            (row, column, tallest) = (row + tallest + APART.1, 0, 0);
        }
        tallest = tallest.max(places.height);
        width = width.max(column + places.width);
        let next = column + places.width + APART.0;
        placed.push((places, row, column));
        column = next;
    }
    Some(Attempt { plan, parts: placed, width, height: row + tallest })
}

/// The first of those that are joined with it.
fn root(parent: &[usize], mut at: usize) -> usize {
    while let Some(&up) = parent.get(at).filter(|up| **up != at) {
        at = up;
    }
    at
}

/// The measured graphs of the parts that no edge and no frame joins, in model order.
fn graphs(plan: &Plan, direction: Direction) -> Vec<Graph> {
    let mut part_of: BTreeMap<String, usize> = BTreeMap::new();
    let mut parent: Vec<usize> = Vec::new();
    let node_name = |end: &End| match end {
        End::Node(key) => format!("n{key}"),
        End::Frame(key) => format!("f{}", key.as_str()),
    };
    let mut id = |name: String, parent: &mut Vec<usize>| {
        *part_of.entry(name).or_insert_with(|| {
            parent.push(parent.len());
            parent.len() - 1
        })
    };
    let join = |a: usize, b: usize, parent: &mut Vec<usize>| {
        let (a, b) = (root(parent, a), root(parent, b));
        if let Some(place) = parent.get_mut(a.max(b)) {
            *place = a.min(b);
        }
    };
    for (key, block) in &plan.blocks {
        let own = id(node_name(&End::Node(key.clone())), &mut parent);
        if let Some(frame) = &block.frame {
            let frame = id(node_name(&End::Frame(frame.clone())), &mut parent);
            join(own, frame, &mut parent);
        }
    }
    for (key, ring) in &plan.rings {
        let own = id(node_name(&End::Frame(key.clone())), &mut parent);
        if let Some(outer) = &ring.parent {
            let outer = id(node_name(&End::Frame(outer.clone())), &mut parent);
            join(own, outer, &mut parent);
        }
    }
    for wire in plan.wires.values() {
        let (source, target) = (id(node_name(&wire.source), &mut parent), id(node_name(&wire.target), &mut parent));
        join(source, target, &mut parent);
    }
    let mut graphs: BTreeMap<usize, Graph> = BTreeMap::new();
    let cells = |count: usize, size: i32| i32::try_from(count).unwrap_or(i32::MAX / 64).saturating_mul(size);
    let mut part = |name: String| root(&parent, id(name, &mut Vec::new()));
    for (key, block) in &plan.blocks {
        let text = block.lines.iter().map(|line| super::glyph::width(line)).max().unwrap_or(0).max(3);
        let height = cells(block.lines.len() + 2, CELL.1);
        let node =
            Node { width: cells(text + 4, CELL.0), height, middle: height / 2, initiator: block.initiator, frame: block.frame.clone() };
        graphs.entry(part(format!("n{key}"))).or_default().nodes.insert(key.clone(), node);
    }
    for (key, ring) in &plan.rings {
        let frame = Frame { parent: ring.parent.clone(), width: cells(super::glyph::width(&ring.title) + 7, CELL.0) };
        graphs.entry(part(format!("f{}", key.as_str()))).or_default().frames.insert(key.clone(), frame);
    }
    let level = matches!(direction, Direction::LeftRight | Direction::RightLeft);
    for (key, wire) in &plan.wires {
        let text = super::glyph::width(&wire.label);
        let size = (cells(if level { text + 3 } else { 2 * text + 3 }, CELL.0), CELL.1 * 2);
        let label = (text > 0).then_some(size);
        let edge = Edge { source: wire.source.clone(), target: wire.target.clone(), label };
        graphs.entry(part(node_name(&wire.source))).or_default().edges.insert(key.clone(), edge);
    }
    graphs.into_values().map(|graph| Graph { direction, ..graph }).collect()
}

/// Relations of the view that the picture has no line for, as `Source -> Target: label`.
fn undrawn(model: &Model, view: &View, scene: &Scene) -> Vec<String> {
    if view.kind == ViewKind::Dynamic || view.kind == ViewKind::Image {
        return Vec::new();
    }
    let drawn: std::collections::BTreeSet<_> = scene.connectors.iter().map(|connector| &connector.relation).collect();
    let missing = view.relations.iter().filter(|key| !drawn.contains(key)).filter_map(|key| model.relations.get(key));
    missing
        .filter_map(|relation| {
            let (source, target) = (model.element(&relation.source)?, model.element(&relation.target)?);
            let label = relation.label().map(|label| format!(": {}", clean(label))).unwrap_or_default();
            Some(format!("{} -> {}{label}", clean(&source.name), clean(&target.name)))
        })
        .collect()
}

/// What a drawing of characters does not say.
fn said_otherwise(model: &Model, scene: &Scene, fidelity: &mut Fidelity) {
    for shape in &scene.shapes {
        let Some(element) = model.element(&shape.key) else { continue };
        if element.description.as_deref().is_some_and(|text| !text.trim().is_empty()) {
            fidelity.lose("Description of an element", None);
        }
        if !element.properties.is_empty() {
            fidelity.lose("Properties of an element", None);
        }
        if !element.tags.is_empty() {
            fidelity.lose("Tags of an element", None);
        }
    }
    for connector in &scene.connectors {
        let Some(relation) = model.relations.get(&connector.relation) else { continue };
        if relation.technology.is_some() && relation.description.is_some() {
            fidelity.lose("Description of an edge that has a technology", None);
        }
        if !relation.properties.is_empty() {
            fidelity.lose("Properties of an edge", None);
        }
    }
    for _ in scene.boundaries.iter().filter(|boundary| boundary.trust.is_some()) {
        fidelity.lose("Trust zone of a frame", None);
    }
}

/// A view that is too large to draw: its elements and edges as lines.
fn listing(model: &Model, scene: &Scene, undrawn: &[String], mut fidelity: Fidelity) -> Exported {
    let frames: BTreeMap<&FrameKey, &str> = scene.boundaries.iter().map(|boundary| (&boundary.key, boundary.name.as_str())).collect();
    let name = |end: &End| match end {
        End::Node(key) => model.element(key).map(|element| clean(&element.name)).unwrap_or_default(),
        End::Frame(key) => frames.get(key).map(|name| clean(name)).unwrap_or_default(),
    };
    let mut lines = Vec::new();
    for shape in &scene.shapes {
        let within = shape.boundary.as_ref().and_then(|key| frames.get(key)).map(|name| format!(" (in {})", clean(name)));
        lines.push(format!("{}{}", clean(&shape.name), within.unwrap_or_default()));
    }
    if !lines.is_empty() {
        lines.push(String::new());
        fidelity.keep("View that is too large to draw, as a list", None);
    }
    for connector in &scene.connectors {
        let label = if connector.words.is_empty() { String::new() } else { format!(": {}", clean(&connector.words)) };
        lines.push(format!("{} -> {}{label}", name(&connector.source), name(&connector.target)));
    }
    lines.extend(undrawn.iter().cloned());
    Exported { text: lines.join("\n") + "\n", fidelity }
}
