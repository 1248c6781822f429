//! The folder of a decision log: where it is, what is in it, and how changes reach the disk whole or not at all.

use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions},
    io::Write,
    path::{Path, PathBuf},
};

use crate::{
    cli::{Failure, complain, say},
    domain::{
        bundle,
        decision::{
            log::{
                FOLDERS, Log,
                habits::{Habits, Tool},
                step::Change,
            },
            template::project::Roles,
        },
        moment::Day,
        syntax::apply,
        text_file,
    },
    server::ports::{Clock, SystemClock},
};

/// Folders that hold no decisions.
const SKIPPED: [&str; 4] = [".git", "node_modules", "target", "__MACOSX"];
/// Larger files are not read.
const LARGEST: u64 = 8 * 1024 * 1024;
/// More files than this are a mistake in the path.
const MOST: usize = 50_000;

/// Where a log is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The folder that paths count from: the repository's, where there is one.
    pub root: PathBuf,
    /// The log's folders below it, the one for new records first.
    pub folders: Vec<String>,
    pub tool: Tool,
}

/// A log as it was read, with the bytes of its files.
pub struct Opened<'a> {
    place: &'a Place,
    pub log: Log,
    /// Every file that was read, by path.
    originals: BTreeMap<String, Vec<u8>>,
    /// Other texts of the log's folders by path: indexes, templates.
    pub others: BTreeMap<String, String>,
    /// Keeps other commands from working on the folder meanwhile.
    _hold: Option<File>,
}

/// How much to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// The log's folders.
    Log,
    /// Every text below the root, for links from elsewhere.
    All,
}

impl Place {
    /// The log of a folder, or of the folder the program runs in.
    ///
    /// # Errors
    /// The folder that is named is none, or the current one can't be told.
    pub fn find(dir: Option<&Path>) -> Result<Self, Failure> {
        let here = std::env::current_dir().map_err(Failure::fault)?;
        match dir {
            Some(dir) => Self::named(&here, dir),
            None => Ok(Self::around(&here)),
        }
    }

    fn named(here: &Path, dir: &Path) -> Result<Self, Failure> {
        let whole = tidied(&here.join(dir));
        if whole.exists() && !whole.is_dir() {
            return Err(Failure::input(format!("{} is a file. Name the folder of the decisions.", dir.display())));
        }
        let root = repository(&whole).or_else(|| whole.starts_with(here).then(|| here.to_path_buf()));
        let root = root.unwrap_or_else(|| whole.parent().unwrap_or(&whole).to_path_buf());
        let folder = below(&root, &whole);
        let tool = whole.ancestors().take_while(|ancestor| ancestor.starts_with(&root)).map(tool_of).find(|tool| *tool != Tool::None);
        Ok(Self { root, folders: vec![folder], tool: tool.unwrap_or_default() })
    }

    /// The log that the folder or one above it speaks of, up to the repository's; else the usual place, not yet there.
    fn around(here: &Path) -> Self {
        for ancestor in here.ancestors() {
            let (tool, folders) = configured(ancestor);
            let folders = if folders.is_empty() { usual(ancestor).into_iter().collect() } else { folders };
            if !folders.is_empty() {
                let root = repository(ancestor).unwrap_or_else(|| ancestor.to_path_buf());
                let folders = folders.iter().map(|folder| below(&root, &tidied(&ancestor.join(folder)))).collect();
                return Self { root, folders, tool };
            }
            if ancestor.join(".git").exists() {
                break;
            }
        }
        let folder = FOLDERS.first().map(|folder| (*folder).to_owned());
        let root = repository(here).unwrap_or_else(|| here.to_path_buf());
        let folders = folder.map(|folder| below(&root, &here.join(folder)));
        Self { root, folders: folders.into_iter().collect(), tool: Tool::None }
    }

    /// The folder for new records.
    pub fn home(&self) -> &str {
        self.folders.first().map_or("", String::as_str)
    }

    /// A path as it is found from the folder the program runs in.
    pub fn shown(&self, path: &str) -> String {
        let whole = self.root.join(path);
        let here = std::env::current_dir().unwrap_or_default();
        let mut up = PathBuf::new();
        for ancestor in here.ancestors() {
            if let Ok(rest) = whole.strip_prefix(ancestor) {
                // The root of the file system is common to everything, and no help.
                if ancestor.parent().is_some() || here == ancestor {
                    return up.join(rest).to_string_lossy().into_owned();
                }
            }
            up.push("..");
        }
        whole.to_string_lossy().into_owned()
    }

    /// The same for sentences that name paths of the log.
    pub fn told(&self, sentence: &str) -> String {
        let words = sentence.split(' ').map(|word| {
            let bare = word.trim_end_matches(['.', ',', ':']);
            let inside = self.folders.iter().any(|folder| folder.is_empty() || bare.starts_with(&format!("{folder}/")));
            let path = bare.split(':').next().unwrap_or(bare);
            if inside && bare.contains('.') && self.root.join(path).exists() {
                format!("{}{}", self.shown(path), word.get(path.len()..).unwrap_or(""))
            } else {
                word.to_owned()
            }
        });
        words.collect::<Vec<_>>().join(" ")
    }

    /// Reads the log.
    ///
    /// # Errors
    /// There is none, or it can't be read.
    pub fn open(&self, extent: Extent) -> Result<Opened<'_>, Failure> {
        if !self.folders.iter().any(|folder| self.root.join(folder).is_dir()) {
            let names: Vec<String> = self.folders.iter().map(|folder| self.shown(folder)).collect();
            let help = "Name its folder with --dir, or begin one with `lintel adr new`.";
            return Err(Failure::input(format!("There is no decision log in {}. {help}", names.join(", "))));
        }
        self.read(extent, None)
    }

    /// Reads the log for changes: other commands that change it wait. Its folder is made where it is wanted.
    ///
    /// # Errors
    /// There is none, or it can't be read.
    pub fn hold(&self, extent: Extent, make: bool) -> Result<Opened<'_>, Failure> {
        let home = self.root.join(self.home());
        if make {
            fs::create_dir_all(&home).map_err(|error| unwritable(&home, &error))?;
        }
        if !home.is_dir() {
            return self.open(extent);
        }
        // Where folders can't be locked, the files' own names still keep two from being one.
        let hold = File::open(&home).ok().filter(|folder| folder.lock().is_ok());
        self.read(extent, hold)
    }

    fn read(&self, extent: Extent, hold: Option<File>) -> Result<Opened<'_>, Failure> {
        let mut originals = BTreeMap::new();
        match extent {
            Extent::Log => {
                for folder in self.folders.iter().filter(|folder| self.root.join(folder).is_dir()) {
                    walk(&self.root, &self.root.join(folder), &mut originals)?;
                }
            }
            Extent::All => walk(&self.root, &self.root, &mut originals)?,
        }
        let inside = |path: &str| {
            self.folders
                .iter()
                .any(|folder| folder.is_empty() || path.strip_prefix(folder.as_str()).is_some_and(|rest| rest.starts_with('/')))
        };
        let (mut records, mut others) = (BTreeMap::new(), BTreeMap::new());
        for (path, bytes) in &originals {
            match text_file::read(bytes) {
                Some(text) if inside(path) && bundle::is_decision(path, &text) => drop(records.insert(path.clone(), text)),
                Some(text) => drop(others.insert(path.clone(), text)),
                None if inside(path) && path.to_ascii_lowercase().ends_with(".md") => {
                    complain(&format!("{} is neither UTF-8 nor UTF-16 text, so it is left alone. Save it as UTF-8.", self.shown(path)));
                }
                None => {}
            }
        }
        Ok(Opened { place: self, log: Log::read(records, &Roles::default()), originals, others, _hold: hold })
    }
}

impl Opened<'_> {
    pub fn habits(&self) -> Habits {
        Habits::of(&self.log, self.place.home(), self.place.tool)
    }

    /// The record that somebody means, by its index.
    ///
    /// # Errors
    /// None fits, or several do.
    pub fn find(&self, wanted: &str) -> Result<usize, Failure> {
        // A path counts from the folder the program runs in.
        let from_here = std::env::current_dir().map(|here| below(&self.place.root, &tidied(&here.join(wanted)))).unwrap_or_default();
        let known = self.log.texts.iter().position(|text| text.path == from_here);
        known.map_or_else(|| self.log.find(wanted).map_err(|error| Failure::input(self.place.told(&error.to_string()))), Ok)
    }

    /// Writes a change: each file whole, and none over what somebody else wrote meanwhile.
    ///
    /// # Errors
    /// A file was changed meanwhile, or can't be written.
    pub fn write(&self, change: &Change) -> Result<(), Failure> {
        let mut waiting: Vec<Waiting> = Vec::new();
        for (path, edits) in &change.edits {
            let original = self.originals.get(path).map(Vec::as_slice).unwrap_or_default();
            let text = apply(&text_file::read(original).unwrap_or_default(), edits);
            let target = change.moved.get(path).unwrap_or(path);
            let from = self.place.root.join(path);
            if fs::read(&from).map_err(|error| unreadable(&from, &error))? != original {
                return Err(Failure::input(format!("{} was changed meanwhile. Run the command again.", self.place.shown(path))));
            }
            waiting.push(Waiting::prepare(&self.place.root.join(target), &text_file::write(Some(original), &text), Some(&from))?);
        }
        for (path, to) in change.moved.iter().filter(|(path, _)| !change.edits.contains_key(*path)) {
            let from = self.place.root.join(path);
            let bytes = self.originals.get(path).map(Vec::as_slice).unwrap_or_default();
            waiting.push(Waiting::prepare(&self.place.root.join(to), bytes, Some(&from))?);
        }
        for (path, text) in &change.created {
            waiting.push(Waiting::prepare(&self.place.root.join(path), text.as_bytes(), None)?);
        }
        waiting.into_iter().try_for_each(Waiting::finish)
    }
}

/// A file that is written beside its place and has only to be moved there.
struct Waiting {
    beside: PathBuf,
    target: PathBuf,
    /// The file that it replaces, if there is one.
    from: Option<PathBuf>,
}

impl Waiting {
    fn prepare(target: &Path, bytes: &[u8], from: Option<&Path>) -> Result<Self, Failure> {
        let failed = |error: std::io::Error| unwritable(target, &error);
        let name = target.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let folder = target.parent().unwrap_or(target);
        fs::create_dir_all(folder).map_err(failed)?;
        let beside = folder.join(format!(".{name}.{}.lintel", std::process::id()));
        let waiting = Self { beside, target: target.to_path_buf(), from: from.map(Path::to_path_buf) };
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).open(&waiting.beside).map_err(failed)?;
        file.write_all(bytes).map_err(failed)?;
        if let Some(permissions) = from.and_then(|from| fs::metadata(from).ok()).map(|found| found.permissions()) {
            file.set_permissions(permissions).map_err(failed)?;
        }
        file.sync_all().map_err(failed)?;
        Ok(waiting)
    }

    fn finish(self) -> Result<(), Failure> {
        let failed = |error: std::io::Error| unwritable(&self.target, &error);
        if self.from.as_deref() == Some(&self.target) {
            return fs::rename(&self.beside, &self.target).map_err(failed);
        }
        // A link is not made over a file that is there.
        fs::hard_link(&self.beside, &self.target).map_err(failed)?;
        if let Some(from) = &self.from {
            fs::remove_file(from).map_err(failed)?;
        }
        Ok(())
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        // Gone already if it was moved to its place.
        let _ = fs::remove_file(&self.beside);
    }
}

/// Says what a change did, and what to think of.
pub fn tell(place: &Place, change: &Change) {
    for warning in &change.warnings {
        complain(&place.told(warning));
    }
    for sentence in &change.done {
        say(&place.told(sentence));
    }
}

/// The day that records are dated with: `ADR_DATE`, as adr-tools has it, or today.
///
/// # Errors
/// The variable holds no date.
pub fn today() -> Result<Day, Failure> {
    match std::env::var("ADR_DATE") {
        Ok(written) if !written.trim().is_empty() => Day::parse(&written)
            .ok_or_else(|| Failure::fault(format!("ADR_DATE is “{written}”, which is no date. Write it as 2026-11-19, or unset it."))),
        _ => Ok(SystemClock.now().day()),
    }
}

/// The folder of the repository around a path.
fn repository(path: &Path) -> Option<PathBuf> {
    path.ancestors().find(|ancestor| ancestor.join(".git").exists()).map(Path::to_path_buf)
}

fn tool_of(folder: &Path) -> Tool {
    if folder.join(".adr-dir").is_file() {
        Tool::AdrTools
    } else if folder.join(".log4brains.yml").is_file() || folder.join(".log4brains.yaml").is_file() {
        Tool::Log4brains
    } else {
        Tool::None
    }
}

/// What a folder's own files say about its log.
fn configured(folder: &Path) -> (Tool, Vec<String>) {
    for (name, tool) in [(".adr-dir", Tool::AdrTools), (".log4brains.yml", Tool::Log4brains), (".log4brains.yaml", Tool::Log4brains)] {
        let folders = fs::read_to_string(folder.join(name)).map(|text| bundle::log_folders(name, &text)).unwrap_or_default();
        if !folders.is_empty() {
            return (tool, folders);
        }
    }
    (Tool::None, Vec::new())
}

/// The usual place for a log that a folder has: the first with records, or else the first.
fn usual(folder: &Path) -> Option<String> {
    let there: Vec<&str> = FOLDERS.into_iter().filter(|name| folder.join(name).is_dir()).collect();
    let records = |name: &&&str| {
        let entries = fs::read_dir(folder.join(name)).into_iter().flatten().flatten();
        entries.filter_map(|entry| entry.file_name().into_string().ok()).any(|file| {
            crate::domain::decision::log::number_of(&file).is_some() || crate::domain::decision::log::date_prefix(&file).is_some()
        })
    };
    there.iter().find(records).or(there.first()).map(|name| (*name).to_owned())
}

fn walk(root: &Path, folder: &Path, files: &mut BTreeMap<String, Vec<u8>>) -> Result<(), Failure> {
    for entry in fs::read_dir(folder).map_err(|error| unreadable(folder, &error))? {
        let entry = entry.map_err(|error| unreadable(folder, &error))?;
        let (path, kind) = (entry.path(), entry.file_type().map_err(|error| unreadable(folder, &error))?);
        // Links could lead in circles or out of the folder.
        if kind.is_symlink() || entry.file_name().to_str().is_none_or(|name| SKIPPED.contains(&name)) {
            continue;
        }
        if kind.is_dir() {
            walk(root, &path, files)?;
            continue;
        }
        if files.len() >= MOST {
            return Err(Failure::input(format!(
                "{} holds more than {MOST} files. Name the folder of the decisions with --dir.",
                root.display()
            )));
        }
        let size = entry.metadata().map_or(0, |metadata| metadata.len());
        if is_text(&path) && size <= LARGEST {
            files.insert(below(root, &path), fs::read(&path).map_err(|error| unreadable(&path, &error))?);
        }
    }
    Ok(())
}

fn is_text(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default().to_ascii_lowercase();
    matches!(extension.as_str(), "" | "md" | "markdown" | "dsl" | "mmd" | "mermaid" | "txt" | "adoc" | "rst" | "yml" | "yaml" | "toml")
}

/// A path below a root, with `/` between its parts.
fn below(root: &Path, path: &Path) -> String {
    path.strip_prefix(root).unwrap_or(path).to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/")
}

/// A path without `.` and `..`.
fn tidied(path: &Path) -> PathBuf {
    let mut parts = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts
}

fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::input(format!("{} can't be read: {error}.", path.display()))
}

fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::fault(format!("{} can't be written: {error}.", path.display()))
}
