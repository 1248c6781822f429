//! What stands beside what in a drawing: words beside boxes, boxes in a row, words below words; and which way most edges run.

use std::collections::BTreeSet;

use super::Drawing;
use crate::domain::{
    model::view::Direction,
    syntax::box_art::lines::{Anchor, Edge, Run},
};

impl Drawing {
    /// The box that some words stand beside, and whether they stand right of it.
    pub(super) fn box_beside(&self, run: &Run) -> Option<(usize, bool)> {
        const NEAR: i32 = 4;
        let blank = |from: i32, to: i32| (from..to).all(|column| matches!(self.sheet.at(run.row, column), ' ' | '←' | '<' | '-'));
        let boxes = usize::try_from(run.row).ok().and_then(|row| self.leaf_rows.get(row)).map(Vec::as_slice).unwrap_or_default();
        boxes.iter().filter_map(|&index| Some((index, self.frames.get(index)?))).find_map(|(index, frame)| {
            let right = frame.right_at(run.row).max(frame.right);
            if run.from > right && run.from - right <= NEAR && blank(right + 1, run.from) {
                return Some((index, true));
            }
            (run.to <= frame.left && frame.left - run.to < NEAR && blank(run.to, frame.left)).then_some((index, false))
        })
    }

    /// The boxes left of a box in the same rows, itself included.
    pub(super) fn row_of_boxes(&self, index: usize) -> Vec<usize> {
        let Some(frame) = self.frames.get(index) else { return Vec::new() };
        let same = |other: &Self, at: usize| {
            other.leaves.get(at) == Some(&true)
                && other.frames.get(at).is_some_and(|next| {
                    next.top == frame.top && next.bottom == frame.bottom && next.left <= frame.left && next.parent == frame.parent
                })
        };
        (0..self.frames.len()).filter(|&at| same(self, at)).collect()
    }

    /// Runs right below some words that go on with them.
    pub(super) fn continued(&self, index: usize, taken: &BTreeSet<usize>) -> Vec<usize> {
        let Some(run) = self.traced.runs.get(index) else { return Vec::new() };
        let mut found = Vec::new();
        let mut last = run;
        for (other, next) in self.traced.runs.iter().enumerate().skip(index + 1) {
            if next.row > last.row + 1 {
                break;
            }
            let below = next.row == last.row + 1 && next.from < run.to && run.from < next.to;
            let bracketed = next.text.starts_with(['(', '[']);
            if below && bracketed && !taken.contains(&other) && !self.traced.nodes.contains(&other) && !self.traced.labels.contains(&other)
            {
                found.push(other);
                last = next;
            }
        }
        found
    }
}

/// The main direction of most edges.
pub(super) fn direction(drawing: &Drawing) -> Direction {
    let centre = |anchor: Anchor| match anchor {
        Anchor::Frame(index) => {
            drawing.frames.get(index).map(|frame| (i32::midpoint(frame.top, frame.bottom), i32::midpoint(frame.left, frame.right)))
        }
        Anchor::Run(index) => drawing.traced.runs.get(index).map(|run| (run.row, i32::midpoint(run.from, run.to))),
    };
    let mut counts = [0_usize; 4];
    let mut count = |edge: &Edge| {
        let (Some(source), Some(target)) = (centre(edge.source), centre(edge.target)) else { return };
        let (down, right) = (target.0 - source.0, target.1 - source.1);
        let index = match (down.abs() * 2 >= right.abs(), down >= 0, right >= 0) {
            (true, true, _) => 0,
            (true, false, _) => 1,
            (false, _, true) => 2,
            (false, _, false) => 3,
        };
        counts.get_mut(index).into_iter().for_each(|count| *count += 1);
    };
    drawing.traced.edges.iter().for_each(&mut count);
    let [down, up, right, left] = counts;
    if down + up > right + left {
        if up > down { Direction::BottomTop } else { Direction::TopBottom }
    } else if left > right {
        Direction::RightLeft
    } else if down + up + right + left == 0 {
        Direction::TopBottom
    } else {
        Direction::LeftRight
    }
}
