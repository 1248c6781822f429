//! The texts that findings quote.

use std::sync::OnceLock;

use crate::domain::{
    diagnostic::{LineIndex, Span},
    id::DocumentId,
    review::{
        check::shorten,
        finding::Evidence,
        hidden,
        secrets::{self, Secret},
    },
};

/// A quote spans at most this many lines; what lies further apart is quoted separately.
const MAX_QUOTE: u32 = 12;

/// A text by lines, with its secrets masked, and the addresses where it gives a reviewer orders. Most texts of a design are never
/// quoted, so the lines are made when one is.
pub struct Text<'a> {
    pub document: DocumentId,
    pub path: &'a str,
    source: &'a str,
    index: LineIndex<'a>,
    masked: OnceLock<Masked>,
    secrets: OnceLock<Vec<Secret>>,
    /// It is a decision record, not a diagram.
    pub(super) record: bool,
    /// The lines in small letters; made when somebody searches.
    small: OnceLock<Vec<String>>,
}

/// A text without its secrets, by lines; most of them are never asked for.
struct Masked {
    text: String,
    starts: Vec<usize>,
}

impl Masked {
    fn new(text: String) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { text, starts }
    }

    /// A line by its number from 0, without its end.
    fn line(&self, number: usize) -> Option<&str> {
        let rest = self.text.get(*self.starts.get(number)?..)?;
        Some(rest.split('\n').next()?.trim_end_matches('\r'))
    }

    fn lines(&self) -> impl Iterator<Item = &str> {
        self.text.split('\n').map(|line| line.trim_end_matches('\r'))
    }
}

impl<'a> Text<'a> {
    pub fn new(document: DocumentId, path: &'a str, text: &'a str) -> Self {
        Self {
            document,
            path,
            source: text,
            index: LineIndex::new(text),
            masked: OnceLock::new(),
            secrets: OnceLock::new(),
            record: false,
            small: OnceLock::new(),
        }
    }

    /// What looks like a secret in it.
    pub(super) fn secrets(&self) -> &[Secret] {
        self.secrets.get_or_init(|| secrets::find(self.source))
    }

    fn masked(&self) -> &Masked {
        self.masked.get_or_init(|| {
            let masked = secrets::masked(self.source, self.secrets());
            if !self.source.contains("://") {
                return Masked::new(masked);
            }
            let mut lines: Vec<String> = masked.split('\n').map(str::to_owned).collect();
            self.mask_addresses(&mut lines);
            Masked::new(lines.join("\n"))
        })
    }

    /// Where a text tells its reviewer to go, no finding leads anybody: a quote has a line around.
    fn mask_addresses(&self, lines: &mut [String]) {
        for passage in hidden::find(self.source) {
            let (first, last) = (self.line_of_byte(passage.range.start), self.line_of_byte(passage.range.end));
            for line in lines.iter_mut().take(last + 1).skip(first.saturating_sub(2)) {
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
        let small = self.small.get_or_init(|| self.masked().lines().map(str::to_lowercase).collect());
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
        let count = u32::try_from(self.masked().starts.len()).unwrap_or(u32::MAX);
        let first = marked.first().copied().unwrap_or(1);
        let last = marked.last().copied().unwrap_or(first);
        let from = first.saturating_sub(1).max(1);
        let to = last.saturating_add(1).min(count);
        let quote = (from..=to).filter_map(|line| self.masked().line(line as usize - 1)).map(|line| shorten(line, 200)).collect();
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
