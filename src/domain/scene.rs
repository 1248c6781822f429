//! From a model and one of its views to a picture: what is drawn, how large, where, and with which words.
//!
//! [`compose`] decides which elements are boxes and which are frames around others, measures them, asks
//! [`crate::domain::layout`] for places and gives a [`Scene`]: a flat list of plain values that every output draws from
//! (`svg`, the live canvas, exports). Nothing here knows about colours; the visual language is `svg`'s.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::{IndexMap, IndexSet};
use serde::{Deserialize, Serialize};

use crate::domain::{
    layout::{self, EdgeKey, End, FrameKey, Graph, Layout, Point, Rect, kept},
    model::{
        Element, ElementKey, GroupKey, Level, Model, Relation, RelationKey,
        kind::Kind,
        view::{Direction, View, ViewKind},
    },
    sort,
};

mod crop;
pub mod ghosts;
pub mod icon;
pub mod lens;
pub mod pins;
mod shape;
pub mod svg;
pub mod text;

#[cfg(test)]
pub(crate) mod tests;

use text::{Type, clean, fit, width, wrap};

/// A picture, ready to draw. Coordinates are px; y grows downwards.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Scene {
    /// The view's title in words.
    pub title: String,
    /// One sentence that says what is there.
    pub summary: String,
    pub direction: Direction,
    /// The part of the plane to show.
    pub frame: Rect,
    /// Outermost first.
    pub boundaries: Vec<Boundary>,
    pub connectors: Vec<Connector>,
    /// In model order.
    pub shapes: Vec<Shape>,
    /// Some parts are lit, all others dimmed.
    pub dimming: bool,
    /// The positions this picture was made from.
    pub layout: Layout,
}

/// An element drawn as a box.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shape {
    pub key: ElementKey,
    pub kind: Kind,
    pub rect: Rect,
    /// The whole name.
    pub name: String,
    /// The name as drawn: one or two lines.
    pub lines: Vec<String>,
    /// The technology, or what stands in for it.
    pub meta: String,
    /// `meta` as drawn.
    pub meta_line: String,
    pub boundary: Option<FrameKey>,
    pub lit: bool,
}

/// A frame around others: an element with its parts, or a group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Boundary {
    pub key: FrameKey,
    /// Set when the frame is an element.
    pub element: Option<ElementKey>,
    pub group: Option<GroupKey>,
    pub parent: Option<FrameKey>,
    /// The outermost frames have depth 1.
    pub depth: u32,
    pub rect: Rect,
    pub name: String,
    /// The name as drawn.
    pub line: String,
    /// What it is, such as `System` or `Container group`.
    pub kind: String,
    /// The trust zone it encloses; drawn as a trust boundary.
    pub trust: Option<String>,
    /// An edge runs through the name, which then needs a ground of its own.
    pub plated: bool,
    pub lit: bool,
}

/// An edge.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Connector {
    pub key: EdgeKey,
    pub relation: RelationKey,
    pub source: End,
    pub target: End,
    /// What it says, in words: `Order service to Orders DB, SQL`.
    pub title: String,
    pub asynchronous: bool,
    /// The whole text of the label, the step's number included; empty without one.
    pub words: String,
    /// From source to target.
    pub points: Vec<Point>,
    pub label: Option<Label>,
    pub lit: bool,
    /// A finding points at it.
    pub flagged: bool,
}

/// The words on an edge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// The plate.
    pub rect: Rect,
    /// The number of a step, drawn before the text.
    pub step: Option<String>,
    pub lines: Vec<String>,
    /// How many frames lie under it.
    pub depth: u32,
}

/// Places that people gave to elements: top left corners, kept exactly.
pub type Pins = BTreeMap<ElementKey, Point>;

/// Free room around the drawing, in px.
const MARGIN: i32 = 16;
/// A box is at least this wide, and at most [`WIDEST`].
const NARROWEST: i32 = 132;
const WIDEST: i32 = 200;
/// Between the lines of a name.
pub(crate) const LINE: i32 = 16;
/// The widest line of a label.
const LABEL_WIDTH: i32 = 140;

/// The picture of a view. An element whose descendants are shown is drawn as a frame around them; so is the parent of a shown
/// container or component, and every deployment node with something in it. Image views give an empty scene.
pub fn compose(model: &Model, view: &View, previous: Option<&Layout>) -> Scene {
    compose_pinned(model, view, previous, &Pins::new())
}

/// As [`compose`], with elements where people put them.
pub fn compose_pinned(model: &Model, view: &View, previous: Option<&Layout>, pins: &Pins) -> Scene {
    arrange(model, view, &Before::from(previous), pins).1
}

/// As [`compose_pinned`], where the places of a picture of the same view may be known as [`places`] gave them.
pub fn compose_placed(model: &Model, view: &View, places: &[i32], pins: &Pins) -> Scene {
    arrange(model, view, &Before::Places(places), pins).1
}

/// Where everything in a view's picture stands, as numbers: for a browser, so that it need not lay out what it shows already.
pub fn places(model: &Model, view: &View, pins: &Pins) -> Vec<i32> {
    let (graph, scene) = arrange(model, view, &Before::Nothing, pins);
    kept::write(&scene.layout, &graph)
}

/// What is known of the picture before.
enum Before<'a> {
    Nothing,
    Layout(&'a Layout),
    Places(&'a [i32]),
}

impl<'a> From<Option<&'a Layout>> for Before<'a> {
    fn from(layout: Option<&'a Layout>) -> Self {
        layout.map_or(Self::Nothing, Self::Layout)
    }
}

/// The measured graph of a view, and its picture.
fn arrange(model: &Model, view: &View, before: &Before<'_>, pins: &Pins) -> (Graph, Scene) {
    let cast = Cast::new(model, view);
    let mut graph = Graph { direction: view.direction, ..Graph::default() };
    let mut scene = Scene { direction: view.direction, ..Scene::default() };
    for boundary in cast.boundaries() {
        let trust = boundary.trust.as_deref().map_or(0, |note| width(note, Type::Small) + 48);
        let name = width(&boundary.line, Type::Frame) + if boundary.kind.is_empty() { 0 } else { 7 + width(&boundary.kind, Type::Small) };
        graph.frames.insert(boundary.key.clone(), layout::Frame { parent: boundary.parent.clone(), width: 32 + name + trust });
        scene.boundaries.push(boundary);
    }
    for element in cast.boxes.values() {
        let shape = measure(element, cast.frame_of(element));
        let middle = shape::middle(shape.kind, shape.rect.height);
        let Rect { width, height, .. } = shape.rect;
        let initiator = shape.kind == Kind::Person;
        let node = layout::Node { width, height, middle, initiator, frame: shape.boundary.clone() };
        graph.nodes.insert(shape.key.clone(), node);
        scene.shapes.push(shape);
    }
    for connector in cast.connectors() {
        let label = connector.label.as_ref().map(|label| (label.rect.width, label.rect.height));
        let edge = layout::Edge { source: connector.source.clone(), target: connector.target.clone(), label };
        graph.edges.insert(connector.key.clone(), edge);
        scene.connectors.push(connector);
    }
    scene.title = view.display_title(view.scope.as_ref().and_then(|scope| model.element(scope)).map(|scope| scope.name.as_str()));
    scene.title = clean(&scene.title);
    scene.settle(match before {
        Before::Nothing => layout::layout_with(&graph, None, pins),
        Before::Layout(previous) => layout::layout_with(&graph, Some(previous), pins),
        Before::Places(places) => kept::read(places, &graph, pins).unwrap_or_else(|| layout::layout_with(&graph, None, pins)),
    });
    (graph, scene)
}

impl Scene {
    /// Takes the positions of a layout.
    fn settle(&mut self, layout: Layout) {
        for shape in &mut self.shapes {
            if let Some(rect) = layout.nodes.get(&shape.key) {
                shape.rect = *rect;
            }
        }
        for boundary in &mut self.boundaries {
            if let Some(rect) = layout.groups.get(&boundary.key) {
                boundary.rect = *rect;
            }
        }
        self.connectors.retain_mut(|connector| {
            let Some(route) = layout.edges.get(&connector.key) else { return false };
            connector.points.clone_from(&route.points);
            match (&mut connector.label, route.label) {
                (Some(label), Some(rect)) => label.rect = rect,
                _ => connector.label = None,
            }
            true
        });
        self.layout = layout;
        self.touch();
        self.ground();
        let Point { x, y } = self.layout.origin;
        self.frame = Rect { x, y, width: self.layout.width, height: self.layout.height }.grown(MARGIN);
        self.summary = format!("{}, {}", counted(self.shapes.len(), "element"), counted(self.connectors.len(), "connection"));
    }

    /// Lets routes reach the outline of a silhouette where it lies inside its rectangle.
    fn touch(&mut self) {
        if self.layout.coarse {
            return;
        }
        let shapes: IndexMap<&ElementKey, &Shape> = self.shapes.iter().map(|shape| (&shape.key, shape)).collect();
        for connector in &mut self.connectors {
            for (end, at_start) in [(&connector.source, true), (&connector.target, false)] {
                let End::Node(key) = end else { continue };
                let Some(shape) = shapes.get(key) else { continue };
                let point = if at_start { connector.points.first_mut() } else { connector.points.last_mut() };
                if let Some(point) = point {
                    *point = shape::touch(shape.kind, &shape.rect, *point);
                }
            }
        }
    }

    /// Finds what lies under labels and names.
    fn ground(&mut self) {
        for connector in &mut self.connectors {
            if let Some(label) = &mut connector.label {
                let centre = label.rect.centre();
                let at = Rect { x: centre.x, y: centre.y, width: 0, height: 0 };
                let under = self.boundaries.iter().filter(|boundary| boundary.rect.contains(&at)).map(|boundary| boundary.depth).max();
                label.depth = under.unwrap_or(0);
            }
        }
        for boundary in &mut self.boundaries {
            let name = boundary.name_rect();
            boundary.plated = self.connectors.iter().flat_map(|connector| connector.points.windows(2)).any(|pair| {
                if let [a, b] = pair {
                    let line = Rect { x: a.x.min(b.x), y: a.y.min(b.y), width: (a.x - b.x).abs(), height: (a.y - b.y).abs() };
                    line.grown(1).overlaps(&name)
                } else {
                    false
                }
            });
        }
    }

    pub fn shape(&self, key: &ElementKey) -> Option<&Shape> {
        self.shapes.iter().find(|shape| shape.key == *key)
    }
}

impl Boundary {
    /// Where the name and kind are written.
    pub fn name_rect(&self) -> Rect {
        let kind = if self.kind.is_empty() { 0 } else { 7 + width(&self.kind, Type::Small) };
        Rect { x: self.rect.x + 12, y: self.rect.y + 9, width: width(&self.line, Type::Frame) + kind + 8, height: 20 }
    }
}

/// A small picture for a finding: `around` and the ends of `relations` lit, what lies near them dimmed; `relations` are flagged.
/// Keeps the places of the whole picture, unless the parts lie so far apart that the picture would be mostly empty: then they
/// are set out afresh, alone.
pub fn crop(scene: &Scene, around: &[ElementKey], relations: &[RelationKey]) -> Scene {
    crop::crop(scene, around, relations)
}

/// `1 element`, `3 elements`.
fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// A box of the right size; its place comes later.
fn measure(element: &Element, boundary: Option<FrameKey>) -> Shape {
    let kind = element.kind.value;
    let name = clean(&element.name);
    let (left, right) = shape::padding(kind);
    let room = WIDEST - left - right;
    let technology = element.technology.as_deref().map(clean).filter(|text| !text.is_empty());
    let short = element.description.as_deref().map(clean).filter(|text| !text.is_empty() && width(text, Type::Small) + 16 <= room.min(150));
    let meta = technology.or(short).unwrap_or_else(|| kind.name().to_owned());
    let lines = wrap(&name, Type::Name, room);
    let meta_line = fit(&meta, Type::Small, room - 16);
    let widest = lines.iter().map(|line| width(line, Type::Name)).max().unwrap_or(0).max(16 + width(&meta_line, Type::Small));
    let outer = (widest + left + right).clamp(NARROWEST, WIDEST);
    let height = shape::height(kind) + if lines.len() > 1 { LINE } else { 0 };
    let rect = Rect { x: 0, y: 0, width: (outer + 3) / 4 * 4, height };
    Shape { key: element.key.clone(), kind, rect, name, lines, meta, meta_line, boundary, lit: false }
}

/// Who appears in a view, as boxes and as frames.
struct Cast<'a> {
    model: &'a Model,
    view: &'a View,
    boxes: IndexMap<&'a ElementKey, &'a Element>,
    framed: IndexSet<&'a ElementKey>,
}

impl<'a> Cast<'a> {
    fn new(model: &'a Model, view: &'a View) -> Self {
        let drawn = view.kind != ViewKind::Image;
        let shown: IndexMap<&ElementKey, &Element> = view
            .elements
            .iter()
            .filter(|_| drawn)
            .filter_map(|key| model.elements.get_key_value(key))
            .filter(|(_, element)| element.level != Level::DeploymentEnvironment)
            .collect();
        let mut framed: IndexSet<&ElementKey> = IndexSet::new();
        for element in shown.values() {
            for (distance, ancestor) in model.ancestors(&element.key).enumerate() {
                let parent_of_part = distance == 0 && matches!(element.level, Level::Container | Level::Component);
                let place = ancestor.level == Level::DeploymentNode;
                if parent_of_part || place || shown.contains_key(&ancestor.key) {
                    framed.insert(&ancestor.key);
                }
            }
        }
        let boxes = shown.into_iter().filter(|(key, _)| !framed.contains(*key)).collect();
        Self { model, view, boxes, framed }
    }

    /// The frame an element stands in: its group's, else that of the nearest framed ancestor.
    fn frame_of(&self, element: &Element) -> Option<FrameKey> {
        if let Some(group) = element.group.as_ref().filter(|group| self.model.groups.contains_key(*group)) {
            return Some(FrameKey::group(group));
        }
        self.outer(element)
    }

    /// The nearest framed ancestor, or the group of one that is not framed.
    fn outer(&self, element: &Element) -> Option<FrameKey> {
        self.model
            .ancestors(&element.key)
            .find(|ancestor| self.framed.contains(&ancestor.key))
            .map(|ancestor| FrameKey::element(&ancestor.key))
    }

    /// All frames with something in them, outermost first.
    fn boundaries(&self) -> Vec<Boundary> {
        let mut groups: BTreeSet<&GroupKey> = BTreeSet::new();
        let framed = self.framed.iter().filter_map(|key| self.model.element(key));
        for element in self.boxes.values().copied().chain(framed) {
            let mut next = element.group.as_ref();
            while let Some((key, group)) = next.and_then(|key| self.model.groups.get_key_value(key)) {
                if !groups.insert(key) {
                    break;
                }
                next = group.parent.as_ref();
            }
        }
        let mut boundaries: IndexMap<FrameKey, Boundary> = IndexMap::new();
        // Model order among siblings: elements as they come, groups as the model lists them.
        for element in self.model.elements.values().filter(|element| self.framed.contains(&element.key)) {
            let key = FrameKey::element(&element.key);
            let trust = ["trust", "zone"].iter().find_map(|name| element.facts.0.get(*name).filter(|fact| fact.inherited_from.is_none()));
            let kind = match element.level {
                Level::DeploymentNode | Level::InfrastructureNode => element
                    .technology
                    .as_deref()
                    .map(clean)
                    .filter(|text| !text.is_empty())
                    .unwrap_or_else(|| level_name(element.level).to_owned()),
                level => level_name(level).to_owned(),
            };
            let boundary = boundary(key.clone(), &element.name, &kind, trust.map(|fact| fact.value.as_str()), self.frame_of(element));
            boundaries.insert(key, Boundary { element: Some(element.key.clone()), ..boundary });
        }
        for group in self.model.groups.values().filter(|group| groups.contains(&group.key)) {
            let key = FrameKey::group(&group.key);
            let owner = group.owner.as_ref().and_then(|owner| self.model.element(owner));
            let parent =
                match &group.parent {
                    Some(parent) if groups.contains(parent) => Some(FrameKey::group(parent)),
                    _ => owner.and_then(|owner| {
                        if self.framed.contains(&owner.key) { Some(FrameKey::element(&owner.key)) } else { self.outer(owner) }
                    }),
                };
            let kind = match owner.map(|owner| owner.level) {
                Some(Level::System) => "Container group",
                Some(Level::Container) => "Component group",
                _ => "Group",
            };
            let trust = ["trust", "zone"].iter().find_map(|name| group.facts.0.get(*name).filter(|fact| fact.inherited_from.is_none()));
            let boundary = boundary(key.clone(), &group.name, kind, trust.map(|fact| fact.value.as_str()), parent);
            boundaries.insert(key, Boundary { group: Some(group.key.clone()), ..boundary });
        }
        let depths: Vec<u32> = boundaries.values().map(|boundary| depth(&boundaries, boundary)).collect();
        let mut boundaries: Vec<Boundary> =
            boundaries.into_values().zip(depths).map(|(boundary, depth)| Boundary { depth, ..boundary }).collect();
        sort::by_key(&mut boundaries, |boundary| boundary.depth);
        boundaries
    }

    fn end(&self, key: &ElementKey) -> Option<End> {
        if self.boxes.contains_key(key) {
            Some(End::Node(key.clone()))
        } else if self.framed.contains(key) {
            Some(End::Frame(FrameKey::element(key)))
        } else {
            None
        }
    }

    fn connectors(&self) -> Vec<Connector> {
        let relation = |key: &RelationKey| self.model.relations.get(key);
        if self.view.kind == ViewKind::Dynamic && !self.view.steps.is_empty() {
            let steps = self.view.steps.iter().enumerate().filter_map(|(index, step)| {
                let relation = relation(&step.relation)?;
                let description = step.description.as_deref().or(relation.label()).unwrap_or_default();
                let key = EdgeKey::step(&relation.key, index + 1);
                self.connector(key, relation, step.response, Some(clean(&step.order)), description)
            });
            return steps.collect();
        }
        let drawn = self.view.relations.iter().filter_map(relation);
        drawn
            .filter_map(|relation| {
                self.connector(EdgeKey::relation(&relation.key), relation, false, None, relation.label().unwrap_or_default())
            })
            .collect()
    }

    fn connector(&self, key: EdgeKey, relation: &Relation, response: bool, step: Option<String>, text: &str) -> Option<Connector> {
        let (mut source, mut target) = (&relation.source, &relation.target);
        if response {
            (source, target) = (target, source);
        }
        let text = clean(text);
        let name = |key: &ElementKey| self.model.element(key).map(|element| clean(&element.name)).unwrap_or_default();
        let number = step.as_deref().map(|step| format!("step {step}: ")).unwrap_or_default();
        let mut title = format!("{number}{} to {}", name(source), name(target));
        for part in [relation.description.as_deref(), relation.technology.as_deref()].into_iter().flatten().map(clean) {
            if !part.is_empty() {
                title.push_str(", ");
                title.push_str(&part);
            }
        }
        Some(Connector {
            key,
            relation: relation.key.clone(),
            source: self.end(source)?,
            target: self.end(target)?,
            title,
            asynchronous: response || !relation.mode.value.is_sync(),
            words: [step.as_deref().unwrap_or_default(), &text].join(" ").trim().to_owned(),
            points: Vec::new(),
            label: label(step, &text),
            lit: false,
            flagged: false,
        })
    }
}

fn label(step: Option<String>, text: &str) -> Option<Label> {
    if text.is_empty() && step.is_none() {
        return None;
    }
    let number = step.as_deref().map_or(0, |step| width(step, Type::Small) + 6);
    let lines = if text.is_empty() { Vec::new() } else { wrap(text, Type::Small, LABEL_WIDTH) };
    let widths = lines.iter().enumerate().map(|(index, line)| width(line, Type::Small) + if index == 0 { number } else { 0 });
    let widest = widths.max().unwrap_or(number);
    let height = if lines.len() > 1 { 28 } else { 16 };
    Some(Label { rect: Rect { x: 0, y: 0, width: (widest + 9 + 3) / 4 * 4, height }, step, lines, depth: 0 })
}

fn boundary(key: FrameKey, name: &str, kind: &str, trust: Option<&str>, parent: Option<FrameKey>) -> Boundary {
    let name = clean(name);
    let line = fit(&name, Type::Frame, 260);
    let trust = trust.map(|note| fit(&clean(note), Type::Small, 140)).filter(|note| !note.is_empty());
    Boundary {
        key,
        element: None,
        group: None,
        parent,
        depth: 1,
        rect: Rect::default(),
        name,
        line,
        kind: fit(kind, Type::Small, 200),
        trust,
        plated: false,
        lit: false,
    }
}

fn depth(boundaries: &IndexMap<FrameKey, Boundary>, boundary: &Boundary) -> u32 {
    let mut depth = 1;
    let mut next = boundary.parent.as_ref();
    while let Some(parent) = next.and_then(|key| boundaries.get(key)) {
        depth += 1;
        if usize::try_from(depth).is_ok_and(|depth| depth > boundaries.len()) {
            break;
        }
        next = parent.parent.as_ref();
    }
    depth
}

const fn level_name(level: Level) -> &'static str {
    match level {
        Level::Person => "Person",
        Level::System | Level::SystemInstance => "System",
        Level::Container | Level::ContainerInstance => "Container",
        Level::Component => "Component",
        Level::Custom => "Element",
        Level::DeploymentEnvironment => "Environment",
        Level::DeploymentNode => "Deployment node",
        Level::InfrastructureNode => "Infrastructure node",
    }
}
