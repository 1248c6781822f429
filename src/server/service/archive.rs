//! Uploads as files: zip archives are read within fixed bounds and written so that the same files give the same bytes.
//!
//! An archive is hostile until proven otherwise. Sizes it declares are never believed: what comes out is counted while it
//! comes out. Nothing is ever written to disk, and an archive inside an archive stays bytes.

use std::{
    collections::BTreeMap,
    io::{Cursor, Read, Write},
};

use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter, result::ZipError, write::SimpleFileOptions};

use crate::domain::repository_path;

/// The comment of archives that Lintel writes: their paths begin at the project, so no folder is taken off again.
const OWN_COMMENT: &str = "lintel: paths begin at the project";
/// Top folders that mean something and are never taken for the name of a repository.
const MEANING_FOLDERS: [&str; 14] = [
    "adr",
    "adrs",
    "architecture",
    "decisions",
    "design",
    "diagrams",
    "doc",
    "docs",
    "documentation",
    "model",
    "rfcs",
    "src",
    "views",
    "workspace",
];
/// Folders and files that tools leave behind.
const LITTER: [&str; 4] = [".git", "node_modules", "__MACOSX", ".DS_Store"];

/// What an upload may hold.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Files that come out.
    pub files: usize,
    /// Entries an archive may list, folders and litter included.
    pub entries: u64,
    /// Bytes of all files together.
    pub total: u64,
    /// How many times larger than its packed form a file may be, once it is past `free`.
    pub ratio: u64,
    /// Bytes up to which the ratio does not matter: a short text of blanks packs very well.
    pub free: u64,
}

/// The bounds of an import.
pub const BOUNDS: Bounds = Bounds { files: 1000, entries: 20_000, total: 100_000_000, ratio: 100, free: 1_000_000 };

/// Why an upload was not taken. Nothing of it was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArchiveError {
    #[error("{0}")]
    Refused(String),
    #[error("{0}")]
    TooLarge(String),
}

/// The files of one or several uploads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Files {
    /// By path in the project.
    pub files: BTreeMap<String, Vec<u8>>,
    /// What was left out or renamed, one sentence each.
    pub warnings: Vec<String>,
    /// Whether one of the uploads was an archive, and whether it was one that Lintel wrote.
    pub archive: bool,
    pub own: bool,
    bytes: u64,
}

impl Files {
    /// Adds one upload: an archive with everything in it, or a file under its own name.
    pub fn add(&mut self, name: &str, bytes: Vec<u8>, bounds: &Bounds) -> Result<(), ArchiveError> {
        if is_archive(name, &bytes) {
            return self.add_archive(name, &bytes, bounds);
        }
        let name = name.trim_start_matches("./");
        refuse_path(name)?;
        self.insert(name, bytes, bounds)
    }

    fn insert(&mut self, path: &str, bytes: Vec<u8>, bounds: &Bounds) -> Result<(), ArchiveError> {
        if is_litter(path) {
            return Ok(());
        }
        self.bytes += bytes.len() as u64;
        if self.bytes > bounds.total {
            return Err(too_much(bounds));
        }
        if self.files.len() >= bounds.files {
            return Err(ArchiveError::TooLarge(format!("The upload holds more than {} files. Import a part of it.", bounds.files)));
        }
        if self.files.insert(path.to_owned(), bytes).is_some() {
            return Err(ArchiveError::Refused(format!("The upload holds two files named `{path}`. Keep one of them.")));
        }
        Ok(())
    }

    fn add_archive(&mut self, name: &str, bytes: &[u8], bounds: &Bounds) -> Result<(), ArchiveError> {
        let listed = listed_entries(bytes);
        if listed > bounds.entries {
            let most = bounds.entries;
            return Err(ArchiveError::TooLarge(format!("The archive lists {listed} entries; at most {most} are read.")));
        }
        let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| unreadable(name, &error))?;
        if archive.has_duplicate_names() {
            return Err(ArchiveError::Refused("The archive lists one name twice, so it is not clear which file is meant.".to_owned()));
        }
        if archive.has_overlapping_files().map_err(|error| unreadable(name, &error))? {
            return Err(ArchiveError::Refused("The archive's files share bytes, as only a decompression bomb's do.".to_owned()));
        }
        self.archive = true;
        self.own = archive.comment() == OWN_COMMENT.as_bytes();
        let wrapper = if self.own { None } else { wrapper(&archive, name)? };
        if let Some(folder) = &wrapper {
            self.warnings.push(format!("All files lay in the folder `{folder}`; it was left out of their paths."));
        }
        for index in 0..archive.len() {
            let listed = archive.by_index_data(index).map_err(|error| unreadable(name, &error))?;
            let path = listed.name().map_err(|error| unreadable(name, &error))?.into_owned();
            refuse_path(path.strip_suffix('/').unwrap_or(&path))?;
            if listed.is_dir() || is_litter(&path) {
                continue;
            }
            if listed.enclosed_name().is_none() {
                return Err(ArchiveError::Refused(format!("The archive's entry `{path}` leaves the project's folder.")));
            }
            if listed.is_symlink() || listed.unix_mode().is_some_and(|mode| !matches!(mode & 0o170_000, 0 | 0o100_000)) {
                self.warnings.push(format!("`{path}` was skipped: it is a link or a device, not a file."));
                continue;
            }
            if listed.encrypted() {
                return Err(ArchiveError::Refused(format!("`{path}` is encrypted. Import an archive without a password.")));
            }
            let left = bounds.total.saturating_sub(self.bytes);
            let packed = listed.compressed_size();
            let most = packed.saturating_mul(bounds.ratio).max(bounds.free);
            let mut content = Vec::new();
            let file = archive.by_index(index).map_err(|error| unreadable(&path, &error))?;
            file.take(left.min(most) + 1)
                .read_to_end(&mut content)
                .map_err(|error| ArchiveError::Refused(format!("`{path}` in the archive is damaged: {error}. Pack it again.")))?;
            let size = content.len() as u64;
            if size > left {
                return Err(too_much(bounds));
            }
            if size > most {
                let ratio = bounds.ratio;
                return Err(ArchiveError::TooLarge(format!(
                    "`{path}` is more than {ratio} times larger than its packed form, as a decompression bomb is."
                )));
            }
            let path = match &wrapper {
                Some(folder) => path.strip_prefix(folder.as_str()).and_then(|rest| rest.strip_prefix('/')).unwrap_or(&path),
                None => &path,
            };
            self.insert(path, content, bounds)?;
        }
        Ok(())
    }
}

/// A zip archive of `files`, in path order and without times: the same files give the same bytes.
pub fn pack(files: &BTreeMap<String, Vec<u8>>) -> Result<Vec<u8>, ArchiveError> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::DEFAULT)
        .unix_permissions(0o644);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let mut write = || {
        writer.set_comment(OWN_COMMENT)?;
        for (path, bytes) in files {
            writer.start_file(path.as_str(), options)?;
            writer.write_all(bytes)?;
        }
        Ok::<(), ZipError>(())
    };
    write()
        .and_then(|()| writer.finish())
        .map(Cursor::into_inner)
        .map_err(|error| ArchiveError::Refused(format!("The archive could not be written: {error}.")))
}

fn is_archive(name: &str, bytes: &[u8]) -> bool {
    let file = repository_path::file_name(name);
    let packed = bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06");
    let extension = file.rsplit_once('.').map(|(_, extension)| extension);
    extension.is_some_and(|extension| extension.eq_ignore_ascii_case("zip")) || (packed && extension.is_none())
}

fn is_litter(path: &str) -> bool {
    path.split('/').any(|name| LITTER.contains(&name))
}

fn refuse_path(path: &str) -> Result<(), ArchiveError> {
    match repository_path::problem(path) {
        Some(problem) => Err(ArchiveError::Refused(format!("`{}` can't be imported. {problem}", path.escape_debug()))),
        None => Ok(()),
    }
}

fn too_much(bounds: &Bounds) -> ArchiveError {
    ArchiveError::TooLarge(format!("The files are larger than {} MB together. Import a part of them.", bounds.total / 1_000_000))
}

fn unreadable(name: &str, error: &ZipError) -> ArchiveError {
    ArchiveError::Refused(match error {
        ZipError::InvalidPassword => format!("`{name}` is encrypted. Import an archive without a password."),
        ZipError::UnsupportedArchive(reason) if *reason == ZipError::PASSWORD_REQUIRED => {
            format!("`{name}` is encrypted. Import an archive without a password.")
        }
        ZipError::CompressionMethodNotSupported(method) => {
            format!("`{name}` is packed by method {method}, which is not read. Pack it with the usual one (deflate).")
        }
        _ => format!("`{name}` is not a zip archive that can be read: {error}. Pack it again."),
    })
}

/// The one folder at the top that holds every file, as archives of repositories have; none when it means something itself.
fn wrapper(archive: &ZipArchive<Cursor<&[u8]>>, name: &str) -> Result<Option<String>, ArchiveError> {
    let mut only: Option<String> = None;
    for path in archive.file_names() {
        let path = path.map_err(|error| unreadable(name, &error))?;
        if path.ends_with('/') || is_litter(&path) {
            continue;
        }
        let Some((top, _)) = path.split_once('/') else { return Ok(None) };
        match &only {
            Some(other) if other != top => return Ok(None),
            Some(_) => {}
            None => only = Some(top.to_owned()),
        }
    }
    Ok(only.filter(|top| !MEANING_FOLDERS.contains(&top.to_ascii_lowercase().as_str()) && !top.starts_with('.')))
}

/// How many entries the archive's own records claim, the largest claim of all: read before a list of them is built.
fn listed_entries(bytes: &[u8]) -> u64 {
    let number = |at: usize, length: usize| {
        bytes.get(at..at + length).map_or(0, |field| field.iter().rev().fold(0_u64, |sum, byte| (sum << 8) | u64::from(*byte)))
    };
    let tail = bytes.len().saturating_sub(66_000);
    let mut most = 0;
    for at in places(bytes, tail, b"PK\x05\x06") {
        most = most.max(number(at + 10, 2));
    }
    if places(bytes, tail, b"PK\x06\x07").next().is_some() {
        for at in places(bytes, 0, b"PK\x06\x06") {
            most = most.max(number(at + 32, 8));
        }
    }
    most
}

fn places<'a>(bytes: &'a [u8], from: usize, signature: &'a [u8; 4]) -> impl Iterator<Item = usize> + 'a {
    let window = bytes.get(from..).unwrap_or_default();
    window.windows(4).enumerate().filter(move |(_, four)| four == signature).map(move |(at, _)| from + at)
}

#[cfg(test)]
mod tests;
