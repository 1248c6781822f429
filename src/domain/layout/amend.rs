//! A picture that changes as little as possible: what was there stays where it was, what is new finds a free place, what is
//! pinned stands where it was put, and only the routes that this touches are drawn anew.
//!
//! `spots` decides where boxes stand, `wire` finds routes between them and places for labels. Used for a graph that differs
//! little from the one of the previous picture, and for every picture with pins (on top of a layered one).

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Edge, EdgeKey, End, Graph, Layout, Point, Rect, Route,
    problem::frame_parents,
    table::{Column, Rows},
};
use crate::domain::model::ElementKey;
use crate::domain::sort::Gather;

mod spots;
mod wire;

/// Boxes by their index in the graph.
struct Boxes {
    /// Nodes: where they are, where they were (if they were there), and the frame around them.
    node: Vec<Rect>,
    node_before: Vec<Option<Rect>>,
    node_frame: Vec<Option<usize>>,
    frame: Vec<Rect>,
    frame_before: Vec<Option<Rect>>,
    frame_parent: Vec<Option<usize>>,
    pinned: Vec<bool>,
    /// Room that loops take at the right and below each node and each frame.
    node_room: Vec<(i32, i32)>,
    frame_room: Vec<(i32, i32)>,
}

impl Boxes {
    fn end(&self, graph: &Graph, end: &End) -> Option<Rect> {
        match end {
            End::Node(key) => self.node.get(graph.nodes.get_index_of(key)?).copied(),
            End::Frame(key) => self.frame.get(graph.frames.get_index_of(key)?).copied(),
        }
    }

    fn end_before(&self, graph: &Graph, end: &End) -> Option<Rect> {
        match end {
            End::Node(key) => self.node_before.get(graph.nodes.get_index_of(key)?).copied().flatten(),
            End::Frame(key) => self.frame_before.get(graph.frames.get_index_of(key)?).copied().flatten(),
        }
    }

    /// The frames around an end, a frame itself included.
    fn around(&self, graph: &Graph, end: &End) -> BTreeSet<usize> {
        let mut up = match end {
            End::Node(key) => graph.nodes.get_index_of(key).and_then(|node| self.node_frame.get(node).copied().flatten()),
            End::Frame(key) => graph.frames.get_index_of(key),
        };
        let mut found = BTreeSet::new();
        while let Some(frame) = up {
            found.insert(frame);
            up = self.frame_parent.get(frame).copied().flatten();
        }
        found
    }
}

/// The previous picture changed to fit the graph; none if too little of it would remain.
pub(super) fn amend(graph: &Graph, previous: &Layout, pins: &BTreeMap<ElementKey, Point>) -> Option<Layout> {
    let parents = frame_parents(graph);
    let known = graph.nodes.keys().filter(|key| previous.nodes.contains_key(*key)).count();
    let fresh = graph.nodes.len() - known;
    if previous.coarse || previous.direction != graph.direction || known == 0 || fresh * 4 > known {
        return None;
    }
    let mut boxes = Boxes {
        node: vec![Rect::default(); graph.nodes.len()],
        node_before: graph.nodes.keys().map(|key| previous.nodes.get(key).copied()).collect(),
        node_frame: graph.nodes.values().map(|node| node.frame.as_ref().and_then(|frame| graph.frames.get_index_of(frame))).collect(),
        frame: vec![Rect::default(); graph.frames.len()],
        frame_before: graph.frames.keys().map(|key| previous.groups.get(key).copied()).collect(),
        frame_parent: parents,
        pinned: graph.nodes.keys().map(|key| pins.contains_key(key)).collect(),
        node_room: vec![(0, 0); graph.nodes.len()],
        frame_room: vec![(0, 0); graph.frames.len()],
    };
    loop_rooms(graph, previous, &mut boxes);
    if !is_alike(graph, previous, &boxes) {
        return None;
    }
    let conflicts = spots::settle(graph, &mut boxes, pins);
    let edges = wire::route(graph, &boxes, previous);
    let mut layout = Layout { direction: graph.direction, conflicts, edges, ..Layout::default() };
    layout.nodes = graph.nodes.keys().cloned().zip(boxes.node.iter().copied()).gathered();
    layout.groups = graph.frames.keys().cloned().zip(boxes.frame.iter().copied()).gathered();
    frame_in(&mut layout, pins.is_empty());
    Some(layout)
}

fn loop_rooms(graph: &Graph, previous: &Layout, boxes: &mut Boxes) {
    for (key, edge) in graph.edges.iter().filter(|(_, edge)| edge.source == edge.target) {
        let (Some(before), Some(route)) = (boxes.end_before(graph, &edge.source), previous.edges.get(key)) else { continue };
        let points = route.points.iter().map(|point| Rect { x: point.x, y: point.y, width: 0, height: 0 });
        let Some(bounds) = points.chain(route.label).reduce(|a, b| a.union(&b)) else { continue };
        let room = |beyond: i32| if beyond > 0 { beyond + 4 } else { 0 };
        let (right, below) = (room(bounds.right() - before.right()), room(bounds.bottom() - before.bottom()));
        let (table, index) = match &edge.source {
            End::Node(key) => (&mut boxes.node_room, graph.nodes.get_index_of(key)),
            End::Frame(key) => (&mut boxes.frame_room, graph.frames.get_index_of(key)),
        };
        if let Some(index) = index {
            let (x, y) = table.at(index);
            table.put(index, (x.max(right), y.max(below)));
        }
    }
}

/// Frames nest as they did, and every edge that is a loop was there.
fn is_alike(graph: &Graph, previous: &Layout, boxes: &Boxes) -> bool {
    let inside = |inner: Option<Rect>, outer: Option<usize>| match (inner, outer) {
        (Some(inner), Some(outer)) => boxes.frame_before.get(outer).copied().flatten().is_some_and(|outer| outer.contains(&inner)),
        _ => true,
    };
    let nodes = boxes.node_before.iter().zip(&boxes.node_frame).all(|(&before, &frame)| inside(before, frame));
    let frames = boxes.frame_before.iter().zip(&boxes.frame_parent).all(|(&before, &parent)| before.is_some() && inside(before, parent));
    let loops = graph.edges.iter().all(|(key, edge)| edge.source != edge.target || previous.edges.contains_key(key));
    // What left a frame must not stand in it any more: strangers inside a frame are not put right here.
    let strangers = boxes.frame_before.iter().enumerate().any(|(frame, rect)| {
        let Some(rect) = rect else { return false };
        boxes.node_before.iter().enumerate().any(|(node, before)| {
            before.is_some_and(|before| before.overlaps(rect)) && {
                let mut up = boxes.node_frame.get(node).copied().flatten();
                while let Some(outer) = up {
                    if outer == frame {
                        return false;
                    }
                    up = boxes.frame_parent.get(outer).copied().flatten();
                }
                true
            }
        })
    });
    nodes && frames && loops && !strangers
}

/// Sets the extent. Without pins a picture that grew beyond its corner is shifted back; pins must not move, so with them the
/// corner goes where it must.
pub(super) fn frame_in(layout: &mut Layout, shift: bool) {
    let bounds = layout
        .nodes
        .values()
        .chain(layout.groups.values())
        .copied()
        .chain(layout.edges.values().filter_map(|route| route.label))
        .chain(layout.edges.values().flat_map(|route| &route.points).map(|point| Rect { x: point.x, y: point.y, width: 0, height: 0 }))
        .reduce(|a, b| a.union(&b))
        .unwrap_or_default();
    let (dx, dy) = (bounds.x.min(0), bounds.y.min(0));
    layout.origin = Point { x: dx, y: dy };
    (layout.width, layout.height) = (bounds.right() - dx, bounds.bottom() - dy);
    if shift && (dx, dy) != (0, 0) {
        let moved = |rect: &mut Rect| (rect.x, rect.y) = (rect.x - dx, rect.y - dy);
        layout.nodes.values_mut().for_each(moved);
        layout.groups.values_mut().for_each(moved);
        for route in layout.edges.values_mut() {
            route.label.iter_mut().for_each(moved);
            route.points.iter_mut().for_each(|point| (point.x, point.y) = (point.x - dx, point.y - dy));
        }
        layout.origin = Point::default();
    }
}
