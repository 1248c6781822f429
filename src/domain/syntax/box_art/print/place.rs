//! From places in pixels to cells. The order of everything along both axes is the layout's; only the distances become cells.
//!
//! Along each axis all sides of boxes and frames, all lines across the axis and all ends of labels are set one after the other
//! as near as the distances of their kinds allow, if what they cover of the other axis meets. The second axis is done with the
//! columns of the first, so that nothing that lies slantwise in the layout can come to lie upon each other. Then what opens a
//! box moves up to what it holds.

use std::collections::BTreeMap;

use super::plan::{Plan, Room};
use crate::domain::{
    layout::{EdgeKey, End, FrameKey, Layout, Point, Rect},
    model::ElementKey,
    syntax::box_art::glyph::width,
};

/// More things than this along one axis are not placed.
const MAX_ITEMS: usize = 6000;

/// A rectangle of cells; borders lie on its outermost cells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Area {
    pub(super) top: i32,
    pub(super) left: i32,
    pub(super) bottom: i32,
    pub(super) right: i32,
}

/// Where everything of a plan lies, in cells.
#[derive(Clone, Debug, Default)]
pub(super) struct Places {
    pub(super) blocks: BTreeMap<ElementKey, Area>,
    pub(super) rings: BTreeMap<FrameKey, Area>,
    /// Corners from border to border.
    pub(super) wires: BTreeMap<EdgeKey, Vec<(i32, i32)>>,
    /// Row and first column of labels.
    pub(super) labels: BTreeMap<EdgeKey, (i32, i32)>,
    pub(super) width: i32,
    pub(super) height: i32,
}

/// What lies at a coordinate of the axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Open,
    Close,
    RingOpen,
    RingClose,
    Line,
    /// Words: the first and the last column, or their row.
    Words,
    WordsEnd,
}

/// One thing along the axis.
#[derive(Clone, Debug)]
struct Item {
    what: What,
    /// Place in px, doubled, and what decides among equals.
    key: (i32, usize, u8),
    /// What it covers of the other axis.
    low: i32,
    high: i32,
    /// The thing before it that it needs a distance from: index and cells.
    from: Vec<(usize, i32)>,
    at: i32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Name {
    Block(usize, bool),
    Ring(usize, bool),
    Line(usize, usize),
    Words(usize, bool),
}

/// All things along an axis.
struct Axis {
    items: Vec<Item>,
    index: BTreeMap<Name, usize>,
    level: bool,
    room: Room,
}

impl Axis {
    fn new(level: bool, room: Room) -> Self {
        Self { items: Vec::new(), index: BTreeMap::new(), level, room }
    }

    fn add(&mut self, name: Name, what: What, key: (i32, usize, u8), low: i32, high: i32) {
        self.index.insert(name, self.items.len());
        self.items.push(Item { what, key, low: low.min(high), high: low.max(high), from: Vec::new(), at: 0 });
    }

    fn need(&mut self, from: Name, to: Name, cells: i32) {
        if let (Some(&from), Some(&to)) = (self.index.get(&from), self.index.get(&to))
            && let Some(item) = self.items.get_mut(to)
        {
            item.from.push((from, cells));
        }
    }

    fn at(&self, name: Name) -> Option<i32> {
        self.index.get(&name).and_then(|&index| self.items.get(index)).map(|item| item.at)
    }

    /// The least distance between two things, the first of which comes first.
    fn gap(&self, a: &Item, b: &Item) -> i32 {
        use What::{Close, Line, Open, RingClose, RingOpen, Words, WordsEnd};
        let rows = if self.room.ascii { 2 } else { 1 };
        let frame = if self.room.tight { 2 } else { 3 };
        if self.level {
            return match (a.what, b.what) {
                (Close | RingClose | RingOpen, Open | RingOpen) | (Close | RingClose, RingClose) => frame,
                (Line, Words) => 3,
                (WordsEnd, Open) => 4,
                _ => 2,
            };
        }
        match (a.what, b.what) {
            (Line, Line) => rows,
            (WordsEnd, _)
            | (_, WordsEnd)
            | (Line, Close)
            | (Open, Line)
            | (Line | Open | RingOpen | Words, Words)
            | (Words, Line | Close | RingClose) => 1,
            _ => 2,
        }
    }

    /// What ends in the next column counts as meeting, so that no two corners touch.
    const fn near(&self) -> i32 {
        if self.level { 0 } else { 1 }
    }

    /// Sets all places. False where there is too much.
    fn settle(&mut self) -> bool {
        if self.items.len() > MAX_ITEMS {
            return false;
        }
        let mut order: Vec<usize> = (0..self.items.len()).collect();
        order.sort_by_key(|&index| self.items.get(index).map(|item| item.key));
        for (position, &index) in order.iter().enumerate() {
            let Some(item) = self.items.get(index) else { continue };
            let mut at = item.from.iter().filter_map(|&(from, cells)| Some(self.items.get(from)?.at + cells)).max().unwrap_or(0);
            for before in order.get(..position).unwrap_or(&[]).iter().filter_map(|&before| self.items.get(before)) {
                if before.low <= item.high + self.near() && item.low <= before.high + self.near() {
                    at = at.max(before.at + self.gap(before, item));
                }
            }
            if let Some(item) = self.items.get_mut(index) {
                item.at = at;
            }
        }
        // What opens a box, and words above their line, move up to what follows.
        let mut wanted: BTreeMap<usize, Vec<(usize, i32)>> = BTreeMap::new();
        for (to, item) in self.items.iter().enumerate() {
            for &(from, cells) in &item.from {
                wanted.entry(from).or_default().push((to, cells));
            }
        }
        for (position, &index) in order.iter().enumerate().rev() {
            let Some(item) = self.items.get(index).filter(|item| matches!(item.what, What::Open | What::RingOpen | What::Words)) else {
                continue;
            };
            let mut most = i32::MAX;
            for &(to, cells) in wanted.get(&index).into_iter().flatten() {
                most = most.min(self.items.get(to).map_or(i32::MAX, |next| next.at - cells));
            }
            for next in order.get(position + 1..).unwrap_or(&[]).iter().filter_map(|&next| self.items.get(next)) {
                if item.low <= next.high + self.near() && next.low <= item.high + self.near() {
                    most = most.min(next.at - self.gap(item, next));
                }
            }
            let at = item.at;
            if most != i32::MAX
                && most > at
                && let Some(item) = self.items.get_mut(index)
            {
                item.at = most;
            }
        }
        true
    }
}

/// One side of a box or frame that a route begins or ends at.
#[derive(Clone, Copy, Debug)]
struct Port {
    name: Name,
}

/// The cells of a layout; none where it is too large or has no right-angled routes.
pub(super) fn place(plan: &Plan, layout: &Layout, room: Room) -> Option<Places> {
    if layout.coarse {
        return None;
    }
    let blocks: Vec<(&ElementKey, &Rect)> = plan.blocks.keys().filter_map(|key| layout.nodes.get_key_value(key)).collect();
    let rings: Vec<(&FrameKey, &Rect)> = plan.rings.keys().filter_map(|key| layout.groups.get_key_value(key)).collect();
    let wires: Vec<Wired<'_>> = plan
        .wires
        .iter()
        .filter_map(|(key, wire)| {
            let route = layout.edges.get(key)?;
            let side = |end: &End, point: &Point, level: bool| side(end, *point, level, &blocks, &rings);
            let [first, second, ..] = route.points.as_slice() else { return None };
            let [.., before, last] = route.points.as_slice() else { return None };
            let start = side(&wire.source, first, first.y == second.y)?;
            let end = side(&wire.target, last, before.y == last.y)?;
            let label = route.label.filter(|_| !wire.label.is_empty()).and_then(|rect| {
                let centre = rect.centre();
                let on = |pair: &[Point]| {
                    matches!(pair, [a, b] if (a.y == b.y && (a.y - centre.y).abs() <= 8 && a.x.min(b.x) <= centre.x && centre.x <= a.x.max(b.x))
                        || (a.x == b.x && (a.x - centre.x).abs() <= 8 && a.y.min(b.y) <= centre.y && centre.y <= a.y.max(b.y)))
                };
                Some((route.points.windows(2).position(on)?, rect))
            });
            Some(Wired { key, points: &route.points, start, end, label, text: i32::try_from(width(&wire.label)).unwrap_or(0) })
        })
        .collect();
    let columns = columns(plan, &blocks, &rings, &wires, room)?;
    let rows = rows(plan, &blocks, &rings, &wires, &columns, room)?;
    let mut places = Places::default();
    let area = |opening: Name, closing: Name| {
        Some(Area { left: columns.at(opening)?, right: columns.at(closing)?, top: rows.at(opening)?, bottom: rows.at(closing)? })
    };
    for (index, (key, _)) in blocks.iter().enumerate() {
        places.blocks.insert((*key).clone(), area(Name::Block(index, false), Name::Block(index, true))?);
    }
    for (index, (key, _)) in rings.iter().enumerate() {
        places.rings.insert((*key).clone(), area(Name::Ring(index, false), Name::Ring(index, true))?);
    }
    for (index, wire) in wires.iter().enumerate() {
        let last = wire.points.len() - 1;
        let coordinate = |point: usize, level: bool| {
            // A corner lies on the lines before and behind it; an end on a side and its line.
            let axis = if level { &columns } else { &rows };
            let line = |segment: usize| axis.at(Name::Line(index, segment));
            if point == 0 && wire.is_level(0) == level {
                return axis.at(wire.start.name);
            }
            if point == last && wire.is_level(last - 1) == level {
                return axis.at(wire.end.name);
            }
            let own = [point.checked_sub(1), (point < last).then_some(point)]
                .into_iter()
                .flatten()
                .find(|&segment| wire.is_level(segment) != level);
            line(own?)
        };
        let points: Option<Vec<(i32, i32)>> = (0..=last).map(|point| Some((coordinate(point, false)?, coordinate(point, true)?))).collect();
        let points = points?;
        if let Some((segment, _)) = wire.label {
            let (row, column) = if wire.is_level(segment) {
                (rows.at(Name::Words(index, false))?, columns.at(Name::Words(index, false))?)
            } else {
                (rows.at(Name::Words(index, false))?, columns.at(Name::Line(index, segment))? + 2)
            };
            places.labels.insert(wire.key.clone(), (row, column));
        }
        places.wires.insert(wire.key.clone(), points);
    }
    let ends = |axis: &Axis| axis.items.iter().map(|item| item.at + 1).max().unwrap_or(0);
    (places.width, places.height) = (ends(&columns), ends(&rows));
    Some(places)
}

/// An edge with its route.
struct Wired<'a> {
    key: &'a EdgeKey,
    points: &'a [Point],
    start: Port,
    end: Port,
    /// The segment that carries the label, and its plate.
    label: Option<(usize, Rect)>,
    text: i32,
}

impl Wired<'_> {
    fn is_level(&self, segment: usize) -> bool {
        matches!(self.points.get(segment..segment + 2), Some([a, b]) if a.y == b.y)
    }
}

/// The side of its end that a route touches.
fn side(end: &End, point: Point, level: bool, blocks: &[(&ElementKey, &Rect)], rings: &[(&FrameKey, &Rect)]) -> Option<Port> {
    let (index, rect, ring) = match end {
        End::Node(key) => blocks.iter().position(|(own, _)| *own == key).and_then(|index| Some((index, blocks.get(index)?.1, false)))?,
        End::Frame(key) => rings.iter().position(|(own, _)| *own == key).and_then(|index| Some((index, rings.get(index)?.1, true)))?,
    };
    let far = if level {
        (point.x - rect.right()).abs() < (point.x - rect.x).abs()
    } else {
        (point.y - rect.bottom()).abs() < (point.y - rect.y).abs()
    };
    Some(Port { name: if ring { Name::Ring(index, far) } else { Name::Block(index, far) } })
}

fn columns(plan: &Plan, blocks: &[(&ElementKey, &Rect)], rings: &[(&FrameKey, &Rect)], wires: &[Wired<'_>], room: Room) -> Option<Axis> {
    let mut axis = Axis::new(true, room);
    for (index, (key, rect)) in blocks.iter().enumerate() {
        let text = plan.blocks.get(*key).into_iter().flat_map(|block| &block.lines).map(|line| width(line)).max().unwrap_or(0);
        axis.add(Name::Block(index, false), What::Open, (rect.x * 2, index, 0), rect.y, rect.bottom());
        axis.add(Name::Block(index, true), What::Close, (rect.right() * 2, index, 9), rect.y, rect.bottom());
        axis.need(Name::Block(index, false), Name::Block(index, true), i32::try_from(text).unwrap_or(0).max(3) + 3);
    }
    for (index, (key, rect)) in rings.iter().enumerate() {
        let title = plan.rings.get(*key).map_or(0, |ring| width(&ring.title));
        axis.add(Name::Ring(index, false), What::RingOpen, (rect.x * 2, index, 0), rect.y, rect.bottom());
        axis.add(Name::Ring(index, true), What::RingClose, (rect.right() * 2, index, 9), rect.y, rect.bottom());
        axis.need(Name::Ring(index, false), Name::Ring(index, true), i32::try_from(title).unwrap_or(0) + 6);
    }
    for (index, wire) in wires.iter().enumerate() {
        for (segment, pair) in wire.points.windows(2).enumerate() {
            if let [a, b] = pair
                && a.x == b.x
            {
                axis.add(Name::Line(index, segment), What::Line, (a.x * 2, index, 4), a.y, b.y);
                // The title of a frame stands left of all lines through its upper border.
                for (ring, (key, rect)) in rings.iter().enumerate() {
                    let (top, bottom) = (a.y.min(b.y), a.y.max(b.y));
                    let from_inside = top == rect.y && bottom > rect.y && rect.x < a.x && a.x < rect.right();
                    if (top < rect.y && rect.y <= bottom || from_inside) && rect.x < a.x && a.x < rect.right() {
                        let title = plan.rings.get(*key).map_or(0, |ring| width(&ring.title));
                        axis.need(Name::Ring(ring, false), Name::Line(index, segment), i32::try_from(title).unwrap_or(0) + 5);
                    }
                }
            }
        }
        if let Some((segment, rect)) = wire.label {
            if wire.is_level(segment) {
                axis.add(Name::Words(index, false), What::Words, (rect.x * 2, index, 3), rect.y, rect.bottom());
                axis.add(Name::Words(index, true), What::WordsEnd, (rect.right() * 2, index, 5), rect.y, rect.bottom());
                axis.need(Name::Words(index, false), Name::Words(index, true), wire.text - 1);
            } else {
                let x = wire.points.get(segment).map_or(0, |point| point.x);
                axis.add(Name::Words(index, true), What::WordsEnd, (x * 2 + 1, index, 5), rect.y, rect.bottom());
                axis.need(Name::Line(index, segment), Name::Words(index, true), wire.text + 1);
            }
        }
        // A straight edge from box to box has room for its head.
        if wire.points.len() == 2 && wire.is_level(0) {
            let (from, to) = if wire.points.first().map(|point| point.x) < wire.points.last().map(|point| point.x) {
                (wire.start, wire.end)
            } else {
                (wire.end, wire.start)
            };
            axis.need(from.name, to.name, 5);
        }
        // So has the last piece from a bend.
        let last = wire.points.len() - 2;
        if wire.points.len() > 2 && wire.is_level(last) {
            let rightwards = wire.points.get(last).map(|point| point.x) < wire.points.get(last + 1).map(|point| point.x);
            let line = Name::Line(index, last - 1);
            if rightwards { axis.need(line, wire.end.name, 3) } else { axis.need(wire.end.name, line, 3) }
        }
    }
    axis.settle().then_some(axis)
}

fn rows(
    plan: &Plan,
    blocks: &[(&ElementKey, &Rect)],
    rings: &[(&FrameKey, &Rect)],
    wires: &[Wired<'_>],
    columns: &Axis,
    room: Room,
) -> Option<Axis> {
    let mut axis = Axis::new(false, room);
    for (index, (key, rect)) in blocks.iter().enumerate() {
        let lines = plan.blocks.get(*key).map_or(1, |block| block.lines.len());
        let (left, right) = (columns.at(Name::Block(index, false))?, columns.at(Name::Block(index, true))?);
        axis.add(Name::Block(index, false), What::Open, (rect.y * 2, index, 0), left, right);
        axis.add(Name::Block(index, true), What::Close, (rect.bottom() * 2, index, 9), left, right);
        axis.need(Name::Block(index, false), Name::Block(index, true), i32::try_from(lines).unwrap_or(1) + 1);
    }
    for (index, (_, rect)) in rings.iter().enumerate() {
        let (left, right) = (columns.at(Name::Ring(index, false))?, columns.at(Name::Ring(index, true))?);
        axis.add(Name::Ring(index, false), What::RingOpen, (rect.y * 2, index, 0), left, right);
        axis.add(Name::Ring(index, true), What::RingClose, (rect.bottom() * 2, index, 9), left, right);
        axis.need(Name::Ring(index, false), Name::Ring(index, true), 4);
    }
    for (index, wire) in wires.iter().enumerate() {
        let last = wire.points.len() - 1;
        // The column of a corner or end.
        let column = |point: usize| {
            if point == 0 && wire.is_level(0) {
                columns.at(wire.start.name)
            } else if point == last && wire.is_level(last - 1) {
                columns.at(wire.end.name)
            } else {
                let own =
                    [point.checked_sub(1), (point < last).then_some(point)].into_iter().flatten().find(|&segment| !wire.is_level(segment));
                columns.at(Name::Line(index, own?))
            }
        };
        for (segment, pair) in wire.points.windows(2).enumerate() {
            if let [a, b] = pair
                && a.y == b.y
            {
                axis.add(Name::Line(index, segment), What::Line, (a.y * 2, index, 4), column(segment)?, column(segment + 1)?);
            }
        }
        if let Some((segment, rect)) = wire.label {
            let own = Name::Words(index, false);
            if wire.is_level(segment) {
                let y = wire.points.get(segment).map_or(0, |point| point.y);
                let from = columns.at(own)?;
                axis.add(own, What::Words, (y * 2, index, 3), from, from + wire.text - 1);
                axis.need(own, Name::Line(index, segment), 1);
            } else {
                let from = columns.at(Name::Line(index, segment))?;
                axis.add(own, What::WordsEnd, (rect.centre().y * 2, index, 4), from, from + 1 + wire.text);
            }
        }
        if wire.points.len() == 2 && !wire.is_level(0) {
            let (from, to) = if wire.points.first().map(|point| point.y) < wire.points.last().map(|point| point.y) {
                (wire.start, wire.end)
            } else {
                (wire.end, wire.start)
            };
            axis.need(from.name, to.name, 3);
        }
        let before = wire.points.len() - 2;
        if wire.points.len() > 2 && !wire.is_level(before) {
            let downwards = wire.points.get(before).map(|point| point.y) < wire.points.get(before + 1).map(|point| point.y);
            let line = Name::Line(index, before - 1);
            if downwards { axis.need(line, wire.end.name, 2) } else { axis.need(wire.end.name, line, 2) }
        }
    }
    axis.settle().then_some(axis)
}
