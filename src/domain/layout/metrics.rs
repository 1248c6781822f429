//! What a layout is measured by: faults, which must all be zero, and crossings. For tests and benchmarks.

use super::{EdgeKey, End, FrameKey, Graph, Layout, Point, Rect, problem::frame_parents};

/// Counts over one layout.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// Pairs of nodes that overlap.
    pub node_overlaps: usize,
    /// Members that are not inside their frame, and foreign nodes or frames that overlap one.
    pub frame_overlaps: usize,
    /// Routes through a node that is not one of their ends.
    pub through_nodes: usize,
    /// Routes that enter a frame in which neither end lies and which is no end itself.
    pub through_frames: usize,
    /// Labels that touch a node, another label, or the line of another edge.
    pub label_overlaps: usize,
    /// Routes that are not right-angled, or do not begin and end on the border of their ends.
    pub loose_ends: usize,
    /// Edges without a route.
    pub missing: usize,
}

impl Faults {
    pub const fn total(&self) -> usize {
        self.node_overlaps
            + self.frame_overlaps
            + self.through_nodes
            + self.through_frames
            + self.label_overlaps
            + self.loose_ends
            + self.missing
    }
}

/// Everything that must not happen in a layout that is not coarse.
pub fn faults(graph: &Graph, layout: &Layout) -> Faults {
    let mut faults = Faults::default();
    let nodes: Vec<(&Rect, Option<usize>)> = graph
        .nodes
        .iter()
        .filter_map(|(key, node)| Some((layout.nodes.get(key)?, node.frame.as_ref().and_then(|frame| graph.frames.get_index_of(frame)))))
        .collect();
    faults.missing += graph.nodes.len() - nodes.len();
    for (index, (a, _)) in nodes.iter().enumerate() {
        faults.node_overlaps += nodes.iter().skip(index + 1).filter(|(b, _)| a.overlaps(b)).count();
    }
    let parents = frame_parents(graph);
    let frames: Vec<(usize, &Rect)> =
        graph.frames.keys().enumerate().filter_map(|(index, key)| Some((index, layout.groups.get(key)?))).collect();
    faults.missing += graph.frames.len() - frames.len();
    let inside = |frame: Option<usize>, outer: usize| {
        let mut up = frame;
        while let Some(frame) = up {
            if frame == outer {
                return true;
            }
            up = parents.get(frame).copied().flatten();
        }
        false
    };
    for &(frame, rect) in &frames {
        let wrong = |node: &&(&Rect, Option<usize>)| if inside(node.1, frame) { !rect.contains(node.0) } else { rect.overlaps(node.0) };
        faults.frame_overlaps += nodes.iter().filter(wrong).count();
        for &(other, other_rect) in frames.iter().filter(|(other, _)| *other != frame) {
            let wrong = if inside(Some(other), frame) {
                !rect.contains(other_rect)
            } else {
                !inside(Some(frame), other) && rect.overlaps(other_rect)
            };
            faults.frame_overlaps += usize::from(wrong);
        }
    }
    faults.through_frames = through_frames(graph, layout);
    let labelled = || layout.edges.iter().filter_map(|(key, route)| Some((key, route.label.as_ref()?)));
    let lines: Vec<(&EdgeKey, Rect)> = layout
        .edges
        .iter()
        .flat_map(|(key, route)| {
            route.points.windows(2).filter_map(move |pair| if let [a, b] = pair { Some((key, line(*a, *b))) } else { None })
        })
        .collect();
    for (key, label) in labelled() {
        faults.label_overlaps += lines.iter().filter(|(other, line)| *other != key && crosses(line, label)).count();
    }
    let labels: Vec<&Rect> = labelled().map(|(_, label)| label).collect();
    for (index, label) in labels.iter().enumerate() {
        faults.label_overlaps += nodes.iter().filter(|(node, _)| node.overlaps(label)).count();
        faults.label_overlaps += labels.iter().skip(index + 1).filter(|other| other.overlaps(label)).count();
    }
    for (key, edge) in &graph.edges {
        let Some(route) = layout.edges.get(key) else {
            faults.missing += 1;
            continue;
        };
        let ends = [&edge.source, &edge.target];
        let own = |rect: &Rect| ends.iter().any(|end| matches!(end, End::Node(key) if layout.nodes.get(key) == Some(rect)));
        for pair in route.points.windows(2) {
            if let [a, b] = pair {
                let line = line(*a, *b);
                faults.through_nodes += nodes.iter().filter(|(node, _)| crosses(&line, node) && !own(node)).count();
                faults.loose_ends += usize::from((a.x == b.x) == (a.y == b.y));
            }
        }
        for (point, end) in [(route.points.first(), &edge.source), (route.points.last(), &edge.target)] {
            let rect = match end {
                End::Node(key) => layout.nodes.get(key),
                End::Frame(key) => layout.groups.get(key),
            };
            let attached = matches!((point, rect), (Some(point), Some(rect)) if on_border(*point, rect));
            faults.loose_ends += usize::from(!attached);
        }
    }
    faults
}

/// Pairs of routes that cross, counted by their crossing segments.
pub fn crossings(layout: &Layout) -> usize {
    let lines: Vec<(&EdgeKey, Point, Point)> = layout
        .edges
        .iter()
        .flat_map(|(key, route)| route.points.windows(2).filter_map(move |pair| if let [a, b] = pair { Some((key, *a, *b)) } else { None }))
        .collect();
    let mut count = 0;
    for (key, a, b) in lines.iter().filter(|(_, a, b)| a.y == b.y) {
        let (left, right) = (a.x.min(b.x), a.x.max(b.x));
        count += lines
            .iter()
            .filter(|(other, c, d)| other != key && c.x == d.x && left < c.x && c.x < right && c.y.min(d.y) < a.y && a.y < c.y.max(d.y))
            .count();
    }
    count
}

/// Routes that enter a frame in which neither end lies and which is no end itself.
pub fn through_frames(graph: &Graph, layout: &Layout) -> usize {
    let parents = frame_parents(graph);
    let mut count = 0;
    for (key, edge) in &graph.edges {
        let Some(route) = layout.edges.get(key) else { continue };
        let mut own = vec![false; parents.len()];
        for end in [&edge.source, &edge.target] {
            let mut up = match end {
                End::Node(key) => graph.nodes.get(key).and_then(|node| node.frame.as_ref()),
                End::Frame(key) => Some(key),
            }
            .and_then(|frame: &FrameKey| graph.frames.get_index_of(frame));
            while let Some(frame) = up {
                own.get_mut(frame).into_iter().for_each(|own| *own = true);
                up = parents.get(frame).copied().flatten();
            }
        }
        for ((frame, rect), _) in layout.groups.iter().zip(0..) {
            let foreign = graph.frames.get_index_of(frame).is_some_and(|index| own.get(index) == Some(&false));
            let hit = route.points.windows(2).any(|pair| matches!(pair, [a, b] if crosses(&line(*a, *b), rect)));
            count += usize::from(foreign && hit);
        }
    }
    count
}

/// Total length of all routes in px, and the number of their bends.
pub fn length_and_bends(layout: &Layout) -> (i64, usize) {
    let length = layout
        .edges
        .values()
        .flat_map(|route| route.points.windows(2))
        .map(|pair| if let [a, b] = pair { i64::from((a.x - b.x).abs() + (a.y - b.y).abs()) } else { 0 })
        .sum();
    (length, layout.edges.values().map(|route| route.points.len().saturating_sub(2)).sum())
}

fn line(a: Point, b: Point) -> Rect {
    Rect { x: a.x.min(b.x), y: a.y.min(b.y), width: (a.x - b.x).abs(), height: (a.y - b.y).abs() }
}

/// A line (a rectangle without width or height) runs through the inside of a rectangle.
fn crosses(line: &Rect, rect: &Rect) -> bool {
    line.x < rect.right()
        && rect.x < line.right().max(line.x + 1)
        && line.y < rect.bottom()
        && rect.y < line.bottom().max(line.y + 1)
        && (line.width > 0 || line.x > rect.x)
        && (line.height > 0 || line.y > rect.y)
}

fn on_border(point: Point, rect: &Rect) -> bool {
    let inside = (rect.x..=rect.right()).contains(&point.x) && (rect.y..=rect.bottom()).contains(&point.y);
    let edge = point.x == rect.x || point.x == rect.right() || point.y == rect.y || point.y == rect.bottom();
    inside && edge
}
