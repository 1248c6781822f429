//! Where everything goes: layered, compound, orthogonal layout with integer coordinates.
//!
//! A [`Graph`] of measured nodes, nested frames and edges becomes a [`Layout`] of rectangles and right-angled routes. Each
//! connected part runs through the same steps, one file each: `rank` (cycles are broken in model order, layers by network
//! simplex, frame by frame) → `layers` (long edges and labels get a cell in every layer they cross) → `order` (fewest crossings,
//! a frame is one entry of its layer) → `place` (positions across the layers by network simplex, frames included) → `route`
//! (ports, tracks between the layers, label places). Then the parts are packed. Where a picture was there before, or nodes are
//! pinned, `amend` changes that picture as little as possible instead. What all promise together: nodes, frames and labels never
//! overlap, a frame holds exactly its members, no route passes through a node or a foreign frame. The same input gives the same
//! output.
//!
//! Beyond [`NODE_LIMIT`] nodes or [`EDGE_LIMIT`] edges, or when the work would not be bounded, `grid` draws a coarse picture
//! instead and says so.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::domain::model::{ElementKey, GroupKey, RelationKey, view::Direction};
use crate::domain::sort::Gather;

mod amend;
mod grid;
pub mod kept;
mod layers;
pub mod metrics;
mod order;
mod pack;
mod place;
mod problem;
mod rank;
mod route;
mod simplex;
mod table;

#[cfg(test)]
mod tests;

/// More nodes than this are drawn coarsely.
pub const NODE_LIMIT: usize = 10_000;
/// More edges than this are drawn coarsely.
pub const EDGE_LIMIT: usize = 30_000;
/// Frames nested deeper than this are drawn coarsely.
pub const DEPTH_LIMIT: usize = 128;
/// Pins farther out than this, in px, are brought in to it.
pub const PIN_LIMIT: i32 = 10_000_000;
/// Cells (nodes, bends and labels over all layers) beyond which a part is drawn coarsely.
const CELL_LIMIT: usize = 250_000;

macro_rules! text_key {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
    };
}

text_key!(
    /// A frame: an element that is drawn around its parts, or a group.
    FrameKey
);
text_key!(
    /// One drawn edge: a relation, or one step of a dynamic view along a relation.
    EdgeKey
);

impl FrameKey {
    pub fn element(key: &ElementKey) -> Self {
        Self(format!("element:{key}"))
    }

    pub fn group(key: &GroupKey) -> Self {
        Self(format!("group:{key}"))
    }
}

impl EdgeKey {
    pub fn relation(key: &RelationKey) -> Self {
        Self(key.0.clone())
    }

    /// `step` counts from 1 through the steps of the view.
    pub fn step(key: &RelationKey, step: usize) -> Self {
        Self(format!("{key}@{step}"))
    }
}

/// What to lay out, measured. Order is model order; it decides every tie.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Graph {
    pub nodes: IndexMap<ElementKey, Node>,
    pub frames: IndexMap<FrameKey, Frame>,
    pub edges: IndexMap<EdgeKey, Edge>,
    pub direction: Direction,
}

/// A box. Sizes in px, at least 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    pub width: i32,
    pub height: i32,
    /// From the top edge to the line on which edges meet the left and right sides.
    pub middle: i32,
    /// Things begin here: where a cycle must be broken, an edge towards this node is the first to count as an answer.
    pub initiator: bool,
    pub frame: Option<FrameKey>,
}

/// A box around nodes and other frames.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    pub parent: Option<FrameKey>,
    /// The least width in px, so that the name fits.
    pub width: i32,
}

/// One end of an edge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum End {
    Node(ElementKey),
    Frame(FrameKey),
}

/// A directed edge, drawn from source to target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    pub source: End,
    pub target: End,
    /// Width and height of the label in px.
    pub label: Option<(i32, i32)>,
}

/// A point in px; y grows downwards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Point {
    pub x: i32,
    pub y: i32,
}

/// A rectangle in px.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rect {
    pub x: i32,
    pub y: i32,
    pub width: i32,
    pub height: i32,
}

impl Rect {
    pub const fn right(&self) -> i32 {
        self.x + self.width
    }

    pub const fn bottom(&self) -> i32 {
        self.y + self.height
    }

    pub const fn centre(&self) -> Point {
        Point { x: self.x + self.width / 2, y: self.y + self.height / 2 }
    }

    /// They share more than a border.
    pub const fn overlaps(&self, other: &Self) -> bool {
        self.x < other.right() && other.x < self.right() && self.y < other.bottom() && other.y < self.bottom()
    }

    pub const fn contains(&self, other: &Self) -> bool {
        self.x <= other.x && self.y <= other.y && other.right() <= self.right() && other.bottom() <= self.bottom()
    }

    /// Larger by `by` px on every side.
    #[must_use]
    pub const fn grown(&self, by: i32) -> Self {
        Self { x: self.x - by, y: self.y - by, width: self.width + 2 * by, height: self.height + 2 * by }
    }

    /// The smallest rectangle around both.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        let (x, y) = (self.x.min(other.x), self.y.min(other.y));
        Self { x, y, width: self.right().max(other.right()) - x, height: self.bottom().max(other.bottom()) - y }
    }
}

/// The way of one edge, from source to target.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Route {
    /// At least two; consecutive points differ in exactly one coordinate (except in a coarse layout).
    pub points: Vec<Point>,
    /// Where the label goes; none if there is none or no place for it.
    pub label: Option<Rect>,
}

/// The result. Without pins, all coordinates are non-negative.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layout {
    pub nodes: BTreeMap<ElementKey, Rect>,
    pub groups: BTreeMap<FrameKey, Rect>,
    pub edges: BTreeMap<EdgeKey, Route>,
    pub width: i32,
    pub height: i32,
    /// The graph was too large for a full layout: elements stand on a grid and edges are straight.
    pub coarse: bool,
    /// The upper left corner of the picture: 0, 0 except where pins lie left of or above it.
    #[serde(default)]
    pub origin: Point,
    /// The direction the picture was made for.
    #[serde(default)]
    pub direction: Direction,
    /// Pinned nodes that stand where another pinned node, or a frame held by pins, stands too.
    #[serde(default)]
    pub conflicts: Vec<ElementKey>,
    /// The imprint of the graph and the pins it was made for; 0 if nobody knows. See [`kept`].
    #[serde(skip)]
    made_for: u64,
}

/// A coordinate that pins may have.
fn within(value: i32) -> i32 {
    value.clamp(-PIN_LIMIT, PIN_LIMIT)
}

/// Lays the graph out. With `previous`, what was there stays where it was unless much has changed.
///
/// Deterministic. Edges whose ends are not in the graph are left out.
pub fn layout(graph: &Graph, previous: Option<&Layout>) -> Layout {
    layout_with(graph, previous, &BTreeMap::new())
}

/// Lays the graph out with the upper left corners of some nodes given in px. They stand there exactly, frames grow to hold their
/// pinned members, and everything else gives way; see [`Layout::conflicts`] and [`PIN_LIMIT`]. Pins of nodes that are not in the graph mean nothing.
pub fn layout_with(graph: &Graph, previous: Option<&Layout>, pins: &BTreeMap<ElementKey, Point>) -> Layout {
    let made_for = kept::imprint(graph, pins);
    match previous {
        Some(previous) if previous.made_for == made_for => previous.clone(),
        _ => Layout { made_for, ..made(graph, previous, pins) },
    }
}

fn made(graph: &Graph, previous: Option<&Layout>, pins: &BTreeMap<ElementKey, Point>) -> Layout {
    let pins: &BTreeMap<ElementKey, Point> =
        &pins.iter().map(|(key, at)| (key.clone(), Point { x: within(at.x), y: within(at.y) })).gathered();
    if graph.nodes.len() > NODE_LIMIT || graph.edges.len() > EDGE_LIMIT {
        return pinned_coarsely(graph, pins);
    }
    let is_pinned = graph.nodes.keys().any(|key| pins.contains_key(key));
    if let Some(layout) = previous.and_then(|previous| amend::amend(graph, previous, pins)) {
        return layout;
    }
    let fresh = afresh(graph, previous);
    if fresh.coarse && is_pinned {
        return pinned_coarsely(graph, pins);
    }
    if is_pinned && let Some(layout) = amend::amend(graph, &fresh, pins) {
        return layout;
    }
    fresh
}

/// On the grid pins hold too, at the price of overlaps.
fn pinned_coarsely(graph: &Graph, pins: &BTreeMap<ElementKey, Point>) -> Layout {
    let mut layout = grid::layout(graph);
    for (key, rect) in &mut layout.nodes {
        if let Some(pin) = pins.get(key) {
            (rect.x, rect.y) = (pin.x, pin.y);
        }
    }
    amend::frame_in(&mut layout, false);
    layout
}

fn afresh(graph: &Graph, previous: Option<&Layout>) -> Layout {
    let previous = previous.filter(|previous| !previous.coarse);
    let mut parts = Vec::new();
    for part in problem::split(graph, previous) {
        let Some(drawing) = solve(&part.problem) else {
            return grid::layout(graph);
        };
        parts.push((part, drawing));
    }
    pack::assemble(graph, parts)
}

/// One connected part, from ranks to routes; none if it is too large.
fn solve(problem: &problem::Problem) -> Option<route::Drawing> {
    if problem.groups.iter().any(|area| area.depth > DEPTH_LIMIT) {
        return None;
    }
    let ranking = rank::rank(problem)?;
    let layered = layers::build(problem, &ranking)?;
    let order = order::order(problem, &layered);
    let places = place::place(problem, &layered, &order)?;
    Some(route::route(problem, &layered, &order, &places))
}
