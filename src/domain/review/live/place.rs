//! Where in the text a finding is marked: one passage of one line.

use std::collections::BTreeSet;

use crate::domain::{
    diagnostic::Span,
    id::DocumentId,
    model::{ElementKey, Model},
    offsets::to_utf16,
    review::finding::{Anchor, Finding},
};

/// A place in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Span(Span),
    /// From 1.
    Line(u32),
}

/// The first thing of the text that a finding points at and nobody is drawing; else the first line of its evidence, else the
/// text's first line.
pub(super) fn place_of(finding: &Finding, document: DocumentId, model: &Model, drawn: &BTreeSet<ElementKey>) -> Place {
    let element = |key: &ElementKey| {
        let element = model.element(key).filter(|element| element.file.is_none() && !drawn.contains(key))?;
        Some(element.name_span)
    };
    let relation = |key| {
        let relation = model.relations.get(key).filter(|relation| relation.file.is_none() && !drawn.contains(&relation.source))?;
        Some(relation.span)
    };
    let anchored = finding.anchors.iter().filter(|anchor| anchor.document() == document).find_map(|anchor| match anchor {
        Anchor::Element { element: key, .. } | Anchor::Absence { scope: Some(key), .. } => element(key),
        Anchor::Relation { relation: key, .. } => relation(key),
        Anchor::Path { relations, .. } => relations.iter().find_map(relation),
        Anchor::Group { group, .. } => model.groups.get(group).filter(|group| group.file.is_none()).map(|group| group.span),
        Anchor::Text { span, .. } => Some(*span),
        Anchor::Absence { scope: None, .. } | Anchor::Document { .. } => None,
    });
    let quoted = || finding.evidence.iter().find(|evidence| evidence.document == document).and_then(|evidence| evidence.marked.first());
    anchored.map_or_else(|| Place::Line(quoted().copied().unwrap_or(1)), Place::Span)
}

/// A text by lines, for offsets in UTF-16 units without counting from the start each time.
pub(super) struct Places<'a> {
    text: &'a str,
    /// Of each line: the byte and the UTF-16 unit it begins at.
    starts: Vec<(usize, u32)>,
}

impl<'a> Places<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let mut units = 0;
        let mut bytes = 0;
        let mut starts = vec![(0, 0)];
        for line in text.split_inclusive('\n').filter(|line| line.ends_with('\n')) {
            bytes += line.len();
            units += to_utf16(line, u32::MAX);
            starts.push((bytes, units));
        }
        Self { text, starts }
    }

    /// From, to and line of what is marked: a span as far as its first line goes, or a line without the space around it.
    pub(super) fn passage(&self, place: Place) -> (u32, u32, u32) {
        let index = match place {
            Place::Span(span) => self.starts.partition_point(|(byte, _)| *byte <= span.start as usize).saturating_sub(1),
            Place::Line(line) => (line.saturating_sub(1) as usize).min(self.starts.len().saturating_sub(1)),
        };
        let (byte, unit) = self.starts.get(index).copied().unwrap_or_default();
        let line = self.text.get(byte..).unwrap_or_default().split('\n').next().unwrap_or_default();
        let (from, to) = match place {
            Place::Span(span) => {
                let in_line = |offset: u32| (offset as usize).saturating_sub(byte).min(line.trim_end().len());
                (in_line(span.start), in_line(span.end))
            }
            Place::Line(_) => (line.len() - line.trim_start().len(), line.trim_end().len()),
        };
        let units = |offset: usize| unit + to_utf16(line, u32::try_from(offset).unwrap_or(u32::MAX));
        (units(from.min(to)), units(to), u32::try_from(index + 1).unwrap_or(u32::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passages_lie_in_one_line_and_count_as_the_editor_counts() {
        let text = "é😀 = a \"B\"\n  b {\n  }\r\n";
        let places = Places::new(text);
        let at = |from: &str, to: &str| Place::Span(Span::new(text.find(from).unwrap(), text.find(to).unwrap() + to.len()));
        assert_eq!(places.passage(at("a \"", "\"B\"")), (6, 11, 1));
        assert_eq!(places.passage(at("b {", "  }")), (14, 17, 2), "as far as the first line goes");
        assert_eq!(places.passage(Place::Line(2)), (14, 17, 2));
        assert_eq!(places.passage(Place::Line(3)), (20, 21, 3));
        assert_eq!(places.passage(Place::Line(9)), (23, 23, 4), "the last line, where there are fewer");
        assert_eq!(places.passage(Place::Span(Span::new(400, 500))).2, 4);
        assert_eq!(Places::new("").passage(Place::Line(1)), (0, 0, 1));
    }
}
