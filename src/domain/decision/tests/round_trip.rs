//! Files in and out: untouched ones keep every byte, a new status changes its own and no other.

use proptest::prelude::*;

use crate::domain::{
    decision::{
        edit::{field, set_status},
        parse,
        status::Status,
        template::{Template, new_record},
        tests::decision_files,
    },
    diagnostic::Span,
    moment::Day,
    syntax::{TextEdit, apply},
    text_file,
};

const DAY: Day = Day { year: 2026, month: 11, day: 19 };

/// For each byte of the text as Lintel has it, and for its end, where it stands in the file.
fn places(file: &str) -> Vec<usize> {
    let start = file.len() - file.trim_start_matches('\u{feff}').len();
    let mut places = Vec::new();
    let mut rest = file[start..].char_indices().peekable();
    while let Some((at, c)) = rest.next() {
        if c == '\r' && rest.peek().is_some_and(|(_, next)| *next == '\n') {
            rest.next();
            places.push(start + at);
        } else {
            places.extend((0..c.len_utf8()).map(|byte| start + at + byte));
        }
    }
    places.push(file.len());
    places
}

/// The file with edits made where they stand in it.
fn edited(file: &str, text: &str, edits: &[TextEdit]) -> String {
    let places = places(file);
    assert_eq!(places.len(), text.len() + 1);
    let moved = edits.iter().map(|edit| TextEdit {
        span: Span::new(places[edit.span.start as usize], places[edit.span.end as usize]),
        replacement: edit.replacement.clone(),
    });
    apply(file, &moved.collect::<Vec<_>>())
}

/// Lines with their ends, byte order marks left out.
fn lines(file: &str) -> Vec<(&str, &str)> {
    let mut lines = Vec::new();
    let mut rest = file.trim_start_matches('\u{feff}');
    while let Some(at) = rest.find(['\n', '\r']) {
        let end = if rest[at..].starts_with("\r\n") { 2 } else { 1 };
        lines.push((&rest[..at], &rest[at..at + end]));
        rest = &rest[at + end..];
    }
    if !rest.is_empty() {
        lines.push((rest, ""));
    }
    lines
}

/// Checks one file in every status. Gives how often the status stood there already.
fn check(path: &str, file: &str) -> usize {
    let text = text_file::read(file.as_bytes()).unwrap();
    assert_eq!(text_file::write(Some(file.as_bytes()), &text), file.as_bytes(), "{path}: untouched");
    let record = parse(path, &text);
    let mut same = 0;
    for status in Status::ALL {
        let edits = set_status(&text, status, DAY);
        same += usize::from(edits.is_empty());
        let changed = apply(&text, &edits);
        assert_eq!(parse(path, &changed).known_status(), Some(status), "{path}");
        let written = String::from_utf8(text_file::write(Some(file.as_bytes()), &changed)).unwrap();
        if text.contains('\r') && text.contains('\n') {
            // Where what went stood between CR alone and LF, they would be one line end now, and may be written as two.
            assert_eq!(text_file::read(written.as_bytes()).map(|text| parse(path, &text).known_status()), Some(Some(status)), "{path}");
        } else if edits.iter().all(|edit| !edit.replacement.contains('\n') && !edit.span.of(&text).contains('\n')) {
            assert_eq!(written, edited(file, &text, &edits), "{path}: to {}", status.slug());
            // The status, its date, and further lines that say by what it is superseded.
            let section = record.section(super::SectionRole::Status).map(|section| section.own);
            for edit in &edits {
                let places = [record.status.as_ref().map(|status| status.span), record.date.as_ref().map(|date| date.span), section];
                let inside = |span: Span| span.start <= edit.span.start && edit.span.end <= span.end;
                let field = record.fields.iter().filter(|field| matches!(field.key.as_str(), "status" | "date")).map(|field| field.span);
                assert!(places.into_iter().flatten().chain(field).any(inside), "{path}: {edit:?}\n{text}");
            }
        } else {
            // A status where there was none: lines more, and none less.
            let mut old = lines(file).into_iter().peekable();
            for line in lines(&written) {
                old.next_if(|next| *next == line || (next.0 == line.0 && next.1.is_empty()));
            }
            assert_eq!(old.next(), None, "{path}: to {}\n{written}", status.slug());
            assert_eq!(written.starts_with('\u{feff}'), file.starts_with('\u{feff}'), "{path}");
        }
    }
    same
}

#[test]
fn every_template_changes_its_status_and_nothing_else() {
    for template in Template::ALL {
        let text = new_record(template, 7, "Use NATS", DAY, &["Ada".to_owned()]);
        for file in [text.clone(), text.replace('\n', "\r\n"), format!("\u{feff}{text}"), text.trim_end().to_owned()] {
            assert_eq!(check("docs/adr/0007-use-nats.md", &file), 1, "{template:?}");
        }
        let titled = apply(&text, &field::set_title("x.md", &text, "Use Kafka"));
        assert_eq!(titled, text.replace("Use NATS", "Use Kafka"), "{template:?}");
    }
}

#[test]
fn every_file_of_the_corpus_keeps_its_bytes() {
    let Some(files) = decision_files() else { return };
    assert!(files.len() > 40, "{}", files.len());
    for (path, bytes) in &files {
        check(path, std::str::from_utf8(bytes).unwrap());
    }
}

/// Lines of records with what readers stumble over: fences that hold headings, fences in fences, odd front matter.
fn file() -> impl Strategy<Value = String> {
    let end = prop_oneof![4 => Just("\n"), 3 => Just("\r\n"), 1 => Just("\r")];
    let front = prop_oneof![
        Just(vec![]),
        Just(vec!["---", "status: proposed # now", "date: 2020-01-01", "---"]),
        Just(vec!["---", "# a comment", "'status':   \"Accepted\"  ", "x: {a: b", "- odd", "date: 2020-01-01T10:00", "..."]),
        Just(vec!["---", "tags:", "- a", "-   b", "note: |", "  status: rejected", "", "  more", "status: 'draft'", "---"]),
        Just(vec!["---", "date: {YYYY-MM-DD}", "status:", "decision-makers: [Ada , 'B, C']", "---"]),
    ];
    let block = prop_oneof![
        Just(vec!["# 7. Use NATS", ""]),
        Just(vec!["Use NATS", "========"]),
        Just(vec!["* Status: accepted", "* Date: 2020-01-01", ""]),
        Just(vec!["- **Status**: Proposed  ", "- Deciders: Ada", ""]),
        Just(vec!["## Status", "", "Accepted", "", "Amends [x](0001-x.md)", ""]),
        Just(vec!["## Status", "", "Superseded by [a](0008-a.md)", "", "Superseded by [b](0009-b.md)", ""]),
        Just(vec!["Status", "------", "", "Proposed, 2020-01-01", ""]),
        Just(vec!["## Context", "", "text  with trailing  ", "\ttab", ""]),
        Just(vec!["```markdown", "## Status", "", "Rejected", "```", ""]),
        Just(vec!["````", "```", "# no heading", "---", "status: x", "```", "````", ""]),
        Just(vec!["~~~ yaml", "status: rejected", "~~~"]),
        Just(vec!["<!-- ## Status", "Rejected -->", ""]),
        Just(vec!["> ## Status", "> ", "> Draft", ""]),
        Just(vec!["| a | b |", "|---|---|", "| Status: x | ü |", ""]),
        Just(vec!["## Decision", "", "[ref]: 0001-x.md", "", "1) one", "   * two", ""]),
    ];
    (any::<bool>(), front, proptest::collection::vec(block, 0..6), proptest::collection::vec(end, 60), any::<bool>(), any::<bool>())
        .prop_map(|(mark, front, blocks, ends, uniform, open)| {
            let lines: Vec<&str> = front.into_iter().chain(blocks.into_iter().flatten()).collect();
            let mut file = String::from(if mark { "\u{feff}" } else { "" });
            for (index, line) in lines.iter().enumerate() {
                file.push_str(line);
                if index + 1 < lines.len() || !open {
                    file.push_str(if uniform { ends[0] } else { ends[index % ends.len()] });
                }
            }
            file
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn generated_files_keep_their_bytes(file in file()) {
        check("docs/adr/0007-x.md", &file);
    }
}
