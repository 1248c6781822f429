//! Back to the page: neutral axes become x and y, and the parts of a drawing are set side by side.

use std::collections::BTreeMap;

use super::{
    Graph, Layout, Point, Rect, Route,
    problem::Part,
    route::{Drawing, Extent},
};
use crate::domain::{
    model::view::Direction,
    sort::{self, Gather},
};

/// Between two parts, in px.
const GAP: i32 = 48;

/// A box in a shelf.
struct Piece {
    part: Part,
    drawing: Drawing,
    /// Around everything, in page coordinates.
    bounds: Rect,
}

/// Sets out all parts.
pub(super) fn assemble(graph: &Graph, parts: Vec<(Part, Drawing)>) -> Layout {
    let mut pieces: Vec<Piece> = parts
        .into_iter()
        .map(|(part, drawing)| {
            let bounds = bounds(&drawing, graph.direction);
            Piece { part, drawing, bounds }
        })
        .collect();
    let sizes: Vec<(i32, i32)> = pieces.iter().map(|piece| (piece.bounds.width, piece.bounds.height)).collect();
    let (corners, width, height) = shelves(&sizes, GAP);
    let mut layout = Layout { width, height, direction: graph.direction, ..Layout::default() };
    for (piece, (x, y)) in pieces.iter_mut().zip(corners) {
        put(&mut layout, graph.direction, piece, x - piece.bounds.x, y - piece.bounds.y);
    }
    layout
}

/// Corners of boxes in rows, the highest boxes first, about one and a half times as wide as high; and the size of the whole.
pub(super) fn shelves(sizes: &[(i32, i32)], gap: i32) -> (Vec<(i32, i32)>, i32, i32) {
    let area: i64 = sizes.iter().map(|&(width, height)| i64::from(width + gap) * i64::from(height + gap)).sum();
    let widest = sizes.iter().map(|&(width, _)| width).max().unwrap_or(0);
    let target = widest.max(i32::try_from((area * 8 / 5).max(0).isqrt()).unwrap_or(i32::MAX / 2));
    let mut order: Vec<usize> = (0..sizes.len()).collect();
    sort::by_key(&mut order, |&index| (std::cmp::Reverse(sizes.get(index).map_or(0, |size| size.1)), index));
    let mut corners = vec![(0, 0); sizes.len()];
    let (mut x, mut y, mut row, mut width) = (0, 0, 0, 0);
    for index in order {
        let (Some(&(piece_width, piece_height)), Some(corner)) = (sizes.get(index), corners.get_mut(index)) else { continue };
        if x > 0 && x + piece_width > target {
            (x, y, row) = (0, y + row + gap, 0);
        }
        *corner = (x, y);
        width = width.max(x + piece_width);
        row = row.max(piece_height);
        x += piece_width + gap;
    }
    (corners, width, y + row)
}

fn point((u, v): (i32, i32), direction: Direction) -> Point {
    match direction {
        Direction::LeftRight => Point { x: u, y: v },
        Direction::RightLeft => Point { x: -u, y: v },
        Direction::TopBottom => Point { x: v, y: u },
        Direction::BottomTop => Point { x: v, y: -u },
    }
}

fn rect(extent: &Extent, direction: Direction) -> Rect {
    let (a, b) = (point((extent.u.0, extent.v.0), direction), point((extent.u.1, extent.v.1), direction));
    let (x, y) = (a.x.min(b.x), a.y.min(b.y));
    Rect { x, y, width: a.x.max(b.x) - x, height: a.y.max(b.y) - y }
}

fn bounds(drawing: &Drawing, direction: Direction) -> Rect {
    let boxes =
        drawing.nodes.iter().chain(drawing.groups.iter().skip(1)).chain(drawing.paths.iter().filter_map(|path| path.label.as_ref()));
    let points = drawing.paths.iter().flat_map(|path| &path.points).map(|&at| {
        let Point { x, y } = point(at, direction);
        Rect { x, y, width: 0, height: 0 }
    });
    boxes.map(|extent| rect(extent, direction)).chain(points).reduce(|a, b| a.union(&b)).unwrap_or_default()
}

fn put(layout: &mut Layout, direction: Direction, piece: &Piece, dx: i32, dy: i32) {
    let moved = |extent: &Extent| {
        let rect = rect(extent, direction);
        Rect { x: rect.x + dx, y: rect.y + dy, ..rect }
    };
    let named = piece.part.nodes.iter().zip(&piece.drawing.nodes);
    layout.nodes.extend(named.filter_map(|(key, extent)| Some((key.clone()?, moved(extent)))));
    let named = piece.part.frames.iter().zip(&piece.drawing.groups);
    layout.groups.extend(named.filter_map(|(key, extent)| Some((key.clone()?, moved(extent)))));
    let routes: BTreeMap<_, _> = piece
        .part
        .edges
        .iter()
        .zip(&piece.drawing.paths)
        .filter(|(_, path)| path.points.len() > 1)
        .map(|(key, path)| {
            let points = path.points.iter().map(|&at| point(at, direction)).map(|at| Point { x: at.x + dx, y: at.y + dy }).collect();
            (key.clone(), Route { points, label: path.label.as_ref().map(moved) })
        })
        .gathered();
    layout.edges.extend(routes);
}
