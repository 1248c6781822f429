//! What a folder of files means: which files become documents that people edit, and which are kept as they are.
//!
//! A project is a repository folder. Diagrams are the `*.dsl` files that hold a workspace; files that they include stay
//! files and are read from there. Mermaid files that hold a flowchart are diagrams, too. Decisions are the markdown files of a decision log. Everything else is carried along, byte
//! for byte.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::domain::{
    decision::log,
    syntax::{Sources, mermaid},
    text_file,
};

mod dsl;
mod folders;

use dsl::{Kind, Scan};

/// What becomes of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    Diagram,
    Decision,
    /// Carried along as it is.
    Kept,
}

/// A sorted folder.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sorted {
    /// Every file, by its path.
    pub parts: BTreeMap<String, Part>,
    /// What was not understood, one sentence each.
    pub warnings: Vec<String>,
}

impl Sorted {
    /// The paths of one part, in order.
    pub fn of(&self, part: Part) -> impl Iterator<Item = &str> {
        self.parts.iter().filter(move |(_, other)| **other == part).map(|(path, _)| path.as_str())
    }
}

/// Sorts the files of a folder; paths are relative to it and use `/`.
pub fn sort(files: &BTreeMap<String, Vec<u8>>) -> Sorted {
    let mut warnings = Vec::new();
    let mut texts: BTreeMap<&str, String> = BTreeMap::new();
    for (path, bytes) in files {
        if !(is_dsl(path) || is_mermaid(path) || folders::is_candidate(path) || folders::is_configuration(path)) {
            continue;
        }
        match text_file::read(bytes) {
            Some(text) => {
                texts.insert(path, text);
            }
            None if is_dsl(path) || is_mermaid(path) || folders::is_markdown(path) => {
                warnings
                    .push(format!("`{path}` is neither UTF-8 nor UTF-16 text, so it is kept as it is. Save it as UTF-8 to edit it here."));
            }
            None => {}
        }
    }
    let scans: BTreeMap<&str, Scan> = texts.iter().filter(|(path, _)| is_dsl(path)).map(|(path, text)| (*path, dsl::scan(text))).collect();
    let diagrams = diagrams(&scans, &mut warnings);
    let decisions = folders::decisions(&texts, &scans, &mut warnings);
    let is_flowchart = |path: &str| is_mermaid(path) && texts.get(path).is_some_and(|text| mermaid::looks_like(text));
    let part = |path: &str| {
        if diagrams.contains(path) || is_flowchart(path) {
            Part::Diagram
        } else if decisions.contains(path) {
            Part::Decision
        } else {
            Part::Kept
        }
    };
    Sorted { parts: files.keys().map(|path| (path.clone(), part(path))).collect(), warnings }
}

/// The texts that diagrams may read besides their own, by path: every `*.dsl` file, and whatever one of them includes.
pub fn sources(files: &BTreeMap<String, Vec<u8>>) -> Sources {
    let mut found = Sources::new();
    let mut waiting: Vec<&str> = files.keys().map(String::as_str).filter(|path| is_dsl(path)).collect();
    while let Some(path) = waiting.pop() {
        let Some(text) = files.get(path).filter(|_| !found.contains_key(path)).and_then(|bytes| text_file::read(bytes)) else { continue };
        for included in includes(path, &dsl::scan(&text)) {
            waiting.extend(files.keys().map(String::as_str).filter(|file| lies_in(file, &included) && !found.contains_key(*file)));
        }
        found.insert(path.to_owned(), text);
    }
    found
}

/// The folders that a configuration file of a tool for decisions names, as paths from where its own path begins.
pub fn log_folders(path: &str, text: &str) -> Vec<String> {
    folders::configured(path, text).iter().map(|folder| log::join(log::parent(path), folder)).collect()
}

/// Whether a file in a folder of decisions is one, and not their index, a template or something beside them.
pub fn is_decision(path: &str, text: &str) -> bool {
    folders::is_candidate(path) && !folders::is_skipped(path) && folders::is_record(path, text)
}

fn is_dsl(path: &str) -> bool {
    path.to_ascii_lowercase().ends_with(".dsl")
}

fn is_mermaid(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, extension)| matches!(extension.to_ascii_lowercase().as_str(), "mmd" | "mermaid"))
}

/// The files or folders that a diagram's text includes or extends, as paths from where its own path begins.
pub fn included(path: &str, text: &str) -> Vec<String> {
    includes(path, &dsl::scan(text))
}

/// The files or folders that a diagram includes or extends, as paths of the project.
fn includes(path: &str, scan: &Scan) -> Vec<String> {
    scan.includes.iter().filter(|target| !target.contains("://")).map(|target| log::join(log::parent(path), target)).collect()
}

/// Whether a file is that path or lies in that folder.
fn lies_in(file: &str, folder: &str) -> bool {
    folder.is_empty() || file.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn diagrams<'a>(scans: &BTreeMap<&'a str, Scan>, warnings: &mut Vec<String>) -> BTreeSet<&'a str> {
    let included: Vec<(&str, String)> =
        scans.iter().flat_map(|(path, scan)| includes(path, scan).into_iter().map(|target| (*path, target))).collect();
    let mut diagrams = BTreeSet::new();
    for (path, scan) in scans {
        let is_included = included.iter().any(|(by, target)| by != path && lies_in(path, target));
        match scan.kind {
            Kind::Workspace => {
                diagrams.insert(*path);
            }
            Kind::Model if !is_included => {
                diagrams.insert(*path);
            }
            Kind::Model | Kind::Fragment if is_included => {}
            _ => warnings.push(format!("`{path}` holds no workspace and no other file includes it, so it is kept as it is.")),
        }
    }
    diagrams
}

#[cfg(test)]
mod tests;
