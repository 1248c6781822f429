//! Routes of a changed picture: those that nothing touches are kept or move along with their ends, the others take the cheapest
//! right-angled way around boxes, labels and foreign frames (bends, crossings and running close to another line cost extra), and
//! labels go to the nearest free place on their route.

use std::collections::{BTreeMap, BTreeSet};

use super::{Boxes, Edge, EdgeKey, End, Graph, Layout, Point, Rect, Route};
use crate::domain::{
    model::view::Direction,
    sort::{self, Gather},
};

mod grid;

/// Between a line and a box it does not belong to, in px.
const CLEAR: i32 = 8;
/// How far a line runs straight out of its end.
const STUB: i32 = 12;
/// Between two lines that leave the same side.
const PORT: i32 = 16;

/// A stretch of a route.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    pub(super) edge: usize,
    pub(super) a: Point,
    pub(super) b: Point,
}

impl Line {
    fn rect(&self) -> Rect {
        let (x, y) = (self.a.x.min(self.b.x), self.a.y.min(self.b.y));
        Rect { x, y, width: (self.a.x - self.b.x).abs(), height: (self.a.y - self.b.y).abs() }
    }

    /// Runs through the inside of a rectangle.
    fn enters(&self, rect: &Rect) -> bool {
        let line = self.rect();
        line.x < rect.right()
            && rect.x < line.right().max(line.x + 1)
            && line.y < rect.bottom()
            && rect.y < line.bottom().max(line.y + 1)
            && (line.width > 0 || line.x > rect.x)
            && (line.height > 0 || line.y > rect.y)
    }
}

fn lines(edge: usize, points: &[Point]) -> impl Iterator<Item = Line> {
    points.windows(2).filter_map(move |pair| if let &[a, b] = pair { Some(Line { edge, a, b }) } else { None })
}

/// What has been drawn so far.
struct Drawn<'a> {
    graph: &'a Graph,
    boxes: &'a Boxes,
    lines: Vec<Line>,
    labels: Vec<(usize, Rect)>,
}

/// Routes of all edges whose ends exist.
pub(super) fn route(graph: &Graph, boxes: &Boxes, previous: &Layout) -> BTreeMap<EdgeKey, Route> {
    let mut drawn = Drawn { graph, boxes, lines: Vec::new(), labels: Vec::new() };
    let changed_nodes: Vec<usize> =
        (0..boxes.node.len()).filter(|&node| boxes.node.get(node).copied() != boxes.node_before.get(node).copied().flatten()).collect();
    let changed_frames: Vec<usize> = (0..boxes.frame.len())
        .filter(|&frame| boxes.frame.get(frame).copied() != boxes.frame_before.get(frame).copied().flatten())
        .collect();
    let mut result = BTreeMap::new();
    let mut open = Vec::new();
    let mut unlabelled = Vec::new();
    for (index, (key, edge)) in graph.edges.iter().enumerate() {
        let (Some(source), Some(target)) = (boxes.end(graph, &edge.source), boxes.end(graph, &edge.target)) else { continue };
        let before = (boxes.end_before(graph, &edge.source), boxes.end_before(graph, &edge.target));
        let Some((mut route, moved)) = previous.edges.get(key).and_then(|route| {
            if edge.source == edge.target {
                carried_loop(graph.direction, route, before.0, source)
            } else {
                carried(route, before, (source, target))
            }
        }) else {
            open.push(index);
            continue;
        };
        let is_loop = edge.source == edge.target;
        let own = (!is_loop)
            .then(|| boxes.around(graph, &edge.source).into_iter().chain(boxes.around(graph, &edge.target)).gathered::<BTreeSet<usize>>());
        let hit = |rect: &Rect| lines(index, &route.points).any(|line| line.enters(&rect.grown(2)));
        let (nodes, frames): (Vec<usize>, Vec<usize>) = if moved {
            ((0..boxes.node.len()).collect(), (0..boxes.frame.len()).collect())
        } else {
            (changed_nodes.clone(), changed_frames.clone())
        };
        let is_end = |node: usize| {
            graph.nodes.get_index(node).is_some_and(|(key, _)| [&edge.source, &edge.target].contains(&&End::Node(key.clone())))
        };
        let blocked = nodes.iter().any(|&node| !is_end(node) && boxes.node.get(node).is_some_and(hit))
            || own.is_some_and(|own| frames.iter().any(|&frame| !own.contains(&frame) && boxes.frame.get(frame).is_some_and(hit)));
        if blocked && !is_loop {
            open.push(index);
            continue;
        }
        let covered = |rect: &Rect| nodes.iter().any(|&node| boxes.node.get(node).is_some_and(|node| node.grown(2).overlaps(rect)));
        let fits = |rect: &Rect| Some((rect.width, rect.height)) == edge.label && !covered(rect);
        if !is_loop && route.label.as_ref().is_none_or(|rect| !fits(rect)) {
            route.label = None;
            if edge.label.is_some() {
                unlabelled.push(index);
            }
        }
        if moved && !is_loop && lines(index, &route.points).any(|line| drawn.labels.iter().any(|(_, label)| line.enters(label))) {
            open.push(index);
            unlabelled.retain(|&other| other != index);
            continue;
        }
        if let Some(label) = route.label {
            drawn.labels.push((index, label));
        }
        drawn.lines.extend(lines(index, &route.points));
        result.insert(key.clone(), route);
    }
    // A label that something kept later runs over is set anew.
    let crossed: Vec<usize> = drawn
        .labels
        .iter()
        .enumerate()
        .filter(|(place, (edge, label))| {
            drawn.lines.iter().any(|line| line.edge != *edge && line.enters(label))
                || drawn.labels.iter().take(*place).any(|(_, other)| other.overlaps(label))
                || boxes.node.iter().any(|node| node.overlaps(label))
        })
        .map(|(_, &(edge, _))| edge)
        .collect();
    for edge in crossed {
        drawn.labels.retain(|&(other, _)| other != edge);
        unlabelled.push(edge);
    }
    for index in open {
        let Some((key, edge)) = graph.edges.get_index(index) else { continue };
        let points = drawn.find(index, edge);
        drawn.lines.extend(lines(index, &points));
        let label = drawn.label(index, edge, &points, None);
        drawn.labels.extend(label.map(|label| (index, label)));
        result.insert(key.clone(), Route { points, label });
    }
    // A label beside a route that stayed must not move the corner of the picture, and everything with it.
    let corner = drawn.corner();
    for index in unlabelled {
        let Some((key, edge)) = graph.edges.get_index(index) else { continue };
        if let Some(route) = result.get_mut(key) {
            route.label = drawn.label(index, edge, &route.points, corner);
            drawn.labels.extend(route.label.map(|label| (index, label)));
        }
    }
    result
}

/// The previous route moved along with its ends, if both moved alike and kept their size; and whether they moved.
fn carried(route: &Route, before: (Option<Rect>, Option<Rect>), now: (Rect, Rect)) -> Option<(Route, bool)> {
    let (first, last) = (*route.points.first()?, *route.points.last()?);
    let shift = |before: Option<Rect>, now: Rect, end: Point| {
        let before = before?;
        let (dx, dy) = (now.x - before.x, now.y - before.y);
        if (before.width, before.height) == (now.width, now.height) {
            return Some((dx, dy));
        }
        // A box that grew holds its lines as long as they still end on its border.
        let inside = now.x + 4 <= end.x && end.x + 4 <= now.right();
        let within = now.y + 4 <= end.y && end.y + 4 <= now.bottom();
        ((inside && (end.y == now.y || end.y == now.bottom())) || (within && (end.x == now.x || end.x == now.right()))).then_some((0, 0))
    };
    let (one, two) = (shift(before.0, now.0, first)?, shift(before.1, now.1, last)?);
    if one != two {
        return None;
    }
    let (dx, dy) = one;
    let mut route = route.clone();
    for point in &mut route.points {
        *point = Point { x: point.x + dx, y: point.y + dy };
    }
    if let Some(label) = &mut route.label {
        (label.x, label.y) = (label.x + dx, label.y + dy);
    }
    Some((route, (dx, dy) != (0, 0)))
}

/// A loop moves along with the side it stands on.
fn carried_loop(direction: Direction, route: &Route, before: Option<Rect>, now: Rect) -> Option<(Route, bool)> {
    let before = before?;
    let below = matches!(direction, Direction::LeftRight | Direction::RightLeft);
    let (old, new) = (before.centre(), now.centre());
    let (dx, dy) = if below { (new.x - old.x, now.bottom() - before.bottom()) } else { (now.right() - before.right(), new.y - old.y) };
    let mut route = route.clone();
    for point in &mut route.points {
        *point = Point { x: point.x + dx, y: point.y + dy };
        if below {
            point.x = point.x.clamp(now.x + 2, (now.right() - 2).max(now.x + 2));
        } else {
            point.y = point.y.clamp(now.y + 2, (now.bottom() - 2).max(now.y + 2));
        }
    }
    if let Some(label) = &mut route.label {
        (label.x, label.y) = (label.x + dx, label.y + dy);
    }
    Some((route, (dx, dy) != (0, 0)))
}

/// A place where a line may leave a box: on the border, and the end of its first straight stretch.
#[derive(Clone, Copy, Debug)]
pub(super) struct Port {
    pub(super) at: Point,
    pub(super) out: Point,
    /// The line leaves along y.
    pub(super) vertical: bool,
    pub(super) cost: i64,
}

impl Drawn<'_> {
    fn find(&self, index: usize, edge: &Edge) -> Vec<Point> {
        let (Some(source), Some(target)) = (self.boxes.end(self.graph, &edge.source), self.boxes.end(self.graph, &edge.target)) else {
            return Vec::new();
        };
        let own: BTreeSet<usize> =
            self.boxes.around(self.graph, &edge.source).into_iter().chain(self.boxes.around(self.graph, &edge.target)).gathered();
        let index_of = |end: &End| if let End::Frame(key) = end { self.graph.frames.get_index_of(key) } else { None };
        let holds = |end: &End, other: &End| index_of(end).is_some_and(|frame| self.boxes.around(self.graph, other).contains(&frame));
        let (source_holds, target_holds) = (holds(&edge.source, &edge.target), holds(&edge.target, &edge.source));
        let everything = self.boxes.node.iter().chain(&self.boxes.frame).fold(source.union(&target), |all, rect| all.union(rect));
        // Pins may leave little room: then lines pass closer.
        for (clear, stub) in [(CLEAR, STUB), (1, 4)] {
            let mut walls: Vec<Rect> = self.boxes.node.iter().map(|rect| rect.grown(clear)).collect();
            for (frame, rect) in self.boxes.frame.iter().enumerate() {
                let is_wall = !own.contains(&frame)
                    || (index_of(&edge.source) == Some(frame) && !source_holds)
                    || (index_of(&edge.target) == Some(frame) && !target_holds);
                if is_wall {
                    walls.push(rect.grown(clear));
                }
            }
            walls.extend(self.labels.iter().filter(|(other, _)| *other != index).map(|(_, label)| label.grown(clear / 2)));
            let mut from = self.ports(source, target.centre(), (source_holds, true), stub);
            let mut to = self.ports(target, source.centre(), (target_holds, false), stub);
            // Nothing may stand right before a port.
            let blocked = |port: &Port| {
                let line = Line { edge: index, a: port.at, b: port.out };
                self.labels.iter().any(|(other, label)| *other != index && line.enters(&label.grown(clear / 4)))
                    || self.boxes.node.iter().any(|node| *node != source && *node != target && line.enters(&node.grown(clear / 4)))
            };
            for ports in [&mut from, &mut to] {
                if ports.iter().any(|port| !blocked(port)) {
                    ports.retain(|port| !blocked(port));
                }
            }
            let around = source.union(&target);
            for window in [around.grown(240), around.grown(1200), everything.grown(120)] {
                let walls: Vec<Rect> = walls.iter().filter(|wall| wall.overlaps(&window)).copied().collect();
                let lines: Vec<Line> = self.lines.iter().filter(|line| line.rect().grown(1).overlaps(&window)).copied().collect();
                if let Some(points) = grid::find(window, &walls, &lines, &from, &to) {
                    return points;
                }
            }
        }
        // Walled in on all sides: a straight answer is better than none.
        let (a, b) = (source.centre(), target.centre());
        let (start, end) = (
            Point { x: a.x, y: if b.y > a.y { source.bottom() } else { source.y } },
            Point { x: if a.x > b.x { target.right() } else { target.x }, y: b.y },
        );
        let corner = Point { x: start.x, y: end.y };
        if corner == start || corner == end { vec![start, end] } else { vec![start, corner, end] }
    }

    /// `role`: the line runs inward, and it leaves here.
    fn ports(&self, rect: Rect, toward: Point, role: (bool, bool), stub: i32) -> Vec<Port> {
        let (inward, leaving) = role;
        let mut ports = Vec::new();
        let forward = match self.graph.direction {
            Direction::TopBottom => (0, 1),
            Direction::BottomTop => (0, -1),
            Direction::LeftRight => (1, 0),
            Direction::RightLeft => (-1, 0),
        };
        for (dx, dy) in [(0, 1), (0, -1), (1, 0), (-1, 0)] {
            let facing = if leaving { (dx, dy) } else { (-dx, -dy) };
            let price = if facing == forward {
                0
            } else if facing == (-forward.0, -forward.1) {
                120
            } else {
                60
            };
            let (length, centre) = if dx == 0 { (rect.width, rect.centre().x) } else { (rect.height, rect.centre().y) };
            let fixed = match (dx, dy) {
                (0, 1) => rect.bottom(),
                (0, _) => rect.y,
                (1, _) => rect.right(),
                _ => rect.x,
            };
            let place = |offset: i32| if dx == 0 { Point { x: centre + offset, y: fixed } } else { Point { x: fixed, y: centre + offset } };
            let used = |at: Point| {
                self.lines
                    .iter()
                    .flat_map(|line| [line.a, line.b])
                    .any(|end| (end.x - at.x).abs() < PORT / 2 && (end.y - at.y).abs() < PORT / 2)
            };
            let most = (length / 2 - 8).max(0) / PORT * PORT;
            let aim = if dx == 0 { toward.x } else { toward.y } - centre;
            let mut offsets: Vec<i32> = (0..=most.min(128) / PORT).flat_map(|step| [step * PORT, -step * PORT]).collect();
            offsets.dedup();
            sort::by_key(&mut offsets, |offset| (offset.abs() + (offset - aim.clamp(-most, most)).abs(), *offset));
            let free: Vec<i32> = offsets.iter().copied().filter(|&offset| !used(place(offset))).take(4).collect();
            let chosen = if free.is_empty() { vec![(0, 200)] } else { free.into_iter().map(|offset| (offset, offset.abs() / 4)).collect() };
            let sign = if inward { -1 } else { 1 };
            for (offset, cost) in chosen {
                let at = place(offset);
                let out = Point { x: at.x + sign * dx * stub, y: at.y + sign * dy * stub };
                ports.push(Port { at, out, vertical: dx == 0, cost: i64::from(price + cost) });
            }
        }
        ports
    }

    /// The upper left corner of all that is drawn so far.
    fn corner(&self) -> Option<Point> {
        let boxes = self.boxes.node.iter().chain(&self.boxes.frame).copied();
        let drawn = self.lines.iter().map(Line::rect).chain(self.labels.iter().map(|(_, label)| *label));
        boxes.chain(drawn).reduce(|a, b| a.union(&b)).map(|all| Point { x: all.x, y: all.y })
    }

    /// The nearest place to the middle of the route that touches nothing else, neither left of nor above the corner, if one is given.
    fn label(&self, index: usize, edge: &Edge, points: &[Point], corner: Option<Point>) -> Option<Rect> {
        let (width, height) = edge.label?;
        let clear = |at: &Rect| {
            corner.is_none_or(|corner| corner.x <= at.x && corner.y <= at.y)
                && !self.boxes.node.iter().any(|node| node.grown(2).overlaps(at))
                && !self.labels.iter().any(|(other, label)| *other != index && label.grown(4).overlaps(at))
                && !self.lines.iter().any(|line| line.edge != index && line.enters(&at.grown(2)))
        };
        let mut stretches: Vec<Line> = lines(index, points).collect();
        sort::by_key(&mut stretches, |line| std::cmp::Reverse((line.a.x - line.b.x).abs() + (line.a.y - line.b.y).abs()));
        for aside in [false, true] {
            for line in &stretches {
                let (length, across) = ((line.a.x - line.b.x).abs().max((line.a.y - line.b.y).abs()), line.a.x == line.b.x);
                let middle = Point { x: i32::midpoint(line.a.x, line.b.x), y: i32::midpoint(line.a.y, line.b.y) };
                let sides: &[i32] = if aside { &[1, -1] } else { &[0] };
                for step in 0..=(length / 2 / 8).min(400) {
                    for (offset, &side) in [step * 8, -step * 8].into_iter().flat_map(|offset| sides.iter().map(move |side| (offset, side)))
                    {
                        let centre = if across {
                            Point { x: middle.x + side * (width / 2 + 4), y: middle.y + offset }
                        } else {
                            Point { x: middle.x + offset, y: middle.y + side * (height / 2 + 4) }
                        };
                        let at = Rect { x: centre.x - width / 2, y: centre.y - height / 2, width, height };
                        if clear(&at) {
                            return Some(at);
                        }
                    }
                }
            }
        }
        None
    }
}
