//! The `views` block: each view's statements become a list of elements and relations. One file per part of the work:
//! [`header`] (a view's first line), [`content`] (`include`, `exclude`, filters) with [`expression`] and [`picture`],
//! [`dynamic`] (steps), [`animation`], [`image`], [`style`] (looks and names, whose shapes tell what a tag stands for).

use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use crate::domain::{
    diagnostic::Level as Severity,
    model::{
        Level, Model, RelationKey,
        appearance::Scheme,
        view::{View, ViewKind},
    },
    sort,
    syntax::structurizr::{
        MAX_VIEWS,
        lower::{Line, Lowering, Remark, Scope, Source},
        occurrence::Symbol,
        tree::{BlockId, Word},
    },
};

mod animation;
mod content;
mod dynamic;
pub(super) mod expression;
mod header;
mod image;
mod picture;
pub(super) mod style;

use animation::Animation;
use dynamic::Sequence;
use expression::{Graph, Place};
use header::{check_scope, direction, environment, missing_scope};
use picture::Picture;
use style::properties;

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
    /// By the key as written, for filtered views; with the key it got.
    pictures: BTreeMap<String, (String, Picture)>,
    numbers: BTreeMap<String, u32>,
}

const KEYWORDS: [&str; 15] = [
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
    "branding",
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

/// Reads the views of a `views` block.
pub(super) fn views(lowering: &mut Lowering<'_>, all: &mut Views, source: &Rc<Source>, block: BlockId) {
    lowering.each(source, block, &mut |lowering, line| {
        let kind = match line.keyword().to_ascii_lowercase().as_str() {
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
                style::statement(lowering, line);
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
            title: if kind == ViewKind::Custom { line.text(2) } else { None },
            description: line.text(description_at),
            scope: picture.scope.and_then(|scope| lowering.model.elements.get_index(scope)).map(|(key, _)| key.clone()),
            ..View::new(key.clone(), kind, line.span)
        };
        if let Some(word) = line.word(key_at).cloned() {
            lowering.mention(line, &word, &word.value, Symbol::View(key.clone()), true);
        }
        let environment = picture.environment.and_then(|index| lowering.model.elements.get_index(index)).map(|(key, _)| key.clone());
        let place = Place { environment, instances: kind == ViewKind::Deployment, ..Place::default() };
        let mut reading = Reading { picture: &mut picture, place: &place, sequence: Sequence::new(), animation: Animation::default() };
        lowering.each_in(line, &mut |lowering, line| self.statement(lowering, line, &mut view, &mut reading));
        let Reading { mut sequence, animation, .. } = reading;
        if kind == ViewKind::Filtered {
            self.filter(lowering, line, &mut picture, &mut view);
        }
        if !lowering.spend(8 * (picture.elements.len() + picture.relations.len()), line) {
            return;
        }
        view.elements = picture.keys(&lowering.model, &self.graph);
        let relations = picture.relations.iter().filter_map(|index| lowering.model.relations.get_index(*index));
        view.relations = relations.map(|(key, _)| key.clone()).collect::<Vec<RelationKey>>();
        sort_steps(&mut sequence);
        view.steps = sequence.steps;
        lowering.trace_view(line, &view.key);
        view.animation = animation.steps(lowering, &self.graph, &picture);
        if view.is_default {
            self.one_default(lowering, line);
        }
        self.pictures.insert(line.word(key_at).map_or_else(|| key.clone(), |word| word.value.clone()), (key, picture));
        self.done.push(view);
    }

    /// A workspace opens with one view.
    fn one_default(&mut self, lowering: &mut Lowering<'_>, line: &Line) {
        for view in self.done.iter_mut().filter(|view| view.is_default) {
            view.is_default = false;
            lowering.say_once(
                "",
                line,
                line.header(),
                Remark::new(
                    Severity::Note,
                    "several-defaults",
                    "More than one view is the default",
                    "The last one is opened first.",
                    "Keep `default` in one view.",
                ),
            );
        }
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

    fn statement(&self, lowering: &mut Lowering<'_>, line: &Line, view: &mut View, reading: &mut Reading<'_>) {
        let Reading { picture, place, sequence, animation } = reading;
        match line.keyword().to_ascii_lowercase().as_str() {
            "title" | "description" if !lowering.has_value(line) => {}
            "title" => view.title = line.text(1),
            "description" => view.description = line.text(1),
            "autolayout" => view.direction = direction(lowering, line),
            "default" => view.is_default = true,
            "properties" => view.properties.extend(properties(lowering, line)),
            "animation" if view.kind.is_animated() => lowering.each_in(line, &mut |lowering, line| {
                let from = usize::from(line.is("animationStep"));
                animation.step(lowering, &self.graph, place, line, from);
            }),
            "animationstep" if view.kind.is_animated() => animation.step(lowering, &self.graph, place, line, 1),
            _ if view.kind == ViewKind::Image => image::statement(lowering, line, Scheme::Any, view),
            "include" if view.kind != ViewKind::Filtered => self.include(lowering, line, picture, place),
            "exclude" if view.kind != ViewKind::Filtered => self.exclude(lowering, line, picture, place),
            _ if view.kind == ViewKind::Dynamic && line.words.is_empty() => sequence.block(lowering, &self.graph, picture, place, line),
            _ if view.kind == ViewKind::Dynamic => sequence.step(lowering, &self.graph, picture, place, line),
            _ => lowering.unexpected(line, "in a view", &BODY),
        }
    }
}

/// What a view's statements work on.
struct Reading<'r> {
    picture: &'r mut Picture,
    place: &'r Place,
    sequence: Sequence,
    animation: Animation,
}

/// Steps with written numbers stand where their number says.
fn sort_steps(sequence: &mut Sequence) {
    let number = |order: &str| order.split('.').map(|part| part.parse::<u32>().unwrap_or(u32::MAX)).collect::<Vec<_>>();
    sort::by_key(&mut sequence.steps, |step| number(&step.order));
}
