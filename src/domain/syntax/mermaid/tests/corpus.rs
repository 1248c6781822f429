//! Real flowcharts of Mermaid's own pages: read without loss, and without a word where they are right.

use std::path::Path;

use super::*;

#[test]
fn corpus_files_are_read_whole_and_judged_right() {
    let Ok(corpus) = std::env::var("LINTEL_CORPUS") else {
        println!("skipped: LINTEL_CORPUS is not set");
        return;
    };
    let folder = Path::new(&corpus).join("mermaid").join("flowchart");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(!paths.is_empty());
    let mut wrong = Vec::new();
    for path in &paths {
        let text = std::fs::read_to_string(path).unwrap();
        assert_eq!(mermaid::parse::parse(&text).0.text(), text, "{}", path.display());
        assert!(mermaid::looks_like(&text), "{}", path.display());
        let parsed = parse(&text);
        let model = &parsed.model;
        assert!(!model.elements.is_empty(), "{}", path.display());
        println!(
            "{}: {} elements, {} relations, {} groups",
            path.file_name().unwrap().to_string_lossy(),
            model.elements.len(),
            model.relations.len(),
            model.groups.len()
        );
        let bad: Vec<String> =
            parsed.diagnostics.iter().filter(|found| found.level > Severity::Note).map(|found| show(&text, found)).collect();
        if !bad.is_empty() {
            wrong.push(format!("{}: {bad:?}", path.display()));
        }
    }
    println!("{} files, {} wrong", paths.len(), wrong.len());
    assert!(wrong.is_empty(), "{wrong:#?}");
}
