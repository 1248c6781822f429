//! Links between records, taken away again: the line that says nothing else, and the heading that came with it. What stands in
//! running text is left to people.

use std::ops::Range;

use thiserror::Error;

use crate::domain::{
    decision::{
        Link, LinkKind,
        edit::{File, Source, replace},
        log, parse,
    },
    diagnostic::LineIndex,
    syntax::{TextEdit, apply},
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
    if let ([only], Some(link)) = (edits.as_slice(), record.links.iter().find(leads)) {
        let whole = with_heading(at, link.span.start as usize, &file);
        return Ok(vec![whole.unwrap_or_else(|| only.clone())]);
    }
    Ok(edits)
}

/// Takes the heading away, too, over a list that adding its only link began: what is left has to become the text again when the
/// link is added.
fn with_heading(at: Source<'_>, link: usize, file: &File<'_>) -> Option<TextEdit> {
    let section = file.record.sections.iter().rfind(|section| section.own.range().contains(&link))?;
    let heading = section.span.start as usize;
    let line = at.text.get(..link)?.rfind('\n')? + 1;
    let stop = at.text.get(line..)?.find('\n').map_or(at.text.len(), |found| line + found + 1);
    let item = at.text.get(line..stop)?.trim_end_matches(['\n', '\r']);
    let words = item.strip_prefix("* ").or_else(|| item.strip_prefix("- "))?;
    // Blank lines may have come before the heading and behind the link.
    let end = file.line_end;
    let starts = [format!("{end}{end}"), end.to_owned(), String::new()];
    let starts = starts.iter().filter(|gap| at.text.get(..heading).is_some_and(|above| above.ends_with(gap.as_str())));
    let stops = [end, ""].into_iter().filter(|gap| at.text.get(stop..).is_some_and(|rest| rest.starts_with(gap)));
    let cuts = starts.flat_map(|before| stops.clone().map(move |after| heading - before.len()..stop + after.len()));
    let fits = |cut: &Range<usize>| {
        let left = apply(at.text, &[replace(cut.clone(), String::new())]);
        let record = parse(at.path, &left);
        // Text files end with a line end, even if one could do without.
        let ends = left.is_empty() || left.ends_with('\n');
        ends && apply(&left, &[File::new(&left, &record).link(words)]) == at.text
    };
    cuts.filter(fits).min_by_key(Range::len).map(|cut| replace(cut, String::new()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        decision::edit::link::{Relation, Wording, both_ends},
        moment::Day,
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
            // A heading of its own comes and goes.
            "---\nstatus: accepted\n---\n\n# One\n\n## Context and Problem Statement\n\nx\n",
            "---\r\nstatus: accepted\r\n---\r\n\r\n# One\r\n\r\n## Context and Problem Statement\r\n\r\nx\r\n",
            "---\nstatus: accepted\n---\n\n# One\n\n## Context and Problem Statement\n\n- x\n- y\n\n\n",
            "# One\n\n* Status: accepted\n* Date: 2026-01-01\n\n## Context and Problem Statement\n\nx\n",
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
    fn a_heading_with_more_below_it_stays() {
        let other = Source { path: "adr/0003-other.md", text: "# 3. Other\n" };
        let front = "---\nstatus: accepted\n---\n\n# One\n\nx\n\n";
        for (section, left) in [
            (
                "## More Information\n\n* Amends [ADR-0003: Other](0003-other.md)\n\nSee the wiki.\n",
                "## More Information\n\nSee the wiki.\n",
            ),
            (
                "## More Information\n\n* Amends [ADR-0003: Other](0003-other.md)\n\n### Votes\n\nAll.\n",
                "## More Information\n\n### Votes\n\nAll.\n",
            ),
            ("## More Information\n\n* Amends [ADR-0003: Other](0003-other.md)\n\n## Notes\n", "## More Information\n\n## Notes\n"),
            ("## More information\n\n* Amends [ADR-0003: Other](0003-other.md)\n", "## More information\n"),
            ("## More Information\n* Amends [ADR-0003: Other](0003-other.md)\n", "## More Information\n"),
        ] {
            let text = format!("{front}{section}");
            let at = Source { path: "adr/0007-one.md", text: &text };
            let left = format!("{front}{left}");
            assert_eq!(apply(&text, &one_end(at, LinkKind::Amends, other).unwrap()), left, "{section}");
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
