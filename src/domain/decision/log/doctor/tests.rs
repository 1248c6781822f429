//! Logs with one fault each, logs with none, and the public ones.

use super::*;
use crate::domain::decision::template::project::Roles;

fn log(files: &[(&str, &str)]) -> Log {
    Log::read(files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())), &Roles::default())
}

fn nygard(number: u32, status: &str) -> String {
    format!(
        "# {number}. Record {number}\n\nDate: 2026-01-02\n\n## Status\n\n{status}\n\n## Context\n\nc\n\n## Decision\n\nd\n\n## Consequences\n\ne\n"
    )
}

fn found(files: &[(&str, &str)]) -> Vec<(String, String, u32, Level)> {
    let log = log(files);
    let exists = |path: &str| path == "README.md" || path == "docs/guide.md";
    examine(&log, &exists).into_iter().map(|fault| (fault.diagnostic.code, fault.path, fault.place.line, fault.diagnostic.level)).collect()
}

/// A sound log of three with a fault put in.
fn seeded(first: &str, second: &str, third: &str) -> Vec<(String, String, u32)> {
    let files =
        [("docs/adr/0001-a.md", nygard(1, first)), ("docs/adr/0002-b.md", nygard(2, second)), ("docs/adr/0003-c.md", nygard(3, third))];
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
    let faults = found(&files).into_iter().map(|(code, path, line, _)| (code, path.trim_start_matches("docs/adr/").to_owned(), line));
    faults.collect()
}

fn one(code: &str, path: &str, line: u32) -> Vec<(String, String, u32)> {
    vec![(code.to_owned(), path.to_owned(), line)]
}

#[test]
fn sound_logs_have_no_faults() {
    for (first, second, third) in [
        ("Accepted", "Proposed", "Rejected"),
        ("Superseded by [2](0002-b.md)", "Accepted\n\nSupersedes [1](0001-a.md)", "Accepted"),
        (
            "Superceded by [2](0002-b.md)\n\nSuperceded by [3](0003-c.md)",
            "Accepted\n\nSupercedes [1](0001-a.md)",
            "Accepted\n\nSupercedes [1](0001-a.md)",
        ),
        // It takes effect when it is accepted.
        ("Accepted", "Proposed\n\nSupersedes [1](0001-a.md)", "Accepted"),
        // The successor fell.
        ("Accepted", "Deprecated\n\nSupersedes [1](0001-a.md)", "Accepted"),
        ("Accepted\n\nAmended by [2](0002-b.md)", "Accepted\n\nAmends [1](0001-a.md)", "Accepted"),
        ("Accepted\n\nClarified by [2](0002-b.md)", "Accepted\n\nClarifies [1](0001-a.md)", "Accepted"),
        (
            "Superseded by [2](0002-b.md)",
            "Superseded by [3](0003-c.md)\n\nSupersedes [1](0001-a.md)",
            "Accepted\n\nSupersedes [2](0002-b.md), see also ADR-1",
        ),
        ("Accepted. See [the guide](../guide.md), ADR-77 of the other log and [home](/README.md)", "Accepted", "Accepted"),
        ("Accepted", "Accepted\n\nSee [x](https://a.b/0009-x.md) and [y](../../../elsewhere/0001-y.md)", "Accepted"),
    ] {
        assert_eq!(seeded(first, second, third), [], "{first} / {second} / {third}");
    }
    assert_eq!(found(&[]), []);
}

#[test]
fn each_seeded_fault_is_named_with_file_and_line() {
    assert_eq!(seeded("Accepted", "Accepted\n\nDepends on [9](0009-gone.md)", "Accepted"), one("broken-link", "0002-b.md", 9));
    assert_eq!(seeded("Accepted", "Accepted\n\nDepends on ADR-9", "Accepted"), one("broken-link", "0002-b.md", 9));
    assert_eq!(seeded("Superseded by [9](0009-gone.md)", "Accepted", "Accepted"), one("dangling-supersession", "0001-a.md", 7));
    assert_eq!(seeded("Superseded", "Accepted", "Accepted"), one("dangling-supersession", "0001-a.md", 7));
    assert_eq!(seeded("", "Accepted", "Accepted"), one("missing-status", "0001-a.md", 1));
    assert_eq!(seeded("Accepted", "Accepted\n\nAmends [1](0001-a.md)", "Accepted"), one("one-sided-link", "0002-b.md", 9));
    assert_eq!(seeded("Accepted\n\nAmended by [2](0002-b.md)", "Accepted", "Accepted"), one("one-sided-link", "0001-a.md", 9));
    assert_eq!(seeded("Accepted", "Accepted\n\nClarifies [1](0001-a.md)", "Accepted"), one("one-sided-link", "0002-b.md", 9));
    assert_eq!(seeded("Superseded by [2](0002-b.md)", "Accepted", "Accepted"), one("one-sided-link", "0001-a.md", 7));
    assert_eq!(
        seeded("Accepted", "Accepted\n\nSupersedes [1](0001-a.md)", "Accepted"),
        [one("accepted-and-superseded", "0001-a.md", 7), one("one-sided-link", "0002-b.md", 9)].concat()
    );
    assert_eq!(
        seeded("Superseded by [2](0002-b.md)", "Proposed\n\nSupersedes [1](0001-a.md)", "Accepted"),
        one("early-supersession", "0001-a.md", 7)
    );
    assert_eq!(
        seeded("Superseded by [2](0002-b.md)", "Accepted\n\nSupersedes [1](0001-a.md)", "Accepted\n\nDepends on [1](0001-a.md)"),
        one("superseded-reference", "0003-c.md", 9)
    );
    assert_eq!(
        seeded(
            "Superseded by [2](0002-b.md)\n\nSupersedes [3](0003-c.md)",
            "Superseded by [3](0003-c.md)\n\nSupersedes [1](0001-a.md)",
            "Superseded by [1](0001-a.md)\n\nSupersedes [2](0002-b.md)"
        ),
        one("supersession-circle", "0001-a.md", 9)
    );
    assert_eq!(
        seeded("Accepted\n\nDepends on [2](0002-b.md)", "Accepted\n\nDepends on [1](0001-a.md)", "Accepted"),
        one("dependency-circle", "0001-a.md", 9)
    );
    assert_eq!(seeded("Adopt", "Accepted", "Accepted"), one("unknown-status", "0001-a.md", 7));
}

#[test]
fn numbers_and_names_are_compared() {
    let text = |number: u32| nygard(number, "Accepted");
    let (one, two, three, five) = (text(1), text(2), text(3), text(5));
    let same = [("adr/0001-a.md", one.as_str()), ("adr/0002-b.md", &two), ("adr/0002-c.md", &two), ("adr/0005-d.md", &five)];
    assert_eq!(
        found(&same),
        [
            ("duplicate-number".into(), "adr/0002-c.md".into(), 1, Level::Warning),
            ("number-gap".into(), "adr/0005-d.md".into(), 1, Level::Note)
        ]
    );
    let elsewhere = [("a/0001-a.md", one.as_str()), ("b/0001-b.md", &one), ("c/PAY-0001-x.md", &one), ("c/ADM-0001-x.md", &one)];
    assert_eq!(found(&elsewhere), [], "folders and areas count for themselves");
    let odd = [("adr/0001-a.md", one.as_str()), ("adr/0002-b.md", &two), ("adr/ADR-0003-c.md", &three)];
    assert_eq!(found(&odd), [("file-name".into(), "adr/ADR-0003-c.md".into(), 1, Level::Warning)]);
    let disagree = [("adr/0001-a.md", one.as_str()), ("adr/0002-b.md", &three)];
    assert_eq!(found(&disagree), [("number-disagrees".into(), "adr/0002-b.md".into(), 1, Level::Warning)]);
    let grown = [("adr/9998-a.md", ""), ("adr/9999-b.md", ""), ("adr/10000-c.md", "")];
    assert!(found(&grown).iter().all(|(code, ..)| code != "file-name"));
    let unpadded = [("adr/8-a.md", ""), ("adr/9-b.md", ""), ("adr/10-c.md", "")];
    assert!(found(&unpadded).iter().all(|(code, ..)| code != "file-name"));
    let dated = [("adr/20200101-a.md", ""), ("adr/20200102-b.md", ""), ("adr/plain.md", "")];
    assert!(found(&dated).iter().any(|(code, path, ..)| code == "file-name" && path == "adr/plain.md"));
}

#[test]
fn a_log_without_statuses_gets_notes() {
    let files = [("adr/0001-a.md", "# A\n"), ("adr/0002-b.md", "# B\n"), ("adr/0003-c.md", "# C\n\n## Status\n\nAccepted\n")];
    assert_eq!(
        found(&files),
        [
            ("missing-status".into(), "adr/0001-a.md".into(), 1, Level::Note),
            ("missing-status".into(), "adr/0002-b.md".into(), 1, Level::Note)
        ]
    );
}

#[test]
fn known_faults_are_known_wherever_they_stand() {
    let broken = nygard(2, "Accepted\n\nDepends on [9](0009-gone.md)");
    let first = examine(&log(&[("adr/0001-a.md", &nygard(1, "Accepted")), ("adr/0002-b.md", &broken)]), &|_| false);
    let baseline = Baseline::of(&first);
    let json = serde_json::to_string(&baseline).unwrap();
    let baseline: Baseline = serde_json::from_str(&json).unwrap();
    assert_eq!(baseline.known, ["broken-link adr/0002-b.md 0009-gone.md"]);
    let moved =
        broken.replace("## Status", "## Note\n\nx\n\n## Status").replace("## Context", "Depends on [8](0008-gone.md)\n\n## Context");
    let later = examine(&log(&[("adr/0001-a.md", &nygard(1, "Accepted")), ("adr/0002-b.md", &moved)]), &|_| false);
    let fresh: Vec<String> = later.iter().filter(|fault| !baseline.holds(fault)).map(Fault::identity).collect();
    assert_eq!(fresh, ["broken-link adr/0002-b.md 0008-gone.md"]);
    assert!(later.iter().all(|fault| fault.is_fault() && !fault.diagnostic.why.is_empty() && !fault.diagnostic.help.is_empty()));
}

#[test]
fn public_logs_have_the_faults_they_have() {
    let Some(corpus) = std::env::var_os("LINTEL_CORPUS") else {
        println!("skipped: LINTEL_CORPUS is not set");
        return;
    };
    for (root, folder, expected) in [
        ("decisions/adr-tools", "doc/adr", vec![]),
        ("decisions/log4brains", "docs/adr", vec![]),
        ("decisions/madr", "docs/decisions", vec![("missing-status", 18), ("unknown-status", 1)]),
    ] {
        let root = std::path::Path::new(&corpus).join(root);
        let mut files: Vec<(String, String)> = Vec::new();
        for entry in std::fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            if crate::domain::decision::log::number_of(&name).is_some() || crate::domain::decision::log::date_prefix(&name).is_some() {
                files.push((format!("{folder}/{name}"), std::fs::read_to_string(&path).unwrap()));
            }
        }
        assert!(files.len() >= 9);
        let log = Log::read(files, &Roles::default());
        let faults = examine(&log, &|path| root.join(path).exists());
        let mut counts: std::collections::BTreeMap<&str, usize> = std::collections::BTreeMap::new();
        for fault in &faults {
            *counts.entry(fault.diagnostic.code.as_str()).or_default() += 1;
            assert!(!fault.is_fault(), "{fault:?}");
        }
        assert_eq!(counts.into_iter().collect::<Vec<_>>(), expected, "{}: {faults:#?}", root.display());
    }
}
