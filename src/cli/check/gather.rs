//! Which files `lintel check` looks at: those that are named, and what a named folder holds.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use crate::{
    cli::Failure,
    domain::{
        bundle::{self, Part},
        syntax::Sources,
        text_file,
    },
};

/// Folders that hold no design.
const SKIPPED: [&str; 4] = [".git", "node_modules", "target", "__MACOSX"];
/// Larger files are not read.
const LARGEST: u64 = 8 * 1024 * 1024;
/// More files than this are a mistake in the path.
const MOST: usize = 50_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Diagram,
    Decision,
}

/// Texts to check.
#[derive(Debug, Default)]
pub struct Gathered {
    /// By name: the path, relative to the folder the program runs in where it lies below it.
    pub texts: BTreeMap<String, (Kind, String)>,
    /// What diagrams may include, by path.
    pub sources: Sources,
    pub warnings: Vec<String>,
}

/// Reads the files and folders.
///
/// # Errors
/// A path that can't be read, or paths that hold nothing to check.
pub fn gather(paths: &[PathBuf]) -> Result<Gathered, Failure> {
    let mut gathered = Gathered::default();
    for path in paths {
        let found = fs::metadata(path).map_err(|error| unreadable(path, &error))?;
        if found.is_dir() { folder(path, &mut gathered)? } else { file(path, &mut gathered)? }
    }
    if gathered.texts.is_empty() {
        let names: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
        let help = "Name a .dsl file, a decision record, or a folder that holds some.";
        return Err(Failure::input(format!("There is nothing to check in {}. {help}", names.join(", "))));
    }
    Ok(gathered)
}

fn folder(root: &Path, gathered: &mut Gathered) -> Result<(), Failure> {
    let mut files = BTreeMap::new();
    walk(root, &mut files)?;
    let sorted = bundle::sort(&files);
    gathered.warnings.extend(sorted.warnings);
    for (path, part) in sorted.parts {
        let kind = match part {
            Part::Diagram => Kind::Diagram,
            Part::Decision => Kind::Decision,
            Part::Kept => continue,
        };
        if let Some(text) = files.get(&path).and_then(|bytes| text_file::read(bytes)) {
            gathered.texts.insert(path, (kind, text));
        }
    }
    gathered.sources.extend(bundle::sources(&files));
    Ok(())
}

fn walk(folder: &Path, files: &mut BTreeMap<String, Vec<u8>>) -> Result<(), Failure> {
    let entries = fs::read_dir(folder).map_err(|error| unreadable(folder, &error))?;
    for entry in entries {
        let entry = entry.map_err(|error| unreadable(folder, &error))?;
        let (path, kind) = (entry.path(), entry.file_type().map_err(|error| unreadable(folder, &error))?);
        let skipped = entry.file_name().to_str().is_none_or(|name| SKIPPED.contains(&name));
        // Links could lead in circles or out of the folder.
        if skipped || kind.is_symlink() {
            continue;
        }
        if kind.is_dir() {
            walk(&path, files)?;
            continue;
        }
        if files.len() >= MOST {
            return Err(Failure::input(format!("{} holds more than {MOST} files. Name the folder of the design.", folder.display())));
        }
        // The sorting reads names; only texts can be documents.
        let size = entry.metadata().map_or(0, |metadata| metadata.len());
        let bytes =
            if may_matter(&path) && size <= LARGEST { fs::read(&path).map_err(|error| unreadable(&path, &error))? } else { Vec::new() };
        files.insert(name(&path), bytes);
    }
    Ok(())
}

fn may_matter(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default().to_ascii_lowercase();
    matches!(extension.as_str(), "" | "dsl" | "mmd" | "mermaid" | "md" | "markdown" | "txt" | "yml" | "yaml" | "json")
}

fn file(path: &Path, gathered: &mut Gathered) -> Result<(), Failure> {
    let name = name(path);
    let text = read(path)?;
    let text = text.ok_or_else(|| Failure::input(format!("{name} is neither UTF-8 nor UTF-16 text. Save it as UTF-8.")))?;
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default().to_ascii_lowercase();
    if matches!(extension.as_str(), "md" | "markdown" | "adoc") {
        gathered.texts.insert(name, (Kind::Decision, text));
        return Ok(());
    }
    follow(&name, &text, &mut gathered.sources)?;
    gathered.sources.insert(name.clone(), text.clone());
    gathered.texts.insert(name, (Kind::Diagram, text));
    Ok(())
}

/// Reads what a diagram's text includes, and what that includes.
pub(in crate::cli) fn follow(name: &str, text: &str, sources: &mut Sources) -> Result<(), Failure> {
    let mut waiting = bundle::included(name, text);
    while let Some(next) = waiting.pop() {
        let place = place(&next);
        if next == name || sources.contains_key(&next) {
            continue;
        }
        if place.is_dir() {
            let mut files = BTreeMap::new();
            walk(&place, &mut files)?;
            waiting.extend(files.into_keys().filter(|file| file.to_ascii_lowercase().ends_with(".dsl")));
        } else if let Ok(Some(text)) = read(&place) {
            // What is not there, the parser reports where it is included.
            waiting.extend(bundle::included(&next, &text));
            sources.insert(next, text);
        }
    }
    Ok(())
}

/// The text of a file; none when it is no text.
pub(in crate::cli) fn read(path: &Path) -> Result<Option<String>, Failure> {
    let size = fs::metadata(path).map_err(|error| unreadable(path, &error))?.len();
    if size > LARGEST {
        return Err(Failure::input(format!("{} is larger than 8 MiB.", path.display())));
    }
    Ok(text_file::read(&fs::read(path).map_err(|error| unreadable(path, &error))?))
}

/// The path's name in the design: below the folder the program runs in as it is written, elsewhere from the root of the
/// file system, without its slash. Names never begin with `..`, so that texts find what they include.
pub(in crate::cli) fn name(path: &Path) -> String {
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    let mut parts: Vec<std::path::Component<'_>> = Vec::new();
    for part in whole.components() {
        if part == std::path::Component::ParentDir {
            parts.pop();
        } else {
            parts.push(part);
        }
    }
    let whole: PathBuf = parts.into_iter().collect();
    let here = std::env::current_dir().unwrap_or_default();
    let name = whole.strip_prefix(&here).unwrap_or(&whole).to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/");
    name.trim_start_matches('/').to_owned()
}

/// Where the file of a name lies.
fn place(name: &str) -> PathBuf {
    let here = PathBuf::from(name);
    if here.exists() { here } else { Path::new("/").join(name) }
}

/// A name as people find the file: as it is, or from the root of the file system.
pub fn shown(name: &str) -> String {
    place(name).to_string_lossy().into_owned()
}

fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::input(format!("{} can't be read: {error}.", path.display()))
}
