//! What stands in boxes and beside them: the lines of a name, titles, arrows between words inside of a box.

use super::{Drawing, Frame, Sheet, Strokes};
use crate::domain::syntax::box_art::{boxes::Flaw, glyph};

/// Words in a box are joined by arrows, so that it is a box around them.
pub(super) fn has_arrows(sheet: &Sheet, strokes: &Strokes, frame: &Frame) -> bool {
    let mut arrows = 0;
    let word = |row: i32, column: i32| sheet.at(row, column).is_alphanumeric() || matches!(sheet.at(row, column), '[' | ']' | '(' | ')');
    for row in frame.top + 1..frame.bottom {
        for column in frame.left + 1..frame.right_at(row) {
            let head = strokes.head(row, column);
            let lined = |by: i32| strokes.arms(row, column - by) & glyph::LEVEL != 0;
            if head == glyph::EAST && (lined(1) && lined(2)) {
                // A line of two cells and more, with words at both ends and nothing else behind.
                let from = (frame.left + 1..column).rev().find(|&at| strokes.arms(row, at) == 0).unwrap_or(frame.left);
                let behind = word(row, column + 1) || word(row, column + 2);
                let before = word(row, from) || word(row, from - 1);
                arrows += usize::from(behind && before && from > frame.left);
            }
            let upright = head == glyph::SOUTH && strokes.arms(row - 1, column) & glyph::UPRIGHT != 0 && row - 1 > frame.top;
            if upright && frame.bottom - frame.top > 5 && row + 1 < frame.bottom {
                arrows += usize::from((-3..=3).any(|by| word(row + 1, column + by)));
            }
        }
    }
    arrows > 0
}

impl Drawing {
    /// The lines of a box without others in it; blank lines are empty. A line in a border comes first. Dividers part
    /// paragraphs.
    pub(super) fn lines(&self, frame: &Frame) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        if let Some((from, to)) = frame.title {
            lines.push(self.title_text(frame.top, from, to));
            lines.push(String::new());
        }
        for row in frame.top + 1..frame.bottom {
            if frame.dividers.contains(&row) {
                lines.push(String::new());
                continue;
            }
            let text = self.sheet.text(row, frame.left + 1, frame.right_at(row));
            lines.push(text.trim_matches('_').trim().to_owned());
        }
        // A top drawn with underscores leaves words in the row of the bottom.
        let bottom = self.sheet.text(frame.bottom, frame.left + 1, frame.right);
        if bottom.contains('_') {
            lines.push(bottom.trim_matches(['_', ' ', '|', '/', '\\']).to_owned());
        }
        lines
    }

    /// The words in a border, without the brackets and bars that set them off.
    pub(super) fn title_text(&self, row: i32, from: i32, to: i32) -> String {
        let text = self.sheet.text(row, from, to);
        let text = text.trim_matches(|c: char| glyph::drawn(c) != 0 || matches!(c, '-' | '=' | ' ' | '┤' | '├' | '|' | ':'));
        let paired = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).filter(|inner| !inner.contains('['));
        paired.unwrap_or(text).trim().to_owned()
    }

    /// The title of a box around others, and the runs it is made of.
    pub(super) fn heading(&self, index: usize) -> (String, Vec<usize>) {
        let Some(frame) = self.frames.get(index) else { return (String::new(), Vec::new()) };
        if let Some((from, to)) = frame.title {
            return (self.title_text(frame.top, from, to), Vec::new());
        }
        let free = |run: usize| !self.traced.nodes.contains(&run) && !self.traced.labels.contains(&run);
        let own: Vec<usize> = (0..self.traced.runs.len()).filter(|&run| free(run) && self.around_run(run) == Some(index)).collect();
        let row = |run: usize| self.traced.runs.get(run).map_or(0, |run| run.row);
        // Words in the lower border, or in the rows above everything else.
        let inner_top = self
            .frames
            .iter()
            .filter(|inner| inner.parent == Some(index))
            .map(|inner| inner.top)
            .chain(self.traced.nodes.iter().filter(|&&run| self.around_run(run) == Some(index)).map(|&run| row(run)))
            .min()
            .unwrap_or(frame.bottom);
        let divider = frame.dividers.first().copied().unwrap_or(frame.bottom);
        let mut title: Vec<usize> = Vec::new();
        for &run in &own {
            let next = match title.last() {
                None => row(run) < inner_top && row(run) < divider || self.beside_all(run, index),
                Some(&last) => row(run) == row(last) || (row(run) == row(last) + 1 && row(run) < inner_top.min(divider) && title.len() < 3),
            };
            if next {
                title.push(run);
            } else if !title.is_empty() {
                break;
            }
        }
        if title.is_empty() {
            // At the bottom, if nowhere else.
            let inner_bottom =
                self.frames.iter().filter(|inner| inner.parent == Some(index)).map(|inner| inner.bottom).max().unwrap_or(frame.top);
            title.extend(own.iter().copied().find(|&run| row(run) > inner_bottom));
        }
        let words: Vec<&str> = title.iter().filter_map(|&run| self.traced.runs.get(run)).map(|run| run.text.as_str()).collect();
        (words.join(" "), title)
    }

    /// In the first rows of its box, beside what stands there.
    fn beside_all(&self, run: usize, index: usize) -> bool {
        self.traced.runs.get(run).zip(self.frames.get(index)).is_some_and(|(run, frame)| run.row <= frame.top + 1)
    }

    /// The smallest box around a run.
    pub(super) fn around_run(&self, run: usize) -> Option<usize> {
        let run = self.traced.runs.get(run)?;
        self.containers.iter().rev().copied().find(|&index| self.frames.get(index).is_some_and(|frame| frame.holds(run.row, run.from)))
    }

    /// Whether a line ends at the box.
    pub(super) fn is_joined(&self, index: usize) -> bool {
        self.joined.contains(&index)
    }
}

/// What is wrong, in words: a code, the problem, why, and what to do.
pub(super) const fn flaw(flaw: Flaw) -> (&'static str, &'static str, &'static str) {
    match flaw {
        Flaw::Shifted => {
            ("shifted-border", "The border of a box is beside its column", "Move the border so that it stands below the corner.")
        }
        Flaw::Gap => ("gap-in-border", "The border of a box has a gap", "Draw the side through all rows."),
        Flaw::Corner => ("missing-corner", "A box lacks a corner", "Draw the corner where the two sides meet."),
    }
}
