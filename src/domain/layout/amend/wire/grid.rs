//! The cheapest way over a grid that follows the sides of the boxes and the lines in a window: A* with the Manhattan distance.

use std::{cmp::Reverse, collections::BinaryHeap};

use super::{
    super::super::table::Column,
    super::{Point, Rect},
    Line, Port,
};
use crate::domain::sort;

/// What a bend, a crossing, and a px beside another line cost, in px.
const BEND: i64 = 40;
const CROSSING: i64 = 70;
const BESIDE: i64 = 6;
/// Lines nearer than this are beside each other.
const NEAR: i32 = 10;
/// Grids with more points than this leave out what follows lines; with more even so, there is no answer.
const POINTS: usize = 400_000;

const NONE: u32 = u32::MAX;

struct Grid {
    xs: Vec<i32>,
    ys: Vec<i32>,
    /// Cost of the step to the right, and down; negative: blocked.
    right: Vec<i64>,
    down: Vec<i64>,
}

pub(super) fn find(window: Rect, walls: &[Rect], lines: &[Line], from: &[Port], to: &[Port]) -> Option<Vec<Point>> {
    let grid = Grid::new(window, walls, lines, from, to, true).or_else(|| Grid::new(window, walls, lines, from, to, false))?;
    grid.search(from, to)
}

impl Grid {
    fn new(window: Rect, walls: &[Rect], lines: &[Line], from: &[Port], to: &[Port], follow: bool) -> Option<Self> {
        let (mut xs, mut ys) = (vec![window.x, window.right()], vec![window.y, window.bottom()]);
        for port in from.iter().chain(to) {
            xs.push(port.out.x);
            ys.push(port.out.y);
        }
        for wall in walls {
            xs.extend([wall.x - 2, wall.right() + 2]);
            ys.extend([wall.y - 2, wall.bottom() + 2]);
        }
        if follow {
            for line in lines {
                if line.a.x == line.b.x {
                    xs.extend([line.a.x - 16, line.a.x + 16]);
                } else {
                    ys.extend([line.a.y - 16, line.a.y + 16]);
                }
            }
        }
        xs.retain(|&x| window.x <= x && x <= window.right());
        ys.retain(|&y| window.y <= y && y <= window.bottom());
        sort::by(&mut xs, Ord::cmp);
        xs.dedup();
        sort::by(&mut ys, Ord::cmp);
        ys.dedup();
        if xs.len() * ys.len() > if follow { POINTS } else { POINTS * 10 } {
            return None;
        }
        let count = xs.len() * ys.len();
        let mut grid = Self { right: vec![0; count], down: vec![0; count], xs, ys };
        grid.lengths();
        for line in lines {
            grid.meet(line);
        }
        for wall in walls {
            grid.block(wall);
        }
        Some(grid)
    }

    fn lengths(&mut self) {
        let width = self.xs.len();
        for (row, _) in self.ys.iter().enumerate() {
            for column in 0..width {
                let step = |list: &[i32], at: usize| list.get(at + 1).map_or(-1, |next| i64::from(next - list.at(at)));
                self.right.put(row * width + column, step(&self.xs, column));
                self.down.put(row * width + column, step(&self.ys, row));
            }
        }
    }

    /// Steps through the inside of a wall.
    fn block(&mut self, wall: &Rect) {
        let width = self.xs.len();
        let inside = |list: &[i32], low: i32, high: i32| (list.partition_point(|&at| at <= low), list.partition_point(|&at| at < high));
        let ((x0, x1), (y0, y1)) = (inside(&self.xs, wall.x, wall.right()), inside(&self.ys, wall.y, wall.bottom()));
        // A step overlaps the wall from the last point before it to the last one in it.
        for row in y0..y1 {
            for column in x0.saturating_sub(1)..x1 {
                self.right.put(row * width + column, -1);
            }
        }
        for row in y0.saturating_sub(1)..y1 {
            for column in x0..x1 {
                self.down.put(row * width + column, -1);
            }
        }
    }

    /// Steps across a line, and beside it.
    fn meet(&mut self, line: &Line) {
        let width = self.xs.len();
        let add = |place: &mut Vec<i64>, at: usize, cost: i64| {
            let now = place.at(at);
            if now >= 0 {
                place.put(at, now + cost);
            }
        };
        let across = |list: &[i32], at: i32| list.partition_point(|&value| value < at).saturating_sub(1);
        let range = |list: &[i32], low: i32, high: i32| (list.partition_point(|&at| at < low), list.partition_point(|&at| at <= high));
        let rect = line.rect();
        if rect.width == 0 {
            let (y0, y1) = range(&self.ys, rect.y, rect.bottom());
            let column = across(&self.xs, rect.x);
            let (x0, x1) = range(&self.xs, rect.x - NEAR + 1, rect.x + NEAR - 1);
            for row in y0..y1 {
                add(&mut self.right, row * width + column, CROSSING);
            }
            for row in y0.saturating_sub(1)..y1 {
                let length = self.ys.get(row + 1).map_or(0, |next| i64::from(next - self.ys.at(row)));
                for column in x0..x1 {
                    add(&mut self.down, row * width + column, length * BESIDE);
                }
            }
        } else {
            let (x0, x1) = range(&self.xs, rect.x, rect.right());
            let row = across(&self.ys, rect.y);
            let (y0, y1) = range(&self.ys, rect.y - NEAR + 1, rect.y + NEAR - 1);
            for column in x0..x1 {
                add(&mut self.down, row * width + column, CROSSING);
            }
            for column in x0.saturating_sub(1)..x1 {
                let length = self.xs.get(column + 1).map_or(0, |next| i64::from(next - self.xs.at(column)));
                for row in y0..y1 {
                    add(&mut self.right, row * width + column, length * BESIDE);
                }
            }
        }
    }

    fn point(&self, at: Point) -> Option<usize> {
        Some(self.ys.binary_search(&at.y).ok()? * self.xs.len() + self.xs.binary_search(&at.x).ok()?)
    }

    /// States are points, twice: reached along x, and along y.
    fn search(&self, from: &[Port], to: &[Port]) -> Option<Vec<Point>> {
        let width = self.xs.len();
        let count = width * self.ys.len();
        let mut cost = vec![i64::MAX; 2 * count];
        let mut before = vec![NONE; 2 * count];
        let place = |point: usize| Point { x: self.xs.at(point % width), y: self.ys.at(point / width) };
        let ends: Vec<(usize, &Port)> = to.iter().filter_map(|port| Some((self.point(port.out)?, port))).collect();
        let left = |point: usize| {
            let at = place(point);
            ends.iter().map(|(_, port)| i64::from((at.x - port.out.x).abs() + (at.y - port.out.y).abs()) + port.cost).min().unwrap_or(0)
        };
        let mut queue = BinaryHeap::new();
        for port in from {
            if let Some(point) = self.point(port.out) {
                let state = 2 * point + usize::from(port.vertical);
                if port.cost < cost.get(state).copied().unwrap_or(0) {
                    cost.put(state, port.cost);
                    queue.push(Reverse((port.cost + left(point), state, false)));
                }
            }
        }
        let mut best: Option<(i64, usize, &Port)> = None;
        while let Some(Reverse((estimate, state, _))) = queue.pop() {
            if best.is_some_and(|(least, _, _)| least <= estimate) {
                break;
            }
            let (point, vertical) = (state / 2, state % 2 == 1);
            let now = cost.get(state).copied().unwrap_or(i64::MAX);
            if now.saturating_add(left(point)) < estimate {
                continue;
            }
            for (_, port) in ends.iter().filter(|(end, _)| *end == point) {
                let total = now + port.cost + if port.vertical == vertical { 0 } else { BEND };
                if best.is_none_or(|(least, _, _)| total < least) {
                    best = Some((total, state, port));
                }
            }
            let column = point % width;
            let steps = [
                (false, (column + 1 < width).then_some((point + 1, point))),
                (false, (column > 0).then(|| (point - 1, point - 1))),
                (true, (point + width < count).then_some((point + width, point))),
                (true, (point >= width).then(|| (point - width, point - width))),
            ];
            for (along_y, step) in steps {
                let Some((next, edge)) = step else { continue };
                let price = if along_y { self.down.at(edge) } else { self.right.at(edge) };
                if price < 0 {
                    continue;
                }
                let total = now + price + if along_y == vertical { 0 } else { BEND };
                let next_state = 2 * next + usize::from(along_y);
                if total < cost.get(next_state).copied().unwrap_or(0) {
                    cost.put(next_state, total);
                    before.put(next_state, u32::try_from(state).unwrap_or(NONE));
                    queue.push(Reverse((total + left(next), next_state, along_y)));
                }
            }
        }
        let (_, mut state, port) = best?;
        let mut points = vec![port.at, port.out];
        loop {
            points.push(place(state / 2));
            match before.get(state).copied() {
                Some(next) if next != NONE => state = usize::try_from(next).ok()?,
                _ => break,
            }
        }
        let start = place(state / 2);
        let first = from.iter().filter(|port| port.out == start && usize::from(port.vertical) == state % 2).min_by_key(|port| port.cost)?;
        points.push(first.at);
        points.reverse();
        simplify(&mut points);
        Some(points)
    }
}

/// Leaves out points that are not corners.
fn simplify(points: &mut Vec<Point>) {
    points.dedup();
    let mut kept: Vec<Point> = Vec::with_capacity(points.len());
    for &point in points.iter() {
        while let [.., before, last] = kept.as_slice() {
            if (before.x != last.x || last.x != point.x) && (before.y != last.y || last.y != point.y) {
                break;
            }
            kept.pop();
        }
        kept.push(point);
    }
    *points = kept;
}
