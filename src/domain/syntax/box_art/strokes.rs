//! Which way lines run on from every cell. Box-drawing characters say it themselves; what `+`, `|`, `-`, `.`, `'`, `v` and the
//! like mean is read off their neighbours, so that hyphens, pipes and letters in words stay words.

use super::{
    glyph::{self, ALL, EAST, LEVEL, NORTH, SOUTH, UPRIGHT, WEST, drawn, is_level, is_upright},
    sheet::Sheet,
};

/// Arms and arrow heads of all cells of a sheet.
#[derive(Debug, Default)]
pub(super) struct Strokes {
    arms: Vec<u8>,
    heads: Vec<u8>,
    width: i32,
}

impl Strokes {
    pub(super) fn new(sheet: &Sheet) -> Self {
        let (width, height) = (sheet.width(), sheet.height());
        let cells = usize::try_from(width).unwrap_or(0) * usize::try_from(height).unwrap_or(0);
        let mut strokes = Self { arms: Vec::with_capacity(cells), heads: Vec::with_capacity(cells), width };
        for row in 0..height {
            for column in 0..width {
                let head = pointed(sheet, row, column);
                strokes.heads.push(head);
                strokes.arms.push(if head == 0 { arms(sheet, row, column) } else { axis(head) });
            }
        }
        strokes
    }

    fn index(&self, row: i32, column: i32) -> Option<usize> {
        (row >= 0 && column >= 0 && column < self.width).then(|| usize::try_from(row * self.width + column).ok()).flatten()
    }

    /// The ways a line runs on from the cell, heads included.
    pub(super) fn arms(&self, row: i32, column: i32) -> u8 {
        self.index(row, column).and_then(|index| self.arms.get(index)).copied().unwrap_or(0)
    }

    /// The ways an arrow head in the cell points.
    pub(super) fn head(&self, row: i32, column: i32) -> u8 {
        self.index(row, column).and_then(|index| self.heads.get(index)).copied().unwrap_or(0)
    }

    pub(super) fn set(&mut self, row: i32, column: i32, arms: u8) {
        if let Some(index) = self.index(row, column) {
            self.arms.get_mut(index).into_iter().for_each(|place| *place = arms);
            if arms == 0 {
                self.heads.get_mut(index).into_iter().for_each(|place| *place = 0);
            }
        }
    }
}

/// Both directions of the axis that a head lies on.
const fn axis(head: u8) -> u8 {
    if head & LEVEL != 0 { LEVEL } else { UPRIGHT }
}

/// A line that leaves the character to the east or west.
fn runs_level(c: char, side: u8) -> bool {
    matches!(c, '-' | '=' | '~' | '—' | '–' | '―' | '¯') || drawn(c) & side != 0
}

/// A line that leaves the character to the north or south.
fn runs_upright(c: char, side: u8) -> bool {
    matches!(c, '|' | ':' | '!' | '¦') || drawn(c) & side != 0
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The ways an arrow head points; 0 for anything else.
fn pointed(sheet: &Sheet, row: i32, column: i32) -> u8 {
    let c = sheet.at(row, column);
    let (north, east, south, west) =
        (sheet.at(row - 1, column), sheet.at(row, column + 1), sheet.at(row + 1, column), sheet.at(row, column - 1));
    let in_border = runs_level(west, EAST) && runs_level(east, WEST);
    let apart = !is_word(west) && !is_word(east);
    let corner = |c: char| matches!(c, '+' | '*' | '.' | '\'' | '`' | ',' | '^' | 'v' | 'V');
    match c {
        '>' => {
            let dotted = west == '.' && matches!(sheet.at(row, column - 2), '.' | '+' | '|');
            let dashes = west == ' ' && [2, 4].into_iter().all(|by| sheet.at(row, column - by) == '-') && sheet.at(row, column - 3) == ' ';
            let from_line = runs_level(west, EAST) || dotted || dashes || (matches!(west, '+' | '|' | '\'' | '`') && east != '>');
            if from_line || (glyph::head(west) == 0 && (is_upright(west) && drawn(west) & EAST != 0)) { EAST } else { 0 }
        }
        '<' => {
            let dotted = east == '.' && matches!(sheet.at(row, column + 2), '.' | '+' | '|');
            let dashes = east == ' ' && [2, 4].into_iter().all(|by| sheet.at(row, column + by) == '-') && sheet.at(row, column + 3) == ' ';
            if runs_level(east, WEST) || dotted || dashes || matches!(east, '+') { WEST } else { 0 }
        }
        'v' | 'V' => {
            if apart && (runs_upright(north, SOUTH) || corner(north)) || in_border {
                SOUTH
            } else {
                0
            }
        }
        '^' => {
            if apart && (runs_upright(south, NORTH) || corner(south)) || in_border {
                NORTH
            } else {
                0
            }
        }
        '«' | '»' | '❮' | '❯' => {
            if runs_level(east, WEST) || runs_level(west, EAST) {
                glyph::head(c)
            } else {
                0
            }
        }
        _ => glyph::head(c),
    }
}

fn arms(sheet: &Sheet, row: i32, column: i32) -> u8 {
    let c = sheet.at(row, column);
    let own = drawn(c);
    if own != 0 {
        return own;
    }
    let (north, east, south, west) =
        (sheet.at(row - 1, column), sheet.at(row, column + 1), sheet.at(row + 1, column), sheet.at(row, column - 1));
    let to = |condition: bool, way: u8| if condition { way } else { 0 };
    // Where lines reach this cell from its neighbours.
    let level = to(runs_level(east, WEST), EAST) | to(runs_level(west, EAST), WEST);
    let upright = to(runs_upright(north, SOUTH), NORTH) | to(runs_upright(south, NORTH), SOUTH);
    // On both sides of a dot, these make it a part of a line.
    let between = |c: char| matches!(c, '.' | '+' | '>' | '<' | '|' | '-');
    match c {
        '-' | '=' | '~' | '—' | '–' | '―' | '¯' => {
            let firm = |c: char| {
                is_level(c) || matches!(c, '+' | '*' | '|' | '>' | '<' | '\'' | '`') || drawn(c) != 0 || glyph::head(c) & LEVEL != 0
            };
            let soft = |c: char| matches!(c, '.' | ',' | '/' | '\\');
            let dashes = (west == ' ' && sheet.at(row, column - 2) == c) || (east == ' ' && sheet.at(row, column + 2) == c);
            let line = firm(west) || firm(east) || (soft(west) && soft(east)) || dashes;
            to(line && !(is_word(west) && is_word(east)), LEVEL)
        }
        '|' => UPRIGHT | level,
        ':' | '!' | '¦' => {
            let joined = |next: char| next == c || matches!(next, '+' | '\'' | '`' | '.' | ',' | 'v' | '^') || drawn(next) != 0;
            to(!is_word(west) && (joined(north) || joined(south)), UPRIGHT)
        }
        '+' => {
            let heads = to(matches!(east, '>' | '<') || glyph::head(east) & LEVEL != 0, EAST)
                | to(matches!(west, '<' | '>') || glyph::head(west) & LEVEL != 0, WEST)
                | to((matches!(south, 'v' | 'V') && !is_word(sheet.at(row + 1, column + 1))) || glyph::head(south) & UPRIGHT != 0, SOUTH)
                | to(north == '^' || glyph::head(north) & UPRIGHT != 0, NORTH);
            let dots = |by: i32| sheet.at(row, column + by) == '.' && matches!(sheet.at(row, column + 2 * by), '.' | '>' | '<' | '+' | '|');
            let arms = level | upright | heads | to(dots(1), EAST) | to(dots(-1), WEST);
            if arms == 0 {
                return 0;
            }
            arms | to(east == '+', EAST) | to(west == '+', WEST) | to(north == '+', NORTH) | to(south == '+', SOUTH)
        }
        '*' if level != 0 && upright != 0 => level | upright,
        '.' | ',' => {
            let down = upright & SOUTH | to(matches!(south, 'v' | 'V'), SOUTH);
            if level != 0 && down != 0 {
                level | down
            } else if c == '.' && (is_dotted(sheet, row, column) || between(west) && between(east) && (west != '.' || east != '.')) {
                LEVEL
            } else {
                0
            }
        }
        '\'' | '`' => {
            let up = upright & NORTH | to(north == '^', NORTH);
            let level = level | to(east == '>', EAST) | to(west == '<', WEST);
            if level != 0 && up != 0 { level | up } else { 0 }
        }
        '/' => match (level, upright) {
            (level, upright) if level & EAST != 0 && upright & SOUTH != 0 => EAST | SOUTH,
            (level, upright) if level & WEST != 0 && upright & NORTH != 0 => WEST | NORTH,
            _ => 0,
        },
        '\\' => match (level, upright) {
            (level, upright) if level & WEST != 0 && upright & SOUTH != 0 => WEST | SOUTH,
            (level, upright) if level & EAST != 0 && upright & NORTH != 0 => EAST | NORTH,
            _ => 0,
        },
        'o' | 'O' | '●' | '○' | '◆' | '◇' | '•' => {
            // A knot in a line.
            let arms = level | upright;
            if !is_word(west) && !is_word(east) && (arms == LEVEL || arms == UPRIGHT || arms == ALL) { arms } else { 0 }
        }
        _ => 0,
    }
}

/// Part of a row of three dots or more that does not end a word.
fn is_dotted(sheet: &Sheet, row: i32, column: i32) -> bool {
    let dots = |from: i32, by: i32| (1..=3).take_while(|steps| sheet.at(row, from + steps * by) == '.').count();
    let (before, after) = (dots(column, -1), dots(column, 1));
    let first = column - i32::try_from(before).unwrap_or(0);
    let behind = sheet.at(row, column + i32::try_from(after).unwrap_or(0) + 1);
    before + after >= 2 && (before == 3 || !is_word(sheet.at(row, first - 1)) || behind == '>')
        || (before + after >= 1 && behind == '>' && after < 3)
}

#[cfg(test)]
mod tests {
    use super::{super::sheet::lines, *};

    fn strokes(text: &str) -> Strokes {
        Strokes::new(&Sheet::new(&lines(text)))
    }

    #[test]
    fn plus_signs_turn_where_lines_meet_them() {
        let found = strokes("+--+\n|  |\n+--+");
        assert_eq!((found.arms(0, 0), found.arms(0, 3)), (EAST | SOUTH, SOUTH | WEST));
        assert_eq!((found.arms(2, 0), found.arms(2, 3)), (NORTH | EAST, NORTH | WEST));
        assert_eq!(found.arms(1, 0), UPRIGHT);
    }

    #[test]
    fn words_are_not_lines() {
        let found = strokes("go-chi - C++ v2 a>b e.g. wait...");
        for column in 0..32 {
            assert_eq!(found.arms(0, column), 0, "{column}");
        }
    }

    #[test]
    fn arrows_point() {
        let found = strokes("-->\n<--\n|\nv\n...>\n- - >");
        assert_eq!((found.head(0, 2), found.head(1, 0), found.head(3, 0), found.head(4, 3)), (EAST, WEST, SOUTH, EAST));
        assert_eq!((found.arms(4, 0), found.arms(5, 0)), (LEVEL, LEVEL));
    }
}
