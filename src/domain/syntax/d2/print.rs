//! A view as D2: containers around their parts, a class and shape per kind, technology on a second line, dashed lines for what
//! is asynchronous.
//!
//! Keys are made here and every text from people stands in double quotes with D2's marks escaped, so no name can end a label,
//! open a map or add a statement.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{
    layout::{End, FrameKey},
    model::{
        ElementKey, Model,
        kind::Kind,
        view::{Direction, View, ViewKind},
    },
    scene::{self, Boundary, Connector, Scene, Shape, text::clean},
    syntax::{fidelity::Fidelity, format::Exported},
};

/// Words that mean something else as a key.
const KEYWORDS: [&str; 32] = [
    "label",
    "desc",
    "shape",
    "icon",
    "constraint",
    "tooltip",
    "link",
    "near",
    "width",
    "height",
    "direction",
    "top",
    "left",
    "style",
    "class",
    "classes",
    "vars",
    "layers",
    "scenarios",
    "steps",
    "grid-rows",
    "grid-columns",
    "grid-gap",
    "vertical-gap",
    "horizontal-gap",
    "source-arrowhead",
    "target-arrowhead",
    "null",
    "true",
    "false",
    "suspend",
    "unsuspend",
];

/// Frames within frames that are written.
const DEEPEST: usize = 40;

pub(super) fn print(model: &Model, view: &View) -> Exported {
    let scene = scene::compose(model, view, None);
    let mut printer = Printer::new(model, &scene);
    printer.page(view);
    let mut fidelity = printer.fidelity;
    fidelity.elements = scene.shapes.len();
    fidelity.boundaries = scene.boundaries.len();
    fidelity.relations = scene.connectors.len();
    fidelity.views = 1;
    if model.views.len() > 1 {
        for _ in 1..model.views.len() {
            fidelity.lose("Another view of the model", None);
        }
    }
    Exported { text: printer.out, fidelity }
}

/// A text in double quotes, on one line.
fn quoted(text: &str) -> String {
    let mut result = String::from("\"");
    for next in text.chars() {
        match next {
            '\\' => result.push_str("\\\\"),
            '"' => result.push_str("\\\""),
            '$' => result.push_str("\\$"),
            '\n' => result.push_str("\\n"),
            next if next.is_control() => result.push(' '),
            next => result.push(next),
        }
    }
    result.push('"');
    result
}

struct Printer<'p> {
    model: &'p Model,
    scene: &'p Scene,
    /// Dotted paths.
    nodes: BTreeMap<&'p ElementKey, String>,
    frames: BTreeMap<&'p FrameKey, String>,
    /// Frames that are written, and with them what lies in them.
    out: String,
    fidelity: Fidelity,
}

impl<'p> Printer<'p> {
    fn new(model: &'p Model, scene: &'p Scene) -> Self {
        let mut printer =
            Self { model, scene, nodes: BTreeMap::new(), frames: BTreeMap::new(), out: String::new(), fidelity: Fidelity::default() };
        printer.name(None, "", 0);
        printer
    }

    /// Gives everything in a frame a key, unique there.
    fn name(&mut self, frame: Option<&'p FrameKey>, prefix: &str, depth: usize) {
        let mut taken: BTreeSet<String> = BTreeSet::new();
        let scene = self.scene;
        for shape in scene.shapes.iter().filter(|shape| shape.boundary.as_ref() == frame) {
            let own = key(&mut taken, shape.key.as_str().rsplit('.').next().unwrap_or(""), &shape.name);
            self.nodes.insert(&shape.key, format!("{prefix}{own}"));
        }
        for boundary in scene.boundaries.iter().filter(|inner| inner.parent.as_ref() == frame) {
            let last = match (&boundary.element, &boundary.group) {
                (Some(element), _) => element.as_str().rsplit('.').next().unwrap_or(""),
                (None, Some(group)) => group.as_str().rsplit('/').next().unwrap_or(""),
                (None, None) => "",
            };
            let own = key(&mut taken, last, &boundary.name);
            let path = format!("{prefix}{own}");
            if depth < DEEPEST {
                self.name(Some(&boundary.key), &format!("{path}."), depth + 1);
            }
            self.frames.insert(&boundary.key, path);
        }
    }

    fn line(&mut self, depth: usize, text: &str) {
        for _ in 0..depth {
            self.out.push_str("  ");
        }
        self.out.push_str(text);
        self.out.push('\n');
    }

    fn page(&mut self, view: &View) {
        let title = clean(&self.scene.title);
        if !title.is_empty() {
            let title: String = title.chars().filter(|next| !next.is_control()).collect();
            self.line(0, &format!("# {title}"));
        }
        let direction = match view.direction {
            Direction::TopBottom => "down",
            Direction::BottomTop => "up",
            Direction::LeftRight => "right",
            Direction::RightLeft => "left",
        };
        self.line(0, &format!("direction: {direction}"));
        self.line(0, "");
        self.classes();
        for shape in self.scene.shapes.iter().filter(|shape| shape.boundary.is_none()) {
            self.shape(0, shape);
        }
        for boundary in self.scene.boundaries.iter().filter(|boundary| boundary.parent.is_none()) {
            self.container(0, boundary);
        }
        if !self.scene.connectors.is_empty() {
            self.line(0, "");
        }
        for connector in &self.scene.connectors {
            self.connector(connector);
        }
        if view.kind == ViewKind::Dynamic {
            self.fidelity.keep("Order of steps, as numbers in labels", None);
        }
    }

    /// A class for each kind that appears.
    fn classes(&mut self) {
        let present: BTreeSet<Kind> = self.scene.shapes.iter().map(|shape| shape.kind).collect();
        let groups = self.scene.boundaries.iter().any(|boundary| boundary.group.is_some());
        if present.is_empty() && !groups {
            return;
        }
        self.line(0, "classes: {");
        for kind in present {
            let dashed = if kind == Kind::External { "; style.stroke-dash: 3" } else { "" };
            self.line(1, &format!("{}: {{ shape: {}{dashed} }}", kind.slug(), shape_of(kind)));
        }
        if groups {
            self.line(1, "group: { style.stroke-dash: 3 }");
        }
        self.line(0, "}");
        self.line(0, "");
    }

    fn shape(&mut self, depth: usize, shape: &Shape) {
        let Some(path) = self.nodes.get(&shape.key) else { return };
        let own = path.rsplit('.').next().unwrap_or("").to_owned();
        let element = self.model.element(&shape.key);
        let technology = element.and_then(|element| element.technology.as_deref()).map(clean).filter(|text| !text.is_empty());
        let name = if shape.name.is_empty() { own.clone() } else { shape.name.clone() };
        let label = technology.map_or_else(|| name.clone(), |technology| format!("{name}\n[{technology}]"));
        self.line(depth, &format!("{own}: {} {{", quoted(&label)));
        self.line(depth + 1, &format!("class: {}", shape.kind.slug()));
        if let Some(description) = element.and_then(|element| element.description.as_deref()).map(clean).filter(|text| !text.is_empty()) {
            self.line(depth + 1, &format!("tooltip: {}", quoted(&description)));
        }
        if let Some(url) = element.and_then(|element| element.url.as_deref()).map(clean).filter(|text| is_address(text)) {
            self.line(depth + 1, &format!("link: {}", quoted(&url)));
        }
        self.line(depth, "}");
        if let Some(element) = element {
            if !element.tags.is_empty() {
                self.fidelity.lose("Tags of an element", None);
            }
            if element.properties.keys().any(|name| name != "kind") {
                self.fidelity.lose("Properties of an element", None);
            }
        }
    }

    fn container(&mut self, depth: usize, boundary: &Boundary) {
        let Some(path) = self.frames.get(&boundary.key).filter(|_| depth <= DEEPEST) else { return };
        let own = path.rsplit('.').next().unwrap_or("").to_owned();
        let name = if boundary.name.is_empty() { own.clone() } else { boundary.name.clone() };
        self.line(depth, &format!("{own}: {} {{", quoted(&name)));
        if boundary.group.is_some() {
            self.line(depth + 1, "class: group");
        }
        let element = boundary.element.as_ref().and_then(|key| self.model.element(key));
        if let Some(description) = element.and_then(|element| element.description.as_deref()).map(clean).filter(|text| !text.is_empty()) {
            self.line(depth + 1, &format!("tooltip: {}", quoted(&description)));
        }
        for shape in self.scene.shapes.iter().filter(|shape| shape.boundary.as_ref() == Some(&boundary.key)) {
            self.shape(depth + 1, shape);
        }
        for inner in self.scene.boundaries.iter().filter(|inner| inner.parent.as_ref() == Some(&boundary.key)) {
            self.container(depth + 1, inner);
        }
        self.line(depth, "}");
    }

    fn connector(&mut self, connector: &Connector) {
        let path = |end: &End| match end {
            End::Node(key) => self.nodes.get(key),
            End::Frame(key) => self.frames.get(key),
        };
        let (Some(source), Some(target)) = (path(&connector.source), path(&connector.target)) else { return };
        let relation = self.model.relations.get(&connector.relation);
        let said = |text: Option<&str>| text.map(clean).filter(|text| !text.is_empty());
        let technology = said(relation.and_then(|relation| relation.technology.as_deref()));
        let description = said(relation.and_then(|relation| relation.description.as_deref()));
        let step = connector.label.as_ref().and_then(|label| label.step.as_deref());
        let label = match (step, description, technology) {
            // The words of a step are its own.
            (Some(_), _, _) => clean(&connector.words),
            (None, Some(description), Some(technology)) => format!("{description}\n[{technology}]"),
            (None, Some(description), None) => description,
            (None, None, Some(technology)) => format!("[{technology}]"),
            (None, None, None) => String::new(),
        };
        let mut text = format!("{source} -> {target}");
        if !label.is_empty() {
            text.push_str(": ");
            text.push_str(&quoted(&label));
        }
        if connector.asynchronous {
            text.push_str(if label.is_empty() { ": { style.stroke-dash: 3 }" } else { " { style.stroke-dash: 3 }" });
        }
        self.line(0, &text);
    }
}

/// Addresses that a link may lead to.
fn is_address(text: &str) -> bool {
    text.starts_with("https://") || text.starts_with("http://")
}

/// A key of letters, digits, `_` and single `-`, unique in its place and none of D2's words.
fn key(taken: &mut BTreeSet<String>, wanted: &str, name: &str) -> String {
    let plain = |text: &str| -> String {
        let mut result = String::new();
        for next in text.chars().take(60) {
            if next.is_ascii_alphanumeric() || next == '_' {
                result.push(next);
            } else if !result.is_empty() && !result.ends_with('-') {
                result.push('-');
            }
        }
        result.trim_matches('-').to_owned()
    };
    let base = [plain(wanted), plain(name)].into_iter().find(|text| text.chars().any(|next| next != '_')).unwrap_or_else(|| "x".to_owned());
    let base = if KEYWORDS.contains(&base.to_lowercase().as_str()) { format!("{base}_") } else { base };
    let mut own = base.clone();
    let mut number = 1;
    while !taken.insert(own.to_lowercase()) {
        number += 1;
        own = format!("{base}-{number}");
    }
    own
}

const fn shape_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Person => "person",
        Kind::Frontend => "page",
        Kind::Gateway => "hexagon",
        Kind::Service | Kind::System | Kind::Scheduler | Kind::Node => "rectangle",
        Kind::Worker => "step",
        Kind::Database | Kind::Cache | Kind::SearchIndex => "cylinder",
        Kind::ObjectStore => "stored_data",
        Kind::Queue => "queue",
        Kind::External => "cloud",
    }
}
