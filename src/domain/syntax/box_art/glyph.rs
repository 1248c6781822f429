//! What characters mean in a drawing: which way a line runs on from them, which way an arrow head points, how many columns
//! they take; and back from directions to characters.
//!
//! To know another arrow head, add it in [`head`]; box-drawing characters are known by their place in Unicode.

pub(super) const NORTH: u8 = 1;
pub(super) const EAST: u8 = 2;
pub(super) const SOUTH: u8 = 4;
pub(super) const WEST: u8 = 8;
pub(super) const ALL: u8 = NORTH | EAST | SOUTH | WEST;
pub(super) const LEVEL: u8 = EAST | WEST;
pub(super) const UPRIGHT: u8 = NORTH | SOUTH;
/// In the order of the clock.
pub(super) const WAYS: [u8; 4] = [NORTH, EAST, SOUTH, WEST];

pub(super) const fn opposite(way: u8) -> u8 {
    match way {
        NORTH => SOUTH,
        EAST => WEST,
        SOUTH => NORTH,
        _ => EAST,
    }
}

/// One step, as rows and columns.
pub(super) const fn step(way: u8) -> (i32, i32) {
    match way {
        NORTH => (-1, 0),
        EAST => (0, 1),
        SOUTH => (1, 0),
        _ => (0, -1),
    }
}

/// The arms of a box-drawing character; none for other characters.
pub(super) const fn drawn(c: char) -> u8 {
    match c as u32 {
        0x2500..=0x2501 | 0x2504..=0x2505 | 0x2508..=0x2509 | 0x254c..=0x254d | 0x2550 | 0x257c | 0x257e => LEVEL,
        0x2502..=0x2503 | 0x2506..=0x2507 | 0x250a..=0x250b | 0x254e..=0x254f | 0x2551 | 0x257d | 0x257f => UPRIGHT,
        0x250c..=0x250f | 0x2552..=0x2554 | 0x256d => EAST | SOUTH,
        0x2510..=0x2513 | 0x2555..=0x2557 | 0x256e => SOUTH | WEST,
        0x2514..=0x2517 | 0x2558..=0x255a | 0x2570 => NORTH | EAST,
        0x2518..=0x251b | 0x255b..=0x255d | 0x256f => NORTH | WEST,
        0x251c..=0x2523 | 0x255e..=0x2560 => NORTH | EAST | SOUTH,
        0x2524..=0x252b | 0x2561..=0x2563 => NORTH | SOUTH | WEST,
        0x252c..=0x2533 | 0x2564..=0x2566 => EAST | SOUTH | WEST,
        0x2534..=0x253b | 0x2567..=0x2569 => NORTH | EAST | WEST,
        0x253c..=0x254b | 0x256a..=0x256c => ALL,
        0x2574 | 0x2578 => WEST,
        0x2575 | 0x2579 => NORTH,
        0x2576 | 0x257a => EAST,
        0x2577 | 0x257b => SOUTH,
        _ => 0,
    }
}

/// Lines that are drawn with gaps.
pub(super) const fn is_dashed(c: char) -> bool {
    matches!(c as u32, 0x2504..=0x250b | 0x254c..=0x254f) || matches!(c, ':' | '!' | '~' | '.' | '·' | '┈')
}

/// The ways an arrow head points; two for a head at both ends. Letters that stand for heads (`v`, `o`) are not told here.
pub(super) const fn head(c: char) -> u8 {
    match c {
        '▶' | '►' | '→' | '⇒' | '▷' | '➔' | '➜' | '⟶' | '➤' | '▸' | '⮕' | '»' | '⇢' | '⟹' | '➡' | '➞' | '❯' => {
            EAST
        }
        '◀' | '◄' | '←' | '⇐' | '◁' | '⟵' | '◂' | '⬅' | '«' | '⇠' | '⟸' | '❮' => WEST,
        '▲' | '↑' | '⇑' | '△' | '▴' | '⬆' | '⇡' => NORTH,
        '▼' | '↓' | '⇓' | '▽' | '▾' | '⬇' | '⇣' => SOUTH,
        '↔' | '⇔' | '⟷' | '⇄' | '⇆' | '⟺' | '⬌' => LEVEL,
        '↕' | '⇕' | '⬍' | '⇅' => UPRIGHT,
        _ => 0,
    }
}

/// ASCII characters that lines run along; `_` only in borders.
pub(super) const fn is_level(c: char) -> bool {
    matches!(c, '-' | '=' | '~' | '—' | '–' | '―' | '¯') || drawn(c) & LEVEL == LEVEL
}

pub(super) const fn is_upright(c: char) -> bool {
    matches!(c, '|' | ':' | '!' | '¦') || drawn(c) & UPRIGHT == UPRIGHT
}

/// Columns that a character takes: 0 for marks, 2 for wide characters, 1 for all others.
pub(super) const fn columns(c: char) -> usize {
    match c as u32 {
        0x00..=0x1f
        | 0x7f..=0x9f
        | 0x300..=0x36f
        | 0x483..=0x489
        | 0x591..=0x5bd
        | 0x610..=0x61a
        | 0x64b..=0x65f
        | 0x1ab0..=0x1aff
        | 0x1dc0..=0x1dff
        | 0x200b..=0x200f
        | 0x202a..=0x202e
        | 0x2060..=0x2064
        | 0x2066..=0x2069
        | 0x20d0..=0x20ff
        | 0xfe00..=0xfe0f
        | 0xfe20..=0xfe2f
        | 0xfeff
        | 0x1f3fb..=0x1f3ff
        | 0xe0001..=0xe007f
        | 0xe0100..=0xe01ef => 0,
        0x1100..=0x115f
        | 0x231a..=0x231b
        | 0x23e9..=0x23ec
        | 0x23f0
        | 0x23f3
        | 0x25fd..=0x25fe
        | 0x2614..=0x2615
        | 0x2648..=0x2653
        | 0x267f
        | 0x2693
        | 0x26a1
        | 0x26aa..=0x26ab
        | 0x26bd..=0x26be
        | 0x26c4..=0x26c5
        | 0x26ce
        | 0x26d4
        | 0x26ea
        | 0x26f2..=0x26f3
        | 0x26f5
        | 0x26fa
        | 0x26fd
        | 0x2705
        | 0x270a..=0x270b
        | 0x2728
        | 0x274c
        | 0x274e
        | 0x2753..=0x2755
        | 0x2757
        | 0x2795..=0x2797
        | 0x27b0
        | 0x27bf
        | 0x2b1b..=0x2b1c
        | 0x2b50
        | 0x2b55
        | 0x2e80..=0x303e
        | 0x3041..=0xa4cf
        | 0xa960..=0xa97f
        | 0xac00..=0xd7a3
        | 0xf900..=0xfaff
        | 0xfe30..=0xfe6f
        | 0xff00..=0xff60
        | 0xffe0..=0xffe6
        | 0x16fe0..=0x18cff
        | 0x1b000..=0x1b2ff
        | 0x1f004
        | 0x1f0cf
        | 0x1f18e
        | 0x1f191..=0x1f19a
        | 0x1f200..=0x1f320
        | 0x1f32d..=0x1f335
        | 0x1f337..=0x1f37c
        | 0x1f37e..=0x1f393
        | 0x1f3a0..=0x1f3ca
        | 0x1f3cf..=0x1f3d3
        | 0x1f3e0..=0x1f3f0
        | 0x1f3f4
        | 0x1f3f8..=0x1f43e
        | 0x1f440
        | 0x1f442..=0x1f4fc
        | 0x1f4ff..=0x1f53d
        | 0x1f54b..=0x1f54e
        | 0x1f550..=0x1f567
        | 0x1f57a
        | 0x1f595..=0x1f596
        | 0x1f5a4
        | 0x1f5fb..=0x1f64f
        | 0x1f680..=0x1f6c5
        | 0x1f6cc
        | 0x1f6d0..=0x1f6d2
        | 0x1f6d5..=0x1f6d7
        | 0x1f6dc..=0x1f6df
        | 0x1f6eb..=0x1f6ec
        | 0x1f6f4..=0x1f6fc
        | 0x1f7e0..=0x1f7eb
        | 0x1f7f0
        | 0x1f90c..=0x1f93a
        | 0x1f93c..=0x1f945
        | 0x1f947..=0x1f9ff
        | 0x1fa70..=0x1faff
        | 0x20000..=0x3fffd => 2,
        _ => 1,
    }
}

/// Columns of a text on one line.
pub(super) fn width(text: &str) -> usize {
    text.chars().map(columns).sum()
}

/// How a line is drawn on one arm.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Weight {
    #[default]
    None,
    Light,
    Double,
}

/// The character whose arms (north, east, south, west) are drawn so. Every mix of light and double that the printer makes
/// exists in Unicode: both arms of one axis always have the same weight.
pub(super) const fn joined(arms: u8, upright: Weight, level: Weight) -> char {
    let double_upright = matches!(upright, Weight::Double);
    let double_level = matches!(level, Weight::Double);
    let [plain, level_double, upright_double, both] = match arms {
        0 => return ' ',
        a if a & UPRIGHT == 0 => return if double_level { '═' } else { '─' },
        a if a & LEVEL == 0 => return if double_upright { '║' } else { '│' },
        6 => ['┌', '╒', '╓', '╔'],
        12 => ['┐', '╕', '╖', '╗'],
        3 => ['└', '╘', '╙', '╚'],
        9 => ['┘', '╛', '╜', '╝'],
        7 => ['├', '╞', '╟', '╠'],
        13 => ['┤', '╡', '╢', '╣'],
        14 => ['┬', '╤', '╥', '╦'],
        11 => ['┴', '╧', '╨', '╩'],
        _ => ['┼', '╪', '╫', '╬'],
    };
    match (double_upright, double_level) {
        (false, false) => plain,
        (false, true) => level_double,
        (true, false) => upright_double,
        (true, true) => both,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_and_arms_agree_both_ways() {
        for arms in [6, 12, 3, 9, 7, 13, 14, 11, 15, LEVEL, UPRIGHT] {
            for upright in [Weight::Light, Weight::Double] {
                for level in [Weight::Light, Weight::Double] {
                    assert_eq!(drawn(joined(arms, upright, level)), arms, "{arms} {upright:?} {level:?}");
                }
            }
        }
        assert_eq!(drawn('╭'), EAST | SOUTH);
        assert_eq!(drawn('╋'), ALL);
        assert_eq!(drawn('x'), 0);
        assert!(is_dashed('┄') && is_dashed('╎') && !is_dashed('─') && !is_dashed('┌'));
    }

    #[test]
    fn wide_characters_take_two_columns_and_marks_none() {
        assert_eq!(width("Zahlung"), 7);
        assert_eq!(width("决算サービス"), 12);
        assert_eq!(width("e\u{301}"), 1);
        assert_eq!(width("🚀┌"), 3);
    }
}
