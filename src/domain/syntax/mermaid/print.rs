//! A view as a Mermaid flowchart: frames as subgraphs, a shape per kind, dotted lines for asynchronous edges. What is printed
//! is read back as the same elements, boundaries and relations.
//!
//! Text from people goes into quoted labels with everything that Mermaid or HTML could read as markup written as an entity, and
//! identifiers are made here, so no name can end a label, close a subgraph or add a statement.

use std::{collections::BTreeMap, fmt::Write};

use crate::domain::{
    layout::{End, FrameKey},
    model::{
        ElementKey, Level, Model,
        view::{Direction, View, ViewKind},
    },
    scene::{self, Boundary, Connector, Scene, Shape, text::clean},
    syntax::{
        fidelity::Fidelity,
        format::Exported,
        mermaid::{
            label,
            lower::{
                VIEW,
                relations::{BIDIRECTIONAL, UNDIRECTED},
            },
            shape::brackets_of,
        },
    },
};

/// The view as a flowchart for Mermaid 11 and 12; ends with a line end.
pub fn print(model: &Model, view: &View) -> String {
    let scene = scene::compose(model, view, None);
    picture(model, view, &scene).out
}

/// As [`print()`], with what became of the parts of the view.
pub fn print_view(model: &Model, view: &View) -> Exported {
    let scene = scene::compose(model, view, None);
    let text = picture(model, view, &scene).out;
    let mut fidelity = counts(&scene);
    let shown = scene.shapes.iter().map(|shape| &shape.key).chain(scene.boundaries.iter().filter_map(|boundary| boundary.element.as_ref()));
    for element in shown.filter_map(|key| model.element(key)) {
        if element.description.as_deref().is_some_and(|text| !text.trim().is_empty()) {
            fidelity.lose("Description of an element", None);
        }
        if !element.properties.is_empty() {
            fidelity.lose("Properties of an element", None);
        }
    }
    for relation in scene.connectors.iter().filter_map(|connector| model.relations.get(&connector.relation)) {
        if !relation.properties.is_empty() {
            fidelity.lose("Properties of a relation", None);
        }
    }
    Exported { text, fidelity }
}

/// The name of a fact is one word without quotes, or it would be read as something else.
fn is_word(name: &str) -> bool {
    !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c == '"')
}

fn counts(scene: &Scene) -> Fidelity {
    Fidelity {
        elements: scene.shapes.len(),
        relations: scene.connectors.len(),
        boundaries: scene.boundaries.len(),
        views: 1,
        ..Fidelity::default()
    }
}

/// The whole model as one flowchart, with its facts as comments. Places to run on are left out where there is anything else.
pub fn print_model(model: &Model) -> Exported {
    let is_static = |level: Level| matches!(level, Level::Person | Level::System | Level::Container | Level::Component | Level::Custom);
    let any = model.elements.values().any(|element| is_static(element.level));
    let shown = |key: &ElementKey| model.elements.get(key).is_some_and(|element| !any || is_static(element.level));
    let stated = model.relations.values().filter(|relation| relation.implied_by.is_none());
    let relations = stated.filter(|relation| shown(&relation.source) && shown(&relation.target));
    let view = View {
        title: Some(model.name.clone()).filter(|name| !name.trim().is_empty()),
        elements: model.elements.keys().filter(|key| shown(key)).cloned().collect(),
        relations: relations.map(|relation| relation.key.clone()).collect(),
        direction: model.views.first().map(|view| view.direction).unwrap_or_default(),
        ..View::new(VIEW, ViewKind::Everything, crate::domain::diagnostic::Span::default())
    };
    let scene = scene::compose(model, &view, None);
    let mut printer = picture(model, &view, &scene);
    printer.facts();
    let mut fidelity = counts(&scene);
    for element in model.elements.values() {
        if !shown(&element.key) {
            fidelity.lose("Place to run on", None);
        } else if !element.properties.is_empty() || element.description.is_some() {
            fidelity.keep("Properties and descriptions, as comments that Lintel reads", None);
        }
    }
    let all = model.elements.values().map(|element| &element.properties).chain(model.groups.values().map(|group| &group.properties));
    let all = all.chain(model.relations.values().map(|relation| &relation.properties)).chain([&model.properties]);
    for _ in all.flat_map(|properties| properties.keys()).filter(|name| !is_word(name)) {
        fidelity.lose("Property with a name that is not one word", None);
    }
    for _ in model.views.iter().skip(1) {
        fidelity.lose("View", None);
    }
    Exported { text: printer.out, fidelity }
}

fn picture<'a>(model: &'a Model, view: &View, scene: &'a Scene) -> Printer<'a> {
    let mut printer = Printer::new(model, scene, view.kind == ViewKind::Dynamic);
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
    printer
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
            '#' | '&' | '"' | '<' | '>' | '`' | '\\' | '{' | '}' | '|' | ';' | '%' | '*' | '_' | '~' | '$' => {
                let written = write!(label, "#{};", u32::from(c));
                debug_assert!(written.is_ok());
            }
            c => label.push(c),
        }
    }
    label.push('"');
    label::markup::disarm(&label)
}

/// Several lines in one pair of quotes.
fn joined(lines: &[String]) -> String {
    let lines: Vec<String> = lines.iter().map(|line| quoted(line).trim_matches('"').to_owned()).collect();
    format!("\"{}\"", lines.join("<br>"))
}

/// For a line without quotes: letters, digits, spaces and harmless punctuation stay.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_alphanumeric() || matches!(c, ' ' | ',' | '.' | '-' | ':' | '(' | ')' | '/') { c } else { ' ' }).collect()
}

struct Printer<'a> {
    model: &'a Model,
    scene: &'a Scene,
    /// The connectors are steps with numbers.
    stepwise: bool,
    nodes: BTreeMap<&'a ElementKey, String>,
    frames: BTreeMap<&'a FrameKey, String>,
    out: String,
}

impl<'a> Printer<'a> {
    fn new(model: &'a Model, scene: &'a Scene, stepwise: bool) -> Self {
        let nodes = scene.shapes.iter().zip(1..).map(|(shape, number)| (&shape.key, identifier(shape.key.as_str(), 'n', number))).collect();
        let frames = scene.boundaries.iter().zip(1..).map(|(boundary, number)| (&boundary.key, format!("g{number}"))).collect();
        Self { model, scene, stepwise, nodes, frames, out: String::new() }
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
        // Only what is stated, so that it is read back as such.
        let technology = self.model.element(&shape.key).and_then(|element| element.technology.as_deref()).map(clean);
        let label = joined(&label::element_lines(&shape.name, technology.as_deref(), None));
        let (open, close) = brackets_of(shape.kind).pair();
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
        let relation = self.model.relations.get(&connector.relation);
        let tagged = |tag: &str| relation.is_some_and(|relation| relation.tags.iter().any(|own| own == tag));
        let arrow = match (connector.asynchronous, tagged(UNDIRECTED), tagged(BIDIRECTIONAL)) {
            (true, _, true) => "<-.->",
            (true, true, _) => "-.-",
            (true, ..) => "-.->",
            (false, _, true) => "<-->",
            (false, true, _) => "---",
            (false, ..) => "-->",
        };
        let lines = match relation.filter(|_| !self.stepwise) {
            Some(relation) => {
                let text = |text: &Option<String>| text.as_deref().map(clean);
                label::relation_lines(text(&relation.description).as_deref(), text(&relation.technology).as_deref())
            }
            None => vec![connector.words.clone()],
        };
        let text = match joined(&lines).as_str() {
            "\"\"" => format!("{source} {arrow} {target}"),
            label => format!("{source} {arrow}|{label}| {target}"),
        };
        self.line(1, &text);
    }

    /// Descriptions and properties of what is shown.
    fn facts(&mut self) {
        let mut lines = Vec::new();
        let mut state = |subject: &str, name: &str, value: &str| {
            let value = label::one_line(value);
            if is_word(name) && !value.is_empty() {
                lines.push(format!("%% @fact {subject} {name} {value}"));
            }
        };
        let nodes = self.nodes.iter().map(|(key, id)| ((*key).clone(), id));
        let frames = self.scene.boundaries.iter().filter_map(|boundary| Some((boundary.element.clone()?, self.frames.get(&boundary.key)?)));
        for (key, id) in nodes.chain(frames) {
            let Some(element) = self.model.element(&key) else { continue };
            state(id, "description", element.description.as_deref().unwrap_or_default());
            for (name, value) in &element.properties {
                state(id, name, value);
            }
        }
        for boundary in &self.scene.boundaries {
            let group = boundary.group.as_ref().and_then(|group| self.model.groups.get(group));
            for (name, value) in group.into_iter().flat_map(|group| &group.properties) {
                state(self.frames.get(&boundary.key).map_or("", String::as_str), name, value);
            }
        }
        let mut counts: BTreeMap<(&String, &String), usize> = BTreeMap::new();
        for connector in &self.scene.connectors {
            let id = |end: &End| match end {
                End::Node(key) => self.nodes.get(key),
                End::Frame(key) => self.frames.get(key),
            };
            let (Some(source), Some(target)) = (id(&connector.source), id(&connector.target)) else { continue };
            let count = counts.entry((source, target)).or_default();
            *count += 1;
            let number = if *count == 1 { String::new() } else { format!("#{count}") };
            for (name, value) in self.model.relations.get(&connector.relation).into_iter().flat_map(|relation| &relation.properties) {
                state(&format!("{source}->{target}{number}"), name, value);
            }
        }
        for (name, value) in &self.model.properties {
            state(crate::domain::model::facts::WORKSPACE, name, value);
        }
        for line in lines {
            self.line(1, &line);
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        scene::tests::platform,
        syntax::{Language, Sources},
    };

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
            "    n5_order -.->|\"[order.placed]\"| n8_bus",
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

    #[test]
    fn a_title_is_never_taken_for_a_direction() {
        let mut model = platform();
        for (group, way) in model.groups.values_mut().zip(["TB", "BT", "LR", "RL"].iter().cycle()) {
            group.name = format!("Flow direction {way} only");
        }
        let text = print(&model, &model.views[0]);
        let spaced = ["TB", "BT", "LR", "RL"].iter().any(|way| text.contains(&format!("direction {way}")));
        assert!(text.contains("direction#32;TB only") && !spaced, "{text}");
        let parsed = crate::domain::syntax::mermaid::parse("w.mmd", &text, &crate::domain::syntax::Sources::new());
        assert!(parsed.model.groups.values().any(|group| group.name == "Flow direction TB only"), "{text}");
    }

    type Gist = (Vec<(String, Option<String>, Vec<String>)>, Vec<[String; 4]>);

    /// Elements by name with technology and the names around them, and relations by name.
    fn gist(model: &Model) -> Gist {
        let name = |key: &ElementKey| model.elements[key].name.clone();
        let around = |element: &crate::domain::model::Element| {
            let mut names = Vec::new();
            for element in std::iter::once(element).chain(model.ancestors(&element.key)) {
                let mut group = element.group.as_ref();
                while let Some(found) = group.and_then(|key| model.groups.get(key)) {
                    names.push(found.name.clone());
                    group = found.parent.as_ref();
                }
                names.extend(element.parent.as_ref().map(&name));
            }
            names
        };
        let parts = |key: &ElementKey| model.children(key).next().is_some();
        let mut elements: Vec<_> = model
            .elements
            .values()
            .filter(|element| !parts(&element.key))
            .map(|element| (element.name.clone(), element.technology.clone(), around(element)))
            .collect();
        elements.sort();
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let mut relations: Vec<_> = model
            .relations
            .values()
            .filter(|relation| relation.implied_by.is_none())
            .map(|relation| [name(&relation.source), name(&relation.target), text(&relation.description), text(&relation.technology)])
            .collect();
        relations.sort();
        (elements, relations)
    }

    #[test]
    fn a_printed_model_is_read_back() {
        let dsl = "workspace \"Shop\" {\nmodel {\nu = person \"Customer\"\ns = softwareSystem \"Shop system\" {\nweb = container \"Web\" \"Shows \\\"things\\\" & more\" \"React\"\ngroup \"Core #1\" {\napi = container \"API <v2>\" \"\" \"Acquirer API\" {\nproperties {\nreplicas 3\n}\n}\ndb = container \"Orders\" \"\" \"PostgreSQL 16\"\n}\n}\nbank = softwareSystem \"Bank\" \"\" \"External\"\nu -> web \"Shops\"\nweb -> api \"Asks (often)\" \"JSON/HTTPS\" {\nproperties {\ntimeout 2s\n}\n}\napi -> db \"Stores\" \"Spring Data\"\napi -> bank \"Pays\"\nbank -> s \"Reports to\" \"SFTP\"\n}\n}\n";
        let model = crate::domain::syntax::structurizr::parse("w.dsl", dsl, &crate::domain::syntax::Sources::new()).model;
        let exported = print_model(&model);
        let parsed = crate::domain::syntax::mermaid::parse("w.mmd", &exported.text, &crate::domain::syntax::Sources::new());
        assert_eq!(parsed.diagnostics, [], "{}", exported.text);
        assert_eq!(gist(&parsed.model), gist(&model), "{}", exported.text);
        let kinds = |model: &Model| {
            let mut kinds: Vec<_> = model.elements.values().map(|element| (element.name.clone(), element.kind.value)).collect();
            kinds.retain(|(name, _)| name != "Shop system");
            kinds.sort();
            kinds
        };
        assert_eq!(kinds(&parsed.model), kinds(&model), "{}", exported.text);
        let api = parsed.model.elements.values().find(|element| element.name == "API <v2>").unwrap();
        assert_eq!(api.facts.value("replicas"), Some("3"));
        assert!(parsed.model.relations.values().any(|relation| relation.facts.value("timeout") == Some("2s")));
        let view = print(&model, &model.views[0]);
        let again = crate::domain::syntax::mermaid::parse("w.mmd", &view, &crate::domain::syntax::Sources::new());
        assert_eq!(again.diagnostics, [], "{view}");
    }

    #[test]
    fn properties_whose_names_are_no_words_break_nothing() {
        let mut model = platform();
        let key = model.find("Customer").unwrap().key.clone();
        for name in ["\"kind", "\"", "", "two words", "replicas"] {
            model.elements[&key].properties.insert(name.to_owned(), "database".to_owned());
        }
        let Exported { text, fidelity } = print_model(&model);
        assert!(fidelity.lost.iter().any(|remark| remark.what == "Property with a name that is not one word" && remark.count == 4));
        let parsed = crate::domain::syntax::parse(Language::Mermaid, "view.mmd", &text, &Sources::new());
        assert_eq!(parsed.diagnostics, [], "{text}");
        assert!(text.contains(" replicas database") && !text.contains("\"kind"), "{text}");
    }
}
