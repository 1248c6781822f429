//! Ranks: the layer in which each member of each frame stands among the other members of that frame.
//!
//! Frames are ranked one by one from the outside in, a frame within a frame as a single member, so that a frame takes one layer
//! of the frame around it and no line ever has to pass through a foreign one. In each: cycles are broken in model order (a link
//! that would close one counts as running the other way), then network simplex gives the shortest edges, where a link that
//! leaves the frame pulls its end towards the border it leaves by. Then the widest layer gives members to others. Members that
//! nothing connects are set out in shelves.

use std::{cmp::Reverse, collections::BTreeMap};

use super::{
    problem::{Problem, Tip},
    simplex::{self, Arc},
    table::{Column, Rows, Unions},
};
use crate::domain::sort;

#[derive(Debug, Default)]
pub(super) struct Ranking {
    /// The layer of each node in its group, from 0.
    pub(super) node: Vec<usize>,
    /// The layer of each group in the group around it.
    pub(super) group: Vec<usize>,
    /// How many layers each group has.
    pub(super) layers: Vec<usize>,
}

impl Ranking {
    pub(super) fn of(&self, tip: Tip) -> usize {
        match tip {
            Tip::Node(node) => self.node.at(node),
            Tip::Group(group) => self.group.at(group),
        }
    }
}

/// Bounds the pivots of all solutions, in arc visits.
const BUDGET: usize = 20_000_000;
/// Bounds the search for cycles, in arc visits.
const SEARCH: usize = 20_000_000;

/// What a line that passes a layer takes of its width, in px.
const BEND: i64 = 20;
/// What a member of a frame adds to the width of the layer in which the frame stands, in px.
const GROUPED: i64 = 100;
/// Bounds the levelling of each group, in steps of the innermost loops.
const LEVELLING: usize = 1_000_000;
/// How many layers longer, over all edges, a member's move to another layer may make them.
const LONGER: i32 = 2;

/// Links between two members of one group, and how many run each way.
#[derive(Clone, Copy, Debug, Default)]
struct Pair {
    forward: i32,
    backward: i32,
    /// All of them lead to something that begins things.
    answers: bool,
}

pub(super) fn rank(problem: &Problem) -> Option<Ranking> {
    let groups = problem.groups.len();
    let mut members: Vec<Vec<Tip>> = vec![Vec::new(); groups];
    for node in 0..problem.nodes.len() {
        members.add(problem.nodes.at(node).group, Tip::Node(node));
    }
    for group in 1..groups {
        members.add(problem.area(group).parent, Tip::Group(group));
    }
    let mut index_of = Index { node: vec![0; problem.nodes.len()], group: vec![0; groups] };
    for list in &members {
        for (index, &tip) in list.iter().enumerate() {
            index_of.put(tip, index);
        }
    }
    let mut pairs: Vec<BTreeMap<(usize, usize), Pair>> = vec![BTreeMap::new(); groups];
    let mut outward: Vec<Vec<usize>> = vec![Vec::new(); groups];
    for (number, link) in problem.links.iter().enumerate() {
        let Some((common, source, target)) = problem.meeting(link) else { continue };
        let (a, b) = (index_of.of(source), index_of.of(target));
        let answers = matches!(link.target, Tip::Node(node) if problem.nodes.at(node).initiator);
        if let Some(table) = pairs.get_mut(common) {
            let pair = table.entry((a.min(b), a.max(b))).or_insert(Pair { answers: true, ..Pair::default() });
            *(if a < b { &mut pair.forward } else { &mut pair.backward }) += 1;
            pair.answers &= answers;
        }
        for tip in [link.source, link.target] {
            let mut group = problem.container(tip);
            while group != common && group != 0 {
                outward.add(group, number);
                group = problem.area(group).parent;
            }
        }
    }
    let weight = weights(problem);
    let places = places(problem);
    let mut ranking = Ranking { node: vec![0; problem.nodes.len()], group: vec![0; groups], layers: vec![0; groups] };
    let mut ranker = Ranker { problem, index_of: &index_of, weight: &weight, places: &places, budget: BUDGET, search: SEARCH };
    for (group, list) in members.iter().enumerate() {
        let Some(table) = pairs.get(group) else { continue };
        let value = ranker.group(group, list, table, outward.row(group), &ranking)?;
        ranking.layers.put(group, value.iter().max().map_or(0, |last| last + 1));
        for (&tip, &value) in list.iter().zip(&value) {
            match tip {
                Tip::Node(node) => ranking.node.put(node, value),
                Tip::Group(inner) => ranking.group.put(inner, value),
            }
        }
    }
    Some(ranking)
}

/// The place of each tip among the members of its group.
struct Index {
    node: Vec<usize>,
    group: Vec<usize>,
}

impl Index {
    fn of(&self, tip: Tip) -> usize {
        match tip {
            Tip::Node(node) => self.node.at(node),
            Tip::Group(group) => self.group.at(group),
        }
    }

    fn put(&mut self, tip: Tip, index: usize) {
        match tip {
            Tip::Node(node) => self.node.put(node, index),
            Tip::Group(group) => self.group.put(group, index),
        }
    }
}

/// How many nodes lie in each group.
fn weights(problem: &Problem) -> Vec<usize> {
    let mut weight = vec![0_usize; problem.groups.len()];
    for body in &problem.nodes {
        weight.put(body.group, weight.at(body.group) + 1);
    }
    for group in (1..problem.groups.len()).rev() {
        let parent = problem.area(group).parent;
        weight.put(parent, weight.at(parent) + weight.at(group));
    }
    weight
}

/// Where each node and group stands in the text, or along the ranks of the previous picture: the lower, the earlier.
fn places(problem: &Problem) -> (Vec<i64>, Vec<i64>) {
    let last = i64::from(u32::MAX);
    let node: Vec<i64> = problem
        .nodes
        .iter()
        .zip(0_i64..)
        .map(|(body, index)| {
            body.hint.filter(|_| problem.hinted).map_or(if problem.hinted { last + index } else { index }, |(u, _)| u.into())
        })
        .collect();
    let mut sums = vec![(0_i64, 0_i64); problem.groups.len()];
    for (body, &place) in problem.nodes.iter().zip(&node) {
        let mut group = body.group;
        while group != 0 {
            let (sum, count) = sums.at(group);
            sums.put(group, (sum + place, count + 1));
            group = problem.area(group).parent;
        }
    }
    (node, sums.into_iter().map(|(sum, count)| sum / count.max(1)).collect())
}

struct Ranker<'a> {
    problem: &'a Problem,
    index_of: &'a Index,
    weight: &'a [usize],
    places: &'a (Vec<i64>, Vec<i64>),
    budget: usize,
    search: usize,
}

impl Ranker<'_> {
    fn place(&self, tip: Tip) -> i64 {
        match tip {
            Tip::Node(node) => self.places.0.at(node),
            Tip::Group(group) => self.places.1.at(group),
        }
    }

    /// The layers of the members of one group.
    fn group(
        &mut self,
        group: usize,
        members: &[Tip],
        pairs: &BTreeMap<(usize, usize), Pair>,
        outward: &[usize],
        ranking: &Ranking,
    ) -> Option<Vec<usize>> {
        let count = members.len();
        let mut arcs = self.directed(members, pairs);
        let mut unions = Unions::new(count);
        for arc in &arcs {
            unions.join(arc.tail, arc.head);
        }
        let mut parts: Vec<Vec<usize>> = vec![Vec::new(); count];
        for index in 0..count {
            parts.add(unions.find(index), index);
        }
        parts.retain(|part| !part.is_empty());
        // Links that leave by the far border pull towards it, others away from it.
        let (top, bottom) = (count, count + 1);
        let mut pull = vec![(0_i32, 0_i32); count];
        for &number in outward {
            let link = self.problem.links.at(number);
            let Some((_, source, target)) = self.problem.meeting(&link) else { continue };
            let source_inside = self.problem.within(self.problem.container(link.source), group);
            let inner = self.index_of.of(self.problem.member(if source_inside { link.source } else { link.target }, group));
            let runs_down = ranking.of(source) < ranking.of(target);
            let (up, down) = pull.at(inner);
            pull.put(inner, if source_inside == runs_down { (up, down + 1) } else { (up + 1, down) });
        }
        if arcs.is_empty() && count > 1 {
            return Some(self.shelve(members, &parts, &vec![0; count], &pull));
        }
        for (index, &(up, down)) in pull.iter().enumerate() {
            arcs.push(Arc { tail: top, head: index, length: 0, weight: up.min(4) });
            arcs.push(Arc { tail: index, head: bottom, length: 0, weight: down.min(4) });
        }
        let mut value = simplex::solve(count + 2, &arcs, &mut self.budget)?;
        self.level(members, &arcs, &mut value);
        value.truncate(count);
        Some(self.shelve(members, &parts, &value, &pull))
    }

    /// An arc for every pair, turned where it would close a cycle.
    fn directed(&mut self, members: &[Tip], pairs: &BTreeMap<(usize, usize), Pair>) -> Vec<Arc> {
        let count = members.len();
        let place: Vec<(i64, usize)> = members.iter().enumerate().map(|(index, &tip)| (self.place(tip), index)).collect();
        let mut arcs: Vec<(bool, bool, i32, Arc)> = pairs
            .iter()
            .map(|(&(a, b), pair)| {
                let in_order = place.get(a) < place.get(b);
                let forward = pair.forward > pair.backward || (pair.forward == pair.backward && in_order);
                let (tail, head) = if forward { (a, b) } else { (b, a) };
                let weight = pair.forward + pair.backward;
                let against = forward != in_order;
                (pair.answers, against, -(pair.forward - pair.backward).abs(), Arc { tail, head, length: 1, weight })
            })
            .collect();
        sort::by_key(&mut arcs, |&(answers, against, strength, _)| (answers || against, answers, strength));
        let mut out: Vec<Vec<usize>> = vec![Vec::new(); count];
        let mut seen = vec![0_usize; count];
        let mut clock = 0;
        let mut result = Vec::with_capacity(arcs.len());
        for (answers, against, _, mut arc) in arcs {
            // Arcs that follow the order of places cannot close a cycle among themselves, and they come first.
            if answers || against {
                clock += 1;
                let mut stack = vec![arc.head];
                let mut closes = false;
                while let Some(index) = stack.pop() {
                    if index == arc.tail || self.search == 0 {
                        closes = true;
                        break;
                    }
                    if seen.at(index) != clock {
                        seen.put(index, clock);
                        self.search = self.search.saturating_sub(1 + out.row(index).len());
                        stack.extend_from_slice(out.row(index));
                    }
                }
                if self.search == 0 && place.get(arc.tail) < place.get(arc.head) {
                    closes = false;
                }
                if closes {
                    std::mem::swap(&mut arc.tail, &mut arc.head);
                }
            }
            out.add(arc.tail, arc.head);
            result.push(arc);
        }
        result
    }

    /// Moves members out of the widest layer as long as that makes it narrower and edges hardly longer: the picture is as wide as
    /// its widest layer.
    fn level(&self, members: &[Tip], arcs: &[Arc], value: &mut [i32]) {
        let first = value.iter().copied().min().unwrap_or(0);
        let last = value.iter().copied().max().unwrap_or(0);
        let at = |rank: i32| usize::try_from(rank - first).unwrap_or(0);
        let size = |index: usize| match members.get(index) {
            Some(&Tip::Node(node)) => {
                let body = self.problem.nodes.at(node);
                i64::from(body.before) + i64::from(body.after) + i64::from(body.margin) + i64::from(self.problem.gaps.node)
            }
            Some(&Tip::Group(group)) => i64::try_from(self.weight.at(group)).unwrap_or(0) * GROUPED,
            None => 0,
        };
        let mut width = vec![0_i64; at(last) + 1];
        let mut around: Vec<Vec<usize>> = vec![Vec::new(); members.len()];
        // What the lines between two ranks take of the layers they pass.
        let pass = |width: &mut Vec<i64>, arc: Arc, one: i32, two: i32, sign: i64| {
            for rank in one.min(two) + 1..one.max(two) {
                width.put(at(rank), width.at(at(rank)) + if arc.length > 0 { sign * i64::from(arc.weight) * BEND } else { 0 });
            }
        };
        for index in 0..members.len() {
            let rank = at(value.at(index));
            width.put(rank, width.at(rank) + size(index));
        }
        for (index, &arc) in arcs.iter().enumerate().filter(|(_, arc)| arc.weight > 0) {
            around.add(arc.tail, index);
            around.add(arc.head, index);
            pass(&mut width, arc, value.at(arc.tail), value.at(arc.head), 1);
        }
        let mut work = LEVELLING;
        while work > 0 {
            let widest = (0..width.len()).max_by_key(|&rank| (width.at(rank), Reverse(rank))).unwrap_or(0);
            let mut best: Option<(i32, i64, usize, i32)> = None;
            work = work.saturating_sub(members.len() + width.len());
            for index in (0..members.len()).filter(|&index| at(value.at(index)) == widest) {
                let now = value.at(index);
                let (mut low, mut high, mut slope) = (first, last, 0);
                for &arc in around.row(index) {
                    let arc = arcs.at(arc);
                    if arc.head == index {
                        low = low.max(value.at(arc.tail) + arc.length);
                        slope += arc.weight;
                    } else {
                        high = high.min(value.at(arc.head) - arc.length);
                        slope -= arc.weight;
                    }
                }
                work = work.saturating_sub(around.row(index).len() + at(high.max(low)) - at(low));
                for to in (low..=high).filter(|&to| to != now) {
                    let (longer, wide) = ((to - now).saturating_mul(slope), width.at(at(to)) + size(index));
                    if longer <= LONGER && wide < width.at(widest) && best.is_none_or(|best| (longer, wide) < (best.0, best.1)) {
                        best = Some((longer, wide, index, to));
                    }
                }
            }
            let Some((_, _, index, to)) = best else { return };
            let now = value.at(index);
            for (rank, sign) in [(now, -1), (to, 1)] {
                width.put(at(rank), width.at(at(rank)) + sign * size(index));
                for &arc in around.row(index) {
                    let arc = arcs.at(arc);
                    let other = if arc.head == index { arc.tail } else { arc.head };
                    pass(&mut width, arc, rank, value.at(other), sign);
                }
            }
            value.put(index, to);
        }
    }

    /// Parts that nothing connects fill the layers evenly, as many layers as make the frame about one and a half times as wide
    /// as high. A part whose links leave by the far border goes as far that way as it can without making the frame larger.
    fn shelve(&self, members: &[Tip], parts: &[Vec<usize>], value: &[i32], pull: &[(i32, i32)]) -> Vec<usize> {
        let mut result = vec![0_usize; members.len()];
        // Rough sizes along and across the ranks, in px.
        let (node_u, node_v, gap_u, gap_v) = if self.problem.horizontal { (150, 56, 64, 40) } else { (56, 150, 40, 64) };
        let size = |tip: Tip| match tip {
            Tip::Node(_) => (node_u + gap_u, node_v + gap_v),
            Tip::Group(group) => {
                let area = i64::try_from(self.weight.at(group)).unwrap_or(0) * (node_u + gap_u) * (node_v + gap_v);
                let side = (area.max(1) * 3 / 2).isqrt();
                if self.problem.horizontal { (side + gap_u, side * 2 / 3 + gap_v) } else { (side * 2 / 3 + gap_u, side + gap_v) }
            }
        };
        let mut shapes: Vec<Shape> = Vec::with_capacity(parts.len());
        let mut area = 0_i64;
        for part in parts {
            let first = part.iter().map(|&index| value.at(index)).min().unwrap_or(0);
            let mut layers: BTreeMap<i32, (i64, i64)> = BTreeMap::new();
            let mut lean = 0;
            for &index in part {
                let (u, v) = members.get(index).map_or((0, 0), |&tip| size(tip));
                let layer = layers.entry(value.at(index)).or_default();
                *layer = (layer.0.max(u), layer.1 + v);
                let (up, down) = pull.at(index);
                lean += down - up;
            }
            let across = layers.values().map(|&(_, across)| across).max().unwrap_or(0);
            area += across * layers.values().map(|&(along, _)| along).sum::<i64>();
            let places = layers.keys().map(|&layer| layer - first).collect();
            shapes.push(Shape { members: part, first, places, layers: layers.into_values().collect(), lean });
        }
        let wide = if self.problem.horizontal { area * 2 / 3 } else { area * 3 / 2 };
        let widest = shapes.iter().flat_map(|shape| shape.layers.iter().map(|layer| layer.1)).max().unwrap_or(0);
        let target = widest.max(wide.isqrt());
        let mut order: Vec<usize> = (0..shapes.len()).collect();
        sort::by_key(&mut order, |&index| Reverse(shapes.get(index).map_or(0, |shape| shape.layers.len())));
        let mut used: Vec<(i64, i64)> = Vec::new();
        for index in order {
            let Some(shape) = shapes.get(index) else { continue };
            let mut best = (i64::MAX, 0_usize);
            for start in 0..=used.len() {
                let fits = start + shape.layers.len() <= used.len();
                let over = shape.layers.iter().zip(start..).map(|(layer, at)| used.at(at).1 + layer.1).max().unwrap_or(0);
                let over = (over - target).max(0);
                // More room along the ranks costs the whole width; beyond the wanted width, every px counts many times.
                let more: i64 = shape.layers.iter().zip(start..).map(|(layer, at)| (layer.0 - used.at(at).0).max(0)).sum();
                let along: i64 = used.iter().map(|layer| layer.0).sum();
                let cost = more * target + 8 * over * (along + more);
                let better = cost < best.0 || (cost == best.0 && shape.lean > 0 && fits);
                if better {
                    best = (cost, start);
                }
            }
            for (place, (layer, at)) in shape.layers.iter().zip(best.1..).enumerate() {
                if used.len() <= at {
                    used.resize(at + 1, (0, 0));
                }
                let (along, across) = used.at(at);
                used.put(at, (along.max(layer.0), across + layer.1));
                let wanted = shape.places.at(place);
                for &member in shape.members.iter().filter(|&&member| value.at(member) - shape.first == wanted) {
                    result.put(member, at);
                }
            }
        }
        result
    }
}

/// A part of a frame that nothing connects to the rest.
struct Shape<'a> {
    members: &'a [usize],
    first: i32,
    /// Its layers, relative to the first: their numbers, and their sizes along and across the ranks.
    places: Vec<i32>,
    layers: Vec<(i64, i64)>,
    /// How many links more leave by the far border than by the near one.
    lean: i32,
}
