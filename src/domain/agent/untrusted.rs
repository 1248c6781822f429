//! Text that others wrote, on its way to a model and back.
//!
//! To a model: every line stands behind a mark, nothing invisible stays invisible, secrets are masked. Back from a model: plain
//! sentences only. What a document says can't leave its lines, and what a model says can't load, link or hide anything.

use pulldown_cmark::{Event, Tag};

use crate::domain::{markdown, review::secrets::redact};

pub mod answer;
pub mod plain;

/// Stands before every line that others wrote, with a blank. The preamble tells models what it means.
pub const MARK: char = '¦';
/// Stands before the mark of a line, or part of one, that readers of the page don't see.
pub const HIDDEN: &str = "(HTML comment, hidden from human readers) ";
/// A line is cut here, so that none fills an answer.
const MAX_LINE: usize = 1500;
/// A name in a line is cut here.
const MAX_NAME: usize = 120;

/// One line of a document as a model sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownLine {
    /// Masked, with invisible characters spelled out; without a mark.
    pub text: String,
    /// An HTML comment touches it.
    pub hidden: bool,
}

impl ShownLine {
    /// As it stands in an answer, marked.
    pub fn marked(&self) -> String {
        format!("{}{MARK} {}", if self.hidden { HIDDEN } else { "" }, self.text)
    }
}

/// The lines of a markdown document.
pub fn lines_of_markdown(text: &str) -> Vec<ShownLine> {
    let mut hidden = vec![false; text.split('\n').count()];
    for (event, range) in markdown::parser(text).into_offset_iter() {
        let comment = match &event {
            Event::Html(html) | Event::InlineHtml(html) => html.contains("<!--"),
            Event::Start(Tag::HtmlBlock) => text.get(range.clone()).is_some_and(|block| block.contains("<!--")),
            _ => false,
        };
        if comment {
            let line = |at: usize| text.get(..at).map_or(0, |before| before.matches('\n').count());
            let last = line(range.end.saturating_sub(1).max(range.start));
            for mark in hidden.iter_mut().take(last + 1).skip(line(range.start)) {
                *mark = true;
            }
        }
    }
    lines(text).into_iter().zip(hidden).map(|(text, hidden)| ShownLine { text, hidden }).collect()
}

/// The lines of any other document.
pub fn lines_of_text(text: &str) -> Vec<ShownLine> {
    lines(text).into_iter().map(|text| ShownLine { text, hidden: false }).collect()
}

fn lines(text: &str) -> Vec<String> {
    // Masked as a whole: a key may span lines.
    redact(text).split('\n').map(|line| cut(&visible(line.trim_end_matches('\r')), MAX_LINE)).collect()
}

/// Free text as marked lines, each behind `indent`; nothing for nothing.
pub fn marked(indent: &str, text: &str) -> Vec<String> {
    let lines = lines_of_text(text.trim());
    lines.iter().filter(|line| !line.text.trim().is_empty()).map(|line| format!("{indent}{}", line.marked())).collect()
}

/// A name or value inside a line of ours: in quotes, on one line, masked.
pub fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in cut(&redact(text), MAX_NAME).chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push(' '),
            // Only what we mark is marked.
            c if is_invisible(c) || c == MARK => quoted.extend(c.escape_unicode()),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// A value bare where it is a plain word or number, else in quotes.
pub fn value(text: &str) -> String {
    let text = text.trim();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '%' | '/' | '-' | '+');
    if !text.is_empty() && text.len() <= 40 && text.chars().all(plain) && redact(text) == text { text.to_owned() } else { quoted(text) }
}

/// The text with every character that can't be seen spelled out: `\u{200b}`. Tabs and line ends stay.
pub fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if is_invisible(c) && !matches!(c, '\n' | '\t') {
            shown.extend(c.escape_unicode());
        } else {
            shown.push(c);
        }
    }
    shown
}

/// Control and format characters, blanks that are no blank, tags and variation selectors.
pub fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}'
                | '\u{34f}'
                | '\u{61c}'
                | '\u{115f}'
                | '\u{1160}'
                | '\u{17b4}'
                | '\u{17b5}'
                | '\u{180b}'..='\u{180f}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{2800}'
                | '\u{3164}'
                | '\u{fe00}'..='\u{fe0f}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{1bca0}'..='\u{1bca3}'
                | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

/// Cut to a number of characters; says so.
fn cut(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        Some((at, _)) => format!("{} […]", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod hostile;
#[cfg(test)]
mod tests;
