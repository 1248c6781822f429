//! Which files `lintel check` looks at: those that are named, and what a named folder holds.

use std::{
    collections::BTreeMap,
    fs,
    io::Read,
    path::{Component, Path, PathBuf},
};

use crate::{
    cli::Failure,
    domain::{
        bundle::{self, Part},
        review::settings::ProjectSettings,
        syntax::{
            Sources,
            format::{Format, recognise::recognise},
        },
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
    /// By name: the path, relative to the ground's folder where it lies below it.
    pub texts: BTreeMap<String, (Kind, String)>,
    /// What diagrams may include, by path.
    pub sources: Sources,
    pub warnings: Vec<String>,
}

/// A text that is not, or not yet, what the file of its name holds.
#[derive(Clone, Debug)]
pub struct Typed {
    pub path: PathBuf,
    pub text: String,
}

/// The folder that names of files begin in.
#[derive(Clone, Debug)]
pub struct Ground<'a> {
    root: PathBuf,
    /// What the project wants to have looked at in folders, with the folder that its settings lie in.
    wanted: Option<(&'a Path, &'a ProjectSettings)>,
}

impl<'a> Ground<'a> {
    /// The folder that the program runs in.
    pub fn here() -> Self {
        Self::at(&std::env::current_dir().unwrap_or_default())
    }

    pub fn at(root: &Path) -> Self {
        Self { root: whole(root), wanted: None }
    }

    #[must_use]
    pub fn wanting(self, folder: &'a Path, settings: &'a ProjectSettings) -> Self {
        Self { wanted: Some((folder, settings)), ..self }
    }

    /// Reads the files and folders; a folder is read through, and `typed` takes the place of the file of its name.
    ///
    /// # Errors
    /// A path that can't be read, or paths that hold nothing to check.
    pub fn gather(&self, paths: &[PathBuf], typed: Option<&Typed>) -> Result<Gathered, Failure> {
        let gathered = self.collect(paths, typed)?;
        if gathered.texts.is_empty() {
            let names: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
            let help = "Name a .dsl file, a decision record, or a folder that holds some.";
            return Err(Failure::input(format!("There is nothing to check in {}. {help}", names.join(", "))));
        }
        Ok(gathered)
    }

    /// The same for paths that may hold nothing.
    ///
    /// # Errors
    /// A path that can't be read.
    pub fn collect(&self, paths: &[PathBuf], typed: Option<&Typed>) -> Result<Gathered, Failure> {
        let mut gathered = Gathered::default();
        for path in paths {
            let found = fs::metadata(path).map_err(|error| unreadable(path, &error))?;
            if found.is_dir() { self.folder(path, &mut gathered)? } else { self.file(path, &mut gathered)? }
        }
        if let Some(Typed { path, text }) = typed {
            let name = self.name(path);
            let kind = gathered.texts.get(&name).map(|(kind, _)| *kind);
            self.text(path, &name, text.clone(), kind, &mut gathered)?;
        }
        Ok(gathered)
    }

    fn folder(&self, root: &Path, gathered: &mut Gathered) -> Result<(), Failure> {
        let mut files = BTreeMap::new();
        self.walk(root, &mut files)?;
        let sorted = bundle::sort(&files);
        gathered.warnings.extend(sorted.warnings);
        for (path, part) in sorted.parts {
            let kind = match part {
                Part::Diagram => Kind::Diagram,
                Part::Decision => Kind::Decision,
                Part::Kept => continue,
            };
            if !self.wants(&path) {
                continue;
            }
            if let Some(text) = files.get(&path).and_then(|bytes| text_file::read(bytes)) {
                gathered.texts.insert(path, (kind, text));
            }
        }
        gathered.sources.extend(bundle::sources(&files));
        Ok(())
    }

    /// Whether the project wants a file of a folder to be looked at.
    fn wants(&self, name: &str) -> bool {
        let Some((folder, settings)) = self.wanted else { return true };
        let whole = self.root.join(name);
        let place = if whole.exists() { whole } else { Path::new("/").join(name) };
        // What lies elsewhere, the settings say nothing about.
        place.strip_prefix(folder).map_or(true, |path| settings.covers(&slashed(path)))
    }

    fn walk(&self, folder: &Path, files: &mut BTreeMap<String, Vec<u8>>) -> Result<(), Failure> {
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
                self.walk(&path, files)?;
                continue;
            }
            if files.len() >= MOST {
                return Err(Failure::input(format!("{} holds more than {MOST} files. Name the folder of the design.", folder.display())));
            }
            // The sorting reads names; only texts can be documents.
            let size = entry.metadata().map_or(0, |metadata| metadata.len());
            let bytes =
                if may_matter(&path) && size <= LARGEST { fs::read(&path).map_err(|error| unreadable(&path, &error))? } else { Vec::new() };
            files.insert(self.name(&path), bytes);
        }
        Ok(())
    }

    fn file(&self, path: &Path, gathered: &mut Gathered) -> Result<(), Failure> {
        let name = self.name(path);
        let text = read(path)?;
        let text = text.ok_or_else(|| Failure::input(format!("{name} is neither UTF-8 nor UTF-16 text. Save it as UTF-8.")))?;
        self.text(path, &name, text, None, gathered)
    }

    fn text(&self, path: &Path, name: &str, text: String, kind: Option<Kind>, gathered: &mut Gathered) -> Result<(), Failure> {
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default().to_ascii_lowercase();
        let is_record = matches!(extension.as_str(), "md" | "markdown" | "adoc");
        if kind == Some(Kind::Decision) || (kind.is_none() && is_record) {
            gathered.texts.insert(name.to_owned(), (Kind::Decision, text));
            return Ok(());
        }
        self.follow(name, &text, &mut gathered.sources)?;
        gathered.sources.insert(name.to_owned(), text.clone());
        gathered.texts.insert(name.to_owned(), (Kind::Diagram, text));
        Ok(())
    }

    /// Reads what a diagram's text includes, and what that includes.
    fn follow(&self, name: &str, text: &str, sources: &mut Sources) -> Result<(), Failure> {
        let mut waiting = bundle::included(name, text);
        while let Some(next) = waiting.pop() {
            let place = self.place(&next);
            if next == name || sources.contains_key(&next) {
                continue;
            }
            if place.is_dir() {
                let mut files = BTreeMap::new();
                self.walk(&place, &mut files)?;
                waiting.extend(files.into_keys().filter(|file| file.to_ascii_lowercase().ends_with(".dsl")));
            } else if let Ok(Some(text)) = read(&place) {
                // What is not there, the parser reports where it is included.
                waiting.extend(bundle::included(&next, &text));
                sources.insert(next, text);
            }
        }
        Ok(())
    }

    /// The path's name in the design: below the ground's folder as it is written, elsewhere from the root of the file system,
    /// without its slash. Names never begin with `..`, so that texts find what they include.
    fn name(&self, path: &Path) -> String {
        let whole = whole(path);
        slashed(whole.strip_prefix(&self.root).unwrap_or(&whole)).trim_start_matches('/').to_owned()
    }

    /// Where the file of a name lies.
    fn place(&self, name: &str) -> PathBuf {
        let here = self.root.join(name);
        if here.exists() { here } else { Path::new("/").join(name) }
    }
}

/// A path from the root of the file system, without `..`.
pub fn whole(path: &Path) -> PathBuf {
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    let mut parts: Vec<Component<'_>> = Vec::new();
    for part in whole.components() {
        if part == Component::ParentDir {
            parts.pop();
        } else {
            parts.push(part);
        }
    }
    parts.into_iter().collect()
}

fn slashed(path: &Path) -> String {
    path.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/")
}

fn may_matter(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default().to_ascii_lowercase();
    matches!(extension.as_str(), "" | "dsl" | "mmd" | "mermaid" | "md" | "markdown" | "txt" | "yml" | "yaml" | "json")
}

/// Reads what a diagram's text includes, from the folder that the program runs in.
pub(in crate::cli) fn follow(name: &str, text: &str, sources: &mut Sources) -> Result<(), Failure> {
    Ground::here().follow(name, text, sources)
}

/// The text of a file; none when it is no text.
pub(in crate::cli) fn read(path: &Path) -> Result<Option<String>, Failure> {
    let size = fs::metadata(path).map_err(|error| unreadable(path, &error))?.len();
    if size > LARGEST {
        return Err(Failure::input(format!("{} is larger than 8 MiB.", path.display())));
    }
    Ok(text_file::read(&fs::read(path).map_err(|error| unreadable(path, &error))?))
}

/// What comes in on the standard input; none when it is no text.
pub(in crate::cli) fn standard_input() -> Result<Option<String>, Failure> {
    let mut bytes = Vec::new();
    let read = std::io::stdin().lock().take(LARGEST + 1).read_to_end(&mut bytes);
    read.map_err(|error| Failure::input(format!("The standard input can't be read: {error}.")))?;
    if bytes.len() as u64 > LARGEST {
        return Err(Failure::input("The standard input is larger than 8 MiB."));
    }
    Ok(text_file::read(&bytes))
}

/// A name for a text that came without one: what it begins like says whether it is a diagram or a record.
pub fn name_for(text: &str) -> PathBuf {
    let head = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    let is_record = head.starts_with("# ") || head.starts_with("---\n") || head.starts_with("---\r\n");
    PathBuf::from(match recognise(None, text) {
        // Front matter opens many texts of Mermaid as well; these are recognised.
        Some(Format::Mermaid) => "stdin.mmd",
        None if is_record => "stdin.md",
        _ => "stdin.dsl",
    })
}

/// A path's name in a design of the folder that the program runs in.
pub(in crate::cli) fn name(path: &Path) -> String {
    Ground::here().name(path)
}

/// A name as people find the file: as it is, or from the root of the file system.
pub fn shown(name: &str) -> String {
    let elsewhere = Path::new("/").join(name);
    if !Path::new(name).exists() && elsewhere.exists() { elsewhere.to_string_lossy().into_owned() } else { name.to_owned() }
}

fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::input(format!("{} can't be read: {error}.", path.display()))
}
