//! Local improvement: exchanges of neighbours, and of whole frames.

use super::{
    super::table::{Column, Rows},
    Entry, Sorter,
};

impl Sorter<'_> {
    /// Exchanges neighbours while that saves crossings. With `keep`, nodes that were there before stay in order.
    pub(super) fn transpose(&mut self, rounds: usize, keep: bool) {
        for _ in 0..rounds {
            let mut improved = false;
            for list in 0..self.place.len() {
                let (layer, _) = self.place.at(list);
                let mut changed = false;
                for index in 1..self.state.lists.row(list).len() {
                    let (Some(&first), Some(&second)) = (self.state.lists.row(list).get(index - 1), self.state.lists.row(list).get(index))
                    else {
                        continue;
                    };
                    if matches!((first, second), (Entry::Group(_), Entry::Group(_)))
                        || (keep && self.is_kept(first) && self.is_kept(second))
                    {
                        continue;
                    }
                    let (first_cells, second_cells) = (self.cells_of(first, layer), self.cells_of(second, layer));
                    if first_cells.len() * second_cells.len() <= 1024 && self.saving(&first_cells, &second_cells) > 0 {
                        if let Some(entries) = self.state.lists.get_mut(list) {
                            entries.swap(index - 1, index);
                        }
                        changed = true;
                    }
                }
                if changed {
                    self.flatten(layer);
                    improved = true;
                }
            }
            if !improved {
                return;
            }
        }
    }

    fn is_kept(&self, entry: Entry) -> bool {
        match entry {
            Entry::Cell(cell) => self.problem.nodes.get(cell).is_some_and(|body| body.hint.is_some()),
            Entry::Group(_) => true,
        }
    }

    fn cells_of(&self, entry: Entry, layer: usize) -> Vec<usize> {
        match entry {
            Entry::Cell(cell) => vec![cell],
            Entry::Group(group) => {
                let mut cells = Vec::new();
                self.walk(self.list(layer, group), &mut cells);
                cells
            }
        }
    }

    /// Crossings saved by putting the second behind the first's place.
    fn saving(&self, first: &[usize], second: &[usize]) -> i64 {
        let mut saved = 0;
        for table in [&self.before, &self.after] {
            for &a in first {
                for &(left, left_weight) in table.row(a) {
                    let left = self.state.position.at(left);
                    for &b in second {
                        for &(right, right_weight) in table.row(b) {
                            let right = self.state.position.at(right);
                            saved += match left.cmp(&right) {
                                std::cmp::Ordering::Greater => left_weight * right_weight,
                                std::cmp::Ordering::Less => -left_weight * right_weight,
                                std::cmp::Ordering::Equal => 0,
                            };
                        }
                    }
                }
            }
        }
        saved
    }

    /// Exchanges neighbouring sibling frames in all layers at once while that saves crossings.
    pub(super) fn exchange_frames(&mut self, mut crossings: i64) {
        for _ in 0..2 {
            let mut improved = false;
            for parent in 0..self.problem.groups.len() {
                let mut siblings: Vec<usize> =
                    (1..self.problem.groups.len()).filter(|&group| self.problem.area(group).parent == parent).collect();
                siblings.sort_by_key(|&group| self.state.seat.at(group));
                for index in 1..siblings.len() {
                    let (a, b) = (siblings.at(index - 1), siblings.at(index));
                    let saved = self.state.clone();
                    let (first, second) = (self.state.seat.at(a), self.state.seat.at(b));
                    self.state.seat.put(a, second);
                    self.state.seat.put(b, first);
                    self.reapply_seats();
                    let (from, to) = self.layered.span.at(parent);
                    for layer in from..=to {
                        self.arrange(self.list(layer, 0), layer > from, false);
                        self.flatten(layer);
                    }
                    self.transpose(1, false);
                    let now = self.crossings();
                    if now < crossings {
                        crossings = now;
                        improved = true;
                        siblings.swap(index - 1, index);
                    } else {
                        self.state = saved;
                    }
                }
            }
            if !improved || self.layered.cells.len() > 4000 {
                return;
            }
        }
    }
}
