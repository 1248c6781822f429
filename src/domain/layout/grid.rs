//! The coarse picture of a graph that is too large to lay out: nested boxes of nodes in rows, edges as straight lines, no labels.

use super::{
    End, Graph, Layout, Point, Rect, Route,
    pack::shelves,
    problem::frame_parents,
    table::{Column, Rows},
};
use crate::domain::sort;

const GAP: i32 = 40;
const HEADER: i32 = 36;
const PAD: i32 = 20;

pub(super) fn layout(graph: &Graph) -> Layout {
    let parents = frame_parents(graph);
    let frames = parents.len();
    // Frames in an order with children before parents: by depth, deepest first.
    let depth = |mut frame: usize| {
        let mut depth = 0;
        while let Some(parent) = parents.get(frame).copied().flatten() {
            (frame, depth) = (parent, depth + 1);
        }
        depth
    };
    let mut order: Vec<usize> = (0..frames).collect();
    sort::by_key(&mut order, |&frame| std::cmp::Reverse(depth(frame)));
    let mut nodes_in: Vec<Vec<usize>> = vec![Vec::new(); frames + 1];
    let mut frames_in: Vec<Vec<usize>> = vec![Vec::new(); frames + 1];
    for (index, node) in graph.nodes.values().enumerate() {
        let frame = node.frame.as_ref().and_then(|frame| graph.frames.get_index_of(frame)).unwrap_or(frames);
        nodes_in.add(frame, index);
    }
    for (index, parent) in parents.iter().enumerate() {
        frames_in.add(parent.unwrap_or(frames), index);
    }
    let mut size = vec![(0, 0); frames];
    // Corners relative to the frame around.
    let mut frame_corner = vec![(0, 0); frames];
    let mut node_corner = vec![(0, 0); graph.nodes.len()];
    let mut total = (0, 0);
    for frame in order.iter().copied().chain([frames]) {
        let mut sizes: Vec<(i32, i32)> = nodes_in
            .row(frame)
            .iter()
            .map(|&node| graph.nodes.get_index(node).map_or((0, 0), |(_, node)| (node.width, node.height)))
            .collect();
        sizes.extend(frames_in.row(frame).iter().map(|&inner| size.at(inner)));
        let (corners, width, height) = shelves(&sizes, GAP);
        let (left, top) = if frame == frames { (0, 0) } else { (PAD, HEADER) };
        let mut corners = corners.into_iter().map(|(x, y)| (x + left, y + top));
        for &node in nodes_in.row(frame) {
            node_corner.put(node, corners.next().unwrap_or_default());
        }
        for &inner in frames_in.row(frame) {
            frame_corner.put(inner, corners.next().unwrap_or_default());
        }
        if frame == frames {
            total = (width, height);
        } else {
            let least = graph.frames.get_index(frame).map_or(0, |(_, frame)| frame.width);
            size.put(frame, ((width + 2 * PAD).max(least), height + HEADER + PAD));
        }
    }
    let mut layout = Layout { width: total.0, height: total.1, coarse: true, ..Layout::default() };
    for &frame in order.iter().rev() {
        let outer = parents.get(frame).copied().flatten().map_or((0, 0), |parent| frame_corner.at(parent));
        let (x, y) = frame_corner.at(frame);
        let corner = (x + outer.0, y + outer.1);
        frame_corner.put(frame, corner);
        if let Some((key, _)) = graph.frames.get_index(frame) {
            let (width, height) = size.at(frame);
            layout.groups.insert(key.clone(), Rect { x: corner.0, y: corner.1, width, height });
        }
    }
    for (index, (key, node)) in graph.nodes.iter().enumerate() {
        let frame = node.frame.as_ref().and_then(|frame| graph.frames.get_index_of(frame));
        let outer = frame.map_or((0, 0), |frame| frame_corner.at(frame));
        let (x, y) = node_corner.at(index);
        layout.nodes.insert(key.clone(), Rect { x: x + outer.0, y: y + outer.1, width: node.width, height: node.height });
    }
    for (key, edge) in &graph.edges {
        let rect = |end: &End| match end {
            End::Node(key) => layout.nodes.get(key).copied(),
            End::Frame(key) => layout.groups.get(key).copied(),
        };
        if let (Some(source), Some(target)) = (rect(&edge.source), rect(&edge.target))
            && edge.source != edge.target
        {
            let points = vec![border(&source, target.centre()), border(&target, source.centre())];
            layout.edges.insert(key.clone(), Route { points, label: None });
        }
    }
    layout
}

/// Where the line from the centre towards a point leaves the rectangle.
fn border(rect: &Rect, toward: Point) -> Point {
    let centre = rect.centre();
    let (dx, dy) = (i64::from(toward.x - centre.x), i64::from(toward.y - centre.y));
    let (half_width, half_height) = (i64::from(rect.width / 2), i64::from(rect.height / 2));
    let narrow = |value: i64| i32::try_from(value).unwrap_or(0);
    if dx == 0 && dy == 0 {
        centre
    } else if dx.abs() * half_height > dy.abs() * half_width {
        Point { x: centre.x + narrow(half_width * dx.signum()), y: centre.y + narrow(dy * half_width / dx.abs()) }
    } else {
        Point { x: centre.x + narrow(dx * half_height / dy.abs().max(1)), y: centre.y + narrow(half_height * dy.signum()) }
    }
}
