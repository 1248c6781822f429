//! What an export with C4's macros writes of a view: boundaries with what stands in them, relations or steps, and an
//! identifier for each.
//!
//! Identifiers are made of ASCII letters, digits and `_` only, so that no name can end a statement.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{
    model::{
        Element, ElementKey, Group, GroupKey, Level, Model, Relation,
        kind::{
            Kind, Mode,
            infer::{self, Ends, Evidence},
        },
        view::{View, ViewKind},
    },
    scene::text::clean,
    syntax::c4::{
        MAX_DEPTH,
        reader::{ASYNC, BIDIRECTIONAL, EXTERNAL, RESPONSE},
        settle::is_bidirectional,
    },
};

/// Boundaries are nested this deep at most; readers have limits too.
const DEEPEST: usize = MAX_DEPTH - 2;

/// A boundary or an element.
#[derive(Debug)]
pub struct Item<'a> {
    pub alias: String,
    pub what: What<'a>,
    /// How many boundaries are around it.
    pub depth: usize,
}

#[derive(Clone, Copy, Debug)]
pub enum What<'a> {
    Element(&'a Element),
    /// An element that is a frame around its parts; up to [`What::End`].
    Frame(&'a Element),
    /// A group; up to [`What::End`].
    Group(&'a Group),
    End,
}

/// A relation or step.
#[derive(Debug)]
pub struct Arrow<'a> {
    pub from: String,
    pub to: String,
    pub relation: &'a Relation,
    pub label: String,
    /// The number of a step.
    pub order: Option<String>,
    pub response: bool,
    pub both: bool,
    /// The way of talking as a tag, where a reader would not conclude it.
    pub mode: Option<&'static str>,
}

/// A view as a list of statements.
#[derive(Debug, Default)]
pub struct Outline<'a> {
    /// In the order of writing, boundaries around what is in them.
    pub items: Vec<Item<'a>>,
    pub arrows: Vec<Arrow<'a>>,
    /// Steps are numbered.
    pub dynamic: bool,
    pub elements: usize,
    pub boundaries: usize,
    /// Relations with an end that the view does not draw.
    pub loose: usize,
    /// Boundaries nested too deep, whose contents stand in the one around.
    pub flattened: usize,
}

/// The identity of a frame.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Frame<'a> {
    Element(&'a ElementKey),
    Group(&'a GroupKey),
}

/// Finds what a view draws.
pub fn outline<'a>(model: &'a Model, view: &View) -> Outline<'a> {
    if view.kind == ViewKind::Image {
        return Outline::default();
    }
    let plan = Plan::new(model, view);
    let mut outline = Outline { dynamic: view.kind == ViewKind::Dynamic && !view.steps.is_empty(), ..Outline::default() };
    let mut names = Names::default();
    let mut aliases: BTreeMap<&ElementKey, String> = BTreeMap::new();
    // A list of what is left to write, in place of recursion.
    let mut left: Vec<(Option<Frame<'a>>, usize)> = plan.within(None).into_iter().rev().map(|frame| (Some(frame), 0)).collect();
    while let Some((next, depth)) = left.pop() {
        let Some(frame) = next else {
            outline.items.push(Item { alias: String::new(), what: What::End, depth });
            continue;
        };
        let inside = plan.within(Some(&frame));
        let (alias, what) = match frame {
            Frame::Element(key) => {
                let Some(element) = model.elements.get(key) else { continue };
                let alias = names.of(key.as_str());
                aliases.insert(key, alias.clone());
                (alias, if plan.frames.contains(key) { What::Frame(element) } else { What::Element(element) })
            }
            Frame::Group(key) => {
                let Some(group) = model.groups.get(key) else { continue };
                (names.of(&format!("group_{}", key.as_str().rsplit('/').next().unwrap_or(""))), What::Group(group))
            }
        };
        match what {
            What::Group(_) => outline.boundaries += 1,
            _ => outline.elements += 1,
        }
        let frames = matches!(what, What::Frame(_) | What::Group(_));
        if frames && depth >= DEEPEST {
            outline.flattened += 1;
            if let What::Frame(element) = what {
                outline.items.push(Item { alias, what: What::Element(element), depth });
            }
            left.extend(inside.into_iter().rev().map(|frame| (Some(frame), depth)));
            continue;
        }
        outline.items.push(Item { alias, what, depth });
        if frames {
            left.push((None, depth));
            left.extend(inside.into_iter().rev().map(|frame| (Some(frame), depth + 1)));
        }
    }
    outline.connect(model, view, &aliases);
    outline
}

impl<'a> Outline<'a> {
    fn connect(&mut self, model: &'a Model, view: &View, aliases: &BTreeMap<&ElementKey, String>) {
        let mut arrow = |relation: &'a Relation, order: Option<String>, description: Option<&str>, response: bool| {
            let (mut source, mut target) = (&relation.source, &relation.target);
            if response {
                std::mem::swap(&mut source, &mut target);
            }
            let (Some(from), Some(to)) = (aliases.get(source), aliases.get(target)) else {
                self.loose += 1;
                return;
            };
            let label = description.map(clean).unwrap_or_default();
            let both = is_bidirectional(relation) && !response;
            let mode = mode_tag(model, relation);
            self.arrows.push(Arrow { from: from.clone(), to: to.clone(), relation, label, order, response, both, mode });
        };
        if view.kind == ViewKind::Dynamic && !view.steps.is_empty() {
            for step in &view.steps {
                if let Some(relation) = model.relations.get(&step.relation) {
                    let description = step.description.as_deref().or(relation.description.as_deref());
                    arrow(relation, Some(clean(&step.order)), description, step.response);
                }
            }
            return;
        }
        for relation in view.relations.iter().filter_map(|key| model.relations.get(key)) {
            arrow(relation, None, relation.description.as_deref(), false);
        }
    }

    /// The elements that are written, frames included.
    pub fn elements(&self) -> impl Iterator<Item = &'a Element> + '_ {
        self.items.iter().filter_map(|item| match item.what {
            What::Element(element) | What::Frame(element) => Some(element),
            _ => None,
        })
    }

    pub fn has(&self, levels: &[Level]) -> bool {
        self.elements().any(|element| levels.contains(&element.level))
    }
}

/// Who appears, and in which frame.
struct Plan<'a> {
    frames: BTreeSet<&'a ElementKey>,
    inside: BTreeMap<Option<Frame<'a>>, Vec<Frame<'a>>>,
}

impl<'a> Plan<'a> {
    fn new(model: &'a Model, view: &View) -> Self {
        let shown: BTreeSet<&ElementKey> = view
            .elements
            .iter()
            .filter_map(|key| model.elements.get_key_value(key))
            .filter(|(_, element)| element.level != Level::DeploymentEnvironment)
            .map(|(key, _)| key)
            .collect();
        // The same frames as in the picture of the view.
        let mut frames: BTreeSet<&ElementKey> = BTreeSet::new();
        for element in shown.iter().filter_map(|key| model.elements.get(*key)) {
            for (distance, ancestor) in model.ancestors(&element.key).enumerate() {
                let part = distance == 0 && matches!(element.level, Level::Container | Level::Component);
                let place = ancestor.level == Level::DeploymentNode;
                if (part && ancestor.level != Level::DeploymentEnvironment) || place || shown.contains(&ancestor.key) {
                    frames.insert(&ancestor.key);
                }
            }
        }
        let mut plan = Self { frames, inside: BTreeMap::new() };
        let mut groups: BTreeSet<&GroupKey> = BTreeSet::new();
        for (key, element) in &model.elements {
            if !shown.contains(key) && !plan.frames.contains(key) {
                continue;
            }
            let mut inner = Frame::Element(key);
            let mut around = element.group.as_ref().and_then(|group| model.groups.get_key_value(group)).map(|(key, _)| key);
            let mut owner = Some(element);
            loop {
                // Groups from the inside out, then the next frame, then the groups around that.
                while let Some(group) = around {
                    let seen = !groups.insert(group);
                    plan.put(Some(Frame::Group(group)), inner);
                    if seen {
                        inner = Frame::Group(group);
                        owner = None;
                        break;
                    }
                    inner = Frame::Group(group);
                    let parent = model.groups.get(group).and_then(|group| group.parent.as_ref());
                    around = parent.and_then(|key| model.groups.get_key_value(key)).map(|(key, _)| key);
                }
                let Some(element) = owner else { break };
                let outer = model.ancestors(&element.key).find(|ancestor| plan.frames.contains(&ancestor.key) || ancestor.group.is_some());
                match outer {
                    Some(outer) if plan.frames.contains(&outer.key) => {
                        plan.put(model.elements.get_key_value(&outer.key).map(|(key, _)| Frame::Element(key)), inner);
                        break;
                    }
                    Some(outer) => {
                        around = outer.group.as_ref().and_then(|group| model.groups.get_key_value(group)).map(|(key, _)| key);
                        owner = Some(outer);
                    }
                    None => {
                        plan.put(None, inner);
                        break;
                    }
                }
            }
        }
        plan
    }

    fn put(&mut self, around: Option<Frame<'a>>, inner: Frame<'a>) {
        self.inside.entry(around).or_default().push(inner);
    }

    fn within(&self, frame: Option<&Frame<'a>>) -> Vec<Frame<'a>> {
        self.inside.get(&frame.cloned()).cloned().unwrap_or_default()
    }
}

/// Identifiers that are in use.
#[derive(Default)]
struct Names {
    taken: BTreeMap<String, usize>,
}

/// Words that mean something to one of the languages.
const RESERVED: [&str; 22] = [
    "as",
    "end",
    "left",
    "right",
    "top",
    "title",
    "note",
    "legend",
    "skinparam",
    "hide",
    "show",
    "global",
    "direction",
    "together",
    "package",
    "node",
    "rectangle",
    "component",
    "database",
    "queue",
    "actor",
    "newpage",
];

impl Names {
    /// A new identifier that looks like the text.
    fn of(&mut self, text: &str) -> String {
        let mut name: String = text.chars().take(60).map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
        let plain = name.starts_with(|c: char| c.is_ascii_alphabetic());
        let reserved = RESERVED.iter().any(|word| word.eq_ignore_ascii_case(&name)) || super::catalogue::classify(&name).is_some();
        if !plain || reserved {
            name = format!("e_{name}");
        }
        let number = self.taken.entry(name.clone()).or_default();
        *number += 1;
        if *number == 1 {
            return name;
        }
        loop {
            let number = self.taken.get(&name).copied().unwrap_or(1);
            let next = format!("{name}_{number}");
            if !self.taken.contains_key(&next) {
                self.taken.insert(next.clone(), 1);
                return next;
            }
            self.taken.insert(name.clone(), number + 1);
        }
    }
}

/// Which variant of a macro draws an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Variant {
    /// `Db`, `Queue` or nothing.
    pub form: &'static str,
    pub external: bool,
}

impl Variant {
    pub fn of(element: &Element) -> Self {
        let tagged = |name: &str| element.tags.iter().any(|tag| tag == name);
        let external = element.kind.value == Kind::External || tagged(EXTERNAL);
        let form = match element.kind.value {
            kind if kind.is_store() => "Db",
            Kind::Queue => "Queue",
            Kind::External if tagged("Database") => "Db",
            Kind::External if tagged("Queue") => "Queue",
            _ => "",
        };
        Self { form, external }
    }

    pub const fn suffix(self) -> &'static str {
        if self.external { "_Ext" } else { "" }
    }
}

/// Which macro draws an element that is no frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Figure {
    Person,
    System,
    Container,
    Component,
    Node,
}

impl Figure {
    pub const fn of(element: &Element) -> Self {
        match (element.level, element.kind.value) {
            (Level::Person, _) | (Level::Custom, Kind::Person) => Self::Person,
            (Level::System | Level::SystemInstance, _) | (Level::Custom, Kind::System | Kind::External) => Self::System,
            (Level::Component, _) => Self::Component,
            (Level::DeploymentEnvironment | Level::DeploymentNode | Level::InfrastructureNode, _) => Self::Node,
            (Level::Container | Level::ContainerInstance | Level::Custom, _) => Self::Container,
        }
    }

    /// The level that a reader of the export gives it.
    pub const fn level(self) -> Level {
        match self {
            Self::Person => Level::Person,
            Self::System => Level::System,
            Self::Container => Level::Container,
            Self::Component => Level::Component,
            Self::Node => Level::DeploymentNode,
        }
    }

    pub const fn word(self) -> &'static str {
        match self {
            Self::Person => "Person",
            Self::System => "System",
            Self::Container => "Container",
            Self::Component => "Component",
            Self::Node => "Deployment_Node",
        }
    }

    /// Whether the macro has an argument for the technology.
    pub const fn has_technology(self) -> bool {
        matches!(self, Self::Container | Self::Component | Self::Node)
    }
}

/// What an element stands for: an instance has the texts of what it is an instance of.
pub fn meant<'a>(model: &'a Model, element: &'a Element) -> &'a Element {
    let of = element.instance_of.as_ref().and_then(|key| model.elements.get(key));
    of.filter(|_| matches!(element.level, Level::ContainerInstance | Level::SystemInstance)).unwrap_or(element)
}

/// The kind as a property, where a reader of the export would conclude another one. `said` has the texts that are written,
/// `element` the properties.
pub fn kind_to_state(said: &Element, element: &Element, variant: Variant) -> Option<Kind> {
    let figure = Figure::of(element);
    if element.properties.contains_key("kind") || variant.external || matches!(figure, Figure::Person | Figure::Node) {
        return None;
    }
    let own = element_tags(said, element);
    let inferred = infer::kind(&Evidence {
        level: figure.level(),
        name: &clean(&said.name),
        technology: said.technology.as_deref(),
        description: said.description.as_deref(),
        tags: &own,
        properties: &element.properties,
        archetype: None,
        shape: None,
        outside: None,
    });
    let read = match variant.form {
        "Db" if !inferred.value.is_store() => Kind::Database,
        "Queue" => Kind::Queue,
        _ => inferred.value,
    };
    (read != said.kind.value && said.kind.value != Kind::Person).then_some(said.kind.value)
}

/// The tags to write for an element, those of what it is an instance of included: all that no variant says.
pub fn element_tags(said: &Element, element: &Element) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    for tag in said.tags.iter().chain(&element.tags).filter(|tag| *tag != EXTERNAL).filter_map(|tag| tag_text(tag)) {
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    tags
}

/// The tag that says how a relation talks; none for one that waits, unless it would be taken for another.
fn mode_tag(model: &Model, relation: &Relation) -> Option<&'static str> {
    let kind = |key: &ElementKey| model.elements.get(key).map_or(Kind::Service, |element| element.kind.value);
    let ends = Ends { source: kind(&relation.source), target: kind(&relation.target) };
    match relation.mode.value {
        Mode::Stream => Some("stream"),
        Mode::File => Some("file"),
        Mode::AsyncPub | Mode::AsyncSub => Some(ASYNC),
        Mode::Sync => {
            let property = relation.properties.get("mode").map(String::as_str);
            let read = infer::mode(ends, relation.description.as_deref(), relation.technology.as_deref(), &[], property);
            (!read.value.is_sync()).then_some("sync")
        }
    }
}

/// The tags to write for an arrow, its mode included.
pub fn arrow_tags(arrow: &Arrow<'_>) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    tags.extend(arrow.response.then(|| RESPONSE.to_owned()));
    tags.extend(arrow.mode.map(str::to_owned));
    for tag in arrow.relation.tags.iter().filter(|tag| *tag != BIDIRECTIONAL).filter_map(|tag| tag_text(tag)) {
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    tags
}

/// A tag with only what is safe in every place a tag is put.
fn tag_text(tag: &str) -> Option<String> {
    let safe = |c: char| if c.is_alphanumeric() || matches!(c, ' ' | '_' | '-' | '.' | '/') { c } else { '-' };
    let text: String = clean(tag).chars().map(safe).take(80).collect();
    let text = text.trim().to_owned();
    (!text.is_empty()).then_some(text)
}

/// An address that is safe to write as it is; none for others.
pub fn address(url: &str) -> Option<&str> {
    let url = url.trim();
    let safe =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, ':' | '/' | '?' | '#' | '&' | '=' | '.' | '_' | '+' | '-' | '@' | ',' | ';');
    let known = ["http://", "https://", "mailto:"].iter().any(|scheme| url.starts_with(scheme));
    (known && url.len() <= 2000 && url.chars().all(safe)).then_some(url)
}
