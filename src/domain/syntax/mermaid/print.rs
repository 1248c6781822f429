//! A view as a Mermaid flowchart: frames as subgraphs, a shape per kind, dotted lines for asynchronous edges.
//!
//! Text from people goes into quoted labels with everything that Mermaid or HTML could read as markup written as an entity, and
//! identifiers are made here, so no name can end a label, close a subgraph or add a statement.

use std::{collections::BTreeMap, fmt::Write};

use crate::domain::{
    layout::{End, FrameKey},
    model::{
        ElementKey, Model,
        kind::Kind,
        view::{Direction, View},
    },
    scene::{self, Boundary, Connector, Scene, Shape, text::clean},
};

/// The view as a flowchart for Mermaid 11 and 12; ends with a line end.
pub fn print(model: &Model, view: &View) -> String {
    let scene = scene::compose(model, view, None);
    let mut printer = Printer::new(&scene);
    printer.line(0, &format!("flowchart {}", direction(view.direction)));
    let title = clean(&scene.title);
    if !title.is_empty() {
        // Accessible titles are the one place without quotes; they end at the line's end.
        printer.line(1, &format!("accTitle: {}", plain(&title)));
    }
    for shape in scene.shapes.iter().filter(|shape| shape.boundary.is_none()) {
        printer.shape(1, shape);
    }
    for boundary in scene.boundaries.iter().filter(|boundary| boundary.parent.is_none()) {
        printer.subgraph(1, boundary);
    }
    for connector in &scene.connectors {
        printer.connector(connector);
    }
    printer.classes();
    printer.out
}

const fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::TopBottom => "TB",
        Direction::BottomTop => "BT",
        Direction::LeftRight => "LR",
        Direction::RightLeft => "RL",
    }
}

/// A quoted label. Entities are Mermaid's own: `#35;` is a number sign.
fn quoted(text: &str) -> String {
    let mut label = String::from("\"");
    for c in text.chars() {
        match c {
            '#' | '&' | '"' | '<' | '>' | '`' | '\\' | '{' | '}' | '[' | ']' | '|' | ';' | '%' | '*' | '_' | '~' | '$' => {
                let written = write!(label, "#{};", u32::from(c));
                debug_assert!(written.is_ok());
            }
            c => label.push(c),
        }
    }
    label.push('"');
    label
}

/// For a line without quotes: letters, digits, spaces and harmless punctuation stay.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_alphanumeric() || matches!(c, ' ' | ',' | '.' | '-' | ':' | '(' | ')' | '/') { c } else { ' ' }).collect()
}

struct Printer<'a> {
    scene: &'a Scene,
    nodes: BTreeMap<&'a ElementKey, String>,
    frames: BTreeMap<&'a FrameKey, String>,
    out: String,
}

impl<'a> Printer<'a> {
    fn new(scene: &'a Scene) -> Self {
        let nodes = scene.shapes.iter().zip(1..).map(|(shape, number)| (&shape.key, identifier(shape.key.as_str(), 'n', number))).collect();
        let frames = scene.boundaries.iter().zip(1..).map(|(boundary, number)| (&boundary.key, format!("g{number}"))).collect();
        Self { scene, nodes, frames, out: String::new() }
    }

    fn line(&mut self, depth: usize, text: &str) {
        for _ in 0..depth {
            self.out.push_str("    ");
        }
        self.out.push_str(text);
        self.out.push('\n');
    }

    fn shape(&mut self, depth: usize, shape: &Shape) {
        let Some(id) = self.nodes.get(&shape.key) else { return };
        let name = quoted(&shape.name);
        let label = match shape.meta.as_str() {
            "" => name,
            meta => format!("{}<br>{}", name.trim_end_matches('"'), quoted(meta).trim_start_matches('"')),
        };
        let (open, close) = brackets(shape.kind);
        self.line(depth, &format!("{id}{open}{label}{close}:::{}", shape.kind.family().slug()));
    }

    fn subgraph(&mut self, depth: usize, boundary: &Boundary) {
        // Frames nest as deeply as the model does; a hostile depth ends in a flat list.
        let Some(id) = self.frames.get(&boundary.key).cloned().filter(|_| depth < 64) else { return };
        self.line(depth, &format!("subgraph {id}[{}]", quoted(&boundary.name)));
        for shape in self.scene.shapes.iter().filter(|shape| shape.boundary.as_ref() == Some(&boundary.key)) {
            self.shape(depth + 1, shape);
        }
        for inner in self.scene.boundaries.iter().filter(|inner| inner.parent.as_ref() == Some(&boundary.key)) {
            self.subgraph(depth + 1, inner);
        }
        self.line(depth, "end");
    }

    fn connector(&mut self, connector: &Connector) {
        let id = |end: &End| match end {
            End::Node(key) => self.nodes.get(key),
            End::Frame(key) => self.frames.get(key),
        };
        let (Some(source), Some(target)) = (id(&connector.source), id(&connector.target)) else { return };
        let arrow = if connector.asynchronous { "-.->" } else { "-->" };
        let text = match connector.words.as_str() {
            "" => format!("{source} {arrow} {target}"),
            words => format!("{source} {arrow}|{}| {target}", quoted(words)),
        };
        self.line(1, &text);
    }

    /// The families' colours of the light theme, for those that appear; trust boundaries dotted.
    fn classes(&mut self) {
        let present: Vec<&str> = self.scene.shapes.iter().map(|shape| shape.kind.family().slug()).collect();
        for (family, fill, line) in [
            ("people", "#f4effb", "#8f6cc0"),
            ("entry", "#e7f4f9", "#3f8dad"),
            ("compute", "#eef1fd", "#6577d3"),
            ("data", "#e6f5ef", "#3d9578"),
            ("message", "#fbf3e0", "#b0832a"),
            ("external", "#f3f1ee", "#87837b"),
        ] {
            if present.contains(&family) {
                let dashes = if family == "external" { ",stroke-dasharray:5 3" } else { "" };
                self.line(1, &format!("classDef {family} fill:{fill},stroke:{line},color:#1b1a18{dashes}"));
            }
        }
        let trusted: Vec<String> = self
            .scene
            .boundaries
            .iter()
            .filter(|boundary| boundary.trust.is_some())
            .filter_map(|boundary| self.frames.get(&boundary.key).cloned())
            .collect();
        for id in trusted {
            self.line(1, &format!("style {id} stroke:#b0132b,stroke-dasharray:2 4"));
        }
    }
}

/// The key's letters and digits, made unique by a number; never one of Mermaid's words.
fn identifier(key: &str, prefix: char, number: usize) -> String {
    let slug: String = key.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).take(40).collect();
    format!("{prefix}{number}_{slug}")
}

const fn brackets(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Person => ("([", "])"),
        Kind::Gateway => ("{{", "}}"),
        Kind::Worker | Kind::System => ("[[", "]]"),
        Kind::Scheduler => (">", "]"),
        Kind::Database | Kind::Cache => ("[(", ")]"),
        Kind::ObjectStore => ("[\\", "/]"),
        Kind::Queue => ("(", ")"),
        Kind::SearchIndex => ("[/", "/]"),
        Kind::Frontend | Kind::Service | Kind::External | Kind::Node => ("[", "]"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::scene::tests::platform;

    #[test]
    fn the_platform_becomes_a_flowchart() {
        let model = platform();
        let text = print(&model, &model.views[0]);
        assert!(text.starts_with("flowchart LR\n"), "{text}");
        for line in [
            "    n1_customer([\"Customer<br>Shops online\"]):::people",
            "        n4_gateway{{\"API gateway<br>Envoy\"}}:::entry",
            "    subgraph g1[\"Order #38; payments platform\"]",
            "        subgraph g3[\"Payments\"]",
            "    n5_order -.->|\"order.placed\"| n8_bus",
            "    n4_gateway -->|\"gRPC\"| n5_order",
            "    style g3 stroke:#b0132b,stroke-dasharray:2 4",
        ] {
            assert!(text.lines().any(|other| other == line), "{line} is not in\n{text}");
        }
        assert_eq!(text.matches("subgraph ").count(), text.lines().filter(|line| line.trim() == "end").count());
    }

    #[test]
    fn hostile_names_stay_inside_their_quotes() {
        let mut model = platform();
        let name = "x\"]\n end\n click n1 \"javascript:alert(1)\" %%{init: {}}%% <script> `**b**` #quot;";
        for element in model.elements.values_mut() {
            element.name = name.to_owned();
            element.technology = Some("a|b\"|c".to_owned());
        }
        for group in model.groups.values_mut() {
            group.name = name.to_owned();
        }
        for relation in model.relations.values_mut() {
            relation.technology = Some("\"| end --> x".to_owned());
        }
        model.views[0].title = Some(name.to_owned());
        let text = print(&model, &model.views[0]);
        assert!(!text.contains("<script") && !text.contains("%%{") && !text.contains('`'));
        for line in text.lines() {
            assert_eq!(line.matches('"').count() % 2, 0, "{line}");
            let word = line.trim().split(' ').next().unwrap_or_default();
            let known = ["flowchart", "accTitle:", "subgraph", "end", "classDef", "style"].contains(&word) || word.starts_with('n');
            assert!(known, "{line}");
        }
    }
}
