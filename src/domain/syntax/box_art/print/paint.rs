//! Cells to characters. Every cell knows the arms of what runs through it, so that corners, junctions and crossings, also of
//! edges with the double lines of frames, come out right by themselves.

use super::place::{Area, Places};
use super::plan::Plan;
use crate::domain::syntax::box_art::glyph::{self, ALL, EAST, LEVEL, NORTH, SOUTH, UPRIGHT, WEST, Weight, joined};

#[derive(Clone, Debug, Default)]
struct Spot {
    /// Of edges and boxes.
    arms: u8,
    /// Of frames.
    double: u8,
    dashed: bool,
    /// Part of a frame or box, where dashes do not show.
    firm: bool,
    text: Option<String>,
    /// The right half of a wide character.
    tail: bool,
}

/// A grid of cells to write into; what lies outside is lost.
pub(super) struct Canvas {
    spots: Vec<Vec<Spot>>,
    ascii: bool,
    /// Cells in which two edges would run along each other.
    pub(super) clashes: usize,
}

impl Canvas {
    pub(super) fn new(width: usize, height: usize, ascii: bool) -> Self {
        Self { spots: vec![vec![Spot::default(); width]; height], ascii, clashes: 0 }
    }

    fn spot(&mut self, row: i32, column: i32) -> Option<&mut Spot> {
        self.spots.get_mut(usize::try_from(row).ok()?)?.get_mut(usize::try_from(column).ok()?)
    }

    fn text(&mut self, row: i32, column: i32, text: &str) {
        let mut at = column;
        for c in text.chars() {
            let columns = i32::try_from(glyph::columns(c)).unwrap_or(1);
            if columns == 0 {
                if let Some(before) = self.spot(row, at - 1).and_then(|spot| spot.text.as_mut()) {
                    before.push(c);
                }
                continue;
            }
            if let Some(spot) = self.spot(row, at) {
                spot.text = Some(c.to_string());
                spot.arms = 0;
            }
            for tail in 1..columns {
                if let Some(spot) = self.spot(row, at + tail) {
                    spot.tail = true;
                    spot.arms = 0;
                }
            }
            at += columns;
        }
    }

    fn rectangle(&mut self, area: Area, double: bool) {
        let mut add = |row: i32, column: i32, arms: u8| {
            if let Some(spot) = self.spot(row, column) {
                if double {
                    spot.double |= arms;
                } else {
                    spot.arms |= arms;
                }
                spot.firm = true;
            }
        };
        for column in area.left + 1..area.right {
            add(area.top, column, LEVEL);
            add(area.bottom, column, LEVEL);
        }
        for row in area.top + 1..area.bottom {
            add(row, area.left, UPRIGHT);
            add(row, area.right, UPRIGHT);
        }
        add(area.top, area.left, EAST | SOUTH);
        add(area.top, area.right, SOUTH | WEST);
        add(area.bottom, area.left, NORTH | EAST);
        add(area.bottom, area.right, NORTH | WEST);
    }

    /// A right-angled line from border to border; its head stands before the last point.
    fn wire(&mut self, points: &[(i32, i32)], dashed: bool) {
        let mut cells: Vec<(i32, i32)> = Vec::new();
        for pair in points.windows(2) {
            let [a, b] = pair else { continue };
            let (down, right) = ((b.0 - a.0).signum(), (b.1 - a.1).signum());
            let steps = (b.0 - a.0).abs().max((b.1 - a.1).abs());
            cells.extend((0..steps).map(|step| (a.0 + down * step, a.1 + right * step)));
        }
        cells.extend(points.last());
        let way = |from: (i32, i32), to: (i32, i32)| match (to.0 - from.0, to.1 - from.1) {
            (-1, _) => NORTH,
            (1, _) => SOUTH,
            (_, 1) => EAST,
            _ => WEST,
        };
        let count = cells.len();
        for (index, pair) in cells.windows(2).enumerate() {
            let [from, to] = pair else { continue };
            let out = way(*from, *to);
            let last = index + 2 == count;
            let into = index.checked_sub(1).and_then(|before| cells.get(before)).map(|before| way(*from, *before));
            let ascii = self.ascii;
            let Some(spot) = self.spot(from.0, from.1) else { continue };
            let mut clash = false;
            if last {
                let head = match (out, ascii) {
                    (NORTH, true) => '^',
                    (SOUTH, true) => 'v',
                    (EAST, true) => '>',
                    (_, true) => '<',
                    (NORTH, _) => '▲',
                    (SOUTH, _) => '▼',
                    (EAST, _) => '▶',
                    _ => '◀',
                };
                clash = spot.arms != 0;
                spot.text = Some(head.to_string());
            } else if let Some(into) = into {
                let arms = out | into;
                clash = spot.arms & arms != 0 && !spot.firm || spot.arms != 0 && arms != LEVEL && arms != UPRIGHT && !spot.firm;
                spot.dashed = dashed && spot.arms == 0;
                spot.arms |= arms;
            } else if !ascii {
                // At its source a line grows out of the border.
                spot.arms |= out;
            }
            self.clashes += usize::from(clash);
        }
    }

    /// The lines, without blanks at their ends.
    pub(super) fn lines(&self) -> Vec<String> {
        let rows = self.spots.iter().map(|row| {
            let line: String = row
                .iter()
                .filter(|spot| !spot.tail)
                .map(|spot| spot.text.clone().unwrap_or_else(|| if self.ascii { plain(spot) } else { drawn(spot) }.to_string()))
                .collect();
            line.trim_end().to_owned()
        });
        rows.collect()
    }
}

fn drawn(spot: &Spot) -> char {
    let arms = spot.arms | spot.double;
    if spot.dashed && spot.double == 0 && !spot.firm {
        if arms == LEVEL {
            return '┄';
        }
        if arms == UPRIGHT {
            return '┆';
        }
    }
    let weight = |axis: u8| if spot.double & axis != 0 { Weight::Double } else { Weight::Light };
    joined(arms, weight(UPRIGHT), weight(LEVEL))
}

fn plain(spot: &Spot) -> char {
    let arms = spot.arms | spot.double;
    let dashed = spot.dashed && !spot.firm;
    match arms {
        0 => ' ',
        a if a & UPRIGHT == 0 && spot.double != 0 => '=',
        a if a & UPRIGHT == 0 && dashed => '.',
        a if a & UPRIGHT == 0 => '-',
        a if a & LEVEL == 0 && dashed => ':',
        a if a & LEVEL == 0 => '|',
        a if a & ALL != 0 => '+',
        _ => ' ',
    }
}

/// Draws one part of a plan with its upper left corner at a place.
pub(super) fn paint(canvas: &mut Canvas, plan: &Plan, places: &Places, row: i32, column: i32) {
    let moved = |area: &Area| Area { top: area.top + row, bottom: area.bottom + row, left: area.left + column, right: area.right + column };
    for area in places.rings.values() {
        canvas.rectangle(moved(area), true);
    }
    for area in places.blocks.values() {
        canvas.rectangle(moved(area), false);
    }
    for (key, points) in &places.wires {
        let dashed = plan.wires.get(key).is_some_and(|wire| wire.dashed);
        let points: Vec<(i32, i32)> = points.iter().map(|point| (point.0 + row, point.1 + column)).collect();
        canvas.wire(&points, dashed);
    }
    for (key, area) in &places.rings {
        let Some(ring) = plan.rings.get(key) else { continue };
        let area = moved(area);
        canvas.text(area.top, area.left + 2, &format!(" {} ", ring.title));
    }
    for (key, area) in &places.blocks {
        let Some(block) = plan.blocks.get(key) else { continue };
        let area = moved(area);
        let lines = i32::try_from(block.lines.len()).unwrap_or(0);
        let top = area.top + (area.bottom - area.top - lines + 1) / 2;
        for (line, at) in block.lines.iter().zip(top..) {
            let width = i32::try_from(glyph::width(line)).unwrap_or(0);
            canvas.text(at, area.left + (area.right - area.left - width + 1) / 2, line);
        }
    }
    for (key, &(at, from)) in &places.labels {
        if let Some(wire) = plan.wires.get(key) {
            canvas.text(at + row, from + column, &wire.label);
        }
    }
}
