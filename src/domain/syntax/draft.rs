//! A model while a foreign text is read into it: keys that are unique, limits that hold, and at the end the conclusions that
//! every language draws (kinds, modes, implied relations, inherited facts), so that what comes in is treated as if it had been
//! written here.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{
    diagnostic::{Diagnostic, Level as Severity, Span},
    model::{
        Element, ElementKey, Group, GroupKey, Inferred, Level, Model, Relation, RelationKey,
        facts::{self, Fact, Facts},
        kind::{
            Kind, Mode,
            infer::{self, Ends, Evidence},
        },
        view::{Direction, View, ViewKind},
    },
    syntax::{fidelity::Fidelity, format::Imported, structurizr::print::identifier_of},
};

/// Elements of one model.
pub(super) const MAX_ELEMENTS: usize = 20_000;
/// Relations of one model, implied ones included.
pub(super) const MAX_RELATIONS: usize = 60_000;
/// Views of one model.
pub(super) const MAX_VIEWS: usize = 1000;
/// Diagnostics about one text.
pub(super) const MAX_DIAGNOSTICS: usize = 1000;
/// Characters of one element's part of a key.
const MAX_KEY_PART: usize = 100;

/// What the text shows of an element besides its words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// A silhouette, by its name among Structurizr's shapes, and the tag or statement that gives it.
    Shape { by: String, shape: String },
    /// A kind, and why.
    Kind { kind: Kind, reason: String },
}

/// What is known of a new element.
#[derive(Clone, Debug)]
pub(super) struct NewElement<'n> {
    pub(super) parent: Option<&'n ElementKey>,
    /// The last part of the key; made from the name where it cannot be an identifier.
    pub(super) own: &'n str,
    pub(super) name: &'n str,
    pub(super) level: Level,
    pub(super) span: Span,
    pub(super) name_span: Span,
}

/// A text that is being read.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub(super) out: Imported,
    looks: BTreeMap<ElementKey, Look>,
    /// Concluded as if they were containers, though they stand alone.
    pub(super) as_parts: BTreeSet<ElementKey>,
    key_numbers: BTreeMap<String, u32>,
    between: BTreeMap<(ElementKey, ElementKey), usize>,
    view_keys: BTreeSet<String>,
    said_full: BTreeSet<&'static str>,
}

impl Draft {
    pub(super) fn model(&mut self) -> &mut Model {
        &mut self.out.model
    }

    pub(super) fn fidelity(&mut self) -> &mut Fidelity {
        &mut self.out.fidelity
    }

    /// Adds an element; none where the model is full, which is said once.
    pub(super) fn element(&mut self, new: &NewElement<'_>) -> Option<ElementKey> {
        if self.out.model.elements.len() >= MAX_ELEMENTS {
            self.full("elements", MAX_ELEMENTS, new.span);
            return None;
        }
        let own = own_part(new.own, new.name, new.level);
        let base = new.parent.map_or_else(|| own.clone(), |parent| format!("{parent}.{own}"));
        let mut key = ElementKey(base.clone());
        while self.out.model.elements.contains_key(&key) {
            let number = self.key_numbers.entry(base.clone()).or_insert(1);
            *number += 1;
            key = ElementKey(format!("{base}-{number}"));
        }
        let element = Element {
            key: key.clone(),
            identifier: None,
            name: new.name.to_owned(),
            description: None,
            technology: None,
            level: new.level,
            kind: Inferred { value: Kind::Service, reason: String::new(), stated: false },
            parent: new.parent.cloned(),
            group: None,
            tags: Vec::new(),
            properties: BTreeMap::new(),
            facts: Facts::default(),
            url: None,
            perspectives: Vec::new(),
            health_checks: Vec::new(),
            instance_of: None,
            span: new.span,
            name_span: new.name_span,
            file: None,
        };
        self.out.model.elements.insert(key.clone(), element);
        Some(key)
    }

    pub(super) fn get(&mut self, key: &ElementKey) -> Option<&mut Element> {
        self.out.model.elements.get_mut(key)
    }

    /// What the text shows of an element; the first look counts.
    pub(super) fn look(&mut self, key: &ElementKey, look: Look) {
        self.looks.entry(key.clone()).or_insert(look);
    }

    /// Adds a relation between elements of the model.
    pub(super) fn relation(&mut self, source: &ElementKey, target: &ElementKey, span: Span) -> Option<RelationKey> {
        if self.out.model.relations.len() >= MAX_RELATIONS {
            self.full("relations", MAX_RELATIONS, span);
            return None;
        }
        let number = self.between.entry((source.clone(), target.clone())).or_default();
        *number += 1;
        let mut key = RelationKey(if *number == 1 { format!("{source}->{target}") } else { format!("{source}->{target}#{number}") });
        while self.out.model.relations.contains_key(&key) {
            *number += 1;
            key = RelationKey(format!("{source}->{target}#{number}"));
        }
        let relation = Relation {
            key: key.clone(),
            source: source.clone(),
            target: target.clone(),
            description: None,
            technology: None,
            mode: Inferred { value: Mode::Sync, reason: String::new(), stated: false },
            tags: Vec::new(),
            properties: BTreeMap::new(),
            facts: Facts::default(),
            url: None,
            perspectives: Vec::new(),
            implied_by: None,
            span,
            file: None,
        };
        self.out.model.relations.insert(key.clone(), relation);
        Some(key)
    }

    /// The group of that name in the place, added if it is not there yet.
    pub(super) fn group(&mut self, owner: Option<&ElementKey>, parent: Option<&GroupKey>, name: &str, span: Span) -> GroupKey {
        let around = parent.map(|group| group.0.clone()).or_else(|| owner.map(|owner| owner.0.clone()));
        let own = slug(name);
        let base = around.map_or_else(|| own.clone(), |around| format!("{around}/{own}"));
        let mut key = GroupKey(base.clone());
        while let Some(found) = self.out.model.groups.get(&key) {
            if found.name == name && found.parent.as_ref() == parent && found.owner.as_ref() == owner {
                return key;
            }
            let number = self.key_numbers.entry(format!("/{base}")).or_insert(1);
            *number += 1;
            key = GroupKey(format!("{base}-{number}"));
        }
        let group = Group {
            key: key.clone(),
            name: name.to_owned(),
            parent: parent.cloned(),
            owner: owner.cloned(),
            properties: BTreeMap::new(),
            facts: Facts::default(),
            span,
            file: None,
        };
        self.out.model.groups.insert(key.clone(), group);
        key
    }

    /// A key for a view that fits into an address and is not in use; none where there are too many views.
    pub(super) fn view_key(&mut self, wanted: &str, span: Span) -> Option<String> {
        if self.view_keys.len() >= MAX_VIEWS {
            self.full("views", MAX_VIEWS, span);
            return None;
        }
        let safe = |next: char| if next.is_ascii_alphanumeric() || matches!(next, '_' | '-') { next } else { '-' };
        let base: String = wanted.trim().chars().take(MAX_KEY_PART).map(safe).collect();
        let base = if base.is_empty() { "view".to_owned() } else { base };
        let mut key = base.clone();
        let mut number = 1;
        while !self.view_keys.insert(key.clone()) {
            number += 1;
            key = format!("{base}-{number}");
        }
        Some(key)
    }

    /// States a property of an element, and the fact it is.
    pub(super) fn state(&mut self, key: &ElementKey, name: &str, value: &str, span: Span) {
        if let Some(element) = self.out.model.elements.get_mut(key) {
            state(&mut element.properties, &mut element.facts, name, value, span);
        }
    }

    pub(super) fn state_relation(&mut self, key: &RelationKey, name: &str, value: &str, span: Span) {
        if let Some(relation) = self.out.model.relations.get_mut(key) {
            state(&mut relation.properties, &mut relation.facts, name, value, span);
        }
    }

    pub(super) fn report(&mut self, level: Severity, code: &str, span: Span, words: [&str; 3]) {
        let [what, why, help] = words;
        // That a limit is reached is always said.
        if self.out.diagnostics.len() < MAX_DIAGNOSTICS || (code.starts_with("too-") && self.out.diagnostics.len() < 2 * MAX_DIAGNOSTICS) {
            self.out.diagnostics.push(Diagnostic {
                level,
                code: code.to_owned(),
                span,
                what: what.to_owned(),
                why: why.to_owned(),
                help: help.to_owned(),
                file: None,
            });
        }
    }

    fn full(&mut self, what: &'static str, most: usize, span: Span) {
        if self.said_full.insert(what) {
            self.report(
                Severity::Error,
                &format!("too-many-{what}"),
                span,
                [&format!("The text has more than {most} {what}"), "This one and those after it are left out.", "Split the text."],
            );
        }
        let name = match what {
            "elements" => "Element beyond the limit",
            "relations" => "Relation beyond the limit",
            _ => "View beyond the limit",
        };
        self.fidelity().lose(name, Some(span));
    }

    /// A relation between parts is one between their wholes, unless these have one.
    pub(super) fn imply(&mut self) {
        let stated: Vec<(RelationKey, ElementKey, ElementKey)> = self
            .out
            .model
            .relations
            .values()
            .map(|relation| (relation.key.clone(), relation.source.clone(), relation.target.clone()))
            .collect();
        let mut related: BTreeSet<(ElementKey, ElementKey)> =
            stated.iter().map(|(_, source, target)| (source.clone(), target.clone())).collect();
        for (by, source, target) in stated {
            let (sources, targets) = (self.wholes(&source), self.wholes(&target));
            for from in &sources {
                for to in &targets {
                    let nested = sources.contains(to) || targets.contains(from);
                    if nested || !related.insert((from.clone(), to.clone())) || self.out.model.relations.len() >= MAX_RELATIONS {
                        continue;
                    }
                    let Some(key) = self.relation(from, to, Span::default()) else { return };
                    let Some(original) = self.out.model.relations.get(&by).cloned() else { continue };
                    if let Some(relation) = self.out.model.relations.get_mut(&key) {
                        relation.description = original.description;
                        relation.technology = original.technology;
                        relation.tags = original.tags;
                        relation.span = original.span;
                        relation.file = original.file;
                        relation.implied_by = Some(by.clone());
                    }
                }
            }
        }
    }

    /// The element and those around it that belong to the static model.
    fn wholes(&self, key: &ElementKey) -> Vec<ElementKey> {
        let own = self.out.model.elements.get(key).into_iter();
        let all = own.chain(self.out.model.ancestors(key).take(64));
        all.filter(|element| is_static(element.level)).map(|element| element.key.clone()).collect()
    }

    /// Concludes kinds and modes, and lets facts be inherited.
    pub(super) fn conclude(&mut self) {
        let outside = self.outside();
        let mut kinds: BTreeMap<ElementKey, Inferred<Kind>> = BTreeMap::new();
        for element in self.out.model.elements.values() {
            let of = element.instance_of.as_ref().and_then(|key| kinds.get(key));
            let kind = match of {
                Some(kind) => Inferred { value: kind.value, reason: format!("instance of it: {}", kind.reason), stated: false },
                None => self.kind(element, outside.get(&element.key).map(String::as_str)),
            };
            kinds.insert(element.key.clone(), kind);
        }
        for (key, kind) in &kinds {
            if let Some(element) = self.out.model.elements.get_mut(key) {
                element.kind = kind.clone();
            }
        }
        let kind_of = |key: &ElementKey| kinds.get(key).map_or(Kind::Service, |kind| kind.value);
        for relation in self.out.model.relations.values_mut() {
            let ends = Ends { source: kind_of(&relation.source), target: kind_of(&relation.target) };
            relation.mode = infer::mode(
                ends,
                relation.description.as_deref(),
                relation.technology.as_deref(),
                &relation.tags,
                relation.properties.get("mode").map(String::as_str),
            );
        }
        facts::inherit(&mut self.out.model);
    }

    fn kind(&self, element: &Element, outside: Option<&str>) -> Inferred<Kind> {
        let look = self.looks.get(&element.key);
        let part = self.as_parts.contains(&element.key);
        let shape = match look {
            Some(Look::Shape { by, shape }) => Some((by.as_str(), shape.as_str())),
            _ => None,
        };
        let evidence = Evidence {
            level: if part && element.level == Level::System { Level::Container } else { element.level },
            name: &element.name,
            technology: element.technology.as_deref(),
            description: element.description.as_deref(),
            tags: &element.tags,
            properties: &element.properties,
            archetype: None,
            shape,
            outside,
        };
        let concluded = infer::kind(&evidence);
        if let Some(Look::Kind { kind, reason }) = look {
            // A cylinder that is called a cache is a cache; what the text states goes first anyway.
            let finer = kind.is_store() && concluded.value.is_store();
            if !concluded.stated && !finer {
                return Inferred { value: *kind, reason: reason.clone(), stated: false };
            }
        }
        if part && concluded.reason.starts_with("default for a container") {
            if let Some(why) = outside {
                return Inferred { value: Kind::External, reason: why.to_owned(), stated: false };
            }
            return Inferred { value: Kind::System, reason: "default for an element of its own".to_owned(), stated: false };
        }
        concluded
    }

    /// Systems that are others' when the model clearly has one of its own: only that one has parts.
    fn outside(&self) -> BTreeMap<ElementKey, String> {
        let elements = &self.out.model.elements;
        let parts = elements.values().filter(|element| element.level == Level::Container);
        let with_parts: BTreeSet<&ElementKey> = parts.filter_map(|element| element.parent.as_ref()).collect();
        let mut owned = with_parts.iter().filter_map(|key| elements.get(*key));
        let (Some(own), None) = (owned.next(), owned.next()) else { return BTreeMap::new() };
        let reason = format!("has no parts here, unlike {}", own.name);
        elements
            .values()
            .filter(|element| element.level == Level::System && element.key != own.key)
            .filter(|element| element.group.is_none() || element.group != own.group)
            .map(|element| (element.key.clone(), reason.clone()))
            .collect()
    }

    /// A view of all that is not a place, or of all places where there is nothing else.
    pub(super) fn show_everything(&mut self, direction: Direction) {
        let any_static = self.out.model.elements.values().any(|element| is_static(element.level));
        let shown: BTreeSet<ElementKey> = self
            .out
            .model
            .elements
            .values()
            .filter(|element| !any_static || is_static(element.level))
            .map(|element| element.key.clone())
            .collect();
        let Some(key) = self.view_key("everything", Span::default()) else { return };
        let mut view = empty_view(key, ViewKind::Everything, Span::default());
        view.direction = direction;
        self.fill(&mut view, &shown);
        self.out.model.views.push(view);
    }

    /// Lets a view show the elements, in model order, and the stated relations between them.
    pub(super) fn fill(&self, view: &mut View, shown: &BTreeSet<ElementKey>) {
        let model = &self.out.model;
        view.elements = model.elements.keys().filter(|key| shown.contains(*key)).cloned().collect();
        let between = model.relations.values().filter(|relation| relation.implied_by.is_none());
        let between = between.filter(|relation| shown.contains(&relation.source) && shown.contains(&relation.target));
        view.relations = between.map(|relation| relation.key.clone()).collect();
    }

    /// Counts what there is.
    pub(super) fn finish(mut self) -> Imported {
        let model = &self.out.model;
        self.out.fidelity.elements = model.elements.len();
        self.out.fidelity.relations = model.relations.values().filter(|relation| relation.implied_by.is_none()).count();
        self.out.fidelity.boundaries = model.groups.len();
        self.out.fidelity.views = model.views.iter().filter(|view| view.kind != ViewKind::Everything).count();
        self.out.diagnostics.sort_by_key(|found| (found.file.is_some(), found.file.clone(), found.span.start));
        self.out
    }
}

pub(super) const fn is_static(level: Level) -> bool {
    matches!(level, Level::Person | Level::System | Level::Container | Level::Component | Level::Custom)
}

pub(super) fn empty_view(key: String, kind: ViewKind, span: Span) -> View {
    View::new(key, kind, span)
}

fn state(properties: &mut BTreeMap<String, String>, known: &mut Facts, name: &str, value: &str, span: Span) {
    properties.insert(name.to_owned(), value.to_owned());
    if facts::is_fact_name(name) {
        known.0.insert(name.to_owned(), Fact { value: value.trim().to_owned(), span, inherited_from: None });
    }
}

/// A refusal of a text that is too long to be read.
pub(super) fn too_long(bytes: usize, most: usize) -> Imported {
    let mut draft = Draft::default();
    draft.report(
        Severity::Error,
        "too-many-bytes",
        Span::default(),
        [&format!("This text has {bytes} bytes"), &format!("A text to import may have at most {most} bytes."), "Split the text."],
    );
    draft.fidelity().lose("The whole text, which is too long", None);
    draft.finish()
}

/// The last part of a key: letters from a to z, digits, `_` and `-`.
fn own_part(own: &str, name: &str, level: Level) -> String {
    let plain = |text: &str| {
        !text.is_empty()
            && text.len() <= MAX_KEY_PART
            && !text.starts_with('-')
            && text.chars().all(|next| next.is_ascii_alphanumeric() || matches!(next, '_' | '-'))
    };
    if plain(own) {
        return own.to_owned();
    }
    // As Structurizr's language names places that have no identifier.
    if !is_static(level) {
        return slug(name);
    }
    let made = [own, name].into_iter().map(identifier_of).find(|made| plain(made));
    made.unwrap_or_else(|| {
        match level {
            Level::Person => "person",
            Level::System => "system",
            Level::Container => "container",
            Level::Component => "component",
            Level::Custom => "element",
            Level::DeploymentEnvironment => "environment",
            Level::DeploymentNode | Level::InfrastructureNode => "node",
            Level::SystemInstance | Level::ContainerInstance => "instance",
        }
        .to_owned()
    })
}

/// A name as part of a group's key: lower case, `-` between words.
fn slug(name: &str) -> String {
    let mut slug = String::new();
    for next in name.chars().take(MAX_KEY_PART) {
        if next.is_alphanumeric() {
            slug.extend(next.to_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() { "unnamed".to_owned() } else { slug.to_owned() }
}
