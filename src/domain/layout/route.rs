//! From order and positions to a drawing: ports on the sides of nodes, tracks in the channels between layers, positions along
//! the ranks, and the routes through all of them. Still in neutral axes.

use super::{
    layers::{CellKind, Entry, Hold, LEAST_PORT_GAP, Layered, Strand},
    order::Order,
    place::{LINE_GAP, Places},
    problem::{LOOP_ROOM, Problem, Tip},
    table::{Column, Rows},
};
use crate::domain::sort;

mod tracks;

/// A rectangle in neutral axes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Extent {
    pub(super) u: (i32, i32),
    pub(super) v: (i32, i32),
}

/// A route in neutral axes, from source to target.
#[derive(Clone, Debug, Default)]
pub(super) struct Path {
    pub(super) points: Vec<(i32, i32)>,
    pub(super) label: Option<Extent>,
}

#[derive(Debug, Default)]
pub(super) struct Drawing {
    pub(super) nodes: Vec<Extent>,
    /// The sheet first; its extent means nothing.
    pub(super) groups: Vec<Extent>,
    /// Per link.
    pub(super) paths: Vec<Path>,
}

/// Between two lines that leave the same side of a node, in px.
const PORT_GAP: i32 = 20;
/// Ports keep away from a node's corners by this much.
const CORNER: i32 = 7;
/// A step across the layers up to this is better taken by a port than by a bend.
const NEAR: i32 = 16;

/// One strand's way through one channel: it enters at `from` and leaves at `to`.
#[derive(Clone, Copy, Debug, Default)]
struct Crossing {
    from: i32,
    to: i32,
    /// The track it changes on; meaningless when it runs straight.
    track: usize,
    /// It changes to this place first, and to the last one on another track.
    via: Option<(i32, usize)>,
}

pub(super) fn route(problem: &Problem, layered: &Layered, order: &Order, places: &Places) -> Drawing {
    let ports = ports(layered, order, places);
    let mut crossings: Vec<Vec<Crossing>> = Vec::with_capacity(layered.strands.len());
    for (index, strand) in layered.strands.iter().enumerate() {
        let (low, high) = ports.at(index);
        let last = strand.cells.len().saturating_sub(1);
        let v = |step: usize| {
            let centre = places.cell.at(strand.cells.at(step));
            centre + if step == 0 { low } else { 0 } + if step == last { high } else { 0 }
        };
        // A single cell is met from one side only; `v` above would add both offsets, one of which is 0.
        crossings.push((0..last).map(|step| Crossing { from: v(step), to: v(step + 1), ..Crossing::default() }).collect());
    }
    let tracks = assign_tracks(layered, &mut crossings);
    let columns = Columns::new(problem, layered, order, &tracks);
    let nodes: Vec<Extent> = (0..problem.nodes.len())
        .map(|node| {
            let cell = layered.cells.at(node);
            let (start, length) = columns.list.at(cell.list);
            let (u, v) = (start + (length - cell.length) / 2, places.cell.at(node));
            Extent { u: (u, u + cell.length), v: (v - cell.before, v + cell.after) }
        })
        .collect();
    let groups: Vec<Extent> =
        (0..problem.groups.len()).map(|group| Extent { u: columns.group.at(group), v: places.group.at(group) }).collect();
    let mut paths = vec![Path::default(); problem.links.len()];
    for (index, strand) in layered.strands.iter().enumerate() {
        let mut path = thread(layered, &columns, &nodes, &groups, places, strand, ports.at(index), crossings.row(index));
        if strand.reversed {
            path.points.reverse();
        }
        if let Some(place) = paths.get_mut(strand.link) {
            *place = path;
        }
    }
    loops(problem, &nodes, &groups, &mut paths);
    Drawing { nodes, groups, paths }
}

// ---- Ports ----

/// One end of a strand at a side of a node.
#[derive(Clone, Copy)]
struct Visit {
    strand: usize,
    /// Where the strand's next cell lies, relative to the node's centre line.
    toward: i32,
    rank: usize,
}

/// Offsets from the centre line at the low and high end of each strand.
fn ports(layered: &Layered, order: &Order, places: &Places) -> Vec<(i32, i32)> {
    let nodes = layered.cells.iter().filter(|cell| matches!(cell.kind, CellKind::Node(_))).count();
    let mut sides: [Vec<Vec<Visit>>; 2] = [vec![Vec::new(); nodes], vec![Vec::new(); nodes]];
    for (index, strand) in layered.strands.iter().enumerate() {
        let mut cells = strand.cells.iter().copied();
        let ends = match (cells.next(), cells.next()) {
            (Some(first), next) => (first, next.unwrap_or(first)),
            _ => continue,
        };
        let mut cells = strand.cells.iter().rev().copied();
        let back = (cells.next().unwrap_or(ends.0), cells.next().unwrap_or(ends.0));
        let [low_side, high_side] = &mut sides;
        for ((node, next), hold, side, position) in
            [(ends, strand.low, high_side, &order.top), (back, strand.high, low_side, &order.bottom)]
        {
            if hold == Hold::Node {
                let toward = places.cell.at(next) - places.cell.at(node);
                side.add(node, Visit { strand: index, toward, rank: position.at(next) });
            }
        }
    }
    let mut offsets = vec![(0, 0); layered.strands.len()];
    for (side, table) in sides.iter_mut().enumerate() {
        for (node, visits) in table.iter_mut().enumerate() {
            sort::by_key(visits, |visit| (visit.toward, visit.rank, visit.strand));
            let cell = layered.cells.at(node);
            let spread = spread(visits, cell.before, cell.after);
            for (visit, offset) in visits.iter().zip(spread) {
                if let Some(place) = offsets.get_mut(visit.strand) {
                    if side == 1 { place.0 = offset } else { place.1 = offset }
                }
            }
        }
    }
    offsets
}

/// Offsets for the visits of one side in order: a straight line gets the centre, the others part around it, and whoever can
/// run straight with a small step of its port does.
fn spread(visits: &[Visit], before: i32, after: i32) -> Vec<i32> {
    let count = i32::try_from(visits.len()).unwrap_or(i32::MAX);
    let (room_before, room_after) = (before - CORNER, after - CORNER);
    let straight = visits.iter().position(|visit| visit.toward == 0).and_then(|index| i32::try_from(index).ok());
    let axis = straight.or((count % 2 == 1).then_some(count / 2));
    let around = |axis: i32| {
        let first = if axis > 0 { room_before / axis } else { PORT_GAP };
        let last = if axis + 1 < count { room_after / (count - 1 - axis) } else { PORT_GAP };
        let gap = PORT_GAP.min(first).min(last);
        (gap >= LEAST_PORT_GAP).then(|| (0..count).map(|index| (index - axis) * gap).collect::<Vec<i32>>())
    };
    let mut offsets = axis.and_then(around).unwrap_or_else(|| {
        let gap = PORT_GAP.min((room_before + room_after) / (count - 1).max(1)).max(1);
        let width = gap * (count - 1);
        // Centred, but inside the side where the centre line is not its middle.
        let start = (-width / 2).max(-room_before).min(room_after - width).max(-before + 1);
        (0..count).map(|index| start + index * gap).collect()
    });
    let least = 12.min(offsets.windows(2).map(|pair| if let [a, b] = pair { b - a } else { 12 }).min().unwrap_or(12));
    for _ in 0..2 {
        for (index, visit) in visits.iter().enumerate() {
            let low = index.checked_sub(1).map_or(-room_before, |index| offsets.at(index) + least);
            let high = if index + 1 < visits.len() { offsets.at(index + 1) - least } else { room_after };
            if (visit.toward - offsets.at(index)).abs() <= NEAR && low <= visit.toward && visit.toward <= high {
                offsets.put(index, visit.toward);
            }
        }
    }
    offsets
}

// ---- Tracks ----

/// Sets the tracks of all crossings; gives the number of tracks per channel (the channel after each list).
fn assign_tracks(layered: &Layered, crossings: &mut [Vec<Crossing>]) -> Vec<usize> {
    let mut channels: Vec<Vec<(usize, usize)>> = vec![Vec::new(); layered.lists()];
    for (index, strand) in layered.strands.iter().enumerate() {
        for (step, (crossing, &channel)) in crossings.row(index).iter().zip(&strand.channels).enumerate() {
            if crossing.from != crossing.to {
                channels.add(channel, (index, step));
            }
        }
    }
    let mut counts = Vec::with_capacity(channels.len());
    for channel in &channels {
        let mut segments: Vec<(i32, i32)> = channel
            .iter()
            .map(|&(strand, step)| crossings.row(strand).get(step).map_or((0, 0), |crossing| (crossing.from, crossing.to)))
            .collect();
        let turns = tracks::turns(&segments);
        for &(index, via) in &turns {
            let (from, to) = segments.at(index);
            segments.put(index, (from, via));
            segments.push((via, to));
        }
        let follows: Vec<usize> = turns.iter().map(|&(index, _)| index).collect();
        let assigned = tracks::assign(&segments, &follows);
        for (index, (&(strand, step), &track)) in channel.iter().zip(&assigned).enumerate() {
            if let Some(crossing) = crossings.get_mut(strand).and_then(|row| row.get_mut(step)) {
                crossing.track = track;
                let turn = turns.iter().position(|turn| turn.0 == index);
                crossing.via = turn.map(|turn| (segments.at(channel.len() + turn).0, assigned.at(channel.len() + turn)));
            }
        }
        counts.push(assigned.iter().max().map_or(0, |track| track + 1));
    }
    counts
}

// ---- Positions along the ranks ----

struct Columns {
    /// Start and length of each list.
    list: Vec<(i32, i32)>,
    /// The borders of each group.
    group: Vec<(i32, i32)>,
    /// The first track of the channel after each list.
    track: Vec<i32>,
}

impl Columns {
    fn new(problem: &Problem, layered: &Layered, order: &Order, tracks: &[usize]) -> Self {
        let (lists, groups) = (layered.lists(), problem.groups.len());
        let mut columns = Self { list: vec![(0, 0); lists], group: vec![(0, 0); groups], track: vec![0; lists] };
        // Lengths from the inside out, with starts relative to the group.
        let mut length = vec![0_i32; groups];
        for group in (0..groups).rev() {
            let area = problem.area(group);
            let mut u = area.pad_u.0;
            for list in layered.first.at(group)..=layered.last(group) {
                let entries = order.lists.row(list);
                let size = entries.iter().map(|entry| match *entry {
                    Entry::Cell(cell) => layered.cells.at(cell).length,
                    Entry::Group(inner) => length.at(inner),
                });
                let longest = size.max().unwrap_or(0);
                columns.list.put(list, (u, longest));
                u += longest;
                if !layered.is_last(list) {
                    let (zone, track) = channel(problem, layered, order, list, tracks.at(list));
                    columns.track.put(list, u + track);
                    u += zone;
                }
            }
            length.put(group, (u + area.pad_u.1).max(area.least.0));
        }
        // From the outside in, a shorter group stands in the middle of its list.
        for group in 0..groups {
            let start = if group == 0 {
                0
            } else {
                let (start, longest) = columns.list.at(layered.stands.at(group));
                start + (longest - length.at(group)) / 2
            };
            columns.group.put(group, (start, start + length.at(group)));
            for list in layered.first.at(group)..=layered.last(group) {
                let (own, longest) = columns.list.at(list);
                columns.list.put(list, (start + own, longest));
                columns.track.put(list, start + columns.track.at(list));
            }
        }
        columns
    }
}

/// The length of the channel after a list, and where its first track lies in it.
fn channel(problem: &Problem, layered: &Layered, order: &Order, list: usize, tracks: usize) -> (i32, i32) {
    let has = |list: usize, groups: bool| {
        order.lists.row(list).iter().any(|entry| match *entry {
            Entry::Cell(cell) => !groups && matches!(layered.cells.at(cell).kind, CellKind::Node(_)),
            Entry::Group(_) => groups,
        })
    };
    let lanes = i32::try_from(tracks).unwrap_or(0);
    // A line leaves a node, turns, and reaches the next with its head; borders and labels need less.
    let lead = if has(list, false) { 12 } else { 8 };
    let tail = if has(list + 1, false) { 20 } else { 8 };
    let used = (lanes - 1).max(0) * LINE_GAP;
    let mut zone = if lanes > 0 { lead + used + tail } else { 12 + if layered.is_label.get(list + 1) == Some(&false) { 8 } else { 0 } };
    if layered.is_label.get(list) == Some(&false) && layered.is_label.get(list + 1) == Some(&false) {
        let frames = has(list, true) && has(list + 1, true) && !has(list, false) && !has(list + 1, false);
        zone = zone.max(if frames { problem.gaps.frame } else { problem.gaps.rank });
    }
    (zone, lead + (zone - lead - tail - used).max(0) / 2)
}

// ---- Routes ----

#[expect(clippy::too_many_arguments, reason = "everything that was decided before meets here")]
fn thread(
    layered: &Layered,
    columns: &Columns,
    nodes: &[Extent],
    groups: &[Extent],
    places: &Places,
    strand: &Strand,
    ports: (i32, i32),
    crossings: &[Crossing],
) -> Path {
    let (Some(&first), Some(&last)) = (strand.cells.first(), strand.cells.last()) else { return Path::default() };
    let middle = |cell: usize| {
        let (start, width) = columns.list.at(layered.cells.at(cell).list);
        start + width / 2
    };
    let start_v = places.cell.at(first) + ports.0 + if first == last { ports.1 } else { 0 };
    let end_v = places.cell.at(last) + ports.1 + if first == last { ports.0 } else { 0 };
    let start_u = match strand.low {
        Hold::Node => nodes.at(first).u.1,
        Hold::Across(_) => middle(first),
        Hold::Within(group) => groups.at(group).u.0,
    };
    let end_u = match strand.high {
        Hold::Node => nodes.at(last).u.0,
        Hold::Across(_) => middle(last),
        Hold::Within(group) => groups.at(group).u.1,
    };
    let mut points = vec![(start_u, start_v)];
    for (crossing, &channel) in crossings.iter().zip(&strand.channels) {
        if crossing.from != crossing.to {
            let track = |track: usize| columns.track.at(channel) + i32::try_from(track).unwrap_or(0) * LINE_GAP;
            points.push((track(crossing.track), crossing.from));
            if let Some((via, next)) = crossing.via {
                points.push((track(crossing.track), via));
                points.push((track(next), via));
                points.push((track(next), crossing.to));
            } else {
                points.push((track(crossing.track), crossing.to));
            }
        }
    }
    points.push((end_u, end_v));
    if let Hold::Across(group) = strand.high {
        points.reverse();
        cut(&mut points, groups.at(group));
        points.reverse();
    }
    if let Hold::Across(group) = strand.low {
        cut(&mut points, groups.at(group));
    }
    simplify(&mut points);
    let label = strand.cells.iter().copied().find(|&cell| layered.cells.at(cell).kind == CellKind::Label).map(|cell| {
        let body = layered.cells.at(cell);
        let (u, v) = (middle(cell) - body.length / 2, places.cell.at(cell));
        Extent { u: (u, u + body.length), v: (v - body.before, v + body.after) }
    });
    Path { points, label }
}

/// Cuts off the part of a route that lies inside a frame where the route begins.
fn cut(points: &mut Vec<(i32, i32)>, frame: Extent) {
    let inside = |&(u, v): &(i32, i32)| frame.u.0 <= u && u <= frame.u.1 && frame.v.0 <= v && v <= frame.v.1;
    let Some(outside) = points.iter().position(|point| !inside(point)) else { return };
    let (Some(&(from_u, from_v)), Some(&(to_u, to_v))) = (points.get(outside.wrapping_sub(1)), points.get(outside)) else { return };
    let border = if from_v == to_v {
        (if to_u > from_u { frame.u.1 } else { frame.u.0 }, from_v)
    } else {
        (from_u, if to_v > from_v { frame.v.1 } else { frame.v.0 })
    };
    points.drain(..outside);
    points.insert(0, border);
}

/// Leaves out points that are not corners.
fn simplify(points: &mut Vec<(i32, i32)>) {
    points.dedup();
    let mut kept: Vec<(i32, i32)> = Vec::with_capacity(points.len());
    for &point in points.iter() {
        while let [.., before, last] = kept.as_slice() {
            let straight = (before.0 == last.0 && last.0 == point.0) || (before.1 == last.1 && last.1 == point.1);
            if !straight {
                break;
            }
            kept.pop();
        }
        kept.push(point);
    }
    *points = kept;
}

/// Loops leave and enter the same side, one outside the other.
fn loops(problem: &Problem, nodes: &[Extent], groups: &[Extent], paths: &mut [Path]) {
    let mut used: Vec<(Tip, i32, i32)> = Vec::new();
    for (index, link) in problem.links.iter().enumerate().filter(|(_, link)| link.source == link.target) {
        let extent = match link.source {
            Tip::Node(node) => nodes.at(node),
            Tip::Group(group) => groups.at(group),
        };
        let (depth, inner) = used.iter().find(|(tip, _, _)| *tip == link.source).map_or((0, 0), |&(_, depth, inner)| (depth, inner));
        let (length, across) = link.label.unwrap_or((0, 0));
        let middle = i32::midpoint(extent.u.0, extent.u.1);
        let most = (extent.u.1 - extent.u.0) / 2 - CORNER;
        // Outside the line and the label of the loop within.
        let half = 20.max(length / 2 + 12).max(inner).min(most).max(4);
        let reach = extent.v.1 + depth + if across > 0 { 8 + across / 2 } else { LINE_GAP };
        let points = vec![(middle - half, extent.v.1), (middle - half, reach), (middle + half, reach), (middle + half, extent.v.1)];
        let label = link.label.map(|_| Extent {
            u: (middle - length / 2, middle - length / 2 + length),
            v: (reach - across / 2, reach - across / 2 + across),
        });
        if let Some(place) = paths.get_mut(index) {
            *place = Path { points, label };
        }
        used.retain(|(tip, _, _)| *tip != link.source);
        used.push((link.source, depth + LOOP_ROOM + across, half.max(length / 2) + 8));
    }
}
