//! Files as bytes and the texts people edit: what changes on the way in is remembered on the way out.
//!
//! Inside Lintel a text has line feeds only and no byte order mark, because editors count that way. A file keeps its
//! encoding, its mark and the line end of every line: an untouched text gives back the very bytes that came in, an edited
//! one differs in the edited lines only.

use std::collections::BTreeMap;

/// Two texts of more lines than this product are compared by a cheaper walk when line ends are mixed.
const LARGEST_TABLE: usize = 4_000_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encoding {
    Utf8,
    /// UTF-16 with a byte order mark, least significant byte first.
    Utf16Little,
    Utf16Big,
}

/// The text of a file: UTF-8, or UTF-16 with a byte order mark. None for anything else, and for texts that hold a NUL:
/// those are kept as bytes.
pub fn read(bytes: &[u8]) -> Option<String> {
    decode(bytes).map(|(_, text)| normal(&text))
}

/// A text with line feeds only and without byte order marks at its start.
pub fn normal(text: &str) -> String {
    let text = text.trim_start_matches('\u{feff}');
    if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text.to_owned() }
}

/// The bytes of `text` as a file. With the `original` file, whatever the text did not change keeps its bytes: the
/// encoding, the byte order mark and each line's end; new lines end as most lines of the original do. A missing final
/// line end is the text's own affair. Without an original (or with one that is no text) it is plain UTF-8.
pub fn write(original: Option<&[u8]>, text: &str) -> Vec<u8> {
    let Some((bytes, (encoding, decoded))) = original.and_then(|bytes| decode(bytes).map(|file| (bytes, file))) else {
        return text.as_bytes().to_vec();
    };
    if normal(&decoded) == text {
        return bytes.to_vec();
    }
    let body = decoded.trim_start_matches('\u{feff}');
    let marks = decoded.get(..decoded.len() - body.len()).unwrap_or("");
    encode(encoding, &format!("{marks}{}", with_line_ends(&lines(body), text)))
}

fn decode(bytes: &[u8]) -> Option<(Encoding, String)> {
    let (encoding, text) = match bytes {
        [0xff, 0xfe, rest @ ..] => (Encoding::Utf16Little, utf16(rest, u16::from_le_bytes)?),
        [0xfe, 0xff, rest @ ..] => (Encoding::Utf16Big, utf16(rest, u16::from_be_bytes)?),
        _ => (Encoding::Utf8, std::str::from_utf8(bytes).ok()?.to_owned()),
    };
    (!text.contains('\0')).then_some((encoding, text))
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<String> {
    let (pairs, []) = bytes.as_chunks::<2>() else { return None };
    char::decode_utf16(pairs.iter().map(|pair| unit(*pair))).collect::<Result<String, _>>().ok()
}

fn encode(encoding: Encoding, text: &str) -> Vec<u8> {
    match encoding {
        Encoding::Utf8 => text.as_bytes().to_vec(),
        Encoding::Utf16Little => [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect(),
        Encoding::Utf16Big => [0xfe, 0xff].into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect(),
    }
}

/// A line without its end, and the end: `\n`, `\r\n`, `\r`, or nothing for a last line that has none.
type Line<'a> = (&'a str, &'static str);

fn lines(text: &str) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['\n', '\r']) {
        let (line, tail) = rest.split_at(at);
        let end = if tail.starts_with("\r\n") {
            "\r\n"
        } else if tail.starts_with('\r') {
            "\r"
        } else {
            "\n"
        };
        lines.push((line, end));
        rest = tail.get(end.len()..).unwrap_or("");
    }
    if !rest.is_empty() {
        lines.push((rest, ""));
    }
    lines
}

fn with_line_ends(original: &[Line<'_>], text: &str) -> String {
    let usual = usual_end(original);
    let edited: Vec<&str> = text.split_inclusive('\n').map(|line| line.strip_suffix('\n').unwrap_or(line)).collect();
    let mixed = original.iter().any(|(_, end)| !end.is_empty() && *end != usual);
    let ends = if mixed { matched_ends(original, &edited) } else { BTreeMap::new() };
    let mut out = String::with_capacity(text.len() + edited.len());
    for (index, line) in edited.iter().enumerate() {
        out.push_str(line);
        if index + 1 == edited.len() && !text.ends_with('\n') {
            break;
        }
        let end = ends.get(&index).copied().unwrap_or(usual);
        // An empty line must not make one line end out of two halves.
        out.push_str(if line.is_empty() && end == "\n" && out.ends_with('\r') { "\r\n" } else { end });
    }
    out
}

/// The end that most lines have; a line feed when there is none, and the shorter one of two that are as common.
fn usual_end(lines: &[Line<'_>]) -> &'static str {
    let count = |wanted: &str| lines.iter().filter(|(_, end)| *end == wanted).count();
    ["\n", "\r\n", "\r"].into_iter().rev().max_by_key(|end| count(end)).unwrap_or("\n")
}

/// For each edited line that is an original line, or stands in the place of exactly one, that line's end.
fn matched_ends(original: &[Line<'_>], edited: &[&str]) -> BTreeMap<usize, &'static str> {
    let head = original.iter().zip(edited).take_while(|((line, _), other)| line == *other).count();
    let (old, new) = (original.get(head..).unwrap_or_default(), edited.get(head..).unwrap_or_default());
    let tail = old.iter().rev().zip(new.iter().rev()).take_while(|((line, _), other)| line == *other).count();
    let (old_middle, new_middle) = (old.get(..old.len() - tail).unwrap_or_default(), new.get(..new.len() - tail).unwrap_or_default());
    let mut pairs: Vec<(usize, usize)> = (0..head).map(|index| (index, index)).collect();
    let middle = if old_middle.len().saturating_mul(new_middle.len()) <= LARGEST_TABLE {
        longest_common(old_middle, new_middle)
    } else {
        next_equal(old_middle, new_middle)
    };
    pairs.extend(middle.into_iter().map(|(from, to)| (from + head, to + head)));
    pairs.extend((0..tail).map(|index| (original.len() - tail + index, edited.len() - tail + index)));

    let mut ends = BTreeMap::new();
    let (mut old_next, mut new_next) = (0, 0);
    for (from, to) in pairs.into_iter().chain([(original.len(), edited.len())]) {
        // As many lines out as in between two kept lines: each took the place of one.
        if from - old_next == to - new_next {
            for (gap_from, gap_to) in (old_next..from).zip(new_next..to) {
                keep_end(&mut ends, original, gap_from, gap_to);
            }
        }
        keep_end(&mut ends, original, from, to);
        (old_next, new_next) = (from + 1, to + 1);
    }
    ends
}

fn keep_end(ends: &mut BTreeMap<usize, &'static str>, original: &[Line<'_>], from: usize, to: usize) {
    if let Some((_, end)) = original.get(from).filter(|(_, end)| !end.is_empty()) {
        ends.insert(to, end);
    }
}

/// Pairs of equal lines in both orders, as many as there can be (the textbook table).
fn longest_common(old: &[Line<'_>], new: &[&str]) -> Vec<(usize, usize)> {
    let width = new.len() + 1;
    let mut table = vec![0_u32; (old.len() + 1) * width];
    let at = |table: &[u32], from: usize, to: usize| table.get(from * width + to).copied().unwrap_or(0);
    for (from, (line, _)) in old.iter().enumerate().rev() {
        for (to, other) in new.iter().enumerate().rev() {
            let best =
                if line == other { at(&table, from + 1, to + 1) + 1 } else { at(&table, from + 1, to).max(at(&table, from, to + 1)) };
            if let Some(cell) = table.get_mut(from * width + to) {
                *cell = best;
            }
        }
    }
    let (mut from, mut to, mut pairs) = (0, 0, Vec::new());
    while let (Some((line, _)), Some(other)) = (old.get(from), new.get(to)) {
        if line == other {
            pairs.push((from, to));
            from += 1;
            to += 1;
        } else if at(&table, from + 1, to) >= at(&table, from, to + 1) {
            from += 1;
        } else {
            to += 1;
        }
    }
    pairs
}

/// Each edited line with the next equal original line, in linear time: fewer pairs than there could be, never wrong ones.
fn next_equal(old: &[Line<'_>], new: &[&str]) -> Vec<(usize, usize)> {
    let mut places: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (from, (line, _)) in old.iter().enumerate() {
        places.entry(line).or_default().push(from);
    }
    let (mut next, mut pairs) = (0, Vec::new());
    for (to, line) in new.iter().enumerate() {
        let found = places.get(line).and_then(|all| all.get(all.partition_point(|from| *from < next)).copied());
        // A far jump would give up everything in between.
        if let Some(from) = found.filter(|from| from - next <= 64 || places.get(line).is_some_and(|all| all.len() == 1)) {
            pairs.push((from, to));
            next = from + 1;
        }
    }
    pairs
}

#[cfg(test)]
mod tests;
