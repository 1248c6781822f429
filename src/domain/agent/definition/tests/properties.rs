//! What holds for every file: nothing panics, the same bytes give the same agent, an export gives the bytes back, and a fix
//! fixes.

use proptest::{prelude::*, sample::Index};

use super::*;

/// Bytes that are, but for the refused, kept and read twice alike.
fn check(file: &str, bytes: &[u8]) -> Result<(), TestCaseError> {
    let read = load(file, bytes);
    prop_assert_eq!(&read, &load(file, bytes));
    let Some(definition) = read.definition() else {
        prop_assert_eq!(read.remarks.len(), 1);
        return Ok(());
    };
    prop_assert_eq!(definition.export(), bytes);
    prop_assert!(!definition.name.is_empty() && !definition.name.contains('\n'));
    let lines = LineIndex::new(&definition.text).line_count();
    for remark in &read.remarks {
        prop_assert!(remark.place.line <= lines);
        prop_assert!(definition.text.get(remark.diagnostic.span.range()).is_some(), "{:?}", remark);
    }
    for entry in &definition.entries {
        prop_assert!(definition.text.get(entry.span.range()).is_some(), "{:?}", entry);
    }
    let warned = read.remarks.iter().any(|remark| remark.diagnostic.level > Level::Note);
    match &read.outcome {
        Outcome::Repaired(_) => {
            prop_assert!(warned);
            let fixed = fixed(definition);
            prop_assert!(fixed.is_some(), "no fix for {:?}: {:?}", definition.text, read.remarks);
            let again = load(file, fixed.unwrap_or_default().as_bytes());
            prop_assert_eq!(again.outcome.word(), "loaded");
            let other = again.definition().unwrap();
            prop_assert_eq!(
                (&other.name, &other.description, other.tools.written()),
                (&definition.name, &definition.description, definition.tools.written())
            );
        }
        Outcome::Loaded(_) => prop_assert_eq!(fixed(definition), None),
        Outcome::Refused => {}
    }
    Ok(())
}

/// Lines that front matter is made of, well and badly written.
fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "---",
            "--------",
            "...",
            "\u{2014}",
            "",
            " ",
            "name: a",
            "Name: b",
            "name:",
            "name: [a]",
            "name: true",
            "name: a\u{2011}b",
            "description: Use it: now",
            "description: \"a",
            "description: 'a''b' c",
            "description: |",
            "description: >-",
            "description:",
            "description: a\\nb: c",
            "  more: text",
            "  indented",
            "\tindented",
            "<example>",
            "</example>",
            "user: \"hi\"",
            "Context: x",
            "# comment",
            "tools: *",
            "tools: Read, Bash(git:*",
            "tools: [Read",
            "tools:",
            "- Read",
            "  - Grep",
            "model: opus",
            "odd: &a b",
            "odd: *a",
            "odd: !t b",
            "hooks:",
            "  a: b",
            "lintel: x",
            "lintel:",
            "  lens: [a, b",
            "{a: b}",
            "<!-- c -->",
            "%YAML 1.2",
            "? a",
            ": b",
            "name: \u{7}a",
            "\u{2028}",
            "tags: [x, y]",
            "key with blanks: z",
            "description: - a",
            "allowedTools: Read",
            "\"name\": q",
        ])
        .prop_map(str::to_owned),
        "[a-z:\"'\\-#&*!|>{}\\[\\], é\u{85}\u{1f}]{0,16}",
    ]
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        check("any.md", &bytes)?;
    }

    #[test]
    fn any_text_is_read(text in "\\PC{0,200}", file in "[a-z./ \u{2011}-]{0,12}") {
        check(&file, text.as_bytes())?;
    }

    #[test]
    fn front_matter_of_any_lines_is_read(lines in prop::collection::vec(line(), 0..14), fenced: bool, crlf: bool) {
        let end = if crlf { "\r\n" } else { "\n" };
        let inner: String = lines.iter().flat_map(|line| [line.as_str(), end]).collect();
        let text = if fenced { format!("---{end}{inner}---{end}Persona.{end}") } else { inner };
        check("lines.md", text.as_bytes())?;
    }

    #[test]
    fn public_files_are_read_however_they_are_damaged(
        file in any::<Index>(),
        at in any::<Index>(),
        length in 0..40_usize,
        put in prop_oneof![prop::collection::vec(any::<u8>(), 0..6), "[:\n\"'*&{}\\[\\]# -]{0,6}".prop_map(String::into_bytes)],
    ) {
        let Some(files) = super::corpus::files() else { return Ok(()) };
        let (path, bytes) = &files[file.index(files.len())];
        let mut bytes = bytes.clone();
        // Damage in the front matter is what matters.
        let from = at.index(bytes.len().min(900));
        let to = (from + length).min(bytes.len());
        bytes.splice(from..to, put);
        check(path, &bytes)?;
    }
}

/// Large files, made to be slow: they would not come back if reading took more than its share.
#[test]
fn large_files_of_one_kind_are_read() {
    let kinds = [
        ("---\nname: a\ndescription: b: c\n", "user: x\n"),
        ("---\nname: a\ndescription: b: c\n<example>\n", "name: x\n"),
        ("---\nname: a\nx: b: c\n", "k: \n"),
        ("---\n", "?\n"),
        ("---\nname: a\ntools: ", "a  b,"),
        ("---\nname: a\ndescription: ", "."),
        ("---\nname: a\ndescription: ", "<example>user:"),
        ("---\nname: a\nx: ", "["),
        ("---\nname: a\nx: \"", "\\\""),
        ("---\nname: a\nx:\n", " - \n"),
        ("---\nname: a\ntools: *\nx: [\n", "a: [\n"),
        ("", "<!-- -->\n"),
        ("", "> "),
    ];
    for (start, more) in kinds {
        let end = if start.is_empty() { "" } else { "\n---\nYou.\n" };
        let count = LARGEST / 4 / more.len();
        let text = format!("{start}{}{end}", more.repeat(count));
        let load = load("large.md", text.as_bytes());
        let definition = load.definition().unwrap();
        assert!(!definition.name.is_empty(), "{more:?}");
        // The fix of so large a file may be too large.
        if let Some(fixed) = fixed(definition) {
            assert_eq!(super::load("large.md", fixed.as_bytes()).outcome.word(), "loaded", "{more:?}");
        }
    }
}
