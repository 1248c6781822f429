//! Local improvement: each entry of a list goes where it causes the fewest crossings, the others standing still.

use super::{
    super::{
        layers::Entry,
        table::{Column, Rows},
    },
    Sorter,
};

/// An entry looks at most this far for a better place in a long list.
const REACH: usize = 24;
/// What a crossing counts when lines are compared.
const CROSSING: i64 = 1024;
/// Lists up to this length are searched from end to end.
const SHORT: usize = 48;

/// Which way entries go where it makes no difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Drift {
    None,
    Left,
    Right,
}

/// Scratch space of the search in one list.
#[derive(Default)]
pub(super) struct Sieve {
    /// Twice the places of the neighbours of each entry above and below, sorted, one entry after the other; odd for a step from
    /// bend to bend, where that matters.
    places: Vec<u32>,
    /// For each entry, its places above and below.
    spans: Vec<[Span; 2]>,
    order: Vec<usize>,
    /// In a short list: crossings gained when the second of two entries goes left past the first.
    gains: Vec<i64>,
    cells: Vec<usize>,
}

/// Some places of a sieve: where they begin, how many they are, the least and the greatest.
#[derive(Clone, Copy, Debug, Default)]
struct Span {
    from: usize,
    count: u32,
    low: u32,
    high: u32,
}

impl Sieve {
    fn row(&self, span: Span) -> &[u32] {
        self.places.get(span.from..span.from + span.count as usize).unwrap_or_default()
    }

    /// Crossings gained when the second, now right of the first, goes left past it.
    #[inline]
    fn gain(&self, first: &[Span; 2], second: &[Span; 2], work: &mut usize) -> i64 {
        let mut gain = 0;
        for (&a, &b) in first.iter().zip(second) {
            if a.count == 1 && b.count == 1 {
                // Two lines that cross far from their ends take two bends each.
                gain += (i64::from(a.low < b.low) - i64::from(b.low < a.low)) * (CROSSING + i64::from(a.low & b.low & 1));
            } else if a.count > 0 && b.count > 0 {
                let pairs = i64::from(a.count) * i64::from(b.count);
                // The usual case: one stands wholly before the other.
                gain += CROSSING
                    * if a.high < b.low {
                        pairs
                    } else if b.high < a.low {
                        -pairs
                    } else {
                        *work += (a.count + b.count) as usize;
                        balance(self.row(a), self.row(b))
                    };
            }
        }
        *work += 1;
        gain
    }
}

impl Sorter<'_> {
    /// Goes through all lists, at most `rounds` times and as long as that saves crossings. With `drifts`, entries also change
    /// places where that costs nothing, in every other round towards the other side:
    /// what is in the way of a better order often goes aside for nothing.
    pub(super) fn sift_all(&mut self, rounds: usize, drifts: bool, limit: usize) {
        let mut sieve = std::mem::take(&mut self.sieve);
        let lists = self.layered.lists();
        for round in 0..rounds {
            let drift = match (drifts, round % 2 == 0) {
                (false, _) => Drift::None,
                (true, true) => Drift::Left,
                (true, false) => Drift::Right,
            };
            let mut moved = false;
            for step in 0..lists {
                let list = if round % 2 == 0 { step } else { lists - 1 - step };
                if self.work > limit {
                    break;
                }
                if !self.is_stale(list) {
                    continue;
                }
                self.clock += 1;
                self.sifted.put(list, self.clock);
                if self.sift(list, drift, &mut sieve) {
                    self.refresh(list, true);
                    self.refresh(list, false);
                    self.sifted.put(list, 0);
                    moved = true;
                }
            }
            if !moved {
                break;
            }
        }
        self.sieve = sieve;
    }

    fn is_node(&self, cell: usize) -> bool {
        cell < self.problem.nodes.len()
    }

    /// What the entries of a list are connected to has changed places since they were sifted.
    fn is_stale(&self, list: usize) -> bool {
        let sifted = self.sifted.at(list);
        let above = self.faces_up.get(list).copied().flatten().map_or(0, |channel| self.stamps.1.at(channel.wrapping_sub(1)));
        let below = self.faces_down.get(list).copied().flatten().map_or(0, |channel| self.stamps.0.at(channel + 1));
        sifted == 0 || above > sifted || below > sifted
    }

    /// Whether that changed the list.
    fn sift(&mut self, list: usize, drift: Drift, sieve: &mut Sieve) -> bool {
        let count = self.state.lists.row(list).len();
        if count < 2 {
            return false;
        }
        self.gather(list, sieve);
        sieve.order.clear();
        sieve.order.extend(0..count);
        let short = count <= SHORT;
        if short {
            sieve.gains.clear();
            sieve.gains.resize(count * count, 0);
            let mut gains = std::mem::take(&mut sieve.gains);
            for (first, one) in sieve.spans.iter().enumerate() {
                for (second, two) in sieve.spans.iter().enumerate().skip(first + 1) {
                    let gain = sieve.gain(one, two, &mut self.work);
                    gains.put(first * count + second, gain);
                    gains.put(second * count + first, -gain);
                }
            }
            sieve.gains = gains;
        }
        let mut changed = false;
        for entry in 0..count {
            let own = sieve.spans.at(entry);
            let Some(from) = sieve.order.iter().position(|&other| other == entry) else { continue };
            let (mut best, mut to) = (0, from);
            for leftward in [true, false] {
                let mut cost = 0;
                let reach = if short { count } else { REACH };
                for step in 1..=reach {
                    let place = if leftward { from.wrapping_sub(step) } else { from + step };
                    let Some(&other) = sieve.order.get(place) else { break };
                    let gain = if short {
                        sieve.gains.at(other * count + entry)
                    } else {
                        sieve.gain(&sieve.spans.at(other), &own, &mut self.work)
                    };
                    cost += if leftward { gain } else { -gain };
                    if cost < best || (cost == best && drift == if leftward { Drift::Left } else { Drift::Right }) {
                        (best, to) = (cost, place);
                    }
                }
                self.work += reach / 4;
            }
            if to != from {
                sieve.order.remove(from);
                sieve.order.insert(to, entry);
                changed = true;
            }
        }
        if changed && let Some(entries) = self.state.lists.get_mut(list) {
            let old = entries.clone();
            entries.clear();
            entries.extend(sieve.order.iter().filter_map(|&index| old.get(index).copied()));
        }
        changed
    }

    /// The places of the neighbours of a list's entries; they stay while only this list changes.
    fn gather(&mut self, list: usize, sieve: &mut Sieve) {
        sieve.places.clear();
        sieve.spans.clear();
        let faces = [&self.faces_up, &self.faces_down].map(|faces| faces.get(list).copied().flatten().is_some());
        for &entry in self.state.lists.row(list) {
            let mut spans = [Span::default(); 2];
            for ((upper, faces), span) in [true, false].into_iter().zip(faces).zip(&mut spans) {
                if !faces {
                    continue;
                }
                let from = sieve.places.len();
                sieve.cells.clear();
                match entry {
                    Entry::Cell(cell) => sieve.cells.push(cell),
                    Entry::Group(group) => {
                        self.walk(if upper { self.layered.first.at(group) } else { self.layered.last(group) }, upper, &mut sieve.cells);
                    }
                }
                for &cell in &sieve.cells {
                    let (others, places) =
                        if upper { (self.up.row(cell), &self.state.bottom) } else { (self.down.row(cell), &self.state.top) };
                    let bend = self.straightens && !self.is_node(cell);
                    sieve.places.extend(others.iter().map(|&other| {
                        let place = u32::try_from(places.at(other)).unwrap_or(u32::MAX) & (u32::MAX >> 1);
                        2 * place + u32::from(bend && !self.is_node(other))
                    }));
                }
                if let Some(own) = sieve.places.get_mut(from..) {
                    own.sort_unstable();
                    self.work += own.len() + 2;
                    let (low, high) = (own.first().copied().unwrap_or_default(), own.last().copied().unwrap_or_default());
                    *span = Span { from, count: u32::try_from(own.len()).unwrap_or(u32::MAX), low, high };
                }
            }
            sieve.spans.push(spans);
        }
    }
}

/// Pairs of places in `a` before one in `b`, less those in `a` beyond one in `b`; both sorted.
fn balance(a: &[u32], b: &[u32]) -> i64 {
    let length = i64::try_from(b.len()).unwrap_or(0);
    let (mut below, mut up_to) = (0, 0);
    let mut sum = 0;
    for &place in a {
        while b.get(below).is_some_and(|&other| other < place) {
            below += 1;
        }
        up_to = up_to.max(below);
        while b.get(up_to) == Some(&place) {
            up_to += 1;
        }
        // Beyond `place` less before it.
        sum += length - i64::try_from(below + up_to).unwrap_or(0);
    }
    sum
}
