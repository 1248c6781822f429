//! Folders as they come.

use std::path::Path;

use super::*;

fn files(files: &[(&str, &str)]) -> BTreeMap<String, Vec<u8>> {
    files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect()
}

fn decisions(list: &[(&str, &str)]) -> Vec<String> {
    sort(&files(list)).of(Part::Decision).map(str::to_owned).collect()
}

const RECORD: &str = "# T\n\n## Status\n\nAccepted\n\n## Context\n\n## Decision\n";

#[test]
fn workspaces_are_diagrams_and_fragments_are_kept() {
    let all = files(&[
        ("workspace.dsl", "/* model { */\n// workspace\nworkspace \"A\" {\n  !include model.dsl\n  !include parts\n  !docs docs\n}\n"),
        ("model.dsl", "model {\n  a = person \"workspace {\"\n}\n"),
        ("parts/a.dsl", "b = softwareSystem \"B\"\n!include deep/c.txt\n"),
        ("parts/deep/c.txt", "c = person C"),
        ("alone.dsl", "# x\nmodel {\n}\n"),
        ("child.DSL", "\u{feff}!const A b\r\nworkspace extends ../base/parent.dsl {\r\n}"),
        ("lost.dsl", "x -> y\n"),
        ("text.dsl", "\"\"\"\nworkspace {\n\"\"\"\n"),
        ("readme.md", "# R"),
        ("picture.png", "\u{0}"),
    ]);
    let sorted = sort(&all);
    assert_eq!(sorted.of(Part::Diagram).collect::<Vec<_>>(), ["alone.dsl", "child.DSL", "workspace.dsl"]);
    assert_eq!(sorted.parts.len(), all.len());
    assert_eq!(sorted.of(Part::Decision).count(), 0);
    assert_eq!(sorted.warnings.len(), 2, "{:?}", sorted.warnings);
    assert!(sorted.warnings[0].contains("`lost.dsl`") && sorted.warnings[1].contains("`text.dsl`"));
    let sources = sources(&all);
    assert_eq!(
        sources.keys().collect::<Vec<_>>(),
        ["alone.dsl", "child.DSL", "lost.dsl", "model.dsl", "parts/a.dsl", "parts/deep/c.txt", "text.dsl", "workspace.dsl"]
    );
    assert_eq!(sources["child.DSL"], "!const A b\nworkspace extends ../base/parent.dsl {\n}");
}

#[test]
fn includes_may_go_in_circles() {
    let all = files(&[("a.dsl", "!include b.dsl"), ("b.dsl", "!include ."), ("c.dsl", "!include https://x.y/z.dsl\nworkspace {\n}")]);
    assert_eq!(sources(&all).len(), 3);
    assert_eq!(sort(&all).of(Part::Diagram).collect::<Vec<_>>(), ["c.dsl"]);
}

#[test]
fn records_are_found_in_the_usual_places() {
    let found = decisions(&[
        ("docs/adr/0001-a.md", "anything"),
        ("docs/adr/README.md", RECORD),
        ("docs/adr/index.md", RECORD),
        ("docs/adr/template.md", RECORD),
        ("docs/adr/adr-template.md", RECORD),
        ("docs/adr/0000-template.md", RECORD),
        ("docs/adr/templates/0001-x.md", RECORD),
        ("docs/adr/0012-page-template.md", "x"),
        ("docs/adr/named.md", RECORD),
        ("docs/adr/glossary.md", "# Words\n"),
        ("docs/adr/0007-none", "x"),
        ("docs/adr/0008-picture.png", "x"),
        ("docs/adr/area/20200101-b.md", "x"),
        ("services/pay/docs/decisions/1-x.md", "x"),
        ("docs/other/0001-a.md", RECORD),
        ("madr/0001-a.md", RECORD),
    ]);
    assert_eq!(
        found,
        [
            "docs/adr/0001-a.md",
            "docs/adr/0007-none",
            "docs/adr/0012-page-template.md",
            "docs/adr/area/20200101-b.md",
            "docs/adr/named.md",
            "services/pay/docs/decisions/1-x.md"
        ]
    );
}

#[test]
fn what_the_repository_says_wins() {
    assert_eq!(
        decisions(&[(".adr-dir", "notes/log\n"), ("notes/log/0001-a.md", "x"), ("docs/adr/0001-b.md", RECORD)]),
        ["notes/log/0001-a.md"]
    );
    assert_eq!(
        decisions(&[("a/.adr-dir", "log"), ("a/log/0001-a.md", "x"), ("a/docs/adr/0001-b.md", "x"), ("b/docs/adr/0001-b.md", "x")]),
        ["a/log/0001-a.md", "b/docs/adr/0001-b.md"]
    );
    let yaml = "project:\n  adrFolder: ./one # main\n  packages:\n    - name: core\n      adrFolder: \"./two\"\n";
    assert_eq!(
        decisions(&[(".log4brains.yml", yaml), ("one/20200101-a.md", "x"), ("two/b.md", RECORD)]),
        ["one/20200101-a.md", "two/b.md"]
    );
    assert_eq!(decisions(&[("x/w.dsl", "workspace {\n  !adrs \"log\" adrtools\n}"), ("x/log/0001-a.md", "x")]), ["x/log/0001-a.md"]);
    let warnings = sort(&files(&[(".adr-dir", "gone")])).warnings;
    assert_eq!(warnings, ["`.adr-dir` names `gone` as a folder of decision records, and there are none in it."]);
}

#[test]
fn without_a_log_single_records_count() {
    assert_eq!(decisions(&[("0001-a.md", RECORD), ("0002-b.md", "prose"), ("c.md", RECORD)]), ["0001-a.md"]);
    assert_eq!(decisions(&[("0001-a.md", RECORD), ("adr/0002-b.md", "x")]), ["adr/0002-b.md"]);
}

#[test]
fn bytes_that_are_no_text_are_kept() {
    let mut all = files(&[("adr/0001-a.md", "x")]);
    all.insert("adr/0002-b.md".into(), vec![0xff, 0x00, 0xfe]);
    all.insert("adr/0003-c.md".into(), b"\xff\xfea\0".to_vec());
    all.insert("w.dsl".into(), vec![b'w', 0x80]);
    all.insert("x.bin".into(), vec![0x80]);
    let sorted = sort(&all);
    assert_eq!(sorted.of(Part::Decision).collect::<Vec<_>>(), ["adr/0001-a.md", "adr/0003-c.md"]);
    assert_eq!(sorted.warnings.len(), 2);
}

fn folder(root: &Path, at: &Path, into: &mut BTreeMap<String, Vec<u8>>) {
    for entry in std::fs::read_dir(at).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            folder(root, &path, into);
        } else {
            into.insert(path.strip_prefix(root).unwrap().to_str().unwrap().to_owned(), std::fs::read(&path).unwrap());
        }
    }
}

#[test]
fn public_repositories_are_sorted() {
    let Some(corpus) = std::env::var_os("LINTEL_CORPUS") else {
        println!("skipped: LINTEL_CORPUS is not set");
        return;
    };
    for (name, diagrams, decisions) in [
        ("decisions/madr", 0, 19),
        ("decisions/adr-tools", 0, 9),
        ("decisions/log4brains", 0, 9),
        ("structurizr/examples/financial-risk-system", 1, 1),
        // Its model is a workspace that the others extend.
        ("structurizr/examples/big-bank-plc", 4, 0),
    ] {
        let root = Path::new(&corpus).join(name);
        let mut all = BTreeMap::new();
        folder(&root, &root, &mut all);
        let sorted = sort(&all);
        assert_eq!((sorted.of(Part::Diagram).count(), sorted.of(Part::Decision).count()), (diagrams, decisions), "{name}: {sorted:?}");
    }
}
