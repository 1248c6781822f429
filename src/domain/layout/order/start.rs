//! Starting orders: a key for every cell, from the text's order, from a walk along the edges, or from the previous picture.

use super::{
    super::{
        layers::{CellKind, Entry},
        table::{Column, Rows},
    },
    SCALE, Sorter,
};
use crate::domain::sort;

impl Sorter<'_> {
    /// Along a strand, keys run evenly from one end's to the other's.
    fn spread(&self, node_keys: &[i64]) -> Vec<i64> {
        let mut keys = vec![0; self.layered.cells.len()];
        for (cell, place) in keys.iter_mut().enumerate() {
            *place = node_keys.at(cell);
        }
        for strand in &self.layered.strands {
            let is_node = |cell: &usize| matches!(self.layered.cells.at(*cell).kind, CellKind::Node(_));
            let low = strand.cells.first().filter(|cell| is_node(cell)).map(|&cell| node_keys.at(cell));
            let high = strand.cells.last().filter(|cell| is_node(cell)).map(|&cell| node_keys.at(cell));
            let (low, high) = (low.or(high).unwrap_or(0), high.or(low).unwrap_or(0));
            let steps = i64::try_from(strand.cells.len()).unwrap_or(1).max(2) - 1;
            for (step, cell) in (0_i64..).zip(&strand.cells) {
                if !is_node(cell) {
                    keys.put(*cell, low + (high - low) * step / steps);
                }
            }
        }
        keys
    }

    pub(super) fn model_keys(&self) -> Vec<i64> {
        let nodes: Vec<i64> = (0_i64..).take(self.problem.nodes.len()).map(|index| index * SCALE).collect();
        self.spread(&nodes)
    }

    /// Nodes as a walk along the edges meets them, so that neighbours start near each other.
    pub(super) fn walk_keys(&self) -> Vec<i64> {
        let count = self.problem.nodes.len();
        let mut neighbours: Vec<Vec<usize>> = vec![Vec::new(); count];
        for strand in &self.layered.strands {
            if let (Some(&low), Some(&high)) = (strand.cells.first(), strand.cells.last())
                && low < count
                && high < count
            {
                neighbours.add(low, high);
                neighbours.add(high, low);
            }
        }
        let mut keys = vec![-1_i64; count];
        let mut next = 0;
        let mut roots: Vec<usize> = (0..count).collect();
        sort::by_key(&mut roots, |&node| self.layered.cells.at(node).list);
        for root in roots {
            let mut stack = vec![root];
            while let Some(node) = stack.pop() {
                if keys.at(node) < 0 {
                    keys.put(node, next * SCALE);
                    next += 1;
                    stack.extend(neighbours.row(node).iter().rev());
                }
            }
        }
        self.spread(&keys)
    }

    /// Nodes where they were; a new one at the mean of its neighbours.
    pub(super) fn hinted_keys(&self) -> Vec<i64> {
        let mut keys: Vec<Option<i64>> = self.problem.nodes.iter().map(|body| body.hint.map(|(_, v)| i64::from(v) * SCALE)).collect();
        for _ in 0..4 {
            let mut sums = vec![(0_i64, 0_i64); keys.len()];
            for strand in &self.layered.strands {
                if let (Some(&low), Some(&high)) = (strand.cells.first(), strand.cells.last()) {
                    for (node, other) in [(low, high), (high, low)] {
                        if let (Some(None), Some(Some(key))) = (keys.get(node), keys.get(other)) {
                            let (sum, count) = sums.at(node);
                            sums.put(node, (sum + key, count + 1));
                        }
                    }
                }
            }
            for (node, (sum, count)) in sums.into_iter().enumerate() {
                if count > 0 {
                    keys.put(node, Some(sum / count));
                }
            }
        }
        let mut last = 0;
        let keys: Vec<i64> = keys
            .into_iter()
            .map(|key| {
                last = key.unwrap_or(last + 1);
                last
            })
            .collect();
        self.spread(&keys)
    }

    /// A different order for each seed: nodes of a group in any order, groups likewise.
    pub(super) fn random_keys(&self, seed: u64) -> Vec<i64> {
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut next = || {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = state;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            i64::try_from((z ^ (z >> 31)) >> 34).unwrap_or(0)
        };
        // The key of a node is led by those of the groups around it.
        let mut shift = vec![0_i64; self.problem.groups.len()];
        for group in 1..shift.len() {
            let area = self.problem.area(group);
            shift.put(group, shift.at(area.parent) + (next() >> area.depth.saturating_sub(1).min(24)));
        }
        let nodes: Vec<i64> =
            self.problem.nodes.iter().map(|body| shift.at(body.group) + (next() >> self.problem.area(body.group).depth.min(24))).collect();
        self.spread(&nodes)
    }

    /// Fills the lists by keys.
    pub(super) fn start(&mut self, keys: &[i64]) {
        let groups = self.problem.groups.len();
        let mut sums = vec![(0_i64, 0_i64); groups];
        for (node, body) in self.problem.nodes.iter().enumerate() {
            let mut group = body.group;
            while group != 0 {
                let (sum, count) = sums.at(group);
                sums.put(group, (sum + keys.at(node), count + 1));
                group = self.problem.area(group).parent;
            }
        }
        let mean: Vec<i64> = sums.iter().map(|&(sum, count)| sum / count.max(1)).collect();
        for list in &mut self.state.lists {
            list.clear();
        }
        for (index, cell) in self.layered.cells.iter().enumerate() {
            self.state.lists.add(cell.list, Entry::Cell(index));
        }
        for group in 1..groups {
            self.state.lists.add(self.layered.stands.at(group), Entry::Group(group));
        }
        for list in &mut self.state.lists {
            sort::by_key(list, |entry| match *entry {
                Entry::Cell(cell) => keys.at(cell),
                Entry::Group(group) => mean.at(group),
            });
        }
        self.refresh_all();
    }
}
