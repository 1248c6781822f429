//! What the lines of a drawing join: from every end of a line to the boxes and words it touches, through corners, junctions,
//! crossings, gaps and the borders of boxes around; and the words that stand in or beside a line.
//!
//! Lines that meet form a net. Where four lines meet they cross, unless one of the two would then lead from nowhere or to
//! nowhere. A net with a tail and heads is an edge for every pair; `net` says what else there is.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::{
    MAX_EDGES,
    boxes::Frame,
    glyph::{self, ALL, EAST, LEVEL, NORTH, SOUTH, UPRIGHT, WAYS, WEST, opposite, step},
    sheet::Sheet,
    strokes::Strokes,
};

mod labels;
mod net;

/// Words in one row outside of boxes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) row: i32,
    pub(super) from: i32,
    /// After the last column.
    pub(super) to: i32,
    pub(super) text: String,
}

/// What a line ends at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Anchor {
    Frame(usize),
    Run(usize),
}

/// A directed edge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Edge {
    pub(super) source: Anchor,
    pub(super) target: Anchor,
    pub(super) dashed: bool,
    /// Row and column of its first cell.
    pub(super) at: (i32, i32),
    /// No head says which way it goes.
    pub(super) guessed: bool,
    /// The words on it, in reading order.
    pub(super) labels: Vec<usize>,
}

/// Everything that was traced.
#[derive(Debug, Default)]
pub(super) struct Traced {
    pub(super) runs: Vec<Run>,
    pub(super) edges: Vec<Edge>,
    /// Runs that edges end at.
    pub(super) nodes: BTreeSet<usize>,
    /// Runs that are labels.
    pub(super) labels: BTreeSet<usize>,
    /// First cells of lines that lead to nothing.
    pub(super) loose: Vec<(i32, i32)>,
    /// Several tails and several heads meet here.
    pub(super) ambiguous: Vec<(i32, i32)>,
}

/// Whom a cell belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Land {
    #[default]
    Free,
    /// The border of a box that holds others.
    Around(usize),
    /// The border or the inside of a box.
    Leaf(usize),
}

/// A cell as a place of a line: where two lines cross, the upright one is a place of its own.
type Place = (i32, i32, bool);

/// Where a line goes from a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    Cell(i32, i32),
    End { anchor: Anchor, pointed: bool },
    Nothing,
}

/// Blank columns and rows that a line may leave before what it leads to.
const GAP: [i32; 2] = [3, 1];

struct Tracer<'a> {
    sheet: &'a Sheet,
    strokes: Strokes,
    frames: &'a [Frame],
    /// Boxes that hold others.
    containers: Vec<usize>,
    land: Vec<Land>,
    runs: Vec<Run>,
    /// The run in each cell, counted from 1; 0 for none.
    run_of: Vec<u32>,
    /// Line ends that go on behind words.
    bridges: BTreeMap<(i32, i32, u8), (i32, i32)>,
    /// Cells where four lines meet without crossing.
    knots: BTreeSet<(i32, i32)>,
    /// Cells looked at for paths.
    steps: std::cell::Cell<usize>,
}

/// Traces all lines. `leaves` says of each box that it holds no others.
pub(super) fn trace(sheet: &Sheet, strokes: Strokes, frames: &[Frame], leaves: &[bool]) -> Traced {
    let mut tracer = Tracer::new(sheet, strokes, frames, leaves);
    tracer.join();
    tracer.find_runs();
    let mut nets = tracer.nets();
    tracer.bridge(&nets);
    if !tracer.bridges.is_empty() {
        nets = tracer.nets();
    }
    // A crossing that leaves a line without a beginning or an end is a junction. One round may make others whole.
    for _ in 0..3 {
        if !tracer.knot(&nets) {
            break;
        }
        nets = tracer.nets();
    }
    tracer.result(&nets)
}

impl<'a> Tracer<'a> {
    fn new(sheet: &'a Sheet, strokes: Strokes, frames: &'a [Frame], leaves: &[bool]) -> Self {
        let cells = usize::try_from(sheet.width()).unwrap_or(0) * sheet.rows.len();
        let mut tracer = Self {
            sheet,
            strokes,
            frames,
            containers: (0..frames.len()).filter(|&index| leaves.get(index) != Some(&true)).collect(),
            land: vec![Land::Free; cells],
            runs: Vec::new(),
            run_of: vec![0; cells],
            steps: std::cell::Cell::new(0),
            bridges: BTreeMap::new(),
            knots: BTreeSet::new(),
        };
        for (index, frame) in frames.iter().enumerate() {
            if leaves.get(index) == Some(&true) {
                for row in frame.top..=frame.bottom {
                    for column in frame.left..=frame.right_at(row) {
                        tracer.claim(row, column, Land::Leaf(index));
                    }
                }
            } else {
                for (row, column) in frame.border() {
                    tracer.claim(row, column, Land::Around(index));
                }
            }
        }
        tracer
    }

    fn index(&self, row: i32, column: i32) -> Option<usize> {
        let inside = row >= 0 && column >= 0 && column < self.sheet.width();
        inside.then(|| usize::try_from(row * self.sheet.width() + column).ok()).flatten()
    }

    fn claim(&mut self, row: i32, column: i32, land: Land) {
        if let Some(place) = self.index(row, column).and_then(|index| self.land.get_mut(index)) {
            *place = land;
        }
    }

    fn land(&self, row: i32, column: i32) -> Land {
        self.index(row, column).and_then(|index| self.land.get(index)).copied().unwrap_or_default()
    }

    /// The arms of a line outside of boxes.
    fn arms(&self, row: i32, column: i32) -> u8 {
        if self.land(row, column) == Land::Free { self.strokes.arms(row, column) } else { 0 }
    }

    /// Lets a line that runs into the side of another one meet it.
    fn join(&mut self) {
        let mut met = Vec::new();
        for row in 0..self.sheet.height() {
            for column in 0..self.sheet.width() {
                let arms = self.arms(row, column);
                for way in WAYS.into_iter().filter(|way| arms & way != 0) {
                    let (down, right) = step(way);
                    let there = self.arms(row + down, column + right);
                    let along = if way & LEVEL != 0 { LEVEL } else { UPRIGHT };
                    // Only lines that run across this one, and no corners of others that happen to stand there.
                    let head = self.strokes.head(row + down, column + right);
                    if there != 0 && there & opposite(way) == 0 && there & along == 0 && head == 0 {
                        met.push((row + down, column + right, opposite(way)));
                    }
                }
            }
        }
        for (row, column, way) in met {
            let arms = self.strokes.arms(row, column);
            self.strokes.set(row, column, arms | way);
        }
    }

    /// The words in a cell.
    fn run_at(&self, row: i32, column: i32) -> Option<usize> {
        let run = self.index(row, column).and_then(|index| self.run_of.get(index)).copied()?;
        usize::try_from(run).ok()?.checked_sub(1)
    }

    fn find_runs(&mut self) {
        for row in 0..self.sheet.height() {
            let mut column = 0;
            while column < self.sheet.width() {
                if !self.is_word(row, column) {
                    column += 1;
                    continue;
                }
                let from = column;
                let mut to = column;
                // One blank is a space between words; after a closing and before an opening bracket it parts two names.
                while self.is_word(row, column)
                    || (self.is_word(row, column + 1)
                        && self.sheet.at(row, column) == ' '
                        && self.land(row, column) == Land::Free
                        && !(matches!(self.sheet.at(row, column - 1), ']' | '}') && matches!(self.sheet.at(row, column + 1), '[' | '{')))
                {
                    if self.is_word(row, column) {
                        to = column + 1;
                    }
                    column += 1;
                }
                let text = self.sheet.text(row, from, to);
                if text.chars().any(char::is_alphanumeric) {
                    let index = self.runs.len();
                    for place in (from..to).filter_map(|column| self.index(row, column)).collect::<Vec<_>>() {
                        if let Some(place) = self.run_of.get_mut(place) {
                            *place = u32::try_from(index + 1).unwrap_or(0);
                        }
                    }
                    self.runs.push(Run { row, from, to, text });
                }
                column = column.max(from + 1);
            }
        }
    }

    fn is_word(&self, row: i32, column: i32) -> bool {
        self.land(row, column) == Land::Free && self.sheet.at(row, column) != ' ' && self.strokes.arms(row, column) == 0
    }

    /// Where the line in the cell goes in a direction it has an arm in.
    fn next(&self, row: i32, column: i32, way: u8) -> Next {
        if let Some(&(row, column)) = self.bridges.get(&(row, column, way)) {
            return Next::Cell(row, column);
        }
        let (down, right) = step(way);
        let pointed = self.strokes.head(row, column) & way != 0;
        let most = GAP.get(usize::from(way & UPRIGHT != 0)).copied().unwrap_or(0);
        let (mut at_row, mut at_column) = (row, column);
        for gap in 0..=most {
            (at_row, at_column) = (at_row + down, at_column + right);
            let arms = self.strokes.arms(at_row, at_column);
            match self.land(at_row, at_column) {
                Land::Leaf(frame) => {
                    return Next::End { anchor: Anchor::Frame(frame), pointed: pointed || self.points_in(frame, at_row, at_column, way) };
                }
                Land::Around(frame) => {
                    let (beyond_row, beyond_column) = (at_row + down, at_column + right);
                    if self.arms(beyond_row, beyond_column) & opposite(way) != 0 {
                        return Next::Cell(beyond_row, beyond_column);
                    }
                    // A box close behind the border of the one around is what the arrow means.
                    let grown = self.strokes.arms(beyond_row, beyond_column) & opposite(way) != 0;
                    if (pointed || grown)
                        && let Land::Leaf(inner) = self.land(beyond_row, beyond_column)
                    {
                        return Next::End { anchor: Anchor::Frame(inner), pointed };
                    }
                    return Next::End { anchor: Anchor::Frame(frame), pointed: pointed || self.points_in(frame, at_row, at_column, way) };
                }
                Land::Free if arms & opposite(way) != 0 => {
                    // Behind a gap only a line that is plainly the same goes on.
                    let same = gap == 0 || (!pointed && self.dangles(at_row, at_column, opposite(way)));
                    return if same { Next::Cell(at_row, at_column) } else { Next::Nothing };
                }
                Land::Free if arms != 0 => return Next::Nothing,
                Land::Free if self.sheet.at(at_row, at_column) != ' ' => {
                    return match self.run_at(at_row, at_column) {
                        Some(run) => Next::End { anchor: Anchor::Run(run), pointed },
                        None => Next::Nothing,
                    };
                }
                Land::Free => {
                    if gap == 0 && way & UPRIGHT != 0 {
                        let aside = [at_column - 1, at_column + 1]
                            .into_iter()
                            .find(|&aside| self.arms(at_row, aside) & opposite(way) != 0 && self.dangles(at_row, aside, opposite(way)));
                        if let Some(aside) = aside {
                            return Next::Cell(at_row, aside);
                        }
                    }
                }
            }
        }
        // Words one column beside the end of an upright line.
        let (below, apart) = (row + down, [column - 1, column + 1, column - 2, column + 2]);
        if way & UPRIGHT != 0
            && let Some(run) = apart.into_iter().find_map(|aside| self.run_at(below, aside))
        {
            return Next::End { anchor: Anchor::Run(run), pointed };
        }
        Next::Nothing
    }

    /// Nothing stands right before the arm of this cell.
    fn dangles(&self, row: i32, column: i32, way: u8) -> bool {
        let (down, right) = step(way);
        let land = self.land(row + down, column + right);
        land == Land::Free
            && self.strokes.arms(row + down, column + right) & opposite(way) == 0
            && !self.is_word(row + down, column + right)
    }

    /// A head in the border, here or one cell beside, points into the box.
    fn points_in(&self, frame: usize, row: i32, column: i32, way: u8) -> bool {
        let Some(frame) = self.frames.get(frame) else { return false };
        let places = if way & UPRIGHT != 0 { [(row, column), (row, column - 1), (row, column + 1)] } else { [(row, column); 3] };
        places.into_iter().enumerate().any(|(index, (row, column))| {
            let own_line = |(down, right): (i32, i32)| index > 0 && self.arms(row - down, column - right) & way != 0;
            frame.contains(row, column) && self.strokes.head(row, column) & way != 0 && !own_line(step(way))
        })
    }

    /// Four lines that go on on all sides cross here.
    fn crosses(&self, row: i32, column: i32) -> bool {
        self.arms(row, column) == ALL && !self.knots.contains(&(row, column))
    }

    fn place(&self, row: i32, column: i32, way: u8) -> Place {
        (row, column, way & UPRIGHT != 0 && self.crosses(row, column))
    }

    /// The arms of a place.
    fn place_arms(&self, place: Place) -> u8 {
        let (row, column, upright) = place;
        let arms = self.arms(row, column);
        match (self.crosses(row, column), upright) {
            (true, true) => arms & UPRIGHT,
            (true, false) => arms & LEVEL,
            (false, _) => arms,
        }
    }

    fn result(mut self, nets: &net::Nets) -> Traced {
        let mut traced = Traced::default();
        let mut paths = Vec::new();
        for net in &nets.all {
            if traced.edges.len() >= MAX_EDGES {
                break;
            }
            self.edges(net, &mut traced, &mut paths);
        }
        traced.runs = std::mem::take(&mut self.runs);
        for edge in &traced.edges {
            for anchor in [edge.source, edge.target] {
                if let Anchor::Run(run) = anchor {
                    traced.nodes.insert(run);
                }
            }
        }
        labels::assign(&self, &mut traced, &paths);
        traced
    }
}
