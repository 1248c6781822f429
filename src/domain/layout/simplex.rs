//! Network simplex: integers that keep minimum distances along arcs at the least total weighted length.
//!
//! Used twice: for ranks (one arc per edge) and for positions across the ranks (two arcs to a helper variable per edge, which
//! makes the length an absolute difference). After Gansner, Koutsofios, North and Vo, "A technique for drawing directed graphs"
//! (1993); the cut value of a tree arc is the sum of weight balances below it, so that one subtree sum per variable replaces the
//! usual cut-value propagation. The solution is feasible after every pivot: an exhausted budget costs quality, never correctness.

use std::{cmp::Reverse, collections::BinaryHeap};

use super::table::{Column, Rows};

/// `value(head) - value(tail) >= length`, and their distance costs `weight` a unit.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Arc {
    pub(super) tail: usize,
    pub(super) head: usize,
    pub(super) length: i32,
    pub(super) weight: i32,
}

const NONE: usize = usize::MAX;
/// How many arcs with a negative cut are looked at before the worst of them leaves.
const SEARCH: usize = 40;

struct Tree<'a> {
    arcs: &'a [Arc],
    /// Arcs at each variable, as a flat list with offsets.
    incident: Vec<usize>,
    offset: Vec<usize>,
    value: Vec<i32>,
    parent: Vec<usize>,
    /// The arc to the parent.
    arc: Vec<usize>,
    children: Vec<Vec<usize>>,
    /// Weight out minus weight in, summed over the subtree.
    balance: Vec<i64>,
    size: Vec<u32>,
    stamp: Vec<u32>,
    clock: u32,
}

/// Values for `count` variables; none if the arcs contradict each other (a cycle of positive length).
/// `budget` bounds the work in arc visits.
pub(super) fn solve(count: usize, arcs: &[Arc], budget: &mut usize) -> Option<Vec<i32>> {
    let start = longest_path(count, arcs)?;
    Some(improve(count, arcs, start, budget))
}

/// The same from values that keep every distance; the better they are, the less is left to do.
pub(super) fn improve(count: usize, arcs: &[Arc], mut start: Vec<i32>, budget: &mut usize) -> Vec<i32> {
    if count == 0 {
        return start;
    }
    let connected = connect(count, arcs, &start);
    let mut tree = Tree::grow(count, &connected, &mut start);
    tree.improve(budget);
    tree.value
}

/// The least values that keep every distance, from 0.
fn longest_path(count: usize, arcs: &[Arc]) -> Option<Vec<i32>> {
    sorted(count, arcs).map(|(value, _)| value)
}

/// The least values that keep every distance, and the variables with every tail before its heads.
pub(super) fn sorted(count: usize, arcs: &[Arc]) -> Option<(Vec<i32>, Vec<usize>)> {
    let mut waits = vec![0_usize; count];
    let mut out: Vec<Vec<usize>> = vec![Vec::new(); count];
    for (index, arc) in arcs.iter().enumerate() {
        waits.put(arc.head, waits.at(arc.head) + 1);
        out.add(arc.tail, index);
    }
    let mut ready: Vec<usize> = (0..count).filter(|&variable| waits.at(variable) == 0).collect();
    let mut value = vec![0_i32; count];
    let mut done = 0;
    while let Some(&variable) = ready.get(done) {
        done += 1;
        for &index in out.row(variable) {
            let arc = arcs.at(index);
            value.put(arc.head, value.at(arc.head).max(value.at(variable) + arc.length));
            waits.put(arc.head, waits.at(arc.head) - 1);
            if waits.at(arc.head) == 0 {
                ready.push(arc.head);
            }
        }
    }
    (done == count).then_some((value, ready))
}

/// The arcs, and where they leave parts unconnected, weightless ones that bind nothing.
fn connect(count: usize, arcs: &[Arc], start: &[i32]) -> Vec<Arc> {
    let mut unions = super::table::Unions::new(count);
    for arc in arcs {
        unions.join(arc.tail, arc.head);
    }
    let lowest = start.iter().copied().min().unwrap_or(0);
    let mut all = arcs.to_vec();
    for variable in 1..count {
        if unions.find(variable) == variable {
            all.push(Arc { tail: 0, head: variable, length: lowest - start.at(0) - 100_000, weight: 0 });
        }
    }
    all
}

impl<'a> Tree<'a> {
    /// A spanning tree of tight arcs: grown by the least slack, moving the whole tree where nothing is tight.
    fn grow(count: usize, arcs: &'a [Arc], value: &mut [i32]) -> Self {
        let mut offset = vec![0_usize; count + 1];
        let mut balance = vec![0_i64; count];
        for arc in arcs {
            offset.put(arc.tail + 1, offset.at(arc.tail + 1) + 1);
            offset.put(arc.head + 1, offset.at(arc.head + 1) + 1);
            balance.put(arc.tail, balance.at(arc.tail) + i64::from(arc.weight));
            balance.put(arc.head, balance.at(arc.head) - i64::from(arc.weight));
        }
        let mut sum = 0;
        for place in &mut offset {
            sum += *place;
            *place = sum;
        }
        let mut next = offset.clone();
        let mut incident = vec![0_usize; arcs.len() * 2];
        for (index, arc) in arcs.iter().enumerate() {
            for end in [arc.tail, arc.head] {
                incident.put(next.at(end), index);
                next.put(end, next.at(end) + 1);
            }
        }
        let mut tree = Self {
            arcs,
            incident,
            offset,
            value: Vec::new(),
            parent: vec![NONE; count],
            arc: vec![NONE; count],
            children: vec![Vec::new(); count],
            balance,
            size: vec![1; count],
            stamp: vec![0; count],
            clock: 0,
        };
        // Values of variables in the tree are kept relative to `moved`.
        let mut moved = 0_i32;
        let mut inside = vec![false; count];
        let mut leaving: BinaryHeap<Reverse<(i32, usize)>> = BinaryHeap::new();
        let mut entering: BinaryHeap<Reverse<(i32, usize)>> = BinaryHeap::new();
        let mut order = Vec::with_capacity(count);
        let mut joined = Some((0, NONE));
        while let Some((variable, by)) = joined.take() {
            inside.put(variable, true);
            order.push(variable);
            tree.arc.put(variable, by);
            if let Some(arc) = arcs.get(by) {
                let parent = if arc.tail == variable { arc.head } else { arc.tail };
                tree.parent.put(variable, parent);
                tree.children.add(parent, variable);
            }
            value.put(variable, value.at(variable) - moved);
            for place in tree.offset.at(variable)..tree.offset.at(variable + 1) {
                let index = tree.incident.at(place);
                let arc = arcs.at(index);
                if arc.tail == variable && !inside.at(arc.head) {
                    leaving.push(Reverse((value.at(arc.head) - value.at(variable) - arc.length, index)));
                } else if arc.head == variable && !inside.at(arc.tail) {
                    entering.push(Reverse((value.at(variable) - value.at(arc.tail) - arc.length, index)));
                }
            }
            while leaving.peek().is_some_and(|Reverse((_, index))| inside.at(arcs.at(*index).head)) {
                leaving.pop();
            }
            while entering.peek().is_some_and(|Reverse((_, index))| inside.at(arcs.at(*index).tail)) {
                entering.pop();
            }
            let out = leaving.peek().map(|Reverse((key, index))| (key - moved, *index));
            let back = entering.peek().map(|Reverse((key, index))| (key + moved, *index));
            joined = match (out, back) {
                (Some((slack, index)), other) if other.is_none_or(|(rival, _)| slack <= rival) => {
                    moved += slack;
                    Some((arcs.at(index).head, index))
                }
                (_, Some((slack, index))) => {
                    moved -= slack;
                    Some((arcs.at(index).tail, index))
                }
                _ => None,
            };
        }
        tree.value = (0..count).map(|variable| value.at(variable) + if inside.at(variable) { moved } else { 0 }).collect();
        for &variable in order.iter().rev() {
            let parent = tree.parent.at(variable);
            if parent != NONE {
                tree.balance.put(parent, tree.balance.at(parent) + tree.balance.at(variable));
                tree.size.put(parent, tree.size.at(parent) + tree.size.at(variable));
            }
        }
        tree
    }

    /// The cut value of the arc above a variable.
    fn cut(&self, variable: usize) -> i64 {
        let arc = self.arcs.at(self.arc.at(variable));
        if arc.tail == variable { self.balance.at(variable) } else { -self.balance.at(variable) }
    }

    fn improve(&mut self, budget: &mut usize) {
        let count = self.parent.len();
        let mut from = 0;
        let mut side = Vec::new();
        loop {
            let (mut worst, mut leaves, mut seen, mut scanned) = (0, NONE, 0, 0);
            for step in 0..count {
                let variable = (from + step) % count;
                scanned = step;
                if self.parent.at(variable) == NONE {
                    continue;
                }
                let cut = self.cut(variable);
                if cut < 0 {
                    seen += 1;
                    if cut < worst {
                        (worst, leaves) = (cut, variable);
                    }
                    if seen >= SEARCH {
                        break;
                    }
                }
            }
            if leaves == NONE {
                return;
            }
            from = leaves;
            let spent = self.pivot(leaves, &mut side);
            let Some(left) = budget.checked_sub(spent + scanned / 4 + 8) else {
                *budget = 0;
                return;
            };
            *budget = left;
        }
    }

    /// Replaces the arc above `root` by the tightest one that crosses the cut the other way. Gives the work done.
    fn pivot(&mut self, root: usize, side: &mut Vec<usize>) -> usize {
        let count = self.parent.len();
        self.clock += 1;
        let below = self.size.at(root) as usize * 2 <= count;
        side.clear();
        side.push(if below { root } else { self.top(root) });
        let mut next = 0;
        while let Some(&variable) = side.get(next) {
            next += 1;
            self.stamp.put(variable, self.clock);
            side.extend(self.children.row(variable).iter().copied().filter(|&child| below || child != root));
        }
        let leaving = self.arcs.at(self.arc.at(root));
        // The entering arc leads from the leaving arc's head side to its tail side.
        let tail_below = leaving.tail == root;
        let listed_is_tail = tail_below == below;
        let (mut best, mut enters) = (i32::MAX, NONE);
        let mut work = side.len();
        for &variable in side.iter() {
            for place in self.offset.at(variable)..self.offset.at(variable + 1) {
                work += 1;
                let index = self.incident.at(place);
                let arc = self.arcs.at(index);
                let (here, there) = if listed_is_tail { (arc.head, arc.tail) } else { (arc.tail, arc.head) };
                if here == variable && self.stamp.at(there) != self.clock {
                    let slack = self.value.at(arc.head) - self.value.at(arc.tail) - arc.length;
                    if slack < best || (slack == best && index < enters) {
                        (best, enters) = (slack, index);
                    }
                }
            }
        }
        let Some(&arc) = self.arcs.get(enters) else {
            // Nothing holds the two sides together: the arc above `root` can never leave. Cannot happen in a bounded problem.
            self.balance.put(root, 0);
            return work;
        };
        let shift = if listed_is_tail { -best } else { best };
        for &variable in side.iter() {
            self.value.put(variable, self.value.at(variable) + shift);
        }
        // Which end of the entering arc lies in the subtree of `root`?
        let tail_in_listed = self.stamp.at(arc.tail) == self.clock;
        let (inner, outer) = if tail_in_listed == below { (arc.tail, arc.head) } else { (arc.head, arc.tail) };
        self.exchange(root, inner, outer, enters);
        work
    }

    fn top(&self, mut variable: usize) -> usize {
        while self.parent.at(variable) != NONE {
            variable = self.parent.at(variable);
        }
        variable
    }

    /// Hangs the subtree of `root` below `outer` by its variable `inner`.
    fn exchange(&mut self, root: usize, inner: usize, outer: usize, enters: usize) {
        let (total, size) = (self.balance.at(root), self.size.at(root));
        let old = self.parent.at(root);
        if let Some(children) = self.children.get_mut(old) {
            children.retain(|&child| child != root);
        }
        let mut up = old;
        while up != NONE {
            self.balance.put(up, self.balance.at(up) - total);
            self.size.put(up, self.size.at(up) - size);
            up = self.parent.at(up);
        }
        // Turn the path from `inner` to `root` round.
        let (mut child, mut parent, mut arc) = (inner, outer, enters);
        let (mut below_balance, mut below_size) = (0, 0);
        loop {
            let next = if child == root { NONE } else { self.parent.at(child) };
            let (next_arc, balance, count) = (self.arc.at(child), self.balance.at(child), self.size.at(child));
            self.parent.put(child, parent);
            self.arc.put(child, arc);
            self.children.add(parent, child);
            self.balance.put(child, total - below_balance);
            self.size.put(child, size - below_size);
            if next == NONE {
                break;
            }
            if let Some(children) = self.children.get_mut(next) {
                children.retain(|&other| other != child);
            }
            (below_balance, below_size) = (balance, count);
            (parent, child, arc) = (child, next, next_arc);
        }
        let mut up = outer;
        while up != NONE {
            self.balance.put(up, self.balance.at(up) + total);
            self.size.put(up, self.size.at(up) + size);
            up = self.parent.at(up);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arc(tail: usize, head: usize, length: i32, weight: i32) -> Arc {
        Arc { tail, head, length, weight }
    }

    fn cost(values: &[i32], arcs: &[Arc]) -> i64 {
        arcs.iter().map(|arc| i64::from(arc.weight) * i64::from(values[arc.head] - values[arc.tail])).sum()
    }

    #[test]
    fn ranks_of_a_small_graph_are_tight() {
        // 0→1→2→3 and a light arc 0→4→3: 4 must sit next to one of its ends, total length 3 + 3.
        let arcs = [arc(0, 1, 1, 1), arc(1, 2, 1, 1), arc(2, 3, 1, 1), arc(0, 4, 1, 1), arc(4, 3, 1, 1)];
        let values = solve(5, &arcs, &mut 10_000).unwrap();
        assert!(arcs.iter().all(|arc| values[arc.head] - values[arc.tail] >= arc.length));
        assert_eq!(cost(&values, &arcs), 6);
    }

    #[test]
    fn a_contradiction_has_no_solution() {
        assert!(solve(2, &[arc(0, 1, 1, 1), arc(1, 0, 1, 1)], &mut 1000).is_none());
    }

    #[test]
    fn unconnected_variables_are_allowed() {
        assert_eq!(solve(3, &[arc(0, 1, 4, 1)], &mut 1000).map(|values| values[1] - values[0]), Some(4));
    }

    /// Against exhaustive search on every small seeded problem.
    #[test]
    fn the_cost_is_the_least_possible() {
        let mut seed = 7_u64;
        let mut random = |below: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) % below
        };
        for _ in 0..200 {
            let mut arcs = Vec::new();
            for head in 1..5_usize {
                let tail = usize::try_from(random(head as u64)).unwrap();
                arcs.push(arc(tail, head, i32::try_from(random(3)).unwrap(), 1 + i32::try_from(random(4)).unwrap()));
            }
            for _ in 0..3 {
                let tail = usize::try_from(random(4)).unwrap();
                let head = tail + 1 + usize::try_from(random(4 - tail as u64)).unwrap();
                arcs.push(arc(tail, head, i32::try_from(random(3)).unwrap(), 1 + i32::try_from(random(4)).unwrap()));
            }
            let values = solve(5, &arcs, &mut 100_000).unwrap();
            assert!(arcs.iter().all(|arc| values[arc.head] - values[arc.tail] >= arc.length), "{arcs:?} {values:?}");
            let mut best = i64::MAX;
            for code in 0..9_i32.pow(4) {
                let tried = [0, code % 9, code / 9 % 9, code / 81 % 9, code / 729 % 9];
                if arcs.iter().all(|arc| tried[arc.head] - tried[arc.tail] >= arc.length) {
                    best = best.min(cost(&tried, &arcs));
                }
            }
            assert_eq!(cost(&values, &arcs), best, "{arcs:?} {values:?}");
        }
    }
}
