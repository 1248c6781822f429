//! Objects to a model: which shapes are elements, which are groups, notes or fields of tables; what kind each is; and what each
//! board shows.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{
    diagnostic::Span,
    model::{
        ElementKey, GroupKey, Level, RelationKey,
        kind::Kind,
        view::{Direction, Step, ViewKind},
    },
    syntax::{
        d2::compile::{Board, Compiled, Connection, Object, ROOT},
        draft::{Draft, Look, NewElement, empty_view},
    },
};

struct Lowering<'l> {
    from: &'l Compiled,
    draft: &'l mut Draft,
    /// Objects on any board.
    live: BTreeSet<usize>,
    /// Objects that are no elements, and the one that stands for them; none for none.
    instead: BTreeMap<usize, Option<usize>>,
    /// Ends of connections.
    touched: BTreeSet<usize>,
    /// Levels of containers in and under each object.
    heights: BTreeMap<usize, usize>,
    keys: BTreeMap<usize, ElementKey>,
    groups: BTreeMap<usize, GroupKey>,
    relations: BTreeMap<usize, Vec<RelationKey>>,
}

/// Where an object goes.
#[derive(Clone, Copy)]
struct Place<'p> {
    parent: Option<&'p ElementKey>,
    level: Option<Level>,
    group: Option<&'p GroupKey>,
}

pub(super) fn lower(from: &Compiled, draft: &mut Draft) {
    let mut lowering = Lowering {
        from,
        draft,
        live: from.boards.iter().flat_map(|board| board.objects.iter().copied()).collect(),
        instead: BTreeMap::new(),
        touched: BTreeSet::new(),
        heights: BTreeMap::new(),
        keys: BTreeMap::new(),
        groups: BTreeMap::new(),
        relations: BTreeMap::new(),
    };
    lowering.run();
}

impl Lowering<'_> {
    fn object(&self, at: usize) -> Option<&Object> {
        self.from.objects.get(at)
    }

    fn shape(&self, at: usize) -> Option<&str> {
        let object = self.object(at)?;
        let of_class = || object.classes.iter().rev().find_map(|name| self.from.classes.get(&name.to_lowercase())?.shape.as_deref());
        object.shape.as_deref().or_else(of_class)
    }

    /// Live parts that are elements.
    fn parts(&self, at: usize) -> Vec<usize> {
        let children = self.object(at).into_iter().flat_map(|object| object.children.values().copied());
        children.filter(|child| self.live.contains(child) && !self.instead.contains_key(child)).collect()
    }

    fn around(&self, at: usize) -> impl Iterator<Item = usize> {
        std::iter::successors(self.object(at).and_then(|object| object.parent), |next| self.object(*next).and_then(|object| object.parent))
            .filter(|at| *at != ROOT)
    }

    fn run(&mut self) {
        self.tables();
        self.sequences();
        let connections = self.connections();
        for connection in &connections {
            for end in [connection.1, connection.2] {
                self.touched.insert(end);
            }
        }
        self.notes();
        // Parts come after what they are in, so heights are known from the inside out.
        let ordered: Vec<usize> = self.live.iter().rev().copied().collect();
        for at in ordered {
            let inner = self.parts(at).into_iter().filter_map(|part| self.heights.get(&part)).max().copied().unwrap_or(0);
            self.heights.insert(at, inner + 1);
        }
        for at in self.parts(ROOT) {
            self.place(at, Place { parent: None, level: None, group: None });
        }
        for (index, source, target) in connections {
            self.relate(index, source, target);
        }
        self.draft.imply();
        self.draft.conclude();
        self.views();
    }

    /// Fields of tables and classes become words of the table.
    fn tables(&mut self) {
        let tables: Vec<usize> = self.live.iter().copied().filter(|at| matches!(self.shape(*at), Some("sql_table" | "class"))).collect();
        for table in tables {
            let fields: Vec<usize> = self.live.iter().copied().filter(|at| self.around(*at).any(|around| around == table)).collect();
            for field in fields {
                self.instead.insert(field, Some(table));
            }
        }
    }

    /// The words of a table's fields, one a line.
    fn fields(&self, table: usize) -> Option<String> {
        if !matches!(self.shape(table), Some("sql_table" | "class")) {
            return None;
        }
        let children = self.object(table)?.children.values().filter(|child| self.live.contains(child));
        let lines: Vec<String> = children
            .filter_map(|child| self.object(*child))
            .map(|field| {
                let kind = field.label.as_ref().map(|label| format!(": {}", label.text)).unwrap_or_default();
                let constraint = if field.constraint.is_empty() { String::new() } else { format!(" ({})", field.constraint.join(", ")) };
                format!("{}{kind}{constraint}", field.name)
            })
            .collect();
        Some(lines.join("\n")).filter(|text| !text.is_empty())
    }

    /// In a sequence diagram the actors are the elements; what lies in them are the times at which they are active.
    fn sequences(&mut self) {
        let sequences: Vec<usize> = std::iter::once(ROOT)
            .chain(self.live.iter().copied())
            .filter(|at| self.object(*at).and_then(|object| object.shape.as_deref()) == Some("sequence_diagram"))
            .collect();
        for sequence in sequences {
            let actors: Vec<usize> = self.parts(sequence);
            let names: BTreeMap<String, usize> =
                actors.iter().filter_map(|at| Some((self.object(*at)?.name.to_lowercase(), *at))).collect();
            let members: BTreeSet<usize> = actors.iter().copied().collect();
            let inside: Vec<usize> = self.live.iter().copied().filter(|at| !members.contains(at)).collect();
            // A group holds connections of the actors beside it.
            let ends: BTreeSet<usize> = self.from.connections.iter().flat_map(|found| [found.source, found.target]).collect();
            for actor in actors {
                let Some(object) = self.object(actor).filter(|_| !ends.contains(&actor)) else { continue };
                let inner = object.children.keys().any(|name| names.contains_key(name));
                if inner {
                    let span = span_of(object.file.as_ref(), object.span);
                    self.instead.insert(actor, None);
                    self.draft.fidelity().lose("Group of a sequence diagram", span);
                }
            }
            for at in inside {
                let mut chain: Vec<usize> = std::iter::once(at).chain(self.around(at)).collect();
                let place = if sequence == ROOT { Some(chain.len()) } else { chain.iter().position(|around| *around == sequence) };
                let Some(place) = place.filter(|place| *place > 0) else { continue };
                chain.truncate(place);
                // The actor named in a group is the one beside it; else the outermost name is the actor.
                let named = chain.iter().rev().skip(1).find_map(|at| names.get(&self.object(*at)?.name.to_lowercase()).copied());
                let actor = named.or_else(|| chain.last().copied()).filter(|actor| *actor != at);
                if let Some(actor) = actor {
                    self.instead.entry(at).or_insert(Some(actor));
                }
            }
        }
    }

    /// What an end of a connection stands for.
    fn end(&self, at: usize) -> usize {
        let mut at = at;
        for _ in 0..64 {
            match self.instead.get(&at) {
                Some(Some(other)) => at = *other,
                _ => break,
            }
        }
        at
    }

    /// Live connections with the objects at their ends.
    fn connections(&mut self) -> Vec<(usize, usize, usize)> {
        let live: BTreeSet<usize> = self.from.boards.iter().flat_map(|board| board.connections.iter().copied()).collect();
        let mut found = Vec::new();
        for index in live {
            let Some(connection) = self.from.connections.get(index) else { continue };
            let (source, target) = (self.end(connection.source), self.end(connection.target));
            let table = |at: usize| matches!(self.shape(at), Some("sql_table" | "class"));
            if (source, target) != (connection.source, connection.target) && (table(source) || table(target)) {
                let span = span_of(connection.file.as_ref(), connection.span);
                self.draft.fidelity().keep("Connection to a field, as one to its table", span);
            }
            found.push((index, source, target));
        }
        found
    }

    /// Text that stands by itself describes what is around it.
    fn notes(&mut self) {
        let notes: Vec<usize> = self
            .live
            .iter()
            .copied()
            .filter(|at| {
                let Some(object) = self.object(*at) else { return false };
                let block = object.label.as_ref().is_some_and(|label| label.block.is_some());
                let text = matches!(object.shape.as_deref(), Some("text" | "code"));
                let plain = block && object.shape.is_none();
                (plain || text || object.near.is_some()) && !self.touched.contains(at) && self.parts(*at).is_empty()
            })
            .filter(|at| !self.instead.contains_key(at))
            .collect();
        for at in notes {
            self.instead.insert(at, None);
        }
    }

    /// Writes the notes into what they describe, once that is there.
    fn describe_with_notes(&mut self, inside: usize) {
        let notes: Vec<usize> = self
            .object(inside)
            .into_iter()
            .flat_map(|object| object.children.values().copied())
            .filter(|child| self.instead.get(child) == Some(&None))
            .collect();
        for at in notes {
            let Some(object) = self.object(at) else { continue };
            let text = object.label.as_ref().map_or(object.name.as_str(), |label| &label.text).trim().to_owned();
            let (near, span) = (object.near.is_some(), span_of(object.file.as_ref(), object.span));
            if text.is_empty() {
                continue;
            }
            if inside == ROOT && near && self.draft.model().name.is_empty() {
                let (name, rest) = title(&text);
                self.draft.model().name = name;
                self.draft.fidelity().keep("Title on the page, as the name", span);
                if !rest.is_empty() && self.draft.model().description.is_none() {
                    self.draft.model().description = Some(rest);
                }
                continue;
            }
            let said = match self.keys.get(&inside).cloned() {
                Some(key) => self.draft.get(&key).map(|element| append(&mut element.description, &text)),
                None if inside == ROOT => {
                    append(&mut self.draft.model().description, &text);
                    Some(())
                }
                None => None,
            };
            if said.is_some() {
                self.draft.fidelity().keep("Text on the page, as a description", span);
            } else {
                self.draft.fidelity().lose("Text in a group", span);
            }
        }
    }

    /// Makes an object an element or a group, and then its parts.
    fn place(&mut self, at: usize, place: Place<'_>) {
        let Some(object) = self.from.objects.get(at) else { return };
        let parts = self.parts(at);
        let room = match place.level {
            None => 3,
            Some(Level::System) => 2,
            Some(Level::Container) => 1,
            Some(_) => 0,
        };
        let height = self.heights.get(&at).copied().unwrap_or(1);
        let frame_only = !parts.is_empty() && !self.touched.contains(&at) && self.shape(at).is_none() && object.tooltip.is_none();
        if height > room && frame_only {
            let (name, _, _) = words(object, None);
            let group = self.draft.group(place.parent, place.group, &name, object.span);
            self.groups.insert(at, group.clone());
            self.draft.fidelity().keep("Container beyond three levels, as a group", span_of(object.file.as_ref(), object.span));
            self.describe_with_notes(at);
            for part in parts {
                self.place(part, Place { group: Some(&group), ..place });
            }
            return;
        }
        let person = matches!(self.shape(at), Some("person" | "c4-person"));
        let level = match place.level {
            None if person && parts.is_empty() => Level::Person,
            None => Level::System,
            Some(Level::System) => Level::Container,
            Some(_) => Level::Component,
        };
        let of_class = object.classes.iter().rev().find_map(|name| self.from.classes.get(&name.to_lowercase())?.label.clone());
        let (name, technology, description) = words(object, of_class.as_deref());
        let new =
            NewElement { parent: place.parent, own: &object.name, name: &name, level, span: object.span, name_span: object.name_span };
        let Some(key) = self.draft.element(&new) else { return };
        self.keys.insert(at, key.clone());
        let fields = self.fields(at);
        if fields.is_some() {
            self.draft.fidelity().keep("Fields of a table or class, as its description", span_of(object.file.as_ref(), object.span));
        }
        let mut said = description;
        for text in [object.tooltip.clone(), fields].into_iter().flatten() {
            append(&mut said, &text);
        }
        if let Some(element) = self.draft.get(&key) {
            element.description = said;
            element.technology = technology;
            element.group = place.group.cloned();
            element.tags.clone_from(&object.classes);
            element.file.clone_from(&object.file);
        }
        self.link(object, &key);
        if level == Level::System && parts.is_empty() {
            self.draft.as_parts.insert(key.clone());
        }
        if let Some(shape) = self.shape(at).map(str::to_owned) {
            self.look(&key, &shape, object);
        }
        self.describe_with_notes(at);
        for part in parts {
            self.place(part, Place { parent: Some(&key), level: Some(level), group: None });
        }
    }

    fn link(&mut self, object: &Object, key: &ElementKey) {
        let Some(link) = object.link.as_deref() else { return };
        let board = ["layers.", "scenarios.", "steps.", "_."].iter().any(|start| link.starts_with(start));
        if board {
            self.draft.fidelity().lose("Link to a board", span_of(object.file.as_ref(), object.span));
        } else if let Some(element) = self.draft.get(key) {
            element.url = Some(link.to_owned());
        }
    }

    fn look(&mut self, key: &ElementKey, shape: &str, object: &Object) {
        let kind = match shape {
            "person" | "c4-person" => Some(Kind::Person),
            "cylinder" | "sql_table" => Some(Kind::Database),
            "stored_data" => Some(Kind::ObjectStore),
            "queue" => Some(Kind::Queue),
            "cloud" => Some(Kind::External),
            "hexagon" => Some(Kind::Gateway),
            "page" => Some(Kind::Frontend),
            "step" => Some(Kind::Worker),
            _ => None,
        };
        match kind {
            Some(kind) => self.draft.look(key, Look::Kind { kind, reason: format!("shape {shape}") }),
            None if matches!(shape, "rectangle" | "square" | "class" | "sequence_diagram" | "") => {}
            None => self.draft.fidelity().lose("Shape without a meaning of its own", span_of(object.file.as_ref(), object.span)),
        }
    }

    fn relate(&mut self, index: usize, source: usize, target: usize) {
        let Some(connection) = self.from.connections.get(index) else { return };
        let (Some(from), Some(to)) = (self.keys.get(&source).cloned(), self.keys.get(&target).cloned()) else {
            self.draft.fidelity().lose("Connection to something that is no element", span_of(connection.file.as_ref(), connection.span));
            return;
        };
        let dashed = connection.dashed
            || connection.classes.iter().any(|name| self.from.classes.get(&name.to_lowercase()).is_some_and(|class| class.dashed));
        let (description, technology) = label(connection);
        let mut ways = vec![(&from, &to)];
        if connection.back && connection.forth {
            ways.push((&to, &from));
        }
        for (from, to) in ways {
            let Some(key) = self.draft.relation(from, to, connection.span) else { return };
            if let Some(relation) = self.draft.model().relations.get_mut(&key) {
                relation.description.clone_from(&description);
                relation.technology.clone_from(&technology);
                relation.file.clone_from(&connection.file);
                relation.tags.clone_from(&connection.classes);
                if dashed && !relation.tags.iter().any(|tag| tag.to_lowercase().contains("async")) {
                    relation.tags.push("Asynchronous".to_owned());
                }
            }
            self.relations.entry(index).or_default().push(key);
        }
    }

    fn views(&mut self) {
        self.describe_with_notes(ROOT);
        let direction = |board: &Board| board.direction.unwrap_or(Direction::TopBottom);
        let first = self.from.boards.first().cloned().unwrap_or_default();
        if self.from.boards.len() <= 1 {
            self.draft.show_everything(direction(&first));
        } else {
            for board in &self.from.boards {
                if board.objects.is_empty() {
                    continue;
                }
                let name = if board.path.is_empty() { "index".to_owned() } else { board.path.join("-") };
                let board_direction = board.direction.or(first.direction).unwrap_or(Direction::TopBottom);
                self.view(board, &name, board_direction);
            }
            self.draft.fidelity().keep("Board, as a view", Some(first.span));
        }
        self.dynamic_views(direction(&first));
    }

    fn view(&mut self, board: &Board, name: &str, direction: Direction) {
        let shown: BTreeSet<ElementKey> = board.objects.iter().filter_map(|at| self.keys.get(at)).cloned().collect();
        let level =
            |wanted: Level| self.draft.out.model.elements.values().any(|element| element.level == wanted && shown.contains(&element.key));
        let kind = if level(Level::Component) {
            ViewKind::Component
        } else if level(Level::Container) {
            ViewKind::Container
        } else {
            ViewKind::Landscape
        };
        let wanted = match kind {
            ViewKind::Component => Some(Level::Component),
            ViewKind::Container => Some(Level::Container),
            _ => None,
        };
        let elements = &self.draft.out.model.elements;
        let scope = elements.values().find(|element| Some(element.level) == wanted && shown.contains(&element.key));
        let scope = scope.and_then(|element| element.parent.clone());
        let Some(key) = self.draft.view_key(name, board.span) else { return };
        let mut view = empty_view(key, kind, board.span);
        view.title = board.path.last().cloned();
        view.scope = scope;
        view.direction = direction;
        self.draft.fill(&mut view, &shown);
        let drawn: BTreeSet<&RelationKey> = board.connections.iter().filter_map(|index| self.relations.get(index)).flatten().collect();
        view.relations.retain(|key| drawn.contains(key));
        self.draft.model().views.push(view);
    }

    /// A sequence diagram is a dynamic view as well.
    fn dynamic_views(&mut self, direction: Direction) {
        let sequences: Vec<usize> = std::iter::once(ROOT)
            .chain(self.live.iter().copied())
            .filter(|at| self.object(*at).and_then(|object| object.shape.as_deref()) == Some("sequence_diagram"))
            .collect();
        for sequence in sequences {
            let inside = |at: usize| sequence == ROOT || self.around(at).any(|around| around == sequence);
            let steps: Vec<RelationKey> = self
                .from
                .connections
                .iter()
                .enumerate()
                .filter(|(_, connection)| inside(connection.source) && inside(connection.target))
                .filter_map(|(index, _)| self.relations.get(&index)?.first().cloned())
                .collect();
            if steps.is_empty() {
                continue;
            }
            let object = self.object(sequence).cloned().unwrap_or_default();
            let name = if sequence == ROOT { "sequence".to_owned() } else { object.name.clone() };
            let Some(key) = self.draft.view_key(&name, object.span) else { return };
            let mut view = empty_view(key, ViewKind::Dynamic, object.span);
            view.title = object.label.as_ref().map(|label| label.text.clone()).filter(|text| !text.trim().is_empty());
            view.direction = direction;
            let model = self.draft.model();
            let mut shown: BTreeSet<ElementKey> = BTreeSet::new();
            for (at, key) in steps.iter().enumerate() {
                let Some(relation) = model.relations.get(key) else { continue };
                for end in [&relation.source, &relation.target] {
                    shown.insert(end.clone());
                    shown.extend(model.ancestors(end).map(|element| element.key.clone()));
                }
                view.steps.push(Step {
                    order: (at + 1).to_string(),
                    relation: key.clone(),
                    description: relation.description.clone(),
                    response: false,
                });
            }
            let used: BTreeSet<&RelationKey> = steps.iter().collect();
            view.elements = model.elements.keys().filter(|key| shown.contains(*key)).cloned().collect();
            view.relations = model.relations.keys().filter(|key| used.contains(key)).cloned().collect();
            model.views.push(view);
            self.draft.fidelity().keep("Sequence diagram, as a dynamic view", span_of(object.file.as_ref(), object.span));
        }
    }
}

fn span_of(file: Option<&String>, span: Span) -> Option<Span> {
    Some(span).filter(|_| file.is_none())
}

fn append(description: &mut Option<String>, text: &str) {
    match description {
        Some(known) => {
            known.push('\n');
            known.push_str(text);
        }
        None => *description = Some(text.to_owned()),
    }
}

/// The first line of a text without Markdown's marks, and the rest.
fn title(text: &str) -> (String, String) {
    let mut lines = text.lines();
    let first = lines.next().unwrap_or("").trim().trim_start_matches('#').trim().trim_matches('*').trim().to_owned();
    (first, lines.collect::<Vec<_>>().join("\n").trim().to_owned())
}

/// Name, technology and description of an object.
fn words(object: &Object, of_class: Option<&str>) -> (String, Option<String>, Option<String>) {
    let label = object.label.as_ref().map(|label| (label.text.trim(), label.block.is_some()));
    let (text, block) = match (label, of_class) {
        (Some((text, block)), _) if !text.is_empty() => (text, block),
        (None, Some(text)) => (text, false),
        _ => (object.name.as_str(), false),
    };
    if block {
        let (name, rest) = title(text);
        let name = if name.is_empty() { object.name.clone() } else { name };
        return (name, None, Some(rest).filter(|rest| !rest.is_empty()));
    }
    let (name, technology) = split_technology(text);
    let name = if name.is_empty() { object.name.clone() } else { name };
    (name, technology, None)
}

/// A last line in square brackets is a technology.
fn split_technology(text: &str) -> (String, Option<String>) {
    let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((before, last)) = text.trim_end().rsplit_once('\n')
        && let Some(technology) = last.trim().strip_prefix('[').and_then(|last| last.strip_suffix(']'))
    {
        return (flat(before), Some(technology.trim().to_owned()).filter(|text| !text.is_empty()));
    }
    (flat(text), None)
}

/// Description and technology of a connection.
fn label(connection: &Connection) -> (Option<String>, Option<String>) {
    let Some(text) = connection.label.as_deref().map(str::trim).filter(|text| !text.is_empty()) else { return (None, None) };
    let alone = text.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).filter(|inner| !inner.contains(['[', ']']));
    if let Some(technology) = alone {
        return (None, Some(technology.trim().to_owned()).filter(|text| !text.is_empty()));
    }
    let (description, technology) = split_technology(text);
    (Some(description).filter(|text| !text.is_empty()), technology)
}
