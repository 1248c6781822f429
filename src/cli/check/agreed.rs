//! Finds and reads `lintel.yaml` for the command line.

use std::path::{Path, PathBuf};

use crate::{
    cli::{
        Failure,
        check::{gather, print},
        complain, remark,
    },
    domain::review::settings::{self, NAMES, NEAR_NAMES, ProjectSettings},
};

/// Settings with where they came from.
#[derive(Debug)]
pub struct Agreed {
    /// As people find the file.
    pub path: String,
    /// The folder it lies in, from the root of the file system.
    pub folder: PathBuf,
    pub text: String,
    pub settings: ProjectSettings,
}

/// The settings to use: those that are named, else the nearest ones from what is looked at up to the root of its repository.
/// What is wrong with them is said as a compiler says it.
///
/// # Errors
/// Settings that can't be read in full: half of an agreement is none.
pub fn find(named: Option<&Path>, looked_at: Option<&Path>) -> Result<Option<Agreed>, Failure> {
    let file = match named {
        Some(named) => Some(named.to_path_buf()),
        None => nearest(looked_at.unwrap_or(Path::new("."))),
    };
    file.map(|file| read(&file)).transpose()
}

fn read(file: &Path) -> Result<Agreed, Failure> {
    let path = gather::shown(&gather::name(file));
    let text = gather::read(file)?.ok_or_else(|| Failure::input(format!("{path} is neither UTF-8 nor UTF-16 text. Save it as UTF-8.")))?;
    let reading = settings::read(&text);
    if reading.is_broken() {
        let style = print::Style { colours: false };
        let said: String = reading.diagnostics.iter().map(|diagnostic| print::problem(&path, &text, diagnostic, style)).collect();
        remark(&said);
        return Err(Failure { code: 2, message: String::new() });
    }
    let folder = gather::whole(file).parent().map(Path::to_path_buf).unwrap_or_default();
    let mut settings = reading.settings;
    settings.choices = settings.choices.below(&gather::name(&folder));
    Ok(Agreed { path, folder, text, settings })
}

/// The nearest settings: in the folder itself, then above it up to the root of its repository, or, outside of one, up to the
/// folder that the program runs in.
fn nearest(looked_at: &Path) -> Option<PathBuf> {
    let whole = gather::whole(looked_at);
    let start = if whole.is_dir() { whole.as_path() } else { whole.parent()? };
    let here = std::env::current_dir().unwrap_or_default();
    let repository = start.ancestors().find(|folder| folder.join(".git").exists());
    let last = repository.unwrap_or(if start.starts_with(&here) { &here } else { start });
    for folder in start.ancestors().take_while(|folder| folder.starts_with(last)) {
        let there: Vec<PathBuf> = NAMES.iter().map(|name| folder.join(name)).filter(|file| file.is_file()).collect();
        if let [first, second, ..] = there.as_slice() {
            complain(&format!("{} counts; {} beside it is not read.", first.display(), second.display()));
        }
        if let Some(first) = there.into_iter().next() {
            return Some(first);
        }
        if let Some(near) = NEAR_NAMES.iter().map(|name| folder.join(name)).find(|file| file.is_file()) {
            complain(&format!("{} is not read. Name it lintel.yaml if it holds settings.", near.display()));
        }
    }
    None
}
