//! How wide text is, from a baked table: the server and the browser must come to the same sizes without asking a font.
//!
//! Advance widths of the common grotesques (Helvetica and what is metric-compatible with it) in thousandths of the font size,
//! for the printable ASCII characters; the system fonts of the interface differ by a few per cent, which the slack covers.

/// A weight and size of the diagram's type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// 13 px, semibold: an element's name.
    Name,
    /// 12 px, semibold: a frame's name.
    Frame,
    /// 11 px, regular: technology, labels.
    Small,
}

const FIRST: u32 = 32;

const REGULAR: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278,
    278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722,
    667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556,
    556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];

const BOLD: [u16; 95] = [
    278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 333,
    333, 584, 584, 584, 611, 975, 722, 722, 722, 722, 667, 611, 778, 722, 278, 556, 722, 611, 833, 722, 778, 667, 778, 722, 667, 611, 722,
    667, 944, 667, 667, 611, 333, 278, 333, 584, 556, 333, 556, 611, 556, 611, 556, 333, 611, 611, 278, 278, 556, 278, 889, 611, 611, 611,
    611, 389, 556, 333, 611, 556, 778, 556, 556, 500, 389, 280, 389, 584,
];

/// Per cent added for fonts that run wider than the table.
const SLACK: i32 = 3;
const ELLIPSIS: char = '…';

impl Type {
    const fn size(self) -> i32 {
        match self {
            Self::Name => 13,
            Self::Frame => 12,
            Self::Small => 11,
        }
    }

    const fn widths(self) -> &'static [u16; 95] {
        match self {
            Self::Name | Self::Frame => &BOLD,
            Self::Small => &REGULAR,
        }
    }
}

/// The widest that a text counts, in px: wider than anything is drawn, and far from where sums of widths overflow.
const WIDEST: i32 = 1_000_000;

/// The width in px, rounded up.
pub fn width(text: &str, of: Type) -> i32 {
    px(text.chars().map(|c| i64::from(advance(c, of))).sum(), of)
}

/// Thousandths of the font's size as px.
fn px(total: i64, of: Type) -> i32 {
    let width = total.saturating_mul(i64::from(of.size() * (100 + SLACK))).div_euclid(100_000).saturating_add(1);
    i32::try_from(width).unwrap_or(WIDEST).min(WIDEST)
}

/// How many bytes of the text fit before something of `after` thousandths, in one pass however long the text is.
fn fitting(text: &str, of: Type, most: i32, after: i32) -> usize {
    let mut total = i64::from(after);
    let over = text.char_indices().find(|&(_, c)| {
        total += i64::from(advance(c, of));
        px(total, of) > most
    });
    over.map_or(text.len(), |(at, _)| at)
}

fn advance(c: char, of: Type) -> i32 {
    let code = u32::from(c);
    if let Some(&width) = code.checked_sub(FIRST).and_then(|index| of.widths().get(usize::try_from(index).ok()?)) {
        return i32::from(width);
    }
    match code {
        // Combining marks and joiners take no room of their own.
        0x300..=0x36f | 0x200b..=0x200f | 0xfe00..=0xfe0f => 0,
        // CJK, kana, hangul, full width forms, pictographs.
        0x1100..=0x115f
        | 0x2e80..=0xa4cf
        | 0xac00..=0xd7a3
        | 0xf900..=0xfaff
        | 0xfe30..=0xfe6f
        | 0xff00..=0xff60
        | 0x1f300..
        | 0x2014
        | 0x2026 => 1000,
        0xb7 => 333,
        // Latin with marks is as wide as Latin; capitals and other alphabets are taken at a wide mean.
        0xe0..=0xff => 570,
        _ => 680,
    }
}

/// The longest beginning that fits, with an ellipsis if anything is left out.
pub fn fit(text: &str, of: Type, most: i32) -> String {
    if width(text, of) <= most {
        return text.to_owned();
    }
    let kept = text.get(..fitting(text, of, most, advance(ELLIPSIS, of))).unwrap_or("");
    let kept = kept.trim_end();
    format!("{kept}{ELLIPSIS}")
}

/// One line if it fits; else two lines, as even as the words allow, the second ending in an ellipsis where it must.
pub fn wrap(text: &str, of: Type, most: i32) -> Vec<String> {
    if width(text, of) <= most {
        return vec![text.to_owned()];
    }
    // Even lines first: the break that makes the longer line shortest. What is longer than two lines has none.
    let could = width(text, of) <= 2 * most + width(" ", of);
    let breaks = text.char_indices().filter(|&(at, c)| could && c == ' ' && at > 0);
    let even = breaks
        .filter_map(|(at, _)| {
            let (first, second) = (text.get(..at)?.trim_end(), text.get(at..)?.trim_start());
            Some((width(first, of).max(width(second, of)), first, second))
        })
        .min_by_key(|&(longest, _, _)| longest);
    if let Some((longest, first, second)) = even
        && longest <= most
    {
        return vec![first.to_owned(), second.to_owned()];
    }
    // Otherwise as many words as fit on the first line; a first word that is too long is broken.
    let whole = fitting(text, of, most, 0);
    let head = text.get(..whole).unwrap_or("");
    let at_space = if text.get(whole..).is_some_and(|rest| rest.starts_with(' ')) { Some(whole) } else { head.rfind(' ') };
    let end = at_space.filter(|at| *at > 0).unwrap_or(whole);
    let (first, second) = text.split_at_checked(end).unwrap_or((text, ""));
    vec![first.trim().to_owned(), fit(second.trim(), of, most)]
}

/// Text from people on one line: runs of white space become one space, control characters and direction overrides vanish.
pub fn clean(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for c in text.chars() {
        let hidden =
            c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}');
        if c.is_whitespace() || c == '\n' {
            if !line.ends_with(' ') {
                line.push(' ');
            }
        } else if !hidden {
            line.push(c);
        }
    }
    line.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_follow_the_table() {
        assert_eq!(width("", Type::Name), 1);
        let (short, long) = (width("API gateway", Type::Name), width("Order & payments platform", Type::Name));
        assert!((76..=84).contains(&short), "{short}");
        assert!(long > 2 * short);
        assert!(width("iii", Type::Small) < width("WWW", Type::Small));
    }

    #[test]
    fn long_text_is_wrapped_then_cut() {
        assert_eq!(wrap("Order service", Type::Name, 180), ["Order service"]);
        assert_eq!(wrap("Internet banking single page application", Type::Name, 176), ["Internet banking single", "page application"]);
        let cut = wrap(&"word ".repeat(40), Type::Name, 176);
        assert_eq!(cut.len(), 2);
        assert!(cut[1].ends_with('…') && cut.iter().all(|line| width(line, Type::Name) <= 176), "{cut:?}");
        let broken = wrap(&"x".repeat(90), Type::Name, 100);
        assert!(broken.len() == 2 && broken.iter().all(|line| width(line, Type::Name) <= 100), "{broken:?}");
    }

    #[test]
    fn the_longest_text_is_measured_and_cut_in_one_pass() {
        for piece in ["W", "a ", "e\u{301}", "\u{301} "] {
            let text = piece.repeat(300_000);
            let wide = width(&text, Type::Name);
            assert!(wide > 10_000 && wide <= WIDEST, "{wide}");
            let lines = wrap(&text, Type::Name, 176);
            assert!(lines.len() == 2 && lines.iter().all(|line| width(line, Type::Name) <= 176), "{piece:?}");
        }
    }

    #[test]
    fn hidden_characters_vanish() {
        assert_eq!(clean(" a\u{0}\tb\n\u{202e}c \u{7f}"), "a b c");
    }
}
