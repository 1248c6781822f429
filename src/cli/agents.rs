//! `lintel agents`: agent files in the terminal, without a server.

use std::{
    collections::BTreeMap,
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

use clap::{Args, Subcommand};

use crate::{
    cli::{Failure, complain, say},
    domain::{
        agent::{definition, library},
        review::check::counted,
    },
};

/// Folders that hold no agents.
const SKIPPED: [&str; 4] = [".git", "node_modules", "target", "__MACOSX"];
/// More files than this are a mistake in the path.
const MOST: usize = 50_000;

#[derive(Debug, Args)]
pub struct Agents {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Read agent files, and say what is wrong with them and where
    Check(Check),
}

#[derive(Debug, Args)]
struct Check {
    /// Agent files, or folders that hold some (*.md)
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
}

/// What there is to say about agent files.
#[derive(Debug, Default)]
pub struct Checked {
    /// Every remark, by file and line; the tally at last.
    pub text: String,
    /// What was left out of folders, one sentence each.
    pub warnings: Vec<String>,
    pub refused: bool,
}

impl Agents {
    pub fn run(self) -> Result<(), Failure> {
        let Command::Check(Check { paths }) = self.command;
        let checked = check(&paths)?;
        for warning in &checked.warnings {
            complain(warning);
        }
        say(&checked.text);
        if checked.refused { Err(Failure::input("")) } else { Ok(()) }
    }
}

/// Reads the files and folders, and says what the loader says.
///
/// # Errors
/// A path that can't be read, or paths that hold no agent file.
pub fn check(paths: &[PathBuf]) -> Result<Checked, Failure> {
    let mut checked = Checked::default();
    let mut files = BTreeMap::new();
    for path in paths {
        let found = fs::metadata(path).map_err(|error| unreadable(path, &error))?;
        if found.is_dir() {
            walk(path, &mut files, &mut checked.warnings)?;
        } else {
            files.insert(path.clone(), read(path)?);
        }
    }
    if files.is_empty() {
        let names: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
        let help = "Name an agent's markdown file, or a folder that holds some.";
        return Err(Failure::input(format!("There is no agent file in {}. {help}", names.join(", "))));
    }
    let mut tally = library::Tally::default();
    for (path, bytes) in &files {
        let load = definition::load(&path.to_string_lossy(), bytes);
        tally.count(&load.outcome);
        for remark in &load.remarks {
            let _ = writeln!(checked.text, "{remark}\n");
        }
    }
    let _ = writeln!(checked.text, "{tally}");
    checked.refused = tally.refused > 0;
    Ok(checked)
}

fn walk(folder: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>, warnings: &mut Vec<String>) -> Result<(), Failure> {
    let mut entries = fs::read_dir(folder).and_then(Iterator::collect::<Result<Vec<_>, _>>).map_err(|error| unreadable(folder, &error))?;
    entries.sort_by_key(fs::DirEntry::file_name);
    let mut others = 0_usize;
    for entry in entries {
        let (path, kind) = (entry.path(), entry.file_type().map_err(|error| unreadable(folder, &error))?);
        if entry.file_name().to_str().is_some_and(|name| SKIPPED.contains(&name)) {
            continue;
        }
        // Links could lead in circles or out of the folder.
        if kind.is_symlink() {
            warnings.push(format!("{} is a link and was not followed; name it to have it checked", path.display()));
        } else if kind.is_dir() {
            walk(&path, files, warnings)?;
        } else if !path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("md")) {
            others += 1;
        } else {
            let bytes = read(&path)?;
            if !library::is_agent_file(&path.to_string_lossy(), &bytes) {
                warnings.push(format!("{} is a page about the folder and no agent; name it to have it checked", path.display()));
                continue;
            }
            if files.len() >= MOST {
                return Err(Failure::input(format!("{} holds more than {MOST} files. Name the folder of the agents.", folder.display())));
            }
            files.insert(path, bytes);
        }
    }
    if others > 0 {
        let files = counted(others, "file");
        warnings.push(format!(
            "{} holds {files} that {} not end in .md; name one to have it checked",
            folder.display(),
            if others == 1 { "does" } else { "do" }
        ));
    }
    Ok(())
}

/// A file's bytes; of one that is too large to be an agent, enough of them to be refused.
fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    use std::io::Read;
    let mut bytes = Vec::new();
    let most = definition::LARGEST as u64 + 1;
    fs::File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes)).map_err(|error| unreadable(path, &error))?;
    Ok(bytes)
}

fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::input(format!("{} can't be read: {error}.", path.display()))
}
