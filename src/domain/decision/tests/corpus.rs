//! What the public logs say, told by hand or by the simplest possible reading of each template, against what is read.

use std::collections::BTreeMap;

use crate::domain::decision::{LinkKind, Record, parse, status::Status, tests::decision_files};

/// The records of the corpus by path below its decisions, files that are none left out.
fn records() -> Option<BTreeMap<String, (String, Record)>> {
    let files = decision_files()?;
    let is_record = |path: &str| {
        let name = path.rsplit('/').next().unwrap();
        name.starts_with(|c: char| c.is_ascii_digit())
    };
    let read = |(path, bytes): (String, Vec<u8>)| {
        let text = String::from_utf8(bytes).unwrap();
        let record = parse(&path, &text);
        (path, (text, record))
    };
    Some(files.into_iter().filter(|(path, _)| is_record(path)).map(read).collect())
}

/// The first line that begins like that, without its beginning.
fn after<'a>(text: &'a str, beginning: &str) -> Option<&'a str> {
    text.lines().find_map(|line| line.strip_prefix(beginning)).map(str::trim)
}

#[test]
fn titles_and_numbers_are_those_of_headings_and_names() {
    let Some(records) = records() else { return };
    assert_eq!(records.len(), 9 + 9 + 20);
    for (path, (text, record)) in &records {
        let heading = after(text, "# ").unwrap();
        let name = path.rsplit('/').next().unwrap();
        let title = if path.starts_with("adr-tools") { heading.split_once(". ").unwrap().1 } else { heading };
        assert_eq!(record.title, title, "{path}");
        // log4brains' files begin with days.
        let number = if path.starts_with("log4brains") { None } else { name[..4].parse().ok() };
        assert_eq!(record.number, number, "{path}");
        if let Some(order) = after(text, "nav_order:") {
            assert_eq!(record.number, order.parse().ok(), "{path}");
        }
    }
}

#[test]
fn statuses_are_as_written_and_as_meant() {
    let Some(records) = records() else { return };
    for (path, (text, record)) in &records {
        let (written, known) = match path.split('/').next().unwrap() {
            "adr-tools" => (Some("Accepted"), Some(Status::Accepted)),
            "log4brains" => {
                let written = after(text, "- Status:").unwrap();
                (Some(written), Some(if written.starts_with("superseded") { Status::Superseded } else { Status::Accepted }))
            }
            _ => (
                text.starts_with("---")
                    .then(|| text.lines().skip(1).take_while(|line| *line != "---").find_map(|line| line.strip_prefix("status: ")))
                    .flatten(),
                None,
            ),
        };
        assert_eq!(record.status.as_ref().map(|status| status.written.as_str()), written, "{path}");
        assert_eq!(record.known_status(), known, "{path}");
    }
    let written: Vec<_> =
        records.values().filter_map(|(_, record)| record.status.as_ref()).filter(|status| status.status.is_none()).collect();
    assert_eq!(written.iter().map(|status| status.written.as_str()).collect::<Vec<_>>(), ["on hold"]);
}

#[test]
fn dates_and_makers_are_as_written() {
    let Some(records) = records() else { return };
    let mut dated = 0;
    for (path, (text, record)) in &records {
        let written = after(text, "Date: ").or_else(|| after(text, "- Date: "));
        assert_eq!(record.date.as_ref().map(|date| date.written.as_str()), written, "{path}");
        assert_eq!(record.date.as_ref().and_then(|date| date.day).map(|day| day.to_string()).as_deref(), written, "{path}");
        assert!(record.deciders.is_empty(), "{path}: nobody is named in these logs");
        dated += usize::from(written.is_some());
    }
    assert_eq!(dated, 18);
}

#[test]
fn links_are_those_to_files_of_the_log() {
    use LinkKind::{AmendedBy, Amends, Mentions, SupersededBy, Supersedes};

    let Some(records) = records() else { return };
    let mut found: BTreeMap<&str, Vec<(LinkKind, &str)>> = BTreeMap::new();
    for (path, (_, record)) in &records {
        for link in &record.links {
            found.entry(path.rsplit('/').next().unwrap()).or_default().push((link.kind, link.target.as_str()));
        }
    }
    let by_number = "20200926-use-the-adr-number-as-its-unique-id.md";
    let by_slug = "20201016-use-the-adr-slug-as-its-unique-id.md";
    let expected = BTreeMap::from([
        ("0005-help-comments.md", vec![(AmendedBy, "0009-help-scripts.md")]),
        ("0009-help-scripts.md", vec![(Amends, "0005-help-comments.md")]),
        (by_number, vec![(SupersededBy, by_slug)]),
        (by_slug, vec![(Mentions, by_number), (Supersedes, by_number)]),
    ]);
    let (madr, others): (BTreeMap<_, _>, BTreeMap<_, _>) = found.into_iter().partition(|(name, _)| !expected.contains_key(name));
    assert_eq!(others, expected);
    assert!(madr.values().flatten().all(|(kind, _)| *kind == Mentions), "{madr:?}");
    assert_eq!(madr.get("0008-add-status-field.md"), Some(&vec![(Mentions, "0013-use-yaml-front-matter-for-meta-data.md")]), "{madr:?}");
    assert_eq!(madr.len(), 2, "{madr:?}");
}
