//! The edits of one gesture while they are gathered: put in order, deletions joined, what lies in a deletion dropped.

use std::ops::Range;

use crate::domain::{
    diagnostic::Span,
    syntax::{TextEdit, gesture::Refusal},
};

#[derive(Clone, Debug, Default)]
pub(super) struct Edits(Vec<Entry>);

#[derive(Clone, Debug)]
struct Entry {
    range: Range<usize>,
    text: String,
    /// Makes new statements, or puts moved ones here.
    fresh: bool,
}

/// The finished edits, and where in the new text their fresh parts lie.
#[derive(Debug, Default)]
pub(super) struct Finished {
    pub(super) edits: Vec<TextEdit>,
    pub(super) fresh: Vec<Range<usize>>,
}

impl Edits {
    pub(super) fn insert(&mut self, at: usize, text: impl Into<String>) {
        self.0.push(Entry { range: at..at, text: text.into(), fresh: false });
    }

    pub(super) fn replace(&mut self, span: Span, text: impl Into<String>) {
        self.0.push(Entry { range: span.range(), text: text.into(), fresh: false });
    }

    /// As [`Self::replace`], unless the place is replaced already.
    pub(super) fn once(&mut self, span: Span, text: impl Into<String>) {
        if !self.0.iter().any(|entry| entry.range == span.range()) {
            self.replace(span, text);
        }
    }

    pub(super) fn remove(&mut self, range: Range<usize>) {
        self.0.push(Entry { range, text: String::new(), fresh: false });
    }

    pub(super) fn fresh(&mut self, range: Range<usize>, text: impl Into<String>) {
        self.0.push(Entry { range, text: text.into(), fresh: true });
    }

    pub(super) fn extend(&mut self, more: Self) {
        self.0.extend(more.0);
    }

    /// In text order, without overlaps and without edits that change nothing.
    pub(super) fn finish(self, text: &str) -> Result<Finished, Refusal> {
        let mut deletions: Vec<Range<usize>> =
            self.0.iter().filter(|entry| entry.text.is_empty()).map(|entry| entry.range.clone()).collect();
        deletions.sort_by_key(|range| (range.start, range.end));
        let mut joined: Vec<Range<usize>> = Vec::new();
        for range in deletions.into_iter().filter(|range| !range.is_empty()) {
            match joined.last_mut() {
                Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
                _ => joined.push(range),
            }
        }
        let mut entries: Vec<Entry> =
            joined.iter().map(|range| Entry { range: range.clone(), text: String::new(), fresh: false }).collect();
        for entry in self.0.into_iter().filter(|entry| !entry.text.is_empty()) {
            let at = joined.partition_point(|range| range.end <= entry.range.start);
            let covered = joined.get(at).is_some_and(|range| {
                range.start <= entry.range.start
                    && entry.range.end <= range.end
                    && !(entry.range.is_empty() && entry.range.start == range.start)
            });
            if !covered || (entry.fresh && entry.range.is_empty()) {
                entries.push(entry);
            }
        }
        entries.sort_by_key(|entry| (entry.range.start, entry.range.end));
        // What is put into the middle of a deletion splits it.
        let mut split: Vec<Entry> = Vec::new();
        for entry in entries {
            match split.last_mut() {
                Some(last) if entry.range.start < last.range.end => {
                    if !(last.text.is_empty() && entry.range.is_empty()) {
                        return Err(Refusal::new("The changes of this gesture overlap in the text", "Make them one at a time."));
                    }
                    let tail = entry.range.start..last.range.end;
                    last.range.end = entry.range.start;
                    split.push(entry);
                    split.push(Entry { range: tail, text: String::new(), fresh: false });
                }
                _ => split.push(entry),
            }
        }
        let mut finished = Finished::default();
        let (mut grown, mut shrunk) = (0_usize, 0_usize);
        for entry in split {
            if text.get(entry.range.clone()).is_none_or(|old| old == entry.text) {
                continue;
            }
            let start = entry.range.start + grown - shrunk;
            if entry.fresh {
                finished.fresh.push(start..start + entry.text.len());
            }
            grown += entry.text.len();
            shrunk += entry.range.len();
            finished.edits.push(TextEdit { span: Span::new(entry.range.start, entry.range.end), replacement: entry.text });
        }
        Ok(finished)
    }
}
