//! The texts that findings quote.

use std::sync::OnceLock;

use crate::domain::{
    diagnostic::{LineIndex, Span},
    id::DocumentId,
    review::{check::shorten, finding::Evidence, hidden, secrets},
};

/// A quote spans at most this many lines; what lies further apart is quoted separately.
const MAX_QUOTE: u32 = 12;

/// A text by lines, with its secrets masked, and the addresses where it gives a reviewer orders.
pub struct Text<'a> {
    pub document: DocumentId,
    pub path: &'a str,
    index: LineIndex<'a>,
    masked: Vec<String>,
    /// It is a decision record, not a diagram.
    pub(super) record: bool,
    /// The lines in small letters; made when somebody searches.
    small: OnceLock<Vec<String>>,
}

impl<'a> Text<'a> {
    pub fn new(document: DocumentId, path: &'a str, text: &'a str) -> Self {
        let masked = secrets::redact(text).split('\n').map(|line| line.trim_end_matches('\r').to_owned()).collect();
        let mut read = Self { document, path, index: LineIndex::new(text), masked, record: false, small: OnceLock::new() };
        if text.contains("://") {
            read.mask_addresses(text);
        }
        read
    }

    /// Where a text tells its reviewer to go, no finding leads anybody: a quote has a line around.
    fn mask_addresses(&mut self, text: &str) {
        for passage in hidden::find(text) {
            let (first, last) = (self.line_of_byte(passage.range.start), self.line_of_byte(passage.range.end));
            for line in self.masked.iter_mut().take(last + 1).skip(first.saturating_sub(2)) {
                *line = without_addresses(line);
            }
        }
    }

    fn line_of_byte(&self, at: usize) -> usize {
        self.index.place(u32::try_from(at).unwrap_or(u32::MAX)).line as usize
    }

    /// The text of a decision record.
    pub fn of_record(document: DocumentId, path: &'a str, text: &'a str) -> Self {
        Self { record: true, ..Self::new(document, path, text) }
    }

    /// Whether a line holds these words, which are in small letters.
    pub(super) fn says(&self, wanted: &str) -> bool {
        let small = self.small.get_or_init(|| self.masked.iter().map(|line| line.to_lowercase()).collect());
        small.iter().any(|line| line.contains(wanted))
    }

    fn line_of(&self, span: Span) -> u32 {
        self.index.place(span.start).line
    }

    /// The lines of the spans with a line around; several quotes when they lie far apart.
    pub fn quote(&self, claim: &str, spans: &[Span]) -> Vec<Evidence> {
        let mut lines: Vec<u32> = spans.iter().map(|span| self.line_of(*span)).collect();
        lines.sort_unstable();
        lines.dedup();
        let mut groups: Vec<Vec<u32>> = Vec::new();
        for line in lines {
            match groups.last_mut() {
                Some(group) if group.first().is_some_and(|first| line - first < MAX_QUOTE - 2) => group.push(line),
                _ => groups.push(vec![line]),
            }
        }
        groups.into_iter().map(|marked| self.quote_lines(claim, marked)).collect()
    }

    /// The marked lines with a line around; lines count from 1 and come in order.
    pub fn quote_lines(&self, claim: &str, marked: Vec<u32>) -> Evidence {
        let count = u32::try_from(self.masked.len()).unwrap_or(u32::MAX);
        let first = marked.first().copied().unwrap_or(1);
        let last = marked.last().copied().unwrap_or(first);
        let from = first.saturating_sub(1).max(1);
        let to = last.saturating_add(1).min(count);
        let quote = (from..=to).filter_map(|line| self.masked.get(line as usize - 1)).map(|line| shorten(line, 200)).collect();
        Evidence { document: self.document, path: self.path.to_owned(), claim: claim.to_owned(), line: from, quote, marked }
    }
}

/// A line whose addresses can't be followed.
fn without_addresses(line: &str) -> String {
    let mut rest = line;
    let mut kept = String::with_capacity(line.len());
    while let Some(at) = rest.find("://") {
        let scheme = rest.get(..at).unwrap_or_default().trim_end_matches(|c: char| c.is_ascii_alphanumeric() || "+.-".contains(c));
        kept.push_str(scheme);
        kept.push_str("[address]");
        let behind = rest.get(at..).unwrap_or_default();
        let end = behind.find(|c: char| c.is_whitespace() || "\"'<>)]}`".contains(c)).unwrap_or(behind.len());
        rest = behind.get(end..).unwrap_or_default();
    }
    kept.push_str(rest);
    kept
}
