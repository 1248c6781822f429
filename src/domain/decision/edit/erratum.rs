//! Errata: what is said about a record afterwards, marked and dated, with the record itself left as it was.

use crate::domain::{
    decision::{
        edit::{File, replace},
        parse,
    },
    moment::Day,
    syntax::TextEdit,
};

/// Adds an erratum in the record's section for them, or in a new one at its end. No edits for no words.
pub fn add(path: &str, text: &str, words: &str, day: Day) -> Vec<TextEdit> {
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.is_empty() {
        return Vec::new();
    }
    let record = parse(path, text);
    let file = File::new(text, &record);
    let end = file.line_end;
    let section = record.sections.iter().find(|section| matches!(section.title.trim().to_lowercase().as_str(), "errata" | "erratum"));
    let (at, heading) = match section {
        Some(section) => (section.own.end as usize, String::new()),
        None => (text.len(), format!("## Errata{end}{end}")),
    };
    let before = text.get(..at).unwrap_or("");
    let kept = before.trim_end_matches(['\n', '\r', ' ', '\t']).len();
    let gap = if kept == 0 { String::new() } else { format!("{end}{end}") };
    // What stands behind the section keeps its distance.
    let rest = before.get(kept..).unwrap_or("");
    let close = if rest.is_empty() { end } else { "" };
    vec![replace(kept..kept, format!("{gap}{heading}Erratum ({day}): {words}{close}"))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{decision::workflow::lock, syntax::apply};

    const DAY: Day = Day { year: 2026, month: 11, day: 19 };

    #[test]
    fn errata_are_added_and_nothing_else_changes() {
        for (text, after) in [
            ("# T\n\nStatus: accepted\n\nx\n", "# T\n\nStatus: accepted\n\nx\n\n## Errata\n\nErratum (2026-11-19): It is y.\n"),
            (
                "---\nstatus: accepted\n---\n# T\n\nx",
                "---\nstatus: accepted\n---\n# T\n\nx\n\n## Errata\n\nErratum (2026-11-19): It is y.\n",
            ),
            (
                "---\nstatus: accepted\n---\n# T\n\n## Errata\n\nErratum: a.\n\n## More Information\n\nz\n",
                "---\nstatus: accepted\n---\n# T\n\n## Errata\n\nErratum: a.\n\nErratum (2026-11-19): It is y.\n\n## More Information\n\nz\n",
            ),
        ] {
            let with = apply(text, &add("t.md", text, " It\nis y. ", DAY));
            assert_eq!(with, after);
            assert_eq!(lock::check("t.md", text, &with), []);
        }
        assert!(add("t.md", "# T\n", "  ", DAY).is_empty());
    }
}
