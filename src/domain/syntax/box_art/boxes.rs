//! Finds the boxes of a drawing: rectangles of lines, alone, inside each other, or side by side with shared borders; and those
//! that somebody drew with a shifted border or without a corner.
//!
//! From every top left corner the search runs along the top border and down both sides, and takes the smallest rectangle that
//! closes. What looks like a rectangle but lies between lines that join two boxes is dropped again.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    MAX_BOXES, MAX_SCAN,
    glyph::{self, ALL, EAST, LEVEL, NORTH, SOUTH, UPRIGHT, WEST},
    sheet::Sheet,
    strokes::Strokes,
};

mod mend;

/// The longest title in a border, in columns.
const TITLE: i32 = 120;

/// Rectangles that are tried with one corner.
const CHOICES: usize = 8;
/// Columns that words may push a border away by.
const OVERFLOW: i32 = 16;

/// A rectangle of lines; its borders lie on these rows and columns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Frame {
    pub(super) top: i32,
    pub(super) left: i32,
    pub(super) bottom: i32,
    pub(super) right: i32,
    /// Where the right border lies in rows where it is not in its column.
    pub(super) shifted: BTreeMap<i32, i32>,
    /// Columns of the words in the top border.
    pub(super) title: Option<(i32, i32)>,
    /// Rows of the lines that part a title from what stands below it.
    pub(super) dividers: Vec<i32>,
    /// What is wrong with it, and where.
    pub(super) flaws: Vec<(i32, i32, Flaw)>,
    pub(super) parent: Option<usize>,
}

/// How a box is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flaw {
    /// A side lies beside its column.
    Shifted,
    /// A part of a side is not there.
    Gap,
    /// A corner is not there.
    Corner,
}

impl Frame {
    pub(super) const fn contains(&self, row: i32, column: i32) -> bool {
        self.top <= row && row <= self.bottom && self.left <= column && column <= self.right
    }

    pub(super) fn holds(&self, row: i32, column: i32) -> bool {
        self.top < row && row < self.bottom && self.left < column && column < self.right_at(row)
    }

    pub(super) fn right_at(&self, row: i32) -> i32 {
        self.shifted.get(&row).copied().unwrap_or(self.right)
    }

    /// The cells of the border, shifted ones where they are.
    pub(super) fn border(&self) -> impl Iterator<Item = (i32, i32)> + '_ {
        let level = [self.top, self.bottom].into_iter().flat_map(|row| (self.left..=self.right).map(move |column| (row, column)));
        let dividers = self.dividers.iter().flat_map(|&row| (self.left..=self.right).map(move |column| (row, column)));
        level.chain(dividers).chain((self.top + 1..self.bottom).flat_map(|row| [(row, self.left), (row, self.right_at(row))]))
    }

    const fn area(&self) -> i64 {
        (self.bottom - self.top) as i64 * (self.right - self.left) as i64
    }

    fn encloses(&self, other: &Self) -> bool {
        self.top < other.top && self.left < other.left && self.bottom > other.bottom && self.right > other.right
    }
}

/// All boxes, outer before inner, then by place; and whether the search had to be cut short.
pub(super) fn find(sheet: &Sheet, strokes: &Strokes) -> (Vec<Frame>, bool) {
    let mut search = Search { sheet, strokes, work: 0 };
    let mut frames: Vec<Frame> = Vec::new();
    let mut cut = false;
    'rows: for row in 0..sheet.height() {
        for column in 0..sheet.width() {
            if strokes.arms(row, column) & (EAST | SOUTH) != EAST | SOUTH || strokes.head(row, column) != 0 {
                continue;
            }
            if search.work > MAX_SCAN || frames.len() >= MAX_BOXES {
                cut = true;
                break 'rows;
            }
            search.with_corner(row, column, &mut frames);
        }
    }
    let frames = smallest(peel(proper(frames, sheet), strokes));
    let mut frames = mend::mend(sheet, strokes, frames);
    frames.truncate(MAX_BOXES);
    (nest(frames), cut)
}

struct Search<'a> {
    sheet: &'a Sheet,
    strokes: &'a Strokes,
    work: usize,
}

impl Search<'_> {
    /// The smallest rectangles with this top left corner: where one closes in a crossing, which may be that of a line, the next
    /// is another choice.
    fn with_corner(&mut self, top: i32, left: i32, found: &mut Vec<Frame>) {
        let mut column = left + 1;
        let mut title = None;
        let before = found.len();
        // A wall that does not run down from its corner would be tried for every corner of a wide border.
        let mut failed = 0;
        loop {
            self.work += 1;
            let Some(next) = self.along(top, column) else { return };
            if next > column + 1 && title.is_none() {
                title = Some((column, next));
            }
            column = next;
            let arms = self.strokes.arms(top, column);
            if arms & (SOUTH | WEST) == SOUTH | WEST && self.strokes.head(top, column) == 0 {
                let known = found.len();
                if column > left + 1 {
                    self.down(Frame { top, left, right: column, title, ..Frame::default() }, arms & EAST == 0, found);
                }
                failed += usize::from(found.len() == known);
                let settled = found.len() > known && arms != ALL;
                if settled || arms & EAST == 0 || failed > 64 || found.len() - before >= CHOICES {
                    return;
                }
            }
            column += 1;
        }
    }

    /// The column at or after this one where the border goes on: the same, the next after a gap of a dashed line, or the first
    /// after a title.
    fn along(&mut self, row: i32, column: i32) -> Option<i32> {
        if self.is_level(row, column) {
            return Some(column);
        }
        let before = self.sheet.at(row, column - 1);
        if self.sheet.at(row, column) == ' ' && self.sheet.at(row, column + 1) == before && glyph::is_level(before) {
            return Some(column + 1);
        }
        if self.strokes.arms(row, column) & UPRIGHT != 0 && self.strokes.arms(row, column - 1) & EAST == 0 {
            return None;
        }
        let mut words = false;
        for next in column..column + TITLE {
            self.work += 1;
            let arms = self.strokes.arms(row, next);
            if words && self.is_level(row, next) && self.strokes.head(row, next) == 0 {
                return Some(next);
            }
            if arms & UPRIGHT != 0 || (self.strokes.head(row, next) != 0) || self.sheet.cell(row, next).is_none() {
                return None;
            }
            let c = self.sheet.at(row, next);
            words |= c.is_alphanumeric();
        }
        None
    }

    /// A border runs through the cell from west to east, or ends in it.
    fn is_level(&self, row: i32, column: i32) -> bool {
        let arms = self.strokes.arms(row, column);
        arms & WEST != 0
            || (self.strokes.head(row, column) & UPRIGHT != 0
                && self.strokes.arms(row, column - 1) & EAST != 0
                && self.strokes.arms(row, column + 1) & WEST != 0)
    }

    /// Down both sides to the first row that closes the rectangle, and on while crossings close it. Only below the end of the
    /// top border may the right side be broken; below a junction anything else could be meant.
    fn down(&mut self, mut frame: Frame, lenient: bool, found: &mut Vec<Frame>) {
        let Frame { top, left, right, .. } = frame;
        let mut broken = 0;
        let before = found.len();
        for row in top + 1..self.sheet.height() {
            self.work += 1;
            let (west, east) = (self.strokes.arms(row, left), self.strokes.arms(row, right));
            let corners = west & (NORTH | EAST) == NORTH | EAST && east & (NORTH | WEST) == NORTH | WEST;
            if corners
                && row > top + 1
                && self.strokes.head(row, left) == 0
                && self.strokes.head(row, right) == 0
                && self.closes(row, left, right)
            {
                found.push(Frame { bottom: row, ..frame.clone() });
                if west != ALL || east != ALL || found.len() - before >= CHOICES {
                    return;
                }
            }
            if !self.is_wall(row, left) {
                return;
            }
            if self.is_wall(row, right) {
                broken = 0;
                continue;
            }
            if !lenient {
                return;
            }
            // The right border wanders when a word was changed; a row or two without any is forgiven.
            let near = [1, -1, 2, -2, 3, -3].into_iter().map(|by| right + by).find(|&column| {
                self.strokes.arms(row, column) & UPRIGHT == UPRIGHT && self.strokes.arms(row, column) & LEVEL == 0 && column > left + 1
            });
            let beyond = || {
                // Words that are longer than the box push its border away.
                (right..right + OVERFLOW).find(|&column| self.strokes.arms(row, column) != 0).filter(|&column| {
                    self.strokes.arms(row, column) & UPRIGHT == UPRIGHT
                        && self.sheet.at(row, right) != ' '
                        && self.strokes.head(row, column) == 0
                })
            };
            if let Some(column) = near.or_else(beyond) {
                frame.shifted.insert(row, column);
                frame.flaws.push((row, column, Flaw::Shifted));
                broken = 0;
            } else {
                broken += 1;
                if broken > 1 || self.sheet.at(row, right) != ' ' && self.strokes.arms(row, right) != 0 {
                    return;
                }
                frame.flaws.push((row, right, Flaw::Gap));
            }
        }
    }

    fn closes(&mut self, row: i32, left: i32, right: i32) -> bool {
        let mut column = left + 1;
        while column < right {
            match self.along(row, column) {
                Some(next) if next <= right => column = next + 1,
                _ => return false,
            }
        }
        true
    }

    fn is_wall(&self, row: i32, column: i32) -> bool {
        let arms = self.strokes.arms(row, column);
        let crossed = arms & LEVEL == LEVEL
            && self.strokes.arms(row, column - 1) & EAST != 0
            && self.strokes.arms(row, column + 1) & WEST != 0
            && self.strokes.arms(row - 1, column) & SOUTH != 0;
        let head = self.strokes.head(row, column);
        (arms & UPRIGHT == UPRIGHT && head == 0) || head & LEVEL != 0 || crossed
    }
}

/// Without empty rectangles, and without those that lie between lines.
fn proper(mut frames: Vec<Frame>, sheet: &Sheet) -> Vec<Frame> {
    let inner: BTreeSet<(i32, i32)> = frames.iter().map(|frame| (frame.top, frame.left)).collect();
    let filled = |frame: &Frame| {
        frame.title.is_some()
            || (frame.top + 1..frame.bottom).any(|row| {
                let right = frame.right_at(row);
                (frame.left + 1..right).any(|column| sheet.at(row, column).is_alphanumeric() || inner.contains(&(row, column)))
            })
    };
    frames.retain(filled);
    let by_top: BTreeMap<i32, Vec<usize>> = group(&frames, |frame| frame.top);
    let by_bottom: BTreeMap<i32, Vec<usize>> = group(&frames, |frame| frame.bottom);
    let by_left: BTreeMap<i32, Vec<usize>> = group(&frames, |frame| frame.left);
    let by_right: BTreeMap<i32, Vec<usize>> = group(&frames, |frame| frame.right);
    let at = |table: &BTreeMap<i32, Vec<usize>>, key: i32| -> Vec<&Frame> {
        table.get(&key).into_iter().flatten().take(256).filter_map(|&index| frames.get(index)).collect()
    };
    let kept: Vec<bool> = frames
        .iter()
        .map(|frame| {
            // Between two boxes above and below, or left and right, that both reach further on both sides.
            let over = |other: &&Frame| other.left < frame.left && frame.right < other.right;
            let beside = |other: &&Frame| other.top < frame.top && frame.bottom < other.bottom;
            let (above, below) = (at(&by_bottom, frame.top), at(&by_top, frame.bottom));
            let hung = above.iter().any(over) && below.iter().any(over);
            let (west, east) = (at(&by_right, frame.left), at(&by_left, frame.right));
            let strung = west.iter().any(beside) && east.iter().any(beside);
            let row_of = |next: i32, table: &BTreeMap<i32, Vec<usize>>| {
                at(table, next).iter().any(|other| other.top == frame.top && other.bottom == frame.bottom)
            };
            let column_of = |next: i32, table: &BTreeMap<i32, Vec<usize>>| {
                at(table, next).iter().any(|other| other.left == frame.left && other.right == frame.right)
            };
            // A cell of a row of boxes has neighbours that reach to the ends of the row.
            let in_row = row_of(frame.left, &by_right) && row_of(frame.right, &by_left);
            let in_column = column_of(frame.top, &by_bottom) && column_of(frame.bottom, &by_top);
            (in_column || !strung) && (in_row || !hung)
        })
        .collect();
    let mut kept = kept.into_iter();
    frames.retain(|_| kept.next().unwrap_or(true));
    frames
}

/// A line runs from one side into a rectangle that holds no others, and does not part it.
fn is_pierced(frame: &Frame, corners: &BTreeSet<(i32, i32)>, strokes: &Strokes) -> bool {
    let inner = (frame.top + 1..frame.bottom).any(|row| corners.range((row, frame.left + 1)..(row, frame.right)).next().is_some());
    if inner {
        return false;
    }
    let enters = |row: i32, column: i32, way: u8| {
        let (down, right) = glyph::step(way);
        strokes.arms(row, column) & way != 0
            && (1..=2).all(|by| strokes.arms(row + down * by, column + right * by) & glyph::opposite(way) != 0)
            && strokes.head(row + down, column + right) == 0
    };
    let rows = (frame.top + 1..frame.bottom).any(|row| enters(row, frame.left, EAST) != enters(row, frame.right, WEST));
    rows || (frame.left + 1..frame.right).any(|column| enters(frame.top, column, SOUTH) != enters(frame.bottom, column, NORTH))
}

/// Of the rectangles with one corner, the smallest that are left.
fn smallest(mut frames: Vec<Frame>) -> Vec<Frame> {
    frames.sort_by_key(|frame| (frame.top, frame.left, frame.area()));
    frames.dedup_by_key(|frame| (frame.top, frame.left));
    frames
}

/// Rounds of peeling; each takes the outermost rectangles of a mesh of lines.
const ROUNDS: usize = 64;

/// Without the rectangles that crossing lines happen to enclose. A line runs on from such a corner to where no box is; a box
/// has at most lines that leave its corners in one direction.
fn peel(mut frames: Vec<Frame>, strokes: &Strokes) -> Vec<Frame> {
    let corners: BTreeSet<(i32, i32)> = frames.iter().map(|frame| (frame.top, frame.left)).collect();
    let pierced: BTreeMap<(i32, i32, i32, i32), bool> =
        frames.iter().map(|frame| ((frame.top, frame.left, frame.bottom, frame.right), is_pierced(frame, &corners, strokes))).collect();
    for _ in 0..ROUNDS {
        let by_top = group(&frames, |frame| frame.top);
        let by_bottom = group(&frames, |frame| frame.bottom);
        let by_left = group(&frames, |frame| frame.left);
        let by_right = group(&frames, |frame| frame.right);
        let any = |table: &BTreeMap<i32, Vec<usize>>, key: i32, own: usize, covers: &dyn Fn(&Frame) -> bool| {
            let listed = table.get(&key).into_iter().flatten().take(256);
            listed.filter(|&&index| index != own).filter_map(|&index| frames.get(index)).any(covers)
        };
        // Around a crossing that is a corner of a box lie four boxes.
        let mut quarters: BTreeMap<(i32, i32), u8> = BTreeMap::new();
        for frame in &frames {
            let corners =
                [(frame.top, frame.left, 1), (frame.top, frame.right, 2), (frame.bottom, frame.left, 4), (frame.bottom, frame.right, 8)];
            for (row, column, quarter) in corners {
                *quarters.entry((row, column)).or_default() |= quarter;
            }
        }
        let lies: Vec<bool> = frames
            .iter()
            .enumerate()
            .map(|(own, frame)| {
                let corners = [
                    (frame.top, frame.left, EAST | SOUTH),
                    (frame.top, frame.right, SOUTH | WEST),
                    (frame.bottom, frame.left, NORTH | EAST),
                    (frame.bottom, frame.right, NORTH | WEST),
                ];
                let (mut ways, mut count) = (0, 0);
                for (row, column, arms) in corners {
                    let more = strokes.arms(row, column) & !arms;
                    if strokes.arms(row, column) == ALL && quarters.get(&(row, column)) != Some(&15) {
                        return true;
                    }
                    let mut found = 0;
                    for way in glyph::WAYS.into_iter().filter(|way| more & way != 0) {
                        let (down, right) = glyph::step(way);
                        let (next_row, next_column) = (row + down, column + right);
                        let known = if way & LEVEL != 0 {
                            let covers = |other: &Frame| other.left <= column.min(next_column) && column.max(next_column) <= other.right;
                            any(&by_top, row, own, &covers) || any(&by_bottom, row, own, &covers)
                        } else {
                            let covers = |other: &Frame| other.top <= row.min(next_row) && row.max(next_row) <= other.bottom;
                            any(&by_left, column, own, &covers) || any(&by_right, column, own, &covers)
                        };
                        if !known {
                            found |= way;
                        }
                    }
                    ways |= found;
                    count += usize::from(found != 0);
                }
                (count >= 2 && ways.count_ones() >= 2) || pierced.get(&(frame.top, frame.left, frame.bottom, frame.right)) == Some(&true)
            })
            .collect();
        if !lies.contains(&true) {
            break;
        }
        let mut lies = lies.into_iter();
        frames.retain(|_| !lies.next().unwrap_or(false));
    }
    frames
}

fn group(frames: &[Frame], key: impl Fn(&Frame) -> i32) -> BTreeMap<i32, Vec<usize>> {
    let mut table: BTreeMap<i32, Vec<usize>> = BTreeMap::new();
    for (index, frame) in frames.iter().enumerate() {
        table.entry(key(frame)).or_default().push(index);
    }
    table
}

/// Sets the box around each box; outer ones come first.
pub(super) fn nest(mut frames: Vec<Frame>) -> Vec<Frame> {
    frames.sort_by_key(|frame| (std::cmp::Reverse(frame.area()), frame.top, frame.left));
    // For every row, the boxes that are open in it by their left border; a box's parent is the smallest around its corner.
    let mut open: BTreeMap<i32, Vec<usize>> = BTreeMap::new();
    let mut parents = Vec::with_capacity(frames.len());
    for (index, frame) in frames.iter().enumerate() {
        let around = open.get(&frame.top).into_iter().flatten().rev();
        parents.push(around.copied().find(|&outer| frames.get(outer).is_some_and(|outer| outer.encloses(frame))));
        // Only boxes that can hold another one: at least three rows and five columns of room.
        if frame.bottom - frame.top >= 4 && frame.right - frame.left >= 6 {
            for row in frame.top + 1..frame.bottom - 1 {
                open.entry(row).or_default().push(index);
            }
        }
    }
    for (frame, parent) in frames.iter_mut().zip(parents) {
        frame.parent = parent;
    }
    frames
}

#[cfg(test)]
mod tests {
    use super::{super::sheet::lines, *};

    fn found(text: &str) -> Vec<(i32, i32, i32, i32)> {
        let sheet = Sheet::new(&lines(text));
        let (frames, cut) = find(&sheet, &Strokes::new(&sheet));
        assert!(!cut);
        frames.iter().map(|frame| (frame.top, frame.left, frame.bottom, frame.right)).collect()
    }

    #[test]
    fn boxes_of_all_styles_are_found() {
        for text in [
            "┌──┐\n│ab│\n└──┘",
            "╔══╗\n║ab║\n╚══╝",
            "╭┄┄╮\n┆ab┆\n╰┄┄╯",
            "+--+\n|ab|\n+--+",
            ".--.\n|ab|\n'--'",
            "*--*\n|ab|\n*--*",
            "/--\\\n|ab|\n\\--/",
            "+==+\n|ab|\n+==+",
            "+--+\n:ab:\n+--+",
        ] {
            assert_eq!(found(text), [(0, 0, 2, 3)], "{text}");
        }
        assert_eq!(found("+- - -+\n:  ab :\n+- - -+"), [(0, 0, 2, 6)]);
        assert_eq!(found("┌─ Title ─┐\n│    x    │\n└─────────┘"), [(0, 0, 2, 10)]);
    }

    #[test]
    fn shared_borders_make_boxes_side_by_side() {
        let text = "┌──┬──┐\n│ab│cd│\n├──┴──┤\n│  ef │\n└─────┘";
        assert_eq!(found(text), [(2, 0, 4, 6), (0, 0, 2, 3), (0, 3, 2, 6)]);
    }

    #[test]
    fn the_room_between_two_lines_is_no_box() {
        let text = "┌───────┐\n│   A   │\n└─┬───┬─┘\n  │ x │\n┌─┴───┴─┐\n│   B   │\n└───────┘";
        assert_eq!(found(text).len(), 2);
    }

    #[test]
    fn broken_boxes_are_mended() {
        let wandering = "┌─────┐\n│ abc  │\n└─────┘";
        assert_eq!(found(wandering), [(0, 0, 2, 6)]);
        let cornerless = "+------\n| abc |\n+-----+";
        assert_eq!(found(cornerless), [(0, 0, 2, 6)]);
        let other = " -----+\n| abc |\n+-----+";
        assert_eq!(found(other), [(0, 0, 2, 6)]);
        let bottom = "┌─────┐\n│ abc │\n└──────";
        assert_eq!(found(bottom), [(0, 0, 2, 6)]);
    }

    #[test]
    fn lines_that_turn_around_a_label_are_no_box() {
        for text in [
            // A line that comes from above and an arrow that leaves: where they end, no corner was forgotten.
            "──┐\n  └──────┐\n┄┄┐ SQL  │\n  ┆      │\n  ┆      │\n  └┄┄┄┄┄┄┄▶",
            "--+\n  +------+\n..+ SQL  |\n  :      |\n  :      |\n  +.......>",
            // Two lines that make way: the sides are only their turns.
            "  ┌──────┐\n──┘ SQL  └──\n──┐      ┌──\n  └──────┘",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
        // A wrong character in a corner that no line comes to is still a mistake in a box.
        assert_eq!(found("└─────┐\n│ abc │\n└─────┘"), [(0, 0, 2, 6)]);
    }
}
