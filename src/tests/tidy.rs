//! The house rules that a compiler does not check, read from the source: layers, file heads, sizes, names.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// A layer's files and the words they must not hold. Longer paths come first: the first that fits is a file's layer.
const LAYERS: &[(&str, &[&str])] = &[
    (
        "domain",
        &[
            "crate::api",
            "crate::cli",
            "crate::server",
            "crate::ui",
            "leptos",
            "axum",
            "sqlx",
            "tokio",
            "reqwest",
            "yrs",
            "web_sys",
            "js_sys",
            "wasm_bindgen",
            "tracing",
            "getrandom",
            "std::fs",
            "std::env",
            "std::net",
            "std::process",
            "std::time",
            "SystemTime",
            "Instant",
        ],
    ),
    (
        "server/store",
        &["crate::api", "crate::cli", "crate::ui", "crate::server::http", "crate::server::service", "axum", "leptos", "reqwest"],
    ),
    (
        "server/llm",
        &[
            "crate::api",
            "crate::cli",
            "crate::ui",
            "crate::server::boot",
            "crate::server::collab",
            "crate::server::http",
            "crate::server::service",
            "crate::server::store",
            "axum",
            "leptos",
            "sqlx",
            "web_sys",
        ],
    ),
    ("server/service", &["crate::cli", "crate::ui", "crate::server::http", "sqlx", "axum", "leptos", "reqwest"]),
    ("server/collab", &["crate::api", "crate::cli", "crate::ui", "crate::server::http", "sqlx", "axum", "leptos", "reqwest"]),
    ("server/http", &["crate::cli", "sqlx", "reqwest", "web_sys"]),
    ("server", &["crate::cli", "web_sys", "reqwest"]),
    ("cli", &["crate::api", "crate::ui", "sqlx", "axum", "leptos", "web_sys"]),
    ("api", &["crate::cli", "crate::ui", "sqlx", "axum", "web_sys"]),
    ("ui", &["crate::server", "crate::cli", "sqlx", "axum", "tokio", "reqwest"]),
];

/// Names that say nothing.
const VAGUE: &[&str] = &["utils", "util", "helpers", "helper", "manager", "models", "common", "misc"];

struct Source {
    /// Below `src`, such as `domain/id.rs`.
    name: String,
    text: String,
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn sources() -> Vec<Source> {
    let src = root().join("src");
    let mut files = Vec::new();
    walk(&src, &mut files);
    files.sort();
    let read = |path: &PathBuf| Source {
        name: path.strip_prefix(&src).unwrap().to_string_lossy().into_owned(),
        text: fs::read_to_string(path).unwrap(),
    };
    files.iter().map(read).collect()
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if !path.ends_with("node_modules") {
                walk(&path, files);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

impl Source {
    fn layer(&self) -> Option<&'static (&'static str, &'static [&'static str])> {
        LAYERS.iter().find(|(layer, _)| self.name.starts_with(&format!("{layer}/")) || self.name == format!("{layer}.rs"))
    }

    fn is_test(&self) -> bool {
        self.name.starts_with("tests") || self.name.ends_with("/tests.rs") || self.name.contains("/tests/")
    }

    /// Lines of the program itself: without comments, and without the tests at a file's end.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.text.lines().take_while(|line| line.trim() != "#[cfg(test)]");
        (1..).zip(lines).filter(|(_, line)| !line.trim_start().starts_with("//"))
    }
}

/// Whether a line names a word as a whole path, such as `leptos::` or `use leptos`.
fn names(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = &line[at + word.len()..];
        let begins = !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || (c == ':' && !word.contains("::")) || c == '"');
        let ends = !after.starts_with(|c: char| c.is_alphanumeric() || c == '_');
        let path = after.starts_with("::")
            || word.contains("::")
            || word.chars().next().is_some_and(char::is_uppercase)
            || line.trim_start().starts_with("use ");
        begins && ends && path
    })
}

fn assert_none(problems: &[String]) {
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
}

#[test]
fn layers_name_only_what_they_may() {
    let mut problems = Vec::new();
    for source in sources().iter().filter(|source| !source.is_test()) {
        let Some((layer, forbidden)) = source.layer() else { continue };
        // The boundary's bodies are where `crate::server` may be named; its imports are not.
        let imports = *layer == "api";
        for (number, line) in source.code() {
            for word in *forbidden {
                if names(line, word) {
                    problems.push(format!("src/{}:{number}: {layer} must not name {word}", source.name));
                }
            }
            if imports && line.starts_with("use crate::server") {
                problems.push(format!("src/{}:{number}: name crate::server inside function bodies only", source.name));
            }
        }
    }
    assert_none(&problems);
}

#[test]
fn sql_is_written_in_the_store_only() {
    let outside = |source: &&Source| !source.is_test() && !source.name.starts_with("server/store");
    let problems: Vec<String> = sources()
        .iter()
        .filter(outside)
        .flat_map(|source| {
            source
                .code()
                .filter(|(_, line)| names(line, "sqlx"))
                .map(|(number, _)| format!("src/{}:{number}", source.name))
                .collect::<Vec<_>>()
        })
        .collect();
    assert_none(&problems);
}

#[test]
fn the_browser_is_touched_in_one_place() {
    let inside = |name: &str| name.starts_with("ui/browser") || name == "lib.rs";
    let mut problems = Vec::new();
    for source in sources().iter().filter(|source| !inside(&source.name) && !source.is_test()) {
        for (number, line) in source.code() {
            for word in ["web_sys", "js_sys", "wasm_bindgen"] {
                if names(line, word) {
                    problems.push(format!("src/{}:{number}: {word} belongs in ui/browser", source.name));
                }
            }
        }
    }
    assert_none(&problems);
}

#[test]
fn files_say_why_they_exist_and_stay_small() {
    let mut problems = Vec::new();
    for source in sources() {
        let lines = source.text.lines().count();
        if !source.text.starts_with("//! ") {
            problems.push(format!("src/{}: begin with a `//!` line that says why the file exists", source.name));
        }
        if lines > 600 {
            problems.push(format!("src/{}: {lines} lines, 600 are the most", source.name));
        }
        let stem = Path::new(&source.name).file_stem().unwrap().to_string_lossy().into_owned();
        if stem == "mod" || VAGUE.contains(&stem.as_str()) {
            problems.push(format!("src/{}: name the file for what it holds", source.name));
        }
    }
    assert_none(&problems);
}

#[test]
fn features_are_switched_in_one_file() {
    let mut problems = Vec::new();
    for source in sources().iter().filter(|source| !["lib.rs", "ui.rs", "ui/islands.rs", "tests/tidy.rs"].contains(&source.name.as_str())) {
        for (number, line) in (1..).zip(source.text.lines()) {
            if line.contains("feature = \"") && !line.trim_start().starts_with("//") {
                problems.push(format!("src/{}:{number}: feature switches live in lib.rs, ui.rs and ui/islands.rs", source.name));
            }
            if line.trim_start().starts_with("pub use ") {
                problems.push(format!("src/{}:{number}: no re-exports", source.name));
            }
            if line.trim_start().starts_with("#[allow(") || line.trim_start().starts_with("#![allow(") {
                problems.push(format!("src/{}:{number}: write #[expect(lint, reason = \"…\")]", source.name));
            }
        }
    }
    assert_none(&problems);
}

#[test]
fn every_file_is_in_its_registry() {
    let sources = sources();
    let names: BTreeSet<&str> = sources.iter().map(|source| source.name.as_str()).collect();
    let mut problems = Vec::new();
    for source in &sources {
        // Roots of targets of their own.
        if matches!(source.name.as_str(), "lib.rs" | "main.rs") || source.name.starts_with("tests/process") {
            continue;
        }
        let (folder, file) = source.name.rsplit_once('/').unwrap_or(("lib", &source.name));
        let registry = format!("{folder}.rs");
        let module = file.trim_end_matches(".rs");
        let parent = sources.iter().find(|other| other.name == registry);
        let listed = |text: &str| text.lines().any(|line| line.trim_end().ends_with(&format!("mod {module};")));
        if !names.contains(registry.as_str()) || !parent.is_some_and(|parent| listed(&parent.text)) {
            problems.push(format!("src/{}: no line `mod {module};` in src/{registry}", source.name));
        }
    }
    assert_none(&problems);
}

/// `name: value` lines of the block that begins at a text.
fn tokens(css: &str, begin: &str) -> BTreeSet<String> {
    let Some((_, rest)) = css.split_once(begin) else { return BTreeSet::new() };
    let block = rest.split_once('{').map_or("", |(_, block)| block).split('}').next().unwrap_or_default();
    block
        .split(';')
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|line| line.starts_with("--") || line.contains(':'))
        .collect()
}

#[test]
fn the_dark_theme_is_the_same_by_choice_and_by_system() {
    let css = fs::read_to_string(root().join("style/tokens.css")).unwrap();
    let css: String = css.split("/*").map(|part| part.split_once("*/").map_or(part, |(_, rest)| rest)).collect();
    let (_, system) = css.split_once("prefers-color-scheme: dark").expect("a media query for the dark theme");
    let by_system = tokens(system, ":root");
    let by_choice = tokens(&css, "[data-theme=\"dark\"]");
    assert!(!by_choice.is_empty(), "a block for [data-theme=\"dark\"]");
    assert_eq!(by_system, by_choice);
}

/// The later file would win everywhere, also where nobody looked.
#[test]
fn no_two_style_files_lay_out_the_same_class() {
    let mut layouts: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for entry in fs::read_dir(root().join("style")).unwrap() {
        let path = entry.unwrap().path();
        let file = path.file_name().unwrap().to_string_lossy().into_owned();
        for line in fs::read_to_string(&path).unwrap().lines() {
            let own =
                line.strip_prefix('.').and_then(|line| line.split_once(" {")).filter(|(name, _)| !name.contains([' ', '.', ':', '>', ',']));
            if let Some((name, rule)) = own
                && rule.split('}').next().is_some_and(|rule| rule.contains(" display:"))
            {
                layouts.entry(name.to_owned()).or_default().insert(file.clone());
            }
        }
    }
    assert!(layouts.len() > 100, "the style sheets are read");
    let twice = layouts.iter().filter(|(_, files)| files.len() > 1).map(|(name, files)| format!(".{name} in {files:?}"));
    assert_none(&twice.collect::<Vec<_>>());
}

#[test]
fn every_icon_is_on_the_sheet() {
    let sheet = std::fs::read_to_string(root().join("public/icons.svg")).unwrap();
    let mut problems = Vec::new();
    for source in sources().iter().filter(|source| !source.is_test()) {
        for (line, code) in source.code() {
            let named = ["icon(\"", "icon: \""].into_iter().flat_map(|before| code.split(before).skip(1));
            for name in named.filter_map(|rest| rest.split('"').next()) {
                if !sheet.contains(&format!("id=\"i-{name}\"")) {
                    problems.push(format!("src/{}:{line}: no icon {name}", source.name));
                }
            }
        }
    }
    assert_none(&problems);
}
