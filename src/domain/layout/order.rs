//! The order within each layer: as few crossings as sweeps find, with every frame's cells side by side.
//!
//! The order is a tree per layer. Frames that share a parent keep one order in all layers, so that their boxes can never
//! overlap; everything else moves freely around them. Frame borders take part as lines of their own from layer to layer, so a
//! route through a foreign frame costs two crossings of a border and is avoided like any other crossing.

use super::{
    layers::Layered,
    problem::Problem,
    table::{Column, Rows},
};

/// A step through a layer in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    Open(usize),
    Cell(usize),
    Close(usize),
}

#[derive(Debug, Default)]
pub(super) struct Order {
    pub(super) layers: Vec<Vec<Mark>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Entry {
    Cell(usize),
    Group(usize),
}

mod improve;
mod start;

const NONE: usize = usize::MAX;
/// Positions are scaled to this, so that layers of different lengths compare.
const SCALE: i64 = 1 << 20;
/// Frames times cells up to which frames are exchanged one by one: each attempt goes through all cells.
const EXCHANGE_LIMIT: usize = 300_000;
/// What crossing a frame's border costs, in crossings of edges.
const BORDER: i64 = 2;

#[derive(Clone, Default)]
struct State {
    /// Children by list; one list for each group in each layer of its span.
    lists: Vec<Vec<Entry>>,
    /// The place of each group among its siblings.
    seat: Vec<usize>,
    position: Vec<usize>,
    /// Cells and borders of each layer in order.
    sequence: Vec<Vec<usize>>,
}

struct Sorter<'a> {
    problem: &'a Problem,
    layered: &'a Layered,
    /// The layer and group of each list.
    place: Vec<(usize, usize)>,
    list_of: Vec<usize>,
    /// Neighbours in the layer before and after, with weights; borders included.
    before: Vec<Vec<(usize, i64)>>,
    after: Vec<Vec<(usize, i64)>>,
    state: State,
}

/// Orders the cells of all layers.
pub(super) fn order(problem: &Problem, layered: &Layered) -> Order {
    let mut sorter = Sorter::new(problem, layered);
    let cells = layered.cells.len();
    let rounds = if cells > 12_000 {
        3
    } else if cells > 4000 {
        6
    } else {
        12
    };
    let mut best: Option<(i64, State)> = None;
    if problem.hinted {
        sorter.start(&sorter.hinted_keys());
        sorter.transpose(4, true);
        best = Some((sorter.crossings(), sorter.state.clone()));
    } else {
        for keys in [sorter.model_keys(), sorter.walk_keys()] {
            sorter.start(&keys);
            let (crossings, state) = sorter.sweep(rounds);
            if best.as_ref().is_none_or(|(least, _)| crossings < *least) {
                let done = crossings == 0;
                best = Some((crossings, state));
                if done {
                    break;
                }
            }
        }
    }
    if let Some((crossings, state)) = best {
        sorter.state = state;
        if crossings > 0 && !problem.hinted {
            if problem.groups.len() * cells <= EXCHANGE_LIMIT {
                sorter.exchange_frames(crossings);
            }
            sorter.transpose(4, false);
        }
    }
    sorter.marks()
}

impl<'a> Sorter<'a> {
    fn new(problem: &'a Problem, layered: &'a Layered) -> Self {
        let groups = problem.groups.len();
        let mut place = Vec::new();
        let mut list_of = vec![NONE; groups * layered.layers];
        for layer in 0..layered.layers {
            for group in 0..groups {
                let (first, last) = if group == 0 { (0, layered.layers) } else { layered.span.at(group) };
                if (first..=last).contains(&layer) {
                    list_of.put(layer * groups + group, place.len());
                    place.push((layer, group));
                }
            }
        }
        let cells = layered.cells.len();
        let mut before = vec![Vec::new(); cells + 2 * place.len()];
        let mut after = before.clone();
        for strand in &layered.strands {
            for pair in strand.cells.windows(2) {
                if let &[low, high] = pair {
                    after.add(low, (high, 1));
                    before.add(high, (low, 1));
                }
            }
        }
        for (list, &(layer, group)) in place.iter().enumerate() {
            let next = list_of.at((layer + 1) * groups + group);
            if group != 0 && layer < layered.span.at(group).1 && layer + 1 < layered.layers {
                for side in 0..2 {
                    let (low, high) = (cells + 2 * list + side, cells + 2 * next + side);
                    after.add(low, (high, BORDER));
                    before.add(high, (low, BORDER));
                }
            }
        }
        let state = State {
            lists: vec![Vec::new(); place.len()],
            seat: (0..groups).collect(),
            position: vec![0; cells + 2 * place.len()],
            sequence: vec![Vec::new(); layered.layers],
        };
        Self { problem, layered, place, list_of, before, after, state }
    }

    fn list(&self, layer: usize, group: usize) -> usize {
        self.list_of.at(layer * self.problem.groups.len() + group)
    }

    // ---- Positions ----

    fn flatten(&mut self, layer: usize) {
        let mut sequence = self.state.sequence.get_mut(layer).map(std::mem::take).unwrap_or_default();
        sequence.clear();
        self.walk(self.list(layer, 0), &mut sequence);
        for (position, &cell) in sequence.iter().enumerate() {
            self.state.position.put(cell, position);
        }
        if let Some(place) = self.state.sequence.get_mut(layer) {
            *place = sequence;
        }
    }

    fn walk(&self, list: usize, sequence: &mut Vec<usize>) {
        let (layer, group) = self.place.at(list);
        let border = self.layered.cells.len() + 2 * list;
        if group != 0 {
            sequence.push(border);
        }
        for entry in self.state.lists.row(list) {
            match *entry {
                Entry::Cell(cell) => sequence.push(cell),
                Entry::Group(group) => self.walk(self.list(layer, group), sequence),
            }
        }
        if group != 0 {
            sequence.push(border + 1);
        }
    }

    fn scaled(&self, cell: usize, layer: usize) -> i64 {
        let length = i64::try_from(self.state.sequence.row(layer).len()).unwrap_or(1).max(1);
        let position = i64::try_from(self.state.position.at(cell)).unwrap_or(0);
        (2 * position + 1) * SCALE / (2 * length)
    }

    fn marks(&self) -> Order {
        let cells = self.layered.cells.len();
        let mark = |&cell: &usize| {
            let Some(border) = cell.checked_sub(cells) else { return Mark::Cell(cell) };
            let (_, group) = self.place.at(border / 2);
            if border % 2 == 0 { Mark::Open(group) } else { Mark::Close(group) }
        };
        Order { layers: self.state.sequence.iter().map(|sequence| sequence.iter().map(mark).collect()).collect() }
    }

    // ---- Crossings ----

    fn crossings(&self) -> i64 {
        (1..self.layered.layers).map(|layer| self.crossings_before(layer)).sum()
    }

    /// Between a layer and the one before it: inversions, counted with a Fenwick tree.
    fn crossings_before(&self, layer: usize) -> i64 {
        let length = self.state.sequence.row(layer).len();
        let mut tree = vec![0_i64; length + 1];
        let (mut total, mut crossings) = (0, 0);
        for &cell in self.state.sequence.row(layer.wrapping_sub(1)) {
            let neighbours = self.after.row(cell);
            for &(neighbour, weight) in neighbours {
                let mut index = self.state.position.at(neighbour) + 1;
                let mut up_to = 0;
                while index > 0 {
                    up_to += tree.at(index);
                    index &= index - 1;
                }
                crossings += weight * (total - up_to);
            }
            for &(neighbour, weight) in neighbours {
                total += weight;
                let mut index = self.state.position.at(neighbour) + 1;
                while index <= length {
                    tree.put(index, tree.at(index) + weight);
                    index += index & index.wrapping_neg();
                }
            }
        }
        crossings
    }

    // ---- Sweeps ----

    /// The best order found from here.
    fn sweep(&mut self, rounds: usize) -> (i64, State) {
        let mut best = (self.crossings(), self.state.clone());
        let mut fruitless = 0;
        for round in 0..rounds {
            let median = round % 3 == 2;
            for layer in 1..self.layered.layers {
                self.arrange(self.list(layer, 0), true, median);
                self.flatten(layer);
            }
            for layer in (0..self.layered.layers.saturating_sub(1)).rev() {
                self.arrange(self.list(layer, 0), false, median);
                self.flatten(layer);
            }
            if round < 4 && self.problem.groups.len() > 2 {
                self.reseat();
            }
            self.transpose(2, false);
            let crossings = self.crossings();
            if crossings < best.0 {
                best = (crossings, self.state.clone());
                fruitless = 0;
            } else {
                fruitless += 1;
            }
            if best.0 == 0 || fruitless > 3 {
                break;
            }
        }
        best
    }

    /// Orders a list by the mean (or median) place of its neighbours in the layer before (or after); gives the sum and weight
    /// for the list above.
    fn arrange(&mut self, list: usize, from_before: bool, median: bool) -> (i64, i64) {
        let (layer, _) = self.place.at(list);
        let other = if from_before { layer.wrapping_sub(1) } else { layer + 1 };
        let mut entries = self.state.lists.get_mut(list).map(std::mem::take).unwrap_or_default();
        let mut valued = Vec::with_capacity(entries.len());
        let (mut sum, mut weight) = (0, 0);
        for &entry in &entries {
            let (value, count) = match entry {
                Entry::Cell(cell) => {
                    let neighbours = if from_before { self.before.row(cell) } else { self.after.row(cell) };
                    let mut places: Vec<i64> = neighbours.iter().map(|&(neighbour, _)| self.scaled(neighbour, other)).collect();
                    let count = i64::try_from(places.len()).unwrap_or(0);
                    if count == 0 {
                        (self.scaled(cell, layer), 0)
                    } else if median {
                        places.sort_unstable();
                        let middle = places.len() / 2;
                        let value =
                            if places.len() % 2 == 1 { places.at(middle) } else { i64::midpoint(places.at(middle - 1), places.at(middle)) };
                        (value, count)
                    } else {
                        (places.iter().sum::<i64>() / count, count)
                    }
                }
                Entry::Group(group) => {
                    let inner = self.list(layer, group);
                    let (total, count) = self.arrange(inner, from_before, median);
                    let border = self.layered.cells.len() + 2 * inner;
                    let neighbours = if from_before { self.before.row(border) } else { self.after.row(border) };
                    if count > 0 {
                        (total / count, count)
                    } else if let Some(&(neighbour, _)) = neighbours.first() {
                        (self.scaled(neighbour, other), 0)
                    } else {
                        (self.scaled(border, layer), 0)
                    }
                }
            };
            sum += value * count;
            weight += count;
            valued.push((value, count.max(1)));
        }
        // Groups keep their common order: where their values disagree with it, they are pooled.
        let mut pools: Vec<(i64, i64, usize)> = Vec::new();
        for (entry, &(value, count)) in entries.iter().zip(&valued) {
            if matches!(entry, Entry::Group(_)) {
                let mut pool = (value * count, count, 1);
                while let Some(&(total, heavy, size)) = pools.last() {
                    if total / heavy <= pool.0 / pool.1 {
                        break;
                    }
                    pools.pop();
                    pool = (pool.0 + total, pool.1 + heavy, pool.2 + size);
                }
                pools.push(pool);
            }
        }
        let mut pooled = pools.iter().flat_map(|&(total, count, size)| std::iter::repeat_n(total / count, size));
        let mut sorted: Vec<(i64, usize, Entry)> = entries
            .iter()
            .zip(&valued)
            .enumerate()
            .map(|(index, (entry, &(value, _)))| match entry {
                Entry::Group(_) => (pooled.next().unwrap_or(value), index, *entry),
                Entry::Cell(_) => (value, index, *entry),
            })
            .collect();
        sorted.sort_by_key(|&(value, index, _)| (value, index));
        entries.clear();
        entries.extend(sorted.into_iter().map(|(_, _, entry)| entry));
        if let Some(place) = self.state.lists.get_mut(list) {
            *place = entries;
        }
        (sum, weight)
    }

    /// Orders sibling groups anew by where the neighbours of their cells lie.
    fn reseat(&mut self) {
        let groups = self.problem.groups.len();
        let mut wish = vec![(0_i64, 0_i64); groups];
        let mut own = wish.clone();
        for (index, cell) in self.layered.cells.iter().enumerate().filter(|(_, cell)| cell.group != 0) {
            let here = self.scaled(index, cell.layer);
            let before = self.before.row(index).iter().map(|&(other, _)| (other, cell.layer.wrapping_sub(1)));
            let around: Vec<(usize, usize)> =
                before.chain(self.after.row(index).iter().map(|&(other, _)| (other, cell.layer + 1))).collect();
            let mut group = cell.group;
            while group != 0 {
                let (sum, count) = own.at(group);
                own.put(group, (sum + here, count + 1));
                for &(other, layer) in &around {
                    if !self.problem.within(self.layered.cells.at(other).group, group) {
                        let (sum, count) = wish.at(group);
                        wish.put(group, (sum + self.scaled(other, layer), count + 1));
                    }
                }
                group = self.problem.area(group).parent;
            }
        }
        let value: Vec<i64> = wish
            .iter()
            .zip(&own)
            .map(|(&(sum, count), &(own_sum, own_count))| if count > 0 { sum / count } else { own_sum / own_count.max(1) })
            .collect();
        self.seat_by(&value);
        self.reapply_seats();
    }

    fn reapply_seats(&mut self) {
        for list in 0..self.place.len() {
            let mut entries = self.state.lists.get_mut(list).map(std::mem::take).unwrap_or_default();
            self.seat(&mut entries);
            if let Some(place) = self.state.lists.get_mut(list) {
                *place = entries;
            }
        }
        for layer in 0..self.layered.layers {
            self.flatten(layer);
        }
    }
}
