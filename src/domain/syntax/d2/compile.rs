//! Statements to objects and connections. An object is made where it is first named; keys are compared without case. Boards
//! (layers, scenarios, steps) are sets of the same objects: what has the same name is the same thing.

use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use indexmap::IndexMap;

use crate::domain::{
    diagnostic::{Level as Severity, Span},
    model::view::Direction,
    syntax::{
        Sources,
        d2::{
            MAX_CONNECTIONS, MAX_DEPTH, MAX_WORK,
            attributes::Class,
            boards::Pending,
            parse::{Entry, Part, Statement, Value, Words, parse},
            remark, slip,
            variables::Variables,
        },
        draft::{Draft, MAX_ELEMENTS},
    },
};

/// A shape, or a container of others.
#[derive(Clone, Debug, Default)]
pub(super) struct Object {
    /// The key as first written.
    pub(super) name: String,
    pub(super) parent: Option<usize>,
    /// By key in lower case.
    pub(super) children: IndexMap<String, usize>,
    pub(super) label: Option<Words>,
    pub(super) shape: Option<String>,
    pub(super) classes: Vec<String>,
    pub(super) tooltip: Option<String>,
    pub(super) link: Option<String>,
    pub(super) near: Option<String>,
    /// Of a field of a table: `primary_key`.
    pub(super) constraint: Vec<String>,
    pub(super) span: Span,
    pub(super) name_span: Span,
    pub(super) file: Option<String>,
    pub(super) depth: usize,
}

#[derive(Clone, Debug)]
pub(super) struct Connection {
    pub(super) source: usize,
    pub(super) target: usize,
    /// An arrowhead at the source.
    pub(super) back: bool,
    /// An arrowhead at the target.
    pub(super) forth: bool,
    pub(super) label: Option<String>,
    pub(super) classes: Vec<String>,
    pub(super) dashed: bool,
    pub(super) span: Span,
    pub(super) file: Option<String>,
}

/// One picture: the objects and connections on it.
#[derive(Clone, Debug, Default)]
pub(super) struct Board {
    /// The names from the first board inwards; empty for the first board.
    pub(super) path: Vec<String>,
    pub(super) objects: BTreeSet<usize>,
    pub(super) connections: BTreeSet<usize>,
    pub(super) direction: Option<Direction>,
    pub(super) span: Span,
}

/// All that a text says.
pub(super) struct Compiled {
    /// The first one is the page itself.
    pub(super) objects: Vec<Object>,
    pub(super) connections: Vec<Connection>,
    pub(super) boards: Vec<Board>,
    pub(super) classes: BTreeMap<String, Class>,
}

pub(super) struct Compiler<'c> {
    pub(super) out: Compiled,
    pub(super) board: usize,
    pub(super) variables: Variables,
    pub(super) draft: &'c mut Draft,
    pub(super) sources: &'c Sources,
    pub(super) loaded: BTreeMap<String, Rc<Vec<Statement>>>,
    pub(super) including: Vec<String>,
    pub(super) path: String,
    pub(super) file: Option<String>,
    work: usize,
    pub(super) pending: Vec<Pending>,
    said: BTreeSet<&'static str>,
    /// Connections by their ends.
    by_ends: BTreeMap<(usize, usize), Vec<usize>>,
}

pub(super) const ROOT: usize = 0;

/// Words that say something about the object they stand in.
const KEYWORDS: [&str; 27] = [
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
];

pub(super) fn compile(path: &str, text: &str, sources: &Sources, draft: &mut Draft) -> Compiled {
    let (statements, slips) = parse(text);
    for found in &slips {
        slip(draft, None, found);
    }
    let mut compiler = Compiler {
        out: Compiled {
            objects: vec![Object::default()],
            connections: Vec::new(),
            boards: vec![Board::default()],
            classes: BTreeMap::new(),
        },
        board: 0,
        variables: Variables::default(),
        draft,
        sources,
        loaded: BTreeMap::new(),
        including: vec![path.to_owned()],
        path: path.to_owned(),
        file: None,
        work: 0,
        pending: Vec::new(),
        said: BTreeSet::new(),
        by_ends: BTreeMap::new(),
    };
    compiler.map(&statements, ROOT, 0);
    compiler.boards();
    compiler.out
}

impl Compiler<'_> {
    pub(super) fn lose(&mut self, what: &str, span: Span) {
        let span = Some(span).filter(|_| self.file.is_none());
        self.draft.fidelity().lose(what, span);
    }

    pub(super) fn keep(&mut self, what: &str, span: Span) {
        let span = Some(span).filter(|_| self.file.is_none());
        self.draft.fidelity().keep(what, span);
    }

    pub(super) fn say(&mut self, level: Severity, code: &str, span: Span, words: [&str; 3]) {
        let file = self.file.clone();
        remark(self.draft, file.as_deref(), level, code, span, words);
    }

    fn say_once(&mut self, code: &'static str, span: Span, words: [&str; 3]) {
        if self.said.insert(code) {
            self.say(Severity::Error, code, span, words);
        }
    }

    /// The statements of a map, inside an object. Variables and classes count for the whole map.
    pub(super) fn map(&mut self, statements: &[Statement], at: usize, depth: usize) {
        if depth > MAX_DEPTH {
            self.say_once(
                "too-deep",
                Span::default(),
                ["Maps are nested too deeply", "What lies deeper is left out.", "Flatten the text."],
            );
            return;
        }
        self.variables.enter();
        for statement in statements {
            let Statement::Entry(entry) = statement else { continue };
            match (entry.key.as_slice(), &entry.map) {
                ([part], Some(map)) if part.is("vars") && entry.ends.is_empty() => self.define_variables(map),
                ([part], Some(map)) if part.is("classes") && entry.ends.is_empty() => self.define_classes(map),
                _ => {}
            }
        }
        for statement in statements {
            self.work += 1;
            if self.work > MAX_WORK {
                self.say_once(
                    "too-many-statements",
                    Span::default(),
                    ["The text with all it imports has too many statements", "What follows is left out.", "Split the text."],
                );
                break;
            }
            match statement {
                Statement::Entry(entry) => self.entry(entry, at, depth),
                Statement::Spread(path, span) => {
                    self.within_import(path, *span, &mut |compiler, statements| compiler.map(statements, at, depth + 1));
                }
                Statement::SpreadVariable(name, span) => {
                    let map = self.variables.find(name).and_then(|found| found.map.clone());
                    match map {
                        Some(map) => self.map(&map, at, depth + 1),
                        None => self.unknown_variable(name, *span),
                    }
                }
            }
        }
        self.variables.leave();
    }

    fn define_variables(&mut self, map: &[Statement]) {
        let configured = map
            .iter()
            .any(|statement| matches!(statement, Statement::Entry(entry) if entry.key.first().is_some_and(|part| part.is("d2-config"))));
        if configured {
            self.lose("Configuration of the drawing", Span::default());
        }
        self.variables.define(map);
    }

    pub(super) fn unknown_variable(&mut self, name: &str, span: Span) {
        self.say(
            Severity::Warning,
            "unknown-variable",
            span,
            [
                &format!("Nothing named `{}` is defined in `vars`", name.chars().take(80).collect::<String>()),
                "The text is kept as written.",
                "Define it, or correct the name.",
            ],
        );
    }

    /// A text with values put in for its variables.
    pub(super) fn text(&mut self, text: &Words) -> String {
        if text.raw {
            return text.text.clone();
        }
        let mut unknown = Vec::new();
        let result = self.variables.put_in(&text.text, &mut |name| unknown.push(name.to_owned()));
        for name in unknown {
            self.unknown_variable(&name, text.span);
        }
        result
    }

    fn entry(&mut self, entry: &Entry, at: usize, depth: usize) {
        if entry.filter {
            self.lose("Condition of a pattern", entry.span);
            return;
        }
        let glob = entry.key.iter().chain(entry.ends.iter().flatten()).any(Part::is_glob);
        if glob || entry.index == Some(super::parse::Index::All) {
            self.lose("Pattern for several shapes or connections (`*`)", entry.span);
            return;
        }
        if !entry.ends.is_empty() {
            self.connect(entry, at, depth);
            return;
        }
        let mut place = at;
        for (index, part) in entry.key.iter().enumerate() {
            let keyword = KEYWORDS.iter().find(|word| part.is(word));
            if let Some(keyword) = keyword {
                let rest = entry.key.get(index + 1..).unwrap_or_default();
                self.keyword(place, keyword, rest, entry, depth);
                return;
            }
            if index == 0 && self.removed(entry, at) {
                return;
            }
            let Some(next) = self.step(place, part, entry.span) else { return };
            place = next;
        }
        if place == at && !entry.key.iter().all(|part| part.is("_")) {
            return;
        }
        self.said_of(place, entry, depth);
    }

    /// `x: null` takes an object off the board.
    fn removed(&mut self, entry: &Entry, at: usize) -> bool {
        let null = matches!(&entry.value, Some(Value::Text(text)) if !text.quoted && text.text == "null");
        let plain = !entry.key.iter().any(|part| KEYWORDS.iter().any(|word| part.is(word)));
        if !null || !plain || entry.map.is_some() {
            return false;
        }
        let mut place = at;
        for part in &entry.key {
            let next = self.out.objects.get(place).and_then(|object| object.children.get(&part.text.to_lowercase()));
            match next {
                Some(next) => place = *next,
                None => return true,
            }
        }
        let objects = &self.out.objects;
        let inside = |mut object: usize| loop {
            if object == place {
                return true;
            }
            match objects.get(object).and_then(|object| object.parent) {
                Some(parent) => object = parent,
                None => return false,
            }
        };
        let gone: BTreeSet<usize> = (1..objects.len()).filter(|object| inside(*object)).collect();
        let connections = &self.out.connections;
        if let Some(board) = self.out.boards.get_mut(self.board) {
            board.objects.retain(|object| !gone.contains(object));
            board.connections.retain(|index| {
                connections.get(*index).is_some_and(|found| !gone.contains(&found.source) && !gone.contains(&found.target))
            });
        }
        true
    }

    /// The value and map of an object.
    fn said_of(&mut self, place: usize, entry: &Entry, depth: usize) {
        match &entry.value {
            Some(Value::Text(text)) => {
                // A variable that is a map gives its statements.
                let name = text.text.strip_prefix("${").and_then(|inner| inner.strip_suffix('}')).filter(|_| !text.quoted);
                let found = name.and_then(|name| self.variables.find(name)).filter(|found| found.text.is_none());
                if let Some(map) = found.and_then(|found| found.map.clone()) {
                    self.map(&map, place, depth + 1);
                } else {
                    let said = self.text(text);
                    self.label(place, Words { text: said, ..text.clone() });
                }
            }
            Some(Value::Import(path)) => {
                self.within_import(path, entry.span, &mut |compiler, statements| compiler.map(statements, place, depth + 1));
            }
            Some(Value::List(_)) => self.lose("List as a value", entry.span),
            None => {}
        }
        if let Some(map) = &entry.map {
            self.map(map, place, depth + 1);
        }
        if place != ROOT
            && let Some(object) = self.out.objects.get_mut(place)
            && object.span.end < entry.span.end
            && object.file == self.file
            && object.span.start == entry.span.start
        {
            object.span = entry.span;
        }
    }

    pub(super) fn label(&mut self, place: usize, text: Words) {
        // What a later board calls something does not rename it everywhere.
        let known = self.out.objects.get(place).is_some_and(|object| object.label.is_some());
        if self.board > 0 && known {
            let same = self.out.objects.get(place).and_then(|object| object.label.as_ref()).is_some_and(|label| label.text == text.text);
            if !same {
                self.lose("Other name of a shape on a later board", text.span);
            }
            return;
        }
        if let Some(object) = self.out.objects.get_mut(place) {
            object.label = Some(text);
        }
    }

    /// The object of that name in a place, made if it is not there; `_` is the object around.
    fn step(&mut self, place: usize, part: &Part, span: Span) -> Option<usize> {
        if part.is("_") {
            return Some(self.out.objects.get(place).and_then(|object| object.parent).unwrap_or(ROOT));
        }
        let name = if part.quoted {
            part.text.clone()
        } else {
            let mut unknown = Vec::new();
            let name = self.variables.put_in(&part.text, &mut |name| unknown.push(name.to_owned()));
            for name in unknown {
                self.unknown_variable(&name, part.span);
            }
            name
        };
        let key = name.to_lowercase();
        let known = self.out.objects.get(place).and_then(|object| object.children.get(&key)).copied();
        let depth = self.out.objects.get(place).map_or(0, |object| object.depth);
        let found = match known {
            Some(found) => found,
            None if depth >= MAX_DEPTH => {
                self.say_once("too-deep", span, ["Containers are nested too deeply", "What lies deeper is left out.", "Flatten the text."]);
                return None;
            }
            None if self.out.objects.len() > MAX_ELEMENTS => {
                self.say_once(
                    "too-many-elements",
                    span,
                    ["The text has too many shapes", "This one and those after it are left out.", "Split the text."],
                );
                return None;
            }
            None => {
                let at = self.out.objects.len();
                self.out.objects.push(Object {
                    name,
                    parent: Some(place),
                    span,
                    name_span: part.span,
                    file: self.file.clone(),
                    depth: depth + 1,
                    ..Object::default()
                });
                if let Some(parent) = self.out.objects.get_mut(place) {
                    parent.children.insert(key, at);
                }
                at
            }
        };
        self.show(found);
        Some(found)
    }

    /// Puts an object, with those around it, on the board.
    fn show(&mut self, object: usize) {
        let mut next = Some(object);
        while let Some(at) = next.filter(|at| *at != ROOT) {
            let Some(board) = self.out.boards.get_mut(self.board) else { return };
            if !board.objects.insert(at) && at != object {
                return;
            }
            next = self.out.objects.get(at).and_then(|object| object.parent);
        }
    }

    fn walk(&mut self, from: usize, path: &[Part], span: Span) -> Option<usize> {
        let mut place = from;
        for part in path {
            // `a.style -> b` means nothing; the object is meant.
            if KEYWORDS.iter().any(|word| part.is(word)) {
                break;
            }
            place = self.step(place, part, span)?;
        }
        (place != ROOT).then_some(place)
    }

    fn connect(&mut self, entry: &Entry, at: usize, depth: usize) {
        let mut from = at;
        for part in &entry.key {
            let Some(next) = self.step(from, part, entry.span) else { return };
            from = next;
        }
        if entry.ends.iter().any(Vec::is_empty) || entry.arrows.is_empty() {
            self.say(
                Severity::Error,
                "incomplete-connection",
                entry.span,
                ["This connection lacks an end", "It is left out.", "Write `source -> target`."],
            );
            return;
        }
        if let Some(index) = &entry.index {
            self.reopen(entry, from, index, depth);
            return;
        }
        let mut ends = Vec::new();
        for path in &entry.ends {
            let Some(end) = self.walk(from, path, entry.span) else { return };
            ends.push(end);
        }
        let label = match &entry.value {
            Some(Value::Text(text)) => Some(self.text(text)).filter(|text| !text.trim().is_empty()),
            _ => None,
        };
        let mut made = Vec::new();
        for (pair, arrow) in ends.windows(2).zip(&entry.arrows) {
            let [one, other] = pair else { continue };
            let (source, target, back, forth) = match (arrow.to_left, arrow.to_right) {
                (true, false) => (*other, *one, false, true),
                (back, forth) => (*one, *other, back, forth),
            };
            if back && forth {
                self.keep("Connection in both directions, as two relations", entry.span);
            } else if !back && !forth {
                self.keep("Connection without direction, from the first to the second", entry.span);
            }
            if let Some(index) = self.connection(source, target, back, forth, label.clone(), entry.span) {
                made.push(index);
            }
        }
        if let Some(map) = &entry.map {
            for index in made {
                self.connection_map(index, map, depth + 1);
            }
        }
    }

    fn connection(&mut self, source: usize, target: usize, back: bool, forth: bool, label: Option<String>, span: Span) -> Option<usize> {
        if self.out.connections.len() >= MAX_CONNECTIONS {
            self.say_once(
                "too-many-connections",
                span,
                ["The text has too many connections", "This one and those after it are left out.", "Split the text."],
            );
            self.lose("Connection beyond the limit", span);
            return None;
        }
        let known = self.by_ends.entry((source, target)).or_default();
        let board = self.out.boards.get_mut(self.board)?;
        // The same connection on a later board is the same one.
        let same = known.iter().rev().take(64).find(|index| {
            let found = self.out.connections.get(**index);
            self.board > 0 && !board.connections.contains(index) && found.is_some_and(|found| found.label == label && found.back == back)
        });
        if let Some(same) = same.copied() {
            board.connections.insert(same);
            return Some(same);
        }
        let index = self.out.connections.len();
        known.push(index);
        board.connections.insert(index);
        let file = self.file.clone();
        self.out.connections.push(Connection { source, target, back, forth, label, classes: Vec::new(), dashed: false, span, file });
        Some(index)
    }

    /// `(a -> b)[0]…` says more of a connection that is there.
    fn reopen(&mut self, entry: &Entry, from: usize, index: &super::parse::Index, depth: usize) {
        let super::parse::Index::At(number) = index else { return };
        let (Some(one), Some(other), Some(arrow)) = (entry.ends.first(), entry.ends.get(1), entry.arrows.first()) else { return };
        let (one, other) = if arrow.to_left && !arrow.to_right { (other, one) } else { (one, other) };
        let (Some(source), Some(target)) = (self.walk(from, one, entry.span), self.walk(from, other, entry.span)) else { return };
        let found = self.by_ends.get(&(source, target)).and_then(|found| found.get(*number)).copied();
        let Some(found) = found else {
            self.say(
                Severity::Warning,
                "unknown-connection",
                entry.span,
                [
                    &format!("There is no connection number {number} between these two above this line"),
                    "What is said of it is left out.",
                    "Count from 0, or draw the connection first.",
                ],
            );
            return;
        };
        if let Some(keyword) = entry.after.first() {
            let rest = entry.after.get(1..).unwrap_or_default();
            let word = keyword.text.to_lowercase();
            self.connection_keyword(found, &word, rest, entry, depth);
            return;
        }
        if let Some(Value::Text(text)) = &entry.value {
            if !text.quoted && text.text == "null" {
                if let Some(board) = self.out.boards.get_mut(self.board) {
                    board.connections.remove(&found);
                }
                return;
            }
            let said = self.text(text);
            if let Some(connection) = self.out.connections.get_mut(found) {
                connection.label = Some(said);
            }
        }
        if let Some(map) = &entry.map {
            self.connection_map(found, map, depth + 1);
        }
    }
}
