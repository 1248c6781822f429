//! Public agent files, which the environment may name, and the two that the product began with.

use std::{fs, path::PathBuf, sync::OnceLock};

use super::*;

fn corpus() -> Option<PathBuf> {
    let found = std::env::var_os("LINTEL_CORPUS").map(PathBuf::from);
    if found.is_none() {
        println!("skipped: LINTEL_CORPUS is not set");
    }
    found
}

/// A path and what the file holds.
type File = (String, Vec<u8>);

/// The agent files by path, read once.
pub(super) fn files() -> Option<&'static [File]> {
    static FILES: OnceLock<Option<Vec<File>>> = OnceLock::new();
    FILES.get_or_init(gather).as_deref()
}

fn gather() -> Option<Vec<File>> {
    let mut waiting = vec![corpus()?.join("agents")];
    let mut files = Vec::new();
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|ending| ending == "md") {
                files.push((path.to_string_lossy().into_owned(), fs::read(&path).unwrap()));
            }
        }
    }
    files.sort();
    assert!(!files.is_empty());
    Some(files)
}

/// Name and description by another reading than the loader's: whole lines, with JSON's rules inside double quotes. None
/// for a value that has more than one line.
fn by_line(text: &str, key: &str) -> Option<String> {
    let text = text.replace("\r\n", "\n");
    let head = text.strip_prefix("---\n")?.split_once("\n---\n")?.0.to_owned();
    let mut lines = head.lines().skip_while(|line| !line.starts_with(&format!("{key}: ")));
    let value = lines.next()?.split_once(": ")?.1.trim().to_owned();
    if lines.next().is_some_and(|line| line.starts_with(' ')) || value.starts_with(['|', '>', '\'']) {
        return None;
    }
    if value.starts_with('"') { serde_json::from_str(&value).ok() } else { Some(value) }
}

#[test]
fn every_public_file_is_read_and_nothing_is_dropped() {
    let Some(files) = files() else { return };
    let mut compared = 0;
    for (path, bytes) in files {
        let load = load(path, bytes);
        let definition = load.definition().unwrap_or_else(|| panic!("{path} is refused"));
        assert_eq!(definition.export(), bytes, "{path}");
        let text = String::from_utf8_lossy(bytes);
        for (key, read) in [("name", &definition.name), ("description", &definition.description)] {
            if let Some(expected) = by_line(&text, key) {
                assert_eq!(read, expected.trim(), "{path}");
                compared += 1;
            }
        }
        assert!(!definition.name.contains('\n') && definition.name.len() < 80, "{path}: {}", definition.name);
        assert!(definition.description.len() > 20 && definition.body.len() > 200, "{path}");
        assert!(definition.description.starts_with(definition.card.split(' ').next().unwrap()), "{path}: {}", definition.card);
        // Every line of the file is in the front matter or in the persona.
        let persona = text.replace("\r\n", "\n");
        assert!(persona.trim_end().ends_with(&definition.body), "{path}");
        let keys = definition.entries.iter().filter(|entry| persona.contains(&format!("\n{}:", entry.key))).count();
        assert_eq!(keys, definition.entries.len(), "{path}");
        if load.outcome.word() == "repaired" {
            assert_fix_holds(definition);
        }
    }
    assert!(compared > files.len(), "only {compared} values compared");
}

#[test]
fn the_two_first_files_are_read_as_they_are() {
    let Some(corpus) = corpus() else { return };
    let Ok(entries) = fs::read_dir(corpus.join("../seeds")) else {
        println!("skipped: there are no seeds beside the corpus");
        return;
    };
    let mut names = Vec::new();
    for entry in entries {
        let path = entry.unwrap().path();
        let bytes = fs::read(&path).unwrap();
        let load = load(&path.to_string_lossy(), &bytes);
        assert_eq!(load.outcome.word(), "loaded", "{:?}", load.remarks);
        let definition = load.definition().unwrap();
        assert_eq!(definition.export(), bytes);
        assert!(definition.description.contains("Use PROACTIVELY"));
        let asked = definition.tools.written().join(", ");
        names.push((definition.name.clone(), asked, definition.model.as_ref().unwrap().text.clone()));
    }
    names.sort();
    let told = |name: &str, tools: &str, model: &str| (name.to_owned(), tools.to_owned(), model.to_owned());
    assert_eq!(
        names,
        [told("backend-architect", "Read, Write, Edit, Bash", "sonnet"), told("go-architect", "", "claude-sonnet-4-20250514")]
    );
}
