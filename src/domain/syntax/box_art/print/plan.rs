//! What is to be drawn, measured in cells: boxes with their lines, frames with their titles, edges with their labels, and the
//! legend for what has no room.
//!
//! Every text is checked by reading it back: a name or label that a reader would take for something else goes to the legend.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use crate::domain::{
    layout::{EdgeKey, End, FrameKey},
    model::{ElementKey, Level, Model, kind::infer, kind::infer::Evidence},
    scene::{Boundary, Scene, Shape, text::clean},
    syntax::box_art::{glyph::width, sheet::Sheet, strokes::Strokes, words},
};

/// How much room words get, in columns.
#[derive(Clone, Copy, Debug)]
pub(super) struct Room {
    pub(super) name: usize,
    /// 0 for numbers only; nothing for labels that stand in the legend alone.
    pub(super) label: Option<usize>,
    pub(super) title: usize,
    /// Frames hug what they hold.
    pub(super) tight: bool,
    pub(super) ascii: bool,
}

/// A box.
#[derive(Clone, Debug)]
pub(super) struct Block {
    pub(super) lines: Vec<String>,
    pub(super) frame: Option<FrameKey>,
    pub(super) initiator: bool,
}

/// A frame around others.
#[derive(Clone, Debug)]
pub(super) struct Ring {
    pub(super) title: String,
    pub(super) parent: Option<FrameKey>,
}

/// An edge.
#[derive(Clone, Debug)]
pub(super) struct Wire {
    pub(super) source: End,
    pub(super) target: End,
    pub(super) label: String,
    pub(super) dashed: bool,
    /// For the legend, where the layout has no place for the label.
    pub(super) words: String,
    pub(super) names: (String, String),
}

#[derive(Clone, Debug, Default)]
pub(super) struct Plan {
    pub(super) blocks: IndexMap<ElementKey, Block>,
    pub(super) rings: IndexMap<FrameKey, Ring>,
    pub(super) wires: IndexMap<EdgeKey, Wire>,
    pub(super) legend: Legend,
}

/// Numbered words below the drawing.
#[derive(Clone, Debug, Default)]
pub(super) struct Legend {
    numbers: IndexMap<String, usize>,
    pub(super) unplaced: Vec<String>,
}

impl Legend {
    /// `(3)` for these words; the same words have the same number.
    fn number(&mut self, text: &str) -> String {
        let next = self.numbers.len() + 1;
        format!("({})", self.numbers.entry(text.to_owned()).or_insert(next))
    }

    pub(super) fn lines(&self) -> Vec<String> {
        let numbered = self.numbers.iter().map(|(text, number)| format!("  ({number}) {text}"));
        numbered.chain(self.unplaced.iter().map(|text| format!("  {text}"))).collect()
    }

    pub(super) fn len(&self) -> usize {
        self.numbers.len() + self.unplaced.len()
    }
}

/// Lines that a name may take.
const MAX_LINES: usize = 4;

impl Plan {
    pub(super) fn new(model: &Model, scene: &Scene, room: Room) -> Self {
        let mut plan = Self::default();
        for boundary in &scene.boundaries {
            let title = plan.title(model, boundary, room);
            plan.rings.insert(boundary.key.clone(), Ring { title, parent: boundary.parent.clone() });
        }
        for shape in &scene.shapes {
            let lines = plan.lines(model, shape, room);
            let initiator = shape.kind == crate::domain::model::kind::Kind::Person;
            plan.blocks.insert(shape.key.clone(), Block { lines, frame: shape.boundary.clone(), initiator });
        }
        let frames: BTreeMap<&FrameKey, &Boundary> = scene.boundaries.iter().map(|boundary| (&boundary.key, boundary)).collect();
        let name = |end: &End| match end {
            End::Node(key) => model.element(key).map(|element| clean(&element.name)),
            End::Frame(key) => frames.get(key).map(|boundary| clean(&boundary.name)),
        };
        for connector in &scene.connectors {
            let words = clean(&connector.words);
            let label = plan.label(&words, room);
            let names = (name(&connector.source).unwrap_or_default(), name(&connector.target).unwrap_or_default());
            let (source, target) = (connector.source.clone(), connector.target.clone());
            plan.wires.insert(connector.key.clone(), Wire { source, target, label, dashed: connector.asynchronous, words, names });
        }
        plan
    }

    fn title(&mut self, model: &Model, boundary: &Boundary, room: Room) -> String {
        let name = clean(&boundary.name);
        let level = boundary.element.as_ref().and_then(|key| model.element(key)).map(|element| element.level);
        let suffix = level.map_or_else(String::new, |level| format!(" [{}]", level_word(level)));
        let read = words::named(&[format!("{name}{suffix}")]);
        let same = read.name == name
            && read.technology.is_none()
            && read.description.is_none()
            && is_plain(&name)
            && !name.contains(['[', ']', '-', '=', ':', '…']);
        if same && width(&name) <= room.title && name.chars().any(char::is_alphanumeric) {
            return format!("{name}{suffix}");
        }
        let number = self.legend.number(&name);
        let kept = cut(&name, room.title.saturating_sub(width(&number) + 2), room.ascii, &is_title_plain);
        format!("{kept}{}{number}{suffix}", if kept.is_empty() { "" } else { " " })
    }

    fn lines(&mut self, model: &Model, shape: &Shape, room: Room) -> Vec<String> {
        let name = clean(&shape.name);
        let element = model.element(&shape.key);
        let technology = element.and_then(|element| element.technology.as_deref()).map(clean).filter(|text| !text.is_empty());
        let mut tail: Vec<String> = Vec::new();
        if let Some(technology) = &technology {
            let line = format!("({technology})");
            let plain = !technology.contains(['(', ')', '\\']) && !technology.ends_with('…') && in_box(technology);
            tail.push(if plain && width(&line) <= room.name.max(10) { line } else { self.legend.number(technology) });
        }
        let expected = infer::kind(&Evidence {
            level: if words::is_person(&name) { Level::Person } else { Level::Container },
            name: &name,
            technology: technology.as_deref(),
            description: None,
            tags: &[],
            properties: &BTreeMap::new(),
            archetype: None,
            shape: None,
            outside: None,
        });
        if expected.value != shape.kind
            && !matches!(shape.kind, crate::domain::model::kind::Kind::System | crate::domain::model::kind::Kind::Node)
        {
            let slug = shape.kind.slug();
            tail.push(if room.ascii { format!("<<{slug}>>") } else { format!("«{slug}»") });
        }
        // Even lines, and only such as are read as one name again.
        let longest = name.split(' ').map(width).max().unwrap_or(0);
        for most in longest.max(room.name / 2)..=room.name {
            let lines = wrap(&name, most);
            if lines.len() > MAX_LINES || (most < room.name && lines.len() > wrap(&name, room.name).len()) {
                continue;
            }
            let made_with = technology.iter().map(|_| "(Go)".to_owned());
            let read = words::named(&lines.iter().cloned().chain(made_with).collect::<Vec<_>>());
            let has_technology = read.technology.is_some() == technology.is_some();
            if read.name == name && read.description.is_none() && has_technology && lines.iter().all(|line| in_box(line)) {
                return lines.into_iter().chain(tail).collect();
            }
        }
        let number = self.legend.number(&name);
        let kept = cut(&name, room.name.saturating_sub(width(&number) + 2), room.ascii, &in_box);
        std::iter::once(format!("{kept}{}{number}", if kept.is_empty() { "" } else { " " })).chain(tail).collect()
    }

    fn label(&mut self, words: &str, room: Room) -> String {
        let Some(most) = room.label.filter(|_| !words.is_empty()) else { return String::new() };
        let (technology, description) = words::label(words);
        let same = technology.as_deref().or(description.as_deref()) == Some(words) && (technology.is_none() || description.is_none());
        let numbered = words.starts_with('(') || words.ends_with(')');
        if same && !numbered && is_plain(words) && width(words) <= most.max(4) && words.chars().any(char::is_alphanumeric) {
            return words.to_owned();
        }
        self.legend.number(words)
    }
}

const fn level_word(level: Level) -> &'static str {
    match level {
        Level::Person => "Person",
        Level::System | Level::SystemInstance => "System",
        Level::Container | Level::ContainerInstance => "Container",
        Level::Component => "Component",
        Level::Custom => "Element",
        Level::DeploymentEnvironment | Level::DeploymentNode => "Deployment node",
        Level::InfrastructureNode => "Infrastructure node",
    }
}

/// As many words as fit, with an ellipsis; nothing where what is left says nothing.
fn cut(text: &str, most: usize, ascii: bool, plain: &dyn Fn(&str) -> bool) -> String {
    let dots = if ascii { "..." } else { "…" };
    let mut kept = String::new();
    for c in text.chars() {
        if width(&kept) + width(c.encode_utf8(&mut [0; 4])) + width(dots) > most {
            break;
        }
        kept.push(c);
    }
    let kept = kept.trim_end().trim_end_matches(['.', '…']);
    if kept.is_empty() || !plain(kept) { String::new() } else { format!("{kept}{dots}") }
}

/// Words to lines of at most so many columns; a longer word has a line of its own.
fn wrap(text: &str, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if width(line) + 1 + width(word) <= most => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Nothing in the text looks like a line or an arrow, wherever it stands.
pub(super) fn is_plain(text: &str) -> bool {
    let sheet = Sheet::new(&[(0, text)]);
    let strokes = Strokes::new(&sheet);
    let lined = (0..sheet.width()).any(|column| strokes.arms(0, column) != 0);
    !lined
        && in_box(text)
        && !text.starts_with([
            '+', '*', '.', ',', '\'', '`', '/', '\\', ':', '-', '=', '~', 'v', 'V', '^', 'o', 'O', '<', '>', '!', '#', ';', '%',
        ])
        || (!lined
            && in_box(text)
            && text.len() > 1
            && text.starts_with(['v', 'V', 'o', 'O'])
            && text.chars().nth(1).is_some_and(char::is_alphanumeric))
}

fn is_title_plain(text: &str) -> bool {
    is_plain(text) && !text.contains(['[', ']', '…']) && !text.ends_with(['-', '=', ':', '.', ')'])
}

/// Nothing in the text looks like a part of a box.
fn in_box(text: &str) -> bool {
    !text.chars().any(|c| {
        crate::domain::syntax::box_art::glyph::drawn(c) != 0
            || crate::domain::syntax::box_art::glyph::head(c) != 0
            || matches!(c, '|' | '`' | '\t')
    }) && !text.contains("--")
        && !text.contains("->")
        && !text.contains("<-")
        && !text.contains("==")
        && !text.contains("__")
        && !text.contains("~~")
        && !text.contains("+-")
        && !text.contains("-+")
        && !text.contains("...")
}
