//! The views of real workspaces.

use std::path::{Path, PathBuf};

use super::*;

fn workspaces(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            workspaces(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "dsl") {
            found.push(path);
        }
    }
}

#[test]
fn edges_of_real_views_can_be_followed() {
    let Ok(corpus) = std::env::var("LINTEL_CORPUS") else {
        println!("skipped: LINTEL_CORPUS is not set");
        return;
    };
    let root = Path::new(&corpus).join("structurizr");
    let mut paths = Vec::new();
    workspaces(&root, &mut paths);
    let sources: Sources = paths
        .iter()
        .map(|path| (path.strip_prefix(&root).unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(path).unwrap()))
        .collect();
    let (mut views, mut read) = (0, 0);
    let mut failures = Vec::new();
    let mut unread = Vec::new();
    for (path, text) in &sources {
        let parsed = syntax::parse(Language::Structurizr, path, text, &sources);
        for view in &parsed.model.views {
            let scene = scene::compose(&parsed.model, view, None);
            if scene.shapes.is_empty() || scene.shapes.len() > 50 {
                continue;
            }
            views += 1;
            let printed = match trace::check(&parsed.model, view, 200) {
                Ok(printed) => printed,
                Err(why) => {
                    failures.push(format!("{path} {}: {why}", view.key));
                    continue;
                }
            };
            if scene.shapes.len() <= 15 {
                let (told, findings) = of_text(&printed.text);
                let wanted = of_scene(&scene);
                if told == wanted {
                    read += 1;
                } else {
                    unread.push(format!("{path} {}:\n{}\n{:#?}\n{findings:?}", view.key, printed.text, difference(&told, &wanted)));
                }
            }
        }
    }
    println!("{views} views drawn, {read} of at most 15 elements read back, {} not", unread.len());
    assert!(failures.is_empty(), "{}:\n{}", failures.len(), failures.iter().take(3).cloned().collect::<Vec<_>>().join("\n\n"));
    assert!(unread.is_empty(), "{}:\n{}", unread.len(), unread.iter().take(3).cloned().collect::<Vec<_>>().join("\n\n"));
}
