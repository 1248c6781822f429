//! Finds a repository's decision logs.
//!
//! What the repository says wins: `.adr-dir`, `.log4brains.yml`, and the folders that a workspace names with `!adrs`. Beside
//! those, and only where no such file speaks for the folder, the usual places count. If there is no log at all, single files
//! that look like records in name and content do.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{
    bundle::{dsl::Scan, lies_in},
    decision::{self, log, template::Template},
};

/// Whether a file can be a record by its name: markdown, or a number and no ending.
pub(super) fn is_candidate(path: &str) -> bool {
    is_markdown(path) || (!name(path).contains('.') && log::number_of(path).is_some())
}

pub(super) fn is_markdown(path: &str) -> bool {
    let name = name(path).to_ascii_lowercase();
    [".md", ".markdown"].iter().any(|ending| name.len() > ending.len() && name.ends_with(ending))
}

/// Whether a file says where the log is.
pub(super) fn is_configuration(path: &str) -> bool {
    matches!(name(path), ".adr-dir" | ".log4brains.yml" | ".log4brains.yaml")
}

fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// A folder that the repository itself calls a decision log.
struct Named<'a> {
    folder: String,
    by: &'a str,
}

pub(super) fn decisions<'a>(
    texts: &BTreeMap<&'a str, String>,
    scans: &BTreeMap<&'a str, Scan>,
    warnings: &mut Vec<String>,
) -> BTreeSet<&'a str> {
    let mut named: Vec<Named<'a>> = Vec::new();
    // The folders that a configuration speaks for.
    let mut settled: Vec<&str> = Vec::new();
    for (path, text) in texts.iter().filter(|(path, _)| is_configuration(path)) {
        let before = named.len();
        named.extend(configured(path, text).into_iter().map(|folder| Named { folder: log::join(log::parent(path), &folder), by: path }));
        if named.len() > before {
            settled.push(log::parent(path));
        }
    }
    for (path, scan) in scans {
        let targets = scan.decisions.iter().filter(|target| !target.contains("://"));
        named.extend(targets.map(|target| Named { folder: log::join(log::parent(path), target), by: path }));
    }
    let candidates = || texts.iter().filter(|(path, _)| is_candidate(path) && !is_skipped(path));
    let is_named = |path: &str| named.iter().any(|log| lies_in(path, &log.folder));
    let is_usual = |path: &str| {
        !settled.iter().any(|folder| lies_in(path, folder)) && ancestors(path).any(|folder| log::folder_rank(folder).is_some())
    };
    let mut found: BTreeSet<&str> =
        candidates().filter(|(path, text)| (is_named(path) || is_usual(path)) && is_record(path, text)).map(|(path, _)| *path).collect();
    for log in &named {
        if !found.iter().any(|path| lies_in(path, &log.folder)) {
            warnings.push(format!("`{}` names `{}` as a folder of decision records, and there are none in it.", log.by, log.folder));
        }
    }
    if found.is_empty() && named.is_empty() {
        found = candidates()
            .filter(|(path, text)| has_record_name(path) && decision::parse(path, text).template != Template::Other)
            .map(|(path, _)| *path)
            .collect();
    }
    found
}

/// The folders that a configuration file names, relative to its own.
pub(super) fn configured(path: &str, text: &str) -> Vec<String> {
    if name(path) == ".adr-dir" {
        return text.lines().map(str::trim).find(|line| !line.is_empty()).map(str::to_owned).into_iter().collect();
    }
    let values = text.lines().filter_map(|line| line.trim_start_matches([' ', '-']).strip_prefix("adrFolder:"));
    let plain = values.map(|value| value.split(" #").next().unwrap_or("").trim().trim_matches(['"', '\'']).to_owned());
    plain.filter(|value| !value.is_empty()).collect()
}

fn ancestors(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').filter_map(|(at, _)| path.get(..at))
}

/// Files that stand in every log and are no records.
pub(super) fn is_skipped(path: &str) -> bool {
    let stem = log::stem(path).to_lowercase();
    if matches!(stem.as_str(), "readme" | "index")
        || ancestors(path).any(|folder| matches!(name(folder), "template" | "templates" | "_templates"))
    {
        return true;
    }
    let is_template = |text: &str| text.split(|c: char| !c.is_alphanumeric()).any(|word| word == "template");
    match log::number_of(path) {
        Some(0) => matches!(log::slug_of(path).to_lowercase().as_str(), "template" | "adr-template"),
        Some(_) => false,
        // A record may well be about templates, if it has a date.
        None => log::date_prefix(&stem).is_none() && is_template(&stem),
    }
}

fn has_record_name(path: &str) -> bool {
    log::number_of(path).is_some() || log::date_prefix(log::stem(path)).is_some()
}

/// Whether a file in a log's folder is a record, by its name or by what it says.
pub(super) fn is_record(path: &str, text: &str) -> bool {
    if has_record_name(path) {
        return true;
    }
    let record = decision::parse(path, text);
    record.template != Template::Other || record.known_status().is_some()
}
