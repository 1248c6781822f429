//! Models for the tests of both languages, made at random with hostile texts, and the comparison of a model with what a
//! reader makes of its export.

use std::{collections::BTreeMap, path::Path};

use proptest::prelude::*;

use crate::domain::{
    diagnostic::Level as Severity,
    model::{
        Element, ElementKey, Group, GroupKey, Inferred, Level, Model, Relation, RelationKey,
        facts::Facts,
        kind::{Kind, Mode},
        view::{Direction, Step, View, ViewKind},
    },
    scene::{tests::element, text::clean},
    syntax::{
        Sources,
        c4::outline::{Figure, Outline, Variant, What, kind_to_state, meant, outline},
        format::Imported,
        structurizr,
    },
};

/// Texts that try to leave their place.
pub(crate) const HOSTILE: [&str; 28] = [
    "Orders",
    "Order service, v2 (beta)",
    "a \"quoted\" name",
    "x\")\nSystem(evil, \"Evil\")",
    "!include /etc/passwd",
    "$x $tags=\"y\"",
    "%chr(34) %date() 100%",
    "@enduml",
    "' comment",
    "/' comment",
    "}\n@enduml\n@startuml",
    "C:\\new\\table\\",
    "<b>bold</b> <script>alert(1)</script>",
    "#quot; #35; &quot; &#34;",
    "%%{init: {\"theme\": \"dark\"}}%%",
    "%% comment",
    "direction TB",
    "click style a:#b;c classDef d:#e;",
    "[[http://x.y/z]] {{x}} ~~y~~",
    "**b** __u__ --s-- //i//",
    "Index() None() $bl()",
    "naïve 日本語 🚀",
    "end",
    "title x",
    "`code` 'single' \"",
    "---\ntitle: x\n---",
    "a\u{202e}b\tc\r\nd",
    "C4Context",
];

fn words() -> impl Strategy<Value = String> {
    prop_oneof![prop::sample::select(HOSTILE.to_vec()).prop_map(str::to_owned), "[a-zA-Z0-9 ,()]{1,12}", "\\PC{1,10}"]
        .prop_filter("has a letter", |text| clean(text).chars().any(char::is_alphanumeric))
}

fn maybe() -> impl Strategy<Value = Option<String>> {
    prop::option::of(words())
}

type Seed = (u8, usize, String, Option<String>, Option<String>, usize, bool);
type Edge = (usize, usize, Option<String>, Option<String>, u8);

/// A model with one view that shows all of it.
pub(crate) fn models() -> impl Strategy<Value = Model> {
    let seed = (0_u8..9, 0_usize..40, words(), maybe(), maybe(), 0_usize..Kind::ALL.len(), any::<bool>());
    let edge = (0_usize..40, 0_usize..40, maybe(), maybe(), 0_u8..6);
    let seeds = prop::collection::vec(seed, 1..20);
    let edges = prop::collection::vec(edge, 0..16);
    (seeds, edges, any::<bool>(), words()).prop_map(|(seeds, edges, dynamic, title)| build(seeds, edges, dynamic, &title))
}

fn build(seeds: Vec<Seed>, edges: Vec<Edge>, dynamic: bool, title: &str) -> Model {
    let mut model = Model::default();
    for (number, (what, place, name, technology, description, kind, flag)) in seeds.into_iter().enumerate() {
        let of = |model: &Model, levels: &[Level]| -> Option<ElementKey> {
            let all: Vec<&ElementKey> =
                model.elements.values().filter(|element| levels.contains(&element.level)).map(|element| &element.key).collect();
            (!all.is_empty()).then(|| all[place % all.len()].clone())
        };
        if what == 8 {
            let owner = of(&model, &[Level::System, Level::Container]).filter(|_| flag);
            let base = owner.as_ref().map_or_else(String::new, |owner| format!("{owner}/"));
            let key = GroupKey(format!("{base}g{number}"));
            let parent = model.groups.values().rfind(|group| group.owner == owner).map(|group| group.key.clone());
            let (properties, facts, span) = (BTreeMap::new(), Facts::default(), crate::domain::diagnostic::Span::default());
            let parent = parent.filter(|_| place % 2 == 0);
            model.groups.insert(key.clone(), Group { key, name, parent, owner, properties, facts, span, file: None });
            continue;
        }
        let (level, parent) = match what {
            0 => (Level::Person, None),
            1 | 2 => (Level::System, None),
            3 | 4 => (Level::Container, of(&model, &[Level::System])),
            5 => (Level::Component, of(&model, &[Level::Container])),
            6 => (Level::DeploymentNode, of(&model, &[Level::DeploymentNode]).filter(|_| flag)),
            _ => (Level::Custom, None),
        };
        // An element stands after what is around it, and components only in containers.
        if (what == 5 || what == 3) && parent.is_none() {
            continue;
        }
        let own = format!("e{number}");
        let key = parent.as_ref().map_or_else(|| own.clone(), |parent| format!("{parent}.{own}"));
        let groups: Vec<&GroupKey> = model.groups.values().filter(|group| group.owner == parent).map(|group| &group.key).collect();
        let group = (!groups.is_empty() && place % 3 != 0).then(|| groups[place % groups.len()].0.clone());
        let kind = match level {
            Level::Person => Kind::Person,
            Level::DeploymentNode => Kind::Node,
            _ => Some(Kind::ALL[kind]).filter(|kind| !matches!(kind, Kind::Person | Kind::Node)).unwrap_or(Kind::Service),
        };
        let around = parent.map_or_else(String::new, |parent| parent.0);
        let mut made = element(&key, &name, technology.as_deref().unwrap_or(""), kind, level, &around, group.as_deref().unwrap_or(""));
        made.description = description;
        if flag {
            made.tags = vec![name.clone(), "Shared".to_owned()];
        }
        model.elements.insert(made.key.clone(), made);
    }
    let keys: Vec<ElementKey> = model.elements.keys().cloned().collect();
    for (source, target, description, technology, mode) in edges {
        let (Some(source), Some(target)) = (keys.get(source % keys.len().max(1)), keys.get(target % keys.len().max(1))) else { continue };
        let modes = [Mode::Sync, Mode::Sync, Mode::AsyncPub, Mode::AsyncSub, Mode::Stream, Mode::File];
        let mut number = 1;
        let mut key = RelationKey(format!("{source}->{target}"));
        while model.relations.contains_key(&key) {
            number += 1;
            key = RelationKey(format!("{source}->{target}#{number}"));
        }
        model.relations.insert(
            key.clone(),
            Relation {
                key,
                source: source.clone(),
                target: target.clone(),
                description,
                technology,
                mode: Inferred { value: modes[usize::from(mode)], reason: String::new(), stated: true },
                tags: Vec::new(),
                properties: BTreeMap::new(),
                facts: Facts::default(),
                url: None,
                perspectives: Vec::new(),
                implied_by: None,
                span: crate::domain::diagnostic::Span::default(),
                file: None,
            },
        );
    }
    let relations: Vec<RelationKey> = model.relations.keys().cloned().collect();
    let step = |(number, relation): (usize, &RelationKey)| Step {
        order: if number % 4 == 3 { format!("{number}.1") } else { (number + 1).to_string() },
        relation: relation.clone(),
        description: (number % 2 == 0).then(|| format!("step ({number})")),
        response: number % 5 == 4,
    };
    model.views.push(View {
        title: Some(title.to_owned()),
        elements: keys,
        steps: if dynamic { relations.iter().enumerate().map(step).collect() } else { Vec::new() },
        relations,
        direction: Direction::LeftRight,
        ..View::new("all", if dynamic { ViewKind::Dynamic } else { ViewKind::Custom }, crate::domain::diagnostic::Span::default())
    });
    model
}

/// What is around an element or group, from the outside in: names of groups, identifiers of elements.
fn path_in(model: &Model, element: &Element) -> Vec<String> {
    let mut path = Vec::new();
    let mut groups = element.group.clone();
    let mut next = Some(element);
    while let Some(element) = next {
        while let Some(group) = groups.and_then(|key| model.groups.get(&key)) {
            path.push(format!("group {}", group.name));
            groups = group.parent.clone();
        }
        let parent = element.parent.as_ref().and_then(|key| model.elements.get(key));
        path.extend(parent.and_then(|parent| parent.identifier.clone()));
        groups = parent.and_then(|parent| parent.group.clone());
        next = parent;
    }
    path.reverse();
    path
}

/// Says what the reader of an export has not got right; empty where all is kept. Mermaid has no place for the technology of
/// systems, the description of boundaries and some kinds, and one arrow for relations between the same two elements, which
/// are not compared.
pub(crate) fn differences(model: &Model, view: &View, read: &Imported, mermaid: bool) -> Vec<String> {
    let outline = outline(model, view);
    let mut wrong = Vec::new();
    for found in read.diagnostics.iter().filter(|found| found.level != Severity::Note && found.code != "nothing-found") {
        wrong.push(format!("{}: {}", found.code, found.what));
    }
    let by_alias: BTreeMap<&str, &Element> =
        read.model.elements.values().filter_map(|element| Some((element.identifier.as_deref()?, element))).collect();
    let mut around: Vec<String> = Vec::new();
    for item in &outline.items {
        let (element, frame) = match item.what {
            What::End => {
                around.pop();
                continue;
            }
            What::Group(group) => {
                around.push(format!("group {}", clean(&group.name)));
                continue;
            }
            What::Element(element) => (element, false),
            What::Frame(element) => (element, true),
        };
        let said = meant(model, element);
        match by_alias.get(item.alias.as_str()) {
            None => wrong.push(format!("{} is not there", item.alias)),
            Some(got) => {
                let places = (path_in(&read.model, got).join(" > "), around.join(" > "));
                compare(said, element, got, frame, &places, mermaid, &mut wrong);
            }
        }
        if frame {
            around.push(item.alias.clone());
        }
    }
    let (elements, boundaries) = (outline.elements, outline.boundaries);
    if read.model.elements.len() != elements || read.model.groups.len() != boundaries {
        let (got, groups) = (read.model.elements.len(), read.model.groups.len());
        wrong.push(format!("{got} elements and {groups} groups in place of {elements} and {boundaries}"));
    }
    if !mermaid {
        arrows(&outline, read, &mut wrong);
    }
    wrong
}

fn compare(said: &Element, own: &Element, got: &Element, frame: bool, places: &(String, String), mermaid: bool, wrong: &mut Vec<String>) {
    let mut check = |what: &str, got: &str, expected: &str| {
        if got != expected {
            wrong.push(format!("{what} {got:?} in place of {expected:?}"));
        }
    };
    let text = |text: &Option<String>| clean(text.as_deref().unwrap_or(""));
    let figure = Figure::of(own);
    let place = own.level == Level::DeploymentNode;
    let variant = Variant::of(said);
    check("name", &got.name, &clean(&said.name));
    check("place", &places.0, &places.1);
    if !mermaid || !frame || place {
        check("description", &text(&got.description), &text(&said.description));
    }
    if (!frame || place) && (!mermaid || figure.has_technology()) {
        check("technology", &text(&got.technology), &text(&said.technology));
    }
    let told = !mermaid || kind_to_state(said, own, variant).is_none();
    if !frame && told && !matches!(figure, Figure::Person | Figure::Node) {
        let expected = if variant.external { Kind::External } else { said.kind.value };
        check("kind", got.kind.value.slug(), expected.slug());
    }
}

fn arrows(outline: &Outline<'_>, read: &Imported, wrong: &mut Vec<String>) {
    let name = |key: &ElementKey| read.model.elements.get(key).and_then(|element| element.identifier.clone()).unwrap_or_default();
    let text = |text: &Option<String>| clean(text.as_deref().unwrap_or(""));
    let got: Vec<String> = if outline.dynamic {
        let steps = read.model.views.iter().flat_map(|view| &view.steps);
        steps
            .filter_map(|step| {
                let relation = read.model.relations.get(&step.relation)?;
                let (mut from, mut to) = (name(&relation.source), name(&relation.target));
                if step.response {
                    std::mem::swap(&mut from, &mut to);
                }
                Some(format!("{} {from}->{to} {} [{}]", step.order, text(&step.description), text(&relation.technology)))
            })
            .collect()
    } else {
        let relations = read.model.relations.values();
        relations
            .map(|relation| {
                let (from, to, sync) = (name(&relation.source), name(&relation.target), relation.mode.value.is_sync());
                format!("{from}->{to} {} [{}] {sync}", text(&relation.description), text(&relation.technology))
            })
            .collect()
    };
    let expected: Vec<String> = outline
        .arrows
        .iter()
        .map(|arrow| {
            let technology = text(&arrow.relation.technology);
            let (from, to, sync) = (&arrow.from, &arrow.to, arrow.relation.mode.value.is_sync());
            match &arrow.order {
                Some(order) => format!("{order} {from}->{to} {} [{technology}]", arrow.label),
                None => format!("{from}->{to} {} [{technology}] {sync}", arrow.label),
            }
        })
        .collect();
    if got != expected {
        wrong.push(format!("arrows {got:#?} in place of {expected:#?}"));
    }
}

/// The workspaces of the corpus by path; none, said so, where there is no corpus.
pub(crate) fn workspaces() -> Option<Vec<(String, Model)>> {
    let Ok(corpus) = std::env::var("LINTEL_CORPUS") else {
        println!("skipped: LINTEL_CORPUS is not set");
        return None;
    };
    let root = Path::new(&corpus).join("structurizr");
    let mut sources = Sources::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "dsl") {
                let name = path.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
                sources.insert(name, std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    let read = |(path, text): (&String, &String)| (path.clone(), structurizr::parse(path, text, &sources).model);
    Some(sources.iter().map(read).collect())
}
