//! Links between records, taken away again: the line that says nothing else. What stands in running text is left to people.

use thiserror::Error;

use crate::domain::{
    decision::{
        Link, LinkKind,
        edit::{File, Source, replace},
        log, parse,
    },
    diagnostic::LineIndex,
    syntax::TextEdit,
};

/// Why a link is not taken away: where it stands.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("Line {line} says more than that they are linked, so it is left as it is. Change it in the text.")]
pub struct InProse {
    /// From 1.
    pub line: u32,
}

/// Takes away what `at` says about `other` in this way. No edits when it says nothing.
///
/// # Errors
/// The link stands in a line with other words.
pub fn one_end(at: Source<'_>, kind: LinkKind, other: Source<'_>) -> Result<Vec<TextEdit>, InProse> {
    let (record, target) = (parse(at.path, at.text), parse(other.path, other.text));
    let entries = [log::Entry { path: at.path, record: &record }, log::Entry { path: other.path, record: &target }];
    let leads = |link: &&Link| link.kind == kind && log::resolve(&entries, 0, link) == Some(1);
    let file = File::new(at.text, &record);
    let lines = LineIndex::new(at.text);
    let mut edits: Vec<TextEdit> = Vec::new();
    for link in record.links.iter().filter(leads) {
        let (start, end) = (link.span.start as usize, link.span.end as usize);
        let line = at.text.get(..start).and_then(|before| before.rfind('\n')).map_or(0, |found| found + 1);
        let stop = at.text.get(end..).and_then(|rest| rest.find('\n')).map_or(at.text.len(), |found| end + found);
        let before = at.text.get(line..start).unwrap_or("").trim_start_matches([' ', '\t', '*', '-', '+', '_']);
        let after = at.text.get(end..stop).unwrap_or("").trim();
        let in_front = file.block.as_ref().is_some_and(|block| block.whole.contains(&start));
        let words = before.trim().trim_end_matches([':', '*', '_']);
        let said = !words.is_empty() && words.split_whitespace().count() <= 4 && !words.contains(['[', '.', ',']);
        let status = record.status.as_ref().is_some_and(|status| (line..=stop).contains(&(status.span.start as usize)));
        if in_front || !said || status || !matches!(after, "" | "." | ";") {
            return Err(InProse { line: lines.place(link.span.start).line });
        }
        let mut gone = file.without_line(start);
        // At the end of the text the blank line before it goes along.
        let above = at.text.get(..gone.span.start as usize).unwrap_or("");
        let rest = above.strip_suffix(file.line_end).filter(|rest| rest.ends_with('\n'));
        if let Some(rest) = rest.filter(|_| gone.span.end as usize == at.text.len()) {
            gone = replace(rest.len()..at.text.len(), String::new());
        }
        edits.push(gone);
    }
    Ok(edits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        decision::edit::link::{Relation, Wording, both_ends},
        moment::Day,
        syntax::apply,
    };

    const DAY: Day = Day { year: 2026, month: 11, day: 19 };

    #[test]
    fn what_was_linked_is_as_it_was() {
        let other = "# 3. Other\n\n## Status\n\nAccepted\n\n## Context\n\nx\n";
        for text in [
            "# 7. One\n\n## Status\n\nAccepted\n\n## Context\n\nx\n\n## Decision\n\ny\n",
            "---\nstatus: accepted\n---\n\n# One\n\n## Context and Problem Statement\n\nx\n\n## More Information\n\n* Amends [ADR-0001: A](0001-a.md)\n",
            "---\nstatus: accepted\n---\n\n# One\n\n## Context and Problem Statement\n\nx\n\n## More Information\n\nSee the wiki.\n",
            "# One\r\n\r\n## Status\r\n\r\nAccepted\r\n\r\n## Context\r\n\r\nx\r\n\r\n## Decision\r\n\r\ny\r\n",
        ] {
            for kind in [LinkKind::Amends, LinkKind::RelatesTo, LinkKind::DependsOn] {
                let (from, to) = (Source { path: "adr/0007-one.md", text }, Source { path: "adr/0003-other.md", text: other });
                let ends = both_ends(from, &Relation::of(kind, Wording::Plain), to, DAY);
                let (linked, answered) = (apply(text, &ends.from), apply(other, &ends.to));
                assert_ne!(linked, text);
                let (from, to) = (Source { text: &linked, ..from }, Source { text: &answered, ..to });
                assert_eq!(apply(&linked, &one_end(from, kind, to).unwrap()), text, "{kind:?}");
                if let Some(reverse) = kind.reverse() {
                    assert_eq!(apply(&answered, &one_end(to, reverse, from).unwrap()), other, "{kind:?}");
                }
            }
        }
    }

    #[test]
    fn links_in_sentences_are_left_to_people() {
        let other = Source { path: "adr/0003-other.md", text: "# 3. Other\n" };
        for text in ["# 7. One\n\nThis amends [3. Other](0003-other.md) in one point.\n", "---\namends: 0003-other.md\n---\n# 7. One\n"] {
            let at = Source { path: "adr/0007-one.md", text };
            let refused = one_end(at, LinkKind::Amends, other);
            assert!(refused.is_err() || parse(at.path, text).links.is_empty(), "{text}");
        }
        let at = Source { path: "adr/0007-one.md", text: "# 7. One\n\nNothing.\n" };
        assert_eq!(one_end(at, LinkKind::Amends, other), Ok(Vec::new()));
    }
}
