//! The views as statements. A view first asks for what the language shows by itself; only where that differs from the model,
//! it names its elements one by one and hides the relations it does not show.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{
    model::{
        Level, Model,
        facts::Facts,
        view::{Base, Direction, View, ViewKind},
    },
    syntax::structurizr::print::{
        ViewChoice,
        links::Link,
        plan::{Plan, is_static},
        write::{Writer, line, statement},
    },
};

/// Relations between the same two elements that a step is told apart from.
const SIDE_BY_SIDE: usize = 100;

/// A view as it is written.
pub(super) struct Shown<'a> {
    pub(super) view: &'a View,
    pub(super) kind: ViewKind,
    pub(super) scope: Option<usize>,
    pub(super) environment: Option<usize>,
    /// The elements without those that are frames around others.
    pub(super) boxes: Vec<usize>,
    /// How many more elements the model shows here, which such a view cannot show.
    pub(super) left_out: usize,
    pub(super) key: String,
    /// For a filtered view: the key under which the view that it filters is written.
    pub(super) base: Option<String>,
}

/// How the language would show each view of the model; none for one it cannot show at all. Filtered views show what they
/// show by themselves where a filter would show something else.
pub(super) fn shown<'a>(plan: &Plan<'a>, model: &'a Model, choices: &[ViewChoice]) -> Vec<Option<Shown<'a>>> {
    let mut keys: BTreeSet<String> = BTreeSet::new();
    let mut done: BTreeMap<&str, (&View, String)> = BTreeMap::new();
    let mut all = Vec::new();
    for (at, view) in model.views.iter().enumerate() {
        let alone = choices.get(at).is_some_and(|choice| choice.alone);
        let base = view.base.as_ref().filter(|base| !alone && view.kind == ViewKind::Filtered && can_filter(base));
        let base = base.and_then(|base| done.get(base.view.as_str())).filter(|(base, _)| base.direction == view.direction);
        let base = base.map(|(_, key)| key.clone());
        let shown = show(plan, view, base, &mut keys);
        if let Some(shown) = &shown {
            done.entry(&view.key).or_insert_with(|| (view, shown.key.clone()));
        }
        all.push(shown);
    }
    all
}

/// Whether the tags can be written in one word, and there are any.
fn can_filter(base: &Base) -> bool {
    let plain = |tag: &String| tag.trim() == tag && !tag.is_empty() && !tag.contains([',', '\n', '\r', '\\']);
    !base.tags.is_empty() && base.tags.iter().all(plain)
}

fn show<'a>(plan: &Plan<'a>, view: &'a View, base: Option<String>, keys: &mut BTreeSet<String>) -> Option<Shown<'a>> {
    let all: BTreeSet<usize> = view.elements.iter().filter_map(|key| plan.index.get(key)).copied().collect();
    let frames: BTreeSet<usize> = all.iter().flat_map(|at| plan.around(*at)).collect();
    let boxes: Vec<usize> =
        all.iter().copied().filter(|at| !frames.contains(at) && plan.level(*at) != Some(Level::DeploymentEnvironment)).collect();
    let level = |at: usize| plan.level(at);
    let scope = view.scope.as_ref().and_then(|key| plan.index.get(key)).copied();
    let scope_level = scope.and_then(level);
    let has = |wanted: Level| boxes.iter().any(|at| level(*at) == Some(wanted));
    let places = boxes.iter().filter(|at| !level(**at).is_some_and(is_static)).count();
    let most = |wanted: Level| {
        let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
        for parent in boxes.iter().filter(|at| level(**at) == Some(wanted)).filter_map(|at| plan.parent(*at)) {
            *counts.entry(parent).or_default() += 1;
        }
        counts.into_iter().max_by_key(|(at, count)| (*count, std::cmp::Reverse(*at))).map(|(at, _)| at)
    };
    let kept = match (view.kind, scope_level) {
        (ViewKind::Image, _)
        | (ViewKind::Dynamic, None | Some(Level::System | Level::Container))
        | (ViewKind::Component, Some(Level::Container))
        | (ViewKind::Deployment, None | Some(Level::System)) => Some(view.kind),
        (ViewKind::Landscape, _) if !has(Level::Container) && !has(Level::Component) && places == 0 => Some(view.kind),
        (ViewKind::Context, Some(Level::System)) if !has(Level::Container) && !has(Level::Component) => Some(view.kind),
        (ViewKind::Container, Some(Level::System)) if !has(Level::Component) => Some(view.kind),
        (ViewKind::Filtered, _) if base.is_some() => Some(view.kind),
        (ViewKind::Custom, _) if boxes.iter().all(|at| level(*at) == Some(Level::Custom)) => Some(view.kind),
        _ => None,
    };
    let (kind, scope) = match kept {
        Some(kind) => (kind, scope.filter(|_| !matches!(kind, ViewKind::Landscape | ViewKind::Custom | ViewKind::Filtered))),
        None if view.kind == ViewKind::Dynamic => (view.kind, None),
        None if view.kind == ViewKind::Deployment || 2 * places > boxes.len() => {
            (ViewKind::Deployment, scope.filter(|_| scope_level == Some(Level::System)))
        }
        None if has(Level::Component) => (ViewKind::Component, most(Level::Component)),
        None if has(Level::Container) => (ViewKind::Container, most(Level::Container)),
        None => (ViewKind::Landscape, None),
    };
    let mut environments =
        boxes.iter().filter_map(|at| plan.around(*at).last()).filter(|at| level(*at) == Some(Level::DeploymentEnvironment));
    let first = || (0..plan.elements.len()).find(|at| level(*at) == Some(Level::DeploymentEnvironment));
    let environment = if kind == ViewKind::Deployment { Some(environments.next().or_else(first)?) } else { None };
    let (boxes, left_out): (Vec<usize>, Vec<usize>) =
        boxes.into_iter().partition(|at| plan.level(*at).is_some_and(|level| takes(kind, level)));
    Some(Shown { view, kind, scope, environment, boxes, left_out: left_out.len(), key: key(&view.key, kind, keys), base })
}

/// Whether the language shows such elements in such views.
const fn takes(kind: ViewKind, level: Level) -> bool {
    match kind {
        ViewKind::Landscape | ViewKind::Context => matches!(level, Level::Custom | Level::Person | Level::System),
        ViewKind::Container => matches!(level, Level::Custom | Level::Person | Level::System | Level::Container),
        ViewKind::Component => is_static(level),
        ViewKind::Custom => matches!(level, Level::Custom),
        ViewKind::Deployment => matches!(level, Level::Custom) || !is_static(level),
        _ => true,
    }
}

/// The view's key in letters the language keeps, not yet in use.
fn key(written: &str, kind: ViewKind, keys: &mut BTreeSet<String>) -> String {
    let safe = |next: char| if next.is_ascii_alphanumeric() || matches!(next, '_' | '-') { next } else { '-' };
    let base: String = written.trim().chars().map(safe).collect();
    let base = if base.is_empty() { keyword(kind).to_owned() } else { base };
    let mut key = base.clone();
    let mut number = 1;
    while !keys.insert(key.clone()) {
        number += 1;
        key = format!("{base}-{number}");
    }
    key
}

/// Whether the only view is the one that a text without views has.
pub(super) fn goes_without_saying(model: &Model) -> bool {
    let [view] = model.views.as_slice() else { return model.views.is_empty() };
    let any_static = model.elements.values().any(|element| is_static(element.level));
    let all: BTreeSet<_> =
        model.elements.values().filter(|element| !any_static || is_static(element.level)).map(|element| &element.key).collect();
    let shown: BTreeSet<_> = view.elements.iter().collect();
    if view.kind != ViewKind::Everything || !view.steps.is_empty() || all != shown {
        return false;
    }
    // No view with a scope shows the relations of frames: to keep them, a direction is left unsaid, and words that the
    // workspace has as well.
    let frames: BTreeSet<_> =
        view.elements.iter().filter_map(|key| model.elements.get(key)).filter_map(|element| element.parent.as_ref()).collect();
    let mut drawn = view.relations.iter().filter_map(|key| model.relations.get(key));
    if drawn.any(|relation| frames.contains(&relation.source) || frames.contains(&relation.target)) {
        return view.title.as_ref().is_none_or(|title| *title == model.name)
            && (view.description.is_none() || view.description == model.description);
    }
    let plain = view.animation.is_empty() && view.properties.is_empty() && !view.is_default;
    plain && view.title.is_none() && view.description.is_none() && view.direction == Direction::default()
}

/// What the views refer to by identifier, as far as it is known without looking.
pub(super) fn referenced(plan: &Plan<'_>, shown: &[Option<Shown<'_>>], choices: &[ViewChoice]) -> BTreeSet<usize> {
    let mut all = BTreeSet::new();
    for (shown, choice) in shown.iter().zip(choices) {
        let Some(shown) = shown else { continue };
        all.extend(shown.scope);
        if choice.explicit {
            all.extend(shown.boxes.iter().copied());
        }
        all.extend(choice.hidden.iter().chain(&choice.extra).flat_map(|(one, other)| [*one, *other]));
        if shown.kind.is_animated() {
            all.extend(shown.view.animation.iter().flat_map(|step| &step.elements).filter_map(|key| plan.index.get(key)).copied());
        }
    }
    all
}

impl Writer<'_, '_> {
    pub(super) fn views(&mut self, shown: &[Option<Shown<'_>>], links: &BTreeMap<&str, usize>) -> String {
        let mut out = String::new();
        for (shown, choice) in shown.iter().zip(&self.choices.views) {
            let Some(shown) = shown else { continue };
            if !out.is_empty() {
                out.push('\n');
            }
            self.fidelity.views += 1;
            self.view(&mut out, shown, choice, links);
        }
        let looks = self.looks();
        if !out.is_empty() && !looks.is_empty() {
            out.push('\n');
        }
        out.push_str(&looks);
        out
    }

    fn view(&mut self, out: &mut String, shown: &Shown<'_>, choice: &ViewChoice, links: &BTreeMap<&str, usize>) {
        let view = shown.view;
        let mut header = keyword(shown.kind).to_owned();
        let scope = shown.scope.map_or("*", |scope| self.names.reference(scope, None)).to_owned();
        match shown.kind {
            ViewKind::Landscape | ViewKind::Custom => {}
            ViewKind::Filtered => {
                if let (Some(key), Some(base)) = (&shown.base, &view.base) {
                    let tags = super::words::quoted(&base.tags.join(","), "a tag", self.fidelity);
                    let filter = if base.include { "include" } else { "exclude" };
                    header.push_str(&[" \"", key, "\" ", filter, " ", &tags].concat());
                }
            }
            ViewKind::Deployment => {
                let environment = shown.environment.unwrap_or_default();
                let environment = match self.names.identifier(environment) {
                    Some(identifier) => identifier.to_owned(),
                    None => super::words::quoted(self.plan.name(environment), "the name of an environment", self.fidelity),
                };
                header.push_str(&[" ", &scope, " ", &environment].concat());
            }
            _ => header.push_str(&[" ", &scope].concat()),
        }
        header.push_str(&[" \"", &shown.key, "\""].concat());
        let mut body = String::new();
        if let Some(title) = view.title.as_deref().filter(|title| !title.trim().is_empty()) {
            self.text(&mut body, 3, "title", title, "the title of a view");
        }
        if let Some(description) = view.description.as_deref().filter(|text| !text.trim().is_empty()) {
            self.text(&mut body, 3, "description", description, "the description of a view");
        }
        if view.is_default {
            line(&mut body, 3, "default");
        }
        match shown.kind {
            ViewKind::Dynamic => self.steps(&mut body, view, choice, links),
            ViewKind::Image => self.images(&mut body, view),
            _ => {}
        }
        if !matches!(shown.kind, ViewKind::Image | ViewKind::Filtered) {
            self.contents(&mut body, shown, choice);
            if shown.kind.is_animated() {
                self.animation(&mut body, view);
            }
            let direction = match view.direction {
                Direction::TopBottom => "tb",
                Direction::BottomTop => "bt",
                Direction::LeftRight => "lr",
                Direction::RightLeft => "rl",
            };
            line(&mut body, 3, &format!("autoLayout {direction}"));
        }
        self.properties(&mut body, 3, &view.properties, &Facts::default(), None);
        if body.is_empty() {
            // A view with nothing in it stays a statement of its own.
            line(out, 2, &header);
        } else {
            statement(out, 2, &header, &body);
        }
    }

    fn contents(&mut self, body: &mut String, shown: &Shown<'_>, choice: &ViewChoice) {
        if choice.explicit {
            let mut row = String::new();
            for at in &shown.boxes {
                let word = self.names.reference(*at, None);
                if row.len() + word.len() > 90 && !row.is_empty() {
                    line(body, 3, &format!("include{row}"));
                    row.clear();
                }
                row.push(' ');
                row.push_str(word);
            }
            if !row.is_empty() {
                line(body, 3, &format!("include{row}"));
            }
        } else if shown.kind != ViewKind::Dynamic {
            line(body, 3, "include *");
        }
        for (keyword, pairs) in [("exclude", &choice.hidden), ("include", &choice.extra)] {
            for (one, other) in pairs {
                let (one, other) = (self.names.reference(*one, None), self.names.reference(*other, None));
                line(body, 3, &format!("{keyword} \"{one} -> {other}\""));
            }
        }
        for relation in &choice.hidden_links {
            if let Some(identifier) = self.identifiers.get(relation) {
                line(body, 3, &format!("exclude {identifier}"));
            }
        }
    }

    /// One line for each step, each beginning with what appears.
    fn animation(&mut self, body: &mut String, view: &View) {
        let mut steps = String::new();
        for step in &view.animation {
            let names: Vec<&str> =
                step.elements.iter().filter_map(|key| self.plan.index.get(key)).map(|at| self.names.reference(*at, None)).collect();
            if !names.is_empty() {
                line(&mut steps, 4, &names.join(" "));
            }
        }
        if !steps.is_empty() {
            statement(body, 3, "animation", &steps);
        }
    }

    fn steps(&mut self, body: &mut String, view: &View, choice: &ViewChoice, links: &BTreeMap<&str, usize>) {
        let plan = self.plan;
        let mut steps = Vec::new();
        for step in &view.steps {
            let relation = plan.model.relations.get(&step.relation);
            let found = relation.and_then(|found| Some((found, *plan.index.get(&found.source)?, *plan.index.get(&found.target)?)));
            match found {
                Some((_, source, target)) if plan.is_nested(source, target) => {
                    self.fidelity.lose("Step between a whole and its own part", None);
                }
                Some(found) => steps.push((step, found)),
                None => self.fidelity.lose("Step along a relation that is not in the model", None),
            }
        }
        let counted = steps.iter().enumerate().all(|(at, (step, _))| step.order == (at + 1).to_string());
        for (step, (relation, source, target)) in steps {
            let (from, to) = if step.response { (target, source) } else { (source, target) };
            let (from, to) = (self.names.reference(from, None), self.names.reference(to, None));
            let explicit = !counted || super::words::is_reserved(from);
            // The order is one word, and says nothing where it has a space.
            let order: String = step.order.chars().filter(|next| !next.is_whitespace() && !matches!(next, '"' | '{' | '}')).collect();
            let order = if explicit && !order.is_empty() { format!("{order}: ") } else { String::new() };
            let mut text = format!("{order}{from} -> {to}");
            let description = step.description.as_deref().filter(|text| !text.trim().is_empty());
            // Where several relations would do, the technology says which.
            let technology = relation.technology.as_deref().filter(|text| !text.trim().is_empty());
            let position = links.get(relation.key.as_str()).copied();
            let own = position.filter(|at| !step.response && choice.named_links.contains(at)).and_then(|at| self.identifiers.get(&at));
            if let Some(own) = own {
                let order = if order.is_empty() && super::words::is_reserved(own) { format!("{}: ", step.order) } else { order };
                let mut text = format!("{order}{own}");
                if let Some(description) = description {
                    text.push(' ');
                    text.push_str(&super::words::quoted(description, "the description of a step", self.fidelity));
                }
                line(body, 3, &text);
                continue;
            }
            let link = position.and_then(|at| self.links.get(at));
            let same = link.and_then(|link| self.between.get(&(link.source, link.target))).map_or(&[][..], Vec::as_slice);
            let same: Vec<&Link<'_>> = same.iter().take(SIDE_BY_SIDE).filter_map(|at| self.links.get(*at)).collect();
            let by_words = same.iter().find(|other| said(other) == description).or(same.first());
            let found = by_words.is_none_or(|found| found.relation.key == relation.key);
            if let Some(description) = description {
                text.push(' ');
                text.push_str(&super::words::quoted(description, "the description of a step", self.fidelity));
            }
            if let Some(technology) = technology.filter(|_| !found) {
                if description.is_none() {
                    text.push_str(" \"\"");
                }
                text.push(' ');
                text.push_str(&super::words::quoted(technology, "a technology", self.fidelity));
            }
            line(body, 3, &text);
        }
    }
}

fn said<'l>(link: &'l Link<'_>) -> Option<&'l str> {
    link.description.as_deref()
}

const fn keyword(kind: ViewKind) -> &'static str {
    match kind {
        ViewKind::Landscape | ViewKind::Everything => "systemLandscape",
        ViewKind::Context => "systemContext",
        ViewKind::Container => "container",
        ViewKind::Component => "component",
        ViewKind::Dynamic => "dynamic",
        ViewKind::Deployment => "deployment",
        ViewKind::Filtered => "filtered",
        ViewKind::Custom => "custom",
        ViewKind::Image => "image",
    }
}
