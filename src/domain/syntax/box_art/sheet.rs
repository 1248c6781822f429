//! A text as a grid of character cells that know their place in the text, and the parts of a text that may hold drawings.
//!
//! Fences of Markdown, marks of comments and quotations are seen through: their cells are blank, so that columns and places in
//! the text stay true.

use super::{MAX_COLUMNS, MAX_ROWS, glyph};
use crate::domain::diagnostic::Span;

/// Columns between tab stops.
const TAB: usize = 8;

/// What kind of text a part is, and so how much must be there to count as a drawing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trust {
    /// A fence without a language, or a text that is nothing but a drawing: arrows between words count.
    Drawing,
    /// Prose or program text: only boxes count.
    Prose,
}

/// Lines of a text that belong together, from the first to before the last, counted from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) lines: std::ops::Range<usize>,
    pub(super) trust: Trust,
    /// The nearest heading above.
    pub(super) heading: Option<String>,
}

/// One cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) c: char,
    /// Where the character begins and ends in the text, marks that follow it included.
    pub(super) start: u32,
    pub(super) end: u32,
    /// The right half of a wide character.
    pub(super) tail: bool,
}

/// A grid of cells. Rows are ragged; what lies outside is blank.
#[derive(Clone, Debug, Default)]
pub(super) struct Sheet {
    pub(super) rows: Vec<Vec<Cell>>,
    pub(super) columns: usize,
    /// Something lay beyond the limits.
    pub(super) cut: bool,
}

/// Byte ranges of the lines of a text, line ends excluded.
pub(super) fn lines(text: &str) -> Vec<(usize, &str)> {
    let mut at = 0;
    text.split_inclusive('\n')
        .map(|line| {
            let start = at;
            at += line.len();
            (start, line.trim_end_matches(['\n', '\r']))
        })
        .collect()
}

impl Sheet {
    /// The cells of lines that begin at these bytes.
    pub(super) fn new(lines: &[(usize, &str)]) -> Self {
        let mut sheet = Self { cut: lines.len() > MAX_ROWS, ..Self::default() };
        for &(start, line) in lines.iter().take(MAX_ROWS) {
            let mut row: Vec<Cell> = Vec::with_capacity(line.len().min(MAX_COLUMNS));
            for (offset, c) in line.char_indices() {
                let from = u32::try_from(start + offset).unwrap_or(u32::MAX);
                let end = from.saturating_add(u32::try_from(c.len_utf8()).unwrap_or(1));
                if row.len() >= MAX_COLUMNS {
                    sheet.cut = true;
                    break;
                }
                let blank = Cell { c: ' ', start: from, end, tail: false };
                match c {
                    '\t' => {
                        let stop = (row.len() / TAB + 1) * TAB;
                        row.resize(stop, blank);
                    }
                    _ if c.is_whitespace() => row.resize(row.len() + glyph::columns(c).max(1), blank),
                    _ => match glyph::columns(c) {
                        0 => {
                            if let Some(before) = row.last_mut() {
                                before.end = end;
                            }
                        }
                        1 => row.push(Cell { c, ..blank }),
                        _ => {
                            row.push(Cell { c, ..blank });
                            row.push(Cell { c, tail: true, ..blank });
                        }
                    },
                }
            }
            while row.last().is_some_and(|cell| cell.c == ' ') {
                row.pop();
            }
            sheet.columns = sheet.columns.max(row.len());
            sheet.rows.push(row);
        }
        sheet
    }

    pub(super) fn height(&self) -> i32 {
        i32::try_from(self.rows.len()).unwrap_or(i32::MAX)
    }

    pub(super) fn width(&self) -> i32 {
        i32::try_from(self.columns).unwrap_or(i32::MAX)
    }

    pub(super) fn cell(&self, row: i32, column: i32) -> Option<&Cell> {
        self.rows.get(usize::try_from(row).ok()?)?.get(usize::try_from(column).ok()?)
    }

    /// Blank outside; the right half of a wide character is the character.
    pub(super) fn at(&self, row: i32, column: i32) -> char {
        self.cell(row, column).map_or(' ', |cell| cell.c)
    }

    pub(super) fn blank(&mut self, row: i32, column: i32) {
        let cell = usize::try_from(row).ok().and_then(|row| self.rows.get_mut(row));
        if let Some(cell) = cell.and_then(|row| row.get_mut(usize::try_from(column).ok()?)) {
            cell.c = ' ';
            cell.tail = false;
        }
    }

    /// The text of some columns of a row, without blanks at its ends.
    pub(super) fn text(&self, row: i32, from: i32, to: i32) -> String {
        let mut text = String::new();
        for column in from..to {
            match self.cell(row, column) {
                Some(cell) if !cell.tail => text.push(cell.c),
                Some(_) => {}
                None => text.push(' '),
            }
        }
        text.trim().to_owned()
    }

    /// The bytes from one cell to another of the same row.
    pub(super) fn span(&self, row: i32, from: i32, to: i32) -> Span {
        let first = self.cell(row, from).map(|cell| cell.start);
        let last = (from..to).rev().find_map(|column| self.cell(row, column)).map(|cell| cell.end);
        let end_of_row = || self.row_end(row);
        let start = first.unwrap_or_else(end_of_row);
        Span { start, end: last.unwrap_or(start).max(start) }
    }

    fn row_end(&self, row: i32) -> u32 {
        let found =
            usize::try_from(row).ok().and_then(|row| self.rows.get(..=row)).and_then(|rows| rows.iter().rev().find_map(|row| row.last()));
        found.map_or(0, |cell| cell.end)
    }
}

/// The parts of a text that may hold drawings, in order.
pub(super) fn parts(lines: &[(usize, &str)]) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut heading: Option<String> = None;
    let mut fence: Option<(char, usize, Trust)> = None;
    let mut from = 0;
    let fenced = lines.iter().any(|(_, line)| opening(line).is_some());
    let outside = if fenced { Trust::Prose } else { Trust::Drawing };
    let mut push = |from: usize, to: usize, trust: Trust, heading: &Option<String>| {
        if from < to {
            parts.push(Part { lines: from..to, trust, heading: heading.clone() });
        }
    };
    for (index, (_, line)) in lines.iter().enumerate() {
        match fence {
            Some((mark, length, trust)) => {
                let bare = unquoted(line).trim();
                if bare.chars().all(|c| c == mark) && bare.chars().count() >= length {
                    push(from, index, trust, &heading);
                    fence = None;
                    from = index + 1;
                }
            }
            None => {
                if let Some((mark, length, info)) = opening(line) {
                    push(from, index, outside, &heading);
                    fence = Some((mark, length, trust_of(info)));
                    from = index + 1;
                } else if let Some(title) = atx(line) {
                    push(from, index, outside, &heading);
                    heading = Some(title);
                    from = index + 1;
                }
            }
        }
    }
    push(from, lines.len(), fence.map_or(outside, |(_, _, trust)| trust), &heading);
    parts
}

/// Marks of a quotation before a fence.
fn unquoted(line: &str) -> &str {
    line.trim_start_matches([' ', '>'])
}

fn opening(line: &str) -> Option<(char, usize, &str)> {
    let line = unquoted(line).trim_start_matches(['-', '*', '/', '#', ' ']);
    let mark = line.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let length = line.chars().take_while(|c| *c == mark).count();
    let info = line.get(length..)?.trim();
    // `~~~~~` also underlines and draws; it opens a fence only where a language or nothing follows.
    (length >= 3 && !info.contains('`') && (mark == '`' || (length <= 4 && !info.contains(' ')))).then_some((mark, length, info))
}

fn trust_of(info: &str) -> Trust {
    let language = info.trim_start_matches(['{', '.', ' ']).split([' ', ',', '{', '}', ':']).next().unwrap_or("").to_lowercase();
    let drawing = [
        "",
        "text",
        "txt",
        "plain",
        "plaintext",
        "ascii",
        "asciiart",
        "ascii-art",
        "art",
        "diagram",
        "ditaa",
        "aa",
        "none",
        "nohighlight",
        "svgbob",
        "bob",
        "goat",
        "aasvg",
        "boxart",
        "box-art",
        "graph",
        "raw",
        "output",
    ];
    if drawing.contains(&language.as_str()) { Trust::Drawing } else { Trust::Prose }
}

/// The title of a heading written with `#`.
fn atx(line: &str) -> Option<String> {
    let line = line.trim_end();
    let marks = line.chars().take_while(|c| *c == '#').count();
    let title = line.get(marks..)?;
    let title_text = title.trim().trim_end_matches('#').trim();
    ((1..=6).contains(&marks)
        && title.starts_with(' ')
        && !title_text.is_empty()
        && !title_text.contains(|c| glyph::drawn(c) != 0 || c == '|')
        && !title_text.contains("--")
        && !title_text.contains("->"))
    .then(|| title_text.to_owned())
}

/// Marks that begin the lines of a comment or quotation, the longest first.
const MARKS: [&str; 12] = ["///", "//!", "//", "##", "#", ";;", ";", "--", "%", ">", "*", "'"];

/// Blanks what begins each line of a comment, where at least two lines in a row begin with it. Gives the rows that stood in
/// comments.
pub(super) fn uncomment(sheet: &mut Sheet) -> Vec<bool> {
    let height = sheet.height();
    let mut inside = vec![false; sheet.rows.len()];
    let mut row = 0;
    while row < height {
        let Some(mark) = MARKS.into_iter().find(|mark| marked(sheet, row, mark)) else {
            row += 1;
            continue;
        };
        let mut end = row;
        while marked(sheet, end, mark) {
            end += 1;
        }
        // An asterisk also begins items of a list and corners of boxes; in a comment it follows on `/*`.
        let opened = mark != "*" || (row > 0 && sheet.text(row - 1, 0, sheet.width()).starts_with("/*"));
        if end - row >= 2 && opened {
            for line in row..end {
                let indent = (0..sheet.width()).find(|&column| sheet.at(line, column) != ' ').unwrap_or(0);
                let length = i32::try_from(mark.len()).unwrap_or(1);
                (indent..indent + length).for_each(|column| sheet.blank(line, column));
                if let Some(place) = usize::try_from(line).ok().and_then(|line| inside.get_mut(line)) {
                    *place = true;
                }
            }
        }
        row = end.max(row + 1);
    }
    inside
}

fn marked(sheet: &Sheet, row: i32, mark: &str) -> bool {
    if row >= sheet.height() {
        return false;
    }
    let Some(indent) = (0..sheet.width()).find(|&column| sheet.at(row, column) != ' ') else { return false };
    let length = i32::try_from(mark.len()).unwrap_or(1);
    let same = mark.chars().zip(indent..).all(|(c, column)| sheet.at(row, column) == c);
    same && sheet.at(row, indent + length) == ' '
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fences_and_headings_part_a_text() {
        let text = "# Orders\n\nSome words.\n\n```\n+-+\n```\n\n```go\na -> b\n```\n## More\ntext";
        let parts = parts(&lines(text));
        let told: Vec<(usize, usize, Trust, Option<&str>)> =
            parts.iter().map(|part| (part.lines.start, part.lines.end, part.trust, part.heading.as_deref())).collect();
        assert_eq!(
            told,
            [
                (1, 4, Trust::Prose, Some("Orders")),
                (5, 6, Trust::Drawing, Some("Orders")),
                (7, 8, Trust::Prose, Some("Orders")),
                (9, 10, Trust::Prose, Some("Orders")),
                (12, 13, Trust::Prose, Some("More")),
            ]
        );
    }

    #[test]
    fn cells_know_their_columns_and_their_bytes() {
        let text = "\té 决|";
        let sheet = Sheet::new(&lines(text));
        assert_eq!(sheet.at(0, 8), 'é');
        assert_eq!((sheet.at(0, 10), sheet.at(0, 11), sheet.at(0, 12)), ('决', '决', '|'));
        assert_eq!(sheet.span(0, 10, 12).of(text), "决");
        assert_eq!(sheet.text(0, 0, 40), "é 决|");
    }

    #[test]
    fn comment_marks_become_blank() {
        let mut sheet = Sheet::new(&lines("// +-+\n// |A|\n# one"));
        assert_eq!(uncomment(&mut sheet), [true, true, false]);
        assert_eq!(sheet.text(0, 0, 9), "+-+");
        assert_eq!(sheet.at(2, 0), '#');
    }
}
