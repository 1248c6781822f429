//! Real files of public projects: read without loss, and with errors only where they have some.

use super::*;

/// Files that are meant to fail, or whose other half is not there, with every line that is to blame.
const FAILING: [(&str, &[(u32, &str)]); 8] = [
    ("conformance/multi-line-with-error.dsl", &[(8, "misplaced-statement")]),
    ("conformance/unexpected-tokens-before-workspace.dsl", &[(1, "unexpected-statement")]),
    ("conformance/multiple-workspace-tokens.dsl", &[(9, "multiple-workspaces")]),
    ("conformance/multiple-model-tokens.dsl", &[(7, "multiple-models")]),
    ("conformance/group-url.dsl", &[(6, "unexpected-statement")]),
    ("conformance/include-file.dsl", &[(4, "missing-file")]),
    ("conformance/constants-and-variables-from-workspace-extension-child.dsl", &[(1, "missing-file")]),
    ("conformance/workspace-with-bom.dsl", &[(3, "missing-file")]),
];

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "dsl" || extension == "md") {
            found.push(path);
        }
    }
}

#[test]
fn corpus_files_are_read_whole_and_judged_right() {
    let Ok(corpus) = std::env::var("LINTEL_CORPUS") else {
        println!("skipped: LINTEL_CORPUS is not set");
        return;
    };
    let root = Path::new(&corpus).join("structurizr");
    let mut paths = Vec::new();
    files(&root, &mut paths);
    let sources: Sources = paths
        .iter()
        .map(|path| (path.strip_prefix(&root).unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(path).unwrap()))
        .collect();
    let mut wrong = Vec::new();
    let mut count = 0;
    for (path, text) in sources.iter().filter(|(path, _)| Path::new(path).extension().is_some_and(|extension| extension == "dsl")) {
        count += 1;
        let (tree, _) = structurizr::parse::parse(text);
        assert_eq!(tree.text(), *text, "{path}");
        let parsed = structurizr::parse(path, text, &sources);
        assert!(!parsed.model.views.is_empty(), "{path}");
        println!("{path}: {}", summary(&parsed));
        let errors: Vec<&Diagnostic> = parsed.diagnostics.iter().filter(|found| found.level == Severity::Error).collect();
        let lines = LineIndex::new(text);
        let found: Vec<(u32, &str)> = errors.iter().map(|error| (lines.place(error.span.start).line, error.code.as_str())).collect();
        let expected = FAILING.iter().find(|(name, ..)| name == path).map_or(&[][..], |(_, expected)| expected);
        if found != expected || errors.iter().any(|error| error.file.is_some()) {
            wrong.push(format!(
                "{path}: expected {expected:?}, found {:?}",
                errors.iter().map(|found| (show(text, found), &found.what)).collect::<Vec<_>>()
            ));
        }
    }
    println!("{count} files, {} wrong", wrong.len());
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn summary(parsed: &Parsed) -> String {
    let model = &parsed.model;
    let views: Vec<String> = model
        .views
        .iter()
        .map(|view| format!("{}({}/{}/{})", view.key, view.elements.len(), view.relations.len(), view.steps.len()))
        .collect();
    let stated = model.relations.values().filter(|relation| relation.implied_by.is_none()).count();
    let codes: Vec<&str> = parsed.diagnostics.iter().map(|found| found.code.as_str()).collect();
    format!(
        "{} elements, {stated}+{} relations, {} groups, views {views:?}, {codes:?}",
        model.elements.len(),
        model.relations.len() - stated,
        model.groups.len()
    )
}
