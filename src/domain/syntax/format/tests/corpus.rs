//! Real files: each is recognised as its own format and as no other, and every view of real workspaces goes out as Mermaid and
//! comes back.

use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::*;
use crate::domain::{
    layout::{End, FrameKey},
    model::{
        Level,
        view::{self, View},
    },
    scene::{self, Scene},
    syntax::format::{
        convert::to_structurizr,
        recognise::recognise,
        target::{Target, export},
    },
};

fn corpus() -> Option<PathBuf> {
    let found = std::env::var("LINTEL_CORPUS").ok().map(PathBuf::from);
    if found.is_none() {
        println!("skipped: LINTEL_CORPUS is not set");
    }
    found
}

/// Path from `folder`, with `/`, and text of every file in it.
fn files(root: &Path, folder: &Path, found: &mut Sources) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            files(root, &path, found);
        } else if let Ok(text) = std::fs::read_to_string(&path) {
            found.insert(path.strip_prefix(root).unwrap().to_string_lossy().into_owned(), text);
        }
    }
}

fn own(path: &str) -> Option<Format> {
    let (_, extension) = path.rsplit_once('.').unwrap_or(("", ""));
    match extension {
        "dsl" => Some(Format::Structurizr),
        "d2" => Some(Format::D2),
        "c4" => Some(Format::LikeC4),
        "mmd" if path.contains("/c4/") => Some(Format::MermaidC4),
        "mmd" => Some(Format::Mermaid),
        _ => None,
    }
}

#[test]
fn real_files_are_recognised_as_what_they_are() {
    let Some(root) = corpus() else { return };
    let mut all = Sources::new();
    files(&root, &root, &mut all);
    assert!(all.len() > 200, "{}", all.len());
    let mut by_text: BTreeMap<Option<Format>, (usize, usize)> = BTreeMap::new();
    for (path, text) in &all {
        let own = own(path);
        assert_eq!(recognise(Some(path), text), own, "{path}");
        // Without a name, a text may be too little to tell, but is never taken for something else.
        let found = recognise(None, text);
        assert!(found == own || found.is_none(), "{path} is taken for {found:?}");
        let counts = by_text.entry(own).or_default();
        counts.0 += usize::from(found == own);
        counts.1 += 1;
        if found != own {
            println!("not told by its text: {path}");
        }
    }
    for (format, (told, of)) in by_text {
        println!("{format:?}: {told} of {of} by text alone");
        assert!(told * 10 >= of * 9, "{format:?}");
    }
}

#[test]
fn real_files_become_workspaces_that_are_read_without_errors() {
    let Some(root) = corpus() else { return };
    let mut all = Sources::new();
    files(&root, &root, &mut all);
    let mut counts: BTreeMap<Format, (usize, usize, usize)> = BTreeMap::new();
    for (path, text) in &all {
        let Some(format) = own(path).filter(|format| *format != Format::Structurizr) else { continue };
        let converted = to_structurizr(format, path, text, &all);
        let parsed = structurizr::parse("workspace.dsl", &converted.text, &Sources::new());
        let errors: Vec<_> = parsed.diagnostics.iter().filter(|found| found.level == Severity::Error).collect();
        assert!(errors.is_empty(), "{path} {errors:?}\n{}", converted.text);
        assert_eq!(parsed.model.elements.len(), converted.fidelity.elements, "{path}");
        let count = counts.entry(format).or_default();
        count.0 += 1;
        count.1 += converted.fidelity.elements;
        count.2 += converted.fidelity.relations;
    }
    println!("files, elements, relations: {counts:?}");
    assert!(counts.len() >= 4, "{counts:?}");
}

type Gist = (Vec<(String, Option<String>, Vec<String>)>, Vec<Vec<String>>, Vec<(String, String, String, String)>);

/// What a picture says: boxes with technology and frames around them, frames with those around them, and relations by the
/// names of their ends with their words.
fn gist(model: &Model, scene: &Scene) -> Gist {
    let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let around = |frame: Option<&FrameKey>| -> Vec<String> {
        let mut names = Vec::new();
        let mut next = frame;
        while let Some(boundary) = next.and_then(|key| scene.boundaries.iter().find(|boundary| boundary.key == *key)) {
            names.push(flat(&boundary.name));
            next = boundary.parent.as_ref();
        }
        names
    };
    let technology = |key: &ElementKey| {
        let element = &model.elements[key];
        // An instance has the technology of what it is an instance of.
        element.technology.as_deref().map(flat).filter(|text| !text.is_empty())
    };
    let mut boxes: Vec<_> =
        scene.shapes.iter().map(|shape| (flat(&shape.name), technology(&shape.key), around(shape.boundary.as_ref()))).collect();
    boxes.sort();
    let mut frames: Vec<_> = scene.boundaries.iter().map(|boundary| around(Some(&boundary.key))).collect();
    frames.sort();
    let name = |end: &End| match end {
        End::Node(key) => scene.shapes.iter().find(|shape| shape.key == *key).map_or("?".to_owned(), |shape| flat(&shape.name)),
        End::Frame(key) => scene.boundaries.iter().find(|own| own.key == *key).map_or("?".to_owned(), |own| flat(&own.name)),
    };
    let mut relations: Vec<_> = scene
        .connectors
        .iter()
        .map(|connector| {
            let relation = &model.relations[&connector.relation];
            let text = |text: &Option<String>| text.as_deref().map(flat).unwrap_or_default();
            // A step says its number and its own words.
            if connector.words.chars().next().is_some_and(|first| first.is_ascii_digit())
                && relation.description.as_deref() != Some(connector.words.as_str())
            {
                return (name(&connector.source), name(&connector.target), flat(&connector.words), String::new());
            }
            (name(&connector.source), name(&connector.target), text(&relation.description), text(&relation.technology))
        })
        .collect();
    relations.sort();
    (boxes, frames, relations)
}

fn everything(model: &Model) -> &View {
    model.views.first().unwrap()
}

#[test]
fn every_view_of_the_examples_survives_mermaid() {
    let Some(root) = corpus() else { return };
    let root = root.join("structurizr");
    let mut all = Sources::new();
    files(&root, &root, &mut all);
    let (mut views, mut parts) = (0, 0);
    for (path, text) in all.iter().filter(|(path, _)| path.starts_with("examples/") && own(path).is_some()) {
        let model = structurizr::parse(path, text, &all).model;
        for view in model.views.iter().filter(|view| !view.elements.is_empty()) {
            let written = export(Target::Mermaid, &model, Some(view));
            let there = gist(&model, &scene::compose(&model, view, None));
            let back = to_structurizr(Format::Mermaid, "view.mmd", &written.text, &Sources::new());
            assert_eq!(back.diagnostics, [], "{path} {}", view.key);
            let parsed = structurizr::parse("workspace.dsl", &back.text, &Sources::new());
            let found = gist(&parsed.model, &scene::compose(&parsed.model, everything(&parsed.model), None));
            for (one, other) in [(&found.2, &there.2), (&there.2, &found.2)] {
                for line in one.iter().filter(|line| !other.contains(line)) {
                    println!("{path} {} {line:?}", view.key);
                }
            }
            for (one, other) in [(&found.0, &there.0), (&there.0, &found.0)] {
                for line in one.iter().filter(|line| !other.contains(line)) {
                    println!("{path} {} {line:?}", view.key);
                }
            }
            let say = || format!("{path} {}\n{}\n{}", view.key, written.text, back.text);
            assert_eq!(found.0, there.0, "{}", say());
            assert_eq!(found.1, there.1, "{}", say());
            assert_eq!(found.2, there.2, "{}", say());
            // Relations of frames are shown only by a text without views, which has no direction.
            let lost = back.fidelity.lost.iter().filter(|remark| remark.what != "Direction of a view that is not written down");
            assert_eq!(lost.count(), 0, "{:?} {}", back.fidelity.lost, say());
            views += 1;
            parts += there.0.len() + there.1.len() + there.2.len();
        }
    }
    println!("{views} views, {parts} boxes, frames and relations");
    assert!(views >= 20, "{views}");
}

#[test]
fn valid_workspaces_are_read_without_loss_and_written_without_a_loss_unsaid() {
    let Some(root) = corpus() else { return };
    let root = root.join("structurizr");
    let mut all = Sources::new();
    files(&root, &root, &mut all);
    let (mut whole, mut broken) = (0, 0);
    for (path, text) in all.iter().filter(|(path, _)| own(path) == Some(Format::Structurizr)) {
        let read = import(Format::Structurizr, path, text, &all);
        let errors = read.diagnostics.iter().filter(|found| found.level == Severity::Error).count();
        assert_eq!(read.fidelity.lost.iter().map(|remark| remark.count).sum::<usize>(), errors, "{path} {:?}", read.fidelity);
        assert_eq!(read.fidelity.elements, read.model.elements.len(), "{path}");
        if errors > 0 {
            broken += 1;
            continue;
        }
        whole += 1;
        let written = export(Target::Structurizr, &read.model, None);
        let again = import(Format::Structurizr, "workspace.dsl", &written.text, &Sources::new());
        assert_eq!(again.fidelity.lost, [], "{path}\n{}", written.text);
        let counts = |fidelity: &Fidelity| (fidelity.elements, fidelity.relations, fidelity.boundaries, fidelity.views);
        assert_eq!(counts(&written.fidelity), counts(&again.fidelity), "{path}\n{}", written.text);
        for remark in written.fidelity.lost.iter().chain(&written.fidelity.kept) {
            println!("{path}: {} ({} times)", remark.what, remark.count);
        }
    }
    println!("{whole} whole, {broken} broken");
    assert!(whole >= 35 && broken >= 5, "{whole} {broken}");
}

/// Why a whole model does not survive Mermaid: what runs nowhere keeps its names, technology, frames and relations.
fn lost_in_mermaid(model: &Model) -> Option<String> {
    let fixed = |key: &ElementKey| {
        let level = model.elements.get(key).map(|element| element.level);
        matches!(level, Some(Level::Person | Level::System | Level::Container | Level::Component | Level::Custom))
    };
    let stated = model.relations.values().filter(|relation| relation.implied_by.is_none());
    let all = View {
        elements: model.elements.keys().filter(|key| fixed(key)).cloned().collect(),
        relations: stated
            .filter(|relation| fixed(&relation.source) && fixed(&relation.target))
            .map(|relation| relation.key.clone())
            .collect(),
        ..view::everything(model)
    };
    if all.elements.is_empty() {
        return None;
    }
    let there = gist(model, &scene::compose(model, &all, None));
    let written = export(Target::Mermaid, model, None);
    let back = to_structurizr(Format::Mermaid, "all.mmd", &written.text, &Sources::new());
    let parsed = structurizr::parse("workspace.dsl", &back.text, &Sources::new());
    let found = gist(&parsed.model, &scene::compose(&parsed.model, everything(&parsed.model), None));
    let counts = (written.fidelity.elements + written.fidelity.boundaries, written.fidelity.relations);
    let said = counts == (there.0.len() + there.1.len(), there.2.len());
    (found != there || !said || !back.diagnostics.is_empty())
        .then(|| format!("{there:?}\n{found:?}\n{counts:?} {:?}\n{}\n{}", back.diagnostics, written.text, back.text))
}

#[test]
fn whole_workspaces_survive_mermaid() {
    let Some(root) = corpus() else { return };
    let root = root.join("structurizr");
    let mut all = Sources::new();
    files(&root, &root, &mut all);
    let mut count = 0;
    for (path, text) in all.iter().filter(|(path, _)| own(path) == Some(Format::Structurizr)) {
        let model = structurizr::parse(path, text, &all).model;
        assert_eq!(lost_in_mermaid(&model), None, "{path}");
        count += 1;
    }
    println!("{count} workspaces");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn generated_workspaces_survive_mermaid(bytes in proptest::collection::vec(any::<u8>(), 40..160)) {
        let text = structurizr::edit::tests::generate::workspace(&bytes, false);
        let model = structurizr::parse("w.dsl", &text, &Sources::new()).model;
        let lost = lost_in_mermaid(&model);
        prop_assert!(lost.is_none(), "{}\n{}", lost.unwrap_or_default(), text);
    }
}
