//! Follows every edge of a printed text from its source to its target, character by character, knowing nothing but the text and
//! the boxes in it.

use std::collections::BTreeMap;

use super::*;
use crate::domain::syntax::box_art::{
    glyph::{self, ALL, EAST, LEVEL, NORTH, SOUTH, UPRIGHT, WEST, opposite, step},
    sheet::{self, Sheet},
};

/// The rectangles of the drawing by their names: of boxes, and of frames with the words in their upper border.
struct Map {
    sheet: Sheet,
    boxes: Vec<(i32, i32, i32, i32, bool)>,
}

fn arms(c: char) -> u8 {
    match glyph::head(c) {
        0 => glyph::drawn(c),
        head if head & LEVEL != 0 => LEVEL,
        _ => UPRIGHT,
    }
}

impl Map {
    fn new(text: &str) -> Self {
        let drawing = text.split("\nLegend\n").next().unwrap();
        let sheet = Sheet::new(&sheet::lines(drawing));
        let mut boxes = Vec::new();
        for row in 0..sheet.height() {
            for column in 0..sheet.width() {
                let double = match sheet.at(row, column) {
                    '┌' => false,
                    '╔' => true,
                    _ => continue,
                };
                boxes.extend(rectangle(&sheet, row, column, double));
            }
        }
        Self { sheet, boxes }
    }

    /// The box whose border the cell lies on; light ones are boxes, double ones frames.
    fn border(&self, row: i32, column: i32) -> Option<usize> {
        self.boxes.iter().position(|&(top, left, bottom, right, _)| {
            (row == top || row == bottom) && (left..=right).contains(&column)
                || (column == left || column == right) && (top..=bottom).contains(&row)
        })
    }

    /// Follows a line out of the border of a box; gives the box it leads to.
    fn follow(&self, mut row: i32, mut column: i32, mut way: u8) -> Result<usize, String> {
        for _ in 0..100_000 {
            let (down, right) = step(way);
            (row, column) = (row + down, column + right);
            let c = self.sheet.at(row, column);
            if glyph::head(c) != 0 {
                if glyph::head(c) != way {
                    return Err(format!("a head against the line at {row}, {column}"));
                }
                return self.border(row + down, column + right).ok_or_else(|| format!("a head before nothing at {row}, {column}"));
            }
            let arms = arms(c);
            if arms & opposite(way) == 0 {
                return Err(format!("the line breaks off at {row}, {column}: {c:?}"));
            }
            way = match arms & !opposite(way) {
                _ if arms == ALL => way,
                NORTH => NORTH,
                EAST => EAST,
                SOUTH => SOUTH,
                WEST => WEST,
                _ => return Err(format!("the line parts at {row}, {column}: {c:?}")),
            };
        }
        Err("the line never ends".to_owned())
    }

    /// Every line that grows out of a border, as the boxes at its two ends.
    fn edges(&self) -> Result<Vec<(usize, usize)>, String> {
        let mut edges = Vec::new();
        for (index, &(top, left, bottom, right, _)) in self.boxes.iter().enumerate() {
            let corners = [(top, left), (top, right), (bottom, left), (bottom, right)];
            let level = (left..=right).flat_map(|column| [(top, column), (bottom, column)]);
            let upright = (top..=bottom).flat_map(|row| [(row, left), (row, right)]);
            for (row, column) in level.chain(upright).filter(|place| !corners.contains(place)) {
                let along = if row == top || row == bottom { LEVEL } else { UPRIGHT };
                let out = arms(self.sheet.at(row, column)) & !along;
                // Both sides: the line passes through a frame.
                if out.is_power_of_two() {
                    edges.push((index, self.follow(row, column, out)?));
                }
            }
        }
        Ok(edges)
    }
}

fn rectangle(sheet: &Sheet, top: i32, left: i32, double: bool) -> Option<(i32, i32, i32, i32, bool)> {
    let corner = |light: char, heavy: char| if double { heavy } else { light };
    let mut bottom = top + 1;
    while arms(sheet.at(bottom, left)) & UPRIGHT == UPRIGHT {
        bottom += 1;
    }
    if sheet.at(bottom, left) != corner('└', '╚') {
        return None;
    }
    let mut right = left + 1;
    while arms(sheet.at(bottom, right)) & LEVEL == LEVEL {
        right += 1;
    }
    let (a, b) = (sheet.at(bottom, right), sheet.at(top, right));
    // A bend of an edge also begins with a corner; a box has words in its first column but one, or a title.
    let closed = a == corner('┘', '╝') && b == corner('┐', '╗');
    let above = double || (left + 1..right).all(|column| arms(sheet.at(top, column)) & LEVEL == LEVEL);
    (closed && above && bottom > top + 1).then_some((top, left, bottom, right, double))
}

/// Prints a view and follows all edges; the places of boxes give the names.
pub(super) fn check(model: &Model, view: &View, width: usize) -> Result<Exported, String> {
    let printed = print(model, view, &TextOptions { width, ascii: false });
    let scene = scene::compose(model, view, None);
    let map = Map::new(&printed.text);
    if map.boxes.len() != scene.shapes.len() + scene.boundaries.len() {
        return Err(format!("{} boxes instead of {}\n{}", map.boxes.len(), scene.shapes.len() + scene.boundaries.len(), printed.text));
    }
    let told = |(top, left, bottom, right, double): (i32, i32, i32, i32, bool)| {
        if double {
            map.sheet.text(top, left + 1, right).trim_matches(['═', ' ', '╪']).to_owned()
        } else {
            (top + 1..bottom).map(|row| map.sheet.text(row, left + 1, right)).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
        }
    };
    let edges = map.edges().map_err(|why| format!("{why}\n{}", printed.text))?;
    let mut found: Vec<(String, String)> = edges.into_iter().map(|(from, to)| (told(map.boxes[from]), told(map.boxes[to]))).collect();
    // What the plan wrote into each box.
    let frames: BTreeMap<&FrameKey, &scene::Boundary> = scene.boundaries.iter().map(|boundary| (&boundary.key, boundary)).collect();
    let name = |end: &End| match end {
        End::Node(key) => clean(&model.elements[key].name),
        End::Frame(key) => clean(&frames[key].name),
    };
    let mut wanted: Vec<(String, String)> =
        scene.connectors.iter().map(|connector| (name(&connector.source), name(&connector.target))).collect();
    found.sort();
    wanted.sort();
    if found.len() != wanted.len() {
        return Err(format!("{} edges instead of {}\n{}", found.len(), wanted.len(), printed.text));
    }
    // Names that were cut have a number; the others must be the same.
    let plain = |text: &str| !text.contains('…') && !text.contains('(');
    let begins = |text: &str, name: &str| text == name || text.starts_with(&format!("{name} "));
    for (from, to) in found.iter().filter(|(from, to)| plain(from) && plain(to)) {
        if !wanted.iter().any(|(source, target)| begins(from, source) && begins(to, target)) {
            return Err(format!("{from} -> {to} is not in the view\n{}", printed.text));
        }
    }
    Ok(printed)
}
