//! Diagrams of other tools in an import: each gets a diagram in our language beside it, and stays as it is itself, so that an
//! export gives back the very bytes. What could not be carried over is said.
//!
//! A file is converted once. When it arrives again, changed, the diagram that people may have edited since is left alone.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    domain::{
        diagnostic::Level,
        project::Project,
        repository_path,
        scene::pins::{self, AllPins},
        syntax::{
            Sources,
            format::{
                Format,
                convert::{Converted, to_structurizr},
                recognise::recognise,
            },
        },
        text_file,
    },
    server::{boot::AppState, error::ServiceError, service::documents::MAX_TEXT},
};

/// Files converted in one import.
const MOST: usize = 200;
/// Bytes that are worth reading.
const LARGEST: usize = 8 * 1024 * 1024;
/// Remarks about one file; the rest is counted.
const MOST_REMARKS: usize = 12;

/// What was converted.
#[derive(Debug, Default)]
pub(super) struct Foreign {
    /// New diagrams by path.
    pub diagrams: BTreeMap<String, Conversion>,
    pub warnings: Vec<String>,
}

#[derive(Debug)]
pub(super) struct Conversion {
    pub text: String,
    pub pins: AllPins,
}

/// Converts the foreign diagrams among kept files that have no diagram beside them yet.
pub(super) async fn new(
    app: &AppState,
    project: &Project,
    kept: &BTreeMap<String, Vec<u8>>,
    exists: impl Fn(&str) -> bool,
    arrives: impl Fn(&str) -> bool,
) -> Result<Foreign, ServiceError> {
    let candidates: BTreeMap<String, Vec<u8>> =
        kept.iter().filter(|(path, _)| may_be(path)).map(|(path, bytes)| (path.clone(), bytes.clone())).collect();
    if candidates.is_empty() {
        return Ok(Foreign::default());
    }
    let mut warnings = Vec::new();
    let mut taken: BTreeSet<String> = kept.keys().filter(|path| path.to_lowercase().ends_with(".dsl")).cloned().collect();
    // What has a diagram beside it in the import was made by or for that diagram.
    taken.extend(candidates.keys().map(|path| beside(path)).filter(|target| arrives(target)));
    let there: Vec<&String> = candidates.keys().filter(|path| exists(&beside(path)) && !arrives(&beside(path))).collect();
    if !there.is_empty() {
        let largest = u32::try_from(LARGEST).unwrap_or(u32::MAX);
        let before = app.store.small_kept_files(project.id, largest).await?;
        for path in there {
            let target = beside(path);
            if before.get(path).is_some_and(|bytes| Some(bytes) != candidates.get(path)) {
                warnings.push(format!(
                    "`{path}` has changed, and `{target}` was left as it is. Delete that diagram and import again to convert it anew."
                ));
            }
            taken.insert(target);
        }
    }
    let mut foreign = app.jobs.heavy(move || convert(&candidates, &taken)).await?;
    foreign.warnings.splice(0..0, warnings);
    Ok(foreign)
}

/// Whether the name is worth a look at the text.
fn may_be(path: &str) -> bool {
    let name = repository_path::file_name(path).to_lowercase();
    let Some((stem, extension)) = name.rsplit_once('.') else { return false };
    let known =
        Format::ALL.into_iter().filter(|format| *format != Format::Structurizr).any(|format| format.extensions().contains(&extension));
    known && !stem.is_empty() && !matches!(name.as_str(), "package.json" | "package-lock.json" | "tsconfig.json")
}

/// The path of the diagram that stands for a file.
fn beside(path: &str) -> String {
    let end = path.rfind('.').filter(|at| path.get(*at..).is_some_and(|rest| !rest.contains('/'))).unwrap_or(path.len());
    format!("{}.dsl", path.get(..end).unwrap_or(path))
}

fn convert(files: &BTreeMap<String, Vec<u8>>, taken: &BTreeSet<String>) -> Foreign {
    let mut foreign = Foreign::default();
    let texts = files.iter().filter(|(_, bytes)| bytes.len() <= LARGEST);
    let sources: Sources = texts.filter_map(|(path, bytes)| Some((path.clone(), text_file::read(bytes)?))).collect();
    let parts = parts(&sources);
    let mut done = 0;
    for (path, text) in &sources {
        let Some(format) = recognise(Some(path), text) else { continue };
        // Flowcharts are diagrams themselves.
        if format.language().is_some() || parts.contains(path.as_str()) {
            continue;
        }
        let target = beside(path);
        if taken.contains(&target) || foreign.diagrams.contains_key(&target) {
            continue;
        }
        if done >= MOST {
            foreign.warnings.push(format!("More than {MOST} files are diagrams of other tools; the rest is kept as it is."));
            break;
        }
        let converted = to_structurizr(format, path, text, &sources);
        // A drawing of characters without lines is a table more often than not.
        let is_diagram = converted.fidelity.elements > 0 && (!path.to_lowercase().ends_with(".txt") || converted.fidelity.relations > 0);
        if !is_diagram {
            continue;
        }
        done += 1;
        if converted.text.len() > MAX_TEXT || repository_path::problem(&target).is_some() {
            foreign.warnings.push(format!("`{path}` is kept as it is: as a diagram it would be larger than 1 MiB."));
            continue;
        }
        foreign.warnings.extend(said(path, &target, format, text, &converted));
        foreign.diagrams.insert(target, Conversion { pins: pins::named(&converted.positions), text: converted.text });
    }
    foreign
}

/// Files that another one reads: they are no diagrams of their own.
fn parts(sources: &Sources) -> BTreeSet<&str> {
    let folder = |path: &str| path.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
    let is = |path: &str, format: Format| {
        let lower = path.to_lowercase();
        lower.rsplit_once('.').is_some_and(|(_, extension)| format.extensions().contains(&extension))
    };
    let mut parts = BTreeSet::new();
    // All LikeC4 files of a folder, and those below it, are one model: the first, highest one stands for them.
    let mut models: Vec<&String> = sources.keys().filter(|path| is(path, Format::LikeC4)).collect();
    models.sort_by_key(|path| (path.matches('/').count(), *path));
    let mut roots: Vec<String> = Vec::new();
    for path in models {
        if roots.iter().any(|root| path.starts_with(root)) {
            parts.insert(path.as_str());
        } else {
            roots.push(folder(path));
        }
    }
    let mut named: BTreeSet<String> = BTreeSet::new();
    for (path, text) in sources {
        if is(path, Format::D2) {
            let ends = |c: char| c.is_whitespace() || matches!(c, ';' | '}' | '{' | '"' | '\'' | ')');
            for target in text.split('@').skip(1).filter_map(|rest| rest.trim_start_matches(['"', '\'']).split(ends).next()) {
                let place = joined(&folder(path), target);
                named.insert(format!("{place}.d2"));
                named.insert(place);
            }
        }
        if is(path, Format::C4PlantUml) {
            let included = text.lines().filter_map(|line| line.trim().strip_prefix("!include"));
            for target in included.filter_map(|rest| rest.split_whitespace().last()) {
                named.insert(joined(&folder(path), target.trim_matches(['<', '>', '"'])));
            }
        }
    }
    parts.extend(sources.keys().map(String::as_str).filter(|path| named.contains(*path)));
    parts
}

/// A path as seen from a folder.
fn joined(folder: &str, target: &str) -> String {
    let mut names: Vec<&str> = folder.split('/').filter(|name| !name.is_empty()).collect();
    for name in target.split('/') {
        match name {
            "" | "." => {}
            ".." => {
                names.pop();
            }
            name => names.push(name),
        }
    }
    names.join("/")
}

/// What became of a file, and what could not be carried over.
fn said(path: &str, target: &str, format: Format, text: &str, converted: &Converted) -> Vec<String> {
    let mut said = vec![format!("`{path}` ({}) is kept as it is, and was converted to the diagram `{target}`.", format.name())];
    let broken = converted.diagnostics.iter().filter(|diagnostic| diagnostic.level == Level::Error).count();
    let remarks = converted.fidelity.report(text);
    said.extend(remarks.iter().take(MOST_REMARKS).map(|remark| format!("`{path}`: {remark}.")));
    if remarks.len() > MOST_REMARKS {
        said.push(format!("`{path}`: {} more remarks.", remarks.len() - MOST_REMARKS));
    }
    if broken > 0 {
        let places = if broken == 1 { "1 place" } else { "some places" };
        said.push(format!("`{path}` was not understood in {places}; those are left out of the diagram."));
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn diagrams_stand_beside_their_files() {
        assert_eq!(beside("docs/shop.d2"), "docs/shop.dsl");
        assert_eq!(beside("a.b/shop"), "a.b/shop.dsl");
        assert_eq!(joined("docs/a/", "../b/./c"), "docs/b/c");
    }

    #[test]
    fn what_others_read_is_no_diagram_of_its_own() {
        let text = |text: &str| text.to_owned();
        let sources = Sources::from([
            ("a/index.d2".to_owned(), text("x: @parts/one\ny: @\"two.d2\"\n")),
            ("a/parts/one.d2".to_owned(), text("a -> b\n")),
            ("a/two.d2".to_owned(), text("a -> b\n")),
            ("a/three.d2".to_owned(), text("a -> b\n")),
            ("m/model.c4".to_owned(), text("")),
            ("m/views.c4".to_owned(), text("")),
            ("m/x/more.c4".to_owned(), text("")),
            ("n/other.c4".to_owned(), text("")),
            ("p/main.puml".to_owned(), text("@startuml\n!include parts.puml\n@enduml\n")),
            ("p/parts.puml".to_owned(), text("")),
        ]);
        let found: Vec<&str> = parts(&sources).into_iter().collect();
        assert_eq!(found, ["a/parts/one.d2", "a/two.d2", "m/views.c4", "m/x/more.c4", "p/parts.puml"]);
    }

    #[test]
    fn only_what_is_a_diagram_is_converted() {
        let files = BTreeMap::from([
            ("shop.d2".to_owned(), b"user -> shop: Orders\nshop -> db\n".to_vec()),
            ("package.json".to_owned(), b"{\"name\": \"x\"}".to_vec()),
            ("notes.txt".to_owned(), b"Nothing to see.\n".to_vec()),
            ("broken.d2".to_owned(), vec![0xff, 0xfe, 0x00]),
            ("taken.d2".to_owned(), b"a -> b\n".to_vec()),
        ]);
        let foreign = convert(&files, &BTreeSet::from(["taken.dsl".to_owned()]));
        assert_eq!(foreign.diagrams.keys().collect::<Vec<_>>(), ["shop.dsl"]);
        assert!(foreign.diagrams["shop.dsl"].text.starts_with("workspace"));
        assert!(foreign.warnings[0].contains("`shop.d2` (D2) is kept as it is"), "{:?}", foreign.warnings);
    }
}
