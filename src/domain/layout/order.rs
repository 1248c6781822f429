//! The order within each list: as few crossings as sweeps and exchanges find.
//!
//! The lists form a tree: a frame is one entry of the list it stands in, so its members stay together and nothing passes through
//! it. Lines cross only in the channel between two lists of one group; what faces a channel from above is its list with each
//! frame replaced by what stands in that frame's last list, and so on inwards (the frontier), from below likewise. Crossings are
//! inversions between the two frontiers.

use super::{
    layers::{Entry, Layered},
    problem::Problem,
    table::{Column, Rows},
};

mod improve;
mod start;

#[derive(Debug, Default)]
pub(super) struct Order {
    pub(super) lists: Vec<Vec<Entry>>,
    /// The place of each cell in the frontier that faces the channel above it, and below it.
    pub(super) top: Vec<usize>,
    pub(super) bottom: Vec<usize>,
}

/// Positions are scaled to this, so that frontiers of different lengths compare.
const SCALE: i64 = 1 << 20;

#[derive(Clone, Default)]
struct State {
    lists: Vec<Vec<Entry>>,
    /// The frontiers of each list that borders on a channel.
    above: Vec<Vec<usize>>,
    below: Vec<Vec<usize>>,
    /// Places of cells in the frontier they belong to: facing up, and facing down.
    top: Vec<usize>,
    bottom: Vec<usize>,
}

struct Sorter<'a> {
    problem: &'a Problem,
    layered: &'a Layered,
    /// Neighbours across the channel above and below.
    up: Vec<Vec<usize>>,
    down: Vec<Vec<usize>>,
    /// The list whose frontier a list takes part in: upwards, and downwards.
    faces_up: Vec<Option<usize>>,
    faces_down: Vec<Option<usize>>,
    state: State,
    /// Work done, in steps of the innermost loops.
    work: usize,
    tree: Vec<i64>,
    sieve: improve::Sieve,
    /// When the frontiers of each list (above, below) last changed, and when each list was last sifted; 0 for never.
    clock: u32,
    stamps: (Vec<u32>, Vec<u32>),
    sifted: Vec<u32>,
    /// Where crossings are equal, lines that run straight far from their ends decide.
    straightens: bool,
}

/// Work for one drawing that starts afresh: so much, plus so much for each cell.
const WORK: (usize, usize) = (60_000, 800);
/// At most this many different starts.
const STARTS: u64 = 24;
/// Sweeps without a better order before a start is given up.
const PATIENCE: usize = 8;
/// At most this many sweeps from one start.
const SWEEPS: usize = 24;

/// Orders the entries of all lists.
pub(super) fn order(problem: &Problem, layered: &Layered) -> Order {
    let mut sorter = Sorter::new(problem, layered);
    let limit = WORK.0 + WORK.1 * layered.cells.len().min(20_000);
    let mut best: Option<(i64, State)> = None;
    for start in 0..STARTS {
        let keys = match start {
            0 if problem.hinted => sorter.hinted_keys(),
            0 => sorter.walk_keys(),
            1 => sorter.model_keys(),
            seed => sorter.random_keys(seed),
        };
        sorter.start(&keys);
        let (crossings, state) = sorter.sweep(limit);
        if best.as_ref().is_none_or(|(least, _)| crossings < *least) {
            best = Some((crossings, state));
        }
        if best.as_ref().is_some_and(|(least, _)| *least == 0) || sorter.work > limit || problem.hinted {
            break;
        }
    }
    if let Some((_, state)) = best {
        sorter.state = state;
        sorter.straighten(limit);
    }
    let State { lists, top, bottom, .. } = sorter.state;
    Order { lists, top, bottom }
}

impl<'a> Sorter<'a> {
    fn new(problem: &'a Problem, layered: &'a Layered) -> Self {
        let (cells, lists) = (layered.cells.len(), layered.lists());
        let mut up = vec![Vec::new(); cells];
        let mut down = up.clone();
        for strand in &layered.strands {
            for pair in strand.cells.windows(2) {
                if let &[low, high] = pair {
                    down.add(low, high);
                    up.add(high, low);
                }
            }
        }
        let faces = |edge: &dyn Fn(usize) -> bool| -> Vec<Option<usize>> {
            let mut faces: Vec<Option<usize>> = Vec::with_capacity(lists);
            // A group stands in a list of lower number.
            for list in 0..lists {
                let group = layered.owner.at(list);
                let outer = if group == 0 { None } else { faces.get(layered.stands.at(group)).copied().flatten() };
                faces.push(if edge(list) { outer } else { Some(list) });
            }
            faces
        };
        let faces_up = faces(&|list| layered.first.at(layered.owner.at(list)) == list);
        let faces_down = faces(&|list| layered.is_last(list));
        let state = State {
            lists: vec![Vec::new(); lists],
            above: vec![Vec::new(); lists],
            below: vec![Vec::new(); lists],
            top: vec![0; cells],
            bottom: vec![0; cells],
        };
        Self {
            problem,
            layered,
            up,
            down,
            faces_up,
            faces_down,
            state,
            work: 0,
            tree: Vec::new(),
            sieve: improve::Sieve::default(),
            clock: 0,
            stamps: (vec![0; lists], vec![0; lists]),
            sifted: vec![0; lists],
            straightens: false,
        }
    }

    // ---- Frontiers ----

    fn walk(&self, list: usize, upper: bool, cells: &mut Vec<usize>) {
        for entry in self.state.lists.row(list) {
            match *entry {
                Entry::Cell(cell) => cells.push(cell),
                Entry::Group(group) => {
                    self.walk(if upper { self.layered.first.at(group) } else { self.layered.last(group) }, upper, cells);
                }
            }
        }
    }

    /// The frontier of a list that faces up (`upper`) or down, and the places in it.
    fn refresh(&mut self, list: usize, upper: bool) {
        let faces = if upper { &self.faces_up } else { &self.faces_down };
        let Some(list) = faces.get(list).copied().flatten() else { return };
        let table = if upper { &mut self.state.above } else { &mut self.state.below };
        let mut cells = table.get_mut(list).map(std::mem::take).unwrap_or_default();
        self.clock += 1;
        (if upper { &mut self.stamps.0 } else { &mut self.stamps.1 }).put(list, self.clock);
        cells.clear();
        self.walk(list, upper, &mut cells);
        self.work += cells.len();
        let places = if upper { &mut self.state.top } else { &mut self.state.bottom };
        for (place, &cell) in cells.iter().enumerate() {
            places.put(cell, place);
        }
        let table = if upper { &mut self.state.above } else { &mut self.state.below };
        if let Some(row) = table.get_mut(list) {
            *row = cells;
        }
    }

    fn refresh_all(&mut self) {
        for list in 0..self.layered.lists() {
            for upper in [true, false] {
                let faces = if upper { &self.faces_up } else { &self.faces_down };
                if faces.get(list).copied().flatten() == Some(list) {
                    self.refresh(list, upper);
                }
            }
        }
    }

    /// The place of a cell in a frontier, scaled.
    fn scaled(place: usize, length: usize) -> i64 {
        let (place, length) = (i64::try_from(place).unwrap_or(0), i64::try_from(length).unwrap_or(1).max(1));
        (2 * place + 1) * SCALE / (2 * length)
    }

    // ---- Crossings ----

    fn crossings(&mut self) -> i64 {
        (0..self.layered.lists()).filter(|&list| !self.layered.is_last(list)).map(|list| self.crossings_after(list)).sum()
    }

    /// In the channel after a list: inversions, counted with a Fenwick tree.
    fn crossings_after(&mut self, list: usize) -> i64 {
        let length = self.state.above.row(list + 1).len();
        let mut tree = std::mem::take(&mut self.tree);
        tree.clear();
        tree.resize(length + 1, 0);
        let (mut total, mut crossings) = (0, 0);
        for &cell in self.state.below.row(list) {
            let neighbours = self.down.row(cell);
            for &neighbour in neighbours {
                let mut index = self.state.top.at(neighbour) + 1;
                let mut up_to = 0;
                while index > 0 {
                    up_to += tree.at(index);
                    index &= index - 1;
                }
                crossings += total - up_to;
            }
            self.work += 4 * neighbours.len() + 1;
            for &neighbour in neighbours {
                total += 1;
                let mut index = self.state.top.at(neighbour) + 1;
                while index <= length {
                    tree.put(index, tree.at(index) + 1);
                    index += index & index.wrapping_neg();
                }
            }
        }
        self.tree = tree;
        crossings
    }

    // ---- Sweeps ----

    /// The best order found from here.
    fn sweep(&mut self, limit: usize) -> (i64, State) {
        let mut best = (self.crossings(), self.state.clone());
        let mut fruitless = 0;
        for round in 0..SWEEPS {
            self.sweep_group(0, round % 2 == 0, round % 6 >= 4);
            self.refresh_all();
            let sifts = round % 6 == 5;
            if sifts {
                self.sift_all(2, true, limit);
            }
            let crossings = self.crossings();
            if crossings < best.0 {
                best = (crossings, self.state.clone());
                fruitless = 0;
            } else {
                fruitless += 1;
            }
            if best.0 == 0 || fruitless > PATIENCE || self.work > limit {
                break;
            }
        }
        best
    }

    /// Without more crossings, moves them towards the ends of lines, where they cost no bends. What was there before keeps its place
    /// unless that saves something.
    fn straighten(&mut self, limit: usize) {
        self.straightens = true;
        self.refresh_all();
        let limit = self.work + limit / 2;
        for drifts in [!self.problem.hinted, false] {
            self.sifted.fill(0);
            self.sift_all(4, drifts, limit);
        }
    }

    /// Orders the lists of a group one after the other by the mean (or median) place of their neighbours.
    fn sweep_group(&mut self, group: usize, downward: bool, median: bool) {
        let (first, last) = (self.layered.first.at(group), self.layered.last(group));
        for step in first..=last {
            let list = if downward { step } else { first + last - step };
            self.arrange(list, downward, median);
            for index in 0..self.state.lists.row(list).len() {
                if let Some(&Entry::Group(inner)) = self.state.lists.row(list).get(index) {
                    self.sweep_group(inner, downward, median);
                }
            }
            // What comes next looks at this frontier.
            let faces = if downward { &self.faces_down } else { &self.faces_up };
            if faces.get(list).copied().flatten() == Some(list) {
                self.refresh(list, !downward);
            }
        }
    }

    /// Orders a list by the places of its neighbours before it (seen in the direction of the sweep).
    fn arrange(&mut self, list: usize, downward: bool, median: bool) {
        let faces = if downward { &self.faces_up } else { &self.faces_down };
        let Some(channel) = faces.get(list).copied().flatten() else { return };
        let opposite = if downward { self.state.below.row(channel.wrapping_sub(1)).len() } else { self.state.above.row(channel + 1).len() };
        let mut entries = self.state.lists.get_mut(list).map(std::mem::take).unwrap_or_default();
        let count = entries.len();
        let mut valued: Vec<(Option<i64>, usize, Entry)> = Vec::with_capacity(count);
        let mut places: Vec<usize> = Vec::new();
        let mut facing = Vec::new();
        for (index, &entry) in entries.iter().enumerate() {
            places.clear();
            facing.clear();
            match entry {
                Entry::Cell(cell) => facing.push(cell),
                Entry::Group(group) => {
                    let inner = if downward { self.layered.first.at(group) } else { self.layered.last(group) };
                    self.walk(inner, downward, &mut facing);
                }
            }
            for &cell in &facing {
                if downward {
                    places.extend(self.up.row(cell).iter().map(|&other| self.state.bottom.at(other)));
                } else {
                    places.extend(self.down.row(cell).iter().map(|&other| self.state.top.at(other)));
                }
            }
            self.work += 2 * places.len() + facing.len() + 2;
            let value = if places.is_empty() {
                None
            } else if median {
                #[expect(clippy::stable_sort_primitive, reason = "this one is in the program already; browsers would fetch another")]
                places.sort();
                let middle = places.len() / 2;
                let sum = places.at(middle) + places.at(places.len() - 1 - middle);
                Some(Self::scaled(sum, 2 * opposite))
            } else {
                Some(Self::scaled(places.iter().sum::<usize>(), places.len() * opposite))
            };
            valued.push((value, index, entry));
        }
        // Entries without neighbours stay where they are, the others share the places between them.
        let mut moving: Vec<(i64, usize, Entry)> =
            valued.iter().filter_map(|&(value, index, entry)| Some((value?, index, entry))).collect();
        moving.sort_unstable_by_key(|&(value, index, _)| (value, index));
        let mut moving = moving.into_iter();
        entries.clear();
        for (value, _, entry) in valued {
            entries.push(if value.is_some() { moving.next().map_or(entry, |(_, _, entry)| entry) } else { entry });
        }
        if let Some(place) = self.state.lists.get_mut(list) {
            *place = entries;
        }
    }
}
