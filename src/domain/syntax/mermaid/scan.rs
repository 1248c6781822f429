//! The words of a flowchart: identifiers, arrows, quoted and bracketed texts. Which of them is meant depends on the place, so
//! there is no list of tokens; `parse.rs` asks for what it expects.

use crate::domain::{
    diagnostic::Span,
    syntax::mermaid::{
        shape::Brackets,
        tree::{Head, Line, Quote, Text},
    },
};

/// Bytes of an unquoted label after its first line; beyond them a bracket counts as never closed.
const MAX_LABEL_TAIL: usize = 2048;
/// Bytes of an HTML tag in a label.
const MAX_TAG: usize = 1024;

/// Where the line ends, its line end excluded.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    let line_end = |rest: &str| rest.bytes().position(|byte| matches!(byte, b'\n' | b'\r'));
    text.get(at..).and_then(line_end).map_or(text.len(), |found| at + found)
}

/// After spaces on the same line.
pub(super) fn blank_end(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or("");
    at + rest.find(|c: char| !is_blank(c)).unwrap_or(rest.len())
}

/// After spaces and line ends.
pub(super) fn space_end(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or("");
    at + rest.find(|c: char| !is_blank(c) && !matches!(c, '\n' | '\r')).unwrap_or(rest.len())
}

pub(super) fn is_blank(c: char) -> bool {
    c == '\u{feff}' || (c.is_whitespace() && c != '\n' && c != '\r')
}

pub(super) fn char_at(text: &str, at: usize) -> Option<char> {
    text.get(at..).and_then(|rest| rest.chars().next())
}

pub(super) fn starts(text: &str, at: usize, with: &str) -> bool {
    text.get(at..).is_some_and(|rest| rest.starts_with(with))
}

/// After the identifier that begins here; the same place where there is none.
pub(super) fn id_end(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or("");
    let mut letters = rest.char_indices().peekable();
    while let Some((offset, c)) = letters.next() {
        let next = letters.peek().map(|(_, next)| *next);
        let inside = match c {
            '-' => !matches!(next, Some('>' | '-' | '.')) && next.is_some_and(|next| !next.is_whitespace()),
            '=' => !matches!(next, Some('=' | '>')),
            ':' => !rest.get(offset..).is_some_and(|rest| rest.starts_with(":::")),
            '&' => offset > 0,
            '%' => next != Some('%'),
            '!' | '#' | '$' | '\'' | '*' | '+' | '.' | '`' | '?' | '\\' | '/' | ',' | '_' => true,
            c => c.is_ascii_alphanumeric() || (!c.is_ascii() && !c.is_whitespace() && c != '\u{feff}'),
        };
        if !inside {
            return at + offset;
        }
    }
    text.len()
}

/// An arrow, or the first part of one whose text follows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arrow {
    pub(super) end: usize,
    pub(super) line: Line,
    pub(super) start: Head,
    pub(super) head: Head,
    /// The text and the rest of the arrow follow.
    pub(super) open: bool,
}

const fn head(c: Option<u8>) -> Head {
    match c {
        Some(b'>' | b'<') => Head::Arrow,
        Some(b'o') => Head::Circle,
        Some(b'x') => Head::Cross,
        _ => Head::None,
    }
}

/// The arrow that begins here.
pub(super) fn arrow(text: &str, at: usize) -> Option<Arrow> {
    let bytes = text.as_bytes();
    let byte = |index: usize| bytes.get(index).copied();
    let run = |from: usize, of: u8| bytes.get(from..).map_or(0, |rest| rest.iter().take_while(|byte| **byte == of).count());
    if byte(at) == Some(b'~') {
        let length = run(at, b'~');
        let arrow = Arrow { end: at + length, line: Line::Invisible, start: Head::None, head: Head::None, open: false };
        return (length >= 3).then_some(arrow);
    }
    let start = match byte(at) {
        Some(b'<' | b'o' | b'x') => head(byte(at)),
        _ => Head::None,
    };
    let from = if start == Head::None { at } else { at + 1 };
    if let Some((end, head)) = dotted_end(text, from) {
        return Some(Arrow { end, line: Line::Dotted, start, head, open: false });
    }
    if byte(from) == Some(b'-') && byte(from + 1) == Some(b'.') {
        return Some(Arrow { end: from + 2, line: Line::Dotted, start, head: Head::None, open: true });
    }
    let (of, line) = if byte(from) == Some(b'=') { (b'=', Line::Thick) } else { (b'-', Line::Solid) };
    if let Some((end, head)) = straight_end(text, from, of) {
        return Some(Arrow { end, line, start, head, open: false });
    }
    (run(from, of) == 2).then_some(Arrow { end: from + 2, line, start, head: Head::None, open: true })
}

/// The end of a solid or thick arrow that begins here: two strokes and a head, or three strokes.
fn straight_end(text: &str, at: usize, of: u8) -> Option<(usize, Head)> {
    let bytes = text.as_bytes();
    let strokes = bytes.get(at..)?.iter().take_while(|byte| **byte == of).count();
    let head = match bytes.get(at + strokes).copied() {
        Some(next @ (b'>' | b'o' | b'x')) if strokes >= 2 => head(Some(next)),
        _ => Head::None,
    };
    match head {
        Head::None => (strokes >= 3).then_some((at + strokes, Head::None)),
        head => Some((at + strokes + 1, head)),
    }
}

fn dotted_end(text: &str, at: usize) -> Option<(usize, Head)> {
    let bytes = text.as_bytes();
    let from = if bytes.get(at) == Some(&b'-') { at + 1 } else { at };
    let dots = bytes.get(from..)?.iter().take_while(|byte| **byte == b'.').count();
    if dots == 0 || bytes.get(from + dots) != Some(&b'-') {
        return None;
    }
    let end = from + dots + 1;
    match head(bytes.get(end).copied().filter(|byte| *byte != b'<')) {
        Head::None => Some((end, Head::None)),
        head => Some((end + 1, head)),
    }
}

/// The second part of an arrow with a text between, as its place and its head: the first on this line.
pub(super) fn closing_arrow(text: &str, from: usize, line: Line) -> Option<(Span, Head)> {
    let mut at = from;
    // Stops at the line's end without looking for it first: a line may hold very many arrows.
    while let Some(next) = char_at(text, at).filter(|next| !matches!(next, '\n' | '\r')) {
        let found = match line {
            Line::Dotted => dotted_end(text, at),
            Line::Thick => straight_end(text, at, b'='),
            _ => straight_end(text, at, b'-'),
        };
        if let Some((found, head)) = found {
            return Some((Span::new(at, found), head));
        }
        at += next.len_utf8();
    }
    None
}

/// The quoted text that begins here. Quotes of HTML attributes do not end it.
pub(super) fn string(text: &str, at: usize) -> Option<Text> {
    let rest = text.get(at..)?.strip_prefix('"')?;
    if let Some(rest) = rest.strip_prefix('`') {
        let length = rest.find(['`', '"'])?;
        let inner = Span::new(at + 2, at + 2 + length);
        return rest.get(length..)?.starts_with("`\"").then(|| Text {
            span: Span::new(at, at + length + 4),
            inner,
            quote: Quote::Markdown,
        });
    }
    let mut from = at + 1;
    loop {
        let found = from + text.get(from..)?.find(['"', '<'])?;
        if starts(text, found, "\"") {
            return Some(Text { span: Span::new(at, found + 1), inner: Span::new(at + 1, found), quote: Quote::Double });
        }
        from = tag_end(text, found).unwrap_or(found + 1);
    }
}

/// After an HTML tag with quoted attributes.
fn tag_end(text: &str, at: usize) -> Option<usize> {
    let limit = text.floor_char_boundary(at.saturating_add(MAX_TAG).min(text.len()));
    let tag = text.get(at..limit)?;
    let end = tag.find('>')?;
    let inside = tag.get(1..end)?;
    let quoted = inside.contains("=\"") && inside.matches('"').count() % 2 == 0;
    (quoted && inside.starts_with(|c: char| c.is_ascii_alphabetic())).then_some(at + end + 1)
}

/// What a bracket encloses.
#[derive(Clone, Copy, Debug)]
pub(super) struct Enclosed {
    pub(super) text: Text,
    pub(super) end: usize,
    pub(super) brackets: Brackets,
    /// The text has signs that Mermaid takes only in quotes.
    pub(super) loose: bool,
}

/// The bracketed text that begins here. Of brackets that begin alike, the first that is closed properly counts.
pub(super) fn bracketed(text: &str, at: usize) -> Option<Enclosed> {
    let pairs = || super::shape::BRACKETS.iter().filter(|(open, ..)| starts(text, at, open));
    let strict = pairs().find_map(|(open, close, brackets)| enclosed(text, at + open.len(), close, *brackets));
    strict.or_else(|| pairs().find_map(|(open, close, brackets)| loosely(text, at + open.len(), close, *brackets)))
}

fn enclosed(text: &str, from: usize, close: &str, brackets: Brackets) -> Option<Enclosed> {
    let mut from = from;
    if brackets == Brackets::Props {
        from = from + text.get(from..line_end(text, from))?.find('|')? + 1;
    }
    let start = space_end(text, from);
    if let Some(found) = string(text, start) {
        let end = space_end(text, found.span.range().end);
        return starts(text, end, close).then(|| Enclosed { text: found, end: end + close.len(), brackets, loose: false });
    }
    let slanted = close.starts_with(['/', '\\']);
    let mut tag = start;
    let mut first_line = text.get(from..start)?.find(['\n', '\r']).map(|found| from + found);
    for (offset, c) in text.get(start..)?.char_indices() {
        let here = start + offset;
        if first_line.is_none() && matches!(c, '\n' | '\r') {
            first_line = Some(here);
        }
        if first_line.is_some_and(|end| here >= end.saturating_add(MAX_LABEL_TAIL)) {
            return None;
        }
        // Quotes of HTML attributes do no harm.
        if c == '<' {
            tag = tag.max(tag_end(text, here).unwrap_or(tag));
        }
        if here < tag {
            continue;
        }
        if starts(text, here, close) {
            // A slash after the bracket begins another shape.
            let loose = brackets == Brackets::Square && matches!(char_at(text, from), Some('/' | '\\'));
            return Some(Enclosed { text: bare(text, from, here), end: here + close.len(), brackets, loose });
        }
        let forbidden = matches!(c, '[' | ']' | '(' | ')' | '{' | '}' | '"') || (c == '|' && !slanted);
        // An arrow on a later line belongs to another statement.
        let next = matches!(c, '-' | '=') && first_line.is_some() && arrow(text, here).is_some_and(|arrow| !arrow.open);
        if forbidden || next {
            return None;
        }
    }
    None
}

/// A text with brackets in it that match, on one line.
fn loosely(text: &str, from: usize, close: &str, brackets: Brackets) -> Option<Enclosed> {
    let mut depth = 0_usize;
    for (offset, c) in text.get(from..line_end(text, from))?.char_indices() {
        let here = from + offset;
        if depth == 0 && starts(text, here, close) {
            let inner = bare(text, from, here);
            return (!inner.inner.of(text).contains('"')).then_some(Enclosed {
                text: inner,
                end: here + close.len(),
                brackets,
                loose: true,
            });
        }
        match c {
            '[' | '(' | '{' => depth += 1,
            ']' | ')' | '}' => depth = depth.checked_sub(1)?,
            _ => {}
        }
    }
    None
}

/// An unquoted text, without the spaces around it.
pub(super) fn bare(text: &str, from: usize, to: usize) -> Text {
    let inside = text.get(from..to).unwrap_or("");
    let start = from + inside.len() - inside.trim_start().len();
    let end = (from + inside.trim_end().len()).max(start);
    Text { span: Span::new(start, end), inner: Span::new(start, end), quote: Quote::Bare }
}

/// The words of a line, as they stand between spaces.
pub(super) fn words(text: &str, from: usize, to: usize) -> Vec<Span> {
    let mut found = Vec::new();
    let mut at = blank_end(text, from);
    while at < to {
        let rest = text.get(at..to).unwrap_or("");
        let end = if rest.starts_with('"') {
            rest.get(1..).and_then(|rest| rest.find('"')).map_or(to, |end| at + end + 2)
        } else {
            at + rest.find(|c: char| c.is_whitespace()).unwrap_or(rest.len())
        };
        found.push(Span::new(at, end));
        at = blank_end(text, end.max(at + 1));
    }
    found
}

/// The parts of a comma list.
pub(super) fn list(text: &str, span: Span) -> Vec<Span> {
    let mut found = Vec::new();
    let mut at = span.range().start;
    for part in span.of(text).split(',') {
        let start = at + part.len() - part.trim_start().len();
        let length = part.trim().len();
        if length > 0 {
            found.push(Span::new(start, start + length));
        }
        at += part.len() + 1;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_are_told_apart() {
        let read = |text: &str| arrow(text, 0).map(|arrow| (arrow.end, arrow.line, arrow.start, arrow.head, arrow.open));
        let (none, tip, circle, cross) = (Head::None, Head::Arrow, Head::Circle, Head::Cross);
        for (text, expected) in [
            ("--> b", (3, Line::Solid, none, tip, false)),
            ("---b", (3, Line::Solid, none, none, false)),
            ("----> b", (5, Line::Solid, none, tip, false)),
            ("--o b", (3, Line::Solid, none, circle, false)),
            ("--x b", (3, Line::Solid, none, cross, false)),
            ("<--> b", (4, Line::Solid, tip, tip, false)),
            ("x--x b", (4, Line::Solid, cross, cross, false)),
            ("-- text -->", (2, Line::Solid, none, none, true)),
            ("==> b", (3, Line::Thick, none, tip, false)),
            ("=== b", (3, Line::Thick, none, none, false)),
            ("== text ==>", (2, Line::Thick, none, none, true)),
            ("-.-> b", (4, Line::Dotted, none, tip, false)),
            ("-..-> b", (5, Line::Dotted, none, tip, false)),
            ("-.- b", (3, Line::Dotted, none, none, false)),
            ("-. text .->", (2, Line::Dotted, none, none, true)),
            ("<-.-> b", (5, Line::Dotted, tip, tip, false)),
            ("~~~ b", (3, Line::Invisible, none, none, false)),
        ] {
            assert_eq!(read(text), Some(expected), "{text}");
        }
        assert!(arrow("-> b", 0).is_none() && arrow("=> b", 0).is_none() && arrow("x b", 0).is_none() && arrow("~~ b", 0).is_none());
    }

    #[test]
    fn identifiers_end_where_something_else_begins() {
        for (text, expected) in [
            ("a-->b", "a"),
            ("a-b --> c", "a-b"),
            ("a-.->b", "a"),
            ("a:::cls", "a"),
            ("a[b]", "a"),
            ("a@{", "a"),
            ("Größe-1;", "Größe-1"),
            ("a.b/c d", "a.b/c"),
            ("a->b", "a"),
            ("a==>b", "a"),
            ("a%%c", "a"),
            ("&b", ""),
        ] {
            assert_eq!(text.get(..id_end(text, 0)), Some(expected), "{text}");
        }
    }

    #[test]
    fn brackets_enclose_texts() {
        let read =
            |text: &str| bracketed(text, 0).map(|found| (found.text.inner.of(text).to_owned(), found.brackets, found.end == text.len()));
        for (text, inner, brackets) in [
            ("[a b]", "a b", Brackets::Square),
            ("(a)", "a", Brackets::Round),
            ("([a])", "a", Brackets::Stadium),
            ("[[a]]", "a", Brackets::Subroutine),
            ("[(a)]", "a", Brackets::Cylinder),
            ("((a))", "a", Brackets::Circle),
            ("(((a)))", "a", Brackets::DoubleCircle),
            (">a]", "a", Brackets::Flag),
            ("{a}", "a", Brackets::Diamond),
            ("{{a}}", "a", Brackets::Hexagon),
            ("[/a/]", "a", Brackets::LeanRight),
            ("[\\a\\]", "a", Brackets::LeanLeft),
            ("[/a\\]", "a", Brackets::Trapezoid),
            ("[\\a/]", "a", Brackets::InverseTrapezoid),
            ("[\"a (b) [c]\"]", "a (b) [c]", Brackets::Square),
            ("(\"`a\n b`\")", "a\n b", Brackets::Round),
            ("[a\n  b]", "a\n  b", Brackets::Square),
            ("[\"<b class=\"x\">a</b>\"]", "<b class=\"x\">a</b>", Brackets::Square),
            ("[f(x) and g[1]]", "f(x) and g[1]", Brackets::Square),
            ("[<img src=\"a[1]\"> b]", "<img src=\"a[1]\"> b", Brackets::Square),
            ("[/api/orders]", "/api/orders", Brackets::Square),
            ("[|a:b|text]", "text", Brackets::Props),
        ] {
            assert_eq!(read(text), Some((inner.to_owned(), brackets, true)), "{text}");
        }
        for text in ["[a", "[\"a]", "[a\nb[c]", "(a]", "[a\nb --> c\nd]"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
