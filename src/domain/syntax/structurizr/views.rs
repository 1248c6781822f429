//! The `views` block: each view's statements become a list of elements and relations. Also the styles, whose shapes tell
//! what kind of thing a tag stands for.

use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use crate::domain::{
    diagnostic::Level as Severity,
    model::{
        Element, ElementKey, Level, Model, RelationKey,
        view::{Direction, View, ViewKind},
    },
    syntax::structurizr::{
        MAX_VIEWS,
        lower::{Line, Lowering, Remark, Scope, Source, Target},
        tree::{BlockId, Word},
    },
};

mod dynamic;
pub(super) mod expression;
mod picture;

use dynamic::Sequence;
use expression::{Graph, Place, has_tag, relation_has_tag, select};
use picture::Picture;

/// Tags that every element of the level has.
pub(super) const fn default_tags(level: Level) -> &'static [&'static str] {
    match level {
        Level::Person => &["Element", "Person"],
        Level::System => &["Element", "Software System"],
        Level::Container => &["Element", "Container"],
        Level::Component => &["Element", "Component"],
        Level::Custom | Level::DeploymentEnvironment => &["Element"],
        Level::DeploymentNode => &["Element", "Deployment Node"],
        Level::InfrastructureNode => &["Element", "Infrastructure Node"],
        Level::SystemInstance => &["Software System Instance"],
        Level::ContainerInstance => &["Container Instance"],
    }
}

/// All views of a text while they are read.
pub(super) struct Views {
    graph: Graph,
    done: Vec<View>,
    keys: BTreeSet<String>,
    /// By the key as written, for filtered views.
    pictures: BTreeMap<String, Picture>,
    numbers: BTreeMap<String, u32>,
}

const KEYWORDS: [&str; 14] = [
    "systemLandscape",
    "systemContext",
    "container",
    "component",
    "dynamic",
    "deployment",
    "filtered",
    "custom",
    "image",
    "styles",
    "theme",
    "themes",
    "terminology",
    "properties",
];

const BODY: [&str; 8] = ["include", "exclude", "autoLayout", "animation", "title", "description", "default", "properties"];

impl Views {
    pub(super) fn new(model: &Model) -> Self {
        Self { graph: Graph::new(model), done: Vec::new(), keys: BTreeSet::new(), pictures: BTreeMap::new(), numbers: BTreeMap::new() }
    }

    pub(super) fn finish(self) -> Vec<View> {
        self.done
    }

    /// A key that is unique and fits into an address; made up where the text gives none.
    fn key(&mut self, lowering: &mut Lowering<'_>, written: Option<&Word>, kind: ViewKind, line: &Line) -> String {
        let Some(word) = written.filter(|word| !word.value.trim().is_empty()) else {
            let prefix = prefix(kind);
            let mut number = self.numbers.get(prefix).copied().unwrap_or(0);
            loop {
                number += 1;
                let key = format!("{prefix}-{number:03}");
                if self.keys.insert(key.clone()) {
                    self.numbers.insert(prefix.to_owned(), number);
                    return key;
                }
            }
        };
        let safe = |next: char| if next.is_ascii_alphanumeric() || matches!(next, '_' | '-') { next } else { '-' };
        let base: String = word.value.trim().chars().map(safe).collect();
        if self.keys.insert(base.clone()) {
            return base;
        }
        lowering.say(
            line,
            word.span,
            Remark::new(
                Severity::Error,
                "duplicate-view-key",
                format!("There is already a view with the key `{}`", word.value),
                "A key names one view; this one gets another key.",
                "Choose another key.",
            ),
        );
        let number = self.numbers.entry(base.clone()).or_insert(1);
        loop {
            *number += 1;
            let key = format!("{base}-{number}");
            if self.keys.insert(key.clone()) {
                return key;
            }
        }
    }
}

const fn prefix(kind: ViewKind) -> &'static str {
    match kind {
        ViewKind::Landscape => "SystemLandscape",
        ViewKind::Context => "SystemContext",
        ViewKind::Container => "Container",
        ViewKind::Component => "Component",
        ViewKind::Dynamic => "Dynamic",
        ViewKind::Deployment => "Deployment",
        ViewKind::Filtered => "Filtered",
        ViewKind::Custom => "Custom",
        ViewKind::Image => "Image",
        ViewKind::Everything => "everything",
    }
}

/// Reads the styles of a `views` block: the shapes by tag.
pub(super) fn styles(lowering: &mut Lowering<'_>, source: &Rc<Source>, block: BlockId) {
    let before = lowering.diagnostics.len();
    lowering.each(source, block, &mut |lowering, line| {
        if !line.is("styles") {
            return;
        }
        lowering.each_in(line, &mut |lowering, line| {
            if !line.is("element") {
                return;
            }
            let Some(tag) = line.text(1) else { return };
            lowering.each_in(line, &mut |lowering, line| {
                if line.is("shape")
                    && let Some(shape) = line.text(1)
                {
                    lowering.shapes.push((tag.clone(), shape));
                }
            });
        });
    });
    // The same statements are read again for the views, and report then.
    lowering.diagnostics.truncate(before);
}

/// Reads the views of a `views` block.
pub(super) fn views(lowering: &mut Lowering<'_>, all: &mut Views, source: &Rc<Source>, block: BlockId) {
    lowering.each(source, block, &mut |lowering, line| {
        let kind = match line.keyword().to_lowercase().as_str() {
            "systemlandscape" => ViewKind::Landscape,
            "systemcontext" => ViewKind::Context,
            "container" => ViewKind::Container,
            "component" => ViewKind::Component,
            "dynamic" => ViewKind::Dynamic,
            "deployment" => ViewKind::Deployment,
            "filtered" => ViewKind::Filtered,
            "custom" => ViewKind::Custom,
            "image" => ViewKind::Image,
            "styles" | "branding" | "terminology" | "properties" | "theme" | "themes" => {
                style_statement(lowering, line);
                return;
            }
            _ => {
                lowering.unexpected(line, "in `views`", &KEYWORDS);
                return;
            }
        };
        all.view(lowering, line, kind);
    });
}

/// Statements of looks change nothing in the model; addresses in them are not fetched.
fn style_statement(lowering: &mut Lowering<'_>, line: &Line) {
    for word in line.words.iter().skip(1) {
        if word.value.starts_with("http://") || word.value.starts_with("https://") {
            let what = format!("The theme `{}` is on the web and is not fetched", word.value);
            lowering.say(
                line,
                word.span,
                Remark::new(
                    Severity::Note,
                    "never-fetched",
                    what,
                    "Elements are drawn in the colours and shapes of their kind.",
                    "Nothing needs to be done.",
                ),
            );
        }
    }
    if line.is("styles") {
        lowering.each_in(line, &mut |lowering, line| match line.keyword().to_lowercase().as_str() {
            "element" | "relationship" | "light" | "dark" => {}
            "theme" | "themes" => style_statement(lowering, line),
            _ => lowering.unexpected(line, "in `styles`", &["element", "relationship", "light", "dark", "theme", "themes"]),
        });
    }
}

impl Views {
    fn view(&mut self, lowering: &mut Lowering<'_>, line: &Line, kind: ViewKind) {
        let model_size = lowering.model.elements.len() + lowering.model.relations.len();
        if self.done.len() >= MAX_VIEWS {
            lowering.say_once(
                "",
                line,
                line.header(),
                Remark::new(
                    Severity::Error,
                    "too-many-views",
                    format!("The workspace has more than {MAX_VIEWS} views"),
                    "This one and those after it are left out.",
                    "Split the workspace.",
                ),
            );
            return;
        }
        if !lowering.spend(model_size, line) {
            return;
        }
        // Where the key stands depends on what comes before it.
        let (key_at, description_at) = match kind {
            ViewKind::Landscape => (1, 2),
            ViewKind::Custom => (1, 3),
            ViewKind::Deployment => (3, 4),
            ViewKind::Filtered => (4, 5),
            _ => (2, 3),
        };
        let Some(mut picture) = self.start(lowering, line, kind) else { return };
        let key = self.key(lowering, line.word(key_at), kind, line);
        let mut view = View {
            key: key.clone(),
            kind,
            title: if kind == ViewKind::Custom { line.text(2) } else { None },
            description: line.text(description_at),
            scope: picture.scope.and_then(|scope| lowering.model.elements.get_index(scope)).map(|(key, _)| key.clone()),
            elements: Vec::new(),
            relations: Vec::new(),
            steps: Vec::new(),
            direction: Direction::default(),
            span: line.span,
        };
        let environment = picture.environment.and_then(|index| lowering.model.elements.get_index(index)).map(|(key, _)| key.clone());
        let place = Place { environment, instances: kind == ViewKind::Deployment, ..Place::default() };
        let mut sequence = Sequence::new();
        lowering.each_in(line, &mut |lowering, line| {
            self.statement(lowering, line, &mut picture, &place, &mut view, &mut sequence);
        });
        if kind == ViewKind::Filtered {
            self.filter(lowering, line, &mut picture);
            if let Some(base) = self.base(line) {
                view.scope.clone_from(&base.scope);
                view.direction = base.direction;
            }
        }
        if !lowering.spend(8 * (picture.elements.len() + picture.relations.len()), line) {
            return;
        }
        view.elements = picture.keys(&lowering.model, &self.graph);
        let relations = picture.relations.iter().filter_map(|index| lowering.model.relations.get_index(*index));
        view.relations = relations.map(|(key, _)| key.clone()).collect::<Vec<RelationKey>>();
        sort_steps(&mut sequence);
        view.steps = sequence.steps;
        self.pictures.insert(line.word(key_at).map_or(key, |word| word.value.clone()), picture);
        lowering.trace_view(line, &view.key);
        self.done.push(view);
    }

    fn base(&self, line: &Line) -> Option<&View> {
        let written = line.text(1)?;
        self.done.iter().find(|view| view.key == written)
    }

    /// What the view is about, and what it shows before its first statement.
    fn start(&self, lowering: &mut Lowering<'_>, line: &Line, kind: ViewKind) -> Option<Picture> {
        let scope = match kind {
            ViewKind::Landscape | ViewKind::Custom | ViewKind::Filtered => None,
            _ => {
                let Some(word) = line.word(1).cloned() else {
                    missing_scope(lowering, line, "the identifier of what it shows, or `*`");
                    return None;
                };
                let optional = matches!(kind, ViewKind::Dynamic | ViewKind::Deployment | ViewKind::Image);
                if optional && word.value == "*" {
                    None
                } else if kind == ViewKind::Image && lowering.element_named(&word.value, &Scope::default()).is_none() {
                    // An image may also stand for a view.
                    None
                } else {
                    let key = lowering.require_element(&word, &Scope::default(), line)?;
                    check_scope(lowering, line, &word, &key, kind)?;
                    lowering.model.elements.get_index_of(&key)
                }
            }
        };
        let environment = if kind == ViewKind::Deployment { Some(environment(lowering, line)?) } else { None };
        let mut picture = Picture::new(kind, scope, environment);
        if kind == ViewKind::Context
            && let Some(scope) = scope
        {
            picture.add(&lowering.model, &self.graph, scope);
        }
        Some(picture)
    }

    fn statement(
        &self,
        lowering: &mut Lowering<'_>,
        line: &Line,
        picture: &mut Picture,
        place: &Place,
        view: &mut View,
        sequence: &mut Sequence,
    ) {
        match line.keyword().to_lowercase().as_str() {
            "title" => view.title = line.text(1),
            "description" => view.description = line.text(1),
            "autolayout" => view.direction = direction(lowering, line),
            "animation" | "animationstep" => lowering.trace_animation(line, &place.scope),
            "default" | "properties" => {}
            _ if view.kind == ViewKind::Image => {}
            "include" if view.kind != ViewKind::Filtered => self.include(lowering, line, picture, place),
            "exclude" if view.kind != ViewKind::Filtered => self.exclude(lowering, line, picture, place),
            _ if view.kind == ViewKind::Dynamic && line.words.is_empty() => sequence.block(lowering, &self.graph, picture, place, line),
            _ if view.kind == ViewKind::Dynamic => sequence.step(lowering, &self.graph, picture, place, line),
            _ => lowering.unexpected(line, "in a view", &BODY),
        }
    }

    fn include(&self, lowering: &mut Lowering<'_>, line: &Line, picture: &mut Picture, place: &Place) {
        for word in expressions(line) {
            if !lowering.spend(4 * lowering.model.elements.len(), line) {
                return;
            }
            if matches!(word.value.as_str(), "*" | "*?" | "element==*") {
                picture.add_default(&lowering.model, &self.graph, word.value != "*?");
                continue;
            }
            let Some(found) = select(lowering, &self.graph, &word, place, line) else { continue };
            let model = &lowering.model;
            let fits =
                |index: &usize| model.elements.get_index(*index).is_some_and(|(_, element): (_, &Element)| picture.takes(element.level));
            let named = matches!(lowering.lookup(&word.value, &place.scope), Some(Target::Element(_)));
            if named && !found.elements.iter().any(fits) && found.relations.is_empty() {
                let what = format!("`{}` cannot be shown in {}", word.value, kind_name(picture.kind));
                lowering.say(
                    line,
                    word.span,
                    Remark::new(
                        Severity::Error,
                        "not-shown-here",
                        what,
                        "This kind of view shows other levels of the model.",
                        "Show it in a view of its level, or remove the word.",
                    ),
                );
                continue;
            }
            for element in found.elements {
                picture.add_named(&lowering.model, &self.graph, element);
            }
            for relation in Self::with_implied(lowering, &found.relations) {
                picture.add_relation(&self.graph, relation);
            }
        }
    }

    fn exclude(&self, lowering: &mut Lowering<'_>, line: &Line, picture: &mut Picture, place: &Place) {
        for word in expressions(line) {
            if !lowering.spend(lowering.model.elements.len() + lowering.model.relations.len(), line) {
                return;
            }
            let Some(found) = select(lowering, &self.graph, &word, place, line) else { continue };
            if !found.elements.is_empty() {
                picture.remove_all(&self.graph, &found.elements);
            }
            for relation in Self::with_implied(lowering, &found.relations) {
                picture.relations.remove(&relation);
            }
        }
    }

    /// The relations and those they imply: what is said of one holds for what is drawn in its place.
    fn with_implied(lowering: &Lowering<'_>, relations: &BTreeSet<usize>) -> BTreeSet<usize> {
        let mut all = relations.clone();
        if !relations.is_empty() {
            let by = |key: &Option<RelationKey>| key.as_ref().and_then(|key| lowering.model.relations.get_index_of(key));
            let implied = lowering.model.relations.values().enumerate();
            all.extend(
                implied.filter(|(_, relation)| by(&relation.implied_by).is_some_and(|by| relations.contains(&by))).map(|(at, _)| at),
            );
        }
        all
    }

    /// Fills the picture of a filtered view from the view it is based on.
    fn filter(&self, lowering: &mut Lowering<'_>, line: &Line, picture: &mut Picture) {
        let Some(word) = line.word(1).cloned() else {
            missing_scope(lowering, line, "the key of the view it filters");
            return;
        };
        let Some(base) = self.pictures.get(&word.value).cloned() else {
            let known: Vec<&str> = self.pictures.keys().map(String::as_str).collect();
            let help = lowering.suggest(&word.value, known);
            lowering.say(
                line,
                word.span,
                Remark::new(
                    Severity::Error,
                    "unknown-view",
                    format!("There is no view with the key `{}` above this line", word.value),
                    "A filtered view shows a part of another one.",
                    help.unwrap_or_else(|| "Give the other view this key, or correct the name.".to_owned()),
                ),
            );
            return;
        };
        let including = line.text(2).unwrap_or_default().eq_ignore_ascii_case("include");
        let tags: Vec<String> = line.text(3).unwrap_or_default().split(',').map(|tag| tag.trim().to_owned()).collect();
        let model = &lowering.model;
        let keeps = |tagged: bool| tagged == including;
        let element_stays = |index: &usize| {
            let found = model.elements.get_index(*index);
            found.is_some_and(|(_, element)| keeps(tags.iter().any(|tag| has_tag(model, element, tag))))
        };
        picture.kind = base.kind;
        picture.scope = base.scope;
        picture.environment = base.environment;
        picture.elements = base.elements.iter().copied().filter(|index| element_stays(index)).collect();
        let relation_stays = |index: &usize| {
            let (source, target) = self.graph.ends(*index);
            let found = model.relations.get_index(*index);
            picture.elements.contains(&source)
                && picture.elements.contains(&target)
                && found.is_some_and(|(_, relation)| keeps(tags.iter().any(|tag| relation_has_tag(relation, tag))))
        };
        picture.relations = base.relations.iter().copied().filter(|index| relation_stays(index)).collect();
    }
}

/// The words after `include` or `exclude`; `a -> b` without quotes counts as one.
fn expressions(line: &Line) -> Vec<Word> {
    let mut result: Vec<Word> = Vec::new();
    let mut joins = false;
    for word in line.words.iter().skip(1) {
        let is_arrow = word.value == "->" && !word.quoted;
        match result.last_mut() {
            Some(last) if is_arrow || joins => {
                last.value = format!("{} {}", last.value, word.value);
                last.span.end = word.span.end;
            }
            _ => result.push(word.clone()),
        }
        joins = is_arrow;
    }
    result
}

fn missing_scope(lowering: &mut Lowering<'_>, line: &Line, what: &str) {
    lowering.say(
        line,
        line.header(),
        Remark::new(
            Severity::Error,
            "missing-word",
            format!("This `{}` view does not say what it shows", line.keyword()),
            format!("The word after it has to be {what}."),
            "Add it.",
        ),
    );
}

fn check_scope(lowering: &mut Lowering<'_>, line: &Line, word: &Word, key: &ElementKey, kind: ViewKind) -> Option<()> {
    let level = lowering.model.elements.get(key)?.level;
    let (fits, wanted) = match kind {
        ViewKind::Context | ViewKind::Container | ViewKind::Deployment => (level == Level::System, "a software system"),
        ViewKind::Component => (level == Level::Container, "a container"),
        ViewKind::Dynamic => (matches!(level, Level::System | Level::Container), "a software system or a container"),
        _ => (true, ""),
    };
    if fits {
        return Some(());
    }
    let what = format!("{} is about {wanted}, and `{}` is none", capital(kind_name(kind)), word.value);
    lowering.say(
        line,
        word.span,
        Remark::new(Severity::Error, "wrong-level", what, "The view is left out.", format!("Name {wanted}, or use another kind of view.")),
    );
    None
}

/// The environment of a deployment view, named by identifier or by name.
fn environment(lowering: &mut Lowering<'_>, line: &Line) -> Option<usize> {
    let Some(word) = line.word(2).cloned() else {
        missing_scope(lowering, line, "followed by the name of a deployment environment");
        return None;
    };
    let is_environment =
        |key: &ElementKey| lowering.model.elements.get(key).is_some_and(|element| element.level == Level::DeploymentEnvironment);
    let named = lowering.element_named(&word.value, &Scope::default()).filter(is_environment);
    let by_name = || {
        let mut all = lowering.model.elements.values().filter(|element| element.level == Level::DeploymentEnvironment);
        all.find(|element| element.name == word.value).map(|element| element.key.clone())
    };
    let key = named.or_else(by_name);
    if let Some(key) = &key {
        lowering.trace_reference(line, word.span, &word.value, &Scope::default(), Target::Element(key.clone()));
    }
    let found = key.and_then(|key| lowering.model.elements.get_index_of(&key));
    if found.is_none() {
        let known: Vec<String> = lowering
            .model
            .elements
            .values()
            .filter(|element| element.level == Level::DeploymentEnvironment)
            .map(|element| element.name.clone())
            .collect();
        let help = lowering.suggest(&word.value, known.iter().map(String::as_str));
        let remark = Remark::new(
            lowering.unknown_level(),
            "unknown-environment",
            format!("There is no deployment environment `{}`", word.value),
            "A deployment view shows one environment of the model.",
            help.unwrap_or_else(|| "Define it in the model, or correct the name.".to_owned()),
        );
        lowering.say(line, word.span, remark);
    }
    found
}

fn direction(lowering: &mut Lowering<'_>, line: &Line) -> Direction {
    match line.text(1).unwrap_or_default().to_lowercase().as_str() {
        "" | "tb" => Direction::TopBottom,
        "bt" => Direction::BottomTop,
        "lr" => Direction::LeftRight,
        "rl" => Direction::RightLeft,
        other => {
            if other.parse::<u32>().is_err() {
                let what = format!("`{other}` is no direction");
                lowering.say(
                    line,
                    line.header(),
                    Remark::new(
                        Severity::Error,
                        "unexpected-value",
                        what,
                        "The layout runs `tb`, `bt`, `lr` or `rl`; from top to bottom is taken.",
                        "Write one of the four.",
                    ),
                );
            }
            Direction::TopBottom
        }
    }
}

/// Steps with written numbers stand where their number says.
fn sort_steps(sequence: &mut Sequence) {
    let number = |order: &str| order.split('.').map(|part| part.parse::<u32>().unwrap_or(u32::MAX)).collect::<Vec<_>>();
    sequence.steps.sort_by_cached_key(|step| number(&step.order));
}

const fn kind_name(kind: ViewKind) -> &'static str {
    match kind {
        ViewKind::Landscape => "a system landscape",
        ViewKind::Context => "a system context view",
        ViewKind::Container => "a container view",
        ViewKind::Component => "a component view",
        ViewKind::Dynamic => "a dynamic view",
        ViewKind::Deployment => "a deployment view",
        ViewKind::Filtered => "a filtered view",
        ViewKind::Custom => "a custom view",
        ViewKind::Image => "an image view",
        ViewKind::Everything => "this view",
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
