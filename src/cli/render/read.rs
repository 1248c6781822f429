//! What `lintel render` reads: a file or the standard input, in any format, with the files it refers to.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{
    cli::{Failure, check::gather},
    domain::{
        scene::svg::embed,
        syntax::{
            Sources,
            format::{Format, recognise::recognise},
        },
    },
};

/// Files beside the one that is read, folders within folders, and bytes of all of them.
const MOST: usize = 2000;
const DEEPEST: usize = 8;
const MOST_BYTES: usize = 8 * 1024 * 1024;

/// A text with what it is.
#[derive(Debug)]
pub struct Input {
    /// As people named it.
    pub shown: String,
    /// As other files name it.
    pub path: String,
    pub text: String,
    pub format: Format,
    pub sources: Sources,
    /// The view that a picture showed.
    pub view: Option<String>,
}

/// Reads the input and what it includes.
///
/// # Errors
/// A file that can't be read, or a text in no known format.
pub fn input(file: &Path) -> Result<Input, Failure> {
    let piped = file.as_os_str() == "-";
    let shown = if piped { "standard input".to_owned() } else { file.display().to_string() };
    let no_text = || Failure::input(format!("{shown} is neither UTF-8 nor UTF-16 text."));
    let text = if piped { gather::standard_input()? } else { gather::read(file)? }.ok_or_else(no_text)?;
    let mut input = Input {
        path: if piped { String::new() } else { gather::name(file) },
        shown,
        text,
        format: Format::Structurizr,
        sources: Sources::new(),
        view: None,
    };
    if let Some(found) = embed::read(&input.text) {
        // What the text included is not in the picture, but may still be there.
        input.path = beside(&input.path, &found.path);
        input.text = found.text;
        input.view = Some(found.view);
    }
    let name = Some(input.path.as_str()).filter(|path| !path.is_empty());
    let format = recognise(name, &input.text).or_else(|| recognise(None, &input.text));
    input.format = format.ok_or_else(|| {
        let names: Vec<&str> = Format::ALL.into_iter().map(Format::name).collect();
        Failure::input(format!("{}:1:1: this is in no format that Lintel reads. It reads {}.", input.shown, names.join(", ")))
    })?;
    if input.path.is_empty() {
        input.path = format!("input.{}", input.format.extensions().first().copied().unwrap_or("txt"));
    }
    match input.format {
        Format::Structurizr => gather::follow(&input.path, &input.text, &mut input.sources)?,
        Format::D2 | Format::LikeC4 if !piped => beside_it(file, &input.path, input.format, &mut input.sources),
        _ => {}
    }
    Ok(input)
}

/// The path of a file in the folder of another.
fn beside(path: &str, other: &str) -> String {
    let name = other.rsplit('/').next().unwrap_or(other);
    path.rsplit_once('/').map_or_else(|| name.to_owned(), |(folder, _)| format!("{folder}/{name}"))
}

/// Files of the same format in the folder and below it: what one text may refer to.
fn beside_it(file: &Path, own: &str, format: Format, sources: &mut Sources) {
    let absolute = std::path::absolute(file).unwrap_or_else(|_| file.to_path_buf());
    let Some(root) = absolute.parent() else { return };
    let mut folders: Vec<(PathBuf, usize)> = vec![(root.to_path_buf(), 0)];
    let (mut seen, mut left) = (0, MOST_BYTES);
    while let Some((folder, depth)) = folders.pop() {
        let Ok(entries) = fs::read_dir(folder) else { continue };
        for entry in entries.flatten() {
            seen += 1;
            if seen > MOST {
                return;
            }
            let (path, Ok(kind)) = (entry.path(), entry.file_type()) else { continue };
            let hidden = entry.file_name().to_string_lossy().starts_with('.') || entry.file_name() == "node_modules";
            if kind.is_symlink() || hidden {
                continue;
            }
            if kind.is_dir() {
                if depth < DEEPEST {
                    folders.push((path, depth + 1));
                }
                continue;
            }
            let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default().to_ascii_lowercase();
            let name = gather::name(&path);
            if !format.extensions().contains(&extension.as_str()) || name == own {
                continue;
            }
            let small = entry.metadata().is_ok_and(|metadata| metadata.len() <= left as u64);
            if let Some(text) = Some(()).filter(|()| small).and_then(|()| gather::read(&path).ok().flatten()) {
                left = left.saturating_sub(text.len());
                sources.insert(name, text);
            }
        }
    }
}
